//! The handle that handlers get: database, clock, ids, configuration, files, and what apps keep in memory.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, RwLock};
use std::time::Duration;

use anyhow::Context;
use futures_util::future::BoxFuture;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::app::App;
use crate::auth::{self, Permission, User};
use crate::clock::{Clock, Time};
use crate::config::Config;
use crate::db::{Db, Tx};
use crate::events::{self, Hub, Topic};
use crate::files::Files;
use crate::hooks;
use crate::jobs::{self, Job};
use crate::vault::Vault;
use crate::work::Work;
use crate::{Result, error::Error};

/// Everything a handler needs. Cheap to clone.
#[derive(Clone)]
pub struct Kernel(Arc<Parts>);

struct Parts {
    config: Config,
    db: Db,
    clock: Clock,
    files: Files,
    vault: Vault,
    apps: Vec<Box<dyn App>>,
    hub: Hub,
    shared: RwLock<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>,
    stop: CancellationToken,
    last_id: AtomicU64,
}

/// The bits of a UUIDv7 behind the milliseconds that count what is born in the same one.
const COUNTER_BITS: u32 = 12;

impl Kernel {
    /// Opens the database, runs every app's migrations, offers new permissions to the built-in roles, and lets each app
    /// load what it keeps in memory.
    pub async fn start(config: Config, clock: Clock, apps: Vec<Box<dyn App>>) -> anyhow::Result<Self> {
        let db = Db::open(&config.database.url, config.database.connections)
            .await
            .with_context(|| format!("cannot open the database {}", config.database.without_password()))?;
        db.migrate("kernel", Self::migrations())
            .await
            .context("migrating kernel")?;
        for app in &apps {
            db.migrate(app.name(), app.migrations())
                .await
                .with_context(|| format!("migrating {}", app.name()))?;
        }
        let files = Files::open(&config.files)?;
        let vault = Vault::open(&config)?;
        let kernel = Self(Arc::new(Parts {
            config,
            db,
            clock,
            files,
            vault,
            apps,
            hub: Hub::new(),
            shared: RwLock::default(),
            stop: CancellationToken::new(),
            last_id: AtomicU64::new(0),
        }));
        kernel.share(auth::keys::Limiter::default());
        auth::offer_permissions(&kernel)
            .await
            .map_err(|error| anyhow::anyhow!("{error}"))?;
        for app in kernel.apps() {
            app.start(&kernel)
                .await
                .map_err(|error| anyhow::anyhow!("starting {}: {error}", app.name()))?;
        }
        Ok(kernel)
    }

    /// The kernel's own tables.
    pub fn migrations() -> sqlx::migrate::Migrator {
        sqlx::migrate!("./migrations")
    }

    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// The database.
    pub fn db(&self) -> &Db {
        &self.0.db
    }

    /// The clock.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// The present moment.
    pub fn now(&self) -> Time {
        self.0.clock.now()
    }

    /// A new identifier: a UUIDv7 of the present moment. Within this program each sorts after the one before, so that
    /// what one transaction writes keeps its order.
    pub fn id<T: From<Uuid>>(&self) -> T {
        let now = u64::try_from(self.now().millis()).unwrap_or(0) << COUNTER_BITS;
        let next = |last: u64| now.max(last + 1);
        let last = self
            .0
            .last_id
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |last| Some(next(last)));
        T::from(with_counter(next(last.unwrap_or(0))))
    }

    /// Random bytes from the system, for tokens and salts.
    pub fn random<const N: usize>(&self) -> [u8; N] {
        random()
    }

    /// Uploaded files.
    pub fn files(&self) -> &Files {
        &self.0.files
    }

    /// Personal data under lock and key.
    pub fn vault(&self) -> &Vault {
        &self.0.vault
    }

    /// The apps of this program, in the order of the list.
    pub fn apps(&self) -> &[Box<dyn App>] {
        &self.0.apps
    }

    /// Every permission: the kernel's own, then each app's.
    pub fn permissions(&self) -> impl Iterator<Item = (&'static str, &'static Permission)> {
        let own = auth::PERMISSIONS.iter().map(|it| ("kernel", *it));
        own.chain(
            self.apps()
                .iter()
                .flat_map(|app| app.permissions().iter().map(|it| (app.name(), *it))),
        )
    }

    /// A topic by its name.
    pub fn topic(&self, name: &str) -> Option<&'static Topic> {
        self.topics().find(|it| it.name == name)
    }

    /// Every topic: the kernel's own, then each app's.
    pub fn topics(&self) -> impl Iterator<Item = &'static Topic> {
        let apps = self.apps().iter().flat_map(|app| app.topics()).copied();
        hooks::TOPICS.iter().copied().chain(apps)
    }

    /// Every background job.
    pub fn jobs(&self) -> Vec<Job> {
        let own = jobs::kernel_jobs();
        own.into_iter()
            .chain(self.apps().iter().flat_map(|app| app.jobs()))
            .collect()
    }

    /// A connection for reading.
    pub async fn read(&self) -> Result<Tx> {
        Ok(self.db().read().await?)
    }

    /// A writing transaction in the name of a user: the record, its audit entry and its events commit together.
    pub async fn work(&self, user: &User) -> Result<Work> {
        Work::begin(self, Some(user)).await
    }

    /// A writing transaction in the program's own name: jobs, seeds, imports from the command line.
    pub async fn system_work(&self) -> Result<Work> {
        Work::begin(self, None).await
    }

    /// Keeps something in memory for all requests, or replaces it; apps use a type of their own as the key.
    pub fn share<T: Any + Send + Sync>(&self, value: T) {
        if let Ok(mut shared) = self.0.shared.write() {
            shared.insert(TypeId::of::<T>(), Arc::new(value));
        }
    }

    /// What was last shared under this type. An error here is a bug: the app's `start` should have shared it.
    pub fn shared<T: Any + Send + Sync>(&self) -> Result<Arc<T>> {
        let found = self
            .0
            .shared
            .read()
            .ok()
            .and_then(|shared| shared.get(&TypeId::of::<T>()).cloned());
        found
            .and_then(|it| it.downcast::<T>().ok())
            .ok_or_else(|| Error::internal(anyhow::anyhow!("{} was not shared", std::any::type_name::<T>())))
    }

    /// Where news goes out to connected pages.
    pub(crate) fn hub(&self) -> &Hub {
        &self.0.hub
    }

    /// Cancelled when the program is asked to stop.
    pub fn stop_signal(&self) -> CancellationToken {
        self.0.stop.clone()
    }

    /// Stops what apps have running and closes the database; for commands, which end or begin anew.
    pub async fn close(&self) {
        self.0.stop.cancel();
        self.db().close().await;
    }

    /// Starts the sealer, the listeners and the jobs. The future that is returned ends when all of them have stopped.
    pub fn start_background(&self) -> impl Future<Output = ()> + Send + 'static {
        let tasks = TaskTracker::new();
        tasks.spawn(events::run(self.clone()));
        for job in self.jobs() {
            tasks.spawn(jobs::run(self.clone(), job));
        }
        tasks.close();
        async move { tasks.wait().await }
    }

    /// Looks every two seconds, until the program stops, whether what this server holds in memory is still what the tables
    /// say. No job: those run on one server at a time, this has to run on each.
    pub fn keep_fresh(&self, what: &'static str, look: fn(Kernel) -> BoxFuture<'static, Result<()>>) {
        let kernel = self.clone();
        tokio::spawn(async move {
            let stop = kernel.stop_signal();
            loop {
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(Duration::from_secs(2)) => {}
                }
                if let Err(error) = look(kernel.clone()).await {
                    tracing::error!(what, %error, "the memory could not be compared with the tables");
                }
            }
        });
    }

    /// The program's counters and histograms; the recorder is installed at the first call.
    pub fn metrics() -> Option<&'static PrometheusHandle> {
        static HANDLE: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
        let buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];
        HANDLE
            .get_or_init(|| {
                PrometheusBuilder::new()
                    .set_buckets(&buckets)
                    .ok()?
                    .install_recorder()
                    .ok()
            })
            .as_ref()
    }
}

/// A UUIDv7 that was born at this moment, for what is told of the past.
pub fn id_at(at: Time) -> Uuid {
    let ms = u64::try_from(at.millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(ms, &random()).into_uuid()
}

/// A UUIDv7 from milliseconds and a counter behind them; the rest is random.
fn with_counter(at: u64) -> Uuid {
    let mut bytes: [u8; 10] = random();
    let counter = at & ((1 << COUNTER_BITS) - 1);
    bytes[..2].copy_from_slice(&u16::try_from(counter).unwrap_or(0).to_be_bytes());
    uuid::Builder::from_unix_timestamp_millis(at >> COUNTER_BITS, &bytes).into_uuid()
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if let Err(error) = getrandom::fill(&mut bytes) {
        // Without randomness there are no safe tokens: better no answer than a guessable one.
        panic!("the system gives no random bytes: {error}");
    }
    bytes
}
