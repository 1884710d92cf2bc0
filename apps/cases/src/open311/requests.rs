//! What is public of a case: a request, with its status, its service, its place and its dates.

use std::collections::HashMap;

use kernel::Time;
use kernel::auth::UserId;
use kernel::error::{Error, Lang, Result};
use standards::Level;

use super::ask::{Args, moment};
use super::doc::{Doc, Node};
use super::services::Desk;
use super::store::{self, Found, Service, Which};
use crate::codes;
use crate::model::{CaseId, State};

/// The most requests of one answer, and the longest span.
const MOST: i64 = 1_000;
const MOST_NUMBERS: usize = 1_000;
const MOST_PAGES: i64 = 10_000;
const SPAN: i64 = 90 * 24 * 3600;

/// `GET requests`. `app` is the application that asks, if it has shown its key.
pub(super) async fn list(desk: &Desk, lang: Lang, args: &Args, app: Option<UserId>) -> Result<Doc, Vec<Error>> {
    let (services, which) = understand(desk, args)?;
    let found = store::requests(&mut desk.kernel.read().await.map_err(one)?, &services, &which)
        .await
        .map_err(one)?;
    answer(desk, lang, args, app, found).await.map_err(one)
}

/// `GET requests/{id}`.
pub(super) async fn single(desk: &Desk, lang: Lang, args: &Args, app: Option<UserId>, number: &str) -> Result<Doc> {
    let services: Vec<&Service> = desk.services.iter().filter(|it| it.open).collect();
    let found = store::requests(&mut desk.kernel.read().await?, &services, &Which::Numbers(vec![number])).await?;
    if found.is_empty() {
        return Err(codes::OPEN311_REQUEST_UNKNOWN.with("value", number));
    }
    answer(desk, lang, args, app, found).await
}

/// `GET tokens/{id}`. Requests get their id at once, so the token of a request is its id.
pub(super) async fn token(desk: &Desk, token: &str) -> Result<Doc> {
    let services: Vec<&Service> = desk.services.iter().filter(|it| it.open).collect();
    let found = store::requests(&mut desk.kernel.read().await?, &services, &Which::Numbers(vec![token])).await?;
    let found = found
        .first()
        .ok_or_else(|| codes::OPEN311_TOKEN_UNKNOWN.with("value", token))?;
    let fields = vec![
        ("service_request_id", Node::text(&found.number)),
        ("token", Node::text(token)),
    ];
    Ok(requests(vec![Node::Fields(fields)]))
}

/// A list of requests.
pub(super) fn requests(all: Vec<Node>) -> Doc {
    Doc {
        root: "service_requests",
        body: Node::List("request", all),
    }
}

fn one(error: Error) -> Vec<Error> {
    vec![error]
}

/// The services and the part that the arguments ask for, or all that is wrong with them.
fn understand<'a>(desk: &'a Desk, args: &'a Args) -> Result<(Vec<&'a Service>, Which<'a>), Vec<Error>> {
    let mut services: Vec<&Service> = desk.opened().collect();
    let numbers = args.list("service_request_id");
    if !numbers.is_empty() {
        if numbers.len() > MOST_NUMBERS {
            return Err(vec![codes::OPEN311_TOO_MANY.with("max", MOST_NUMBERS)]);
        }
        return Ok((services, Which::Numbers(numbers)));
    }
    let mut wrong = Vec::new();
    let codes_given = args.list("service_code");
    if !codes_given.is_empty() {
        services.retain(|it| codes_given.contains(&it.code.as_str()));
    }
    let mut at = |name: &'static str| {
        let text = args.get(name)?;
        let at = moment(text);
        if at.is_none() {
            wrong.push(codes::OPEN311_DATE.with("name", name).with("value", text));
        }
        at
    };
    let (from, to) = (at("start_date"), at("end_date"));
    let now = desk.kernel.now();
    let (from, to) = match (from, to) {
        (Some(from), Some(to)) => (from, to),
        (Some(from), None) => (from, from.plus_seconds(SPAN)),
        (None, to) => {
            let to = to.unwrap_or(now);
            (to.plus_seconds(-SPAN), to)
        }
    };
    if to.seconds_since(from) > SPAN {
        wrong.push(Error::from(&codes::OPEN311_SPAN));
    }
    let (mut open, mut closed) = (false, false);
    for status in args.list("status") {
        match status {
            "open" => open = true,
            "closed" => closed = true,
            other => wrong.push(codes::OPEN311_STATUS.with("value", other)),
        }
    }
    let mut number = |name: &'static str, most: i64, usual: i64| {
        let Some(text) = args.get(name) else { return usual };
        match text.parse::<i64>() {
            Ok(it) if (1..=most).contains(&it) => it,
            _ => {
                wrong.push(codes::OPEN311_NUMBER.with("name", name).with("max", most));
                usual
            }
        }
    };
    let (page, limit) = (number("page", MOST_PAGES, 1), number("page_size", MOST, MOST));
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let which = Which::Span {
        from,
        to,
        closed: (open != closed).then_some(closed),
        limit,
        skip: (page - 1) * limit,
    };
    Ok((services, which))
}

async fn answer(desk: &Desk, lang: Lang, args: &Args, app: Option<UserId>, found: Vec<Found>) -> Result<Doc> {
    let changed = match found.as_slice() {
        [] => HashMap::new(),
        some => store::changed(&mut desk.kernel.read().await?, some.iter().map(|it| it.id)).await?,
    };
    let more = args.get("extensions") == Some("true");
    let view = |it: &Found| view(desk, lang, it, &changed, app, more);
    Ok(requests(found.iter().filter_map(view).collect()))
}

/// The service that a request belongs to: of its class, or the one it came in by.
fn service_of<'a>(desk: &'a Desk, it: &Found) -> Option<&'a Service> {
    let of_class = desk
        .opened()
        .find(|service| Some(service.class.as_str()) == it.class.as_deref());
    of_class.or_else(|| {
        desk.opened()
            .find(|service| Some(service.code.as_str()) == it.service.as_deref())
    })
}

fn view(
    desk: &Desk,
    lang: Lang,
    it: &Found,
    changed: &HashMap<CaseId, Time>,
    app: Option<UserId>,
    more: bool,
) -> Option<Node> {
    let service = service_of(desk, it)?;
    let name = desk.name(service, lang);
    let own = app.is_some() && it.app == app;
    let settings = &desk.stored.settings;
    let area = address(desk, lang, &it.area);
    let written = it.place.as_ref().filter(|_| own);
    let (description, place) = if own {
        (
            it.description.clone(),
            written.map_or_else(|| area.clone(), Clone::clone),
        )
    } else {
        (name.clone(), area)
    };
    let decimals = if own { 6 } else { settings.decimals };
    let degrees = |it: Option<f64>| it.map_or(Node::Nothing, |it| Node::Real(rounded(it, decimals)));
    let updated = it
        .closed_at
        .or_else(|| changed.get(&it.id).copied())
        .unwrap_or(it.reported_at);
    let body = it
        .body
        .as_deref()
        .or(it.last_body.as_deref())
        .and_then(|it| desk.atlas.body(it));
    let agency = body.map(|it| lang.pick(&it.name, it.name_en.as_deref().unwrap_or(&it.name)));
    // The limit of the body that works on it; those of the centre's own steps say nothing about the end.
    let expected = it
        .due_at
        .filter(|_| matches!(it.state, State::Dispatched | State::Handling));
    let mut fields = vec![
        ("service_request_id", Node::text(&it.number)),
        ("status", Node::text(if it.state.is_end() { "closed" } else { "open" })),
        ("status_notes", Node::text(lang.pick(it.state.zh(), it.state.en()))),
        ("service_name", Node::text(name)),
        ("service_code", Node::text(&service.code)),
        ("description", Node::text(description)),
        ("agency_responsible", Node::maybe(agency)),
        ("service_notice", Node::maybe(service.notice.as_deref())),
        ("requested_datetime", Node::text(local(desk, it.reported_at))),
        ("updated_datetime", Node::text(local(desk, updated))),
        ("expected_datetime", Node::maybe(expected.map(|it| local(desk, it)))),
        ("address", Node::text(place)),
        ("address_id", Node::text(&it.area)),
        ("zipcode", Node::text(&settings.zipcode)),
        ("lat", degrees(it.lat)),
        ("long", degrees(it.lng)),
        ("media_url", Node::maybe(it.media_url.as_deref().filter(|_| own))),
    ];
    if more {
        let label = Node::Fields(vec![
            ("state", Node::text(it.state.as_str())),
            ("state_name", Node::text(lang.pick(it.state.zh(), it.state.en()))),
        ]);
        fields.push(("extended_attributes", label));
        let given = it
            .attributes
            .as_ref()
            .filter(|_| own)
            .map(|it| it.0.as_slice())
            .unwrap_or_default();
        let attribute = |(code, values): &(String, Vec<String>)| {
            Node::Fields(vec![
                ("code", Node::text(code)),
                ("value", Node::text(values.join(", "))),
            ])
        };
        fields.push((
            "attributes",
            Node::List("attribute", given.iter().map(attribute).collect()),
        ));
    }
    Some(Node::Fields(fields))
}

/// The area from its smallest part up to the district, as GeoReport wants addresses.
fn address(desk: &Desk, lang: Lang, area: &str) -> String {
    let path = desk.atlas.path(area);
    let names = path
        .iter()
        .rev()
        .filter(|it| it.level != Level::District || path.len() == 1);
    let names: Vec<&str> = names
        .map(|it| lang.pick(&it.name, it.name_en.as_deref().unwrap_or(&it.name)))
        .collect();
    names.join(", ")
}

fn rounded(degrees: f64, decimals: i32) -> f64 {
    let scale = 10_f64.powi(decimals);
    (degrees * scale).round() / scale
}

/// A moment in the district's zone, as W3C's note on dates writes it.
pub(super) fn local(desk: &Desk, at: Time) -> String {
    let zone = desk.kernel.config().zone();
    at.to_jiff()
        .to_zoned_datetime(zone)
        .strftime("%Y-%m-%dT%H:%M:%S%:z")
        .to_string()
}
