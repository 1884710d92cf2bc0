//! Bytes to text, and cells to what was meant by them.
//!
//! Spreadsheets in China save CSV as GB 18030 more often than as UTF-8, and hide codes behind an apostrophe or `="…"`
//! so that they stay text. All of that is undone here, once.

use std::borrow::Cow;

use encoding_rs::{Encoding, GB18030, UTF_8};

/// A decoded file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded<'a> {
    /// The text, without a byte order mark.
    pub text: Cow<'a, str>,
    /// Name of the encoding it was read as.
    pub encoding: &'static str,
    /// Some bytes fit neither encoding and were replaced.
    pub lossy: bool,
}

/// Reads bytes as text: by the byte order mark if there is one, as UTF-8 if they are valid UTF-8, else as GB 18030.
pub fn decode(bytes: &[u8]) -> Decoded<'_> {
    let encoding = match Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding,
        None if std::str::from_utf8(bytes).is_ok() => UTF_8,
        None => GB18030,
    };
    let (text, used, lossy) = encoding.decode(bytes);
    Decoded {
        text,
        encoding: used.name(),
        lossy,
    }
}

/// Whether these bytes can be the beginning of a UTF-8 text: valid but for a character cut off at the very end.
pub fn is_utf8_prefix(bytes: &[u8]) -> bool {
    match std::str::from_utf8(bytes) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    }
}

/// The delimiter of a CSV text: the one of comma, tab and semicolon that its first line has most of.
pub fn delimiter(text: &str) -> u8 {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or("");
    let count = |byte: u8| first.bytes().filter(|b| *b == byte).count();
    // The comma wins a tie, and the search keeps the last of equals.
    [b';', b'\t', b',']
        .into_iter()
        .max_by_key(|byte| count(*byte))
        .unwrap_or(b',')
}

/// A cell without what spreadsheets leave around it: outer white space (also full-width, no-break and zero-width), a
/// leading apostrophe, a `="…"` wrapper. What is inside stays as written.
pub fn tidy(cell: &str) -> &str {
    let trimmed = cell.trim_matches(is_blank);
    let unwrapped = trimmed
        .strip_prefix("=\"")
        .and_then(|c| c.strip_suffix('"'))
        .unwrap_or(trimmed);
    unwrapped.strip_prefix('\'').unwrap_or(unwrapped).trim_matches(is_blank)
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200b}' | '\u{200c}' | '\u{200d}' | '\u{2060}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_read_in_the_encodings_that_occur() {
        for (bytes, name) in [
            (b"\xef\xbb\xbf\xe4\xbb\x99\xe5\xa5\xb3\xe9\x95\x87".to_vec(), "UTF-8"),
            ("仙女镇".as_bytes().to_vec(), "UTF-8"),
            (GB18030.encode("仙女镇").0.into_owned(), "gb18030"),
            (b"\xff\xfe\xd9\x4e\x73\x59\x47\x95".to_vec(), "UTF-16LE"),
        ] {
            let decoded = decode(&bytes);
            assert_eq!(
                (decoded.text.as_ref(), decoded.encoding, decoded.lossy),
                ("仙女镇", name, false)
            );
        }
        assert!(decode(b"\xff\xff\xff").lossy);
        assert!(is_utf8_prefix(&"仙女".as_bytes()[..4]));
        assert!(!is_utf8_prefix(&GB18030.encode("仙女镇").0));
    }

    #[test]
    fn cells_are_tidied() {
        assert_eq!(tidy("\u{3000}仙女镇 \u{200b}"), "仙女镇");
        assert_eq!(tidy("=\"0312\""), "0312");
        assert_eq!(tidy("三级（含）以上"), "三级（含）以上");
    }

    #[test]
    fn the_delimiter_is_found() {
        assert_eq!(delimiter("\n\ncode\tname"), b'\t');
        assert_eq!(delimiter("code;name"), b';');
        assert_eq!(delimiter("code"), b',');
    }
}
