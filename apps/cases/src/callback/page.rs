//! What a link opens: a plain page on which a resident says, once, how satisfied they are.
//!
//! The token comes in a header and never in an address, so that no log and no proxy keeps it. The page tells the resident what
//! they have reported and which body has handled it, and nothing of any person.

use axum::extract::State as AppState;
use axum::http::request::Parts;
use grid::api::atlas;
use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::http::Json;
use kernel::{Kernel, Time};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::store::Link;
use super::{digest, store};
use crate::catalogue::catalogue;
use crate::codes;
use crate::model::{Action, Case, MoveInput, Satisfaction, State};
use crate::moves::{Doer, make_as};
use crate::settings::settings;
use crate::view::{Named, Names};

/// The header that carries the token.
const HEADER: &str = "x-callback-link";

/// The link that a token stands for, with its case. A link that has ended opens its page as long as its rating can be shown.
async fn visit(kernel: &Kernel, tx: &mut Tx, parts: &Parts) -> Result<(Link, Case)> {
    let token = parts.headers.get(HEADER).and_then(|it| it.to_str().ok());
    let token = token.ok_or_else(|| Error::from(&codes::LINK_UNKNOWN))?;
    let link = store::link_of(tx, &digest(token)).await?;
    let link = link.ok_or_else(|| Error::from(&codes::LINK_UNKNOWN))?;
    let case = crate::store::find(tx, link.case_id).await?;
    match case {
        Some(case)
            if link.expires_at > kernel.now()
                && case.state == State::Closed
                && (link.ended_at.is_none() || case.satisfaction.is_some()) =>
        {
            Ok((link, case))
        }
        _ => Err(Error::from(&codes::LINK_ENDED)),
    }
}

/// A case as its reporter sees it who is asked to rate it.
#[derive(Serialize, ToSchema)]
pub(super) struct CallbackCase {
    number: String,
    class: Option<Named>,
    place: Option<String>,
    area: Named,
    body: Option<Named>,
    reported_at: Time,
    closed_at: Option<Time>,
    /// What can be chosen as reasons by those who are not satisfied.
    reasons: Vec<Named>,
    /// What was said, once it was.
    satisfaction: Option<Satisfaction>,
    /// When the link ends.
    expires_at: Time,
}

fn shown(kernel: &Kernel, link: &Link, case: &Case) -> Result<CallbackCase> {
    let (atlas, catalogue, settings) = (atlas(kernel)?, catalogue(kernel)?, settings(kernel)?);
    let names = Names {
        atlas: &atlas,
        catalogue: &catalogue,
        now: kernel.now(),
    };
    Ok(CallbackCase {
        number: case.number.clone(),
        class: case.class.as_deref().map(|it| names.class(it)),
        place: case.place.clone(),
        area: names.named_area(&case.area),
        body: case
            .body
            .as_deref()
            .or(case.last_body.as_deref())
            .map(|it| names.body(it)),
        reported_at: case.reported_at,
        closed_at: case.closed_at,
        reasons: settings
            .reasons
            .iter()
            .map(|it| Named {
                code: it.code.clone(),
                name: it.zh.clone(),
                name_en: Some(it.en.clone()),
            })
            .collect(),
        satisfaction: case.satisfaction,
        expires_at: link.expires_at,
    })
}

/// Look at what a link asks about. The token is sent in the header `X-Callback-Link`.
#[utoipa::path(get, path = "/api/callback", tag = "cases", params(("X-Callback-Link" = Option<String>, Header, description = "The link's token, behind its `#`")), responses((status = 200, body = CallbackCase)))]
pub(super) async fn callback_case(AppState(kernel): AppState<Kernel>, parts: Parts) -> Result<Json<CallbackCase>> {
    let (link, case) = visit(&kernel, &mut kernel.read().await?, &parts).await?;
    shown(&kernel, &link, &case).map(Json)
}

/// What a resident says.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CallbackRating {
    satisfaction: Satisfaction,
    /// Why not more, by the codes that the page offers.
    #[serde(default)]
    #[schema(max_items = 9)]
    reasons: Vec<String>,
    /// In their own words.
    #[schema(max_length = 500)]
    note: Option<String>,
}

/// Say how satisfied one is, once.
#[utoipa::path(post, path = "/api/callback", tag = "cases", params(("X-Callback-Link" = Option<String>, Header, description = "The link's token")), request_body = CallbackRating, responses((status = 200, body = CallbackCase)))]
pub(super) async fn callback_rate(
    AppState(kernel): AppState<Kernel>,
    parts: Parts,
    Json(input): Json<CallbackRating>,
) -> Result<Json<CallbackCase>> {
    let mut work = kernel.system_work().await?;
    let (link, case) = visit(&kernel, &mut work, &parts).await?;
    if link.ended_at.is_some() || case.satisfaction.is_some() {
        return Err(Error::from(&codes::LINK_ENDED));
    }
    let mut fields = kernel::error::Fields::new();
    fields.text("note", input.note.as_deref().unwrap_or_default(), 0, 500);
    fields.done()?;
    let given = MoveInput {
        note: input.note,
        satisfaction: Some(input.satisfaction),
        reasons: input.reasons,
        ..MoveInput::new(Action::Evaluate, case.version)
    };
    make_as(&mut work, case, &given, Doer::Reporter).await?;
    let now = work.now();
    store::end_links(&mut work, link.case_id, now).await?;
    let facts = serde_json::json!({ "case": link.case_id, "satisfaction": input.satisfaction });
    work.audit("cases.callback_rated", &link.id, facts).await?;
    work.commit().await?;
    let (link, case) = visit(&kernel, &mut kernel.read().await?, &parts).await?;
    shown(&kernel, &link, &case).map(Json)
}
