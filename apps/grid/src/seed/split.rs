//! Dividing a set of mesh cells into parts of equal weight, each in one piece and without holes.
//!
//! The parts are cells of a power diagram (Voronoi with a weight per centre): compact, like real neighbourhoods, and
//! the weights are turned until the parts balance. What the diagram leaves in two pieces is repaired on the mesh.

use rand::RngExt;
use rand::rngs::ChaCha8Rng;

use super::mesh::{Mesh, Point, distance2};

/// Who borders whom, by cell, with the length of the common edge.
pub(super) type Neighbours = [Vec<(usize, f64)>];

/// Divides `cells` into `parts`, balancing `weight`; the answer holds a part for each cell, in the order given.
/// `None` if no division in whole pieces was found, which asks for another try with the generator moved on.
pub(super) fn split(
    mesh: &Mesh,
    near: &Neighbours,
    cells: &[usize],
    weight: &[f64],
    parts: usize,
    rng: &mut ChaCha8Rng,
) -> Option<Vec<usize>> {
    if parts == 1 {
        return Some(vec![0; cells.len()]);
    }
    let total: f64 = cells.iter().map(|&c| weight[c]).sum();
    let target = total / parts as f64;
    let mut centres = spread(mesh, cells, parts, rng);
    let mut pull = vec![0.0; parts];
    let mut part = vec![0; cells.len()];
    for round in 0..40 {
        let mut sum = vec![[0.0; 3]; parts];
        let mut reach = vec![0.0; parts];
        for (slot, &cell) in part.iter_mut().zip(cells) {
            let site = mesh.sites[cell];
            let (mut best, mut least) = (0, f64::INFINITY);
            for (i, centre) in centres.iter().enumerate() {
                let d = distance2(site, *centre) - pull[i];
                if d < least {
                    (best, least) = (i, d);
                }
            }
            *slot = best;
            let w = weight[cell];
            sum[best][0] += site[0] * w;
            sum[best][1] += site[1] * w;
            sum[best][2] += w;
            reach[best] += distance2(site, centres[best]) * w;
        }
        if round == 39 {
            break;
        }
        for i in 0..parts {
            if sum[i][2] == 0.0 {
                // An empty part starts again at a random cell.
                centres[i] = mesh.sites[cells[rng.random_range(0..cells.len())]];
                pull[i] = 0.0;
                continue;
            }
            let spread2 = reach[i] / sum[i][2];
            // Centres move while the shapes form and rest while the weights settle.
            if round < 24 {
                centres[i] = [sum[i][0] / sum[i][2], sum[i][1] / sum[i][2]];
            }
            pull[i] += 0.5 * spread2 * (1.0 - sum[i][2] / target).clamp(-1.0, 1.0);
        }
    }
    mend(near, cells, &mut part, parts)?;
    even_out(near, cells, weight, &mut part, parts);
    Some(part)
}

/// Starting centres far from each other, each the best of a few draws.
fn spread(mesh: &Mesh, cells: &[usize], parts: usize, rng: &mut ChaCha8Rng) -> Vec<Point> {
    let mut centres: Vec<Point> = Vec::with_capacity(parts);
    // Distances are measured in steps of the local mesh, or the dense middle would get too few centres.
    for _ in 0..parts {
        let mut best = mesh.sites[cells[rng.random_range(0..cells.len())]];
        let mut most = -1.0;
        for _ in 0..6 {
            let site = mesh.sites[cells[rng.random_range(0..cells.len())]];
            let gap = centres
                .iter()
                .map(|c| distance2(site, *c))
                .fold(f64::INFINITY, f64::min);
            if gap > most {
                (best, most) = (site, gap);
            }
        }
        centres.push(best);
    }
    centres
}

/// Gives every stray piece to the neighbour it touches most, until each part is one piece.
fn mend(near: &Neighbours, cells: &[usize], part: &mut [usize], parts: usize) -> Option<()> {
    let mut of = vec![usize::MAX; near.len()];
    for (slot, &cell) in part.iter().zip(cells) {
        of[cell] = *slot;
    }
    for _ in 0..30 {
        let pieces = pieces(near, cells, &of);
        let mut largest = vec![0; parts];
        let mut held = vec![usize::MAX; parts];
        for (i, piece) in pieces.iter().enumerate() {
            let owner = of[piece[0]];
            if piece.len() > largest[owner] {
                largest[owner] = piece.len();
                held[owner] = i;
            }
        }
        if held.contains(&usize::MAX) {
            return None;
        }
        if pieces.len() == parts {
            for (slot, &cell) in part.iter_mut().zip(cells) {
                *slot = of[cell];
            }
            return Some(());
        }
        for (i, piece) in pieces.iter().enumerate() {
            let owner = of[piece[0]];
            if held[owner] == i {
                continue;
            }
            let mut touch = vec![0.0; parts];
            for &cell in piece {
                for &(other, length) in &near[cell] {
                    if of[other] != usize::MAX && of[other] != owner {
                        touch[of[other]] += length;
                    }
                }
            }
            let best = (0..parts).max_by(|&a, &b| touch[a].total_cmp(&touch[b]))?;
            for &cell in piece {
                of[cell] = best;
            }
        }
    }
    None
}

/// Connected pieces of cells that have the same owner.
fn pieces(near: &Neighbours, cells: &[usize], of: &[usize]) -> Vec<Vec<usize>> {
    let mut seen = vec![false; near.len()];
    let mut all = Vec::new();
    for &cell in cells {
        if seen[cell] {
            continue;
        }
        seen[cell] = true;
        let mut piece = vec![cell];
        let mut next = 0;
        while next < piece.len() {
            for &(other, _) in &near[piece[next]] {
                if !seen[other] && of[other] == of[cell] {
                    seen[other] = true;
                    piece.push(other);
                }
            }
            next += 1;
        }
        all.push(piece);
    }
    all
}

/// Hands single border cells from heavy parts to lighter neighbours where both stay whole.
fn even_out(near: &Neighbours, cells: &[usize], weight: &[f64], part: &mut [usize], parts: usize) {
    let mut of = vec![usize::MAX; near.len()];
    let mut load = vec![0.0; parts];
    for (slot, &cell) in part.iter().zip(cells) {
        of[cell] = *slot;
        load[*slot] += weight[cell];
    }
    for _ in 0..4 {
        let mut moved = false;
        for &cell in cells {
            let from = of[cell];
            let w = weight[cell];
            let mut touch: Vec<(usize, f64)> = Vec::new();
            let mut home = 0.0;
            for &(other, length) in &near[cell] {
                let owner = of[other];
                if owner == from {
                    home += length;
                } else if owner != usize::MAX {
                    match touch.iter_mut().find(|(o, _)| *o == owner) {
                        Some(entry) => entry.1 += length,
                        None => touch.push((owner, length)),
                    }
                }
            }
            // Only a light neighbour that the cell leans on: the border gets shorter or stays as it is.
            let best = touch
                .into_iter()
                .filter(|&(to, length)| load[to] + w < load[from] && length > 0.7 * home)
                .max_by(|a, b| a.1.total_cmp(&b.1));
            if let Some((to, _)) = best
                && stays_whole(near, &of, cell)
            {
                of[cell] = to;
                load[from] -= w;
                load[to] += w;
                moved = true;
            }
        }
        if !moved {
            break;
        }
    }
    for (slot, &cell) in part.iter_mut().zip(cells) {
        *slot = of[cell];
    }
}

/// Whether the part of a cell holds together without it, judged among its neighbours alone (strict, but cheap).
pub(super) fn stays_whole(near: &Neighbours, of: &[usize], cell: usize) -> bool {
    let around: Vec<usize> = near[cell].iter().map(|n| n.0).filter(|&n| of[n] == of[cell]).collect();
    let Some(&first) = around.first() else { return false };
    let mut reached = vec![first];
    let mut next = 0;
    while next < reached.len() {
        for &(other, _) in &near[reached[next]] {
            if around.contains(&other) && !reached.contains(&other) {
                reached.push(other);
            }
        }
        next += 1;
    }
    reached.len() == around.len()
}
