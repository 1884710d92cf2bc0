//! What a role can be allowed to do with areas and bodies, and what each holds from the start.

use kernel::auth::{Role, RoleGrant};

kernel::permissions! {
    /// Read areas, bodies and posts.
    GRID_READ = "grid.read", "查看网格与单位", "Read areas and bodies";
    /// Make, change and import them.
    GRID_MANAGE = "grid.manage", "管理网格与单位", "Manage areas and bodies";
    /// Keep the duty roster.
    DUTY_MANAGE = "grid.duty", "管理值班安排", "Keep the duty roster";
}

/// The role that keeps the tree in order.
pub(crate) static ROLES: &[Role] = &[Role {
    code: "grid_admin",
    zh: "网格管理员",
    en: "Grid administrator",
}];

/// What roles hold from the start. The system administrator sets a new installation up, so may import its areas.
pub(crate) static GRANTS: &[RoleGrant] = &[
    RoleGrant {
        role: "*",
        permissions: &[&GRID_READ],
    },
    RoleGrant {
        role: "grid_admin",
        permissions: &[&GRID_MANAGE, &DUTY_MANAGE],
    },
    RoleGrant {
        role: "system_admin",
        permissions: &[&GRID_READ, &GRID_MANAGE],
    },
];
