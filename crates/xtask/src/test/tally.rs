//! Counting what test runners say of themselves, so that one line can sum up all of them.

/// Passed and failed cases.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    /// Not run, with a reason given where the case is written.
    pub(crate) skipped: u64,
}

impl Tally {
    pub(crate) fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }

    /// The count of a runner that ended well or not. A runner that failed without naming a failed case, or that ran nothing
    /// at all, is itself a failed case.
    pub(crate) fn settled(mut self, success: bool) -> Self {
        if self.failed == 0 && (!success || self.passed == 0) {
            self.failed = 1;
        }
        self
    }
}

/// Whose lines are read.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Runner {
    /// `test result: ok. 3 passed; 0 failed; 1 ignored; …`, once for each binary.
    Cargo,
    /// `ℹ pass 3` and `ℹ fail 0`, or TAP's `# pass 3`.
    Node,
    /// `3 passed, 1 failed, 1 skipped in 0.50s`, with or without a frame of `=`.
    Pytest,
}

impl Runner {
    /// What this line adds to the count.
    pub(crate) fn count(self, line: &str) -> Tally {
        let line = plain(line);
        match self {
            Self::Cargo => match line.trim_start().strip_prefix("test result:") {
                Some(rest) => number_then_word(rest),
                None => Tally::default(),
            },
            Self::Pytest => {
                let line = line.trim_matches(['=', ' ']);
                match line.rsplit_once(" in ") {
                    Some((counts, time)) if time.starts_with(|c: char| c.is_ascii_digit()) => {
                        number_then_word(counts)
                    }
                    _ => Tally::default(),
                }
            }
            Self::Node => {
                let rest = line.strip_prefix("ℹ ").or_else(|| line.strip_prefix("# ")).unwrap_or_default();
                match rest.split_once(' ').map(|(word, count)| (word, count.trim().parse())) {
                    Some(("pass", Ok(passed))) => Tally { passed, ..Tally::default() },
                    Some(("fail" | "cancelled", Ok(failed))) => Tally { failed, ..Tally::default() },
                    Some(("skipped" | "todo", Ok(skipped))) => Tally { skipped, ..Tally::default() },
                    _ => Tally::default(),
                }
            }
        }
    }
}

/// Reads `3 passed, 1 failed`: each number belongs to the word after it.
fn number_then_word(text: &str) -> Tally {
    let mut tally = Tally::default();
    let mut number: Option<u64> = None;
    for word in text.split([' ', ',', ';', '.']) {
        match (number, word) {
            (Some(count), "passed") => tally.passed += count,
            (Some(count), "failed" | "error" | "errors") => tally.failed += count,
            (Some(count), "ignored" | "skipped" | "xfailed") => tally.skipped += count,
            _ => {}
        }
        number = word.parse().ok();
    }
    tally
}

/// The line without the terminal's colours.
pub(super) fn plain(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        if c == '\u{1b}' {
            let _ = chars.by_ref().find(char::is_ascii_alphabetic);
        } else {
            text.push(c);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Runner, Tally};

    fn tally(passed: u64, failed: u64, skipped: u64) -> Tally {
        Tally { passed, failed, skipped }
    }

    #[test]
    fn reads_cargo_test() {
        let line = "test result: FAILED. 12 passed; 2 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.41s";
        assert_eq!(Runner::Cargo.count(line), tally(12, 2, 1));
        assert_eq!(Runner::Cargo.count("test all_12_passed ... ok"), tally(0, 0, 0));
    }

    #[test]
    fn reads_pytest_with_frame_and_colours() {
        assert_eq!(
            Runner::Pytest.count("===== 1 failed, 12 passed, 2 skipped, 1 error in 1.50s ====="),
            tally(12, 2, 2)
        );
        assert_eq!(Runner::Pytest.count("\u{1b}[32m\u{1b}[1m7 passed\u{1b}[0m in 0.12s"), tally(7, 0, 0));
        assert_eq!(Runner::Pytest.count("3 passed in a sentence"), tally(0, 0, 0));
    }

    #[test]
    fn reads_node_test_in_both_reporters() {
        assert_eq!(Runner::Node.count("ℹ pass 4"), tally(4, 0, 0));
        assert_eq!(Runner::Node.count("# fail 2"), tally(0, 2, 0));
        assert_eq!(Runner::Node.count("ℹ suites 3"), tally(0, 0, 0));
    }

    #[test]
    fn a_runner_that_fails_or_runs_nothing_is_a_failure() {
        assert_eq!(tally(3, 0, 0).settled(false), tally(3, 1, 0));
        assert_eq!(tally(0, 0, 0).settled(true), tally(0, 1, 0));
        assert_eq!(tally(3, 2, 0).settled(false), tally(3, 2, 0));
        assert_eq!(tally(3, 0, 1).settled(true), tally(3, 0, 1));
    }
}
