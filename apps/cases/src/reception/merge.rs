//! Merging: a report that is about a case which is there already becomes part of it.
//!
//! It stays a report and is counted as one, but it is declined (or voided, once it was accepted) with a note that names the
//! main case, so that no figure counts one matter twice. Whoever reported it goes on seeing how the main case fares, on
//! the report's own page, also when the main case itself is out of their reach.

use std::collections::HashMap;

use axum::extract::State as AppState;
use grid::api::atlas;
use kernel::auth::{User, UserId, not_found};
use kernel::db::{Sql, Tx};
use kernel::error::{Error, Fields, Result, codes as kernel_codes};
use kernel::events::Place;
use kernel::http::{Json, Path};
use kernel::{Kernel, Time, Work, args};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::control;
use crate::catalogue::catalogue;
use crate::codes;
use crate::flow::FLOW;
use crate::model::{self, Action, Case, CaseId, Counts, EntryId, MoveInput, Source, State};
use crate::moves::{self, CASE_CHANGED, Changed, local_day, reaches};
use crate::permissions::CASE_READ;
use crate::routes::readable;
use crate::store::{self, Entry};
use crate::view::{Named, Names, Receipt};

/// A merge as it is stored.
#[derive(Clone, Debug, sqlx::FromRow)]
struct Merge {
    case_id: CaseId,
    into_id: CaseId,
    by_name: String,
    at: Time,
    reason: Option<String>,
    from_state: State,
    version: i64,
}

const MERGE: &str = "SELECT case_id, into_id, by_name, at, reason, from_state, version FROM cases_merge";

async fn merge_of(tx: &mut Tx, case: CaseId) -> Result<Option<Merge>> {
    let mut sql = Sql::new(MERGE);
    sql.push(" WHERE case_id = ").bind(case);
    Ok(tx.list(sql).await?.pop())
}

/// The most reports of one case that are told and shown.
const MOST: i64 = 200;

async fn merged_into(tx: &mut Tx, case: CaseId) -> Result<Vec<Merge>> {
    let mut sql = Sql::new(MERGE);
    sql.push(" WHERE into_id = ")
        .bind(case)
        .push(" ORDER BY at LIMIT ")
        .bind(MOST);
    Ok(tx.list(sql).await?)
}

/// How a report of this state leaves: what was accepted is voided, what was not is declined. What has been filed is a case
/// of its own.
fn leaves_by(state: State) -> Option<Action> {
    match state {
        State::Reported => Some(Action::Decline),
        State::Accepted => Some(Action::Void),
        _ => None,
    }
}

fn may_merge(user: &User, case: &Case) -> bool {
    let step = leaves_by(case.state).and_then(|it| FLOW.find(case.state, it));
    step.is_some_and(|it| user.can(it.needs) && reaches(user, it, case, &[]))
}

fn refused(why: &str, why_en: &str) -> Error {
    codes::NOT_MERGEABLE.with("why", why).with("why_en", why_en)
}

/// Into which case, and why.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeInput {
    /// Made by the client.
    id: Option<Uuid>,
    /// The version of the report that was looked at.
    version: i64,
    /// The main case.
    into: CaseId,
    /// Why, beyond that it is the same matter.
    #[schema(max_length = 500)]
    reason: Option<String>,
}

/// Make a report part of a case that is there already.
#[utoipa::path(post, path = "/api/cases/{id}/merge", tag = "cases", params(("id" = CaseId, Path)), request_body = MergeInput, responses((status = 200, body = Receipt)))]
pub(super) async fn case_merge(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Path(id): Path<CaseId>,
    Json(input): Json<MergeInput>,
) -> Result<Json<Receipt>> {
    let mut work = kernel.work(&user).await?;
    if let Some(first) = work.first_answer(input.id, &(id, &input)).await? {
        return Ok(Json(first));
    }
    let mut fields = Fields::new();
    fields.text("reason", input.reason.as_deref().unwrap_or_default(), 0, 500);
    fields.done()?;
    let case = readable(&mut work, &user, id).await?;
    // What was merged itself leads on to where it went.
    let into = merge_of(&mut work, input.into)
        .await?
        .map_or(input.into, |it| it.into_id);
    let main = readable(&mut work, &user, into).await?;
    if main.id == case.id {
        return Err(refused("不能并入自身", "it is the same case"));
    }
    if matches!(main.state, State::Declined | State::Voided) {
        return Err(refused("主案件未成立", "the main case came to nothing"));
    }
    let Some(action) = leaves_by(case.state) else {
        return Err(refused("已立案或正在核实", "it is filed or being verified"));
    };
    let from_state = case.state;
    let reason = input.reason.as_deref().map(str::trim).filter(|it| !it.is_empty());
    let why = reason.map(|it| format!("；{it}")).unwrap_or_default();
    let leave = MoveInput {
        note: Some(format!("与 {} 为同一事项，已并入{why}", main.number)),
        ..MoveInput::new(action, input.version)
    };
    let number = case.number.clone();
    let receipt = moves::make(&mut work, case, &leave).await?;
    let sql = "UPDATE cases_merge SET into_id = $2 WHERE into_id = $1";
    work.run(sql, args![id, main.id]).await?;
    let sql = "INSERT INTO cases_merge (case_id, into_id, by_user, by_name, at, reason, from_state, version) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let now = work.now();
    let values = args![
        id,
        main.id,
        user.id,
        &user.name,
        now,
        reason.map(str::to_owned),
        from_state,
        receipt.version
    ];
    work.run(sql, values).await?;
    note(&mut work, main, format!("{number} 并入本案")).await?;
    work.audit(
        "cases.merged",
        id,
        serde_json::json!({ "into": into, "number": number }),
    )
    .await?;
    work.answer(receipt).await.map(Json)
}

/// Writes on the main case's timeline. No move of the flow: whoever may merge the report need not be able to move the case.
async fn note(work: &mut Work, mut case: Case, text: String) -> Result<()> {
    let before = case.version;
    case.version += 1;
    if !store::update(work, &case, before).await? {
        return Err((&kernel_codes::STALE).into());
    }
    let state = case.state;
    entry(work, &case, state, text).await?;
    Ok(())
}

async fn entry(work: &mut Work, case: &Case, from: State, text: String) -> Result<EntryId> {
    let id = work.kernel().id();
    let line = Entry {
        id,
        case_id: case.id,
        n: case.version,
        at: work.now(),
        actor: work.user().map(|it| it.id),
        actor_name: work.user().map(|it| it.name.clone()).unwrap_or_default(),
        action: Action::Note,
        from_state: from,
        to_state: case.state,
        note: Some(text),
        detail: "{}".to_owned(),
    };
    store::insert_entry(work, line).await?;
    tell(work, case, Action::Note).await?;
    Ok(id)
}

async fn tell(work: &mut Work, case: &Case, action: Action) -> Result<()> {
    let place = Place {
        area: Some(&case.area),
        body: case.body.as_deref(),
        owners: &case.owners(),
    };
    work.emit(&CASE_CHANGED, place, Changed::of(case, action)).await
}

/// Undoing.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UnmergeInput {
    /// Made by the client.
    id: Option<Uuid>,
    /// The version of the report that was looked at.
    version: i64,
    /// Why.
    #[schema(min_length = 2, max_length = 500)]
    reason: String,
}

/// Take a report out of the case again, as long as nothing else has happened to it.
#[utoipa::path(post, path = "/api/cases/{id}/unmerge", tag = "cases", params(("id" = CaseId, Path)), request_body = UnmergeInput, responses((status = 200, body = Receipt)))]
pub(super) async fn case_unmerge(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Path(id): Path<CaseId>,
    Json(input): Json<UnmergeInput>,
) -> Result<Json<Receipt>> {
    let mut work = kernel.work(&user).await?;
    if let Some(first) = work.first_answer(input.id, &(id, &input)).await? {
        return Ok(Json(first));
    }
    let mut fields = Fields::new();
    fields.text("reason", &input.reason, 2, 500);
    fields.done()?;
    let mut case = readable(&mut work, &user, id).await?;
    let merge = merge_of(&mut work, id).await?.ok_or_else(not_found)?;
    if case.version != merge.version {
        return Err((&codes::MERGE_FIXED).into());
    }
    if input.version != case.version {
        return Err(Error::from(&kernel_codes::STALE).extra(serde_json::json!({ "version": case.version })));
    }
    let step = leaves_by(merge.from_state).and_then(|it| FLOW.find(merge.from_state, it));
    let step = step.ok_or_else(|| Error::from(&codes::MERGE_FIXED))?;
    user.require(step.needs)?;
    if !reaches(&user, step, &case, &[]) {
        return Err(not_found());
    }
    let (now, left) = (work.now(), case.state);
    case.state = merge.from_state;
    case.closed_at = None;
    case.version += 1;
    let catalogue = catalogue(&kernel)?;
    let area = case.area.clone();
    moves::with_rules(&kernel, &catalogue, None, &area, |rules| {
        model::set_light(&mut case, now, rules)
    })?;
    if !store::update(&mut work, &case, merge.version).await? {
        return Err((&kernel_codes::STALE).into());
    }
    let reason = input.reason.trim();
    let entry = entry(&mut work, &case, left, format!("撤销合并：{reason}")).await?;
    let gone = match left {
        State::Voided => Counts {
            voided: -1,
            ..Counts::default()
        },
        _ => Counts {
            declined: -1,
            ..Counts::default()
        },
    };
    work.run("DELETE FROM cases_merge WHERE case_id = $1", args![id])
        .await?;
    let main = store::find(&mut work, merge.into_id).await?.ok_or_else(not_found)?;
    note(&mut work, main, format!("{} 撤出本案：{reason}", case.number)).await?;
    let day = local_day(&kernel, case.reported_at);
    store::count(&mut work, &day, &case, None, &gone, None).await?;
    let facts = serde_json::json!({ "from": merge.into_id, "reason": reason });
    work.audit("cases.unmerged", id, facts).await?;
    let receipt = moves::receipt(&case, entry);
    work.answer(receipt).await.map(Json)
}

/// Tells those behind merged reports that the main case has moved.
pub(crate) async fn tell_merged(work: &mut Work, main: &Case, action: Action) -> Result<()> {
    let sql = "SELECT c.id, c.reporter FROM cases_merge m JOIN cases_case c ON c.id = m.case_id WHERE m.into_id = $1 LIMIT 200";
    let reports: Vec<(CaseId, Option<UserId>)> = work.all(sql, args![main.id]).await?;
    for (id, reporter) in reports.into_iter().filter(|it| it.1.is_some()) {
        let news = Changed {
            id,
            ..Changed::of(main, action)
        };
        let place = Place {
            area: None,
            body: None,
            owners: &[reporter],
        };
        work.emit(&CASE_CHANGED, place, news).await?;
    }
    Ok(())
}

/// What a case has to do with others, and how its report came in.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseFamily {
    /// The main case, if this report was merged.
    into: Option<MainCase>,
    /// Reports that were merged into this case.
    merged: Vec<MergedReport>,
    /// Whether the user may merge this report into another case.
    may_merge: bool,
    /// Whether the merge can be undone by the user.
    may_unmerge: bool,
    /// Whether the caller did not want to be named.
    anonymous: bool,
    /// Taken although reports were stopped there: what was going on.
    control: Option<String>,
    /// Why reports were stopped.
    control_reason: Option<String>,
}

/// The main case as those behind a merged report see it: how it fares, and nobody's data.
#[derive(Debug, Serialize, ToSchema)]
pub struct MainCase {
    id: CaseId,
    number: String,
    state: State,
    class: Option<Named>,
    body: Option<Named>,
    reported_at: Time,
    closed_at: Option<Time>,
    /// Whether the user may open it.
    may_open: bool,
    /// Who merged the report.
    by_name: String,
    /// When.
    at: Time,
    /// Why.
    reason: Option<String>,
    /// What has happened to it since, oldest first.
    news: Vec<MainNews>,
}

/// Something that happened to the main case.
#[derive(Debug, Serialize, ToSchema)]
pub struct MainNews {
    at: Time,
    action: Action,
    state: State,
    note: Option<String>,
}

/// A report that was merged.
#[derive(Debug, Serialize, ToSchema)]
pub struct MergedReport {
    id: CaseId,
    number: String,
    source: Source,
    description: String,
    reported_at: Time,
    by_name: String,
    at: Time,
    reason: Option<String>,
}

/// Look at what a case has to do with others: the main case of a merged report, or the reports merged into it.
#[utoipa::path(get, path = "/api/cases/{id}/family", tag = "cases", params(("id" = CaseId, Path)), responses((status = 200, body = CaseFamily)))]
pub(super) async fn case_family(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Path(id): Path<CaseId>,
) -> Result<Json<CaseFamily>> {
    let mut tx = kernel.read().await?;
    let case = readable(&mut tx, &user, id).await?;
    let merge = merge_of(&mut tx, id).await?;
    let may_unmerge = merge.as_ref().is_some_and(|it| {
        let step = leaves_by(it.from_state).and_then(|action| FLOW.find(it.from_state, action));
        it.version == case.version && step.is_some_and(|it| user.can(it.needs) && reaches(&user, it, &case, &[]))
    });
    let into = match merge {
        Some(merge) => main_case(&kernel, &mut tx, &user, merge).await?,
        None => None,
    };
    let sql = "SELECT anonymous, control FROM cases_reception WHERE case_id = $1";
    let said: Option<(bool, Option<String>)> = tx.one(sql, args![id]).await?;
    let control = match said.as_ref().and_then(|it| it.1.as_deref()) {
        Some(id) => control::named(&mut tx, id).await?,
        None => None,
    };
    Ok(Json(CaseFamily {
        into,
        merged: merged(&mut tx, id).await?,
        may_merge: may_merge(&user, &case),
        may_unmerge,
        anonymous: said.is_some_and(|it| it.0),
        control_reason: control.as_ref().map(|it| it.1.clone()),
        control: control.map(|it| it.0),
    }))
}

async fn main_case(kernel: &Kernel, tx: &mut Tx, user: &User, merge: Merge) -> Result<Option<MainCase>> {
    let Some(main) = store::find(tx, merge.into_id).await? else {
        return Ok(None);
    };
    let (atlas, catalogue) = (atlas(kernel)?, catalogue(kernel)?);
    let names = Names {
        atlas: &atlas,
        catalogue: &catalogue,
        now: kernel.now(),
    };
    let entries = store::entries(tx, main.id, 0).await?;
    let news = entries.into_iter().filter(|it| it.at > merge.at).map(|it| MainNews {
        at: it.at,
        action: it.action,
        state: it.to_state,
        note: it.note,
    });
    let owners = main.owners();
    let scope = user.scope(&CASE_READ);
    Ok(Some(MainCase {
        id: main.id,
        number: main.number.clone(),
        state: main.state,
        class: main.class.as_deref().map(|it| names.class(it)),
        body: main.body.as_deref().map(|it| names.body(it)),
        reported_at: main.reported_at,
        closed_at: main.closed_at,
        may_open: scope.holds(Some(&main.area), main.body.as_deref(), &owners) || owners.contains(&Some(user.id)),
        by_name: merge.by_name,
        at: merge.at,
        reason: merge.reason,
        news: news.collect(),
    }))
}

async fn merged(tx: &mut Tx, id: CaseId) -> Result<Vec<MergedReport>> {
    let merges = merged_into(tx, id).await?;
    if merges.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new(store::CASE);
    sql.push(" WHERE id IN ").list(merges.iter().map(|it| it.case_id));
    let cases: Vec<Case> = tx.list(sql).await?;
    let mut cases: HashMap<CaseId, Case> = cases.into_iter().map(|it| (it.id, it)).collect();
    let views = merges.into_iter().filter_map(|it| {
        let case = cases.remove(&it.case_id)?;
        Some(MergedReport {
            id: case.id,
            number: case.number,
            source: case.source,
            description: case.description,
            reported_at: case.reported_at,
            by_name: it.by_name,
            at: it.at,
            reason: it.reason,
        })
    });
    Ok(views.collect())
}
