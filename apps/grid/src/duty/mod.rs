//! Duty: who of those posted in an area can be sent somewhere now, the nearest first.
//!
//! Nobody's whereabouts are known or asked for: near is whose grid is near. Who has no roster counts as on duty, so that a
//! district that keeps none loses nothing.

mod routes;

use std::collections::HashMap;

use geo::{Distance, Haversine};
use jiff::civil::{Date, DateTime, Weekday};
use kernel::auth::UserId;
use kernel::db::{Sql, Tx};
use kernel::error::{Error, Fields, Result, codes as kernel_codes};
use kernel::{Kernel, Time};
use serde::{Deserialize, Serialize};
use standards::{AreaCode, Level};
use utoipa::ToSchema;

pub(crate) use routes::routes;

use crate::api::{Atlas, atlas, posted_within};
use crate::model::{PostKind, PostedWorker};

/// When somebody is on duty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Roster {
    /// The hours of a week; none: at any time.
    #[schema(max_items = 21)]
    shifts: Vec<Shift>,
    /// Days away.
    #[schema(max_items = 50)]
    absences: Vec<Absence>,
}

/// Hours that come again each week.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Shift {
    /// On which weekdays it begins: 1 is Monday, 7 is Sunday.
    #[schema(min_items = 1, max_items = 7)]
    days: Vec<i8>,
    /// When it begins, in minutes of the day.
    #[schema(minimum = 0, maximum = 1439)]
    from: i16,
    /// When it ends; not after the beginning: on the next day.
    #[schema(minimum = 0, maximum = 1440)]
    to: i16,
}

/// Days away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Absence {
    /// The first day, `YYYY-MM-DD`.
    #[schema(max_length = 10)]
    from: String,
    /// The last day.
    #[schema(max_length = 10)]
    to: String,
    /// Leave, training …
    #[schema(max_length = 64)]
    reason: String,
}

impl Shift {
    fn covers(&self, at: DateTime) -> bool {
        let minute = i16::from(at.hour()) * 60 + i16::from(at.minute());
        let on = |day: Weekday| self.days.contains(&day.to_monday_one_offset());
        if self.from < self.to {
            return on(at.weekday()) && (self.from..self.to).contains(&minute);
        }
        // Over midnight: the evening of its day, or the morning after.
        (on(at.weekday()) && minute >= self.from) || (on(at.weekday().previous()) && minute < self.to)
    }
}

impl Roster {
    /// Whether somebody with this roster is on duty at that moment of the district's clock.
    fn covers(&self, at: DateTime) -> bool {
        let today = at.date().to_string();
        let away = self.absences.iter().any(|it| it.from <= today && today <= it.to);
        !away && (self.shifts.is_empty() || self.shifts.iter().any(|it| it.covers(at)))
    }

    fn check(&self) -> Result<()> {
        let mut fields = Fields::new();
        if self.shifts.len() > 21 {
            fields.refuse_with("shifts", &kernel_codes::RANGE, &[("min", "0"), ("max", "21")]);
        }
        for (n, it) in self.shifts.iter().enumerate() {
            if it.days.is_empty() || it.days.len() > 7 || it.days.iter().any(|day| !(1..=7).contains(day)) {
                fields.refuse_with(
                    format!("shifts.{n}.days"),
                    &kernel_codes::RANGE,
                    &[("min", "1"), ("max", "7")],
                );
            }
            if !(0..1440).contains(&it.from) || !(0..=1440).contains(&it.to) {
                fields.refuse_with(
                    format!("shifts.{n}.from"),
                    &kernel_codes::RANGE,
                    &[("min", "0"), ("max", "1440")],
                );
            }
        }
        if self.absences.len() > 50 {
            fields.refuse_with("absences", &kernel_codes::RANGE, &[("min", "0"), ("max", "50")]);
        }
        for (n, it) in self.absences.iter().enumerate() {
            let days = [&it.from, &it.to].map(|day| day.parse::<Date>().ok().filter(|date| date.to_string() == **day));
            match days {
                [Some(from), Some(to)] if from <= to => {}
                _ => {
                    let field = format!("absences.{n}.from");
                    fields.refuse_with(&field, &kernel_codes::FORMAT, &[("why", "YYYY-MM-DD")]);
                }
            }
            fields.text(&format!("absences.{n}.reason"), &it.reason, 0, 64);
        }
        fields.done()
    }
}

/// The rosters of some users, with their versions.
async fn rosters(tx: &mut Tx, users: impl Iterator<Item = UserId>) -> Result<HashMap<UserId, (Roster, i64)>> {
    let mut sql = Sql::new("SELECT user_id, shifts, absences, version FROM grid_duty WHERE user_id IN ");
    sql.list(users);
    let rows: Vec<(UserId, String, String, i64)> = tx.list(sql).await?;
    let mut all = HashMap::new();
    for (user, shifts, absences, version) in rows {
        let roster = Roster {
            shifts: serde_json::from_str(&shifts).map_err(Error::internal)?,
            absences: serde_json::from_str(&absences).map_err(Error::internal)?,
        };
        all.insert(user, (roster, version));
    }
    Ok(all)
}

/// Who is on duty and can be sent to a place: those of the area itself first, then those whose grid is near, first in the
/// village and, if nobody is there, in the town. Volunteers are not sent.
pub async fn on_duty(
    kernel: &Kernel,
    tx: &mut Tx,
    area: &str,
    point: Option<(f64, f64)>,
    at: Time,
    most: usize,
) -> Result<Vec<PostedWorker>> {
    let atlas = atlas(kernel)?;
    let here = at.to_jiff().to_zoned_datetime(kernel.config().zone()).datetime();
    let code = AreaCode::parse(area).ok();
    for level in [Level::Village, Level::Town] {
        let around = code.and_then(|it| it.at(level)).map(|it| it.to_string());
        let Some(around) = around.or_else(|| (level == Level::Village).then(|| area.to_owned())) else {
            continue;
        };
        let mut found = posted_within(tx, &around).await?;
        found.retain(|it| it.kind != PostKind::Volunteer);
        let rosters = rosters(tx, found.iter().map(|it| it.user)).await?;
        found.retain(|it| rosters.get(&it.user).is_none_or(|it| it.0.covers(here)));
        if !found.is_empty() {
            let place = point.or_else(|| middle(&atlas, area));
            let metres = |it: &PostedWorker| place.zip(middle(&atlas, &it.area)).map_or(i64::MAX, distance);
            found.sort_by_cached_key(|it| (it.area != area, metres(it), it.kind, it.name.clone()));
            // Somebody with two posts is one person.
            let mut seen = Vec::new();
            found.retain(|it| {
                !seen.contains(&it.user) && seen.len() < most && {
                    seen.push(it.user);
                    true
                }
            });
            return Ok(found);
        }
    }
    Ok(Vec::new())
}

/// The middle of an area's shape.
fn middle(atlas: &Atlas, area: &str) -> Option<(f64, f64)> {
    use geo::BoundingRect;
    let shape = atlas
        .shape(area)?
        .iter()
        .max_by(|a, b| geo_size(a).total_cmp(&geo_size(b)))?;
    let middle = shape.bounding_rect()?.center();
    Some((middle.x, middle.y))
}

fn geo_size(polygon: &geo::Polygon) -> f64 {
    use geo::Area;
    polygon.unsigned_area()
}

/// Metres between two places.
#[expect(
    clippy::cast_possible_truncation,
    reason = "no two places on earth are 2^53 metres apart"
)]
fn distance(((a_lng, a_lat), (b_lng, b_lat)): ((f64, f64), (f64, f64))) -> i64 {
    Haversine.distance(geo::Point::new(a_lng, a_lat), geo::Point::new(b_lng, b_lat)) as i64
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn roster(days: &[i8], from: i16, to: i16) -> Roster {
        Roster {
            shifts: vec![Shift {
                days: days.to_vec(),
                from,
                to,
            }],
            absences: Vec::new(),
        }
    }

    #[test]
    fn a_shift_covers_its_hours_and_no_others() {
        // 2026-07-06 is a Monday.
        let monday = |hour, minute| date(2026, 7, 6).at(hour, minute, 0, 0);
        let day = roster(&[1], 8 * 60, 17 * 60);
        assert!(day.covers(monday(8, 0)));
        assert!(day.covers(monday(16, 59)));
        assert!(!day.covers(monday(17, 0)));
        assert!(!day.covers(monday(7, 59)));
        assert!(!day.covers(date(2026, 7, 7).at(9, 0, 0, 0)));
    }

    #[test]
    fn a_night_shift_goes_on_into_the_next_morning() {
        let night = roster(&[7], 22 * 60, 6 * 60);
        // Sunday evening, and Monday before six.
        assert!(night.covers(date(2026, 7, 5).at(23, 0, 0, 0)));
        assert!(night.covers(date(2026, 7, 6).at(5, 59, 0, 0)));
        assert!(!night.covers(date(2026, 7, 6).at(6, 0, 0, 0)));
        assert!(!night.covers(date(2026, 7, 5).at(5, 0, 0, 0)));
        assert!(!night.covers(date(2026, 7, 6).at(23, 0, 0, 0)));
    }

    #[test]
    fn who_is_away_is_not_on_duty_and_who_has_no_shifts_is() {
        let mut free = Roster::default();
        let noon = date(2026, 7, 6).at(12, 0, 0, 0);
        assert!(free.covers(noon));
        free.absences.push(Absence {
            from: "2026-07-06".into(),
            to: "2026-07-07".into(),
            reason: "年休假".into(),
        });
        assert!(!free.covers(noon));
        assert!(free.covers(date(2026, 7, 8).at(12, 0, 0, 0)));
        assert!(free.check().is_ok());
        free.absences[0].to = "2026-7-5".into();
        assert!(free.check().is_err());
    }
}
