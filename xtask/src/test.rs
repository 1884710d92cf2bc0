//! Everything that continuous integration runs, in an order that finds the cheap faults first.
//!
//! A step that fails does not stop the later ones: at the end a table shows them all.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::setup::{self, Need};
use crate::sh::{Shell, took, var};
use crate::{generate, new_app, pg, tidy};

/// `cargo xtask test`
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Leave out what needs web tools: pages, generated files, browser
    #[arg(long)]
    fast: bool,
    /// Install cargo-deny if it is missing (that takes minutes), and check licences and sources of dependencies
    #[arg(long)]
    deny: bool,
    /// Run only the Rust tests whose name contains this
    filter: Option<String>,
}

/// Runs the steps; false if any failed.
pub(crate) fn test(sh: &mut Shell, args: &Args) -> Result<bool> {
    let mut report = Report::default();
    if let Some(filter) = &args.filter {
        let cluster = report.step_for("PostgreSQL for the tests", || pg::serve(sh));
        report.step("Rust tests", || rust_tests(sh, Some(filter)));
        drop(cluster);
    } else {
        all(sh, args, &mut report);
    }
    Ok(report.close())
}

fn all(sh: &mut Shell, args: &Args, report: &mut Report) {
    report.step("Formatting", || {
        if_component(sh, "rustfmt", &["fmt", "--all", "--check"])
    });
    report.step("Tidy", || {
        passed_if(
            tidy::tidy(sh)?,
            "the tree breaks rules of the house; they are listed above",
        )
    });
    let needs: &[Need] = if args.fast {
        &[Need::Compiler, Need::Postgres]
    } else {
        &[Need::Compiler, Need::Postgres, Need::Node, Need::Browser]
    };
    report.step("System packages", || setup::packages(sh, needs).map(done));
    // The program embeds the pages, so they are built before anything that compiles it.
    if !args.fast {
        report.step("Node", || setup::node(sh).map(done));
        report.step("Packages of the pages", || setup::npm_packages(sh).map(done));
        report.step("Pages: build", || setup::web_build(sh).map(done));
        report.step("Pages: types and lints", || sh.run("npm", &["run", "check"]).map(done));
        report.step("Pages: unit tests", || sh.run("npm", &["run", "test"]).map(done));
    }
    const CLIPPY: [&str; 6] = ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
    report.step("Lints", || if_component(sh, "clippy", &CLIPPY));
    let cluster = report.step_for("PostgreSQL for the tests", || pg::serve(sh));
    report.step("Rust tests", || rust_tests(sh, None));
    report.step("Tests in documents", || {
        sh.run("cargo", &["test", "--workspace", "--doc"]).map(done)
    });
    if args.fast {
        report.skip("New app", "--fast");
        report.skip("Generated files", "--fast");
        report.skip("Browser tests", "--fast");
    } else {
        report.step("New app", || new_app::trial(sh).map(done));
        report.step("Generated files", || {
            passed_if(
                generate::generate(sh, true)?,
                "some are stale: run `cargo xtask gen` and commit what it writes",
            )
        });
        report.step("Program", || sh.run("cargo", &["build", "-p", "jingwei"]).map(done));
        report.step("Browser tests", || browser_tests(sh));
    }
    drop(cluster);
    report.step("Dependencies", || deny(sh, args.deny));
}

fn rust_tests(sh: &Shell, filter: Option<&str>) -> Result<Outcome> {
    let nextest = sh.read("cargo", &["nextest", "--version"]).is_ok();
    let mut words = if nextest {
        vec!["nextest", "run", "--no-fail-fast"]
    } else {
        vec!["test", "--no-fail-fast"]
    };
    // Without nextest, `cargo test` would run the tests in documents too; they have a step of their own.
    words.extend(if nextest {
        &["--workspace"][..]
    } else {
        &["--workspace", "--lib", "--bins", "--tests"]
    });
    words.extend(filter);
    sh.run("cargo", &words).map(done)
}

fn browser_tests(sh: &mut Shell) -> Result<Outcome> {
    let chromium = setup::chromium(sh)?;
    sh.set("CHROMIUM", chromium);
    sh.set("JINGWEI_BIN", sh.target().join("debug/jingwei"));
    sh.run("npm", &["run", "e2e"]).map(done)
}

fn deny(sh: &Shell, install: bool) -> Result<Outcome> {
    if sh.read("cargo", &["deny", "--version"]).is_err() {
        if !install {
            return Ok(Outcome::Skipped(
                "cargo-deny is not installed; --deny installs it".to_owned(),
            ));
        }
        sh.run("cargo", &["install", "--locked", "cargo-deny"])?;
    }
    // Advisories come over the network from outside the registries, so they are not part of what must pass offline.
    sh.run("cargo", &["deny", "check", "bans", "licenses", "sources"])
        .map(done)
}

/// Runs a cargo command that a minimal toolchain lacks; where it is lacking, says so. That must not happen unseen in
/// continuous integration.
fn if_component(sh: &Shell, component: &str, args: &[&str]) -> Result<Outcome> {
    let command = args.first().context("a cargo command has a name")?;
    if sh.read("cargo", &[*command, "--version"]).is_ok() {
        return sh.run("cargo", args).map(done);
    }
    let missing = format!("not installed; `rustup component add {component}` brings it");
    if var("CI").is_some() {
        bail!("{missing}")
    } else {
        Ok(Outcome::Skipped(missing))
    }
}

fn passed_if(good: bool, otherwise: &str) -> Result<Outcome> {
    if good {
        Ok(Outcome::Passed)
    } else {
        bail!("{otherwise}")
    }
}

fn done<T>(_: T) -> Outcome {
    Outcome::Passed
}

enum Outcome {
    Passed,
    Failed(String),
    Skipped(String),
}

/// The steps so far and how they went.
#[derive(Default)]
struct Report {
    steps: Vec<(&'static str, Outcome, Duration)>,
}

impl Report {
    fn step(&mut self, name: &'static str, work: impl FnOnce() -> Result<Outcome>) {
        println!("\n── {name}");
        let start = Instant::now();
        let outcome = work().unwrap_or_else(|error| Outcome::Failed(format!("{error:#}")));
        let time = start.elapsed();
        match &outcome {
            Outcome::Passed => println!("── {name}: passed ({})", took(time)),
            Outcome::Failed(why) => println!("── {name}: FAILED ({})\n{why}", took(time)),
            Outcome::Skipped(why) => println!("── {name}: skipped, {why}"),
        }
        self.steps.push((name, outcome, time));
    }

    /// A step that brings something for the later ones.
    fn step_for<T>(&mut self, name: &'static str, work: impl FnOnce() -> Result<T>) -> Option<T> {
        let mut brought = None;
        self.step(name, || {
            brought = Some(work()?);
            Ok(Outcome::Passed)
        });
        brought
    }

    fn skip(&mut self, name: &'static str, why: &str) {
        self.step(name, || Ok(Outcome::Skipped(why.to_owned())));
    }

    /// Prints the table and the count; false if any step failed.
    fn close(&self) -> bool {
        let (table, failed) = self.table();
        println!("\n{table}");
        failed == 0
    }

    fn table(&self) -> (String, usize) {
        let (mut passed, mut failed, mut skipped) = (0, 0, 0);
        let mut table = String::new();
        for (name, outcome, time) in &self.steps {
            let said = match outcome {
                Outcome::Passed => {
                    passed += 1;
                    "passed".to_owned()
                }
                Outcome::Failed(why) => {
                    failed += 1;
                    format!("FAILED   {}", why.lines().next().unwrap_or_default())
                }
                Outcome::Skipped(why) => {
                    skipped += 1;
                    format!("skipped  {why}")
                }
            };
            table += &format!("{name:<26} {:>13}  {said}\n", took(*time));
        }
        table += &format!("\n{passed} passed, {failed} failed");
        if skipped > 0 {
            table += &format!(", {skipped} skipped");
        }
        (table, failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_failed_step_fails_the_run_and_the_last_line_counts() {
        let mut report = Report::default();
        report.step("good", || Ok(Outcome::Passed));
        assert!(report.close());
        report.step("bad", || bail!("it broke\nat length"));
        report.skip("left out", "--fast");
        assert_eq!(report.step_for("brings", || Ok(7)), Some(7));
        let (table, failed) = report.table();
        assert_eq!(failed, 1);
        assert!(table.contains("FAILED   it broke\n"), "{table}");
        assert_eq!(table.lines().last(), Some("2 passed, 1 failed, 1 skipped"));
    }
}
