//! Webhooks: news is sent to other systems as CloudEvents 1.0 (structured JSON), signed in the manner of Standard Webhooks.
//!
//! A subscription belongs to a machine's account and hears what that account may see, as the stream of news does. A
//! listener turns each event into one delivery per subscription, a job delivers: at least once, in no promised order, with
//! growing pauses for a day, after which the delivery is given up and waits, in plain sight, for somebody to try again. A
//! receiver that takes nothing for three days is switched off.

mod deliver;
mod routes;
mod sign;
mod store;

use std::time::Duration;

use serde::Serialize;
use serde_json::{Value as JsonValue, json};
use uuid::Uuid;

use crate::auth::{HOOKS_MANAGE, machine};
use crate::db::Tx;
use crate::error::Error;
use crate::events::{Event, Listener, Place, Topic};
use crate::http::DistrictFacts;
use crate::jobs::Job;
use crate::work::Work;
use crate::{Kernel, Result, Time, id};

pub use deliver::{check, client};
pub(crate) use routes::routes;
pub use routes::{HookInput, add};
pub use sign::sign;
pub(crate) use store::sweep;
pub use store::{DeliveryState, Progress, mark_delivered, progress, try_again};

id!(
    /// A subscription.
    HookId
);
id!(
    /// A delivery; the receiver knows it as `webhook-id`.
    DeliveryId
);

/// A delivery was given up, or a subscription was switched off.
pub static HOOK_TROUBLE: Topic = Topic {
    name: "kernel.hook_trouble",
    needs: &HOOKS_MANAGE,
};

/// The kernel's own news.
pub(crate) static TOPICS: &[&Topic] = &[&HOOK_TROUBLE];

/// The topic of a delivery that somebody asks for to see whether it arrives.
const TEST: &str = "kernel.hook_test";

/// Turns news into deliveries.
pub(crate) fn listener() -> Listener {
    Listener {
        name: "kernel.hooks",
        topics: &["*"],
        handle: |kernel, event| Box::pin(async move { enqueue(&kernel, &event).await }),
    }
}

/// Delivers.
pub(crate) fn job() -> Job {
    Job {
        name: "kernel.hooks",
        zh: "向其他系统推送消息",
        en: "Deliver news to other systems",
        every: Duration::from_secs(5),
        run: |kernel| Box::pin(deliver::run(kernel)),
    }
}

async fn enqueue(kernel: &Kernel, event: &Event) -> Result<()> {
    let mut tx = kernel.read().await?;
    let mut wanting = Vec::new();
    for hook in store::listening(&mut tx, &event.topic).await? {
        let account = machine(&mut tx, hook.account).await?;
        if account.is_some_and(|it| event.visible_to(kernel, &it)) {
            wanting.push(hook.id);
        }
    }
    if wanting.is_empty() {
        return Ok(());
    }
    let data: JsonValue = event.read()?;
    let news = News {
        event: event.id.clone(),
        topic: &event.topic,
        at: event.at,
        subject: subject(&event.topic, &data),
        data,
    };
    let source = source(kernel, &mut tx).await?;
    drop(tx);
    let mut tx = kernel.db().begin().await?;
    for hook in wanting {
        store::insert(&mut tx, kernel, hook, &news, &source).await?;
    }
    Ok(tx.commit().await?)
}

/// Sends something to those subscriptions alone whose account may see the topic at this place, past the outbox: for what
/// nobody else may read, such as a link that opens a case. Gives the ids of the deliveries; they go out after the commit.
pub async fn post(
    work: &mut Work,
    topic: &'static Topic,
    place: Place<'_>,
    subject: String,
    data: impl Serialize,
) -> Result<Vec<DeliveryId>> {
    let kernel = work.kernel().clone();
    let mut wanting = Vec::new();
    for hook in store::listening(work, topic.name).await? {
        let account = machine(work, hook.account).await?;
        let sees = |it: &crate::auth::User| it.scope(topic.needs).holds(place.area, place.body, place.owners);
        if account.is_some_and(|it| sees(&it)) {
            wanting.push(hook.id);
        }
    }
    if wanting.is_empty() {
        return Ok(Vec::new());
    }
    let news = News {
        event: kernel.id::<Uuid>().to_string(),
        topic: topic.name,
        at: work.now(),
        subject: Some(subject),
        data: serde_json::to_value(data).map_err(Error::internal)?,
    };
    let source = source(&kernel, work).await?;
    let mut sent = Vec::new();
    for hook in wanting {
        sent.extend(store::insert(work, &kernel, hook, &news, &source).await?);
    }
    Ok(sent)
}

/// What is to be told.
struct News<'a> {
    event: String,
    topic: &'a str,
    at: Time,
    subject: Option<String>,
    data: JsonValue,
}

impl News<'_> {
    /// As a CloudEvent in structured JSON.
    fn cloud_event(&self, source: &str) -> JsonValue {
        let mut event = json!({
            "specversion": "1.0",
            "id": self.event,
            "source": source,
            "type": self.topic,
            "time": self.at,
            "datacontenttype": "application/json",
            "data": self.data,
        });
        if let Some(subject) = &self.subject {
            event["subject"] = subject.as_str().into();
        }
        event
    }
}

/// What an event speaks of: `cases/<id>` for `cases.changed`, if its data names an id.
fn subject(topic: &str, data: &JsonValue) -> Option<String> {
    let room = topic.split('.').next()?;
    Some(format!("{room}/{}", data["id"].as_str()?))
}

/// Who tells it: the program's address, or the district's code.
async fn source(kernel: &Kernel, tx: &mut Tx) -> Result<String> {
    if let Some(url) = &kernel.config().http.public_url {
        return Ok(url.clone());
    }
    let sql = "SELECT value FROM kernel_setting WHERE name = 'district'";
    let row: Option<(crate::db::Json<DistrictFacts>,)> = tx.one(sql, vec![]).await?;
    let code = row.map(|it| it.0.0.code).unwrap_or_default();
    Ok(format!("urn:jingwei:{code}"))
}
