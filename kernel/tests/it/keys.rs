//! Keys of other systems: who issues them, what they open, and when they end.

use kernel::auth::Reach;
use kernel::testing::{Client, Store, TestCity, db_test};
use serde_json::{Value, json};

use crate::city;

const DAY: i64 = 24 * 3600;

fn order(city: &TestCity, days: i64, per_minute: i64) -> Value {
    json!({
        "name": "气象局预警平台", "owner": "李工 025-1234", "purpose": "接收预警",
        "expires_at": city.kernel.now().plus_seconds(days * DAY), "per_minute": per_minute,
    })
}

/// Issues a key and gives its account this role.
async fn key(city: &TestCity, per_minute: i64, role: &str, scope: &str) -> (Value, Client) {
    let admin = city.user("system_admin", Reach::All).await;
    let security = city.user("security_admin", Reach::All).await;
    let made = admin.post("/api/keys", order(city, 90, per_minute)).await.ok();
    let account = made["key"]["account"].as_str().expect("an account");
    let grants = json!({ "version": 1, "grants": [{ "role": role, "scope": { "kind": scope } }] });
    security.put(&format!("/api/users/{account}/grants"), grants).await.ok();
    let client = city.with_key(made["secret"].as_str().expect("a key"));
    (made, client)
}

#[db_test]
async fn a_key_opens_what_its_roles_hold_and_nothing_else(store: Store) {
    let city = city(store).await;
    let (made, machine) = key(&city, 6000, "audit_admin", "all").await;
    let openapi = city.openapi();
    let operations = openapi["paths"]
        .as_object()
        .expect("paths")
        .iter()
        .flat_map(|(path, item)| {
            let item = item.as_object().expect("operations");
            item.iter()
                .map(move |(method, it)| (method.clone(), path.clone(), it["x-permission"].clone()))
        });
    let mut opened = Vec::new();
    for (method, path, permission) in operations {
        let Some(permission) = permission.as_str().filter(|it| *it != "*") else {
            continue;
        };
        let path = path
            .replace("{id}", "00000000-0000-0000-0000-000000000000")
            .replace(['{', '}'], "");
        let method = method.to_uppercase().parse().expect("a method");
        let reply = machine
            .send(method, &path, Some("application/json"), b"{}".to_vec())
            .await;
        if permission == "kernel.audit" {
            opened.push(path);
            assert!(reply.status < 300, "{permission}: {}", reply.body);
        } else {
            reply.refused(403, "kernel.forbidden");
        }
    }
    assert_eq!(opened, ["/api/audit", "/api/audit/verify"]);
    // The log says which key it was, and no log and no list has the key itself.
    let log = machine.get("/api/audit?action=kernel.forbidden&limit=1").await.ok();
    let id = made["key"]["id"].as_str().expect("an id");
    let name = format!("气象局预警平台 (jw_{id})");
    assert_eq!(log["items"][0]["actor_name"], name.as_str());
    let secret = made["secret"].as_str().expect("a key");
    let all = machine.get("/api/audit?limit=200").await.ok().to_string();
    assert!(secret.starts_with(&format!("jw_{id}_")) && !all.contains(secret));
    let me = machine.get("/api/session").await.ok();
    assert_eq!(me["permissions"], json!(["kernel.audit"]));
}

#[db_test]
async fn a_key_ends_by_its_date_by_revocation_and_with_its_account(store: Store) {
    let city = city(store).await;
    let admin = city.user("system_admin", Reach::All).await;
    let (made, machine) = key(&city, 100, "audit_admin", "all").await;
    let id = made["key"]["id"].as_str().expect("an id").to_owned();
    machine.get("/api/audit").await.ok();

    // One more key for the same account takes over its rights; the first goes on until it is revoked.
    let path = format!("/api/keys/{id}/renewals");
    let second = admin.post(&path, order(&city, 300, 100)).await.ok();
    assert_eq!(second["key"]["account"], made["key"]["account"]);
    let renewed = city.with_key(second["secret"].as_str().expect("a key"));
    renewed.get("/api/audit").await.ok();
    machine.get("/api/audit").await.ok();
    let revoked = admin.delete(&format!("/api/keys/{id}")).await.ok();
    assert_eq!(revoked["valid"], false);
    assert_eq!(
        admin.delete(&format!("/api/keys/{id}")).await.ok()["revoked_at"],
        revoked["revoked_at"]
    );
    machine.get("/api/audit").await.refused(401, "kernel.unauthenticated");
    // Not even what everybody may see: whoever sends a key wants to be known.
    machine.get("/api/meta").await.refused(401, "kernel.unauthenticated");

    let list = admin.get("/api/keys?valid=true").await.ok();
    assert_eq!(list["items"].as_array().map(Vec::len), Some(1));
    assert!(list["items"][0]["last_used_at"].is_string());
    city.turn(300 * DAY + 1);
    renewed.get("/api/audit").await.refused(401, "kernel.unauthenticated");
    assert_eq!(
        admin.get("/api/keys?valid=false").await.ok()["items"]
            .as_array()
            .map(Vec::len),
        Some(2)
    );

    let third = admin.post(&path, order(&city, 10, 100)).await.ok();
    let third = city.with_key(third["secret"].as_str().expect("a key"));
    third.get("/api/audit").await.ok();
    let account = made["key"]["account"].as_str().expect("an account");
    let closed = json!({ "version": 2, "name": "气象局预警平台", "active": false });
    admin.put(&format!("/api/users/{account}"), closed).await.ok();
    third.get("/api/audit").await.refused(401, "kernel.unauthenticated");
    for wrong in ["jw_", "jw_x", "jw_000000000000_x", &format!("jw_{id}_")] {
        city.with_key(wrong)
            .get("/api/audit")
            .await
            .refused(401, "kernel.unauthenticated");
    }
}

#[db_test]
async fn more_requests_than_the_limit_are_sent_away_until_the_minute_is_over(store: Store) {
    let city = city(store).await;
    let (_, machine) = key(&city, 3, "audit_admin", "all").await;
    for _ in 0..3 {
        machine.get("/api/audit").await.ok();
    }
    let reply = machine.get("/api/audit").await;
    let wait: i64 = reply.headers["retry-after"]
        .to_str()
        .expect("text")
        .parse()
        .expect("seconds");
    reply.refused(429, "kernel.too_many");
    assert!((1..=60).contains(&wait), "{wait}");
    city.turn(wait);
    machine.get("/api/audit").await.ok();
}

#[db_test]
async fn keys_are_issued_by_one_administrator_and_checked_before(store: Store) {
    let city = city(store).await;
    let admin = city.user("system_admin", Reach::All).await;
    let security = city.user("security_admin", Reach::All).await;
    let good = order(&city, 90, 60);
    security
        .post("/api/keys", good.clone())
        .await
        .refused(403, "kernel.forbidden");
    city.user("audit_admin", Reach::All)
        .await
        .get("/api/keys")
        .await
        .refused(403, "kernel.forbidden");
    city.nobody()
        .post("/api/keys", good.clone())
        .await
        .refused(401, "kernel.unauthenticated");

    let mut bad = order(&city, 400, 0);
    bad["owner"] = " ".into();
    bad["addresses"] = json!(["10.0.0.0/8", "here"]);
    let refused = admin.post("/api/keys", bad).await.refused(422, "kernel.invalid");
    let fields: Vec<&str> = refused["fields"]
        .as_array()
        .expect("fields")
        .iter()
        .filter_map(|it| it["field"].as_str())
        .collect();
    assert_eq!(fields, ["owner", "expires_at", "per_minute", "addresses[1]"]);

    let mut twice = good;
    twice["id"] = json!("00000000-0000-0000-0000-00000000000a");
    let made = admin.post("/api/keys", twice.clone()).await.ok();
    let again = admin.post("/api/keys", twice).await.ok();
    assert_eq!(
        (&again["key"]["id"], &again["secret"]),
        (&made["key"]["id"], &Value::Null),
        "shown once"
    );

    // A machine has no password, whoever asks; and who gives roles sees whose they are.
    let account = made["key"]["account"].as_str().expect("an account");
    let password = json!({ "password": "long enough 1" });
    admin
        .put(&format!("/api/users/{account}/password"), password)
        .await
        .refused(422, "kernel.invalid");
    assert_eq!(
        security.get(&format!("/api/users/{account}")).await.ok()["machine"],
        true
    );
    let id = made["key"]["id"].as_str().expect("an id");
    security.delete(&format!("/api/keys/{id}")).await.ok();
    admin.delete("/api/keys/none").await.refused(404, "kernel.not_found");
}

#[db_test]
async fn a_key_is_refused_from_elsewhere_than_it_may_be_used(store: Store) {
    let city = city(store).await;
    let admin = city.user("system_admin", Reach::All).await;
    let mut bound = order(&city, 90, 60);
    bound["addresses"] = json!(["192.0.2.0/24"]);
    let made = admin.post("/api/keys", bound).await.ok();
    // Requests of a test come from no address at all.
    let machine = city.with_key(made["secret"].as_str().expect("a key"));
    machine.get("/api/session").await.refused(403, "kernel.key_address");
    let auditor = city.user("audit_admin", Reach::All).await;
    let log = auditor.get("/api/audit?action=kernel.key_address").await.ok();
    assert_eq!(log["items"][0]["outcome"], "refused");
}
