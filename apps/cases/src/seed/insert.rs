//! The demo's cases into the tables. Every step of every case is made by the rules that real moves go by (`model::apply`
//! on the table of moves), so the demo's clocks, lights and figures are those of the product.

use std::collections::HashMap;

use geo::{Coord, LineString};
use grid::api::atlas;
use grid::api::seed::DemoDistrict;
use jiff::tz::TimeZone;
use kernel::auth::{UserId, by_login};
use kernel::db::{Sql, Tx, Value};
use kernel::error::{Error, Result};
use kernel::vault::{mask_name, mask_phone};
use kernel::{Kernel, Time, Work, id_at};
use standards::{Level, Unit};

use super::{CASES, DemoActor, DemoCase, DemoDuty, DemoPlace, DemoStandard, DemoStep, history, standards};
use crate::catalogue::{self, AreaLimit, Catalogue, Stage, Standard, catalogue};
use crate::flow::FLOW;
use crate::intake::number;
use crate::model::{self, Action, Case, CaseId, Counts, EntryId, MoveInput, Rules, Settings, StandardId, State};
use crate::store::{self, Entry, INSERT_CASE, INSERT_ENTRY, INSERT_TALLY, tally_area, tally_values};
use crate::view::{ContactView, EntryDetail, Named, Names};

/// Cases of one transaction.
const BATCH: usize = 1_000;

/// Sums that are kept in memory before they are written.
const MOST_SUMS: usize = 200_000;

/// Puts the responsibility list and the past cases of the demo into a district that `grid` has made from the same seed.
/// Only the last `count` cases are taken; `progress` is told how many are done.
pub async fn seed_demo(
    kernel: &Kernel,
    district: &DemoDistrict,
    seed: u64,
    count: usize,
    progress: impl Fn(usize, usize),
) -> Result<()> {
    let list = standards();
    let ids = save_list(kernel, &list).await?;
    let people = People::new(district, by_login(&mut kernel.read().await?).await?);
    // More than the district's own year is a busier district.
    let times = count.div_ceil(CASES).max(1);
    let history = history(seed, kernel.now().millis(), places(district), list, times);
    let total = history.len();
    let skip = total.saturating_sub(count);
    let (atlas, catalogue) = (atlas(kernel)?, catalogue(kernel)?);
    let teller = Teller {
        kernel,
        zone: kernel.config().zone(),
        names: Names {
            atlas: &atlas,
            catalogue: &catalogue,
            now: kernel.now(),
        },
        catalogue: &catalogue,
        people: &people,
        standards: &ids,
    };
    let mut tally: HashMap<TallyKey, Counts> = HashMap::new();
    let mut history = history.skip(skip).peekable();
    let mut done = 0;
    while history.peek().is_some() {
        let mut told = Vec::with_capacity(BATCH);
        for case in history.by_ref().take(BATCH) {
            told.push(teller.tell(case, &mut tally)?);
        }
        done += told.len();
        insert(kernel, told).await?;
        if tally.len() > MOST_SUMS {
            write_tally(kernel, std::mem::take(&mut tally)).await?;
            crate::jobs::add_up(kernel.clone()).await?;
        }
        progress(done, total - skip);
    }
    // The job adds it up once the program runs; nobody has to wait for that.
    write_tally(kernel, tally).await?;
    let mut work = kernel.system_work().await?;
    work.audit("cases.demo_seeded", "demo", serde_json::json!({ "cases": done }))
        .await?;
    work.commit().await?;
    crate::out::seed::seed_demo(kernel).await?;
    super::requests::seed_demo(kernel).await?;
    // The latest cases of each level are supervised from the start; the job goes on from there.
    crate::supervision::chase(kernel, 4).await?;
    crate::outside::seed::seed_demo(kernel).await?;
    crate::callback::seed_demo(kernel).await?;
    crate::precedent::seed_demo(kernel).await?;
    crate::reception::seed(kernel).await?;
    crate::list_desk::seed::seed_demo(kernel).await?;
    crate::open311::seed::seed_demo(kernel).await
}

/// The area with most cases in these states.
pub async fn busiest_area(tx: &mut Tx, states: &[State]) -> Result<Option<String>> {
    busiest(tx, "area", states).await
}

/// The body with most cases in these states.
pub async fn busiest_body(tx: &mut Tx, states: &[State]) -> Result<Option<String>> {
    busiest(tx, "body", states).await
}

async fn busiest(tx: &mut Tx, column: &'static str, states: &[State]) -> Result<Option<String>> {
    let mut sql = Sql::new("SELECT ");
    sql.push(column)
        .push(" FROM cases_case WHERE state IN ")
        .list(states.iter().copied());
    sql.push(" AND ")
        .push(column)
        .push(" IS NOT NULL GROUP BY 1 ORDER BY COUNT(*) DESC, 1 LIMIT 1");
    let rows: Vec<(String,)> = tx.list(sql).await?;
    Ok(rows.into_iter().next().map(|it| it.0))
}

/// Writes what has been counted.
async fn write_tally(kernel: &Kernel, tally: HashMap<TallyKey, Counts>) -> Result<()> {
    let mut work = kernel.system_work().await?;
    let rows = tally
        .into_iter()
        .map(|(key, counts)| tally_values(key.0, &key.1, &key.2, &key.3, &counts));
    work.insert_many(INSERT_TALLY, "", rows.collect()).await?;
    work.commit().await
}

type TallyKey = (&'static str, String, String, String);

/// Saves the responsibility list; gives the ids in its order.
async fn save_list(kernel: &Kernel, list: &[DemoStandard]) -> Result<Vec<StandardId>> {
    let mut work = kernel.system_work().await?;
    let mut ids = Vec::with_capacity(list.len());
    let mut made = Vec::with_capacity(list.len());
    let mut rows: Vec<Vec<Value>> = Vec::with_capacity(list.len());
    for it in list {
        let (body, level) = match it.duty {
            DemoDuty::Body(code) => (Some(code.to_owned()), None),
            DemoDuty::Town => (None, Some("town".to_owned())),
            DemoDuty::Village => (None, Some("village".to_owned())),
        };
        let standard = Standard {
            id: kernel.id(),
            code: it.stored_code(),
            class: class_code(it.kind, it.class),
            condition: it.condition.clone(),
            condition_en: Some(it.condition_en.clone()),
            closing: Some(it.closing.clone()),
            closing_en: Some(it.closing_en.clone()),
            amount: it.limit.amount(),
            unit: it.limit.unit().as_str().to_owned(),
            body,
            level,
            supervisor: Some(it.supervisor.to_owned()),
            valid_from: None,
            valid_to: None,
            version: 1,
            area_limits: area_limits(it),
            stages: stages(it),
        };
        ids.push(standard.id);
        let mut row = standard.values();
        row.push(1_i64.into());
        rows.push(row);
        made.push(standard);
    }
    work.insert_many(catalogue::INSERT_STANDARD, "", rows).await?;
    catalogue::insert_parts(&mut work, made.iter()).await?;
    catalogue::touch(&mut work).await?;
    work.commit().await?;
    catalogue::reload(kernel).await?;
    Ok(ids)
}

/// What endangers somebody is made safe within two hours first; repairing it takes as long as the limit says.
fn stages(it: &DemoStandard) -> Vec<Stage> {
    let (amount, unit) = (it.limit.amount(), it.limit.unit());
    let long = unit == Unit::WorkingDay && amount >= 2.0;
    if !long || !it.thing.ends_with("井盖") {
        return Vec::new();
    }
    let stage = |name: &str, name_en: &str, amount, unit: Unit| Stage {
        name: name.to_owned(),
        name_en: Some(name_en.to_owned()),
        amount,
        unit: unit.to_string(),
    };
    vec![
        stage("现场防护", "Made safe", 2.0, Unit::UrgentHour),
        stage("修复", "Repaired", amount, unit),
    ]
}

/// What lies open in a street of the first class is repaired within a day.
fn area_limits(it: &DemoStandard) -> Vec<AreaLimit> {
    let strict = !stages(it).is_empty();
    let limit = AreaLimit {
        area_class: 1,
        amount: 1.0,
        unit: Unit::WorkingDay.to_string(),
    };
    strict.then_some(limit).into_iter().collect()
}

fn class_code(kind: standards::Kind, class: &str) -> String {
    let letter = if kind == standards::Kind::Component { 'C' } else { 'M' };
    format!("2026.{letter}{class}")
}

/// The grids with what the history needs to know of them.
pub fn places(district: &DemoDistrict) -> Vec<DemoPlace> {
    let names: HashMap<&str, &str> = district
        .areas
        .iter()
        .map(|it| (it.code.as_str(), it.name.as_str()))
        .collect();
    let mut workers: HashMap<&str, Vec<String>> = HashMap::new();
    for person in &district.people {
        if let Some(post) = person.post.as_ref().filter(|_| person.role == "worker") {
            workers.entry(&post.area).or_default().push(person.login.clone());
        }
    }
    let grids = district.areas.iter().filter(|it| it.level == Level::Grid);
    let places = grids.filter_map(|it| {
        let village = names.get(it.code.get(..12)?)?;
        let ring: &LineString<f64> = it.shape.exterior();
        Some(DemoPlace {
            grid: it.code.clone(),
            village: (*village).to_owned(),
            urban: it.urban,
            population: it.population,
            dedicated: it.kind == "dedicated",
            ring: ring.coords().map(|Coord { x, y }| (*x, *y)).collect(),
            workers: workers.remove(it.code.as_str())?,
        })
    });
    places.collect()
}

/// The people of the demo by what the history calls them.
struct People {
    by_login: HashMap<String, (UserId, String)>,
    acceptors: Vec<String>,
    shift_leads: Vec<String>,
    dispatchers: Vec<String>,
}

impl People {
    fn new(district: &DemoDistrict, by_login: HashMap<String, (UserId, String)>) -> Self {
        let of = |role: &str| {
            let holders = district.people.iter().filter(|it| it.role == role);
            holders.map(|it| it.login.clone()).collect::<Vec<_>>()
        };
        Self {
            acceptors: of("acceptor"),
            shift_leads: of("shift_lead"),
            dispatchers: of("dispatcher"),
            by_login,
        }
    }

    fn login(&self, login: &str) -> Option<(UserId, String)> {
        self.by_login.get(login).cloned()
    }

    /// A resident has no account: the acceptor on the telephone has.
    fn of(&self, actor: &DemoActor) -> Option<(UserId, String)> {
        let pick = |list: &[String], n: usize| list.get(n % list.len().max(1)).and_then(|it| self.login(it));
        match actor {
            DemoActor::Resident => None,
            DemoActor::Worker(login) => self.login(login),
            DemoActor::Acceptor(n) => pick(&self.acceptors, *n),
            DemoActor::ShiftLead(n) => pick(&self.shift_leads, *n),
            DemoActor::Dispatcher(n) => pick(&self.dispatchers, *n),
            DemoActor::Clerk(body) => self.login(&format!("{}-c", body.to_lowercase())),
            DemoActor::Head(body) => self.login(&format!("{}-h", body.to_lowercase())),
        }
    }
}

/// Tells a case's story by the rules.
struct Teller<'a> {
    kernel: &'a Kernel,
    zone: TimeZone,
    names: Names<'a>,
    catalogue: &'a Catalogue,
    people: &'a People,
    standards: &'a [StandardId],
}

/// A case as it is now, its contact, and how it came there.
struct Told {
    case: Case,
    contact: Option<Vec<u8>>,
    entries: Vec<Entry>,
}

impl Teller<'_> {
    fn tell(&self, demo: DemoCase, tally: &mut HashMap<TallyKey, Counts>) -> Result<Told> {
        let id = CaseId(id_at(Time::from_millis(demo.reported_at)));
        let mut case = self.begin(id, &demo);
        let contact = demo.reporter.map(|(name, phone)| ContactView {
            name: Some(name),
            phone: Some(phone),
        });
        let sealed = match &contact {
            Some(contact) => Some(self.kernel.vault().seal(self.kernel, contact, &id.to_string())?),
            None => None,
        };
        case.contact_name = contact.as_ref().and_then(|it| it.name.as_deref()).map(mask_name);
        case.contact_phone = contact.as_ref().and_then(|it| it.phone.as_deref()).map(mask_phone);
        let day = case
            .reported_at
            .to_jiff()
            .to_zoned_datetime(self.zone.clone())
            .date()
            .to_string();
        let mut count = |case: &Case, body: Option<&str>, counts: &Counts| {
            let area = tally_area(&case.area).to_owned();
            for (kind, code) in [
                ("body", body.unwrap_or_default()),
                ("class", case.class.as_deref().unwrap_or_default()),
            ] {
                let key = (kind, day.clone(), area.clone(), code.to_owned());
                let sum = tally.entry(key).or_default();
                *sum = sum.plus(counts);
            }
        };
        let mut entries = Vec::with_capacity(demo.steps.len());
        for step in &demo.steps {
            let at = Time::from_millis(step.at);
            let before = case.clone();
            let action: Action = step.action.parse().map_err(Error::internal)?;
            let input = self.input(step, action, &case, demo.standard);
            let standard = input
                .standard
                .or(case.standard)
                .and_then(|it| self.catalogue.standard(it));
            let stage_limit = |state| self.catalogue.stage_limit(state);
            let settings = Settings::default();
            // What is done already was done before the list had stages; what is being done is in its first one.
            let open = matches!(demo.state, "dispatched" | "handling");
            let class = self.names.atlas.area_class(&case.area);
            let stages = standard
                .filter(|_| open)
                .map(|it| it.stage_limits(class))
                .unwrap_or_default();
            let rules = Rules {
                calendar: &self.catalogue.calendar,
                zone: &self.zone,
                stage_limit: &stage_limit,
                handle_limit: standard.and_then(|it| it.limit_for(self.names.atlas.area_class(&case.area))),
                stages: &stages,
                settings: &settings,
                class: standard.map(|it| it.class.as_str()),
            };
            let counts = if action == Action::Report {
                model::set_light(&mut case, at, &rules)?;
                Counts {
                    reported: 1,
                    ..Counts::default()
                }
            } else {
                let row = FLOW.find(case.state, action);
                let row =
                    row.ok_or_else(|| Error::internal(anyhow::anyhow!("{action} is no move of {}", case.state)))?;
                model::apply(&mut case, row, &input, at, &rules)?
            };
            count(&case, case.body.as_deref().or(before.body.as_deref()), &counts);
            entries.push(self.entry(step, action, &before, &case, &input)?);
        }
        if case.state.as_str() != demo.state {
            return Err(Error::internal(anyhow::anyhow!(
                "the story ends in {}, not {}",
                case.state,
                demo.state
            )));
        }
        Ok(Told {
            case,
            contact: sealed,
            entries,
        })
    }

    fn begin(&self, id: CaseId, demo: &DemoCase) -> Case {
        let first = demo.steps.first().and_then(|it| self.people.of(&it.actor));
        Case {
            lng: Some(demo.lng),
            lat: Some(demo.lat),
            place: Some(demo.place.clone()),
            class: Some(class_code(demo.kind, demo.class)),
            reporter: first.map(|it| it.0),
            ..Case::reported(
                id,
                demo.source.parse().unwrap_or(model::Source::Worker),
                demo.description.clone(),
                demo.area.clone(),
                Time::from_millis(demo.reported_at),
            )
        }
    }

    /// What the story gives, as the move asks for it.
    fn input(&self, step: &DemoStep, action: Action, case: &Case, standard: Option<usize>) -> MoveInput {
        let asks = FLOW.find(case.state, action).map_or(&[][..], |it| it.asks);
        let asked = |field: &str| asks.iter().any(|it| it.field == field);
        MoveInput {
            note: step.note.clone().filter(|_| asked("note")),
            standard: standard
                .and_then(|n| self.standards.get(n).copied())
                .filter(|_| asked("standard")),
            body: step.body.clone().filter(|_| asked("body")),
            user: step
                .user
                .as_ref()
                .and_then(|it| self.people.of(it))
                .map(|it| it.0)
                .filter(|_| asked("user")),
            truth: step.outcome.filter(|_| asked("truth")),
            passed: step.outcome.filter(|_| asked("passed")),
            satisfaction: step
                .rating
                .and_then(|it| it.parse().ok())
                .filter(|_| asked("satisfaction")),
            ..MoveInput::new(action, case.version)
        }
    }

    fn entry(&self, step: &DemoStep, action: Action, before: &Case, case: &Case, input: &MoveInput) -> Result<Entry> {
        let standard = input.standard.and_then(|it| self.catalogue.standard(it));
        let detail = EntryDetail {
            class: standard.map(|it| self.names.class(&it.class)),
            standard: standard.map(|it| Named {
                code: it.code.clone(),
                name: it.condition.clone(),
                name_en: it.condition_en.clone(),
            }),
            body: input.body.as_deref().map(|it| self.names.body(it)),
            user: step.user.as_ref().and_then(|it| self.people.of(it)).map(|it| it.1),
            truth: input.truth,
            passed: input.passed,
            satisfaction: input.satisfaction,
            due_at: case
                .due_at
                .filter(|_| before.state != case.state || action == Action::Report),
            ..EntryDetail::default()
        };
        let actor = self.people.of(&step.actor);
        Ok(Entry {
            id: EntryId(id_at(Time::from_millis(step.at))),
            case_id: case.id,
            n: case.version,
            at: Time::from_millis(step.at),
            actor: actor.as_ref().map(|it| it.0),
            actor_name: actor.map_or_else(|| "居民".to_owned(), |it| it.1),
            action,
            from_state: before.state,
            to_state: case.state,
            note: step.note.clone(),
            detail: serde_json::to_string(&detail).map_err(Error::internal)?,
        })
    }
}

/// Stores a batch, with numbers in the order of the reports.
async fn insert(kernel: &Kernel, mut told: Vec<Told>) -> Result<()> {
    let mut work: Work = kernel.system_work().await?;
    let zone = kernel.config().zone();
    let year = |it: &Told| {
        it.case
            .reported_at
            .to_jiff()
            .to_zoned_datetime(zone.clone())
            .year()
            .to_string()
    };
    let mut from = 0;
    while from < told.len() {
        let this = year(&told[from]);
        let to = told[from..]
            .iter()
            .position(|it| year(it) != this)
            .map_or(told.len(), |n| from + n);
        let n = i64::try_from(to - from).unwrap_or(i64::MAX);
        let mut next = work.next_numbers(&format!("cases.{this}"), n).await?;
        for it in &mut told[from..to] {
            it.case.number = number(&this, next);
            next += 1;
        }
        from = to;
    }
    let cases = told
        .iter_mut()
        .map(|it| store::case_values(&it.case, it.contact.take()))
        .collect();
    work.insert_many(INSERT_CASE, "", cases).await?;
    let entries = told.into_iter().flat_map(|it| it.entries).map(Entry::values).collect();
    work.insert_many(INSERT_ENTRY, "", entries).await?;
    work.commit().await
}
