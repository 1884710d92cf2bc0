//! Who is asking, what they may do, and how far it reaches.
//!
//! Permissions are constants per app, roles are data, and each grant of a role has a scope: the whole district, an area
//! with everything below it, a body, or one's own records. [`User::scope`] turns this into a `WHERE` clause, in one place.

mod accounts;
pub(crate) mod keys;
mod machine;
mod many;
mod password;
mod roles;
mod scope;
pub mod session;
mod users;

use std::sync::Arc;

use crate::error::{Error, codes};
use crate::http::Routes;
use crate::{Kernel, Result, id};

pub use accounts::{
    NewUser, UserBrief, create_user, find_login, find_user, grant_role, set_password, users_by_id, users_of_body,
};
pub use keys::{KeyMade, NewKey, Shown, make as make_key, resolve as resolve_key};
pub use machine::{machine, machine_account};
pub use many::{Person, by_login, create_users, people, reaches};
pub use password::hash as hash_password;
pub use roles::{Role, RoleGrant, RoleView, offer_permissions, roles};
pub use scope::{Columns, Part, Reach, Scope};
pub use session::user_by_id;
pub use users::{GrantView, ScopeView};

id!(
    /// A user.
    UserId
);

/// Something that a role can be allowed to do.
#[derive(Debug, PartialEq, Eq)]
pub struct Permission {
    /// `<app>.<what>`.
    pub code: &'static str,
    /// In Chinese.
    pub zh: &'static str,
    /// In English.
    pub en: &'static str,
}

/// Declares an app's permissions: `permissions! { CASE_FILE = "cases.file", "立案", "File cases"; }`.
#[macro_export]
macro_rules! permissions {
    ($($(#[$meta:meta])* $name:ident = $code:literal, $zh:literal, $en:literal;)+) => {
        $($(#[$meta])*
        pub static $name: $crate::auth::Permission = $crate::auth::Permission { code: $code, zh: $zh, en: $en };)+
        /// All of them.
        pub static PERMISSIONS: &[&$crate::auth::Permission] = &[$(&$name,)+];
    };
}

permissions! {
    /// Make and change accounts; not what they may do.
    USERS_MANAGE = "kernel.users", "管理账号", "Manage accounts";
    /// Change roles and give them to accounts.
    ROLES_MANAGE = "kernel.roles", "管理角色与授权", "Manage roles and grants";
    /// Read and verify the audit log.
    AUDIT_READ = "kernel.audit", "查看审计日志", "Read the audit log";
    /// See and start background jobs.
    JOBS_MANAGE = "kernel.jobs", "管理后台任务", "Manage background jobs";
    /// Make keys for other systems and renew them; not what they may do.
    KEYS_MANAGE = "kernel.keys", "签发接口密钥", "Issue API keys";
    /// See the keys of other systems and revoke them.
    KEYS_REVOKE = "kernel.keys_revoke", "查看与吊销接口密钥", "See and revoke API keys";
    /// Have news sent to other systems: all subscriptions, or one's own.
    HOOKS_MANAGE = "kernel.hooks", "管理消息推送", "Manage webhooks";
}

/// A logged-in user with what their roles allow.
#[derive(Clone, Debug)]
pub struct User {
    /// Their id.
    pub id: UserId,
    /// Their login.
    pub login: String,
    /// Their name.
    pub name: String,
    /// The body they work for.
    pub body: Option<String>,
    /// The area they work in.
    pub area: Option<String>,
    /// Where the request came from.
    pub ip: Option<String>,
    /// Whether they must set a password of their own first.
    pub must_change: bool,
    /// The key that a machine shows instead of a session.
    pub key: Option<String>,
    pub(crate) token: String,
    pub(crate) held: Arc<[Held]>,
}

/// One grant of a role.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    pub role: String,
    pub permissions: Vec<String>,
    pub reach: Reach,
}

impl User {
    /// Whether any of their roles holds the permission, wherever it reaches.
    pub fn can(&self, permission: &Permission) -> bool {
        self.held
            .iter()
            .any(|it| it.permissions.iter().any(|code| code == permission.code))
    }

    /// Refuses with `kernel.forbidden` if [`User::can`] says no.
    pub fn require(&self, permission: &Permission) -> Result<()> {
        if self.can(permission) {
            return Ok(());
        }
        let error = codes::FORBIDDEN.with("permission", permission.zh);
        Err(error.with("permission_en", permission.en))
    }

    /// How far the permission reaches for this user.
    pub fn scope(&self, permission: &Permission) -> Scope {
        let holding = self
            .held
            .iter()
            .filter(|it| it.permissions.iter().any(|code| code == permission.code));
        Scope::new(self.id, holding.map(|it| it.reach.clone()))
    }

    /// Every permission they hold, each once.
    pub fn permissions(&self) -> Vec<String> {
        let mut all: Vec<_> = self.held.iter().flat_map(|it| it.permissions.iter().cloned()).collect();
        all.sort();
        all.dedup();
        all
    }

    /// The codes of their roles, each once, in the order they were given.
    pub fn roles(&self) -> Vec<String> {
        let mut all: Vec<String> = Vec::new();
        for held in &*self.held {
            if !all.contains(&held.role) {
                all.push(held.role.clone());
            }
        }
        all
    }
}

/// Refuses a record that is outside the scope just as one that does not exist.
pub fn not_found() -> Error {
    Error::from(&codes::NOT_FOUND)
}

pub(crate) fn routes() -> Routes {
    session::routes()
        .merge(users::routes())
        .merge(roles::routes())
        .merge(keys::routes())
}

/// The kernel's own built-in roles: the three administrators that the rules ask to be three people, and what a machine
/// needs to look after its own webhooks.
pub(crate) static ROLES: &[Role] = &[
    Role {
        code: "system_admin",
        zh: "系统管理员",
        en: "System administrator",
    },
    Role {
        code: "security_admin",
        zh: "安全管理员",
        en: "Security administrator",
    },
    Role {
        code: "audit_admin",
        zh: "审计管理员",
        en: "Audit administrator",
    },
    Role {
        code: "integration",
        zh: "接口系统",
        en: "Connected system",
    },
];

pub(crate) static GRANTS: &[RoleGrant] = &[
    RoleGrant {
        role: "system_admin",
        permissions: &[&USERS_MANAGE, &JOBS_MANAGE, &KEYS_MANAGE, &KEYS_REVOKE, &HOOKS_MANAGE],
    },
    RoleGrant {
        role: "security_admin",
        permissions: &[&ROLES_MANAGE, &KEYS_REVOKE],
    },
    RoleGrant {
        role: "audit_admin",
        permissions: &[&AUDIT_READ],
    },
    RoleGrant {
        role: "integration",
        permissions: &[&HOOKS_MANAGE],
    },
];

/// Whether the first account has still to be made.
pub async fn is_empty(kernel: &Kernel) -> Result<bool> {
    let row: Option<(String,)> = kernel
        .read()
        .await?
        .one("SELECT id FROM kernel_user LIMIT 1", vec![])
        .await?;
    Ok(row.is_none())
}
