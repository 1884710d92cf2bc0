//! Puts the apps' tables together into one router, and serves it until asked to stop.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{StatusCode, Uri};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, Info, OpenApi};
use utoipa::{PartialSchema, ToSchema};

use super::routes::{Problem, ProblemField};
use super::{Routes, layers, system_routes};
use crate::app::App;
use crate::error::{Error, codes};
use crate::{Kernel, auth, events, files};

/// What answers for addresses outside the API: the built pages.
pub type Pages = Arc<dyn Fn(&Uri) -> Response + Send + Sync>;

/// The whole router and its description.
pub fn build(kernel: &Kernel, apps: &[Box<dyn App>], pages: Pages) -> (Router, OpenApi) {
    let table = apps
        .iter()
        .fold(Routes::new(), |table, app| table.merge(app.routes()))
        .merge(system_routes())
        .merge(auth::routes())
        .merge(crate::audit::routes())
        .merge(crate::jobs::routes())
        .merge(files::routes())
        .merge(crate::hooks::routes())
        .merge(events::routes());
    let (api, mut openapi) = table.0.split_for_parts();
    describe(&mut openapi);
    let document = openapi.to_json().unwrap_or_default();

    let api = api
        .route(
            "/api/openapi.json",
            axum::routing::get(move || async move { json_text(document.clone()) }),
        )
        .fallback(move |request: Request| {
            let pages = pages.clone();
            async move {
                let path = request.uri().path();
                if path.starts_with("/api") {
                    Error::from(&codes::NO_ROUTE).into_response()
                } else {
                    pages(request.uri())
                }
            }
        })
        .route_layer(from_fn(layers::remember_route))
        .layer(from_fn(time_limit))
        .layer(from_fn_with_state(kernel.clone(), layers::identify))
        .layer(DefaultBodyLimit::max(2 * 1024 * 1024))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(layers::careful))
        .layer(from_fn_with_state(kernel.clone(), layers::observe))
        // Server-sent events must go out at once (the default predicate knows them); photos, documents and workbooks are
        // compressed already.
        .layer(
            CompressionLayer::new().compress_when(
                DefaultPredicate::new()
                    .and(NotForContentType::new("image/"))
                    .and(NotForContentType::new("application/pdf"))
                    .and(NotForContentType::new("application/vnd.")),
            ),
        )
        .with_state(kernel.clone());
    (api, openapi)
}

fn json_text(text: String) -> impl IntoResponse {
    ([(axum::http::header::CONTENT_TYPE, "application/json")], text)
}

/// A request that takes longer than this is given up, so that slow clients and slow statements cannot pile up.
async fn time_limit(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let limit = match path {
        "/api/events" => return next.run(request).await,
        path if path.ends_with("/import")
            || path.ends_with("/commit")
            || path.ends_with("/photos")
            || path == "/api/files" =>
        {
            Duration::from_secs(120)
        }
        _ => Duration::from_secs(30),
    };
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Error::from(&codes::TIMEOUT).into_response(),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the layer calls it with what was thrown")]
fn panicked(panic: Box<dyn std::any::Any + Send>) -> Response {
    let what = panic
        .downcast_ref::<String>()
        .cloned()
        .or_else(|| panic.downcast_ref::<&str>().map(|it| (*it).to_owned()))
        .unwrap_or_default();
    Error::internal(anyhow::anyhow!("panic: {what}")).into_response()
}

fn describe(openapi: &mut OpenApi) {
    openapi.info = Info::new("Jingwei 经纬", env!("CARGO_PKG_VERSION"));
    openapi.info.description =
        Some("Grid-based governance of a district. Every refusal is a problem+json with a stable code.".to_owned());
    openapi.info.license = Some(utoipa::openapi::LicenseBuilder::new().name("Apache-2.0").build());
    let mut components = openapi
        .components
        .take()
        .unwrap_or_else(|| ComponentsBuilder::new().build());
    components
        .schemas
        .insert(Problem::name().into_owned(), Problem::schema());
    components
        .schemas
        .insert(ProblemField::name().into_owned(), ProblemField::schema());
    let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(auth::session::COOKIE)));
    components.add_security_scheme("session", cookie);
    let key = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("jw_<id>_<secret>")
        .description(Some("A key that an administrator has issued to another system"))
        .build();
    components.add_security_scheme("key", SecurityScheme::Http(key));
    openapi.components = Some(components);
}

/// Serves until SIGTERM or Ctrl-C, then finishes the requests under way (30 s at most) and stops the background work.
pub async fn serve(kernel: &Kernel, router: Router, listener: TcpListener) -> anyhow::Result<()> {
    let background = kernel.start_background();
    let stop = kernel.stop_signal();
    let waiting = kernel.clone();
    tokio::spawn(async move {
        terminated().await;
        tracing::info!("stopping: finishing what is under way");
        waiting.stop_signal().cancel();
    });
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let signal = stop.clone();
    let serving = axum::serve(listener, service).with_graceful_shutdown(async move { signal.cancelled().await });
    let deadline = async {
        stop.cancelled().await;
        tokio::time::sleep(Duration::from_secs(30)).await;
    };
    tokio::select! {
        result = serving => result?,
        () = deadline => tracing::warn!("some requests did not finish in time"),
    }
    stop.cancel();
    background.await;
    kernel.db().close().await;
    Ok(())
}

async fn terminated() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => {
                tokio::select! { _ = interrupt => {}, _ = terminate.recv() => {} }
            }
            Err(_) => drop(interrupt.await),
        }
    }
    #[cfg(not(unix))]
    drop(interrupt.await);
}

/// A page that was not built into this binary.
impl Kernel {
    /// Answers in place of pages that this program was built without.
    pub fn no_pages() -> Pages {
        Arc::new(|_| (StatusCode::NOT_FOUND, "This program was built without its pages.").into_response())
    }
}
