#![doc = include_str!("../README.md")]
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "telling the person at the terminal is its job"
)]

mod contract;
mod demo;
mod generate;
mod new_app;
mod pg;
mod setup;
mod sh;
mod test;
mod tidy;

use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};

use sh::Shell;

/// The chores of the house.
#[derive(Parser)]
#[command(bin_name = "cargo xtask", max_term_width = 100)]
struct Args {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Set up what is missing, build, and start the demo district
    Demo(demo::Args),
    /// Run everything that continuous integration runs
    Test(test::Args),
    /// Run a command beside a throw-away PostgreSQL (its address in JINGWEI_TEST_PG)
    Pg {
        /// The command and its arguments
        #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
        command: Vec<String>,
    },
    /// Measure how fast the release build is with very many cases; the arguments are those of `bench`
    Bench {
        /// What to measure, and how
        #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Write the generated files: openapi.json, the pages' types, diagrams and tables in the documents
    Gen {
        /// Only say which of them are stale
        #[arg(long)]
        check: bool,
    },
    /// Make requests from openapi.json and compare the answers with it (needs python3)
    Contract(contract::Args),
    /// Check the invariants of the house
    Tidy,
    /// Write a new app with all its furniture
    NewApp(new_app::Args),
}

fn main() -> ExitCode {
    match chore(&Args::parse().chore) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("\n{error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Does one chore; false when it found fault, and has said so.
fn chore(chore: &Chore) -> Result<bool> {
    let mut sh = Shell::new()?;
    match chore {
        Chore::Demo(args) => demo::demo(&mut sh, args).map(|never| match never {}),
        Chore::Test(args) => test::test(&mut sh, args),
        Chore::Pg { command } => {
            let cluster = pg::serve(&mut sh)?;
            let (program, args) = command.split_first().context("a command has a program")?;
            let done = sh.run(program, args);
            drop(cluster);
            done.map(|()| true)
        }
        Chore::Contract(args) => contract::contract(&mut sh, args),
        Chore::Bench { args } => {
            demo::built(&mut sh)?;
            let mut all = vec!["run", "--release", "-p", "bench", "--"];
            all.extend(args.iter().map(String::as_str));
            let measures = args.first().is_some_and(|it| it == "cases");
            let own = args.iter().any(|it| it.starts_with("--postgres"));
            let cluster = (measures && !own).then(|| pg::to_measure(&mut sh)).transpose()?;
            if let Some(cluster) = &cluster {
                all.extend(["--postgres", &cluster.url]);
            }
            sh.run("cargo", &all).map(|()| true)
        }
        Chore::Gen { check } => generate::generate(&mut sh, *check),
        Chore::Tidy => tidy::tidy(&sh),
        Chore::NewApp(args) => {
            new_app::new_app(&sh, args)?;
            new_app::say_next(args);
            Ok(true)
        }
    }
}
