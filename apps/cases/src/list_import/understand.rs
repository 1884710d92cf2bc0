//! Rows of a list to items.
//!
//! Major and minor classes are said once and hold for the rows below, by merged cells or by blanks; nothing else is
//! carried down. A row that is no item is told with the reason; headings, repeated headers and notes are told as such.

use std::collections::BTreeMap;

use kernel::intake::{Kind as ProblemKind, Problem};
use standards::Kind;

use super::code::{self, CodeAndName};
use super::header::{Header, Meaning};
use super::limit::{self, LimitText, Units};
use super::problems::{
    ASSUMED, BAD_CODE, BAD_LIMIT, BY_AREA, CARRIED, DUPLICATE, EDITION, HEADER_AGAIN, NO_BODY, NO_CLASS, NO_LIMIT,
    NOT_A_ROW, NOTE_ROW, NOTHING_SAID, SECTION,
};
use super::sheet::Sheet;
use super::{ListImport, ListItem, Options};

/// Reads the rows below the header into `read`.
pub(super) fn rows(file: &str, sheet: &Sheet, header: &Header, options: &Options, read: &mut ListImport) {
    let title: String = (0..header.below)
        .flat_map(|row| sheet.said(row))
        .map(|cell| cell.text.as_str())
        .collect();
    let kind = options
        .kind
        .or_else(|| code::kind_in(&sheet.name))
        .or_else(|| code::kind_in(&title));
    let mut rows = Rows {
        file,
        sheet,
        header,
        options,
        kind,
        seen: BTreeMap::new(),
        counted: BTreeMap::new(),
        major: CodeAndName::default(),
        minor: CodeAndName::default(),
        drafts: Vec::new(),
        problems: Vec::new(),
        skipped: 0,
    };
    for row in header.below..sheet.rows.len() {
        rows.row(row);
    }
    rows.finish(read);
}

/// An item whose class is still to be settled, because that needs all rows.
pub(super) struct Draft {
    pub(super) item: ListItem,
    pub(super) digits: Option<code::Digits>,
    /// The code of the minor class as written.
    pub(super) code: Option<String>,
    /// The edition that the row itself names.
    pub(super) edition: Option<String>,
}

/// The rows of a sheet on their way.
pub(super) struct Rows<'a> {
    file: &'a str,
    sheet: &'a Sheet,
    header: &'a Header,
    pub(super) options: &'a Options,
    kind: Option<Kind>,
    /// Class and condition of the items so far, with their rows.
    seen: BTreeMap<(String, String, String), u64>,
    /// Problems that many rows share: told once, with their number.
    counted: BTreeMap<(&'static str, String), (Problem, u64)>,
    major: CodeAndName,
    minor: CodeAndName,
    drafts: Vec<Draft>,
    pub(super) problems: Vec<Problem>,
    skipped: u64,
}

impl Rows<'_> {
    fn cell(&self, row: usize, meaning: Meaning) -> &str {
        self.header
            .of(meaning)
            .map_or("", |column| self.sheet.text(row, column.index))
    }

    pub(super) fn problem(&self, kind: &'static ProblemKind, row: usize) -> Problem {
        Problem::new(kind, self.file).line(row as u64 + 1)
    }

    /// A problem of the column with that meaning.
    pub(super) fn problem_in(&self, kind: &'static ProblemKind, row: usize, meaning: Meaning) -> Problem {
        let problem = self.problem(kind, row);
        match self.header.of(meaning) {
            Some(column) => problem.column(&column.letter),
            None => problem,
        }
    }

    pub(super) fn count(&mut self, key: &str, problem: Problem) {
        let entry = self
            .counted
            .entry((problem.code(), key.to_owned()))
            .or_insert((problem, 0));
        entry.1 += 1;
    }

    fn skip(&mut self, problem: Problem) {
        self.skipped += 1;
        self.problems.push(problem);
    }

    fn row(&mut self, row: usize) {
        let said: Vec<(String, usize)> = self
            .sheet
            .said(row)
            .iter()
            .map(|cell| (cell.text.clone(), cell.origin.1))
            .collect();
        match &said[..] {
            [] => {}
            [(text, column)] => self.single(row, text, *column),
            _ if self.is_header(row) => self.skip(self.problem(&HEADER_AGAIN, row)),
            [(first, _), ..] if is_total(first) => self.skip(self.problem(&NOTE_ROW, row).arg("value", first)),
            _ => self.item(row),
        }
    }

    fn is_header(&self, row: usize) -> bool {
        let columns = self.header.columns.iter().filter(|c| c.meaning.is_some());
        let (mut same, mut all) = (0, 0);
        for column in columns {
            let text: String = self.sheet.text(row, column.index).split_whitespace().collect();
            all += 1;
            same += usize::from(!text.is_empty() && column.header.replace(' ', "").ends_with(&text));
        }
        same >= 2 && same * 2 > all
    }

    /// A row with a single text: a note, a heading, or something out of place.
    fn single(&mut self, row: usize, text: &str, column: usize) {
        let spread = self.sheet.rows[row].iter().filter(|cell| !cell.text.is_empty()).count();
        if is_note(text) || is_total(text) {
            return self.skip(self.problem(&NOTE_ROW, row).arg("value", text));
        }
        let meaning = self
            .header
            .columns
            .iter()
            .find(|c| c.index == column)
            .and_then(|c| c.meaning);
        let named = text.ends_with('类') || without_ordinal(text) != text;
        let class = matches!(meaning, Some(Meaning::Minor | Meaning::MinorCode | Meaning::Standard));
        if class && spread == 1 && !(named && column == 0) {
            return self.skip(self.problem(&NOTHING_SAID, row).arg("value", text));
        }
        let placed = spread > 2 || (named && column == 0) || meaning == Some(Meaning::Major);
        if placed && text.chars().count() <= 30 {
            let name = without_ordinal(text);
            self.major = code::split(name);
            self.minor = CodeAndName::default();
            if let Some(kind) = code::kind_in(name).filter(|_| self.options.kind.is_none()) {
                self.kind = Some(kind);
            }
            return self.skip(self.problem(&SECTION, row).arg("value", name));
        }
        let kind = if text.chars().count() > 30 {
            &NOTE_ROW
        } else {
            &NOT_A_ROW
        };
        self.skip(self.problem(kind, row).arg("value", text));
    }

    /// Code and name of a class, from the columns that can hold either.
    fn class_of(&self, row: usize, code_column: Meaning, name_column: Meaning) -> CodeAndName {
        let mut found = CodeAndName::default();
        for column in self.header.all(code_column).chain(self.header.all(name_column)) {
            let text = self.sheet.text(row, column.index);
            // Where codes have a column of their own, a digit at the beginning of a name is part of it.
            let part = match (column.meaning == Some(name_column), self.header.of(code_column)) {
                (true, Some(_)) if !text.bytes().all(|b| b.is_ascii_digit()) => CodeAndName {
                    code: None,
                    name: (!text.is_empty()).then(|| text.to_owned()),
                },
                _ => code::split(text),
            };
            found.code = found.code.or(part.code);
            found.name = found.name.or(part.name);
        }
        found
    }

    fn item(&mut self, row: usize) {
        let major = self.class_of(row, Meaning::MajorCode, Meaning::Major);
        let minor = self.class_of(row, Meaning::MinorCode, Meaning::Minor);
        let nothing = CodeAndName::default();
        if major != nothing {
            let changed = |one: &Option<String>, other: &Option<String>| one.is_some() && one != other;
            if changed(&major.code, &self.major.code) || changed(&major.name, &self.major.name) {
                self.minor = nothing.clone();
                self.major = major;
            }
        } else if let Some(head) = minor
            .code
            .as_deref()
            .filter(|code| code.len() > 3 && !code::is_own(code))
            .and_then(|code| code.get(..2))
            && self.major.code.as_deref().is_none_or(|code| two_digits(code) != head)
        {
            // A whole code says its major class itself: it completes a heading, or contradicts the class above.
            let name = self.major.name.take().filter(|_| self.major.code.is_none());
            self.major = CodeAndName {
                code: Some(head.to_owned()),
                name,
            };
        } else if self.major != nothing
            && self
                .header
                .of(Meaning::Major)
                .or(self.header.of(Meaning::MajorCode))
                .is_some()
        {
            self.carried(row, Meaning::Major);
        }
        if minor != nothing {
            self.minor = minor;
        } else if self.minor != nothing {
            self.carried(row, Meaning::Minor);
        } else if self.cell(row, Meaning::Standard).is_empty() {
            return self.skip(self.problem_in(&NO_CLASS, row, Meaning::Minor));
        }
        let mut item = ListItem {
            row: row as u64 + 1,
            major: self.major.name.clone(),
            minor: self.minor.name.clone(),
            name: some(self.cell(row, Meaning::Standard)),
            code: some(self.cell(row, Meaning::StandardCode)),
            condition: self.cell(row, Meaning::Condition).to_owned(),
            closing: self.cell(row, Meaning::Closing).to_owned(),
            bodies: names(self.cell(row, Meaning::Body)),
            supervisors: names(self.cell(row, Meaning::Supervisor)),
            note: self.cell(row, Meaning::Note).to_owned(),
            ..ListItem::default()
        };
        let has_limit = self.limit(row, &mut item);
        let class = item
            .minor
            .clone()
            .or(self.minor.code.clone())
            .or(item.name.clone())
            .unwrap_or_default();
        if item.condition.is_empty() && !has_limit && item.bodies.is_empty() {
            return self.skip(self.problem(&NOTHING_SAID, row).arg("value", class));
        }
        let code = self.minor.code.as_deref().filter(|code| !code::is_own(code));
        let digits = code.and_then(|code| code::digits(self.major.code.as_deref(), code));
        if let (Some(code), None) = (code, &digits) {
            let problem = self.problem_in(&BAD_CODE, row, Meaning::MinorCode).arg("value", code);
            let problem = problem.arg("major", self.major.code.as_deref().unwrap_or(""));
            self.problems.push(problem);
        }
        item.major_code = digits
            .as_ref()
            .and_then(|d| d.major.as_deref())
            .or(self.major.code.as_deref())
            .map(two_digits);
        item.kind = code::kind(self.cell(row, Meaning::Kind)).or(self.kind);
        let code = digits
            .as_ref()
            .map(|d| d.minor.trim_start_matches('0').to_owned())
            .unwrap_or_default();
        let key = (
            format!(
                "{:?} {} {}",
                item.kind,
                item.major_code.clone().or(item.major.clone()).unwrap_or_default(),
                code
            ),
            format!("{class} {}", item.name.as_deref().unwrap_or("")),
            item.condition.split_whitespace().collect::<String>(),
        );
        if let Some(first) = self.seen.get(&key) {
            return self.skip(self.problem(&DUPLICATE, row).arg("first", first));
        }
        self.seen.insert(key, item.row);
        if !has_limit {
            self.problems
                .push(self.problem_in(&NO_LIMIT, row, Meaning::Limit(None)));
        }
        if item.bodies.is_empty() {
            self.problems.push(self.problem_in(&NO_BODY, row, Meaning::Body));
        }
        let edition = some(self.cell(row, Meaning::Edition));
        self.drafts.push(Draft {
            item,
            digits,
            code: self.minor.code.clone(),
            edition,
        });
    }

    fn carried(&mut self, row: usize, meaning: Meaning) {
        let problem = self.problem_in(&CARRIED, row, meaning).arg("column", meaning.zh());
        self.count(meaning.as_str(), problem);
    }

    /// Reads the limit of a row; whether anything was said.
    fn limit(&mut self, row: usize, item: &mut ListItem) -> bool {
        let unit_cell = self.cell(row, Meaning::LimitUnit).to_owned();
        let columns: Vec<(Option<u8>, usize, Option<standards::Unit>)> = self
            .header
            .columns
            .iter()
            .filter_map(|c| match c.meaning {
                Some(Meaning::Limit(class)) => Some((class, c.index, c.unit)),
                _ => None,
            })
            .collect();
        let mut said = false;
        for (class, index, unit) in columns {
            let text = self.sheet.text(row, index).to_owned();
            if text.is_empty() || matches!(text.as_str(), "-" | "/" | "—" | "无") {
                continue;
            }
            said = true;
            let bare = unit.or_else(|| unit_cell.parse().ok());
            // 4 beside a unit of 小时 is read as 4小时, with all that is to be said about hours.
            let is_number = text.parse::<f64>().is_ok();
            let whole = if bare.is_none() && is_number {
                format!("{text}{unit_cell}")
            } else {
                text.clone()
            };
            let units = Units {
                hour: self.options.hour,
                day: self.options.day,
                bare,
            };
            let told = |problem: Problem| problem.column(super::sheet::letter(index)).arg("value", &text);
            match limit::read(&whole, units) {
                Ok((read, assumed)) => {
                    for assumption in assumed {
                        let problem = told(self.problem(&ASSUMED, row))
                            .arg("why", assumption.zh())
                            .arg("why_en", assumption.en());
                        self.count(&format!("{text} {}", assumption.en()), problem);
                    }
                    match (read, class) {
                        (LimitText::One(limit), Some(class)) => item.by_area.push((class, limit)),
                        (LimitText::One(limit), None) => item.limit = Some(limit),
                        (LimitText::ByArea(limits), _) => item.by_area.extend(limits),
                    }
                }
                Err(why) => {
                    let problem = told(self.problem(&BAD_LIMIT, row))
                        .arg("why", why.zh())
                        .arg("why_en", why.en());
                    self.problems.push(problem);
                }
            }
            if !item.limit_text.is_empty() {
                item.limit_text.push('/');
            }
            item.limit_text.push_str(&text);
        }
        if let Some((_, first)) = item.by_area.first() {
            item.limit = item.limit.or(Some(*first));
            let problem = self
                .problem_in(&BY_AREA, row, Meaning::Limit(None))
                .arg("value", &item.limit_text);
            self.count(&item.limit_text.clone(), problem);
        }
        said
    }

    fn finish(mut self, read: &mut ListImport) {
        let drafts = std::mem::take(&mut self.drafts);
        let (edition, why) = self.edition(&drafts);
        if let (Some(edition), Some((zh, en))) = (edition, why) {
            let problem = Problem::new(&EDITION, self.file)
                .arg("value", edition)
                .arg("why", zh)
                .arg("why_en", en);
            self.problems.push(problem);
        }
        read.edition = edition;
        read.items = drafts.into_iter().map(|draft| self.classify(draft, edition)).collect();
        for (problem, count) in std::mem::take(&mut self.counted).into_values() {
            self.problems.push(problem.arg("count", count));
        }
        read.rows_understood = read.items.len() as u64;
        read.rows_skipped = self.skipped;
        read.problems.append(&mut self.problems);
    }
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

pub(super) fn two_digits(code: &str) -> String {
    code.parse::<u32>()
        .map_or_else(|_| code.to_owned(), |number| format!("{number:02}"))
}

fn is_note(text: &str) -> bool {
    let starts = [
        "注",
        "备注",
        "说明",
        "填表",
        "填报",
        "附",
        "本表",
        "本清单",
        "※",
        "*",
        "note",
    ];
    starts.iter().any(|start| text.to_lowercase().starts_with(start)) || text.chars().count() > 60
}

fn is_total(text: &str) -> bool {
    let word: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
    matches!(word.as_str(), "合计" | "总计" | "小计" | "共计")
}

/// `一、市容环境类` and `（二）` without their number.
fn without_ordinal(text: &str) -> &str {
    let numeral = |c: char| "一二三四五六七八九十（）()".contains(c) || c.is_ascii_digit();
    let rest = text.trim_start_matches(numeral);
    let closed = text[..text.len() - rest.len()].ends_with(['）', ')']);
    match rest.strip_prefix(['、', '.', '．', '：', ' ']) {
        Some(name) => name.trim(),
        None if closed => rest.trim(),
        None => text,
    }
}

/// The bodies in a cell: one per line, or set off by 、；;, outside brackets.
fn names(cell: &str) -> Vec<String> {
    let mut depth = 0u32;
    let mut names = vec![String::new()];
    for c in cell.chars() {
        match c {
            '（' | '(' => depth += 1,
            '）' | ')' => depth = depth.saturating_sub(1),
            '、' | '；' | ';' | '，' | ',' | '\n' if depth == 0 => {
                names.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(name) = names.last_mut() {
            name.push(c);
        }
    }
    names
        .iter()
        .map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty() && name != "/" && name != "-")
        .collect()
}
