//! The matrix at the end of a test run: vectors down, doors across.

use std::collections::BTreeMap;

/// What came of one vector at one door.
#[derive(Clone, Debug)]
pub(crate) enum Verdict {
    Passed,
    Failed(String),
    Skipped(String),
}

/// All cells, by vector and door.
#[derive(Debug, Default)]
pub(crate) struct Matrix {
    doors: Vec<&'static str>,
    rows: BTreeMap<String, BTreeMap<&'static str, Verdict>>,
}

impl Matrix {
    pub(crate) fn set(&mut self, door: &'static str, vector: String, verdict: Verdict) {
        if !self.doors.contains(&door) {
            self.doors.push(door);
        }
        self.rows.entry(vector).or_default().insert(door, verdict);
    }

    /// Prints the matrix, the reasons of what failed, and how many cells were left out.
    pub(crate) fn print(&self) {
        if !self.rows.is_empty() {
            print!("{}", self.render());
        }
    }

    fn render(&self) -> String {
        let width = self.rows.keys().map(String::len).max().unwrap_or(0).max("vectors × doors".len());
        let mut out = format!("\n{:<width$}", "vectors × doors");
        for door in &self.doors {
            out.push_str(&format!("  {door}"));
        }
        out.push('\n');
        let mut failures = String::new();
        let mut left_out: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        let (mut cells, mut skipped) = (0_usize, 0_usize);
        for (vector, row) in &self.rows {
            out.push_str(&format!("{vector:<width$}"));
            for door in &self.doors {
                let cell = match row.get(door) {
                    None => "",
                    Some(Verdict::Passed) => "ok",
                    Some(Verdict::Failed(reason)) => {
                        failures.push_str(&format!(
                            "\n{vector} at {door}:\n    {}\n",
                            reason.replace('\n', "\n    ")
                        ));
                        "FAILED"
                    }
                    Some(Verdict::Skipped(reason)) => {
                        skipped += 1;
                        left_out.entry(reason).or_default().push(format!("{vector} at {door}"));
                        "-"
                    }
                };
                cells += usize::from(!cell.is_empty());
                out.push_str(&format!("  {cell:<w$}", w = door.len()));
            }
            out.truncate(out.trim_end().len());
            out.push('\n');
        }
        out.push_str(&format!("{:<width$}", "passed"));
        for door in &self.doors {
            let passed =
                self.rows.values().filter(|row| matches!(row.get(door), Some(Verdict::Passed))).count();
            out.push_str(&format!("  {passed:<w$}", w = door.len()));
        }
        out.truncate(out.trim_end().len());
        out.push_str(failures.trim_end());
        let share = 100.0 * skipped as f64 / cells.max(1) as f64;
        out.push_str(&format!("\n\n{cells} cells, {skipped} left out ({share:.1} %)\n"));
        for (reason, which) in left_out {
            out.push_str(&format!("  - {reason}: {}\n", which.join(", ")));
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::{Matrix, Verdict};

    #[test]
    fn shows_every_cell_and_every_reason() {
        let mut matrix = Matrix::default();
        matrix.set("rust", "token/a".into(), Verdict::Passed);
        matrix.set("rust", "page/b".into(), Verdict::Failed("expected 1\ngot 2".into()));
        matrix.set("worker", "token/a".into(), Verdict::Skipped("no sharing".into()));
        let text = matrix.render();
        assert_eq!(
            text,
            "\nvectors × doors   rust  worker\n\
             page/b            FAILED\n\
             token/a           ok    -\n\
             passed            1     0\n\
             page/b at rust:\n    expected 1\n    got 2\n\n\
             3 cells, 1 left out (33.3 %)\n  - no sharing: token/a at worker\n"
        );
    }
}
