//! Who is called back, what is kept of it, and what a link opens.

use axum::http::Method;
use kernel::testing::{Store, TestCity, db_test};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::tests::{People, city, dispatched, go, people};

const DAY: i64 = 24 * 3600;

async fn closed(p: &People) -> String {
    let case = dispatched(p).await;
    go(&p.clerk, &case, "receive", json!({})).await;
    go(&p.clerk, &case, "handle", json!({ "note": "已修好" })).await;
    go(&p.acceptor, &case, "send_check", json!({})).await;
    go(&p.checker, &case, "check", json!({ "passed": true })).await;
    go(&p.shift_lead, &case, "close", json!({})).await;
    case
}

async fn listed(p: &People) -> Vec<Value> {
    let page = p.acceptor.get("/api/callbacks").await.ok();
    page["items"].as_array().expect("items").clone()
}

async fn visit(city: &TestCity, token: &str, rating: Option<Value>) -> (u16, Value) {
    let visitor = city.nobody().with_header("x-callback-link", token);
    let reply = match rating {
        None => visitor.get("/api/callback").await,
        Some(it) => visitor.post("/api/callback", it).await,
    };
    (reply.status, reply.body)
}

async fn link(p: &People, case: &str) -> String {
    let made = p
        .acceptor
        .send(Method::POST, &format!("/api/callbacks/{case}/link"), None, Vec::new())
        .await
        .ok();
    let link = made["link"].as_str().expect("a link");
    link.split_once("/rate#").expect("an address").1.to_owned()
}

#[db_test]
async fn whoever_reported_is_listed_until_rated_and_tries_are_counted(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    let open = dispatched(&p).await;
    let case = closed(&p).await;
    let all = listed(&p).await;
    assert_eq!(all.len(), 1);
    assert_eq!(all[0]["id"].as_str(), Some(case.as_str()));
    // Nobody has left a number, so for residents alone there is nobody to call.
    let residents = p.acceptor.get("/api/callbacks?residents=true").await.ok();
    assert_eq!(residents["items"], json!([]));

    let path = format!("/api/callbacks/{case}/tries");
    let call = json!({ "id": Uuid::from_u128(9), "outcome": "call_later", "note": "傍晚再打" });
    p.acceptor.post(&path, call.clone()).await.ok();
    p.acceptor.post(&path, call).await.ok();
    p.acceptor.post(&path, json!({ "outcome": "no_answer" })).await.ok();
    let tries = listed(&p).await[0]["tries"].clone();
    assert_eq!(tries.as_array().map(Vec::len), Some(2));
    p.acceptor
        .post(
            &format!("/api/callbacks/{open}/tries"),
            json!({ "outcome": "no_answer" }),
        )
        .await
        .refused(409, "cases.not_closed");
    p.dispatcher
        .get("/api/callbacks")
        .await
        .refused(403, "kernel.forbidden");

    go(&p.acceptor, &case, "evaluate", json!({ "satisfaction": "satisfied" })).await;
    assert_eq!(listed(&p).await.len(), 0);
    p.acceptor
        .post(&path, json!({ "outcome": "no_answer" }))
        .await
        .refused(409, "cases.evaluated_before");
}

#[db_test]
async fn who_was_closed_long_ago_is_called_no_more_and_the_script_is_the_shift_leads(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    closed(&p).await;
    city.turn(10 * DAY);
    assert_eq!(listed(&p).await.len(), 1);
    let mut view = p.acceptor.get("/api/callbacks/script").await.ok();
    assert_eq!(view["version"], 0);
    view["script"]["days"] = json!(9);
    p.acceptor
        .put("/api/callbacks/script", view.clone())
        .await
        .refused(403, "kernel.forbidden");
    let saved = p.shift_lead.put("/api/callbacks/script", view.clone()).await.ok();
    assert_eq!(saved["version"], 1);
    p.shift_lead
        .put("/api/callbacks/script", view.clone())
        .await
        .refused(409, "kernel.stale");
    view["version"] = json!(1);
    view["script"]["questions"] = json!([]);
    p.shift_lead
        .put("/api/callbacks/script", view)
        .await
        .refused(422, "kernel.invalid");
    assert_eq!(listed(&p).await.len(), 0);
}

#[db_test]
async fn a_link_rates_once_and_the_shift_lead_reviews_what_is_not_well(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    let case = closed(&p).await;
    let first = link(&p, &case).await;
    let token = link(&p, &case).await;
    // A newer link has taken the place of the first.
    assert_eq!(visit(&city, &first, None).await.0, 410);
    assert_eq!(visit(&city, "nonsense", None).await.0, 404);
    let (status, seen) = visit(&city, &token, None).await;
    assert_eq!((status, seen["satisfaction"].is_null()), (200, true));
    assert!(seen["reasons"].as_array().is_some_and(|it| !it.is_empty()));
    // It tells nothing of any person.
    assert!(seen.get("contact").is_none() && seen.get("description").is_none());

    let unknown = json!({ "satisfaction": "dissatisfied", "reasons": ["nonsense"] });
    assert_eq!(visit(&city, &token, Some(unknown)).await.0, 422);
    let rating = json!({ "satisfaction": "dissatisfied", "reasons": ["came_back"], "note": "又坏了" });
    let (status, seen) = visit(&city, &token, Some(rating.clone())).await;
    assert_eq!((status, seen["satisfaction"].as_str()), (200, Some("dissatisfied")));
    assert_eq!(visit(&city, &token, Some(rating)).await.0, 410);
    assert_eq!(visit(&city, &token, None).await.1["satisfaction"], "dissatisfied");

    let reviews = p.shift_lead.get("/api/callbacks/reviews").await.ok();
    assert_eq!(reviews["items"][0]["reasons"][0]["code"], "came_back");
    p.acceptor
        .get("/api/callbacks/reviews")
        .await
        .refused(403, "kernel.forbidden");
    let timeline = p.leader.get(&format!("/api/cases/{case}")).await.ok()["timeline"].clone();
    let last = timeline.as_array().and_then(|it| it.last()).cloned().expect("an entry");
    assert_eq!(
        (last["action"].as_str(), last["note"].as_str()),
        (Some("evaluate"), Some("又坏了"))
    );
    go(
        &p.shift_lead,
        &case,
        "review",
        json!({ "justified": true, "note": "属实" }),
    )
    .await;
    let reviews = p.shift_lead.get("/api/callbacks/reviews").await.ok();
    assert_eq!(reviews["items"], json!([]));
}

#[db_test]
async fn a_link_ends_by_its_date_and_with_a_reopened_case(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    let case = closed(&p).await;
    let token = link(&p, &case).await;
    go(&p.acceptor, &case, "reopen", json!({ "note": "又坏了" })).await;
    assert_eq!(visit(&city, &token, None).await.0, 410);
    let other = closed(&p).await;
    let token = link(&p, &other).await;
    city.turn(8 * DAY);
    assert_eq!(visit(&city, &token, None).await.0, 410);
}
