//! The demo district keeps what it promises: it tiles, its codes hold, its counts are right, and it is the same again.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use geo::{Area as _, BoundingRect, Contains, LineString, Polygon, Validation};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use standards::Level;

use super::{DEDICATED_GRIDS, DISTRICT, DemoArea, DemoDistrict, GENERAL_GRIDS, WORKERS, district, random_point_in};

/// Two districts, made once for all tests: most of a test's time would go into it.
pub(crate) static ONE: LazyLock<DemoDistrict> = LazyLock::new(|| district(1));
static TWO: LazyLock<DemoDistrict> = LazyLock::new(|| district(2));

fn of_level(district: &DemoDistrict, level: Level) -> Vec<&DemoArea> {
    district.areas.iter().filter(|a| a.level == level).collect()
}

fn key(c: geo::Coord<f64>) -> (u64, u64) {
    (c.x.to_bits(), c.y.to_bits())
}

fn directed(ring: &LineString<f64>) -> impl Iterator<Item = ((u64, u64), (u64, u64))> {
    ring.lines().map(|line| (key(line.start), key(line.end)))
}

/// The shapes of one level must cancel out inside and leave the district's outline, segment for segment.
fn assert_tiles(parts: &[&DemoArea], whole: &Polygon<f64>) {
    let mut segments = HashSet::new();
    for part in parts {
        assert!(part.shape.interiors().is_empty());
        for (from, to) in directed(part.shape.exterior()) {
            assert!(
                segments.insert((from, to)),
                "two shapes on one side of a segment, near {}",
                part.code
            );
        }
    }
    let outline: HashSet<_> = directed(whole.exterior()).collect();
    let open: HashSet<_> = segments
        .iter()
        .copied()
        .filter(|(from, to)| !segments.contains(&(*to, *from)))
        .collect();
    assert_eq!(open, outline);
    let sum: f64 = parts.iter().map(|p| p.shape.signed_area()).sum();
    let area = whole.signed_area();
    assert!(area > 0.0 && ((sum - area) / area).abs() < 1e-9, "{sum} for {area}");
}

#[test]
fn shapes_tile_the_district_on_every_level() {
    for demo in [&*ONE, &*TWO] {
        let whole = &demo.areas[0].shape;
        for level in [Level::Town, Level::Village, Level::Grid] {
            assert_tiles(&of_level(demo, level), whole);
        }
        for area in &demo.areas {
            assert!(
                area.shape.is_valid(),
                "{}: {:?}",
                area.code,
                area.shape.check_validation()
            );
            assert!(area.shape.contains(&geo::Point::from(area.center)), "{}", area.code);
        }
        let mut children: HashMap<&str, Vec<&DemoArea>> = HashMap::new();
        for area in &demo.areas[1..] {
            children.entry(area.parent.as_deref().unwrap()).or_default().push(area);
        }
        for area in demo.areas.iter().filter(|a| a.level != Level::Grid) {
            assert_tiles(&children[area.code.as_str()], &area.shape);
        }
    }
}

#[test]
fn a_point_lies_in_one_grid_and_in_its_parents() {
    let demo = &*ONE;
    let grids = of_level(demo, Level::Grid);
    let by_code: HashMap<&str, &DemoArea> = demo.areas.iter().map(|a| (a.code.as_str(), a)).collect();
    let boxes: Vec<_> = grids.iter().map(|g| g.shape.bounding_rect().unwrap()).collect();
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    for _ in 0..300 {
        let at = geo::Point::from(random_point_in(&demo.areas[0].shape, &mut rng));
        let holders: Vec<_> = grids
            .iter()
            .zip(&boxes)
            .filter(|(g, b)| b.contains(&at) && g.shape.contains(&at))
            .map(|(g, _)| g)
            .collect();
        assert_eq!(holders.len(), 1, "{at:?}");
        for digits in [6, 9, 12] {
            assert!(by_code[&holders[0].code[..digits]].shape.contains(&at));
        }
    }
    for grid in &grids {
        let at = random_point_in(&grid.shape, &mut rng);
        assert!(grid.shape.contains(&geo::Point::from(at)));
    }
}

#[test]
fn codes_keep_to_their_ranges() {
    let demo = &*ONE;
    let codes: HashSet<&str> = demo.areas.iter().map(|a| a.code.as_str()).collect();
    assert_eq!(codes.len(), demo.areas.len());
    let mut names = HashSet::new();
    for area in &demo.areas {
        assert!(area.code.starts_with(DISTRICT) && area.code.bytes().all(|b| b.is_ascii_digit()));
        let number: u32 = area.code[area.code.len() - 3..].parse().unwrap();
        let allowed = match area.kind {
            "district" => 99..=99,
            "street" => 1..=99,
            "town" => 100..=199,
            "community" => 1..=199,
            "village" => 200..=399,
            _ => 1..=999,
        };
        assert!(allowed.contains(&number), "{} {}", area.code, area.kind);
        match &area.parent {
            None => assert_eq!(area.code, DISTRICT),
            Some(parent) => {
                assert!(codes.contains(parent.as_str()));
                assert_eq!(*parent, area.code[..area.code.len() - 3]);
            }
        }
        assert!(
            names.insert((area.parent.clone(), area.name.clone())),
            "{} twice",
            area.name
        );
        assert!(!area.name_en.is_empty());
    }
}

#[test]
fn counts_are_those_of_a_real_district() {
    let demo = &*ONE;
    let of_kind = |kind: &str| demo.areas.iter().filter(|a| a.kind == kind).collect::<Vec<_>>();
    assert_eq!(of_level(demo, Level::Town).len(), 13);
    assert!(of_level(demo, Level::Village).len() > 300);
    assert_eq!(
        (of_kind("general").len(), of_kind("dedicated").len()),
        (GENERAL_GRIDS, DEDICATED_GRIDS)
    );
    let (large, small): (Vec<_>, Vec<_>) = of_kind("general")
        .into_iter()
        .filter(|g| g.population > 1_500 || g.households < 180)
        .partition(|g| g.population > 1_500);
    assert!(
        (3..40).contains(&large.len()) && (3..40).contains(&small.len()),
        "{} {}",
        large.len(),
        small.len()
    );
    assert!((500_000..1_060_000).contains(&demo.areas[0].population));
    let vertices: usize = of_level(demo, Level::Grid)
        .iter()
        .map(|g| g.shape.exterior().0.len())
        .sum();
    assert!(vertices < 60_000, "{vertices}");

    let bodies = |kind: &str| demo.bodies.iter().filter(|b| b.kind == kind).count();
    assert_eq!((bodies("department"), bodies("company"), bodies("town")), (28, 11, 13));
    assert_eq!(bodies("village"), of_level(demo, Level::Village).len());
    let body_codes: HashSet<&str> = demo.bodies.iter().map(|b| b.code.as_str()).collect();
    assert_eq!(body_codes.len(), demo.bodies.len());

    let logins: HashSet<&str> = demo.people.iter().map(|p| p.login.as_str()).collect();
    assert_eq!(logins.len(), demo.people.len());
    assert_eq!(demo.people.iter().filter(|p| p.role == "worker").count(), WORKERS);
    assert!(
        demo.people
            .iter()
            .all(|p| p.body.as_deref().is_none_or(|b| body_codes.contains(b)))
    );
    for kind in ["lead", "full_time"] {
        let posts: Vec<_> = demo
            .people
            .iter()
            .filter_map(|p| p.post.as_ref())
            .filter(|p| p.kind == kind)
            .collect();
        let grids: HashSet<_> = posts.iter().map(|p| p.area.as_str()).collect();
        assert_eq!(
            (posts.len(), grids.len()),
            (GENERAL_GRIDS + DEDICATED_GRIDS, GENERAL_GRIDS + DEDICATED_GRIDS)
        );
    }
}

#[test]
fn the_same_seed_gives_the_same_district() {
    assert!(district(1) == *ONE);
    assert_ne!(ONE.areas[0].shape, TWO.areas[0].shape);
}
