//! `jingwei serve`: the service, until it is asked to stop.

use anyhow::{Context, Result};
use kernel::config::Config;
use kernel::{Kernel, auth, http};
use tokio::net::TcpListener;

use crate::pages;

/// Starts the service with this configuration.
pub(crate) async fn serve(config: Config) -> Result<()> {
    super::log(&config.log.filter, &config.log.format);
    let kernel = super::start(config).await?;
    serve_kernel(&kernel, || {}).await
}

/// Serves until SIGTERM or Ctrl-C. `ready` says what else there is to say once it listens.
pub(super) async fn serve_kernel(kernel: &Kernel, ready: impl FnOnce()) -> Result<()> {
    // Before the first request, so that it is counted.
    Kernel::metrics();
    let (router, _) = http::build(kernel, kernel.apps(), pages::pages());
    let listener = listen(kernel.config()).await?;
    let address = listener.local_addr()?;
    println!(
        "经纬 Jingwei {} · {} · http://{address}",
        env!("CARGO_PKG_VERSION"),
        kernel.db().kind()
    );
    if auth::is_empty(kernel).await? {
        println!(
            "还没有账号，请先创建三名管理员 · No account yet; make the first three administrators:\n  jingwei user init"
        );
    }
    ready();
    http::serve(kernel, pages::not_modified(router), listener).await
}

/// Takes the address of the configuration, or says who may have it.
pub(super) async fn listen(config: &Config) -> Result<TcpListener> {
    let listen = config.http.listen;
    TcpListener::bind(listen).await.with_context(|| {
        format!(
            "无法监听 {listen}，是否已有程序占用？用 [http] listen 或 JINGWEI_HTTP__LISTEN 另选 · \
             cannot listen on {listen}; is another program there? Choose another with [http] listen or JINGWEI_HTTP__LISTEN"
        )
    })
}
