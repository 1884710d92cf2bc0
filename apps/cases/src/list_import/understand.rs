//! Rows of a list to items.
//!
//! Major and minor classes are said once and hold for the rows below, by merged cells or by blanks; nothing else is
//! carried down. A row that is no item is told with the reason; headings, repeated headers and notes are told as such.

use std::collections::BTreeMap;

use kernel::intake::{Kind as ProblemKind, Problem};
use standards::{Edition, Kind, class};

use super::code::{self, CodeAndName};
use super::header::{Header, Meaning};
use super::limit::{self, LimitText, Units};
use super::sheet::Sheet;
use super::{ListImport, ListItem, Options};

/// A row without a minor class.
pub const NO_CLASS: ProblemKind = ProblemKind::error(
    "cases.list_no_class",
    "没有小类名称和代码，该行未读取",
    "Neither name nor code of a minor class; the row was not read",
);
/// A row that has a class and says nothing about it.
pub const NOTHING_SAID: ProblemKind = ProblemKind::error(
    "cases.list_nothing_said",
    "“{value}”没有立案条件、处置时限和责任主体，该行未读取",
    "“{value}” has no filing condition, no limit and no responsible body; the row was not read",
);
/// A single text that is neither a heading nor a note.
pub const NOT_A_ROW: ProblemKind = ProblemKind::error(
    "cases.list_not_a_row",
    "只有一处文字“{value}”，无法识别，该行未读取",
    "The row has a single text, “{value}”, that was not understood; it was not read",
);
/// A text below or between the rows.
pub const NOTE_ROW: ProblemKind = ProblemKind::note(
    "cases.list_note_row",
    "说明文字，未作为条目：{value}",
    "A note, not an item: {value}",
);
/// A heading that names the major class of the rows below.
pub const SECTION: ProblemKind = ProblemKind::note(
    "cases.list_section",
    "小标题“{value}”作为以下各行的大类",
    "The heading “{value}” is taken as the major class of the rows below",
);
/// The header again, as at the top of a printed page.
pub const HEADER_AGAIN: ProblemKind = ProblemKind::note("cases.list_header_again", "重复的表头", "The header repeated");
/// Rows that take their major or minor class from the row above.
pub const CARRIED: ProblemKind = ProblemKind::note(
    "cases.list_carried",
    "“{column}”为空的{count}行沿用上一行的值（首见本行）",
    "{count} rows with an empty “{column}” take it from the row above (this is the first)",
);
/// A class code that cannot be one.
pub const BAD_CODE: ProblemKind = ProblemKind::warning(
    "cases.list_bad_code",
    "“{value}”不是类别代码，或与大类代码{major}矛盾，未采用",
    "“{value}” is no class code, or contradicts the major class {major}; it is left out",
);
/// Nothing tells to which edition the codes belong.
pub const NO_EDITION: ProblemKind = ProblemKind::warning(
    "cases.list_no_edition",
    "无法判断类别代码属于2013版还是2026版，{count}行的代码按本地类别保留；可指定版本后重新导入",
    "Nothing tells whether the codes are of 2013 or of 2026; those of {count} rows are kept as local. Say the edition and import again",
);
/// The edition was told by the codes or names.
pub const EDITION: ProblemKind = ProblemKind::note(
    "cases.list_edition",
    "类别代码按{value}版理解（依据：{why}）",
    "The class codes are read as of {value} (by {why_en})",
);
/// A code that the tables do not have.
pub const LOCAL_CLASS: ProblemKind = ProblemKind::note(
    "cases.list_local_class",
    "类别{value}不在国标类别表中，作为本地类别",
    "The class {value} is not in the national tables and is taken as local",
);
/// Code and name do not belong together by the tables.
pub const OTHER_NAME: ProblemKind = ProblemKind::warning(
    "cases.list_other_name",
    "{value}在2026版中对应{code}“{other}”，名称不一致，请人工确认，暂不对应",
    "{value} would be {code} “{other}” of 2026, but the names differ; a person must confirm it, so it is left open",
);
/// No code in the file; the name is in the tables.
pub const CODE_BY_NAME: ProblemKind = ProblemKind::note(
    "cases.list_code_by_name",
    "“{value}”没有代码，按名称对应2026版{code}",
    "“{value}” has no code; by its name it is {code} of 2026",
);
/// No code, and no such name.
pub const NO_CODE: ProblemKind = ProblemKind::warning(
    "cases.list_no_code",
    "“{value}”没有代码，类别表中也没有该名称",
    "“{value}” has no code, and the tables have no such name",
);
/// Component or matter is not known.
pub const NO_KIND: ProblemKind = ProblemKind::warning(
    "cases.list_no_kind",
    "无法判断{count}行是部件还是事件（首见本行），请指定后重新导入",
    "Nothing tells whether {count} rows are components or matters (this is the first); say it and import again",
);
/// A limit that was not understood.
pub const BAD_LIMIT: ProblemKind = ProblemKind::error(
    "cases.list_bad_limit",
    "处置时限“{value}”无法识别：{why}",
    "The limit “{value}” was not understood: {why_en}",
);
/// A limit that was understood only by assuming something.
pub const ASSUMED: ProblemKind = ProblemKind::warning(
    "cases.list_assumed",
    "处置时限“{value}”（共{count}行）：{why}，请确认",
    "The limit “{value}” ({count} rows): {why_en}; please confirm",
);
/// Limits that differ by class of area.
pub const BY_AREA: ProblemKind = ProblemKind::warning(
    "cases.list_by_area",
    "处置时限“{value}”（共{count}行）按区域类别不同，暂取第一个",
    "The limit “{value}” ({count} rows) differs by class of area; the first is taken",
);
/// No limit.
pub const NO_LIMIT: ProblemKind = ProblemKind::warning("cases.list_no_limit", "没有处置时限", "There is no time limit");
/// No responsible body.
pub const NO_BODY: ProblemKind =
    ProblemKind::warning("cases.list_no_body", "没有责任主体", "There is no responsible body");
/// The same standard a second time.
pub const DUPLICATE: ProblemKind = ProblemKind::warning(
    "cases.list_duplicate",
    "与第{first}行的类别和立案条件相同，未读取",
    "Class and filing condition are the same as in row {first}; the row was not read",
);

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
struct Draft {
    item: ListItem,
    digits: Option<code::Digits>,
    /// The code of the minor class as written.
    code: Option<String>,
    /// The edition that the row itself names.
    edition: Option<String>,
}

struct Rows<'a> {
    file: &'a str,
    sheet: &'a Sheet,
    header: &'a Header,
    options: &'a Options,
    kind: Option<Kind>,
    /// Class and condition of the items so far, with their rows.
    seen: BTreeMap<(String, String, String), u64>,
    /// Problems that many rows share: told once, with their number.
    counted: BTreeMap<(&'static str, String), (Problem, u64)>,
    major: CodeAndName,
    minor: CodeAndName,
    drafts: Vec<Draft>,
    problems: Vec<Problem>,
    skipped: u64,
}

impl Rows<'_> {
    fn cell(&self, row: usize, meaning: Meaning) -> &str {
        self.header
            .of(meaning)
            .map_or("", |column| self.sheet.text(row, column.index))
    }

    fn problem(&self, kind: &'static ProblemKind, row: usize) -> Problem {
        Problem::new(kind, self.file).line(row as u64 + 1)
    }

    /// A problem of the column with that meaning.
    fn problem_in(&self, kind: &'static ProblemKind, row: usize, meaning: Meaning) -> Problem {
        let problem = self.problem(kind, row);
        match self.header.of(meaning) {
            Some(column) => problem.column(&column.letter),
            None => problem,
        }
    }

    fn count(&mut self, key: &str, problem: Problem) {
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
            .filter(|code| code.len() > 3)
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
        let digits = self
            .minor
            .code
            .as_deref()
            .and_then(|code| code::digits(self.major.code.as_deref(), code));
        if let (Some(code), None) = (self.minor.code.as_deref(), &digits) {
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
        for draft in drafts {
            let item = self.classify(draft, edition);
            read.items.push(item);
        }
        for (problem, count) in std::mem::take(&mut self.counted).into_values() {
            self.problems.push(problem.arg("count", count));
        }
        read.rows_understood = read.items.len() as u64;
        read.rows_skipped = self.skipped;
        read.problems.append(&mut self.problems);
    }

    /// The edition of the list's codes: as the sender says, by the digits, or by which tables the names fit.
    fn edition(&self, drafts: &[Draft]) -> (Option<Edition>, Option<(&'static str, &'static str)>) {
        if self.options.edition.is_some() {
            return (self.options.edition, None);
        }
        let spoken = |edition| {
            drafts
                .iter()
                .filter(|d| d.digits.as_ref().is_some_and(|d| d.edition == Some(edition)))
                .count()
        };
        match (spoken(Edition::E2013), spoken(Edition::E2026)) {
            (0, 0) => {}
            // A list is of one edition; a few odd cells do not make it the other.
            (old, new) if new > old => return (Some(Edition::E2026), Some(("代码位数", "the number of digits"))),
            (old, new) if old > new => return (Some(Edition::E2013), Some(("代码位数", "the number of digits"))),
            _ => return (None, None),
        }
        let fitting = |edition| {
            let fits = |draft: &&Draft| {
                let kinds = draft.item.kind.map_or(Kind::ALL.to_vec(), |kind| vec![kind]);
                kinds.into_iter().any(|kind| {
                    let in_table = table_class(draft, edition, kind);
                    in_table
                        .zip(draft.item.minor.as_deref())
                        .is_some_and(|(class, name)| code::same_name(class.name, name))
                })
            };
            drafts.iter().filter(fits).count()
        };
        let coded = drafts.iter().filter(|draft| draft.digits.is_some()).count();
        let (old, new) = (fitting(Edition::E2013), fitting(Edition::E2026));
        let names = Some(("代码与名称的对应", "how codes and names go together"));
        if new > old && new * 2 >= coded {
            (Some(Edition::E2026), names)
        } else if old > new && old * 2 >= coded {
            (Some(Edition::E2013), names)
        } else {
            (None, None)
        }
    }

    /// Settles code, edition and place in the tables of an item.
    fn classify(&mut self, draft: Draft, edition: Option<Edition>) -> ListItem {
        let row = usize::try_from(draft.item.row).unwrap_or(1) - 1;
        let own = draft.edition.as_deref().and_then(|text| text.parse().ok());
        let local = draft.edition.is_some() && own.is_none();
        let edition = if local { None } else { own.or(edition) };
        let mut item = draft.item.clone();
        let shown = |item: &ListItem| {
            let parts = [item.class.as_deref(), item.minor.as_deref()];
            parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
        };
        let Some(digits) = &draft.digits else {
            let found = item
                .minor
                .as_deref()
                .and_then(|name| code::by_name(item.kind, item.major.as_deref(), name));
            let name = shown(&item);
            match found.filter(|_| !local) {
                Some(class) => {
                    item.kind = item.kind.or(Some(class.kind));
                    item.edition = Some(Edition::E2026);
                    item.class = Some(class.code.to_owned());
                    item.class_2026 = Some(class.code.to_owned());
                    item.major_code = Some(class.major.to_owned());
                    item.major = item.major.or_else(|| Some(class.major_name.to_owned()));
                    let problem = self.problem_in(&CODE_BY_NAME, row, Meaning::Minor);
                    self.problems.push(problem.arg("value", name).arg("code", class.code));
                }
                None => self
                    .problems
                    .push(self.problem_in(&NO_CODE, row, Meaning::Minor).arg("value", name)),
            }
            self.ask_kind(row, &item);
            return item;
        };
        let major = digits.major.clone().unwrap_or_default();
        let code = edition.and_then(|edition| code::class_code(edition, &major, &digits.minor));
        let Some(code) = code else {
            // A local code is whole as it stands; others need their major class to be told apart.
            let head = if local || major.is_empty() {
                String::new()
            } else {
                two_digits(&major)
            };
            let tail = if local {
                draft.code.as_deref().unwrap_or_default()
            } else {
                &digits.minor
            };
            item.class = Some(format!("{head}{tail}"));
            if !local {
                self.count("", self.problem(&NO_EDITION, row));
            }
            self.ask_kind(row, &item);
            return item;
        };
        item.edition = Some(code.edition());
        item.class = Some(code.to_string());
        let kinds = item.kind.map_or(Kind::ALL.to_vec(), |kind| vec![kind]);
        let in_tables: Vec<_> = kinds
            .iter()
            .filter_map(|kind| class(*kind, &code.to_2026(*kind)?.to_string()))
            .collect();
        let same = |class: &&&'static standards::Class| {
            item.minor
                .as_deref()
                .is_none_or(|name| code::same_name(class.name, name))
        };
        let matching: Vec<_> = in_tables.iter().filter(same).collect();
        match (&matching[..], in_tables.first()) {
            ([class], _) => {
                item.kind = item.kind.or(Some(class.kind));
                item.class_2026 = Some(class.code.to_owned());
                item.minor = item.minor.or_else(|| Some(class.name.to_owned()));
                item.major = item.major.or_else(|| Some(class.major_name.to_owned()));
            }
            ([], Some(class)) => {
                let problem = self
                    .problem_in(&OTHER_NAME, row, Meaning::Minor)
                    .arg("value", shown(&item));
                self.problems
                    .push(problem.arg("code", class.code).arg("other", class.name));
            }
            ([], None) => self.problems.push(
                self.problem_in(&LOCAL_CLASS, row, Meaning::Minor)
                    .arg("value", shown(&item)),
            ),
            // Two kinds fit alike: only a person can tell.
            _ => {}
        }
        self.ask_kind(row, &item);
        item
    }

    fn ask_kind(&mut self, row: usize, item: &ListItem) {
        if item.kind.is_none() {
            self.count("", self.problem(&NO_KIND, row));
        }
    }
}

/// The class of the 2026 tables that a code of an edition leads to.
fn table_class(draft: &Draft, edition: Edition, kind: Kind) -> Option<&'static standards::Class> {
    let digits = draft.digits.as_ref()?;
    let code = code::class_code(edition, digits.major.as_deref()?, &digits.minor)?;
    class(kind, &code.to_2026(kind)?.to_string())
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn two_digits(code: &str) -> String {
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
