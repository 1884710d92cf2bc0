//! Open311 GeoReport v2: the public server, and the client that sends cases on to other servers.
//!
//! The server's answers, its errors included, are documents of the GeoReport format and not the house's problems; so its
//! operations are public, and look themselves at the key that an application shows. What is public of a case: its class,
//! its status, the body that has it, its dates, its area, and its place to about a hundred metres. What a reporter wrote
//! may name people and is for the staff; the application that sent a request, known by its key, gets it back as it was.

mod admin;
mod ask;
mod client;
mod doc;
mod post;
mod requests;
pub(crate) mod seed;
mod server;
mod services;
mod store;
#[cfg(test)]
mod tests;

use axum::extract::DefaultBodyLimit;
use kernel::error::Result;
use kernel::http::{Guard, Routes, routes, set_setting, setting};
use kernel::{Kernel, Time, Work};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::permissions::{CASE_OUTSIDE, OPEN311_MANAGE};

pub(crate) use client::{job, listener};

/// The addresses under which pages of other sites may ask and report.
pub(crate) const OPEN_TO_OTHER_SITES: &[&str] = &["/open311/"];

/// The addresses: the public ones, and the desk's.
pub(crate) fn routes() -> Routes {
    let mut post = routes!(server::open311_post);
    post.2 = post.2.layer(DefaultBodyLimit::max(post::MOST_BYTES));
    Routes::new()
        .add(routes!(server::open311_discovery).public())
        .add(routes!(server::open311_list).public())
        .add(post.public())
        .add(routes!(server::open311_one).public())
        .add(routes!(admin::open311_view).needs(&OPEN311_MANAGE))
        .add(routes!(admin::open311_set).needs(&OPEN311_MANAGE))
        .add(routes!(admin::open311_service_set).needs(&OPEN311_MANAGE))
        .add(routes!(client::desk::open311_servers).needs(&OPEN311_MANAGE))
        .add(routes!(client::desk::open311_server_set).needs(&OPEN311_MANAGE))
        .add(routes!(client::desk::open311_server_services).needs(&OPEN311_MANAGE))
        .add(routes!(client::desk::open311_sendings).needs(&CASE_OUTSIDE))
        .add(routes!(client::desk::open311_sending_retry).needs(&CASE_OUTSIDE))
        .add(routes!(client::desk::open311_sending_stop).needs(&CASE_OUTSIDE))
}

/// How the district speaks Open311.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Open311Settings)]
pub(crate) struct Settings {
    /// Whether it does at all: until then nothing is public.
    pub enabled: bool,
    /// Its `jurisdiction_id`; if empty, the district's code.
    #[schema(max_length = 64)]
    pub jurisdiction: String,
    /// Whether a request without `jurisdiction_id` is refused.
    pub jurisdiction_required: bool,
    /// Whom developers may ask.
    #[schema(max_length = 200)]
    pub contact: String,
    /// How to get a key.
    #[schema(max_length = 200)]
    pub key_service: String,
    /// The postal code of all requests.
    #[schema(max_length = 16)]
    pub zipcode: String,
    /// Decimals of the degrees that are public: 3 is about a hundred metres.
    #[schema(minimum = 0, maximum = 6)]
    pub decimals: i32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            enabled: false,
            jurisdiction: String::new(),
            jurisdiction_required: false,
            contact: String::new(),
            key_service: String::new(),
            zipcode: String::new(),
            decimals: 3,
        }
    }
}

/// The settings as stored, with what the discovery says of changes.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Stored {
    settings: Settings,
    version: i64,
    changed_at: Time,
}

const SETTING: &str = "cases.open311";

async fn stored(kernel: &Kernel) -> Result<Stored> {
    Ok(setting(kernel, SETTING).await?.unwrap_or_default())
}

/// Writes the settings, or with the same ones that the services have changed.
async fn store_settings(work: &mut Work, settings: Settings, version: i64) -> Result<()> {
    let changed = Stored {
        settings,
        version,
        changed_at: work.now(),
    };
    set_setting(work, SETTING, &changed).await
}

/// The `service_code` of a class.
fn service_code(class: &str) -> String {
    class.replace('.', "-")
}
