//! A workbook or a CSV file as sheets of text, with merged cells filled.

use std::io::Cursor;

use calamine::{DataRef, Dimensions, Reader, SheetType, SheetVisible, Xlsx, XlsxError};
use kernel::intake::{Kind, Problem, decode, delimiter, tidy};

/// Neither a workbook nor text.
pub(crate) const UNREADABLE: Kind = Kind::error(
    "cases.list_unreadable",
    "文件无法读取（支持XLSX和CSV）：{why}",
    "The file cannot be read (XLSX and CSV can): {why}",
);
/// A workbook of before 2007.
pub(crate) const OLD_WORKBOOK: Kind = Kind::error(
    "cases.list_old_workbook",
    "文件是旧版XLS工作簿，请另存为XLSX",
    "The file is an old XLS workbook; save it as XLSX",
);
/// A formula that came to nothing.
pub(crate) const CELL_ERROR: Kind = Kind::warning(
    "cases.list_cell_error",
    "单元格是公式错误“{value}”，按空处理",
    "The cell holds the formula error “{value}” and counts as empty",
);
/// More rows or columns than a list of this kind has.
pub(crate) const TOO_LARGE: Kind = Kind::error(
    "cases.list_too_large",
    "表“{sheet}”超过{rows}行或{columns}列，超出部分未读取",
    "The sheet “{sheet}” has more than {rows} rows or {columns} columns; what is beyond was not read",
);

/// Rows read of one sheet; a city's list has some thousand.
pub(crate) const MOST_ROWS: u32 = 20_000;
/// Columns read of one sheet.
pub(crate) const MOST_COLUMNS: u32 = 100;

/// A cell and where its text stands: in a merged region that is the region's first cell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cell {
    /// The text, tidied.
    pub text: String,
    /// Row and column where it was written.
    pub origin: (usize, usize),
}

/// One sheet from its first row on, so that the index of a row is its number less one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sheet {
    /// Its name; the file's name for CSV.
    pub name: String,
    /// Hidden by its author.
    pub hidden: bool,
    /// The cells; all rows have the same length.
    pub rows: Vec<Vec<Cell>>,
}

impl Sheet {
    /// The text of a cell; empty where there is none.
    pub(crate) fn text(&self, row: usize, column: usize) -> &str {
        self.rows
            .get(row)
            .and_then(|cells| cells.get(column))
            .map_or("", |cell| cell.text.as_str())
    }

    /// How many columns there are.
    pub(crate) fn width(&self) -> usize {
        self.rows.first().map_or(0, Vec::len)
    }

    /// The cells of a row that say something, a merged region once.
    pub(crate) fn said(&self, row: usize) -> Vec<&Cell> {
        let mut said: Vec<&Cell> = Vec::new();
        for cell in self
            .rows
            .get(row)
            .into_iter()
            .flatten()
            .filter(|cell| !cell.text.is_empty())
        {
            if !said.iter().any(|other| other.origin == cell.origin) {
                said.push(cell);
            }
        }
        said
    }
}

/// The letter of a column as spreadsheets show it.
pub(crate) fn letter(column: usize) -> String {
    let mut letters = String::new();
    let mut left = column + 1;
    while left > 0 {
        let digit = u8::try_from((left - 1) % 26).unwrap_or(0);
        letters.insert(0, char::from(b'A' + digit));
        left = (left - 1) / 26;
    }
    letters
}

/// Reads all sheets of a file.
///
/// # Errors
/// Why it cannot be read.
pub(crate) fn read(file: &str, bytes: &[u8], problems: &mut Vec<Problem>) -> Result<Vec<Sheet>, Box<Problem>> {
    let unreadable = |why: &str| Box::new(Problem::new(&UNREADABLE, file).arg("why", why));
    if bytes.starts_with(b"PK") {
        return workbook(file, bytes, problems).map_err(|error| unreadable(&error.to_string()));
    }
    if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return Err(Box::new(Problem::new(&OLD_WORKBOOK, file)));
    }
    let decoded = decode(bytes);
    if decoded.lossy || decoded.text.contains('\0') {
        return Err(unreadable("UTF-8 / GB 18030"));
    }
    Ok(vec![csv_sheet(file, &decoded.text, problems)])
}

fn workbook(file: &str, bytes: &[u8], problems: &mut Vec<Problem>) -> Result<Vec<Sheet>, XlsxError> {
    let mut book = Xlsx::new(Cursor::new(bytes))?;
    let listed: Vec<calamine::Sheet> = book.sheets_metadata().to_vec();
    let mut sheets = Vec::new();
    for listed in listed.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet) {
        let regions = book.merge_cells_by_sheet_name(&listed.name)?;
        let rows = cells(file, &mut book, &listed.name, problems)?;
        let mut sheet = fill(file, &listed.name, &rows, &regions, problems);
        sheet.hidden = listed.visible != SheetVisible::Visible;
        sheets.push(sheet);
    }
    Ok(sheets)
}

/// The cells of a sheet as text. They are read one by one, because a single stray cell in the last corner of a sheet
/// would make the whole of it be held in memory otherwise.
fn cells(
    file: &str,
    book: &mut Xlsx<Cursor<&[u8]>>,
    name: &str,
    problems: &mut Vec<Problem>,
) -> Result<Vec<Vec<String>>, XlsxError> {
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut reader = book.worksheet_cells_reader(name)?;
    while let Some(cell) = reader.next_cell()? {
        let (row, column) = cell.get_position();
        let said = match cell.get_value() {
            DataRef::Empty => continue,
            DataRef::Error(error) => {
                let problem = Problem::new(&CELL_ERROR, file).line(u64::from(row) + 1);
                problems.push(problem.column(letter(column as usize)).arg("value", error));
                continue;
            }
            value => text(value),
        };
        if said.trim().is_empty() {
            continue;
        }
        // One row and column more than is read, so that too large a sheet is noticed.
        let (row, column) = (row.min(MOST_ROWS) as usize, column.min(MOST_COLUMNS) as usize);
        if rows.len() <= row {
            rows.resize(row + 1, Vec::new());
        }
        if rows[row].len() <= column {
            rows[row].resize(column + 1, String::new());
        }
        rows[row][column] = said;
    }
    Ok(rows)
}

/// A cell's text as a person reads it; whole numbers without a fraction.
fn text(data: &DataRef<'_>) -> String {
    match data {
        DataRef::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => format!("{number:.0}"),
        DataRef::Float(number) => number.to_string(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Bool(yes) => yes.to_string(),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::DateTime(at) => {
            let (year, month, day, ..) = at.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        DataRef::Error(_) | DataRef::Empty => String::new(),
    }
}

fn csv_sheet(file: &str, text: &str, problems: &mut Vec<Problem>) -> Sheet {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(text))
        .from_reader(text.as_bytes());
    let mut rows: Vec<Vec<String>> = Vec::new();
    // Text in memory can fail neither at reading nor at its encoding.
    for record in reader.records().map_while(Result::ok) {
        let line = record.position().map_or(0, csv::Position::line);
        // Rows are numbered by lines here, so that a problem is found with any editor.
        let index = usize::try_from(line).unwrap_or(1).saturating_sub(1);
        if index >= rows.len() {
            rows.resize(index, Vec::new());
        }
        rows.push(record.iter().map(str::to_owned).collect());
    }
    fill(file, file, &rows, &[], problems)
}

/// Makes a sheet of raw rows: tidies the cells, gives all rows one length, fills the merged regions.
fn fill(file: &str, name: &str, rows: &[Vec<String>], regions: &[Dimensions], problems: &mut Vec<Problem>) -> Sheet {
    let (most_rows, most_columns) = (MOST_ROWS as usize, MOST_COLUMNS as usize);
    let width = rows.iter().map(Vec::len).max().unwrap_or(0);
    if rows.len() > most_rows || width > most_columns {
        let problem = Problem::new(&TOO_LARGE, file).arg("sheet", name);
        problems.push(problem.arg("rows", MOST_ROWS).arg("columns", MOST_COLUMNS));
    }
    let width = width.min(most_columns);
    let mut filled: Vec<Vec<Cell>> = Vec::with_capacity(rows.len().min(most_rows));
    for (row, cells) in rows.iter().take(most_rows).enumerate() {
        let text = |column: usize| tidy(cells.get(column).map_or("", String::as_str)).to_owned();
        filled.push(
            (0..width)
                .map(|column| Cell {
                    text: text(column),
                    origin: (row, column),
                })
                .collect(),
        );
    }
    for region in regions {
        let (top, left) = (region.start.0 as usize, region.start.1 as usize);
        let Some(first) = filled.get(top).and_then(|cells| cells.get(left)).cloned() else {
            continue;
        };
        let bottom = (region.end.0 as usize + 1).min(filled.len());
        let right = (region.end.1 as usize + 1).min(width);
        for cells in filled.get_mut(top..bottom).into_iter().flatten() {
            for cell in cells.get_mut(left..right).into_iter().flatten() {
                cell.clone_from(&first);
            }
        }
    }
    Sheet {
        name: name.to_owned(),
        hidden: false,
        rows: filled,
    }
}
