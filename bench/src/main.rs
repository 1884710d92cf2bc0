#![doc = include_str!("../README.md")]
#![expect(clippy::print_stdout, reason = "the table is what it is for")]

mod client;
mod load;
mod moves;
mod server;
mod speed;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "bench", max_term_width = 100)]
struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Lists, desk, moves and figures at several sizes, then an export and a load at the last of them
    Cases(Options),
}

/// How to measure.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The program to measure
    #[arg(long, value_name = "FILE", default_value = "target/release/jingwei")]
    program: PathBuf,
    /// How many cases, one run of the server for each
    #[arg(long, value_name = "N", value_delimiter = ',', default_values_t = [10_000, 1_000_000])]
    sizes: Vec<usize>,
    /// Where the districts are kept; one that is there is used again
    #[arg(long, value_name = "DIR", default_value = "target/bench")]
    data: PathBuf,
    /// Measure on this PostgreSQL server, too, in databases made for it
    #[arg(long, value_name = "URL")]
    postgres: Option<String>,
    /// Measure on PostgreSQL only
    #[arg(long, requires = "postgres")]
    no_sqlite: bool,
    /// The port of the server, on 127.0.0.1
    #[arg(long, default_value_t = 18_190)]
    port: u16,
    /// How often each is asked
    #[arg(long, default_value_t = 100)]
    rounds: usize,
    /// Desk users at once
    #[arg(long, default_value_t = 200)]
    users: usize,
    /// How long they work
    #[arg(long, default_value_t = 30)]
    seconds: u64,
}

#[tokio::main]
async fn main() -> Result<()> {
    // The client asks for a provider even where it speaks plain HTTP; a second call would only say that there is one.
    drop(rustls::crypto::ring::default_provider().install_default());
    let What::Cases(options) = Args::parse().what;
    let mut kinds = Vec::new();
    if !options.no_sqlite {
        kinds.push(("SQLite", None));
    }
    if let Some(url) = &options.postgres {
        kinds.push(("PostgreSQL", Some(url.as_str())));
    }
    for (kind, url) in kinds {
        let mut tables = Vec::new();
        println!("\n{kind}");
        for (n, size) in options.sizes.iter().enumerate() {
            let server = server::Server::start(&options, *size, url).await?;
            let people = client::log_in(server.base()).await?;
            tables.push(speed::measure(&people, options.rounds).await?);
            if n + 1 == options.sizes.len() {
                speed::export(&people, &server).await?;
                load::load(&people, &options).await?;
            }
            server.stop()?;
        }
        speed::print(kind, &options.sizes, &tables);
    }
    Ok(())
}
