//! Small repairs of typed text.

/// The text with full-width letters, digits and signs (`０`–`９`, `Ａ`–`Ｚ`, `－` …) made half-width and the ideographic
/// space made a plain one. Everything else stays.
///
/// ```
/// assert_eq!(standards::text::half_width("３２１０１２　Ｘ井盖"), "321012 X井盖");
/// ```
pub fn half_width(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            '\u{3000}' => ' ',
            // The block repeats ASCII 0x21–0x7E in order.
            '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(character) - 0xFEE0).unwrap_or(character),
            _ => character,
        })
        .collect()
}

/// The text of a code as a form or a scan gives it: half-width, upper case, without white space and without the
/// invisible characters that copying from documents leaves behind.
pub fn code(text: &str) -> String {
    half_width(text)
        .chars()
        .filter(|character| {
            !character.is_whitespace() && !matches!(character, '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}')
        })
        .map(|character| character.to_ascii_uppercase())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_width_becomes_half_width_and_nothing_else_changes() {
        assert_eq!(half_width("ＡＺａｚ０９～"), "AZaz09~");
        assert_eq!(half_width("供水井盖、é"), "供水井盖、é");
    }

    #[test]
    fn codes_lose_blanks_and_gain_capitals() {
        assert_eq!(code(" 3210 12\u{200B}190203x\u{FEFF}\n"), "321012190203X");
    }
}
