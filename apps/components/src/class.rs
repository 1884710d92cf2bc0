//! Classes of components as the register and the responsibility list write them: `2026.C01037`.

use kernel::error::{Error, codes as kernel_codes};
use serde::Serialize;
use standards::{Class, ClassCode, ComponentCode, Kind};
use utoipa::ToSchema;

/// How a class is stored.
pub(crate) fn stored(class: ClassCode) -> String {
    format!("{}.C{class}", class.edition())
}

/// Reads `2026.C01037`.
pub(crate) fn parse(text: &str) -> Option<ClassCode> {
    let (edition, rest) = text.split_once(".C")?;
    let class = ClassCode::parse(rest).ok()?;
    (class.edition().as_str() == edition).then_some(class)
}

/// The line of the 2026 table that a class means; one of 2013 by the crosswalk. A district's own classes have none.
fn line(class: ClassCode) -> Option<&'static Class> {
    let class = class.to_2026(Kind::Component).unwrap_or(class);
    standards::class(Kind::Component, &class.to_string())
}

/// A class with its names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct ComponentClass {
    /// E.g. `2026.C01037`.
    pub(crate) code: String,
    /// Its name; of a district's own class its number.
    pub(crate) name: String,
    /// Its name in English.
    pub(crate) name_en: Option<String>,
    /// The number of its major class.
    pub(crate) major: String,
    /// The major class's name.
    pub(crate) major_name: Option<String>,
    /// The same in English.
    pub(crate) major_name_en: Option<String>,
    /// How many of it the register holds.
    pub(crate) components: i64,
}

impl ComponentClass {
    /// The class of this code, which is stored and so can be read.
    pub(crate) fn of(code: &str, components: i64) -> Self {
        let class = parse(code);
        let line = class.and_then(line);
        Self {
            code: code.to_owned(),
            name: line.map_or_else(|| code.to_owned(), |it| it.name.to_owned()),
            name_en: line.map(|it| it.name_en.to_owned()),
            major: class.map(ClassCode::major).unwrap_or_default(),
            major_name: line.map(|it| it.major_name.to_owned()),
            major_name_en: line.map(|it| it.major_name_en.to_owned()),
            components,
        }
    }
}

/// The classes of the 2026 table, as they are stored.
pub(crate) fn national() -> impl Iterator<Item = String> {
    let all = standards::classes(Kind::Component).iter();
    all.filter_map(|it| ClassCode::parse(it.code).ok()).map(stored)
}

/// Reads a component's code, or says in both languages why it is none.
pub(crate) fn code(text: &str) -> Result<ComponentCode, Error> {
    ComponentCode::parse(text).map_err(|why| {
        let mut fields = kernel::error::Fields::new();
        fields.refuse_with(
            "code",
            &crate::codes::BAD_CODE,
            &[("why", &why.zh()), ("why_en", &why.to_string())],
        );
        fields
            .done()
            .err()
            .unwrap_or_else(|| Error::from(&kernel_codes::INVALID))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_of_either_edition_has_its_names() {
        let lamp = ComponentClass::of("2026.C01037", 3);
        assert_eq!(
            (lamp.name.as_str(), lamp.major.as_str(), lamp.components),
            ("路灯", "01", 3)
        );
        let old = ComponentClass::of("2013.C0137", 0);
        assert_eq!((old.name.as_str(), old.major_name), ("路灯", lamp.major_name));
        let own = ComponentClass::of("2013.C0199", 1);
        assert_eq!((own.name.as_str(), own.name_en), ("2013.C0199", None));
        assert_eq!(national().count(), standards::classes(Kind::Component).len());
        assert!(parse("2013.C01037").is_none() && parse("01037").is_none() && parse("2026.M01037").is_none());
    }
}
