//! Areas: the tree, their shapes, and where a point lies.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kernel::auth::{User, not_found};
use kernel::error::{Error, Fields, codes as kernel_codes};
use kernel::http::{Json, Path, Query};
use kernel::page::{Page, PageQuery};
use kernel::{Kernel, Result};
use serde::{Deserialize, Serialize};
use standards::{Crs, Level, Point};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{blank_is_none, reach, speaks_of};
use crate::api::{self, Atlas};
use crate::index::Named;
use crate::model::{Area, GridKind, NewArea, Staff, level_schema};
use crate::outline::{self, FeatureCollection};
use crate::{codes, store};

/// A place in WGS 84.
#[derive(Serialize, ToSchema)]
pub(crate) struct LngLat {
    lng: f64,
    lat: f64,
}

/// An area.
#[derive(Serialize, ToSchema)]
pub(crate) struct AreaView {
    code: String,
    #[schema(schema_with = level_schema)]
    level: Level,
    parent: Option<String>,
    name: String,
    name_en: Option<String>,
    /// What kind of grid it is.
    kind: Option<GridKind>,
    households: Option<i64>,
    population: Option<i64>,
    /// Its own class, 1 to 9; the limits of cases and the evaluation go by it.
    area_class: Option<i64>,
    /// The class that counts: its own, or that of the nearest area around it.
    area_class_in_force: Option<i64>,
    /// A point inside its shape.
    center: Option<LngLat>,
    has_shape: bool,
    /// How many areas lie one level below.
    children: usize,
    version: i64,
}

impl AreaView {
    fn new(atlas: &Atlas, area: &Area) -> Self {
        Self {
            code: area.code.clone(),
            level: area.level,
            parent: area.parent.clone(),
            name: area.name.clone(),
            name_en: area.name_en.clone(),
            kind: area.kind,
            households: area.households,
            population: area.population,
            area_class: area.area_class,
            area_class_in_force: atlas.area_class(&area.code),
            center: area.center.map(|Point { lng, lat }| LngLat { lng, lat }),
            has_shape: atlas.shape(&area.code).is_some(),
            children: atlas.children(&area.code).len(),
            version: area.version,
        }
    }
}

/// Code and name of an area.
#[derive(Serialize, ToSchema)]
pub(crate) struct AreaName {
    code: String,
    name: String,
}

impl From<&Area> for AreaName {
    fn from(area: &Area) -> Self {
        Self {
            code: area.code.clone(),
            name: area.name.clone(),
        }
    }
}

impl From<Named> for AreaName {
    fn from(named: Named) -> Self {
        Self {
            code: named.code.to_string(),
            name: named.name,
        }
    }
}

/// Which areas to list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AreaQuery {
    /// Only those one level below this one.
    parent: Option<String>,
    /// Only those inside this one, and it itself.
    under: Option<String>,
    /// Only those of this level.
    #[param(schema_with = level_schema)]
    level: Option<Level>,
    /// In the name, or at the beginning of the code.
    text: Option<String>,
    /// Where to go on.
    after: Option<String>,
    /// How many.
    limit: Option<u32>,
}

impl AreaQuery {
    fn wants(&self, area: &Area) -> bool {
        self.parent.as_ref().is_none_or(|it| area.parent.as_ref() == Some(it))
            && self.under.as_ref().is_none_or(|it| area.code.starts_with(it.as_str()))
            && self.level.is_none_or(|it| area.level == it)
            && speaks_of(self.text.as_deref(), &area.code, &area.name, area.name_en.as_deref())
    }
}

/// List areas, by code.
#[utoipa::path(get, path = "/api/areas", tag = "grid", params(AreaQuery), responses((status = 200, body = Page<AreaView>)))]
pub(crate) async fn area_list(
    State(kernel): State<Kernel>,
    Query(query): Query<AreaQuery>,
) -> Result<Json<Page<AreaView>>> {
    let page = PageQuery {
        after: query.after.clone(),
        limit: query.limit,
    };
    let atlas = api::atlas(&kernel)?;
    let after = page.key::<String>()?.unwrap_or_default();
    let rest = atlas
        .areas()
        .filter(|it| it.code > after && query.wants(it))
        .take(page.limit() + 1);
    let page = Page::cut(rest.collect(), &page, |it| it.code.clone());
    Ok(Json(page.map(|it| AreaView::new(&atlas, it))))
}

/// An area with where it lies and what lies in it.
#[derive(Serialize, ToSchema)]
pub(crate) struct AreaDetail {
    #[serde(flatten)]
    area: AreaView,
    /// From the district down to the area itself.
    path: Vec<AreaName>,
    inside: Inside,
}

/// What lies in an area, itself included.
#[derive(Serialize, ToSchema)]
pub(crate) struct Inside {
    towns: usize,
    villages: usize,
    grids: usize,
    /// Households of the grids that have a number.
    households: i64,
    /// Inhabitants of the grids that have a number.
    population: i64,
    staff: Staff,
}

impl Inside {
    fn new(atlas: &Atlas, code: &str, staff: Staff) -> Self {
        let count = |level| atlas.within(code).filter(|it| it.level == level).count();
        let grids = || atlas.within(code).filter(|it| it.level == Level::Grid);
        Self {
            towns: count(Level::Town),
            villages: count(Level::Village),
            grids: count(Level::Grid),
            households: grids().filter_map(|it| it.households).sum(),
            population: grids().filter_map(|it| it.population).sum(),
            staff,
        }
    }
}

/// Look at one area.
#[utoipa::path(get, path = "/api/areas/{code}", tag = "grid", params(("code" = String, Path)), responses((status = 200, body = AreaDetail)))]
pub(crate) async fn area_view(State(kernel): State<Kernel>, Path(code): Path<String>) -> Result<Json<AreaDetail>> {
    let atlas = api::atlas(&kernel)?;
    let area = atlas.area(&code).ok_or_else(not_found)?;
    let staff = store::staff(&mut kernel.read().await?, &code).await?;
    Ok(Json(AreaDetail {
        area: AreaView::new(&atlas, area),
        path: atlas.path(&code).into_iter().map(AreaName::from).collect(),
        inside: Inside::new(&atlas, &code, staff),
    }))
}

/// An area to be made.
#[derive(Serialize, Deserialize, ToSchema)]
pub(crate) struct AreaInput {
    /// May be made by the client; the same id and body again changes nothing.
    id: Option<Uuid>,
    /// Its code; without one the next free below `parent` is taken.
    code: Option<String>,
    /// The area above; needed without a code.
    parent: Option<String>,
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    name_en: Option<String>,
    kind: Option<GridKind>,
    households: Option<i64>,
    population: Option<i64>,
}

impl AreaInput {
    fn read(&self, atlas: &Atlas) -> Result<NewArea> {
        Ok(NewArea {
            code: match (&self.code, &self.parent) {
                (Some(code), _) => code.clone(),
                (None, Some(parent)) => api::next_code_below(atlas, parent, &self.name)?,
                (None, None) => return Err(Error::field("code", &kernel_codes::REQUIRED)),
            },
            name: self.name.trim().to_owned(),
            name_en: blank_is_none(self.name_en.clone()),
            kind: self.kind,
            households: self.households,
            population: self.population,
        })
    }
}

/// Make an area.
#[utoipa::path(post, path = "/api/areas", tag = "grid", request_body = AreaInput, responses((status = 200, body = AreaView)))]
pub(crate) async fn area_create(
    State(kernel): State<Kernel>,
    user: User,
    Json(input): Json<AreaInput>,
) -> Result<Json<AreaView>> {
    let mut work = kernel.work(&user).await?;
    let code = match work.first_answer::<String>(input.id, &input).await? {
        Some(first) => first,
        None => {
            let area = input.read(&*api::atlas(&kernel)?)?;
            reach(&user, Some(&area.code), None)?;
            let code = area.code.clone();
            api::create_area(&mut work, area).await?;
            let code = work.answer(code).await?;
            api::reload(&kernel).await?;
            code
        }
    };
    seen(&kernel, &code)
}

/// The area as it is now.
fn seen(kernel: &Kernel, code: &str) -> Result<Json<AreaView>> {
    let atlas = api::atlas(kernel)?;
    atlas
        .area(code)
        .map(|it| Json(AreaView::new(&atlas, it)))
        .ok_or_else(not_found)
}

/// An area as it should be. Its code never changes.
#[derive(Deserialize, ToSchema)]
pub(crate) struct AreaChange {
    /// The version that was looked at.
    version: i64,
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    name_en: Option<String>,
    kind: Option<GridKind>,
    households: Option<i64>,
    population: Option<i64>,
    /// Its own class, 1 to 9; without one it has that of the area it lies in.
    area_class: Option<i64>,
}

/// Change an area.
#[utoipa::path(put, path = "/api/areas/{code}", tag = "grid", params(("code" = String, Path)), request_body = AreaChange, responses((status = 200, body = AreaView)))]
pub(crate) async fn area_update(
    State(kernel): State<Kernel>,
    user: User,
    Path(code): Path<String>,
    Json(input): Json<AreaChange>,
) -> Result<Json<AreaView>> {
    let atlas = api::atlas(&kernel)?;
    let before = atlas.area(&code).ok_or_else(not_found)?;
    reach(&user, Some(&code), None)?;
    let after = Area {
        name: input.name.trim().to_owned(),
        name_en: blank_is_none(input.name_en),
        kind: input.kind,
        households: input.households,
        population: input.population,
        area_class: input.area_class,
        version: input.version,
        ..before.clone()
    };
    let mut work = kernel.work(&user).await?;
    api::change_area(&mut work, before, &after).await?;
    work.commit().await?;
    api::reload(&kernel).await?;
    seen(&kernel, &code)
}

/// Which shapes to see.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ShapeQuery {
    /// Only those of this level.
    #[param(schema_with = level_schema)]
    level: Option<Level>,
    /// Only those inside this area, and its own.
    under: Option<String>,
    /// Leave out points that are off the line by less than so many metres; borders stay shared.
    #[param(minimum = 0, maximum = 1000)]
    simplify: Option<f64>,
}

/// The most shapes in one reply.
const MOST_SHAPES: usize = 5_000;

/// See the shapes of areas as GeoJSON, in WGS 84. The reply carries an ETag: while no area changes, asking again is cheap.
#[utoipa::path(get, path = "/api/areas/shapes", tag = "grid", params(ShapeQuery),
    responses((status = 200, content_type = "application/geo+json", body = FeatureCollection), (status = 304)))]
pub(crate) async fn area_shapes(
    State(kernel): State<Kernel>,
    headers: HeaderMap,
    Query(query): Query<ShapeQuery>,
) -> Result<Response> {
    shapes_reply(&*api::atlas(&kernel)?, &headers, &query)
}

fn shapes_reply(atlas: &Atlas, headers: &HeaderMap, query: &ShapeQuery) -> Result<Response> {
    let metres = query.simplify.unwrap_or(0.0);
    let mut fields = Fields::new();
    fields.range("simplify", metres, 0.0, 1_000.0);
    fields.done()?;
    // The query is part of the address, so the mark of all shapes tells two replies to it apart.
    let tag = format!("W/\"{:x}\"", atlas.mark());
    let kept = [
        (header::ETAG, tag.clone()),
        (header::CACHE_CONTROL, "private, no-cache".to_owned()),
    ];
    if headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|it| it.as_bytes() == tag.as_bytes())
    {
        return Ok((StatusCode::NOT_MODIFIED, kept).into_response());
    }
    let wanted = atlas.within(query.under.as_deref().unwrap_or_default());
    let wanted = wanted.filter(|it| query.level.is_none_or(|level| it.level == level));
    let shapes: Vec<_> = wanted
        .filter_map(|it| Some((it, atlas.shape(&it.code)?)))
        .take(MOST_SHAPES + 1)
        .collect();
    if shapes.len() > MOST_SHAPES {
        return Err(codes::TOO_MANY_SHAPES.with("most", MOST_SHAPES));
    }
    let body = serde_json::to_vec(&outline::features(&shapes, metres)).map_err(Error::internal)?;
    Ok((kept, [(header::CONTENT_TYPE, "application/geo+json")], body).into_response())
}

/// A point, in the coordinate system that the asking map uses.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct LocateQuery {
    lng: f64,
    lat: f64,
    /// `wgs84` if not said, `gcj02` or `bd09`.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    crs: Crs,
}

/// Where a point lies.
#[derive(Serialize, ToSchema)]
pub(crate) struct LocatedView {
    grid: Option<AreaName>,
    village: Option<AreaName>,
    town: Option<AreaName>,
    district: Option<AreaName>,
    /// How many metres outside the innermost of these the point lies; 0 inside.
    distance: f64,
}

/// Say in which grid, village, town and district a point lies.
#[utoipa::path(get, path = "/api/areas/locate", tag = "grid", params(LocateQuery), responses((status = 200, body = LocatedView)))]
pub(crate) async fn area_locate(
    State(kernel): State<Kernel>,
    Query(query): Query<LocateQuery>,
) -> Result<Json<LocatedView>> {
    let mut fields = Fields::new();
    fields
        .range("lng", query.lng, -180.0, 180.0)
        .range("lat", query.lat, -90.0, 90.0);
    fields.done()?;
    let point = Point {
        lng: query.lng,
        lat: query.lat,
    }
    .convert(query.crs, Crs::Wgs84);
    let found = api::atlas(&kernel)?.locate(point);
    Ok(Json(LocatedView {
        grid: found.grid.map(AreaName::from),
        village: found.village.map(AreaName::from),
        town: found.town.map(AreaName::from),
        district: found.district.map(AreaName::from),
        distance: found.distance,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_are_sent_again_only_when_something_has_changed() {
        let atlas = Atlas::default();
        let reply = |headers: &HeaderMap| shapes_reply(&atlas, headers, &ShapeQuery::default()).expect("replies");
        let first = reply(&HeaderMap::new());
        assert_eq!(first.status(), StatusCode::OK);
        let mut headers = HeaderMap::new();
        headers.insert(header::IF_NONE_MATCH, first.headers()[header::ETAG].clone());
        assert_eq!(reply(&headers).status(), StatusCode::NOT_MODIFIED);
        headers.insert(header::IF_NONE_MATCH, "W/\"older\"".parse().expect("a value"));
        assert_eq!(reply(&headers).status(), StatusCode::OK);
    }
}
