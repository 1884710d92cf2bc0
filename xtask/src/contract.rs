//! Whether the program keeps what its OpenAPI document promises: schemathesis makes requests from the document, as
//! different people of a small demo, and compares the answers with it. No answer may be a 5xx.

use std::fs;
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::sh::Shell;

const ADDRESS: &str = "127.0.0.1:18473";

/// Who asks: one who does casework, three who administer, one of a body.
const PEOPLE: [&str; 5] = ["s01", "sysadmin", "gridadmin", "secadmin", "d01-c"];

/// Following the news never ends, and the session is the run's own.
const LEFT_OUT: &str = "^/api/(events|session|session/password)$";

/// `cargo xtask contract`
#[derive(clap::Args)]
pub(crate) struct Args {
    /// How many requests of each kind to make up
    #[arg(long, default_value_t = 6)]
    examples: u32,
}

/// Stops the demo when the run is over.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // A demo that has ended by itself needs no end.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Runs it; false when a promise was not kept.
pub(crate) fn contract(sh: &mut Shell, args: &Args) -> Result<bool> {
    let tools = sh.target().join("contract");
    let checker = tools.join("bin/schemathesis");
    if !checker.exists() {
        println!("Installing schemathesis into {}", tools.display());
        let folder = tools.to_string_lossy().into_owned();
        sh.run("python3", &["-m", "venv", folder.as_str()])
            .context("needs python3 with venv (apt-get install python3-venv)")?;
        let pip = tools.join("bin/pip").to_string_lossy().into_owned();
        sh.run(&pip, &["install", "-q", "schemathesis>=4.32,<5"])?;
    }
    sh.run("cargo", &["build", "-q", "-p", "jingwei"])?;
    let data = tools.join("demo");
    if data.exists() {
        fs::remove_dir_all(&data)?;
    }
    let (_, port) = ADDRESS.split_once(':').context("an address has a port")?;
    let program = sh.target().join("debug/jingwei").to_string_lossy().into_owned();
    let folder = data.to_string_lossy().into_owned();
    let demo = sh
        .cmd(
            &program,
            &["demo", "--port", port, "--cases", "3000", "--data", folder.as_str()],
        )
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .context("could not start the demo")?;
    let running = Running(demo);
    let began = Instant::now();
    while TcpStream::connect(ADDRESS).is_err() {
        if began.elapsed() > Duration::from_secs(180) {
            bail!("the demo did not start");
        }
        std::thread::sleep(Duration::from_millis(300));
    }
    let url = format!("http://{ADDRESS}");
    sh.set("JINGWEI_URL", url.as_str());
    sh.set("SCHEMATHESIS_HOOKS", "contract");
    sh.set("PYTHONPATH", "xtask/src");
    let examples = args.examples.to_string();
    let mut kept = true;
    for login in PEOPLE {
        println!("── as {login}");
        sh.set("JINGWEI_LOGIN", login);
        let words = [
            "run",
            "openapi.json",
            "--url",
            url.as_str(),
            "--max-examples",
            examples.as_str(),
            "--exclude-path-regex",
            LEFT_OUT,
            "--phases",
            "examples,coverage,fuzzing",
            "--checks",
            "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance",
            "--request-timeout",
            "30",
            "--continue-on-failure",
            "--warnings",
            "off",
        ];
        kept &= sh.run(&checker.to_string_lossy(), &words).is_ok();
    }
    drop(running);
    Ok(kept)
}
