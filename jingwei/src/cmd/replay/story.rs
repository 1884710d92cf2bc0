//! One case from the report to the evaluation, each move by the person concerned.

use std::sync::atomic::Ordering;

use anyhow::{Context, Result, ensure};
use cases::api::{Action, PastCase, Receipt, Satisfaction, Source, State};
use kernel::{Clock, id_at};
use serde_json::{Value, json};

use super::Tally;
use super::client::{Answer, Person};
use super::journal::Journal;
use super::people::{Cast, Town};

/// A case under way.
struct Story<'a> {
    town: &'a Town,
    tally: &'a Tally,
    journal: Option<&'a Journal>,
    at: Receipt,
}

/// Tells the n-th case; an error if it does not end closed.
pub(super) async fn tell(
    town: &Town,
    n: usize,
    case: &PastCase,
    tally: &Tally,
    journal: Option<&Journal>,
) -> Result<()> {
    let cast = town.cast(n, case)?;
    let (lng, lat) = cast.grid.point(n);
    let reporter: &Person = match case.source {
        Source::Worker => &cast.grid.worker,
        Source::Department => cast.clerk,
        Source::Resident | Source::Hotline => cast.acceptor,
    };
    let report = json!({
        "id": id_at(Clock::System.now()),
        "source": case.source,
        "description": case.description,
        "place": case.place,
        "point": { "lng": lng, "lat": lat },
    });
    let answer = town.server.post(reporter, "/api/cases", &report).await?;
    let at = taken(tally, journal, Action::Report, &answer)?;
    let mut story = Story {
        town,
        tally,
        journal,
        at,
    };
    story.centre(&cast, case).await?;
    story.handled(&cast, true).await?;
    if case.on_time == Some(false) {
        // What took too long did not do at the first try.
        story
            .go(
                cast.checker,
                Action::Check,
                json!({ "passed": false, "note": "未处理到位" }),
            )
            .await?;
        story
            .go(cast.shift_lead, Action::Rework, json!({ "note": "请重新处理" }))
            .await?;
        story.handled(&cast, false).await?;
    }
    let worker = &cast.grid.worker;
    let checker = if case.source == Source::Worker {
        cast.checker
    } else {
        worker
    };
    story.go(checker, Action::Check, json!({ "passed": true })).await?;
    story.go(cast.shift_lead, Action::Close, json!({})).await?;
    ensure!(
        story.at.state == State::Closed,
        "{} ended as {}",
        story.at.number,
        story.at.state
    );
    let rating = case.satisfaction.unwrap_or(Satisfaction::Satisfied);
    story
        .go(cast.acceptor, Action::Evaluate, json!({ "satisfaction": rating }))
        .await
}

impl Story<'_> {
    /// What the centre does before a body gets the case; a report by somebody who was not there is verified first.
    async fn centre(&mut self, cast: &Cast<'_>, case: &PastCase) -> Result<()> {
        self.go(cast.acceptor, Action::Accept, json!({})).await?;
        if case.source != Source::Worker {
            let worker = self.town.server.id_of(&cast.grid.worker).await?;
            self.go(cast.acceptor, Action::SendVerify, json!({ "user": worker }))
                .await?;
            self.go(&cast.grid.worker, Action::Verify, json!({ "truth": true }))
                .await?;
        }
        self.go(cast.shift_lead, Action::File, json!({ "standard": cast.standard }))
            .await?;
        self.go(cast.dispatcher, Action::Dispatch, json!({ "body": cast.body }))
            .await
    }

    /// The body's part, until somebody is sent to check it.
    async fn handled(&mut self, cast: &Cast<'_>, first: bool) -> Result<()> {
        self.go(cast.clerk, Action::Receive, json!({})).await?;
        if cast.staged {
            let desk = format!("/api/cases/{}", self.at.id);
            let desk = self.town.server.get(cast.clerk, &desk).await?;
            let stages = desk["facts"]["stages"].as_array();
            let left = stages.map_or(0, |it| it.iter().filter(|it| it["state"] == "todo").count());
            for _ in 0..left {
                self.go(cast.clerk, Action::FinishStage, json!({ "note": "本阶段已完成" }))
                    .await?;
            }
        }
        let note = if first { "已处理完毕" } else { "已重新处理" };
        self.go(cast.clerk, Action::Handle, json!({ "note": note })).await?;
        let worker = self.town.server.id_of(&cast.grid.worker).await?;
        self.go(cast.acceptor, Action::SendCheck, json!({ "user": worker }))
            .await
    }

    /// Makes a move.
    async fn go(&mut self, who: &Person, action: Action, mut given: Value) -> Result<()> {
        given["id"] = json!(id_at(Clock::System.now()));
        given["version"] = json!(self.at.version);
        given["action"] = json!(action);
        let path = format!("/api/cases/{}/moves", self.at.id);
        let answer = self.town.server.post(who, &path, &given).await?;
        let before = self.at.version;
        self.at = taken(self.tally, self.journal, action, &answer)?;
        ensure!(
            self.at.version == before + 1,
            "{action} made version {} of {before}",
            self.at.version
        );
        Ok(())
    }
}

/// Writes down what was acknowledged.
fn taken(tally: &Tally, journal: Option<&Journal>, action: Action, answer: &Answer) -> Result<Receipt> {
    let receipt: Receipt = serde_json::from_value(answer.body.clone()).context("an answer that is no receipt")?;
    if let Some(journal) = journal {
        journal.add(action, &receipt)?;
    }
    tally.repeated.fetch_add(answer.repeated, Ordering::Relaxed);
    if let Ok(mut took) = tally.took.lock() {
        took.entry(action.as_str()).or_default().push(answer.took);
    }
    Ok(receipt)
}
