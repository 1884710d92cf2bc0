//! A case that goes on to another city over a real socket, and comes back done.

use kernel::auth::Reach;
use kernel::events;
use kernel::testing::{Client, Store, TestCity, db_test};
use kernel::{App, jobs};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{CLASS, Open, SERVICE, city, go, open_city};

/// A city that sends to another one.
struct Two {
    here: TestCity,
    centre: Client,
    admin: Client,
    there: Open,
    url: String,
}

async fn two(store: Store, allow_private: bool) -> Two {
    let there = open_city(city(store.beside()).await).await;
    let url = format!("{}/open311/v2", there.city.serve().await);
    let here = crate::tests::city_with(store, |it| it.hooks.allow_private = allow_private).await;
    let roles = ["acceptor", "shift_lead", "dispatcher", "checker"];
    let centre = here.user_with(&roles.map(|role| (role, Reach::All))).await;
    let admin = here.user("system_admin", Reach::All).await;
    let two = Two {
        here,
        centre,
        admin,
        there,
        url,
    };
    // A listener begins with the news of today.
    two.news().await;
    two
}

impl Two {
    fn server(&self, more: &Value) -> Value {
        let mut input = json!({ "url": self.url, "api_key": self.there.key, "jurisdiction": "320999",
            "services": [{ "class": CLASS, "service": SERVICE }], "active": true });
        super::merge(&mut input, more);
        input
    }

    /// Reports, and dispatches to the water company, whose cases go to the other city.
    async fn dispatched(&self) -> String {
        let report = json!({ "source": "resident", "class": CLASS, "description": "阀门井盖破损", "place": "锦绣路 12 号",
            "area": super::GRID, "contact": { "name": "王小明", "phone": "13800001234" } });
        let case = super::id_of(&self.centre.post("/api/cases", report).await.ok());
        go(&self.centre, &case, "accept", json!({})).await;
        go(
            &self.centre,
            &case,
            "file",
            json!({ "standard": Uuid::from_u128(0x5d) }),
        )
        .await;
        go(&self.centre, &case, "dispatch", json!({ "body": "C01" })).await;
        self.news().await;
        case
    }

    async fn news(&self) {
        events::number_and_seal(&self.here.kernel).await.expect("numbers");
        events::tell_listeners(&self.here.kernel).await.expect("listens");
    }

    /// Lets time pass and the job run.
    async fn run(&self, seconds: i64) {
        self.here.turn(seconds);
        let job = crate::Cases
            .jobs()
            .into_iter()
            .find(|it| it.name == "cases.open311")
            .expect("the job");
        assert!(jobs::run_if_due(&self.here.kernel, &job).await.expect("runs"));
        self.news().await;
    }

    async fn row(&self) -> Value {
        self.centre.get("/api/open311/sendings").await.ok()["items"][0].clone()
    }

    async fn desk(&self, case: &str) -> Value {
        self.centre.get(&format!("/api/cases/{case}")).await.ok()
    }
}

#[db_test]
async fn a_case_goes_on_to_another_city_is_followed_and_comes_back_done(store: Store) {
    let two = two(store, true).await;
    two.admin
        .put("/api/open311/servers/C01", two.server(&json!({})))
        .await
        .ok();
    let services = two.admin.get("/api/open311/servers/C01/services").await.ok();
    assert_eq!(services[0]["service_code"], SERVICE);
    let case = two.dispatched().await;
    assert_eq!(two.row().await["state"], "waiting");
    two.run(20).await;
    let row = two.row().await;
    assert_eq!(
        (&row["state"], &row["remote_id"], &row["error"]),
        (&json!("sent"), &json!("2026-000001"), &Value::Null)
    );
    let desk = two.desk(&case).await;
    assert_eq!(desk["facts"]["state"], "handling");
    let note = desk["timeline"].as_array().expect("entries").last().expect("one")["note"].clone();
    assert_eq!(note, "已转送 127.0.0.1，对方编号 2026-000001");

    // There it is a case like any other; who reported it stayed here.
    let centre = {
        let roles = ["acceptor", "shift_lead", "dispatcher", "checker"];
        two.there.city.user_with(&roles.map(|role| (role, Reach::All))).await
    };
    let clerk = two.there.city.user("body_clerk", Reach::Body("D01".into())).await;
    let other = centre.get("/api/cases").await.ok()["items"][0].clone();
    assert_eq!(other["description"], "阀门井盖破损");
    let other = other["id"].as_str().expect("an id").to_owned();
    let seen = centre.get(&format!("/api/cases/{other}")).await.ok();
    assert_eq!(seen["facts"]["contact"], Value::Null);

    // Looked after: the first look tells nothing new, the next what has changed.
    two.run(601).await;
    go(&centre, &other, "accept", json!({})).await;
    two.run(601).await;
    let entries = two.desk(&case).await["timeline"].as_array().expect("entries").clone();
    let last = entries.last().expect("one");
    assert_eq!(last["action"], "note");
    assert!(
        last["note"]
            .as_str()
            .expect("a note")
            .starts_with("对方系统状态：办理中（"),
        "{last}"
    );
    assert_eq!(last["actor_name"], "江源水务有限公司");

    go(&centre, &other, "file", json!({ "standard": Uuid::from_u128(0x5d) })).await;
    go(&centre, &other, "dispatch", json!({ "body": "D01" })).await;
    go(&clerk, &other, "receive", json!({})).await;
    go(&clerk, &other, "handle", json!({ "note": "已更换" })).await;
    go(&centre, &other, "send_check", json!({})).await;
    go(&centre, &other, "check", json!({ "passed": true })).await;
    go(&centre, &other, "close", json!({})).await;
    two.run(601).await;
    assert_eq!(two.row().await["state"], "done");
    let desk = two.desk(&case).await;
    assert_eq!(desk["facts"]["state"], "handled");
    let last = desk["timeline"]
        .as_array()
        .expect("entries")
        .last()
        .expect("one")
        .clone();
    assert_eq!(
        (&last["action"], &last["actor_name"]),
        (&json!("handle"), &json!("江源水务有限公司"))
    );

    // Sent back for rework it goes there anew.
    go(&two.centre, &case, "send_check", json!({})).await;
    go(&two.centre, &case, "check", json!({ "passed": false })).await;
    go(&two.centre, &case, "rework", json!({ "note": "未到位" })).await;
    two.news().await;
    two.run(20).await;
    assert_eq!(two.row().await["remote_id"], "2026-000002");
}

#[db_test]
async fn what_fails_is_tried_again_after_growing_pauses_in_plain_sight(store: Store) {
    let two = two(store, true).await;
    two.admin
        .put("/api/open311/servers/C01", two.server(&json!({ "api_key": "wrong" })))
        .await
        .ok();
    let case = two.dispatched().await;
    two.run(20).await;
    let row = two.row().await;
    assert_eq!((&row["state"], &row["attempts"]), (&json!("waiting"), &json!(1)));
    assert!(
        row["error"]
            .as_str()
            .expect("an error")
            .starts_with("403 Forbidden: 403 "),
        "{row}"
    );
    assert_eq!(two.desk(&case).await["facts"]["state"], "dispatched");
    two.run(20).await;
    assert_eq!(two.row().await["attempts"], 1, "the pause is not over");
    two.run(20).await;
    assert_eq!(two.row().await["attempts"], 2);
    let trouble = two.centre.get("/api/open311/sendings?part=trouble").await.ok();
    assert_eq!(trouble["items"].as_array().map(Vec::len), Some(1));
    let servers = two.admin.get("/api/open311/servers").await.ok();
    assert_eq!(
        (&servers[0]["open"], &servers[0]["trouble"], &servers[0]["has_key"]),
        (&json!(1), &json!(1), &json!(true))
    );
    assert!(!servers.to_string().contains("wrong"), "a key is shown to nobody");

    // Stopped it rests; tried again it goes at once.
    let id = row["id"].as_str().expect("an id");
    let stopped = two
        .centre
        .post(&format!("/api/open311/sendings/{id}/stop"), json!({}))
        .await
        .ok();
    assert_eq!(stopped["state"], "stopped");
    two.run(86_400 / 2).await;
    assert_eq!(two.row().await["attempts"], 2);
    let version = two.admin.get("/api/open311/servers").await.ok()[0]["version"].clone();
    two.admin
        .put("/api/open311/servers/C01", two.server(&json!({ "version": version })))
        .await
        .ok();
    two.centre
        .post(&format!("/api/open311/sendings/{id}/retry"), json!({}))
        .await
        .ok();
    two.run(20).await;
    let row = two.row().await;
    assert_eq!(
        (&row["state"], &row["attempts"], &row["error"]),
        (&json!("sent"), &json!(0), &Value::Null)
    );

    // A case that leaves the body is followed no more.
    let clerk = two.here.user("body_clerk", Reach::Body("C01".into())).await;
    go(&clerk, &case, "return", json!({ "note": "不归我们" })).await;
    two.news().await;
    assert_eq!(two.row().await["state"], "ended");
    let elsewhere = two.here.user("dispatcher", Reach::Area("320999102".into())).await;
    assert_eq!(elsewhere.get("/api/open311/sendings").await.ok()["items"], json!([]));
    elsewhere
        .post(&format!("/api/open311/sendings/{id}/stop"), json!({}))
        .await
        .refused(404, "kernel.not_found");
}

#[db_test]
async fn a_dead_server_holds_up_nobody_and_a_class_without_a_service_stands_in_the_queue(store: Store) {
    let two = two(store, true).await;
    let dead = json!({ "url": "http://127.0.0.1:9/v2" });
    two.admin.put("/api/open311/servers/C01", two.server(&dead)).await.ok();
    two.dispatched().await;
    two.run(20).await;
    assert!(two.row().await["error"].as_str().is_some_and(|it| !it.is_empty()));
    let refused = two.admin.get("/api/open311/servers/C01/services").await;
    refused.refused(424, "cases.open311_no_answer");
    // Another address does not get the key of the first.
    let servers = two.admin.get("/api/open311/servers").await.ok();
    let moved = json!({ "version": servers[0]["version"], "api_key": null, "services": [] });
    let servers = two.admin.put("/api/open311/servers/C01", two.server(&moved)).await.ok();
    assert_eq!(servers[0]["has_key"], false);
    two.run(60).await;
    assert_eq!(
        two.row().await["error"],
        json!(format!("no service_code for the class {CLASS}"))
    );
}

#[db_test]
async fn private_addresses_are_refused_unless_the_configuration_allows_them(store: Store) {
    let two = two(store, false).await;
    for url in [
        "http://127.0.0.1:9/v2",
        "http://10.0.0.1/v2",
        "ftp://example.cn/v2",
        "http://localhost/v2",
    ] {
        let input = two.server(&json!({ "url": url }));
        let problem = two
            .admin
            .put("/api/open311/servers/C01", input)
            .await
            .refused(422, "kernel.invalid");
        assert_eq!(problem["fields"][0]["field"], "url", "{url}");
    }
    let worker = two.here.user("worker", Reach::All).await;
    worker
        .get("/api/open311/servers")
        .await
        .refused(403, "kernel.forbidden");
    worker
        .get("/api/open311/sendings")
        .await
        .refused(403, "kernel.forbidden");
}
