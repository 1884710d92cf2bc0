//! Background work of this app.

use std::time::Duration;

use kernel::jobs::Job;

use crate::catalogue;

/// The jobs.
pub(crate) fn jobs() -> Vec<Job> {
    vec![Job {
        name: "cases.catalogue",
        zh: "同步其他服务器上的责任清单改动",
        en: "Take over changes of the responsibility list made on other servers",
        every: Duration::from_secs(5),
        run: |kernel| Box::pin(catalogue::refresh(kernel)),
    }]
}
