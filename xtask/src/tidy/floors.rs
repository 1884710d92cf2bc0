//! Who may know whom: the kernel no app, the upper floor not each other, the rules no machinery.

use super::rust::{Rust, has_word, words};
use super::{Finding, GROUND_FLOOR, Tree};

/// Neither its manifest nor its code nor its text literals name an app.
pub(super) fn kernel_names_no_app(tree: &Tree) -> Vec<Finding> {
    let apps = tree.apps();
    let mut found = Vec::new();
    for file in tree.below("kernel") {
        if file.path.ends_with("Cargo.toml") {
            for (name, line) in dependencies(&file.text) {
                if apps.contains(&name.as_str()) {
                    found.push(Finding::new(
                        &file.path,
                        line,
                        format!("the kernel depends on the app {name}"),
                    ));
                }
            }
        } else if file.has_ending(&["rs"]) {
            let rust = Rust::parse(&file.text);
            for (line, code) in rust.lines() {
                for app in paths_into(code, &apps) {
                    found.push(Finding::new(&file.path, line, format!("the kernel uses the app {app}")));
                }
            }
            for (line, text) in &rust.literals {
                let names = |app: &&&str| {
                    text.strip_prefix(**app)
                        .is_some_and(|rest| rest.starts_with(['.', '_']))
                };
                if let Some(app) = apps.iter().find(names) {
                    found.push(Finding::new(
                        &file.path,
                        *line,
                        format!("the kernel names something of the app {app}: {text:?}"),
                    ));
                }
            }
        }
    }
    found
}

/// No app depends on an app of the upper floor, neither in Rust nor in its pages.
pub(super) fn upper_floor_apart(tree: &Tree) -> Vec<Finding> {
    let apps = tree.apps();
    let upper: Vec<&str> = apps.iter().copied().filter(|app| !GROUND_FLOOR.contains(app)).collect();
    let mut found = Vec::new();
    for app in &apps {
        let others: Vec<&str> = upper.iter().copied().filter(|other| other != app).collect();
        let folder = format!("apps/{app}");
        for file in tree.below(&folder) {
            let names: Vec<(usize, String)> = if file.path.ends_with("Cargo.toml") {
                dependencies(&file.text)
                    .into_iter()
                    .map(|(name, line)| (line, name))
                    .collect()
            } else if file.has_ending(&["ts", "vue"]) {
                file.lines()
                    .flat_map(|(line, text)| web_imports(text).map(move |name| (line, name)))
                    .collect()
            } else {
                continue;
            };
            for (line, other) in names.into_iter().filter(|(_, name)| others.contains(&name.as_str())) {
                let message = format!(
                    "{app} depends on {other}, an app of the upper floor: hear its events or use what it offers instead"
                );
                found.push(Finding::new(&file.path, line, message));
            }
        }
    }
    found
}

/// The pages of apps are found by their place, so the shell needs no line for an app, and has none.
pub(super) fn shell_names_no_app(tree: &Tree) -> Vec<Finding> {
    let apps = tree.apps();
    let mut found = Vec::new();
    for file in tree
        .below("web/src")
        .filter(|file| file.has_ending(&["ts", "vue"]) && !file.is_generated())
    {
        for (line, text) in file.lines() {
            if let Some(app) = web_imports(text).find(|name| apps.contains(&name.as_str())) {
                found.push(Finding::new(
                    &file.path,
                    line,
                    format!("the shell imports from the app {app}"),
                ));
            }
        }
    }
    found
}

/// `model.rs` (or the folder that it became) has no SQL, no HTTP and no async. It may derive how a type is stored, just as
/// it derives how it is sent; that needs no import.
pub(super) fn models_are_pure(tree: &Tree) -> Vec<Finding> {
    const MACHINERY: [&str; 5] = ["sqlx", "axum", "tokio", "async", "await"];
    let mut found = Vec::new();
    for file in tree.below("apps").filter(|file| file.has_ending(&["rs"])) {
        if !file.path.ends_with("/src/model.rs") && !file.path.contains("/src/model/") {
            continue;
        }
        for (line, code) in Rust::parse(&file.text).lines() {
            if ["#[derive(", "#[sqlx("]
                .iter()
                .any(|attribute| code.trim_start().starts_with(attribute))
            {
                continue;
            }
            for word in MACHINERY.iter().filter(|word| has_word(code, word)) {
                let message = format!("{word} in a model: keep SQL in store.rs, HTTP in routes.rs, rules here");
                found.push(Finding::new(&file.path, line, message));
            }
        }
    }
    found
}

/// The apps that a line of code reaches into: `app::`, `use app;`, `extern crate app`.
fn paths_into<'a>(code: &str, apps: &[&'a str]) -> Vec<&'a str> {
    let is_named = |app: &&&str| {
        code.match_indices(**app).any(|(at, _)| {
            let before = code[..at].chars().next_back();
            let starts = before.is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != ':' && c != '.');
            let after = code[at + app.len()..].trim_start();
            let used = matches!(words(&code[..at]).last(), Some("use" | "crate")) && after.starts_with([';', ' ']);
            starts && (after.starts_with("::") || used)
        })
    };
    apps.iter().filter(is_named).copied().collect()
}

/// The folders that a line of a page imports from two or more levels up: `../../grid/…` gives `grid`.
fn web_imports(line: &str) -> impl Iterator<Item = String> + use<> {
    let quoted: Vec<String> = line
        .split(['"', '\''])
        .skip(1)
        .step_by(2)
        .filter(|path| path.contains("../../") || path.contains("/apps/"))
        .flat_map(|path| path.split('/').map(str::to_owned).collect::<Vec<_>>())
        .collect();
    quoted.into_iter()
}

/// The names in all tables of dependencies of a manifest, with their lines.
fn dependencies(manifest: &str) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    let mut inside = false;
    for (at, line) in manifest.lines().enumerate() {
        let line = line.trim();
        if let Some(table) = line.strip_prefix('[') {
            let table = table.trim_end_matches(']');
            inside = table.ends_with("dependencies");
            if let Some((_, name)) = table.split_once("dependencies.") {
                found.push((name.to_owned(), at + 1));
            }
        } else if inside && !line.starts_with('#') {
            let name = line.split(['=', '.', ' ']).next().unwrap_or_default();
            if !name.is_empty() {
                found.push((name.trim_matches('"').to_owned(), at + 1));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const APPS: [(&str, &str); 3] = [
        ("apps/grid/Cargo.toml", "[dependencies]\nkernel.workspace = true\n"),
        ("apps/cases/Cargo.toml", "[dependencies]\ngrid.workspace = true\n"),
        ("apps/hotline/Cargo.toml", "[dependencies]\nkernel.workspace = true\n"),
    ];

    fn lines(check: fn(&Tree) -> Vec<Finding>, files: &[(&str, &str)]) -> Vec<String> {
        let files: Vec<_> = APPS
            .iter()
            .filter(|(path, _)| !files.iter().any(|(p, _)| p == path))
            .chain(files)
            .copied()
            .collect();
        check(&Tree::sample(&files))
            .iter()
            .map(|f| format!("{}:{}", f.path, f.line))
            .collect()
    }

    #[test]
    fn a_kernel_that_names_an_app_is_found() {
        let good = [
            (
                "kernel/Cargo.toml",
                "[dependencies]\nsqlx.workspace = true # for cases\n",
            ),
            (
                "kernel/src/a.rs",
                "// cases::Case\nfn grid(cells: Grid) { self.grid.find(); kernel::grid::x(); let s = \"case\"; }\n",
            ),
        ];
        assert!(lines(kernel_names_no_app, &good).is_empty());
        let bad = [
            (
                "kernel/Cargo.toml",
                "[package]\nname = \"kernel\"\n[dev-dependencies]\ncases.workspace = true\n",
            ),
            (
                "kernel/src/a.rs",
                "use cases;\n\nlet g = grid::locate(p);\nlet t = \"cases_case\";\n",
            ),
        ];
        let found = [
            "kernel/Cargo.toml:4",
            "kernel/src/a.rs:1",
            "kernel/src/a.rs:3",
            "kernel/src/a.rs:4",
        ];
        assert_eq!(lines(kernel_names_no_app, &bad), found);
    }

    #[test]
    fn an_upper_app_that_depends_on_another_is_found() {
        assert!(
            lines(upper_floor_apart, &[]).is_empty(),
            "the ground floor may be called"
        );
        let bad = [
            (
                "apps/cases/Cargo.toml",
                "[dependencies]\ngrid = \"1\"\n[dev-dependencies]\nhotline.workspace = true\n",
            ),
            ("apps/grid/Cargo.toml", "[dependencies.cases]\nworkspace = true\n"),
            (
                "apps/hotline/web/app.ts",
                "// a page\nimport { x } from '../../cases/web/parts/x'\nimport y from '../../grid/web/y'\n",
            ),
        ];
        let found = [
            "apps/cases/Cargo.toml:4",
            "apps/grid/Cargo.toml:1",
            "apps/hotline/web/app.ts:2",
        ];
        let mut seen = lines(upper_floor_apart, &bad);
        seen.sort();
        assert_eq!(seen, found);
    }

    #[test]
    fn a_shell_that_names_an_app_is_found() {
        let glob = (
            "web/src/apps.ts",
            "import.meta.glob('../../apps/*/web/app.ts')\nopen('/api/cases')\n",
        );
        assert!(lines(shell_names_no_app, &[glob]).is_empty());
        let bad = ("web/src/a.ts", "// x\nimport x from '../../apps/cases/web/x'\n");
        assert_eq!(lines(shell_names_no_app, &[bad]), ["web/src/a.ts:2"]);
    }

    #[test]
    fn machinery_in_a_model_is_found() {
        let good = [(
            "apps/cases/src/model.rs",
            "//! No sqlx here.\n#[derive(sqlx::FromRow)]\npub fn rule(axum_like: u8) {}\n",
        )];
        assert!(lines(models_are_pure, &good).is_empty());
        let bad = [
            (
                "apps/cases/src/model.rs",
                "use sqlx::FromRow;\npub async fn rule() {}\n",
            ),
            ("apps/grid/src/model/area.rs", "\nuse axum::Json;\n"),
            ("apps/grid/src/store.rs", "use sqlx::FromRow;\n"),
        ];
        let found = [
            "apps/cases/src/model.rs:1",
            "apps/cases/src/model.rs:2",
            "apps/grid/src/model/area.rs:2",
        ];
        assert_eq!(lines(models_are_pure, &bad), found);
    }
}
