//! The desk of the public side: the settings, and the services with what each asks.

use axum::extract::State as AppState;
use kernel::Kernel;
use kernel::auth::{User, not_found};
use kernel::error::{Error, Fields, Result, codes as kernel_codes};
use kernel::http::{Json, Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::store::{self, Attribute, Service};
use super::{Settings, Stored, service_code, store_settings, stored};
use crate::catalogue::{Catalogue, catalogue};
use crate::view::{Named, Names};

const MOST_ATTRIBUTES: usize = 20;
const MOST_VALUES: usize = 50;

/// How the district speaks Open311, and its services.
#[derive(Serialize, ToSchema)]
pub(super) struct Open311View {
    settings: Settings,
    version: i64,
    /// Where clients begin: without `http.public_url` in the configuration it begins with `/`.
    discovery: String,
    /// The `jurisdiction_id` that is in force.
    jurisdiction: String,
    services: Vec<ServiceView>,
}

/// A class as a service.
#[derive(Serialize, ToSchema)]
#[schema(as = Open311ServiceView)]
pub(super) struct ServiceView {
    code: String,
    class: Named,
    /// The major class, for groups.
    group: Named,
    open: bool,
    description: Option<String>,
    keywords: Option<String>,
    notice: Option<String>,
    attributes: Vec<Attribute>,
    version: i64,
}

async fn view(kernel: &Kernel) -> Result<Open311View> {
    let Stored { settings, version, .. } = stored(kernel).await?;
    let (atlas, catalogue) = (grid::api::atlas(kernel)?, catalogue(kernel)?);
    let names = Names {
        atlas: &atlas,
        catalogue: &catalogue,
        now: kernel.now(),
    };
    let services = store::services(&mut kernel.read().await?).await?;
    let service = |it: Service| ServiceView {
        class: names.class(&it.class),
        group: group(&catalogue, &it.class),
        code: it.code,
        open: it.open,
        description: it.description,
        keywords: it.keywords,
        notice: it.notice,
        attributes: it.attributes,
        version: it.version,
    };
    let base = kernel.config().http.public_url.as_deref().unwrap_or_default();
    let district = || atlas.district().map(|it| it.code.clone()).unwrap_or_default();
    Ok(Open311View {
        jurisdiction: Some(settings.jurisdiction.clone())
            .filter(|it| !it.is_empty())
            .unwrap_or_else(district),
        settings,
        version,
        discovery: format!("{}/open311/discovery.xml", base.trim_end_matches('/')),
        services: services.into_iter().map(service).collect(),
    })
}

fn group(catalogue: &Catalogue, class: &str) -> Named {
    let class = catalogue.class(class);
    Named {
        code: class.map(|it| it.major.clone()).unwrap_or_default(),
        name: class.map(|it| it.major_name.clone()).unwrap_or_default(),
        name_en: class.and_then(|it| it.major_name_en.clone()),
    }
}

/// See how the district speaks Open311.
#[utoipa::path(get, path = "/api/open311", tag = "open311", responses((status = 200, body = Open311View)))]
pub(super) async fn open311_view(AppState(kernel): AppState<Kernel>) -> Result<Json<Open311View>> {
    view(&kernel).await.map(Json)
}

/// The settings, on the version that was looked at.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SettingsInput {
    version: i64,
    settings: Settings,
}

/// Set how the district speaks Open311.
#[utoipa::path(put, path = "/api/open311", tag = "open311", request_body = SettingsInput, responses((status = 200, body = Open311View)))]
pub(super) async fn open311_set(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Json(input): Json<SettingsInput>,
) -> Result<Json<Open311View>> {
    let mut settings = input.settings;
    let mut fields = Fields::new();
    fields
        .text("settings.jurisdiction", &settings.jurisdiction, 0, 64)
        .text("settings.contact", &settings.contact, 0, 200)
        .text("settings.key_service", &settings.key_service, 0, 200)
        .text("settings.zipcode", &settings.zipcode, 0, 16)
        .range("settings.decimals", settings.decimals.into(), 0.0, 6.0);
    fields.done()?;
    for text in [
        &mut settings.jurisdiction,
        &mut settings.contact,
        &mut settings.key_service,
        &mut settings.zipcode,
    ] {
        *text = text.trim().to_owned();
    }
    let mut work = kernel.work(&user).await?;
    if stored(&kernel).await?.version != input.version {
        return Err(Error::from(&kernel_codes::STALE));
    }
    work.audit("cases.open311_set", "open311", &settings).await?;
    store_settings(&mut work, settings, input.version + 1).await?;
    work.commit().await?;
    view(&kernel).await.map(Json)
}

/// A class as a service, on the version that was looked at.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Open311ServiceInput)]
pub(super) struct ServiceInput {
    /// 0 for a class that was no service before.
    version: i64,
    /// Whether the public may report it and see it.
    open: bool,
    /// What it is for; without one, the conditions of its filing standards.
    #[schema(max_length = 500)]
    description: Option<String>,
    /// With commas between; without any, its name and its group.
    #[schema(max_length = 200)]
    keywords: Option<String>,
    /// What whoever reports may expect.
    #[schema(max_length = 500)]
    notice: Option<String>,
    /// What is asked, in this order.
    #[serde(default)]
    #[schema(max_items = 20)]
    attributes: Vec<Attribute>,
}

impl ServiceInput {
    fn check(&self) -> Result<()> {
        let mut fields = Fields::new();
        fields
            .text("description", self.description.as_deref().unwrap_or_default(), 0, 500)
            .text("keywords", self.keywords.as_deref().unwrap_or_default(), 0, 200)
            .text("notice", self.notice.as_deref().unwrap_or_default(), 0, 500);
        many(&mut fields, "attributes", self.attributes.len(), MOST_ATTRIBUTES);
        for (n, it) in self.attributes.iter().take(MOST_ATTRIBUTES).enumerate() {
            let at = |name: &str| format!("attributes[{n}].{name}");
            word(&mut fields, &at("code"), &it.code);
            if self.attributes[..n].iter().any(|before| before.code == it.code) {
                fields.refuse_with(at("code"), &kernel_codes::TAKEN, &[("value", &it.code)]);
            }
            let hint = it.datatype_description.as_deref().unwrap_or_default();
            fields
                .text(&at("datatype_description"), hint, 0, 200)
                .text(&at("description"), &it.description, 1, 200);
            many(&mut fields, &at("values"), it.values.len(), MOST_VALUES);
            if it.datatype.is_list() && it.values.is_empty() {
                fields.refuse(at("values"), &kernel_codes::REQUIRED);
            } else if !it.datatype.is_list() && !it.values.is_empty() {
                fields.refuse(at("values"), &kernel_codes::NOT_ALLOWED);
            }
            for (m, value) in it.values.iter().take(MOST_VALUES).enumerate() {
                word(&mut fields, &at(&format!("values[{m}].key")), &value.key);
                fields.text(&at(&format!("values[{m}].name")), &value.name, 1, 64);
                if it.values[..m].iter().any(|before| before.key == value.key) {
                    fields.refuse_with(
                        at(&format!("values[{m}].key")),
                        &kernel_codes::TAKEN,
                        &[("value", &value.key)],
                    );
                }
            }
        }
        fields.done()
    }
}

fn many(fields: &mut Fields, field: &str, count: usize, most: usize) {
    if count > most {
        fields.refuse_with(field, &kernel_codes::RANGE, &[("min", "0"), ("max", &most.to_string())]);
    }
}

/// Codes stand in names of arguments.
fn word(fields: &mut Fields, field: &str, text: &str) {
    fields.text(field, text, 1, 32);
    if !text
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
    {
        fields.refuse_with(field, &kernel_codes::FORMAT, &[("why", "A-Z a-z 0-9 _ -")]);
    }
}

fn written(text: Option<String>) -> Option<String> {
    text.map(|it| it.trim().to_owned()).filter(|it| !it.is_empty())
}

/// Open a class to the public as a service, close it, or set what it asks.
#[utoipa::path(put, path = "/api/open311/services/{class}", tag = "open311", params(("class" = String, Path)), request_body = ServiceInput, responses((status = 200, body = Open311View)))]
pub(super) async fn open311_service_set(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Path(class): Path<String>,
    Json(input): Json<ServiceInput>,
) -> Result<Json<Open311View>> {
    input.check()?;
    if catalogue(&kernel)?.class(&class).is_none() {
        return Err(not_found());
    }
    let service = Service {
        code: service_code(&class),
        class,
        open: input.open,
        description: written(input.description),
        keywords: written(input.keywords),
        notice: written(input.notice),
        version: input.version,
        attributes: input.attributes,
    };
    let mut work = kernel.work(&user).await?;
    if !store::save_service(&mut work, &service).await? {
        return Err(Error::from(&kernel_codes::STALE));
    }
    let facts = serde_json::json!({ "open": service.open, "attributes": service.attributes });
    work.audit("cases.open311_service_set", &service.code, facts).await?;
    // Clients learn by the discovery that they have to read the services again.
    let Stored { settings, version, .. } = stored(&kernel).await?;
    store_settings(&mut work, settings, version).await?;
    work.commit().await?;
    view(&kernel).await.map(Json)
}
