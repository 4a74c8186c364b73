//! The comparison as a picture: the CPU time of a request, ours beside each peer's, for every door that was measured.
//!
//! It is drawn from the same lines that `--json` prints, once for light pages and once for dark ones.

use std::fmt::Write as _;
use std::fs;

use anyhow::{Context, Result};

use super::{Line, rounded};
use crate::{paths, say};

/// What is drawn: of each comparison, what a request takes of the client's CPU.
const METRIC: &str = "cpu_us_per_request";

const WIDTH: f64 = 820.0;
/// Where bars begin, and how long the longest of a group is.
const LEFT: f64 = 170.0;
const LONGEST: f64 = 540.0;
const BAR: f64 = 16.0;
const ROW: f64 = 22.0;
const HEADING: f64 = 34.0;

struct Theme {
    name: &'static str,
    background: &'static str,
    text: &'static str,
    ours: &'static str,
    peer: &'static str,
}

const THEMES: [Theme; 2] = [
    Theme { name: "light", background: "#ffffff", text: "#1f2328", ours: "#5d34f2", peer: "#afb8c1" },
    Theme { name: "dark", background: "#0d1117", text: "#e6edf3", ours: "#9a7bff", peer: "#484f58" },
];

/// Ours beside its peers.
struct Group<'a> {
    bench: &'a str,
    case: &'a str,
    /// Who, and how many microseconds. Ours is the first.
    bars: Vec<(&'a str, f64)>,
}

/// Writes `.github/bench-light.svg` and `.github/bench-dark.svg`.
pub(crate) fn write(lines: &[Line]) -> Result<()> {
    for theme in &THEMES {
        let file = paths::at(&format!(".github/bench-{}.svg", theme.name));
        fs::write(&file, draw(lines, theme))
            .with_context(|| format!("could not write {}", paths::shown(&file)))?;
        say::step(&format!("wrote {}", paths::shown(&file)));
    }
    Ok(())
}

fn groups(lines: &[Line]) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    // A comparison of something with itself is a floor, and no peer.
    for line in lines.iter().filter(|line| line.metric == METRIC && !line.case.ends_with("_floor")) {
        let known = groups.iter_mut().find(|group| group.bench == line.bench && group.case == line.case);
        let theirs = (line.peer.as_str(), line.theirs);
        if let Some(group) = known {
            group.bars.push(theirs);
        } else {
            let bars = vec![("logto-management", line.ours), theirs];
            groups.push(Group { bench: line.bench, case: &line.case, bars });
        }
    }
    groups
}

/// What a case does, in words: `get20_c32` is 20 users a page, 32 calls at once.
fn words(case: &str) -> String {
    let what = [
        ("get20", "GET 20 users"),
        ("get100", "GET 100 users"),
        ("user", "GET one user"),
        ("post", "POST a user"),
    ];
    let mut said = what
        .iter()
        .find(|(name, _)| case.split('_').any(|part| part == *name))
        .map_or_else(|| case.replace('_', " "), |(_, words)| (*words).to_owned());
    for part in case.split('_') {
        if let Some(calls) = part.strip_prefix('c').and_then(|calls| calls.parse::<u32>().ok()) {
            let _ = write!(said, ", {calls} in flight");
        } else if let Some(threads) = part.strip_prefix("threads") {
            let _ = write!(said, ", {threads} threads");
        } else if part == "async" || part == "sync" {
            said.insert_str(0, &format!("{part}: "));
        }
    }
    said
}

fn draw(lines: &[Line], theme: &Theme) -> String {
    let groups = groups(lines);
    let rows = groups.iter().map(|group| group.bars.len()).sum::<usize>() as f64;
    let height = 56.0 + groups.len() as f64 * HEADING + rows * ROW;
    let Theme { background, text, .. } = theme;
    let mut svg = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" font-family="system-ui, sans-serif" font-size="13" fill="{text}" role="img" aria-label="CPU time of a request, beside the peers">
<rect width="100%" height="100%" rx="8" fill="{background}"/>
<text x="20" y="32" font-size="16" font-weight="600">CPU time of a request in the client, in µs: shorter is better</text>
"#
    );
    let mut y = 48.0;
    for Group { bench, case, bars } in &groups {
        let heading = escaped(&format!("{bench}: {}", words(case)));
        let _ = writeln!(svg, r#"<text x="20" y="{}" font-weight="600">{heading}</text>"#, y + 22.0);
        y += HEADING;
        let longest = bars.iter().map(|(_, value)| *value).fold(f64::MIN_POSITIVE, f64::max);
        for (at, (who, value)) in bars.iter().enumerate() {
            let colour = if at == 0 { theme.ours } else { theme.peer };
            let (length, base) = ((value / longest * LONGEST).max(1.0), y + 12.5);
            let _ = writeln!(
                svg,
                r#"<text x="{}" y="{base}" text-anchor="end">{}</text><rect x="{LEFT}" y="{y}" width="{length:.1}" height="{BAR}" rx="3" fill="{colour}"/><text x="{:.1}" y="{base}">{}</text>"#,
                LEFT - 8.0,
                escaped(who),
                LEFT + length + 8.0,
                rounded(*value),
            );
            y += ROW;
        }
    }
    svg.push_str("</svg>\n");
    svg
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::{THEMES, draw, words};
    use crate::bench::parse;

    #[test]
    fn draws_each_peer_once_and_ours_once_for_a_case() {
        let line = |bench, peer: &str, metric: &str, theirs: f64| {
            let text = format!(
                r#"{{"case":"get20_c32","metric":"{metric}","ours":100,"peer":"{peer}","theirs":{theirs},"ratio":1}}"#
            );
            parse(bench, &text).expect("a line")
        };
        let cpu = "cpu_us_per_request";
        let lines = [
            line("node", "@logto/api", cpu, 400.0),
            line("node", "a<b", cpu, 200.0),
            line("node", "@logto/api", "p50_ms", 7.0),
            line("rust", "reqwest", cpu, 99.0),
        ];
        for theme in &THEMES {
            let svg = draw(&lines, theme);
            assert_eq!(svg.matches(">logto-management<").count(), 2);
            assert_eq!(svg.matches(">@logto/api<").count(), 1);
            assert!(svg.contains(">a&lt;b<"), "{svg}");
            assert!(svg.contains(r#"width="540.0""#) && svg.contains(r#"width="135.0""#), "{svg}");
            assert!(svg.contains("node: GET 20 users, 32 in flight"), "{svg}");
            assert_eq!(svg.matches(theme.ours).count(), 2);
        }
    }

    #[test]
    fn cases_are_said_in_words() {
        assert_eq!(words("sync_get20_c1"), "sync: GET 20 users, 1 in flight");
        assert_eq!(words("threads16_get20"), "GET 20 users, 16 threads");
        assert_eq!(words("new_case"), "new case");
    }
}
