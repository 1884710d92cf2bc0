//! The table of moves of an entry: from, action, to, who may, what must be given.

use kernel::flow::{Ask, AskKind, Flow, Move};

use crate::model::{Action, State};
use crate::permissions::WORK;

const MAY_NOTE: Ask = Ask::optional("note", AskKind::Text, "说明", "Note");
const REASON: Ask = Ask::required("note", AskKind::Text, "原因", "Reason");

/// The process.
pub static FLOW: Flow<State, Action> = Flow {
    moves: &[
        Move::to(&[State::Open], Action::Finish, State::Done, &WORK).asks(&[MAY_NOTE]),
        Move::to(&[State::Done], Action::Reopen, State::Open, &WORK).asks(&[REASON]).side(),
    ],
};
