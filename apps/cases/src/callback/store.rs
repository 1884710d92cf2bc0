//! The SQL of call-backs.

use kernel::auth::{Columns, Scope, UserId, by_login};
use kernel::db::{Sql, Tx};
use kernel::error::Result;
use kernel::page::PageQuery;
use kernel::{Kernel, Time, args};

use super::{Outcome, TryId};
use crate::model::{Case, CaseId};
use crate::store::{CASE, SCOPE};

/// A page of closed cases that nobody has rated and whose reporter can be asked, the one closed first on top.
pub(super) async fn unrated(
    tx: &mut Tx,
    scope: &Scope,
    since: Time,
    residents: bool,
    page: &PageQuery,
) -> Result<Vec<Case>> {
    let mut sql = Sql::new(CASE);
    sql.push(" WHERE state = 'closed' AND satisfaction IS NULL AND ")
        .push(if residents {
            "contact_phone IS NOT NULL"
        } else {
            "(contact_phone IS NOT NULL OR reporter IS NOT NULL)"
        })
        .push(" AND closed_at >= ")
        .bind(since)
        .push(" AND ");
    scope.push(&mut sql, SCOPE);
    if let Some((at, id)) = page.key::<(Time, CaseId)>()? {
        sql.push(" AND (closed_at, id) > (")
            .bind(at)
            .push(", ")
            .bind(id)
            .push(")");
    }
    sql.push(" ORDER BY closed_at, id LIMIT ").bind(page.fetch());
    Ok(tx.list(sql).await?)
}

/// A page of closed cases whose reporter is not satisfied and that nobody has reviewed. The latest is on top: it can
/// still be opened again.
pub(super) async fn unreviewed(tx: &mut Tx, scope: &Scope, page: &PageQuery) -> Result<Vec<Case>> {
    let mut sql = Sql::new(CASE);
    sql.push(" WHERE state = 'closed' AND satisfaction = 'dissatisfied' AND justified IS NULL AND evaluated_at IS NOT NULL AND ");
    // What a centre does is reached by the centre that has the case.
    scope.push(
        &mut sql,
        Columns {
            area: "desk",
            body: "body",
            own: &[],
        },
    );
    if let Some((at, id)) = page.key::<(Time, CaseId)>()? {
        sql.push(" AND (evaluated_at, id) < (")
            .bind(at)
            .push(", ")
            .bind(id)
            .push(")");
    }
    sql.push(" ORDER BY evaluated_at DESC, id DESC LIMIT ")
        .bind(page.fetch());
    Ok(tx.list(sql).await?)
}

/// A try that gave no rating.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct Try {
    pub case_id: CaseId,
    pub at: Time,
    pub actor_name: String,
    pub outcome: Outcome,
    pub note: Option<String>,
}

pub(super) async fn insert_try(tx: &mut Tx, id: TryId, actor: UserId, it: &Try) -> Result<()> {
    let sql = "INSERT INTO cases_callback_try (id, case_id, at, actor, actor_name, outcome, note) \
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let values = args![
        id,
        it.case_id,
        it.at,
        actor,
        &it.actor_name,
        it.outcome,
        it.note.clone()
    ];
    tx.run(sql, values).await?;
    Ok(())
}

/// The tries of some cases, the latest first.
pub(super) async fn tries(tx: &mut Tx, cases: &[CaseId]) -> Result<Vec<Try>> {
    let mut sql = Sql::new("SELECT case_id, at, actor_name, outcome, note FROM cases_callback_try WHERE case_id IN ");
    sql.list(cases.iter().copied())
        .push(" ORDER BY at DESC, id DESC LIMIT 4000");
    Ok(tx.list(sql).await?)
}

/// A link that opens a page.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct Link {
    pub id: String,
    pub case_id: CaseId,
    pub expires_at: Time,
    pub ended_at: Option<Time>,
}

/// The links of some cases that have not ended.
pub(super) async fn links(tx: &mut Tx, cases: &[CaseId]) -> Result<Vec<Link>> {
    let mut sql = Sql::new(
        "SELECT id, case_id, expires_at, ended_at FROM cases_callback_link WHERE ended_at IS NULL AND case_id IN ",
    );
    sql.list(cases.iter().copied()).push(" LIMIT 400");
    Ok(tx.list(sql).await?)
}

pub(super) async fn link_of(tx: &mut Tx, hash: &str) -> Result<Option<Link>> {
    let sql = "SELECT id, case_id, expires_at, ended_at FROM cases_callback_link WHERE hash = $1";
    Ok(tx.one(sql, args![hash]).await?)
}

pub(super) async fn insert_link(tx: &mut Tx, it: &Link, hash: String, at: Time, by: &str) -> Result<()> {
    let sql = "INSERT INTO cases_callback_link (id, case_id, hash, made_at, made_by, expires_at) VALUES ($1, $2, $3, $4, $5, $6)";
    tx.run(sql, args![&it.id, it.case_id, hash, at, by, it.expires_at])
        .await?;
    Ok(())
}

/// Ends the open links of a case; how many there were.
pub(super) async fn end_links(tx: &mut Tx, case: CaseId, at: Time) -> Result<u64> {
    let sql = "UPDATE cases_callback_link SET ended_at = $2 WHERE case_id = $1 AND ended_at IS NULL";
    Ok(tx.run(sql, args![case, at]).await?)
}

/// The demo: some of those to be called were tried already.
pub(crate) async fn seed_demo(kernel: &Kernel) -> Result<()> {
    let mut work = kernel.system_work().await?;
    let now = work.now();
    let Some((actor, name)) = by_login(&mut work).await?.remove("a01") else {
        return Ok(());
    };
    let mut sql = Sql::new(
        "SELECT id, closed_at FROM cases_case WHERE state = 'closed' AND satisfaction IS NULL AND contact_phone IS NOT NULL AND closed_at >= ",
    );
    sql.bind(now.plus_seconds(-14 * 24 * 3600))
        .push(" ORDER BY closed_at, id LIMIT 6");
    let cases: Vec<(CaseId, Time)> = work.list(sql).await?;
    for (n, (case_id, closed)) in cases.into_iter().enumerate() {
        let outcomes = [Outcome::NoAnswer, Outcome::CallLater, Outcome::NoAnswer];
        for (m, outcome) in outcomes.into_iter().take(n % 3 + 1).enumerate() {
            let later = i64::try_from(m).unwrap_or(0) + 1;
            let one = Try {
                case_id,
                at: closed.plus_seconds(later * 4 * 3600).min(now),
                actor_name: name.clone(),
                note: (outcome == Outcome::CallLater).then(|| "正在开会，请傍晚再打".to_owned()),
                outcome,
            };
            insert_try(&mut work, kernel.id(), actor, &one).await?;
        }
    }
    work.commit().await
}
