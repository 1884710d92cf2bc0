//! The desk of call-backs: whom to ask, the script, tries without an answer, links, and dissatisfaction to be reviewed.

use axum::extract::State as AppState;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use grid::api::atlas;
use kernel::auth::{User, not_found, users_by_id};
use kernel::db::Tx;
use kernel::error::{Error, Fields, Result, codes as kernel_codes};
use kernel::http::{Json, Path, Query};
use kernel::page::{Page, PageQuery};
use kernel::{Kernel, Time, args};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::store::{self, Link, Try};
use super::{Outcome, Script, TryId, digest, script};
use crate::catalogue::catalogue;
use crate::codes;
use crate::model::{Case, CaseId, State};
use crate::permissions::{CASE_EVALUATE, CASE_REVIEW, SETTINGS_MANAGE};
use crate::settings::settings;
use crate::view::{CaseRow, ContactView, Named, Names};

/// The most tries that one case keeps.
const MOST_TRIES: usize = 20;

/// A try that gave no rating.
#[derive(Clone, Serialize, ToSchema)]
struct CallbackTry {
    at: Time,
    by: String,
    outcome: Outcome,
    note: Option<String>,
}

/// A closed case whose reporter is to be asked, or has said that they are not satisfied.
#[derive(Serialize, ToSchema)]
pub(super) struct CallbackRow {
    #[serde(flatten)]
    case: CaseRow,
    /// The resident, masked.
    contact: Option<ContactView>,
    /// The member of staff who reported it.
    reporter: Option<String>,
    /// What came of calls so far, the latest first.
    tries: Vec<CallbackTry>,
    /// Until when a link opens the page, if one was made.
    link_until: Option<Time>,
    /// When they said that they are not satisfied.
    evaluated_at: Option<Time>,
    /// Why they are not.
    reasons: Vec<Named>,
}

async fn rows(kernel: &Kernel, tx: &mut Tx, cases: Vec<Case>) -> Result<Vec<CallbackRow>> {
    let (atlas, catalogue, settings) = (atlas(kernel)?, catalogue(kernel)?, settings(kernel)?);
    let now = kernel.now();
    let names = Names {
        atlas: &atlas,
        catalogue: &catalogue,
        now,
    };
    let ids: Vec<CaseId> = cases.iter().map(|it| it.id).collect();
    let reporters: Vec<_> = cases.iter().filter_map(|it| it.reporter).collect();
    let tries = store::tries(tx, &ids).await?;
    let links = store::links(tx, &ids).await?;
    let people = users_by_id(tx, reporters.into_iter()).await?;
    let row = |case: Case| CallbackRow {
        contact: (case.contact_name.is_some() || case.contact_phone.is_some()).then(|| ContactView {
            name: case.contact_name.clone(),
            phone: case.contact_phone.clone(),
        }),
        reporter: people
            .iter()
            .find(|it| Some(it.id) == case.reporter)
            .map(|it| it.name.clone()),
        tries: tries
            .iter()
            .filter(|it| it.case_id == case.id)
            .map(|it| CallbackTry {
                at: it.at,
                by: it.actor_name.clone(),
                outcome: it.outcome,
                note: it.note.clone(),
            })
            .collect(),
        link_until: links
            .iter()
            .find(|it| it.case_id == case.id && it.expires_at > now)
            .map(|it| it.expires_at),
        evaluated_at: case.evaluated_at,
        reasons: case
            .reasons
            .iter()
            .flat_map(|it| it.split(' '))
            .filter_map(|code| settings.reasons.iter().find(|it| it.code == code))
            .map(|it| Named {
                code: it.code.clone(),
                name: it.zh.clone(),
                name_en: Some(it.en.clone()),
            })
            .collect(),
        case: names.row(&case),
    };
    Ok(cases.into_iter().map(row).collect())
}

/// Whom to ask.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct CallbackQuery {
    /// Only residents who have left a telephone number, not the district's own staff.
    residents: Option<bool>,
    /// Where to go on.
    after: Option<String>,
    /// How many.
    limit: Option<u32>,
}

/// List the closed cases whose reporter is to be asked, the one closed first on top.
#[utoipa::path(get, path = "/api/callbacks", tag = "cases", params(CallbackQuery), responses((status = 200, body = Page<CallbackRow>)))]
pub(super) async fn callback_list(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Query(query): Query<CallbackQuery>,
) -> Result<Json<Page<CallbackRow>>> {
    let page = PageQuery {
        after: query.after,
        limit: query.limit,
    };
    let mut tx = kernel.read().await?;
    let (script, _) = script(&mut tx).await?;
    let since = kernel.now().plus_seconds(-script.days * 24 * 3600);
    let scope = user.scope(&CASE_EVALUATE);
    let found = store::unrated(&mut tx, &scope, since, query.residents == Some(true), &page).await?;
    let cut = Page::cut(found, &page, |it| (it.closed_at, it.id));
    let items = rows(&kernel, &mut tx, cut.items).await?;
    Ok(Json(Page { items, next: cut.next }))
}

/// List the closed cases whose reporter is not satisfied and that nobody has reviewed, the latest on top.
#[utoipa::path(get, path = "/api/callbacks/reviews", tag = "cases", params(PageQuery), responses((status = 200, body = Page<CallbackRow>)))]
pub(super) async fn callback_reviews(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<CallbackRow>>> {
    let mut tx = kernel.read().await?;
    let found = store::unreviewed(&mut tx, &user.scope(&CASE_REVIEW), &page).await?;
    let cut = Page::cut(found, &page, |it| (it.evaluated_at, it.id));
    let items = rows(&kernel, &mut tx, cut.items).await?;
    Ok(Json(Page { items, next: cut.next }))
}

/// The case, if the user may ask its reporter and nobody has yet.
async fn unrated(tx: &mut Tx, user: &User, id: CaseId) -> Result<Case> {
    let case = crate::store::find(tx, id).await?.ok_or_else(not_found)?;
    let scope = user.scope(&CASE_EVALUATE);
    if !scope.holds(Some(&case.area), case.body.as_deref(), &case.owners()) {
        return Err(not_found());
    }
    if case.satisfaction.is_some() {
        return Err(Error::from(&codes::EVALUATED_BEFORE));
    }
    if case.state != State::Closed {
        return Err(Error::from(&codes::NOT_CLOSED));
    }
    Ok(case)
}

/// What came of a call.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CallbackTryInput {
    /// Made by the client: sent again with the same id it changes nothing.
    id: Option<Uuid>,
    outcome: Outcome,
    /// When to call again, or what was said.
    #[schema(max_length = 300)]
    note: Option<String>,
}

/// How often somebody was called.
#[derive(Serialize, Deserialize, ToSchema)]
pub(super) struct CallbackTried {
    tries: usize,
}

/// Note a call that gave no rating.
#[utoipa::path(post, path = "/api/callbacks/{id}/tries", tag = "cases", params(("id" = CaseId, Path)), request_body = CallbackTryInput, responses((status = 200, body = CallbackTried)))]
pub(super) async fn callback_try(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Path(id): Path<CaseId>,
    Json(input): Json<CallbackTryInput>,
) -> Result<Json<CallbackTried>> {
    let mut fields = Fields::new();
    fields.text("note", input.note.as_deref().unwrap_or_default(), 0, 300);
    fields.done()?;
    let mut work = kernel.work(&user).await?;
    if let Some(first) = work.first_answer(input.id, &(id, &input)).await? {
        return Ok(Json(first));
    }
    let case = unrated(&mut work, &user, id).await?;
    let tries = store::tries(&mut work, &[id]).await?.len();
    if tries >= MOST_TRIES {
        return Err(kernel_codes::TOO_LARGE.with("limit", MOST_TRIES));
    }
    let note = input.note.as_deref().map(str::trim).filter(|it| !it.is_empty());
    let one = Try {
        case_id: id,
        at: work.now(),
        actor_name: user.name.clone(),
        outcome: input.outcome,
        note: note.map(str::to_owned),
    };
    let try_id = TryId(input.id.unwrap_or_else(|| kernel.id()));
    store::insert_try(&mut work, try_id, user.id, &one).await?;
    let facts = serde_json::json!({ "case": id, "number": case.number, "outcome": input.outcome });
    work.audit("cases.callback_tried", try_id, facts).await?;
    work.answer(CallbackTried { tries: tries + 1 }).await.map(Json)
}

/// A link, to be passed on; it is shown this once.
#[derive(Serialize, ToSchema)]
pub(super) struct CallbackLink {
    /// The whole address; without `http.public_url` in the configuration it begins with `/`.
    link: String,
    expires_at: Time,
}

/// Make a link by which the reporter can rate the case. One that was made before opens nothing any more.
#[utoipa::path(post, path = "/api/callbacks/{id}/link", tag = "cases", params(("id" = CaseId, Path)), responses((status = 200, body = CallbackLink)))]
pub(super) async fn callback_link(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Path(id): Path<CaseId>,
) -> Result<Json<CallbackLink>> {
    let mut work = kernel.work(&user).await?;
    let case = unrated(&mut work, &user, id).await?;
    let (script, _) = script(&mut work).await?;
    let now = work.now();
    store::end_links(&mut work, id, now).await?;
    let token = BASE64_URL_SAFE_NO_PAD.encode(kernel.random::<32>());
    let link = Link {
        id: kernel.id::<Uuid>().to_string(),
        case_id: id,
        expires_at: now.plus_seconds(script.link_days * 24 * 3600),
        ended_at: None,
    };
    store::insert_link(&mut work, &link, digest(&token), now, &user.name).await?;
    let facts = serde_json::json!({ "case": id, "number": case.number, "expires_at": link.expires_at });
    work.audit("cases.callback_link_made", &link.id, facts).await?;
    work.commit().await?;
    // The token stands behind `#`, which browsers send to nobody: it appears in no log.
    let base = kernel.config().http.public_url.as_deref().unwrap_or_default();
    Ok(Json(CallbackLink {
        link: format!("{}/rate#{token}", base.trim_end_matches('/')),
        expires_at: link.expires_at,
    }))
}

/// The script and its version.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CallbackScriptView {
    script: Script,
    /// The version that was looked at; 0 for the script to start from.
    version: i64,
}

/// Read how people are called back.
#[utoipa::path(get, path = "/api/callbacks/script", tag = "cases", responses((status = 200, body = CallbackScriptView)))]
pub(super) async fn callback_script(AppState(kernel): AppState<Kernel>) -> Result<Json<CallbackScriptView>> {
    let (script, version) = script(&mut kernel.read().await?).await?;
    Ok(Json(CallbackScriptView { script, version }))
}

/// Change how people are called back; it holds for the whole district, so only for those whose reach does.
#[utoipa::path(put, path = "/api/callbacks/script", tag = "cases", request_body = CallbackScriptView, responses((status = 200, body = CallbackScriptView)))]
pub(super) async fn callback_script_set(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Json(input): Json<CallbackScriptView>,
) -> Result<Json<CallbackScriptView>> {
    if !user.scope(&SETTINGS_MANAGE).is_all() {
        return Err(not_found());
    }
    let mut fields = Fields::new();
    let it = &input.script;
    let counts = [
        ("days", it.days, 1, 90),
        ("link_days", it.link_days, 1, 30),
        (
            "questions",
            i64::try_from(it.questions.len()).unwrap_or(i64::MAX),
            1,
            12,
        ),
    ];
    for (field, value, min, max) in counts {
        if !(min..=max).contains(&value) {
            let (min, max) = (min.to_string(), max.to_string());
            fields.refuse_with(field, &kernel_codes::RANGE, &[("min", &min), ("max", &max)]);
        }
    }
    for question in &it.questions {
        fields.text("questions", &question.zh, 1, 200);
        fields.text("questions", &question.en, 0, 300);
    }
    fields.done()?;
    let mut work = kernel.work(&user).await?;
    let (before, known) = script(&mut work).await?;
    let value = serde_json::to_string(&input.script).map_err(Error::internal)?;
    let sql = "INSERT INTO cases_setting (name, value, version) VALUES ('callback', $1, 1) \
               ON CONFLICT (name) DO UPDATE SET value = excluded.value, version = cases_setting.version + 1 \
               WHERE cases_setting.version = $2";
    if known != input.version || work.run(sql, args![value, input.version]).await? == 0 {
        return Err(Error::from(&kernel_codes::STALE));
    }
    let change = serde_json::json!({ "before": before, "after": &input.script });
    work.audit("cases.callback_script_changed", "callback", change).await?;
    work.commit().await?;
    Ok(Json(CallbackScriptView {
        version: input.version + 1,
        ..input
    }))
}
