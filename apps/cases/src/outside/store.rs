//! The SQL of bodies outside and their links.

use kernel::auth::{Columns, Scope, UserId};
use kernel::db::{Sql, Tx};
use kernel::error::Result;
use kernel::hooks::DeliveryId;
use kernel::page::PageQuery;
use kernel::{Time, Work, args};

use super::LinkId;
use crate::model::{Action, CaseId, State};

/// A body that gets its cases by link.
#[derive(Clone, sqlx::FromRow)]
pub(super) struct OutsideBody {
    pub body: String,
    pub account: UserId,
    pub hours: i64,
    pub active: bool,
    pub version: i64,
}

const BODY: &str = "SELECT body, account, hours, active, version FROM cases_outside_body";

pub(super) async fn body(tx: &mut Tx, code: &str) -> Result<Option<OutsideBody>> {
    let mut sql = Sql::new(BODY);
    sql.push(" WHERE body = ").bind(code);
    Ok(tx.list(sql).await?.pop())
}

/// All of them: a district has a few dozen at most.
pub(super) async fn bodies(tx: &mut Tx) -> Result<Vec<OutsideBody>> {
    let mut sql = Sql::new(BODY);
    sql.push(" ORDER BY body LIMIT 500");
    Ok(tx.list(sql).await?)
}

pub(super) async fn save_body(tx: &mut Tx, body: &str, account: UserId, hours: i64, active: bool) -> Result<()> {
    let sql = "INSERT INTO cases_outside_body (body, account, hours, active, version) VALUES ($1, $2, $3, $4, 1) \
               ON CONFLICT (body) DO UPDATE SET hours = excluded.hours, active = excluded.active, \
               version = cases_outside_body.version + 1";
    tx.run(sql, args![body, account, hours, active]).await?;
    Ok(())
}

/// Whether a change of this case matters here: its body is one of these, or a link of it is open.
pub(super) async fn concerned(tx: &mut Tx, case: CaseId) -> Result<bool> {
    let sql = "SELECT 1 FROM cases_case c WHERE c.id = $1 AND (EXISTS (SELECT 1 FROM cases_outside_body b WHERE b.body = c.body AND b.active) \
               OR EXISTS (SELECT 1 FROM cases_outside_link l WHERE l.case_id = c.id AND l.answered_at IS NULL AND l.ended_at IS NULL))";
    let row: Option<(i32,)> = tx.one(sql, args![case]).await?;
    Ok(row.is_some())
}

/// Cases that wait for a link, and those whose link is open although they have left its body.
pub(super) async fn unsettled(tx: &mut Tx) -> Result<Vec<CaseId>> {
    let sql = "SELECT c.id FROM cases_outside_body b JOIN cases_case c ON c.body = b.body \
               WHERE b.active AND c.state IN ('dispatched', 'handling') AND NOT EXISTS (SELECT 1 FROM cases_outside_link l \
               WHERE l.case_id = c.id AND l.body = c.body AND l.answered_at IS NULL AND l.ended_at IS NULL) LIMIT 200";
    let mut all: Vec<(CaseId,)> = tx.all(sql, vec![]).await?;
    let sql = "SELECT c.id FROM cases_outside_link l JOIN cases_case c ON c.id = l.case_id \
               WHERE l.answered_at IS NULL AND l.ended_at IS NULL \
               AND (c.body IS NULL OR c.body <> l.body OR c.state NOT IN ('dispatched', 'handling')) LIMIT 200";
    all.extend(tx.all::<(CaseId,)>(sql, vec![]).await?);
    Ok(all.into_iter().map(|it| it.0).collect())
}

/// Ends the open links of a case but those of the body that has it.
pub(super) async fn end_others(tx: &mut Tx, case: CaseId, body: Option<&str>, now: Time) -> Result<()> {
    let sql = "UPDATE cases_outside_link SET ended_at = $3 WHERE case_id = $1 AND body <> $2 AND answered_at IS NULL AND ended_at IS NULL";
    tx.run(sql, args![case, body.unwrap_or_default(), now]).await?;
    Ok(())
}

/// Whether the body has a link of this case that it has not answered; one that was revoked or has run out counts.
pub(super) async fn has_open(tx: &mut Tx, case: CaseId, body: &str) -> Result<bool> {
    let sql = "SELECT id FROM cases_outside_link WHERE case_id = $1 AND body = $2 AND answered_at IS NULL AND ended_at IS NULL";
    let row: Option<(LinkId,)> = tx.one(sql, args![case, body]).await?;
    Ok(row.is_some())
}

/// A link to be made.
pub(super) struct NewLink<'a> {
    pub id: LinkId,
    pub case: CaseId,
    pub body: &'a str,
    pub area: &'a str,
    pub hash: String,
    pub sealed: Vec<u8>,
    pub delivery: Option<DeliveryId>,
    pub by: Option<String>,
    pub expires_at: Time,
}

pub(super) async fn insert(work: &mut Work, it: NewLink<'_>) -> Result<()> {
    let sql = "INSERT INTO cases_outside_link (id, case_id, body, area, hash, token, delivery, made_at, made_by, expires_at, opens, uploads) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, 0)";
    let now = work.now();
    let values = args![
        it.id,
        it.case,
        it.body,
        it.area,
        it.hash,
        it.sealed,
        it.delivery,
        now,
        it.by,
        it.expires_at
    ];
    work.run(sql, values).await?;
    Ok(())
}

/// A link with where its case stands.
#[derive(Clone, sqlx::FromRow)]
pub(super) struct Link {
    pub id: LinkId,
    pub case_id: CaseId,
    pub body: String,
    pub token: Vec<u8>,
    pub delivery: Option<DeliveryId>,
    pub made_at: Time,
    pub made_by: Option<String>,
    pub expires_at: Time,
    pub revoked_at: Option<Time>,
    pub opened_at: Option<Time>,
    pub opens: i64,
    pub received_at: Option<Time>,
    pub answered_at: Option<Time>,
    pub answer: Option<Action>,
    pub ended_at: Option<Time>,
    pub number: String,
    pub description: String,
    pub state: State,
    pub due_at: Option<Time>,
}

const LINK: &str = "SELECT l.id, l.case_id, l.body, l.token, l.delivery, l.made_at, l.made_by, l.expires_at, l.revoked_at, \
                    l.opened_at, l.opens, l.received_at, l.answered_at, l.answer, l.ended_at, c.number, c.description, \
                    c.state, c.due_at FROM cases_outside_link l JOIN cases_case c ON c.id = l.case_id WHERE ";

const SCOPE: Columns = Columns {
    area: "l.area",
    body: "l.body",
    own: &[],
};

pub(super) async fn link(tx: &mut Tx, scope: &Scope, id: LinkId) -> Result<Option<Link>> {
    let mut sql = Sql::new(LINK);
    scope.push(&mut sql, SCOPE);
    sql.and("l.id =", id);
    Ok(tx.list(sql).await?.pop())
}

pub(super) async fn link_of(tx: &mut Tx, hash: &str) -> Result<Option<Link>> {
    let mut sql = Sql::new(LINK);
    sql.push("l.hash = ").bind(hash);
    Ok(tx.list(sql).await?.pop())
}

/// Which part of the queue is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Not answered yet.
    Open,
    /// Not answered, and nobody has looked.
    Unopened,
    /// Not answered, and the case is overdue.
    Overdue,
    /// Not answered, and the link opens nothing any more: somebody has to send it again.
    Stuck,
    /// Answered.
    Answered,
}

pub(super) async fn links(
    tx: &mut Tx,
    scope: &Scope,
    part: Option<Part>,
    body: Option<&str>,
    now: Time,
    page: &PageQuery,
) -> Result<Vec<Link>> {
    let mut sql = Sql::new(LINK);
    scope.push(&mut sql, SCOPE);
    match part {
        None => {}
        Some(Part::Answered) => {
            sql.push(" AND l.answered_at IS NOT NULL");
        }
        Some(_) => {
            sql.push(" AND l.answered_at IS NULL AND l.ended_at IS NULL");
        }
    }
    match part {
        Some(Part::Unopened) => {
            sql.push(" AND l.opened_at IS NULL");
        }
        Some(Part::Overdue) => {
            sql.and("c.due_at <", now);
        }
        Some(Part::Stuck) => {
            sql.push(" AND (l.revoked_at IS NOT NULL OR l.expires_at < ")
                .bind(now)
                .push(")");
        }
        _ => {}
    }
    if let Some(body) = body {
        sql.and("l.body =", body);
    }
    if let Some(id) = page.key::<LinkId>()? {
        sql.and("l.id <", id);
    }
    sql.push(" ORDER BY l.id DESC LIMIT ").bind(page.fetch());
    Ok(tx.list(sql).await?)
}

/// Per body: links not answered, of those not opened, of those overdue, of those that open nothing any more.
pub(super) async fn counts(tx: &mut Tx, scope: &Scope, now: Time) -> Result<Vec<(String, i64, i64, i64, i64)>> {
    let mut sql = Sql::new(
        "SELECT l.body, COUNT(*), COUNT(CASE WHEN l.opened_at IS NULL THEN 1 END), COUNT(CASE WHEN c.due_at < ",
    );
    sql.bind(now)
        .push(" THEN 1 END), COUNT(CASE WHEN l.revoked_at IS NOT NULL OR l.expires_at < ")
        .bind(now)
        .push(" THEN 1 END) FROM cases_outside_link l JOIN cases_case c ON c.id = l.case_id WHERE ");
    scope.push(&mut sql, SCOPE);
    sql.push(" AND l.answered_at IS NULL AND l.ended_at IS NULL GROUP BY l.body");
    Ok(tx.list(sql).await?)
}

/// Says whether the link was still to be revoked.
pub(super) async fn revoke(tx: &mut Tx, id: LinkId, now: Time) -> Result<bool> {
    let sql =
        "UPDATE cases_outside_link SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL AND answered_at IS NULL";
    Ok(tx.run(sql, args![id, now]).await? == 1)
}

/// Makes room for a new link of the same case.
pub(super) async fn replace(tx: &mut Tx, id: LinkId, now: Time) -> Result<()> {
    let sql = "UPDATE cases_outside_link SET revoked_at = COALESCE(revoked_at, $2), ended_at = $2 WHERE id = $1 AND ended_at IS NULL";
    tx.run(sql, args![id, now]).await?;
    Ok(())
}

/// Notes that somebody has looked; says whether for the first time.
pub(super) async fn opened(tx: &mut Tx, id: LinkId, now: Time) -> Result<()> {
    let sql = "UPDATE cases_outside_link SET opened_at = COALESCE(opened_at, $2), opens = opens + 1 WHERE id = $1";
    tx.run(sql, args![id, now]).await?;
    Ok(())
}

/// Counts an upload; says whether there was room for one more.
pub(super) async fn upload(tx: &mut Tx, id: LinkId, most: i64) -> Result<bool> {
    let sql = "UPDATE cases_outside_link SET uploads = uploads + 1 WHERE id = $1 AND uploads < $2";
    Ok(tx.run(sql, args![id, most]).await? == 1)
}

/// Notes what the body has done.
pub(super) async fn acted(tx: &mut Tx, id: LinkId, action: Action, now: Time) -> Result<()> {
    if action == Action::Receive {
        let sql = "UPDATE cases_outside_link SET received_at = $2 WHERE id = $1";
        tx.run(sql, args![id, now]).await?;
    } else {
        let sql = "UPDATE cases_outside_link SET answered_at = $2, answer = $3 WHERE id = $1";
        tx.run(sql, args![id, now, action]).await?;
    }
    Ok(())
}
