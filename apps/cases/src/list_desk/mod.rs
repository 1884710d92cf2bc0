//! The desk of the responsibility list: what keeps the list right beyond looking things up in it.
//!
//! The working calendar that limits are counted in, editions side by side, proposals of new standards, who changed what,
//! and what is missing or contradicts itself.

pub(crate) mod calendar;
mod calendar_routes;
mod compare;
mod crosswalk;
mod editions;
mod findings;
pub(crate) mod history;
mod proposal;
mod proposal_routes;
pub(crate) mod seed;
#[cfg(test)]
mod tests;

use kernel::http::{Guard, Routes, routes};

use crate::permissions::{CASE_READ, STANDARD_PROPOSE, STANDARDS_MANAGE};

/// The addresses of the desk. Which permission a move of a proposal needs stands in its table of moves.
pub(crate) fn routes() -> Routes {
    Routes::new()
        .add(routes!(editions::edition_list).needs(&CASE_READ))
        .add(routes!(editions::crosswalk_list).needs(&CASE_READ))
        .add(routes!(editions::crosswalk_set).needs(&STANDARDS_MANAGE))
        .add(routes!(editions::crosswalk_reset).needs(&STANDARDS_MANAGE))
        .add(routes!(editions::standards_move).needs(&STANDARDS_MANAGE))
        .add(routes!(compare::standards_compare).needs(&CASE_READ))
        .add(routes!(compare::standard_history).needs(&CASE_READ))
        .add(routes!(findings::finding_list).needs(&STANDARDS_MANAGE))
        .add(routes!(proposal_routes::proposal_list).needs(&CASE_READ))
        .add(routes!(proposal_routes::proposal_create).needs(&STANDARD_PROPOSE))
        .add(routes!(proposal_routes::proposal_move).needs(&CASE_READ))
        .add(routes!(calendar_routes::calendar_view).needs(&CASE_READ))
        .add(routes!(calendar_routes::calendar_changes).needs(&CASE_READ))
        .add(routes!(calendar_routes::calendar_days).needs(&STANDARDS_MANAGE))
        .add(routes!(calendar_routes::calendar_hours).needs(&STANDARDS_MANAGE))
        .add(routes!(calendar_routes::calendar_year).needs(&STANDARDS_MANAGE))
        .add(routes!(calendar_routes::calendar_touched).needs(&STANDARDS_MANAGE))
        .add(routes!(calendar_routes::calendar_recompute).needs(&STANDARDS_MANAGE))
}
