//! From the classes of 2013 to those of 2026: the rule of the numbers proposes, a person corrects.
//!
//! The table of 2013 is not shipped. What is known of it follows backwards from the classes of 2026 by the same rule, so it
//! carries the rule's mark \[T\], and \[M\] where the rule itself rests on memory (street order, 05 → 09).

use std::collections::BTreeMap;

use kernel::db::Tx;
use kernel::error::Result;
use kernel::{Time, Work, args};
use serde::Serialize;
use standards::{ClassCode, Edition, Kind};
use utoipa::ToSchema;

use crate::catalogue::{Catalogue, Class};
use crate::view::Named;

/// What a person has said about a class of 2013.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct Correction {
    pub(crate) from_class: String,
    pub(crate) to_class: Option<String>,
    pub(crate) note: Option<String>,
    pub(crate) at: Time,
    pub(crate) actor_name: String,
}

/// Every correction.
pub(crate) async fn corrections(tx: &mut Tx) -> Result<BTreeMap<String, Correction>> {
    let sql = "SELECT from_class, to_class, note, at, actor_name FROM cases_crosswalk ORDER BY from_class LIMIT 5000";
    let rows: Vec<Correction> = tx.all(sql, vec![]).await?;
    Ok(rows.into_iter().map(|it| (it.from_class.clone(), it)).collect())
}

/// Keeps a correction.
pub(crate) async fn correct(work: &mut Work, from: &str, to: Option<&str>, note: Option<&str>, by: &str) -> Result<()> {
    let sql = "INSERT INTO cases_crosswalk (from_class, to_class, note, at, actor_name) VALUES ($1, $2, $3, $4, $5) \
               ON CONFLICT (from_class) DO UPDATE SET to_class = excluded.to_class, note = excluded.note, \
               at = excluded.at, actor_name = excluded.actor_name";
    let now = work.now();
    work.run(sql, args![from, to, note, now, by]).await?;
    Ok(())
}

/// Goes back to what the rule says.
pub(crate) async fn forget(tx: &mut Tx, from: &str) -> Result<bool> {
    let sql = "DELETE FROM cases_crosswalk WHERE from_class = $1";
    Ok(tx.run(sql, args![from]).await? == 1)
}

/// `2013.C0101` as edition, kind and number; `None` if it is not of that form.
fn parse(code: &str) -> Option<(Kind, ClassCode)> {
    let rest = code.strip_prefix("2013.").or_else(|| code.strip_prefix("2026."))?;
    let kind = match rest.get(..1)? {
        "C" => Kind::Component,
        "M" => Kind::Matter,
        _ => return None,
    };
    Some((kind, ClassCode::parse(rest.get(1..)?).ok()?))
}

fn stored(edition: Edition, kind: Kind, code: &str) -> String {
    let letter = if kind == Kind::Component { 'C' } else { 'M' };
    format!("{edition}.{letter}{code}")
}

/// Whether this can be a class of 2013.
pub(crate) fn is_2013(code: &str) -> bool {
    code.starts_with("2013.") && parse(code).is_some_and(|it| it.1.edition() == Edition::E2013)
}

/// The class of 2026 with the number that the rule gives, whether or not there is one.
pub(crate) fn by_rule(code: &str) -> Option<String> {
    let (kind, number) = parse(code)?;
    let next = number.to_2026(kind)?;
    Some(stored(Edition::E2026, kind, &next.to_string()))
}

/// Where the rule itself is only remembered.
pub(crate) fn mark(code: &str) -> &'static str {
    if code.starts_with("2013.M05") { "M" } else { "T" }
}

/// The classes of 2013 as far as they follow from those of 2026, with the names of 2026.
pub(crate) fn derived() -> Vec<Class> {
    let of = |kind: Kind| {
        standards::classes(kind).iter().filter_map(move |it| {
            let (major, minor) = it.code.split_at_checked(2)?;
            let minor = minor.strip_prefix('0').filter(|it| *it != "00")?;
            let major = match (kind, major) {
                (Kind::Component, major) => major,
                (Kind::Matter, "06") => "01",
                (Kind::Matter, "07") => "02",
                (Kind::Matter, "08") => "03",
                (Kind::Matter, "09") => "05",
                (Kind::Matter, _) => return None,
            };
            Some(Class {
                code: stored(Edition::E2013, kind, &format!("{major}{minor}")),
                edition: "2013".to_owned(),
                kind: kind.as_str().to_owned(),
                major: major.to_owned(),
                major_name: it.major_name.to_owned(),
                major_name_en: Some(it.major_name_en.to_owned()),
                name: it.name.to_owned(),
                name_en: Some(it.name_en.to_owned()),
            })
        })
    };
    of(Kind::Component).chain(of(Kind::Matter)).collect()
}

/// A line of the crosswalk.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct CrosswalkRow {
    /// The class of 2013.
    pub(crate) from: Named,
    /// `component` or `matter`.
    pub(crate) kind: String,
    /// Its major class.
    pub(crate) major: String,
    /// The major class's name.
    pub(crate) major_name: String,
    /// The same in English.
    pub(crate) major_name_en: Option<String>,
    /// Whether the house has this class; else it only follows from the rule.
    pub(crate) in_house: bool,
    /// How sure the rule is: `T` as third parties state it, `M` from memory.
    pub(crate) mark: &'static str,
    /// What the rule proposes, if there is a class of that number.
    pub(crate) proposed: Option<Named>,
    /// What counts: the correction, or the proposal.
    pub(crate) to: Option<Named>,
    /// Same number, another name: to be looked at.
    pub(crate) doubtful: bool,
    /// Whether a person has said so.
    pub(crate) corrected: bool,
    /// What they said.
    pub(crate) note: Option<String>,
    /// Who it was.
    pub(crate) corrected_by: Option<String>,
    /// When.
    pub(crate) corrected_at: Option<Time>,
    /// How many standards in force lie under it.
    pub(crate) standards: usize,
}

/// The whole crosswalk: the classes of 2013 that the house has, and those that follow from the rule.
pub(crate) fn rows(known: &Catalogue, corrections: &BTreeMap<String, Correction>, today: &str) -> Vec<CrosswalkRow> {
    let mut all: BTreeMap<String, (Class, bool)> =
        derived().into_iter().map(|it| (it.code.clone(), (it, false))).collect();
    for class in known.classes().filter(|it| it.edition == "2013") {
        all.insert(class.code.clone(), (class.clone(), true));
    }
    let named = |it: &Class| Named {
        code: it.code.clone(),
        name: it.name.clone(),
        name_en: it.name_en.clone(),
    };
    let row = |(class, in_house): (Class, bool)| {
        let proposed = by_rule(&class.code).and_then(|it| known.class(&it)).map(named);
        let said = corrections.get(&class.code);
        let to = match said {
            Some(said) => said.to_class.as_deref().and_then(|it| known.class(it)).map(named),
            None => proposed.clone(),
        };
        let other_name = proposed.as_ref().is_some_and(|it| it.name != class.name);
        CrosswalkRow {
            from: named(&class),
            kind: class.kind.clone(),
            major: class.major.clone(),
            major_name: class.major_name.clone(),
            major_name_en: class.major_name_en.clone(),
            in_house,
            mark: mark(&class.code),
            doubtful: said.is_none() && in_house && (proposed.is_none() || other_name),
            proposed,
            to,
            corrected: said.is_some(),
            note: said.and_then(|it| it.note.clone()),
            corrected_by: said.map(|it| it.actor_name.clone()),
            corrected_at: said.map(|it| it.at),
            standards: known.standards_of(&class.code).filter(|it| it.in_force(today)).count(),
        }
    };
    all.into_values().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rule_gives_the_numbers_of_2026() {
        for (from, to) in [
            ("2013.C0101", Some("2026.C01001")),
            ("2013.C0498", Some("2026.C04098")),
            ("2013.M0103", Some("2026.M06003")),
            ("2013.M0211", Some("2026.M07011")),
            ("2013.M0301", Some("2026.M08001")),
            ("2013.M0507", Some("2026.M09007")),
            ("2013.M0401", None),
            ("local.C001001", None),
            ("2013.X0101", None),
        ] {
            assert_eq!(by_rule(from).as_deref(), to, "{from}");
        }
        assert_eq!((mark("2013.M0501"), mark("2013.C0501")), ("M", "T"));
    }

    #[test]
    fn what_is_derived_goes_back_to_where_it_came_from() {
        let all = derived();
        assert!(all.len() > 200, "{}", all.len());
        for class in all {
            let back = by_rule(&class.code).expect("a number");
            let (kind, code) = parse(&back).expect("a class");
            let found = standards::class(kind, &code.to_string()).expect("in the table");
            assert_eq!(found.name, class.name);
            assert!(is_2013(&class.code), "{}", class.code);
        }
    }
}
