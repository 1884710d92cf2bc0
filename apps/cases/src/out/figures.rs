//! The table of the figures as a file.

use axum::body::Body;
use axum::extract::State as AppState;
use axum::response::Response;
use kernel::Kernel;
use kernel::auth::User;
use kernel::error::{Error, Lang, Result};
use kernel::http::{Accepts, Path, Query};
use std::io::Read;

use super::export::reply;
use super::table::{Book, Cell, Format, Head, SHEET_ROWS, csv_head, csv_rows};
use crate::routes::{FigureQuery, figures_of};
use crate::view::FigureRow;

const fn head(zh: &'static str, en: &'static str, width: f64) -> Head {
    Head { zh, en, width }
}

const HEADS: &[Head] = &[
    head("编码", "Code", 18.0),
    head("名称", "Name", 28.0),
    head("上报", "Reported", 10.0),
    head("受理", "Accepted", 10.0),
    head("不予受理", "Declined", 10.0),
    head("立案", "Filed", 10.0),
    head("派遣", "Dispatched", 10.0),
    head("退回", "Returned", 10.0),
    head("处理反馈", "Handled", 10.0),
    head("返工", "Reworked", 10.0),
    head("结案", "Closed", 10.0),
    head("按期结案", "Closed on time", 14.0),
    head("超期结案", "Closed late", 12.0),
    head("作废", "Voided", 10.0),
    head("已评价", "Rated", 10.0),
    head("满意", "Satisfied", 10.0),
    head("结案率", "Closing rate", 12.0),
    head("按期结案率", "On-time rate", 12.0),
    head("满意率", "Satisfaction rate", 14.0),
];

fn row(it: &FigureRow, lang: Lang) -> Vec<Cell> {
    let name = match &it.name_en {
        Some(name) if lang == Lang::En => name,
        _ => &it.name,
    };
    let share = |rate: Option<f64>| rate.map_or(Cell::Empty, Cell::Share);
    let c = &it.counts;
    let counts = [
        c.reported,
        c.accepted,
        c.declined,
        c.filed,
        c.dispatched,
        c.returned,
        c.handled,
        c.reworked,
        c.closed,
        c.closed_on_time,
        c.closed_late,
        c.voided,
        c.rated,
        c.satisfied,
    ];
    let mut cells = vec![Cell::text(&it.code), Cell::text(name)];
    cells.extend(counts.into_iter().map(Cell::count));
    cells.extend([it.closing_rate, it.on_time_rate, it.satisfaction_rate].map(share));
    cells
}

/// Export the figures of a period as `csv` or `xlsx`; the last row is all together.
#[utoipa::path(get, path = "/api/cases/figures/export/{format}", tag = "cases", params(("format" = inline(Format), Path), FigureQuery),
    responses((status = 200, content((String = "text/csv"), (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))))]
pub(super) async fn figures_export(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Accepts(lang): Accepts,
    Path(format): Path<Format>,
    Query(query): Query<FigureQuery>,
) -> Result<Response> {
    let figures = figures_of(&kernel, &user, &query).await?;
    let rows: Vec<_> = figures
        .rows
        .iter()
        .chain([&figures.total])
        .map(|it| row(it, lang))
        .collect();
    let mut work = kernel.work(&user).await?;
    let facts = serde_json::json!({ "format": format, "filter": query, "rows": rows.len() });
    work.audit("cases.figures_exported", "figures", facts).await?;
    work.commit().await?;
    let bytes = match format {
        Format::Csv => [csv_head(HEADS, lang)?, csv_rows(&rows)?].concat(),
        Format::Xlsx => {
            let write = move || {
                let mut book = Book::new(lang.pick("统计", "Figures"), HEADS, lang, SHEET_ROWS)?;
                book.write(&rows)?;
                let mut bytes = Vec::new();
                book.finish()?.read_to_end(&mut bytes).map_err(Error::internal)?;
                Ok::<_, Error>(bytes)
            };
            tokio::task::spawn_blocking(write).await.map_err(Error::internal)??
        }
    };
    let now = kernel.now().to_jiff().to_zoned_datetime(kernel.config().zone());
    let name = format!("figures-{}.{}", now.strftime("%Y%m%d-%H%M"), format.ending());
    Ok(reply(format, &name, Body::from(bytes), None))
}
