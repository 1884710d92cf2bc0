//! A past case as read from a foreign file, in this program's words.

use grid::api::BodyKind;
use jiff::Timestamp;
use standards::{AreaCode, Crs, Kind, Point};

use crate::model::{Satisfaction, Source, State};

/// Where a case happened, as far as the file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct AreaName {
    /// The code, if the file has one.
    pub code: Option<AreaCode>,
    /// The town's name.
    pub town: Option<String>,
    /// The village's name, which counts inside the town only.
    pub village: Option<String>,
}

/// What a case is about, as far as the file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ClassName {
    /// Component or matter.
    pub kind: Option<Kind>,
    /// Major class.
    pub major: Option<String>,
    /// Minor class.
    pub minor: Option<String>,
    /// Filing standard.
    pub standard: Option<String>,
}

/// A responsible body by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BodyName {
    /// Its name.
    pub name: String,
    /// What sort it is, by the rules of the mapping.
    pub kind: BodyKind,
}

/// One past case.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CaseRecord {
    /// The number in the other system, unique there.
    pub id: String,
    /// When it was reported.
    pub reported_at: Timestamp,
    /// Only the day of the report is known; the time is the day's beginning.
    pub reported_day_only: bool,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// When it was to be done.
    pub due_at: Option<Timestamp>,
    /// Where it was left.
    pub state: State,
    /// Whether it was done in time: as the file says, else by comparing `closed_at` with `due_at`.
    pub on_time: Option<bool>,
    /// Who reported it.
    pub source: Option<Source>,
    /// Where.
    pub area: AreaName,
    /// Where exactly, in WGS 84.
    pub point: Option<Point>,
    /// The coordinate system that the point came in.
    pub point_source: Crs,
    /// Where, in words.
    pub address: Option<String>,
    /// What it is about.
    pub class: ClassName,
    /// Who is responsible.
    pub body: Option<BodyName>,
    /// What was reported; made of the classes if the file has no text.
    pub description: String,
    /// How satisfied the reporter was.
    pub satisfaction: Option<Satisfaction>,
    /// Further columns, as they are.
    pub kept: Vec<(String, String)>,
}
