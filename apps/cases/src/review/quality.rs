//! The weekly review of poor reports 上报质量周评: what was declined, voided, found untrue, or says too little, by area and cause and
//! never by person. A reviewer marks each; a remark goes to the reporter as an entry of the case's timeline. Closing the week
//! keeps its record as it is then.

use std::collections::BTreeMap;

use axum::extract::State as AppState;
use axum::http::StatusCode;
use grid::api::atlas;
use jiff::civil::Date;
use kernel::auth::{User, not_found};
use kernel::db::{Sql, Tx};
use kernel::error::{Error, Fields, Result};
use kernel::http::{Json, Path, Query};
use kernel::page::{Page, PageQuery};
use kernel::{Kernel, Time, args, words};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::catalogue::catalogue;
use crate::codes;
use crate::model::{Action, Case, CaseId, MoveInput, State};
use crate::moves;
use crate::permissions::QUALITY_REVIEW;
use crate::store::{CASE, SCOPE};
use crate::view::{CaseRow, Named, Names};

words! {
    /// Why a report is looked at again.
    pub enum Cause {
        /// The verification found nothing of the kind.
        Untrue = "untrue", "核实不实", "Untrue";
        /// It was not accepted.
        Declined = "declined", "不予受理", "Declined";
        /// It was accepted, and given up.
        Voided = "voided", "已作废", "Voided";
        /// It says too little: hardly a word, or neither a photo nor a point.
        Thin = "thin", "内容过简", "Says too little";
    }
}

words! {
    /// What the review says of a report.
    pub enum ReportVerdict {
        /// Nothing is wrong with it.
        Fine = "fine", "上报无误", "In order";
        /// It could not be known better.
        Excusable = "excusable", "情有可原", "Excusable";
        /// It should not have been sent so.
        Poor = "poor", "上报不规范", "Poor";
    }
}

/// One cause for each case: the first that fits.
const CAUSE: &str = "CASE WHEN truth = FALSE THEN 'untrue' WHEN state = 'declined' THEN 'declined' WHEN state = 'voided' THEN 'voided' ELSE 'thin' END";
/// Reports that are looked at again.
const POOR: &str = " AND (truth = FALSE OR state IN ('declined', 'voided') OR (source = 'worker' AND (LENGTH(description) < 8 OR (photo IS NULL AND lng IS NULL))))";

/// A week, by its Monday.
struct Week {
    monday: String,
    from: Time,
    to: Time,
}

fn week(kernel: &Kernel, monday: &str) -> Result<Week> {
    let zone = kernel.config().zone();
    let start = |date: Date| date.to_zoned_datetime(zone.clone()).ok();
    let date = monday.parse::<Date>().ok();
    let date = date.filter(|it| it.weekday() == jiff::civil::Weekday::Monday);
    let days = date.and_then(|it| start(it).zip(it.checked_add(jiff::Span::new().days(7)).ok().and_then(start)));
    let (from, to) = days.ok_or_else(not_found)?;
    Ok(Week {
        monday: monday.to_owned(),
        from: from.timestamp().into(),
        to: to.timestamp().into(),
    })
}

/// What was kept when a week was closed.
#[derive(sqlx::FromRow)]
struct Closed {
    closed_at: Time,
    closed_by: String,
    summary: String,
}

async fn closed(tx: &mut Tx, week: &Week) -> Result<Option<Closed>> {
    let sql = "SELECT closed_at, closed_by, summary FROM cases_quality_week WHERE week = $1";
    Ok(tx.one(sql, args![&week.monday]).await?)
}

/// How many reports of a town have a cause, and what the review has said so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Count {
    town: String,
    cause: String,
    all: i64,
    marked: i64,
    poor: i64,
}

async fn counts(tx: &mut Tx, user: &User, week: &Week) -> Result<Vec<Count>> {
    let mut sql = Sql::new("SELECT SUBSTR(area, 1, 9), ");
    sql.push(CAUSE)
        .push(
            ", COUNT(*), COUNT(m.verdict), COUNT(CASE WHEN m.verdict = 'poor' THEN 1 END) FROM cases_case \
               LEFT JOIN cases_quality_mark m ON m.case_id = id WHERE reported_at >= ",
        )
        .bind(week.from)
        .push(" AND reported_at < ")
        .bind(week.to)
        .push(POOR)
        .push(" AND ");
    user.scope(&QUALITY_REVIEW).push(&mut sql, SCOPE);
    sql.push(" GROUP BY SUBSTR(area, 1, 9), ").push(CAUSE);
    let rows: Vec<(String, String, i64, i64, i64)> = tx.list(sql).await?;
    let count = |(town, cause, all, marked, poor)| Count {
        town,
        cause,
        all,
        marked,
        poor,
    };
    Ok(rows.into_iter().map(count).collect())
}

/// Reports of one town, by cause.
#[derive(Serialize, ToSchema)]
pub(super) struct QualityLine {
    town: Named,
    untrue: i64,
    declined: i64,
    voided: i64,
    thin: i64,
    /// Marked so far.
    marked: i64,
    /// Of those, found to be poor.
    poor: i64,
}

/// A week of reports that were looked at again.
#[derive(Serialize, ToSchema)]
pub(super) struct QualityWeek {
    /// Its Monday.
    week: String,
    /// Whether it is over, so that its review can be closed.
    over: bool,
    /// When the review was closed; the figures are those of then.
    closed_at: Option<Time>,
    closed_by: Option<String>,
    lines: Vec<QualityLine>,
}

/// See how a week's poor reports are spread over areas and causes.
#[utoipa::path(get, path = "/api/quality/{week}", tag = "cases", params(("week" = String, Path, description = "The Monday, `YYYY-MM-DD`")), responses((status = 200, body = QualityWeek)))]
pub(super) async fn quality_week(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Path(monday): Path<String>,
) -> Result<Json<QualityWeek>> {
    let week = week(&kernel, &monday)?;
    let mut tx = kernel.read().await?;
    let closed = closed(&mut tx, &week).await?;
    let scope = user.scope(&QUALITY_REVIEW);
    let counts: Vec<Count> = match &closed {
        Some(it) => serde_json::from_str(&it.summary).map_err(Error::internal)?,
        None => counts(&mut tx, &user, &week).await?,
    };
    let (atlas, catalogue) = (atlas(&kernel)?, catalogue(&kernel)?);
    let names = Names {
        atlas: &atlas,
        catalogue: &catalogue,
        now: kernel.now(),
    };
    let mut lines: BTreeMap<String, QualityLine> = BTreeMap::new();
    for it in counts.iter().filter(|it| scope.holds(Some(&it.town), None, &[])) {
        let line = lines.entry(it.town.clone()).or_insert_with(|| QualityLine {
            town: names.named_area(&it.town),
            untrue: 0,
            declined: 0,
            voided: 0,
            thin: 0,
            marked: 0,
            poor: 0,
        });
        match it.cause.parse() {
            Ok(Cause::Untrue) => line.untrue += it.all,
            Ok(Cause::Declined) => line.declined += it.all,
            Ok(Cause::Voided) => line.voided += it.all,
            Ok(Cause::Thin) | Err(_) => line.thin += it.all,
        }
        line.marked += it.marked;
        line.poor += it.poor;
    }
    Ok(Json(QualityWeek {
        over: week.to <= kernel.now(),
        week: week.monday,
        closed_at: closed.as_ref().map(|it| it.closed_at),
        closed_by: closed.map(|it| it.closed_by),
        lines: lines.into_values().collect(),
    }))
}

/// What was said of a report.
#[derive(Clone, sqlx::FromRow)]
struct Mark {
    case_id: CaseId,
    cause: Cause,
    verdict: Option<ReportVerdict>,
    remark: Option<String>,
    made_by: String,
}

/// A report that is looked at again; not who sent it.
#[derive(Serialize, ToSchema)]
pub(super) struct QualityRow {
    #[serde(flatten)]
    case: CaseRow,
    cause: Cause,
    verdict: Option<ReportVerdict>,
    remark: Option<String>,
    /// Who has marked it.
    marked_by: Option<String>,
}

fn cause(case: &Case) -> Cause {
    match (case.truth, case.state) {
        (Some(false), _) => Cause::Untrue,
        (_, State::Declined) => Cause::Declined,
        (_, State::Voided) => Cause::Voided,
        _ => Cause::Thin,
    }
}

/// Adds the conditions of a week's reports, as they are now or as they were when the week was closed.
fn push_week(sql: &mut Sql, user: &User, week: &Week, closed: bool) {
    if closed {
        sql.push(" WHERE id IN (SELECT case_id FROM cases_quality_mark WHERE week = ")
            .bind(&week.monday)
            .push(")");
    } else {
        sql.push(" WHERE reported_at >= ")
            .bind(week.from)
            .push(" AND reported_at < ")
            .bind(week.to)
            .push(POOR);
    }
    sql.push(" AND ");
    user.scope(&QUALITY_REVIEW).push(sql, SCOPE);
}

/// List a week's reports that are looked at again, the newest first.
#[utoipa::path(get, path = "/api/quality/{week}/reports", tag = "cases", params(("week" = String, Path, description = "The Monday, `YYYY-MM-DD`"), PageQuery), responses((status = 200, body = Page<QualityRow>)))]
pub(super) async fn quality_list(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Path(monday): Path<String>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<QualityRow>>> {
    let week = week(&kernel, &monday)?;
    let mut tx = kernel.read().await?;
    let closed = closed(&mut tx, &week).await?.is_some();
    let mut sql = Sql::new(CASE);
    push_week(&mut sql, &user, &week, closed);
    if let Some((at, id)) = page.key::<(Time, CaseId)>()? {
        sql.push(" AND (reported_at, id) < (")
            .bind(at)
            .push(", ")
            .bind(id)
            .push(")");
    }
    sql.push(" ORDER BY reported_at DESC, id DESC LIMIT ")
        .bind(page.fetch());
    let cases: Vec<Case> = tx.list(sql).await?;
    let cut = Page::cut(cases, &page, |it| (it.reported_at, it.id));
    let mut sql = Sql::new("SELECT case_id, cause, verdict, remark, made_by FROM cases_quality_mark WHERE case_id IN ");
    sql.list(cut.items.iter().map(|it| it.id)).push(" LIMIT 200");
    let marks: Vec<Mark> = tx.list(sql).await?;
    let (atlas, catalogue) = (atlas(&kernel)?, catalogue(&kernel)?);
    let names = Names {
        atlas: &atlas,
        catalogue: &catalogue,
        now: kernel.now(),
    };
    let row = |case: &Case| {
        let mark = marks.iter().find(|it| it.case_id == case.id);
        let said = mark.filter(|it| it.verdict.is_some());
        QualityRow {
            case: names.row(case),
            cause: mark.map_or_else(|| cause(case), |it| it.cause),
            verdict: said.and_then(|it| it.verdict),
            remark: said.and_then(|it| it.remark.clone()),
            marked_by: said.map(|it| it.made_by.clone()),
        }
    };
    Ok(Json(Page {
        items: cut.items.iter().map(row).collect(),
        next: cut.next,
    }))
}

/// What the review says.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct QualityMarkInput {
    /// Made by the client: sent again with the same id it changes nothing.
    id: Option<Uuid>,
    case: CaseId,
    verdict: ReportVerdict,
    /// Goes to the reporter, on the case's timeline; needed when the report is poor.
    #[schema(max_length = 500)]
    remark: Option<String>,
}

/// The answer to a mark.
#[derive(Serialize, Deserialize, ToSchema)]
pub(super) struct QualityMarked {
    case: CaseId,
    verdict: ReportVerdict,
}

/// Say what one thinks of a report of the week, again if need be.
#[utoipa::path(post, path = "/api/quality/{week}/marks", tag = "cases", params(("week" = String, Path, description = "The Monday, `YYYY-MM-DD`")), request_body = QualityMarkInput, responses((status = 200, body = QualityMarked)))]
pub(super) async fn quality_mark(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Path(monday): Path<String>,
    Json(input): Json<QualityMarkInput>,
) -> Result<Json<QualityMarked>> {
    let week = week(&kernel, &monday)?;
    let remark = input.remark.as_deref().map(str::trim).filter(|it| !it.is_empty());
    let mut fields = Fields::new();
    let least = if input.verdict == ReportVerdict::Poor { 2 } else { 0 };
    fields.text("remark", remark.unwrap_or_default(), least, 500);
    fields.done()?;
    let mut work = kernel.work(&user).await?;
    if let Some(first) = work.first_answer(input.id, &(&monday, &input)).await? {
        return Ok(Json(first));
    }
    if closed(&mut work, &week).await?.is_some() {
        return Err(Error::from(&codes::WEEK_CLOSED));
    }
    let mut sql = Sql::new(CASE);
    push_week(&mut sql, &user, &week, false);
    sql.and("id =", input.case);
    let case: Case = work.list(sql).await?.pop().ok_or_else(not_found)?;
    let now = work.now();
    let sql = "INSERT INTO cases_quality_mark (case_id, week, cause, verdict, remark, made_by, made_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (case_id) DO UPDATE SET cause = excluded.cause, \
               verdict = excluded.verdict, remark = excluded.remark, made_by = excluded.made_by, made_at = excluded.made_at";
    let values = args![
        case.id,
        &week.monday,
        cause(&case),
        input.verdict,
        remark.map(str::to_owned),
        &user.name,
        now
    ];
    work.run(sql, values).await?;
    let facts = serde_json::json!({ "week": week.monday, "number": case.number, "verdict": input.verdict });
    work.audit("cases.quality_marked", case.id, facts).await?;
    if let Some(remark) = remark {
        let note = format!("上报质量评议（{}）：{remark}", input.verdict.zh());
        let given = MoveInput {
            note: Some(note),
            ..MoveInput::new(Action::Note, case.version)
        };
        moves::make(&mut work, case, &given).await?;
    }
    let marked = QualityMarked {
        case: input.case,
        verdict: input.verdict,
    };
    work.answer(marked).await.map(Json)
}

/// Close the review of a week that is over: its figures and marks stay as they are. For those whose reach is the whole district.
#[utoipa::path(post, path = "/api/quality/{week}/close", tag = "cases", params(("week" = String, Path, description = "The Monday, `YYYY-MM-DD`")), responses((status = 204)))]
pub(super) async fn quality_close(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Path(monday): Path<String>,
) -> Result<StatusCode> {
    let week = week(&kernel, &monday)?;
    if !user.scope(&QUALITY_REVIEW).is_all() {
        return Err(not_found());
    }
    let mut work = kernel.work(&user).await?;
    let now = work.now();
    if week.to > now {
        return Err(Error::from(&codes::WEEK_RUNS));
    }
    if closed(&mut work, &week).await?.is_some() {
        return Err(Error::from(&codes::WEEK_CLOSED));
    }
    let summary = counts(&mut work, &user, &week).await?;
    // What nobody has marked is part of the record, too.
    let mut sql = Sql::new("INSERT INTO cases_quality_mark (case_id, week, cause, made_by, made_at) SELECT id, ");
    sql.bind(&week.monday)
        .push(", ")
        .push(CAUSE)
        .push(", ")
        .bind(&user.name)
        .push(", ")
        .bind(now)
        .push(" FROM cases_case");
    push_week(&mut sql, &user, &week, false);
    sql.push(" ON CONFLICT (case_id) DO NOTHING");
    work.run_built(sql).await?;
    let value = serde_json::to_string(&summary).map_err(Error::internal)?;
    let sql = "INSERT INTO cases_quality_week (week, closed_at, closed_by, summary) VALUES ($1, $2, $3, $4)";
    work.run(sql, args![&week.monday, now, &user.name, value]).await?;
    work.audit("cases.quality_week_closed", &week.monday, &summary).await?;
    work.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
