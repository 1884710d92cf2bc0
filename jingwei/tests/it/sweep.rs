//! Every operation, called by those who may not: nobody (401), a role without the permission (403), and somebody whose
//! scope ends elsewhere (404, or an answer in which nothing of it appears). An operation that is missing here fails the test.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::Method;
use grid::api::{BodyKind, NewArea, NewBody};
use kernel::auth::{self, Reach};
use kernel::testing::{Client, Store, TestCity, db_test};
use serde_json::{Value, json};

const TOWN: &str = "320999101";
const GRID: &str = "320999101201001";
const OTHER_TOWN: &str = "320999102";
const NOBODY: &str = "00000000-0000-0000-0000-000000000000";

/// An operation of the description.
struct Operation {
    method: Method,
    path: String,
    /// The permission, `*` for whoever is logged in, none for everybody.
    needs: Option<String>,
}

fn operations(city: &TestCity) -> Vec<Operation> {
    let openapi = city.openapi();
    let paths = openapi["paths"].as_object().expect("paths").clone();
    let all = paths.into_iter().flat_map(|(path, item)| {
        let item = item.as_object().expect("operations").clone();
        item.into_iter().map(move |(method, operation)| Operation {
            method: method.to_uppercase().parse().expect("a method"),
            path: path.clone(),
            needs: operation["x-permission"].as_str().map(str::to_owned),
        })
    });
    all.collect()
}

impl Operation {
    async fn call(&self, who: &Client) -> (u16, Value) {
        let filled = self
            .path
            .split('/')
            .map(|part| if part.starts_with('{') { NOBODY } else { part });
        let path = filled.collect::<Vec<_>>().join("/");
        let reply = who
            .send(self.method.clone(), &path, Some("application/json"), b"{}".to_vec())
            .await;
        (reply.status, reply.body)
    }

    fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

#[db_test]
async fn nobody_gets_in(store: Store) {
    let city = TestCity::start(store, crate::apps::all()).await;
    let nobody = city.nobody();
    let mut public = BTreeSet::new();
    for operation in operations(&city) {
        if operation.needs.is_none() {
            public.insert(operation.name());
            continue;
        }
        let (status, body) = operation.call(&nobody).await;
        let code = body["code"].as_str();
        assert_eq!(
            (status, code),
            (401, Some("kernel.unauthenticated")),
            "{}",
            operation.name()
        );
    }
    let expected = [
        "GET /api/meta",
        "GET /api/outside/case",
        "GET /api/outside/photos/{file}",
        "GET /healthz",
        "GET /metrics",
        "GET /open311/v2/{kind}/{id}",
        "GET /open311/v2/{list}",
        "GET /open311/{document}",
        "POST /api/outside/moves",
        "POST /api/outside/photos",
        "POST /api/session",
        "POST /open311/v2/{list}",
    ];
    assert_eq!(public, expected.map(str::to_owned).into(), "what everybody may call");
}

/// Operations that are open to two kinds of administrators, so that their own handlers refuse all others.
const ADMINISTRATORS: [&str; 3] = ["GET /api/roles", "GET /api/users", "GET /api/users/{id}"];

#[db_test]
async fn a_role_without_the_permission_is_refused(store: Store) {
    let city = TestCity::start(store, crate::apps::all()).await;
    let mut tx = city.kernel.read().await.expect("reads");
    let roles = auth::roles(&mut tx).await.expect("the roles");
    drop(tx);
    let mut people: BTreeMap<String, Client> = BTreeMap::new();
    for role in &roles {
        people.insert(role.code.clone(), city.user(&role.code, Reach::All).await);
    }
    let mut refused = 0;
    for operation in operations(&city) {
        let lacking: Vec<&str> = match operation.needs.as_deref() {
            Some("*") if ADMINISTRATORS.contains(&operation.name().as_str()) => vec!["worker", "leader", "audit_admin"],
            Some("*") | None => continue,
            Some(needs) => {
                let lacks = roles
                    .iter()
                    .filter(|it| !it.permissions.iter().any(|held| held == needs));
                lacks.map(|it| it.code.as_str()).collect()
            }
        };
        assert!(!lacking.is_empty(), "{}: every role may do this", operation.name());
        for role in lacking {
            let (status, body) = operation.call(&people[role]).await;
            let code = body["code"].as_str();
            assert_eq!(
                (status, code),
                (403, Some("kernel.forbidden")),
                "{} as {role}: {body}",
                operation.name()
            );
            refused += 1;
        }
    }
    // Each try is in the audit log.
    let auditor = &people["audit_admin"];
    let mut tries = 0;
    let mut after = String::new();
    loop {
        let page = auditor
            .get(&format!("/api/audit?action=kernel.forbidden&limit=200{after}"))
            .await
            .ok();
        tries += page["items"].as_array().expect("entries").len();
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert_eq!(tries, refused);
}

/// What somebody finds whose scope ends elsewhere.
enum Outside {
    /// It looks as if it did not exist.
    Missing(String, Value),
    /// Nothing of it appears in the answer.
    Hidden(String),
    /// The answer says that nothing was done.
    Undone(fn(&Value) -> bool),
    /// It is one district's; with an id that nobody has it does not exist.
    Unknown(String, Value),
    /// No record with a place is behind it.
    Placeless,
}

/// Where everything happens that an outsider must not see, and what happened there.
struct Scene {
    city: TestCity,
    case: String,
    photo: String,
    post: String,
    preview: String,
}

const DESCRIPTION: &str = "只有东镇的人可以看到的案件";
const WORKER: &str = "worker 0";

async fn scene(store: Store) -> Scene {
    let city = TestCity::start(store, crate::apps::all()).await;
    let mut work = city.kernel.system_work().await.expect("begins");
    for (code, name) in [
        ("320999", "试验区"),
        (TOWN, "东镇"),
        ("320999101201", "东村"),
        (GRID, "第一网格"),
        (OTHER_TOWN, "西镇"),
    ] {
        let area = NewArea {
            code: code.to_owned(),
            name: name.to_owned(),
            name_en: None,
            kind: None,
            households: None,
            population: None,
        };
        grid::api::create_area(&mut work, area).await.expect("makes the area");
    }
    let body = NewBody {
        code: "T320999101".to_owned(),
        kind: BodyKind::Town,
        name: "东镇人民政府".to_owned(),
        name_en: None,
        area: Some(TOWN.to_owned()),
    };
    grid::api::create_body(&mut work, body).await.expect("makes the body");
    work.commit().await.expect("commits");
    grid::api::reload(&city.kernel).await.expect("reloads");

    let worker = city.user("worker", Reach::Area(GRID.to_owned())).await;
    let photo = worker.upload("/api/files", &[], &[("file", "a.png", PNG)]).await.ok();
    let photo = photo["id"].as_str().expect("an id").to_owned();
    let contact = json!({ "name": "王小明", "phone": "13800001234" });
    let report = json!({
        "source": "resident", "description": DESCRIPTION, "area": GRID, "point": { "lng": 119.5, "lat": 32.4 }, "photos": [photo], "contact": contact,
    });
    let receipt = worker.post("/api/cases", report).await.ok();
    let admin = city.user("grid_admin", Reach::All).await;
    let post = admin
        .post("/api/posts", json!({ "user": worker.id, "area": GRID, "kind": "lead" }))
        .await
        .ok();
    let lead = city.user("shift_lead", Reach::All).await;
    let list = "小类,立案条件,处置时限,责任单位\n井盖,破损,2个工作日,东镇人民政府\n";
    let file: &[(&str, &str, &[u8])] = &[("file", "list.csv", list.as_bytes())];
    let preview = lead.upload("/api/cases/standards/import/preview", &[], file).await.ok();
    let id = |it: &Value| it["id"].as_str().expect("an id").to_owned();
    Scene {
        case: id(&receipt),
        post: id(&post),
        preview: id(&preview),
        photo,
        city,
    }
}

/// A picture of one pixel.
const PNG: &[u8] = &[
    0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, b'I', b'H', b'D', b'R', 0, 0, 0, 1, 0, 0, 0, 1, 8, 2,
    0, 0, 0, 0x90, 0x77, 0x53, 0xde, 0, 0, 0, 12, b'I', b'D', b'A', b'T', 8, 0xd7, 0x63, 0xf8, 0xcf, 0xc0, 0, 0, 3, 1,
    1, 0, 0x18, 0xdd, 0x8d, 0xb0, 0, 0, 0, 0, b'I', b'E', b'N', b'D', 0xae, 0x42, 0x60, 0x82,
];

/// The whole table.
fn table(scene: &Scene) -> Vec<(&'static str, Outside)> {
    use Outside::{Hidden, Missing, Placeless, Undone, Unknown};
    let Scene {
        case,
        photo,
        post,
        preview,
        ..
    } = scene;
    let case = |rest: &str| format!("/api/cases/{case}{rest}");
    let user = json!({ "version": 1, "name": "x", "active": true });
    let area = json!({ "version": 1, "name": "改名" });
    let list = |rest: &str| format!("/api/cases/standards/import/{preview}{rest}");
    let none = || Value::Null;
    let link = |rest: &str| format!("/api/outside/links/{NOBODY}{rest}");
    let hook = |rest: &str| format!("/api/hooks/{NOBODY}{rest}");
    vec![
        // What lies in the district, and who is responsible, is for all its staff to read.
        ("GET /api/areas", Placeless),
        ("GET /api/areas/locate", Placeless),
        ("GET /api/areas/shapes", Placeless),
        ("GET /api/areas/{code}", Unknown("/api/areas/999999".to_owned(), none())),
        ("GET /api/bodies", Placeless),
        ("GET /api/classes", Placeless),
        ("GET /api/standards", Placeless),
        ("GET /api/cases/standards/export", Placeless),
        // Changing it ends with one's scope, and so do people.
        (
            "POST /api/areas",
            Missing("/api/areas".to_owned(), json!({ "parent": TOWN, "name": "新村" })),
        ),
        ("PUT /api/areas/{code}", Missing(format!("/api/areas/{TOWN}"), area)),
        (
            "POST /api/areas/import",
            Undone(|it| it["committed"] == false && it["problems"][0]["severity"] == "error"),
        ),
        (
            "POST /api/bodies",
            Missing(
                "/api/bodies".to_owned(),
                json!({ "kind": "village", "name": "东村村委会", "area": "320999101201" }),
            ),
        ),
        (
            "PUT /api/bodies/{code}",
            Missing(
                "/api/bodies/T320999101".to_owned(),
                json!({ "version": 1, "name": "改名", "area": TOWN, "active": true }),
            ),
        ),
        ("GET /api/posts", Hidden("/api/posts?limit=200".to_owned())),
        (
            "POST /api/posts",
            Missing(
                "/api/posts".to_owned(),
                json!({ "user": NOBODY, "area": GRID, "kind": "lead" }),
            ),
        ),
        ("DELETE /api/posts/{id}", Missing(format!("/api/posts/{post}"), none())),
        // Cases.
        ("GET /api/cases", Hidden("/api/cases?limit=200".to_owned())),
        ("GET /api/cases/points", Hidden("/api/cases/points".to_owned())),
        ("GET /api/cases/counts", Undone(|it| it["by_state"] == json!({}))),
        ("GET /api/cases/figures", Undone(|it| it["total"]["reported"] == 0)),
        // Reporting what one sees is not limited to one's own streets.
        ("POST /api/cases", Placeless),
        ("GET /api/cases/{id}", Missing(case(""), none())),
        (
            "POST /api/cases/{id}/contact",
            Missing(case("/contact"), json!({ "purpose": "回访" })),
        ),
        (
            "POST /api/cases/{id}/moves",
            Missing(case("/moves"), json!({ "version": 1, "action": "accept" })),
        ),
        (
            "GET /api/cases/{id}/photos/{file}",
            Missing(case(&format!("/photos/{photo}")), none()),
        ),
        // What leaves the system is cut to the scope as the lists are; a bulletin has no record behind it.
        (
            "GET /api/cases/export/{format}",
            Hidden("/api/cases/export/csv".to_owned()),
        ),
        (
            "GET /api/cases/figures/export/{format}",
            Hidden("/api/cases/figures/export/csv?by=village".to_owned()),
        ),
        ("GET /api/cases/{id}/pdf", Missing(case("/pdf"), none())),
        ("GET /api/cases/bulletin/{month}", Placeless),
        // Kept filters, subscriptions and messages are one's own.
        ("GET /api/cases/filters", Placeless),
        ("POST /api/cases/filters", Placeless),
        (
            "PUT /api/cases/filters/{id}",
            Unknown(
                format!("/api/cases/filters/{NOBODY}"),
                json!({ "name": "x", "query": "", "share": "private" }),
            ),
        ),
        (
            "DELETE /api/cases/filters/{id}",
            Unknown(format!("/api/cases/filters/{NOBODY}"), none()),
        ),
        ("GET /api/cases/subscriptions", Placeless),
        ("POST /api/cases/subscriptions", Placeless),
        (
            "PUT /api/cases/subscriptions/{id}",
            Unknown(
                format!("/api/cases/subscriptions/{NOBODY}"),
                json!({ "filter": NOBODY, "every": "day", "hour": 8 }),
            ),
        ),
        (
            "DELETE /api/cases/subscriptions/{id}",
            Unknown(format!("/api/cases/subscriptions/{NOBODY}"), none()),
        ),
        ("GET /api/cases/messages", Placeless),
        ("GET /api/cases/messages/unread", Placeless),
        ("POST /api/cases/messages/read", Placeless),
        // One move on many: what one may not see does not exist, each by itself.
        (
            "POST /api/cases/moves/open",
            Missing("/api/cases/moves/open".to_owned(), json!({ "cases": [scene.case] })),
        ),
        ("POST /api/cases/moves", Placeless), // Each case's own answer: `bulk` in the app's tests.
        // Supervision orders; the rules are for those who order in the whole district.
        ("GET /api/cases/{id}/orders", Missing(case("/orders"), none())),
        ("GET /api/orders", Hidden("/api/orders?limit=200".to_owned())),
        (
            "GET /api/orders/counts",
            Undone(|it| *it == json!({ "to_answer": 0, "to_look_at": 0 })),
        ),
        (
            "POST /api/orders",
            Missing(
                "/api/orders".to_owned(),
                json!({ "case": scene.case, "kind": "leader", "reason": "请尽快办理", "answer_by": "2026-12-01T00:00:00Z" }),
            ),
        ),
        (
            "POST /api/orders/{id}/moves",
            Unknown(
                format!("/api/orders/{NOBODY}/moves"),
                json!({ "version": 1, "action": "accept" }),
            ),
        ),
        ("GET /api/orders/rules", Placeless),
        (
            "PUT /api/orders/rules/{level}",
            Missing(
                "/api/orders/rules/clerk".to_owned(),
                json!({ "version": 1, "after_hours": 1, "answer_hours": 1, "active": false }),
            ),
        ),
        // Phrases are the centre's, or one's own.
        ("GET /api/phrases", Placeless),
        (
            "POST /api/phrases",
            Missing(
                "/api/phrases".to_owned(),
                json!({ "action": "note", "shared": true, "text": "x" }),
            ),
        ),
        (
            "PUT /api/phrases/{id}",
            Unknown(format!("/api/phrases/{NOBODY}"), json!({ "version": 1, "text": "x" })),
        ),
        (
            "DELETE /api/phrases/{id}",
            Unknown(format!("/api/phrases/{NOBODY}"), none()),
        ),
        // Cases that lie with bodies outside.
        ("GET /api/outside/bodies", Placeless),
        (
            "PUT /api/outside/bodies/{code}",
            Missing(
                "/api/outside/bodies/T320999101".to_owned(),
                json!({ "hours": 48, "active": true }),
            ),
        ),
        (
            "GET /api/outside/links",
            Hidden("/api/outside/links?limit=200".to_owned()),
        ),
        ("POST /api/outside/links/{id}/show", Unknown(link("/show"), none())),
        ("POST /api/outside/links/{id}/resend", Unknown(link("/resend"), none())),
        ("POST /api/outside/links/{id}/retry", Unknown(link("/retry"), none())),
        ("DELETE /api/outside/links/{id}", Unknown(link(""), none())),
        // What is public by Open311, and what goes on to other servers.
        ("GET /api/open311", Placeless),
        ("PUT /api/open311", Placeless),
        (
            "PUT /api/open311/services/{class}",
            Unknown(
                "/api/open311/services/none".to_owned(),
                json!({ "version": 0, "open": true }),
            ),
        ),
        ("GET /api/open311/servers", Placeless),
        (
            "PUT /api/open311/servers/{body}",
            Unknown(
                "/api/open311/servers/none".to_owned(),
                json!({ "url": "https://example.cn/v2", "active": true }),
            ),
        ),
        (
            "GET /api/open311/servers/{body}/services",
            Unknown("/api/open311/servers/none/services".to_owned(), none()),
        ),
        (
            "GET /api/open311/sendings",
            Hidden("/api/open311/sendings?limit=200".to_owned()),
        ),
        (
            "POST /api/open311/sendings/{id}/retry",
            Unknown(format!("/api/open311/sendings/{NOBODY}/retry"), none()),
        ),
        (
            "POST /api/open311/sendings/{id}/stop",
            Unknown(format!("/api/open311/sendings/{NOBODY}/stop"), none()),
        ),
        // A photo and a preview are their owner's alone.
        ("POST /api/files", Placeless),
        ("GET /api/files/{id}", Missing(format!("/api/files/{photo}"), none())),
        ("POST /api/cases/standards/import/preview", Placeless),
        ("GET /api/cases/standards/import/{id}", Missing(list(""), none())),
        (
            "POST /api/cases/standards/import/{id}/commit",
            Missing(list("/commit"), json!({ "end_gone": false })),
        ),
        // The responsibility list, accounts, roles, jobs and the log are the district's.
        ("POST /api/classes", Placeless),
        ("POST /api/standards", Placeless),
        (
            "PUT /api/standards/{id}",
            Unknown(format!("/api/standards/{NOBODY}"), standard()),
        ),
        ("GET /api/users", Placeless),
        ("POST /api/users", Placeless),
        ("GET /api/users/{id}", Unknown(format!("/api/users/{NOBODY}"), none())),
        ("PUT /api/users/{id}", Unknown(format!("/api/users/{NOBODY}"), user)),
        (
            "PUT /api/users/{id}/grants",
            Unknown(
                format!("/api/users/{NOBODY}/grants"),
                json!({ "version": 1, "grants": [] }),
            ),
        ),
        (
            "PUT /api/users/{id}/password",
            Unknown(
                format!("/api/users/{NOBODY}/password"),
                json!({ "password": "long enough 1" }),
            ),
        ),
        ("GET /api/roles", Placeless),
        ("POST /api/roles", Placeless),
        (
            "PUT /api/roles/{code}",
            Unknown(
                "/api/roles/none".to_owned(),
                json!({ "version": 1, "zh": "无", "en": "none", "permissions": [] }),
            ),
        ),
        ("GET /api/permissions", Placeless),
        ("GET /api/jobs", Placeless),
        (
            "POST /api/jobs/{name}/run",
            Unknown("/api/jobs/none/run".to_owned(), none()),
        ),
        ("GET /api/audit", Placeless),
        ("GET /api/audit/verify", Placeless),
        // Other systems' keys and webhooks are the district's, too; a machine sees its own webhooks only (kernel/tests).
        ("GET /api/keys", Placeless),
        ("POST /api/keys", Placeless),
        (
            "POST /api/keys/{id}/renewals",
            Unknown("/api/keys/none/renewals".to_owned(), key()),
        ),
        ("DELETE /api/keys/{id}", Unknown("/api/keys/none".to_owned(), none())),
        ("GET /api/hooks", Placeless),
        ("POST /api/hooks", Placeless),
        ("GET /api/hooks/topics", Placeless),
        ("GET /api/hooks/deliveries", Placeless),
        ("PUT /api/hooks/{id}", Unknown(hook(""), subscription())),
        ("DELETE /api/hooks/{id}", Unknown(hook(""), none())),
        ("POST /api/hooks/{id}/secret", Unknown(hook("/secret"), none())),
        ("POST /api/hooks/{id}/test", Unknown(hook("/test"), none())),
        (
            "POST /api/hooks/deliveries/{id}/retry",
            Unknown(format!("/api/hooks/deliveries/{NOBODY}/retry"), none()),
        ),
        // One's own session; news is cut to one's scope before it is sent (kernel/tests).
        ("GET /api/session", Placeless),
        ("DELETE /api/session", Placeless),
        ("PUT /api/session/password", Placeless),
        ("GET /api/events", Placeless),
    ]
}

fn key() -> Value {
    json!({ "name": "x", "owner": "x", "purpose": "x", "per_minute": 60, "expires_at": "2026-12-01T00:00:00Z" })
}

fn subscription() -> Value {
    json!({ "version": 1, "name": "x", "url": "https://example.cn/", "topics": ["cases.changed"], "enabled": true })
}

fn standard() -> Value {
    json!({ "version": 1, "condition": "破损", "limit": { "amount": 2, "unit": "working_day" } })
}

#[db_test]
async fn what_lies_outside_the_scope_does_not_exist(store: Store) {
    let scene = scene(store).await;
    let city = &scene.city;
    let table = table(&scene);
    let known: BTreeSet<String> = table.iter().map(|it| it.0.to_owned()).collect();
    let all: BTreeSet<String> = operations(city)
        .iter()
        .filter(|it| it.needs.is_some())
        .map(Operation::name)
        .collect();
    assert_eq!(known, all, "every operation is in the table, and nothing else");

    // One who may do everything that the field's roles may, in another town; and all three administrators in one.
    let field = [
        "worker",
        "acceptor",
        "shift_lead",
        "dispatcher",
        "checker",
        "body_clerk",
        "body_head",
        "leader",
        "grid_admin",
    ];
    let outsider = city
        .user_with(&field.map(|role| (role, Reach::Area(OTHER_TOWN.to_owned()))))
        .await;
    let administrators = ["system_admin", "security_admin", "audit_admin", "shift_lead"];
    let admin = city.user_with(&administrators.map(|role| (role, Reach::All))).await;
    for (name, outside) in table {
        let (method, path) = name.split_once(' ').expect("method and path");
        let send = async |who: &Client, path: &str, body: &Value| {
            let (kind, bytes) = if body.is_null() {
                (None, Vec::new())
            } else {
                (Some("application/json"), body.to_string().into_bytes())
            };
            who.send(method.parse().expect("a method"), path, kind, bytes).await
        };
        match outside {
            Outside::Placeless => {}
            Outside::Missing(path, body) => {
                let reply = send(&outsider, &path, &body).await;
                assert_eq!(reply.status, 404, "{name}: {}", reply.body);
            }
            Outside::Unknown(path, body) => {
                let reply = send(&admin, &path, &body).await;
                assert_eq!(reply.status, 404, "{name}: {}", reply.body);
            }
            Outside::Hidden(path) => {
                let text = send(&outsider, &path, &Value::Null).await.ok().to_string();
                let seen = [DESCRIPTION, WORKER, &scene.case, &scene.post]
                    .iter()
                    .any(|it| text.contains(*it));
                assert!(!seen, "{name}: {text}");
            }
            Outside::Undone(nothing) if path.ends_with("/import") => {
                let file: &[(&str, &str, &[u8])] = &[("files", "a.csv", "code,name\n320999101202,新村\n".as_bytes())];
                let reply = outsider.upload(&format!("{path}?commit=true"), &[], file).await.ok();
                assert!(nothing(&reply), "{name}: {reply}");
            }
            Outside::Undone(nothing) => {
                let reply = send(&outsider, path, &Value::Null).await.ok();
                assert!(nothing(&reply), "{name}: {reply}");
            }
        }
    }
    // The same eyes, inside: what was hidden is there.
    let insider = city
        .user_with(&field.map(|role| (role, Reach::Area(TOWN.to_owned()))))
        .await;
    for (path, marker) in [
        ("/api/cases", DESCRIPTION),
        ("/api/cases/points", &scene.case),
        ("/api/posts", WORKER),
    ] {
        let text = insider.get(path).await.ok().to_string();
        assert!(text.contains(marker), "{path} inside: {text}");
    }
    assert_eq!(insider.get("/api/cases/figures").await.ok()["total"]["reported"], 1);
}
