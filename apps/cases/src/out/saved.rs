//! Filters that are kept: a list's filters under a name, for oneself or for all with one's role or in one's body. A shared
//! filter shares what is asked, never what is seen: each sees their own list in it.

use axum::extract::State as AppState;
use axum::http::StatusCode;
use kernel::auth::{User, UserId, not_found};
use kernel::db::{Sql, Tx, is_duplicate};
use kernel::error::{Error, Fields, Result, codes as kernel_codes};
use kernel::http::{Json, Path};
use kernel::{Kernel, args, id, words};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::permissions::CASE_READ;
use crate::routes::understand;
use crate::store::CaseQuery;

id!(
    /// A filter that is kept.
    FilterId
);

words! {
    /// Who has a filter.
    pub enum Share {
        /// Its owner.
        Private = "private", "仅自己", "Only me";
        /// All with one of the owner's roles.
        Role = "role", "同角色", "Everybody with my role";
        /// All of the owner's body.
        Body = "body", "本单位", "Everybody in my body";
    }
}

/// The most filters of one user.
const MOST: i64 = 50;
/// The most that a list shows, those of others included.
const MOST_SHOWN: i64 = 200;

/// A filter to be kept, or as it is to be from now on.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FilterInput {
    /// Its id, if the client makes it.
    #[serde(default)]
    id: Option<Uuid>,
    /// Its name.
    #[schema(min_length = 1, max_length = 40)]
    name: String,
    /// The filters as in the address of the list, e.g. `state=filed&area=320999101`.
    #[schema(max_length = 1000)]
    query: String,
    /// Who has it.
    share: Share,
    /// Which of one's roles, when it is for a role.
    #[serde(default)]
    role: Option<String>,
    /// The version that is changed; not needed for a new one.
    #[serde(default)]
    version: Option<i64>,
}

/// A filter as it is stored.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct Saved {
    pub id: FilterId,
    pub owner: UserId,
    pub name: String,
    pub query: String,
    pub share: Share,
    pub shared_with: String,
    pub version: i64,
}

/// A filter.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(super) struct FilterView {
    id: FilterId,
    name: String,
    /// As in the address of the list.
    query: String,
    share: Share,
    /// The role's or the body's code.
    shared_with: String,
    /// Whether it is the user's own.
    mine: bool,
    version: i64,
}

impl Saved {
    fn view(self, user: &User) -> FilterView {
        FilterView {
            mine: self.owner == user.id,
            id: self.id,
            name: self.name,
            query: self.query,
            share: self.share,
            shared_with: self.shared_with,
            version: self.version,
        }
    }
}

const FILTER: &str = "SELECT id, owner, name, query, share, shared_with, version FROM cases_filter WHERE ";

/// Adds the condition that the user has the filter.
fn push_has(sql: &mut Sql, user: &User) {
    sql.push("(owner = ").bind(user.id);
    sql.push(" OR (share = 'role' AND shared_with IN ")
        .list(user.roles())
        .push(")");
    if let Some(body) = &user.body {
        sql.push(" OR (share = 'body' AND shared_with = ").bind(body).push(")");
    }
    sql.push(")");
}

/// A filter that the user has.
pub(super) async fn find(tx: &mut Tx, user: &User, id: FilterId) -> Result<Option<Saved>> {
    let mut sql = Sql::new(FILTER);
    push_has(&mut sql, user);
    sql.and("id =", id);
    Ok(tx.list(sql).await?.pop())
}

/// The query of a kept filter.
pub(super) fn query_of(text: &str) -> Result<CaseQuery> {
    serde_urlencoded::from_str(text).map_err(Error::internal)
}

/// Reads the filters of an address, and writes them as they are kept: what is empty and where the page was are left out.
fn cleaned(kernel: &Kernel, user: &User, text: &str) -> Result<String> {
    let wrong = |why: &str| {
        let mut fields = Fields::new();
        fields.refuse_with("query", &kernel_codes::FORMAT, &[("why", why)]);
        fields.done().err().unwrap_or_else(not_found)
    };
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(text).map_err(|it| wrong(&it.to_string()))?;
    let given: Vec<_> = pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    let given = serde_urlencoded::to_string(given).map_err(Error::internal)?;
    let query: CaseQuery = serde_urlencoded::from_str(&given).map_err(|it| wrong(&it.to_string()))?;
    let query = CaseQuery {
        after: None,
        limit: None,
        ..query
    };
    understand(kernel, user, &query, &user.scope(&CASE_READ))?;
    serde_urlencoded::to_string(query).map_err(Error::internal)
}

/// What is checked of a filter: its name, its query as it is kept, and whom it is shared with.
fn checked(kernel: &Kernel, user: &User, input: &FilterInput) -> Result<(String, String, String)> {
    let mut fields = Fields::new();
    fields
        .text("name", &input.name, 1, 40)
        .text("query", &input.query, 0, 1000);
    let shared_with = match input.share {
        Share::Private => String::new(),
        Share::Body => user.body.clone().unwrap_or_default(),
        Share::Role => input.role.clone().unwrap_or_default(),
    };
    if input.share == Share::Body && shared_with.is_empty() {
        fields.refuse("share", &kernel_codes::NOT_ALLOWED);
    }
    if input.share == Share::Role && !user.roles().contains(&shared_with) {
        fields.refuse_with("role", &kernel_codes::UNKNOWN, &[("value", &shared_with)]);
    }
    fields.done()?;
    Ok((
        input.name.trim().to_owned(),
        cleaned(kernel, user, &input.query)?,
        shared_with,
    ))
}

fn taken(error: sqlx::Error, name: &str) -> Error {
    if is_duplicate(&error) {
        return kernel_codes::TAKEN.with("value", name);
    }
    error.into()
}

/// List the filters that one has: one's own, then those that others share.
#[utoipa::path(get, path = "/api/cases/filters", tag = "cases", responses((status = 200, body = Vec<FilterView>)))]
pub(super) async fn filter_list(AppState(kernel): AppState<Kernel>, user: User) -> Result<Json<Vec<FilterView>>> {
    let mut sql = Sql::new(FILTER);
    push_has(&mut sql, &user);
    sql.push(" ORDER BY CASE WHEN owner = ")
        .bind(user.id)
        .push(" THEN 0 ELSE 1 END, name, id LIMIT ")
        .bind(MOST_SHOWN);
    let rows: Vec<Saved> = kernel.read().await?.list(sql).await?;
    Ok(Json(rows.into_iter().map(|it| it.view(&user)).collect()))
}

/// Keep the filters of a list under a name.
#[utoipa::path(post, path = "/api/cases/filters", tag = "cases", request_body = FilterInput, responses((status = 200, body = FilterView)))]
pub(super) async fn filter_create(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Json(input): Json<FilterInput>,
) -> Result<Json<FilterView>> {
    let (name, query, shared_with) = checked(&kernel, &user, &input)?;
    let mut work = kernel.work(&user).await?;
    if let Some(first) = work.first_answer(input.id, &input).await? {
        return Ok(Json(first));
    }
    let sql = "SELECT COUNT(*) FROM cases_filter WHERE owner = $1";
    let mine: Option<(i64,)> = work.one(sql, args![user.id]).await?;
    if mine.is_some_and(|it| it.0 >= MOST) {
        return Err(kernel_codes::TOO_LARGE.with("limit", MOST));
    }
    let saved = Saved {
        id: input.id.map_or_else(|| kernel.id(), FilterId),
        owner: user.id,
        name,
        query,
        share: input.share,
        shared_with,
        version: 1,
    };
    let now = work.now();
    let sql = "INSERT INTO cases_filter (id, owner, name, query, share, shared_with, created_at, version) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, 1)";
    let values = args![
        saved.id,
        user.id,
        &saved.name,
        &saved.query,
        saved.share,
        &saved.shared_with,
        now
    ];
    work.run(sql, values).await.map_err(|it| taken(it, &saved.name))?;
    let facts = serde_json::json!({ "name": saved.name, "query": saved.query, "share": saved.share });
    work.audit("cases.filter_kept", saved.id, facts).await?;
    work.answer(saved.view(&user)).await.map(Json)
}

/// Change a filter of one's own: its name, what it asks, who has it.
#[utoipa::path(put, path = "/api/cases/filters/{id}", tag = "cases", params(("id" = FilterId, Path)), request_body = FilterInput, responses((status = 200, body = FilterView)))]
pub(super) async fn filter_update(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Path(id): Path<FilterId>,
    Json(input): Json<FilterInput>,
) -> Result<Json<FilterView>> {
    let (name, query, shared_with) = checked(&kernel, &user, &input)?;
    let mut work = kernel.work(&user).await?;
    let before = own(&mut work, &user, id).await?;
    let saved = Saved {
        name,
        query,
        share: input.share,
        shared_with,
        version: before.version + 1,
        ..before
    };
    let sql = "UPDATE cases_filter SET name = $3, query = $4, share = $5, shared_with = $6, version = version + 1 \
               WHERE id = $1 AND version = $2";
    let seen = input.version.unwrap_or_default();
    let values = args![id, seen, &saved.name, &saved.query, saved.share, &saved.shared_with];
    if work.run(sql, values).await.map_err(|it| taken(it, &saved.name))? == 0 {
        return Err(Error::from(&kernel_codes::STALE));
    }
    let facts = serde_json::json!({ "name": saved.name, "query": saved.query, "share": saved.share });
    work.audit("cases.filter_changed", id, facts).await?;
    work.commit().await?;
    Ok(Json(saved.view(&user)))
}

/// Delete a filter of one's own, with the subscriptions to it.
#[utoipa::path(delete, path = "/api/cases/filters/{id}", tag = "cases", params(("id" = FilterId, Path)), responses((status = 204)))]
pub(super) async fn filter_delete(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Path(id): Path<FilterId>,
) -> Result<StatusCode> {
    let mut work = kernel.work(&user).await?;
    let saved = own(&mut work, &user, id).await?;
    work.run("DELETE FROM cases_subscription WHERE filter = $1", args![id])
        .await?;
    work.run("DELETE FROM cases_filter WHERE id = $1", args![id]).await?;
    work.audit("cases.filter_deleted", id, serde_json::json!({ "name": saved.name }))
        .await?;
    work.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A filter that the user may change.
async fn own(tx: &mut Tx, user: &User, id: FilterId) -> Result<Saved> {
    let found = find(tx, user, id).await?;
    found.filter(|it| it.owner == user.id).ok_or_else(not_found)
}
