//! Log-in sessions: a random token in an HttpOnly, SameSite=Strict cookie; the store keeps only its hash.
//!
//! A session ends by log-out, after a time without use, or after a day's length, both set in the configuration. Five wrong
//! passwords in a row lock an account for a quarter of an hour; each try is in the audit log.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{User, UserId, keys, machine, password};
use crate::audit::{self, Entry};
use crate::error::{Error, Fields, codes};
use crate::http::{Guard, Json, Routes, client_ip};
use crate::{Kernel, Result, Time, args};

/// The cookie's name.
pub const COOKIE: &str = "jingwei";

/// Wrong passwords in a row that lock an account, and for how long.
const MAX_FAILURES: i64 = 5;
const LOCK_MINUTES: i64 = 15;

pub(crate) fn routes() -> Routes {
    Routes::new()
        .add(routes!(session_create).public())
        .add(routes!(session_view).signed_in_at_all())
        .add(routes!(session_delete).signed_in_at_all())
        .add(routes!(password_change).signed_in_at_all())
}

/// The session's token in a request, from the cookie or as a bearer token.
pub(crate) fn token_of(headers: &HeaderMap) -> Option<String> {
    let bearer = headers
        .get(header::AUTHORIZATION)
        .and_then(|it| it.to_str().ok()?.strip_prefix("Bearer "));
    if let Some(token) = bearer {
        return Some(token.trim().to_owned());
    }
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|it| it.to_str().ok());
    cookies
        .flat_map(|it| it.split(';'))
        .filter_map(|it| it.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE)
        .map(|(_, value)| value.to_owned())
}

fn digest(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

#[derive(sqlx::FromRow)]
struct SessionRow {
    created_at: Time,
    seen_at: Time,
    id: UserId,
    login: String,
    name: String,
    body: Option<String>,
    area: Option<String>,
    must_change: bool,
}

/// The user behind a token, if the session still lives. `attended` says that a person is there, which keeps it alive; an
/// open page that refreshes itself does not.
pub(crate) async fn resolve(kernel: &Kernel, token: &str, attended: bool) -> Result<Option<User>> {
    let Some((user, seen_at)) = look(kernel, digest(token)).await? else {
        return Ok(None);
    };
    let now = kernel.now();
    if attended && now.seconds_since(seen_at) >= 60 {
        // Once a minute is enough to know that somebody is still there.
        let sql = "UPDATE kernel_session SET seen_at = $2 WHERE token = $1";
        let mut tx = kernel.db().begin().await?;
        tx.run(sql, args![&user.token, now]).await?;
        tx.commit().await?;
    }
    Ok(Some(user))
}

/// The same user with the rights that they have by now; `None` when the session or the key has ended meanwhile.
pub(crate) async fn renew(kernel: &Kernel, user: &User) -> Result<Option<User>> {
    if let Some(key) = &user.key {
        return keys::renew(kernel, key).await;
    }
    Ok(look(kernel, user.token.clone()).await?.map(|it| it.0))
}

async fn look(kernel: &Kernel, token: String) -> Result<Option<(User, Time)>> {
    let mut tx = kernel.read().await?;
    let sql = "SELECT s.created_at, s.seen_at, u.id, u.login, u.name, u.body, u.area, u.must_change \
               FROM kernel_session s JOIN kernel_user u ON u.id = s.user_id WHERE s.token = $1 AND u.active";
    let Some(row) = tx.one::<SessionRow>(sql, args![&token]).await? else {
        return Ok(None);
    };
    let now = kernel.now();
    let limits = &kernel.config().session;
    let idle = now.seconds_since(row.seen_at) > limits.idle_minutes * 60;
    let too_old = now.seconds_since(row.created_at) > limits.max_hours * 3600;
    if idle || too_old {
        return Ok(None);
    }
    let held = machine::held(&mut tx, row.id).await?;
    drop(tx);
    let user = User {
        id: row.id,
        login: row.login,
        name: row.name,
        body: row.body,
        area: row.area,
        ip: None,
        must_change: row.must_change,
        key: None,
        token,
        held,
    };
    Ok(Some((user, row.seen_at)))
}

#[derive(sqlx::FromRow)]
struct AbsentRow {
    login: String,
    name: String,
    body: Option<String>,
    area: Option<String>,
    must_change: bool,
}

/// A user with the rights that they have by now, for what is looked up in their name while they are away; `None` when
/// their account is closed.
pub async fn user_by_id(kernel: &Kernel, id: UserId) -> Result<Option<User>> {
    let mut tx = kernel.read().await?;
    let sql = "SELECT login, name, body, area, must_change FROM kernel_user WHERE id = $1 AND active";
    let Some(row) = tx.one::<AbsentRow>(sql, args![id]).await? else {
        return Ok(None);
    };
    Ok(Some(User {
        id,
        login: row.login,
        name: row.name,
        body: row.body,
        area: row.area,
        ip: None,
        must_change: row.must_change,
        key: None,
        token: String::new(),
        held: machine::held(&mut tx, id).await?,
    }))
}

/// Opens a session without a password.
#[cfg(feature = "testing")]
pub(crate) async fn open_for_test(work: &mut crate::Work, user: UserId) -> Result<String> {
    let token = BASE64_URL_SAFE_NO_PAD.encode(work.kernel().random::<32>());
    let now = work.now();
    let sql = "INSERT INTO kernel_session (token, user_id, created_at, seen_at) VALUES ($1, $2, $3, $3)";
    work.run(sql, args![digest(&token), user, now]).await?;
    Ok(token)
}

/// What is needed to log in.
#[derive(Deserialize, ToSchema)]
struct LogIn {
    /// The account.
    #[schema(max_length = 64)]
    login: String,
    /// Its password.
    #[schema(max_length = 128, format = Password)]
    password: String,
}

/// Who is logged in, and what they may do.
#[derive(Serialize, ToSchema)]
struct Me {
    user: MyAccount,
    roles: Vec<MyRole>,
    /// The codes of all permissions, wherever they reach.
    permissions: Vec<String>,
    /// When the session ends if nothing is done.
    expires_at: Time,
}

#[derive(Serialize, ToSchema)]
struct MyAccount {
    id: UserId,
    login: String,
    name: String,
    body: Option<String>,
    area: Option<String>,
    /// A password of one's own has to be set first.
    must_change: bool,
}

#[derive(Serialize, ToSchema, sqlx::FromRow)]
struct MyRole {
    code: String,
    zh: String,
    en: String,
}

#[derive(sqlx::FromRow)]
struct AccountRow {
    id: UserId,
    password: Option<String>,
    failures: i64,
    locked_until: Option<Time>,
}

/// Log in.
#[utoipa::path(post, path = "/api/session", tag = "kernel", request_body = LogIn, responses((status = 200, body = Me)))]
async fn session_create(
    State(kernel): State<Kernel>,
    parts: axum::http::request::Parts,
    Json(input): Json<LogIn>,
) -> Result<impl IntoResponse> {
    let ip = client_ip(&parts, &kernel.config().http.trusted_proxies).map(|it| it.to_string());
    let mut fields = Fields::new();
    fields
        .text("login", &input.login, 1, 64)
        .text("password", &input.password, 1, 128);
    fields.done()?;
    let sql = "SELECT id, password, failures, locked_until FROM kernel_user WHERE login = $1 AND active";
    let login = input.login.trim();
    let account: Option<AccountRow> = kernel.read().await?.one(sql, args![login]).await?;
    let now = kernel.now();
    let lock = account
        .as_ref()
        .and_then(|it| it.locked_until)
        .filter(|until| *until > now);
    if let Some(until) = lock {
        refused(&kernel, login, ip.as_deref(), "locked").await?;
        return Err(codes::LOCKED.with("minutes", until.seconds_since(now) / 60 + 1));
    }
    let hash = account.as_ref().and_then(|it| it.password.as_deref());
    let right = password::matches(&input.password, hash).await?;
    let Some(account) = account.filter(|_| right) else {
        count_failure(&kernel, login).await?;
        refused(&kernel, login, ip.as_deref(), "password").await?;
        return Err(Error::from(&codes::BAD_LOGIN));
    };

    let token = BASE64_URL_SAFE_NO_PAD.encode(kernel.random::<32>());
    let mut tx = kernel.db().begin().await?;
    let sql = "INSERT INTO kernel_session (token, user_id, created_at, seen_at, ip) VALUES ($1, $2, $3, $3, $4)";
    tx.run(sql, args![digest(&token), account.id, now, ip.as_deref()])
        .await?;
    let sql = "UPDATE kernel_user SET failures = 0, locked_until = NULL, last_login_at = $2 WHERE id = $1";
    tx.run(sql, args![account.id, now]).await?;
    tx.commit().await?;
    let mut user = resolve(&kernel, &token, false)
        .await?
        .ok_or_else(|| Error::from(&codes::UNAUTHENTICATED))?;
    user.ip = ip;
    let mut work = kernel.work(&user).await?;
    work.audit(
        "kernel.login",
        user.id,
        serde_json::json!({ "before": account.failures }),
    )
    .await?;
    work.commit().await?;

    let me = me(&kernel, &user).await?;
    Ok((
        AppendHeaders([(
            header::SET_COOKIE,
            cookie(&kernel, &token, kernel.config().session.max_hours * 3600),
        )]),
        Json(me),
    ))
}

async fn count_failure(kernel: &Kernel, login: &str) -> Result<()> {
    let mut tx = kernel.db().begin().await?;
    let until = kernel.now().plus_seconds(LOCK_MINUTES * 60);
    let sql = "UPDATE kernel_user SET locked_until = CASE WHEN failures + 1 >= $2 THEN $3 ELSE locked_until END, \
               failures = CASE WHEN failures + 1 >= $2 THEN 0 ELSE failures + 1 END WHERE login = $1";
    tx.run(sql, args![login, MAX_FAILURES, until]).await?;
    Ok(tx.commit().await?)
}

async fn refused(kernel: &Kernel, login: &str, ip: Option<&str>, why: &str) -> Result<()> {
    let facts = serde_json::json!({ "why": why, "ip": ip });
    audit::refuse(kernel, None, Entry::refused("kernel.login", login.to_owned(), facts)).await
}

fn cookie(kernel: &Kernel, token: &str, seconds: i64) -> String {
    let secure = if kernel.config().http.secure_cookies {
        "; Secure"
    } else {
        ""
    };
    format!("{COOKIE}={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}{secure}")
}

async fn me(kernel: &Kernel, user: &User) -> Result<Me> {
    let sql = "SELECT DISTINCT r.code, r.zh, r.en FROM kernel_grant g JOIN kernel_role r ON r.code = g.role \
               WHERE g.user_id = $1 ORDER BY r.code";
    let roles = kernel.read().await?.all(sql, args![user.id]).await?;
    Ok(Me {
        user: MyAccount {
            id: user.id,
            login: user.login.clone(),
            name: user.name.clone(),
            body: user.body.clone(),
            area: user.area.clone(),
            must_change: user.must_change,
        },
        roles,
        permissions: user.permissions(),
        expires_at: kernel.now().plus_seconds(kernel.config().session.idle_minutes * 60),
    })
}

/// See who is logged in.
#[utoipa::path(get, path = "/api/session", tag = "kernel", responses((status = 200, body = Me)))]
async fn session_view(State(kernel): State<Kernel>, user: User) -> Result<Json<Me>> {
    me(&kernel, &user).await.map(Json)
}

/// Log out.
#[utoipa::path(delete, path = "/api/session", tag = "kernel", responses((status = 204)))]
async fn session_delete(State(kernel): State<Kernel>, user: User) -> Result<impl IntoResponse> {
    let mut work = kernel.work(&user).await?;
    work.run("DELETE FROM kernel_session WHERE token = $1", args![&user.token])
        .await?;
    work.audit("kernel.logout", user.id, ()).await?;
    work.commit().await?;
    Ok((
        StatusCode::NO_CONTENT,
        AppendHeaders([(header::SET_COOKIE, cookie(&kernel, "", 0))]),
    ))
}

/// What is needed to change one's password.
#[derive(Deserialize, ToSchema)]
struct PasswordChange {
    /// The one in use.
    #[schema(max_length = 128, format = Password)]
    current: String,
    /// The new one: at least eight characters, not containing the login.
    #[schema(min_length = 8, max_length = 128, format = Password)]
    new: String,
}

/// Change one's own password; every other session of the account ends.
#[utoipa::path(put, path = "/api/session/password", tag = "kernel", request_body = PasswordChange, responses((status = 204)))]
async fn password_change(
    State(kernel): State<Kernel>,
    user: User,
    Json(input): Json<PasswordChange>,
) -> Result<StatusCode> {
    password::check_strength("new", &input.new, &user.login)?;
    let sql = "SELECT id, password, failures, locked_until FROM kernel_user WHERE id = $1";
    let account: Option<AccountRow> = kernel.read().await?.one(sql, args![user.id]).await?;
    let hash = account.and_then(|it| it.password);
    if !password::matches(&input.current, hash.as_deref()).await? {
        count_failure(&kernel, &user.login).await?;
        return Err(Error::field("current", &codes::WRONG_PASSWORD));
    }
    let hash = password::hash(&input.new).await?;
    let mut work = kernel.work(&user).await?;
    let sql = "UPDATE kernel_user SET password = $2, must_change = FALSE, version = version + 1 WHERE id = $1";
    work.run(sql, args![user.id, hash]).await?;
    let sql = "DELETE FROM kernel_session WHERE user_id = $1 AND token <> $2";
    work.run(sql, args![user.id, &user.token]).await?;
    work.audit("kernel.password_changed", user.id, ()).await?;
    work.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
