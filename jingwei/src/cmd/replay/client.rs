//! Requests in somebody's name. One that was lost on its way is sent again with the same id until the server answers, so
//! that a server that was killed and started again gets each exactly once.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use reqwest::header::{AUTHORIZATION, SET_COOKIE};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use tokio::sync::Mutex;

/// How long to wait before a lost request is sent again.
const PAUSE: Duration = Duration::from_millis(200);

/// The server under test.
pub(super) struct Server {
    http: Client,
    url: String,
    patience: Duration,
}

/// Somebody with an account.
pub(super) struct Person {
    login: String,
    password: &'static str,
    session: Mutex<Option<Session>>,
}

#[derive(Clone)]
struct Session {
    token: String,
    id: String,
}

impl Person {
    /// Not logged in yet.
    pub(super) fn new(login: String, password: &'static str) -> Self {
        Self {
            login,
            password,
            session: Mutex::new(None),
        }
    }
}

/// An answer, and what it cost.
pub(super) struct Answer {
    /// Its body.
    pub(super) body: Value,
    /// How long the request took that was answered.
    pub(super) took: Duration,
    /// How many were lost before it.
    pub(super) repeated: usize,
}

impl Server {
    /// The server at this address.
    pub(super) fn new(url: &str, patience: Duration) -> Result<Self> {
        let http = Client::builder()
            .timeout(Duration::from_secs(60))
            .build()
            .context("the HTTP client")?;
        Ok(Self {
            http,
            url: url.trim_end_matches('/').to_owned(),
            patience,
        })
    }

    /// Asks what anybody may ask.
    pub(super) async fn public(&self, path: &str) -> Result<Value> {
        let request = || self.http.get(format!("{}{path}", self.url));
        let (response, ..) = self.answered(request).await?;
        told(response, path).await
    }

    /// Asks in somebody's name.
    pub(super) async fn get(&self, person: &Person, path: &str) -> Result<Value> {
        Ok(self.call(person, Method::GET, path, None).await?.body)
    }

    /// Writes in somebody's name.
    pub(super) async fn post(&self, person: &Person, path: &str, body: &Value) -> Result<Answer> {
        self.call(person, Method::POST, path, Some(body)).await
    }

    /// The id of somebody's account.
    pub(super) async fn id_of(&self, person: &Person) -> Result<String> {
        Ok(self.session(person, None).await?.id)
    }

    async fn call(&self, person: &Person, method: Method, path: &str, body: Option<&Value>) -> Result<Answer> {
        let mut session = self.session(person, None).await?;
        let mut fresh = false;
        loop {
            let request = || {
                let request = self.http.request(method.clone(), format!("{}{path}", self.url));
                let request = request.header(AUTHORIZATION, format!("Bearer {}", session.token));
                body.iter().fold(request, |request, body| request.json(body))
            };
            let (response, took, repeated) = self.answered(request).await?;
            if response.status() == StatusCode::UNAUTHORIZED && !fresh {
                // The log-in has ended meanwhile; once is enough.
                session = self.session(person, Some(&session.token)).await?;
                fresh = true;
                continue;
            }
            let what = format!("{} {method} {path}", person.login);
            return Ok(Answer {
                body: told(response, &what).await?,
                took,
                repeated,
            });
        }
    }

    /// The session of somebody, another than the one that has `ended`.
    async fn session(&self, person: &Person, ended: Option<&str>) -> Result<Session> {
        let mut held = person.session.lock().await;
        if let Some(session) = held.as_ref().filter(|it| Some(it.token.as_str()) != ended) {
            return Ok(session.clone());
        }
        let path = "/api/session";
        let body = json!({ "login": person.login, "password": person.password });
        let request = || self.http.post(format!("{}{path}", self.url)).json(&body);
        let (response, ..) = self.answered(request).await?;
        let cookies = response
            .headers()
            .get_all(SET_COOKIE)
            .iter()
            .filter_map(|it| it.to_str().ok());
        let token = cookies
            .filter_map(|it| it.split(';').next()?.split_once('='))
            .map(|it| it.1.to_owned())
            .next();
        let me = told(response, &format!("{} {path}", person.login)).await?;
        let session = Session {
            token: token.context("the log-in gave no session")?,
            id: me["user"]["id"].as_str().context("the log-in gave no user")?.to_owned(),
        };
        *held = Some(session.clone());
        Ok(session)
    }

    /// Sends a request until it is answered: with the answer, how long that took, and how many were lost.
    async fn answered(&self, request: impl Fn() -> RequestBuilder) -> Result<(Response, Duration, usize)> {
        let begun = Instant::now();
        let mut lost = 0;
        loop {
            let sent = Instant::now();
            match request().send().await {
                Ok(response) => return Ok((response, sent.elapsed(), lost)),
                Err(error) if begun.elapsed() > self.patience => {
                    return Err(error).with_context(|| format!("{} 无应答 · does not answer", self.url));
                }
                Err(_) => {
                    lost += 1;
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }
}

/// The body of an answer; a refusal is an error that says what was refused and why.
async fn told(response: Response, what: &str) -> Result<Value> {
    let status = response.status();
    let text = response
        .text()
        .await
        .with_context(|| format!("{what}: the answer broke off"))?;
    let body: Value = serde_json::from_str(&text).map_err(|_| anyhow!("{what}: {status}, {text:.200}"))?;
    if status.is_success() {
        return Ok(body);
    }
    let fields = body["fields"].as_array().cloned().unwrap_or_default();
    let fields: Vec<String> = fields
        .iter()
        .map(|it| format!(" {}={}", it["field"], it["code"]))
        .collect();
    bail!(
        "{what}: {status} {} {}{}",
        body["code"],
        body["detail"],
        fields.concat()
    )
}
