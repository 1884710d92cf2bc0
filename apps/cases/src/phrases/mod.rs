//! Standard phrases: what is written over and over in the texts of moves. The centre's set is for all, one's own for
//! oneself. Place-holders such as `{number}` are filled in by the page, before the text is sent and while it can be read.

#[cfg(test)]
mod tests;

use axum::extract::State as AppState;
use axum::http::StatusCode;
use kernel::auth::{User, UserId, not_found};
use kernel::db::{Sql, Tx};
use kernel::error::{Error, Fields, Result, codes as kernel_codes};
use kernel::flow::AskKind;
use kernel::http::{Guard, Json, Path, Query, Routes, routes};
use kernel::{Kernel, args, id};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::flow::FLOW;
use crate::model::Action;
use crate::permissions::{CASE_READ, PHRASES_SHARE};

id!(
    /// A standard phrase.
    PhraseId
);

/// The most that the centre, or one user, keeps.
const MOST: i64 = 200;

/// The addresses.
pub(crate) fn routes() -> Routes {
    Routes::new()
        .add(routes!(phrase_list).needs(&CASE_READ))
        .add(routes!(phrase_create).needs(&CASE_READ))
        .add(routes!(phrase_update).needs(&CASE_READ))
        .add(routes!(phrase_delete).needs(&CASE_READ))
}

#[derive(sqlx::FromRow)]
struct Row {
    id: PhraseId,
    owner: Option<UserId>,
    action: Action,
    text: String,
    text_en: Option<String>,
    version: i64,
}

/// A standard phrase.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub(crate) struct PhraseView {
    id: PhraseId,
    /// The move that it is for.
    action: Action,
    /// The centre's, for all; else one's own.
    shared: bool,
    text: String,
    text_en: Option<String>,
    /// Whether the user may change it.
    mine: bool,
    version: i64,
}

const COLUMNS: &str = "SELECT id, owner, action, text, text_en, version FROM cases_phrase WHERE ";

fn view(user: &User, row: Row) -> PhraseView {
    PhraseView {
        mine: may_change(user, row.owner),
        id: row.id,
        action: row.action,
        shared: row.owner.is_none(),
        text: row.text,
        text_en: row.text_en,
        version: row.version,
    }
}

/// The centre's set belongs to those who keep it for the whole district.
fn may_change(user: &User, owner: Option<UserId>) -> bool {
    owner.map_or_else(|| user.scope(&PHRASES_SHARE).is_all(), |it| it == user.id)
}

/// Which phrases.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct PhraseQuery {
    /// Only for this move.
    #[param(inline)]
    action: Option<Action>,
}

/// List the standard phrases: one's own first, then the centre's.
#[utoipa::path(get, path = "/api/phrases", tag = "cases", params(PhraseQuery), responses((status = 200, body = Vec<PhraseView>)))]
async fn phrase_list(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Query(query): Query<PhraseQuery>,
) -> Result<Json<Vec<PhraseView>>> {
    let mut sql = Sql::new(COLUMNS);
    sql.push("(owner IS NULL OR owner = ").bind(user.id).push(")");
    if let Some(action) = query.action {
        sql.and("action =", action);
    }
    sql.push(" ORDER BY CASE WHEN owner IS NULL THEN 1 ELSE 0 END, action, id LIMIT ")
        .bind(2 * MOST);
    let rows: Vec<Row> = kernel.read().await?.list(sql).await?;
    Ok(Json(rows.into_iter().map(|it| view(&user, it)).collect()))
}

/// A new phrase.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PhraseInput {
    /// Made by the client: sent again with the same id it changes nothing.
    id: Option<Uuid>,
    action: Action,
    /// For all, or for oneself.
    shared: bool,
    /// May hold `{number}`, `{place}`, `{body}`, `{class}` and `{area}`.
    #[schema(min_length = 1, max_length = 500)]
    text: String,
    /// The same in English.
    #[schema(max_length = 500)]
    text_en: Option<String>,
}

fn check(action: Action, text: &str, text_en: Option<&str>) -> Result<()> {
    let mut fields = Fields::new();
    let takes_text = FLOW
        .moves
        .iter()
        .any(|it| it.action == action && it.asks.iter().any(|ask| ask.kind == AskKind::Text));
    if !takes_text {
        fields.refuse("action", &kernel_codes::NOT_ALLOWED);
    }
    fields.text("text", text, 1, 500);
    fields.text("text_en", text_en.unwrap_or_default(), 0, 500);
    fields.done()
}

fn trimmed(text: Option<&str>) -> Option<String> {
    text.map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned)
}

/// Add a phrase, to the centre's set or one's own.
#[utoipa::path(post, path = "/api/phrases", tag = "cases", request_body = PhraseInput, responses((status = 200, body = PhraseView)))]
async fn phrase_create(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Json(input): Json<PhraseInput>,
) -> Result<Json<PhraseView>> {
    check(input.action, &input.text, input.text_en.as_deref())?;
    let owner = (!input.shared).then_some(user.id);
    if !may_change(&user, owner) {
        user.require(&PHRASES_SHARE)?;
        return Err(not_found());
    }
    let mut work = kernel.work(&user).await?;
    if let Some(first) = work.first_answer(input.id, &input).await? {
        return Ok(Json(first));
    }
    let mut sql = Sql::new("SELECT COUNT(*) FROM cases_phrase WHERE owner ");
    match owner {
        Some(owner) => sql.push("= ").bind(owner),
        None => sql.push("IS NULL"),
    };
    let kept: Vec<(i64,)> = work.list(sql).await?;
    if kept.first().is_some_and(|it| it.0 >= MOST) {
        return Err(kernel_codes::TOO_LARGE.with("limit", MOST));
    }
    let row = Row {
        id: PhraseId(input.id.unwrap_or_else(|| kernel.id())),
        owner,
        action: input.action,
        text: input.text.trim().to_owned(),
        text_en: trimmed(input.text_en.as_deref()),
        version: 1,
    };
    let sql = "INSERT INTO cases_phrase (id, owner, action, text, text_en, version) VALUES ($1, $2, $3, $4, $5, 1)";
    work.run(sql, args![row.id, owner, row.action, &row.text, row.text_en.clone()])
        .await?;
    work.audit("cases.phrase_added", row.id, &row.text).await?;
    work.answer(view(&user, row)).await.map(Json)
}

async fn find(tx: &mut Tx, user: &User, id: PhraseId) -> Result<Row> {
    let mut sql = Sql::new(COLUMNS);
    sql.push("id = ").bind(id);
    let row: Option<Row> = tx.list(sql).await?.pop();
    row.filter(|it| may_change(user, it.owner)).ok_or_else(not_found)
}

/// A phrase as it should be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PhraseChange {
    /// The version that was looked at.
    version: i64,
    #[schema(min_length = 1, max_length = 500)]
    text: String,
    #[schema(max_length = 500)]
    text_en: Option<String>,
}

/// Change a phrase.
#[utoipa::path(put, path = "/api/phrases/{id}", tag = "cases", params(("id" = PhraseId, Path)), request_body = PhraseChange, responses((status = 200, body = PhraseView)))]
async fn phrase_update(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Path(id): Path<PhraseId>,
    Json(input): Json<PhraseChange>,
) -> Result<Json<PhraseView>> {
    let mut work = kernel.work(&user).await?;
    let before = find(&mut work, &user, id).await?;
    check(before.action, &input.text, input.text_en.as_deref())?;
    if input.version != before.version {
        return Err(Error::from(&kernel_codes::STALE));
    }
    let was = before.text.clone();
    let row = Row {
        text: input.text.trim().to_owned(),
        text_en: trimmed(input.text_en.as_deref()),
        version: input.version + 1,
        ..before
    };
    let sql = "UPDATE cases_phrase SET text = $3, text_en = $4, version = version + 1 WHERE id = $1 AND version = $2";
    let changed = work
        .run(sql, args![id, input.version, &row.text, row.text_en.clone()])
        .await?;
    if changed == 0 {
        return Err(Error::from(&kernel_codes::STALE));
    }
    let facts = serde_json::json!({ "before": was, "after": row.text });
    work.audit("cases.phrase_changed", id, facts).await?;
    work.commit().await?;
    Ok(Json(view(&user, row)))
}

/// Remove a phrase.
#[utoipa::path(delete, path = "/api/phrases/{id}", tag = "cases", params(("id" = PhraseId, Path)), responses((status = 204)))]
async fn phrase_delete(AppState(kernel): AppState<Kernel>, user: User, Path(id): Path<PhraseId>) -> Result<StatusCode> {
    let mut work = kernel.work(&user).await?;
    let row = find(&mut work, &user, id).await?;
    work.run("DELETE FROM cases_phrase WHERE id = $1", args![id]).await?;
    work.audit("cases.phrase_removed", id, &row.text).await?;
    work.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
