//! Bodies outside, through HTTP: what a link opens and to whom, what is done by it, when it ends, what the desk sees of it.

use axum::http::Method;
use grid::api::{BodyKind, NewArea, NewBody};
use kernel::App;
use kernel::auth::Reach;
use kernel::events;
use kernel::testing::{Client, Store, TestCity, db_test};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::catalogue::{self, Standard};
use crate::model::StandardId;

const GRID: &str = "320999101201001";
const DAY: i64 = 24 * 3600;

struct Scene {
    city: TestCity,
    /// Reports, accepts, files and dispatches.
    centre: Client,
}

impl Scene {
    async fn start(store: Store) -> Self {
        let apps: Vec<Box<dyn App>> = vec![Box::new(grid::Grid), Box::new(crate::Cases)];
        let city = TestCity::start_with(store, apps, |it| {
            it.http.public_url = Some("https://jw.example.cn".to_owned());
            it.hooks.allow_private = true;
        })
        .await;
        let mut work = city.kernel.system_work().await.expect("begins");
        for (code, name) in [
            ("320999", "试验区"),
            ("320999101", "东镇"),
            ("320999101201", "东村"),
            (GRID, "第一网格"),
        ] {
            let area = NewArea {
                code: code.to_owned(),
                name: name.to_owned(),
                ..NewArea::default()
            };
            grid::api::create_area(&mut work, area).await.expect("makes the area");
        }
        for (code, name) in [("D01", "区城市管理局"), ("C01", "江源水务有限公司")] {
            let body = NewBody {
                code: code.to_owned(),
                kind: BodyKind::Company,
                name: name.to_owned(),
                name_en: None,
                area: None,
            };
            grid::api::create_body(&mut work, body).await.expect("makes the body");
        }
        let standard = Standard {
            id: StandardId(Uuid::from_u128(0x5d)),
            code: "2026.M0100101".to_owned(),
            class: "2026.M01001".to_owned(),
            condition: "井盖缺失或破损".to_owned(),
            condition_en: None,
            closing: None,
            closing_en: None,
            amount: 2.0,
            unit: "working_day".to_owned(),
            body: Some("C01".to_owned()),
            level: None,
            supervisor: None,
            valid_from: None,
            valid_to: None,
            version: 1,
            area_limits: Vec::new(),
            stages: Vec::new(),
        };
        catalogue::save_standard(&mut work, &standard).await.expect("adds it");
        catalogue::touch(&mut work).await.expect("touches");
        work.commit().await.expect("commits");
        grid::api::reload(&city.kernel).await.expect("reloads");
        catalogue::reload(&city.kernel).await.expect("reloads");
        let roles = ["acceptor", "shift_lead", "dispatcher", "checker"];
        let centre = city.user_with(&roles.map(|role| (role, Reach::All))).await;
        let scene = Self { city, centre };
        let marked = json!({ "hours": 48, "active": true });
        scene.centre.put("/api/outside/bodies/C01", marked).await.ok();
        events::tell_listeners(&scene.city.kernel).await.expect("listens");
        scene
    }

    async fn go(&self, case: &str, action: &str, more: Value) {
        let desk = self.centre.get(&format!("/api/cases/{case}")).await.ok();
        let mut body = json!({ "version": desk["facts"]["version"], "action": action });
        body.as_object_mut()
            .expect("an object")
            .extend(more.as_object().expect("an object").clone());
        self.centre.post(&format!("/api/cases/{case}/moves"), body).await.ok();
        self.news().await;
    }

    async fn news(&self) {
        events::number_and_seal(&self.city.kernel).await.expect("numbers");
        events::tell_listeners(&self.city.kernel).await.expect("listens");
    }

    async fn dispatched(&self, body: &str) -> String {
        let report = json!({ "source": "resident", "description": "阀门井盖破损", "area": GRID,
            "contact": { "name": "王小明", "phone": "13800001234" } });
        let case = self.centre.post("/api/cases", report).await.ok()["id"]
            .as_str()
            .expect("an id")
            .to_owned();
        self.go(&case, "accept", json!({})).await;
        self.go(&case, "file", json!({ "standard": Uuid::from_u128(0x5d) }))
            .await;
        self.go(&case, "dispatch", json!({ "body": body })).await;
        case
    }

    /// The queue's newest row.
    async fn row(&self) -> Value {
        self.centre.get("/api/outside/links").await.ok()["items"][0].clone()
    }

    /// The newest link's token, as the desk shows it.
    async fn token(&self) -> String {
        let path = format!(
            "/api/outside/links/{}/show",
            self.row().await["id"].as_str().expect("an id")
        );
        let shown = self.centre.post(&path, json!({})).await.ok();
        let link = shown["link"].as_str().expect("a link");
        link.strip_prefix("https://jw.example.cn/outside#")
            .expect("an address")
            .to_owned()
    }

    /// A visitor from outside with this token.
    fn visitor(&self, token: &str) -> Client {
        self.city.nobody().with_header("x-outside-link", token)
    }
}

#[db_test]
async fn a_body_outside_receives_and_reports_its_case_by_link(store: Store) {
    let scene = Scene::start(store).await;
    let case = scene.dispatched("C01").await;
    assert_eq!(scene.row().await["status"], "sent");
    let visitor = scene.visitor(&scene.token().await);
    let seen = visitor.get("/api/outside/case").await.ok();
    assert_eq!(
        (&seen["description"], &seen["moves"]),
        (&json!("阀门井盖破损"), &json!(["receive", "return"]))
    );
    let text = seen.to_string();
    assert!(
        !text.contains("王") && !text.contains("138"),
        "nothing of who reported it: {text}"
    );
    assert!(scene.row().await["opened_at"].is_string());

    let receive = json!({ "version": seen["version"], "action": "receive", "id": Uuid::from_u128(1) });
    let receipt = visitor.post("/api/outside/moves", receive.clone()).await.ok();
    assert_eq!(
        visitor.post("/api/outside/moves", receive).await.ok(),
        receipt,
        "twice is once"
    );
    assert_eq!(scene.row().await["status"], "received");

    let photo = visitor
        .upload("/api/outside/photos", &[], &[("file", "a.png", &crate::tests::png())])
        .await
        .ok();
    let handle = |version: &Value, photos: Value| json!({ "version": version, "action": "handle", "note": "已更换井盖", "photos": photos });
    let stale = handle(&json!(1), json!([]));
    visitor
        .post("/api/outside/moves", stale)
        .await
        .refused(409, "kernel.stale");
    let bare = json!({ "version": receipt["version"], "action": "handle" });
    visitor
        .post("/api/outside/moves", bare)
        .await
        .refused(422, "kernel.invalid");
    let done = handle(&receipt["version"], json!([photo["id"]]));
    visitor.post("/api/outside/moves", done.clone()).await.ok();
    let seen = visitor.get("/api/outside/case").await.ok();
    assert_eq!(
        (&seen["answer"], &seen["moves"], &seen["state"]),
        (&json!("handle"), &json!([]), &json!("handled"))
    );
    let path = format!(
        "/api/outside/photos/{}?size=thumb",
        photo["id"].as_str().expect("an id")
    );
    assert_eq!(visitor.get(&path).await.status, 200);
    visitor
        .post("/api/outside/moves", done)
        .await
        .refused(410, "cases.link_ended");

    // The timeline and the log have the body's name, as for anybody else.
    let desk = scene.centre.get(&format!("/api/cases/{case}")).await.ok();
    let last = desk["timeline"]
        .as_array()
        .expect("entries")
        .iter()
        .find(|it| it["action"] == "handle")
        .cloned();
    assert_eq!(last.expect("there")["actor_name"], "江源水务有限公司");
    let auditor = scene.city.user("audit_admin", Reach::All).await;
    let log = auditor.get("/api/audit?action=cases.handle").await.ok();
    assert_eq!(log["items"][0]["actor_name"], "江源水务有限公司");

    // After a rework the same body gets a new link, and the old one opens no second answer.
    scene.go(&case, "send_check", json!({})).await;
    scene.go(&case, "check", json!({ "passed": false })).await;
    scene.go(&case, "rework", json!({ "note": "不牢固" })).await;
    assert_eq!(scene.row().await["status"], "sent");
    assert_eq!(
        scene.visitor(&scene.token().await).get("/api/outside/case").await.ok()["moves"],
        json!(["receive", "return"])
    );
    assert_eq!(visitor.get("/api/outside/case").await.ok()["moves"], json!([]));
}

#[db_test]
async fn a_link_opens_one_case_until_it_ends(store: Store) {
    let scene = Scene::start(store).await;
    let first = scene.dispatched("C01").await;
    let visitor = scene.visitor(&scene.token().await);
    scene.dispatched("C01").await;
    let row = scene.row().await;
    let second = scene.visitor(&scene.token().await);
    for wrong in ["", "x", &"A".repeat(43)] {
        scene
            .visitor(wrong)
            .get("/api/outside/case")
            .await
            .refused(404, "cases.link_unknown");
    }
    scene
        .city
        .nobody()
        .get("/api/outside/case")
        .await
        .refused(404, "cases.link_unknown");
    // A photo of another case looks as if it did not exist; no move but the body's own is open.
    let photo = second
        .upload("/api/outside/photos", &[], &[("file", "a.png", &crate::tests::png())])
        .await
        .ok();
    let path = format!("/api/outside/photos/{}", photo["id"].as_str().expect("an id"));
    visitor.get(&path).await.refused(404, "kernel.not_found");
    let version = visitor.get("/api/outside/case").await.ok()["version"].clone();
    let void = json!({ "version": version, "action": "void", "note": "x" });
    visitor
        .post("/api/outside/moves", void)
        .await
        .refused(422, "kernel.invalid");
    let note = json!({ "version": version, "action": "handle", "note": "x" });
    visitor
        .post("/api/outside/moves", note)
        .await
        .refused(409, "cases.move_not_open");

    // Revoked, it opens nothing; the queue shows it as stuck, and a new one takes its place.
    let path = format!("/api/outside/links/{}", row["id"].as_str().expect("an id"));
    assert_eq!(scene.centre.delete(&path).await.ok()["status"], "revoked");
    second.get("/api/outside/case").await.refused(410, "cases.link_ended");
    scene
        .centre
        .post(&format!("{path}/show"), json!({}))
        .await
        .refused(410, "cases.link_ended");
    let stuck = scene.centre.get("/api/outside/links?part=stuck").await.ok();
    assert_eq!(stuck["items"].as_array().map(Vec::len), Some(1));
    let again = scene.centre.post(&format!("{path}/resend"), json!({})).await.ok();
    assert_eq!((&again["status"], again["made_by"].is_string()), (&json!("sent"), true));
    scene
        .centre
        .post(&format!("{path}/resend"), json!({}))
        .await
        .refused(410, "cases.link_ended");
    let fresh = scene.visitor(&scene.token().await);
    fresh.get("/api/outside/case").await.ok();

    // Sent back with a reason.
    let back = json!({ "version": version, "action": "return", "note": "不属于我司管网" });
    visitor.post("/api/outside/moves", back).await.ok();
    scene.news().await;
    let desk = scene.centre.get(&format!("/api/cases/{first}")).await.ok();
    assert_eq!(desk["facts"]["state"], "filed");
    // Run out, and overdue: two working days are over at the same hour.
    assert_eq!(scene.row().await["overdue"], false);
    scene.city.turn(2 * DAY + 1);
    fresh.get("/api/outside/case").await.refused(410, "cases.link_ended");
    let row = scene.row().await;
    assert_eq!((&row["status"], &row["overdue"]), (&json!("expired"), &json!(true)));
    let bodies = scene.centre.get("/api/outside/bodies").await.ok();
    assert_eq!(
        (&bodies[0]["open"], &bodies[0]["overdue"], &bodies[0]["stuck"]),
        (&json!(1), &json!(1), &json!(1))
    );
}

#[db_test]
async fn a_case_that_leaves_its_body_ends_the_link_and_the_job_finds_what_was_missed(store: Store) {
    let scene = Scene::start(store).await;
    let case = scene.dispatched("C01").await;
    let visitor = scene.visitor(&scene.token().await);
    scene.go(&case, "void", json!({ "note": "重复" })).await;
    assert_eq!(scene.row().await["status"], "ended");
    visitor.get("/api/outside/case").await.refused(410, "cases.link_ended");

    // Dispatched before the body was marked: the listener had nothing to do, the job sends it.
    scene.dispatched("D01").await;
    assert_eq!(scene.row().await["status"], "ended", "this body works at a desk");
    scene
        .centre
        .put("/api/outside/bodies/D01", json!({ "hours": 2, "active": true }))
        .await
        .ok();
    let jobs = scene.city.kernel.jobs();
    let job = jobs.iter().find(|it| it.name == "cases.outside").expect("there");
    assert_eq!((job.run)(scene.city.kernel.clone()).await.expect("runs"), "1");
    assert_eq!((job.run)(scene.city.kernel.clone()).await.expect("runs"), "0");
    assert_eq!(scene.row().await["body"]["code"], "D01");
    let other = json!({ "hours": 0, "active": true, "version": 1 });
    scene
        .centre
        .put("/api/outside/bodies/D01", other)
        .await
        .refused(422, "kernel.invalid");
    let stale = json!({ "hours": 2, "active": false });
    scene
        .centre
        .put("/api/outside/bodies/D01", stale)
        .await
        .refused(409, "kernel.stale");
    let none = json!({ "hours": 2, "active": true });
    scene
        .centre
        .put("/api/outside/bodies/X99", none)
        .await
        .refused(404, "kernel.not_found");
}

#[db_test]
async fn the_bodys_own_system_gets_the_link_by_webhook_and_nobody_else(store: Store) {
    let scene = Scene::start(store).await;
    let admin = scene.city.user("system_admin", Reach::All).await;
    let (address, got) = receiver().await;
    // The body's account is a machine's; an administrator subscribes for it.
    let users = admin.get("/api/users?body=C01").await.ok();
    let account = users["items"][0]["id"].clone();
    assert_eq!(users["items"][0]["machine"], true);
    let hook = json!({ "account": account, "name": "水务", "url": address, "topics": ["cases.outside_sent", "cases.changed"], "enabled": true });
    admin.post("/api/hooks", hook.clone()).await.ok();
    let (elsewhere, others) = receiver().await;
    let key = json!({ "name": "大数据局", "owner": "李工", "purpose": "汇总", "per_minute": 60,
        "expires_at": scene.city.kernel.now().plus_seconds(DAY) });
    let account = admin.post("/api/keys", key).await.ok()["key"]["account"].clone();
    let security = scene.city.user("security_admin", Reach::All).await;
    let path = format!("/api/users/{}/grants", account.as_str().expect("an id"));
    let grants = json!({ "version": 1, "grants": [{ "role": "leader", "scope": { "kind": "all" } }] });
    security.put(&path, grants).await.ok();
    let mut hook = hook;
    hook["account"] = account;
    hook["url"] = elsewhere.into();
    admin.post("/api/hooks", hook).await.ok();
    scene.dispatched("C01").await;
    assert_eq!(scene.row().await["delivery"]["state"], "waiting");
    let jobs = scene.city.kernel.jobs();
    let job = jobs.iter().find(|it| it.name == "kernel.hooks").expect("there");
    (job.run)(scene.city.kernel.clone()).await.expect("delivers");
    assert_eq!(scene.row().await["delivery"]["state"], "delivered");
    let all = got.lock().expect("lock").clone();
    let sent = all
        .iter()
        .find(|it| it["type"] == "cases.outside_sent")
        .expect("the link");
    let link = sent["data"]["link"].as_str().expect("a link");
    let token = link.strip_prefix("https://jw.example.cn/outside#").expect("an address");
    scene.visitor(token).get("/api/outside/case").await.ok();
    assert!(
        all.iter()
            .all(|it| it["type"] != "cases.changed" || it["data"]["body"] == "C01"),
        "{all:?}"
    );
    // The link is in no log, and one who sees every case hears of the case alone.
    let auditor = scene.city.user("audit_admin", Reach::All).await;
    assert!(
        !auditor
            .get("/api/audit?limit=200")
            .await
            .ok()
            .to_string()
            .contains(token)
    );
    let theirs = others.lock().expect("lock").clone();
    assert!(
        !theirs.is_empty() && theirs.iter().all(|it| it["type"] == "cases.changed"),
        "{theirs:?}"
    );
}

#[db_test]
async fn the_queue_is_the_dispatchers_and_ends_with_their_scope(store: Store) {
    let scene = Scene::start(store).await;
    scene.dispatched("C01").await;
    let id = scene.row().await["id"].as_str().expect("an id").to_owned();
    let clerk = scene.city.user("body_clerk", Reach::Body("D01".into())).await;
    clerk.get("/api/outside/links").await.refused(403, "kernel.forbidden");
    let other = scene.city.user("dispatcher", Reach::Area("320999102".into())).await;
    assert_eq!(other.get("/api/outside/links").await.ok()["items"], json!([]));
    for (method, path) in [
        (Method::POST, format!("/api/outside/links/{id}/show")),
        (Method::POST, format!("/api/outside/links/{id}/resend")),
        (Method::POST, format!("/api/outside/links/{id}/retry")),
        (Method::DELETE, format!("/api/outside/links/{id}")),
    ] {
        other
            .send(method, &path, None, Vec::new())
            .await
            .refused(404, "kernel.not_found");
    }
}

/// A server that takes webhooks.
async fn receiver() -> (String, std::sync::Arc<std::sync::Mutex<Vec<Value>>>) {
    let got = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let kept = got.clone();
    let take = move |body: String| async move {
        kept.lock()
            .expect("lock")
            .push(serde_json::from_str(&body).expect("JSON"));
    };
    let router = axum::Router::new().route("/", axum::routing::post(take));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, got)
}
