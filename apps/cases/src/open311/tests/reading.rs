//! What a client reads: discovery, services, definitions, requests, tokens.

use kernel::testing::{Store, db_test};
use serde_json::{Value, json};

use super::{CLASS, GRID, SERVICE, errors, go, id_of, make_app, open, people, same, spark};

#[db_test]
async fn discovery_is_there_in_both_formats_and_names_the_endpoint(store: Store) {
    let open = open(store).await;
    let xml = open.city.nobody().get("/open311/discovery.xml").await;
    let json = open.city.nobody().get("/open311/discovery.json").await;
    same(&xml, &json);
    let root = spark(std::str::from_utf8(&xml.bytes).expect("UTF-8")).0;
    assert_eq!(root, "discovery");
    let found = json.ok();
    for field in ["changeset", "contact", "key_service"] {
        assert!(found[field].as_str().is_some_and(|it| !it.is_empty()), "{field}");
    }
    let endpoint = &found["endpoints"][0];
    assert_eq!(endpoint["specification"], "http://wiki.open311.org/GeoReport_v2");
    assert_eq!(endpoint["formats"], json!(["text/xml", "application/json"]));
    assert_eq!(endpoint["type"], "production");
    assert!(endpoint["url"].as_str().is_some_and(|it| it.ends_with("/open311/v2")));
    // It grows when the services change, and lies in the past.
    let before = endpoint["changeset"].as_str().expect("a changeset").to_owned();
    open.city.turn(60);
    open.service(json!({ "notice": "两日内处理" })).await;
    let after = open.city.nobody().get("/open311/discovery.json").await.ok();
    assert!(after["endpoints"][0]["changeset"].as_str().expect("a changeset") > before.as_str());
}

#[db_test]
async fn the_service_list_has_every_field(store: Store) {
    let open = open(store).await;
    let xml = open.get("services.xml").await;
    assert_eq!(spark(std::str::from_utf8(&xml.bytes).expect("UTF-8")).0, "services");
    let services = open.both("services", "").await;
    let service = &services[0];
    assert_eq!(service["service_code"], SERVICE);
    assert_eq!(service["type"], "realtime");
    assert_eq!(service["metadata"], false);
    for field in ["service_name", "description", "keywords", "group"] {
        assert!(service[field].as_str().is_some_and(|it| !it.is_empty()), "{field}");
    }
    assert_eq!(service["description"], "A manhole cover is missing or broken");
    // What is not open is not there.
    assert_eq!(services.as_array().map(Vec::len), Some(1));
    open.service(json!({ "open": false })).await;
    assert_eq!(open.both("services", "").await, json!([]));
}

#[db_test]
async fn a_service_definition_has_its_attributes_in_order(store: Store) {
    let open = open(store).await;
    assert_eq!(
        open.both(&format!("services/{SERVICE}"), "").await,
        json!({ "service_code": SERVICE, "attributes": [] })
    );
    open.service(json!({ "attributes": attributes() })).await;
    assert_eq!(open.both("services", "").await[0]["metadata"], true);
    let found = open.both(&format!("services/{SERVICE}"), "").await;
    assert_eq!(
        found["attributes"][0],
        json!({ "variable": true, "code": "PASSAGE", "datatype": "singlevaluelist", "required": true,
            "datatype_description": null, "order": 1, "description": "影响通行？",
            "values": [{ "key": "yes", "name": "是" }, { "key": "no", "name": "否" }] })
    );
    assert_eq!(found["attributes"][1]["order"], 2);
    assert_eq!(found["attributes"][1]["values"], json!([]));
    let xml = open.get(&format!("services/{SERVICE}.xml")).await;
    assert_eq!(
        spark(std::str::from_utf8(&xml.bytes).expect("UTF-8")).0,
        "service_definition"
    );
}

pub(super) fn attributes() -> Value {
    let asked = |code: &str, datatype: &str, required: bool, values: Value| {
        json!({ "code": code, "variable": true, "datatype": datatype, "required": required, "datatype_description": null,
            "description": "影响通行？", "values": values })
    };
    let values = json!([{ "key": "yes", "name": "是" }, { "key": "no", "name": "否" }]);
    json!([
        asked("PASSAGE", "singlevaluelist", true, values.clone()),
        asked("COUNT", "number", false, json!([])),
        asked("WHEN", "datetime", false, json!([])),
        asked("DAYS", "multivaluelist", false, values),
        asked("LINE", "string", false, json!([])),
        asked("TEXT", "text", false, json!([])),
        { "code": "HINT", "variable": false, "datatype": "text", "required": true, "datatype_description": null,
            "description": "请注意安全" },
    ])
}

#[db_test]
async fn what_is_not_there_is_404_in_the_format_asked_for(store: Store) {
    let open = open(store).await;
    for path in [
        "services/none",
        "services/2026-M02001",
        "requests/2026-999999",
        "requests/none",
        "tokens/none",
        "nothing",
        "nothing/1",
    ] {
        let (status, texts) = open.refused(path, "").await;
        assert_eq!(status, 404, "{path}: {texts:?}");
    }
    let xml = open.get("services/none.xml").await;
    let (root, body) = spark(std::str::from_utf8(&xml.bytes).expect("UTF-8"));
    assert_eq!((root.as_str(), &body[0]["code"]), ("errors", &json!("404")));
    assert_eq!(errors(&open.city.nobody().get("/open311/nothing.json").await).0, 404);
}

#[db_test]
async fn one_jurisdiction_may_be_left_out_and_another_is_404(store: Store) {
    let open = open(store).await;
    for query in ["", "?jurisdiction_id=", "?jurisdiction_id=320999"] {
        open.both("services", query).await;
    }
    for path in [
        "services",
        "requests",
        &format!("services/{SERVICE}"),
        "tokens/1",
        "requests/1",
    ] {
        let (status, texts) = open.refused(path, "?jurisdiction_id=city.gov").await;
        assert_eq!(
            (status, texts),
            (404, vec!["jurisdiction_id provided was not found: city.gov".to_owned()]),
            "{path}"
        );
    }
    open.set(json!({ "jurisdiction": "jiangyuan.gov.cn", "jurisdiction_required": true }))
        .await;
    let (status, texts) = open.refused("services", "").await;
    assert_eq!(
        (status, texts),
        (400, vec!["jurisdiction_id was not provided".to_owned()])
    );
    open.both("services", "?jurisdiction_id=jiangyuan.gov.cn").await;
    let discovery = open.city.nobody().get("/open311/discovery.json").await;
    assert_eq!(discovery.status, 200, "discovery belongs to no jurisdiction");
}

#[db_test]
async fn a_district_that_has_not_decided_shows_nothing(store: Store) {
    let open = open(store).await;
    open.set(json!({ "enabled": false })).await;
    for path in ["services", "requests", &format!("services/{SERVICE}")] {
        assert_eq!(open.refused(path, "").await.0, 404, "{path}");
    }
    assert_eq!(open.city.nobody().get("/open311/discovery.xml").await.status, 404);
    let form = [
        ("api_key", open.key.as_str()),
        ("service_code", SERVICE),
        ("address_id", GRID),
    ];
    assert_eq!(open.reject(&form).await.0, 404);
}

#[db_test]
async fn without_a_suffix_it_is_xml_unless_json_is_accepted(store: Store) {
    let open = open(store).await;
    let kind = |it: kernel::testing::Reply| it.headers["content-type"].to_str().expect("text").to_owned();
    assert_eq!(kind(open.get("services").await), "text/xml; charset=utf-8");
    let client = open.city.nobody().with_header("accept", "application/json");
    assert_eq!(
        kind(client.get("/open311/v2/services").await),
        "application/json; charset=utf-8"
    );
    assert_eq!(
        kind(client.get("/open311/v2/services.xml").await),
        "text/xml; charset=utf-8"
    );
}

#[db_test]
async fn a_request_shows_what_is_public_and_nothing_of_its_reporter(store: Store) {
    let open = open(store).await;
    let text = "张三家门口 <b>井盖</b> & 破损";
    let form = [
        ("address_string", "锦绣路 12 号 3 栋"),
        ("address_id", GRID),
        ("description", text),
        ("first_name", "小明"),
        ("last_name", "王"),
        ("phone", "13800001234"),
        ("email", "wang@example.cn"),
        ("media_url", "https://example.cn/a.jpg"),
    ];
    let id = open.take(&form).await;
    let found = open.both(&format!("requests/{id}"), "").await;
    let request = &found[0];
    let fields: Vec<&str> = request
        .as_object()
        .expect("a request")
        .keys()
        .map(String::as_str)
        .collect();
    let mut expected = vec![
        "service_request_id",
        "status",
        "status_notes",
        "service_name",
        "service_code",
        "description",
        "agency_responsible",
        "service_notice",
        "requested_datetime",
        "updated_datetime",
        "expected_datetime",
        "address",
        "address_id",
        "zipcode",
        "lat",
        "long",
        "media_url",
    ];
    expected.sort_unstable();
    let mut sorted = fields.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, expected);
    assert_eq!(request["service_request_id"], json!(id), "ids are strings");
    assert_eq!(request["status"], "open");
    assert_eq!(request["requested_datetime"], "2026-11-24T10:00:00+08:00");
    assert_eq!(request["address"], "第一网格, 东村, 东镇");
    assert_eq!(request["address_id"], GRID);
    assert_eq!(request["description"], request["service_name"]);
    for hidden in ["张三", "锦绣路", "王", "1380", "wang@", "a.jpg"] {
        assert!(!found.to_string().contains(hidden), "{hidden}: {found}");
    }
    // The application that sent it gets it back as it was; another does not.
    let own = open
        .both(&format!("requests/{id}"), &format!("?api_key={}", open.key))
        .await;
    assert_eq!(own[0]["description"], text);
    assert_eq!(own[0]["address"], "锦绣路 12 号 3 栋");
    assert_eq!(own[0]["media_url"], "https://example.cn/a.jpg");
    assert!(!own.to_string().contains("1380"), "{own}");
    let other = make_app(&open.city, &["open311_app"]).await;
    let seen = open.both(&format!("requests/{id}"), &format!("?api_key={other}")).await;
    assert_eq!(seen, found);
    // A token is answered as well.
    assert_eq!(
        open.both(&format!("tokens/{id}"), "").await,
        json!([{ "service_request_id": id, "token": id }])
    );
}

#[db_test]
async fn the_status_follows_the_case_and_the_place_is_rounded(store: Store) {
    let open = open(store).await;
    let people = people(&open.city).await;
    let case = crate::tests::dispatched(&people).await;
    let request = open.both("requests", "").await[0].clone();
    assert_eq!(request["agency_responsible"], "区城市管理局");
    assert_eq!(
        (&request["status"], &request["status_notes"]),
        (&json!("open"), &json!("Dispatched"))
    );
    assert_eq!(request["expected_datetime"], "2026-11-26T10:00:00+08:00");
    open.city.turn(3_600);
    go(&people.clerk, &case, "receive", json!({})).await;
    let request = open.both("requests", "").await[0].clone();
    assert_eq!(request["updated_datetime"], "2026-11-24T11:00:00+08:00");
    go(&people.clerk, &case, "handle", json!({ "note": "已更换" })).await;
    go(&people.acceptor, &case, "send_check", json!({})).await;
    go(&people.checker, &case, "check", json!({ "passed": true })).await;
    open.city.turn(60);
    go(&people.shift_lead, &case, "close", json!({})).await;
    let request = open.both("requests", "?status=closed").await[0].clone();
    assert_eq!(request["status"], "closed");
    assert_eq!(request["updated_datetime"], "2026-11-24T11:01:00+08:00");
    assert!(
        !request.to_string().contains("已更换"),
        "notes of the staff are the staff's"
    );
    assert_eq!(open.both("requests", "?status=open").await, json!([]));
    assert_eq!(
        open.both("requests", "?status=open,closed")
            .await
            .as_array()
            .map(Vec::len),
        Some(1)
    );
}

#[db_test]
async fn lists_are_filtered_by_id_service_status_and_time(store: Store) {
    let open = open(store).await;
    let first = open.take(&[("address_id", GRID)]).await;
    open.city.turn(86_400);
    // The key of the tests lives a day.
    let key = make_app(&open.city, &["open311_app"]).await;
    let form = [
        ("api_key", key.as_str()),
        ("service_code", SERVICE),
        ("address_id", GRID),
    ];
    let second = open.send("json", &form).await.ok()[0]["service_request_id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let ids = async |query: &str| -> Vec<String> {
        let all = open.both("requests", query).await;
        let all = all.as_array().expect("a list");
        all.iter()
            .map(|it| it["service_request_id"].as_str().expect("an id").to_owned())
            .collect()
    };
    let (one, two) = (first.as_str(), second.as_str());
    let cases: Vec<(String, Vec<&str>)> = vec![
        (String::new(), vec![two, one]),
        (format!("?service_request_id={one}"), vec![one]),
        (format!("?service_request_id={one},{two},none"), vec![two, one]),
        (
            format!("?service_request_id={one}&service_request_id={two}"),
            vec![two, one],
        ),
        ("?service_request_id=none".to_owned(), vec![]),
        // The list of ids overrides all else.
        (
            format!("?service_request_id={one}&status=closed&start_date=nonsense&service_code=x"),
            vec![one],
        ),
        (format!("?service_code={SERVICE}"), vec![two, one]),
        (format!("?service_code=x,{SERVICE}"), vec![two, one]),
        ("?service_code=x".to_owned(), vec![]),
        ("?service_code=".to_owned(), vec![two, one]),
        ("?start_date=2026-11-25T00:00:00Z".to_owned(), vec![two]),
        ("?end_date=2026-11-24T10:00:00%2B08:00".to_owned(), vec![one]),
        (
            "?start_date=2026-11-24T00:00:00+08:00&end_date=2026-11-25T00:00:00+08:00".to_owned(),
            vec![one],
        ),
        (
            "?start_date=2026-01-01T00:00:00Z&end_date=2026-03-01T00:00:00Z".to_owned(),
            vec![],
        ),
        ("?status=open".to_owned(), vec![two, one]),
        ("?status=closed".to_owned(), vec![]),
        ("?page_size=1".to_owned(), vec![two]),
        ("?page=2&page_size=1".to_owned(), vec![one]),
        ("?page=3&page_size=1".to_owned(), vec![]),
    ];
    for (query, expected) in cases {
        assert_eq!(ids(&query).await, expected, "{query}");
    }
    // Older than 90 days: only what is asked for by its span or its id.
    open.city.turn(89 * 86_400 + 3_600);
    assert_eq!(ids("").await, [two]);
    assert_eq!(ids("?start_date=2026-11-20T00:00:00Z").await, [two, one]);
    assert_eq!(ids(&format!("?service_request_id={one}")).await, [one]);
}

#[db_test]
async fn arguments_that_cannot_be_read_are_400(store: Store) {
    let open = open(store).await;
    for (query, text) in [
        (
            "?start_date=2026-01-01T00:00:00Z&end_date=2026-04-02T00:00:00Z",
            "start_date and end_date may not span more than 90 days",
        ),
        (
            "?start_date=yesterday",
            "start_date is no date in W3C format: yesterday",
        ),
        ("?end_date=2026-13-01", "end_date is no date in W3C format: 2026-13-01"),
        ("?status=done", "status must be open or closed: done"),
        ("?page=0", "page must be a whole number from 1 to 10000"),
        ("?page_size=1001", "page_size must be a whole number from 1 to 1000"),
        ("?page_size=x", "page_size must be a whole number from 1 to 1000"),
    ] {
        assert_eq!(
            open.refused("requests", query).await,
            (400, vec![text.to_owned()]),
            "{query}"
        );
    }
    let all = open.refused("requests", "?status=x&start_date=y").await;
    assert_eq!(all.1.len(), 2, "all that is wrong at once: {all:?}");
    // Exactly 90 days are no more than 90 days.
    open.both(
        "requests",
        "?start_date=2026-01-01T00:00:00Z&end_date=2026-04-01T00:00:00Z",
    )
    .await;
}

#[db_test]
async fn extensions_are_there_for_who_asks_for_them(store: Store) {
    let open = open(store).await;
    open.service(json!({ "attributes": attributes() })).await;
    let id = open.take(&[("address_id", GRID), ("attribute[PASSAGE]", "yes")]).await;
    let path = format!("requests/{id}");
    let plain = open.both(&path, "").await;
    assert!(plain[0].get("extended_attributes").is_none());
    let more = open.both(&path, "?extensions=true").await;
    assert_eq!(more[0]["extended_attributes"]["state"], "reported");
    assert_eq!(
        more[0]["attributes"],
        json!([]),
        "answers are for the staff and the application that sent them"
    );
    let own = open
        .both(&path, &format!("?extensions=true&api_key={}", open.key))
        .await;
    assert_eq!(own[0]["attributes"], json!([{ "code": "PASSAGE", "value": "yes" }]));
}

#[db_test]
async fn a_request_stays_one_whatever_class_the_centre_finds_it_to_be(store: Store) {
    let open = open(store).await;
    let number = open.take(&[("address_id", GRID)]).await;
    let people = people(&open.city).await;
    let report = json!({ "source": "worker", "class": "2026.M01002", "description": "路灯不亮", "area": GRID });
    id_of(&people.worker.post("/api/cases", report).await.ok());
    let all = open.both("requests", "").await;
    assert_eq!(
        all.as_array().map(Vec::len),
        Some(1),
        "classes that are not open are not public"
    );
    let mut work = open.city.kernel.system_work().await.expect("begins");
    let sql = "UPDATE cases_case SET class = '2026.M01002' WHERE number = $1";
    work.run(sql, kernel::args![&number]).await.expect("updates");
    work.commit().await.expect("commits");
    let all = open.both("requests", "").await;
    assert_eq!(all[0]["service_request_id"], json!(number));
    assert_eq!(all[0]["service_code"], SERVICE);
    assert_ne!(CLASS, "2026.M01002");
}
