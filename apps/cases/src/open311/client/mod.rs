//! Cases that are sent on to another Open311 server, and followed there.
//!
//! A body can have a server of its own. A case that is dispatched to it is queued, sent by a job, and looked after until
//! that server calls it closed: what is new there becomes a note of the case, its end the body's own move. Each try that
//! fails is tried again after a growing pause, for as long as the case lies with the body or until somebody stops it, and
//! the queue shows it with its error. Nothing of the reporter goes along.

pub(super) mod desk;
pub(super) mod store;
mod wire;

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::stream::{self, StreamExt};
use grid::api::atlas;
use kernel::auth::{NewUser, Reach, User, UserId, grant_role, machine, machine_account};
use kernel::error::{Error, Result};
use kernel::events::{Event, Listener};
use kernel::jobs::Job;
use kernel::{Kernel, Work, hooks, id};
use store::{Sending, SendingState, Server};
use wire::{Remote, Wire};

use crate::model::{Action, Case, CaseId, MoveInput, State};
use crate::moves::{self, Changed};

id!(
    /// A case on its way to another server.
    SendingId
);

/// The role of a body's account.
const ROLE: &str = "open311_body";
/// The first pause after a failure; each further one is twice as long, up to six hours.
const FIRST_PAUSE: i64 = 30;
const LONGEST_PAUSE: i64 = 6 * 3600;
/// How often a request is looked after.
const LOOK_EVERY: i64 = 600;
/// How many servers are talked to at once.
const AT_ONCE: usize = 8;

/// Queues what is dispatched, and ends what has left its body.
pub(crate) fn listener() -> Listener {
    Listener {
        name: "cases.open311",
        topics: &["cases.changed"],
        handle: |kernel, event| Box::pin(async move { hear(&kernel, &event).await }),
    }
}

/// Sends and follows.
pub(crate) fn job() -> Job {
    Job {
        name: "cases.open311",
        zh: "向外部 Open311 服务器转送案件并跟踪",
        en: "Send cases on to other Open311 servers and follow them",
        every: Duration::from_secs(15),
        run: |kernel| Box::pin(run(kernel)),
    }
}

async fn hear(kernel: &Kernel, event: &Event) -> Result<()> {
    let changed: Changed = event.read()?;
    if store::concerned(&mut kernel.read().await?, changed.id).await? {
        settle(kernel, changed.id).await?;
    }
    Ok(())
}

/// Whether it is this body's turn.
fn lies_with(case: &Case, body: &str) -> bool {
    matches!(case.state, State::Dispatched | State::Handling) && case.body.as_deref() == Some(body)
}

/// Brings the queue in line with where a case stands.
async fn settle(kernel: &Kernel, id: CaseId) -> Result<()> {
    let mut work = kernel.system_work().await?;
    let Some(case) = crate::store::find(&mut work, id).await? else {
        return Ok(());
    };
    let now = work.now();
    let body = case.body.clone().filter(|it| lies_with(&case, it));
    store::end_others(&mut work, id, body.as_deref()).await?;
    if let Some(body) = body
        && store::server(&mut work, &body).await?.is_some_and(|it| it.active)
    {
        let sending: SendingId = kernel.id();
        if store::queue(&mut work, sending, &case, &body, now).await? {
            let facts = serde_json::json!({ "case": id, "number": case.number, "body": body });
            work.audit("cases.open311_queued", sending, facts).await?;
        }
    }
    work.commit().await
}

async fn run(kernel: Kernel) -> Result<String> {
    for case in store::unsettled(&mut kernel.read().await?).await? {
        settle(&kernel, case).await?;
    }
    let due = store::due(&mut kernel.read().await?, kernel.now()).await?;
    if due.is_empty() {
        return Ok("0".to_owned());
    }
    let http = hooks::client(kernel.config().hooks.allow_private).map_err(Error::internal)?;
    let mut queues: BTreeMap<String, Vec<Sending>> = BTreeMap::new();
    for it in due {
        queues.entry(it.body.clone()).or_default().push(it);
    }
    let runs = queues
        .into_iter()
        .map(|(body, queue)| one_server(&kernel, &http, body, queue));
    let done: Vec<Result<(usize, usize)>> = stream::iter(runs).buffer_unordered(AT_ONCE).collect().await;
    let (mut well, mut badly) = (0, 0);
    for it in done {
        let (more, failed) = it?;
        well += more;
        badly += failed;
    }
    Ok(format!("{well} well, {badly} failed"))
}

/// One server's in order, and no further than its first silence.
async fn one_server(
    kernel: &Kernel,
    http: &reqwest::Client,
    body: String,
    queue: Vec<Sending>,
) -> Result<(usize, usize)> {
    let server = store::server(&mut kernel.read().await?, &body).await?;
    let Some(server) = server.filter(|it| it.active) else {
        return Ok((0, 0));
    };
    let wire = Wire::new(kernel, http, &server)?;
    let (mut well, mut badly) = (0, 0);
    for sending in queue {
        let outcome = step(kernel, &wire, &server, &sending).await;
        match outcome {
            Ok(()) => well += 1,
            Err(failure) => {
                badly += 1;
                let mut work = kernel.system_work().await?;
                let next = work.now().plus_seconds(pause(sending.attempts));
                store::failed(&mut work, sending.id, &failure.text, next).await?;
                work.commit().await?;
                if failure.silent {
                    break;
                }
            }
        }
    }
    Ok((well, badly))
}

/// Why a try failed.
struct Failure {
    text: String,
    /// Whether the other side did not answer at all.
    silent: bool,
}

impl Failure {
    fn said(text: impl Into<String>) -> Self {
        Self {
            text: text.into().chars().filter(|it| *it != '\0').take(400).collect(),
            silent: false,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        if error.code().status >= 500 {
            tracing::error!(%error, "an Open311 sending failed");
        }
        Self::said(error.text(kernel::error::Lang::Zh))
    }
}

/// The next step of a sending: to send it, to ask for its id, or to see how it fares.
async fn step(kernel: &Kernel, wire: &Wire<'_>, server: &Server, sending: &Sending) -> Result<(), Failure> {
    match (sending.state, &sending.remote_id, &sending.token) {
        (SendingState::Waiting, None, None) => send(kernel, wire, server, sending).await,
        (_, Some(id), _) => {
            let remote = wire.request(id).await?;
            follow(kernel, server, sending, &remote).await
        }
        (_, None, Some(token)) => {
            let remote = wire.token(token).await?;
            let mut work = kernel.system_work().await?;
            let next = work.now().plus_seconds(LOOK_EVERY);
            store::sent(&mut work, sending.id, remote.id(), Some(token), next).await?;
            Ok(work.commit().await?)
        }
        (_, None, None) => Err(Failure::said("no service_request_id")),
    }
}

async fn account(kernel: &Kernel, server: &Server) -> Result<User, Failure> {
    let found = machine(&mut kernel.read().await?, server.account).await?;
    found.ok_or_else(|| Failure::said("the body's account is closed"))
}

async fn send(kernel: &Kernel, wire: &Wire<'_>, server: &Server, sending: &Sending) -> Result<(), Failure> {
    let case = crate::store::find(&mut kernel.read().await?, sending.case_id).await?;
    let case = case.ok_or_else(|| Failure::said("the case is gone"))?;
    let Some(service) = server.service(case.class.as_deref()) else {
        let class = case.class.as_deref().unwrap_or("-");
        return Err(Failure::said(format!("no service_code for the class {class}")));
    };
    let user = account(kernel, server).await?;
    let area = atlas(kernel)?.path_name(&case.area);
    let remote = wire.post(sending.id, &case, service, &area).await?;
    let mut work = kernel.work(&user).await?;
    let next = work.now().plus_seconds(LOOK_EVERY);
    store::sent(&mut work, sending.id, remote.id(), remote.token(), next).await?;
    let under = remote.id().or(remote.token()).unwrap_or_default();
    work.audit(
        "cases.open311_sent",
        sending.id,
        serde_json::json!({ "case": case.id, "remote": under }),
    )
    .await?;
    let note = format!("已转送 {}，对方编号 {under}", server.host());
    act(&mut work, sending, Action::Receive, &note).await?;
    Ok(work.commit().await?)
}

/// Passes on what is new; the end is the body's own move.
async fn follow(kernel: &Kernel, server: &Server, sending: &Sending, remote: &Remote) -> Result<(), Failure> {
    let user = account(kernel, server).await?;
    let mut work = kernel.work(&user).await?;
    let now = work.now();
    let (status, notes) = (remote.status(), remote.notes());
    let closed = status == Some("closed");
    let known = sending.remote_status.is_some();
    let news = (status, notes) != (sending.remote_status.as_deref(), sending.remote_notes.as_deref());
    store::heard(&mut work, sending.id, remote, closed, now.plus_seconds(LOOK_EVERY), now).await?;
    if closed {
        let note = notes.map_or_else(|| "对方系统已办结".to_owned(), |it| format!("对方系统已办结：{it}"));
        act(&mut work, sending, Action::Receive, "对方系统已受理").await?;
        act(&mut work, sending, Action::Handle, &note).await?;
    } else if known && news {
        let word = if status == Some("open") {
            "办理中"
        } else {
            status.unwrap_or("-")
        };
        let note = format!(
            "对方系统状态：{word}{}",
            notes.map(|it| format!("（{it}）")).unwrap_or_default()
        );
        act(&mut work, sending, Action::Note, &note).await?;
    }
    Ok(work.commit().await?)
}

/// Makes a move in the body's name, where it is open: people may have been quicker.
async fn act(work: &mut Work, sending: &Sending, action: Action, note: &str) -> Result<()> {
    let Some(case) = crate::store::find(work, sending.case_id).await? else {
        return Ok(());
    };
    if !lies_with(&case, &sending.body) || crate::flow::FLOW.find(case.state, action).is_none() {
        return Ok(());
    }
    let input = MoveInput {
        note: Some(note.chars().take(2_000).collect()),
        ..MoveInput::new(action, case.version)
    };
    moves::make(work, case, &input).await.map(drop)
}

/// The pause after this many failures.
fn pause(attempts: i64) -> i64 {
    let doublings = u32::try_from(attempts.clamp(0, 20)).unwrap_or(0);
    FIRST_PAUSE
        .saturating_mul(2_i64.saturating_pow(doublings))
        .min(LONGEST_PAUSE)
}

/// Makes the account in whose name a body's moves are made.
async fn make_account(work: &mut Work, body: &str, name: &str) -> Result<UserId> {
    let account: UserId = work.kernel().id();
    let user = NewUser {
        id: account,
        login: format!("open311-{}", account.0.simple()),
        name: name.to_owned(),
        body: Some(body.to_owned()),
        area: None,
    };
    machine_account(work, &user).await?;
    grant_role(work, account, ROLE, &Reach::Body(body.to_owned())).await?;
    Ok(account)
}

/// The demo's: a company whose server has taken some cases, and does not know the service of another. It is switched off,
/// so that nothing leaves the demo.
pub(super) async fn seed(work: &mut Work, body: &str, name: &str, cases: &[CaseId]) -> Result<()> {
    let server = Server {
        body: body.to_owned(),
        url: "https://open311.example.cn/v2".to_owned(),
        api_key: None,
        jurisdiction: Some("example.cn".to_owned()),
        services: kernel::db::Json(Vec::new()),
        fallback: Some("repair".to_owned()),
        account: make_account(work, body, name).await?,
        active: false,
        version: 0,
    };
    store::save_server(work, &server).await?;
    for (n, id) in cases.iter().enumerate() {
        let Some(case) = crate::store::find(work, *id).await? else {
            continue;
        };
        let at = case.dispatched_at.unwrap_or(case.reported_at).plus_seconds(60);
        let sending: SendingId = work.kernel().id();
        store::queue(work, sending, &case, body, at).await?;
        if n == 0 {
            let next = at.plus_seconds(LONGEST_PAUSE);
            store::failed(work, sending, "no answer within 10 s", next).await?;
        } else {
            let remote = format!("R-{}", 2_026_000 + n);
            store::sent(work, sending, Some(&remote), None, at.plus_seconds(LOOK_EVERY)).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_and_end_at_six_hours() {
        let pauses: Vec<i64> = (0..12).map(pause).collect();
        assert_eq!(&pauses[..4], [30, 60, 120, 240]);
        assert_eq!(pauses[11], LONGEST_PAUSE);
        assert_eq!(pause(i64::MAX), LONGEST_PAUSE);
    }
}
