//! A city for tests: the real router on a real database, a clock to turn, users by role.
//!
//! ```ignore
//! #[db_test]
//! async fn a_report_is_numbered(store: Store) {
//!     let city = TestCity::start(store, vec![Box::new(Cases)]).await;
//!     let worker = city.user("worker", Reach::Area("320999101203001".into())).await;
//!     let reply = worker.post("/api/cases", json!({ … })).await;
//!     assert_eq!(reply.status, 200);
//! }
//! ```

mod client;

use std::sync::atomic::{AtomicU32, Ordering};

use axum::Router;
use uuid::Uuid;

pub use client::{Client, Reply};
pub use kernel_macros::db_test;

use crate::app::App;
use crate::auth::{self, NewUser, Reach, UserId};
use crate::config::Config;
use crate::{Clock, Kernel, Time, http};

/// An empty database of its own, removed when the test ends.
pub struct Store {
    url: String,
    folder: std::path::PathBuf,
}

impl Store {
    /// Its address, for a program that is started beside the test.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Another empty database, for a city beside the first: on SQLite, and removed with this one.
    pub fn beside(&self) -> Self {
        let folder = self.folder.join("beside");
        std::fs::create_dir_all(&folder).expect("a folder for the test");
        let url = format!("sqlite:{}/test.db", folder.display());
        Self { url, folder }
    }

    /// A folder that is removed with it.
    pub fn folder(&self) -> &std::path::Path {
        &self.folder
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime")
}

fn folder(name: &str) -> std::path::PathBuf {
    let unique = crate::id_at(Clock::System.now());
    let folder = std::env::temp_dir().join(format!("jingwei-{name}-{unique}"));
    std::fs::create_dir_all(&folder).expect("a folder for the test");
    folder
}

/// Runs a test on SQLite.
pub fn on_sqlite<F: Future<Output = ()>>(name: &str, test: impl FnOnce(Store) -> F) {
    let folder = folder(name);
    let url = format!("sqlite:{}/test.db", folder.display());
    runtime().block_on(test(Store {
        url,
        folder: folder.clone(),
    }));
    drop(std::fs::remove_dir_all(folder));
}

/// Runs a test on PostgreSQL, in a database of its own.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
#[expect(
    clippy::disallowed_methods,
    reason = "where the test cluster is, is the environment's to say"
)]
pub fn on_postgres<F: Future<Output = ()>>(name: &str, test: impl FnOnce(Store) -> F) {
    let Ok(server) = std::env::var("JINGWEI_TEST_PG") else {
        eprintln!("skipped: JINGWEI_TEST_PG names no PostgreSQL (cargo xtask test starts one)");
        return;
    };
    let folder = folder(name);
    let database = format!("test_{}", crate::id_at(Clock::System.now()).simple());
    runtime().block_on(async {
        let admin = sqlx::PgPool::connect(&server).await.expect("the test cluster");
        let create = sqlx::AssertSqlSafe(format!("CREATE DATABASE {database}"));
        sqlx::query(create).execute(&admin).await.expect("a database");
        let url = replace_database(&server, &database);
        let outcome = tokio::task::LocalSet::new();
        outcome
            .run_until(test(Store {
                url,
                folder: folder.clone(),
            }))
            .await;
        let remove = sqlx::AssertSqlSafe(format!("DROP DATABASE {database} WITH (FORCE)"));
        sqlx::query(remove).execute(&admin).await.expect("removes the database");
    });
    drop(std::fs::remove_dir_all(folder));
}

/// `postgres://host/postgres?x` with another database's name.
fn replace_database(server: &str, database: &str) -> String {
    let (address, query) = server.split_once('?').map_or((server, None), |(a, q)| (a, Some(q)));
    let base = address
        .rfind('/')
        .filter(|at| *at > "postgres://".len())
        .map_or(address, |at| &address[..at]);
    query.map_or_else(
        || format!("{base}/{database}"),
        |query| format!("{base}/{database}?{query}"),
    )
}

/// A running city.
pub struct TestCity {
    /// Its kernel, for what a test sets up or looks at behind the API.
    pub kernel: Kernel,
    router: Router,
    users: AtomicU32,
}

/// The password of every test user.
pub const PASSWORD: &str = "test pass phrase";

impl TestCity {
    /// Starts one with these apps; its clock stands at Tuesday 2026-11-24 10:00 in the district's zone.
    pub async fn start(store: Store, apps: Vec<Box<dyn App>>) -> Self {
        Self::start_with(store, apps, |_| ()).await
    }

    /// The same with another configuration.
    pub async fn start_with(store: Store, apps: Vec<Box<dyn App>>, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::default();
        config.database.url = store.url;
        config.database.connections = 8;
        config.files.store = store.folder.join("files").display().to_string();
        config.vault.key_file = store.folder.join("vault.key");
        config.session.idle_minutes = 24 * 60 * 365;
        config.session.max_hours = 24 * 365;
        change(&mut config);
        let clock = Clock::manual(Time::from_millis(1_795_485_600_000));
        let kernel = Kernel::start(config, clock, apps).await.expect("the city starts");
        let (router, _) = http::build(&kernel, kernel.apps(), Kernel::no_pages());
        Self {
            kernel,
            router,
            users: AtomicU32::new(0),
        }
    }

    /// Turns the clock.
    pub fn turn(&self, seconds: i64) {
        self.kernel.clock().turn(seconds);
    }

    /// Serves the city on a port of this machine until the test ends, and gives its address.
    pub async fn serve(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let router = self.router.clone();
        tokio::spawn(async move { axum::serve(listener, router).await });
        format!("http://{address}")
    }

    /// Somebody who is not logged in.
    pub fn nobody(&self) -> Client {
        Client::new(self.router.clone(), None, UserId(Uuid::nil()))
    }

    /// Another system that comes with a key.
    pub fn with_key(&self, key: &str) -> Client {
        Client::new(self.router.clone(), Some(key.to_owned()), UserId(Uuid::nil()))
    }

    /// Another session of a user.
    pub async fn session(&self, user: UserId) -> Client {
        let mut work = self.kernel.system_work().await.expect("begins");
        let token = auth::session::open_for_test(&mut work, user)
            .await
            .expect("opens a session");
        work.commit().await.expect("commits");
        Client::new(self.router.clone(), Some(token), user)
    }

    /// Makes a user with one role and logs them in.
    pub async fn user(&self, role: &str, reach: Reach) -> Client {
        self.user_with(&[(role, reach)]).await
    }

    /// Makes a user with several roles and logs them in.
    pub async fn user_with(&self, roles: &[(&str, Reach)]) -> Client {
        let n = self.users.fetch_add(1, Ordering::SeqCst);
        let id: UserId = self.kernel.id();
        let body = roles.iter().find_map(|(_, reach)| {
            if let Reach::Body(code) = reach {
                Some(code.clone())
            } else {
                None
            }
        });
        let area = roles.iter().find_map(|(_, reach)| {
            if let Reach::Area(code) = reach {
                Some(code.clone())
            } else {
                None
            }
        });
        let user = NewUser {
            id,
            login: format!("u{n}"),
            name: format!("{} {n}", roles.first().map_or("nobody", |it| it.0)),
            body,
            area,
        };
        let mut work = self.kernel.system_work().await.expect("begins");
        auth::create_user(&mut work, &user).await.expect("makes the user");
        for (role, reach) in roles {
            auth::grant_role(&mut work, id, role, reach)
                .await
                .expect("gives the role");
        }
        work.commit().await.expect("commits");
        self.session(id).await
    }

    /// The description of the API.
    pub fn openapi(&self) -> serde_json::Value {
        let (_, openapi) = http::build(&self.kernel, self.kernel.apps(), Kernel::no_pages());
        serde_json::to_value(openapi).expect("serialises")
    }
}
