//! From sets of mesh cells to shapes: the walk around a set, and how each edge is drawn.
//!
//! An edge is drawn once, bends included, and every border that runs along it uses that one drawing. That makes the
//! borders of grids, villages and towns the same vertex for vertex.

use std::collections::HashMap;

use geo::{LineString, Polygon};
use rand::RngExt;
use rand::rngs::ChaCha8Rng;

use super::land::Land;
use super::mesh::{Point, distance};
use super::shapes::CENTRE;

/// Turns kilometres around the centre into degrees, rounded to a tenth of a metre.
pub(super) fn degrees(p: Point) -> (f64, f64) {
    let per_degree = 111.32;
    let round = |v: f64| (v * 1.0e6).round() / 1.0e6;
    (
        round(CENTRE.0 + p[0] / (per_degree * CENTRE.1.to_radians().cos())),
        round(CENTRE.1 + p[1] / per_degree),
    )
}

/// The borders of sets of cells, as walks along the edges of the mesh.
pub(super) struct Borders<'a> {
    pub(super) land: &'a Land,
    /// The edges of each cell.
    of_cell: Vec<Vec<usize>>,
}

impl<'a> Borders<'a> {
    pub(super) fn new(land: &'a Land) -> Self {
        let mut of_cell = vec![Vec::new(); land.mesh.sites.len()];
        for (i, edge) in land.mesh.edges.iter().enumerate() {
            of_cell[edge.left].push(i);
            of_cell[edge.right].push(i);
        }
        Self { land, of_cell }
    }

    /// The walks around a set of cells with the set on the left: edges, each with whether it is walked forward. More
    /// than one walk means a hole or two pieces.
    pub(super) fn walks(&self, cells: &[usize]) -> Vec<Vec<(usize, bool)>> {
        let mesh = &self.land.mesh;
        let mut own = vec![false; mesh.sites.len()];
        for &cell in cells {
            own[cell] = true;
        }
        let mut leaving: HashMap<usize, (usize, bool)> = HashMap::new();
        let mut starts = Vec::new();
        for &cell in cells {
            for &i in &self.of_cell[cell] {
                let edge = &mesh.edges[i];
                if own[edge.left] != own[edge.right] {
                    let along = edge.left == cell;
                    let start = if along { edge.from } else { edge.to };
                    leaving.insert(start, (i, along));
                    starts.push(start);
                }
            }
        }
        let mut walks = Vec::new();
        for start in starts {
            let mut walk = Vec::new();
            let mut at = start;
            while let Some((i, along)) = leaving.remove(&at) {
                walk.push((i, along));
                at = if along { mesh.edges[i].to } else { mesh.edges[i].from };
            }
            if !walk.is_empty() {
                walks.push(walk);
            }
        }
        walks
    }

    pub(super) fn is_whole(&self, cells: &[usize]) -> bool {
        self.walks(cells).len() == 1
    }
}

/// The edges as they are drawn, in degrees: each from its first corner over its bends to its last.
pub(super) struct Drawing(Vec<Vec<(f64, f64)>>);

impl Drawing {
    /// Draws the edges, given the grid of each cell (any number; cells outside have none).
    pub(super) fn new(land: &Land, grid_of: &[usize], rng: &mut ChaCha8Rng) -> Self {
        let mesh = &land.mesh;
        let calm = |a: usize, b: usize| land.is_bank(a, b) || land.urban[a] > 0.5;
        // A corner between only two grids is moved a little towards the border's next corners: country borders are
        // not as jagged as cells.
        let mut next: Vec<Vec<usize>> = vec![Vec::new(); mesh.corners.len()];
        let mut rests = vec![false; mesh.corners.len()];
        for edge in &mesh.edges {
            if grid_of[edge.left] != grid_of[edge.right] {
                next[edge.from].push(edge.to);
                next[edge.to].push(edge.from);
                if calm(edge.left, edge.right) {
                    rests[edge.from] = true;
                    rests[edge.to] = true;
                }
            }
        }
        let corners: Vec<Point> = (0..mesh.corners.len())
            .map(|i| {
                let c = mesh.corners[i];
                match next[i][..] {
                    [a, b] if !rests[i] => {
                        let (a, b) = (mesh.corners[a], mesh.corners[b]);
                        [0.5 * c[0] + 0.25 * (a[0] + b[0]), 0.5 * c[1] + 0.25 * (a[1] + b[1])]
                    }
                    _ => c,
                }
            })
            .collect();
        let lines = mesh.edges.iter().map(|edge| {
            let (from, to) = (corners[edge.from], corners[edge.to]);
            let mut line = vec![degrees(from)];
            let length = distance(from, to);
            // Country borders wander along ditches. The bends stay close to the edge, far from any other.
            if grid_of[edge.left] != grid_of[edge.right] && !calm(edge.left, edge.right) && length > 0.09 {
                let bends: &[f64] = if length > 0.24 { &[0.33, 0.67] } else { &[0.5] };
                for at in bends {
                    let at = at + rng.random_range(-0.08..0.08);
                    let on = [from[0] + (to[0] - from[0]) * at, from[1] + (to[1] - from[1]) * at];
                    let site = mesh.sites[if rng.random_bool(0.5) { edge.left } else { edge.right }];
                    let pull = rng.random_range(0.04..0.18) * (length / distance(on, site)).min(1.0);
                    line.push(degrees([
                        on[0] + (site[0] - on[0]) * pull,
                        on[1] + (site[1] - on[1]) * pull,
                    ]));
                }
            }
            line.push(degrees(to));
            line
        });
        Self(lines.collect())
    }

    /// The shape inside a walk that ends where it began.
    pub(super) fn shape(&self, walk: &[(usize, bool)]) -> Polygon<f64> {
        let mut ring: Vec<(f64, f64)> = Vec::new();
        for &(edge, along) in walk {
            let line = &self.0[edge];
            if along {
                ring.extend(line);
            } else {
                ring.extend(line.iter().rev());
            }
        }
        // Each edge starts where the one before ended, and corners nearer than the rounding fall together.
        ring.dedup();
        Polygon::new(LineString::from(ring), Vec::new())
    }
}
