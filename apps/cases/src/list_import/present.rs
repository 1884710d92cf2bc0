//! The list in force as items, so that it goes out in the shape in which lists come in.

use grid::api::Atlas;

use super::ListItem;
use crate::catalogue::{Catalogue, Standard};

/// The standards as items, in their order.
pub(crate) fn items<'a>(
    standards: impl Iterator<Item = &'a Standard>,
    catalogue: &Catalogue,
    atlas: &Atlas,
    english: bool,
) -> Vec<ListItem> {
    let body = |code: &String| {
        let body = atlas.body(code);
        let name = body.map(|it| {
            if english {
                it.name_en.as_ref().unwrap_or(&it.name)
            } else {
                &it.name
            }
        });
        // A name that two bodies share would read back as the other one.
        let told_apart = name.filter(|name| {
            let same = |it: &&grid::api::Body| it.name == **name || it.name_en.as_ref() == Some(*name);
            atlas.bodies().filter(same).count() == 1
        });
        told_apart.unwrap_or(code).clone()
    };
    let item = |row: u64, it: &Standard| {
        let class = catalogue.class(&it.class);
        let edition = class.and_then(|it| it.edition.parse().ok());
        // Codes of the national editions are known by their number; one's own are written whole.
        let number = it
            .class
            .split_once('.')
            .map_or(it.class.as_str(), |(_, rest)| rest.get(1..).unwrap_or(rest));
        let level = it.level.as_deref().map(|level| level_name(level, english).to_owned());
        ListItem {
            row,
            kind: class.and_then(|it| it.kind.parse().ok()),
            edition,
            major_code: class.filter(|_| edition.is_some()).map(|it| it.major.clone()),
            major: class.map(|it| it.major_name.clone()),
            class: Some(if edition.is_some() {
                number.to_owned()
            } else {
                it.class.clone()
            }),
            minor: class.map(|it| it.name.clone()),
            code: Some(it.code.clone()),
            condition: it.condition.clone(),
            closing: it.closing.clone().unwrap_or_default(),
            limit: it.limit(),
            bodies: it.body.as_ref().map(body).or(level).into_iter().collect(),
            supervisors: it.supervisor.as_ref().map(body).into_iter().collect(),
            ..ListItem::default()
        }
    };
    (2u64..).zip(standards).map(|(row, it)| item(row, it)).collect()
}

/// How a list speaks of the place's own body.
fn level_name(level: &str, english: bool) -> &'static str {
    match (level, english) {
        ("village", false) => "各村（社区）",
        ("village", true) => "Place's village",
        (_, false) => "各镇（街道）",
        (_, true) => "Place's town",
    }
}
