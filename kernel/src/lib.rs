#![doc = include_str!("../README.md")]

pub mod app;
pub mod kernel;
pub mod work;

pub mod audit;
pub mod auth;
pub mod clock;
pub mod config;
pub mod db;
pub mod error;
pub mod events;
pub mod files;
pub mod flow;
pub mod hooks;
pub mod http;
pub mod intake;
pub mod jobs;
pub mod page;
pub mod types;
pub mod vault;

#[cfg(feature = "testing")]
pub mod testing;

pub use app::App;
pub use clock::{Clock, Time};
pub use error::{Error, Result};
pub use kernel::{Kernel, id_at};
pub use work::Work;
