//! Who called: found again by a keyed hash of the telephone number, never by the number itself.

use axum::extract::State as AppState;
use grid::api::atlas;
use kernel::auth::User;
use kernel::error::{Fields, Result, codes as kernel_codes};
use kernel::http::Json;
use kernel::vault::mask_phone;
use kernel::{Kernel, Work, args};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::catalogue::catalogue;
use crate::model::{Case, CaseId, State};
use crate::permissions::CASE_READ;
use crate::store;
use crate::view::{CaseRow, Names};

/// The digits that tell one line from another: without blanks, dashes and the country's own code.
fn digits(phone: &str) -> String {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    let bare = digits.strip_prefix("0086").unwrap_or(&digits);
    match bare.strip_prefix("86") {
        Some(mobile) if mobile.len() == 11 && mobile.starts_with('1') => mobile.to_owned(),
        _ => bare.to_owned(),
    }
}

/// The fewest digits of a number that is looked up: fewer are a part of one.
const FEWEST: usize = 7;

/// The mark that calls from one number share.
pub fn mark(kernel: &Kernel, phone: &str) -> Option<String> {
    let digits = digits(phone);
    (digits.len() >= FEWEST).then(|| kernel.vault().mark("phone", &digits))
}

/// Keeps what is to be said of a report, if anything.
pub async fn remember(
    work: &mut Work,
    case: CaseId,
    anonymous: bool,
    caller: Option<String>,
    control: Option<String>,
) -> Result<()> {
    if !anonymous && caller.is_none() && control.is_none() {
        return Ok(());
    }
    let now = work.now();
    let sql = "INSERT INTO cases_reception (case_id, anonymous, caller, control, at) VALUES ($1, $2, $3, $4, $5)";
    work.run(sql, args![case, anonymous, caller, control, now]).await?;
    Ok(())
}

/// A number that somebody calls from.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CallerInput {
    /// The number.
    #[schema(min_length = 7, max_length = 32)]
    phone: String,
}

/// What is known of a caller.
#[derive(Debug, Serialize, ToSchema)]
pub struct CallerView {
    /// The number, masked.
    phone: String,
    /// Their latest cases, open ones first; at most ten.
    cases: Vec<CaseRow>,
}

/// The most cases that are shown of a caller.
const MOST: i64 = 10;

/// Look up a caller's earlier cases by their number. Each look is recorded, with the number masked.
#[utoipa::path(post, path = "/api/hotline/caller", tag = "cases", request_body = CallerInput, responses((status = 200, body = CallerView)))]
pub(super) async fn hotline_caller(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Json(input): Json<CallerInput>,
) -> Result<Json<CallerView>> {
    let masked = mask_phone(&input.phone);
    let Some(caller) = mark(&kernel, &input.phone).filter(|_| input.phone.chars().count() <= 32) else {
        let mut fields = Fields::new();
        fields.refuse_with("phone", &kernel_codes::LENGTH, &[("min", "7"), ("max", "32")]);
        return Err(fields.done().err().unwrap_or_else(|| (&kernel_codes::INVALID).into()));
    };
    let mut work = kernel.work(&user).await?;
    let mut sql = kernel::db::Sql::new(store::CASE);
    sql.push(" WHERE id IN (SELECT case_id FROM cases_reception WHERE caller = ")
        .bind(caller)
        .push(" ORDER BY at DESC LIMIT 50) AND ");
    user.scope(&CASE_READ).push(&mut sql, store::SCOPE);
    let ends = State::ALL.iter().copied().filter(|it| it.is_end());
    sql.push(" ORDER BY CASE WHEN state IN ")
        .list(ends)
        .push(" THEN 1 ELSE 0 END, reported_at DESC LIMIT ")
        .bind(MOST);
    let cases: Vec<Case> = work.list(sql).await?;
    let facts = serde_json::json!({ "phone": masked, "cases": cases.len() });
    work.audit("cases.caller_looked_up", "hotline", facts).await?;
    let (atlas, catalogue) = (atlas(&kernel)?, catalogue(&kernel)?);
    let names = Names {
        atlas: &atlas,
        catalogue: &catalogue,
        now: work.now(),
    };
    let view = CallerView {
        phone: masked,
        cases: cases.iter().map(|it| names.row(it)).collect(),
    };
    work.commit().await?;
    Ok(Json(view))
}

#[cfg(test)]
mod tests {
    use super::digits;

    #[test]
    fn one_line_written_in_many_ways_is_one() {
        for phone in [
            "13800001234",
            "138 0000 1234",
            "+86 138-0000-1234",
            "0086 13800001234",
            "8613800001234",
        ] {
            assert_eq!(digits(phone), "13800001234", "{phone}");
        }
        // A number of the district that begins like the country's code is its own.
        assert_eq!(digits("86812345"), "86812345");
    }
}
