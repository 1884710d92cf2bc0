//! Unified social credit codes 统一社会信用代码 (GB 32100 \[S\]): 1 registering authority, 1 kind of body, 6 digits of a
//! division, 9 characters of the organisation code, 1 check character.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::CodeError;
use crate::text;

/// Digits and capital letters without I, O, S, V and Z, which are misread too easily.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
const WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/// The code of an enterprise, public institution, social organisation or authority.
///
/// Every registering authority and kind in the alphabet is taken, because new ones have been added over the years.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Uscc(String);

impl Uscc {
    /// Reads a code as it is typed: full-width characters, blanks and small letters are put right first.
    ///
    /// # Errors
    /// [`CodeError`] with the first thing that is wrong, from left to right and the check character last.
    pub fn parse(typed: &str) -> Result<Self, CodeError> {
        let code = text::code(typed);
        if code.is_empty() {
            return Err(CodeError::Empty);
        }
        let found = code.chars().count();
        let mut sum = 0;
        let mut last = None;
        for (index, character) in code.chars().enumerate() {
            let value = ALPHABET.iter().position(|letter| char::from(*letter) == character);
            let in_division = (2..8).contains(&index);
            match value {
                Some(value) if !in_division || character.is_ascii_digit() => {
                    sum += value * WEIGHTS.get(index).copied().unwrap_or_default();
                    last = Some(value);
                }
                _ => {
                    return Err(CodeError::Character {
                        position: index + 1,
                        found: character,
                    });
                }
            }
        }
        if found != 18 {
            return Err(CodeError::Length { found, wanted: "18" });
        }
        if last != Some((31 - sum % 31) % 31) {
            return Err(CodeError::Check);
        }
        Ok(Self(code))
    }

    /// The code, 18 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The division of the registering authority, six digits.
    pub fn division(&self) -> &str {
        &self.0[2..8]
    }

    /// The organisation code, nine characters.
    pub fn organisation(&self) -> &str {
        &self.0[8..17]
    }
}

impl fmt::Display for Uscc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for Uscc {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<Self, CodeError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Uscc {
    type Error = CodeError;

    fn try_from(text: String) -> Result<Self, CodeError> {
        Self::parse(&text)
    }
}

impl From<Uscc> for String {
    fn from(code: Uscc) -> Self {
        code.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_wrong_is_named() {
        let code = |text| Uscc::parse(text).map_err(|error| error.code());
        assert_eq!(code(""), Err("empty"));
        assert_eq!(code("93321012N2HGQQYMX"), Err("length"));
        assert_eq!(code("93321012N2HGQQYMX44"), Err("length"));
        assert_eq!(code("93321012NIHGQQYMX4"), Err("character"));
        assert_eq!(code("933210A2N2HGQQYMX4"), Err("character"));
        assert_eq!(code("93321012N2HGQQYMX0"), Err("check"));
        let good = Uscc::parse("９３321012 n2hgqqymx4").expect("a code");
        assert_eq!(
            (good.as_str(), good.division(), good.organisation()),
            ("93321012N2HGQQYMX4", "321012", "N2HGQQYMX")
        );
    }

    proptest! {
        #[test]
        fn any_text_does(text in "\\PC*", letters in "[0-9A-Za-z]{16,20}") {
            let _ = Uscc::parse(&text);
            let _ = Uscc::parse(&letters);
        }
    }
}
