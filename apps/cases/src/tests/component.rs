//! A place by component: a report that says which lamp is dark, and what follows from that.

use kernel::auth::Reach;
use kernel::testing::{Client, Store, TestCity, db_test};
use serde_json::{Value, json};

use super::{GRID, city, go, id_of, people, standard_id};

/// A shape for the grid, and a drain in it that the water company keeps.
async fn drain(city: &TestCity) -> (Client, String) {
    let shape = json!({ "type": "FeatureCollection", "features": [{
        "type": "Feature", "properties": { "code": GRID, "name": "第一网格" },
        "geometry": { "type": "Polygon", "coordinates": [[[119.5, 32.4], [119.52, 32.4], [119.52, 32.42], [119.5, 32.42], [119.5, 32.4]]] },
    }] });
    let options = grid::api::ImportOptions {
        commit: true,
        ..grid::api::ImportOptions::default()
    };
    let files = vec![("shapes.geojson".to_owned(), shape.to_string().into_bytes())];
    let report = grid::api::import(&city.kernel, None, files, options)
        .await
        .expect("imports");
    assert!(report.committed, "{:?}", report.problems);
    let keeper = city.user("grid_admin", Reach::All).await;
    let input = json!({ "class": "2026.C01003", "point": { "lng": 119.51, "lat": 32.41 }, "place": "锦绣路东侧", "body": "C01" });
    let code = keeper.post("/api/components", input).await.ok()["code"]
        .as_str()
        .expect("a code")
        .to_owned();
    (keeper, code)
}

fn about(component: &str) -> Value {
    json!({ "source": "worker", "description": "盖板松动，车过有响声", "component": component })
}

#[db_test]
async fn a_report_of_a_component_knows_its_place_and_shows_it(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    let (_, code) = drain(&city).await;
    let case = id_of(&p.worker.post("/api/cases", about(&code)).await.ok());
    let desk = p.acceptor.get(&format!("/api/cases/{case}")).await.ok();
    let facts = &desk["facts"];
    assert_eq!(
        (&facts["area"]["code"], &facts["place"]),
        (&json!(GRID), &json!("锦绣路东侧 雨水井盖 000001"))
    );
    assert_eq!(facts["point"], json!({ "lng": 119.51, "lat": 32.41 }));
    let shown = &facts["component"];
    assert_eq!(
        (&shown["code"], &shown["class_name"], &shown["body_name"]),
        (&json!(code), &json!("雨水井盖"), &json!("江源水务有限公司"))
    );
    let of_it = p.acceptor.get(&format!("/api/cases?component={code}")).await.ok();
    assert_eq!(of_it["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(p.acceptor.get("/api/cases?component=1").await.ok()["items"], json!([]));
    let refused = p
        .worker
        .post("/api/cases", about("32099901003999999"))
        .await
        .refused(422, "kernel.invalid");
    assert_eq!(refused["fields"][0]["field"], "component");
}

#[db_test]
async fn what_was_taken_away_is_not_reported_and_is_not_found(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    let (keeper, code) = drain(&city).await;
    let found = p.worker.get("/api/cases/places?text=雨水井盖").await.ok();
    assert_eq!(
        (&found[0]["source"], &found[0]["component"], &found[0]["name"]),
        (&json!("component"), &json!(code), &json!("雨水井盖 000001"))
    );
    let by_number = p.worker.get("/api/cases/places?text=000001").await.ok();
    assert_eq!(by_number[0]["component"], json!(code));
    let gone = json!({ "version": 1, "point": { "lng": 119.51, "lat": 32.41 }, "state": "removed" });
    keeper.put(&format!("/api/components/{code}"), gone).await.ok();
    assert_eq!(p.worker.get("/api/cases/places?text=雨水井盖").await.ok(), json!([]));
    p.worker
        .post("/api/cases", about(&code))
        .await
        .refused(422, "kernel.invalid");
}

#[db_test]
async fn its_class_its_cases_and_its_keeper_are_proposed_first(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    let (_, code) = drain(&city).await;
    let ask = json!({ "description": "盖板松动", "component": code });
    let guesses = p.acceptor.post("/api/cases/suggest-class", ask).await.ok();
    assert_eq!(
        (&guesses[0]["class"]["code"], &guesses[0]["reasons"][0]["kind"]),
        (&json!("2026.C01003"), &json!("component"))
    );
    let first = id_of(&p.worker.post("/api/cases", about(&code)).await.ok());
    city.turn(3600);
    let found = p
        .acceptor
        .get(&format!(
            "/api/cases/duplicates?component={code}&class=2026.C01004&text=没有相同的字"
        ))
        .await
        .ok();
    assert_eq!(
        (&found[0]["case"]["id"], &found[0]["reasons"][0]["zh"]),
        (&json!(first), &json!("同一部件"))
    );
    go(&p.acceptor, &first, "accept", json!({})).await;
    go(&p.shift_lead, &first, "file", json!({ "standard": standard_id() })).await;
    let desk = p.dispatcher.get(&format!("/api/cases/{first}")).await.ok();
    let moves = desk["moves"].as_array().expect("moves");
    let dispatch = moves
        .iter()
        .find(|it| it["action"] == "dispatch")
        .expect("can dispatch");
    let body = dispatch["needs"]
        .as_array()
        .and_then(|it| it.iter().find(|it| it["field"] == "body"))
        .expect("asks for a body");
    let values: Vec<&str> = body["suggested"]
        .as_array()
        .expect("proposals")
        .iter()
        .filter_map(|it| it["value"].as_str())
        .collect();
    assert_eq!(values, ["C01", "D01"], "who keeps it, then the responsibility list");
}
