//! Every move of a case, each case from its report on: whole stories, played by one person of each role, a number of times.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::client::Person;
use crate::speed::{Table, put};

/// Who makes a move, and which.
type Step = (&'static str, &'static str);

/// To the end and back again: with every request a body may make, and what the centre says to it.
const WHOLE: &[Step] = &[
    ("acceptor", "note"),
    ("acceptor", "send_verify"),
    ("worker", "refuse_task"),
    ("acceptor", "send_verify"),
    ("worker", "verify"),
    ("lead", "send_down"),
    ("town", "send_up"),
    ("lead", "file"),
    ("dispatcher", "return"),
    ("lead", "file"),
    ("dispatcher", "dispatch"),
    ("clerk", "return"),
    ("dispatcher", "dispatch"),
    ("dispatcher", "call_in"),
    ("clerk", "receive"),
    ("head", "assign"),
    ("clerk", "ask_extension"),
    ("lead", "extend"),
    ("clerk", "ask_suspension"),
    ("lead", "suspend"),
    ("clerk", "resume"),
    ("clerk", "appeal"),
    ("lead", "refuse"),
    ("dispatcher", "transfer"),
    ("dispatcher", "transfer"),
    ("clerk", "receive"),
    ("clerk", "appeal"),
    ("lead", "accept_appeal"),
    ("clerk", "handle"),
    ("acceptor", "send_check"),
    ("worker", "refuse_task"),
    ("acceptor", "send_check"),
    ("worker", "check"),
    ("lead", "rework"),
    ("clerk", "receive"),
    ("clerk", "handle"),
    ("acceptor", "send_check"),
    ("worker", "check"),
    ("lead", "close"),
    ("acceptor", "evaluate"),
    ("lead", "review"),
    ("acceptor", "reopen"),
    ("lead", "void"),
];
/// What ends early.
const SHORT: &[&[Step]] = &[
    &[("acceptor", "accept"), ("acceptor", "settle")],
    &[("acceptor", "decline")],
    &[("acceptor", "send_verify"), ("worker", "hand_over")],
];

/// Plays them all.
pub(crate) async fn moves(table: &mut Table, people: &[Person], rounds: usize) -> Result<()> {
    let of = |role: &str| {
        people
            .iter()
            .find(|it| it.role == role)
            .with_context(|| format!("no {role}"))
    };
    let play = Play {
        acceptor: of("acceptor")?,
        worker: of("own")?,
        lead: of("district")?,
        town: of("town")?,
        dispatcher: of("dispatcher")?,
        clerk: of("body")?,
        head: of("head")?,
    };
    let worker = play.worker.get("/api/session").await?.0;
    let cast = Cast {
        body: play.clerk.get("/api/cases?state=handling&limit=1").await?.0["items"][0]["body"]["code"].clone(),
        worker: worker["user"]["id"].clone(),
    };
    let mut times: BTreeMap<&str, Vec<Duration>> = BTreeMap::new();
    for round in 0..rounds {
        for story in std::iter::once(&WHOLE).chain(SHORT) {
            let told = play.tell(story, &cast, round, &mut times).await;
            told.with_context(|| format!("round {round}"))?;
        }
    }
    for (action, times) in times {
        put(table, format!("move {action}"), times);
    }
    Ok(())
}

/// Who plays.
struct Play<'a> {
    acceptor: &'a Person,
    worker: &'a Person,
    lead: &'a Person,
    town: &'a Person,
    dispatcher: &'a Person,
    clerk: &'a Person,
    head: &'a Person,
}

/// Whom the moves are to lead to.
struct Cast {
    body: Value,
    worker: Value,
}

impl Play<'_> {
    fn who(&self, role: &str) -> Result<&Person> {
        Ok(match role {
            "acceptor" => self.acceptor,
            "worker" => self.worker,
            "lead" => self.lead,
            "town" => self.town,
            "dispatcher" => self.dispatcher,
            "clerk" => self.clerk,
            "head" => self.head,
            _ => bail!("nobody is {role}"),
        })
    }

    /// One case, move by move.
    async fn tell(
        &self,
        story: &[Step],
        cast: &Cast,
        round: usize,
        times: &mut BTreeMap<&'static str, Vec<Duration>>,
    ) -> Result<()> {
        let (page, _) = self.worker.get("/api/cases?limit=1&filed=true").await?;
        let row = &page["items"][0];
        let report = json!({
            "source": "hotline",
            "class": row["class"]["code"],
            "description": format!("测速用的案件，第 {round} 轮"),
            "place": "测速路 1 号",
            "area": row["area"]["code"],
        });
        let (receipt, took) = self.acceptor.post("/api/cases", &report).await?;
        times.entry("report").or_default().push(took);
        let id = receipt["id"].as_str().context("an id")?;
        for (role, action) in story {
            let who = self.who(role)?;
            let (desk, _) = who.get(&format!("/api/cases/{id}")).await?;
            let open = desk["moves"].as_array().into_iter().flatten();
            let step = open
                .into_iter()
                .find(|it| it["action"] == *action)
                .with_context(|| format!("{action} is not open to {role} in {}", desk["facts"]["state"]))?;
            let input = cast.input(step, &desk)?;
            let (_, took) = who.post(&format!("/api/cases/{id}/moves"), &input).await?;
            times.entry(action).or_default().push(took);
        }
        Ok(())
    }
}

impl Cast {
    /// What a move must be given: the desk says which fields, and what lies near.
    fn input(&self, step: &Value, desk: &Value) -> Result<Value> {
        let mut input = json!({ "version": desk["facts"]["version"], "action": step["action"] });
        let needs = step["needs"].as_array().into_iter().flatten();
        for need in needs {
            let (field, action) = (need["field"].as_str().unwrap_or_default(), step["action"].as_str());
            let near = |but: &Value| {
                let all = need["suggested"].as_array().into_iter().flatten();
                all.map(|it| it["value"].clone()).find(|it| it != but)
            };
            let value = match (field, action) {
                ("note", _) if need["required"] == true => json!("测速"),
                ("truth" | "passed" | "justified", _) => json!(true),
                ("satisfaction", _) => json!("dissatisfied"),
                ("until", _) => {
                    let reported = desk["facts"]["reported_at"].as_str().context("a time")?;
                    let reported: jiff::Timestamp = reported.parse()?;
                    json!((reported + jiff::Span::new().hours(48)).to_string())
                }
                // To another body and back again.
                ("body", Some("transfer")) if desk["facts"]["body"]["code"] == self.body => {
                    near(&self.body).context("another body")?
                }
                ("body", Some("call_in")) => near(&self.body).context("a body that could help")?,
                ("body", _) => self.body.clone(),
                ("user", Some("send_verify" | "send_check")) => self.worker.clone(),
                ("user", _) => near(&self.worker).with_context(|| format!("somebody to {action:?}"))?,
                ("standard", _) => near(&Value::Null).context("a standard")?,
                _ => continue,
            };
            if let Some(fields) = input.as_object_mut() {
                fields.insert(field.to_owned(), value);
            }
        }
        Ok(input)
    }
}
