//! The SQL of subscriptions and their deliveries.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{DeliveryId, HookId, News};
use crate::auth::{Columns, Scope, UserId};
use crate::db::{Json as JsonText, Sql, Tx};
use crate::error::Error;
use crate::page::PageQuery;
use crate::{Kernel, Result, Time, args, words};

words! {
    /// How far a delivery has come.
    pub enum DeliveryState {
        /// It will be tried.
        Waiting = "waiting", "待推送", "Waiting";
        /// The receiver has taken it.
        Delivered = "delivered", "已送达", "Delivered";
        /// It was tried for a day in vain.
        GaveUp = "gave_up", "已放弃", "Given up";
    }
}

/// The columns that scopes look at: a machine sees its own.
const SCOPE: Columns = Columns {
    area: "",
    body: "",
    own: &["h.account"],
};

/// A subscription as stored.
#[derive(sqlx::FromRow)]
pub(super) struct Hook {
    pub id: HookId,
    pub account: UserId,
    pub account_name: String,
    pub name: String,
    pub url: String,
    pub topics: JsonText<Vec<String>>,
    pub enabled: bool,
    pub stopped: Option<String>,
    pub failing_since: Option<Time>,
    pub delivered_at: Option<Time>,
    pub error: Option<String>,
    pub created_at: Time,
    pub version: i64,
    pub waiting: i64,
    pub gave_up: i64,
}

const HOOK: &str = "SELECT h.id, h.account, u.name AS account_name, h.name, h.url, h.topics, h.enabled, h.stopped, h.failing_since, \
                    h.delivered_at, h.error, h.created_at, h.version, \
                    (SELECT COUNT(*) FROM kernel_hook_delivery d WHERE d.hook_id = h.id AND d.state = 'waiting') AS waiting, \
                    (SELECT COUNT(*) FROM kernel_hook_delivery d WHERE d.hook_id = h.id AND d.state = 'gave_up') AS gave_up \
                    FROM kernel_hook h JOIN kernel_user u ON u.id = h.account WHERE ";

/// The most subscriptions of a district.
pub(super) const MOST_HOOKS: i64 = 200;

/// All subscriptions in reach.
pub(super) async fn hooks(tx: &mut Tx, scope: &Scope) -> Result<Vec<Hook>> {
    let mut sql = Sql::new(HOOK);
    scope.push(&mut sql, SCOPE);
    sql.push(" ORDER BY h.name, h.id LIMIT ").bind(MOST_HOOKS);
    Ok(tx.list(sql).await?)
}

/// One of them.
pub(super) async fn hook(tx: &mut Tx, scope: &Scope, id: HookId) -> Result<Option<Hook>> {
    let mut sql = Sql::new(HOOK);
    scope.push(&mut sql, SCOPE);
    sql.and("h.id =", id);
    Ok(tx.list(sql).await?.pop())
}

/// How many there are.
pub(super) async fn count(tx: &mut Tx) -> Result<i64> {
    let row: Option<(i64,)> = tx.one("SELECT COUNT(*) FROM kernel_hook", vec![]).await?;
    Ok(row.map_or(0, |it| it.0))
}

/// Where a delivery goes.
pub(super) struct Listening {
    pub id: HookId,
    pub account: UserId,
}

/// The subscriptions that want a topic.
pub(super) async fn listening(tx: &mut Tx, topic: &str) -> Result<Vec<Listening>> {
    let sql = "SELECT id, account, topics FROM kernel_hook WHERE enabled";
    let all: Vec<(HookId, UserId, JsonText<Vec<String>>)> = tx.all(sql, vec![]).await?;
    let wanting = all.into_iter().filter(|it| it.2.0.iter().any(|it| it == topic));
    Ok(wanting.map(|(id, account, _)| Listening { id, account }).collect())
}

/// Puts a delivery into the queue; `None` if this subscription has the event already.
pub(super) async fn insert(
    tx: &mut Tx,
    kernel: &Kernel,
    hook: HookId,
    news: &News<'_>,
    source: &str,
) -> Result<Option<DeliveryId>> {
    let id = DeliveryId(kernel.id::<Uuid>());
    let now = kernel.now();
    let body = news.cloud_event(source).to_string();
    let sealed = kernel.vault().seal(kernel, &body, &bound_to(id))?;
    let sql = "INSERT INTO kernel_hook_delivery (id, hook_id, event, topic, subject, body, state, attempts, created_at, since, next_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $8, $8) ON CONFLICT (hook_id, event) DO NOTHING";
    let values = args![
        id,
        hook,
        &news.event,
        news.topic,
        news.subject.clone(),
        sealed,
        DeliveryState::Waiting,
        now
    ];
    Ok((tx.run(sql, values).await? == 1).then_some(id))
}

fn bound_to(id: DeliveryId) -> String {
    format!("hook-delivery:{id}")
}

/// A delivery whose time has come, with all that is needed for it.
pub(super) struct Due {
    pub id: DeliveryId,
    pub hook: HookId,
    pub url: String,
    pub secret: String,
    pub body: String,
    pub attempts: i64,
    pub since: Time,
}

#[derive(sqlx::FromRow)]
struct DueRow {
    id: DeliveryId,
    hook_id: HookId,
    url: String,
    secret: Vec<u8>,
    body: Vec<u8>,
    attempts: i64,
    since: Time,
}

/// The most deliveries of one run.
const MOST_DUE: i64 = 500;

/// What is due, the longest waiting first.
pub(super) async fn due(kernel: &Kernel) -> Result<Vec<Due>> {
    let sql = "SELECT d.id, d.hook_id, h.url, h.secret, d.body, d.attempts, d.since FROM kernel_hook_delivery d \
               JOIN kernel_hook h ON h.id = d.hook_id \
               WHERE d.state = 'waiting' AND d.next_at <= $1 AND h.enabled ORDER BY d.next_at, d.id LIMIT $2";
    let rows: Vec<DueRow> = kernel.read().await?.all(sql, args![kernel.now(), MOST_DUE]).await?;
    let open = |row: DueRow| {
        Ok(Due {
            secret: reveal_secret(kernel, row.hook_id, &row.secret)?,
            body: kernel.vault().reveal(&row.body, &bound_to(row.id))?,
            id: row.id,
            hook: row.hook_id,
            url: row.url,
            attempts: row.attempts,
            since: row.since,
        })
    };
    rows.into_iter().map(open).collect()
}

/// Seals the secret of a subscription.
pub(super) fn seal_secret(kernel: &Kernel, hook: HookId, secret: &str) -> Result<Vec<u8>> {
    kernel.vault().seal(kernel, &secret, &format!("hook:{hook}"))
}

fn reveal_secret(kernel: &Kernel, hook: HookId, sealed: &[u8]) -> Result<String> {
    kernel.vault().reveal(sealed, &format!("hook:{hook}"))
}

/// What came of a try.
pub(super) struct Outcome {
    /// The answer's status, if there was one.
    pub status: Option<u16>,
    /// What went wrong; absent when the receiver has taken it.
    pub error: Option<String>,
    /// The beginning of the answer.
    pub reply: Option<String>,
    /// How long it took.
    pub took_ms: i64,
}

/// Writes down what came of a try; `next_at` is when the next one is due, absent when there is none.
pub(super) async fn record(tx: &mut Tx, due: &Due, outcome: &Outcome, now: Time, next_at: Option<Time>) -> Result<()> {
    let state = match (&outcome.error, next_at) {
        (None, _) => DeliveryState::Delivered,
        (Some(_), Some(_)) => DeliveryState::Waiting,
        (Some(_), None) => DeliveryState::GaveUp,
    };
    let done = outcome.error.is_none().then_some(now);
    let sql = "UPDATE kernel_hook_delivery SET state = $2, attempts = attempts + 1, next_at = $3, tried_at = $4, status = $5, \
               error = $6, reply = $7, took_ms = $8, delivered_at = $9 WHERE id = $1";
    let values = args![
        due.id,
        state,
        next_at,
        now,
        outcome.status.map(i64::from),
        outcome.error.clone(),
        outcome.reply.clone(),
        outcome.took_ms,
        done
    ];
    tx.run(sql, values).await?;
    if outcome.error.is_none() {
        let sql = "UPDATE kernel_hook SET failing_since = NULL, error = NULL, delivered_at = $2 WHERE id = $1";
        tx.run(sql, args![due.hook, now]).await?;
    } else {
        let sql = "UPDATE kernel_hook SET failing_since = COALESCE(failing_since, $2), error = $3 WHERE id = $1";
        tx.run(sql, args![due.hook, now, outcome.error.clone()]).await?;
    }
    Ok(())
}

/// Since when a subscription takes nothing.
pub(super) async fn failing_since(tx: &mut Tx, hook: HookId) -> Result<Option<Time>> {
    let sql = "SELECT failing_since FROM kernel_hook WHERE id = $1";
    let row: Option<(Option<Time>,)> = tx.one(sql, args![hook]).await?;
    Ok(row.and_then(|it| it.0))
}

/// Switches a subscription off; says whether it was on.
pub(super) async fn stop(tx: &mut Tx, hook: HookId, why: &str) -> Result<bool> {
    let sql = "UPDATE kernel_hook SET enabled = FALSE, stopped = $2, version = version + 1 WHERE id = $1 AND enabled";
    Ok(tx.run(sql, args![hook, why]).await? == 1)
}

/// A delivery as a person looks at it.
#[derive(Debug, Serialize, ToSchema, sqlx::FromRow)]
pub struct Progress {
    /// Its id, the receiver's `webhook-id`.
    pub id: DeliveryId,
    /// The subscription.
    pub hook: HookId,
    /// Its name.
    pub hook_name: String,
    /// The topic.
    pub topic: String,
    /// What it speaks of.
    pub subject: Option<String>,
    /// How far it has come.
    pub state: DeliveryState,
    /// How often it was tried.
    pub attempts: i64,
    /// When it was put into the queue.
    pub created_at: Time,
    /// When it is tried next.
    pub next_at: Option<Time>,
    /// When it was tried last.
    pub tried_at: Option<Time>,
    /// The status of the last answer.
    pub status: Option<i64>,
    /// What went wrong last.
    pub error: Option<String>,
    /// The beginning of the last answer.
    pub reply: Option<String>,
    /// How long the last try took, in milliseconds.
    pub took_ms: Option<i64>,
    /// When the receiver took it.
    pub delivered_at: Option<Time>,
}

const PROGRESS: &str = "SELECT d.id, d.hook_id AS hook, h.name AS hook_name, d.topic, d.subject, d.state, d.attempts, d.created_at, \
                        d.next_at, d.tried_at, d.status, d.error, d.reply, d.took_ms, d.delivered_at \
                        FROM kernel_hook_delivery d JOIN kernel_hook h ON h.id = d.hook_id WHERE ";

/// These deliveries, in one statement.
pub async fn progress(tx: &mut Tx, ids: impl IntoIterator<Item = DeliveryId>) -> Result<Vec<Progress>> {
    let mut sql = Sql::new(PROGRESS);
    sql.push("d.id IN ").list(ids);
    Ok(tx.list(sql).await?)
}

/// A page of deliveries, the newest first.
pub(super) async fn deliveries(
    tx: &mut Tx,
    scope: &Scope,
    hook: Option<HookId>,
    state: Option<DeliveryState>,
    page: &PageQuery,
) -> Result<Vec<Progress>> {
    let mut sql = Sql::new(PROGRESS);
    scope.push(&mut sql, SCOPE);
    if let Some(hook) = hook {
        sql.and("d.hook_id =", hook);
    }
    if let Some(state) = state {
        sql.and("d.state =", state);
    }
    if let Some(id) = page.key::<DeliveryId>()? {
        sql.and("d.id <", id);
    }
    sql.push(" ORDER BY d.id DESC LIMIT ").bind(page.fetch());
    Ok(tx.list(sql).await?)
}

/// One delivery in reach.
pub(super) async fn delivery(tx: &mut Tx, scope: &Scope, id: DeliveryId) -> Result<Option<Progress>> {
    let mut sql = Sql::new(PROGRESS);
    scope.push(&mut sql, SCOPE);
    sql.and("d.id =", id);
    Ok(tx.list(sql).await?.pop())
}

/// Has a delivery tried again at once, with a new day of tries; what was delivered stays so. Says whether it will be.
pub async fn try_again(tx: &mut Tx, id: DeliveryId, now: Time) -> Result<bool> {
    let sql = "UPDATE kernel_hook_delivery SET state = 'waiting', next_at = $2, since = $2, attempts = 0 \
               WHERE id = $1 AND state <> 'delivered'";
    Ok(tx.run(sql, args![id, now]).await? == 1)
}

/// Marks a delivery as taken at a moment in the past: for the demo.
pub async fn mark_delivered(tx: &mut Tx, id: DeliveryId, at: Time) -> Result<()> {
    let sql = "UPDATE kernel_hook_delivery SET state = 'delivered', next_at = NULL, attempts = 1, status = 200, took_ms = 41, \
               created_at = $2, since = $2, tried_at = $2, delivered_at = $2 WHERE id = $1";
    tx.run(sql, args![id, at]).await?;
    let sql =
        "UPDATE kernel_hook SET delivered_at = $2 WHERE id = (SELECT hook_id FROM kernel_hook_delivery WHERE id = $1)";
    tx.run(sql, args![id, at]).await?;
    Ok(())
}

/// Sweeps out what was delivered two weeks ago, and what was given up a quarter ago.
pub(crate) async fn sweep(tx: &mut Tx, now: Time) -> Result<u64> {
    let day = 24 * 3600;
    let sql = "DELETE FROM kernel_hook_delivery WHERE (state = 'delivered' AND created_at < $1) OR (state = 'gave_up' AND created_at < $2)";
    let values = args![now.plus_seconds(-14 * day), now.plus_seconds(-90 * day)];
    tx.run(sql, values).await.map_err(Error::from)
}
