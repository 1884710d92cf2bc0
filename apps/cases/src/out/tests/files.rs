//! Exports.

use calamine::{Reader, Xlsx};
use kernel::auth::Reach;
use kernel::testing::{Client, Store, db_test};
use serde_json::{Value, json};

use crate::tests::{OTHER_GRID, city, dispatched, people, report};

/// The numbers in a list, page by page.
async fn listed(who: &Client, query: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut after = String::new();
    loop {
        let page = who
            .get(&format!("/api/cases?limit=3&sort=reported&{query}{after}"))
            .await
            .ok();
        let items = page["items"].as_array().expect("items");
        all.extend(
            items
                .iter()
                .map(|it| it["number"].as_str().expect("a number").to_owned()),
        );
        let Some(next) = page["next"].as_str() else { return all };
        after = format!("&after={next}");
    }
}

fn of_csv(bytes: &[u8]) -> Vec<csv::StringRecord> {
    let text = std::str::from_utf8(bytes)
        .expect("UTF-8")
        .strip_prefix('\u{feff}')
        .expect("the mark");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.records().map(|it| it.expect("a record")).collect()
}

fn of_xlsx(bytes: Vec<u8>) -> Vec<String> {
    let mut book = Xlsx::new(std::io::Cursor::new(bytes)).expect("opens");
    let range = book.worksheet_range("Cases").expect("a sheet");
    range.rows().skip(1).map(|it| it[0].to_string()).collect()
}

#[db_test]
async fn an_export_is_what_the_list_shows_to_whom_it_shows_it(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    for n in 0..4 {
        let mut one = report();
        one["description"] = json!(format!("=HYPERLINK(\"http://x\") {n}"));
        p.worker.post("/api/cases", one).await.ok();
        city.turn(60);
    }
    let mut other = report();
    other["area"] = json!(OTHER_GRID);
    other["source"] = json!("hotline");
    other["contact"] = json!({ "name": "王小明", "phone": "13812345678" });
    p.acceptor.post("/api/cases", other).await.ok();
    dispatched(&p).await;
    let east = city.user("leader", Reach::Area("320999101".into())).await;

    for who in [
        &p.leader,
        &east,
        &p.shift_lead,
        &p.acceptor,
        &p.clerk,
        &p.water,
        &p.dispatcher,
    ] {
        for query in [
            "",
            "state=reported",
            "body=D01",
            "source=hotline",
            "text=HYPERLINK",
            "inbox=true",
        ] {
            let list = listed(who, query).await;
            let reply = who.get(&format!("/api/cases/export/csv?{query}")).await;
            assert_eq!(reply.status, 200, "{}", reply.body);
            let csv: Vec<String> = of_csv(&reply.bytes).iter().map(|it| it[0].to_owned()).collect();
            assert_eq!(csv, list, "{query}");
            let reply = who.get(&format!("/api/cases/export/xlsx?{query}")).await;
            assert_eq!(of_xlsx(reply.bytes), list, "{query}");
        }
    }

    // What is sorted by urgency on the page goes out in the order of the reports, in which nothing moves meanwhile.
    let urgent = of_csv(&p.leader.get("/api/cases/export/csv?sort=due&limit=2").await.bytes);
    let urgent: Vec<String> = urgent.iter().map(|it| it[0].to_owned()).collect();
    assert_eq!(urgent, listed(&p.leader, "").await);

    let rows = of_csv(&p.leader.get("/api/cases/export/csv").await.bytes);
    let texts: Vec<&str> = rows.iter().map(|it| &it[3]).collect();
    assert!(texts.iter().all(|it| !it.starts_with('=')), "{texts:?}");
    let with_contact = rows.iter().find(|it| !it[27].is_empty()).expect("one has a contact");
    assert!(with_contact[27].contains('*'), "masked");
    assert!(
        rows.iter()
            .all(|it| it.iter().all(|cell| !cell.contains("13812345678")))
    );

    for (who, status) in [(&city.nobody(), 401), (&p.worker, 403), (&p.checker, 403)] {
        assert_eq!(who.get("/api/cases/export/csv").await.status, status);
    }
    assert_eq!(p.leader.get("/api/cases/export/pdf").await.status, 404);
    assert_eq!(p.leader.get("/api/cases/export/csv?state=nowhere").await.status, 422);
}

#[db_test]
async fn an_export_is_recorded_with_its_filter_and_its_rows(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    dispatched(&p).await;
    let reply = p.leader.get("/api/cases/export/csv?state=dispatched").await;
    assert_eq!(of_csv(&reply.bytes).len(), 1);
    let auditor = city.user("audit_admin", Reach::All).await;
    let entries = async |action: &str| {
        let page = auditor.get(&format!("/api/audit?action={action}")).await.ok();
        page["items"].as_array().expect("items").clone()
    };
    let begun = entries("cases.exported").await;
    assert_eq!(begun.len(), 1);
    let detail = detail_of(&begun[0]);
    assert_eq!(
        (&detail["rows"], &detail["filter"]["state"]),
        (&json!(1), &json!("dispatched"))
    );
    // The end is recorded by the task that sends, after the last byte.
    for _ in 0..200 {
        if let Some(end) = entries("cases.export_ended").await.first() {
            let detail = detail_of(end);
            assert_eq!((&detail["rows"], &detail["complete"]), (&json!(1), &json!(true)));
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("the end was not recorded");
}

fn detail_of(entry: &Value) -> Value {
    match &entry["detail"] {
        Value::String(text) => serde_json::from_str(text).expect("JSON"),
        other => other.clone(),
    }
}

#[db_test]
async fn a_user_has_two_exports_at_once_and_one_that_is_left_makes_room(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    for _ in 0..3 {
        p.worker.post("/api/cases", report()).await.ok();
    }
    let running = city.kernel.shared::<crate::out::export::Running>().expect("shared");
    let first = p.leader.id;
    let one = running.begin(first).expect("one");
    let two = running.begin(first).expect("two");
    p.leader
        .get("/api/cases/export/csv")
        .await
        .refused(429, "cases.export_busy");
    assert_eq!(
        p.clerk.get("/api/cases/export/csv").await.status,
        200,
        "others are not kept waiting"
    );
    drop((one, two));
    // A stream that nobody reads to its end: dropped, its slot is free again.
    drop(p.leader.open("/api/cases/export/csv").await);
    drop(p.leader.open("/api/cases/export/xlsx").await);
    for _ in 0..500 {
        if running.begin(first).is_ok_and(|_| running.begin(first).is_ok()) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    panic!("the slots were not given back");
}

#[db_test]
async fn the_figures_go_out_as_they_are_shown(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    dispatched(&p).await;
    let shown = p.leader.get("/api/cases/figures?by=body").await.ok();
    let reply = p.leader.get("/api/cases/figures/export/csv?by=body").await;
    let rows = of_csv(&reply.bytes);
    let body = rows.iter().find(|it| &it[0] == "D01").expect("the body's row");
    assert_eq!(shown["rows"][0]["dispatched"].to_string(), body[6]);
    assert_eq!(&rows.last().expect("a total")[1], "All");
    let reply = p.leader.get("/api/cases/figures/export/xlsx?by=town").await;
    let mut book = Xlsx::new(std::io::Cursor::new(reply.bytes)).expect("opens");
    assert!(book.worksheet_range("Figures").expect("a sheet").height() >= 3);
    assert_eq!(p.acceptor.get("/api/cases/figures/export/csv").await.status, 403);
}
