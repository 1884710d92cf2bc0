//! The promises of the list's desk, through HTTP, on both databases.

use kernel::auth::Reach;
use kernel::testing::{Client, Store, TestCity, db_test};
use serde_json::{Value, json};

use crate::tests::{GRID, city, dispatched, go, id_of, people, report};

/// The one standard of the test city.
const STANDARD: &str = "00000000-0000-0000-0000-00000000005d";

async fn standards(who: &Client, query: &str) -> Vec<Value> {
    who.get(&format!("/api/standards?all=true&limit=200&{query}"))
        .await
        .ok()["items"]
        .as_array()
        .expect("items")
        .clone()
}

async fn lead(city: &TestCity) -> Client {
    city.user("shift_lead", Reach::All).await
}

/// The standard as it is, to be changed.
fn change(it: &Value) -> Value {
    json!({
        "version": it["version"], "condition": it["condition"],
        "limit": { "amount": it["limit"]["amount"], "unit": it["limit"]["unit"] }, "body": "D01",
    })
}

#[db_test]
async fn a_standard_has_limits_by_class_of_area_and_stages(store: Store) {
    let city = city(store).await;
    let lead = lead(&city).await;
    let path = format!("/api/standards/{STANDARD}");
    let mut new = change(&standards(&lead, "").await[0]);
    new["area_limits"] = json!([{ "area_class": 1, "amount": 4.0, "unit": "working_hour" }]);
    new["stages"] = json!([
        { "name": "现场防护", "name_en": "Made safe", "amount": 2.0, "unit": "urgent_hour" },
        { "name": "修复", "name_en": null, "amount": 2.0, "unit": "working_day" },
    ]);
    let now = lead.put(&path, new.clone()).await.ok();
    assert_eq!(
        (&now["area_limits"], &now["stages"]),
        (&new["area_limits"], &new["stages"])
    );
    // Not said, they stay; the class of the place says which limit counts.
    let again = lead.put(&path, change(&now)).await.ok();
    assert_eq!((&again["stages"], again["version"].as_i64()), (&new["stages"], Some(2)));
    let admin = city.user("grid_admin", Reach::All).await;
    let town = json!({ "version": 1, "name": "东镇", "area_class": 1 });
    assert_eq!(
        admin.put("/api/areas/320999101", town.clone()).await.ok()["area_class"],
        1
    );
    assert_eq!(
        admin.get(&format!("/api/areas/{GRID}")).await.ok()["area_class_in_force"],
        1
    );
    let mut odd = town;
    (odd["version"], odd["area_class"]) = (json!(2), json!(12));
    admin
        .put("/api/areas/320999101", odd)
        .await
        .refused(422, "kernel.invalid");
    let known = crate::catalogue::catalogue(&city.kernel).expect("is there");
    let standard = known.standard_by_code("2026.M0100101").expect("is there").clone();
    let atlas = grid::api::atlas(&city.kernel).expect("is there");
    let words = |area: &str| standard.limit_for(atlas.area_class(area)).map(|it| it.en());
    assert_eq!(words(GRID).as_deref(), Some("4 working hours"));
    assert_eq!(words("320999102201001").as_deref(), Some("2 working days"));
    for (field, bad) in [
        (
            "area_limits",
            json!([{ "area_class": 0, "amount": 4.0, "unit": "working_hour" }]),
        ),
        ("area_limits", json!([new["area_limits"][0], new["area_limits"][0]])),
        (
            "stages",
            json!([{ "name": "修复", "name_en": null, "amount": 0.0, "unit": "day" }]),
        ),
    ] {
        let mut wrong = change(&now);
        wrong[field] = bad;
        let problem = lead.put(&path, wrong).await.refused(422, "kernel.invalid");
        assert_eq!(problem["fields"][0]["field"], field);
    }
}

#[db_test]
async fn a_list_with_limits_by_class_of_area_is_taken_whole(store: Store) {
    let city = city(store).await;
    let lead = lead(&city).await;
    let text = "种类,小类代码,立案条件,处置时限,,责任主体\n,,,一类区域,二类区域,\n事件,01001,井盖缺失或破损,4工作时,2工作日,区城市管理局\n";
    let fields = [("edition", "2026")];
    let file = [("file", "a.csv", text.as_bytes())];
    let seen = lead
        .upload("/api/cases/standards/import/preview", &fields, &file)
        .await
        .ok();
    let id = seen["id"].as_str().expect("an id");
    let commit = format!("/api/cases/standards/import/{id}/commit");
    lead.post(&commit, json!({ "end_gone": false })).await.ok();
    let today = lead.get("/api/standards").await.ok();
    let limits = json!([
        { "area_class": 1, "amount": 4.0, "unit": "working_hour" },
        { "area_class": 2, "amount": 2.0, "unit": "working_day" },
    ]);
    assert_eq!(today["items"][0]["area_limits"], limits);
    let id = today["items"][0]["id"].as_str().expect("an id").to_owned();
    let history = lead.get(&format!("/api/standards/{id}/history")).await.ok();
    assert_eq!(history[0]["what"], "imported");
}

#[db_test]
async fn standards_move_to_the_other_edition_and_the_old_ones_end_the_day_before(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    let lead = lead(&city).await;
    let case = dispatched(&p).await;
    let to = json!({ "class": "2026.M01001", "to": "2013.M0102", "from": "2026-12-01" });
    let moved = lead.post("/api/standards/move", to.clone()).await.ok();
    assert_eq!(moved, json!([{ "old": "2026.M0100101", "new": "2013.M010201" }]));
    let all = standards(&lead, "").await;
    let days = |it: &Value| (it["code"].clone(), it["valid_from"].clone(), it["valid_to"].clone());
    assert_eq!(
        all.iter().map(days).collect::<Vec<_>>(),
        [
            (json!("2013.M010201"), json!("2026-12-01"), Value::Null),
            (json!("2026.M0100101"), Value::Null, json!("2026-11-30")),
        ]
    );
    // The case keeps what it was filed under, and what was moved is told by both.
    let desk = p.clerk.get(&format!("/api/cases/{case}")).await.ok();
    assert_eq!(desk["facts"]["standard"]["code"], "2026.M0100101", "{}", desk["facts"]);
    let history = lead.get(&format!("/api/standards/{STANDARD}/history")).await.ok();
    assert_eq!(
        (&history[0]["what"], &history[0]["terms"][0]["field"]),
        (&json!("moved"), &json!("valid_to"))
    );
    // Nothing is in force on that day any more, and it is no place to move to itself.
    lead.post("/api/standards/move", to.clone())
        .await
        .refused(422, "kernel.invalid");
    let mut same = to.clone();
    same["to"] = json!("2026.M01001");
    lead.post("/api/standards/move", same)
        .await
        .refused(422, "kernel.invalid");
    p.leader
        .post("/api/standards/move", to)
        .await
        .refused(403, "kernel.forbidden");
    // Between the two days one has taken the place of the other.
    let path = "/api/standards/compare?from=2026-11-30&to=2026-12-01";
    let now = p.worker.get(path).await.ok();
    assert_eq!(now["rows"].as_array().map(Vec::len), Some(2), "{now}");
    let two = json!({ "to": "2026.M01001" });
    lead.put("/api/crosswalk/2013.M0102", two).await.ok();
    let now = p.worker.get(path).await.ok();
    assert_eq!(
        (&now["changed"], &now["added"], &now["ended"], &now["rows"][0]["before"]),
        (&json!(1), &json!(0), &json!(0), &json!("2026.M0100101"))
    );
    p.worker
        .get("/api/standards/compare?from=2026-11-30&to=soon")
        .await
        .refused(422, "kernel.invalid");
}

#[db_test]
async fn the_crosswalk_proposes_and_a_person_corrects(store: Store) {
    let city = city(store).await;
    let lead = lead(&city).await;
    let row = async |code: &str| {
        let found = lead.get(&format!("/api/crosswalk?text={code}")).await.ok();
        found["rows"]
            .as_array()
            .expect("rows")
            .iter()
            .find(|it| it["from"]["code"] == code)
            .expect("a row")
            .clone()
    };
    let by_rule = row("2013.M0103").await;
    assert_eq!(
        (&by_rule["to"]["code"], &by_rule["mark"], &by_rule["in_house"]),
        (&json!("2026.M06003"), &json!("T"), &json!(false))
    );
    assert_eq!(row("2013.M0501").await["mark"], "M");
    let mine = json!({ "to": "2026.M06001", "note": "名称相同" });
    let set = lead.put("/api/crosswalk/2013.M0103", mine.clone()).await.ok();
    assert_eq!(
        (&set["to"]["code"], &set["corrected"], &set["note"]),
        (&json!("2026.M06001"), &json!(true), &json!("名称相同"))
    );
    let none = lead.put("/api/crosswalk/2013.M0103", json!({ "to": null })).await.ok();
    assert_eq!(
        (&none["to"], &none["proposed"]["code"]),
        (&Value::Null, &json!("2026.M06003"))
    );
    let back = lead.delete("/api/crosswalk/2013.M0103").await.ok();
    assert_eq!(
        (&back["to"]["code"], &back["corrected"]),
        (&json!("2026.M06003"), &json!(false))
    );
    lead.delete("/api/crosswalk/2013.M0103")
        .await
        .refused(404, "kernel.not_found");
    lead.put("/api/crosswalk/2026.M06001", mine)
        .await
        .refused(404, "kernel.not_found");
    lead.put("/api/crosswalk/2013.M0103", json!({ "to": "2026.M99999" }))
        .await
        .refused(422, "kernel.invalid");
    // Component and matter majors of the same number are two.
    let editions = lead.get("/api/editions").await.ok();
    let of_2026 = editions
        .as_array()
        .expect("editions")
        .iter()
        .find(|it| it["code"] == "2026")
        .expect("2026")
        .clone();
    let prefixes: Vec<&str> = of_2026["majors"]
        .as_array()
        .expect("majors")
        .iter()
        .filter_map(|it| it["prefix"].as_str())
        .collect();
    assert!(
        prefixes.contains(&"2026.C01") && prefixes.contains(&"2026.M01"),
        "{prefixes:?}"
    );
    assert_eq!((&of_2026["classes"], &of_2026["standards"]), (&json!(403), &json!(1)));
}

fn proposal() -> Value {
    json!({
        "reason": "近期多次上报，清单里没有",
        "terms": { "class": "2026.M06001", "condition": "共享单车堆放", "condition_en": null, "closing": "摆放整齐",
            "amount": 4.0, "unit": "working_hour", "body": "D01", "level": null, "valid_from": "2026-11-01" },
    })
}

#[db_test]
async fn a_new_item_is_proposed_reviewed_and_approved_by_three_people(store: Store) {
    const PATH: &str = "/api/standards/proposals";
    let city = city(store).await;
    let p = people(&city).await;
    let made = p.clerk.post(PATH, proposal()).await.ok();
    let moves = format!("{PATH}/{}/moves", made["id"].as_str().expect("an id"));
    let step = |version: i64, action: &str| json!({ "version": version, "action": action });
    let open = |it: &Value| -> Vec<String> {
        it["moves"]
            .as_array()
            .expect("moves")
            .iter()
            .filter_map(|it| it["action"].as_str().map(str::to_owned))
            .collect()
    };
    assert_eq!(open(&made), ["withdraw"]);
    // Another body's clerk does not see it, a worker may not propose, a leader does not come before the review.
    assert_eq!(p.water.get(PATH).await.ok()["items"], json!([]));
    p.water
        .post(&moves, step(1, "withdraw"))
        .await
        .refused(404, "kernel.not_found");
    p.worker.post(PATH, proposal()).await.refused(403, "kernel.forbidden");
    p.leader
        .post(&moves, step(1, "approve"))
        .await
        .refused(409, "cases.move_not_open");
    p.leader
        .post(&moves, step(1, "review"))
        .await
        .refused(403, "kernel.forbidden");
    let reviewed = p.shift_lead.post(&moves, step(1, "review")).await.ok();
    assert_eq!((&reviewed["state"], open(&reviewed).len()), (&json!("reviewed"), 0));
    p.leader
        .post(&moves, step(1, "approve"))
        .await
        .refused(409, "kernel.stale");
    p.leader
        .post(&moves, step(2, "refuse"))
        .await
        .refused(422, "kernel.invalid");
    let both = city
        .user_with(&[
            ("shift_lead", Reach::All),
            ("leader", Reach::All),
            ("dispatcher", Reach::All),
        ])
        .await;
    let approved = p.leader.post(&moves, step(2, "approve")).await.ok();
    assert_eq!(
        (&approved["state"], &approved["standard"]),
        (&json!("approved"), &json!("2026.M0600101"))
    );
    let seen = p.clerk.get(PATH).await.ok()["items"][0].clone();
    assert_eq!((&seen["standard"], open(&seen).len()), (&json!("2026.M0600101"), 0));
    let made = standards(&p.clerk, "class=2026.M06001").await;
    assert_eq!(
        (&made[0]["condition"], &made[0]["valid_from"]),
        (&json!("共享单车堆放"), &json!("2026-11-24")),
        "not from a day that is past"
    );
    // One person cannot do two of the three steps.
    let own = both.post(PATH, proposal()).await.ok();
    let path = format!("{PATH}/{}/moves", own["id"].as_str().expect("an id"));
    both.post(&path, step(1, "review"))
        .await
        .refused(409, "cases.proposal_others");
    let other = city
        .user_with(&[("shift_lead", Reach::All), ("leader", Reach::All)])
        .await;
    other.post(&path, step(1, "review")).await.ok();
    other
        .post(&path, step(2, "approve"))
        .await
        .refused(409, "cases.proposal_others");
    // Refused with a reason, which the applicant sees.
    let no = json!({ "version": 2, "action": "refuse", "note": "已有同类标准" });
    p.leader.post(&path, no).await.ok();
    let seen = both.get(&format!("{PATH}?state=refused")).await.ok();
    assert_eq!(seen["items"][0]["decision_note"], "已有同类标准");
    both.get(&format!("{PATH}?state=lost"))
        .await
        .refused(422, "kernel.invalid");
    let mut wrong = proposal();
    wrong["terms"]["class"] = json!("2026.M99999");
    p.clerk.post(PATH, wrong).await.refused(422, "kernel.invalid");
}

#[test]
fn the_table_of_moves_says_what_a_proposal_becomes() {
    use super::proposal::{FLOW, ProposalAction, ProposalState};
    for state in ProposalState::ALL {
        let waits = matches!(state, ProposalState::Proposed | ProposalState::Reviewed);
        for action in ProposalAction::ALL {
            let expected = match (state, action) {
                (ProposalState::Proposed, ProposalAction::Review) => Some(ProposalState::Reviewed),
                (ProposalState::Reviewed, ProposalAction::Approve) => Some(ProposalState::Approved),
                (_, ProposalAction::Refuse) if waits => Some(ProposalState::Refused),
                (_, ProposalAction::Withdraw) if waits => Some(ProposalState::Withdrawn),
                _ => None,
            };
            assert_eq!(
                FLOW.find(*state, *action).and_then(|it| it.to),
                expected,
                "{state} {action}"
            );
        }
    }
}

#[db_test]
async fn what_is_missing_or_contradicts_itself_is_found(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    let lead = lead(&city).await;
    let found = async |kind: &str| {
        let all = lead.get("/api/standards/findings").await.ok();
        let of: Vec<Value> = all["items"]
            .as_array()
            .expect("items")
            .iter()
            .filter(|it| it["kind"] == kind)
            .cloned()
            .collect();
        of
    };
    assert_eq!(found("no_body").await, Vec::<Value>::new());
    assert_eq!(found("nobody_on_duty").await, Vec::<Value>::new(), "D01 has a clerk");
    assert_eq!(found("no_standard").await.len(), 100, "the first of 249 matters");
    // Beside it a twin that is in force at the same time, with a limit beyond reason and of the place's village.
    let limit = json!({ "amount": 9000, "unit": "working_day" });
    let twin = json!({ "class": "2026.M01001", "condition": "井盖缺失或破损", "limit": limit, "level": "village" });
    let twin = lead.post("/api/standards", twin).await.ok();
    assert_eq!(found("overlap").await[0]["subject"]["code"], "2026.M0100102");
    assert_eq!(found("odd_limit").await[0]["detail_en"], "Longer than a year");
    assert_eq!(
        found("no_local_body").await.len(),
        2,
        "two villages without a committee"
    );
    // The first one ends, days before the twin begins: a gap; and a case under it is told of.
    let case = dispatched(&p).await;
    let mut end = change(&standards(&lead, "").await[0]);
    (end["valid_from"], end["valid_to"]) = (json!("2026-01-01"), json!("2026-11-20"));
    lead.put(&format!("/api/standards/{STANDARD}"), end).await.ok();
    let mut begin = change(&twin);
    (begin["valid_from"], begin["body"]) = (json!("2026-12-01"), json!("C01"));
    lead.put(
        &format!("/api/standards/{}", twin["id"].as_str().expect("an id")),
        begin,
    )
    .await
    .ok();
    assert_eq!(found("overlap").await, Vec::<Value>::new());
    assert_eq!(found("gap").await[0]["subject"]["code"], "2026.M0100102");
    assert_eq!(found("used_but_ended").await[0]["standard"], STANDARD, "{case}");
    // A body that takes no work any more, and one that nobody works for.
    let admin = city.user("grid_admin", Reach::All).await;
    let closed = json!({ "version": 1, "name": "江源水务有限公司", "active": false });
    admin.put("/api/bodies/C01", closed).await.ok();
    assert_eq!(found("no_body").await[0]["subject"]["code"], "2026.M0100102");
    p.worker
        .get("/api/standards/findings")
        .await
        .refused(403, "kernel.forbidden");
}

#[db_test]
async fn the_districts_own_days_move_deadlines_only_when_somebody_says_so(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    let lead = lead(&city).await;
    let case = dispatched(&p).await;
    let due = async || p.clerk.get(&format!("/api/cases/{case}")).await.ok()["facts"]["due_at"].clone();
    let before = due().await;
    // The two days after dispatch are holidays of the district; first only tried.
    let mut days =
        json!({ "from": "2026-11-25", "to": "2026-11-26", "working": false, "name": "区运动会", "only_try": true });
    let tried = lead.put("/api/calendar/days", days.clone()).await.ok();
    assert_eq!(tried, json!({ "running": 1, "differ": 1, "saved": false }));
    let year = lead.get("/api/calendar?year=2026").await.ok();
    assert!(
        !year.to_string().contains("区运动会") && year["covered"] == true,
        "{year}"
    );
    days["only_try"] = json!(false);
    assert_eq!(lead.put("/api/calendar/days", days).await.ok()["differ"], 1);
    let after = lead.get("/api/calendar?year=2026").await.ok();
    assert_eq!(
        after["working_days"].as_i64(),
        year["working_days"].as_i64().map(|it| it - 2)
    );
    assert_eq!(due().await, before, "an open case keeps its deadline");
    assert_eq!(lead.get("/api/calendar/recomputation").await.ok()["differ"], 1);
    let done = lead.post("/api/calendar/recomputation", json!({})).await.ok();
    assert_eq!(done, json!({ "running": 1, "differ": 1, "saved": true }));
    assert_ne!(due().await, before);
    assert_eq!(
        lead.post("/api/calendar/recomputation", json!({})).await.ok()["differ"],
        0
    );
    // Taken away and worked out again, it is as it was.
    let gone = json!({ "from": "2026-11-25", "to": "2026-11-26" });
    lead.put("/api/calendar/days", gone).await.ok();
    lead.post("/api/calendar/recomputation", json!({})).await.ok();
    assert_eq!(due().await, before);
    let changes = lead.get("/api/calendar/changes").await.ok();
    assert_eq!(
        (
            &changes[0]["what"],
            &changes[1]["after"][0]["name"],
            changes.as_array().map(Vec::len)
        ),
        (&json!("removed"), &json!("区运动会"), Some(2))
    );
    // Hours and days of the week.
    let hours = json!({ "hours": ["09:00-17:00"], "weekdays": [1, 2, 3, 4, 5, 6] });
    lead.put("/api/calendar/hours", hours).await.ok();
    let now = lead.get("/api/calendar").await.ok();
    assert_eq!(
        (&now["hours"], &now["weekdays"]),
        (&json!(["09:00-17:00"]), &json!([1, 2, 3, 4, 5, 6]))
    );
    for bad in [
        json!({ "hours": [], "weekdays": [1] }),
        json!({ "hours": ["9-5"], "weekdays": [1] }),
        json!({ "hours": ["09:00-17:00"], "weekdays": [8] }),
    ] {
        lead.put("/api/calendar/hours", bad)
            .await
            .refused(422, "kernel.invalid");
    }
    for (from, to) in [
        ("2026-11-26", "2026-11-25"),
        ("2026-01-01", "2026-12-31"),
        ("soon", "2026-01-01"),
    ] {
        let bad = json!({ "from": from, "to": to, "working": false, "name": "假" });
        lead.put("/api/calendar/days", bad).await.refused(422, "kernel.invalid");
    }
    p.worker
        .put(
            "/api/calendar/days",
            json!({ "from": "2026-11-26", "to": "2026-11-26" }),
        )
        .await
        .refused(403, "kernel.forbidden");
}

#[db_test]
async fn a_missing_year_is_warned_of_until_somebody_says_that_it_is_there(store: Store) {
    let city = city(store).await;
    let lead = lead(&city).await;
    let missing = async || lead.get("/api/calendar").await.ok()["missing"].clone();
    assert_eq!(missing().await, 2027, "it is November");
    let path = "/api/calendar/years/2027";
    let year = lead.put(path, json!({ "complete": true })).await.ok();
    assert_eq!(
        (&year["covered"], &year["own_year"], &year["missing"]),
        (&json!(true), &json!(true), &Value::Null)
    );
    lead.put(path, json!({ "complete": false })).await.ok();
    assert_eq!(missing().await, 2027);
    lead.put("/api/calendar/years/1999", json!({ "complete": true }))
        .await
        .refused(422, "kernel.invalid");
    // A case that was reported meanwhile is not disturbed by all this.
    let p = people(&city).await;
    let case = id_of(&p.worker.post("/api/cases", report()).await.ok());
    go(&p.acceptor, &case, "accept", json!({})).await;
}
