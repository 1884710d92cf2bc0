//! Previews in the store, and what a plan does to the list: new classes, new standards, changed ones from a day on.
//!
//! A standard that changes is not written over: cases were filed under it. The old one ends the day before, and one with
//! the next number of its class takes its place.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use kernel::auth::UserId;
use kernel::db::{Json, Tx};
use kernel::error::{Error, Result, codes};
use kernel::{Time, Work, args};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Options;
use super::plan::{ClassRef, Fate, NewClass, Plan, Planned, Trust};
use crate::catalogue::{self, Catalogue, Class, INSERT_STANDARD, Standard};
use crate::list_desk::history::record_standards;
use crate::model::StandardId;

kernel::id!(
    /// A list that somebody looks at before deciding.
    PreviewId
);

/// A file and how it is to be read.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub(crate) struct Preview {
    pub id: PreviewId,
    pub at: Time,
    /// The file's name.
    pub file: String,
    pub bytes: Vec<u8>,
    pub options: Json<Reading>,
    /// What was shown; see [`Plan::mark`].
    pub mark: String,
    /// What was done.
    pub done: Option<Json<Done>>,
}

/// How a file is to be read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Reading {
    pub options: Options,
    pub trust: Option<Trust>,
    /// The day from which the list is in force.
    pub valid_from: String,
}

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Done {
    /// Standards that are new.
    pub added: usize,
    /// Standards that were replaced.
    pub changed: usize,
    /// Standards that were there just so.
    pub unchanged: usize,
    /// Rows that were left out.
    pub left_out: usize,
    /// Standards that ended because the list does not name them.
    pub ended: usize,
    /// Classes that are new.
    pub classes: usize,
}

/// How long a preview is kept.
const KEPT_SECONDS: i64 = 24 * 60 * 60;

/// Drops the previews of the days before.
pub(crate) async fn forget_old(tx: &mut Tx, now: Time) -> Result<()> {
    tx.run(
        "DELETE FROM cases_list_preview WHERE at < $1",
        args![now.plus_seconds(-KEPT_SECONDS)],
    )
    .await?;
    Ok(())
}

/// Keeps a preview.
pub(crate) async fn save(tx: &mut Tx, user: UserId, it: &Preview) -> Result<()> {
    let sql = "INSERT INTO cases_list_preview (id, at, user_id, file, bytes, options, mark) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    tx.run(
        sql,
        args![it.id, it.at, user, &it.file, it.bytes.clone(), &it.options, &it.mark],
    )
    .await?;
    Ok(())
}

/// A user's own preview, unless it has been forgotten.
pub(crate) async fn load(tx: &mut Tx, id: PreviewId, user: UserId, now: Time) -> Result<Option<Preview>> {
    let sql = "SELECT id, at, file, bytes, options, mark, done FROM cases_list_preview WHERE id = $1 AND user_id = $2 AND at >= $3";
    Ok(tx.one(sql, args![id, user, now.plus_seconds(-KEPT_SECONDS)]).await?)
}

/// Does what a plan says, from its day on. Standards that the list does not name end too if that is wanted.
pub(crate) async fn put_in_force(
    work: &mut Work,
    preview: &Preview,
    plan: &Plan,
    known: &Catalogue,
    end_gone: bool,
) -> Result<Done> {
    let day = preview.options.0.valid_from.as_str();
    let eve = day
        .parse::<Date>()
        .and_then(|it| it.yesterday())
        .map_err(Error::internal)?
        .to_string();
    let classes = make_classes(work, plan, known).await?;
    let local = plan.new_classes().iter().filter(|it| it.code.is_none()).count();
    let mut added: BTreeMap<String, Vec<(&Planned, Option<&Standard>)>> = BTreeMap::new();
    let mut changed = 0;
    let mut history: Vec<(Option<&Standard>, Standard)> = Vec::new();
    for row in plan
        .rows
        .iter()
        .filter(|it| matches!(it.fate, Fate::New | Fate::Changed))
    {
        let class = match &row.class {
            Some(ClassRef::Known(code)) => code.clone(),
            Some(ClassRef::New(new)) => classes.get(new).cloned().unwrap_or_default(),
            None => continue,
        };
        let before = row.present.and_then(|it| known.standard(it));
        changed += usize::from(before.is_some());
        match before {
            // Put in force on this very day, it is mended.
            Some(before) if before.valid_from.as_deref() == Some(day) => {
                let valid_to = before.valid_to.clone();
                let mended = standard(
                    before.id,
                    before.code.clone(),
                    class,
                    row,
                    (day, valid_to),
                    Some(before),
                );
                catalogue::save_standard(work, &mended).await?;
                history.push((Some(before), mended));
            }
            _ => added.entry(class).or_default().push((row, before)),
        }
    }
    let (mut rows, mut made) = (Vec::new(), Vec::new());
    for (class, standards) in added {
        let count = i64::try_from(standards.len()).map_err(Error::internal)?;
        let first = catalogue::next_codes(work, known, &class, count).await?;
        for (n, (row, before)) in (first..).zip(standards) {
            if let Some(before) = before {
                history.push((Some(before), end(work, before, &eve).await?));
            }
            let valid_to = before.and_then(|it| it.valid_to.clone());
            let it = standard(
                work.kernel().id(),
                format!("{class}{n:02}"),
                class.clone(),
                row,
                (day, valid_to),
                before,
            );
            rows.push([it.values(), args![1_i64]].concat());
            made.push(it.clone());
            history.push((None, it));
        }
    }
    work.insert_many(INSERT_STANDARD, "", rows).await?;
    catalogue::insert_parts(work, made.iter()).await?;
    let gone = if end_gone { plan.gone.as_slice() } else { &[] };
    for before in gone.iter().filter_map(|it| known.standard(*it)) {
        history.push((Some(before), end(work, before, &eve).await?));
    }
    record_standards(work, "imported", &history).await?;
    let done = Done {
        added: plan.count(Fate::New),
        changed,
        unchanged: plan.count(Fate::Unchanged),
        left_out: plan.count(Fate::Open),
        ended: gone.len(),
        classes: classes.len(),
    };
    // Last, because everybody who changes the list waits here: it must still be the list that the plan was made for.
    let revision = catalogue::touch(work).await?;
    if revision != known.revision() + i64::try_from(local).map_err(Error::internal)? + 1 {
        return Err(Error::from(&codes::STALE));
    }
    let sql = "UPDATE cases_list_preview SET done = $2 WHERE id = $1";
    work.run(sql, args![preview.id, &Json(done.clone())]).await?;
    let facts = serde_json::json!({ "file": preview.file, "valid_from": day, "done": done });
    work.audit("cases.list_imported", preview.id, facts).await?;
    Ok(done)
}

/// Makes the classes of a plan; gives their codes.
async fn make_classes<'a>(work: &mut Work, plan: &'a Plan, known: &Catalogue) -> Result<HashMap<&'a NewClass, String>> {
    let mut known = known.clone();
    let mut codes = HashMap::new();
    for new in plan.new_classes() {
        let class = match &new.code {
            None => catalogue::make_class(work, &known, "local", new.kind, &new.major_name, &new.name).await?,
            Some((edition, number)) => {
                let letter = if new.kind == "component" { 'C' } else { 'M' };
                let class = Class {
                    code: format!("{edition}.{letter}{number}"),
                    edition: edition.clone(),
                    kind: new.kind.to_owned(),
                    major: number.get(..2).unwrap_or(number).to_owned(),
                    major_name: new.major_name.clone(),
                    major_name_en: None,
                    name: new.name.clone(),
                    name_en: None,
                };
                catalogue::save_class(work, &class).await?;
                work.audit("cases.class_added", &class.code, &class).await?;
                class
            }
        };
        codes.insert(new, class.code.clone());
        known.plan_class(class);
    }
    Ok(codes)
}

fn standard(
    id: StandardId,
    code: String,
    class: String,
    row: &Planned,
    (valid_from, valid_to): (&str, Option<String>),
    before: Option<&Standard>,
) -> Standard {
    let same = |field| before.filter(|_| !row.differs.contains(&field));
    Standard {
        id,
        code,
        class,
        condition: row.condition.clone(),
        condition_en: same("condition").and_then(|it| it.condition_en.clone()),
        closing: row.closing.clone(),
        closing_en: same("closing").and_then(|it| it.closing_en.clone()),
        amount: row.limit.map_or(0.0, |it| it.amount()),
        unit: row.limit.map_or_else(String::new, |it| it.unit().to_string()),
        body: row.duty.body.clone(),
        level: row.duty.level.clone(),
        supervisor: row.supervisor.clone(),
        valid_from: Some(valid_from.to_owned()),
        valid_to,
        version: 1,
        area_limits: match before {
            Some(before) if row.area_limits.is_empty() => before.area_limits.clone(),
            _ => row.area_limits.clone(),
        },
        stages: before.map(|it| it.stages.clone()).unwrap_or_default(),
    }
}

async fn end(work: &mut Work, before: &Standard, last_day: &str) -> Result<Standard> {
    let sql = "UPDATE cases_standard SET valid_to = $2, version = version + 1 WHERE id = $1";
    work.run(sql, args![before.id, last_day]).await?;
    Ok(Standard {
        valid_to: Some(last_day.to_owned()),
        version: before.version + 1,
        ..before.clone()
    })
}
