//! The layers that every request passes: trace number, log line, metrics, who is asking, same-origin writes, headers,
//! and the turning of errors into problem+json.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::{Instrument, error, info, info_span, warn};

use crate::Kernel;
use crate::audit::{self, Entry};
use crate::auth::keys::{self, Shown};
use crate::auth::{User, session};
use crate::error::{Error, Lang, codes};
use crate::http::client_ip;

/// The number under which the log has a request; sent back as `X-Trace-Id`.
#[derive(Clone, Debug)]
pub struct Trace(pub String);

/// An error on its way to the layer that knows the client's language.
#[derive(Clone)]
struct Failed(std::sync::Arc<Error>);

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.code().status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        response.extensions_mut().insert(Failed(std::sync::Arc::new(self)));
        response
    }
}

/// Outermost: gives the request its number, measures and logs it, and writes problems in the client's language.
pub(super) async fn observe(State(kernel): State<Kernel>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let trace = kernel.id::<uuid::Uuid>().simple().to_string();
    let lang = Lang::from_header(
        request
            .headers()
            .get(header::ACCEPT_LANGUAGE)
            .and_then(|it| it.to_str().ok()),
    );
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    request.extensions_mut().insert(Trace(trace.clone()));
    let span = info_span!("request", trace, %method, path);

    let mut response = next.run(request).instrument(span.clone()).await;
    let _entered = span.entered();
    let route = response
        .extensions()
        .get::<MatchedRoute>()
        .map_or_else(|| "other".to_owned(), |it| it.0.clone());
    if let Some(Failed(failed)) = response.extensions().get::<Failed>().cloned() {
        if failed.code().status >= 500 {
            let chain = failed.source().map(|it| format!("{it:?}")).unwrap_or_default();
            error!(code = failed.code().code, chain, "request failed");
        }
        response = problem(&failed, lang, &trace, response.headers());
    } else if response.status() == StatusCode::METHOD_NOT_ALLOWED {
        response = problem(&Error::from(&codes::METHOD), lang, &trace, response.headers());
    }
    let took = started.elapsed();
    let status = response.status();
    let labels = [
        ("method", method.to_string()),
        ("route", route),
        ("status", status.as_u16().to_string()),
    ];
    metrics::histogram!("jingwei_http_request_seconds", &labels).record(took.as_secs_f64());
    let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    match status.as_u16() {
        500.. => warn!(status = status.as_u16(), ms, "answered"),
        _ if path.starts_with("/api") => info!(status = status.as_u16(), ms, "answered"),
        _ => tracing::debug!(status = status.as_u16(), ms, "answered"),
    }
    if let Ok(value) = HeaderValue::from_str(&trace) {
        response.headers_mut().insert("x-trace-id", value);
    }
    response
}

fn problem(error: &Error, lang: Lang, trace: &str, headers: &HeaderMap) -> Response {
    let status = StatusCode::from_u16(error.code().status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = error.problem(lang, trace).to_string();
    let content_type = [
        (header::CONTENT_TYPE, "application/problem+json"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    let mut response = (status, content_type, body).into_response();
    for name in [header::RETRY_AFTER, header::ALLOW] {
        if let Some(value) = headers.get(&name) {
            response.headers_mut().insert(name, value.clone());
        }
    }
    response
}

/// The route's pattern, for metrics: a label per case id would be a label per case.
#[derive(Clone)]
struct MatchedRoute(String);

/// Remembers which route matched.
pub(super) async fn remember_route(matched: Option<MatchedPath>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if let Some(matched) = matched {
        response
            .extensions_mut()
            .insert(MatchedRoute(matched.as_str().to_owned()));
    }
    response
}

/// Finds out who is asking and refuses writes that another site's page makes with the user's cookie.
pub(super) async fn identify(State(kernel): State<Kernel>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let path = parts.uri.path();
    let mut open = kernel.apps().iter().flat_map(|it| it.open_to_other_sites());
    if open.any(|it| path.starts_with(it)) {
        return next.run(Request::from_parts(parts, body)).await;
    }
    let reads = matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS);
    let token = session::token_of(&parts.headers);
    let ip = client_ip(&parts, &kernel.config().http.trusted_proxies).map(|it| it.to_string());
    if let Some(key) = token.as_deref().filter(|it| keys::is_key(it)) {
        // A browser sends a key only if the page that has it says so, never by itself as it does with a cookie.
        match keys::resolve(&kernel, key, ip.as_deref()).await {
            Ok(Shown::Valid(user)) => {
                parts.extensions.insert(user);
            }
            Ok(Shown::Invalid) => return Error::from(&codes::UNAUTHENTICATED).into_response(),
            Ok(Shown::TooMany { seconds }) => {
                let mut response = codes::TOO_MANY.with("seconds", seconds).into_response();
                response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
                return response;
            }
            Err(error) => return error.into_response(),
        }
    } else if !reads && !same_origin(&parts.headers) {
        return Error::from(&codes::CROSS_SITE).into_response();
    } else if let Some(token) = token {
        // The stream of news is opened again by the browser itself.
        let attended = !parts.headers.contains_key("x-unattended") && parts.uri.path() != "/api/events";
        match session::resolve(&kernel, &token, attended).await {
            Ok(Some(mut user)) => {
                user.ip = ip;
                parts.extensions.insert(user);
            }
            Ok(None) => {}
            Err(error) => return error.into_response(),
        }
    }
    let asked = parts
        .extensions
        .get::<User>()
        .cloned()
        .map(|user| (user, parts.method.clone(), parts.uri.path().to_owned()));
    let response = next.run(Request::from_parts(parts, body)).await;
    match asked {
        Some((user, method, path)) if response.status() == StatusCode::FORBIDDEN => {
            record_refusal(&kernel, &user, format!("{method} {path}"), response).await
        }
        _ => response,
    }
}

/// What somebody tried without the right to is in the audit log, too; a refusal that cannot be recorded is a failure.
async fn record_refusal(kernel: &Kernel, user: &User, what: String, response: Response) -> Response {
    let code = response.extensions().get::<Failed>().map(|it| it.0.code().code);
    if code != Some(codes::FORBIDDEN.code) {
        return response;
    }
    let entry = Entry::refused("kernel.forbidden", what, ());
    match audit::refuse(kernel, Some(user), entry).await {
        Ok(()) => response,
        Err(error) => error.into_response(),
    }
}

/// Browsers say where a request comes from; clients that are no browser say nothing and carry no foreign cookies.
fn same_origin(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|it| it.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    match (text("origin"), text("host")) {
        (Some(origin), Some(host)) => origin.split_once("://").is_some_and(|(_, authority)| authority == host),
        _ => true,
    }
}

/// Headers that make browsers careful with our pages.
pub(super) async fn careful(request: Request, next: Next) -> Response {
    let api = request.uri().path().starts_with("/api");
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(
        "permissions-policy",
        HeaderValue::from_static("geolocation=(self), camera=(self), microphone=()"),
    );
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(
        "default-src 'self'; img-src 'self' data: blob: https:; style-src 'self' 'unsafe-inline'; worker-src 'self' blob:; \
         connect-src 'self' https:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
    ));
    if api {
        headers
            .entry(header::CACHE_CONTROL)
            .or_insert(HeaderValue::from_static("no-store"));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_from_another_site_are_seen() {
        let headers = |pairs: &[(&'static str, &'static str)]| {
            pairs
                .iter()
                .map(|(k, v)| (k.parse().expect("name"), HeaderValue::from_static(v)))
                .collect::<HeaderMap>()
        };
        assert!(same_origin(&headers(&[("host", "a.cn")])));
        assert!(same_origin(&headers(&[("host", "a.cn"), ("origin", "https://a.cn")])));
        assert!(!same_origin(&headers(&[("host", "a.cn"), ("origin", "https://b.cn")])));
        assert!(!same_origin(&headers(&[("host", "a.cn"), ("origin", "null")])));
        assert!(!same_origin(&headers(&[
            ("sec-fetch-site", "cross-site"),
            ("origin", "https://a.cn"),
            ("host", "a.cn")
        ])));
        assert!(!same_origin(&headers(&[("sec-fetch-site", "same-site")])));
    }
}
