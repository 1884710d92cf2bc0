//! What a GeoReport client asks: the format by the suffix of the address, and arguments from query and form, of which an
//! empty one is as good as none.

use std::collections::BTreeMap;

use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, ACCEPT_LANGUAGE, AUTHORIZATION, HOST};
use axum::http::request::Parts;
use kernel::Time;
use kernel::error::Lang;

use super::doc::Format;

/// How the answer is to be written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Manner {
    pub format: Format,
    pub lang: Lang,
}

impl Manner {
    /// The manner, and the address's last part without its suffix. Without a suffix it is XML, which every client can
    /// read, unless JSON is what `Accept` names.
    pub(super) fn of<'a>(last: &'a str, headers: &HeaderMap) -> (Self, &'a str) {
        let text = |name| headers.get(name).and_then(|it| it.to_str().ok());
        let (name, format) = match last.rsplit_once('.') {
            Some((name, "xml")) => (name, Format::Xml),
            Some((name, "json")) => (name, Format::Json),
            _ if text(ACCEPT).is_some_and(|it| it.contains("json")) => (last, Format::Json),
            _ => (last, Format::Xml),
        };
        let lang = Lang::from_header(text(ACCEPT_LANGUAGE));
        (Self { format, lang }, name)
    }
}

/// Arguments in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Args(Vec<(String, String)>);

impl Args {
    pub(super) fn of_query(parts: &Parts) -> Self {
        let query = parts.uri.query().unwrap_or_default();
        Self(form_urlencoded::parse(query.as_bytes()).into_owned().collect())
    }

    pub(super) fn extend(&mut self, pairs: impl Iterator<Item = (String, String)>) {
        self.0.extend(pairs);
    }

    pub(super) fn push(&mut self, name: &str, value: String) {
        self.0.push((name.to_owned(), value));
    }

    /// The argument, if it says anything.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let mut values = self.0.iter().filter(|it| it.0 == name).map(|it| it.1.trim());
        values.find(|it| !it.is_empty())
    }

    /// An argument that may come several times, and with commas in it.
    pub(super) fn list(&self, name: &str) -> Vec<&str> {
        let named = |it: &str| it == name || it.strip_suffix("[]") == Some(name);
        let values = self.0.iter().filter(|it| named(&it.0)).flat_map(|it| it.1.split(','));
        values.map(str::trim).filter(|it| !it.is_empty()).collect()
    }

    /// `attribute[CODE]=value`, and `attribute[CODE][]=value` for several values.
    pub(super) fn attributes(&self) -> BTreeMap<&str, Vec<&str>> {
        let mut all: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (name, value) in &self.0 {
            let Some(rest) = name.strip_prefix("attribute[") else {
                continue;
            };
            let rest = rest.strip_suffix("[]").unwrap_or(rest);
            let value = value.trim();
            if let Some(code) = rest.strip_suffix(']').filter(|_| !value.is_empty()) {
                all.entry(code).or_default().push(value);
            }
        }
        all
    }

    /// All of it, sorted: the same request has the same.
    pub(super) fn fingerprint(&self) -> Vec<(String, String)> {
        let mut all = self.0.clone();
        all.sort();
        all
    }
}

/// The key that an application shows: as the argument that GeoReport has for it, or as a bearer token.
pub(super) fn key<'a>(args: &'a Args, headers: &'a HeaderMap) -> Option<&'a str> {
    let bearer = || headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ");
    args.get("api_key").or_else(bearer)
}

/// The address under which the client knows this server.
pub(super) fn base(public_url: Option<&str>, headers: &HeaderMap) -> String {
    let here = || {
        let host = headers.get(HOST).and_then(|it| it.to_str().ok()).unwrap_or("localhost");
        format!("http://{host}")
    };
    public_url.map_or_else(here, |it| it.trim_end_matches('/').to_owned())
}

/// A moment as W3C's note on dates writes it. One without a zone is taken for UTC, as clients that leave it out mean it.
pub(super) fn moment(text: &str) -> Option<Time> {
    // A plus sign that was not escaped arrives as a blank.
    let text = text.replace(' ', "+");
    let at = |text: &str| text.parse::<jiff::Timestamp>().ok().map(Time::from);
    let date = || {
        text.parse::<jiff::civil::Date>()
            .ok()
            .and_then(|it| at(&format!("{it}T00:00:00Z")))
    };
    at(&text).or_else(|| {
        if text.contains('T') {
            at(&format!("{text}Z"))
        } else {
            date()
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_suffix_says_the_format() {
        let mut headers = HeaderMap::new();
        let of = |last, headers: &HeaderMap| {
            let (manner, name) = Manner::of(last, headers);
            (manner.format, name.to_owned())
        };
        assert_eq!(of("services.json", &headers), (Format::Json, "services".to_owned()));
        assert_eq!(of("2026-M01.xml", &headers), (Format::Xml, "2026-M01".to_owned()));
        assert_eq!(of("services", &headers), (Format::Xml, "services".to_owned()));
        headers.insert(ACCEPT, "application/json".parse().expect("a header"));
        assert_eq!(of("services", &headers).0, Format::Json);
        assert_eq!(of("services.xml", &headers).0, Format::Xml);
        let lang = |headers: &HeaderMap| Manner::of("services.xml", headers).0.lang;
        assert_eq!(lang(&headers), Lang::Zh);
        headers.insert(ACCEPT_LANGUAGE, "en-GB, zh;q=0.5".parse().expect("a header"));
        assert_eq!(lang(&headers), Lang::En);
    }

    #[test]
    fn attributes_come_with_one_value_or_several() {
        let pairs = [
            ("attribute[A]", "1"),
            ("attribute[B][]", "x"),
            ("attribute[B][]", "y"),
            ("attribute[C]", " "),
            ("attribute", "z"),
        ];
        let args = Args(pairs.map(|(a, b)| (a.to_owned(), b.to_owned())).into());
        let all: Vec<_> = args.attributes().into_iter().collect();
        assert_eq!(all, [("A", vec!["1"]), ("B", vec!["x", "y"])]);
    }

    #[test]
    fn moments_are_read_as_clients_write_them() {
        let at = |text| moment(text).map(|it| it.to_string());
        for text in [
            "2026-11-24T02:00:00Z",
            "2026-11-24T10:00:00+08:00",
            "2026-11-24T10:00:00 08:00",
            "2026-11-24T02:00:00",
            "2026-11-24T02:00Z",
        ] {
            assert_eq!(at(text).as_deref(), Some("2026-11-24T02:00:00.000Z"), "{text}");
        }
        assert_eq!(at("2026-11-24").as_deref(), Some("2026-11-24T00:00:00.000Z"));
        for text in ["yesterday", "2026-13-01", "", "2026-11-24T"] {
            assert_eq!(at(text), None, "{text}");
        }
    }
}
