//! Polygons from GeoJSON: checked feature by feature, converted to WGS 84, ready to be stored.
//!
//! Features are parsed one by one, so that one broken geometry does not hide what else is in the file. Geometry is
//! checked in the coordinates of the file, because that is where somebody has to mend it, and converted afterwards.

use geo::orient::{Direction, Orient};
use geo::{
    Area, BooleanOps, BoundingRect, Coord, InteriorPoint, Intersects, LineString, MapCoords, MultiPolygon, Polygon,
    Validation,
};
use kernel::intake::{Kind, Problem, tidy};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};
use serde::Deserialize;
use serde_json::Value;
use standards::{AreaCode, Crs, Point};

use super::divisions::{bad_name, code_or_problem};
use super::{Options, WRONG_LEVEL};
use crate::wkb;

/// JSON, but not a feature, a collection of features or JSON at all.
pub(crate) const NOT_GEOJSON: Kind = Kind::error(
    "grid.import_not_geojson",
    "文件不是GeoJSON：{why}",
    "The file is not GeoJSON: {why}",
);
/// A map projection, or a datum that is not converted.
pub(crate) const OTHER_CRS: Kind = Kind::error(
    "grid.import_other_crs",
    "文件声明的坐标系“{value}”不受支持，请转换为经纬度（WGS 84/CGCS2000、GCJ-02或BD-09）",
    "The file declares the coordinate system “{value}”, which is not supported; convert it to longitude and latitude (WGS 84/CGCS2000, GCJ-02 or BD-09)",
);
/// No code among the properties.
pub(crate) const NO_CODE: Kind = Kind::error(
    "grid.import_no_code",
    "要素没有代码（属性code、adcode或要素id）",
    "The feature has no code (property code, adcode or the feature's id)",
);
/// No geometry, or one without points.
pub(crate) const EMPTY: Kind = Kind::error("grid.import_shape_empty", "{code}没有图形", "{code} has no geometry");
/// Points or lines.
pub(crate) const NOT_POLYGON: Kind = Kind::error(
    "grid.import_not_polygon",
    "{code}的图形是{value}，应为Polygon或MultiPolygon",
    "The geometry of {code} is a {value}; a Polygon or MultiPolygon is needed",
);
/// Coordinates that are not arrays of numbers.
pub(crate) const UNREADABLE: Kind = Kind::error(
    "grid.import_shape_unreadable",
    "{code}的坐标无法读取：{why}",
    "The coordinates of {code} cannot be read: {why}",
);
/// The last point of a ring is not its first.
pub(crate) const NOT_CLOSED: Kind = Kind::error(
    "grid.import_not_closed",
    "{code}的{ring}没有闭合",
    "{ring_en} of {code} is not closed",
);
/// A ring without an inside.
pub(crate) const TOO_FEW_POINTS: Kind = Kind::error(
    "grid.import_too_few_points",
    "{code}的{ring}只有{found}个点，至少需要4个（含闭合点）",
    "{ring_en} of {code} has {found} points; it needs at least 4 with the closing one",
);
/// All points of a ring on one line.
pub(crate) const FLAT: Kind = Kind::error(
    "grid.import_flat",
    "{code}的{ring}面积为零",
    "{ring_en} of {code} has no area",
);
/// Outside the globe.
pub(crate) const OUT_OF_RANGE: Kind = Kind::error(
    "grid.import_out_of_range",
    "{code}的坐标{at}超出经纬度范围",
    "The coordinate {at} of {code} is no longitude and latitude",
);
/// Latitude first.
pub(crate) const SWAPPED: Kind = Kind::error(
    "grid.import_swapped",
    "{code}的坐标{at}像是纬度在前；应为经度在前",
    "The coordinate {at} of {code} seems to have the latitude first; the longitude comes first",
);
/// A ring crosses or touches itself.
pub(crate) const SELF_INTERSECTION: Kind = Kind::error(
    "grid.import_self_intersection",
    "{code}的{ring}在{at}附近自相交",
    "{ring_en} of {code} intersects itself near {at}",
);
/// Holes outside, rings that cross each other, parts that overlap.
pub(crate) const INVALID: Kind = Kind::error(
    "grid.import_invalid_shape",
    "{code}的图形无效：{why}",
    "The geometry of {code} is not valid: {why}",
);
/// More points than can be checked in reasonable time.
pub(crate) const TOO_DETAILED: Kind = Kind::error(
    "grid.import_too_detailed",
    "{code}的图形有{found}个点，超过{most}个，请先简化",
    "The geometry of {code} has {found} points, more than {most}; simplify it first",
);
/// Two areas of one parent share ground.
pub(crate) const OVERLAP: Kind = Kind::warning(
    "grid.import_overlap",
    "{code}与{other}重叠约{area}平方米",
    "{code} overlaps {other} by about {area} m²",
);
/// A shape does not lie in its parent's.
pub(crate) const OUTSIDE_PARENT: Kind = Kind::warning(
    "grid.import_outside_parent",
    "{code}的中心不在上级{parent}的图形内",
    "The middle of {code} is not inside the shape of its parent {parent}",
);

/// The most points of one shape: the check of holes and parts grows with the square of it.
pub(crate) const MOST_POINTS: usize = 20_000;
/// What a ring must enclose, in square degrees: about a hundredth of a square metre.
const LEAST_AREA: f64 = 1e-12;
/// Overlaps up to this share of the smaller area are slips of the pen, not of the plan.
const OVERLAP_SHARE: f64 = 0.001;
/// Overlaps up to this many square metres are never reported.
const OVERLAP_M2: f64 = 100.0;

/// A shape as read: WGS 84, valid, outer rings counter-clockwise.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ShapeRow {
    /// Whose shape it is.
    pub code: AreaCode,
    /// The name among the properties, if there is one.
    pub name: Option<String>,
    /// The shape in WGS 84.
    pub shape: MultiPolygon<f64>,
    /// The same as it is stored.
    pub wkb: Vec<u8>,
    /// West, south, east and north end.
    pub bbox: [f64; 4],
    /// A point inside, for a label: longitude and latitude.
    pub center: [f64; 2],
    /// The coordinate system it came in.
    pub source: Crs,
    /// The file it came from.
    pub file: String,
    /// Number of the feature in the file, from 1.
    pub feature: u64,
}

impl ShapeRow {
    /// A shape in WGS 84 that came from no file; none if it is empty.
    pub(crate) fn new(code: AreaCode, shape: &MultiPolygon<f64>, source: Crs) -> Option<Self> {
        let shape = shape.orient(Direction::Default);
        let bounds = shape.bounding_rect()?;
        let center = shape.interior_point()?;
        Some(Self {
            code,
            name: None,
            wkb: wkb::encode(&shape),
            bbox: [bounds.min().x, bounds.min().y, bounds.max().x, bounds.max().y],
            center: [center.x(), center.y()],
            shape,
            source,
            file: String::new(),
            feature: 0,
        })
    }
}

/// What one file held.
#[derive(Debug, Default)]
pub(crate) struct Read {
    /// The shapes that were understood.
    pub shapes: Vec<ShapeRow>,
    /// What was wrong.
    pub problems: Vec<Problem>,
}

#[derive(Deserialize)]
struct Collection {
    #[serde(rename = "type")]
    kind: Option<String>,
    crs: Option<Value>,
    features: Option<Vec<Value>>,
}

#[derive(Deserialize)]
struct Feature {
    id: Option<Value>,
    properties: Option<serde_json::Map<String, Value>>,
    geometry: Option<Value>,
}

/// Reads one file of GeoJSON: a collection of features or a single one.
pub(crate) fn read(file: &str, text: &str, options: &Options) -> Read {
    let mut read = Read::default();
    let not_geojson = |why: &str| Problem::new(&NOT_GEOJSON, file).arg("why", why);
    let collection: Collection = match serde_json::from_str(text) {
        Ok(collection) => collection,
        Err(error) => {
            let line = u64::try_from(error.line()).unwrap_or(0).max(1);
            read.problems.push(not_geojson(&error.to_string()).line(line));
            return read;
        }
    };
    if let Some(name) = collection
        .crs
        .as_ref()
        .and_then(|crs| crs.pointer("/properties/name"))
        .and_then(Value::as_str)
        && !is_degrees(name)
    {
        read.problems.push(Problem::new(&OTHER_CRS, file).arg("value", name));
        return read;
    }
    let features = match (collection.kind.as_deref(), collection.features) {
        (Some("FeatureCollection"), Some(features)) => features,
        (Some("Feature"), _) => match serde_json::from_str(text) {
            Ok(feature) => vec![feature],
            Err(_) => Vec::new(),
        },
        (kind, _) => {
            read.problems
                .push(not_geojson(&format!("type {}", kind.unwrap_or("?"))));
            return read;
        }
    };
    for (feature, number) in features.into_iter().zip(1..) {
        match serde_json::from_value::<Feature>(feature) {
            Ok(feature) => read.feature(file, number, feature, options),
            Err(error) => read.problems.push(not_geojson(&error.to_string()).line(number)),
        }
    }
    read
}

/// The names of coordinate systems in degrees that need no reprojection.
fn is_degrees(name: &str) -> bool {
    ["CRS84", "4326", "4490"]
        .iter()
        .any(|known| name.to_ascii_uppercase().ends_with(known))
}

/// The first of the properties that says something.
fn property(feature: &Feature, names: &[&str]) -> Option<String> {
    let properties = feature.properties.as_ref()?;
    names.iter().filter_map(|name| properties.get(*name)).find_map(word)
}

fn word(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(tidy(text).to_owned()).filter(|t| !t.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

impl Read {
    fn feature(&mut self, file: &str, number: u64, feature: Feature, options: &Options) {
        let name = property(&feature, &["name", "NAME", "Name", "名称", "网格名称"]);
        let code = property(
            &feature,
            &["code", "CODE", "Code", "adcode", "代码", "编码", "区划代码", "网格编码"],
        )
        .or_else(|| feature.id.as_ref().and_then(word));
        let Some(cell) = code else {
            self.problems.push(Problem::new(&NO_CODE, file).line(number));
            return;
        };
        let code = match code_or_problem(&cell, name.as_deref().unwrap_or("")) {
            Ok(code) => code,
            Err(problem) => {
                self.problems.push(problem.at(file, number));
                return;
            }
        };
        let before = self.problems.len();
        if let Some(wanted) = options.level.filter(|wanted| *wanted != code.level()) {
            let problem = Problem::new(&WRONG_LEVEL, file).line(number).arg("code", code);
            let problem = problem
                .arg("name", name.as_deref().unwrap_or(""))
                .arg("level", code.level().zh());
            let problem = problem.arg("level_en", code.level()).arg("wanted", wanted.zh());
            self.problems.push(problem.arg("wanted_en", wanted));
        }
        self.problems.extend(
            name.as_deref()
                .and_then(|name| bad_name(code, name))
                .map(|p| p.at(file, number)),
        );
        let checker = Checker { file, number, code };
        let shape = match checker.polygons(feature.geometry) {
            Ok(shape) => shape,
            Err(problem) => {
                self.problems.push(*problem);
                return;
            }
        };
        if self.problems.len() > before {
            return;
        }
        match checker.finish(&shape, name, options.crs) {
            Ok(row) => self.shapes.push(row),
            Err(problem) => self.problems.push(*problem),
        }
    }
}

/// One feature on its way from JSON to a shape.
struct Checker<'a> {
    file: &'a str,
    number: u64,
    code: AreaCode,
}

/// Boxed, because a problem is far larger than what is passed on when all is well.
type Checked<T> = Result<T, Box<Problem>>;

impl Checker<'_> {
    fn problem(&self, kind: &'static Kind) -> Problem {
        Problem::new(kind, self.file).line(self.number).arg("code", self.code)
    }

    /// The geometry as polygons, still in the coordinates of the file.
    fn polygons(&self, geometry: Option<Value>) -> Checked<MultiPolygon<f64>> {
        let Some(geometry) = geometry.filter(|g| !g.is_null()) else {
            return Err(self.problem(&EMPTY).into());
        };
        let geometry: geojson::Geometry =
            serde_json::from_value(geometry).map_err(|error| self.problem(&UNREADABLE).arg("why", error))?;
        let polygons = match geometry.value {
            geojson::GeometryValue::Polygon { coordinates } => vec![coordinates],
            geojson::GeometryValue::MultiPolygon { coordinates } => coordinates,
            other => return Err(self.problem(&NOT_POLYGON).arg("value", other.type_name()).into()),
        };
        let points: usize = polygons.iter().flatten().map(Vec::len).sum();
        if points == 0 {
            return Err(self.problem(&EMPTY).into());
        }
        if points > MOST_POINTS {
            return Err(self
                .problem(&TOO_DETAILED)
                .arg("found", points)
                .arg("most", MOST_POINTS)
                .into());
        }
        let shape = MultiPolygon(
            polygons
                .iter()
                .map(|rings| self.polygon(rings))
                .collect::<Checked<_>>()?,
        );
        // The check of rings above says where they cross; this one knows holes and parts.
        if shape.0.len() > 1 || shape.iter().any(|p| !p.interiors().is_empty()) {
            shape
                .check_validation()
                .map_err(|error| self.problem(&INVALID).arg("why", error))?;
        }
        Ok(shape)
    }

    fn polygon(&self, rings: &[Vec<geojson::Position>]) -> Checked<Polygon<f64>> {
        let mut checked = Vec::with_capacity(rings.len());
        for (index, ring) in rings.iter().enumerate() {
            checked.push(self.ring(index, ring)?);
        }
        let mut checked = checked.into_iter();
        let Some(exterior) = checked.next() else {
            return Err(self.problem(&EMPTY).into());
        };
        Ok(Polygon::new(exterior, checked.collect()))
    }

    fn ring(&self, index: usize, ring: &[geojson::Position]) -> Checked<LineString<f64>> {
        let problem = |kind| {
            let (zh, en) = match index {
                0 => ("外环".to_owned(), "The outer ring".to_owned()),
                hole => (format!("第{hole}个内环"), format!("Hole {hole}")),
            };
            self.problem(kind).arg("ring", zh).arg("ring_en", en)
        };
        let mut points: Vec<Coord<f64>> = Vec::with_capacity(ring.len());
        for position in ring {
            let [x, y, ..] = position.as_slice() else {
                return Err(self.problem(&UNREADABLE).arg("why", "[ ]").into());
            };
            let point = Coord { x: *x, y: *y };
            self.in_range(point)?;
            // A point repeated at once adds nothing and is no mistake.
            if points.last() != Some(&point) {
                points.push(point);
            }
        }
        if points.len() < 4 {
            return Err(problem(&TOO_FEW_POINTS).arg("found", ring.len()).into());
        }
        if points.first() != points.last() {
            return Err(problem(&NOT_CLOSED).into());
        }
        let ring = LineString(points);
        if let Some(at) = crossing(&ring) {
            return Err(problem(&SELF_INTERSECTION).arg("at", show(at)).into());
        }
        if Polygon::new(ring.clone(), Vec::new()).unsigned_area() < LEAST_AREA {
            return Err(problem(&FLAT).into());
        }
        Ok(ring)
    }

    fn in_range(&self, point: Coord<f64>) -> Checked<()> {
        let globe = (-180.0..=180.0).contains(&point.x) && (-90.0..=90.0).contains(&point.y);
        // China lies between 18° and 54° north and 73° and 135° east, so its two coordinates cannot be taken for each
        // other; a point of the far north is the only one to be suspected wrongly.
        if (18.0..=54.0).contains(&point.x) && (73.0..=135.5).contains(&point.y) {
            return Err(self.problem(&SWAPPED).arg("at", show(point)).into());
        }
        if globe {
            Ok(())
        } else {
            Err(self.problem(&OUT_OF_RANGE).arg("at", show(point)).into())
        }
    }

    fn finish(&self, shape: &MultiPolygon<f64>, name: Option<String>, source: Crs) -> Checked<ShapeRow> {
        let row = ShapeRow::new(self.code, &to_wgs84(shape, source), source);
        let mut row = row.ok_or_else(|| self.problem(&EMPTY))?;
        row.name = name;
        self.file.clone_into(&mut row.file);
        row.feature = self.number;
        Ok(row)
    }
}

fn show(point: Coord<f64>) -> String {
    format!("[{}, {}]", point.x, point.y)
}

/// Every point by itself, so that borders which two shapes share stay shared.
fn to_wgs84(shape: &MultiPolygon<f64>, source: Crs) -> MultiPolygon<f64> {
    shape.map_coords(|point| {
        let point = Point {
            lng: point.x,
            lat: point.y,
        }
        .convert(source, Crs::Wgs84);
        Coord {
            x: point.lng,
            y: point.lat,
        }
    })
}

/// Where a closed ring crosses, touches or doubles back on itself.
fn crossing(ring: &LineString<f64>) -> Option<Coord<f64>> {
    let lines: Vec<geo::Line<f64>> = ring.lines().collect();
    let last = lines.len() - 1;
    let tree = RTree::bulk_load(
        lines
            .iter()
            .enumerate()
            .map(|(index, line)| GeomWithData::new(Rectangle::from_corners(line.start.into(), line.end.into()), index))
            .collect::<Vec<GeomWithData<Rectangle<[f64; 2]>, usize>>>(),
    );
    lines.iter().enumerate().find_map(|(index, line)| {
        let envelope = AABB::from_corners(line.start.into(), line.end.into());
        tree.locate_in_envelope_intersecting(envelope).find_map(|found| {
            let other = lines[found.data];
            if found.data <= index {
                return None;
            }
            let meets = geo::line_intersection::line_intersection(*line, other)?;
            let point = match meets {
                geo::LineIntersection::SinglePoint { intersection, .. } => intersection,
                // Two neighbours that share more than their corner run back over each other.
                geo::LineIntersection::Collinear { intersection } => return Some(intersection.start),
            };
            let neighbours = found.data == index + 1 || (index == 0 && found.data == last);
            (!neighbours).then_some(point)
        })
    })
}

/// Compares the shapes of one import, sorted by code: siblings that overlap, children outside their parent.
pub(crate) fn compare(shapes: &[ShapeRow]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let tree = RTree::bulk_load(
        shapes
            .iter()
            .enumerate()
            .map(|(index, row)| {
                let [west, south, east, north] = row.bbox;
                GeomWithData::new(Rectangle::from_corners([west, south], [east, north]), index)
            })
            .collect::<Vec<GeomWithData<Rectangle<[f64; 2]>, usize>>>(),
    );
    for (index, row) in shapes.iter().enumerate() {
        let [west, south, east, north] = row.bbox;
        let envelope = AABB::from_corners([west, south], [east, north]);
        let mut others: Vec<&ShapeRow> = tree
            .locate_in_envelope_intersecting(envelope)
            .filter(|found| found.data > index)
            .map(|found| &shapes[found.data])
            .filter(|other| other.code.level() == row.code.level())
            .collect();
        others.sort_by_key(|other| other.code);
        for other in others {
            if let Some(area) = overlap(row, other) {
                let problem = Problem::new(&OVERLAP, &row.file)
                    .line(row.feature)
                    .arg("code", row.code);
                problems.push(problem.arg("other", other.code).arg("area", area.round()));
            }
        }
        let parent = row
            .code
            .parent()
            .and_then(|code| shapes.binary_search_by_key(&code, |other| other.code).ok());
        let parent = parent.and_then(|index| shapes.get(index));
        if let Some(parent) = parent.filter(|p| !p.shape.intersects(&geo::Point::from(row.center))) {
            let problem = Problem::new(&OUTSIDE_PARENT, &row.file)
                .line(row.feature)
                .arg("code", row.code);
            problems.push(problem.arg("parent", parent.code));
        }
    }
    problems
}

/// The ground that two shapes share, in square metres, if it is more than a slip of the pen.
fn overlap(one: &ShapeRow, other: &ShapeRow) -> Option<f64> {
    let shared = one.shape.intersection(&other.shape).unsigned_area();
    let smaller = one.shape.unsigned_area().min(other.shape.unsigned_area());
    let degree = 111_195.0_f64;
    let square_metres = shared * degree * degree * one.center[1].to_radians().cos();
    (shared > smaller * OVERLAP_SHARE && square_metres > OVERLAP_M2).then_some(square_metres)
}
