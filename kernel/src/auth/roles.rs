//! Roles are data: the apps bring built-in ones, a district changes them or adds its own.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{GRANTS, Permission, ROLES, ROLES_MANAGE, USERS_MANAGE, User};
use crate::db::{self, Json as JsonText};
use crate::error::{Error, Fields, codes};
use crate::http::{Guard, Json, Path, Routes};
use crate::{Kernel, Result, args};

/// A built-in role.
#[derive(Debug)]
pub struct Role {
    /// Its code.
    pub code: &'static str,
    /// In Chinese.
    pub zh: &'static str,
    /// In English.
    pub en: &'static str,
}

/// What a built-in role holds from the start; `*` stands for each of the field's roles (all but the administrators).
#[derive(Debug)]
pub struct RoleGrant {
    /// The role's code.
    pub role: &'static str,
    /// The permissions.
    pub permissions: &'static [&'static Permission],
}

/// Makes the built-in roles that are missing, and offers them the permissions that are new in this version.
pub async fn offer_permissions(kernel: &Kernel) -> Result<()> {
    let administrators: BTreeSet<_> = ROLES.iter().map(|it| it.code).collect();
    let roles: Vec<&Role> = ROLES
        .iter()
        .chain(kernel.apps().iter().flat_map(|app| app.roles()))
        .collect();
    let mut work = kernel.system_work().await?;
    let known: Vec<(String,)> = work.all("SELECT code FROM kernel_permission", vec![]).await?;
    let known: BTreeSet<String> = known.into_iter().map(|it| it.0).collect();
    let fresh: Vec<_> = kernel
        .permissions()
        .map(|it| it.1.code)
        .filter(|code| !known.contains(*code))
        .collect();
    if fresh.is_empty() {
        return Ok(());
    }
    let mut wanted: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let grants = GRANTS.iter().chain(kernel.apps().iter().flat_map(|app| app.grants()));
    for grant in grants {
        let holders = roles
            .iter()
            .map(|it| it.code)
            .filter(|code| grant.role == *code || (grant.role == "*" && !administrators.contains(code)));
        for role in holders {
            let new = grant
                .permissions
                .iter()
                .map(|it| it.code)
                .filter(|code| fresh.contains(code));
            wanted.entry(role).or_default().extend(new.map(str::to_owned));
        }
    }
    for role in roles {
        let sql = "INSERT INTO kernel_role (code, zh, en, built_in, permissions, version) VALUES ($1, $2, $3, TRUE, '[]', 1) \
                   ON CONFLICT (code) DO NOTHING";
        work.run(sql, args![role.code, role.zh, role.en]).await?;
        let Some(new) = wanted.remove(role.code) else { continue };
        let sql = "SELECT permissions FROM kernel_role WHERE code = $1";
        let row: Option<(JsonText<BTreeSet<String>>,)> = work.one(sql, args![role.code]).await?;
        let mut all = row.map(|it| it.0.0).unwrap_or_default();
        all.extend(new);
        let sql = "UPDATE kernel_role SET permissions = $2 WHERE code = $1";
        work.run(sql, args![role.code, &JsonText(all)]).await?;
    }
    for code in fresh {
        work.run(
            "INSERT INTO kernel_permission (code) VALUES ($1) ON CONFLICT DO NOTHING",
            args![code],
        )
        .await?;
    }
    work.commit().await
}

pub(super) fn routes() -> Routes {
    Routes::new()
        .add(routes!(role_list).signed_in())
        .add(routes!(role_create).needs(&ROLES_MANAGE))
        .add(routes!(role_update).needs(&ROLES_MANAGE))
        .add(routes!(permission_list).signed_in())
}

/// A role.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RoleView {
    /// Its code.
    pub code: String,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
    /// Whether an app brought it.
    pub built_in: bool,
    /// The codes of the permissions that it holds.
    pub permissions: Vec<String>,
    /// Grows with each change.
    pub version: i64,
}

#[derive(sqlx::FromRow)]
struct RoleRow {
    code: String,
    zh: String,
    en: String,
    built_in: bool,
    permissions: JsonText<Vec<String>>,
    version: i64,
}

impl From<RoleRow> for RoleView {
    fn from(row: RoleRow) -> Self {
        Self {
            code: row.code,
            zh: row.zh,
            en: row.en,
            built_in: row.built_in,
            permissions: row.permissions.0,
            version: row.version,
        }
    }
}

/// List the roles and what they hold.
#[utoipa::path(get, path = "/api/roles", tag = "kernel", responses((status = 200, body = Vec<RoleView>)))]
async fn role_list(State(kernel): State<Kernel>, user: User) -> Result<Json<Vec<RoleView>>> {
    if !user.can(&USERS_MANAGE) {
        user.require(&ROLES_MANAGE)?;
    }
    roles(&mut kernel.read().await?).await.map(Json)
}

/// Every role with what it holds, the built-in ones first.
pub async fn roles(tx: &mut db::Tx) -> Result<Vec<RoleView>> {
    let sql = "SELECT code, zh, en, built_in, permissions, version FROM kernel_role ORDER BY built_in DESC, code";
    let rows: Vec<RoleRow> = tx.all(sql, vec![]).await?;
    Ok(rows.into_iter().map(RoleView::from).collect())
}

/// A permission that a role can hold.
#[derive(Serialize, ToSchema)]
struct PermissionView {
    code: &'static str,
    zh: &'static str,
    en: &'static str,
    app: &'static str,
}

/// List every permission.
#[utoipa::path(get, path = "/api/permissions", tag = "kernel", responses((status = 200, body = Vec<PermissionView>)))]
async fn permission_list(State(kernel): State<Kernel>) -> Json<Vec<PermissionView>> {
    let view = |(app, it): (&'static str, &'static Permission)| PermissionView {
        code: it.code,
        zh: it.zh,
        en: it.en,
        app,
    };
    Json(kernel.permissions().map(view).collect())
}

/// A role as it should be.
#[derive(Deserialize, ToSchema)]
struct RoleInput {
    /// Only for a new role: letters, digits and `_`.
    code: Option<String>,
    /// Only for a change: the version that was looked at.
    version: Option<i64>,
    #[schema(max_length = 32)]
    zh: String,
    #[schema(max_length = 64)]
    en: String,
    permissions: Vec<String>,
}

impl RoleInput {
    fn check(&self, kernel: &Kernel) -> Result<()> {
        let mut fields = Fields::new();
        fields.text("zh", &self.zh, 1, 32).text("en", &self.en, 1, 64);
        for code in &self.permissions {
            if !kernel.permissions().any(|(_, it)| it.code == code) {
                fields.refuse_with("permissions", &codes::UNKNOWN, &[("value", code)]);
            }
        }
        fields.done()
    }
}

/// Add a role of the district's own.
#[utoipa::path(post, path = "/api/roles", tag = "kernel", request_body = RoleInput, responses((status = 200, body = RoleView)))]
async fn role_create(State(kernel): State<Kernel>, user: User, Json(input): Json<RoleInput>) -> Result<Json<RoleView>> {
    input.check(&kernel)?;
    let code = input.code.clone().unwrap_or_default();
    let mut fields = Fields::new();
    fields.text("code", &code, 2, 32);
    if !code
        .chars()
        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    {
        fields.refuse_with("code", &codes::FORMAT, &[("why", "a-z 0-9 _")]);
    }
    fields.done()?;
    let mut work = kernel.work(&user).await?;
    let sql =
        "INSERT INTO kernel_role (code, zh, en, built_in, permissions, version) VALUES ($1, $2, $3, FALSE, $4, 1)";
    let permissions = JsonText(input.permissions);
    match work.run(sql, args![&code, &input.zh, &input.en, &permissions]).await {
        Err(error) if db::is_duplicate(&error) => return Err(codes::TAKEN.with("value", code)),
        other => other?,
    };
    work.audit("kernel.role_created", &code, &permissions.0).await?;
    work.commit().await?;
    Ok(Json(RoleView {
        code,
        zh: input.zh,
        en: input.en,
        built_in: false,
        permissions: permissions.0,
        version: 1,
    }))
}

/// Change what a role is called and what it holds.
#[utoipa::path(put, path = "/api/roles/{code}", tag = "kernel", params(("code" = String, Path)), request_body = RoleInput, responses((status = 200, body = RoleView)))]
async fn role_update(
    State(kernel): State<Kernel>,
    user: User,
    Path(code): Path<String>,
    Json(input): Json<RoleInput>,
) -> Result<Json<RoleView>> {
    input.check(&kernel)?;
    let mut work = kernel.work(&user).await?;
    let sql = "SELECT code, zh, en, built_in, permissions, version FROM kernel_role WHERE code = $1";
    let before: Option<RoleRow> = work.one(sql, args![&code]).await?;
    let before = before.ok_or_else(super::not_found)?;
    // The last role that may give roles must not lose that power: nobody could give it back.
    let power = ROLES_MANAGE.code;
    if before.permissions.0.iter().any(|it| it == power) && !input.permissions.iter().any(|it| it == power) {
        let roles: Vec<(String, JsonText<Vec<String>>)> =
            work.all("SELECT code, permissions FROM kernel_role", vec![]).await?;
        if !roles
            .iter()
            .any(|(other, held)| *other != code && held.0.iter().any(|it| it == power))
        {
            return Err(Error::field("permissions", &codes::NOT_ALLOWED));
        }
    }
    let sql = "UPDATE kernel_role SET zh = $3, en = $4, permissions = $5, version = version + 1 WHERE code = $1 AND version = $2";
    let permissions = JsonText(input.permissions);
    let version = input.version.unwrap_or(0);
    if work
        .run(sql, args![&code, version, &input.zh, &input.en, &permissions])
        .await?
        == 0
    {
        return Err(Error::from(&codes::STALE));
    }
    let facts = serde_json::json!({ "before": before.permissions.0, "after": permissions.0 });
    work.audit("kernel.role_changed", &code, facts).await?;
    work.commit().await?;
    Ok(Json(RoleView {
        code,
        zh: input.zh,
        en: input.en,
        built_in: before.built_in,
        permissions: permissions.0,
        version: version + 1,
    }))
}
