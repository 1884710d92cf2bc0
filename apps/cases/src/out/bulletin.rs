//! The month's bulletin: the figures of a month beside those of the month before and of the same month a year before,
//! with charts, by town, by body and by class. It shows what the user's figures show, no more.

use axum::extract::State as AppState;
use axum::response::Response;
use grid::api::atlas;
use jiff::ToSpan;
use jiff::civil::Date;
use kernel::Kernel;
use kernel::auth::{User, not_found};
use kernel::error::{Fields, Lang, Result, codes as kernel_codes};
use kernel::http::{Accepts, Path};
use paper::Paper;
use serde_json::{Value, json};

use super::print::{print, reply};
use crate::permissions::CASE_FIGURES;
use crate::routes::{FigureQuery, figures_of};
use crate::store::GroupBy;
use crate::view::{FigureRow, Figures};

const TEMPLATE: &str = include_str!("paper/bulletin.typ");

/// Rows of the tables that may grow long.
const MOST: usize = 20;
const TOP_CLASSES: usize = 10;

/// A month, as its first and last day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Month {
    first: Date,
    last: Date,
}

impl Month {
    /// `2026-10`; a month that has begun.
    pub(super) fn parse(text: &str, today: Date) -> Option<Self> {
        if text.len() != 7 {
            return None;
        }
        let month = Self::of(format!("{text}-01").parse().ok()?);
        (month.first <= today && month.first.year() >= 1990).then_some(month)
    }

    /// The month of a day.
    pub(super) fn of(day: Date) -> Self {
        Self {
            first: day.first_of_month(),
            last: day.last_of_month(),
        }
    }

    pub(super) fn earlier(self, months: i64) -> Self {
        let before = self.first.checked_sub(months.months());
        Self::of(before.unwrap_or(self.first))
    }

    pub(super) fn text(self) -> String {
        self.first.strftime("%Y-%m").to_string()
    }
}

/// The bulletin of a month (`2026-10`), as PDF.
#[utoipa::path(get, path = "/api/cases/bulletin/{month}", tag = "cases", params(("month" = String, Path)),
    responses((status = 200, content_type = "application/pdf", body = Vec<u8>)))]
pub(super) async fn bulletin_pdf(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Accepts(lang): Accepts,
    Path(month): Path<String>,
) -> Result<Response> {
    let today = kernel.now().to_jiff().to_zoned_datetime(kernel.config().zone()).date();
    let Some(month) = Month::parse(&month, today) else {
        let mut fields = Fields::new();
        fields.refuse_with("month", &kernel_codes::FORMAT, &[("why", "YYYY-MM")]);
        return Err(fields.done().err().unwrap_or_else(not_found));
    };
    let paper = bulletin(&kernel, &user, lang, month, today).await?;
    let mut work = kernel.work(&user).await?;
    work.audit("cases.bulletin_printed", month.text(), json!({ "pages": paper.pages }))
        .await?;
    work.commit().await?;
    Ok(reply(paper, &format!("bulletin-{}.pdf", month.text())))
}

/// The bulletin as this user may see it.
pub(super) async fn bulletin(kernel: &Kernel, user: &User, lang: Lang, month: Month, today: Date) -> Result<Paper> {
    let found = Found::read(kernel, user, month).await?;
    let data = found.data(&where_of(kernel, user, lang)?, lang, month, today);
    print(kernel, TEMPLATE, &data, Vec::new()).await
}

/// What the figures are of: the district, or what the user's permission reaches.
fn where_of(kernel: &Kernel, user: &User, lang: Lang) -> Result<String> {
    let atlas = atlas(kernel)?;
    let scope = user.scope(&CASE_FIGURES);
    let pick = |name: &str, en: Option<&String>| {
        en.filter(|_| lang == Lang::En)
            .map_or_else(|| name.to_owned(), Clone::clone)
    };
    if scope.is_all() {
        let own = lang.pick(&kernel.config().district.name, &kernel.config().district.name_en);
        let top = atlas.district().map(|it| pick(&it.name, it.name_en.as_ref()));
        return Ok(if own.is_empty() {
            top.unwrap_or_default()
        } else {
            own.to_owned()
        });
    }
    let areas = scope
        .areas()
        .filter_map(|it| atlas.area(it))
        .map(|it| pick(&it.name, it.name_en.as_ref()));
    let bodies = scope
        .bodies()
        .filter_map(|it| atlas.body(it))
        .map(|it| pick(&it.name, it.name_en.as_ref()));
    Ok(areas.chain(bodies).collect::<Vec<_>>().join(lang.pick("、", ", ")))
}

/// The figures that a bulletin is made of.
struct Found {
    towns: Figures,
    bodies: Figures,
    classes: Figures,
    classes_before: Figures,
    before: FigureRow,
    year_before: FigureRow,
    months: Figures,
}

impl Found {
    async fn read(kernel: &Kernel, user: &User, month: Month) -> Result<Self> {
        let of = async |by: GroupBy, from: Month, to: Month| {
            let query = FigureQuery {
                by: Some(by),
                under: None,
                from: Some(from.first.to_string()),
                to: Some(to.last.to_string()),
            };
            figures_of(kernel, user, &query).await
        };
        let (before, year_before) = (month.earlier(1), month.earlier(12));
        Ok(Self {
            towns: of(GroupBy::Town, month, month).await?,
            bodies: of(GroupBy::Body, month, month).await?,
            classes: of(GroupBy::Class, month, month).await?,
            classes_before: of(GroupBy::Class, before, before).await?,
            before: of(GroupBy::Town, before, before).await?.total,
            year_before: of(GroupBy::Town, year_before, year_before).await?.total,
            months: of(GroupBy::Month, year_before, month).await?,
        })
    }

    fn data(&self, place: &str, lang: Lang, month: Month, today: Date) -> Value {
        let say = |zh: &'static str, en: &'static str| lang.pick(zh, en);
        let total = &self.towns.total;
        let name = match lang {
            Lang::Zh => format!("{}年{}月", month.first.year(), month.first.month()),
            Lang::En => month.first.strftime("%B %Y").to_string(),
        };
        let until = today.min(month.last);
        let under = match lang {
            Lang::Zh => format!(
                "统计口径：{} 至 {until} 上报的案件，截至 {today} 的办理情况",
                month.first
            ),
            Lang::En => format!(
                "Cases reported from {} to {until}, as they stand on {today}",
                month.first
            ),
        };
        json!({
            "lang": say("zh", "en"),
            "title": match lang {
                Lang::Zh => format!("{place}城市运行管理月报"),
                Lang::En => format!("{place}: monthly bulletin"),
            },
            "month": name,
            "under": under,
            "foot": match lang {
                Lang::Zh => format!("{place} · {name}月报"),
                Lang::En => format!("{place} · bulletin of {name}"),
            },
            "summary": self.summary(lang),
            "tiles": self.tiles(lang),
            "against": [say("环比", "vs. month before"), say("同比", "vs. year before")],
            "heads": {
                "trend": say("近十三个月", "The last thirteen months"),
                "towns": say("各镇街", "By town"),
                "bodies": say("各责任单位", "By responsible body"),
                "classes": say("高发类别", "Most frequent classes"),
                "none": say("本月没有数据", "There are no figures of this month"),
            },
            "series": [say("上报", "Reported"), say("结案", "Closed")],
            "trend": self.trend(month),
            "town_bars": self.towns.rows.iter().take(MOST).map(|it| json!({
                "label": named(it, lang), "values": [it.counts.reported, it.counts.closed],
            })).collect::<Vec<_>>(),
            "town_head": [say("镇街", "Town"), say("上报", "Reported"), say("立案", "Filed"), say("结案", "Closed"), say("结案率", "Closing rate"), say("按期结案率", "On time"), say("满意率", "Satisfied")],
            "towns": self.towns.rows.iter().take(MOST).chain([total]).map(|it| json!([
                named(it, lang), it.counts.reported, it.counts.filed, it.counts.closed, percent(it.closing_rate), percent(it.on_time_rate), percent(it.satisfaction_rate),
            ])).collect::<Vec<_>>(),
            "body_head": [say("单位", "Body"), say("派遣", "Dispatched"), say("退回", "Returned"), say("处理", "Handled"), say("返工", "Reworked"), say("结案", "Closed"), say("按期结案率", "On time")],
            "bodies": largest(&self.bodies.rows, MOST, |it| it.counts.dispatched).map(|it| json!([
                named(it, lang), it.counts.dispatched, it.counts.returned, it.counts.handled, it.counts.reworked, it.counts.closed, percent(it.on_time_rate),
            ])).collect::<Vec<_>>(),
            "bodies_left": left_out(self.bodies.rows.len(), lang),
            "class_head": [say("类别", "Class"), say("上报", "Reported"), say("占比", "Share"), say("上月", "Month before"), say("按期结案率", "On time")],
            "class_bars": largest(&self.classes.rows, TOP_CLASSES, |it| it.counts.reported).map(|it| json!({
                "label": class_name(it, lang), "values": [it.counts.reported, it.counts.closed],
            })).collect::<Vec<_>>(),
            "classes": largest(&self.classes.rows, TOP_CLASSES, |it| it.counts.reported).map(|it| {
                let before = self.classes_before.rows.iter().find(|other| other.code == it.code);
                json!([
                    class_name(it, lang), it.counts.reported, percent(share(it.counts.reported, total.counts.reported)),
                    before.map_or(0, |it| it.counts.reported), percent(it.on_time_rate),
                ])
            }).collect::<Vec<_>>(),
        })
    }

    /// Every month of the thirteen, those without a case included.
    fn trend(&self, month: Month) -> Vec<Value> {
        let one = |back: i64| {
            let text = month.earlier(back).text();
            let counts = self.months.rows.iter().find(|it| it.code == text).map(|it| it.counts);
            let counts = counts.unwrap_or_default();
            let label = if back % 2 == 0 {
                text[2..].to_owned()
            } else {
                String::new()
            };
            json!({ "label": label, "values": [counts.reported, counts.closed] })
        };
        (0..13).rev().map(one).collect()
    }

    fn tiles(&self, lang: Lang) -> Vec<Value> {
        let tile = |zh: &'static str, en: &'static str, of: fn(&FigureRow) -> i64| {
            let now = of(&self.towns.total);
            json!({ "name": lang.pick(zh, en), "value": now.to_string(),
                    "against": [change(now, of(&self.before)), change(now, of(&self.year_before))] })
        };
        let rate = |zh: &'static str, en: &'static str, of: fn(&FigureRow) -> Option<f64>| {
            let now = of(&self.towns.total);
            json!({ "name": lang.pick(zh, en), "value": percent(now),
                    "against": [points(now, of(&self.before), lang), points(now, of(&self.year_before), lang)] })
        };
        vec![
            tile("上报", "Reported", |it| it.counts.reported),
            tile("立案", "Filed", |it| it.counts.filed),
            tile("结案", "Closed", |it| it.counts.closed),
            rate("结案率", "Closing rate", |it| it.closing_rate),
            rate("按期结案率", "On-time rate", |it| it.on_time_rate),
            rate("满意率", "Satisfaction", |it| it.satisfaction_rate),
        ]
    }

    /// The month in two sentences.
    fn summary(&self, lang: Lang) -> String {
        let (total, c) = (&self.towns.total, &self.towns.total.counts);
        let top = largest(&self.classes.rows, 1, |it| it.counts.reported).next();
        let (before, year) = (
            change(c.reported, self.before.counts.reported),
            change(c.reported, self.year_before.counts.reported),
        );
        match lang {
            Lang::Zh => {
                let mut text = format!(
                    "本月共上报 {} 件（环比 {before}，同比 {year}），立案 {} 件，结案 {} 件；结案率 {}，按期结案率 {}。",
                    c.reported,
                    c.filed,
                    c.closed,
                    percent(total.closing_rate),
                    percent(total.on_time_rate)
                );
                if let Some(top) = top {
                    text.push_str(&format!(
                        "上报最多的类别是“{}”，{} 件。",
                        class_name(top, lang),
                        top.counts.reported
                    ));
                }
                text
            }
            Lang::En => {
                let mut text = format!(
                    "{} cases were reported ({before} against the month before, {year} against the year before), {} filed and {} closed; closing rate {}, on time {}.",
                    c.reported,
                    c.filed,
                    c.closed,
                    percent(total.closing_rate),
                    percent(total.on_time_rate)
                );
                if let Some(top) = top {
                    text.push_str(&format!(
                        " The most frequent class was “{}” with {}.",
                        class_name(top, lang),
                        top.counts.reported
                    ));
                }
                text
            }
        }
    }
}

fn named(it: &FigureRow, lang: Lang) -> String {
    match &it.name_en {
        Some(name) if lang == Lang::En => name.clone(),
        _ => it.name.clone(),
    }
}

/// What was reported and not filed may have no class.
fn class_name(it: &FigureRow, lang: Lang) -> String {
    if it.code.is_empty() {
        return lang.pick("未定类别", "No class yet").to_owned();
    }
    named(it, lang)
}

fn largest(rows: &[FigureRow], most: usize, by: fn(&FigureRow) -> i64) -> impl Iterator<Item = &FigureRow> {
    let mut sorted: Vec<&FigureRow> = rows.iter().collect();
    sorted.sort_by_key(|it| (std::cmp::Reverse(by(it)), it.code.clone()));
    sorted.into_iter().take(most)
}

fn left_out(rows: usize, lang: Lang) -> String {
    match (rows.saturating_sub(MOST), lang) {
        (0, _) => String::new(),
        (n, Lang::Zh) => format!("按派遣量列前 {MOST} 家，另有 {n} 家"),
        (n, Lang::En) => format!("The first {MOST} by cases dispatched; {n} more"),
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
fn share(part: i64, whole: i64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// A share in per cent; what is a share of nothing is a dash, not zero.
fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "–".to_owned(), |it| format!("{:.1}%", it * 100.0))
}

/// How much more than before, in per cent.
fn change(now: i64, before: i64) -> String {
    share(now - before, before).map_or_else(|| "–".to_owned(), |it| signed(it * 100.0, "%"))
}

/// How much more than before, in points.
fn points(now: Option<f64>, before: Option<f64>, lang: Lang) -> String {
    now.zip(before).map_or_else(
        || "–".to_owned(),
        |(now, before)| signed((now - before) * 100.0, lang.pick(" 个百分点", " points")),
    )
}

fn signed(value: f64, unit: &str) -> String {
    let sign = match value {
        it if it >= 0.05 => "+",
        it if it <= -0.05 => "−",
        _ => "",
    };
    format!("{sign}{:.1}{unit}", value.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_one_that_has_begun() {
        let today = jiff::civil::date(2026, 11, 24);
        let month = Month::parse("2026-03", today).expect("a month");
        assert_eq!(
            (month.last, month.earlier(1).last),
            (jiff::civil::date(2026, 3, 31), jiff::civil::date(2026, 2, 28))
        );
        assert_eq!(month.earlier(12).text(), "2025-03");
        assert!(Month::parse("2026-11", today).is_some());
        for text in ["2026-12", "2026-13", "2026-1", "26-11", "2026-11-01", "", "1066-10"] {
            assert_eq!(Month::parse(text, today), None, "{text}");
        }
    }

    #[test]
    fn changes_are_told_with_their_sign_and_none_is_made_of_nothing() {
        assert_eq!(
            [change(110, 100), change(90, 100), change(100, 100), change(5, 0)],
            ["+10.0%", "−10.0%", "0.0%", "–"]
        );
        assert_eq!(points(Some(0.9), Some(0.85), Lang::Zh), "+5.0 个百分点");
        assert_eq!(points(None, Some(0.85), Lang::En), "–");
    }
}
