//! The responsibility list over HTTP: classes and filing standards, to look up and to add to.

use axum::extract::State as AppState;
use grid::api::atlas;
use kernel::auth::User;
use kernel::error::{Error, Fields, Result, codes as kernel_codes};
use kernel::http::{Json, Path, Query};
use kernel::page::{Page, PageQuery};
use kernel::{Kernel, Work};
use serde::{Deserialize, Serialize};
use standards::Limit;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::catalogue::{self, AreaLimit, Class, Stage, Standard, catalogue};
use crate::list_desk::history;
use crate::model::StandardId;
use crate::moves::local_day;
use crate::view::{Named, Names};

/// Which classes.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ClassQuery {
    /// `component` or `matter`.
    kind: Option<String>,
    /// `2026`, `2013` or `local`.
    edition: Option<String>,
}

/// List the classes; a few hundred.
#[utoipa::path(get, path = "/api/classes", tag = "cases", params(ClassQuery), responses((status = 200, body = Vec<Class>)))]
pub(super) async fn class_list(
    AppState(kernel): AppState<Kernel>,
    Query(query): Query<ClassQuery>,
) -> Result<Json<Vec<Class>>> {
    let catalogue = catalogue(&kernel)?;
    let wanted = |it: &&Class| {
        query.kind.as_ref().is_none_or(|kind| it.kind == *kind)
            && query.edition.as_ref().is_none_or(|edition| it.edition == *edition)
    };
    Ok(Json(catalogue.classes().filter(wanted).cloned().collect()))
}

/// Which standards.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct StandardQuery {
    /// A class's code, or the beginning of codes.
    class: Option<String>,
    /// The responsible or supervising body, by code.
    body: Option<String>,
    /// In the condition or the class's name.
    text: Option<String>,
    /// Also those that are not in force today.
    #[serde(default)]
    all: bool,
    /// Where to go on.
    after: Option<String>,
    /// How many.
    limit: Option<u32>,
}

/// A time limit.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub(super) struct LimitView {
    /// How many.
    amount: f64,
    /// `urgent_hour`, `working_hour`, `working_day` or `calendar_day`.
    unit: String,
    /// In Chinese; not needed in a request.
    #[serde(default)]
    zh: String,
    /// In English; not needed in a request.
    #[serde(default)]
    en: String,
}

impl From<Limit> for LimitView {
    fn from(it: Limit) -> Self {
        Self {
            amount: it.amount(),
            unit: it.unit().to_string(),
            zh: it.zh(),
            en: it.en(),
        }
    }
}

/// A filing standard.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StandardView {
    id: StandardId,
    code: String,
    class: Named,
    major_name: String,
    condition: String,
    condition_en: Option<String>,
    closing: Option<String>,
    closing_en: Option<String>,
    limit: LimitView,
    /// Other limits in areas of a class.
    area_limits: Vec<AreaLimit>,
    /// Several limits within one case.
    stages: Vec<Stage>,
    body: Option<Named>,
    /// The place's own body at this level, when no body is named.
    level: Option<String>,
    supervisor: Option<Named>,
    valid_from: Option<String>,
    valid_to: Option<String>,
    version: i64,
}

fn view(names: &Names<'_>, it: &Standard) -> StandardView {
    StandardView {
        id: it.id,
        code: it.code.clone(),
        class: names.class(&it.class),
        major_name: names
            .catalogue
            .class(&it.class)
            .map(|it| it.major_name.clone())
            .unwrap_or_default(),
        condition: it.condition.clone(),
        condition_en: it.condition_en.clone(),
        closing: it.closing.clone(),
        closing_en: it.closing_en.clone(),
        limit: it.limit().map(LimitView::from).unwrap_or_default(),
        area_limits: it.area_limits.clone(),
        stages: it.stages.clone(),
        body: it.body.as_deref().map(|it| names.body(it)),
        level: it.level.clone(),
        supervisor: it.supervisor.as_deref().map(|it| names.body(it)),
        valid_from: it.valid_from.clone(),
        valid_to: it.valid_to.clone(),
        version: it.version,
    }
}

/// List the filing standards, by code.
#[utoipa::path(get, path = "/api/standards", tag = "cases", params(StandardQuery), responses((status = 200, body = Page<StandardView>)))]
pub(super) async fn standard_list(
    AppState(kernel): AppState<Kernel>,
    Query(query): Query<StandardQuery>,
) -> Result<Json<Page<StandardView>>> {
    let page = PageQuery {
        after: query.after,
        limit: query.limit,
    };
    let after: Option<String> = page.key()?;
    let (atlas, catalogue) = (atlas(&kernel)?, catalogue(&kernel)?);
    let names = Names {
        atlas: &atlas,
        catalogue: &catalogue,
        now: kernel.now(),
    };
    let text = query
        .text
        .map(|it| it.trim().to_lowercase())
        .filter(|it| !it.is_empty());
    let says = |it: &Standard, text: &str| {
        let class = names.class(&it.class);
        let words = [
            Some(&it.condition),
            it.condition_en.as_ref(),
            Some(&class.name),
            class.name_en.as_ref(),
            Some(&it.code),
        ];
        words.into_iter().flatten().any(|it| it.to_lowercase().contains(text))
    };
    let today = local_day(&kernel, kernel.now());
    let of_body = |it: &Standard, body: &str| [&it.body, &it.supervisor].into_iter().flatten().any(|it| it == body);
    let rows: Vec<&Standard> = catalogue
        .standards()
        .filter(|it| query.all || it.in_force(&today))
        .filter(|it| query.body.as_deref().is_none_or(|body| of_body(it, body)))
        .filter(|it| after.as_ref().is_none_or(|after| it.code > *after))
        .filter(|it| {
            query
                .class
                .as_ref()
                .is_none_or(|class| it.class.starts_with(class.as_str()))
        })
        .filter(|it| text.as_ref().is_none_or(|text| says(it, text)))
        .take(page.limit() + 1)
        .collect();
    Ok(Json(
        Page::cut(rows, &page, |it| it.code.clone()).map(|it| view(&names, it)),
    ))
}

/// A class of the district's own.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewClass {
    /// Made by the client.
    id: Option<Uuid>,
    /// `component` or `matter`.
    kind: String,
    /// The major class's name.
    #[schema(min_length = 1, max_length = 64)]
    major_name: String,
    /// Its name.
    #[schema(min_length = 1, max_length = 64)]
    name: String,
}

/// Add a class of the district's own; one that is there already is returned as it is.
#[utoipa::path(post, path = "/api/classes", tag = "cases", request_body = NewClass, responses((status = 200, body = Class)))]
pub(super) async fn class_create(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Json(input): Json<NewClass>,
) -> Result<Json<Class>> {
    let mut fields = Fields::new();
    fields
        .text("major_name", &input.major_name, 1, 64)
        .text("name", &input.name, 1, 64);
    if !["component", "matter"].contains(&input.kind.as_str()) {
        fields.refuse_with("kind", &kernel_codes::UNKNOWN, &[("value", &input.kind)]);
    }
    fields.done()?;
    let mut work = kernel.work(&user).await?;
    if let Some(first) = work.first_answer(input.id, &input).await? {
        return Ok(Json(first));
    }
    let class = local_class(&mut work, &input.kind, &input.major_name, &input.name).await?;
    let class = work.answer(class).await?;
    catalogue::reload(&kernel).await?;
    Ok(Json(class))
}

/// A class of the district's own by its names, made if it is missing.
pub(crate) async fn local_class(work: &mut Work, kind: &str, major_name: &str, name: &str) -> Result<Class> {
    let known = catalogue(work.kernel())?;
    let same = |it: &&Class| it.edition == "local" && it.kind == kind && it.major_name == major_name && it.name == name;
    if let Some(found) = known.classes().find(same) {
        return Ok(found.clone());
    }
    catalogue::make_class(work, &known, "local", kind, major_name, name).await
}

/// A filing standard to be added.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewStandard {
    /// Made by the client.
    id: Option<Uuid>,
    /// Its class, by code.
    class: String,
    /// When a case is filed under it.
    #[schema(min_length = 1, max_length = 500)]
    condition: String,
    /// The same in English.
    #[schema(max_length = 500)]
    condition_en: Option<String>,
    /// When a case can be closed.
    #[schema(max_length = 500)]
    closing: Option<String>,
    /// The same in English.
    #[schema(max_length = 500)]
    closing_en: Option<String>,
    /// How long handling may take.
    limit: LimitView,
    /// Other limits in areas of a class.
    #[schema(max_items = 9)]
    area_limits: Option<Vec<AreaLimit>>,
    /// Several limits within one case, in order.
    #[schema(max_items = 6)]
    stages: Option<Vec<Stage>>,
    /// The responsible body, by code …
    body: Option<String>,
    /// … or the place's own body at this level: `town` or `village`.
    level: Option<String>,
    /// The supervising body, by code.
    supervisor: Option<String>,
}

/// Add a filing standard.
#[utoipa::path(post, path = "/api/standards", tag = "cases", request_body = NewStandard, responses((status = 200, body = StandardView)))]
pub(super) async fn standard_create(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Json(input): Json<NewStandard>,
) -> Result<Json<StandardView>> {
    let known = catalogue(&kernel)?;
    let mut standard = Standard {
        id: input.id.map_or_else(|| kernel.id(), StandardId),
        code: String::new(),
        class: input.class.clone(),
        condition: input.condition.trim().to_owned(),
        condition_en: input.condition_en.clone(),
        closing: input.closing.clone(),
        closing_en: input.closing_en.clone(),
        amount: input.limit.amount,
        unit: input.limit.unit.clone(),
        body: input.body.clone(),
        level: input.level.clone(),
        supervisor: input.supervisor.clone(),
        valid_from: None,
        valid_to: None,
        version: 1,
        area_limits: input.area_limits.clone().unwrap_or_default(),
        stages: input.stages.clone().unwrap_or_default(),
    };
    check_standard(&kernel, &standard)?;
    let mut work = kernel.work(&user).await?;
    let id = match work.first_answer::<StandardId>(input.id, &input).await? {
        Some(first) => first,
        None => {
            let n = catalogue::next_codes(&mut work, &known, &input.class, 1).await?;
            standard.code = format!("{}{n:02}", input.class);
            catalogue::save_standard(&mut work, &standard).await?;
            catalogue::touch(&mut work).await?;
            let facts = serde_json::json!({ "code": standard.code, "condition": standard.condition });
            let id = standard.id;
            work.audit("cases.standard_added", id, facts).await?;
            history::record_standards(&mut work, "added", &[(None, standard)]).await?;
            let id = work.answer(id).await?;
            catalogue::reload(&kernel).await?;
            id
        }
    };
    look(&kernel, id)
}

/// What a filing standard is to say from now on.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangedStandard {
    /// The version that was looked at.
    version: i64,
    /// When a case is filed under it.
    #[schema(min_length = 1, max_length = 500)]
    condition: String,
    /// The same in English.
    #[schema(max_length = 500)]
    condition_en: Option<String>,
    /// When a case can be closed.
    #[schema(max_length = 500)]
    closing: Option<String>,
    /// The same in English.
    #[schema(max_length = 500)]
    closing_en: Option<String>,
    /// How long handling may take.
    limit: LimitView,
    /// Other limits in areas of a class; not said, they stay.
    #[schema(max_items = 9)]
    area_limits: Option<Vec<AreaLimit>>,
    /// Several limits within one case, in order; not said, they stay.
    #[schema(max_items = 6)]
    stages: Option<Vec<Stage>>,
    /// The responsible body, by code …
    body: Option<String>,
    /// … or the place's own body at this level: `town` or `village`.
    level: Option<String>,
    /// The supervising body, by code.
    supervisor: Option<String>,
    /// The first day on which it is in force, `YYYY-MM-DD`; always if not said.
    valid_from: Option<String>,
    /// The last one.
    valid_to: Option<String>,
}

/// Correct a filing standard, or end it. Cases that run keep the limit with which they were dispatched.
#[utoipa::path(put, path = "/api/standards/{id}", tag = "cases", params(("id" = StandardId, Path)), request_body = ChangedStandard, responses((status = 200, body = StandardView)))]
pub(super) async fn standard_update(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Path(id): Path<StandardId>,
    Json(input): Json<ChangedStandard>,
) -> Result<Json<StandardView>> {
    catalogue::refresh(&kernel).await?;
    let known = catalogue(&kernel)?;
    let before = known
        .standard(id)
        .ok_or_else(|| Error::from(&kernel_codes::NOT_FOUND))?;
    let standard = Standard {
        condition: input.condition.trim().to_owned(),
        condition_en: input.condition_en,
        closing: input.closing,
        closing_en: input.closing_en,
        amount: input.limit.amount,
        unit: input.limit.unit,
        body: input.body,
        level: input.level,
        supervisor: input.supervisor,
        valid_from: input.valid_from,
        valid_to: input.valid_to,
        area_limits: input.area_limits.unwrap_or_else(|| before.area_limits.clone()),
        stages: input.stages.unwrap_or_else(|| before.stages.clone()),
        ..before.clone()
    };
    check_standard(&kernel, &standard)?;
    if standard == *before {
        return look(&kernel, id);
    }
    let mut work = kernel.work(&user).await?;
    catalogue::save_standard(&mut work, &standard).await?;
    let facts = serde_json::json!({ "code": standard.code, "before": terms(before), "after": terms(&standard) });
    work.audit("cases.standard_changed", id, facts).await?;
    history::record_standards(&mut work, "changed", &[(Some(before), standard)]).await?;
    // Last, because everybody who changes the list waits here: it must still be the list that was read above.
    let revision = catalogue::touch(&mut work).await?;
    if input.version != before.version || revision != known.revision() + 1 {
        return Err(Error::from(&kernel_codes::STALE));
    }
    work.commit().await?;
    catalogue::reload(&kernel).await?;
    look(&kernel, id)
}

/// What a reviewer asks for of a standard.
fn terms(it: &Standard) -> serde_json::Value {
    serde_json::json!({
        "condition": it.condition,
        "closing": it.closing,
        "limit": it.limit().map(Limit::en),
        "area_limits": it.area_limits,
        "stages": it.stages,
        "body": it.body,
        "level": it.level,
        "supervisor": it.supervisor,
        "valid_from": it.valid_from,
        "valid_to": it.valid_to,
    })
}

/// Refuses what no standard can say.
pub(crate) fn check_standard(kernel: &Kernel, it: &Standard) -> Result<()> {
    let (atlas, known) = (atlas(kernel)?, catalogue(kernel)?);
    let mut fields = Fields::new();
    fields.text("condition", &it.condition, 1, 500);
    for (field, text) in [
        ("condition_en", &it.condition_en),
        ("closing", &it.closing),
        ("closing_en", &it.closing_en),
    ] {
        fields.text(field, text.as_deref().unwrap_or_default(), 0, 500);
    }
    if it.limit().is_none() {
        fields.refuse_with(
            "limit",
            &kernel_codes::UNKNOWN,
            &[("value", &format!("{} {}", it.amount, it.unit))],
        );
    }
    check_parts(&mut fields, it);
    if known.class(&it.class).is_none() {
        fields.refuse_with("class", &kernel_codes::UNKNOWN, &[("value", &it.class)]);
    }
    for (field, code) in [("body", &it.body), ("supervisor", &it.supervisor)] {
        if let Some(code) = code.as_ref().filter(|it| atlas.body(it).is_none()) {
            fields.refuse_with(field, &kernel_codes::UNKNOWN, &[("value", code)]);
        }
    }
    if let Some(level) = it.level.as_deref().filter(|it| !["town", "village"].contains(it)) {
        fields.refuse_with("level", &kernel_codes::UNKNOWN, &[("value", level)]);
    }
    if it.body.is_none() && it.level.is_none() {
        fields.refuse("body", &kernel_codes::REQUIRED);
    }
    for (field, day) in [("valid_from", &it.valid_from), ("valid_to", &it.valid_to)] {
        if day
            .as_deref()
            .is_some_and(|it| it.len() != 10 || it.parse::<jiff::civil::Date>().is_err())
        {
            fields.refuse_with(field, &kernel_codes::FORMAT, &[("why", "YYYY-MM-DD")]);
        }
    }
    if let Some((first, last)) = it
        .valid_from
        .as_ref()
        .zip(it.valid_to.as_ref())
        .filter(|(first, last)| last < first)
    {
        fields.refuse_with("valid_to", &kernel_codes::RANGE, &[("min", first), ("max", last)]);
    }
    fields.done()
}

/// The most limits within one case.
const MOST_STAGES: usize = 6;

/// The limits by class of area and the stages: each can be counted, no class twice.
fn check_parts(fields: &mut Fields, it: &Standard) {
    let mut classes: Vec<i64> = it.area_limits.iter().map(|it| it.area_class).collect();
    classes.sort_unstable();
    classes.dedup();
    let good = it
        .area_limits
        .iter()
        .all(|limit| (1..=9).contains(&limit.area_class) && it.limit_for(Some(limit.area_class)).is_some());
    if !good || classes.len() != it.area_limits.len() {
        fields.refuse("area_limits", &kernel_codes::NOT_ALLOWED);
    }
    for stage in &it.stages {
        fields
            .text("stages", &stage.name, 1, 64)
            .text("stages", stage.name_en.as_deref().unwrap_or_default(), 0, 128);
    }
    if it.stages.len() > MOST_STAGES || it.stages.iter().any(|it| it.limit().is_none()) {
        fields.refuse("stages", &kernel_codes::NOT_ALLOWED);
    }
}

fn look(kernel: &Kernel, id: StandardId) -> Result<Json<StandardView>> {
    let (atlas, known) = (atlas(kernel)?, catalogue(kernel)?);
    let names = Names {
        atlas: &atlas,
        catalogue: &known,
        now: kernel.now(),
    };
    let standard = known
        .standard(id)
        .ok_or_else(|| Error::from(&kernel_codes::NOT_FOUND))?;
    Ok(Json(view(&names, standard)))
}
