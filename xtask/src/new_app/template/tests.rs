//! Through HTTP, as a user with a role, on both databases.

use kernel::auth::Reach;
use kernel::testing::{Client, Store, TestCity, db_test};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::__Name__;

const TOWN: &str = "320999101";
const OTHER_TOWN: &str = "320999102";

async fn city(store: Store) -> (TestCity, Client) {
    let city = TestCity::start(store, vec![Box::new(__Name__)]).await;
    let clerk = city.user("__name___clerk", Reach::Area(TOWN.to_owned())).await;
    (city, clerk)
}

async fn entry(clerk: &Client, title: &str) -> Value {
    clerk.post("/api/__name__", json!({ "area": format!("{TOWN}203"), "title": title })).await.ok()
}

#[db_test]
async fn an_entry_is_made_done_and_opened_again(store: Store) {
    let (_city, clerk) = city(store).await;
    let made = entry(&clerk, "修围栏").await;
    assert_eq!((made["state"].as_str(), made["version"].as_i64()), (Some("open"), Some(1)));
    let path = format!("/api/__name__/{}", made["id"].as_str().unwrap_or_default());
    let moves = format!("{path}/moves");

    let done = clerk.post(&moves, json!({ "version": 1, "action": "finish" })).await.ok();
    assert_eq!(done["state"], "done");
    clerk.post(&moves, json!({ "version": 1, "action": "finish" })).await.refused(409, "kernel.stale");
    clerk.post(&moves, json!({ "version": 2, "action": "finish" })).await.refused(409, "__name__.move_not_open");
    let silent = clerk.post(&moves, json!({ "version": 2, "action": "reopen" })).await.refused(422, "kernel.invalid");
    assert_eq!(silent["fields"][0]["field"], "note");
    clerk.post(&moves, json!({ "version": 2, "action": "reopen", "note": "没修好" })).await.ok();
    let now = clerk.get(&path).await.ok();
    assert_eq!((now["state"].as_str(), now["note"].as_str()), (Some("open"), Some("没修好")));
}

#[db_test]
async fn the_same_id_again_changes_nothing(store: Store) {
    let (_city, clerk) = city(store).await;
    let input = json!({ "id": Uuid::from_u128(7), "area": TOWN, "title": "修围栏" });
    let first = clerk.post("/api/__name__", input.clone()).await.ok();
    assert_eq!(first, clerk.post("/api/__name__", input).await.ok());
    let other = json!({ "id": Uuid::from_u128(7), "area": TOWN, "title": "别的" });
    clerk.post("/api/__name__", other).await.refused(409, "kernel.id_taken");
}

#[db_test]
async fn nobody_sees_or_does_more_than_their_role_reaches(store: Store) {
    let (city, clerk) = city(store).await;
    let made = entry(&clerk, "修围栏").await;
    let path = format!("/api/__name__/{}", made["id"].as_str().unwrap_or_default());
    let go = json!({ "version": 1, "action": "finish" });

    city.nobody().get("/api/__name__").await.refused(401, "kernel.unauthenticated");
    let administrator = city.user("system_admin", Reach::All).await;
    administrator.get("/api/__name__").await.refused(403, "kernel.forbidden");
    let stranger = city.user("__name___clerk", Reach::Area(OTHER_TOWN.to_owned())).await;
    stranger.get(&path).await.refused(404, "kernel.not_found");
    stranger.post(&format!("{path}/moves"), go).await.refused(404, "kernel.not_found");
    assert_eq!(stranger.get("/api/__name__").await.ok()["items"], json!([]));
    let outside = stranger.post("/api/__name__", json!({ "area": TOWN, "title": "x" })).await.refused(422, "kernel.invalid");
    assert_eq!(outside["fields"][0]["field"], "area");
    let bad = clerk.post("/api/__name__", json!({ "area": "1", "title": " " })).await.refused(422, "kernel.invalid");
    assert_eq!(bad["fields"].as_array().map(Vec::len), Some(2));
}

#[db_test]
async fn the_list_goes_on_where_a_page_ends(store: Store) {
    let (city, clerk) = city(store).await;
    for n in 0..5 {
        entry(&clerk, &format!("第{n}件")).await;
        city.turn(1);
    }
    let first = clerk.get("/api/__name__?limit=3&state=open").await.ok();
    let next = first["next"].as_str().unwrap_or_default();
    let second = clerk.get(&format!("/api/__name__?limit=3&state=open&after={next}")).await.ok();
    let titles = |page: &Value| -> Vec<String> {
        let items = page["items"].as_array().cloned().unwrap_or_default();
        items.iter().map(|it| it["title"].as_str().unwrap_or_default().to_owned()).collect()
    };
    assert_eq!([titles(&first), titles(&second)].concat(), ["第4件", "第3件", "第2件", "第1件", "第0件"]);
    assert_eq!(second["next"], Value::Null);
    assert_eq!(clerk.get("/api/__name__?state=done").await.ok()["items"], json!([]));
}

#[db_test]
async fn the_demo_gets_its_part(store: Store) {
    let (city, clerk) = city(store).await;
    let mut work = city.kernel.system_work().await.expect("begins");
    crate::api::seed(&mut work, &[TOWN, TOWN, TOWN], clerk.id).await.expect("seeds");
    work.commit().await.expect("commits");
    assert_eq!(clerk.get("/api/__name__?state=open").await.ok()["items"].as_array().map(Vec::len), Some(2));
}
