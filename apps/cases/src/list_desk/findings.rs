//! What is missing in the list or contradicts itself: each finding names what it is about and where it is mended.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::State as AppState;
use grid::api::{Atlas, atlas};
use jiff::civil::Date;
use kernel::Kernel;
use kernel::auth::{Reach, reaches};
use kernel::db::{Sql, Tx};
use kernel::error::Result;
use kernel::http::Json;
use serde::Serialize;
use standards::{Level, Unit};
use utoipa::ToSchema;

use super::calendar_routes::missing_year;
use crate::catalogue::{Catalogue, Standard, catalogue};
use crate::model::{StandardId, State};
use crate::moves::local_day;
use crate::permissions::CASE_HANDLE;
use crate::view::{Named, Names};

kernel::words! {
    /// What is the matter.
    pub enum FindingKind {
        /// A standard names nobody, or a body that is not there or takes no work any more.
        NoBody = "no_body", "立案标准没有可用的责任主体", "A standard without a body that takes work";
        /// Nobody may handle the body's cases.
        NobodyOnDuty = "nobody_on_duty", "责任单位没有经办人", "A body without anybody to handle its cases";
        /// The place's own body is to handle it, and some places have none.
        NoLocalBody = "no_local_body", "部分镇街或村社区没有所属单位", "Towns or villages without a body of their own";
        /// Open cases lie under a class or a standard that is not in force.
        UsedButEnded = "used_but_ended", "在办案件的类别或标准已失效", "Open cases under what is not in force";
        /// Two standards for the same are in force at once.
        Overlap = "overlap", "同一立案条件有效期重叠", "The same condition twice at the same time";
        /// Between one and the next nothing is in force.
        Gap = "gap", "同一立案条件有效期中断", "Days between one standard and the next";
        /// A limit that is none, or longer than a year, or that a stage goes beyond.
        OddLimit = "odd_limit", "时限异常", "A limit that cannot be meant";
        /// No standard of the class is in force.
        NoStandard = "no_standard", "类别没有立案标准", "A class without a standard";
        /// Holidays of a year that limits soon reach are not known.
        NoHolidays = "no_holidays", "节假日缺失", "Holidays are missing";
    }
}

/// Something to be mended.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(super) struct Finding {
    kind: FindingKind,
    /// The standard, class, body or year it is about.
    subject: Named,
    /// The standard's id, to open it.
    standard: Option<StandardId>,
    /// More about it, in Chinese.
    detail: String,
    /// The same in English.
    detail_en: String,
}

/// What there is to mend.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Findings {
    /// How many of each kind, the gravest first.
    counts: Vec<FindingCount>,
    /// How many in all.
    all: usize,
    /// Of each kind the first 100.
    items: Vec<Finding>,
}

/// How many there are of a kind.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FindingCount {
    kind: FindingKind,
    zh: &'static str,
    en: &'static str,
    n: usize,
}

/// The most of one kind that are sent.
const MOST: usize = 100;

/// List what is missing in the responsibility list or contradicts itself.
#[utoipa::path(get, path = "/api/standards/findings", tag = "cases", responses((status = 200, body = Findings)))]
pub(super) async fn finding_list(AppState(kernel): AppState<Kernel>) -> Result<Json<Findings>> {
    let mut tx = kernel.read().await?;
    let on_duty = reaches(&mut tx, &CASE_HANDLE).await?;
    let used = used(&mut tx).await?;
    drop(tx);
    let (atlas, known) = (atlas(&kernel)?, catalogue(&kernel)?);
    let today = local_day(&kernel, kernel.now());
    let look = Look {
        names: Names {
            atlas: &atlas,
            catalogue: &known,
            now: kernel.now(),
        },
        atlas: &atlas,
        known: &known,
        today: &today,
    };
    let mut all = look.standards();
    all.extend(look.bodies(&on_duty));
    all.extend(look.periods());
    all.extend(look.classes());
    all.extend(look.used(&used));
    if let Some(year) = missing_year(&kernel, &known) {
        all.push(Finding {
            kind: FindingKind::NoHolidays,
            subject: Named {
                code: year.to_string(),
                name: format!("{year} 年"),
                name_en: Some(year.to_string()),
            },
            standard: None,
            detail: "时限会按普通周历计算".to_owned(),
            detail_en: "Limits would be counted as if there were no holidays".to_owned(),
        });
    }
    let counts: Vec<FindingCount> = FindingKind::ALL
        .iter()
        .map(|kind| FindingCount {
            kind: *kind,
            zh: kind.zh(),
            en: kind.en(),
            n: all.iter().filter(|it| it.kind == *kind).count(),
        })
        .filter(|it| it.n > 0)
        .collect();
    let items = counts.iter().flat_map(|count| {
        let of = all.iter().filter(|it| it.kind == count.kind);
        of.take(MOST).cloned()
    });
    Ok(Json(Findings {
        all: all.len(),
        items: items.collect(),
        counts,
    }))
}

/// How many open cases lie under each class and standard.
async fn used(tx: &mut Tx) -> Result<Vec<(Option<String>, Option<StandardId>, i64)>> {
    let mut sql = Sql::new("SELECT class, standard, COUNT(*) FROM cases_case WHERE state IN ");
    sql.list(State::ALL.iter().filter(|it| !it.is_end()).map(|it| it.as_str()));
    sql.push(" GROUP BY class, standard");
    Ok(tx.list(sql).await?)
}

struct Look<'a> {
    names: Names<'a>,
    atlas: &'a Atlas,
    known: &'a Catalogue,
    today: &'a str,
}

impl Look<'_> {
    /// In force now or later: what has ended is past mending.
    fn alive(&self) -> impl Iterator<Item = &Standard> {
        let today = self.today;
        self.known
            .standards()
            .filter(move |it| it.valid_to.as_deref().is_none_or(|last| last >= today))
    }

    fn of(&self, kind: FindingKind, it: &Standard, detail: String, detail_en: String) -> Finding {
        Finding {
            kind,
            subject: Named {
                code: it.code.clone(),
                name: it.condition.clone(),
                name_en: it.condition_en.clone(),
            },
            standard: Some(it.id),
            detail,
            detail_en,
        }
    }

    /// Bodies and limits of each standard.
    fn standards(&self) -> Vec<Finding> {
        let mut all = Vec::new();
        for it in self.alive() {
            let body = it.body.as_deref().map(|code| (code, self.atlas.body(code)));
            let why = match body {
                Some((_, Some(body))) if body.active => None,
                Some((_, Some(body))) => Some((
                    format!("{} 已停用", body.name),
                    format!("{} takes no work any more", body.name_en.as_ref().unwrap_or(&body.name)),
                )),
                Some((code, None)) => Some((format!("单位 {code} 不存在"), format!("There is no body {code}"))),
                None if it.level.is_some() => None,
                None => Some(("未指定责任主体".to_owned(), "Nobody is named".to_owned())),
            };
            if let Some((zh, en)) = why {
                all.push(self.of(FindingKind::NoBody, it, zh, en));
            }
            if let Some((zh, en)) = odd_limit(it) {
                all.push(self.of(FindingKind::OddLimit, it, zh, en));
            }
        }
        all
    }

    /// Bodies that are responsible and that nobody works for, and places without a body of their own.
    fn bodies(&self, on_duty: &[Reach]) -> Vec<Finding> {
        let mut all = Vec::new();
        let mut wanted: BTreeMap<&str, usize> = BTreeMap::new();
        let mut levels: BTreeSet<Level> = BTreeSet::new();
        for it in self.alive() {
            match (&it.body, it.level.as_deref()) {
                (Some(code), _) => *wanted.entry(code).or_default() += 1,
                (None, Some("town")) => drop(levels.insert(Level::Town)),
                (None, Some("village")) => drop(levels.insert(Level::Village)),
                _ => {}
            }
        }
        let held = |code: &str, area: Option<&String>| {
            on_duty.iter().any(|reach| match reach {
                Reach::Body(of) => of == code,
                Reach::Area(of) => area.is_some_and(|it| it.starts_with(of.as_str())),
                // Whoever may do it everywhere is an administrator, not somebody on duty.
                Reach::All | Reach::Own => false,
            })
        };
        for (code, n) in wanted {
            let body = self.atlas.body(code).filter(|it| it.active);
            if let Some(body) = body.filter(|it| !held(code, it.area.as_ref())) {
                all.push(Finding {
                    kind: FindingKind::NobodyOnDuty,
                    subject: self.names.body(&body.code),
                    standard: None,
                    detail: format!("负责 {n} 条立案标准"),
                    detail_en: format!("Responsible for {n} filing standards"),
                });
            }
        }
        for level in levels {
            for area in self.atlas.areas().filter(|it| it.level == level) {
                let body = self.atlas.body_at(&area.code, level).filter(|it| it.active);
                let (kind, detail, detail_en) = match body {
                    None => (
                        FindingKind::NoLocalBody,
                        "没有启用的所属单位".to_owned(),
                        "It has no body that takes work".to_owned(),
                    ),
                    Some(body) if !held(&body.code, body.area.as_ref()) => (
                        FindingKind::NobodyOnDuty,
                        format!("{} 没有经办人", body.name),
                        format!("Nobody works for {}", body.name_en.as_ref().unwrap_or(&body.name)),
                    ),
                    Some(_) => continue,
                };
                all.push(Finding {
                    kind,
                    subject: Named {
                        code: body.map_or_else(|| area.code.clone(), |it| it.code.clone()),
                        name: area.name.clone(),
                        name_en: area.name_en.clone(),
                    },
                    standard: None,
                    detail,
                    detail_en,
                });
            }
        }
        all
    }

    /// Overlaps and gaps between standards of the same class with the same condition.
    fn periods(&self) -> Vec<Finding> {
        let mut twins: BTreeMap<(&str, &str), Vec<&Standard>> = BTreeMap::new();
        for it in self.known.standards() {
            twins.entry((&it.class, &it.condition)).or_default().push(it);
        }
        let mut all = Vec::new();
        for mut same in twins.into_values().filter(|it| it.len() > 1) {
            same.sort_by(|a, b| (&a.valid_from, &a.code).cmp(&(&b.valid_from, &b.code)));
            for pair in same.windows(2) {
                let [before, after] = pair else { continue };
                // What lies in the past is past mending.
                if after.valid_to.as_deref().is_some_and(|it| it < self.today) {
                    continue;
                }
                let begins = after.valid_from.as_deref();
                let ends = before.valid_to.as_deref();
                if ends.zip(begins).is_none_or(|(ends, begins)| ends >= begins) {
                    let zh = format!("与 {} 同时有效", before.code);
                    all.push(self.of(
                        FindingKind::Overlap,
                        after,
                        zh,
                        format!("In force together with {}", before.code),
                    ));
                } else if let Some((ends, begins)) = ends.zip(begins)
                    && ends
                        .parse::<Date>()
                        .and_then(|it| it.tomorrow())
                        .is_ok_and(|it| it.to_string() != begins)
                {
                    let zh = format!("{} 至 {ends}，本条 {begins} 起", before.code);
                    let en = format!("{} to {ends}, this one from {begins}", before.code);
                    all.push(self.of(FindingKind::Gap, after, zh, en));
                }
            }
        }
        all
    }

    /// Classes without a standard, as long as their edition is in use.
    fn classes(&self) -> Vec<Finding> {
        let in_use: BTreeSet<(&str, &str)> = self
            .alive()
            .filter_map(|it| self.known.class(&it.class))
            .map(|it| (it.edition.as_str(), it.kind.as_str()))
            .collect();
        let empty = self.known.classes().filter(|class| {
            let any = self.known.standards_of(&class.code).any(|it| it.in_force(self.today));
            in_use.contains(&(class.edition.as_str(), class.kind.as_str())) && !any
        });
        empty
            .map(|class| Finding {
                kind: FindingKind::NoStandard,
                subject: self.names.class(&class.code),
                standard: None,
                detail: class.major_name.clone(),
                detail_en: class.major_name_en.clone().unwrap_or_else(|| class.major_name.clone()),
            })
            .collect()
    }

    /// Open cases under what is not in force any more.
    fn used(&self, used: &[(Option<String>, Option<StandardId>, i64)]) -> Vec<Finding> {
        let mut classes: BTreeMap<&str, i64> = BTreeMap::new();
        let mut all = Vec::new();
        for (class, standard, n) in used {
            let ended = standard
                .and_then(|id| self.known.standard(id))
                .filter(|it| !it.in_force(self.today));
            if let Some(it) = ended {
                let last = it.valid_to.as_deref().unwrap_or_default();
                let zh = format!("{last} 失效，{n} 件在办");
                let en = format!("Not in force (to {last}); {n} open cases");
                all.push(self.of(FindingKind::UsedButEnded, it, zh, en));
            } else if let Some(class) = class {
                *classes.entry(class).or_default() += n;
            }
        }
        for (class, n) in classes {
            if self.known.standards_of(class).all(|it| !it.in_force(self.today)) {
                all.push(Finding {
                    kind: FindingKind::UsedButEnded,
                    subject: self.names.class(class),
                    standard: None,
                    detail: format!("没有现行立案标准，{n} 件在办"),
                    detail_en: format!("No standard is in force; {n} open cases"),
                });
            }
        }
        all
    }
}

/// The longest limit that can be meant, in days.
const LONGEST_DAYS: f64 = 366.0;

/// What is odd about its limits.
fn odd_limit(it: &Standard) -> Option<(String, String)> {
    let days = |amount: f64, unit: Unit| match unit {
        Unit::UrgentHour => amount / 24.0,
        Unit::WorkingHour => amount / 8.0,
        Unit::WorkingDay | Unit::CalendarDay => amount,
    };
    let Some(limit) = it.limit().filter(|it| it.amount() > 0.0) else {
        return Some(("没有时限".to_owned(), "There is no limit".to_owned()));
    };
    if days(limit.amount(), limit.unit()) > LONGEST_DAYS {
        return Some(("超过一年".to_owned(), "Longer than a year".to_owned()));
    }
    let long = it.stages.iter().find(|stage| {
        let stage = stage.limit();
        stage.is_some_and(|it| it.unit() == limit.unit() && it.amount() > limit.amount())
    });
    long.map(|stage| {
        let en = stage.name_en.as_ref().unwrap_or(&stage.name);
        (
            format!("“{}”长于总时限", stage.name),
            format!("“{en}” is longer than the whole"),
        )
    })
}
