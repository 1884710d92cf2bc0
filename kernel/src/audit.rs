//! The audit log: who did what to which record, with success and refusal, chained by hash.
//!
//! An entry is written in the transaction of what it records. A moment later the sealer gives it its number and its
//! hash, which covers the entry and the hash before it; so appending needs no lock that all writers would queue for,
//! and an entry that is changed, removed or slipped in afterwards breaks the chain. [`verify`] walks it.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use crate::auth::{AUDIT_READ, User};
use crate::db::{Sql, Tx};
use crate::http::{Guard, Json, Query, Routes};
use crate::page::{Page, PageQuery};
use crate::{Kernel, Result, Time, args};

/// What is to be recorded.
pub struct Entry {
    action: String,
    subject: String,
    outcome: &'static str,
    detail: String,
}

impl Entry {
    /// Something that was done.
    pub fn done(action: &str, subject: String, detail: impl Serialize) -> Self {
        Self::new(action, subject, "done", detail)
    }

    /// Something that was tried and refused.
    pub fn refused(action: &str, subject: String, detail: impl Serialize) -> Self {
        Self::new(action, subject, "refused", detail)
    }

    fn new(action: &str, subject: String, outcome: &'static str, detail: impl Serialize) -> Self {
        Self {
            action: action.to_owned(),
            subject,
            outcome,
            detail: serde_json::to_string(&detail).unwrap_or_else(|_| "null".to_owned()),
        }
    }
}

/// Writes an entry within a transaction.
pub(crate) async fn write(tx: &mut Tx, kernel: &Kernel, user: Option<&User>, at: Time, entry: Entry) -> Result<()> {
    let sql = "INSERT INTO kernel_audit (id, at, actor, actor_name, ip, action, subject, outcome, detail) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let id = kernel.id::<uuid::Uuid>().to_string();
    let actor = user.map(|it| it.id.to_string());
    // Of a machine one wants to know with which of its keys it came.
    let name = user.map_or_else(
        || "system".to_owned(),
        |it| match &it.key {
            Some(key) => format!("{} (jw_{key})", it.name),
            None => it.name.clone(),
        },
    );
    let ip = user.and_then(|it| it.ip.clone());
    let values = args![
        id,
        at,
        actor,
        name,
        ip,
        entry.action,
        entry.subject,
        entry.outcome,
        entry.detail
    ];
    tx.run(sql, values).await?;
    tx.ring_at_commit();
    Ok(())
}

/// Records a refusal outside any other work.
pub(crate) async fn refuse(kernel: &Kernel, user: Option<&User>, entry: Entry) -> Result<()> {
    let mut tx = kernel.db().begin().await?;
    write(&mut tx, kernel, user, kernel.now(), entry).await?;
    Ok(tx.commit().await?)
}

/// An entry of the log.
#[derive(Debug, Serialize, ToSchema, sqlx::FromRow)]
pub struct AuditEntry {
    /// Its id.
    pub id: String,
    /// When.
    pub at: Time,
    /// The user's id; absent for the program itself.
    pub actor: Option<String>,
    /// The user's name at the time.
    pub actor_name: String,
    /// The address the user came from.
    pub ip: Option<String>,
    /// What was done: `<app>.<what>`.
    pub action: String,
    /// To which record.
    pub subject: String,
    /// `done` or `refused`.
    pub outcome: String,
    /// Facts, as JSON text.
    pub detail: String,
    /// Its number in the chain; absent until it is sealed.
    pub seq: Option<i64>,
    /// Its hash in the chain.
    pub hash: Option<String>,
}

const COLUMNS: &str =
    "SELECT id, at, actor, actor_name, ip, action, subject, outcome, detail, seq, hash FROM kernel_audit";

impl AuditEntry {
    fn hash_after(&self, before: &str, seq: i64) -> String {
        // Every field with its length before it, so that no two different entries give the same bytes.
        let at = self.at.millis().to_string();
        let seq = seq.to_string();
        let none = String::new();
        let fields = [
            before,
            &seq,
            &self.id,
            &at,
            self.actor.as_ref().unwrap_or(&none),
            &self.actor_name,
            self.ip.as_ref().unwrap_or(&none),
            &self.action,
            &self.subject,
            &self.outcome,
            &self.detail,
        ];
        let mut digest = Sha256::new();
        for field in fields {
            digest.update((field.len() as u64).to_be_bytes());
            digest.update(field.as_bytes());
        }
        hex::encode(digest.finalize())
    }
}

/// The end of the chain.
#[derive(Default, Serialize, Deserialize)]
struct Head {
    seq: i64,
    hash: String,
}

/// Seals what is not sealed yet, oldest first; says how many. Only one server does this at a time (see `events::run`).
pub(crate) async fn seal(tx: &mut Tx) -> Result<usize> {
    let sql = "SELECT id, at, actor, actor_name, ip, action, subject, outcome, detail, seq, hash FROM kernel_audit \
               WHERE seq IS NULL ORDER BY id LIMIT 1000";
    let open: Vec<AuditEntry> = tx.all(sql, vec![]).await?;
    if open.is_empty() {
        return Ok(0);
    }
    let last = "SELECT seq, hash FROM kernel_audit WHERE seq IS NOT NULL ORDER BY seq DESC LIMIT 1";
    let (mut seq, mut hash): (i64, String) = tx.one(last, vec![]).await?.unwrap_or_default();
    for entry in &open {
        seq += 1;
        hash = entry.hash_after(&hash, seq);
        let sql = "UPDATE kernel_audit SET seq = $2, hash = $3 WHERE id = $1";
        tx.run(sql, args![&entry.id, seq, &hash]).await?;
    }
    // The head is kept apart, so that cutting off the end of the chain is seen too.
    let sql = "INSERT INTO kernel_setting (name, value) VALUES ('audit.head', $1) \
               ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    tx.run(
        sql,
        args![serde_json::to_string(&Head { seq, hash }).unwrap_or_default()],
    )
    .await?;
    Ok(open.len())
}

async fn stored_head(tx: &mut Tx) -> Result<Head> {
    let sql = "SELECT value FROM kernel_setting WHERE name = 'audit.head'";
    let head: Option<(String,)> = tx.one(sql, vec![]).await?;
    Ok(head.and_then(|it| serde_json::from_str(&it.0).ok()).unwrap_or_default())
}

/// The end of the chain, without walking all of it.
#[derive(Debug)]
pub struct End {
    /// The number of the last sealed entry.
    pub entries: i64,
    /// Whether that entry is the one which the chain was left with.
    pub as_left: bool,
    /// When the oldest entry was written that waits for its seal.
    pub waiting_since: Option<Time>,
}

/// Looks at the end of the chain; only [`verify`] proves the whole.
pub async fn end(tx: &mut Tx) -> Result<End> {
    let head = stored_head(tx).await?;
    let sql = "SELECT seq, hash FROM kernel_audit WHERE seq IS NOT NULL ORDER BY seq DESC LIMIT 1";
    let last: Option<(i64, String)> = tx.one(sql, vec![]).await?;
    let (entries, hash) = last.unwrap_or_default();
    let sql = "SELECT at FROM kernel_audit WHERE seq IS NULL ORDER BY id LIMIT 1";
    let waiting: Option<(Time,)> = tx.one(sql, vec![]).await?;
    Ok(End {
        entries,
        // What was sealed since the head was read lies behind it.
        as_left: entries > head.seq || (entries == head.seq && hash == head.hash),
        waiting_since: waiting.map(|it| it.0),
    })
}

/// What a walk along the chain found.
#[derive(Debug, Serialize, Deserialize, ToSchema, PartialEq, Eq)]
pub struct Verdict {
    /// Entries walked.
    pub entries: i64,
    /// Whether all of them are as they were written, with none missing.
    pub ok: bool,
    /// The number of the first entry that is wrong or missing.
    pub first_bad: Option<i64>,
    /// Entries that wait for their seal; in a running program for a moment only.
    pub unsealed: i64,
    /// The last hash, to be noted elsewhere: whoever has it can prove later that nothing before it was changed.
    pub head: Option<String>,
}

/// Walks the chain from its beginning.
pub async fn verify(kernel: &Kernel) -> Result<Verdict> {
    let mut tx = kernel.read().await?;
    // The head is read before the walk: entries that are sealed meanwhile lie behind it.
    let head = stored_head(&mut tx).await?;
    let (mut seq, mut hash) = (0_i64, String::new());
    let mut first_bad = None;
    while first_bad.is_none() {
        let mut sql = Sql::new(COLUMNS);
        sql.push(" WHERE seq > ").bind(seq).push(" ORDER BY seq LIMIT 2000");
        let rows: Vec<AuditEntry> = tx.list(sql).await?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            let expected = row.hash_after(&hash, seq + 1);
            let as_written = row.seq == Some(seq + 1) && row.hash.as_deref() == Some(expected.as_str());
            if !as_written || (head.seq == seq + 1 && head.hash != expected) {
                first_bad = Some(seq + 1);
                break;
            }
            seq += 1;
            hash = expected;
        }
    }
    if first_bad.is_none() && head.seq > seq {
        first_bad = Some(seq + 1);
    }
    let unsealed: Option<(i64,)> = tx
        .one("SELECT COUNT(*) FROM kernel_audit WHERE seq IS NULL", vec![])
        .await?;
    Ok(Verdict {
        entries: seq,
        ok: first_bad.is_none(),
        first_bad,
        unsealed: unsealed.map_or(0, |it| it.0),
        head: Some(hash).filter(|it| !it.is_empty()),
    })
}

pub(crate) fn routes() -> Routes {
    Routes::new()
        .add(routes!(audit_list).needs(&AUDIT_READ))
        .add(routes!(audit_verify).needs(&AUDIT_READ))
}

/// What to show of the log.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct AuditQuery {
    /// Only this user's doings, by id.
    actor: Option<String>,
    /// Only actions that begin so, e.g. `cases.`.
    action: Option<String>,
    /// Only what was done to this record.
    subject: Option<String>,
    /// Not before.
    from: Option<Time>,
    /// Before.
    to: Option<Time>,
    /// Where to go on.
    after: Option<String>,
    /// How many.
    limit: Option<u32>,
}

/// Read the audit log, newest first.
#[utoipa::path(get, path = "/api/audit", tag = "kernel", params(AuditQuery), responses((status = 200, body = Page<AuditEntry>)))]
async fn audit_list(State(kernel): State<Kernel>, Query(query): Query<AuditQuery>) -> Result<Json<Page<AuditEntry>>> {
    let page = PageQuery {
        after: query.after,
        limit: query.limit,
    };
    let mut sql = Sql::new(COLUMNS);
    sql.push(" WHERE TRUE");
    if let Some(actor) = &query.actor {
        sql.and("actor =", actor);
    }
    if let Some(subject) = &query.subject {
        sql.and("subject =", subject);
    }
    if let Some(action) = &query.action {
        sql.and("action >=", action).and("action <", format!("{action}zzzz"));
    }
    if let Some(from) = query.from {
        sql.and("at >=", from);
    }
    if let Some(to) = query.to {
        sql.and("at <", to);
    }
    if let Some((at, id)) = page.key::<(i64, String)>()? {
        sql.push(" AND (at < ")
            .bind(at)
            .push(" OR (at = ")
            .bind(at)
            .push(" AND id < ")
            .bind(id)
            .push("))");
    }
    sql.push(" ORDER BY at DESC, id DESC LIMIT ").bind(page.fetch());
    let rows = kernel.read().await?.list(sql).await?;
    Ok(Json(Page::cut(rows, &page, |it: &AuditEntry| {
        (it.at.millis(), it.id.clone())
    })))
}

/// Walk the chain and say whether it is whole.
#[utoipa::path(get, path = "/api/audit/verify", tag = "kernel", responses((status = 200, body = Verdict)))]
async fn audit_verify(State(kernel): State<Kernel>) -> Result<Json<Verdict>> {
    verify(&kernel).await.map(Json)
}
