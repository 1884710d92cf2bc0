//! What an app is: one folder, one line in the program's list. The first page to read.
//!
//! The kernel names no app; it takes a list of them and asks each for its parts. Everything but the name has a
//! default, so a new app starts small.

use futures_util::future::BoxFuture;
use sqlx::migrate::Migrator;

use crate::auth::{Permission, Role, RoleGrant};
use crate::error::Code;
use crate::events::{Listener, Topic};
use crate::http::Routes;
use crate::jobs::Job;
use crate::{Kernel, Result};

/// One app of the house.
pub trait App: Send + Sync + 'static {
    /// Its name: the prefix of its tables, permissions, error codes and topics.
    fn name(&self) -> &'static str;

    /// Its label in Chinese and English.
    fn title(&self) -> (&'static str, &'static str);

    /// Its tables, forward only.
    fn migrations(&self) -> Migrator;

    /// What a role can be allowed to do.
    fn permissions(&self) -> &'static [&'static Permission] {
        &[]
    }

    /// The built-in roles it brings.
    fn roles(&self) -> &'static [Role] {
        &[]
    }

    /// Which of its permissions the built-in roles hold from the start. Roles are data: a district changes them later.
    fn grants(&self) -> &'static [RoleGrant] {
        &[]
    }

    /// Its table of refusals.
    fn codes(&self) -> &'static [&'static Code] {
        &[]
    }

    /// Its addresses.
    fn routes(&self) -> Routes {
        Routes::new()
    }

    /// Beginnings of addresses that pages of other sites may write to. Nobody's session counts there, only what the
    /// request itself shows, and the handler looks at that.
    fn open_to_other_sites(&self) -> &'static [&'static str] {
        &[]
    }

    /// The news it sends.
    fn topics(&self) -> &'static [&'static Topic] {
        &[]
    }

    /// The news it listens to, its own or others'.
    fn listeners(&self) -> Vec<Listener> {
        Vec::new()
    }

    /// Its reconcilers: work that is repeated on a timer or on a nudge.
    fn jobs(&self) -> Vec<Job> {
        Vec::new()
    }

    /// Called once after the migrations and before the first request: loads what the app keeps in memory.
    fn start<'a>(&'a self, kernel: &'a Kernel) -> BoxFuture<'a, Result<()>> {
        let _ = kernel;
        Box::pin(async { Ok(()) })
    }
}
