//! What a district sets for its cases: plain data with sensible values from the start, kept as one row.

use serde::{Deserialize, Serialize};
use standards::Level;
use utoipa::ToSchema;

/// What a district sets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CaseSettings)]
pub struct Settings {
    /// The centre that a report goes to first: `district`, `town` or `village`.
    #[schema(value_type = String)]
    pub first_level: Level,
    /// For how many days after it was closed a case can be opened again.
    #[schema(minimum = 0, maximum = 365)]
    pub reopen_days: i64,
    /// How often a body can be given more time for one case.
    #[schema(minimum = 0, maximum = 9)]
    pub extensions: i64,
    /// For how many days at most a case can be put off.
    #[schema(minimum = 1, maximum = 366)]
    pub suspension_days: i64,
    /// What a reporter who is not satisfied can give as reasons.
    #[schema(max_items = 20)]
    pub reasons: Vec<Reason>,
}

/// Why a reporter is not satisfied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DissatisfactionReason)]
pub struct Reason {
    /// Its code: small letters, digits and underlines.
    #[schema(max_length = 32)]
    pub code: String,
    /// In Chinese.
    #[schema(max_length = 32)]
    pub zh: String,
    /// In English.
    #[schema(max_length = 64)]
    pub en: String,
}

impl Default for Settings {
    /// Two extensions and a year of suspension as seen in practice [T]; the rest are choices to start from.
    fn default() -> Self {
        let reason = |code: &str, zh: &str, en: &str| Reason {
            code: code.to_owned(),
            zh: zh.to_owned(),
            en: en.to_owned(),
        };
        Self {
            first_level: Level::District,
            reopen_days: 7,
            extensions: 2,
            suspension_days: 365,
            reasons: vec![
                reason("not_solved", "问题没有解决", "The problem is still there"),
                reason("came_back", "问题又出现了", "It has come back"),
                reason("too_slow", "处理太慢", "It took too long"),
                reason("poor_work", "处理质量差", "The work is poor"),
                reason("attitude", "服务态度不好", "The manner was poor"),
                reason("no_answer", "没有告知结果", "Nobody told me the result"),
            ],
        }
    }
}
