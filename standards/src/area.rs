//! Area codes: district, town, village and unit grid, each the prefix of what lies inside it.
//!
//! | level | characters | form | mark |
//! |---|---|---|---|
//! | district 区 | 6 | GB/T 2260: 2 province + 2 city + 2 county | \[S\] |
//! | town 镇街 | 9 | GB/T 10114: + 3 | \[S\] |
//! | village 村社区 | 12 | statistical code: + 3 | \[S\] |
//! | grid 网格 | 15 | GB/T 47678.3-2026: + 3, of `0-9A-Z` | \[T\] |
//! | grid 网格 | 14 | GB/T 30428.1-2013: town + 3 village + 2 | \[M\] |

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::class::Edition;
use crate::error::CodeError;

/// The first two digits that name a province, region or municipality, with Taiwan, Hong Kong and Macao (GB/T 2260 \[S\]).
const PROVINCES: [u8; 34] = [
    11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54, 61, 62, 63,
    64, 65, 71, 81, 82,
];

/// Whether the first two digits of `digits` name a province (GB/T 2260 \[S\]). Shorter text names none.
pub fn is_province(digits: &str) -> bool {
    digits
        .get(..2)
        .and_then(|two| two.parse::<u8>().ok())
        .is_some_and(|two| PROVINCES.contains(&two))
}

/// The four levels of the area tree, outermost first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// 区: the whole of what one installation governs.
    District,
    /// 镇街: a town, township or street.
    Town,
    /// 村社区: a village or community.
    Village,
    /// 网格: a unit grid.
    Grid,
}

impl Level {
    /// All levels, outermost first.
    pub const ALL: [Self; 4] = [Self::District, Self::Town, Self::Village, Self::Grid];

    /// The name on the wire and in the store: `district`, `town`, `village`, `grid`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::District => "district",
            Self::Town => "town",
            Self::Village => "village",
            Self::Grid => "grid",
        }
    }

    /// Chinese label.
    pub fn zh(self) -> &'static str {
        match self {
            Self::District => "区",
            Self::Town => "镇街",
            Self::Village => "村社区",
            Self::Grid => "网格",
        }
    }

    /// English label.
    pub fn en(self) -> &'static str {
        match self {
            Self::District => "District",
            Self::Town => "Town",
            Self::Village => "Village",
            Self::Grid => "Grid",
        }
    }

    /// The level one step inwards; `None` below the grid.
    pub fn inner(self) -> Option<Self> {
        match self {
            Self::District => Some(Self::Town),
            Self::Town => Some(Self::Village),
            Self::Village => Some(Self::Grid),
            Self::Grid => None,
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Level {
    type Err = CodeError;

    /// Reads the name given by [`Level::as_str`].
    fn from_str(text: &str) -> Result<Self, CodeError> {
        Self::ALL
            .into_iter()
            .find(|level| level.as_str() == text)
            .ok_or_else(|| CodeError::Part {
                part: "level",
                part_zh: "层级",
                found: text.to_owned(),
            })
    }
}

/// What a town is, by its code (GB/T 10114 \[S\]).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TownKind {
    /// 街道, 001–099.
    Street,
    /// 镇, 100–199.
    Town,
    /// 乡, 200–399.
    Township,
    /// 类似乡级单位 (development zones, farms), 400–599.
    Similar,
}

impl TownKind {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Street => "street",
            Self::Town => "town",
            Self::Township => "township",
            Self::Similar => "similar",
        }
    }

    /// Chinese label.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Street => "街道",
            Self::Town => "镇",
            Self::Township => "乡",
            Self::Similar => "类似乡级单位",
        }
    }

    /// English label.
    pub fn en(self) -> &'static str {
        match self {
            Self::Street => "Street",
            Self::Town => "Town",
            Self::Township => "Township",
            Self::Similar => "Unit like a township",
        }
    }
}

/// What a village is, by its code (statistical code \[S\]).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VillageKind {
    /// 居民委员会, 001–199: a residents' committee, usually called a community.
    Residents,
    /// 村民委员会, 200–399: a villagers' committee.
    Villagers,
    /// 类似居民委员会, 400–499.
    LikeResidents,
    /// 类似村民委员会, 500–599.
    LikeVillagers,
}

impl VillageKind {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Residents => "residents",
            Self::Villagers => "villagers",
            Self::LikeResidents => "like_residents",
            Self::LikeVillagers => "like_villagers",
        }
    }

    /// Chinese label.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Residents => "居民委员会",
            Self::Villagers => "村民委员会",
            Self::LikeResidents => "类似居民委员会",
            Self::LikeVillagers => "类似村民委员会",
        }
    }

    /// English label.
    pub fn en(self) -> &'static str {
        match self {
            Self::Residents => "Residents' committee",
            Self::Villagers => "Villagers' committee",
            Self::LikeResidents => "Unit like a residents' committee",
            Self::LikeVillagers => "Unit like a villagers' committee",
        }
    }
}

/// The code of a district, town, village or grid: small, copied freely, ordered as its text is.
///
/// ```
/// use standards::{AreaCode, Level, TownKind};
/// let village: AreaCode = "321012100001".parse()?;
/// assert_eq!(village.level(), Level::Village);
/// assert_eq!(village.parent().map(|town| town.to_string()).as_deref(), Some("321012100"));
/// assert_eq!(village.town_kind(), Some(TownKind::Town));
/// assert!(village.district().contains(village));
/// # Ok::<(), standards::CodeError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AreaCode {
    // Zeros behind the text sort before every digit, so the derived order is the order of the text.
    text: [u8; Self::MAX],
    length: u8,
}

impl AreaCode {
    /// The longest code, in characters.
    const MAX: usize = 15;
    const LENGTHS: &'static str = "6, 9, 12, 14 or 15";

    /// Reads a code of 6, 9, 12, 14 or 15 characters; nothing is trimmed or repaired.
    ///
    /// # Errors
    /// [`CodeError`] if the length, a character, the province or a part that is all zeros makes it no code.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let found = text.chars().count();
        if found == 0 {
            return Err(CodeError::Empty);
        }
        // Characters before length: `第3201` is better explained by the character than by its length.
        for (index, character) in text.chars().enumerate() {
            let fits = character.is_ascii_digit() || (index >= 12 && character.is_ascii_uppercase());
            if !fits {
                return Err(CodeError::Character {
                    position: index + 1,
                    found: character,
                });
            }
        }
        if !matches!(found, 6 | 9 | 12 | 14 | 15) {
            return Err(CodeError::Length {
                found,
                wanted: Self::LENGTHS,
            });
        }
        if found == 14
            && let Some(index) = text.bytes().position(|byte| !byte.is_ascii_digit())
        {
            let found = char::from(text.as_bytes()[index]);
            return Err(CodeError::Character {
                position: index + 1,
                found,
            });
        }
        if !is_province(text) {
            return Err(CodeError::Province(text[..2].to_owned()));
        }
        let parts = [
            (2..4, "city", "市"),
            (6..9, "town", "镇街"),
            (9..12, "village", "村社区"),
            (12..15, "grid", "网格"),
        ];
        for (range, part, part_zh) in parts {
            let end = range.end.min(found);
            if let Some(found) = text.get(range.start..end)
                && !found.is_empty()
                && found.bytes().all(|byte| byte == b'0')
            {
                return Err(CodeError::Part {
                    part,
                    part_zh,
                    found: found.to_owned(),
                });
            }
        }
        Ok(Self::from_checked(text))
    }

    /// Reads a code as statistical files write it, where zeros fill the levels that are not used:
    /// `321012000000` is the district 321012, `321012100000` its town 321012100.
    ///
    /// # Errors
    /// As [`AreaCode::parse`], after the filling is taken off.
    pub fn parse_filled(text: &str) -> Result<Self, CodeError> {
        let mut text = text;
        for (length, filled) in [(15, 12), (12, 9), (9, 6)] {
            if text.len() == length && text.get(filled..) == Some("000") {
                text = &text[..filled];
            }
        }
        Self::parse(text)
    }

    /// Only for text that is ASCII, of a length that exists.
    fn from_checked(text: &str) -> Self {
        let mut code = Self {
            text: [0; Self::MAX],
            length: 0,
        };
        for (place, byte) in code.text.iter_mut().zip(text.bytes()) {
            *place = byte;
            code.length += 1;
        }
        code
    }

    /// The code as text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.text[..usize::from(self.length)]).unwrap_or_default()
    }

    /// The level, by the length.
    pub fn level(self) -> Level {
        match self.length {
            6 => Level::District,
            9 => Level::Town,
            12 => Level::Village,
            _ => Level::Grid,
        }
    }

    /// The edition that a grid's code follows (15 characters: 2026, 14: 2013); `None` above the grid, where both agree.
    pub fn edition(self) -> Option<Edition> {
        match self.length {
            14 => Some(Edition::E2013),
            15 => Some(Edition::E2026),
            _ => None,
        }
    }

    /// The area one level outwards; `None` for a district.
    pub fn parent(self) -> Option<Self> {
        let outer = match self.level() {
            Level::District => return None,
            Level::Town => Level::District,
            Level::Village => Level::Town,
            Level::Grid => Level::Village,
        };
        self.at(outer)
    }

    /// The area of that level which this one is or lies in; `None` for a level further in.
    pub fn at(self, level: Level) -> Option<Self> {
        if level > self.level() {
            return None;
        }
        if level == self.level() {
            return Some(self);
        }
        let length = match level {
            Level::District => 6,
            Level::Town => 9,
            Level::Village => 12,
            Level::Grid => return Some(self),
        };
        self.as_str().get(..length).map(Self::from_checked)
    }

    /// The district it lies in, or itself.
    pub fn district(self) -> Self {
        self.at(Level::District).unwrap_or(self)
    }

    /// From the district down to the area itself.
    pub fn path(self) -> impl Iterator<Item = Self> {
        Level::ALL.into_iter().filter_map(move |level| self.at(level))
    }

    /// The area with this number one level further in: 321012 and 100 give 321012100.
    ///
    /// # Errors
    /// [`CodeError::Part`] for 0, for a number above 999 and inside a grid, which has no further level.
    pub fn child(self, number: u16) -> Result<Self, CodeError> {
        if self.level().inner().is_none() || !(1..=999).contains(&number) {
            return Err(CodeError::Part {
                part: "inner",
                part_zh: "下级",
                found: number.to_string(),
            });
        }
        Self::parse(&format!("{}{number:03}", self.as_str()))
    }

    /// Whether `other` is this area or lies in it.
    pub fn contains(self, other: Self) -> bool {
        other.at(self.level()) == Some(self)
    }

    /// The codes of this area and all in it as a half-open range of text, `low <= code < high`, for an index to use.
    ///
    /// The upper end is made of digits alone, so that it holds under any collation of the database.
    ///
    /// ```
    /// # use standards::AreaCode;
    /// let town = AreaCode::parse("321012109")?;
    /// assert_eq!(town.range(), ("321012109".to_owned(), "32101211".to_owned()));
    /// # Ok::<(), standards::CodeError>(())
    /// ```
    pub fn range(self) -> (String, String) {
        let low = self.as_str().to_owned();
        if self.level() == Level::Grid {
            // Nothing lies inside a grid, and a 14-digit grid must not hold the 15-character ones that begin alike.
            let high = format!("{low}0");
            return (low, high);
        }
        // At most twelve digits and the first two are below 99, so adding one neither overflows nor lengthens it.
        let next = low
            .parse::<u64>()
            .map_or_else(|_| low.clone(), |number| (number + 1).to_string());
        // After 321011999 comes 321012, not 321012000: the district's own code must stay outside.
        let high = next.trim_end_matches('0').to_owned();
        (low, high)
    }

    /// What the town is that this area is or lies in; `None` for a district and for a number the standard leaves free.
    pub fn town_kind(self) -> Option<TownKind> {
        match self.number(6..9)? {
            1..=99 => Some(TownKind::Street),
            100..=199 => Some(TownKind::Town),
            200..=399 => Some(TownKind::Township),
            400..=599 => Some(TownKind::Similar),
            _ => None,
        }
    }

    /// What the village is that this area is or lies in; `None` above it and for a number the standard leaves free.
    pub fn village_kind(self) -> Option<VillageKind> {
        match self.number(9..12)? {
            1..=199 => Some(VillageKind::Residents),
            200..=399 => Some(VillageKind::Villagers),
            400..=499 => Some(VillageKind::LikeResidents),
            500..=599 => Some(VillageKind::LikeVillagers),
            _ => None,
        }
    }

    fn number(self, range: std::ops::Range<usize>) -> Option<u16> {
        self.as_str().get(range)?.parse().ok()
    }
}

impl fmt::Display for AreaCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for AreaCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AreaCode({})", self.as_str())
    }
}

impl FromStr for AreaCode {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<Self, CodeError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for AreaCode {
    type Error = CodeError;

    fn try_from(text: String) -> Result<Self, CodeError> {
        Self::parse(&text)
    }
}

impl From<AreaCode> for String {
    fn from(code: AreaCode) -> Self {
        code.as_str().to_owned()
    }
}

impl AsRef<str> for AreaCode {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area(text: &str) -> AreaCode {
        AreaCode::parse(text).expect(text)
    }

    #[test]
    fn levels_follow_the_length_and_parents_the_prefix() {
        let grid = area("321012100001007");
        let path: Vec<String> = grid.path().map(String::from).collect();
        assert_eq!(path, ["321012", "321012100", "321012100001", "321012100001007"]);
        assert_eq!(grid.parent(), Some(area("321012100001")));
        assert_eq!(area("321012").parent(), None);
        assert_eq!(grid.edition(), Some(Edition::E2026));
        assert_eq!(area("32101210000107").edition(), Some(Edition::E2013));
        assert_eq!(area("32101210000107").parent(), Some(area("321012100001")));
        assert_eq!(area("321012").child(100), Ok(area("321012100")));
        assert!(area("321012").child(0).is_err());
        assert!(grid.child(1).is_err());
    }

    #[test]
    fn what_is_no_code_is_refused_with_its_reason() {
        let code = |text| AreaCode::parse(text).map_err(|error| error.code());
        assert_eq!(code(""), Err("empty"));
        assert_eq!(code("32101"), Err("length"));
        assert_eq!(code("3210121"), Err("length"));
        assert_eq!(code("32101210000１"), Err("character"));
        assert_eq!(code("321012 00"), Err("character"));
        assert_eq!(code("3210121000010A"), Err("character"));
        assert_eq!(code("001012"), Err("province"));
        assert_eq!(code("320000"), Err("part"));
        assert_eq!(code("321012000"), Err("part"));
        assert_eq!(code("321012100000"), Err("part"));
        assert_eq!(code("321012100001000"), Err("part"));
        assert_eq!(code("32101210000100"), Err("part"));
        assert!(code("32101210000100A").is_ok());
        // A city without counties carries 00 in the county part.
        assert!(code("441900003").is_ok());
    }

    #[test]
    fn filled_codes_of_statistical_files_are_read() {
        let read = |text| AreaCode::parse_filled(text).map(String::from);
        assert_eq!(read("321012000000").as_deref(), Ok("321012"));
        assert_eq!(read("321012100000").as_deref(), Ok("321012100"));
        assert_eq!(read("321012100001").as_deref(), Ok("321012100001"));
        assert!(read("000000000000").is_err());
    }

    #[test]
    fn the_range_holds_exactly_the_subtree() {
        let codes = [
            "321011999",
            "321012",
            "321012001",
            "321012100",
            "321012100001",
            "321012100001001",
            "321012999",
            "321012999999",
            "321012999999ZZZ",
            "321013",
            "32101210000101",
            "321012100001010",
            "32101210000100Z",
        ];
        for outer in codes.map(area) {
            let (low, high) = outer.range();
            for inner in codes.map(area) {
                let within = low.as_str() <= inner.as_str() && inner.as_str() < high.as_str();
                assert_eq!(within, outer.contains(inner), "{inner} in {outer}: {low}..{high}");
            }
        }
    }

    #[test]
    fn kinds_come_from_the_number_ranges() {
        assert_eq!(area("321012001").town_kind(), Some(TownKind::Street));
        assert_eq!(area("321012400").town_kind(), Some(TownKind::Similar));
        assert_eq!(area("321012600").town_kind(), None);
        assert_eq!(area("321012").town_kind(), None);
        assert_eq!(area("321012100001").village_kind(), Some(VillageKind::Residents));
        assert_eq!(area("321012100200").village_kind(), Some(VillageKind::Villagers));
        assert_eq!(area("321012400498").village_kind(), Some(VillageKind::LikeResidents));
        assert_eq!(area("321012100").village_kind(), None);
    }

    #[test]
    fn order_and_serde_are_those_of_the_text() {
        assert!(area("321012") < area("321012001"));
        assert!(area("321012100") < area("321013"));
        let json = serde_json::to_string(&area("321012")).expect("a string");
        assert_eq!(json, "\"321012\"");
        assert!(serde_json::from_str::<AreaCode>("\"32\"").is_err());
    }
}
