//! The index on tilings whose answers are known, and its speed at the scale of a district.

use geo::{Contains, polygon};
use proptest::prelude::*;

use super::*;

fn code(text: &str) -> AreaCode {
    text.parse().expect("a code")
}

fn at(lng: f64, lat: f64) -> Point {
    Point { lng, lat }
}

fn square(west: f64, south: f64, size: f64) -> MultiPolygon<f64> {
    let (east, north) = (west + size, south + size);
    polygon![(x: west, y: south), (x: east, y: south), (x: east, y: north), (x: west, y: north)].into()
}

fn area(text: &str, shape: Option<MultiPolygon<f64>>) -> IndexedArea {
    IndexedArea {
        code: code(text),
        name: format!("area {text}"),
        shape,
    }
}

/// A district of four villages in a square, each of 10 × 10 grids of one tenth of its side.
fn tiling() -> AreaIndex {
    let mut areas = vec![area("321012", Some(square(0.0, 0.0, 20.0))), area("321012100", None)];
    for (v, (x, y)) in [(0.0, 0.0), (10.0, 0.0), (0.0, 10.0), (10.0, 10.0)]
        .into_iter()
        .enumerate()
    {
        let village = format!("321012100{:03}", v + 1);
        areas.push(area(&village, Some(square(x, y, 10.0))));
        for g in 0..100u8 {
            let (column, row) = (f64::from(g % 10), f64::from(g / 10));
            areas.push(area(
                &format!("{village}{:03}", g + 1),
                Some(square(x + column, y + row, 1.0)),
            ));
        }
    }
    AreaIndex::new(areas)
}

fn grid_at(index: &AreaIndex, x: f64, y: f64) -> Option<String> {
    index.locate(at(x, y))?.grid.map(|grid| grid.code.to_string())
}

#[test]
fn the_innermost_area_is_found_with_all_above_it() {
    let found = tiling().locate(at(12.5, 3.5)).expect("inside");
    assert_eq!(found.grid.map(|n| n.code), Some(code("321012100002033")));
    assert_eq!(
        found.village,
        Some(Named {
            code: code("321012100002"),
            name: "area 321012100002".into()
        })
    );
    assert_eq!(
        found.town.map(|n| n.name).as_deref(),
        Some("area 321012100"),
        "a town without a shape has its name"
    );
    assert_eq!(found.district.map(|n| n.code), Some(code("321012")));
    assert_eq!(found.distance, 0.0);
    assert_eq!(tiling().locate(at(20.01, 5.0)), None);
    assert_eq!(tiling().locate(at(f64::NAN, 5.0)), None);
}

#[test]
fn a_point_on_a_border_belongs_to_the_lowest_code() {
    let index = tiling();
    // The corner that four villages share, an edge within a village, the outermost corners.
    assert_eq!(grid_at(&index, 10.0, 10.0).as_deref(), Some("321012100001100"));
    assert_eq!(grid_at(&index, 3.0, 0.5).as_deref(), Some("321012100001003"));
    assert_eq!(grid_at(&index, 0.0, 0.0).as_deref(), Some("321012100001001"));
    assert_eq!(grid_at(&index, 20.0, 20.0).as_deref(), Some("321012100004100"));
}

#[test]
fn holes_and_overlays_are_respected() {
    let holed = polygon!(
        exterior: [(x: 0., y: 0.), (x: 9., y: 0.), (x: 9., y: 9.), (x: 0., y: 9.)],
        interiors: [[(x: 3., y: 3.), (x: 6., y: 3.), (x: 6., y: 6.), (x: 3., y: 6.)]],
    );
    let index = AreaIndex::new([
        area("321012100001001", Some(holed.into())),
        area("321012100001002", Some(square(3.0, 3.0, 3.0))),
        // A campus laid over the first.
        area("321012100001003", Some(square(1.0, 1.0, 1.0))),
    ]);
    assert_eq!(grid_at(&index, 4.0, 4.0).as_deref(), Some("321012100001002"));
    assert_eq!(
        grid_at(&index, 3.0, 4.0).as_deref(),
        Some("321012100001001"),
        "on the edge of the hole"
    );
    assert_eq!(
        grid_at(&index, 1.5, 1.5).as_deref(),
        Some("321012100001003"),
        "the smaller has it"
    );
}

#[test]
fn what_is_outside_goes_to_the_nearest_in_reach() {
    let near = |x: f64, y: f64, metres| tiling().locate_near(at(x, y), metres);
    let found = near(20.001, 0.5, 200.0).expect("in reach");
    assert_eq!(found.grid.map(|n| n.code), Some(code("321012100002010")));
    // A thousandth of a degree of longitude at the equator.
    assert!((found.distance - 111.2).abs() < 0.5, "{}", found.distance);
    assert_eq!(near(20.001, 0.5, 100.0), None);
    assert_eq!(
        near(5.5, 5.5, 1_000_000.0).map(|l| l.distance),
        Some(0.0),
        "who is inside stays there"
    );
}

#[test]
fn a_gap_goes_to_a_neighbour_inside_the_same_village_only() {
    let index = AreaIndex::new([
        area("321012100001", Some(square(0.0, 0.0, 1.0))),
        area("321012100001001", Some(square(0.0, 0.0, 0.4))),
        area("321012100002", Some(square(1.0, 0.0, 1.0))),
        area("321012100002001", Some(square(1.0, 0.0, 1.0))),
    ]);
    let found = index.locate_near(at(0.9995, 0.5), 200.0).expect("in the village");
    assert_eq!(
        (found.grid, found.village.map(|n| n.code)),
        (None, Some(code("321012100001")))
    );
    let found = index.locate_near(at(0.4005, 0.2), 200.0).expect("in the village");
    assert_eq!(found.grid.map(|n| n.code), Some(code("321012100001001")));
}

#[test]
fn a_district_of_eleven_hundred_grids_is_asked_fast() {
    // 1,089 grids of 60 points each, as ragged as real ones: every edge is bent at fifteen places, alike on both sides.
    let bend = |a: f64, b: f64| (a * 12.9898 + b * 78.233).sin() * 0.02;
    let mut areas = Vec::new();
    for g in 0..1089u32 {
        let (x, y) = (f64::from(g % 33), f64::from(g / 33));
        let corner = |i: u32| {
            let t = f64::from(i % 15) / 15.0;
            let (px, py) = match i / 15 {
                0 => (x + t, y),
                1 => (x + 1.0, y + t),
                2 => (x + 1.0 - t, y + 1.0),
                _ => (x, y + 1.0 - t),
            };
            let (rx, ry) = ((px * 15.0).round(), (py * 15.0).round());
            Coord {
                x: px + bend(rx, ry),
                y: py + bend(ry, rx),
            }
        };
        let ring = LineString::from((0..60).map(corner).collect::<Vec<_>>());
        let text = format!("321012100{:03}{:03}", g / 900 + 1, g % 900 + 1);
        areas.push(area(&text, Some(Polygon::new(ring, Vec::new()).into())));
    }
    let index = AreaIndex::new(areas);
    let start = std::time::Instant::now();
    let questions = 20_000u32;
    let found = (0..questions).filter(|i| {
        let (x, y) = (
            f64::from(i * 7919 % 32_000) / 1000.0 + 0.5,
            f64::from(i * 104_729 % 32_000) / 1000.0 + 0.5,
        );
        index.locate(at(x, y)).is_some()
    });
    assert_eq!(found.count(), questions as usize, "the grids leave no gap");
    let each = start.elapsed() / questions;
    println!("{each:?} per point");
    assert!(each.as_micros() < 200, "{each:?} per point");
}

proptest! {
    /// Three triangles around a point tile a big one: each point belongs to one of them, exactly where the shared edges say.
    #[test]
    fn slanted_borders_leave_no_gap(x in 0.0..1.0f64, y in 0.0..1.0f64, px in 0.2..0.4f64, py in 0.2..0.4f64) {
        let triangle = |a: (f64, f64), b: (f64, f64)| MultiPolygon::from(polygon![(x: a.0, y: a.1), (x: b.0, y: b.1), (x: px, y: py)]);
        let whole: MultiPolygon<f64> = polygon![(x: 0., y: 0.), (x: 1., y: 0.), (x: 0., y: 1.)].into();
        let index = AreaIndex::new([
            area("321012100001001", Some(triangle((0., 0.), (1., 0.)))),
            area("321012100001002", Some(triangle((1., 0.), (0., 1.)))),
            area("321012100001003", Some(triangle((0., 1.), (0., 0.)))),
        ]);
        if whole.contains(&Coord { x, y }) {
            prop_assert!(index.locate(at(x, y)).is_some());
        }
        // On the spokes, too, where rounding would leave gaps.
        let spoke = |t: f64| (px * t, py * t);
        let (sx, sy) = spoke(x.max(0.01));
        prop_assert!(index.locate(at(sx, sy)).is_some());
    }

    #[test]
    fn every_point_of_the_tiling_has_the_grid_that_arithmetic_says(x in 0.0..20.0f64, y in 0.0..20.0f64) {
        let village = 1 + u8::from(x > 10.0) + 2 * u8::from(y > 10.0);
        let tenth = |v: f64| if v > 10.0 { v - 10.0 } else { v };
        let expected = format!("321012100{village:03}{:03}", (tenth(y).floor() * 10.0 + tenth(x).floor()) + 1.0);
        prop_assume!(x.fract() > 0.0 && y.fract() > 0.0);
        prop_assert_eq!(grid_at(&tiling(), x, y), Some(expected));
    }

    #[test]
    fn no_number_panics(x in any::<f64>(), y in any::<f64>(), metres in any::<f64>()) {
        let index = AreaIndex::new([area("321012", Some(square(0.0, 0.0, 20.0)))]);
        let _ = index.locate(at(x, y));
        let _ = index.locate_near(at(x, y), metres);
    }
}
