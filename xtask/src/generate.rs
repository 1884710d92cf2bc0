//! The files that are made from others and yet committed, so that a review sees them change.
//!
//! The program writes `openapi.json` and the generated parts of the documents, npm makes the pages' types from the
//! former. `--check` runs the same generators, compares the tree before and after, and puts it back as it was.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::setup::{self, Need};
use crate::sh::Shell;
use crate::tidy::Tree;

/// Runs all generators. With `check`, tells which files were stale and leaves the tree alone; false if any was.
pub(crate) fn generate(sh: &mut Shell, check: bool) -> Result<bool> {
    setup::packages(sh, &[Need::Compiler, Need::Node])?;
    setup::node(sh)?;
    setup::npm_packages(sh)?;
    let before = snapshot(sh)?;
    let made = write_all(sh);
    let after = snapshot(sh)?;
    let changed = differences(&before, &after);
    if check {
        for path in &changed {
            restore(sh, path, before.get(path))?;
        }
    }
    made?;
    for path in &changed {
        println!(
            "  {}: {}",
            path.display(),
            if check {
                "is stale; run `cargo xtask gen`"
            } else {
                "written"
            }
        );
    }
    if changed.is_empty() {
        println!("  Nothing to write: all generated files are fresh.");
    }
    Ok(!check || changed.is_empty())
}

fn write_all(sh: &Shell) -> Result<()> {
    sh.run("cargo", &["build", "--quiet", "-p", "jingwei"])?;
    let program = sh.target().join("debug/jingwei");
    let program = program.to_string_lossy();
    let api = sh.read(&program, &["openapi"])?;
    write_if_changed(&sh.root.join("openapi.json"), &format!("{api}\n"))?;
    sh.run(&program, &["gen"])?;
    sh.run("npm", &["run", "gen"])
}

/// A file that stays the same keeps its date, so that nothing is built again for it.
fn write_if_changed(path: &Path, text: &str) -> Result<()> {
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    fs::write(path, text).with_context(|| format!("could not write {}", path.display()))
}

type Snapshot = BTreeMap<PathBuf, String>;

fn snapshot(sh: &Shell) -> Result<Snapshot> {
    Ok(Tree::load(&sh.root)?
        .files
        .into_iter()
        .map(|file| (PathBuf::from(file.path), file.text))
        .collect())
}

fn differences(before: &Snapshot, after: &Snapshot) -> Vec<PathBuf> {
    let gone = before.keys().filter(|path| !after.contains_key(*path));
    let new = after
        .iter()
        .filter(|(path, text)| before.get(*path) != Some(text))
        .map(|(path, _)| path);
    gone.chain(new).cloned().collect()
}

fn restore(sh: &Shell, path: &Path, old: Option<&String>) -> Result<()> {
    let path = sh.root.join(path);
    match old {
        Some(text) => fs::write(&path, text),
        None => fs::remove_file(&path),
    }
    .with_context(|| format!("could not restore {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_changed_or_removed_is_seen() {
        let tree = |files: &[(&str, &str)]| -> Snapshot {
            files
                .iter()
                .map(|(path, text)| (PathBuf::from(path), (*text).to_owned()))
                .collect()
        };
        let before = tree(&[("same", "1"), ("changed", "1"), ("gone", "1")]);
        let after = tree(&[("same", "1"), ("changed", "2"), ("new", "1")]);
        let names: Vec<_> = differences(&before, &after)
            .iter()
            .map(|path| path.display().to_string())
            .collect();
        assert_eq!(names, ["gone", "changed", "new"]);
        assert!(differences(&before, &before).is_empty());
    }
}
