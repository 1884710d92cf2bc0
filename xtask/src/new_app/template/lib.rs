#![doc = include_str!("../README.md")]

pub mod api;

mod codes;
mod flow;
mod model;
mod permissions;
mod routes;
mod seed;
mod store;
#[cfg(test)]
mod tests;

use kernel::App;
use kernel::auth::{Permission, Role, RoleGrant};
use kernel::error::Code;
use kernel::events::Topic;
use kernel::http::Routes;
use sqlx::migrate::Migrator;

/// __zh__.
pub struct __Name__;

impl App for __Name__ {
    fn name(&self) -> &'static str {
        "__name__"
    }

    fn title(&self) -> (&'static str, &'static str) {
        ("__zh__", "__en__")
    }

    fn migrations(&self) -> Migrator {
        sqlx::migrate!("./migrations")
    }

    fn permissions(&self) -> &'static [&'static Permission] {
        permissions::PERMISSIONS
    }

    fn roles(&self) -> &'static [Role] {
        permissions::ROLES
    }

    fn grants(&self) -> &'static [RoleGrant] {
        permissions::GRANTS
    }

    fn codes(&self) -> &'static [&'static Code] {
        codes::ALL
    }

    fn routes(&self) -> Routes {
        routes::routes()
    }

    fn topics(&self) -> &'static [&'static Topic] {
        api::TOPICS
    }
}
