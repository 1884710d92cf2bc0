//! What goes out: rows of a list, the desk of one case, figures. Names come from memory, so a page is a fixed number of
//! statements however many rows it has.

mod facts;

use grid::api::Atlas;
use kernel::Time;
use kernel::files::FileId;
use serde::{Deserialize, Serialize};
use standards::Light;
use utoipa::ToSchema;
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};

use crate::catalogue::{Catalogue, Standard};
use crate::model::{Action, Asked, Case, CaseId, Counts, EntryId, Satisfaction, Source, StandardId, State};
use crate::store::{Entry, Photo};

pub use facts::{CaseFacts, ContactView, Person, facts};

/// A point in WGS 84 degrees.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PointView {
    /// East.
    pub lng: f64,
    /// North.
    pub lat: f64,
}

/// Something with a code and a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Named {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its name in English, if there is one.
    pub name_en: Option<String>,
}

/// Where a case is, by area.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CaseArea)]
pub struct AreaView {
    /// The smallest area known.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The names from the town down.
    pub path: String,
    /// The same in English, as far as there are English names.
    pub path_en: String,
}

/// A filing standard, in short.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StandardName {
    /// Its id.
    pub id: StandardId,
    /// Its code.
    pub code: String,
    /// When a case is filed under it.
    pub name: String,
    /// The same in English.
    pub name_en: Option<String>,
    /// Its time limit in words.
    pub limit_zh: String,
    /// Its time limit in words.
    pub limit_en: String,
}

impl From<&Standard> for StandardName {
    fn from(it: &Standard) -> Self {
        let limit = it.limit();
        Self {
            id: it.id,
            code: it.code.clone(),
            name: it.condition.clone(),
            name_en: it.condition_en.clone(),
            limit_zh: limit.map(standards::Limit::zh).unwrap_or_default(),
            limit_en: limit.map(standards::Limit::en).unwrap_or_default(),
        }
    }
}

/// A row of a list of cases.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CaseRow {
    /// Its id.
    pub id: CaseId,
    /// Its number.
    pub number: String,
    /// Where it stands.
    pub state: State,
    /// The light of the present step; absent when it has ended.
    #[schema(schema_with = light_schema)]
    pub light: Option<Light>,
    /// What is the matter.
    pub description: String,
    /// Its class.
    pub class: Option<Named>,
    /// What it is filed under.
    pub standard: Option<StandardName>,
    /// Its area.
    pub area: AreaView,
    /// Where, in words.
    pub place: Option<String>,
    /// Where.
    pub point: Option<PointView>,
    /// The body that has it.
    pub body: Option<Named>,
    /// Who it comes from.
    pub source: Source,
    /// What its body asks the centre for.
    pub asked: Option<Asked>,
    /// When the present step is due.
    pub due_at: Option<Time>,
    /// When it was reported.
    pub reported_at: Time,
    /// When it ended.
    pub closed_at: Option<Time>,
    /// Whether the body missed its limit.
    pub late: Option<bool>,
    /// The first photo.
    pub photo: Option<FileId>,
    /// Counts the moves.
    pub version: i64,
}

/// How the lights appear in the description of the API.
pub fn light_schema() -> Schema {
    ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
        .enum_values(Some([Some("green"), Some("yellow"), Some("red"), None]))
        .into()
}

/// What views are made with.
pub struct Names<'a> {
    /// Areas and bodies.
    pub atlas: &'a Atlas,
    /// Classes and standards.
    pub catalogue: &'a Catalogue,
    /// The present moment.
    pub now: Time,
}

impl Names<'_> {
    /// A body by its code.
    pub fn body(&self, code: &str) -> Named {
        let body = self.atlas.body(code);
        Named {
            code: code.to_owned(),
            name: body.map_or_else(|| code.to_owned(), |it| it.name.clone()),
            name_en: body.and_then(|it| it.name_en.clone()),
        }
    }

    /// A class by its code.
    pub fn class(&self, code: &str) -> Named {
        let class = self.catalogue.class(code);
        Named {
            code: code.to_owned(),
            name: class.map_or_else(|| code.to_owned(), |it| it.name.clone()),
            name_en: class.and_then(|it| it.name_en.clone()),
        }
    }

    /// An area by its code, in short.
    pub fn named_area(&self, code: &str) -> Named {
        let area = self.atlas.area(code);
        Named {
            code: code.to_owned(),
            name: area.map_or_else(|| code.to_owned(), |it| it.name.clone()),
            name_en: area.and_then(|it| it.name_en.clone()),
        }
    }

    /// An area by its code.
    pub fn area(&self, code: &str) -> AreaView {
        AreaView {
            code: code.to_owned(),
            name: self
                .atlas
                .area(code)
                .map_or_else(|| code.to_owned(), |it| it.name.clone()),
            path: self.atlas.path_name(code),
            path_en: self.atlas.path_name_en(code),
        }
    }

    /// A case as a row.
    pub fn row(&self, case: &Case) -> CaseRow {
        CaseRow {
            id: case.id,
            number: case.number.clone(),
            state: case.state,
            light: case.light(self.now),
            description: case.description.clone(),
            class: case.class.as_deref().map(|it| self.class(it)),
            standard: case
                .standard
                .and_then(|it| self.catalogue.standard(it))
                .map(StandardName::from),
            area: self.area(&case.area),
            place: case.place.clone(),
            point: case.lng.zip(case.lat).map(|(lng, lat)| PointView { lng, lat }),
            body: case.body.as_deref().map(|it| self.body(it)),
            source: case.source,
            asked: case.asked,
            due_at: case.due_at,
            reported_at: case.reported_at,
            closed_at: case.closed_at,
            late: case.late,
            photo: case.photo,
            version: case.version,
        }
    }
}

/// Everything about one case, with what the user can do with it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CaseDesk {
    /// The facts.
    pub facts: CaseFacts,
    /// The photos.
    pub photos: Vec<PhotoView>,
    /// What happened, oldest first.
    pub timeline: Vec<EntryView>,
    /// The moves that are open to the user.
    pub moves: Vec<MoveView>,
}

/// A photo of a case.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PhotoView {
    /// The file.
    pub file: FileId,
    /// The entry that it came with.
    pub entry: EntryId,
    /// When it was taken, as the camera says.
    pub taken_at: Option<Time>,
    /// Where it was taken, as the camera says.
    pub point: Option<PointView>,
}

impl From<Photo> for PhotoView {
    fn from(it: Photo) -> Self {
        Self {
            file: it.file,
            entry: it.entry,
            taken_at: it.taken_at,
            point: it.lng.zip(it.lat).map(|(lng, lat)| PointView { lng, lat }),
        }
    }
}

/// An entry of the timeline.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EntryView {
    /// Its id.
    pub id: EntryId,
    /// When.
    pub at: Time,
    /// Who.
    pub actor_name: String,
    /// What.
    pub action: Action,
    /// The state before.
    pub from: State,
    /// The state after.
    pub to: State,
    /// What was said.
    pub note: Option<String>,
    /// What was decided.
    pub detail: EntryDetail,
    /// Seconds since the entry before.
    pub took_seconds: Option<i64>,
}

/// What an entry decided, with the names of that time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct EntryDetail {
    /// The class.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<Named>,
    /// The filing standard.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standard: Option<Named>,
    /// The body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Named>,
    /// The worker or colleague.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Whether the report is true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub truth: Option<bool>,
    /// Whether the work is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passed: Option<bool>,
    /// How satisfied the reporter is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub satisfaction: Option<Satisfaction>,
    /// Why not more.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Named>,
    /// Whether dissatisfaction is justified.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub justified: Option<bool>,
    /// Until when it is put off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Time>,
    /// What was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked: Option<Asked>,
    /// The centre that it was given to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub desk: Option<Named>,
    /// When the step that it began is due.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Time>,
}

/// The timeline as it is shown.
pub fn timeline(entries: Vec<Entry>) -> Vec<EntryView> {
    let mut before: Option<Time> = None;
    let view = entries.into_iter().map(|it| {
        let took_seconds = before.map(|before| it.at.seconds_since(before));
        before = Some(it.at);
        EntryView {
            id: it.id,
            at: it.at,
            actor_name: it.actor_name,
            action: it.action,
            from: it.from_state,
            to: it.to_state,
            note: it.note,
            detail: serde_json::from_str(&it.detail).unwrap_or_default(),
            took_seconds,
        }
    });
    view.collect()
}

/// A move that is open.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MoveView {
    /// What is done.
    pub action: Action,
    /// In Chinese.
    pub zh: &'static str,
    /// In English.
    pub en: &'static str,
    /// The state it leads to.
    pub to: State,
    /// Whether something is lost by it: ask twice.
    pub danger: bool,
    /// Whether it is a step aside rather than the next one.
    pub side: bool,
    /// What must or may be given.
    pub needs: Vec<NeedView>,
}

/// What a move asks for.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NeedView {
    /// The field of the request.
    pub field: &'static str,
    /// `text`, `bool`, `choice`, `choices`, `moment`, `photos` or `pick`.
    pub kind: &'static str,
    /// Whether the move is refused without it.
    pub required: bool,
    /// In Chinese.
    pub zh: &'static str,
    /// In English.
    pub en: &'static str,
    /// What to choose from, for `choice` and `choices`.
    pub choices: Vec<Choice>,
    /// What lies near, for `pick`: the likeliest first.
    pub suggested: Vec<Suggestion>,
}

/// One of a closed set.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Choice {
    /// The word to send.
    pub value: String,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

/// A proposal, with its reason.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Suggestion {
    /// What to send.
    pub value: String,
    /// What to show.
    pub label: String,
    /// The same in English, if it has an English name.
    pub label_en: Option<String>,
    /// Why it is proposed, in Chinese.
    pub why_zh: String,
    /// Why it is proposed, in English.
    pub why_en: String,
}

/// The answer to a report or a move.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Receipt {
    /// The case.
    pub id: CaseId,
    /// Its number.
    pub number: String,
    /// Where it stands now.
    pub state: State,
    /// Its version now.
    pub version: i64,
    /// The timeline's entry.
    pub entry: EntryId,
}

/// A row of the figures.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FigureRow {
    /// The group's code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its name in English, if there is one.
    pub name_en: Option<String>,
    /// The counts.
    #[serde(flatten)]
    pub counts: Counts,
    /// Closed of filed, 0 to 1; of a body: closed of dispatched and not returned.
    pub closing_rate: Option<f64>,
    /// Closed within the limit, of closed that had one, 0 to 1.
    pub on_time_rate: Option<f64>,
    /// Satisfied of evaluated, 0 to 1.
    pub satisfaction_rate: Option<f64>,
}

/// The figures of a period.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Figures {
    /// By group.
    pub rows: Vec<FigureRow>,
    /// All together.
    pub total: FigureRow,
}

impl FigureRow {
    /// A row with its rates; a rate of nothing is absent, not zero.
    pub fn new(name: Named, counts: Counts, of_body: bool) -> Self {
        let rate = |part: i64, whole: i64| (whole > 0).then(|| ratio(part, whole));
        // Who sees a body's cases alone sees none of them filed.
        let base = if of_body || counts.filed == 0 {
            counts.dispatched - counts.returned
        } else {
            counts.filed
        };
        Self {
            code: name.code,
            name: name.name,
            name_en: name.name_en,
            closing_rate: rate(counts.closed, base),
            on_time_rate: rate(counts.closed_on_time, counts.closed_on_time + counts.closed_late),
            satisfaction_rate: rate(counts.satisfied, counts.rated),
            counts,
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
fn ratio(part: i64, whole: i64) -> f64 {
    part as f64 / whole as f64
}
