//! What was decided once is proposed first the next time, where it holds and as long as it stands.

use kernel::auth::Reach;
use kernel::testing::{Store, db_test};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::tests::{People, city, dispatched, go, id_of, people, report, standard_id};

/// A case that D01 has sent back and that went to C01 then.
async fn disputed(p: &People) -> String {
    let case = dispatched(p).await;
    go(&p.clerk, &case, "return", json!({ "note": "不属于我单位" })).await;
    go(&p.dispatcher, &case, "dispatch", json!({ "body": "C01" })).await;
    case
}

/// The bodies that are proposed for a new case in a grid.
async fn proposed(p: &People, area: &str) -> Vec<Value> {
    let mut fresh = report();
    fresh["area"] = json!(area);
    let case = id_of(&p.acceptor.post("/api/cases", fresh).await.ok());
    go(&p.acceptor, &case, "accept", json!({})).await;
    go(&p.shift_lead, &case, "file", json!({ "standard": standard_id() })).await;
    let desk = p.dispatcher.get(&format!("/api/cases/{case}")).await.ok();
    let moves = desk["moves"].as_array().expect("moves");
    let dispatch = moves.iter().find(|it| it["action"] == "dispatch").expect("dispatch");
    let needs = dispatch["needs"].as_array().expect("needs");
    let body = needs.iter().find(|it| it["field"] == "body").expect("a body");
    body["suggested"].as_array().expect("proposals").clone()
}

fn decision(case: &str, area: &str) -> Value {
    json!({ "id": Uuid::from_u128(3), "case": case, "area": area, "reason": "管网由水务公司养护" })
}

#[db_test]
async fn a_decision_is_proposed_first_within_its_area_until_it_is_withdrawn(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    let plain = dispatched(&p).await;
    p.dispatcher
        .post("/api/precedents", decision(&plain, "320999101"))
        .await
        .refused(409, "cases.no_dispute");
    let case = disputed(&p).await;
    let panel = p.dispatcher.get(&format!("/api/cases/{case}/precedent")).await.ok();
    assert_eq!(
        (panel["may_keep"].as_bool(), panel["areas"][1]["code"].as_str()),
        (Some(true), Some("320999101"))
    );
    assert_eq!(
        p.acceptor.get(&format!("/api/cases/{case}/precedent")).await.ok()["may_keep"],
        false
    );
    p.dispatcher
        .post("/api/precedents", decision(&case, "320999102"))
        .await
        .refused(422, "kernel.invalid");
    let made = p
        .dispatcher
        .post("/api/precedents", decision(&case, "320999101"))
        .await
        .ok();
    p.dispatcher
        .post("/api/precedents", decision(&case, "320999101"))
        .await
        .ok();

    let here = proposed(&p, "320999101201001").await;
    assert_eq!(here[0]["value"], "C01");
    assert_eq!(here[0]["why_zh"], "裁定：管网由水务公司养护");
    assert_eq!(here[1]["value"], "D01");
    assert_eq!(proposed(&p, "320999102201001").await[0]["value"], "D01");

    let other = city.user("dispatcher", Reach::Area("320999102".into())).await;
    assert_eq!(other.get("/api/precedents").await.ok()["items"], json!([]));
    let path = format!("/api/precedents/{}/withdraw", made["id"].as_str().expect("an id"));
    let why = json!({ "version": 1, "reason": "移交协议到期" });
    other.post(&path, why.clone()).await.refused(404, "kernel.not_found");
    p.acceptor
        .post(&path, why.clone())
        .await
        .refused(403, "kernel.forbidden");
    p.dispatcher.post(&path, why.clone()).await.ok();
    p.dispatcher
        .post(&path, why)
        .await
        .refused(409, "cases.precedent_ended");
    assert_eq!(proposed(&p, "320999101201001").await[0]["value"], "D01");
    let ended = p.dispatcher.get("/api/precedents?ended=true").await.ok();
    assert_eq!(ended["items"][0]["ended_why"], "移交协议到期");
}

#[db_test]
async fn the_smaller_area_goes_first_and_a_later_decision_replaces_an_earlier_one(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    let case = disputed(&p).await;
    let wide = json!({ "case": case, "area": "320999", "reason": "全区管网由水务公司养护" });
    p.dispatcher.post("/api/precedents", wide).await.ok();
    assert_eq!(proposed(&p, "320999102201001").await[0]["value"], "C01");
    // The same dispute, decided the other way in one village.
    go(&p.water, &case, "return", json!({ "note": "已移交" })).await;
    go(&p.dispatcher, &case, "dispatch", json!({ "body": "D01" })).await;
    let narrow = json!({ "case": case, "area": "320999102201", "reason": "已移交城管局" });
    p.dispatcher
        .post("/api/precedents", narrow)
        .await
        .refused(422, "kernel.invalid");
    let narrow = json!({ "case": case, "area": "320999101201", "reason": "已移交城管局" });
    p.dispatcher.post("/api/precedents", narrow).await.ok();
    assert_eq!(proposed(&p, "320999101201001").await[0]["value"], "D01");
    assert_eq!(proposed(&p, "320999102201001").await[0]["value"], "C01");
    let wide = json!({ "case": case, "area": "320999", "reason": "全区已移交城管局" });
    p.dispatcher.post("/api/precedents", wide).await.ok();
    let standing = p.dispatcher.get("/api/precedents").await.ok();
    assert_eq!(standing["items"].as_array().map(Vec::len), Some(2));
    assert_eq!(proposed(&p, "320999102201001").await[0]["value"], "D01");
}
