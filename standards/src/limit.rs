//! Time limits 时限: an amount in one of the four units, and the light 红绿灯 that shows how much of it is left.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::LimitError;
use crate::text;

/// The share of a limit after which the light turns yellow, as seen in practice; a city may set another.
pub const YELLOW: f64 = 0.8;

/// The four units in which a limit is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// 紧急工作时: an hour of the clock, nights and holidays included.
    UrgentHour,
    /// 工作时: an hour within working hours.
    WorkingHour,
    /// 工作日: the working hours of one full day, which are 8 by default; not "until the evening".
    WorkingDay,
    /// 自然日: 24 hours of the clock.
    CalendarDay,
}

impl Unit {
    /// All units, in the order in which a list offers them.
    pub const ALL: [Self; 4] = [Self::UrgentHour, Self::WorkingHour, Self::WorkingDay, Self::CalendarDay];

    /// The name on the wire and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UrgentHour => "urgent_hour",
            Self::WorkingHour => "working_hour",
            Self::WorkingDay => "working_day",
            Self::CalendarDay => "calendar_day",
        }
    }

    /// Chinese label.
    pub fn zh(self) -> &'static str {
        match self {
            Self::UrgentHour => "紧急工作时",
            Self::WorkingHour => "工作时",
            Self::WorkingDay => "工作日",
            Self::CalendarDay => "自然日",
        }
    }

    /// English label, in the singular.
    pub fn en(self) -> &'static str {
        match self {
            Self::UrgentHour => "urgent hour",
            Self::WorkingHour => "working hour",
            Self::WorkingDay => "working day",
            Self::CalendarDay => "calendar day",
        }
    }

    /// Whether time passes only within working hours.
    pub fn is_working(self) -> bool {
        matches!(self, Self::WorkingHour | Self::WorkingDay)
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Unit {
    type Err = LimitError;

    /// Reads [`Unit::as_str`] and the words that cities' lists use for it. 小时 alone is refused: some mean working
    /// hours by it and some hours of the clock, and a guess would move every deadline.
    fn from_str(given: &str) -> Result<Self, LimitError> {
        let name = text::half_width(given.trim())
            .to_ascii_lowercase()
            .replace([' ', '-'], "_");
        let name = name.strip_prefix('个').unwrap_or(&name);
        match name {
            "urgent_hour" | "urgent_hours" | "紧急工作时" | "紧急小时" => Ok(Self::UrgentHour),
            "working_hour" | "working_hours" | "工作时" | "工作小时" => Ok(Self::WorkingHour),
            "working_day" | "working_days" | "工作日" | "工作天" => Ok(Self::WorkingDay),
            "calendar_day" | "calendar_days" | "自然日" | "自然天" | "日历日" => Ok(Self::CalendarDay),
            _ => Err(LimitError::Unit(given.to_owned())),
        }
    }
}

/// A time limit such as 4 working hours. The amount may be a fraction; it counts to the millisecond.
///
/// On the wire: `{"amount": 4, "unit": "working_hour"}`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Plain")]
pub struct Limit {
    amount: f64,
    unit: Unit,
}

/// What the wire carries, before the amount is checked.
#[derive(Deserialize)]
struct Plain {
    amount: f64,
    unit: Unit,
}

impl TryFrom<Plain> for Limit {
    type Error = LimitError;

    fn try_from(plain: Plain) -> Result<Self, LimitError> {
        Self::new(plain.amount, plain.unit)
    }
}

impl Limit {
    /// The largest amount, in any unit; more is a slip of the keyboard.
    pub const MAX_AMOUNT: f64 = 1_000_000.0;

    /// A limit of that many units, from 0 to [`Limit::MAX_AMOUNT`].
    ///
    /// # Errors
    /// [`LimitError::Amount`] for anything else.
    pub fn new(amount: f64, unit: Unit) -> Result<Self, LimitError> {
        if (0.0..=Self::MAX_AMOUNT).contains(&amount) {
            // Adding nothing turns a negative zero into a plain one.
            Ok(Self {
                amount: amount + 0.0,
                unit,
            })
        } else {
            Err(LimitError::Amount(amount))
        }
    }

    /// So many minutes within working hours, as the limits of the desks are given (accept in 15 minutes).
    pub fn working_minutes(minutes: u16) -> Self {
        Self {
            amount: f64::from(minutes) / 60.0,
            unit: Unit::WorkingHour,
        }
    }

    /// So many minutes of the clock.
    pub fn urgent_minutes(minutes: u16) -> Self {
        Self {
            amount: f64::from(minutes) / 60.0,
            unit: Unit::UrgentHour,
        }
    }

    /// How many units.
    pub fn amount(self) -> f64 {
        self.amount
    }

    /// The unit.
    pub fn unit(self) -> Unit {
        self.unit
    }

    /// The limit as people write it in Chinese: `4 工作时`, and minutes below an hour: `15 分钟（工作时）`.
    pub fn zh(self) -> String {
        match self.minutes() {
            Some(minutes) => format!("{minutes} 分钟（{}）", self.unit.zh()),
            None => format!("{} {}", self.rounded(), self.unit.zh()),
        }
    }

    /// The limit as people write it in English: `4 working hours`, `15 minutes (working hours)`.
    pub fn en(self) -> String {
        match self.minutes() {
            Some(minutes) => format!("{minutes} minutes ({}s)", self.unit.en()),
            None => {
                let plural = if self.rounded() == 1.0 { "" } else { "s" };
                format!("{} {}{plural}", self.rounded(), self.unit.en())
            }
        }
    }

    /// Whole minutes, where the unit is an hour and less than one is given.
    fn minutes(self) -> Option<f64> {
        let hours = matches!(self.unit, Unit::UrgentHour | Unit::WorkingHour);
        let minutes = (self.amount * 60.0).round();
        (hours && self.amount < 1.0 && (1.0..60.0).contains(&minutes)).then_some(minutes)
    }

    fn rounded(self) -> f64 {
        (self.amount * 100.0).round() / 100.0
    }
}

impl FromStr for Limit {
    type Err = LimitError;

    /// Reads an amount and its unit as cities' lists write them: `4工作时`, `2 个工作日`, `1.5 working days`.
    fn from_str(given: &str) -> Result<Self, LimitError> {
        let plain = text::half_width(given.trim());
        let end = plain
            .find(|c: char| !(c.is_ascii_digit() || c == '.'))
            .unwrap_or(plain.len());
        let (amount, unit) = plain.split_at(end);
        let unit = unit.parse().map_err(|_| LimitError::Unit(given.to_owned()))?;
        let amount = amount.parse().map_err(|_| LimitError::Unit(given.to_owned()))?;
        Self::new(amount, unit)
    }
}

/// The light 红绿灯 on a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Light {
    /// Time enough.
    Green,
    /// More than [`YELLOW`] of the limit is used.
    Yellow,
    /// Past the limit.
    Red,
}

impl Light {
    /// All lights, from good to bad.
    pub const ALL: [Self; 3] = [Self::Green, Self::Yellow, Self::Red];

    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Green => "green",
            Self::Yellow => "yellow",
            Self::Red => "red",
        }
    }

    /// Chinese label.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Green => "正常",
            Self::Yellow => "临近超时",
            Self::Red => "超时",
        }
    }

    /// English label.
    pub fn en(self) -> &'static str {
        match self {
            Self::Green => "In time",
            Self::Yellow => "Due soon",
            Self::Red => "Overdue",
        }
    }
}

impl fmt::Display for Light {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Light {
    type Err = LimitError;

    fn from_str(text: &str) -> Result<Self, LimitError> {
        Self::ALL
            .into_iter()
            .find(|light| light.as_str() == text)
            .ok_or_else(|| LimitError::Unit(text.to_owned()))
    }
}

/// The two instants at which a running limit changes its light. Storing them makes the light a comparison in SQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    /// After this instant the light is yellow.
    pub yellow_at: Timestamp,
    /// After this instant the light is red.
    pub due_at: Timestamp,
}

impl Deadline {
    /// The light at `now`; on the very instant it has not changed yet.
    pub fn light(self, now: Timestamp) -> Light {
        if now > self.due_at {
            Light::Red
        } else if now > self.yellow_at {
            Light::Yellow
        } else {
            Light::Green
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_read_in_both_languages_and_a_bare_hour_is_refused() {
        for unit in Unit::ALL {
            assert_eq!(unit.as_str().parse(), Ok(unit));
            assert_eq!(unit.zh().parse(), Ok(unit));
            assert_eq!(unit.en().parse(), Ok(unit));
            assert_eq!(serde_json::to_string(&unit).expect("json"), format!("\"{unit}\""));
        }
        assert!("小时".parse::<Unit>().is_err());
    }

    #[test]
    fn limits_are_read_as_lists_write_them() {
        let read = |text: &str| text.parse::<Limit>().map(|limit| (limit.amount(), limit.unit()));
        assert_eq!(read("4工作时"), Ok((4.0, Unit::WorkingHour)));
        assert_eq!(read(" ２ 个工作日 "), Ok((2.0, Unit::WorkingDay)));
        assert_eq!(read("1.5 working days"), Ok((1.5, Unit::WorkingDay)));
        assert_eq!(read("24紧急工作时"), Ok((24.0, Unit::UrgentHour)));
        for bad in [
            "",
            "工作日",
            "3",
            "3 小时",
            "-1 工作日",
            "1..5 工作日",
            "9999999 工作日",
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn limits_are_written_for_people() {
        let limit = |amount, unit| Limit::new(amount, unit).expect("a limit");
        assert_eq!(limit(4.0, Unit::WorkingHour).zh(), "4 工作时");
        assert_eq!(limit(1.0, Unit::WorkingDay).en(), "1 working day");
        assert_eq!(limit(2.5, Unit::CalendarDay).en(), "2.5 calendar days");
        assert_eq!(Limit::working_minutes(15).zh(), "15 分钟（工作时）");
        assert_eq!(Limit::urgent_minutes(20).en(), "20 minutes (urgent hours)");
        assert_eq!(Limit::working_minutes(60).en(), "1 working hour");
    }

    #[test]
    fn the_wire_form_is_checked() {
        let json = r#"{"amount":4.0,"unit":"working_hour"}"#;
        let limit: Limit = serde_json::from_str(json).expect("a limit");
        assert_eq!(serde_json::to_string(&limit).expect("json"), json);
        assert!(serde_json::from_str::<Limit>(r#"{"amount":-4,"unit":"working_hour"}"#).is_err());
        for bad in [f64::NAN, f64::INFINITY, -0.1, 1e300] {
            assert!(Limit::new(bad, Unit::UrgentHour).is_err());
        }
    }
}
