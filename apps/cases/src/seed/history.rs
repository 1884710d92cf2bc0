//! The demo's past cases: a year of them, from report to close, at the places, times and odds of a real centre.
//!
//! First every case is planned (what, where, when, how it ends), which is cheap and can be sorted by time; then each is
//! lived through, one by one as they are asked for, so that the whole year is never in memory at once.

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use standards::Kind;

use super::catalogue::DemoStandard;
use super::family::Setting;
use super::life::{Life, Plan};
use super::places::{DemoPlace, Spot, spots};
use super::seasons::{DAY, MINUTE, Year, around, desk_before, draw, is_staffed, midnight, time_of_day};

/// Cases of the demo's year.
pub const CASES: usize = 47_269;
/// Of these, closed.
pub const CLOSED: usize = 45_987;

/// Who made a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DemoActor {
    /// A resident, who has no account.
    Resident,
    /// A grid worker, by log-in.
    Worker(String),
    /// An acceptor, by number from 0; take it modulo how many there are.
    Acceptor(usize),
    /// A shift lead, likewise.
    ShiftLead(usize),
    /// A dispatcher, likewise.
    Dispatcher(usize),
    /// The clerk of a body, by the body's code.
    Clerk(String),
    /// The head of a body, by the body's code.
    Head(String),
}

/// One line of a case's timeline.
#[derive(Debug, Clone, PartialEq)]
pub struct DemoStep {
    /// The move, such as `accept`.
    pub action: &'static str,
    /// State before; none for the report.
    pub from: Option<&'static str>,
    /// State after.
    pub to: &'static str,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// By whom.
    pub actor: DemoActor,
    /// A reason, a result or a remark.
    pub note: Option<String>,
    /// The body a dispatch names.
    pub body: Option<String>,
    /// Whom `send_verify`, `send_check` or `assign` names.
    pub user: Option<DemoActor>,
    /// What `verify` (true?) or `check` (passed?) found.
    pub outcome: Option<bool>,
    /// `satisfied`, `neutral` or `dissatisfied` in an evaluation.
    pub rating: Option<&'static str>,
}

/// A past case.
#[derive(Debug, Clone, PartialEq)]
pub struct DemoCase {
    /// `worker`, `resident`, `hotline` or `department`.
    pub source: &'static str,
    /// Component or matter.
    pub kind: Kind,
    /// Class of the 2026 edition.
    pub class: &'static str,
    /// Place in the list of standards; a case that was never filed has none.
    pub standard: Option<usize>,
    /// What the report says.
    pub description: String,
    /// The place in words.
    pub place: String,
    /// Longitude, WGS 84.
    pub lng: f64,
    /// Latitude, WGS 84.
    pub lat: f64,
    /// The grid.
    pub area: String,
    /// Name and telephone number of whoever reported, where known; both made up.
    pub reporter: Option<(String, String)>,
    /// The state it is in now.
    pub state: &'static str,
    /// When it was reported, in milliseconds since 1970.
    pub reported_at: i64,
    /// When it was closed, declined or voided.
    pub ended_at: Option<i64>,
    /// The body that has it or had it last.
    pub body: Option<String>,
    /// To whom the body gave it.
    pub assignee: Option<DemoActor>,
    /// Worker who verified, or is to.
    pub verifier: Option<String>,
    /// Worker who checked, or is to.
    pub checker: Option<String>,
    /// How often it was sent back after a check.
    pub rework_count: i64,
    /// How often a body returned it.
    pub return_count: i64,
    /// `satisfied`, `neutral` or `dissatisfied`.
    pub satisfaction: Option<&'static str>,
    /// Whether handling took, or is taking, longer than the limit.
    pub handle_late: bool,
    /// From the report on, in order.
    pub steps: Vec<DemoStep>,
}

/// How a case ends, or where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Closed,
    Declined,
    Voided,
    /// Still open, in this state.
    Open(&'static str),
}

/// What is open on a normal day; with the declined and voided it makes up the year's rest.
const OPEN: [(&str, usize); 9] = [
    ("reported", 38),
    ("verifying", 14),
    ("accepted", 11),
    ("filed", 9),
    ("dispatched", 46),
    ("handling", 372),
    ("handled", 28),
    ("checking", 19),
    ("checked", 10),
];
const DECLINED: usize = 473;

/// The demo's past cases, by time of report.
pub struct History {
    plans: std::vec::IntoIter<Plan>,
    places: Vec<DemoPlace>,
    spots: Vec<Vec<Spot>>,
    standards: Vec<DemoStandard>,
    now: i64,
}

/// Plans the cases of the year before `now` (milliseconds since 1970) at those places against those standards. No case
/// has a step after `now`.
///
/// Takes any number of places but at least one; each needs a ring and a worker. `times` makes a district that many times
/// as busy.
pub fn history(seed: u64, now: i64, places: Vec<DemoPlace>, standards: Vec<DemoStandard>, times: usize) -> History {
    let open: usize = OPEN.iter().map(|(_, count)| count).sum();
    let voided = CASES - CLOSED - DECLINED - open;
    let ended = [
        (Fate::Closed, CLOSED * times),
        (Fate::Declined, DECLINED * times),
        (Fate::Voided, voided * times),
    ];
    history_of(seed, now, places, standards, &ended, times)
}

/// The same with as many ended cases as are asked for, beside those that are open.
pub(super) fn history_of(
    seed: u64,
    now: i64,
    places: Vec<DemoPlace>,
    standards: Vec<DemoStandard>,
    ended: &[(Fate, usize)],
    times: usize,
) -> History {
    let spot_seeds = (0_u64..).map(|i| (seed ^ i).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let spots = places
        .iter()
        .zip(spot_seeds)
        .map(|(place, seed)| spots(place, seed))
        .collect();
    let mut history = History {
        plans: Vec::new().into_iter(),
        places,
        spots,
        standards,
        now,
    };
    let mut plans = Planner::new(seed, &history).all(ended, times);
    plans.sort_by_key(|plan| (plan.at, plan.seed));
    history.plans = plans.into_iter();
    history
}

impl History {
    pub(super) fn live(&self, plan: &Plan) -> DemoCase {
        let (standard, place) = (&self.standards[plan.standard], &self.places[plan.place]);
        Life::new(plan, standard, place, &self.spots[plan.place], self.now).case()
    }
}

impl Iterator for History {
    type Item = DemoCase;

    fn next(&mut self) -> Option<DemoCase> {
        let plan = self.plans.next()?;
        Some(self.live(&plan))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.plans.size_hint()
    }
}

impl ExactSizeIterator for History {}

struct Planner<'a> {
    history: &'a History,
    rng: ChaCha8Rng,
    year: Year,
    /// Running sums over the standards.
    standards: Vec<f64>,
    /// Running sums over the places, by setting.
    places: [(Setting, Vec<f64>); 3],
}

fn running(weights: impl Iterator<Item = f64>) -> Vec<f64> {
    weights
        .scan(0.0, |sum, weight| {
            *sum += weight;
            Some(*sum)
        })
        .collect()
}

impl<'a> Planner<'a> {
    fn new(seed: u64, history: &'a History) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed ^ 0x6361_7365);
        let year = Year::new(history.now, &mut rng);
        // Some grids are worse than others, and a few are hot spots that everybody in the centre knows.
        let luck: Vec<f64> = history
            .places
            .iter()
            .map(|place| {
                let usual = rng.random_range(0.4..1.6);
                let hot = if rng.random_bool(0.008 + 0.03 * place.urban) {
                    rng.random_range(3.0..7.0)
                } else {
                    1.0
                };
                usual * hot
            })
            .collect();
        let places = [Setting::Anywhere, Setting::Street, Setting::Country].map(|setting| {
            let weight = |(place, luck): (&DemoPlace, &f64)| {
                let here = match setting {
                    Setting::Anywhere => 0.6 + 0.8 * place.urban,
                    Setting::Street => 0.12 + 1.6 * place.urban + if place.dedicated { 1.0 } else { 0.0 },
                    Setting::Country => 1.15 - place.urban,
                };
                // A place where nobody lives has its streets all the same.
                (place.population.clamp(200, 2_500) as f64) * here * luck
            };
            (setting, running(history.places.iter().zip(&luck).map(weight)))
        });
        let standards = running(history.standards.iter().map(|s| s.weight));
        Self {
            history,
            rng,
            year,
            standards,
            places,
        }
    }

    fn all(mut self, ended: &[(Fate, usize)], times: usize) -> Vec<Plan> {
        let mut plans = Vec::new();
        for &(fate, count) in ended {
            for _ in 0..count {
                plans.push(self.ended(fate));
            }
        }
        for (state, count) in OPEN {
            for _ in 0..count * times {
                plans.push(self.open(state));
            }
        }
        plans
    }

    /// A case without its time.
    fn draft(&mut self, fate: Fate) -> Plan {
        let standard = draw(&self.standards, &mut self.rng);
        let setting = self.history.standards[standard].setting();
        let sums = self
            .places
            .iter()
            .find(|(s, _)| *s == setting)
            .map_or(&self.places[0].1, |(_, sums)| sums);
        let place = draw(sums, &mut self.rng);
        // Noise, smells and building are what residents call about.
        let thing = &self.history.standards[standard].thing;
        let felt = ["噪声", "油烟", "扰民", "搭", "装修", "饲养"]
            .iter()
            .any(|word| thing.contains(word));
        let source = match self.rng.random_range(0..1_000) {
            0..=799 if !(felt && self.rng.random_bool(0.6)) => "worker",
            0..=889 if felt => "resident",
            800..=883 => "resident",
            884..=959 => "hotline",
            0..=799 => "hotline",
            _ => "department",
        };
        let late = self.rng.random_bool(0.06);
        Plan {
            seed: self.rng.random(),
            at: 0,
            standard,
            place,
            source,
            fate,
            late,
        }
    }

    /// The time of day of a report.
    fn hour(&mut self, source: &str) -> i64 {
        let rng = &mut self.rng;
        match source {
            "worker" if rng.random_bool(0.55) => around(9.6, 1.7, rng),
            "worker" => around(15.3, 1.9, rng),
            "department" => around(13.5, 2.6, rng),
            "hotline" => around(13.0, 4.2, rng),
            _ if rng.random_bool(0.5) => around(10.5, 3.0, rng),
            _ => around(18.8, 2.6, rng),
        }
    }

    fn ended(&mut self, fate: Fate) -> Plan {
        let now = self.history.now;
        let mut plan = self.draft(fate);
        let season = self.history.standards[plan.standard].season();
        let mut slack = 0;
        loop {
            plan.at = self.year.day(season, &mut self.rng) + self.hour(plan.source) - slack;
            // Most are long over; of the latest, only those that have come to their end by now.
            let over = plan.at < now - 150 * DAY
                || plan.at < now && self.history.live(&plan).steps.last().is_some_and(|step| step.at <= now);
            if over {
                return plan;
            }
            // A winter that has only begun may hold no day old enough: then move back in time.
            slack += 2 * DAY;
        }
    }

    fn open(&mut self, state: &'static str) -> Plan {
        let now = self.history.now;
        loop {
            let mut plan = self.draft(Fate::Open(state));
            // Of what is with the bodies at any moment, most is what takes long.
            let limit = self.history.standards[plan.standard].limit;
            let days = (super::life::at_share(now, limit, 1.0) - now) as f64 / DAY as f64;
            if state == "handling" && !self.rng.random_bool((days / 6.0).clamp(0.02, 1.0)) {
                continue;
            }
            if !is_staffed(now) && state == "reported" {
                plan.source = "resident";
            }
            // When the case should have come to the step that the centre or the body now owes.
            let (step, due) = match state {
                "handling" => {
                    plan.late = self.rng.random_bool(0.08);
                    let share = if plan.late {
                        self.rng.random_range(1.25..2.4)
                    } else {
                        self.rng.random_range(0.03..0.88)
                    };
                    ("dispatch", self.since(plan.standard, share))
                }
                "reported" if !is_staffed(now) => {
                    let closed = (time_of_day(now) - 18 * 60 * MINUTE).rem_euclid(DAY);
                    ("report", now - self.rng.random_range(MINUTE..closed.max(2 * MINUTE)))
                }
                _ => {
                    let minutes = if self.rng.random_bool(0.8) {
                        self.rng
                            .random_range(1.0..if state == "dispatched" { 90.0 } else { 16.0 })
                    } else {
                        self.rng.random_range(16.0..240.0)
                    };
                    (last_step(state), desk_before(now, minutes))
                }
            };
            // Live it from a first guess, and move the report by what it missed. The desk's limits are minutes, a body's
            // are hours and days.
            let (guess, close) = match state {
                "reported" => (0, MINUTE),
                "handling" => (40 * MINUTE, 45 * MINUTE),
                _ => (40 * MINUTE, MINUTE),
            };
            plan.at = due - guess;
            for _ in 0..6 {
                plan.at = self.waking(plan.at, plan.source);
                let case = self.history.live(&plan);
                let Some(reached) = case.steps.iter().rfind(|s| s.action == step) else {
                    break;
                };
                let last = case.steps.last().map_or(reached.at, |s| s.at);
                if last <= now && (reached.at - due).abs() < close {
                    break;
                }
                plan.at -= (reached.at - due).max(last - now);
            }
            let case = self.history.live(&plan);
            let fits = case.steps.last().is_some_and(|s| s.at <= now) && plan.at > now - 364 * DAY;
            // One that is not meant to be overdue must not have slept over its limit.
            if fits && case.state == state && case.handle_late == (plan.late && state != "dispatched") {
                return plan;
            }
        }
    }

    /// Moves a report out of the night, back to the evening before.
    fn waking(&mut self, at: i64, source: &str) -> i64 {
        let (from, to) = if source == "worker" || source == "department" {
            (8, 18)
        } else {
            (6, 23)
        };
        let time = time_of_day(at);
        if time < from * 60 * MINUTE {
            midnight(at) - DAY + (to * 60 - self.rng.random_range(1..50)) * MINUTE
        } else if time > to * 60 * MINUTE {
            midnight(at) + (to * 60 - self.rng.random_range(1..50)) * MINUTE
        } else {
            at
        }
    }

    /// The instant since which that share of a standard's limit has passed, found by halving.
    fn since(&self, standard: usize, share: f64) -> i64 {
        let limit = self.history.standards[standard].limit;
        let now = self.history.now;
        let (mut early, mut late) = (now - 120 * DAY, now);
        for _ in 0..30 {
            let middle = early + (late - early) / 2;
            if super::life::at_share(middle, limit, share) > now {
                late = middle;
            } else {
                early = middle;
            }
        }
        early
    }
}

/// The move that brings a case into a state.
fn last_step(state: &str) -> &'static str {
    match state {
        "reported" => "report",
        "verifying" => "send_verify",
        "accepted" => "accept",
        "filed" => "file",
        "dispatched" => "dispatch",
        "handling" => "receive",
        "handled" => "handle",
        "checking" => "send_check",
        _ => "check",
    }
}
