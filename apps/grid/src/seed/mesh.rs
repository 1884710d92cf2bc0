//! A planar mesh for the demo district's map: the Voronoi cells of a set of sites.
//!
//! Every border on the map, of a grid, a village or a town, is a chain of edges of this one mesh. That is why the
//! shapes tile the district exactly: two neighbours share the very same edges, not two drawings of one line.

/// A point in kilometres east and north of the district's centre.
pub(super) type Point = [f64; 2];

/// One edge between two cells, with the cell `left` on its left hand when walked from `from` to `to`.
pub(super) struct Edge {
    pub(super) left: usize,
    pub(super) right: usize,
    /// Index of a corner.
    pub(super) from: usize,
    /// Index of a corner.
    pub(super) to: usize,
}

/// Cells around sites: corners are shared by exactly three cells.
pub(super) struct Mesh {
    pub(super) sites: Vec<Point>,
    pub(super) corners: Vec<Point>,
    pub(super) edges: Vec<Edge>,
}

pub(super) fn distance2(a: Point, b: Point) -> f64 {
    (a[0] - b[0]).powi(2) + (a[1] - b[1]).powi(2)
}

pub(super) fn distance(a: Point, b: Point) -> f64 {
    distance2(a, b).sqrt()
}

/// Twice the signed area: positive where `c` is on the left of the way from `a` to `b`.
fn turn(a: Point, b: Point, c: Point) -> f64 {
    (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
}

/// No neighbour: the outer side of the enclosing triangle.
const NONE: usize = usize::MAX;

#[derive(Clone, Copy)]
struct Triangle {
    /// Corners, counter-clockwise.
    at: [usize; 3],
    /// The triangle beyond the side opposite to the corner of the same index.
    beyond: [usize; 3],
    alive: bool,
}

/// Delaunay triangulation by insertion: every triangle whose circle holds the new point is opened, and the hole is
/// filled with triangles around the point.
struct Delaunay {
    points: Vec<Point>,
    triangles: Vec<Triangle>,
    free: Vec<usize>,
    last: usize,
}

impl Delaunay {
    fn new(sites: &[Point]) -> Self {
        let mut points = sites.to_vec();
        let n = points.len();
        points.extend([[-4.0e3, -3.0e3], [4.0e3, -3.0e3], [0.0, 5.0e3]]);
        let first = Triangle {
            at: [n, n + 1, n + 2],
            beyond: [NONE; 3],
            alive: true,
        };
        Self {
            points,
            triangles: vec![first],
            free: Vec::new(),
            last: 0,
        }
    }

    fn in_circle(&self, t: usize, p: Point) -> bool {
        let [a, b, c] = self.triangles[t].at.map(|i| {
            let q = self.points[i];
            [q[0] - p[0], q[1] - p[1]]
        });
        let lift = |q: Point| q[0] * q[0] + q[1] * q[1];
        let cross = |q: Point, r: Point| q[0] * r[1] - q[1] * r[0];
        lift(a) * cross(b, c) - lift(b) * cross(a, c) + lift(c) * cross(a, b) > 0.0
    }

    /// Walks towards the triangle that holds the point.
    fn locate(&self, p: Point) -> usize {
        let mut t = self.last;
        // The bound only guards against rounding sending the walk in circles; any triangle near the point will do.
        'walk: for _ in 0..self.triangles.len() + 3 {
            let tri = &self.triangles[t];
            for side in 0..3 {
                let (a, b) = (tri.at[(side + 1) % 3], tri.at[(side + 2) % 3]);
                if turn(self.points[a], self.points[b], p) < 0.0 && tri.beyond[side] != NONE {
                    t = tri.beyond[side];
                    continue 'walk;
                }
            }
            break;
        }
        t
    }

    fn insert(&mut self, index: usize) {
        let p = self.points[index];
        let start = self.locate(p);
        let mut open = vec![start];
        let mut cavity = vec![start];
        self.triangles[start].alive = false;
        // Sides of the hole: from, to, and the triangle outside.
        let mut rim = Vec::new();
        while let Some(t) = open.pop() {
            let tri = self.triangles[t];
            for side in 0..3 {
                let out = tri.beyond[side];
                if out != NONE && !self.triangles[out].alive {
                    continue;
                }
                if out != NONE && self.in_circle(out, p) {
                    self.triangles[out].alive = false;
                    open.push(out);
                    cavity.push(out);
                }
            }
        }
        for &t in &cavity {
            let tri = self.triangles[t];
            for side in 0..3 {
                let out = tri.beyond[side];
                if out == NONE || self.triangles[out].alive {
                    rim.push((tri.at[(side + 1) % 3], tri.at[(side + 2) % 3], out));
                }
            }
        }
        self.free.extend(cavity);
        let mut fan: Vec<(usize, usize, usize)> = Vec::with_capacity(rim.len());
        for (a, b, out) in rim {
            let fresh = Triangle {
                at: [index, a, b],
                beyond: [out, NONE, NONE],
                alive: true,
            };
            let slot = match self.free.pop() {
                Some(slot) => {
                    self.triangles[slot] = fresh;
                    slot
                }
                None => {
                    self.triangles.push(fresh);
                    self.triangles.len() - 1
                }
            };
            if out != NONE {
                let neighbour = &mut self.triangles[out];
                for side in 0..3 {
                    if neighbour.at[(side + 1) % 3] == b && neighbour.at[(side + 2) % 3] == a {
                        neighbour.beyond[side] = slot;
                    }
                }
            }
            fan.push((a, b, slot));
        }
        // Join the fan: the triangle that ends at a rim point meets the one that starts there.
        for &(_, b, slot) in &fan {
            if let Some(&(_, _, next)) = fan.iter().find(|other| other.0 == b) {
                self.triangles[slot].beyond[1] = next;
                self.triangles[next].beyond[2] = slot;
            }
        }
        self.last = fan.last().map_or(self.last, |last| last.2);
    }
}

/// The centre of the circle through three points.
fn circle_centre(a: Point, b: Point, c: Point) -> Point {
    let (bx, by) = (b[0] - a[0], b[1] - a[1]);
    let (cx, cy) = (c[0] - a[0], c[1] - a[1]);
    let d = 2.0 * (bx * cy - by * cx);
    let (b2, c2) = (bx * bx + by * by, cx * cx + cy * cy);
    [a[0] + (cy * b2 - by * c2) / d, a[1] + (bx * c2 - cx * b2) / d]
}

impl Mesh {
    /// Builds the cells. Sites at the rim of the set have no closed cell and get no edge towards the outside; put
    /// them outside whatever is to be drawn.
    pub(super) fn new(sites: Vec<Point>) -> Self {
        let n = sites.len();
        let mut delaunay = Delaunay::new(&sites);
        // Insertion in strips of alternating direction keeps the walk to the next point short.
        let mut order: Vec<(i64, i64, usize)> = sites.iter().enumerate().map(|(i, p)| strip_key(*p, i)).collect();
        order.sort_unstable();
        for (_, _, index) in order {
            delaunay.insert(index);
        }
        let mut corner_of = vec![NONE; delaunay.triangles.len()];
        let mut corners = Vec::new();
        for (t, tri) in delaunay.triangles.iter().enumerate() {
            if tri.alive && tri.at.iter().all(|&i| i < n) {
                corner_of[t] = corners.len();
                corners.push(circle_centre(sites[tri.at[0]], sites[tri.at[1]], sites[tri.at[2]]));
            }
        }
        let mut edges = Vec::new();
        for (t, tri) in delaunay.triangles.iter().enumerate() {
            if corner_of[t] == NONE {
                continue;
            }
            for side in 0..3 {
                let out = tri.beyond[side];
                if out == NONE || out < t || corner_of[out] == NONE {
                    continue;
                }
                // Walking from this triangle's centre to the next, the side's first point lies on the right.
                let (right, left) = (tri.at[(side + 1) % 3], tri.at[(side + 2) % 3]);
                edges.push(Edge {
                    left,
                    right,
                    from: corner_of[t],
                    to: corner_of[out],
                });
            }
        }
        Self { sites, corners, edges }
    }

    /// For each cell its neighbours and the length of the common edge; pairs for which `keep` is false are left out.
    pub(super) fn neighbours(&self, keep: impl Fn(usize, usize) -> bool) -> Vec<Vec<(usize, f64)>> {
        let mut all = vec![Vec::new(); self.sites.len()];
        for edge in &self.edges {
            let length = distance(self.corners[edge.from], self.corners[edge.to]);
            // Cells that touch in a point, or nearly so, are not neighbours: a part joined there would be pinched.
            if length > 0.004 && keep(edge.left, edge.right) {
                all[edge.left].push((edge.right, length));
                all[edge.right].push((edge.left, length));
            }
        }
        all
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "kilometres of one district, far inside the range"
)]
fn strip_key(p: Point, index: usize) -> (i64, i64, usize) {
    let strip = (p[1] / 0.8).floor() as i64;
    let along = (p[0] * 1.0e6) as i64;
    (strip, if strip % 2 == 0 { along } else { -along }, index)
}
