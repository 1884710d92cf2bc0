//! The responsibility list as a workbook or as CSV that reads back as it was.

use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Workbook, XlsxError};

use super::{ListItem, Meaning, limit};

/// The columns, in the order of the file. Widths are in characters.
const COLUMNS: &[(Meaning, f64)] = &[
    (Meaning::Kind, 8.0),
    (Meaning::Edition, 8.0),
    (Meaning::MajorCode, 8.0),
    (Meaning::Major, 16.0),
    (Meaning::MinorCode, 10.0),
    (Meaning::Minor, 20.0),
    (Meaning::StandardCode, 14.0),
    (Meaning::Standard, 20.0),
    (Meaning::Condition, 50.0),
    (Meaning::Closing, 40.0),
    (Meaning::Limit(None), 16.0),
    (Meaning::Body, 24.0),
    (Meaning::Supervisor, 20.0),
    (Meaning::Note, 20.0),
];

/// What stands in the column of the edition for a class that follows none.
const LOCAL: &str = "local";

/// What the list is called, as the name of a sheet and of a file.
pub(crate) fn title(english: bool) -> &'static str {
    if english { "Responsibility list" } else { "责任清单" }
}

/// Writes items as a workbook with one sheet, headers in the language asked for.
///
/// # Errors
/// When the workbook cannot be made, as with a text longer than a cell can hold.
pub(crate) fn workbook(items: &[ListItem], english: bool) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let head = Format::new()
        .set_bold()
        .set_align(FormatAlign::Center)
        .set_border(FormatBorder::Thin);
    let cell = Format::new()
        .set_text_wrap()
        .set_align(FormatAlign::Top)
        .set_border(FormatBorder::Thin);
    let sheet = book.add_worksheet();
    sheet.set_name(title(english))?;
    sheet.set_freeze_panes(1, 0)?;
    for (column, (meaning, width)) in (0u16..).zip(COLUMNS) {
        sheet.set_column_width(column, *width)?;
        sheet.write_string_with_format(0, column, label(*meaning, english), &head)?;
    }
    for (row, item) in (1u32..).zip(items) {
        for (column, (meaning, _)) in (0u16..).zip(COLUMNS) {
            // Codes too are written as text, so that no zero is lost.
            sheet.write_string_with_format(row, column, text(item, *meaning, english), &cell)?;
        }
    }
    if let Ok(last) = u32::try_from(items.len()) {
        sheet.autofilter(0, 0, last, u16::try_from(COLUMNS.len() - 1).unwrap_or(0))?;
    }
    book.save_to_buffer()
}

/// Writes items as CSV, in UTF-8 with the mark by which spreadsheets know it.
///
/// # Errors
/// None that happens: memory takes what is written.
pub(crate) fn csv(items: &[ListItem], english: bool) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(COLUMNS.iter().map(|(meaning, _)| label(*meaning, english)))?;
    for item in items {
        writer.write_record(
            COLUMNS
                .iter()
                .map(|(meaning, _)| harmless(text(item, *meaning, english))),
        )?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

/// A text that a spreadsheet would take for a formula gets an apostrophe, which reading takes off again.
fn harmless(text: String) -> String {
    if text.starts_with(['=', '+', '-', '@', '\'']) {
        format!("'{text}")
    } else {
        text
    }
}

fn label(meaning: Meaning, english: bool) -> &'static str {
    if english { meaning.en() } else { meaning.zh() }
}

fn text(item: &ListItem, meaning: Meaning, english: bool) -> String {
    let or_empty = |text: &Option<String>| text.clone().unwrap_or_default();
    match meaning {
        Meaning::Kind => item
            .kind
            .map_or("", |kind| if english { kind.en() } else { kind.zh() })
            .to_owned(),
        Meaning::Edition => item
            .edition
            .map_or_else(|| LOCAL.to_owned(), |edition| edition.to_string()),
        Meaning::MajorCode => or_empty(&item.major_code),
        Meaning::Major => or_empty(&item.major),
        Meaning::MinorCode => or_empty(&item.class),
        Meaning::Minor => or_empty(&item.minor),
        Meaning::StandardCode => or_empty(&item.code),
        Meaning::Standard => or_empty(&item.name),
        Meaning::Condition => item.condition.clone(),
        Meaning::Closing => item.closing.clone(),
        Meaning::Limit(_) => match item.limit.filter(|_| english && item.by_area.is_empty()) {
            Some(limit) => format!("{} {}s", limit.amount(), limit.unit().en()),
            None => limit::write(item.limit, &item.by_area),
        },
        Meaning::Body => item.bodies.join("、"),
        Meaning::Supervisor => item.supervisors.join("、"),
        Meaning::Note => item.note.clone(),
        Meaning::Sequence | Meaning::LimitUnit => String::new(),
    }
}
