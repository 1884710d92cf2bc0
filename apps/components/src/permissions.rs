//! What a role can be allowed to do with components, and what each holds from the start.

use kernel::auth::RoleGrant;

kernel::permissions! {
    /// Read the register.
    READ = "components.read", "查看部件", "Read components";
    /// Enter, change and import components.
    MANAGE = "components.manage", "管理部件", "Manage components";
}

/// Whoever works here reads; who keeps the areas in order keeps the components too. The system administrator sets a new
/// installation up, so may import them.
pub(crate) static GRANTS: &[RoleGrant] = &[
    RoleGrant {
        role: "*",
        permissions: &[&READ],
    },
    RoleGrant {
        role: "grid_admin",
        permissions: &[&MANAGE],
    },
    RoleGrant {
        role: "system_admin",
        permissions: &[&READ, &MANAGE],
    },
];
