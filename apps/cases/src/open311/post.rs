//! `POST requests`: a report by an application that has shown its key.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use kernel::Kernel;
use kernel::auth::{Shown, User, resolve_key};
use kernel::error::{Error, Lang, Result, codes as kernel_codes};
use kernel::files::FileId;
use kernel::http::client_ip;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::ask::{Args, key, moment};
use super::doc::{Doc, Node};
use super::requests::requests;
use super::services::Desk;
use super::store::{self, Answers, Attribute, Datatype, Service};
use crate::codes;
use crate::intake::{self, Report, ReportPoint};
use crate::model::{MAX_PHOTOS, Source};
use crate::permissions::CASE_REPORT;
use crate::view::{ContactView, Receipt};

/// The largest request, photos included.
pub(super) const MOST_BYTES: usize = 64 * 1024 * 1024;
/// The largest form without photos.
const MOST_FORM: usize = 256 * 1024;
const MOST_PARTS: usize = 200;
const MOST_PHOTO: usize = 20 * 1024 * 1024;
const MOST_DESCRIPTION: usize = 4_000;
const MOST_URL: usize = 1_000;
/// A value of an attribute that is no list.
const MOST_VALUE: usize = 1_000;

/// The application whose key this is.
pub(super) async fn app(kernel: &Kernel, args: &Args, headers: &HeaderMap, ip: Option<&str>) -> Result<User> {
    let Some(key) = key(args, headers) else {
        return Err(Error::from(&codes::OPEN311_NO_KEY));
    };
    match resolve_key(kernel, key, ip).await? {
        Shown::Valid(user) if user.can(&CASE_REPORT) => Ok(user),
        Shown::Valid(_) | Shown::Invalid => Err(Error::from(&codes::OPEN311_BAD_KEY)),
        Shown::TooMany { seconds } => Err(kernel_codes::TOO_MANY.with("seconds", seconds)),
    }
}

/// Takes a request.
pub(super) async fn post(kernel: &Kernel, lang: Lang, request: Request) -> Result<Doc, Vec<Error>> {
    let desk = Desk::open(kernel).await.map_err(|it| vec![it])?;
    let (parts, body) = request.into_parts();
    let ip = client_ip(&parts, &kernel.config().http.trusted_proxies).map(|it| it.to_string());
    let headers = parts.headers.clone();
    let mut args = Args::of_query(&parts);
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|it| it.to_str().ok())
        .unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let request = Request::from_parts(parts, body);
    let (app, photos) = if kind == "multipart/form-data" {
        read_parts(kernel, request, &mut args, ip.as_deref())
            .await
            .map_err(|it| vec![it])?
    } else {
        read_form(request, &kind, &mut args).await.map_err(|it| vec![it])?;
        let app = app(kernel, &args, &headers, ip.as_deref())
            .await
            .map_err(|it| vec![it])?;
        (app, Vec::new())
    };
    let report = understand(&desk, lang, &args)?;
    take(&desk, &app, &headers, &args, report, photos)
        .await
        .map_err(|it| vec![it])
}

async fn read_form(request: Request, kind: &str, args: &mut Args) -> Result<()> {
    // A body of no kind, or of none that is a form, has no arguments; then the query's are all there are.
    if kind != "application/x-www-form-urlencoded" {
        return Ok(());
    }
    let bytes = Bytes::from_request(request, &())
        .await
        .map_err(|it| refused(it.status(), &it.body_text()))?;
    if bytes.len() > MOST_FORM {
        return Err(kernel_codes::TOO_LARGE.with("limit", "256 KB"));
    }
    args.extend(form_urlencoded::parse(&bytes).into_owned());
    Ok(())
}

/// Reads the parts of a form with photos. The key has to come before the first photo: nothing large is read for nobody.
async fn read_parts(
    kernel: &Kernel,
    request: Request,
    args: &mut Args,
    ip: Option<&str>,
) -> Result<(User, Vec<FileId>)> {
    let headers = request.headers().clone();
    let mut form = Multipart::from_request(request, &())
        .await
        .map_err(|it| refused(it.status(), &it.body_text()))?;
    let mut known: Option<User> = None;
    let mut photos = Vec::new();
    let (mut count, mut small) = (0, 0);
    while let Some(mut field) = form.next_field().await.map_err(broken)? {
        count += 1;
        let name = field.name().unwrap_or_default().to_owned();
        let file = field.file_name().map(str::to_owned);
        let most = if file.is_some() { MOST_PHOTO } else { MOST_FORM - small };
        if file.is_some() && known.is_none() {
            known = Some(app(kernel, args, &headers, ip).await?);
        }
        let bytes = read_part(&mut field, most).await?;
        match (file, &known) {
            // A form of a page sends an empty file where none was chosen.
            (Some(_), _) if bytes.is_empty() => {}
            (Some(file), Some(user)) => {
                if photos.len() == MAX_PHOTOS {
                    return Err(codes::OPEN311_TOO_MANY.with("max", MAX_PHOTOS));
                }
                let id: FileId = kernel.id();
                kernel.files().keep(kernel, user, id, &file, bytes).await?;
                photos.push(id);
            }
            _ => {
                small += bytes.len();
                args.push(&name, String::from_utf8_lossy(&bytes).into_owned());
            }
        }
        if count > MOST_PARTS {
            return Err(codes::OPEN311_TOO_MANY.with("max", MOST_PARTS));
        }
    }
    match known {
        Some(user) => Ok((user, photos)),
        None => Ok((app(kernel, args, &headers, ip).await?, photos)),
    }
}

async fn read_part(field: &mut Field<'_>, most: usize) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(broken)? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > most {
            return Err(kernel_codes::TOO_LARGE.with("limit", format!("{} KB", most / 1024)));
        }
    }
    Ok(bytes)
}

#[expect(clippy::needless_pass_by_value, reason = "`map_err` calls it with what it has")]
fn broken(error: MultipartError) -> Error {
    refused(error.status(), &error.body_text())
}

fn refused(status: StatusCode, why: &str) -> Error {
    if status == StatusCode::PAYLOAD_TOO_LARGE {
        return kernel_codes::TOO_LARGE.with("limit", format!("{} MB", MOST_BYTES / 1024 / 1024));
    }
    kernel_codes::MALFORMED.with("why", why)
}

/// A request that can be taken.
struct Taken {
    service: String,
    report: Report,
    attributes: Answers,
    media_url: Option<String>,
    notice: Option<String>,
}

/// The report that the arguments make, or all that is wrong with them.
fn understand(desk: &Desk, lang: Lang, args: &Args) -> Result<Taken, Vec<Error>> {
    let mut wrong = Vec::new();
    wrong.extend(desk.check_jurisdiction(args.get("jurisdiction_id")).err());
    let service = match args.get("service_code") {
        None => {
            wrong.push(Error::from(&codes::OPEN311_NO_SERVICE));
            None
        }
        Some(code) => {
            let found = desk.service(code);
            if found.is_none() {
                wrong.push(codes::OPEN311_SERVICE_UNKNOWN.with("value", code));
            }
            found
        }
    };
    let point = point(args, &mut wrong);
    let (address, address_id) = (args.get("address_string"), args.get("address_id"));
    let area = address_id.and_then(|it| desk.atlas.area(it));
    if let Some(id) = address_id.filter(|_| area.is_none()) {
        wrong.push(codes::OPEN311_ADDRESS_UNKNOWN.with("value", id));
    }
    let half = args.get("lat").is_some() || args.get("long").is_some();
    if point.is_none() && address.is_none() && address_id.is_none() && !half {
        wrong.push(Error::from(&codes::OPEN311_NO_PLACE));
    }
    let description = args.get("description");
    if description.is_some_and(|it| it.chars().count() > MOST_DESCRIPTION) {
        wrong.push(
            codes::OPEN311_LENGTH
                .with("name", "description")
                .with("max", MOST_DESCRIPTION),
        );
    }
    let media_url = args.get("media_url");
    let is_address = |it: &str| {
        let scheme = it.starts_with("http://") || it.starts_with("https://");
        scheme && it.len() <= MOST_URL && !it.chars().any(char::is_whitespace)
    };
    if media_url.is_some_and(|it| !is_address(it)) {
        wrong.push(Error::from(&codes::OPEN311_MEDIA));
    }
    let attributes = service
        .map(|it| answers(it, &args.attributes(), &mut wrong))
        .unwrap_or_default();
    let Some(service) = service.filter(|_| wrong.is_empty()) else {
        return Err(wrong);
    };
    let name = [args.get("last_name"), args.get("first_name")];
    // Chinese names are written without a blank between.
    let plain = |it: &str| it.is_ascii();
    let gap = if name.iter().flatten().any(|it| plain(it)) {
        " "
    } else {
        ""
    };
    let order = if gap.is_empty() { name } else { [name[1], name[0]] };
    let name = order.into_iter().flatten().collect::<Vec<_>>().join(gap);
    // A place in words alone is somewhere in the district: who accepts the report finds out where.
    let anywhere = || desk.atlas.district().map(|it| it.code.clone());
    let report = Report {
        id: None,
        source: Source::Resident,
        class: Some(service.class.clone()),
        // A description is not asked for, and one of a single character says nothing.
        description: description
            .filter(|it| it.chars().count() > 1)
            .map_or_else(|| desk.name(service, lang), str::to_owned),
        place: address.map(str::to_owned),
        point,
        area: area
            .map(|it| it.code.clone())
            .or_else(|| if point.is_none() { anywhere() } else { None }),
        component: None,
        photos: Vec::new(),
        contact: Some(ContactView {
            name: Some(name).filter(|it| !it.is_empty()),
            phone: args.get("phone").map(str::to_owned),
        }),
        anonymous: false,
    };
    Ok(Taken {
        service: service.code.clone(),
        report,
        attributes,
        media_url: media_url.map(str::to_owned),
        notice: service.notice.clone(),
    })
}

fn point(args: &Args, wrong: &mut Vec<Error>) -> Option<ReportPoint> {
    let mut degrees = |name: &'static str, most: f64| {
        let text = args.get(name)?;
        let read = text.parse::<f64>().ok().filter(|it| (-most..=most).contains(it));
        if read.is_none() {
            wrong.push(codes::OPEN311_DEGREES.with("name", name).with("value", text));
        }
        read
    };
    let (lat, long) = (degrees("lat", 90.0), degrees("long", 180.0));
    if args.get("lat").is_some() != args.get("long").is_some() {
        wrong.push(Error::from(&codes::OPEN311_HALF_POINT));
    }
    let (lng, lat) = (long?, lat?);
    Some(ReportPoint { lng, lat, crs: None })
}

/// The answers to what the service asks. What it does not ask is not kept.
fn answers(service: &Service, given: &BTreeMap<&str, Vec<&str>>, wrong: &mut Vec<Error>) -> Answers {
    let mut all = Vec::new();
    for asked in service.attributes.iter().filter(|it| it.variable) {
        let code = asked.code.as_str();
        match given.get(code) {
            None if asked.required => wrong.push(codes::OPEN311_ATTRIBUTE_MISSING.with("code", code)),
            None => {}
            Some(values) if fits(asked, values) => {
                all.push((code.to_owned(), values.iter().map(|it| (*it).to_owned()).collect()));
            }
            Some(values) => {
                let error = codes::OPEN311_ATTRIBUTE
                    .with("code", code)
                    .with("value", values.join(", "));
                wrong.push(error.with("datatype", asked.datatype.as_str()));
            }
        }
    }
    all
}

fn fits(asked: &Attribute, values: &[&str]) -> bool {
    let single = asked.datatype != Datatype::MultiValueList;
    if (single && values.len() > 1) || values.iter().any(|it| it.chars().count() > MOST_VALUE) {
        return false;
    }
    let fits = |value: &str| match asked.datatype {
        Datatype::String => !value.contains('\n'),
        Datatype::Number => value.parse::<f64>().is_ok_and(f64::is_finite),
        Datatype::Datetime => moment(value).is_some(),
        Datatype::Text => true,
        Datatype::SingleValueList | Datatype::MultiValueList => asked.values.iter().any(|it| it.key == value),
    };
    values.iter().all(|it| fits(it))
}

/// An id of the application's own makes a second try the same request.
fn idempotency(app: &User, headers: &HeaderMap) -> Option<Uuid> {
    let given = headers
        .get("idempotency-key")
        .filter(|it| !it.is_empty() && it.len() <= 200)?;
    let mut digest = Sha256::new();
    digest.update(app.id.to_string());
    digest.update(given.as_bytes());
    let bytes: [u8; 16] = digest.finalize().first_chunk().copied()?;
    Some(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

async fn take(
    desk: &Desk,
    app: &User,
    headers: &HeaderMap,
    args: &Args,
    taken: Taken,
    photos: Vec<FileId>,
) -> Result<Doc> {
    let mut work = desk.kernel.work(app).await?;
    let id = idempotency(app, headers);
    let first: Option<Receipt> = work.first_answer(id, &args.fingerprint()).await?;
    let receipt = match first {
        Some(first) => first,
        None => {
            let report = Report { photos, ..taken.report };
            let receipt = intake::report(&mut work, report).await?;
            let media = taken.media_url.as_deref();
            store::insert_request(&mut work, receipt.id, &taken.service, app.id, &taken.attributes, media).await?;
            work.answer(receipt).await?
        }
    };
    Ok(requests(vec![Node::Fields(vec![
        ("service_request_id", Node::text(receipt.number)),
        ("service_notice", Node::maybe(taken.notice)),
        ("account_id", Node::Nothing),
    ])]))
}
