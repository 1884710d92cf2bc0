//! The addresses: the table first, then the handlers in its order.

use axum::extract::{DefaultBodyLimit, Multipart, State as Shared};
use grid::api::{Atlas, atlas};
use kernel::auth::{User, not_found};
use kernel::error::{Error, Fields, Lang, Result, codes as kernel_codes};
use kernel::events::Place;
use kernel::http::{Accepts, Form, Guard, Json, Path, Query, Routes, form_parts, routes};
use kernel::intake::Problem;
use kernel::page::{Page, PageQuery};
use kernel::{Kernel, Work};
use serde::{Deserialize, Serialize};
use standards::{ComponentCode, Point};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::api::{COMPONENTS_CHANGED, Changed, ImportOptions, ImportReport};
use crate::class::{self, ComponentClass};
use crate::codes;
use crate::model::{Component, ComponentPoint, ComponentState, Facts, refused};
use crate::permissions::{MANAGE, READ};
use crate::store::{self, Bounds, ComponentQuery};

/// The largest file; half a million rows.
const IMPORT_BYTES: usize = 64 * 1024 * 1024;

pub(crate) fn routes() -> Routes {
    let mut import = routes!(component_import);
    import.2 = import.2.layer(DefaultBodyLimit::max(IMPORT_BYTES));
    Routes::new()
        .add(routes!(component_list).needs(&READ))
        .add(routes!(component_create).needs(&MANAGE))
        .add(routes!(component_near).needs(&READ))
        .add(routes!(component_points).needs(&READ))
        .add(import.needs(&MANAGE))
        .add(routes!(component_classes).needs(&READ))
        .add(routes!(component_view).needs(&READ))
        .add(routes!(component_update).needs(&MANAGE))
}

/// A component with the names that belong to it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ComponentView {
    code: String,
    /// The edition that its code follows: `2013` or `2026`.
    #[schema(value_type = String)]
    edition: &'static str,
    /// As the responsibility list writes it: `2026.C01037`.
    class: String,
    class_name: String,
    class_name_en: Option<String>,
    major_name: Option<String>,
    major_name_en: Option<String>,
    /// What it is called.
    name: String,
    /// The number on its plate.
    sequence: i64,
    /// The smallest area that holds it.
    area: String,
    /// From the town down.
    area_name: String,
    area_name_en: String,
    point: ComponentPoint,
    /// Where, in words.
    place: Option<String>,
    /// The responsible body that keeps it.
    body: Option<String>,
    body_name: Option<String>,
    body_name_en: Option<String>,
    /// Whose it is.
    owner: Option<String>,
    state: ComponentState,
    /// The day it was last surveyed.
    #[schema(format = Date)]
    surveyed_on: Option<String>,
    note: Option<String>,
    version: i64,
}

impl ComponentView {
    fn new(atlas: &Atlas, it: Component) -> Self {
        let class = ComponentClass::of(&it.class, 0);
        let edition = class::parse(&it.class).map_or("", |it| it.edition().as_str());
        let body = it.body.as_deref().and_then(|it| atlas.body(it));
        let point = ComponentPoint {
            lng: it.lng,
            lat: it.lat,
            crs: None,
        };
        Self {
            edition,
            class_name: class.name,
            class_name_en: class.name_en,
            major_name: class.major_name,
            major_name_en: class.major_name_en,
            area_name: atlas.path_name(&it.area),
            area_name_en: atlas.path_name_en(&it.area),
            body_name: body.map(|it| it.name.clone()),
            body_name_en: body.and_then(|it| it.name_en.clone()),
            point,
            code: it.code,
            class: it.class,
            name: it.name,
            sequence: it.sequence,
            area: it.area,
            place: it.place,
            body: it.body,
            owner: it.owner,
            state: it.state,
            surveyed_on: it.surveyed_on,
            note: it.note,
            version: it.version,
        }
    }
}

/// Refuses words that no query can mean.
fn check(query: &ComponentQuery) -> Result<()> {
    let mut fields = Fields::new();
    let said = |it: &Option<String>| it.clone().unwrap_or_default();
    fields
        .text("text", &said(&query.text), 0, 200)
        .text("class", &said(&query.class), 0, 32)
        .text("area", &said(&query.area), 0, 15)
        .text("body", &said(&query.body), 0, 32);
    fields.done()
}

/// List components, by code.
#[utoipa::path(get, path = "/api/components", tag = "components", params(ComponentQuery, PageQuery), responses((status = 200, body = Page<ComponentView>)))]
async fn component_list(
    Shared(kernel): Shared<Kernel>,
    Query(query): Query<ComponentQuery>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<ComponentView>>> {
    check(&query)?;
    let rows = store::list(&mut kernel.read().await?, &query, &page).await?;
    let atlas = atlas(&kernel)?;
    let page = Page::cut(rows, &page, |it| it.code.clone());
    Ok(Json(page.map(|it| ComponentView::new(&atlas, it))))
}

/// A component to be entered.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(crate) struct ComponentInput {
    /// May be made by the client; the same id and body again changes nothing.
    id: Option<Uuid>,
    /// Its code, 16 or 17 digits; without one it gets the next free number of its class.
    #[schema(max_length = 17)]
    code: Option<String>,
    /// Its class, e.g. `2026.C01037`; needed where there is no code.
    #[schema(max_length = 32)]
    class: Option<String>,
    #[serde(flatten)]
    facts: Facts,
}

impl ComponentInput {
    /// The code that was given, or the next free one of the class in the district that the point lies in.
    async fn code(&self, work: &mut Work, atlas: &Atlas) -> Result<ComponentCode> {
        if let Some(code) = self.code.as_deref().map(str::trim).filter(|it| !it.is_empty()) {
            return class::code(code);
        }
        let class = self.class.as_deref().unwrap_or_default();
        if class.is_empty() {
            return Err(Error::field("class", &kernel_codes::REQUIRED));
        }
        let class = class::parse(class).ok_or_else(|| refused("class", &kernel_codes::UNKNOWN, &[("value", class)]))?;
        let outside = || refused("point", &codes::OUTSIDE, &[]);
        let point = Point::new(self.facts.point.lng, self.facts.point.lat).map_err(|_| outside())?;
        let point = point.convert(self.facts.point.crs.unwrap_or_default(), standards::Crs::Wgs84);
        let area = atlas.locate(point).innermost().map(|it| it.code).ok_or_else(outside)?;
        let front = format!("{}{class}", area.district());
        // Two at once would get the same number: the second waits here for the first.
        work.next_number(&format!("components.{front}")).await?;
        let last = store::last_sequence(work, &front).await?;
        let next = u32::try_from(last + 1).unwrap_or_default();
        ComponentCode::new(area, class, next).map_err(|_| Error::from(&codes::NO_NUMBER_LEFT))
    }
}

/// Enter a component.
#[utoipa::path(post, path = "/api/components", tag = "components", request_body = ComponentInput, responses((status = 200, body = ComponentView)))]
async fn component_create(
    Shared(kernel): Shared<Kernel>,
    user: User,
    Json(input): Json<ComponentInput>,
) -> Result<Json<ComponentView>> {
    let atlas = atlas(&kernel)?;
    let mut work = kernel.work(&user).await?;
    let code = match work.first_answer::<String>(input.id, &input).await? {
        Some(first) => first,
        None => {
            let code = input.code(&mut work, &atlas).await?;
            let component = input.facts.settle(code, &atlas)?;
            reach(&user, &component)?;
            let now = work.now();
            store::insert(&mut work, &component, now).await?;
            work.audit("components.created", &component.code, facts(&component))
                .await?;
            tell(&mut work, &component).await?;
            work.answer(component.code).await?
        }
    };
    seen(&kernel, &atlas, &code).await
}

/// The component as it is now.
async fn seen(kernel: &Kernel, atlas: &Atlas, code: &str) -> Result<Json<ComponentView>> {
    let found = store::find(&mut kernel.read().await?, code)
        .await?
        .ok_or_else(not_found)?;
    Ok(Json(ComponentView::new(atlas, found)))
}

/// Refuses what lies outside the area or body that the user manages, as if it did not exist.
fn reach(user: &User, component: &Component) -> Result<()> {
    if user
        .scope(&MANAGE)
        .holds(Some(&component.area), component.body.as_deref(), &[])
    {
        Ok(())
    } else {
        Err(not_found())
    }
}

/// What a reviewer of the audit log asks for.
fn facts(it: &Component) -> serde_json::Value {
    serde_json::json!({
        "name": it.name, "area": it.area, "lng": it.lng, "lat": it.lat, "place": it.place, "body": it.body, "owner": it.owner,
        "state": it.state, "surveyed_on": it.surveyed_on, "note": it.note,
    })
}

async fn tell(work: &mut Work, component: &Component) -> Result<()> {
    let place = Place {
        area: Some(&component.area),
        body: component.body.as_deref(),
        owners: &[],
    };
    let code = Some(component.code.clone());
    work.emit(&COMPONENTS_CHANGED, place, Changed { code }).await
}

/// A point and what is looked for around it.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct NearQuery {
    /// East, in degrees of WGS 84.
    #[param(minimum = -180, maximum = 180)]
    lng: f64,
    /// North, in degrees of WGS 84.
    #[param(minimum = -90, maximum = 90)]
    lat: f64,
    /// How far, in metres; 100 if not said, at most 200.
    metres: Option<f64>,
    /// Only of this class.
    class: Option<String>,
}

/// A component and how far away it is.
#[derive(Debug, Serialize, ToSchema)]
struct NearComponent {
    component: ComponentView,
    /// In metres.
    metres: f64,
}

/// The most that stand around a point.
const AROUND: usize = 20;

/// See what stands around a point, the nearest first.
#[utoipa::path(get, path = "/api/components/near", tag = "components", params(NearQuery), responses((status = 200, body = Vec<NearComponent>)))]
async fn component_near(
    Shared(kernel): Shared<Kernel>,
    Query(query): Query<NearQuery>,
) -> Result<Json<Vec<NearComponent>>> {
    let mut fields = Fields::new();
    fields
        .range("lng", query.lng, -180.0, 180.0)
        .range("lat", query.lat, -90.0, 90.0);
    let metres = query.metres.unwrap_or(100.0);
    fields.range("metres", metres, 1.0, 200.0);
    fields.text("class", query.class.as_deref().unwrap_or_default(), 0, 32);
    fields.done()?;
    let at = Point {
        lng: query.lng,
        lat: query.lat,
    };
    let found = store::near(&mut kernel.read().await?, at, metres, query.class.as_deref(), AROUND).await?;
    let atlas = atlas(&kernel)?;
    let view = found.into_iter().map(|(metres, it)| NearComponent {
        component: ComponentView::new(&atlas, it),
        metres: (metres * 10.0).round() / 10.0,
    });
    Ok(Json(view.collect()))
}

/// A component as a map shows it.
#[derive(Debug, Serialize, ToSchema)]
struct ComponentDot {
    code: String,
    name: String,
    class: String,
    state: ComponentState,
    lng: f64,
    lat: f64,
}

/// Components on a map.
#[derive(Debug, Serialize, ToSchema)]
struct ComponentDots {
    points: Vec<ComponentDot>,
    /// Whether there are more than are told: the map has to come nearer.
    more: bool,
}

/// The most that a map shows at once.
const DOTS: usize = 2_000;

/// See the components of a part of the map.
#[utoipa::path(get, path = "/api/components/points", tag = "components", params(Bounds, ComponentQuery), responses((status = 200, body = ComponentDots)))]
async fn component_points(
    Shared(kernel): Shared<Kernel>,
    Query(bounds): Query<Bounds>,
    Query(query): Query<ComponentQuery>,
) -> Result<Json<ComponentDots>> {
    let most = i64::try_from(DOTS + 1).unwrap_or(i64::MAX);
    check(&query)?;
    let mut fields = Fields::new();
    for (name, edge, most) in [
        ("west", bounds.west, 180.0),
        ("south", bounds.south, 90.0),
        ("east", bounds.east, 180.0),
        ("north", bounds.north, 90.0),
    ] {
        fields.range(name, edge, -most, most);
    }
    fields.done()?;
    let mut rows = store::inside(&mut kernel.read().await?, bounds, &query, most).await?;
    let more = rows.len() > DOTS;
    rows.truncate(DOTS);
    let points = rows.into_iter().map(|it| ComponentDot {
        code: it.code,
        name: it.name,
        class: it.class,
        state: it.state,
        lng: it.lng,
        lat: it.lat,
    });
    Ok(Json(ComponentDots {
        points: points.collect(),
        more,
    }))
}

/// List the classes of components: those of the 2026 table and whichever else the register holds, with how many of each.
#[utoipa::path(get, path = "/api/component-classes", tag = "components", responses((status = 200, body = Vec<ComponentClass>)))]
async fn component_classes(Shared(kernel): Shared<Kernel>) -> Result<Json<Vec<ComponentClass>>> {
    let held = store::classes(&mut kernel.read().await?).await?;
    let mut all: std::collections::BTreeMap<String, i64> = class::national().map(|it| (it, 0)).collect();
    all.extend(held);
    Ok(Json(
        all.into_iter().map(|(code, n)| ComponentClass::of(&code, n)).collect(),
    ))
}

/// See a component.
#[utoipa::path(get, path = "/api/components/{code}", tag = "components", params(("code" = String, Path)), responses((status = 200, body = ComponentView)))]
async fn component_view(Shared(kernel): Shared<Kernel>, Path(code): Path<String>) -> Result<Json<ComponentView>> {
    seen(&kernel, &*atlas(&kernel)?, &code).await
}

/// A component as it should be. Its code and class never change.
#[derive(Debug, Deserialize, ToSchema)]
struct ComponentChange {
    /// The version that was looked at.
    version: i64,
    #[serde(flatten)]
    facts: Facts,
}

/// Change a component.
#[utoipa::path(put, path = "/api/components/{code}", tag = "components", params(("code" = String, Path)), request_body = ComponentChange, responses((status = 200, body = ComponentView)))]
async fn component_update(
    Shared(kernel): Shared<Kernel>,
    user: User,
    Path(code): Path<String>,
    Json(input): Json<ComponentChange>,
) -> Result<Json<ComponentView>> {
    let atlas = atlas(&kernel)?;
    let mut work = kernel.work(&user).await?;
    let before = store::find(&mut work, &code).await?.ok_or_else(not_found)?;
    reach(&user, &before)?;
    let mut after = input.facts.settle(class::code(&before.code)?, &atlas)?;
    reach(&user, &after)?;
    after.version = input.version + 1;
    let now = work.now();
    if !store::update(&mut work, &after, input.version, now).await? {
        return Err(Error::from(&kernel_codes::STALE).extra(serde_json::json!({ "version": before.version })));
    }
    let detail = serde_json::json!({ "before": facts(&before), "after": facts(&after) });
    work.audit("components.changed", &code, detail).await?;
    tell(&mut work, &after).await?;
    work.commit().await?;
    seen(&kernel, &atlas, &code).await
}

/// Whether to write.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct CommitQuery {
    /// `false` if not said: the files are only looked at.
    #[serde(default)]
    commit: bool,
}

/// The parts of an import.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "describes the multipart body in OpenAPI; the handler reads the parts themselves"
)]
struct ComponentImportForm {
    /// Tables (CSV, TSV), several at once.
    #[schema(value_type = Vec<String>, format = Binary, content_media_type = "application/octet-stream")]
    files: Vec<Vec<u8>>,
    /// The coordinate system of the points: `wgs84` if not said, `gcj02` or `bd09`.
    crs: Option<String>,
}

/// What an import did, or would do. Every row is one that is new, changed, as before, or skipped.
#[derive(Debug, Serialize, ToSchema)]
struct ComponentImport {
    rows: usize,
    fresh: usize,
    changed: usize,
    unchanged: usize,
    /// Rows that were wrong; the problems say why.
    skipped: usize,
    /// The first 500.
    problems: Vec<ComponentProblem>,
    problems_total: usize,
    /// Whether the register is now as the files say.
    committed: bool,
}

/// Something that was not right.
#[derive(Debug, Serialize, ToSchema)]
struct ComponentProblem {
    file: String,
    line: Option<u64>,
    column: Option<String>,
    /// `error`: the row was skipped; `warning`: it was taken.
    severity: &'static str,
    code: &'static str,
    detail: String,
}

/// The most problems that one reply tells.
const MOST_PROBLEMS: usize = 500;

impl ComponentImport {
    fn new(report: ImportReport, lang: Lang) -> Self {
        let told = |it: Problem| ComponentProblem {
            detail: it.text(lang.pick("zh", "en")),
            severity: it.severity().code(),
            code: it.code(),
            line: it.line,
            column: it.column,
            file: it.file,
        };
        Self {
            rows: report.rows,
            fresh: report.fresh,
            changed: report.changed,
            unchanged: report.unchanged,
            skipped: report.skipped,
            problems: report.problems.into_iter().take(MOST_PROBLEMS).map(told).collect(),
            problems_total: report.problems_total,
            committed: report.committed,
        }
    }
}

/// Import components: look at what the files hold, or with `commit` write it. Rows that are wrong are skipped and told, the
/// others are taken; the same files again change nothing.
#[utoipa::path(post, path = "/api/components/import", tag = "components", params(CommitQuery),
    request_body(content = ComponentImportForm, content_type = "multipart/form-data"), responses((status = 200, body = ComponentImport)))]
async fn component_import(
    Shared(kernel): Shared<Kernel>,
    user: User,
    Accepts(lang): Accepts,
    Query(query): Query<CommitQuery>,
    Form(form): Form,
) -> Result<Json<ComponentImport>> {
    let (files, options) = read(form).await?;
    let options = ImportOptions {
        commit: query.commit,
        ..options
    };
    let report = crate::import::import(&kernel, Some(&user), files, options, |_, _| ()).await?;
    Ok(Json(ComponentImport::new(report, lang)))
}

async fn read(form: Multipart) -> Result<(Vec<(String, Vec<u8>)>, ImportOptions)> {
    let (mut files, mut options, mut fields) = (Vec::new(), ImportOptions::default(), Fields::new());
    for part in form_parts(form, IMPORT_BYTES).await? {
        match part.name.as_str() {
            "files" => files.push((part.file, part.bytes)),
            "crs" if !part.bytes.is_empty() => match part.text().parse() {
                Ok(crs) => options.crs = crs,
                Err(why) => {
                    fields.refuse_with("crs", &kernel_codes::FORMAT, &[("why", &why.to_string())]);
                }
            },
            _ => {}
        }
    }
    if files.is_empty() {
        fields.refuse("files", &kernel_codes::REQUIRED);
    }
    fields.done()?;
    Ok((files, options))
}
