//! Every app has the same furniture, so that whoever knows one knows all; and the house has its documents.

use super::rust::Rust;
use super::{Finding, Tree};

/// What each app has. `flow.rs` and `jobs.rs` come with a process and with work in the background; they are optional.
const FURNITURE: [(&str, &str); 8] = [
    ("README.md", "what it is for, its words, states, tables and permissions"),
    ("src/api.rs", "the front door: ids, events and what others may call"),
    ("src/model.rs", "types and rules, pure"),
    ("src/store.rs", "its SQL"),
    ("src/routes.rs", "the route table and its handlers"),
    ("src/seed.rs", "its part of the demo district"),
    ("src/tests.rs", "through HTTP, as a user with a role, on both databases"),
    ("web/app.ts", "its menu, routes and widgets"),
];

/// The documents at the root and the guides.
const DOCUMENTS: [&str; 10] = [
    "README.md",
    "README.zh-CN.md",
    "ARCHITECTURE.md",
    "STYLE.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "LICENSE",
    "docs/adding-an-app.md",
    "docs/adding-an-endpoint.md",
    "docs/glossary.md",
];

/// The furniture is there, and `api` is the only public module.
pub(super) fn apps_are_furnished(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for app in tree.apps() {
        let folder = format!("apps/{app}");
        for (piece, purpose) in FURNITURE {
            let path = format!("{folder}/{piece}");
            // A file that grew too long is a folder of the same name.
            let grown = path.strip_suffix(".rs").map(|stem| format!("{stem}/mod.rs"));
            if !tree.has(&path) && !grown.is_some_and(|path| tree.has(&path)) {
                found.push(Finding::new(path, 0, format!("is missing: {purpose}")));
            }
        }
        let migrations = format!("{folder}/migrations");
        if tree.below(&migrations).next().is_none() {
            found.push(Finding::new(migrations, 0, "is missing: its tables"));
        }
        let lib = format!("{folder}/src/lib.rs");
        let Some(file) = tree.get(&lib) else {
            found.push(Finding::new(
                lib,
                0,
                "is missing: the modules in reading order, and the App",
            ));
            continue;
        };
        for (line, code) in Rust::parse(&file.text).lines() {
            let module = code
                .strip_prefix("pub mod ")
                .map(|rest| rest.trim_end_matches([';', ' ', '{']));
            if let Some(module) = module.filter(|module| *module != "api") {
                found.push(Finding::new(
                    &lib,
                    line,
                    format!("{module} is public: others come in by api alone"),
                ));
            }
        }
    }
    found
}

/// The documents exist, and no link between documents is dead.
pub(super) fn documents_hang_together(tree: &Tree) -> Vec<Finding> {
    let missing = DOCUMENTS.iter().filter(|path| !tree.has(path));
    let mut found: Vec<_> = missing.map(|path| Finding::new(*path, 0, "is missing")).collect();
    for file in tree.files.iter().filter(|file| file.has_ending(&["md"])) {
        let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for (line, text) in file.lines() {
            for target in links(text).filter(|target| !leads_somewhere(tree, folder, target)) {
                found.push(Finding::new(
                    &file.path,
                    line,
                    format!("the link to {target} leads nowhere"),
                ));
            }
        }
    }
    found
}

/// The targets of a line's links `[text](target)` to other files, without the part after `#`.
fn links(line: &str) -> impl Iterator<Item = &str> {
    line.split("](").skip(1).filter_map(|rest| {
        let target = rest.split([')', ' ', '#']).next().unwrap_or_default();
        (!target.is_empty() && !target.contains(':') && !target.starts_with('/')).then_some(target)
    })
}

fn leads_somewhere(tree: &Tree, folder: &str, target: &str) -> bool {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.trim_end_matches('/').split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    let path = parts.join("/");
    // Pictures are no text files, so the tree does not hold them; whoever looks at the page sees whether they are there.
    let picture = [".png", ".jpg", ".svg", ".webp"]
        .iter()
        .any(|ending| path.ends_with(ending));
    picture || path.is_empty() || tree.has(&path) || tree.below(&path).next().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn app(files: &[&str], lib: &str) -> Vec<String> {
        let mut all: Vec<(String, &str)> = files.iter().map(|path| (format!("apps/cases/{path}"), "")).collect();
        all.push(("apps/cases/Cargo.toml".to_owned(), ""));
        all.push(("apps/cases/src/lib.rs".to_owned(), lib));
        let all: Vec<_> = all.iter().map(|(path, text)| (path.as_str(), *text)).collect();
        apps_are_furnished(&Tree::sample(&all))
            .into_iter()
            .map(|f| format!("{}:{}", f.path, f.line))
            .collect()
    }

    #[test]
    fn missing_furniture_is_found() {
        let whole = [
            "README.md",
            "src/api.rs",
            "src/model/mod.rs",
            "src/store.rs",
            "src/routes.rs",
            "src/seed.rs",
            "src/tests.rs",
            "web/app.ts",
            "migrations/0001_cases.sql",
        ];
        assert!(app(&whole, "mod store;\npub mod api;\n").is_empty());
        assert_eq!(
            app(&whole[1..8], "pub mod api;\n//pub mod x;\npub mod model;\n"),
            [
                "apps/cases/README.md:0",
                "apps/cases/migrations:0",
                "apps/cases/src/lib.rs:3"
            ]
        );
    }

    #[test]
    fn dead_links_are_found() {
        let text =
            "[a](../STYLE.md#x) [b](gone.md) [c](https://example.org) [d](#here)\n[e](../apps/cases) ![p](p.png)\n";
        let tree = Tree::sample(&[("docs/a.md", text), ("STYLE.md", ""), ("apps/cases/README.md", "")]);
        let found: Vec<_> = documents_hang_together(&tree)
            .into_iter()
            .filter(|f| f.line > 0)
            .collect();
        assert_eq!(
            found,
            [Finding::new("docs/a.md", 1, "the link to gone.md leads nowhere")]
        );
    }
}
