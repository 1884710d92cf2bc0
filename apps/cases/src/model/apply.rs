//! What a move does to a case, and what it adds to the figures.

use kernel::Time;
use kernel::error::{Error, Result};
use kernel::flow::{Move, Tick};
use standards::{Clock, Level, Limit, YELLOW};

use super::{Action, Asked, Case, Counts, MoveInput, Rules, Satisfaction, State};
use crate::codes;

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
        Action::Settle => {
            if from == State::Reported {
                case.accepted_at = Some(now);
                counts.accepted = 1;
            }
            // Settled is filed and closed in one, so that it is closed of what was filed in the figures, too.
            counts.filed = i64::from(case.filed_at.is_none());
            case.filed_at = Some(now);
            case.handled_at = Some(now);
            counts.closed = 1;
        }
        Action::SendUp => {
            let up = level_up(&case.desk).ok_or_else(|| Error::from(&codes::NO_LEVEL))?;
            case.desk = up.to_owned();
            set_light(case, now, rules)?;
        }
        Action::SendDown => {
            let down = level_down(&case.desk, &case.area).ok_or_else(|| Error::from(&codes::NO_LEVEL))?;
            case.desk = down.to_owned();
            set_light(case, now, rules)?;
        }
        Action::HandOver if from == State::Verifying => case.verifier = input.user,
        Action::HandOver => case.checker = input.user,
        Action::RefuseTask if from == State::Verifying => case.verifier = None,
        Action::RefuseTask => case.checker = None,
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
        Action::Dispatch | Action::Transfer => {
            if step.action == Action::Transfer && input.body == case.body {
                return Err(Error::from(&codes::SAME_BODY));
            }
            drop_asked(case);
            case.body = input.body.clone();
            case.assignee = None;
            case.dispatched_at = Some(now);
            counts.dispatched = 1;
        }
        Action::Receive => {}
        Action::Assign => case.assignee = input.user,
        Action::FinishStage => next_stage(case, now, rules)?,
        Action::Handle => {
            if stages_left(case, rules) > 0 {
                return Err(Error::from(&codes::STAGES_LEFT));
            }
            drop_asked(case);
            case.handled_at = Some(now);
            counts.handled = 1;
        }
        Action::Return => {
            if from.is_with_body() {
                drop_asked(case);
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
            count_in_time(case, 1, &mut counts);
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
            case.reasons = (!input.reasons.is_empty()).then(|| input.reasons.join(" "));
            case.evaluated_at = Some(now);
            counts.rated = 1;
            counts.satisfied = i64::from(input.satisfaction != Some(Satisfaction::Dissatisfied));
        }
        Action::Review => {
            if case.satisfaction != Some(Satisfaction::Dissatisfied) || case.justified.is_some() {
                return Err(Error::from(&codes::NOTHING_TO_REVIEW));
            }
            case.justified = input.justified;
        }
        Action::Reopen => reopen(case, now, rules, &mut counts)?,
        Action::AskExtension => {
            extension(case, now, rules)?;
            ask(case, Asked::Extension)?;
        }
        Action::AskSuspension => {
            suspension(case, input.until, now, rules)?;
            ask(case, Asked::Suspension)?;
            case.asked_until = input.until;
        }
        Action::Appeal => {
            if case.appealed || case.body.is_none() {
                return Err(Error::from(&codes::NOTHING_TO_APPEAL));
            }
            ask(case, Asked::Appeal)?;
        }
        Action::Extend => {
            granted(case, Asked::Extension)?;
            let clock = extension(case, now, rules)?;
            case.extensions += 1;
            case.clock = Some(kernel::db::Json(clock));
            set_light(case, now, rules)?;
        }
        Action::Suspend => {
            let until = case.asked_until;
            granted(case, Asked::Suspension)?;
            suspension(case, until, now, rules)?;
            case.suspensions += 1;
            case.suspended_until = until;
        }
        Action::AcceptAppeal => {
            granted(case, Asked::Appeal)?;
            // What was counted as in time or late is counted no longer; the facts stay as they are.
            if case.state == State::Closed {
                count_in_time(case, -1, &mut counts);
            }
            case.appealed = true;
        }
        Action::Refuse => {
            if case.asked.is_none() {
                return Err(Error::from(&codes::NOTHING_ASKED));
            }
            drop_asked(case);
        }
        Action::Resume | Action::CallIn | Action::Assist | Action::Note => {}
    }
    if let Some(to) = step.to {
        case.state = to;
    }
    tick(case, step.tick, from, now, rules)?;
    if case.state != State::Suspended {
        case.suspended_until = None;
    }
    if matches!(step.action, Action::Void | Action::Close) {
        drop_asked(case);
    }
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

/// Whether a move that the table allows could succeed in this case; a page offers no other.
pub fn makes_sense(action: Action, case: &Case, now: Time, rules: &Rules<'_>) -> bool {
    let free = case.asked.is_none();
    match action {
        Action::Close => case.passed == Some(true),
        Action::Evaluate => case.satisfaction.is_none(),
        Action::Review => case.satisfaction == Some(Satisfaction::Dissatisfied) && case.justified.is_none(),
        Action::SendUp => level_up(&case.desk).is_some(),
        Action::SendDown => level_down(&case.desk, &case.area).is_some(),
        Action::FinishStage => stages_left(case, rules) > 0,
        Action::Handle => stages_left(case, rules) == 0,
        Action::AskExtension => free && extension(case, now, rules).is_ok(),
        Action::Extend => case.asked == Some(Asked::Extension) && extension(case, now, rules).is_ok(),
        Action::AskSuspension => free && case.suspensions == 0,
        Action::Suspend => case.asked == Some(Asked::Suspension) && case.suspensions == 0,
        Action::Appeal => free && !case.appealed && case.body.is_some(),
        Action::AcceptAppeal => case.asked == Some(Asked::Appeal),
        Action::Refuse => case.asked.is_some(),
        Action::Reopen => {
            let last = case
                .closed_at
                .map(|it| it.plus_seconds(rules.settings.reopen_days * 24 * 3600));
            last.is_some_and(|it| now <= it)
        }
        _ => true,
    }
}

/// Puts a request to the centre; one at a time.
fn ask(case: &mut Case, what: Asked) -> Result<()> {
    if let Some(waiting) = case.asked {
        return Err(codes::ASKED_BEFORE
            .with("what", waiting.zh())
            .with("what_en", waiting.en()));
    }
    case.asked = Some(what);
    Ok(())
}

fn drop_asked(case: &mut Case) {
    case.asked = None;
    case.asked_until = None;
}

/// Answers a request with yes, if it is there.
fn granted(case: &mut Case, what: Asked) -> Result<()> {
    if case.asked != Some(what) {
        return Err(Error::from(&codes::NOTHING_ASKED));
    }
    drop_asked(case);
    Ok(())
}

/// The body's clock with one more original limit, if it may still be given: a few times, and never after the deadline.
fn extension(case: &Case, now: Time, rules: &Rules<'_>) -> Result<Clock> {
    let clock = case.clock.as_ref().map(|it| it.0);
    let limit = current_limit(case, rules);
    let (Some(clock), Some(limit)) = (clock, limit) else {
        return Err(Error::from(&codes::NO_LIMIT));
    };
    if case.due_at.is_some_and(|due| now > due) {
        return Err(Error::from(&codes::AFTER_DUE));
    }
    if case.extensions >= rules.settings.extensions {
        return Err(codes::EXTENDED_ENOUGH.with("n", case.extensions));
    }
    let longer = Limit::new(clock.limit.amount() + limit.amount(), clock.limit.unit()).map_err(Error::internal)?;
    clock
        .with_limit(longer)
        .filter(|_| clock.limit.unit() == limit.unit())
        .ok_or_else(|| Error::from(&codes::NO_LIMIT))
}

/// Whether a case may be put off until then: once, for so long at most, and not into the past.
fn suspension(case: &Case, until: Option<Time>, now: Time, rules: &Rules<'_>) -> Result<()> {
    if case.suspensions > 0 {
        return Err(Error::from(&codes::SUSPENDED_BEFORE));
    }
    let days = rules.settings.suspension_days;
    let last = now.plus_seconds(days * 24 * 3600);
    if until.is_none_or(|it| it <= now || it > last) {
        return Err(Error::field("until", &codes::SUSPENDED_TOO_LONG));
    }
    Ok(())
}

/// The original limit of what the body is doing now.
fn current_limit(case: &Case, rules: &Rules<'_>) -> Option<Limit> {
    let stage = usize::try_from(case.stage).unwrap_or(0);
    rules.stages.get(stage).copied().or(rules.handle_limit)
}

/// How many stages of the work come after the present one.
fn stages_left(case: &Case, rules: &Rules<'_>) -> usize {
    let done = usize::try_from(case.stage).unwrap_or(0) + 1;
    rules.stages.len().saturating_sub(done)
}

/// Ends one stage: from now on the limit of the next counts, which runs from the dispatch as all of them do.
fn next_stage(case: &mut Case, now: Time, rules: &Rules<'_>) -> Result<()> {
    if stages_left(case, rules) == 0 {
        return Err(Error::from(&codes::LAST_STAGE));
    }
    case.late = case.due_at.map(|due| case.late == Some(true) || now > due);
    case.stage += 1;
    drop_asked(case);
    let since = case.dispatched_at.unwrap_or(now).to_jiff();
    case.clock = current_limit(case, rules).map(|it| kernel::db::Json(Clock::start(it, since)));
    set_light(case, now, rules)
}

/// Opens a closed case again: what was counted at its closing and evaluation is counted no longer.
fn reopen(case: &mut Case, now: Time, rules: &Rules<'_>, counts: &mut Counts) -> Result<()> {
    let days = rules.settings.reopen_days;
    let last = case.closed_at.map(|it| it.plus_seconds(days * 24 * 3600));
    if last.is_none_or(|it| now > it) {
        return Err(codes::REOPEN_TOO_LATE.with("days", days));
    }
    counts.closed = -1;
    count_in_time(case, -1, counts);
    if let Some(said) = case.satisfaction.take() {
        counts.rated = -1;
        counts.satisfied = -i64::from(said != Satisfaction::Dissatisfied);
    }
    drop_asked(case);
    case.reopened += 1;
    case.body = None;
    case.assignee = None;
    case.closed_at = None;
    case.evaluated_at = None;
    case.reasons = None;
    case.justified = None;
    case.passed = None;
    case.truth = None;
    Ok(())
}

/// Adds the closing to those in time or late, or takes it away again; what is out of the statistics is neither.
fn count_in_time(case: &Case, n: i64, counts: &mut Counts) {
    if case.appealed {
        return;
    }
    match case.late {
        Some(false) => counts.closed_on_time = n,
        Some(true) => counts.closed_late = n,
        None => {}
    }
}

/// The centre of this level over an area, or the lowest there is.
pub fn desk_of(area: &str, level: Level) -> &str {
    let digits = match level {
        Level::District => 6,
        Level::Town => 9,
        Level::Village | Level::Grid => 12,
    };
    area.get(..digits).unwrap_or(area)
}

/// The centre a level up: of the town for a village, of the district for a town.
pub fn level_up(desk: &str) -> Option<&str> {
    match desk.len() {
        12 => desk.get(..9),
        9 => desk.get(..6),
        _ => None,
    }
}

/// The centre a level down towards the case's area.
pub fn level_down<'a>(desk: &str, area: &'a str) -> Option<&'a str> {
    match desk.len() {
        6 => area.get(..9),
        9 => area.get(..12),
        _ => None,
    }
}

/// Runs the body's limit as the move says.
fn tick(case: &mut Case, tick: Tick, from: State, now: Time, rules: &Rules<'_>) -> Result<()> {
    let at = now.to_jiff();
    let clock = case.clock.take().map(|it| it.0);
    let next = match tick {
        Tick::Keep => clock,
        Tick::Start => {
            let first_stage = rules.stages.first().copied();
            let same_body = case.body.is_some() && case.body == case.last_body;
            case.last_body = case.body.clone();
            if !same_body {
                case.stage = 0;
            }
            case.late = case.late.filter(|_| same_body);
            match (clock, first_stage.or(rules.handle_limit)) {
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
