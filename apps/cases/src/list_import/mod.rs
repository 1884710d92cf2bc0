//! The responsibility list 责任清单 from spreadsheets as cities have them, and back.
//!
//! Reading is pure: bytes in, items and a report out. The report is the preview that a person sees before anything is
//! stored: which sheet was taken, where its header is, what each column was understood as, and row by row what was not
//! understood and why. What has two meanings is never decided in silence. [`plan`] holds the items against the list in
//! force; [`put_in_force`] does what the plan says.

mod classify;
mod code;
pub(crate) mod export;
mod header;
mod limit;
mod problems;
mod sheet;
mod understand;

mod plan;
mod present;
mod store;

use kernel::intake::{Kind as ProblemKind, Problem};
use serde::{Deserialize, Serialize};
use standards::{Edition, Kind, Limit, Unit};

pub(crate) use header::{Column, Meaning};
pub(crate) use plan::{ClassRef, Fate, Plan, Planned, Present, plan};
pub(crate) use present::items;
pub(crate) use store::{Done, Preview, PreviewId, Reading, forget_old, load, put_in_force, save};

/// No sheet has a header that could be a list's.
pub(crate) const NO_HEADER: ProblemKind = ProblemKind::error(
    "cases.list_no_header",
    "没有找到表头：需要有小类（名称或代码），以及立案条件、处置时限、责任主体中的至少一项",
    "No header was found: a minor class (name or code) and at least one of filing condition, time limit and responsible body are needed",
);
/// The sheet that was asked for is not there.
pub(crate) const NO_SHEET: ProblemKind = ProblemKind::error(
    "cases.list_no_sheet",
    "文件中没有工作表“{sheet}”",
    "The file has no sheet “{sheet}”",
);
/// Another sheet that could be read as a list too.
pub(crate) const OTHER_SHEET: ProblemKind = ProblemKind::note(
    "cases.list_other_sheet",
    "工作表“{sheet}”看起来也是清单，本次没有读取；如需要请选择该表再次导入",
    "The sheet “{sheet}” looks like a list too and was not read; choose it and import again if it is wanted",
);
/// Two columns that say the same.
pub(crate) const COLUMN_TWICE: ProblemKind = ProblemKind::warning(
    "cases.list_column_twice",
    "“{header}”列与“{other}”列含义相同（{meaning}），只采用后者",
    "The column “{header}” means the same as “{other}” ({meaning_en}); only the latter is used",
);

/// What the sender knows about the list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Options {
    /// The sheet to read; the one that looks most like a list otherwise.
    pub sheet: Option<String>,
    /// All items are of this kind.
    pub kind: Option<Kind>,
    /// The edition of the codes.
    pub edition: Option<Edition>,
    /// What 小时 means.
    pub hour: Option<Unit>,
    /// What 天 means.
    pub day: Option<Unit>,
}

/// A filing standard 立案标准 as read.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ListItem {
    /// The row, from 1.
    pub row: u64,
    /// Component or matter, if that is known.
    pub kind: Option<Kind>,
    /// The edition that the code follows; none if the class is local or has no code.
    pub edition: Option<Edition>,
    /// Code of the major class, two digits.
    pub major_code: Option<String>,
    /// Name of the major class.
    pub major: Option<String>,
    /// Code of the class, major and minor, padded as the edition has it; as written if no edition is known.
    pub class: Option<String>,
    /// Name of the minor class.
    pub minor: Option<String>,
    /// The class in the tables of 2026, where code and name agree.
    pub class_2026: Option<String>,
    /// The standard's own code.
    pub code: Option<String>,
    /// The standard's own name.
    pub name: Option<String>,
    /// When to file.
    pub condition: String,
    /// When to close.
    pub closing: String,
    /// How long handling may take; of several by class of area, that of the first.
    pub limit: Option<Limit>,
    /// The limits by class of area, if the list has such.
    pub by_area: Vec<(u8, Limit)>,
    /// The limit as written.
    pub limit_text: String,
    /// Responsible bodies, as written.
    pub bodies: Vec<String>,
    /// Supervising bodies, as written.
    pub supervisors: Vec<String>,
    /// Note.
    pub note: String,
}

/// What was read, for the preview.
#[derive(Clone, Debug, Default)]
pub(crate) struct ListImport {
    /// The sheet that was taken.
    pub sheet: String,
    /// All sheets that can be chosen.
    pub sheets: Vec<String>,
    /// Last row of the header, from 1.
    pub header_row: u64,
    /// The columns.
    pub columns: Vec<Column>,
    /// The edition that the codes were read in.
    pub edition: Option<Edition>,
    /// The items.
    pub items: Vec<ListItem>,
    /// Rows that gave an item.
    pub rows_understood: u64,
    /// Rows below the header that say something and gave none.
    pub rows_skipped: u64,
    /// What was not understood, or understood only by assuming something.
    pub problems: Vec<Problem>,
}

/// Reads a list from a workbook or a CSV file.
pub(crate) fn read(file: &str, bytes: &[u8], options: &Options) -> ListImport {
    let mut read = ListImport::default();
    let sheets = match sheet::read(file, bytes, &mut read.problems) {
        Ok(sheets) => sheets,
        Err(problem) => {
            read.problems.push(*problem);
            return read;
        }
    };
    read.sheets = sheets.iter().map(|sheet| sheet.name.clone()).collect();
    let wanted = options.sheet.as_deref();
    if let Some(name) = wanted.filter(|name| !read.sheets.iter().any(|sheet| sheet == name)) {
        read.problems
            .insert(0, Problem::new(&NO_SHEET, file).arg("sheet", name));
        return read;
    }
    let mut lists: Vec<_> = sheets
        .iter()
        .filter(|sheet| wanted.map_or(!sheet.hidden, |name| name == sheet.name))
        .filter_map(|sheet| Some((sheet, header::find(sheet)?)))
        .collect();
    // The most telling header, then the longest list; the first of equals.
    lists.sort_by_key(|(sheet, header)| std::cmp::Reverse((header.score(), sheet.rows.len())));
    let mut lists = lists.into_iter();
    let Some((sheet, mut header)) = lists.next() else {
        read.problems.push(Problem::new(&NO_HEADER, file));
        return read;
    };
    for (other, _) in lists {
        read.problems
            .push(Problem::new(&OTHER_SHEET, file).arg("sheet", &other.name));
    }
    read.problems.extend(once_each(file, &mut header));
    understand::rows(file, sheet, &header, options, &mut read);
    read.sheet.clone_from(&sheet.name);
    read.header_row = header.below as u64;
    read.columns = header.columns;
    read.problems.sort_by_key(|problem| problem.line);
    read
}

/// Of two columns that mean the same, the first is used. Major and minor classes may well take two: code and name.
fn once_each(file: &str, header: &mut header::Header) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut seen: Vec<(Meaning, String)> = Vec::new();
    for column in &mut header.columns {
        let Some(meaning) = column.meaning else { continue };
        if matches!(
            meaning,
            Meaning::Sequence | Meaning::Note | Meaning::Major | Meaning::Minor
        ) {
            continue;
        }
        match seen.iter().find(|(other, _)| *other == meaning) {
            None => seen.push((meaning, column.header.clone())),
            Some((_, other)) => {
                let problem = Problem::new(&COLUMN_TWICE, file)
                    .line(header.below as u64)
                    .column(&column.letter);
                let problem = problem.arg("header", &column.header).arg("other", other);
                problems.push(problem.arg("meaning", meaning.zh()).arg("meaning_en", meaning.en()));
                column.meaning = None;
            }
        }
    }
    problems
}

#[cfg(test)]
pub(crate) mod tests;
