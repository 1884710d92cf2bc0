//! The lie of the land of the demo district: its outline, its waters, where people live, and the mesh over all of it.
//!
//! Cells are small where people are many, so that any few cells together hold about as many people as any others. In the
//! built-up middle and in the seats of the towns they lie in rows like blocks of houses; along the outline and the
//! waters they lie in pairs on both banks, so that borders follow them.

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use super::mesh::{Mesh, Point, distance, distance2};

/// The mesh with what is known about each of its cells.
pub(super) struct Land {
    pub(super) mesh: Mesh,
    /// Whether the cell belongs to the district.
    pub(super) inside: Vec<bool>,
    /// Which bank of the river the cell lies on.
    pub(super) east: Vec<bool>,
    /// Whether the cell lies beyond the canal, which joins the river from the west.
    pub(super) north: Vec<bool>,
    /// 1 in the built-up middle, 0 in open country.
    pub(super) urban: Vec<f64>,
    /// The seats of the towns, streets first.
    pub(super) seats: Vec<Point>,
    /// The river and the canal, as lines.
    pub(super) waters: Vec<Vec<Point>>,
    form: Form,
}

/// The random figures that make one district's outline and waters.
struct Form {
    waves: Vec<(f64, f64, f64)>,
    phase: [f64; 6],
}

impl Form {
    fn new(rng: &mut ChaCha8Rng) -> Self {
        // Few long waves give the district its build, many short ones the ins and outs of an old border.
        let waves = (2..=34)
            .map(|k| {
                let k = f64::from(k);
                (
                    k,
                    rng.random_range(0.5..1.0) * 0.2 / k.powf(1.15),
                    rng.random_range(0.0..std::f64::consts::TAU),
                )
            })
            .collect();
        Self {
            waves,
            phase: std::array::from_fn(|_| rng.random_range(0.0..std::f64::consts::TAU)),
        }
    }

    /// Distance of the outline from the centre in a direction, before the south bank cuts it.
    fn radius(&self, angle: f64) -> f64 {
        let base = 1.0 / ((angle.cos() / 19.0).powi(2) + (angle.sin() / 15.5).powi(2)).sqrt();
        base * (0.98
            + self
                .waves
                .iter()
                .map(|(k, a, p)| a * (k * angle + p).cos())
                .sum::<f64>())
    }

    /// The bank of the big river in the south, as northing by easting.
    fn south(&self, x: f64) -> f64 {
        -12.6 + 1.1 * (x * 0.19 + self.phase[0]).sin() + 0.35 * (x * 0.55 + self.phase[1]).sin()
    }

    /// The river through the district, as easting by northing.
    fn river(&self, y: f64) -> f64 {
        2.1 + 0.9 * (y * 0.33 + self.phase[2]).sin() + 0.35 * (y * 0.9 + self.phase[3]).sin() + 0.006 * y * y
    }

    /// The canal across the north-west, as northing by easting.
    fn canal(&self, x: f64) -> f64 {
        6.2 + 0.8 * (x * 0.2 + self.phase[4]).sin() + 0.12 * (x * 0.8 + self.phase[5]).sin() + 0.05 * x
    }

    fn within(&self, p: Point, margin: f64) -> bool {
        let r = p[0].hypot(p[1]);
        r < self.radius(p[1].atan2(p[0])) + margin && p[1] > self.south(p[0]) - margin
    }
}

/// How many people live around a point, in general grids per square kilometre, and how the cells lie.
struct Density {
    seats: Vec<Point>,
}

impl Density {
    fn grids_per_km2(&self, p: Point) -> f64 {
        let middle = p[0] * p[0] + p[1] * p[1];
        let towns: f64 = self.seats[STREETS..]
            .iter()
            .map(|s| 4.0 * (-distance2(p, *s) / 0.8).exp())
            .sum();
        0.5 + 8.0 * (-middle / 5.5).exp() + 3.2 * (-middle / 24.0).exp() + towns
    }

    fn urban(&self, p: Point) -> f64 {
        ((self.grids_per_km2(p) - 0.8) / 5.0).clamp(0.0, 1.0)
    }

    /// Least distance between two sites.
    fn gap(&self, p: Point) -> f64 {
        (0.7 / (CELLS_PER_GRID * self.grids_per_km2(p))).sqrt()
    }
}

/// Streets in the middle, of the thirteen towns.
pub(super) const STREETS: usize = 4;
const CELLS_PER_GRID: f64 = 10.0;

/// Where the seats lie: streets around the middle (the fourth beyond the river), towns around them.
const SEATS: [Point; 13] = [
    [0.1, 0.4],
    [-1.9, 1.9],
    [-1.5, -2.1],
    [4.3, -0.2],
    [-12.4, 0.6],
    [-9.2, 10.2],
    [-2.4, 11.4],
    [9.6, 10.6],
    [14.2, 2.6],
    [12.2, -7.2],
    [5.4, -8.9],
    [-4.2, -9.6],
    [-11.4, -7.4],
];

/// Sites by square, for the question whether a new one is too near to another.
struct Scatter {
    sites: Vec<Point>,
    squares: std::collections::HashMap<(i32, i32), Vec<usize>>,
}

const SQUARE: f64 = 0.4;

#[expect(
    clippy::cast_possible_truncation,
    reason = "squares of one district, far inside the range"
)]
fn square(p: Point) -> (i32, i32) {
    ((p[0] / SQUARE).floor() as i32, (p[1] / SQUARE).floor() as i32)
}

impl Scatter {
    fn add(&mut self, p: Point) {
        self.squares.entry(square(p)).or_default().push(self.sites.len());
        self.sites.push(p);
    }

    fn is_free(&self, p: Point, gap: f64) -> bool {
        let (x, y) = square(p);
        (x - 1..=x + 1).all(|i| {
            (y - 1..=y + 1).all(|j| {
                self.squares
                    .get(&(i, j))
                    .is_none_or(|all| all.iter().all(|&s| distance2(self.sites[s], p) >= gap * gap))
            })
        })
    }

    /// Adds a pair on both sides of each point of a line, so that a border between cells follows the line.
    fn add_banks(&mut self, line: &[Point], density: &Density, rng: &mut ChaCha8Rng) {
        let mut walked = 0.0;
        for pair in line.windows(2) {
            let step = distance(pair[0], pair[1]);
            walked += step;
            let gap = density.gap(pair[1]);
            if walked < gap * 0.95 {
                continue;
            }
            walked = 0.0;
            let out = [(pair[1][1] - pair[0][1]) / step, (pair[0][0] - pair[1][0]) / step];
            let off = gap * rng.random_range(0.38..0.5);
            let one = [pair[1][0] + out[0] * off, pair[1][1] + out[1] * off];
            let two = [pair[1][0] - out[0] * off, pair[1][1] - out[1] * off];
            if self.is_free(one, gap * 0.55) && self.is_free(two, gap * 0.55) {
                self.add(one);
                self.add(two);
            }
        }
    }

    /// Adds rows of blocks around a seat, turned a little from north as streets are.
    fn add_blocks(&mut self, centre: Point, radius: f64, density: &Density, rng: &mut ChaCha8Rng) {
        let angle: f64 = rng.random_range(-0.3..0.3);
        let (sin, cos) = angle.sin_cos();
        let pitch = density.gap(centre) * 1.18;
        let wobble: [f64; 2] = std::array::from_fn(|_| rng.random_range(0.0..std::f64::consts::TAU));
        let mut j = -radius;
        while j < radius {
            let mut i = -radius;
            while i < radius {
                // The blocks end in an uneven edge, not in a circle.
                let bearing = j.atan2(i);
                let edge = radius
                    * (0.82 + 0.12 * (3.0 * bearing + wobble[0]).sin() + 0.06 * (5.0 * bearing + wobble[1]).sin());
                if i.hypot(j) < edge {
                    let shake = pitch * 0.13;
                    let (a, b) = (i + rng.random_range(-shake..shake), j + rng.random_range(-shake..shake));
                    let p = [centre[0] + a * cos - b * sin, centre[1] + a * sin + b * cos];
                    if self.is_free(p, pitch * 0.6) {
                        self.add(p);
                    }
                }
                i += pitch * 1.12;
            }
            j += pitch * 0.9;
        }
    }
}

impl Land {
    /// Lays out a district from a seed.
    pub(super) fn new(seed: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed ^ 0x6c61_6e64);
        let form = Form::new(&mut rng);
        let seats: Vec<Point> = SEATS
            .iter()
            .enumerate()
            .map(|(i, s)| {
                let slack = if i < STREETS { 0.15 } else { 0.7 };
                [
                    s[0] + rng.random_range(-slack..slack),
                    s[1] + rng.random_range(-slack..slack),
                ]
            })
            .collect();
        let density = Density { seats: seats.clone() };
        let mut scatter = Scatter {
            sites: Vec::new(),
            squares: std::collections::HashMap::new(),
        };

        scatter.add_banks(&outline(&form), &density, &mut rng);
        let river: Vec<Point> = steps(-18.0, 22.0)
            .map(|y| [form.river(y), y])
            .filter(|p| form.within(*p, 0.0))
            .collect();
        let canal: Vec<Point> = steps(-26.0, 26.0)
            .map(|x| [x, form.canal(x)])
            .filter(|p| form.within(*p, 0.0) && p[0] < form.river(p[1]))
            .collect();
        scatter.add_banks(&river, &density, &mut rng);
        scatter.add_banks(&canal, &density, &mut rng);
        scatter.add_blocks([0.0, 0.0], 2.6, &density, &mut rng);
        for seat in &seats[STREETS..] {
            scatter.add_blocks(*seat, 0.85, &density, &mut rng);
        }
        fill(&mut scatter, &form, &density, &mut rng);

        let mesh = Mesh::new(scatter.sites);
        let inside = mesh.sites.iter().map(|p| form.within(*p, 0.0)).collect();
        let east = mesh.sites.iter().map(|p| p[0] > form.river(p[1])).collect();
        let north = mesh
            .sites
            .iter()
            .map(|p| p[1] > form.canal(p[0]) && p[0] <= form.river(p[1]))
            .collect();
        let urban = mesh.sites.iter().map(|p| density.urban(*p)).collect();
        Self {
            mesh,
            inside,
            east,
            north,
            urban,
            seats,
            waters: vec![river, canal],
            form,
        }
    }

    /// Size of the mesh around a cell, as the distance to its neighbours.
    pub(super) fn pitch(&self, cell: usize) -> f64 {
        Density {
            seats: self.seats.clone(),
        }
        .gap(self.mesh.sites[cell])
            * 1.2
    }

    /// Whether the border between two cells is a bank or the south shore and so runs smoothly.
    pub(super) fn is_bank(&self, a: usize, b: usize) -> bool {
        let shore = |c: usize| self.mesh.sites[c][1] > self.form.south(self.mesh.sites[c][0]);
        self.is_parted(a, b) || shore(a) != shore(b)
    }

    /// Whether water lies between two cells.
    pub(super) fn is_parted(&self, a: usize, b: usize) -> bool {
        self.east[a] != self.east[b] || self.north[a] != self.north[b]
    }
}

fn steps(from: f64, to: f64) -> impl Iterator<Item = f64> {
    let mut at = from;
    std::iter::from_fn(move || {
        at += 0.01;
        (at < to).then_some(at)
    })
}

/// The outline as a dense closed line: the wavy oval, cut by the south bank.
fn outline(form: &Form) -> Vec<Point> {
    let mut line = Vec::new();
    let turn = std::f64::consts::TAU;
    let mut angle = 0.0;
    while angle <= turn {
        let far = form.radius(angle);
        let at = |r: f64| [r * angle.cos(), r * angle.sin()];
        let dry = |r: f64| at(r)[1] > form.south(at(r)[0]);
        let mut r = far;
        if !dry(far) {
            // The bank crosses this ray between the centre and the outline: halve the way until it is met.
            let (mut low, mut high) = (0.0, far);
            for _ in 0..40 {
                let middle = (low + high) / 2.0;
                if dry(middle) {
                    low = middle;
                } else {
                    high = middle;
                }
            }
            r = low;
        }
        line.push(at(r));
        angle += 0.001;
    }
    line
}

/// Fills the rest with sites at random, none nearer to another than the local gap, working outward from those placed.
fn fill(scatter: &mut Scatter, form: &Form, density: &Density, rng: &mut ChaCha8Rng) {
    let mut next = 0;
    while next < scatter.sites.len() {
        let around = scatter.sites[next];
        let gap = density.gap(around);
        for _ in 0..14 {
            let angle = rng.random_range(0.0..std::f64::consts::TAU);
            let r = gap * rng.random_range(1.0..1.9);
            let p = [around[0] + r * angle.cos(), around[1] + r * angle.sin()];
            if form.within(p, 1.4) && scatter.is_free(p, density.gap(p)) {
                scatter.add(p);
            }
        }
        next += 1;
    }
}
