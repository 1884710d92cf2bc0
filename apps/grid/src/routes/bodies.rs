//! Responsible bodies.

use axum::extract::State;
use kernel::auth::{User, not_found};
use kernel::http::{Json, Path, Query};
use kernel::page::{Page, PageQuery};
use kernel::{Kernel, Result};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{blank_is_none, reach, speaks_of};
use crate::api::{self, Atlas};
use crate::model::{Body, BodyKind, NewBody};

/// A responsible body.
#[derive(Serialize, ToSchema)]
pub(crate) struct BodyView {
    code: String,
    kind: BodyKind,
    name: String,
    name_en: Option<String>,
    /// The area it answers for.
    area: Option<String>,
    area_name: Option<String>,
    /// Whether it still takes work.
    active: bool,
    version: i64,
}

impl BodyView {
    fn new(atlas: &Atlas, body: &Body) -> Self {
        Self {
            code: body.code.clone(),
            kind: body.kind,
            name: body.name.clone(),
            name_en: body.name_en.clone(),
            area: body.area.clone(),
            area_name: body.area.as_deref().map(|it| atlas.path_name(it)),
            active: body.active,
            version: body.version,
        }
    }
}

/// Which bodies to list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct BodyQuery {
    /// Only those of this kind.
    kind: Option<BodyKind>,
    /// In the name, or at the beginning of the code.
    text: Option<String>,
    /// Only those of this area and below.
    area: Option<String>,
    /// Only those that take work, or only those that do not.
    active: Option<bool>,
    /// Where to go on.
    after: Option<String>,
    /// How many.
    limit: Option<u32>,
}

impl BodyQuery {
    fn wants(&self, body: &Body) -> bool {
        let area = body.area.as_deref().unwrap_or_default();
        self.kind.is_none_or(|it| body.kind == it)
            && self.active.is_none_or(|it| body.active == it)
            && self.area.as_ref().is_none_or(|it| area.starts_with(it.as_str()))
            && speaks_of(self.text.as_deref(), &body.code, &body.name, body.name_en.as_deref())
    }
}

/// List responsible bodies, by code.
#[utoipa::path(get, path = "/api/bodies", tag = "grid", params(BodyQuery), responses((status = 200, body = Page<BodyView>)))]
pub(crate) async fn body_list(
    State(kernel): State<Kernel>,
    Query(query): Query<BodyQuery>,
) -> Result<Json<Page<BodyView>>> {
    let page = PageQuery {
        after: query.after.clone(),
        limit: query.limit,
    };
    let atlas = api::atlas(&kernel)?;
    let after = page.key::<String>()?.unwrap_or_default();
    let rest = atlas
        .bodies()
        .filter(|it| it.code > after && query.wants(it))
        .take(page.limit() + 1);
    let page = Page::cut(rest.collect(), &page, |it| it.code.clone());
    Ok(Json(page.map(|it| BodyView::new(&atlas, it))))
}

/// A body to be made.
#[derive(Serialize, Deserialize, ToSchema)]
pub(crate) struct BodyInput {
    /// May be made by the client; the same id and body again changes nothing.
    id: Option<Uuid>,
    /// Its code; without one a town's or village's body is named after its area, any other gets the next free.
    code: Option<String>,
    kind: BodyKind,
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    name_en: Option<String>,
    /// The area it answers for; a town's or village's body needs one.
    area: Option<String>,
}

impl BodyInput {
    fn read(&self, atlas: &Atlas) -> NewBody {
        let code = match (&self.code, &self.area) {
            (Some(code), _) => code.clone(),
            (None, Some(area)) if self.kind.level().is_some() => api::body_code_of(self.kind, area),
            (None, _) => api::next_body_code(atlas, self.kind),
        };
        NewBody {
            code,
            kind: self.kind,
            name: self.name.trim().to_owned(),
            name_en: blank_is_none(self.name_en.clone()),
            area: self.area.clone(),
        }
    }
}

/// Make a responsible body.
#[utoipa::path(post, path = "/api/bodies", tag = "grid", request_body = BodyInput, responses((status = 200, body = BodyView)))]
pub(crate) async fn body_create(
    State(kernel): State<Kernel>,
    user: User,
    Json(input): Json<BodyInput>,
) -> Result<Json<BodyView>> {
    let mut work = kernel.work(&user).await?;
    let code = match work.first_answer::<String>(input.id, &input).await? {
        Some(first) => first,
        None => {
            let body = input.read(&*api::atlas(&kernel)?);
            reach(&user, body.area.as_deref(), Some(&body.code))?;
            let code = body.code.clone();
            api::create_body(&mut work, body).await?;
            let code = work.answer(code).await?;
            api::reload(&kernel).await?;
            code
        }
    };
    seen(&kernel, &code)
}

/// The body as it is now.
fn seen(kernel: &Kernel, code: &str) -> Result<Json<BodyView>> {
    let atlas = api::atlas(kernel)?;
    atlas
        .body(code)
        .map(|it| Json(BodyView::new(&atlas, it)))
        .ok_or_else(not_found)
}

/// A body as it should be. Its code and kind never change.
#[derive(Deserialize, ToSchema)]
pub(crate) struct BodyChange {
    /// The version that was looked at.
    version: i64,
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    name_en: Option<String>,
    area: Option<String>,
    /// Whether it takes work; one that does not keeps its history.
    active: bool,
}

/// Change a responsible body, close it or open it again.
#[utoipa::path(put, path = "/api/bodies/{code}", tag = "grid", params(("code" = String, Path)), request_body = BodyChange, responses((status = 200, body = BodyView)))]
pub(crate) async fn body_update(
    State(kernel): State<Kernel>,
    user: User,
    Path(code): Path<String>,
    Json(input): Json<BodyChange>,
) -> Result<Json<BodyView>> {
    let atlas = api::atlas(&kernel)?;
    let before = atlas.body(&code).ok_or_else(not_found)?;
    reach(&user, before.area.as_deref(), Some(&code))?;
    let after = Body {
        name: input.name.trim().to_owned(),
        name_en: blank_is_none(input.name_en),
        area: input.area,
        active: input.active,
        version: input.version,
        ..before.clone()
    };
    reach(&user, after.area.as_deref(), Some(&code))?;
    let mut work = kernel.work(&user).await?;
    api::change_body(&mut work, before, &after).await?;
    work.commit().await?;
    api::reload(&kernel).await?;
    seen(&kernel, &code)
}
