//! A case on paper: facts, steps, timeline, photos. Contacts are masked, as on the desk.

use axum::extract::State as AppState;
use axum::response::Response;
use grid::api::atlas;
use jiff::tz::TimeZone;
use kernel::Kernel;
use kernel::Time;
use kernel::auth::{User, users_by_id};
use kernel::error::{Lang, Result};
use kernel::files::Size;
use kernel::http::{Accepts, Path};
use paper::Paper;
use serde_json::{Value, json};

use super::print::{print, reply};
use crate::catalogue::catalogue;
use crate::model::CaseId;
use crate::reception::component;
use crate::routes::readable;
use crate::settings::settings;
use crate::store;
use crate::view::{CaseFacts, EntryDetail, EntryView, Named, Names, Person, facts, timeline};

const TEMPLATE: &str = include_str!("paper/case.typ");

/// The most photos on paper; the rest is counted.
const MOST_PHOTOS: usize = 12;

/// The paper of a case, as PDF: facts, steps, timeline and photos; contacts are masked.
#[utoipa::path(get, path = "/api/cases/{id}/pdf", tag = "cases", params(("id" = CaseId, Path)),
    responses((status = 200, content_type = "application/pdf", body = Vec<u8>)))]
pub(super) async fn case_pdf(
    AppState(kernel): AppState<Kernel>,
    user: User,
    Accepts(lang): Accepts,
    Path(id): Path<CaseId>,
) -> Result<Response> {
    let (number, paper) = case_paper(&kernel, &user, lang, id).await?;
    let mut work = kernel.work(&user).await?;
    work.audit("cases.printed", id, json!({ "pages": paper.pages })).await?;
    work.commit().await?;
    Ok(reply(paper, &format!("case-{number}.pdf")))
}

/// A case as this user may see it: its number and its paper.
pub(super) async fn case_paper(kernel: &Kernel, user: &User, lang: Lang, id: CaseId) -> Result<(String, Paper)> {
    let mut tx = kernel.read().await?;
    let case = readable(&mut tx, user, id).await?;
    let entries = store::entries(&mut tx, id, 0).await?;
    let photos = store::photos(&mut tx, id).await?;
    let people = users_by_id(&mut tx, case.owners().into_iter().flatten()).await?;
    let helpers = store::assists(&mut tx, id).await?;
    let component = component::of_case(&mut tx, case.component.as_deref()).await?;
    drop(tx);
    let people = people.into_iter().map(|it| (it.id, it.name)).collect();
    let (atlas, catalogue) = (atlas(kernel)?, catalogue(kernel)?);
    let names = Names {
        atlas: &atlas,
        catalogue: &catalogue,
        now: kernel.now(),
    };
    let facts = facts(
        &names,
        &case,
        &people,
        user,
        helpers,
        component.map(|it| component::view(&atlas, it)),
        &*settings(kernel)?,
    );
    let words = Words {
        lang,
        zone: kernel.config().zone(),
    };
    let mut pictures = Vec::new();
    let mut captions = Vec::new();
    for photo in photos.iter().take(MOST_PHOTOS) {
        let Ok(bytes) = kernel.files().bytes(photo.file, Size::Thumb).await else {
            continue;
        };
        let path = format!("/photo-{}.jpg", pictures.len());
        captions.push(json!({ "path": path, "caption": words.at(photo.taken_at) }));
        pictures.push((path, bytes));
    }
    let left_out = photos.len() - pictures.len();
    let mut data = words.data(&facts, &timeline(entries), kernel.now(), &user.name);
    data["photos"] = captions.into();
    if left_out > 0 {
        data["more_photos"] = match lang {
            Lang::Zh => json!(format!("另有 {left_out} 张照片未列出")),
            Lang::En => json!(format!("{left_out} more photos are not shown")),
        };
    }
    let paper = print(kernel, TEMPLATE, &data, pictures).await?;
    Ok((case.number, paper))
}

/// How things are said in one language and zone.
struct Words {
    lang: Lang,
    zone: TimeZone,
}

impl Words {
    fn say<'a>(&self, zh: &'a str, en: &'a str) -> &'a str {
        self.lang.pick(zh, en)
    }

    fn at(&self, time: Option<Time>) -> Option<String> {
        let local = time?.to_jiff().to_zoned_datetime(self.zone.clone());
        Some(local.strftime("%Y-%m-%d %H:%M").to_string())
    }

    fn named(&self, it: &Named) -> String {
        match &it.name_en {
            Some(name) if self.lang == Lang::En => name.clone(),
            _ => it.name.clone(),
        }
    }

    fn data(&self, facts: &CaseFacts, timeline: &[EntryView], now: Time, by: &str) -> Value {
        let row = &facts.row;
        let class = row.class.as_ref().map(|it| self.named(it));
        let printed = self.at(Some(now)).unwrap_or_default();
        json!({
            "lang": self.say("zh", "en"),
            "title": class.unwrap_or_else(|| self.say("未定类别的案件", "A case without a class yet").to_owned()),
            "number": row.number,
            "state": self.say(row.state.zh(), row.state.en()),
            "foot": match self.lang {
                Lang::Zh => format!("案件 {} · {printed} 由 {by} 打印 · 联系方式已脱敏", row.number),
                Lang::En => format!("Case {} · printed {printed} by {by} · contacts are masked", row.number),
            },
            "heads": {
                "facts": self.say("基本情况", "Facts"),
                "description": self.say("问题描述", "Description"),
                "photos": self.say("照片", "Photos"),
                "timeline": self.say("办理过程", "Timeline"),
            },
            "description": row.description,
            "steps": facts.steps.iter().map(|it| json!({
                "name": self.say(it.step.zh(), it.step.en()), "state": it.state, "at": self.at(it.at),
            })).collect::<Vec<_>>(),
            "facts": self.facts(facts),
            "columns": [self.say("时间", "Time"), self.say("人员", "Who"), self.say("操作", "What"), self.say("说明", "Details")],
            "timeline": timeline.iter().map(|it| json!([
                self.at(Some(it.at)), it.actor_name, self.say(it.action.zh(), it.action.en()), self.told(it),
            ])).collect::<Vec<_>>(),
            "photos": [],
        })
    }

    fn facts(&self, facts: &CaseFacts) -> Value {
        let row = &facts.row;
        let standard = row.standard.as_ref().map(|it| {
            let (name, limit) = match (&it.name_en, self.lang) {
                (Some(name), Lang::En) => (name, &it.limit_en),
                (None, Lang::En) => (&it.name, &it.limit_en),
                (_, Lang::Zh) => (&it.name, &it.limit_zh),
            };
            format!("{} {name}（{limit}）", it.code)
        });
        let area = match self.lang {
            Lang::Zh => &row.area.path,
            Lang::En => &row.area.path_en,
        };
        let contact = facts.contact.as_ref().map(|it| {
            let parts = [it.name.as_deref(), it.phone.as_deref()];
            parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
        });
        let component = facts.component.as_ref().map(|it| {
            let label = it
                .label_en
                .as_ref()
                .filter(|_| self.lang == Lang::En)
                .unwrap_or(&it.label);
            format!("{label} {}", it.code)
        });
        let person = |it: &Option<Person>| it.as_ref().map(|it| it.name.clone());
        let late = row.late.map(|it| match it {
            true => self.say("超期", "Late"),
            false => self.say("按期", "In time"),
        });
        let count = |n: i64| (n > 0).then(|| n.to_string());
        let fact = |zh: &str, en: &str, text: Option<String>, wide: bool| json!({ "label": self.say(zh, en), "text": text, "wide": wide });
        json!([
            fact(
                "来源",
                "Source",
                Some(self.say(row.source.zh(), row.source.en()).to_owned()),
                false
            ),
            fact("上报时间", "Reported", self.at(Some(row.reported_at)), false),
            fact("区域", "Area", Some(area.clone()), true),
            fact("地点", "Place", row.place.clone(), true),
            fact("部件", "Component", component, true),
            fact("立案标准", "Standard", standard, true),
            fact("承办单位", "Body", row.body.as_ref().map(|it| self.named(it)), false),
            fact("经办人", "Assignee", person(&facts.assignee), false),
            fact("上报人", "Reporter", person(&facts.reporter), false),
            fact("联系方式", "Contact", contact, false),
            fact("核实人", "Verifier", person(&facts.verifier), false),
            fact("核查人", "Checker", person(&facts.checker), false),
            fact("当前时限", "Due", self.at(row.due_at), false),
            fact("结束时间", "Ended", self.at(row.closed_at), false),
            fact("处置时效", "Limit", late.map(str::to_owned), false),
            fact(
                "满意度",
                "Satisfaction",
                facts.satisfaction.map(|it| self.say(it.zh(), it.en()).to_owned()),
                false
            ),
            fact("返工次数", "Reworks", count(facts.reworks), false),
            fact("退回次数", "Returns", count(facts.returns), false),
            fact(
                "结案条件",
                "Closing",
                facts
                    .closing
                    .clone()
                    .filter(|_| self.lang == Lang::Zh)
                    .or_else(|| facts.closing_en.clone()),
                true
            ),
        ])
    }

    /// What an entry decided and what was said, in one line.
    fn told(&self, entry: &EntryView) -> String {
        let EntryDetail {
            class,
            standard,
            body,
            user,
            truth,
            passed,
            satisfaction,
            ..
        } = &entry.detail;
        let mut parts: Vec<String> = [class, standard, body]
            .into_iter()
            .flatten()
            .map(|it| self.named(it))
            .collect();
        parts.extend(user.clone());
        parts.extend(truth.map(|it| {
            if it {
                self.say("属实", "true")
            } else {
                self.say("不属实", "not true")
            }
            .to_owned()
        }));
        parts.extend(passed.map(|it| {
            if it {
                self.say("已解决", "done")
            } else {
                self.say("未解决", "not done")
            }
            .to_owned()
        }));
        parts.extend(satisfaction.map(|it| self.say(it.zh(), it.en()).to_owned()));
        parts.extend(entry.note.clone());
        parts.join(self.say("；", "; "))
    }
}
