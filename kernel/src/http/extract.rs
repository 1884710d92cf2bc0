//! Extractors whose refusals are problems in the user's language, naming the field.

use std::net::{IpAddr, SocketAddr};

use axum::Json as AxumJson;
use axum::extract::multipart::MultipartError;
use axum::extract::{ConnectInfo, FromRequest, FromRequestParts, Multipart, Request};
use axum::http::StatusCode;
use axum::http::header::ACCEPT_LANGUAGE;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::auth::User;
use crate::error::{Error, Fields, Lang, codes};

/// A part of a form: a field, or a file with its name.
pub struct FormPart {
    /// The field's name.
    pub name: String,
    /// The file's name; `file` where the sender gave none.
    pub file: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

impl FormPart {
    /// A field's text, without blanks around it.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).trim().to_owned()
    }
}

/// All parts of a form, held in memory; `most` is how many bytes the address takes, for the refusal.
pub async fn form_parts(mut form: Multipart, most: usize) -> Result<Vec<FormPart>, Error> {
    let unreadable = |error: MultipartError| {
        if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
            return codes::TOO_LARGE.with("limit", format!("{} MB", most / 1024 / 1024));
        }
        codes::MALFORMED.with("why", error.body_text())
    };
    let mut parts = Vec::new();
    while let Some(part) = form.next_field().await.map_err(unreadable)? {
        parts.push(FormPart {
            name: part.name().unwrap_or_default().to_owned(),
            file: part.file_name().unwrap_or("file").to_owned(),
            bytes: part.bytes().await.map_err(unreadable)?.to_vec(),
        });
    }
    Ok(parts)
}

/// A JSON body, in or out. Bad JSON is a 400, a wrong or unknown field a 422 that names it.
pub struct Json<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let bytes = axum::body::Bytes::from_request(request, state)
            .await
            .map_err(|rejection| {
                if rejection.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
                    codes::TOO_LARGE.with("limit", "2 MB")
                } else {
                    codes::MALFORMED.with("why", rejection.body_text())
                }
            })?;
        let mut reader = serde_json::Deserializer::from_slice(&bytes);
        let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
            let path = error.path().to_string();
            let why = error.into_inner();
            if why.is_data() {
                bad_field(&path, &why.to_string())
            } else {
                codes::MALFORMED.with("why", why.to_string())
            }
        })?;
        reader
            .end()
            .map_err(|why| codes::MALFORMED.with("why", why.to_string()))?;
        Ok(Self(value))
    }
}

fn bad_field(path: &str, why: &str) -> Error {
    let mut fields = Fields::new();
    let missing = why
        .strip_prefix("missing field `")
        .and_then(|rest| rest.split('`').next());
    match missing {
        Some(name) if path == "." => fields.refuse(name, &codes::REQUIRED),
        Some(name) => fields.refuse(format!("{path}.{name}"), &codes::REQUIRED),
        None => fields.refuse_with(
            path,
            &codes::FORMAT,
            &[("why", why.split(" at line").next().unwrap_or(why))],
        ),
    };
    fields.done().err().unwrap_or_else(|| Error::from(&codes::INVALID))
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        AxumJson(self.0).into_response()
    }
}

/// A form with files in it. One that is none is a 400.
pub struct Form(pub Multipart);

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let form = Multipart::from_request(request, state).await;
        form.map(Self)
            .map_err(|rejection| codes::MALFORMED.with("why", rejection.body_text()))
    }
}

/// The query string; a wrong value is a 422.
pub struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        // axum's own extractor reads the same format but tells neither the field nor the reason in a form to pass on.
        let query = parts.uri.query().unwrap_or_default();
        let pairs = form_urlencoded::parse(query.as_bytes()).filter(|(_, value)| !value.is_empty());
        let mut serializer = form_urlencoded::Serializer::new(String::new());
        serializer.extend_pairs(pairs);
        let cleaned = serializer.finish();
        let reader = serde_urlencoded::Deserializer::new(form_urlencoded::parse(cleaned.as_bytes()));
        match serde_path_to_error::deserialize(reader) {
            Ok(value) => Ok(Self(value)),
            Err(error) => Err(bad_field(&error.path().to_string(), &error.inner().to_string())),
        }
    }
}

/// A part of the path; what cannot be one of our ids or codes is not found.
pub struct Path<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        match axum::extract::Path::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            Err(_) => Err(Error::from(&codes::NOT_FOUND)),
        }
    }
}

/// The user, known since the guard let the request through.
impl<S: Send + Sync> FromRequestParts<S> for User {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(|| Error::from(&codes::UNAUTHENTICATED))
    }
}

/// The language that the client asks for.
pub struct Accepts(pub Lang);

impl<S: Send + Sync> FromRequestParts<S> for Accepts {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        let header = parts.headers.get(ACCEPT_LANGUAGE).and_then(|it| it.to_str().ok());
        Ok(Self(Lang::from_header(header)))
    }
}

/// The address that a request comes from. Behind proxies that are named in the configuration the last address that
/// none of them is answers; a header set by the client itself is never believed.
pub fn client_ip(parts: &Parts, trusted: &[IpAddr]) -> Option<IpAddr> {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|it| it.0.ip())?;
    if !trusted.contains(&peer) {
        return Some(peer);
    }
    let forwarded = parts
        .headers
        .get("x-forwarded-for")
        .and_then(|it| it.to_str().ok())
        .unwrap_or_default();
    let addresses = forwarded.rsplit(',').map_while(|it| it.trim().parse::<IpAddr>().ok());
    Some(addresses.into_iter().find(|it| !trusted.contains(it)).unwrap_or(peer))
}
