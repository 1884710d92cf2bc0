//! A place by component: which lamp is dark. The register knows where it stands, what it is and who keeps it.

use components::api::{self as register, Component, ComponentState};
use grid::api::Atlas;
use kernel::db::Tx;
use kernel::error::{Error, Fields, Result, codes as kernel_codes};
use serde::Serialize;
use utoipa::ToSchema;

use crate::catalogue::Catalogue;

/// The component that a case is about.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CaseComponent {
    /// Its code.
    pub code: String,
    /// What it is called.
    pub name: String,
    /// Its name with the number on its plate.
    pub label: String,
    /// The same in English; nothing for one with a name of its own.
    pub label_en: Option<String>,
    /// Its class's name.
    pub class_name: String,
    /// The same in English.
    pub class_name_en: Option<String>,
    /// Where it stands, in words.
    pub place: Option<String>,
    /// Whose it is.
    pub owner: Option<String>,
    /// The body that keeps it.
    pub body_name: Option<String>,
    /// The same in English.
    pub body_name_en: Option<String>,
    /// How it stands.
    pub state: ComponentState,
}

/// The component that a case names, as it is now.
pub(crate) async fn of_case(tx: &mut Tx, code: Option<&str>) -> Result<Option<Component>> {
    match code {
        Some(code) => register::find(tx, code).await,
        None => Ok(None),
    }
}

/// The component as a case shows it.
pub(crate) fn view(atlas: &Atlas, it: Component) -> CaseComponent {
    let body = it.body.as_deref().and_then(|it| atlas.body(it));
    let (class_name, class_name_en) = register::class_name(&it.class);
    CaseComponent {
        label: it.label(),
        label_en: it.label_en(),
        body_name_en: body.and_then(|it| it.name_en.clone()),
        body_name: body.map(|it| it.name.clone()),
        class_name,
        class_name_en,
        code: it.code,
        name: it.name,
        place: it.place,
        owner: it.owner,
        state: it.state,
    }
}

/// The component that a report names; refused if there is none, or if it was taken away.
pub(crate) async fn named(tx: &mut Tx, code: &str) -> Result<Component> {
    let found = register::find(tx, code).await?;
    found.filter(|it| it.state != ComponentState::Removed).ok_or_else(|| {
        let mut fields = Fields::new();
        fields.refuse_with("component", &kernel_codes::UNKNOWN, &[("value", code)]);
        fields
            .done()
            .err()
            .unwrap_or_else(|| Error::from(&kernel_codes::INVALID))
    })
}

/// Its class in the responsibility list: its own, or the one of 2026 that its own became.
pub(crate) fn class_of(catalogue: &Catalogue, it: &Component) -> Option<String> {
    let listed = |code: &String| catalogue.class(code).is_some();
    Some(it.class.clone())
        .filter(listed)
        .or_else(|| register::class_2026(&it.class).filter(listed))
}
