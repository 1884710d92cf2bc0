//! The delivery: one try of each that is due, several receivers at once, one receiver's in order and no further than its
//! first silence, so that a dead one holds up nobody else.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant};

use futures_util::stream::{self, StreamExt};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client, Response, redirect};
use serde_json::json;

use super::store::{self, Due, Outcome};
use super::{HOOK_TROUBLE, HookId, sign};
use crate::error::Error;
use crate::events::Place;
use crate::{Kernel, Result};

const TIME_OUT: Duration = Duration::from_secs(10);
/// The first pause; each further one is three times as long, up to six hours.
const FIRST_PAUSE: i64 = 10;
const LONGEST_PAUSE: i64 = 6 * 3600;
/// How long a delivery is tried.
const GIVE_UP: i64 = 24 * 3600;
/// How long a receiver may take nothing before its subscription is switched off.
const SWITCH_OFF: i64 = 3 * 24 * 3600;
/// How many receivers are talked to at once, and how many deliveries each gets in one run.
const AT_ONCE: usize = 8;
const MOST_EACH: usize = 50;
/// How much of an answer is kept.
const MOST_REPLY: usize = 1024;

pub(super) async fn run(kernel: Kernel) -> Result<String> {
    let due = store::due(&kernel).await?;
    if due.is_empty() {
        return Ok("0".to_owned());
    }
    let client = client(kernel.config().hooks.allow_private).map_err(Error::internal)?;
    let mut queues: BTreeMap<HookId, Vec<Due>> = BTreeMap::new();
    for it in due {
        queues.entry(it.hook).or_default().push(it);
    }
    let runs = queues.into_values().map(|queue| one_receiver(&kernel, &client, queue));
    let done: Vec<Result<(usize, usize)>> = stream::iter(runs).buffer_unordered(AT_ONCE).collect().await;
    let (mut delivered, mut failed) = (0, 0);
    for it in done {
        let (well, badly) = it?;
        delivered += well;
        failed += badly;
    }
    Ok(format!("{delivered} delivered, {failed} failed"))
}

async fn one_receiver(kernel: &Kernel, client: &Client, queue: Vec<Due>) -> Result<(usize, usize)> {
    let (mut well, mut badly) = (0, 0);
    for due in queue.into_iter().take(MOST_EACH) {
        let outcome = attempt(kernel, client, &due).await?;
        let silent = outcome.status.is_none();
        let taken = outcome.error.is_none();
        let on = settle(kernel, &due, &outcome).await?;
        well += usize::from(taken);
        badly += usize::from(!taken);
        if silent || !on {
            break;
        }
    }
    Ok((well, badly))
}

async fn attempt(kernel: &Kernel, client: &Client, due: &Due) -> Result<Outcome> {
    let id = due.id.to_string();
    let timestamp = kernel.now().millis().div_euclid(1_000);
    let request = client
        .post(&due.url)
        .header("content-type", "application/cloudevents+json; charset=utf-8")
        .header("webhook-id", &id)
        .header("webhook-timestamp", timestamp)
        .header("webhook-signature", sign(&due.secret, &id, timestamp, &due.body)?)
        .body(due.body.clone());
    let started = Instant::now();
    let answer = tokio::time::timeout(TIME_OUT, async {
        let mut response = check(&due.url, kernel.config().hooks.allow_private)
            .map(|()| request.send())?
            .await?;
        let reply = beginning(&mut response).await;
        Ok::<_, anyhow::Error>((response.status(), reply))
    })
    .await;
    let took_ms = i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX);
    let silent = |error: String| Outcome {
        status: None,
        error: Some(error),
        reply: None,
        took_ms,
    };
    Ok(match answer {
        Err(_) => silent(format!("no answer within {} s", TIME_OUT.as_secs())),
        Ok(Err(error)) => silent(reason(&error)),
        Ok(Ok((status, reply))) => Outcome {
            status: Some(status.as_u16()),
            // A redirection is not followed: it would lead past the checks, and past the owner's own address.
            error: (!status.is_success()).then(|| format!("answered {status}")),
            reply: Some(reply).filter(|it| !it.is_empty()),
            took_ms,
        },
    })
}

/// The innermost cause; what lies around it only says that there was a request.
fn reason(error: &anyhow::Error) -> String {
    error.root_cause().to_string().chars().take(300).collect()
}

async fn beginning(response: &mut Response) -> String {
    let mut bytes = Vec::new();
    while bytes.len() < MOST_REPLY {
        match response.chunk().await {
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            _ => break,
        }
    }
    bytes.truncate(MOST_REPLY);
    // PostgreSQL keeps no NUL in a text.
    String::from_utf8_lossy(&bytes).replace('\0', "")
}

/// Writes down what came of a try, and says whether the subscription is still on.
async fn settle(kernel: &Kernel, due: &Due, outcome: &Outcome) -> Result<bool> {
    let mut work = kernel.system_work().await?;
    let now = work.now();
    let chance = f64::from(u32::from_le_bytes(kernel.random())) / f64::from(u32::MAX);
    let next = now.plus_seconds(pause(due.attempts, chance));
    let gone = outcome.status == Some(410);
    let next = Some(next).filter(|it| it.seconds_since(due.since) <= GIVE_UP && !gone);
    store::record(&mut work, due, outcome, now, next).await?;
    let mut on = true;
    if outcome.error.is_some() {
        let since = store::failing_since(&mut work, due.hook).await?;
        let why = match since {
            _ if gone => Some("gone"),
            Some(since) if now.seconds_since(since) >= SWITCH_OFF => Some("failing"),
            _ => None,
        };
        if let Some(why) = why {
            on = !store::stop(&mut work, due.hook, why).await?;
            work.audit("kernel.hook_stopped", due.hook, json!({ "why": why }))
                .await?;
        }
        if why.is_some() || next.is_none() {
            let trouble = json!({ "id": due.hook, "delivery": due.id, "stopped": why, "error": outcome.error });
            work.emit(&HOOK_TROUBLE, Place::default(), trouble).await?;
        }
    }
    work.commit().await?;
    Ok(on)
}

/// The pause after the try with this number (from 0), in seconds; `chance` from 0 to 1 spreads it by a fifth either way, so
/// that what failed together does not come again together.
fn pause(attempt: i64, chance: f64) -> i64 {
    let steps = u32::try_from(attempt.clamp(0, 20)).unwrap_or(0);
    let plain = FIRST_PAUSE
        .saturating_mul(3_i64.saturating_pow(steps))
        .min(LONGEST_PAUSE);
    let spread = plain / 5;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "a few hours in seconds"
    )]
    let shift = (spread as f64 * 2.0 * chance) as i64 - spread;
    plain + shift
}

/// A client for other systems' servers: it follows no redirection, waits ten seconds at most, and reaches private addresses
/// only where the configuration allows them. An address written as numbers has to pass [`check`] first.
pub fn client(allow_private: bool) -> reqwest::Result<Client> {
    // A choice made before stands.
    drop(rustls::crypto::ring::default_provider().install_default());
    Client::builder()
        .user_agent(concat!("Jingwei/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        // A proxy would look names up itself, past the check below.
        .no_proxy()
        .connect_timeout(Duration::from_secs(5))
        .timeout(TIME_OUT)
        .dns_resolver(Resolver { allow_private })
        .build()
}

/// Looks names up and drops addresses that nobody outside could reach. The check is made here, on the very addresses that
/// the connection then goes to: a name that was harmless when it was entered can lead elsewhere later.
struct Resolver {
    allow_private: bool,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let allow = self.allow_private;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let open: Vec<SocketAddr> = found.filter(|it| allow || is_public(it.ip())).collect();
            if open.is_empty() {
                return Err(PRIVATE.into());
            }
            let open: Addrs = Box::new(open.into_iter());
            Ok(open)
        })
    }
}

const PRIVATE: &str = "the address is private; hooks.allow_private of the configuration would allow it";

/// Refuses an address that is written as numbers and private; names are checked when they are looked up.
pub fn check(url: &str, allow_private: bool) -> anyhow::Result<()> {
    let url = reqwest::Url::parse(url)?;
    anyhow::ensure!(matches!(url.scheme(), "http" | "https"), "only http and https");
    anyhow::ensure!(
        url.username().is_empty() && url.password().is_none(),
        "no user name in the address"
    );
    let host = url.host_str().unwrap_or_default();
    let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    let local = host == "localhost" || host.ends_with(".localhost");
    let private = local || literal.is_ok_and(|it| !is_public(it));
    anyhow::ensure!(allow_private || !private, PRIVATE);
    Ok(())
}

fn is_public(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let special = ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_multicast()
        || ip.is_documentation()
        // This network, carriers' shared addresses, protocol assignments, benchmarks, reserved.
        || a == 0
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (18..20).contains(&b))
        || a >= 240;
    !special
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let [a, b, c, d, e, f, g, h] = ip.segments();
    let embedded = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match (a, b) {
        // Addresses of version 4 inside: NAT64, 6to4.
        (0x64, 0xff9b) if (c, d, e, f) == (0, 0, 0, 0) => embedded(g, h),
        (0x2002, _) => embedded(b, c),
        (0x2001, 0xdb8) => false,
        // Of all the rest only global unicast.
        _ => (0x2000..0x4000).contains(&a),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_whole_world_could_reach_is_public() {
        for (ip, public) in [
            ("8.8.8.8", true),
            ("127.0.0.1", false),
            ("10.1.2.3", false),
            ("172.31.0.1", false),
            ("192.168.1.1", false),
            ("169.254.169.254", false),
            ("100.64.0.1", false),
            ("0.0.0.0", false),
            ("224.0.0.1", false),
            ("255.255.255.255", false),
            ("::1", false),
            ("::", false),
            ("::ffff:10.0.0.1", false),
            ("::ffff:8.8.8.8", true),
            ("fe80::1", false),
            ("fc00::1", false),
            ("64:ff9b::7f00:1", false),
            ("2002:a00:1::", false),
            ("2400:3200::1", true),
        ] {
            assert_eq!(is_public(ip.parse().expect("an address")), public, "{ip}");
        }
    }

    #[test]
    fn addresses_that_lead_inside_are_refused_as_they_are_written() {
        for (url, fine) in [
            ("https://example.cn/in", true),
            ("http://example.cn:8080/in", true),
            ("ftp://example.cn/", false),
            ("https://user:pass@example.cn/", false),
            ("http://localhost/", false),
            ("http://[::1]/", false),
            ("http://2130706433/", false),
            ("http://0x7f.1/", false),
            ("nonsense", false),
        ] {
            assert_eq!(check(url, false).is_ok(), fine, "{url}");
        }
        assert!(check("http://127.0.0.1:9/", true).is_ok());
    }

    #[test]
    fn pauses_grow_and_end_within_a_day() {
        let pauses: Vec<i64> = (0..12).map(|n| pause(n, 0.5)).collect();
        assert_eq!(&pauses[..5], [10, 30, 90, 270, 810]);
        assert!(pauses.iter().all(|it| *it <= LONGEST_PAUSE));
        for n in 0..12 {
            let (least, most) = (pause(n, 0.0), pause(n, 1.0));
            let plain = pauses[usize::try_from(n).expect("small")];
            assert!(
                least >= plain * 4 / 5 && most <= plain * 6 / 5 && least < most,
                "{n}: {least} {most}"
            );
        }
    }
}
