//! All areas and bodies of the district at one moment, in memory: some 1,400 areas and 350 bodies.
//!
//! An atlas never changes once it is shared: whoever changes the tables loads a new one and puts it in the old one's
//! place, so that a request is answered from the old areas or the new ones, never from a mixture.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use geo::{CoordsIter, Polygon};
use standards::{AreaCode, Level, Point};

use crate::index::{AreaIndex, IndexedArea, Located};
use crate::model::{Area, Body, BodyKind, NewArea, NewBody, name_key};

/// How far outside all grids a point may lie and still be given to the nearest: GPS between houses is off by as much.
const SLACK_METRES: f64 = 50.0;

/// All areas and bodies. Cheap to ask; to try out what would be there after some additions, clone it and add them.
#[derive(Clone, Debug, Default)]
pub struct Atlas {
    revision: i64,
    mark: u64,
    areas: BTreeMap<String, Area>,
    children: HashMap<String, Vec<String>>,
    area_names: HashMap<(Level, String), Vec<String>>,
    bodies: BTreeMap<String, Body>,
    body_names: HashMap<String, String>,
    body_of: HashMap<String, String>,
    index: Arc<AreaIndex>,
}

impl Atlas {
    /// Puts together what the store holds at a revision.
    pub(crate) fn new(revision: i64, areas: Vec<(Area, Option<geo::MultiPolygon>)>, bodies: Vec<Body>) -> Self {
        let mut atlas = Self {
            revision,
            ..Self::default()
        };
        let mut indexed = Vec::with_capacity(areas.len());
        let mut mark = DefaultHasher::new();
        for (area, shape) in areas {
            (&area.code, &area.name, &area.name_en, area.kind).hash(&mut mark);
            for coord in shape.iter().flat_map(CoordsIter::coords_iter) {
                (coord.x.to_bits(), coord.y.to_bits()).hash(&mut mark);
            }
            if let Ok(code) = AreaCode::parse(&area.code) {
                indexed.push(IndexedArea {
                    code,
                    name: area.name.clone(),
                    shape,
                });
            }
            atlas.put_area(area);
        }
        for body in bodies {
            atlas.put_body(body);
        }
        atlas.mark = mark.finish();
        atlas.index = Arc::new(AreaIndex::new(indexed));
        atlas
    }

    fn put_area(&mut self, area: Area) {
        if let Some(parent) = &area.parent {
            self.children.entry(parent.clone()).or_default().push(area.code.clone());
        }
        let key = (area.level, name_key(area.level, &area.name));
        self.area_names.entry(key).or_default().push(area.code.clone());
        self.areas.insert(area.code.clone(), area);
    }

    fn put_body(&mut self, body: Body) {
        if let (Some(_), Some(area)) = (body.kind.level(), &body.area) {
            self.body_of.entry(area.clone()).or_insert_with(|| body.code.clone());
        }
        self.body_names
            .entry(body.name.clone())
            .or_insert_with(|| body.code.clone());
        self.bodies.insert(body.code.clone(), body);
    }

    /// The revision of the tables that this is; it grows with each change.
    pub fn revision(&self) -> i64 {
        self.revision
    }

    /// A mark that is another one whenever a map of the areas would look different.
    pub(crate) fn mark(&self) -> u64 {
        self.mark
    }

    /// An area by its code.
    pub fn area(&self, code: &str) -> Option<&Area> {
        self.areas.get(code)
    }

    /// The district; where several were imported, the one with the lowest code.
    pub fn district(&self) -> Option<&Area> {
        self.areas.values().find(|it| it.level == Level::District)
    }

    /// From the district down to the area itself; empty if there is no such area.
    pub fn path(&self, code: &str) -> Vec<&Area> {
        let mut path: Vec<&Area> =
            std::iter::successors(self.area(code), |it| self.area(it.parent.as_deref()?)).collect();
        path.reverse();
        path
    }

    /// The names along the path, without the district's: `某某街道 · 某某社区 · 第一网格`.
    pub fn path_name(&self, code: &str) -> String {
        self.along(code, |it| &it.name)
    }

    /// The same in English, as far as there are English names.
    pub fn path_name_en(&self, code: &str) -> String {
        self.along(code, |it| it.name_en.as_ref().unwrap_or(&it.name))
    }

    fn along(&self, code: &str, name: impl Fn(&Area) -> &str) -> String {
        let path = self.path(code);
        let inner = path.iter().filter(|it| it.level != Level::District);
        let inner: Vec<&str> = inner.map(|it| name(it)).collect();
        if inner.is_empty() {
            return path.last().map_or_else(String::new, |it| name(it).to_owned());
        }
        inner.join(" · ")
    }

    /// The class of a place: of the area itself or of the nearest around it that has one. A code that is not known here
    /// is asked for by where it would lie.
    pub fn area_class(&self, code: &str) -> Option<i64> {
        let own = AreaCode::parse(code).ok()?;
        std::iter::successors(Some(own), |it| it.parent()).find_map(|it| self.area(it.as_str())?.area_class)
    }

    /// The areas one level below, by code.
    pub fn children<'a>(&'a self, code: &str) -> impl ExactSizeIterator<Item = &'a Area> + use<'a> {
        let codes = self.children.get(code).map(Vec::as_slice).unwrap_or_default();
        codes.iter().map(|code| &self.areas[code])
    }

    /// All areas, by code: each before what lies in it.
    pub fn areas(&self) -> impl Iterator<Item = &Area> {
        self.areas.values()
    }

    /// An area and all that lies in it, by code.
    pub fn within<'a>(&'a self, code: &str) -> impl Iterator<Item = &'a Area> + use<'a> {
        let code = code.to_owned();
        self.areas
            .range(code.clone()..)
            .map(|it| it.1)
            .take_while(move |it| it.code.starts_with(&code))
    }

    /// The area of this level with this name, inside `under` if that is given. Endings such as 居委会 that one writer adds
    /// and another leaves out make no difference; where two could be meant, none is.
    pub fn find_area(&self, name: &str, under: Option<&str>, level: Level) -> Option<&Area> {
        let codes = self.area_names.get(&(level, name_key(level, name)))?;
        let inside = |code: &&String| under.is_none_or(|under| code.starts_with(under));
        let found: Vec<&Area> = codes.iter().filter(inside).filter_map(|code| self.area(code)).collect();
        let exact: Vec<&Area> = found.iter().copied().filter(|it| it.name == name.trim()).collect();
        match (exact.as_slice(), found.as_slice()) {
            ([only], _) | ([], [only]) => Some(only),
            _ => None,
        }
    }

    /// A body by its code.
    pub fn body(&self, code: &str) -> Option<&Body> {
        self.bodies.get(code)
    }

    /// All bodies, by code.
    pub fn bodies(&self) -> impl Iterator<Item = &Body> {
        self.bodies.values()
    }

    /// A body by its name.
    pub fn find_body(&self, name: &str) -> Option<&Body> {
        self.body(self.body_names.get(name.trim())?)
    }

    /// The town's or village's own body for a place: for `area` itself or for the area of that level it lies in.
    pub fn body_at(&self, area: &str, level: Level) -> Option<&Body> {
        let at = AreaCode::parse(area).ok()?.at(level)?;
        self.body(self.body_of.get(at.as_str())?)
    }

    /// In which grid, village, town and district a point (WGS 84) lies. A point just outside all grids, as GPS gives it,
    /// is given to the nearest; `distance` says so.
    pub fn locate(&self, point: Point) -> Located {
        self.index.locate_near(point, SLACK_METRES).unwrap_or_default()
    }

    /// The polygons of an area, if it has a shape.
    pub fn shape(&self, code: &str) -> Option<&[Polygon]> {
        self.index.shape(AreaCode::parse(code).ok()?)
    }

    /// West, south, east and north end of all shapes.
    pub fn bounds(&self) -> Option<[f64; 4]> {
        self.index.bounds()
    }

    /// Adds an area that is about to be made, so that the next code given takes it into account. It has no shape yet.
    pub fn plan_area(&mut self, new: &NewArea) {
        if let (Ok(code), None) = (AreaCode::parse(&new.code), self.area(&new.code)) {
            self.put_area(Area::from_new(code, new));
        }
    }

    /// Adds a body that is about to be made.
    pub fn plan_body(&mut self, new: &NewBody) {
        if self.body(&new.code).is_none() {
            self.put_body(Body::from_new(new));
        }
    }

    /// The body codes of a kind that are taken.
    pub(crate) fn body_codes(&self, kind: BodyKind) -> impl Iterator<Item = &str> {
        self.bodies
            .keys()
            .map(String::as_str)
            .filter(move |code| code.starts_with(kind.letter()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area(code: &str, name: &str) -> NewArea {
        NewArea {
            code: code.into(),
            name: name.into(),
            ..NewArea::default()
        }
    }

    fn atlas() -> Atlas {
        let mut atlas = Atlas::default();
        for (code, name) in [
            ("321099", "澄川区"),
            ("321099001", "安阳街道"),
            ("321099001001", "东苑社区"),
            ("321099001001001", "第一网格"),
            ("321099001200", "东苑村"),
            ("321099101", "大桥镇"),
            ("321099101001", "锦湖社区居委会"),
            ("321099101001001", "第一网格"),
        ] {
            atlas.plan_area(&area(code, name));
        }
        atlas.plan_body(&NewBody {
            code: "T321099101".into(),
            kind: BodyKind::Town,
            name: "大桥镇人民政府".into(),
            name_en: None,
            area: Some("321099101".into()),
        });
        atlas
    }

    #[test]
    fn paths_and_children_follow_the_codes() {
        let atlas = atlas();
        assert_eq!(atlas.path_name("321099101001001"), "大桥镇 · 锦湖社区居委会 · 第一网格");
        assert_eq!(atlas.path_name("321099"), "澄川区");
        assert_eq!(atlas.path_name("nowhere"), "");
        assert_eq!(atlas.path("321099001001").len(), 3);
        let towns: Vec<&str> = atlas.children("321099").map(|it| it.name.as_str()).collect();
        assert_eq!(towns, ["安阳街道", "大桥镇"]);
        assert_eq!(atlas.within("321099001").count(), 4);
        assert_eq!(atlas.children("321099001200").len(), 0);
    }

    #[test]
    fn a_name_finds_one_area_or_none() {
        let atlas = atlas();
        let find = |name, under, level| atlas.find_area(name, under, level).map(|it| it.code.as_str());
        assert_eq!(find("锦湖社区", None, Level::Village), Some("321099101001"));
        assert_eq!(find("安阳街道办事处", Some("321099"), Level::Town), Some("321099001"));
        assert_eq!(
            find("东苑村", None, Level::Village),
            Some("321099001200"),
            "the exact name comes first"
        );
        assert_eq!(find("东苑", None, Level::Village), None, "a community or a village");
        assert_eq!(find("第一网格", None, Level::Grid), None);
        assert_eq!(
            find("第一网格", Some("321099101"), Level::Grid),
            Some("321099101001001")
        );
        assert_eq!(find("锦湖社区", Some("321099001"), Level::Village), None);
    }

    #[test]
    fn a_place_has_the_class_of_the_nearest_area_that_has_one() {
        let mut atlas = atlas();
        let mut set = |code: &str, class| atlas.areas.get_mut(code).expect("an area").area_class = Some(class);
        set("321099101", 2);
        set("321099101001001", 1);
        assert_eq!(atlas.area_class("321099101001001"), Some(1));
        assert_eq!(atlas.area_class("321099101001"), Some(2));
        assert_eq!(
            atlas.area_class("321099101001777"),
            Some(2),
            "a grid that is not there yet"
        );
        assert_eq!(atlas.area_class("321099001001001"), None);
        assert_eq!(atlas.area_class("nowhere"), None);
    }

    #[test]
    fn a_place_has_its_towns_body() {
        let atlas = atlas();
        let at = |area, level| atlas.body_at(area, level).map(|it| it.code.as_str());
        assert_eq!(at("321099101001001", Level::Town), Some("T321099101"));
        assert_eq!(at("321099101001001", Level::Village), None);
        assert_eq!(at("321099", Level::Town), None);
        assert_eq!(
            atlas.find_body(" 大桥镇人民政府 ").map(|it| it.code.as_str()),
            Some("T321099101")
        );
    }
}
