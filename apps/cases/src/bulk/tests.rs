//! One move on many cases.

use kernel::testing::{Store, db_test};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::tests::{city, dispatched, go, id_of, people, report};

fn actions(open: &Value) -> Vec<&str> {
    open.as_array()
        .expect("moves")
        .iter()
        .filter_map(|it| it["action"].as_str())
        .collect()
}

#[db_test]
async fn each_case_has_a_result_of_its_own_and_the_same_request_again_changes_nothing(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    let mut cases = Vec::new();
    for _ in 0..3 {
        cases.push(id_of(&p.worker.post("/api/cases", report()).await.ok()));
    }
    go(&p.acceptor, &cases[1], "accept", json!({})).await;
    let chosen: Vec<_> = cases
        .iter()
        .enumerate()
        .map(|(n, case)| json!({ "case": case, "version": 1, "id": Uuid::from_u128(100 + n as u128) }))
        .collect();
    let body = json!({ "cases": chosen, "move": { "version": 0, "action": "accept", "note": "一并受理" } });
    let results = p.acceptor.post("/api/cases/moves", body.clone()).await.ok();
    let done: Vec<_> = results
        .as_array()
        .expect("results")
        .iter()
        .map(|it| it["done"].as_bool())
        .collect();
    assert_eq!(done, [Some(true), Some(false), Some(true)]);
    assert_eq!(results[1]["code"], "kernel.stale");
    assert_eq!(results[0]["state"], "accepted");
    // An answer that was lost on the way is asked for again: nothing is done twice.
    let again = p.acceptor.post("/api/cases/moves", body).await.ok();
    assert_eq!((&again[0], &again[2]), (&results[0], &results[2]));
    let desk = p.acceptor.get(&format!("/api/cases/{}", cases[0])).await.ok();
    assert_eq!(desk["facts"]["version"], 2);
}

#[db_test]
async fn what_one_may_not_do_alone_one_may_not_do_to_many(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    let case = id_of(&p.worker.post("/api/cases", report()).await.ok());
    let one = |action: &str| json!({ "cases": [{ "case": case, "version": 1 }], "move": { "version": 0, "action": action, "note": "重复" } });
    let refused = p.dispatcher.post("/api/cases/moves", one("accept")).await.ok();
    assert_eq!(
        (refused[0]["done"].as_bool(), refused[0]["code"].as_str()),
        (Some(false), Some("kernel.forbidden"))
    );
    let hidden = p.water.post("/api/cases/moves", one("note")).await.ok();
    assert_eq!(hidden[0]["code"], "kernel.not_found");
    // A dangerous move needs the word that somebody was asked.
    let problem = p
        .acceptor
        .post("/api/cases/moves", one("decline"))
        .await
        .refused(422, "kernel.invalid");
    assert_eq!(problem["fields"][0]["field"], "confirmed");
    let mut sure = one("decline");
    sure["confirmed"] = json!(true);
    assert_eq!(
        p.acceptor.post("/api/cases/moves", sure).await.ok()[0]["state"],
        "declined"
    );
    let many: Vec<_> = (0..201)
        .map(|n| json!({ "case": Uuid::from_u128(n), "version": 1 }))
        .collect();
    let body = json!({ "cases": many, "move": { "version": 0, "action": "accept" } });
    p.acceptor
        .post("/api/cases/moves", body)
        .await
        .refused(422, "kernel.invalid");
}

#[db_test]
async fn only_what_all_chosen_cases_allow_is_offered(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    let reported = id_of(&p.worker.post("/api/cases", report()).await.ok());
    let twin = id_of(&p.worker.post("/api/cases", report()).await.ok());
    let away = dispatched(&p).await;
    let open = |cases: Vec<String>| json!({ "cases": cases });
    let both = p
        .acceptor
        .post("/api/cases/moves/open", open(vec![reported.clone(), twin]))
        .await
        .ok();
    assert!(actions(&both).contains(&"accept") && actions(&both).contains(&"decline"));
    let mixed = p
        .acceptor
        .post("/api/cases/moves/open", open(vec![reported.clone(), away.clone()]))
        .await
        .ok();
    assert_eq!(actions(&mixed), ["note"]);
    let hidden = open(vec![reported, away]);
    p.water
        .post("/api/cases/moves/open", hidden)
        .await
        .refused(404, "kernel.not_found");
}
