//! Classes of components 部件 and matters 事件: their codes in both editions, the crosswalk from 2013 to 2026, and the
//! tables of the 2026 edition.
//!
//! A class code is the major class 大类 and the minor class 小类: two digits each in 2013, two and three in 2026. It is
//! unique only together with its edition and its kind, because components and matters number alike.

use std::fmt;
use std::str::FromStr;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use crate::error::CodeError;

const COMPONENTS: &str = include_str!("../data/classes-2026-components.csv");
const MATTERS: &str = include_str!("../data/classes-2026-matters.csv");

/// The edition of the national standards that a code follows. Both are in use side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Edition {
    /// GB/T 30428-2013.
    #[serde(rename = "2013")]
    E2013,
    /// GB/T 47678-2026.
    #[serde(rename = "2026")]
    E2026,
}

impl Edition {
    /// Both editions, the older first.
    pub const ALL: [Self; 2] = [Self::E2013, Self::E2026];

    /// The year, which is the name on the wire and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::E2013 => "2013",
            Self::E2026 => "2026",
        }
    }

    /// The number of the standard, for pages: `GB/T 47678—2026`.
    pub fn standard(self) -> &'static str {
        match self {
            Self::E2013 => "GB/T 30428—2013",
            Self::E2026 => "GB/T 47678—2026",
        }
    }

    /// Digits of the minor class.
    fn minor_digits(self) -> usize {
        match self {
            Self::E2013 => 2,
            Self::E2026 => 3,
        }
    }
}

impl fmt::Display for Edition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Edition {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<Self, CodeError> {
        let wrong = || CodeError::Part {
            part: "edition",
            part_zh: "版本",
            found: text.to_owned(),
        };
        Self::ALL
            .into_iter()
            .find(|edition| edition.as_str() == text)
            .ok_or_else(wrong)
    }
}

/// What a class is a class of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// 部件: a thing that stands in the city.
    Component,
    /// 事件: something that happens, or is wrong.
    Matter,
}

impl Kind {
    /// Both kinds.
    pub const ALL: [Self; 2] = [Self::Component, Self::Matter];

    /// The name on the wire and in the store: `component`, `matter`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Component => "component",
            Self::Matter => "matter",
        }
    }

    /// Chinese label.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Component => "部件",
            Self::Matter => "事件",
        }
    }

    /// English label.
    pub fn en(self) -> &'static str {
        match self {
            Self::Component => "Component",
            Self::Matter => "Matter",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Kind {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<Self, CodeError> {
        let wrong = || CodeError::Part {
            part: "kind",
            part_zh: "种类",
            found: text.to_owned(),
        };
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(wrong)
    }
}

/// A class code: major and minor class in one edition, such as `0105` (2013) or `01005` (2026).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClassCode {
    edition: Edition,
    major: u8,
    minor: u16,
}

impl ClassCode {
    /// Reads four digits (2013) or five (2026). Neither the major nor the minor class may be zero.
    ///
    /// # Errors
    /// [`CodeError`] for anything else.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let found = digits(text)?;
        let edition = match found {
            4 => Edition::E2013,
            5 => Edition::E2026,
            _ => {
                return Err(CodeError::Length {
                    found,
                    wanted: "4 or 5",
                });
            }
        };
        let major = part(text, 0..2, "major class", "大类")?;
        let minor = part(text, 2..found, "minor class", "小类")?;
        // Two digits always fit.
        Ok(Self {
            edition,
            major: u8::try_from(major).unwrap_or_default(),
            minor,
        })
    }

    /// The edition.
    pub fn edition(self) -> Edition {
        self.edition
    }

    /// The major class 大类 as text, two digits.
    pub fn major(self) -> String {
        format!("{:02}", self.major)
    }

    /// The same class in the 2026 edition: the minor number is kept, with a zero in front; of matters, the majors
    /// move 01→06, 02→07, 03→08 and street order 05→09 (the last by its number in 2013 \[M\]). A code of 2026 stays.
    ///
    /// The rule is as third parties state it \[T\]. It gives a number, not a promise that the class of that number
    /// means the same: look it up with [`class`] and let a person confirm it. `None` for a major class of matters
    /// that has no successor.
    pub fn to_2026(self, kind: Kind) -> Option<Self> {
        if self.edition == Edition::E2026 {
            return Some(self);
        }
        let major = match (kind, self.major) {
            (Kind::Component, major) => major,
            (Kind::Matter, 1) => 6,
            (Kind::Matter, 2) => 7,
            (Kind::Matter, 3) => 8,
            (Kind::Matter, 5) => 9,
            (Kind::Matter, _) => return None,
        };
        Some(Self {
            edition: Edition::E2026,
            major,
            minor: self.minor,
        })
    }
}

impl fmt::Display for ClassCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:02}{:0width$}",
            self.major,
            self.minor,
            width = self.edition.minor_digits()
        )
    }
}

impl FromStr for ClassCode {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<Self, CodeError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for ClassCode {
    type Error = CodeError;

    fn try_from(text: String) -> Result<Self, CodeError> {
        Self::parse(&text)
    }
}

impl From<ClassCode> for String {
    fn from(code: ClassCode) -> Self {
        code.to_string()
    }
}

/// How many characters, all of which must be digits.
pub(crate) fn digits(text: &str) -> Result<usize, CodeError> {
    if text.is_empty() {
        return Err(CodeError::Empty);
    }
    match text
        .chars()
        .enumerate()
        .find(|(_, character)| !character.is_ascii_digit())
    {
        Some((index, found)) => Err(CodeError::Character {
            position: index + 1,
            found,
        }),
        None => Ok(text.len()),
    }
}

/// The number in that range of a text of digits, which must not be zero.
pub(crate) fn part(
    text: &str,
    range: std::ops::Range<usize>,
    part: &'static str,
    part_zh: &'static str,
) -> Result<u16, CodeError> {
    let found = text.get(range).unwrap_or_default();
    let number = found.parse().unwrap_or_default();
    if number == 0 {
        return Err(CodeError::Part {
            part,
            part_zh,
            found: found.to_owned(),
        });
    }
    Ok(number)
}

/// A minor class of the 2026 edition. Codes and Chinese names are facts of the standard as third parties list them
/// \[T\]; the English names are this project's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Class {
    /// The edition, 2026.
    pub edition: Edition,
    /// Component or matter.
    pub kind: Kind,
    /// Five digits, unique within edition and kind.
    pub code: &'static str,
    /// The major class, two digits.
    pub major: &'static str,
    /// Chinese name of the major class, such as 市政公用设施.
    pub major_name: &'static str,
    /// English name of the major class.
    pub major_name_en: &'static str,
    /// Chinese name, such as 供水井盖.
    pub name: &'static str,
    /// English name.
    pub name_en: &'static str,
}

/// All classes of the 2026 edition of that kind \[T\], by code: 153 of components, 250 of matters.
pub fn classes(kind: Kind) -> &'static [Class] {
    static TABLES: OnceLock<[Vec<Class>; 2]> = OnceLock::new();
    let [components, matters] = TABLES.get_or_init(|| [read(COMPONENTS, Kind::Component), read(MATTERS, Kind::Matter)]);
    match kind {
        Kind::Component => components,
        Kind::Matter => matters,
    }
}

/// The class of the 2026 edition with that code, if the table has it. A city's own classes are not in it.
pub fn class(kind: Kind, code: &str) -> Option<&'static Class> {
    let table = classes(kind);
    let index = table.binary_search_by(|class| class.code.cmp(code)).ok()?;
    table.get(index)
}

/// Our own files, without quoting: `code,major_name,major_name_en,name,name_en`.
fn read(table: &'static str, kind: Kind) -> Vec<Class> {
    let row = |line: &'static str| {
        let mut cells = line.split(',');
        let code = cells.next()?;
        Some(Class {
            edition: Edition::E2026,
            kind,
            code,
            major: code.get(..2)?,
            major_name: cells.next()?,
            major_name_en: cells.next()?,
            name: cells.next()?,
            name_en: cells.next()?,
        })
    };
    table.lines().skip(1).filter_map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_whole_and_sorted() {
        for (kind, table, count) in [(Kind::Component, COMPONENTS, 153), (Kind::Matter, MATTERS, 250)] {
            let classes = classes(kind);
            assert_eq!(classes.len(), count);
            assert_eq!(table.lines().count(), count + 1, "a line was not understood");
            assert!(classes.windows(2).all(|pair| pair[0].code < pair[1].code));
            for found in classes {
                let code = ClassCode::parse(found.code).expect(found.code);
                assert_eq!(code.edition(), Edition::E2026);
                assert_eq!(code.major(), found.major);
                assert!(
                    !found.name.is_empty() && found.name_en.is_ascii() && !found.name_en.is_empty(),
                    "{found:?}"
                );
                assert_eq!(class(kind, found.code), Some(found));
            }
        }
        assert_eq!(
            class(Kind::Component, "01001").map(|class| class.name),
            Some("供水井盖")
        );
        assert_eq!(class(Kind::Matter, "01016"), None);
    }

    #[test]
    fn the_crosswalk_keeps_the_minor_number() {
        let across = |kind, code: &str| ClassCode::parse(code).ok()?.to_2026(kind).map(|code| code.to_string());
        assert_eq!(across(Kind::Component, "0105").as_deref(), Some("01005"));
        assert_eq!(across(Kind::Component, "0199").as_deref(), Some("01099"));
        assert_eq!(across(Kind::Matter, "0110").as_deref(), Some("06010"));
        assert_eq!(across(Kind::Matter, "0203").as_deref(), Some("07003"));
        assert_eq!(across(Kind::Matter, "0304").as_deref(), Some("08004"));
        assert_eq!(across(Kind::Matter, "0505").as_deref(), Some("09005"));
        assert_eq!(across(Kind::Matter, "0401"), None);
        assert_eq!(across(Kind::Matter, "06010").as_deref(), Some("06010"));
    }

    #[test]
    fn codes_are_read_strictly() {
        let code = |text| ClassCode::parse(text).map_err(|error| error.code());
        assert_eq!(code(""), Err("empty"));
        assert_eq!(code("010"), Err("length"));
        assert_eq!(code("0100１"), Err("character"));
        assert_eq!(code("0001"), Err("part"));
        assert_eq!(code("01000"), Err("part"));
    }
}
