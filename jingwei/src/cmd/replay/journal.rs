//! What the server has acknowledged, line by line, and the proof afterwards that all of it is there and nothing is half.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::sync::Mutex;

use anyhow::{Context, Result, anyhow};
use cases::api::{Action, CaseId, EntryId, Receipt, State};
use futures_util::stream::{self, StreamExt};
use serde_json::Value;

use super::people::{Town, items};

/// An acknowledged move.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Line {
    case: CaseId,
    version: i64,
    action: Action,
    state: State,
    entry: EntryId,
}

/// The file of acknowledged moves.
pub(super) struct Journal(Mutex<File>);

impl Journal {
    /// Goes on behind what is in the file already.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let file = OpenOptions::new().create(true).append(true).open(path);
        Ok(Self(Mutex::new(
            file.with_context(|| format!("opening {}", path.display()))?,
        )))
    }

    /// Adds a move, in one write.
    pub(super) fn add(&self, action: Action, it: &Receipt) -> Result<()> {
        let line = format!("{},{},{action},{},{}\n", it.id, it.version, it.state, it.entry);
        let mut file = self.0.lock().map_err(|_| anyhow!("another task has failed"))?;
        file.write_all(line.as_bytes()).context("writing the journal")
    }
}

fn parse(text: &str) -> Result<Line> {
    let parts: Vec<&str> = text.split(',').collect();
    let [case, version, action, state, entry] = parts[..] else {
        return Err(anyhow!("five values expected"));
    };
    let id = |text: &str| text.parse::<uuid::Uuid>();
    Ok(Line {
        case: CaseId(id(case)?),
        version: version.parse()?,
        action: action.parse()?,
        state: state.parse()?,
        entry: EntryId(id(entry)?),
    })
}

/// The journal by case. What stands behind the last line's end was being written when the replay was killed.
fn read(text: &str) -> Result<BTreeMap<CaseId, Vec<Line>>> {
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    let mut cases: BTreeMap<CaseId, Vec<Line>> = BTreeMap::new();
    for (n, line) in whole.lines().enumerate() {
        let line = parse(line).with_context(|| format!("line {} of the journal", n + 1))?;
        cases.entry(line.case).or_default().push(line);
    }
    Ok(cases)
}

/// Asks the server for each case of the journal; false, with what is wrong, if a move is missing or half made.
pub(super) async fn check(town: &Town, path: &Path, at_a_time: usize) -> Result<bool> {
    let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    let cases = read(&text)?;
    let (total, moves) = (cases.len(), cases.values().map(Vec::len).sum::<usize>());
    let asked = cases.iter().map(|(case, lines)| async move {
        let desk = town.server.get(&town.leader, &format!("/api/cases/{case}")).await?;
        let audit = town
            .server
            .get(&town.auditor, &format!("/api/audit?subject={case}&limit=200"))
            .await?;
        Ok::<_, anyhow::Error>((case, compare(lines, &desk, &audit)))
    });
    let answers: Vec<Result<_>> = stream::iter(asked).buffer_unordered(at_a_time.max(1)).collect().await;
    let mut wrong = Vec::new();
    for answer in answers {
        match answer {
            Ok((_, found)) if found.is_empty() => {}
            Ok((case, found)) => wrong.extend(found.into_iter().map(|it| format!("{case}: {it}"))),
            Err(error) => wrong.push(format!("{error:#}")),
        }
    }
    for line in wrong.iter().take(20) {
        println!("  ✗ {line}");
    }
    let verdict = town.audit().await?;
    let fine = wrong.is_empty() && verdict.ok;
    println!(
        "{} {total} 起案件的 {moves} 步已确认操作{}，审计链{} · {moves} acknowledged moves of {total} cases: {}; the audit chain is {}",
        if fine { "✓" } else { "✗" },
        if wrong.is_empty() { "全部完整" } else { "有缺失" },
        if verdict.ok { "完整" } else { "断裂" },
        if wrong.is_empty() {
            "all there, none half"
        } else {
            "some are missing or half made"
        },
        if verdict.ok { "whole" } else { "broken" },
    );
    Ok(fine)
}

/// What is wrong with a case: facts, timeline and audit log must tell the same story, and hold all that was acknowledged.
fn compare(lines: &[Line], desk: &Value, audit: &Value) -> Vec<String> {
    let timeline = desk["timeline"].as_array().map(Vec::as_slice).unwrap_or_default();
    let facts = &desk["facts"];
    let mut wrong = Vec::new();
    for it in lines {
        let entry = usize::try_from(it.version - 1).ok().and_then(|at| timeline.get(at));
        let same = entry.is_some_and(|entry| {
            let text = |key: &str| entry[key].as_str().unwrap_or_default();
            text("id") == it.entry.to_string()
                && text("action") == it.action.as_str()
                && text("to") == it.state.as_str()
        });
        if !same {
            wrong.push(format!(
                "version {} ({}) is not there as acknowledged",
                it.version, it.action
            ));
        }
    }
    let version = facts["version"].as_u64();
    let moves = timeline.len() as u64;
    if version != Some(moves) {
        wrong.push(format!("the case has version {version:?}, but {moves} entries"));
    }
    if timeline.last().map(|it| &it["to"]) != Some(&facts["state"]) {
        wrong.push(format!("the case is {}, its last entry says otherwise", facts["state"]));
    }
    let chained = timeline.windows(2).all(|it| it[0]["to"] == it[1]["from"]);
    if !chained {
        wrong.push("an entry does not begin where the one before it ended".to_owned());
    }
    let recorded = items(audit).iter().filter(|it| it["outcome"] == "done").count() as u64;
    if recorded != moves {
        wrong.push(format!("the audit log has {recorded} of {moves} moves"));
    }
    wrong
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const CASE: &str = "01933c5a-0000-7000-8000-000000000001";
    const FIRST: &str = "01933c5a-0000-7000-8000-00000000000a";
    const SECOND: &str = "01933c5a-0000-7000-8000-00000000000b";

    fn lines() -> Vec<Line> {
        let text = format!("{CASE},1,report,reported,{FIRST}\n{CASE},2,accept,accepted,{SECOND}\n{CASE},3,file,fi");
        read(&text).expect("parses").into_values().next().expect("a case")
    }

    fn desk() -> Value {
        json!({
            "facts": { "version": 2, "state": "accepted" },
            "timeline": [
                { "id": FIRST, "action": "report", "from": "reported", "to": "reported" },
                { "id": SECOND, "action": "accept", "from": "reported", "to": "accepted" },
            ],
        })
    }

    #[test]
    fn a_line_that_was_being_written_is_not_yet_acknowledged() {
        assert_eq!(lines().len(), 2);
        assert!(read("a,b\n").is_err());
    }

    #[test]
    fn what_is_missing_or_half_is_found() {
        let audit = json!({ "items": [{ "outcome": "done" }, { "outcome": "done" }] });
        assert_eq!(compare(&lines(), &desk(), &audit), Vec::<String>::new());
        let mut lost = desk();
        lost["timeline"].as_array_mut().expect("entries").pop();
        assert_eq!(
            compare(&lines(), &lost, &audit).len(),
            4,
            "entry, version, state and audit disagree"
        );
        let mut half = desk();
        half["facts"]["state"] = json!("reported");
        assert_eq!(compare(&lines(), &half, &audit).len(), 1);
        assert_eq!(compare(&lines(), &desk(), &json!({ "items": [] })).len(), 1);
        let mut other = desk();
        other["timeline"][1]["id"] = json!(FIRST);
        assert_eq!(compare(&lines(), &other, &audit).len(), 1);
    }
}
