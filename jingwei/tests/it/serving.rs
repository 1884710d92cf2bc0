//! The service: it starts on an empty machine, answers, and ends when asked to; its tables are made once.

use kernel::config::Config;
use kernel::db::Migrated;
use kernel::testing::{Store, db_test};
use kernel::{Clock, Kernel};

use crate::program::{Service, get, jingwei, run};

#[db_test]
async fn it_starts_answers_and_ends_when_asked_to(store: Store) {
    let (made, said) = run(jingwei(&store).args(["user", "init"]));
    assert!(made && said.contains("sysadmin") && said.contains("auditor"), "{said}");
    let (again, said) = run(jingwei(&store).args(["user", "init"]));
    assert!(!again && said.contains("nothing was changed"), "{said}");

    let mut service = Service::start(jingwei(&store).arg("serve"));
    let (status, body) = get(service.address, "/healthz");
    assert_eq!((status.as_str(), body.as_str()), ("HTTP/1.1 200 OK", "ok\n"));
    let (_, meta) = get(service.address, "/api/meta");
    let meta: serde_json::Value = serde_json::from_str(&meta).expect("JSON");
    assert_eq!(meta["demo"], false);
    assert_eq!(
        meta["demo_accounts"],
        serde_json::json!([]),
        "no real district shows its accounts"
    );
    let (status, _) = get(service.address, "/api/cases");
    assert_eq!(status, "HTTP/1.1 401 Unauthorized");
    assert!(service.stop(), "SIGTERM is a good end");

    let (whole, said) = run(jingwei(&store).args(["audit", "verify"]));
    assert!(whole && said.contains("0 more wait"), "sealed at the end: {said}");
}

#[db_test]
async fn a_taken_address_is_named(store: Store) {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let (served, said) = run(jingwei(&store).arg("serve").env("JINGWEI_HTTP__LISTEN", &address));
    assert!(!served && said.contains(&address), "{said}");
}

#[db_test]
async fn migrations_run_once(store: Store) {
    let mut config = Config::default();
    config.database.url = store.url().to_owned();
    config.files.store = store.folder().join("files").display().to_string();
    config.vault.key_file = store.folder().join("vault.key");
    for _ in 0..2 {
        let kernel = Kernel::start(config.clone(), Clock::System, crate::apps::all())
            .await
            .expect("starts");
        let own = [("kernel", Kernel::migrations())];
        for (name, migrator) in own
            .into_iter()
            .chain(kernel.apps().iter().map(|it| (it.name(), it.migrations())))
        {
            let found = kernel.db().migrated(name, &migrator).await.expect("asks");
            assert_eq!(found, Migrated::Fully, "{name}");
        }
        kernel.close().await;
    }
}
