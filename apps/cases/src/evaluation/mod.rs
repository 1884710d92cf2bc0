//! Evaluation 考核评价: what each area, body and person did with their cases, by a scheme that is data.
//!
//! Each case is counted from its timeline (`model.rs`), for each subject that had a part in it; a job keeps the counts and
//! their sums by day and month (`keep.rs`), so that any period is a few rows however many cases there are. A scheme
//! (`scheme.rs`) makes rates, points and a level of the sums. Whoever is scored sees the sheet and the cases behind each
//! number, and can object (`objections.rs`).

mod keep;
mod model;
mod objections;
mod period;
mod routes;
mod scheme;
mod schemes;
mod store;
#[cfg(test)]
mod tests;

pub(crate) use keep::{go_round, job, look_again};

use kernel::http::{Guard, Routes, routes};

use crate::permissions::{CASE_READ, EVALUATION_DECIDE, EVALUATION_OBJECT, EVALUATION_READ, EVALUATION_SCHEME};

/// The addresses of the evaluation.
pub(crate) fn routes() -> Routes {
    Routes::new()
        .add(routes!(routes::evaluation_list).needs(&EVALUATION_READ))
        .add(routes!(routes::evaluation_mine).needs(&CASE_READ))
        .add(routes!(routes::evaluation_sheet).needs(&CASE_READ))
        .add(routes!(routes::evaluation_cases).needs(&CASE_READ))
        .add(routes!(schemes::evaluation_schemes).needs(&CASE_READ))
        .add(routes!(schemes::evaluation_scheme_add).needs(&EVALUATION_SCHEME))
        .add(routes!(objections::objection_list).needs(&CASE_READ))
        .add(routes!(objections::objection_make).needs(&EVALUATION_OBJECT))
        .add(routes!(objections::objection_decide).needs(&EVALUATION_DECIDE))
}
