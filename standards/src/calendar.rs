//! The working calendar 工作日历: hours of the day, working days of the week, and year by year the holidays and the
//! make-up working days 调休. How time passes in it is in [`crate::due`](mod@crate::due).

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::OnceLock;

use jiff::ToSpan as _;
use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};

use crate::error::CalendarError;

/// Holidays and make-up days of China by the yearly notices of the State Council's General Office.
const CHINA: &str = include_str!("../data/holidays-cn.csv");

/// One stretch of working hours within a day, such as 08:00 to 12:00. On the wire `"08:00-12:00"`; a stretch may end
/// at `24:00`. Night work is two stretches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Hours {
    // Minutes after midnight, from < to <= 1440, with their clock times worked out once.
    from: u16,
    to: u16,
    open: Time,
    close: Option<Time>,
}

impl Hours {
    /// From one minute of the day to another: `Hours::new(480, 720)` is 08:00 to 12:00.
    ///
    /// # Errors
    /// [`CalendarError::Hours`] unless from < to ≤ 1440.
    pub fn new(from: u16, to: u16) -> Result<Self, CalendarError> {
        let wrong = || CalendarError::Hours(format!("{}-{}", Minute(from), Minute(to)));
        if from >= to || to > 1440 {
            return Err(wrong());
        }
        let open = clock_time(from).ok_or_else(wrong)?;
        Ok(Self {
            from,
            to,
            open,
            close: clock_time(to),
        })
    }

    /// Length in minutes.
    pub fn minutes(self) -> u16 {
        self.to - self.from
    }

    /// When work begins.
    pub(crate) fn open(self) -> Time {
        self.open
    }

    /// When work ends; `None` means midnight.
    pub(crate) fn close(self) -> Option<Time> {
        self.close
    }
}

/// The time of day; `None` for 24:00, which belongs to the next day.
fn clock_time(minute: u16) -> Option<Time> {
    let hour = i8::try_from(minute / 60).ok()?;
    let minute = i8::try_from(minute % 60).ok()?;
    Time::new(hour, minute, 0, 0).ok()
}

/// A minute of the day as `hh:mm`.
struct Minute(u16);

impl fmt::Display for Minute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", Minute(self.from), Minute(self.to))
    }
}

impl FromStr for Hours {
    type Err = CalendarError;

    fn from_str(text: &str) -> Result<Self, CalendarError> {
        fn minute(text: &str) -> Option<u16> {
            let (hour, minute) = text.trim().split_once(':')?;
            let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
            (hour <= 24 && minute < 60).then_some(hour * 60 + minute)
        }
        let read = || {
            let (from, to) = text.split_once('-')?;
            Self::new(minute(from)?, minute(to)?).ok()
        };
        read().ok_or_else(|| CalendarError::Hours(text.to_owned()))
    }
}

impl TryFrom<String> for Hours {
    type Error = CalendarError;

    fn try_from(text: String) -> Result<Self, CalendarError> {
        text.parse()
    }
}

impl From<Hours> for String {
    fn from(hours: Hours) -> Self {
        hours.to_string()
    }
}

/// A stretch of days on which the day of the week does not decide: a holiday, or make-up working days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Special {
    /// First day.
    pub from: Date,
    /// Last day, included.
    pub to: Date,
    /// `true`: people work on these days, whatever the day of the week. `false`: nobody does.
    pub working: bool,
    /// What it is, in Chinese, such as 国庆节.
    #[serde(default)]
    pub name: String,
    /// What it is, in English.
    #[serde(default)]
    pub name_en: String,
}

/// What is known of one year. A year with no entry is not covered: its deadlines know only the days of the week.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Year {
    /// The year.
    pub year: i16,
    /// Its holidays and make-up days. Days of the neighbouring years may be among them, as in the yearly notices.
    pub days: Vec<Special>,
}

/// A calendar as it is stored and edited; [`Calendar`] is the checked form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarData {
    /// Working hours of a day, in order and without overlap.
    pub hours: Vec<Hours>,
    /// Working days of the week: 1 is Monday, 7 Sunday.
    pub weekdays: Vec<u8>,
    /// Year by year.
    #[serde(default)]
    pub years: Vec<Year>,
}

impl Default for CalendarData {
    /// 08:00 to 12:00 and 14:00 to 18:00, Monday to Friday, no year covered.
    fn default() -> Self {
        let hours = [(480, 720), (840, 1080)];
        Self {
            hours: hours
                .into_iter()
                .filter_map(|(from, to)| Hours::new(from, to).ok())
                .collect(),
            weekdays: vec![1, 2, 3, 4, 5],
            years: Vec::new(),
        }
    }
}

/// A working calendar that has been checked: it has working hours and working days, so that every limit ends.
///
/// ```
/// use standards::{Calendar, Limit, Unit};
/// let zone = jiff::tz::TimeZone::get("Asia/Shanghai")?;
/// let start = "2026-07-03T17:00:00+08:00".parse()?;
/// let due = Calendar::china().due(start, Limit::new(4.0, Unit::WorkingHour)?, &zone)?;
/// assert_eq!(due, "2026-07-06T11:00:00+08:00".parse()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "CalendarData", into = "CalendarData")]
pub struct Calendar {
    data: CalendarData,
    /// Monday first.
    weekdays: [bool; 7],
    /// Each special day, and whether people work on it.
    special: BTreeMap<Date, bool>,
}

impl Calendar {
    /// Checks the data and makes it ready for use. Where two entries name the same day, the later one counts.
    ///
    /// # Errors
    /// [`CalendarError`] for whatever would leave the calendar without working time or is no stretch of days.
    pub fn new(data: CalendarData) -> Result<Self, CalendarError> {
        if data.hours.is_empty() {
            return Err(CalendarError::NoHours);
        }
        for pair in data.hours.windows(2) {
            if let [before, after] = pair
                && after.from < before.to
            {
                return Err(CalendarError::Overlap(after.to_string()));
            }
        }
        let mut weekdays = [false; 7];
        for &day in &data.weekdays {
            let place = usize::from(day)
                .checked_sub(1)
                .and_then(|index| weekdays.get_mut(index));
            *place.ok_or(CalendarError::Weekday(day))? = true;
        }
        if !weekdays.contains(&true) {
            return Err(CalendarError::NoWeekday);
        }
        let mut special = BTreeMap::new();
        for (index, year) in data.years.iter().enumerate() {
            if data.years.iter().skip(index + 1).any(|other| other.year == year.year) {
                return Err(CalendarError::YearTwice(year.year));
            }
            for stretch in &year.days {
                for day in stretch.each()? {
                    special.insert(day, stretch.working);
                }
            }
        }
        Ok(Self {
            data,
            weekdays,
            special,
        })
    }

    /// Monday to Friday, 08–12 and 14–18, with China's holidays and make-up days of the years shipped in
    /// `data/holidays-cn.csv`. Read once, then cheap to call.
    pub fn china() -> &'static Self {
        static CALENDAR: OnceLock<Calendar> = OnceLock::new();
        CALENDAR.get_or_init(|| {
            // A test reads the shipped file, so the fallback, the plain working week, is never met.
            read_years(CHINA)
                .and_then(|years| {
                    Self::new(CalendarData {
                        years,
                        ..CalendarData::default()
                    })
                })
                .unwrap_or_else(|_| Self::plain())
        })
    }

    /// Monday to Friday, 08–12 and 14–18, no holidays.
    pub fn plain() -> Self {
        Self {
            data: CalendarData::default(),
            weekdays: [true, true, true, true, true, false, false],
            special: BTreeMap::new(),
        }
    }

    /// The calendar as it is stored and edited.
    pub fn data(&self) -> &CalendarData {
        &self.data
    }

    /// Whether the holidays of that year are known. A deadline that reaches into a year that is not covered counts
    /// every weekday as a working day, and the page should say so.
    pub fn covers(&self, year: i16) -> bool {
        self.data.years.iter().any(|known| known.year == year)
    }

    /// Whether people work on that day.
    pub fn is_working_day(&self, date: Date) -> bool {
        self.special.get(&date).copied().unwrap_or_else(|| {
            let monday_is_0 = date.weekday().to_monday_zero_offset();
            usize::try_from(monday_is_0)
                .ok()
                .and_then(|index| self.weekdays.get(index))
                .copied()
                .unwrap_or_default()
        })
    }

    /// The holiday or make-up day that falls on that date, if any.
    pub fn special(&self, date: Date) -> Option<&Special> {
        let days = self.data.years.iter().flat_map(|year| &year.days);
        days.rev().find(|special| special.from <= date && date <= special.to)
    }

    /// The working hours of a working day.
    pub fn hours(&self) -> &[Hours] {
        &self.data.hours
    }

    /// Length of one working day in minutes; 480 by default.
    pub fn day_minutes(&self) -> u16 {
        // Hours do not overlap and end by 1440, so the sum fits.
        self.data.hours.iter().map(|hours| hours.minutes()).sum()
    }
}

impl Default for Calendar {
    /// [`Calendar::plain`].
    fn default() -> Self {
        Self::plain()
    }
}

impl TryFrom<CalendarData> for Calendar {
    type Error = CalendarError;

    fn try_from(data: CalendarData) -> Result<Self, CalendarError> {
        Self::new(data)
    }
}

impl From<Calendar> for CalendarData {
    fn from(calendar: Calendar) -> Self {
        calendar.data
    }
}

impl Special {
    /// Its days, one by one.
    fn each(&self) -> Result<impl Iterator<Item = Date>, CalendarError> {
        let wrong = CalendarError::Stretch {
            from: self.from,
            to: self.to,
        };
        // More than a year is a slip in a date, and would fill the memory with days.
        let latest = self.from.checked_add(366.days()).unwrap_or(Date::MAX);
        if self.to < self.from || self.to > latest {
            return Err(wrong);
        }
        let last = self.to;
        Ok(std::iter::successors(Some(self.from), move |day| {
            day.tomorrow().ok().filter(|next| *next <= last)
        }))
    }
}

/// Reads years from text in the form of `data/holidays-cn.csv`: a line of headings, then
/// `year,from,to,day,name,name_en,mark`, where `day` is `holiday` or `working`, `to` may be empty, and `mark` is
/// not read. Lines that are empty or begin with `#` are passed over. There is no quoting.
///
/// # Errors
/// [`CalendarError::Line`] for the first line that does not read so.
pub fn read_years(text: &str) -> Result<Vec<Year>, CalendarError> {
    let mut years: Vec<Year> = Vec::new();
    let lines = text.trim_start_matches('\u{FEFF}').lines().enumerate();
    let rows = lines
        .map(|(index, line)| (index + 1, line.trim()))
        .filter(|(_, row)| !row.is_empty() && !row.starts_with('#'));
    for (line, row) in rows.skip(1) {
        let mut cells = row.split(',').map(str::trim);
        let mut next = || cells.next().unwrap_or_default();
        let wrong = |found: &str, wanted| CalendarError::Line {
            line,
            found: found.to_owned(),
            wanted,
        };
        let date = |found: &str| {
            found
                .parse::<Date>()
                .map_err(|_| wrong(found, "a date such as 2026-10-01"))
        };

        let found = next();
        let year: i16 = found.parse().map_err(|_| wrong(found, "a year"))?;
        let from = date(next())?;
        let to = match next() {
            "" => from,
            found => date(found)?,
        };
        let working = match next() {
            "holiday" => false,
            "working" => true,
            found => return Err(wrong(found, "`holiday` or `working`")),
        };
        let special = Special {
            from,
            to,
            working,
            name: next().to_owned(),
            name_en: next().to_owned(),
        };
        match years.iter_mut().find(|known| known.year == year) {
            Some(known) => known.days.push(special),
            None => years.push(Year {
                year,
                days: vec![special],
            }),
        }
    }
    Ok(years)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_shipped_holidays_are_read() {
        let years = read_years(CHINA).expect("the shipped file");
        assert!(years.iter().all(|year| !year.days.is_empty()));
        let china = Calendar::china();
        assert!(china.covers(2025) && china.covers(2026) && china.covers(2018) && !china.covers(2040));
        assert!(!china.is_working_day(date(2026, 2, 16)));
        assert!(china.is_working_day(date(2026, 10, 10)));
        assert!(!china.is_working_day(date(2026, 10, 11)));
        assert_eq!(
            china.special(date(2026, 10, 10)).map(|day| day.name_en.as_str()),
            Some("National Day")
        );
        // The State Council's rule since 2025: 13 statutory days; make-up days fall on weekends only.
        for year in &years {
            for special in year.days.iter().filter(|special| special.working) {
                assert!(special.from.weekday().to_monday_one_offset() > 5, "{special:?}");
            }
        }
    }

    #[test]
    fn the_plain_calendar_is_the_default_data() {
        assert_eq!(Calendar::new(CalendarData::default()), Ok(Calendar::plain()));
        assert_eq!(Calendar::plain().day_minutes(), 480);
        assert!(Calendar::plain().is_working_day(date(2026, 10, 1)));
    }

    #[test]
    fn what_would_never_work_is_refused() {
        let with = |change: fn(&mut CalendarData)| {
            let mut data = CalendarData::default();
            change(&mut data);
            Calendar::new(data).map_err(|error| error.code())
        };
        assert_eq!(with(|data| data.hours.clear()), Err("no_hours"));
        assert_eq!(with(|data| data.weekdays.clear()), Err("no_weekday"));
        assert_eq!(with(|data| data.weekdays.push(0)), Err("weekday"));
        assert_eq!(with(|data| data.weekdays.push(8)), Err("weekday"));
        assert_eq!(with(|data| data.hours.reverse()), Err("overlap"));
        assert_eq!(
            with(|data| data.years = vec![
                Year {
                    year: 2026,
                    days: vec![]
                };
                2
            ]),
            Err("year_twice")
        );
        let backwards = |data: &mut CalendarData| {
            let special = Special {
                from: date(2026, 1, 2),
                to: date(2026, 1, 1),
                working: false,
                name: String::new(),
                name_en: String::new(),
            };
            data.years = vec![Year {
                year: 2026,
                days: vec![special],
            }];
        };
        assert_eq!(with(backwards), Err("stretch"));
    }

    #[test]
    fn hours_are_read_and_written_as_text() {
        let hours: Hours = "18:30-24:00".parse().expect("hours");
        assert_eq!(hours.to_string(), "18:30-24:00");
        assert_eq!(hours.minutes(), 330);
        for bad in [
            "",
            "8-12",
            "12:00-08:00",
            "08:00-24:01",
            "08:60-12:00",
            "08:00-08:00",
            "-",
            "08:00–12:00",
        ] {
            assert!(bad.parse::<Hours>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_calendar_survives_its_wire_form() {
        let json = serde_json::to_string(Calendar::china()).expect("json");
        assert_eq!(
            &serde_json::from_str::<Calendar>(&json).expect("a calendar"),
            Calendar::china()
        );
        assert!(json.starts_with(r#"{"hours":["08:00-12:00","14:00-18:00"],"weekdays":[1,2,3,4,5],"#));
    }

    #[test]
    fn a_bad_line_is_named() {
        let text = "year,from,to,day,name,name_en,mark\n# a note\n2026,2026-13-01,,holiday,,,";
        assert!(matches!(read_years(text), Err(CalendarError::Line { line: 3, .. })));
        assert_eq!(read_years(""), Ok(vec![]));
    }
}
