//! The SQL of supervision orders.

use kernel::auth::{Columns, Scope, UserId};
use kernel::db::{Sql, Tx};
use kernel::error::Result;
use kernel::page::PageQuery;
use kernel::{Time, args};

use super::{Order, OrderAction, OrderId, OrderKind, OrderLevel, OrderState};
use crate::model::{CaseId, State};

pub(super) const SCOPE: Columns = Columns {
    area: "area",
    body: "body",
    own: &[],
};

const ORDER: &str = "SELECT id, case_id, number, area, body, kind, level, state, issuer, issuer_name, reason, answer_by, \
     case_due_at, reply, plan, done_by, made_at, answered_at, ended_at, version FROM cases_order WHERE ";

/// Adds an order.
pub(super) async fn insert(tx: &mut Tx, it: &Order) -> Result<()> {
    let sql = "INSERT INTO cases_order (id, case_id, number, area, body, kind, level, step, state, issuer, issuer_name, \
               reason, answer_by, case_due_at, made_at, version) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
    let values = args![
        it.id,
        it.case_id,
        &it.number,
        &it.area,
        &it.body,
        it.kind,
        it.level,
        it.level.step(),
        it.state,
        it.issuer,
        &it.issuer_name,
        &it.reason,
        it.answer_by,
        it.case_due_at,
        it.made_at,
        it.version
    ];
    tx.run(sql, values).await?;
    Ok(())
}

/// Writes what a move has changed; `false` when the order was changed meanwhile.
pub(super) async fn update(tx: &mut Tx, it: &Order, before: i64) -> Result<bool> {
    let sql = "UPDATE cases_order SET state = $3, answer_by = $4, reply = $5, plan = $6, done_by = $7, answered_at = $8, \
               ended_at = $9, version = $10 WHERE id = $1 AND version = $2";
    let values = args![
        it.id,
        before,
        it.state,
        it.answer_by,
        it.reply.clone(),
        it.plan.clone(),
        it.done_by.clone(),
        it.answered_at,
        it.ended_at,
        it.version
    ];
    Ok(tx.run(sql, values).await? == 1)
}

/// An order by its id.
pub(super) async fn find(tx: &mut Tx, id: OrderId) -> Result<Option<Order>> {
    let mut sql = Sql::new(ORDER);
    sql.push("id = ").bind(id);
    Ok(tx.list(sql).await?.pop())
}

/// The orders of a case, newest first.
pub(super) async fn of_case(tx: &mut Tx, case: CaseId) -> Result<Vec<Order>> {
    let mut sql = Sql::new(ORDER);
    sql.push("case_id = ")
        .bind(case)
        .push(" ORDER BY made_at DESC, id DESC LIMIT 50");
    Ok(tx.list(sql).await?)
}

/// A page of orders, those that wait longest first.
pub(super) async fn list(
    tx: &mut Tx,
    scope: &Scope,
    page: &PageQuery,
    state: Option<OrderState>,
    kind: Option<OrderKind>,
    body: Option<&str>,
) -> Result<Vec<Order>> {
    let mut sql = Sql::new(ORDER);
    scope.push(&mut sql, SCOPE);
    if let Some(state) = state {
        sql.and("state =", state);
    }
    if let Some(kind) = kind {
        sql.and("kind =", kind);
    }
    if let Some(body) = body {
        sql.and("body =", body);
    }
    if let Some((at, id)) = page.key::<(Time, OrderId)>()? {
        sql.push(" AND (answer_by, id) > (")
            .bind(at)
            .push(", ")
            .bind(id)
            .push(")");
    }
    sql.push(" ORDER BY answer_by, id LIMIT ").bind(page.fetch());
    Ok(tx.list(sql).await?)
}

/// How many orders in a state a scope holds.
pub(super) async fn count(tx: &mut Tx, scope: &Scope, state: OrderState) -> Result<i64> {
    let mut sql = Sql::new("SELECT COUNT(*) FROM cases_order WHERE state = ");
    sql.bind(state).push(" AND ");
    scope.push(&mut sql, SCOPE);
    let rows: Vec<(i64,)> = tx.list(sql).await?;
    Ok(rows.first().map_or(0, |it| it.0))
}

/// What was done with an order.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct OrderEntry {
    pub at: Time,
    pub actor_name: String,
    pub action: OrderAction,
    pub note: Option<String>,
}

/// Adds what was done.
pub(super) async fn insert_entry(
    tx: &mut Tx,
    id: String,
    order: &Order,
    actor: Option<(UserId, String)>,
    entry: OrderEntry,
    detail: String,
) -> Result<()> {
    let sql = "INSERT INTO cases_order_entry (id, order_id, n, at, actor, actor_name, action, note, detail) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let values = args![
        id,
        order.id,
        order.version,
        entry.at,
        actor.map(|it| it.0),
        entry.actor_name,
        entry.action,
        entry.note,
        detail
    ];
    tx.run(sql, values).await?;
    Ok(())
}

/// The history of some orders, each with its entries oldest first.
pub(super) async fn entries(tx: &mut Tx, orders: &[Order]) -> Result<Vec<(OrderId, OrderEntry)>> {
    #[derive(sqlx::FromRow)]
    struct Row {
        order_id: OrderId,
        #[sqlx(flatten)]
        entry: OrderEntry,
    }
    let mut sql = Sql::new("SELECT order_id, at, actor_name, action, note FROM cases_order_entry WHERE order_id IN ");
    sql.list(orders.iter().map(|it| it.id)).push(" ORDER BY n LIMIT 1000");
    let rows: Vec<Row> = tx.list(sql).await?;
    Ok(rows.into_iter().map(|it| (it.order_id, it.entry)).collect())
}

/// When the program orders by itself.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct Rule {
    pub level: OrderLevel,
    pub after_hours: i64,
    pub answer_hours: i64,
    pub active: bool,
    pub version: i64,
}

/// The rules, the lowest level first.
pub(super) async fn rules(tx: &mut Tx) -> Result<Vec<Rule>> {
    let sql = "SELECT level, after_hours, answer_hours, active, version FROM cases_order_rule";
    let mut all: Vec<Rule> = tx.all(sql, args![]).await?;
    all.sort_by_key(|it| it.level.step());
    Ok(all)
}

/// Changes a rule; `false` when it was changed meanwhile.
pub(super) async fn set_rule(tx: &mut Tx, it: &Rule) -> Result<bool> {
    let sql = "UPDATE cases_order_rule SET after_hours = $2, answer_hours = $3, active = $4, version = version + 1 \
               WHERE level = $1 AND version = $5";
    let values = args![it.level, it.after_hours, it.answer_hours, it.active, it.version];
    Ok(tx.run(sql, values).await? == 1)
}

/// Cases that a body has missed its limit with by a moment, and that no order of this level or above stands for.
pub(super) async fn overdue(tx: &mut Tx, before: Time, level: OrderLevel, most: i64) -> Result<Vec<CaseId>> {
    let mut sql = Sql::new("SELECT id FROM cases_case WHERE state IN ");
    sql.list([State::Dispatched, State::Handling])
        .push(" AND COALESCE(due_at, 9007199254740991) < ")
        .bind(before);
    sql.push(
        " AND body IS NOT NULL AND NOT EXISTS (SELECT 1 FROM cases_order WHERE cases_order.case_id = cases_case.id",
    )
    .push(" AND cases_order.case_due_at = cases_case.due_at AND cases_order.kind = ")
    .bind(OrderKind::Overdue)
    .push(" AND cases_order.step >= ")
    .bind(level.step());
    sql.push(") ORDER BY COALESCE(due_at, 9007199254740991) LIMIT ")
        .bind(most);
    let rows: Vec<(CaseId,)> = tx.list(sql).await?;
    Ok(rows.into_iter().map(|it| it.0).collect())
}
