//! Finding the header of a list and what each column is.
//!
//! Titles stand above the header, the header may take two rows, and no two cities use the same words. A column is
//! understood by exact words first and by telling parts second; what is not understood is shown as such and not used.

use std::collections::BTreeSet;

use standards::Unit;

use super::limit::{self, Units};
use super::sheet::{Sheet, letter};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Meaning {
    /// 序号: numbers the rows and says nothing.
    Sequence,
    /// 部件 or 事件.
    Kind,
    /// Edition of the class codes.
    Edition,
    /// Code of the major class.
    MajorCode,
    /// Name of the major class, perhaps with its code.
    Major,
    /// Code of the minor class, or of major and minor together.
    MinorCode,
    /// Name of the minor class, perhaps with its code.
    Minor,
    /// Code of the filing standard.
    StandardCode,
    /// Name of the filing standard.
    Standard,
    /// Condition for filing.
    Condition,
    /// Condition for closing.
    Closing,
    /// Time limit; with a number, of that class of area.
    Limit(Option<u8>),
    /// Unit of the time limit.
    LimitUnit,
    /// Responsible body.
    Body,
    /// Supervising body.
    Supervisor,
    /// Note.
    Note,
}

impl Meaning {
    /// The name on the wire.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Sequence => "sequence",
            Self::Kind => "kind",
            Self::Edition => "edition",
            Self::MajorCode => "major_code",
            Self::Major => "major",
            Self::MinorCode => "minor_code",
            Self::Minor => "minor",
            Self::StandardCode => "standard_code",
            Self::Standard => "standard",
            Self::Condition => "condition",
            Self::Closing => "closing_condition",
            Self::Limit(_) => "limit",
            Self::LimitUnit => "limit_unit",
            Self::Body => "body",
            Self::Supervisor => "supervisor",
            Self::Note => "note",
        }
    }

    /// Chinese label.
    pub(crate) fn zh(self) -> &'static str {
        match self {
            Self::Sequence => "序号",
            Self::Kind => "部件/事件",
            Self::Edition => "版本",
            Self::MajorCode => "大类代码",
            Self::Major => "大类",
            Self::MinorCode => "小类代码",
            Self::Minor => "小类",
            Self::StandardCode => "标准编号",
            Self::Standard => "标准名称",
            Self::Condition => "立案条件",
            Self::Closing => "结案条件",
            Self::Limit(_) => "处置时限",
            Self::LimitUnit => "时限单位",
            Self::Body => "责任主体",
            Self::Supervisor => "监督部门",
            Self::Note => "备注",
        }
    }

    /// English label.
    pub(crate) fn en(self) -> &'static str {
        match self {
            Self::Sequence => "No.",
            Self::Kind => "Kind",
            Self::Edition => "Edition",
            Self::MajorCode => "Major class code",
            Self::Major => "Major class",
            Self::MinorCode => "Minor class code",
            Self::Minor => "Minor class",
            Self::StandardCode => "Standard code",
            Self::Standard => "Standard",
            Self::Condition => "Filing condition",
            Self::Closing => "Closing condition",
            Self::Limit(_) => "Time limit",
            Self::LimitUnit => "Limit unit",
            Self::Body => "Responsible body",
            Self::Supervisor => "Supervising body",
            Self::Note => "Note",
        }
    }
}

/// A column as understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    /// Its place, from 0.
    pub index: usize,
    /// Its letter in a spreadsheet.
    pub letter: String,
    /// Its header as written, two rows joined.
    pub header: String,
    /// What it was understood as; none if it is not used.
    pub meaning: Option<Meaning>,
    /// The unit that the header gives to bare numbers.
    pub unit: Option<Unit>,
}

/// The header of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    /// Index of the first row below it.
    pub below: usize,
    /// The columns that have a header.
    pub columns: Vec<Column>,
}

impl Header {
    /// The first column of that meaning.
    pub(crate) fn of(&self, meaning: Meaning) -> Option<&Column> {
        self.columns.iter().find(|column| column.meaning == Some(meaning))
    }

    /// All columns of that meaning.
    pub(crate) fn all(&self, meaning: Meaning) -> impl Iterator<Item = &Column> {
        self.columns
            .iter()
            .filter(move |column| column.meaning == Some(meaning))
    }

    /// How many different things the columns say.
    pub(crate) fn score(&self) -> usize {
        let meanings = self.columns.iter().filter_map(|column| column.meaning);
        let telling = meanings.filter(|meaning| !matches!(meaning, Meaning::Sequence | Meaning::Note));
        telling.collect::<BTreeSet<_>>().len()
    }

    /// Whether this can be the header of a list: it names classes and says something about them.
    fn is_header(&self) -> bool {
        let has = |meaning: &[&str]| {
            self.columns
                .iter()
                .filter_map(|c| c.meaning)
                .any(|m| meaning.contains(&m.as_str()))
        };
        self.score() >= 3 && has(&["minor", "minor_code", "standard"]) && has(&["condition", "limit", "body"])
    }
}

/// Rows in which a header is looked for.
const DEPTH: usize = 40;

/// Finds the header of a sheet.
pub(crate) fn find(sheet: &Sheet) -> Option<Header> {
    let mut best: Option<Header> = None;
    for row in 0..sheet.rows.len().min(DEPTH) {
        for header in [Some(one_row(sheet, row)), two_rows(sheet, row)].into_iter().flatten() {
            if header.is_header() && best.as_ref().is_none_or(|best| header.score() > best.score()) {
                best = Some(header);
            }
        }
    }
    best.map(|header| settle(sheet, header))
}

fn column(index: usize, text: &str, meaning: Option<Meaning>) -> Column {
    Column {
        index,
        letter: letter(index),
        header: text.to_owned(),
        meaning,
        unit: unit(text),
    }
}

fn one_row(sheet: &Sheet, row: usize) -> Header {
    let cells = (0..sheet.width()).map(|index| (index, flat(sheet.text(row, index))));
    let columns = cells
        .filter(|(_, text)| !text.is_empty())
        .map(|(index, text)| column(index, &text, meaning(&text)));
    Header {
        below: row + 1,
        columns: columns.collect(),
    }
}

/// A header of two rows, if the lower one is understood throughout: a row of data would not be.
fn two_rows(sheet: &Sheet, row: usize) -> Option<Header> {
    if row + 1 >= sheet.rows.len() {
        return None;
    }
    let mut columns = Vec::new();
    let mut group = String::new();
    let mut divided = false;
    for index in 0..sheet.width() {
        let (upper, lower) = (flat(sheet.text(row, index)), flat(sheet.text(row + 1, index)));
        // Where merging was lost, the upper word stands over the first of its columns only.
        let over = if upper.is_empty() { group.clone() } else { upper.clone() };
        group.clone_from(&over);
        if lower.is_empty() || lower == upper {
            if !upper.is_empty() {
                columns.push(column(index, &upper, meaning(&upper)));
            }
            continue;
        }
        divided = true;
        let joined = format!("{over}{lower}");
        let found = exact(&joined)
            .or_else(|| area_limit(&over, &lower))
            .or_else(|| exact(&lower))?;
        columns.push(Column {
            header: format!("{over} {lower}").trim().to_owned(),
            ..column(index, &joined, Some(found))
        });
    }
    divided.then_some(Header {
        below: row + 2,
        columns,
    })
}

/// A header's text on one line.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join("")
}

/// The words of a header: half-width, lower case, without brackets and what is in them, without signs.
fn word(text: &str) -> String {
    let mut depth = 0u32;
    let mut word = String::new();
    for c in standards::text::half_width(text).to_lowercase().chars() {
        match c {
            '(' | '[' | '【' | '〔' => depth += 1,
            ')' | ']' | '】' | '〕' => depth = depth.saturating_sub(1),
            c if depth == 0 && c.is_alphanumeric() => word.push(c),
            _ => {}
        }
    }
    word
}

/// `处置时限（工作日）`: the unit in brackets.
fn unit(text: &str) -> Option<Unit> {
    let plain = standards::text::half_width(text);
    let inside = plain.split_once(['(', '['])?.1.split([')', ']']).next()?;
    let inside = inside.trim_start_matches("单位").trim_start_matches(':');
    let units = Units {
        hour: Some(Unit::UrgentHour),
        day: Some(Unit::CalendarDay),
        bare: None,
    };
    match limit::read(&format!("1{inside}"), units) {
        Ok((limit::LimitText::One(limit), _)) if limit.amount() == 1.0 => Some(limit.unit()),
        _ => None,
    }
}

fn meaning(text: &str) -> Option<Meaning> {
    exact(text).or_else(|| telling(text))
}

fn exact(text: &str) -> Option<Meaning> {
    let word = word(text);
    let found = match word.as_str() {
        "序号" | "序" | "编次" | "no" | "number" | "sequence" => Meaning::Sequence,
        "部件事件" | "部事件" | "部件或事件" | "部事件类型" | "案件类型" | "问题类型" | "种类" | "kind" => {
            Meaning::Kind
        }
        "版本" | "编码版本" | "edition" => Meaning::Edition,
        "大类代码" | "大类编码" | "大类编号" | "大类码" | "一级代码" | "majorcode" | "majorclasscode" => {
            Meaning::MajorCode
        }
        "大类" | "大类名称" | "大类名" | "一级类别" | "一级分类" | "一级" | "类别" | "类别名称" | "分类" | "类型"
        | "major" | "majorclass" | "majorname" | "category" => Meaning::Major,
        "小类代码" | "小类编码" | "小类编号" | "小类码" | "代码" | "编码" | "编号" | "部件代码" | "事件代码"
        | "问题代码" | "类别代码" | "二级代码" | "minorcode" | "minorclasscode" | "classcode" | "code" => {
            Meaning::MinorCode
        }
        "小类" | "小类名称" | "小类名" | "二级类别" | "二级分类" | "二级" | "名称" | "部件名称" | "事件名称"
        | "问题名称" | "事项名称" | "事项" | "部件小类" | "事件小类" | "minor" | "minorclass" | "minorname"
        | "subcategory" | "class" | "name" => Meaning::Minor,
        "标准编号" | "标准代码" | "立案标准编号" | "立案标准代码" | "细类代码" | "子类代码" | "三级代码"
        | "standardcode" => Meaning::StandardCode,
        "标准名称" | "立案标准名称" | "细类" | "细类名称" | "子类" | "子类名称" | "三级类别" | "三级分类" | "三级"
        | "问题描述" | "问题情形" | "standard" | "standardname" | "filingstandard" => Meaning::Standard,
        "立案条件" | "立案标准" | "立案规范" | "立案要求" | "立案情形" | "上报标准" | "采集标准" | "condition"
        | "filingcondition" => Meaning::Condition,
        "结案条件" | "结案标准" | "结案规范" | "结案要求" | "处置标准" | "处置要求" | "整改标准"
        | "closingcondition" | "closingstandard" => Meaning::Closing,
        "处置时限" | "时限" | "处理时限" | "办理时限" | "完成时限" | "办结时限" | "结案时限" | "处置期限"
        | "处理期限" | "整改时限" | "处置时间" | "处理时间" | "limit" | "timelimit" | "deadline" => {
            Meaning::Limit(None)
        }
        "时限单位" | "处置时限单位" | "单位时限" | "limitunit" => Meaning::LimitUnit,
        "责任主体" | "责任单位" | "责任部门" | "处置单位" | "处置主体" | "处置部门" | "处理单位" | "承办单位"
        | "养护单位" | "管养单位" | "权属单位" | "专业部门" | "执行单位" | "责任主体单位" | "body"
        | "responsiblebody" | "responsible" | "handler" => Meaning::Body,
        "监督部门" | "监督单位" | "监督主体" | "监管部门" | "监管单位" | "主管部门" | "行业主管部门" | "督办部门"
        | "牵头部门" | "牵头单位" | "supervisor" | "supervisingbody" => Meaning::Supervisor,
        "备注" | "说明" | "注" | "note" | "notes" | "remark" | "remarks" => Meaning::Note,
        _ => return None,
    };
    Some(found)
}

/// Headers that say the same with more words, such as `城管案件立案条件及标准`. A title is longer.
fn telling(text: &str) -> Option<Meaning> {
    let word = word(text);
    if word.is_empty() || word.chars().count() > 14 {
        return None;
    }
    let has = |parts: &[&str]| parts.iter().any(|part| word.contains(part));
    let rule = has(&["条件", "标准", "要求", "规范"]);
    if let Some(limit) = area_limit(&word, &word) {
        return Some(limit);
    }
    if has(&["结案"]) && rule {
        Some(Meaning::Closing)
    } else if has(&["立案"]) && rule {
        Some(Meaning::Condition)
    } else if has(&["时限", "期限"]) {
        Some(Meaning::Limit(None))
    } else if has(&["监督", "监管", "督办", "主管"]) && has(&["部门", "单位", "主体"]) {
        Some(Meaning::Supervisor)
    } else if has(&["责任", "处置", "承办"]) && has(&["部门", "单位", "主体"]) {
        Some(Meaning::Body)
    } else if has(&["大类"]) {
        Some(if has(&["码", "编号"]) {
            Meaning::MajorCode
        } else {
            Meaning::Major
        })
    } else if has(&["小类"]) {
        Some(if has(&["码", "编号"]) {
            Meaning::MinorCode
        } else {
            Meaning::Minor
        })
    } else if has(&["备注"]) {
        Some(Meaning::Note)
    } else {
        None
    }
}

/// `处置时限` over `一类区域`, or both in one cell.
fn area_limit(over: &str, lower: &str) -> Option<Meaning> {
    if !["时限", "期限", "limit"].iter().any(|word| over.contains(word)) {
        return None;
    }
    let lower = word(lower);
    let class = [
        ("一类", 1),
        ("二类", 2),
        ("三类", 3),
        ("四类", 4),
        ("1类", 1),
        ("2类", 2),
        ("3类", 3),
        ("4类", 4),
        ("a类", 1),
        ("b类", 2),
        ("c类", 3),
        ("d类", 4),
    ];
    class
        .iter()
        .find(|(word, _)| lower.contains(word))
        .map(|(_, class)| Meaning::Limit(Some(*class)))
}

/// Decides what only the columns together, or what is below them, can tell.
fn settle(sheet: &Sheet, mut header: Header) -> Header {
    // 类别 holds major classes, unless all it says is 部件 and 事件.
    let is_kind = |index: usize| {
        let cells = (header.below..sheet.rows.len())
            .map(|row| sheet.text(row, index))
            .filter(|text| !text.is_empty());
        let mut cells = cells.peekable();
        cells.peek().is_some() && cells.all(|text| super::code::kind(text).is_some())
    };
    let kinds: Vec<usize> = header
        .columns
        .iter()
        .filter(|c| c.meaning == Some(Meaning::Major) && is_kind(c.index))
        .map(|c| c.index)
        .collect();
    for column in &mut header.columns {
        if kinds.contains(&column.index) {
            column.meaning = Some(Meaning::Kind);
        }
    }
    // 主管部门 is who must act where nobody else is named.
    if header.of(Meaning::Body).is_none()
        && let Some(first) = header
            .columns
            .iter_mut()
            .find(|c| c.meaning == Some(Meaning::Supervisor))
    {
        first.meaning = Some(Meaning::Body);
    }
    header
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_understood_in_many_words() {
        for (text, expected) in [
            ("大类\n代码", Some(Meaning::MajorCode)),
            ("小 类 名 称", Some(Meaning::Minor)),
            ("立案条件（含图示）", Some(Meaning::Condition)),
            ("结案标准", Some(Meaning::Closing)),
            ("处置时限（工作日）", Some(Meaning::Limit(None))),
            ("一类区域处置时限", Some(Meaning::Limit(Some(1)))),
            ("责任主体单位", Some(Meaning::Body)),
            ("行业监管部门", Some(Meaning::Supervisor)),
            ("Filing condition", Some(Meaning::Condition)),
            ("照片", None),
            ("江都区城市管理部件事件立案标准及处置时限责任清单", None),
        ] {
            assert_eq!(meaning(&flat(text)), expected, "{text}");
        }
        assert_eq!(unit("处置时限（工作日）"), Some(Unit::WorkingDay));
        assert_eq!(unit("处置时限（单位：小时）"), Some(Unit::UrgentHour));
        assert_eq!(unit("处置时限（见附件）"), None);
    }

    #[test]
    fn columns_have_letters() {
        assert_eq!([0, 25, 26, 701, 702].map(letter), ["A", "Z", "AA", "ZZ", "AAA"]);
    }
}
