//! Supervision orders, as those concerned see them.

use kernel::auth::Reach;
use kernel::testing::{Client, Store, TestCity, db_test};
use serde_json::{Value, json};
use uuid::Uuid;

use super::chase;
use crate::tests::{People, city, dispatched, go, id_of, people, report};

const DAY: i64 = 24 * 3600;

async fn head(city: &TestCity, body: &str) -> Client {
    city.user("body_head", Reach::Body(body.into())).await
}

fn order(city: &TestCity, case: &str) -> Value {
    let by = city.kernel.now().plus_seconds(DAY);
    json!({ "id": Uuid::from_u128(5), "case": case, "kind": "leader", "reason": "群众反映强烈，请尽快办理", "answer_by": by })
}

fn answer(version: i64) -> Value {
    json!({ "version": version, "action": "answer", "reply": "配件未到货", "plan": "明日到货后更换", "done_by": "2026-11-26" })
}

async fn orders(who: &Client, case: &str) -> Value {
    who.get(&format!("/api/cases/{case}/orders")).await.ok()
}

async fn issued(city: &TestCity, p: &People) -> (String, String) {
    let case = dispatched(p).await;
    let made = p.leader.post("/api/orders", order(city, &case)).await.ok();
    (case, format!("/api/orders/{}/moves", id_of(&made)))
}

#[db_test]
async fn an_order_is_answered_sent_back_answered_again_and_accepted(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    let (mine, other) = (head(&city, "D01").await, head(&city, "C01").await);
    let (case, path) = issued(&city, &p).await;
    // The same order sent twice is one.
    p.leader.post("/api/orders", order(&city, &case)).await.ok();
    assert_eq!(orders(&p.leader, &case).await.as_array().map(Vec::len), Some(1));
    assert_eq!(
        mine.get("/api/orders/counts").await.ok(),
        json!({ "to_answer": 1, "to_look_at": 0 })
    );
    assert_eq!(
        other.get("/api/orders/counts").await.ok(),
        json!({ "to_answer": 0, "to_look_at": 0 })
    );
    assert_eq!(other.get("/api/orders").await.ok()["items"], json!([]));

    // Only the head of that body answers, and with all three.
    p.clerk.post(&path, answer(1)).await.refused(403, "kernel.forbidden");
    other.post(&path, answer(1)).await.refused(404, "kernel.not_found");
    let bare = json!({ "version": 1, "action": "answer", "reply": "忙" });
    let problem = mine.post(&path, bare).await.refused(422, "kernel.invalid");
    let missing: Vec<_> = problem["fields"]
        .as_array()
        .expect("fields")
        .iter()
        .map(|it| it["field"].as_str())
        .collect();
    assert_eq!(missing, [Some("plan"), Some("done_by")]);
    mine.post(&path, answer(1)).await.ok();
    mine.post(&path, answer(1)).await.refused(409, "kernel.stale");

    mine.post(&path, json!({ "version": 2, "action": "accept" }))
        .await
        .refused(403, "kernel.forbidden");
    assert_eq!(p.leader.get("/api/orders/counts").await.ok()["to_look_at"], 1);
    p.leader
        .post(
            &path,
            json!({ "version": 2, "action": "send_back", "note": "措施不具体" }),
        )
        .await
        .ok();
    mine.post(&path, answer(3)).await.ok();
    p.leader
        .post(&path, json!({ "version": 4, "action": "accept" }))
        .await
        .ok();
    p.leader
        .post(&path, json!({ "version": 5, "action": "withdraw", "note": "误发" }))
        .await
        .refused(409, "cases.order_not_open");
    let all = orders(&p.leader, &case).await;
    let actions: Vec<_> = all[0]["entries"]
        .as_array()
        .expect("entries")
        .iter()
        .map(|it| it["action"].as_str())
        .collect();
    assert_eq!(
        actions,
        [
            Some("issue"),
            Some("answer"),
            Some("send_back"),
            Some("answer"),
            Some("accept")
        ]
    );
    assert_eq!(
        (all[0]["state"].as_str(), all[0]["moves"].as_array().map(Vec::len)),
        (Some("accepted"), Some(0))
    );
}

#[db_test]
async fn only_an_open_case_that_a_body_has_is_ordered_and_only_by_those_who_may(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    let case = id_of(&p.worker.post("/api/cases", report()).await.ok());
    p.leader
        .post("/api/orders", order(&city, &case))
        .await
        .refused(409, "cases.no_body_to_order");
    let case = dispatched(&p).await;
    p.dispatcher
        .post("/api/orders", order(&city, &case))
        .await
        .refused(403, "kernel.forbidden");
    let mut past = order(&city, &case);
    past["answer_by"] = json!(city.kernel.now());
    p.leader.post("/api/orders", past).await.refused(422, "kernel.invalid");
    p.water
        .get(&format!("/api/cases/{case}/orders"))
        .await
        .refused(404, "kernel.not_found");
}

#[db_test]
async fn a_missed_limit_is_ordered_once_for_each_level_it_comes_to(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    let case = dispatched(&p).await;
    assert_eq!(chase(&city.kernel, 10).await.expect("runs"), 0);
    // Due on Thursday at 10:00; five hours later it is the clerk's.
    city.turn(2 * DAY + 5 * 3600);
    assert_eq!(chase(&city.kernel, 10).await.expect("runs"), 1);
    assert_eq!(chase(&city.kernel, 10).await.expect("runs"), 0);
    assert_eq!(orders(&p.leader, &case).await[0]["level"], "clerk");
    // Nobody looked for four days: it comes to the leader at once, and not by way of the head.
    city.turn(4 * DAY);
    assert_eq!(chase(&city.kernel, 10).await.expect("runs"), 1);
    let all = orders(&p.leader, &case).await;
    assert_eq!(
        (all[0]["level"].as_str(), all[1]["level"].as_str()),
        (Some("leader"), Some("clerk"))
    );
    assert_eq!(
        (all[0]["issuer_name"].as_str(), all[1]["late"].as_bool()),
        (Some(""), Some(true))
    );
    go(&p.clerk, &case, "receive", json!({})).await;
    go(&p.clerk, &case, "handle", json!({ "note": "已修好" })).await;
    assert_eq!(chase(&city.kernel, 10).await.expect("runs"), 0);
}

#[db_test]
async fn a_district_sets_its_own_rules(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    let case = dispatched(&p).await;
    let rule = json!({ "version": 1, "after_hours": 1, "answer_hours": 8, "active": false });
    for level in ["clerk", "head", "leader"] {
        p.shift_lead
            .put(&format!("/api/orders/rules/{level}"), rule.clone())
            .await
            .ok();
    }
    p.shift_lead
        .put("/api/orders/rules/clerk", rule.clone())
        .await
        .refused(409, "kernel.stale");
    p.dispatcher
        .put("/api/orders/rules/clerk", rule.clone())
        .await
        .refused(403, "kernel.forbidden");
    let town = city.user("shift_lead", Reach::Area("320999101".into())).await;
    town.put("/api/orders/rules/clerk", rule)
        .await
        .refused(404, "kernel.not_found");
    city.turn(9 * DAY);
    assert_eq!(chase(&city.kernel, 10).await.expect("runs"), 0);
    assert_eq!(orders(&p.leader, &case).await, json!([]));
}
