//! Making a move: who may, what it needs, what it changes; with its entry, figures, audit and news in one transaction.

use grid::api::{PostedWorker, atlas};
use kernel::auth::{User, UserId, find_user, not_found};
use kernel::error::{Error, Fields, Result, codes as kernel_codes};
use kernel::events::{Place, Topic};
use kernel::flow::Move;
use kernel::{Kernel, Time, Work, files};
use serde::{Deserialize, Serialize};
use standards::Limit;
use uuid::Uuid;

use crate::catalogue::{Catalogue, Standard, catalogue};
use crate::codes;
use crate::flow::FLOW;
use crate::model::{self, Action, Case, CaseId, Counts, EntryId, MoveInput, Rules, State};
use crate::permissions::{CASE_HANDLE, CASE_READ, OF_A_CENTRE};
use crate::settings::settings;
use crate::store::{self, Assist, Entry};
use crate::view::{EntryDetail, Named, Names, Receipt, timeline};

/// A case was reported or a move was made.
pub static CASE_CHANGED: Topic = Topic {
    name: "cases.changed",
    needs: &CASE_READ,
};

/// The news of this app.
pub static TOPICS: &[&Topic] = &[
    &CASE_CHANGED,
    &crate::outside::OUTSIDE_SENT,
    &crate::supervision::ORDER_CHANGED,
];

/// What `cases.changed` says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// The case.
    pub id: CaseId,
    /// Its number.
    pub number: String,
    /// What was done.
    pub action: Action,
    /// Where it stands now.
    pub state: State,
    /// Its area.
    pub area: String,
    /// The body that has it.
    pub body: Option<String>,
    /// Its version now.
    pub version: i64,
}

impl Changed {
    /// The news of a case.
    pub fn of(case: &Case, action: Action) -> Self {
        Self {
            id: case.id,
            number: case.number.clone(),
            action,
            state: case.state,
            area: case.area.clone(),
            body: case.body.clone(),
            version: case.version,
        }
    }
}

/// The district's date at a moment, `YYYY-MM-DD`.
pub fn local_day(kernel: &Kernel, at: Time) -> String {
    at.to_jiff()
        .to_zoned_datetime(kernel.config().zone())
        .date()
        .to_string()
}

/// Lends the rules of the district to a pure function, for a case of this area under this standard.
pub fn with_rules<T>(
    kernel: &Kernel,
    catalogue: &Catalogue,
    standard: Option<&Standard>,
    area: &str,
    work: impl FnOnce(&Rules<'_>) -> Result<T>,
) -> Result<T> {
    let stage_limit = |state| catalogue.stage_limit(state);
    let area_class = atlas(kernel)?.area_class(area);
    let handle_limit: Option<Limit> = standard.and_then(|it| it.limit_for(area_class));
    let stages = standard.map(|it| it.stage_limits(area_class)).unwrap_or_default();
    let settings = settings(kernel)?;
    work(&Rules {
        calendar: &catalogue.calendar,
        zone: &kernel.config().zone(),
        stage_limit: &stage_limit,
        handle_limit,
        stages: &stages,
        settings: &settings,
        class: standard.map(|it| it.class.as_str()),
    })
}

/// The answer to a move.
pub fn receipt(case: &Case, entry: EntryId) -> Receipt {
    Receipt {
        id: case.id,
        number: case.number.clone(),
        state: case.state,
        version: case.version,
        entry,
    }
}

/// Who makes a move.
#[derive(Clone, Copy)]
pub enum Doer<'a> {
    /// A user, as far as their permissions and scopes go.
    User(&'a User),
    /// The program itself: a time has come.
    Program,
    /// Whoever reported the case, by a link that was made for this alone.
    Reporter,
}

impl Doer<'_> {
    fn id(self) -> Option<UserId> {
        match self {
            Self::User(user) => Some(user.id),
            Self::Program | Self::Reporter => None,
        }
    }

    fn name(self) -> String {
        match self {
            Self::User(user) => user.name.clone(),
            Self::Program => "系统".to_owned(),
            Self::Reporter => "上报人".to_owned(),
        }
    }

    /// Refuses who may not make this move on this case.
    fn check(self, step: &Move<State, Action>, case: &Case, helpers: &[Assist]) -> Result<()> {
        match self {
            Self::User(user) => {
                user.require(step.needs)?;
                if reaches(user, step, case, helpers) {
                    Ok(())
                } else {
                    Err(not_found())
                }
            }
            Self::Program | Self::Reporter => Ok(()),
        }
    }

    /// The body in whose name a user reports their help as done.
    fn helper(self, helpers: &[Assist]) -> Option<String> {
        let mut open = helpers.iter().filter(|it| it.done_at.is_none());
        let found = match self {
            Self::User(user) => {
                let scope = user.scope(&CASE_HANDLE);
                open.find(|it| scope.holds(None, Some(&it.body), &[]))
            }
            Self::Program | Self::Reporter => None,
        };
        found.map(|it| it.body.clone())
    }
}

/// Whether a move's permission reaches the case for this user: by where the case lies, by its body, or as its own; for what
/// a centre does, by the centre that has it; for help, by a body that was called in.
pub fn reaches(user: &User, step: &Move<State, Action>, case: &Case, helpers: &[Assist]) -> bool {
    let scope = user.scope(step.needs);
    if step.action == Action::Assist {
        return helpers
            .iter()
            .any(|it| it.done_at.is_none() && scope.holds(None, Some(&it.body), &[]));
    }
    let of_centre = OF_A_CENTRE.iter().any(|it| it.code == step.needs.code);
    let area = if of_centre { &case.desk } else { &case.area };
    scope.holds(Some(area), case.body.as_deref(), &case.owners())
}

/// Makes a move in the name of the work's user.
pub async fn make(work: &mut Work, case: Case, input: &MoveInput) -> Result<Receipt> {
    let user = work
        .user()
        .cloned()
        .ok_or_else(|| Error::from(&kernel_codes::UNAUTHENTICATED))?;
    make_as(work, case, input, Doer::User(&user)).await
}

/// Makes a move in somebody's name.
pub async fn make_as(work: &mut Work, mut case: Case, input: &MoveInput, doer: Doer<'_>) -> Result<Receipt> {
    if input.version != case.version {
        return Err(stale(work, &case, input.version).await?);
    }
    let Some(step) = FLOW.find(case.state, input.action) else {
        return Err(not_open(case.state, input.action));
    };
    let helpers = match input.action {
        Action::Assist | Action::CallIn | Action::Handle => store::assists(work, case.id).await?,
        _ => Vec::new(),
    };
    doer.check(step, &case, &helpers)?;
    let kernel = work.kernel().clone();
    let catalogue = catalogue(&kernel)?;
    let mut detail = look_up(work, &kernel, &catalogue, &case, input).await?;

    let before = case.clone();
    let now = work.now();
    let standard = input.standard.or(case.standard).and_then(|it| catalogue.standard(it));
    let area = case.area.clone();
    let counts = with_rules(&kernel, &catalogue, standard, &area, |rules| {
        model::apply(&mut case, step, input, now, rules)
    })?;
    if matches!(input.action, Action::SendVerify | Action::SendCheck) && input.user.is_none() {
        // Where nobody is on duty the task waits for whoever works in the area.
        let nearest = nearest_on_duty(work, &case).await?;
        let user = nearest.as_ref().map(|it| it.user);
        detail.user = nearest.map(|it| it.name);
        if input.action == Action::SendVerify {
            case.verifier = user;
        } else {
            case.checker = user;
        }
    }
    help(work, &case, input, doer, &helpers, &mut detail).await?;
    let entry = EntryId(input.id.unwrap_or_else(|| kernel.id::<Uuid>()));
    let photos = files::attach(work, &input.photos, &format!("cases:{}", case.id)).await?;
    case.photo = case.photo.or(photos.first().map(|it| it.id));
    if !store::update(work, &case, before.version).await? {
        return Err(stale(work, &case, before.version).await?);
    }
    let detail = EntryDetail {
        due_at: case.due_at.filter(|_| case.due_at != before.due_at),
        ..detail
    };
    let line = Entry {
        id: entry,
        case_id: case.id,
        n: case.version,
        at: now,
        actor: doer.id(),
        actor_name: doer.name(),
        action: input.action,
        from_state: before.state,
        to_state: case.state,
        note: input
            .note
            .as_deref()
            .map(str::trim)
            .filter(|it| !it.is_empty())
            .map(str::to_owned),
        detail: serde_json::to_string(&detail).map_err(Error::internal)?,
    };
    store::insert_entry(work, line).await?;
    store::insert_photos(work, case.id, entry, &photos).await?;
    tally(work, &kernel, &before, &case, &counts).await?;
    let facts = serde_json::json!({ "number": case.number, "to": case.state, "detail": detail });
    work.audit(&format!("cases.{}", input.action), case.id, facts).await?;
    // A body that has just sent a case back is told, too: it disappears from its list.
    let place = Place {
        area: Some(&case.area),
        body: case.body.as_deref().or(before.body.as_deref()),
        owners: &case.owners(),
    };
    work.emit(&CASE_CHANGED, place, Changed::of(&case, input.action))
        .await?;
    crate::reception::tell_merged(work, &case, input.action).await?;
    Ok(receipt(&case, entry))
}

/// The worker to send when nobody is named: on duty now, and as near to the case as can be.
async fn nearest_on_duty(work: &mut Work, case: &Case) -> Result<Option<PostedWorker>> {
    let now = work.now();
    let kernel = work.kernel().clone();
    let point = case.lng.zip(case.lat);
    Ok(grid::api::on_duty(&kernel, work, &case.area, point, now, 1)
        .await?
        .pop())
}

/// What a move changes among the bodies that help.
async fn help(
    work: &mut Work,
    case: &Case,
    input: &MoveInput,
    doer: Doer<'_>,
    helpers: &[Assist],
    detail: &mut EntryDetail,
) -> Result<()> {
    let now = work.now();
    match input.action {
        Action::CallIn => {
            let body = input.body.as_deref().unwrap_or_default();
            if case.body.as_deref() == Some(body) || !store::call_in(work, case.id, body, now).await? {
                return Err(Error::from(&codes::CALLED_IN_BEFORE));
            }
        }
        Action::Assist => {
            let body = doer.helper(helpers).ok_or_else(|| Error::from(&codes::NOT_CALLED_IN))?;
            store::end_assists(work, case.id, Some(&body), now).await?;
            let kernel = work.kernel().clone();
            let (atlas, catalogue) = (atlas(&kernel)?, catalogue(&kernel)?);
            let names = Names {
                atlas: &atlas,
                catalogue: &catalogue,
                now,
            };
            detail.body = Some(names.body(&body));
        }
        // Who leads says that the whole is done.
        Action::Handle if helpers.iter().any(|it| it.done_at.is_none()) => {
            store::end_assists(work, case.id, None, now).await?;
        }
        _ => {}
    }
    Ok(())
}

/// Adds the move to the figures, under the body that had the case or has it now.
async fn tally(work: &mut Work, kernel: &Kernel, before: &Case, case: &Case, counts: &Counts) -> Result<()> {
    let body = case.body.as_deref().or(before.body.as_deref());
    let moved = (before.class != case.class).then(|| {
        let past = Counts {
            reported: 1,
            accepted: i64::from(before.accepted_at.is_some()),
            filed: i64::from(before.filed_at.is_some()),
            ..Counts::default()
        };
        (before.class.as_deref().unwrap_or_default(), past)
    });
    let day = local_day(kernel, case.reported_at);
    store::count(work, &day, case, body, counts, moved).await
}

/// Looks up what the move names, and refuses what does not exist or does not fit.
async fn look_up(
    work: &mut Work,
    kernel: &Kernel,
    catalogue: &Catalogue,
    case: &Case,
    input: &MoveInput,
) -> Result<EntryDetail> {
    let atlas = atlas(kernel)?;
    let names = Names {
        atlas: &atlas,
        catalogue,
        now: work.now(),
    };
    let mut fields = Fields::new();
    let mut detail = EntryDetail {
        truth: input.truth,
        passed: input.passed,
        satisfaction: input.satisfaction,
        justified: input.justified,
        until: input.until,
        ..EntryDetail::default()
    };
    if let Some(id) = input.standard {
        let today = local_day(kernel, work.now());
        match catalogue
            .standard(id)
            .filter(|it| it.in_force(&today) && it.limit().is_some())
        {
            Some(standard) => {
                detail.class = Some(names.class(&standard.class));
                detail.standard = Some(Named {
                    code: standard.code.clone(),
                    name: standard.condition.clone(),
                    name_en: standard.condition_en.clone(),
                });
            }
            None => {
                fields.refuse_with("standard", &kernel_codes::UNKNOWN, &[("value", &id.to_string())]);
            }
        }
    }
    if let Some(code) = &input.body {
        if atlas.body(code).is_some_and(|it| it.active) {
            detail.body = Some(names.body(code));
        } else {
            fields.refuse_with("body", &kernel_codes::UNKNOWN, &[("value", code)]);
        }
    }
    if let Some(id) = input.user {
        let found = find_user(work, id).await?;
        // A case is given to a colleague of the same body; workers may come from any grid.
        let fits = |body: Option<&str>| input.action != Action::Assign || body == case.body.as_deref();
        match found.filter(|it| fits(it.body.as_deref())) {
            Some(user) => detail.user = Some(user.name),
            None => {
                fields.refuse_with("user", &kernel_codes::UNKNOWN, &[("value", &id.to_string())]);
            }
        }
    }
    let settings = settings(kernel)?;
    for code in &input.reasons {
        match settings.reasons.iter().find(|it| it.code == *code) {
            Some(reason) => detail.reasons.push(Named {
                code: code.clone(),
                name: reason.zh.clone(),
                name_en: Some(reason.en.clone()),
            }),
            None => {
                fields.refuse_with("reasons", &kernel_codes::UNKNOWN, &[("value", code)]);
            }
        }
    }
    match input.action {
        Action::SendUp => detail.desk = model::level_up(&case.desk).map(|it| names.named_area(it)),
        Action::SendDown => detail.desk = model::level_down(&case.desk, &case.area).map(|it| names.named_area(it)),
        Action::Suspend => detail.until = case.asked_until,
        Action::Refuse => detail.asked = case.asked,
        _ => {}
    }
    fields.done()?;
    Ok(detail)
}

fn not_open(state: State, action: Action) -> Error {
    codes::MOVE_NOT_OPEN
        .with("state", state.zh())
        .with("action", action.zh())
        .with("state_en", state.en())
        .with("action_en", action.en())
}

/// Says what has happened since the version that the user looked at.
async fn stale(work: &mut Work, case: &Case, seen: i64) -> Result<Error> {
    let latest = store::find(work, case.id).await?.ok_or_else(not_found)?;
    let changes = timeline(store::entries(work, case.id, seen).await?);
    let facts = serde_json::json!({ "version": latest.version, "state": latest.state, "changes": changes });
    Ok(Error::from(&kernel_codes::STALE).extra(facts))
}
