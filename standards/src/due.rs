//! How time passes: when a limit that starts now is due, and how much of it has been used between two instants.
//!
//! Working time is a set of real stretches of time: the working hours of each working day, taken in the zone of the
//! district. Everything is counted on these, to the millisecond, so that adding and measuring are exact inverses, in
//! zones with summer time too. A limit is due at the first instant at which it is used up: 8 working hours from 08:00
//! end at 18:00 that day, not at 08:00 the next.

use std::ops::ControlFlow;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::calendar::{Calendar, Hours};
use crate::error::LimitError;
use crate::limit::{Deadline, Limit, Unit};

/// How far a limit may reach and how long a stretch may be measured, in days: 40 years. Nothing in this field lasts
/// longer; the bound keeps a slip of the keyboard from costing time.
pub const HORIZON_DAYS: u32 = 14_610;

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
const HORIZON: i64 = HORIZON_DAYS as i64 * DAY;

impl Calendar {
    /// When a limit that starts at `start` is due. A start outside working hours counts from the next working minute.
    ///
    /// # Errors
    /// [`LimitError::TooFar`] beyond [`HORIZON_DAYS`] or the end of the calendar.
    pub fn due(&self, start: Timestamp, limit: Limit, zone: &TimeZone) -> Result<Timestamp, LimitError> {
        self.after(start, self.length(limit), limit.unit(), zone)
    }

    /// Both instants at which the light changes: `yellow` is the share of the limit, usually [`crate::YELLOW`]. The
    /// share is held between 0 and 1.
    ///
    /// # Errors
    /// As [`Calendar::due`].
    pub fn deadline(
        &self,
        start: Timestamp,
        limit: Limit,
        yellow: f64,
        zone: &TimeZone,
    ) -> Result<Deadline, LimitError> {
        let due_at = self.due(start, limit, zone)?;
        let yellow_at = self.at_share(start, limit, yellow.clamp(0.0, 1.0), zone)?;
        Ok(Deadline { yellow_at, due_at })
    }

    /// The instant at which that share of the limit is used: 0.8 for the yellow light, 3.0 for a second threshold at
    /// three times the limit.
    ///
    /// # Errors
    /// [`LimitError::Amount`] for a share that is negative or no number, otherwise as [`Calendar::due`].
    pub fn at_share(
        &self,
        start: Timestamp,
        limit: Limit,
        share: f64,
        zone: &TimeZone,
    ) -> Result<Timestamp, LimitError> {
        let length = share_of(self.length(limit), share)?;
        self.after(start, length, limit.unit(), zone)
    }

    /// The first instant at which so much time has passed since `start`, counted as the unit counts it. No time, or
    /// less than none, gives `start`. Instants count to the millisecond; what is finer is cut off.
    ///
    /// # Errors
    /// As [`Calendar::due`].
    pub fn after(
        &self,
        start: Timestamp,
        amount: SignedDuration,
        unit: Unit,
        zone: &TimeZone,
    ) -> Result<Timestamp, LimitError> {
        let start = start.as_millisecond();
        let mut left = i64::try_from(amount.as_millis()).map_err(|_| LimitError::TooFar)?;
        if left > HORIZON {
            return Err(LimitError::TooFar);
        }
        let mut found = start;
        if left > 0 {
            if unit.is_working() {
                self.walk(start, zone, |open, close| {
                    let open = open.max(start);
                    if left <= close - open {
                        found = open + left;
                        return ControlFlow::Break(());
                    }
                    left -= (close - open).max(0);
                    ControlFlow::Continue(())
                })?;
            } else {
                found = start + left;
            }
        }
        Timestamp::from_millisecond(found).map_err(|_| LimitError::TooFar)
    }

    /// How much time has passed from one instant to another, counted as the unit counts it; negative if `to` is the
    /// earlier one. Stretches that meet add up exactly.
    ///
    /// # Errors
    /// [`LimitError::TooFar`] if working time is to be measured over more than [`HORIZON_DAYS`].
    pub fn elapsed(
        &self,
        from: Timestamp,
        to: Timestamp,
        unit: Unit,
        zone: &TimeZone,
    ) -> Result<SignedDuration, LimitError> {
        let (from, to) = (from.as_millisecond(), to.as_millisecond());
        if !unit.is_working() {
            return Ok(SignedDuration::from_millis(to - from));
        }
        let (early, late) = (from.min(to), from.max(to));
        if late - early > HORIZON {
            return Err(LimitError::TooFar);
        }
        let mut spent = 0;
        if early < late {
            self.walk(early, zone, |open, close| {
                if open >= late {
                    return ControlFlow::Break(());
                }
                spent += (close.min(late) - open.max(early)).max(0);
                ControlFlow::Continue(())
            })?;
        }
        Ok(SignedDuration::from_millis(if from <= to { spent } else { -spent }))
    }

    /// Whether `now` lies within working hours.
    pub fn is_open(&self, now: Timestamp, zone: &TimeZone) -> bool {
        let now = now.as_millisecond();
        let mut open_now = false;
        let walked = self.walk(now, zone, |open, close| {
            open_now = open <= now && now < close;
            // Windows come in order, so the first that ends after now decides.
            if close > now {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
        walked.is_ok() && open_now
    }

    /// How long the limit is, in time of its own unit: a working day is as long as this calendar's day.
    pub fn length(&self, limit: Limit) -> SignedDuration {
        // The amount is bounded, so the product is a whole number that f64 holds exactly or nearly so.
        SignedDuration::from_millis(whole(limit.amount() * self.unit_length(limit.unit())))
    }

    /// A length of time as an amount of units: 4 hours are 0.5 working days.
    pub fn amount(&self, length: SignedDuration, unit: Unit) -> f64 {
        length.as_secs_f64() * 1000.0 / self.unit_length(unit)
    }

    /// Milliseconds in one unit.
    fn unit_length(&self, unit: Unit) -> f64 {
        match unit {
            Unit::UrgentHour | Unit::WorkingHour => 3_600_000.0,
            Unit::WorkingDay => f64::from(self.day_minutes()) * 60_000.0,
            Unit::CalendarDay => 86_400_000.0,
        }
    }

    /// Shows the stretches of working time, in order, from the day of `start` on, until `visit` has seen enough.
    /// They never overlap, and some may be empty where summer time begins.
    fn walk(
        &self,
        start: i64,
        zone: &TimeZone,
        mut visit: impl FnMut(i64, i64) -> ControlFlow<()>,
    ) -> Result<(), LimitError> {
        let start = Timestamp::from_millisecond(start).map_err(|_| LimitError::TooFar)?;
        let mut date = zone.to_datetime(start).date();
        let mut shown = i64::MIN;
        // Two days more than the horizon, because the first and the last day may be cut.
        for _ in 0..HORIZON_DAYS + 2 {
            if self.is_working_day(date) {
                for hours in self.hours() {
                    let (open, close) = instants(date, *hours, zone)?;
                    // Where clocks jump, hours that do not exist are moved onto those that follow: count them once.
                    let open = open.max(shown);
                    let close = close.max(open);
                    shown = close;
                    if visit(open, close).is_break() {
                        return Ok(());
                    }
                }
            }
            date = date.tomorrow().map_err(|_| LimitError::TooFar)?;
        }
        Err(LimitError::TooFar)
    }
}

/// When these hours begin and end on that day, in milliseconds since 1970.
fn instants(date: Date, hours: Hours, zone: &TimeZone) -> Result<(i64, i64), LimitError> {
    let close = match hours.close() {
        Some(time) => date.to_datetime(time),
        None => date
            .tomorrow()
            .map_err(|_| LimitError::TooFar)?
            .to_datetime(Time::midnight()),
    };
    let instant = |civil| {
        zone.to_timestamp(civil)
            .map(Timestamp::as_millisecond)
            .map_err(|_| LimitError::TooFar)
    };
    Ok((instant(date.to_datetime(hours.open()))?, instant(close)?))
}

/// A share of a length of time.
pub(crate) fn share_of(length: SignedDuration, share: f64) -> Result<SignedDuration, LimitError> {
    if !(0.0..=1_000_000.0).contains(&share) {
        return Err(LimitError::Amount(share));
    }
    Ok(SignedDuration::from_millis(whole(
        length.as_secs_f64() * 1000.0 * share,
    )))
}

/// The nearest whole number; what is too large becomes the largest, which is beyond the horizon anyway.
#[expect(
    clippy::cast_possible_truncation,
    reason = "`as` from f64 saturates, which is what is wanted here"
)]
fn whole(number: f64) -> i64 {
    number.round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::{CalendarData, Special, Year};

    /// The calendar of the vectors: holidays 10-01 and 10-02, working Saturday 10-10.
    fn calendar() -> Calendar {
        let days = [("2026-10-01", "2026-10-02", false), ("2026-10-10", "2026-10-10", true)];
        let days = days.map(|(from, to, working)| Special {
            from: from.parse().expect("a date"),
            to: to.parse().expect("a date"),
            working,
            name: String::new(),
            name_en: String::new(),
        });
        let years = vec![Year {
            year: 2026,
            days: days.to_vec(),
        }];
        Calendar::new(CalendarData {
            years,
            ..CalendarData::default()
        })
        .expect("a calendar")
    }

    fn zone() -> TimeZone {
        TimeZone::get("Asia/Shanghai").expect("the zone")
    }

    /// An instant of 2026 in China, as `07-03 17:00`.
    fn at(text: &str) -> Timestamp {
        let (day, time) = text.split_once(' ').expect("a day and a time");
        format!("2026-{day}T{time}:00+08:00").parse().expect("an instant")
    }

    const VECTORS: [(&str, f64, Unit, &str); 10] = [
        ("07-03 17:00", 4.0, Unit::WorkingHour, "07-06 11:00"),
        ("07-03 17:00", 1.0, Unit::WorkingDay, "07-06 17:00"),
        ("07-03 17:00", 2.0, Unit::UrgentHour, "07-03 19:00"),
        ("07-04 10:00", 4.0, Unit::WorkingHour, "07-06 12:00"),
        ("07-03 12:30", 1.0, Unit::WorkingHour, "07-03 15:00"),
        ("07-03 18:00", 1.0, Unit::WorkingHour, "07-06 09:00"),
        ("09-30 17:00", 1.0, Unit::WorkingDay, "10-05 17:00"),
        ("10-09 17:00", 1.0, Unit::WorkingDay, "10-10 17:00"),
        ("07-06 08:00", 8.0, Unit::WorkingHour, "07-06 18:00"),
        ("07-06 08:00", 2.0, Unit::WorkingDay, "07-07 18:00"),
    ];

    #[test]
    fn the_vectors_of_an_independent_implementation() {
        for (start, amount, unit, due) in VECTORS {
            let limit = Limit::new(amount, unit).expect("a limit");
            let found = calendar().due(at(start), limit, &zone());
            assert_eq!(found, Ok(at(due)), "{start} + {amount} {unit}");
            let spent = calendar().elapsed(at(start), at(due), unit, &zone());
            assert_eq!(spent, Ok(calendar().length(limit)), "{start} to {due}");
        }
    }

    #[test]
    fn calendar_days_and_fractions() {
        let due = |start, amount, unit| {
            let limit = Limit::new(amount, unit).expect("a limit");
            calendar().due(at(start), limit, &zone()).expect("an instant")
        };
        assert_eq!(due("09-30 17:00", 3.0, Unit::CalendarDay), at("10-03 17:00"));
        assert_eq!(due("07-03 17:50", 0.25, Unit::WorkingHour), at("07-06 08:05"));
        assert_eq!(due("07-03 17:00", 0.5, Unit::WorkingDay), at("07-06 11:00"));
        assert_eq!(due("07-04 10:00", 0.0, Unit::WorkingDay), at("07-04 10:00"));
    }

    #[test]
    fn the_light_turns_after_80_per_cent_and_after_the_whole() {
        let limit = Limit::new(5.0, Unit::WorkingHour).expect("a limit");
        let deadline = calendar()
            .deadline(at("07-06 08:00"), limit, crate::YELLOW, &zone())
            .expect("instants");
        assert_eq!(
            (deadline.yellow_at, deadline.due_at),
            (at("07-06 12:00"), at("07-06 15:00"))
        );
        let light = |now| deadline.light(at(now)).as_str();
        assert_eq!(light("07-06 12:00"), "green");
        assert_eq!(light("07-06 12:01"), "yellow");
        assert_eq!(light("07-06 15:00"), "yellow");
        assert_eq!(light("07-06 15:01"), "red");
        let thrice = calendar().at_share(at("07-06 08:00"), limit, 3.0, &zone());
        assert_eq!(thrice, Ok(at("07-07 17:00")));
    }

    #[test]
    fn open_hours_are_known() {
        let open = |now| calendar().is_open(at(now), &zone());
        assert!(open("07-06 08:00") && open("07-06 17:59") && open("10-10 10:00"));
        assert!(!open("07-06 12:00") && !open("07-06 13:00") && !open("07-06 18:00") && !open("07-04 10:00"));
        assert!(!open("10-01 10:00") && !open("07-06 07:59"));
    }

    #[test]
    fn what_reaches_too_far_is_refused_quickly() {
        let limit = |amount, unit| Limit::new(amount, unit).expect("a limit");
        let start = at("07-06 08:00");
        for unit in Unit::ALL {
            let far = calendar().due(start, limit(Limit::MAX_AMOUNT, unit), &zone());
            assert_eq!(far, Err(LimitError::TooFar), "{unit}");
            for edge in [Timestamp::MIN, Timestamp::MAX] {
                let _ = calendar().due(edge, limit(3.0, unit), &zone());
                let _ = calendar().elapsed(edge, start, unit, &zone());
                let _ = calendar().elapsed(Timestamp::MIN, edge, unit, &zone());
            }
        }
        assert_eq!(
            calendar().due(Timestamp::MAX, limit(1.0, Unit::WorkingDay), &zone()),
            Err(LimitError::TooFar)
        );
    }

    #[test]
    fn hours_up_to_midnight_run_through_the_night() {
        let hours = vec!["00:00-24:00".parse().expect("hours")];
        let data = CalendarData {
            hours,
            weekdays: vec![1, 2, 3, 4, 5, 6, 7],
            years: vec![],
        };
        let always = Calendar::new(data).expect("a calendar");
        let limit = Limit::new(30.0, Unit::WorkingHour).expect("a limit");
        assert_eq!(always.due(at("07-03 20:00"), limit, &zone()), Ok(at("07-05 02:00")));
        assert_eq!(always.day_minutes(), 1440);
    }

    #[test]
    fn a_day_that_a_zone_left_out_is_not_counted_twice() {
        // Samoa had no 30 December 2011.
        let zone = TimeZone::get("Pacific/Apia").expect("the zone");
        let instant = |text: &str| text.parse::<Timestamp>().expect("an instant");
        let (before, after) = (
            instant("2011-12-29T08:00:00-10:00"),
            instant("2012-01-03T08:00:00+14:00"),
        );
        let data = CalendarData {
            weekdays: vec![1, 2, 3, 4, 5, 6, 7],
            ..CalendarData::default()
        };
        let every_day = Calendar::new(data).expect("a calendar");
        let spent = every_day.elapsed(before, after, Unit::WorkingHour, &zone);
        assert_eq!(spent, Ok(SignedDuration::from_hours(4 * 8)));
    }
}
