//! What a family of classes has in common: what goes wrong, how long the repair may take, how people describe it.
//!
//! A class such as 雨水井盖 gets its filing standards from its family (all covers and grates break alike). `{t}` stands
//! for the thing, `{p}` for the place.

use standards::Unit;

/// One way in which things of a family go wrong.
#[derive(Debug)]
pub(super) struct Fault {
    /// When a case is filed.
    pub(super) when: &'static str,
    pub(super) when_en: &'static str,
    /// How long handling may take.
    pub(super) limit: (f64, Unit),
    /// How a report reads.
    pub(super) says: &'static [&'static str],
}

/// What repeats over the year for a family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Season {
    /// Nothing.
    Even,
    /// Heavy rain: the plum rains and typhoons.
    Rain,
    /// Storms that also break trees and signs.
    Storm,
    /// Frost and snow.
    Snow,
    /// Summer evenings: stalls, barbecues, noise, smells.
    Summer,
    /// Falling leaves, and burning them.
    Leaves,
    /// Building weather: spring and autumn.
    Building,
    /// The days around Spring Festival.
    Festival,
}

/// Where a family is at home.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Setting {
    /// Wherever people are.
    Anywhere,
    /// Streets with shops and traffic.
    Street,
    /// Villages, ditches and fields.
    Country,
}

/// A family of classes.
#[derive(Debug)]
pub(super) struct Family {
    /// A class belongs here if its name holds one of these; the first family that fits is taken.
    pub(super) words: &'static [&'static str],
    /// Faults of the thing itself, for components and for matters that are about no thing.
    pub(super) faults: &'static [Fault],
    /// Faults of its state and surroundings, for matters about a thing (…异常).
    pub(super) states: &'static [Fault],
    /// When the case may be closed.
    pub(super) done: &'static str,
    pub(super) done_en: &'static str,
    /// What the body reports when it has handled the case.
    pub(super) result: &'static [&'static str],
    pub(super) season: Season,
    pub(super) setting: Setting,
}

/// A fault, written as a row.
pub(super) const fn fault(
    when: (&'static str, &'static str),
    limit: (f64, Unit),
    says: &'static [&'static str],
) -> Fault {
    Fault {
        when: when.0,
        when_en: when.1,
        limit,
        says,
    }
}

/// Limits as the rows name them.
pub(super) const fn urgent(hours: f64) -> (f64, Unit) {
    (hours, Unit::UrgentHour)
}

pub(super) const fn hours(hours: f64) -> (f64, Unit) {
    (hours, Unit::WorkingHour)
}

pub(super) const fn days(days: f64) -> (f64, Unit) {
    (days, Unit::WorkingDay)
}

pub(super) const fn calendar(days: f64) -> (f64, Unit) {
    (days, Unit::CalendarDay)
}
