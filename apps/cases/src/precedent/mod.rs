//! Disputes of responsibility 责任裁定: when a body has sent a case back and the centre has dispatched it again, the decision can
//! be kept as a precedent, with its reason. The next time a case is filed under the same standard in the same area, the
//! precedent's body is proposed first. One precedent stands for a standard and an area; a later one takes its place.

#[cfg(test)]
mod tests;

use axum::extract::State as AppState;
use grid::api::atlas;
use kernel::auth::{Columns, User, not_found};
use kernel::db::{Sql, Tx};
use kernel::error::{Error, Fields, Result, codes as kernel_codes};
use kernel::http::{Guard, Json, Path, Query, Routes, routes};
use kernel::page::{Page, PageQuery};
use kernel::{Kernel, Time, Work, args, id};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::catalogue::catalogue;
use crate::codes;
use crate::model::{Case, CaseId, StandardId};
use crate::permissions::{CASE_DISPATCH, CASE_READ};
use crate::routes::readable;
use crate::view::{AreaView, Named, Names, StandardName};

id!(
    /// A precedent.
    PrecedentId
);

/// The addresses.
pub(crate) fn routes() -> Routes {
    Routes::new()
        .add(routes!(precedent_list).needs(&CASE_DISPATCH))
        .add(routes!(precedent_keep).needs(&CASE_DISPATCH))
        .add(routes!(precedent_withdraw).needs(&CASE_DISPATCH))
        .add(routes!(case_precedent).needs(&CASE_READ))
}

/// A precedent as it is stored.
#[derive(Clone, Debug, sqlx::FromRow)]
struct Precedent {
    id: PrecedentId,
    standard: StandardId,
    area: String,
    body: String,
    case_id: CaseId,
    number: String,
    reason: String,
    made_at: Time,
    made_by: String,
    ended_at: Option<Time>,
    ended_by: Option<String>,
    ended_why: Option<String>,
    version: i64,
}

const PRECEDENT: &str = "SELECT id, standard, area, body, case_id, number, reason, made_at, made_by, ended_at, ended_by, \
     ended_why, version FROM cases_precedent WHERE ";

const SCOPE: Columns = Columns {
    area: "area",
    body: "body",
    own: &[],
};

async fn insert(tx: &mut Tx, it: &Precedent) -> Result<()> {
    let sql = "INSERT INTO cases_precedent (id, standard, area, body, case_id, number, reason, made_at, made_by, version) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let values = args![
        it.id,
        it.standard,
        &it.area,
        &it.body,
        it.case_id,
        &it.number,
        &it.reason,
        it.made_at,
        &it.made_by,
        it.version
    ];
    tx.run(sql, values).await?;
    Ok(())
}

/// The precedent that stands for a case: that of the smallest area around it.
async fn standing(tx: &mut Tx, case: &Case) -> Result<Option<Precedent>> {
    let Some(standard) = case.standard else { return Ok(None) };
    let mut sql = Sql::new(PRECEDENT);
    sql.push("standard = ")
        .bind(standard)
        .push(" AND ended_at IS NULL AND area IN ")
        .list(areas_of(&case.area))
        .push(" ORDER BY LENGTH(area) DESC LIMIT 1");
    Ok(tx.list(sql).await?.pop())
}

/// An area and those it lies in, the largest first.
fn areas_of(area: &str) -> Vec<&str> {
    [6, 9, 12, 15].iter().filter_map(|it| area.get(..*it)).collect()
}

/// The body that a precedent names for a case, with the reason.
pub(crate) async fn for_case(tx: &mut Tx, case: &Case) -> Result<Option<(String, String)>> {
    Ok(standing(tx, case).await?.map(|it| (it.body, it.reason)))
}

/// A decision that is kept for the next time.
#[derive(Serialize, ToSchema)]
struct PrecedentView {
    id: PrecedentId,
    standard: Option<StandardName>,
    /// Where it holds, with all below.
    area: AreaView,
    /// Which body is responsible.
    body: Named,
    /// The case that was disputed.
    case: CaseId,
    number: String,
    reason: String,
    made_at: Time,
    made_by: String,
    /// When it was withdrawn or replaced.
    ended_at: Option<Time>,
    ended_by: Option<String>,
    ended_why: Option<String>,
    version: i64,
}

fn view(kernel: &Kernel, rows: Vec<Precedent>) -> Result<Vec<PrecedentView>> {
    let (atlas, catalogue) = (atlas(kernel)?, catalogue(kernel)?);
    let names = Names {
        atlas: &atlas,
        catalogue: &catalogue,
        now: kernel.now(),
    };
    let one = |it: Precedent| PrecedentView {
        id: it.id,
        standard: catalogue.standard(it.standard).map(StandardName::from),
        area: names.area(&it.area),
        body: names.body(&it.body),
        case: it.case_id,
        number: it.number,
        reason: it.reason,
        made_at: it.made_at,
        made_by: it.made_by,
        ended_at: it.ended_at,
        ended_by: it.ended_by,
        ended_why: it.ended_why,
        version: it.version,
    };
    Ok(rows.into_iter().map(one).collect())
}

/// Which precedents.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct PrecedentQuery {
    /// Those that were withdrawn or replaced; else those that stand.
    ended: Option<bool>,
    /// Only those that name this body.
    body: Option<String>,
    /// Where to go on.
    after: Option<String>,
    /// How many.
    limit: Option<u32>,
}

/// List precedents, the newest first.
#[utoipa::path(get, path = "/api/precedents", tag = "cases", params(PrecedentQuery), responses((status = 200, body = Page<PrecedentView>)))]
async fn precedent_list(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Query(query): Query<PrecedentQuery>,
) -> Result<Json<Page<PrecedentView>>> {
    let page = PageQuery {
        after: query.after,
        limit: query.limit,
    };
    let mut sql = Sql::new(PRECEDENT);
    user.scope(&CASE_DISPATCH).push(&mut sql, SCOPE);
    sql.push(if query.ended == Some(true) {
        " AND ended_at IS NOT NULL"
    } else {
        " AND ended_at IS NULL"
    });
    if let Some(body) = &query.body {
        sql.and("body =", body);
    }
    if let Some(id) = page.key::<PrecedentId>()? {
        sql.and("id <", id);
    }
    sql.push(" ORDER BY id DESC LIMIT ").bind(page.fetch());
    let rows: Vec<Precedent> = kernel.read().await?.list(sql).await?;
    let cut = Page::cut(rows, &page, |it| it.id);
    Ok(Json(Page {
        items: view(&kernel, cut.items)?,
        next: cut.next,
    }))
}

/// What a case has to do with precedents.
#[derive(Serialize, ToSchema)]
struct CasePrecedent {
    /// Whether the user can keep what was decided on this case.
    may_keep: bool,
    /// The areas that it could hold for, the largest first.
    areas: Vec<Named>,
    /// The one that stands for cases like this.
    standing: Option<PrecedentView>,
}

/// The areas that a user can keep the decision on a case for; none if it was no dispute, or is not theirs to decide.
fn keepable(user: &User, case: &Case) -> Vec<String> {
    let scope = user.scope(&CASE_DISPATCH);
    let disputed = case.returns > 0 && case.body.is_some() && case.standard.is_some() && !case.state.is_end();
    if !disputed || !scope.holds(Some(&case.desk), case.body.as_deref(), &case.owners()) {
        return Vec::new();
    }
    let reached = areas_of(&case.area)
        .into_iter()
        .filter(|it| scope.holds(Some(it), None, &[]));
    reached.map(str::to_owned).collect()
}

/// See what has been decided for cases like this one, and whether the decision on it can be kept.
#[utoipa::path(get, path = "/api/cases/{id}/precedent", tag = "cases", params(("id" = CaseId, Path)), responses((status = 200, body = CasePrecedent)))]
async fn case_precedent(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Path(id): Path<CaseId>,
) -> Result<Json<CasePrecedent>> {
    let mut tx = kernel.read().await?;
    let case = readable(&mut tx, &user, id).await?;
    let standing = standing(&mut tx, &case).await?;
    let areas = keepable(&user, &case);
    let (atlas, catalogue) = (atlas(&kernel)?, catalogue(&kernel)?);
    let names = Names {
        atlas: &atlas,
        catalogue: &catalogue,
        now: kernel.now(),
    };
    Ok(Json(CasePrecedent {
        may_keep: !areas.is_empty(),
        areas: areas.iter().map(|it| names.named_area(it)).collect(),
        standing: view(&kernel, standing.into_iter().collect())?.pop(),
    }))
}

/// A decision to be kept: that the body which has the case now is responsible.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PrecedentInput {
    /// Made by the client: sent again with the same id it changes nothing.
    id: Option<Uuid>,
    case: CaseId,
    /// Where it holds, with all below: an area that the case lies in.
    area: String,
    /// Why this body.
    #[schema(min_length = 2, max_length = 300)]
    reason: String,
}

/// The answer to a write.
#[derive(Serialize, Deserialize, ToSchema)]
struct PrecedentReceipt {
    id: PrecedentId,
    version: i64,
}

/// Keep the decision on a case that was sent back and dispatched again. It replaces what stood for the same standard and area.
#[utoipa::path(post, path = "/api/precedents", tag = "cases", request_body = PrecedentInput, responses((status = 200, body = PrecedentReceipt)))]
async fn precedent_keep(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Json(input): Json<PrecedentInput>,
) -> Result<Json<PrecedentReceipt>> {
    let mut fields = Fields::new();
    fields.text("reason", &input.reason, 2, 300);
    fields.done()?;
    let mut work = kernel.work(&user).await?;
    if let Some(first) = work.first_answer(input.id, &input).await? {
        return Ok(Json(first));
    }
    let case = readable(&mut work, &user, input.case).await?;
    let areas = keepable(&user, &case);
    let (Some(standard), Some(body)) = (case.standard, case.body.clone().filter(|_| !areas.is_empty())) else {
        return Err(Error::from(&codes::NO_DISPUTE));
    };
    if !areas.contains(&input.area) {
        let mut fields = Fields::new();
        fields.refuse_with("area", &kernel_codes::UNKNOWN, &[("value", &input.area)]);
        fields.done()?;
    }
    let kept = Precedent {
        id: PrecedentId(input.id.unwrap_or_else(|| kernel.id())),
        standard,
        area: input.area.clone(),
        body,
        case_id: case.id,
        number: case.number,
        reason: input.reason.trim().to_owned(),
        made_at: work.now(),
        made_by: user.name.clone(),
        ended_at: None,
        ended_by: None,
        ended_why: None,
        version: 1,
    };
    keep(&mut work, &kept).await?;
    work.answer(PrecedentReceipt {
        id: kept.id,
        version: 1,
    })
    .await
    .map(Json)
}

async fn keep(work: &mut Work, it: &Precedent) -> Result<()> {
    let sql = "UPDATE cases_precedent SET ended_at = $3, ended_by = $4, ended_why = $5, version = version + 1 \
               WHERE standard = $1 AND area = $2 AND ended_at IS NULL";
    let why = format!("由案件 {} 的裁定取代", it.number);
    work.run(sql, args![it.standard, &it.area, it.made_at, &it.made_by, why])
        .await?;
    insert(work, it).await?;
    let facts = serde_json::json!({ "case": it.case_id, "number": it.number, "body": it.body, "area": it.area, "reason": it.reason });
    work.audit("cases.precedent_kept", it.id, facts).await
}

/// Why a precedent shall not stand any more.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PrecedentWithdrawal {
    /// Made by the client: sent again with the same id it changes nothing.
    id: Option<Uuid>,
    /// The version that was looked at.
    version: i64,
    #[schema(min_length = 2, max_length = 300)]
    reason: String,
}

/// Withdraw a precedent; it stays on record.
#[utoipa::path(post, path = "/api/precedents/{id}/withdraw", tag = "cases", params(("id" = PrecedentId, Path)), request_body = PrecedentWithdrawal, responses((status = 200, body = PrecedentReceipt)))]
async fn precedent_withdraw(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Path(id): Path<PrecedentId>,
    Json(input): Json<PrecedentWithdrawal>,
) -> Result<Json<PrecedentReceipt>> {
    let mut fields = Fields::new();
    fields.text("reason", &input.reason, 2, 300);
    fields.done()?;
    let mut work = kernel.work(&user).await?;
    if let Some(first) = work.first_answer(input.id, &(id, &input)).await? {
        return Ok(Json(first));
    }
    let mut sql = Sql::new(PRECEDENT);
    sql.push("id = ").bind(id);
    let found: Option<Precedent> = work.list(sql).await?.pop();
    let scope = user.scope(&CASE_DISPATCH);
    let found = found.filter(|it| scope.holds(Some(&it.area), Some(&it.body), &[]));
    let found = found.ok_or_else(not_found)?;
    if found.ended_at.is_some() {
        return Err(Error::from(&codes::PRECEDENT_ENDED));
    }
    let now = work.now();
    let sql = "UPDATE cases_precedent SET ended_at = $3, ended_by = $4, ended_why = $5, version = version + 1 \
               WHERE id = $1 AND version = $2 AND ended_at IS NULL";
    let values = args![id, input.version, now, &user.name, input.reason.trim()];
    if work.run(sql, values).await? == 0 {
        return Err(Error::from(&kernel_codes::STALE));
    }
    let facts = serde_json::json!({ "number": found.number, "reason": input.reason });
    work.audit("cases.precedent_withdrawn", id, facts).await?;
    work.answer(PrecedentReceipt {
        id,
        version: input.version + 1,
    })
    .await
    .map(Json)
}

/// The demo: what was decided on the latest cases that bodies had sent back.
pub(crate) async fn seed_demo(kernel: &Kernel) -> Result<()> {
    let mut work = kernel.system_work().await?;
    let sql = "SELECT id FROM cases_case WHERE returns > 0 AND standard IS NOT NULL AND body IS NOT NULL \
               ORDER BY reported_at DESC LIMIT 8";
    let cases: Vec<(CaseId,)> = work.all(sql, args![]).await?;
    for (n, (id,)) in cases.into_iter().enumerate() {
        let Some(case) = crate::store::find(&mut work, id).await? else {
            continue;
        };
        let (Some(standard), Some(body)) = (case.standard, case.body) else {
            continue;
        };
        let reason = [
            "设施权属清单登记在该单位名下，由其负责维护。",
            "该路段已移交该单位养护，移交协议有效。",
            "按责任清单边界说明，红线以内由该单位负责。",
        ];
        let kept = Precedent {
            id: kernel.id(),
            standard,
            area: case.area.chars().take(if n % 2 == 0 { 9 } else { 6 }).collect(),
            body,
            case_id: id,
            number: case.number,
            reason: reason.get(n % 3).copied().unwrap_or_default().to_owned(),
            made_at: case.dispatched_at.unwrap_or(case.reported_at),
            made_by: "派遣员".to_owned(),
            ended_at: None,
            ended_by: None,
            ended_why: None,
            version: 1,
        };
        keep(&mut work, &kept).await?;
    }
    work.commit().await
}
