//! Lists, inboxes, points, counts and what a wrong question is told.

use kernel::testing::{Store, db_test};
use serde_json::json;

use super::{GRID, city, dispatched, go, id_of, people, report, standard_id};

#[db_test]
async fn a_list_is_narrowed_down_and_goes_on_where_it_ended(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    for n in 0..7 {
        let mut one = report();
        one["description"] = json!(format!("第{n}号 Pothole"));
        p.worker.post("/api/cases", one).await.ok();
        city.turn(60);
    }
    let case = dispatched(&p).await;
    let numbers = |page: &serde_json::Value| {
        let items = page["items"].as_array().expect("items").iter();
        items
            .map(|it| it["number"].as_str().expect("a number").to_owned())
            .collect::<Vec<_>>()
    };
    let first = p.leader.get("/api/cases?limit=5").await.ok();
    let next = first["next"].as_str().expect("more");
    let second = p.leader.get(&format!("/api/cases?limit=5&after={next}")).await.ok();
    let all = [numbers(&first), numbers(&second)].concat();
    let expected: Vec<_> = (1..=8).rev().map(|n| format!("2026-{n:06}")).collect();
    assert_eq!(all, expected);
    assert!(second["next"].is_null());

    for (query, n) in [
        ("state=dispatched", 1),
        ("state=reported,dispatched", 8),
        ("body=D01", 1),
        ("body=C01", 0),
        ("area=320999101", 8),
        ("area=320999102", 0),
        ("class=2026.M01", 8),
        ("class=2026.C01", 0),
        ("source=worker", 8),
        ("source=hotline", 0),
        ("text=2026-000003", 1),
        ("from=2026-11-24&to=2026-11-24", 8),
        ("from=2026-11-25", 0),
        ("light=green", 8),
        ("light=red", 0),
        ("sort=due", 8),
        ("filed=true", 1),
        ("filed=false", 7),
        ("late=false", 0),
        ("rated=false", 8),
        ("rated=true", 0),
    ] {
        let page = p.leader.get(&format!("/api/cases?{query}")).await.ok();
        assert_eq!(numbers(&page).len(), n, "{query}");
    }
    // Words are looked for in a few cases at a time (in tests: in 6), in each order; what stopped goes on, and all is found.
    for (words, n) in [("pothole", 7), ("%E7%AC%AC0%E5%8F%B7", 1), ("nowhere", 0)] {
        for sort in ["reported", "due"] {
            let (mut found, mut asked, mut after) = (Vec::new(), 0, String::new());
            loop {
                let path = format!("/api/cases?text={words}&sort={sort}&limit=4{after}");
                let page = p.leader.get(&path).await.ok();
                (asked, found) = (asked + 1, [found, numbers(&page)].concat());
                let Some(next) = page["next"].as_str() else { break };
                after = format!("&after={next}");
            }
            found.sort();
            found.dedup();
            assert_eq!((found.len(), asked), (n, 2), "{words} by {sort}");
        }
    }
    city.turn(20 * 60);
    assert_eq!(numbers(&p.leader.get("/api/cases?light=red").await.ok()).len(), 7);
    assert_eq!(p.leader.get("/api/cases/counts").await.ok()["red"], 7);
    let urgent = p.leader.get("/api/cases?sort=due").await.ok();
    assert_eq!(
        urgent["items"][7]["id"].as_str(),
        Some(case.as_str()),
        "two days are last"
    );

    // What has no deadline is not lost in the most urgent order, page by page: a declined case stands for all such.
    let declined = urgent["items"][0]["id"].as_str().expect("an id").to_owned();
    go(&p.acceptor, &declined, "decline", json!({ "note": "重复" })).await;
    let mut seen = Vec::new();
    let mut after = String::new();
    loop {
        let page = p.leader.get(&format!("/api/cases?sort=due&limit=3{after}")).await.ok();
        let ids = page["items"]
            .as_array()
            .expect("items")
            .iter()
            .map(|it| it["id"].as_str().expect("an id").to_owned());
        seen.extend(ids);
        let Some(next) = page["next"].as_str() else { break };
        after = format!("&after={next}");
    }
    assert_eq!((seen.len(), seen.last()), (8, Some(&declined)));

    for query in [
        "state=nowhere",
        "from=yesterday",
        "light=blue",
        "after=%25",
        "sort=size",
        "limit=x",
    ] {
        let reply = p.leader.get(&format!("/api/cases?{query}")).await;
        assert_eq!(reply.status, 422, "{query}: {}", reply.body);
    }
}

#[db_test]
async fn an_inbox_holds_what_waits_for_its_user(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    let waits = async |who: &kernel::testing::Client| who.get("/api/cases/counts").await.ok()["inbox"].as_i64();
    let case = id_of(&p.worker.post("/api/cases", report()).await.ok());
    assert_eq!(
        (waits(&p.acceptor).await, waits(&p.shift_lead).await),
        (Some(1), Some(0))
    );
    go(&p.acceptor, &case, "accept", json!({})).await;
    assert_eq!(
        (waits(&p.acceptor).await, waits(&p.shift_lead).await),
        (Some(0), Some(1))
    );
    go(&p.shift_lead, &case, "file", json!({ "standard": standard_id() })).await;
    assert_eq!(
        (waits(&p.shift_lead).await, waits(&p.dispatcher).await),
        (Some(0), Some(1))
    );
    let desk = p.dispatcher.get(&format!("/api/cases/{case}")).await.ok();
    let moves = desk["moves"].as_array().expect("moves");
    let dispatch = moves.iter().find(|it| it["action"] == "dispatch").expect("open");
    assert_eq!(
        dispatch["needs"][0]["suggested"][0]["value"], "D01",
        "as the responsibility list says"
    );
    go(&p.dispatcher, &case, "dispatch", json!({ "body": "D01" })).await;
    assert_eq!(
        (waits(&p.clerk).await, waits(&p.water).await, waits(&p.leader).await),
        (Some(1), Some(0), Some(0))
    );
    let inbox = p.clerk.get("/api/cases?inbox=true").await.ok();
    assert_eq!(inbox["items"][0]["id"].as_str(), Some(case.as_str()));
}

#[db_test]
async fn a_bad_report_is_told_all_that_is_wrong(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    let bad = json!({ "source": "worker", "description": " ", "contact": { "phone": "call me" } });
    let problem = p.worker.post("/api/cases", bad).await.refused(422, "kernel.invalid");
    let fields: Vec<_> = problem["fields"]
        .as_array()
        .expect("fields")
        .iter()
        .map(|it| it["field"].as_str())
        .collect();
    assert_eq!(fields, [Some("description"), Some("point"), Some("contact.phone")]);
    let unknown = json!({ "source": "worker", "description": "有问题", "area": GRID, "colour": "red" });
    p.worker
        .post("/api/cases", unknown)
        .await
        .refused(422, "kernel.invalid");
    let mut photo = report();
    photo["photos"] = json!([uuid::Uuid::from_u128(5)]);
    p.worker.post("/api/cases", photo).await.refused(422, "kernel.invalid");
    let list = p.leader.get("/api/cases").await.ok();
    assert_eq!(list["items"], json!([]), "nothing of it was kept");
}

#[db_test]
async fn a_figure_counts_the_list_that_it_leads_to(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    let closed = async |hours: i64| {
        let case = dispatched(&p).await;
        go(&p.clerk, &case, "receive", json!({})).await;
        city.turn(hours * 3600);
        go(&p.clerk, &case, "handle", json!({ "note": "已处理" })).await;
        go(&p.acceptor, &case, "send_check", json!({})).await;
        go(&p.checker, &case, "check", json!({ "passed": true })).await;
        go(&p.shift_lead, &case, "close", json!({})).await;
        case
    };
    let on_time = closed(1).await;
    closed(200).await;
    go(
        &p.acceptor,
        &on_time,
        "evaluate",
        json!({ "satisfaction": "satisfied" }),
    )
    .await;
    let returned = dispatched(&p).await;
    go(&p.clerk, &returned, "return", json!({ "note": "不属本单位" })).await;
    go(&p.dispatcher, &returned, "return", json!({ "note": "立案有误" })).await;
    p.worker.post("/api/cases", report()).await.ok();
    let total = p.leader.get("/api/cases/figures?by=class").await.ok()["total"].clone();
    for (measure, query, n) in [
        ("reported", "", 4),
        ("filed", "filed=true", 3),
        ("closed", "state=closed", 2),
        ("closed_on_time", "state=closed&late=false", 1),
        ("rated", "rated=true", 1),
    ] {
        let list = p.leader.get(&format!("/api/cases?{query}")).await.ok();
        let listed = list["items"].as_array().map(Vec::len);
        assert_eq!(
            (total[measure].as_u64(), listed),
            (Some(n), usize::try_from(n).ok()),
            "{measure}"
        );
    }
    // Who sees a body's cases alone sees no reports of them, and has a closing rate all the same.
    let head = city.user("body_head", kernel::auth::Reach::Body("D01".into())).await;
    let total = head.get("/api/cases/figures?by=town").await.ok()["total"].clone();
    assert_eq!(
        (
            total["reported"].as_u64(),
            total["dispatched"].as_u64(),
            total["returned"].as_u64()
        ),
        (Some(0), Some(3), Some(1))
    );
    assert_eq!(total["closing_rate"].as_f64(), Some(1.0));
}
