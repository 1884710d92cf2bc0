//! What a component is, and what may be entered as one: pure rules, without SQL, HTTP or a clock of their own.

use grid::api::Atlas;
use kernel::error::{Code, Error, Fields, Result, codes as kernel_codes};
use kernel::words;
use serde::{Deserialize, Serialize};
use standards::{ComponentCode, Crs, Point};
use utoipa::ToSchema;

use crate::{class, codes};

words! {
    /// How a component stands.
    pub enum ComponentState {
        /// As it should be.
        Good = "good", "完好", "Good";
        /// Broken, but there.
        Damaged = "damaged", "破损", "Damaged";
        /// Gone, though it should be there.
        Missing = "missing", "丢失", "Missing";
        /// There, and no longer used.
        Disused = "disused", "废弃", "Disused";
        /// Taken away for good; kept for the cases that name it.
        Removed = "removed", "移除", "Removed";
    }
}

/// A component: one lamp, one manhole.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Component {
    /// Its code, 16 digits (2013) or 17 (2026).
    pub code: String,
    /// Its class as the responsibility list writes it: `2026.C01037`.
    pub class: String,
    /// The number on its plate.
    pub sequence: i64,
    /// What it is called; its class's name if nothing else.
    pub name: String,
    /// The smallest area that holds it.
    pub area: String,
    /// East, in degrees of WGS 84.
    pub lng: f64,
    /// North, in degrees of WGS 84.
    pub lat: f64,
    /// Where, in words.
    pub place: Option<String>,
    /// The responsible body that keeps it.
    pub body: Option<String>,
    /// Whose it is, as the survey wrote it.
    pub owner: Option<String>,
    /// How it stands.
    pub state: ComponentState,
    /// The day it was last surveyed, `YYYY-MM-DD`.
    pub surveyed_on: Option<String>,
    /// Anything else.
    pub note: Option<String>,
    /// Counts its changes.
    pub version: i64,
}

impl Component {
    /// Its name and the number on its plate: what a person says to mean this one.
    pub fn label(&self) -> String {
        format!("{} {:06}", self.name, self.sequence)
    }

    /// The same in English; nothing for one with a name of its own.
    pub fn label_en(&self) -> Option<String> {
        let class = class::ComponentClass::of(&self.class, 0);
        let name = class.name_en.filter(|_| class.name == self.name)?;
        Some(format!("{name} {:06}", self.sequence))
    }

    /// Where it stands.
    pub fn point(&self) -> Point {
        Point {
            lng: self.lng,
            lat: self.lat,
        }
    }

    /// Whether this says the same as `other`, however often either was changed.
    pub(crate) fn says_as(&self, other: &Self) -> bool {
        let version = self.version;
        Self {
            version,
            ..other.clone()
        } == *self
    }
}

/// A point in one of the three coordinate systems.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ComponentPoint {
    /// East, in degrees.
    #[schema(minimum = -180, maximum = 180)]
    pub(crate) lng: f64,
    /// North, in degrees.
    #[schema(minimum = -90, maximum = 90)]
    pub(crate) lat: f64,
    /// `wgs84` if not said.
    #[schema(value_type = Option<String>)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) crs: Option<Crs>,
}

/// What is said about a component, new or changed.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct Facts {
    /// What it is called; its class's name if not said.
    #[schema(max_length = 100)]
    pub(crate) name: Option<String>,
    /// Where it stands. The smallest area that holds the point is the component's.
    pub(crate) point: ComponentPoint,
    /// Where, in words.
    #[schema(max_length = 200)]
    pub(crate) place: Option<String>,
    /// The responsible body that keeps it.
    #[schema(max_length = 32)]
    pub(crate) body: Option<String>,
    /// Whose it is.
    #[schema(max_length = 100)]
    pub(crate) owner: Option<String>,
    /// How it stands; `good` if not said.
    pub(crate) state: Option<ComponentState>,
    /// The day it was last surveyed.
    #[schema(format = Date)]
    pub(crate) surveyed_on: Option<String>,
    /// Anything else.
    #[schema(max_length = 500)]
    pub(crate) note: Option<String>,
}

/// A text that was given and is not blank.
fn said(text: Option<String>) -> Option<String> {
    text.map(|it| it.trim().to_owned()).filter(|it| !it.is_empty())
}

impl Facts {
    /// The component that these facts are about, or all that is wrong with them.
    pub(crate) fn settle(self, code: ComponentCode, atlas: &Atlas) -> Result<Component> {
        let mut fields = Fields::new();
        fields
            .text("name", self.name.as_deref().unwrap_or_default(), 0, 100)
            .text("place", self.place.as_deref().unwrap_or_default(), 0, 200)
            .text("owner", self.owner.as_deref().unwrap_or_default(), 0, 100)
            .text("note", self.note.as_deref().unwrap_or_default(), 0, 500);
        let body = said(self.body);
        let surveyed_on = said(self.surveyed_on).and_then(|it| {
            let day = it.parse::<jiff::civil::Date>().ok();
            let day = day.filter(|it| (1900..=2100).contains(&it.year()));
            if day.is_none() {
                fields.refuse_with("surveyed_on", &kernel_codes::FORMAT, &[("why", "YYYY-MM-DD")]);
            }
            day.map(|it| it.to_string())
        });
        if let Some(body) = body.as_deref().filter(|it| atlas.body(it).is_none()) {
            fields.refuse_with("body", &kernel_codes::UNKNOWN, &[("value", body)]);
        }
        let raw = Point::new(self.point.lng, self.point.lat);
        let point = raw.map(|it| it.convert(self.point.crs.unwrap_or(Crs::Wgs84), Crs::Wgs84));
        let area = point
            .as_ref()
            .ok()
            .and_then(|it| atlas.locate(*it).innermost().map(|it| it.code.to_string()));
        match &area {
            None => {
                fields.refuse("point", &codes::OUTSIDE);
            }
            Some(area) if !area.starts_with(code.area().as_str()) => {
                let district = area.get(..6).unwrap_or(area);
                let (own, there) = (atlas.path_name(code.area().as_str()), atlas.path_name(district));
                let own = if own.is_empty() { code.area().to_string() } else { own };
                fields.refuse_with("code", &codes::OTHER_DISTRICT, &[("code", &own), ("area", &there)]);
            }
            Some(_) => {}
        }
        fields.done()?;
        let class = class::stored(code.class());
        let point = point.map_err(Error::internal)?;
        Ok(Component {
            code: code.to_string(),
            sequence: i64::from(code.sequence()),
            name: said(self.name).unwrap_or_else(|| class::ComponentClass::of(&class, 0).name),
            class,
            area: area.unwrap_or_default(),
            lng: rounded(point.lng),
            lat: rounded(point.lat),
            place: said(self.place),
            body,
            owner: said(self.owner),
            state: self.state.unwrap_or(ComponentState::Good),
            surveyed_on,
            note: said(self.note),
            version: 1,
        })
    }
}

/// Degrees to a tenth of a metre, so that a point written and read again is the same.
pub(crate) fn rounded(degrees: f64) -> f64 {
    (degrees * 1.0e6).round() / 1.0e6
}

/// Refuses one field.
pub(crate) fn refused(field: &str, code: &'static Code, args: &[(&str, &str)]) -> Error {
    let mut fields = Fields::new();
    fields.refuse_with(field, code, args);
    fields
        .done()
        .err()
        .unwrap_or_else(|| Error::from(&kernel_codes::INVALID))
}
