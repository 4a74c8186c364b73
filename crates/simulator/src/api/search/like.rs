//! SQL's LIKE and ILIKE.

/// A pattern: `%` stands for any characters, `_` for one, and a backslash takes the next character as it is.
#[derive(Debug)]
pub(super) struct Like {
    tokens: Vec<Token>,
    fold: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    Any,
    One,
    Char(char),
}

impl Like {
    pub(super) fn new(pattern: &str, case_sensitive: bool) -> Self {
        let fold = !case_sensitive;
        let mut tokens = Vec::new();
        let mut chars = pattern.chars();
        while let Some(c) = chars.next() {
            tokens.push(match c {
                '%' => Token::Any,
                '_' => Token::One,
                '\\' => Token::Char(folded(chars.next().unwrap_or('\\'), fold)),
                c => Token::Char(folded(c, fold)),
            });
        }
        Self { tokens, fold }
    }

    /// Whether the whole text fits. Linear but for patterns with several `%`.
    pub(super) fn matches(&self, text: &str) -> bool {
        let (mut tokens, mut rest) = (self.tokens.as_slice(), text);
        // Where to go on when what follows the last `%` does not fit: one character later.
        let mut retry: Option<(&[Token], &str)> = None;
        loop {
            match tokens.split_first() {
                Some((Token::Any, after)) => {
                    retry = Some((after, rest));
                    tokens = after;
                    continue;
                }
                Some((token, after)) => {
                    let mut chars = rest.chars();
                    if let Some(c) = chars.next()
                        && (*token == Token::One || *token == Token::Char(folded(c, self.fold)))
                    {
                        (tokens, rest) = (after, chars.as_str());
                        continue;
                    }
                }
                None if rest.is_empty() => return true,
                None => {}
            }
            let Some((after, from)) = retry else { return false };
            let mut chars = from.chars();
            if chars.next().is_none() {
                return false;
            }
            retry = Some((after, chars.as_str()));
            (tokens, rest) = (after, chars.as_str());
        }
    }
}

fn folded(c: char, fold: bool) -> char {
    if !fold {
        return c;
    }
    if c.is_ascii() { c.to_ascii_lowercase() } else { c.to_lowercase().next().unwrap_or(c) }
}

#[cfg(test)]
mod tests {
    use super::Like;

    #[test]
    fn patterns() {
        for (pattern, text, fits) in [
            ("", "", true),
            ("", "a", false),
            ("%", "", true),
            ("%", "anything", true),
            ("a%", "ab", true),
            ("a%", "ba", false),
            ("%b", "aab", true),
            ("%b%", "abc", true),
            ("%b%d", "abcbd", true),
            ("%ab", "aab", true),
            ("_", "ä", true),
            ("__", "a", false),
            ("%user_001%", "user0010@example.com", false),
            ("%user_001%", "user0001@example.com", true),
            ("%user_001%", "user_0010", true),
            ("ANA%", "ana 1", true),
            ("ÄÖ", "äö", true),
            (r"10\%", "10%", true),
            (r"10\%", "100", false),
            ("%李%", "x李雷", true),
        ] {
            assert_eq!(Like::new(pattern, false).matches(text), fits, "{pattern} {text}");
        }
        assert!(!Like::new("ANA", true).matches("ana"));
    }
}
