//! The front door: what others may use. Everything else of this app is its own.

use kernel::events::Topic;
use serde::{Deserialize, Serialize};

use crate::permissions::READ;

pub use crate::model::{EntryId, State};
pub use crate::seed::seed;

/// An entry was made or moved; its data is [`Changed`].
pub static CHANGED: Topic = Topic { name: "__name__.changed", needs: &READ };

/// All the news.
pub(crate) static TOPICS: &[&Topic] = &[&CHANGED];

/// What [`CHANGED`] says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Changed {
    /// The entry.
    pub id: EntryId,
    /// Where it stands now.
    pub state: State,
}
