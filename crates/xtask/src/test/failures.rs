//! What a runner says of the cases that failed, kept to be shown once more under the summary: whoever reads only the end of a long
//! log must learn what failed and why.

use super::tally::{Runner, plain};

/// The most lines kept of one run: the first failures matter, and the whole is in the log above.
const MOST: usize = 60;

/// Keeps the lines of one run that tell of failed cases.
#[derive(Debug)]
pub(crate) struct Failures {
    runner: Runner,
    /// Within the part in which the runner tells of what failed.
    telling: bool,
    lines: Vec<String>,
}

impl Failures {
    pub(crate) fn new(runner: Runner) -> Self {
        Self { runner, telling: false, lines: Vec::new() }
    }

    /// Reads the next line of the runner's output.
    pub(crate) fn read(&mut self, line: &str) {
        let line = plain(line);
        let kept = match self.runner {
            // `---- name stdout ----` and what the case printed, until the list of names.
            Runner::Cargo => {
                self.telling = line.starts_with("---- ") || self.telling && line.trim_end() != "failures:";
                self.telling
            }
            // The last part of a run: each name with its error.
            Runner::Node => {
                let tells = self.telling;
                // A case that passed is of the next run: `npm test` makes one for each engine.
                let next = line.starts_with(['✔', '▶']);
                self.telling = line.trim_end() == "✖ failing tests:" || tells && !next;
                tells && self.telling
            }
            Runner::Pytest => line.starts_with("FAILED ") || line.starts_with("ERROR "),
        };
        if kept && self.lines.len() < MOST && !line.trim().is_empty() {
            self.lines.push(line);
        }
    }

    pub(crate) fn lines(self) -> Vec<String> {
        self.lines
    }
}

#[cfg(test)]
mod tests {
    use super::{Failures, MOST, Runner};

    fn kept(runner: Runner, output: &str) -> Vec<String> {
        let mut failures = Failures::new(runner);
        output.lines().for_each(|line| failures.read(line));
        failures.lines()
    }

    #[test]
    fn keeps_what_cargo_test_tells() {
        let output = "running 2 tests\n.F\nfailures:\n\n---- a::b stdout ----\npanicked at x.rs:1\n\n\nfailures:\n    a::b\n\ntest result: FAILED. 1 passed; 1 failed";
        assert_eq!(kept(Runner::Cargo, output), ["---- a::b stdout ----", "panicked at x.rs:1"]);
    }

    #[test]
    fn keeps_what_node_test_tells() {
        let output = "✔ one (1ms)\n✖ two (2ms)\nℹ fail 1\n\n\u{1b}[31m✖ failing tests:\u{1b}[39m\n\ntest at two.mjs:3\n✖ two (2ms)\n  TypeError\n✔ one (1ms)\nℹ fail 0";
        assert_eq!(kept(Runner::Node, output), ["test at two.mjs:3", "✖ two (2ms)", "  TypeError"]);
        assert_eq!(kept(Runner::Node, "✔ one (1ms)\nℹ fail 0"), [""; 0]);
    }

    #[test]
    fn keeps_what_pytest_tells() {
        let output = "F.\nFAILED tests/test_a.py::b - assert 1 == 2\n1 failed, 1 passed in 0.1s";
        assert_eq!(kept(Runner::Pytest, output), ["FAILED tests/test_a.py::b - assert 1 == 2"]);
    }

    #[test]
    fn keeps_no_more_than_fits() {
        assert_eq!(kept(Runner::Pytest, &"ERROR x\n".repeat(MOST * 2)).len(), MOST);
    }
}
