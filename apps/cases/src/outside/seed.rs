//! The demo's bodies outside: a few companies that got their cases by link, in every state that the queue shows.

use std::sync::Arc;

use grid::api::{Atlas, BodyKind, atlas};
use kernel::Kernel;
use kernel::auth::{NewKey, make_key};
use kernel::db::Sql;
use kernel::error::Result;
use kernel::hooks::{self, HookId, HookInput};
use uuid::Uuid;

use super::{LinkId, mark, send, store};
use crate::model::CaseId;

/// Cases per company that get a link.
const EACH: i64 = 6;

/// Marks the first two companies that have cases in hand, sends these, and lets some be opened.
pub(crate) async fn seed_demo(kernel: &Kernel) -> Result<()> {
    let atlas: Arc<Atlas> = atlas(kernel)?;
    let mut work = kernel.system_work().await?;
    let mut companies = 0;
    for body in atlas.bodies().filter(|it| it.kind == BodyKind::Company && it.active) {
        let mut sql = Sql::new("SELECT id FROM cases_case WHERE state IN ('dispatched', 'handling') AND body = ");
        sql.bind(&body.code)
            .push(" ORDER BY reported_at DESC LIMIT ")
            .bind(EACH);
        let cases: Vec<(CaseId,)> = work.list(sql).await?;
        if cases.len() < 2 {
            continue;
        }
        mark(&mut work, &body.code, &body.name, 24 * 14, true).await?;
        let Some(outside) = store::body(&mut work, &body.code).await? else {
            continue;
        };
        // The receiver of the demo is this machine.
        if companies == 0 && kernel.config().hooks.allow_private {
            subscribe(&mut work, &outside, &body.name).await?;
        }
        for (n, (id,)) in cases.into_iter().enumerate() {
            let Some(case) = crate::store::find(&mut work, id).await? else {
                continue;
            };
            let link = send(&mut work, &case, &outside, None).await?;
            let at = case.dispatched_at.unwrap_or(case.reported_at).plus_seconds(60);
            fare(&mut work, link, n, at).await?;
        }
        companies += 1;
        if companies == 2 {
            break;
        }
    }
    work.commit().await
}

/// The first company's own system takes its links, so that the page of webhooks has something to show.
async fn subscribe(work: &mut kernel::Work, outside: &store::OutsideBody, name: &str) -> Result<()> {
    let now = work.now();
    let key = NewKey {
        id: None,
        name: name.to_owned(),
        owner: "信息部值班".to_owned(),
        purpose: "抢修系统对接：接收案件、回报处理结果".to_owned(),
        expires_at: now.plus_seconds(180 * 24 * 3600),
        per_minute: 120,
        addresses: Vec::new(),
    };
    make_key(work, &key, Some(outside.account)).await?;
    let hook = HookInput {
        id: None,
        version: None,
        account: None,
        name: format!("{name}抢修系统"),
        url: "http://127.0.0.1:9/jingwei".to_owned(),
        topics: vec!["cases.outside_sent".to_owned()],
        enabled: true,
    };
    let id = HookId(work.kernel().id::<Uuid>());
    hooks::add(work, id, outside.account, &hook).await?;
    Ok(())
}

/// What became of the n-th link.
async fn fare(work: &mut kernel::Work, id: LinkId, n: usize, at: kernel::Time) -> Result<()> {
    work.run(
        "UPDATE cases_outside_link SET made_at = $2 WHERE id = $1",
        kernel::args![id, at],
    )
    .await?;
    let row: Option<(Option<hooks::DeliveryId>,)> = work
        .one(
            "SELECT delivery FROM cases_outside_link WHERE id = $1",
            kernel::args![id],
        )
        .await?;
    // All but one have arrived; that one finds nobody there, as long as the demo runs.
    if let Some(delivery) = row.and_then(|it| it.0).filter(|_| n > 0) {
        hooks::mark_delivered(work, delivery, at).await?;
    }
    if n % 3 == 1 {
        store::opened(work, id, at.plus_seconds(1800)).await?;
    }
    if n == 4 {
        let now = work.now();
        store::revoke(work, id, now).await?;
    }
    Ok(())
}
