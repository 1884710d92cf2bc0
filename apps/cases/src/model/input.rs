//! What comes with a move, checked against what the move asks for.

use kernel::Time;
use kernel::auth::UserId;
use kernel::error::{Fields, Result, codes as kernel_codes};
use kernel::files::FileId;
use kernel::flow::Ask;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Action, Satisfaction, StandardId};

/// What comes with a move.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MoveInput {
    /// Made by the client: the same move with the same id again changes nothing and gets the first answer.
    pub id: Option<Uuid>,
    /// The version of the case that was looked at.
    pub version: i64,
    /// What is done.
    pub action: Action,
    /// A reason, a result or a remark.
    #[schema(max_length = 2000)]
    pub note: Option<String>,
    /// The filing standard.
    pub standard: Option<StandardId>,
    /// The responsible body, by code.
    #[schema(max_length = 32)]
    pub body: Option<String>,
    /// The worker or colleague.
    pub user: Option<UserId>,
    /// Whether the report is true.
    pub truth: Option<bool>,
    /// Whether the work is done.
    pub passed: Option<bool>,
    /// How satisfied the reporter is.
    pub satisfaction: Option<Satisfaction>,
    /// Why not more, by the codes of the settings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 9)]
    pub reasons: Vec<String>,
    /// Whether the reporter is right not to be satisfied.
    pub justified: Option<bool>,
    /// Until when a case is put off.
    pub until: Option<Time>,
    /// Photos, uploaded before.
    #[serde(default)]
    #[schema(max_items = 9)]
    pub photos: Vec<FileId>,
}

/// The most photos of one move.
pub const MAX_PHOTOS: usize = 9;

impl MoveInput {
    /// A move with nothing given yet.
    pub fn new(action: Action, version: i64) -> Self {
        Self {
            id: None,
            version,
            action,
            note: None,
            standard: None,
            body: None,
            user: None,
            truth: None,
            passed: None,
            satisfaction: None,
            reasons: Vec::new(),
            justified: None,
            until: None,
            photos: Vec::new(),
        }
    }

    fn given(&self, field: &str) -> bool {
        match field {
            "note" => self.note.as_ref().is_some_and(|it| !it.trim().is_empty()),
            "standard" => self.standard.is_some(),
            "body" => self.body.is_some(),
            "user" => self.user.is_some(),
            "truth" => self.truth.is_some(),
            "passed" => self.passed.is_some(),
            "satisfaction" => self.satisfaction.is_some(),
            "reasons" => !self.reasons.is_empty(),
            "justified" => self.justified.is_some(),
            "until" => self.until.is_some(),
            "photos" => !self.photos.is_empty(),
            _ => false,
        }
    }

    /// Refuses what the move needs and is not there, and what is there and the move has no use for.
    pub fn check(&self, asks: &[Ask]) -> Result<()> {
        const FIELDS: [&str; 11] = [
            "note",
            "standard",
            "body",
            "user",
            "truth",
            "passed",
            "satisfaction",
            "reasons",
            "justified",
            "until",
            "photos",
        ];
        let mut fields = Fields::new();
        for field in FIELDS {
            match asks.iter().find(|it| it.field == field) {
                Some(ask) if ask.required && !self.given(field) => {
                    fields.refuse(field, &kernel_codes::REQUIRED);
                }
                None if self.given(field) => {
                    fields.refuse(field, &kernel_codes::NOT_ALLOWED);
                }
                _ => {}
            }
        }
        fields.text("note", self.note.as_deref().unwrap_or_default(), 0, 2000);
        if self.photos.len() > MAX_PHOTOS {
            let max = MAX_PHOTOS.to_string();
            fields.refuse_with("photos", &kernel_codes::RANGE, &[("min", "0"), ("max", &max)]);
        }
        fields.done()
    }
}
