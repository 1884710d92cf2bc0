//! Which class of which edition an item belongs to.
//!
//! That takes the whole list: a `1` beside a `03` means nothing by itself. What the tables and the names do not agree on
//! is left open for a person.

use standards::{Edition, Kind, class};

use super::header::Meaning;
use super::problems::{BAD_CODE, CODE_BY_NAME, LOCAL_CLASS, NO_CODE, NO_EDITION, NO_KIND, OTHER_NAME};
use super::understand::{Draft, Rows, two_digits};
use super::{ListItem, code};

impl Rows<'_> {
    /// The edition of the list's codes: as the sender says, by the digits, or by which tables the names fit.
    pub(super) fn edition(&self, drafts: &[Draft]) -> (Option<Edition>, Option<(&'static str, &'static str)>) {
        if self.options.edition.is_some() {
            return (self.options.edition, None);
        }
        let spoken = |edition| {
            drafts
                .iter()
                .filter(|d| d.digits.as_ref().is_some_and(|d| d.edition == Some(edition)))
                .count()
        };
        match (spoken(Edition::E2013), spoken(Edition::E2026)) {
            (0, 0) => {}
            // A list is of one edition; a few odd cells do not make it the other.
            (old, new) if new > old => return (Some(Edition::E2026), Some(("代码位数", "the number of digits"))),
            (old, new) if old > new => return (Some(Edition::E2013), Some(("代码位数", "the number of digits"))),
            _ => return (None, None),
        }
        let fitting = |edition| {
            let fits = |draft: &&Draft| {
                let kinds = draft.item.kind.map_or(Kind::ALL.to_vec(), |kind| vec![kind]);
                kinds.into_iter().any(|kind| {
                    let in_table = table_class(draft, edition, kind);
                    in_table
                        .zip(draft.item.minor.as_deref())
                        .is_some_and(|(class, name)| code::same_name(class.name, name))
                })
            };
            drafts.iter().filter(fits).count()
        };
        let coded = drafts.iter().filter(|draft| draft.digits.is_some()).count();
        let (old, new) = (fitting(Edition::E2013), fitting(Edition::E2026));
        let names = Some(("代码与名称的对应", "how codes and names go together"));
        if new > old && new * 2 >= coded {
            (Some(Edition::E2026), names)
        } else if old > new && old * 2 >= coded {
            (Some(Edition::E2013), names)
        } else {
            (None, None)
        }
    }

    /// Settles code, edition and place in the tables of an item.
    pub(super) fn classify(&mut self, draft: Draft, edition: Option<Edition>) -> ListItem {
        let row = usize::try_from(draft.item.row).unwrap_or(1) - 1;
        let own = draft.edition.as_deref().and_then(|text| text.parse().ok());
        let local = draft.edition.is_some() && own.is_none();
        let edition = if local { None } else { own.or(edition) };
        let mut item = draft.item;
        let shown = |item: &ListItem| {
            let parts = [item.class.as_deref(), item.minor.as_deref()];
            parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
        };
        if let Some(whole) = draft.code.as_deref().filter(|code| code::is_own(code)) {
            return self.own_class(row, item, whole);
        }
        let Some(digits) = &draft.digits else {
            let found = item
                .minor
                .as_deref()
                .and_then(|name| code::by_name(item.kind, item.major.as_deref(), name));
            let name = shown(&item);
            match found.filter(|_| !local) {
                Some(class) => {
                    item.kind = item.kind.or(Some(class.kind));
                    item.edition = Some(Edition::E2026);
                    item.class = Some(class.code.to_owned());
                    item.class_2026 = Some(class.code.to_owned());
                    item.major_code = Some(class.major.to_owned());
                    item.major = item.major.or_else(|| Some(class.major_name.to_owned()));
                    let problem = self.problem_in(&CODE_BY_NAME, row, Meaning::Minor);
                    self.problems.push(problem.arg("value", name).arg("code", class.code));
                }
                None => self
                    .problems
                    .push(self.problem_in(&NO_CODE, row, Meaning::Minor).arg("value", name)),
            }
            self.ask_kind(row, &item);
            return item;
        };
        let major = digits.major.clone().unwrap_or_default();
        let code = edition.and_then(|edition| code::class_code(edition, &major, &digits.minor));
        let Some(code) = code else {
            // A local code is whole as it stands; others need their major class to be told apart.
            let head = if local || major.is_empty() {
                String::new()
            } else {
                two_digits(&major)
            };
            let tail = if local {
                draft.code.as_deref().unwrap_or_default()
            } else {
                &digits.minor
            };
            item.class = Some(format!("{head}{tail}"));
            if !local {
                self.count("", self.problem(&NO_EDITION, row));
            }
            self.ask_kind(row, &item);
            return item;
        };
        item.edition = Some(code.edition());
        item.class = Some(code.to_string());
        let kinds = item.kind.map_or(Kind::ALL.to_vec(), |kind| vec![kind]);
        let in_tables: Vec<_> = kinds
            .iter()
            .filter_map(|kind| class(*kind, &code.to_2026(*kind)?.to_string()))
            .collect();
        let same = |class: &&&'static standards::Class| {
            item.minor
                .as_deref()
                .is_none_or(|name| code::same_name(class.name, name))
        };
        let matching: Vec<_> = in_tables.iter().filter(same).collect();
        match (&matching[..], in_tables.first()) {
            ([class], _) => {
                item.kind = item.kind.or(Some(class.kind));
                item.class_2026 = Some(class.code.to_owned());
                item.minor = item.minor.or_else(|| Some(class.name.to_owned()));
                item.major = item.major.or_else(|| Some(class.major_name.to_owned()));
            }
            ([], Some(class)) => {
                let problem = self
                    .problem_in(&OTHER_NAME, row, Meaning::Minor)
                    .arg("value", shown(&item));
                self.problems
                    .push(problem.arg("code", class.code).arg("other", class.name));
            }
            ([], None) => self.problems.push(
                self.problem_in(&LOCAL_CLASS, row, Meaning::Minor)
                    .arg("value", shown(&item)),
            ),
            // Two kinds fit alike: only a person can tell.
            _ => {}
        }
        self.ask_kind(row, &item);
        item
    }

    /// A whole code of this house says edition and kind itself.
    fn own_class(&mut self, row: usize, mut item: ListItem, whole: &str) -> ListItem {
        let (edition, rest) = whole.split_once('.').unwrap_or_default();
        let (letter, number) = rest.split_at(1);
        let kind = if letter == "C" { Kind::Component } else { Kind::Matter };
        if item.kind.is_some_and(|said| said != kind) {
            let problem = self.problem_in(&BAD_CODE, row, Meaning::MinorCode).arg("value", whole);
            self.problems.push(problem);
            return item;
        }
        item.kind = Some(kind);
        item.edition = edition.parse().ok();
        item.class = Some(item.edition.map_or(whole, |_| number).to_owned());
        item.class_2026 = class(kind, number)
            .filter(|_| item.edition == Some(Edition::E2026))
            .map(|class| class.code.to_owned());
        item
    }

    fn ask_kind(&mut self, row: usize, item: &ListItem) {
        if item.kind.is_none() {
            self.count("", self.problem(&NO_KIND, row));
        }
    }
}

/// The class of the 2026 tables that a code of an edition leads to.
fn table_class(draft: &Draft, edition: Edition, kind: Kind) -> Option<&'static standards::Class> {
    let digits = draft.digits.as_ref()?;
    let code = code::class_code(edition, digits.major.as_deref()?, &digits.minor)?;
    class(kind, &code.to_2026(kind)?.to_string())
}
