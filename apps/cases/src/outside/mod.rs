//! Bodies outside 外部单位: a body without log-ins gets each of its cases by a link of its own, and answers on a plain page.
//!
//! The body has a machine's account in whose name its acts are done, so that a move by link goes by the table of moves, the
//! timeline and the audit log like any other, and reaches no further than the body. A link is a random token of which the
//! tables keep a hash (and, sealed, the token, for the desk to show); it opens one case, ends by its date, and can be
//! revoked and sent again. Where the body's system has subscribed to `cases.outside_sent`, the link goes there by webhook;
//! nobody else can read that news. A listener sends as soon as a case is dispatched, a job looks again every minute.

mod desk;
mod page;
pub(crate) mod seed;
mod store;
#[cfg(test)]
mod tests;

use std::time::Duration;

use axum::extract::DefaultBodyLimit;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use kernel::auth::{NewUser, Reach, UserId, grant_role, machine_account};
use kernel::error::Result;
use kernel::events::{Event, Listener, Place, Topic};
use kernel::hooks::{self, DeliveryId};
use kernel::http::{Guard, Routes, routes};
use kernel::jobs::Job;
use kernel::{Kernel, Time, Work, id};
use serde::Serialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::model::{Case, CaseId, State};
use crate::moves::Changed;
use crate::permissions::{CASE_OUTSIDE, CASE_OUTSIDE_RECEIVE};

id!(
    /// A link that opens a case to a body outside.
    LinkId
);

/// A case was sent to a body outside; tells the link, to that body's own systems alone.
pub static OUTSIDE_SENT: Topic = Topic {
    name: "cases.outside_sent",
    needs: &CASE_OUTSIDE_RECEIVE,
};

/// The role of a body's account.
const ROLE: &str = "outside_body";

/// The addresses: the desk's, and those that a link opens.
pub(crate) fn routes() -> Routes {
    let mut upload = routes!(page::outside_upload);
    upload.2 = upload.2.layer(DefaultBodyLimit::max(32 * 1024 * 1024));
    Routes::new()
        .add(routes!(desk::outside_bodies).needs(&CASE_OUTSIDE))
        .add(routes!(desk::outside_body_set).needs(&CASE_OUTSIDE))
        .add(routes!(desk::outside_links).needs(&CASE_OUTSIDE))
        .add(routes!(desk::outside_link_show).needs(&CASE_OUTSIDE))
        .add(routes!(desk::outside_link_resend).needs(&CASE_OUTSIDE))
        .add(routes!(desk::outside_link_retry).needs(&CASE_OUTSIDE))
        .add(routes!(desk::outside_link_revoke).needs(&CASE_OUTSIDE))
        .add(routes!(page::outside_case).public())
        .add(routes!(page::outside_move).public())
        .add(routes!(page::outside_photo).public())
        .add(upload.public())
}

/// Sends what was dispatched, and ends the links of what has left its body.
pub(crate) fn listener() -> Listener {
    Listener {
        name: "cases.outside",
        topics: &["cases.changed"],
        handle: |kernel, event| Box::pin(async move { hear(&kernel, &event).await }),
    }
}

/// The same for all cases, whatever the listener has missed.
pub(crate) fn job() -> Job {
    Job {
        name: "cases.outside",
        zh: "向外部单位发送案件链接",
        en: "Send links to bodies outside",
        every: Duration::from_secs(60),
        run: |kernel| Box::pin(look(kernel)),
    }
}

async fn hear(kernel: &Kernel, event: &Event) -> Result<()> {
    let changed: Changed = event.read()?;
    if store::concerned(&mut kernel.read().await?, changed.id).await? {
        settle(kernel, changed.id).await?;
    }
    Ok(())
}

async fn look(kernel: Kernel) -> Result<String> {
    let cases = store::unsettled(&mut kernel.read().await?).await?;
    let count = cases.len();
    for case in cases {
        settle(&kernel, case).await?;
    }
    Ok(count.to_string())
}

/// Brings a case's links in line with where it stands.
async fn settle(kernel: &Kernel, id: CaseId) -> Result<()> {
    let mut work = kernel.system_work().await?;
    let Some(case) = crate::store::find(&mut work, id).await? else {
        return Ok(());
    };
    let now = work.now();
    let body = case.body.clone().filter(|it| lies_with(&case, it));
    store::end_others(&mut work, id, body.as_deref(), now).await?;
    if let Some(body) = body
        && let Some(outside) = store::body(&mut work, &body).await?.filter(|it| it.active)
        && !store::has_open(&mut work, id, &body).await?
    {
        send(&mut work, &case, &outside, None).await?;
    }
    work.commit().await
}

/// Whether it is this body's turn.
fn lies_with(case: &Case, body: &str) -> bool {
    matches!(case.state, State::Dispatched | State::Handling) && case.body.as_deref() == Some(body)
}

/// What a body's own system is told.
#[derive(Serialize)]
struct Sent<'a> {
    id: CaseId,
    number: &'a str,
    body: &'a str,
    description: &'a str,
    place: Option<&'a str>,
    due_at: Option<Time>,
    link: String,
    expires_at: Time,
}

/// Makes a link and sends it to whoever has subscribed.
async fn send(work: &mut Work, case: &Case, outside: &store::OutsideBody, by: Option<String>) -> Result<LinkId> {
    let kernel = work.kernel().clone();
    let id = LinkId(kernel.id::<Uuid>());
    let token = BASE64_URL_SAFE_NO_PAD.encode(kernel.random::<32>());
    let expires_at = work.now().plus_seconds(outside.hours * 3600);
    let sent = Sent {
        id: case.id,
        number: &case.number,
        body: &outside.body,
        description: &case.description,
        place: case.place.as_deref(),
        due_at: case.due_at,
        link: address(&kernel, &token),
        expires_at,
    };
    let place = Place {
        area: None,
        body: Some(&outside.body),
        owners: &[],
    };
    let delivered: Vec<DeliveryId> =
        hooks::post(work, &OUTSIDE_SENT, place, format!("cases/{}", case.id), &sent).await?;
    let link = store::NewLink {
        id,
        case: case.id,
        body: &outside.body,
        area: &case.area,
        hash: digest(&token),
        sealed: kernel.vault().seal(&kernel, &token, &bound_to(id))?,
        delivery: delivered.first().copied(),
        by,
        expires_at,
    };
    store::insert(work, link).await?;
    // Under the link's id: under the case's stand its moves alone.
    let facts =
        serde_json::json!({ "case": case.id, "number": case.number, "body": outside.body, "expires_at": expires_at });
    work.audit("cases.outside_sent", id, facts).await?;
    Ok(id)
}

/// Marks a body as one that gets its cases by link; its account is made at the first time.
async fn mark(work: &mut Work, body: &str, name: &str, hours: i64, active: bool) -> Result<()> {
    let account = match store::body(work, body).await? {
        Some(known) => known.account,
        None => {
            let kernel = work.kernel().clone();
            let account: UserId = kernel.id();
            let user = NewUser {
                id: account,
                login: format!("outside-{}", account.0.simple()),
                name: name.to_owned(),
                body: Some(body.to_owned()),
                area: None,
            };
            machine_account(work, &user).await?;
            grant_role(work, account, ROLE, &Reach::Body(body.to_owned())).await?;
            account
        }
    };
    store::save_body(work, body, account, hours, active).await?;
    let facts = serde_json::json!({ "hours": hours, "active": active });
    work.audit("cases.outside_body_set", body, facts).await
}

/// The link as it is passed on. The token stands behind `#`, which browsers send to nobody: it appears in no log.
fn address(kernel: &Kernel, token: &str) -> String {
    let base = kernel.config().http.public_url.as_deref().unwrap_or_default();
    format!("{}/outside#{token}", base.trim_end_matches('/'))
}

fn digest(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

fn bound_to(id: LinkId) -> String {
    format!("outside-link:{id}")
}
