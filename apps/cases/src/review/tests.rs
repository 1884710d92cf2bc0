//! What a head of a body sees, and what is kept of a week's poor reports.

use axum::http::Method;
use kernel::auth::Reach;
use kernel::testing::{Client, Store, db_test};
use serde_json::{Value, json};

use crate::tests::{GRID, OTHER_GRID, city, dispatched, go, id_of, people, report};

const DAY: i64 = 24 * 3600;

#[db_test]
async fn a_head_sees_what_its_own_staff_is_late_with(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    let mine = city.user("body_head", Reach::Body("D01".into())).await;
    let other = city.user("body_head", Reach::Body("C01".into())).await;
    let case = dispatched(&p).await;
    dispatched(&p).await;
    go(&p.clerk, &case, "receive", json!({})).await;
    let watch = mine.get("/api/cases/watch").await.ok();
    assert_eq!(watch["total"], json!({ "green": 2, "yellow": 0, "red": 0 }));
    assert_eq!(watch["by_staff"], true);
    city.turn(9 * DAY);
    let late = mine.get("/api/cases/watch").await.ok();
    assert_eq!(late["total"], json!({ "green": 0, "yellow": 0, "red": 2 }));
    assert_eq!(
        other.get("/api/cases/watch?body=D01").await.ok()["total"],
        json!({ "green": 0, "yellow": 0, "red": 0 })
    );
    let all = p.leader.get("/api/cases/watch").await.ok();
    assert_eq!(
        (all["by_staff"].as_bool(), all["lines"][0]["body"]["code"].as_str()),
        (Some(false), Some("D01"))
    );
    let one = p.leader.get("/api/cases/watch?body=D01").await.ok();
    assert_eq!(
        (one["by_staff"].as_bool(), one["lines"][0]["body"].is_null()),
        (Some(true), true)
    );
    p.clerk.get("/api/cases/watch").await.refused(403, "kernel.forbidden");
}

/// The city's clock stands on a Tuesday of this week.
const WEEK: &str = "2026-11-23";

async fn lines(who: &Client) -> Value {
    who.get(&format!("/api/quality/{WEEK}")).await.ok()["lines"].clone()
}

#[db_test]
async fn a_weeks_poor_reports_are_marked_told_and_kept(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    let mut made = Vec::new();
    for area in [GRID, GRID, OTHER_GRID] {
        let mut it = report();
        it["area"] = json!(area);
        it["source"] = json!("hotline");
        made.push(id_of(&p.acceptor.post("/api/cases", it).await.ok()));
    }
    go(&p.acceptor, &made[0], "decline", json!({ "note": "重复" })).await;
    go(&p.acceptor, &made[2], "decline", json!({ "note": "重复" })).await;
    let all = lines(&p.shift_lead).await;
    assert_eq!(
        all,
        json!([
            { "town": { "code": "320999101", "name": "东镇", "name_en": null }, "untrue": 0, "declined": 1, "voided": 0, "thin": 0, "marked": 0, "poor": 0 },
            { "town": { "code": "320999102", "name": "西镇", "name_en": null }, "untrue": 0, "declined": 1, "voided": 0, "thin": 0, "marked": 0, "poor": 0 }
        ])
    );
    let town = city.user("shift_lead", Reach::Area("320999102".into())).await;
    assert_eq!(lines(&town).await.as_array().map(Vec::len), Some(1));
    let reports = town.get(&format!("/api/quality/{WEEK}/reports")).await.ok();
    assert_eq!(reports["items"].as_array().map(Vec::len), Some(1));
    // Who sent a report is nobody's business here.
    assert!(reports["items"][0].get("reporter").is_none());

    let marks = format!("/api/quality/{WEEK}/marks");
    let bare = json!({ "case": made[0], "verdict": "poor" });
    p.shift_lead.post(&marks, bare).await.refused(422, "kernel.invalid");
    let poor = json!({ "case": made[0], "verdict": "poor", "remark": "上报前请先查看附近案件" });
    town.post(&marks, poor.clone()).await.refused(404, "kernel.not_found");
    p.acceptor
        .post(&marks, poor.clone())
        .await
        .refused(403, "kernel.forbidden");
    p.shift_lead.post(&marks, poor.clone()).await.ok();
    let good = json!({ "case": made[1], "verdict": "fine" });
    p.shift_lead.post(&marks, good).await.refused(404, "kernel.not_found");
    let timeline = p.leader.get(&format!("/api/cases/{}", made[0])).await.ok()["timeline"].clone();
    assert!(timeline.to_string().contains("上报前请先查看附近案件"));

    let close = format!("/api/quality/{WEEK}/close");
    let send = |who: Client| {
        let close = close.clone();
        async move { who.send(Method::POST, &close, None, Vec::new()).await }
    };
    send(p.shift_lead.clone()).await.refused(409, "cases.week_runs");
    city.turn(7 * DAY);
    send(town.clone()).await.refused(404, "kernel.not_found");
    let reply = send(p.shift_lead.clone()).await;
    assert_eq!(reply.status, 204, "{:?}", reply.body);
    send(p.shift_lead.clone()).await.refused(409, "cases.week_closed");
    p.shift_lead.post(&marks, poor).await.refused(409, "cases.week_closed");
    // What happens later changes nothing of the record.
    go(&p.acceptor, &made[1], "decline", json!({ "note": "重复" })).await;
    let kept = p.shift_lead.get(&format!("/api/quality/{WEEK}")).await.ok();
    assert_eq!(
        (kept["lines"][0]["declined"].as_i64(), kept["lines"][0]["poor"].as_i64()),
        (Some(1), Some(1))
    );
    let reports = p.shift_lead.get(&format!("/api/quality/{WEEK}/reports")).await.ok();
    assert_eq!(reports["items"].as_array().map(Vec::len), Some(2));
    p.shift_lead
        .get("/api/quality/2026-11-24")
        .await
        .refused(404, "kernel.not_found");
}
