//! The job that keeps counts and sums: it takes cases that were moved, cases whose limit has run out, and goes round all
//! others in the order of their ids, so that what an import or the demo wrote by the thousand is found, too.

use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::time::Duration;

use kernel::auth::UserId;
use kernel::db::{Sql, Tx, Value};
use kernel::error::Result;
use kernel::jobs::Job;
use kernel::{Kernel, Time, args};

use super::model::{Counts, Imported, Kind, Line, Measure, Subject, facts, read, written};
use crate::model::{Action, Case, CaseId, Source, State};
use crate::moves::local_day;
use crate::store::tally_area;
use crate::view::EntryDetail;

/// How many cases are counted in one transaction: the writer is not held for long.
const BATCH: i64 = 100;
/// How many cases a round looks at before it lets others work.
const LOOK: i64 = 5_000;

/// The job.
pub(crate) fn job() -> Job {
    Job {
        name: "cases.evaluation",
        zh: "更新考核基础数据",
        en: "Keep the counts of the evaluation",
        every: Duration::from_secs(10),
        run: |kernel| Box::pin(async move { Ok(format!("{} cases", keep(&kernel).await?)) }),
    }
}

/// Notes that a case has changed.
pub(crate) async fn look_again(tx: &mut Tx, case: &Case) -> Result<()> {
    let sql = "INSERT INTO cases_fact_todo (case_id, version) VALUES ($1, $2) \
               ON CONFLICT (case_id) DO UPDATE SET version = excluded.version";
    tx.run(sql, args![case.id, case.version]).await?;
    Ok(())
}

/// Counts what is to be counted; says how many cases that were.
pub(super) async fn keep(kernel: &Kernel) -> Result<usize> {
    let mut done = 0;
    loop {
        let now = kernel.now();
        let sql = "SELECT case_id FROM cases_fact_todo LIMIT $1";
        let mut tx = kernel.read().await?;
        let mut ids: Vec<(CaseId,)> = tx.all(sql, args![BATCH]).await?;
        if ids.is_empty() {
            let sql = "SELECT case_id FROM cases_fact WHERE next_at IS NOT NULL AND next_at < $1 LIMIT $2";
            ids = tx.all(sql, args![now, BATCH]).await?;
        }
        drop(tx);
        if ids.is_empty() {
            break;
        }
        done += count(kernel, ids.into_iter().map(|it| it.0).collect()).await?;
    }
    // One look at a part of the rest; as long as something new is found there, or the round has to come to its end, the next
    // part at once.
    loop {
        let (found, open) = round(kernel).await?;
        done += found;
        if found == 0 && !open {
            return Ok(done);
        }
    }
}

/// Whether figures are a part of what they will be: many cases wait, or the round has yet to come to its end.
pub(super) async fn is_counting(tx: &mut Tx) -> Result<bool> {
    let sql = "SELECT case_id FROM cases_fact_todo LIMIT $1";
    let waiting: Vec<(CaseId,)> = tx.all(sql, args![BATCH]).await?;
    if i64::try_from(waiting.len()).is_ok_and(|it| it == BATCH) {
        return Ok(true);
    }
    let sql = "SELECT open FROM cases_fact_round WHERE id = 1";
    Ok(tx.one::<(bool,)>(sql, vec![]).await?.is_some_and(|it| it.0))
}

/// Lets the round begin anew: many cases came in at once.
pub(crate) async fn go_round(tx: &mut Tx) -> Result<()> {
    let sql = "UPDATE cases_fact_round SET last = '', open = TRUE WHERE id = 1";
    tx.run(sql, vec![]).await?;
    Ok(())
}

/// Counts what is new in the next part; says how many cases that were, and whether the round has to go on.
async fn round(kernel: &Kernel) -> Result<(usize, bool)> {
    let mut tx = kernel.read().await?;
    let begun: Option<(String, bool)> = tx
        .one("SELECT last, open FROM cases_fact_round WHERE id = 1", args![])
        .await?;
    let (last, open) = begun.unwrap_or_default();
    let sql = "SELECT cases_case.id, cases_case.version, cases_fact.version FROM cases_case \
               LEFT JOIN cases_fact ON cases_fact.case_id = cases_case.id \
               WHERE cases_case.id > $1 ORDER BY cases_case.id LIMIT $2";
    let rows: Vec<(CaseId, i64, Option<i64>)> = tx.all(sql, args![&last, LOOK]).await?;
    drop(tx);
    let next = rows
        .last()
        .filter(|_| i64::try_from(rows.len()).is_ok_and(|it| it == LOOK));
    let next = next.map(|it| it.0.to_string()).unwrap_or_default();
    let stale: Vec<_> = rows.iter().filter(|it| it.2 != Some(it.1)).map(|it| it.0).collect();
    for batch in stale.chunks(usize::try_from(BATCH).unwrap_or(1)) {
        count(kernel, batch.to_vec()).await?;
    }
    let goes_on = open && !next.is_empty();
    let mut tx = kernel.db().begin().await?;
    // Not if the round was begun anew meanwhile.
    let sql = "UPDATE cases_fact_round SET last = $1, open = $2 WHERE id = 1 AND last = $3 AND open = $4";
    let moved = tx.run(sql, args![next, goes_on, last, open]).await? == 1;
    tx.commit().await?;
    Ok((stale.len(), goes_on || !moved))
}

async fn count(kernel: &Kernel, ids: Vec<CaseId>) -> Result<usize> {
    let mut work = kernel.system_work().await?;
    let n = count_in(kernel, &mut work, ids).await?;
    work.commit().await?;
    Ok(n)
}

/// How sums are added to: every measure is a column.
static ADD_BEGIN: LazyLock<String> = LazyLock::new(|| {
    let columns = each_measure(Measure::to_string);
    format!("INSERT INTO cases_fact_sum (kind, subject, grain, span, {columns}) VALUES ")
});
static ADD_TAIL: LazyLock<String> = LazyLock::new(|| {
    let sums = each_measure(|it| format!("{it} = cases_fact_sum.{it} + excluded.{it}"));
    format!(" ON CONFLICT (kind, subject, grain, span) DO UPDATE SET {sums}")
});

fn each_measure(write: fn(&Measure) -> String) -> String {
    Measure::ALL.iter().map(write).collect::<Vec<_>>().join(", ")
}

/// A case as the counting reads it.
#[derive(sqlx::FromRow)]
struct Row {
    id: CaseId,
    version: i64,
    area: String,
    source: Source,
    reported_at: Time,
    state: State,
    verifier: Option<UserId>,
    checker: Option<UserId>,
    appealed: bool,
    external_ref: Option<String>,
    body: Option<String>,
    last_body: Option<String>,
    filed_at: Option<Time>,
    handled_at: Option<Time>,
    late: Option<bool>,
}

/// An entry as the counting reads it.
#[derive(sqlx::FromRow)]
struct EntryRow {
    case_id: CaseId,
    at: Time,
    actor: Option<UserId>,
    action: Action,
    from_state: State,
    to_state: State,
    detail: String,
}

/// What the sums change by, in the order of their key.
type Deltas = BTreeMap<(Kind, String, &'static str, String), Counts>;

/// Counts these cases anew within a transaction.
pub(super) async fn count_in(kernel: &Kernel, tx: &mut Tx, mut ids: Vec<CaseId>) -> Result<usize> {
    ids.sort_unstable();
    // Taken first and in order: two that count the same case at once wait here, and the second reads what the first wrote.
    let begin = "INSERT INTO cases_fact (case_id, version) VALUES ";
    let tail = " ON CONFLICT (case_id) DO UPDATE SET version = 0";
    let rows = ids.iter().map(|it| args![*it, 0]).collect();
    tx.insert_many(begin, tail, rows).await?;

    let mut sql = Sql::new(
        "SELECT id, version, area, source, reported_at, state, verifier, checker, appealed, external_ref, body, last_body, \
         filed_at, handled_at, late FROM cases_case WHERE id IN ",
    );
    sql.list(ids.iter().copied()).push(" ORDER BY id");
    let cases: Vec<Row> = tx.list(sql).await?;
    let mut sql =
        Sql::new("SELECT case_id, at, actor, action, from_state, to_state, detail FROM cases_entry WHERE case_id IN ");
    sql.list(ids.iter().copied()).push(" ORDER BY case_id, n");
    let mut lines: BTreeMap<CaseId, Vec<Line>> = BTreeMap::new();
    for it in tx.list::<EntryRow>(sql).await? {
        let detail: EntryDetail = serde_json::from_str(&it.detail).unwrap_or_default();
        lines.entry(it.case_id).or_default().push(Line {
            at: it.at,
            actor: it.actor,
            action: it.action,
            from: it.from_state,
            to: it.to_state,
            body: detail.body.map(|it| it.code),
            truth: detail.truth,
            due: detail.due_at,
        });
    }
    let mut sql =
        Sql::new("SELECT case_id, kind, subject FROM cases_objection WHERE state = 'granted' AND case_id IN ");
    sql.list(ids.iter().copied());
    let granted: Vec<(CaseId, Kind, String)> = tx.list(sql).await?;
    let mut sql = Sql::new("SELECT kind, subject, day, taken, measures FROM cases_fact_part WHERE case_id IN ");
    sql.list(ids.iter().copied());
    let before: Vec<(Kind, String, String, bool, String)> = tx.list(sql).await?;
    let mut deltas = Deltas::new();
    for (kind, subject, day, taken, measures) in before {
        if !taken {
            change(&mut deltas, kind, &subject, &day, &read(&measures), -1);
        }
    }
    let mut sql = Sql::new("DELETE FROM cases_fact_part WHERE case_id IN ");
    sql.list(ids.iter().copied());
    tx.run_built(sql).await?;

    let now = kernel.now();
    let (mut parts, mut heads): (Vec<Vec<Value>>, Vec<Vec<Value>>) = (Vec::new(), Vec::new());
    for case in &cases {
        let day = local_day(kernel, case.reported_at);
        let lines = lines.remove(&case.id).unwrap_or_default();
        let counted = facts(&subject(case, &lines), &lines, now);
        for ((kind, subject), counts) in &counted.parts {
            let objected = granted
                .iter()
                .any(|it| it.0 == case.id && it.1 == *kind && it.2 == *subject);
            let taken = case.appealed || objected;
            if !taken {
                change(&mut deltas, *kind, subject, &day, counts, 1);
            }
            parts.push(args![case.id, *kind, subject, &day, taken, written(counts)]);
        }
        heads.push(args![case.id, case.version, counted.next_at]);
    }
    let begin = "INSERT INTO cases_fact_part (case_id, kind, subject, day, taken, measures) VALUES ";
    tx.insert_many(begin, "", parts).await?;
    let begin = "INSERT INTO cases_fact (case_id, version, next_at) VALUES ";
    let tail = " ON CONFLICT (case_id) DO UPDATE SET version = excluded.version, next_at = excluded.next_at";
    tx.insert_many(begin, tail, heads).await?;
    for case in &cases {
        let sql = "DELETE FROM cases_fact_todo WHERE case_id = $1 AND version <= $2";
        tx.run(sql, args![case.id, case.version]).await?;
    }
    // A note about a case that is no more is of no use to anybody.
    let gone = ids.iter().filter(|id| !cases.iter().any(|it| it.id == **id));
    for id in gone {
        tx.run("DELETE FROM cases_fact_todo WHERE case_id = $1", args![*id])
            .await?;
    }
    // Sums are rows that many cases share: taken last, and in the order of their key.
    let sums = deltas.into_iter().filter(|it| it.1.values().any(|n| *n != 0));
    let sums = sums.map(|((kind, subject, grain, span), counts)| {
        let mut values = args![kind, subject, grain, span];
        values.extend(
            Measure::ALL
                .iter()
                .map(|it| counts.get(it).copied().unwrap_or(0).into()),
        );
        values
    });
    tx.insert_many(&ADD_BEGIN, &ADD_TAIL, sums.collect()).await?;
    Ok(cases.len())
}

fn subject(case: &Row, lines: &[Line]) -> Subject {
    // An import tells the steps of a case in one entry; its columns say what came of them.
    let told = lines.iter().any(|it| it.action == Action::File);
    let imported = case.external_ref.is_some() && !told && case.state != State::Reported;
    Subject {
        area: tally_area(&case.area).to_owned(),
        source: case.source,
        verifier: case.verifier,
        checker: case.checker,
        imported: imported.then(|| Imported {
            body: case.body.clone().or(case.last_body.clone()),
            filed: case.filed_at.is_some() || case.body.is_some(),
            handled: case.handled_at.is_some() || case.state == State::Closed,
            late: case.late == Some(true),
        }),
    }
}

fn change(deltas: &mut Deltas, kind: Kind, subject: &str, day: &str, counts: &Counts, sign: i64) {
    let month = day.get(..7).unwrap_or(day);
    for (grain, span) in [("day", day), ("month", month)] {
        let key = (kind, subject.to_owned(), grain, span.to_owned());
        let sums = deltas.entry(key).or_default();
        for (measure, n) in counts {
            *sums.entry(*measure).or_default() += sign * n;
        }
    }
}
