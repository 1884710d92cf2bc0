//! What is said to another server, in XML, which each server has to speak.

use kernel::{Kernel, hooks};
use reqwest::{Client, RequestBuilder, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::ToSchema;

use super::store::Server;
use super::{Failure, SendingId};
use crate::model::Case;

/// The longest answer that is read.
const MOST: usize = 2 * 1024 * 1024;

/// A server that is talked to.
pub(super) struct Wire<'a> {
    http: &'a Client,
    url: &'a str,
    key: Option<String>,
    jurisdiction: Option<&'a str>,
    allow_private: bool,
}

/// A request as another server has it.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Remote {
    service_request_id: Option<String>,
    token: Option<String>,
    status: Option<String>,
    status_notes: Option<String>,
    updated_datetime: Option<String>,
}

fn some(text: Option<&String>) -> Option<&str> {
    text.map(|it| it.trim()).filter(|it| !it.is_empty())
}

impl Remote {
    pub(super) fn id(&self) -> Option<&str> {
        some(self.service_request_id.as_ref())
    }

    pub(super) fn token(&self) -> Option<&str> {
        some(self.token.as_ref())
    }

    pub(super) fn status(&self) -> Option<&str> {
        some(self.status.as_ref())
    }

    pub(super) fn notes(&self) -> Option<&str> {
        some(self.status_notes.as_ref())
    }

    pub(super) fn updated(&self) -> Option<&str> {
        some(self.updated_datetime.as_ref())
    }
}

#[derive(Deserialize)]
struct Requests {
    #[serde(default, rename = "request")]
    all: Vec<Remote>,
}

#[derive(Deserialize)]
struct Refusal {
    code: Option<String>,
    description: Option<String>,
}

#[derive(Deserialize)]
struct Refusals {
    #[serde(default, rename = "error")]
    all: Vec<Refusal>,
}

/// A service of another server.
#[derive(Clone, Debug, Deserialize, serde::Serialize, ToSchema)]
#[schema(as = Open311RemoteService)]
pub(in crate::open311) struct RemoteService {
    service_code: String,
    service_name: Option<String>,
}

#[derive(Deserialize)]
struct RemoteServices {
    #[serde(default, rename = "service")]
    all: Vec<RemoteService>,
}

impl<'a> Wire<'a> {
    pub(super) fn new(kernel: &Kernel, http: &'a Client, server: &'a Server) -> kernel::Result<Self> {
        let key = server
            .api_key
            .as_ref()
            .map(|it| kernel.vault().reveal(it, &server.bound_to()));
        Ok(Self {
            http,
            url: server.url.trim_end_matches('/'),
            key: key.transpose()?,
            jurisdiction: server.jurisdiction.as_deref(),
            allow_private: kernel.config().hooks.allow_private,
        })
    }

    /// Its services.
    pub(super) async fn services(&self) -> Result<Vec<RemoteService>, Failure> {
        let all: RemoteServices = self.ask(self.http.get(self.address(&["services.xml"])?)).await?;
        Ok(all.all)
    }

    /// Sends a case. What names the reporter stays here.
    pub(super) async fn post(&self, id: SendingId, case: &Case, service: &str, area: &str) -> Result<Remote, Failure> {
        let place = [Some(area), case.place.as_deref()]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" ");
        let point = case
            .lng
            .zip(case.lat)
            .map(|(lng, lat)| (lng.to_string(), lat.to_string()));
        let pairs = [
            ("api_key", self.key.clone()),
            ("jurisdiction_id", self.jurisdiction.map(str::to_owned)),
            ("service_code", Some(service.to_owned())),
            ("description", Some(case.description.clone())),
            ("address_string", Some(place.chars().take(200).collect())),
            ("lat", point.as_ref().map(|it| it.1.clone())),
            ("long", point.map(|it| it.0)),
        ];
        let given = pairs.into_iter().filter_map(|(name, value)| Some((name, value?)));
        let form = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(given)
            .finish();
        let request = self
            .http
            .post(self.address(&["requests.xml"])?)
            .header("content-type", "application/x-www-form-urlencoded; charset=utf-8")
            .header("idempotency-key", id.to_string())
            .body(form);
        let sent = self.first(request).await?;
        if sent.id().or(sent.token()).is_none() {
            return Err(Failure::said("the answer has neither service_request_id nor token"));
        }
        Ok(sent)
    }

    /// How a request fares.
    pub(super) async fn request(&self, id: &str) -> Result<Remote, Failure> {
        self.first(self.http.get(self.address(&["requests", &format!("{id}.xml")])?))
            .await
    }

    /// The id behind a token.
    pub(super) async fn token(&self, token: &str) -> Result<Remote, Failure> {
        let found = self
            .first(self.http.get(self.address(&["tokens", &format!("{token}.xml")])?))
            .await?;
        if found.id().is_none() {
            return Err(Failure::said("no service_request_id yet"));
        }
        Ok(found)
    }

    fn address(&self, path: &[&str]) -> Result<Url, Failure> {
        hooks::check(self.url, self.allow_private).map_err(|it| Failure::said(it.to_string()))?;
        let mut url = Url::parse(self.url).map_err(|it| Failure::said(it.to_string()))?;
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        if let Some(jurisdiction) = self.jurisdiction {
            url.query_pairs_mut().append_pair("jurisdiction_id", jurisdiction);
        }
        Ok(url)
    }

    async fn first(&self, request: RequestBuilder) -> Result<Remote, Failure> {
        let all: Requests = self.ask(request).await?;
        all.all
            .into_iter()
            .next()
            .ok_or_else(|| Failure::said("the answer has no request"))
    }

    async fn ask<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, Failure> {
        let silent = |error: reqwest::Error| Failure {
            silent: true,
            ..Failure::said(anyhow::Error::from(error).root_cause().to_string())
        };
        let mut response = request.send().await.map_err(silent)?;
        let status = response.status();
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(silent)? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > MOST {
                return Err(Failure::said("the answer is too long"));
            }
        }
        let text = String::from_utf8_lossy(&bytes);
        if !status.is_success() {
            return Err(Failure::said(format!("{status}: {}", refusals(&text))));
        }
        quick_xml::de::from_str(&text).map_err(|it| Failure::said(format!("the answer cannot be read: {it}")))
    }
}

/// What a server says that refuses; of a page that is no GeoReport, its beginning.
fn refusals(text: &str) -> String {
    let read: Result<Refusals, _> = quick_xml::de::from_str(text);
    let all = read.map(|it| it.all).unwrap_or_default();
    if all.is_empty() {
        return text.chars().take(120).collect();
    }
    let one = |it: &Refusal| {
        let parts = [it.code.as_deref(), it.description.as_deref()];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    };
    all.iter().map(one).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_of_other_servers_are_read() {
        let text = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<service_requests>\n <request>\n  <service_request_id>7</service_request_id>\
                    <status>closed</status><status_notes>a &amp; b</status_notes><lat/><other><deep>1</deep></other>\n </request>\n</service_requests>";
        let all: Requests = quick_xml::de::from_str(text).expect("reads");
        assert_eq!(
            (all.all[0].id(), all.all[0].status(), all.all[0].notes()),
            (Some("7"), Some("closed"), Some("a & b"))
        );
        let none: Requests = quick_xml::de::from_str("<service_requests/>").expect("reads");
        assert!(none.all.is_empty());
        assert_eq!(
            refusals("<errors><error><code>403</code><description>Invalid api_key</description></error></errors>"),
            "403 Invalid api_key"
        );
        assert_eq!(refusals("<html>Bad gateway"), "<html>Bad gateway");
    }
}
