//! One case: the report that begins it, its desk, the moves, its photos, the contact behind it.

use axum::extract::State as AppState;
use axum::response::Response;
use kernel::Kernel;
use kernel::auth::{User, not_found};
use kernel::error::{Error, Result};
use kernel::files::{self, FileId, SizeQuery};
use kernel::http::{Json, Path, Query};
use kernel::vault::{mask_name, mask_phone};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::model::{Case, CaseId, MoveInput};
use crate::permissions::{CASE_CONTACT, CASE_READ};
use crate::view::{CaseDesk, ContactView, Receipt};
use crate::{codes, intake, moves, store};

/// A case that the user may read: one in their scope, one of their own, such as a body's clerk reports for another body, or
/// one that their body was called in to help with. What is neither looks as if it did not exist.
pub(crate) async fn readable(tx: &mut kernel::db::Tx, user: &User, id: CaseId) -> Result<Case> {
    let case = store::find(tx, id).await?.ok_or_else(not_found)?;
    let owners = case.owners();
    let scope = user.scope(&CASE_READ);
    let theirs = scope.holds(Some(&case.area), case.body.as_deref(), &owners) || owners.contains(&Some(user.id));
    if theirs || store::helps(tx, id, scope.bodies()).await? {
        return Ok(case);
    }
    Err(not_found())
}

/// Report a case. The same id and report again gets the first answer.
#[utoipa::path(post, path = "/api/cases", tag = "cases", request_body = intake::Report, responses((status = 200, body = Receipt)))]
pub(super) async fn case_report(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Json(input): Json<intake::Report>,
) -> Result<Json<Receipt>> {
    let mut work = kernel.work(&user).await?;
    if let Some(first) = work.first_answer(input.id, &input).await? {
        return Ok(Json(first));
    }
    let receipt = intake::report(&mut work, input).await?;
    work.answer(receipt).await.map(Json)
}

/// Look at a case: its facts, photos, timeline, and the moves that are open to the user.
#[utoipa::path(get, path = "/api/cases/{id}", tag = "cases", params(("id" = CaseId, Path)), responses((status = 200, body = CaseDesk)))]
pub(super) async fn case_view(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Path(id): Path<CaseId>,
) -> Result<Json<CaseDesk>> {
    let mut tx = kernel.read().await?;
    let case = readable(&mut tx, &user, id).await?;
    crate::desk::desk(&kernel, &mut tx, &user, case).await.map(Json)
}

/// Make a move. The same id and move again gets the first answer; a move on a version that is not the latest is refused
/// with what has happened meanwhile.
#[utoipa::path(post, path = "/api/cases/{id}/moves", tag = "cases", params(("id" = CaseId, Path)), request_body = MoveInput, responses((status = 200, body = Receipt)))]
pub(super) async fn case_move(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Path(id): Path<CaseId>,
    Json(input): Json<MoveInput>,
) -> Result<Json<Receipt>> {
    let mut work = kernel.work(&user).await?;
    if let Some(first) = work.first_answer(input.id, &(id, &input)).await? {
        return Ok(Json(first));
    }
    let case = readable(&mut work, &user, id).await?;
    let receipt = moves::make(&mut work, case, &input).await?;
    work.answer(receipt).await.map(Json)
}

/// See a photo of a case.
#[utoipa::path(get, path = "/api/cases/{id}/photos/{file}", tag = "cases", params(("id" = CaseId, Path), ("file" = FileId, Path), SizeQuery), responses((status = 200, content_type = "image/jpeg", body = Vec<u8>)))]
pub(super) async fn case_photo(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Path((id, file)): Path<(CaseId, FileId)>,
    Query(query): Query<SizeQuery>,
) -> Result<Response> {
    let mut tx = kernel.read().await?;
    readable(&mut tx, &user, id).await?;
    if !store::has_photo(&mut tx, id, file).await? {
        return Err(not_found());
    }
    drop(tx);
    files::reply(&kernel, file, query.size).await
}

/// Why somebody wants to see a contact.
#[derive(Serialize, Deserialize, ToSchema)]
pub(super) struct Purpose {
    /// In a few words; kept in the audit log.
    #[schema(min_length = 2, max_length = 200)]
    purpose: String,
}

/// See the reporter's name and telephone in full. Who looked and why is recorded.
#[utoipa::path(post, path = "/api/cases/{id}/contact", tag = "cases", params(("id" = CaseId, Path)), request_body = Purpose, responses((status = 200, body = ContactView)))]
pub(super) async fn case_contact(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Path(id): Path<CaseId>,
    Json(input): Json<Purpose>,
) -> Result<Json<ContactView>> {
    let mut fields = kernel::error::Fields::new();
    fields.text("purpose", &input.purpose, 2, 200);
    fields.done()?;
    let mut work = kernel.work(&user).await?;
    let case = readable(&mut work, &user, id).await?;
    if !user
        .scope(&CASE_CONTACT)
        .holds(Some(&case.area), case.body.as_deref(), &case.owners())
    {
        return Err(not_found());
    }
    let sealed = store::contact(&mut work, id)
        .await?
        .ok_or_else(|| Error::from(&codes::NO_CONTACT))?;
    let contact: ContactView = kernel.vault().reveal(&sealed, &id.to_string())?;
    let facts = serde_json::json!({
        "purpose": input.purpose,
        "shown": [contact.name.as_deref().map(mask_name), contact.phone.as_deref().map(mask_phone)],
    });
    work.audit("cases.contact_shown", id, facts).await?;
    work.commit().await?;
    Ok(Json(contact))
}
