//! Proposals of new filing standards over HTTP.

use axum::extract::State as AppState;
use grid::api::atlas;
use kernel::auth::{User, not_found};
use kernel::db;
use kernel::error::{Error, Fields, Result, codes as kernel_codes};
use kernel::http::{Json, Path, Query};
use kernel::page::{Page, PageQuery};
use kernel::{Kernel, Time};
use serde::{Deserialize, Serialize};
use standards::{Limit, Unit};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::history;
use super::proposal::{self, Proposal, ProposalAction, ProposalId, ProposalState, ProposedTerms};
use crate::catalogue::{self, Standard, catalogue};
use crate::model::StandardId;
use crate::moves::local_day;
use crate::routes::check_standard;
use crate::view::{Named, Names};

/// A proposal.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ProposalView {
    id: ProposalId,
    state: ProposalState,
    terms: ProposedTerms,
    /// The class with its name.
    class: Named,
    /// The limit in words.
    limit_zh: String,
    /// The same in English.
    limit_en: String,
    /// The responsible body, if one is named.
    responsible: Option<Named>,
    reason: String,
    applicant: String,
    /// The body the applicant works for.
    applicant_body: Option<Named>,
    at: Time,
    /// Who found it sound.
    reviewer: Option<String>,
    reviewed_at: Option<Time>,
    review_note: Option<String>,
    /// Who decided.
    decider: Option<String>,
    decided_at: Option<Time>,
    decision_note: Option<String>,
    /// The code of the standard that it became.
    standard: Option<String>,
    version: i64,
    /// What the user may do with it now.
    moves: Vec<ProposalMove>,
}

/// A move that is open to the user.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ProposalMove {
    action: ProposalAction,
    zh: &'static str,
    en: &'static str,
    /// Whether a reason has to be given.
    reason: bool,
    /// Whether something is lost by it.
    danger: bool,
}

fn view(kernel: &Kernel, user: &User, it: &Proposal) -> Result<ProposalView> {
    let (atlas, known) = (atlas(kernel)?, catalogue(kernel)?);
    let names = Names {
        atlas: &atlas,
        catalogue: &known,
        now: kernel.now(),
    };
    let terms = it.terms.0.clone();
    let limit = terms.unit.parse::<Unit>().ok();
    let limit = limit.and_then(|unit| Limit::new(terms.amount, unit).ok());
    let moves = it.open(user).map(|step| ProposalMove {
        action: step.action,
        zh: step.action.zh(),
        en: step.action.en(),
        reason: step.asks.iter().any(|it| it.required),
        danger: step.danger,
    });
    Ok(ProposalView {
        id: it.id,
        state: it.state,
        class: names.class(&terms.class),
        limit_zh: limit.map(Limit::zh).unwrap_or_default(),
        limit_en: limit.map(Limit::en).unwrap_or_default(),
        responsible: terms.body.as_deref().map(|it| names.body(it)),
        reason: it.reason.clone(),
        applicant: it.applicant_name.clone(),
        applicant_body: it.body.as_deref().map(|it| names.body(it)),
        at: it.at,
        reviewer: it.reviewer_name.clone(),
        reviewed_at: it.reviewed_at,
        review_note: it.review_note.clone(),
        decider: it.decider_name.clone(),
        decided_at: it.decided_at,
        decision_note: it.decision_note.clone(),
        standard: it.standard.and_then(|id| known.standard(id)).map(|it| it.code.clone()),
        version: it.version,
        moves: moves.collect(),
        terms,
    })
}

/// Which proposals.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ProposalQuery {
    /// Only in these states, e.g. `proposed,reviewed`.
    state: Option<String>,
    /// Where to go on.
    after: Option<String>,
    /// How many.
    limit: Option<u32>,
}

/// List proposals of new filing standards, newest first: all for those who decide, else one's own and one's body's.
#[utoipa::path(get, path = "/api/standards/proposals", tag = "cases", params(ProposalQuery), responses((status = 200, body = Page<ProposalView>)))]
pub(super) async fn proposal_list(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Query(query): Query<ProposalQuery>,
) -> Result<Json<Page<ProposalView>>> {
    let page = PageQuery {
        after: query.after,
        limit: query.limit,
    };
    let mut states = Vec::new();
    let mut fields = Fields::new();
    for word in query
        .state
        .iter()
        .flat_map(|it| it.split(','))
        .filter(|it| !it.is_empty())
    {
        match word.parse::<ProposalState>() {
            Ok(state) => states.push(state),
            Err(_) => drop(fields.refuse_with("state", &kernel_codes::UNKNOWN, &[("value", word)])),
        }
    }
    fields.done()?;
    let rows = proposal::page(&mut kernel.read().await?, &user, &states, &page).await?;
    let cut = Page::cut(rows, &page, |it| it.id);
    let items = cut
        .items
        .iter()
        .map(|it| view(&kernel, &user, it))
        .collect::<Result<_>>()?;
    Ok(Json(Page { items, next: cut.next }))
}

/// A proposal of a new filing standard.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewProposal {
    /// Made by the client.
    id: Option<Uuid>,
    /// What is asked for.
    terms: ProposedTerms,
    /// Why.
    #[schema(min_length = 2, max_length = 500)]
    reason: String,
}

/// Propose a new filing standard.
#[utoipa::path(post, path = "/api/standards/proposals", tag = "cases", request_body = NewProposal, responses((status = 200, body = ProposalView)))]
pub(super) async fn proposal_create(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Json(input): Json<NewProposal>,
) -> Result<Json<ProposalView>> {
    let mut fields = Fields::new();
    fields.text("reason", &input.reason, 2, 500);
    fields.done()?;
    check_standard(&kernel, &standard(&kernel, &input.terms))?;
    let mut work = kernel.work(&user).await?;
    let id = match work.first_answer::<ProposalId>(input.id, &input).await? {
        Some(first) => first,
        None => {
            let it = Proposal {
                id: input.id.map_or_else(|| kernel.id(), ProposalId),
                state: ProposalState::Proposed,
                terms: db::Json(input.terms),
                reason: input.reason.trim().to_owned(),
                applicant: user.id,
                applicant_name: user.name.clone(),
                body: user.body.clone(),
                at: work.now(),
                reviewer: None,
                reviewer_name: None,
                reviewed_at: None,
                review_note: None,
                decider: None,
                decider_name: None,
                decided_at: None,
                decision_note: None,
                standard: None,
                version: 1,
            };
            proposal::insert(&mut work, &it).await?;
            work.audit("cases.standard_proposed", it.id, &it.terms.0).await?;
            work.answer(it.id).await?
        }
    };
    look(&kernel, &user, id).await
}

/// The standard that it would become.
fn standard(kernel: &Kernel, terms: &ProposedTerms) -> Standard {
    let it = terms.clone();
    Standard {
        id: kernel.id(),
        code: String::new(),
        class: it.class,
        condition: it.condition.trim().to_owned(),
        condition_en: it.condition_en,
        closing: it.closing,
        closing_en: None,
        amount: it.amount,
        unit: it.unit,
        body: it.body,
        level: it.level,
        supervisor: None,
        valid_from: it.valid_from,
        valid_to: None,
        version: 1,
        area_limits: Vec::new(),
        stages: Vec::new(),
    }
}

/// A move of a proposal.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProposalStep {
    /// Made by the client.
    id: Option<Uuid>,
    /// The version that was looked at.
    version: i64,
    /// What is done.
    action: ProposalAction,
    /// A remark; the reason, if it is not taken.
    #[schema(max_length = 500)]
    note: Option<String>,
}

/// Review, approve, refuse or take back a proposal. An approved one becomes a standard.
#[utoipa::path(post, path = "/api/standards/proposals/{id}/moves", tag = "cases", params(("id" = ProposalId, Path)), request_body = ProposalStep, responses((status = 200, body = ProposalView)))]
pub(super) async fn proposal_move(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Path(id): Path<ProposalId>,
    Json(input): Json<ProposalStep>,
) -> Result<Json<ProposalView>> {
    let mut fields = Fields::new();
    fields.text("note", input.note.as_deref().unwrap_or_default(), 0, 500);
    fields.done()?;
    catalogue::refresh(&kernel).await?;
    let mut work = kernel.work(&user).await?;
    if let Some(first) = work.first_answer::<ProposalId>(input.id, &(id, &input)).await? {
        return look(&kernel, &user, first).await;
    }
    let mut it = proposal::find(&mut work, id)
        .await?
        .filter(|it| it.readable(&user))
        .ok_or_else(not_found)?;
    if it.version != input.version {
        return Err(Error::from(&kernel_codes::STALE));
    }
    let now = work.now();
    it.go(&user, input.action, input.note.clone(), now)?;
    let approved = it.state == ProposalState::Approved;
    if approved {
        it.standard = Some(admit(&mut work, &it).await?);
    }
    if !proposal::update(&mut work, &it).await? {
        return Err(Error::from(&kernel_codes::STALE));
    }
    let facts = serde_json::json!({ "action": input.action, "note": input.note, "standard": it.standard });
    work.audit("cases.proposal_moved", id, facts).await?;
    work.answer(id).await?;
    if approved {
        catalogue::reload(&kernel).await?;
    }
    look(&kernel, &user, id).await
}

/// Makes an approved proposal a standard: from the day that was asked for, but not from one that is past.
async fn admit(work: &mut kernel::Work, it: &Proposal) -> Result<StandardId> {
    let kernel = work.kernel().clone();
    let known = catalogue(&kernel)?;
    let mut new = standard(&kernel, &it.terms.0);
    let today = local_day(&kernel, work.now());
    new.valid_from = new.valid_from.filter(|day| *day > today).or(Some(today));
    check_standard(&kernel, &new)?;
    let n = catalogue::next_codes(work, &known, &new.class, 1).await?;
    new.code = format!("{}{n:02}", new.class);
    catalogue::save_standard(work, &new).await?;
    let id = new.id;
    history::record_standards(work, "approved", &[(None, new)]).await?;
    catalogue::touch(work).await?;
    Ok(id)
}

async fn look(kernel: &Kernel, user: &User, id: ProposalId) -> Result<Json<ProposalView>> {
    let found = proposal::find(&mut kernel.read().await?, id).await?;
    let it = found.filter(|it| it.readable(user)).ok_or_else(not_found)?;
    Ok(Json(view(kernel, user, &it)?))
}
