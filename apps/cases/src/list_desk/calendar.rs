//! The working calendar of the district: the holidays that are shipped, year by year, and its own days and hours on top.

use jiff::civil::Date;
use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::{Work, args};
use serde::{Deserialize, Serialize};
use standards::calendar::{Hours, Special, Year};
use standards::{Calendar, CalendarError};
use utoipa::ToSchema;

/// A day on which the district does something else than the shipped calendar says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::FromRow)]
pub(crate) struct OwnDay {
    /// The day, `YYYY-MM-DD`.
    pub(crate) day: String,
    /// Whether people work.
    pub(crate) working: bool,
    /// What it is.
    pub(crate) name: String,
    /// The same in English.
    pub(crate) name_en: Option<String>,
}

/// What the district has entered itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Own {
    /// Its days, in order.
    pub(crate) days: Vec<OwnDay>,
    /// The years whose holidays it says are all entered.
    pub(crate) years: Vec<i64>,
    /// Its working hours and days of the week, if they are not the usual ones.
    pub(crate) hours: Option<(Vec<Hours>, Vec<u8>)>,
}

impl Own {
    /// The calendar with these days on top of the shipped ones.
    pub(crate) fn on_top(&self) -> Result<Calendar, CalendarError> {
        let mut data = Calendar::china().data().clone();
        if let Some((hours, weekdays)) = &self.hours {
            (data.hours, data.weekdays) = (hours.clone(), weekdays.clone());
        }
        for year in self.years.iter().filter_map(|it| i16::try_from(*it).ok()) {
            if data.years.iter().all(|it| it.year != year) {
                data.years.push(Year { year, days: Vec::new() });
            }
        }
        // Where two entries name the same day the later one counts, so the own ones come last.
        if let Some(last) = data.years.last_mut() {
            last.days.extend(self.days.iter().filter_map(OwnDay::special));
        }
        Calendar::new(data)
    }
}

impl OwnDay {
    fn special(&self) -> Option<Special> {
        let day: Date = self.day.parse().ok()?;
        Some(Special {
            from: day,
            to: day,
            working: self.working,
            name: self.name.clone(),
            name_en: self.name_en.clone().unwrap_or_default(),
        })
    }
}

/// What the district has entered.
pub(crate) async fn own(tx: &mut Tx) -> Result<Own> {
    let sql = "SELECT day, working, name, name_en FROM cases_calendar_day ORDER BY day";
    let days: Vec<OwnDay> = tx.all(sql, vec![]).await?;
    let sql = "SELECT year FROM cases_calendar_year ORDER BY year";
    let years: Vec<(i64,)> = tx.all(sql, vec![]).await?;
    let sql = "SELECT hours, weekdays FROM cases_calendar_hours WHERE id = 'now'";
    let hours: Option<(String, String)> = tx.one(sql, vec![]).await?;
    let hours = hours.map(|(hours, weekdays)| {
        let hours = hours.split(',').map(str::parse).collect::<Result<Vec<Hours>, _>>();
        let weekdays = weekdays.split(',').map(str::parse).collect::<Result<Vec<u8>, _>>();
        Ok::<_, Error>((hours.map_err(Error::internal)?, weekdays.map_err(Error::internal)?))
    });
    Ok(Own {
        days,
        years: years.into_iter().map(|it| it.0).collect(),
        hours: hours.transpose()?,
    })
}

/// The years whose holidays the district says it has entered all: for whoever looks an installation over.
pub async fn own_years(tx: &mut Tx) -> Result<Vec<i64>> {
    Ok(own(tx).await?.years)
}

/// The calendar that limits are counted in.
pub(crate) async fn load(tx: &mut Tx) -> Result<Calendar> {
    own(tx).await?.on_top().map_err(Error::internal)
}

/// Writes some own days anew, and takes others away.
pub(crate) async fn save_days(tx: &mut Tx, days: &[OwnDay], gone: &[String]) -> Result<()> {
    for day in gone {
        tx.run("DELETE FROM cases_calendar_day WHERE day = $1", args![day])
            .await?;
    }
    let rows = days
        .iter()
        .map(|it| args![&it.day, it.working, &it.name, it.name_en.clone()]);
    let sql = "INSERT INTO cases_calendar_day (day, working, name, name_en) VALUES ";
    let tail =
        " ON CONFLICT (day) DO UPDATE SET working = excluded.working, name = excluded.name, name_en = excluded.name_en";
    tx.insert_many(sql, tail, rows.collect()).await?;
    Ok(())
}

/// Says that all holidays of a year are entered, or takes it back.
pub(crate) async fn save_year(work: &mut Work, year: i64, complete: bool, name: &str) -> Result<()> {
    work.run("DELETE FROM cases_calendar_year WHERE year = $1", args![year])
        .await?;
    if complete {
        let (sql, now) = (
            "INSERT INTO cases_calendar_year (year, at, actor_name) VALUES ($1, $2, $3)",
            work.now(),
        );
        work.run(sql, args![year, now, name]).await?;
    }
    Ok(())
}

/// Writes the working hours.
pub(crate) async fn save_hours(tx: &mut Tx, hours: &[Hours], weekdays: &[u8]) -> Result<()> {
    let sql = "INSERT INTO cases_calendar_hours (id, hours, weekdays) VALUES ('now', $1, $2) \
               ON CONFLICT (id) DO UPDATE SET hours = excluded.hours, weekdays = excluded.weekdays";
    let hours: Vec<String> = hours.iter().map(ToString::to_string).collect();
    let weekdays: Vec<String> = weekdays.iter().map(ToString::to_string).collect();
    tx.run(sql, args![hours.join(","), weekdays.join(",")]).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn day(day: &str, working: bool) -> OwnDay {
        OwnDay {
            day: day.to_owned(),
            working,
            name: "本区".to_owned(),
            name_en: None,
        }
    }

    #[test]
    fn own_days_count_more_than_those_shipped() {
        let own = Own {
            days: vec![
                day("2026-10-01", true),
                day("2026-11-25", false),
                day("2040-01-02", false),
            ],
            years: vec![2026, 2040],
            hours: Some((vec!["09:00-17:00".parse().expect("hours")], vec![1, 2, 3, 4, 5, 6])),
        };
        let calendar = own.on_top().expect("a calendar");
        assert!(calendar.is_working_day(date(2026, 10, 1)), "shipped as a holiday");
        assert!(!calendar.is_working_day(date(2026, 11, 25)), "a Wednesday");
        assert!(
            calendar.is_working_day(date(2026, 11, 28)),
            "a Saturday in a week of six days"
        );
        assert!(!calendar.is_working_day(date(2026, 10, 2)), "what is shipped stays");
        assert!(calendar.covers(2040) && !calendar.covers(2041) && !calendar.is_working_day(date(2040, 1, 2)));
        assert_eq!(calendar.day_minutes(), 480);
        assert_eq!(Own::default().on_top().as_ref(), Ok(Calendar::china()));
    }
}
