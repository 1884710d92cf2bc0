//! Versions of the scheme: read, and a new one made with a reason. None is changed afterwards.

use axum::extract::State as AppState;
use jiff::civil::Date;
use kernel::auth::{User, not_found};
use kernel::error::{Error, Fields, Result, codes as kernel_codes};
use kernel::http::{Json, Query};
use kernel::page::{Page, PageQuery};
use kernel::{Kernel, Time};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::scheme::Terms;
use super::store::{self, Scheme};
use crate::permissions::EVALUATION_SCHEME;

/// A version of the scheme.
#[derive(Serialize, ToSchema)]
pub(super) struct EvaluationScheme {
    /// 0 is shipped with the program.
    version: i64,
    /// The first day on which it holds; empty for what is shipped.
    valid_from: String,
    terms: Terms,
    reason: String,
    actor_name: String,
    at: Option<Time>,
}

/// List the versions of the evaluation scheme, the newest first.
#[utoipa::path(get, path = "/api/evaluation/schemes", tag = "cases", params(PageQuery), responses((status = 200, body = Page<EvaluationScheme>)))]
pub(super) async fn evaluation_schemes(
    AppState(kernel): AppState<Kernel>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<EvaluationScheme>>> {
    let mut all = store::schemes(&mut kernel.read().await?).await?;
    if let Some(before) = page.key::<i64>()? {
        all.retain(|it| it.version < before);
    }
    all.truncate(page.limit() + 1);
    let cut = Page::cut(all, &page, |it| it.version);
    Ok(Json(cut.map(|it| EvaluationScheme {
        version: it.version,
        valid_from: it.valid_from,
        terms: it.terms,
        reason: it.reason,
        actor_name: it.actor_name,
        at: it.at,
    })))
}

/// A new version.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EvaluationSchemeInput {
    /// Made by the client: sent again with the same id it changes nothing.
    id: Option<Uuid>,
    /// The newest version that was looked at.
    version: i64,
    /// The first day on which it holds.
    #[schema(format = Date)]
    valid_from: String,
    #[schema(min_length = 2, max_length = 500)]
    reason: String,
    terms: Terms,
}

/// The answer.
#[derive(Serialize, Deserialize, ToSchema)]
pub(super) struct EvaluationSchemeReceipt {
    version: i64,
}

/// Make a new version of the evaluation scheme.
#[utoipa::path(post, path = "/api/evaluation/schemes", tag = "cases", request_body = EvaluationSchemeInput, responses((status = 200, body = EvaluationSchemeReceipt)))]
pub(super) async fn evaluation_scheme_add(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Json(input): Json<EvaluationSchemeInput>,
) -> Result<Json<EvaluationSchemeReceipt>> {
    if !user.scope(&EVALUATION_SCHEME).is_all() {
        return Err(not_found());
    }
    let mut work = kernel.work(&user).await?;
    if let Some(first) = work.first_answer(input.id, &input).await? {
        return Ok(Json(first));
    }
    let mut fields = Fields::new();
    fields.text("reason", &input.reason, 2, 500);
    let day: Option<Date> = input.valid_from.parse().ok();
    if day.is_none_or(|it| it.to_string() != input.valid_from) {
        fields.refuse_with("valid_from", &kernel_codes::FORMAT, &[("why", "YYYY-MM-DD")]);
    }
    input.terms.check(&mut fields);
    fields.done()?;
    let newest = store::schemes(&mut work).await?.first().map_or(0, |it| it.version);
    if newest != input.version {
        return Err(Error::from(&kernel_codes::STALE));
    }
    let scheme = Scheme {
        version: newest + 1,
        valid_from: input.valid_from.clone(),
        terms: input.terms.clone(),
        reason: input.reason.trim().to_owned(),
        actor_name: user.name.clone(),
        at: Some(work.now()),
    };
    store::add_scheme(&mut work, &scheme).await?;
    work.audit("cases.evaluation_scheme", scheme.version, &input).await?;
    work.answer(EvaluationSchemeReceipt {
        version: scheme.version,
    })
    .await
    .map(Json)
}
