//! Shapes as a map wants them: GeoJSON with rounded coordinates, and fewer points for a look from afar.
//!
//! Neighbours stay neighbours: a border is thinned out once for both areas beside it. The rings are cut where borders of
//! several areas meet, and each piece is simplified by itself and in one direction, whichever area it is part of.

use std::collections::HashMap;

use geo::{Coord, LineString, Polygon, SimplifyIdx};
use serde::Serialize;
use standards::Level;
use utoipa::ToSchema;

use crate::model::{Area, GridKind, level_schema};

/// Shapes of areas, in WGS 84.
#[derive(Serialize, ToSchema)]
pub(crate) struct FeatureCollection {
    /// `FeatureCollection`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// One for each area that has a shape.
    features: Vec<Feature>,
}

/// An area's shape.
#[derive(Serialize, ToSchema)]
pub(crate) struct Feature {
    /// `Feature`.
    #[serde(rename = "type")]
    kind: &'static str,
    properties: Properties,
    geometry: Geometry,
}

/// What a map shows of an area.
#[derive(Serialize, ToSchema)]
pub(crate) struct Properties {
    code: String,
    name: String,
    name_en: Option<String>,
    #[schema(schema_with = level_schema)]
    level: Level,
    kind: Option<GridKind>,
}

/// A shape.
#[derive(Serialize, ToSchema)]
pub(crate) struct Geometry {
    /// `MultiPolygon`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// Polygons of rings of longitudes and latitudes.
    #[schema(value_type = Vec<Vec<Vec<Vec<f64>>>>)]
    coordinates: Vec<Vec<Vec<[f64; 2]>>>,
}

/// The areas' shapes; with `metres` above zero without the points that are off the line by less.
pub(crate) fn features(areas: &[(&Area, &[Polygon])], metres: f64) -> FeatureCollection {
    let rings: Vec<Ring> = areas
        .iter()
        .flat_map(|it| it.1)
        .flat_map(rings_of)
        .map(Ring::new)
        .collect();
    let pen = (metres > 0.0).then(|| Pen::new(&rings, metres));
    let mut drawn = rings
        .iter()
        .map(|ring| pen.as_ref().map_or_else(|| ring.closed(), |pen| pen.draw(ring)));
    let features = areas.iter().map(|(area, polygons)| Feature {
        kind: "Feature",
        properties: Properties {
            code: area.code.clone(),
            name: area.name.clone(),
            name_en: area.name_en.clone(),
            level: area.level,
            kind: area.kind,
        },
        geometry: Geometry {
            kind: "MultiPolygon",
            coordinates: polygons
                .iter()
                .map(|it| drawn.by_ref().take(1 + it.interiors().len()).collect())
                .collect(),
        },
    });
    FeatureCollection {
        kind: "FeatureCollection",
        features: features.collect(),
    }
}

fn rings_of(polygon: &Polygon) -> impl Iterator<Item = &LineString> {
    std::iter::once(polygon.exterior()).chain(polygon.interiors())
}

/// A place in millionths of a degree: a decimetre, and equal on both sides of a border.
type Spot = (i64, i64);

const MILLION: f64 = 1e6;

#[expect(clippy::cast_possible_truncation, reason = "180 million at most")]
fn spot(coord: &Coord) -> Spot {
    ((coord.x * MILLION).round() as i64, (coord.y * MILLION).round() as i64)
}

#[expect(clippy::cast_precision_loss, reason = "180 million at most")]
fn degrees((x, y): Spot) -> [f64; 2] {
    [x as f64 / MILLION, y as f64 / MILLION]
}

/// A ring without the point that closes it and without points that repeat the one before.
struct Ring(Vec<Spot>);

impl Ring {
    fn new(line: &LineString) -> Self {
        let mut spots: Vec<Spot> = line.coords().map(spot).collect();
        spots.dedup();
        if spots.len() > 1 && spots.first() == spots.last() {
            spots.pop();
        }
        Self(spots)
    }

    fn closed(&self) -> Vec<[f64; 2]> {
        self.0.iter().chain(self.0.first()).map(|it| degrees(*it)).collect()
    }

    /// Each spot with the one before and the one after.
    fn corners(&self) -> impl Iterator<Item = (Spot, Spot, Spot)> {
        let n = self.0.len();
        (0..n).map(move |i| (self.0[(i + n - 1) % n], self.0[i], self.0[(i + 1) % n]))
    }
}

/// Draws rings with fewer points.
struct Pen {
    /// The neighbours of each spot, over all rings: more than two and it is a junction.
    neighbours: HashMap<Spot, Vec<Spot>>,
    /// How far off the line a point may be dropped, in degrees of latitude.
    slack: f64,
    /// A degree of longitude in degrees of latitude.
    squeeze: f64,
}

/// The least that encloses something: three corners.
const CORNERS: usize = 3;

impl Pen {
    fn new(rings: &[Ring], metres: f64) -> Self {
        let mut neighbours: HashMap<Spot, Vec<Spot>> = HashMap::new();
        for (before, here, after) in rings.iter().flat_map(Ring::corners) {
            let known = neighbours.entry(here).or_default();
            for other in [before, after] {
                if !known.contains(&other) {
                    known.push(other);
                }
            }
        }
        let latitude = rings
            .first()
            .and_then(|it| it.0.first())
            .map_or(0.0, |it| degrees(*it)[1]);
        Self {
            neighbours,
            slack: metres / 111_195.0,
            squeeze: latitude.to_radians().cos(),
        }
    }

    fn is_junction(&self, spot: Spot) -> bool {
        self.neighbours.get(&spot).is_some_and(|it| it.len() > 2)
    }

    fn draw(&self, ring: &Ring) -> Vec<[f64; 2]> {
        // Without a junction both sides begin at the same spot all the same: the lowest.
        let lowest = || (0..ring.0.len()).min_by_key(|at| ring.0[*at]);
        let Some(first) = ring.0.iter().position(|it| self.is_junction(*it)).or_else(lowest) else {
            return Vec::new();
        };
        let mut rest = ring.0[first..].iter().chain(&ring.0[..=first]).copied();
        let mut drawn: Vec<Spot> = rest.next().into_iter().collect();
        let mut piece = drawn.clone();
        for spot in rest {
            piece.push(spot);
            if self.is_junction(spot) || spot == ring.0[first] {
                drawn.extend(self.thin(&piece).skip(1));
                piece = vec![spot];
            }
        }
        if drawn.len() <= CORNERS {
            return ring.closed();
        }
        drawn.into_iter().map(degrees).collect()
    }

    /// A piece of border with fewer points, the same whichever way it is walked.
    fn thin<'a>(&self, piece: &'a [Spot]) -> impl Iterator<Item = Spot> + use<'a> {
        let turned = piece.iter().rev().lt(piece.iter());
        let at = move |i: usize| if turned { piece[piece.len() - 1 - i] } else { piece[i] };
        let flat = |i: usize| {
            let [x, y] = degrees(at(i));
            Coord { x: x * self.squeeze, y }
        };
        let line: LineString = (0..piece.len()).map(flat).collect();
        let mut kept: Vec<Spot> = line.simplify_idx(self.slack).into_iter().map(at).collect();
        if turned {
            kept.reverse();
        }
        kept.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use geo::Area as _;
    use standards::AreaCode;

    use super::*;
    use crate::model::NewArea;

    fn draw(metres: f64) -> Vec<(f64, Vec<Vec<[f64; 2]>>)> {
        let demo = &*crate::seed::tests::ONE;
        let grids: Vec<_> = demo.areas.iter().filter(|it| it.level == Level::Grid).collect();
        let areas: Vec<Area> = grids
            .iter()
            .map(|it| {
                let new = NewArea {
                    code: it.code.clone(),
                    ..NewArea::default()
                };
                Area::from_new(AreaCode::parse(&it.code).expect("a code"), &new)
            })
            .collect();
        let shapes: Vec<_> = grids.iter().map(|it| [it.shape.clone()]).collect();
        let pairs: Vec<(&Area, &[Polygon])> = areas.iter().zip(shapes.iter().map(|it| &it[..])).collect();
        let drawn = features(&pairs, metres);
        grids
            .iter()
            .zip(drawn.features)
            .map(|(it, feature)| {
                (
                    it.shape.unsigned_area(),
                    feature.geometry.coordinates.into_iter().next().expect("a polygon"),
                )
            })
            .collect()
    }

    /// How many edges have no neighbour on the other side: those of the district's own border alone.
    fn open_edges(drawn: &[(f64, Vec<Vec<[f64; 2]>>)]) -> usize {
        let key = |p: [f64; 2]| (p[0].to_bits(), p[1].to_bits());
        let edges: HashSet<_> = drawn
            .iter()
            .flat_map(|it| &it.1)
            .flat_map(|ring| ring.windows(2))
            .map(|it| (key(it[0]), key(it[1])))
            .collect();
        edges.iter().filter(|(from, to)| !edges.contains(&(*to, *from))).count()
    }

    #[test]
    fn neighbours_stay_neighbours_with_fewer_points() {
        let points = |drawn: &[(f64, Vec<Vec<[f64; 2]>>)]| drawn.iter().map(|it| it.1[0].len()).sum::<usize>();
        let (all, few) = (draw(0.0), draw(60.0));
        assert!(points(&few) * 2 < points(&all), "{} of {}", points(&few), points(&all));
        // A gap between two grids would leave open edges inside the district too.
        assert!(open_edges(&few) < open_edges(&all));
        let around = |drawn: &[(f64, Vec<Vec<[f64; 2]>>)]| {
            drawn
                .iter()
                .map(|(_, rings)| {
                    Polygon::new(
                        rings[0].iter().map(|it| Coord { x: it[0], y: it[1] }).collect(),
                        Vec::new(),
                    )
                    .signed_area()
                })
                .sum::<f64>()
        };
        assert!((around(&few) / around(&all) - 1.0).abs() < 0.01);
        assert!(
            all.iter()
                .chain(&few)
                .all(|(_, rings)| rings[0].len() > CORNERS && rings[0].first() == rings[0].last())
        );
    }

    #[test]
    fn coordinates_have_six_digits() {
        let json = serde_json::to_string(&degrees(spot(&Coord {
            x: 119.123_456_78,
            y: 32.1,
        })))
        .expect("json");
        assert_eq!(json, "[119.123457,32.1]");
    }
}
