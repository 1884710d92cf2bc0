//! Codes of single components and of classes of matters within an area.
//!
//! | code | digits | form | mark |
//! |---|---|---|---|
//! | component, 2026 | 17 | 6 area + 2 major + 3 minor + 6 sequence | \[T\] |
//! | component, 2013 | 16 | 6 area + 2 major + 2 minor + 6 sequence; a city's own minors count down from 99 | \[S\] sample, \[M\] text |
//! | matter, 2026 | 11 | 6 area + 2 major + 3 minor: a class in an area, not one case | \[T\] |
//! | matter, 2013 | 10 | 6 area + 2 major + 2 minor | \[M\] |

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::area::AreaCode;
use crate::class::{ClassCode, Edition, Kind, digits};
use crate::error::CodeError;

/// The code of one component: which lamp, which manhole.
///
/// ```
/// use standards::{ComponentCode, Edition};
/// let old: ComponentCode = "3210120103000042".parse()?;
/// assert_eq!(old.edition(), Edition::E2013);
/// assert_eq!(old.to_2026().map(|new| new.to_string()).as_deref(), Some("32101201003000042"));
/// # Ok::<(), standards::CodeError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ComponentCode {
    area: AreaCode,
    class: ClassCode,
    sequence: u32,
}

impl ComponentCode {
    /// The largest sequence number.
    pub const MAX_SEQUENCE: u32 = 999_999;

    /// Puts a code together; the district of `area` is taken.
    ///
    /// # Errors
    /// [`CodeError::Part`] for sequence 0 or one above [`ComponentCode::MAX_SEQUENCE`].
    pub fn new(area: AreaCode, class: ClassCode, sequence: u32) -> Result<Self, CodeError> {
        if !(1..=Self::MAX_SEQUENCE).contains(&sequence) {
            return Err(CodeError::Part {
                part: "sequence",
                part_zh: "顺序号",
                found: format!("{sequence:06}"),
            });
        }
        Ok(Self {
            area: area.district(),
            class,
            sequence,
        })
    }

    /// Reads 16 digits (2013) or 17 (2026).
    ///
    /// # Errors
    /// [`CodeError`] for anything else.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let found = digits(text)?;
        if !matches!(found, 16 | 17) {
            return Err(CodeError::Length {
                found,
                wanted: "16 or 17",
            });
        }
        let (front, sequence) = text.split_at(found - 6);
        let (area, class) = front.split_at(6);
        Self::new(
            AreaCode::parse(area)?,
            ClassCode::parse(class)?,
            sequence.parse().unwrap_or_default(),
        )
    }

    /// The edition, by the length.
    pub fn edition(self) -> Edition {
        self.class.edition()
    }

    /// The district it stands in.
    pub fn area(self) -> AreaCode {
        self.area
    }

    /// Its class.
    pub fn class(self) -> ClassCode {
        self.class
    }

    /// Its number within district and class, from 1.
    pub fn sequence(self) -> u32 {
        self.sequence
    }

    /// The code of the same component in the 2026 edition; see [`ClassCode::to_2026`].
    pub fn to_2026(self) -> Option<Self> {
        self.class.to_2026(Kind::Component).map(|class| Self { class, ..self })
    }
}

impl fmt::Display for ComponentCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{:06}", self.area, self.class, self.sequence)
    }
}

impl FromStr for ComponentCode {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<Self, CodeError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for ComponentCode {
    type Error = CodeError;

    fn try_from(text: String) -> Result<Self, CodeError> {
        Self::parse(&text)
    }
}

impl From<ComponentCode> for String {
    fn from(code: ComponentCode) -> Self {
        code.to_string()
    }
}

/// The code of a class of matters within a district. All cases of that class share it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MatterCode {
    area: AreaCode,
    class: ClassCode,
}

impl MatterCode {
    /// Puts a code together; the district of `area` is taken.
    pub fn new(area: AreaCode, class: ClassCode) -> Self {
        Self {
            area: area.district(),
            class,
        }
    }

    /// Reads 10 digits (2013) or 11 (2026).
    ///
    /// # Errors
    /// [`CodeError`] for anything else.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let found = digits(text)?;
        if !matches!(found, 10 | 11) {
            return Err(CodeError::Length {
                found,
                wanted: "10 or 11",
            });
        }
        let (area, class) = text.split_at(6);
        Ok(Self {
            area: AreaCode::parse(area)?,
            class: ClassCode::parse(class)?,
        })
    }

    /// The edition, by the length.
    pub fn edition(self) -> Edition {
        self.class.edition()
    }

    /// The district.
    pub fn area(self) -> AreaCode {
        self.area
    }

    /// The class.
    pub fn class(self) -> ClassCode {
        self.class
    }

    /// The code in the 2026 edition, if its class has a successor; see [`ClassCode::to_2026`].
    pub fn to_2026(self) -> Option<Self> {
        self.class.to_2026(Kind::Matter).map(|class| Self { class, ..self })
    }
}

impl fmt::Display for MatterCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.area, self.class)
    }
}

impl FromStr for MatterCode {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<Self, CodeError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for MatterCode {
    type Error = CodeError;

    fn try_from(text: String) -> Result<Self, CodeError> {
        Self::parse(&text)
    }
}

impl From<MatterCode> for String {
    fn from(code: MatterCode) -> Self {
        code.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn component_codes_are_read_and_written_in_both_editions() {
        for (text, edition) in [
            ("3210120103000042", Edition::E2013),
            ("32101201003000042", Edition::E2026),
        ] {
            let code = ComponentCode::parse(text).expect(text);
            assert_eq!(code.to_string(), text);
            assert_eq!(code.edition(), edition);
            assert_eq!(code.sequence(), 42);
            assert_eq!(code.area().as_str(), "321012");
        }
        let code = |text| ComponentCode::parse(text).map_err(|error| error.code());
        assert_eq!(code("321012010300004"), Err("length"));
        assert_eq!(code("3210120103000000"), Err("part"));
        assert_eq!(code("3210120003000042"), Err("part"));
        assert_eq!(code("0010120103000042"), Err("province"));
        assert_eq!(code("32101201030000４2"), Err("character"));
    }

    #[test]
    fn matter_codes_name_a_class_in_a_district() {
        let code = MatterCode::parse("32101206010").expect("a code");
        assert_eq!(code.to_string(), "32101206010");
        assert_eq!(code.class().to_string(), "06010");
        let old = MatterCode::parse("3210120110").expect("a code");
        assert_eq!(old.to_2026(), Some(code));
        assert_eq!(
            MatterCode::parse("321012060").map_err(|error| error.code()),
            Err("length")
        );
    }
}
