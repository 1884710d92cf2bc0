#![doc = include_str!("../README.md")]

pub mod api;

mod class;
mod codes;
mod import;
mod model;
mod permissions;
mod routes;
mod seed;
mod store;
#[cfg(test)]
mod tests;

use kernel::App;
use kernel::auth::{Permission, RoleGrant};
use kernel::error::Code;
use kernel::events::Topic;
use kernel::http::Routes;
use sqlx::migrate::Migrator;

/// Components: what stands in the city, each thing with a code, a place and somebody who keeps it.
pub struct Components;

impl App for Components {
    fn name(&self) -> &'static str {
        "components"
    }

    fn title(&self) -> (&'static str, &'static str) {
        ("部件", "Components")
    }

    fn migrations(&self) -> Migrator {
        sqlx::migrate!()
    }

    fn permissions(&self) -> &'static [&'static Permission] {
        permissions::PERMISSIONS
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
