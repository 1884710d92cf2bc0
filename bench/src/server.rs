//! The program to be measured, as a process of its own with a demo district of some size.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use crate::Options;

/// Making a million cases takes minutes.
const PATIENCE: Duration = Duration::from_secs(3_600);

/// A server; stopped when dropped.
pub(crate) struct Server {
    child: Child,
    base: String,
}

impl Server {
    /// Starts it and waits until it answers.
    pub(crate) async fn start(options: &Options, size: usize, database: Option<&String>) -> Result<Self> {
        let data = options.data.join(size.to_string());
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
        if let Some(url) = database {
            command.args(["--database", url]);
        }
        let child = command.spawn().with_context(|| options.program.display().to_string())?;
        let mut server = Self {
            child,
            base: format!("http://127.0.0.1:{}", options.port),
        };
        let begun = std::time::Instant::now();
        let address = format!("127.0.0.1:{}", options.port);
        while tokio::net::TcpStream::connect(&address).await.is_err() {
            ensure!(
                server.child.try_wait()?.is_none(),
                "the server ended before it answered"
            );
            ensure!(begun.elapsed() < PATIENCE, "the server does not answer");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        println!("{size} cases: serving after {:.0} s", begun.elapsed().as_secs_f64());
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
