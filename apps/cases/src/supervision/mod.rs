//! Supervision orders 督办: a body is told that a case is looked at from above, and the head of the body has to answer by a
//! date with the reason, a plan and a day; whoever orders accepts the answer or sends it back.
//!
//! Orders are made by hand on an open case that a body has, or by a job once the body's limit has been missed for so long:
//! first for the clerk, then for the head of the body, then in view of the district's leader.

mod chase;
mod flow;
mod routes;
mod store;
#[cfg(test)]
mod tests;

pub(crate) use chase::{chase, job};
pub(crate) use routes::routes;

use kernel::error::Result;
use kernel::events::{Place, Topic};
use kernel::{Time, Work, auth::UserId, id, words};
use serde::{Deserialize, Serialize};

use crate::model::CaseId;
use crate::permissions::CASE_READ;

id!(
    /// A supervision order.
    OrderId
);

words! {
    /// Why a case is supervised.
    pub enum OrderKind {
        /// The body has missed its limit.
        Overdue = "overdue", "超期督办", "Overdue";
        /// A leader wants to know.
        Leader = "leader", "领导督办", "By a leader";
        /// The matter weighs much.
        Important = "important", "重要事项督办", "Important";
    }
}

words! {
    /// How high a case has come.
    pub enum OrderLevel {
        /// Whoever in the body is at work on it.
        Clerk = "clerk", "一级（经办人）", "1 (clerk)";
        /// The head of the body.
        Head = "head", "二级（单位负责人）", "2 (head of the body)";
        /// The district's leader.
        Leader = "leader", "三级（区领导）", "3 (district leader)";
    }
}

impl OrderLevel {
    /// As a number, to compare by.
    pub const fn step(self) -> i64 {
        match self {
            Self::Clerk => 1,
            Self::Head => 2,
            Self::Leader => 3,
        }
    }
}

words! {
    /// Where an order stands.
    pub enum OrderState {
        /// The body has to answer.
        Issued = "issued", "待回复", "To be answered";
        /// The answer waits for whoever ordered.
        Answered = "answered", "待审阅", "To be looked at";
        /// The answer was accepted.
        Accepted = "accepted", "已办结", "Accepted";
        /// It was taken back.
        Withdrawn = "withdrawn", "已撤销", "Withdrawn";
    }
}

words! {
    /// What is done with an order.
    pub enum OrderAction {
        /// Make it.
        Issue = "issue", "下达督办", "Order";
        /// Answer it.
        Answer = "answer", "回复", "Answer";
        /// Accept the answer.
        Accept = "accept", "同意", "Accept";
        /// Ask for another answer.
        SendBack = "send_back", "退回重报", "Send back";
        /// Take it back.
        Withdraw = "withdraw", "撤销", "Withdraw";
    }
}

/// A supervision order as it is stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Order {
    /// Its id.
    pub id: OrderId,
    /// The case.
    pub case_id: CaseId,
    /// The case's number.
    pub number: String,
    /// The case's area.
    pub area: String,
    /// Who has to answer.
    pub body: String,
    /// Why.
    pub kind: OrderKind,
    /// How high.
    pub level: OrderLevel,
    /// Where it stands.
    pub state: OrderState,
    /// Who made it; absent for the program.
    pub issuer: Option<UserId>,
    /// Their name at the time.
    pub issuer_name: String,
    /// What is asked.
    pub reason: String,
    /// By when.
    pub answer_by: Time,
    /// The limit of the case that was missed.
    pub case_due_at: Option<Time>,
    /// The body's answer: why.
    pub reply: Option<String>,
    /// What it will do.
    pub plan: Option<String>,
    /// By which day.
    pub done_by: Option<String>,
    /// When it was made.
    pub made_at: Time,
    /// When it was last answered.
    pub answered_at: Option<Time>,
    /// When it ended.
    pub ended_at: Option<Time>,
    /// Counts what was done.
    pub version: i64,
}

/// An order was made, answered, accepted, sent back or withdrawn.
pub static ORDER_CHANGED: Topic = Topic {
    name: "cases.order",
    needs: &CASE_READ,
};

/// What `cases.order` says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct OrderChanged {
    id: OrderId,
    case: CaseId,
    number: String,
    state: OrderState,
    body: String,
}

/// Writes down what was done, for the record and for the pages that are open.
async fn tell(work: &mut Work, order: &Order, action: OrderAction, given: impl Serialize) -> Result<()> {
    let facts = serde_json::json!({ "number": order.number, "kind": order.kind, "body": order.body, "given": given });
    work.audit(&format!("cases.order_{action}"), order.id, facts).await?;
    let news = OrderChanged {
        id: order.id,
        case: order.case_id,
        number: order.number.clone(),
        state: order.state,
        body: order.body.clone(),
    };
    let place = Place {
        area: Some(&order.area),
        body: Some(&order.body),
        owners: &[],
    };
    work.emit(&ORDER_CHANGED, place, news).await
}
