//! Who changed what of the list and the calendar, and what the list said on another day.
//!
//! Each change keeps what was said before and after, so that the state of a day is found backwards: it is what the first
//! change after that day found, or what stands there now if nothing has changed since.

use std::collections::{BTreeMap, HashSet};

use kernel::auth::UserId;
use kernel::db::{Tx, Value};
use kernel::error::{Error, Result};
use kernel::{Time, Work, args};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::catalogue::{Catalogue, Standard};
use crate::model::StandardId;
use crate::view::Names;

/// A change to be kept.
pub(crate) struct Change<'a> {
    /// `standard`, `crosswalk` or `calendar`.
    pub(crate) kind: &'static str,
    /// A standard's id, a class, a day.
    pub(crate) subject: String,
    /// What was done, in a word.
    pub(crate) what: &'static str,
    /// What it said before.
    pub(crate) before: Option<&'a serde_json::Value>,
    /// What it says now.
    pub(crate) after: Option<&'a serde_json::Value>,
}

const INSERT: &str =
    "INSERT INTO cases_list_change (id, at, actor, actor_name, kind, subject, what, before, after) VALUES ";

fn values(work: &Work, it: &Change<'_>) -> Vec<Value> {
    let (actor, name) = actor(work);
    let text = |it: Option<&serde_json::Value>| it.map(ToString::to_string);
    let id = work.kernel().id::<Uuid>().to_string();
    args![
        id,
        work.now(),
        actor,
        name,
        it.kind,
        &it.subject,
        it.what,
        text(it.before),
        text(it.after)
    ]
}

/// Who does this work, by name.
pub(crate) fn actor(work: &Work) -> (Option<UserId>, String) {
    work.user()
        .map_or((None, "jingwei".to_owned()), |it| (Some(it.id), it.name.clone()))
}

/// Keeps a change.
pub(crate) async fn record(work: &mut Work, change: &Change<'_>) -> Result<()> {
    let row = values(work, change);
    work.insert_many(INSERT, "", vec![row]).await?;
    Ok(())
}

/// Keeps what was done to standards: what each was and what it is.
pub(crate) async fn record_standards(
    work: &mut Work,
    what: &'static str,
    changes: &[(Option<&Standard>, Standard)],
) -> Result<()> {
    let mut rows = Vec::with_capacity(changes.len());
    for (before, after) in changes {
        let before = before.map(serde_json::to_value).transpose().map_err(Error::internal)?;
        let now = serde_json::to_value(after).map_err(Error::internal)?;
        let change = Change {
            kind: "standard",
            subject: after.id.to_string(),
            what,
            before: before.as_ref(),
            after: Some(&now),
        };
        rows.push(values(work, &change));
    }
    work.insert_many(INSERT, "", rows).await?;
    Ok(())
}

/// A change as it was kept.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct Kept {
    pub(crate) id: String,
    pub(crate) at: Time,
    pub(crate) actor_name: String,
    pub(crate) subject: String,
    pub(crate) what: String,
    pub(crate) before: Option<String>,
    pub(crate) after: Option<String>,
}

/// The changes of one thing, newest first.
pub(crate) async fn changes_of(tx: &mut Tx, kind: &str, subject: &str) -> Result<Vec<Kept>> {
    let sql = "SELECT id, at, actor_name, subject, what, before, after FROM cases_list_change \
               WHERE kind = $1 AND subject = $2 ORDER BY id DESC LIMIT 200";
    Ok(tx.all(sql, args![kind, subject]).await?)
}

/// The latest changes of a kind, newest first.
pub(crate) async fn latest(tx: &mut Tx, kind: &str) -> Result<Vec<Kept>> {
    let sql = "SELECT id, at, actor_name, subject, what, before, after FROM cases_list_change \
               WHERE kind = $1 ORDER BY id DESC LIMIT 100";
    Ok(tx.all(sql, args![kind]).await?)
}

/// What has been done to standards since, oldest first.
pub(crate) async fn since(tx: &mut Tx, at: Time) -> Result<Vec<Kept>> {
    let sql = "SELECT id, at, actor_name, subject, what, before, after FROM cases_list_change \
               WHERE kind = 'standard' AND at >= $1 ORDER BY id LIMIT 50000";
    Ok(tx.all(sql, args![at]).await?)
}

/// A standard in the words in which it was kept.
pub(crate) fn standard(text: Option<&String>) -> Option<Standard> {
    serde_json::from_str(text?).ok()
}

/// What the list said at a moment: what is there now, with all that has changed since taken back. `later` are the changes
/// since then, oldest first.
pub(crate) fn as_of<'a>(now: &Catalogue, later: impl Iterator<Item = &'a Kept>) -> BTreeMap<StandardId, Standard> {
    let mut all: BTreeMap<StandardId, Standard> = now.standards().map(|it| (it.id, it.clone())).collect();
    let mut seen = HashSet::new();
    for change in later {
        let Ok(id) = change.subject.parse::<Uuid>().map(StandardId) else {
            continue;
        };
        if !seen.insert(id) {
            continue;
        }
        match standard(change.before.as_ref()) {
            Some(before) => drop(all.insert(id, before)),
            None => drop(all.remove(&id)),
        }
    }
    all
}

/// One term of a standard that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct TermChange {
    /// `condition`, `closing`, `limit`, `area_limits`, `stages`, `body`, `supervisor`, `valid_from`, `valid_to`.
    pub(crate) field: &'static str,
    /// What it said, in Chinese.
    pub(crate) before: String,
    /// The same in English.
    pub(crate) before_en: String,
    /// What it says, in Chinese.
    pub(crate) after: String,
    /// The same in English.
    pub(crate) after_en: String,
}

/// The terms in which two wordings of a standard differ; of one that is new, all that it says.
pub(crate) fn differences(names: &Names<'_>, before: Option<&Standard>, after: Option<&Standard>) -> Vec<TermChange> {
    let empty = Default::default();
    let before = before.map_or_else(
        || std::iter::repeat_n(&empty, 9).cloned().collect(),
        |it| terms(names, it),
    );
    let after = after.map_or_else(
        || std::iter::repeat_n(&empty, 9).cloned().collect(),
        |it| terms(names, it),
    );
    let pairs = FIELDS.into_iter().zip(before.into_iter().zip(after));
    pairs
        .filter(|(_, (before, after))| before != after)
        .map(|(field, (before, after))| TermChange {
            field,
            before: before.0,
            before_en: before.1,
            after: after.0,
            after_en: after.1,
        })
        .collect()
}

const FIELDS: [&str; 9] = [
    "condition",
    "closing",
    "limit",
    "area_limits",
    "stages",
    "body",
    "supervisor",
    "valid_from",
    "valid_to",
];

/// Its terms in both languages, in the order of [`FIELDS`].
fn terms(names: &Names<'_>, it: &Standard) -> Vec<(String, String)> {
    let both = |zh: &str, en: Option<&String>| {
        let en = en.map_or(zh, String::as_str);
        (zh.to_owned(), en.to_owned())
    };
    let same = |text: Option<&String>| both(text.map_or("", String::as_str), None);
    let words = |limit: Option<standards::Limit>| limit.map_or_else(Default::default, |limit| (limit.zh(), limit.en()));
    let body = |code: &String| {
        let named = names.body(code);
        both(&named.name, named.name_en.as_ref())
    };
    let duty = match (&it.body, it.level.as_deref()) {
        (Some(code), _) => body(code),
        (None, Some("town")) => both("所在镇街", Some(&"The place's town".to_owned())),
        (None, Some(_)) => both("所在村社区", Some(&"The place's village".to_owned())),
        (None, None) => Default::default(),
    };
    let list = |parts: Vec<(String, String)>| {
        let (zh, en): (Vec<String>, Vec<String>) = parts.into_iter().unzip();
        (zh.join("；"), en.join("; "))
    };
    let areas = it.area_limits.iter().map(|own| {
        let (zh, en) = words(it.limit_for(Some(own.area_class)));
        let class = own.area_class;
        (format!("{class} 类区域 {zh}"), format!("class {class}: {en}"))
    });
    let stages = it.stages.iter().map(|stage| {
        let (zh, en) = words(stage.limit());
        let name_en = stage.name_en.as_ref().unwrap_or(&stage.name);
        (format!("{} {zh}", stage.name), format!("{name_en} {en}"))
    });
    vec![
        both(&it.condition, it.condition_en.as_ref()),
        both(it.closing.as_deref().unwrap_or_default(), it.closing_en.as_ref()),
        words(it.limit()),
        list(areas.collect()),
        list(stages.collect()),
        duty,
        it.supervisor.as_ref().map(body).unwrap_or_default(),
        same(it.valid_from.as_ref()),
        same(it.valid_to.as_ref()),
    ]
}
