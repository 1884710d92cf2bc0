//! What a demo district begins with: callers that are found when they call again, cases that say which component they are
//! about, and two areas without reports.

use std::collections::{BTreeMap, BTreeSet};

use components::api::Component;
use grid::api::atlas;
use kernel::auth::by_login;
use kernel::error::Result;
use kernel::{Kernel, Time, Work, args};
use standards::Level;

use super::caller::mark;
use super::control::{ControlId, ControlState};
use crate::model::CaseId;
use crate::view::ContactView;

/// The latest past callers that are remembered.
const CALLERS: i64 = 1_000;
const DAY: i64 = 24 * 3600;

/// The latest cases about a component that say which one.
const NAMED: i64 = 1_500;
/// The most of one class that they choose from.
const OF_A_CLASS: usize = 10_000;

/// Lets cases about a thing in the street say which one it is: one of its class that stands in the case's grid. Where the
/// case says where it is, it now says where that component stands.
async fn name_components(work: &mut Work) -> Result<()> {
    let sql = "SELECT id, class, area FROM cases_case WHERE class >= '2026.C' AND class < '2026.D' ORDER BY reported_at DESC \
               LIMIT $1";
    let rows: Vec<(CaseId, String, String)> = work.all(sql, args![NAMED]).await?;
    let mut standing: BTreeMap<(String, String), Vec<Component>> = BTreeMap::new();
    for class in rows.iter().map(|it| it.1.as_str()).collect::<BTreeSet<_>>() {
        for it in components::api::of_class(work, class, OF_A_CLASS).await? {
            let place = (class.to_owned(), it.area.clone());
            standing.entry(place).or_default().push(it);
        }
    }
    for (id, class, area) in rows {
        let Some(it) = standing.get_mut(&(class, area)).and_then(Vec::pop) else {
            continue;
        };
        let place = it.place.clone().unwrap_or_else(|| it.label());
        let sql = "UPDATE cases_case SET component = $2, lng = $3, lat = $4, description = REPLACE(description, place, $5), \
                   place = $5 WHERE id = $1";
        work.run(sql, args![id, it.code, it.lng, it.lat, place]).await?;
    }
    Ok(())
}

/// Puts it in, after the cases.
pub(crate) async fn seed(kernel: &Kernel) -> Result<()> {
    let mut work = kernel.system_work().await?;
    let sql =
        "SELECT id, contact, reported_at FROM cases_case WHERE contact IS NOT NULL ORDER BY reported_at DESC LIMIT $1";
    let rows: Vec<(CaseId, Vec<u8>, Time)> = work.all(sql, args![CALLERS]).await?;
    let mut values = Vec::new();
    for (id, sealed, at) in rows {
        let contact: ContactView = kernel.vault().reveal(&sealed, &id.to_string())?;
        if let Some(caller) = contact.phone.as_deref().and_then(|it| mark(kernel, it)) {
            values.push(args![id, false, Some(caller), None::<String>, at]);
        }
    }
    let insert = "INSERT INTO cases_reception (case_id, anonymous, caller, control, at) VALUES ";
    work.insert_many(insert, " ON CONFLICT DO NOTHING", values).await?;

    name_components(&mut work).await?;
    let people = by_login(&mut work).await?;
    let atlas = atlas(kernel)?;
    let villages: Vec<&str> = atlas
        .areas()
        .filter(|it| it.level == Level::Village)
        .map(|it| it.code.as_str())
        .take(2)
        .collect();
    let now = work.now();
    let stops = [
        (
            1,
            "元旦迎新长跑",
            "活动期间沿线由现场保障组统一处置",
            "Along the course, the team on site takes care of everything",
            ControlState::Asked,
        ),
        (
            7,
            "冬季城市运动会开幕式",
            "开幕式期间场馆周边由现场指挥部统一受理",
            "During the opening, the command on site takes all reports around the stadium",
            ControlState::Approved,
        ),
    ];
    let Some(asker) = people.get("d01") else {
        return work.commit().await;
    };
    for ((days, event, reason, reason_en, state), area) in stops.into_iter().zip(villages) {
        let from = now.plus_seconds(days * DAY);
        let leader = people.get("l01").filter(|_| state == ControlState::Approved);
        let sql = "INSERT INTO cases_control (id, area, class, from_at, to_at, event, reason, reason_en, state, asked_by, asked_name, \
                   asked_at, decided_by, decided_name, decided_at, version) \
                   VALUES ($1, $2, NULL, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
        let values = args![
            kernel.id::<ControlId>(),
            area,
            from,
            from.plus_seconds(DAY / 4),
            event,
            reason,
            reason_en,
            state,
            asker.0,
            &asker.1,
            now.plus_seconds(-DAY),
            leader.map(|it| it.0.to_string()),
            leader.map(|it| it.1.clone()),
            leader.map(|_| now.plus_seconds(-DAY / 2)),
            1 + i64::from(leader.is_some())
        ];
        work.run(sql, values).await?;
    }
    work.audit("cases.reception_seeded", "demo", serde_json::json!({}))
        .await?;
    work.commit().await
}
