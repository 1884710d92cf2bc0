//! Many accounts at once: the names for a list, and the accounts of a seed in few statements.

use std::collections::{BTreeSet, HashMap};

use super::{NewUser, Permission, Reach, UserId, roles};
use crate::db::{Sql, Tx};
use crate::error::codes;
use crate::work::Work;
use crate::{Result, args, db};

/// How a list shows a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Their name.
    pub name: String,
    /// Whether the account is open.
    pub active: bool,
}

/// The users with these ids, in one statement; an id that nobody has is left out.
pub async fn people(tx: &mut Tx, ids: impl IntoIterator<Item = UserId>) -> Result<HashMap<UserId, Person>> {
    let ids: BTreeSet<UserId> = ids.into_iter().collect();
    let mut sql = Sql::new("SELECT id, name, active FROM kernel_user WHERE id IN ");
    sql.list(ids);
    let rows: Vec<(UserId, String, bool)> = tx.list(sql).await?;
    Ok(rows
        .into_iter()
        .map(|(id, name, active)| (id, Person { name, active }))
        .collect())
}

/// Makes many accounts with their roles. All have the same password (its hash) or none; roles that no app of this program
/// has brought are left out. One audit entry says how many; says how many grants were given.
pub async fn create_users(
    work: &mut Work,
    users: &[NewUser],
    grants: &[(UserId, &str, Reach)],
    password: Option<&str>,
) -> Result<u64> {
    let now = work.now();
    let mut rows = Vec::with_capacity(users.len());
    for user in users {
        user.check()?;
        let (body, area) = (user.body.clone(), user.area.clone());
        rows.push(args![
            user.id,
            &user.login,
            &user.name,
            password.map(str::to_owned),
            false,
            true,
            body,
            area,
            0_i64,
            now,
            1_i64
        ]);
    }
    let insert = "INSERT INTO kernel_user \
                  (id, login, name, password, must_change, active, body, area, failures, created_at, version) VALUES ";
    match work.insert_many(insert, "", rows).await {
        Ok(_) => {}
        Err(error) if db::is_duplicate(&error) => return Err(codes::TAKEN.with("value", "login")),
        Err(error) => return Err(error.into()),
    }
    let known: Vec<(String,)> = work.all("SELECT code FROM kernel_role", vec![]).await?;
    let known: BTreeSet<String> = known.into_iter().map(|it| it.0).collect();
    let given = grants
        .iter()
        .filter(|(_, role, _)| known.contains(*role))
        .map(|(user, role, reach)| {
            let (scope, code) = reach.columns();
            args![*user, *role, scope, code]
        });
    let insert = "INSERT INTO kernel_grant (user_id, role, scope, code) VALUES ";
    let given = work
        .insert_many(insert, " ON CONFLICT DO NOTHING", given.collect())
        .await?;
    let facts = serde_json::json!({ "users": users.len(), "grants": given });
    work.audit("kernel.users_created", "kernel_user", facts).await?;
    Ok(given)
}

/// How far a permission reaches for all open accounts together, each reach once: whether anybody is there for a body.
pub async fn reaches(tx: &mut Tx, permission: &Permission) -> Result<Vec<Reach>> {
    let held = roles(tx).await?.into_iter();
    let held = held.filter(|it| it.permissions.iter().any(|code| code == permission.code));
    let mut sql = Sql::new(
        "SELECT DISTINCT kernel_grant.scope, kernel_grant.code FROM kernel_grant \
         JOIN kernel_user ON kernel_user.id = kernel_grant.user_id WHERE kernel_user.active AND kernel_grant.role IN ",
    );
    sql.list(held.map(|it| it.code));
    let rows: Vec<(String, String)> = tx.list(sql).await?;
    Ok(rows
        .iter()
        .filter_map(|(kind, code)| Reach::parse(kind, code))
        .collect())
}

/// Every account by its login, with its name: for seeds, which name people by login.
pub async fn by_login(tx: &mut Tx) -> Result<HashMap<String, (UserId, String)>> {
    let rows: Vec<(String, UserId, String)> = tx.all("SELECT login, id, name FROM kernel_user", vec![]).await?;
    Ok(rows.into_iter().map(|(login, id, name)| (login, (id, name))).collect())
}
