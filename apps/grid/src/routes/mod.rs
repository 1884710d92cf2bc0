//! The addresses of areas, bodies and posts.
//!
//! Whoever may read sees every area and body, because addresses and lists need them whole and nothing in them is
//! personal; names of people (posts) and all writing end where the user's scope ends.

mod areas;
mod bodies;
mod import;
mod posts;

use axum::extract::DefaultBodyLimit;
use kernel::Result;
use kernel::auth::{User, not_found};
use kernel::http::{Guard, Routes, routes};

use crate::permissions::{GRID_MANAGE, GRID_READ};

/// The largest import, all its files together.
const IMPORT_BYTES: usize = 64 * 1024 * 1024;

pub(crate) fn routes() -> Routes {
    let mut area_import = routes!(import::area_import);
    area_import.2 = area_import.2.layer(DefaultBodyLimit::max(IMPORT_BYTES));
    Routes::new()
        .add(routes!(areas::area_list).needs(&GRID_READ))
        .add(routes!(areas::area_create).needs(&GRID_MANAGE))
        .add(routes!(areas::area_view).needs(&GRID_READ))
        .add(routes!(areas::area_update).needs(&GRID_MANAGE))
        .add(routes!(areas::area_shapes).needs(&GRID_READ))
        .add(routes!(areas::area_locate).needs(&GRID_READ))
        .add(area_import.needs(&GRID_MANAGE))
        .add(routes!(bodies::body_list).needs(&GRID_READ))
        .add(routes!(bodies::body_create).needs(&GRID_MANAGE))
        .add(routes!(bodies::body_update).needs(&GRID_MANAGE))
        .add(routes!(posts::post_list).needs(&GRID_READ))
        .add(routes!(posts::post_create).needs(&GRID_MANAGE))
        .add(routes!(posts::post_delete).needs(&GRID_MANAGE))
        .merge(crate::duty::routes())
}

/// Refuses what lies outside the area or body that the user manages, as if it did not exist.
fn reach(user: &User, area: Option<&str>, body: Option<&str>) -> Result<()> {
    if user.scope(&GRID_MANAGE).holds(area, body, &[]) {
        Ok(())
    } else {
        Err(not_found())
    }
}

/// Whether a record is one of those that a search means: by a part of its name, or by the beginning of its code.
fn speaks_of(text: Option<&str>, code: &str, name: &str, name_en: Option<&str>) -> bool {
    let text = text.unwrap_or_default().trim().to_lowercase();
    let names = [Some(name), name_en];
    code.to_lowercase().starts_with(&text) || names.into_iter().flatten().any(|it| it.to_lowercase().contains(&text))
}

/// A field that was left empty.
fn blank_is_none(text: Option<String>) -> Option<String> {
    text.map(|it| it.trim().to_owned()).filter(|it| !it.is_empty())
}
