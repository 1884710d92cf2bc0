//! What a case is, and what a move does to it: pure rules, without SQL, HTTP or a clock of their own.

mod apply;
mod counts;
mod input;
mod settings;
mod words;

use jiff::tz::TimeZone;
use kernel::{Time, auth::UserId, files::FileId, id};
use standards::{Calendar, Clock, Light, Limit};

pub use apply::{apply, desk_of, level_down, level_up, makes_sense, set_light};
pub use counts::Counts;
pub use input::{MAX_PHOTOS, MoveInput};
pub use settings::Settings;
pub use words::{Action, Asked, Satisfaction, Source, State, Step};

id!(
    /// A case.
    CaseId
);
id!(
    /// An entry of a case's timeline; also the id of the move that made it.
    EntryId
);
id!(
    /// A filing standard.
    StandardId
);

/// A case as it is stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Case {
    /// Its id.
    pub id: CaseId,
    /// Its number: year and running number, without gaps.
    pub number: String,
    /// Where it stands.
    pub state: State,
    /// Who it comes from.
    pub source: Source,
    /// Its class, by code.
    pub class: Option<String>,
    /// What it is filed under.
    pub standard: Option<StandardId>,
    /// What is the matter.
    pub description: String,
    /// Where, in words.
    pub place: Option<String>,
    /// The smallest area known, by code.
    pub area: String,
    /// Where, in WGS 84 degrees.
    pub lng: Option<f64>,
    /// Where, in WGS 84 degrees.
    pub lat: Option<f64>,
    /// The body that has it now, by code.
    pub body: Option<String>,
    /// The body that had it last.
    pub last_body: Option<String>,
    /// The user who reported it.
    pub reporter: Option<UserId>,
    /// The resident's name, masked.
    pub contact_name: Option<String>,
    /// The resident's telephone, masked.
    pub contact_phone: Option<String>,
    /// Who in the body is at work on it.
    pub assignee: Option<UserId>,
    /// Who is asked to verify it.
    pub verifier: Option<UserId>,
    /// Who is asked to check it.
    pub checker: Option<UserId>,
    /// What the verification said.
    pub truth: Option<bool>,
    /// What the last check said.
    pub passed: Option<bool>,
    /// When the light turns yellow.
    pub yellow_at: Option<Time>,
    /// When it turns red.
    pub due_at: Option<Time>,
    /// The body's limit.
    pub clock: Option<kernel::db::Json<Clock>>,
    /// Whether the body missed it.
    pub late: Option<bool>,
    /// How often it was sent back to the body after a check.
    pub reworks: i64,
    /// How often a body sent it back.
    pub returns: i64,
    /// How satisfied the reporter is.
    pub satisfaction: Option<Satisfaction>,
    /// The first photo.
    pub photo: Option<FileId>,
    /// When it was reported.
    pub reported_at: Time,
    /// When it was accepted.
    pub accepted_at: Option<Time>,
    /// When it was filed.
    pub filed_at: Option<Time>,
    /// When it was last dispatched.
    pub dispatched_at: Option<Time>,
    /// When it was last reported as handled.
    pub handled_at: Option<Time>,
    /// When it ended.
    pub closed_at: Option<Time>,
    /// When its reporter said how satisfied they are.
    pub evaluated_at: Option<Time>,
    /// Of an import: which row of which source it was.
    pub external_ref: Option<String>,
    /// The component that it is about, by code.
    pub component: Option<String>,
    /// The area whose centre has it, by code; a district's until it is sent down.
    pub desk: String,
    /// What its body has asked the centre for and has not been answered.
    pub asked: Option<Asked>,
    /// Until when it is asked to be put off.
    pub asked_until: Option<Time>,
    /// How often its body was given more time.
    pub extensions: i64,
    /// How often it was put off.
    pub suspensions: i64,
    /// Until when it is put off.
    pub suspended_until: Option<Time>,
    /// Whether an appeal was granted, so that it is no part of the statistics.
    pub appealed: bool,
    /// Which of its standard's stages its body is in, from 0.
    pub stage: i64,
    /// How often it was opened again after it had been closed.
    pub reopened: i64,
    /// Why its reporter is not satisfied: codes of the settings, with blanks between.
    pub reasons: Option<String>,
    /// Whether a review found its reporter's dissatisfaction justified.
    pub justified: Option<bool>,
    /// Counts the moves.
    pub version: i64,
}

impl Case {
    /// A case that has just been reported, with nothing known but what every report says.
    pub fn reported(id: CaseId, source: Source, description: String, area: String, at: Time) -> Self {
        // Until a report is sent down, or the settings say otherwise, the district's centre has it.
        let desk = area.get(..6).unwrap_or(&area).to_owned();
        Self {
            id,
            number: String::new(),
            state: State::Reported,
            source,
            class: None,
            standard: None,
            description,
            place: None,
            area,
            lng: None,
            lat: None,
            body: None,
            last_body: None,
            reporter: None,
            contact_name: None,
            contact_phone: None,
            assignee: None,
            verifier: None,
            checker: None,
            truth: None,
            passed: None,
            yellow_at: None,
            due_at: None,
            clock: None,
            late: None,
            reworks: 0,
            returns: 0,
            satisfaction: None,
            photo: None,
            reported_at: at,
            accepted_at: None,
            filed_at: None,
            dispatched_at: None,
            handled_at: None,
            closed_at: None,
            evaluated_at: None,
            external_ref: None,
            component: None,
            desk,
            asked: None,
            asked_until: None,
            extensions: 0,
            suspensions: 0,
            suspended_until: None,
            appealed: false,
            stage: 0,
            reopened: 0,
            reasons: None,
            justified: None,
            version: 1,
        }
    }

    /// The users whose own case this is.
    pub fn owners(&self) -> [Option<UserId>; 4] {
        [self.reporter, self.assignee, self.verifier, self.checker]
    }

    /// The light of the present step.
    pub fn light(&self, now: Time) -> Option<Light> {
        let (yellow, due) = self.yellow_at.zip(self.due_at)?;
        Some(match () {
            () if now > due => Light::Red,
            () if now > yellow => Light::Yellow,
            () => Light::Green,
        })
    }
}

/// What the rules need to know of the district.
pub struct Rules<'a> {
    /// Working days and hours.
    pub calendar: &'a Calendar,
    /// The district's zone.
    pub zone: &'a TimeZone,
    /// The limit of each of the centre's own steps.
    pub stage_limit: &'a dyn Fn(State) -> Option<Limit>,
    /// The limit of the standard that the case is filed under, or is being filed under, at its place.
    pub handle_limit: Option<Limit>,
    /// The limits of that standard's stages, if its work is done in several.
    pub stages: &'a [Limit],
    /// What the district sets.
    pub settings: &'a Settings,
    /// The class of that standard.
    pub class: Option<&'a str>,
}

/// How far along the six steps a case is: the step it is in, and when each was left behind.
pub fn steps(case: &Case) -> [(Step, Option<Time>); 6] {
    [
        (Step::Report, Some(case.reported_at)),
        (Step::File, case.filed_at),
        (Step::Dispatch, case.dispatched_at),
        (Step::Handle, case.handled_at.filter(|_| !case.state.is_with_body())),
        (Step::Check, case.closed_at.filter(|_| case.state == State::Closed)),
        (Step::Evaluate, case.evaluated_at),
    ]
}
