//! The areas of the demo district: towns, villages and grids with codes, names, people and shapes that tile exactly.
//!
//! The mesh of [`super::land`] is divided from above: towns grow from their seats and never across the river, each town
//! is split into villages and each village into grids. A shape is then the chain of mesh edges around its cells, with
//! the same fine bends for every level, so a town's outline is vertex for vertex that of its villages and grids.

use std::collections::{BinaryHeap, HashMap};

use geo::{Area as _, InteriorPoint, LineString, Polygon};
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use standards::Level;

use super::borders::{Borders, Drawing, degrees};
use super::land::{Land, STREETS};
use super::mesh::{Point, distance};
use super::names::{DEDICATED, TOWNS, VillageNames, numeral};
use super::split::{split, stays_whole};

/// Code of the demo district: a well-formed one that no real district has.
pub const DISTRICT: &str = "321099";
/// Longitude and latitude of the demo district's middle.
pub const CENTRE: (f64, f64) = (119.9, 32.42);
/// General grids 综合网格 of the demo district.
pub const GENERAL_GRIDS: usize = 1_091;
/// Dedicated grids 专属网格 of the demo district.
pub const DEDICATED_GRIDS: usize = DEDICATED.len();
const VILLAGES: usize = 326;
const GRIDS: usize = GENERAL_GRIDS + DEDICATED_GRIDS;

/// One area of the demo district.
#[derive(Debug, Clone, PartialEq)]
pub struct DemoArea {
    /// 6, 9, 12 or 15 digits.
    pub code: String,
    /// The area it lies in.
    pub parent: Option<String>,
    /// Its level.
    pub level: Level,
    /// Name in Chinese.
    pub name: String,
    /// Name in English.
    pub name_en: String,
    /// `district`, `street` or `town`, `community` or `village`, `general` or `dedicated`.
    pub kind: &'static str,
    /// Households; none in a dedicated grid.
    pub households: i64,
    /// People.
    pub population: i64,
    /// A single ring, WGS 84, counter-clockwise.
    pub shape: Polygon<f64>,
    /// Longitude and latitude of a point inside the shape, near its middle.
    pub center: (f64, f64),
    /// 1 in the built-up middle, 0 in open country.
    pub urban: f64,
}

/// A water as a line, for drawing.
#[derive(Debug, Clone, PartialEq)]
pub struct DemoWater {
    /// Name in Chinese.
    pub name: &'static str,
    /// Name in English.
    pub name_en: &'static str,
    /// Longitudes and latitudes.
    pub line: LineString<f64>,
}

/// Generates the areas, parents before children: the district, then each town with each of its villages and its grids.
pub(super) fn areas(seed: u64) -> (Vec<DemoArea>, Vec<DemoWater>) {
    let land = Land::new(seed);
    let mut rng = ChaCha8Rng::seed_from_u64(seed ^ 0x6172_6561);
    let borders = Borders::new(&land);
    let near = land
        .mesh
        .neighbours(|a, b| land.inside[a] && land.inside[b] && !land.is_parted(a, b));
    let towns = towns(&borders, &near, &mut rng);
    let villages = villages(&borders, &near, &towns, &mut rng);
    let grids = grids(&borders, &near, &villages, &mut rng);
    let waters = [("澄水", "Cheng River"), ("北运河", "North Canal")]
        .into_iter()
        .zip(&land.waters)
        .map(|((name, name_en), line)| DemoWater {
            name,
            name_en,
            line: line.iter().step_by(12).map(|p| degrees(*p)).collect(),
        })
        .collect();
    (write_up(&borders, &towns, &villages, &grids, &mut rng), waters)
}

/// Cells of each town: growth from all seats at once, measured in steps of the mesh so that a dense middle is not
/// swallowed, with a little chance so that no border is straight.
fn towns(borders: &Borders<'_>, near: &[Vec<(usize, f64)>], rng: &mut ChaCha8Rng) -> Vec<Vec<usize>> {
    let land = borders.land;
    let n = land.mesh.sites.len();
    loop {
        let mut rough: Vec<f64> = (0..n).map(|_| rng.random_range(0.2..1.8)).collect();
        for _ in 0..3 {
            rough = (0..n)
                .map(|c| (rough[c] + near[c].iter().map(|x| rough[x.0]).sum::<f64>()) / (near[c].len() + 1) as f64)
                .collect();
        }
        let mut of = vec![usize::MAX; n];
        let mut queue = BinaryHeap::new();
        for (town, seat) in land.seats.iter().enumerate() {
            let nearest = (0..n)
                .filter(|&c| land.inside[c])
                .min_by(|&a, &b| distance(land.mesh.sites[a], *seat).total_cmp(&distance(land.mesh.sites[b], *seat)));
            if let Some(cell) = nearest {
                queue.push(Arrival { cost: 0.0, cell, town });
            }
        }
        while let Some(Arrival { cost, cell, town }) = queue.pop() {
            if of[cell] != usize::MAX {
                continue;
            }
            of[cell] = town;
            let slow = if town < STREETS { 1.25 } else { 1.0 };
            for &(next, _) in &near[cell] {
                if of[next] == usize::MAX {
                    let way = distance(land.mesh.sites[cell], land.mesh.sites[next]) / land.pitch(next);
                    queue.push(Arrival {
                        cost: cost + way * rough[next] * slow,
                        cell: next,
                        town,
                    });
                }
            }
        }
        smooth(land, near, &mut of);
        let mut towns = vec![Vec::new(); land.seats.len()];
        for (cell, &town) in of.iter().enumerate() {
            if town != usize::MAX {
                towns[town].push(cell);
            }
        }
        let all: Vec<usize> = towns.iter().flatten().copied().collect();
        if borders.is_whole(&all) && towns.iter().all(|cells| borders.is_whole(cells)) {
            return towns;
        }
    }
}

/// Gives cells that stick out to the town they lean on, which takes the fringe off the borders.
fn smooth(land: &Land, near: &[Vec<(usize, f64)>], of: &mut [usize]) {
    for _ in 0..4 {
        for cell in 0..of.len() {
            if of[cell] == usize::MAX {
                continue;
            }
            let mut touch = vec![0.0; land.seats.len()];
            for &(other, length) in &near[cell] {
                touch[of[other]] += length;
            }
            let own = of[cell];
            let best = (0..touch.len())
                .max_by(|&a, &b| touch[a].total_cmp(&touch[b]))
                .unwrap_or(own);
            if best != own && touch[best] > touch[own] * 1.1 && stays_whole(near, of, cell) {
                of[cell] = best;
            }
        }
    }
}

/// A step of the growth; the queue gives the cheapest first.
#[derive(PartialEq)]
struct Arrival {
    cost: f64,
    cell: usize,
    town: usize,
}

impl Eq for Arrival {}

impl Ord for Arrival {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        other.cost.total_cmp(&self.cost).then(other.cell.cmp(&self.cell))
    }
}

impl PartialOrd for Arrival {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// Hands out `total` in proportion to the shares, at least one to each, by largest remainder.
fn apportion(shares: &[f64], total: usize) -> Vec<usize> {
    let sum: f64 = shares.iter().sum();
    let exact: Vec<f64> = shares.iter().map(|s| s / sum * total as f64).collect();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "shares are positive and small"
    )]
    let mut given: Vec<usize> = exact.iter().map(|e| (*e as usize).max(1)).collect();
    while given.iter().sum::<usize>() < total {
        let next = (0..given.len()).max_by(|&a, &b| {
            (exact[a] - given[a] as f64)
                .total_cmp(&(exact[b] - given[b] as f64))
                .then(b.cmp(&a))
        });
        given[next.unwrap_or(0)] += 1;
    }
    while given.iter().sum::<usize>() > total {
        let next = (0..given.len()).filter(|&i| given[i] > 1).min_by(|&a, &b| {
            (exact[a] - given[a] as f64)
                .total_cmp(&(exact[b] - given[b] as f64))
                .then(a.cmp(&b))
        });
        given[next.unwrap_or(0)] -= 1;
    }
    given
}

/// Splits cells into whole parts, trying again until no part has a hole.
fn split_whole(
    borders: &Borders<'_>,
    near: &[Vec<(usize, f64)>],
    cells: &[usize],
    weight: &[f64],
    parts: usize,
    rng: &mut ChaCha8Rng,
) -> Vec<Vec<usize>> {
    loop {
        if let Some(part) = split(&borders.land.mesh, near, cells, weight, parts, rng) {
            let mut all = vec![Vec::new(); parts];
            for (&slot, &cell) in part.iter().zip(cells) {
                all[slot].push(cell);
            }
            if all.iter().all(|part| borders.is_whole(part)) {
                return all;
            }
        }
    }
}

/// Cells of each village, town by town, from the seat outward; communities of the middle hold more grids than villages.
fn villages(
    borders: &Borders<'_>,
    near: &[Vec<(usize, f64)>],
    towns: &[Vec<usize>],
    rng: &mut ChaCha8Rng,
) -> Vec<Vec<Vec<usize>>> {
    let land = borders.land;
    let weight: Vec<f64> = land.urban.iter().map(|u| 1.0 / (2.6 + 2.6 * u)).collect();
    let shares: Vec<f64> = towns
        .iter()
        .map(|cells| cells.iter().map(|&c| weight[c]).sum())
        .collect();
    apportion(&shares, VILLAGES)
        .into_iter()
        .zip(towns)
        .zip(&land.seats)
        .map(|((parts, cells), seat)| {
            let mut all = split_whole(borders, near, cells, &weight, parts, rng);
            all.sort_by(|a, b| distance(middle(land, a), *seat).total_cmp(&distance(middle(land, b), *seat)));
            all
        })
        .collect()
}

/// Cells of each grid, per town and village, from north-west to south-east.
fn grids(
    borders: &Borders<'_>,
    near: &[Vec<(usize, f64)>],
    villages: &[Vec<Vec<usize>>],
    rng: &mut ChaCha8Rng,
) -> Vec<Vec<Vec<Vec<usize>>>> {
    let shares: Vec<f64> = villages.iter().flatten().map(|cells| cells.len() as f64).collect();
    let mut counts = apportion(&shares, GRIDS).into_iter();
    let land = borders.land;
    let weight = vec![1.0; land.mesh.sites.len()];
    villages
        .iter()
        .map(|town| {
            town.iter()
                .map(|cells| {
                    let mut all = split_whole(borders, near, cells, &weight, counts.next().unwrap_or(1), rng);
                    let key = |cells: &[usize]| {
                        let m = middle(land, cells);
                        m[0] - 1.5 * m[1]
                    };
                    all.sort_by(|a, b| key(a).total_cmp(&key(b)));
                    all
                })
                .collect()
        })
        .collect()
}

fn middle(land: &Land, cells: &[usize]) -> Point {
    let n = cells.len() as f64;
    let sum = cells.iter().fold([0.0; 2], |s, &c| {
        [s[0] + land.mesh.sites[c][0], s[1] + land.mesh.sites[c][1]]
    });
    [sum[0] / n, sum[1] / n]
}

/// Where the dedicated grids lie: in the named town, a grid of a village that has several.
fn pick_dedicated(grids: &[Vec<Vec<Vec<usize>>>], rng: &mut ChaCha8Rng) -> HashMap<(usize, usize), (usize, usize)> {
    let mut taken = HashMap::new();
    for (i, (town, _, _)) in DEDICATED.iter().enumerate() {
        let mut able: Vec<usize> = (0..grids[*town].len())
            .filter(|&v| grids[*town][v].len() >= 3)
            .collect();
        able.shuffle(rng);
        if let Some(village) = able.into_iter().find(|&v| !taken.contains_key(&(*town, v))) {
            taken.insert((*town, village), (rng.random_range(0..grids[*town][village].len()), i));
        }
    }
    taken
}

/// Households and people of a general grid with so many of the mesh's cells. A few are far too large or too small, as
/// in every district that has built and moved since its grids were drawn.
#[expect(clippy::cast_possible_truncation, reason = "a few thousand people")]
fn people_of(cells: usize, typical: f64, urban: f64, rng: &mut ChaCha8Rng) -> (i64, i64) {
    let odd = match rng.random_range(0..100) {
        0 => rng.random_range(1.9..2.6),
        1 => rng.random_range(0.3..0.5),
        _ => 1.0,
    };
    let fit = (cells as f64 / typical).clamp(0.75, 1.25);
    let households = 300.0 * fit * odd * rng.random_range(0.9..1.1);
    let per_household = rng.random_range(2.6..3.05) - 0.3 * urban;
    (households.round() as i64, (households * per_household).round() as i64)
}

/// Gives every area its code, name, people and shape.
fn write_up(
    borders: &Borders<'_>,
    towns: &[Vec<usize>],
    villages: &[Vec<Vec<usize>>],
    grids: &[Vec<Vec<Vec<usize>>>],
    rng: &mut ChaCha8Rng,
) -> Vec<DemoArea> {
    let land = borders.land;
    let mut grid_of = vec![usize::MAX; land.mesh.sites.len()];
    for (i, cells) in grids.iter().flatten().flatten().enumerate() {
        for &cell in cells {
            grid_of[cell] = i;
        }
    }
    let drawing = Drawing::new(land, &grid_of, rng);
    let urban = |cells: &[usize]| cells.iter().map(|&c| land.urban[c]).sum::<f64>() / cells.len() as f64;
    let area = |level, kind, code: String, cells: &[usize], name: String, name_en: String| {
        let shape = drawing.shape(&borders.walks(cells)[0]);
        let center = shape.interior_point().map_or(CENTRE, |p| (p.x(), p.y()));
        let parent = (code.len() > DISTRICT.len()).then(|| code[..code.len() - 3].to_owned());
        DemoArea {
            code,
            parent,
            level,
            name,
            name_en,
            kind,
            households: 0,
            population: 0,
            shape,
            center,
            urban: urban(cells),
        }
    };
    let everything: Vec<usize> = towns.iter().flatten().copied().collect();
    let typical = everything.len() as f64 / GRIDS as f64;
    let dedicated = pick_dedicated(grids, rng);
    let mut names = VillageNames::default();
    let mut all = vec![area(
        Level::District,
        "district",
        DISTRICT.to_owned(),
        &everything,
        "澄川区".into(),
        "Chengchuan District".into(),
    )];
    for (t, (number, stem, latin)) in TOWNS.iter().enumerate() {
        let street = t < STREETS;
        let town_code = format!("{DISTRICT}{number:03}");
        let (kind, suffix, suffix_en) = if street {
            ("street", "街道", "Subdistrict")
        } else {
            ("town", "镇", "Town")
        };
        let town_at = all.len();
        all.push(area(
            Level::Town,
            kind,
            town_code.clone(),
            &towns[t],
            format!("{stem}{suffix}"),
            format!("{latin} {suffix_en}"),
        ));
        let (mut communities, mut hamlets) = (0, 0);
        for (v, cells) in villages[t].iter().enumerate() {
            let community = urban(cells) > 0.3 || v == 0;
            let number = if community {
                communities += 1;
                communities
            } else {
                hamlets += 1;
                199 + hamlets
            };
            let village_code = format!("{town_code}{number:03}");
            let kind = if community { "community" } else { "village" };
            let name = names.next(community, rng);
            let village_at = all.len();
            all.push(area(
                Level::Village,
                kind,
                village_code.clone(),
                cells,
                name.zh,
                name.en,
            ));
            let special = dedicated.get(&(t, v));
            let general = grids[t][v].len() - usize::from(special.is_some());
            let mut number = 0;
            for (g, cells) in grids[t][v].iter().enumerate() {
                let grid = if let Some(&(at, i)) = special
                    && at == g
                {
                    // Numbered after the general grids of its village.
                    let code = format!("{village_code}{:03}", general + 1);
                    let mut grid = area(
                        Level::Grid,
                        "dedicated",
                        code,
                        cells,
                        DEDICATED[i].1.into(),
                        DEDICATED[i].2.into(),
                    );
                    grid.population = rng.random_range(600..4_200);
                    grid
                } else {
                    number += 1;
                    let code = format!("{village_code}{number:03}");
                    let (zh, en) = (format!("第{}网格", numeral(number)), format!("Grid {number}"));
                    let mut grid = area(Level::Grid, "general", code, cells, zh, en);
                    (grid.households, grid.population) = people_of(cells.len(), typical, grid.urban, rng);
                    grid
                };
                for above in [0, town_at, village_at] {
                    all[above].households += grid.households;
                    all[above].population += grid.population;
                }
                all.push(grid);
            }
        }
    }
    all
}

/// A point inside a shape, every place as likely as any other.
pub fn random_point_in<R: RngExt + ?Sized>(shape: &Polygon<f64>, rng: &mut R) -> (f64, f64) {
    use geo::{BoundingRect, Contains};
    let fallback = shape.exterior().0.first().map_or(CENTRE, |c| (c.x, c.y));
    let Some(bounds) = shape.bounding_rect() else {
        return fallback;
    };
    // A shape that fills so little of its box that a thousand draws miss it has no area to speak of.
    for _ in 0..1_000 {
        let at = (
            rng.random_range(bounds.min().x..=bounds.max().x),
            rng.random_range(bounds.min().y..=bounds.max().y),
        );
        if shape.contains(&geo::Point::from(at)) {
            return at;
        }
    }
    shape.interior_point().map_or(fallback, |p| (p.x(), p.y()))
}

/// Area of a shape in square kilometres, exact enough for densities.
pub fn square_km(shape: &Polygon<f64>) -> f64 {
    shape.unsigned_area() * 111.32 * 111.32 * CENTRE.1.to_radians().cos()
}
