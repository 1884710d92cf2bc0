//! The desk of the responsibility list: what keeps the list right beyond looking things up in it.
//!
//! The working calendar that limits are counted in, editions side by side, proposals of new standards, who changed what,
//! and what is missing or contradicts itself.

pub(crate) mod calendar;
