//! Reading areas and their shapes from files: bytes in, typed rows and a list of problems out.
//!
//! [`read`] is pure. It takes the files of one upload together, because a village's parent may be in
//! another file than the village, and a shape's area too. An import is all or nothing: the caller commits only when
//! [`AreaImport::has_errors`] says no, and may repeat an import as often as it likes.

mod changes;
pub(crate) mod commit;
mod divisions;
mod shapes;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use kernel::intake::{Kind, Problem};
use standards::{AreaCode, Crs, Level};

pub(crate) use divisions::{AreaRow, WRONG_LEVEL};
pub(crate) use shapes::ShapeRow;

/// A parent that is neither in the files nor known already.
pub(crate) const ORPHAN: Kind = Kind::error(
    "grid.import_orphan",
    "{code} {name}的上级{parent}既不在文件中，也不在已有区划中",
    "The parent {parent} of {code} {name} is neither in the files nor known already",
);
/// The same code twice in one file.
pub(crate) const DUPLICATE: Kind = Kind::error(
    "grid.import_duplicate",
    "代码{code}重复，首次出现在{first}",
    "The code {code} is repeated; it first stands in {first}",
);
/// One code with two names, in one file or across files.
pub(crate) const TWO_NAMES: Kind = Kind::error(
    "grid.import_two_names",
    "代码{code}有两个名称：“{name}”和“{other}”（{first}）",
    "The code {code} has two names: “{name}” and “{other}” ({first})",
);
/// A shape names its area otherwise than the list of areas does.
pub(crate) const SHAPE_NAME: Kind = Kind::warning(
    "grid.import_shape_name",
    "图形中{code}的名称“{name}”与区划表中的“{other}”不同，以区划表为准",
    "The shape calls {code} “{name}”, the list calls it “{other}”; the list is followed",
);
/// A shape for an area that nobody knows.
pub(crate) const UNKNOWN_CODE: Kind = Kind::error(
    "grid.import_unknown_code",
    "图形的代码{code}既不在文件中，也不在已有区划中，且没有名称，无法新建",
    "The shape's code {code} is neither in the files nor known already, and has no name to create it with",
);
/// Neither of the two formats.
pub(crate) const NOT_TEXT: Kind = Kind::error(
    "grid.import_not_text",
    "文件不是CSV或GeoJSON文本，或编码既非UTF-8也非GB 18030",
    "The file is neither CSV nor GeoJSON, or its encoding is neither UTF-8 nor GB 18030",
);

/// One uploaded file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SourceFile<'a> {
    /// Its name, for the problems.
    pub name: &'a str,
    /// Its content.
    pub bytes: &'a [u8],
}

/// What the sender said about the files.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    /// All rows are of this level; rows of another are refused.
    pub level: Option<Level>,
    /// The coordinate system of the shapes.
    pub crs: Crs,
    /// The district's own name, where no file has a row for it.
    pub district_name: Option<String>,
}

/// What the files held.
#[derive(Clone, Debug, Default)]
pub(crate) struct AreaImport {
    /// Areas, parents before children.
    pub areas: Vec<AreaRow>,
    /// Shapes, by code; each belongs to an area above or to one known already.
    pub shapes: Vec<ShapeRow>,
    /// What was wrong, in the order of files and lines.
    pub problems: Vec<Problem>,
}

impl AreaImport {
    /// Whether something was refused, so that nothing may be committed.
    pub(crate) fn has_errors(&self) -> bool {
        self.problems.iter().any(Problem::is_error)
    }
}

/// Reads the files of one upload. `existing` holds the codes of the areas known already.
pub(crate) fn read(files: &[SourceFile<'_>], existing: &HashSet<AreaCode>, options: &Options) -> AreaImport {
    let mut gathered = Gathered::default();
    for file in files {
        let decoded = kernel::intake::decode(file.bytes);
        if decoded.lossy || decoded.text.contains('\0') {
            gathered.problems.push(Problem::new(&NOT_TEXT, file.name));
        } else if decoded.text.trim_start().starts_with(['{', '[']) {
            let read = shapes::read(file.name, &decoded.text, options);
            gathered.problems.extend(read.problems);
            gathered.shapes.extend(read.shapes);
        } else {
            let read = divisions::read(file.name, &decoded.text, options.level);
            gathered.problems.extend(read.problems);
            gathered.refused.extend(read.refused);
            for row in read.rows {
                gathered.add(row);
            }
        }
    }
    gathered.name_district(options);
    gathered.settle(existing)
}

/// The rows of all files before they are checked against each other.
#[derive(Default)]
struct Gathered {
    areas: BTreeMap<AreaCode, AreaRow>,
    shapes: Vec<ShapeRow>,
    /// Codes of rows that were refused: their children are not orphans, the row above them is the one to mend.
    refused: BTreeSet<AreaCode>,
    problems: Vec<Problem>,
}

impl Gathered {
    fn add(&mut self, row: AreaRow) {
        let Some(first) = self.areas.get(&row.code) else {
            self.areas.insert(row.code, row);
            return;
        };
        let place = format!("{}:{}", first.file, first.line);
        let kind = if first.name != row.name {
            &TWO_NAMES
        } else if first.file == row.file {
            &DUPLICATE
        } else {
            return; // Two files may well both carry the district's own row.
        };
        self.problems.push(
            Problem::new(kind, &row.file)
                .line(row.line)
                .arg("code", row.code)
                .arg("name", &row.name)
                .arg("other", &first.name)
                .arg("first", place),
        );
    }

    /// The lists of towns and villages have no row for the district itself. Where all rows are of one district and the
    /// sender gave its name, the row is made.
    fn name_district(&mut self, options: &Options) {
        let Some(name) = options
            .district_name
            .as_deref()
            .map(kernel::intake::tidy)
            .filter(|n| !n.is_empty())
        else {
            return;
        };
        let districts: BTreeSet<AreaCode> = self.areas.keys().map(|code| code.district()).collect();
        if let [code] = districts.into_iter().collect::<Vec<_>>()[..] {
            self.areas
                .entry(code)
                .or_insert_with(|| AreaRow::new(code, name.to_owned(), "", 0));
        }
    }

    fn settle(mut self, existing: &HashSet<AreaCode>) -> AreaImport {
        self.settle_shapes(existing);
        let known =
            |code: &AreaCode| self.areas.contains_key(code) || self.refused.contains(code) || existing.contains(code);
        let mut orphans = Vec::new();
        for row in self.areas.values() {
            if let Some(parent) = row.code.parent().filter(|p| !known(p)) {
                orphans.push(
                    Problem::new(&ORPHAN, &row.file)
                        .line(row.line)
                        .arg("code", row.code)
                        .arg("name", &row.name)
                        .arg("parent", parent),
                );
            }
        }
        self.problems.extend(orphans);
        self.problems.extend(shapes::compare(&self.shapes));
        let files: Vec<String> = self
            .problems
            .iter()
            .map(|p| p.file.clone())
            .fold(Vec::new(), |mut seen, file| {
                if !seen.contains(&file) {
                    seen.push(file);
                }
                seen
            });
        self.problems
            .sort_by_key(|p| (files.iter().position(|f| *f == p.file), p.line));
        // Codes are prefixes of their descendants', so the order of codes puts parents first.
        AreaImport {
            areas: self.areas.into_values().collect(),
            shapes: self.shapes,
            problems: self.problems,
        }
    }

    /// Every shape needs an area: from a list, known already, or made from the shape's own name.
    fn settle_shapes(&mut self, existing: &HashSet<AreaCode>) {
        let mut kept: BTreeMap<AreaCode, ShapeRow> = BTreeMap::new();
        for shape in std::mem::take(&mut self.shapes) {
            let problem = |kind| {
                Problem::new(kind, &shape.file)
                    .line(shape.feature)
                    .arg("code", shape.code)
            };
            if let Some(first) = kept.get(&shape.code) {
                self.problems
                    .push(problem(&DUPLICATE).arg("first", format!("{}:{}", first.file, first.feature)));
                continue;
            }
            match (self.areas.get(&shape.code), &shape.name) {
                (Some(area), Some(name)) if area.name != *name => {
                    self.problems
                        .push(problem(&SHAPE_NAME).arg("name", name).arg("other", &area.name));
                }
                (None, Some(name)) if !existing.contains(&shape.code) => {
                    self.areas.insert(
                        shape.code,
                        AreaRow::new(shape.code, name.clone(), &shape.file, shape.feature),
                    );
                }
                (None, None) if !existing.contains(&shape.code) => {
                    self.problems.push(problem(&UNKNOWN_CODE));
                    continue;
                }
                _ => {}
            }
            kept.insert(shape.code, shape);
        }
        self.shapes = kept.into_values().collect();
    }
}

#[cfg(test)]
mod tests;
