//! One move on many cases: each by itself, as if it had been made alone, and each with a result of its own.
//!
//! What is refused for one case says why and holds up no other. A dangerous move is refused unless it says that somebody
//! was asked; only moves that every chosen case allows are offered.

#[cfg(test)]
mod tests;

use axum::extract::State as AppState;
use kernel::Kernel;
use kernel::auth::User;
use kernel::error::{Error, Fields, Lang, Result, codes as kernel_codes};
use kernel::http::{Guard, Json, Routes, routes};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::desk::desk;
use crate::flow::FLOW;
use crate::model::{Action, Case, CaseId, MoveInput, State};
use crate::moves;
use crate::permissions::CASE_READ;
use crate::routes::readable;
use crate::view::MoveView;

/// The most cases of one selection.
const MOST: usize = 200;

/// The addresses.
pub(crate) fn routes() -> Routes {
    Routes::new()
        .add(routes!(case_moves).needs(&CASE_READ))
        .add(routes!(case_moves_open).needs(&CASE_READ))
}

/// One of the chosen cases.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Chosen {
    case: CaseId,
    /// The version that was looked at.
    version: i64,
    /// Of this case's move, made by the client: sent again, it gets the first answer.
    id: Option<Uuid>,
}

/// A move on a selection.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BulkInput {
    #[schema(min_items = 1, max_items = 200)]
    cases: Vec<Chosen>,
    /// What is done to each; its `id` and `version` are not looked at. Photos belong to one case and are refused here.
    #[serde(rename = "move")]
    step: MoveInput,
    /// Somebody was asked whether a dangerous move is meant.
    #[serde(default)]
    confirmed: bool,
}

/// How it went with one case.
#[derive(Debug, Serialize, ToSchema)]
struct BulkResult {
    case: CaseId,
    /// Whether the move was made.
    done: bool,
    number: Option<String>,
    state: Option<State>,
    version: Option<i64>,
    /// Why it was refused: the stable code …
    code: Option<&'static str>,
    /// … and the texts.
    zh: Option<String>,
    en: Option<String>,
}

/// Make one move on up to 200 cases, each in a transaction of its own; a result for each, in their order.
#[utoipa::path(post, path = "/api/cases/moves", tag = "cases", request_body = BulkInput, responses((status = 200, body = Vec<BulkResult>)))]
async fn case_moves(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Json(input): Json<BulkInput>,
) -> Result<Json<Vec<BulkResult>>> {
    let mut fields = Fields::new();
    size(&mut fields, input.cases.len());
    if !input.step.photos.is_empty() {
        fields.refuse("move.photos", &kernel_codes::NOT_ALLOWED);
    }
    let dangerous = FLOW.moves.iter().any(|it| it.action == input.step.action && it.danger);
    if dangerous && !input.confirmed {
        fields.refuse("confirmed", &kernel_codes::REQUIRED);
    }
    fields.done()?;
    let mut results = Vec::with_capacity(input.cases.len());
    for chosen in &input.cases {
        let one = MoveInput {
            id: chosen.id,
            version: chosen.version,
            ..input.step.clone()
        };
        results.push(match one_move(&kernel, &user, chosen.case, &one).await {
            Ok(receipt) => BulkResult {
                case: chosen.case,
                done: true,
                number: Some(receipt.number),
                state: Some(receipt.state),
                version: Some(receipt.version),
                code: None,
                zh: None,
                en: None,
            },
            Err(error) => refused(chosen.case, &error),
        });
    }
    Ok(Json(results))
}

fn size(fields: &mut Fields, n: usize) {
    if !(1..=MOST).contains(&n) {
        let max = MOST.to_string();
        fields.refuse_with("cases", &kernel_codes::RANGE, &[("min", "1"), ("max", &max)]);
    }
}

/// As the address of one case does it, so that a move sent here and there under one id is one.
async fn one_move(kernel: &Kernel, user: &User, id: CaseId, input: &MoveInput) -> Result<crate::view::Receipt> {
    let mut work = kernel.work(user).await?;
    if let Some(first) = work.first_answer(input.id, &(id, input)).await? {
        return Ok(first);
    }
    let case = readable(&mut work, user, id).await?;
    let receipt = moves::make(&mut work, case, input).await?;
    work.answer(receipt).await
}

fn refused(case: CaseId, error: &Error) -> BulkResult {
    if error.code().status >= 500 {
        tracing::error!(%case, %error, "a move on a selection failed");
    }
    let text = |lang| {
        let whole = error.text(lang);
        match error.problem(lang, "")["fields"][0]["detail"].as_str() {
            Some(why) => format!("{whole} ({why})"),
            None => whole,
        }
    };
    BulkResult {
        case,
        done: false,
        number: None,
        state: None,
        version: None,
        code: Some(error.code().code),
        zh: Some(text(Lang::Zh)),
        en: Some(text(Lang::En)),
    }
}

/// A selection.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Selection {
    #[schema(min_items = 1, max_items = 200)]
    cases: Vec<CaseId>,
}

/// The moves that every case of a selection allows the user, each with what it needs. What is proposed for a choice stays
/// only where all the cases are alike in what it hangs on.
#[utoipa::path(post, path = "/api/cases/moves/open", tag = "cases", request_body = Selection, responses((status = 200, body = Vec<MoveView>)))]
async fn case_moves_open(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Json(input): Json<Selection>,
) -> Result<Json<Vec<MoveView>>> {
    let mut fields = Fields::new();
    size(&mut fields, input.cases.len());
    fields.done()?;
    let mut tx = kernel.read().await?;
    let mut cases = Vec::with_capacity(input.cases.len());
    for id in input.cases {
        cases.push(readable(&mut tx, &user, id).await?);
    }
    let Some(first) = cases.first().cloned() else {
        return Ok(Json(Vec::new()));
    };
    let alike = |same: fn(&Case, &Case) -> bool| cases.iter().all(|it| same(it, &first));
    let same_class = alike(|a, b| a.class == b.class);
    let same_duty = alike(|a, b| a.standard == b.standard && a.area.get(..9) == b.area.get(..9));
    let same_body = alike(|a, b| a.body == b.body);
    let same_area = alike(|a, b| a.area == b.area);
    // A move that stays where it is does so from each state; one that leads on has to lead to the same place.
    let shared = |it: &MoveView| {
        let leads = |case: &Case| FLOW.find(case.state, it.action).map(|step| step.to);
        cases.iter().all(|case| leads(case) == leads(&first))
    };
    let mut open: Vec<MoveView> = desk(&kernel, &mut tx, &user, first.clone())
        .await?
        .moves
        .into_iter()
        .filter(|it| shared(it))
        // A colleague is chosen among those of one body; there is none to choose from when there are several.
        .filter(|it| same_body || it.action != Action::Assign)
        .collect();
    for step in &mut open {
        step.needs.retain(|it| it.kind != "photos");
        for need in &mut step.needs {
            let fits = match need.field {
                "standard" => same_class,
                "body" => same_duty,
                _ if step.action == Action::Assign => same_body,
                _ => same_area,
            };
            if !fits {
                need.suggested.clear();
            }
        }
    }
    Ok(Json(open))
}
