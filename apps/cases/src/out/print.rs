//! Documents: few are set at once, each within a time, on threads where computing may take a while.

use std::sync::Arc;
use std::time::Duration;

use axum::http::header;
use axum::response::{IntoResponse, Response};
use kernel::Kernel;
use kernel::error::{Error, Result};
use paper::{Job, Paper, Press};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::codes;

/// Documents that are set at once.
const AT_ONCE: usize = 2;

/// How long one may wait for its turn, and take.
const WAIT: Duration = Duration::from_secs(8);
const TAKE: Duration = Duration::from_secs(20);

/// The press and the turns at it.
pub(crate) struct Printer {
    press: Arc<Press>,
    turns: Arc<Semaphore>,
}

impl Printer {
    pub(crate) fn new(kernel: &Kernel) -> Self {
        Self {
            press: Arc::new(Press::new(kernel.config().paper.fonts.as_deref())),
            turns: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }
}

/// Sets a document from a template of ours and its data.
pub(crate) async fn print(
    kernel: &Kernel,
    template: &'static str,
    data: &serde_json::Value,
    pictures: Vec<(String, Vec<u8>)>,
) -> Result<Paper> {
    let busy = || Error::from(&codes::PAPER_BUSY);
    let printer = kernel.shared::<Printer>()?;
    let turn = timeout(WAIT, printer.turns.clone().acquire_owned())
        .await
        .map_err(|_| busy())?
        .map_err(Error::internal)?;
    let press = printer.press.clone();
    let data = data.to_string();
    let setting = tokio::task::spawn_blocking(move || {
        let job = Job {
            template,
            data: &data,
            pictures,
        };
        let made = press.print(job);
        // A document that takes too long keeps its turn to the end, since it cannot be stopped half way.
        drop(turn);
        made
    });
    let made = timeout(TAKE, setting).await.map_err(|_| busy())?;
    match made.map_err(Error::internal)? {
        Ok(paper) => Ok(paper),
        Err(paper::Error::NoFont(looked)) => Err(codes::NO_FONT.with("looked", looked)),
        Err(error) => Err(Error::internal(error)),
    }
}

/// A document as a reply, to be looked at in the browser.
pub(super) fn reply(paper: Paper, name: &str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (header::CONTENT_DISPOSITION, format!("inline; filename=\"{name}\"")),
    ];
    (headers, paper.pdf).into_response()
}
