//! An import from the files to the tables: all or nothing, and the same again changes nothing.

use std::collections::HashSet;
use std::sync::Arc;

use kernel::auth::User;
use kernel::error::Error;
use kernel::intake::Problem;
use kernel::{Kernel, Result, Work};
use standards::{AreaCode, Crs, Level};

use super::changes::{Changes, out_of_reach};
use super::{AreaImport, Options, SourceFile};
use crate::api::{Changed, GRID_CHANGED, at, atlas, refresh, reload, tell_meta};
use crate::atlas::Atlas;
use crate::permissions::GRID_MANAGE;
use crate::{codes, store};

/// What the sender says about the files of an import.
#[derive(Clone, Debug, Default)]
pub struct ImportOptions {
    /// All rows are of this level; rows of another are refused.
    pub level: Option<Level>,
    /// The coordinate system of the shapes.
    pub crs: Crs,
    /// The district's own name, where no file has a row for it.
    pub district_name: Option<String>,
    /// Whether to write what was read; otherwise it is only looked at.
    pub commit: bool,
}

/// What an import did, or would do.
#[derive(Clone, Debug, Default)]
pub struct ImportReport {
    /// Areas that were not there before.
    pub areas_new: usize,
    /// Areas that are different now.
    pub areas_changed: usize,
    /// Areas that were there just so.
    pub areas_unchanged: usize,
    /// Shapes that are new or different now.
    pub shapes: usize,
    /// Everything that was not right, in the order of files and lines.
    pub problems: Vec<Problem>,
    /// Whether the tables are now as the files say; never with an error among the problems.
    pub committed: bool,
}

/// How often an import is read again because somebody else has changed the areas meanwhile.
const TRIES: usize = 3;

/// Reads the files of one import, says what was wrong with them, and writes them if nothing was and `commit` is asked for.
pub async fn import(
    kernel: &Kernel,
    user: Option<&User>,
    files: Vec<(String, Vec<u8>)>,
    options: ImportOptions,
) -> Result<ImportReport> {
    let files = Arc::new(files);
    for _ in 0..TRIES {
        refresh(kernel).await?;
        let atlas = atlas(kernel)?;
        let mut read = read(atlas.clone(), files.clone(), options.clone()).await?;
        if let Some(user) = user {
            read.problems.extend(out_of_reach(&read, &user.scope(&GRID_MANAGE)));
        }
        let changes = Changes::between(&atlas, &read);
        let mut report = ImportReport {
            areas_new: changes.new,
            areas_changed: changes.areas.len() - changes.new,
            areas_unchanged: changes.unchanged,
            shapes: changes.shapes.len(),
            ..ImportReport::default()
        };
        if options.commit && !read.has_errors() {
            let mut work = match user {
                Some(user) => kernel.work(user).await?,
                None => kernel.system_work().await?,
            };
            if store::next_revision(&mut work).await? != atlas.revision() + 1 {
                continue;
            }
            write(work, &changes, &report, &files).await?;
            report.committed = true;
            reload(kernel).await?;
        }
        report.problems = read.problems;
        return Ok(report);
    }
    Err(Error::from(&codes::BUSY))
}

/// Reading checks every ring of every shape, which may take a second: on a thread of its own.
async fn read(atlas: Arc<Atlas>, files: Arc<Vec<(String, Vec<u8>)>>, options: ImportOptions) -> Result<AreaImport> {
    let reading = tokio::task::spawn_blocking(move || {
        let existing: HashSet<AreaCode> = atlas.areas().filter_map(|it| AreaCode::parse(&it.code).ok()).collect();
        let files: Vec<SourceFile<'_>> = files.iter().map(|(name, bytes)| SourceFile { name, bytes }).collect();
        let options = Options {
            level: options.level,
            crs: options.crs,
            district_name: options.district_name,
        };
        super::read(&files, &existing, &options)
    });
    reading.await.map_err(Error::internal)
}

async fn write(
    mut work: Work,
    changes: &Changes<'_>,
    report: &ImportReport,
    files: &[(String, Vec<u8>)],
) -> Result<()> {
    if changes.is_empty() {
        return Ok(());
    }
    let now = work.now();
    store::upsert_areas(&mut work, &changes.areas, now).await?;
    store::upsert_shapes(&mut work, &changes.shapes, now).await?;
    tell_meta(&mut work).await?;
    let district = changes
        .areas
        .iter()
        .map(|it| it.code.as_str())
        .chain(changes.shapes.iter().map(|it| it.code.as_str()));
    let district = district
        .map(|code| code.get(..6).unwrap_or(code))
        .min()
        .unwrap_or_default()
        .to_owned();
    let facts = serde_json::json!({
        "files": files.iter().map(|it| it.0.as_str()).collect::<Vec<_>>(),
        "areas_new": report.areas_new,
        "areas_changed": report.areas_changed,
        "shapes": report.shapes,
    });
    work.audit("grid.imported", &district, facts).await?;
    work.emit(
        &GRID_CHANGED,
        at(Some(&district), None),
        Changed::new("import", &district),
    )
    .await?;
    work.commit().await
}
