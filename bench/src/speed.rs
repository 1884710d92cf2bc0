//! How long one user waits for each thing, while nobody else asks.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::client::Person;
use crate::server::Server;

/// Median and 99th percentile, by what was asked.
pub(crate) type Table = BTreeMap<String, (Duration, Duration)>;

/// The same connection's reading of one row by its key: what everything else is a multiple of.
const YARDSTICK: &str = "0 yardstick: one row by key";

/// Each filter of a list; `{…}` is what the district's own busiest have.
const FILTERS: &[&str] = &[
    "",
    "inbox=true",
    "state=dispatched,handling",
    "state=suspended",
    "state=closed",
    "class=2026.M01",
    "class=2026.M01001",
    "area={town}",
    "area={village}",
    "area={grid}",
    "body={body}",
    "desk={desk}",
    "helping=true",
    "light=red",
    "light=yellow",
    "light=green",
    "source=department",
    "filed=true",
    "filed=false",
    "late=true",
    "late=false",
    "rated=true",
    "rated=false",
    "satisfaction=dissatisfied",
    "asked=extension",
    "appealed=true",
    "appealed=false",
    "reopened=true",
    "reopened=false",
    "from=2026-06-01&to=2026-06-02",
    "text=2026-000100",
    "text=井盖",
    "text=没有这样的词",
    "sort=due",
    "sort=due&class=2026.M01",
    "sort=due&body={body}",
    "limit=200",
];

/// The value at a share of what was measured.
pub(crate) fn at(sorted: &[Duration], percent: usize) -> Duration {
    let n = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(n).copied().unwrap_or_default()
}

pub(crate) fn put(table: &mut Table, name: String, mut times: Vec<Duration>) {
    times.sort();
    table.insert(name, (at(&times, 50), at(&times, 99)));
}

async fn read(table: &mut Table, person: &Person, name: String, path: &str, rounds: usize) -> Result<()> {
    // The first answer warms the caches; a user of a running centre meets them warm.
    let (_, first) = person.get(path).await?;
    // What takes seconds is known well enough after few.
    let rounds = if first > Duration::from_millis(400) {
        rounds.min(5)
    } else {
        rounds
    };
    let mut times = Vec::with_capacity(rounds);
    for _ in 0..rounds {
        times.push(person.get(path).await?.1);
    }
    put(table, name, times);
    Ok(())
}

/// Measures everything.
pub(crate) async fn measure(people: &[Person], rounds: usize) -> Result<Table> {
    let mut table = Table::new();
    let names = names(people.first().context("a lead")?).await?;
    for person in people.iter().take(4) {
        let role = &person.role;
        if role == "district" {
            read(&mut table, person, YARDSTICK.to_owned(), "/api/session", rounds).await?;
        }
        for filter in FILTERS {
            let query = names
                .iter()
                .fold((*filter).to_owned(), |it, (name, code)| it.replace(name, code));
            let path = format!("/api/cases?{query}");
            read(&mut table, person, format!("list {filter} · {role}"), &path, rounds).await?;
        }
        let mut next = String::new();
        for _ in 0..20 {
            let (page, _) = person.get(&format!("/api/cases?limit=200{next}")).await?;
            let Some(after) = page["next"].as_str() else { break };
            next = format!("&after={after}");
        }
        let path = format!("/api/cases?limit=50{next}");
        read(&mut table, person, format!("list, a deep page · {role}"), &path, rounds).await?;
        read(
            &mut table,
            person,
            format!("counts · {role}"),
            "/api/cases/counts",
            rounds,
        )
        .await?;
        let (page, _) = person.get("/api/cases?limit=1").await?;
        if let Some(id) = page["items"][0]["id"].as_str() {
            read(
                &mut table,
                person,
                format!("desk · {role}"),
                &format!("/api/cases/{id}"),
                rounds,
            )
            .await?;
        }
    }
    for person in people.iter().take(2) {
        for by in ["town", "village", "body", "class", "month"] {
            for (name, period) in [("all", ""), ("a period", "&from=2026-02-11&to=2026-10-20")] {
                let path = format!("/api/cases/figures?by={by}{period}");
                let name = format!("figures by {by}, {name} · {}", person.role);
                read(&mut table, person, name, &path, rounds).await?;
            }
        }
    }
    crate::moves::moves(&mut table, people, rounds).await?;
    Ok(table)
}

/// Codes for what the filters leave open, from a case in hand: whatever is common is likely to be its.
async fn names(lead: &Person) -> Result<Vec<(&'static str, String)>> {
    let (page, _) = lead.get("/api/cases?state=handling&limit=1").await?;
    let row = &page["items"][0];
    let area = row["area"]["code"].as_str().context("an area")?;
    let part = |length: usize| area.get(..length).unwrap_or(area).to_owned();
    let body = row["body"]["code"].as_str().context("a body")?.to_owned();
    Ok(vec![
        ("{town}", part(9)),
        ("{village}", part(12)),
        ("{grid}", area.to_owned()),
        ("{body}", body),
        ("{desk}", part(6)),
    ])
}

/// Takes all cases along as CSV and tells how much memory that took.
pub(crate) async fn export(people: &[Person], server: &Server) -> Result<()> {
    let lead = people.first().context("a lead")?;
    let begun = Instant::now();
    let mut reply = lead.open("/api/cases/export/csv").await?;
    let rows = reply
        .headers()
        .get("x-rows")
        .and_then(|it| it.to_str().ok())
        .unwrap_or("?")
        .to_owned();
    let (mut bytes, mut resident) = (0_u64, 0);
    while let Some(piece) = reply.chunk().await? {
        bytes += piece.len() as u64;
        resident = resident.max(server.memory().map_or(0, |it| it.1));
    }
    println!(
        "export of {rows} rows: {} MB in {:.0} s, server resident at most {resident} MB",
        bytes / 1_000_000,
        begun.elapsed().as_secs_f64()
    );
    Ok(())
}

/// Prints what was measured, side by side, with the ratio of the last size to the first.
pub(crate) fn print(kind: &str, sizes: &[usize], tables: &[Table]) {
    let (Some(first), Some(last)) = (tables.first(), tables.last()) else {
        return;
    };
    let head: Vec<String> = sizes.iter().map(|it| format!("p50 at {it} | p99 at {it}")).collect();
    println!("\n| {kind}, ms | {} | p99 ratio | p99 ÷ yardstick |", head.join(" | "));
    println!("|---|{}---:|---:|", "---:|---:|".repeat(sizes.len()));
    let ms = |it: Duration| it.as_secs_f64() * 1_000.0;
    let yardstick = last.get(YARDSTICK).map_or(1.0, |it| ms(it.1));
    for (name, (_, p99)) in last {
        let cells: Vec<String> = tables
            .iter()
            .map(|it| match it.get(name) {
                Some((p50, p99)) => format!("{:.1} | {:.1}", ms(*p50), ms(*p99)),
                None => "– | –".to_owned(),
            })
            .collect();
        let before = first.get(name).map_or(f64::NAN, |it| ms(it.1));
        let mark = if ms(*p99) > 50.0 { " ✗" } else { "" };
        println!(
            "| {name}{mark} | {} | {:.1} | {:.1} |",
            cells.join(" | "),
            ms(*p99) / before,
            ms(*p99) / yardstick
        );
    }
    let over = last.values().filter(|it| ms(it.1) > 50.0).count();
    println!(
        "\n{kind}: {over} of {} are over 50 ms at the 99th percentile.",
        last.len()
    );
}
