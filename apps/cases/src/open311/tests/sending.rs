//! What an application sends: keys, places, attributes, photos, and what is refused.

use axum::http::Method;
use kernel::auth::Reach;
use kernel::testing::{Store, db_test};
use serde_json::{Value, json};

use super::reading::attributes;
use super::{CLASS, GRID, SERVICE, errors, make_app, open, same, spark};

#[db_test]
async fn a_request_is_answered_with_its_id_at_once(store: Store) {
    let open = open(store).await;
    open.service(json!({ "notice": "两日内处理" })).await;
    let form = [
        ("api_key", open.key.as_str()),
        ("service_code", SERVICE),
        ("address_id", GRID),
        ("description", "井盖坏了"),
    ];
    let xml = open.send("xml", &form).await;
    assert_eq!(
        (xml.status, xml.headers["content-type"].to_str().expect("text")),
        (200, "text/xml; charset=utf-8")
    );
    let (root, body) = spark(std::str::from_utf8(&xml.bytes).expect("UTF-8"));
    assert_eq!(root, "service_requests");
    assert_eq!(
        body,
        json!([{ "service_request_id": "2026-000001", "service_notice": "两日内处理", "account_id": null }])
    );
    let reply = open.send("json", &form).await.ok();
    assert_eq!(
        reply,
        json!([{ "service_request_id": "2026-000002", "service_notice": "两日内处理", "account_id": null }])
    );
}

#[db_test]
async fn it_becomes_a_case_like_any_other_with_the_contact_sealed(store: Store) {
    let open = open(store).await;
    let long = "井盖坏了，".repeat(700);
    let form = [
        ("address_id", GRID),
        ("description", long.as_str()),
        ("first_name", "小明"),
        ("last_name", "王"),
        ("phone", "138-0000-1234"),
        ("email", "wang@example.cn"),
        ("device_id", "d1"),
        ("account_id", "a1"),
    ];
    open.take(&form).await;
    let acceptor = open.city.user("acceptor", Reach::All).await;
    let list = acceptor.get("/api/cases").await.ok();
    let case = &list["items"][0];
    assert_eq!(
        (&case["source"], &case["class"]["code"], &case["area"]["code"]),
        (&json!("resident"), &json!(CLASS), &json!(GRID))
    );
    assert_eq!(case["description"], json!(long.trim()));
    let path = format!("/api/cases/{}", case["id"].as_str().expect("an id"));
    let desk = acceptor.get(&path).await.ok();
    assert_eq!(
        desk["facts"]["contact"],
        json!({ "name": "王**", "phone": "138****1234" })
    );
    let shown = acceptor
        .post(&format!("{path}/contact"), json!({ "purpose": "回访" }))
        .await
        .ok();
    assert_eq!(shown, json!({ "name": "王小明", "phone": "138-0000-1234" }));
}

#[db_test]
async fn a_missing_or_wrong_key_is_403(store: Store) {
    let open = open(store).await;
    let form = |key: &'static str| [("api_key", key), ("service_code", SERVICE), ("address_id", GRID)];
    let missing = "Missing api_key -- can't proceed with create_request";
    let invalid = "Invalid api_key received -- can't proceed with create_request";
    assert_eq!(open.reject(&form("")).await, (403, vec![missing.to_owned()]));
    assert_eq!(open.reject(&form("xyz")).await, (403, vec![invalid.to_owned()]));
    assert_eq!(open.reject(&form("jw_0_0")).await, (403, vec![invalid.to_owned()]));
    // A key of a system that may not report is none of an application.
    let other = make_app(&open.city, &["integration"]).await;
    let form = [
        ("api_key", other.as_str()),
        ("service_code", SERVICE),
        ("address_id", GRID),
    ];
    assert_eq!(open.reject(&form).await, (403, vec![invalid.to_owned()]));
    // A session of the house is no key either.
    let worker = open.city.user("worker", Reach::All).await;
    let body = format!("service_code={SERVICE}&address_id={GRID}").into_bytes();
    let kind = "application/x-www-form-urlencoded";
    let reply = worker
        .send(Method::POST, "/open311/v2/requests.json", Some(kind), body.clone())
        .await;
    assert_eq!(errors(&reply).0, 403);
    // The key may come as a bearer token, and with the query.
    let bearer = open.city.with_key(&open.key);
    bearer
        .send(Method::POST, "/open311/v2/requests.json", Some(kind), body.clone())
        .await
        .ok();
    let path = format!("/open311/v2/requests.json?api_key={}", open.key);
    open.city
        .nobody()
        .send(Method::POST, &path, Some(kind), body)
        .await
        .ok();
    // One that has run out is none any more.
    open.city.turn(86_401);
    let form = [
        ("api_key", open.key.as_str()),
        ("service_code", SERVICE),
        ("address_id", GRID),
    ];
    assert_eq!(open.reject(&form).await, (403, vec![invalid.to_owned()]));
}

/// A form, and with which status and words it is refused.
type Refused<'a> = (Vec<(&'a str, &'a str)>, u16, Vec<&'a str>);

#[db_test]
async fn what_is_missing_or_wrong_is_named_all_at_once(store: Store) {
    let open = open(store).await;
    let key = ("api_key", open.key.as_str());
    let service = ("service_code", SERVICE);
    let place = ("address_id", GRID);
    let long = "井".repeat(4_001);
    let cases: Vec<Refused<'_>> = vec![
        (vec![place], 400, vec!["service_code was not provided"]),
        (
            vec![place, ("service_code", "")],
            400,
            vec!["service_code was not provided"],
        ),
        (
            vec![place, ("service_code", "001")],
            404,
            vec!["service_code provided was not found: 001"],
        ),
        (
            vec![place, service, ("jurisdiction_id", "x")],
            404,
            vec!["jurisdiction_id provided was not found: x"],
        ),
        (
            vec![service],
            400,
            vec!["No location was provided: one of lat & long, address_string or address_id is required"],
        ),
        (
            vec![service, ("lat", "32.4")],
            400,
            vec!["lat and long must both be provided"],
        ),
        (
            vec![service, place, ("long", "119.5")],
            400,
            vec!["lat and long must both be provided"],
        ),
        (
            vec![service, ("lat", "x"), ("long", "200")],
            400,
            vec![
                "lat is not valid in WGS 84 degrees: x",
                "long is not valid in WGS 84 degrees: 200",
            ],
        ),
        (
            vec![service, ("lat", "NaN"), ("long", "1")],
            400,
            vec!["lat is not valid in WGS 84 degrees: NaN"],
        ),
        (
            vec![service, ("lat", "0"), ("long", "0")],
            400,
            vec!["lat, long: The place lies outside the district"],
        ),
        (
            vec![service, ("address_id", "1")],
            400,
            vec!["address_id provided was not found: 1"],
        ),
        (
            vec![service, place, ("description", long.as_str())],
            400,
            vec!["description may have at most 4000 characters"],
        ),
        (
            vec![service, place, ("media_url", "file:///etc/passwd")],
            400,
            vec!["media_url must be an http or https address"],
        ),
        (
            vec![service, place, ("phone", "call me")],
            400,
            vec!["phone: Wrong format: 0-9 + -"],
        ),
        (
            vec![],
            400,
            vec![
                "service_code was not provided",
                "No location was provided: one of lat & long, address_string or address_id is required",
            ],
        ),
    ];
    for (mut form, status, texts) in cases {
        form.push(key);
        let texts: Vec<String> = texts.into_iter().map(str::to_owned).collect();
        assert_eq!(open.reject(&form).await, (status, texts), "{form:?}");
    }
    assert_eq!(open.both("requests", "").await, json!([]), "nothing was left behind");
}

#[db_test]
async fn any_of_the_three_places_will_do(store: Store) {
    let open = open(store).await;
    open.take(&[("address_string", "锦绣路 12 号")]).await;
    open.take(&[("address_id", "320999101")]).await;
    let all = open.both("requests", "").await;
    assert_eq!(
        (&all[0]["address_id"], &all[1]["address_id"]),
        (&json!("320999101"), &json!("320999"))
    );
    assert_eq!((&all[0]["lat"], &all[0]["long"]), (&Value::Null, &Value::Null));
}

#[db_test]
async fn attributes_are_asked_for_and_checked_by_their_type(store: Store) {
    let open = open(store).await;
    open.service(json!({ "attributes": attributes() })).await;
    let base = [
        ("api_key", open.key.as_str()),
        ("service_code", SERVICE),
        ("address_id", GRID),
    ];
    let missing = "attribute[PASSAGE] is required and was not provided";
    assert_eq!(open.reject(&base).await, (400, vec![missing.to_owned()]));
    for (given, text) in [
        (
            vec![("attribute[PASSAGE]", "maybe")],
            "attribute[PASSAGE] is no singlevaluelist: maybe",
        ),
        (
            vec![("attribute[PASSAGE]", "yes"), ("attribute[PASSAGE]", "no")],
            "attribute[PASSAGE] is no singlevaluelist: yes, no",
        ),
        (
            vec![("attribute[PASSAGE]", "yes"), ("attribute[COUNT]", "two")],
            "attribute[COUNT] is no number: two",
        ),
        (
            vec![("attribute[PASSAGE]", "yes"), ("attribute[WHEN]", "soon")],
            "attribute[WHEN] is no datetime: soon",
        ),
        (
            vec![
                ("attribute[PASSAGE]", "yes"),
                ("attribute[DAYS][]", "yes"),
                ("attribute[DAYS][]", "x"),
            ],
            "attribute[DAYS] is no multivaluelist: yes, x",
        ),
        (
            vec![("attribute[PASSAGE]", "yes"), ("attribute[LINE]", "a\nb")],
            "attribute[LINE] is no string: a\nb",
        ),
    ] {
        let form = [base.to_vec(), given].concat();
        assert_eq!(open.reject(&form).await, (400, vec![text.to_owned()]), "{form:?}");
    }
    let id = open
        .take(&[
            ("address_id", GRID),
            ("attribute[PASSAGE]", "yes"),
            ("attribute[COUNT]", "2.5"),
            ("attribute[WHEN]", "2026-11-01T08:00:00+08:00"),
            ("attribute[DAYS][]", "yes"),
            ("attribute[DAYS][]", "no"),
            ("attribute[TEXT]", "a\nb"),
            ("attribute[ELSE]", "not asked"),
        ])
        .await;
    let own = open
        .both(
            &format!("requests/{id}"),
            &format!("?extensions=true&api_key={}", open.key),
        )
        .await;
    let codes: Vec<&str> = own[0]["attributes"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|it| it["code"].as_str())
        .collect();
    assert_eq!(codes, ["PASSAGE", "COUNT", "WHEN", "DAYS", "TEXT"]);
    assert_eq!(own[0]["attributes"][3]["value"], "yes, no");
}

#[db_test]
async fn photos_come_along_in_a_multipart_form_after_the_key(store: Store) {
    let open = open(store).await;
    let png = crate::tests::png();
    let fields = [
        ("api_key", open.key.as_str()),
        ("service_code", SERVICE),
        ("address_id", GRID),
    ];
    let path = "/open311/v2/requests.json";
    let nobody = open.city.nobody();
    nobody
        .upload(path, &fields, &[("media", "a.png", &png), ("media", "b.png", &png)])
        .await
        .ok();
    let acceptor = open.city.user("acceptor", Reach::All).await;
    let list = acceptor.get("/api/cases").await.ok();
    let desk = acceptor
        .get(&format!(
            "/api/cases/{}",
            list["items"][0]["id"].as_str().expect("an id")
        ))
        .await
        .ok();
    assert_eq!(desk["photos"].as_array().map(Vec::len), Some(2));
    // What is no photo is refused, and nothing is read for who has shown no key.
    let reply = nobody.upload(path, &fields, &[("media", "a.svg", b"<svg/>")]).await;
    assert_eq!(errors(&reply).0, 400);
    let reply = nobody.upload(path, &fields[1..], &[("media", "a.png", &png)]).await;
    assert_eq!(errors(&reply).0, 403);
    assert_eq!(open.both("requests", "").await.as_array().map(Vec::len), Some(1));
}

#[db_test]
async fn the_same_idempotency_key_is_the_same_request(store: Store) {
    let open = open(store).await;
    let kind = "application/x-www-form-urlencoded";
    let client = open.city.nobody().with_header("idempotency-key", "tap-17");
    let send = async |more: &str| {
        let body = format!("api_key={}&service_code={SERVICE}&address_id={GRID}{more}", open.key);
        client
            .send(Method::POST, "/open311/v2/requests.json", Some(kind), body.into_bytes())
            .await
    };
    let (first, again) = (send("").await.ok(), send("").await.ok());
    assert_eq!(first, again);
    assert_eq!(errors(&send("&description=another").await).0, 400);
    assert_eq!(open.both("requests", "").await.as_array().map(Vec::len), Some(1));
}

#[db_test]
async fn pages_of_other_sites_may_ask_and_report_but_with_no_session(store: Store) {
    let open = open(store).await;
    let foreign = open
        .city
        .nobody()
        .with_header("origin", "https://app.example.cn")
        .with_header("sec-fetch-site", "cross-site");
    let reply = foreign.get("/open311/v2/services.json").await;
    assert_eq!(reply.headers["access-control-allow-origin"], "*");
    let body = format!("api_key={}&service_code={SERVICE}&address_id={GRID}", open.key).into_bytes();
    let kind = "application/x-www-form-urlencoded";
    let (xml, json) = (
        foreign
            .send(
                Method::POST,
                "/open311/v2/requests.xml",
                Some(kind),
                b"api_key=x".to_vec(),
            )
            .await,
        foreign
            .send(
                Method::POST,
                "/open311/v2/requests.json",
                Some(kind),
                b"api_key=x".to_vec(),
            )
            .await,
    );
    same(&xml, &json);
    foreign
        .send(Method::POST, "/open311/v2/requests.json", Some(kind), body)
        .await
        .ok();
    // Everywhere else the house stays closed to them.
    let reply = foreign
        .send(Method::POST, "/api/session", Some("application/json"), b"{}".to_vec())
        .await;
    reply.refused(403, "kernel.cross_site");
}

#[db_test]
async fn an_application_that_asks_too_often_is_told_so(store: Store) {
    let open = open(store).await;
    let form = [
        ("api_key", open.key.as_str()),
        ("service_code", "x"),
        ("address_id", GRID),
    ];
    for _ in 0..300 {
        open.send("json", &form).await;
    }
    let (status, texts) = errors(&open.send("json", &form).await);
    assert!(status == 400 && texts[0].contains("60"), "{status} {texts:?}");
}
