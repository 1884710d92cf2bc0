//! The addresses of supervision orders.

use axum::extract::State as AppState;
use axum::http::StatusCode;
use grid::api::atlas;
use kernel::auth::{Permission, User, not_found};
use kernel::error::{Error, Fields, Result, codes as kernel_codes};
use kernel::http::{Guard, Json, Path, Query, Routes, routes};
use kernel::page::{Page, PageQuery};
use kernel::{Kernel, Time, Work};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::flow::{ORDERS, OrderMove, apply, within_a_year};
use super::store::{self, OrderEntry, Rule};
use super::{Order, OrderAction, OrderId, OrderKind, OrderLevel, OrderState, tell};
use crate::catalogue::catalogue;
use crate::codes;
use crate::model::CaseId;
use crate::permissions::{CASE_READ, ORDER_ANSWER, ORDER_ISSUE};
use crate::routes::readable;
use crate::view::{AreaView, Named, Names};

/// The table.
pub(crate) fn routes() -> Routes {
    Routes::new()
        .add(routes!(order_list).needs(&CASE_READ))
        .add(routes!(order_counts).needs(&CASE_READ))
        .add(routes!(order_issue).needs(&ORDER_ISSUE))
        .add(routes!(order_move).needs(&CASE_READ))
        .add(routes!(order_rules).needs(&ORDER_ISSUE))
        .add(routes!(order_rule_set).needs(&ORDER_ISSUE))
        .add(routes!(case_orders).needs(&CASE_READ))
}

/// A move that is open to the user.
#[derive(Serialize, ToSchema)]
struct OrderMoveView {
    action: OrderAction,
    zh: &'static str,
    en: &'static str,
    /// Whether a page asks twice.
    danger: bool,
}

/// What was done with an order.
#[derive(Serialize, ToSchema)]
struct OrderEntryView {
    at: Time,
    /// Empty when it was the program.
    actor_name: String,
    action: OrderAction,
    note: Option<String>,
}

/// A supervision order.
#[derive(Serialize, ToSchema)]
struct OrderView {
    id: OrderId,
    case: CaseId,
    /// The case's number.
    number: String,
    area: AreaView,
    /// Who has to answer.
    body: Named,
    kind: OrderKind,
    level: OrderLevel,
    state: OrderState,
    /// Empty when it was the program.
    issuer_name: String,
    reason: String,
    answer_by: Time,
    /// Whether the answer is late.
    late: bool,
    /// The case's limit that was missed, when the program made the order.
    case_due_at: Option<Time>,
    reply: Option<String>,
    plan: Option<String>,
    done_by: Option<String>,
    made_at: Time,
    answered_at: Option<Time>,
    ended_at: Option<Time>,
    version: i64,
    moves: Vec<OrderMoveView>,
    entries: Vec<OrderEntryView>,
}

/// Whether a permission reaches an order for this user.
fn reaches(user: &User, permission: &Permission, order: &Order) -> bool {
    user.scope(permission).holds(Some(&order.area), Some(&order.body), &[])
}

/// The orders with names, what was done, and what is open to the user.
async fn view(kernel: &Kernel, tx: &mut kernel::db::Tx, user: &User, orders: Vec<Order>) -> Result<Vec<OrderView>> {
    let (atlas, catalogue) = (atlas(kernel)?, catalogue(kernel)?);
    let names = Names {
        atlas: &atlas,
        catalogue: &catalogue,
        now: kernel.now(),
    };
    let entries = store::entries(tx, &orders).await?;
    let seen = orders.into_iter().map(|it| {
        let moves = ORDERS
            .open(it.state, user)
            .filter(|step| reaches(user, step.needs, &it));
        OrderView {
            moves: moves
                .map(|step| OrderMoveView {
                    action: step.action,
                    zh: step.action.zh(),
                    en: step.action.en(),
                    danger: step.danger,
                })
                .collect(),
            entries: entries
                .iter()
                .filter(|entry| entry.0 == it.id)
                .map(|(_, entry)| OrderEntryView {
                    at: entry.at,
                    actor_name: entry.actor_name.clone(),
                    action: entry.action,
                    note: entry.note.clone(),
                })
                .collect(),
            late: it.state == OrderState::Issued && names.now > it.answer_by,
            id: it.id,
            case: it.case_id,
            area: names.area(&it.area),
            body: names.body(&it.body),
            number: it.number,
            kind: it.kind,
            level: it.level,
            state: it.state,
            issuer_name: it.issuer_name,
            reason: it.reason,
            answer_by: it.answer_by,
            case_due_at: it.case_due_at,
            reply: it.reply,
            plan: it.plan,
            done_by: it.done_by,
            made_at: it.made_at,
            answered_at: it.answered_at,
            ended_at: it.ended_at,
            version: it.version,
        }
    });
    Ok(seen.collect())
}

/// Which orders.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct OrderQuery {
    /// Only in this state.
    #[param(inline)]
    state: Option<OrderState>,
    /// Only of this kind.
    #[param(inline)]
    kind: Option<OrderKind>,
    /// Only to this body.
    body: Option<String>,
    /// Where to go on.
    after: Option<String>,
    /// How many.
    limit: Option<u32>,
}

/// List supervision orders, by the date of the answer.
#[utoipa::path(get, path = "/api/orders", tag = "cases", params(OrderQuery), responses((status = 200, body = Page<OrderView>)))]
async fn order_list(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Query(query): Query<OrderQuery>,
) -> Result<Json<Page<OrderView>>> {
    let page = PageQuery {
        after: query.after,
        limit: query.limit,
    };
    let scope = user.scope(&CASE_READ);
    let mut tx = kernel.read().await?;
    let rows = store::list(&mut tx, &scope, &page, query.state, query.kind, query.body.as_deref()).await?;
    let cut = Page::cut(rows, &page, |it| (it.answer_by, it.id));
    let items = view(&kernel, &mut tx, &user, cut.items).await?;
    Ok(Json(Page { items, next: cut.next }))
}

/// What waits.
#[derive(Serialize, ToSchema)]
struct OrderCounts {
    /// Orders that the user has to answer.
    to_answer: i64,
    /// Answers that the user has to look at.
    to_look_at: i64,
}

/// Count the orders that wait for the user.
#[utoipa::path(get, path = "/api/orders/counts", tag = "cases", responses((status = 200, body = OrderCounts)))]
async fn order_counts(AppState(kernel): AppState<Kernel>, user: User) -> Result<Json<OrderCounts>> {
    let mut tx = kernel.read().await?;
    Ok(Json(OrderCounts {
        to_answer: store::count(&mut tx, &user.scope(&ORDER_ANSWER), OrderState::Issued).await?,
        to_look_at: store::count(&mut tx, &user.scope(&ORDER_ISSUE), OrderState::Answered).await?,
    }))
}

/// List the supervision orders of a case, newest first.
#[utoipa::path(get, path = "/api/cases/{id}/orders", tag = "cases", params(("id" = CaseId, Path)), responses((status = 200, body = Vec<OrderView>)))]
async fn case_orders(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Path(id): Path<CaseId>,
) -> Result<Json<Vec<OrderView>>> {
    let mut tx = kernel.read().await?;
    readable(&mut tx, &user, id).await?;
    let orders = store::of_case(&mut tx, id).await?;
    view(&kernel, &mut tx, &user, orders).await.map(Json)
}

/// A new order.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OrderInput {
    /// Made by the client: sent again with the same id it changes nothing.
    id: Option<Uuid>,
    case: CaseId,
    kind: OrderKind,
    /// What is asked of the body.
    #[schema(min_length = 2, max_length = 500)]
    reason: String,
    /// By when it has to answer, within a year.
    answer_by: Time,
}

/// The answer to a write.
#[derive(Serialize, Deserialize, ToSchema)]
struct OrderReceipt {
    id: OrderId,
    state: OrderState,
    version: i64,
}

/// Order the supervision of an open case that a body has.
#[utoipa::path(post, path = "/api/orders", tag = "cases", request_body = OrderInput, responses((status = 200, body = OrderReceipt)))]
async fn order_issue(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Json(input): Json<OrderInput>,
) -> Result<Json<OrderReceipt>> {
    let mut work = kernel.work(&user).await?;
    if let Some(first) = work.first_answer(input.id, &input).await? {
        return Ok(Json(first));
    }
    let now = work.now();
    let mut fields = Fields::new();
    fields.text("reason", &input.reason, 2, 500);
    within_a_year(&mut fields, input.answer_by, now);
    fields.done()?;
    let case = readable(&mut work, &user, input.case).await?;
    let Some(body) = case.body.clone().filter(|_| !case.state.is_end()) else {
        return Err(Error::from(&codes::NO_BODY_TO_ORDER));
    };
    let order = Order {
        id: OrderId(input.id.unwrap_or_else(|| kernel.id())),
        case_id: case.id,
        number: case.number,
        area: case.area,
        body,
        kind: input.kind,
        level: match input.kind {
            OrderKind::Leader => OrderLevel::Leader,
            OrderKind::Overdue | OrderKind::Important => OrderLevel::Head,
        },
        state: OrderState::Issued,
        issuer: Some(user.id),
        issuer_name: user.name.clone(),
        reason: input.reason.trim().to_owned(),
        answer_by: input.answer_by,
        case_due_at: case.due_at.filter(|it| *it < now),
        reply: None,
        plan: None,
        done_by: None,
        made_at: now,
        answered_at: None,
        ended_at: None,
        version: 1,
    };
    if !reaches(&user, &ORDER_ISSUE, &order) {
        return Err(not_found());
    }
    issue(&mut work, &order).await?;
    let receipt = OrderReceipt {
        id: order.id,
        state: order.state,
        version: order.version,
    };
    work.answer(receipt).await.map(Json)
}

/// Writes a new order with its first entry, audit and news.
pub(super) async fn issue(work: &mut Work, order: &Order) -> Result<()> {
    store::insert(work, order).await?;
    enter(work, order, OrderAction::Issue, Some(order.reason.clone()), &()).await?;
    tell(work, order, OrderAction::Issue, &order.reason).await
}

async fn enter(
    work: &mut Work,
    order: &Order,
    action: OrderAction,
    note: Option<String>,
    given: &impl Serialize,
) -> Result<()> {
    let actor = work.user().map(|it| (it.id, it.name.clone()));
    let entry = OrderEntry {
        at: work.now(),
        actor_name: actor.as_ref().map(|it| it.1.clone()).unwrap_or_default(),
        action,
        note,
    };
    let id = work.kernel().id::<Uuid>().to_string();
    let detail = serde_json::to_string(given).map_err(Error::internal)?;
    store::insert_entry(work, id, order, actor, entry, detail).await
}

/// Answer an order, accept the answer, send it back, or withdraw the order.
#[utoipa::path(post, path = "/api/orders/{id}/moves", tag = "cases", params(("id" = OrderId, Path)), request_body = OrderMove, responses((status = 200, body = OrderReceipt)))]
async fn order_move(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Path(id): Path<OrderId>,
    Json(input): Json<OrderMove>,
) -> Result<Json<OrderReceipt>> {
    let mut work = kernel.work(&user).await?;
    if let Some(first) = work.first_answer(input.id, &(id, &input)).await? {
        return Ok(Json(first));
    }
    let found = store::find(&mut work, id).await?;
    let mut order = found
        .filter(|it| reaches(&user, &CASE_READ, it))
        .ok_or_else(not_found)?;
    if order.version != input.version {
        return Err(Error::from(&kernel_codes::STALE));
    }
    let Some(step) = ORDERS.find(order.state, input.action) else {
        let error = codes::ORDER_NOT_OPEN
            .with("state", order.state.zh())
            .with("action", input.action.zh());
        return Err(error
            .with("state_en", order.state.en())
            .with("action_en", input.action.en()));
    };
    user.require(step.needs)?;
    if !reaches(&user, step.needs, &order) {
        return Err(not_found());
    }
    let now = work.now();
    apply(&mut order, step, &input, now)?;
    if !store::update(&mut work, &order, input.version).await? {
        return Err(Error::from(&kernel_codes::STALE));
    }
    let note = [&input.note, &input.reply]
        .into_iter()
        .flatten()
        .map(|it| it.trim().to_owned());
    let note = note.into_iter().find(|it| !it.is_empty());
    enter(&mut work, &order, input.action, note, &input).await?;
    tell(&mut work, &order, input.action, &input).await?;
    let receipt = OrderReceipt {
        id,
        state: order.state,
        version: order.version,
    };
    work.answer(receipt).await.map(Json)
}

/// When the program orders by itself.
#[derive(Serialize, ToSchema)]
struct OrderRuleView {
    level: OrderLevel,
    zh: &'static str,
    en: &'static str,
    /// So many hours after the body's limit.
    after_hours: i64,
    /// So many hours for the answer.
    answer_hours: i64,
    active: bool,
    version: i64,
}

/// List the rules by which the program orders by itself.
#[utoipa::path(get, path = "/api/orders/rules", tag = "cases", responses((status = 200, body = Vec<OrderRuleView>)))]
async fn order_rules(AppState(kernel): AppState<Kernel>) -> Result<Json<Vec<OrderRuleView>>> {
    let rules = store::rules(&mut kernel.read().await?).await?;
    let view = |it: Rule| OrderRuleView {
        level: it.level,
        zh: it.level.zh(),
        en: it.level.en(),
        after_hours: it.after_hours,
        answer_hours: it.answer_hours,
        active: it.active,
        version: it.version,
    };
    Ok(Json(rules.into_iter().map(view).collect()))
}

/// A rule as it should be.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OrderRuleInput {
    /// The version that was looked at.
    version: i64,
    #[schema(minimum = 0, maximum = 8760)]
    after_hours: i64,
    #[schema(minimum = 1, maximum = 720)]
    answer_hours: i64,
    active: bool,
}

/// Set the rule of a level; it holds for the whole district, so only for those whose reach does.
#[utoipa::path(put, path = "/api/orders/rules/{level}", tag = "cases", params(("level" = OrderLevel, Path)), request_body = OrderRuleInput, responses((status = 204)))]
async fn order_rule_set(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Path(level): Path<OrderLevel>,
    Json(input): Json<OrderRuleInput>,
) -> Result<StatusCode> {
    if !user.scope(&ORDER_ISSUE).is_all() {
        return Err(not_found());
    }
    let mut fields = Fields::new();
    for (field, value, min, max) in [
        ("after_hours", input.after_hours, 0, 8760),
        ("answer_hours", input.answer_hours, 1, 720),
    ] {
        if !(min..=max).contains(&value) {
            let (min, max) = (min.to_string(), max.to_string());
            fields.refuse_with(field, &kernel_codes::RANGE, &[("min", &min), ("max", &max)]);
        }
    }
    fields.done()?;
    let mut work = kernel.work(&user).await?;
    let rule = Rule {
        level,
        after_hours: input.after_hours,
        answer_hours: input.answer_hours,
        active: input.active,
        version: input.version,
    };
    if !store::set_rule(&mut work, &rule).await? {
        return Err(Error::from(&kernel_codes::STALE));
    }
    work.audit("cases.order_rule_set", level, &input).await?;
    work.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
