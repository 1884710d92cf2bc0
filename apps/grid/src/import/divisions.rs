//! The area tree from the statistical code files: lists of code and name, as CSV.
//!
//! The level of an area follows from the length of its code (6 district, 9 town, 12 village, 15 grid) and its parent is
//! the prefix. The official lists pad codes with zeros to twelve digits; the padding is taken off. Headers differ from
//! source to source, so columns are found by known words; a file without a header is read if its first row is a code
//! and a name.

use std::collections::BTreeSet;

use kernel::intake::{Kind, Problem, delimiter, tidy};
use standards::{AreaCode, CodeError, Level};

use crate::model::{GridKind, LONGEST_NAME};

/// No columns for code and name.
pub(crate) const UNKNOWN_LAYOUT: Kind = Kind::error(
    "grid.import_unknown_layout",
    "没有找到代码列和名称列，表头为：{header}",
    "No columns for code and name were found; the header reads: {header}",
);
/// Not a code.
pub(crate) const BAD_CODE: Kind = Kind::error(
    "grid.import_bad_code",
    "“{value}”不是区划代码：{why}",
    "“{value}” is not an area code: {why_en}",
);
/// A spreadsheet has turned the code into a rounded number.
pub(crate) const ROUNDED_CODE: Kind = Kind::error(
    "grid.import_rounded_code",
    "代码“{value}”已被电子表格改成科学计数法，末位丢失，请将该列设为文本后重新导出",
    "A spreadsheet rounded the code “{value}”; set the column to text and export again",
);
/// A province or a city.
pub(crate) const ABOVE_DISTRICT: Kind = Kind::note(
    "grid.import_above_district",
    "{code} {name}在区县以上，不导入",
    "{code} {name} is above the district and is left out",
);
/// No name.
pub(crate) const EMPTY_NAME: Kind = Kind::error(
    "grid.import_empty_name",
    "代码{code}没有名称",
    "The code {code} has no name",
);
/// A name too long to be one, or with control characters.
pub(crate) const BAD_NAME: Kind = Kind::error(
    "grid.import_bad_name",
    "{code}的名称“{value}”超过{longest}个字或含有控制字符",
    "The name “{value}” of {code} is longer than {longest} characters or holds control characters",
);
/// A row of another level than the sender announced.
pub(crate) const WRONG_LEVEL: Kind = Kind::error(
    "grid.import_wrong_level",
    "{code} {name}的层级是{level}，而本次导入的层级是{wanted}",
    "{code} {name} is of the level {level_en}, but this import is of the level {wanted_en}",
);
/// A column with the code of something above the area contradicts the area's own code.
pub(crate) const PARENT_DIFFERS: Kind = Kind::error(
    "grid.import_parent_differs",
    "{code}的上级代码“{value}”与自身代码不符",
    "The upper code “{value}” of {code} does not fit its own code",
);
/// A kind of grid that nobody knows.
pub(crate) const UNKNOWN_KIND: Kind = Kind::warning(
    "grid.import_unknown_kind",
    "网格类型“{value}”无法识别（综合网格、专属网格），未采用",
    "“{value}” is no kind of grid (general, dedicated) and is left out",
);
/// A number that is none.
pub(crate) const BAD_NUMBER: Kind = Kind::warning(
    "grid.import_bad_number",
    "“{value}”不是数，未采用",
    "“{value}” is not a number and is left out",
);

/// An area as read, not yet compared with what is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AreaRow {
    /// Code, without the zeros that official lists fill up with; it says the level and the parent.
    pub code: AreaCode,
    /// Name as written.
    pub name: String,
    /// What kind of grid it is.
    pub kind: Option<GridKind>,
    /// Inhabitants.
    pub population: Option<i64>,
    /// Households.
    pub households: Option<i64>,
    /// The file it came from; empty if it was made from an option.
    pub file: String,
    /// Its line, or the number of its feature.
    pub line: u64,
}

impl AreaRow {
    /// A row with code and name alone.
    pub(crate) fn new(code: AreaCode, name: String, file: &str, line: u64) -> Self {
        Self {
            code,
            name,
            kind: None,
            population: None,
            households: None,
            file: file.to_owned(),
            line,
        }
    }
}

/// What one file held.
#[derive(Debug, Default)]
pub(crate) struct Read {
    /// The rows that were understood.
    pub rows: Vec<AreaRow>,
    /// Codes of rows that were understood no further than their code.
    pub refused: Vec<AreaCode>,
    /// What was wrong.
    pub problems: Vec<Problem>,
}

/// Where the text of a code leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CodeReading {
    /// An area of the tree.
    Area(AreaCode),
    /// A province or a city, by its digits without filling: outside the tree.
    Above(String),
    /// A number that a spreadsheet has rounded.
    Rounded,
    /// Not a code.
    Bad(CodeError),
}

/// Reads a code as files write it: filled with zeros or not, full-width or not, `321012.0` where a spreadsheet took it
/// for a number.
pub(crate) fn read_code(cell: &str) -> CodeReading {
    let text = standards::text::code(tidy(cell));
    let text = text.strip_suffix(".0").unwrap_or(&text);
    let above = match text.len() {
        2 | 4 => Some(text),
        6 | 9 | 12 => text
            .get(..6)
            .filter(|six| six.ends_with("00") && text.bytes().skip(6).all(|b| b == b'0')),
        _ => None,
    };
    if let Some(digits) = above.filter(|a| standards::area::is_province(a) && a.bytes().all(|b| b.is_ascii_digit())) {
        let bare = digits.strip_suffix("00").filter(|d| d.len() == 4).unwrap_or(digits);
        return CodeReading::Above(bare.strip_suffix("00").unwrap_or(bare).to_owned());
    }
    if text.contains('E') && text.parse::<f64>().is_ok() {
        return CodeReading::Rounded;
    }
    match AreaCode::parse_filled(text) {
        Ok(code) => CodeReading::Area(code),
        Err(error) => CodeReading::Bad(error),
    }
}

const CODE: &[&str] = &[
    "code",
    "代码",
    "编码",
    "区划代码",
    "行政区划代码",
    "统计用区划代码",
    "统计代码",
    "单位代码",
    "网格代码",
    "网格编码",
    "gridcode",
    "村代码",
    "社区代码",
    "村社区代码",
    "村居代码",
    "villagecode",
    "镇街代码",
    "街道代码",
    "towncode",
    "adcode",
];
const NAME: &[&str] = &[
    "name",
    "名称",
    "区划名称",
    "行政区划名称",
    "单位名称",
    "网格名称",
    "gridname",
    "村名称",
    "社区名称",
    "村社区名称",
    "村居名称",
    "villagename",
    "镇街名称",
    "街道名称",
    "townname",
    "村社区",
    "网格",
];
const UPPER: &[&str] = &[
    "parent",
    "parentcode",
    "pcode",
    "上级代码",
    "上级区划代码",
    "上级编码",
    "provincecode",
    "citycode",
    "areacode",
    "countycode",
    "districtcode",
    "streetcode",
    "towncode",
    "villagecode",
    "镇街代码",
    "街道代码",
    "村代码",
    "社区代码",
    "村社区代码",
];
const KIND: &[&str] = &["kind", "type", "类型", "网格类型", "类别"];
const POPULATION: &[&str] = &["population", "人口", "人口数", "人数", "常住人口"];
const HOUSEHOLDS: &[&str] = &["households", "户数", "家庭户数", "总户数"];

/// Header words are compared without case, blanks, underscores and brackets.
fn header_word(cell: &str) -> String {
    standards::text::half_width(cell)
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

#[derive(Debug, Default)]
struct Columns {
    code: usize,
    name: usize,
    upper: Vec<usize>,
    kind: Option<usize>,
    population: Option<usize>,
    households: Option<usize>,
}

impl Columns {
    fn find(header: &csv::StringRecord) -> Option<Self> {
        let words: Vec<String> = header.iter().map(header_word).collect();
        let first = |known: &[&str]| known.iter().find_map(|k| words.iter().position(|w| w == k));
        let code = first(CODE)?;
        Some(Self {
            code,
            name: first(NAME)?,
            upper: (0..words.len())
                .filter(|i| *i != code && UPPER.contains(&words[*i].as_str()))
                .collect(),
            kind: first(KIND),
            population: first(POPULATION),
            households: first(HOUSEHOLDS),
        })
    }

    /// A file without a header: its first cell is a code, and the first later cell that is no number is the name.
    fn guess(first: &csv::StringRecord) -> Option<Self> {
        let CodeReading::Area(_) = read_code(first.get(0)?) else {
            return None;
        };
        let is_number = |cell: &str| tidy(cell).bytes().all(|b| b.is_ascii_digit());
        let name = first.iter().position(|cell| !is_number(cell))?;
        Some(Self {
            name,
            ..Self::default()
        })
    }
}

/// Reads one list.
pub(crate) fn read(file: &str, text: &str, wanted: Option<Level>) -> Read {
    let mut read = Read::default();
    let mut columns: Option<Columns> = None;
    let mut in_file = BTreeSet::new();
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(text))
        .from_reader(text.as_bytes());
    let mut first_line = None;
    // A &str in memory can fail neither at reading nor at its encoding, so the rows are all there are.
    for record in reader.records().map_while(Result::ok) {
        let line = record.position().map_or(0, csv::Position::line);
        if record.iter().all(|cell| tidy(cell).is_empty()) {
            continue;
        }
        let found = match &columns {
            Some(found) => found,
            None => {
                let header = Columns::find(&record);
                let is_header = header.is_some();
                // Only the first row can be data without a header; above a header there may be a title.
                let guessed = if first_line.is_none() {
                    header.or_else(|| Columns::guess(&record))
                } else {
                    header
                };
                first_line.get_or_insert_with(|| (line, record.iter().collect::<Vec<_>>().join(" | ")));
                let Some(found) = guessed else { continue };
                let found = &*columns.insert(found);
                if is_header {
                    continue;
                }
                found
            }
        };
        let row = Row {
            file,
            line,
            record: &record,
            columns: found,
        };
        match row.read(wanted, &mut read.problems) {
            Ok(area) => {
                in_file.insert(area.code);
                read.rows.push(area);
            }
            Err(code) => read.refused.extend(code),
        }
    }
    if columns.is_none() {
        let (line, header) = first_line.unwrap_or((1, String::new()));
        read.problems
            .push(Problem::new(&UNKNOWN_LAYOUT, file).line(line).arg("header", header));
    }
    read.refused.retain(|code| !in_file.contains(code));
    read
}

struct Row<'a> {
    file: &'a str,
    line: u64,
    record: &'a csv::StringRecord,
    columns: &'a Columns,
}

impl Row<'_> {
    fn cell(&self, column: usize) -> &str {
        tidy(self.record.get(column).unwrap_or(""))
    }

    fn problem(&self, kind: &'static Kind) -> Problem {
        Problem::new(kind, self.file).line(self.line)
    }

    /// The row as an area; else the code it would have had, if even that was readable.
    fn read(&self, wanted: Option<Level>, problems: &mut Vec<Problem>) -> Result<AreaRow, Option<AreaCode>> {
        let raw = self.cell(self.columns.code);
        let name = self.cell(self.columns.name);
        let code = match code_or_problem(raw, name) {
            Ok(code) => code,
            Err(problem) => {
                problems.push(problem.at(self.file, self.line));
                return Err(None);
            }
        };
        let level = code.level();
        let before = problems.len();
        problems.extend(bad_name(code, name).map(|problem| problem.at(self.file, self.line)));
        if let Some(wanted) = wanted.filter(|w| *w != level) {
            let problem = self.problem(&WRONG_LEVEL).arg("code", code).arg("name", name);
            let problem = problem.arg("level", level.zh()).arg("level_en", level);
            problems.push(problem.arg("wanted", wanted.zh()).arg("wanted_en", wanted));
        }
        for column in &self.columns.upper {
            let upper = self.cell(*column);
            if !upper.is_empty() && !is_above(upper, code) {
                problems.push(self.problem(&PARENT_DIFFERS).arg("code", code).arg("value", upper));
            }
        }
        if problems.len() > before {
            return Err(Some(code));
        }
        let mut row = AreaRow::new(code, name.to_owned(), self.file, self.line);
        if level == Level::Grid {
            row.kind = self.kind(problems);
        }
        row.population = self.number(self.columns.population, problems);
        row.households = self.number(self.columns.households, problems);
        Ok(row)
    }

    fn kind(&self, problems: &mut Vec<Problem>) -> Option<GridKind> {
        let cell = self.cell(self.columns.kind?);
        let kind = GridKind::read(cell);
        if kind.is_none() && !cell.is_empty() {
            problems.push(self.problem(&UNKNOWN_KIND).arg("value", cell));
        }
        kind
    }

    fn number(&self, column: Option<usize>, problems: &mut Vec<Problem>) -> Option<i64> {
        let cell = self.cell(column?);
        if cell.is_empty() {
            return None;
        }
        let number = standards::text::code(cell).parse().ok().filter(|n: &i64| *n >= 0);
        if number.is_none() {
            problems.push(self.problem(&BAD_NUMBER).arg("value", cell));
        }
        number
    }
}

/// Whether an upper code, filled with zeros or not, is a prefix of the code.
fn is_above(upper: &str, code: AreaCode) -> bool {
    match read_code(upper) {
        CodeReading::Area(upper) => upper != code && upper.contains(code),
        CodeReading::Above(upper) => code.as_str().starts_with(&upper),
        CodeReading::Rounded | CodeReading::Bad(_) => false,
    }
}

/// The code in a cell, or what is wrong with it, its place still to be said.
pub(super) fn code_or_problem(cell: &str, name: &str) -> Result<AreaCode, Problem> {
    match read_code(cell) {
        CodeReading::Area(code) => Ok(code),
        CodeReading::Above(code) => Err(Problem::new(&ABOVE_DISTRICT, "").arg("code", code).arg("name", name)),
        CodeReading::Rounded => Err(Problem::new(&ROUNDED_CODE, "").arg("value", cell)),
        CodeReading::Bad(why) => Err(Problem::new(&BAD_CODE, "")
            .arg("value", cell)
            .arg("why", why.zh())
            .arg("why_en", why)),
    }
}

/// Checks a name: not empty, not too long, no control characters. The place is still to be said.
pub(super) fn bad_name(code: AreaCode, name: &str) -> Option<Problem> {
    let kind = if name.is_empty() {
        &EMPTY_NAME
    } else if name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
        &BAD_NAME
    } else {
        return None;
    };
    Some(
        Problem::new(kind, "")
            .arg("code", code)
            .arg("value", name)
            .arg("longest", LONGEST_NAME),
    )
}
