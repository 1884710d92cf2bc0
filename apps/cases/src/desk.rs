//! The desk of one case: what is known of it, and what the user can do with it, with what lies near for each choice.

use grid::api::{Atlas, Body, atlas};
use kernel::Kernel;
use kernel::auth::{User, users_by_id, users_of_body};
use kernel::db::Tx;
use kernel::error::Result;
use kernel::flow::{Ask, Move};
use standards::Level;

use crate::catalogue::{Catalogue, Standard, catalogue};
use crate::flow::FLOW;
use crate::model::{self, Action, Case, Satisfaction, Settings, State};
use crate::moves::{local_day, reaches, with_rules};
use crate::reception::component;
use crate::settings::settings;
use crate::store;
use crate::view::{CaseDesk, Choice, MoveView, Names, NeedView, PhotoView, Suggestion, facts, timeline};

/// The most proposals for one choice.
const MOST: usize = 12;

/// Puts the desk together.
pub async fn desk(kernel: &Kernel, tx: &mut Tx, user: &User, case: Case) -> Result<CaseDesk> {
    let (atlas, catalogue) = (atlas(kernel)?, catalogue(kernel)?);
    let now = kernel.now();
    let photos = store::photos(tx, case.id).await?;
    let entries = store::entries(tx, case.id, 0).await?;
    let people = users_by_id(tx, case.owners().into_iter().flatten()).await?;
    let people = people.into_iter().map(|it| (it.id, it.name)).collect();
    let names = Names {
        atlas: &atlas,
        catalogue: &catalogue,
        now,
    };
    let helpers = store::assists(tx, case.id).await?;
    let settings = settings(kernel)?;
    let standard = case.standard.and_then(|it| catalogue.standard(it));
    let open: Vec<_> = with_rules(kernel, &catalogue, standard, &case.area, |rules| {
        let all = FLOW.open(case.state, user);
        let mine = all.filter(|it| reaches(user, it, &case, &helpers));
        Ok(mine
            .filter(|it| model::makes_sense(it.action, &case, now, rules))
            .collect())
    })?;
    let asked = |field: &str, action: Option<Action>| {
        open.iter()
            .any(|it| action.is_none_or(|a| a == it.action) && it.asks.iter().any(|ask| ask.field == field))
    };
    let colleagues = match case.body.as_deref().filter(|_| asked("user", Some(Action::Assign))) {
        Some(body) => users_of_body(tx, body).await?,
        None => Vec::new(),
    };
    let to_workers = [Action::SendVerify, Action::SendCheck, Action::HandOver];
    let workers = if to_workers.into_iter().any(|it| asked("user", Some(it))) {
        grid::api::on_duty(kernel, tx, &case.area, case.lng.zip(case.lat), now, MOST).await?
    } else {
        Vec::new()
    };
    let precedent = if asked("body", None) {
        crate::precedent::for_case(tx, &case).await?
    } else {
        None
    };
    let component = component::of_case(tx, case.component.as_deref()).await?;
    let near = Near {
        precedent,
        keeper: component.as_ref().and_then(|it| it.body.clone()),
        atlas: &atlas,
        catalogue: &catalogue,
        case: &case,
        today: local_day(kernel, now),
        colleagues: colleagues
            .into_iter()
            .map(|it| person(it.id.to_string(), it.name, "本单位", "Same body"))
            .collect(),
        workers: workers
            .into_iter()
            .filter(|it| it.user != user.id)
            .map(|it| person(it.user.to_string(), it.name, it.kind.zh(), it.kind.en()))
            .collect(),
    };
    Ok(CaseDesk {
        facts: facts(
            &names,
            &case,
            &people,
            user,
            helpers,
            component.map(|it| component::view(&atlas, it)),
            &settings,
        ),
        photos: photos.into_iter().map(PhotoView::from).collect(),
        timeline: timeline(entries),
        moves: open.iter().map(|it| move_view(it, &case, &near, &settings)).collect(),
    })
}

fn person(value: String, label: String, zh: &str, en: &str) -> Suggestion {
    Suggestion {
        value,
        label,
        label_en: None,
        why_zh: zh.to_owned(),
        why_en: en.to_owned(),
    }
}

fn move_view(step: &Move<State, Action>, case: &Case, near: &Near<'_>, settings: &Settings) -> MoveView {
    MoveView {
        action: step.action,
        zh: step.action.zh(),
        en: step.action.en(),
        to: step.to.unwrap_or(case.state),
        danger: step.danger,
        side: step.side,
        needs: step
            .asks
            .iter()
            .map(|ask| need_view(ask, step.action, near, settings))
            .collect(),
    }
}

fn need_view(ask: &Ask, action: Action, near: &Near<'_>, settings: &Settings) -> NeedView {
    let choices = match ask.field {
        "satisfaction" => Satisfaction::ALL
            .iter()
            .map(|it| Choice {
                value: it.as_str().to_owned(),
                zh: it.zh().to_owned(),
                en: it.en().to_owned(),
            })
            .collect(),
        "reasons" => settings
            .reasons
            .iter()
            .map(|it| Choice {
                value: it.code.clone(),
                zh: it.zh.clone(),
                en: it.en.clone(),
            })
            .collect(),
        _ => Vec::new(),
    };
    let suggested = match ask.field {
        "standard" => near.standards(),
        // Who is called in, or gets a case that another body has, is nobody that the list names.
        "body" if action != Action::Dispatch => near.other_bodies(),
        "body" => near.bodies(),
        "user" if action == Action::Assign => near.colleagues.clone(),
        "user" => near.workers.clone(),
        _ => Vec::new(),
    };
    NeedView {
        field: ask.field,
        kind: ask.kind.as_str(),
        required: ask.required,
        zh: ask.zh,
        en: ask.en,
        choices,
        suggested,
    }
}

/// What lies near for the choices of a move.
struct Near<'a> {
    atlas: &'a Atlas,
    catalogue: &'a Catalogue,
    case: &'a Case,
    today: String,
    /// The body that the centre has decided on in a dispute of this kind, and why.
    precedent: Option<(String, String)>,
    /// The body that keeps the component that the case is about.
    keeper: Option<String>,
    colleagues: Vec<Suggestion>,
    workers: Vec<Suggestion>,
}

impl Near<'_> {
    /// The standards of the case's class that are in force.
    fn standards(&self) -> Vec<Suggestion> {
        let Some(class) = self.case.class.as_deref() else {
            return Vec::new();
        };
        let fitting = self.catalogue.standards_of(class).filter(|it| it.in_force(&self.today));
        fitting.take(MOST).map(standard_view).collect()
    }

    /// The bodies of the place that do not have the case.
    fn other_bodies(&self) -> Vec<Suggestion> {
        let all = self.bodies().into_iter();
        all.filter(|it| Some(it.value.as_str()) != self.case.body.as_deref())
            .collect()
    }

    /// The responsible body: first by what was decided before, then who keeps the component, then by the list, then the town and the village of the place.
    fn bodies(&self) -> Vec<Suggestion> {
        let standard = self.case.standard.and_then(|it| self.catalogue.standard(it));
        let mut all = Vec::new();
        if let Some((body, reason)) = &self.precedent
            && let Some(body) = self.atlas.body(body).filter(|it| it.active)
        {
            let (zh, en) = (format!("裁定：{reason}"), format!("Precedent: {reason}"));
            all.push(body_view(body, &zh, &en));
        }
        let keeper = self.keeper.as_deref().and_then(|it| self.atlas.body(it));
        let keeper = keeper.filter(|it| it.active);
        let keeper = keeper.map(|it| body_view(it, "该部件的养护单位", "Keeps the component"));
        let listed = responsible(self.atlas, self.case, standard);
        for it in keeper.into_iter().chain(listed) {
            if !all.iter().any(|known: &Suggestion| known.value == it.value) {
                all.push(it);
            }
        }
        for (level, zh, en) in [
            (Level::Town, "所在镇街", "Town of the place"),
            (Level::Village, "所在村社区", "Village of the place"),
        ] {
            let body = self.atlas.body_at(&self.case.area, level).filter(|it| it.active);
            if let Some(body) = body.filter(|body| !all.iter().any(|it| it.value == body.code)) {
                all.push(body_view(body, zh, en));
            }
        }
        all
    }
}

fn body_view(body: &Body, zh: &str, en: &str) -> Suggestion {
    Suggestion {
        label_en: body.name_en.clone(),
        ..person(body.code.clone(), body.name.clone(), zh, en)
    }
}

fn standard_view(it: &Standard) -> Suggestion {
    let limit = it.limit();
    Suggestion {
        value: it.id.to_string(),
        label: it.condition.clone(),
        label_en: it.condition_en.clone(),
        why_zh: limit.map(standards::Limit::zh).unwrap_or_default(),
        why_en: limit.map(standards::Limit::en).unwrap_or_default(),
    }
}

/// The body that the responsibility list names for a case filed under this standard.
fn responsible(atlas: &Atlas, case: &Case, standard: Option<&Standard>) -> Vec<Suggestion> {
    let Some(standard) = standard else { return Vec::new() };
    let level = match standard.level.as_deref() {
        Some("town") => Some(Level::Town),
        Some("village") => Some(Level::Village),
        _ => None,
    };
    let by_level = level.and_then(|level| atlas.body_at(&case.area, level));
    let named = standard.body.as_deref().and_then(|it| atlas.body(it));
    let found = named.or(by_level).filter(|it| it.active);
    found
        .map(|it| body_view(it, "责任清单", "Responsibility list"))
        .into_iter()
        .collect()
}
