//! The front door: what other apps may ask and do.
//!
//! Whoever may read sees every component, because nothing in them is personal; writing ends where the user's scope ends.

use kernel::Result;
use kernel::db::Tx;
use kernel::events::Topic;
use serde::{Deserialize, Serialize};
use standards::Point;

use crate::{class, store};

pub use crate::import::{ImportOptions, ImportReport, import};
pub use crate::model::{Component, ComponentState};
pub use crate::permissions::READ;
pub use crate::seed::seed_demo;

/// Components were entered, changed or imported.
pub static COMPONENTS_CHANGED: Topic = Topic {
    name: "components.changed",
    needs: &READ,
};

/// The news this app sends.
pub(crate) static TOPICS: &[&Topic] = &[&COMPONENTS_CHANGED];

/// What [`COMPONENTS_CHANGED`] says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Changed {
    /// The component; none when many came in at once.
    pub code: Option<String>,
}

/// A component by its code.
pub async fn find(tx: &mut Tx, code: &str) -> Result<Option<Component>> {
    store::find(tx, code).await
}

/// Components that a person may mean: by a part of the name or place, the beginning of the code, or the number on the
/// plate. With a point those around it come first, the nearest foremost. Those that were removed are left out.
pub async fn search(tx: &mut Tx, text: &str, near: Option<Point>, most: usize) -> Result<Vec<Component>> {
    let mut found = match near {
        Some(at) => store::search_near(tx, text, at, most).await?,
        None => Vec::new(),
    };
    if found.len() < most {
        let rest = store::search(tx, text, most).await?;
        found.extend(
            rest.into_iter()
                .filter(|it| !found.iter().any(|known| known.code == it.code))
                .collect::<Vec<_>>(),
        );
        found.truncate(most);
    }
    Ok(found)
}

/// Those of one class that are still there, by code; at most `most`.
pub async fn of_class(tx: &mut Tx, class: &str, most: usize) -> Result<Vec<Component>> {
    store::of_class(tx, class, most).await
}

/// A class's name in Chinese and, if it has one, in English: `2026.C01037` is 路灯.
pub fn class_name(class: &str) -> (String, Option<String>) {
    let it = class::ComponentClass::of(class, 0);
    (it.name, it.name_en)
}

/// The class of 2026 that a class of 2013 became, as the responsibility list writes it; one of 2026 stays.
pub fn class_2026(class: &str) -> Option<String> {
    let next = class::parse(class)?.to_2026(standards::Kind::Component)?;
    Some(class::stored(next))
}
