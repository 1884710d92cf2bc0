//! `jingwei demo`: a fictional district with a year of cases, made once from a seed, and served.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use cases::api::{DEMO_CASES, State, busiest_area, busiest_body};
use grid::api::seed::{DemoDistrict, DemoPerson, DemoScope, PASSWORD, district};
use kernel::config::Config;
use kernel::db::{Db, Json};
use kernel::events::number_and_seal;
use kernel::http::{DemoAccount, set_setting, setting};
use kernel::{Kernel, Time, args, auth};
use serde::{Deserialize, Serialize};

use super::progress::Progress;
use super::serve;

/// What the demo is to be like.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// 监听端口 · The port to listen on
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// 数据目录 · The folder for its data
    #[arg(long, value_name = "DIR", default_value = "./data/demo")]
    data: PathBuf,
    /// 案件数量 · How many cases, the latest of a year
    #[arg(long, value_name = "N", default_value_t = DEMO_CASES)]
    cases: usize,
    /// 随机种子，相同种子生成相同的区 · The seed; the same one makes the same district
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// 清除已有演示数据，重新生成 · Removes the demo that is there and makes a new one
    #[arg(long)]
    fresh: bool,
    /// 数据库地址，默认为数据目录中的 SQLite · The database, if not SQLite in the folder
    #[arg(long, value_name = "URL")]
    database: Option<String>,
}

/// What is known of a demo, kept with it.
#[derive(Serialize, Deserialize)]
struct Made {
    seed: u64,
    cases: usize,
    at: Time,
    /// False while it is being made: one that was interrupted is made again.
    ready: bool,
}

const MADE: &str = "demo.made";
/// Where `/api/meta` looks for the log-ins.
const ACCOUNTS: &str = "demo.accounts";

/// The history ends when it is made: after so many days most of what is open is late.
const AGED_DAYS: i64 = 3;

/// Makes the demo if it is not there, and serves it.
pub(crate) async fn demo(options: Options) -> Result<()> {
    let config = configuration(&options)?;
    super::log(&config.log.filter, &config.log.format);
    // Whoever has the port is found out before the work, not after it.
    drop(serve::listen(&config).await?);
    let made = look(&config, &options).await?;
    let kernel = super::start(config).await;
    let kernel = match made {
        Some(made) => {
            let kernel = kernel.context("--fresh 重新生成演示 · --fresh makes a new demo")?;
            greet(&kernel, &made, &options);
            kernel
        }
        None => {
            let kernel = kernel?;
            make(&kernel, &options).await?;
            kernel
        }
    };
    let accounts: Vec<DemoAccount> = setting(&kernel, ACCOUNTS).await?.unwrap_or_default();
    serve::serve_kernel(&kernel, || show(&accounts)).await
}

/// The defaults of a demo, all in one folder, and whatever the environment says otherwise.
fn configuration(options: &Options) -> Result<Config> {
    let mut config = super::configuration(None)?;
    let usual = Config::default();
    config.demo = true;
    config.http.listen.set_port(options.port);
    // Whoever looks the demo over receives on the same machine.
    config.hooks.allow_private = true;
    let here = format!("http://{}", config.http.listen);
    config.http.public_url.get_or_insert(here);
    if let Some(url) = &options.database {
        config.database.url.clone_from(url);
    } else if config.database.url == usual.database.url {
        config.database.url = format!("sqlite:{}", options.data.join("jingwei.db").display());
    }
    if config.files.store == usual.files.store {
        config.files.store = files(&options.data);
    }
    if config.vault.key_file == usual.vault.key_file {
        config.vault.key_file = options.data.join("vault.key");
    }
    if config.log.filter == usual.log.filter {
        config.log.filter = "warn,sqlx=error".to_owned();
    }
    Ok(config)
}

fn files(data: &Path) -> String {
    data.join("files").display().to_string()
}

/// The demo that is there and stays. One that is given up, or was never finished, is removed first; what is no demo is
/// left alone.
async fn look(config: &Config, options: &Options) -> Result<Option<Made>> {
    super::make_folder(config)?;
    let db = Db::open(&config.database.url, 1)
        .await
        .with_context(|| config.database.without_password())?;
    // Before the first start there are no tables to ask.
    let mut tx = db.read().await?;
    let row = tx
        .one("SELECT value FROM kernel_setting WHERE name = $1", args![MADE])
        .await
        .ok()
        .flatten();
    let made: Option<(Json<Made>,)> = row;
    let used: Option<(i64,)> = tx.one("SELECT COUNT(*) FROM kernel_user", vec![]).await.ok().flatten();
    drop(tx);
    ensure!(
        made.is_some() || used.is_none_or(|it| it.0 == 0),
        "{} 中已有正式数据，演示不会改动它 · it holds a district that is no demo, and was left alone",
        config.database.without_password(),
    );
    let made = made.map(|it| it.0.0);
    let keep = made.is_none() || made.as_ref().is_some_and(|it| it.ready && !options.fresh);
    if !keep {
        let apps = crate::apps::all();
        let prefixes: Vec<&str> = std::iter::once("kernel")
            .chain(apps.iter().map(|it| it.name()))
            .collect();
        db.drop_tables(&prefixes).await.context("removing the old demo")?;
        if config.files.store == files(&options.data) && Path::new(&config.files.store).exists() {
            std::fs::remove_dir_all(&config.files.store).context("removing the photos of the old demo")?;
        }
    }
    db.close().await;
    Ok(made.filter(|_| keep))
}

async fn make(kernel: &Kernel, options: &Options) -> Result<()> {
    let mut made = Made {
        seed: options.seed,
        cases: options.cases,
        at: kernel.now(),
        ready: false,
    };
    println!("生成演示区（仅第一次） · Making the demo district, this once");
    set(kernel, MADE, &made).await?;
    let district = district(options.seed);
    grid::api::seed_demo(kernel, &district).await?;
    components::api::seed_demo(kernel, &district, options.seed).await?;
    let progress = Progress::new(options.cases as u64);
    let tell = |done: usize, all| progress.at(done as u64, format_args!("{done}/{all} 案件 cases"));
    cases::api::seed_demo(kernel, &district, options.seed, options.cases, tell).await?;
    drop(progress);
    set(kernel, ACCOUNTS, &accounts(kernel, &district).await?).await?;
    while number_and_seal(kernel).await? {}
    kernel.db().analyze().await?;
    made.ready = true;
    set(kernel, MADE, &made).await?;
    let seconds = kernel.now().seconds_since(made.at);
    println!(
        "✓ {} 个网格与片区、{} 名人员、{} 起案件 · areas, people, cases · {seconds} s\n",
        district.areas.len(),
        district.people.len(),
        options.cases
    );
    Ok(())
}

async fn set(kernel: &Kernel, name: &str, value: &impl Serialize) -> Result<()> {
    let mut work = kernel.system_work().await?;
    set_setting(&mut work, name, value).await?;
    Ok(work.commit().await?)
}

/// The roles that the log-in page offers, as a case meets them, then the administrators.
const ROLES: [&str; 12] = [
    "worker",
    "acceptor",
    "shift_lead",
    "dispatcher",
    "body_clerk",
    "body_head",
    "checker",
    "leader",
    "grid_admin",
    "system_admin",
    "security_admin",
    "audit_admin",
];

/// One person of each role, and where many of a role work in different places, one who has something to do.
async fn accounts(kernel: &Kernel, district: &DemoDistrict) -> Result<Vec<DemoAccount>> {
    let mut tx = kernel.read().await?;
    let roles = auth::roles(&mut tx).await?;
    let grid = busiest_area(&mut tx, &[State::Verifying, State::Checking]).await?;
    let body = busiest_body(&mut tx, &[State::Dispatched, State::Handling]).await?;
    let chosen = |role: &str, person: &&DemoPerson| match role {
        "worker" => grid.is_none() || person.area == grid,
        "body_clerk" | "body_head" => body.is_none() || person.body == body,
        _ => true,
    };
    let account = |role: &&str| {
        let role = roles.iter().find(|it| it.code == **role)?;
        let person = district
            .people
            .iter()
            .filter(|it| it.role == role.code)
            .find(|it| chosen(&role.code, it))?;
        Some(DemoAccount {
            login: person.login.clone(),
            password: PASSWORD.to_owned(),
            name: person.name.clone(),
            role_zh: role.zh.clone(),
            role_en: role.en.clone(),
        })
    };
    let mut all: Vec<DemoAccount> = ROLES.iter().filter_map(account).collect();
    // One of those whose scope is a town, beside the district's.
    let town = |it: &&DemoPerson| it.role == "shift_lead" && matches!(it.scope, DemoScope::Area(_));
    if let Some(person) = district.people.iter().find(town) {
        all.push(DemoAccount {
            login: person.login.clone(),
            password: PASSWORD.to_owned(),
            name: person.name.clone(),
            role_zh: "镇街值班长".to_owned(),
            role_en: "Shift lead of a town".to_owned(),
        });
    }
    Ok(all)
}

/// What there is to say of a demo that is there already.
fn greet(kernel: &Kernel, made: &Made, options: &Options) {
    if (made.seed, made.cases) != (options.seed, options.cases) {
        println!(
            "已有演示（种子 {}、{} 起案件），未作改动；--fresh 重新生成 · There is a demo already (seed {}, {} cases), kept as it is; \
             --fresh makes a new one",
            made.seed, made.cases, made.seed, made.cases
        );
    }
    let days = kernel.now().seconds_since(made.at) / 86_400;
    if days >= AGED_DAYS {
        println!(
            "演示生成于 {days} 天前，未结案件多已超时；--fresh 重新生成 · The demo is {days} days old and most of its open cases are \
             late by now; --fresh makes a new one"
        );
    }
}

fn show(accounts: &[DemoAccount]) {
    println!("\n密码 password: {PASSWORD}");
    let width = accounts.iter().map(|it| it.login.len()).max().unwrap_or(0);
    for DemoAccount {
        login,
        name,
        role_zh,
        role_en,
        ..
    } in accounts
    {
        println!("  {login:width$}  {role_zh} {name} · {role_en}");
    }
    println!("\nCtrl-C 停止 · stops it");
}
