//! One report, all six steps; and the ways aside.

use kernel::testing::{Store, db_test};
use serde_json::json;
use uuid::Uuid;

use super::{GRID, city, dispatched, go, id_of, people, report, standard_id, version};

#[db_test]
async fn a_report_goes_all_six_steps(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    let receipt = p.worker.post("/api/cases", report()).await.ok();
    assert_eq!(
        (receipt["number"].as_str(), receipt["state"].as_str()),
        (Some("2026-000001"), Some("reported"))
    );
    let case = id_of(&receipt);

    city.turn(5 * 60);
    go(&p.acceptor, &case, "accept", json!({})).await;
    go(&p.acceptor, &case, "send_verify", json!({ "user": p.worker.id })).await;
    go(&p.worker, &case, "verify", json!({ "truth": true, "note": "属实" })).await;
    go(&p.shift_lead, &case, "file", json!({ "standard": standard_id() })).await;
    go(&p.dispatcher, &case, "dispatch", json!({ "body": "D01" })).await;
    let desk = p.clerk.get(&format!("/api/cases/{case}")).await.ok();
    assert_eq!(desk["facts"]["light"], "green");
    // Two working days from Tuesday 10:05 in the district's zone.
    assert_eq!(desk["facts"]["due_at"], "2026-11-26T02:05:00.000Z");
    go(&p.clerk, &case, "receive", json!({})).await;
    go(&p.clerk, &case, "assign", json!({ "user": p.clerk.id })).await;
    city.turn(3600);
    go(&p.clerk, &case, "handle", json!({ "note": "已更换井盖" })).await;
    go(&p.acceptor, &case, "send_check", json!({})).await;
    go(&p.checker, &case, "check", json!({ "passed": true })).await;
    go(&p.shift_lead, &case, "close", json!({})).await;
    go(&p.acceptor, &case, "evaluate", json!({ "satisfaction": "satisfied" })).await;

    let desk = p.leader.get(&format!("/api/cases/{case}")).await.ok();
    let actions: Vec<_> = desk["timeline"]
        .as_array()
        .expect("entries")
        .iter()
        .map(|it| it["action"].as_str())
        .collect();
    let expected = [
        "report",
        "accept",
        "send_verify",
        "verify",
        "file",
        "dispatch",
        "receive",
        "assign",
        "handle",
        "send_check",
        "check",
        "close",
        "evaluate",
    ];
    assert_eq!(actions, expected.map(Some));
    let steps: Vec<_> = desk["facts"]["steps"]
        .as_array()
        .expect("steps")
        .iter()
        .map(|it| it["state"].as_str())
        .collect();
    assert_eq!(steps, [Some("done"); 6]);

    let figures = p.leader.get("/api/cases/figures?by=town").await.ok();
    let row = &figures["rows"][0];
    assert_eq!(
        (row["code"].as_str(), row["name"].as_str()),
        (Some("320999101"), Some("东镇"))
    );
    for (measure, n) in [
        ("reported", 1),
        ("accepted", 1),
        ("filed", 1),
        ("closed", 1),
        ("closed_on_time", 1),
        ("satisfied", 1),
    ] {
        assert_eq!(row[measure], n, "{measure}");
    }
    assert_eq!(
        (row["closing_rate"].as_f64(), row["on_time_rate"].as_f64()),
        (Some(1.0), Some(1.0))
    );
    let figures = p.leader.get("/api/cases/figures?by=body").await.ok();
    assert_eq!(
        (
            figures["rows"][0]["name"].as_str(),
            figures["rows"][0]["closing_rate"].as_f64()
        ),
        (Some("区城市管理局"), Some(1.0))
    );
}

#[db_test]
async fn the_same_report_or_move_sent_twice_is_one(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    let mut first = report();
    first["id"] = json!(Uuid::from_u128(1));
    let receipt = p.worker.post("/api/cases", first.clone()).await.ok();
    assert_eq!(receipt, p.worker.post("/api/cases", first.clone()).await.ok());
    first["description"] = json!("另一件事情");
    p.worker
        .post("/api/cases", first.clone())
        .await
        .refused(409, "kernel.id_taken");
    // A refused report leaves nothing: its id and its number can be used.
    first["id"] = json!(Uuid::from_u128(2));
    first["area"] = json!("999999");
    p.worker
        .post("/api/cases", first.clone())
        .await
        .refused(422, "kernel.invalid");
    first["area"] = json!(GRID);
    assert_eq!(p.worker.post("/api/cases", first).await.ok()["number"], "2026-000002");

    let case = id_of(&receipt);
    let path = format!("/api/cases/{case}/moves");
    let accept = json!({ "id": Uuid::from_u128(3), "version": 1, "action": "accept" });
    let done = p.acceptor.post(&path, accept.clone()).await.ok();
    assert_eq!(done, p.acceptor.post(&path, accept).await.ok());
    assert_eq!(version(&p.acceptor, &case).await, 2);
}

#[db_test]
async fn a_move_on_a_stale_case_is_told_what_has_changed(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    let case = id_of(&p.worker.post("/api/cases", report()).await.ok());
    go(&p.acceptor, &case, "accept", json!({})).await;
    let late = json!({ "version": 1, "action": "decline", "note": "重复" });
    let problem = p
        .acceptor
        .post(&format!("/api/cases/{case}/moves"), late)
        .await
        .refused(409, "kernel.stale");
    assert_eq!(
        (
            problem["extra"]["version"].as_i64(),
            problem["extra"]["changes"][0]["action"].as_str()
        ),
        (Some(2), Some("accept"))
    );
}

#[db_test]
async fn the_same_body_goes_on_with_its_limit_and_another_starts_anew(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    let case = dispatched(&p).await;
    city.turn(3600);
    go(&p.clerk, &case, "return", json!({ "note": "不属于本单位" })).await;
    p.clerk
        .get(&format!("/api/cases/{case}"))
        .await
        .refused(404, "kernel.not_found");
    city.turn(7 * 24 * 3600);
    go(&p.dispatcher, &case, "dispatch", json!({ "body": "D01" })).await;
    let due = |desk: &serde_json::Value| desk["facts"]["due_at"].as_str().map(str::to_owned);
    let desk = p.clerk.get(&format!("/api/cases/{case}")).await.ok();
    // An hour of the sixteen was used: fifteen remain from Tuesday 11:00.
    assert_eq!(due(&desk).as_deref(), Some("2026-12-03T02:00:00.000Z"));
    go(&p.clerk, &case, "return", json!({ "note": "不属于本单位" })).await;
    go(&p.dispatcher, &case, "dispatch", json!({ "body": "C01" })).await;
    let desk = p.water.get(&format!("/api/cases/{case}")).await.ok();
    assert_eq!(due(&desk).as_deref(), Some("2026-12-03T03:00:00.000Z"));
    assert_eq!(desk["facts"]["returns"], 2);

    city.turn(3 * 24 * 3600);
    let desk = p.water.get(&format!("/api/cases/{case}")).await.ok();
    assert_eq!(desk["facts"]["light"], "red");
    go(&p.water, &case, "receive", json!({})).await;
    go(&p.water, &case, "handle", json!({ "note": "修好" })).await;
    go(&p.acceptor, &case, "send_check", json!({})).await;
    go(&p.checker, &case, "check", json!({ "passed": false, "note": "没修好" })).await;
    let close = json!({ "version": version(&p.shift_lead, &case).await, "action": "close" });
    p.shift_lead
        .post(&format!("/api/cases/{case}/moves"), close)
        .await
        .refused(409, "cases.check_not_passed");
    go(&p.shift_lead, &case, "rework", json!({ "note": "重新处理" })).await;
    go(&p.water, &case, "receive", json!({})).await;
    go(&p.water, &case, "handle", json!({ "note": "再次修好" })).await;
    go(&p.acceptor, &case, "send_check", json!({})).await;
    go(&p.checker, &case, "check", json!({ "passed": true })).await;
    go(&p.shift_lead, &case, "close", json!({})).await;
    let figures = p.leader.get("/api/cases/figures?by=body").await.ok();
    let water = figures["rows"]
        .as_array()
        .expect("rows")
        .iter()
        .find(|it| it["code"] == "C01")
        .expect("the company");
    let measures = [
        ("dispatched", 1),
        ("handled", 2),
        ("reworked", 1),
        ("closed", 1),
        ("closed_on_time", 0),
    ];
    for (measure, n) in measures {
        assert_eq!(water[measure], n, "{measure}");
    }
}

#[db_test]
async fn a_contact_is_masked_and_each_look_is_recorded(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    let mut hotline = report();
    hotline["source"] = json!("hotline");
    hotline["contact"] = json!({ "name": "王小明", "phone": "13800001234" });
    let case = id_of(&p.acceptor.post("/api/cases", hotline).await.ok());
    let desk = p.acceptor.get(&format!("/api/cases/{case}")).await.ok();
    assert_eq!(
        desk["facts"]["contact"],
        json!({ "name": "王**", "phone": "138****1234" })
    );
    let path = format!("/api/cases/{case}/contact");
    p.acceptor
        .post(&path, json!({ "purpose": "" }))
        .await
        .refused(422, "kernel.invalid");
    p.dispatcher
        .post(&path, json!({ "purpose": "好奇" }))
        .await
        .refused(403, "kernel.forbidden");
    let shown = p.acceptor.post(&path, json!({ "purpose": "电话回访" })).await.ok();
    assert_eq!(shown, json!({ "name": "王小明", "phone": "13800001234" }));
    let auditor = city.user("audit_admin", kernel::auth::Reach::All).await;
    let log = auditor
        .get(&format!("/api/audit?subject={case}&action=cases.contact_shown"))
        .await
        .ok();
    let detail = log["items"][0]["detail"].as_str().expect("facts");
    assert!(
        detail.contains("电话回访") && !detail.contains("13800001234"),
        "{detail}"
    );
}

#[db_test]
async fn numbers_have_no_gaps_and_no_twins_under_load(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    let mut tasks = Vec::new();
    for n in 0..40 {
        let worker = p.worker.clone();
        let mut one = report();
        if n % 4 == 0 {
            one["area"] = json!("999999");
        }
        tasks.push(tokio::spawn(async move { worker.post("/api/cases", one).await }));
    }
    let mut numbers = Vec::new();
    for task in tasks {
        let reply = task.await.expect("runs");
        if reply.status == 200 {
            numbers.push(reply.ok()["number"].as_str().expect("a number").to_owned());
        }
    }
    numbers.sort();
    let expected: Vec<_> = (1..=30).map(|n| format!("2026-{n:06}")).collect();
    assert_eq!(numbers, expected);
}
