//! The demo's proposals of new standards: one at each step, so that every role finds something to do.

use kernel::auth::by_login;
use kernel::db::Json;
use kernel::error::Result;
use kernel::{Kernel, Time};

use super::proposal::{self, Proposal, ProposalId, ProposalState, ProposedTerms};

/// Class, condition in both languages, limit in working hours, why it is asked for, how far it is, and why it was refused.
type Told = (
    &'static str,
    &'static str,
    &'static str,
    f64,
    &'static str,
    ProposalState,
    Option<&'static str>,
);

const ALL: [Told; 3] = [
    (
        "2026.M09012",
        "外卖柜、快递柜占用盲道或消防通道",
        "Delivery lockers on tactile paving or a fire lane",
        8.0,
        "近三个月上报 40 余件，清单没有对应标准",
        ProposalState::Proposed,
        None,
    ),
    (
        "2026.M06036",
        "电动自行车换电柜周边杂物堆放",
        "Rubbish around battery exchange cabinets",
        4.0,
        "换电柜增多，周边堆放有火灾隐患",
        ProposalState::Reviewed,
        None,
    ),
    (
        "2026.M06028",
        "临街商铺音响外放扰民",
        "Loudspeakers of shops facing the street",
        4.0,
        "居民多次投诉",
        ProposalState::Refused,
        Some("噪声已由生态环境部门另行受理，不重复列入"),
    ),
];

/// Hours between one step of the demo's proposals and the next.
const APART: i64 = 20;

/// Puts them in, as the clerk, the shift lead and the leader of the demo would have.
pub(crate) async fn seed_demo(kernel: &Kernel) -> Result<()> {
    let mut work = kernel.system_work().await?;
    let people = by_login(&mut work).await?;
    let named = |login: &str| people.get(login).cloned();
    let (Some(clerk), Some(lead), Some(leader)) = (named("d01-c"), named("s01"), named("l01")) else {
        return Ok(());
    };
    let now = work.now();
    let before = |steps: i64| -> Time { now.plus_seconds(-3600 * APART * steps) };
    for (class, condition, condition_en, amount, reason, state, why) in ALL {
        let reviewed = state != ProposalState::Proposed;
        let decided = state == ProposalState::Refused;
        let mut it = Proposal {
            id: kernel.id::<ProposalId>(),
            state,
            terms: Json(ProposedTerms {
                class: class.to_owned(),
                condition: condition.to_owned(),
                condition_en: Some(condition_en.to_owned()),
                closing: Some("现场清理、恢复原状".to_owned()),
                amount,
                unit: "working_hour".to_owned(),
                body: Some("D01".to_owned()),
                level: None,
                valid_from: None,
            }),
            reason: reason.to_owned(),
            applicant: clerk.0,
            applicant_name: clerk.1.clone(),
            body: Some("D01".to_owned()),
            at: before(3),
            reviewer: reviewed.then_some(lead.0),
            reviewer_name: reviewed.then(|| lead.1.clone()),
            reviewed_at: reviewed.then(|| before(2)),
            review_note: None,
            decider: decided.then_some(leader.0),
            decider_name: decided.then(|| leader.1.clone()),
            decided_at: decided.then(|| before(1)),
            decision_note: why.map(str::to_owned),
            standard: None,
            version: 1,
        };
        proposal::insert(&mut work, &it).await?;
        if reviewed {
            it.version += 1;
            proposal::update(&mut work, &it).await?;
        }
    }
    work.audit(
        "cases.demo_seeded",
        "proposals",
        serde_json::json!({ "proposals": ALL.len() }),
    )
    .await?;
    work.commit().await
}
