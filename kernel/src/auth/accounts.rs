//! Making accounts, giving them roles and passwords: used by the pages, the command line, seeds and imports alike.

use super::{Reach, UserId, password};
use crate::error::{Error, Fields, codes};
use crate::work::Work;
use crate::{Result, args, db};

/// An account to be made.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// Its id.
    pub id: UserId,
    /// Its login: letters, digits, `.`, `_`, `-`.
    pub login: String,
    /// The person's name.
    pub name: String,
    /// The body they work for.
    pub body: Option<String>,
    /// The area they work in.
    pub area: Option<String>,
}

impl NewUser {
    /// Refuses what cannot be an account.
    pub fn check(&self) -> Result<()> {
        let mut fields = Fields::new();
        fields.text("login", &self.login, 2, 64).text("name", &self.name, 1, 64);
        if !self
            .login
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
        {
            fields.refuse_with("login", &codes::FORMAT, &[("why", "a-z 0-9 . _ -")]);
        }
        fields.text("body", self.body.as_deref().unwrap_or_default(), 0, 32);
        fields.text("area", self.area.as_deref().unwrap_or_default(), 0, 15);
        fields.done()
    }
}

/// What others need to know of a user.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct UserBrief {
    /// Their id.
    pub id: UserId,
    /// Their name.
    pub name: String,
    /// The body they work for.
    pub body: Option<String>,
    /// The area they work in.
    pub area: Option<String>,
}

/// An active user by id.
pub async fn find_user(tx: &mut db::Tx, id: UserId) -> Result<Option<UserBrief>> {
    let sql = "SELECT id, name, body, area FROM kernel_user WHERE id = $1 AND active";
    Ok(tx.one(sql, args![id]).await?)
}

/// The account with this login, open or closed.
pub async fn find_login(tx: &mut db::Tx, login: &str) -> Result<Option<UserId>> {
    let row: Option<(UserId,)> = tx
        .one("SELECT id FROM kernel_user WHERE login = $1", args![login])
        .await?;
    Ok(row.map(|it| it.0))
}

/// Users by id, active or not: for the names in records.
pub async fn users_by_id(tx: &mut db::Tx, ids: impl Iterator<Item = UserId>) -> Result<Vec<UserBrief>> {
    let mut ids = ids.peekable();
    if ids.peek().is_none() {
        return Ok(Vec::new());
    }
    let mut sql = db::Sql::new("SELECT id, name, body, area FROM kernel_user WHERE id IN ");
    sql.list(ids);
    Ok(tx.list(sql).await?)
}

/// The people of a body whose accounts are open, by name; at most a hundred.
pub async fn users_of_body(tx: &mut db::Tx, body: &str) -> Result<Vec<UserBrief>> {
    let sql = "SELECT id, name, body, area FROM kernel_user WHERE body = $1 AND active AND NOT machine ORDER BY name LIMIT 100";
    Ok(tx.all(sql, args![body]).await?)
}

/// Makes an account without a password.
pub async fn create_user(work: &mut Work, user: &NewUser) -> Result<()> {
    user.check()?;
    let sql = "INSERT INTO kernel_user (id, login, name, must_change, active, body, area, failures, created_at, version) \
               VALUES ($1, $2, $3, FALSE, TRUE, $4, $5, 0, $6, 1)";
    let now = work.now();
    let values = args![
        user.id,
        &user.login,
        &user.name,
        user.body.clone(),
        user.area.clone(),
        now
    ];
    match work.run(sql, values).await {
        Ok(_) => {}
        Err(error) if db::is_duplicate(&error) => return Err(codes::TAKEN.with("value", user.login.as_str())),
        Err(error) => return Err(error.into()),
    }
    let facts = serde_json::json!({ "login": user.login, "name": user.name, "body": user.body, "area": user.area });
    work.audit("kernel.user_created", user.id, facts).await
}

/// Sets somebody's password; their sessions end, and unless `for_good` they have to choose their own at the next log-in.
pub async fn set_password(work: &mut Work, user: UserId, login: &str, new: &str, for_good: bool) -> Result<()> {
    password::check_strength("password", new, login)?;
    let hash = password::hash(new).await?;
    let sql = "UPDATE kernel_user SET password = $2, must_change = $3, failures = 0, locked_until = NULL, \
               version = version + 1 WHERE id = $1";
    work.run(sql, args![user, hash, !for_good]).await?;
    work.run("DELETE FROM kernel_session WHERE user_id = $1", args![user])
        .await?;
    work.audit("kernel.password_set", user, ()).await
}

/// Gives a role with its reach; giving it twice changes nothing.
pub async fn grant_role(work: &mut Work, user: UserId, role: &str, reach: &Reach) -> Result<()> {
    let (scope, code) = reach.columns();
    let known: Option<(String,)> = work
        .one("SELECT code FROM kernel_role WHERE code = $1", args![role])
        .await?;
    if known.is_none() {
        let mut fields = Fields::new();
        fields.refuse_with("role", &codes::UNKNOWN, &[("value", role)]);
        return fields.done().and(Err(Error::from(&codes::NOT_FOUND)));
    }
    let sql = "INSERT INTO kernel_grant (user_id, role, scope, code) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    work.run(sql, args![user, role, scope, code]).await?;
    work.audit(
        "kernel.role_given",
        user,
        serde_json::json!({ "role": role, "scope": scope, "code": code }),
    )
    .await
}
