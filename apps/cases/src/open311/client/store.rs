//! The SQL of other servers and of what is on its way to them.

use kernel::auth::{Columns, Scope, UserId};
use kernel::db::{Json, Sql, Tx};
use kernel::error::Result;
use kernel::page::PageQuery;
use kernel::{Time, args};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::SendingId;
use super::wire::Remote;
use crate::model::{Case, CaseId};

kernel::words! {
    /// How far a sending has come.
    pub enum SendingState {
        /// It will be sent.
        Waiting = "waiting", "待转送", "Waiting";
        /// It was taken; its id is still to come.
        Token = "token", "待编号", "Taken";
        /// It was taken and is looked after.
        Sent = "sent", "跟踪中", "Followed";
        /// The other server calls it closed.
        Done = "done", "对方已办结", "Closed there";
        /// Somebody has stopped it.
        Stopped = "stopped", "已停止", "Stopped";
        /// The case has left the body another way.
        Ended = "ended", "已结束", "Ended";
    }
}

/// Which service stands for a class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Open311Mapping)]
pub(in crate::open311) struct Mapping {
    /// The class, by code.
    #[schema(min_length = 1, max_length = 32)]
    pub class: String,
    /// The other server's `service_code`.
    #[schema(min_length = 1, max_length = 64)]
    pub service: String,
}

/// A body's server.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(in crate::open311) struct Server {
    pub body: String,
    pub url: String,
    pub api_key: Option<Vec<u8>>,
    pub jurisdiction: Option<String>,
    pub services: Json<Vec<Mapping>>,
    pub fallback: Option<String>,
    pub account: UserId,
    pub active: bool,
    pub version: i64,
}

impl Server {
    /// The `service_code` for cases of a class.
    pub(super) fn service(&self, class: Option<&str>) -> Option<&str> {
        let mapped = self.services.0.iter().find(|it| Some(it.class.as_str()) == class);
        mapped.map(|it| it.service.as_str()).or(self.fallback.as_deref())
    }

    /// Its name on the net.
    pub(super) fn host(&self) -> String {
        let url = reqwest::Url::parse(&self.url);
        url.ok()
            .and_then(|it| it.host_str().map(str::to_owned))
            .unwrap_or_default()
    }

    /// What the key is sealed to.
    pub(super) fn bound_to(&self) -> String {
        bound_to(&self.body)
    }
}

pub(super) fn bound_to(body: &str) -> String {
    format!("open311-server:{body}")
}

const SERVER: &str =
    "SELECT body, url, api_key, jurisdiction, services, fallback, account, active, version FROM cases_open311_server";

pub(super) async fn server(tx: &mut Tx, body: &str) -> Result<Option<Server>> {
    let mut sql = Sql::new(SERVER);
    sql.push(" WHERE body = ").bind(body);
    Ok(tx.list(sql).await?.pop())
}

/// All of them: a district has a few dozen at most.
pub(super) async fn servers(tx: &mut Tx) -> Result<Vec<Server>> {
    let mut sql = Sql::new(SERVER);
    sql.push(" ORDER BY body LIMIT 500");
    Ok(tx.list(sql).await?)
}

pub(in crate::open311) async fn save_server(tx: &mut Tx, it: &Server) -> Result<()> {
    let sql = "INSERT INTO cases_open311_server (body, url, api_key, jurisdiction, services, fallback, account, active, version) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1) ON CONFLICT (body) DO UPDATE SET url = excluded.url, \
               api_key = excluded.api_key, jurisdiction = excluded.jurisdiction, services = excluded.services, \
               fallback = excluded.fallback, active = excluded.active, version = cases_open311_server.version + 1";
    let values = args![
        &it.body,
        &it.url,
        it.api_key.clone(),
        it.jurisdiction.as_deref(),
        &it.services,
        it.fallback.as_deref(),
        it.account,
        it.active
    ];
    tx.run(sql, values).await?;
    Ok(())
}

/// A case on its way.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct Sending {
    pub id: SendingId,
    pub case_id: CaseId,
    pub body: String,
    pub state: SendingState,
    pub remote_id: Option<String>,
    pub token: Option<String>,
    pub remote_status: Option<String>,
    pub remote_notes: Option<String>,
    pub remote_updated: Option<String>,
    pub attempts: i64,
    pub next_at: Time,
    pub error: Option<String>,
    pub made_at: Time,
    pub sent_at: Option<Time>,
    pub heard_at: Option<Time>,
    pub number: String,
    pub description: String,
    pub active: bool,
}

const SENDING: &str = "SELECT s.id, s.case_id, s.body, s.state, s.remote_id, s.token, s.remote_status, s.remote_notes, s.remote_updated, \
                       s.attempts, s.next_at, s.error, s.made_at, s.sent_at, s.heard_at, c.number, c.description, b.active \
                       FROM cases_open311_sending s JOIN cases_case c ON c.id = s.case_id \
                       JOIN cases_open311_server b ON b.body = s.body WHERE ";

/// The columns that scopes look at.
const SCOPE: Columns = Columns {
    area: "s.area",
    body: "s.body",
    own: &[],
};

/// The most of one run.
const MOST_DUE: i64 = 200;

/// What is to be done now, the oldest first.
pub(super) async fn due(tx: &mut Tx, now: Time) -> Result<Vec<Sending>> {
    let mut sql = Sql::new(SENDING);
    sql.push("b.active AND s.state IN ('waiting', 'token', 'sent') AND s.next_at <= ")
        .bind(now);
    sql.push(" ORDER BY s.next_at LIMIT ").bind(MOST_DUE);
    Ok(tx.list(sql).await?)
}

/// Whether a change of this case matters here: its body has a server, or it is on its way.
pub(super) async fn concerned(tx: &mut Tx, case: CaseId) -> Result<bool> {
    let sql = "SELECT c.version FROM cases_case c WHERE c.id = $1 AND (EXISTS (SELECT 1 FROM cases_open311_server b WHERE b.body = c.body AND b.active) \
               OR EXISTS (SELECT 1 FROM cases_open311_sending s WHERE s.case_id = c.id AND s.state IN ('waiting', 'token', 'sent', 'stopped')))";
    let row: Option<(i64,)> = tx.one(sql, args![case]).await?;
    Ok(row.is_some())
}

/// Cases that wait to be queued, and those on their way although they have left the body.
pub(super) async fn unsettled(tx: &mut Tx) -> Result<Vec<CaseId>> {
    let sql = "SELECT c.id FROM cases_open311_server b JOIN cases_case c ON c.body = b.body \
               WHERE b.active AND c.state IN ('dispatched', 'handling') AND NOT EXISTS (SELECT 1 FROM cases_open311_sending s \
               WHERE s.case_id = c.id AND s.body = c.body AND s.state IN ('waiting', 'token', 'sent', 'stopped')) LIMIT 200";
    let mut all: Vec<(CaseId,)> = tx.all(sql, vec![]).await?;
    let sql = "SELECT c.id FROM cases_open311_sending s JOIN cases_case c ON c.id = s.case_id \
               WHERE s.state IN ('waiting', 'token', 'sent', 'stopped') \
               AND (c.body IS NULL OR c.body <> s.body OR c.state NOT IN ('dispatched', 'handling')) LIMIT 200";
    all.extend(tx.all::<(CaseId,)>(sql, vec![]).await?);
    Ok(all.into_iter().map(|it| it.0).collect())
}

/// Ends what is on its way to others than the body that has the case.
pub(super) async fn end_others(tx: &mut Tx, case: CaseId, body: Option<&str>) -> Result<()> {
    let sql = "UPDATE cases_open311_sending SET state = 'ended' WHERE case_id = $1 AND body <> $2 \
               AND state IN ('waiting', 'token', 'sent', 'stopped')";
    tx.run(sql, args![case, body.unwrap_or_default()]).await?;
    Ok(())
}

/// Queues a case, if it is not on its way already.
pub(in crate::open311) async fn queue(tx: &mut Tx, id: SendingId, case: &Case, body: &str, now: Time) -> Result<bool> {
    let sql = "INSERT INTO cases_open311_sending (id, case_id, body, area, state, attempts, next_at, made_at) \
               VALUES ($1, $2, $3, $4, 'waiting', 0, $5, $5) ON CONFLICT DO NOTHING";
    Ok(tx.run(sql, args![id, case.id, body, &case.area, now]).await? == 1)
}

/// Notes that the other server has taken it.
pub(in crate::open311) async fn sent(
    tx: &mut Tx,
    id: SendingId,
    remote: Option<&str>,
    token: Option<&str>,
    next: Time,
) -> Result<()> {
    let state = if remote.is_some() {
        SendingState::Sent
    } else {
        SendingState::Token
    };
    let sql = "UPDATE cases_open311_sending SET state = $2, remote_id = $3, token = $4, next_at = $5, attempts = 0, error = NULL, \
               sent_at = COALESCE(sent_at, $6) WHERE id = $1 AND state IN ('waiting', 'token')";
    let now = next.plus_seconds(-super::LOOK_EVERY);
    tx.run(sql, args![id, state, remote, token, next, now]).await?;
    Ok(())
}

/// Notes how it fares.
pub(super) async fn heard(
    tx: &mut Tx,
    id: SendingId,
    remote: &Remote,
    closed: bool,
    next: Time,
    now: Time,
) -> Result<()> {
    let state = if closed { SendingState::Done } else { SendingState::Sent };
    let sql = "UPDATE cases_open311_sending SET state = $2, remote_status = $3, remote_notes = $4, remote_updated = $5, next_at = $6, \
               heard_at = $7, attempts = 0, error = NULL WHERE id = $1 AND state IN ('waiting', 'sent')";
    let values = args![id, state, remote.status(), remote.notes(), remote.updated(), next, now];
    tx.run(sql, values).await?;
    Ok(())
}

/// Notes a failure.
pub(in crate::open311) async fn failed(tx: &mut Tx, id: SendingId, error: &str, next: Time) -> Result<()> {
    let sql = "UPDATE cases_open311_sending SET attempts = attempts + 1, error = $2, next_at = $3 \
               WHERE id = $1 AND state IN ('waiting', 'token', 'sent')";
    tx.run(sql, args![id, error, next]).await?;
    Ok(())
}

/// Goes on at once with one that is on its way or was stopped.
pub(super) async fn retry(tx: &mut Tx, id: SendingId, now: Time) -> Result<bool> {
    let sql = "UPDATE cases_open311_sending SET next_at = $2, attempts = 0, \
               state = CASE WHEN remote_id IS NOT NULL THEN 'sent' WHEN token IS NOT NULL THEN 'token' ELSE 'waiting' END \
               WHERE id = $1 AND state IN ('waiting', 'token', 'sent', 'stopped')";
    Ok(tx.run(sql, args![id, now]).await? == 1)
}

/// Stops one that is on its way.
pub(super) async fn stop(tx: &mut Tx, id: SendingId) -> Result<bool> {
    let sql =
        "UPDATE cases_open311_sending SET state = 'stopped' WHERE id = $1 AND state IN ('waiting', 'token', 'sent')";
    Ok(tx.run(sql, args![id]).await? == 1)
}

/// Which part of the queue to list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Part {
    /// On its way or looked after.
    Open,
    /// Of those, what the last try failed for, and what was stopped.
    Trouble,
    /// Closed by the other server.
    Done,
}

pub(super) async fn sending(tx: &mut Tx, scope: &Scope, id: SendingId) -> Result<Option<Sending>> {
    let mut sql = Sql::new(SENDING);
    scope.push(&mut sql, SCOPE);
    sql.and("s.id =", id);
    Ok(tx.list(sql).await?.pop())
}

/// A page of the queue, the newest first.
pub(super) async fn sendings(tx: &mut Tx, scope: &Scope, part: Option<Part>, page: &PageQuery) -> Result<Vec<Sending>> {
    let mut sql = Sql::new(SENDING);
    scope.push(&mut sql, SCOPE);
    match part {
        Some(Part::Open) => sql.push(" AND s.state IN ('waiting', 'token', 'sent')"),
        Some(Part::Trouble) => {
            sql.push(" AND (s.state = 'stopped' OR (s.error IS NOT NULL AND s.state IN ('waiting', 'token', 'sent')))")
        }
        Some(Part::Done) => sql.push(" AND s.state = 'done'"),
        None => &mut sql,
    };
    if let Some(after) = page.key::<SendingId>()? {
        sql.and("s.id <", after);
    }
    sql.push(" ORDER BY s.id DESC LIMIT ").bind(page.fetch());
    Ok(tx.list(sql).await?)
}

/// What lies with each server: on its way, and of that in trouble.
pub(super) async fn counts(tx: &mut Tx) -> Result<Vec<(String, i64, i64)>> {
    let sql = "SELECT body, COUNT(*), SUM(CASE WHEN error IS NOT NULL OR state = 'stopped' THEN 1 ELSE 0 END) \
               FROM cases_open311_sending WHERE state IN ('waiting', 'token', 'sent', 'stopped') GROUP BY body";
    Ok(tx.all(sql, vec![]).await?)
}
