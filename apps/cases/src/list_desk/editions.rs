//! Editions side by side over HTTP: the classes of each, the crosswalk between them, and moving standards across.

use std::collections::BTreeMap;

use axum::extract::State as AppState;
use jiff::civil::Date;
use kernel::auth::{User, not_found};
use kernel::error::{Error, Fields, Result, codes as kernel_codes};
use kernel::http::{Json, Path, Query};
use kernel::{Kernel, Work};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::crosswalk::{self, CrosswalkRow};
use super::history::{self, Change};
use crate::catalogue::{self, Catalogue, Class, Standard, catalogue};
use crate::model::StandardId;
use crate::moves::local_day;
use crate::view::Named;

/// An edition with its classes.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EditionView {
    /// `2013`, `2026`, `local` or another.
    code: String,
    /// The standard it follows, e.g. `GB/T 47678—2026`.
    standard: Option<&'static str>,
    /// How sure its table is: `S` read in the source, `T` as third parties state it, `M` from memory.
    mark: Option<&'static str>,
    /// How many classes.
    classes: usize,
    /// How many standards are in force.
    standards: usize,
    /// Major classes: components first, then matters.
    majors: Vec<MajorView>,
}

/// A major class.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MajorView {
    /// How the codes of all its classes begin, kind included: `2026.M01` and `2026.C01` are two.
    prefix: String,
    /// `component` or `matter`.
    kind: String,
    name: String,
    name_en: Option<String>,
    classes: Vec<MinorView>,
}

/// A minor class.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MinorView {
    code: String,
    name: String,
    name_en: Option<String>,
    /// How many of its standards are in force.
    standards: usize,
    /// Whether the house has it; else it only follows from the crosswalk.
    in_house: bool,
    /// Where the crosswalk leads, of a class of 2013; of one of 2026, where it comes from.
    other: Vec<String>,
}

/// See the editions beside each other, each with its major and minor classes.
#[utoipa::path(get, path = "/api/editions", tag = "cases", responses((status = 200, body = Vec<EditionView>)))]
pub(super) async fn edition_list(AppState(kernel): AppState<Kernel>) -> Result<Json<Vec<EditionView>>> {
    let corrections = crosswalk::corrections(&mut kernel.read().await?).await?;
    let known = catalogue(&kernel)?;
    let today = local_day(&kernel, kernel.now());
    let mut other: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in crosswalk::rows(&known, &corrections, &today) {
        if let Some(to) = row.to {
            other.entry(to.code.clone()).or_default().push(row.from.code.clone());
            other.entry(row.from.code).or_default().push(to.code);
        }
    }
    let mut all: BTreeMap<String, (Class, bool)> = crosswalk::derived()
        .into_iter()
        .map(|it| (it.code.clone(), (it, false)))
        .collect();
    all.extend(known.classes().map(|it| (it.code.clone(), (it.clone(), true))));
    let mut editions: BTreeMap<String, EditionView> = BTreeMap::new();
    for (class, in_house) in all.into_values() {
        let edition = editions
            .entry(class.edition.clone())
            .or_insert_with(|| empty(&class.edition));
        let in_force = known.standards_of(&class.code).filter(|it| it.in_force(&today)).count();
        edition.classes += 1;
        edition.standards += in_force;
        let prefix = prefix(&class);
        let major = match edition.majors.iter().position(|it| it.prefix == prefix) {
            Some(at) => edition.majors.get_mut(at),
            None => {
                edition.majors.push(MajorView {
                    prefix,
                    kind: class.kind.clone(),
                    name: class.major_name.clone(),
                    name_en: class.major_name_en.clone(),
                    classes: Vec::new(),
                });
                edition.majors.last_mut()
            }
        };
        if let Some(major) = major {
            major.classes.push(MinorView {
                standards: in_force,
                in_house,
                other: other.remove(&class.code).unwrap_or_default(),
                code: class.code,
                name: class.name,
                name_en: class.name_en,
            });
        }
    }
    Ok(Json(editions.into_values().collect()))
}

fn empty(code: &str) -> EditionView {
    let national: Option<standards::Edition> = code.parse().ok();
    EditionView {
        code: code.to_owned(),
        standard: national.map(standards::Edition::standard),
        mark: national.map(|_| "T"),
        classes: 0,
        standards: 0,
        majors: Vec::new(),
    }
}

/// How the codes of a major class begin: edition, letter of the kind, and the major's number.
fn prefix(class: &Class) -> String {
    let letter = class.code.find('.').map_or(0, |dot| dot + 2);
    let head = class.code.get(..letter).unwrap_or_default();
    format!("{head}{}", class.major)
}

/// Which lines of the crosswalk.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct CrosswalkQuery {
    /// `component` or `matter`.
    kind: Option<String>,
    /// In a name or a code of either side.
    text: Option<String>,
    /// Only those that wait for a person: same number, another name, or no successor.
    #[serde(default)]
    open: bool,
}

/// The crosswalk.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CrosswalkView {
    /// How many lines there are.
    all: usize,
    /// How many wait for a person.
    open: usize,
    /// How many a person has corrected.
    corrected: usize,
    rows: Vec<CrosswalkRow>,
}

/// See how the classes of 2013 become those of 2026: by the rule, or as a person has corrected it.
#[utoipa::path(get, path = "/api/crosswalk", tag = "cases", params(CrosswalkQuery), responses((status = 200, body = CrosswalkView)))]
pub(super) async fn crosswalk_list(
    AppState(kernel): AppState<Kernel>,
    Query(query): Query<CrosswalkQuery>,
) -> Result<Json<CrosswalkView>> {
    let corrections = crosswalk::corrections(&mut kernel.read().await?).await?;
    let today = local_day(&kernel, kernel.now());
    let rows = crosswalk::rows(&*catalogue(&kernel)?, &corrections, &today);
    let text = query
        .text
        .map(|it| it.trim().to_lowercase())
        .filter(|it| !it.is_empty());
    let says = |named: &Named, text: &str| {
        let words = [Some(&named.code), Some(&named.name), named.name_en.as_ref()];
        words.into_iter().flatten().any(|it| it.to_lowercase().contains(text))
    };
    let open = |it: &CrosswalkRow| it.doubtful;
    let view = CrosswalkView {
        all: rows.len(),
        open: rows.iter().filter(|it| open(it)).count(),
        corrected: rows.iter().filter(|it| it.corrected).count(),
        rows: rows
            .into_iter()
            .filter(|it| !query.open || open(it))
            .filter(|it| query.kind.as_ref().is_none_or(|kind| it.kind == *kind))
            .filter(|it| {
                let sides = [Some(&it.from), it.to.as_ref(), it.proposed.as_ref()];
                text.as_ref()
                    .is_none_or(|text| sides.into_iter().flatten().any(|side| says(side, text)))
            })
            .take(2_000)
            .collect(),
    };
    Ok(Json(view))
}

/// What becomes of a class of 2013.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Successor {
    /// The class of 2026, or of one's own; none: it has no successor.
    to: Option<String>,
    /// Why.
    #[schema(max_length = 200)]
    note: Option<String>,
}

/// Say what becomes of a class of 2013, whatever the rule proposes.
#[utoipa::path(put, path = "/api/crosswalk/{code}", tag = "cases", params(("code" = String, Path)), request_body = Successor, responses((status = 200, body = CrosswalkRow)))]
pub(super) async fn crosswalk_set(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Path(code): Path<String>,
    Json(input): Json<Successor>,
) -> Result<Json<CrosswalkRow>> {
    let known = catalogue(&kernel)?;
    if !crosswalk::is_2013(&code) {
        return Err(not_found());
    }
    let mut fields = Fields::new();
    fields.text("note", input.note.as_deref().unwrap_or_default(), 0, 200);
    if let Some(to) = input
        .to
        .as_deref()
        .filter(|it| it.starts_with("2013.") || known.class(it).is_none())
    {
        fields.refuse_with("to", &kernel_codes::UNKNOWN, &[("value", to)]);
    }
    fields.done()?;
    let mut work = kernel.work(&user).await?;
    let note = input.note.as_deref().map(str::trim).filter(|it| !it.is_empty());
    crosswalk::correct(&mut work, &code, input.to.as_deref(), note, &user.name).await?;
    let is = serde_json::json!({ "to": input.to, "note": note });
    note_crosswalk(&mut work, &code, "changed", Some(&is)).await?;
    work.commit().await?;
    crosswalk_row(&kernel, &code).await
}

/// Go back to what the rule proposes for a class of 2013.
#[utoipa::path(delete, path = "/api/crosswalk/{code}", tag = "cases", params(("code" = String, Path)), responses((status = 200, body = CrosswalkRow)))]
pub(super) async fn crosswalk_reset(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Path(code): Path<String>,
) -> Result<Json<CrosswalkRow>> {
    let mut work = kernel.work(&user).await?;
    if !crosswalk::forget(&mut work, &code).await? {
        return Err(not_found());
    }
    note_crosswalk(&mut work, &code, "removed", None).await?;
    work.commit().await?;
    crosswalk_row(&kernel, &code).await
}

async fn note_crosswalk(
    work: &mut Work,
    code: &str,
    what: &'static str,
    after: Option<&serde_json::Value>,
) -> Result<()> {
    let change = Change {
        kind: "crosswalk",
        subject: code.to_owned(),
        what,
        before: None,
        after,
    };
    history::record(work, &change).await?;
    work.audit("cases.crosswalk_changed", code, after).await
}

async fn crosswalk_row(kernel: &Kernel, code: &str) -> Result<Json<CrosswalkRow>> {
    let corrections = crosswalk::corrections(&mut kernel.read().await?).await?;
    let today = local_day(kernel, kernel.now());
    let rows = crosswalk::rows(&*catalogue(kernel)?, &corrections, &today);
    let row = rows.into_iter().find(|it| it.from.code == code);
    row.map(Json).ok_or_else(not_found)
}

/// Standards to be moved to a class of another edition.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StandardsMove {
    /// Made by the client.
    id: Option<Uuid>,
    /// One standard, or
    standard: Option<StandardId>,
    /// all of a class that are in force on the day.
    class: Option<String>,
    /// The class they shall belong to; of 2013 also one that only follows from the crosswalk.
    to: String,
    /// The first day under the new class, `YYYY-MM-DD`; the old ones end the day before.
    from: String,
}

/// A standard and what has taken its place.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(super) struct MovedStandard {
    /// The one that ends.
    old: String,
    /// The one that begins.
    new: String,
}

/// Move standards to a class of another edition from a day on. Cases keep what they were filed under.
#[utoipa::path(post, path = "/api/standards/move", tag = "cases", request_body = StandardsMove, responses((status = 200, body = Vec<MovedStandard>)))]
pub(super) async fn standards_move(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Json(input): Json<StandardsMove>,
) -> Result<Json<Vec<MovedStandard>>> {
    catalogue::refresh(&kernel).await?;
    let known = catalogue(&kernel)?;
    let mut work = kernel.work(&user).await?;
    if let Some(first) = work.first_answer(input.id, &input).await? {
        return Ok(Json(first));
    }
    let (target, old) = chosen(&known, &input)?;
    let eve = input
        .from
        .parse::<Date>()
        .and_then(|it| it.yesterday())
        .map_err(Error::internal)?;
    if known.class(&target.code).is_none() {
        catalogue::save_class(&mut work, &target).await?;
        work.audit("cases.class_added", &target.code, &target).await?;
    }
    let count = i64::try_from(old.len()).map_err(Error::internal)?;
    let first = catalogue::next_codes(&mut work, &known, &target.code, count).await?;
    let mut moved = Vec::with_capacity(old.len());
    let mut changes = Vec::with_capacity(2 * old.len());
    for (n, before) in (first..).zip(old) {
        let ended = Standard {
            valid_to: Some(eve.to_string()),
            version: before.version + 1,
            ..before.clone()
        };
        let new = Standard {
            id: kernel.id(),
            code: format!("{}{n:02}", target.code),
            class: target.code.clone(),
            valid_from: Some(input.from.clone()),
            version: 1,
            ..before.clone()
        };
        catalogue::save_standard(&mut work, &ended).await?;
        catalogue::save_standard(&mut work, &new).await?;
        moved.push(MovedStandard {
            old: before.code.clone(),
            new: new.code.clone(),
        });
        changes.push((Some(before), ended));
        changes.push((None, new));
    }
    history::record_standards(&mut work, "moved", &changes).await?;
    let facts = serde_json::json!({ "to": target.code, "from": input.from, "moved": moved });
    work.audit("cases.standards_moved", &target.code, facts).await?;
    // Last, because everybody who changes the list waits here: it must still be the list that was read above.
    if catalogue::touch(&mut work).await? != known.revision() + 1 {
        return Err(Error::from(&kernel_codes::STALE));
    }
    let moved = work.answer(moved).await?;
    catalogue::reload(&kernel).await?;
    Ok(Json(moved))
}

/// The class that standards go to, and which they are.
fn chosen<'a>(known: &'a Catalogue, input: &'a StandardsMove) -> Result<(Class, Vec<&'a Standard>)> {
    let mut fields = Fields::new();
    let target = known
        .class(&input.to)
        .cloned()
        .or_else(|| crosswalk::derived().into_iter().find(|it| it.code == input.to));
    if target.is_none() {
        fields.refuse_with("to", &kernel_codes::UNKNOWN, &[("value", &input.to)]);
    }
    let old: Vec<&Standard> = match (input.standard, &input.class) {
        (Some(id), None) => known.standard(id).into_iter().collect(),
        (None, Some(class)) => known
            .standards_of(class)
            .filter(|it| it.in_force(&input.from))
            .collect(),
        _ => Vec::new(),
    };
    if old.is_empty() {
        fields.refuse("standard", &kernel_codes::REQUIRED);
    }
    if old.iter().any(|it| it.class == input.to) {
        fields.refuse("to", &kernel_codes::NOT_ALLOWED);
    }
    if input.from.len() != 10 || input.from.parse::<Date>().is_err() {
        fields.refuse_with("from", &kernel_codes::FORMAT, &[("why", "YYYY-MM-DD")]);
    } else if let Some(late) = old.iter().find(|it| {
        // One that has not begun by then, or has ended, has no day to hand over on.
        !it.in_force(&input.from) || it.valid_from.as_ref().is_some_and(|first| *first >= input.from)
    }) {
        fields.refuse_with("from", &kernel_codes::FORMAT, &[("why", &late.code)]);
    }
    fields.done()?;
    let target = target.ok_or_else(not_found)?;
    Ok((target, old))
}
