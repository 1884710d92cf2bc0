//! Many desk users at once, from this process to the server's: lists, inboxes, desks, a remark now and then, news open.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde_json::json;
use tokio::sync::Mutex;

use crate::Options;
use crate::client::Person;
use crate::speed::at;

/// What a user waits between two things, on average.
const THINK: Duration = Duration::from_millis(2_000);

/// What all of them have seen.
#[derive(Default)]
struct Seen {
    times: Mutex<Vec<Duration>>,
    lags: Mutex<Vec<Duration>>,
    errors: AtomicU64,
    moves: AtomicU64,
    events: AtomicU64,
    streams_lost: AtomicU64,
}

/// Lets them work.
pub(crate) async fn load(people: &[Person], options: &Options) -> Result<()> {
    let seen = Arc::new(Seen::default());
    let end = Instant::now() + Duration::from_secs(options.seconds);
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..options.users {
        let person = people[n % people.len()].again()?;
        tasks.spawn(listen(person.again()?, seen.clone(), end));
        tasks.spawn(work(person, n, seen.clone(), end));
    }
    tasks.spawn(watch(people.first().context("a lead")?.again()?, seen.clone(), end));
    while tasks.join_next().await.is_some() {}

    let (mut times, mut lags) = (seen.times.lock().await.clone(), seen.lags.lock().await.clone());
    times.sort();
    lags.sort();
    println!(
        "{} users for {} s: {} answers, {} errors, {} moves; p50 {:.0?}, p99 {:.0?}; {} events seen, {} streams lost; \
         a page hears of a move after {:.0?} (p50), {:.0?} (p99)",
        options.users,
        options.seconds,
        times.len(),
        seen.errors.load(Ordering::Relaxed),
        seen.moves.load(Ordering::Relaxed),
        at(&times, 50),
        at(&times, 99),
        seen.events.load(Ordering::Relaxed),
        seen.streams_lost.load(Ordering::Relaxed),
        at(&lags, 50),
        at(&lags, 99),
    );
    Ok(())
}

/// One user at the desk.
async fn work(person: Person, n: usize, seen: Arc<Seen>, end: Instant) {
    // They do not all begin at once.
    tokio::time::sleep(THINK * u32::try_from(n % 100).unwrap_or(0) / 100).await;
    let mut turn = n;
    while Instant::now() < end {
        match step(&person, turn, &seen).await {
            Ok(took) => seen.times.lock().await.push(took),
            Err(error) => {
                if seen.errors.fetch_add(1, Ordering::Relaxed) < 5 {
                    println!("error: {error:#}");
                }
            }
        }
        turn += 1;
        tokio::time::sleep(THINK).await;
    }
}

async fn step(person: &Person, turn: usize, seen: &Seen) -> Result<Duration> {
    match turn % 5 {
        0 => Ok(person.get("/api/cases?inbox=true").await?.1),
        1 => Ok(person.get("/api/cases").await?.1),
        2 => Ok(person.get("/api/cases/counts").await?.1),
        n => {
            let (page, took) = person.get("/api/cases?limit=20").await?;
            let row = &page["items"][turn % 20];
            let Some(id) = row["id"].as_str() else { return Ok(took) };
            let (desk, took) = person.get(&format!("/api/cases/{id}")).await?;
            let may = desk["moves"].to_string().contains("\"note\"") && person.role == "acceptor";
            if n == 3 || !may {
                return Ok(took);
            }
            let input = json!({ "version": desk["facts"]["version"], "action": "note", "note": "压测" });
            seen.moves.fetch_add(1, Ordering::Relaxed);
            Ok(person.post(&format!("/api/cases/{id}/moves"), &input).await?.1)
        }
    }
}

/// A page that stays open.
async fn listen(person: Person, seen: Arc<Seen>, end: Instant) {
    let Ok(mut stream) = person.open("/api/events").await else {
        seen.streams_lost.fetch_add(1, Ordering::Relaxed);
        return;
    };
    while let Some(left) = end.checked_duration_since(Instant::now()) {
        match tokio::time::timeout(left, stream.chunk()).await {
            Ok(Ok(Some(_))) => {
                seen.events.fetch_add(1, Ordering::Relaxed);
            }
            Ok(_) => {
                seen.streams_lost.fetch_add(1, Ordering::Relaxed);
                return;
            }
            Err(_) => return,
        }
    }
}

/// Remarks on a case once a second, and how long until the page of the one who made them hears of it.
async fn watch(person: Person, seen: Arc<Seen>, end: Instant) {
    if let Err(error) = lag(&person, &seen, end).await {
        println!("lag could not be measured: {error:#}");
    }
}

async fn lag(person: &Person, seen: &Seen, end: Instant) -> Result<()> {
    let mut stream = person.open("/api/events").await?;
    let (page, _) = person.get("/api/cases?limit=200&state=closed").await?;
    let row = page["items"].as_array().and_then(|it| it.last()).context("a case")?;
    let id = row["id"].as_str().context("an id")?.to_owned();
    while Instant::now() < end {
        let (desk, _) = person.get(&format!("/api/cases/{id}")).await?;
        let input = json!({ "version": desk["facts"]["version"], "action": "note", "note": "压测" });
        person.post(&format!("/api/cases/{id}/moves"), &input).await?;
        let begun = Instant::now();
        let mut text = String::new();
        while !text.contains(&id) && begun.elapsed() < Duration::from_secs(5) {
            match tokio::time::timeout(Duration::from_secs(5), stream.chunk()).await {
                Ok(Ok(Some(piece))) => text.push_str(&String::from_utf8_lossy(&piece)),
                _ => break,
            }
        }
        seen.lags.lock().await.push(begun.elapsed());
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    Ok(())
}
