//! [`Search`]: Logto's search, as the server reads it.

use std::{fmt, marker::PhantomData};

/// A search over the fields `F`, one condition for each. Conditions are joined by *or* unless [`all`](Self::all) is called.
///
/// ```
/// use logto_management_operations::{Search, models::UserSearchField};
///
/// // Users called Ann, at example.com.
/// let search = Search::new()
///     .like(UserSearchField::Name, "Ann%")
///     .like(UserSearchField::PrimaryEmail, "%@example.com")
///     .all();
/// // Anything that has "ann" in it: a text alone is a search too.
/// let search: Search<UserSearchField> = "%ann%".into();
/// # drop(search);
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Search<F> {
    pairs: Vec<(String, String)>,
    joint: Option<Joint>,
    case_sensitive: Option<bool>,
    needs_case: bool,
    field: PhantomData<fn(F)>,
}

/// How the conditions of a search are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joint {
    /// One of them must hold. The server's default.
    Or,
    /// All of them must hold.
    And,
}

impl<F> Default for Search<F> {
    fn default() -> Self {
        Self { pairs: Vec::new(), joint: None, case_sensitive: None, needs_case: false, field: PhantomData }
    }
}

/// Shows which fields are searched, not for what.
impl<F> fmt::Debug for Search<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.pairs.iter().map(|(key, _)| key)).finish()
    }
}

impl<F: AsRef<str>> Search<F> {
    /// A search that finds everything.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn pair(mut self, key: String, value: impl Into<String>) -> Self {
        self.pairs.push((key, value.into()));
        self
    }

    fn condition(self, field: &F, mode: &str, value: impl Into<String>) -> Self {
        let field = field.as_ref();
        self.pair(format!("search.{field}"), value).pair(format!("mode.{field}"), mode)
    }

    /// The pattern in any of the fields; `%` stands for any text, `_` for any character.
    #[must_use]
    pub fn anywhere(self, pattern: impl Into<String>) -> Self {
        self.pair("search".to_owned(), pattern)
    }

    /// The field fits the pattern (SQL's LIKE); `%` stands for any text, `_` for any character.
    #[must_use]
    pub fn like(self, field: F, pattern: impl Into<String>) -> Self {
        self.condition(&field, "like", pattern)
    }

    /// The field is this value.
    #[must_use]
    pub fn exact(self, field: F, value: impl Into<String>) -> Self {
        self.condition(&field, "exact", value)
    }

    /// The field is one of these values.
    #[must_use]
    pub fn one_of(mut self, field: F, values: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let field = field.as_ref();
        for value in values {
            self = self.pair(format!("search.{field}"), value);
        }
        self.pair(format!("mode.{field}"), "exact")
    }

    /// The field fits the POSIX regular expression.
    #[must_use]
    pub fn posix(self, field: F, expression: impl Into<String>) -> Self {
        self.condition(&field, "posix", expression)
    }

    /// The field fits the pattern of SQL's SIMILAR TO. The server has it in the case-sensitive sense only, so the whole search becomes so.
    #[must_use]
    pub fn similar_to(mut self, field: F, pattern: impl Into<String>) -> Self {
        self.needs_case = true;
        self.condition(&field, "similar_to", pattern)
    }

    /// All conditions must hold.
    #[must_use]
    pub fn all(self) -> Self {
        self.joint(Joint::And)
    }

    /// How the conditions are joined.
    #[must_use]
    pub const fn joint(mut self, joint: Joint) -> Self {
        self.joint = Some(joint);
        self
    }

    /// Whether capitals matter. Default no.
    #[must_use]
    pub const fn case_sensitive(mut self, yes: bool) -> Self {
        self.case_sensitive = Some(yes);
        self
    }

    /// The query, as the server reads it.
    pub(crate) fn into_query(self) -> Vec<(String, String)> {
        let mut pairs = self.pairs;
        if let Some(joint) = self.joint {
            let text = if joint == Joint::And { "and" } else { "or" };
            pairs.push(("joint".to_owned(), text.to_owned()));
        }
        if let Some(sensitive) = self.case_sensitive.or_else(|| self.needs_case.then_some(true)) {
            pairs.push(("isCaseSensitive".to_owned(), sensitive.to_string()));
        }
        pairs
    }
}

/// The pattern in any of the fields.
impl<F: AsRef<str>> From<&str> for Search<F> {
    fn from(pattern: &str) -> Self {
        Self::new().anywhere(pattern)
    }
}

impl<F: AsRef<str>> From<String> for Search<F> {
    fn from(pattern: String) -> Self {
        Self::new().anywhere(pattern)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(search: Search<&str>) -> String {
        search
            .into_query()
            .into_iter()
            .map(|(key, value)| format!("{key}={value}"))
            .collect::<Vec<_>>()
            .join("&")
    }

    #[test]
    fn is_written_as_the_server_reads_it() {
        let search = Search::new().like("name", "Ann%").exact("username", "ann").all().case_sensitive(true);
        assert_eq!(
            query(search),
            "search.name=Ann%&mode.name=like&search.username=ann&mode.username=exact&joint=and&isCaseSensitive=true"
        );
        assert_eq!(query("%x%".into()), "search=%x%");
        assert_eq!(query(Search::new().one_of("id", ["a", "b"])), "search.id=a&search.id=b&mode.id=exact");
        assert_eq!(
            query(Search::new().similar_to("name", "(a|b)%")),
            "search.name=(a|b)%&mode.name=similar_to&isCaseSensitive=true"
        );
    }
}
