//! Looking after a database as a whole: what it is, which migrations it has seen, and beginning anew.

use sqlx::migrate::Migrator;
use sqlx::{AssertSqlSafe, Connection};

use super::{Db, Pools};
use crate::Time;

/// An app's migrations, as the program has them and as the database has seen them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Migrated {
    /// All of them have run.
    Fully,
    /// So many have still to run; the next start does it.
    Waiting(usize),
    /// The database has seen one that this program does not know, or that has another text here.
    Otherwise(i64),
}

impl Db {
    /// What the database calls itself: its name, and its version as far as it is a number.
    pub async fn version(&self) -> sqlx::Result<(&'static str, String)> {
        let text: String = match &self.pools {
            Pools::Sqlite { read, .. } => sqlx::query_scalar("SELECT sqlite_version()").fetch_one(read).await?,
            Pools::Postgres(pool) => sqlx::query_scalar("SHOW server_version").fetch_one(pool).await?,
        };
        Ok((self.kind(), text.split(' ').next().unwrap_or_default().to_owned()))
    }

    /// What time it is on the database's machine; the embedded database has no clock of its own.
    pub async fn clock(&self) -> sqlx::Result<Option<Time>> {
        let Pools::Postgres(pool) = &self.pools else {
            return Ok(None);
        };
        let sql = "SELECT CAST(EXTRACT(EPOCH FROM CLOCK_TIMESTAMP()) * 1000 AS BIGINT)";
        let ms: i64 = sqlx::query_scalar(sql).fetch_one(pool).await?;
        Ok(Some(Time::from_millis(ms)))
    }

    /// Compares an app's migrations with those that have run.
    pub async fn migrated(&self, prefix: &str, migrator: &Migrator) -> sqlx::Result<Migrated> {
        let history = format!("{prefix}_migrations");
        let mut ran: Vec<(i64, Vec<u8>)> = Vec::new();
        if self.tables().await?.contains(&history) {
            let sql = AssertSqlSafe(format!("SELECT version, checksum FROM {history} ORDER BY version"));
            ran = match &self.pools {
                Pools::Sqlite { read, .. } => sqlx::query_as(sql).fetch_all(read).await?,
                Pools::Postgres(pool) => sqlx::query_as(sql).fetch_all(pool).await?,
            };
        }
        let known = |version: i64| migrator.iter().find(|it| it.version == version);
        let same = |it: &(i64, Vec<u8>)| known(it.0).is_some_and(|known| *known.checksum == *it.1);
        if let Some((version, _)) = ran.iter().find(|it| !same(it)) {
            return Ok(Migrated::Otherwise(*version));
        }
        Ok(match migrator.iter().count() - ran.len() {
            0 => Migrated::Fully,
            waiting => Migrated::Waiting(waiting),
        })
    }

    /// Removes every table whose name begins with one of these prefixes and an underscore, with all that is in it.
    pub async fn drop_tables(&self, prefixes: &[&str]) -> sqlx::Result<()> {
        let mut names = self.tables().await?;
        names.retain(|name| prefixes.contains(&name.split_once('_').unwrap_or_default().0));
        // The names come from the database's own catalogue and are quoted.
        match &self.pools {
            Pools::Sqlite { write, .. } => {
                let mut connection = write.acquire().await?;
                // Whole tables go, whoever refers to whom.
                sqlx::query("PRAGMA foreign_keys = OFF")
                    .execute(&mut *connection)
                    .await?;
                let mut tx = connection.begin().await?;
                for name in names {
                    let sql = AssertSqlSafe(format!("DROP TABLE \"{name}\""));
                    sqlx::query(sql).execute(&mut *tx).await?;
                }
                tx.commit().await?;
                sqlx::query("PRAGMA foreign_keys = ON")
                    .execute(&mut *connection)
                    .await?;
            }
            Pools::Postgres(pool) if !names.is_empty() => {
                let names: Vec<String> = names.iter().map(|it| format!("\"{it}\"")).collect();
                let sql = AssertSqlSafe(format!("DROP TABLE {} CASCADE", names.join(", ")));
                sqlx::query(sql).execute(pool).await?;
            }
            Pools::Postgres(_) => {}
        }
        Ok(())
    }

    /// The names of all tables.
    async fn tables(&self) -> sqlx::Result<Vec<String>> {
        match &self.pools {
            Pools::Sqlite { write, .. } => {
                let sql = "SELECT name FROM sqlite_master WHERE type = 'table'";
                sqlx::query_scalar(sql).fetch_all(write).await
            }
            Pools::Postgres(pool) => {
                let sql = "SELECT tablename::TEXT FROM pg_tables WHERE schemaname = CURRENT_SCHEMA()";
                sqlx::query_scalar(sql).fetch_all(pool).await
            }
        }
    }
}
