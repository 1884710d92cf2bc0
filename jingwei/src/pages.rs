//! The built pages inside the program: each file under its name, and the one page of the console for every other address.

use std::borrow::Cow;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn};
use axum::response::{Html, IntoResponse, Response};
use kernel::http::Pages;
use rust_embed::{EmbeddedFile, RustEmbed};

/// What `npm run build` made. A debug build reads the folder at run time, so pages can be built anew beside it.
#[derive(RustEmbed)]
#[folder = "../web/dist"]
#[allow_missing = true]
struct Dist;

const INDEX: &str = "index.html";

/// Shown where the program was built before its pages were.
const NOT_BUILT: &str = include_str!("pages/not-built.html");

/// Answers for addresses outside the API.
pub(crate) fn pages() -> Pages {
    Arc::new(answer)
}

fn answer(uri: &Uri) -> Response {
    let path = uri.path().trim_start_matches('/');
    if let Some(file) = Dist::get(path).filter(|_| !path.is_empty()) {
        return page(path, file);
    }
    // A name with an ending is a file that is not there; every other address is one of the console's own.
    if path.rsplit('/').next().is_some_and(|name| name.contains('.')) {
        return (StatusCode::NOT_FOUND, "404\n").into_response();
    }
    match Dist::get(INDEX) {
        Some(file) => page(INDEX, file),
        None => (StatusCode::NOT_FOUND, Html(NOT_BUILT)).into_response(),
    }
}

fn page(path: &str, file: EmbeddedFile) -> Response {
    let bytes = match file.data {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => Bytes::from(bytes),
    };
    // What lies in `assets/` carries a digest in its name: another content has another name.
    let cache = if path.starts_with("assets/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let digest: String = file
        .metadata
        .sha256_hash()
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let mut response = Response::new(Body::from(bytes));
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    if let Ok(kind) = HeaderValue::from_str(&with_charset(file.metadata.mimetype())) {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    // Weak, since the same page goes out compressed or not.
    if let Ok(tag) = HeaderValue::from_str(&format!("W/\"{digest}\"")) {
        headers.insert(header::ETAG, tag);
    }
    response
}

/// Texts are UTF-8 here; a browser that is not told would guess.
fn with_charset(kind: &str) -> Cow<'_, str> {
    if kind.starts_with("text/") {
        Cow::Owned(format!("{kind}; charset=utf-8"))
    } else {
        Cow::Borrowed(kind)
    }
}

/// Tells a browser that has a page already so, instead of sending it again.
pub(crate) fn not_modified(router: Router) -> Router {
    router.layer(from_fn(compare_tags))
}

async fn compare_tags(request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let held = request.headers().get(header::IF_NONE_MATCH).filter(|_| reads).cloned();
    let mut response = next.run(request).await;
    let (Some(held), Some(tag)) = (held, response.headers().get(header::ETAG)) else {
        return response;
    };
    if response.status() == StatusCode::OK && names(held.to_str().unwrap_or_default(), tag.to_str().unwrap_or_default())
    {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        *response.body_mut() = Body::empty();
        response.headers_mut().remove(header::CONTENT_LENGTH);
        response.headers_mut().remove(header::CONTENT_ENCODING);
    }
    response
}

/// Whether a list of tags names this one; weak and strong are the same for reading.
fn names(list: &str, tag: &str) -> bool {
    let bare = |it: &str| it.trim().trim_start_matches("W/").to_owned();
    list.trim() == "*" || list.split(',').any(|it| bare(it) == bare(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_found_in_a_list() {
        assert!(names("\"a\", W/\"b\"", "W/\"b\""));
        assert!(names("\"b\"", "W/\"b\""));
        assert!(names("*", "W/\"b\""));
        assert!(!names("\"ab\"", "W/\"b\""));
        assert!(!names("", "W/\"b\""));
    }

    #[test]
    fn a_missing_file_is_not_answered_with_the_console() {
        assert_eq!(
            answer(&Uri::from_static("/assets/gone-123.js")).status(),
            StatusCode::NOT_FOUND
        );
        assert_eq!(
            answer(&Uri::from_static("/../Cargo.toml")).status(),
            StatusCode::NOT_FOUND
        );
    }
}
