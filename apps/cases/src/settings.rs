//! The settings of cases: kept as one row, held in memory, read and changed at one address.

use std::sync::Arc;

use axum::extract::State as AppState;
use kernel::auth::User;
use kernel::db::Tx;
use kernel::error::{Error, Fields, Result, codes as kernel_codes};
use kernel::http::{Guard, Json, Routes, routes};
use kernel::{Kernel, args};
use serde::{Deserialize, Serialize};
use standards::Level;
use utoipa::ToSchema;

use crate::model::Settings;
use crate::permissions::{CASE_READ, SETTINGS_MANAGE};

/// The settings in memory, with their version.
struct Held {
    settings: Arc<Settings>,
    version: i64,
}

/// The settings as they are now.
pub fn settings(kernel: &Kernel) -> Result<Arc<Settings>> {
    Ok(kernel.shared::<Held>()?.settings.clone())
}

/// Reads the settings, if they are others than those in memory.
pub(crate) async fn refresh(kernel: &Kernel) -> Result<()> {
    let (settings, version) = stored(&mut kernel.read().await?).await?;
    if kernel.shared::<Held>().is_ok_and(|it| it.version == version) {
        return Ok(());
    }
    let settings = Arc::new(settings);
    kernel.share(Held { settings, version });
    Ok(())
}

async fn stored(tx: &mut Tx) -> Result<(Settings, i64)> {
    let sql = "SELECT value, version FROM cases_setting WHERE name = 'cases'";
    let row: Option<(String, i64)> = tx.one(sql, vec![]).await?;
    match row {
        Some((value, version)) => Ok((serde_json::from_str(&value).map_err(Error::internal)?, version)),
        None => Ok((Settings::default(), 0)),
    }
}

/// The addresses of the settings.
pub(crate) fn table() -> Routes {
    Routes::new()
        .add(routes!(settings_view).needs(&CASE_READ))
        .add(routes!(settings_change).needs(&SETTINGS_MANAGE))
}

/// The settings and their version.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = CaseSettingsView)]
struct SettingsView {
    /// What is set.
    settings: Settings,
    /// Counts the changes.
    version: i64,
}

/// Look at the settings of cases.
#[utoipa::path(get, path = "/api/cases/settings", tag = "cases", responses((status = 200, body = SettingsView)))]
async fn settings_view(AppState(kernel): AppState<Kernel>) -> Result<Json<SettingsView>> {
    let (settings, version) = stored(&mut kernel.read().await?).await?;
    Ok(Json(SettingsView { settings, version }))
}

/// Change the settings of cases, as they were at the version that was looked at.
#[utoipa::path(put, path = "/api/cases/settings", tag = "cases", request_body = SettingsView, responses((status = 200, body = SettingsView)))]
async fn settings_change(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Json(input): Json<SettingsView>,
) -> Result<Json<SettingsView>> {
    check(&input.settings)?;
    let mut work = kernel.work(&user).await?;
    let value = serde_json::to_string(&input.settings).map_err(Error::internal)?;
    let sql = "INSERT INTO cases_setting (name, value, version) VALUES ('cases', $1, 1) \
               ON CONFLICT (name) DO UPDATE SET value = excluded.value, version = cases_setting.version + 1 \
               WHERE cases_setting.version = $2";
    let first = input.version == 0;
    let (before, stored_version) = stored(&mut work).await?;
    if stored_version != input.version || (work.run(sql, args![value, input.version]).await? == 0 && !first) {
        return Err(Error::from(&kernel_codes::STALE));
    }
    let change = serde_json::json!({ "before": before, "after": &input.settings });
    work.audit("cases.settings_changed", "cases", change).await?;
    work.commit().await?;
    refresh(&kernel).await?;
    Ok(Json(SettingsView {
        version: input.version + 1,
        ..input
    }))
}

fn check(settings: &Settings) -> Result<()> {
    let mut fields = Fields::new();
    if settings.first_level == Level::Grid {
        fields.refuse_with("first_level", &kernel_codes::UNKNOWN, &[("value", "grid")]);
    }
    for (field, value, min, max) in [
        ("reopen_days", settings.reopen_days, 0, 365),
        ("extensions", settings.extensions, 0, 9),
        ("suspension_days", settings.suspension_days, 1, 366),
    ] {
        if !(min..=max).contains(&value) {
            let (min, max) = (min.to_string(), max.to_string());
            fields.refuse_with(field, &kernel_codes::RANGE, &[("min", &min), ("max", &max)]);
        }
    }
    if settings.reasons.len() > 20 {
        fields.refuse_with("reasons", &kernel_codes::RANGE, &[("min", "0"), ("max", "20")]);
    }
    for (n, reason) in settings.reasons.iter().enumerate() {
        let is_code = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '_';
        let twice = settings.reasons.iter().take(n).any(|it| it.code == reason.code);
        if reason.code.is_empty() || reason.code.len() > 32 || !reason.code.chars().all(is_code) || twice {
            fields.refuse_with("reasons", &kernel_codes::FORMAT, &[("why", "a-z 0-9 _")]);
        }
        fields.text("reasons", &reason.zh, 1, 32);
        fields.text("reasons", &reason.en, 1, 64);
    }
    fields.done()
}
