//! Making a move: who may, what it needs, what it changes; with its entry, figures, audit and news in one transaction.

use grid::api::atlas;
use kernel::auth::{Permission, User, find_user, not_found};
use kernel::error::{Error, Fields, Result, codes as kernel_codes};
use kernel::events::{Place, Topic};
use kernel::{Kernel, Time, Work, files};
use serde::{Deserialize, Serialize};
use standards::Limit;
use uuid::Uuid;

use crate::catalogue::{Catalogue, Standard, catalogue};
use crate::codes;
use crate::flow::FLOW;
use crate::model::{self, Action, Case, CaseId, Counts, EntryId, MoveInput, Rules, State};
use crate::permissions::CASE_READ;
use crate::store::{self, Entry};
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

/// Lends the rules of the district to a pure function.
pub fn with_rules<T>(
    kernel: &Kernel,
    catalogue: &Catalogue,
    standard: Option<&Standard>,
    work: impl FnOnce(&Rules<'_>) -> T,
) -> T {
    let stage_limit = |state| catalogue.stage_limit(state);
    let handle_limit: Option<Limit> = standard.and_then(Standard::limit);
    work(&Rules {
        calendar: &catalogue.calendar,
        zone: &kernel.config().zone(),
        stage_limit: &stage_limit,
        handle_limit,
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

/// Whether a move's permission reaches the case for this user.
pub fn reaches(user: &User, permission: &Permission, case: &Case) -> bool {
    user.scope(permission)
        .holds(Some(&case.area), case.body.as_deref(), &case.owners())
}

/// Makes a move in the name of the work's user.
pub async fn make(work: &mut Work, mut case: Case, input: &MoveInput) -> Result<Receipt> {
    let user = work
        .user()
        .cloned()
        .ok_or_else(|| Error::from(&kernel_codes::UNAUTHENTICATED))?;
    if input.version != case.version {
        return Err(stale(work, &case, input.version).await?);
    }
    let Some(step) = FLOW.find(case.state, input.action) else {
        return Err(not_open(case.state, input.action));
    };
    user.require(step.needs)?;
    if !reaches(&user, step.needs, &case) {
        return Err(not_found());
    }
    let kernel = work.kernel().clone();
    let catalogue = catalogue(&kernel)?;
    let detail = look_up(work, &kernel, &catalogue, &case, input).await?;

    let before = case.clone();
    let now = work.now();
    let standard = input.standard.or(case.standard).and_then(|it| catalogue.standard(it));
    let counts = with_rules(&kernel, &catalogue, standard, |rules| {
        model::apply(&mut case, step, input, now, rules)
    })?;
    let entry = EntryId(input.id.unwrap_or_else(|| kernel.id::<Uuid>()));
    let photos = files::attach(work, &input.photos, &format!("cases:{}", case.id)).await?;
    case.photo = case.photo.or(photos.first().map(|it| it.id));
    if !store::update(work, &case, before.version).await? {
        return Err(stale(work, &case, before.version).await?);
    }
    let detail = EntryDetail {
        due_at: case.due_at.filter(|_| step.to.is_some()),
        ..detail
    };
    let line = Entry {
        id: entry,
        case_id: case.id,
        n: case.version,
        at: now,
        actor: Some(user.id),
        actor_name: user.name.clone(),
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
