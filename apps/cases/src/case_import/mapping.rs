//! The mapping file: which column of a foreign file is which fact of a case, and what its words mean here.
//!
//! `docs/import/README.md` describes it for those who write one. A mapping is checked as a whole when it is read:
//! an unknown key, an unknown word or a missing field is an error before the first row is touched.

use std::collections::BTreeMap;

use grid::api::BodyKind;
use jiff::tz::TimeZone;
use kernel::intake::{Kind, Problem};
use serde::Deserialize;
use standards::{AreaCode, Crs};

use crate::model::{Satisfaction, Source, State};

/// The mapping is not TOML, or has a key or a type that it may not have.
pub(crate) const UNREADABLE: Kind = Kind::error(
    "cases.map_unreadable",
    "映射文件无法读取：{why}",
    "The mapping file cannot be read: {why}",
);
/// A field says something that cannot be.
pub(crate) const WRONG: Kind = Kind::error(
    "cases.map_wrong",
    "映射文件中{field}有误：{why}",
    "{field} in the mapping file is wrong: {why_en}",
);

/// What the file is written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    /// Rows of cells under a header.
    #[default]
    Csv,
    /// An array of objects, or one object per line.
    Json,
}

/// What may be created where a name is not known yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Create {
    /// Towns and villages, and the district if it is not there.
    Areas,
    /// Responsible bodies.
    Bodies,
    /// Major and minor classes and filing standards.
    Classes,
}

/// The district that the cases are of.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct District {
    /// Six digits.
    pub code: AreaCode,
    /// Its name.
    pub name: String,
}

/// How one fact is found in a row: in a column, in several joined, or always the same.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "FieldForm")]
pub(crate) struct Field {
    /// The columns, mostly one.
    pub columns: Vec<String>,
    /// What stands between several.
    pub join: String,
    /// The same for every row.
    pub value: Option<String>,
    /// Cells that mean nothing is given, besides the empty one. A `*` at an end stands for anything.
    pub none: Vec<String>,
    /// What the words of the file are called here.
    pub values: BTreeMap<String, String>,
    /// Taken where nothing is given or a word is unknown.
    pub default: Option<String>,
    /// How a time is written, tried in order.
    pub formats: Vec<String>,
}

/// A field is written as a column's name alone, or as a table.
#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "a column's name or a table with column, columns, join, value, none, values, default, formats"
)]
enum FieldForm {
    Column(String),
    Table(FieldTable),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FieldTable {
    column: Option<String>,
    #[serde(default)]
    columns: Vec<String>,
    join: Option<String>,
    value: Option<String>,
    #[serde(default)]
    none: Vec<String>,
    #[serde(default)]
    values: BTreeMap<String, String>,
    default: Option<String>,
    #[serde(default)]
    formats: Vec<String>,
}

impl From<FieldForm> for Field {
    fn from(form: FieldForm) -> Self {
        match form {
            FieldForm::Column(column) => Self {
                columns: vec![column],
                ..Self::default()
            },
            FieldForm::Table(table) => Self {
                columns: table.column.into_iter().chain(table.columns).collect(),
                join: table.join.unwrap_or_else(|| " ".to_owned()),
                value: table.value,
                none: table.none,
                values: table.values,
                default: table.default,
                formats: table.formats,
            },
        }
    }
}

/// All facts that a case can have. Only three must be said: the number there, the time of the report, the state.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Fields {
    /// The number of the case in the other system.
    pub id: Field,
    /// When it was reported.
    pub reported_at: Field,
    /// When it was closed.
    pub closed_at: Field,
    /// When it was to be done.
    pub due_at: Field,
    /// Code of the area, of any level.
    pub area: Field,
    /// Name of the town.
    pub town: Field,
    /// Name of the village.
    pub village: Field,
    /// Longitude.
    pub lng: Field,
    /// Latitude.
    pub lat: Field,
    /// `component` or `matter`.
    pub kind: Field,
    /// Name of the major class.
    pub major: Field,
    /// Name of the minor class.
    pub minor: Field,
    /// Name of the filing standard.
    pub standard: Field,
    /// Name of the responsible body.
    pub body: Field,
    /// `worker`, `resident`, `hotline` or `department`.
    pub source: Field,
    /// One of the states of a case.
    pub state: Field,
    /// `yes` or `no`: handled within its limit.
    pub on_time: Field,
    /// What was reported.
    pub description: Field,
    /// Where, in words.
    pub address: Field,
    /// `satisfied`, `neutral` or `dissatisfied`.
    pub satisfaction: Field,
}

impl Fields {
    /// Every field with its name, in the order of the documentation.
    pub(crate) fn named(&self) -> [(&'static str, &Field); 20] {
        [
            ("id", &self.id),
            ("reported_at", &self.reported_at),
            ("closed_at", &self.closed_at),
            ("due_at", &self.due_at),
            ("area", &self.area),
            ("town", &self.town),
            ("village", &self.village),
            ("lng", &self.lng),
            ("lat", &self.lat),
            ("kind", &self.kind),
            ("major", &self.major),
            ("minor", &self.minor),
            ("standard", &self.standard),
            ("body", &self.body),
            ("source", &self.source),
            ("state", &self.state),
            ("on_time", &self.on_time),
            ("description", &self.description),
            ("address", &self.address),
            ("satisfaction", &self.satisfaction),
        ]
    }
}

/// Bodies whose name fits the pattern are of that kind; the first rule that fits decides.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BodyRule {
    /// The name, with `*` for anything.
    #[serde(rename = "match")]
    pub pattern: String,
    /// `department`, `company`, `town` or `village`.
    pub kind: BodyKind,
}

/// A whole mapping file.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mapping {
    /// What the file is, for the report.
    #[serde(default)]
    pub title: String,
    /// Short name of the system that the cases come from; with the number there it identifies a case for good, so that
    /// an import can be repeated.
    pub origin: String,
    /// The form of the file.
    #[serde(default)]
    pub format: Format,
    /// `auto`, `utf-8` or `gb18030`.
    #[serde(default = "auto")]
    pub encoding: String,
    /// What stands between two cells; found by itself if not said.
    pub delimiter: Option<char>,
    /// The zone of times without one.
    pub time_zone: String,
    /// The coordinate system of the points.
    #[serde(default)]
    pub crs: Crs,
    /// West, south, east, north: points outside are told and not used.
    pub within: Option<[f64; 4]>,
    /// Cells that mean nothing is given, in every field.
    #[serde(default)]
    pub none: Vec<String>,
    /// What may be created.
    #[serde(default)]
    pub create: Vec<Create>,
    /// The edition under which classes are created.
    #[serde(default = "local")]
    pub edition: String,
    /// Further columns to keep with the case, as they are.
    #[serde(default)]
    pub keep: Vec<String>,
    /// The district.
    pub district: District,
    /// Kinds of bodies; without a rule, a body is a department.
    #[serde(default)]
    pub bodies: Vec<BodyRule>,
    /// Where the facts are.
    pub fields: Fields,
}

fn auto() -> String {
    "auto".to_owned()
}

fn local() -> String {
    "local".to_owned()
}

impl Mapping {
    /// Reads and checks a mapping file.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(crate) fn parse(file: &str, text: &str) -> Result<Self, Vec<Problem>> {
        let mapping: Self = toml::from_str(text).map_err(|error| {
            let line = error
                .span()
                .map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1);
            let problem = Problem::new(&UNREADABLE, file).arg("why", error.message());
            vec![match line.and_then(|line| u64::try_from(line).ok()) {
                Some(line) => problem.line(line),
                None => problem,
            }]
        })?;
        let problems = mapping.check(file);
        if problems.is_empty() {
            Ok(mapping)
        } else {
            Err(problems)
        }
    }

    /// The zone of times without one; UTC only if the name was never checked.
    pub(crate) fn zone(&self) -> TimeZone {
        TimeZone::get(&self.time_zone).unwrap_or(TimeZone::UTC)
    }

    /// Whether unknown names of that sort are to be created.
    pub(crate) fn creates(&self, what: Create) -> bool {
        self.create.contains(&what)
    }

    /// What kind of body has that name.
    pub(crate) fn body_kind(&self, name: &str) -> BodyKind {
        let rule = self.bodies.iter().find(|rule| fits(&rule.pattern, name));
        rule.map_or(BodyKind::Department, |rule| rule.kind)
    }

    fn check(&self, file: &str) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut wrong = |field: &str, zh: String, en: String| {
            problems.push(
                Problem::new(&WRONG, file)
                    .column(field)
                    .arg("field", field)
                    .arg("why", zh)
                    .arg("why_en", en),
            );
        };
        if self.origin.is_empty()
            || !self
                .origin
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
        {
            wrong(
                "origin",
                "只能用字母、数字、“-”“_”“.”".into(),
                "letters, digits, -, _ and . only".into(),
            );
        }
        if TimeZone::get(&self.time_zone).is_err() {
            let name = &self.time_zone;
            wrong(
                "time_zone",
                format!("没有时区“{name}”"),
                format!("there is no time zone “{name}”"),
            );
        }
        if !["auto", "utf-8", "gb18030"].contains(&self.encoding.as_str()) {
            wrong(
                "encoding",
                "应为auto、utf-8或gb18030".into(),
                "use auto, utf-8 or gb18030".into(),
            );
        }
        if self.delimiter.is_some_and(|c| ![',', ';', '\t'].contains(&c)) {
            wrong(
                "delimiter",
                "应为逗号、分号或制表符".into(),
                "use a comma, a semicolon or a tab".into(),
            );
        }
        if self.district.code.level() != standards::Level::District {
            wrong(
                "district.code",
                "应为6位区县代码".into(),
                "six digits of a district are needed".into(),
            );
        }
        if self
            .within
            .is_some_and(|[west, south, east, north]| !(west < east && south < north))
        {
            wrong(
                "within",
                "次序应为西、南、东、北".into(),
                "the order is west, south, east, north".into(),
            );
        }
        for (name, field) in self.fields.named() {
            let key = format!("fields.{name}");
            let given = usize::from(field.value.is_some()) + usize::from(!field.columns.is_empty());
            let needed = matches!(name, "id" | "reported_at" | "state");
            if needed && given == 0 {
                wrong(&key, "必须给出".into(), "it must be given".into());
            } else if given == 2 {
                wrong(
                    &key,
                    "column与value不能并用".into(),
                    "column and value exclude each other".into(),
                );
            } else if given == 0 && *field != Field::default() {
                wrong(&key, "缺少column或value".into(), "column or value is missing".into());
            }
            if let Some(known) = words(name) {
                let said = field.values.values().chain(&field.value).chain(&field.default);
                for word in said.filter(|word| !known.contains(&word.as_str())) {
                    let choice = known.join(", ");
                    wrong(
                        &key,
                        format!("“{word}”不可用，可用：{choice}"),
                        format!("“{word}” is none of {choice}"),
                    );
                }
            }
            for format in &field.formats {
                if let Some(why) = bad_format(format) {
                    wrong(
                        &key,
                        format!("时间格式“{format}”：{why}"),
                        format!("time format “{format}”: {why}"),
                    );
                }
            }
        }
        problems
    }
}

/// The words of a field that has a closed set of them.
pub(crate) fn words(field: &str) -> Option<Vec<&'static str>> {
    match field {
        "kind" => Some(standards::Kind::ALL.iter().map(|k| k.as_str()).collect()),
        "source" => Some(Source::ALL.iter().map(|s| s.as_str()).collect()),
        "state" => Some(State::ALL.iter().map(|s| s.as_str()).collect()),
        "satisfaction" => Some(Satisfaction::ALL.iter().map(|s| s.as_str()).collect()),
        "on_time" => Some(vec!["yes", "no"]),
        _ => None,
    }
}

/// Why a time format cannot work, found by writing a time with it.
fn bad_format(format: &str) -> Option<String> {
    let sample = jiff::civil::date(2018, 6, 26)
        .at(10, 58, 54, 0)
        .to_zoned_datetime(TimeZone::UTC)
        .ok()?;
    match jiff::fmt::strtime::format(format, &sample) {
        Err(error) => Some(error.to_string()),
        Ok(text) => jiff::fmt::strtime::parse(format, &text)
            .err()
            .map(|error| error.to_string()),
    }
}

/// Whether a text fits a pattern in which `*` stands for anything.
pub(crate) fn fits(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    // `split` gives at least one part; without a `*` it is the whole pattern.
    let Some(rest) = parts.next().and_then(|first| text.strip_prefix(first)) else {
        return false;
    };
    let Some(last) = parts.next_back() else {
        return rest.is_empty();
    };
    let mut rest = rest;
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}
