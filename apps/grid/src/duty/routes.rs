//! The addresses of the duty roster.

use axum::extract::State;
use kernel::auth::{self, User, UserId, not_found};
use kernel::error::{Error, codes as kernel_codes};
use kernel::http::{Guard, Json, Path, Query, Routes, routes};
use kernel::{Kernel, Result, args};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Roster, rosters};
use crate::api::{atlas, posted_within};
use crate::model::PostKind;
use crate::permissions::{DUTY_MANAGE, GRID_READ};
use crate::store;

pub(crate) fn routes() -> Routes {
    Routes::new()
        .add(routes!(duty_list).needs(&GRID_READ))
        .add(routes!(duty_set).needs(&DUTY_MANAGE))
}

/// Of which area.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct DutyQuery {
    /// Those posted in this area and below.
    area: String,
}

/// Somebody's duty.
#[derive(Serialize, ToSchema)]
struct DutyView {
    user: UserId,
    name: String,
    area: String,
    area_name: String,
    kind: PostKind,
    /// Whether they are on duty at this moment.
    now: bool,
    roster: Roster,
    /// Counts the changes; 0: no roster is kept.
    version: i64,
}

/// Who of an area is on duty when. At most 200 people: choose a village or a town.
#[utoipa::path(get, path = "/api/duty", tag = "grid", params(DutyQuery), responses((status = 200, body = Vec<DutyView>)))]
async fn duty_list(
    State(kernel): State<Kernel>,
    user: User,
    Query(query): Query<DutyQuery>,
) -> Result<Json<Vec<DutyView>>> {
    let atlas = atlas(&kernel)?;
    let scope = user.scope(&GRID_READ);
    let home = scope
        .bodies()
        .filter_map(|it| atlas.body(it)?.area.as_deref())
        .any(|home| query.area.starts_with(home));
    if atlas.area(&query.area).is_none() || !(home || scope.holds(Some(&query.area), None, &[])) {
        return Err(not_found());
    }
    let mut tx = kernel.read().await?;
    let people = posted_within(&mut tx, &query.area).await?;
    let mut rosters = rosters(&mut tx, people.iter().map(|it| it.user)).await?;
    let here = kernel
        .now()
        .to_jiff()
        .to_zoned_datetime(kernel.config().zone())
        .datetime();
    let view = people.into_iter().map(|it| {
        let (roster, version) = rosters.remove(&it.user).unwrap_or_default();
        DutyView {
            user: it.user,
            name: it.name,
            area_name: atlas.path_name(&it.area),
            area: it.area,
            kind: it.kind,
            now: roster.covers(here),
            roster,
            version,
        }
    });
    Ok(Json(view.collect()))
}

/// A roster to be kept.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DutyInput {
    roster: Roster,
    /// The version that was looked at.
    version: i64,
}

/// Keep somebody's roster: whoever manages duty in one of the areas that they are posted in.
#[utoipa::path(put, path = "/api/duty/{user}", tag = "grid", params(("user" = UserId, Path)), request_body = DutyInput, responses((status = 200, body = DutyInput)))]
async fn duty_set(
    State(kernel): State<Kernel>,
    user: User,
    Path(whose): Path<UserId>,
    Json(input): Json<DutyInput>,
) -> Result<Json<DutyInput>> {
    input.roster.check()?;
    let mut work = kernel.work(&user).await?;
    let scope = user.scope(&DUTY_MANAGE);
    let posts = store::posts_of(&mut work, whose).await?;
    if !posts.iter().any(|it| scope.holds(Some(&it.area), None, &[]))
        || auth::people(&mut work, [whose]).await?.is_empty()
    {
        return Err(not_found());
    }
    let known = rosters(&mut work, std::iter::once(whose)).await?;
    if known.get(&whose).map_or(0, |it| it.1) != input.version {
        return Err(Error::from(&kernel_codes::STALE));
    }
    let text = |it: serde_json::Result<String>| it.map_err(Error::internal);
    let shifts = text(serde_json::to_string(&input.roster.shifts))?;
    let absences = text(serde_json::to_string(&input.roster.absences))?;
    let sql = "INSERT INTO grid_duty (user_id, shifts, absences, version) VALUES ($1, $2, $3, 1) \
               ON CONFLICT (user_id) DO UPDATE SET shifts = excluded.shifts, absences = excluded.absences, \
               version = grid_duty.version + 1 WHERE grid_duty.version = $4";
    if work.run(sql, args![whose, shifts, absences, input.version]).await? == 0 {
        return Err(Error::from(&kernel_codes::STALE));
    }
    work.audit("grid.duty_set", whose, &input.roster).await?;
    work.commit().await?;
    Ok(Json(DutyInput {
        version: input.version + 1,
        ..input
    }))
}
