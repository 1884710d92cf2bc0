//! Which grid is this? All shaped areas in memory, asked by point.
//!
//! An R-tree over the bounding boxes of all parts finds the few candidates, an exact test of rings decides. The index
//! never changes: when areas are imported or edited, a new one is built with the new [`Atlas`](crate::atlas::Atlas).
//!
//! A point on a border belongs to exactly one area: the one with the lowest code. Since a code begins with the code of
//! the area above, the answer is the same whether one asks for the grid or for the village. Where areas of one level
//! overlap (a dedicated grid laid over general ones), the smaller one has the point.

use std::collections::{BTreeMap, HashMap};

use geo::kernels::{Kernel, Orientation, RobustKernel};
use geo::{Area, BoundingRect, Coord, LineString, MultiPolygon, Polygon};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};
use standards::{AreaCode, Level, Point};

/// An area as the index needs it.
#[derive(Clone, Debug)]
pub(crate) struct IndexedArea {
    /// Its code.
    pub code: AreaCode,
    /// Its name.
    pub name: String,
    /// Its shape in WGS 84, if it has one.
    pub shape: Option<MultiPolygon<f64>>,
}

/// Code and name of an area.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Its code.
    pub code: AreaCode,
    /// Its name; empty if the area is not in the index.
    pub name: String,
}

/// Where a point lies, from the inside out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Located {
    /// The grid.
    pub grid: Option<Named>,
    /// The village.
    pub village: Option<Named>,
    /// The town.
    pub town: Option<Named>,
    /// The district.
    pub district: Option<Named>,
    /// How far outside the innermost of these areas the point lies, in metres; 0 inside.
    pub distance: f64,
}

impl Located {
    /// The innermost area that was found.
    pub fn innermost(&self) -> Option<&Named> {
        self.grid
            .as_ref()
            .or(self.village.as_ref())
            .or(self.town.as_ref())
            .or(self.district.as_ref())
    }
}

type Part = GeomWithData<Rectangle<[f64; 2]>, (usize, usize)>;

/// One metre on the meridian, in degrees.
const METRE: f64 = 1.0 / 111_195.0;

/// All areas at one moment.
#[derive(Debug, Default)]
pub(crate) struct AreaIndex {
    tree: RTree<Part>,
    shaped: Vec<Shaped>,
    place: HashMap<AreaCode, usize>,
    names: BTreeMap<AreaCode, String>,
}

#[derive(Debug)]
struct Shaped {
    code: AreaCode,
    polygons: Vec<Polygon<f64>>,
    area: f64,
}

impl AreaIndex {
    /// Builds the index of these areas.
    pub(crate) fn new(areas: impl IntoIterator<Item = IndexedArea>) -> Self {
        let mut index = Self::default();
        let mut parts = Vec::new();
        for area in areas {
            index.names.insert(area.code, area.name);
            let Some(shape) = area.shape else { continue };
            let size = shape.unsigned_area();
            for (number, polygon) in shape.0.iter().enumerate() {
                if let Some(bounds) = polygon.bounding_rect() {
                    let bounds = Rectangle::from_corners(bounds.min().into(), bounds.max().into());
                    parts.push(GeomWithData::new(bounds, (index.shaped.len(), number)));
                }
            }
            index.place.insert(area.code, index.shaped.len());
            index.shaped.push(Shaped {
                code: area.code,
                polygons: shape.0,
                area: size,
            });
        }
        index.tree = RTree::bulk_load(parts);
        index
    }

    /// The polygons of an area, if it has a shape.
    pub(crate) fn shape(&self, code: AreaCode) -> Option<&[Polygon<f64>]> {
        let shaped = self.shaped.get(*self.place.get(&code)?)?;
        Some(&shaped.polygons)
    }

    /// West, south, east and north end of all shapes.
    pub(crate) fn bounds(&self) -> Option<[f64; 4]> {
        let around = self.tree.root().envelope();
        let ([west, south], [east, north]) = (around.lower(), around.upper());
        (west <= east && south <= north).then_some([west, south, east, north])
    }

    /// Where a point (WGS 84) lies; nothing if it is outside all shapes.
    pub(crate) fn locate(&self, point: Point) -> Option<Located> {
        let point = Coord {
            x: point.lng,
            y: point.lat,
        };
        // The area that has the point best at each level; levels order from the outside in.
        let mut best: BTreeMap<Level, (bool, f64, AreaCode)> = BTreeMap::new();
        for part in self.tree.locate_all_at_point(point.into()) {
            let (shaped, polygon) = part.data;
            let Some(shaped) = self.shaped.get(shaped) else {
                continue;
            };
            let rank = match shaped.polygons.get(polygon).map(|polygon| side(polygon, point)) {
                Some(Side::Inside) => (false, shaped.area, shaped.code),
                Some(Side::Border) => (true, 0.0, shaped.code),
                Some(Side::Outside) | None => continue,
            };
            let current = best.entry(shaped.code.level()).or_insert(rank);
            if (rank.0, rank.1, rank.2) < *current {
                *current = rank;
            }
        }
        best.last_key_value().map(|(_, (_, _, code))| self.located(*code, 0.0))
    }

    /// As [`locate`](Self::locate), but a point outside, or in a gap between the innermost areas, is given to the
    /// nearest one within so many metres. An area that has the point keeps it: only what lies inside that area may
    /// be nearer.
    pub(crate) fn locate_near(&self, point: Point, metres: f64) -> Option<Located> {
        let exact = self.locate(point);
        let held = exact.as_ref().and_then(|l| l.innermost()).map(|named| named.code);
        let nearest = self.nearest(
            Coord {
                x: point.lng,
                y: point.lat,
            },
            metres,
            held,
        );
        nearest.map(|(code, distance)| self.located(code, distance)).or(exact)
    }

    /// The nearest of the innermost areas in reach, inside `held` and further in than it.
    fn nearest(&self, point: Coord<f64>, metres: f64, held: Option<AreaCode>) -> Option<(AreaCode, f64)> {
        if !(metres > 0.0 && point.x.is_finite() && point.y.is_finite()) {
            return None;
        }
        let squeeze = point.y.to_radians().cos().max(0.01);
        let (dx, dy) = (metres * METRE / squeeze, metres * METRE);
        let reach = AABB::from_corners([point.x - dx, point.y - dy], [point.x + dx, point.y + dy]);
        let in_reach = self.tree.locate_in_envelope_intersecting(reach).filter_map(|part| {
            let (shaped, polygon) = part.data;
            let shaped = self.shaped.get(shaped)?;
            if held.is_some_and(|held| held == shaped.code || !held.contains(shaped.code)) {
                return None;
            }
            let distance = distance(shaped.polygons.get(polygon)?, point, squeeze) / METRE;
            (distance <= metres).then_some((shaped.code, distance))
        });
        in_reach.min_by(|(one, d1), (other, d2)| {
            // Further in first, then nearer, then the lower code.
            other
                .level()
                .cmp(&one.level())
                .then(d1.total_cmp(d2))
                .then(one.cmp(other))
        })
    }

    fn located(&self, code: AreaCode, distance: f64) -> Located {
        let named = |level| {
            let code = code.at(level)?;
            Some(Named {
                code,
                name: self.names.get(&code).cloned().unwrap_or_default(),
            })
        };
        Located {
            grid: named(Level::Grid),
            village: named(Level::Village),
            town: named(Level::Town),
            district: named(Level::District),
            distance,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Inside,
    Border,
    Outside,
}

fn side(polygon: &Polygon<f64>, point: Coord<f64>) -> Side {
    match side_of_ring(polygon.exterior(), point) {
        Side::Inside => {}
        other => return other,
    }
    for hole in polygon.interiors() {
        match side_of_ring(hole, point) {
            Side::Inside => return Side::Outside,
            Side::Border => return Side::Border,
            Side::Outside => {}
        }
    }
    Side::Inside
}

/// Counts how often a ray to the east crosses the ring. Which side of an edge the point is on is decided exactly, so
/// two areas with a common edge never both have, nor both lack, a point beside it.
fn side_of_ring(ring: &LineString<f64>, point: Coord<f64>) -> Side {
    let mut inside = false;
    for edge in ring.lines() {
        let (low, high) = if edge.start.y <= edge.end.y {
            (edge.start, edge.end)
        } else {
            (edge.end, edge.start)
        };
        if point.y < low.y || point.y > high.y || point.x > low.x.max(high.x) {
            continue;
        }
        if low.y == high.y {
            if point.x >= low.x.min(high.x) {
                return Side::Border;
            }
            continue;
        }
        match RobustKernel::orient2d(low, high, point) {
            Orientation::Collinear => return Side::Border,
            // To the left of an edge that goes up: the ray crosses it. The upper end belongs to the next edge.
            Orientation::CounterClockwise if point.y < high.y => inside = !inside,
            _ => {}
        }
    }
    if inside { Side::Inside } else { Side::Outside }
}

/// From a point outside to the nearest edge, in degrees of latitude.
fn distance(polygon: &Polygon<f64>, point: Coord<f64>, squeeze: f64) -> f64 {
    if side(polygon, point) != Side::Outside {
        return 0.0;
    }
    let rings = std::iter::once(polygon.exterior()).chain(polygon.interiors());
    let to_edge = rings.flat_map(LineString::lines).map(|edge| {
        let flat = |c: Coord<f64>| Coord {
            x: (c.x - point.x) * squeeze,
            y: c.y - point.y,
        };
        let (a, b) = (flat(edge.start), flat(edge.end));
        let (dx, dy) = (b.x - a.x, b.y - a.y);
        let length = dx * dx + dy * dy;
        let along = if length > 0.0 {
            (-(a.x * dx + a.y * dy) / length).clamp(0.0, 1.0)
        } else {
            0.0
        };
        (a.x + along * dx).hypot(a.y + along * dy)
    });
    to_edge.fold(f64::INFINITY, f64::min)
}

#[cfg(test)]
mod tests;
