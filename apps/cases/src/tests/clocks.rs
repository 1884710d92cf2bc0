//! Time that is given, put off, taken out of the statistics; stages; who helps; which centre has a case.

use kernel::auth::Reach;
use kernel::testing::{Store, db_test};
use serde_json::json;

use super::{GRID, city, dispatched, go, id_of, people, report, standard_id, version};
use crate::catalogue::{self, Stage};
use crate::jobs;

/// The fixed moment at which a test's clock stands can lie anywhere in a week, so limits are compared, not dates.
#[db_test]
async fn more_time_is_given_twice_at_most_and_never_after_the_deadline(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    let case = dispatched(&p).await;
    go(&p.clerk, &case, "receive", json!({})).await;
    let path = format!("/api/cases/{case}");
    let due = async || {
        let desk = p.shift_lead.get(&path).await.ok();
        desk["facts"]["due_at"].as_str().expect("a deadline").to_owned()
    };
    let first = due().await;
    go(&p.clerk, &case, "ask_extension", json!({ "note": "等待材料" })).await;
    // It waits for the shift lead, in the inbox and on the desk.
    let inbox = p.shift_lead.get("/api/cases?inbox=true").await.ok();
    assert_eq!(inbox["items"][0]["asked"], "extension");
    let offered = p.shift_lead.get(&path).await.ok()["moves"].to_string();
    assert!(offered.contains("\"extend\"") && offered.contains("\"refuse\"") && !offered.contains("\"suspend\""));
    // One request at a time.
    let twice = json!({ "version": version(&p.clerk, &case).await, "action": "ask_suspension", "until": "2027-01-01T00:00:00Z", "note": "等" });
    p.clerk
        .post(&format!("{path}/moves"), twice)
        .await
        .refused(409, "cases.asked_before");
    go(&p.shift_lead, &case, "extend", json!({})).await;
    let second = due().await;
    assert!(second > first, "{second} after {first}");
    go(&p.clerk, &case, "ask_extension", json!({ "note": "仍缺材料" })).await;
    go(&p.shift_lead, &case, "extend", json!({})).await;
    let desk = p.clerk.get(&path).await.ok();
    assert_eq!(desk["facts"]["extensions"], 2);
    assert!(!desk["moves"].to_string().contains("ask_extension"));
    let third = json!({ "version": desk["facts"]["version"], "action": "ask_extension", "note": "再来" });
    p.clerk
        .post(&format!("{path}/moves"), third)
        .await
        .refused(409, "cases.extended_enough");

    let late = dispatched(&p).await;
    go(&p.clerk, &late, "receive", json!({})).await;
    go(&p.clerk, &late, "ask_extension", json!({ "note": "等待材料" })).await;
    city.turn(60 * 24 * 3600);
    let seen = version(&p.shift_lead, &late).await;
    let grant = json!({ "version": seen, "action": "extend" });
    p.shift_lead
        .post(&format!("/api/cases/{late}/moves"), grant)
        .await
        .refused(409, "cases.after_due");
    go(&p.shift_lead, &late, "refuse", json!({ "note": "已超期" })).await;
}

#[db_test]
async fn what_is_put_off_has_no_limit_and_goes_on_by_itself(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    let case = dispatched(&p).await;
    go(&p.clerk, &case, "receive", json!({})).await;
    let path = format!("/api/cases/{case}");
    let now = city.kernel.now();
    let in_days = |days: i64| json!(now.plus_seconds(days * 24 * 3600));
    let ask = |until: serde_json::Value, version: i64| json!({ "version": version, "action": "ask_suspension", "until": until, "note": "等待汛期结束" });
    let seen = version(&p.clerk, &case).await;
    for wrong in [in_days(-1), in_days(400)] {
        let problem = p.clerk.post(&format!("{path}/moves"), ask(wrong, seen)).await;
        assert_eq!(problem.refused(422, "kernel.invalid")["fields"][0]["field"], "until");
    }
    go(
        &p.clerk,
        &case,
        "ask_suspension",
        json!({ "until": in_days(30), "note": "等待汛期结束" }),
    )
    .await;
    go(&p.shift_lead, &case, "suspend", json!({})).await;
    let desk = p.clerk.get(&path).await.ok();
    assert_eq!(desk["facts"]["state"], "suspended");
    assert_eq!(desk["facts"]["due_at"], json!(null));
    let resumed = async || {
        let outcome = (jobs::RESUME.run)(city.kernel.clone()).await.expect("runs");
        (outcome, p.clerk.get(&path).await.ok()["facts"]["state"].clone())
    };
    assert_eq!(resumed().await, ("0 resumed".to_owned(), json!("suspended")));
    city.turn(31 * 24 * 3600);
    assert_eq!(resumed().await, ("1 resumed".to_owned(), json!("handling")));
    let desk = p.clerk.get(&path).await.ok();
    // What was left of the limit is still left.
    assert_eq!(desk["facts"]["light"], "green");
    let line = desk["timeline"]
        .as_array()
        .and_then(|it| it.last())
        .expect("an entry")
        .clone();
    assert_eq!(
        (&line["action"], &line["actor_name"]),
        (&json!("resume"), &json!("系统"))
    );
    assert!(!desk["moves"].to_string().contains("ask_suspension"), "once only");
}

#[db_test]
async fn a_granted_appeal_takes_a_case_out_of_the_rates_and_keeps_the_facts(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    let case = dispatched(&p).await;
    go(&p.clerk, &case, "receive", json!({})).await;
    city.turn(30 * 24 * 3600);
    go(&p.clerk, &case, "handle", json!({ "note": "已修复" })).await;
    go(&p.acceptor, &case, "send_check", json!({})).await;
    go(&p.checker, &case, "check", json!({ "passed": true })).await;
    go(&p.shift_lead, &case, "close", json!({})).await;
    let figures = async || p.leader.get("/api/cases/figures").await.ok()["total"].clone();
    assert_eq!(
        (
            figures().await["closed"].clone(),
            figures().await["closed_late"].clone()
        ),
        (json!(1), json!(1))
    );
    go(&p.clerk, &case, "appeal", json!({ "note": "道路被封，不能进入" })).await;
    go(&p.shift_lead, &case, "accept_appeal", json!({ "note": "情况属实" })).await;
    assert_eq!(
        (
            figures().await["closed"].clone(),
            figures().await["closed_late"].clone()
        ),
        (json!(1), json!(0))
    );
    let facts = p.leader.get(&format!("/api/cases/{case}")).await.ok()["facts"].clone();
    assert_eq!((&facts["late"], &facts["appealed"]), (&json!(true), &json!(true)));
    let list = p.leader.get("/api/cases?appealed=true").await.ok();
    assert_eq!(list["items"].as_array().map(Vec::len), Some(1));
}

#[db_test]
async fn several_limits_in_one_case_are_kept_one_after_the_other(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    let list = catalogue::catalogue(&city.kernel).expect("a list");
    let mut standard = list.standard(standard_id()).expect("the standard").clone();
    let stage = |name: &str, amount, unit: &str| Stage {
        name: name.to_owned(),
        name_en: None,
        amount,
        unit: unit.to_owned(),
    };
    standard.stages = vec![stage("现场防护", 2.0, "urgent_hour"), stage("修复", 2.0, "working_day")];
    let mut work = city.kernel.system_work().await.expect("begins");
    catalogue::insert_parts(&mut work, std::iter::once(&standard))
        .await
        .expect("adds the stages");
    work.commit().await.expect("commits");
    catalogue::reload(&city.kernel).await.expect("reloads");

    let case = dispatched(&p).await;
    go(&p.clerk, &case, "receive", json!({})).await;
    let path = format!("/api/cases/{case}");
    let desk = p.clerk.get(&path).await.ok();
    assert_eq!(desk["facts"]["stages"][0]["state"], "now");
    assert!(
        !desk["moves"].to_string().contains("\"handle\""),
        "not before the last stage"
    );
    let whole = json!({ "version": desk["facts"]["version"], "action": "handle", "note": "好了" });
    p.clerk
        .post(&format!("{path}/moves"), whole)
        .await
        .refused(409, "cases.stages_left");
    // Two hours are two hours, at night and on holidays too.
    city.turn(3 * 3600);
    assert_eq!(p.clerk.get(&path).await.ok()["facts"]["light"], "red");
    go(&p.clerk, &case, "finish_stage", json!({ "note": "已围挡" })).await;
    let facts = p.clerk.get(&path).await.ok()["facts"].clone();
    assert_eq!(
        (&facts["stages"][0]["state"], &facts["stages"][1]["state"]),
        (&json!("done"), &json!("now"))
    );
    assert_eq!(facts["light"], "green");
    go(&p.clerk, &case, "handle", json!({ "note": "已修复" })).await;
    // The stage that was missed stays missed.
    assert_eq!(p.clerk.get(&path).await.ok()["facts"]["late"], true);
}

#[db_test]
async fn a_body_that_helps_sees_the_case_and_reports_its_part(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    let case = dispatched(&p).await;
    let path = format!("/api/cases/{case}");
    p.water.get(&path).await.refused(404, "kernel.not_found");
    go(
        &p.dispatcher,
        &case,
        "call_in",
        json!({ "body": "C01", "note": "管线在旁" }),
    )
    .await;
    let desk = p.water.get(&path).await.ok();
    let moves: Vec<_> = desk["moves"]
        .as_array()
        .expect("moves")
        .iter()
        .map(|it| it["action"].clone())
        .collect();
    assert_eq!(moves, [json!("assist")], "its own part and nothing else");
    for query in ["helping=true", "inbox=true"] {
        let list = p.water.get(&format!("/api/cases?{query}")).await.ok();
        assert_eq!(list["items"].as_array().map(Vec::len), Some(1), "{query}");
    }
    let version = desk["facts"]["version"].clone();
    let again = json!({ "version": version, "action": "call_in", "body": "C01" });
    p.dispatcher
        .post(&format!("{path}/moves"), again)
        .await
        .refused(409, "cases.called_in_before");
    go(&p.water, &case, "assist", json!({ "note": "阀门已关" })).await;
    let facts = p.clerk.get(&path).await.ok()["facts"].clone();
    assert!(facts["helpers"][0]["done_at"].is_string());
    assert_eq!(p.water.get("/api/cases?helping=true").await.ok()["items"], json!([]));
}

#[db_test]
async fn each_centre_has_its_own_inbox(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    let town = city.user("acceptor", Reach::Area("320999101".into())).await;
    let case = id_of(&p.worker.post("/api/cases", report()).await.ok());
    let waiting = async |who: &kernel::testing::Client| {
        who.get("/api/cases?inbox=true").await.ok()["items"]
            .as_array()
            .map_or(0, Vec::len)
    };
    assert_eq!((waiting(&p.acceptor).await, waiting(&town).await), (1, 0));
    // What lies with the district is not the town's to accept, though it may look at it.
    let accept = json!({ "version": 1, "action": "accept" });
    let path = format!("/api/cases/{case}/moves");
    town.post(&path, accept).await.refused(404, "kernel.not_found");
    go(&p.acceptor, &case, "send_down", json!({})).await;
    assert_eq!((waiting(&p.acceptor).await, waiting(&town).await), (0, 1));
    let desk = town.get(&format!("/api/cases/{case}")).await.ok();
    assert_eq!(desk["facts"]["desk"]["code"], "320999101");
    go(&town, &case, "settle", json!({ "note": "现场清理完毕" })).await;
    assert_eq!(
        town.get(&format!("/api/cases/{case}")).await.ok()["facts"]["state"],
        "closed"
    );

    let other = id_of(&p.worker.post("/api/cases", report()).await.ok());
    go(&p.acceptor, &other, "send_down", json!({})).await;
    go(&town, &other, "send_up", json!({ "note": "需要区级单位" })).await;
    assert_eq!((waiting(&p.acceptor).await, waiting(&town).await), (1, 0));
    // A district can have reports begin below.
    let settings = p.shift_lead.get("/api/cases/settings").await.ok();
    let mut change = settings.clone();
    change["settings"]["first_level"] = json!("town");
    p.acceptor
        .put("/api/cases/settings", change.clone())
        .await
        .refused(403, "kernel.forbidden");
    p.shift_lead.put("/api/cases/settings", change.clone()).await.ok();
    p.shift_lead
        .put("/api/cases/settings", change)
        .await
        .refused(409, "kernel.stale");
    let below = id_of(&p.worker.post("/api/cases", report()).await.ok());
    assert_eq!(
        town.get(&format!("/api/cases/{below}")).await.ok()["facts"]["desk"]["code"],
        "320999101"
    );
}

#[db_test]
async fn a_closed_case_is_opened_again_by_its_reporter_for_some_days(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    let close = async || {
        let case = dispatched(&p).await;
        go(&p.clerk, &case, "receive", json!({})).await;
        go(&p.clerk, &case, "handle", json!({ "note": "已修复" })).await;
        go(&p.acceptor, &case, "send_check", json!({})).await;
        go(&p.checker, &case, "check", json!({ "passed": true })).await;
        go(&p.shift_lead, &case, "close", json!({})).await;
        case
    };
    let case = close().await;
    go(
        &p.acceptor,
        &case,
        "evaluate",
        json!({ "satisfaction": "dissatisfied", "reasons": ["not_solved"], "note": "还在漏" }),
    )
    .await;
    let list = p.shift_lead.get("/api/cases?satisfaction=dissatisfied").await.ok();
    assert_eq!(list["items"][0]["id"], json!(case));
    go(
        &p.shift_lead,
        &case,
        "review",
        json!({ "justified": true, "note": "情况属实" }),
    )
    .await;
    let total = async || p.leader.get("/api/cases/figures").await.ok()["total"].clone();
    assert_eq!(
        (total().await["closed"].clone(), total().await["rated"].clone()),
        (json!(1), json!(1))
    );
    go(&p.worker, &case, "reopen", json!({ "note": "还在漏水" })).await;
    let facts = p.worker.get(&format!("/api/cases/{case}")).await.ok()["facts"].clone();
    assert_eq!(
        (&facts["state"], &facts["reopened"], &facts["satisfaction"]),
        (&json!("accepted"), &json!(1), &json!(null))
    );
    let now = total().await;
    for measure in ["closed", "closed_on_time", "rated", "satisfied"] {
        assert_eq!(now[measure], 0, "{measure}");
    }
    let late = close().await;
    city.turn(8 * 24 * 3600);
    let seen = version(&p.worker, &late).await;
    let body = json!({ "version": seen, "action": "reopen", "note": "又坏了" });
    p.worker
        .post(&format!("/api/cases/{late}/moves"), body)
        .await
        .refused(409, "cases.reopen_too_late");
}

#[db_test]
async fn a_verification_goes_to_the_nearest_on_duty_and_can_be_handed_on_or_refused(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    let admin = city.user("grid_admin", Reach::All).await;
    let second = city.user_with(&[("worker", Reach::Area("320999101201".into()))]).await;
    for (who, kind) in [(&p.worker, "full_time"), (&second, "part_time")] {
        let post = json!({ "user": who.id, "area": GRID, "kind": kind });
        admin.post("/api/posts", post).await.ok();
    }
    let case = id_of(&p.worker.post("/api/cases", report()).await.ok());
    let path = format!("/api/cases/{case}");
    go(&p.acceptor, &case, "send_verify", json!({})).await;
    let verifier = async || p.acceptor.get(&path).await.ok()["facts"]["verifier"]["id"].clone();
    assert_eq!(
        verifier().await,
        json!(p.worker.id),
        "the full-time worker of the grid comes first"
    );
    go(
        &p.worker,
        &case,
        "hand_over",
        json!({ "user": second.id, "note": "在外培训" }),
    )
    .await;
    assert_eq!(verifier().await, json!(second.id));
    go(&second, &case, "refuse_task", json!({ "note": "不在辖区" })).await;
    let desk = p.acceptor.get(&path).await.ok();
    assert_eq!(
        (&desk["facts"]["state"], &desk["facts"]["verifier"]),
        (&json!("accepted"), &json!(null))
    );

    // Who is away is not sent.
    let roster = json!({ "version": 0, "roster": { "shifts": [], "absences": [{ "from": "2000-01-01", "to": "2099-12-31", "reason": "借调" }] } });
    p.acceptor
        .put(&format!("/api/duty/{}", p.worker.id), roster.clone())
        .await
        .refused(403, "kernel.forbidden");
    admin.put(&format!("/api/duty/{}", p.worker.id), roster).await.ok();
    go(&p.acceptor, &case, "send_verify", json!({})).await;
    assert_eq!(verifier().await, json!(second.id));
    let duty = admin.get("/api/duty?area=320999101201").await.ok();
    let now: Vec<_> = duty
        .as_array()
        .expect("people")
        .iter()
        .map(|it| it["now"].clone())
        .collect();
    assert_eq!(now.iter().filter(|it| **it == json!(true)).count(), 1);
}
