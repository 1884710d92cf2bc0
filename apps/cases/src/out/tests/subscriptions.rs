//! Kept filters and the messages that come of them.

use kernel::auth::Reach;
use kernel::jobs::run_if_due;
use kernel::testing::{Client, Store, TestCity, db_test};
use serde_json::{Value, json};

use crate::out::subscription::JOB;
use crate::tests::{city, dispatched, go, id_of, people, report};

const HOUR: i64 = 3600;

async fn names(who: &Client) -> Vec<String> {
    let list = who.get("/api/cases/filters").await.ok();
    let all = list.as_array().expect("a list").iter();
    all.map(|it| it["name"].as_str().expect("a name").to_owned()).collect()
}

async fn keep(who: &Client, name: &str, query: &str, share: &str) -> Value {
    let body = json!({ "name": name, "query": query, "share": share, "role": "leader" });
    who.post("/api/cases/filters", body).await.ok()
}

#[db_test]
async fn a_filter_is_its_owner_s_until_it_is_shared_and_then_others_use_it_but_do_not_change_it(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    let other = city.user("leader", Reach::Area("320999102".into())).await;
    let mine = keep(&p.leader, "待派遣", "state=filed&area=&after=x&limit=5", "private").await;
    assert_eq!(
        mine["query"], "state=filed",
        "what is empty and where the page was are not kept"
    );
    assert_eq!((names(&p.leader).await.len(), names(&other).await.len()), (1, 0));

    let path = format!("/api/cases/filters/{}", mine["id"].as_str().expect("an id"));
    let change = json!({ "name": "派遣前", "query": "state=filed", "share": "role", "role": "leader", "version": 1 });
    assert_eq!(other.put(&path, change.clone()).await.status, 404);
    let changed = p.leader.put(&path, change.clone()).await.ok();
    assert_eq!(
        (changed["version"].as_i64(), &changed["shared_with"]),
        (Some(2), &json!("leader"))
    );
    p.leader.put(&path, change).await.refused(409, "kernel.stale");
    assert_eq!(names(&other).await, ["派遣前"]);
    assert!(names(&p.acceptor).await.is_empty(), "another role");
    assert_eq!(other.delete(&path).await.status, 404, "used, not owned");
    let again = json!({ "name": "派遣前", "query": "", "share": "private" });
    p.leader
        .post("/api/cases/filters", again)
        .await
        .refused(409, "kernel.taken");

    for (field, body) in [
        ("name", json!({ "name": "", "query": "", "share": "private" })),
        (
            "query",
            json!({ "name": "x", "query": "light=blue", "share": "private" }),
        ),
        (
            "state",
            json!({ "name": "x", "query": "state=nowhere", "share": "private" }),
        ),
        (
            "role",
            json!({ "name": "x", "query": "", "share": "role", "role": "dispatcher" }),
        ),
        ("share", json!({ "name": "x", "query": "", "share": "body" })),
    ] {
        let refused = p
            .leader
            .post("/api/cases/filters", body)
            .await
            .refused(422, "kernel.invalid");
        assert_eq!(refused["fields"][0]["field"], field);
    }
    let id = json!(uuid::Uuid::from_u128(0x7a));
    let twice = json!({ "id": id, "name": "两次", "query": "", "share": "private" });
    p.leader.post("/api/cases/filters", twice.clone()).await.ok();
    p.leader.post("/api/cases/filters", twice).await.ok();
    assert_eq!(names(&p.leader).await.len(), 2);
    assert_eq!(p.leader.delete(&path).await.status, 204);
    assert_eq!(names(&other).await.len(), 0);
    assert_eq!(city.nobody().get("/api/cases/filters").await.status, 401);
}

async fn messages(city: &TestCity, who: &Client) -> Vec<Value> {
    run_if_due(&city.kernel, &JOB).await.expect("runs");
    let page = who.get("/api/cases/messages").await.ok();
    page["items"].as_array().expect("items").clone()
}

#[db_test]
async fn what_is_new_in_a_filter_is_told_once_at_the_hour_that_was_chosen(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    let old = dispatched(&p).await;
    city.turn(60);
    let filter = keep(&p.leader, "东镇", "area=320999101", "private").await;
    let local = city
        .kernel
        .now()
        .to_jiff()
        .to_zoned_datetime(city.kernel.config().zone());
    let hour = (i64::from(local.hour()) + 2) % 24;
    let body = json!({ "filter": filter["id"], "every": "day", "hour": hour });
    p.leader.post("/api/cases/subscriptions", body.clone()).await.ok();
    p.leader
        .post("/api/cases/subscriptions", body)
        .await
        .refused(409, "kernel.taken");
    assert!(messages(&city, &p.leader).await.is_empty());

    p.worker.post("/api/cases", report()).await.ok();
    let second = id_of(&p.worker.post("/api/cases", report()).await.ok());
    assert!(messages(&city, &p.leader).await.is_empty(), "not before its hour");
    city.turn(2 * HOUR);
    let told = messages(&city, &p.leader).await;
    assert_eq!(told.len(), 1);
    let data = &told[0]["data"];
    assert_eq!((&told[0]["kind"], &data["name"]), (&json!("filter"), &json!("东镇")));
    assert_eq!(
        (&data["new"], &data["total"], &data["overdue"]),
        (&json!(2), &json!(3), &json!(2))
    );
    let listed = p
        .leader
        .get(&format!("/api/cases?{}", data["query"].as_str().expect("a query")))
        .await
        .ok();
    assert_eq!(
        listed["items"].as_array().map(Vec::len),
        Some(3),
        "the message leads to its cases"
    );
    city.turn(60);
    assert_eq!(messages(&city, &p.leader).await.len(), 1, "once");

    // Nothing new in a day is no message; something new is.
    go(&p.acceptor, &second, "decline", json!({ "note": "重复" })).await;
    go(&p.shift_lead, &old, "void", json!({ "note": "误报" })).await;
    city.turn(24 * HOUR);
    assert_eq!(messages(&city, &p.leader).await.len(), 1);
    p.worker.post("/api/cases", report()).await.ok();
    city.turn(24 * HOUR);
    assert_eq!(messages(&city, &p.leader).await.len(), 2);

    // Messages are one's own, and read when one says so.
    assert!(messages(&city, &p.acceptor).await.is_empty());
    let unread = async || p.leader.get("/api/cases/messages/unread").await.ok()["unread"].clone();
    assert_eq!(unread().await, 2);
    let first = json!({ "ids": [told[0]["id"]] });
    p.acceptor.post("/api/cases/messages/read", first.clone()).await.ok();
    assert_eq!(unread().await, 2, "nobody reads another's");
    p.leader.post("/api/cases/messages/read", first).await.ok();
    assert_eq!(unread().await, 1);
    p.leader.post("/api/cases/messages/read", json!({})).await.ok();
    assert_eq!(unread().await, 0);
    assert_eq!(
        p.leader.get("/api/cases/messages?unread=true").await.ok()["items"],
        json!([])
    );
}

#[db_test]
async fn a_subscription_to_a_shared_filter_counts_what_the_subscriber_may_see_and_ends_with_it(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    let west = city.user("leader", Reach::Area("320999102".into())).await;
    let filter = keep(&p.leader, "全部", "", "role").await;
    let local = city
        .kernel
        .now()
        .to_jiff()
        .to_zoned_datetime(city.kernel.config().zone());
    let hour = (i64::from(local.hour()) + 1) % 24;
    for who in [&p.leader, &west] {
        let body = json!({ "filter": filter["id"], "every": "day", "hour": hour });
        who.post("/api/cases/subscriptions", body).await.ok();
    }
    p.worker.post("/api/cases", report()).await.ok();
    city.turn(HOUR);
    assert_eq!(messages(&city, &p.leader).await.len(), 1);
    assert!(messages(&city, &west).await.is_empty(), "the case lies in the east");

    let path = format!("/api/cases/filters/{}", filter["id"].as_str().expect("an id"));
    let private = json!({ "name": "全部", "query": "", "share": "private", "version": 1 });
    p.leader.put(&path, private).await.ok();
    city.turn(24 * HOUR);
    messages(&city, &west).await;
    assert_eq!(
        west.get("/api/cases/subscriptions").await.ok(),
        json!([]),
        "it is not shared any more"
    );
    p.leader.delete(&path).await.ok();
    assert_eq!(p.leader.get("/api/cases/subscriptions").await.ok(), json!([]));
    let unknown = json!({ "filter": filter["id"], "every": "day", "hour": 8 });
    assert_eq!(west.post("/api/cases/subscriptions", unknown).await.status, 404);
}

#[db_test]
async fn the_bulletin_is_announced_on_the_first_of_the_month(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    let body = json!({ "every": "month", "hour": 8 });
    assert_eq!(
        p.acceptor.post("/api/cases/subscriptions", body.clone()).await.status,
        403
    );
    let made = p.leader.post("/api/cases/subscriptions", body).await.ok();
    let now = city.kernel.now();
    let next: kernel::Time = made["next_at"].as_str().expect("a moment").parse().expect("a moment");
    assert!(messages(&city, &p.leader).await.is_empty());
    city.turn(next.seconds_since(now));
    let told = messages(&city, &p.leader).await;
    assert_eq!((told.len(), &told[0]["data"]["month"]), (1, &json!("2026-11")));

    let path = format!("/api/cases/subscriptions/{}", made["id"].as_str().expect("an id"));
    let later = json!({ "every": "month", "hour": 9, "version": 1 });
    assert_eq!(p.shift_lead.put(&path, later.clone()).await.status, 404);
    assert_eq!(p.leader.put(&path, later).await.ok()["version"], 2);
    let wrong = json!({ "every": "day", "hour": 24 });
    let refused = p
        .leader
        .post("/api/cases/subscriptions", wrong)
        .await
        .refused(422, "kernel.invalid");
    assert_eq!(refused["fields"].as_array().map(Vec::len), Some(2));
    assert_eq!(p.leader.delete(&path).await.status, 204);
    assert_eq!(p.leader.delete(&path).await.status, 404);
}
