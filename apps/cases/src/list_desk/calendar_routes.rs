//! The working calendar over HTTP: a year of it, the district's own days and hours, and what a change does to the
//! deadlines of cases that run.
//!
//! A deadline is worked out when a limit starts, so a change of the calendar does not move the deadlines of open cases by
//! itself: the page says how many would be other ones, and somebody decides to work them out anew.

use axum::extract::State as AppState;
use jiff::civil::Date;
use kernel::auth::User;
use kernel::db::{Sql, Tx};
use kernel::error::{Error, Fields, Result, codes as kernel_codes};
use kernel::http::{Json, Path, Query};
use kernel::{Kernel, Time, args};
use serde::{Deserialize, Serialize};
use standards::calendar::Hours;
use standards::{Calendar, CalendarError};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::calendar::{self, Own, OwnDay};
use super::history::{self, Change};
use crate::catalogue::{self, Catalogue, catalogue};
use crate::model::{self, Case, CaseId, State};
use crate::moves::{local_day, with_rules};
use crate::store;

/// Which year.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct CalendarQuery {
    /// The year; this one if not said.
    #[param(minimum = 2000, maximum = 2100)]
    year: Option<i16>,
}

/// A year of the working calendar.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CalendarView {
    year: i16,
    /// The years whose holidays are known.
    years: Vec<i16>,
    /// Whether this year's are.
    covered: bool,
    /// Whether the district has said so itself, not the shipped file.
    own_year: bool,
    /// A year that cases will soon reach and whose holidays are not known: this one, or from October on the next.
    missing: Option<i16>,
    /// Working hours, e.g. `08:00-12:00`.
    hours: Vec<String>,
    /// Working days of the week, 1 is Monday.
    weekdays: Vec<u8>,
    /// Holidays, make-up working days and days of the district's own, in order.
    days: Vec<DayView>,
    /// How many days of the year are working days.
    working_days: usize,
}

/// A day that is not like others.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DayView {
    /// `YYYY-MM-DD`.
    day: String,
    /// Whether people work.
    working: bool,
    name: String,
    name_en: Option<String>,
    /// Whether the district has entered it.
    own: bool,
}

/// See a year of the working calendar.
#[utoipa::path(get, path = "/api/calendar", tag = "cases", params(CalendarQuery), responses((status = 200, body = CalendarView)))]
pub(super) async fn calendar_view(
    AppState(kernel): AppState<Kernel>,
    Query(query): Query<CalendarQuery>,
) -> Result<Json<CalendarView>> {
    let own = calendar::own(&mut kernel.read().await?).await?;
    let calendar = own.on_top().map_err(Error::internal)?;
    let today = today(&kernel);
    let year = query.year.unwrap_or_else(|| today.year());
    let mut fields = Fields::new();
    fields.range("year", f64::from(year), 2000.0, 2100.0);
    fields.done()?;
    let mut all = Vec::new();
    let first = Date::new(year, 1, 1).map_err(Error::internal)?;
    let mut working_days = 0;
    for day in std::iter::successors(Some(first), |it| it.tomorrow().ok()).take_while(|it| it.year() == year) {
        let working = calendar.is_working_day(day);
        working_days += usize::from(working);
        if let Some(special) = calendar.special(day) {
            let text = day.to_string();
            all.push(DayView {
                working,
                name: special.name.clone(),
                name_en: Some(special.name_en.clone()).filter(|it| !it.is_empty()),
                own: own.days.iter().any(|it| it.day == text),
                day: text,
            });
        }
    }
    Ok(Json(CalendarView {
        year,
        years: calendar.data().years.iter().map(|it| it.year).collect(),
        covered: calendar.covers(year),
        own_year: own.years.contains(&i64::from(year)),
        missing: missing(&calendar, today),
        hours: calendar.hours().iter().map(ToString::to_string).collect(),
        weekdays: calendar.data().weekdays.clone(),
        days: all,
        working_days,
    }))
}

fn today(kernel: &Kernel) -> Date {
    kernel.now().to_jiff().to_zoned_datetime(kernel.config().zone()).date()
}

/// The first year that limits will soon reach and whose holidays are not known. The notice for the next year comes in
/// October or November.
pub(super) fn missing(calendar: &Calendar, today: Date) -> Option<i16> {
    let years = [Some(today.year()), (today.month() >= 10).then(|| today.year() + 1)];
    years.into_iter().flatten().find(|it| !calendar.covers(*it))
}

/// What becomes of the deadlines of cases that run.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(super) struct Touched {
    /// How many cases a body's limit runs for.
    running: usize,
    /// For how many of them the deadline is, or would be, another one.
    differ: usize,
    /// Whether the change was made; else it was only tried.
    saved: bool,
}

/// Days to be entered.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CalendarDays {
    /// Made by the client.
    id: Option<Uuid>,
    /// The first day, `YYYY-MM-DD`.
    from: String,
    /// The last one.
    to: String,
    /// Whether people work on them; not said, what the district has entered there is taken away.
    working: Option<bool>,
    /// What they are, e.g. 国庆节.
    #[serde(default)]
    #[schema(max_length = 64)]
    name: String,
    /// The same in English.
    #[schema(max_length = 128)]
    name_en: Option<String>,
    /// Only say what it would do.
    #[serde(default)]
    only_try: bool,
}

/// The most days entered at once.
const MOST_DAYS: usize = 62;

/// Enter holidays or working days of the district's own, or take them away.
#[utoipa::path(put, path = "/api/calendar/days", tag = "cases", request_body = CalendarDays, responses((status = 200, body = Touched)))]
pub(super) async fn calendar_days(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Json(input): Json<CalendarDays>,
) -> Result<Json<Touched>> {
    let days = span(&input)?;
    let mut work = kernel.work(&user).await?;
    if !input.only_try
        && let Some(first) = work.first_answer(input.id, &input).await?
    {
        return Ok(Json(first));
    }
    let before = calendar::own(&mut work).await?;
    let mut own = before.clone();
    own.days.retain(|it| !days.contains(&it.day));
    let new: Vec<OwnDay> = days
        .iter()
        .filter_map(|day| {
            Some(OwnDay {
                day: day.clone(),
                working: input.working?,
                name: input.name.trim().to_owned(),
                name_en: input.name_en.clone().filter(|it| !it.trim().is_empty()),
            })
        })
        .collect();
    own.days.extend(new.iter().cloned());
    own.days.sort_by(|a, b| a.day.cmp(&b.day));
    let (running, differ) = compare(&kernel, &mut work, &own).await?;
    if input.only_try {
        let saved = false;
        return Ok(Json(Touched { running, differ, saved }));
    }
    calendar::save_days(&mut work, &new, &days).await?;
    let gone: Vec<&OwnDay> = before.days.iter().filter(|it| days.contains(&it.day)).collect();
    let (was, is) = (serde_json::json!(gone), serde_json::json!(new));
    let change = Change {
        kind: "calendar",
        subject: format!("{}…{}", input.from, input.to),
        what: if new.is_empty() { "removed" } else { "changed" },
        before: (!gone.is_empty()).then_some(&was),
        after: (!new.is_empty()).then_some(&is),
    };
    let touched = Touched {
        running,
        differ,
        saved: true,
    };
    keep(work, change, touched).await
}

/// The days from the first to the last one.
fn span(input: &CalendarDays) -> Result<Vec<String>> {
    let mut fields = Fields::new();
    let date = |fields: &mut Fields, field: &str, text: &str| {
        let read = text.parse::<Date>().ok().filter(|_| text.len() == 10);
        let read = read.filter(|it| (2000..=2100).contains(&it.year()));
        if read.is_none() {
            fields.refuse_with(field, &kernel_codes::FORMAT, &[("why", "YYYY-MM-DD")]);
        }
        read
    };
    let (from, to) = (
        date(&mut fields, "from", &input.from),
        date(&mut fields, "to", &input.to),
    );
    fields
        .text("name", &input.name, usize::from(input.working.is_some()), 64)
        .text("name_en", input.name_en.as_deref().unwrap_or_default(), 0, 128);
    let mut days = Vec::new();
    if let Some((from, to)) = from.zip(to) {
        let each = std::iter::successors(Some(from), |it| it.tomorrow().ok()).take_while(|it| *it <= to);
        days = each.take(MOST_DAYS + 1).map(|it| it.to_string()).collect();
        if days.is_empty() || days.len() > MOST_DAYS {
            fields.refuse_with(
                "to",
                &kernel_codes::RANGE,
                &[("min", &from.to_string()), ("max", "+61")],
            );
        }
    }
    fields.done()?;
    Ok(days)
}

/// Working hours to be set.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CalendarHours {
    /// Made by the client.
    id: Option<Uuid>,
    /// Stretches of the day in order, e.g. `08:00-12:00`.
    #[schema(min_items = 1, max_items = 6)]
    hours: Vec<String>,
    /// Working days of the week, 1 is Monday.
    #[schema(min_items = 1, max_items = 7)]
    weekdays: Vec<u8>,
    /// Only say what it would do.
    #[serde(default)]
    only_try: bool,
}

/// Set the working hours and the working days of the week.
#[utoipa::path(put, path = "/api/calendar/hours", tag = "cases", request_body = CalendarHours, responses((status = 200, body = Touched)))]
pub(super) async fn calendar_hours(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Json(input): Json<CalendarHours>,
) -> Result<Json<Touched>> {
    let hours = input
        .hours
        .iter()
        .map(|it| it.parse())
        .collect::<Result<Vec<Hours>, _>>();
    let hours = hours.map_err(|it| wrong("hours", &it))?;
    let mut weekdays = input.weekdays.clone();
    weekdays.sort_unstable();
    weekdays.dedup();
    if hours.len() > 6 {
        return Err(Error::field("hours", &kernel_codes::NOT_ALLOWED));
    }
    let mut work = kernel.work(&user).await?;
    if !input.only_try
        && let Some(first) = work.first_answer(input.id, &input).await?
    {
        return Ok(Json(first));
    }
    let before = calendar::own(&mut work).await?;
    let mut own = before.clone();
    own.hours = Some((hours.clone(), weekdays.clone()));
    own.on_top().map_err(|it| wrong("hours", &it))?;
    let (running, differ) = compare(&kernel, &mut work, &own).await?;
    if input.only_try {
        let saved = false;
        return Ok(Json(Touched { running, differ, saved }));
    }
    calendar::save_hours(&mut work, &hours, &weekdays).await?;
    let was = before
        .hours
        .as_ref()
        .map(|(hours, days)| serde_json::json!({ "hours": hours, "weekdays": days }));
    let is = serde_json::json!({ "hours": hours, "weekdays": weekdays });
    let change = Change {
        kind: "calendar",
        subject: "hours".to_owned(),
        what: "changed",
        before: was.as_ref(),
        after: Some(&is),
    };
    let touched = Touched {
        running,
        differ,
        saved: true,
    };
    keep(work, change, touched).await
}

fn wrong(field: &str, why: &CalendarError) -> Error {
    let mut fields = Fields::new();
    fields.refuse_with(field, &kernel_codes::FORMAT, &[("why", &why.to_string())]);
    fields
        .done()
        .err()
        .unwrap_or_else(|| Error::from(&kernel_codes::INVALID))
}

/// Whether a year's holidays are all entered.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CalendarYear {
    /// Whether they are.
    complete: bool,
}

/// Say that a year's holidays are all entered, or take that back.
#[utoipa::path(put, path = "/api/calendar/years/{year}", tag = "cases", params(("year" = i64, Path)), request_body = CalendarYear, responses((status = 200, body = CalendarView)))]
pub(super) async fn calendar_year(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Path(year): Path<i64>,
    Json(input): Json<CalendarYear>,
) -> Result<Json<CalendarView>> {
    let mut fields = Fields::new();
    fields.range("year", i32::try_from(year).map_or(0.0, f64::from), 2000.0, 2100.0);
    fields.done()?;
    let mut work = kernel.work(&user).await?;
    calendar::save_year(&mut work, year, input.complete, &user.name).await?;
    let is = serde_json::json!({ "year": year, "complete": input.complete });
    let change = Change {
        kind: "calendar",
        subject: year.to_string(),
        what: "changed",
        before: None,
        after: Some(&is),
    };
    keep(work, change, ()).await?;
    let year = i16::try_from(year).ok();
    calendar_view(AppState(kernel), Query(CalendarQuery { year })).await
}

/// Records a change and makes it count, here at once and on other servers within seconds.
async fn keep<T: Serialize>(mut work: kernel::Work, change: Change<'_>, answer: T) -> Result<Json<T>> {
    history::record(&mut work, &change).await?;
    let facts = serde_json::json!({ "before": change.before, "after": change.after });
    work.audit("cases.calendar_changed", &change.subject, facts).await?;
    catalogue::touch(&mut work).await?;
    let kernel = work.kernel().clone();
    let answer = work.answer(answer).await?;
    catalogue::reload(&kernel).await?;
    Ok(Json(answer))
}

/// A change of the calendar.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CalendarChange {
    id: String,
    at: Time,
    /// Who.
    actor: String,
    /// A span of days, `hours`, or a year.
    subject: String,
    /// `changed` or `removed`.
    what: String,
    /// What was there.
    #[schema(value_type = Object)]
    before: Option<serde_json::Value>,
    /// What is there.
    #[schema(value_type = Object)]
    after: Option<serde_json::Value>,
}

/// List the latest changes of the calendar.
#[utoipa::path(get, path = "/api/calendar/changes", tag = "cases", responses((status = 200, body = Vec<CalendarChange>)))]
pub(super) async fn calendar_changes(AppState(kernel): AppState<Kernel>) -> Result<Json<Vec<CalendarChange>>> {
    let kept = history::latest(&mut kernel.read().await?, "calendar").await?;
    let json = |text: Option<String>| text.and_then(|it| serde_json::from_str(&it).ok());
    let view = |it: history::Kept| CalendarChange {
        id: it.id,
        at: it.at,
        actor: it.actor_name,
        subject: it.subject,
        what: it.what,
        before: json(it.before),
        after: json(it.after),
    };
    Ok(Json(kept.into_iter().map(view).collect()))
}

/// See how many running cases would get another deadline if it were worked out anew.
#[utoipa::path(get, path = "/api/calendar/recomputation", tag = "cases", responses((status = 200, body = Touched)))]
pub(super) async fn calendar_touched(AppState(kernel): AppState<Kernel>) -> Result<Json<Touched>> {
    let mut tx = kernel.read().await?;
    let own = calendar::own(&mut tx).await?;
    let (running, differ) = compare(&kernel, &mut tx, &own).await?;
    let saved = false;
    Ok(Json(Touched { running, differ, saved }))
}

/// Work out anew the deadlines of the cases that a body's limit runs for. Doing it again changes nothing.
#[utoipa::path(post, path = "/api/calendar/recomputation", tag = "cases", responses((status = 200, body = Touched)))]
pub(super) async fn calendar_recompute(AppState(kernel): AppState<Kernel>, user: User) -> Result<Json<Touched>> {
    catalogue::refresh(&kernel).await?;
    let known = catalogue(&kernel)?;
    let (mut running, mut differ, mut after) = (0, 0, None);
    loop {
        let mut work = kernel.work(&user).await?;
        let cases = running_after(&mut work, after).await?;
        let Some(last) = cases.last().map(|it| it.id) else {
            break;
        };
        running += cases.len();
        let mut moved = Vec::new();
        for case in &cases {
            let fresh = anew(&kernel, &known, case)?;
            if (fresh.yellow_at, fresh.due_at) == (case.yellow_at, case.due_at) {
                continue;
            }
            // Only if nobody has moved the case meanwhile: a move works the deadline out by itself.
            let sql = "UPDATE cases_case SET yellow_at = $3, due_at = $4 WHERE id = $1 AND version = $2";
            work.run(sql, args![case.id, case.version, fresh.yellow_at, fresh.due_at])
                .await?;
            moved.push(serde_json::json!({ "case": case.number, "was": case.due_at, "is": fresh.due_at }));
        }
        differ += moved.len();
        if !moved.is_empty() {
            work.audit("cases.deadlines_recomputed", last, &moved).await?;
            work.commit().await?;
        }
        after = Some(last);
    }
    let saved = true;
    Ok(Json(Touched { running, differ, saved }))
}

/// Cases looked at in one statement.
const BATCH: i64 = 500;

/// How many cases a body's limit runs for, and for how many the deadline would be another one in that calendar.
async fn compare(kernel: &Kernel, tx: &mut Tx, own: &Own) -> Result<(usize, usize)> {
    let mut trial: Catalogue = (*catalogue(kernel)?).clone();
    trial.calendar = own.on_top().map_err(Error::internal)?;
    let (mut running, mut differ, mut after) = (0, 0, None);
    loop {
        let cases = running_after(tx, after).await?;
        let Some(last) = cases.last() else { break };
        after = Some(last.id);
        running += cases.len();
        for case in &cases {
            let fresh = anew(kernel, &trial, case)?;
            differ += usize::from(fresh.due_at != case.due_at);
        }
    }
    Ok((running, differ))
}

/// The next cases that a body has and that have a deadline, by id.
async fn running_after(tx: &mut Tx, after: Option<CaseId>) -> Result<Vec<Case>> {
    let mut sql = Sql::new(store::CASE);
    let with_body = State::ALL.iter().filter(|it| it.is_with_body());
    sql.push(" WHERE state IN ").list(with_body.map(|it| it.as_str()));
    sql.push(" AND due_at IS NOT NULL AND clock IS NOT NULL");
    if let Some(after) = after {
        sql.and("id >", after);
    }
    sql.push(" ORDER BY id LIMIT ").bind(BATCH);
    Ok(tx.list(sql).await?)
}

/// The case with its deadline worked out anew.
fn anew(kernel: &Kernel, known: &Catalogue, case: &Case) -> Result<Case> {
    let mut fresh = case.clone();
    let standard = case.standard.and_then(|it| known.standard(it));
    with_rules(kernel, known, standard, &case.area, |rules| {
        model::set_light(&mut fresh, kernel.now(), rules)
    })?;
    Ok(fresh)
}

/// Whether cases will soon reach a year without holidays, for the findings.
pub(super) fn missing_year(kernel: &Kernel, known: &Catalogue) -> Option<i16> {
    let day = local_day(kernel, kernel.now()).parse().ok()?;
    missing(&known.calendar, day)
}
