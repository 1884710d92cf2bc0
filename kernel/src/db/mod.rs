//! The one door to the database: the same SQL text runs on SQLite and PostgreSQL.
//!
//! * Columns are TEXT, BIGINT, BOOLEAN, DOUBLE PRECISION and BYTEA; parameters are `$1`, `$2`, …
//! * [`Db::begin`] opens a writing transaction (IMMEDIATE on SQLite, which has one writer), [`Db::read`] a reading
//!   connection. Both are a [`Tx`], the only thing that runs SQL.
//! * A row type is any struct with `#[derive(sqlx::FromRow)]`.
//!
//! What differs between the two databases is kept in this folder: nobody else asks which one runs.

mod sql;
mod upkeep;
mod value;

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions, PgRow};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, ConnectOptions, Postgres, Sqlite};
use tokio::sync::Notify;

pub use sql::Sql;
pub use upkeep::Migrated;
pub use value::{Json, StoredAsText, UnknownWord, Value};

/// A row that both drivers can fill: `#[derive(sqlx::FromRow)]` is enough.
pub trait Record: Send + Unpin + for<'r> sqlx::FromRow<'r, SqliteRow> + for<'r> sqlx::FromRow<'r, PgRow> {}
impl<T> Record for T where T: Send + Unpin + for<'r> sqlx::FromRow<'r, SqliteRow> + for<'r> sqlx::FromRow<'r, PgRow> {}

/// The database of a district: a file of its own, or PostgreSQL.
#[derive(Clone)]
pub struct Db {
    pools: Pools,
    /// Rung after each commit that left an event or an audit entry, so that it goes out at once.
    bell: Arc<Notify>,
}

#[derive(Clone)]
enum Pools {
    /// SQLite has one writer at a time: it gets a pool of one, so waiting happens here and never as "database is locked".
    Sqlite {
        write: SqlitePool,
        read: SqlitePool,
    },
    Postgres(PgPool),
}

impl Db {
    /// Opens `sqlite:PATH` or `postgres://…`, with at most `connections` connections; on SQLite no more than twice the
    /// processors, or four.
    pub async fn open(url: &str, connections: u32) -> sqlx::Result<Self> {
        let slow = Duration::from_millis(500);
        let pools = if url.starts_with("postgres") {
            let options = PgConnectOptions::from_str(url)?
                .application_name("jingwei")
                .log_slow_statements(tracing::log::LevelFilter::Warn, slow)
                .options([
                    ("statement_timeout", "30s"),
                    ("idle_in_transaction_session_timeout", "60s"),
                ]);
            let pool = PgPoolOptions::new()
                .max_connections(connections)
                .acquire_timeout(Duration::from_secs(10))
                .connect_with(options)
                .await?;
            Pools::Postgres(pool)
        } else {
            let options = SqliteConnectOptions::from_str(url)?
                .create_if_missing(true)
                .foreign_keys(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .busy_timeout(Duration::from_secs(10))
                .pragma("cache_size", "-4096")
                .pragma("temp_store", "memory")
                .statement_cache_capacity(64)
                .log_slow_statements(tracing::log::LevelFilter::Warn, slow);
            let write = SqlitePoolOptions::new()
                .max_connections(1)
                .acquire_timeout(Duration::from_secs(20))
                .connect_with(options.clone())
                .await?;
            // Each has a cache and statements of its own, and a processor reads for one at a time.
            let processors = std::thread::available_parallelism().map_or(1, usize::from);
            let readers = u32::try_from(2 * processors).unwrap_or(u32::MAX).max(4);
            let read = SqlitePoolOptions::new()
                .max_connections(connections.min(readers))
                .acquire_timeout(Duration::from_secs(10))
                .connect_with(options.read_only(true).create_if_missing(false))
                .await?;
            Pools::Sqlite { write, read }
        };
        Ok(Self {
            pools,
            bell: Arc::new(Notify::new()),
        })
    }

    /// The kind of database, for `doctor` and the log.
    pub fn kind(&self) -> &'static str {
        match self.pools {
            Pools::Sqlite { .. } => "sqlite",
            Pools::Postgres(_) => "postgresql",
        }
    }

    /// Runs an app's migrations; each app has its own history table, `<prefix>_migrations`.
    pub async fn migrate(&self, prefix: &str, mut migrator: Migrator) -> Result<(), MigrateError> {
        migrator.dangerous_set_table_name(format!("{prefix}_migrations"));
        match &self.pools {
            Pools::Sqlite { write, .. } => migrator.run(write).await,
            Pools::Postgres(pool) => migrator.run(pool).await,
        }
    }

    /// Begins a writing transaction. Dropped without [`Tx::commit`], it is rolled back.
    pub async fn begin(&self) -> sqlx::Result<Tx> {
        let inner = match &self.pools {
            Pools::Sqlite { write, .. } => Inner::SqliteTx(write.begin_with("BEGIN IMMEDIATE").await?),
            Pools::Postgres(pool) => Inner::PostgresTx(pool.begin().await?),
        };
        Ok(Tx {
            inner,
            bell: self.bell.clone(),
            ring: false,
        })
    }

    /// A connection for reading; each statement sees what was committed when it began.
    pub async fn read(&self) -> sqlx::Result<Tx> {
        let inner = match &self.pools {
            Pools::Sqlite { read, .. } => Inner::Sqlite(read.acquire().await?),
            Pools::Postgres(pool) => Inner::Postgres(pool.acquire().await?),
        };
        Ok(Tx {
            inner,
            bell: self.bell.clone(),
            ring: false,
        })
    }

    /// Refreshes the planner's statistics, after an import or the making of a demo.
    pub async fn analyze(&self) -> sqlx::Result<()> {
        match &self.pools {
            Pools::Sqlite { write, .. } => sqlx::query("ANALYZE").execute(write).await.map(drop),
            Pools::Postgres(pool) => sqlx::query("ANALYZE").execute(pool).await.map(drop),
        }
    }

    /// Closes every connection; on SQLite this folds the write-ahead log into the file.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { write, read } => {
                read.close().await;
                write.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }

    /// Rings when something was committed that others wait for.
    pub(crate) fn bell(&self) -> &Notify {
        &self.bell
    }
}

/// A transaction or a reading connection: the only thing that runs SQL.
pub struct Tx {
    inner: Inner,
    bell: Arc<Notify>,
    ring: bool,
}

enum Inner {
    Sqlite(sqlx::pool::PoolConnection<Sqlite>),
    Postgres(sqlx::pool::PoolConnection<Postgres>),
    SqliteTx(sqlx::Transaction<'static, Sqlite>),
    PostgresTx(sqlx::Transaction<'static, Postgres>),
}

macro_rules! bind {
    ($query:expr, $args:expr) => {
        $args.into_iter().fold($query, |query, value| match value {
            Value::Bool(it) => query.bind(it),
            Value::Int(it) => query.bind(it),
            Value::Real(it) => query.bind(it),
            Value::Text(it) => query.bind(it),
            Value::Bytes(it) => query.bind(it),
        })
    };
}

macro_rules! on {
    ($tx:expr, $query:ident, $sql:expr, $args:expr, $run:ident) => {
        match &mut $tx.inner {
            Inner::Sqlite(conn) => bind!(sqlx::$query($sql), $args).$run(&mut **conn).await,
            Inner::SqliteTx(conn) => bind!(sqlx::$query($sql), $args).$run(&mut **conn).await,
            Inner::Postgres(conn) => bind!(sqlx::$query($sql), $args).$run(&mut **conn).await,
            Inner::PostgresTx(conn) => bind!(sqlx::$query($sql), $args).$run(&mut **conn).await,
        }
    };
}

impl Tx {
    /// All rows.
    pub async fn all<T: Record>(&mut self, sql: &'static str, args: Vec<Value>) -> sqlx::Result<Vec<T>> {
        on!(self, query_as, sql, args, fetch_all)
    }

    /// The first row, if any.
    pub async fn one<T: Record>(&mut self, sql: &'static str, args: Vec<Value>) -> sqlx::Result<Option<T>> {
        on!(self, query_as, sql, args, fetch_optional)
    }

    /// Runs a statement; says how many rows it touched.
    pub async fn run(&mut self, sql: &'static str, args: Vec<Value>) -> sqlx::Result<u64> {
        Ok(match &mut self.inner {
            Inner::Sqlite(conn) => bind!(sqlx::query(sql), args)
                .execute(&mut **conn)
                .await?
                .rows_affected(),
            Inner::SqliteTx(conn) => bind!(sqlx::query(sql), args)
                .execute(&mut **conn)
                .await?
                .rows_affected(),
            Inner::Postgres(conn) => bind!(sqlx::query(sql), args)
                .execute(&mut **conn)
                .await?
                .rows_affected(),
            Inner::PostgresTx(conn) => bind!(sqlx::query(sql), args)
                .execute(&mut **conn)
                .await?
                .rows_affected(),
        })
    }

    /// All rows of a built statement.
    pub async fn list<T: Record>(&mut self, sql: Sql) -> sqlx::Result<Vec<T>> {
        let (text, args) = sql.into_parts();
        // The pieces of `Sql` are literals; what came from outside is bound.
        on!(self, query_as, AssertSqlSafe(text), args, fetch_all)
    }

    /// Runs a built statement; says how many rows it touched.
    pub async fn run_built(&mut self, sql: Sql) -> sqlx::Result<u64> {
        let (text, args) = sql.into_parts();
        Ok(match &mut self.inner {
            Inner::Sqlite(conn) => {
                let query = bind!(sqlx::query(AssertSqlSafe(text)), args);
                query.execute(&mut **conn).await?.rows_affected()
            }
            Inner::SqliteTx(conn) => {
                let query = bind!(sqlx::query(AssertSqlSafe(text)), args);
                query.execute(&mut **conn).await?.rows_affected()
            }
            Inner::Postgres(conn) => {
                let query = bind!(sqlx::query(AssertSqlSafe(text)), args);
                query.execute(&mut **conn).await?.rows_affected()
            }
            Inner::PostgresTx(conn) => {
                let query = bind!(sqlx::query(AssertSqlSafe(text)), args);
                query.execute(&mut **conn).await?.rows_affected()
            }
        })
    }

    /// Inserts many rows in few statements: `insert` is `INSERT INTO t (a, b) VALUES `, each row as many values as columns.
    ///
    /// For seeds and imports; `tail` is what follows the rows, e.g. ` ON CONFLICT DO NOTHING`.
    pub async fn insert_many(
        &mut self,
        insert: &'static str,
        tail: &'static str,
        rows: Vec<Vec<Value>>,
    ) -> sqlx::Result<u64> {
        // SQLite looks a numbered parameter up among all those before it: a thousand of them take long. Those without a
        // number it counts; here each is used once and in order, so that is the same.
        let begin = match self.inner {
            Inner::Sqlite(_) | Inner::SqliteTx(_) => Sql::unnumbered,
            Inner::Postgres(_) | Inner::PostgresTx(_) => Sql::new,
        };
        let mut touched = 0;
        let mut rows = rows.into_iter().peekable();
        while let Some(first) = rows.peek() {
            // Both databases have the text of full batches ready after the first.
            let batch = (1_000 / first.len().max(1)).max(1);
            let mut sql = begin(insert);
            for (n, row) in rows.by_ref().take(batch).enumerate() {
                if n > 0 {
                    sql.push(", ");
                }
                sql.list(row);
            }
            sql.push(tail);
            touched += self.run_built(sql).await?;
        }
        Ok(touched)
    }

    /// Asks for the bell to be rung at commit.
    pub(crate) fn ring_at_commit(&mut self) {
        self.ring = true;
    }

    /// Makes everything done so far durable, and lets those know who wait for it. A reading connection has nothing to do.
    pub async fn commit(self) -> sqlx::Result<()> {
        match self.inner {
            Inner::SqliteTx(tx) => tx.commit().await?,
            Inner::PostgresTx(tx) => tx.commit().await?,
            Inner::Sqlite(_) | Inner::Postgres(_) => {}
        }
        if self.ring {
            self.bell.notify_one();
        }
        Ok(())
    }
}

/// Whether a statement failed because a row with the same key is there already.
pub fn is_duplicate(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Database(it) if it.is_unique_violation())
}
