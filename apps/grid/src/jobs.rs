//! The reconciler that keeps this server's memory in step with the tables.
//!
//! It is no job of the kernel's, because those run on one server at a time and this has to run on each: areas may be
//! changed by another server, or by `jingwei import` on the command line.

use std::time::Duration;

use kernel::Kernel;

/// How long another server's change may stay unseen here.
const EVERY: Duration = Duration::from_secs(2);

/// Looks at the revision until the program stops, and loads the atlas anew when it is another.
pub(crate) async fn keep_fresh(kernel: Kernel) {
    let stop = kernel.stop_signal();
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
        if let Err(error) = crate::api::refresh(&kernel).await {
            tracing::error!(%error, "the areas in memory could not be compared with the tables");
        }
    }
}
