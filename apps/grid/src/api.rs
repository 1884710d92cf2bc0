//! The front door: what other apps may ask and do.
//!
//! Questions go to the [`Atlas`] in memory. What writes takes the caller's [`Work`], so that it commits together with what
//! the caller writes; afterwards the caller says [`reload`], and other servers notice by themselves.

use std::sync::Arc;

use kernel::auth;
use kernel::error::{Error, codes as kernel_codes};
use kernel::events::{Place, Topic};
use kernel::{Kernel, Result, Work, db::Tx};
use serde::{Deserialize, Serialize};
use standards::{AreaCode, Level};
use tokio::sync::Mutex;

pub use crate::atlas::Atlas;
pub use crate::duty::on_duty;
pub use crate::import::commit::{ImportOptions, ImportReport, import};
pub use crate::index::{Located, Named};
pub use crate::model::{Area, Body, BodyKind, GridKind, NewArea, NewBody, PostId, PostKind, PostedWorker, name_key};
pub use crate::permissions::{DUTY_MANAGE, GRID_MANAGE, GRID_READ};

use crate::codes;
use crate::model;
use crate::store::{self, PostRow};

/// The demo district: made with [`seed::district`], put into an empty database with [`seed_demo`].
pub mod seed {
    pub use crate::seed::insert::PASSWORD;
    pub use crate::seed::{
        CENTRE, DEDICATED_GRIDS, DISTRICT, DemoArea, DemoBody, DemoDistrict, DemoPerson, DemoPost, DemoScope,
        DemoWater, GENERAL_GRIDS, WORKERS, district, random_point_in, square_km,
    };
}
pub use crate::seed::insert::seed_demo;

/// Areas, bodies or posts have changed.
pub static GRID_CHANGED: Topic = Topic {
    name: "grid.changed",
    needs: &GRID_READ,
};

/// The news this app sends.
pub(crate) static TOPICS: &[&Topic] = &[&GRID_CHANGED];

/// What [`GRID_CHANGED`] says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Changed {
    /// `area`, `body`, `post` or `import`.
    pub what: String,
    /// Which one; of an import, the district.
    pub code: String,
}

impl Changed {
    pub(crate) fn new(what: &str, code: &str) -> Self {
        Self {
            what: what.to_owned(),
            code: code.to_owned(),
        }
    }
}

/// Loads of the atlas take turns, so that an older one never replaces a newer one.
struct Turn(Mutex<()>);

/// Loads the atlas for the first time.
pub(crate) async fn open(kernel: &Kernel) -> Result<()> {
    kernel.share(Turn(Mutex::new(())));
    reload(kernel).await
}

/// The areas and bodies as they are now. Whoever asks several questions about one thing keeps it and asks it all of them.
pub fn atlas(kernel: &Kernel) -> Result<Arc<Atlas>> {
    kernel.shared()
}

/// Loads the atlas anew: after the commit of anything that changed areas or bodies.
pub async fn reload(kernel: &Kernel) -> Result<()> {
    let turn = kernel.shared::<Turn>()?;
    let _held = turn.0.lock().await;
    let atlas = store::load(&mut kernel.read().await?).await?;
    kernel.share(atlas);
    Ok(())
}

/// Loads the atlas anew if somebody else has changed the tables.
pub async fn refresh(kernel: &Kernel) -> Result<()> {
    let revision = store::revision(&mut kernel.read().await?).await?;
    if atlas(kernel)?.revision() == revision {
        return Ok(());
    }
    reload(kernel).await
}

/// Makes an area. Its parent has to be there, perhaps made earlier in the same work.
pub async fn create_area(work: &mut Work, area: NewArea) -> Result<()> {
    let code = area.check()?;
    store::next_revision(work).await?;
    if let Some(parent) = code.parent()
        && store::area_version(work, parent.as_str()).await?.is_none()
    {
        return Err(model::refused(
            "code",
            &codes::NO_PARENT,
            &[("parent", parent.as_str())],
        ));
    }
    let now = work.now();
    let made = Area::from_new(code, &area);
    store::insert_area(work, &made, now).await?;
    if made.level == Level::District {
        tell_meta(work).await?;
    }
    let facts = serde_json::json!({
        "name": area.name, "kind": area.kind, "households": area.households, "population": area.population,
    });
    work.audit("grid.area_created", code, facts).await?;
    work.emit(
        &GRID_CHANGED,
        at(Some(&area.code), None),
        Changed::new("area", code.as_str()),
    )
    .await
}

/// Changes an area from what it was to what it should be, unless somebody was faster.
pub(crate) async fn change_area(work: &mut Work, before: &Area, after: &Area) -> Result<()> {
    let code = NewArea::from(after.clone()).check()?;
    if after.area_class.is_some_and(|it| !model::AREA_CLASSES.contains(&it)) {
        let (min, max) = (
            model::AREA_CLASSES.start().to_string(),
            model::AREA_CLASSES.end().to_string(),
        );
        let range = [("min", min.as_str()), ("max", max.as_str())];
        return Err(model::refused("area_class", &kernel_codes::RANGE, &range));
    }
    store::next_revision(work).await?;
    let now = work.now();
    if !store::update_area(work, after, now).await? {
        return Err(stale(store::area_version(work, &after.code).await?));
    }
    if after.level == Level::District {
        tell_meta(work).await?;
    }
    let facts = serde_json::json!({
        "before": NewArea::from(before.clone()), "was_class": before.area_class,
        "after": NewArea::from(after.clone()), "class": after.area_class,
    });
    work.audit("grid.area_changed", code, facts).await?;
    work.emit(
        &GRID_CHANGED,
        at(Some(&after.code), None),
        Changed::new("area", code.as_str()),
    )
    .await
}

/// Makes a responsible body. Its area, if it has one, has to be there.
pub async fn create_body(work: &mut Work, body: NewBody) -> Result<()> {
    body.check()?;
    store::next_revision(work).await?;
    require_area(work, "area", body.area.as_deref()).await?;
    let now = work.now();
    store::insert_bodies(work, std::slice::from_ref(&body), now).await?;
    let facts = serde_json::json!({ "kind": body.kind, "name": body.name, "area": body.area });
    work.audit("grid.body_created", &body.code, facts).await?;
    let place = at(body.area.as_deref(), Some(&body.code));
    work.emit(&GRID_CHANGED, place, Changed::new("body", &body.code)).await
}

/// Changes a body from what it was to what it should be, unless somebody was faster.
pub(crate) async fn change_body(work: &mut Work, before: &Body, after: &Body) -> Result<()> {
    NewBody::from(after.clone()).check()?;
    store::next_revision(work).await?;
    require_area(work, "area", after.area.as_deref()).await?;
    let now = work.now();
    if !store::update_body(work, after, now).await? {
        return Err(stale(store::body_version(work, &after.code).await?));
    }
    let facts = serde_json::json!({
        "before": NewBody::from(before.clone()), "was_active": before.active,
        "after": NewBody::from(after.clone()), "active": after.active,
    });
    work.audit("grid.body_changed", &after.code, facts).await?;
    let place = at(after.area.as_deref(), Some(&after.code));
    work.emit(&GRID_CHANGED, place, Changed::new("body", &after.code)).await
}

/// Refuses a change of what somebody else has changed meanwhile.
fn stale(version: Option<i64>) -> Error {
    version.map_or_else(auth::not_found, |version| {
        Error::from(&kernel_codes::STALE).extra(serde_json::json!({ "version": version }))
    })
}

/// Refuses a field that names an area which is not there.
pub(crate) async fn require_area(tx: &mut Tx, field: &str, area: Option<&str>) -> Result<()> {
    match area {
        Some(area) if store::area_version(tx, area).await?.is_none() => {
            Err(model::refused(field, &kernel_codes::UNKNOWN, &[("value", area)]))
        }
        _ => Ok(()),
    }
}

/// Whose business a change is.
pub(crate) fn at<'a>(area: Option<&'a str>, body: Option<&'a str>) -> Place<'a> {
    Place {
        area,
        body,
        owners: &[],
    }
}

/// Leaves the district's name and the bounds of its map where pages find them before anybody logs in.
pub(crate) async fn tell_meta(tx: &mut Tx) -> Result<()> {
    match store::district_facts(tx).await? {
        Some(facts) => kernel::http::set_setting(tx, "district", &facts).await,
        None => Ok(()),
    }
}

/// The lowest free code for an area of this level in `parent`, within the numbers that the name suggests: 街道 001–099,
/// 镇 100–199, 乡 200–399, other units like towns 400–599; 社区 001–199, 村 200–399, other units like villages 400–599;
/// grids 001–999.
pub fn next_area_code(atlas: &Atlas, parent: &str, level: Level, name: &str) -> Result<String> {
    let above = AreaCode::parse(parent)
        .ok()
        .filter(|it| it.level().inner() == Some(level));
    above.map_or_else(|| Err(not_above(level)), |above| free_code(atlas, above, name))
}

/// As [`next_area_code`], at whatever level is the next one below.
pub(crate) fn next_code_below(atlas: &Atlas, parent: &str, name: &str) -> Result<String> {
    let above =
        AreaCode::parse(parent).map_err(|_| model::refused("parent", &kernel_codes::UNKNOWN, &[("value", parent)]))?;
    free_code(atlas, above, name)
}

fn free_code(atlas: &Atlas, above: AreaCode, name: &str) -> Result<String> {
    let taken = atlas.children(above.as_str()).map(|it| it.code.as_str());
    Ok(model::next_area_code(above, name, taken)?.to_string())
}

fn not_above(level: Level) -> Error {
    let above = Level::ALL.into_iter().find(|it| it.inner() == Some(level));
    let (zh, en) = above.map_or(("无", "nothing"), |it| (it.zh(), it.en()));
    model::refused("parent", &codes::WRONG_LEVEL, &[("zh", zh), ("en", en)])
}

/// The lowest free code of a body of this kind: `D01`, `C01`, … A town's own body is better named by [`body_code_of`].
pub fn next_body_code(atlas: &Atlas, kind: BodyKind) -> String {
    model::next_body_code(kind, atlas.body_codes(kind))
}

/// The code of a town's or village's own body: `T321099101`.
pub fn body_code_of(kind: BodyKind, area: &str) -> String {
    format!("{}{area}", kind.letter())
}

/// A post to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPost {
    /// Its id.
    pub id: PostId,
    /// Who.
    pub user: auth::UserId,
    /// Where.
    pub area: String,
    /// As what.
    pub kind: PostKind,
}

/// Posts somebody in an area; who is posted there already gets the new kind. Says under which id the post is kept.
pub async fn post_worker(work: &mut Work, post: NewPost) -> Result<PostId> {
    require_area(work, "area", Some(&post.area)).await?;
    let known = auth::people(work, [post.user]).await?;
    if !known.get(&post.user).is_some_and(|it| it.active) {
        return Err(model::refused(
            "user",
            &kernel_codes::UNKNOWN,
            &[("value", &post.user.to_string())],
        ));
    }
    let now = work.now();
    let row = PostRow {
        id: post.id,
        user_id: post.user,
        area: post.area.clone(),
        kind: post.kind,
    };
    let kept = store::upsert_post(work, &row, now).await?;
    let facts = serde_json::json!({ "user": post.user, "area": post.area, "kind": post.kind });
    work.audit("grid.worker_posted", kept, facts).await?;
    work.emit(
        &GRID_CHANGED,
        at(Some(&post.area), None),
        Changed::new("post", &kept.to_string()),
    )
    .await?;
    Ok(kept)
}

/// Ends a post.
pub async fn end_post(work: &mut Work, id: PostId) -> Result<()> {
    let post = store::find_post(work, id).await?.ok_or_else(auth::not_found)?;
    store::delete_post(work, id).await?;
    let facts = serde_json::json!({ "user": post.user_id, "area": post.area, "kind": post.kind });
    work.audit("grid.post_ended", id, facts).await?;
    work.emit(
        &GRID_CHANGED,
        at(Some(&post.area), None),
        Changed::new("post", &id.to_string()),
    )
    .await
}

/// The most people that [`posted_within`] names.
const MOST_WORKERS: i64 = 200;

/// Those who are posted in an area and below, by area. People whose account is closed are left out.
pub async fn posted_within(tx: &mut Tx, area: &str) -> Result<Vec<PostedWorker>> {
    let posts = store::posts_within(tx, area, MOST_WORKERS).await?;
    let people = auth::people(tx, posts.iter().map(|it| it.user_id)).await?;
    let workers = posts.into_iter().filter_map(|post| {
        let person = people.get(&post.user_id).filter(|it| it.active)?;
        Some(PostedWorker {
            user: post.user_id,
            name: person.name.clone(),
            area: post.area,
            kind: post.kind,
        })
    });
    Ok(workers.collect())
}
