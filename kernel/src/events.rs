//! News: an event is written to the outbox in the transaction of what happened, and goes out after the commit.
//!
//! One server at a time numbers what is new (so that a reader that remembers a number misses nothing), then each server
//! tells its connected pages, and one server runs the listeners. A bell in the process makes this immediate; the timer
//! behind it is the truth, so it works the same with several servers on one database.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Sse;
use axum::response::sse::{Event as SseEvent, KeepAlive};
use futures_util::future::BoxFuture;
use futures_util::stream::{self, Stream, StreamExt};
use serde::de::DeserializeOwned;
use tokio::sync::broadcast;
use tokio_stream::wrappers::BroadcastStream;
use utoipa_axum::routes;

use crate::auth::{Permission, User, UserId, session};
use crate::db::Tx;
use crate::error::Error;
use crate::http::{Guard, Routes};
use crate::{Kernel, Result, Time, args, audit, hooks};

/// A kind of news.
#[derive(Debug)]
pub struct Topic {
    /// `<app>.<what>`, e.g. `cases.changed`.
    pub name: &'static str,
    /// Who may see it: those whose permission reaches the event's place.
    pub needs: &'static Permission,
}

/// Whose business an event is, as for the record it speaks of.
#[derive(Clone, Copy, Debug, Default)]
pub struct Place<'a> {
    /// The area's code.
    pub area: Option<&'a str>,
    /// The body's code.
    pub body: Option<&'a str>,
    /// The users whose record it is.
    pub owners: &'a [Option<UserId>],
}

/// An event as it was written.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Event {
    /// Its id, the same everywhere.
    pub id: String,
    /// Its number.
    pub seq: i64,
    /// When it happened.
    pub at: Time,
    /// Its topic.
    pub topic: String,
    /// Its area.
    pub area: Option<String>,
    /// Its body.
    pub body: Option<String>,
    /// Whose record it speaks of: their ids, with blanks between.
    pub owners: String,
    /// What happened, as JSON.
    pub data: String,
}

impl Event {
    /// Reads the data into the listener's own struct.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_str(&self.data).map_err(Error::internal)
    }

    pub(crate) fn visible_to(&self, kernel: &Kernel, user: &User) -> bool {
        let Some(topic) = kernel.topic(&self.topic) else {
            return false;
        };
        // Whose record it is hears of it wherever it lies.
        let id = user.id.to_string();
        let own = user.can(topic.needs) && self.owners.split(' ').any(|owner| owner == id);
        own || user
            .scope(topic.needs)
            .holds(self.area.as_deref(), self.body.as_deref(), &[])
    }
}

/// Somebody who acts on news.
pub struct Listener {
    /// Its name; the number of the last event it has dealt with is kept under it.
    pub name: &'static str,
    /// The topics it wants; `*` stands for all.
    pub topics: &'static [&'static str],
    /// What it does. An error is kept and shown, and the event is tried again at the next turn.
    pub handle: fn(Kernel, Event) -> BoxFuture<'static, Result<()>>,
}

/// Where news goes out to the pages that are connected to this server.
pub struct Hub {
    sender: broadcast::Sender<Arc<Event>>,
    /// The latest events, for pages whose connection broke for a moment.
    recent: Mutex<VecDeque<Arc<Event>>>,
}

const RECENT: usize = 2_000;

impl Hub {
    pub(crate) fn new() -> Self {
        Self {
            sender: broadcast::channel(1_024).0,
            recent: Mutex::default(),
        }
    }

    fn tell(&self, event: Event) {
        let event = Arc::new(event);
        if let Ok(mut recent) = self.recent.lock() {
            if recent.len() == RECENT {
                recent.pop_front();
            }
            recent.push_back(event.clone());
        }
        // Nobody connected is no error.
        drop(self.sender.send(event));
    }

    fn since(&self, seq: i64) -> Vec<Arc<Event>> {
        let recent = self
            .recent
            .lock()
            .map(|it| it.iter().filter(|it| it.seq > seq).cloned().collect());
        recent.unwrap_or_default()
    }
}

const EVENTS: &str =
    "SELECT id, seq, at, topic, area, body, owners, data FROM kernel_event WHERE seq > $1 ORDER BY seq LIMIT 500";

/// Numbers, tells and listens until the program stops.
pub(crate) async fn run(kernel: Kernel) {
    let stop = kernel.stop_signal();
    let mut told: Option<i64> = None;
    loop {
        match turn(&kernel, &mut told).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::error!(%error, "sending news"),
        }
        tokio::select! {
            () = stop.cancelled() => break,
            () = kernel.db().bell().notified() => {}
            () = tokio::time::sleep(Duration::from_secs(1)) => {}
        }
    }
    // What was committed last is sealed before the program ends.
    if let Err(error) = number_and_seal(&kernel).await {
        tracing::error!(%error, "sealing at the end");
    }
}

async fn turn(kernel: &Kernel, told: &mut Option<i64>) -> Result<bool> {
    // Looked up before anything is numbered, or the first news after the start would be taken for old.
    let from = match *told {
        Some(seq) => seq,
        None => last_number(kernel).await?,
    };
    *told = Some(from);
    let more = number_and_seal(kernel).await?;
    let events: Vec<Event> = kernel.read().await?.all(EVENTS, args![from]).await?;
    *told = Some(events.last().map_or(from, |it| it.seq));
    let any = !events.is_empty();
    for event in events {
        kernel.hub().tell(event);
    }
    tell_listeners(kernel).await?;
    Ok(more || any)
}

/// Lets each listener deal with the news that it has not dealt with.
pub async fn tell_listeners(kernel: &Kernel) -> Result<()> {
    listen(kernel, &hooks::listener()).await?;
    for app in kernel.apps() {
        for listener in app.listeners() {
            listen(kernel, &listener).await?;
        }
    }
    Ok(())
}

async fn last_number(kernel: &Kernel) -> Result<i64> {
    let row: Option<(i64,)> = kernel
        .read()
        .await?
        .one("SELECT COALESCE(MAX(seq), 0) FROM kernel_event", vec![])
        .await?;
    Ok(row.map_or(0, |it| it.0))
}

/// The most events, and the most audit entries, of one turn.
const BATCH: usize = 1_000;

/// Gives numbers to new events and seals new audit entries; says whether there may be more.
pub async fn number_and_seal(kernel: &Kernel) -> Result<bool> {
    let sql = "SELECT (SELECT COUNT(*) FROM kernel_event WHERE seq IS NULL) + (SELECT COUNT(*) FROM kernel_audit WHERE seq IS NULL)";
    let waiting: Option<(i64,)> = kernel.read().await?.one(sql, vec![]).await?;
    if waiting.is_none_or(|it| it.0 == 0) {
        return Ok(false);
    }
    let mut tx = kernel.db().begin().await?;
    // Taking this row makes servers that do the same at the same time wait for each other.
    tx.run(
        "INSERT INTO kernel_setting (name, value) VALUES ('events.turn', '1') \
         ON CONFLICT (name) DO UPDATE SET value = kernel_setting.value",
        vec![],
    )
    .await?;
    let numbered = number(&mut tx).await?;
    let sealed = audit::seal(&mut tx).await?;
    tx.commit().await?;
    Ok(numbered == BATCH || sealed == BATCH)
}

/// Numbers what is new, oldest first; says how many.
async fn number(tx: &mut Tx) -> Result<usize> {
    let sql = "SELECT id FROM kernel_event WHERE seq IS NULL ORDER BY id LIMIT 1000";
    let fresh: Vec<(String,)> = tx.all(sql, vec![]).await?;
    let last: Option<(i64,)> = tx.one("SELECT COALESCE(MAX(seq), 0) FROM kernel_event", vec![]).await?;
    let mut seq = last.map_or(0, |it| it.0);
    // One by one and by key: a statement for all of them would be planned by statistics that a burst leaves behind.
    for (id,) in &fresh {
        seq += 1;
        tx.run("UPDATE kernel_event SET seq = $2 WHERE id = $1", args![id, seq])
            .await?;
    }
    Ok(fresh.len())
}

async fn listen(kernel: &Kernel, listener: &Listener) -> Result<()> {
    let sql = "SELECT seq FROM kernel_listener WHERE name = $1";
    let at: Option<(i64,)> = kernel.read().await?.one(sql, args![listener.name]).await?;
    let mut seq = match at {
        Some((seq,)) => seq,
        None => {
            // A new listener begins with the news of today.
            let seq = last_number(kernel).await?;
            let mut tx = kernel.db().begin().await?;
            let sql = "INSERT INTO kernel_listener (name, seq) VALUES ($1, $2) ON CONFLICT DO NOTHING";
            tx.run(sql, args![listener.name, seq]).await?;
            tx.commit().await?;
            seq
        }
    };
    loop {
        let events: Vec<Event> = kernel.read().await?.all(EVENTS, args![seq]).await?;
        let Some(last) = events.last().map(|it| it.seq) else {
            return Ok(());
        };
        for event in events
            .into_iter()
            .filter(|it| listener.topics.contains(&it.topic.as_str()) || listener.topics == ["*"])
        {
            let failed = (listener.handle)(kernel.clone(), event.clone()).await.err();
            if let Some(error) = failed {
                tracing::error!(listener = listener.name, seq = event.seq, %error, "listener failed; it will be tried again");
                let mut tx = kernel.db().begin().await?;
                let sql = "UPDATE kernel_listener SET seq = $2, error = $3 WHERE name = $1";
                tx.run(sql, args![listener.name, event.seq - 1, error.to_string()])
                    .await?;
                return Ok(tx.commit().await?);
            }
        }
        let mut tx = kernel.db().begin().await?;
        let sql = "UPDATE kernel_listener SET seq = $2, error = NULL WHERE name = $1";
        tx.run(sql, args![listener.name, last]).await?;
        tx.commit().await?;
        seq = last;
    }
}

pub(crate) fn routes() -> Routes {
    Routes::new().add(routes!(event_stream).signed_in())
}

/// Follow the news as server-sent events: each has its topic as name and JSON as data. `resync` asks a page that was away
/// too long to load anew.
#[utoipa::path(get, path = "/api/events", tag = "kernel", responses((status = 200, content_type = "text/event-stream", body = String)))]
async fn event_stream(
    State(kernel): State<Kernel>,
    user: User,
    headers: HeaderMap,
) -> Sse<impl Stream<Item = Result<SseEvent, Infallible>>> {
    let receiver = kernel.hub().sender.subscribe();
    let last = headers
        .get("last-event-id")
        .and_then(|it| it.to_str().ok()?.parse::<i64>().ok());
    let missed = last.map(|seq| kernel.hub().since(seq)).unwrap_or_default();
    let gap = last
        .zip(missed.first())
        .is_some_and(|(last, first)| first.seq > last + 1);
    let hello = if gap { "resync" } else { "hello" };
    let hello = SseEvent::default()
        .event(hello)
        .data("{}")
        .retry(Duration::from_secs(2));

    let stop = kernel.stop_signal();
    let reader = Reader {
        seen: last.unwrap_or(0),
        missed: missed.into(),
        live: BroadcastStream::new(receiver),
        checked_at: kernel.now(),
        kernel,
        user,
    };
    let news = stream::unfold(reader, |mut reader| async move {
        let event = reader.next().await?;
        Some((Ok(event), reader))
    });
    let stream = stream::once(std::future::ready(Ok(hello)))
        .chain(news)
        .take_until(stop.cancelled_owned());
    Sse::new(stream).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)))
}

/// How long a page may get news by rights that have been taken away, or after the session has ended.
const TRUSTED_SECONDS: i64 = 30;

/// One page that follows the news.
struct Reader {
    kernel: Kernel,
    user: User,
    checked_at: Time,
    missed: VecDeque<Arc<Event>>,
    seen: i64,
    live: BroadcastStream<Arc<Event>>,
}

impl Reader {
    /// The next event that the user may see; `None` when the session is over.
    async fn next(&mut self) -> Option<SseEvent> {
        loop {
            let event = match self.missed.pop_front() {
                Some(event) => Some(event),
                // A page too slow to keep up loads anew.
                None => self.live.next().await?.ok(),
            };
            if self.kernel.now().seconds_since(self.checked_at) > TRUSTED_SECONDS {
                // A database that does not answer ends the stream, too; the page comes again.
                self.user = session::renew(&self.kernel, &self.user).await.ok()??;
                self.checked_at = self.kernel.now();
            }
            match event {
                None => return Some(SseEvent::default().event("resync").data("{}")),
                Some(event) if event.seq > self.seen && event.visible_to(&self.kernel, &self.user) => {
                    let id = event.seq.to_string();
                    self.seen = event.seq;
                    return Some(SseEvent::default().event(&event.topic).id(id).data(&event.data));
                }
                Some(_) => {}
            }
        }
    }
}
