//! Areas, bodies and posts through HTTP, as users with a role, on both databases.

use std::path::PathBuf;

use kernel::Work;
use kernel::auth::{Reach, UserId};
use kernel::testing::{Client, Store, TestCity, db_test};
use serde_json::{Value, json};
use standards::{Crs, Level, Point};
use uuid::Uuid;

use crate::seed::tests::ONE as DEMO;
use crate::{Grid, api, store};

async fn city(store: Store) -> TestCity {
    TestCity::start(store, vec![Box::new(Grid)]).await
}

async fn demo(store: Store) -> TestCity {
    let city = city(store).await;
    api::seed_demo(&city.kernel, &DEMO).await.expect("seeds");
    city
}

async fn import(client: &Client, commit: bool, fields: &[(&str, &str)], files: &[(&str, &str)]) -> Value {
    let files: Vec<_> = files
        .iter()
        .map(|(name, text)| ("files", *name, text.as_bytes()))
        .collect();
    client
        .upload(&format!("/api/areas/import?commit={commit}"), fields, &files)
        .await
        .ok()
}

/// A district of one town and one village with two grids, west and east of 119.6.
const LIST: &str = "代码,名称,类型,户数,人口\n321099,澄川区,,,\n321099101,大桥镇,,,\n321099101001,锦湖社区,,,\n\
    321099101001001,第一网格,综合网格,300,810\n321099101001002,第二网格,专属网格,,\n";

fn shapes(second_east: f64) -> String {
    let square = |code: &str, west: f64, east: f64| {
        json!({ "type": "Feature", "properties": { "code": code }, "geometry": { "type": "Polygon", "coordinates":
            [[[west, 32.4], [east, 32.4], [east, 32.5], [west, 32.5], [west, 32.4]]] } })
    };
    let features = [
        square("321099101001001", 119.5, 119.6),
        square("321099101001002", 119.6, second_east),
    ];
    json!({ "type": "FeatureCollection", "features": features }).to_string()
}

#[db_test]
async fn an_import_is_looked_at_then_written_and_the_same_again_changes_nothing(store: Store) {
    let city = city(store).await;
    let admin = city.user("grid_admin", Reach::All).await;
    let shape = shapes(119.7);
    let files = [("list.csv", LIST), ("grids.geojson", shape.as_str())];
    let look = import(&admin, false, &[], &files).await;
    assert_eq!(
        (&look["areas_new"], &look["shapes"], &look["committed"]),
        (&json!(5), &json!(2), &json!(false)),
        "{look}"
    );
    assert_eq!(admin.get("/api/areas").await.ok()["items"], json!([]));

    let done = import(&admin, true, &[], &files).await;
    assert_eq!(
        (&done["areas_new"], &done["committed"]),
        (&json!(5), &json!(true)),
        "{done}"
    );
    let again = import(&admin, true, &[], &files).await;
    let same = ["areas_new", "areas_changed", "areas_unchanged", "shapes"].map(|it| again[it].as_i64());
    assert_eq!(same, [Some(0), Some(0), Some(5), Some(0)], "{again}");

    let grid = admin.get("/api/areas/321099101001001").await.ok();
    assert_eq!(
        (&grid["kind"], &grid["population"], &grid["version"]),
        (&json!("general"), &json!(810), &json!(1))
    );
    assert_eq!(grid["path"][1], json!({ "code": "321099101", "name": "大桥镇" }));
    let village = admin.get("/api/areas/321099101001").await.ok();
    assert_eq!(
        (&village["children"], &village["inside"]["population"]),
        (&json!(2), &json!(810))
    );

    let renamed = LIST.replace("锦湖社区", "锦湖新社区");
    let wider = shapes(119.8);
    let change = import(&admin, true, &[], &[("list.csv", &renamed), ("grids.geojson", &wider)]).await;
    let changed = ["areas_new", "areas_changed", "areas_unchanged", "shapes"].map(|it| change[it].as_i64());
    assert_eq!(changed, [Some(0), Some(1), Some(4), Some(1)], "{change}");
    let meta = city.nobody().get("/api/meta").await.ok();
    assert_eq!((&meta["name"], &meta["district"]), (&json!("澄川区"), &json!("321099")));
    assert_eq!(meta["map"]["bounds"], json!([119.5, 32.4, 119.8, 32.5]));
}

#[db_test]
async fn bad_files_are_told_line_by_line_and_nothing_is_written(store: Store) {
    let city = city(store).await;
    let admin = city.user("grid_admin", Reach::All).await;
    let list = "code,name\n321099,澄川区\n321099101,大桥镇\n321099101,大桥镇\n321099102001,孤村\n32109,短\n";
    let crossed = json!({ "type": "Feature", "properties": { "code": "321099101" }, "geometry": { "type": "Polygon",
        "coordinates": [[[119.5, 32.4], [119.6, 32.5], [119.6, 32.4], [119.5, 32.5], [119.5, 32.4]]] } });
    let files = [("list.csv", list), ("town.geojson", &crossed.to_string())];
    let report = import(&admin, true, &[], &files).await;
    assert_eq!(report["committed"], json!(false));
    let told: Vec<_> = report["problems"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|it| (it["line"].as_i64(), it["code"].as_str()))
        .collect();
    let expected = [
        (Some(4), Some("grid.import_duplicate")),
        (Some(5), Some("grid.import_orphan")),
        (Some(6), Some("grid.import_bad_code")),
        (Some(1), Some("grid.import_self_intersection")),
    ];
    assert_eq!(told, expected, "{report}");
    assert!(
        report["problems"][1]["detail"]
            .as_str()
            .expect("text")
            .starts_with("The parent 321099102")
    );
    assert_eq!(admin.get("/api/areas").await.ok()["items"], json!([]));

    let nothing = admin
        .upload("/api/areas/import", &[("crs", "epsg:3857")], &[])
        .await
        .refused(422, "kernel.invalid");
    assert_eq!(nothing["fields"].as_array().map(Vec::len), Some(2), "{nothing}");
}

/// The lists and the boundary of a real district, where they lie beside the checkout.
fn divisions() -> Option<Vec<(String, Vec<u8>)>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/divisions");
    let names = [
        "321012-jiangdu-streets.csv",
        "321012-jiangdu-villages.csv",
        "321012.wgs84.geojson",
    ];
    names
        .iter()
        .map(|name| Some(((*name).to_owned(), std::fs::read(folder.join(name)).ok()?)))
        .collect()
}

#[db_test]
async fn a_real_district_is_imported_whole(store: Store) {
    let Some(files) = divisions() else {
        eprintln!("skipped: the files of a real district are not beside this checkout");
        return;
    };
    let city = city(store).await;
    let admin = city.user("system_admin", Reach::All).await;
    let lines = |n: usize| String::from_utf8_lossy(&files[n].1).lines().count() - 1;
    let (towns, villages) = (lines(0), lines(1));
    let options = api::ImportOptions {
        commit: true,
        ..api::ImportOptions::default()
    };
    for expected in [towns + villages + 1, 0] {
        let report = api::import(&city.kernel, None, files.clone(), options.clone())
            .await
            .expect("imports");
        let errors: Vec<_> = report.problems.iter().filter(|it| it.is_error()).collect();
        assert!(report.committed && errors.is_empty(), "{errors:?}");
        assert_eq!(report.areas_new, expected);
        assert_eq!(report.shapes, usize::from(expected > 0));
    }
    let list = admin.get("/api/areas?level=town&limit=200").await.ok();
    assert_eq!(list["items"].as_array().map(Vec::len), Some(towns));
    let district = admin.get("/api/areas/321012").await.ok();
    assert_eq!(
        (district["name"].as_str(), district["has_shape"].as_bool()),
        (Some("江都区"), Some(true))
    );
    assert_eq!(district["inside"]["villages"].as_u64(), u64::try_from(villages).ok());
    let at = &district["center"];
    let found = admin
        .get(&format!("/api/areas/locate?lng={}&lat={}", at["lng"], at["lat"]))
        .await
        .ok();
    assert_eq!(found["district"]["code"], "321012");
    let shape = admin.get("/api/areas/shapes?level=district").await.ok();
    assert_eq!(shape["features"][0]["properties"]["name"], "江都区");
}

#[db_test]
async fn a_point_is_found_in_three_coordinate_systems(store: Store) {
    let city = city(store).await;
    let admin = city.user("grid_admin", Reach::All).await;
    let shape = shapes(119.7);
    import(&admin, true, &[], &[("list.csv", LIST), ("grids.geojson", &shape)]).await;
    // Fifty metres west of the border between the two grids: further than that is what GCJ-02 and BD-09 are off by.
    let point = Point {
        lng: 119.5995,
        lat: 32.45,
    };
    for crs in Crs::ALL {
        let Point { lng, lat } = point.convert(Crs::Wgs84, crs);
        let found = admin
            .get(&format!("/api/areas/locate?lng={lng}&lat={lat}&crs={crs}"))
            .await
            .ok();
        assert_eq!(
            found["grid"],
            json!({ "code": "321099101001001", "name": "第一网格" }),
            "{crs}"
        );
        assert_eq!(found["town"]["name"], "大桥镇");
    }
    let Point { lng, lat } = point.convert(Crs::Wgs84, Crs::Bd09);
    let taken_for_wgs84 = admin.get(&format!("/api/areas/locate?lng={lng}&lat={lat}")).await.ok();
    assert_eq!(taken_for_wgs84["grid"]["code"], "321099101001002");
    let beside = admin.get("/api/areas/locate?lng=119.7002&lat=32.45").await.ok();
    assert!(beside["grid"]["code"] == "321099101001002" && beside["distance"].as_f64().is_some_and(|it| it > 10.0));
    let far = admin.get("/api/areas/locate?lng=120.5&lat=32.45").await.ok();
    assert_eq!((&far["grid"], &far["district"]), (&Value::Null, &Value::Null));
    admin
        .get("/api/areas/locate?lng=32.45&lat=119.6")
        .await
        .refused(422, "kernel.invalid");
    admin
        .get("/api/areas/locate?lng=119.6&lat=32.4&crs=utm")
        .await
        .refused(422, "kernel.invalid");

    // The same shapes, sent in GCJ-02, end at the same place.
    let again = import(&admin, false, &[("crs", "gcj02")], &[("grids.geojson", &shape)]).await;
    assert_eq!(again["shapes"], json!(2), "in another system they are other shapes");
}

#[db_test]
async fn areas_and_bodies_are_made_and_changed_by_hand(store: Store) {
    let city = city(store).await;
    let admin = city.user("grid_admin", Reach::All).await;
    admin
        .post("/api/areas", json!({ "code": "321099", "name": "澄川区" }))
        .await
        .ok();
    let new = json!({ "id": Uuid::from_u128(1), "parent": "321099", "name": "安阳街道" });
    let town = admin.post("/api/areas", new.clone()).await.ok();
    assert_eq!((&town["code"], &town["level"]), (&json!("321099001"), &json!("town")));
    assert_eq!(
        town,
        admin.post("/api/areas", new).await.ok(),
        "the same id and body again changes nothing"
    );
    let next = admin
        .post("/api/areas", json!({ "parent": "321099", "name": "红旗镇" }))
        .await
        .ok();
    assert_eq!(next["code"], "321099100");
    let twice = json!({ "code": "321099001", "name": "安阳街道" });
    admin.post("/api/areas", twice).await.refused(409, "kernel.taken");
    let orphan = json!({ "code": "321099200001", "name": "孤村" });
    let refused = admin.post("/api/areas", orphan).await.refused(422, "kernel.invalid");
    assert_eq!(refused["fields"][0]["code"], "grid.no_parent");
    admin
        .post("/api/areas", json!({ "name": "哪里" }))
        .await
        .refused(422, "kernel.invalid");

    let change = json!({ "version": 1, "name": "安阳新街道", "population": 5000 });
    let changed = admin.put("/api/areas/321099001", change.clone()).await.ok();
    assert_eq!(
        (&changed["name"], &changed["version"]),
        (&json!("安阳新街道"), &json!(2))
    );
    let stale = admin
        .put("/api/areas/321099001", change)
        .await
        .refused(409, "kernel.stale");
    assert_eq!(stale["extra"]["version"], 2);
    let wrong = json!({ "version": 2, "name": "安阳街道", "kind": "general" });
    admin
        .put("/api/areas/321099001", wrong)
        .await
        .refused(422, "kernel.invalid");

    let department = json!({ "kind": "department", "name": "区城市管理局", "area": "321099" });
    assert_eq!(admin.post("/api/bodies", department).await.ok()["code"], "D01");
    let office = json!({ "kind": "town", "name": "安阳街道办事处", "area": "321099001" });
    let office = admin.post("/api/bodies", office).await.ok();
    assert_eq!(
        (&office["code"], &office["area_name"]),
        (&json!("T321099001"), &json!("安阳新街道"))
    );
    let closed = json!({ "version": 1, "name": "安阳街道办", "area": "321099001", "active": false });
    assert_eq!(
        admin.put("/api/bodies/T321099001", closed.clone()).await.ok()["active"],
        false
    );
    admin
        .put("/api/bodies/T321099001", closed)
        .await
        .refused(409, "kernel.stale");
    let open = admin.get("/api/bodies?active=true").await.ok();
    assert_eq!(open["items"].as_array().map(Vec::len), Some(1));
    let atlas = api::atlas(&city.kernel).expect("shared");
    assert_eq!(
        atlas.body_at("321099001", Level::Town).map(|it| it.name.as_str()),
        Some("安阳街道办")
    );

    let auditor = city.user("audit_admin", Reach::All).await;
    let log = auditor.get("/api/audit?action=grid.").await.ok();
    let done = |action: &str| {
        log["items"]
            .as_array()
            .expect("a list")
            .iter()
            .filter(|it| it["action"] == action)
            .count()
    };
    let actions = [
        "grid.area_created",
        "grid.area_changed",
        "grid.body_created",
        "grid.body_changed",
    ];
    assert_eq!(actions.map(done), [3, 1, 2, 1]);
}

#[db_test]
async fn a_towns_user_manages_that_town_and_sees_its_people_alone(store: Store) {
    let city = demo(store).await;
    let grids: Vec<_> = DEMO.areas.iter().filter(|it| it.level == Level::Grid).collect();
    let (own, other) = (&grids[0].code, &grids[grids.len() - 1].code);
    let user = city.user("grid_admin", Reach::Area(own[..9].to_owned())).await;

    let areas = user.get(&format!("/api/areas/{other}")).await.ok();
    assert_eq!(&areas["code"], other, "the tree is there for everybody");
    let posts = user.get("/api/posts?limit=200").await.ok();
    let posts = posts["items"].as_array().expect("a list");
    assert!(
        posts.len() > 50
            && posts
                .iter()
                .all(|it| it["area"].as_str().is_some_and(|it| it.starts_with(&own[..9])))
    );
    let foreign = user.get(&format!("/api/posts?area={other}")).await.ok();
    assert_eq!(foreign["items"], json!([]));

    let village = city.user("grid_admin", Reach::Body(format!("V{}", &own[..12]))).await;
    let posts = village.get("/api/posts").await.ok();
    let posts = posts["items"].as_array().expect("a list");
    assert!(
        !posts.is_empty()
            && posts
                .iter()
                .all(|it| it["area"].as_str().is_some_and(|it| it.starts_with(&own[..12])))
    );

    let change = |name: &str| json!({ "version": 1, "name": name });
    user.put(&format!("/api/areas/{own}"), change("改名网格")).await.ok();
    user.put(&format!("/api/areas/{other}"), change("改名网格"))
        .await
        .refused(404, "kernel.not_found");
    user.post("/api/areas", json!({ "parent": &other[..12], "name": "新网格" }))
        .await
        .refused(404, "kernel.not_found");
    user.post("/api/bodies", json!({ "kind": "department", "name": "新部门" }))
        .await
        .refused(404, "kernel.not_found");
    let post = json!({ "user": user.id, "area": other, "kind": "volunteer" });
    user.post("/api/posts", post).await.refused(404, "kernel.not_found");
    let list = format!("code,name\n{own},甲网格\n{other},乙网格\n");
    let report = import(&user, true, &[], &[("grids.csv", &list)]).await;
    assert_eq!(report["problems"][0]["code"], "grid.import_out_of_reach");
    assert_eq!(
        (&report["problems"][0]["line"], &report["committed"]),
        (&json!(3), &json!(false))
    );
}

#[db_test]
async fn people_are_posted_and_found_by_place(store: Store) {
    let city = city(store).await;
    let admin = city.user("grid_admin", Reach::All).await;
    import(&admin, true, &[], &[("list.csv", LIST)]).await;
    let (one, two) = (
        city.user("grid_admin", Reach::All).await,
        city.user("grid_admin", Reach::All).await,
    );
    let post = |user: UserId, area: &str, kind: &str| json!({ "user": user, "area": area, "kind": kind });
    let first = admin
        .post("/api/posts", post(one.id, "321099101001001", "part_time"))
        .await
        .ok();
    assert_eq!(first["area_name"], "大桥镇 · 锦湖社区 · 第一网格");
    let again = admin
        .post("/api/posts", post(one.id, "321099101001001", "lead"))
        .await
        .ok();
    assert_eq!((&again["id"], &again["kind"]), (&first["id"], &json!("lead")));
    admin
        .post("/api/posts", post(two.id, "321099101001002", "full_time"))
        .await
        .ok();
    admin
        .post("/api/posts", post(UserId(Uuid::nil()), "321099101001002", "lead"))
        .await
        .refused(422, "kernel.invalid");
    admin
        .post("/api/posts", post(one.id, "321099999", "lead"))
        .await
        .refused(422, "kernel.invalid");

    let mut tx = city.kernel.read().await.expect("reads");
    let now = city.kernel.now();
    let found = api::on_duty(&city.kernel, &mut tx, "321099101001002", None, now, 9).await;
    let workers = found.expect("finds");
    let who: Vec<_> = workers.iter().map(|it| it.user).collect();
    assert_eq!(who, [two.id, one.id], "the grid's own come first, then the village's");
    drop(tx);
    let village = admin.get("/api/areas/321099101001").await.ok();
    assert_eq!(
        village["inside"]["staff"],
        json!({ "lead": 1, "full_time": 1, "part_time": 0, "volunteer": 0 })
    );
    let path = format!("/api/posts/{}", first["id"].as_str().expect("an id"));
    assert_eq!(admin.delete(&path).await.status, 204);
    assert_eq!(admin.delete(&path).await.status, 204);
    assert_eq!(
        admin.get("/api/posts").await.ok()["items"].as_array().map(Vec::len),
        Some(1)
    );
}

#[db_test]
async fn nobody_gets_in_without_the_permission(store: Store) {
    let city = city(store).await;
    let outsider = city.user("security_admin", Reach::All).await;
    for path in [
        "/api/areas",
        "/api/areas/321099",
        "/api/areas/shapes",
        "/api/areas/locate?lng=1&lat=1",
        "/api/bodies",
        "/api/posts",
    ] {
        outsider.get(path).await.refused(403, "kernel.forbidden");
        city.nobody().get(path).await.refused(401, "kernel.unauthenticated");
    }
    let id = Uuid::nil();
    for path in ["/api/areas", "/api/areas/import", "/api/bodies", "/api/posts"] {
        outsider.post(path, json!({})).await.refused(403, "kernel.forbidden");
    }
    for path in ["/api/areas/321099", "/api/bodies/D01"] {
        outsider.put(path, json!({})).await.refused(403, "kernel.forbidden");
    }
    outsider
        .delete(&format!("/api/posts/{id}"))
        .await
        .refused(403, "kernel.forbidden");
}

#[db_test]
async fn the_demo_district_is_seeded_whole(store: Store) {
    let city = demo(store).await;
    let atlas = api::atlas(&city.kernel).expect("shared");
    let count = |level| atlas.areas().filter(|it| it.level == level).count();
    let all = [Level::District, Level::Town, Level::Village, Level::Grid].map(count);
    assert_eq!(all, [1, 13, 326, 1_101]);
    assert_eq!(atlas.bodies().count(), 28 + 11 + 13 + 326);
    assert_eq!(atlas.district().map(|it| it.name.as_str()), Some("澄川区"));
    for grid in DEMO.areas.iter().filter(|it| it.level == Level::Grid).step_by(50) {
        let (lng, lat) = grid.center;
        let found = atlas.locate(Point { lng, lat });
        assert_eq!(found.grid.map(|it| it.code.to_string()), Some(grid.code.clone()));
        assert!(atlas.body_at(&grid.code, Level::Village).is_some());
    }
    let admin = city.user("system_admin", Reach::All).await;
    let staff = admin.get("/api/areas/321099").await.ok()["inside"]["staff"].clone();
    assert_eq!(
        (&staff["lead"], &staff["full_time"], &staff["part_time"]),
        (&json!(1_101), &json!(1_101), &json!(198))
    );
    let whole = admin.get("/api/areas/shapes?level=grid").await;
    let rough = admin.get("/api/areas/shapes?level=grid&simplify=50").await;
    assert!(rough.bytes.len() * 2 < whole.bytes.len());
    assert_eq!(whole.ok()["features"].as_array().map(Vec::len), Some(1_101));
    let town = &atlas.children("321099").next().expect("a town").code;
    let under = admin.get(&format!("/api/areas/shapes?under={town}")).await.ok();
    assert!(under["features"].as_array().is_some_and(|it| {
        it.iter()
            .all(|it| it["properties"]["code"].as_str().is_some_and(|it| it.starts_with(town)))
    }));
    let me = city
        .nobody()
        .post(
            "/api/session",
            json!({ "login": "gridadmin", "password": api::seed::PASSWORD }),
        )
        .await
        .ok();
    assert_eq!(me["roles"][0]["code"], "grid_admin");
}

#[db_test]
async fn lists_are_cut_into_pages_that_miss_nothing(store: Store) {
    let city = demo(store).await;
    let admin = city.user("grid_admin", Reach::All).await;
    let mut seen = Vec::new();
    let mut path = "/api/areas?level=village&limit=150".to_owned();
    loop {
        let page = admin.get(&path).await.ok();
        seen.extend(
            page["items"]
                .as_array()
                .expect("a list")
                .iter()
                .filter_map(|it| it["code"].as_str().map(str::to_owned)),
        );
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/api/areas?level=village&limit=150&after={next}");
    }
    let mut expected: Vec<_> = DEMO
        .areas
        .iter()
        .filter(|it| it.level == Level::Village)
        .map(|it| it.code.clone())
        .collect();
    expected.sort();
    assert!(seen == expected, "{} of {}", seen.len(), expected.len());
    for text in ["供水", "water%20supply", "c01"] {
        let found = admin.get(&format!("/api/bodies?kind=company&text={text}")).await.ok();
        assert_eq!(found["items"].as_array().map(Vec::len), Some(1), "{text}");
    }
    admin.get("/api/areas?after=%25").await.refused(422, "kernel.invalid");
}

#[db_test]
async fn another_servers_change_is_noticed(store: Store) {
    let city = city(store).await;
    let area = |code: &str, name: &str| api::NewArea {
        code: code.into(),
        name: name.into(),
        ..api::NewArea::default()
    };
    let mut work: Work = city.kernel.system_work().await.expect("begins");
    api::create_area(&mut work, area("321099", "澄川区"))
        .await
        .expect("makes");
    api::create_area(&mut work, area("321099101", "大桥镇"))
        .await
        .expect("makes below what the same work has made");
    work.commit().await.expect("commits");
    assert!(
        api::atlas(&city.kernel).expect("shared").area("321099").is_none(),
        "this server has not looked yet"
    );
    api::refresh(&city.kernel).await.expect("looks");
    let atlas = api::atlas(&city.kernel).expect("shared");
    assert_eq!(atlas.path_name("321099101"), "大桥镇");
    let revision = store::revision(&mut city.kernel.read().await.expect("reads"))
        .await
        .expect("reads");
    assert_eq!(atlas.revision(), revision);
}
