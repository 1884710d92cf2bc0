//! Reports: what comes in, where it belongs, and the case it becomes.

use components::api::Component;
use grid::api::{Atlas, atlas};
use kernel::Work;
use kernel::error::{Error, Fields, Result, codes as kernel_codes};
use kernel::events::Place;
use kernel::files::{self, FileId};
use kernel::vault::{mask_name, mask_phone};
use serde::{Deserialize, Serialize};
use standards::{Crs, Point};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::catalogue::catalogue;
use crate::model::{Action, Case, CaseId, Counts, EntryId, MAX_PHOTOS, Source, State};
use crate::moves::{self, CASE_CHANGED, Changed};
use crate::settings::settings;
use crate::store::{self, Entry};
use crate::view::{ContactView, EntryDetail, Receipt};
use crate::{codes, model, reception};

/// A report.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// Made by the client, so that a report sent twice from a bad network is one case.
    pub id: Option<Uuid>,
    /// Who it comes from.
    pub source: Source,
    /// Its class, if it is known already.
    #[schema(max_length = 32)]
    pub class: Option<String>,
    /// What is the matter.
    #[schema(min_length = 2, max_length = 4000)]
    pub description: String,
    /// Where, in words.
    #[schema(max_length = 200)]
    pub place: Option<String>,
    /// Where, on the map. The smallest area that holds the point is the case's.
    pub point: Option<ReportPoint>,
    /// The area, if there is no point.
    #[schema(max_length = 15)]
    pub area: Option<String>,
    /// The component that it is about, by its code: then point and area are the component's own.
    #[schema(max_length = 17)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub component: Option<String>,
    /// Photos, uploaded before.
    #[serde(default)]
    #[schema(max_items = 9)]
    pub photos: Vec<FileId>,
    /// The resident behind the report: kept sealed, shown masked.
    pub contact: Option<ContactView>,
    /// Whether the resident does not want to be named: then there is no contact.
    #[serde(default)]
    pub anonymous: bool,
}

/// A point in one of the three coordinate systems.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportPoint {
    /// East, in degrees.
    #[schema(minimum = -180, maximum = 180)]
    pub lng: f64,
    /// North, in degrees.
    #[schema(minimum = -90, maximum = 90)]
    pub lat: f64,
    /// `wgs84` if not said.
    #[schema(value_type = Option<String>)]
    pub crs: Option<Crs>,
}

impl Report {
    fn check(&self) -> Result<()> {
        let mut fields = Fields::new();
        fields.text("description", &self.description, 2, 4000);
        fields.text("place", self.place.as_deref().unwrap_or_default(), 0, 200);
        if let Some(point) = self.point {
            fields
                .range("point.lng", point.lng, -180.0, 180.0)
                .range("point.lat", point.lat, -90.0, 90.0);
        } else if self.area.is_none() && self.component.is_none() {
            fields.refuse("point", &kernel_codes::REQUIRED);
        }
        if self.photos.len() > MAX_PHOTOS {
            fields.refuse_with(
                "photos",
                &kernel_codes::RANGE,
                &[("min", "0"), ("max", &MAX_PHOTOS.to_string())],
            );
        }
        if self.anonymous && !matches!(self.source, Source::Resident | Source::Hotline) {
            fields.refuse("anonymous", &kernel_codes::NOT_ALLOWED);
        }
        if self.anonymous && self.contact.is_some() {
            fields.refuse("contact", &kernel_codes::NOT_ALLOWED);
        }
        if let Some(contact) = &self.contact {
            fields.text("contact.name", contact.name.as_deref().unwrap_or_default(), 0, 64);
            let phone = contact.phone.as_deref().unwrap_or_default();
            fields.text("contact.phone", phone, 0, 32);
            if !phone.chars().all(|c| c.is_ascii_digit() || "+- ()".contains(c)) {
                fields.refuse_with("contact.phone", &kernel_codes::FORMAT, &[("why", "0-9 + -")]);
            }
        }
        fields.done()
    }

    /// The report's area and point in WGS 84.
    fn locate(&self, atlas: &Atlas) -> Result<(String, Option<Point>)> {
        let unknown = |area: &str| {
            let mut fields = Fields::new();
            fields.refuse_with("area", &kernel_codes::UNKNOWN, &[("value", area)]);
            fields
                .done()
                .err()
                .unwrap_or_else(|| Error::from(&kernel_codes::INVALID))
        };
        let given = match &self.area {
            Some(code) => Some(atlas.area(code).ok_or_else(|| unknown(code))?.code.clone()),
            None => None,
        };
        let Some(point) = self.point else {
            return given
                .map(|it| (it, None))
                .ok_or_else(|| Error::field("point", &kernel_codes::REQUIRED));
        };
        let raw = Point::new(point.lng, point.lat).map_err(|_| Error::field("point", &codes::OUTSIDE))?;
        let wgs84 = raw.convert(point.crs.unwrap_or(Crs::Wgs84), Crs::Wgs84);
        let found = atlas.locate(wgs84);
        let smallest = found
            .grid
            .or(found.village)
            .or(found.town)
            .or(found.district)
            .map(|it| it.code.to_string());
        match smallest.or(given) {
            Some(area) => Ok((area, Some(wgs84))),
            None => Err(Error::field("point", &codes::OUTSIDE)),
        }
    }
}

/// Makes a report a case.
pub async fn report(work: &mut Work, input: Report) -> Result<Receipt> {
    input.check()?;
    let kernel = work.kernel().clone();
    let (atlas, catalogue) = (atlas(&kernel)?, catalogue(&kernel)?);
    let component = match input.component.as_deref().map(str::trim).filter(|it| !it.is_empty()) {
        Some(code) => Some(reception::component::named(work, code).await?),
        None => None,
    };
    let (area, point) = match &component {
        // Grids may have been drawn anew since the survey.
        Some(it) => {
            let now = atlas.locate(it.point());
            let area = now
                .innermost()
                .map_or_else(|| it.area.clone(), |it| it.code.to_string());
            (area, Some(it.point()))
        }
        None => input.locate(&atlas)?,
    };
    if let Some(class) = input.class.as_deref().filter(|it| catalogue.class(it).is_none()) {
        let mut fields = Fields::new();
        fields.refuse_with("class", &kernel_codes::UNKNOWN, &[("value", class)]);
        fields.done()?;
    }
    let now = work.now();
    let id = input.id.map_or_else(|| kernel.id(), CaseId);
    reception::admit(work, id, &input, &area).await?;
    let entry: EntryId = kernel.id();
    let contact = input.contact.filter(|it| it.name.is_some() || it.phone.is_some());
    let sealed = contact
        .as_ref()
        .map(|it| kernel.vault().seal(&kernel, it, &id.to_string()))
        .transpose()?;
    let mut case = Case {
        class: input.class,
        place: input
            .place
            .map(|it| it.trim().to_owned())
            .filter(|it| !it.is_empty())
            .or_else(|| component.as_ref().map(place_of)),
        lng: point.map(|it| it.lng),
        lat: point.map(|it| it.lat),
        component: component.map(|it| it.code),
        reporter: work.user().map(|it| it.id),
        contact_name: contact.as_ref().and_then(|it| it.name.as_deref()).map(mask_name),
        contact_phone: contact.as_ref().and_then(|it| it.phone.as_deref()).map(mask_phone),
        photo: input.photos.first().copied(),
        ..Case::reported(id, input.source, input.description.trim().to_owned(), area, now)
    };
    let first = settings(&kernel)?.first_level;
    let standing = case.area.clone();
    case.desk = model::desk_of(&standing, first).to_owned();
    moves::with_rules(&kernel, &catalogue, None, &standing, |rules| {
        model::set_light(&mut case, now, rules)
    })?;
    let photos = files::attach(work, &input.photos, &format!("cases:{id}")).await?;
    // The number's counter is a row that all reports share: it is taken as late as can be.
    let year = moves::local_day(&kernel, now)[..4].to_owned();
    case.number = number(&year, work.next_number(&format!("cases.{year}")).await?);
    store::insert_case(work, &case, sealed).await?;
    let actor_name = work.user().map_or_else(|| "系统".to_owned(), |it| it.name.clone());
    let first = Entry {
        id: entry,
        case_id: id,
        n: 1,
        at: now,
        actor: case.reporter,
        actor_name,
        action: Action::Report,
        from_state: State::Reported,
        to_state: State::Reported,
        note: None,
        detail: serde_json::to_string(&EntryDetail {
            due_at: case.due_at,
            ..EntryDetail::default()
        })
        .map_err(Error::internal)?,
    };
    store::insert_entry(work, first).await?;
    store::insert_photos(work, id, entry, &photos).await?;
    let counts = Counts {
        reported: 1,
        ..Counts::default()
    };
    let day = moves::local_day(&kernel, now);
    store::count(work, &day, &case, None, &counts, None).await?;
    work.audit(
        "cases.report",
        id,
        serde_json::json!({ "number": case.number, "area": case.area }),
    )
    .await?;
    let place = Place {
        area: Some(&case.area),
        body: None,
        owners: &case.owners(),
    };
    work.emit(&CASE_CHANGED, place, Changed::of(&case, Action::Report))
        .await?;
    Ok(moves::receipt(&case, entry))
}

/// Where a component stands, with its name.
fn place_of(component: &Component) -> String {
    let label = component.label();
    let place: String = match &component.place {
        Some(place) => format!("{place} {label}"),
        None => label,
    };
    place.chars().take(200).collect()
}

/// A case's number: the year of the report and a running number without gaps.
pub fn number(year: &str, n: i64) -> String {
    format!("{year}-{n:06}")
}
