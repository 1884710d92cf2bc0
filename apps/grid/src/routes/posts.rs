//! Who is posted where.

use axum::extract::State;
use axum::http::StatusCode;
use kernel::auth::{self, User, UserId, not_found};
use kernel::db::Tx;
use kernel::http::{Json, Path, Query};
use kernel::page::{Page, PageQuery};
use kernel::{Kernel, Result};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::reach;
use crate::api::{self, Atlas, NewPost};
use crate::model::{PostId, PostKind};
use crate::permissions::GRID_READ;
use crate::store::{self, PostRow};

/// A post.
#[derive(Serialize, ToSchema)]
pub(crate) struct PostView {
    id: PostId,
    user: PostedUser,
    area: String,
    area_name: String,
    kind: PostKind,
}

/// Who is posted.
#[derive(Serialize, ToSchema)]
pub(crate) struct PostedUser {
    id: UserId,
    name: String,
    /// Whether the account is open.
    active: bool,
}

async fn views(tx: &mut Tx, atlas: &Atlas, rows: Vec<PostRow>) -> Result<Vec<PostView>> {
    let people = auth::people(tx, rows.iter().map(|it| it.user_id)).await?;
    let view = |row: PostRow| {
        let person = people.get(&row.user_id);
        PostView {
            id: row.id,
            user: PostedUser {
                id: row.user_id,
                name: person.map_or_else(String::new, |it| it.name.clone()),
                active: person.is_some_and(|it| it.active),
            },
            area_name: atlas.path_name(&row.area),
            area: row.area,
            kind: row.kind,
        }
    };
    Ok(rows.into_iter().map(view).collect())
}

/// Which posts to list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PostQuery {
    /// Only those in this area and below.
    area: Option<String>,
    /// Where to go on.
    after: Option<String>,
    /// How many.
    limit: Option<u32>,
}

/// List who is posted where, as far as one's scope reaches.
#[utoipa::path(get, path = "/api/posts", tag = "grid", params(PostQuery), responses((status = 200, body = Page<PostView>)))]
pub(crate) async fn post_list(
    State(kernel): State<Kernel>,
    user: User,
    Query(query): Query<PostQuery>,
) -> Result<Json<Page<PostView>>> {
    let page = PageQuery {
        after: query.after,
        limit: query.limit,
    };
    let (atlas, scope) = (api::atlas(&kernel)?, user.scope(&GRID_READ));
    // A town's or village's own staff see who is posted in it.
    let bodies = scope
        .bodies()
        .filter_map(|it| atlas.body(it))
        .filter(|it| it.kind.level().is_some());
    let homes: Vec<&str> = bodies.filter_map(|it| it.area.as_deref()).collect();
    let mut tx = kernel.read().await?;
    let rows = store::posts_page(&mut tx, query.area.as_deref(), &scope, &homes, &page).await?;
    let Page { items, next } = Page::cut(rows, &page, |it| (it.area.clone(), it.id));
    let items = views(&mut tx, &atlas, items).await?;
    Ok(Json(Page { items, next }))
}

/// A post to be made.
#[derive(Serialize, Deserialize, ToSchema)]
pub(crate) struct PostInput {
    /// May be made by the client; the same id and body again changes nothing.
    id: Option<Uuid>,
    user: UserId,
    area: String,
    kind: PostKind,
}

/// Post somebody in an area; who is posted there already gets the new kind.
#[utoipa::path(post, path = "/api/posts", tag = "grid", request_body = PostInput, responses((status = 200, body = PostView)))]
pub(crate) async fn post_create(
    State(kernel): State<Kernel>,
    user: User,
    Json(input): Json<PostInput>,
) -> Result<Json<PostView>> {
    reach(&user, Some(&input.area), None)?;
    let mut work = kernel.work(&user).await?;
    let id = match work.first_answer::<PostId>(input.id, &input).await? {
        Some(first) => first,
        None => {
            let post = NewPost {
                id: input.id.map_or_else(|| kernel.id(), PostId),
                user: input.user,
                area: input.area,
                kind: input.kind,
            };
            let id = api::post_worker(&mut work, post).await?;
            work.answer(id).await?
        }
    };
    let mut tx = kernel.read().await?;
    let row = store::find_post(&mut tx, id).await?.ok_or_else(not_found)?;
    views(&mut tx, &*api::atlas(&kernel)?, vec![row])
        .await?
        .pop()
        .map(Json)
        .ok_or_else(not_found)
}

/// End a post. Ending it twice changes nothing.
#[utoipa::path(delete, path = "/api/posts/{id}", tag = "grid", params(("id" = PostId, Path)), responses((status = 204)))]
pub(crate) async fn post_delete(
    State(kernel): State<Kernel>,
    user: User,
    Path(id): Path<PostId>,
) -> Result<StatusCode> {
    let mut work = kernel.work(&user).await?;
    if let Some(post) = store::find_post(&mut work, id).await? {
        reach(&user, Some(&post.area), None)?;
        api::end_post(&mut work, id).await?;
        work.commit().await?;
    }
    Ok(StatusCode::NO_CONTENT)
}
