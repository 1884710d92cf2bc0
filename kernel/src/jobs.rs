//! Background jobs: reconcilers that are repeated on a timer or on a nudge.
//!
//! A run takes no input, looks at the world and puts right what it finds, so running it twice does no harm and a run that
//! failed needs no repeat of its own: the next one does the same. One server at a time runs a job (a lease in its row).
//! Each job's last run, next run and last error are there to see.

use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use futures_util::future::BoxFuture;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::auth::{JOBS_MANAGE, User, not_found};
use crate::http::{Guard, Json, Path, Routes};
use crate::{Kernel, Result, Time, args, hooks};

/// A job.
#[derive(Clone, Copy)]
pub struct Job {
    /// `<app>.<what>`.
    pub name: &'static str,
    /// What it does, in Chinese.
    pub zh: &'static str,
    /// What it does, in English.
    pub en: &'static str,
    /// How long after a run the next one begins.
    pub every: Duration,
    /// One run; says what it did in a few words.
    pub run: fn(Kernel) -> BoxFuture<'static, Result<String>>,
}

/// A run that takes longer than this is taken to be dead, and another server may start the next.
const LEASE_SECONDS: i64 = 15 * 60;

impl Job {
    fn every_seconds(&self) -> i64 {
        i64::try_from(self.every.as_secs()).unwrap_or(i64::MAX)
    }
}

/// Repeats one job until the program stops.
pub(crate) async fn run(kernel: Kernel, job: Job) {
    let stop = kernel.stop_signal();
    // Jobs that come often are looked at often; a nudge over the API sets the next run to now and is seen within this time.
    let look = job.every.min(Duration::from_secs(5));
    while !stop.is_cancelled() {
        if let Err(error) = run_if_due(&kernel, &job).await {
            tracing::error!(job = job.name, %error, "job could not be started");
        }
        tokio::select! {
            () = stop.cancelled() => break,
            () = tokio::time::sleep(look) => {}
        }
    }
}

/// Runs the job if its time has come and no other server runs it; says whether it ran.
pub async fn run_if_due(kernel: &Kernel, job: &Job) -> Result<bool> {
    let now = kernel.now();
    let due: Option<(Time,)> = kernel
        .read()
        .await?
        .one("SELECT next_run_at FROM kernel_job WHERE name = $1", args![job.name])
        .await?;
    if due.is_some_and(|it| it.0 > now) {
        return Ok(false);
    }
    let mut tx = kernel.db().begin().await?;
    let sql = "INSERT INTO kernel_job (name, next_run_at, runs, failures) VALUES ($1, $2, 0, 0) ON CONFLICT DO NOTHING";
    tx.run(sql, args![job.name, now]).await?;
    let sql = "UPDATE kernel_job SET lease_until = $3, started_at = $2, runs = runs + 1 \
               WHERE name = $1 AND next_run_at <= $2 AND (lease_until IS NULL OR lease_until < $2)";
    let mine = tx
        .run(sql, args![job.name, now, now.plus_seconds(LEASE_SECONDS)])
        .await?
        == 1;
    tx.commit().await?;
    if !mine {
        return Ok(false);
    }
    let outcome = (job.run)(kernel.clone()).await;
    let ended = kernel.now();
    let next = ended.plus_seconds(job.every_seconds());
    let mut tx = kernel.db().begin().await?;
    match outcome {
        Ok(summary) => {
            let sql = "UPDATE kernel_job SET lease_until = NULL, ended_at = $2, next_run_at = $3, succeeded_at = $2, \
                       error = NULL, summary = $4 WHERE name = $1";
            tx.run(sql, args![job.name, ended, next, summary]).await?;
        }
        Err(error) => {
            tracing::error!(job = job.name, %error, "job failed");
            let sql = "UPDATE kernel_job SET lease_until = NULL, ended_at = $2, next_run_at = $3, error = $4, \
                       failures = failures + 1 WHERE name = $1";
            tx.run(sql, args![job.name, ended, next, error.to_string()]).await?;
        }
    }
    tx.commit().await?;
    Ok(true)
}

/// The kernel's own: sweeping up what has had its time.
pub(crate) fn kernel_jobs() -> Vec<Job> {
    vec![
        Job {
            name: "kernel.sweep",
            zh: "清理过期会话、旧消息和未使用的文件",
            en: "Sweep out ended sessions, old news and files that nobody attached",
            every: Duration::from_secs(3600),
            run: |kernel| Box::pin(sweep(kernel)),
        },
        hooks::job(),
    ]
}

async fn sweep(kernel: Kernel) -> Result<String> {
    let now = kernel.now();
    let day = 24 * 3600;
    let limits = &kernel.config().session;
    let mut tx = kernel.db().begin().await?;
    let sql = "DELETE FROM kernel_session WHERE seen_at < $1 OR created_at < $2";
    let idle = now.plus_seconds(-limits.idle_minutes * 60);
    let sessions = tx
        .run(sql, args![idle, now.plus_seconds(-limits.max_hours * 3600)])
        .await?;
    let week = now.plus_seconds(-7 * day);
    let events = tx
        .run(
            "DELETE FROM kernel_event WHERE at < $1 AND seq IS NOT NULL",
            args![week],
        )
        .await?;
    let deliveries = hooks::sweep(&mut tx, now).await?;
    let answers = tx.run("DELETE FROM kernel_answer WHERE at < $1", args![week]).await?;
    tx.commit().await?;
    let files = kernel.files().sweep(&kernel, now.plus_seconds(-day)).await?;
    Ok(format!(
        "{sessions} sessions, {events} events, {deliveries} deliveries, {answers} answers, {files} files"
    ))
}

pub(crate) fn routes() -> Routes {
    Routes::new()
        .add(routes!(job_list).needs(&JOBS_MANAGE))
        .add(routes!(job_run).needs(&JOBS_MANAGE))
}

/// A job and how it fares.
#[derive(Serialize, ToSchema)]
struct JobView {
    name: &'static str,
    zh: &'static str,
    en: &'static str,
    every_seconds: i64,
    running: bool,
    started_at: Option<Time>,
    ended_at: Option<Time>,
    succeeded_at: Option<Time>,
    next_run_at: Option<Time>,
    error: Option<String>,
    summary: Option<String>,
    runs: i64,
    failures: i64,
}

#[derive(sqlx::FromRow)]
struct JobRow {
    name: String,
    next_run_at: Time,
    lease_until: Option<Time>,
    started_at: Option<Time>,
    ended_at: Option<Time>,
    succeeded_at: Option<Time>,
    error: Option<String>,
    summary: Option<String>,
    runs: i64,
    failures: i64,
}

/// List the background jobs with their last run, next run and last error.
#[utoipa::path(get, path = "/api/jobs", tag = "kernel", responses((status = 200, body = Vec<JobView>)))]
async fn job_list(State(kernel): State<Kernel>) -> Result<Json<Vec<JobView>>> {
    let sql = "SELECT name, next_run_at, lease_until, started_at, ended_at, succeeded_at, error, summary, runs, failures FROM kernel_job";
    let rows: Vec<JobRow> = kernel.read().await?.all(sql, vec![]).await?;
    let now = kernel.now();
    let view = |job: Job| {
        let row = rows.iter().find(|it| it.name == job.name);
        JobView {
            name: job.name,
            zh: job.zh,
            en: job.en,
            every_seconds: job.every_seconds(),
            running: row.and_then(|it| it.lease_until).is_some_and(|it| it > now),
            started_at: row.and_then(|it| it.started_at),
            ended_at: row.and_then(|it| it.ended_at),
            succeeded_at: row.and_then(|it| it.succeeded_at),
            next_run_at: row.map(|it| it.next_run_at),
            error: row.and_then(|it| it.error.clone()),
            summary: row.and_then(|it| it.summary.clone()),
            runs: row.map_or(0, |it| it.runs),
            failures: row.map_or(0, |it| it.failures),
        }
    };
    Ok(Json(kernel.jobs().into_iter().map(view).collect()))
}

/// Ask for a job to be run now; it starts within seconds.
#[utoipa::path(post, path = "/api/jobs/{name}/run", tag = "kernel", params(("name" = String, Path)), responses((status = 202)))]
async fn job_run(State(kernel): State<Kernel>, user: User, Path(name): Path<String>) -> Result<StatusCode> {
    if !kernel.jobs().iter().any(|it| it.name == name) {
        return Err(not_found());
    }
    let mut work = kernel.work(&user).await?;
    let now = work.now();
    work.run(
        "UPDATE kernel_job SET next_run_at = $2 WHERE name = $1",
        args![&name, now],
    )
    .await?;
    work.audit("kernel.job_nudged", &name, ()).await?;
    work.commit().await?;
    Ok(StatusCode::ACCEPTED)
}
