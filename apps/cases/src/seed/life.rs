//! One case of the demo lived through, move by move, along the flow's table.

use jiff::Timestamp;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use standards::{Calendar, Limit, Unit};

use super::catalogue::{DemoDuty, DemoStandard};
use super::family::Setting;
use super::history::{DemoActor, DemoCase, DemoStep, Fate};
use super::places::{DemoPlace, Spot, spot_of_case};
use super::seasons::{DAY, MINUTE, desk_after, midnight, time_of_day, zone};
use super::text;

/// What is settled about a case before it is lived through.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    /// Seed of everything else about it.
    pub(super) seed: u64,
    /// When it is reported.
    pub(super) at: i64,
    pub(super) standard: usize,
    pub(super) place: usize,
    pub(super) source: &'static str,
    pub(super) fate: Fate,
    /// Whether the body will be late.
    pub(super) late: bool,
}

/// The instant at which that share of a limit is used.
pub(super) fn at_share(start: i64, limit: Limit, share: f64) -> i64 {
    let at = || {
        let start = Timestamp::from_millisecond(start).ok()?;
        Some(
            Calendar::china()
                .at_share(start, limit, share, &zone())
                .ok()?
                .as_millisecond(),
        )
    };
    // Limits of the list are short and the time is about now, so this holds; a day stands in otherwise.
    at().unwrap_or(start + DAY)
}

/// A case on its way.
pub(super) struct Life<'a> {
    plan: &'a Plan,
    standard: &'a DemoStandard,
    place: &'a DemoPlace,
    now: i64,
    rng: ChaCha8Rng,
    at: i64,
    state: &'static str,
    case: DemoCase,
}

/// Raised when an open case has come to the state it stands in.
struct Stop;

impl<'a> Life<'a> {
    pub(super) fn new(
        plan: &'a Plan,
        standard: &'a DemoStandard,
        place: &'a DemoPlace,
        spots: &[Spot],
        now: i64,
    ) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(plan.seed);
        let spot = spot_of_case(place, spots, &mut rng);
        let words = if standard.setting() == Setting::Street {
            spot.street
        } else {
            spot.words
        };
        let by_resident = plan.source == "resident" || plan.source == "hotline";
        let case = DemoCase {
            source: plan.source,
            kind: standard.kind,
            class: standard.class,
            standard: None,
            description: text::report(standard, &words, by_resident, &mut rng),
            place: words,
            lng: spot.at.0,
            lat: spot.at.1,
            area: place.grid.clone(),
            reporter: (by_resident && rng.random_bool(0.9)).then(|| text::resident(&mut rng)),
            state: "reported",
            reported_at: plan.at,
            ended_at: None,
            body: None,
            assignee: None,
            verifier: None,
            checker: None,
            rework_count: 0,
            return_count: 0,
            satisfaction: None,
            handle_late: false,
            steps: Vec::with_capacity(12),
        };
        Self {
            plan,
            standard,
            place,
            now,
            rng,
            at: plan.at,
            state: "reported",
            case,
        }
    }

    /// Lives it through.
    pub(super) fn case(mut self) -> DemoCase {
        // An open case stops on its way; one that ends comes through.
        let _ = self.run();
        self.case.state = self.state;
        if matches!(self.state, "closed" | "declined" | "voided") {
            self.case.ended_at = self.case.steps.iter().rfind(|s| s.action != "evaluate").map(|s| s.at);
        }
        self.case
    }

    fn step(&mut self, action: &'static str, to: &'static str, actor: DemoActor) -> &mut DemoStep {
        let from = (action != "report").then_some(self.state);
        self.state = to;
        self.case.steps.push(DemoStep {
            action,
            from,
            to,
            at: self.at,
            actor,
            note: None,
            body: None,
            user: None,
            outcome: None,
            rating: None,
        });
        let last = self.case.steps.len() - 1;
        &mut self.case.steps[last]
    }

    /// Ends the life of an open case that has reached its state.
    fn pause(&self) -> Result<(), Stop> {
        if self.plan.fate == Fate::Open(self.state) {
            Err(Stop)
        } else {
            Ok(())
        }
    }

    fn is_urgent(&self) -> bool {
        self.standard.limit.unit() == Unit::UrgentHour
    }

    /// Lets the centre's desk take a few minutes; what is urgent does not wait for the morning.
    fn desk(&mut self, usual: std::ops::Range<f64>, slow: f64, chance: f64) {
        let minutes = if self.rng.random_bool(chance) {
            self.rng.random_range(usual.end..slow)
        } else {
            self.rng.random_range(usual)
        };
        #[expect(clippy::cast_possible_truncation, reason = "minutes of a day")]
        let later = if self.is_urgent() {
            self.at + (minutes * MINUTE as f64) as i64
        } else {
            desk_after(self.at, minutes)
        };
        self.at = later.max(self.at + 1_000);
    }

    fn worker(&mut self) -> String {
        self.place.workers[self.rng.random_range(0..self.place.workers.len())].clone()
    }

    fn body(&self) -> String {
        match self.standard.duty {
            DemoDuty::Body(code) => code.to_owned(),
            DemoDuty::Town => format!("T{}", &self.place.grid[..9.min(self.place.grid.len())]),
            DemoDuty::Village => format!("V{}", &self.place.grid[..12.min(self.place.grid.len())]),
        }
    }

    fn acceptor(&mut self) -> DemoActor {
        DemoActor::Acceptor(self.rng.random_range(0..1_000))
    }

    fn run(&mut self) -> Result<(), Stop> {
        self.report()?;
        self.accept()?;
        self.file()?;
        self.dispatch()?;
        self.handle(self.plan.late)?;
        self.check()?;
        self.close();
        Ok(())
    }

    fn report(&mut self) -> Result<(), Stop> {
        let actor = match self.plan.source {
            "worker" => DemoActor::Worker(self.worker()),
            "resident" => DemoActor::Resident,
            "department" => {
                DemoActor::Clerk(["D01", "D06", "D10", "D03", "D23"][self.rng.random_range(0..5)].to_owned())
            }
            _ => self.acceptor(),
        };
        self.step("report", "reported", actor);
        self.pause()
    }

    fn accept(&mut self) -> Result<(), Stop> {
        let acceptor = self.acceptor();
        self.desk(1.0..11.0, 70.0, 0.05);
        if self.plan.fate == Fate::Declined {
            let reason = text::pick(&text::DECLINED, &mut self.rng).to_owned();
            self.step("decline", "declined", acceptor).note = Some(reason);
            return Err(Stop);
        }
        let verifying = Fate::Open("verifying");
        let doubtful = self
            .rng
            .random_bool(if self.plan.source == "worker" { 0.04 } else { 0.8 });
        let untrue = self.plan.fate == Fate::Voided && self.rng.random_bool(0.6);
        if doubtful || untrue || self.plan.fate == verifying {
            // Some are sent out at once, some are accepted first.
            if self.plan.fate != verifying && self.rng.random_bool(0.5) {
                self.step("accept", "accepted", acceptor.clone());
                self.desk(0.5..4.0, 20.0, 0.05);
            }
            let worker = self.worker();
            self.case.verifier = Some(worker.clone());
            self.step("send_verify", "verifying", acceptor).user = Some(DemoActor::Worker(worker.clone()));
            self.pause()?;
            self.desk(7.0..28.0, 120.0, 0.07);
            let note = if untrue {
                "现场未发现所述情况"
            } else {
                text::pick(&text::VERIFIED, &mut self.rng)
            };
            let step = self.step("verify", "accepted", DemoActor::Worker(worker));
            step.outcome = Some(!untrue);
            step.note = Some(note.to_owned());
        } else {
            self.step("accept", "accepted", acceptor);
        }
        if untrue {
            return self.void();
        }
        self.pause()
    }

    fn void(&mut self) -> Result<(), Stop> {
        self.desk(2.0..30.0, 200.0, 0.1);
        let reason = text::pick(&text::VOIDED, &mut self.rng).to_owned();
        let lead = DemoActor::ShiftLead(self.rng.random_range(0..1_000));
        self.step("void", "voided", lead).note = Some(reason);
        Err(Stop)
    }

    fn file(&mut self) -> Result<(), Stop> {
        self.desk(1.0..8.0, 40.0, 0.05);
        let lead = DemoActor::ShiftLead(self.rng.random_range(0..1_000));
        self.case.standard = Some(self.plan.standard);
        self.step("file", "filed", lead);
        self.pause()
    }

    fn send_to(&mut self, body: String) {
        self.desk(1.0..11.0, 60.0, 0.05);
        let dispatcher = DemoActor::Dispatcher(self.rng.random_range(0..1_000));
        self.case.body = Some(body.clone());
        self.step("dispatch", "dispatched", dispatcher).body = Some(body);
    }

    fn dispatch(&mut self) -> Result<(), Stop> {
        let right = self.body();
        // Whose cover is it? One in twenty-five goes to the wrong body first. Not one that stands open before that.
        let settled = !matches!(self.plan.fate, Fate::Open("filed" | "dispatched" | "handling"));
        if settled && self.rng.random_bool(0.04) {
            let wrong = ["D24", "D01", "C02", "D22", "C06", "D02"][self.rng.random_range(0..6)];
            if wrong != right {
                self.send_to(wrong.to_owned());
                let clerk = DemoActor::Clerk(wrong.to_owned());
                self.desk(10.0..90.0, 300.0, 0.2);
                if self.rng.random_bool(0.3) {
                    self.step("receive", "handling", clerk.clone());
                    self.desk(20.0..160.0, 300.0, 0.1);
                }
                let reason = text::pick(&text::RETURNED, &mut self.rng).to_owned();
                self.step("return", "filed", clerk).note = Some(reason);
                self.case.return_count += 1;
            }
        }
        self.send_to(right);
        self.pause()
    }

    /// The body's part, from receiving to the result, within the limit or beyond it.
    fn handle(&mut self, late: bool) -> Result<(), Stop> {
        let (start, limit) = (self.at, self.standard.limit);
        let body = self.case.body.clone().unwrap_or_default();
        let share: f64 = if late {
            // Most a little, some by far.
            1.25 + 1.75 * self.rng.random::<f64>().powi(3)
        } else {
            0.08 + 0.84 * self.rng.random::<f64>().powf(1.3)
        };
        let mut way = |most: f64| share.min(1.0) * self.rng.random_range(0.02..most);
        let (received, assigned) = (way(0.12), way(0.1));
        let open = matches!(self.plan.fate, Fate::Open("handling"));
        self.go(start, limit, received);
        if open {
            // It stands with the body since then; how long is for the planner to see to.
            self.at = self.at.min(self.now.max(start + 1_000));
        }
        self.step("receive", "handling", DemoActor::Clerk(body.clone()));
        if open {
            self.case.handle_late = at_share(start, limit, 1.0) < self.now;
        }
        let voided = self.plan.fate == Fate::Voided;
        if self.rng.random_bool(0.6) {
            let before = self.at;
            self.go(start, limit, received + assigned);
            if !open || self.at < self.now {
                let clerk = DemoActor::Clerk(body.clone());
                self.case.assignee = Some(clerk.clone());
                self.step("assign", "handling", DemoActor::Head(body.clone())).user = Some(clerk);
            } else {
                self.at = before;
            }
        }
        self.pause()?;
        if voided {
            return self.void();
        }
        self.go(start, limit, share);
        self.case.handle_late |= late;
        let result = text::result(self.standard, &mut self.rng);
        self.step("handle", "handled", DemoActor::Clerk(body)).note = Some(result);
        self.pause()
    }

    /// On to the instant at which that share of the limit is used, out of the night where the limit allows.
    fn go(&mut self, start: i64, limit: Limit, share: f64) {
        let mut at = at_share(start, limit, share);
        if limit.unit() == Unit::CalendarDay {
            let time = time_of_day(at);
            if !(8 * 60 * MINUTE..18 * 60 * MINUTE).contains(&time) {
                at = midnight(at) + self.rng.random_range(8 * 60..18 * 60) * MINUTE;
            }
        }
        self.at = at.max(self.at + 1_000);
    }

    fn check(&mut self) -> Result<(), Stop> {
        loop {
            self.desk(2.0..22.0, 120.0, 0.06);
            let worker = self.worker();
            let lead = self.acceptor();
            self.case.checker = Some(worker.clone());
            self.step("send_check", "checking", lead).user = Some(DemoActor::Worker(worker.clone()));
            self.pause()?;
            self.desk(8.0..28.0, 150.0, 0.07);
            let again = self.plan.fate == Fate::Closed && self.case.rework_count < 2 && self.rng.random_bool(0.03);
            let note = if again {
                text::pick(&text::REWORKED, &mut self.rng)
            } else {
                text::pick(&text::CHECKED, &mut self.rng)
            };
            let step = self.step("check", "checked", DemoActor::Worker(worker));
            step.outcome = Some(!again);
            step.note = Some(note.to_owned());
            self.pause()?;
            self.desk(1.0..10.0, 60.0, 0.04);
            if !again {
                return Ok(());
            }
            let lead = DemoActor::ShiftLead(self.rng.random_range(0..1_000));
            self.case.rework_count += 1;
            self.step("rework", "dispatched", lead).note = Some(note.to_owned());
            self.handle(false)?;
        }
    }

    fn close(&mut self) {
        let lead = DemoActor::ShiftLead(self.rng.random_range(0..1_000));
        self.step("close", "closed", lead);
        let by_resident = matches!(self.plan.source, "resident" | "hotline");
        if !self.rng.random_bool(if by_resident { 0.7 } else { 0.1 }) {
            return;
        }
        self.at += self.rng.random_range(60 * MINUTE..4 * DAY);
        let time = time_of_day(self.at);
        if !(8 * 60 * MINUTE..21 * 60 * MINUTE).contains(&time) {
            self.at = midnight(self.at) + DAY + self.rng.random_range(8 * 60..20 * 60) * MINUTE;
        }
        if self.at > self.now {
            return;
        }
        let bad = if self.case.handle_late || self.case.rework_count > 0 {
            30
        } else {
            5
        };
        let rating = match self.rng.random_range(0..100) {
            roll if roll < bad => "dissatisfied",
            roll if roll < bad + 11 => "neutral",
            _ => "satisfied",
        };
        let words = match rating {
            "satisfied" => text::pick(&text::PRAISE, &mut self.rng),
            "dissatisfied" => text::pick(&text::BLAME, &mut self.rng),
            _ => "",
        };
        self.case.satisfaction = Some(rating);
        let actor = if by_resident && self.plan.source == "resident" {
            DemoActor::Resident
        } else {
            self.acceptor()
        };
        let step = self.step("evaluate", "closed", actor);
        step.rating = Some(rating);
        step.note = (!words.is_empty()).then(|| words.to_owned());
    }
}
