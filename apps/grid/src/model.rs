//! Areas, bodies and posts, and the rules about their codes. Pure: no SQL, no HTTP, no async, no clock.

use std::collections::BTreeSet;

use kernel::Result;
use kernel::error::{Code, Error, Fields, codes as kernel_codes};
use serde::Serialize;
use standards::{AreaCode, Level, Point};
use utoipa::ToSchema;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};

use crate::codes;

kernel::id!(
    /// A post.
    PostId
);

kernel::words! {
    /// What a grid is.
    pub enum GridKind {
        /// Divided by households.
        General = "general", "综合网格", "General grid";
        /// A campus, an industrial park, a hospital and the like.
        Dedicated = "dedicated", "专属网格", "Dedicated grid";
    }
}

kernel::words! {
    /// What a body is.
    pub enum BodyKind {
        /// A department of the district.
        Department = "department", "部门", "Department";
        /// A company that runs a service.
        Company = "company", "企业", "Company";
        /// A town's or street's office.
        Town = "town", "镇街", "Town";
        /// A village's or community's committee.
        Village = "village", "村社区", "Village";
    }
}

kernel::words! {
    /// What somebody is in a grid.
    pub enum PostKind {
        /// Answers for the grid.
        Lead = "lead", "网格长", "Grid lead";
        /// Works there and nowhere else.
        FullTime = "full_time", "专职网格员", "Full-time worker";
        /// Works there beside other duties.
        PartTime = "part_time", "兼职网格员", "Part-time worker";
        /// Helps.
        Volunteer = "volunteer", "志愿者", "Volunteer";
    }
}

impl GridKind {
    /// The kind as lists write it: 综合网格, 专属网格（园区）, `general`.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase();
        let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
        match () {
            () if says(&["专属", "专用", "专门", "dedicated"]) => Some(Self::Dedicated),
            () if says(&["综合", "普通", "一般", "基础", "general"]) => Some(Self::General),
            () => None,
        }
    }
}

impl BodyKind {
    /// The letter that the codes of such bodies begin with.
    pub const fn letter(self) -> char {
        match self {
            Self::Department => 'D',
            Self::Company => 'C',
            Self::Town => 'T',
            Self::Village => 'V',
        }
    }

    /// The level whose areas have a body of this kind each.
    pub const fn level(self) -> Option<Level> {
        match self {
            Self::Department | Self::Company => None,
            Self::Town => Some(Level::Town),
            Self::Village => Some(Level::Village),
        }
    }
}

/// An area as it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Area {
    /// Its code.
    pub code: String,
    /// Its level, by the length of the code.
    pub level: Level,
    /// The area it lies in.
    pub parent: Option<String>,
    /// Its name.
    pub name: String,
    /// Its name in English.
    pub name_en: Option<String>,
    /// What kind of grid it is.
    pub kind: Option<GridKind>,
    /// Households.
    pub households: Option<i64>,
    /// Inhabitants.
    pub population: Option<i64>,
    /// Its own class (1, 2, 3 …); without one, that of the area it lies in counts: ask the atlas.
    pub area_class: Option<i64>,
    /// A point inside its shape, if it has one.
    pub center: Option<Point>,
    /// Counted up with each change.
    pub version: i64,
}

/// A responsible body as it is.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Body {
    /// Its code.
    pub code: String,
    /// What it is.
    pub kind: BodyKind,
    /// Its name.
    pub name: String,
    /// Its name in English.
    pub name_en: Option<String>,
    /// The area it answers for.
    pub area: Option<String>,
    /// Whether it still takes work.
    pub active: bool,
    /// Counted up with each change.
    pub version: i64,
}

/// An area to be made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct NewArea {
    /// Its code, which also says its level and where it lies.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its name in English.
    pub name_en: Option<String>,
    /// What kind of grid it is; nothing above the grids.
    pub kind: Option<GridKind>,
    /// Households.
    pub households: Option<i64>,
    /// Inhabitants.
    pub population: Option<i64>,
}

/// A body to be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NewBody {
    /// Its code.
    pub code: String,
    /// What it is.
    pub kind: BodyKind,
    /// Its name.
    pub name: String,
    /// Its name in English.
    pub name_en: Option<String>,
    /// The area it answers for.
    pub area: Option<String>,
}

impl Area {
    /// An area as it will be once it is made.
    pub(crate) fn from_new(code: AreaCode, new: &NewArea) -> Self {
        Self {
            code: new.code.clone(),
            level: code.level(),
            parent: code.parent().map(|it| it.to_string()),
            name: new.name.clone(),
            name_en: new.name_en.clone(),
            kind: new.kind,
            households: new.households,
            population: new.population,
            area_class: None,
            center: None,
            version: 1,
        }
    }
}

impl Body {
    /// A body as it will be once it is made.
    pub(crate) fn from_new(new: &NewBody) -> Self {
        Self {
            code: new.code.clone(),
            kind: new.kind,
            name: new.name.clone(),
            name_en: new.name_en.clone(),
            area: new.area.clone(),
            active: true,
            version: 1,
        }
    }
}

impl From<Area> for NewArea {
    fn from(area: Area) -> Self {
        Self {
            code: area.code,
            name: area.name,
            name_en: area.name_en,
            kind: area.kind,
            households: area.households,
            population: area.population,
        }
    }
}

impl From<Body> for NewBody {
    fn from(body: Body) -> Self {
        Self {
            code: body.code,
            kind: body.kind,
            name: body.name,
            name_en: body.name_en,
            area: body.area,
        }
    }
}

/// How the levels appear in the description of the API.
pub(crate) fn level_schema() -> Schema {
    let words = Level::ALL.map(Level::as_str);
    ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(words))
        .into()
}

/// A refusal of one field.
pub(crate) fn refused(field: &str, code: &'static Code, args: &[(&str, &str)]) -> Error {
    let mut fields = Fields::new();
    fields.refuse_with(field, code, args);
    fields
        .done()
        .err()
        .unwrap_or_else(|| Error::from(&kernel_codes::INVALID))
}

/// The classes of areas in use.
pub(crate) const AREA_CLASSES: std::ops::RangeInclusive<i64> = 1..=9;
/// The longest name of an area or body, in characters.
pub(crate) const LONGEST_NAME: usize = 100;
/// More people than any district has.
const MOST_PEOPLE: i64 = 100_000_000;

impl NewArea {
    /// Its code, if the area can be one. Whether its parent exists is for the store to say.
    pub fn check(&self) -> Result<AreaCode> {
        let mut fields = Fields::new();
        let code = AreaCode::parse(&self.code);
        if let Err(why) = &code {
            fields.refuse_with(
                "code",
                &codes::BAD_CODE,
                &[("why", &why.zh()), ("why_en", &why.to_string())],
            );
        }
        check_names(&mut fields, &self.name, self.name_en.as_deref());
        if self.kind.is_some() && code.as_ref().is_ok_and(|it| it.level() != Level::Grid) {
            fields.refuse("kind", &kernel_codes::NOT_ALLOWED);
        }
        for (field, count) in [("households", self.households), ("population", self.population)] {
            if count.is_some_and(|it| !(0..=MOST_PEOPLE).contains(&it)) {
                let most = MOST_PEOPLE.to_string();
                fields.refuse_with(field, &kernel_codes::RANGE, &[("min", "0"), ("max", &most)]);
            }
        }
        fields.done()?;
        code.map_err(Error::internal)
    }
}

impl NewBody {
    /// Refuses what cannot be a body. Whether its area exists is for the store to say.
    pub fn check(&self) -> Result<()> {
        let mut fields = Fields::new();
        let length = self.code.chars().count();
        if !(2..=32).contains(&length) || !self.code.chars().all(|c| c.is_ascii_digit() || c.is_ascii_uppercase()) {
            fields.refuse_with("code", &kernel_codes::FORMAT, &[("why", "A-Z 0-9, 2…32")]);
        }
        check_names(&mut fields, &self.name, self.name_en.as_deref());
        let level = self
            .area
            .as_deref()
            .and_then(|area| AreaCode::parse(area).ok())
            .map(AreaCode::level);
        match (self.kind.level(), level) {
            (Some(_), None) if self.area.is_none() => drop(fields.refuse("area", &kernel_codes::REQUIRED)),
            (Some(wanted), level) if level != Some(wanted) => {
                let names = [("zh", wanted.zh()), ("en", wanted.en())];
                fields.refuse_with("area", &codes::WRONG_LEVEL, &names);
            }
            _ => {}
        }
        fields.done()
    }
}

fn check_names(fields: &mut Fields, name: &str, name_en: Option<&str>) {
    fields
        .text("name", name, 1, LONGEST_NAME)
        .text("name_en", name_en.unwrap_or_default(), 0, 2 * LONGEST_NAME);
}

/// Somebody who is posted in an area.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PostedWorker {
    /// The user.
    pub user: kernel::auth::UserId,
    /// Their name.
    pub name: String,
    /// Where they are posted.
    pub area: String,
    /// What they are there.
    pub kind: PostKind,
}

/// How many people are posted in an area and below.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Staff {
    /// Grid leads.
    pub lead: i64,
    /// Full-time workers.
    pub full_time: i64,
    /// Part-time workers.
    pub part_time: i64,
    /// Volunteers.
    pub volunteer: i64,
}

impl Staff {
    /// The number of one kind, to be set.
    pub(crate) fn of_mut(&mut self, kind: PostKind) -> &mut i64 {
        match kind {
            PostKind::Lead => &mut self.lead,
            PostKind::FullTime => &mut self.full_time,
            PostKind::PartTime => &mut self.part_time,
            PostKind::Volunteer => &mut self.volunteer,
        }
    }
}

/// What a name is compared by: without blanks and without the words that one writer adds and another leaves out, so that
/// 东苑社区, 东苑社区居委会 and 东苑社区居民委员会 are one, and so are 双沟街道 and 双沟街道办事处.
pub fn name_key(level: Level, name: &str) -> String {
    let name: String = standards::text::half_width(name)
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect();
    let endings: &[&str] = match level {
        Level::District | Level::Grid => &[],
        Level::Town => &["办事处", "人民政府", "街道办", "街道"],
        Level::Village => &["居民委员会", "村民委员会", "居委会", "村委会", "社区", "村"],
    };
    let mut key = name.as_str();
    for ending in endings {
        key = key.strip_suffix(ending).filter(|rest| !rest.is_empty()).unwrap_or(key);
    }
    key.to_owned()
}

/// The numbers from which a new area gets its own, by what its name says it is (GB/T 10114 and the statistical codes).
fn numbers_for(level: Level, name: &str) -> std::ops::RangeInclusive<u16> {
    let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    match level {
        Level::Town if ends(&["街道", "街道办", "街道办事处"]) => 1..=99,
        Level::Town if ends(&["镇", "镇人民政府"]) => 100..=199,
        Level::Town if ends(&["乡", "乡人民政府"]) => 200..=399,
        Level::Village if ends(&["村", "村委会", "村民委员会"]) => 200..=399,
        Level::Village if ends(&["社区", "居委会", "居民委员会"]) => 1..=199,
        Level::Town | Level::Village => 400..=599,
        Level::District | Level::Grid => 1..=999,
    }
}

/// The lowest free code one level below `parent`, within the numbers that the name suggests. `taken` are the codes there.
pub(crate) fn next_area_code<'a>(
    parent: AreaCode,
    name: &str,
    taken: impl Iterator<Item = &'a str>,
) -> Result<AreaCode> {
    let taken: BTreeSet<&str> = taken.collect();
    let level = parent
        .level()
        .inner()
        .ok_or_else(|| refused("parent", &codes::NOTHING_BELOW, &[("parent", parent.as_str())]))?;
    let free = numbers_for(level, name.trim())
        .filter_map(|number| parent.child(number).ok())
        .find(|code| !taken.contains(code.as_str()));
    free.ok_or_else(|| codes::NO_CODE_LEFT.with("parent", parent.as_str()).with("name", name))
}

/// The lowest free code of a body of this kind: `D01`, `D02`, …
pub(crate) fn next_body_code<'a>(kind: BodyKind, taken: impl Iterator<Item = &'a str>) -> String {
    let taken: BTreeSet<&str> = taken.collect();
    let free = (1_u32..)
        .map(|number| format!("{}{number:02}", kind.letter()))
        .find(|code| !taken.contains(code.as_str()));
    free.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_mean_one_area_compare_equal() {
        let village = |name| name_key(Level::Village, name);
        assert_eq!(village("东苑社区居委会"), village("东苑社区"));
        assert_eq!(village("东苑 社区居民委员会"), village("东苑社区"));
        assert_eq!(village("陶庄村委会"), village("陶庄村村民委员会"));
        assert_ne!(village("东苑社区"), village("西苑社区"));
        assert_eq!(village("村"), "村");
        assert_eq!(
            name_key(Level::Town, "双沟街道办事处"),
            name_key(Level::Town, "双沟街道")
        );
        assert_ne!(name_key(Level::Town, "大桥镇"), name_key(Level::Town, "大桥街道"));
        assert_ne!(name_key(Level::Grid, "第一网格"), name_key(Level::Grid, "第十一网格"));
    }

    #[test]
    fn a_new_area_is_numbered_by_what_it_is() {
        let district = AreaCode::parse("321012").expect("a code");
        let town =
            |name| next_area_code(district, name, ["321012001", "321012100"].into_iter()).map(|it| it.to_string());
        assert_eq!(town("龙川街道").expect("free"), "321012002");
        assert_eq!(town("仙女镇").expect("free"), "321012101");
        assert_eq!(town("红旗乡").expect("free"), "321012200");
        assert_eq!(town("经济开发区").expect("free"), "321012400");
        let town = AreaCode::parse("321012100").expect("a code");
        let village = |name| next_area_code(town, name, [].into_iter()).map(|it| it.to_string());
        assert_eq!(village("东苑社区").expect("free"), "321012100001");
        assert_eq!(village("陶庄村").expect("free"), "321012100200");
        let all: Vec<String> = (1..=99).map(|n| format!("321012{n:03}")).collect();
        let full = next_area_code(district, "新街道", all.iter().map(String::as_str));
        assert_eq!(full.expect_err("used up").code().code, "grid.no_code_left");
        let grid = AreaCode::parse("321012100001001").expect("a code");
        assert!(next_area_code(grid, "x", [].into_iter()).is_err());
        assert_eq!(
            next_body_code(BodyKind::Company, ["C01", "C03", "D02"].into_iter()),
            "C02"
        );
    }

    #[test]
    fn what_cannot_be_an_area_or_body_is_refused_field_by_field() {
        let area = NewArea {
            code: "99".into(),
            name: " ".into(),
            households: Some(-1),
            ..NewArea::default()
        };
        assert_eq!(area.check().expect_err("wrong").fields().len(), 3);
        let town = NewArea {
            code: "321012100".into(),
            name: "仙女镇".into(),
            kind: Some(GridKind::General),
            ..NewArea::default()
        };
        assert_eq!(town.check().expect_err("wrong").fields()[0].field, "kind");
        let mut body = NewBody {
            code: "T321012100".into(),
            kind: BodyKind::Town,
            name: "仙女镇人民政府".into(),
            name_en: None,
            area: Some("321012100".into()),
        };
        assert!(body.check().is_ok());
        body.area = Some("321012".into());
        assert_eq!(
            body.check().expect_err("wrong").fields()[0].code.code,
            "grid.wrong_level"
        );
        body.area = None;
        assert_eq!(
            body.check().expect_err("wrong").fields()[0].code.code,
            "kernel.required"
        );
    }

    #[test]
    fn the_kind_of_a_grid_is_read_as_lists_write_it() {
        assert_eq!(GridKind::read("综合网格"), Some(GridKind::General));
        assert_eq!(GridKind::read(" 专属网格（园区） "), Some(GridKind::Dedicated));
        assert_eq!(GridKind::read("Dedicated"), Some(GridKind::Dedicated));
        assert_eq!(GridKind::read("?"), None);
    }
}
