//! Search as Logto reads it: `search`, `search.<field>`, `mode.<field>`, `joint`, `isCaseSensitive`. Not `search_params[…]`.

mod like;

use regex_lite::{Regex, RegexBuilder};

use self::like::Like;
use super::answer::{Failure, failure_with};
use crate::query::Query;

/// What a row must match.
#[derive(Debug)]
pub(crate) struct Search {
    conditions: Vec<Condition>,
    all: bool,
}

#[derive(Debug)]
struct Condition {
    /// Any of these fields; the indices are those of the fields that the search was read for.
    fields: Vec<usize>,
    test: Test,
}

#[derive(Debug)]
enum Test {
    Exact(Vec<String>, bool),
    Like(Like),
    Pattern(Regex),
}

const MODES: [&str; 4] = ["exact", "like", "similar_to", "posix"];

impl Search {
    /// Reads the query for rows with these fields; `None` if nothing is searched for.
    ///
    /// # Errors
    /// 400 `request.invalid_input` for modes, fields and values that can't be.
    pub(crate) fn read(query: &Query, fields: &[&str]) -> Result<Option<Self>, Failure> {
        let case_sensitive = query.get("isCaseSensitive").is_some_and(|v| v == "true");
        let mode_of = |name: &str| -> Result<&str, Failure> {
            let mode = query.get(name).or_else(|| query.get("mode")).unwrap_or("like");
            if MODES.contains(&mode) {
                return Ok(mode);
            }
            let expected = MODES.join(", ");
            Err(invalid(&format!("Search match mode `{mode}` is not valid, expect one of {expected}.")))
        };
        mode_of("mode")?;
        let mut conditions = Vec::new();
        let everywhere: Vec<&str> = query.all("search").filter(|value| !value.is_empty()).collect();
        if !everywhere.is_empty() {
            let fields = (0..fields.len()).collect();
            conditions.push(Condition { fields, test: test(mode_of("mode")?, &everywhere, case_sensitive)? });
        }
        let mut seen: Vec<&str> = Vec::new();
        for (name, _) in query.pairs() {
            let Some(field) = name.strip_prefix("search.") else { continue };
            if seen.contains(&field) {
                continue;
            }
            seen.push(field);
            let Some(index) = fields.iter().position(|f| *f == field) else {
                return Err(invalid(&format!("Search field `{field}` is not allowed.")));
            };
            let values: Vec<&str> = query.all(name).collect();
            if values.iter().any(|value| value.is_empty()) {
                return Err(invalid("Search value cannot be empty."));
            }
            let mode = mode_of(&format!("mode.{field}"))?;
            conditions.push(Condition { fields: vec![index], test: test(mode, &values, case_sensitive)? });
        }
        let all = match query.get("joint") {
            Some("and") => true,
            None | Some("or") => false,
            Some(other) => {
                return Err(invalid(&format!("Search joint `{other}` is not valid, expect one of or, and.")));
            }
        };
        Ok((!conditions.is_empty()).then_some(Self { conditions, all }))
    }

    /// Whether a row with these values matches; they stand in the order of the fields.
    pub(crate) fn matches(&self, values: &[Option<&str>]) -> bool {
        let meets = |condition: &Condition| {
            let values = condition.fields.iter().filter_map(|&i| values.get(i).copied().flatten());
            values.into_iter().any(|value| condition.test.meets(value))
        };
        if self.all { self.conditions.iter().all(meets) } else { self.conditions.iter().any(meets) }
    }
}

impl Test {
    fn meets(&self, value: &str) -> bool {
        match self {
            Self::Exact(values, true) => values.iter().any(|v| v == value),
            Self::Exact(values, false) => {
                let value = value.to_lowercase();
                values.iter().any(|v| v.to_lowercase() == value)
            }
            Self::Like(like) => like.matches(value),
            Self::Pattern(regex) => regex.is_match(value),
        }
    }
}

fn test(mode: &str, values: &[&str], case_sensitive: bool) -> Result<Test, Failure> {
    if mode == "exact" {
        return Ok(Test::Exact(values.iter().map(|&v| v.to_owned()).collect(), case_sensitive));
    }
    let [value] = values else {
        return Err(invalid("Only one search value is allowed unless the search match mode is `exact`."));
    };
    let pattern = match mode {
        "posix" => (*value).to_owned(),
        "similar_to" => format!("^(?:{})$", similar_to(value)),
        _ => return Ok(Test::Like(Like::new(value, case_sensitive))),
    };
    RegexBuilder::new(&pattern)
        .case_insensitive(!case_sensitive)
        .dot_matches_new_line(true)
        .build()
        .map(Test::Pattern)
        .map_err(|_| invalid("Search value is not a valid pattern."))
}

/// SQL's SIMILAR TO: LIKE with the operators of regular expressions, but for the dot.
fn similar_to(pattern: &str) -> String {
    let mut out = String::new();
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        match c {
            '%' => out.push_str(".*"),
            '_' => out.push('.'),
            '.' | '^' | '$' => push_literal(&mut out, c),
            '\\' => push_literal(&mut out, chars.next().unwrap_or('\\')),
            other => out.push(other),
        }
    }
    out
}

fn push_literal(out: &mut String, c: char) {
    let mut buffer = [0; 4];
    out.push_str(&regex_lite::escape(c.encode_utf8(&mut buffer)));
}

fn invalid(why: &str) -> Failure {
    failure_with(400, "request.invalid_input", "{}", &format!("Input is invalid. {why}"))
}

#[cfg(test)]
mod tests {
    use super::Search;
    use crate::query::Query;

    const FIELDS: [&str; 3] = ["id", "username", "name"];

    fn found(query: &str, row: [Option<&str>; 3]) -> bool {
        let search = Search::read(&Query::parse(query), &FIELDS).expect("a search");
        search.is_none_or(|search| search.matches(&row))
    }

    #[test]
    fn every_mode() {
        let row = [Some("id1"), Some("user_0012"), Some("Ana (B.)")];
        for (query, matches) in [
            ("", true),
            ("search=", true),
            ("search=%2501%25", true),
            ("search=user_0012", true),
            ("search=0012", false),
            ("search=USER_001_", true),
            ("search=USERx0012", false),
            ("search=USER_0012&isCaseSensitive=true", false),
            ("search.name=ana%25", true),
            ("search.name=%25(b.)", true),
            ("search.name=%25(bx)", false),
            ("search.id=id1&search.id=id2&mode.id=exact", true),
            ("search.id=ID1&mode=exact", true),
            ("search.id=ID1&mode=exact&isCaseSensitive=true", false),
            ("search.username=user_(0012|0013)&mode.username=similar_to", true),
            ("search.username=%255Euser_00%5B0-3%5D&mode.username=posix", false),
            ("search.username=%5Euser_00%5B0-3%5D&mode.username=posix", true),
            ("search.id=id1&search.name=zoe", true),
            ("search.id=id1&search.name=zoe&joint=and", false),
            ("search_params[search.name]=zoe", true),
        ] {
            assert_eq!(found(query, row), matches, "{query}");
        }
        assert!(!found("search.name=%25", [Some("a"), None, None]));
    }

    #[test]
    fn what_cannot_be() {
        for query in [
            "search.name=a&mode=nosuch",
            "search.name=a&mode.name=nosuch",
            "search.nosuch=a",
            "search.name=",
            "search.name=a&search.name=b",
            "search.name=(&mode.name=posix",
            "search=a&joint=xor",
        ] {
            assert!(Search::read(&Query::parse(query), &FIELDS).is_err(), "{query}");
        }
    }
}
