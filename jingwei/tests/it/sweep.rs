//! Every operation, called by those who may not: nobody (401), a role without the permission (403), and somebody whose
//! scope ends elsewhere (404, or an answer in which nothing of it appears). An operation that is missing here fails the test.

mod table;

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
        "GET /api/callback",
        "GET /api/meta",
        "GET /api/outside/case",
        "GET /api/outside/photos/{file}",
        "GET /healthz",
        "GET /metrics",
        "GET /open311/v2/{kind}/{id}",
        "GET /open311/v2/{list}",
        "GET /open311/{document}",
        "POST /api/callback",
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
    /// Asked with this, nothing of it appears in the answer.
    Silent(Value),
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
    component: String,
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

    // A corner of the town has a shape, for what stands there; the case lies elsewhere.
    let ring = json!([[
        [119.6, 32.4],
        [119.62, 32.4],
        [119.62, 32.42],
        [119.6, 32.42],
        [119.6, 32.4]
    ]]);
    let shapes = json!({ "type": "FeatureCollection", "features": [{
        "type": "Feature", "properties": { "code": TOWN }, "geometry": { "type": "Polygon", "coordinates": ring },
    }] });
    let files = vec![("town.geojson".to_owned(), shapes.to_string().into_bytes())];
    let options = grid::api::ImportOptions {
        commit: true,
        ..grid::api::ImportOptions::default()
    };
    let shaped = grid::api::import(&city.kernel, None, files, options)
        .await
        .expect("imports");
    assert!(shaped.committed, "{:?}", shaped.problems);

    let worker = city.user("worker", Reach::Area(GRID.to_owned())).await;
    let photo = worker.upload("/api/files", &[], &[("file", "a.png", PNG)]).await.ok();
    let photo = photo["id"].as_str().expect("an id").to_owned();
    let contact = json!({ "name": "王小明", "phone": "13800001234" });
    let report = json!({
        "source": "resident", "description": DESCRIPTION, "area": GRID, "point": { "lng": 119.5, "lat": 32.4 }, "photos": [photo], "contact": contact,
    });
    let receipt = worker.post("/api/cases", report).await.ok();
    let admin = city.user("grid_admin", Reach::All).await;
    let component = admin.post("/api/components", component()).await.ok();
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
        component: component["code"].as_str().expect("a code").to_owned(),
        photo,
        city,
    }
}

/// A lamp in the town's corner.
fn component() -> Value {
    json!({ "version": 1, "class": "2026.C01037", "point": { "lng": 119.61, "lat": 32.41 } })
}

/// A picture of one pixel.
const PNG: &[u8] = &[
    0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, b'I', b'H', b'D', b'R', 0, 0, 0, 1, 0, 0, 0, 1, 8, 2,
    0, 0, 0, 0x90, 0x77, 0x53, 0xde, 0, 0, 0, 12, b'I', b'D', b'A', b'T', 8, 0xd7, 0x63, 0xf8, 0xcf, 0xc0, 0, 0, 3, 1,
    1, 0, 0x18, 0xdd, 0x8d, 0xb0, 0, 0, 0, 0, b'I', b'E', b'N', b'D', 0xae, 0x42, 0x60, 0x82,
];

#[db_test]
async fn what_lies_outside_the_scope_does_not_exist(store: Store) {
    let scene = scene(store).await;
    let city = &scene.city;
    let table = table::table(&scene);
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
            Outside::Hidden(_) | Outside::Silent(_) => {
                let (path, body) = match outside {
                    Outside::Silent(body) => (path.to_owned(), body),
                    Outside::Hidden(path) => (path, Value::Null),
                    _ => continue,
                };
                let text = send(&outsider, &path, &body).await.ok().to_string();
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
