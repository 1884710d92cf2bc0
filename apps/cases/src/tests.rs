//! The promises of the main job, through HTTP, as the people concerned, on both databases.

mod clocks;
mod component;
mod flow;
mod import;
mod journey;
mod lists;
mod news;
mod speed;
mod standards;

use grid::api::{NewArea, NewBody};
use kernel::App;
use kernel::auth::Reach;
use kernel::config::Config;
use kernel::testing::{Client, Store, TestCity};
use serde_json::{Value, json};

use crate::catalogue::{self, Standard};
use crate::model::StandardId;

/// The grid that the tests' cases lie in.
pub(crate) const GRID: &str = "320999101201001";
pub(crate) const OTHER_GRID: &str = "320999102201001";

/// A city with two towns, two bodies and one standard of two working days.
pub(crate) async fn city(store: Store) -> TestCity {
    city_with(store, |_| ()).await
}

/// The same with another configuration.
pub(crate) async fn city_with(store: Store, change: impl FnOnce(&mut Config)) -> TestCity {
    let apps: Vec<Box<dyn App>> = vec![
        Box::new(grid::Grid),
        Box::new(components::Components),
        Box::new(crate::Cases),
    ];
    let city = TestCity::start_with(store, apps, change).await;
    let mut work = city.kernel.system_work().await.expect("begins");
    for (code, name) in [
        ("320999", "试验区"),
        ("320999101", "东镇"),
        ("320999101201", "东村"),
        (GRID, "第一网格"),
        ("320999102", "西镇"),
        ("320999102201", "西村"),
        (OTHER_GRID, "第一网格"),
    ] {
        let area = NewArea {
            code: code.to_owned(),
            name: name.to_owned(),
            name_en: None,
            kind: None,
            households: None,
            population: None,
        };
        grid::api::create_area(&mut work, area).await.expect("makes the area");
    }
    for (code, name) in [("D01", "区城市管理局"), ("C01", "江源水务有限公司")] {
        let kind = if code == "D01" {
            grid::api::BodyKind::Department
        } else {
            grid::api::BodyKind::Company
        };
        let body = NewBody {
            code: code.to_owned(),
            kind,
            name: name.to_owned(),
            name_en: None,
            area: None,
        };
        grid::api::create_body(&mut work, body).await.expect("makes the body");
    }
    let standard = Standard {
        id: standard_id(),
        code: "2026.M0100101".to_owned(),
        class: "2026.M01001".to_owned(),
        condition: "井盖缺失或破损".to_owned(),
        condition_en: Some("A manhole cover is missing or broken".to_owned()),
        closing: None,
        closing_en: None,
        amount: 2.0,
        unit: "working_day".to_owned(),
        body: Some("D01".to_owned()),
        level: None,
        supervisor: None,
        valid_from: None,
        valid_to: None,
        version: 1,
        area_limits: Vec::new(),
        stages: Vec::new(),
    };
    catalogue::save_standard(&mut work, &standard)
        .await
        .expect("adds the standard");
    catalogue::touch(&mut work).await.expect("touches");
    work.commit().await.expect("commits");
    grid::api::reload(&city.kernel).await.expect("reloads");
    catalogue::reload(&city.kernel).await.expect("reloads");
    city
}

pub(crate) fn standard_id() -> StandardId {
    StandardId(uuid::Uuid::from_u128(0x5d))
}

/// The people of the six steps.
pub(crate) struct People {
    pub worker: Client,
    pub acceptor: Client,
    pub shift_lead: Client,
    pub dispatcher: Client,
    pub clerk: Client,
    pub water: Client,
    pub checker: Client,
    pub leader: Client,
}

pub(crate) async fn people(city: &TestCity) -> People {
    People {
        worker: city
            .user_with(&[("worker", Reach::Area(GRID.into())), ("worker", Reach::Own)])
            .await,
        acceptor: city.user("acceptor", Reach::All).await,
        shift_lead: city.user("shift_lead", Reach::All).await,
        dispatcher: city.user("dispatcher", Reach::All).await,
        clerk: city.user("body_clerk", Reach::Body("D01".into())).await,
        water: city.user("body_clerk", Reach::Body("C01".into())).await,
        checker: city.user("checker", Reach::All).await,
        leader: city.user("leader", Reach::All).await,
    }
}

pub(crate) fn report() -> Value {
    json!({
        "source": "worker",
        "class": "2026.M01001",
        "description": "锦绣路东侧雨水井盖破损",
        "place": "锦绣路 12 号",
        "area": GRID,
    })
}

/// Makes a move on the latest version and gives the receipt.
pub(crate) async fn go(who: &Client, case: &str, action: &str, more: Value) -> Value {
    let version = version(who, case).await;
    let mut body = json!({ "version": version, "action": action });
    if let (Some(body), Some(more)) = (body.as_object_mut(), more.as_object()) {
        body.extend(more.clone());
    }
    who.post(&format!("/api/cases/{case}/moves"), body).await.ok()
}

pub(crate) async fn version(who: &Client, case: &str) -> i64 {
    let desk = who.get(&format!("/api/cases/{case}")).await.ok();
    desk["facts"]["version"].as_i64().expect("a version")
}

pub(crate) fn id_of(receipt: &Value) -> String {
    receipt["id"].as_str().expect("an id").to_owned()
}

/// Takes a new case as far as dispatched to D01.
pub(crate) async fn dispatched(people: &People) -> String {
    let case = id_of(&people.worker.post("/api/cases", report()).await.ok());
    go(&people.acceptor, &case, "accept", json!({})).await;
    go(&people.shift_lead, &case, "file", json!({ "standard": standard_id() })).await;
    go(&people.dispatcher, &case, "dispatch", json!({ "body": "D01" })).await;
    case
}

/// A picture of one pixel.
pub(crate) fn png() -> Vec<u8> {
    vec![
        0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, b'I', b'H', b'D', b'R', 0, 0, 0, 1, 0, 0, 0, 1, 8,
        2, 0, 0, 0, 0x90, 0x77, 0x53, 0xde, 0, 0, 0, 12, b'I', b'D', b'A', b'T', 8, 0xd7, 0x63, 0xf8, 0xcf, 0xc0, 0, 0,
        3, 1, 1, 0, 0x18, 0xdd, 0x8d, 0xb0, 0, 0, 0, 0, b'I', b'E', b'N', b'D', 0xae, 0x42, 0x60, 0x82,
    ]
}
