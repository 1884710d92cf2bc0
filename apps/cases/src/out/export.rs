//! Any list of cases as a file, streamed: a thousand rows are read, written and sent before the next thousand, each with a
//! read of its own, so that neither memory nor the database holds a long list.
//!
//! The order is that of the reports, newest first, whatever the page is sorted by: a case that is moved meanwhile keeps its
//! place in it, so each case comes once. A client that goes away ends the work at the next batch.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::{Body, Bytes};
use axum::extract::State as AppState;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use grid::api::atlas;
use kernel::Kernel;
use kernel::auth::{User, UserId};
use kernel::error::{Error, Lang, Result};
use kernel::http::{Accepts, Path, Query};
use tokio::sync::mpsc;
use tokio_util::io::ReaderStream;

use super::cases::{HEADS, row};
use super::table::{Book, Cell, Format, SHEET_ROWS, csv_head, csv_rows};
use crate::catalogue::catalogue;
use crate::codes;
use crate::permissions::CASE_EXPORT;
use crate::routes::understand;
use crate::store::{self, CaseQuery, Sort};
use crate::view::Names;

/// Rows of one batch.
const BATCH: i64 = 1_000;

/// Exports that may run at once: of one user, and of all.
const OF_ONE: usize = 2;
const OF_ALL: usize = 8;

/// Who has exports running.
#[derive(Default)]
pub(crate) struct Running(Arc<Mutex<HashMap<UserId, usize>>>);

/// One running export; dropped, it makes room for the next.
pub(super) struct Slot {
    running: Arc<Mutex<HashMap<UserId, usize>>>,
    user: UserId,
}

impl Running {
    pub(super) fn begin(&self, user: UserId) -> Result<Slot> {
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let all: usize = running.values().sum();
        let mine = running.entry(user).or_default();
        if *mine >= OF_ONE || all >= OF_ALL {
            return Err(Error::from(&codes::EXPORT_BUSY));
        }
        *mine += 1;
        Ok(Slot {
            running: self.0.clone(),
            user,
        })
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(mine) = running.get_mut(&self.user) {
            *mine -= 1;
            if *mine == 0 {
                running.remove(&self.user);
            }
        }
    }
}

/// Export a list of cases: the same filters as the list, in the order of the reports, as `csv` or `xlsx`. `X-Rows` tells
/// how many rows there were when it began.
#[utoipa::path(get, path = "/api/cases/export/{format}", tag = "cases", params(("format" = inline(Format), Path), CaseQuery),
    responses((status = 200, content((String = "text/csv"), (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))))]
pub(super) async fn case_export(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Accepts(lang): Accepts,
    Path(format): Path<Format>,
    Query(query): Query<CaseQuery>,
) -> Result<Response> {
    let query = CaseQuery {
        sort: Some(Sort::Reported),
        after: None,
        limit: None,
        ..query
    };
    let slot = kernel.shared::<Running>()?.begin(user.id)?;
    let scope = user.scope(&CASE_EXPORT);
    let rows = store::count_cases(&mut kernel.read().await?, &understand(&kernel, &user, &query, &scope)?).await?;
    // What is told is recorded before it is told.
    let id: uuid::Uuid = kernel.id();
    let mut work = kernel.work(&user).await?;
    let facts = serde_json::json!({ "format": format, "filter": given(&query), "rows": rows });
    work.audit("cases.exported", id, facts).await?;
    work.commit().await?;

    let (tx, rx) = mpsc::channel(4);
    let now = kernel.now().to_jiff().to_zoned_datetime(kernel.config().zone());
    let name = format!("cases-{}.{}", now.strftime("%Y%m%d-%H%M"), format.ending());
    tokio::spawn(async move {
        let export = Export {
            kernel,
            user,
            query,
            lang,
            sent: 0,
        };
        export.run(id, format, tx).await;
        drop(slot);
    });
    Ok(reply(format, &name, body_of(rx), Some(rows)))
}

/// What comes through the pipe as a body. It may be asked again after its end, as the layer that compresses does.
fn body_of(rx: mpsc::Receiver<io::Result<Bytes>>) -> Body {
    let pieces = stream::unfold(rx, |mut rx| async { rx.recv().await.map(|it| (it, rx)) });
    Body::from_stream(pieces.fuse())
}

/// A file as a reply.
pub(super) fn reply(format: Format, name: &str, body: Body, rows: Option<i64>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, format.mime().to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    let mut response = (headers, body).into_response();
    if let Some(rows) = rows {
        response.headers_mut().insert("x-rows", rows.into());
    }
    response
}

/// The filters that were given, for the audit log.
fn given(query: &CaseQuery) -> serde_json::Value {
    let mut all = serde_json::to_value(query).unwrap_or_default();
    if let Some(fields) = all.as_object_mut() {
        fields.retain(|name, value| !value.is_null() && name != "sort");
    }
    all
}

type Pipe = mpsc::Sender<io::Result<Bytes>>;

/// One export under way.
struct Export {
    kernel: Kernel,
    user: User,
    query: CaseQuery,
    lang: Lang,
    sent: usize,
}

impl Export {
    async fn run(mut self, id: uuid::Uuid, format: Format, pipe: Pipe) {
        let outcome = match format {
            Format::Csv => self.csv(&pipe).await,
            Format::Xlsx => self.xlsx(&pipe).await,
        };
        let complete = matches!(outcome, Ok(true));
        if let Err(error) = outcome {
            tracing::error!(%error, "an export broke off");
            // The client must not take what it has for the whole.
            drop(pipe.send(Err(io::Error::other("the export broke off"))).await);
        }
        if let Err(error) = self.record_end(id, complete).await {
            tracing::error!(%error, "the end of an export could not be recorded");
        }
    }

    async fn record_end(&self, id: uuid::Uuid, complete: bool) -> Result<()> {
        let mut work = self.kernel.work(&self.user).await?;
        let facts = serde_json::json!({ "rows": self.sent, "complete": complete });
        work.audit("cases.export_ended", id, facts).await?;
        work.commit().await
    }

    /// Whether all was sent; `false` when the client went away.
    async fn csv(&mut self, pipe: &Pipe) -> Result<bool> {
        let mut bytes = csv_head(HEADS, self.lang)?;
        let mut key = None;
        loop {
            if pipe.send(Ok(bytes.into())).await.is_err() {
                return Ok(false);
            }
            let rows = self.batch(&mut key).await?;
            if rows.is_empty() {
                return Ok(true);
            }
            bytes = csv_rows(&rows)?;
            self.sent += rows.len();
        }
    }

    /// A workbook can only be sent when it is finished: the rows go to a thread that writes it to disk meanwhile.
    async fn xlsx(&mut self, pipe: &Pipe) -> Result<bool> {
        let (rows_out, rows_in) = mpsc::channel::<Vec<Vec<Cell>>>(2);
        let lang = self.lang;
        let stay = pipe.clone();
        let writer = tokio::task::spawn_blocking(move || write_book(rows_in, lang, &stay));
        let mut key = None;
        loop {
            let rows = self.batch(&mut key).await?;
            if rows.is_empty() || pipe.is_closed() {
                break;
            }
            self.sent += rows.len();
            if rows_out.send(rows).await.is_err() {
                break;
            }
        }
        drop(rows_out);
        let Some(file) = writer.await.map_err(Error::internal)?? else {
            return Ok(false);
        };
        let mut file = ReaderStream::with_capacity(tokio::fs::File::from_std(file), 64 * 1024);
        while let Some(piece) = file.next().await {
            if pipe.send(Ok(piece.map_err(Error::internal)?)).await.is_err() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The next rows, and the key to go on behind.
    async fn batch(&self, key: &mut Option<(i64, crate::model::CaseId)>) -> Result<Vec<Vec<Cell>>> {
        let scope = self.user.scope(&CASE_EXPORT);
        let filter = understand(&self.kernel, &self.user, &self.query, &scope)?;
        let cases = store::batch(&mut self.kernel.read().await?, &filter, *key, BATCH).await?;
        if let Some(last) = cases.last() {
            *key = Some((last.reported_at.millis(), last.id));
        }
        let (atlas, catalogue) = (atlas(&self.kernel)?, catalogue(&self.kernel)?);
        let names = Names {
            atlas: &atlas,
            catalogue: &catalogue,
            now: filter.now,
        };
        let zone = self.kernel.config().zone();
        Ok(cases.iter().map(|it| row(it, &names, &zone, self.lang)).collect())
    }
}

/// Writes what comes; nothing when nobody waits for it any more.
fn write_book(mut rows: mpsc::Receiver<Vec<Vec<Cell>>>, lang: Lang, pipe: &Pipe) -> Result<Option<std::fs::File>> {
    let mut book = Book::new(lang.pick("案件", "Cases"), HEADS, lang, SHEET_ROWS)?;
    while let Some(batch) = rows.blocking_recv() {
        if pipe.is_closed() {
            return Ok(None);
        }
        book.write(&batch)?;
    }
    if pipe.is_closed() {
        return Ok(None);
    }
    book.finish().map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_body_that_has_ended_may_be_asked_again() {
        let (tx, rx) = mpsc::channel(1);
        tx.send(Ok(Bytes::from_static(b"rows"))).await.expect("is taken");
        drop(tx);
        let mut pieces = body_of(rx).into_data_stream();
        assert_eq!(pieces.next().await.expect("a piece").expect("is whole"), "rows");
        for _ in 0..3 {
            assert!(pieces.next().await.is_none());
        }
    }
}
