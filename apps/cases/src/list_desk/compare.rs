//! The list on two days beside each other, and what has been done to one standard, over HTTP.

use axum::extract::State as AppState;
use grid::api::atlas;
use kernel::Kernel;
use kernel::auth::not_found;
use kernel::error::{Error, Fields, Result, codes as kernel_codes};
use kernel::http::{Json, Path, Query};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{crosswalk, history};
use crate::catalogue::{Standard, catalogue};
use crate::model::StandardId;
use crate::routes::day_start;
use crate::view::{Named, Names};

/// Standards of another day beside those of one day.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct CompareQuery {
    /// The earlier day, `YYYY-MM-DD`.
    from: String,
    /// The later one.
    to: String,
    /// A class's code, or the beginning of codes.
    class: Option<String>,
}

/// What is different between two days.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Comparison {
    /// How many are in force only on the later day.
    added: usize,
    /// How many only on the earlier one.
    ended: usize,
    /// How many are in force on both, with other terms or under another class.
    changed: usize,
    /// How many are the same.
    unchanged: usize,
    /// The first 500 that are not.
    rows: Vec<ComparedStandard>,
}

/// A standard that is different on two days.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ComparedStandard {
    /// `added`, `ended` or `changed`.
    fate: &'static str,
    /// Its code on the earlier day.
    before: Option<String>,
    /// Its code on the later day.
    after: Option<String>,
    /// Its class, on the later day if it is in force then.
    class: Named,
    condition: String,
    condition_en: Option<String>,
    /// In what it differs.
    terms: Vec<history::TermChange>,
}

/// Compare what was in force on two days, as it was known at the end of each.
#[utoipa::path(get, path = "/api/standards/compare", tag = "cases", params(CompareQuery), responses((status = 200, body = Comparison)))]
pub(super) async fn standards_compare(
    AppState(kernel): AppState<Kernel>,
    Query(query): Query<CompareQuery>,
) -> Result<Json<Comparison>> {
    let mut fields = Fields::new();
    let first = day_start(&kernel, &mut fields, "from", Some(&query.from), 1);
    let second = day_start(&kernel, &mut fields, "to", Some(&query.to), 1);
    fields.done()?;
    let (Some(first), Some(second)) = (first, second) else {
        return Err(Error::from(&kernel_codes::INVALID));
    };
    let mut tx = kernel.read().await?;
    let later = history::since(&mut tx, first.min(second)).await?;
    let corrections = crosswalk::corrections(&mut tx).await?;
    drop(tx);
    let (atlas, known) = (atlas(&kernel)?, catalogue(&kernel)?);
    let names = Names {
        atlas: &atlas,
        catalogue: &known,
        now: kernel.now(),
    };
    let wanted = |it: &Standard, day: &str| {
        it.in_force(day)
            && query
                .class
                .as_ref()
                .is_none_or(|class| it.class.starts_with(class.as_str()))
    };
    let at = |end: kernel::Time, day: &str| {
        let mut all = history::as_of(&known, later.iter().filter(|it| it.at >= end));
        all.retain(|_, it| wanted(it, day));
        all
    };
    let (mut old, mut new) = (at(first, &query.from), at(second, &query.to));
    let mut pairs: Vec<(Standard, Standard)> = Vec::new();
    for id in old.keys().copied().collect::<Vec<_>>() {
        if let Some(after) = new.remove(&id)
            && let Some(before) = old.remove(&id)
        {
            pairs.push((before, after));
        }
    }
    // One that ended and one that began with the same condition, in the same class or in the one the crosswalk leads to.
    let successor = |class: &str| match corrections.get(class) {
        Some(said) => said.to_class.clone(),
        None => crosswalk::by_rule(class),
    };
    for id in old.keys().copied().collect::<Vec<_>>() {
        let Some(before) = old.get(&id) else { continue };
        let (to, from) = (successor(&before.class), &before.class);
        let twin = new.iter().find(|(_, it)| {
            let linked =
                it.class == *from || to.as_ref() == Some(&it.class) || successor(&it.class).as_ref() == Some(from);
            linked && it.condition == before.condition
        });
        if let Some(twin) = twin.map(|it| *it.0)
            && let (Some(before), Some(after)) = (old.remove(&id), new.remove(&twin))
        {
            pairs.push((before, after));
        }
    }
    let row = |fate, before: Option<&Standard>, after: Option<&Standard>| {
        let shown = after.or(before)?;
        let mut terms = history::differences(&names, before, after);
        if fate == "changed" {
            terms.retain(|it| !["valid_from", "valid_to"].contains(&it.field));
        }
        Some(ComparedStandard {
            fate,
            before: before.map(|it| it.code.clone()),
            after: after.map(|it| it.code.clone()),
            class: names.class(&shown.class),
            condition: shown.condition.clone(),
            condition_en: shown.condition_en.clone(),
            terms,
        })
    };
    let changed = pairs.iter().filter_map(|(a, b)| row("changed", Some(a), Some(b)));
    let changed: Vec<ComparedStandard> = changed
        .filter(|it| {
            !it.terms.is_empty()
                || it.before.as_ref().map(|it| class_of(it)) != it.after.as_ref().map(|it| class_of(it))
        })
        .collect();
    let (ended, added) = (old.len(), new.len());
    let unchanged = pairs.len() - changed.len();
    let mut view = Comparison {
        added,
        ended,
        changed: changed.len(),
        unchanged,
        rows: changed,
    };
    view.rows
        .extend(new.values().filter_map(|it| row("added", None, Some(it))));
    view.rows
        .extend(old.values().filter_map(|it| row("ended", Some(it), None)));
    view.rows.truncate(500);
    Ok(Json(view))
}

/// The class in a standard's code, which is the class's and a number of two digits or more.
fn class_of(code: &str) -> &str {
    code.get(..code.len().saturating_sub(2)).unwrap_or(code)
}

/// A change of one standard.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StandardChange {
    id: String,
    at: kernel::Time,
    /// Who.
    actor: String,
    /// `added`, `changed`, `moved`, `ended`, `imported` or `approved`.
    what: String,
    /// In what it differs from before.
    terms: Vec<history::TermChange>,
}

/// See who changed what of a standard and when, newest first.
#[utoipa::path(get, path = "/api/standards/{id}/history", tag = "cases", params(("id" = StandardId, Path)), responses((status = 200, body = Vec<StandardChange>)))]
pub(super) async fn standard_history(
    AppState(kernel): AppState<Kernel>,
    Path(id): Path<StandardId>,
) -> Result<Json<Vec<StandardChange>>> {
    let (atlas, known) = (atlas(&kernel)?, catalogue(&kernel)?);
    known.standard(id).ok_or_else(not_found)?;
    let kept = history::changes_of(&mut kernel.read().await?, "standard", &id.to_string()).await?;
    let names = Names {
        atlas: &atlas,
        catalogue: &known,
        now: kernel.now(),
    };
    let view = |it: history::Kept| {
        let (before, after) = (
            history::standard(it.before.as_ref()),
            history::standard(it.after.as_ref()),
        );
        StandardChange {
            terms: history::differences(&names, before.as_ref(), after.as_ref()),
            id: it.id,
            at: it.at,
            actor: it.actor_name,
            what: it.what,
        }
    };
    Ok(Json(kept.into_iter().map(view).collect()))
}
