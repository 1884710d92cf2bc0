//! What an import would change: the files compared with the areas as they are. Pure.

use kernel::auth::Scope;
use kernel::intake::{Kind, Problem};

use super::{AreaImport, AreaRow, ShapeRow};
use crate::atlas::Atlas;
use crate::model::{Area, NewArea};

/// An area that is not the importing user's to change.
pub(crate) const OUT_OF_REACH: Kind = Kind::error(
    "grid.import_out_of_reach",
    "{code}不在您的管理范围内",
    "{code} is outside your scope",
);

/// What has to be written.
#[derive(Debug, Default)]
pub(crate) struct Changes<'a> {
    /// Areas as they will be, parents before children.
    pub(crate) areas: Vec<Area>,
    /// How many of them are new.
    pub(crate) new: usize,
    /// How many areas of the files are as they were.
    pub(crate) unchanged: usize,
    /// Shapes that are new or others than before.
    pub(crate) shapes: Vec<&'a ShapeRow>,
}

impl<'a> Changes<'a> {
    /// Compares what was read with what is there.
    pub(crate) fn between(atlas: &Atlas, read: &'a AreaImport) -> Self {
        let mut changes = Self::default();
        for row in &read.areas {
            let before = atlas.area(row.code.as_str());
            let after = merge(before, row);
            if before == Some(&after) {
                changes.unchanged += 1;
                continue;
            }
            changes.new += usize::from(before.is_none());
            changes.areas.push(after);
        }
        let is_new = |shape: &&ShapeRow| atlas.shape(shape.code.as_str()) != Some(&shape.shape.0[..]);
        changes.shapes = read.shapes.iter().filter(is_new).collect();
        changes
    }

    /// Whether everything is as it was.
    pub(crate) fn is_empty(&self) -> bool {
        self.areas.is_empty() && self.shapes.is_empty()
    }
}

/// The area as the row has it; what the row says nothing about stays.
fn merge(before: Option<&Area>, row: &AreaRow) -> Area {
    let mut area = before.cloned().unwrap_or_else(|| {
        let new = NewArea {
            code: row.code.to_string(),
            ..NewArea::default()
        };
        Area::from_new(row.code, &new)
    });
    area.name.clone_from(&row.name);
    area.kind = row.kind.or(area.kind);
    area.households = row.households.or(area.households);
    area.population = row.population.or(area.population);
    area
}

/// Everything in the files that lies outside the scope.
pub(crate) fn out_of_reach(read: &AreaImport, scope: &Scope) -> Vec<Problem> {
    let areas = read.areas.iter().map(|it| (it.code, it.file.as_str(), it.line));
    let shapes = read.shapes.iter().map(|it| (it.code, it.file.as_str(), it.feature));
    areas
        .chain(shapes)
        .filter(|(code, ..)| !scope.holds(Some(code.as_str()), None, &[]))
        .map(|(code, file, line)| Problem::new(&OUT_OF_REACH, file).line(line).arg("code", code))
        .collect()
}
