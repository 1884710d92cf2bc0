//! `jingwei gen`: the files that are made from the code and yet committed, so that a review sees what became of them.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use cases::api::{Action, FLOW, State};
use kernel::Kernel;
use kernel::auth::{Permission, RoleView, roles};

use super::openapi::{Empty, describe};

/// Where to write.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// 源码目录 · The root of the source tree
    #[arg(long, value_name = "DIR", default_value = ".")]
    root: PathBuf,
    /// 只检查是否为最新，不写入 · Only says whether they are fresh
    #[arg(long)]
    check: bool,
}

/// Between these lines of a README stands its app's diagram.
const BEGIN: &str = "<!-- flow:begin -->\n";
const END: &str = "<!-- flow:end -->\n";

/// Writes what is stale; with `check` writes nothing and is false if anything is.
pub(crate) async fn generate(options: &Options) -> Result<bool> {
    let list = options.root.join("jingwei/src/apps.rs");
    ensure!(
        list.exists(),
        "不是源码目录 · {} is not the source tree",
        options.root.display()
    );
    let empty = Empty::start().await?;
    let openapi = describe(&empty.kernel)?;
    let permissions = permissions(&empty.kernel).await?;
    empty.remove().await;
    let readme = Path::new("apps/cases/README.md");
    let diagram = with_diagram(&read(&options.root.join(readme))?, &FLOW.mermaid(State::zh, Action::zh));
    let diagram = diagram.with_context(|| format!("{} has no place for its diagram", readme.display()))?;
    let mut fresh = true;
    for (path, text) in [
        (Path::new("openapi.json"), openapi),
        (Path::new("docs/permissions.md"), permissions),
        (readme, diagram),
    ] {
        let place = options.root.join(path);
        if std::fs::read_to_string(&place).is_ok_and(|old| old == text) {
            continue;
        }
        fresh = false;
        if options.check {
            println!("✗ {} 已过时 · is stale; jingwei gen", path.display());
        } else {
            std::fs::write(&place, text).with_context(|| format!("writing {}", place.display()))?;
            println!("✓ {}", path.display());
        }
    }
    Ok(fresh || !options.check)
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))
}

/// The text with this diagram at its place.
fn with_diagram(text: &str, diagram: &str) -> Option<String> {
    let (before, rest) = text.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}```mermaid\n{diagram}```\n{END}{after}"))
}

/// Who may do what in a new district: one table per app, its permissions down and the roles across.
async fn permissions(kernel: &Kernel) -> Result<String> {
    let mut roles = roles(&mut kernel.read().await?).await?;
    // In the order in which a case meets them; administrators come last.
    let order: Vec<&str> = kernel
        .apps()
        .iter()
        .rev()
        .flat_map(|app| app.roles())
        .map(|it| it.code)
        .collect();
    roles.sort_by_key(|role| order.iter().position(|code| *code == role.code).unwrap_or(order.len()));
    let mut text = "<!-- Made by `cargo xtask gen` from each app's permissions.rs. -->\n\
                    # 角色与权限 · Roles and permissions\n\n\
                    新建的区以此为起点；角色是数据，可在「角色」页修改或新增。每次授予角色都带有范围：全区、某区域及其下级、某单位，或仅本人的记录。\n\n\
                    A new district begins like this. Roles are data: the page *Roles* changes them and adds others. Each grant of a role has\n\
                    a scope: the whole district, an area with all below it, a body, or one's own records.\n"
        .to_owned();
    let own = ("kernel", ("平台", "Platform"));
    for (app, (zh, en)) in std::iter::once(own).chain(kernel.apps().iter().map(|it| (it.name(), it.title()))) {
        let mine: Vec<&Permission> = kernel.permissions().filter(|it| it.0 == app).map(|it| it.1).collect();
        let holds = |role: &RoleView, it: &Permission| role.permissions.iter().any(|code| code == it.code);
        let holders: Vec<&RoleView> = roles
            .iter()
            .filter(|role| mine.iter().any(|it| holds(role, it)))
            .collect();
        if mine.is_empty() {
            continue;
        }
        write!(text, "\n## {zh} · {en}\n\n| 权限 Permission |")?;
        for role in &holders {
            write!(text, " {}<br>{} |", role.zh, role.en)?;
        }
        write!(text, "\n|---|{}\n", ":-:|".repeat(holders.len()))?;
        for it in mine {
            write!(text, "| {} · {}<br>`{}` |", it.zh, it.en, it.code)?;
            for role in &holders {
                text.push_str(if holds(role, it) { " ● |" } else { " |" });
            }
            text.push('\n');
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_diagram_is_replaced() {
        let text = format!("# a\n{BEGIN}old\n{END}tail\n");
        let made = with_diagram(&text, "new\n").expect("has a place");
        assert_eq!(made, format!("# a\n{BEGIN}```mermaid\nnew\n```\n{END}tail\n"));
        assert_eq!(
            with_diagram(&made, "new\n"),
            Some(made.clone()),
            "once more changes nothing"
        );
        assert_eq!(with_diagram("# a\n", "new\n"), None);
    }
}
