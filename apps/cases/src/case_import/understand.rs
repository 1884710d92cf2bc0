//! One row of cells to one case: words looked up, times and places read, everything that does not fit told.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use kernel::intake::{Kind, Problem};
use standards::{AreaCode, Crs, Point};

use super::mapping::{Field, Mapping, fits, words};
use super::record::{AreaName, BodyName, CaseRecord, ClassName};
use crate::model::State;

/// The row has no number, so it could not be told from others or found again.
pub(crate) const NO_ID: Kind = Kind::error(
    "cases.import_no_id",
    "没有案件编号，跳过",
    "No case number; the row is skipped",
);
/// The row has no time.
pub(crate) const NO_TIME: Kind = Kind::error(
    "cases.import_no_time",
    "上报时间“{value}”无法识别，跳过",
    "The time of the report, “{value}”, was not understood; the row is skipped",
);
/// The row has no state.
pub(crate) const NO_STATE: Kind = Kind::error(
    "cases.import_no_state",
    "状态“{value}”无法识别，跳过",
    "The state “{value}” was not understood; the row is skipped",
);
/// A word that the mapping does not know.
pub(crate) const UNKNOWN_VALUE: Kind = Kind::warning(
    "cases.import_unknown_value",
    "{field}的值“{value}”不在映射表中，{then}",
    "The value “{value}” of {field} is not in the mapping; {then_en}",
);
/// A further time that was not understood.
pub(crate) const BAD_TIME: Kind = Kind::warning(
    "cases.import_bad_time",
    "{field}“{value}”无法识别为时间，未采用",
    "{field} “{value}” was not understood as a time and is left out",
);
/// Closed before it was reported.
pub(crate) const CLOSED_FIRST: Kind = Kind::warning(
    "cases.import_closed_first",
    "结案时间{value}早于上报时间，未采用",
    "The closing time {value} lies before the report and is left out",
);
/// A closing time of a case that is not closed.
pub(crate) const NOT_CLOSED: Kind = Kind::warning(
    "cases.import_not_closed",
    "案件未结案（{value}）却有结案时间，未采用",
    "The case is not closed ({value}) but has a closing time, which is left out",
);
/// Coordinates that are no numbers, or only one of them.
pub(crate) const BAD_POINT: Kind = Kind::warning(
    "cases.import_bad_point",
    "坐标“{value}”无法识别，未采用",
    "The coordinates “{value}” were not understood and are left out",
);
/// A place outside the frame of the mapping.
pub(crate) const FAR_POINT: Kind = Kind::warning(
    "cases.import_far_point",
    "坐标{value}在辖区范围之外，未采用",
    "The place {value} lies outside the district and is left out",
);
/// An area code that is none, or of another district.
pub(crate) const BAD_AREA: Kind = Kind::warning(
    "cases.import_bad_area",
    "区划代码“{value}”无法识别或不属于本区，未采用",
    "The area code “{value}” was not understood or is of another district, and is left out",
);
/// Nothing narrower than the district is said.
pub(crate) const AT_DISTRICT: Kind = Kind::note(
    "cases.import_at_district",
    "没有镇街和村社区，归入区本级",
    "Neither town nor village is given; the case is placed at the district itself",
);
/// A village without a town.
pub(crate) const NO_TOWN: Kind = Kind::warning(
    "cases.import_no_town",
    "村社区“{value}”没有所属镇街，归入区本级",
    "The village “{value}” has no town; the case is placed at the district itself",
);

/// Times without a format of their own are tried in these.
const USUAL_FORMATS: &[&str] = &[
    "%Y-%m-%dT%H:%M:%S%:z",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y年%m月%d日 %H:%M:%S",
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%Y年%m月%d日",
];

/// A mapping made ready for the rows of one file.
pub(super) struct Reading {
    mapping: Mapping,
    file: String,
    columns: Vec<String>,
    zone: TimeZone,
}

/// One row on its way.
struct Row<'a> {
    reading: &'a Reading,
    cells: &'a [String],
    line: u64,
    problems: Vec<Problem>,
}

impl Reading {
    pub(super) fn new(mapping: Mapping, file: &str, columns: &[String]) -> Self {
        let zone = mapping.zone();
        Self {
            mapping,
            file: file.to_owned(),
            columns: columns.to_vec(),
            zone,
        }
    }

    /// The case in a row with what was doubtful, or the one reason why there is none.
    pub(super) fn read(&self, line: u64, cells: &[String]) -> Result<(CaseRecord, Vec<Problem>), Box<Problem>> {
        let mut row = Row {
            reading: self,
            cells,
            line,
            problems: Vec::new(),
        };
        let record = row.read()?;
        Ok((record, row.problems))
    }
}

impl Row<'_> {
    fn problem(&self, kind: &'static Kind) -> Problem {
        Problem::new(kind, &self.reading.file).line(self.line)
    }

    fn cell(&self, column: &str) -> &str {
        let index = self.reading.columns.iter().position(|c| c == column);
        index.and_then(|index| self.cells.get(index)).map_or("", String::as_str)
    }

    /// What the file says for a field: its cells joined, without those that mean nothing.
    fn raw(&self, field: &Field) -> Option<String> {
        let nothing = |cell: &str| {
            let none = self.reading.mapping.none.iter().chain(&field.none);
            cell.is_empty() || none.into_iter().any(|pattern| fits(pattern, cell))
        };
        let mut joined = String::new();
        for cell in field
            .columns
            .iter()
            .map(|column| self.cell(column))
            .filter(|cell| !nothing(cell))
        {
            if !joined.is_empty() {
                joined.push_str(&field.join);
            }
            joined.push_str(cell);
        }
        (!joined.is_empty()).then_some(joined)
    }

    /// A text: the constant, or the cell by another name if the mapping has one for it, or the default.
    fn text(&self, field: &Field) -> Option<String> {
        if let Some(value) = &field.value {
            return Some(value.clone());
        }
        let raw = self.raw(field).or_else(|| field.default.clone())?;
        Some(field.values.get(&raw).cloned().unwrap_or(raw))
    }

    /// A word of a closed set. A cell that the mapping does not know, and that is not itself such a word, is told.
    fn word(&mut self, name: &str, field: &Field) -> Option<String> {
        if let Some(value) = &field.value {
            return Some(value.clone());
        }
        let Some(raw) = self.raw(field) else {
            return field.default.clone();
        };
        if let Some(word) = field.values.get(&raw) {
            return Some(word.clone());
        }
        if words(name).is_some_and(|known| known.contains(&raw.as_str())) {
            return Some(raw);
        }
        let (then, then_en) = match &field.default {
            Some(default) => (format!("按“{default}”处理"), format!("“{default}” is taken")),
            None => ("留空".to_owned(), "it is left empty".to_owned()),
        };
        let problem = self
            .problem(&UNKNOWN_VALUE)
            .column(name)
            .arg("field", name)
            .arg("value", raw);
        self.problems.push(problem.arg("then", then).arg("then_en", then_en));
        field.default.clone()
    }

    fn read(&mut self) -> Result<CaseRecord, Box<Problem>> {
        let fields = &self.reading.mapping.fields;
        let Some(id) = self.text(&fields.id) else {
            return Err(self.problem(&NO_ID).into());
        };
        let reported = self
            .raw(&fields.reported_at)
            .or_else(|| fields.reported_at.value.clone())
            .unwrap_or_default();
        let Some((reported_at, reported_day_only)) = self.time(&fields.reported_at, &reported) else {
            return Err(self
                .problem(&NO_TIME)
                .column("reported_at")
                .arg("value", reported)
                .into());
        };
        let before = self.problems.len();
        let Some(state) = self.word("state", &fields.state).and_then(|word| word.parse().ok()) else {
            // The skipped row is told once, with the state, not a second time as an unknown value.
            self.problems.truncate(before);
            let raw = self.raw(&fields.state).unwrap_or_default();
            return Err(self.problem(&NO_STATE).column("state").arg("value", raw).into());
        };
        let due_at = self.further_time("due_at", &fields.due_at).map(|(at, _)| at);
        let closed_at = self.closing_time(state, reported_at);
        let said = match self.word("on_time", &fields.on_time).as_deref() {
            Some("yes") => Some(true),
            Some("no") => Some(false),
            _ => None,
        };
        let on_time = said.or_else(|| Some(closed_at? <= due_at?));
        let class = ClassName {
            kind: self.word("kind", &fields.kind).and_then(|word| word.parse().ok()),
            major: self.text(&fields.major),
            minor: self.text(&fields.minor),
            standard: self.text(&fields.standard),
        };
        let body = self.text(&fields.body);
        let body = body.map(|name| BodyName {
            kind: self.reading.mapping.body_kind(&name),
            name,
        });
        let description = self.text(&fields.description).unwrap_or_else(|| {
            let parts = [&class.major, &class.minor, &class.standard];
            parts
                .into_iter()
                .flatten()
                .map(String::as_str)
                .collect::<Vec<_>>()
                .join(" / ")
        });
        Ok(CaseRecord {
            id,
            reported_at,
            reported_day_only,
            closed_at,
            due_at,
            state,
            on_time,
            source: self.word("source", &fields.source).and_then(|word| word.parse().ok()),
            area: self.area(),
            point: self.point(),
            point_source: self.reading.mapping.crs,
            address: self.text(&fields.address),
            class,
            body,
            description,
            satisfaction: self
                .word("satisfaction", &fields.satisfaction)
                .and_then(|word| word.parse().ok()),
            kept: self.kept(),
        })
    }

    fn kept(&self) -> Vec<(String, String)> {
        let keep = self.reading.mapping.keep.iter();
        let kept = keep.map(|column| (column.clone(), self.cell(column).to_owned()));
        kept.filter(|(_, cell)| !cell.is_empty()).collect()
    }

    /// A time, and whether only its day is known.
    fn time(&self, field: &Field, text: &str) -> Option<(Timestamp, bool)> {
        let usual = USUAL_FORMATS.iter().copied();
        let own = field.formats.iter().map(String::as_str);
        let zone = &self.reading.zone;
        own.chain(usual.take(if field.formats.is_empty() {
            USUAL_FORMATS.len()
        } else {
            0
        }))
        .find_map(|format| {
            let parsed = jiff::fmt::strtime::parse(format, text).ok()?;
            if parsed.offset().is_some() {
                return Some((parsed.to_timestamp().ok()?, false));
            }
            let day_only = parsed.hour().is_none();
            let civil = if day_only {
                parsed.to_date().ok()?.at(0, 0, 0, 0)
            } else {
                parsed.to_datetime().ok()?
            };
            // A time that a change of clocks skips or repeats is taken as most calendars do.
            Some((zone.to_timestamp(civil).ok()?, day_only))
        })
    }

    fn further_time(&mut self, name: &'static str, field: &Field) -> Option<(Timestamp, bool)> {
        let raw = self.raw(field)?;
        let time = self.time(field, &raw);
        if time.is_none() {
            self.problems.push(
                self.problem(&BAD_TIME)
                    .column(name)
                    .arg("field", name)
                    .arg("value", raw),
            );
        }
        time
    }

    fn closing_time(&mut self, state: State, reported_at: Timestamp) -> Option<Timestamp> {
        let fields = &self.reading.mapping.fields;
        let (closed_at, day_only) = self.further_time("closed_at", &fields.closed_at)?;
        if !state.is_end() {
            self.problems.push(
                self.problem(&NOT_CLOSED)
                    .column("closed_at")
                    .arg("value", state.as_str()),
            );
            return None;
        }
        if closed_at >= reported_at {
            return Some(closed_at);
        }
        let reported_day = self.reading.zone.to_datetime(reported_at).date();
        if day_only && self.reading.zone.to_datetime(closed_at).date() == reported_day {
            // Closed on the day of the report, at a time that nobody wrote down.
            return Some(reported_at);
        }
        let raw = self.raw(&fields.closed_at).unwrap_or_default();
        self.problems
            .push(self.problem(&CLOSED_FIRST).column("closed_at").arg("value", raw));
        None
    }

    fn area(&mut self) -> AreaName {
        let fields = &self.reading.mapping.fields;
        let district = self.reading.mapping.district.code;
        let mut area = AreaName {
            code: None,
            town: self.text(&fields.town),
            village: self.text(&fields.village),
        };
        if let Some(raw) = self.text(&fields.area) {
            area.code = AreaCode::parse_filled(&standards::text::code(&raw))
                .ok()
                .filter(|code| district.contains(*code));
            if area.code.is_none() {
                self.problems
                    .push(self.problem(&BAD_AREA).column("area").arg("value", raw));
            }
        }
        if area.code.is_none() && area.town.is_none() {
            let problem = match area.village.take() {
                Some(village) => self.problem(&NO_TOWN).column("town").arg("value", village),
                None => self.problem(&AT_DISTRICT),
            };
            self.problems.push(problem);
        }
        area
    }

    fn point(&mut self) -> Option<Point> {
        let fields = &self.reading.mapping.fields;
        let (lng, lat) = (self.raw(&fields.lng), self.raw(&fields.lat));
        if lng.is_none() && lat.is_none() {
            return None;
        }
        let raw = format!("{}, {}", lng.as_deref().unwrap_or(""), lat.as_deref().unwrap_or(""));
        let number = |text: Option<String>| text.and_then(|text| text.parse::<f64>().ok());
        let point = number(lng)
            .zip(number(lat))
            .and_then(|(lng, lat)| Point::new(lng, lat).ok());
        let Some(point) = point else {
            self.problems
                .push(self.problem(&BAD_POINT).column("lng").arg("value", raw));
            return None;
        };
        // The point off the coast of Africa that programs write when they have none.
        if point.lng == 0.0 && point.lat == 0.0 {
            return None;
        }
        if let Some([west, south, east, north]) = self.reading.mapping.within
            && !((west..=east).contains(&point.lng) && (south..=north).contains(&point.lat))
        {
            self.problems
                .push(self.problem(&FAR_POINT).column("lng").arg("value", raw));
            return None;
        }
        Some(point.convert(self.reading.mapping.crs, Crs::Wgs84))
    }
}
