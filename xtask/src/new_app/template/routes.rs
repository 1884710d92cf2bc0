//! The addresses: the table first, then the handlers in its order.

use axum::extract::State as Shared;
use kernel::auth::{Permission, User, not_found};
use kernel::db::Tx;
use kernel::error::{Error, Result, codes as kernel_codes};
use kernel::events::Place;
use kernel::http::{Guard, Json, Path, Query, Routes};
use kernel::page::Page;
use kernel::{Kernel, Work};
use utoipa_axum::routes;

use crate::api::{CHANGED, Changed};
use crate::model::{Entry, EntryId, NewEntry, NewMove, apply};
use crate::permissions::{READ, WORK};
use crate::store::{self, EntryQuery};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .add(routes!(entry_list).needs(&READ))
        .add(routes!(entry_create).needs(&WORK))
        .add(routes!(entry_view).needs(&READ))
        .add(routes!(entry_move).needs(&WORK))
}

/// Entries within reach, newest first.
#[utoipa::path(get, path = "/api/__name__", tag = "__name__", operation_id = "__name___list", params(EntryQuery),
    responses((status = 200, body = Page<Entry>)))]
async fn entry_list(Shared(kernel): Shared<Kernel>, user: User, Query(query): Query<EntryQuery>) -> Result<Json<Page<Entry>>> {
    let rows = store::list(&mut kernel.read().await?, &query, &user.scope(&READ)).await?;
    Ok(Json(Page::cut(rows, &query.page(), |it| it.id)))
}

/// Make an entry.
#[utoipa::path(post, path = "/api/__name__", tag = "__name__", operation_id = "__name___create",
    responses((status = 200, body = Entry)))]
async fn entry_create(Shared(kernel): Shared<Kernel>, user: User, Json(input): Json<NewEntry>) -> Result<Json<Entry>> {
    input.check()?;
    if !user.scope(&WORK).holds(Some(&input.area), None, &[Some(user.id)]) {
        return Err(Error::field("area", &kernel_codes::NOT_ALLOWED));
    }
    let mut work = kernel.work(&user).await?;
    if let Some(first) = work.first_answer(input.id.map(|it| it.0), &input).await? {
        return Ok(Json(first));
    }
    let id = input.id.unwrap_or_else(|| kernel.id());
    let entry = input.make(id, user.id, work.now());
    store::insert(&mut work, &entry).await?;
    work.audit("__name__.create", entry.id, &entry).await?;
    tell(&mut work, &entry).await?;
    Ok(Json(work.answer(entry).await?))
}

/// See an entry.
#[utoipa::path(get, path = "/api/__name__/{id}", tag = "__name__", operation_id = "__name___view", params(("id" = EntryId, Path)),
    responses((status = 200, body = Entry)))]
async fn entry_view(Shared(kernel): Shared<Kernel>, user: User, Path(id): Path<EntryId>) -> Result<Json<Entry>> {
    Ok(Json(reach(&mut kernel.read().await?, &user, &READ, id).await?))
}

/// Make a move.
#[utoipa::path(post, path = "/api/__name__/{id}/moves", tag = "__name__", operation_id = "__name___move", params(("id" = EntryId, Path)),
    responses((status = 200, body = Entry)))]
async fn entry_move(Shared(kernel): Shared<Kernel>, user: User, Path(id): Path<EntryId>, Json(input): Json<NewMove>) -> Result<Json<Entry>> {
    let mut work = kernel.work(&user).await?;
    let mut entry = reach(&mut work, &user, &WORK, id).await?;
    apply(&mut entry, &input)?;
    if !store::update(&mut work, &entry, input.version).await? {
        return Err(Error::from(&kernel_codes::STALE));
    }
    work.audit(&format!("__name__.{}", input.action), entry.id, &input).await?;
    tell(&mut work, &entry).await?;
    Ok(Json(work.answer(entry).await?))
}

/// The entry, if the permission reaches it; outside of one's reach is the same as not there.
async fn reach(tx: &mut Tx, user: &User, permission: &Permission, id: EntryId) -> Result<Entry> {
    let entry = store::find(tx, id).await?.ok_or_else(not_found)?;
    let reached = user.scope(permission).holds(Some(&entry.area), None, &[Some(entry.created_by)]);
    if reached { Ok(entry) } else { Err(not_found()) }
}

async fn tell(work: &mut Work, entry: &Entry) -> Result<()> {
    let place = Place { area: Some(&entry.area), body: None, owners: &[Some(entry.created_by)] };
    work.emit(&CHANGED, place, Changed { id: entry.id, state: entry.state }).await
}
