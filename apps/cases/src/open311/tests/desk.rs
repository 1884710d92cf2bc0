//! The desk: who may set what is public, and what cannot be set.

use kernel::auth::Reach;
use kernel::testing::{Store, db_test};
use serde_json::json;

use super::{CLASS, open};

#[db_test]
async fn only_those_who_hold_the_permission_set_what_is_public(store: Store) {
    let open = open(store).await;
    let worker = open.city.user("worker", Reach::All).await;
    worker.get("/api/open311").await.refused(403, "kernel.forbidden");
    open.city
        .nobody()
        .get("/api/open311")
        .await
        .refused(401, "kernel.unauthenticated");
    let lead = open.city.user("shift_lead", Reach::All).await;
    let seen = lead.get("/api/open311").await.ok();
    assert_eq!(seen["jurisdiction"], "320999");
    assert_eq!(seen["services"][0]["class"]["code"], CLASS);
    // On a version that was changed meanwhile nothing is written.
    let stale = json!({ "version": 0, "settings": seen["settings"] });
    lead.put("/api/open311", stale).await.refused(409, "kernel.stale");
    let path = format!("/api/open311/services/{CLASS}");
    lead.put(&path, json!({ "version": 0, "open": false }))
        .await
        .refused(409, "kernel.stale");
    lead.put("/api/open311/services/none", json!({ "version": 0, "open": true }))
        .await
        .refused(404, "kernel.not_found");
}

#[db_test]
async fn attributes_that_no_client_could_show_are_refused(store: Store) {
    let open = open(store).await;
    let asked = |code: &str, datatype: &str, values: serde_json::Value| json!({ "code": code, "variable": true, "datatype": datatype, "required": false, "description": "x", "values": values });
    let one = json!([{ "key": "a", "name": "A" }]);
    let refused = async |attributes: serde_json::Value| {
        let input = json!({ "version": 1, "open": true, "attributes": attributes });
        let problem = open
            .admin
            .put(&format!("/api/open311/services/{CLASS}"), input)
            .await
            .refused(422, "kernel.invalid");
        problem["fields"][0]["field"].as_str().expect("a field").to_owned()
    };
    assert_eq!(
        refused(json!([asked("A B", "text", json!([]))])).await,
        "attributes[0].code"
    );
    assert_eq!(
        refused(json!([asked("A", "text", one.clone())])).await,
        "attributes[0].values"
    );
    assert_eq!(
        refused(json!([asked("A", "multivaluelist", json!([]))])).await,
        "attributes[0].values"
    );
    assert_eq!(
        refused(json!([asked("A", "text", json!([])), asked("A", "text", json!([]))])).await,
        "attributes[1].code"
    );
    let twice = json!([{ "key": "a", "name": "A" }, { "key": "a", "name": "B" }]);
    assert_eq!(
        refused(json!([asked("A", "singlevaluelist", twice)])).await,
        "attributes[0].values[1].key"
    );
}
