//! The app's SQL.

use kernel::auth::{Columns, Scope, UserId};
use kernel::db::{Sql, Tx, Value};
use kernel::error::{Error, codes as kernel_codes};
use kernel::http::DistrictFacts;
use kernel::page::PageQuery;
use kernel::{Result, Time, args, db};
use standards::{AreaCode, Point};

use crate::atlas::Atlas;
use crate::import::ShapeRow;
use crate::model::{Area, Body, GridKind, NewBody, PostId, PostKind, Staff};
use crate::wkb;

/// The revision of the tables.
pub(crate) async fn revision(tx: &mut Tx) -> Result<i64> {
    let row: Option<(i64,)> = tx.one("SELECT value FROM grid_revision", vec![]).await?;
    Ok(row.map_or(0, |it| it.0))
}

/// Begins a change: the next revision, and the turn of whoever wants to change something else until this is committed.
pub(crate) async fn next_revision(tx: &mut Tx) -> Result<i64> {
    let sql = "UPDATE grid_revision SET value = value + 1 RETURNING value";
    let row: Option<(i64,)> = tx.one(sql, vec![]).await?;
    row.map(|it| it.0)
        .ok_or_else(|| Error::internal(anyhow::anyhow!("grid_revision has lost its row")))
}

#[derive(sqlx::FromRow)]
struct AreaRow {
    code: String,
    name: String,
    name_en: Option<String>,
    kind: Option<GridKind>,
    households: Option<i64>,
    population: Option<i64>,
    area_class: Option<i64>,
    version: i64,
    lng: Option<f64>,
    lat: Option<f64>,
    wkb: Option<Vec<u8>>,
}

impl AreaRow {
    fn read(self) -> anyhow::Result<(Area, Option<geo::MultiPolygon>)> {
        let code = AreaCode::parse(&self.code)?;
        let area = Area {
            code: self.code,
            level: code.level(),
            parent: code.parent().map(|it| it.to_string()),
            name: self.name,
            name_en: self.name_en,
            kind: self.kind,
            households: self.households,
            population: self.population,
            area_class: self.area_class,
            center: self.lng.zip(self.lat).map(|(lng, lat)| Point { lng, lat }),
            version: self.version,
        };
        Ok((area, self.wkb.map(|bytes| wkb::decode(&bytes)).transpose()?))
    }
}

/// Everything that is held in memory.
pub(crate) async fn load(tx: &mut Tx) -> Result<Atlas> {
    // The revision comes first: a change that is committed between the statements makes this atlas look older than it
    // is, so that it is loaded once more.
    let revision = revision(tx).await?;
    let sql = "SELECT code, name, name_en, kind, households, population, area_class, version, lng, lat, wkb \
               FROM grid_area LEFT JOIN grid_shape ON area = code ORDER BY code";
    let areas: Vec<AreaRow> = tx.all(sql, vec![]).await?;
    let areas = areas.into_iter().map(AreaRow::read).collect::<anyhow::Result<_>>()?;
    let sql = "SELECT code, kind, name, name_en, area, active, version FROM grid_body ORDER BY code";
    Ok(Atlas::new(revision, areas, tx.all(sql, vec![]).await?))
}

const INSERT_AREA: &str = "INSERT INTO grid_area \
    (code, level, parent, name, name_en, kind, households, population, updated_at, version) VALUES ";

fn area_values(area: &Area, now: Time) -> Vec<Value> {
    let (level, parent) = (area.level.as_str(), area.parent.clone());
    let (name_en, kind) = (area.name_en.clone(), area.kind);
    args![
        &area.code,
        level,
        parent,
        &area.name,
        name_en,
        kind,
        area.households,
        area.population,
        now,
        1_i64
    ]
}

/// The version of an area.
pub(crate) async fn area_version(tx: &mut Tx, code: &str) -> Result<Option<i64>> {
    let row: Option<(i64,)> = tx
        .one("SELECT version FROM grid_area WHERE code = $1", args![code])
        .await?;
    Ok(row.map(|it| it.0))
}

/// The version of a body.
pub(crate) async fn body_version(tx: &mut Tx, code: &str) -> Result<Option<i64>> {
    let row: Option<(i64,)> = tx
        .one("SELECT version FROM grid_body WHERE code = $1", args![code])
        .await?;
    Ok(row.map(|it| it.0))
}

/// Adds one area; its parent has to be there.
pub(crate) async fn insert_area(tx: &mut Tx, area: &Area, now: Time) -> Result<()> {
    let done = tx.insert_many(INSERT_AREA, "", vec![area_values(area, now)]).await;
    taken(done, &area.code)
}

/// Writes areas that are new or changed, parents before children.
pub(crate) async fn upsert_areas(tx: &mut Tx, areas: &[Area], now: Time) -> Result<u64> {
    let tail = " ON CONFLICT (code) DO UPDATE SET name = excluded.name, name_en = excluded.name_en, \
                kind = excluded.kind, households = excluded.households, population = excluded.population, \
                updated_at = excluded.updated_at, version = grid_area.version + 1";
    let rows = areas.iter().map(|area| area_values(area, now)).collect();
    Ok(tx.insert_many(INSERT_AREA, tail, rows).await?)
}

/// Changes an area that is still of the version that was looked at; says whether it was.
pub(crate) async fn update_area(tx: &mut Tx, area: &Area, now: Time) -> Result<bool> {
    let sql = "UPDATE grid_area SET name = $3, name_en = $4, kind = $5, households = $6, population = $7, \
               updated_at = $8, area_class = $9, version = version + 1 WHERE code = $1 AND version = $2";
    let (name_en, kind) = (area.name_en.clone(), area.kind);
    let values = args![
        &area.code,
        area.version,
        &area.name,
        name_en,
        kind,
        area.households,
        area.population,
        now,
        area.area_class
    ];
    Ok(tx.run(sql, values).await? == 1)
}

/// Gives areas their classes, whatever they were.
pub(crate) async fn set_area_classes(tx: &mut Tx, classes: &[(&str, i64)]) -> Result<()> {
    for (code, class) in classes {
        tx.run(
            "UPDATE grid_area SET area_class = $2 WHERE code = $1",
            args![*code, *class],
        )
        .await?;
    }
    Ok(())
}

/// Writes shapes that are new or changed.
pub(crate) async fn upsert_shapes(tx: &mut Tx, shapes: &[&ShapeRow], now: Time) -> Result<u64> {
    let insert = "INSERT INTO grid_shape (area, wkb, west, south, east, north, lng, lat, source, updated_at) VALUES ";
    let tail = " ON CONFLICT (area) DO UPDATE SET wkb = excluded.wkb, west = excluded.west, south = excluded.south, \
                east = excluded.east, north = excluded.north, lng = excluded.lng, lat = excluded.lat, \
                source = excluded.source, updated_at = excluded.updated_at";
    let rows = shapes.iter().map(|shape| {
        let ([west, south, east, north], [lng, lat]) = (shape.bbox, shape.center);
        args![
            shape.code.as_str(),
            shape.wkb.clone(),
            west,
            south,
            east,
            north,
            lng,
            lat,
            shape.source.as_str(),
            now
        ]
    });
    Ok(tx.insert_many(insert, tail, rows.collect()).await?)
}

const INSERT_BODY: &str =
    "INSERT INTO grid_body (code, kind, name, name_en, area, active, updated_at, version) VALUES ";

/// Adds bodies.
pub(crate) async fn insert_bodies(tx: &mut Tx, bodies: &[NewBody], now: Time) -> Result<()> {
    let rows = bodies.iter().map(|body| {
        let (name_en, area) = (body.name_en.clone(), body.area.clone());
        args![&body.code, body.kind, &body.name, name_en, area, true, now, 1_i64]
    });
    let done = tx.insert_many(INSERT_BODY, "", rows.collect()).await;
    taken(done, bodies.first().map_or("", |it| &it.code))
}

/// Changes a body that is still of the version that was looked at; says whether it was.
pub(crate) async fn update_body(tx: &mut Tx, body: &Body, now: Time) -> Result<bool> {
    let sql = "UPDATE grid_body SET name = $3, name_en = $4, area = $5, active = $6, updated_at = $7, \
               version = version + 1 WHERE code = $1 AND version = $2";
    let (name_en, area) = (body.name_en.clone(), body.area.clone());
    let values = args![&body.code, body.version, &body.name, name_en, area, body.active, now];
    Ok(tx.run(sql, values).await? == 1)
}

/// A row whose key is taken is refused by its name.
fn taken(done: sqlx::Result<u64>, value: &str) -> Result<()> {
    match done {
        Ok(_) => Ok(()),
        Err(error) if db::is_duplicate(&error) => Err(kernel_codes::TAKEN.with("value", value)),
        Err(error) => Err(error.into()),
    }
}

#[derive(sqlx::FromRow)]
struct Bounds {
    west: Option<f64>,
    south: Option<f64>,
    east: Option<f64>,
    north: Option<f64>,
}

/// The district's own row and the box around all shapes, for the map before anybody logs in.
pub(crate) async fn district_facts(tx: &mut Tx) -> Result<Option<DistrictFacts>> {
    let sql = "SELECT MIN(west) AS west, MIN(south) AS south, MAX(east) AS east, MAX(north) AS north FROM grid_shape";
    let bounds: Option<Bounds> = tx.one(sql, vec![]).await?;
    let sql = "SELECT code, name, name_en FROM grid_area WHERE level = 'district' ORDER BY code LIMIT 1";
    let district: Option<(String, String, Option<String>)> = tx.one(sql, vec![]).await?;
    Ok(district.map(|(code, name, name_en)| DistrictFacts {
        code,
        name,
        name_en: name_en.unwrap_or_default(),
        bounds: bounds.and_then(|it| Some([it.west?, it.south?, it.east?, it.north?])),
    }))
}

/// A post as it is stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct PostRow {
    pub(crate) id: PostId,
    pub(crate) user_id: UserId,
    pub(crate) area: String,
    pub(crate) kind: PostKind,
}

const POSTS: &str = "SELECT id, user_id, area, kind FROM grid_post WHERE ";

const INSERT_POST: &str = "INSERT INTO grid_post (id, user_id, area, kind, created_at) VALUES ";

fn post_values(post: &PostRow, now: Time) -> Vec<Value> {
    args![post.id, post.user_id, &post.area, post.kind, now]
}

/// Adds posts.
pub(crate) async fn insert_posts(tx: &mut Tx, posts: &[PostRow], now: Time) -> Result<u64> {
    let rows = posts.iter().map(|post| post_values(post, now)).collect();
    Ok(tx.insert_many(INSERT_POST, "", rows).await?)
}

/// Adds a post; somebody who is posted in the area already gets the new kind. Says under which id it is kept.
pub(crate) async fn upsert_post(tx: &mut Tx, post: &PostRow, now: Time) -> Result<PostId> {
    let tail = " ON CONFLICT (user_id, area) DO UPDATE SET kind = excluded.kind";
    let done = tx.insert_many(INSERT_POST, tail, vec![post_values(post, now)]).await;
    taken(done, &post.id.to_string())?;
    let sql = "SELECT id FROM grid_post WHERE user_id = $1 AND area = $2";
    let row: Option<(PostId,)> = tx.one(sql, args![post.user_id, &post.area]).await?;
    row.map(|it| it.0)
        .ok_or_else(|| Error::internal(anyhow::anyhow!("a post was not kept")))
}

/// A post by its id.
pub(crate) async fn find_post(tx: &mut Tx, id: PostId) -> Result<Option<PostRow>> {
    Ok(tx
        .one("SELECT id, user_id, area, kind FROM grid_post WHERE id = $1", args![id])
        .await?)
}

/// Ends a post.
pub(crate) async fn delete_post(tx: &mut Tx, id: PostId) -> Result<()> {
    tx.run("DELETE FROM grid_post WHERE id = $1", args![id]).await?;
    Ok(())
}

/// A page of the posts in an area and below, as far as the scope reaches or in one of `homes`: by area, then by age.
pub(crate) async fn posts_page(
    tx: &mut Tx,
    area: Option<&str>,
    scope: &Scope,
    homes: &[&str],
    page: &PageQuery,
) -> Result<Vec<PostRow>> {
    let mut sql = Sql::new(POSTS);
    scope.push(sql.push("("), POST_COLUMNS);
    for home in homes {
        sql.push(" OR ").within("area", home);
    }
    sql.push(")");
    if let Some(area) = area {
        sql.push(" AND ").within("area", area);
    }
    if let Some((area, id)) = page.key::<(String, PostId)>()? {
        sql.push(" AND (area > ")
            .bind(&area)
            .push(" OR (area = ")
            .bind(&area)
            .push(" AND id > ")
            .bind(id)
            .push("))");
    }
    sql.push(" ORDER BY area, id LIMIT ").bind(page.fetch());
    Ok(tx.list(sql).await?)
}

/// What the scope of a post looks at: its area, and whose it is.
const POST_COLUMNS: Columns = Columns {
    area: "area",
    body: "",
    own: &["user_id"],
};

/// The posts in an area and below; at most `most`.
pub(crate) async fn posts_within(tx: &mut Tx, area: &str, most: i64) -> Result<Vec<PostRow>> {
    let mut sql = Sql::new(POSTS);
    sql.within("area", area).push(" ORDER BY area, id LIMIT ").bind(most);
    Ok(tx.list(sql).await?)
}

/// The posts of one user.
pub(crate) async fn posts_of(tx: &mut Tx, user: UserId) -> Result<Vec<PostRow>> {
    let mut sql = Sql::new(POSTS);
    sql.push("user_id = ").bind(user).push(" ORDER BY area LIMIT 100");
    Ok(tx.list(sql).await?)
}

/// How many people of each kind are posted in an area and below.
pub(crate) async fn staff(tx: &mut Tx, area: &str) -> Result<Staff> {
    let mut sql = Sql::new("SELECT kind, COUNT(*) FROM grid_post WHERE ");
    sql.within("area", area).push(" GROUP BY kind");
    let rows: Vec<(PostKind, i64)> = tx.list(sql).await?;
    let mut staff = Staff::default();
    for (kind, count) in rows {
        *staff.of_mut(kind) = count;
    }
    Ok(staff)
}
