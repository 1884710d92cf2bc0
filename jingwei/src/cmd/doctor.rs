//! `jingwei doctor`: looks an installation over and says, line by line, what is well, what is not, and what to do. At
//! most it makes the folder for files.

use std::path::{Path, PathBuf};
use std::time::Duration;

use kernel::config::Config;
use kernel::db::{Db, Migrated};
use kernel::files::Files;
use kernel::{Clock, Kernel, Time, args, audit, vault};
use standards::Calendar;

use super::{Settings, sqlite_file};

/// How well something is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Health {
    Ok,
    Warn,
    Fail,
}

/// A line: what was looked at and found, and in both languages what to do about it.
struct Line {
    health: Health,
    what: &'static str,
    found: String,
    advice: Option<(String, String)>,
}

fn ok(what: &'static str, found: impl Into<String>) -> Line {
    Line {
        health: Health::Ok,
        what,
        found: found.into(),
        advice: None,
    }
}

impl Line {
    fn warn(self, zh: impl Into<String>, en: impl Into<String>) -> Self {
        self.with(Health::Warn, zh, en)
    }

    fn fail(self, zh: impl Into<String>, en: impl Into<String>) -> Self {
        self.with(Health::Fail, zh, en)
    }

    fn with(self, health: Health, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            health,
            advice: Some((zh.into(), en.into())),
            ..self
        }
    }
}

/// Looks; false if something fails.
pub(crate) async fn doctor(settings: &Settings) -> anyhow::Result<bool> {
    // Nothing but what it says itself.
    super::log("off", "text");
    let lines = match settings.load() {
        Ok(config) => look(settings, &config).await,
        Err(error) => {
            let advice = "照提示改正配置；各项说明见 docs/operating.md";
            vec![
                ok(CONFIG, super::told(&error).trim_end())
                    .fail(advice, "correct it as it says; docs/operating.md explains each key"),
            ]
        }
    };
    for it in &lines {
        let mark = match it.health {
            Health::Ok => "✓",
            Health::Warn => "!",
            Health::Fail => "✗",
        };
        println!("{mark} {}：{}", it.what, it.found);
        if let Some((zh, en)) = &it.advice {
            println!("    → {zh}\n    → {en}");
        }
    }
    let count = |health| lines.iter().filter(|it| it.health == health).count();
    let (warned, failed) = (count(Health::Warn), count(Health::Fail));
    println!("\n{warned} 项提醒、{failed} 项不合格 · {warned} warnings, {failed} failures");
    Ok(failed == 0)
}

const CONFIG: &str = "配置 Configuration";
const DATABASE: &str = "数据库 Database";
const TABLES: &str = "数据表 Tables";
const ACCOUNTS: &str = "账号 Accounts";
const AUDIT: &str = "审计链 Audit chain";
const JOBS: &str = "后台任务 Jobs";
const FILES: &str = "文件 Files";
const FONTS: &str = "字体 Fonts";
const VAULT: &str = "个人信息密钥 Vault key";
const CLOCK: &str = "时钟 Clock";
const HOLIDAYS: &str = "节假日 Holidays";
const DISK: &str = "磁盘 Disk";
const ADDRESS: &str = "监听地址 Address";

async fn look(settings: &Settings, config: &Config) -> Vec<Line> {
    let now = Clock::System.now();
    let mut lines = vec![configuration(settings, config)];
    let (used, own) = database(config, now, &mut lines).await;
    lines.push(files(config).await);
    lines.push(fonts(config));
    lines.push(vault_key(config, used));
    lines.push(holidays(config, now, &own));
    lines.extend(disk(config));
    lines.push(address(config).await);
    lines
}

fn configuration(settings: &Settings, config: &Config) -> Line {
    let none = "默认值与环境变量 defaults and environment";
    let from = settings
        .config
        .as_ref()
        .map_or_else(|| none.to_owned(), |it| it.display().to_string());
    let line = ok(CONFIG, from);
    let open = !config.http.listen.ip().is_loopback();
    if config.demo {
        return line.fail(
            "正式区不得设 demo = true：登录页会列出账号",
            "demo = true lists accounts on the log-in page: remove it",
        );
    }
    if !config.http.trusted_proxies.is_empty() && !config.http.secure_cookies {
        let zh = "有反向代理而未设 http.secure_cookies：代理用 HTTPS 时应设为 true";
        return line.warn(
            zh,
            "there is a proxy, but http.secure_cookies is off: set it where the proxy speaks HTTPS",
        );
    }
    if open && config.http.trusted_proxies.is_empty() {
        let zh = "直接对外监听且没有 HTTPS：请在前面放反向代理";
        return line.warn(zh, "it listens to other machines without HTTPS: put a proxy in front");
    }
    line
}

/// The database and what is in it; says whether there are accounts, and which years' holidays are entered there.
async fn database(config: &Config, now: Time, lines: &mut Vec<Line>) -> (bool, Vec<i64>) {
    let url = config.database.without_password();
    if sqlite_file(&config.database.url).is_some_and(|it| !it.exists()) {
        let advice = ("第一次启动时会创建", "the first start makes it");
        lines.push(ok(DATABASE, format!("{url} 尚不存在 not there yet")).warn(advice.0, advice.1));
        lines.push(clock(None, config, now).await);
        return (false, Vec::new());
    }
    let db = match Db::open(&config.database.url, 2).await {
        Ok(db) => db,
        Err(error) => {
            let zh = "检查 database.url、网络、数据库服务和口令";
            let en = "check database.url, the network, the database server and the password";
            lines.push(ok(DATABASE, format!("{url}: {error}")).fail(zh, en));
            lines.push(clock(None, config, now).await);
            return (false, Vec::new());
        }
    };
    lines.push(version(&db, &url).await);
    lines.push(clock(Some(&db), config, now).await);
    let (line, usable) = tables(&db).await;
    lines.push(line);
    let (mut used, mut own) = (false, Vec::new());
    if usable {
        match contents(&db, now).await {
            Ok((some, years, more)) => {
                (used, own) = (some, years);
                lines.extend(more);
            }
            Err(error) => {
                lines.push(ok(TABLES, error.to_string()).fail("数据库无法读取", "the database cannot be read"));
            }
        }
    }
    db.close().await;
    (used, own)
}

/// The oldest PostgreSQL that is tried.
const POSTGRES: u32 = 15;

async fn version(db: &Db, url: &str) -> Line {
    match db.version().await {
        Ok((kind, version)) => {
            let line = ok(DATABASE, format!("{url} · {kind} {version}"));
            let major = version.split('.').next().and_then(|it| it.parse::<u32>().ok());
            if kind == "postgresql" && major.is_none_or(|it| it < POSTGRES) {
                return line.fail("需要 PostgreSQL 15 或更新版本", "PostgreSQL 15 or newer is needed");
            }
            line
        }
        Err(error) => ok(DATABASE, format!("{url}: {error}")).fail("数据库不应答", "the database does not answer"),
    }
}

/// Whether every app's tables are those of this program; and whether they can be read at all.
async fn tables(db: &Db) -> (Line, bool) {
    let apps = crate::apps::all();
    let all = apps.iter().map(|it| (it.name(), it.migrations()));
    let mut waiting = 0;
    let mut fresh = false;
    for (name, migrator) in std::iter::once(("kernel", Kernel::migrations())).chain(all) {
        match db.migrated(name, &migrator).await {
            Ok(Migrated::Fully) => {}
            Ok(Migrated::Waiting(n)) => {
                fresh |= n == migrator.iter().count();
                waiting += n;
            }
            Ok(Migrated::Otherwise(version)) => {
                let line = ok(TABLES, format!("{name} {version}"));
                let zh = "数据库由另一版本的程序建立：请用该版本或更新的程序，或从备份恢复";
                let en = "another version of the program made them: use that one or a newer one, or restore a backup";
                return (line.fail(zh, en), false);
            }
            Err(error) => {
                return (
                    ok(TABLES, format!("{name}: {error}")).fail("数据库无法读取", "the database cannot be read"),
                    false,
                );
            }
        }
    }
    let line = ok(TABLES, format!("{} 个应用 apps", apps.len() + 1));
    if waiting == 0 {
        return (line, true);
    }
    let zh = format!("有 {waiting} 项升级待执行，下次启动时进行；请先备份");
    (
        line.warn(
            zh,
            format!("{waiting} migrations wait; the next start runs them, so make a backup first"),
        ),
        !fresh,
    )
}

async fn contents(db: &Db, now: Time) -> kernel::Result<(bool, Vec<i64>, Vec<Line>)> {
    let mut tx = db.read().await?;
    let users: Option<(i64,)> = tx.one("SELECT COUNT(*) FROM kernel_user WHERE active", vec![]).await?;
    let users = users.map_or(0, |it| it.0);
    let mut lines = vec![ok(ACCOUNTS, users.to_string())];
    if users == 0 {
        lines = vec![ok(ACCOUNTS, "0").warn("先执行 jingwei user init", "run jingwei user init first")];
    }
    let end = audit::end(&mut tx).await?;
    let line = ok(AUDIT, format!("{} 条 entries", end.entries));
    let waits = end.waiting_since.map_or(0, |it| now.seconds_since(it));
    lines.push(if !end.as_left {
        let zh = "链尾被改动或缺失：立即执行 jingwei audit verify 并与备份核对";
        line.fail(
            zh,
            "its end was changed or is missing: run jingwei audit verify now, and compare with a backup",
        )
    } else if waits > 60 {
        let zh = format!("有条目已等待封存 {waits} 秒；服务未运行时属正常，启动后会封存");
        line.warn(
            zh,
            format!("entries wait for their seal since {waits} s: normal while the service is down; it seals them"),
        )
    } else {
        line
    });
    let sql = "SELECT name, error FROM kernel_job WHERE error IS NOT NULL ORDER BY name LIMIT $1";
    let failing: Vec<(String, String)> = tx.all(sql, args![5_i64]).await?;
    let found: Vec<String> = failing.iter().map(|(name, error)| format!("{name}: {error}")).collect();
    lines.push(if found.is_empty() {
        ok(JOBS, "无出错 none failing")
    } else {
        ok(JOBS, found.join("; ")).warn("见「任务」页和服务日志", "see the page Jobs and the log of the service")
    });
    // Its table may wait for a migration, which is said above.
    let own = cases::api::own_years(&mut tx).await.unwrap_or_default();
    Ok((users > 0, own, lines))
}

/// Seconds by which the clocks of program and database may differ.
const APART: i64 = 5;

async fn clock(db: Option<&Db>, config: &Config, now: Time) -> Line {
    let zone = config.zone();
    let line = ok(
        CLOCK,
        now.to_jiff()
            .to_zoned_datetime(zone.clone())
            .strftime("%F %T %Z")
            .to_string(),
    );
    // Without the zone's data every zone would be UTC.
    if zone.iana_name() != Some(config.district.time_zone.as_str()) {
        let zh = format!("程序没有时区 {} 的数据", config.district.time_zone);
        return line.fail(
            zh,
            format!("the program has no data of the zone {}", config.district.time_zone),
        );
    }
    let there = match db {
        Some(db) => db.clock().await.ok().flatten(),
        None => None,
    };
    let apart = there.map_or(0, |there| now.seconds_since(there));
    if apart.abs() > APART {
        let zh = format!("与数据库服务器相差 {apart} 秒：请用 NTP 对时");
        return line.warn(
            zh,
            format!("it is {apart} s apart from the database server's: let NTP set both"),
        );
    }
    line
}

/// Whether the holidays of this year and the next are known: shipped, or entered by the district.
fn holidays(config: &Config, now: Time, own: &[i64]) -> Line {
    let today = now.to_jiff().to_zoned_datetime(config.zone());
    let (year, calendar) = (today.year(), Calendar::china());
    let known = [year, year + 1].map(|it| calendar.covers(it) || own.contains(&i64::from(it)));
    let found: Vec<String> = [year, year + 1]
        .iter()
        .zip(known)
        .filter(|it| it.1)
        .map(|it| it.0.to_string())
        .collect();
    let line = ok(
        HOLIDAYS,
        if found.is_empty() {
            "无 none".to_owned()
        } else {
            found.join(", ")
        },
    );
    match known {
        [false, _] => {
            let zh = format!("缺 {year} 年节假日：时限按普通周历计算；请升级程序，或在“工作日历”录入");
            line.fail(
                zh,
                format!("{year} is missing: limits are counted without holidays; install a newer version, or enter them in the working calendar"),
            )
        }
        // The notice for the next year comes in October or November.
        [true, false] if today.month() >= 11 => {
            let zh = format!("缺 {} 年节假日：年底前请升级程序，或在“工作日历”录入", year + 1);
            line.warn(
                zh,
                format!("{} is missing: before the year ends install a newer version, or enter them in the working calendar", year + 1),
            )
        }
        _ => line,
    }
}

async fn files(config: &Config) -> Line {
    let store = &config.files.store;
    match tokio::time::timeout(Duration::from_secs(20), Files::probe(&config.files)).await {
        Ok(Ok(())) => ok(FILES, store),
        Ok(Err(error)) => {
            let zh = "检查 files.store：文件夹的权限，或 S3 的地址、桶和密钥";
            let en = "check files.store: the folder's permissions, or the address, bucket and keys of S3";
            ok(FILES, format!("{store}: {error:#}")).fail(zh, en)
        }
        Err(_) => ok(FILES, store).fail("20 秒内无应答", "no answer within 20 s"),
    }
}

/// Documents need a font with Chinese characters; everything else works without.
fn fonts(config: &Config) -> Line {
    match paper::Press::new(config.paper.fonts.as_deref()).fonts() {
        Ok(found) => ok(FONTS, found.to_string()),
        Err(error) => ok(FONTS, error.to_string()).warn(
            "没有中文字体，PDF 无法生成：安装 fonts-noto-cjk，或将字体放入 paper.fonts 所指文件夹",
            "without a Chinese font there is no PDF: install fonts-noto-cjk, or put one into the folder of paper.fonts",
        ),
    }
}

fn vault_key(config: &Config, used: bool) -> Line {
    let path = &config.vault.key_file;
    let line = ok(VAULT, path.display().to_string());
    if !path.exists() {
        return if used {
            let zh = "密钥丢失：从保管处恢复，否则已有的个人信息无法读取";
            line.fail(
                zh,
                "it is gone: bring it back from where it is kept, or personal data cannot be read any more",
            )
        } else {
            line.warn(
                "第一次启动时生成；请另处保管一份",
                "the first start makes it; keep a copy elsewhere",
            )
        };
    }
    if let Err(error) = vault::read_key(path) {
        let found = format!("{error:#}");
        return ok(VAULT, found).fail("从保管处恢复该文件", "bring the file back from where it is kept");
    }
    #[cfg(unix)]
    if let Ok(facts) = std::fs::metadata(path)
        && std::os::unix::fs::PermissionsExt::mode(&facts.permissions()) & 0o077 != 0
    {
        let command = format!("chmod 600 {}", path.display());
        return line.warn(
            format!("其他用户也能读取：{command}"),
            format!("others can read it: {command}"),
        );
    }
    line
}

/// Free space below which a disk is worth a word, and below which it soon stops the work.
const TIGHT: u64 = 5 << 30;
const FULL: u64 = 500 << 20;

/// The disks that database and files lie on, each once.
fn disk(config: &Config) -> Vec<Line> {
    let local = Some(&config.files.store)
        .filter(|it| !it.starts_with("s3://"))
        .map(PathBuf::from);
    let mut seen = Vec::new();
    let mut lines = Vec::new();
    for place in [sqlite_file(&config.database.url), local].into_iter().flatten() {
        let Some(there) = existing(&place) else { continue };
        let Ok(facts) = nix::sys::statvfs::statvfs(&there) else {
            continue;
        };
        if seen.contains(&facts.filesystem_id()) {
            continue;
        }
        seen.push(facts.filesystem_id());
        let free = facts.blocks_available() * facts.fragment_size();
        let line = ok(
            DISK,
            format!("{} · {:.1} GB 可用 free", there.display(), free as f64 / 1e9),
        );
        lines.push(match free {
            ..FULL => line.fail("即将写满：清理或扩容", "it is about to run full: make room"),
            FULL..TIGHT => line.warn("空间不多：准备扩容", "not much is left: plan for more"),
            _ => line,
        });
    }
    lines
}

/// The nearest folder above a path that is there already.
fn existing(path: &Path) -> Option<PathBuf> {
    let path = std::path::absolute(path).ok()?;
    path.ancestors().find(|it| it.exists()).map(Path::to_path_buf)
}

async fn address(config: &Config) -> Line {
    let listen = config.http.listen;
    let line = ok(ADDRESS, listen.to_string());
    match tokio::net::TcpListener::bind(listen).await {
        Ok(_) => ok(ADDRESS, format!("{listen} 空闲 free")),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            if well(&format!("http://{listen}/healthz")).await {
                return ok(ADDRESS, format!("{listen} 服务运行中 the service is running"));
            }
            line.fail(
                "被其他程序占用：停止该程序，或改 http.listen",
                "another program has it: stop that, or change http.listen",
            )
        }
        Err(error) => ok(ADDRESS, format!("{listen}: {error}")).fail("改 http.listen", "change http.listen"),
    }
}

/// Whether a service of this kind answers there.
async fn well(url: &str) -> bool {
    drop(rustls::crypto::ring::default_provider().install_default());
    let client = reqwest::Client::builder().timeout(Duration::from_secs(5)).build();
    let Ok(client) = client else { return false };
    match client.get(url).send().await {
        Ok(response) => response.status().is_success() && response.text().await.is_ok_and(|it| it == "ok\n"),
        Err(_) => false,
    }
}
