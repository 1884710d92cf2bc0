//! The SQL of components, as functions on a transaction.

use std::collections::BTreeMap;

use kernel::Time;
use kernel::args;
use kernel::db::{self, Sql, Tx, Value};
use kernel::error::{Error, Result, codes as kernel_codes};
use kernel::page::PageQuery;
use serde::Deserialize;
use standards::{ComponentCode, Point};
use utoipa::{IntoParams, ToSchema};

use crate::model::{Component, ComponentState};

const COMPONENT: &str = "SELECT code, class, sequence, name, area, lng, lat, place, body, owner, state, surveyed_on, note, \
     version FROM components_component WHERE ";

/// What components are narrowed down to, in a list and on a map.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ComponentQuery {
    /// A part of its name or place, the beginning of its code, or the number on its plate.
    pub(crate) text: Option<String>,
    /// Only of this class, e.g. `2026.C01037`.
    pub(crate) class: Option<String>,
    /// Only in this area and below.
    pub(crate) area: Option<String>,
    /// Only those that this body keeps.
    pub(crate) body: Option<String>,
    /// Only those that stand so.
    pub(crate) state: Option<ComponentState>,
}

impl ComponentQuery {
    /// Adds its conditions to those before.
    fn push(&self, sql: &mut Sql) {
        if let Some(text) = self.text.as_deref().map(str::trim).filter(|it| !it.is_empty()) {
            push_words(sql, text);
        }
        if let Some(class) = &self.class {
            sql.and("class =", class.as_str());
        }
        if let Some(area) = &self.area {
            sql.push(" AND ").within("area", area);
        }
        if let Some(body) = &self.body {
            sql.and("body =", body.as_str());
        }
        if let Some(state) = self.state {
            sql.and("state =", state);
        }
    }
}

/// Digits that are the beginning of a code: district and class at least.
const LEAST_OF_A_CODE: usize = 7;

/// Adds what a person typed to mean a component.
fn push_words(sql: &mut Sql, text: &str) {
    let digits = text.bytes().all(|it| it.is_ascii_digit());
    let number = text
        .parse::<i64>()
        .ok()
        .filter(|it| *it <= i64::from(ComponentCode::MAX_SEQUENCE));
    if digits && text.len() >= LEAST_OF_A_CODE {
        sql.push(" AND ").within("code", text);
    } else if let Some(number) = number.filter(|_| digits) {
        sql.and("sequence =", number);
    } else {
        let like = format!("%{}%", text.to_lowercase().replace(['%', '_'], ""));
        sql.push(" AND (LOWER(name) LIKE ").bind(like.clone());
        sql.push(" OR LOWER(COALESCE(place, '')) LIKE ").bind(like).push(")");
    }
}

/// A page of components, by code.
pub(crate) async fn list(tx: &mut Tx, query: &ComponentQuery, page: &PageQuery) -> Result<Vec<Component>> {
    let mut sql = Sql::new(COMPONENT);
    sql.push("code > ").bind(page.key::<String>()?.unwrap_or_default());
    query.push(&mut sql);
    sql.push(" ORDER BY code LIMIT ").bind(page.fetch());
    Ok(tx.list(sql).await?)
}

/// Components that a few words, a code's beginning or a number mean, those that are still there.
pub(crate) async fn search(tx: &mut Tx, text: &str, most: usize) -> Result<Vec<Component>> {
    let mut sql = Sql::new(COMPONENT);
    sql.push("state <> ").bind(ComponentState::Removed);
    push_words(&mut sql, text);
    sql.push(" ORDER BY code LIMIT ")
        .bind(i64::try_from(most).unwrap_or(MEASURED));
    Ok(tx.list(sql).await?)
}

/// Those of one class, those that are still there.
pub(crate) async fn of_class(tx: &mut Tx, class: &str, most: usize) -> Result<Vec<Component>> {
    let mut sql = Sql::new(COMPONENT);
    sql.push("class = ").bind(class);
    sql.and("state <>", ComponentState::Removed);
    sql.push(" ORDER BY code LIMIT ")
        .bind(i64::try_from(most).unwrap_or(MEASURED));
    Ok(tx.list(sql).await?)
}

/// The same within a walk of a point, the nearest first.
pub(crate) async fn search_near(tx: &mut Tx, text: &str, at: Point, most: usize) -> Result<Vec<Component>> {
    let mut sql = Sql::new(COMPONENT);
    Bounds::around(at, WALK).push(&mut sql);
    sql.and("state <>", ComponentState::Removed);
    push_words(&mut sql, text);
    sql.push(" LIMIT ").bind(MEASURED);
    let mut found: Vec<Component> = tx.list(sql).await?;
    found.sort_by(|a, b| at.distance(a.point()).total_cmp(&at.distance(b.point())));
    found.truncate(most);
    Ok(found)
}

/// A component by its code.
pub(crate) async fn find(tx: &mut Tx, code: &str) -> Result<Option<Component>> {
    Ok(several(tx, [code]).await?.pop())
}

/// Components by their codes; those that are not there are left out.
pub(crate) async fn several<'a>(tx: &mut Tx, codes: impl IntoIterator<Item = &'a str>) -> Result<Vec<Component>> {
    let mut sql = Sql::new(COMPONENT);
    // What is no number is nobody's code, and a database may refuse to look for it.
    let codes = codes.into_iter().filter(|it| it.bytes().all(|it| it.is_ascii_digit()));
    sql.push("code IN ").list(codes);
    Ok(tx.list(sql).await?)
}

/// A rectangle in degrees of WGS 84.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams, ToSchema)]
#[into_params(parameter_in = Query)]
pub(crate) struct Bounds {
    /// Its western edge.
    pub(crate) west: f64,
    /// Its southern edge.
    pub(crate) south: f64,
    /// Its eastern edge.
    pub(crate) east: f64,
    /// Its northern edge.
    pub(crate) north: f64,
}

impl Bounds {
    /// The square around a point.
    fn around(at: Point, metres: f64) -> Self {
        let tall = metres / 111_000.0;
        let wide = tall / at.lat.to_radians().cos().max(0.01);
        Self {
            west: at.lng - wide,
            south: at.lat - tall,
            east: at.lng + wide,
            north: at.lat + tall,
        }
    }

    fn push(self, sql: &mut Sql) {
        sql.push("lat BETWEEN ").bind(self.south).push(" AND ").bind(self.north);
        sql.push(" AND lng BETWEEN ")
            .bind(self.west)
            .push(" AND ")
            .bind(self.east);
    }
}

/// The most that are measured around a point; a crossing has some hundred.
const MEASURED: i64 = 2_000;
/// How far one looks for what somebody nearby may mean, in metres.
const WALK: f64 = 500.0;

/// What stands within so many metres of a point, the nearest first.
pub(crate) async fn near(
    tx: &mut Tx,
    at: Point,
    metres: f64,
    class: Option<&str>,
    most: usize,
) -> Result<Vec<(f64, Component)>> {
    let mut sql = Sql::new(COMPONENT);
    Bounds::around(at, metres).push(&mut sql);
    sql.and("state <>", ComponentState::Removed);
    if let Some(class) = class.filter(|it| !it.is_empty()) {
        sql.and("class =", class);
    }
    sql.push(" LIMIT ").bind(MEASURED);
    let rows: Vec<Component> = tx.list(sql).await?;
    let mut all: Vec<(f64, Component)> = rows.into_iter().map(|it| (at.distance(it.point()), it)).collect();
    all.retain(|it| it.0 <= metres);
    all.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.code.cmp(&b.1.code)));
    all.truncate(most);
    Ok(all)
}

/// What stands in a rectangle.
pub(crate) async fn inside(tx: &mut Tx, bounds: Bounds, query: &ComponentQuery, most: i64) -> Result<Vec<Component>> {
    let mut sql = Sql::new(COMPONENT);
    bounds.push(&mut sql);
    query.push(&mut sql);
    if query.state.is_none() {
        sql.and("state <>", ComponentState::Removed);
    }
    sql.push(" LIMIT ").bind(most);
    Ok(tx.list(sql).await?)
}

/// How many there are of each class, those that were removed left out. Counted whole and then subtracted: the first is read
/// from an index alone, the second is few.
pub(crate) async fn classes(tx: &mut Tx) -> Result<BTreeMap<String, i64>> {
    let sql = "SELECT class, COUNT(*) FROM components_component GROUP BY class";
    let all: Vec<(String, i64)> = tx.all(sql, vec![]).await?;
    let sql = "SELECT class, COUNT(*) FROM components_component WHERE state = $1 GROUP BY class";
    let removed: Vec<(String, i64)> = tx.all(sql, args![ComponentState::Removed]).await?;
    let mut left: BTreeMap<String, i64> = all.into_iter().collect();
    for (class, n) in removed {
        if let Some(it) = left.get_mut(&class) {
            *it -= n;
        }
    }
    Ok(left)
}

/// The highest number in use of a class, by the beginning of its codes: district and class.
pub(crate) async fn last_sequence(tx: &mut Tx, front: &str) -> Result<i64> {
    let mut sql = Sql::new("SELECT MAX(sequence) FROM components_component WHERE LENGTH(code) = ");
    sql.bind(i64::try_from(front.len() + 6).unwrap_or_default());
    sql.push(" AND ").within("code", front);
    let row: Option<(Option<i64>,)> = tx.list(sql).await?.pop();
    Ok(row.and_then(|it| it.0).unwrap_or_default())
}

const INSERT: &str = "INSERT INTO components_component (code, class, sequence, name, area, lng, lat, place, body, owner, state, \
     surveyed_on, note, updated_at, version) VALUES ";

fn values(it: &Component, now: Time) -> Vec<Value> {
    let it = it.clone();
    args![
        it.code,
        it.class,
        it.sequence,
        it.name,
        it.area,
        it.lng,
        it.lat,
        it.place,
        it.body,
        it.owner,
        it.state,
        it.surveyed_on,
        it.note,
        now,
        it.version
    ]
}

/// Adds a component; refused if its code is taken.
pub(crate) async fn insert(tx: &mut Tx, component: &Component, now: Time) -> Result<()> {
    match tx.insert_many(INSERT, "", vec![values(component, now)]).await {
        Ok(_) => Ok(()),
        Err(error) if db::is_duplicate(&error) => Err(kernel_codes::TAKEN.with("value", component.code.as_str())),
        Err(error) => Err(Error::from(error)),
    }
}

/// Writes components that are new, and those that say something new with the version that was seen. Refused if somebody was
/// faster with one of them.
pub(crate) async fn write(tx: &mut Tx, fresh: &[Component], changed: &[Component], now: Time) -> Result<()> {
    let rows = |of: &[Component]| of.iter().map(|it| values(it, now)).collect::<Vec<_>>();
    let none = " ON CONFLICT (code) DO NOTHING";
    let newer = " ON CONFLICT (code) DO UPDATE SET name = excluded.name, area = excluded.area, lng = excluded.lng, \
                 lat = excluded.lat, place = excluded.place, body = excluded.body, owner = excluded.owner, \
                 state = excluded.state, surveyed_on = excluded.surveyed_on, note = excluded.note, \
                 updated_at = excluded.updated_at, version = components_component.version + 1 \
                 WHERE components_component.version = excluded.version";
    let mut touched = tx.insert_many(INSERT, none, rows(fresh)).await?;
    touched += tx.insert_many(INSERT, newer, rows(changed)).await?;
    if touched == (fresh.len() + changed.len()) as u64 {
        Ok(())
    } else {
        Err(Error::from(&kernel_codes::STALE))
    }
}

/// Writes a change; `false` when the component was changed meanwhile.
pub(crate) async fn update(tx: &mut Tx, it: &Component, before: i64, now: Time) -> Result<bool> {
    let sql = "UPDATE components_component SET name = $3, area = $4, lng = $5, lat = $6, place = $7, body = $8, owner = $9, \
               state = $10, surveyed_on = $11, note = $12, updated_at = $13, version = $14 WHERE code = $1 AND version = $2";
    let it = it.clone();
    let values = args![
        it.code,
        before,
        it.name,
        it.area,
        it.lng,
        it.lat,
        it.place,
        it.body,
        it.owner,
        it.state,
        it.surveyed_on,
        it.note,
        now,
        it.version
    ];
    Ok(tx.run(sql, values).await? == 1)
}
