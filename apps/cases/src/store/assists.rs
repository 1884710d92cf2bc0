//! The SQL of bodies that help, and of suspensions that end.

use kernel::db::{Sql, Tx};
use kernel::error::Result;
use kernel::{Time, args};

use crate::model::{Case, CaseId};

/// A body that was called in.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Assist {
    /// The body, by code.
    pub body: String,
    /// Since when.
    pub asked_at: Time,
    /// When its part was done.
    pub done_at: Option<Time>,
}

/// The bodies that help, or have helped, with a case.
pub async fn assists(tx: &mut Tx, case: CaseId) -> Result<Vec<Assist>> {
    let sql = "SELECT body, asked_at, done_at FROM cases_assist WHERE case_id = $1 ORDER BY asked_at, body LIMIT 100";
    Ok(tx.all(sql, args![case]).await?)
}

/// Whether one of these bodies helps with a case, or has helped.
pub async fn helps(tx: &mut Tx, case: CaseId, bodies: impl Iterator<Item = &str>) -> Result<bool> {
    let mut sql = Sql::new("SELECT body FROM cases_assist WHERE case_id = ");
    sql.bind(case).push(" AND body IN ").list(bodies).push(" LIMIT 1");
    Ok(!tx.list::<(String,)>(sql).await?.is_empty())
}

/// Calls a body in; `false` if it helps already.
pub async fn call_in(tx: &mut Tx, case: CaseId, body: &str, at: Time) -> Result<bool> {
    // A body that has finished its part can be called in once more.
    let sql = "INSERT INTO cases_assist (case_id, body, asked_at) VALUES ($1, $2, $3) ON CONFLICT (case_id, body) \
               DO UPDATE SET asked_at = excluded.asked_at, done_at = NULL WHERE cases_assist.done_at IS NOT NULL";
    Ok(tx.run(sql, args![case, body, at]).await? == 1)
}

/// Ends a body's help, or everybody's.
pub async fn end_assists(tx: &mut Tx, case: CaseId, body: Option<&str>, at: Time) -> Result<u64> {
    let mut sql = Sql::new("UPDATE cases_assist SET done_at = ");
    sql.bind(at)
        .push(" WHERE case_id = ")
        .bind(case)
        .push(" AND done_at IS NULL");
    if let Some(body) = body {
        sql.and("body =", body);
    }
    Ok(tx.run_built(sql).await?)
}

/// Cases that were put off until now.
pub async fn end_suspensions(tx: &mut Tx, now: Time) -> Result<Vec<Case>> {
    let mut sql = Sql::new(super::CASE);
    sql.push(" WHERE suspended_until <= ")
        .bind(now)
        .push(" ORDER BY suspended_until LIMIT 100");
    Ok(tx.list(sql).await?)
}
