//! The responsibility list in memory: classes, filing standards, stage limits, the working calendar.
//!
//! A few thousand rows that each case needs and that change a few times a year; so they are read once and replaced as a
//! whole when something changes (here at once, on other servers within two seconds).

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::work::counter;
use kernel::{Kernel, Work, args};
use serde::{Deserialize, Serialize};
use standards::{Calendar, Limit, Unit};
use utoipa::ToSchema;

use crate::list_desk::calendar;
use crate::model::{StandardId, State};

/// A class of cases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::FromRow)]
pub struct Class {
    /// Its code: edition, kind letter and number, e.g. `2026.M01001`.
    pub code: String,
    /// The edition of the standard, or `local`.
    pub edition: String,
    /// `component` or `matter`.
    pub kind: String,
    /// The major class's code.
    pub major: String,
    /// The major class's name.
    pub major_name: String,
    /// The major class's name in English.
    pub major_name_en: Option<String>,
    /// Its name.
    pub name: String,
    /// Its name in English.
    pub name_en: Option<String>,
}

/// A filing standard: when a case is filed, how long its handling may take, who is responsible.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, sqlx::FromRow)]
pub struct Standard {
    /// Its id.
    pub id: StandardId,
    /// Its code: the class's and two digits.
    pub code: String,
    /// Its class, by code.
    pub class: String,
    /// When a case is filed under it.
    pub condition: String,
    /// The same in English.
    pub condition_en: Option<String>,
    /// When a case can be closed.
    pub closing: Option<String>,
    /// The same in English.
    pub closing_en: Option<String>,
    /// The limit's amount.
    pub amount: f64,
    /// The limit's unit.
    pub unit: String,
    /// The responsible body, by code.
    pub body: Option<String>,
    /// Or the place's own body at this level: `town` or `village`.
    pub level: Option<String>,
    /// The supervising body, by code.
    pub supervisor: Option<String>,
    /// The first day it is in force.
    pub valid_from: Option<String>,
    /// The last one.
    pub valid_to: Option<String>,
    /// Counts the changes.
    pub version: i64,
    /// Other limits where the case lies in an area of that class, by class.
    #[sqlx(skip)]
    pub area_limits: Vec<AreaLimit>,
    /// Several limits within one case, in order; all run from dispatch.
    #[sqlx(skip)]
    pub stages: Vec<Stage>,
}

/// The limit of a standard in areas of one class.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AreaLimit {
    /// The class of area: 1, 2, 3 …
    #[schema(minimum = 1, maximum = 9)]
    pub area_class: i64,
    /// The limit's amount.
    pub amount: f64,
    /// The limit's unit.
    pub unit: String,
}

/// One of several limits within a case, such as: made safe in two hours.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// What has to be done by then.
    #[schema(min_length = 1, max_length = 64)]
    pub name: String,
    /// The same in English.
    #[schema(max_length = 128)]
    pub name_en: Option<String>,
    /// The limit's amount.
    pub amount: f64,
    /// The limit's unit.
    pub unit: String,
}

impl Stage {
    /// Its limit, if the stored one makes sense.
    pub fn limit(&self) -> Option<Limit> {
        limit(self.amount, &self.unit)
    }
}

fn limit(amount: f64, unit: &str) -> Option<Limit> {
    Limit::new(amount, unit.parse::<Unit>().ok()?).ok()
}

impl Standard {
    /// The limit in an area of this class, which is the usual one where the class has none of its own.
    pub fn limit_for(&self, area_class: Option<i64>) -> Option<Limit> {
        let own = self.area_limits.iter().find(|it| Some(it.area_class) == area_class);
        own.map_or_else(|| self.limit(), |it| limit(it.amount, &it.unit))
    }

    /// The time limit, if the stored one makes sense.
    pub fn limit(&self) -> Option<Limit> {
        limit(self.amount, &self.unit)
    }

    /// The limits of the stages, if there are several; the last stage is the whole, and has the whole's limit there.
    pub fn stage_limits(&self, area_class: Option<i64>) -> Vec<Limit> {
        let mut all: Vec<Limit> = self.stages.iter().filter_map(Stage::limit).collect();
        if let (Some(last), Some(whole)) = (all.last_mut(), self.limit_for(area_class)) {
            *last = whole;
        }
        all
    }

    /// Whether it is in force on a day (`YYYY-MM-DD`).
    pub fn in_force(&self, day: &str) -> bool {
        self.valid_from.as_deref().is_none_or(|it| it <= day) && self.valid_to.as_deref().is_none_or(|it| day <= it)
    }
}

/// The list in memory.
#[derive(Clone)]
pub struct Catalogue {
    classes: BTreeMap<String, Class>,
    standards: BTreeMap<String, Standard>,
    by_id: HashMap<StandardId, String>,
    stage_limits: HashMap<State, Limit>,
    /// Working days and hours.
    pub calendar: Calendar,
    revision: i64,
}

impl Catalogue {
    /// A class by its code.
    pub fn class(&self, code: &str) -> Option<&Class> {
        self.classes.get(code)
    }

    /// Every class, by code.
    pub fn classes(&self) -> impl Iterator<Item = &Class> {
        self.classes.values()
    }

    /// A standard by its id.
    pub fn standard(&self, id: StandardId) -> Option<&Standard> {
        self.by_id.get(&id).and_then(|code| self.standards.get(code))
    }

    /// A standard by its code.
    pub fn standard_by_code(&self, code: &str) -> Option<&Standard> {
        self.standards.get(code)
    }

    /// Every standard, by code.
    pub fn standards(&self) -> impl Iterator<Item = &Standard> {
        self.standards.values()
    }

    /// The standards of a class.
    pub fn standards_of<'a>(&'a self, class: &'a str) -> impl Iterator<Item = &'a Standard> {
        self.standards
            .range(class.to_owned()..)
            .map(|it| it.1)
            .take_while(move |it| it.code.starts_with(class))
            .filter(move |it| it.class == class)
    }

    /// Adds a class that is about to be made.
    pub(crate) fn plan_class(&mut self, class: Class) {
        self.classes.insert(class.code.clone(), class);
    }

    /// Adds a standard that is about to be made.
    pub(crate) fn plan_standard(&mut self, standard: Standard) {
        self.by_id.insert(standard.id, standard.code.clone());
        self.standards.insert(standard.code.clone(), standard);
    }

    /// Grows with each change of the list.
    pub(crate) fn revision(&self) -> i64 {
        self.revision
    }

    /// How long the centre's own step in this state may take.
    pub fn stage_limit(&self, state: State) -> Option<Limit> {
        self.stage_limits.get(&state).copied()
    }
}

const REVISION: &str = "cases.catalogue";

/// The list as it is now.
pub fn catalogue(kernel: &Kernel) -> Result<Arc<Catalogue>> {
    kernel.shared()
}

/// Says, within a work, that the list has changed, and gives its revision from then on; call [`reload`] after the commit.
pub(crate) async fn touch(work: &mut Work) -> Result<i64> {
    work.next_number(REVISION).await
}

/// Reads the list anew.
pub async fn reload(kernel: &Kernel) -> Result<()> {
    let mut tx = kernel.read().await?;
    let revision = counter(&mut tx, REVISION).await?;
    let sql = "SELECT code, edition, kind, major, major_name, major_name_en, name, name_en FROM cases_class";
    let classes: Vec<Class> = tx.all(sql, vec![]).await?;
    let sql = "SELECT id, code, class, condition, condition_en, closing, closing_en, amount, unit, body, \
               level, supervisor, valid_from, valid_to, version FROM cases_standard";
    let mut standards: Vec<Standard> = tx.all(sql, vec![]).await?;
    add_parts(&mut tx, &mut standards).await?;
    let limits: Vec<(State, f64, String)> = tx
        .all("SELECT state, amount, unit FROM cases_stage_limit", vec![])
        .await?;
    let stage_limits = limits.into_iter().map(|(state, amount, unit)| {
        let unit = unit.parse::<Unit>().map_err(Error::internal)?;
        Ok((state, Limit::new(amount, unit).map_err(Error::internal)?))
    });
    kernel.share(Catalogue {
        classes: classes.into_iter().map(|it| (it.code.clone(), it)).collect(),
        by_id: standards.iter().map(|it| (it.id, it.code.clone())).collect(),
        standards: standards.into_iter().map(|it| (it.code.clone(), it)).collect(),
        stage_limits: stage_limits.collect::<Result<_>>()?,
        calendar: calendar::load(&mut tx).await?,
        revision,
    });
    Ok(())
}

/// Adds what stands in tables of its own: limits by area class, and stages.
async fn add_parts(tx: &mut Tx, standards: &mut [Standard]) -> Result<()> {
    let place: HashMap<StandardId, usize> = standards.iter().enumerate().map(|(i, it)| (it.id, i)).collect();
    let of = |id| place.get(&id).copied();
    let sql = "SELECT standard, area_class, amount, unit FROM cases_standard_limit ORDER BY standard, area_class";
    let limits: Vec<(StandardId, i64, f64, String)> = tx.all(sql, vec![]).await?;
    for (id, area_class, amount, unit) in limits {
        if let Some(it) = of(id).and_then(|i| standards.get_mut(i)) {
            it.area_limits.push(AreaLimit {
                area_class,
                amount,
                unit,
            });
        }
    }
    let sql = "SELECT standard, name, name_en, amount, unit FROM cases_standard_stage ORDER BY standard, n";
    let stages: Vec<(StandardId, String, Option<String>, f64, String)> = tx.all(sql, vec![]).await?;
    for (id, name, name_en, amount, unit) in stages {
        if let Some(it) = of(id).and_then(|i| standards.get_mut(i)) {
            it.stages.push(Stage {
                name,
                name_en,
                amount,
                unit,
            });
        }
    }
    Ok(())
}

/// Reads the list anew if another server has changed it.
pub(crate) async fn refresh(kernel: &Kernel) -> Result<()> {
    let stored = counter(&mut kernel.read().await?, REVISION).await?;
    if catalogue(kernel)?.revision == stored {
        return Ok(());
    }
    reload(kernel).await
}

/// Adds a class, or gives it another name.
pub(crate) async fn save_class(tx: &mut Tx, class: &Class) -> Result<()> {
    let sql = "INSERT INTO cases_class (code, edition, kind, major, major_name, major_name_en, name, name_en) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (code) DO UPDATE SET major_name = excluded.major_name, \
               major_name_en = excluded.major_name_en, name = excluded.name, name_en = excluded.name_en";
    let it = class.clone();
    let values = args![
        it.code,
        it.edition,
        it.kind,
        it.major,
        it.major_name,
        it.major_name_en,
        it.name,
        it.name_en
    ];
    tx.run(sql, values).await?;
    Ok(())
}

/// The first of the next numbers for standards of a class; a number is never given twice.
pub(crate) async fn next_codes(work: &mut Work, known: &Catalogue, class: &str, count: i64) -> Result<i64> {
    let n = work.next_numbers(&format!("cases.standard.{class}"), count).await?;
    let taken = known
        .standards_of(class)
        .filter_map(|it| it.code.get(class.len()..)?.parse::<i64>().ok())
        .max();
    Ok(n + taken.unwrap_or(0))
}

/// Adds a standard, or changes the one with its code.
pub(crate) async fn save_standard(tx: &mut Tx, standard: &Standard) -> Result<()> {
    let sql = "INSERT INTO cases_standard (id, code, class, condition, condition_en, closing, closing_en, amount, unit, body, \
               level, supervisor, valid_from, valid_to, version) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 1) \
               ON CONFLICT (code) DO UPDATE SET condition = excluded.condition, condition_en = excluded.condition_en, \
               closing = excluded.closing, closing_en = excluded.closing_en, amount = excluded.amount, unit = excluded.unit, body = excluded.body, \
               level = excluded.level, supervisor = excluded.supervisor, valid_from = excluded.valid_from, \
               valid_to = excluded.valid_to, version = cases_standard.version + 1";
    tx.run(sql, standard.values()).await?;
    let id = standard.id;
    tx.run("DELETE FROM cases_standard_limit WHERE standard = $1", args![id])
        .await?;
    tx.run("DELETE FROM cases_standard_stage WHERE standard = $1", args![id])
        .await?;
    insert_parts(tx, std::iter::once(standard)).await
}

/// Adds the limits by area class and the stages of standards that have none yet.
pub(crate) async fn insert_parts(tx: &mut Tx, standards: impl Iterator<Item = &Standard>) -> Result<()> {
    let (mut limits, mut stages) = (Vec::new(), Vec::new());
    for standard in standards {
        let id = standard.id;
        for it in &standard.area_limits {
            limits.push(args![id, it.area_class, it.amount, &it.unit]);
        }
        for (n, it) in (1_i64..).zip(&standard.stages) {
            stages.push(args![id, n, &it.name, it.name_en.clone(), it.amount, &it.unit]);
        }
    }
    let sql = "INSERT INTO cases_standard_limit (standard, area_class, amount, unit) VALUES ";
    tx.insert_many(sql, "", limits).await?;
    let sql = "INSERT INTO cases_standard_stage (standard, n, name, name_en, amount, unit) VALUES ";
    tx.insert_many(sql, "", stages).await?;
    Ok(())
}

/// For [`Tx::insert_many`]: values by [`Standard::values`] and the version.
pub(crate) const INSERT_STANDARD: &str = "INSERT INTO cases_standard (id, code, class, condition, condition_en, closing, \
     closing_en, amount, unit, body, level, supervisor, valid_from, valid_to, version) VALUES ";

impl Standard {
    /// Its values in the order of `cases_standard`'s first fourteen columns.
    pub(crate) fn values(&self) -> Vec<kernel::db::Value> {
        let it = self.clone();
        args![
            it.id,
            it.code,
            it.class,
            it.condition,
            it.condition_en,
            it.closing,
            it.closing_en,
            it.amount,
            it.unit,
            it.body,
            it.level,
            it.supervisor,
            it.valid_from,
            it.valid_to
        ]
    }
}

/// The classes of the national standard, 2026 edition [T], as this house names them.
pub(crate) fn national_classes() -> Vec<Class> {
    let of = |kind: standards::Kind, letter: char, word: &str| {
        standards::classes(kind)
            .iter()
            .map(|it| Class {
                code: format!("2026.{letter}{}", it.code),
                edition: "2026".to_owned(),
                kind: word.to_owned(),
                major: it.major.to_owned(),
                major_name: it.major_name.to_owned(),
                major_name_en: Some(it.major_name_en.to_owned()),
                name: it.name.to_owned(),
                name_en: Some(it.name_en.to_owned()),
            })
            .collect::<Vec<_>>()
    };
    let mut all = of(standards::Kind::Component, 'C', "component");
    all.extend(of(standards::Kind::Matter, 'M', "matter"));
    all
}

/// Offers the national classes to a database that has none.
pub(crate) async fn offer_national_classes(kernel: &Kernel) -> Result<()> {
    let any: Option<(String,)> = kernel
        .read()
        .await?
        .one("SELECT code FROM cases_class LIMIT 1", vec![])
        .await?;
    if any.is_some() {
        return Ok(());
    }
    let mut work = kernel.system_work().await?;
    for class in national_classes() {
        save_class(&mut work, &class).await?;
    }
    touch(&mut work).await?;
    work.commit().await
}

/// A class of one's own edition; `known` tells the majors that are there.
pub(crate) async fn make_class(
    work: &mut Work,
    known: &Catalogue,
    edition: &str,
    kind: &str,
    major_name: &str,
    name: &str,
) -> Result<Class> {
    let letter = if kind == "component" { 'C' } else { 'M' };
    let mut same = known.classes().filter(|it| it.edition == edition && it.kind == kind);
    let major = match same.find(|it| it.major_name == major_name) {
        Some(found) => found.major.clone(),
        None => format!(
            "{:03}",
            work.next_number(&format!("cases.class.{edition}.{letter}")).await?
        ),
    };
    let minor = work
        .next_number(&format!("cases.class.{edition}.{letter}{major}"))
        .await?;
    let class = Class {
        code: format!("{edition}.{letter}{major}{minor:03}"),
        edition: edition.to_owned(),
        kind: kind.to_owned(),
        major,
        major_name: major_name.to_owned(),
        major_name_en: None,
        name: name.to_owned(),
        name_en: None,
    };
    save_class(work, &class).await?;
    touch(work).await?;
    work.audit("cases.class_added", &class.code, &class).await?;
    Ok(class)
}
