//! When the demo's cases happen: the weather and the feasts of the year, working days, hours of the day.

use jiff::civil::Date;
use jiff::{ToSpan, tz::TimeZone};
use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use standards::Calendar;

use super::family::Season;

pub(super) const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
pub(super) const DAY: i64 = 24 * HOUR;
/// The district's clock is eight hours ahead of UTC all year.
const AHEAD: i64 = 8 * HOUR;

/// The district's zone.
pub(super) fn zone() -> TimeZone {
    TimeZone::fixed(jiff::tz::offset(8))
}

/// Milliseconds since local midnight.
pub(super) fn time_of_day(at: i64) -> i64 {
    (at + AHEAD).rem_euclid(DAY)
}

/// The local midnight before an instant.
pub(super) fn midnight(at: i64) -> i64 {
    at - time_of_day(at)
}

fn date(at: i64) -> Date {
    let days = (at + AHEAD).div_euclid(DAY);
    // Any day a demo can ask for is far inside the range; the epoch stands in for the rest.
    Date::constant(1970, 1, 1)
        .checked_add(days.days())
        .unwrap_or(Date::constant(1970, 1, 1))
}

/// Hours in which the centre's desks are staffed, every day of the week: from 08:00 to 18:00.
const OPEN: (i64, i64) = (8 * HOUR, 18 * HOUR);

/// So many minutes later, counted while the desks are staffed.
pub(super) fn desk_after(at: i64, minutes: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "minutes of a few days")]
    let mut left = (minutes * MINUTE as f64) as i64;
    let mut at = at;
    loop {
        let day = midnight(at);
        at = at.max(day + OPEN.0);
        let rest = day + OPEN.1 - at;
        if left <= rest {
            return at + left;
        }
        left -= rest.max(0);
        at = day + DAY;
    }
}

/// So many minutes earlier, counted while the desks are staffed.
pub(super) fn desk_before(at: i64, minutes: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "minutes of a few days")]
    let mut left = (minutes * MINUTE as f64) as i64;
    let mut at = at;
    loop {
        let day = midnight(at);
        at = at.min(day + OPEN.1);
        let past = at - day - OPEN.0;
        if left <= past {
            return at - left;
        }
        left -= past.max(0);
        at = day - 1;
    }
}

/// Whether the desks are staffed.
pub(super) fn is_staffed(at: i64) -> bool {
    (OPEN.0..OPEN.1).contains(&time_of_day(at))
}

/// What one day is like.
struct Weather {
    rain: bool,
    storm: bool,
    snow: bool,
}

/// The 365 days before now, and how likely each is for cases of each season.
pub(super) struct Year {
    /// Local midnight of the first day.
    first: i64,
    /// Running sums of the days' weights, by season.
    sums: Vec<(Season, Vec<f64>)>,
}

const SEASONS: [Season; 8] = [
    Season::Even,
    Season::Rain,
    Season::Storm,
    Season::Snow,
    Season::Summer,
    Season::Leaves,
    Season::Building,
    Season::Festival,
];

impl Year {
    pub(super) fn new(now: i64, rng: &mut ChaCha8Rng) -> Self {
        let first = midnight(now) - 364 * DAY;
        let dates: Vec<Date> = (0..365).map(|i| date(first + i * DAY)).collect();
        let weather = weather(&dates, rng);
        let festive = festive(&dates);
        // The last day is not over yet.
        let today = (time_of_day(now) - 7 * HOUR).clamp(0, 12 * HOUR) as f64 / (12 * HOUR) as f64;
        let sums = SEASONS
            .into_iter()
            .map(|season| {
                let mut sum = 0.0;
                let days = (0..365).map(|i| {
                    let busy = if Calendar::china().is_working_day(dates[i]) {
                        1.0
                    } else {
                        0.5
                    };
                    let growth = 0.9 + 0.2 * i as f64 / 365.0;
                    let part = if i == 364 { today } else { 1.0 };
                    sum += season_weight(season, dates[i], &weather[i], festive[i]) * busy * growth * part;
                    sum
                });
                (season, days.collect())
            })
            .collect();
        Self { first, sums }
    }

    /// The local midnight of a day for a case of that season.
    pub(super) fn day(&self, season: Season, rng: &mut ChaCha8Rng) -> i64 {
        let sums = self
            .sums
            .iter()
            .find(|(s, _)| *s == season)
            .map_or(&[][..], |(_, sums)| sums);
        let i = i64::try_from(draw(sums, rng)).unwrap_or(0);
        self.first + i * DAY
    }
}

/// The place of a random number in running sums.
pub(super) fn draw(sums: &[f64], rng: &mut ChaCha8Rng) -> usize {
    let total = sums.last().copied().unwrap_or(0.0);
    let at = rng.random::<f64>() * total;
    sums.partition_point(|sum| *sum <= at).min(sums.len().saturating_sub(1))
}

fn weather(dates: &[Date], rng: &mut ChaCha8Rng) -> Vec<Weather> {
    let mut days: Vec<Weather> = dates
        .iter()
        .map(|date| {
            let wet = match (date.month(), date.day()) {
                (6, 10..) | (7, ..=12) => 0.4,
                (7..=9, _) => 0.16,
                (3..=5, _) => 0.12,
                _ => 0.06,
            };
            Weather {
                rain: rng.random_bool(wet),
                storm: false,
                snow: false,
            }
        })
        .collect();
    let mut strike = |months: &[i8], count: usize, length: usize, mark: fn(&mut Weather)| {
        let able: Vec<usize> = (0..dates.len())
            .filter(|&i| months.contains(&dates[i].month()))
            .collect();
        for _ in 0..count {
            let start = able[rng.random_range(0..able.len())];
            days[start..(start + length).min(365)].iter_mut().for_each(mark);
        }
    };
    strike(&[7, 8, 9], 3, 3, |day| (day.storm, day.rain) = (true, true));
    strike(&[12, 1, 2], 3, 3, |day| day.snow = true);
    days
}

/// Days of the Spring Festival holiday and the five days around it.
fn festive(dates: &[Date]) -> Vec<bool> {
    let calendar = Calendar::china();
    let off: Vec<bool> = dates
        .iter()
        .map(|date| !calendar.is_working_day(*date) && calendar.special(*date).is_some_and(|s| s.name.contains("春节")))
        .collect();
    (0_usize..dates.len())
        .map(|i| off[i.saturating_sub(5)..(i + 6).min(off.len())].contains(&true))
        .collect()
}

fn season_weight(season: Season, date: Date, weather: &Weather, festive: bool) -> f64 {
    let month = date.month();
    let yes = |flag: bool, weight: f64| if flag { weight } else { 0.0 };
    match season {
        Season::Even => 1.0,
        Season::Rain => 0.7 + yes(weather.rain, 1.6) + yes(weather.storm, 4.0),
        Season::Storm => 0.8 + yes(weather.rain, 0.3) + yes(weather.storm, 9.0),
        Season::Snow => yes(weather.snow, 12.0) + yes(matches!(month, 12 | 1 | 2), 0.1),
        Season::Summer => match month {
            7 | 8 => 1.8,
            6 | 9 => 1.4,
            5 | 10 => 1.0,
            _ => 0.6,
        },
        Season::Leaves => {
            yes(festive, 1.5)
                + match month {
                    11 => 3.0,
                    12 | 10 => 1.8,
                    _ => 0.7,
                }
        }
        Season::Building => match month {
            _ if festive => 0.1,
            3..=5 | 9..=11 => 1.3,
            _ => 0.8,
        },
        Season::Festival => 1.0 + yes(festive, 1.1),
    }
}

/// A time of day around an hour, as a sum of four draws: near enough to a bell, and never far off.
pub(super) fn around(hour: f64, spread: f64, rng: &mut ChaCha8Rng) -> i64 {
    let bell: f64 = (0..4).map(|_| rng.random_range(-1.0..1.0)).sum::<f64>() / 2.0;
    #[expect(clippy::cast_possible_truncation, reason = "hours of a day")]
    let at = ((hour + bell * spread).clamp(0.1, 23.9) * HOUR as f64) as i64;
    at
}
