#![doc = include_str!("../README.md")]

pub mod area;
pub mod calendar;
pub mod class;
pub mod clock;
pub mod component;
pub mod coord;
pub mod due;
pub mod error;
pub mod limit;
pub mod resident_id;
pub mod text;
pub mod uscc;

pub use area::{AreaCode, Level, TownKind, VillageKind};
pub use calendar::{Calendar, CalendarData};
pub use class::{Class, ClassCode, Edition, Kind, class, classes};
pub use clock::Clock;
pub use component::{ComponentCode, MatterCode};
pub use coord::{Crs, Point};
pub use due::HORIZON_DAYS;
pub use error::{CalendarError, CodeError, CoordError, LimitError};
pub use limit::{Deadline, Light, Limit, Unit, YELLOW};
pub use resident_id::{ResidentId, Sex};
pub use uscc::Uscc;
