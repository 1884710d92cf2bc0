//! What every installation answers: what it is, whether it is well, what it counts.

use axum::extract::{ConnectInfo, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use serde::Serialize;
use std::net::SocketAddr;
use subtle::ConstantTimeEq;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{Guard, Json, Routes};
use crate::db::Json as JsonText;
use crate::error::{Error, codes};
use crate::{Kernel, Result, args};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .add(routes!(meta_view).public())
        .add(routes!(healthz).public())
        .add(routes!(metrics_view).public())
}

/// What a page has to know before anybody logs in.
#[derive(Serialize, ToSchema)]
struct Meta {
    /// The district's name.
    name: String,
    /// Its name in English.
    name_en: String,
    /// Its code, if it has areas already.
    district: Option<String>,
    /// The program's version.
    version: &'static str,
    /// The district's zone.
    time_zone: String,
    /// Whether this is a demo.
    demo: bool,
    /// The demo's accounts; always empty elsewhere.
    demo_accounts: Vec<DemoAccount>,
    /// How the map begins.
    map: MapMeta,
}

/// An account of the demo.
#[derive(Clone, Debug, Serialize, serde::Deserialize, ToSchema)]
pub struct DemoAccount {
    /// Its login.
    pub login: String,
    /// Its password.
    pub password: String,
    /// The fictional person.
    pub name: String,
    /// The role, in Chinese.
    pub role_zh: String,
    /// The role, in English.
    pub role_en: String,
}

#[derive(Serialize, ToSchema)]
struct MapMeta {
    /// West, south, east, north of the district, in WGS 84 degrees.
    bounds: Option<[f64; 4]>,
    /// Map tiles, if configured.
    base: Option<BaseMap>,
}

#[derive(Serialize, ToSchema)]
struct BaseMap {
    url: String,
    attribution: Option<String>,
}

/// Facts that apps leave for [`meta_view`] in `kernel_setting`.
#[derive(Clone, Debug, Default, Serialize, serde::Deserialize)]
pub struct DistrictFacts {
    /// The district's code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its name in English.
    pub name_en: String,
    /// West, south, east, north.
    pub bounds: Option<[f64; 4]>,
}

/// See what this installation is.
#[utoipa::path(get, path = "/api/meta", tag = "kernel", responses((status = 200, body = Meta)))]
async fn meta_view(State(kernel): State<Kernel>) -> Result<Json<Meta>> {
    let config = kernel.config();
    let facts = setting::<DistrictFacts>(&kernel, "district").await?.unwrap_or_default();
    let demo_accounts = if config.demo {
        setting(&kernel, "demo.accounts").await?.unwrap_or_default()
    } else {
        Vec::new()
    };
    let choose = |set: &str, found: String| if set.is_empty() { found } else { set.to_owned() };
    Ok(Json(Meta {
        name: choose(&config.district.name, facts.name),
        name_en: choose(&config.district.name_en, facts.name_en),
        district: Some(facts.code).filter(|it| !it.is_empty()),
        version: env!("CARGO_PKG_VERSION"),
        time_zone: config.district.time_zone.clone(),
        demo: config.demo,
        demo_accounts,
        map: MapMeta {
            bounds: facts.bounds,
            base: config.district.base_map.clone().map(|url| BaseMap {
                url,
                attribution: config.district.base_map_attribution.clone(),
            }),
        },
    }))
}

/// A small fact of the district.
pub async fn setting<T: serde::de::DeserializeOwned + Send + Unpin>(kernel: &Kernel, name: &str) -> Result<Option<T>> {
    let sql = "SELECT value FROM kernel_setting WHERE name = $1";
    let row: Option<(JsonText<serde_json::Value>,)> = kernel.read().await?.one(sql, args![name]).await?;
    row.map(|it| serde_json::from_value(it.0.0).map_err(Error::internal))
        .transpose()
}

/// Sets a small fact of the district.
pub async fn set_setting(tx: &mut crate::db::Tx, name: &str, value: &impl Serialize) -> Result<()> {
    let sql = "INSERT INTO kernel_setting (name, value) VALUES ($1, $2) \
               ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    tx.run(sql, args![name, serde_json::to_string(value).map_err(Error::internal)?])
        .await?;
    Ok(())
}

/// Say whether the program and its database are well.
#[utoipa::path(get, path = "/healthz", tag = "kernel", responses((status = 200, body = String)))]
async fn healthz(State(kernel): State<Kernel>) -> Result<&'static str> {
    let _: Option<(i64,)> = kernel
        .read()
        .await?
        .one("SELECT COUNT(*) FROM kernel_job", vec![])
        .await?;
    Ok("ok\n")
}

/// Read the counters, in the Prometheus text format; from this machine, or with the token of the configuration.
#[utoipa::path(get, path = "/metrics", tag = "kernel", responses((status = 200, content_type = "text/plain", body = String)))]
async fn metrics_view(State(kernel): State<Kernel>, parts: Parts) -> Result<impl IntoResponse> {
    let headers = &parts.headers;
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    let local = peer.is_some_and(|it| it.0.ip().is_loopback()) && !headers.contains_key("x-forwarded-for");
    let given = headers
        .get(header::AUTHORIZATION)
        .and_then(|it| it.to_str().ok()?.strip_prefix("Bearer "));
    let token = kernel.config().http.metrics_token.as_deref();
    let known = token
        .zip(given)
        .is_some_and(|(token, given)| bool::from(token.as_bytes().ct_eq(given.as_bytes())));
    if !local && !known {
        return Err(Error::from(&codes::UNAUTHENTICATED));
    }
    let text = Kernel::metrics()
        .map(metrics_exporter_prometheus::PrometheusHandle::render)
        .unwrap_or_default();
    Ok((
        StatusCode::OK,
        [(header::CONTENT_TYPE, "text/plain; version=0.0.4")],
        text,
    ))
}
