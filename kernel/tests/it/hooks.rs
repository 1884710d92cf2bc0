//! Webhooks, against a server that really receives: signatures, whose news goes where, pauses, giving up, switching off.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use kernel::App;
use kernel::auth::{Permission, Reach, RoleGrant};
use kernel::events::{self, Place, Topic};
use kernel::hooks::sign;
use kernel::testing::{Client, Store, TestCity, db_test};
use serde_json::{Value, json};

kernel::permissions! {
    /// Sees the town's news.
    TOWN_READ = "town.read", "查看", "Read";
}

static TOWN_CHANGED: Topic = Topic {
    name: "town.changed",
    needs: &TOWN_READ,
};

static TOPICS: &[&Topic] = &[&TOWN_CHANGED];

static GRANTS: &[RoleGrant] = &[RoleGrant {
    role: "integration",
    permissions: &[&TOWN_READ],
}];

/// An app that has nothing but news.
struct Town;

impl App for Town {
    fn name(&self) -> &'static str {
        "town"
    }
    fn title(&self) -> (&'static str, &'static str) {
        ("镇", "Town")
    }
    fn migrations(&self) -> sqlx::migrate::Migrator {
        sqlx::migrate::Migrator::DEFAULT
    }
    fn permissions(&self) -> &'static [&'static Permission] {
        PERMISSIONS
    }
    fn grants(&self) -> &'static [RoleGrant] {
        GRANTS
    }
    fn topics(&self) -> &'static [&'static Topic] {
        TOPICS
    }
}

/// What a receiver got, and what it answers: the statuses in order, then 200.
#[derive(Clone, Default)]
struct Receiver {
    got: Arc<Mutex<Vec<(HeaderMap, String)>>>,
    answers: Arc<Mutex<VecDeque<u16>>>,
}

impl Receiver {
    async fn start() -> (Self, String) {
        let receiver = Self::default();
        let take = async |State(it): State<Self>, headers: HeaderMap, body: String| -> Response {
            it.got.lock().expect("lock").push((headers, body));
            let answer = it.answers.lock().expect("lock").pop_front().unwrap_or(200);
            match answer {
                302 => Redirect::to("/elsewhere").into_response(),
                status => (StatusCode::from_u16(status).expect("a status"), "x".repeat(5000)).into_response(),
            }
        };
        let router = Router::new()
            .route("/in", post(take))
            .route("/elsewhere", post(take).get(async || "followed"))
            .with_state(receiver.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/in", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, router).await });
        (receiver, url)
    }

    fn will_answer(&self, statuses: &[u16]) {
        self.answers.lock().expect("lock").extend(statuses);
    }

    fn got(&self) -> Vec<(HeaderMap, Value)> {
        let all = self.got.lock().expect("lock").clone();
        all.into_iter()
            .map(|(headers, body)| (headers, serde_json::from_str(&body).expect("JSON")))
            .collect()
    }

    /// Whether all that came carries the signature of this secret.
    fn signed_by(&self, secret: &str) -> bool {
        let all = self.got.lock().expect("lock").clone();
        all.iter().all(|(headers, body)| {
            let text = |name: &str| headers[name].to_str().expect("text").to_owned();
            let at = text("webhook-timestamp").parse().expect("seconds");
            sign(secret, &text("webhook-id"), at, body).expect("signs") == text("webhook-signature")
        })
    }
}

struct Scene {
    city: TestCity,
    admin: Client,
    receiver: Receiver,
    hook: String,
    secret: String,
}

impl Scene {
    /// A city whose one subscription is of a machine that sees the town 320999101 only.
    async fn start(store: Store) -> Self {
        let city = TestCity::start_with(store, vec![Box::new(Town)], |it| it.hooks.allow_private = true).await;
        let admin = city.user("system_admin", Reach::All).await;
        let security = city.user("security_admin", Reach::All).await;
        let (receiver, url) = Receiver::start().await;
        let key = json!({ "name": "镇平台", "owner": "李工", "purpose": "同步", "per_minute": 60,
            "expires_at": city.kernel.now().plus_seconds(90 * 86_400) });
        let account = admin.post("/api/keys", key).await.ok()["key"]["account"].clone();
        let path = format!("/api/users/{}/grants", account.as_str().expect("an account"));
        let grants = json!({ "version": 1, "grants": [
            { "role": "integration", "scope": { "kind": "area", "code": "320999101" } },
            { "role": "integration", "scope": { "kind": "own" } },
        ] });
        security.put(&path, grants).await.ok();
        let hook =
            json!({ "account": account, "name": "镇平台", "url": url, "topics": ["town.changed"], "enabled": true });
        let made = admin.post("/api/hooks", hook).await.ok();
        let text = |it: &Value| it.as_str().expect("a text").to_owned();
        let (hook, secret) = (text(&made["hook"]["id"]), text(&made["secret"]));
        // The listener begins with the news of today.
        events::tell_listeners(&city.kernel).await.expect("listens");
        Self {
            city,
            admin,
            receiver,
            hook,
            secret,
        }
    }

    async fn happens(&self, area: &str, what: &str) {
        let mut work = self.city.kernel.system_work().await.expect("begins");
        let place = Place {
            area: Some(area),
            ..Place::default()
        };
        work.emit(&TOWN_CHANGED, place, json!({ "id": what }))
            .await
            .expect("emits");
        work.commit().await.expect("commits");
        events::number_and_seal(&self.city.kernel).await.expect("numbers");
        events::tell_listeners(&self.city.kernel).await.expect("listens");
    }

    async fn deliver(&self) {
        let jobs = self.city.kernel.jobs();
        let job = jobs.iter().find(|it| it.name == "kernel.hooks").expect("there");
        (job.run)(self.city.kernel.clone()).await.expect("delivers");
    }

    async fn deliveries(&self) -> Vec<Value> {
        let page = self.admin.get("/api/hooks/deliveries").await.ok();
        page["items"].as_array().expect("rows").clone()
    }

    async fn hook(&self) -> Value {
        self.admin.get("/api/hooks").await.ok()[0].clone()
    }
}

#[db_test]
async fn news_arrives_signed_and_only_where_its_account_may_see_it(store: Store) {
    let scene = Scene::start(store).await;
    scene.happens("320999101201", "a").await;
    scene.happens("320999102201", "b").await;
    events::tell_listeners(&scene.city.kernel).await.expect("listens");
    scene.deliver().await;
    scene.deliver().await;
    let got = scene.receiver.got();
    assert_eq!(got.len(), 1, "once, and nothing of the other town: {got:?}");
    let (headers, event) = &got[0];
    assert_eq!(headers["content-type"], "application/cloudevents+json; charset=utf-8");
    for (name, value) in [
        ("specversion", json!("1.0")),
        ("type", json!("town.changed")),
        ("source", json!("urn:jingwei:")),
        ("subject", json!("town/a")),
        ("datacontenttype", json!("application/json")),
        ("time", json!("2026-11-24T02:00:00.000Z")),
        ("data", json!({ "id": "a" })),
    ] {
        assert_eq!(event[name], value, "{name}");
    }
    assert!(event["id"].is_string());
    assert_eq!(headers["webhook-timestamp"], "1795485600");
    assert!(scene.receiver.signed_by(&scene.secret));

    let made = scene
        .admin
        .post(&format!("/api/hooks/{}/secret", scene.hook), json!({}))
        .await
        .ok();
    let secret = made["secret"].as_str().expect("a secret");
    scene.receiver.got.lock().expect("lock").clear();
    scene
        .admin
        .post(&format!("/api/hooks/{}/test", scene.hook), json!({}))
        .await
        .ok();
    scene.deliver().await;
    assert_eq!(scene.receiver.got()[0].1["type"], "kernel.hook_test");
    assert!(scene.receiver.signed_by(secret) && !scene.receiver.signed_by(&scene.secret));
    let rows = scene.deliveries().await;
    assert_eq!(
        (
            rows.len(),
            rows[0]["state"].as_str(),
            rows[0]["reply"].as_str().map(str::len)
        ),
        (2, Some("delivered"), Some(1024))
    );
}

#[db_test]
async fn what_is_not_taken_comes_again_with_growing_pauses_until_it_is_given_up(store: Store) {
    let scene = Scene::start(store).await;
    scene.receiver.will_answer(&[500, 302, 503]);
    scene.happens("320999101201", "a").await;
    scene.deliver().await;
    scene.deliver().await;
    assert_eq!(scene.receiver.got().len(), 1, "not before the pause is over");
    for (pause, attempts) in [(12, 2), (36, 3)] {
        scene.city.turn(pause);
        scene.deliver().await;
        assert_eq!(scene.deliveries().await[0]["attempts"], attempts);
    }
    let row = &scene.deliveries().await[0];
    assert_eq!(
        (row["state"].as_str(), row["status"].as_i64()),
        (Some("waiting"), Some(503))
    );
    assert!(scene.hook().await["failing_since"].is_string());
    scene.city.turn(108);
    scene.deliver().await;
    assert_eq!(scene.deliveries().await[0]["state"], "delivered");
    assert_eq!(scene.hook().await["failing_since"], Value::Null);
    let got = scene.receiver.got();
    assert!(
        got.iter().all(|it| it.0["webhook-id"] == got[0].0["webhook-id"]),
        "one id at every try"
    );
    assert_eq!(got.len(), 4, "a redirection is not followed");

    // A day in vain.
    scene.receiver.will_answer(&[500; 40]);
    scene.happens("320999101201", "b").await;
    let mut tries = 0;
    while scene.deliveries().await[0]["state"] == "waiting" {
        scene.deliver().await;
        scene.city.turn(3600);
        tries += 1;
        assert!(tries < 40, "ends");
    }
    let row = scene.deliveries().await[0].clone();
    assert_eq!(
        (row["state"].as_str(), row["error"].as_str()),
        (Some("gave_up"), Some("answered 500 Internal Server Error"))
    );
    assert!((8..20).contains(&row["attempts"].as_i64().expect("tries")), "{row}");
    assert_eq!(scene.hook().await["gave_up"], 1);

    scene.receiver.answers.lock().expect("lock").clear();
    let path = format!("/api/hooks/deliveries/{}/retry", row["id"].as_str().expect("an id"));
    assert_eq!(scene.admin.post(&path, json!({})).await.ok()["state"], "waiting");
    scene.deliver().await;
    assert_eq!(scene.deliveries().await[0]["state"], "delivered");
    assert_eq!(
        scene.admin.post(&path, json!({})).await.ok()["state"],
        "delivered",
        "and stays so"
    );
}

#[db_test]
async fn a_receiver_that_takes_nothing_for_days_is_switched_off_with_a_notice(store: Store) {
    let scene = Scene::start(store).await;
    scene.receiver.will_answer(&[500; 200]);
    for day in 0..4 {
        scene.happens("320999101201", &format!("d{day}")).await;
        for _ in 0..24 {
            scene.deliver().await;
            scene.city.turn(3600);
        }
    }
    let hook = scene.hook().await;
    assert_eq!((&hook["enabled"], &hook["stopped"]), (&json!(false), &json!("failing")));
    let auditor = scene.city.user("audit_admin", Reach::All).await;
    let log = auditor.get("/api/audit?action=kernel.hook_stopped").await.ok();
    assert_eq!(log["items"].as_array().map(Vec::len), Some(1));
    let before = scene.receiver.got().len();
    scene.happens("320999101201", "later").await;
    scene.deliver().await;
    assert_eq!(scene.receiver.got().len(), before, "switched off means quiet");

    // Switched on again it begins with a clean slate; one that says it is gone is off at once.
    let again = json!({ "version": hook["version"], "name": "镇平台", "url": hook["url"], "topics": ["town.changed"], "enabled": true });
    let path = format!("/api/hooks/{}", scene.hook);
    let hook = scene.admin.put(&path, again.clone()).await.ok();
    assert_eq!((&hook["stopped"], &hook["failing_since"]), (&Value::Null, &Value::Null));
    scene.admin.put(&path, again).await.refused(409, "kernel.stale");
    *scene.receiver.answers.lock().expect("lock") = [410].into();
    scene.happens("320999101201", "gone").await;
    scene.deliver().await;
    assert_eq!(scene.hook().await["stopped"], "gone");
    assert_eq!(scene.admin.delete(&path).await.status, 204);
    assert!(scene.deliveries().await.is_empty());
}

#[db_test]
async fn one_silent_receiver_holds_up_nobody_and_is_asked_once_a_run(store: Store) {
    let scene = Scene::start(store).await;
    let hooks = scene.admin.get("/api/hooks").await.ok();
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let dead = format!("http://{}/in", closed.local_addr().expect("an address"));
    drop(closed);
    let other = json!({ "account": hooks[0]["account"], "name": "停用", "url": dead, "topics": ["town.changed"], "enabled": true });
    let other = scene.admin.post("/api/hooks", other).await.ok()["hook"]["id"].clone();
    for what in ["a", "b", "c"] {
        scene.happens("320999101201", what).await;
    }
    scene.deliver().await;
    assert_eq!(scene.receiver.got().len(), 3);
    let path = format!("/api/hooks/deliveries?hook={}", other.as_str().expect("an id"));
    let rows = scene.admin.get(&path).await.ok();
    let tried: Vec<i64> = rows["items"]
        .as_array()
        .expect("rows")
        .iter()
        .filter_map(|it| it["attempts"].as_i64())
        .collect();
    assert_eq!(tried, [0, 0, 1], "newest first");
    assert!(
        rows["items"][2]["error"]
            .as_str()
            .is_some_and(|it| it.contains("refused")),
        "{rows}"
    );
}

#[db_test]
async fn a_machine_looks_after_its_own_subscriptions_only(store: Store) {
    let scene = Scene::start(store).await;
    let keys = scene.admin.get("/api/keys").await.ok();
    let id = keys["items"][0]["id"].as_str().expect("an id").to_owned();
    let order = json!({ "name": "镇平台", "owner": "李工", "purpose": "同步", "per_minute": 60,
        "expires_at": scene.city.kernel.now().plus_seconds(86_400) });
    let more = scene
        .admin
        .post(&format!("/api/keys/{id}/renewals"), order.clone())
        .await
        .ok();
    let machine = scene.city.with_key(more["secret"].as_str().expect("a key"));
    assert_eq!(machine.get("/api/hooks").await.ok().as_array().map(Vec::len), Some(1));
    let url = scene.hook().await["url"].clone();
    let input = json!({ "name": "自己的", "url": url, "topics": ["town.changed"], "enabled": true });
    let own = machine.post("/api/hooks", input).await.ok();
    assert_eq!(own["hook"]["account"], more["key"]["account"]);

    let stranger = scene.admin.post("/api/keys", order).await.ok();
    let security = scene.city.user("security_admin", Reach::All).await;
    let path = format!(
        "/api/users/{}/grants",
        stranger["key"]["account"].as_str().expect("an account")
    );
    let grants = json!({ "version": 1, "grants": [{ "role": "integration", "scope": { "kind": "own" } }] });
    security.put(&path, grants).await.ok();
    let stranger = scene.city.with_key(stranger["secret"].as_str().expect("a key"));
    assert_eq!(stranger.get("/api/hooks").await.ok(), json!([]));
    let path = format!("/api/hooks/{}", scene.hook);
    assert_eq!(stranger.delete(&path).await.status, 404);
    stranger
        .post(&format!("{path}/test"), json!({}))
        .await
        .refused(404, "kernel.not_found");
    let input = json!({ "account": more["key"]["account"], "name": "别人的", "url": url, "topics": ["town.changed"], "enabled": true });
    stranger.post("/api/hooks", input).await.refused(422, "kernel.invalid");
}

#[db_test]
async fn nobody_makes_the_server_ask_what_only_it_can_reach(store: Store) {
    let city = TestCity::start(store, Vec::new()).await;
    let admin = city.user("system_admin", Reach::All).await;
    let key = json!({ "name": "x", "owner": "x", "purpose": "x", "per_minute": 60,
        "expires_at": city.kernel.now().plus_seconds(86_400) });
    let account = admin.post("/api/keys", key).await.ok()["key"]["account"].clone();
    for url in [
        "http://127.0.0.1:80/",
        "http://169.254.169.254/latest",
        "http://localhost/",
        "file:///etc/passwd",
    ] {
        let hook =
            json!({ "account": account, "name": "x", "url": url, "topics": ["kernel.hook_trouble"], "enabled": true });
        let refused = admin.post("/api/hooks", hook).await.refused(422, "kernel.invalid");
        assert_eq!(refused["fields"][0]["field"], "url", "{url}");
    }
    let hook = json!({ "account": account, "name": "x", "url": "https://example.cn/", "topics": ["no.such"], "enabled": true });
    let refused = admin.post("/api/hooks", hook).await.refused(422, "kernel.invalid");
    assert_eq!(refused["fields"][0]["field"], "topics");
}
