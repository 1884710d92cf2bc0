//! The addresses of the figures: a kind of subject, one's own sheets, one sheet, the cases behind a number.

use std::collections::BTreeMap;

use axum::extract::State as AppState;
use grid::api::atlas;
use kernel::auth::{User, UserId, not_found, users_by_id};
use kernel::db::Tx;
use kernel::error::{Error, Result, codes as kernel_codes};
use kernel::http::{Json, Path, Query};
use kernel::page::{Page, PageQuery};
use kernel::{Kernel, Time};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::model::{Counts, Kind, Measure, read};
use super::period::Period;
use super::scheme::{Scored, Scores};
use super::store::{self, Scheme, Which};
use crate::catalogue::catalogue;
use crate::model::{CaseId, State};
use crate::permissions::{EVALUATION_OBJECT, EVALUATION_PERSONS, EVALUATION_READ};
use crate::view::{Named, Names};

/// The most subjects of one answer.
const MOST: usize = 2_000;

/// The score of another period.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EvaluationEarlier {
    /// The period.
    period: Period,
    /// All points.
    score: Option<f64>,
    /// The level.
    level: Option<String>,
}

/// A subject with its figures.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EvaluationRow {
    /// Which.
    subject: Named,
    /// Its items, score and level.
    #[serde(flatten)]
    scores: Scores,
    /// In the period before.
    before: EvaluationEarlier,
    /// In the same period of the year before.
    year_before: EvaluationEarlier,
}

/// Which subjects, and when.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct EvaluationQuery {
    #[param(inline)]
    kind: Kind,
    /// The first day of reports, `YYYY-MM-DD`.
    from: String,
    /// The last.
    to: String,
    /// Areas by `town` or `village`.
    level: Option<String>,
}

/// All subjects of a kind.
#[derive(Serialize, ToSchema)]
pub(super) struct EvaluationList {
    kind: Kind,
    period: Period,
    before: Period,
    year_before: Period,
    /// The version of the scheme.
    scheme: i64,
    /// Whether cases are still being counted: then the figures are a part of what they will be.
    counting: bool,
    /// By name if they are persons, who are not ranked; else by code.
    rows: Vec<EvaluationRow>,
}

/// See how the subjects of a kind are evaluated for a period, compared with the one before and the year before.
#[utoipa::path(get, path = "/api/evaluation", tag = "cases", params(EvaluationQuery), responses((status = 200, body = EvaluationList)))]
pub(super) async fn evaluation_list(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Query(query): Query<EvaluationQuery>,
) -> Result<Json<EvaluationList>> {
    let period = Period::parse(&query.from, &query.to)?;
    let digits = match (query.kind, query.level.as_deref()) {
        (Kind::Area, None | Some("town")) => Some("SUBSTR(subject, 1, 9)"),
        (_, None) | (Kind::Area, Some("village")) => None,
        (_, Some(_)) => return Err(Error::field("level", &kernel_codes::UNKNOWN)),
    };
    let scope = if query.kind.is_person() {
        user.require(&EVALUATION_PERSONS)?;
        user.scope(&EVALUATION_PERSONS)
    } else {
        user.scope(&EVALUATION_READ)
    };
    // What a person did lies in no one area: who sees persons sees those of the whole district, or none.
    let which = if query.kind.is_person() && scope.is_all() {
        Which::All
    } else {
        Which::Scope(&scope)
    };
    let mut tx = kernel.read().await?;
    let rows = rows(&kernel, &mut tx, query.kind, period, which, digits).await?;
    Ok(Json(EvaluationList {
        kind: query.kind,
        period,
        before: period.before(),
        year_before: period.year_before(),
        scheme: store::scheme_for(&mut tx, period).await?.version,
        counting: super::keep::is_counting(&mut tx).await?,
        rows,
    }))
}

async fn rows(
    kernel: &Kernel,
    tx: &mut Tx,
    kind: Kind,
    period: Period,
    which: Which<'_>,
    digits: Option<&'static str>,
) -> Result<Vec<EvaluationRow>> {
    let mut parts = Vec::new();
    for period in [period, period.before(), period.year_before()] {
        let scheme = store::scheme_for(tx, period).await?;
        let sums = store::sums(tx, kind, period, which, digits).await?;
        parts.push((period, scheme, sums));
    }
    let codes: Vec<String> = parts[0].2.keys().take(MOST).cloned().collect();
    let mut names = named(kernel, tx, kind, &codes).await?;
    let atlas = atlas(kernel)?;
    let score = |part: &(Period, Scheme, BTreeMap<String, Counts>), code: &str| {
        let class = atlas.area_class(code).filter(|_| kind == Kind::Area);
        let counts = part.2.get(code).cloned().unwrap_or_default();
        part.1.terms.score(kind, &counts, class, part.0.days())
    };
    let earlier = |part: &(Period, Scheme, BTreeMap<String, Counts>), code: &str| {
        let scores = score(part, code);
        EvaluationEarlier {
            period: part.0,
            score: scores.score,
            level: scores.level,
        }
    };
    if kind.is_person() {
        names.sort_by(|a, b| a.name.cmp(&b.name));
    }
    let rows = names.into_iter().map(|subject| EvaluationRow {
        scores: score(&parts[0], &subject.code),
        before: earlier(&parts[1], &subject.code),
        year_before: earlier(&parts[2], &subject.code),
        subject,
    });
    Ok(rows.collect())
}

/// Subjects by name, in the order of their codes.
async fn named(kernel: &Kernel, tx: &mut Tx, kind: Kind, codes: &[String]) -> Result<Vec<Named>> {
    let (atlas, catalogue) = (atlas(kernel)?, catalogue(kernel)?);
    let names = Names {
        atlas: &atlas,
        catalogue: &catalogue,
        now: kernel.now(),
    };
    Ok(match kind {
        Kind::Area => codes.iter().map(|it| names.named_area(it)).collect(),
        Kind::Body => codes.iter().map(|it| names.body(it)).collect(),
        _ => {
            let mut users = Vec::new();
            let ids: Vec<UserId> = codes.iter().filter_map(|it| it.parse().ok()).collect();
            for some in ids.chunks(500) {
                users.extend(users_by_id(tx, some.iter().copied()).await?);
            }
            let users: BTreeMap<String, String> = users.into_iter().map(|it| (it.id.to_string(), it.name)).collect();
            let named = |code: &String| Named {
                code: code.clone(),
                name: users.get(code).unwrap_or(code).clone(),
                name_en: None,
            };
            codes.iter().map(named).collect()
        }
    })
}

/// The days asked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct EvaluationDays {
    /// The first day of reports, `YYYY-MM-DD`.
    from: String,
    /// The last.
    to: String,
}

/// An item with what it means.
#[derive(Serialize, ToSchema)]
struct EvaluationLine {
    #[serde(flatten)]
    scored: Scored,
    /// How its points come about.
    why_zh: String,
    why_en: String,
}

/// A base count.
#[derive(Serialize, ToSchema)]
struct EvaluationCount {
    measure: Measure,
    zh: &'static str,
    en: &'static str,
    n: i64,
}

/// A subject's sheet.
#[derive(Serialize, ToSchema)]
pub(super) struct EvaluationSheet {
    kind: Kind,
    subject: Named,
    period: Period,
    /// The version of the scheme.
    scheme: i64,
    items: Vec<EvaluationLine>,
    score: Option<f64>,
    full: f64,
    level: Option<String>,
    before: EvaluationEarlier,
    year_before: EvaluationEarlier,
    /// All that was counted.
    counts: Vec<EvaluationCount>,
    /// Whether the user may object to a case in it.
    may_object: bool,
}

/// See one's own sheets: why one is scored as one is.
#[utoipa::path(get, path = "/api/evaluation/mine", tag = "cases", params(EvaluationDays), responses((status = 200, body = Vec<EvaluationSheet>)))]
pub(super) async fn evaluation_mine(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Query(query): Query<EvaluationDays>,
) -> Result<Json<Vec<EvaluationSheet>>> {
    let period = Period::parse(&query.from, &query.to)?;
    let mut tx = kernel.read().await?;
    let me = user.id.to_string();
    let mut all = Vec::new();
    for kind in Kind::ALL.iter().filter(|it| it.is_person()) {
        let sheet = sheet(&kernel, &mut tx, &user, *kind, &me, period).await?;
        if !sheet.counts.is_empty() {
            all.push(sheet);
        }
    }
    Ok(Json(all))
}

/// See the sheet of one subject: each item with its numbers, and what they mean.
#[utoipa::path(get, path = "/api/evaluation/{kind}/{subject}", tag = "cases", params(("kind" = Kind, Path), ("subject" = String, Path), EvaluationDays), responses((status = 200, body = EvaluationSheet)))]
pub(super) async fn evaluation_sheet(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Path((kind, subject)): Path<(Kind, String)>,
    Query(query): Query<EvaluationDays>,
) -> Result<Json<EvaluationSheet>> {
    let period = Period::parse(&query.from, &query.to)?;
    may_see(&user, kind, &subject)?;
    let mut tx = kernel.read().await?;
    sheet(&kernel, &mut tx, &user, kind, &subject, period).await.map(Json)
}

/// Out of reach looks as if it were not there.
pub(super) fn may_see(user: &User, kind: Kind, subject: &str) -> Result<()> {
    let scope = user.scope(&EVALUATION_READ);
    let seen = match kind {
        Kind::Area => scope.holds(Some(subject), None, &[]),
        Kind::Body => scope.holds(None, Some(subject), &[]),
        _ => subject == user.id.to_string() || user.scope(&EVALUATION_PERSONS).is_all(),
    };
    if seen { Ok(()) } else { Err(not_found()) }
}

/// Whether a user may object for a subject: for themselves, or for the body or area that is theirs.
pub(super) fn may_object(user: &User, kind: Kind, subject: &str) -> bool {
    let scope = user.scope(&EVALUATION_OBJECT);
    !scope.is_empty()
        && match kind {
            Kind::Area => scope.areas().any(|it| subject.starts_with(it)),
            Kind::Body => scope.bodies().any(|it| it == subject),
            _ => subject == user.id.to_string(),
        }
}

async fn sheet(
    kernel: &Kernel,
    tx: &mut Tx,
    user: &User,
    kind: Kind,
    subject: &str,
    period: Period,
) -> Result<EvaluationSheet> {
    // A town is the sum of its villages.
    let whole = |sums: BTreeMap<String, Counts>| {
        let mut all = Counts::new();
        for (measure, n) in sums.into_values().flatten() {
            *all.entry(measure).or_default() += n;
        }
        all
    };
    let class = atlas(kernel)?.area_class(subject).filter(|_| kind == Kind::Area);
    let mut earlier = Vec::new();
    for period in [period.before(), period.year_before()] {
        let counts = whole(store::sums(tx, kind, period, Which::One(subject), None).await?);
        let scheme = store::scheme_for(tx, period).await?;
        let scores = scheme.terms.score(kind, &counts, class, period.days());
        earlier.push(EvaluationEarlier {
            period,
            score: scores.score,
            level: scores.level,
        });
    }
    let scheme = store::scheme_for(tx, period).await?;
    let counts = whole(store::sums(tx, kind, period, Which::One(subject), None).await?);
    let Scores {
        items,
        score,
        full,
        level,
    } = scheme.terms.score(kind, &counts, class, period.days());
    let subject_name = named(kernel, tx, kind, &[subject.to_owned()]).await?;
    Ok(EvaluationSheet {
        kind,
        subject: subject_name.into_iter().next().ok_or_else(not_found)?,
        period,
        scheme: scheme.version,
        items: items.into_iter().map(explained).collect(),
        score,
        full,
        level,
        year_before: earlier.pop().ok_or_else(not_found)?,
        before: earlier.pop().ok_or_else(not_found)?,
        counts: counts
            .iter()
            .map(|(it, n)| EvaluationCount {
                measure: *it,
                zh: it.zh(),
                en: it.en(),
                n: *n,
            })
            .collect(),
        may_object: may_object(user, kind, subject),
    })
}

fn explained(scored: Scored) -> EvaluationLine {
    let zh = |of: &[Measure]| of.iter().map(|it| it.zh()).collect::<Vec<_>>().join(" + ");
    let en = |of: &[Measure]| of.iter().map(|it| it.en()).collect::<Vec<_>>().join(" + ");
    let (item, n, weight) = (&scored.item, scored.n, scored.item.weight);
    let (top, top_en) = (zh(&item.numerator), en(&item.numerator));
    let (why_zh, why_en) = match (scored.of, scored.value.zip(scored.points)) {
        (None, Some((value, points))) => {
            let score = value * 100.0;
            (
                format!("{top} {n} 件，按分段得 {score:.0} 分；× 权重 {weight} ÷ 100 = {points:.2}"),
                format!("{top_en}: {n}, by band {score:.0} of 100; × weight {weight} ÷ 100 = {points:.2}"),
            )
        }
        (Some(of), Some((value, points))) => {
            let percent = value * 100.0;
            let (bottom, bottom_en) = (zh(&item.denominator), en(&item.denominator));
            let minus = if item.inverted { "1 − " } else { "" };
            (
                format!("{minus}{top} {n} ÷ {bottom} {of} = {percent:.2}%；× 权重 {weight} = {points:.2}"),
                format!("{minus}{top_en} {n} ÷ {bottom_en} {of} = {percent:.2}%; × weight {weight} = {points:.2}"),
            )
        }
        (_, None) => (
            "本期没有可计算的案件，此项不计，其余各项按比例折算".to_owned(),
            "Nothing to measure by in this period: left out, the other items count for it in proportion".to_owned(),
        ),
    };
    EvaluationLine { scored, why_zh, why_en }
}

/// Which cases.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct BehindQuery {
    /// The first day of reports, `YYYY-MM-DD`.
    from: String,
    /// The last.
    to: String,
    /// Only those that count for this.
    #[param(inline)]
    measure: Option<Measure>,
    /// Where to go on.
    after: Option<String>,
    /// How many.
    limit: Option<u32>,
}

/// A case behind a number.
#[derive(Serialize, ToSchema)]
pub(super) struct EvaluationCase {
    id: CaseId,
    number: String,
    state: State,
    class: Option<Named>,
    area: Named,
    reported_at: Time,
    /// An appeal or an objection has taken it out of the figures; what it would count stays to be seen.
    taken: bool,
    /// What it counts.
    counts: Vec<EvaluationCount>,
}

/// List the cases behind the numbers of a subject, newest first.
#[utoipa::path(get, path = "/api/evaluation/{kind}/{subject}/cases", tag = "cases", params(("kind" = Kind, Path), ("subject" = String, Path), BehindQuery), responses((status = 200, body = Page<EvaluationCase>)))]
pub(super) async fn evaluation_cases(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Path((kind, subject)): Path<(Kind, String)>,
    Query(query): Query<BehindQuery>,
) -> Result<Json<Page<EvaluationCase>>> {
    let period = Period::parse(&query.from, &query.to)?;
    may_see(&user, kind, &subject)?;
    let page = PageQuery {
        after: query.after,
        limit: query.limit,
    };
    let mut tx = kernel.read().await?;
    let rows = store::behind(&mut tx, kind, &subject, period, query.measure, &page).await?;
    let cut = Page::cut(rows, &page, |it| (it.day.clone(), it.id));
    let (atlas, catalogue) = (atlas(&kernel)?, catalogue(&kernel)?);
    let names = Names {
        atlas: &atlas,
        catalogue: &catalogue,
        now: kernel.now(),
    };
    Ok(Json(cut.map(|it| {
        EvaluationCase {
            id: it.id,
            number: it.number,
            state: it.state,
            class: it.class.map(|it| names.class(&it)),
            area: names.named_area(&it.area),
            reported_at: it.reported_at,
            taken: it.taken,
            counts: read(&it.measures)
                .into_iter()
                .map(|(it, n)| EvaluationCount {
                    measure: it,
                    zh: it.zh(),
                    en: it.en(),
                    n,
                })
                .collect(),
        }
    })))
}
