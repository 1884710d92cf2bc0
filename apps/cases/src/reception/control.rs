//! Areas and times without reports: asked for by one, approved by another, taken back when the event is over.
//!
//! While one is in force, what workers, residents and departments report there is refused with the reason, so that they
//! know; a class with a filing standard in urgent hours is taken all the same, because safety does not wait for an event.
//! The hotline is let through: the acceptor has a person on the line and sees the warning.

use axum::extract::State as AppState;
use grid::api::atlas;
use kernel::auth::{User, UserId, not_found};
use kernel::db::{Sql, Tx};
use kernel::error::{Error, Fields, Result, codes as kernel_codes};
use kernel::http::{Json, Path, Query};
use kernel::page::{Page, PageQuery};
use kernel::{Kernel, Time, Work, args, id, words};
use serde::{Deserialize, Serialize};
use standards::Unit;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::catalogue::{Catalogue, catalogue};
use crate::codes;
use crate::intake::Report;
use crate::model::Source;
use crate::moves::local_day;
use crate::permissions::CONTROL_ASK;
use crate::view::{AreaView, Names};

id!(
    /// An area and time without reports.
    ControlId
);

words! {
    /// Where a control stands.
    pub enum ControlState {
        /// Waits for somebody else to decide.
        Asked = "asked", "待审批", "Waiting for approval";
        /// In force during its time.
        Approved = "approved", "已批准", "Approved";
        /// Never came into force.
        Refused = "refused", "未批准", "Refused";
        /// Taken back.
        Revoked = "revoked", "已撤销", "Revoked";
    }
}

/// A control as it is stored.
#[derive(Clone, Debug, sqlx::FromRow)]
struct Control {
    id: ControlId,
    area: String,
    class: Option<String>,
    from_at: Time,
    to_at: Time,
    event: String,
    reason: String,
    reason_en: Option<String>,
    state: ControlState,
    asked_by: UserId,
    asked_name: String,
    asked_at: Time,
    decided_name: Option<String>,
    decided_at: Option<Time>,
    note: Option<String>,
    version: i64,
}

const CONTROL: &str = "SELECT id, area, class, from_at, to_at, event, reason, reason_en, state, asked_by, asked_name, asked_at, \
     decided_name, decided_at, note, version FROM cases_control";

/// The control that holds for a place and class at a moment.
async fn in_force(tx: &mut Tx, area: &str, class: Option<&str>, now: Time) -> Result<Option<Control>> {
    let mut sql = Sql::new(CONTROL);
    sql.push(" WHERE state = ").bind(ControlState::Approved);
    sql.and("to_at >", now)
        .and("from_at <=", now)
        .push(" ORDER BY to_at DESC LIMIT 1000");
    let all: Vec<Control> = tx.list(sql).await?;
    let holds = |it: &Control| {
        area.starts_with(&it.area)
            && it
                .class
                .as_deref()
                .is_none_or(|prefix| class.is_some_and(|it| it.starts_with(prefix)))
    };
    Ok(all.into_iter().find(holds))
}

/// Whether safety is at stake: the responsibility list has a standard of the class whose limit runs through the night.
fn is_urgent(catalogue: &Catalogue, class: &str, day: &str) -> bool {
    let urgent = Unit::UrgentHour.as_str();
    catalogue
        .standards_of(class)
        .any(|it| it.unit == urgent && it.in_force(day))
}

/// Refuses a report where none are taken; gives the control that one is taken in spite of.
pub(super) async fn admit(work: &mut Work, report: &Report, area: &str) -> Result<Option<String>> {
    let now = work.now();
    let Some(control) = in_force(work, area, report.class.as_deref(), now).await? else {
        return Ok(None);
    };
    let kernel = work.kernel();
    let catalogue = catalogue(kernel)?;
    let urgent = report
        .class
        .as_deref()
        .is_some_and(|it| is_urgent(&catalogue, it, &local_day(kernel, now)));
    if report.source == Source::Hotline || urgent {
        return Ok(Some(control.id.to_string()));
    }
    let local = |at: Time| {
        at.to_jiff()
            .to_zoned_datetime(kernel.config().zone())
            .strftime("%m-%d %H:%M")
            .to_string()
    };
    Err(codes::CONTROLLED
        .with("event", control.event)
        .with("from", local(control.from_at))
        .with("to", local(control.to_at))
        .with("reason_en", control.reason_en.unwrap_or_else(|| control.reason.clone()))
        .with("reason", control.reason))
}

/// An area and time without reports.
#[derive(Debug, Serialize, ToSchema)]
pub struct ControlView {
    id: ControlId,
    area: AreaView,
    /// A class, or the beginning of codes; all classes if absent.
    class: Option<String>,
    /// Its name, where the code is a class's or a major class's.
    class_name: Option<String>,
    class_name_en: Option<String>,
    from: Time,
    to: Time,
    event: String,
    reason: String,
    reason_en: Option<String>,
    state: ControlState,
    /// Approved, and its time is now.
    in_force: bool,
    asked_name: String,
    asked_at: Time,
    decided_name: Option<String>,
    decided_at: Option<Time>,
    note: Option<String>,
    /// Whether the user has asked for it: then somebody else has to decide.
    mine: bool,
    version: i64,
}

fn view(names: &Names<'_>, user: &User, it: Control) -> ControlView {
    let named = it.class.as_deref().and_then(|code| {
        let class = names.catalogue.class(code);
        let major = || names.catalogue.classes().find(|it| it.code.starts_with(code));
        class
            .map(|it| (it.name.clone(), it.name_en.clone()))
            .or_else(|| major().map(|it| (it.major_name.clone(), it.major_name_en.clone())))
    });
    ControlView {
        id: it.id,
        area: names.area(&it.area),
        class_name: named.as_ref().map(|it| it.0.clone()),
        class_name_en: named.and_then(|it| it.1),
        class: it.class,
        in_force: it.state == ControlState::Approved && it.from_at <= names.now && names.now < it.to_at,
        from: it.from_at,
        to: it.to_at,
        event: it.event,
        reason: it.reason,
        reason_en: it.reason_en,
        state: it.state,
        mine: it.asked_by == user.id,
        asked_name: it.asked_name,
        asked_at: it.asked_at,
        decided_name: it.decided_name,
        decided_at: it.decided_at,
        note: it.note,
        version: it.version,
    }
}

fn shown(kernel: &Kernel, user: &User, all: Vec<Control>) -> Result<Vec<ControlView>> {
    let (atlas, catalogue) = (atlas(kernel)?, catalogue(kernel)?);
    let names = Names {
        atlas: &atlas,
        catalogue: &catalogue,
        now: kernel.now(),
    };
    Ok(all.into_iter().map(|it| view(&names, user, it)).collect())
}

/// Which controls.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ControlQuery {
    /// Only in this state.
    #[param(inline)]
    state: Option<ControlState>,
    /// Where to go on.
    after: Option<String>,
    /// How many.
    limit: Option<u32>,
}

/// List the areas and times without reports, the latest asked for first.
#[utoipa::path(get, path = "/api/controls", tag = "cases", params(ControlQuery), responses((status = 200, body = Page<ControlView>)))]
pub(super) async fn control_list(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Query(query): Query<ControlQuery>,
) -> Result<Json<Page<ControlView>>> {
    let page = PageQuery {
        after: query.after,
        limit: query.limit,
    };
    let mut sql = Sql::new(CONTROL);
    sql.push(" WHERE TRUE");
    if let Some(state) = query.state {
        sql.and("state =", state);
    }
    if let Some((at, id)) = page.key::<(i64, ControlId)>()? {
        sql.push(" AND (asked_at, id) < (")
            .bind(at)
            .push(", ")
            .bind(id)
            .push(")");
    }
    sql.push(" ORDER BY asked_at DESC, id DESC LIMIT ").bind(page.fetch());
    let rows: Vec<Control> = kernel.read().await?.list(sql).await?;
    let page = Page::cut(rows, &page, |it| (it.asked_at.millis(), it.id));
    Ok(Json(Page {
        next: page.next,
        items: shown(&kernel, &user, page.items)?,
    }))
}

/// A place and a class.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct HereQuery {
    /// The area, by code.
    area: String,
    /// The class, by code.
    class: Option<String>,
}

/// Look whether a place and class are without reports now.
#[utoipa::path(get, path = "/api/controls/here", tag = "cases", params(HereQuery), responses((status = 200, body = Vec<ControlView>)))]
pub(super) async fn control_here(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Query(query): Query<HereQuery>,
) -> Result<Json<Vec<ControlView>>> {
    let now = kernel.now();
    let found = in_force(&mut kernel.read().await?, &query.area, query.class.as_deref(), now).await?;
    shown(&kernel, &user, found.into_iter().collect()).map(Json)
}

/// What is asked for.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewControl {
    /// Made by the client.
    id: Option<Uuid>,
    /// The area, with all below it.
    #[schema(max_length = 15)]
    area: String,
    /// A class's code, or the beginning of codes; all classes if absent.
    #[schema(max_length = 32)]
    class: Option<String>,
    /// When it begins.
    from: Time,
    /// When it ends; at most a month later.
    to: Time,
    /// What is going on.
    #[schema(min_length = 2, max_length = 100)]
    event: String,
    /// What reporters are told.
    #[schema(min_length = 2, max_length = 500)]
    reason: String,
    /// The same in English.
    #[schema(max_length = 500)]
    reason_en: Option<String>,
}

/// The longest that one may last.
const MOST_SECONDS: i64 = 31 * 24 * 3600;

impl NewControl {
    fn check(&self, kernel: &Kernel, user: &User) -> Result<()> {
        let mut fields = Fields::new();
        fields
            .text("event", &self.event, 2, 100)
            .text("reason", &self.reason, 2, 500)
            .text("reason_en", self.reason_en.as_deref().unwrap_or_default(), 0, 500);
        if !user.scope(&CONTROL_ASK).holds(Some(&self.area), None, &[]) {
            return Err(not_found());
        }
        if atlas(kernel)?.area(&self.area).is_none() {
            fields.refuse_with("area", &kernel_codes::UNKNOWN, &[("value", &self.area)]);
        }
        if let Some(prefix) = &self.class
            && !catalogue(kernel)?
                .classes()
                .any(|it| it.code.starts_with(prefix.as_str()))
        {
            fields.refuse_with("class", &kernel_codes::UNKNOWN, &[("value", prefix)]);
        }
        let lasts = self.to.seconds_since(self.from);
        if !(60..=MOST_SECONDS).contains(&lasts) || self.to <= kernel.now() {
            fields.refuse_with("to", &kernel_codes::RANGE, &[("min", "1 min"), ("max", "31 d")]);
        }
        fields.done()
    }
}

/// Ask for an area and time without reports. Somebody else decides.
#[utoipa::path(post, path = "/api/controls", tag = "cases", request_body = NewControl, responses((status = 200, body = ControlDone)))]
pub(super) async fn control_ask(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Json(input): Json<NewControl>,
) -> Result<Json<ControlDone>> {
    let mut work = kernel.work(&user).await?;
    if let Some(first) = work.first_answer(input.id, &input).await? {
        return Ok(Json(first));
    }
    input.check(&kernel, &user)?;
    let now = work.now();
    let id = input.id.map_or_else(|| kernel.id(), ControlId);
    let sql = "INSERT INTO cases_control (id, area, class, from_at, to_at, event, reason, reason_en, state, asked_by, asked_name, \
               asked_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1)";
    let text = |it: Option<String>| it.map(|it| it.trim().to_owned()).filter(|it| !it.is_empty());
    let values = args![
        id,
        &input.area,
        input.class.clone(),
        input.from,
        input.to,
        input.event.trim(),
        input.reason.trim(),
        text(input.reason_en.clone()),
        ControlState::Asked,
        user.id,
        &user.name,
        now
    ];
    work.run(sql, values).await?;
    work.audit("cases.control_asked", id, &input).await?;
    let answer = ControlDone {
        id,
        state: ControlState::Asked,
        version: 1,
    };
    work.answer(answer).await.map(Json)
}

/// The answer to a request or decision.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ControlDone {
    id: ControlId,
    state: ControlState,
    version: i64,
}

/// A decision.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ControlDecision {
    /// Made by the client.
    id: Option<Uuid>,
    /// The version that was looked at.
    version: i64,
    /// Whether it shall come into force.
    approved: bool,
    /// Why not.
    #[schema(max_length = 500)]
    note: Option<String>,
}

/// Approve or refuse what somebody else has asked for.
#[utoipa::path(post, path = "/api/controls/{id}/decision", tag = "cases", params(("id" = ControlId, Path)), request_body = ControlDecision, responses((status = 200, body = ControlDone)))]
pub(super) async fn control_decide(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Path(id): Path<ControlId>,
    Json(input): Json<ControlDecision>,
) -> Result<Json<ControlDone>> {
    let mut work = kernel.work(&user).await?;
    if let Some(first) = work.first_answer(input.id, &(id, &input)).await? {
        return Ok(Json(first));
    }
    let control = find(&mut work, id).await?;
    if !user
        .scope(&crate::permissions::CONTROL_APPROVE)
        .holds(Some(&control.area), None, &[])
    {
        return Err(not_found());
    }
    if control.asked_by == user.id {
        return Err((&codes::FOUR_EYES).into());
    }
    let mut fields = Fields::new();
    let least = usize::from(!input.approved) * 2;
    fields.text("note", input.note.as_deref().unwrap_or_default(), least, 500);
    fields.done()?;
    let state = if input.approved {
        ControlState::Approved
    } else {
        ControlState::Refused
    };
    move_on(
        work,
        user,
        control,
        &[ControlState::Asked],
        state,
        input.version,
        input.note,
    )
    .await
}

/// Why it is taken back.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ControlRevocation {
    /// Made by the client.
    id: Option<Uuid>,
    /// The version that was looked at.
    version: i64,
    /// Why.
    #[schema(min_length = 2, max_length = 500)]
    note: String,
}

/// Take back an area and time without reports, asked for or in force.
#[utoipa::path(post, path = "/api/controls/{id}/revocation", tag = "cases", params(("id" = ControlId, Path)), request_body = ControlRevocation, responses((status = 200, body = ControlDone)))]
pub(super) async fn control_revoke(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Path(id): Path<ControlId>,
    Json(input): Json<ControlRevocation>,
) -> Result<Json<ControlDone>> {
    let mut work = kernel.work(&user).await?;
    if let Some(first) = work.first_answer(input.id, &(id, &input)).await? {
        return Ok(Json(first));
    }
    let control = find(&mut work, id).await?;
    if !user.scope(&CONTROL_ASK).holds(Some(&control.area), None, &[]) {
        return Err(not_found());
    }
    let mut fields = Fields::new();
    fields.text("note", &input.note, 2, 500);
    fields.done()?;
    let open = [ControlState::Asked, ControlState::Approved];
    move_on(
        work,
        user,
        control,
        &open,
        ControlState::Revoked,
        input.version,
        Some(input.note),
    )
    .await
}

async fn find(tx: &mut Tx, id: ControlId) -> Result<Control> {
    let mut sql = Sql::new(CONTROL);
    sql.push(" WHERE id = ").bind(id);
    tx.list(sql).await?.pop().ok_or_else(not_found)
}

async fn move_on(
    mut work: Work,
    user: User,
    control: Control,
    from: &[ControlState],
    to: ControlState,
    seen: i64,
    note: Option<String>,
) -> Result<Json<ControlDone>> {
    if control.version != seen {
        return Err(Error::from(&kernel_codes::STALE).extra(serde_json::json!({ "version": control.version })));
    }
    if !from.contains(&control.state) {
        return Err(codes::CONTROL_DECIDED
            .with("state", control.state.zh())
            .with("state_en", control.state.en()));
    }
    let now = work.now();
    let sql = "UPDATE cases_control SET state = $3, decided_by = $4, decided_name = $5, decided_at = $6, note = $7, version = version + 1 \
               WHERE id = $1 AND version = $2";
    let note = note.map(|it| it.trim().to_owned()).filter(|it| !it.is_empty());
    let values = args![control.id, seen, to, user.id, &user.name, now, note.clone()];
    if work.run(sql, values).await? != 1 {
        return Err((&kernel_codes::STALE).into());
    }
    let facts = serde_json::json!({ "event": control.event, "area": control.area, "note": note });
    work.audit(&format!("cases.control_{to}"), control.id, facts).await?;
    let answer = ControlDone {
        id: control.id,
        state: to,
        version: seen + 1,
    };
    work.answer(answer).await.map(Json)
}

/// What the desk says of a control that a report was taken in spite of.
pub(super) async fn named(tx: &mut Tx, id: &str) -> Result<Option<(String, String)>> {
    Ok(tx
        .one("SELECT event, reason FROM cases_control WHERE id = $1", args![id])
        .await?)
}
