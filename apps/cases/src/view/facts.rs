//! The facts of one case, as its desk shows them.

use std::collections::HashMap;

use kernel::Time;
use kernel::auth::{User, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{CaseRow, Named, Names};
use crate::catalogue::Standard;
use crate::model::{Case, Satisfaction, Settings, State, Step, steps};
use crate::reception::component::CaseComponent;
use crate::store::Assist;

/// The facts of a case.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CaseFacts {
    /// What a list shows, too.
    #[serde(flatten)]
    pub row: CaseRow,
    /// The resident behind the report, masked.
    pub contact: Option<ContactView>,
    /// Whether the user may ask to see the contact in full.
    pub may_see_contact: bool,
    /// Whether the body's limit stands still.
    pub handle_paused: bool,
    /// Sent to the body again after a check.
    pub reworks: i64,
    /// Returned by bodies.
    pub returns: i64,
    /// How satisfied the reporter is.
    pub satisfaction: Option<Satisfaction>,
    /// What the verification said.
    pub truth: Option<bool>,
    /// What the last check said.
    pub passed: Option<bool>,
    /// The centre that has it.
    pub desk: Named,
    /// Until when it is asked to be put off.
    pub asked_until: Option<Time>,
    /// How often its body was given more time.
    pub extensions: i64,
    /// Until when it is put off.
    pub suspended_until: Option<Time>,
    /// Whether an appeal has taken it out of the statistics.
    pub appealed: bool,
    /// The stages of the work, if there are several.
    pub stages: Vec<StageView>,
    /// How often it was opened again.
    pub reopened: i64,
    /// Why its reporter is not satisfied.
    pub reasons: Vec<Named>,
    /// Whether a review found that justified.
    pub justified: Option<bool>,
    /// The bodies that help.
    pub helpers: Vec<HelperView>,
    /// The user who reported it.
    pub reporter: Option<Person>,
    /// Who in the body is at work on it.
    pub assignee: Option<Person>,
    /// Who is asked to verify it.
    pub verifier: Option<Person>,
    /// Who is asked to check it.
    pub checker: Option<Person>,
    /// When it can be closed, as the standard says.
    pub closing: Option<String>,
    /// The same in English.
    pub closing_en: Option<String>,
    /// The component that it is about.
    pub component: Option<CaseComponent>,
    /// Of an import: which row of which source it was.
    pub external_ref: Option<String>,
    /// The six steps.
    pub steps: Vec<StepView>,
}

/// One stage of the work.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CaseStage)]
pub struct StageView {
    /// Its name.
    pub name: String,
    /// Its name in English.
    pub name_en: Option<String>,
    /// Its limit in words.
    pub limit_zh: String,
    /// Its limit in words.
    pub limit_en: String,
    /// `done`, `now` or `todo`.
    pub state: &'static str,
}

/// A body that helps.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HelperView {
    /// Which.
    pub body: Named,
    /// Since when.
    pub asked_at: Time,
    /// When its part was done.
    pub done_at: Option<Time>,
}

/// A user by name.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Person {
    /// Their id.
    pub id: UserId,
    /// Their name.
    pub name: String,
}

/// A resident's contact; masked unless it was asked for with a purpose.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactView {
    /// The name.
    #[schema(max_length = 64)]
    pub name: Option<String>,
    /// The telephone number.
    #[schema(max_length = 32)]
    pub phone: Option<String>,
}

/// One of the six steps.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StepView {
    /// Which.
    pub step: Step,
    /// `done`, `now` or `todo`.
    pub state: &'static str,
    /// When it was left behind.
    pub at: Option<Time>,
}

/// The names of the users that a case speaks of.
pub type People = HashMap<UserId, String>;

/// The stages of a case's work, and where it is among them.
fn stages(case: &Case, standard: Option<&Standard>, area_class: Option<i64>) -> Vec<StageView> {
    let Some(standard) = standard else { return Vec::new() };
    let limits = standard.stage_limits(area_class);
    let at = usize::try_from(case.stage).unwrap_or(0);
    let all = standard.stages.iter().zip(limits).enumerate();
    all.map(|(n, (stage, limit))| StageView {
        name: stage.name.clone(),
        name_en: stage.name_en.clone(),
        limit_zh: limit.zh(),
        limit_en: limit.en(),
        state: match n.cmp(&at) {
            _ if !case.state.is_at_work() => "done",
            std::cmp::Ordering::Less => "done",
            std::cmp::Ordering::Equal => "now",
            std::cmp::Ordering::Greater => "todo",
        },
    })
    .collect()
}

/// The reasons of a case in words; a code that the settings know no longer stays as it is.
fn reasons(case: &Case, settings: &Settings) -> Vec<Named> {
    let codes = case.reasons.as_deref().unwrap_or_default().split_whitespace();
    codes
        .map(|code| {
            let known = settings.reasons.iter().find(|it| it.code == code);
            Named {
                code: code.to_owned(),
                name: known.map_or_else(|| code.to_owned(), |it| it.zh.clone()),
                name_en: known.map(|it| it.en.clone()),
            }
        })
        .collect()
}

/// The facts of a case as the user sees them.
pub fn facts(
    names: &Names<'_>,
    case: &Case,
    people: &People,
    user: &User,
    helpers: Vec<Assist>,
    component: Option<CaseComponent>,
    settings: &Settings,
) -> CaseFacts {
    let person = |id: Option<UserId>| {
        id.map(|id| Person {
            id,
            name: people.get(&id).cloned().unwrap_or_default(),
        })
    };
    let has_contact = case.contact_name.is_some() || case.contact_phone.is_some();
    let standard = case.standard.and_then(|it| names.catalogue.standard(it));
    let mut now_given = false;
    let steps = steps(case).into_iter().map(|(step, at)| {
        let state = match at {
            Some(_) => "done",
            None if now_given || (case.state.is_end() && case.state != State::Closed) => "todo",
            None => {
                now_given = true;
                "now"
            }
        };
        StepView { step, state, at }
    });
    CaseFacts {
        steps: steps.collect(),
        row: names.row(case),
        contact: has_contact.then(|| ContactView {
            name: case.contact_name.clone(),
            phone: case.contact_phone.clone(),
        }),
        may_see_contact: has_contact && user.can(&crate::permissions::CASE_CONTACT),
        handle_paused: case.clock.as_ref().is_some_and(|it| it.0.is_paused()) && !case.state.is_end(),
        reworks: case.reworks,
        returns: case.returns,
        satisfaction: case.satisfaction,
        truth: case.truth,
        passed: case.passed,
        desk: names.named_area(&case.desk),
        asked_until: case.asked_until,
        extensions: case.extensions,
        suspended_until: case.suspended_until,
        appealed: case.appealed,
        stages: stages(case, standard, names.atlas.area_class(&case.area)),
        reopened: case.reopened,
        reasons: reasons(case, settings),
        justified: case.justified,
        helpers: helpers
            .into_iter()
            .map(|it| HelperView {
                body: names.body(&it.body),
                asked_at: it.asked_at,
                done_at: it.done_at,
            })
            .collect(),
        reporter: person(case.reporter),
        assignee: person(case.assignee),
        verifier: person(case.verifier),
        checker: person(case.checker),
        closing: standard.and_then(|it| it.closing.clone()),
        closing_en: standard.and_then(|it| it.closing_en.clone()),
        component,
        external_ref: case.external_ref.clone(),
    }
}
