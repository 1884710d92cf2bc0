//! The commands, and what several of them share: configuration, log, the way to the database.

mod audit;
mod demo;
mod doctor;
mod generate;
mod import;
mod openapi;
mod progress;
mod replay;
mod serve;
mod user;

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use kernel::config::Config;
use kernel::error::Lang;
use kernel::events::number_and_seal;
use kernel::{Clock, Kernel};
use tracing_subscriber::EnvFilter;

use crate::apps;

/// 经纬：开放的网格化治理平台 · Jingwei, an open platform for grid-based governance
#[derive(Parser)]
#[command(name = "jingwei", version, max_term_width = 110)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// 启动服务 · Start the service
    Serve(Settings),
    /// 生成并启动演示区 · Make and start a demo district
    Demo(demo::Options),
    /// 管理首批账号 · Make the first accounts
    User {
        #[command(flatten)]
        settings: Settings,
        #[command(subcommand)]
        what: user::What,
    },
    /// 导入区划与历史案件 · Bring in areas and past cases
    Import {
        #[command(flatten)]
        settings: Settings,
        #[command(subcommand)]
        what: import::What,
    },
    /// 经接口重演真实案件，量速度、验可靠 · Play real cases through the API of a demo
    Replay(replay::Options),
    /// 检查安装：配置、数据库、文件、时钟等 · Look the installation over
    Doctor(Settings),
    /// 审计日志 · The audit log
    Audit {
        #[command(flatten)]
        settings: Settings,
        #[command(subcommand)]
        what: audit::What,
    },
    /// 输出接口说明（OpenAPI） · Print the description of the API
    Openapi,
    /// 生成随代码提交的文件 · Write the committed files that are made from the code
    Gen(generate::Options),
}

/// Does what was asked; false if it found fault, and has said so.
pub(crate) async fn run(args: Args) -> Result<bool> {
    match args.command {
        Command::Serve(settings) => serve::serve(settings.load()?).await.map(|()| true),
        Command::Demo(options) => demo::demo(options).await.map(|()| true),
        Command::User { settings, what } => user::user(settings.load()?, what).await,
        Command::Import { settings, what } => import::import(settings.load()?, what).await,
        Command::Replay(options) => replay::replay(options).await,
        Command::Doctor(settings) => Box::pin(doctor::doctor(&settings)).await,
        Command::Audit { settings, what } => audit::audit(settings.load()?, &what).await,
        Command::Openapi => openapi::openapi().await.map(|()| true),
        Command::Gen(options) => generate::generate(&options).await,
    }
}

/// Where the configuration is.
#[derive(clap::Args)]
pub(crate) struct Settings {
    /// 配置文件（TOML） · The configuration file
    #[arg(long, value_name = "FILE", env = "JINGWEI_CONFIG", global = true)]
    config: Option<PathBuf>,
}

impl Settings {
    fn load(&self) -> Result<Config> {
        configuration(self.config.as_deref())
    }
}

/// The configuration from a file, if there is one, and the environment.
fn configuration(file: Option<&Path>) -> Result<Config> {
    #[expect(clippy::disallowed_methods, reason = "read once, here, and given to kernel/config")]
    let environment = std::env::vars();
    // Two variables of the browser tests, which start this program, share the prefix.
    let environment = environment.filter(|(name, _)| !["JINGWEI_BIN", "JINGWEI_URL"].contains(&name.as_str()));
    Config::load(file, environment)
}

/// Opens everything for a command that works on the database directly, as the service would. Only warnings are logged;
/// slow statements are an import's daily bread.
async fn open(config: Config) -> Result<Kernel> {
    log("warn,sqlx=error", &config.log.format);
    start(config).await
}

/// Starts the kernel with all apps.
async fn start(config: Config) -> Result<Kernel> {
    make_folder(&config)?;
    Kernel::start(config, Clock::System, apps::all()).await
}

/// Ends a command: what it has done is sealed in the audit log at once, as the service would do.
async fn close(kernel: &Kernel) -> Result<()> {
    while number_and_seal(kernel).await? {}
    kernel.close().await;
    Ok(())
}

/// SQLite makes its file but not the folder that it lies in.
fn make_folder(config: &Config) -> Result<()> {
    let Some(file) = sqlite_file(&config.database.url) else {
        return Ok(());
    };
    match file.parent().filter(|it| !it.as_os_str().is_empty()) {
        Some(folder) => std::fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display())),
        None => Ok(()),
    }
}

/// The file of the embedded database; none for PostgreSQL.
fn sqlite_file(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite:")?;
    let path = path.strip_prefix("//").unwrap_or(path);
    Some(PathBuf::from(path.split('?').next().unwrap_or(path)))
}

/// Sends the log to standard error; what a command has to say goes to standard output.
fn log(filter: &str, format: &str) {
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let colours = std::io::stderr().is_terminal();
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(colours)
        .with_writer(std::io::stderr);
    let done = if format == "json" {
        log.json().flatten_event(true).try_init()
    } else {
        log.try_init()
    };
    // The only way to fail is that a log is set up already, and then there is one.
    drop(done);
}

/// An error for the terminal: a refusal in both languages, anything else with its chain.
pub(crate) fn told(error: &anyhow::Error) -> String {
    let refusal = error.chain().find_map(|it| it.downcast_ref::<kernel::Error>());
    match refusal.filter(|it| it.source().is_none()) {
        Some(refusal) => {
            let both = [Lang::Zh, Lang::En].map(|lang| {
                let problem = refusal.problem(lang, "");
                let fields = problem["fields"].as_array().cloned().unwrap_or_default();
                let field = |it: &serde_json::Value| {
                    format!(
                        "\n    {}: {}",
                        it["field"].as_str().unwrap_or_default(),
                        it["detail"].as_str().unwrap_or_default()
                    )
                };
                format!("{}{}", refusal.text(lang), fields.iter().map(field).collect::<String>())
            });
            both.join("\n  ")
        }
        None => format!("{error:#}"),
    }
}
