//! Overdue and soon overdue, in view of the head of a body: how many by light, in all and by who is at work on them. The list
//! itself is the list of cases, most urgent first.

use axum::extract::State as AppState;
use grid::api::atlas;
use kernel::Kernel;
use kernel::auth::{User, UserId, users_by_id};
use kernel::db::Sql;
use kernel::error::Result;
use kernel::http::{Json, Query};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::catalogue::catalogue;
use crate::model::State;
use crate::permissions::CASE_FIGURES;
use crate::store::SCOPE;
use crate::view::{Named, Names};

/// The most lines of a table.
const MOST: i64 = 200;

/// How many cases stand at which light.
#[derive(Clone, Copy, Default, Serialize, ToSchema, sqlx::FromRow)]
pub(super) struct Lights {
    /// In time.
    green: i64,
    /// Soon overdue.
    yellow: i64,
    /// Overdue.
    red: i64,
}

/// One line of the table.
#[derive(Serialize, ToSchema)]
pub(super) struct WatchLine {
    /// A body, when all are looked at.
    body: Option<Named>,
    /// Who is at work on the cases, when one body is looked at; neither for those that nobody has been given.
    user: Option<String>,
    lights: Lights,
}

/// What bodies have in hand.
#[derive(Serialize, ToSchema)]
pub(super) struct Watch {
    total: Lights,
    /// Whether the lines are by member of staff; else by body.
    by_staff: bool,
    /// The most overdue first.
    lines: Vec<WatchLine>,
}

/// Whose work.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct WatchQuery {
    /// Only of this body.
    body: Option<String>,
}

#[derive(sqlx::FromRow)]
struct Row {
    body: String,
    assignee: Option<UserId>,
    #[sqlx(flatten)]
    lights: Lights,
}

/// Count what bodies have in hand by light: by body, and for one body by who is at work on it.
#[utoipa::path(get, path = "/api/cases/watch", tag = "cases", params(WatchQuery), responses((status = 200, body = Watch)))]
pub(super) async fn watch_counts(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Query(query): Query<WatchQuery>,
) -> Result<Json<Watch>> {
    let now = kernel.now();
    let scope = user.scope(&CASE_FIGURES);
    // The head of one body sees its staff at once; whoever sees many bodies chooses one first.
    let by_staff = query.body.is_some() || (!scope.is_all() && scope.areas().next().is_none());
    let mut sql = Sql::new("SELECT body, ");
    sql.push(if by_staff { "assignee" } else { "NULL AS assignee" });
    sql.push(", COUNT(CASE WHEN due_at < ")
        .bind(now)
        .push(" THEN 1 END) AS red, COUNT(CASE WHEN due_at >= ")
        .bind(now)
        .push(" AND yellow_at < ")
        .bind(now)
        .push(" THEN 1 END) AS yellow, COUNT(CASE WHEN due_at >= ")
        .bind(now)
        .push(" AND yellow_at >= ")
        .bind(now);
    sql.push(" THEN 1 END) AS green FROM cases_case WHERE state IN ")
        .list([State::Dispatched, State::Handling])
        .push(" AND body IS NOT NULL AND ");
    scope.push(&mut sql, SCOPE);
    if let Some(body) = &query.body {
        sql.and("body =", body);
    }
    sql.push(if by_staff {
        " GROUP BY body, assignee"
    } else {
        " GROUP BY body"
    });
    sql.push(" ORDER BY red DESC, yellow DESC, body LIMIT ").bind(MOST);
    let mut tx = kernel.read().await?;
    let rows: Vec<Row> = tx.list(sql).await?;
    let staff: Vec<_> = rows.iter().filter_map(|it| it.assignee).collect();
    let people = users_by_id(&mut tx, staff.into_iter()).await?;
    let (atlas, catalogue) = (atlas(&kernel)?, catalogue(&kernel)?);
    let names = Names {
        atlas: &atlas,
        catalogue: &catalogue,
        now,
    };
    let total = rows.iter().fold(Lights::default(), |sum, it| Lights {
        green: sum.green + it.lights.green,
        yellow: sum.yellow + it.lights.yellow,
        red: sum.red + it.lights.red,
    });
    let line = |it: Row| WatchLine {
        user: people
            .iter()
            .find(|person| Some(person.id) == it.assignee)
            .map(|person| person.name.clone()),
        body: (!by_staff).then(|| names.body(&it.body)),
        lights: it.lights,
    };
    Ok(Json(Watch {
        total,
        by_staff,
        lines: rows.into_iter().map(line).collect(),
    }))
}
