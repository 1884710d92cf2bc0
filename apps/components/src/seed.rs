//! The components of the demo district: what stands in each grid, the same each time.

use std::collections::BTreeMap;

use grid::api::seed::{DISTRICT, DemoDistrict, random_point_in};
use kernel::Kernel;
use kernel::error::{Error, Result};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use standards::{AreaCode, ClassCode, ComponentCode, Level};

use crate::class::{self, ComponentClass};
use crate::model::{Component, ComponentState, rounded};
use crate::store;

/// A class, how many of it stand in a grid of the middle of town and of open country, and who keeps it.
struct Stock {
    class: &'static str,
    town: f64,
    country: f64,
    body: &'static str,
}

const fn stock(class: &'static str, town: f64, country: f64, body: &'static str) -> Stock {
    Stock {
        class,
        town,
        country,
        body,
    }
}

/// A small part of what a survey finds, in its proportions.
const STOCK: [Stock; 26] = [
    stock("01037", 5.0, 1.5, "C09"),
    stock("01002", 2.4, 0.5, "C02"),
    stock("01003", 2.2, 0.4, "C02"),
    stock("01004", 2.6, 0.3, "C02"),
    stock("01001", 1.2, 0.4, "C01"),
    stock("01005", 0.8, 0.1, "C04"),
    stock("01007", 1.0, 0.2, "C06"),
    stock("01011", 0.5, 0.0, "C03"),
    stock("01013", 0.7, 0.2, "D25"),
    stock("01027", 0.5, 0.2, "C06"),
    stock("01030", 0.4, 1.6, "C04"),
    stock("01048", 0.3, 0.2, "C04"),
    stock("01046", 0.2, 0.1, "D24"),
    stock("01054", 0.3, 0.0, "C04"),
    stock("02004", 0.4, 0.1, "C08"),
    stock("02010", 1.4, 0.5, "D04"),
    stock("02012", 0.5, 0.2, "D13"),
    stock("02014", 0.3, 0.0, "D04"),
    stock("02017", 0.8, 0.1, "D24"),
    stock("02020", 0.5, 0.0, "D24"),
    stock("03001", 0.1, 0.1, "D23"),
    stock("03005", 1.8, 0.8, "D23"),
    stock("03008", 0.4, 0.3, "D01"),
    stock("04002", 3.0, 0.8, "D22"),
    stock("04007", 0.6, 0.1, "D22"),
    stock("04005", 0.4, 0.1, "D22"),
];

/// Of a hundred, how many do not stand as they should.
const STATES: [(ComponentState, u32); 3] = [
    (ComponentState::Damaged, 3),
    (ComponentState::Missing, 1),
    (ComponentState::Disused, 1),
];

const SIDES: [&str; 4] = ["东侧", "西侧", "南侧", "北侧"];
const ROADS: [&str; 5] = ["路", "中街", "东街", "北巷", "新村路"];

/// Puts the demo's components into the register.
pub async fn seed_demo(kernel: &Kernel, demo: &DemoDistrict, seed: u64) -> Result<()> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed ^ 0x636f_6d70);
    let district = AreaCode::parse(DISTRICT).map_err(Error::internal)?;
    let names: BTreeMap<&str, &str> = demo
        .areas
        .iter()
        .map(|it| (it.code.as_str(), it.name.as_str()))
        .collect();
    let owners: BTreeMap<&str, &str> = demo
        .bodies
        .iter()
        .map(|it| (it.code.as_str(), it.name.as_str()))
        .collect();
    let mut numbers: BTreeMap<&str, u32> = BTreeMap::new();
    let mut all = Vec::new();
    for grid in demo.areas.iter().filter(|it| it.level == Level::Grid) {
        let village = grid
            .parent
            .as_deref()
            .and_then(|it| names.get(it))
            .copied()
            .unwrap_or_default();
        let village = village.trim_end_matches("社区").trim_end_matches('村');
        for it in &STOCK {
            let mean = it.country + (it.town - it.country) * grid.urban;
            for _ in 0..count(mean, &mut rng) {
                let number = numbers.entry(it.class).or_default();
                *number += 1;
                let class = ClassCode::parse(it.class).map_err(Error::internal)?;
                let code = ComponentCode::new(district, class, *number).map_err(Error::internal)?;
                let (lng, lat) = random_point_in(&grid.shape, &mut rng);
                let road = ROADS[rng.random_range(0..ROADS.len())];
                let side = SIDES[rng.random_range(0..SIDES.len())];
                let metres = 10 * rng.random_range(1..40);
                let class = class::stored(class);
                all.push(Component {
                    code: code.to_string(),
                    sequence: i64::from(*number),
                    name: ComponentClass::of(&class, 0).name,
                    class,
                    area: grid.code.clone(),
                    lng: rounded(lng),
                    lat: rounded(lat),
                    place: Some(format!("{village}{road}{side}，距路口{metres}米")),
                    body: Some(it.body.to_owned()),
                    owner: owners.get(it.body).map(|it| (*it).to_owned()),
                    state: state(&mut rng),
                    surveyed_on: Some(format!(
                        "20{}-{:02}-{:02}",
                        rng.random_range(23..=25),
                        rng.random_range(1..=12),
                        rng.random_range(1..=28)
                    )),
                    note: None,
                    version: 1,
                });
            }
        }
    }
    let mut work = kernel.system_work().await?;
    let now = work.now();
    store::write(&mut work, &all, &[], now).await?;
    work.commit().await
}

/// A number around a mean: its whole part, and one more as often as the rest says.
fn count(mean: f64, rng: &mut ChaCha8Rng) -> usize {
    let mut rest = mean * rng.random_range(0.5..1.5);
    let mut n = 0;
    while rest >= 1.0 {
        n += 1;
        rest -= 1.0;
    }
    n + usize::from(rng.random_bool(rest))
}

fn state(rng: &mut ChaCha8Rng) -> ComponentState {
    let mut drawn = rng.random_range(0..100_u32);
    for (state, share) in STATES {
        if drawn < share {
            return state;
        }
        drawn -= share;
    }
    ComponentState::Good
}
