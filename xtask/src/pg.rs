//! A PostgreSQL server for one run of tests or of measuring: made in a temporary folder, reached by socket only, gone afterwards.
//!
//! A small watcher process holds the other end of a pipe. When xtask ends, in whatever way, the pipe closes and the
//! watcher stops the server and removes the folder; so nothing is left behind even after Ctrl-C or a kill.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use anyhow::{Context, Result, bail};

use crate::setup;
use crate::sh::Shell;

/// Speed over safety, since the data is thrown away; and room for many tests at a time.
const SETTINGS: &str = "
listen_addresses = ''
max_connections = 300
fsync = off
synchronous_commit = off
full_page_writes = off
log_min_messages = fatal
";

/// For measuring: a commit reaches the disk, and there is the memory that any handbook gives a server.
const TO_MEASURE: &str = "
listen_addresses = ''
max_connections = 100
shared_buffers = 512MB
effective_cache_size = 2GB
max_wal_size = 4GB
log_min_messages = fatal
";

/// A running server. Dropping it stops the server and removes its data.
pub(crate) struct Cluster {
    watcher: Child,
    /// `postgres://…`, for a user who may create databases.
    pub(crate) url: String,
}

impl Cluster {
    /// Starts a new server from the programs in `bin`.
    fn start(sh: &Shell, bin: &Path, settings: &str) -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("jingwei-pg-{}", std::process::id()));
        let user = Servant::choose(sh)?;
        fs::create_dir(&folder).with_context(|| format!("could not make {}", folder.display()))?;
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o700))?;
        user.own(&folder)?;
        // From here on the watcher cleans up, also when a step below fails.
        let data = folder.join("data");
        let watcher = watch(sh, &user, bin, &folder)?;
        let url = format!(
            "postgres://jingwei@{}/postgres",
            folder.to_string_lossy().replace('/', "%2F")
        );
        let cluster = Self { watcher, url };

        let (data_arg, folder_arg) = (data.to_string_lossy(), folder.to_string_lossy());
        // Text sorts as in a Chinese city's database, not byte by byte as in SQLite: what rests on one order shows here.
        let init = [
            "-D",
            &*data_arg,
            "-U",
            "jingwei",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=icu",
            "--icu-locale=zh",
            "--no-sync",
        ];
        user.run(sh, &bin.join("initdb"), &init)
            .context("PostgreSQL's initdb failed")?;
        let conf = data.join("postgresql.conf");
        let settings = fs::read_to_string(&conf)? + settings + &format!("unix_socket_directories = '{folder_arg}'\n");
        fs::write(&conf, settings)?;
        let log = folder.join("log");
        let start = [
            "start",
            "-w",
            "-t",
            "60",
            "-s",
            "-D",
            &*data_arg,
            "-l",
            &log.to_string_lossy(),
        ];
        if let Err(error) = user.run(sh, &bin.join("pg_ctl"), &start) {
            bail!(
                "PostgreSQL did not start: {error}\n{}",
                fs::read_to_string(&log).unwrap_or_default()
            );
        }
        Ok(cluster)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.watcher.stdin.take());
        // There is nobody left to tell; the watcher's folder lies in the temporary one either way.
        let _ = self.watcher.wait();
    }
}

fn watch(sh: &Shell, user: &Servant, bin: &Path, folder: &Path) -> Result<Child> {
    const SCRIPT: &str =
        r#"trap '' INT TERM HUP; folder=$1; shift; cat >/dev/null; "$@" >/dev/null 2>&1; rm -rf "$folder""#;
    let mut args = vec![
        "-c".to_owned(),
        SCRIPT.to_owned(),
        "watcher".to_owned(),
        folder.to_string_lossy().into_owned(),
    ];
    args.extend(user.words(&bin.join("pg_ctl")));
    args.extend(["stop", "-s", "-m", "immediate", "-D"].map(str::to_owned));
    args.push(folder.join("data").to_string_lossy().into_owned());
    let mut cmd = sh.cmd("sh", &args);
    // Its own process group, so that Ctrl-C in the terminal does not reach it.
    cmd.process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    cmd.spawn()
        .context("could not start the watcher of the PostgreSQL server")
}

/// Who runs the server: ourselves, or as root somebody with fewer rights, because PostgreSQL refuses to run as root.
struct Servant(Option<Account>);

struct Account {
    uid: u32,
    gid: u32,
}

impl Servant {
    fn choose(sh: &Shell) -> Result<Self> {
        if !setup::is_root(sh) {
            return Ok(Self(None));
        }
        let id = |flag: &str, name: &str| sh.read("id", &[flag, name]).ok()?.parse::<u32>().ok();
        for name in ["postgres", "nobody"] {
            if let (Some(uid), Some(gid)) = (id("-u", name), id("-g", name)) {
                return Ok(Self(Some(Account { uid, gid })));
            }
        }
        bail!("PostgreSQL refuses to run as root, and this system has neither a user postgres nor nobody")
    }

    fn own(&self, folder: &Path) -> Result<()> {
        match &self.0 {
            None => Ok(()),
            Some(account) => Ok(std::os::unix::fs::chown(folder, Some(account.uid), Some(account.gid))?),
        }
    }

    /// The words that start this program as that user.
    fn words(&self, program: &Path) -> Vec<String> {
        let program = program.to_string_lossy().into_owned();
        match &self.0 {
            None => vec![program],
            Some(account) => {
                let (uid, gid) = (format!("--reuid={}", account.uid), format!("--regid={}", account.gid));
                vec!["setpriv".to_owned(), uid, gid, "--clear-groups".to_owned(), program]
            }
        }
    }

    fn run(&self, sh: &Shell, program: &Path, args: &[&str]) -> Result<()> {
        let mut words = self.words(program);
        words.extend(args.iter().map(|&arg| arg.to_owned()));
        let (first, rest) = words.split_first().context("a command has a program")?;
        let mut cmd = sh.cmd(first, rest);
        cmd.current_dir(std::env::temp_dir())
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        let status = cmd.status().with_context(|| format!("could not start {first}"))?;
        if !status.success() {
            bail!("{} failed ({status})", program.display());
        }
        Ok(())
    }
}

/// Starts a server, tells the programs to come where it is, and keeps it until the result is dropped.
pub(crate) fn serve(sh: &mut Shell) -> Result<Cluster> {
    let bin: PathBuf = setup::postgres(sh)?;
    let cluster = Cluster::start(sh, &bin, SETTINGS)?;
    sh.set("JINGWEI_TEST_PG", cluster.url.clone());
    Ok(cluster)
}

/// Starts a server to measure with.
pub(crate) fn to_measure(sh: &mut Shell) -> Result<Cluster> {
    let bin: PathBuf = setup::postgres(sh)?;
    // Its client makes the databases.
    sh.prefer(bin.clone());
    Cluster::start(sh, &bin, TO_MEASURE)
}
