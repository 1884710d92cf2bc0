//! The demo's kept filters and subscriptions. They are due at once, so that the job itself leaves the first messages.

use kernel::auth::find_login;
use kernel::error::Result;
use kernel::{Kernel, args};

use super::message::MessageKind;
use super::saved::{FilterId, Share};
use super::subscription::{Every, SubscriptionId};

/// Whose, its name, what it asks, who has it (a role, or nobody else).
const FILTERS: &[(&str, &str, &str, Option<&str>)] = &[
    ("l01", "超时未结", "light=red", Some("leader")),
    ("l01", "热线来件", "source=hotline", None),
    ("s01", "待立案", "state=accepted", Some("shift_lead")),
    ("d01", "待派遣", "state=filed", Some("dispatcher")),
];

/// The hour at which the demo's people want their messages.
const HOUR: i64 = 8;

/// Keeps some filters for some of the demo's people, and lets the leader follow them and the bulletin.
pub(crate) async fn seed_demo(kernel: &Kernel) -> Result<()> {
    let mut work = kernel.system_work().await?;
    let now = work.now();
    let yesterday = now.plus_seconds(-86_400);
    let subscribe = "INSERT INTO cases_subscription (id, user_id, kind, filter, every, weekday, hour, seen_until, next_at, version) \
                     VALUES ($1, $2, $3, $4, $5, 1, $6, $7, $8, 1)";
    for (login, name, query, role) in FILTERS {
        let Some(owner) = find_login(&mut work, login).await? else {
            continue;
        };
        let id: FilterId = kernel.id();
        let share = if role.is_some() { Share::Role } else { Share::Private };
        let sql = "INSERT INTO cases_filter (id, owner, name, query, share, shared_with, created_at, version) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, 1)";
        work.run(
            sql,
            args![id, owner, *name, *query, share, role.unwrap_or_default(), now],
        )
        .await?;
        if *login == "l01" {
            let subscription: SubscriptionId = kernel.id();
            let filter = id.to_string();
            let values = args![
                subscription,
                owner,
                MessageKind::Filter,
                filter,
                Every::Day,
                HOUR,
                yesterday,
                now
            ];
            work.run(subscribe, values).await?;
        }
    }
    if let Some(leader) = find_login(&mut work, "l01").await? {
        let subscription: SubscriptionId = kernel.id();
        let values = args![
            subscription,
            leader,
            MessageKind::Bulletin,
            "",
            Every::Month,
            HOUR,
            yesterday,
            now
        ];
        work.run(subscribe, values).await?;
    }
    work.commit().await
}
