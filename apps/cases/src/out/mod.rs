//! What leaves the system: lists as CSV and workbooks, documents as PDF, filters that are kept, and messages about them.
//!
//! Read on: [`table`] writes rows as a file, [`cases`] says what a case is as a row, [`export`] streams any list.

mod bulletin;
mod case_paper;
mod cases;
mod export;
mod figures;
mod print;
mod table;
#[cfg(test)]
mod tests;

use kernel::Kernel;
use kernel::http::{Guard, Routes, routes};

use crate::permissions::{CASE_EXPORT, CASE_FIGURES, CASE_READ};

/// The addresses of this part.
pub(crate) fn routes() -> Routes {
    Routes::new()
        .add(routes!(export::case_export).needs(&CASE_EXPORT))
        .add(routes!(figures::figures_export).needs(&CASE_FIGURES))
        .add(routes!(bulletin::bulletin_pdf).needs(&CASE_FIGURES))
        .add(routes!(case_paper::case_pdf).needs(&CASE_READ))
}

/// What this part keeps in memory.
pub(crate) fn start(kernel: &Kernel) {
    kernel.share(export::Running::default());
    kernel.share(print::Printer::new(kernel));
}
