//! Past cases from another system: a file and a mapping in, one typed case per row out.
//!
//! Pure but for reading the file: rows stream through in constant memory, nothing is stored. Each row is accounted for:
//! it gives a case, with whatever was doubtful about it, or it is skipped for one reason that is told. [`Tally`] adds
//! them up. A reading can be broken off after any row and taken up there again with [`CaseReader::seek`].
//!
//! ```text
//! let mapping = Mapping::parse("nyc311.toml", &text).map_err(|_| std::io::ErrorKind::InvalidData)?;
//! let file = std::fs::File::open("nyc311.csv")?;
//! let mut reader = CaseReader::open(file, "nyc311.csv", mapping).map_err(|_| std::io::ErrorKind::InvalidData)?;
//! let mut tally = Tally::default();
//! while let Some(row) = reader.next_row()? {
//!     tally.count(&row);
//!     if let Outcome::Case(case, _) = row.outcome {
//!         // store it, and `row.end` with it in the same transaction
//!     }
//! }
//! ```

mod commit;
pub(crate) mod mapping;
pub(crate) mod record;
mod resolve;
pub(crate) mod rows;
pub(crate) mod tally;
pub(crate) mod understand;

use std::io::{self, Read, Seek};

use kernel::intake::Problem;

pub use commit::{Finding, ImportError, ImportOptions, ImportReport, Told, import_cases};
pub(crate) use mapping::{Create, Mapping};
pub(crate) use record::CaseRecord;
pub(crate) use rows::Place;
pub(crate) use tally::Tally;

/// What became of one row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Outcome {
    /// A case, and what was doubtful about it.
    Case(Box<CaseRecord>, Vec<Problem>),
    /// No case, and why.
    Skipped(Box<Problem>),
}

/// One row of the file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    /// Its number, from 1, not counting the header.
    pub number: u64,
    /// The line on which it begins.
    pub line: u64,
    /// Where the next row begins: store it with the case, and [`CaseReader::seek`] goes on from there.
    pub end: Place,
    /// What became of it.
    pub outcome: Outcome,
}

impl Row {
    /// What was found about it.
    pub(crate) fn problems(&self) -> impl Iterator<Item = &Problem> {
        let (doubtful, skipped) = match &self.outcome {
            Outcome::Case(_, problems) => (problems.as_slice(), None),
            Outcome::Skipped(problem) => (&[][..], Some(&**problem)),
        };
        doubtful.iter().chain(skipped)
    }
}

/// Reads the cases of one file.
pub(crate) struct CaseReader<R> {
    rows: rows::Rows<R>,
    reading: understand::Reading,
}

impl<R: Read + Seek> CaseReader<R> {
    /// Opens a file: looks at its encoding and its header.
    ///
    /// # Errors
    /// The columns that the mapping names and the file lacks, or why it cannot be read at all.
    pub(crate) fn open(input: R, file: &str, mapping: Mapping) -> Result<Self, Vec<Problem>> {
        let rows = rows::Rows::open(input, file, &mapping)?;
        let reading = understand::Reading::new(mapping, file, rows.columns());
        Ok(Self { rows, reading })
    }

    /// Where the next row begins.
    pub(crate) fn place(&self) -> Place {
        self.rows.place()
    }

    /// Goes on from the [`end`](Row::end) of a row of the same file.
    ///
    /// # Errors
    /// When the file cannot be read there.
    pub(crate) fn seek(&mut self, place: Place) -> io::Result<()> {
        self.rows.seek(place)
    }

    /// The next row; `None` at the end of the file.
    ///
    /// # Errors
    /// When the file cannot be read. What is wrong with a row is not an error but its outcome.
    pub(crate) fn next_row(&mut self) -> io::Result<Option<Row>> {
        let Some((line, cells)) = self.rows.next()? else {
            return Ok(None);
        };
        let outcome = match cells.and_then(|cells| self.reading.read(line, &cells)) {
            Ok((record, problems)) => Outcome::Case(Box::new(record), problems),
            Err(problem) => Outcome::Skipped(problem),
        };
        let end = self.rows.place();
        Ok(Some(Row {
            number: end.row,
            line,
            end,
            outcome,
        }))
    }
}

#[cfg(test)]
mod tests;
