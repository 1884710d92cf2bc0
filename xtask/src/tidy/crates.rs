//! What every crate has: its README as its doc, and dependencies that the workspace chose.

use super::{Finding, Tree};

/// `README.md` exists and is included by `lib.rs` or `main.rs`.
pub(super) fn readme_is_the_doc(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for folder in tree.crates() {
        if !tree.has(&format!("{folder}/README.md")) {
            found.push(Finding::new(
                format!("{folder}/README.md"),
                0,
                "is missing: it is the crate's doc",
            ));
        }
        let roots = [format!("{folder}/src/lib.rs"), format!("{folder}/src/main.rs")];
        let includes = |path: &String| {
            tree.get(path)
                .is_some_and(|f| f.text.contains(r#"#![doc = include_str!("../README.md")]"#))
        };
        if !roots.iter().any(includes) {
            let root = roots.iter().find(|path| tree.has(path)).unwrap_or(&roots[0]);
            found.push(Finding::new(
                root,
                1,
                r#"does not start with #![doc = include_str!("../README.md")]"#,
            ));
        }
    }
    found
}

/// A crate takes its dependencies from the workspace; the workspace says of each what it is for.
pub(super) fn dependencies_are_chosen_once(tree: &Tree) -> Vec<Finding> {
    // A crate may name itself, to test one of its own features.
    const ITSELF: &str = "path = \".\"";
    let mut found = Vec::new();
    for file in tree
        .files
        .iter()
        .filter(|file| file.path == "Cargo.toml" || file.path.ends_with("/Cargo.toml"))
    {
        let mut table = String::new();
        for (number, line) in file.lines() {
            let line = line.trim();
            if let Some(name) = line.strip_prefix('[') {
                table = name.trim_end_matches(']').to_owned();
            } else if line.is_empty() || line.starts_with('#') {
                continue;
            } else if table == "workspace.dependencies" {
                if !line.contains('#') && !line.contains("path = ") {
                    found.push(Finding::new(
                        &file.path,
                        number,
                        "say in a comment what this dependency is for",
                    ));
                }
            } else if table.ends_with("dependencies") && !line.contains("workspace = true") && !line.contains(ITSELF) {
                found.push(Finding::new(
                    &file.path,
                    number,
                    "choose the version in the workspace's Cargo.toml: `name.workspace = true`",
                ));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_without_its_readme_is_found() {
        let doc = "#![doc = include_str!(\"../README.md\")]\n";
        let good = [
            ("kernel/Cargo.toml", ""),
            ("kernel/README.md", "# kernel\n"),
            ("kernel/src/lib.rs", doc),
        ];
        assert!(readme_is_the_doc(&Tree::sample(&good)).is_empty());
        let bad = [("kernel/Cargo.toml", ""), ("kernel/src/main.rs", "//! Kernel.\n")];
        let found: Vec<_> = readme_is_the_doc(&Tree::sample(&bad))
            .into_iter()
            .map(|f| f.path)
            .collect();
        assert_eq!(found, ["kernel/README.md", "kernel/src/main.rs"]);
    }

    #[test]
    fn a_dependency_chosen_elsewhere_or_without_purpose_is_found() {
        let tree = Tree::sample(&[
            (
                "Cargo.toml",
                "[workspace.dependencies]\nkernel = { path = \"kernel\" }\ncsv = \"1\" # reads CSV\n\nanyhow = \"1\"\n",
            ),
            (
                "kernel/Cargo.toml",
                "[dependencies]\ncsv.workspace = true\n# why\nanyhow = \"1\"\n[lints]\nworkspace = true\n",
            ),
        ]);
        let found: Vec<_> = dependencies_are_chosen_once(&tree)
            .into_iter()
            .map(|f| (f.path, f.line))
            .collect();
        assert_eq!(
            found,
            [("Cargo.toml".to_owned(), 5), ("kernel/Cargo.toml".to_owned(), 4)]
        );
    }
}
