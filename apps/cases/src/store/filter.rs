//! What a list of cases is narrowed down to, and how that becomes SQL.

use kernel::Time;
use kernel::auth::Scope;
use kernel::db::Sql;
use kernel::page::PageQuery;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use super::{Key, SCOPE, URGENCY};
use crate::model::{Asked, Satisfaction, Source, State};

/// What a list of cases is narrowed down to. Several states or sources are written `a,b`.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CaseQuery {
    /// Only what waits for the user.
    pub inbox: Option<bool>,
    /// Only in these states, e.g. `filed,dispatched`.
    pub state: Option<String>,
    /// Only these classes: a class's code, or the beginning of codes, e.g. `2026.M01`.
    pub class: Option<String>,
    /// Only in this area and below.
    pub area: Option<String>,
    /// Only of this body.
    pub body: Option<String>,
    /// Only with this light: `green`, `yellow` or `red`.
    #[param(value_type = Option<String>)]
    pub light: Option<standards::Light>,
    /// Only from these sources.
    pub source: Option<String>,
    /// Only those that were ever filed, or never.
    pub filed: Option<bool>,
    /// Only those whose body missed its limit, or kept it; those without a limit are neither.
    pub late: Option<bool>,
    /// Only those that their reporter has evaluated, or has not.
    pub rated: Option<bool>,
    /// Only those whose reporter said this.
    #[param(inline)]
    pub satisfaction: Option<Satisfaction>,
    /// Only those whose body waits for an answer to this: `extension`, `suspension` or `appeal`.
    #[param(inline)]
    pub asked: Option<Asked>,
    /// Only those that an appeal has taken out of the statistics, or those that count.
    pub appealed: Option<bool>,
    /// Only those that were opened again, or never were.
    pub reopened: Option<bool>,
    /// Only those that the user's body helps with and has not finished.
    pub helping: Option<bool>,
    /// Only those that lie with the centre of this area.
    pub desk: Option<String>,
    /// Reported on this day or later, `YYYY-MM-DD` in the district's zone.
    pub from: Option<String>,
    /// Reported on this day or earlier.
    pub to: Option<String>,
    /// A number, or words in the description or the place.
    pub text: Option<String>,
    /// `reported` (newest first) or `due` (most urgent first, those without a deadline last).
    #[param(inline)]
    pub sort: Option<Sort>,
    /// Where to go on.
    pub after: Option<String>,
    /// How many.
    pub limit: Option<u32>,
}

/// The length of a major class's code, e.g. `2026.M01`, which has an index of its own.
const MAJOR: usize = 8;

/// The length of a town's code, likewise.
const TOWN: usize = 9;

/// The orders of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// Newest report first.
    Reported,
    /// Most urgent first.
    Due,
}

impl Sort {
    /// What it sorts by.
    pub(super) fn place(self) -> &'static str {
        match self {
            Sort::Due => URGENCY,
            Sort::Reported => "reported_at",
        }
    }

    /// Adds the order, from behind one case to another and no further.
    pub(super) fn push(self, sql: &mut Sql, after: Option<Key>, last: Option<Key>) {
        let (behind, to, direction) = match self {
            Sort::Due => (" > (", " <= (", ""),
            Sort::Reported => (" < (", " >= (", " DESC"),
        };
        for (compare, key) in [(behind, after), (to, last)] {
            if let Some((place, id)) = key {
                sql.push(" AND (").push(self.place()).push(", id)").push(compare);
                sql.bind(place).push(", ").bind(id).push(")");
            }
        }
        sql.push(" ORDER BY ").push(self.place()).push(direction);
        sql.push(", id").push(direction);
    }
}

impl CaseQuery {
    /// Its page.
    pub fn page(&self) -> PageQuery {
        PageQuery {
            after: self.after.clone(),
            limit: self.limit,
        }
    }

    /// The order: what waits is shown most urgent first, else the newest first.
    pub fn order(&self) -> Sort {
        self.sort.unwrap_or(if self.inbox == Some(true) {
            Sort::Due
        } else {
            Sort::Reported
        })
    }
}

/// A query with its words understood.
pub struct Filter<'a> {
    /// The query.
    pub query: &'a CaseQuery,
    /// The states asked for; empty means all.
    pub states: Vec<State>,
    /// The sources asked for; empty means all.
    pub sources: Vec<Source>,
    /// Reported at or after.
    pub from: Option<Time>,
    /// Reported before.
    pub to: Option<Time>,
    /// What the user may read.
    pub scope: &'a Scope,
    /// What waits for the user; only for the inbox.
    pub inbox: Vec<Waiting>,
    /// The bodies that the user works for.
    pub bodies: Vec<String>,
    /// The present moment, for lights.
    pub now: Time,
}

/// One kind of what waits for a user.
pub struct Waiting {
    /// Cases in these states; empty: those with a request that waits for an answer.
    pub states: Vec<State>,
    /// How far the permission reaches.
    pub scope: Scope,
    /// For what a centre does: the centres that are the user's own.
    pub desks: Option<Vec<String>>,
}

impl Filter<'_> {
    /// What the user may read: what is in scope, and in the inbox also what their body helps with.
    fn push_scope(&self, sql: &mut Sql) {
        let helps = self.query.inbox == Some(true) && !self.bodies.is_empty();
        if helps {
            sql.push("(");
        }
        self.scope.push(sql, SCOPE);
        let mut areas = self.scope.areas();
        if let (Some(town), None, true) = (areas.next(), areas.next(), self.scope.is_areas())
            && town.len() == TOWN
        {
            // Says nothing new, but has an index in the order of the list.
            sql.and("SUBSTR(area, 1, 9) =", town);
        }
        if helps {
            sql.push(" OR id IN (SELECT case_id FROM cases_assist WHERE done_at IS NULL AND body IN ")
                .list(&self.bodies)
                .push("))");
        }
    }

    /// The text asked for, if there is any.
    fn text(&self) -> Option<&str> {
        self.query.text.as_deref().map(str::trim).filter(|it| !it.is_empty())
    }

    /// Whether it asks for words, which no index finds; a number has an index.
    pub(super) fn has_words(&self) -> bool {
        self.text().is_some_and(|it| !looks_like_number(it))
    }

    /// Adds the conditions, each in the form that its index likes.
    pub(super) fn push(&self, sql: &mut Sql) {
        self.push_without_words(sql);
        if let Some(words) = self.text().filter(|it| !looks_like_number(it)) {
            let like = format!("%{}%", words.to_lowercase().replace(['%', '_'], ""));
            sql.push(" AND (LOWER(description) LIKE ").bind(like.as_str());
            sql.push(" OR LOWER(place) LIKE ").bind(like).push(")");
        }
    }

    /// All conditions but the words.
    pub(super) fn push_without_words(&self, sql: &mut Sql) {
        sql.push(" WHERE ");
        if self.query.helping == Some(true) {
            // Whoever helps may read the case wherever it lies.
            sql.push("id IN (SELECT case_id FROM cases_assist WHERE done_at IS NULL AND body IN ")
                .list(&self.bodies)
                .push(")");
        } else {
            self.push_scope(sql);
        }
        if self.query.inbox == Some(true) {
            // Nothing closed waits for anybody; said so that the indexes of open cases are taken. No `FALSE OR` to begin
            // with: then each part can be looked up by an index of its own.
            sql.push(" AND state <> 'closed'");
            let mut before = " AND (";
            for it in &self.inbox {
                sql.push(std::mem::replace(&mut before, " OR "));
                if it.states.is_empty() {
                    sql.push("(asked IS NOT NULL AND ");
                } else {
                    sql.push("(state IN ").list(it.states.iter().copied()).push(" AND ");
                }
                match &it.desks {
                    Some(desks) => {
                        sql.push("desk IN ").list(desks);
                    }
                    None => it.scope.push(sql, SCOPE),
                }
                sql.push(")");
            }
            if !self.bodies.is_empty() {
                sql.push(std::mem::replace(&mut before, " OR "));
                sql.push("id IN (SELECT case_id FROM cases_assist WHERE done_at IS NULL AND body IN ")
                    .list(&self.bodies)
                    .push(")");
            }
            sql.push(if before == " OR " { ")" } else { " AND FALSE" });
        }
        if !self.states.is_empty() {
            sql.push(" AND state IN ").list(self.states.iter().copied());
        }
        if !self.sources.is_empty() {
            sql.push(" AND source IN ").list(self.sources.iter().copied());
        }
        if let Some(class) = &self.query.class {
            if class.len() == MAJOR {
                sql.and("SUBSTR(class, 1, 8) =", class);
            } else {
                sql.push(" AND ").within("class", class);
            }
        }
        if let Some(area) = &self.query.area {
            if area.len() == TOWN {
                sql.and("SUBSTR(area, 1, 9) =", area);
            } else {
                sql.push(" AND ").within("area", area);
            }
        }
        if let Some(body) = &self.query.body {
            sql.and("body =", body);
        }
        match self.query.light {
            Some(standards::Light::Red) => {
                sql.push(" AND ").push(URGENCY).push(" < ").bind(self.now);
            }
            Some(standards::Light::Yellow) => {
                sql.and("yellow_at <", self.now)
                    .push(" AND ")
                    .push(URGENCY)
                    .push(" >= ")
                    .bind(self.now);
            }
            Some(standards::Light::Green) => {
                sql.and("yellow_at >=", self.now)
                    .push(" AND ")
                    .push(URGENCY)
                    .push(" >= ")
                    .bind(self.now);
            }
            None => {}
        }
        for (column, wanted) in [("filed_at", self.query.filed), ("satisfaction", self.query.rated)] {
            if let Some(wanted) = wanted {
                sql.push(" AND ")
                    .push(column)
                    .push(if wanted { " IS NOT NULL" } else { " IS NULL" });
            }
        }
        if let Some(said) = self.query.satisfaction {
            sql.and("satisfaction =", said);
        }
        if let Some(asked) = self.query.asked {
            sql.and("asked =", asked);
        }
        if let Some(appealed) = self.query.appealed {
            sql.push(if appealed {
                " AND appealed = TRUE"
            } else {
                " AND appealed = FALSE"
            });
        }
        if let Some(reopened) = self.query.reopened {
            sql.push(if reopened {
                " AND reopened > 0"
            } else {
                " AND reopened = 0"
            });
        }
        if let Some(desk) = &self.query.desk {
            sql.and("desk =", desk);
        }
        if let Some(late) = self.query.late {
            sql.push(if late { " AND late = TRUE" } else { " AND late = FALSE" });
        }
        if let Some(from) = self.from {
            sql.and("reported_at >=", from);
        }
        if let Some(to) = self.to {
            sql.and("reported_at <", to);
        }
        if let Some(number) = self.text().filter(|it| looks_like_number(it)) {
            sql.push(" AND number >= ")
                .bind(number.to_owned())
                .push(" AND number < ")
                .bind(format!("{number}z"));
        }
    }
}

fn looks_like_number(text: &str) -> bool {
    text.len() >= 4 && text.chars().all(|c| c.is_ascii_digit() || c == '-')
}
