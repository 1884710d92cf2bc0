//! Flows: a process is an enum of states, an enum of actions, and one typed table of moves.
//!
//! The kernel's part is small: it finds a move or refuses it, lists the moves that are open to a user with what each
//! needs (so that no page repeats a rule), and draws the diagram. What a move does to the record is the app's business.

use std::fmt::{Display, Write};

use crate::auth::{Permission, User};

/// What a move asks the user for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ask {
    /// The field of the request.
    pub field: &'static str,
    /// What kind of answer it takes; a page knows how to ask for each kind.
    pub kind: AskKind,
    /// Whether the move is refused without it.
    pub required: bool,
    /// In Chinese.
    pub zh: &'static str,
    /// In English.
    pub en: &'static str,
}

/// The kinds of answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AskKind {
    /// A text of one's own.
    Text,
    /// Yes or no.
    Bool,
    /// One of a closed set of words.
    Choice,
    /// Any number of a closed set of words.
    Choices,
    /// A moment that lies ahead.
    Moment,
    /// Photos.
    Photos,
    /// A record to be picked; the page knows where by the field's name.
    Pick,
}

impl AskKind {
    /// The word as sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Bool => "bool",
            Self::Choice => "choice",
            Self::Choices => "choices",
            Self::Moment => "moment",
            Self::Photos => "photos",
            Self::Pick => "pick",
        }
    }
}

impl Ask {
    /// Asks for something that must be given.
    pub const fn required(field: &'static str, kind: AskKind, zh: &'static str, en: &'static str) -> Self {
        Self {
            field,
            kind,
            required: true,
            zh,
            en,
        }
    }

    /// Asks for something that may be given.
    pub const fn optional(field: &'static str, kind: AskKind, zh: &'static str, en: &'static str) -> Self {
        Self {
            field,
            kind,
            required: false,
            zh,
            en,
        }
    }
}

/// What a move does to the record's main clock, the time limit of whoever is responsible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tick {
    /// It goes on as it was.
    Keep,
    /// It starts, or goes on if the same holder had it stopped.
    Start,
    /// It stops for now; what is left of the limit is kept.
    Pause,
    /// It has ended.
    Stop,
}

/// One row of the table.
#[derive(Debug)]
pub struct Move<S: 'static, A: 'static> {
    /// The states it can be made from.
    pub from: &'static [S],
    /// What is done.
    pub action: A,
    /// The state it leads to; `None` stays where it is.
    pub to: Option<S>,
    /// Who may do it.
    pub needs: &'static Permission,
    /// What must or may be given.
    pub asks: &'static [Ask],
    /// What happens to the main clock.
    pub tick: Tick,
    /// Whether a page asks twice.
    pub danger: bool,
    /// Whether it is a step aside: the record does not wait for it, so it puts the record in nobody's inbox.
    pub side: bool,
}

impl<S: Copy + 'static, A: Copy + 'static> Move<S, A> {
    /// A move from any of these states to another one.
    pub const fn to(from: &'static [S], action: A, to: S, needs: &'static Permission) -> Self {
        Self {
            from,
            action,
            to: Some(to),
            needs,
            asks: &[],
            tick: Tick::Keep,
            danger: false,
            side: false,
        }
    }

    /// A move that leaves the state as it is.
    pub const fn stay(from: &'static [S], action: A, needs: &'static Permission) -> Self {
        Self {
            from,
            action,
            to: None,
            needs,
            asks: &[],
            tick: Tick::Keep,
            danger: false,
            side: false,
        }
    }

    /// With what it asks for.
    #[must_use]
    pub const fn asks(self, asks: &'static [Ask]) -> Self {
        Self { asks, ..self }
    }

    /// With what it does to the clock.
    #[must_use]
    pub const fn ticks(self, tick: Tick) -> Self {
        Self { tick, ..self }
    }

    /// A step aside, which nobody waits for.
    #[must_use]
    pub const fn side(self) -> Self {
        Self { side: true, ..self }
    }

    /// Something is lost by it: a page asks twice. It is a step aside, too.
    #[must_use]
    pub const fn danger(self) -> Self {
        Self {
            danger: true,
            side: true,
            ..self
        }
    }
}

/// A table of moves.
#[derive(Debug)]
pub struct Flow<S: 'static, A: 'static> {
    /// The rows, in the order of the process.
    pub moves: &'static [Move<S, A>],
}

impl<S: Copy + PartialEq + Display, A: Copy + PartialEq + Display> Flow<S, A> {
    /// The move that this action is in this state, if there is one.
    pub fn find(&self, from: S, action: A) -> Option<&'static Move<S, A>> {
        self.moves
            .iter()
            .find(|it| it.action == action && it.from.contains(&from))
    }

    /// The moves that the user's roles allow in this state; whether the record is in reach is for the app to ask.
    pub fn open<'a>(&self, from: S, user: &'a User) -> impl Iterator<Item = &'static Move<S, A>> + 'a
    where
        S: 'a,
    {
        self.moves
            .iter()
            .filter(move |it| it.from.contains(&from) && user.can(it.needs))
    }

    /// The states that wait for somebody with this permission.
    pub fn waiting_for(&self, permission: &Permission) -> Vec<S> {
        let mut states: Vec<S> = Vec::new();
        for it in self
            .moves
            .iter()
            .filter(|it| !it.side && it.needs.code == permission.code)
        {
            states.extend(
                it.from
                    .iter()
                    .copied()
                    .filter(|state| !states.contains(state))
                    .collect::<Vec<_>>(),
            );
        }
        states
    }

    /// The diagram, in Mermaid.
    pub fn mermaid(&self, label: impl Fn(S) -> &'static str, action_label: impl Fn(A) -> &'static str) -> String {
        let mut text = String::from("stateDiagram-v2\n");
        let mut named: Vec<String> = Vec::new();
        let all = self.moves.iter().flat_map(|it| it.from.iter().copied().chain(it.to));
        for state in all {
            let code = state.to_string();
            if !named.contains(&code) {
                // Writing to a String cannot fail.
                let _ = writeln!(text, "    {code} : {}", label(state));
                named.push(code);
            }
        }
        for it in self.moves {
            for from in it.from {
                if let Some(to) = it.to {
                    let _ = writeln!(text, "    {from} --> {to} : {}", action_label(it.action));
                }
            }
        }
        text
    }
}
