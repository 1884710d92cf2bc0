//! Lists of cases, points on the map, what waits.

use std::collections::BTreeMap;
use std::str::FromStr;

use axum::extract::State as AppState;
use grid::api::atlas;
use kernel::auth::{Scope, User};
use kernel::db::UnknownWord;
use kernel::error::{Fields, Result, codes as kernel_codes};
use kernel::http::{Json, Query};
use kernel::page::Page;
use kernel::{Kernel, Time};
use serde::Serialize;
use standards::Light;
use utoipa::ToSchema;

use crate::catalogue::catalogue;
use crate::flow::FLOW;
use crate::model::{Case, CaseId, State};
use crate::permissions::{CASE_GRANT, CASE_HANDLE, CASE_READ, OF_A_CENTRE};
use crate::store::{self, CaseQuery, Filter, Sort, Waiting};
use crate::view::{CaseRow, Names, light_schema};

/// Reads the words of a query.
pub(crate) fn understand<'a>(
    kernel: &Kernel,
    user: &User,
    query: &'a CaseQuery,
    scope: &'a Scope,
) -> Result<Filter<'a>> {
    let mut fields = Fields::new();
    let states = words(&mut fields, "state", query.state.as_deref());
    let sources = words(&mut fields, "source", query.source.as_deref());
    let from = day_start(kernel, &mut fields, "from", query.from.as_deref(), 0);
    let to = day_start(kernel, &mut fields, "to", query.to.as_deref(), 1);
    fields.text("text", query.text.as_deref().unwrap_or_default(), 0, 64);
    fields.done()?;
    let inbox = if query.inbox == Some(true) {
        waiting_for(kernel, user)?
    } else {
        Vec::new()
    };
    let bodies = user.scope(&CASE_HANDLE).bodies().map(str::to_owned).collect();
    Ok(Filter {
        bodies,
        query,
        states,
        sources,
        from,
        to,
        scope,
        inbox,
        now: kernel.now(),
    })
}

fn words<W: FromStr<Err = UnknownWord>>(fields: &mut Fields, field: &str, text: Option<&str>) -> Vec<W> {
    let parts = text
        .unwrap_or_default()
        .split(',')
        .map(str::trim)
        .filter(|it| !it.is_empty());
    let mut all = Vec::new();
    for part in parts {
        match part.parse() {
            Ok(word) => all.push(word),
            Err(UnknownWord(word)) => {
                fields.refuse_with(field, &kernel_codes::UNKNOWN, &[("value", &word)]);
            }
        }
    }
    all
}

/// The first moment of a day in the district's zone, or of a later one.
pub(crate) fn day_start(
    kernel: &Kernel,
    fields: &mut Fields,
    field: &str,
    day: Option<&str>,
    later: i64,
) -> Option<Time> {
    let day = day?;
    let date = day.parse::<jiff::civil::Date>().ok();
    let moment = date
        .and_then(|it| it.checked_add(jiff::Span::new().days(later)).ok())
        .and_then(|it| it.to_zoned_datetime(kernel.config().zone()).ok());
    if moment.is_none() {
        fields.refuse_with(field, &kernel_codes::FORMAT, &[("why", "YYYY-MM-DD")]);
    }
    moment.map(|it| it.timestamp().into())
}

/// What waits for the user: the states that their permissions lead on from, with how far each reaches, and the requests
/// that they answer. What a centre does waits for the centre that has the case, not for those above it.
pub(super) fn waiting_for(kernel: &Kernel, user: &User) -> Result<Vec<Waiting>> {
    let atlas = atlas(kernel)?;
    let desks = |scope: &Scope| {
        let mut all: Vec<String> = scope.areas().map(str::to_owned).collect();
        if scope.is_all() {
            all.extend(atlas.district().map(|it| it.code.to_string()));
        }
        all
    };
    let mut seen: Vec<&str> = Vec::new();
    let mut all = Vec::new();
    for step in FLOW.moves.iter().filter(|it| !it.side && user.can(it.needs)) {
        if !seen.contains(&step.needs.code) {
            seen.push(step.needs.code);
            let scope = user.scope(step.needs);
            let of_centre = OF_A_CENTRE.iter().any(|it| it.code == step.needs.code);
            all.push(Waiting {
                states: FLOW.waiting_for(step.needs),
                desks: of_centre.then(|| desks(&scope)),
                scope,
            });
        }
    }
    if user.can(&CASE_GRANT) {
        let scope = user.scope(&CASE_GRANT);
        all.push(Waiting {
            states: Vec::new(),
            desks: Some(desks(&scope)),
            scope,
        });
    }
    Ok(all)
}

/// List cases; each filter uses its own index. A search for words looks through 8,000 cases for one page: a page that is
/// not full, or empty, and has a `next` goes on there.
#[utoipa::path(get, path = "/api/cases", tag = "cases", params(CaseQuery), responses((status = 200, body = Page<CaseRow>)))]
pub(super) async fn case_list(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Query(query): Query<CaseQuery>,
) -> Result<Json<Page<CaseRow>>> {
    let scope = user.scope(&CASE_READ);
    let filter = understand(&kernel, &user, &query, &scope)?;
    let (rows, stopped) = store::list(&mut kernel.read().await?, &filter).await?;
    let (atlas, catalogue) = (atlas(&kernel)?, catalogue(&kernel)?);
    let names = Names {
        atlas: &atlas,
        catalogue: &catalogue,
        now: filter.now,
    };
    let by_due = query.order() == Sort::Due;
    let key = |it: &Case| {
        let place = if by_due {
            store::urgency(it)
        } else {
            it.reported_at.millis()
        };
        (place, it.id)
    };
    let page = Page::cut(rows, &query.page(), key).or_on_from(stopped);
    Ok(Json(page.map(|it| names.row(&it))))
}

/// The most points that one map gets.
const MAX_POINTS: i64 = 5_000;

/// A case on a map.
#[derive(Serialize, ToSchema)]
pub(super) struct PointRow {
    id: CaseId,
    lng: f64,
    lat: f64,
    state: State,
    #[schema(schema_with = light_schema)]
    light: Option<Light>,
}

/// The newest cases of the same filters as points, at most 5,000.
#[utoipa::path(get, path = "/api/cases/points", tag = "cases", params(CaseQuery), responses((status = 200, body = Vec<PointRow>)))]
pub(super) async fn case_points(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Query(query): Query<CaseQuery>,
) -> Result<Json<Vec<PointRow>>> {
    let scope = user.scope(&CASE_READ);
    let filter = understand(&kernel, &user, &query, &scope)?;
    let rows = store::points(&mut kernel.read().await?, &filter, MAX_POINTS).await?;
    let view = rows.into_iter().map(|it| PointRow {
        light: light(it.yellow_at, it.due_at, filter.now),
        id: it.id,
        lng: it.lng,
        lat: it.lat,
        state: it.state,
    });
    Ok(Json(view.collect()))
}

fn light(yellow: Option<Time>, due: Option<Time>, now: Time) -> Option<Light> {
    let (yellow, due) = yellow.zip(due)?;
    Some(match () {
        () if now > due => Light::Red,
        () if now > yellow => Light::Yellow,
        () => Light::Green,
    })
}

/// What waits.
#[derive(Serialize, ToSchema)]
pub(super) struct CountsView {
    /// Cases that wait for the user.
    inbox: i64,
    /// Of those, how many are late.
    inbox_red: i64,
    /// What waits for the user, by state.
    inbox_by_state: BTreeMap<String, i64>,
    /// Open cases in the user's scope, by state.
    by_state: BTreeMap<String, i64>,
    /// Of those, how many are late.
    red: i64,
    /// Of those, how many soon will be.
    yellow: i64,
}

/// Count what waits for the user, and the open cases in their scope.
#[utoipa::path(get, path = "/api/cases/counts", tag = "cases", responses((status = 200, body = CountsView)))]
pub(super) async fn case_counts(AppState(kernel): AppState<Kernel>, user: User) -> Result<Json<CountsView>> {
    let scope = user.scope(&CASE_READ);
    let mut tx = kernel.read().await?;
    let all = CaseQuery::default();
    let open = store::open_counts(&mut tx, &understand(&kernel, &user, &all, &scope)?).await?;
    let waiting = CaseQuery {
        inbox: Some(true),
        ..CaseQuery::default()
    };
    let inbox = store::open_counts(&mut tx, &understand(&kernel, &user, &waiting, &scope)?).await?;
    Ok(Json(CountsView {
        inbox: inbox.iter().map(|it| it.1).sum(),
        inbox_red: inbox.iter().map(|it| it.2).sum(),
        inbox_by_state: inbox.iter().map(|it| (it.0.to_string(), it.1)).collect(),
        by_state: open.iter().map(|it| (it.0.to_string(), it.1)).collect(),
        red: open.iter().map(|it| it.2).sum(),
        yellow: open.iter().map(|it| it.3).sum(),
    }))
}
