//! What a link opens: one case on a plain page, where the body outside receives it, sends it back, or reports it done.
//!
//! The token comes in a header and never in an address, so that no log and no proxy keeps it.

use axum::extract::State as AppState;
use axum::http::request::Parts;
use axum::response::Response;
use grid::api::atlas;
use kernel::Kernel;
use kernel::Time;
use kernel::auth::{User, machine, not_found};
use kernel::db::Tx;
use kernel::error::{Error, Result, codes as kernel_codes};
use kernel::files::{self, FileId, FileView, SizeQuery};
use kernel::http::{Form, Json, Path, Query, client_ip};
use serde::{Deserialize, Serialize};
use standards::Light;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{digest, lies_with, store};
use crate::catalogue::catalogue;
use crate::flow::FLOW;
use crate::model::{Action, Case, MoveInput, State};
use crate::view::{AreaView, Named, Names, PointView, Receipt, StandardName, light_schema};
use crate::{codes, moves};

/// The header that carries the token.
const HEADER: &str = "x-outside-link";
/// The most photos that one link takes, tried ones included.
const MOST_UPLOADS: i64 = 40;
/// What a body does by link.
const ACTS: [Action; 3] = [Action::Receive, Action::Return, Action::Handle];

/// Somebody who came by a link.
struct Visit {
    link: store::Link,
    case: Case,
    user: User,
}

impl Visit {
    /// Whether the case still waits for this link's answer.
    fn waits(&self) -> bool {
        lies_with(&self.case, &self.link.body) && self.link.answered_at.is_none()
    }
}

/// Whom a token lets in, and to which case.
async fn visit(kernel: &Kernel, tx: &mut Tx, parts: &Parts) -> Result<Visit> {
    let token = parts.headers.get(HEADER).and_then(|it| it.to_str().ok());
    let token = token.ok_or_else(|| Error::from(&codes::LINK_UNKNOWN))?;
    let link = store::link_of(tx, &digest(token)).await?;
    let link = link.ok_or_else(|| Error::from(&codes::LINK_UNKNOWN))?;
    let ended = || Error::from(&codes::LINK_ENDED);
    if link.revoked_at.is_some() || link.ended_at.is_some() || link.expires_at <= kernel.now() {
        return Err(ended());
    }
    let case = crate::store::find(tx, link.case_id).await?.ok_or_else(ended)?;
    let outside = store::body(tx, &link.body).await?.ok_or_else(ended)?;
    let mut user = machine(tx, outside.account).await?.ok_or_else(ended)?;
    user.ip = client_ip(parts, &kernel.config().http.trusted_proxies).map(|it| it.to_string());
    Ok(Visit { link, case, user })
}

/// A case as a body outside sees it: nothing of who reported it.
#[derive(Serialize, ToSchema)]
pub(super) struct OutsideCase {
    number: String,
    state: State,
    class: Option<Named>,
    standard: Option<StandardName>,
    description: String,
    place: Option<String>,
    area: AreaView,
    point: Option<PointView>,
    photos: Vec<FileId>,
    body: Named,
    reported_at: Time,
    due_at: Option<Time>,
    #[schema(schema_with = light_schema)]
    light: Option<Light>,
    /// What can be done now: `receive`, `return`, `handle`.
    moves: Vec<Action>,
    /// When the body has answered, and what.
    answered_at: Option<Time>,
    answer: Option<Action>,
    /// When the link ends.
    expires_at: Time,
    /// Counts the moves; a move names the one that was looked at.
    version: i64,
}

/// Look at the case that a link opens. The token is sent in the header `X-Outside-Link`.
#[utoipa::path(get, path = "/api/outside/case", tag = "cases", params(("X-Outside-Link" = Option<String>, Header, description = "The link's token, behind its `#`")), responses((status = 200, body = OutsideCase)))]
pub(super) async fn outside_case(AppState(kernel): AppState<Kernel>, parts: Parts) -> Result<Json<OutsideCase>> {
    let mut tx = kernel.read().await?;
    let visit = visit(&kernel, &mut tx, &parts).await?;
    let photos = crate::store::photos(&mut tx, visit.case.id).await?;
    drop(tx);
    let mut work = kernel.work(&visit.user).await?;
    let now = work.now();
    store::opened(&mut work, visit.link.id, now).await?;
    if visit.link.opened_at.is_none() {
        let facts = serde_json::json!({ "case": visit.case.id, "number": visit.case.number });
        work.audit("cases.outside_opened", visit.link.id, facts).await?;
    }
    work.commit().await?;
    let (atlas, catalogue) = (atlas(&kernel)?, catalogue(&kernel)?);
    let names = Names {
        atlas: &atlas,
        catalogue: &catalogue,
        now,
    };
    let open = FLOW.open(visit.case.state, &visit.user).map(|it| it.action);
    let moves = open.filter(|it| visit.waits() && ACTS.contains(it)).collect();
    let case = &visit.case;
    Ok(Json(OutsideCase {
        moves,
        number: case.number.clone(),
        state: case.state,
        class: case.class.as_deref().map(|it| names.class(it)),
        standard: case
            .standard
            .and_then(|it| catalogue.standard(it))
            .map(StandardName::from),
        description: case.description.clone(),
        place: case.place.clone(),
        area: names.area(&case.area),
        point: case.lng.zip(case.lat).map(|(lng, lat)| PointView { lng, lat }),
        photos: photos.into_iter().map(|it| it.file).collect(),
        body: names.body(&visit.link.body),
        reported_at: case.reported_at,
        due_at: case.due_at.filter(|_| visit.waits()),
        light: case.light(now).filter(|_| visit.waits()),
        answered_at: visit.link.answered_at,
        answer: visit.link.answer,
        expires_at: visit.link.expires_at,
        version: case.version,
    }))
}

/// What a body outside does.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OutsideMove {
    /// Made by the client: the same move with the same id again changes nothing and gets the first answer.
    id: Option<Uuid>,
    /// The version of the case that was looked at.
    version: i64,
    /// `receive`, `return` or `handle`.
    action: Action,
    /// The reason or the result.
    #[schema(max_length = 2000)]
    note: Option<String>,
    /// Photos, sent before.
    #[serde(default)]
    #[schema(max_items = 9)]
    photos: Vec<FileId>,
}

/// Receive the case, send it back with a reason, or report it as handled.
#[utoipa::path(post, path = "/api/outside/moves", tag = "cases", params(("X-Outside-Link" = Option<String>, Header, description = "The link's token")), request_body = OutsideMove, responses((status = 200, body = Receipt)))]
pub(super) async fn outside_move(
    AppState(kernel): AppState<Kernel>,
    parts: Parts,
    Json(input): Json<OutsideMove>,
) -> Result<Json<Receipt>> {
    let seen = visit(&kernel, &mut kernel.read().await?, &parts).await?;
    let mut work = kernel.work(&seen.user).await?;
    if let Some(first) = work.first_answer(input.id, &(seen.link.id, &input)).await? {
        return Ok(Json(first));
    }
    // Looked at again within the work: the link may have been revoked meanwhile.
    let visit = visit(&kernel, &mut work, &parts).await?;
    if !ACTS.contains(&input.action) {
        return Err(Error::field("action", &kernel_codes::NOT_ALLOWED));
    }
    if !visit.waits() {
        return Err(Error::from(&codes::LINK_ENDED));
    }
    let now = work.now();
    let given = MoveInput {
        id: input.id,
        note: input.note,
        photos: input.photos,
        ..MoveInput::new(input.action, input.version)
    };
    let receipt = moves::make(&mut work, visit.case, &given).await?;
    store::acted(&mut work, visit.link.id, input.action, now).await?;
    work.answer(receipt).await.map(Json)
}

/// See a photo of the case that a link opens.
#[utoipa::path(get, path = "/api/outside/photos/{file}", tag = "cases", params(("file" = FileId, Path), SizeQuery, ("X-Outside-Link" = Option<String>, Header, description = "The link's token")), responses((status = 200, content_type = "image/jpeg", body = Vec<u8>)))]
pub(super) async fn outside_photo(
    AppState(kernel): AppState<Kernel>,
    parts: Parts,
    Path(file): Path<FileId>,
    Query(query): Query<SizeQuery>,
) -> Result<Response> {
    let mut tx = kernel.read().await?;
    let visit = visit(&kernel, &mut tx, &parts).await?;
    if !crate::store::has_photo(&mut tx, visit.case.id, file).await? {
        return Err(not_found());
    }
    drop(tx);
    files::reply(&kernel, file, query.size).await
}

/// Send a photo of the work, to be named by a move.
#[utoipa::path(post, path = "/api/outside/photos", tag = "cases", params(("X-Outside-Link" = Option<String>, Header, description = "The link's token")), request_body(content = files::Upload, content_type = "multipart/form-data"), responses((status = 200, body = FileView)))]
pub(super) async fn outside_upload(
    AppState(kernel): AppState<Kernel>,
    parts: Parts,
    Form(form): Form,
) -> Result<Json<FileView>> {
    let visit = visit(&kernel, &mut kernel.read().await?, &parts).await?;
    let mut work = kernel.work(&visit.user).await?;
    if !visit.waits() || !store::upload(&mut work, visit.link.id, MOST_UPLOADS).await? {
        return Err(Error::from(&codes::LINK_ENDED));
    }
    work.commit().await?;
    files::receive(&kernel, &visit.user, form).await.map(Json)
}
