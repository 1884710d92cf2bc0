//! The demo's responsibility list and its past cases, made from a seed. The same seed gives the same cases.
//!
//! Start at [`standards`] and [`history`]. Nothing here touches a database: these are plain values for the demo's bulk
//! insert.

mod catalogue;
mod family;
mod grounds;
mod history;
mod life;
mod matters;
mod places;
mod seasons;
mod street;
#[cfg(test)]
mod tests;
mod text;

pub use catalogue::{DemoDuty, DemoStandard, STANDARDS, standards};
pub use history::{CASES, CLOSED, DemoActor, DemoCase, DemoStep, History, history};
pub use places::DemoPlace;
