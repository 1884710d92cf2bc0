//! Looking after what goes wrong: what a body is late with, in view of its head, and the weekly review of poor reports.

mod quality;
#[cfg(test)]
mod tests;
mod watch;

use kernel::http::{Guard, Routes, routes};

use crate::permissions::{CASE_FIGURES, QUALITY_REVIEW};

/// The addresses.
pub(crate) fn routes() -> Routes {
    Routes::new()
        .add(routes!(watch::watch_counts).needs(&CASE_FIGURES))
        .add(routes!(quality::quality_week).needs(&QUALITY_REVIEW))
        .add(routes!(quality::quality_list).needs(&QUALITY_REVIEW))
        .add(routes!(quality::quality_mark).needs(&QUALITY_REVIEW))
        .add(routes!(quality::quality_close).needs(&QUALITY_REVIEW))
}
