//! The responsibility list: corrected by hand, imported with a preview first, and written out in a shape that comes in
//! again as it was.

use kernel::auth::Reach;
use kernel::testing::{Client, Store, TestCity, db_test};
use serde_json::{Value, json};

use super::{city, people, standard_id};
use crate::list_import::tests::city as list;

const PREVIEW: &str = "/api/cases/standards/import/preview";

/// The kinds of rows in the order of the counts.
fn counts(preview: &Value) -> [i64; 6] {
    ["new", "changed", "unchanged", "open", "gone", "classes"]
        .map(|it| preview["counts"][it].as_i64().expect("a count"))
}

async fn preview(who: &Client, fields: &[(&str, &str)], file: &str, bytes: &[u8]) -> Value {
    who.upload(PREVIEW, fields, &[("file", file, bytes)]).await.ok()
}

fn commit_of(preview: &Value) -> String {
    format!(
        "/api/cases/standards/import/{}/commit",
        preview["id"].as_str().expect("an id")
    )
}

fn problems(preview: &Value) -> Vec<String> {
    let told = |it: &Value| {
        let code = it["code"]
            .as_str()
            .unwrap_or_default()
            .trim_start_matches("cases.list_");
        format!("{} {code}", it["line"].as_u64().unwrap_or(0))
    };
    preview["problems"]
        .as_array()
        .expect("problems")
        .iter()
        .map(told)
        .collect()
}

async fn lead(city: &TestCity) -> Client {
    city.user("shift_lead", Reach::All).await
}

async fn standards(who: &Client, query: &str) -> Vec<Value> {
    who.get(&format!("/api/standards?limit=200&{query}")).await.ok()["items"]
        .as_array()
        .expect("items")
        .clone()
}

#[db_test]
async fn a_citys_workbook_is_looked_at_and_then_put_in_force_once(store: Store) {
    let city = city(store).await;
    let lead = lead(&city).await;
    let seen = preview(&lead, &[], "清单.xlsx", &list()).await;
    assert_eq!(counts(&seen), [5, 0, 0, 1, 0, 2]);
    assert_eq!(
        (seen["sheet"].as_str(), seen["header_row"].as_u64()),
        (Some("部件"), Some(4))
    );
    assert_eq!(seen["columns"][5]["meaning"], "Filing condition");
    let open = &seen["rows"]
        .as_array()
        .expect("rows")
        .iter()
        .find(|it| it["fate"] == "open")
        .expect("one")["why"];
    assert_eq!(open, "There is no limit that can be used; not imported");
    let told = problems(&seen);
    for expected in [
        "8 bad_limit",
        "10 local_class",
        "13 duplicate",
        "14 cell_error",
        "17 note_row",
        "5 unknown_body",
    ] {
        assert!(told.contains(&expected.to_owned()), "{expected}: {told:?}");
    }
    assert_eq!(
        standards(&lead, "class=2026.C").await.len(),
        0,
        "looking changes nothing"
    );
    let path = format!("/api/cases/standards/import/{}", seen["id"].as_str().expect("an id"));
    assert_eq!(lead.get(&path).await.ok(), seen);

    let done = lead.post(&commit_of(&seen), json!({ "end_gone": false })).await.ok();
    let expected = json!({ "added": 5, "changed": 0, "unchanged": 0, "left_out": 1, "ended": 0, "classes": 2 });
    assert_eq!(done, expected);
    assert_eq!(
        lead.post(&commit_of(&seen), json!({ "end_gone": false })).await.ok(),
        expected,
        "the first answer"
    );
    lead.post(&commit_of(&seen), json!({ "end_gone": true }))
        .await
        .refused(409, "kernel.id_taken");
    assert_eq!(lead.get(&path).await.ok()["done"], expected);

    let water = standards(&lead, "class=2026.C01001").await;
    assert_eq!(water.len(), 2);
    assert_eq!(
        (water[0]["code"].as_str(), water[0]["limit"]["en"].as_str()),
        (Some("2026.C0100101"), Some("2 working hours"))
    );
    assert_eq!(
        (water[0]["valid_from"].as_str(), water[1]["limit"]["en"].as_str()),
        (Some("2026-11-24"), Some("2 urgent hours"))
    );
    let own = standards(&lead, "class=2013.C0498").await;
    assert_eq!(
        (own[0]["class"]["name"].as_str(), own[0]["major_name"].as_str()),
        (Some("花箱"), Some("园林绿化"))
    );

    let again = preview(&lead, &[], "清单.xlsx", &list()).await;
    assert_eq!(counts(&again), [0, 0, 5, 1, 0, 0]);
    let done = lead.post(&commit_of(&again), json!({ "end_gone": true })).await.ok();
    assert_eq!((done["unchanged"].as_u64(), done["ended"].as_u64()), (Some(5), Some(0)));
}

#[db_test]
async fn what_goes_out_comes_in_unchanged(store: Store) {
    let city = city(store).await;
    let lead = lead(&city).await;
    let workbook = preview(&lead, &[], "清单.xlsx", &list()).await;
    lead.post(&commit_of(&workbook), json!({ "end_gone": false }))
        .await
        .ok();
    // A class of one's own with two standards, one of the place's village, one that a spreadsheet would calculate.
    let class = json!({ "kind": "matter", "major_name": "专项重点工作", "name": "秸秆焚烧" });
    let class = lead.post("/api/classes", class).await.ok()["code"]
        .as_str()
        .expect("a code")
        .to_owned();
    for (condition, body, level) in [
        ("=焚烧", None, Some("village")),
        ("堆放", Some("C01"), None),
        ("运输", None, Some("town")),
    ] {
        let limit = json!({ "amount": 0.5, "unit": "working_day" });
        let new = json!({ "class": class, "condition": condition, "closing": "清除、\n恢复", "limit": limit, "body": body, "level": level, "supervisor": "D01" });
        lead.post("/api/standards", new).await.ok();
    }
    for query in ["", "?format=csv", "?lang=zh", "?format=csv&lang=zh"] {
        let file = lead.get(&format!("/api/cases/standards/export{query}")).await;
        assert_eq!(file.status, 200);
        let name = if query.contains("csv") { "list.csv" } else { "list.xlsx" };
        let seen = preview(&lead, &[], name, &file.bytes).await;
        let differs: Vec<&Value> = seen["rows"]
            .as_array()
            .expect("rows")
            .iter()
            .filter(|it| it["fate"] != "unchanged")
            .collect();
        assert_eq!(counts(&seen), [0, 0, 9, 0, 0, 0], "{query} {differs:#?}");
        let bad: Vec<_> = seen["problems"]
            .as_array()
            .expect("problems")
            .iter()
            .filter(|it| it["severity"] == "error")
            .collect();
        assert_eq!(bad, Vec::<&Value>::new());
    }
    lead.get("/api/cases/standards/export?format=pdf")
        .await
        .refused(422, "kernel.invalid");
}

#[db_test]
async fn a_changed_standard_is_replaced_from_a_day_on(store: Store) {
    let city = city(store).await;
    let lead = lead(&city).await;
    let text = "种类,小类代码,小类名称,立案条件,处置时限,责任主体\n\
                事件,01001,,井盖缺失或破损,4工作时,江源水务有限公司、区城市管理局\n";
    let seen = preview(
        &lead,
        &[("edition", "2026"), ("valid_from", "2026-11-25")],
        "a.csv",
        text.as_bytes(),
    )
    .await;
    assert_eq!(counts(&seen), [0, 1, 0, 0, 0, 0]);
    let differs = &seen["rows"][0]["differs"];
    let expected = json!([
        { "field": "limit", "before": "2 working days", "after": "4 working hours" },
        { "field": "duty", "before": "区城市管理局", "after": "江源水务有限公司" },
    ]);
    assert_eq!(differs, &expected);
    assert!(problems(&seen).contains(&"2 more_bodies".to_owned()));
    lead.post(&commit_of(&seen), json!({ "end_gone": true })).await.ok();

    let codes = async |query: &str| {
        let of = |it: &Value| {
            (
                it["code"].as_str().map(str::to_owned),
                it["valid_from"].as_str().map(str::to_owned),
                it["valid_to"].as_str().map(str::to_owned),
            )
        };
        standards(&lead, query).await.iter().map(of).collect::<Vec<_>>()
    };
    let some = |it: &str| Some(it.to_owned());
    let old = (some("2026.M0100101"), None, some("2026-11-24"));
    let new = (some("2026.M0100102"), some("2026-11-25"), None);
    assert_eq!(
        codes("").await,
        std::slice::from_ref(&old),
        "the old one to its last day"
    );
    assert_eq!(codes("all=true").await, [old, new.clone()]);
    city.turn(24 * 60 * 60);
    assert_eq!(codes("").await, [new]);

    // Its successor, put in force on this very day, is mended; what the list does not name ends if that is wanted.
    let text = text.replace("4工作时", "6工作时");
    let seen = preview(&lead, &[("edition", "2026")], "a.csv", text.as_bytes()).await;
    assert_eq!(counts(&seen), [0, 1, 0, 0, 0, 0]);
    lead.post(&commit_of(&seen), json!({ "end_gone": false })).await.ok();
    let now = standards(&lead, "").await;
    assert_eq!(
        (now[0]["code"].as_str(), now[0]["limit"]["amount"].as_f64()),
        (Some("2026.M0100102"), Some(6.0))
    );

    let other = text.replace("井盖缺失或破损", "井盖异响");
    let seen = preview(&lead, &[("edition", "2026")], "a.csv", other.as_bytes()).await;
    assert_eq!(counts(&seen), [1, 0, 0, 0, 1, 0]);
    assert_eq!(seen["gone"][0]["code"], "2026.M0100102");
    let done = lead.post(&commit_of(&seen), json!({ "end_gone": true })).await.ok();
    assert_eq!(done["ended"], 1);
    let now = standards(&lead, "").await;
    assert_eq!((now.len(), now[0]["condition"].as_str()), (1, Some("井盖异响")));
}

#[db_test]
async fn what_has_two_meanings_waits_for_a_person(store: Store) {
    let city = city(store).await;
    let lead = lead(&city).await;
    let text = "大类,小类代码,小类名称,立案条件,处置时限,责任单位\n\
                市容环境,01001,从未见过,破损,3天,各镇（街道）\n\
                市容环境,01002,,无名者,,区城市管理局\n";
    let of = async |fields: &[(&str, &str)]| {
        let seen = preview(&lead, fields, "a.csv", text.as_bytes()).await;
        (counts(&seen), seen["rows"][0].clone())
    };
    let (all, row) = of(&[]).await;
    assert_eq!(
        (all, row["why"].as_str()),
        (
            [0, 0, 0, 2, 0, 0],
            Some("Component or matter is not known; not imported. Say it and preview again")
        )
    );
    assert_eq!(
        (row["said"].as_str(), &row["class"]),
        (Some("01001 从未见过"), &Value::Null)
    );
    let (all, row) = of(&[("kind", "matter")]).await;
    assert_eq!(
        (all, row["why"].as_str()),
        (
            [0, 0, 0, 2, 1, 0],
            Some("Code and name of the class disagree; not imported. Choose which to follow and preview again")
        )
    );
    let (all, row) = of(&[("kind", "matter"), ("trust", "code"), ("day", "working_day")]).await;
    assert_eq!(
        (all, row["class"]["code"].as_str()),
        ([1, 0, 0, 1, 1, 0], Some("2026.M01001"))
    );
    assert_eq!(
        (row["limit"]["en"].as_str(), row["level"].as_str()),
        (Some("3 working days"), Some("town"))
    );
    let (all, row) = of(&[("kind", "matter"), ("trust", "name")]).await;
    assert_eq!(
        (all, &row["class"]),
        (
            [1, 0, 0, 1, 1, 1],
            &json!({ "code": null, "major_name": "市容环境", "name": "从未见过", "name_en": null })
        )
    );

    let bad = [
        ("kind", "thing"),
        ("hour", "calendar"),
        ("valid_from", "2026-11-01"),
        ("trust", "me"),
    ];
    let problem = lead
        .upload(PREVIEW, &bad, &[("file", "a.csv", text.as_bytes())])
        .await
        .refused(422, "kernel.invalid");
    let fields: Vec<_> = problem["fields"]
        .as_array()
        .expect("fields")
        .iter()
        .filter_map(|it| it["field"].as_str())
        .collect();
    assert_eq!(fields, ["kind", "hour", "trust", "valid_from"]);
    lead.upload(PREVIEW, &[], &[]).await.refused(422, "kernel.invalid");
    lead.upload(PREVIEW, &[], &[("file", "a.csv", &vec![b','; 9 << 20])])
        .await
        .refused(413, "kernel.too_large");
    assert_eq!(
        problems(&preview(&lead, &[], "a.xls", &[0xd0, 0xcf, 0x11, 0xe0]).await),
        ["0 old_workbook"]
    );
}

#[db_test]
async fn every_class_of_the_national_tables_is_known_by_its_code(store: Store) {
    let (city, mut rows) = (city(store).await, 0);
    let lead = lead(&city).await;
    for (kind, name) in [("component", "components.csv"), ("matter", "matters.csv")] {
        let path = format!("{}/../../../shared/data/standards/{name}", env!("CARGO_MANIFEST_DIR"));
        let Ok(text) = std::fs::read_to_string(&path) else {
            println!("skipped: {name} is not beside the project");
            return;
        };
        // The tables have no limits and no bodies, as a list has.
        let mut lines = text.lines();
        let header = format!(
            "{},limit,body\n",
            lines
                .next()
                .expect("a header")
                .replace("minor,name", "minor_code,minor")
                .replacen("major,", "major_code,", 1)
        );
        let list = lines.fold(header, |list, line| format!("{list}{line},2工作日,区城市管理局\n"));
        let seen = preview(&lead, &[("kind", kind)], name, list.as_bytes()).await;
        let [new, changed, unchanged, open, _, classes] = counts(&seen);
        assert_eq!(
            (changed, unchanged, open, classes),
            (0, 0, 0, 0),
            "{:#?}",
            seen["problems"]
        );
        rows += new;
    }
    assert_eq!(rows, 403);
}

#[db_test]
async fn only_what_was_shown_is_done_and_only_by_who_saw_it(store: Store) {
    let city = city(store).await;
    let (lead, p) = (lead(&city).await, people(&city).await);
    let text = "种类,小类代码,立案条件,处置时限,责任主体\n事件,01001,井盖异响,4工作时,区城市管理局\n";
    let refused = p
        .worker
        .upload(PREVIEW, &[], &[("file", "a.csv", text.as_bytes())])
        .await;
    refused.refused(403, "kernel.forbidden");
    let fields = [("edition", "2026")];
    let seen = preview(&lead, &fields, "a.csv", text.as_bytes()).await;
    let yes = json!({ "end_gone": false });
    p.worker
        .post(&commit_of(&seen), yes.clone())
        .await
        .refused(403, "kernel.forbidden");
    p.shift_lead
        .post(&commit_of(&seen), yes.clone())
        .await
        .refused(404, "cases.preview_gone");

    let limit = json!({ "amount": 1, "unit": "working_day" });
    let new = json!({ "class": "2026.M01001", "condition": "井盖异响", "limit": limit, "body": "D01" });
    lead.post("/api/standards", new).await.ok();
    lead.post(&commit_of(&seen), yes.clone())
        .await
        .refused(409, "kernel.stale");
    assert_eq!(
        standards(&lead, "class=2026.M01001").await.len(),
        2,
        "nothing of it was done"
    );
    let seen = preview(&lead, &fields, "a.csv", text.as_bytes()).await;
    assert_eq!(counts(&seen), [0, 1, 0, 0, 1, 0]);
    city.turn(25 * 60 * 60);
    lead.post(&commit_of(&seen), yes)
        .await
        .refused(404, "cases.preview_gone");
}

#[db_test]
async fn a_standard_is_corrected_by_hand_on_its_latest_version(store: Store) {
    let city = city(store).await;
    let lead = lead(&city).await;
    let path = format!("/api/standards/{}", standard_id());
    let change = |version: i64, amount: f64| json!({ "version": version, "condition": "井盖缺失", "limit": { "amount": amount, "unit": "working_hour" }, "level": "town", "valid_to": "2026-12-31" });
    let now = lead.put(&path, change(1, 4.0)).await.ok();
    assert_eq!(
        (now["version"].as_i64(), now["limit"]["en"].as_str()),
        (Some(2), Some("4 working hours"))
    );
    assert_eq!(
        (&now["body"], now["level"].as_str(), now["valid_to"].as_str()),
        (&Value::Null, Some("town"), Some("2026-12-31"))
    );
    assert_eq!(
        lead.put(&path, change(2, 4.0)).await.ok()["version"],
        2,
        "the same again changes nothing"
    );
    lead.put(&path, change(1, 5.0)).await.refused(409, "kernel.stale");
    let mut bad = change(2, 4.0);
    (bad["valid_to"], bad["level"]) = (json!("tomorrow"), Value::Null);
    let problem = lead.put(&path, bad).await.refused(422, "kernel.invalid");
    let fields: Vec<_> = problem["fields"]
        .as_array()
        .expect("fields")
        .iter()
        .filter_map(|it| it["field"].as_str())
        .collect();
    assert_eq!(fields, ["body", "valid_to"]);
    let worker = city.user("worker", Reach::All).await;
    worker.put(&path, change(2, 5.0)).await.refused(403, "kernel.forbidden");
    assert_eq!(standards(&lead, "body=D01").await.len(), 0);
    city.turn(40 * 24 * 60 * 60);
    assert_eq!(
        (
            standards(&lead, "").await.len(),
            standards(&lead, "all=true").await.len()
        ),
        (0, 1)
    );
}
