//! The demo's responsibility list and its past cases, made from a seed. The same seed gives the same cases.
//!
//! Start at [`standards`] and [`history`]. Nothing but `insert` touches a database: the rest are plain
//! values.

mod catalogue;
mod family;
mod grounds;
mod history;
mod insert;
mod life;
mod matters;
mod places;
mod requests;
mod seasons;
mod street;
#[cfg(test)]
mod tests;
mod text;

pub use catalogue::{DemoDuty, DemoStandard, standards};
pub use history::{CASES, DemoActor, DemoCase, DemoStep, history};
pub use insert::{busiest_area, busiest_body, places, seed_demo};
pub use places::DemoPlace;
