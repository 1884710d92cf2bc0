//! Brings what a bare machine lacks, says so first, and leaves alone what is there.
//!
//! Everything comes from the system's packages, from npm or from Rust's registry; nothing is fetched from elsewhere.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::sh::{Shell, line, var};

/// What the pages are built with when the system's own is too old: a long-term Node, and the npm of its time.
const NODE: &str = "22";
const NPM: &str = "11";

/// What a chore uses from the system.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    Compiler,
    Node,
    Postgres,
    Browser,
}

/// Installs the system's packages that are missing for these needs, all at once.
pub(crate) fn packages(sh: &Shell, needs: &[Need]) -> Result<()> {
    let mut missing: Vec<(&str, &str)> = Vec::new();
    if needs.contains(&Need::Compiler) && sh.which("cc").is_none() {
        missing.push(("gcc libc6-dev", "a C compiler: SQLite is compiled into the program"));
    }
    if needs.contains(&Need::Node) && sh.which("npm").is_none() {
        missing.push(("nodejs npm", "Node and npm: the pages are built with them"));
    }
    if needs.contains(&Need::Postgres) && postgres_bin(sh).is_none() {
        missing.push((
            "postgresql",
            "PostgreSQL: tests start a server of their own, and leave alone the one that comes along",
        ));
    }
    if needs.contains(&Need::Browser) {
        // Ubuntu's package only points to a snap, which cannot be installed from here; `chromium` says what to do.
        if find_chromium(sh).is_none() && !is_ubuntu() {
            missing.push(("chromium", "Chromium: browser tests drive it"));
        }
        let fonts = Path::new("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc");
        if !fonts.is_file() && sh.read("fc-list", &[":lang=zh"]).unwrap_or_default().is_empty() {
            missing.push(("fonts-noto-cjk", "Chinese fonts: browser tests take pictures"));
        }
    }
    if missing.is_empty() { Ok(()) } else { apt(sh, &missing) }
}

/// A Node and an npm that the pages can be built with: the system's, or newer ones beside them. Afterwards they are on the
/// path of the programs that we start.
pub(crate) fn node(sh: &mut Shell) -> Result<()> {
    if node_fits(sh) {
        return Ok(());
    }
    let tools = sh.root.join(".tools");
    let bin = tools.join("node_modules/.bin");
    if !(bin.join("node").exists() && bin.join("npm").exists()) {
        println!("  The system's Node or npm is too old for the pages: newer ones go to .tools, for this tree only.");
        fs::create_dir_all(&tools)?;
        let machine = if std::env::consts::ARCH == "aarch64" {
            "arm64"
        } else {
            "x64"
        };
        let (node, npm) = (format!("node-linux-{machine}@{NODE}"), format!("npm@{NPM}"));
        let prefix = tools.to_string_lossy();
        sh.run(
            "npm",
            &[
                "install",
                "--prefix",
                &*prefix,
                "--no-audit",
                "--no-fund",
                "--loglevel=error",
                &node,
                &npm,
            ],
        )?;
    }
    sh.prefer(bin);
    if node_fits(sh) {
        return Ok(());
    }
    bail!(
        "the pages need Node 22.12 or newer (or 20.19 and later 20) and npm 10 or newer; what is in .tools does not do"
    )
}

/// Whether the pages can be built with what is on the path. npm 9 is no good even where it runs: beside a newer Node it
/// reports scripts that failed as done.
fn node_fits(sh: &Shell) -> bool {
    let version = |program: &str| parse_version(&sh.read(program, &["--version"]).ok()?);
    version("node").is_some_and(new_enough) && version("npm").is_some_and(|(major, _)| major >= 10)
}

fn parse_version(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.trim().trim_start_matches('v').split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

fn new_enough((major, minor): (u32, u32)) -> bool {
    matches!((major, minor), (20, 19..) | (22, 12..) | (23.., _))
}

/// The npm packages of the lock file, unless they are there already.
pub(crate) fn npm_packages(sh: &Shell) -> Result<bool> {
    let lock = [
        sh.root.join("package-lock.json"),
        sh.root.join("package.json"),
        sh.root.join("web/package.json"),
    ];
    let stamp = Stamp {
        file: sh.root.join("node_modules/.jingwei-installed"),
        value: fingerprint(&sh.root, &lock)?,
    };
    if stamp.fresh() {
        return Ok(false);
    }
    sh.run("npm", &["ci", "--no-audit", "--no-fund"])?;
    stamp.put()?;
    Ok(true)
}

/// The pages in `web/dist`, unless nothing they are made of has changed since.
pub(crate) fn web_build(sh: &Shell) -> Result<bool> {
    let mut inputs = vec![sh.root.join("package-lock.json"), sh.root.join("package.json")];
    files_below(&sh.root.join("web"), &mut inputs)?;
    for app in fs::read_dir(sh.root.join("apps"))? {
        files_below(&app?.path().join("web"), &mut inputs)?;
    }
    let stamp = Stamp {
        file: sh.target().join("xtask/web-built"),
        value: fingerprint(&sh.root, &inputs)?,
    };
    if stamp.fresh() && sh.root.join("web/dist/index.html").is_file() {
        return Ok(false);
    }
    sh.run("npm", &["run", "build"])?;
    stamp.put()?;
    Ok(true)
}

/// The folder of PostgreSQL's server programs.
pub(crate) fn postgres(sh: &Shell) -> Result<PathBuf> {
    packages(sh, &[Need::Postgres])?;
    postgres_bin(sh).context("PostgreSQL is installed, but its initdb is nowhere to be found")
}

fn postgres_bin(sh: &Shell) -> Option<PathBuf> {
    let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = debian
        .filter_map(|entry| {
            Some((
                entry.file_name().to_str()?.parse::<u32>().ok()?,
                entry.path().join("bin"),
            ))
        })
        .filter(|(version, bin)| *version >= 15 && bin.join("initdb").is_file())
        .max();
    newest
        .map(|(_, bin)| bin)
        .or_else(|| sh.which("initdb")?.parent().map(Path::to_owned))
}

/// A Chromium for the browser tests.
pub(crate) fn chromium(sh: &Shell) -> Result<PathBuf> {
    match find_chromium(sh) {
        Some(program) => Ok(program),
        None if is_ubuntu() => bail!(
            "Ubuntu has Chromium as a snap only: run `sudo snap install chromium`, or set CHROMIUM to the path of a \
             Chromium or Chrome"
        ),
        None => bail!("there is no Chromium: set CHROMIUM to the path of a Chromium or Chrome"),
    }
}

fn find_chromium(sh: &Shell) -> Option<PathBuf> {
    const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    var("CHROMIUM")
        .map(PathBuf::from)
        .or_else(|| NAMES.iter().find_map(|name| sh.which(name)))
}

fn is_ubuntu() -> bool {
    fs::read_to_string("/etc/os-release").is_ok_and(|text| text.lines().any(|line| line == "ID=ubuntu"))
}

/// Installs packages of the system: as root, through sudo where it asks no password, or else says what to run.
fn apt(sh: &Shell, missing: &[(&str, &str)]) -> Result<()> {
    let names: Vec<&str> = missing.iter().flat_map(|(names, _)| names.split(' ')).collect();
    for (_, what) in missing {
        println!("  Missing: {what}.");
    }
    let by_hand = names.join(" ");
    if sh.which("apt-get").is_none() {
        bail!("this system has no apt-get: please install what Debian calls {by_hand}, then run this again");
    }
    let mut words: Vec<&str> = Vec::new();
    if !is_root(sh) {
        if sh.read("sudo", &["-n", "true"]).is_err() {
            bail!("please run this, then try again:\n    sudo apt-get update && sudo apt-get install -y {by_hand}");
        }
        words.extend(["sudo", "-n"]);
    }
    println!("  Installing from the system's packages: {by_hand}");
    words.extend([
        "env",
        "DEBIAN_FRONTEND=noninteractive",
        "apt-get",
        "-qq",
        "-o",
        "DPkg::Lock::Timeout=300",
    ]);
    let (program, common) = words.split_first().context("a command has a program")?;
    for action in [
        vec!["update"],
        [&["install", "-y", "--no-install-recommends"], &*names].concat(),
    ] {
        let mut cmd = sh.cmd(program, &[common, &action].concat());
        println!("  $ {}", line(&cmd));
        // A screenful for each package tells nobody anything, unless it failed.
        let out = cmd.output().with_context(|| format!("could not start {program}"))?;
        if !out.status.success() {
            let said = [out.stdout, out.stderr].concat();
            bail!(
                "`{}` failed ({})\n{}",
                line(&cmd),
                out.status,
                String::from_utf8_lossy(&said).trim_end()
            );
        }
    }
    Ok(())
}

/// Whether we may do everything on this machine.
pub(crate) fn is_root(sh: &Shell) -> bool {
    sh.read("id", &["-u"]).is_ok_and(|uid| uid == "0")
}

/// A file that remembers from what something was made.
struct Stamp {
    file: PathBuf,
    value: String,
}

impl Stamp {
    fn fresh(&self) -> bool {
        fs::read_to_string(&self.file).is_ok_and(|old| old == self.value)
    }

    fn put(&self) -> Result<()> {
        if let Some(folder) = self.file.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&self.file, &self.value).with_context(|| format!("could not write {}", self.file.display()))
    }
}

/// One number for the names and contents of some files; a missing one counts as empty.
fn fingerprint(root: &Path, files: &[PathBuf]) -> Result<String> {
    let mut files = files.to_vec();
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in &files {
        file.strip_prefix(root).unwrap_or(file).hash(&mut hasher);
        match fs::read(file) {
            Ok(bytes) => bytes.hash(&mut hasher),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => 0u8.hash(&mut hasher),
            Err(error) => return Err(error).with_context(|| format!("could not read {}", file.display())),
        }
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// All files below a folder, without what is installed, built or left by tests; nothing if there is no such folder.
fn files_below(folder: &Path, into: &mut Vec<PathBuf>) -> Result<()> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Ok(());
    };
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if ["node_modules", "dist", "test-results", "playwright-report"].contains(&&*name) {
            continue;
        }
        if path.is_dir() {
            files_below(&path, into)?;
        } else {
            into.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_that_is_too_old_is_known() {
        let fits = |text: &str| parse_version(text).is_some_and(new_enough);
        assert!(fits("v20.19.0") && fits("v20.20.2\n") && fits("v22.12.0") && fits("v24.1.0"));
        assert!(!fits("v18.20.4") && !fits("v20.18.3") && !fits("v21.7.0") && !fits("v22.11.9") && !fits("what"));
    }

    #[test]
    fn a_fingerprint_sees_names_contents_and_absence() {
        let dir = std::env::temp_dir().join(format!("jingwei-xtask-{}", std::process::id()));
        fs::create_dir_all(&dir).unwrap();
        let (a, b) = (dir.join("a"), dir.join("b"));
        let print = |files: &[PathBuf]| fingerprint(&dir, files).unwrap();
        fs::write(&a, "1").unwrap();
        let first = print(&[a.clone(), b.clone()]);
        assert_eq!(first, print(&[b.clone(), a.clone()]), "the order does not matter");
        fs::write(&b, "").unwrap();
        let second = print(&[a.clone(), b.clone()]);
        assert_ne!(first, second);
        fs::write(&a, "2").unwrap();
        assert_ne!(second, print(&[a, b]));
        fs::remove_dir_all(&dir).unwrap();
    }
}
