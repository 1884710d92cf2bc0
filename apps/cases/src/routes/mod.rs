//! The addresses of cases: the table on top, the handlers in its order.

mod desk;
mod figures;
mod list;
mod list_import;
mod standards;

pub(crate) use desk::readable;
pub(crate) use figures::{FigureQuery, figures_of};
pub(crate) use list::{day_start, understand};
pub(crate) use standards::check_standard;

use axum::extract::DefaultBodyLimit;
use kernel::http::{Guard, Routes, routes};

use crate::permissions::{CASE_CONTACT, CASE_FIGURES, CASE_READ, CASE_REPORT, STANDARDS_MANAGE};

/// The route table.
///
/// A move has one address for all actions: which permission it needs stands in the table of moves (`flow.rs`), which the
/// handler asks, so that there is one place for it.
pub(crate) fn table() -> Routes {
    let mut preview = routes!(list_import::list_preview);
    preview.2 = preview.2.layer(DefaultBodyLimit::max(list_import::MOST_BYTES));
    Routes::new()
        .add(routes!(desk::case_report).needs(&CASE_REPORT))
        .add(routes!(list::case_list).needs(&CASE_READ))
        .add(routes!(list::case_points).needs(&CASE_READ))
        .add(routes!(list::case_counts).needs(&CASE_READ))
        .add(routes!(figures::case_figures).needs(&CASE_FIGURES))
        .add(routes!(desk::case_view).needs(&CASE_READ))
        .add(routes!(desk::case_move).needs(&CASE_READ))
        .add(routes!(desk::case_photo).needs(&CASE_READ))
        .add(routes!(desk::case_contact).needs(&CASE_CONTACT))
        .add(routes!(standards::class_list).needs(&CASE_READ))
        .add(routes!(standards::standard_list).needs(&CASE_READ))
        .add(routes!(standards::class_create).needs(&STANDARDS_MANAGE))
        .add(routes!(standards::standard_create).needs(&STANDARDS_MANAGE))
        .add(routes!(standards::standard_update).needs(&STANDARDS_MANAGE))
        .add(preview.needs(&STANDARDS_MANAGE))
        .add(routes!(list_import::list_look).needs(&STANDARDS_MANAGE))
        .add(routes!(list_import::list_commit).needs(&STANDARDS_MANAGE))
        .add(routes!(list_import::list_export).needs(&CASE_READ))
        .merge(crate::out::routes())
        .merge(crate::list_desk::routes())
        .merge(crate::outside::routes())
        .merge(crate::reception::routes())
        .merge(crate::open311::routes())
        .merge(crate::bulk::routes())
        .merge(crate::phrases::routes())
        .merge(crate::supervision::routes())
        .merge(crate::callback::routes())
        .merge(crate::precedent::routes())
        .merge(crate::review::routes())
        .merge(crate::evaluation::routes())
        .merge(crate::settings::table())
}
