//! The system as a whole: every operation and every command, as they meet their users.

/// THE LIST, as the program has it.
#[path = "../../src/apps.rs"]
mod apps;

mod commands;
mod crash;
mod generated;
mod program;
mod serving;
mod sweep;
