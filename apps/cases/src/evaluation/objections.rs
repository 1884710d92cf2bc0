//! Objections: whoever is scored says why a case should not count; the centre decides with an answer. A granted one takes
//! the case out of that subject's figures, the facts stay to be seen.

use axum::extract::State as AppState;
use kernel::auth::{Scope, User, UserId, not_found};
use kernel::db::{Sql, Tx};
use kernel::error::{Error, Fields, Result, codes as kernel_codes};
use kernel::http::{Json, Path, Query};
use kernel::page::{Page, PageQuery};
use kernel::{Kernel, Time, args, id, words};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::keep::count_in;
use super::model::Kind;
use super::routes::may_object;
use super::store;
use crate::codes;
use crate::model::CaseId;
use crate::permissions::{EVALUATION_DECIDE, EVALUATION_OBJECT};

id!(
    /// An objection.
    ObjectionId
);

words! {
    /// Where an objection stands.
    pub enum ObjectionState {
        /// Waits for a decision.
        Open = "open", "待处理", "Open";
        /// The case counts no longer.
        Granted = "granted", "成立", "Granted";
        /// The case counts.
        Refused = "refused", "不成立", "Refused";
    }
}

/// An objection.
#[derive(Clone, Debug, Serialize, ToSchema, sqlx::FromRow)]
pub(super) struct Objection {
    id: ObjectionId,
    kind: Kind,
    subject: String,
    #[serde(rename = "case")]
    case_id: CaseId,
    /// The case's number.
    number: String,
    state: ObjectionState,
    reason: String,
    #[serde(skip)]
    author: UserId,
    author_name: String,
    at: Time,
    answer: Option<String>,
    decider_name: Option<String>,
    decided_at: Option<Time>,
    version: i64,
}

const OBJECTION: &str = "SELECT id, kind, subject, case_id, number, state, reason, author, author_name, at, answer, \
                         decider_name, decided_at, version FROM cases_objection WHERE ";

/// Which objections.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ObjectionQuery {
    /// Only in this state.
    #[param(inline)]
    state: Option<ObjectionState>,
    /// Where to go on.
    after: Option<String>,
    /// How many.
    limit: Option<u32>,
}

/// List objections, newest first: all for those who decide, else one's own and those for one's body.
#[utoipa::path(get, path = "/api/evaluation/objections", tag = "cases", params(ObjectionQuery), responses((status = 200, body = Page<Objection>)))]
pub(super) async fn objection_list(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Query(query): Query<ObjectionQuery>,
) -> Result<Json<Page<Objection>>> {
    let page = PageQuery {
        after: query.after,
        limit: query.limit,
    };
    let mut sql = Sql::new(OBJECTION);
    if user.scope(&EVALUATION_DECIDE).is_all() {
        sql.push("TRUE");
    } else {
        reach(&mut sql, &user, &user.scope(&EVALUATION_OBJECT));
    }
    if let Some(state) = query.state {
        sql.and("state =", state);
    }
    if let Some(id) = page.key::<ObjectionId>()? {
        sql.and("id <", id);
    }
    sql.push(" ORDER BY id DESC LIMIT ").bind(page.fetch());
    let rows: Vec<Objection> = kernel.read().await?.list(sql).await?;
    Ok(Json(Page::cut(rows, &page, |it| it.id)))
}

fn reach(sql: &mut Sql, user: &User, scope: &Scope) {
    sql.push("(author = ").bind(user.id);
    for body in scope.bodies() {
        sql.push(" OR (kind = 'body' AND subject = ").bind(body).push(")");
    }
    sql.push(")");
}

/// A new objection.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ObjectionInput {
    /// Made by the client: sent again with the same id it changes nothing.
    id: Option<Uuid>,
    kind: Kind,
    subject: String,
    case: CaseId,
    /// Why the case should not count.
    #[schema(min_length = 5, max_length = 500)]
    reason: String,
}

/// The answer to a write.
#[derive(Serialize, Deserialize, ToSchema)]
pub(super) struct ObjectionReceipt {
    id: ObjectionId,
    state: ObjectionState,
    version: i64,
}

/// Object to a case that counts for oneself, or for one's body.
#[utoipa::path(post, path = "/api/evaluation/objections", tag = "cases", request_body = ObjectionInput, responses((status = 200, body = ObjectionReceipt)))]
pub(super) async fn objection_make(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Json(input): Json<ObjectionInput>,
) -> Result<Json<ObjectionReceipt>> {
    let mut work = kernel.work(&user).await?;
    if let Some(first) = work.first_answer(input.id, &input).await? {
        return Ok(Json(first));
    }
    let mut fields = Fields::new();
    fields.text("reason", &input.reason, 5, 500);
    fields.done()?;
    if !may_object(&user, input.kind, &input.subject) {
        return Err(not_found());
    }
    let case = crate::store::find(&mut work, input.case).await?.ok_or_else(not_found)?;
    let sql = "SELECT id FROM cases_objection WHERE case_id = $1 AND kind = $2 AND subject = $3";
    let before: Option<(ObjectionId,)> = work.one(sql, args![case.id, input.kind, &input.subject]).await?;
    if before.is_some() {
        return Err(Error::from(&codes::OBJECTION_BEFORE));
    }
    if !store::counts_for(&mut work, case.id, input.kind, &input.subject).await? {
        return Err(Error::from(&codes::OBJECTION_NOT_COUNTED));
    }
    let id = ObjectionId(input.id.unwrap_or_else(|| kernel.id()));
    let sql = "INSERT INTO cases_objection (id, kind, subject, case_id, number, state, reason, author, author_name, at, version) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1)";
    let values = args![
        id,
        input.kind,
        &input.subject,
        case.id,
        &case.number,
        ObjectionState::Open,
        input.reason.trim(),
        user.id,
        &user.name,
        work.now()
    ];
    work.run(sql, values).await?;
    work.audit("cases.objection_made", id, &input).await?;
    work.answer(ObjectionReceipt {
        id,
        state: ObjectionState::Open,
        version: 1,
    })
    .await
    .map(Json)
}

/// A decision.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ObjectionDecision {
    /// Made by the client: sent again with the same id it changes nothing.
    id: Option<Uuid>,
    /// The version that was looked at.
    version: i64,
    /// Whether the case counts no longer.
    granted: bool,
    /// Why.
    #[schema(min_length = 2, max_length = 500)]
    answer: String,
}

/// Decide on an objection.
#[utoipa::path(post, path = "/api/evaluation/objections/{id}/decision", tag = "cases", params(("id" = ObjectionId, Path)), request_body = ObjectionDecision, responses((status = 200, body = ObjectionReceipt)))]
pub(super) async fn objection_decide(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Path(id): Path<ObjectionId>,
    Json(input): Json<ObjectionDecision>,
) -> Result<Json<ObjectionReceipt>> {
    if !user.scope(&EVALUATION_DECIDE).is_all() {
        return Err(not_found());
    }
    let mut work = kernel.work(&user).await?;
    if let Some(first) = work.first_answer(input.id, &(id, &input)).await? {
        return Ok(Json(first));
    }
    let mut fields = Fields::new();
    fields.text("answer", &input.answer, 2, 500);
    fields.done()?;
    let objection = find(&mut work, id).await?.ok_or_else(not_found)?;
    if objection.author == user.id || objection.subject == user.id.to_string() {
        return Err(Error::from(&codes::OBJECTION_OWN));
    }
    let state = if input.granted {
        ObjectionState::Granted
    } else {
        ObjectionState::Refused
    };
    let sql = "UPDATE cases_objection SET state = $3, answer = $4, decider_name = $5, decided_at = $6, version = version + 1 \
               WHERE id = $1 AND version = $2 AND state = 'open'";
    let values = args![id, input.version, state, input.answer.trim(), &user.name, work.now()];
    if work.run(sql, values).await? != 1 {
        return Err(Error::from(&kernel_codes::STALE));
    }
    let facts = serde_json::json!({ "number": objection.number, "kind": objection.kind, "subject": objection.subject, "given": input });
    work.audit("cases.objection_decided", id, facts).await?;
    if input.granted {
        count_in(&kernel, &mut work, vec![objection.case_id]).await?;
    }
    let version = input.version + 1;
    work.answer(ObjectionReceipt { id, state, version }).await.map(Json)
}

async fn find(tx: &mut Tx, id: ObjectionId) -> Result<Option<Objection>> {
    let mut sql = Sql::new(OBJECTION);
    sql.push("id = ").bind(id);
    Ok(tx.list(sql).await?.pop())
}
