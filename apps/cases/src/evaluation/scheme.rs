//! Weights, bands and formulas as data, and the sheet of a subject by them. Nothing is rounded before the page.

use std::collections::BTreeMap;

use kernel::error::{Fields, codes as kernel_codes};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::{Counts, Kind, Measure};

/// The scheme that is shipped; a third party's words for the standard, see its `source`.
const SHIPPED: &str = include_str!("../../data/evaluation.json");

/// How subjects are evaluated.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EvaluationTerms)]
pub struct Terms {
    /// Where it is from.
    #[schema(max_length = 500)]
    pub source: String,
    /// Levels, the best first.
    pub levels: Vec<Level>,
    /// Bands by name: how a count becomes a score.
    pub bands: BTreeMap<String, Band>,
    /// The items of each kind's composite.
    pub composites: BTreeMap<String, Vec<Item>>,
}

/// A level.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EvaluationLevel)]
pub struct Level {
    /// Its name.
    pub level: String,
    /// From so many hundredths of what can be reached.
    pub from: f64,
}

/// How a count becomes a score.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EvaluationBand)]
pub struct Band {
    /// The count is taken for so many days; absent: for the whole period, however long.
    pub per_days: Option<i64>,
    /// Up to and with this count (absent: any), this score of 100.
    pub steps: Vec<(Option<f64>, f64)>,
}

/// An item of a composite.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EvaluationItem)]
pub struct Item {
    /// Its code.
    pub code: String,
    /// Its name.
    pub zh: String,
    /// Its name in English.
    pub en: String,
    /// Its weight.
    pub weight: f64,
    /// What is counted.
    pub numerator: Vec<Measure>,
    /// Of what.
    #[serde(default)]
    pub denominator: Vec<Measure>,
    /// The fewer the better: one minus the rate.
    #[serde(default)]
    pub inverted: bool,
    /// Instead of a denominator: the band that makes a score of the count.
    #[serde(default)]
    pub band: Option<String>,
}

/// An item as a subject has it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = EvaluationScored)]
pub struct Scored {
    /// The item.
    #[serde(flatten)]
    pub item: Item,
    /// How many.
    pub n: i64,
    /// Of how many; absent where a band is asked.
    pub of: Option<i64>,
    /// The rate or the band's score, between 0 and 1, the higher the better; absent when there is nothing to measure by.
    pub value: Option<f64>,
    /// Weight by value.
    pub points: Option<f64>,
}

/// A subject's evaluation.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = EvaluationResult)]
pub struct Scores {
    /// Its items.
    pub items: Vec<Scored>,
    /// All points, as if what there is nothing to measure by were like the rest; absent if there is nothing at all.
    pub score: Option<f64>,
    /// The sum of the weights.
    pub full: f64,
    /// The level.
    pub level: Option<String>,
}

impl Band {
    /// The score of a count within a period of so many days.
    pub fn score(&self, count: i64, days: i64) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "counts of cases and days are far below 2^52")]
        let (count, days) = (count as f64, days.max(1) as f64);
        #[expect(clippy::cast_precision_loss, reason = "a number of days")]
        let count = self.per_days.map_or(count, |per| count * per as f64 / days);
        let step = self.steps.iter().find(|it| it.0.is_none_or(|up_to| count <= up_to));
        step.map_or(0.0, |it| it.1)
    }
}

impl Terms {
    /// What is shipped.
    pub fn shipped() -> serde_json::Result<Self> {
        serde_json::from_str(SHIPPED)
    }

    /// The band of a name; areas have one for each class of area, and the first if their class has none.
    fn band(&self, name: &str, class: Option<i64>) -> Option<&Band> {
        let of_class = self.bands.get(&format!("{name}.{}", class.unwrap_or(1)));
        of_class
            .or_else(|| self.bands.get(&format!("{name}.1")))
            .or_else(|| self.bands.get(name))
    }

    /// Scores a subject's counts of a period of so many days.
    pub fn score(&self, kind: Kind, counts: &Counts, class: Option<i64>, days: i64) -> Scores {
        let sum = |of: &[Measure]| of.iter().map(|it| counts.get(it).copied().unwrap_or(0)).sum::<i64>();
        let items = self
            .composites
            .get(kind.as_str())
            .map(Vec::as_slice)
            .unwrap_or_default();
        let nothing = counts.values().all(|it| *it == 0);
        let items: Vec<_> = items
            .iter()
            .map(|item| {
                let n = sum(&item.numerator);
                let (of, value) = match &item.band {
                    Some(band) => {
                        let band = self.band(band, class).filter(|_| !nothing);
                        (None, band.map(|it| it.score(n, days) / 100.0))
                    }
                    None => {
                        let of = sum(&item.denominator);
                        (Some(of), rate(n, of, item.inverted))
                    }
                };
                let points = value.map(|it| it * item.weight);
                let item = item.clone();
                Scored {
                    item,
                    n,
                    of,
                    value,
                    points,
                }
            })
            .collect();
        let full: f64 = items.iter().map(|it| it.item.weight).sum();
        let there: f64 = items
            .iter()
            .filter(|it| it.points.is_some())
            .map(|it| it.item.weight)
            .sum();
        let points: f64 = items.iter().filter_map(|it| it.points).sum();
        let score = (there > 0.0).then(|| points * full / there);
        let level = score.and_then(|it| {
            // What is a bound on paper is one in binary, too.
            let percent = it * 100.0 / full + 1e-9;
            self.levels
                .iter()
                .find(|it| percent >= it.from)
                .map(|it| it.level.clone())
        });
        Scores {
            items,
            score,
            full,
            level,
        }
    }

    /// Gathers what is wrong.
    pub fn check(&self, fields: &mut Fields) {
        let kinds: Vec<_> = self.composites.keys().map(String::as_str).collect();
        let wanted: Vec<_> = {
            let mut all: Vec<_> = Kind::ALL.iter().map(|it| it.as_str()).collect();
            all.sort_unstable();
            all
        };
        if kinds != wanted {
            fields.refuse_with("terms.composites", &kernel_codes::FORMAT, &[("why", &wanted.join(" "))]);
        }
        if self.levels.is_empty() || self.levels.len() > 10 || self.levels.windows(2).any(|it| it[0].from <= it[1].from)
        {
            fields.refuse_with("terms.levels", &kernel_codes::FORMAT, &[("why", "90 > 75 > 60 …")]);
        }
        for (name, band) in &self.bands {
            let rising = band
                .steps
                .windows(2)
                .all(|it| it[0].0.is_some_and(|a| it[1].0.is_none_or(|b| a < b)));
            let field = format!("terms.bands.{name}");
            if band.steps.is_empty() || band.steps.len() > 20 || !rising || band.per_days.is_some_and(|it| it < 1) {
                fields.refuse_with(field.clone(), &kernel_codes::FORMAT, &[("why", "0 < 2 < 4 …")]);
            }
            for step in &band.steps {
                fields.range(&field, step.1, 0.0, 100.0);
            }
        }
        for (kind, items) in &self.composites {
            for (n, item) in items.iter().enumerate() {
                let field = format!("terms.composites.{kind}.{n}");
                fields.range(&field, item.weight, 0.0, 100.0);
                fields.text(&field, &item.zh, 1, 40);
                fields.text(&field, &item.en, 1, 80);
                let known = item.band.as_ref().is_none_or(|it| self.band(it, None).is_some());
                let measured = item.band.is_some() || !item.denominator.is_empty();
                if !known || !measured || item.numerator.is_empty() {
                    fields.refuse(field, &kernel_codes::REQUIRED);
                }
            }
            if items.iter().map(|it| it.weight).sum::<f64>() <= 0.0 || items.len() > 20 {
                fields.refuse_with(
                    format!("terms.composites.{kind}"),
                    &kernel_codes::RANGE,
                    &[("min", "1"), ("max", "20")],
                );
            }
        }
    }
}

fn rate(n: i64, of: i64, inverted: bool) -> Option<f64> {
    if of == 0 {
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "counts of cases are far below 2^52")]
    let rate = (n as f64 / of as f64).clamp(0.0, 1.0);
    Some(if inverted { 1.0 - rate } else { rate })
}
