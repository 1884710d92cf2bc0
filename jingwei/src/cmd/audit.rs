//! `jingwei audit`: proves that the log is as it was written.

use anyhow::Result;
use clap::Subcommand;
use kernel::audit::{Verdict, verify};
use kernel::config::Config;

/// What to do with the audit log.
#[derive(Subcommand)]
pub(crate) enum What {
    /// 校验审计链是否完整 · Walk the chain and say whether it is whole
    Verify,
}

/// Walks the chain; false if it is broken.
pub(crate) async fn audit(config: Config, what: &What) -> Result<bool> {
    let kernel = super::open(config).await?;
    let verdict = match what {
        What::Verify => verify(&kernel).await?,
    };
    kernel.close().await;
    println!("{}", text(&verdict));
    Ok(verdict.ok)
}

fn text(verdict: &Verdict) -> String {
    let Verdict { entries, unsealed, .. } = verdict;
    let head = verdict.head.as_deref().unwrap_or("—");
    match verdict.first_bad {
        None => format!(
            "✓ 审计链完整：{entries} 条，另有 {unsealed} 条待封存 · The chain is whole: {entries} entries, {unsealed} more wait for their seal\n  {head}"
        ),
        Some(bad) => format!(
            "✗ 审计链在第 {bad} 条断裂：该条被改动或缺失 · The chain breaks at entry {bad}: it was changed or is missing\n  \
             之前 {entries} 条完好 · The {entries} before it are as written"
        ),
    }
}
