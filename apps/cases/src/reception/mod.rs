//! Reports well received: what is like a case that is there already, what class it may be, where it is, who called, and
//! where no reports are taken for a while.

mod caller;
mod classify;
pub(crate) mod component;
mod control;
mod duplicates;
mod merge;
mod places;
mod seed;
#[cfg(test)]
mod tests;
mod training;
mod words;

use kernel::Work;
use kernel::error::Result;
use kernel::http::{Guard, Routes, routes};
use kernel::jobs::Job;

use crate::intake::Report;
use crate::model::CaseId;
use crate::permissions::{CASE_ACCEPT, CASE_READ, CONTROL_APPROVE, CONTROL_ASK, RECEPTION_RULES};

pub(crate) use merge::tell_merged;
pub(crate) use seed::seed;
pub(crate) use training::{open, refresh};

/// The addresses of the reception.
pub(crate) fn routes() -> Routes {
    Routes::new()
        .add(routes!(duplicates::case_duplicates).needs(&CASE_READ))
        .add(routes!(duplicates::duplicate_rules).needs(&CASE_READ))
        .add(routes!(duplicates::duplicate_rule_set).needs(&RECEPTION_RULES))
        .add(routes!(duplicates::duplicate_rule_drop).needs(&RECEPTION_RULES))
        .add(routes!(merge::case_family).needs(&CASE_READ))
        .add(routes!(merge::case_merge).needs(&CASE_READ))
        .add(routes!(merge::case_unmerge).needs(&CASE_READ))
        .add(routes!(places::place_find).needs(&CASE_READ))
        .add(routes!(caller::hotline_caller).needs(&CASE_ACCEPT))
        .add(routes!(control::control_list).needs(&CASE_READ))
        .add(routes!(control::control_here).needs(&CASE_READ))
        .add(routes!(control::control_ask).needs(&CONTROL_ASK))
        .add(routes!(control::control_decide).needs(&CONTROL_APPROVE))
        .add(routes!(control::control_revoke).needs(&CONTROL_ASK))
        .add(routes!(training::class_suggest).needs(&CASE_READ))
        .add(routes!(training::class_trainings).needs(&CASE_READ))
}

/// Its background jobs.
pub(crate) fn jobs() -> Vec<Job> {
    vec![training::JOB, places::JOB]
}

/// Looks at a report before it becomes a case: refuses it where no reports are taken, and keeps what is to be said of it.
pub(crate) async fn admit(work: &mut Work, id: CaseId, report: &Report, area: &str) -> Result<()> {
    let control = control::admit(work, report, area).await?;
    let phone = report.contact.as_ref().and_then(|it| it.phone.as_deref());
    let caller = phone.and_then(|it| caller::mark(work.kernel(), it));
    caller::remember(work, id, report.anonymous, caller, control).await
}
