//! The SQL of the figures: counted as moves are made, summed up when they are asked for.

use kernel::args;
use kernel::auth::{Columns, Scope};
use kernel::db::{Sql, Tx, Value};
use kernel::error::Result;
use serde::{Deserialize, Serialize};

use crate::model::{Case, Counts};

/// The measures of [`Counts`], in the order of the tally's columns.
const MEASURES: &str = "reported, accepted, declined, filed, dispatched, returned, handled, reworked, closed, closed_on_time, \
                        closed_late, voided, rated, satisfied";

/// For [`Tx::insert_many`]; values by [`tally_values`].
pub const INSERT_TALLY: &str = "INSERT INTO cases_tally (kind, day, area, code, reported, accepted, declined, filed, dispatched, \
     returned, handled, reworked, closed, closed_on_time, closed_late, voided, rated, satisfied) VALUES ";

/// What follows the rows of [`INSERT_TALLY`]: what is there already is added to.
pub const ADD_TALLY: &str = " ON CONFLICT (kind, day, area, code) DO UPDATE SET \
     reported = cases_tally.reported + excluded.reported, accepted = cases_tally.accepted + excluded.accepted, \
     declined = cases_tally.declined + excluded.declined, filed = cases_tally.filed + excluded.filed, \
     dispatched = cases_tally.dispatched + excluded.dispatched, returned = cases_tally.returned + excluded.returned, \
     handled = cases_tally.handled + excluded.handled, reworked = cases_tally.reworked + excluded.reworked, \
     closed = cases_tally.closed + excluded.closed, closed_on_time = cases_tally.closed_on_time + excluded.closed_on_time, \
     closed_late = cases_tally.closed_late + excluded.closed_late, voided = cases_tally.voided + excluded.voided, rated = cases_tally.rated + excluded.rated, \
     satisfied = cases_tally.satisfied + excluded.satisfied";

/// One row of the tally.
pub fn tally_values(kind: &'static str, day: &str, area: &str, code: &str, it: &Counts) -> Vec<Value> {
    args![
        kind,
        day,
        area,
        code,
        it.reported,
        it.accepted,
        it.declined,
        it.filed,
        it.dispatched,
        it.returned,
        it.handled,
        it.reworked,
        it.closed,
        it.closed_on_time,
        it.closed_late,
        it.voided,
        it.rated,
        it.satisfied
    ]
}

/// The area that a case is counted under: its village, or what is known above it.
pub fn tally_area(area: &str) -> &str {
    area.get(..12).unwrap_or(area)
}

/// Adds a move to the figures: under the body that it concerned and under the class. When the move has changed the
/// class, `moved` names the old one and what was counted there, which moves along.
pub async fn count(
    tx: &mut Tx,
    day: &str,
    case: &Case,
    body: Option<&str>,
    counts: &Counts,
    moved: Option<(&str, Counts)>,
) -> Result<()> {
    if *counts == Counts::default() && moved.is_none() {
        return Ok(());
    }
    let area = tally_area(&case.area);
    let class = case.class.as_deref().unwrap_or_default();
    let mut by_class = match moved {
        Some((old, past)) if old != class => vec![(old, past.negated()), (class, past.plus(counts))],
        _ => vec![(class, *counts)],
    };
    // Rows are always taken in the same order, so that two moves never wait for each other.
    by_class.sort_by(|a, b| a.0.cmp(b.0));
    let mut rows = vec![tally_values("body", day, area, body.unwrap_or_default(), counts)];
    rows.extend(
        by_class
            .iter()
            .map(|(code, counts)| tally_values("class", day, area, code, counts)),
    );
    tx.insert_many(INSERT_TALLY, ADD_TALLY, rows).await?;
    Ok(())
}

/// What figures are grouped by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GroupBy {
    /// Town.
    #[default]
    Town,
    /// Village.
    Village,
    /// Responsible body.
    Body,
    /// Class.
    Class,
    /// Month of the report.
    Month,
}

/// A group of the figures.
#[derive(Debug, sqlx::FromRow)]
pub struct Figure {
    /// The group's code.
    pub code: String,
    /// Its counts.
    #[sqlx(flatten)]
    pub counts: Counts,
}

/// The figures of a period, grouped.
pub async fn figures(
    tx: &mut Tx,
    by: GroupBy,
    scope: &Scope,
    under: Option<&str>,
    from: Option<&str>,
    to: Option<&str>,
) -> Result<Vec<Figure>> {
    let (kind, group) = match by {
        GroupBy::Town => ("body", "SUBSTR(area, 1, 9)"),
        GroupBy::Village => ("body", "area"),
        GroupBy::Body => ("body", "code"),
        GroupBy::Class => ("class", "code"),
        GroupBy::Month => ("body", "SUBSTR(day, 1, 7)"),
    };
    let mut sql = Sql::new("SELECT ");
    sql.push(group).push(" AS code");
    for measure in MEASURES.split(", ") {
        // SUM of BIGINT is NUMERIC on PostgreSQL.
        sql.push(", CAST(SUM(")
            .push(measure)
            .push(") AS BIGINT) AS ")
            .push(measure);
    }
    sql.push(" FROM cases_tally WHERE kind = ").bind(kind).push(" AND ");
    let columns = Columns {
        area: "area",
        body: if kind == "body" { "code" } else { "" },
        own: &[],
    };
    scope.push(&mut sql, columns);
    if let Some(under) = under {
        sql.push(" AND ").within("area", under);
    }
    if let Some(from) = from {
        sql.and("day >=", from);
    }
    if let Some(to) = to {
        sql.and("day <=", to);
    }
    sql.push(" GROUP BY ").push(group).push(" ORDER BY 1");
    Ok(tx.list(sql).await?)
}
