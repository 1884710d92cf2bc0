//! What leaves the system is what the list shows, to whom it shows it.

mod files;
mod papers;
mod subscriptions;
