//! The names of a foreign file in this district's words: areas, bodies, classes and standards are found by name, and made
//! where the mapping allows it. What is not found is told, and the case is placed one level higher.

use std::collections::HashMap;

use grid::api::{Atlas, BodyKind, NewArea, NewBody, atlas, create_area, create_body, next_area_code, next_body_code};
use kernel::error::Result;
use kernel::intake::{Kind as ProblemKind, Problem};
use kernel::{Kernel, Time, Work};
use standards::Level;

use super::commit::Found;
use super::{CaseRecord, Create, Mapping};
use crate::catalogue::{self, Catalogue, Standard, catalogue};
use crate::view::Names;

/// A name of an area that is not known and may not be made.
const UNKNOWN_AREA: ProblemKind = ProblemKind::warning(
    "cases.import_unknown_area",
    "未知区域“{value}”，案件归入上级区域",
    "Unknown area “{value}”; the case is placed above it",
);
/// A name of a body that is not known and may not be made.
const UNKNOWN_BODY: ProblemKind = ProblemKind::warning(
    "cases.import_unknown_body",
    "未知单位“{value}”",
    "Unknown body “{value}”",
);
/// A class that is not known and may not be made.
const UNKNOWN_CLASS: ProblemKind = ProblemKind::warning(
    "cases.import_unknown_class",
    "未知类别“{value}”",
    "Unknown class “{value}”",
);
/// A standard was made of a name alone.
const LIMIT_ASSUMED: ProblemKind = ProblemKind::note(
    "cases.import_limit_assumed",
    "立案标准“{value}”没有处置时限，暂按 5 个工作日",
    "The filing standard “{value}” has no limit in the file; five working days are assumed",
);

/// The limit of a standard that a file names without one.
const ASSUMED_LIMIT: (f64, &str) = (5.0, "working_day");

/// What was made on the way.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Made {
    pub(super) areas: u64,
    pub(super) bodies: u64,
    pub(super) classes: u64,
    pub(super) standards: u64,
}

/// Finds and makes.
pub(super) struct Resolver {
    kernel: Kernel,
    mapping: Mapping,
    /// With what is about to be made.
    atlas: Atlas,
    catalogue: Catalogue,
    classes: HashMap<(String, String, String), String>,
    standards: HashMap<(String, String), Standard>,
    made: Made,
}

impl Resolver {
    pub(super) fn new(kernel: &Kernel, mapping: Mapping) -> Result<Self> {
        let atlas = (*atlas(kernel)?).clone();
        let catalogue = (*catalogue(kernel)?).clone();
        let classes = catalogue.classes().map(|it| {
            (
                (it.kind.clone(), it.major_name.clone(), it.name.clone()),
                it.code.clone(),
            )
        });
        let standards = catalogue
            .standards()
            .map(|it| ((it.class.clone(), it.condition.clone()), it.clone()));
        Ok(Self {
            kernel: kernel.clone(),
            classes: classes.collect(),
            standards: standards.collect(),
            mapping,
            atlas,
            catalogue,
            made: Made::default(),
        })
    }

    pub(super) fn mapping(&self) -> &Mapping {
        &self.mapping
    }

    pub(super) fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    pub(super) fn made(&self) -> Made {
        self.made
    }

    pub(super) fn names(&self, now: Time) -> Names<'_> {
        Names {
            atlas: &self.atlas,
            catalogue: &self.catalogue,
            now,
        }
    }

    /// Makes the district if it is not there.
    pub(super) async fn begin(&mut self, work: &mut Work) -> Result<()> {
        let district = self.mapping.district.clone();
        if self.atlas.area(district.code.as_str()).is_none() && self.mapping.creates(Create::Areas) {
            self.make_area(work, district.code.to_string(), &district.name).await?;
        }
        Ok(())
    }

    /// What the names of a record stand for.
    pub(super) async fn resolve(
        &mut self,
        work: &mut Work,
        record: &CaseRecord,
        file: &str,
        line: u64,
        problems: &mut Vec<Problem>,
    ) -> Result<Found> {
        let mut tell = |kind, column: &str, value: &str| {
            problems.push(Problem::new(kind, file).line(line).column(column).arg("value", value));
        };
        let area = self.area(work, record, &mut tell).await?;
        let body = match &record.body {
            Some(body) => self.body(work, &body.name, body.kind, &mut tell).await?,
            None => None,
        };
        let class = self.class(work, record, &mut tell).await?;
        let standard = match (&class, &record.class.standard) {
            (Some(class), Some(text)) => Some(self.standard(work, class, text, body.as_deref(), &mut tell).await?),
            _ => None,
        };
        Ok(Found {
            area,
            body,
            class,
            standard,
        })
    }

    async fn area(
        &mut self,
        work: &mut Work,
        record: &CaseRecord,
        tell: &mut impl FnMut(&'static ProblemKind, &str, &str),
    ) -> Result<String> {
        let district = self.mapping.district.code.to_string();
        if let Some(code) = record.area.code {
            // A code that is not known is placed at the nearest one above it that is.
            let known = code.path().filter(|it| self.atlas.area(it.as_str()).is_some()).last();
            if known != Some(code) {
                tell(&UNKNOWN_AREA, "area", code.as_str());
            }
            return Ok(known.map_or(district, |it| it.to_string()));
        }
        let mut above = district;
        for (level, column, name) in [
            (Level::Town, "town", &record.area.town),
            (Level::Village, "village", &record.area.village),
        ] {
            let Some(name) = name else { continue };
            if let Some(found) = self.atlas.find_area(name, Some(&above), level) {
                above = found.code.clone();
            } else if self.mapping.creates(Create::Areas) && next_area_code(&self.atlas, &above, level, name).is_ok() {
                let code = next_area_code(&self.atlas, &above, level, name)?;
                self.make_area(work, code.clone(), name).await?;
                above = code;
            } else {
                tell(&UNKNOWN_AREA, column, name);
                break;
            }
        }
        Ok(above)
    }

    async fn make_area(&mut self, work: &mut Work, code: String, name: &str) -> Result<()> {
        let area = NewArea {
            code,
            name: name.to_owned(),
            name_en: None,
            kind: None,
            households: None,
            population: None,
        };
        self.atlas.plan_area(&area);
        self.made.areas += 1;
        create_area(work, area).await
    }

    async fn body(
        &mut self,
        work: &mut Work,
        name: &str,
        kind: BodyKind,
        tell: &mut impl FnMut(&'static ProblemKind, &str, &str),
    ) -> Result<Option<String>> {
        if let Some(found) = self.atlas.find_body(name) {
            return Ok(Some(found.code.clone()));
        }
        if !self.mapping.creates(Create::Bodies) {
            tell(&UNKNOWN_BODY, "body", name);
            return Ok(None);
        }
        let (kind, area) = self.seat(name, kind);
        let body = NewBody {
            code: next_body_code(&self.atlas, kind),
            kind,
            name: name.to_owned(),
            name_en: None,
            area: Some(area),
        };
        self.atlas.plan_body(&body);
        self.made.bodies += 1;
        let code = body.code.clone();
        create_body(work, body).await?;
        Ok(Some(code))
    }

    /// The area that a body is of. An office of a town or village names it; one that names none that is known is taken
    /// for an office of the district.
    fn seat(&self, name: &str, kind: BodyKind) -> (BodyKind, String) {
        let level = match kind {
            BodyKind::Town => Some(Level::Town),
            BodyKind::Village => Some(Level::Village),
            BodyKind::Department | BodyKind::Company => None,
        };
        let district = self.mapping.district.code.to_string();
        let named = self
            .atlas
            .within(&district)
            .filter(|it| Some(it.level) == level && name.contains(it.name.as_str()));
        match named.max_by_key(|it| it.name.len()) {
            Some(area) => (kind, area.code.clone()),
            None if level.is_some() => (BodyKind::Department, district),
            None => (kind, district),
        }
    }

    async fn class(
        &mut self,
        work: &mut Work,
        record: &CaseRecord,
        tell: &mut impl FnMut(&'static ProblemKind, &str, &str),
    ) -> Result<Option<String>> {
        let (major, minor) = match (&record.class.major, &record.class.minor) {
            (Some(major), Some(minor)) => (major, minor),
            (Some(one), None) | (None, Some(one)) => (one, one),
            (None, None) => return Ok(None),
        };
        let kind = if record.class.kind == Some(standards::Kind::Component) {
            "component"
        } else {
            "matter"
        };
        let key = (kind.to_owned(), major.clone(), minor.clone());
        if let Some(code) = self.classes.get(&key) {
            return Ok(Some(code.clone()));
        }
        if !self.mapping.creates(Create::Classes) {
            tell(&UNKNOWN_CLASS, "minor", minor);
            return Ok(None);
        }
        let class = catalogue::make_class(work, &self.catalogue, &self.mapping.edition, kind, major, minor).await?;
        let code = class.code.clone();
        self.classes.insert(key, code.clone());
        self.catalogue.plan_class(class);
        self.made.classes += 1;
        Ok(Some(code))
    }

    async fn standard(
        &mut self,
        work: &mut Work,
        class: &str,
        text: &str,
        body: Option<&str>,
        tell: &mut impl FnMut(&'static ProblemKind, &str, &str),
    ) -> Result<Standard> {
        let key = (class.to_owned(), text.to_owned());
        if let Some(found) = self.standards.get(&key) {
            return Ok(found.clone());
        }
        let n = work.next_number(&format!("cases.standard.{class}")).await?;
        let standard = Standard {
            id: self.kernel.id(),
            code: format!("{class}{n:02}"),
            class: class.to_owned(),
            condition: text.to_owned(),
            condition_en: None,
            closing: None,
            closing_en: None,
            amount: ASSUMED_LIMIT.0,
            unit: ASSUMED_LIMIT.1.to_owned(),
            body: body.map(str::to_owned),
            level: None,
            supervisor: None,
            valid_from: None,
            valid_to: None,
            version: 1,
            area_limits: Vec::new(),
            stages: Vec::new(),
        };
        tell(&LIMIT_ASSUMED, "standard", text);
        catalogue::save_standard(work, &standard).await?;
        catalogue::touch(work).await?;
        self.made.standards += 1;
        self.catalogue.plan_standard(standard.clone());
        self.standards.insert(key, standard.clone());
        Ok(standard)
    }
}
