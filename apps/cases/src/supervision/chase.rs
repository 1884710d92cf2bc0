//! The job that orders by itself when a body's limit has been missed for so long.

use std::time::Duration;

use kernel::error::Result;
use kernel::jobs::Job;
use kernel::{Kernel, Time};

use super::routes::issue;
use super::{Order, OrderId, OrderKind, OrderLevel, OrderState, store};
use crate::model::State;

/// The most orders of one level and one run: a backlog comes in pieces that no page has to be afraid of.
const MOST: i64 = 100;

/// The job.
pub(crate) fn job() -> Job {
    Job {
        name: "cases.orders",
        zh: "对超期案件自动下达督办",
        en: "Order the supervision of overdue cases",
        every: Duration::from_secs(300),
        run: |kernel| Box::pin(async move { Ok(format!("{} orders", chase(&kernel, MOST).await?)) }),
    }
}

/// Makes what is due, the highest level first: a case is ordered once for how late it is, not once for each level it has
/// passed while nobody looked. Says how many were made.
pub(crate) async fn chase(kernel: &Kernel, most: i64) -> Result<usize> {
    let mut tx = kernel.read().await?;
    let rules = store::rules(&mut tx).await?;
    drop(tx);
    let mut made = 0;
    for rule in rules.iter().rev().filter(|it| it.active) {
        let before = kernel.now().plus_seconds(-rule.after_hours * 3600);
        let found = store::overdue(&mut kernel.read().await?, before, rule.level, most).await?;
        for case in found {
            let mut work = kernel.system_work().await?;
            let Some(case) = crate::store::find(&mut work, case).await? else {
                continue;
            };
            // It may have been handled, or given more time, since the list was read.
            let (Some(body), Some(due)) = (case.body.clone(), case.due_at.filter(|it| *it < before)) else {
                continue;
            };
            if !matches!(case.state, State::Dispatched | State::Handling) {
                continue;
            }
            let now = work.now();
            let order = Order {
                id: kernel.id::<OrderId>(),
                case_id: case.id,
                number: case.number.clone(),
                area: case.area.clone(),
                body,
                kind: OrderKind::Overdue,
                level: rule.level,
                state: OrderState::Issued,
                issuer: None,
                issuer_name: String::new(),
                reason: reason(rule.level, due, now),
                answer_by: now.plus_seconds(rule.answer_hours * 3600),
                case_due_at: Some(due),
                reply: None,
                plan: None,
                done_by: None,
                made_at: now,
                answered_at: None,
                ended_at: None,
                version: 1,
            };
            issue(&mut work, &order).await?;
            work.commit().await?;
            made += 1;
        }
    }
    Ok(made)
}

/// In Chinese, as the district's own records are; the page tells level and lateness in its own language.
fn reason(level: OrderLevel, due: Time, now: Time) -> String {
    let hours = now.seconds_since(due) / 3600;
    format!(
        "案件已超期 {hours} 小时，{}督办，请说明原因、措施和完成日期。",
        level.zh()
    )
}
