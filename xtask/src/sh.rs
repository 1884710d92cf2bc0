//! Running other programs: each command is shown before it runs, and when it fails the error says which it was.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};

/// The tree we work in, and what the programs that we start get to see.
pub(crate) struct Shell {
    pub(crate) root: PathBuf,
    envs: BTreeMap<String, OsString>,
    path: Vec<PathBuf>,
}

impl Shell {
    pub(crate) fn new() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .context("xtask lies in the root of the tree")?;
        let path = var("PATH")
            .map(|path| std::env::split_paths(&path).collect())
            .unwrap_or_default();
        Ok(Self {
            root: root.to_owned(),
            envs: BTreeMap::new(),
            path,
        })
    }

    /// The same for another tree, which shares what cargo builds with this one.
    pub(crate) fn in_tree(&self, root: PathBuf) -> Self {
        let mut envs = self.envs.clone();
        envs.insert("CARGO_TARGET_DIR".to_owned(), self.target().into());
        Self {
            root,
            envs,
            path: self.path.clone(),
        }
    }

    /// Sets a variable for every program started from now on.
    pub(crate) fn set(&mut self, name: &str, value: impl Into<OsString>) {
        self.envs.insert(name.to_owned(), value.into());
    }

    /// Puts a folder in front of the search path of every program started from now on.
    pub(crate) fn prefer(&mut self, folder: PathBuf) {
        self.path.insert(0, folder);
    }

    /// Where a program would be found.
    pub(crate) fn which(&self, program: &str) -> Option<PathBuf> {
        self.path
            .iter()
            .map(|folder| folder.join(program))
            .find(|file| file.is_file())
    }

    /// A program to be started in the root of the tree.
    pub(crate) fn cmd<S: AsRef<std::ffi::OsStr>>(&self, program: &str, args: &[S]) -> Command {
        let mut cmd = Command::new(program);
        cmd.args(args).current_dir(&self.root).envs(&self.envs);
        if let Ok(path) = std::env::join_paths(&self.path) {
            cmd.env("PATH", path);
        }
        cmd
    }

    /// Shows the command and runs it to its end; what it prints goes to the terminal.
    pub(crate) fn run<S: AsRef<std::ffi::OsStr>>(&self, program: &str, args: &[S]) -> Result<()> {
        run(&mut self.cmd(program, args))
    }

    /// Runs quietly and gives what the command printed.
    pub(crate) fn read<S: AsRef<std::ffi::OsStr>>(&self, program: &str, args: &[S]) -> Result<String> {
        let mut cmd = self.cmd(program, args);
        let out = cmd
            .stdin(Stdio::null())
            .output()
            .with_context(|| format!("could not start {program}"))?;
        if !out.status.success() {
            bail!(
                "`{}` failed ({})\n{}",
                line(&cmd),
                out.status,
                String::from_utf8_lossy(&out.stderr).trim_end()
            );
        }
        Ok(String::from_utf8_lossy(&out.stdout).trim_end().to_owned())
    }

    /// Cargo's folder for what it builds.
    pub(crate) fn target(&self) -> PathBuf {
        var("CARGO_TARGET_DIR").map_or_else(|| self.root.join("target"), |dir| self.root.join(dir))
    }
}

/// Shows the command and runs it to its end.
pub(crate) fn run(cmd: &mut Command) -> Result<()> {
    println!("  $ {}", line(cmd));
    let name = cmd.get_program().to_string_lossy().into_owned();
    let status = cmd.status().with_context(|| format!("could not start {name}"))?;
    if !status.success() {
        bail!("`{}` failed ({status})", line(cmd));
    }
    Ok(())
}

/// A command as one would type it.
pub(crate) fn line(cmd: &Command) -> String {
    std::iter::once(cmd.get_program())
        .chain(cmd.get_args())
        .map(|word| {
            let word = word.to_string_lossy();
            if word.is_empty() || word.contains(' ') {
                format!("'{word}'")
            } else {
                word.into_owned()
            }
        })
        .collect::<Vec<_>>()
        .join(" ")
}

/// A variable of the environment.
#[expect(
    clippy::disallowed_methods,
    reason = "xtask is no part of the program: it has no configuration but this"
)]
pub(crate) fn var(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// A length of time in words that suit its size.
pub(crate) fn took(time: Duration) -> String {
    match time.as_secs() {
        0..60 => format!("{:.1} s", time.as_secs_f64()),
        seconds => format!("{} min {:02} s", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_short_and_plain() {
        assert_eq!(took(Duration::from_millis(1_240)), "1.2 s");
        assert_eq!(took(Duration::from_secs(61)), "1 min 01 s");
    }

    #[test]
    fn a_failing_command_is_named() {
        let sh = Shell::new().unwrap();
        let error = sh
            .read("sh", &["-c", "echo broken >&2; exit 3"])
            .unwrap_err()
            .to_string();
        assert!(error.contains("sh -c") && error.contains("broken"), "{error}");
        assert!(sh.which("sh").is_some() && sh.which("no-such-program-here").is_none());
    }
}
