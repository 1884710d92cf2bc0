//! The committed files that follow from the code are those that it makes now.

use std::path::Path;
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the root of the tree")
}

#[test]
fn committed_files_are_fresh() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jingwei"));
    let (fresh, said) = crate::program::run(command.args(["gen", "--check", "--root"]).arg(root()));
    assert!(fresh, "{said}run `cargo xtask gen` and commit what it writes");
}

#[test]
fn a_stale_file_is_named() {
    let copy = std::env::temp_dir().join(format!("jingwei-gen-{}", std::process::id()));
    for file in [
        "jingwei/src/apps.rs",
        "apps/cases/README.md",
        "openapi.json",
        "docs/permissions.md",
    ] {
        let place = copy.join(file);
        std::fs::create_dir_all(place.parent().expect("a folder")).expect("makes it");
        std::fs::copy(root().join(file), place).expect("copies");
    }
    let readme = copy.join("apps/cases/README.md");
    let text = std::fs::read_to_string(&readme)
        .expect("reads")
        .replace("reported --> accepted", "reported --> closed");
    std::fs::write(&readme, text).expect("writes");
    let generate = |more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_jingwei"));
        crate::program::run(command.arg("gen").args(more).arg("--root").arg(&copy))
    };
    let (fresh, said) = generate(&["--check"]);
    assert!(!fresh && said.contains("apps/cases/README.md"), "{said}");
    assert!(generate(&[]).0);
    assert!(generate(&["--check"]).0, "what was written is fresh");
    drop(std::fs::remove_dir_all(copy));
}
