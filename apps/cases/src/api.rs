//! The front door: what others may use of this app.

pub use crate::case_import::{Finding, ImportError, ImportOptions, ImportReport, Told, import_cases};
pub use crate::catalogue::{Catalogue, Class, Standard, catalogue, reload};
pub use crate::flow::FLOW;
pub use crate::list_desk::calendar::own_years;
pub use crate::model::{Action, CaseId, Counts, EntryId, MoveInput, Satisfaction, Source, StandardId, State, Step};
pub use crate::moves::{CASE_CHANGED, Changed};
pub use crate::rehearsal::{PastCase, demo_cases, past_cases};
pub use crate::seed::{CASES as DEMO_CASES, busiest_area, busiest_body, seed_demo};
pub use crate::view::Receipt;
