//! Class codes and names as lists write them, and what they are in the tables of the standard.

use standards::{Class, ClassCode, Edition, Kind, classes};

/// `部件`, `事件` and the like.
pub(crate) fn kind(text: &str) -> Option<Kind> {
    let word: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
    match word.to_lowercase().trim_end_matches('类') {
        "部件" | "城市部件" | "component" | "components" => Some(Kind::Component),
        "事件" | "城市事件" | "matter" | "matters" | "event" | "events" => Some(Kind::Matter),
        _ => None,
    }
}

/// The one kind that a title or the name of a sheet speaks of.
pub(crate) fn kind_in(text: &str) -> Option<Kind> {
    match (text.contains("部件"), text.contains("事件")) {
        (true, false) => Some(Kind::Component),
        (false, true) => Some(Kind::Matter),
        _ => None,
    }
}

/// The digits of a code and the name in one cell: `01`, `供水井盖`, `01 供水井盖`, `供水井盖（01）`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct CodeAndName {
    /// The digits, half-width; or a whole code of this house.
    pub code: Option<String>,
    /// The name as written.
    pub name: Option<String>,
}

/// Whether a text is a whole code as this house writes it: edition, kind letter and number, as in `local.M001002`.
pub(crate) fn is_own(text: &str) -> bool {
    let word = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let number = |part: &str| part.len() > 1 && part.bytes().skip(1).all(|b| b.is_ascii_digit());
    text.split_once('.')
        .is_some_and(|(edition, rest)| word(edition) && rest.starts_with(['C', 'M']) && number(rest))
}

/// Takes a cell apart. Digits that begin a name, as in `110岗亭`, stay with it unless a sign or a zero sets them off.
pub(crate) fn split(cell: &str) -> CodeAndName {
    let half = standards::text::half_width(cell);
    let plain = half.trim();
    if plain.is_empty() {
        return CodeAndName::default();
    }
    if plain.bytes().all(|b| b.is_ascii_digit()) || is_own(plain) {
        return CodeAndName {
            code: Some(plain.to_owned()),
            name: None,
        };
    }
    let both = |code: &str, name: &str| CodeAndName {
        code: Some(code.to_owned()),
        name: Some(name.trim().to_owned()),
    };
    let digits = plain.find(|c: char| !c.is_ascii_digit()).unwrap_or(plain.len());
    if (1..=5).contains(&digits) {
        let (code, rest) = plain.split_at(digits);
        let name = rest.trim_start_matches(|c: char| c.is_whitespace() || "-_.:、—".contains(c));
        if !name.is_empty() && (name.len() < rest.len() || code.starts_with('0')) {
            return both(code, name);
        }
    }
    if let Some((name, code)) = plain.strip_suffix(')').and_then(|p| p.rsplit_once('('))
        && !name.trim().is_empty()
        && (1..=5).contains(&code.len())
        && code.bytes().all(|b| b.is_ascii_digit())
    {
        return both(code, name);
    }
    CodeAndName {
        code: None,
        name: Some(cell.trim().to_owned()),
    }
}

/// What is left of a name for comparing: no blanks, brackets half-width, without the 类 that some lists put at the end.
pub(crate) fn plain_name(name: &str) -> String {
    let half = standards::text::half_width(name);
    let plain: String = half.chars().filter(|c| !c.is_whitespace()).collect();
    plain.strip_suffix('类').map(str::to_owned).unwrap_or(plain)
}

/// Whether two names mean the same class: equal, or one is the other with 异常, 缺损 and the like behind it.
pub(crate) fn same_name(one: &str, other: &str) -> bool {
    let (one, other) = (plain_name(one), plain_name(other));
    let bare = |name: &str| {
        ["异常", "缺损", "破损", "损坏", "问题"]
            .iter()
            .find_map(|end| name.strip_suffix(end))
            .unwrap_or(name)
            .to_owned()
    };
    !one.is_empty() && (one == other || bare(&one) == bare(&other))
}

/// The class of the 2026 tables with that name; none if there is none or more than one.
pub(crate) fn by_name(kind: Option<Kind>, major: Option<&str>, name: &str) -> Option<&'static Class> {
    let kinds: &[Kind] = match kind {
        Some(Kind::Component) => &[Kind::Component],
        Some(Kind::Matter) => &[Kind::Matter],
        None => &Kind::ALL,
    };
    let all = kinds
        .iter()
        .flat_map(|kind| classes(*kind))
        .filter(|class| plain_name(class.name) == plain_name(name));
    let found: Vec<&'static Class> = all.collect();
    match found[..] {
        [class] => Some(class),
        _ => {
            let in_major = |class: &&&Class| major.is_some_and(|major| same_name(major, class.major_name));
            let mut found = found.iter().filter(in_major);
            found.next().filter(|_| found.next().is_none()).copied()
        }
    }
}

/// The digits of major and minor class of one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Digits {
    /// The major class, one or two digits; none if not said.
    pub major: Option<String>,
    /// The minor class, up to three digits.
    pub minor: String,
    /// The edition that the number of digits speaks for.
    pub edition: Option<Edition>,
}

/// Takes a minor or full class code apart: `5`, `05`, `005`, `0105`, `01005`, and with the district before it
/// (`3210120105`, `32101201005`). `None` for other lengths, or if two majors are said.
pub(crate) fn digits(major: Option<&str>, code: &str) -> Option<Digits> {
    let full = |code: &str, edition| {
        let (head, minor) = code.split_at(2);
        let agrees = major.is_none_or(|major| number(major) == number(head));
        agrees.then(|| Digits {
            major: Some(head.to_owned()),
            minor: minor.to_owned(),
            edition: Some(edition),
        })
    };
    match code.len() {
        1 => Some(Digits {
            major: major.map(str::to_owned),
            minor: code.to_owned(),
            edition: None,
        }),
        // Two digits with a zero in front are written by who counts to 99; without, a spreadsheet may have cut them.
        2 => {
            let edition = code.starts_with('0').then_some(Edition::E2013);
            Some(Digits {
                major: major.map(str::to_owned),
                minor: code.to_owned(),
                edition,
            })
        }
        3 => {
            // 105 under the major class 1 is 0105 that lost its zero; no minor class has a number as high.
            if let Some(major) = major.filter(|major| number(major) == number(&code[..1]))
                && !code.starts_with('0')
            {
                let minor = code[1..].to_owned();
                return Some(Digits {
                    major: Some(major.to_owned()),
                    minor,
                    edition: Some(Edition::E2013),
                });
            }
            let edition = code.starts_with('0').then_some(Edition::E2026);
            Some(Digits {
                major: major.map(str::to_owned),
                minor: code.to_owned(),
                edition,
            })
        }
        4 => full(code, Edition::E2013),
        5 => full(code, Edition::E2026),
        10 => full(&code[6..], Edition::E2013),
        11 => full(&code[6..], Edition::E2026),
        _ => None,
    }
}

fn number(digits: &str) -> Option<u32> {
    digits.parse().ok()
}

/// The class code of an edition, padded as it prescribes.
pub(crate) fn class_code(edition: Edition, major: &str, minor: &str) -> Option<ClassCode> {
    let width = match edition {
        Edition::E2013 => 2,
        Edition::E2026 => 3,
    };
    let (major, minor) = (number(major)?, number(minor)?);
    ClassCode::parse(&format!("{major:02}{minor:0width$}"))
        .ok()
        .filter(|code| code.edition() == edition)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_taken_apart() {
        for (cell, code, name) in [
            ("０３", Some("03"), None),
            ("01 市政公用设施", Some("01"), Some("市政公用设施")),
            ("01市政公用设施", Some("01"), Some("市政公用设施")),
            ("1、市政公用设施", Some("1"), Some("市政公用设施")),
            ("供水井盖（05）", Some("05"), Some("供水井盖")),
            ("供水井盖", None, Some("供水井盖")),
            ("110岗亭", None, Some("110岗亭")),
            ("变压器（箱）", None, Some("变压器（箱）")),
            ("local.M001002", Some("local.M001002"), None),
            ("2.5M电缆", Some("2"), Some("5M电缆")),
            ("", None, None),
        ] {
            assert_eq!(
                split(cell),
                CodeAndName {
                    code: code.map(Into::into),
                    name: name.map(Into::into)
                },
                "{cell}"
            );
        }
    }

    #[test]
    fn codes_are_read_at_every_length() {
        let read = |major, code| digits(major, code).map(|d| (d.major.unwrap_or_default(), d.minor, d.edition));
        let some = |major: &str, minor: &str, edition| Some((major.to_owned(), minor.to_owned(), edition));
        assert_eq!(read(Some("1"), "5"), some("1", "5", None));
        assert_eq!(read(Some("01"), "05"), some("01", "05", Some(Edition::E2013)));
        assert_eq!(read(Some("01"), "12"), some("01", "12", None));
        assert_eq!(read(Some("01"), "005"), some("01", "005", Some(Edition::E2026)));
        assert_eq!(read(Some("1"), "105"), some("1", "05", Some(Edition::E2013)));
        assert_eq!(read(None, "0105"), some("01", "05", Some(Edition::E2013)));
        assert_eq!(read(Some("2"), "0105"), None);
        assert_eq!(read(None, "32101201005"), some("01", "005", Some(Edition::E2026)));
        assert_eq!(read(None, "123456"), None);
        assert_eq!(
            class_code(Edition::E2013, "1", "5").map(|c| c.to_string()).as_deref(),
            Some("0105")
        );
        assert_eq!(
            class_code(Edition::E2026, "01", "05").map(|c| c.to_string()).as_deref(),
            Some("01005")
        );
        assert_eq!(class_code(Edition::E2013, "01", "105"), None);
    }

    #[test]
    fn names_are_found_in_the_tables() {
        assert_eq!(
            by_name(None, None, "供水井盖").map(|c| (c.kind, c.code)),
            Some((Kind::Component, "01001"))
        );
        assert_eq!(by_name(Some(Kind::Matter), None, "供水井盖"), None);
        assert!(same_name("市政公用设施类", "市政公用设施"));
        assert!(same_name("供水井盖破损", "供水井盖异常"));
        assert!(!same_name("供水井盖", "污水井盖"));
    }
}
