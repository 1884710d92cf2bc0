//! The queue of cases that lie with bodies outside: what was sent when, opened, answered, overdue, stuck; so that nothing is
//! stuck unseen.

use axum::extract::State as AppState;
use grid::api::atlas;
use kernel::Kernel;
use kernel::Time;
use kernel::auth::{Scope, User, not_found};
use kernel::db::Tx;
use kernel::error::{Error, Fields, Result, codes as kernel_codes};
use kernel::hooks::{self, Progress};
use kernel::http::{Json, Path, Query};
use kernel::page::{Page, PageQuery};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::store::{Link, Part};
use super::{LinkId, address, bound_to, lies_with, mark, send, store};
use crate::catalogue::catalogue;
use crate::codes;
use crate::model::{Action, CaseId, State};
use crate::permissions::CASE_OUTSIDE;
use crate::view::{Named, Names};

kernel::words! {
    /// How a link fares.
    pub enum LinkStatus {
        /// It was made, and nobody has opened it.
        Sent = "sent", "未打开", "Not opened";
        /// Somebody has looked.
        Opened = "opened", "已打开", "Opened";
        /// The body has received the case.
        Received = "received", "已接收", "Received";
        /// The body has reported it done or sent it back.
        Answered = "answered", "已答复", "Answered";
        /// It has run out without an answer.
        Expired = "expired", "已过期", "Expired";
        /// Somebody has revoked it.
        Revoked = "revoked", "已撤回", "Revoked";
        /// A new one has taken its place, or the case has left the body another way.
        Ended = "ended", "已结束", "Ended";
    }
}

fn status(link: &Link, now: Time) -> LinkStatus {
    match () {
        () if link.answered_at.is_some() => LinkStatus::Answered,
        () if link.ended_at.is_some() => LinkStatus::Ended,
        () if link.revoked_at.is_some() => LinkStatus::Revoked,
        () if link.expires_at <= now => LinkStatus::Expired,
        () if link.received_at.is_some() => LinkStatus::Received,
        () if link.opened_at.is_some() => LinkStatus::Opened,
        () => LinkStatus::Sent,
    }
}

/// A case that was sent to a body outside.
#[derive(Serialize, ToSchema)]
pub(super) struct LinkRow {
    id: LinkId,
    case: CaseId,
    number: String,
    description: String,
    /// Where the case stands.
    state: State,
    body: Named,
    status: LinkStatus,
    /// Not answered although the case is overdue.
    overdue: bool,
    due_at: Option<Time>,
    made_at: Time,
    /// Who has sent it again; absent when the program has sent it.
    made_by: Option<String>,
    expires_at: Time,
    opened_at: Option<Time>,
    opens: i64,
    received_at: Option<Time>,
    answered_at: Option<Time>,
    answer: Option<Action>,
    /// The webhook that carried it, if the body's system takes them.
    delivery: Option<Progress>,
}

async fn rows(kernel: &Kernel, tx: &mut Tx, links: Vec<Link>) -> Result<Vec<LinkRow>> {
    let (atlas, catalogue) = (atlas(kernel)?, catalogue(kernel)?);
    let now = kernel.now();
    let names = Names {
        atlas: &atlas,
        catalogue: &catalogue,
        now,
    };
    let mut deliveries = hooks::progress(tx, links.iter().filter_map(|it| it.delivery)).await?;
    let row = |it: Link| LinkRow {
        status: status(&it, now),
        overdue: it.answered_at.is_none() && it.ended_at.is_none() && it.due_at.is_some_and(|due| due < now),
        delivery: deliveries
            .iter()
            .position(|row| Some(row.id) == it.delivery)
            .map(|at| deliveries.swap_remove(at)),
        body: names.body(&it.body),
        id: it.id,
        case: it.case_id,
        number: it.number,
        description: it.description,
        state: it.state,
        due_at: it.due_at,
        made_at: it.made_at,
        made_by: it.made_by,
        expires_at: it.expires_at,
        opened_at: it.opened_at,
        opens: it.opens,
        received_at: it.received_at,
        answered_at: it.answered_at,
        answer: it.answer,
    };
    Ok(links.into_iter().map(row).collect())
}

fn scope(user: &User) -> Scope {
    user.scope(&CASE_OUTSIDE)
}

async fn find(tx: &mut Tx, user: &User, id: LinkId) -> Result<Link> {
    store::link(tx, &scope(user), id).await?.ok_or_else(not_found)
}

async fn one(kernel: &Kernel, user: &User, id: LinkId) -> Result<LinkRow> {
    let mut tx = kernel.read().await?;
    let link = find(&mut tx, user, id).await?;
    rows(kernel, &mut tx, vec![link]).await?.pop().ok_or_else(not_found)
}

/// A body that gets its cases by link, and what lies with it.
#[derive(Serialize, ToSchema)]
pub(super) struct OutsideBodyView {
    body: Named,
    /// How long a link opens its case, in hours.
    hours: i64,
    /// Whether new cases get a link.
    active: bool,
    /// Not answered yet.
    open: i64,
    /// Of those, not opened.
    unopened: i64,
    /// Of those, with a case that is overdue.
    overdue: i64,
    /// Of those, with a link that opens nothing any more.
    stuck: i64,
    version: i64,
}

async fn body_views(kernel: &Kernel, user: &User) -> Result<Vec<OutsideBodyView>> {
    let (atlas, catalogue) = (atlas(kernel)?, catalogue(kernel)?);
    let now = kernel.now();
    let names = Names {
        atlas: &atlas,
        catalogue: &catalogue,
        now,
    };
    let mut tx = kernel.read().await?;
    let counts = store::counts(&mut tx, &scope(user), now).await?;
    let bodies = store::bodies(&mut tx).await?;
    let view = |it: store::OutsideBody| {
        let count = counts.iter().find(|row| row.0 == it.body);
        let (open, unopened, overdue, stuck) = count.map_or((0, 0, 0, 0), |row| (row.1, row.2, row.3, row.4));
        OutsideBodyView {
            body: names.body(&it.body),
            hours: it.hours,
            active: it.active,
            open,
            unopened,
            overdue,
            stuck,
            version: it.version,
        }
    };
    Ok(bodies.into_iter().map(view).collect())
}

/// List the bodies that get their cases by link, with what lies with each.
#[utoipa::path(get, path = "/api/outside/bodies", tag = "cases", responses((status = 200, body = Vec<OutsideBodyView>)))]
pub(super) async fn outside_bodies(
    AppState(kernel): AppState<Kernel>,
    user: User,
) -> Result<Json<Vec<OutsideBodyView>>> {
    body_views(&kernel, &user).await.map(Json)
}

/// How a body gets its cases.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OutsideBodyInput {
    /// The version that was looked at; none for a body that was not marked before.
    version: Option<i64>,
    /// How long a link opens its case: an hour to ninety days.
    #[schema(minimum = 1, maximum = 2160)]
    hours: i64,
    /// Whether new cases get a link.
    active: bool,
}

/// Mark a body as one that gets its cases by link, or change how.
#[utoipa::path(put, path = "/api/outside/bodies/{code}", tag = "cases", params(("code" = String, Path)), request_body = OutsideBodyInput, responses((status = 200, body = Vec<OutsideBodyView>)))]
pub(super) async fn outside_body_set(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Path(code): Path<String>,
    Json(input): Json<OutsideBodyInput>,
) -> Result<Json<Vec<OutsideBodyView>>> {
    let atlas = atlas(&kernel)?;
    let body = atlas.body(&code).ok_or_else(not_found)?;
    if !scope(&user).holds(body.area.as_deref(), Some(&code), &[]) {
        return Err(not_found());
    }
    if !(1..=2160).contains(&input.hours) {
        let mut fields = Fields::new();
        fields.refuse_with("hours", &kernel_codes::RANGE, &[("min", "1"), ("max", "2160")]);
        fields.done()?;
    }
    let mut work = kernel.work(&user).await?;
    let known = store::body(&mut work, &code).await?.map(|it| it.version);
    if known != input.version {
        return Err(Error::from(&kernel_codes::STALE));
    }
    mark(&mut work, &code, &body.name, input.hours, input.active).await?;
    work.commit().await?;
    body_views(&kernel, &user).await.map(Json)
}

/// Which part of the queue to list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct LinkQuery {
    /// `open`, `unopened`, `overdue`, `stuck` or `answered`; all if not said.
    #[param(inline)]
    part: Option<Part>,
    /// Only of this body.
    body: Option<String>,
    /// Where to go on.
    after: Option<String>,
    /// How many.
    limit: Option<u32>,
}

/// List what was sent to bodies outside, the newest first.
#[utoipa::path(get, path = "/api/outside/links", tag = "cases", params(LinkQuery), responses((status = 200, body = Page<LinkRow>)))]
pub(super) async fn outside_links(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Query(query): Query<LinkQuery>,
) -> Result<Json<Page<LinkRow>>> {
    let page = PageQuery {
        after: query.after,
        limit: query.limit,
    };
    let mut tx = kernel.read().await?;
    let found = store::links(
        &mut tx,
        &scope(&user),
        query.part,
        query.body.as_deref(),
        kernel.now(),
        &page,
    )
    .await?;
    let page = Page::cut(found, &page, |it: &Link| it.id);
    let items = rows(&kernel, &mut tx, page.items).await?;
    Ok(Json(Page { items, next: page.next }))
}

/// A link, to be passed on.
#[derive(Serialize, ToSchema)]
pub(super) struct LinkShown {
    /// The whole address; without `http.public_url` in the configuration it begins with `/`.
    link: String,
    expires_at: Time,
}

/// Show a link, to pass it on to the body. Who asked is in the audit log.
#[utoipa::path(post, path = "/api/outside/links/{id}/show", tag = "cases", params(("id" = LinkId, Path)), responses((status = 200, body = LinkShown)))]
pub(super) async fn outside_link_show(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Path(id): Path<LinkId>,
) -> Result<Json<LinkShown>> {
    let mut work = kernel.work(&user).await?;
    let link = find(&mut work, &user, id).await?;
    if link.revoked_at.is_some() || link.ended_at.is_some() || link.expires_at <= work.now() {
        return Err(Error::from(&codes::LINK_ENDED));
    }
    let token: String = kernel.vault().reveal(&link.token, &bound_to(id))?;
    let facts = serde_json::json!({ "case": link.case_id, "number": link.number });
    work.audit("cases.outside_link_shown", id, facts).await?;
    work.commit().await?;
    Ok(Json(LinkShown {
        link: address(&kernel, &token),
        expires_at: link.expires_at,
    }))
}

/// Send a case again: the old link ends, a new one is made and goes out.
#[utoipa::path(post, path = "/api/outside/links/{id}/resend", tag = "cases", params(("id" = LinkId, Path)), responses((status = 200, body = LinkRow)))]
pub(super) async fn outside_link_resend(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Path(id): Path<LinkId>,
) -> Result<Json<LinkRow>> {
    let mut work = kernel.work(&user).await?;
    let link = find(&mut work, &user, id).await?;
    let case = crate::store::find(&mut work, link.case_id)
        .await?
        .ok_or_else(not_found)?;
    let outside = store::body(&mut work, &link.body).await?.ok_or_else(not_found)?;
    if !lies_with(&case, &link.body) || link.answered_at.is_some() || link.ended_at.is_some() {
        return Err(Error::from(&codes::LINK_ENDED));
    }
    let now = work.now();
    store::replace(&mut work, id, now).await?;
    let fresh = send(&mut work, &case, &outside, Some(user.name.clone())).await?;
    work.commit().await?;
    one(&kernel, &user, fresh).await.map(Json)
}

/// Have the webhook that carries a link tried again at once.
#[utoipa::path(post, path = "/api/outside/links/{id}/retry", tag = "cases", params(("id" = LinkId, Path)), responses((status = 200, body = LinkRow)))]
pub(super) async fn outside_link_retry(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Path(id): Path<LinkId>,
) -> Result<Json<LinkRow>> {
    let mut work = kernel.work(&user).await?;
    let link = find(&mut work, &user, id).await?;
    let now = work.now();
    if let Some(delivery) = link.delivery
        && hooks::try_again(&mut work, delivery, now).await?
    {
        work.audit("cases.outside_retried", id, serde_json::json!({ "case": link.case_id }))
            .await?;
    }
    work.commit().await?;
    one(&kernel, &user, id).await.map(Json)
}

/// Revoke a link: from now on it opens nothing. The case stays with the body until it is moved or sent again.
#[utoipa::path(delete, path = "/api/outside/links/{id}", tag = "cases", params(("id" = LinkId, Path)), responses((status = 200, body = LinkRow)))]
pub(super) async fn outside_link_revoke(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Path(id): Path<LinkId>,
) -> Result<Json<LinkRow>> {
    let mut work = kernel.work(&user).await?;
    let link = find(&mut work, &user, id).await?;
    let now = work.now();
    if store::revoke(&mut work, id, now).await? {
        work.audit(
            "cases.outside_link_revoked",
            id,
            serde_json::json!({ "case": link.case_id }),
        )
        .await?;
    }
    work.commit().await?;
    one(&kernel, &user, id).await.map(Json)
}
