//! `jingwei import`: areas, components and past cases from files, each row accounted for.

use std::fs::File;
use std::io::{BufReader, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use cases::api::{Finding, ImportError, ImportOptions, ImportReport, Told, import_cases};
use clap::Subcommand;
use kernel::Kernel;
use kernel::config::Config;
use kernel::intake::{Problem, Severity};
use standards::{Crs, Level};

use super::progress::Progress;

/// What to bring in.
#[derive(Subcommand)]
pub(crate) enum What {
    /// 区划：统计用区划代码 CSV 与边界 GeoJSON，可一次多个 · Areas: code lists (CSV) and shapes (GeoJSON), all or nothing
    Divisions {
        /// 文件 · The files; a parent may be in another file than its children
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// 图形坐标系：wgs84、gcj02、bd09 · The coordinate system of the shapes
        #[arg(long, value_name = "SYSTEM", default_value = "wgs84")]
        coords: Crs,
        /// 只接受该级别的行：town、village、grid · Takes only rows of this level
        #[arg(long)]
        level: Option<Level>,
        /// 区县名称，文件中没有时使用 · The district's name, where no file says it
        #[arg(long, value_name = "NAME")]
        district_name: Option<String>,
        #[command(flatten)]
        how: How,
    },
    /// 部件：普查数据 CSV，可一次多个 · Components: the survey's tables (CSV), several at once
    Components {
        /// 文件 · The files
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// 坐标系：wgs84、gcj02、bd09 · The coordinate system of the points
        #[arg(long, value_name = "SYSTEM", default_value = "wgs84")]
        coords: Crs,
        #[command(flatten)]
        how: How,
    },
    /// 历史案件：CSV 或 JSON，用映射文件说明各列 · Past cases: CSV or JSON, with a mapping file that explains it
    Cases {
        /// 文件 · The file
        file: PathBuf,
        /// 映射文件 · The mapping; docs/import has two complete ones
        #[arg(long, value_name = "MAP.toml")]
        map: PathBuf,
        /// 从头开始，不接着上次中断处 · Begins at the first row even if an earlier run was broken off
        #[arg(long)]
        restart: bool,
        #[command(flatten)]
        how: How,
    },
}

/// What holds for all.
#[derive(clap::Args)]
pub(crate) struct How {
    /// 只检查并报告，不写入 · Reads and reports everything and stores nothing
    #[arg(long)]
    dry_run: bool,
    /// 把全部问题写入 CSV · Writes every problem into a CSV file
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

/// Does it; false if something was refused.
pub(crate) async fn import(config: Config, what: What) -> Result<bool> {
    let kernel = super::open(config).await?;
    let done = match what {
        What::Divisions {
            files,
            coords,
            level,
            district_name,
            how,
        } => {
            let options = grid::api::ImportOptions {
                level,
                crs: coords,
                district_name,
                commit: !how.dry_run,
            };
            divisions(&kernel, &files, options, &how).await
        }
        What::Components { files, coords, how } => {
            let options = components::api::ImportOptions {
                crs: coords,
                commit: !how.dry_run,
            };
            survey(&kernel, &files, options, &how).await
        }
        What::Cases {
            file,
            map,
            restart,
            how,
        } => {
            let options = ImportOptions {
                dry_run: how.dry_run,
                restart,
            };
            past_cases(&kernel, &file, &map, options, &how).await
        }
    };
    super::close(&kernel).await?;
    done
}

async fn divisions(kernel: &Kernel, paths: &[PathBuf], options: grid::api::ImportOptions, how: &How) -> Result<bool> {
    let files = contents(paths)?;
    let wanted = options.commit;
    let report = grid::api::import(kernel, None, files, options).await?;
    let mut sheet = Sheet::open(how.report.as_deref())?;
    for problem in &report.problems {
        sheet.add(problem)?;
    }
    sheet.close()?;
    list(report.problems.iter().map(Line::from));
    let fine = !report.problems.iter().any(Problem::is_error);
    let all = report.areas_new + report.areas_changed + report.areas_unchanged;
    println!(
        "{} 区划 {all} = 新增 {} + 更改 {} + 未变 {}；图形 {} · areas {all} = {} new + {} changed + {} as before; {} shapes",
        if fine { "✓" } else { "✗" },
        report.areas_new,
        report.areas_changed,
        report.areas_unchanged,
        report.shapes,
        report.areas_new,
        report.areas_changed,
        report.areas_unchanged,
        report.shapes,
    );
    match (report.committed, wanted) {
        (true, _) => kernel.db().analyze().await?,
        (false, true) => println!("  有错误，未写入任何内容 · There are errors: nothing was stored"),
        (false, false) => println!("  {DRY}"),
    }
    Ok(fine)
}

async fn survey(
    kernel: &Kernel,
    paths: &[PathBuf],
    options: components::api::ImportOptions,
    how: &How,
) -> Result<bool> {
    let files = contents(paths)?;
    let progress = Progress::new(files.iter().map(|it| it.1.len() as u64).sum());
    let watch = |rows, bytes| progress.at(bytes, format_args!("{rows} 行 rows"));
    let report = components::api::import(kernel, None, files, options, watch).await?;
    drop(progress);
    let mut sheet = Sheet::open(how.report.as_deref())?;
    for problem in &report.problems {
        sheet.add(problem)?;
    }
    sheet.close()?;
    list(report.problems.iter().map(Line::from));
    println!(
        "{} 部件 {rows} 行 = 新增 {fresh} + 更改 {changed} + 未变 {unchanged} + 未导入 {skipped} · components {rows} rows = {fresh} new + \
         {changed} changed + {unchanged} as before + {skipped} skipped",
        if report.skipped == 0 { "✓" } else { "✗" },
        rows = report.rows,
        fresh = report.fresh,
        changed = report.changed,
        unchanged = report.unchanged,
        skipped = report.skipped,
    );
    if report.committed {
        kernel.db().analyze().await?;
    } else {
        println!("  {DRY}");
    }
    Ok(report.skipped == 0 && !report.problems.iter().any(Problem::is_error))
}

fn contents(paths: &[PathBuf]) -> Result<Vec<(String, Vec<u8>)>> {
    let read = |path: &PathBuf| {
        let bytes = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
        Ok((name(path), bytes))
    };
    paths.iter().map(read).collect()
}

const DRY: &str = "仅检查，未写入 · Only looked at, nothing was stored";

async fn past_cases(kernel: &Kernel, path: &Path, map: &Path, options: ImportOptions, how: &How) -> Result<bool> {
    let mapping = std::fs::read_to_string(map).with_context(|| format!("reading {}", map.display()))?;
    let file = File::open(path).with_context(|| format!("opening {}", path.display()))?;
    let bytes = file.metadata()?.len();
    let mut sheet = Sheet::open(how.report.as_deref())?;
    let mut failed = None;
    let progress = Progress::new(bytes);
    let watch = |told: Told<'_>| match told {
        Told::Problem(problem) => failed = failed.take().or(sheet.add(problem).err()),
        Told::Behind { rows, bytes } => progress.at(bytes, format_args!("{rows} 行 rows")),
    };
    let input = (BufReader::new(file), name(path), bytes);
    let mapping = (mapping.as_str(), name(map));
    let run = import_cases(
        kernel,
        (input.0, &input.1, input.2),
        (mapping.0, &mapping.1),
        options,
        watch,
    );
    let outcome = Box::pin(run).await;
    drop(progress);
    let report = match outcome {
        Ok(report) => report,
        Err(ImportError::Failed(error)) => return Err(error.into()),
        Err(ImportError::Unusable(problems)) => {
            for problem in &problems {
                sheet.add(problem)?;
            }
            sheet.close()?;
            list(problems.iter().map(Line::from));
            println!("✗ 未读取任何一行 · Not a row was read");
            return Ok(false);
        }
    };
    failed.map_or(Ok(()), Err)?;
    sheet.close()?;
    list(report.findings.iter().map(Line::from));
    sum_up(&report, options.dry_run);
    Ok(report.skipped == 0)
}

fn sum_up(report: &ImportReport, dry_run: bool) {
    let ImportReport {
        title,
        resumed_at,
        rows,
        added,
        known,
        doubtful,
        skipped,
        ..
    } = report;
    println!("{} {title}", if *skipped == 0 { "✓" } else { "✗" });
    if *resumed_at > 0 {
        println!("  接着上次中断处：前 {resumed_at} 行已导入 · Taken up again behind row {resumed_at}");
    }
    println!(
        "  {rows} 行 = 新增 {added} + 已有 {known} + 未导入 {skipped}，其中存疑 {doubtful} · \
         {rows} rows = {added} added + {known} already there + {skipped} refused; {doubtful} doubtful"
    );
    println!(
        "  新建 created: 区划 areas {} · 单位 bodies {} · 类别 classes {} · 立案标准 filing standards {}",
        report.areas, report.bodies, report.classes, report.standards
    );
    if dry_run {
        println!("  {DRY}");
    }
}

fn name(path: &Path) -> String {
    path.file_name()
        .map_or_else(|| path.display().to_string(), |it| it.to_string_lossy().into_owned())
}

/// Lines that the terminal shows; the rest is counted, and in the report.
const SHOWN: usize = 30;

/// A problem, or many of one kind, for the terminal.
struct Line {
    code: &'static str,
    severity: &'static str,
    count: u64,
    place: String,
    zh: String,
    en: String,
}

fn place(file: Option<&str>, line: Option<u64>, column: Option<&str>) -> String {
    let file = file.map(|it| format!("{it} "));
    let line = line.map(|it| format!("行 line {it}"));
    let column = column.map(|it| format!(" [{it}]"));
    [file, line, column].into_iter().flatten().collect()
}

impl From<&Problem> for Line {
    fn from(it: &Problem) -> Self {
        Self {
            code: it.code(),
            severity: it.severity().code(),
            count: 1,
            place: place(Some(&it.file), it.line, it.column.as_deref()),
            zh: it.text("zh"),
            en: it.text("en"),
        }
    }
}

impl From<&Finding> for Line {
    fn from(it: &Finding) -> Self {
        Self {
            code: it.code,
            severity: it.severity,
            count: it.count,
            place: place(None, it.line, it.column.as_deref()),
            zh: it.zh.clone(),
            en: it.en.clone(),
        }
    }
}

/// Shows what was found, the notes with one example of each kind.
fn list(all: impl Iterator<Item = Line>) {
    let note = Severity::Note.code();
    let mut lines: Vec<Line> = Vec::new();
    for it in all {
        let same = |other: &&mut Line| it.severity == note && other.code == it.code;
        match lines.iter_mut().find(same) {
            Some(example) => example.count += it.count,
            None => lines.push(it),
        }
    }
    for it in lines.iter().take(SHOWN) {
        let mark = match it.severity {
            severity if severity == Severity::Error.code() => "✗",
            severity if severity == note => "·",
            _ => "!",
        };
        let times = if it.count > 1 {
            format!("{}× ", it.count)
        } else {
            String::new()
        };
        println!("  {mark} {times}{}：{} · {}", it.place, it.zh, it.en);
    }
    let more: u64 = lines.iter().skip(SHOWN).map(|it| it.count).sum();
    if more > 0 {
        println!("  … 另有 {more} 项，用 --report FILE 取得全部 · {more} more; --report FILE has all");
    }
}

/// Every problem as a row of a CSV file, if one was asked for.
struct Sheet(Option<csv::Writer<File>>);

impl Sheet {
    fn open(path: Option<&Path>) -> Result<Self> {
        let Some(path) = path else { return Ok(Self(None)) };
        let mut file = File::create(path).with_context(|| format!("writing {}", path.display()))?;
        // Without this mark spreadsheets take the file for one in the machine's own encoding.
        file.write_all("\u{feff}".as_bytes())?;
        let mut sheet = csv::Writer::from_writer(file);
        sheet.write_record(["severity", "code", "file", "line", "column", "zh", "en"])?;
        Ok(Self(Some(sheet)))
    }

    fn add(&mut self, it: &Problem) -> Result<()> {
        let Some(sheet) = &mut self.0 else { return Ok(()) };
        let line = it.line.map(|it| it.to_string()).unwrap_or_default();
        let column = it.column.as_deref().unwrap_or_default();
        let row = [
            it.severity().code(),
            it.code(),
            &it.file,
            &line,
            column,
            &it.text("zh"),
            &it.text("en"),
        ];
        Ok(sheet.write_record(row)?)
    }

    fn close(&mut self) -> Result<()> {
        self.0
            .as_mut()
            .map_or(Ok(()), csv::Writer::flush)
            .context("writing the report")
    }
}
