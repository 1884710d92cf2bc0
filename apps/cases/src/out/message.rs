//! A user's messages in the app. There is no e-mail and no SMS: a message is seen by who looks.

use axum::extract::State as AppState;
use axum::http::StatusCode;
use kernel::auth::{User, UserId};
use kernel::db::{Json as JsonText, Sql};
use kernel::error::{Error, Fields, Result};
use kernel::http::{Json, Query};
use kernel::page::{Page, PageQuery};
use kernel::{Kernel, Time, Work, args, id, words};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

id!(
    /// A message.
    MessageId
);

words! {
    /// What a message is of.
    pub enum MessageKind {
        /// What is new in a filter.
        Filter = "filter", "筛选订阅", "Filter";
        /// The month's bulletin is there.
        Bulletin = "bulletin", "月报", "Bulletin";
    }
}

/// What a message tells; which fields there are depends on its kind.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub(super) struct Told {
    /// The filter's name at that time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The filter as in the address of the list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    /// Cases reported since the look before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<i64>,
    /// Cases whose deadline has passed since the look before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overdue: Option<i64>,
    /// Cases in the filter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<i64>,
    /// The bulletin's month, `2026-10`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub month: Option<String>,
}

/// Leaves a message for a user.
pub(super) async fn tell(work: &mut Work, user: UserId, kind: MessageKind, told: &Told) -> Result<()> {
    let id: MessageId = work.kernel().id();
    let now = work.now();
    let data = serde_json::to_string(told).map_err(Error::internal)?;
    let sql = "INSERT INTO cases_message (id, user_id, at, kind, data) VALUES ($1, $2, $3, $4, $5)";
    work.run(sql, args![id, user, now, kind, data]).await?;
    Ok(())
}

/// A message.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MessageRow {
    id: MessageId,
    /// When it came.
    at: Time,
    kind: MessageKind,
    /// What it tells.
    data: Told,
    /// When it was read.
    read_at: Option<Time>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: MessageId,
    at: Time,
    kind: MessageKind,
    data: JsonText<Told>,
    read_at: Option<Time>,
}

/// Which messages.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct MessageQuery {
    /// Only those not read yet.
    unread: Option<bool>,
    /// Where to go on.
    after: Option<String>,
    /// How many.
    limit: Option<u32>,
}

/// List one's messages, the newest first.
#[utoipa::path(get, path = "/api/cases/messages", tag = "cases", params(MessageQuery), responses((status = 200, body = Page<MessageRow>)))]
pub(super) async fn message_list(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Query(query): Query<MessageQuery>,
) -> Result<Json<Page<MessageRow>>> {
    let page = PageQuery {
        after: query.after,
        limit: query.limit,
    };
    let mut sql = Sql::new("SELECT id, at, kind, data, read_at FROM cases_message WHERE user_id = ");
    sql.bind(user.id);
    if query.unread == Some(true) {
        sql.push(" AND read_at IS NULL");
    }
    if let Some((at, id)) = page.key::<(i64, MessageId)>()? {
        sql.push(" AND (at, id) < (").bind(at).push(", ").bind(id).push(")");
    }
    sql.push(" ORDER BY at DESC, id DESC LIMIT ").bind(page.fetch());
    let rows: Vec<Row> = kernel.read().await?.list(sql).await?;
    let view = |it: Row| MessageRow {
        id: it.id,
        at: it.at,
        kind: it.kind,
        data: it.data.0,
        read_at: it.read_at,
    };
    Ok(Json(Page::cut(rows, &page, |it| (it.at.millis(), it.id)).map(view)))
}

/// How many messages wait to be read.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct UnreadView {
    unread: i64,
}

/// Count one's messages that are not read yet.
#[utoipa::path(get, path = "/api/cases/messages/unread", tag = "cases", responses((status = 200, body = UnreadView)))]
pub(super) async fn message_unread(AppState(kernel): AppState<Kernel>, user: User) -> Result<Json<UnreadView>> {
    let sql = "SELECT COUNT(*) FROM cases_message WHERE user_id = $1 AND read_at IS NULL";
    let row: Option<(i64,)> = kernel.read().await?.one(sql, args![user.id]).await?;
    Ok(Json(UnreadView {
        unread: row.map_or(0, |it| it.0),
    }))
}

/// Which messages were read.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReadInput {
    /// These; all of them if none are named.
    #[serde(default)]
    #[schema(max_items = 200)]
    ids: Vec<MessageId>,
}

/// Mark messages of one's own as read.
#[utoipa::path(post, path = "/api/cases/messages/read", tag = "cases", request_body = ReadInput, responses((status = 204)))]
pub(super) async fn message_read(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Json(input): Json<ReadInput>,
) -> Result<StatusCode> {
    if input.ids.len() > 200 {
        let mut fields = Fields::new();
        fields.range("ids", 201.0, 0.0, 200.0);
        fields.done()?;
    }
    let mut work = kernel.work(&user).await?;
    let mut sql = Sql::new("UPDATE cases_message SET read_at = ");
    sql.bind(work.now())
        .push(" WHERE user_id = ")
        .bind(user.id)
        .push(" AND read_at IS NULL");
    if !input.ids.is_empty() {
        sql.push(" AND id IN ").list(input.ids);
    }
    // Nothing that a reviewer would ask for: what was read is in the message itself.
    work.run_built(sql).await?;
    work.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
