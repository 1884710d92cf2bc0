//! How long one user waits for each thing, while nobody else asks.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::client::Person;
use crate::server::Server;

/// Median and 99th percentile, by what was asked.
pub(crate) type Table = BTreeMap<String, (Duration, Duration)>;

/// The same connection's reading of one row by its key: what everything else is a multiple of.
const YARDSTICK: &str = "0 yardstick: one row by key";

/// Each filter of a list.
const FILTERS: &[&str] = &[
    "",
    "inbox=true",
    "state=dispatched,handling",
    "state=closed",
    "class=2026.M01",
    "class=2026.M01001",
    "light=red",
    "light=yellow",
    "light=green",
    "source=department",
    "filed=false",
    "late=true",
    "late=false",
    "rated=true",
    "satisfaction=dissatisfied",
    "asked=extension",
    "appealed=true",
    "reopened=true",
    "from=2026-06-01&to=2026-06-02",
    "text=井盖",
    "text=没有这样的词",
    "sort=due",
    "limit=200",
];

/// The value at a share of what was measured.
pub(crate) fn at(sorted: &[Duration], percent: usize) -> Duration {
    let n = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(n).copied().unwrap_or_default()
}

fn put(table: &mut Table, name: String, mut times: Vec<Duration>) {
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
    for person in people.iter().take(4) {
        let role = &person.role;
        if role == "district" {
            read(&mut table, person, YARDSTICK.to_owned(), "/api/session", rounds).await?;
        }
        for filter in FILTERS {
            let path = format!("/api/cases?{filter}");
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
    moves(&mut table, people, rounds).await?;
    Ok(table)
}

/// A report and the first moves, each case anew.
async fn moves(table: &mut Table, people: &[Person], rounds: usize) -> Result<()> {
    let (lead, acceptor) = (people.first().context("a lead")?, people.last().context("an acceptor")?);
    let (page, _) = acceptor.get("/api/cases?limit=1&filed=true").await?;
    let row = &page["items"][0];
    let report = json!({
        "source": "hotline",
        "class": row["class"]["code"],
        "description": "测速用的案件",
        "place": "测速路 1 号",
        "area": row["area"]["code"],
    });
    let mut times: BTreeMap<&str, Vec<Duration>> = BTreeMap::new();
    for _ in 0..rounds {
        let (receipt, took) = acceptor.post("/api/cases", &report).await?;
        times.entry("report").or_default().push(took);
        let id = receipt["id"].as_str().context("an id")?.to_owned();
        for (who, action) in [(acceptor, "accept"), (acceptor, "note"), (lead, "void")] {
            let (desk, _) = who.get(&format!("/api/cases/{id}")).await?;
            let input = json!({ "version": desk["facts"]["version"], "action": action, "note": "测速" });
            let input = if action == "accept" { without_note(input) } else { input };
            let (_, took) = who.post(&format!("/api/cases/{id}/moves"), &input).await?;
            times.entry(action).or_default().push(took);
        }
    }
    for (action, times) in times {
        put(table, format!("move {action}"), times);
    }
    Ok(())
}

fn without_note(mut input: Value) -> Value {
    if let Some(fields) = input.as_object_mut() {
        fields.remove("note");
    }
    input
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
pub(crate) fn print(sizes: &[usize], tables: &[Table]) {
    let (Some(first), Some(last)) = (tables.first(), tables.last()) else {
        return;
    };
    let head: Vec<String> = sizes.iter().map(|it| format!("p50 at {it} | p99 at {it}")).collect();
    println!("\n| ms | {} | p99 ratio | p99 ÷ yardstick |", head.join(" | "));
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
    println!("\n{over} of {} are over 50 ms at the 99th percentile.", last.len());
}
