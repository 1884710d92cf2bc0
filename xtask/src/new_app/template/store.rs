//! The SQL of entries, as functions on a transaction.

use kernel::args;
use kernel::auth::{Columns, Scope};
use kernel::db::{Sql, Tx};
use kernel::error::Result;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::model::{Entry, EntryId, State};
use kernel::page::PageQuery;

/// The columns that scopes look at.
pub const SCOPE: Columns = Columns { area: "area", body: "", own: &["created_by"] };

const ENTRY: &str = "SELECT id, area, title, state, note, created_by, created_at, version FROM __name___entry";

/// What a list of entries is narrowed down to.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EntryQuery {
    /// Only in this state.
    pub state: Option<State>,
    /// Only in this area and below.
    pub area: Option<String>,
    /// Where to go on: `next` of the page before.
    pub after: Option<String>,
    /// How many; 50 if not said, at most 200.
    pub limit: Option<u32>,
}

impl EntryQuery {
    /// Its page.
    pub fn page(&self) -> PageQuery {
        PageQuery { after: self.after.clone(), limit: self.limit }
    }
}

/// A page of entries within the scope, newest first: ids sort by time of birth.
pub async fn list(tx: &mut Tx, query: &EntryQuery, scope: &Scope) -> Result<Vec<Entry>> {
    let page = query.page();
    let mut sql = Sql::new(ENTRY);
    sql.push(" WHERE ");
    scope.push(&mut sql, SCOPE);
    if let Some(state) = query.state {
        sql.and("state =", state);
    }
    if let Some(area) = &query.area {
        sql.push(" AND ").within("area", area);
    }
    if let Some(last) = page.key::<EntryId>()? {
        sql.and("id <", last);
    }
    sql.push(" ORDER BY id DESC LIMIT ").bind(page.fetch());
    Ok(tx.list(sql).await?)
}

/// An entry by its id.
pub async fn find(tx: &mut Tx, id: EntryId) -> Result<Option<Entry>> {
    let mut sql = Sql::new(ENTRY);
    sql.push(" WHERE id = ").bind(id);
    Ok(tx.list(sql).await?.pop())
}

/// Adds an entry.
pub async fn insert(tx: &mut Tx, entry: &Entry) -> Result<()> {
    let sql = "INSERT INTO __name___entry (id, area, title, state, note, created_by, created_at, version) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let it = entry.clone();
    tx.run(sql, args![it.id, it.area, it.title, it.state, it.note, it.created_by, it.created_at, it.version]).await?;
    Ok(())
}

/// Writes what a move has changed; `false` when the entry was changed meanwhile.
pub async fn update(tx: &mut Tx, entry: &Entry, before: i64) -> Result<bool> {
    let sql = "UPDATE __name___entry SET state = $3, note = $4, version = $5 WHERE id = $1 AND version = $2";
    let it = entry.clone();
    Ok(tx.run(sql, args![it.id, before, it.state, it.note, it.version]).await? == 1)
}
