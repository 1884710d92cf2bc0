//! The table of moves of a supervision order, and what a move does to it: pure rules.

use kernel::Time;
use kernel::error::{Fields, Result, codes as kernel_codes};
use kernel::flow::{Ask, AskKind, Flow, Move};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::OrderAction::{Accept, Answer, SendBack, Withdraw};
use super::OrderState::{Accepted, Answered, Issued, Withdrawn};
use super::{Order, OrderAction, OrderState};
use crate::permissions::{ORDER_ANSWER, ORDER_ISSUE};

const REPLY: Ask = Ask::required("reply", AskKind::Text, "超期或未办结原因", "Reason");
const PLAN: Ask = Ask::required("plan", AskKind::Text, "下一步措施", "Plan");
const DONE_BY: Ask = Ask::required("done_by", AskKind::Text, "计划完成日期", "To be done by");
const REASON: Ask = Ask::required("note", AskKind::Text, "原因", "Reason");
const MAY_NOTE: Ask = Ask::optional("note", AskKind::Text, "说明", "Note");

/// The process.
pub static ORDERS: Flow<OrderState, OrderAction> = Flow {
    moves: &[
        Move::to(&[Issued], Answer, Answered, &ORDER_ANSWER).asks(&[REPLY, PLAN, DONE_BY]),
        Move::to(&[Answered], Accept, Accepted, &ORDER_ISSUE).asks(&[MAY_NOTE]),
        Move::to(&[Answered], SendBack, Issued, &ORDER_ISSUE)
            .asks(&[REASON])
            .side(),
        Move::to(&[Issued, Answered], Withdraw, Withdrawn, &ORDER_ISSUE)
            .asks(&[REASON])
            .danger(),
    ],
};

/// What is done with an order.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderMove {
    /// Made by the client: sent again with the same id it changes nothing.
    pub id: Option<Uuid>,
    /// The version that was looked at.
    pub version: i64,
    /// What is done.
    pub action: OrderAction,
    /// A reason or a note.
    #[schema(max_length = 500)]
    pub note: Option<String>,
    /// Why the case is not done.
    #[schema(max_length = 1000)]
    pub reply: Option<String>,
    /// What the body will do.
    #[schema(max_length = 1000)]
    pub plan: Option<String>,
    /// By which day, `YYYY-MM-DD`.
    pub done_by: Option<String>,
    /// A new date for the answer, when it is sent back.
    pub answer_by: Option<Time>,
}

impl OrderMove {
    /// Refuses what the move needs and is not there, and what is there and the move has no use for.
    fn check(&self, asks: &[Ask], now: Time) -> Result<()> {
        let mut fields = Fields::new();
        let given = [
            ("note", &self.note, 500),
            ("reply", &self.reply, 1000),
            ("plan", &self.plan, 1000),
            ("done_by", &self.done_by, 10),
        ];
        for (field, value, most) in given {
            let text = value.as_deref().unwrap_or_default();
            match asks.iter().find(|it| it.field == field) {
                Some(ask) => {
                    fields.text(field, text, usize::from(ask.required), most);
                }
                None if !text.trim().is_empty() => {
                    fields.refuse(field, &kernel_codes::NOT_ALLOWED);
                }
                None => {}
            }
        }
        let day = self.done_by.as_deref().filter(|it| !it.is_empty());
        if day.is_some_and(|it| it.parse::<jiff::civil::Date>().is_err()) {
            fields.refuse_with("done_by", &kernel_codes::FORMAT, &[("why", "YYYY-MM-DD")]);
        }
        match self.answer_by {
            Some(_) if self.action != SendBack => {
                fields.refuse("answer_by", &kernel_codes::NOT_ALLOWED);
            }
            Some(at) => within_a_year(&mut fields, at, now),
            None => {}
        }
        fields.done()
    }
}

/// A date for an answer lies ahead, and not so far that it is forgotten.
pub(super) fn within_a_year(fields: &mut Fields, at: Time, now: Time) {
    let last = now.plus_seconds(366 * 24 * 3600);
    if at <= now || at > last {
        let (min, max) = (now.to_string(), last.to_string());
        fields.refuse_with("answer_by", &kernel_codes::RANGE, &[("min", &min), ("max", &max)]);
    }
}

/// Makes a move; the caller has checked who may.
pub(super) fn apply(
    order: &mut Order,
    step: &Move<OrderState, OrderAction>,
    input: &OrderMove,
    now: Time,
) -> Result<()> {
    input.check(step.asks, now)?;
    let text = |it: &Option<String>| it.as_deref().map(str::trim).map(str::to_owned);
    match step.action {
        Answer => {
            order.reply = text(&input.reply);
            order.plan = text(&input.plan);
            order.done_by = text(&input.done_by);
            order.answered_at = Some(now);
        }
        SendBack => {
            order.answer_by = input
                .answer_by
                .unwrap_or_else(|| order.answer_by.max(now.plus_seconds(24 * 3600)));
        }
        Accept | Withdraw => order.ended_at = Some(now),
        OrderAction::Issue => {}
    }
    if let Some(to) = step.to {
        order.state = to;
    }
    order.version += 1;
    Ok(())
}
