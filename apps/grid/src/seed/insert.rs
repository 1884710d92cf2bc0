//! The demo district into the tables: a few statements for everything, so that it takes a second or two.

use std::collections::HashMap;

use kernel::auth::{self, NewUser, Reach, UserId};
use kernel::{Kernel, Result};
use standards::{AreaCode, Crs, Level};

use super::{DemoArea, DemoBody, DemoDistrict, DemoPerson, DemoScope};
use crate::api::{Changed, GRID_CHANGED, at, reload, tell_meta};
use crate::import::ShapeRow;
use crate::model::{Area, NewArea, NewBody, PostId};
use crate::store::{self, PostRow};

/// The password of every account of the demo. The log-in page of the demo shows it; nothing else makes these accounts.
pub const PASSWORD: &str = "jingwei-demo";

/// Puts the demo district into an empty database.
pub async fn seed_demo(kernel: &Kernel, demo: &DemoDistrict) -> Result<()> {
    let password = auth::hash_password(PASSWORD).await?;
    let mut work = kernel.system_work().await?;
    let now = work.now();
    store::next_revision(&mut work).await?;

    let areas = demo.areas.iter().map(area).collect::<anyhow::Result<Vec<Area>>>()?;
    store::upsert_areas(&mut work, &areas, now).await?;
    store::set_area_classes(&mut work, &classes(&areas)).await?;
    let shapes = demo
        .areas
        .iter()
        .map(shape)
        .collect::<anyhow::Result<Vec<ShapeRow>>>()?;
    store::upsert_shapes(&mut work, &shapes.iter().collect::<Vec<_>>(), now).await?;
    let bodies = demo.bodies.iter().map(body).collect::<anyhow::Result<Vec<NewBody>>>()?;
    store::insert_bodies(&mut work, &bodies, now).await?;

    let ids: HashMap<&str, UserId> = demo.people.iter().map(|it| (it.login.as_str(), kernel.id())).collect();
    let users: Vec<NewUser> = demo
        .people
        .iter()
        .map(|person| user(person, ids[person.login.as_str()]))
        .collect();
    let grants = demo.people.iter().flat_map(|person| {
        let id = ids[person.login.as_str()];
        // A worker may report, or be asked to look, outside the own grid: that stays in reach, too.
        let own = (person.role == "worker").then_some((id, person.role, Reach::Own));
        std::iter::once((id, person.role, reach(&person.scope))).chain(own)
    });
    auth::create_users(&mut work, &users, &grants.collect::<Vec<_>>(), Some(&password)).await?;
    let posts = demo
        .people
        .iter()
        .filter_map(|person| Some((person.post.as_ref()?, ids[person.login.as_str()])));
    let posts = posts.map(|(post, user_id)| {
        let (id, area) = (kernel.id::<PostId>(), post.area.clone());
        Ok(PostRow {
            id,
            user_id,
            area,
            kind: post.kind.parse()?,
        })
    });
    let posts = posts.collect::<anyhow::Result<Vec<PostRow>>>()?;
    store::insert_posts(&mut work, &posts, now).await?;

    tell_meta(&mut work).await?;
    let district = demo.areas.first().map_or("", |it| &it.code);
    let facts = serde_json::json!({ "areas": areas.len(), "bodies": bodies.len(), "people": users.len() });
    work.audit("grid.demo_seeded", district, facts).await?;
    work.emit(
        &GRID_CHANGED,
        at(Some(district), None),
        Changed::new("import", district),
    )
    .await?;
    work.commit().await?;
    reload(kernel).await
}

/// The urban streets are of the first class, the towns of the second; the rest has none.
fn classes(areas: &[Area]) -> Vec<(&str, i64)> {
    let towns = areas.iter().filter(|it| it.level == Level::Town);
    towns
        .filter_map(|it| match it.code.get(6..7) {
            Some("0") => Some((it.code.as_str(), 1)),
            Some("1") => Some((it.code.as_str(), 2)),
            _ => None,
        })
        .collect()
}

fn area(demo: &DemoArea) -> anyhow::Result<Area> {
    let new = NewArea {
        code: demo.code.clone(),
        name: demo.name.clone(),
        name_en: Some(demo.name_en.clone()),
        kind: demo.kind.parse().ok(),
        households: Some(demo.households),
        population: Some(demo.population),
    };
    Ok(Area::from_new(AreaCode::parse(&demo.code)?, &new))
}

fn shape(demo: &DemoArea) -> anyhow::Result<ShapeRow> {
    let code = AreaCode::parse(&demo.code)?;
    let shape = geo::MultiPolygon::from(demo.shape.clone());
    ShapeRow::new(code, &shape, Crs::Wgs84).ok_or_else(|| anyhow::anyhow!("{code} has an empty shape"))
}

fn body(demo: &DemoBody) -> anyhow::Result<NewBody> {
    Ok(NewBody {
        code: demo.code.clone(),
        kind: demo.kind.parse()?,
        name: demo.name.clone(),
        name_en: Some(demo.name_en.clone()),
        area: Some(demo.area.clone()),
    })
}

fn user(person: &DemoPerson, id: UserId) -> NewUser {
    NewUser {
        id,
        login: person.login.clone(),
        name: person.name.clone(),
        body: person.body.clone(),
        area: person.area.clone(),
    }
}

fn reach(scope: &DemoScope) -> Reach {
    match scope {
        DemoScope::All => Reach::All,
        DemoScope::Area(code) => Reach::Area(code.clone()),
        DemoScope::Body(code) => Reach::Body(code.clone()),
    }
}
