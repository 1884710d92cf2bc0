//! The class suggestion of the district: trained on its own filed cases by a background job, kept in the database, held in
//! memory, asked while a report is written. It proposes; people decide.

use std::time::Duration;

use axum::extract::State as AppState;
use grid::api::{Atlas, atlas};
use kernel::db::{Sql, Tx};
use kernel::error::{Error, Fields, Result};
use kernel::http::Json;
use kernel::jobs::Job;
use kernel::{Kernel, Time, args};
use serde::{Deserialize, Serialize};
use standards::Point;
use utoipa::ToSchema;

use super::classify::{Examples, Feature, Guess, Model, features, is_held_out};
use super::component;
use crate::catalogue::catalogue;
use crate::intake::ReportPoint;
use crate::model::CaseId;
use crate::view::{Named, Names};

/// Trains anew when there is enough to learn.
pub const JOB: Job = Job {
    name: "cases.class_suggestion",
    zh: "用本区已立案案件训练归类建议",
    en: "Train the class suggestion on the district's filed cases",
    every: Duration::from_secs(600),
    run: |kernel| Box::pin(train_if_due(kernel)),
};

/// The latest cases that are learnt from.
const MOST: usize = 200_000;
/// Cases of one page of reading: transactions stay short.
const PAGE: i64 = 2_000;
/// New filed cases that are worth a training: this many, or a twentieth of what was learnt from.
const WORTH: i64 = 200;
/// How long the arithmetic may take.
const BUDGET: Duration = Duration::from_secs(300);

/// The model in memory, with the number of its training; 0 is none.
struct Suggester(i64, Option<Model>);

/// Begins without a model: the first look at the database brings it.
pub(crate) fn open(kernel: &Kernel) {
    kernel.share(Suggester(0, None));
}

/// Loads the newest model if it is not the one in memory.
pub(crate) async fn refresh(kernel: &Kernel) -> Result<()> {
    let mut tx = kernel.read().await?;
    let newest = latest(&mut tx).await?.map_or(0, |it| it.n);
    if kernel.shared::<Suggester>()?.0 == newest {
        return Ok(());
    }
    let sql = "SELECT model FROM cases_class_model WHERE n = $1";
    let bytes: Option<(Option<Vec<u8>>,)> = tx.one(sql, args![newest]).await?;
    let model = bytes.and_then(|it| it.0).and_then(|it| Model::unpack(&it));
    kernel.share(Suggester(newest, model));
    Ok(())
}

/// A training as it is stored, without the model.
#[derive(Clone, Debug, sqlx::FromRow)]
struct Training {
    n: i64,
    at: Time,
    through: Time,
    trained: i64,
    held_out: i64,
    classes: i64,
    top1: i64,
    top3: i64,
    baseline: i64,
    baseline_class: String,
}

const TRAINING: &str =
    "SELECT n, at, through, trained, held_out, classes, top1, top3, baseline, baseline_class FROM cases_class_model";

async fn latest(tx: &mut Tx) -> Result<Option<Training>> {
    let mut sql = Sql::new(TRAINING);
    sql.push(" ORDER BY n DESC LIMIT 1");
    Ok(tx.list(sql).await?.pop())
}

async fn train_if_due(kernel: Kernel) -> Result<String> {
    let mut tx = kernel.read().await?;
    let last = latest(&mut tx).await?;
    let worth = last.as_ref().map_or(WORTH, |it| WORTH.max(it.trained / 20));
    let since = last.as_ref().map_or(Time::from_millis(i64::MIN), |it| it.through);
    let sql = "SELECT COUNT(*) FROM (SELECT id FROM cases_case WHERE reported_at > $1 AND filed_at IS NOT NULL LIMIT $2) fresh";
    let fresh: Option<(i64,)> = tx.one(sql, args![since, worth]).await?;
    drop(tx);
    let fresh = fresh.map_or(0, |it| it.0);
    if fresh < worth {
        return Ok(format!("{fresh} new cases, waits for {worth}"));
    }
    train(&kernel, last.map_or(1, |it| it.n + 1)).await
}

/// A past case, as far as it is learnt from.
#[derive(sqlx::FromRow)]
struct Past {
    id: CaseId,
    description: String,
    class: String,
    area: String,
    reported_at: Time,
}

async fn train(kernel: &Kernel, n: i64) -> Result<String> {
    let zone = kernel.config().zone();
    let mut examples = Examples::default();
    let mut from: Option<(Time, CaseId)> = None;
    let mut through = Time::default();
    let mut seen = 0;
    while seen < MOST && !kernel.stop_signal().is_cancelled() {
        let page = page(&mut kernel.read().await?, from).await?;
        let Some(last) = page.last() else { break };
        from = Some((last.reported_at, last.id));
        seen += page.len();
        through = page.iter().map(|it| it.reported_at).fold(through, Time::max);
        let zone = zone.clone();
        let learn = move || {
            for it in page {
                let hour = it.reported_at.to_jiff().to_zoned_datetime(zone.clone()).hour();
                let shown = features(&it.description, &it.area, hour);
                examples.add(&shown, &it.class, is_held_out(&it.id.to_string()));
            }
            examples
        };
        examples = tokio::task::spawn_blocking(learn).await.map_err(Error::internal)?;
    }
    if kernel.stop_signal().is_cancelled() {
        return Ok("stopped, begins anew at the next start".to_owned());
    }
    let learnt = tokio::task::spawn_blocking(move || {
        let trained = examples.train.len();
        Model::learn(&examples, BUDGET).map(|it| (trained, it))
    });
    let Some((trained, (model, measure))) = learnt.await.map_err(Error::internal)? else {
        return Ok(format!("{seen} cases are too few of each class"));
    };
    let size = |it: usize| i64::try_from(it).unwrap_or(i64::MAX);
    let mut work = kernel.system_work().await?;
    let now = work.now();
    let sql = "INSERT INTO cases_class_model (n, at, through, trained, held_out, classes, top1, top3, baseline, baseline_class, model) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING";
    let values = args![
        n,
        now,
        through,
        size(trained),
        size(measure.held_out),
        size(model.classes.len()),
        size(measure.top1),
        size(measure.top3),
        size(measure.baseline),
        &measure.baseline_class,
        model.pack()
    ];
    work.run(sql, values).await?;
    work.run(
        "UPDATE cases_class_model SET model = NULL WHERE n < $1 AND model IS NOT NULL",
        args![n],
    )
    .await?;
    let facts = serde_json::json!({ "cases": trained, "held_out": measure.held_out, "top1": measure.top1, "top3": measure.top3 });
    work.audit("cases.class_suggestion_trained", n, facts).await?;
    work.commit().await?;
    refresh(kernel).await?;
    Ok(format!(
        "{trained} cases, {} classes; of {} held out {} right at once, {} among three, {} by the most frequent class",
        model.classes.len(),
        measure.held_out,
        measure.top1,
        measure.top3,
        measure.baseline
    ))
}

async fn page(tx: &mut Tx, from: Option<(Time, CaseId)>) -> Result<Vec<Past>> {
    let mut sql = Sql::new(
        "SELECT id, description, class, area, reported_at FROM cases_case WHERE filed_at IS NOT NULL AND class IS NOT NULL",
    );
    if let Some((at, id)) = from {
        sql.push(" AND (reported_at, id) < (")
            .bind(at)
            .push(", ")
            .bind(id)
            .push(")");
    }
    sql.push(" ORDER BY reported_at DESC, id DESC LIMIT ").bind(PAGE);
    Ok(tx.list(sql).await?)
}

/// A report, as far as it is written.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClassQuestion {
    /// What it says.
    #[schema(max_length = 2000)]
    description: String,
    /// Where, on the map …
    point: Option<ReportPoint>,
    /// … or by area.
    #[schema(max_length = 15)]
    area: Option<String>,
    /// The component that it is about, by its code: its class comes first.
    #[schema(max_length = 17)]
    component: Option<String>,
}

/// A class that the report may be of.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClassGuess {
    class: Named,
    major_name: String,
    major_name_en: Option<String>,
    /// Between 0 and 1, as past cases have it; absent where they say nothing.
    probability: Option<f64>,
    /// What spoke for it: words of the report, the place, the hour.
    reasons: Vec<GuessReason>,
}

/// Something that spoke for a class.
#[derive(Debug, Serialize, ToSchema)]
pub struct GuessReason {
    /// `component`, `word`, `area` or `hour`.
    kind: &'static str,
    /// The component's name, the word, the area's name or the hour.
    text: String,
}

/// The most that are proposed.
const GUESSES: usize = 3;

/// Propose classes for a report, with probabilities and reasons. People decide: nothing is classed by it alone.
#[utoipa::path(post, path = "/api/cases/suggest-class", tag = "cases", request_body = ClassQuestion, responses((status = 200, body = Vec<ClassGuess>)))]
pub(super) async fn class_suggest(
    AppState(kernel): AppState<Kernel>,
    Json(input): Json<ClassQuestion>,
) -> Result<Json<Vec<ClassGuess>>> {
    let mut fields = Fields::new();
    fields.text("description", &input.description, 0, 2000);
    fields.text("area", input.area.as_deref().unwrap_or_default(), 0, 15);
    fields.done()?;
    let (atlas, catalogue) = (atlas(&kernel)?, catalogue(&kernel)?);
    let names = Names {
        atlas: &atlas,
        catalogue: &catalogue,
        now: kernel.now(),
    };
    // A class that has left the list since is not proposed.
    let view = |code: &str, probability, reasons| {
        let class = catalogue.class(code)?;
        Some(ClassGuess {
            class: names.class(code),
            major_name: class.major_name.clone(),
            major_name_en: class.major_name_en.clone(),
            probability,
            reasons,
        })
    };
    let mut all = Vec::new();
    let found = component::of_case(&mut kernel.read().await?, input.component.as_deref()).await?;
    if let Some(it) = found
        && let Some(class) = component::class_of(&catalogue, &it)
    {
        let reason = GuessReason {
            kind: "component",
            text: it.label(),
        };
        all.extend(view(&class, None, vec![reason]));
    }
    let suggester = kernel.shared::<Suggester>()?;
    if let Some(model) = &suggester.1
        && input.description.trim().chars().count() > 1
    {
        let area = area_of(&atlas, &input);
        let hour = kernel.now().to_jiff().to_zoned_datetime(kernel.config().zone()).hour();
        for guess in model.guess(&features(&input.description, &area, hour), GUESSES) {
            let (class, probability) = (guess.class.clone(), Some(f64::from(guess.probability)));
            match all.iter_mut().find(|it: &&mut ClassGuess| it.class.code == class) {
                Some(first) => {
                    first.probability = probability;
                    first.reasons.extend(reasons(&atlas, guess));
                }
                None => all.extend(view(&class, probability, reasons(&atlas, guess))),
            }
        }
    }
    all.truncate(GUESSES);
    Ok(Json(all))
}

fn area_of(atlas: &Atlas, input: &ClassQuestion) -> String {
    let located = input.point.and_then(|it| {
        let point = Point::new(it.lng, it.lat).ok()?;
        let wgs84 = point.convert(it.crs.unwrap_or(standards::Crs::Wgs84), standards::Crs::Wgs84);
        atlas.locate(wgs84).innermost().map(|it| it.code.to_string())
    });
    located.or_else(|| input.area.clone()).unwrap_or_default()
}

fn reasons(atlas: &Atlas, guess: Guess) -> Vec<GuessReason> {
    let reason = |it| match it {
        Feature::Word(text) | Feature::Pair(text) => GuessReason { kind: "word", text },
        Feature::Area(code) => GuessReason {
            kind: "area",
            text: atlas.area(&code).map_or(code, |it| it.name.clone()),
        },
        Feature::Hour(hour) => GuessReason {
            kind: "hour",
            text: format!("{hour}:00"),
        },
    };
    guess.reasons.into_iter().map(reason).collect()
}

/// What a training of the class suggestion was worth, on cases that it had not seen.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrainingView {
    /// Its number.
    n: i64,
    at: Time,
    /// Cases learnt from.
    trained: i64,
    /// Cases measured by.
    held_out: i64,
    /// Classes told apart.
    classes: i64,
    /// Of those held out: right at once.
    top1: i64,
    /// Right among three.
    top3: i64,
    /// Right by always saying the most frequent class.
    baseline: i64,
    /// That class.
    baseline_class: Named,
}

/// List the latest trainings of the class suggestion with their measured accuracy; at most fifty.
#[utoipa::path(get, path = "/api/cases/class-trainings", tag = "cases", responses((status = 200, body = Vec<TrainingView>)))]
pub(super) async fn class_trainings(AppState(kernel): AppState<Kernel>) -> Result<Json<Vec<TrainingView>>> {
    let mut sql = Sql::new(TRAINING);
    sql.push(" ORDER BY n DESC LIMIT 50");
    let rows: Vec<Training> = kernel.read().await?.list(sql).await?;
    let (atlas, catalogue) = (atlas(&kernel)?, catalogue(&kernel)?);
    let names = Names {
        atlas: &atlas,
        catalogue: &catalogue,
        now: kernel.now(),
    };
    let view = rows.into_iter().map(|it| TrainingView {
        n: it.n,
        at: it.at,
        trained: it.trained,
        held_out: it.held_out,
        classes: it.classes,
        top1: it.top1,
        top3: it.top3,
        baseline: it.baseline,
        baseline_class: names.class(&it.baseline_class),
    });
    Ok(Json(view.collect()))
}
