//! The demo district: everything of the ground floor, made from a seed. The same seed gives the same district.
//!
//! Start at [`district`], which makes plain values; only `insert` touches a database.

mod borders;
pub(crate) mod insert;
mod land;
mod mesh;
mod names;
mod people;
mod shapes;
mod split;
#[cfg(test)]
pub(crate) mod tests;

pub use people::{DemoBody, DemoPerson, DemoPost, DemoScope, WORKERS};
pub use shapes::{CENTRE, DEDICATED_GRIDS, DISTRICT, DemoArea, DemoWater, GENERAL_GRIDS, random_point_in, square_km};

/// The demo district.
#[derive(Debug, Clone, PartialEq)]
pub struct DemoDistrict {
    /// Parents before children; the first is the district itself.
    pub areas: Vec<DemoArea>,
    /// Departments, companies, then those of towns and villages.
    pub bodies: Vec<DemoBody>,
    /// Grid workers, the centre's staff, and a clerk and a head of each body.
    pub people: Vec<DemoPerson>,
    /// Its river and canal.
    pub waters: Vec<DemoWater>,
}

/// Generates the demo district.
pub fn district(seed: u64) -> DemoDistrict {
    let (areas, waters) = shapes::areas(seed);
    let bodies = people::bodies(&areas);
    let people = people::people(seed, &areas, &bodies);
    DemoDistrict {
        areas,
        bodies,
        people,
        waters,
    }
}
