//! What leaves the system: lists as CSV and workbooks, documents as PDF, filters that are kept, and messages about them.
//!
//! Read on: [`table`] writes rows as a file, [`cases`] says what a case is as a row, [`export`] streams any list;
//! [`print`] sets documents, [`case_paper`] and [`bulletin`] say what stands on them; [`saved`] keeps filters, [`subscription`]
//! looks what is new in them, [`message`] has what came of it.

mod bulletin;
mod case_paper;
mod cases;
mod export;
mod figures;
mod message;
mod print;
mod saved;
pub(crate) mod seed;
mod subscription;
mod table;
#[cfg(test)]
mod tests;

pub(crate) use subscription::JOB;

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
        .add(routes!(saved::filter_list).needs(&CASE_READ))
        .add(routes!(saved::filter_create).needs(&CASE_READ))
        .add(routes!(saved::filter_update).needs(&CASE_READ))
        .add(routes!(saved::filter_delete).needs(&CASE_READ))
        .add(routes!(subscription::subscription_list).needs(&CASE_READ))
        .add(routes!(subscription::subscription_create).needs(&CASE_READ))
        .add(routes!(subscription::subscription_update).needs(&CASE_READ))
        .add(routes!(subscription::subscription_delete).needs(&CASE_READ))
        .add(routes!(message::message_list).needs(&CASE_READ))
        .add(routes!(message::message_unread).needs(&CASE_READ))
        .add(routes!(message::message_read).needs(&CASE_READ))
}

/// What this part keeps in memory.
pub(crate) fn start(kernel: &Kernel) {
    kernel.share(export::Running::default());
    kernel.share(print::Printer::new(kernel));
}
