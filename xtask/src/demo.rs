//! From a bare machine with cargo to a running district in the browser, in one command.

use std::convert::Infallible;
use std::os::unix::process::CommandExt;
use std::time::Instant;

use anyhow::{Context, Result};

use crate::setup::{self, Need};
use crate::sh::{Shell, line, took};

/// `cargo xtask demo`
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The port to listen on
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// More arguments for `jingwei demo`
    #[arg(last = true)]
    more: Vec<String>,
}

/// Sets up, builds, and becomes `jingwei demo`; returns only when that fails.
pub(crate) fn demo(sh: &mut Shell, args: &Args) -> Result<Infallible> {
    let start = Instant::now();
    println!("Jingwei demo district: four steps, then it starts. The first time takes some minutes.");
    built(sh)?;
    let program = sh.target().join("release/jingwei");
    let mut cmd = sh.cmd(&program.to_string_lossy(), &["demo", "--port", &args.port.to_string()]);
    cmd.args(&args.more);
    println!(
        "\nReady after {}. Starting; Ctrl-C stops it.\n  $ {}",
        took(start.elapsed()),
        line(&cmd)
    );
    Err(cmd.exec()).with_context(|| format!("could not start {}", program.display()))
}

/// Sets up what is missing and builds the program as it is shipped, with its pages.
pub(crate) fn built(sh: &mut Shell) -> Result<()> {
    step("1/4 Tools", || {
        setup::packages(sh, &[Need::Compiler, Need::Node])?;
        setup::node(sh)?;
        Ok("cc, Node and npm are there")
    })?;
    step("2/4 Packages of the pages", || {
        Ok(if setup::npm_packages(sh)? {
            "installed"
        } else {
            "already there"
        })
    })?;
    step("3/4 Pages", || {
        Ok(if setup::web_build(sh)? {
            "built"
        } else {
            "nothing changed since they were built"
        })
    })?;
    step("4/4 Program", || {
        sh.run("cargo", &["build", "--release", "-p", "jingwei"])?;
        Ok("built")
    })?;
    Ok(())
}

fn step(name: &str, work: impl FnOnce() -> Result<&'static str>) -> Result<()> {
    println!("\n{name}");
    let start = Instant::now();
    let said = work()?;
    println!("  {said} ({})", took(start.elapsed()));
    Ok(())
}
