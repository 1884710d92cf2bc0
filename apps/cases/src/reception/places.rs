//! Places by their words: the district's areas by name or code, components, and places that past cases have named.
//!
//! Places of cases are gathered by a job into a table of their own, so that a search reads some thousand names instead of
//! a million cases.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::extract::State as AppState;
use components::api::{Component, ComponentState};
use grid::api::{Area, Atlas, atlas};
use kernel::auth::{Columns, User};
use kernel::db::Sql;
use kernel::error::{Fields, Result};
use kernel::http::{Json, Query};
use kernel::jobs::Job;
use kernel::{Kernel, Time, args};
use serde::{Deserialize, Serialize};
use standards::Point;
use utoipa::{IntoParams, ToSchema};

use crate::catalogue::catalogue;
use crate::model::CaseId;
use crate::permissions::CASE_READ;
use crate::view::{AreaView, Names, PointView};

/// Gathers the places of new cases.
pub const JOB: Job = Job {
    name: "cases.places",
    zh: "收集案件中的地点名称",
    en: "Gather the places that cases name",
    every: Duration::from_secs(120),
    run: |kernel| Box::pin(gather(kernel)),
};

/// Cases of one transaction.
const BATCH: i64 = 1_000;
/// Batches of one run; the next run goes on.
const BATCHES: usize = 200;

#[derive(sqlx::FromRow)]
struct Named {
    id: CaseId,
    place: Option<String>,
    area: String,
    lng: Option<f64>,
    lat: Option<f64>,
    reported_at: Time,
}

/// What a batch adds to a place.
struct Added {
    point: Option<(f64, f64)>,
    uses: i64,
    last: Time,
}

async fn gather(kernel: Kernel) -> Result<String> {
    let mut read = 0;
    for _ in 0..BATCHES {
        if kernel.stop_signal().is_cancelled() {
            break;
        }
        let mut work = kernel.system_work().await?;
        let mark: Option<(Time, String)> = work
            .one("SELECT at, last FROM cases_place_read WHERE id = 1", vec![])
            .await?;
        let (at, last) = mark.unwrap_or_default();
        let mut sql =
            Sql::new("SELECT id, place, area, lng, lat, reported_at FROM cases_case WHERE (reported_at, id) > (");
        sql.bind(at).push(", ").bind(last.as_str());
        sql.push(") ORDER BY reported_at, id LIMIT ").bind(BATCH);
        let rows: Vec<Named> = work.list(sql).await?;
        let Some(end) = rows.last() else { break };
        let sql = "UPDATE cases_place_read SET at = $1, last = $2 WHERE id = 1";
        work.run(sql, args![end.reported_at, end.id.to_string()]).await?;
        read += rows.len();
        let whole = i64::try_from(rows.len()).is_ok_and(|it| it == BATCH);
        let mut places: BTreeMap<(String, String), Added> = BTreeMap::new();
        for it in rows {
            let Some(place) = it.place.filter(|it| it.chars().count() > 1) else {
                continue;
            };
            let added = places.entry((place, it.area)).or_insert(Added {
                point: None,
                uses: 0,
                last: it.reported_at,
            });
            added.point = it.lng.zip(it.lat).or(added.point);
            added.uses += 1;
            added.last = it.reported_at;
        }
        let values = places.into_iter().map(|((place, area), it)| {
            args![
                place,
                area,
                it.point.map(|it| it.0),
                it.point.map(|it| it.1),
                it.uses,
                it.last
            ]
        });
        let add = " ON CONFLICT (place, area) DO UPDATE SET lng = COALESCE(excluded.lng, cases_place.lng), \
                   lat = COALESCE(excluded.lat, cases_place.lat), uses = cases_place.uses + excluded.uses, last_at = excluded.last_at";
        work.insert_many(
            "INSERT INTO cases_place (place, area, lng, lat, uses, last_at) VALUES ",
            add,
            values.collect(),
        )
        .await?;
        work.commit().await?;
        if !whole {
            break;
        }
    }
    Ok(format!("{read} cases read"))
}

/// What is looked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PlaceQuery {
    /// An address, a name or a code; or a sentence that names a place.
    text: String,
    /// How many; 8 if not said, at most 20.
    limit: Option<usize>,
    /// Where one is, in degrees of WGS 84: components around come first.
    lng: Option<f64>,
    /// Where one is, in degrees of WGS 84.
    lat: Option<f64>,
}

/// A place that was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundPlace {
    /// Its name.
    name: String,
    /// The name in English, if it has one.
    name_en: Option<String>,
    /// Its area.
    area: AreaView,
    /// Where it is; of an area a point inside.
    point: Option<PointView>,
    /// `area` for the district's areas, `component` for one thing of the register, `case` for a place that past cases named.
    source: &'static str,
    /// The component's code.
    component: Option<String>,
    /// Where a component stands, in words.
    place: Option<String>,
    /// How a component stands.
    state: Option<ComponentState>,
    /// How many cases named it.
    uses: i64,
}

/// Find a place by its words: areas by name or code, components by name, place, code or the number on their plate, and places
/// that past cases named.
#[utoipa::path(get, path = "/api/cases/places", tag = "cases", params(PlaceQuery), responses((status = 200, body = Vec<FoundPlace>)))]
pub(super) async fn place_find(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Query(query): Query<PlaceQuery>,
) -> Result<Json<Vec<FoundPlace>>> {
    let mut fields = Fields::new();
    fields.text("text", &query.text, 0, 2000);
    fields.done()?;
    let most = query.limit.unwrap_or(8).clamp(1, 20);
    let text = query.text.trim().to_lowercase();
    if text.chars().count() < 2 {
        return Ok(Json(Vec::new()));
    }
    let (atlas, catalogue) = (atlas(&kernel)?, catalogue(&kernel)?);
    let names = Names {
        atlas: &atlas,
        catalogue: &catalogue,
        now: kernel.now(),
    };
    let mut found = areas(&names, &text, most.div_ceil(2));
    let mut spare = Vec::new();
    if user.can(&components::api::READ) && text.chars().count() <= LONGEST_NAME {
        let near = query
            .lng
            .zip(query.lat)
            .and_then(|(lng, lat)| Point::new(lng, lat).ok());
        let things = components::api::search(&mut kernel.read().await?, &text, near, most).await?;
        spare = things;
        // A number is a plate's; words may be a street that cases have named.
        let share = if text.chars().all(|it| it.is_ascii_digit()) {
            most.div_ceil(2)
        } else {
            most.div_ceil(4)
        };
        let first = spare.drain(..share.min(spare.len())).collect::<Vec<_>>();
        found.extend(first.into_iter().map(|it| thing(&names, it)));
    }
    let mut sql = Sql::new("SELECT place, area, lng, lat, uses FROM cases_place WHERE ");
    let columns = Columns {
        area: "area",
        body: "",
        own: &[],
    };
    user.scope(&CASE_READ).push(&mut sql, columns);
    // Either a part of a place was typed, or a sentence that has a place in it.
    let like = format!("%{}%", text.replace(['%', '_'], ""));
    sql.push(" AND (LOWER(place) LIKE ").bind(like);
    sql.push(" OR ")
        .bind(text.as_str())
        .push(" LIKE '%' || LOWER(place) || '%')");
    sql.push(" ORDER BY LENGTH(place) DESC, uses DESC LIMIT ")
        .bind(i64::try_from(most).unwrap_or(8));
    type Row = (String, String, Option<f64>, Option<f64>, i64);
    let rows: Vec<Row> = kernel.read().await?.list(sql).await?;
    found.extend(rows.into_iter().map(|(name, area, lng, lat, uses)| FoundPlace {
        name,
        name_en: None,
        area: names.area(&area),
        point: lng.zip(lat).map(|(lng, lat)| PointView { lng, lat }),
        source: "case",
        component: None,
        place: None,
        state: None,
        uses,
    }));
    // A street and number says more than the grid that it lies in, when both were named.
    found.sort_by_key(|it| it.source == "area" && text.chars().count() > 12);
    // What is left of the room is for more components.
    found.extend(spare.into_iter().map(|it| thing(&names, it)));
    found.truncate(most);
    Ok(Json(found))
}

/// What is longer is a sentence, and names no component.
const LONGEST_NAME: usize = 30;

/// A component as a place.
fn thing(names: &Names<'_>, it: Component) -> FoundPlace {
    let Point { lng, lat } = it.point();
    FoundPlace {
        name_en: it.label_en(),
        name: it.label(),
        state: Some(it.state),
        area: names.area(&it.area),
        point: Some(PointView { lng, lat }),
        source: "component",
        component: Some(it.code),
        place: it.place,
        uses: 0,
    }
}

/// Areas that a text names: by code, by name, or as the end of a path of names (`东村第一网格`).
fn areas(names: &Names<'_>, text: &str, most: usize) -> Vec<FoundPlace> {
    let atlas = names.atlas;
    let bare: String = text.chars().filter(|it| it.is_alphanumeric()).collect();
    let mut ranked: Vec<(usize, &Area)> = Vec::new();
    for area in atlas.areas() {
        let code = area.code.to_lowercase();
        let called = [Some(area.name.as_str()), area.name_en.as_deref()];
        let called: Vec<String> = called.into_iter().flatten().map(str::to_lowercase).collect();
        let path = || -> String {
            atlas
                .path_name(&area.code)
                .to_lowercase()
                .chars()
                .filter(|it| it.is_alphanumeric())
                .collect()
        };
        let rank = if code == bare || called.iter().any(|it| it == text) {
            0
        } else if called.iter().any(|it| it.starts_with(text)) || (bare.len() >= 6 && code.starts_with(&bare)) {
            1
        } else if called.iter().any(|it| it.contains(text)) || (bare.chars().count() > 3 && path().ends_with(&bare)) {
            2
        } else if area.parent.is_some()
            && called
                .iter()
                .any(|it| it.chars().count() > 2 && text.contains(it.as_str()))
            && !generic(atlas, area)
        {
            3
        } else {
            continue;
        };
        ranked.push((rank, area));
    }
    ranked.sort_by(|a, b| (a.0, &a.1.code).cmp(&(b.0, &b.1.code)));
    let view = ranked.into_iter().take(most).map(|(_, it)| FoundPlace {
        name: it.name.clone(),
        name_en: it.name_en.clone(),
        area: names.area(&it.code),
        point: it.center.map(|it| PointView {
            lng: it.lng,
            lat: it.lat,
        }),
        source: "area",
        component: None,
        place: None,
        state: None,
        uses: 0,
    });
    view.collect()
}

/// A name such as 第一网格 that says nothing without the area around it.
fn generic(atlas: &Atlas, area: &Area) -> bool {
    let around = area.parent.as_deref().and_then(|it| atlas.area(it));
    area.code.len() == 15 && around.is_none_or(|it| !area.name.contains(it.name.as_str()))
}
