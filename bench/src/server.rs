//! The program to be measured, as a process of its own with a demo district of some size.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::Options;
use crate::client::Person;

/// Making a million cases takes minutes.
const PATIENCE: Duration = Duration::from_secs(3_600);

/// Waits until every job has come to its end once: what a new district has to count up is not measured.
async fn settle(base: &str) -> Result<()> {
    let admin = Person::log_in(base, "sysadmin", "system").await?;
    let begun = Instant::now();
    loop {
        let (jobs, _) = admin.get("/api/jobs").await?;
        let busy = |it: &Value| it["succeeded_at"].is_null() || it["running"] == true;
        if !jobs.as_array().context("jobs")?.iter().any(busy) {
            return Ok(());
        }
        ensure!(begun.elapsed() < PATIENCE, "the jobs do not come to rest");
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
}

/// The address of the database for a size, which is made if it is not there.
fn database(server: &str, size: usize) -> Result<String> {
    let name = format!("bench_{size}");
    let psql = |sql: &str| -> Result<String> {
        let out = Command::new("psql")
            .args([server, "-Atqc", sql])
            .output()
            .context("psql")?;
        ensure!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        Ok(String::from_utf8_lossy(&out.stdout).into_owned())
    };
    if psql(&format!("SELECT 1 FROM pg_database WHERE datname = '{name}'"))?.is_empty() {
        psql(&format!("CREATE DATABASE {name}"))?;
    }
    let (before, _) = server.rsplit_once('/').context("an address with a database")?;
    Ok(format!("{before}/{name}"))
}

/// A server; stopped when dropped.
pub(crate) struct Server {
    child: Child,
    base: String,
}

impl Server {
    /// Starts it and waits until it answers.
    pub(crate) async fn start(options: &Options, size: usize, postgres: Option<&str>) -> Result<Self> {
        let kind = if postgres.is_some() { "postgres" } else { "sqlite" };
        let data = options.data.join(format!("{kind}-{size}"));
        std::fs::create_dir_all(&data)?;
        let mut command = Command::new(&options.program);
        command.args([
            "demo",
            "--cases",
            &size.to_string(),
            "--port",
            &options.port.to_string(),
        ]);
        command.arg("--data").arg(&data).stdout(Stdio::null());
        if let Some(url) = postgres {
            command.args(["--database", &database(url, size)?]);
        }
        let child = command.spawn().with_context(|| options.program.display().to_string())?;
        let mut server = Self {
            child,
            base: format!("http://127.0.0.1:{}", options.port),
        };
        let begun = Instant::now();
        let address = format!("127.0.0.1:{}", options.port);
        while tokio::net::TcpStream::connect(&address).await.is_err() {
            ensure!(
                server.child.try_wait()?.is_none(),
                "the server ended before it answered"
            );
            ensure!(begun.elapsed() < PATIENCE, "the server does not answer");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        let serving = begun.elapsed();
        settle(&server.base).await?;
        println!(
            "{size} cases: serving after {:.0} s, all jobs at rest after {:.0} s, {} MB resident",
            serving.as_secs_f64(),
            begun.elapsed().as_secs_f64(),
            server.memory().map_or(0, |it| it.1)
        );
        Ok(server)
    }

    /// Its address.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// The most memory it has had resident, and what it has now, in megabytes; only where the system tells.
    pub(crate) fn memory(&self) -> Option<(u64, u64)> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let field = |name: &str| {
            let line = status.lines().find(|it| it.starts_with(name))?;
            line.split_whitespace().nth(1)?.parse::<u64>().ok()
        };
        Some((field("VmHWM:")? / 1024, field("VmRSS:")? / 1024))
    }

    /// Stops it.
    pub(crate) fn stop(mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
