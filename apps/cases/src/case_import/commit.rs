//! Past cases into the tables: in batches, each with the place in the file where the next one begins, so that an import
//! that was broken off goes on where it stopped, and one that is repeated changes nothing.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{Read, Seek};

use kernel::db::{Sql, Tx};
use kernel::error::{Error, Result};
use kernel::intake::{Kind as ProblemKind, Problem};
use kernel::{Kernel, Time, Work, args};

use super::resolve::{Made, Resolver};
use super::{CaseReader, CaseRecord, Mapping, Outcome, Place, Row, Tally};
use crate::catalogue;
use crate::intake::number;
use crate::model::{Action, Case, CaseId, Counts, EntryId, Source, State, set_light};
use crate::moves::{local_day, with_rules};
use crate::store::{Entry, INSERT_CASE, INSERT_ENTRY, INSERT_TALLY, case_values, tally_area, tally_values};
use crate::view::EntryDetail;

/// Rows of one transaction.
const BATCH: usize = 500;

/// The case is stored already: the import was run before.
const KNOWN: ProblemKind = ProblemKind::note("cases.import_known", "案件此前已导入", "The case was imported before");

/// How an import is run.
#[derive(Clone, Copy, Debug, Default)]
pub struct ImportOptions {
    /// Reads, resolves and reports everything, and stores nothing. The embedded database takes no other writes meanwhile.
    pub dry_run: bool,
    /// Begins at the first row, also when the same file was broken off before.
    pub restart: bool,
}

/// What an import did. Every row is a case that was added, one that was there, or one that was skipped.
#[derive(Clone, Debug, Default)]
pub struct ImportReport {
    /// The mapping's title.
    pub title: String,
    /// Rows before the place where this run began.
    pub resumed_at: u64,
    /// Rows read.
    pub rows: u64,
    /// Cases added.
    pub added: u64,
    /// Cases that were there already.
    pub known: u64,
    /// Of the cases, those about which something was doubtful.
    pub doubtful: u64,
    /// Rows that gave no case.
    pub skipped: u64,
    /// Areas that were made for them.
    pub areas: u64,
    /// Bodies that were made for them.
    pub bodies: u64,
    /// Classes that were made for them.
    pub classes: u64,
    /// Filing standards that were made for them.
    pub standards: u64,
    /// What was found, the worst and most frequent first.
    pub findings: Vec<Finding>,
}

/// One sort of problem and how often it came.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Its code.
    pub code: &'static str,
    /// `note`, `warning` or `error`.
    pub severity: &'static str,
    /// The first line that has it.
    pub line: Option<u64>,
    /// The column.
    pub column: Option<String>,
    /// How many there are.
    pub count: u64,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

/// What cannot be imported at all, with every reason.
#[derive(Debug)]
pub enum ImportError {
    /// The mapping or the file's header is wrong.
    Unusable(Vec<Problem>),
    /// The database or the disk failed; what was committed stays, and the import can be taken up again.
    Failed(Error),
}

impl From<Error> for ImportError {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// What an import tells while it runs.
#[derive(Clone, Copy, Debug)]
pub enum Told<'a> {
    /// Something that was doubtful about a row, or why it gave no case.
    Problem(&'a Problem),
    /// So much of the file is stored.
    Behind {
        /// Rows.
        rows: u64,
        /// Bytes.
        bytes: u64,
    },
}

/// Imports a file, and tells `watch` each problem and how far it is.
///
/// # Errors
/// See [`ImportError`].
pub async fn import_cases<R: Read + Seek + Send>(
    kernel: &Kernel,
    (input, file, bytes): (R, &str, u64),
    (mapping, mapping_file): (&str, &str),
    options: ImportOptions,
    mut watch: impl FnMut(Told<'_>) + Send,
) -> Result<ImportReport, ImportError> {
    let mapping = Mapping::parse(mapping_file, mapping).map_err(ImportError::Unusable)?;
    let name = format!("{}|{file}|{bytes}", mapping.origin);
    let mut reader = CaseReader::open(input, file, mapping.clone()).map_err(ImportError::Unusable)?;
    let start = if options.restart {
        None
    } else {
        broken_off(kernel, &name).await?
    };
    if let Some(place) = start {
        reader.seek(place).map_err(Error::internal)?;
    }
    let mut tally = Tally::default();
    let mut report = ImportReport {
        title: mapping.title.clone(),
        resumed_at: start.map_or(0, |it| it.row),
        ..ImportReport::default()
    };
    // Another program, or a run that was broken off, may have made areas and classes.
    grid::api::refresh(kernel).await?;
    catalogue::refresh(kernel).await?;
    let mut resolver = Resolver::new(kernel, mapping)?;
    // A dry run is one transaction that is never committed, so that what it makes is there for the rows that follow.
    let mut open: Option<Work> = None;
    loop {
        let mut batch = Vec::with_capacity(BATCH);
        while batch.len() < BATCH {
            match reader.next_row().map_err(Error::internal)? {
                Some(row) => batch.push(row),
                None => break,
            }
        }
        let at_end = batch.len() < BATCH;
        let mut work = match open.take() {
            Some(work) => work,
            None => kernel.system_work().await?,
        };
        if report.rows == 0 {
            resolver.begin(&mut work).await?;
        }
        let mut count = |row: &Row| {
            tally.count(row);
            row.problems().for_each(|it| watch(Told::Problem(it)));
        };
        store(&mut work, &mut resolver, file, batch, &mut count, &mut report).await?;
        note_place(&mut work, &name, reader.place(), at_end).await?;
        if options.dry_run {
            open = Some(work);
        } else {
            if at_end {
                let facts = serde_json::json!({ "file": file, "rows": tally.rows, "added": report.added });
                work.audit("cases.imported", &name, facts).await?;
                crate::evaluation::go_round(&mut work).await?;
            }
            work.commit().await?;
        }
        let Place {
            row: rows, byte: bytes, ..
        } = reader.place();
        watch(Told::Behind { rows, bytes });
        if at_end {
            break;
        }
    }
    if !options.dry_run {
        grid::api::reload(kernel).await?;
        catalogue::reload(kernel).await?;
        kernel.db().analyze().await.map_err(Error::from)?;
    }
    Ok(finish(report, &tally, resolver.made()))
}

fn finish(report: ImportReport, tally: &Tally, made: Made) -> ImportReport {
    let findings = tally.lines().into_iter().map(|it| Finding {
        code: it.first.code(),
        severity: it.first.severity().code(),
        line: it.first.line,
        column: it.first.column.clone(),
        count: it.count,
        zh: it.text("zh"),
        en: it.text("en"),
    });
    ImportReport {
        rows: tally.rows,
        doubtful: tally.doubtful,
        skipped: tally.skipped,
        areas: made.areas,
        bodies: made.bodies,
        classes: made.classes,
        standards: made.standards,
        findings: findings.collect(),
        ..report
    }
}

/// Where an import of the same file was broken off, if it was.
async fn broken_off(kernel: &Kernel, name: &str) -> Result<Option<Place>> {
    let sql = "SELECT place FROM cases_import WHERE name = $1 AND NOT done";
    let row: Option<(kernel::db::Json<Place>,)> = kernel.read().await?.one(sql, args![name]).await?;
    Ok(row.map(|it| it.0.0))
}

async fn note_place(work: &mut Work, name: &str, place: Place, done: bool) -> Result<()> {
    let sql = "INSERT INTO cases_import (name, place, done, at) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (name) DO UPDATE SET place = excluded.place, done = excluded.done, at = excluded.at";
    let now = work.now();
    work.run(sql, args![name, &kernel::db::Json(place), done, now]).await?;
    Ok(())
}

/// Stores the cases of a batch that are not there yet, and counts every row.
async fn store(
    work: &mut Work,
    resolver: &mut Resolver,
    file: &str,
    batch: Vec<Row>,
    count: &mut (impl FnMut(&Row) + Send),
    report: &mut ImportReport,
) -> Result<()> {
    report.rows += batch.len() as u64;
    let origin = resolver.mapping().origin.clone();
    let reference = |record: &CaseRecord| format!("{origin}:{}", record.id);
    let mut there = known(work, batch.iter().filter_map(|row| case_of(row).map(reference))).await?;
    let mut cases = Vec::new();
    for mut row in batch {
        let Outcome::Case(record, problems) = &mut row.outcome else {
            count(&row);
            continue;
        };
        let reference = reference(record);
        if !there.insert(reference.clone()) {
            problems.push(Problem::new(&KNOWN, file).line(row.line));
            report.known += 1;
            count(&row);
            continue;
        }
        let found = resolver.resolve(work, record, file, row.line, problems).await?;
        let case = build(work.kernel(), resolver, record, &found, reference)?;
        let entries = story(work, resolver, record, &case);
        cases.push((case, entries));
        count(&row);
    }
    report.added += cases.len() as u64;
    write(work, cases).await
}

fn case_of(row: &Row) -> Option<&CaseRecord> {
    match &row.outcome {
        Outcome::Case(record, _) => Some(record),
        Outcome::Skipped(_) => None,
    }
}

/// Which of these references are stored already.
async fn known(tx: &mut Tx, references: impl Iterator<Item = String>) -> Result<HashSet<String>> {
    let mut sql = Sql::new("SELECT external_ref FROM cases_case WHERE external_ref IN ");
    sql.list(references);
    let rows: Vec<(String,)> = tx.list(sql).await?;
    Ok(rows.into_iter().map(|it| it.0).collect())
}

/// What the names of a record stand for here.
pub(super) struct Found {
    pub(super) area: String,
    pub(super) body: Option<String>,
    pub(super) class: Option<String>,
    pub(super) standard: Option<crate::catalogue::Standard>,
}

fn build(kernel: &Kernel, resolver: &Resolver, record: &CaseRecord, found: &Found, reference: String) -> Result<Case> {
    let at = Time::from(record.reported_at);
    let past = |state: &[State]| state.contains(&record.state);
    let with_body = !past(&[
        State::Reported,
        State::Verifying,
        State::Accepted,
        State::Declined,
        State::Filed,
    ]);
    let filed = !past(&[State::Reported, State::Verifying, State::Accepted, State::Declined]);
    let mut case = Case {
        state: record.state,
        class: found.class.clone(),
        standard: found.standard.as_ref().map(|it| it.id),
        place: record.address.clone(),
        lng: record.point.map(|it| it.lng),
        lat: record.point.map(|it| it.lat),
        body: found.body.clone().filter(|_| with_body),
        last_body: found.body.clone().filter(|_| with_body),
        passed: (record.state == State::Closed).then_some(true),
        late: record.on_time.map(|it| !it),
        satisfaction: record.satisfaction,
        accepted_at: (!past(&[State::Reported, State::Declined])).then_some(at),
        filed_at: filed.then_some(at),
        dispatched_at: with_body.then_some(at),
        handled_at: record
            .closed_at
            .map(Time::from)
            .filter(|_| record.state == State::Closed),
        closed_at: record.closed_at.map(Time::from).filter(|_| record.state.is_end()),
        evaluated_at: record
            .closed_at
            .map(Time::from)
            .filter(|_| record.satisfaction.is_some()),
        external_ref: Some(reference),
        ..Case::reported(
            CaseId(kernel::id_at(at)),
            record.source.unwrap_or(Source::Department),
            record.description.clone(),
            found.area.clone(),
            at,
        )
    };
    let limit = found.standard.as_ref().and_then(crate::catalogue::Standard::limit);
    if let Some(limit) = limit.filter(|_| matches!(record.state, State::Dispatched | State::Handling)) {
        case.clock = Some(kernel::db::Json(standards::Clock::start(limit, record.reported_at)));
    }
    with_rules(
        kernel,
        resolver.catalogue(),
        found.standard.as_ref(),
        &found.area,
        |rules| set_light(&mut case, at, rules),
    )?;
    if let Some(due) = record.due_at.map(Time::from).filter(|_| !record.state.is_end()) {
        // The other system's due date counts; the light turns yellow at the same share of it.
        let whole = due.millis().saturating_sub(at.millis());
        case.yellow_at = Some(Time::from_millis(at.millis().saturating_add(whole / 5 * 4)));
        case.due_at = Some(due);
    }
    Ok(case)
}

/// The timeline of a past case: what the other system tells of it, no more.
fn story(work: &Work, resolver: &Resolver, record: &CaseRecord, case: &Case) -> Vec<Entry> {
    let names = resolver.names(work.now());
    let detail = EntryDetail {
        class: case.class.as_deref().map(|it| names.class(it)),
        body: case.last_body.as_deref().map(|it| names.body(it)),
        ..EntryDetail::default()
    };
    let kept: Vec<String> = record
        .kept
        .iter()
        .map(|(column, value)| format!("{column}: {value}"))
        .collect();
    let entry = |n: i64, at: Time, action: Action, from: State, to: State, note: Option<String>| Entry {
        id: EntryId(kernel::id_at(at)),
        case_id: case.id,
        n,
        at,
        actor: None,
        actor_name: resolver.mapping().title.clone(),
        action,
        from_state: from,
        to_state: to,
        note,
        detail: serde_json::to_string(&detail).unwrap_or_default(),
    };
    let note = (!kept.is_empty()).then(|| kept.join("; "));
    let mut entries = vec![entry(
        1,
        case.reported_at,
        Action::Report,
        State::Reported,
        State::Reported,
        note,
    )];
    if case.state != State::Reported {
        let (action, from) = match case.state {
            State::Closed => (Action::Close, State::Checked),
            State::Declined => (Action::Decline, State::Reported),
            State::Voided => (Action::Void, State::Accepted),
            _ => (Action::Note, State::Reported),
        };
        let at = case.closed_at.unwrap_or(case.reported_at);
        let imported = format!(
            "导入时的状态：{} / State when imported: {}",
            case.state.zh(),
            case.state.en()
        );
        entries.push(entry(2, at, action, from, case.state, Some(imported)));
    }
    entries
}

async fn write(work: &mut Work, mut cases: Vec<(Case, Vec<Entry>)>) -> Result<()> {
    let kernel = work.kernel().clone();
    let mut tally: BTreeMap<(&'static str, String, String, String), Counts> = BTreeMap::new();
    let mut by_year: BTreeMap<String, i64> = BTreeMap::new();
    let days: Vec<String> = cases.iter().map(|it| local_day(&kernel, it.0.reported_at)).collect();
    for day in &days {
        *by_year.entry(day[..4].to_owned()).or_default() += 1;
    }
    let mut next: HashMap<String, i64> = HashMap::new();
    for (year, n) in by_year {
        let first = work.next_numbers(&format!("cases.{year}"), n).await?;
        next.insert(year, first);
    }
    for ((case, entries), day) in cases.iter_mut().zip(&days) {
        if let Some(n) = next.get_mut(&day[..4]) {
            case.number = number(&day[..4], *n);
            *n += 1;
        }
        case.version = i64::try_from(entries.len()).unwrap_or(1);
        let counts = counts(case);
        for (kind, code) in [("body", case.body.as_deref()), ("class", case.class.as_deref())] {
            let key = (
                kind,
                day.clone(),
                tally_area(&case.area).to_owned(),
                code.unwrap_or_default().to_owned(),
            );
            let sum = tally.entry(key).or_default();
            *sum = sum.plus(&counts);
        }
    }
    let rows = cases.iter().map(|it| case_values(&it.0, None)).collect();
    work.insert_many(INSERT_CASE, "", rows).await?;
    let rows = cases.into_iter().flat_map(|it| it.1).map(Entry::values).collect();
    work.insert_many(INSERT_ENTRY, "", rows).await?;
    let rows = tally
        .iter()
        .map(|(key, counts)| tally_values(key.0, &key.1, &key.2, &key.3, counts))
        .collect();
    work.insert_many(INSERT_TALLY, "", rows).await?;
    Ok(())
}

/// What a past case adds to the figures.
fn counts(case: &Case) -> Counts {
    let closed = i64::from(case.state == State::Closed);
    Counts {
        reported: 1,
        accepted: i64::from(case.accepted_at.is_some()),
        declined: i64::from(case.state == State::Declined),
        filed: i64::from(case.filed_at.is_some()),
        dispatched: i64::from(case.body.is_some()),
        handled: closed,
        closed,
        closed_on_time: i64::from(closed == 1 && case.late == Some(false)),
        closed_late: i64::from(closed == 1 && case.late == Some(true)),
        voided: i64::from(case.state == State::Voided),
        rated: i64::from(case.satisfaction.is_some()),
        satisfied: i64::from(matches!(
            case.satisfaction,
            Some(crate::model::Satisfaction::Satisfied | crate::model::Satisfaction::Neutral)
        )),
        ..Counts::default()
    }
}
