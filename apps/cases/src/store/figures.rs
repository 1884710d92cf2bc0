//! The SQL of the figures: counted as moves are made, added up by a job, summed when they are asked for.
//!
//! A move adds rows to `cases_tally_open` and waits for nobody. The job adds them to `cases_tally`, which has a row for each
//! day and each month, of the district, of each town and of each village. Figures take whole months from the months, the
//! days before and after them from the days, and what the job has not yet seen from the open rows: they are always exact.

use jiff::ToSpan;
use jiff::civil::Date;
use kernel::args;
use kernel::auth::{Columns, Scope};
use kernel::db::{Sql, Tx, Value};
use kernel::error::{Error, Result};
use serde::{Deserialize, Serialize};

use crate::model::{Case, Counts};

/// The measures of [`Counts`], in the order of the tally's columns.
const MEASURES: &str = "reported, accepted, declined, filed, dispatched, returned, handled, reworked, closed, closed_on_time, \
                        closed_late, voided, rated, satisfied";

/// For [`Tx::insert_many`]; values by [`tally_values`].
pub const INSERT_TALLY: &str = "INSERT INTO cases_tally_open (kind, day, area, code, reported, accepted, declined, filed, dispatched, \
     returned, handled, reworked, closed, closed_on_time, closed_late, voided, rated, satisfied) VALUES ";

/// What follows the sums that [`fold`] adds: what is there already is added to.
const ADD: &str = " ON CONFLICT (kind, depth, grain, period, area, code) DO UPDATE SET \
     reported = cases_tally.reported + excluded.reported, accepted = cases_tally.accepted + excluded.accepted, \
     declined = cases_tally.declined + excluded.declined, filed = cases_tally.filed + excluded.filed, \
     dispatched = cases_tally.dispatched + excluded.dispatched, returned = cases_tally.returned + excluded.returned, \
     handled = cases_tally.handled + excluded.handled, reworked = cases_tally.reworked + excluded.reworked, \
     closed = cases_tally.closed + excluded.closed, closed_on_time = cases_tally.closed_on_time + excluded.closed_on_time, \
     closed_late = cases_tally.closed_late + excluded.closed_late, voided = cases_tally.voided + excluded.voided, \
     rated = cases_tally.rated + excluded.rated, satisfied = cases_tally.satisfied + excluded.satisfied";

/// One open row.
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
    let by_class = match moved {
        Some((old, past)) if old != class => vec![(old, past.negated()), (class, past.plus(counts))],
        _ => vec![(class, *counts)],
    };
    let mut rows = vec![tally_values("body", day, area, body.unwrap_or_default(), counts)];
    rows.extend(
        by_class
            .iter()
            .map(|(code, counts)| tally_values("class", day, area, code, counts)),
    );
    tx.insert_many(INSERT_TALLY, "", rows).await?;
    Ok(())
}

/// The kinds of rows: as it is called, the open rows that it is made of, and its code.
const KINDS: [(&str, &str, &str); 3] = [
    ("'body'", "'body'", "code"),
    ("'class'", "'class'", "code"),
    ("'all'", "'body'", "''"),
];

/// The depths of areas: the length of their codes, and the area of a row at that depth.
const DEPTHS: [(usize, &str, &str); 3] = [
    (6, "6", "SUBSTR(area, 1, 6)"),
    (9, "9", "SUBSTR(area, 1, 9)"),
    (12, "12", "area"),
];

/// The grains, and the period of a row at that grain.
const GRAINS: [(&str, &str); 2] = [("'day'", "day"), ("'month'", "SUBSTR(day, 1, 7)")];

/// Adds open rows of at most so many days to the sums, as one batch; gives how many rows they were. One run at a time.
pub async fn fold(tx: &mut Tx, batch: &str, days: i64) -> Result<u64> {
    let mark = "UPDATE cases_tally_open SET batch = $1 WHERE day IN \
                (SELECT DISTINCT day FROM cases_tally_open ORDER BY day LIMIT $2)";
    let rows = tx.run(mark, args![batch, days]).await?;
    if rows == 0 {
        return Ok(0);
    }
    for (kind, open, code) in KINDS {
        for (_, depth, area) in DEPTHS {
            for (grain, period) in GRAINS {
                let mut sql = Sql::new("INSERT INTO cases_tally (kind, depth, grain, period, area, code, ");
                sql.push(MEASURES).push(") SELECT ").push(kind).push(", ").push(depth);
                for piece in [grain, period, area, code] {
                    sql.push(", ").push(piece);
                }
                push_sums(&mut sql);
                sql.push(" FROM cases_tally_open WHERE batch = ").bind(batch);
                sql.push(" AND kind = ").push(open).push(" GROUP BY 4, 5, 6").push(ADD);
                tx.run_built(sql).await?;
            }
        }
    }
    tx.run("DELETE FROM cases_tally_open WHERE batch = $1", args![batch])
        .await?;
    Ok(rows)
}

/// Whether there are open rows.
pub async fn unfolded(tx: &mut Tx) -> Result<bool> {
    let row: Option<(String,)> = tx.one("SELECT day FROM cases_tally_open LIMIT 1", args![]).await?;
    Ok(row.is_some())
}

/// Adds the sum of each measure.
fn push_sums(sql: &mut Sql) {
    for measure in MEASURES.split(", ") {
        // SUM of BIGINT is NUMERIC on PostgreSQL.
        sql.push(", CAST(SUM(")
            .push(measure)
            .push(") AS BIGINT) AS ")
            .push(measure);
    }
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

/// A period, taken apart into whole months and the days before and after them; bounds are inclusive.
#[derive(Debug, Default, PartialEq, Eq)]
struct Parts {
    /// Whole months; `None` at either end is no bound. Absent if there is no whole month.
    months: Option<(Option<String>, Option<String>)>,
    /// Ranges of single days.
    days: Vec<(String, String)>,
}

impl Parts {
    fn of(from: Option<&str>, to: Option<&str>) -> Result<Self> {
        let day = |it: Option<&str>| it.map(str::parse::<Date>).transpose().map_err(Error::internal);
        let (from, to) = (day(from)?, day(to)?);
        let mut parts = Self::default();
        if from.zip(to).is_some_and(|(from, to)| from > to) {
            return Ok(parts);
        }
        let text = |it: Date| it.to_string();
        let month = |it: Date| it.strftime("%Y-%m").to_string();
        // The first day of the first whole month, the last day of the last one.
        let first = match from.filter(|it| it.day() > 1) {
            Some(it) => Some(it.last_of_month().checked_add(1.day()).map_err(Error::internal)?),
            None => from,
        };
        let last = match to.filter(|it| *it < it.last_of_month()) {
            Some(it) => Some(it.first_of_month().checked_sub(1.day()).map_err(Error::internal)?),
            None => to,
        };
        if let Some((first, last)) = first.zip(last).filter(|(first, last)| first > last) {
            // Within one month, or at the edge of two.
            let (from, to) = (from.unwrap_or(first), to.unwrap_or(last));
            parts.days.push((text(from), text(to)));
            return Ok(parts);
        }
        if let Some((from, first)) = from.zip(first).filter(|(from, first)| from != first) {
            parts
                .days
                .push((text(from), text(first.yesterday().map_err(Error::internal)?)));
        }
        if let Some((last, to)) = last.zip(to).filter(|(last, to)| last != to) {
            parts
                .days
                .push((text(last.tomorrow().map_err(Error::internal)?), text(to)));
        }
        parts.months = Some((first.map(month), last.map(month)));
        Ok(parts)
    }
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
    let of_bodies = !scope.is_all() && scope.bodies().next().is_some();
    let (kind, open, code) = match by {
        GroupBy::Class => KINDS[1],
        GroupBy::Body => KINDS[0],
        GroupBy::Town | GroupBy::Village | GroupBy::Month if of_bodies => KINDS[0],
        GroupBy::Town | GroupBy::Village | GroupBy::Month => KINDS[2],
    };
    let group = match by {
        GroupBy::Town => "SUBSTR(area, 1, 9)",
        GroupBy::Village => "area",
        GroupBy::Body | GroupBy::Class => "code",
        GroupBy::Month => "SUBSTR(period, 1, 7)",
    };
    // As coarse as the question allows.
    let asked = match by {
        GroupBy::Town => 9,
        GroupBy::Village => 12,
        GroupBy::Body | GroupBy::Class | GroupBy::Month => 6,
    };
    let areas = scope.areas().chain(under).map(str::len);
    let needed = areas.max().unwrap_or(0).max(asked);
    let &(_, depth, area) = DEPTHS.iter().find(|it| it.0 >= needed).unwrap_or(&DEPTHS[2]);
    let columns = |body| Columns {
        area: "area",
        body,
        own: &[],
    };
    let body = if kind == "'body'" { "code" } else { "" };
    let reach = |sql: &mut Sql| {
        sql.push(" AND ");
        scope.push(sql, columns(body));
        if let Some(under) = under {
            sql.push(" AND ").within("area", under);
        }
    };

    let mut sql = Sql::new("SELECT ");
    sql.push(group).push(" AS code");
    push_sums(&mut sql);
    sql.push(" FROM (");
    let summed = |sql: &mut Sql, grain: &'static str| {
        sql.push(" UNION ALL SELECT period, area, code, ")
            .push(MEASURES)
            .push(" FROM cases_tally WHERE kind = ");
        sql.push(kind)
            .push(" AND depth = ")
            .push(depth)
            .push(" AND grain = ")
            .push(grain);
        reach(sql);
    };
    sql.push("SELECT day AS period, ")
        .push(area)
        .push(" AS area, ")
        .push(code)
        .push(" AS code, ");
    sql.push(MEASURES)
        .push(" FROM cases_tally_open WHERE kind = ")
        .push(open);
    reach(&mut sql);
    if let Some(from) = from {
        sql.and("day >=", from);
    }
    if let Some(to) = to {
        sql.and("day <=", to);
    }
    let parts = Parts::of(from, to)?;
    if let Some((first, last)) = parts.months {
        summed(&mut sql, "'month'");
        if let Some(first) = first {
            sql.and("period >=", first);
        }
        if let Some(last) = last {
            sql.and("period <=", last);
        }
    }
    for (first, last) in parts.days {
        summed(&mut sql, "'day'");
        sql.and("period >=", first).and("period <=", last);
    }
    sql.push(") AS part GROUP BY 1 ORDER BY 1");
    Ok(tx.list(sql).await?)
}

#[cfg(test)]
mod tests {
    use super::Parts;

    fn parts(from: Option<&str>, to: Option<&str>) -> (Option<String>, String) {
        let parts = Parts::of(from, to).expect("days");
        let months = parts
            .months
            .map(|it| format!("{}..{}", it.0.unwrap_or_default(), it.1.unwrap_or_default()));
        let days: Vec<String> = parts.days.iter().map(|it| format!("{}..{}", it.0, it.1)).collect();
        (months, days.join(" "))
    }

    #[test]
    fn a_period_is_whole_months_and_the_days_around_them() {
        let of = |from, to, months: Option<&str>, days: &str| {
            assert_eq!(
                parts(from, to),
                (months.map(str::to_owned), days.to_owned()),
                "{from:?} {to:?}"
            );
        };
        of(None, None, Some(".."), "");
        of(Some("2026-01-01"), Some("2026-12-31"), Some("2026-01..2026-12"), "");
        of(
            Some("2025-11-25"),
            Some("2026-02-03"),
            Some("2025-12..2026-01"),
            "2025-11-25..2025-11-30 2026-02-01..2026-02-03",
        );
        of(Some("2026-02-03"), Some("2026-02-20"), None, "2026-02-03..2026-02-20");
        of(Some("2026-01-31"), Some("2026-02-01"), None, "2026-01-31..2026-02-01");
        of(Some("2026-02-01"), Some("2026-02-28"), Some("2026-02..2026-02"), "");
        of(Some("2026-02-01"), Some("2026-02-27"), None, "2026-02-01..2026-02-27");
        of(Some("2026-02-02"), None, Some("2026-03.."), "2026-02-02..2026-02-28");
        of(None, Some("2026-02-02"), Some("..2026-01"), "2026-02-01..2026-02-02");
        of(Some("2026-03-01"), Some("2026-02-01"), None, "");
    }
}
