//! The clock of one stage: started, paused when a body returns the case, resumed when the same body gets it again,
//! started anew for another.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::calendar::Calendar;
use crate::due::share_of;
use crate::error::LimitError;
use crate::limit::{Deadline, Limit, Unit};

/// How much of a limit has been used, and since when it runs. Plain data, to be stored as it is.
///
/// Times count to the millisecond. However often a clock is paused and resumed, what it has run in between adds up
/// exactly.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Clock {
    /// The limit that is being used up.
    pub limit: Limit,
    /// What was used before the clock last began to run, in milliseconds of the limit's unit (working time for
    /// working hours and days).
    #[serde(default)]
    pub spent_ms: i64,
    /// Since when it runs; `None` while it is paused.
    pub running_since: Option<Timestamp>,
}

impl Clock {
    /// A clock that starts to run, with nothing used.
    pub fn start(limit: Limit, at: Timestamp) -> Self {
        Self {
            limit,
            spent_ms: 0,
            running_since: Some(at),
        }
    }

    /// Stops it. A clock that is paused already stays as it is; so does what was used, if `at` lies before the start.
    ///
    /// # Errors
    /// [`LimitError::TooFar`] if it has been running for longer than can be measured.
    pub fn pause(self, at: Timestamp, calendar: &Calendar, zone: &TimeZone) -> Result<Self, LimitError> {
        let spent_ms = millis(self.spent(at, calendar, zone)?);
        Ok(Self {
            spent_ms,
            running_since: None,
            ..self
        })
    }

    /// Lets it run on. A running clock stays as it is.
    pub fn resume(self, at: Timestamp) -> Self {
        Self {
            running_since: self.running_since.or(Some(at)),
            ..self
        }
    }

    /// Starts anew with the whole limit, running.
    pub fn restart(self, at: Timestamp) -> Self {
        Self::start(self.limit, at)
    }

    /// Puts another limit in place of this one and keeps what was used, as an extension does. Where the new unit
    /// counts time in another way, the time that has run is not known in it: `None`; restart instead.
    pub fn with_limit(self, limit: Limit) -> Option<Self> {
        let same = self.limit.unit().is_working() == limit.unit().is_working();
        same.then_some(Self { limit, ..self })
    }

    /// Whether it stands still.
    pub fn is_paused(self) -> bool {
        self.running_since.is_none()
    }

    /// How much has been used at `now`, never less than none.
    ///
    /// # Errors
    /// As [`Clock::pause`].
    pub fn spent(self, now: Timestamp, calendar: &Calendar, zone: &TimeZone) -> Result<SignedDuration, LimitError> {
        let before = SignedDuration::from_millis(self.spent_ms.max(0));
        let Some(since) = self.running_since.filter(|since| *since < now) else {
            return Ok(before);
        };
        let running = calendar.elapsed(since, now, self.limit.unit(), zone)?;
        before.checked_add(running).ok_or(LimitError::TooFar)
    }

    /// How much is left at `now`; negative once it is overdue.
    ///
    /// # Errors
    /// As [`Clock::pause`].
    pub fn remaining(self, now: Timestamp, calendar: &Calendar, zone: &TimeZone) -> Result<SignedDuration, LimitError> {
        let spent = self.spent(now, calendar, zone)?;
        calendar.length(self.limit).checked_sub(spent).ok_or(LimitError::TooFar)
    }

    /// When it is due if nothing pauses it; `None` while it is paused. If the limit was used up before the clock was
    /// resumed, that is when it was resumed.
    ///
    /// # Errors
    /// As [`Calendar::due`].
    pub fn due(self, calendar: &Calendar, zone: &TimeZone) -> Result<Option<Timestamp>, LimitError> {
        self.at_share(1.0, calendar, zone)
    }

    /// When that share of the limit is used; see [`Clock::due`].
    ///
    /// # Errors
    /// As [`Calendar::at_share`].
    pub fn at_share(self, share: f64, calendar: &Calendar, zone: &TimeZone) -> Result<Option<Timestamp>, LimitError> {
        let wanted = share_of(calendar.length(self.limit), share)?;
        let left = wanted.saturating_sub(SignedDuration::from_millis(self.spent_ms.max(0)));
        let at = |since| calendar.after(since, left, self.limit.unit(), zone);
        self.running_since.map(at).transpose()
    }

    /// Both instants at which the light changes; `None` while it is paused, when a case keeps the light it had.
    ///
    /// # Errors
    /// As [`Calendar::due`].
    pub fn deadline(self, yellow: f64, calendar: &Calendar, zone: &TimeZone) -> Result<Option<Deadline>, LimitError> {
        let yellow_at = self.at_share(yellow.clamp(0.0, 1.0), calendar, zone)?;
        let due_at = self.due(calendar, zone)?;
        Ok(yellow_at
            .zip(due_at)
            .map(|(yellow_at, due_at)| Deadline { yellow_at, due_at }))
    }

    /// What is left, as an amount of the limit's own unit: −0.5 is half a working day overdue.
    ///
    /// # Errors
    /// As [`Clock::pause`].
    pub fn remaining_amount(
        self,
        now: Timestamp,
        calendar: &Calendar,
        zone: &TimeZone,
    ) -> Result<(f64, Unit), LimitError> {
        let remaining = self.remaining(now, calendar, zone)?;
        Ok((calendar.amount(remaining, self.limit.unit()), self.limit.unit()))
    }
}

/// Milliseconds, held at the ends of their range.
fn millis(duration: SignedDuration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
