//! Rows of a CSV or JSON file, one at a time, in constant memory, from any place on.

use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

use encoding_rs::GB18030;
use kernel::intake::{Kind, Problem, delimiter, is_utf8_prefix, tidy};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::mapping::{Format, Mapping};

/// A column of the mapping that the file does not have.
pub(crate) const NO_COLUMN: Kind = Kind::error(
    "cases.import_no_column",
    "文件没有“{column}”列",
    "The file has no column “{column}”",
);
/// Two columns of one name, so that the mapping does not say which.
pub(crate) const TWO_COLUMNS: Kind = Kind::error(
    "cases.import_two_columns",
    "文件有两个“{column}”列",
    "The file has two columns “{column}”",
);
/// UTF-16, which spreadsheets call "Unicode text".
pub(crate) const UTF16: Kind = Kind::error(
    "cases.import_utf16",
    "文件为UTF-16编码，请另存为UTF-8的CSV",
    "The file is UTF-16; save it as CSV in UTF-8",
);
/// The file cannot be read at all.
pub(crate) const NO_HEADER: Kind =
    Kind::error("cases.import_no_header", "没有表头：{why}", "There is no header: {why}");
/// A row with fewer or more cells than the header.
pub(crate) const RAGGED: Kind = Kind::error(
    "cases.import_ragged",
    "该行有{found}列，表头有{wanted}列",
    "The row has {found} cells, the header {wanted}",
);
/// Bytes that are no text in the file's encoding.
pub(crate) const NOT_TEXT: Kind = Kind::error(
    "cases.import_not_text",
    "该行含有不属于{encoding}编码的字节",
    "The row has bytes that are not {encoding}",
);
/// An object that is no JSON.
pub(crate) const BAD_JSON: Kind = Kind::error(
    "cases.import_bad_json",
    "无法读取的JSON：{why}",
    "Unreadable JSON: {why}",
);

/// A place between two rows: how many rows lie before it and where in the file it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Place {
    /// Rows before it.
    pub row: u64,
    /// Bytes before it.
    pub byte: u64,
    /// Lines before it, as far as they are counted.
    pub line: u64,
}

/// The cells of one row that the mapping uses, in the order of [`Rows::columns`].
pub(crate) type Cells = Vec<String>;

/// The line on which a row begins, and its cells or why it has none.
pub(super) type RawRow = (u64, Result<Cells, Box<Problem>>);

/// Rows of either format.
pub(super) struct Rows<R> {
    file: String,
    columns: Vec<String>,
    place: Place,
    kind: RowKind<R>,
}

enum RowKind<R> {
    Csv {
        reader: Box<csv::Reader<R>>,
        indexes: Vec<usize>,
        width: usize,
        gb18030: bool,
        record: csv::ByteRecord,
    },
    Json(JsonRows<R>),
}

impl<R: Read + Seek> Rows<R> {
    /// Opens a file for the columns of a mapping.
    pub(super) fn open(mut input: R, file: &str, mapping: &Mapping) -> Result<Self, Vec<Problem>> {
        let columns = columns(mapping);
        let unreadable = |error: io::Error| vec![Problem::new(&NO_HEADER, file).arg("why", error)];
        let head = head(&mut input).map_err(unreadable)?;
        if head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]) {
            return Err(vec![Problem::new(&UTF16, file)]);
        }
        let mut place = Place::default();
        let kind = match mapping.format {
            Format::Json => RowKind::Json(JsonRows::new(input)),
            Format::Csv => {
                let gb18030 = match mapping.encoding.as_str() {
                    "auto" => !is_utf8_prefix(&head),
                    name => name == "gb18030",
                };
                let found = delimiter(&String::from_utf8_lossy(&head));
                let delimiter = mapping.delimiter.and_then(|c| u8::try_from(c).ok()).unwrap_or(found);
                let mut reader = csv::ReaderBuilder::new()
                    .flexible(true)
                    .delimiter(delimiter)
                    .from_reader(input);
                let header = reader.byte_headers().map_err(|error| unreadable(error.into()))?;
                let header: Vec<String> = header
                    .iter()
                    .map(|cell| text(cell, gb18030).unwrap_or_default())
                    .map(|c| tidy(&c).to_owned())
                    .collect();
                let indexes = indexes(&header, &columns, file)?;
                let position = reader.position();
                place = Place {
                    row: 0,
                    byte: position.byte(),
                    line: position.line(),
                };
                let record = csv::ByteRecord::new();
                RowKind::Csv {
                    reader: Box::new(reader),
                    indexes,
                    width: header.len(),
                    gb18030,
                    record,
                }
            }
        };
        Ok(Self {
            file: file.to_owned(),
            columns,
            place,
            kind,
        })
    }

    /// The columns whose cells are given.
    pub(super) fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Where the next row begins.
    pub(super) fn place(&self) -> Place {
        self.place
    }

    /// Goes on from a place that [`place`](Self::place) gave for the same file.
    pub(super) fn seek(&mut self, place: Place) -> io::Result<()> {
        match &mut self.kind {
            RowKind::Csv { reader, .. } => {
                let mut position = csv::Position::new();
                position
                    .set_byte(place.byte)
                    .set_record(place.row)
                    .set_line(place.line.max(1));
                reader.seek(position)?;
            }
            RowKind::Json(rows) => rows.seek(place)?,
        }
        self.place = place;
        Ok(())
    }

    /// The next row; `None` at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<RawRow>> {
        let problem = |kind| Problem::new(kind, &self.file);
        match &mut self.kind {
            RowKind::Csv {
                reader,
                indexes,
                width,
                gb18030,
                record,
            } => {
                if !reader.read_byte_record(record)? {
                    return Ok(None);
                }
                let line = record.position().map_or(0, csv::Position::line);
                let position = reader.position();
                self.place = Place {
                    row: self.place.row + 1,
                    byte: position.byte(),
                    line: position.line(),
                };
                // Spreadsheets write empty cells past the last column; cells that are missing or say something there
                // mean that the row is out of step with the header.
                let too_many = record.iter().skip(*width).any(|cell| !cell.trim_ascii().is_empty());
                if record.len() < *width || too_many {
                    let problem = problem(&RAGGED)
                        .line(line)
                        .arg("found", record.len())
                        .arg("wanted", *width);
                    return Ok(Some((line, Err(problem.into()))));
                }
                let cells: Option<Cells> = indexes
                    .iter()
                    .map(|index| {
                        text(record.get(*index).unwrap_or_default(), *gb18030).map(|cell| tidy(&cell).to_owned())
                    })
                    .collect();
                let encoding = if *gb18030 { "GB 18030" } else { "UTF-8" };
                Ok(Some((
                    line,
                    cells.ok_or_else(|| problem(&NOT_TEXT).line(line).arg("encoding", encoding).into()),
                )))
            }
            RowKind::Json(rows) => {
                let Some(line) = rows.next()? else { return Ok(None) };
                self.place = Place {
                    row: self.place.row + 1,
                    byte: rows.byte,
                    line: rows.line,
                };
                let cells = match serde_json::from_slice::<Value>(&rows.object) {
                    Ok(value) => Ok(self.columns.iter().map(|column| cell(&value, column)).collect()),
                    Err(error) => Err(problem(&BAD_JSON).line(line).arg("why", error).into()),
                };
                Ok(Some((line, cells)))
            }
        }
    }
}

/// The columns that a mapping names, each once.
fn columns(mapping: &Mapping) -> Vec<String> {
    let mut columns: Vec<String> = Vec::new();
    let named = mapping.fields.named();
    for column in named.iter().flat_map(|(_, field)| &field.columns).chain(&mapping.keep) {
        if !columns.contains(column) {
            columns.push(column.clone());
        }
    }
    columns
}

fn indexes(header: &[String], columns: &[String], file: &str) -> Result<Vec<usize>, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut indexes = Vec::new();
    for column in columns {
        let mut found = header.iter().enumerate().filter(|(_, cell)| *cell == column);
        let (first, second) = (found.next(), found.next());
        let problem = |kind| Problem::new(kind, file).line(1).column(column).arg("column", column);
        match (first, second) {
            (Some((index, _)), None) => indexes.push(index),
            (None, _) => problems.push(problem(&NO_COLUMN)),
            (Some(_), Some(_)) => problems.push(problem(&TWO_COLUMNS)),
        }
    }
    if problems.is_empty() {
        Ok(indexes)
    } else {
        Err(problems)
    }
}

/// The beginning of the file, to see how it is written; the file is then at its beginning again.
fn head<R: Read + Seek>(input: &mut R) -> io::Result<Vec<u8>> {
    const ENOUGH: u64 = 256 * 1024;
    let mut head = Vec::new();
    input.take(ENOUGH).read_to_end(&mut head)?;
    input.seek(SeekFrom::Start(0))?;
    Ok(head)
}

fn text(bytes: &[u8], gb18030: bool) -> Option<String> {
    if gb18030 {
        let (text, lossy) = GB18030.decode_without_bom_handling(bytes);
        (!lossy).then(|| text.into_owned())
    } else {
        std::str::from_utf8(bytes).ok().map(str::to_owned)
    }
}

/// The value of a key as text; `a.b` also finds `b` inside `a`.
fn cell(object: &Value, column: &str) -> String {
    let found = object
        .get(column)
        .or_else(|| column.split('.').try_fold(object, |value, key| value.get(key)));
    match found {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => tidy(text).to_owned(),
        Some(other) => other.to_string(),
    }
}

/// Cuts an array of objects, or objects one after another, into single objects, whatever white space is between.
struct JsonRows<R> {
    input: BufReader<R>,
    byte: u64,
    line: u64,
    object: Vec<u8>,
}

/// A single case is never larger; what is, is not a file of cases.
const LARGEST_OBJECT: usize = 16 * 1024 * 1024;

impl<R: Read + Seek> JsonRows<R> {
    fn new(input: R) -> Self {
        Self {
            input: BufReader::new(input),
            byte: 0,
            line: 1,
            object: Vec::new(),
        }
    }

    fn seek(&mut self, place: Place) -> io::Result<()> {
        self.input.seek(SeekFrom::Start(place.byte))?;
        (self.byte, self.line) = (place.byte, place.line.max(1));
        Ok(())
    }

    /// Reads the next object into `object` and gives the line on which it begins.
    fn next(&mut self) -> io::Result<Option<u64>> {
        self.object.clear();
        let (mut depth, mut in_text, mut escaped) = (0u32, false, false);
        let mut begins = self.line;
        loop {
            let buffer = self.input.fill_buf()?;
            if buffer.is_empty() {
                // An object that is cut off is given as it is, so that it is told and not lost.
                return Ok((!self.object.is_empty()).then_some(begins));
            }
            let mut used = 0;
            let mut whole = false;
            for &byte in buffer {
                used += 1;
                self.line += u64::from(byte == b'\n');
                match byte {
                    _ if escaped => escaped = false,
                    b'\\' if in_text => escaped = true,
                    b'"' if depth > 0 => in_text = !in_text,
                    b'{' if !in_text => {
                        if depth == 0 {
                            begins = self.line;
                        }
                        depth += 1;
                    }
                    b'}' if !in_text && depth > 0 => {
                        depth -= 1;
                        whole = depth == 0;
                    }
                    _ => {}
                }
                if depth > 0 || whole {
                    self.object.push(byte);
                }
                if whole {
                    break;
                }
            }
            self.input.consume(used);
            self.byte += used as u64;
            if whole {
                return Ok(Some(begins));
            }
            if self.object.len() > LARGEST_OBJECT {
                return Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    "a single JSON object of more than 16 MiB",
                ));
            }
        }
    }
}
