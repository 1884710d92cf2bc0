//! Resident identity numbers 公民身份号码 (GB 11643 \[S\]): 6 digits of a division, 8 of the date of birth, 3 of a
//! sequence that is odd for men and even for women, and a check character.

use std::fmt;

use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::area::is_province;
use crate::error::CodeError;
use crate::text;

const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// The check character by the weighted sum modulo 11.
const CHECKS: [u8; 11] = *b"10X98765432";

/// Sex as the number states it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    /// 女.
    Female,
    /// 男.
    Male,
}

impl Sex {
    /// The name on the wire and in the store: `female`, `male`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Female => "female",
            Self::Male => "male",
        }
    }

    /// Chinese label.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Female => "女",
            Self::Male => "男",
        }
    }

    /// English label.
    pub fn en(self) -> &'static str {
        match self {
            Self::Female => "Female",
            Self::Male => "Male",
        }
    }
}

/// A resident identity number that holds together. Whether such a person exists, no rule can tell.
///
/// It is sensitive personal data: `Debug` shows it masked, and there is neither `Display` nor serde, so that it leaves
/// the program only where somebody wrote [`ResidentId::as_str`].
///
/// ```
/// use standards::{ResidentId, Sex};
/// let today = jiff::civil::date(2026, 7, 1);
/// let id = ResidentId::parse(" 32101219090826426x", today)?;
/// assert_eq!((id.as_str(), id.sex()), ("32101219090826426X", Sex::Female));
/// assert_eq!(format!("{id:?}"), "ResidentId(321***********426X)");
/// # Ok::<(), standards::CodeError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ResidentId {
    number: String,
    birth: Date,
    sex: Sex,
}

impl ResidentId {
    /// Reads a number as it is typed: full-width characters, blanks and a small x are put right first.
    ///
    /// `today` bounds the date of birth: not after it, and at most 150 years before. The division is checked down to
    /// the province only, because a number keeps the division of its first issue, which may be gone since.
    ///
    /// # Errors
    /// [`CodeError`] with the first thing that is wrong, from left to right and the check character last.
    pub fn parse(typed: &str, today: Date) -> Result<Self, CodeError> {
        let number = text::code(typed);
        if number.is_empty() {
            return Err(CodeError::Empty);
        }
        for (index, character) in number.chars().enumerate() {
            if !(character.is_ascii_digit() || (index == 17 && character == 'X')) {
                return Err(CodeError::Character {
                    position: index + 1,
                    found: character,
                });
            }
        }
        let digits = number.as_bytes();
        if digits.len() != 18 {
            return Err(CodeError::Length {
                found: digits.len(),
                wanted: "18",
            });
        }
        // 83 stands for Taiwan on the residence permits issued since 2018 [M].
        if !is_province(&number) && !number.starts_with("83") {
            return Err(CodeError::Province(number[..2].to_owned()));
        }
        let birth = date_of(&number[6..14]).ok_or_else(|| CodeError::Date(number[6..14].to_owned()))?;
        let earliest = today.checked_sub(150.years()).unwrap_or(Date::MIN);
        if birth > today || birth < earliest {
            return Err(CodeError::Birth(birth));
        }
        let sum: u32 = digits
            .iter()
            .zip(WEIGHTS)
            .map(|(digit, weight)| u32::from(digit - b'0') * weight)
            .sum();
        if usize::try_from(sum % 11).ok().and_then(|rest| CHECKS.get(rest)) != digits.last() {
            return Err(CodeError::Check);
        }
        let sex = if digits[16] % 2 == 1 { Sex::Male } else { Sex::Female };
        Ok(Self { number, birth, sex })
    }

    /// The number, 18 characters, in full.
    pub fn as_str(&self) -> &str {
        &self.number
    }

    /// The number with only its first three and last four characters shown.
    pub fn masked(&self) -> String {
        format!("{}***********{}", &self.number[..3], &self.number[14..])
    }

    /// The division that issued the number, six digits.
    pub fn division(&self) -> &str {
        &self.number[..6]
    }

    /// Date of birth.
    pub fn birth(&self) -> Date {
        self.birth
    }

    /// Sex.
    pub fn sex(&self) -> Sex {
        self.sex
    }

    /// Full years of age on a day; 0 before birth. Who was born on 29 February turns on 1 March in common years.
    pub fn age(&self, on: Date) -> u16 {
        let before = (on.month(), on.day()) < (self.birth.month(), self.birth.day());
        u16::try_from(on.year() - self.birth.year() - i16::from(before)).unwrap_or(0)
    }
}

impl fmt::Debug for ResidentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ResidentId({})", self.masked())
    }
}

/// `19081231` as a date.
fn date_of(digits: &str) -> Option<Date> {
    let year = digits.get(..4)?.parse().ok()?;
    let month = digits.get(4..6)?.parse().ok()?;
    let day = digits.get(6..8)?.parse().ok()?;
    Date::new(year, month, day).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    const TODAY: Date = date(2026, 7, 1);

    #[test]
    fn what_is_wrong_is_named() {
        let code = |text| ResidentId::parse(text, TODAY).map_err(|error| error.code());
        assert_eq!(code(" \t"), Err("empty"));
        assert_eq!(code("32101219020319618"), Err("length"));
        assert_eq!(code("3210121902O3196180"), Err("character"));
        assert_eq!(code("X21012190203196180"), Err("character"));
        assert_eq!(code("00101219050101001X"), Err("province"));
        assert_eq!(code("321012190002290015"), Err("date"));
        assert_eq!(code("321012299901010012"), Err("birth"));
        assert_eq!(code("321012100101010012"), Err("birth"));
        assert_eq!(code("321012190203196181"), Err("check"));
    }

    #[test]
    fn age_counts_full_years() {
        let id = ResidentId::parse("321012190203196180", TODAY).expect("a number");
        assert_eq!(id.birth(), date(1902, 3, 19));
        assert_eq!(
            (
                id.age(date(2002, 3, 18)),
                id.age(date(2002, 3, 19)),
                id.age(date(1900, 1, 1))
            ),
            (99, 100, 0)
        );
        assert_eq!(id.division(), "321012");
    }

    proptest! {
        #[test]
        fn any_text_does(text in "\\PC*", digits in "[0-9Xx０-９ ]{0,20}") {
            let _ = ResidentId::parse(&text, TODAY);
            let _ = ResidentId::parse(&digits, Date::MIN);
            let _ = ResidentId::parse(&digits, Date::MAX);
        }

        /// The weights catch every single wrong digit.
        #[test]
        fn one_wrong_digit_never_passes(place in 0_usize..17, digit in b'0'..=b'9') {
            let mut number = b"321012190203196180".to_vec();
            prop_assume!(number[place] != digit);
            number[place] = digit;
            let number = String::from_utf8(number).expect("digits");
            prop_assert!(ResidentId::parse(&number, TODAY).is_err());
        }
    }
}
