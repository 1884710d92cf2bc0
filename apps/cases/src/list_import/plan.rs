//! What a list would change: its items held against the standards in force on a day.
//!
//! Pure, so that the preview and the commit make the same plan. A row whose meaning only a person can settle is left
//! open with the reason; a column that the list lacks changes nothing.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use grid::api::Atlas;
use kernel::intake::{Kind as ProblemKind, Problem};
use standards::{ClassCode, Kind, Limit};

use super::problems::{LEFT_CLASS, LEFT_NO_KIND, LEFT_NO_LIMIT, LEFT_TWICE, MORE_BODIES, NOT_KEPT, UNKNOWN_BODY};
use super::{ListImport, ListItem, Meaning, code};
use crate::catalogue::{AreaLimit, Catalogue, Class, Standard};
use crate::model::StandardId;

kernel::words! {
    /// What is followed where the tables say that code and name of a class do not belong together.
    pub enum Trust {
        /// The code.
        Code = "code", "以代码为准", "The code";
        /// The name.
        Name = "name", "以名称为准", "The name";
    }
}

kernel::words! {
    /// What becomes of a row.
    pub enum Fate {
        /// A standard that is not there yet.
        New = "new", "新增", "New";
        /// A standard that is there and says something else.
        Changed = "changed", "变更", "Changed";
        /// A standard that is there just so.
        Unchanged = "unchanged", "不变", "Unchanged";
        /// Left out, because something has to be settled first.
        Open = "open", "未导入", "Left out";
    }
}

/// The class of a row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum ClassRef {
    /// One that is there, by code.
    Known(String),
    /// One to be made.
    New(NewClass),
}

/// A class to be made.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct NewClass {
    pub kind: &'static str,
    /// Its edition and number in it, where the list has a code; otherwise it gets a local one.
    pub code: Option<(String, String)>,
    pub major_name: String,
    pub name: String,
}

/// Who is responsible: a body, or the place's own body at a level.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Duty {
    pub body: Option<String>,
    pub level: Option<String>,
}

/// What a row comes to.
#[derive(Clone, Debug)]
pub(crate) struct Planned {
    /// The row, from 1.
    pub row: u64,
    /// The class as the list has it, code and name.
    pub said: String,
    pub class: Option<ClassRef>,
    /// The standard that is there.
    pub present: Option<StandardId>,
    pub condition: String,
    pub closing: Option<String>,
    pub limit: Option<Limit>,
    /// Limits by class of area, if the list has such.
    pub area_limits: Vec<AreaLimit>,
    pub duty: Duty,
    pub supervisor: Option<String>,
    pub fate: Fate,
    /// Why it is left out.
    pub why: Option<&'static ProblemKind>,
    /// The fields that differ from what is there.
    pub differs: Vec<&'static str>,
}

/// What a list would change.
#[derive(Clone, Debug, Default)]
pub(crate) struct Plan {
    pub rows: Vec<Planned>,
    /// Standards in force, of the kinds that the list speaks of, that it does not name.
    pub gone: Vec<StandardId>,
    pub problems: Vec<Problem>,
}

impl Plan {
    /// How many rows have this fate.
    pub(crate) fn count(&self, fate: Fate) -> usize {
        self.rows.iter().filter(|it| it.fate == fate).count()
    }

    /// The classes to be made, each once, in the order of the rows.
    pub(crate) fn new_classes(&self) -> Vec<&NewClass> {
        let mut seen = BTreeSet::new();
        let taken = self.rows.iter().filter(|it| it.fate == Fate::New);
        let new = taken.filter_map(|it| match &it.class {
            Some(ClassRef::New(class)) => Some(class),
            _ => None,
        });
        new.filter(|it| seen.insert(*it)).collect()
    }

    /// A mark of all that would be done: what was shown is what is done, or nothing.
    pub(crate) fn mark(&self) -> String {
        let mut mark = DefaultHasher::new();
        for it in &self.rows {
            (
                it.row,
                &it.class,
                it.present,
                &it.condition,
                &it.closing,
                &it.duty,
                &it.supervisor,
            )
                .hash(&mut mark);
            (it.limit.map(|it| (it.amount().to_bits(), it.unit())), it.fate).hash(&mut mark);
        }
        self.gone.hash(&mut mark);
        format!("{:016x}", mark.finish())
    }
}

/// What a list is held against.
pub(crate) struct Present<'a> {
    pub atlas: &'a Atlas,
    pub catalogue: &'a Catalogue,
    /// The day from which the list is in force.
    pub day: &'a str,
    pub trust: Option<Trust>,
}

/// Makes the plan.
pub(crate) fn plan(import: &ListImport, file: &str, present: &Present<'_>) -> Plan {
    let mut planner = Planner::new(import, file, present);
    let mut plan = Plan::default();
    let mut taken: HashSet<(ClassRef, String)> = HashSet::new();
    for item in &import.items {
        let mut row = planner.row(item);
        if row.fate != Fate::Open
            && let Some(class) = row.class.clone()
            && !taken.insert((class, squeezed(&row.condition)))
        {
            (row.fate, row.why) = (Fate::Open, Some(&LEFT_TWICE));
        }
        plan.rows.push(row);
    }
    let named: HashSet<StandardId> = plan.rows.iter().filter_map(|it| it.present).collect();
    let kinds: HashSet<&str> = import.items.iter().filter_map(|it| it.kind).map(Kind::as_str).collect();
    let of_kinds = |it: &&Standard| {
        present
            .catalogue
            .class(&it.class)
            .is_some_and(|it| kinds.contains(it.kind.as_str()))
    };
    let in_force = present.catalogue.standards().filter(|it| it.in_force(present.day));
    plan.gone = in_force
        .filter(of_kinds)
        .map(|it| it.id)
        .filter(|it| !named.contains(it))
        .collect();
    plan.problems = planner.problems();
    plan
}

struct Planner<'a> {
    file: &'a str,
    present: &'a Present<'a>,
    columns: HashSet<Meaning>,
    /// The standards in force, by class and condition.
    by_condition: HashMap<(&'a str, String), &'a Standard>,
    bodies: HashMap<&'a str, &'a str>,
    /// Names of the classes that are about to be made, by edition, kind and code.
    planned: HashMap<(String, &'static str, String), String>,
    counted: BTreeMap<(&'static str, String), (Problem, u64)>,
    not_kept: BTreeMap<Meaning, u64>,
}

impl<'a> Planner<'a> {
    fn new(import: &ListImport, file: &'a str, present: &'a Present<'a>) -> Self {
        let columns = import.columns.iter().filter_map(|it| it.meaning);
        // By area or not, a column of limits is one.
        let columns = columns
            .map(|it| {
                if let Meaning::Limit(_) = it {
                    Meaning::Limit(None)
                } else {
                    it
                }
            })
            .collect();
        let in_force = present.catalogue.standards().filter(|it| it.in_force(present.day));
        let mut bodies = HashMap::new();
        for body in present.atlas.bodies() {
            bodies.entry(body.name.as_str()).or_insert(body.code.as_str());
        }
        for body in present.atlas.bodies() {
            for name in body.name_en.as_deref().into_iter().chain([body.code.as_str()]) {
                bodies.entry(name).or_insert(body.code.as_str());
            }
        }
        Self {
            file,
            present,
            columns,
            by_condition: in_force
                .map(|it| ((it.class.as_str(), squeezed(&it.condition)), it))
                .collect(),
            bodies,
            planned: HashMap::new(),
            counted: BTreeMap::new(),
            not_kept: BTreeMap::new(),
        }
    }

    fn row(&mut self, item: &ListItem) -> Planned {
        let condition = condition(item);
        let (class, mut why) = match self.class(item) {
            Ok(class) => (Some(class), None),
            Err(why) => (None, Some(why)),
        };
        let before = self.standard(item, class.as_ref(), &condition);
        let class = before.map(|it| ClassRef::Known(it.class.clone())).or(class);
        if before.is_some() {
            why = None;
        } else if item.code.is_some() {
            self.not_kept.entry(Meaning::StandardCode).or_insert(item.row);
        }
        if !item.note.is_empty() {
            self.not_kept.entry(Meaning::Note).or_insert(item.row);
        }
        let says = |meaning| self.columns.contains(&meaning);
        let closing = match before {
            Some(it) if !says(Meaning::Closing) => it.closing.clone(),
            _ => Some(item.closing.clone()).filter(|it| !it.is_empty()),
        };
        let limit = match before {
            Some(it) if !says(Meaning::Limit(None)) => it.limit(),
            _ => item.limit,
        };
        let kept = before.map(|it| Duty {
            body: it.body.clone(),
            level: it.level.clone(),
        });
        let duty = if says(Meaning::Body) {
            self.duty(item.row, &item.bodies, kept)
        } else {
            kept.unwrap_or_default()
        };
        let kept = before.and_then(|it| it.supervisor.clone());
        let supervisor = if self.columns.contains(&Meaning::Supervisor) {
            self.supervisor(item.row, &item.supervisors, kept)
        } else {
            kept
        };
        if limit.is_none() {
            why = why.or(Some(&LEFT_NO_LIMIT));
        }
        let mut row = Planned {
            row: item.row,
            said: [item.class.as_deref(), item.minor.as_deref()]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(" "),
            class,
            present: before.map(|it| it.id),
            condition,
            closing,
            limit,
            area_limits: area_limits(item),
            duty,
            supervisor,
            fate: Fate::Open,
            why,
            differs: Vec::new(),
        };
        row.differs = before.map(|it| differences(it, &row)).unwrap_or_default();
        row.fate = match before {
            _ if row.why.is_some() => Fate::Open,
            None => Fate::New,
            Some(_) if row.differs.is_empty() => Fate::Unchanged,
            Some(_) => Fate::Changed,
        };
        row
    }

    /// The standard in force that a row speaks of: by its code, or by class and condition.
    fn standard(&self, item: &ListItem, class: Option<&ClassRef>, condition: &str) -> Option<&'a Standard> {
        let by_code = item
            .code
            .as_deref()
            .and_then(|code| self.present.catalogue.standard_by_code(code));
        let by_code = by_code.filter(|it| it.in_force(self.present.day));
        let agrees = |it: &&Standard| class.is_none_or(|class| *class == ClassRef::Known(it.class.clone()));
        let Some(ClassRef::Known(code)) = class else {
            return by_code.filter(agrees);
        };
        by_code
            .filter(agrees)
            .or_else(|| self.by_condition.get(&(code.as_str(), squeezed(condition))).copied())
    }

    /// The class that a row means; where there are two, that is for a person to say.
    fn class(&mut self, item: &ListItem) -> Result<ClassRef, &'static ProblemKind> {
        let whole = item.class.as_deref().filter(|it| code::is_own(it));
        if let Some(known) = whole.and_then(|it| self.present.catalogue.class(it)) {
            return Ok(ClassRef::Known(known.code.clone()));
        }
        let kind = item.kind.ok_or(&LEFT_NO_KIND)?;
        let name = item.minor.as_deref();
        let numbered = item
            .edition
            .zip(item.class.as_deref())
            .map(|(edition, number)| (edition.to_string(), number.to_owned()));
        let Some((edition, number)) = numbered else {
            return Ok(self.by_name(item, kind));
        };
        // The code's own class, be it in the list that is there, in the national tables, or about to be made.
        let own = format!("{edition}.{}{number}", letter(kind));
        let table = ClassCode::parse(&number)
            .ok()
            .and_then(|it| it.to_2026(kind))
            .map(|it| format!("2026.{}{it}", letter(kind)));
        let known = [Some(own), table]
            .into_iter()
            .flatten()
            .find_map(|it| self.present.catalogue.class(&it));
        let key = (edition, kind.as_str(), number);
        let other = known
            .map(|it| it.name.as_str())
            .or(self.planned.get(&key).map(String::as_str));
        let agree = other
            .zip(name)
            .is_none_or(|(other, name)| code::same_name(other, name) || item.class_2026.is_some());
        if !agree {
            match self.present.trust {
                None => return Err(&LEFT_CLASS),
                Some(Trust::Name) => return Ok(self.by_name(item, kind)),
                Some(Trust::Code) => {}
            }
        }
        if let Some(known) = known {
            return Ok(ClassRef::Known(known.code.clone()));
        }
        let name = self
            .planned
            .get(&key)
            .map(String::as_str)
            .or(name)
            .unwrap_or(&key.2)
            .to_owned();
        self.planned.insert(key.clone(), name.clone());
        let major_name = self.major_name(item, kind).unwrap_or_else(|| name.clone());
        Ok(ClassRef::New(NewClass {
            kind: kind.as_str(),
            code: Some((key.0, key.2)),
            major_name,
            name,
        }))
    }

    fn by_name(&self, item: &ListItem, kind: Kind) -> ClassRef {
        let name = item
            .minor
            .as_deref()
            .or(item.class.as_deref())
            .or(item.major.as_deref())
            .unwrap_or("其他");
        let same = |it: &&Class| it.kind == kind.as_str() && code::plain_name(&it.name) == code::plain_name(name);
        let found: Vec<&Class> = self.present.catalogue.classes().filter(same).collect();
        let in_major = |it: &&&Class| {
            item.major
                .as_deref()
                .is_none_or(|major| code::same_name(major, &it.major_name))
        };
        let mut fitting = found.iter().filter(in_major);
        match (fitting.next(), fitting.next()) {
            (Some(only), None) => ClassRef::Known(only.code.clone()),
            _ => ClassRef::New(NewClass {
                kind: kind.as_str(),
                code: None,
                major_name: self.major_name(item, kind).unwrap_or_else(|| name.to_owned()),
                name: name.to_owned(),
            }),
        }
    }

    /// The major class's name, by the list or by the tables.
    fn major_name(&self, item: &ListItem, kind: Kind) -> Option<String> {
        let by_code = || {
            let edition = item.edition?.to_string();
            let major = item.major_code.as_deref()?;
            let mut classes = self.present.catalogue.classes();
            let found = classes.find(|it| it.edition == edition && it.kind == kind.as_str() && it.major == major);
            found.map(|it| it.major_name.clone())
        };
        item.major.clone().or_else(by_code)
    }

    fn duty(&mut self, row: u64, names: &[String], kept: Option<Duty>) -> Duty {
        let mut found: Option<(Duty, &String)> = None;
        let mut unknown = false;
        for name in names {
            let duty = if let Some(level) = level(name) {
                Duty {
                    body: None,
                    level: Some(level.to_owned()),
                }
            } else if let Some(body) = self.body(row, name) {
                Duty {
                    body: Some(body),
                    level: None,
                }
            } else {
                unknown = true;
                continue;
            };
            if let Some((_, used)) = &found {
                let used = (*used).clone();
                self.more(row, names, &used);
                break;
            }
            found = Some((duty, name));
        }
        match found {
            Some((duty, _)) => duty,
            None if unknown => kept.unwrap_or_default(),
            None => Duty::default(),
        }
    }

    fn supervisor(&mut self, row: u64, names: &[String], kept: Option<String>) -> Option<String> {
        let found: Vec<(String, &String)> = names.iter().filter_map(|it| Some((self.body(row, it)?, it))).collect();
        if let [(_, used), _, ..] = &found[..] {
            let used = (*used).clone();
            self.more(row, names, &used);
        }
        let first = found.into_iter().next().map(|it| it.0);
        first.or(kept.filter(|_| !names.is_empty()))
    }

    fn body(&mut self, row: u64, name: &str) -> Option<String> {
        let found = self.bodies.get(name).map(|it| (*it).to_owned());
        if found.is_none() {
            self.count(
                name,
                Problem::new(&UNKNOWN_BODY, self.file).line(row).arg("value", name),
            );
        }
        found
    }

    fn more(&mut self, row: u64, names: &[String], used: &str) {
        let all = names.join("、");
        self.count(
            &all,
            Problem::new(&MORE_BODIES, self.file)
                .line(row)
                .arg("value", &all)
                .arg("used", used),
        );
    }

    fn count(&mut self, key: &str, problem: Problem) {
        self.counted
            .entry((problem.code(), key.to_owned()))
            .or_insert((problem, 0))
            .1 += 1;
    }

    fn problems(self) -> Vec<Problem> {
        let kept = self.not_kept.iter().map(|(meaning, row)| {
            Problem::new(&NOT_KEPT, self.file)
                .line(*row)
                .arg("column", meaning.zh())
        });
        let counted = self
            .counted
            .into_values()
            .map(|(problem, count)| problem.arg("count", count));
        kept.chain(counted).collect()
    }
}

/// What a standard says of when to file; a list may say it by a name, or leave it to the class.
fn condition(item: &ListItem) -> String {
    let condition = item.condition.trim();
    match item.name.as_deref() {
        Some(name) if condition.is_empty() || name.contains(condition) => name.to_owned(),
        Some(name) if !condition.contains(name) => format!("{name}：{condition}"),
        _ if condition.is_empty() => item.minor.clone().or(item.major.clone()).unwrap_or_default(),
        _ => condition.to_owned(),
    }
}

/// Its limits by class of area, in order.
fn area_limits(item: &ListItem) -> Vec<AreaLimit> {
    let own = item.by_area.iter().map(|(class, limit)| AreaLimit {
        area_class: i64::from(*class),
        amount: limit.amount(),
        unit: limit.unit().to_string(),
    });
    let mut all: Vec<AreaLimit> = own.collect();
    all.sort_by_key(|it| it.area_class);
    all
}

/// The fields in which a row differs from the standard that is there.
fn differences(before: &Standard, row: &Planned) -> Vec<&'static str> {
    let same_text = |one: Option<&str>, other: Option<&str>| {
        one.map(squeezed).unwrap_or_default() == other.map(squeezed).unwrap_or_default()
    };
    let fields = [
        ("condition", same_text(Some(&before.condition), Some(&row.condition))),
        ("closing", same_text(before.closing.as_deref(), row.closing.as_deref())),
        (
            "limit",
            before.limit() == row.limit && (row.area_limits.is_empty() || before.area_limits == row.area_limits),
        ),
        ("duty", before.body == row.duty.body && before.level == row.duty.level),
        ("supervisor", before.supervisor == row.supervisor),
    ];
    fields.into_iter().filter(|it| !it.1).map(|it| it.0).collect()
}

/// The letter of a kind in class codes.
pub(crate) fn letter(kind: Kind) -> char {
    match kind {
        Kind::Component => 'C',
        Kind::Matter => 'M',
    }
}

/// A text without its blanks, which spreadsheets put anywhere.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect()
}

/// The place's own town or village, as lists speak of it when they name none: `各镇（街道）`, `属地村（社区）`.
pub(crate) fn level(name: &str) -> Option<&'static str> {
    let half = standards::text::half_width(name).to_lowercase();
    let word: String = half.chars().filter(|c| c.is_alphanumeric()).collect();
    let bare = ["各", "所在", "所属", "属地", "辖区", "相关"]
        .iter()
        .find_map(|it| word.strip_prefix(it))
        .filter(|it| !it.is_empty());
    match bare.unwrap_or(&word) {
        "镇街道"
        | "镇街"
        | "街镇"
        | "街道镇"
        | "镇乡街道"
        | "乡镇街道"
        | "乡镇"
        | "镇"
        | "街道"
        | "街道办"
        | "街道办事处"
        | "镇人民政府"
        | "镇政府"
        | "镇人民政府街道办事处"
        | "镇政府街道办事处"
        | "镇街道人民政府办事处"
        | "属地"
        | "placestown" => Some("town"),
        "村社区" | "社区村" | "村居" | "村" | "社区" | "村居委会" | "村委会" | "居委会" | "村民委员会"
        | "居民委员会" | "placesvillage" => Some("village"),
        _ => None,
    }
}
