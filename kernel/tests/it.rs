//! The kernel's promises, through HTTP and on both databases: sessions, accounts, keys, audit, first answers, news, webhooks,
//! jobs, files.

#[path = "it/hooks.rs"]
mod hooks;
#[path = "it/keys.rs"]
mod keys;

use serde_json::json;
use uuid::Uuid;

use kernel::auth::Reach;
use kernel::testing::{PASSWORD, Store, TestCity, db_test};
use kernel::{audit, auth, events};

async fn city(store: Store) -> TestCity {
    TestCity::start(store, Vec::new()).await
}

#[db_test]
async fn five_wrong_passwords_lock_the_account_for_a_while(store: Store) {
    let city = city(store).await;
    let user = city.user("system_admin", Reach::All).await;
    let mut work = city.kernel.system_work().await.expect("begins");
    auth::set_password(&mut work, user.id, "u0", PASSWORD, true)
        .await
        .expect("sets");
    work.commit().await.expect("commits");

    let nobody = city.nobody();
    let me = nobody
        .post("/api/session", json!({ "login": "u0", "password": PASSWORD }))
        .await
        .ok();
    let held = [
        "kernel.hooks",
        "kernel.jobs",
        "kernel.keys",
        "kernel.keys_revoke",
        "kernel.users",
    ];
    assert_eq!(me["permissions"], json!(held));
    for _ in 0..5 {
        let reply = nobody
            .post("/api/session", json!({ "login": "u0", "password": "wrong one" }))
            .await;
        reply.refused(401, "kernel.bad_login");
    }
    let reply = nobody
        .post("/api/session", json!({ "login": "u0", "password": PASSWORD }))
        .await;
    reply.refused(429, "kernel.locked");
    city.turn(15 * 60 + 1);
    nobody
        .post("/api/session", json!({ "login": "u0", "password": PASSWORD }))
        .await
        .ok();
    let reply = nobody
        .post("/api/session", json!({ "login": "nobody", "password": PASSWORD }))
        .await;
    reply.refused(401, "kernel.bad_login");
}

#[db_test]
async fn a_given_password_opens_nothing_but_its_change(store: Store) {
    let city = city(store).await;
    let user = city.user("system_admin", Reach::All).await;
    let mut work = city.kernel.system_work().await.expect("begins");
    auth::set_password(&mut work, user.id, "u0", PASSWORD, false)
        .await
        .expect("sets");
    work.commit().await.expect("commits");

    let user = city.session(user.id).await;
    for path in ["/api/users", "/api/jobs", "/api/events"] {
        user.get(path).await.refused(403, "kernel.own_password_first");
    }
    assert_eq!(user.get("/api/session").await.ok()["user"]["must_change"], true);
    let change = json!({ "current": PASSWORD, "new": "quite-another-7" });
    assert_eq!(user.put("/api/session/password", change).await.status, 204);
    user.get("/api/users").await.ok();
}

#[db_test]
async fn accounts_are_made_by_one_administrator_and_given_roles_by_another(store: Store) {
    let city = city(store).await;
    let system = city.user("system_admin", Reach::All).await;
    let security = city.user("security_admin", Reach::All).await;
    let id = Uuid::from_u128(7);
    let new = json!({ "id": id, "login": "li.na", "name": "李娜" });
    security
        .post("/api/users", new.clone())
        .await
        .refused(403, "kernel.forbidden");
    city.nobody()
        .post("/api/users", new.clone())
        .await
        .refused(401, "kernel.unauthenticated");
    let made = system.post("/api/users", new.clone()).await.ok();
    assert_eq!(
        made,
        system.post("/api/users", new).await.ok(),
        "the same id and body again changes nothing"
    );
    let other = json!({ "id": id, "login": "li.na2", "name": "李娜" });
    system.post("/api/users", other).await.refused(409, "kernel.id_taken");
    let taken = json!({ "login": "li.na", "name": "李娜" });
    system.post("/api/users", taken).await.refused(409, "kernel.taken");
    let bad = system
        .post("/api/users", json!({ "login": "李", "name": "" }))
        .await
        .refused(422, "kernel.invalid");
    assert_eq!(bad["fields"].as_array().map(Vec::len), Some(3));

    let grants = json!({ "version": 1, "grants": [{ "role": "audit_admin", "scope": { "kind": "all" } }] });
    let path = format!("/api/users/{id}/grants");
    system.put(&path, grants.clone()).await.refused(403, "kernel.forbidden");
    let log = city
        .user("audit_admin", Reach::All)
        .await
        .get("/api/audit?action=kernel.forbidden")
        .await
        .ok();
    let tried = |n: usize| (log["items"][n]["subject"].as_str(), log["items"][n]["outcome"].as_str());
    assert_eq!(
        tried(0),
        (Some(format!("PUT {path}").as_str()), Some("refused")),
        "attempts are in the log, too"
    );
    assert_eq!(tried(1).0, Some("POST /api/users"));
    let given = security.put(&path, grants.clone()).await.ok();
    assert_eq!(given["grants"][0]["role"], "audit_admin");
    security.put(&path, grants).await.refused(409, "kernel.stale");
    let own = format!("/api/users/{}/grants", security.id);
    let more = json!({ "version": 1, "grants": [{ "role": "audit_admin", "scope": { "kind": "all" } }] });
    security.put(&own, more).await.refused(422, "kernel.invalid");
}

#[db_test]
async fn the_audit_chain_shows_what_was_tampered_with(store: Store) {
    let city = city(store).await;
    for n in 0..5 {
        let mut work = city.kernel.system_work().await.expect("begins");
        work.audit("test.done", n, json!({ "n": n })).await.expect("writes");
        work.commit().await.expect("commits");
    }
    events::number_and_seal(&city.kernel).await.expect("seals");
    let verdict = audit::verify(&city.kernel).await.expect("walks");
    assert!(
        verdict.ok && verdict.entries == 5 && verdict.unsealed == 0,
        "{verdict:?}"
    );

    for (tamper, bad) in [
        ("UPDATE kernel_audit SET detail = '{\"n\":9}' WHERE seq = 3", 3),
        ("DELETE FROM kernel_audit WHERE seq = 2", 2),
        ("DELETE FROM kernel_audit WHERE seq >= 2", 2),
    ] {
        let mut tx = city.kernel.db().begin().await.expect("begins");
        tx.run(tamper, vec![]).await.expect("tampers");
        tx.commit().await.expect("commits");
        let verdict = audit::verify(&city.kernel).await.expect("walks");
        assert_eq!((verdict.ok, verdict.first_bad), (false, Some(bad)), "{tamper}");
    }
}

#[db_test]
async fn work_that_is_dropped_leaves_nothing_and_its_number_is_given_again(store: Store) {
    let city = city(store).await;
    let mut work = city.kernel.system_work().await.expect("begins");
    assert_eq!(work.next_number("test").await.expect("counts"), 1);
    work.audit("test.never", 0, ()).await.expect("writes");
    drop(work);
    let mut work = city.kernel.system_work().await.expect("begins");
    assert_eq!(work.next_number("test").await.expect("counts"), 1);
    work.commit().await.expect("commits");
    events::number_and_seal(&city.kernel).await.expect("seals");
    assert_eq!(audit::verify(&city.kernel).await.expect("walks").entries, 0);
}

#[db_test]
async fn a_photo_is_seen_by_its_uploader_until_it_is_attached(store: Store) {
    let city = city(store).await;
    let owner = city.user("system_admin", Reach::All).await;
    let other = city.user("system_admin", Reach::All).await;
    let mut png = std::io::Cursor::new(Vec::new());
    let picture = image::DynamicImage::from(image::RgbImage::new(40, 30));
    picture.write_to(&mut png, image::ImageFormat::Png).expect("encodes");
    let id = Uuid::from_u128(9).to_string();
    let file: &[(&str, &str, &[u8])] = &[("file", "a.png", png.get_ref())];
    let kept = owner.upload("/api/files", &[("id", &id)], file).await.ok();
    assert_eq!(
        (kept["mime"].as_str(), kept["width"].as_i64()),
        (Some("image/jpeg"), Some(40))
    );
    assert_eq!(kept, owner.upload("/api/files", &[("id", &id)], file).await.ok());
    let path = format!("/api/files/{id}?size=thumb");
    assert_eq!(owner.get(&path).await.status, 200);
    other.get(&path).await.refused(404, "kernel.not_found");
    let text: &[(&str, &str, &[u8])] = &[("file", "a.png", b"#!/bin/sh")];
    owner
        .upload("/api/files", &[], text)
        .await
        .refused(415, "kernel.file_type");
    owner
        .upload("/api/files", &[("id", "x")], file)
        .await
        .refused(422, "kernel.invalid");
}

#[db_test]
async fn jobs_are_seen_and_can_be_nudged(store: Store) {
    let city = city(store).await;
    let admin = city.user("system_admin", Reach::All).await;
    let jobs = city.kernel.jobs();
    let sweep = jobs.iter().find(|it| it.name == "kernel.sweep").expect("there");
    assert!(kernel::jobs::run_if_due(&city.kernel, sweep).await.expect("runs"));
    assert!(!kernel::jobs::run_if_due(&city.kernel, sweep).await.expect("not yet"));
    let path = "/api/jobs/kernel.sweep/run";
    assert_eq!(admin.post(path, json!({})).await.status, 202);
    assert!(kernel::jobs::run_if_due(&city.kernel, sweep).await.expect("runs"));
    let list = admin.get("/api/jobs").await.ok();
    assert_eq!((list[0]["runs"].as_i64(), list[0]["error"].as_str()), (Some(2), None));
    admin
        .post("/api/jobs/no.such/run", json!({}))
        .await
        .refused(404, "kernel.not_found");
}

#[db_test]
async fn bad_requests_get_a_clear_answer(store: Store) {
    let city = city(store).await;
    let nobody = city.nobody();
    nobody.get("/api/no/such").await.refused(404, "kernel.no_route");
    nobody.delete("/api/meta").await.refused(405, "kernel.method");
    let missing = nobody
        .post("/api/session", json!({ "login": "x" }))
        .await
        .refused(422, "kernel.invalid");
    assert_eq!(missing["fields"][0]["field"], "password");
    let wrong = nobody
        .post("/api/session", json!({ "login": 5, "password": "x" }))
        .await
        .refused(422, "kernel.invalid");
    assert_eq!(wrong["fields"][0]["field"], "login");
    let reply = nobody
        .send(
            axum::http::Method::POST,
            "/api/session",
            Some("application/json"),
            b"{".to_vec(),
        )
        .await;
    reply.refused(400, "kernel.malformed");
    assert_eq!(nobody.get("/healthz").await.status, 200);
}
