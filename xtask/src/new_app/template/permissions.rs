//! What a role can be allowed to do here, the role that this app brings, and what roles hold from the start.

use kernel::auth::{Role, RoleGrant};

kernel::permissions! {
    /// Read entries.
    READ = "__name__.read", "查看__zh__", "Read: __en__";
    /// Make entries and move them.
    WORK = "__name__.work", "办理__zh__", "Work on: __en__";
}

/// The role that works with entries.
pub static ROLES: &[Role] = &[Role { code: "__name___clerk", zh: "__zh__经办", en: "Clerk: __en__" }];

/// Everybody in the field reads; the clerk works.
pub static GRANTS: &[RoleGrant] = &[
    RoleGrant { role: "*", permissions: &[&READ] },
    RoleGrant { role: "__name___clerk", permissions: &[&WORK] },
];
