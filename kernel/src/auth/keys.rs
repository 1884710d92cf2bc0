//! Keys with which other systems come: `jw_<id>_<secret>`, sent as a bearer token wherever a session would do.
//!
//! The store keeps only a hash; the key itself is shown once. It ends by its date, at most a year away, or when somebody
//! revokes it. What it may do are the roles of its account, which another administrator gives. The limit per minute is
//! counted on each server by itself.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Mutex;

use axum::extract::State;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use uuid::Uuid;

use super::users::grants_of;
use super::{GrantView, KEYS_MANAGE, KEYS_REVOKE, NewUser, User, UserId, machine, machine_account, not_found};
use crate::audit::{self, Entry};
use crate::db::{Json as JsonText, Sql, Tx};
use crate::error::{Error, Fields, codes};
use crate::http::{Guard, Json, Path, Query, Routes};
use crate::page::{Page, PageQuery};
use crate::work::Work;
use crate::{Kernel, Result, Time, args};

const PREFIX: &str = "jw_";
/// A key lives for a year at most: who has it should be asked again whether it is still needed.
const MAX_DAYS: i64 = 366;
const MAX_ADDRESSES: usize = 20;

pub(super) fn routes() -> Routes {
    Routes::new()
        .add(routes!(key_list).needs(&KEYS_REVOKE))
        .add(routes!(key_create).needs(&KEYS_MANAGE))
        .add(routes!(key_renew).needs(&KEYS_MANAGE))
        .add(routes!(key_revoke).needs(&KEYS_REVOKE))
}

/// What has become of a key that a request shows.
pub enum Shown {
    /// It stands for this user.
    Valid(User),
    /// Unknown, expired or revoked, or its account is closed: which of them is not for a stranger to know.
    Invalid,
    /// More requests than its limit.
    TooMany {
        /// How long to wait.
        seconds: i64,
    },
}

/// Whether a bearer token is a key and no session.
pub(crate) fn is_key(token: &str) -> bool {
    token.starts_with(PREFIX)
}

fn digest(key: &str) -> String {
    hex::encode(Sha256::digest(key.as_bytes()))
}

#[derive(sqlx::FromRow)]
struct Known {
    user_id: UserId,
    hash: String,
    per_minute: i64,
    addresses: JsonText<Vec<String>>,
    expires_at: Time,
    revoked_at: Option<Time>,
    last_used_at: Option<Time>,
}

/// Finds out whose key this is, counts the request, and notes where it came from.
pub async fn resolve(kernel: &Kernel, key: &str, ip: Option<&str>) -> Result<Shown> {
    let Some((id, _)) = key.strip_prefix(PREFIX).and_then(|it| it.split_once('_')) else {
        return Ok(Shown::Invalid);
    };
    let mut tx = kernel.read().await?;
    let known = alive(&mut tx, id, kernel.now()).await?;
    let right = |it: &Known| bool::from(it.hash.as_bytes().ct_eq(digest(key).as_bytes()));
    let Some(known) = known.filter(right) else {
        return Ok(Shown::Invalid);
    };
    let Some(mut user) = machine(&mut tx, known.user_id).await? else {
        return Ok(Shown::Invalid);
    };
    drop(tx);
    user.key = Some(id.to_owned());
    user.ip = ip.map(str::to_owned);
    let now = kernel.now();
    if let Some(seconds) = kernel.shared::<Limiter>()?.wait(id, known.per_minute, now) {
        return Ok(Shown::TooMany { seconds });
    }
    if !known.addresses.0.is_empty() && !ip.is_some_and(|ip| known.addresses.0.iter().any(|it| within(it, ip))) {
        let entry = Entry::refused("kernel.key_address", id.to_owned(), ());
        audit::refuse(kernel, Some(&user), entry).await?;
        return Err(Error::from(&codes::KEY_ADDRESS));
    }
    if known.last_used_at.is_none_or(|it| now.seconds_since(it) >= 60) {
        let sql = "UPDATE kernel_key SET last_used_at = $2, last_ip = $3 WHERE id = $1";
        let mut tx = kernel.db().begin().await?;
        tx.run(sql, args![id, now, ip]).await?;
        tx.commit().await?;
    }
    Ok(Shown::Valid(user))
}

/// The user of a key that was valid a while ago; `None` when it has ended.
pub(super) async fn renew(kernel: &Kernel, id: &str) -> Result<Option<User>> {
    let mut tx = kernel.read().await?;
    let Some(known) = alive(&mut tx, id, kernel.now()).await? else {
        return Ok(None);
    };
    let user = machine(&mut tx, known.user_id).await?;
    Ok(user.map(|it| User {
        key: Some(id.to_owned()),
        ..it
    }))
}

async fn alive(tx: &mut Tx, id: &str, now: Time) -> Result<Option<Known>> {
    let sql = "SELECT user_id, hash, per_minute, addresses, expires_at, revoked_at, last_used_at FROM kernel_key WHERE id = $1";
    let known: Option<Known> = tx.one(sql, args![id]).await?;
    Ok(known.filter(|it| it.revoked_at.is_none() && it.expires_at > now))
}

/// Counts each key's requests of the present minute.
#[derive(Default)]
pub(crate) struct Limiter(Mutex<HashMap<String, (i64, i64)>>);

impl Limiter {
    /// Counts a request; says how many seconds to wait if it is one too many.
    fn wait(&self, key: &str, per_minute: i64, now: Time) -> Option<i64> {
        let second = now.millis().div_euclid(1_000);
        let minute = second.div_euclid(60);
        let mut counts = self.0.lock().ok()?;
        let count = counts.entry(key.to_owned()).or_default();
        if count.0 != minute {
            *count = (minute, 0);
        }
        count.1 += 1;
        (count.1 > per_minute).then(|| 60 - second.rem_euclid(60))
    }
}

/// Whether an address is this one, or in this network (`10.0.0.0/8`).
fn within(network: &str, ip: &str) -> bool {
    let Some((base, bits)) = parse_network(network) else {
        return false;
    };
    let bytes = |it: IpAddr| match it.to_canonical() {
        IpAddr::V4(it) => it.octets().to_vec(),
        IpAddr::V6(it) => it.octets().to_vec(),
    };
    let Ok(ip) = ip.parse::<IpAddr>() else { return false };
    let (base, ip) = (bytes(base), bytes(ip));
    base.len() == ip.len()
        && base.iter().zip(&ip).enumerate().all(|(n, (a, b))| {
            let counted = bits.saturating_sub(n * 8).min(8);
            let mask = u8::try_from(0xff00_u32 >> counted & 0xff).unwrap_or(0xff);
            a & mask == b & mask
        })
}

fn parse_network(text: &str) -> Option<(IpAddr, usize)> {
    let (address, bits) = text.split_once('/').map_or((text, None), |(a, b)| (a, Some(b)));
    let address: IpAddr = address.parse().ok()?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    let bits = bits.map_or(Some(most), |it| it.parse().ok())?;
    (bits <= most).then_some((address, bits))
}

/// A key of another system.
#[derive(Serialize, ToSchema)]
pub struct KeyView {
    /// The part of it that may be shown: the key begins with `jw_<id>_`.
    pub id: String,
    /// Its account, which holds the roles.
    account: UserId,
    /// The account's name.
    name: String,
    /// Whom to ask about it.
    owner: String,
    /// What it is for.
    purpose: String,
    /// The most requests a minute.
    per_minute: i64,
    /// Addresses and networks from which it may be used; empty: from anywhere.
    addresses: Vec<String>,
    created_at: Time,
    /// Who issued it.
    created_by: String,
    expires_at: Time,
    revoked_at: Option<Time>,
    last_used_at: Option<Time>,
    last_ip: Option<String>,
    /// Whether it opens anything now.
    valid: bool,
    /// What its account may do.
    grants: Vec<GrantView>,
}

#[derive(sqlx::FromRow)]
struct KeyRow {
    id: String,
    account: UserId,
    name: String,
    active: bool,
    owner: String,
    purpose: String,
    per_minute: i64,
    addresses: JsonText<Vec<String>>,
    created_at: Time,
    created_by: String,
    expires_at: Time,
    revoked_at: Option<Time>,
    last_used_at: Option<Time>,
    last_ip: Option<String>,
}

const COLUMNS: &str = "SELECT k.id, k.user_id AS account, u.name, u.active, k.owner, k.purpose, k.per_minute, k.addresses, \
                       k.created_at, k.created_by, k.expires_at, k.revoked_at, k.last_used_at, k.last_ip \
                       FROM kernel_key k JOIN kernel_user u ON u.id = k.user_id";

async fn views(tx: &mut Tx, now: Time, rows: Vec<KeyRow>) -> Result<Vec<KeyView>> {
    let grants = grants_of(tx, rows.iter().map(|it| it.account)).await?;
    let view = |row: KeyRow| KeyView {
        grants: grants.get(&row.account).cloned().unwrap_or_default(),
        valid: row.active && row.revoked_at.is_none() && row.expires_at > now,
        id: row.id,
        account: row.account,
        name: row.name,
        owner: row.owner,
        purpose: row.purpose,
        per_minute: row.per_minute,
        addresses: row.addresses.0,
        created_at: row.created_at,
        created_by: row.created_by,
        expires_at: row.expires_at,
        revoked_at: row.revoked_at,
        last_used_at: row.last_used_at,
        last_ip: row.last_ip,
    };
    Ok(rows.into_iter().map(view).collect())
}

async fn find(tx: &mut Tx, now: Time, id: &str) -> Result<KeyView> {
    let mut sql = Sql::new(COLUMNS);
    sql.push(" WHERE k.id = ").bind(id);
    let rows = tx.list(sql).await?;
    views(tx, now, rows).await?.pop().ok_or_else(not_found)
}

/// Which keys to list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct KeyQuery {
    /// Only those that open something now, or only those that do not any more.
    valid: Option<bool>,
    /// Where to go on.
    after: Option<String>,
    /// How many.
    limit: Option<u32>,
}

/// List the keys of other systems, the newest first.
#[utoipa::path(get, path = "/api/keys", tag = "kernel", params(KeyQuery), responses((status = 200, body = Page<KeyView>)))]
async fn key_list(State(kernel): State<Kernel>, Query(query): Query<KeyQuery>) -> Result<Json<Page<KeyView>>> {
    let now = kernel.now();
    let page = PageQuery {
        after: query.after,
        limit: query.limit,
    };
    let mut sql = Sql::new(COLUMNS);
    sql.push(" WHERE ");
    match query.valid {
        Some(true) => sql.push("k.revoked_at IS NULL AND k.expires_at > ").bind(now),
        Some(false) => sql
            .push("(k.revoked_at IS NOT NULL OR k.expires_at <= ")
            .bind(now)
            .push(")"),
        None => sql.push("TRUE"),
    };
    if let Some((at, id)) = page.key::<(i64, String)>()? {
        sql.push(" AND (k.created_at, k.id) < (")
            .bind(at)
            .push(", ")
            .bind(id)
            .push(")");
    }
    sql.push(" ORDER BY k.created_at DESC, k.id DESC LIMIT ")
        .bind(page.fetch());
    let mut tx = kernel.read().await?;
    let rows: Vec<KeyRow> = tx.list(sql).await?;
    let page = Page::cut(rows, &page, |it| (it.created_at.millis(), it.id.clone()));
    let items = views(&mut tx, now, page.items).await?;
    Ok(Json(Page { items, next: page.next }))
}

/// A key to be issued, with an account of its own.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewKey {
    /// May be made by the client; the same id and body again issues nothing more.
    pub id: Option<Uuid>,
    /// What the account is called in lists and in the audit log; for a renewal it stays as it is.
    #[schema(min_length = 1, max_length = 64)]
    pub name: String,
    /// Whom to ask about it.
    #[schema(min_length = 1, max_length = 64)]
    pub owner: String,
    /// What it is for.
    #[schema(min_length = 1, max_length = 200)]
    pub purpose: String,
    /// When it ends: at most a year from now.
    pub expires_at: Time,
    /// The most requests a minute.
    #[schema(minimum = 1, maximum = 6000)]
    pub per_minute: i64,
    /// Addresses and networks from which it may be used, e.g. `10.1.0.0/16`; empty: from anywhere.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub addresses: Vec<String>,
}

impl NewKey {
    fn check(&self, now: Time) -> Result<()> {
        let mut fields = Fields::new();
        fields
            .text("name", &self.name, 1, 64)
            .text("owner", &self.owner, 1, 64)
            .text("purpose", &self.purpose, 1, 200);
        let last = now.plus_seconds(MAX_DAYS * 24 * 3600);
        if self.expires_at <= now || self.expires_at > last {
            let (min, max) = (now.to_string(), last.to_string());
            fields.refuse_with("expires_at", &codes::RANGE, &[("min", &min), ("max", &max)]);
        }
        if !(1..=6000).contains(&self.per_minute) {
            fields.refuse_with("per_minute", &codes::RANGE, &[("min", "1"), ("max", "6000")]);
        }
        if self.addresses.len() > MAX_ADDRESSES {
            let max = MAX_ADDRESSES.to_string();
            fields.refuse_with("addresses", &codes::RANGE, &[("min", "0"), ("max", &max)]);
        }
        for (n, address) in self.addresses.iter().take(MAX_ADDRESSES).enumerate() {
            if parse_network(address).is_none() {
                fields.refuse_with(
                    format!("addresses[{n}]"),
                    &codes::FORMAT,
                    &[("why", "192.0.2.1, 10.0.0.0/8")],
                );
            }
        }
        fields.done()
    }
}

/// A key that has just been issued.
#[derive(Serialize, ToSchema)]
pub struct KeyMade {
    /// What is known of it.
    pub key: KeyView,
    /// The key itself; it is shown this once, and to a repeated request not again.
    pub secret: Option<String>,
}

/// Issues a key in one's name: for a new account, or one more for an account that has keys. Gives its id and the key.
pub async fn make(work: &mut Work, input: &NewKey, account: Option<UserId>) -> Result<(String, String)> {
    input.check(work.now())?;
    let kernel = work.kernel().clone();
    let id = hex::encode(kernel.random::<6>());
    let secret = BASE64_URL_SAFE_NO_PAD.encode(kernel.random::<32>());
    let key = format!("{PREFIX}{id}_{secret}");
    let account = match account {
        Some(account) => account,
        None => {
            let user = NewUser {
                id: kernel.id(),
                login: format!("key-{id}"),
                name: input.name.trim().to_owned(),
                body: None,
                area: None,
            };
            machine_account(work, &user).await?;
            user.id
        }
    };
    let sql = "INSERT INTO kernel_key (id, user_id, hash, owner, purpose, per_minute, addresses, created_at, created_by, expires_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let by = work.user().map_or_else(|| "system".to_owned(), |it| it.name.clone());
    let values = args![
        &id,
        account,
        digest(&key),
        input.owner.trim(),
        input.purpose.trim(),
        input.per_minute,
        &JsonText(&input.addresses),
        work.now(),
        by,
        input.expires_at
    ];
    work.run(sql, values).await?;
    let facts = serde_json::json!({
        "account": account, "owner": input.owner, "purpose": input.purpose, "expires_at": input.expires_at,
        "per_minute": input.per_minute, "addresses": input.addresses,
    });
    work.audit("kernel.key_issued", &id, facts).await?;
    Ok((id, key))
}

/// Issues one and remembers only its id: a key is never kept.
async fn issue(kernel: &Kernel, user: &User, input: &NewKey, renews: Option<String>) -> Result<Json<KeyMade>> {
    let mut work = kernel.work(user).await?;
    let now = work.now();
    if let Some(id) = work.first_answer::<String>(input.id, &(&renews, input)).await? {
        drop(work);
        let key = find(&mut kernel.read().await?, now, &id).await?;
        return Ok(Json(KeyMade { key, secret: None }));
    }
    let account = match &renews {
        Some(id) => Some(find(&mut work, now, id).await?.account),
        None => None,
    };
    let (id, secret) = make(&mut work, input, account).await?;
    let id = work.answer(id).await?;
    let key = find(&mut kernel.read().await?, now, &id).await?;
    let secret = Some(secret);
    Ok(Json(KeyMade { key, secret }))
}

/// Issue a key for another system. Its account holds no role yet; the answer is the only one that shows the key.
#[utoipa::path(post, path = "/api/keys", tag = "kernel", request_body = NewKey, responses((status = 200, body = KeyMade)))]
async fn key_create(State(kernel): State<Kernel>, user: User, Json(input): Json<NewKey>) -> Result<Json<KeyMade>> {
    issue(&kernel, &user, &input, None).await
}

/// Issue one more key for the same account, so that a system can change over before the old one ends or is revoked.
#[utoipa::path(post, path = "/api/keys/{id}/renewals", tag = "kernel", params(("id" = String, Path)), request_body = NewKey, responses((status = 200, body = KeyMade)))]
async fn key_renew(
    State(kernel): State<Kernel>,
    user: User,
    Path(id): Path<String>,
    Json(input): Json<NewKey>,
) -> Result<Json<KeyMade>> {
    issue(&kernel, &user, &input, Some(id)).await
}

/// Revoke a key: from now on it opens nothing. Revoking it twice changes nothing.
#[utoipa::path(delete, path = "/api/keys/{id}", tag = "kernel", params(("id" = String, Path)), responses((status = 200, body = KeyView)))]
async fn key_revoke(State(kernel): State<Kernel>, user: User, Path(id): Path<String>) -> Result<Json<KeyView>> {
    let mut work = kernel.work(&user).await?;
    let now = work.now();
    let sql = "UPDATE kernel_key SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL";
    if work.run(sql, args![&id, now]).await? == 1 {
        work.audit("kernel.key_revoked", &id, ()).await?;
    }
    work.commit().await?;
    find(&mut kernel.read().await?, now, &id).await.map(Json)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_hold_their_addresses_and_no_others() {
        for (network, ip, holds) in [
            ("10.1.0.0/16", "10.1.200.3", true),
            ("10.1.0.0/16", "10.2.0.1", false),
            ("10.1.128.0/17", "10.1.127.255", false),
            ("192.0.2.7", "192.0.2.7", true),
            ("192.0.2.7", "192.0.2.8", false),
            ("192.0.2.7", "::ffff:192.0.2.7", true),
            ("0.0.0.0/0", "8.8.8.8", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("2001:db8::/32", "2001:db8:ffff::1", true),
            ("2001:db8::/32", "2001:db9::1", false),
            ("10.0.0.0/33", "10.0.0.0", false),
        ] {
            assert_eq!(within(network, ip), holds, "{ip} in {network}");
        }
    }

    #[test]
    fn the_count_begins_anew_each_minute() {
        let limiter = Limiter::default();
        let at = |seconds: i64| Time::from_millis(1_795_485_600_000 + seconds * 1000);
        assert_eq!([0, 1, 20].map(|s| limiter.wait("a", 2, at(s))), [None, None, Some(40)]);
        assert_eq!(limiter.wait("b", 2, at(20)), None, "another key has its own");
        assert_eq!(limiter.wait("a", 2, at(60)), None);
    }
}
