//! The SQL of cases and their timelines, as functions on a transaction.

mod assists;
mod figures;
mod filter;

use kernel::auth::{Columns, UserId};
use kernel::db::{Sql, Tx, Value};
use kernel::error::Result;
use kernel::files::{FileId, FileView};
use kernel::{Time, args};

pub use assists::{Assist, assists, call_in, end_assists, end_suspensions, helps};
pub use figures::{GroupBy, INSERT_TALLY, count, figures, fold, tally_area, tally_values, unfolded};
use filter::OPEN;
pub use filter::{CaseQuery, Filter, Sort, Waiting};

use crate::model::{Action, Case, CaseId, EntryId, State};

/// The columns that scopes look at.
pub const SCOPE: Columns = Columns {
    area: "area",
    body: "body",
    own: &["reporter", "assignee", "verifier", "checker"],
};

/// All of a case's columns; conditions follow.
pub const CASE: &str = "SELECT id, number, state, source, class, standard, description, place, area, lng, lat, body, last_body, \
     reporter, contact_name, contact_phone, assignee, verifier, checker, truth, passed, yellow_at, due_at, clock, late, \
     reworks, returns, satisfaction, photo, reported_at, accepted_at, filed_at, dispatched_at, handled_at, closed_at, \
     evaluated_at, external_ref, desk, asked, asked_until, extensions, suspensions, suspended_until, appealed, stage, \
     reopened, reasons, justified, component, version FROM cases_case";

/// For [`Tx::insert_many`]; values by [`case_values`].
pub const INSERT_CASE: &str = "INSERT INTO cases_case (id, number, state, source, class, standard, description, place, area, lng, lat, \
     body, last_body, reporter, contact_name, contact_phone, assignee, verifier, checker, truth, passed, yellow_at, due_at, \
     clock, late, reworks, returns, satisfaction, photo, reported_at, accepted_at, filed_at, dispatched_at, handled_at, \
     closed_at, evaluated_at, external_ref, desk, asked, asked_until, extensions, suspensions, suspended_until, appealed, \
     stage, reopened, reasons, justified, component, version, contact) VALUES ";

/// A case's values in the order of [`INSERT_CASE`].
pub fn case_values(case: &Case, contact: Option<Vec<u8>>) -> Vec<Value> {
    let it = case.clone();
    args![
        it.id,
        it.number,
        it.state,
        it.source,
        it.class,
        it.standard,
        it.description,
        it.place,
        it.area,
        it.lng,
        it.lat,
        it.body,
        it.last_body,
        it.reporter,
        it.contact_name,
        it.contact_phone,
        it.assignee,
        it.verifier,
        it.checker,
        it.truth,
        it.passed,
        it.yellow_at,
        it.due_at,
        it.clock
            .as_ref()
            .map(|it| serde_json::to_string(&it.0).unwrap_or_default()),
        it.late,
        it.reworks,
        it.returns,
        it.satisfaction,
        it.photo,
        it.reported_at,
        it.accepted_at,
        it.filed_at,
        it.dispatched_at,
        it.handled_at,
        it.closed_at,
        it.evaluated_at,
        it.external_ref,
        it.desk,
        it.asked,
        it.asked_until,
        it.extensions,
        it.suspensions,
        it.suspended_until,
        it.appealed,
        it.stage,
        it.reopened,
        it.reasons,
        it.justified,
        it.component,
        it.version,
        contact
    ]
}

/// Adds a case; `contact` is sealed.
pub async fn insert_case(tx: &mut Tx, case: &Case, contact: Option<Vec<u8>>) -> Result<()> {
    tx.insert_many(INSERT_CASE, "", vec![case_values(case, contact)])
        .await?;
    crate::evaluation::look_again(tx, case).await
}

/// A case by its id.
pub async fn find(tx: &mut Tx, id: CaseId) -> Result<Option<Case>> {
    let mut sql = Sql::new(CASE);
    sql.push(" WHERE id = ").bind(id);
    Ok(tx.list(sql).await?.pop())
}

/// Writes what a move has changed; `false` when the case was changed meanwhile.
pub async fn update(tx: &mut Tx, case: &Case, before: i64) -> Result<bool> {
    let sql = "UPDATE cases_case SET state = $3, class = $4, standard = $5, body = $6, last_body = $7, assignee = $8, \
               verifier = $9, checker = $10, truth = $11, passed = $12, yellow_at = $13, due_at = $14, clock = $15, late = $16, \
               reworks = $17, returns = $18, satisfaction = $19, photo = $20, accepted_at = $21, filed_at = $22, \
               dispatched_at = $23, handled_at = $24, closed_at = $25, evaluated_at = $26, desk = $27, asked = $28, \
               asked_until = $29, extensions = $30, suspensions = $31, suspended_until = $32, appealed = $33, stage = $34, \
               reopened = $35, reasons = $36, justified = $37, version = $38 WHERE id = $1 AND version = $2";
    let it = case.clone();
    let values = args![
        it.id,
        before,
        it.state,
        it.class,
        it.standard,
        it.body,
        it.last_body,
        it.assignee,
        it.verifier,
        it.checker,
        it.truth,
        it.passed,
        it.yellow_at,
        it.due_at,
        it.clock
            .as_ref()
            .map(|it| serde_json::to_string(&it.0).unwrap_or_default()),
        it.late,
        it.reworks,
        it.returns,
        it.satisfaction,
        it.photo,
        it.accepted_at,
        it.filed_at,
        it.dispatched_at,
        it.handled_at,
        it.closed_at,
        it.evaluated_at,
        it.desk,
        it.asked,
        it.asked_until,
        it.extensions,
        it.suspensions,
        it.suspended_until,
        it.appealed,
        it.stage,
        it.reopened,
        it.reasons,
        it.justified,
        it.version
    ];
    if tx.run(sql, values).await? != 1 {
        return Ok(false);
    }
    crate::evaluation::look_again(tx, case).await?;
    Ok(true)
}

/// The sealed contact of a case.
pub async fn contact(tx: &mut Tx, id: CaseId) -> Result<Option<Vec<u8>>> {
    let row: Option<(Option<Vec<u8>>,)> = tx
        .one("SELECT contact FROM cases_case WHERE id = $1", args![id])
        .await?;
    Ok(row.and_then(|it| it.0))
}

/// An entry of a timeline.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Entry {
    /// Its id, which is the move's.
    pub id: EntryId,
    /// Its case.
    pub case_id: CaseId,
    /// The case's version that it made.
    pub n: i64,
    /// When.
    pub at: Time,
    /// Who; absent for the program itself.
    pub actor: Option<UserId>,
    /// Their name at the time.
    pub actor_name: String,
    /// What they did.
    pub action: Action,
    /// The state before.
    pub from_state: State,
    /// The state after.
    pub to_state: State,
    /// What they said.
    pub note: Option<String>,
    /// What was decided, as JSON.
    pub detail: String,
}

/// For [`Tx::insert_many`]; values by [`Entry::values`].
pub const INSERT_ENTRY: &str = "INSERT INTO cases_entry (id, case_id, n, at, actor, actor_name, action, from_state, to_state, note, detail) VALUES ";

impl Entry {
    /// Its values in the order of [`INSERT_ENTRY`].
    pub fn values(self) -> Vec<Value> {
        args![
            self.id,
            self.case_id,
            self.n,
            self.at,
            self.actor,
            self.actor_name,
            self.action,
            self.from_state,
            self.to_state,
            self.note,
            self.detail
        ]
    }
}

/// Adds an entry.
pub async fn insert_entry(tx: &mut Tx, entry: Entry) -> Result<()> {
    tx.insert_many(INSERT_ENTRY, "", vec![entry.values()]).await?;
    Ok(())
}

/// A case's timeline after a version, oldest first.
pub async fn entries(tx: &mut Tx, case: CaseId, after: i64) -> Result<Vec<Entry>> {
    let sql = "SELECT id, case_id, n, at, actor, actor_name, action, from_state, to_state, note, detail FROM cases_entry \
               WHERE case_id = $1 AND n > $2 ORDER BY n LIMIT 500";
    Ok(tx.all(sql, args![case, after]).await?)
}

/// A photo of a case.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Photo {
    /// The file.
    pub file: FileId,
    /// The entry it came with.
    pub entry: EntryId,
    /// When it was taken.
    pub taken_at: Option<Time>,
    /// Where it was taken.
    pub lng: Option<f64>,
    /// Where it was taken.
    pub lat: Option<f64>,
}

/// A case's photos.
pub async fn photos(tx: &mut Tx, case: CaseId) -> Result<Vec<Photo>> {
    let sql = "SELECT file, entry, taken_at, lng, lat FROM cases_photo WHERE case_id = $1 ORDER BY file LIMIT 500";
    Ok(tx.all(sql, args![case]).await?)
}

/// Whether a file is a photo of this case.
pub async fn has_photo(tx: &mut Tx, case: CaseId, file: FileId) -> Result<bool> {
    let sql = "SELECT file FROM cases_photo WHERE case_id = $1 AND file = $2";
    let row: Option<(FileId,)> = tx.one(sql, args![case, file]).await?;
    Ok(row.is_some())
}

/// Adds photos to a case.
pub async fn insert_photos(tx: &mut Tx, case: CaseId, entry: EntryId, files: &[FileView]) -> Result<()> {
    let rows = files
        .iter()
        .map(|it| args![case, it.id, entry, it.taken_at, it.lng, it.lat])
        .collect();
    let insert = "INSERT INTO cases_photo (case_id, file, entry, taken_at, lng, lat) VALUES ";
    tx.insert_many(insert, " ON CONFLICT DO NOTHING", rows).await?;
    Ok(())
}

/// What the most urgent order sorts by, as its indexes have it: what has no deadline comes last.
const URGENCY: &str = "COALESCE(due_at, 9007199254740991)";

/// The place of a case in that order.
pub fn urgency(case: &Case) -> i64 {
    case.due_at.map_or(9_007_199_254_740_991, Time::millis)
}

/// The place of a case in the order of a list: what it is sorted by, and the id.
pub type Key = (i64, CaseId);

/// How many cases one page looks through for words. No index holds the words of a language without spaces between them,
/// so what would take a second is done page by page: each is quick, and the next goes on where it stopped.
/// Few in tests, so that they meet a page that stops.
const LOOKED_THROUGH: i64 = if cfg!(test) { 6 } else { 8_000 };

/// A scope of more parts than this is read as a whole: a statement does not grow with somebody's grants.
const MOST_PARTS: usize = 16;

/// A page of cases; and where to go on if it stopped looking before the page was full.
pub async fn list(tx: &mut Tx, filter: &Filter<'_>) -> Result<(Vec<Case>, Option<Key>)> {
    let page = filter.query.page();
    let (after, most) = (page.key()?, page.fetch());
    // Of one's own there are few: they are looked through at once.
    if !filter.has_words() || filter.scope.reaches_own() {
        return Ok((rows(tx, filter, after, None, most).await?, None));
    }
    let last = stop(tx, filter, after).await?;
    let found = rows(tx, filter, after, last, most).await?;
    let full = i64::try_from(found.len()).is_ok_and(|it| it >= most);
    Ok((found, last.filter(|_| !full)))
}

/// The cases that come after one of them, at most so many.
pub async fn batch(tx: &mut Tx, filter: &Filter<'_>, after: Option<Key>, most: i64) -> Result<Vec<Case>> {
    rows(tx, filter, after, None, most).await
}

/// The last case that a search for words looks at, if more lie behind it.
async fn stop(tx: &mut Tx, filter: &Filter<'_>, after: Option<Key>) -> Result<Option<Key>> {
    let order = filter.order();
    let mut sql = Sql::new("SELECT ");
    sql.push(order.place).push(", id FROM cases_case");
    filter.push_without_words(&mut sql, None);
    order.push(&mut sql, after, None);
    sql.push(" LIMIT 1 OFFSET ").bind(LOOKED_THROUGH);
    Ok(tx.list(sql).await?.into_iter().next())
}

async fn rows(tx: &mut Tx, filter: &Filter<'_>, after: Option<Key>, last: Option<Key>, most: i64) -> Result<Vec<Case>> {
    let order = filter.order();
    let mut sql = Sql::new(CASE);
    let parts = filter.parts();
    if (2..=MOST_PARTS).contains(&parts.len()) {
        for (n, part) in parts.iter().enumerate() {
            sql.push(if n == 0 { " WHERE id IN (" } else { " UNION ALL " });
            sql.push("SELECT id FROM (SELECT id FROM cases_case");
            filter.push_part(&mut sql, Some(part));
            order.push(&mut sql, after, last);
            sql.push(" LIMIT ").bind(most).push(") AS part");
        }
        sql.push(")");
        order.push(&mut sql, None, None);
    } else {
        filter.push(&mut sql);
        order.push(&mut sql, after, last);
    }
    sql.push(" LIMIT ").bind(most);
    Ok(tx.list(sql).await?)
}

/// How many cases there are.
pub async fn count_cases(tx: &mut Tx, filter: &Filter<'_>) -> Result<i64> {
    let mut sql = Sql::new("SELECT COUNT(*) FROM cases_case");
    filter.push(&mut sql);
    let rows: Vec<(i64,)> = tx.list(sql).await?;
    Ok(rows.first().map_or(0, |it| it.0))
}

/// What is new in a filter.
#[derive(Debug, sqlx::FromRow)]
pub struct News {
    /// Cases in it.
    pub total: i64,
    /// Of those, how many were reported since.
    pub new: i64,
    /// Of those, how many have passed their deadline since.
    pub overdue: i64,
}

/// What is new in a filter since a moment.
pub async fn news(tx: &mut Tx, filter: &Filter<'_>, since: Time) -> Result<News> {
    let mut sql = Sql::new("SELECT COUNT(*) AS total, COUNT(CASE WHEN reported_at >= ");
    sql.bind(since)
        .push(" AND reported_at < ")
        .bind(filter.now)
        .push(" THEN 1 END) AS new, COUNT(CASE WHEN due_at >= ")
        .bind(since);
    sql.push(" AND due_at < ")
        .bind(filter.now)
        .push(" THEN 1 END) AS overdue FROM cases_case");
    filter.push(&mut sql);
    let mut rows: Vec<News> = tx.list(sql).await?;
    Ok(rows.pop().unwrap_or(News {
        total: 0,
        new: 0,
        overdue: 0,
    }))
}

/// A case on a map.
#[derive(Debug, sqlx::FromRow)]
pub struct Point {
    /// The case.
    pub id: CaseId,
    /// Where.
    pub lng: f64,
    /// Where.
    pub lat: f64,
    /// Where it stands.
    pub state: State,
    /// For its light.
    pub yellow_at: Option<Time>,
    /// For its light.
    pub due_at: Option<Time>,
}

/// The newest cases of a filter that have a point.
pub async fn points(tx: &mut Tx, filter: &Filter<'_>, most: i64) -> Result<Vec<Point>> {
    let mut sql = Sql::new("SELECT id, lng, lat, state, yellow_at, due_at FROM cases_case");
    filter.push(&mut sql);
    sql.push(" AND lng IS NOT NULL AND lat IS NOT NULL ORDER BY reported_at DESC LIMIT ")
        .bind(most);
    Ok(tx.list(sql).await?)
}

/// How many open cases there are in each state, and how many of them are late or soon will be.
pub async fn open_counts(tx: &mut Tx, filter: &Filter<'_>) -> Result<Vec<(State, i64, i64, i64)>> {
    let mut sql = Sql::new("SELECT state, COUNT(*), COUNT(CASE WHEN due_at < ");
    sql.bind(filter.now)
        .push(" THEN 1 END), COUNT(CASE WHEN due_at >= ")
        .bind(filter.now);
    sql.push(" AND yellow_at < ")
        .bind(filter.now)
        .push(" THEN 1 END) FROM cases_case");
    filter.push(&mut sql);
    let open = State::ALL.iter().copied().filter(|it| !it.is_end());
    // Said twice, so that the index of open cases is taken.
    sql.push(OPEN).push(" AND state IN ").list(open).push(" GROUP BY state");
    Ok(tx.list(sql).await?)
}
