//! The desks of the system administrator (accounts) and the security administrator (what accounts may do).

use std::collections::HashMap;

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use uuid::Uuid;

use super::{NewUser, ROLES_MANAGE, Reach, USERS_MANAGE, User, UserId, accounts, not_found};
use crate::db::{Sql, Tx};
use crate::error::{Error, Fields, codes};
use crate::http::{Guard, Json, Path, Query, Routes};
use crate::page::{Page, PageQuery};
use crate::{Kernel, Result, Time, args};

pub(super) fn routes() -> Routes {
    Routes::new()
        .add(routes!(user_list).signed_in())
        .add(routes!(user_view).signed_in())
        .add(routes!(user_create).needs(&USERS_MANAGE))
        .add(routes!(user_update).needs(&USERS_MANAGE))
        .add(routes!(user_password).needs(&USERS_MANAGE))
        .add(routes!(user_grants).needs(&ROLES_MANAGE))
}

/// An account.
#[derive(Serialize, ToSchema)]
struct UserView {
    id: UserId,
    login: String,
    name: String,
    active: bool,
    body: Option<String>,
    area: Option<String>,
    grants: Vec<GrantView>,
    last_login_at: Option<Time>,
    /// Locked after wrong passwords.
    locked: bool,
    /// Whether a password is set at all.
    can_log_in: bool,
    /// Whether it is a machine's: it has keys, and never a password.
    machine: bool,
    version: i64,
}

/// A role given to an account.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct GrantView {
    /// The role's code.
    pub role: String,
    /// How far it reaches.
    pub scope: ScopeView,
}

/// How far a grant reaches.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ScopeView {
    /// `all`, `area`, `body` or `own`.
    #[schema(schema_with = scope_kinds)]
    pub kind: String,
    /// The area's or body's code.
    pub code: Option<String>,
}

fn scope_kinds() -> Schema {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(["all", "area", "body", "own"]))
        .into()
}

#[derive(sqlx::FromRow)]
struct UserRow {
    id: UserId,
    login: String,
    name: String,
    active: bool,
    body: Option<String>,
    area: Option<String>,
    last_login_at: Option<Time>,
    locked_until: Option<Time>,
    can_log_in: bool,
    machine: bool,
    version: i64,
}

/// Which accounts to list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct UserQuery {
    /// In the login or the name.
    text: Option<String>,
    /// Only those who hold this role.
    role: Option<String>,
    /// Only those of this body.
    body: Option<String>,
    /// Only those of this area and below.
    area: Option<String>,
    /// Only machines' accounts, or only people's.
    machine: Option<bool>,
    /// Where to go on.
    after: Option<String>,
    /// How many.
    limit: Option<u32>,
}

const COLUMNS: &str = "SELECT id, login, name, active, body, area, last_login_at, locked_until, \
                       password IS NOT NULL AS can_log_in, machine, version FROM kernel_user";

async fn view(tx: &mut Tx, now: Time, rows: Vec<UserRow>) -> Result<Vec<UserView>> {
    let mut grants = grants_of(tx, rows.iter().map(|it| it.id)).await?;
    let seen = rows.into_iter().map(|row| UserView {
        grants: grants.remove(&row.id).unwrap_or_default(),
        id: row.id,
        login: row.login,
        name: row.name,
        active: row.active,
        body: row.body,
        area: row.area,
        last_login_at: row.last_login_at,
        locked: row.locked_until.is_some_and(|until| until > now),
        can_log_in: row.can_log_in,
        machine: row.machine,
        version: row.version,
    });
    Ok(seen.collect())
}

/// The roles of these accounts, in one statement.
pub(super) async fn grants_of(
    tx: &mut Tx,
    users: impl Iterator<Item = UserId>,
) -> Result<HashMap<UserId, Vec<GrantView>>> {
    let mut sql = Sql::new("SELECT user_id, role, scope, code FROM kernel_grant WHERE user_id IN ");
    sql.list(users).push(" ORDER BY role, scope, code");
    let rows: Vec<(UserId, String, String, String)> = tx.list(sql).await?;
    let mut grants: HashMap<UserId, Vec<GrantView>> = HashMap::new();
    for (user, role, kind, code) in rows {
        let code = Some(code).filter(|it| !it.is_empty());
        let scope = ScopeView { kind, code };
        grants.entry(user).or_default().push(GrantView { role, scope });
    }
    Ok(grants)
}

fn may_look(user: &User) -> Result<()> {
    if user.can(&ROLES_MANAGE) {
        Ok(())
    } else {
        user.require(&USERS_MANAGE)
    }
}

/// List accounts, by login.
#[utoipa::path(get, path = "/api/users", tag = "kernel", params(UserQuery), responses((status = 200, body = Page<UserView>)))]
async fn user_list(
    State(kernel): State<Kernel>,
    user: User,
    Query(query): Query<UserQuery>,
) -> Result<Json<Page<UserView>>> {
    may_look(&user)?;
    let page = PageQuery {
        after: query.after,
        limit: query.limit,
    };
    let mut sql = Sql::new(COLUMNS);
    sql.push(" WHERE TRUE");
    if let Some(text) = &query.text {
        let like = format!("%{}%", text.trim().replace(['%', '_'], ""));
        sql.push(" AND (login LIKE ")
            .bind(like.as_str())
            .push(" OR name LIKE ")
            .bind(like.as_str())
            .push(")");
    }
    if let Some(role) = &query.role {
        sql.push(" AND id IN (SELECT user_id FROM kernel_grant WHERE role = ")
            .bind(role)
            .push(")");
    }
    if let Some(body) = &query.body {
        sql.and("body =", body);
    }
    if let Some(area) = &query.area {
        sql.push(" AND ").within("area", area);
    }
    if let Some(machine) = query.machine {
        sql.and("machine =", machine);
    }
    if let Some(login) = page.key::<String>()? {
        sql.and("login >", login);
    }
    sql.push(" ORDER BY login LIMIT ").bind(page.fetch());
    let mut tx = kernel.read().await?;
    let rows: Vec<UserRow> = tx.list(sql).await?;
    let page = Page::cut(rows, &page, |it| it.login.clone());
    let items = view(&mut tx, kernel.now(), page.items).await?;
    Ok(Json(Page { items, next: page.next }))
}

async fn find(tx: &mut Tx, now: Time, id: UserId) -> Result<UserView> {
    let mut sql = Sql::new(COLUMNS);
    sql.push(" WHERE id = ").bind(id);
    let rows = tx.list(sql).await?;
    view(tx, now, rows).await?.pop().ok_or_else(not_found)
}

/// Look at one account.
#[utoipa::path(get, path = "/api/users/{id}", tag = "kernel", params(("id" = UserId, Path)), responses((status = 200, body = UserView)))]
async fn user_view(State(kernel): State<Kernel>, user: User, Path(id): Path<UserId>) -> Result<Json<UserView>> {
    may_look(&user)?;
    Ok(Json(find(&mut kernel.read().await?, kernel.now(), id).await?))
}

/// An account to be made.
#[derive(Serialize, Deserialize, ToSchema)]
struct UserInput {
    /// May be made by the client; the same id and body again changes nothing.
    id: Option<Uuid>,
    #[schema(min_length = 2, max_length = 64)]
    login: String,
    #[schema(min_length = 1, max_length = 64)]
    name: String,
    body: Option<String>,
    area: Option<String>,
}

/// Make an account. It has no password and no role yet.
#[utoipa::path(post, path = "/api/users", tag = "kernel", request_body = UserInput, responses((status = 200, body = UserView)))]
async fn user_create(State(kernel): State<Kernel>, user: User, Json(input): Json<UserInput>) -> Result<Json<UserView>> {
    let mut work = kernel.work(&user).await?;
    let id = UserId(input.id.unwrap_or_else(|| kernel.id()));
    if let Some(first) = work.first_answer::<UserId>(input.id, &input).await? {
        drop(work);
        return find(&mut kernel.read().await?, kernel.now(), first).await.map(Json);
    }
    let new = NewUser {
        id,
        login: input.login.trim().to_owned(),
        name: input.name.trim().to_owned(),
        body: input.body,
        area: input.area,
    };
    accounts::create_user(&mut work, &new).await?;
    let id = work.answer(id).await?;
    find(&mut kernel.read().await?, kernel.now(), id).await.map(Json)
}

/// An account as it should be.
#[derive(Deserialize, ToSchema)]
struct UserChange {
    /// The version that was looked at.
    version: i64,
    #[schema(min_length = 1, max_length = 64)]
    name: String,
    /// Whether the account can be used; a closed one keeps its history.
    active: bool,
    body: Option<String>,
    area: Option<String>,
}

/// Change an account, close it or open it again.
#[utoipa::path(put, path = "/api/users/{id}", tag = "kernel", params(("id" = UserId, Path)), request_body = UserChange, responses((status = 200, body = UserView)))]
async fn user_update(
    State(kernel): State<Kernel>,
    user: User,
    Path(id): Path<UserId>,
    Json(input): Json<UserChange>,
) -> Result<Json<UserView>> {
    let mut fields = Fields::new();
    fields.text("name", &input.name, 1, 64);
    if id == user.id && !input.active {
        fields.refuse("active", &codes::NOT_ALLOWED);
    }
    fields.done()?;
    let mut work = kernel.work(&user).await?;
    let before = find(&mut work, kernel.now(), id).await?;
    let sql = "UPDATE kernel_user SET name = $3, active = $4, body = $5, area = $6, version = version + 1 \
               WHERE id = $1 AND version = $2";
    let values = args![
        id,
        input.version,
        input.name.trim(),
        input.active,
        input.body.clone(),
        input.area.clone()
    ];
    if work.run(sql, values).await? == 0 {
        return Err(Error::from(&codes::STALE));
    }
    if !input.active {
        work.run("DELETE FROM kernel_session WHERE user_id = $1", args![id])
            .await?;
    }
    let facts = serde_json::json!({
        "before": { "name": before.name, "active": before.active, "body": before.body, "area": before.area },
        "after": { "name": input.name, "active": input.active, "body": input.body, "area": input.area },
    });
    work.audit("kernel.user_changed", id, facts).await?;
    work.commit().await?;
    find(&mut kernel.read().await?, kernel.now(), id).await.map(Json)
}

/// A password for somebody.
#[derive(Deserialize, ToSchema)]
struct PasswordInput {
    #[schema(min_length = 8, max_length = 128, format = Password)]
    password: String,
}

/// Set an account's password and unlock it; the person has to choose their own at the next log-in.
#[utoipa::path(put, path = "/api/users/{id}/password", tag = "kernel", params(("id" = UserId, Path)), request_body = PasswordInput, responses((status = 204)))]
async fn user_password(
    State(kernel): State<Kernel>,
    user: User,
    Path(id): Path<UserId>,
    Json(input): Json<PasswordInput>,
) -> Result<StatusCode> {
    let account = find(&mut kernel.read().await?, kernel.now(), id).await?;
    if account.machine {
        return Err(Error::field("password", &codes::NOT_ALLOWED));
    }
    let mut work = kernel.work(&user).await?;
    accounts::set_password(&mut work, id, &account.login, &input.password, false).await?;
    work.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The roles of an account as they should be.
#[derive(Deserialize, ToSchema)]
struct GrantsInput {
    /// The version that was looked at.
    version: i64,
    #[schema(max_items = 200)]
    grants: Vec<GrantView>,
}

/// Set which roles an account holds and how far they reach.
#[utoipa::path(put, path = "/api/users/{id}/grants", tag = "kernel", params(("id" = UserId, Path)), request_body = GrantsInput, responses((status = 200, body = UserView)))]
async fn user_grants(
    State(kernel): State<Kernel>,
    user: User,
    Path(id): Path<UserId>,
    Json(input): Json<GrantsInput>,
) -> Result<Json<UserView>> {
    let mut fields = Fields::new();
    let mut reaches = Vec::new();
    for (n, grant) in input.grants.iter().take(200).enumerate() {
        let code = grant.scope.code.as_deref().unwrap_or_default();
        match Reach::parse(&grant.scope.kind, code) {
            Some(Reach::Area(_) | Reach::Body(_)) if code.is_empty() => {
                fields.refuse(format!("grants[{n}].scope.code"), &codes::REQUIRED);
            }
            Some(reach) => reaches.push((grant.role.clone(), reach)),
            None => {
                fields.refuse_with(
                    format!("grants[{n}].scope.kind"),
                    &codes::UNKNOWN,
                    &[("value", &grant.scope.kind)],
                );
            }
        }
    }
    if id == user.id {
        // Whoever gives out roles does not give any to themselves.
        fields.refuse("grants", &codes::NOT_ALLOWED);
    }
    fields.done()?;
    let mut work = kernel.work(&user).await?;
    let sql = "UPDATE kernel_user SET version = version + 1 WHERE id = $1 AND version = $2";
    if work.run(sql, args![id, input.version]).await? == 0 {
        let known: Option<(i64,)> = work
            .one("SELECT version FROM kernel_user WHERE id = $1", args![id])
            .await?;
        return Err(known.map_or_else(not_found, |_| Error::from(&codes::STALE)));
    }
    work.run("DELETE FROM kernel_grant WHERE user_id = $1", args![id])
        .await?;
    for (role, reach) in &reaches {
        accounts::grant_role(&mut work, id, role, reach).await?;
    }
    work.audit("kernel.grants_set", id, &input.grants).await?;
    work.commit().await?;
    find(&mut kernel.read().await?, kernel.now(), id).await.map(Json)
}
