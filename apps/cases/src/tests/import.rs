//! Past cases from the files of two cities, and the demo's own, with the same result on both databases.

use std::io::Cursor;

use kernel::auth::Reach;
use kernel::testing::{Store, TestCity, db_test};
use serde_json::Value;

use crate::case_import::{ImportOptions, ImportReport, Told, import_cases};

/// A file of the inputs that lie beside the project, if they are there.
fn shared(name: &str) -> Option<String> {
    let path = format!("{}/../../../shared/data/cases/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).ok();
    if text.is_none() {
        println!("skipped: {name} is not beside the project");
    }
    text
}

async fn empty_city(store: Store) -> TestCity {
    TestCity::start(
        store,
        vec![
            Box::new(grid::Grid),
            Box::new(components::Components),
            Box::new(crate::Cases),
        ],
    )
    .await
}

async fn import(city: &TestCity, name: &str, text: &str, map: &str, options: ImportOptions) -> ImportReport {
    let bytes = text.len() as u64;
    let input = Cursor::new(text.as_bytes().to_vec());
    let run = import_cases(&city.kernel, (input, name, bytes), (map, "map.toml"), options, |_| {});
    Box::pin(run).await.expect("imports")
}

async fn total(city: &TestCity, query: &str) -> Value {
    let leader = city.user("leader", Reach::All).await;
    leader.get(&format!("/api/cases/figures?{query}")).await.ok()["total"].clone()
}

#[db_test]
async fn a_years_cases_of_a_district_come_in_once(store: Store) {
    let Some(text) = shared("district-cases-2018.csv") else {
        return;
    };
    let map = include_str!("../../../../docs/import/district-cases-2018.toml");
    let city = empty_city(store).await;

    let dry = ImportOptions {
        dry_run: true,
        ..ImportOptions::default()
    };
    let report = import(&city, "d.csv", &text, map, dry).await;
    assert_eq!((report.rows, report.added, report.skipped), (5_000, 5_000, 0));
    assert_eq!(total(&city, "by=town").await["reported"], 0, "a dry run stores nothing");

    let report = import(&city, "d.csv", &text, map, ImportOptions::default()).await;
    assert_eq!(
        (report.rows, report.added, report.known, report.skipped),
        (5_000, 5_000, 0, 0)
    );
    assert_eq!(
        (report.bodies, report.areas),
        (136, 30),
        "one district, 6 towns, 23 villages; 137 names of bodies, one a dash"
    );
    let all = total(&city, "by=town").await;
    assert_eq!(
        (
            all["reported"].as_i64(),
            all["closed"].as_i64(),
            all["closed_on_time"].as_i64()
        ),
        (Some(5_000), Some(5_000), Some(4_530))
    );
    assert_eq!(
        total(&city, "by=class&from=2018-09-18&to=2018-09-18").await["reported"],
        92
    );

    let again = import(&city, "d.csv", &text, map, ImportOptions::default()).await;
    assert_eq!((again.rows, again.added, again.known), (5_000, 0, 5_000));
    assert_eq!(total(&city, "by=body").await["closed"], 5_000);
}

#[db_test]
async fn requests_of_another_city_come_in_by_another_map(store: Store) {
    let Some(text) = shared("nyc311.csv") else { return };
    let map = include_str!("../../../../docs/import/nyc311.toml");
    let city = empty_city(store).await;
    let report = import(&city, "n.csv", &text, map, ImportOptions::default()).await;
    assert_eq!(
        (report.rows, report.added, report.known, report.skipped),
        (1_000, 1_000, 0, 0)
    );
    let all = total(&city, "by=town").await;
    assert_eq!(
        (all["reported"].as_i64(), all["closed"].as_i64()),
        (Some(1_000), Some(969))
    );
    let leader = city.user("leader", Reach::All).await;
    let (mut found, mut after) = (0, String::new());
    while found < 3 {
        let path = format!("/api/cases?text=loud%20music&limit=3{after}");
        let page = leader.get(&path).await.ok();
        found += page["items"].as_array().map_or(0, Vec::len);
        after = format!("&after={}", page["next"].as_str().expect("there are many"));
    }
    assert_eq!(
        leader.get("/api/cases/points").await.ok().as_array().map(Vec::len),
        Some(893)
    );
}

#[db_test]
async fn an_import_that_was_broken_off_goes_on_where_it_stopped(store: Store) {
    let map = include_str!("../../../../docs/import/nyc311.toml");
    let header = "Unique Key,Created Date,Closed Date,Agency,Agency Name,Complaint Type,Descriptor,Location Type,Incident Zip,\
                  Incident Address,City,Status,Due Date,Resolution Description,Community Board,Borough,\
                  Open Data Channel Type,Latitude,Longitude\n";
    let row = |n: usize| {
        format!(
            "{n},06/26/2018 10:58:54 AM,,NYPD,Police,Noise,Loud,Street,11421,{n} Street,X,Open,,,09 QUEENS,QUEENS,PHONE,40.7,-73.8\n"
        )
    };
    let whole: String = std::iter::once(header.to_owned()).chain((0..1_200).map(row)).collect();
    let city = empty_city(store).await;
    // The first batches are committed, then the program is killed: the rest of the run never happens.
    let input = Cursor::new(whole.as_bytes().to_vec());
    let bytes = whole.len() as u64;
    let seen = std::sync::atomic::AtomicU64::new(0);
    let run = import_cases(
        &city.kernel,
        (input, "w.csv", bytes),
        (map, "m.toml"),
        ImportOptions::default(),
        |told| {
            if let Told::Behind { rows, .. } = told {
                seen.store(rows, std::sync::atomic::Ordering::SeqCst);
            }
        },
    );
    {
        let mut run = Box::pin(run);
        std::future::poll_fn(|context| {
            let _ = run.as_mut().poll(context);
            if seen.load(std::sync::atomic::Ordering::SeqCst) >= 500 {
                std::task::Poll::Ready(())
            } else {
                std::task::Poll::Pending
            }
        })
        .await;
    }
    let done = seen.load(std::sync::atomic::Ordering::SeqCst);
    let report = import(&city, "w.csv", &whole, map, ImportOptions::default()).await;
    assert!(report.resumed_at >= 500 && report.resumed_at >= done, "{report:?}");
    assert_eq!(report.resumed_at + report.added, 1_200);
    assert_eq!(total(&city, "by=town").await["reported"], 1_200);
}

#[db_test]
async fn the_demos_cases_follow_the_rules_of_real_ones(store: Store) {
    let city = empty_city(store).await;
    let district = grid::api::seed::district(1);
    grid::api::seed_demo(&city.kernel, &district)
        .await
        .expect("seeds the grid");
    crate::seed::seed_demo(&city.kernel, &district, 1, 1_500, |_, _| {})
        .await
        .expect("seeds the cases");
    let all = total(&city, "by=town").await;
    assert_eq!(all["reported"], 1_500);
    let leader = city.user("leader", Reach::All).await;
    let counts = leader.get("/api/cases/counts").await.ok();
    let open: i64 = counts["by_state"]
        .as_object()
        .expect("states")
        .values()
        .filter_map(Value::as_i64)
        .sum();
    assert!((400..=600).contains(&open), "the open cases are the latest: {counts}");
    assert!(
        counts["red"].as_i64() > Some(0) && counts["red"].as_i64() < Some(300),
        "{counts}"
    );
    let closed = leader.get("/api/cases?state=closed&limit=1").await.ok();
    let id = closed["items"][0]["id"].as_str().expect("a case");
    let desk = leader.get(&format!("/api/cases/{id}")).await.ok();
    assert!(desk["timeline"].as_array().expect("entries").len() >= 8, "{desk}");
}
