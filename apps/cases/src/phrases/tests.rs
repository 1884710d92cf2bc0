//! Whose phrases one sees and may change.

use kernel::testing::{Store, db_test};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::tests::{city, people};

fn texts(list: &Value) -> Vec<String> {
    let rows = list.as_array().expect("a list");
    rows.iter()
        .filter_map(|it| it["text"].as_str().map(str::to_owned))
        .collect()
}

#[db_test]
async fn the_centres_phrases_are_for_all_and_ones_own_for_oneself(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    let seeded = p.acceptor.get("/api/phrases?action=decline").await.ok();
    assert!(!texts(&seeded).is_empty());

    let own =
        json!({ "id": Uuid::from_u128(7), "action": "decline", "shared": false, "text": "请拨打{place}物业电话" });
    let made = p.acceptor.post("/api/phrases", own.clone()).await.ok();
    assert_eq!(p.acceptor.post("/api/phrases", own).await.ok(), made);
    let mine = texts(&p.acceptor.get("/api/phrases?action=decline").await.ok());
    assert_eq!(mine.first().map(String::as_str), Some("请拨打{place}物业电话"));
    assert_eq!(mine.len(), texts(&seeded).len() + 1);
    assert_eq!(
        p.shift_lead
            .get("/api/phrases?action=decline")
            .await
            .ok()
            .as_array()
            .map(Vec::len),
        seeded.as_array().map(Vec::len)
    );

    let shared = json!({ "action": "decline", "shared": true, "text": "已转物业" });
    p.acceptor
        .post("/api/phrases", shared.clone())
        .await
        .refused(403, "kernel.forbidden");
    let made = p.shift_lead.post("/api/phrases", shared).await.ok();
    let path = format!("/api/phrases/{}", made["id"].as_str().expect("an id"));
    let change = json!({ "version": 1, "text": "已转物业处理" });
    p.acceptor
        .put(&path, change.clone())
        .await
        .refused(404, "kernel.not_found");
    p.shift_lead.put(&path, change.clone()).await.ok();
    p.shift_lead.put(&path, change).await.refused(409, "kernel.stale");
    assert!(texts(&p.acceptor.get("/api/phrases").await.ok()).contains(&"已转物业处理".to_owned()));
    p.acceptor.delete(&path).await.refused(404, "kernel.not_found");
    p.shift_lead.delete(&path).await.ok();
    assert!(!texts(&p.acceptor.get("/api/phrases").await.ok()).contains(&"已转物业处理".to_owned()));
}

#[db_test]
async fn a_phrase_for_a_move_without_a_text_is_refused(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    let odd = json!({ "action": "report", "shared": false, "text": "x" });
    let problem = p
        .acceptor
        .post("/api/phrases", odd)
        .await
        .refused(422, "kernel.invalid");
    assert_eq!(problem["fields"][0]["field"], "action");
}
