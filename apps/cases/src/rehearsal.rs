//! Past cases as somebody plays them again: what was reported, where, who was responsible and how it ended. Read from a
//! file by its mapping, or lived through by the demo's generator; stored nowhere.

use std::io::{Read, Seek};

use grid::api::seed::DemoDistrict;
use kernel::Time;
use kernel::error::Error;

use crate::case_import::{CaseReader, CaseRecord, ImportError, Mapping, Outcome};
use crate::model::{Satisfaction, Source};
use crate::seed;

/// A past case. Area, standard and body are called by code where that is known, by name elsewhere.
#[derive(Clone, Debug, PartialEq)]
pub struct PastCase {
    /// Who it came from.
    pub source: Source,
    /// What was reported.
    pub description: String,
    /// Where, in words.
    pub place: Option<String>,
    /// Where, by area.
    pub area: String,
    /// What it was filed under.
    pub standard: String,
    /// Who was responsible.
    pub body: String,
    /// Whether it was done in time, if that is known.
    pub on_time: Option<bool>,
    /// How satisfied the reporter was.
    pub satisfaction: Option<Satisfaction>,
}

/// Reads the cases of a file; rows that give none are left out, an import tells why.
///
/// # Errors
/// See [`ImportError`].
pub fn past_cases<R: Read + Seek>(
    (input, file): (R, &str),
    (mapping, mapping_file): (&str, &str),
    most: usize,
) -> Result<Vec<PastCase>, ImportError> {
    let mapping = Mapping::parse(mapping_file, mapping).map_err(ImportError::Unusable)?;
    let mut reader = CaseReader::open(input, file, mapping).map_err(ImportError::Unusable)?;
    let mut cases = Vec::new();
    while cases.len() < most {
        match reader.next_row().map_err(Error::internal)? {
            Some(row) => {
                if let Outcome::Case(record, _) = row.outcome {
                    cases.push(PastCase::from(*record));
                }
            }
            None => break,
        }
    }
    Ok(cases)
}

impl From<CaseRecord> for PastCase {
    fn from(it: CaseRecord) -> Self {
        let joined = |parts: [Option<String>; 2]| parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
        let area = it.area.code.map(|it| it.to_string());
        Self {
            source: it.source.unwrap_or(Source::Department),
            description: it.description,
            place: it.address,
            area: area.unwrap_or_else(|| joined([it.area.town, it.area.village])),
            standard: joined([it.class.minor, it.class.standard]),
            body: it.body.map(|it| it.name).unwrap_or_default(),
            on_time: it.on_time,
            satisfaction: it.satisfaction,
        }
    }
}

/// The latest closed cases of the demo's year before `now`.
pub fn demo_cases(district: &DemoDistrict, seed: u64, now: Time, most: usize) -> Vec<PastCase> {
    let standards = seed::standards();
    let codes: Vec<String> = standards.iter().map(seed::DemoStandard::stored_code).collect();
    let history = seed::history(seed, now.millis(), seed::places(district), standards, 1);
    let closed = history.filter(|it| it.state == "closed").filter_map(|it| {
        Some(PastCase {
            source: it.source.parse().ok()?,
            description: it.description,
            place: Some(it.place),
            area: it.area,
            standard: codes.get(it.standard?)?.clone(),
            body: it.body?,
            on_time: Some(!it.handle_late),
            satisfaction: it.satisfaction.and_then(|it| it.parse().ok()),
        })
    });
    let mut cases: Vec<PastCase> = closed.collect();
    cases.drain(..cases.len().saturating_sub(most));
    cases
}
