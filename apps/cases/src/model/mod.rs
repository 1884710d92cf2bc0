//! What a case is, and what a move does to it: pure rules, without SQL, HTTP or a clock of their own.

mod counts;
mod input;
mod words;

use jiff::tz::TimeZone;
use kernel::error::{Error, Result};
use kernel::flow::{Move, Tick};
use kernel::{Time, auth::UserId, files::FileId, id};
use standards::{Calendar, Clock, Light, Limit, YELLOW};

pub use counts::Counts;
pub use input::{MAX_PHOTOS, MoveInput};
pub use words::{Action, Satisfaction, Source, State, Step};

use crate::codes;

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
    /// Counts the moves.
    pub version: i64,
}

impl Case {
    /// A case that has just been reported, with nothing known but what every report says.
    pub fn reported(id: CaseId, source: Source, description: String, area: String, at: Time) -> Self {
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
    /// The limit of the standard that the case is filed under, or is being filed under.
    pub handle_limit: Option<Limit>,
    /// The class of that standard.
    pub class: Option<&'a str>,
}

/// Makes a move: changes the case as the table says and tells what it adds to the figures.
///
/// The caller has checked who may do it; `input` is checked here against what the move asks for.
pub fn apply(
    case: &mut Case,
    step: &Move<State, Action>,
    input: &MoveInput,
    now: Time,
    rules: &Rules<'_>,
) -> Result<Counts> {
    input.check(step.asks)?;
    let mut counts = Counts::default();
    let from = case.state;
    match step.action {
        Action::Report => counts.reported = 1,
        Action::Accept => {
            case.accepted_at = Some(now);
            counts.accepted = 1;
        }
        Action::Decline => counts.declined = 1,
        Action::SendVerify => {
            case.verifier = input.user;
            if from == State::Reported {
                case.accepted_at = Some(now);
                counts.accepted = 1;
            }
        }
        Action::Verify => case.truth = input.truth,
        Action::File => {
            case.standard = input.standard;
            case.class = rules.class.map(str::to_owned).or(case.class.take());
            // Filed anew after a return, it counts once.
            counts.filed = i64::from(case.filed_at.is_none());
            case.filed_at = Some(now);
        }
        Action::Dispatch => {
            case.body = input.body.clone();
            case.assignee = None;
            case.dispatched_at = Some(now);
            counts.dispatched = 1;
        }
        Action::Receive => {}
        Action::Assign => case.assignee = input.user,
        Action::Handle => {
            case.handled_at = Some(now);
            counts.handled = 1;
        }
        Action::Return => {
            if from.is_with_body() {
                case.returns += 1;
                counts.returned = 1;
            }
        }
        Action::SendCheck => {
            case.checker = input.user;
            case.passed = None;
        }
        Action::Check => case.passed = input.passed,
        Action::Close => {
            if case.passed != Some(true) {
                return Err(Error::from(&codes::CHECK_NOT_PASSED));
            }
            counts.closed = 1;
            counts.closed_on_time = i64::from(case.late == Some(false));
            counts.closed_late = i64::from(case.late == Some(true));
        }
        Action::Rework => {
            case.reworks += 1;
            case.body = case.last_body.clone();
            counts.reworked = 1;
        }
        Action::Void => counts.voided = 1,
        Action::Evaluate => {
            if case.satisfaction.is_some() {
                return Err(Error::from(&codes::EVALUATED_BEFORE));
            }
            case.satisfaction = input.satisfaction;
            case.evaluated_at = Some(now);
            counts.rated = 1;
            counts.satisfied = i64::from(input.satisfaction != Some(Satisfaction::Dissatisfied));
        }
        Action::Note => {}
    }
    if let Some(to) = step.to {
        case.state = to;
    }
    tick(case, step.tick, from, now, rules)?;
    if step.action == Action::Return && from.is_with_body() {
        case.body = None;
        case.assignee = None;
    }
    if step.to.is_some() {
        set_light(case, now, rules)?;
    }
    if case.state.is_end() && !from.is_end() {
        case.closed_at = Some(now);
    }
    case.version += 1;
    Ok(counts)
}

/// Runs the body's limit as the move says.
fn tick(case: &mut Case, tick: Tick, from: State, now: Time, rules: &Rules<'_>) -> Result<()> {
    let at = now.to_jiff();
    let clock = case.clock.take().map(|it| it.0);
    let next = match tick {
        Tick::Keep => clock,
        Tick::Start => {
            let same_body = case.body.is_some() && case.body == case.last_body;
            case.last_body = case.body.clone();
            case.late = case.late.filter(|_| same_body);
            match (clock, rules.handle_limit) {
                // The same body again goes on with what was left; another one starts anew.
                (Some(paused), _) if same_body => Some(paused.resume(at)),
                (_, Some(limit)) => Some(Clock::start(limit, at)),
                (_, None) => None,
            }
        }
        Tick::Pause | Tick::Stop => {
            let paused = clock.map(|it| it.pause(at, rules.calendar, rules.zone)).transpose();
            let paused = paused.map_err(Error::internal)?;
            if from.is_with_body() && case.state == State::Handled {
                // A limit that was missed once stays missed, also when the same body does better after a rework.
                case.late = case.due_at.map(|due| case.late == Some(true) || now > due);
            }
            paused
        }
    };
    case.clock = next.map(kernel::db::Json);
    Ok(())
}

/// Sets the clock of the step that the case is in now: the body's limit, or the centre's own for this step.
pub fn set_light(case: &mut Case, now: Time, rules: &Rules<'_>) -> Result<()> {
    let deadline = if case.state.is_end() {
        None
    } else if case.state.is_with_body() {
        let clock = case
            .clock
            .as_ref()
            .map(|it| it.0.deadline(YELLOW, rules.calendar, rules.zone));
        clock.transpose().map_err(Error::internal)?.flatten()
    } else {
        let limit = (rules.stage_limit)(case.state);
        let deadline = limit.map(|it| rules.calendar.deadline(now.to_jiff(), it, YELLOW, rules.zone));
        deadline.transpose().map_err(Error::internal)?
    };
    case.yellow_at = deadline.map(|it| it.yellow_at.into());
    case.due_at = deadline.map(|it| it.due_at.into());
    Ok(())
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
