//! The invariants of the house as plain checks over the text of the tree. Each finding names file and line.
//!
//! A check is a function from the tree to findings, so its tests give it small trees, good and bad. The last test
//! here runs all of them on the real tree: `cargo test` and `cargo xtask tidy` say the same.

mod crates;
mod floors;
mod furniture;
mod rust;
mod sql;
mod text;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::sh::Shell;

/// Apps that others may call through their front door.
const GROUND_FLOOR: [&str; 3] = ["grid", "components", "hub"];

type Check = fn(&Tree) -> Vec<Finding>;

/// Every check, with the invariant that it holds.
const CHECKS: &[(&str, Check)] = &[
    ("the kernel names no app", floors::kernel_names_no_app),
    (
        "apps of the upper floor do not depend on each other",
        floors::upper_floor_apart,
    ),
    ("the shell of the pages names no app", floors::shell_names_no_app),
    ("model.rs is pure: no SQL, no HTTP, no async", floors::models_are_pure),
    (
        "SQL touches only the tables of its own room",
        sql::queries_keep_to_their_tables,
    ),
    (
        "migrations make only the tables of their own room",
        sql::migrations_keep_to_their_tables,
    ),
    ("every app has the same furniture", furniture::apps_are_furnished),
    (
        "the documents of the house exist, and their links lead somewhere",
        furniture::documents_hang_together,
    ),
    ("each crate's README is its crate doc", crates::readme_is_the_doc),
    (
        "dependencies are chosen once, in the workspace, each with its purpose",
        crates::dependencies_are_chosen_once,
    ),
    (
        "a source file says first what it is for",
        text::files_open_with_a_comment,
    ),
    ("no source file is longer than 600 lines", text::files_are_short),
    (
        "no unfinished or switched-off work, no trailing space",
        text::lines_are_clean,
    ),
    (
        "no addresses of this machine or of package registries",
        text::no_local_addresses,
    ),
];

/// `cargo xtask tidy`: runs every check on the tree; false if any found something.
pub(crate) fn tidy(sh: &Shell) -> Result<bool> {
    let tree = Tree::load(&sh.root)?;
    let mut found = 0;
    for (invariant, check) in CHECKS {
        let findings = check(&tree);
        found += findings.len();
        if !findings.is_empty() {
            println!("  {invariant}:");
        }
        for finding in findings {
            println!("    {finding}");
        }
    }
    println!(
        "  {} invariants, {} files, {found} findings",
        CHECKS.len(),
        tree.files.len()
    );
    Ok(found == 0)
}

/// What the checks find in a tree that consists of these files, at or below a folder.
#[cfg(test)]
pub(crate) fn faults(files: Vec<(String, String)>, folder: &str) -> Vec<String> {
    let tree = Tree::of(files);
    let found = CHECKS.iter().flat_map(|(_, check)| check(&tree));
    found
        .filter(|finding| finding.path.starts_with(folder))
        .map(|finding| finding.to_string())
        .collect()
}

/// What a check found, and where.
#[derive(Debug, PartialEq, Eq)]
struct Finding {
    path: String,
    /// From 1; 0 where the file as a whole is meant.
    line: usize,
    message: String,
}

impl Finding {
    fn new(path: impl Into<String>, line: usize, message: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            line,
            message: message.into(),
        }
    }
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.path, self.message),
            line => write!(f, "{}:{line}: {}", self.path, self.message),
        }
    }
}

/// The text files of the tree, without what is installed, built or left by a run.
pub(crate) struct Tree {
    pub(crate) files: Vec<File>,
}

/// One of them; the path is relative to the root, with `/`.
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) text: String,
}

impl File {
    fn has_ending(&self, endings: &[&str]) -> bool {
        self.path
            .rsplit_once('.')
            .is_some_and(|(_, ending)| endings.contains(&ending))
    }

    /// Numbered from 1.
    fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.split('\n').enumerate().map(|(at, line)| (at + 1, line))
    }

    /// Written by a generator, which says so at the top.
    fn is_generated(&self) -> bool {
        let top: String = self.text.lines().take(6).collect::<Vec<_>>().join(" ").to_lowercase();
        top.contains("generated") && (top.contains("do not edit") || top.contains("do not make direct changes"))
    }
}

impl Tree {
    pub(crate) fn load(root: &Path) -> Result<Self> {
        let mut files = Vec::new();
        walk(root, "", &mut files).with_context(|| format!("could not read {}", root.display()))?;
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(Self { files })
    }

    pub(crate) fn get(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }

    fn has(&self, path: &str) -> bool {
        self.get(path).is_some()
    }

    /// Files below a folder, given without the closing `/`.
    pub(crate) fn below<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = &'a File> {
        self.files
            .iter()
            .filter(move |file| file.path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')))
    }

    /// The names of the apps: folders of `apps/` with a Cargo.toml.
    fn apps(&self) -> Vec<&str> {
        let name = |file: &'_ File| -> Option<(usize, usize)> {
            let rest = file.path.strip_prefix("apps/")?.strip_suffix("/Cargo.toml")?;
            (!rest.contains('/')).then_some((5, 5 + rest.len()))
        };
        self.files
            .iter()
            .filter_map(|file| name(file).map(|(from, to)| &file.path[from..to]))
            .collect()
    }

    /// The rooms that have tables: each with its name, which is its tables' prefix, and its folder.
    fn rooms(&self) -> Vec<(&str, String)> {
        let apps = self.apps().into_iter().map(|app| (app, format!("apps/{app}")));
        std::iter::once(("kernel", "kernel".to_owned())).chain(apps).collect()
    }

    /// The folders of all crates.
    fn crates(&self) -> Vec<&str> {
        self.files
            .iter()
            .filter_map(|file| file.path.strip_suffix("/Cargo.toml"))
            .collect()
    }

    #[cfg(test)]
    pub(crate) fn of<P: Into<String>, T: Into<String>>(files: impl IntoIterator<Item = (P, T)>) -> Self {
        let file = |(path, text): (P, T)| File {
            path: path.into(),
            text: text.into(),
        };
        Self {
            files: files.into_iter().map(file).collect(),
        }
    }

    #[cfg(test)]
    fn sample(files: &[(&str, &str)]) -> Self {
        Self::of(files.iter().copied())
    }
}

fn walk(folder: &Path, prefix: &str, into: &mut Vec<File>) -> std::io::Result<()> {
    const LEFT_OUT: [&str; 9] = [
        "target",
        "node_modules",
        // What schemathesis leaves behind.
        ".hypothesis",
        ".schemathesis",
        "dist",
        ".git",
        ".tools",
        "test-results",
        "playwright-report",
    ];
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{prefix}{name}");
        if LEFT_OUT.contains(&name.as_str()) || path == "data" {
            continue;
        }
        if entry.file_type()?.is_dir() {
            walk(&entry.path(), &format!("{path}/"), into)?;
        } else if let Ok(text) = fs::read_to_string(entry.path()) {
            into.push(File { path, text });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn apps_and_crates_are_found_by_their_manifest() {
        let tree = Tree::sample(&[
            ("apps/cases/Cargo.toml", ""),
            ("apps/cases/web/app.ts", ""),
            ("apps/notes/README.md", ""),
            ("kernel/Cargo.toml", ""),
            ("kernel/macros/Cargo.toml", ""),
        ]);
        assert_eq!(tree.apps(), ["cases"]);
        assert_eq!(tree.crates(), ["apps/cases", "kernel", "kernel/macros"]);
        assert_eq!(tree.below("kernel").count(), 2);
    }

    #[test]
    fn this_tree_is_tidy() {
        let tree = Tree::load(&Shell::new().unwrap().root).unwrap();
        let found: Vec<String> = CHECKS
            .iter()
            .flat_map(|(invariant, check)| check(&tree).into_iter().map(move |f| format!("{f} ({invariant})")))
            .collect();
        assert!(found.is_empty(), "\n{}\n", found.join("\n"));
    }
}
