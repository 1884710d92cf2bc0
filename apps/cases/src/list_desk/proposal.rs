//! Entry of a new item by approval 准入审批: somebody asks for a filing standard, the shift lead reviews it, a leader
//! approves it, and it becomes a standard. The table of moves, and its SQL.

use kernel::auth::{Columns, User, UserId};
use kernel::db::{Json, Sql, Tx};
use kernel::error::{Error, Result, codes as kernel_codes};
use kernel::flow::{Ask, AskKind, Flow, Move};
use kernel::page::PageQuery;
use kernel::{Time, Work, args};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::model::StandardId;
use crate::permissions::{STANDARD_APPROVE, STANDARD_PROPOSE, STANDARD_REVIEW};

kernel::id!(
    /// A proposal.
    ProposalId
);

kernel::words! {
    /// How far a proposal is.
    pub enum ProposalState {
        /// Waits for the review.
        Proposed = "proposed", "待审核", "Proposed";
        /// Waits for the approval.
        Reviewed = "reviewed", "待批准", "Reviewed";
        /// It is a standard.
        Approved = "approved", "已准入", "Approved";
        /// It was not taken.
        Refused = "refused", "未通过", "Refused";
        /// The applicant took it back.
        Withdrawn = "withdrawn", "已撤回", "Withdrawn";
    }
}

kernel::words! {
    /// What is done with a proposal.
    pub enum ProposalAction {
        /// The shift lead finds it sound.
        Review = "review", "审核通过", "Pass the review";
        /// A leader makes it a standard.
        Approve = "approve", "批准准入", "Approve";
        /// It is not taken.
        Refuse = "refuse", "不予通过", "Refuse";
        /// The applicant takes it back.
        Withdraw = "withdraw", "撤回", "Withdraw";
    }
}

const NOTE: Ask = Ask::optional("note", AskKind::Text, "意见", "Remark");
const REASON: Ask = Ask::required("note", AskKind::Text, "不通过的理由", "Why it is not taken");

/// The moves of a proposal.
pub(super) static FLOW: Flow<ProposalState, ProposalAction> = Flow {
    moves: &[
        Move::to(
            &[ProposalState::Proposed],
            ProposalAction::Review,
            ProposalState::Reviewed,
            &STANDARD_REVIEW,
        )
        .asks(&[NOTE]),
        Move::to(
            &[ProposalState::Reviewed],
            ProposalAction::Approve,
            ProposalState::Approved,
            &STANDARD_APPROVE,
        )
        .asks(&[NOTE]),
        Move::to(
            &[ProposalState::Proposed],
            ProposalAction::Refuse,
            ProposalState::Refused,
            &STANDARD_REVIEW,
        )
        .asks(&[REASON])
        .danger(),
        Move::to(
            &[ProposalState::Reviewed],
            ProposalAction::Refuse,
            ProposalState::Refused,
            &STANDARD_APPROVE,
        )
        .asks(&[REASON])
        .danger(),
        Move::to(
            &[ProposalState::Proposed, ProposalState::Reviewed],
            ProposalAction::Withdraw,
            ProposalState::Withdrawn,
            &STANDARD_PROPOSE,
        )
        .danger(),
    ],
};

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProposedTerms {
    /// Its class, by code.
    pub(crate) class: String,
    /// When a case is to be filed under it.
    #[schema(min_length = 1, max_length = 500)]
    pub(crate) condition: String,
    /// The same in English.
    #[schema(max_length = 500)]
    pub(crate) condition_en: Option<String>,
    /// When a case can be closed.
    #[schema(max_length = 500)]
    pub(crate) closing: Option<String>,
    /// The limit's amount.
    pub(crate) amount: f64,
    /// The limit's unit: `urgent_hour`, `working_hour`, `working_day` or `calendar_day`.
    pub(crate) unit: String,
    /// The responsible body, by code …
    pub(crate) body: Option<String>,
    /// … or the place's own body at this level: `town` or `village`.
    pub(crate) level: Option<String>,
    /// The first day on which it is to be in force; the day of the approval if not said or past by then.
    pub(crate) valid_from: Option<String>,
}

/// A proposal as it is stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct Proposal {
    pub(crate) id: ProposalId,
    pub(crate) state: ProposalState,
    pub(crate) terms: Json<ProposedTerms>,
    pub(crate) reason: String,
    pub(crate) applicant: UserId,
    pub(crate) applicant_name: String,
    pub(crate) body: Option<String>,
    pub(crate) at: Time,
    pub(crate) reviewer: Option<UserId>,
    pub(crate) reviewer_name: Option<String>,
    pub(crate) reviewed_at: Option<Time>,
    pub(crate) review_note: Option<String>,
    pub(crate) decider: Option<UserId>,
    pub(crate) decider_name: Option<String>,
    pub(crate) decided_at: Option<Time>,
    pub(crate) decision_note: Option<String>,
    pub(crate) standard: Option<StandardId>,
    pub(crate) version: i64,
}

impl Proposal {
    /// Whether this user may read it: whoever decides, whoever works for the same body, and the applicant.
    pub(super) fn readable(&self, user: &User) -> bool {
        let all = [&STANDARD_PROPOSE, &STANDARD_REVIEW, &STANDARD_APPROVE];
        let owners = [Some(self.applicant)];
        self.applicant == user.id
            || all
                .into_iter()
                .any(|it| user.scope(it).holds(None, self.body.as_deref(), &owners))
    }

    /// The moves open to this user. Only the applicant takes it back; nobody decides on their own or twice.
    pub(super) fn open<'a>(
        &'a self,
        user: &'a User,
    ) -> impl Iterator<Item = &'static Move<ProposalState, ProposalAction>> + 'a {
        FLOW.open(self.state, user).filter(|it| self.may(user, it.action))
    }

    fn may(&self, user: &User, action: ProposalAction) -> bool {
        if action == ProposalAction::Withdraw {
            return self.applicant == user.id;
        }
        self.applicant != user.id && self.reviewer != Some(user.id)
    }

    /// Makes a move; whether it becomes a standard is for the caller to see to.
    pub(super) fn go(&mut self, user: &User, action: ProposalAction, note: Option<String>, now: Time) -> Result<()> {
        let step = FLOW.find(self.state, action).ok_or_else(|| {
            crate::codes::MOVE_NOT_OPEN
                .with("state", self.state.zh())
                .with("state_en", self.state.en())
                .with("action", action.zh())
                .with("action_en", action.en())
        })?;
        user.require(step.needs)?;
        if !self.may(user, action) {
            return Err(Error::from(&crate::codes::PROPOSAL_OTHERS));
        }
        let note = note.map(|it| it.trim().to_owned()).filter(|it| !it.is_empty());
        let required = step.asks.iter().any(|it| it.required);
        if required && note.is_none() {
            return Err(Error::field("note", &kernel_codes::REQUIRED));
        }
        let (who, name) = (Some(user.id), Some(user.name.clone()));
        if action == ProposalAction::Review {
            (self.reviewer, self.reviewer_name) = (who, name);
            (self.reviewed_at, self.review_note) = (Some(now), note);
        } else {
            (self.decider, self.decider_name) = (who, name);
            (self.decided_at, self.decision_note) = (Some(now), note);
        }
        self.state = step.to.unwrap_or(self.state);
        self.version += 1;
        Ok(())
    }
}

const SELECT: &str = "SELECT id, state, terms, reason, applicant, applicant_name, body, at, reviewer, reviewer_name, \
     reviewed_at, review_note, decider, decider_name, decided_at, decision_note, standard, version FROM cases_proposal";

const COLUMNS: Columns = Columns {
    area: "",
    body: "body",
    own: &["applicant"],
};

/// Adds a proposal.
pub(super) async fn insert(work: &mut Work, it: &Proposal) -> Result<()> {
    let sql = "INSERT INTO cases_proposal (id, state, terms, reason, applicant, applicant_name, body, at, version) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let values = args![
        it.id,
        it.state,
        &it.terms,
        &it.reason,
        it.applicant,
        &it.applicant_name,
        it.body.clone(),
        it.at,
        it.version
    ];
    work.run(sql, values).await?;
    Ok(())
}

/// A proposal by its id.
pub(super) async fn find(tx: &mut Tx, id: ProposalId) -> Result<Option<Proposal>> {
    let mut sql = Sql::new(SELECT);
    sql.push(" WHERE id = ").bind(id);
    Ok(tx.list(sql).await?.pop())
}

/// Writes a move on the version that was seen; says whether it still was.
pub(super) async fn update(tx: &mut Tx, it: &Proposal) -> Result<bool> {
    let sql = "UPDATE cases_proposal SET state = $3, reviewer = $4, reviewer_name = $5, reviewed_at = $6, review_note = $7, \
               decider = $8, decider_name = $9, decided_at = $10, decision_note = $11, standard = $12, version = $2 + 1 \
               WHERE id = $1 AND version = $2";
    let values = args![
        it.id,
        it.version - 1,
        it.state,
        it.reviewer,
        it.reviewer_name.clone(),
        it.reviewed_at,
        it.review_note.clone(),
        it.decider,
        it.decider_name.clone(),
        it.decided_at,
        it.decision_note.clone(),
        it.standard
    ];
    Ok(tx.run(sql, values).await? == 1)
}

/// A page of those that the user may read, newest first.
pub(super) async fn page(
    tx: &mut Tx,
    user: &User,
    states: &[ProposalState],
    page: &PageQuery,
) -> Result<Vec<Proposal>> {
    let mut sql = Sql::new(SELECT);
    sql.push(" WHERE (applicant = ").bind(user.id);
    for permission in [&STANDARD_PROPOSE, &STANDARD_REVIEW, &STANDARD_APPROVE] {
        sql.push(" OR ");
        user.scope(permission).push(&mut sql, COLUMNS);
    }
    sql.push(")");
    if !states.is_empty() {
        sql.push(" AND state IN ").list(states.iter().copied());
    }
    if let Some(after) = page.key::<ProposalId>()? {
        sql.and("id <", after);
    }
    sql.push(" ORDER BY id DESC LIMIT ").bind(page.fetch());
    Ok(tx.list(sql).await?)
}
