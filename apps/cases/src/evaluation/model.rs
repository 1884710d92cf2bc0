//! The base counts of one case, from its timeline alone: who did what, and whether within the limit of the step they ended.
//!
//! A step's limit is the `due_at` of the entry with which the step began; a step without one cannot be late.

use std::collections::BTreeMap;

use kernel::auth::UserId;
use kernel::{Time, words};

use crate::model::{Action, Source, State};

words! {
    /// What is evaluated.
    pub enum Kind {
        /// An area: counted by village.
        Area = "area", "区域", "Area";
        /// A responsible body.
        Body = "body", "责任单位", "Body";
        /// Who reports, verifies and checks.
        Worker = "worker", "网格员", "Grid worker";
        /// Who accepts and sends to verify and check.
        Acceptor = "acceptor", "受理员", "Acceptor";
        /// Who files and closes.
        ShiftLead = "shift_lead", "值班长", "Shift lead";
        /// Who dispatches.
        Dispatcher = "dispatcher", "派遣员", "Dispatcher";
    }
}

impl Kind {
    /// Whether its subjects are persons.
    pub const fn is_person(self) -> bool {
        !matches!(self, Self::Area | Self::Body)
    }
}

words! {
    /// A base count.
    pub enum Measure {
        /// Reports; a worker's own.
        Reported = "reported", "上报数", "Reported";
        /// Reports that no grid worker made.
        Public = "public", "公众举报数", "Reported by the public";
        /// Reports that were filed, also when voided later.
        Valid = "valid", "有效上报数", "Valid reports";
        /// Filed reports of others that the worker found true on the spot, and had not reported.
        Missed = "missed", "漏报数", "Missed";
        /// Accepted.
        Accepted = "accepted", "受理数", "Accepted";
        /// Accepted within the limit.
        AcceptedOnTime = "accepted_on_time", "按时受理数", "Accepted on time";
        /// Sent to be verified.
        VerifySent = "verify_sent", "核实发送数", "Sent for verification";
        /// Sent to be verified within the limit.
        VerifySentOnTime = "verify_sent_on_time", "核实按时发送数", "Sent for verification on time";
        /// Verifications that were done or whose limit has run out.
        VerifyDue = "verify_due", "应核实数", "Verifications due";
        /// Verified.
        Verified = "verified", "核实数", "Verified";
        /// Verified within the limit.
        VerifiedOnTime = "verified_on_time", "按时核实数", "Verified on time";
        /// Filed; of a body: filed and dispatched to it.
        Filed = "filed", "立案数", "Filed";
        /// Filed within the limit.
        FiledOnTime = "filed_on_time", "按时立案数", "Filed on time";
        /// Filed and neither sent back to be filed otherwise nor voided.
        FiledAccurately = "filed_accurately", "准确立案数", "Filed accurately";
        /// Dispatched.
        Dispatched = "dispatched", "派遣数", "Dispatched";
        /// Dispatched within the limit.
        DispatchedOnTime = "dispatched_on_time", "按时派遣数", "Dispatched on time";
        /// Dispatched and never sent to another body.
        DispatchedAccurately = "dispatched_accurately", "准确派遣数", "Dispatched accurately";
        /// To be done: the body's limit has run out, or the work was reported as done, or the case is closed.
        Due = "due", "应处置数", "Due";
        /// Reported as handled.
        Handled = "handled", "处置数", "Handled";
        /// Handled without missing a limit.
        HandledOnTime = "handled_on_time", "按期处置数", "Handled on time";
        /// Handled after a missed limit.
        HandledLate = "handled_late", "超期处置数", "Handled late";
        /// Sent for a check.
        CheckSent = "check_sent", "核查发送数", "Sent for a check";
        /// Sent for a check within the limit.
        CheckSentOnTime = "check_sent_on_time", "核查按时发送数", "Sent for a check on time";
        /// Checks that were done or whose limit has run out.
        CheckDue = "check_due", "应核查数", "Checks due";
        /// Checked.
        Checked = "checked", "核查数", "Checked";
        /// Checked within the limit.
        CheckedOnTime = "checked_on_time", "按时核查数", "Checked on time";
        /// Closed.
        Closed = "closed", "结案数", "Closed";
        /// Closed without the body having missed its limit; of a shift lead: within the limit of closing.
        ClosedOnTime = "closed_on_time", "按期结案数", "Closed on time";
        /// Sent to the same body again after a check.
        Reworked = "reworked", "返工数", "Reworked";
        /// Voided.
        Voided = "voided", "作废数", "Voided";
        /// Suspended.
        Suspended = "suspended", "挂账数", "Suspended";
        /// Given more time.
        Extended = "extended", "延期数", "Extended";
        /// Returned by a body.
        Returned = "returned", "退回数", "Returned";
    }
}

/// An entry of a timeline, as far as it is counted.
#[derive(Clone, Debug)]
pub struct Line {
    /// When.
    pub at: Time,
    /// Who.
    pub actor: Option<UserId>,
    /// What they did.
    pub action: Action,
    /// The state before.
    pub from: State,
    /// The state after.
    pub to: State,
    /// The body that it was sent to.
    pub body: Option<String>,
    /// What a verification said.
    pub truth: Option<bool>,
    /// The limit of the step that began with it.
    pub due: Option<Time>,
}

/// What is asked of a case besides its timeline.
#[derive(Clone, Debug)]
pub struct Subject {
    /// Its village, or what is known above it.
    pub area: String,
    /// Who it comes from.
    pub source: Source,
    /// Who is asked to verify it now.
    pub verifier: Option<UserId>,
    /// Who is asked to check it now.
    pub checker: Option<UserId>,
    /// What an import knows without a timeline.
    pub imported: Option<Imported>,
}

/// What an import says of a case whose steps it does not tell one by one.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The body that had it.
    pub body: Option<String>,
    /// Filed.
    pub filed: bool,
    /// Handled.
    pub handled: bool,
    /// The body's limit was missed.
    pub late: bool,
}

/// Counts by measure; what is not there is zero.
pub type Counts = BTreeMap<Measure, i64>;

/// What a case counts, for each subject.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    /// By kind and subject.
    pub parts: BTreeMap<(Kind, String), Counts>,
    /// When a limit runs out that changes the counts without a move.
    pub next_at: Option<Time>,
}

/// What one body did of the case.
#[derive(Clone, Copy, Default)]
struct Work {
    handled: bool,
    late: bool,
    reworked: bool,
    returned: bool,
    suspended: bool,
    extended: bool,
}

const fn with_body(state: State) -> bool {
    matches!(state, State::Dispatched | State::Handling)
}

/// The limit after an entry: a new step brings its own or none; what stays, or is only received, keeps it.
fn next_due(due: Option<Time>, line: &Line) -> Option<Time> {
    let stays = line.from == line.to || line.action == Action::Receive;
    line.due.or(due.filter(|_| stays))
}

/// Counts a case at a moment.
pub fn facts(case: &Subject, lines: &[Line], now: Time) -> Facts {
    let mut it = Counter {
        case,
        valid: case.imported.as_ref().is_some_and(|it| it.filed)
            || lines
                .iter()
                .any(|it| matches!(it.action, Action::File | Action::Settle)),
        facts: Facts::default(),
        works: BTreeMap::new(),
        last: None,
        verified_by: None,
    };
    if let Some(past) = &case.imported {
        it.import(past);
    }
    let (mut due, mut state) = (None, State::Reported);
    for (n, line) in lines.iter().enumerate() {
        it.people(line, &lines[n + 1..], due);
        it.bodies(line, due);
        due = next_due(due, line);
        state = line.to;
    }
    it.pending(state, due, now);
    it.whole(lines, state);
    it.facts
}

struct Counter<'a> {
    case: &'a Subject,
    valid: bool,
    facts: Facts,
    works: BTreeMap<String, Work>,
    last: Option<String>,
    verified_by: Option<UserId>,
}

impl Counter<'_> {
    fn import(&mut self, past: &Imported) {
        let body = past.body.clone().filter(|_| past.filed);
        if let Some(body) = &body {
            let work = self.works.entry(body.clone()).or_default();
            (work.handled, work.late) = (past.handled, past.late);
        }
        self.last = body;
    }

    fn add(&mut self, kind: Kind, subject: &str, measure: Measure) {
        let part = self.facts.parts.entry((kind, subject.to_owned())).or_default();
        *part.entry(measure).or_default() += 1;
    }

    /// Counts for a person, and for the area: what a person did lies somewhere.
    fn person(&mut self, kind: Kind, actor: Option<UserId>, measures: &[(Measure, bool)]) {
        let area = self.case.area.clone();
        for (measure, _) in measures.iter().filter(|it| it.1) {
            if let Some(actor) = actor {
                self.add(kind, &actor.to_string(), *measure);
            }
            // A closing's own limit is the shift lead's; the area's is the body's.
            if !matches!(
                measure,
                Measure::Reported | Measure::Valid | Measure::Closed | Measure::ClosedOnTime
            ) {
                self.add(Kind::Area, &area, *measure);
            }
        }
    }

    fn people(&mut self, line: &Line, later: &[Line], due: Option<Time>) {
        use Measure::{
            Accepted, AcceptedOnTime, CheckDue, CheckSent, CheckSentOnTime, Checked, CheckedOnTime, Closed,
            ClosedOnTime, Dispatched, DispatchedAccurately, DispatchedOnTime, Filed, FiledAccurately, FiledOnTime,
            Reported, Valid, Verified, VerifiedOnTime, VerifyDue, VerifySent, VerifySentOnTime,
        };
        let on_time = due.is_none_or(|due| line.at <= due);
        let accepts = line.from == State::Reported;
        let (kind, measures): (Kind, &[(Measure, bool)]) = match line.action {
            Action::Report if self.case.source == Source::Worker => {
                (Kind::Worker, &[(Reported, true), (Valid, self.valid)])
            }
            Action::Accept => (Kind::Acceptor, &[(Accepted, true), (AcceptedOnTime, on_time)]),
            Action::SendVerify => (
                Kind::Acceptor,
                &[
                    (Accepted, accepts),
                    (AcceptedOnTime, accepts && on_time),
                    (VerifySent, true),
                    (VerifySentOnTime, on_time),
                ],
            ),
            Action::SendCheck => (Kind::Acceptor, &[(CheckSent, true), (CheckSentOnTime, on_time)]),
            Action::Verify => {
                self.verified_by = line.actor.filter(|_| line.truth == Some(true));
                let all = &[(VerifyDue, true), (Verified, true), (VerifiedOnTime, on_time)];
                return self.person(Kind::Worker, line.actor, all);
            }
            Action::Check => (
                Kind::Worker,
                &[(CheckDue, true), (Checked, true), (CheckedOnTime, on_time)],
            ),
            Action::File => {
                let accurate = filed_accurately(later);
                let all = &[(Filed, true), (FiledOnTime, on_time), (FiledAccurately, accurate)];
                return self.person(Kind::ShiftLead, line.actor, all);
            }
            Action::Close => (Kind::ShiftLead, &[(Closed, true), (ClosedOnTime, on_time)]),
            Action::Dispatch => {
                let accurate = dispatched_accurately(line.body.as_deref(), later);
                let all = &[
                    (Dispatched, true),
                    (DispatchedOnTime, on_time),
                    (DispatchedAccurately, accurate),
                ];
                return self.person(Kind::Dispatcher, line.actor, all);
            }
            _ => return,
        };
        self.person(kind, line.actor, measures);
    }

    fn bodies(&mut self, line: &Line, due: Option<Time>) {
        if matches!(line.action, Action::Dispatch | Action::Transfer) {
            // Taken away after its limit, it stays late for the body that had it.
            self.run_out(line, due);
            self.last.clone_from(&line.body);
            if let Some(body) = &line.body {
                self.works.entry(body.clone()).or_default();
            }
            return;
        }
        self.run_out(line, due);
        let Some(work) = self.last.as_ref().and_then(|it| self.works.get_mut(it)) else {
            return;
        };
        match line.action {
            Action::Handle => work.handled = true,
            Action::Rework => work.reworked = true,
            Action::Return if with_body(line.from) => work.returned = true,
            Action::Suspend => work.suspended = true,
            Action::Extend => work.extended = true,
            _ => {}
        }
    }

    fn run_out(&mut self, line: &Line, due: Option<Time>) {
        let late = with_body(line.from) && due.is_some_and(|it| line.at > it);
        if let Some(work) = self.last.as_ref().and_then(|it| self.works.get_mut(it)) {
            work.late |= late;
        }
    }

    /// What is being done now: late as soon as its limit has run out.
    fn pending(&mut self, state: State, due: Option<Time>, now: Time) {
        let Some(due) = due else { return };
        let late = now > due;
        let waits = match state {
            State::Verifying => {
                self.person(Kind::Worker, self.case.verifier, &[(Measure::VerifyDue, late)]);
                true
            }
            State::Checking => {
                self.person(Kind::Worker, self.case.checker, &[(Measure::CheckDue, late)]);
                true
            }
            _ if with_body(state) => {
                if let Some(work) = self.last.as_ref().and_then(|it| self.works.get_mut(it)) {
                    work.late |= late;
                }
                true
            }
            _ => false,
        };
        self.facts.next_at = Some(due).filter(|_| waits && !late);
    }

    /// The bodies' parts, and the area's from them.
    fn whole(&mut self, lines: &[Line], state: State) {
        use Measure::{
            Closed, ClosedOnTime, Due, Extended, Filed, Handled, HandledLate, HandledOnTime, Missed, Public, Reported,
            Returned, Reworked, Suspended, Valid, Voided,
        };
        let closed = state == State::Closed;
        let voided = state == State::Voided;
        let area = self.case.area.clone();
        let mut all = Work::default();
        let mut overdue = false;
        for (body, work) in self.works.clone() {
            let last = self.last.as_ref() == Some(&body);
            let ends = closed && last;
            // Voided before it was handled, nothing was to be done.
            let due = work.handled || ends || (work.late && !voided);
            let of_body = [
                (Filed, true),
                (Due, due),
                (Handled, work.handled),
                (HandledOnTime, work.handled && !work.late),
                (HandledLate, work.handled && work.late),
                (Closed, ends),
                (ClosedOnTime, ends && !work.late),
                (Reworked, work.reworked),
                (Returned, work.returned),
                (Suspended, work.suspended),
                (Extended, work.extended),
                (Voided, voided && last),
            ];
            for (measure, _) in of_body.iter().filter(|it| it.1) {
                self.add(Kind::Body, &body, *measure);
            }
            overdue |= due;
            all.handled |= work.handled && last;
            all.late |= work.late && last;
            all.reworked |= work.reworked;
            all.returned |= work.returned;
            all.suspended |= work.suspended;
            all.extended |= work.extended;
        }
        let of_area = [
            (Reported, true),
            (Public, self.case.source != Source::Worker),
            (Valid, self.valid),
            (Due, overdue || closed),
            (Handled, all.handled),
            (HandledOnTime, all.handled && !all.late),
            (HandledLate, all.handled && all.late),
            (Closed, closed),
            (ClosedOnTime, closed && !all.late),
            (Reworked, all.reworked),
            (Returned, all.returned),
            (Suspended, all.suspended),
            (Extended, all.extended),
            (Voided, voided),
        ];
        for (measure, _) in of_area.iter().filter(|it| it.1) {
            self.add(Kind::Area, &area, *measure);
        }
        // Filed anew after a return, it is one case.
        if self.valid {
            for measure in [Filed, Measure::FiledOnTime, Measure::FiledAccurately] {
                self.once(&area, measure);
            }
            let filed = lines.iter().any(|it| it.action == Action::File);
            if !filed {
                self.add(Kind::Area, &area, Filed);
            }
        }
        let found = self
            .verified_by
            .filter(|_| self.valid && self.case.source != Source::Worker);
        if let Some(worker) = found {
            self.add(Kind::Worker, &worker.to_string(), Missed);
        }
    }

    fn once(&mut self, area: &str, measure: Measure) {
        let part = self.facts.parts.get_mut(&(Kind::Area, area.to_owned()));
        if let Some(n) = part.and_then(|it| it.get_mut(&measure)) {
            *n = 1;
        }
    }
}

/// Not sent back to be filed otherwise, and not voided, before the case ends or is opened again.
fn filed_accurately(later: &[Line]) -> bool {
    for line in later {
        match line.action {
            Action::Return if line.to == State::Accepted => return false,
            Action::Void => return false,
            Action::Close | Action::Reopen | Action::File => return true,
            _ => {}
        }
    }
    true
}

/// Not sent to another body before the case is opened again.
fn dispatched_accurately(body: Option<&str>, later: &[Line]) -> bool {
    for line in later {
        match line.action {
            Action::Dispatch | Action::Transfer if line.body.as_deref() != body => return false,
            Action::Reopen => return true,
            _ => {}
        }
    }
    true
}

/// Counts as text: ` closed=1 due=1 `, in which one measure is found by ` closed=`.
pub fn written(counts: &Counts) -> String {
    let words: Vec<_> = counts.iter().map(|(it, n)| format!("{it}={n}")).collect();
    format!(" {} ", words.join(" "))
}

/// The other way.
pub fn read(text: &str) -> Counts {
    let pairs = text.split_whitespace().filter_map(|it| it.split_once('='));
    pairs
        .filter_map(|(it, n)| Some((it.parse().ok()?, n.parse().ok()?)))
        .collect()
}
