//! Subscriptions: at an hour that the user has chosen, each day, week or month, what is new in a kept filter becomes a
//! message, and the bulletin of the month that has ended, too. Looked up with the rights that the user has by then.

use std::time::Duration;

use axum::extract::State as AppState;
use axum::http::StatusCode;
use jiff::ToSpan;
use jiff::civil::Time as Clock;
use jiff::tz::TimeZone;
use kernel::auth::{User, UserId, not_found, user_by_id};
use kernel::db::{Tx, is_duplicate};
use kernel::error::{Error, Fields, Result, codes as kernel_codes};
use kernel::http::{Json, Path};
use kernel::jobs::Job;
use kernel::{Kernel, Time, args, id, words};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::bulletin::Month;
use super::message::{MessageKind, Told, tell};
use super::saved::{self, FilterId};
use crate::permissions::{CASE_FIGURES, CASE_READ};
use crate::routes::understand;
use crate::store;

id!(
    /// A subscription.
    SubscriptionId
);

words! {
    /// How often.
    pub enum Every {
        /// Each day.
        Day = "day", "每天", "Each day";
        /// Each week, on its weekday.
        Week = "week", "每周", "Each week";
        /// Each month, on its first day.
        Month = "month", "每月", "Each month";
    }
}

/// How long messages are kept.
const KEEP_DAYS: i64 = 180;
/// Subscriptions of one run; the rest comes with the next.
const AT_ONCE: i64 = 500;

/// The job that looks for what is due.
pub(crate) const JOB: Job = Job {
    name: "cases.subscriptions",
    zh: "按订阅统计新增案件、提醒月报",
    en: "Tell subscribers what is new, and that the bulletin is there",
    every: Duration::from_secs(60),
    run: |kernel| Box::pin(run(kernel)),
};

/// A new subscription, or one as it is to be from now on.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SubscriptionInput {
    /// Its id, if the client makes it.
    #[serde(default)]
    id: Option<Uuid>,
    /// The kept filter; without one it is the month's bulletin.
    #[serde(default)]
    filter: Option<FilterId>,
    /// How often; the bulletin comes monthly.
    every: Every,
    /// The weekday, 1 is Monday; counts for weeks.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 7)]
    weekday: Option<i64>,
    /// The hour of the district's day.
    #[schema(minimum = 0, maximum = 23)]
    hour: i64,
    /// The version that is changed; not needed for a new one.
    #[serde(default)]
    version: Option<i64>,
}

#[derive(Debug, sqlx::FromRow)]
struct Row {
    id: SubscriptionId,
    user_id: UserId,
    kind: MessageKind,
    filter: String,
    every: Every,
    weekday: i64,
    hour: i64,
    seen_until: Time,
    next_at: Time,
    version: i64,
}

const ROW: &str =
    "SELECT id, user_id, kind, filter, every, weekday, hour, seen_until, next_at, version FROM cases_subscription";

/// A subscription.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(super) struct SubscriptionView {
    id: SubscriptionId,
    kind: MessageKind,
    /// The kept filter, unless it is the bulletin.
    filter: Option<FilterId>,
    every: Every,
    weekday: i64,
    hour: i64,
    /// When the next look is due.
    next_at: Time,
    version: i64,
}

impl Row {
    fn view(self) -> SubscriptionView {
        SubscriptionView {
            id: self.id,
            kind: self.kind,
            filter: self.filter.parse().ok(),
            every: self.every,
            weekday: self.weekday,
            hour: self.hour,
            next_at: self.next_at,
            version: self.version,
        }
    }

    fn next(&self, zone: &TimeZone, now: Time) -> Time {
        next(self.every, self.weekday, self.hour, zone, now)
    }
}

/// The first moment after `now` that a subscription asks for.
fn next(every: Every, weekday: i64, hour: i64, zone: &TimeZone, now: Time) -> Time {
    let now = now.to_jiff().to_zoned_datetime(zone.clone());
    let clock = Clock::constant(i8::try_from(hour.clamp(0, 23)).unwrap_or(0), 0, 0, 0);
    let fits = |day: jiff::civil::Date| match every {
        Every::Day => true,
        Every::Week => i64::from(day.weekday().to_monday_one_offset()) == weekday,
        Every::Month => day.day() == 1,
    };
    let days = (0_i64..=62).filter_map(|n| now.date().checked_add(n.days()).ok());
    let mut moments = days
        .filter(|it| fits(*it))
        .filter_map(|it| it.to_datetime(clock).to_zoned_datetime(zone.clone()).ok());
    let found = moments.find(|it| *it > now);
    // Two months hold each of these; a day later is a harmless answer all the same.
    found.map_or_else(
        || Time::from(now.timestamp()).plus_seconds(86_400),
        |it| it.timestamp().into(),
    )
}

fn checked(user: &User, input: &SubscriptionInput) -> Result<MessageKind> {
    let kind = match input.filter {
        Some(_) => MessageKind::Filter,
        None => MessageKind::Bulletin,
    };
    let mut fields = Fields::new();
    if !(0..=23).contains(&input.hour) {
        fields.refuse_with("hour", &kernel_codes::RANGE, &[("min", "0"), ("max", "23")]);
    }
    if input.every == Every::Week && !input.weekday.is_some_and(|it| (1..=7).contains(&it)) {
        fields.refuse_with("weekday", &kernel_codes::RANGE, &[("min", "1"), ("max", "7")]);
    }
    if (kind == MessageKind::Bulletin) != (input.every == Every::Month) {
        fields.refuse("every", &kernel_codes::NOT_ALLOWED);
    }
    fields.done()?;
    if kind == MessageKind::Bulletin {
        user.require(&CASE_FIGURES)?;
    }
    Ok(kind)
}

/// List one's subscriptions.
#[utoipa::path(get, path = "/api/cases/subscriptions", tag = "cases", responses((status = 200, body = Vec<SubscriptionView>)))]
pub(super) async fn subscription_list(
    AppState(kernel): AppState<Kernel>,
    user: User,
) -> Result<Json<Vec<SubscriptionView>>> {
    let mut sql = kernel::db::Sql::new(ROW);
    sql.push(" WHERE user_id = ")
        .bind(user.id)
        .push(" ORDER BY id LIMIT 200");
    let rows: Vec<Row> = kernel.read().await?.list(sql).await?;
    Ok(Json(rows.into_iter().map(Row::view).collect()))
}

/// Subscribe to a kept filter or to the month's bulletin.
#[utoipa::path(post, path = "/api/cases/subscriptions", tag = "cases", request_body = SubscriptionInput, responses((status = 200, body = SubscriptionView)))]
pub(super) async fn subscription_create(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Json(input): Json<SubscriptionInput>,
) -> Result<Json<SubscriptionView>> {
    let kind = checked(&user, &input)?;
    let mut work = kernel.work(&user).await?;
    if let Some(first) = work.first_answer(input.id, &input).await? {
        return Ok(Json(first));
    }
    if let Some(filter) = input.filter {
        saved::find(&mut work, &user, filter).await?.ok_or_else(not_found)?;
    }
    let now = work.now();
    let mut row = Row {
        id: input.id.map_or_else(|| kernel.id(), SubscriptionId),
        user_id: user.id,
        kind,
        filter: input.filter.map(|it| it.to_string()).unwrap_or_default(),
        every: input.every,
        weekday: input.weekday.unwrap_or(1),
        hour: input.hour,
        seen_until: now,
        next_at: now,
        version: 1,
    };
    row.next_at = row.next(&kernel.config().zone(), now);
    let sql = "INSERT INTO cases_subscription (id, user_id, kind, filter, every, weekday, hour, seen_until, next_at, version) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1)";
    let values = args![
        row.id,
        row.user_id,
        row.kind,
        &row.filter,
        row.every,
        row.weekday,
        row.hour,
        row.seen_until,
        row.next_at
    ];
    work.run(sql, values).await.map_err(|error| {
        if is_duplicate(&error) {
            kernel_codes::TAKEN.with("value", kind.zh())
        } else {
            error.into()
        }
    })?;
    let facts = serde_json::json!({ "kind": kind, "filter": row.filter, "every": row.every });
    work.audit("cases.subscribed", row.id, facts).await?;
    work.answer(row.view()).await.map(Json)
}

/// Change when a subscription of one's own comes.
#[utoipa::path(put, path = "/api/cases/subscriptions/{id}", tag = "cases", params(("id" = SubscriptionId, Path)), request_body = SubscriptionInput, responses((status = 200, body = SubscriptionView)))]
pub(super) async fn subscription_update(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Path(id): Path<SubscriptionId>,
    Json(input): Json<SubscriptionInput>,
) -> Result<Json<SubscriptionView>> {
    let kind = checked(&user, &input)?;
    let mut work = kernel.work(&user).await?;
    let mut row = own(&mut work, &user, id).await?;
    if row.kind != kind || row.filter != input.filter.map(|it| it.to_string()).unwrap_or_default() {
        return Err(Error::field("filter", &kernel_codes::NOT_ALLOWED));
    }
    row.every = input.every;
    row.weekday = input.weekday.unwrap_or(1);
    row.hour = input.hour;
    row.next_at = row.next(&kernel.config().zone(), work.now());
    let sql = "UPDATE cases_subscription SET every = $3, weekday = $4, hour = $5, next_at = $6, version = version + 1 \
               WHERE id = $1 AND version = $2";
    let seen = input.version.unwrap_or_default();
    if work
        .run(sql, args![id, seen, row.every, row.weekday, row.hour, row.next_at])
        .await?
        == 0
    {
        return Err(Error::from(&kernel_codes::STALE));
    }
    row.version += 1;
    work.audit(
        "cases.subscription_changed",
        id,
        serde_json::json!({ "every": row.every, "hour": row.hour }),
    )
    .await?;
    work.commit().await?;
    Ok(Json(row.view()))
}

/// End a subscription of one's own.
#[utoipa::path(delete, path = "/api/cases/subscriptions/{id}", tag = "cases", params(("id" = SubscriptionId, Path)), responses((status = 204)))]
pub(super) async fn subscription_delete(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Path(id): Path<SubscriptionId>,
) -> Result<StatusCode> {
    let mut work = kernel.work(&user).await?;
    own(&mut work, &user, id).await?;
    work.run("DELETE FROM cases_subscription WHERE id = $1", args![id])
        .await?;
    work.audit("cases.unsubscribed", id, ()).await?;
    work.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn own(tx: &mut Tx, user: &User, id: SubscriptionId) -> Result<Row> {
    let mut sql = kernel::db::Sql::new(ROW);
    sql.push(" WHERE id = ").bind(id).and("user_id =", user.id);
    let mut rows: Vec<Row> = tx.list(sql).await?;
    rows.pop().ok_or_else(not_found)
}

async fn run(kernel: Kernel) -> Result<String> {
    let now = kernel.now();
    let mut sql = kernel::db::Sql::new(ROW);
    sql.push(" WHERE next_at <= ")
        .bind(now)
        .push(" ORDER BY next_at, id LIMIT ")
        .bind(AT_ONCE);
    let due: Vec<Row> = kernel.read().await?.list(sql).await?;
    let mut messages = 0;
    for row in due {
        messages += usize::from(look(&kernel, row, now).await?);
    }
    let mut tx = kernel.db().begin().await?;
    let sql = "DELETE FROM cases_message WHERE at < $1";
    let old = tx.run(sql, args![now.plus_seconds(-KEEP_DAYS * 86_400)]).await?;
    tx.commit().await?;
    Ok(format!("{messages} messages, {old} removed"))
}

/// Looks for one subscription; says whether there was something to tell.
async fn look(kernel: &Kernel, row: Row, now: Time) -> Result<bool> {
    let zone = kernel.config().zone();
    let told = match user_by_id(kernel, row.user_id).await? {
        Some(user) => news(kernel, &user, &row, now).await?,
        None => News::Gone,
    };
    let mut work = kernel.system_work().await?;
    if let News::Gone = told {
        let sql = "DELETE FROM cases_subscription WHERE id = $1 AND next_at = $2";
        work.run(sql, args![row.id, row.next_at]).await?;
        work.commit().await?;
        return Ok(false);
    }
    // Told once, whoever else looks at the same time.
    let sql = "UPDATE cases_subscription SET seen_until = $3, next_at = $4 WHERE id = $1 AND next_at = $2";
    let mine = work
        .run(sql, args![row.id, row.next_at, now, row.next(&zone, now)])
        .await?
        == 1;
    let told = match told {
        News::Some(told) if mine => Some(told),
        _ => None,
    };
    if let Some(told) = &told {
        tell(&mut work, row.user_id, row.kind, told).await?;
    }
    work.commit().await?;
    Ok(told.is_some())
}

enum News {
    Some(Told),
    None,
    /// The filter is not there any more, or not for this user.
    Gone,
}

async fn news(kernel: &Kernel, user: &User, row: &Row, now: Time) -> Result<News> {
    if row.kind == MessageKind::Bulletin {
        if !user.can(&CASE_FIGURES) {
            return Ok(News::Gone);
        }
        let today = now.to_jiff().to_zoned_datetime(kernel.config().zone()).date();
        return Ok(News::Some(Told {
            month: Some(Month::of(today).earlier(1).text()),
            ..Told::default()
        }));
    }
    let mut tx = kernel.read().await?;
    let filter = match row.filter.parse() {
        Ok(id) => saved::find(&mut tx, user, id).await?,
        Err(_) => None,
    };
    let Some(saved) = filter.filter(|_| user.can(&CASE_READ)) else {
        return Ok(News::Gone);
    };
    let query = saved::query_of(&saved.query)?;
    let scope = user.scope(&CASE_READ);
    let found = store::news(&mut tx, &understand(kernel, user, &query, &scope)?, row.seen_until).await?;
    if found.new == 0 && found.overdue == 0 {
        return Ok(News::None);
    }
    Ok(News::Some(Told {
        name: Some(saved.name),
        query: Some(saved.query),
        new: Some(found.new),
        overdue: Some(found.overdue),
        total: Some(found.total),
        month: None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_look_is_at_the_hour_of_the_district_s_day() {
        let zone = TimeZone::get("Asia/Shanghai").expect("a zone");
        let at = |text: &str| text.parse::<Time>().expect("a moment");
        // Wednesday 2026-11-25, 13:00 in Shanghai.
        let now = at("2026-11-25T05:00:00Z");
        for (every, weekday, hour, expected) in [
            (Every::Day, 1, 14, "2026-11-25T06:00:00Z"),
            (Every::Day, 1, 13, "2026-11-26T05:00:00Z"),
            (Every::Day, 1, 8, "2026-11-26T00:00:00Z"),
            (Every::Week, 1, 8, "2026-11-30T00:00:00Z"),
            (Every::Week, 3, 8, "2026-12-02T00:00:00Z"),
            (Every::Week, 3, 18, "2026-11-25T10:00:00Z"),
            (Every::Month, 1, 8, "2026-12-01T00:00:00Z"),
        ] {
            assert_eq!(
                next(every, weekday, hour, &zone, now),
                at(expected),
                "{every} {weekday} {hour}"
            );
        }
    }
}
