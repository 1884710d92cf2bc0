//! How far a long command has come: a bar on a terminal, now and then a plain line in a log.

use std::fmt::Display;
use std::io::IsTerminal;
use std::sync::atomic::{AtomicU64, Ordering};

use indicatif::{ProgressBar, ProgressStyle};

/// Plain lines come at each tenth.
const LINES: u64 = 10;

/// A bar, or lines.
pub(super) struct Progress {
    bar: Option<ProgressBar>,
    total: u64,
    /// Lines printed so far.
    printed: AtomicU64,
}

impl Progress {
    /// Begins; `total` is the whole of what [`Progress::at`] is told a part of.
    pub(super) fn new(total: u64) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let look = ProgressStyle::with_template("  {bar:40} {percent:>3} % {msg}  {elapsed}");
            ProgressBar::new(total).with_style(look.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        Self {
            bar,
            total,
            printed: AtomicU64::new(0),
        }
    }

    /// So much is done, and what that is.
    pub(super) fn at(&self, done: u64, what: impl Display) {
        if let Some(bar) = &self.bar {
            bar.set_message(what.to_string());
            bar.set_position(done);
            return;
        }
        let tenth = done.saturating_mul(LINES) / self.total.max(1);
        if tenth > self.printed.fetch_max(tenth, Ordering::Relaxed) {
            eprintln!("  {:>3} % {what}", tenth * 100 / LINES);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
