//! Adding up what became of the rows of a file, in bounded memory however many there are.

use std::collections::BTreeMap;

use kernel::intake::{Problem, Severity};

use super::{Outcome, Row};

/// Different values of one problem that are told apart; further ones are counted together.
const MOST_VALUES: usize = 200;

/// What became of the rows of a file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    /// Rows read.
    pub rows: u64,
    /// Rows that gave a case.
    pub cases: u64,
    /// Of these, cases about which something was doubtful.
    pub doubtful: u64,
    /// Rows that were skipped.
    pub skipped: u64,
    lines: BTreeMap<(&'static str, Option<String>, String), Line>,
}

/// One sort of problem, with its value, and how often it came.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// The first of them.
    pub first: Problem,
    /// How many there were.
    pub count: u64,
    /// Stands for further values that were not told apart.
    pub others: bool,
}

impl Line {
    /// The line in a language.
    pub(crate) fn text(&self, lang: &str) -> String {
        match (self.others, lang.starts_with("en")) {
            (false, _) => self.first.text(lang),
            (true, true) => format!("{} (and further values)", self.first.text(lang)),
            (true, false) => format!("{}（及其他值）", self.first.text(lang)),
        }
    }
}

impl Tally {
    /// Counts a row.
    pub(crate) fn count(&mut self, row: &Row) {
        self.rows += 1;
        match &row.outcome {
            Outcome::Case(_, problems) => {
                self.cases += 1;
                self.doubtful += u64::from(problems.iter().any(|p| p.severity() >= Severity::Warning));
                for problem in problems {
                    self.add(problem);
                }
            }
            Outcome::Skipped(problem) => {
                self.skipped += 1;
                self.add(problem);
            }
        }
    }

    /// Counts a problem that was found later, such as a case that is stored already.
    pub(crate) fn add(&mut self, problem: &Problem) {
        let value = problem.get("value").unwrap_or_default().to_owned();
        let mut key = (problem.code(), problem.column.clone(), value);
        let mut others = false;
        if !self.lines.contains_key(&key) {
            let same = |k: &(&'static str, Option<String>, String)| k.0 == key.0 && k.1 == key.1;
            if self.lines.keys().filter(|k| same(k)).count() >= MOST_VALUES {
                key.2 = "…".to_owned();
                others = true;
            }
        }
        let line = self.lines.entry(key).or_insert_with(|| Line {
            first: problem.clone(),
            count: 0,
            others,
        });
        line.count += 1;
    }

    /// The problems, the worst and most frequent first.
    pub(crate) fn lines(&self) -> Vec<&Line> {
        let mut lines: Vec<&Line> = self.lines.values().collect();
        lines.sort_by_key(|line| std::cmp::Reverse((line.first.severity(), line.count)));
        lines
    }
}
