//! HTTP: the routes with their guards, the extractors, and the layers that every request passes.

mod extract;
mod layers;
mod routes;
mod serve;
mod system;

pub use extract::{Accepts, Form, FormPart, Json, Path, Query, client_ip, form_parts};
pub use layers::Trace;
pub use routes::{Guard, Guarded, Problem, Routes};
pub use serve::{Pages, build, serve};
pub use system::{DemoAccount, DistrictFacts, set_setting, setting};
pub use utoipa_axum::routes;

pub(crate) use system::routes as system_routes;
