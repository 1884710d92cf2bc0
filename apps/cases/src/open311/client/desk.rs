//! The desk of other servers: which body has which, and the queue of what is on its way, with what is stuck and why.

use axum::extract::State as AppState;
use grid::api::{Atlas, atlas};
use kernel::auth::{User, not_found};
use kernel::db::{Json as JsonText, Tx};
use kernel::error::{Error, Fields, Result, codes as kernel_codes};
use kernel::http::{Json, Path, Query};
use kernel::page::{Page, PageQuery};
use kernel::{Kernel, Time, hooks};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::store::{self, Mapping, Part, Sending, SendingState, Server};
use super::wire::{RemoteService, Wire};
use super::{SendingId, make_account};
use crate::catalogue::catalogue;
use crate::codes;
use crate::model::CaseId;
use crate::permissions::CASE_OUTSIDE;
use crate::view::{Named, Names};

const MOST_MAPPINGS: usize = 500;

/// A body's server and what lies with it.
#[derive(Serialize, ToSchema)]
#[schema(as = Open311Server)]
pub(in crate::open311) struct ServerView {
    body: Named,
    url: String,
    /// Whether a key is kept; it is shown to nobody.
    has_key: bool,
    jurisdiction: Option<String>,
    services: Vec<Mapping>,
    fallback: Option<String>,
    active: bool,
    /// On its way or looked after.
    open: i64,
    /// Of those, failing or stopped.
    trouble: i64,
    version: i64,
}

async fn views(kernel: &Kernel) -> Result<Vec<ServerView>> {
    let (atlas, catalogue) = (atlas(kernel)?, catalogue(kernel)?);
    let names = Names {
        atlas: &atlas,
        catalogue: &catalogue,
        now: kernel.now(),
    };
    let mut tx = kernel.read().await?;
    let counts = store::counts(&mut tx).await?;
    let view = |it: Server| {
        let (open, trouble) = counts
            .iter()
            .find(|row| row.0 == it.body)
            .map_or((0, 0), |row| (row.1, row.2));
        ServerView {
            body: names.body(&it.body),
            has_key: it.api_key.is_some(),
            url: it.url,
            jurisdiction: it.jurisdiction,
            services: it.services.0,
            fallback: it.fallback,
            active: it.active,
            open,
            trouble,
            version: it.version,
        }
    };
    Ok(store::servers(&mut tx).await?.into_iter().map(view).collect())
}

/// List the bodies that get their cases by Open311.
#[utoipa::path(get, path = "/api/open311/servers", tag = "open311", responses((status = 200, body = Vec<ServerView>)))]
pub(in crate::open311) async fn open311_servers(AppState(kernel): AppState<Kernel>) -> Result<Json<Vec<ServerView>>> {
    views(&kernel).await.map(Json)
}

/// A body's server, on the version that was looked at.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Open311ServerInput)]
pub(in crate::open311) struct ServerInput {
    /// None for a body that had no server before.
    version: Option<i64>,
    /// What stands before `/services.xml`.
    #[schema(min_length = 8, max_length = 300)]
    url: String,
    /// The key there; none leaves what is kept, an empty one removes it.
    #[schema(max_length = 200)]
    api_key: Option<String>,
    #[schema(max_length = 64)]
    jurisdiction: Option<String>,
    /// Which service stands for which class.
    #[serde(default)]
    #[schema(max_items = 500)]
    services: Vec<Mapping>,
    /// The service of all other classes; without one they are not sent and stand in the queue.
    #[schema(max_length = 64)]
    fallback: Option<String>,
    /// Whether cases are sent.
    active: bool,
}

impl ServerInput {
    fn check(&self, kernel: &Kernel) -> Result<()> {
        let mut fields = Fields::new();
        fields
            .text("url", &self.url, 8, 300)
            .text("api_key", self.api_key.as_deref().unwrap_or_default(), 0, 200)
            .text("jurisdiction", self.jurisdiction.as_deref().unwrap_or_default(), 0, 64)
            .text("fallback", self.fallback.as_deref().unwrap_or_default(), 0, 64);
        if let Err(why) = hooks::check(self.url.trim(), kernel.config().hooks.allow_private) {
            fields.refuse_with("url", &kernel_codes::FORMAT, &[("why", &why.to_string())]);
        }
        if self.services.len() > MOST_MAPPINGS {
            let max = MOST_MAPPINGS.to_string();
            fields.refuse_with("services", &kernel_codes::RANGE, &[("min", "0"), ("max", &max)]);
        }
        let catalogue = catalogue(kernel)?;
        for (n, it) in self.services.iter().take(MOST_MAPPINGS).enumerate() {
            fields.text(&format!("services[{n}].service"), &it.service, 1, 64);
            let field = format!("services[{n}].class");
            if catalogue.class(&it.class).is_none() {
                fields.refuse_with(field, &kernel_codes::UNKNOWN, &[("value", &it.class)]);
            } else if self.services[..n].iter().any(|before| before.class == it.class) {
                fields.refuse_with(field, &kernel_codes::TAKEN, &[("value", &it.class)]);
            }
        }
        fields.done()
    }
}

fn written(text: Option<String>) -> Option<String> {
    text.map(|it| it.trim().to_owned()).filter(|it| !it.is_empty())
}

/// Set where a body gets its cases by Open311.
#[utoipa::path(put, path = "/api/open311/servers/{body}", tag = "open311", params(("body" = String, Path)), request_body = ServerInput, responses((status = 200, body = Vec<ServerView>)))]
pub(in crate::open311) async fn open311_server_set(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Path(code): Path<String>,
    Json(input): Json<ServerInput>,
) -> Result<Json<Vec<ServerView>>> {
    let atlas: std::sync::Arc<Atlas> = atlas(&kernel)?;
    let body = atlas.body(&code).ok_or_else(not_found)?;
    input.check(&kernel)?;
    let mut work = kernel.work(&user).await?;
    let known = store::server(&mut work, &code).await?;
    if known.as_ref().map(|it| it.version) != input.version {
        return Err(Error::from(&kernel_codes::STALE));
    }
    let api_key = match (&input.api_key, &known) {
        (Some(key), _) if key.trim().is_empty() => None,
        (Some(key), _) => Some(kernel.vault().seal(&kernel, &key.trim(), &store::bound_to(&code))?),
        // A key is for the server that it was given for, and goes to no other.
        (None, Some(known)) if known.url == input.url.trim() => known.api_key.clone(),
        (None, _) => None,
    };
    let account = match &known {
        Some(known) => known.account,
        None => make_account(&mut work, &code, &body.name).await?,
    };
    let server = Server {
        body: code,
        url: input.url.trim().to_owned(),
        api_key,
        jurisdiction: written(input.jurisdiction),
        services: JsonText(input.services),
        fallback: written(input.fallback),
        account,
        active: input.active,
        version: 0,
    };
    store::save_server(&mut work, &server).await?;
    let facts = serde_json::json!({ "url": server.url, "has_key": server.api_key.is_some(), "active": server.active });
    work.audit("cases.open311_server_set", &server.body, facts).await?;
    work.commit().await?;
    views(&kernel).await.map(Json)
}

/// Ask a body's server for its services: to map classes, and to see whether it answers.
#[utoipa::path(get, path = "/api/open311/servers/{body}/services", tag = "open311", params(("body" = String, Path)), responses((status = 200, body = Vec<RemoteService>)))]
pub(in crate::open311) async fn open311_server_services(
    AppState(kernel): AppState<Kernel>,
    Path(code): Path<String>,
) -> Result<Json<Vec<RemoteService>>> {
    let server = store::server(&mut kernel.read().await?, &code)
        .await?
        .ok_or_else(not_found)?;
    let http = hooks::client(kernel.config().hooks.allow_private).map_err(Error::internal)?;
    let wire = Wire::new(&kernel, &http, &server)?;
    let services = wire.services().await;
    services
        .map(Json)
        .map_err(|it| codes::OPEN311_NO_ANSWER.with("why", it.text))
}

/// A case on its way to another server.
#[derive(Serialize, ToSchema)]
#[schema(as = Open311Sending)]
pub(in crate::open311) struct SendingRow {
    id: SendingId,
    case: CaseId,
    number: String,
    description: String,
    body: Named,
    state: SendingState,
    /// Its number there.
    remote_id: Option<String>,
    /// Its status there.
    remote_status: Option<String>,
    remote_notes: Option<String>,
    remote_updated: Option<String>,
    /// Tries in vain since something last went well.
    attempts: i64,
    /// Whether its server is switched off, so that it waits.
    paused: bool,
    /// When it is tried or looked after next.
    next_at: Option<Time>,
    error: Option<String>,
    made_at: Time,
    sent_at: Option<Time>,
    heard_at: Option<Time>,
}

fn rows(kernel: &Kernel, all: Vec<Sending>) -> Result<Vec<SendingRow>> {
    let (atlas, catalogue) = (atlas(kernel)?, catalogue(kernel)?);
    let names = Names {
        atlas: &atlas,
        catalogue: &catalogue,
        now: kernel.now(),
    };
    let goes_on = |it: SendingState| matches!(it, SendingState::Waiting | SendingState::Token | SendingState::Sent);
    let row = |it: Sending| SendingRow {
        body: names.body(&it.body),
        paused: !it.active && goes_on(it.state),
        next_at: Some(it.next_at).filter(|_| it.active && goes_on(it.state)),
        id: it.id,
        case: it.case_id,
        number: it.number,
        description: it.description,
        state: it.state,
        remote_id: it.remote_id,
        remote_status: it.remote_status,
        remote_notes: it.remote_notes,
        remote_updated: it.remote_updated,
        attempts: it.attempts,
        error: it.error,
        made_at: it.made_at,
        sent_at: it.sent_at,
        heard_at: it.heard_at,
    };
    Ok(all.into_iter().map(row).collect())
}

/// Which sendings to list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::open311) struct SendingQuery {
    /// `open`, `trouble` or `done`; all if not said.
    #[param(inline)]
    part: Option<Part>,
    /// Where to go on.
    after: Option<String>,
    /// How many.
    limit: Option<u32>,
}

/// List what is on its way to other servers, the newest first.
#[utoipa::path(get, path = "/api/open311/sendings", tag = "open311", params(SendingQuery), responses((status = 200, body = Page<SendingRow>)))]
pub(in crate::open311) async fn open311_sendings(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Query(query): Query<SendingQuery>,
) -> Result<Json<Page<SendingRow>>> {
    let page = PageQuery {
        after: query.after,
        limit: query.limit,
    };
    let mut tx = kernel.read().await?;
    let found = store::sendings(&mut tx, &user.scope(&CASE_OUTSIDE), query.part, &page).await?;
    let page = Page::cut(found, &page, |it| it.id);
    let items = rows(&kernel, page.items)?;
    Ok(Json(Page { items, next: page.next }))
}

async fn find(tx: &mut Tx, user: &User, id: SendingId) -> Result<Sending> {
    store::sending(tx, &user.scope(&CASE_OUTSIDE), id)
        .await?
        .ok_or_else(not_found)
}

async fn one(kernel: &Kernel, user: &User, id: SendingId) -> Result<Json<SendingRow>> {
    let found = find(&mut kernel.read().await?, user, id).await?;
    rows(kernel, vec![found])?.pop().map(Json).ok_or_else(not_found)
}

/// Try a sending again at once, also one that was stopped.
#[utoipa::path(post, path = "/api/open311/sendings/{id}/retry", tag = "open311", params(("id" = SendingId, Path)), responses((status = 200, body = SendingRow)))]
pub(in crate::open311) async fn open311_sending_retry(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Path(id): Path<SendingId>,
) -> Result<Json<SendingRow>> {
    let mut work = kernel.work(&user).await?;
    let found = find(&mut work, &user, id).await?;
    let now = work.now();
    if store::retry(&mut work, id, now).await? {
        work.audit(
            "cases.open311_retried",
            id,
            serde_json::json!({ "case": found.case_id }),
        )
        .await?;
    }
    work.commit().await?;
    one(&kernel, &user, id).await
}

/// Stop a sending: it is neither tried nor looked after until somebody tries it again.
#[utoipa::path(post, path = "/api/open311/sendings/{id}/stop", tag = "open311", params(("id" = SendingId, Path)), responses((status = 200, body = SendingRow)))]
pub(in crate::open311) async fn open311_sending_stop(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Path(id): Path<SendingId>,
) -> Result<Json<SendingRow>> {
    let mut work = kernel.work(&user).await?;
    let found = find(&mut work, &user, id).await?;
    if store::stop(&mut work, id).await? {
        work.audit(
            "cases.open311_stopped",
            id,
            serde_json::json!({ "case": found.case_id }),
        )
        .await?;
    }
    work.commit().await?;
    one(&kernel, &user, id).await
}
