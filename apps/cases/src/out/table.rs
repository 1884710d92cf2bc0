//! Rows as a file: CSV that spreadsheets open as it is, or a workbook. Both are written row by row, so that a file of a
//! million rows takes no more memory than one of ten.

use std::fs::File;
use std::io::{Seek, SeekFrom};

use jiff::civil::DateTime;
use kernel::error::{Error, Lang, Result};
use rust_xlsxwriter::{ExcelDateTime, Format as Look, Workbook, Worksheet, XlsxError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a list is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    /// Text with commas, in UTF-8 with the mark by which spreadsheets know it.
    Csv,
    /// A workbook.
    Xlsx,
}

impl Format {
    pub(crate) fn mime(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    pub(crate) fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }
}

/// One cell.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell {
    Text(String),
    Number(f64),
    /// A share, 0 to 1.
    Share(f64),
    /// A moment in the district's zone.
    At(DateTime),
    Empty,
}

impl Cell {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() { Self::Empty } else { Self::Text(text) }
    }

    /// A count.
    #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
    pub(crate) fn count(n: i64) -> Self {
        Self::Number(n as f64)
    }
}

/// A column's head.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Head {
    pub zh: &'static str,
    pub en: &'static str,
    /// Its width in a workbook, in characters.
    pub width: f64,
}

impl Head {
    fn label(&self, lang: Lang) -> &'static str {
        lang.pick(self.zh, self.en)
    }
}

/// The mark that tells a spreadsheet that a text is UTF-8.
const MARK: &str = "\u{feff}";

/// The head of a CSV file.
pub(crate) fn csv_head(heads: &[Head], lang: Lang) -> Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(MARK.as_bytes().to_vec());
    writer
        .write_record(heads.iter().map(|it| it.label(lang)))
        .map_err(Error::internal)?;
    finished(writer)
}

/// Rows as CSV.
pub(crate) fn csv_rows(rows: &[Vec<Cell>]) -> Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::with_capacity(rows.len() * 256));
    for row in rows {
        writer.write_record(row.iter().map(csv_cell)).map_err(Error::internal)?;
    }
    finished(writer)
}

fn finished(writer: csv::Writer<Vec<u8>>) -> Result<Vec<u8>> {
    writer.into_inner().map_err(|it| Error::internal(it.into_error()))
}

fn csv_cell(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => harmless(text),
        Cell::Number(number) => number.to_string(),
        Cell::Share(share) => format!("{:.4}", share),
        Cell::At(at) => at.strftime("%Y-%m-%d %H:%M:%S").to_string(),
        Cell::Empty => String::new(),
    }
}

/// A text that a spreadsheet would take for a formula, and run, gets an apostrophe. In a workbook a text is a text.
fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// The rows that a sheet of a workbook can hold, its head included.
pub(crate) const SHEET_ROWS: u32 = 1_048_576;

/// The longest text that a cell of a workbook can hold.
const LONGEST: usize = 32_767;

/// A workbook in the making. What was written goes to a temporary file at once; it goes on on a second sheet.
pub(crate) struct Book {
    book: Workbook,
    title: &'static str,
    heads: Vec<Head>,
    lang: Lang,
    most_rows: u32,
    sheets: usize,
    row: u32,
    looks: Looks,
}

struct Looks {
    head: Look,
    time: Look,
    share: Look,
}

impl Book {
    pub(crate) fn new(title: &'static str, heads: &[Head], lang: Lang, most_rows: u32) -> Result<Self> {
        let mut book = Self {
            book: Workbook::new(),
            title,
            heads: heads.to_vec(),
            lang,
            most_rows,
            sheets: 0,
            row: 0,
            looks: Looks {
                head: Look::new().set_bold().set_background_color(0x00EE_F2F7),
                time: Look::new().set_num_format("yyyy-mm-dd hh:mm"),
                share: Look::new().set_num_format("0.0%"),
            },
        };
        book.next_sheet().map_err(Error::internal)?;
        Ok(book)
    }

    fn next_sheet(&mut self) -> std::result::Result<(), XlsxError> {
        self.sheets += 1;
        let name = if self.sheets == 1 {
            self.title.to_owned()
        } else {
            format!("{} {}", self.title, self.sheets)
        };
        let sheet = self.book.add_worksheet_with_constant_memory()?;
        sheet.set_name(name)?;
        sheet.set_freeze_panes(1, 0)?;
        for (column, head) in (0u16..).zip(&self.heads) {
            sheet.set_column_width(column, head.width)?;
        }
        for (column, head) in (0u16..).zip(&self.heads) {
            sheet.write_string_with_format(0, column, head.label(self.lang), &self.looks.head)?;
        }
        self.row = 1;
        Ok(())
    }

    /// Adds rows.
    pub(crate) fn write(&mut self, rows: &[Vec<Cell>]) -> Result<()> {
        self.try_write(rows).map_err(Error::internal)
    }

    fn try_write(&mut self, rows: &[Vec<Cell>]) -> std::result::Result<(), XlsxError> {
        for row in rows {
            if self.row == self.most_rows {
                self.next_sheet()?;
            }
            let sheet = self.book.worksheet_from_index(self.sheets - 1)?;
            for (column, cell) in (0u16..).zip(row) {
                write_cell(sheet, self.row, column, cell, &self.looks)?;
            }
            self.row += 1;
        }
        Ok(())
    }

    /// Puts the workbook together in a file that has no name and is gone when it is closed.
    pub(crate) fn finish(mut self) -> Result<File> {
        let mut file = tempfile::tempfile().map_err(Error::internal)?;
        let sink = file.try_clone().map_err(Error::internal)?;
        self.book
            .save_to_writer(std::io::BufWriter::new(sink))
            .map_err(Error::internal)?;
        file.seek(SeekFrom::Start(0)).map_err(Error::internal)?;
        Ok(file)
    }
}

fn write_cell(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    cell: &Cell,
    looks: &Looks,
) -> std::result::Result<(), XlsxError> {
    match cell {
        Cell::Text(text) if text.len() > LONGEST => {
            let cut: String = text.chars().take(LONGEST / 2).collect();
            sheet.write_string(row, column, cut)?
        }
        Cell::Text(text) => sheet.write_string(row, column, text)?,
        Cell::Number(number) => sheet.write_number(row, column, *number)?,
        Cell::Share(share) => sheet.write_number_with_format(row, column, *share, &looks.share)?,
        Cell::At(at) => sheet.write_datetime_with_format(row, column, &serial(*at)?, &looks.time)?,
        Cell::Empty => sheet,
    };
    Ok(())
}

/// A moment as a workbook counts it: days, and the day's part behind the point.
fn serial(at: DateTime) -> std::result::Result<ExcelDateTime, XlsxError> {
    let part = |it: i8| u16::try_from(it).unwrap_or(0);
    ExcelDateTime::from_ymd(
        u16::try_from(at.year()).unwrap_or(1900),
        u8::try_from(at.month()).unwrap_or(1),
        u8::try_from(at.day()).unwrap_or(1),
    )?
    .and_hms(
        part(at.hour()),
        u8::try_from(at.minute()).unwrap_or(0),
        f64::from(at.second()),
    )
}

#[cfg(test)]
mod tests {
    use calamine::{Data, Reader, Xlsx};

    use super::*;

    const HEADS: &[Head] = &[
        Head {
            zh: "编号",
            en: "Number",
            width: 14.0,
        },
        Head {
            zh: "描述",
            en: "Description",
            width: 40.0,
        },
    ];

    #[test]
    fn what_a_spreadsheet_would_run_is_a_text() {
        let texts = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "正常", "a=b"];
        let rows: Vec<_> = texts
            .iter()
            .map(|it| vec![Cell::text(*it), Cell::Number(-1.5)])
            .collect();
        let file = [csv_head(HEADS, Lang::Zh).expect("head"), csv_rows(&rows).expect("rows")].concat();
        let text = String::from_utf8(file).expect("UTF-8");
        let body = text.strip_prefix("\u{feff}编号,描述\n").expect("mark and head");
        let first: Vec<_> = body
            .lines()
            .map(|it| it.rsplit_once(',').expect("two cells").0)
            .collect();
        assert_eq!(first, ["'=1+1", "'+1", "'-1", "'@SUM(A1)", "'\t=1", "正常", "a=b"]);
        assert!(body.lines().all(|it| it.ends_with(",-1.5")), "a number stays one");
    }

    #[test]
    fn a_workbook_goes_on_on_a_second_sheet() {
        let mut book = Book::new("案件", HEADS, Lang::Zh, 3).expect("begins");
        let rows: Vec<_> = (0..5)
            .map(|n| vec![Cell::text(format!("=N{n}")), Cell::count(n)])
            .collect();
        for batch in rows.chunks(2) {
            book.write(batch).expect("writes");
        }
        let mut back = Xlsx::new(std::io::BufReader::new(book.finish().expect("saves"))).expect("opens");
        assert_eq!(back.sheet_names(), ["案件", "案件 2", "案件 3"]);
        let mut read = Vec::new();
        for name in back.sheet_names() {
            let range = back.worksheet_range(&name).expect("a sheet");
            assert_eq!(range.get((0, 0)), Some(&Data::String("编号".to_owned())), "{name}");
            read.extend(range.rows().skip(1).map(|it| it[0].to_string()));
        }
        assert_eq!(read, ["=N0", "=N1", "=N2", "=N3", "=N4"], "as texts, not as formulas");
    }
}
