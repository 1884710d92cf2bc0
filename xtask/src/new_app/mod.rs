//! A new app with all its furniture, which compiles and passes its tests from the start.
//!
//! The template is a small app that works: entries that are made, done and opened again. `cargo xtask test` makes such
//! an app in a copy of the tree and runs its tests, so that the template stays true.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::sh::Shell;
use crate::tidy::Tree;

/// `cargo xtask new-app`
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Its name: one English word in small letters, such as `mediation`; the prefix of its tables and addresses
    name: String,
    /// Its title in Chinese
    #[arg(long, default_value = "新应用")]
    zh: String,
    /// Its title in English
    #[arg(long, default_value = "New app")]
    en: String,
}

/// Where each file of the template goes.
const FILES: [(&str, &str); 16] = [
    ("Cargo.toml", include_str!("template/Cargo.toml.in")),
    ("README.md", include_str!("template/README.md")),
    ("migrations/0001___name__.sql", include_str!("template/0001_app.sql")),
    ("src/lib.rs", include_str!("template/lib.rs")),
    ("src/api.rs", include_str!("template/api.rs")),
    ("src/codes.rs", include_str!("template/codes.rs")),
    ("src/permissions.rs", include_str!("template/permissions.rs")),
    ("src/model.rs", include_str!("template/model.rs")),
    ("src/flow.rs", include_str!("template/flow.rs")),
    ("src/store.rs", include_str!("template/store.rs")),
    ("src/routes.rs", include_str!("template/routes.rs")),
    ("src/seed.rs", include_str!("template/seed.rs")),
    ("src/tests.rs", include_str!("template/tests.rs")),
    ("web/app.ts", include_str!("template/app.ts")),
    ("web/messages.ts", include_str!("template/messages.ts")),
    ("web/pages/List.vue", include_str!("template/List.vue")),
];

/// Writes the app and the three lines that make it part of the house.
pub(crate) fn new_app(sh: &Shell, args: &Args) -> Result<()> {
    let tree = Tree::load(&sh.root)?;
    check_name(&tree, &args.name)?;
    let lines = joining_lines(&tree, &args.name)?;
    let folder = sh.root.join("apps").join(&args.name);
    for (path, text) in files(args) {
        write(&folder.join(path), &text)?;
    }
    for (path, text) in lines {
        write(&sh.root.join(path), &text)?;
    }
    sh.run("cargo", &["fmt", "-p", &args.name])
}

/// Tells what to do with the new app.
pub(crate) fn say_next(args: &Args) {
    let name = &args.name;
    println!(
        "
apps/{name} is there, and in the program's list. It makes, lists and moves entries; make of it what it is to be.
  cargo xtask pg cargo test -p {name}    its tests, on both databases
  cargo xtask gen                        its addresses in openapi.json, and the pages' types from there
  cargo xtask demo                       its page, in the menu
What each file is for: docs/adding-an-app.md."
    );
}

/// Makes an app in a copy of the tree, and runs its tests and lints there.
pub(crate) fn trial(sh: &Shell) -> Result<()> {
    let copy = sh.target().join("xtask/new-app");
    if copy.exists() {
        fs::remove_dir_all(&copy).with_context(|| format!("could not empty {}", copy.display()))?;
    }
    for file in Tree::load(&sh.root)?.files {
        write(&copy.join(file.path), &file.text)?;
    }
    let mut sh = sh.in_tree(copy);
    let args = Args {
        name: "sample".to_owned(),
        zh: "样例".to_owned(),
        en: "Samples".to_owned(),
    };
    new_app(&sh, &args)?;
    sh.set("CARGO_NET_OFFLINE", "true");
    sh.run("cargo", &["test", "--quiet", "-p", "sample"])?;
    sh.run(
        "cargo",
        &[
            "clippy",
            "--quiet",
            "--no-deps",
            "-p",
            "sample",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ],
    )
}

/// The app's files, named from its folder.
fn files(args: &Args) -> Vec<(String, String)> {
    let mut capital: Vec<char> = args.name.chars().collect();
    if let Some(first) = capital.first_mut() {
        first.make_ascii_uppercase();
    }
    let capital: String = capital.into_iter().collect();
    let fill = |text: &str| {
        let text = text.replace("__name__", &args.name).replace("__Name__", &capital);
        text.replace("__zh__", &args.zh).replace("__en__", &args.en)
    };
    FILES.iter().map(|(path, text)| (fill(path), fill(text))).collect()
}

fn check_name(tree: &Tree, name: &str) -> Result<()> {
    const TAKEN: [&str; 20] = [
        "alloc",
        "async",
        "await",
        "break",
        "const",
        "core",
        "crate",
        "enum",
        "extern",
        "jingwei",
        "kernel",
        "loop",
        "match",
        "move",
        "return",
        "standards",
        "std",
        "test",
        "web",
        "xtask",
    ];
    if !(3..=24).contains(&name.len()) || !name.bytes().all(|b| b.is_ascii_lowercase()) {
        bail!(
            "{name:?} cannot be an app's name: one English word of 3 to 24 small letters, because it is the prefix of tables"
        );
    }
    let manifest = tree.get("Cargo.toml").context("the tree has a Cargo.toml")?;
    let is_dependency = manifest
        .text
        .lines()
        .any(|line| line.split([' ', '=']).next() == Some(name));
    if TAKEN.contains(&name) || is_dependency || tree.below(&format!("apps/{name}")).next().is_some() {
        bail!("the name {name} is taken");
    }
    Ok(())
}

/// The three files that name every app, each with the new one: the workspace, the program's manifest, THE LIST.
fn joining_lines(tree: &Tree, name: &str) -> Result<Vec<(&'static str, String)>> {
    let mut capital = name.to_owned();
    capital[..1].make_ascii_uppercase();
    [
        (
            "Cargo.toml",
            "path = \"apps/",
            format!("{name} = {{ path = \"apps/{name}\" }}"),
        ),
        (
            "jingwei/Cargo.toml",
            "cases.workspace = true",
            format!("{name}.workspace = true"),
        ),
        (
            "jingwei/src/apps.rs",
            "Box::new(",
            format!("Box::new({name}::{capital}),"),
        ),
    ]
    .into_iter()
    .map(|(path, mark, line)| {
        let file = tree.get(path).with_context(|| format!("{path} is missing"))?;
        let text = after_last(&file.text, mark, &line).with_context(|| format!("no line of {path} has {mark:?}"))?;
        Ok((path, text))
    })
    .collect()
}

/// The text with a new line behind the last one that has the mark, indented like that.
fn after_last(text: &str, mark: &str, new: &str) -> Option<String> {
    let mut lines: Vec<&str> = text.lines().collect();
    let at = lines.iter().rposition(|line| line.contains(mark))?;
    let indent: String = lines[at].chars().take_while(|c| c.is_whitespace()).collect();
    let new = indent + new;
    lines.insert(at + 1, &new);
    Some(lines.join("\n") + "\n")
}

fn write(path: &Path, text: &str) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("could not make {}", folder.display()))?;
    }
    fs::write(path, text).with_context(|| format!("could not write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args() -> Args {
        Args {
            name: "sample".to_owned(),
            zh: "样例".to_owned(),
            en: "Samples".to_owned(),
        }
    }

    #[test]
    fn a_new_app_is_tidy() {
        let files: Vec<_> = files(&args())
            .into_iter()
            .map(|(path, text)| (format!("apps/sample/{path}"), text))
            .collect();
        assert!(
            files
                .iter()
                .all(|(path, text)| !path.contains("__") && !text.contains("__name") && !text.contains("__zh"))
        );
        assert_eq!(crate::tidy::faults(files, "apps/sample"), Vec::<String>::new());
    }

    #[test]
    fn only_a_free_word_can_be_a_name() {
        let tree = Tree::of([("Cargo.toml", "csv = \"1\"\n"), ("apps/cases/Cargo.toml", "")]);
        assert!(check_name(&tree, "mediation").is_ok());
        for name in [
            "",
            "ab",
            "Cases",
            "two-words",
            "two_words",
            "字",
            "cases",
            "csv",
            "match",
            "../x",
        ] {
            assert!(check_name(&tree, name).is_err(), "{name}");
        }
    }

    #[test]
    fn an_app_joins_by_three_lines() {
        let tree = Tree::of([
            (
                "Cargo.toml",
                "grid = { path = \"apps/grid\" }\ncases = { path = \"apps/cases\" }\n\ncsv = \"1\"\n",
            ),
            (
                "jingwei/Cargo.toml",
                "[dependencies]\ncases.workspace = true\ntokio.workspace = true\n",
            ),
            ("jingwei/src/apps.rs", "vec![\n    Box::new(cases::Cases),\n]\n"),
        ]);
        let lines = joining_lines(&tree, "sample").unwrap();
        assert_eq!(lines[0].1.lines().nth(2), Some("sample = { path = \"apps/sample\" }"));
        assert_eq!(lines[1].1.lines().nth(2), Some("sample.workspace = true"));
        assert_eq!(
            lines[2].1,
            "vec![\n    Box::new(cases::Cases),\n    Box::new(sample::Sample),\n]\n"
        );
        assert!(joining_lines(&Tree::of([("Cargo.toml", "")]), "sample").is_err());
    }
}
