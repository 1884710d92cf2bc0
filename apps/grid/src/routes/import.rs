//! The import of areas and shapes from files.

use axum::extract::{Multipart, State};
use kernel::auth::User;
use kernel::error::{Fields, Lang, codes as kernel_codes};
use kernel::http::{Accepts, Form, Json, Query, form_parts};
use kernel::intake::Problem;
use kernel::{Kernel, Result};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::IMPORT_BYTES;
use crate::api::{self, ImportOptions, ImportReport};

/// Whether to write.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct CommitQuery {
    /// `false` if not said: the files are only looked at.
    #[serde(default)]
    commit: bool,
}

/// The parts of an import.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "describes the multipart body in OpenAPI; the handler reads the parts themselves"
)]
pub(crate) struct ImportForm {
    /// Lists (CSV, TSV) and shapes (GeoJSON), several at once.
    #[schema(value_type = Vec<String>, format = Binary, content_media_type = "application/octet-stream")]
    files: Vec<Vec<u8>>,
    /// All rows are of this level: `town`, `village`, `grid`.
    level: Option<String>,
    /// The coordinate system of the shapes: `wgs84` if not said, `gcj02` or `bd09`.
    crs: Option<String>,
    /// The district's own name, where no file has a row for it.
    district_name: Option<String>,
}

/// What an import did, or would do.
#[derive(Serialize, ToSchema)]
pub(crate) struct ImportView {
    areas_new: usize,
    areas_changed: usize,
    areas_unchanged: usize,
    /// Shapes that are new or different.
    shapes: usize,
    /// The first 500.
    problems: Vec<ProblemView>,
    problems_total: usize,
    /// Whether the tables are now as the files say.
    committed: bool,
}

/// Something that was not right.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProblemView {
    file: String,
    /// Line of a list, number of a feature.
    line: Option<u64>,
    /// `error` stops the import, `warning` and `note` do not.
    severity: &'static str,
    code: &'static str,
    detail: String,
}

/// The most problems that one reply tells.
const MOST_PROBLEMS: usize = 500;

impl ImportView {
    fn new(report: &ImportReport, lang: Lang) -> Self {
        let told = |it: &Problem| ProblemView {
            file: it.file.clone(),
            line: it.line,
            severity: it.severity().code(),
            code: it.code(),
            detail: it.text(lang.pick("zh", "en")),
        };
        Self {
            areas_new: report.areas_new,
            areas_changed: report.areas_changed,
            areas_unchanged: report.areas_unchanged,
            shapes: report.shapes,
            problems: report.problems.iter().take(MOST_PROBLEMS).map(told).collect(),
            problems_total: report.problems.len(),
            committed: report.committed,
        }
    }
}

/// Import areas and shapes: look at what the files hold, or with `commit` write it. All or nothing; the same files again
/// change nothing.
#[utoipa::path(post, path = "/api/areas/import", tag = "grid", params(CommitQuery),
    request_body(content = ImportForm, content_type = "multipart/form-data"), responses((status = 200, body = ImportView)))]
pub(crate) async fn area_import(
    State(kernel): State<Kernel>,
    user: User,
    Accepts(lang): Accepts,
    Query(query): Query<CommitQuery>,
    Form(form): Form,
) -> Result<Json<ImportView>> {
    let (files, options) = read(form).await?;
    let options = ImportOptions {
        commit: query.commit,
        ..options
    };
    let report = api::import(&kernel, Some(&user), files, options).await?;
    Ok(Json(ImportView::new(&report, lang)))
}

async fn read(form: Multipart) -> Result<(Vec<(String, Vec<u8>)>, ImportOptions)> {
    let (mut files, mut options, mut fields) = (Vec::new(), ImportOptions::default(), Fields::new());
    for part in form_parts(form, IMPORT_BYTES).await? {
        let text = part.text();
        let wrong = match part.name.as_str() {
            "files" => {
                files.push((part.file, part.bytes));
                None
            }
            _ if text.is_empty() => None,
            "level" => text.parse().map(|it| options.level = Some(it)).err(),
            "crs" => text.parse().map(|it| options.crs = it).err(),
            "district_name" => {
                options.district_name = Some(text);
                None
            }
            _ => None,
        };
        if let Some(why) = wrong {
            fields.refuse_with(part.name, &kernel_codes::FORMAT, &[("why", &why.to_string())]);
        }
    }
    if files.is_empty() {
        fields.refuse("files", &kernel_codes::REQUIRED);
    }
    fields.done()?;
    Ok((files, options))
}
