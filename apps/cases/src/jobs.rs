//! What happens by itself when a time has come.

use std::time::Duration;

use kernel::jobs::Job;
use kernel::{Kernel, Result};

use crate::model::{Action, MoveInput};
use crate::moves::{self, Doer};
use crate::store;

/// What was put off until now goes on.
pub const RESUME: Job = Job {
    name: "cases.resume",
    zh: "恢复挂账到期的案件",
    en: "Resume cases whose suspension has ended",
    every: Duration::from_secs(30),
    run: |kernel| Box::pin(resume(kernel)),
};

/// Each case is resumed in a transaction of its own, so that one that cannot be does not hold up the others.
async fn resume(kernel: Kernel) -> Result<String> {
    let due = store::end_suspensions(&mut kernel.read().await?, kernel.now()).await?;
    let mut done = 0;
    for case in due {
        let number = case.number.clone();
        let mut work = kernel.system_work().await?;
        let input = MoveInput::new(Action::Resume, case.version);
        match moves::make_as(&mut work, case, &input, Doer::Program).await {
            Ok(_) => {
                work.commit().await?;
                done += 1;
            }
            Err(error) => tracing::error!(number, %error, "a suspension could not be ended"),
        }
    }
    Ok(format!("{done} resumed"))
}

/// What moves have counted goes into the figures.
pub const ADD_UP: Job = Job {
    name: "cases.add_up",
    zh: "汇总统计数据",
    en: "Add up the figures",
    every: Duration::from_secs(20),
    run: |kernel| Box::pin(add_up(kernel)),
};

/// Days that are added up in one transaction, so that nobody waits long for it.
const DAYS: i64 = 20;

/// Until nothing is left; the figures are right before, between and after.
pub(crate) async fn add_up(kernel: Kernel) -> Result<String> {
    let mut rows = 0;
    while store::unfolded(&mut kernel.read().await?).await? {
        let mut work = kernel.system_work().await?;
        let batch = kernel::id_at(work.now()).to_string();
        rows += store::fold(&mut work, &batch, DAYS).await?;
        work.commit().await?;
    }
    Ok(format!("{rows} rows"))
}
