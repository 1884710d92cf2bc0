//! A user of the demo over HTTP, on connections of their own.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use reqwest::header::{COOKIE, SET_COOKIE};
use reqwest::{Client, Response};
use serde_json::{Value, json};

/// Whom the demo offers for logging in.
const PASSWORD: &str = "jingwei-demo";

/// A user who has logged in.
#[derive(Clone)]
pub(crate) struct Person {
    /// What their scope is, for the table.
    pub role: String,
    client: Client,
    base: String,
    cookie: String,
}

impl Person {
    /// Logs in.
    pub(crate) async fn log_in(base: &str, login: &str, role: &str) -> Result<Self> {
        let client = Client::builder().timeout(Duration::from_secs(120)).build()?;
        let body = json!({ "login": login, "password": PASSWORD });
        let reply = client.post(format!("{base}/api/session")).json(&body).send().await?;
        ensure!(reply.status().is_success(), "{login} cannot log in: {}", reply.status());
        let cookie = reply.headers().get(SET_COOKIE).context("a session")?.to_str()?;
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        Ok(Self {
            role: role.to_owned(),
            client,
            base: base.to_owned(),
            cookie,
        })
    }

    /// The same user, on other connections.
    pub(crate) fn again(&self) -> Result<Self> {
        let client = Client::builder().timeout(Duration::from_secs(120)).build()?;
        Ok(Self { client, ..self.clone() })
    }

    /// A request that was answered well.
    pub(crate) async fn open(&self, path: &str) -> Result<Response> {
        let request = self
            .client
            .get(format!("{}{path}", self.base))
            .header(COOKIE, &self.cookie);
        let reply = request.send().await?;
        ensure!(reply.status().is_success(), "{path}: {}", reply.status());
        Ok(reply)
    }

    /// What is at an address, and how long it took.
    pub(crate) async fn get(&self, path: &str) -> Result<(Value, Duration)> {
        let begun = Instant::now();
        let reply: Value = self.open(path).await?.json().await?;
        Ok((reply, begun.elapsed()))
    }

    /// Sends something, and how long it took.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Result<(Value, Duration)> {
        let begun = Instant::now();
        let request = self
            .client
            .post(format!("{}{path}", self.base))
            .header(COOKIE, &self.cookie);
        let reply = request.json(body).send().await?;
        let status = reply.status();
        let answer: Value = reply.json().await?;
        ensure!(status.is_success(), "{path}: {status} {answer}");
        Ok((answer, begun.elapsed()))
    }
}

/// One user of each scope: the district, a town, a body, own records.
pub(crate) async fn log_in(base: &str) -> Result<Vec<Person>> {
    let meta: Value = reqwest::get(format!("{base}/api/meta")).await?.json().await?;
    let accounts = meta["demo_accounts"].as_array().cloned().unwrap_or_default();
    let of = |role: &str| {
        let account = accounts.iter().find(|it| it["role_en"] == role);
        account.and_then(|it| it["login"].as_str()).map(str::to_owned)
    };
    let worker = of("Grid worker").context("the demo offers no grid worker")?;
    let worker = Person::log_in(base, &worker, "own").await?;
    // Of all towns the worker's, so that its centre and the worker meet over the same cases.
    let (page, _) = worker.get("/api/cases?limit=1").await?;
    let town = page["items"][0]["area"]["code"].as_str().and_then(|it| it.get(6..9));
    let town = format!("t{}-s", town.context("a case of the worker's")?);
    let mut people = Vec::new();
    for (role, scope) in [
        ("Shift lead", "district"),
        ("Shift lead of a town", "town"),
        ("Body's clerk", "body"),
        ("Grid worker", "own"),
        ("Acceptor", "acceptor"),
        ("Dispatcher", "dispatcher"),
        ("Head of a body", "head"),
    ] {
        people.push(match scope {
            "own" => worker.clone(),
            "town" => Person::log_in(base, &town, scope).await?,
            _ => {
                let login = of(role).with_context(|| format!("the demo offers no {role}"))?;
                Person::log_in(base, &login, scope).await?
            }
        });
    }
    Ok(people)
}
