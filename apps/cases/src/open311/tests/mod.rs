//! GeoReport v2 rule by rule, in XML and in JSON, through HTTP on both databases; and a case that goes on to another city.

mod desk;
mod onward;
mod reading;
mod sending;

use std::collections::BTreeMap;

use axum::http::Method;
use kernel::auth::{NewKey, NewUser, Reach, UserId, grant_role, machine_account, make_key};
use kernel::testing::{Client, Reply, Store, TestCity};
use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::{Value, json};

pub(super) use crate::tests::{GRID, city, go, id_of, people};

/// The service of the tests' class.
const SERVICE: &str = "2026-M01001";
const CLASS: &str = "2026.M01001";

/// A city whose manhole covers are open to the public, and an application with a key.
struct Open {
    city: TestCity,
    admin: Client,
    key: String,
}

async fn open(store: Store) -> Open {
    open_city(city(store).await).await
}

async fn open_city(city: TestCity) -> Open {
    let admin = city.user("system_admin", Reach::All).await;
    let key = make_app(&city, &["open311_app"]).await;
    let open = Open { city, admin, key };
    open.set(json!({})).await;
    open.service(json!({})).await;
    open
}

/// An application's key, with these roles.
async fn make_app(city: &TestCity, roles: &[&str]) -> String {
    let mut work = city.kernel.system_work().await.expect("begins");
    let account: UserId = city.kernel.id();
    let user = NewUser {
        id: account,
        login: format!("app-{account}"),
        name: "随手拍".to_owned(),
        body: None,
        area: None,
    };
    machine_account(&mut work, &user).await.expect("makes the account");
    for role in roles {
        grant_role(&mut work, account, role, &Reach::All)
            .await
            .expect("gives the role");
    }
    let key = NewKey {
        id: None,
        name: "随手拍".to_owned(),
        owner: "运营组".to_owned(),
        purpose: "上报".to_owned(),
        expires_at: work.now().plus_seconds(86_400),
        per_minute: 300,
        addresses: Vec::new(),
    };
    let (_, key) = make_key(&mut work, &key, Some(account)).await.expect("makes the key");
    work.commit().await.expect("commits");
    key
}

impl Open {
    /// Sets the settings, with these changes.
    async fn set(&self, changes: Value) {
        let now = self.admin.get("/api/open311").await.ok();
        let mut settings = now["settings"].clone();
        settings["enabled"] = json!(true);
        merge(&mut settings, &changes);
        let input = json!({ "version": now["version"], "settings": settings });
        self.admin.put("/api/open311", input).await.ok();
    }

    /// Opens the service, with these changes.
    async fn service(&self, changes: Value) {
        let now = self.admin.get("/api/open311").await.ok();
        let mut input = json!({ "version": now["services"][0]["version"].as_i64().unwrap_or(0), "open": true });
        merge(&mut input, &changes);
        self.admin
            .put(&format!("/api/open311/services/{CLASS}"), input)
            .await
            .ok();
    }

    async fn get(&self, path: &str) -> Reply {
        self.city.nobody().get(&format!("/open311/v2/{path}")).await
    }

    /// A document in both formats, which say the same; as JSON.
    async fn both(&self, path: &str, query: &str) -> Value {
        let xml = self.get(&format!("{path}.xml{query}")).await;
        let json = self.get(&format!("{path}.json{query}")).await;
        same(&xml, &json);
        assert_eq!(xml.status, 200, "{path}{query}: {}", json.body);
        json.body
    }

    /// A refusal in both formats, which say the same: its status and its descriptions.
    async fn refused(&self, path: &str, query: &str) -> (u16, Vec<String>) {
        let xml = self.get(&format!("{path}.xml{query}")).await;
        let json = self.get(&format!("{path}.json{query}")).await;
        same(&xml, &json);
        errors(&json)
    }

    async fn send(&self, format: &str, form: &[(&str, &str)]) -> Reply {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        let kind = "application/x-www-form-urlencoded; charset=utf-8";
        let path = format!("/open311/v2/requests.{format}");
        self.city
            .nobody()
            .send(Method::POST, &path, Some(kind), body.into_bytes())
            .await
    }

    /// Sends a request that is to be taken, and gives its id.
    async fn take(&self, form: &[(&str, &str)]) -> String {
        let mut all = vec![("api_key", self.key.as_str()), ("service_code", SERVICE)];
        all.extend_from_slice(form);
        let reply = self.send("json", &all).await.ok();
        reply[0]["service_request_id"].as_str().expect("an id").to_owned()
    }

    /// Sends one that is to be refused, in both formats.
    async fn reject(&self, form: &[(&str, &str)]) -> (u16, Vec<String>) {
        let (xml, json) = (self.send("xml", form).await, self.send("json", form).await);
        same(&xml, &json);
        errors(&json)
    }
}

fn merge(into: &mut Value, changes: &Value) {
    let changes = changes.as_object().expect("an object").clone();
    into.as_object_mut().expect("an object").extend(changes);
}

/// The status and the descriptions; each error has a code, too.
fn errors(reply: &Reply) -> (u16, Vec<String>) {
    let all = reply.body.as_array().expect("an array of errors");
    assert!(!all.is_empty());
    let text = |it: &Value| {
        let fields: Vec<&String> = it.as_object().expect("an error").keys().collect();
        assert_eq!(fields, ["code", "description"]);
        assert!(it["code"].is_i64());
        it["description"].as_str().expect("a description").to_owned()
    };
    (reply.status, all.iter().map(text).collect())
}

/// Both say the same: the JSON is what the Spark convention makes of the XML. The headers name type and encoding.
fn same(xml: &Reply, json: &Reply) {
    assert_eq!(xml.status, json.status);
    let header = |it: &Reply, name: &str| it.headers.get(name).and_then(|it| it.to_str().ok()).map(str::to_owned);
    assert_eq!(header(xml, "content-type").as_deref(), Some("text/xml; charset=utf-8"));
    assert_eq!(
        header(json, "content-type").as_deref(),
        Some("application/json; charset=utf-8")
    );
    for it in [xml, json] {
        assert_eq!(header(it, "access-control-allow-origin").as_deref(), Some("*"));
    }
    let text = std::str::from_utf8(&xml.bytes).expect("UTF-8");
    assert!(
        text.starts_with("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<"),
        "{text}"
    );
    assert_eq!(spark(text).1, plain(&json.body), "{text}");
}

/// The names of elements that hold lists.
const LISTS: [&str; 8] = [
    "services",
    "service_requests",
    "errors",
    "attributes",
    "values",
    "endpoints",
    "formats",
    "request_attributes",
];

/// An element's name, its children and its text.
type Element = (String, Vec<(String, Value)>, String);

/// The root's name and the document by the Spark convention, with all scalars as texts.
fn spark(text: &str) -> (String, Value) {
    let mut reader = Reader::from_str(text);
    let mut open: Vec<Element> = vec![(String::new(), Vec::new(), String::new())];
    loop {
        match reader.read_event().expect("well-formed") {
            Event::Start(it) => open.push((it.name().as_ref().to_owned(), Vec::new(), String::new())),
            Event::Empty(it) => open
                .last_mut()
                .expect("open")
                .1
                .push((it.name().as_ref().to_owned(), Value::Null)),
            Event::Text(it) => open.last_mut().expect("open").2.push_str(&it),
            Event::GeneralRef(it) => {
                let text = match &*it {
                    "lt" => "<",
                    "gt" => ">",
                    "amp" => "&",
                    "quot" => "\"",
                    "apos" => "'",
                    other => panic!("{other}"),
                };
                open.last_mut().expect("open").2.push_str(text);
            }
            Event::End(_) => {
                let (name, children, text) = open.pop().expect("open");
                let value = if LISTS.contains(&name.as_str()) {
                    children.into_iter().map(|it| it.1).collect()
                } else if children.is_empty() {
                    Value::String(text)
                } else {
                    children.into_iter().collect::<BTreeMap<_, _>>().into_iter().collect()
                };
                open.last_mut().expect("a parent").1.push((name, value));
            }
            Event::Eof => break,
            _ => {}
        }
    }
    open.pop().expect("the document").1.pop().expect("a root")
}

/// The same with all scalars as texts.
fn plain(value: &Value) -> Value {
    match value {
        Value::Bool(it) => json!(it.to_string()),
        Value::Number(it) => json!(it.to_string()),
        Value::Array(all) => all.iter().map(plain).collect(),
        Value::Object(all) => all.iter().map(|(name, it)| (name.clone(), plain(it))).collect(),
        other => other.clone(),
    }
}
