//! The public operations. Whatever goes wrong, the answer is a list of errors in the format that was asked for.

use axum::extract::{Path, Request, State as AppState};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kernel::Kernel;
use kernel::auth::UserId;
use kernel::error::{Error, Lang, Result};
use kernel::http::client_ip;
use utoipa::{IntoParams, ToSchema};

use super::ask::{Args, Manner, base, key};
use super::doc::{Doc, Node};
use super::post;
use super::requests::{self, local};
use super::services::Desk;
use crate::codes;

/// The documents of discovery.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "names the addresses in OpenAPI; the handler reads the last part itself"
)]
enum Discovery {
    #[schema(rename = "discovery.xml")]
    Xml,
    #[schema(rename = "discovery.json")]
    Json,
}

/// The lists.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "names the addresses in OpenAPI; the handler reads the last part itself"
)]
enum Listed {
    #[schema(rename = "services.xml")]
    ServicesXml,
    #[schema(rename = "services.json")]
    ServicesJson,
    #[schema(rename = "requests.xml")]
    RequestsXml,
    #[schema(rename = "requests.json")]
    RequestsJson,
}

/// Where requests are sent.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "names the addresses in OpenAPI; the handler reads the last part itself"
)]
enum Posted {
    #[schema(rename = "requests.xml")]
    Xml,
    #[schema(rename = "requests.json")]
    Json,
}

/// What there is one of.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "names the addresses in OpenAPI; the handler reads the part itself"
)]
enum Kind {
    #[schema(rename = "services")]
    Services,
    #[schema(rename = "requests")]
    Requests,
    #[schema(rename = "tokens")]
    Tokens,
}

/// The arguments of the lists; an empty one is as good as none.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(
    dead_code,
    reason = "describes the arguments in OpenAPI; the handler reads them itself"
)]
struct ListQuery {
    /// Whose server is meant; another's is a 404.
    jurisdiction_id: Option<String>,
    /// Requests: these, with commas between. All other arguments are then left aside.
    service_request_id: Option<String>,
    /// Requests: of these services, with commas between.
    service_code: Option<String>,
    /// Requests: reported at this moment or later; with `end_date` at most 90 days apart.
    start_date: Option<String>,
    /// Requests: reported at this moment or earlier.
    end_date: Option<String>,
    /// Requests: `open`, `closed` or both with a comma between.
    status: Option<String>,
    /// Requests: which page, from 1.
    page: Option<String>,
    /// Requests: how many on a page, 1,000 at most and if not said.
    page_size: Option<String>,
    /// Requests: `true` adds `extended_attributes` and `attributes`.
    extensions: Option<String>,
}

/// A request as it is sent.
#[derive(ToSchema)]
#[schema(as = Open311Request)]
#[expect(dead_code, reason = "describes the form in OpenAPI; the handler reads it itself")]
struct Form {
    /// The application's key; a bearer token does as well.
    api_key: Option<String>,
    jurisdiction_id: Option<String>,
    service_code: Option<String>,
    /// WGS 84; with `long`.
    lat: Option<String>,
    /// WGS 84; with `lat`.
    long: Option<String>,
    /// The place in words.
    address_string: Option<String>,
    /// The place as an area's code.
    address_id: Option<String>,
    description: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    phone: Option<String>,
    /// Written down, not fetched.
    media_url: Option<String>,
}

/// Find the endpoint of GeoReport v2.
#[utoipa::path(get, path = "/open311/{document}", tag = "open311", params(("document" = inline(Discovery), Path)),
    responses((status = 200, content((String = "text/xml"), (serde_json::Value = "application/json"))), (status = 404, content((String = "text/xml"), (serde_json::Value = "application/json")))))]
pub(super) async fn open311_discovery(
    AppState(kernel): AppState<Kernel>,
    Path(document): Path<String>,
    headers: HeaderMap,
) -> Response {
    let (manner, name) = Manner::of(&document, &headers);
    let doc = async {
        if name != "discovery" {
            return Err(codes::OPEN311_NOTHING.with("value", name));
        }
        let desk = Desk::open(&kernel).await?;
        Ok(discovery(&desk, manner.lang, &headers))
    };
    answer(manner, doc.await.map_err(|it| vec![it]))
}

/// List services or requests, by GeoReport v2.
#[utoipa::path(get, path = "/open311/v2/{list}", tag = "open311", params(("list" = inline(Listed), Path), ListQuery),
    responses((status = 200, content((String = "text/xml"), (serde_json::Value = "application/json"))), (status = 400, content((String = "text/xml"), (serde_json::Value = "application/json"))),
    (status = 404, content((String = "text/xml"), (serde_json::Value = "application/json")))))]
pub(super) async fn open311_list(
    AppState(kernel): AppState<Kernel>,
    Path(last): Path<String>,
    parts: Parts,
) -> Response {
    let (manner, name) = Manner::of(&last, &parts.headers);
    let args = Args::of_query(&parts);
    let doc = async {
        let desk = enter(&kernel, &args).await?;
        match name {
            "services" => Ok(desk.list(manner.lang)),
            "requests" => requests::list(&desk, manner.lang, &args, asking(&kernel, &args, &parts).await).await,
            _ => Err(vec![codes::OPEN311_NOTHING.with("value", name)]),
        }
    };
    answer(manner, doc.await)
}

/// Report by GeoReport v2; photos may come along as files of a multipart form, after the key. With the header
/// `Idempotency-Key` a second try is the same request.
#[utoipa::path(post, path = "/open311/v2/{list}", tag = "open311", params(("list" = inline(Posted), Path)),
    request_body(content((Form = "application/x-www-form-urlencoded"), (Form = "multipart/form-data"))),
    responses((status = 200, content((String = "text/xml"), (serde_json::Value = "application/json"))), (status = 400, content((String = "text/xml"), (serde_json::Value = "application/json"))),
    (status = 403, content((String = "text/xml"), (serde_json::Value = "application/json"))), (status = 404, content((String = "text/xml"), (serde_json::Value = "application/json")))))]
pub(super) async fn open311_post(
    AppState(kernel): AppState<Kernel>,
    Path(last): Path<String>,
    request: Request,
) -> Response {
    let (manner, name) = Manner::of(&last, request.headers());
    let doc = match name {
        "requests" => post::post(&kernel, manner.lang, request).await,
        _ => Err(vec![codes::OPEN311_NOTHING.with("value", name)]),
    };
    answer(manner, doc)
}

/// Look at one service definition, request or token, by GeoReport v2.
#[utoipa::path(get, path = "/open311/v2/{kind}/{id}", tag = "open311",
    params(("kind" = inline(Kind), Path), ("id" = String, Path, description = "with the suffix .xml or .json"), ("jurisdiction_id" = Option<String>, Query), ("extensions" = Option<String>, Query)),
    responses((status = 200, content((String = "text/xml"), (serde_json::Value = "application/json"))), (status = 400, content((String = "text/xml"), (serde_json::Value = "application/json"))),
    (status = 404, content((String = "text/xml"), (serde_json::Value = "application/json")))))]
pub(super) async fn open311_one(
    AppState(kernel): AppState<Kernel>,
    Path((kind, last)): Path<(String, String)>,
    parts: Parts,
) -> Response {
    let (manner, id) = Manner::of(&last, &parts.headers);
    let args = Args::of_query(&parts);
    let doc = async {
        let desk = enter(&kernel, &args).await?;
        let one = match kind.as_str() {
            "services" => desk.definition(id),
            "requests" => {
                let app = asking(&kernel, &args, &parts).await;
                requests::single(&desk, manner.lang, &args, app, id).await
            }
            "tokens" => requests::token(&desk, id).await,
            _ => Err(codes::OPEN311_NOTHING.with("value", format!("{kind}/{id}"))),
        };
        one.map_err(|it| vec![it])
    };
    answer(manner, doc.await)
}

async fn enter(kernel: &Kernel, args: &Args) -> Result<Desk, Vec<Error>> {
    let desk = Desk::open(kernel).await.map_err(|it| vec![it])?;
    desk.check_jurisdiction(args.get("jurisdiction_id"))
        .map_err(|it| vec![it])?;
    Ok(desk)
}

/// The application that reads. None need show a key, so one that is not right opens no more than none.
async fn asking(kernel: &Kernel, args: &Args, parts: &Parts) -> Option<UserId> {
    key(args, &parts.headers)?;
    let ip = client_ip(parts, &kernel.config().http.trusted_proxies).map(|it| it.to_string());
    let app = post::app(kernel, args, &parts.headers, ip.as_deref()).await;
    app.ok().map(|it| it.id)
}

fn discovery(desk: &Desk, lang: Lang, headers: &HeaderMap) -> Doc {
    let settings = &desk.stored.settings;
    let district = desk.atlas.district();
    let name = district.map(|it| lang.pick(&it.name, it.name_en.as_deref().unwrap_or(&it.name)));
    let centre = || {
        let of = lang.pick("网格化综合治理指挥中心", " grid governance centre");
        format!("{}{of}", name.unwrap_or_default())
    };
    let or = |text: &str| if text.is_empty() { centre() } else { text.to_owned() };
    let changed = local(desk, desk.stored.changed_at);
    let base = base(desk.kernel.config().http.public_url.as_deref(), headers);
    let formats = vec![Node::text("text/xml"), Node::text("application/json")];
    let endpoint = Node::Fields(vec![
        ("specification", Node::text("http://wiki.open311.org/GeoReport_v2")),
        ("url", Node::text(format!("{base}/open311/v2"))),
        ("changeset", Node::text(&changed)),
        (
            "type",
            Node::text(if desk.kernel.config().demo {
                "test"
            } else {
                "production"
            }),
        ),
        ("formats", Node::List("format", formats)),
    ]);
    Doc {
        root: "discovery",
        body: Node::Fields(vec![
            ("changeset", Node::text(changed)),
            ("contact", Node::text(or(&settings.contact))),
            ("key_service", Node::text(or(&settings.key_service))),
            ("endpoints", Node::List("endpoint", vec![endpoint])),
        ]),
    }
}

/// Writes what was found, or what is wrong.
fn answer(manner: Manner, doc: Result<Doc, Vec<Error>>) -> Response {
    let (status, doc) = match doc {
        Ok(doc) => (StatusCode::OK, doc),
        Err(errors) => refusal(manner.lang, &errors),
    };
    let mut response = (status, doc.write(manner.format)).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(manner.format.content_type()),
    );
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(header::VARY, HeaderValue::from_static("Accept, Accept-Language"));
    response
}

/// The errors, and the status of the first: GeoReport knows 404 for what is not there, 403 for keys, and 400.
fn refusal(lang: Lang, errors: &[Error]) -> (StatusCode, Doc) {
    let mut all = Vec::new();
    let mut first = None;
    for error in errors {
        let status = match error.code().status {
            status @ (403 | 404) => status,
            _ => 400,
        };
        first.get_or_insert(status);
        if let Some(source) = error.source() {
            tracing::error!(code = error.code().code, source = %format!("{source:?}"), "Open311 request failed");
        }
        for text in texts(error, lang) {
            let fields = vec![("code", Node::Whole(status.into())), ("description", Node::text(text))];
            all.push(Node::Fields(fields));
        }
    }
    let status = StatusCode::from_u16(first.unwrap_or(400)).unwrap_or(StatusCode::BAD_REQUEST);
    let doc = Doc {
        root: "errors",
        body: Node::List("error", all),
    };
    (status, doc)
}

/// An error in words; of one that names fields, each, by the name that GeoReport has for it.
fn texts(error: &Error, lang: Lang) -> Vec<String> {
    let problem = error.problem(lang, "");
    let fields = problem["fields"].as_array().map(Vec::as_slice).unwrap_or_default();
    if fields.is_empty() {
        return vec![error.text(lang)];
    }
    let text = |it: &serde_json::Value| {
        let field = match it["field"].as_str().unwrap_or_default() {
            "point" | "point.lng" | "point.lat" => "lat, long",
            "place" => "address_string",
            "area" => "address_id",
            "contact.name" => "first_name, last_name",
            "contact.phone" => "phone",
            "photos" => "media",
            other => other,
        };
        format!("{field}: {}", it["detail"].as_str().unwrap_or_default())
    };
    fields.iter().map(text).collect()
}
