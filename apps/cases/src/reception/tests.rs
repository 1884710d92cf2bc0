//! The reception's promises, through HTTP, as the people concerned, on both databases.

use kernel::jobs::run_if_due;
use kernel::testing::{Client, Store, db_test};
use serde_json::{Value, json};

use crate::tests::{GRID, OTHER_GRID, city, go, id_of, people, report, standard_id, version};

async fn family(who: &Client, case: &str) -> Value {
    who.get(&format!("/api/cases/{case}/family")).await.ok()
}

fn hotline(text: &str) -> Value {
    json!({ "source": "hotline", "class": "2026.M01001", "description": text, "area": GRID })
}

#[db_test]
async fn near_open_cases_are_proposed_with_reasons_and_far_or_other_ones_are_not(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    let at = |lng: f64, class: &str, text: &str| json!({ "source": "hotline", "class": class, "description": text, "area": GRID, "point": { "lng": lng, "lat": 32.4 } });
    // Without shapes the area given is taken, the point stays.
    let first = id_of(
        &p.acceptor
            .post("/api/cases", at(119.5, "2026.M01001", "锦绣路井盖破损"))
            .await
            .ok(),
    );
    p.acceptor
        .post("/api/cases", at(119.52, "2026.M01001", "远处的井盖破损"))
        .await
        .ok();
    p.acceptor
        .post("/api/cases", at(119.5, "2026.M02001", "垃圾堆积"))
        .await
        .ok();
    city.turn(2 * 3600);
    let ask = "/api/cases/duplicates?class=2026.M01001&lng=119.5005&lat=32.4&text=井盖坏了";
    let found = p.acceptor.get(ask).await.ok();
    let found = found.as_array().expect("a list");
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0]["case"]["id"], first);
    let reasons: Vec<_> = found[0]["reasons"]
        .as_array()
        .expect("reasons")
        .iter()
        .filter_map(|it| it["zh"].as_str())
        .collect();
    assert_eq!(reasons, ["相距 47 米", "类别相同", "描述相近：井盖", "2 小时前上报"]);

    // A narrower rule for the class leaves it out; it is data, guarded by its version.
    let rule = json!({ "class": "2026.M01", "metres": 20.0, "hours": 24 });
    p.acceptor
        .put("/api/duplicate-rules", rule.clone())
        .await
        .refused(403, "kernel.forbidden");
    assert_eq!(
        p.shift_lead.put("/api/duplicate-rules", rule.clone()).await.ok()["version"],
        1
    );
    p.shift_lead
        .put("/api/duplicate-rules", rule)
        .await
        .refused(409, "kernel.stale");
    assert_eq!(p.acceptor.get(ask).await.ok(), json!([]));
    p.shift_lead
        .delete("/api/duplicate-rules/2026.M01?version=1")
        .await
        .ok();
    assert_eq!(p.acceptor.get(ask).await.ok().as_array().map(Vec::len), Some(1));

    // Who may not read the first case is not told of it; one that came to nothing is no case to be part of.
    let elsewhere = city.user("worker", kernel::auth::Reach::Area(OTHER_GRID.into())).await;
    assert_eq!(elsewhere.get(ask).await.ok(), json!([]));
    go(&p.acceptor, &first, "decline", json!({ "note": "不属实" })).await;
    assert_eq!(p.acceptor.get(ask).await.ok(), json!([]));
}

#[db_test]
async fn a_merged_report_is_counted_as_a_report_and_its_reporter_sees_the_main_case_to_its_end(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    let main = id_of(&p.acceptor.post("/api/cases", hotline("雨水井盖破损")).await.ok());
    let mut other = report();
    other["description"] = json!("井盖坏了");
    let twin = id_of(&p.worker.post("/api/cases", other).await.ok());
    let path = format!("/api/cases/{twin}/merge");
    let merge = |version: i64| json!({ "version": version, "into": main, "reason": "同一井盖" });
    p.worker.post(&path, merge(1)).await.refused(403, "kernel.forbidden");
    p.acceptor
        .post(&path, json!({ "version": 1, "into": twin }))
        .await
        .refused(409, "cases.not_mergeable");
    p.acceptor.post(&path, merge(7)).await.refused(409, "kernel.stale");
    assert_eq!(p.acceptor.post(&path, merge(1)).await.ok()["state"], "declined");

    // Undone while nothing else has happened, and done again.
    let undo = |version: i64| json!({ "version": version, "reason": "不是同一处" });
    assert_eq!(family(&p.acceptor, &twin).await["may_unmerge"], true);
    let back = p
        .acceptor
        .post(&format!("/api/cases/{twin}/unmerge"), undo(2))
        .await
        .ok();
    assert_eq!(back["state"], "reported");
    let desk = p.acceptor.get(&format!("/api/cases/{twin}")).await.ok();
    assert!(
        desk["facts"]["due_at"].is_string() && desk["facts"]["closed_at"].is_null(),
        "its clock runs again"
    );
    assert_eq!(
        p.leader.get("/api/cases/figures?by=town").await.ok()["rows"][0]["declined"],
        0
    );
    p.acceptor.post(&path, merge(3)).await.ok();

    // Both reports are reports, one of them is a case.
    let merged = family(&p.acceptor, &main).await;
    assert_eq!(merged["merged"][0]["id"], twin);
    go(&p.acceptor, &main, "accept", json!({})).await;
    go(&p.shift_lead, &main, "file", json!({ "standard": standard_id() })).await;
    go(&p.dispatcher, &main, "dispatch", json!({ "body": "D01" })).await;
    go(&p.clerk, &main, "receive", json!({})).await;
    city.turn(60);
    go(&p.clerk, &main, "handle", json!({ "note": "已换新井盖" })).await;
    go(&p.acceptor, &main, "send_check", json!({})).await;
    go(&p.checker, &main, "check", json!({ "passed": true })).await;
    go(&p.shift_lead, &main, "close", json!({})).await;
    let row = p.leader.get("/api/cases/figures?by=town").await.ok()["rows"][0].clone();
    for (measure, n) in [("reported", 2), ("declined", 1), ("filed", 1), ("closed", 1)] {
        assert_eq!(row[measure], n, "{measure}");
    }
    let seen = family(&p.worker, &twin).await;
    assert_eq!(seen["into"]["state"], "closed");
    let news = seen["into"]["news"].to_string();
    assert!(news.contains("已换新井盖") && news.contains("close"), "{news}");

    // A main case that lies elsewhere is told of, and cannot be opened.
    let mut far = hotline("西镇的井盖");
    far["area"] = json!(OTHER_GRID);
    let far = id_of(&p.acceptor.post("/api/cases", far).await.ok());
    let third = id_of(&p.worker.post("/api/cases", report()).await.ok());
    let into = json!({ "version": 1, "into": far });
    p.acceptor.post(&format!("/api/cases/{third}/merge"), into).await.ok();
    assert_eq!(family(&p.worker, &third).await["into"]["may_open"], false);
    p.worker
        .get(&format!("/api/cases/{far}"))
        .await
        .refused(404, "kernel.not_found");
    // After another remark the merge stands.
    go(&p.worker, &third, "note", json!({ "note": "补充" })).await;
    p.acceptor
        .post(&format!("/api/cases/{third}/unmerge"), undo(3))
        .await
        .refused(409, "cases.merge_fixed");
}

#[db_test]
async fn a_caller_is_found_again_by_number_and_shown_masked_only(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    let mut call = hotline("路灯不亮");
    call["contact"] = json!({ "name": "王小明", "phone": "138 0000 1234" });
    let case = id_of(&p.acceptor.post("/api/cases", call).await.ok());
    let again = json!({ "phone": "+86 138-0000-1234" });
    let known = p.acceptor.post("/api/hotline/caller", again.clone()).await.ok();
    assert_eq!(known["cases"][0]["id"], case);
    assert!(known["phone"].as_str().is_some_and(|it| it.contains("****")), "{known}");
    assert!(!known.to_string().contains("13800001234"), "{known}");
    let stranger = p
        .acceptor
        .post("/api/hotline/caller", json!({ "phone": "13800001235" }))
        .await
        .ok();
    assert_eq!(stranger["cases"], json!([]));
    p.acceptor
        .post("/api/hotline/caller", json!({ "phone": "138" }))
        .await
        .refused(422, "kernel.invalid");
    p.worker
        .post("/api/hotline/caller", again)
        .await
        .refused(403, "kernel.forbidden");

    // Who does not want to be named leaves nothing.
    let mut call = hotline("有人乱倒垃圾");
    call["anonymous"] = json!(true);
    call["contact"] = json!({ "phone": "13800009999" });
    p.acceptor
        .post("/api/cases", call.clone())
        .await
        .refused(422, "kernel.invalid");
    call.as_object_mut().expect("an object").remove("contact");
    let case = id_of(&p.acceptor.post("/api/cases", call.clone()).await.ok());
    assert_eq!(family(&p.acceptor, &case).await["anonymous"], true);
    call["source"] = json!("worker");
    p.worker.post("/api/cases", call).await.refused(422, "kernel.invalid");
}

#[db_test]
async fn where_no_reports_are_taken_needs_four_eyes_and_safety_is_taken_all_the_same(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    let now = city.kernel.now();
    let stop = json!({
        "area": "320999101", "from": now, "to": now.plus_seconds(7200), "event": "龙舟赛",
        "reason": "由现场指挥部统一受理", "reason_en": "The command on site takes all reports",
    });
    p.worker
        .post("/api/controls", stop.clone())
        .await
        .refused(403, "kernel.forbidden");
    let id = id_of(&p.dispatcher.post("/api/controls", stop.clone()).await.ok());
    let decide = format!("/api/controls/{id}/decision");
    let yes = json!({ "version": 1, "approved": true });
    p.shift_lead
        .post(&decide, yes.clone())
        .await
        .refused(403, "kernel.forbidden");
    // Asked for is not in force.
    p.worker.post("/api/cases", report()).await.ok();
    p.leader.post(&decide, yes.clone()).await.ok();
    p.leader
        .post(&decide, json!({ "version": 2, "approved": false, "note": "改变主意" }))
        .await
        .refused(409, "cases.control_decided");

    let problem = p
        .worker
        .post("/api/cases", report())
        .await
        .refused(409, "cases.controlled");
    let text = problem["detail"].as_str().expect("a text");
    assert!(
        text.contains("龙舟赛") && text.contains("The command on site takes all reports"),
        "{text}"
    );
    // Elsewhere, by telephone, and when safety is at stake reports are taken.
    let mut elsewhere = report();
    elsewhere["area"] = json!(OTHER_GRID);
    p.acceptor.post("/api/cases", elsewhere).await.ok();
    let called = id_of(&p.acceptor.post("/api/cases", hotline("井盖没了")).await.ok());
    assert_eq!(family(&p.acceptor, &called).await["control"], "龙舟赛");
    let urgent = crate::catalogue::Standard {
        id: crate::model::StandardId(uuid::Uuid::from_u128(0x5e)),
        code: "2026.M0100102".to_owned(),
        unit: "urgent_hour".to_owned(),
        ..crate::catalogue::catalogue(&city.kernel)
            .expect("is there")
            .standard(standard_id())
            .expect("is there")
            .clone()
    };
    let mut work = city.kernel.system_work().await.expect("begins");
    crate::catalogue::save_standard(&mut work, &urgent)
        .await
        .expect("saves");
    work.commit().await.expect("commits");
    crate::catalogue::reload(&city.kernel).await.expect("reloads");
    p.worker.post("/api/cases", report()).await.ok();
    let here = p.worker.get(&format!("/api/controls/here?area={GRID}")).await.ok();
    assert_eq!(here[0]["event"], "龙舟赛");

    // Taken back, and over by itself.
    let why = json!({ "version": 2, "note": "提前结束" });
    p.dispatcher
        .post(&format!("/api/controls/{id}/revocation"), why)
        .await
        .ok();
    assert_eq!(
        p.worker.get(&format!("/api/controls/here?area={GRID}")).await.ok(),
        json!([])
    );
    assert_eq!(
        p.leader.get("/api/controls?state=revoked").await.ok()["items"][0]["note"],
        "提前结束"
    );
    // Whoever asks cannot approve it, also with both permissions.
    let mut own = stop;
    own["from"] = json!(city.kernel.now());
    let id = id_of(&p.leader.post("/api/controls", own).await.ok());
    p.leader
        .post(&format!("/api/controls/{id}/decision"), yes)
        .await
        .refused(409, "cases.four_eyes");
}

#[db_test]
async fn the_district_learns_from_its_own_filed_cases_and_says_how_well(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    let job = |name: &'static str| {
        city.kernel
            .jobs()
            .into_iter()
            .find(|it| it.name == name)
            .expect("there is such a job")
    };
    let ask = json!({ "description": "路口雨水井盖翘起", "area": GRID });
    assert_eq!(
        p.worker.post("/api/cases/suggest-class", ask.clone()).await.ok(),
        json!([])
    );
    let mut work = city.kernel.system_work().await.expect("begins");
    for n in 0..240_i64 {
        let (class, text) = match n % 3 {
            0 => ("2026.M02001", "垃圾堆积没人清理"),
            _ => ("2026.M01001", "雨水井盖破损"),
        };
        let at = city.kernel.now().plus_seconds(n - 1000);
        let mut case = crate::model::Case::reported(
            city.kernel.id(),
            crate::model::Source::Worker,
            format!("{text}{n}"),
            GRID.to_owned(),
            at,
        );
        case.number = format!("2025-{n:06}");
        case.class = Some(class.to_owned());
        case.filed_at = Some(at);
        case.place = Some(format!("锦绣路 {} 号", n % 20));
        case.state = crate::model::State::Closed;
        case.closed_at = Some(at);
        crate::store::insert_case(&mut work, &case, None)
            .await
            .expect("inserts");
    }
    work.commit().await.expect("commits");
    assert!(
        run_if_due(&city.kernel, &job("cases.class_suggestion"))
            .await
            .expect("runs")
    );
    let guesses = p.worker.post("/api/cases/suggest-class", ask).await.ok();
    assert_eq!(guesses[0]["class"]["code"], "2026.M01001");
    assert!(
        guesses[0]["reasons"]
            .as_array()
            .expect("reasons")
            .iter()
            .any(|it| it["text"] == "井盖"),
        "{guesses}"
    );
    let trainings = p.leader.get("/api/cases/class-trainings").await.ok();
    let (held, top1) = (trainings[0]["held_out"].as_i64(), trainings[0]["top1"].as_i64());
    assert!(held > Some(10) && top1 == held, "{trainings}");
    assert!(trainings[0]["baseline"].as_i64() < top1, "{trainings}");
    // Nothing new: nothing is trained.
    city.turn(3600);
    run_if_due(&city.kernel, &job("cases.class_suggestion"))
        .await
        .expect("runs");
    assert_eq!(
        p.leader
            .get("/api/cases/class-trainings")
            .await
            .ok()
            .as_array()
            .map(Vec::len),
        Some(1)
    );

    // Places of the same cases, and areas by name, path and code.
    run_if_due(&city.kernel, &job("cases.places")).await.expect("runs");
    let found = |text: &'static str| {
        let worker = p.worker.clone();
        async move { worker.get(&format!("/api/cases/places?text={text}")).await.ok() }
    };
    let places = found("锦绣路%207").await;
    assert_eq!(
        (places[0]["name"].as_str(), places[0]["uses"].as_i64()),
        (Some("锦绣路 7 号"), Some(12))
    );
    let said = found("就在锦绣路%2013%20号门口有个坑").await;
    assert_eq!(said[0]["name"], "锦绣路 13 号");
    for text in ["东村", "320999101201", "东镇东村第一网格"] {
        let code = found(text).await[0]["area"]["code"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        assert!(code.starts_with("320999101201"), "{text}: {code}");
    }
    let elsewhere = city.user("worker", kernel::auth::Reach::Area(OTHER_GRID.into())).await;
    assert_eq!(elsewhere.get("/api/cases/places?text=锦绣路").await.ok(), json!([]));
    assert_eq!(
        version(&p.acceptor, &id_of(&p.worker.post("/api/cases", report()).await.ok())).await,
        1
    );
}
