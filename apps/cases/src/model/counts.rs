//! The measures that figures are made of.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The measures that figures are made of; each move adds to some.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::FromRow)]
pub struct Counts {
    /// Reports.
    pub reported: i64,
    /// Accepted.
    pub accepted: i64,
    /// Declined.
    pub declined: i64,
    /// Filed.
    pub filed: i64,
    /// Dispatched, each time it was.
    pub dispatched: i64,
    /// Returned by a body.
    pub returned: i64,
    /// Reported as handled, each time it was.
    pub handled: i64,
    /// Sent to the body again after a check.
    pub reworked: i64,
    /// Closed.
    pub closed: i64,
    /// Closed, and the body had kept its limit.
    pub closed_on_time: i64,
    /// Closed, and the body had missed its limit. What had none is neither.
    pub closed_late: i64,
    /// Given up after they had been accepted.
    pub voided: i64,
    /// Evaluated by the reporter.
    pub rated: i64,
    /// Evaluated as satisfied or fairly satisfied.
    pub satisfied: i64,
}

impl Counts {
    /// Both together.
    #[must_use]
    pub fn plus(self, other: &Self) -> Self {
        Self {
            reported: self.reported + other.reported,
            accepted: self.accepted + other.accepted,
            declined: self.declined + other.declined,
            filed: self.filed + other.filed,
            dispatched: self.dispatched + other.dispatched,
            returned: self.returned + other.returned,
            handled: self.handled + other.handled,
            reworked: self.reworked + other.reworked,
            closed: self.closed + other.closed,
            closed_on_time: self.closed_on_time + other.closed_on_time,
            closed_late: self.closed_late + other.closed_late,
            voided: self.voided + other.voided,
            rated: self.rated + other.rated,
            satisfied: self.satisfied + other.satisfied,
        }
    }

    /// Taken away again. Only what a case is counted for before it is dispatched can move to another class.
    #[must_use]
    pub fn negated(self) -> Self {
        Self {
            reported: -self.reported,
            accepted: -self.accepted,
            filed: -self.filed,
            ..Self::default()
        }
    }
}
