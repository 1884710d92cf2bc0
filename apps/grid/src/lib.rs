#![doc = include_str!("../README.md")]

pub mod api;

mod atlas;
mod codes;
mod duty;
mod import;
mod index;
mod model;
mod outline;
mod permissions;
mod routes;
mod seed;
mod store;
mod wkb;

#[cfg(test)]
mod tests;

use futures_util::future::BoxFuture;
use kernel::auth::{Permission, Role, RoleGrant};
use kernel::error::Code;
use kernel::events::Topic;
use kernel::http::Routes;
use kernel::{App, Kernel, Result};
use sqlx::migrate::Migrator;

/// Areas, bodies and posts: the ground floor that other apps stand on.
pub struct Grid;

impl App for Grid {
    fn name(&self) -> &'static str {
        "grid"
    }

    fn title(&self) -> (&'static str, &'static str) {
        ("网格", "Grid")
    }

    fn migrations(&self) -> Migrator {
        sqlx::migrate!()
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

    fn start<'a>(&'a self, kernel: &'a Kernel) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            api::open(kernel).await?;
            kernel.keep_fresh("areas", |kernel| Box::pin(async move { api::refresh(&kernel).await }));
            Ok(())
        })
    }
}
