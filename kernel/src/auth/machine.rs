//! Accounts of machines: other systems with their keys, and bodies outside that act by a link. They hold roles as people
//! do and never have a password.

use std::sync::Arc;

use super::{Held, NewUser, Reach, User, UserId, create_user};
use crate::db::{Json as JsonText, Tx};
use crate::work::Work;
use crate::{Result, args};

/// Makes a machine's account. It has no key and no role yet.
pub async fn machine_account(work: &mut Work, user: &NewUser) -> Result<()> {
    create_user(work, user).await?;
    work.run("UPDATE kernel_user SET machine = TRUE WHERE id = $1", args![user.id])
        .await?;
    Ok(())
}

/// The machine as a user who acts, with what its roles allow; `None` if the account is closed, or a person's.
pub async fn machine(tx: &mut Tx, id: UserId) -> Result<Option<User>> {
    let sql = "SELECT login, name, body, area FROM kernel_user WHERE id = $1 AND active AND machine";
    let row: Option<(String, String, Option<String>, Option<String>)> = tx.one(sql, args![id]).await?;
    let Some((login, name, body, area)) = row else {
        return Ok(None);
    };
    Ok(Some(User {
        id,
        login,
        name,
        body,
        area,
        ip: None,
        must_change: false,
        key: None,
        token: String::new(),
        held: held(tx, id).await?,
    }))
}

/// What the roles of an account allow.
pub(super) async fn held(tx: &mut Tx, user: UserId) -> Result<Arc<[Held]>> {
    let sql = "SELECT g.role, g.scope, g.code, r.permissions FROM kernel_grant g JOIN kernel_role r ON r.code = g.role \
               WHERE g.user_id = $1 ORDER BY g.role, g.scope, g.code";
    let grants: Vec<(String, String, String, JsonText<Vec<String>>)> = tx.all(sql, args![user]).await?;
    let held = grants.into_iter().filter_map(|(role, scope, code, permissions)| {
        let reach = Reach::parse(&scope, &code)?;
        let permissions = permissions.0;
        Some(Held {
            role,
            permissions,
            reach,
        })
    });
    Ok(held.collect())
}
