//! What an entry is, and what a move does to it: pure rules, without SQL, HTTP or a clock of their own.

use kernel::Time;
use kernel::auth::UserId;
use kernel::error::{Error, Fields, Result, codes as kernel_codes};
use kernel::{id, words};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::codes;
use crate::flow::FLOW;

id!(
    /// An entry.
    EntryId
);

words! {
    /// Where an entry stands.
    pub enum State {
        /// To be done.
        Open = "open", "待办", "Open";
        /// Done.
        Done = "done", "已办", "Done";
    }
}

words! {
    /// What is done with an entry.
    pub enum Action {
        /// It is done.
        Finish = "finish", "办结", "Finish";
        /// It is not done after all.
        Reopen = "reopen", "重开", "Reopen";
    }
}

/// An entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::FromRow)]
pub struct Entry {
    /// Its id.
    pub id: EntryId,
    /// Where it belongs: an area's code.
    pub area: String,
    /// What is to be done.
    pub title: String,
    /// Where it stands.
    pub state: State,
    /// What was said with the last move.
    pub note: Option<String>,
    /// Who made it.
    pub created_by: UserId,
    /// When.
    pub created_at: Time,
    /// Counts its changes; a move names the one it has seen.
    pub version: i64,
}

/// An entry to be made.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEntry {
    /// An id made by the client; the same id and body again change nothing.
    pub id: Option<EntryId>,
    /// The area's code.
    pub area: String,
    /// What is to be done.
    pub title: String,
}

impl NewEntry {
    /// Refuses what cannot be taken, all of it at once.
    pub fn check(&self) -> Result<()> {
        let mut fields = Fields::new();
        fields.text("title", &self.title, 1, 200);
        fields.text("area", &self.area, 6, 15);
        fields.done()
    }

    /// The entry that it becomes.
    pub fn make(self, id: EntryId, by: UserId, now: Time) -> Entry {
        Entry {
            id,
            area: self.area.trim().to_owned(),
            title: self.title.trim().to_owned(),
            state: State::Open,
            note: None,
            created_by: by,
            created_at: now,
            version: 1,
        }
    }
}

/// A move to be made.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMove {
    /// The version that the user has seen.
    pub version: i64,
    /// What is done.
    pub action: Action,
    /// What is said with it.
    pub note: Option<String>,
}

/// Makes a move: checks it against the table, and changes the entry.
pub fn apply(entry: &mut Entry, input: &NewMove) -> Result<()> {
    if input.version != entry.version {
        return Err(Error::from(&kernel_codes::STALE).extra(&*entry));
    }
    let Some(found) = FLOW.find(entry.state, input.action) else {
        let refusal = codes::MOVE_NOT_OPEN.with("state", entry.state.zh()).with("state_en", entry.state.en());
        return Err(refusal.with("action", input.action.zh()).with("action_en", input.action.en()));
    };
    let note = input.note.as_deref().map(str::trim).filter(|it| !it.is_empty());
    let mut fields = Fields::new();
    let required = found.asks.iter().any(|ask| ask.field == "note" && ask.required);
    fields.text("note", note.unwrap_or_default(), usize::from(required), 500);
    fields.done()?;
    entry.state = found.to.unwrap_or(entry.state);
    entry.note = note.map(str::to_owned);
    entry.version += 1;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(state: State) -> Entry {
        let new = NewEntry { id: None, area: "320999101".to_owned(), title: " Fix the fence ".to_owned() };
        let nil = uuid::Uuid::nil();
        Entry { state, ..new.make(EntryId(nil), UserId(nil), Time::from_millis(0)) }
    }

    #[test]
    fn every_move_and_every_forbidden_one() {
        for &state in State::ALL {
            for &action in Action::ALL {
                let mut entry = entry(state);
                let done = apply(&mut entry, &NewMove { version: 1, action, note: Some("because".to_owned()) });
                match FLOW.find(state, action) {
                    Some(found) => {
                        done.expect("is open");
                        assert_eq!((entry.state, entry.version), (found.to.unwrap_or(state), 2));
                    }
                    None => {
                        assert_eq!(done.expect_err("is not open").code().code, "__name__.move_not_open");
                        assert_eq!((entry.state, entry.version), (state, 1));
                    }
                }
            }
        }
    }

    #[test]
    fn reopening_asks_for_a_reason_and_a_stale_move_is_refused() {
        let mut done = entry(State::Done);
        let silent = NewMove { version: 1, action: Action::Reopen, note: Some("  ".to_owned()) };
        assert_eq!(apply(&mut done, &silent).expect_err("no reason").fields()[0].field, "note");
        let stale = NewMove { version: 7, ..silent };
        assert_eq!(apply(&mut done, &stale).expect_err("stale").code().code, "kernel.stale");
    }

    #[test]
    fn the_diagram_in_the_readme_is_drawn_from_the_table() {
        let diagram = FLOW.mermaid(State::zh, Action::zh);
        assert!(include_str!("../README.md").contains(diagram.trim_end()), "should be:\n{diagram}");
    }
}
