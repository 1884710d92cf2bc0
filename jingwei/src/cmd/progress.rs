//! How far a long command has come: a bar on a terminal, now and then a plain line in a log.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicU64, Ordering};

use indicatif::{ProgressBar, ProgressStyle};

/// Plain lines come at each tenth.
const LINES: u64 = 10;

/// A bar, or lines.
pub(super) struct Progress {
    bar: Option<ProgressBar>,
    unit: &'static str,
    total: u64,
    /// Lines printed so far.
    printed: AtomicU64,
}

impl Progress {
    /// Begins; `unit` is what is counted, in both languages.
    pub(super) fn new(total: u64, unit: &'static str) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let look = ProgressStyle::with_template("  {bar:40} {human_pos}/{human_len} {msg}  {elapsed}");
            let look = look.unwrap_or_else(|_| ProgressStyle::default_bar());
            ProgressBar::new(total).with_style(look).with_message(unit)
        });
        Self {
            bar,
            unit,
            total,
            printed: AtomicU64::new(0),
        }
    }

    /// Says how much is done.
    pub(super) fn at(&self, done: u64) {
        if let Some(bar) = &self.bar {
            bar.set_position(done);
            return;
        }
        let tenth = done.saturating_mul(LINES) / self.total.max(1);
        if tenth > self.printed.fetch_max(tenth, Ordering::Relaxed) {
            eprintln!("  {done}/{} {}", self.total, self.unit);
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
