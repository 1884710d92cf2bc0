//! Duplicates: open or recently ended cases that a report may be about, near by place, class and time, each with reasons.
//!
//! How near and how recent is data, by class. A case that is still open is looked at however old it is (up to a season):
//! the hole in the road that is reported again after a week is the usual duplicate.

use std::collections::HashSet;

use axum::extract::State as AppState;
use grid::api::atlas;
use kernel::auth::{Scope, User, not_found};
use kernel::db::{Sql, Tx};
use kernel::error::{Error, Fields, Result, codes as kernel_codes};
use kernel::http::{Json, Path, Query};
use kernel::{Kernel, Time, args};
use serde::{Deserialize, Serialize};
use standards::Point;
use utoipa::{IntoParams, ToSchema};

use super::words;
use crate::catalogue::{Catalogue, catalogue};
use crate::model::{Case, CaseId, State};
use crate::permissions::CASE_READ;
use crate::routes::readable;
use crate::store;
use crate::view::{CaseRow, Names};

/// When a case is near enough.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, sqlx::FromRow)]
pub struct DuplicateRule {
    /// A class's code or the beginning of codes; empty is the rule for all others.
    #[schema(max_length = 32)]
    class: String,
    /// Distance, in metres.
    #[schema(minimum = 1, maximum = 5000)]
    metres: f64,
    /// How long after its end a case still counts, in hours.
    #[schema(minimum = 0, maximum = 720)]
    hours: i64,
    /// Counts the changes; of a new rule 0.
    #[serde(default)]
    version: i64,
}

/// All rules; a few.
struct Rules(Vec<DuplicateRule>);

impl Rules {
    async fn load(tx: &mut Tx) -> Result<Self> {
        let sql = "SELECT class, metres, hours, version FROM cases_duplicate_rule ORDER BY class LIMIT 1000";
        Ok(Self(tx.all(sql, vec![]).await?))
    }

    /// The rule with the longest beginning of this class.
    fn of(&self, class: Option<&str>) -> (f64, i64) {
        let class = class.unwrap_or_default();
        let fitting = self.0.iter().filter(|it| class.starts_with(it.class.as_str()));
        fitting
            .max_by_key(|it| it.class.len())
            .map_or((100.0, 72), |it| (it.metres, it.hours))
    }

    fn widest(&self) -> (f64, i64) {
        let metres = self.0.iter().map(|it| it.metres).fold(100.0, f64::max);
        (metres, self.0.iter().map(|it| it.hours).max().unwrap_or(72))
    }
}

/// A report, as far as it is written.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DuplicateQuery {
    /// A report that is a case already; then nothing else is needed.
    case: Option<CaseId>,
    /// Its class.
    class: Option<String>,
    /// Where, in WGS 84 degrees.
    lng: Option<f64>,
    /// Where, in WGS 84 degrees.
    lat: Option<f64>,
    /// Or its area.
    area: Option<String>,
    /// The component that it is about, by its code.
    component: Option<String>,
    /// What it says.
    text: Option<String>,
}

/// A reason in both languages.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Reason {
    /// In Chinese.
    zh: String,
    /// In English.
    en: String,
}

/// A case that the report may be about.
#[derive(Debug, Serialize, ToSchema)]
pub struct DuplicateView {
    /// The case.
    case: CaseRow,
    /// How far away, in metres, if both have a point.
    metres: Option<f64>,
    /// Hours since it was reported.
    hours: i64,
    /// Why it is proposed.
    reasons: Vec<Reason>,
}

/// What the report is compared by.
struct Subject {
    id: Option<CaseId>,
    class: Option<String>,
    point: Option<Point>,
    area: Option<String>,
    component: Option<String>,
    words: Vec<String>,
    at: Time,
}

/// The most that are proposed.
const MOST: usize = 5;
/// The most that are compared.
const LOOKED_AT: i64 = 300;
/// How old an open case may be.
const SEASON: i64 = 90 * 24 * 3600;

/// Propose open or recently ended cases that a report may be about, the likeliest first, each with its reasons.
#[utoipa::path(get, path = "/api/cases/duplicates", tag = "cases", params(DuplicateQuery), responses((status = 200, body = Vec<DuplicateView>)))]
pub(super) async fn case_duplicates(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Query(query): Query<DuplicateQuery>,
) -> Result<Json<Vec<DuplicateView>>> {
    let mut tx = kernel.read().await?;
    let subject = match query.case {
        Some(id) => {
            let case = readable(&mut tx, &user, id).await?;
            Subject {
                id: Some(id),
                point: point(&case),
                words: words::words(&case.description),
                component: case.component,
                class: case.class,
                area: Some(case.area),
                at: case.reported_at,
            }
        }
        None => {
            let mut fields = Fields::new();
            fields.text("text", query.text.as_deref().unwrap_or_default(), 0, 2000);
            fields.done()?;
            Subject {
                id: None,
                class: query.class.filter(|it| !it.is_empty()),
                point: query
                    .lng
                    .zip(query.lat)
                    .and_then(|(lng, lat)| Point::new(lng, lat).ok()),
                area: query.area.filter(|it| !it.is_empty()),
                component: query.component.filter(|it| !it.is_empty()),
                words: words::words(query.text.as_deref().unwrap_or_default()),
                at: kernel.now(),
            }
        }
    };
    let (atlas, catalogue) = (atlas(&kernel)?, catalogue(&kernel)?);
    let rules = Rules::load(&mut tx).await?;
    let cases = near(&mut tx, &subject, &rules, &user.scope(&CASE_READ)).await?;
    let names = Names {
        atlas: &atlas,
        catalogue: &catalogue,
        now: kernel.now(),
    };
    let mut found: Vec<(f64, DuplicateView)> = cases
        .iter()
        .filter_map(|it| compare(&subject, it, &rules, &names))
        .collect();
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    Ok(Json(found.into_iter().map(|it| it.1).take(MOST).collect()))
}

fn point(case: &Case) -> Option<Point> {
    case.lng.zip(case.lat).and_then(|(lng, lat)| Point::new(lng, lat).ok())
}

/// The cases of the component, then those around: by point where the report has one, else those of its own area.
async fn near(tx: &mut Tx, subject: &Subject, rules: &Rules, scope: &Scope) -> Result<Vec<Case>> {
    let (metres, hours) = rules.widest();
    let mut found: Vec<Case> = Vec::new();
    if let Some(component) = &subject.component {
        let mut sql = Sql::new(store::CASE);
        sql.push(" WHERE component = ").bind(component.as_str());
        found = recent(tx, sql, subject, hours, scope).await?;
    }
    let mut sql = Sql::new(store::CASE);
    sql.push(" WHERE ");
    if let Some(at) = subject.point {
        let tall = metres / 111_000.0;
        let wide = tall / at.lat.to_radians().cos().max(0.01);
        sql.push("lat BETWEEN ")
            .bind(at.lat - tall)
            .push(" AND ")
            .bind(at.lat + tall);
        sql.push(" AND lng BETWEEN ")
            .bind(at.lng - wide)
            .push(" AND ")
            .bind(at.lng + wide);
    } else if let Some(area) = &subject.area {
        sql.push("area = ").bind(area.as_str());
    } else {
        return Ok(found);
    }
    let around = recent(tx, sql, subject, hours, scope).await?;
    let known: HashSet<CaseId> = found.iter().map(|it| it.id).collect();
    found.extend(around.into_iter().filter(|it| !known.contains(&it.id)));
    Ok(found)
}

/// Of these, the cases that are open or ended a short while before the report.
async fn recent(tx: &mut Tx, mut sql: Sql, subject: &Subject, hours: i64, scope: &Scope) -> Result<Vec<Case>> {
    sql.and("reported_at >=", subject.at.plus_seconds(-SEASON));
    sql.and("reported_at <=", subject.at);
    let open = State::ALL.iter().copied().filter(|it| !it.is_end());
    sql.push(" AND (state IN ")
        .list(open)
        .push(" OR (state = ")
        .bind(State::Closed);
    sql.and("closed_at >=", subject.at.plus_seconds(-hours * 3600))
        .push(")) AND ");
    scope.push(&mut sql, store::SCOPE);
    sql.push(" ORDER BY reported_at DESC LIMIT ").bind(LOOKED_AT);
    Ok(tx.list(sql).await?)
}

/// How much a case speaks for being the same, with the reasons; nothing if it is too far off in any respect.
fn compare(subject: &Subject, case: &Case, rules: &Rules, names: &Names<'_>) -> Option<(f64, DuplicateView)> {
    if subject.id == Some(case.id) {
        return None;
    }
    let (reach, hours) = rules.of(subject.class.as_deref().or(case.class.as_deref()));
    let mut reasons = Vec::new();
    let mut say = |zh: String, en: String| reasons.push(Reason { zh, en });
    let metres = subject.point.zip(point(case)).map(|(a, b)| a.distance(b));
    let same = subject.component.is_some() && subject.component == case.component;
    let mut score = match metres {
        _ if same => {
            say("同一部件".to_owned(), "The same component".to_owned());
            2.0
        }
        Some(metres) if metres > reach => return None,
        Some(metres) => {
            say(format!("相距 {metres:.0} 米"), format!("{metres:.0} m away"));
            1.0 - metres / reach
        }
        None => {
            let area = names.area(&case.area);
            say(format!("同在{}", area.name), format!("Also in {}", area.path_en));
            0.4
        }
    };
    match (subject.class.as_deref(), case.class.as_deref()) {
        (Some(a), Some(b)) if a == b => {
            say("类别相同".to_owned(), "Same class".to_owned());
            score += 1.0;
        }
        (Some(a), Some(b)) if same_major(names.catalogue, a, b) => {
            say("大类相同".to_owned(), "Same major class".to_owned());
            score += 0.4;
        }
        (Some(_), Some(_)) if !same => return None,
        _ => {}
    }
    let shared = words::shared(&subject.words, &words::words(&case.description));
    if !shared.is_empty() {
        let list: Vec<&str> = shared.iter().map(String::as_str).take(4).collect();
        say(
            format!("描述相近：{}", list.join("、")),
            format!("Words in common: {}", list.join(", ")),
        );
        score += 0.2 * list.len() as f64;
    } else if metres.is_none() && subject.class.is_none() && !same {
        // The same grid alone says nothing.
        return None;
    }
    if let Some(ended) = case.closed_at {
        let since = subject.at.seconds_since(ended) / 3600;
        if since > hours {
            return None;
        }
        say(format!("{since} 小时前结案"), format!("Closed {since} h ago"));
        score -= 0.3;
    }
    let age = subject.at.seconds_since(case.reported_at) / 3600;
    let (zh, en) = match age {
        0..48 => (format!("{age} 小时前上报"), format!("Reported {age} h ago")),
        _ => (format!("{} 天前上报", age / 24), format!("Reported {} d ago", age / 24)),
    };
    say(zh, en);
    score -= 0.3 * (age as f64 / 24.0 / 90.0).min(1.0);
    let view = DuplicateView {
        case: names.row(case),
        metres,
        hours: age,
        reasons,
    };
    Some((score, view))
}

fn same_major(catalogue: &Catalogue, a: &str, b: &str) -> bool {
    let major = |code| catalogue.class(code).map(|it| (&it.edition, &it.kind, &it.major));
    matches!((major(a), major(b)), (Some(a), Some(b)) if a == b)
}

/// List the rules for duplicates; the one with an empty class holds for all others.
#[utoipa::path(get, path = "/api/duplicate-rules", tag = "cases", responses((status = 200, body = Vec<DuplicateRule>)))]
pub(super) async fn duplicate_rules(AppState(kernel): AppState<Kernel>) -> Result<Json<Vec<DuplicateRule>>> {
    Ok(Json(Rules::load(&mut kernel.read().await?).await?.0))
}

/// Add a rule for duplicates or change the one of its class.
#[utoipa::path(put, path = "/api/duplicate-rules", tag = "cases", request_body = DuplicateRule, responses((status = 200, body = DuplicateRule)))]
pub(super) async fn duplicate_rule_set(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Json(input): Json<DuplicateRule>,
) -> Result<Json<DuplicateRule>> {
    let mut fields = Fields::new();
    fields.range("metres", input.metres, 1.0, 5000.0);
    if !(0..=720).contains(&input.hours) {
        fields.refuse_with("hours", &kernel_codes::RANGE, &[("min", "0"), ("max", "720")]);
    }
    let known = |prefix: &str| Ok::<_, Error>(catalogue(&kernel)?.classes().any(|it| it.code.starts_with(prefix)));
    if !input.class.is_empty() && !known(&input.class)? {
        fields.refuse_with("class", &kernel_codes::UNKNOWN, &[("value", &input.class)]);
    }
    fields.done()?;
    let mut work = kernel.work(&user).await?;
    let sql = "INSERT INTO cases_duplicate_rule (class, metres, hours, version) VALUES ($1, $2, $3, 1) \
               ON CONFLICT (class) DO UPDATE SET metres = excluded.metres, hours = excluded.hours, \
               version = cases_duplicate_rule.version + 1 WHERE cases_duplicate_rule.version = $4 \
               RETURNING class, metres, hours, version";
    let values = args![&input.class, input.metres, input.hours, input.version];
    let saved: Option<DuplicateRule> = work.one(sql, values).await?;
    let saved = saved.ok_or_else(|| Error::from(&kernel_codes::STALE))?;
    work.audit("cases.duplicate_rule_set", &input.class, &saved).await?;
    work.commit().await?;
    Ok(Json(saved))
}

/// Which rule.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RuleQuery {
    /// The version that was looked at.
    version: i64,
}

/// Drop the rule of a class: then the next wider one holds.
#[utoipa::path(delete, path = "/api/duplicate-rules/{class}", tag = "cases", params(("class" = String, Path), RuleQuery), responses((status = 200, body = Vec<DuplicateRule>)))]
pub(super) async fn duplicate_rule_drop(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Path(class): Path<String>,
    Query(query): Query<RuleQuery>,
) -> Result<Json<Vec<DuplicateRule>>> {
    let mut work = kernel.work(&user).await?;
    let rules = Rules::load(&mut work).await?;
    let rule = rules.0.iter().find(|it| it.class == class && !class.is_empty());
    let rule = rule.ok_or_else(not_found)?;
    let sql = "DELETE FROM cases_duplicate_rule WHERE class = $1 AND version = $2";
    if work.run(sql, args![&class, query.version]).await? != 1 {
        return Err((&kernel_codes::STALE).into());
    }
    work.audit("cases.duplicate_rule_dropped", &class, rule).await?;
    let left = Rules::load(&mut work).await?;
    work.commit().await?;
    Ok(Json(left.0))
}
