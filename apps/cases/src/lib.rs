#![doc = include_str!("../README.md")]

pub mod api;

mod codes;
mod flow;
mod model;
mod permissions;

mod bulk;
mod callback;
mod case_import;
mod catalogue;
mod desk;
mod evaluation;
mod intake;
mod jobs;
mod list_desk;
mod list_import;
mod moves;
mod open311;
mod out;
mod outside;
mod phrases;
mod precedent;
mod reception;
mod rehearsal;
mod review;
mod routes;
mod seed;
mod settings;
mod store;
mod supervision;
mod view;

#[cfg(test)]
mod tests;

use kernel::app::App;
use kernel::auth::{Permission, Role, RoleGrant};
use kernel::error::Code;
use kernel::events::{Listener, Topic};
use kernel::http::Routes;
use kernel::jobs::Job;
use kernel::{Kernel, Result};

/// The app of the main job: cases, from the report to the evaluation.
pub struct Cases;

impl App for Cases {
    fn name(&self) -> &'static str {
        "cases"
    }

    fn title(&self) -> (&'static str, &'static str) {
        ("案件", "Cases")
    }

    fn migrations(&self) -> sqlx::migrate::Migrator {
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
        routes::table()
    }

    fn open_to_other_sites(&self) -> &'static [&'static str] {
        open311::OPEN_TO_OTHER_SITES
    }

    fn topics(&self) -> &'static [&'static Topic] {
        moves::TOPICS
    }

    fn listeners(&self) -> Vec<Listener> {
        vec![outside::listener(), open311::listener()]
    }

    fn jobs(&self) -> Vec<Job> {
        let mut all = vec![outside::job(), out::JOB, open311::job()];
        all.extend(reception::jobs());
        all.push(supervision::job());
        all.push(evaluation::job());
        all.push(jobs::RESUME);
        all.push(jobs::ADD_UP);
        all
    }

    fn start<'a>(&'a self, kernel: &'a Kernel) -> futures_util::future::BoxFuture<'a, Result<()>> {
        Box::pin(async {
            catalogue::offer_national_classes(kernel).await?;
            catalogue::reload(kernel).await?;
            settings::refresh(kernel).await?;
            kernel.keep_fresh("settings of cases", |kernel| {
                Box::pin(async move { settings::refresh(&kernel).await })
            });
            out::start(kernel);
            reception::open(kernel);
            kernel.keep_fresh("class suggestion", |kernel| {
                Box::pin(async move { reception::refresh(&kernel).await })
            });
            kernel.keep_fresh("responsibility list", |kernel| {
                Box::pin(async move { catalogue::refresh(&kernel).await })
            });
            Ok(())
        })
    }
}
