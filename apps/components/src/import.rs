//! The survey's tables into the register: rows that are wrong are skipped and told, the others are taken, in batches, so
//! that an import that was broken off is finished by running it again. The same table again changes nothing.

use std::collections::HashMap;

use grid::api::{Atlas, atlas};
use kernel::auth::User;
use kernel::db::Tx;
use kernel::error::{Error, Lang, Result};
use kernel::events::Place;
use kernel::intake::{Kind, Problem, decode, delimiter, tidy};
use kernel::{Kernel, Work};
use standards::Crs;

use crate::api::{COMPONENTS_CHANGED, Changed};
use crate::class;
use crate::model::{Component, ComponentPoint, ComponentState, Facts};
use crate::permissions::MANAGE;
use crate::store;

/// Not a table of text.
const NOT_TEXT: Kind = Kind::error(
    "components.import_not_text",
    "文件不是CSV文本，或编码既非UTF-8也非GB 18030",
    "The file is no CSV text, or its encoding is neither UTF-8 nor GB 18030",
);
/// A column that every row needs.
const NO_COLUMN: Kind = Kind::error(
    "components.import_no_column",
    "缺少“{zh}”一列",
    "The column “{en}” is missing",
);
/// A row that cannot be taken, with the reason that the form would give.
const REFUSED: Kind = Kind::error("components.import_refused", "{zh}", "{en}");
/// A number that is none.
const NO_NUMBER: Kind = Kind::error(
    "components.import_no_number",
    "“{value}”不是经纬度",
    "“{value}” is no longitude or latitude",
);
/// A word for a state that is not known.
const NO_STATE: Kind = Kind::error(
    "components.import_no_state",
    "“{value}”不是部件状态，应为：完好、破损、丢失、废弃、移除",
    "“{value}” is no state; it is one of good, damaged, missing, disused, removed",
);
/// A body that the house does not know.
const NO_BODY: Kind = Kind::warning(
    "components.import_no_body",
    "没有名为“{value}”的责任单位，养护单位未改动",
    "There is no body “{value}”; who keeps the component was not changed",
);
/// The same code twice.
const TWICE: Kind = Kind::error(
    "components.import_twice",
    "标识码{code}重复，首次出现在第{first}行",
    "The code {code} is repeated; it first stands in line {first}",
);
/// Outside what the user manages.
const NOT_YOURS: Kind = Kind::error(
    "components.import_not_yours",
    "不在您管理的范围内",
    "Outside the area that you manage",
);

/// How an import is run.
#[derive(Clone, Copy, Debug, Default)]
pub struct ImportOptions {
    /// The coordinate system of the points.
    pub crs: Crs,
    /// Whether to write; else the files are only looked at.
    pub commit: bool,
}

/// What an import did, or would do. `rows` is the sum of the four below it.
#[derive(Clone, Debug, Default)]
pub struct ImportReport {
    /// Rows read.
    pub rows: usize,
    /// Components that were not there.
    pub fresh: usize,
    /// Components that said something else.
    pub changed: usize,
    /// Components as they were.
    pub unchanged: usize,
    /// Rows that were wrong.
    pub skipped: usize,
    /// What was wrong, the first [`MOST_KEPT`].
    pub problems: Vec<Problem>,
    /// How many problems there were.
    pub problems_total: usize,
    /// Whether the register is now as the files say.
    pub committed: bool,
}

/// The most problems that are kept.
pub const MOST_KEPT: usize = 5_000;

impl ImportReport {
    fn tell(&mut self, problem: Problem) {
        self.problems_total += 1;
        if self.problems.len() < MOST_KEPT {
            self.problems.push(problem);
        }
    }
}

/// Rows of one transaction.
const BATCH: usize = 1_000;

/// Imports tables of components, and tells `watch` how many rows and bytes are behind.
///
/// # Errors
/// The database's; what was committed before stays.
pub async fn import(
    kernel: &Kernel,
    user: Option<&User>,
    files: Vec<(String, Vec<u8>)>,
    options: ImportOptions,
    mut watch: impl FnMut(usize, u64) + Send,
) -> Result<ImportReport> {
    let atlas = atlas(kernel)?;
    let mut report = ImportReport::default();
    let mut seen: HashMap<String, u64> = HashMap::new();
    let mut before = 0;
    for (file, bytes) in &files {
        let text = decode(bytes);
        if text.lossy || text.text.contains('\0') {
            report.tell(Problem::new(&NOT_TEXT, file));
            continue;
        }
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter(&text.text))
            .flexible(true)
            .has_headers(false)
            .from_reader(text.text.as_bytes());
        let mut records = reader.records();
        let Some(Ok(head)) = records.next() else {
            report.tell(Problem::new(&NOT_TEXT, file));
            continue;
        };
        let columns = match Columns::of(&head, file) {
            Ok(columns) => columns,
            Err(missing) => {
                missing.into_iter().for_each(|it| report.tell(it));
                continue;
            }
        };
        let mut batch = Vec::with_capacity(BATCH);
        for record in records {
            let record = record.map_err(Error::internal)?;
            if record.iter().all(|it| tidy(it).is_empty()) {
                continue;
            }
            report.rows += 1;
            let (line, end) = record.position().map_or((0, 0), |it| (it.line(), it.byte()));
            let told = |it: Problem| it.at(file, line);
            match row(&columns, &record, options.crs, &atlas) {
                Err(problems) => {
                    report.skipped += 1;
                    problems.into_iter().for_each(|it| report.tell(told(it)));
                }
                Ok((draft, doubts)) => {
                    doubts.into_iter().for_each(|it| report.tell(told(it)));
                    if let Some(first) = seen.get(&draft.component.code) {
                        report.skipped += 1;
                        let twice = Problem::new(&TWICE, file)
                            .arg("code", &draft.component.code)
                            .arg("first", first);
                        report.tell(told(twice));
                    } else {
                        seen.insert(draft.component.code.clone(), line);
                        batch.push(Draft { line, ..draft });
                    }
                }
            }
            if report.rows % BATCH == 0 {
                settle(kernel, user, file, std::mem::take(&mut batch), options, &mut report).await?;
                // A table of which no row is right is read without a pause otherwise.
                tokio::task::yield_now().await;
                watch(report.rows, before + end);
            }
        }
        settle(kernel, user, file, batch, options, &mut report).await?;
        before += text.text.len() as u64;
        watch(report.rows, before);
    }
    report.committed = options.commit;
    Ok(report)
}

async fn begin(kernel: &Kernel, user: Option<&User>) -> Result<Work> {
    match user {
        Some(user) => kernel.work(user).await,
        None => kernel.system_work().await,
    }
}

/// A row that was understood.
struct Draft {
    line: u64,
    component: Component,
    /// The fields that it says something about. An import never empties a field: that is done on the page.
    said: Vec<&'static str>,
}

impl Draft {
    /// The component as this row makes it of what the register holds.
    fn over(mut self, before: &Component) -> Component {
        let it = &mut self.component;
        let mut keep = |field: &str, set: fn(&mut Component, &Component)| {
            if !self.said.contains(&field) {
                set(it, before);
            }
        };
        keep("name", |it, was| it.name.clone_from(&was.name));
        keep("place", |it, was| it.place.clone_from(&was.place));
        keep("body", |it, was| it.body.clone_from(&was.body));
        keep("owner", |it, was| it.owner.clone_from(&was.owner));
        keep("state", |it, was| it.state = was.state);
        keep("surveyed_on", |it, was| it.surveyed_on.clone_from(&was.surveyed_on));
        keep("note", |it, was| it.note.clone_from(&was.note));
        Component {
            version: before.version,
            ..self.component
        }
    }
}

/// Compares a batch with what the register holds and writes the difference, with its entry in the audit log and its news: all
/// of it or nothing.
async fn settle(
    kernel: &Kernel,
    user: Option<&User>,
    file: &str,
    batch: Vec<Draft>,
    options: ImportOptions,
    report: &mut ImportReport,
) -> Result<()> {
    if batch.is_empty() {
        return Ok(());
    }
    let scope = user.map(|it| it.scope(&MANAGE));
    let mine = |it: &Component| {
        let scope = scope.as_ref();
        scope.is_none_or(|scope| scope.holds(Some(&it.area), it.body.as_deref(), &[]))
    };
    let codes: Vec<&str> = batch.iter().map(|it| it.component.code.as_str()).collect();
    let (mut work, known) = if options.commit {
        let mut work = begin(kernel, user).await?;
        let known = held(&mut work, &codes).await?;
        (Some(work), known)
    } else {
        (None, held(&mut kernel.read().await?, &codes).await?)
    };
    let (mut fresh, mut changed) = (Vec::new(), Vec::new());
    for draft in batch {
        let line = draft.line;
        let before = known.get(&draft.component.code);
        let after = match before {
            Some(before) => draft.over(before),
            None => draft.component,
        };
        if !before.is_none_or(mine) || !mine(&after) {
            report.skipped += 1;
            report.tell(Problem::new(&NOT_YOURS, file).at(file, line));
        } else if before.is_none() {
            fresh.push(after);
        } else if before.is_some_and(|it| after.says_as(it)) {
            report.unchanged += 1;
        } else {
            changed.push(after);
        }
    }
    report.fresh += fresh.len();
    report.changed += changed.len();
    let Some(mut work) = work.take().filter(|_| !fresh.is_empty() || !changed.is_empty()) else {
        return Ok(());
    };
    // In one order, so that two imports do not wait for each other for ever.
    fresh.sort_by(|a, b| a.code.cmp(&b.code));
    changed.sort_by(|a, b| a.code.cmp(&b.code));
    let now = work.now();
    store::write(&mut work, &fresh, &changed, now).await?;
    let district = atlas(kernel)?.district().map(|it| it.code.clone()).unwrap_or_default();
    let detail = serde_json::json!({ "file": file, "fresh": fresh.len(), "changed": changed.len() });
    work.audit("components.imported", &district, detail).await?;
    let place = Place {
        area: Some(&district),
        body: None,
        owners: &[],
    };
    work.emit(&COMPONENTS_CHANGED, place, Changed { code: None }).await?;
    work.commit().await
}

async fn held(tx: &mut Tx, codes: &[&str]) -> Result<HashMap<String, Component>> {
    let mut all = HashMap::new();
    // In parts, so that the same text serves again and again.
    for part in codes.chunks(250) {
        let rows = store::several(tx, part.iter().copied()).await?;
        all.extend(rows.into_iter().map(|it| (it.code.clone(), it)));
    }
    Ok(all)
}

/// A column: the field that it fills, and the headings by which it is known, the first in each language for people.
struct Known {
    field: &'static str,
    zh: &'static str,
    others: &'static [&'static str],
    needed: bool,
}

const fn known(field: &'static str, zh: &'static str, others: &'static [&'static str], needed: bool) -> Known {
    Known {
        field,
        zh,
        others,
        needed,
    }
}

const COLUMNS: [Known; 10] = [
    known(
        "code",
        "标识码",
        &["部件标识码", "部件编码", "部件代码", "编码", "objid", "component_code"],
        true,
    ),
    known("lng", "经度", &["longitude", "lon", "x", "x坐标"], true),
    known("lat", "纬度", &["latitude", "y", "y坐标"], true),
    known("name", "名称", &["部件名称", "objname"], false),
    known(
        "place",
        "地址",
        &["位置", "位置描述", "所在位置", "address", "objpos"],
        false,
    ),
    known(
        "body",
        "养护单位",
        &["责任单位", "维护单位", "管护单位", "deptname3", "keeper"],
        false,
    ),
    known("owner", "权属单位", &["产权单位", "deptname2"], false),
    known("state", "状态", &["部件状态", "objstate"], false),
    known(
        "surveyed_on",
        "普查日期",
        &["初始日期", "变更日期", "调查日期", "ordate", "chdate"],
        false,
    ),
    known("note", "备注", &["说明", "remark"], false),
];

/// Where each field stands in a row.
struct Columns(HashMap<&'static str, (usize, String)>);

impl Columns {
    fn of(head: &csv::StringRecord, file: &str) -> Result<Self, Vec<Problem>> {
        let mut found = HashMap::new();
        for (at, cell) in head.iter().enumerate() {
            let heading = tidy(cell).to_lowercase();
            let hit = COLUMNS
                .iter()
                .find(|it| it.field == heading || it.zh == heading || it.others.contains(&heading.as_str()));
            if let Some(hit) = hit {
                found.entry(hit.field).or_insert((at, tidy(cell).to_owned()));
            }
        }
        let missing = COLUMNS.iter().filter(|it| it.needed && !found.contains_key(it.field));
        let missing: Vec<Problem> = missing
            .map(|it| {
                Problem::new(&NO_COLUMN, file)
                    .line(1)
                    .arg("zh", it.zh)
                    .arg("en", it.field)
            })
            .collect();
        if missing.is_empty() {
            Ok(Self(found))
        } else {
            Err(missing)
        }
    }

    fn text(&self, record: &csv::StringRecord, field: &str) -> Option<String> {
        let at = self.0.get(field)?.0;
        Some(tidy(record.get(at)?).to_owned()).filter(|it| !it.is_empty())
    }

    /// A problem of a field, with the heading as the file writes it.
    fn problem(&self, kind: &'static Kind, field: &str) -> Problem {
        let problem = Problem::new(kind, "");
        match self.0.get(field) {
            Some((_, heading)) => problem.column(heading.as_str()),
            None => problem,
        }
    }
}

/// A row's component, with what was doubtful about it; or why there is none. The caller knows the line.
fn row(
    columns: &Columns,
    record: &csv::StringRecord,
    crs: Crs,
    atlas: &Atlas,
) -> Result<(Draft, Vec<Problem>), Vec<Problem>> {
    let text = |field: &str| columns.text(record, field);
    let (mut wrong, mut doubts) = (Vec::new(), Vec::new());
    let mut number = |field: &str| {
        let written = text(field).unwrap_or_default();
        written.parse::<f64>().ok().filter(|it| it.is_finite()).or_else(|| {
            wrong.push(columns.problem(&NO_NUMBER, field).arg("value", written));
            None
        })
    };
    let at = number("lng").zip(number("lat"));
    let state = match text("state") {
        None => None,
        Some(word) => {
            let found = ComponentState::ALL
                .iter()
                .find(|it| it.zh() == word || it.as_str() == word.to_lowercase() || it.en() == word);
            if found.is_none() {
                wrong.push(columns.problem(&NO_STATE, "state").arg("value", word));
            }
            found.copied()
        }
    };
    let body = text("body").and_then(|said| {
        let found = atlas
            .body(&said)
            .or_else(|| atlas.find_body(&said))
            .map(|it| it.code.clone());
        if found.is_none() {
            doubts.push(columns.problem(&NO_BODY, "body").arg("value", said));
        }
        found
    });
    let code = class::code(&text("code").unwrap_or_default());
    let facts = at.map(|(lng, lat)| Facts {
        name: text("name"),
        point: ComponentPoint {
            lng,
            lat,
            crs: Some(crs),
        },
        place: text("place"),
        body,
        owner: text("owner"),
        state,
        surveyed_on: text("surveyed_on")
            .map(|it| it.replace(['/', '.'], "-"))
            .map(|it| day(&it)),
        note: text("note"),
    });
    let settled = code.and_then(|code| facts.map(|it| it.settle(code, atlas)).transpose());
    match settled {
        Ok(Some(component)) if wrong.is_empty() => {
            let said = |it: &&Known| text(it.field).is_some() && (it.field != "body" || component.body.is_some());
            let said = COLUMNS.iter().filter(said).map(|it| it.field).collect();
            let draft = Draft {
                line: 0,
                component,
                said,
            };
            Ok((draft, doubts))
        }
        Ok(_) => Err(wrong),
        Err(error) => {
            let shown = |field: &str| {
                if field == "point" {
                    "lng".to_owned()
                } else {
                    field.to_owned()
                }
            };
            wrong.extend(error.fields().iter().map(|it| {
                let problem = columns.problem(&REFUSED, &shown(&it.field));
                problem.arg("zh", it.text(Lang::Zh)).arg("en", it.text(Lang::En))
            }));
            Err(wrong)
        }
    }
}

/// `2024-3-5`, `20240305` and a time after the day: as spreadsheets write days.
fn day(written: &str) -> String {
    let day = written.split([' ', 'T']).next().unwrap_or_default();
    if let [year, month, date] = day.split('-').collect::<Vec<_>>()[..] {
        return format!("{year}-{month:0>2}-{date:0>2}");
    }
    match (day.get(..4), day.get(4..6), day.get(6..8)) {
        (Some(year), Some(month), Some(date)) if day.len() == 8 => format!("{year}-{month}-{date}"),
        _ => day.to_owned(),
    }
}
