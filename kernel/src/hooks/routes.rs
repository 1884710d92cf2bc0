//! The desk of subscriptions: what goes where, how it fares, and trying again.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use uuid::Uuid;

use super::store::{self, DeliveryState, Hook, MOST_HOOKS, Progress};
use super::{DeliveryId, HookId, News, TEST, deliver, sign};
use crate::auth::{HOOKS_MANAGE, Scope, User, UserId, machine, not_found};
use crate::db::{Json as JsonText, Tx};
use crate::error::{Error, Fields, codes};
use crate::http::{Guard, Json, Path, Query, Routes};
use crate::page::{Page, PageQuery};
use crate::work::Work;
use crate::{Kernel, Result, Time, args};

/// The addresses of subscriptions.
pub(crate) fn routes() -> Routes {
    Routes::new()
        .add(routes!(hook_list).needs(&HOOKS_MANAGE))
        .add(routes!(hook_create).needs(&HOOKS_MANAGE))
        .add(routes!(hook_update).needs(&HOOKS_MANAGE))
        .add(routes!(hook_delete).needs(&HOOKS_MANAGE))
        .add(routes!(hook_secret).needs(&HOOKS_MANAGE))
        .add(routes!(hook_test).needs(&HOOKS_MANAGE))
        .add(routes!(hook_topics).needs(&HOOKS_MANAGE))
        .add(routes!(hook_deliveries).needs(&HOOKS_MANAGE))
        .add(routes!(hook_retry).needs(&HOOKS_MANAGE))
}

/// A subscription and how it fares.
#[derive(Serialize, ToSchema)]
struct HookView {
    id: HookId,
    /// The machine's account whose rights limit what is sent.
    account: UserId,
    account_name: String,
    name: String,
    url: String,
    topics: Vec<String>,
    enabled: bool,
    /// Why the program has switched it off: `failing` (nothing taken for three days) or `gone` (the receiver answered 410).
    stopped: Option<String>,
    /// Since when nothing was taken; absent when all is well.
    failing_since: Option<Time>,
    /// When something was taken last.
    delivered_at: Option<Time>,
    /// What went wrong last.
    error: Option<String>,
    /// Deliveries that wait.
    waiting: i64,
    /// Deliveries that were given up.
    gave_up: i64,
    created_at: Time,
    version: i64,
}

impl From<Hook> for HookView {
    fn from(it: Hook) -> Self {
        Self {
            id: it.id,
            account: it.account,
            account_name: it.account_name,
            name: it.name,
            url: it.url,
            topics: it.topics.0,
            enabled: it.enabled,
            stopped: it.stopped,
            failing_since: it.failing_since,
            delivered_at: it.delivered_at,
            error: it.error,
            waiting: it.waiting,
            gave_up: it.gave_up,
            created_at: it.created_at,
            version: it.version,
        }
    }
}

fn scope(user: &User) -> Scope {
    user.scope(&HOOKS_MANAGE)
}

async fn find(tx: &mut Tx, user: &User, id: HookId) -> Result<Hook> {
    store::hook(tx, &scope(user), id).await?.ok_or_else(not_found)
}

/// List the subscriptions: all, or for a machine its own.
#[utoipa::path(get, path = "/api/hooks", tag = "kernel", responses((status = 200, body = Vec<HookView>)))]
async fn hook_list(State(kernel): State<Kernel>, user: User) -> Result<Json<Vec<HookView>>> {
    let hooks = store::hooks(&mut kernel.read().await?, &scope(&user)).await?;
    Ok(Json(hooks.into_iter().map(HookView::from).collect()))
}

/// A subscription as it should be.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HookInput {
    /// Of a new one: may be made by the client; the same id and body again changes nothing.
    pub id: Option<Uuid>,
    /// Of a change: the version that was looked at.
    pub version: Option<i64>,
    /// Of a new one: the machine's account whose rights limit what is sent. A machine itself leaves it out.
    pub account: Option<UserId>,
    /// What it is called.
    #[schema(min_length = 1, max_length = 64)]
    pub name: String,
    /// Where deliveries go: http or https.
    #[schema(max_length = 500)]
    pub url: String,
    /// The topics; see `/api/hooks/topics`.
    #[schema(min_items = 1, max_items = 50)]
    pub topics: Vec<String>,
    /// Whether deliveries are made.
    pub enabled: bool,
}

impl HookInput {
    fn check(&self, kernel: &Kernel) -> Result<()> {
        let mut fields = Fields::new();
        fields.text("name", &self.name, 1, 64).text("url", &self.url, 1, 500);
        if let Err(why) = deliver::check(self.url.trim(), kernel.config().hooks.allow_private) {
            fields.refuse_with("url", &codes::FORMAT, &[("why", &why.to_string())]);
        }
        if self.topics.is_empty() || self.topics.len() > 50 {
            fields.refuse_with("topics", &codes::RANGE, &[("min", "1"), ("max", "50")]);
        }
        for topic in self.topics.iter().filter(|it| kernel.topic(it).is_none()) {
            fields.refuse_with("topics", &codes::UNKNOWN, &[("value", topic)]);
        }
        fields.done()
    }
}

/// A subscription with its secret, which is shown this once.
#[derive(Serialize, ToSchema)]
struct HookMade {
    hook: HookView,
    /// With it the receiver checks the signatures; to a repeated request it is not shown again.
    secret: Option<String>,
}

/// Adds a subscription; gives its secret.
pub async fn add(work: &mut Work, id: HookId, account: UserId, input: &HookInput) -> Result<String> {
    let kernel = work.kernel().clone();
    input.check(&kernel)?;
    if machine(work, account).await?.is_none() {
        return Err(unknown_account(account));
    }
    if store::count(work).await? >= MOST_HOOKS {
        return Err(codes::TOO_LARGE.with("limit", MOST_HOOKS));
    }
    let secret = sign::secret(&kernel.random::<32>());
    let sql = "INSERT INTO kernel_hook (id, account, name, url, topics, secret, enabled, created_at, version) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1)";
    let values = args![
        id,
        account,
        input.name.trim(),
        input.url.trim(),
        &JsonText(&input.topics),
        store::seal_secret(&kernel, id, &secret)?,
        input.enabled,
        work.now()
    ];
    work.run(sql, values).await?;
    let facts = json!({ "account": account, "name": input.name, "url": input.url, "topics": input.topics });
    work.audit("kernel.hook_added", id, facts).await?;
    Ok(secret)
}

fn unknown_account(account: UserId) -> Error {
    let mut fields = Fields::new();
    fields.refuse_with("account", &codes::UNKNOWN, &[("value", &account.to_string())]);
    fields.into_error()
}

/// Subscribe to news. The answer is the only one that shows the secret.
#[utoipa::path(post, path = "/api/hooks", tag = "kernel", request_body = HookInput, responses((status = 200, body = HookMade)))]
async fn hook_create(State(kernel): State<Kernel>, user: User, Json(input): Json<HookInput>) -> Result<Json<HookMade>> {
    let account = input.account.unwrap_or(user.id);
    let mut work = kernel.work(&user).await?;
    let id = HookId(input.id.unwrap_or_else(|| kernel.id()));
    if let Some(first) = work.first_answer::<HookId>(input.id, &input).await? {
        let hook = find(&mut work, &user, first).await?.into();
        return Ok(Json(HookMade { hook, secret: None }));
    }
    if !scope(&user).holds(None, None, &[Some(account)]) {
        return Err(unknown_account(account));
    }
    let secret = add(&mut work, id, account, &input).await?;
    let id = work.answer(id).await?;
    let hook = find(&mut kernel.read().await?, &user, id).await?.into();
    let secret = Some(secret);
    Ok(Json(HookMade { hook, secret }))
}

/// Change a subscription, switch it off or on again.
#[utoipa::path(put, path = "/api/hooks/{id}", tag = "kernel", params(("id" = HookId, Path)), request_body = HookInput, responses((status = 200, body = HookView)))]
async fn hook_update(
    State(kernel): State<Kernel>,
    user: User,
    Path(id): Path<HookId>,
    Json(input): Json<HookInput>,
) -> Result<Json<HookView>> {
    let mut work = kernel.work(&user).await?;
    find(&mut work, &user, id).await?;
    input.check(&kernel)?;
    let sql = "UPDATE kernel_hook SET name = $3, url = $4, topics = $5, enabled = $6, version = version + 1, \
               stopped = CASE WHEN $6 THEN NULL ELSE stopped END, \
               failing_since = CASE WHEN $6 AND NOT enabled THEN NULL ELSE failing_since END WHERE id = $1 AND version = $2";
    let values = args![
        id,
        input.version.unwrap_or(0),
        input.name.trim(),
        input.url.trim(),
        &JsonText(&input.topics),
        input.enabled
    ];
    if work.run(sql, values).await? == 0 {
        return Err(Error::from(&codes::STALE));
    }
    work.audit("kernel.hook_changed", id, &input).await?;
    work.commit().await?;
    let hook = find(&mut kernel.read().await?, &user, id).await?;
    Ok(Json(hook.into()))
}

/// Remove a subscription with all its deliveries.
#[utoipa::path(delete, path = "/api/hooks/{id}", tag = "kernel", params(("id" = HookId, Path)), responses((status = 204)))]
async fn hook_delete(State(kernel): State<Kernel>, user: User, Path(id): Path<HookId>) -> Result<StatusCode> {
    let mut work = kernel.work(&user).await?;
    let hook = find(&mut work, &user, id).await?;
    work.run("DELETE FROM kernel_hook_delivery WHERE hook_id = $1", args![id])
        .await?;
    work.run("DELETE FROM kernel_hook WHERE id = $1", args![id]).await?;
    let facts = json!({ "name": hook.name, "url": hook.url });
    work.audit("kernel.hook_removed", id, facts).await?;
    work.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Give a subscription a new secret; the old one is void at once.
#[utoipa::path(post, path = "/api/hooks/{id}/secret", tag = "kernel", params(("id" = HookId, Path)), responses((status = 200, body = HookMade)))]
async fn hook_secret(State(kernel): State<Kernel>, user: User, Path(id): Path<HookId>) -> Result<Json<HookMade>> {
    let mut work = kernel.work(&user).await?;
    find(&mut work, &user, id).await?;
    let secret = sign::secret(&kernel.random::<32>());
    let sealed = store::seal_secret(&kernel, id, &secret)?;
    let sql = "UPDATE kernel_hook SET secret = $2, version = version + 1 WHERE id = $1";
    work.run(sql, args![id, sealed]).await?;
    work.audit("kernel.hook_secret_changed", id, ()).await?;
    work.commit().await?;
    let hook = find(&mut kernel.read().await?, &user, id).await?.into();
    let secret = Some(secret);
    Ok(Json(HookMade { hook, secret }))
}

/// Send a test: a delivery of the topic `kernel.hook_test`, which goes the way of all others.
#[utoipa::path(post, path = "/api/hooks/{id}/test", tag = "kernel", params(("id" = HookId, Path)), responses((status = 200, body = Progress)))]
async fn hook_test(State(kernel): State<Kernel>, user: User, Path(id): Path<HookId>) -> Result<Json<Progress>> {
    let mut work = kernel.work(&user).await?;
    let hook = find(&mut work, &user, id).await?;
    if !hook.enabled {
        return Err(Error::field("enabled", &codes::NOT_ALLOWED));
    }
    let news = News {
        event: kernel.id::<Uuid>().to_string(),
        topic: TEST,
        at: work.now(),
        subject: None,
        data: json!({ "hook": id, "asked_by": user.name }),
    };
    let source = super::source(&kernel, &mut work).await?;
    let made = store::insert(&mut work, &kernel, id, &news, &source).await?;
    work.audit("kernel.hook_tested", id, ()).await?;
    work.commit().await?;
    let made = made.ok_or_else(not_found)?;
    let row = store::delivery(&mut kernel.read().await?, &scope(&user), made).await?;
    row.map(Json).ok_or_else(not_found)
}

/// A topic that can be subscribed to.
#[derive(Serialize, ToSchema)]
struct TopicView {
    name: &'static str,
    /// The permission that the subscription's account needs where it happens.
    permission: &'static str,
    permission_zh: &'static str,
    permission_en: &'static str,
}

/// List the topics that can be subscribed to.
#[utoipa::path(get, path = "/api/hooks/topics", tag = "kernel", responses((status = 200, body = Vec<TopicView>)))]
async fn hook_topics(State(kernel): State<Kernel>) -> Json<Vec<TopicView>> {
    let view = |it: &'static crate::events::Topic| TopicView {
        name: it.name,
        permission: it.needs.code,
        permission_zh: it.needs.zh,
        permission_en: it.needs.en,
    };
    Json(kernel.topics().map(view).collect())
}

/// Which deliveries to list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct DeliveryQuery {
    /// Only of this subscription.
    hook: Option<HookId>,
    /// Only in this state.
    #[param(inline)]
    state: Option<DeliveryState>,
    /// Where to go on.
    after: Option<String>,
    /// How many.
    limit: Option<u32>,
}

/// List deliveries, the newest first.
#[utoipa::path(get, path = "/api/hooks/deliveries", tag = "kernel", params(DeliveryQuery), responses((status = 200, body = Page<Progress>)))]
async fn hook_deliveries(
    State(kernel): State<Kernel>,
    user: User,
    Query(query): Query<DeliveryQuery>,
) -> Result<Json<Page<Progress>>> {
    let page = PageQuery {
        after: query.after,
        limit: query.limit,
    };
    let mut tx = kernel.read().await?;
    let rows = store::deliveries(&mut tx, &scope(&user), query.hook, query.state, &page).await?;
    Ok(Json(Page::cut(rows, &page, |it| it.id)))
}

/// Try a delivery again at once, with a new day of tries; what was delivered stays so.
#[utoipa::path(post, path = "/api/hooks/deliveries/{id}/retry", tag = "kernel", params(("id" = DeliveryId, Path)), responses((status = 200, body = Progress)))]
async fn hook_retry(State(kernel): State<Kernel>, user: User, Path(id): Path<DeliveryId>) -> Result<Json<Progress>> {
    let mut work = kernel.work(&user).await?;
    store::delivery(&mut work, &scope(&user), id)
        .await?
        .ok_or_else(not_found)?;
    let now = work.now();
    if store::try_again(&mut work, id, now).await? {
        work.audit("kernel.hook_retried", id, ()).await?;
    }
    work.commit().await?;
    let row = store::delivery(&mut kernel.read().await?, &scope(&user), id).await?;
    row.map(Json).ok_or_else(not_found)
}
