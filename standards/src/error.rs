//! What can be wrong with a code, a calendar or a time limit, each with a stable name and a text in both languages.

use jiff::civil::Date;

/// Why a text is not the code it should be.
///
/// `Display` is the English text, [`CodeError::zh`] the Chinese one, [`CodeError::code`] a stable name for programs.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// Nothing was given.
    #[error("the code is empty")]
    Empty,
    /// The number of characters fits no form of this code.
    #[error("{found} characters, but the code has {wanted}")]
    Length {
        /// Characters found.
        found: usize,
        /// Lengths that exist, as text, such as `6, 9, 12, 14 or 15`.
        wanted: &'static str,
    },
    /// A character that this code does not use at this place.
    #[error("character {position} is `{found}`, which this code does not have there")]
    Character {
        /// Place of the character, from 1.
        position: usize,
        /// The character.
        found: char,
    },
    /// The first two digits name no province.
    #[error("`{0}` is no province")]
    Province(String),
    /// A part that must name something is all zeros.
    #[error("the {part} part `{found}` is not in use")]
    Part {
        /// English name of the part, such as `town`.
        part: &'static str,
        /// Chinese name of the part, such as `镇街`.
        part_zh: &'static str,
        /// What stands there.
        found: String,
    },
    /// The digits of the date are no day in the calendar.
    #[error("`{0}` is no date")]
    Date(String),
    /// The date of birth is after today, or too long ago for a living or registered person.
    #[error("{0} cannot be a date of birth")]
    Birth(Date),
    /// The last character does not follow from the ones before it.
    #[error("the check character does not fit")]
    Check,
}

impl CodeError {
    /// Stable name, such as `length`, for error replies and tables of texts.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Length { .. } => "length",
            Self::Character { .. } => "character",
            Self::Province(_) => "province",
            Self::Part { .. } => "part",
            Self::Date(_) => "date",
            Self::Birth(_) => "birth",
            Self::Check => "check",
        }
    }

    /// The Chinese text.
    pub fn zh(&self) -> String {
        match self {
            Self::Empty => "编码为空".into(),
            Self::Length { found, wanted } => {
                format!(
                    "编码有 {found} 位，应为 {} 位",
                    wanted.replace(" or ", " 或 ").replace(", ", "、")
                )
            }
            Self::Character { position, found } => format!("第 {position} 位是“{found}”，此处不允许该字符"),
            Self::Province(found) => format!("“{found}”不是省级代码"),
            Self::Part { part_zh, found, .. } => format!("{part_zh}段“{found}”未启用"),
            Self::Date(found) => format!("“{found}”不是有效日期"),
            Self::Birth(date) => format!("{date} 不可能是出生日期"),
            Self::Check => "校验码不符".into(),
        }
    }
}

/// Why a working calendar cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// No working hours on any day, so that no working time would ever pass.
    #[error("the calendar has no working hours")]
    NoHours,
    /// No day of the week is a working day.
    #[error("the calendar has no working day of the week")]
    NoWeekday,
    /// A day of the week outside 1 (Monday) to 7 (Sunday).
    #[error("{0} is no day of the week; Monday is 1, Sunday is 7")]
    Weekday(u8),
    /// Hours that do not read as `08:00-12:00` or end before they begin.
    #[error("`{0}` are no hours; write them as 08:00-12:00")]
    Hours(String),
    /// Two stretches of hours overlap or stand in the wrong order.
    #[error("the hours {0} overlap those before them")]
    Overlap(String),
    /// The same year is given twice.
    #[error("the year {0} is given twice")]
    YearTwice(i16),
    /// A stretch of days that ends before it begins or is longer than a year.
    #[error("{from} to {to} is no stretch of days of at most a year")]
    Stretch {
        /// First day.
        from: Date,
        /// Last day.
        to: Date,
    },
    /// A line of a holiday file that cannot be read.
    #[error("line {line}: `{found}` does not read as {wanted}")]
    Line {
        /// Line, from 1.
        line: usize,
        /// What stands there.
        found: String,
        /// What should, in English.
        wanted: &'static str,
    },
}

impl CalendarError {
    /// Stable name, such as `no_hours`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoHours => "no_hours",
            Self::NoWeekday => "no_weekday",
            Self::Weekday(_) => "weekday",
            Self::Hours(_) => "hours",
            Self::Overlap(_) => "overlap",
            Self::YearTwice(_) => "year_twice",
            Self::Stretch { .. } => "stretch",
            Self::Line { .. } => "line",
        }
    }

    /// The Chinese text.
    pub fn zh(&self) -> String {
        match self {
            Self::NoHours => "工作日历没有工作时段".into(),
            Self::NoWeekday => "工作日历没有任何一个工作日".into(),
            Self::Weekday(day) => format!("{day} 不是星期；1 为星期一，7 为星期日"),
            Self::Hours(text) => format!("“{text}”不是工作时段，应写作 08:00-12:00"),
            Self::Overlap(text) => format!("工作时段 {text} 与前一时段重叠或次序颠倒"),
            Self::YearTwice(year) => format!("{year} 年重复出现"),
            Self::Stretch { from, to } => format!("{from} 至 {to} 不是一年以内的日期区间"),
            Self::Line { line, found, wanted } => format!("第 {line} 行：“{found}”无法识别（{wanted}）"),
        }
    }
}

/// Why a time limit cannot be read or worked out.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum LimitError {
    /// The amount is negative, not a number, or beyond any use.
    #[error("{0} is no amount of time for a limit")]
    Amount(f64),
    /// The unit is none of the four.
    #[error("`{0}` is no unit of time; use urgent_hour, working_hour, working_day or calendar_day")]
    Unit(String),
    /// The instant asked for lies further away than [`crate::HORIZON_DAYS`].
    #[error("the time limit reaches further than 40 years")]
    TooFar,
}

impl LimitError {
    /// Stable name, such as `too_far`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Amount(_) => "amount",
            Self::Unit(_) => "unit",
            Self::TooFar => "too_far",
        }
    }

    /// The Chinese text.
    pub fn zh(&self) -> String {
        match self {
            Self::Amount(amount) => format!("{amount} 不能作为时限"),
            Self::Unit(text) => format!("“{text}”不是时限单位；可用紧急工作时、工作时、工作日、自然日"),
            Self::TooFar => "时限超过 40 年".into(),
        }
    }
}

/// Why a pair of numbers is no place on the map.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum CoordError {
    /// Not a number, or outside −180…180 and −90…90 degrees.
    #[error("longitude {lng}, latitude {lat} is no place; longitude comes first")]
    Range {
        /// Longitude in degrees.
        lng: f64,
        /// Latitude in degrees.
        lat: f64,
    },
}

impl CoordError {
    /// Stable name: `range`.
    pub fn code(&self) -> &'static str {
        "range"
    }

    /// The Chinese text.
    pub fn zh(&self) -> String {
        let Self::Range { lng, lat } = self;
        format!("经度 {lng}、纬度 {lat} 不是有效位置；经度在前")
    }
}
