//! Rules about the tracked files as text.

use std::fs;

use anyhow::{Result, bail};

use crate::paths;
use crate::sh::cmd;

/// About 400 lines are a file's limit (CONTRIBUTING.md); this is where "about" ends.
const MOST_LINES: usize = 420;
const CODE: [&str; 8] = ["rs", "ts", "mts", "js", "mjs", "cjs", "py", "pyi"];
/// Folders under the root in which people and build machines keep checkouts and homes.
const HOMES: [&str; 5] = ["root", "home", "Users", "work", "builds"];

/// Code files that grew too long, except generated ones.
pub(crate) fn sizes() -> Result<()> {
    let mut long = Vec::new();
    for file in tracked()? {
        let is_code = file.rsplit_once('.').is_some_and(|(_, ext)| CODE.contains(&ext));
        if !is_code || file.split('/').any(|part| part == "generated") {
            continue;
        }
        let Ok(text) = fs::read_to_string(paths::at(&file)) else { continue };
        let generated = text.lines().next().is_some_and(|first| first.contains("@generated"));
        let lines = text.lines().count();
        if lines > MOST_LINES && !generated {
            long.push(format!("{file}: {lines} lines"));
        }
    }
    report("split these files (a second thing has moved in)", &long)
}

/// Paths of somebody's machine, and hosts recorded in npm's lock files.
pub(crate) fn no_machine_traces() -> Result<()> {
    let mut found = Vec::new();
    for file in tracked()? {
        let Ok(text) = fs::read_to_string(paths::at(&file)) else { continue };
        let lock = file.ends_with("package-lock.json");
        for (number, line) in text.lines().enumerate() {
            if names_a_home(line) {
                found.push(format!("{file}:{}: {}", number + 1, line.trim()));
            } else if lock && line.contains("\"resolved\": \"http") {
                found.push(format!("{file}:{}: the lock file names a host: {}", number + 1, line.trim()));
                break;
            }
        }
    }
    report("the tracked files must not depend on one machine", &found)
}

/// Whether the line holds an absolute path into a home or a workspace.
fn names_a_home(line: &str) -> bool {
    HOMES.iter().any(|home| {
        let needle = format!("/{home}/");
        line.match_indices(&needle).any(|(at, _)| {
            let before = line.get(..at).and_then(|text| text.chars().next_back());
            before.is_none_or(|c| c.is_whitespace() || "\"'`=(<>,;".contains(c))
        })
    })
}

/// Actions that a workflow takes by a tag or a branch, which can be moved to other code.
pub(crate) fn actions_are_pinned() -> Result<()> {
    let mut found = Vec::new();
    for file in tracked()?.into_iter().filter(|file| file.starts_with(".github/")) {
        let Ok(text) = fs::read_to_string(paths::at(&file)) else { continue };
        for (number, line) in text.lines().enumerate() {
            if !is_pinned(line) {
                found.push(format!("{file}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    report("name each action by the full hash of its commit", &found)
}

/// Whether the line takes no action from elsewhere, or one by its commit.
fn is_pinned(line: &str) -> bool {
    let line = line.trim_start().trim_start_matches("- ");
    let Some(action) = line.strip_prefix("uses:").map(str::trim) else { return true };
    let commit = action.split_once('@').map(|(_, rest)| rest.split_whitespace().next().unwrap_or_default());
    action.starts_with("./")
        || commit
            .is_some_and(|commit| commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn report(rule: &str, found: &[String]) -> Result<()> {
    if found.is_empty() {
        return Ok(());
    }
    bail!("{rule}:\n     {}", found.join("\n     "))
}

fn tracked() -> Result<Vec<String>> {
    let listing = cmd("git").args(["ls-files", "-z"]).read()?;
    Ok(listing.split('\0').filter(|name| !name.is_empty()).map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::{is_pinned, names_a_home};

    #[test]
    fn finds_absolute_paths_into_homes_and_nothing_else() {
        let home = format!("/{}/", "home");
        assert!(names_a_home(&format!("let dir = \"{home}ann/src\";")));
        assert!(names_a_home(&format!("{home}ann")));
        assert!(!names_a_home(&format!("https://example.org{home}page")));
        assert!(!names_a_home("a path such as src/lib.rs"));
    }

    #[test]
    fn a_tag_is_no_pin() {
        let commit = "0123456789abcdef0123456789abcdef01234567";
        assert!(is_pinned(&format!("      - uses: actions/checkout@{commit} # v7")));
        assert!(is_pinned(&format!("        uses: actions/checkout@{commit}")));
        assert!(is_pinned("    uses: ./.github/workflows/ci.yml"));
        assert!(is_pinned("      - run: make"));
        assert!(!is_pinned("      - uses: actions/checkout@v7"));
        assert!(!is_pinned("      - uses: actions/checkout@0123456789"));
        assert!(!is_pinned("      - uses: actions/checkout"));
    }
}
