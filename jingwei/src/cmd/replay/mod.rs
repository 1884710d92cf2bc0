//! `jingwei replay`: real cases once more, through the API of a running demo, each move by the person concerned.
//!
//! A report comes from whom the file names (grid worker, telephone, department); acceptor, shift lead, dispatcher, the
//! body's clerk, grid worker or checker do the rest, each logged in as themselves, six steps in up to 16 requests.
//! The demo's seed says who works where. What the file calls by a code that the demo knows keeps it; other areas,
//! standards and bodies get one of the demo's own, in turn as their names first come up, and keep it for the whole run.
//!
//! * `mod` reads the cases, shares them out and adds up; `people` knows who does what and where; `story` is one case from
//!   report to evaluation; `client` sends the requests; `journal` keeps what was acknowledged, and proves it afterwards.

mod client;
mod journal;
mod people;
mod story;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use cases::api::{ImportError, PastCase, demo_cases, past_cases};
use grid::api::seed::district;
use kernel::Clock;
use serde_json::Value;

use self::client::Server;
use self::journal::Journal;
use self::people::Town;
use super::progress::Progress;

/// What to play, and where.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// 案件文件（CSV、JSON），需配映射文件；不给则由演示的种子生成 · The cases; without it they are made from the demo's seed
    #[arg(long, value_name = "FILE", requires = "map")]
    cases: Option<PathBuf>,
    /// 映射文件，见 docs/import · The mapping file of the cases, see docs/import
    #[arg(long, value_name = "MAP.toml", requires = "cases")]
    map: Option<PathBuf>,
    /// 同时办理的案件数 · How many cases are under way at a time
    #[arg(long, value_name = "N", default_value_t = 8)]
    workers: usize,
    /// 演示服务地址 · The address of the running demo
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080")]
    server: String,
    /// 最多多少起 · At most so many cases
    #[arg(long, value_name = "N", default_value_t = usize::MAX, hide_default_value = true)]
    limit: usize,
    /// 演示所用种子 · The seed the demo was made from
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// 连不上时最多等多少秒 · How long to go on trying while the server is away
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    patience: u64,
    /// 把已确认的每步操作追加到文件 · Appends each acknowledged move to a file
    #[arg(long, value_name = "FILE")]
    journal: Option<PathBuf>,
    /// 不办理，只核对文件中每步操作是否都在且完整 · Plays nothing: proves that each move of a journal is there, and whole
    #[arg(long, value_name = "JOURNAL", conflicts_with_all = ["cases", "journal"])]
    check: Option<PathBuf>,
}

/// Plays, or checks; false if a case did not end closed, or a move is missing.
pub(crate) async fn replay(options: Options) -> Result<bool> {
    // The client wants one even for plain HTTP. It is an error only if one is chosen already.
    drop(rustls::crypto::ring::default_provider().install_default());
    let server = Server::new(&options.server, Duration::from_secs(options.patience))?;
    let meta = server.public("/api/meta").await?;
    ensure!(
        meta["demo"] == Value::Bool(true),
        "{} 不是演示区，未作任何操作 · {} is no demo: nothing was done",
        options.server,
        options.server
    );
    let district = district(options.seed);
    if let Some(path) = &options.check {
        let town = Town::new(server, &district, options.seed).await?;
        return journal::check(&town, path, options.workers).await;
    }
    let cases = match (&options.cases, &options.map) {
        (Some(file), Some(map)) => read(file, map, options.limit)?,
        _ => demo_cases(&district, options.seed, Clock::System.now(), options.limit),
    };
    println!(
        "{} 起案件，{} 个同时 · {} cases, {} at a time",
        cases.len(),
        options.workers,
        cases.len(),
        options.workers
    );
    let town = Town::new(server, &district, options.seed).await?;
    let journal = options.journal.as_deref().map(Journal::open).transpose()?;
    let outcome = play(Arc::new(town), cases, options.workers.max(1), journal).await?;
    Ok(outcome)
}

fn read(file: &Path, map: &Path, most: usize) -> Result<Vec<PastCase>> {
    let mapping = std::fs::read_to_string(map).with_context(|| format!("reading {}", map.display()))?;
    let input = File::open(file).with_context(|| format!("opening {}", file.display()))?;
    let names = [file, map].map(|it| it.display().to_string());
    match past_cases((BufReader::new(input), &names[0]), (&mapping, &names[1]), most) {
        Ok(cases) => Ok(cases),
        Err(ImportError::Failed(error)) => Err(error.into()),
        Err(ImportError::Unusable(problems)) => {
            bail!(
                "{}",
                problems
                    .iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>()
                    .join("\n  ")
            )
        }
    }
}

/// What many tasks write down.
#[derive(Default)]
struct Tally {
    /// How long each move took, by action.
    took: Mutex<BTreeMap<&'static str, Vec<Duration>>>,
    /// Cases that ended closed.
    closed: AtomicUsize,
    /// Cases that did not, and why.
    failed: Mutex<Vec<String>>,
    /// How often a request had to be sent again.
    repeated: AtomicUsize,
}

async fn play(town: Arc<Town>, cases: Vec<PastCase>, workers: usize, journal: Option<Journal>) -> Result<bool> {
    let total = cases.len();
    let logged_in = Instant::now();
    let staffed = town.log_in(&cases, workers).await?;
    println!(
        "{staffed} 人已登录 · people logged in, {:.1} s",
        logged_in.elapsed().as_secs_f64()
    );
    let (cases, journal) = (Arc::new(cases), Arc::new(journal));
    let (tally, next) = (Arc::new(Tally::default()), Arc::new(AtomicUsize::new(0)));
    let progress = Arc::new(Progress::new(total as u64));
    let start = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..workers {
        let (town, cases, journal) = (town.clone(), cases.clone(), journal.clone());
        let (tally, next, progress) = (tally.clone(), next.clone(), progress.clone());
        tasks.spawn(async move {
            loop {
                let n = next.fetch_add(1, Ordering::Relaxed);
                let Some(case) = cases.get(n) else { return };
                match story::tell(&town, n, case, &tally, journal.as_ref().as_ref()).await {
                    Ok(()) => {
                        let closed = tally.closed.fetch_add(1, Ordering::Relaxed) + 1;
                        progress.at(closed as u64, format_args!("{closed}/{total} 已结案 closed"));
                    }
                    Err(error) => {
                        if let Ok(mut failed) = tally.failed.lock() {
                            failed.push(format!("{} {error:#}", n + 1));
                        }
                    }
                }
            }
        });
    }
    while let Some(ended) = tasks.join_next().await {
        ended.context("a worker of the replay failed")?;
    }
    let took = start.elapsed();
    drop(progress);
    let fine = sum_up(&tally, total, took);
    let audit = town.audit().await?;
    println!(
        "{} 审计链 {} 条 · the audit chain of {} entries is {}",
        if audit.ok { "✓" } else { "✗" },
        audit.entries,
        audit.entries,
        if audit.ok { "whole" } else { "broken" }
    );
    Ok(fine && audit.ok)
}

fn sum_up(tally: &Tally, total: usize, took: Duration) -> bool {
    let closed = tally.closed.load(Ordering::Relaxed);
    let times = tally.took.lock().map(|it| it.clone()).unwrap_or_default();
    let moves: usize = times.values().map(Vec::len).sum();
    println!("\n  操作 move       次数 count     p50 ms     p99 ms     max ms");
    for (action, mut times) in times {
        times.sort();
        let ms = |share: usize| times[(times.len() - 1) * share / 100].as_secs_f64() * 1e3;
        println!(
            "  {action:<14}{:>12}{:>11.1}{:>11.1}{:>11.1}",
            times.len(),
            ms(50),
            ms(99),
            ms(100)
        );
    }
    let seconds = took.as_secs_f64().max(1e-9);
    println!(
        "\n{} {closed}/{total} 起结案，{moves} 步操作，{seconds:.1} s：每秒 {:.1} 起、{:.0} 步 · {closed}/{total} cases closed, {moves} \
         moves: {:.1} cases/s, {:.0} moves/s",
        if closed == total { "✓" } else { "✗" },
        closed as f64 / seconds,
        moves as f64 / seconds,
        closed as f64 / seconds,
        moves as f64 / seconds,
    );
    let repeated = tally.repeated.load(Ordering::Relaxed);
    if repeated > 0 {
        println!("  {repeated} 次请求因连接中断重发 · requests were sent again after the connection was lost");
    }
    let failed = tally.failed.lock().map(|it| it.clone()).unwrap_or_default();
    for line in failed.iter().take(10) {
        println!("  ✗ {line}");
    }
    closed == total
}
