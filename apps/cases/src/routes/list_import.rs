//! The responsibility list as files: looked at, put in force, and written out.

use axum::extract::{Multipart, State as AppState};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use grid::api::{Atlas, atlas};
use jiff::civil::Date;
use kernel::auth::User;
use kernel::db::Json as Stored;
use kernel::error::{Error, Fields, Lang, Result, codes as kernel_codes};
use kernel::http::{Accepts, Form, Json, Path, Query, form_parts};
use kernel::intake::Problem;
use kernel::{Kernel, Time};
use serde::{Deserialize, Serialize};
use standards::Limit;
use utoipa::{IntoParams, ToSchema};

use super::standards::LimitView;
use crate::catalogue::{self, Catalogue, Class, catalogue};
use crate::codes;
use crate::list_import::{
    self, ClassRef, Column, Done, Fate, ListImport, Plan, Planned, Present, Preview, PreviewId, Reading, export,
};
use crate::model::StandardId;
use crate::moves::local_day;
use crate::view::{Named, Names};

/// The largest file; a city's list has some hundred kilobytes.
pub(super) const MOST_BYTES: usize = 8 * 1024 * 1024;

/// The most problems, and the most rows, that one reply tells.
const MOST_PROBLEMS: usize = 500;
const MOST_ROWS: usize = 5_000;

/// How often a commit begins anew because somebody else has changed the list meanwhile.
const TRIES: usize = 3;

/// The parts of a preview.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "describes the multipart body in OpenAPI; the handler reads the parts themselves"
)]
pub(super) struct PreviewForm {
    /// The list: XLSX or CSV.
    #[schema(value_type = String, format = Binary, content_media_type = "application/octet-stream")]
    file: Vec<u8>,
    /// The sheet to read; the one that looks most like a list otherwise.
    sheet: Option<String>,
    /// All rows are of this kind: `component` or `matter`.
    kind: Option<String>,
    /// The edition of the class codes: `2026` or `2013`.
    edition: Option<String>,
    /// What 小时 means: `urgent_hour` or `working_hour`.
    hour: Option<String>,
    /// What 天 means: `calendar_day` or `working_day`.
    day: Option<String>,
    /// What is followed where code and name of a class disagree: `code` or `name`.
    trust: Option<String>,
    /// The first day on which the list is in force; today if not said.
    valid_from: Option<String>,
}

/// A list as it was understood, and what it would change.
#[derive(Serialize, ToSchema)]
pub(super) struct PreviewView {
    id: PreviewId,
    /// The file's name.
    file: String,
    at: Time,
    valid_from: String,
    /// The sheet that was read.
    sheet: String,
    sheets: Vec<String>,
    /// The last row of the header.
    header_row: u64,
    columns: Vec<ColumnView>,
    edition: Option<String>,
    /// Rows below the header that are no items.
    rows_skipped: u64,
    counts: PlanCounts,
    /// The first 5,000, the unchanged ones last.
    rows: Vec<RowView>,
    /// Standards in force that the list does not name.
    gone: Vec<GoneView>,
    /// The first 500.
    problems: Vec<ProblemView>,
    problems_total: usize,
    /// What was done, once it is committed.
    done: Option<Done>,
}

/// How many rows come to what.
#[derive(Serialize, ToSchema)]
pub(super) struct PlanCounts {
    new: usize,
    changed: usize,
    unchanged: usize,
    /// Left out, because something has to be settled first.
    open: usize,
    gone: usize,
    /// Classes that would be made.
    classes: usize,
}

/// A column of the list.
#[derive(Serialize, ToSchema)]
pub(super) struct ColumnView {
    /// Its letter in a spreadsheet.
    letter: String,
    /// As written.
    header: String,
    /// What it was understood as, in the language asked for; absent if it is not used.
    meaning: Option<&'static str>,
}

/// A row of the list.
#[derive(Serialize, ToSchema)]
pub(super) struct RowView {
    /// Its number, from 1.
    row: u64,
    fate: Fate,
    /// Why it is left out.
    why: Option<String>,
    /// Its class as the list has it.
    said: String,
    /// Its class; without a code if it would be made.
    class: Option<RowClass>,
    /// The code of the standard that is there.
    standard: Option<String>,
    condition: String,
    closing: Option<String>,
    limit: Option<LimitView>,
    body: Option<Named>,
    level: Option<String>,
    supervisor: Option<Named>,
    /// What is different from the standard that is there.
    differs: Vec<Difference>,
}

/// The class of a row.
#[derive(Serialize, ToSchema)]
pub(super) struct RowClass {
    code: Option<String>,
    major_name: String,
    name: String,
    name_en: Option<String>,
}

/// One field of a standard that would change.
#[derive(Serialize, ToSchema)]
pub(super) struct Difference {
    /// `condition`, `closing`, `limit`, `duty` or `supervisor`.
    field: &'static str,
    before: String,
    after: String,
}

/// A standard that the list does not name.
#[derive(Serialize, ToSchema)]
pub(super) struct GoneView {
    id: StandardId,
    code: String,
    class: Named,
    condition: String,
}

/// Something that was not understood, or only by assuming something.
#[derive(Serialize, ToSchema)]
#[schema(as = ListProblem)]
pub(super) struct ProblemView {
    /// The row.
    line: Option<u64>,
    /// The column's letter.
    column: Option<String>,
    /// `error`, `warning` or `note`.
    severity: &'static str,
    code: &'static str,
    detail: String,
}

/// Look at a list before it is put in force: what was understood, what was not and why, and what it would change.
#[utoipa::path(post, path = "/api/cases/standards/import/preview", tag = "cases",
    request_body(content = PreviewForm, content_type = "multipart/form-data"), responses((status = 200, body = PreviewView)))]
pub(super) async fn list_preview(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Accepts(lang): Accepts,
    Form(form): Form,
) -> Result<Json<PreviewView>> {
    let today = local_day(&kernel, kernel.now());
    let (file, bytes, reading) = read_form(form, &today).await?;
    let preview = Preview {
        id: kernel.id(),
        at: kernel.now(),
        file,
        bytes,
        options: Stored(reading),
        mark: String::new(),
        done: None,
    };
    catalogue::refresh(&kernel).await?;
    let (atlas, known) = (atlas(&kernel)?, catalogue(&kernel)?);
    let (mut preview, import) = understood(preview).await?;
    let plan = planned(&preview, &import, &atlas, &known);
    preview.mark = plan.mark();
    let mut work = kernel.work(&user).await?;
    list_import::forget_old(&mut work, preview.at).await?;
    list_import::save(&mut work, user.id, &preview).await?;
    work.commit().await?;
    let names = Names {
        atlas: &atlas,
        catalogue: &known,
        now: kernel.now(),
    };
    Ok(Json(view(&names, &preview, &import, &plan, lang)))
}

/// Look at a preview again.
#[utoipa::path(get, path = "/api/cases/standards/import/{id}", tag = "cases", params(("id" = PreviewId, Path)), responses((status = 200, body = PreviewView)))]
pub(super) async fn list_look(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Accepts(lang): Accepts,
    Path(id): Path<PreviewId>,
) -> Result<Json<PreviewView>> {
    let loaded = list_import::load(&mut kernel.read().await?, id, user.id, kernel.now()).await?;
    let (preview, import) = understood(loaded.ok_or_else(|| Error::from(&codes::PREVIEW_GONE))?).await?;
    let (atlas, known) = (atlas(&kernel)?, catalogue(&kernel)?);
    let plan = planned(&preview, &import, &atlas, &known);
    let names = Names {
        atlas: &atlas,
        catalogue: &known,
        now: kernel.now(),
    };
    Ok(Json(view(&names, &preview, &import, &plan, lang)))
}

/// What is to be done with a list.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CommitInput {
    /// Whether standards that the list does not name end on the day before.
    end_gone: bool,
}

/// Put a list in force as it was previewed, all of it in one step. Refused if it would now change something else than
/// was shown; a second time changes nothing and gives the first answer.
#[utoipa::path(post, path = "/api/cases/standards/import/{id}/commit", tag = "cases", params(("id" = PreviewId, Path)), request_body = CommitInput, responses((status = 200, body = Done)))]
pub(super) async fn list_commit(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Path(id): Path<PreviewId>,
    Json(input): Json<CommitInput>,
) -> Result<Json<Done>> {
    let gone = || Error::from(&codes::PREVIEW_GONE);
    let loaded = list_import::load(&mut kernel.read().await?, id, user.id, kernel.now()).await?;
    let (preview, import) = understood(loaded.ok_or_else(gone)?).await?;
    for _ in 0..TRIES {
        catalogue::refresh(&kernel).await?;
        let (atlas, known) = (atlas(&kernel)?, catalogue(&kernel)?);
        let mut work = kernel.work(&user).await?;
        if let Some(first) = work.first_answer(Some(id.0), &input).await? {
            return Ok(Json(first));
        }
        let plan = planned(&preview, &import, &atlas, &known);
        if plan.mark() != preview.mark {
            return Err(Error::from(&kernel_codes::STALE));
        }
        match list_import::put_in_force(&mut work, &preview, &plan, &known, input.end_gone).await {
            Ok(done) => {
                let done = work.answer(done).await?;
                catalogue::reload(&kernel).await?;
                return Ok(Json(done));
            }
            Err(error) if error.code() == &kernel_codes::STALE => {}
            Err(error) => return Err(error),
        }
    }
    Err(Error::from(&kernel_codes::STALE))
}

/// How the list is to be written.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ExportQuery {
    /// `xlsx` if not said, or `csv`.
    format: Option<String>,
    /// The language of headers and bodies, `zh` or `en`; the browser's if not said, as links cannot say it otherwise.
    lang: Option<String>,
}

/// The list in force today as a file that can be imported again.
#[utoipa::path(get, path = "/api/cases/standards/export", tag = "cases", params(ExportQuery),
    responses((status = 200, content((String = "text/csv"), (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))))]
pub(super) async fn list_export(
    AppState(kernel): AppState<Kernel>,
    Accepts(lang): Accepts,
    Query(query): Query<ExportQuery>,
) -> Result<Response> {
    let english = query.lang.as_deref().map_or(lang == Lang::En, |it| it == "en");
    let today = local_day(&kernel, kernel.now());
    let (atlas, known) = (atlas(&kernel)?, catalogue(&kernel)?);
    let in_force = known.standards().filter(|it| it.in_force(&today));
    let items = list_import::items(in_force, &known, &atlas, english);
    let (bytes, kind, ending) = match query.format.as_deref() {
        Some("csv") => (
            export::csv(&items, english).map_err(Error::internal)?,
            "text/csv; charset=utf-8",
            "csv",
        ),
        None | Some("xlsx") => {
            let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
            (
                export::workbook(&items, english).map_err(Error::internal)?,
                kind,
                "xlsx",
            )
        }
        Some(_) => return Err(Error::field("format", &kernel_codes::NOT_ALLOWED)),
    };
    let name = format!("attachment; filename=\"responsibility-list-{today}.{ending}\"");
    Ok((
        [
            (header::CONTENT_TYPE, kind.to_owned()),
            (header::CONTENT_DISPOSITION, name),
        ],
        bytes,
    )
        .into_response())
}

/// Reading a workbook may take a second: on a thread of its own.
async fn understood(preview: Preview) -> Result<(Preview, ListImport)> {
    let reading = tokio::task::spawn_blocking(move || {
        let import = list_import::read(&preview.file, &preview.bytes, &preview.options.0.options);
        (preview, import)
    });
    reading.await.map_err(Error::internal)
}

fn planned(preview: &Preview, import: &ListImport, atlas: &Atlas, catalogue: &Catalogue) -> Plan {
    let reading = &preview.options.0;
    let present = Present {
        atlas,
        catalogue,
        day: &reading.valid_from,
        trust: reading.trust,
    };
    list_import::plan(import, &preview.file, &present)
}

async fn read_form(form: Multipart, today: &str) -> Result<(String, Vec<u8>, Reading)> {
    let (mut file, mut reading, mut fields) = (None, Reading::default(), Fields::new());
    today.clone_into(&mut reading.valid_from);
    for part in form_parts(form, MOST_BYTES).await? {
        let (name, text) = (part.name.clone(), part.text());
        if name == "file" {
            file = Some((part.file, part.bytes));
            continue;
        }
        let options = &mut reading.options;
        let taken = match name.as_str() {
            _ if text.is_empty() => true,
            "sheet" => {
                options.sheet = Some(text.clone());
                true
            }
            "kind" => set(&mut options.kind, &text),
            "edition" => set(&mut options.edition, &text),
            "hour" => set(&mut options.hour, &text),
            "day" => set(&mut options.day, &text),
            "trust" => set(&mut reading.trust, &text),
            "valid_from" => match text.parse::<Date>() {
                Ok(day) => {
                    reading.valid_from = day.to_string();
                    true
                }
                Err(_) => false,
            },
            _ => true,
        };
        if !taken {
            fields.refuse_with(name, &kernel_codes::UNKNOWN, &[("value", &text)]);
        }
    }
    // What was in force in the past was what people went by.
    let last = today
        .parse::<Date>()
        .map(|it| it.saturating_add(jiff::Span::new().days(366)).to_string())
        .unwrap_or_default();
    if reading.valid_from.as_str() < today || reading.valid_from > last {
        fields.refuse_with("valid_from", &kernel_codes::RANGE, &[("min", today), ("max", &last)]);
    }
    if file.as_ref().is_none_or(|it| it.1.is_empty()) {
        fields.refuse("file", &kernel_codes::REQUIRED);
    }
    fields.done()?;
    let (file, bytes) = file.unwrap_or_default();
    Ok((file, bytes, reading))
}

fn set<T: std::str::FromStr>(field: &mut Option<T>, text: &str) -> bool {
    *field = text.parse().ok();
    field.is_some()
}

fn view(names: &Names<'_>, preview: &Preview, import: &ListImport, plan: &Plan, lang: Lang) -> PreviewView {
    let told = |it: &Problem| ProblemView {
        line: it.line,
        column: it.column.clone(),
        severity: it.severity().code(),
        code: it.code(),
        detail: it.text(lang.pick("zh", "en")),
    };
    let column = |it: &Column| ColumnView {
        letter: it.letter.clone(),
        header: it.header.clone(),
        meaning: it.meaning.map(|it| lang.pick(it.zh(), it.en())),
    };
    let gone = |id: &StandardId| {
        let it = names.catalogue.standard(*id)?;
        Some(GoneView {
            id: it.id,
            code: it.code.clone(),
            class: names.class(&it.class),
            condition: it.condition.clone(),
        })
    };
    let mut problems: Vec<&Problem> = import.problems.iter().chain(&plan.problems).collect();
    problems.sort_by_key(|it| it.line);
    let mut rows: Vec<&Planned> = plan.rows.iter().collect();
    rows.sort_by_key(|it| it.fate == Fate::Unchanged);
    PreviewView {
        id: preview.id,
        file: preview.file.clone(),
        at: preview.at,
        valid_from: preview.options.0.valid_from.clone(),
        sheet: import.sheet.clone(),
        sheets: import.sheets.clone(),
        header_row: import.header_row,
        columns: import.columns.iter().map(column).collect(),
        edition: import.edition.map(|it| it.to_string()),
        rows_skipped: import.rows_skipped,
        counts: PlanCounts {
            new: plan.count(Fate::New),
            changed: plan.count(Fate::Changed),
            unchanged: plan.count(Fate::Unchanged),
            open: plan.count(Fate::Open),
            gone: plan.gone.len(),
            classes: plan.new_classes().len(),
        },
        rows: rows
            .into_iter()
            .take(MOST_ROWS)
            .map(|it| row(names, it, lang))
            .collect(),
        gone: plan.gone.iter().filter_map(gone).collect(),
        problems: problems.iter().take(MOST_PROBLEMS).map(|it| told(it)).collect(),
        problems_total: problems.len(),
        done: preview.done.as_ref().map(|it| it.0.clone()),
    }
}

fn row(names: &Names<'_>, it: &Planned, lang: Lang) -> RowView {
    let known = |it: &Class| RowClass {
        code: Some(it.code.clone()),
        major_name: it.major_name.clone(),
        name: it.name.clone(),
        name_en: it.name_en.clone(),
    };
    let class = it.class.as_ref().and_then(|it| match it {
        ClassRef::Known(code) => names.catalogue.class(code).map(known),
        ClassRef::New(new) => Some(RowClass {
            code: None,
            major_name: new.major_name.clone(),
            name: new.name.clone(),
            name_en: None,
        }),
    });
    RowView {
        row: it.row,
        fate: it.fate,
        why: it.why.map(|kind| Problem::new(kind, "").text(lang.pick("zh", "en"))),
        said: it.said.clone(),
        class,
        standard: it
            .present
            .and_then(|id| names.catalogue.standard(id))
            .map(|it| it.code.clone()),
        condition: it.condition.clone(),
        closing: it.closing.clone(),
        limit: it.limit.map(LimitView::from),
        body: it.duty.body.as_deref().map(|it| names.body(it)),
        level: it.duty.level.clone(),
        supervisor: it.supervisor.as_deref().map(|it| names.body(it)),
        differs: differences(names, it, lang),
    }
}

/// What is there and what the list says, in words.
fn differences(names: &Names<'_>, row: &Planned, lang: Lang) -> Vec<Difference> {
    let Some(before) = row.present.and_then(|id| names.catalogue.standard(id)) else {
        return Vec::new();
    };
    let limit = |it: Option<Limit>| {
        it.map(|it| lang.pick(&it.zh(), &it.en()).to_owned())
            .unwrap_or_default()
    };
    let named = |code: Option<&str>| {
        let named = code.map(|code| names.body(code));
        named
            .map(|it| lang.pick(&it.name, it.name_en.as_ref().unwrap_or(&it.name)).to_owned())
            .unwrap_or_default()
    };
    let duty = |body: Option<&str>, level: Option<&str>| match level {
        Some("village") => lang.pick("所在村（社区）", "The place's village").to_owned(),
        Some(_) => lang.pick("所在镇街", "The place's town").to_owned(),
        None => named(body),
    };
    let text = |it: Option<&String>| it.cloned().unwrap_or_default();
    let both = |field: &'static str| {
        let (before, after) = match field {
            "condition" => (before.condition.clone(), row.condition.clone()),
            "closing" => (text(before.closing.as_ref()), text(row.closing.as_ref())),
            "limit" => (limit(before.limit()), limit(row.limit)),
            "duty" => (
                duty(before.body.as_deref(), before.level.as_deref()),
                duty(row.duty.body.as_deref(), row.duty.level.as_deref()),
            ),
            _ => (named(before.supervisor.as_deref()), named(row.supervisor.as_deref())),
        };
        Difference { field, before, after }
    };
    row.differs.iter().map(|it| both(it)).collect()
}
