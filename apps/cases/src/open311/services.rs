//! What is public of the responsibility list: the classes that the district has opened.

use grid::api::{Atlas, atlas};
use kernel::Kernel;
use kernel::error::{Error, Lang, Result};
use std::sync::Arc;

use super::doc::{Doc, Node};
use super::store::{self, Attribute, Service};
use super::{Stored, stored};
use crate::catalogue::{Catalogue, catalogue};
use crate::codes;
use crate::moves::local_day;

/// All that an answer needs to know.
pub(super) struct Desk {
    pub kernel: Kernel,
    pub stored: Stored,
    pub services: Vec<Service>,
    pub atlas: Arc<Atlas>,
    pub catalogue: Arc<Catalogue>,
    pub today: String,
}

impl Desk {
    /// Refuses where the district does not speak Open311.
    pub(super) async fn open(kernel: &Kernel) -> Result<Self> {
        let stored = stored(kernel).await?;
        if !stored.settings.enabled {
            return Err(Error::from(&codes::OPEN311_CLOSED));
        }
        let services = store::services(&mut kernel.read().await?).await?;
        Ok(Self {
            kernel: kernel.clone(),
            stored,
            services,
            atlas: atlas(kernel)?,
            catalogue: catalogue(kernel)?,
            today: local_day(kernel, kernel.now()),
        })
    }

    /// The `jurisdiction_id` of this server.
    pub(super) fn jurisdiction(&self) -> &str {
        let own = self.stored.settings.jurisdiction.as_str();
        if own.is_empty() {
            return self.atlas.district().map(|it| it.code.as_str()).unwrap_or_default();
        }
        own
    }

    /// Refuses another's jurisdiction, and none where one is asked for.
    pub(super) fn check_jurisdiction(&self, given: Option<&str>) -> Result<()> {
        match given {
            Some(given) if given != self.jurisdiction() => Err(codes::OPEN311_JURISDICTION.with("value", given)),
            None if self.stored.settings.jurisdiction_required => Err(Error::from(&codes::OPEN311_NO_JURISDICTION)),
            _ => Ok(()),
        }
    }

    /// The services that are open and whose class there is.
    pub(super) fn opened(&self) -> impl Iterator<Item = &Service> {
        let there = |it: &&Service| it.open && self.catalogue.class(&it.class).is_some();
        self.services.iter().filter(there)
    }

    /// An open service by its code.
    pub(super) fn service(&self, code: &str) -> Option<&Service> {
        self.opened().find(|it| it.code == code)
    }

    /// The name of a service.
    pub(super) fn name(&self, service: &Service, lang: Lang) -> String {
        let class = self.catalogue.class(&service.class);
        let name = |it: &crate::catalogue::Class| {
            lang.pick(&it.name, it.name_en.as_deref().unwrap_or(&it.name))
                .to_owned()
        };
        class.map_or_else(|| service.code.clone(), name)
    }

    /// What the service is for: as it was written, or when a case of the class is filed.
    fn description(&self, service: &Service, lang: Lang) -> String {
        if let Some(written) = &service.description {
            return written.clone();
        }
        let standards = self.catalogue.standards_of(&service.class);
        let mut all: Vec<&str> = standards
            .filter(|it| it.in_force(&self.today))
            .map(|it| lang.pick(&it.condition, it.condition_en.as_deref().unwrap_or(&it.condition)))
            .collect();
        all.dedup();
        if all.is_empty() {
            return self.name(service, lang);
        }
        all.join(lang.pick("；", "; "))
    }

    fn group(&self, service: &Service, lang: Lang) -> String {
        let class = self.catalogue.class(&service.class);
        let name = |it: &crate::catalogue::Class| {
            lang.pick(&it.major_name, it.major_name_en.as_deref().unwrap_or(&it.major_name))
                .to_owned()
        };
        class.map(name).unwrap_or_default()
    }

    /// `GET services`.
    pub(super) fn list(&self, lang: Lang) -> Doc {
        let service = |it: &Service| {
            let (name, group) = (self.name(it, lang), self.group(it, lang));
            let keywords = it.keywords.clone().unwrap_or_else(|| format!("{name}, {group}"));
            Node::Fields(vec![
                ("service_code", Node::text(&it.code)),
                ("service_name", Node::text(name)),
                ("description", Node::text(self.description(it, lang))),
                ("metadata", Node::Bool(!it.attributes.is_empty())),
                ("type", Node::text("realtime")),
                ("keywords", Node::text(keywords)),
                ("group", Node::text(group)),
            ])
        };
        Doc {
            root: "services",
            body: Node::List("service", self.opened().map(service).collect()),
        }
    }

    /// `GET services/{code}`.
    pub(super) fn definition(&self, code: &str) -> Result<Doc> {
        let service = self
            .service(code)
            .ok_or_else(|| codes::OPEN311_SERVICE_UNKNOWN.with("value", code))?;
        let attribute = |(n, it): (i64, &Attribute)| {
            let value =
                |it: &store::Choice| Node::Fields(vec![("key", Node::text(&it.key)), ("name", Node::text(&it.name))]);
            Node::Fields(vec![
                ("variable", Node::Bool(it.variable)),
                ("code", Node::text(&it.code)),
                ("datatype", Node::text(it.datatype.as_str())),
                ("required", Node::Bool(it.required)),
                ("datatype_description", Node::maybe(it.datatype_description.as_deref())),
                ("order", Node::Whole(n)),
                ("description", Node::text(&it.description)),
                ("values", Node::List("value", it.values.iter().map(value).collect())),
            ])
        };
        let attributes = (1..).zip(&service.attributes).map(attribute).collect();
        Ok(Doc {
            root: "service_definition",
            body: Node::Fields(vec![
                ("service_code", Node::text(&service.code)),
                ("attributes", Node::List("attribute", attributes)),
            ]),
        })
    }
}
