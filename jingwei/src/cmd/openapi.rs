//! `jingwei openapi`: the description of the API, without needing a district.

use std::path::PathBuf;

use anyhow::Result;
use kernel::config::Config;
use kernel::{Clock, Kernel, http};

/// Prints the description.
pub(crate) async fn openapi() -> Result<()> {
    let empty = Empty::start().await?;
    let text = describe(&empty.kernel)?;
    empty.remove().await;
    print!("{text}");
    Ok(())
}

/// The description as a text, the same each time.
pub(super) fn describe(kernel: &Kernel) -> Result<String> {
    let (_, openapi) = http::build(kernel, kernel.apps(), Kernel::no_pages());
    Ok(openapi.to_pretty_json()? + "\n")
}

/// An empty district in a folder of its own, for commands that describe the program and need no data.
pub(super) struct Empty {
    /// Its kernel.
    pub(super) kernel: Kernel,
    folder: PathBuf,
}

impl Empty {
    /// Makes one.
    pub(super) async fn start() -> Result<Self> {
        let id = kernel::id_at(Clock::System.now());
        let folder = std::env::temp_dir().join(format!("jingwei-empty-{id}"));
        let mut config = Config::default();
        config.database.url = format!("sqlite:{}", folder.join("empty.db").display());
        config.files.store = folder.join("files").display().to_string();
        config.vault.key_file = folder.join("vault.key");
        let kernel = super::start(config).await?;
        Ok(Self { kernel, folder })
    }

    /// Removes it.
    pub(super) async fn remove(self) {
        self.kernel.close().await;
        drop(std::fs::remove_dir_all(&self.folder));
    }
}
