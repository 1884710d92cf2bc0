//! Through HTTP, as a user with a role, on both databases.

use grid::Grid;
use grid::api::{NewArea, NewBody, create_area, create_body};
use kernel::auth::Reach;
use kernel::testing::{Client, Store, TestCity, db_test};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::Components;
use crate::api::{self, ImportOptions, ImportReport};
use crate::class;

const DISTRICT: &str = "320999";
const LAMP: &str = "2026.C01037";

/// A district with a town of one village, whose shape is a square of 0.02 degrees, and another town beside it.
async fn city(store: Store) -> (TestCity, Client) {
    let city = TestCity::start(store, vec![Box::new(Grid), Box::new(Components)]).await;
    let shape = |west: f64| json!({ "type": "Polygon", "coordinates": [[[west, 32.40], [west + 0.02, 32.40], [west + 0.02, 32.42], [west, 32.42], [west, 32.40]]] });
    let feature = |code: &str, name: &str, west: f64| json!({ "type": "Feature", "properties": { "code": code, "name": name }, "geometry": shape(west) });
    let shapes = json!({ "type": "FeatureCollection", "features": [
        feature("320999101", "东镇", 119.50), feature("320999102", "西镇", 119.52),
    ] });
    let mut work = city.kernel.system_work().await.expect("begins");
    let area = NewArea {
        code: DISTRICT.to_owned(),
        name: "澄川区".to_owned(),
        ..NewArea::default()
    };
    create_area(&mut work, area).await.expect("makes the district");
    work.commit().await.expect("commits");
    grid::api::reload(&city.kernel).await.expect("loads");
    let options = grid::api::ImportOptions {
        commit: true,
        ..grid::api::ImportOptions::default()
    };
    let files = vec![("shapes.geojson".to_owned(), shapes.to_string().into_bytes())];
    let report = grid::api::import(&city.kernel, None, files, options)
        .await
        .expect("imports");
    assert!(report.committed, "{:?}", report.problems);
    let mut work = city.kernel.system_work().await.expect("begins");
    let body = NewBody {
        code: "C09".to_owned(),
        kind: grid::api::BodyKind::Company,
        name: "城市照明公司".to_owned(),
        name_en: None,
        area: Some(DISTRICT.to_owned()),
    };
    create_body(&mut work, body).await.expect("makes a body");
    work.commit().await.expect("commits");
    grid::api::reload(&city.kernel).await.expect("loads");
    let keeper = city.user("grid_admin", Reach::All).await;
    (city, keeper)
}

fn lamp(lng: f64, lat: f64) -> Value {
    json!({ "class": LAMP, "point": { "lng": lng, "lat": lat }, "place": "人民路东侧", "body": "C09", "owner": "区城市管理局" })
}

async fn enter(keeper: &Client, input: Value) -> Value {
    keeper.post("/api/components", input).await.ok()
}

fn codes(page: &Value) -> Vec<&str> {
    let items = page["items"].as_array().expect("a page");
    items.iter().filter_map(|it| it["code"].as_str()).collect()
}

#[db_test]
async fn what_is_entered_gets_the_next_number_its_area_and_its_names(store: Store) {
    let (_city, keeper) = city(store).await;
    let input = json!({ "id": Uuid::from_u128(7), "class": LAMP, "point": { "lng": 119.51, "lat": 32.41 } });
    let first = enter(&keeper, input.clone()).await;
    assert_eq!(first["code"], "32099901037000001");
    assert_eq!(
        (&first["name"], &first["class_name"], &first["area"]),
        (&json!("路灯"), &json!("路灯"), &json!("320999101"))
    );
    assert_eq!((&first["state"], &first["edition"]), (&json!("good"), &json!("2026")));
    assert_eq!(
        enter(&keeper, input).await["code"],
        first["code"],
        "the same id again is the same component"
    );
    assert_eq!(enter(&keeper, lamp(119.53, 32.41)).await["code"], "32099901037000002");
    // The older edition stands beside it, with the name of what its class became.
    let old = enter(
        &keeper,
        json!({ "code": "3209990137000005", "point": { "lng": 119.51, "lat": 32.41 } }),
    )
    .await;
    assert_eq!(
        (&old["edition"], &old["class"], &old["class_name"]),
        (&json!("2013"), &json!("2013.C0137"), &json!("路灯"))
    );
    assert_eq!(enter(&keeper, lamp(119.53, 32.41)).await["code"], "32099901037000003");
    let taken = json!({ "code": "32099901037000001", "point": { "lng": 119.51, "lat": 32.41 } });
    keeper.post("/api/components", taken).await.refused(409, "kernel.taken");
}

#[db_test]
async fn what_is_wrong_is_told_field_by_field(store: Store) {
    let (_city, keeper) = city(store).await;
    let bad = json!({ "code": "32099901037000001", "point": { "lng": 100.0, "lat": 32.41 }, "body": "C77", "surveyed_on": "2024-13-01", "note": "x".repeat(501) });
    let refused = keeper.post("/api/components", bad).await.refused(422, "kernel.invalid");
    let fields: Vec<&str> = refused["fields"]
        .as_array()
        .expect("fields")
        .iter()
        .filter_map(|it| it["field"].as_str())
        .collect();
    assert_eq!(fields, ["note", "surveyed_on", "body", "point"]);
    for (input, field, code) in [
        (
            json!({ "code": "1", "point": { "lng": 119.51, "lat": 32.41 } }),
            "code",
            "components.bad_code",
        ),
        (
            json!({ "code": "32012301037000001", "point": { "lng": 119.51, "lat": 32.41 } }),
            "code",
            "components.other_district",
        ),
        (
            json!({ "class": "2026.M01001", "point": { "lng": 119.51, "lat": 32.41 } }),
            "class",
            "kernel.unknown",
        ),
        (
            json!({ "point": { "lng": 119.51, "lat": 32.41 } }),
            "class",
            "kernel.required",
        ),
        (
            json!({ "class": LAMP, "point": { "lng": 100.0, "lat": 32.41 } }),
            "point",
            "components.outside",
        ),
    ] {
        let refused = keeper
            .post("/api/components", input)
            .await
            .refused(422, "kernel.invalid");
        assert_eq!(
            (&refused["fields"][0]["field"], &refused["fields"][0]["code"]),
            (&json!(field), &json!(code))
        );
    }
}

#[db_test]
async fn a_change_keeps_the_code_and_a_stale_one_is_told(store: Store) {
    let (_city, keeper) = city(store).await;
    let it = enter(&keeper, lamp(119.51, 32.41)).await;
    let path = format!("/api/components/{}", it["code"].as_str().expect("a code"));
    let change = json!({ "version": 1, "name": "路灯", "point": { "lng": 119.53, "lat": 32.41 }, "state": "damaged" });
    let changed = keeper.put(&path, change.clone()).await.ok();
    assert_eq!(
        (&changed["area"], &changed["state"], &changed["version"]),
        (&json!("320999102"), &json!("damaged"), &json!(2))
    );
    assert_eq!((&changed["body"], &changed["place"]), (&Value::Null, &Value::Null));
    keeper.put(&path, change).await.refused(409, "kernel.stale");
    assert_eq!(keeper.get(&path).await.ok(), changed);
}

#[db_test]
async fn the_list_is_narrowed_and_goes_on_where_a_page_ends(store: Store) {
    let (_city, keeper) = city(store).await;
    for n in 0..5 {
        enter(&keeper, lamp(119.505 + 0.005 * f64::from(n), 32.41)).await;
    }
    enter(&keeper, json!({ "class": "2026.C03005", "point": { "lng": 119.51, "lat": 32.41 }, "state": "missing", "place": "Canal St" })).await;
    let first = keeper.get("/api/components?limit=4").await.ok();
    let next = first["next"].as_str().expect("more");
    let second = keeper.get(&format!("/api/components?limit=4&after={next}")).await.ok();
    assert_eq!((codes(&first).len(), codes(&second).len()), (4, 2));
    for (query, found) in [
        ("class=2026.C03005", 1),
        // On the border it is the lower code that has the point.
        ("area=320999102", 1),
        ("body=C09", 5),
        ("state=missing", 1),
        ("text=canal", 1),
        ("text=%E8%B7%AF%E7%81%AF", 5),
        ("text=000003", 1),
        ("text=3", 1),
        ("text=320999010370", 5),
        ("text=nothing", 0),
        ("area=320999102&class=2026.C03005", 0),
    ] {
        let page = keeper.get(&format!("/api/components?{query}")).await.ok();
        assert_eq!(codes(&page).len(), found, "{query}");
    }
    let classes = keeper.get("/api/component-classes").await.ok();
    let classes = classes.as_array().expect("a list");
    assert_eq!(classes.len(), class::national().count());
    assert_eq!(
        classes
            .iter()
            .map(|it| it["components"].as_i64().unwrap_or_default())
            .sum::<i64>(),
        6
    );
}

#[db_test]
async fn what_stands_around_a_point_comes_nearest_first_and_what_is_gone_does_not(store: Store) {
    let (city, keeper) = city(store).await;
    let near = enter(&keeper, lamp(119.5101, 32.41)).await;
    enter(&keeper, lamp(119.5105, 32.41)).await;
    enter(&keeper, lamp(119.515, 32.41)).await;
    let gone = json!({ "class": LAMP, "point": { "lng": 119.51, "lat": 32.41 }, "state": "removed" });
    enter(&keeper, gone).await;
    let classes = keeper.get("/api/component-classes").await.ok();
    let lamps = classes.as_array().expect("a list").iter().find(|it| it["code"] == LAMP);
    assert_eq!(lamps.map(|it| &it["components"]), Some(&json!(3)));
    let found = keeper
        .get("/api/components/near?lng=119.51&lat=32.41&metres=100")
        .await
        .ok();
    let found = found.as_array().expect("a list");
    assert_eq!(found.len(), 2);
    assert_eq!(found[0]["component"]["code"], near["code"]);
    assert!(found[0]["metres"].as_f64().expect("metres") < found[1]["metres"].as_f64().expect("metres"));
    keeper
        .get("/api/components/near?lng=119.51&lat=32.41&metres=900")
        .await
        .refused(422, "kernel.invalid");
    let dots = keeper
        .get("/api/components/points?west=119.50&south=32.40&east=119.512&north=32.42")
        .await
        .ok();
    assert_eq!(
        (dots["points"].as_array().map(Vec::len), &dots["more"]),
        (Some(2), &json!(false))
    );
    let mut tx = city.kernel.read().await.expect("reads");
    let at = standards::Point {
        lng: 119.515,
        lat: 32.41,
    };
    let meant = api::search(&mut tx, "路灯", Some(at), 2).await.expect("searches");
    assert_eq!(meant.iter().map(|it| it.lng).collect::<Vec<_>>(), [119.515, 119.5105]);
}

#[db_test]
async fn everybody_reads_and_writing_ends_where_the_area_ends(store: Store) {
    let (city, keeper) = city(store).await;
    let it = enter(&keeper, lamp(119.51, 32.41)).await;
    let path = format!("/api/components/{}", it["code"].as_str().expect("a code"));
    city.nobody()
        .get("/api/components")
        .await
        .refused(401, "kernel.unauthenticated");
    let auditor = city.user("audit_admin", Reach::All).await;
    auditor.get(&path).await.refused(403, "kernel.forbidden");
    let other = city.user("grid_admin", Reach::Area("320999102".to_owned())).await;
    let change = json!({ "version": 1, "point": { "lng": 119.51, "lat": 32.41 } });
    assert_eq!(other.get(&path).await.ok()["code"], it["code"]);
    other.put(&path, change).await.refused(404, "kernel.not_found");
    other
        .post("/api/components", lamp(119.51, 32.41))
        .await
        .refused(404, "kernel.not_found");
    enter(&other, lamp(119.53, 32.41)).await;
    keeper
        .get("/api/components/32099901037999999")
        .await
        .refused(404, "kernel.not_found");
}

async fn import(city: &TestCity, text: &str, commit: bool) -> ImportReport {
    let files = vec![("survey.csv".to_owned(), text.as_bytes().to_vec())];
    let options = ImportOptions {
        commit,
        ..ImportOptions::default()
    };
    api::import(&city.kernel, None, files, options, |_, _| ())
        .await
        .expect("imports")
}

fn counts(it: &ImportReport) -> [usize; 5] {
    [it.rows, it.fresh, it.changed, it.unchanged, it.skipped]
}

#[db_test]
async fn a_survey_comes_in_row_by_row_and_again_changes_nothing(store: Store) {
    let (city, keeper) = city(store).await;
    let table = "部件标识码,部件名称,经度,纬度,位置,养护单位,权属单位,状态,普查日期,备注\n\
        32099901037000001,路灯,119.51,32.41,人民路,城市照明公司,区城管局,完好,2024/3/5,\n\
        '32099901037000002,,119.53,32.41,,,,丢失,20240306 08:00,\n\
        32099901037000001,路灯,119.51,32.41,,,,,,\n\
        32099901037000003,路灯,一百,32.41,,,,,,\n\
        32099901037000004,路灯,100,32.41,,,,坏,,\n\
        32099901037000005,路灯,119.51,32.41,,没有的单位,,,,\n\
        \n";
    let looked = import(&city, table, false).await;
    assert_eq!((counts(&looked), looked.committed), ([6, 3, 0, 0, 3], false));
    assert!(
        codes(&keeper.get("/api/components").await.ok()).is_empty(),
        "looking writes nothing"
    );
    let done = import(&city, table, true).await;
    assert_eq!(counts(&done), counts(&looked));
    let told: Vec<(u64, &str)> = done
        .problems
        .iter()
        .map(|it| (it.line.unwrap_or_default(), it.code()))
        .collect();
    assert_eq!(
        told,
        [
            (4, "components.import_twice"),
            (5, "components.import_no_number"),
            (6, "components.import_no_state"),
            (6, "components.import_refused"),
            (7, "components.import_no_body"),
        ]
    );
    let first = keeper.get("/api/components/32099901037000001").await.ok();
    assert_eq!(
        (&first["body"], &first["surveyed_on"]),
        (&json!("C09"), &json!("2024-03-05"))
    );
    let second = keeper.get("/api/components/32099901037000002").await.ok();
    assert_eq!(
        (&second["state"], &second["surveyed_on"], &second["name"]),
        (&json!("missing"), &json!("2024-03-06"), &json!("路灯"))
    );
    assert_eq!(counts(&import(&city, table, true).await), [6, 0, 0, 3, 3]);
    let moved = table.replace("119.53", "119.52");
    assert_eq!(counts(&import(&city, &moved, true).await), [6, 0, 1, 2, 3]);
    assert_eq!(keeper.get("/api/components/32099901037000002").await.ok()["version"], 2);
}

#[db_test]
async fn what_a_table_has_no_column_for_stays_and_what_is_elsewhere_is_not_moved_here(store: Store) {
    let (city, keeper) = city(store).await;
    let it = enter(&keeper, lamp(119.51, 32.41)).await;
    let code = it["code"].as_str().expect("a code");
    let path = format!("/api/components/{code}");
    let moved = format!("code,lng,lat,state\n{code},119.512,32.41,damaged\n");
    assert_eq!(counts(&import(&city, &moved, true).await), [1, 0, 1, 0, 0]);
    let now = keeper.get(&path).await.ok();
    assert_eq!(
        (&now["place"], &now["body"], &now["owner"], &now["state"]),
        (&it["place"], &it["body"], &it["owner"], &json!("damaged"))
    );
    // An empty cell, or a keeper that nobody knows, changes nothing either.
    let blank = format!("code,lng,lat,state,name,body\n{code},119.512,32.41,,,没有的单位\n");
    assert_eq!(counts(&import(&city, &blank, true).await), [1, 0, 0, 1, 0]);
    assert_eq!(keeper.get(&path).await.ok(), now);
    // Whoever works for the keeper brings in a table that does not name it.
    let body = city.user("grid_admin", Reach::Body("C09".to_owned())).await;
    let files = [("files", "a.csv", moved.as_bytes())];
    let done = body
        .upload("/api/components/import?commit=true", &[], &files)
        .await
        .ok();
    assert_eq!((&done["unchanged"], &done["skipped"]), (&json!(1), &json!(0)));
    // Whoever keeps the other town cannot take it over by saying that it stands there.
    let other = city.user("grid_admin", Reach::Area("320999102".to_owned())).await;
    let taken = format!("code,lng,lat\n{code},119.53,32.41\n");
    let files = [("files", "a.csv", taken.as_bytes())];
    let done = other
        .upload("/api/components/import?commit=true", &[], &files)
        .await
        .ok();
    assert_eq!(
        (&done["skipped"], &done["problems"][0]["code"]),
        (&json!(1), &json!("components.import_not_yours"))
    );
    assert_eq!(keeper.get(&path).await.ok(), now);
}

#[db_test]
async fn a_table_that_cannot_be_read_says_why(store: Store) {
    let (city, keeper) = city(store).await;
    let report = import(&city, "标识码,经度\n1,2\n", true).await;
    assert_eq!((report.rows, report.problems_total), (0, 1));
    assert_eq!(report.problems[0].text("zh"), "缺少“纬度”一列");
    let path = "/api/components/import?commit=true";
    let table = "code,lng,lat\n32099901037000001,119.51,32.41\n".as_bytes();
    let files = [("files", "a.csv", table)];
    let refused = keeper
        .upload(path, &[("crs", "mars")], &files)
        .await
        .refused(422, "kernel.invalid");
    assert_eq!(refused["fields"][0]["field"], "crs");
    keeper
        .upload(path, &[("crs", "wgs84")], &[])
        .await
        .refused(422, "kernel.invalid");
    let binary = [("files", "a.csv", b"\xff\xfe\x00\xd8\x00".as_slice())];
    let done = keeper.upload(path, &[], &binary).await.ok();
    assert_eq!(done["problems"][0]["code"], "components.import_not_text");
    // Whoever keeps one town brings in that town's rows and is told of the others.
    let town = city.user("grid_admin", Reach::Area("320999102".to_owned())).await;
    let done = town.upload(path, &[("crs", "wgs84")], &files).await.ok();
    assert_eq!(
        (&done["skipped"], &done["problems"][0]["code"]),
        (&json!(1), &json!("components.import_not_yours"))
    );
    let done = keeper.upload(path, &[("crs", "gcj02")], &files).await.ok();
    assert_eq!((&done["fresh"], &done["committed"]), (&json!(1), &json!(true)));
    let it = keeper.get("/api/components/32099901037000001").await.ok();
    assert!(
        it["point"]["lng"].as_f64().expect("a number") < 119.51,
        "GCJ-02 lies east of WGS 84 here"
    );
}

#[db_test]
async fn the_demo_gets_its_part(store: Store) {
    let (city, keeper) = city(store).await;
    let district = grid::api::seed::district(1);
    api::seed_demo(&city.kernel, &district, 1).await.expect("seeds");
    let classes = keeper.get("/api/component-classes").await.ok();
    let classes = classes.as_array().expect("a list");
    let held: i64 = classes
        .iter()
        .map(|it| it["components"].as_i64().unwrap_or_default())
        .sum();
    assert!(held > 5_000, "{held}");
    let lamps = keeper
        .get(&format!("/api/components?class={LAMP}&state=good&limit=1"))
        .await
        .ok();
    assert_eq!(lamps["items"][0]["code"], "32109901037000001");
}
