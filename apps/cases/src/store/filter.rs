//! What a list of cases is narrowed down to, and how that becomes SQL.

use kernel::Time;
use kernel::auth::{Columns, Part, Scope};
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
    /// Only those about this component, by its code.
    pub component: Option<String>,
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

/// What has not ended, as the indexes of open cases have it.
pub(super) const OPEN: &str = " AND state <> 'closed' AND state <> 'declined' AND state <> 'voided'";

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

/// What a list is sorted by, and which way.
#[derive(Clone, Copy)]
pub(super) struct Order {
    /// What a case's place in the list is.
    pub(super) place: &'static str,
    descending: bool,
}

impl Order {
    /// Adds the order, from behind one case to another and no further.
    pub(super) fn push(self, sql: &mut Sql, after: Option<Key>, last: Option<Key>) {
        let (behind, to, direction) = if self.descending {
            (" < (", " >= (", " DESC")
        } else {
            (" > (", " <= (", "")
        };
        for (compare, key) in [(behind, after), (to, last)] {
            if let Some((place, id)) = key {
                sql.push(" AND (").push(self.place).push(", id)").push(compare);
                sql.bind(place).push(", ").bind(id).push(")");
            }
        }
        sql.push(" ORDER BY ").push(self.place).push(direction);
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

/// The columns of a scope where no index of theirs is to be taken: another condition finds fewer rows, and a planner that
/// does not see the values cannot know.
const HIDDEN: Columns = Columns {
    area: "(area || '')",
    body: "(body || '')",
    own: &[
        "(reporter || '')",
        "(assignee || '')",
        "(verifier || '')",
        "(checker || '')",
    ],
};

impl Filter<'_> {
    /// The parts of what the user may read. A list takes the first rows of each, by an index of its own, and of those the
    /// first: what several parts have together is then neither gathered nor sorted.
    pub(super) fn parts(&self) -> Vec<Part<'_>> {
        if self.is_rare() || self.query.inbox == Some(true) || self.query.helping == Some(true) {
            return Vec::new();
        }
        self.scope.parts(SCOPE)
    }

    /// The order. What waits is few, found by its state and then sorted: an index in the order of the list would be gone
    /// through to its end by whoever has little to do, so it is not offered.
    pub(super) fn order(&self) -> Order {
        let (place, descending) = match self.query.order() {
            Sort::Due if self.query.inbox == Some(true) => ("COALESCE(due_at, 9007199254740991) + 0", false),
            Sort::Due => (URGENCY, false),
            Sort::Reported => ("reported_at", true),
        };
        Order { place, descending }
    }

    /// Whether it asks for something that few cases have, which an index finds.
    fn is_rare(&self) -> bool {
        let it = self.query;
        let due = it.light.is_some_and(|it| it != standards::Light::Green);
        it.appealed == Some(true)
            || it.reopened == Some(true)
            || it.asked.is_some()
            || it.component.is_some()
            || it.satisfaction == Some(Satisfaction::Dissatisfied)
            || it.area.as_ref().is_some_and(|it| it.len() > TOWN)
            || self.text().is_some_and(looks_like_number)
            || (self.scope.reaches_own() && (due || self.is_open()))
    }

    /// Whether it asks for states in which a case has not ended.
    fn is_open(&self) -> bool {
        !self.states.is_empty() && self.states.iter().all(|it| !it.is_end())
    }

    /// What the user may read: what is in scope, and in the inbox also what their body helps with.
    fn push_scope(&self, sql: &mut Sql, part: Option<&Part<'_>>) {
        let inbox = self.query.inbox == Some(true);
        let whole = self.scope.parts(SCOPE);
        let helps = inbox && !self.bodies.is_empty();
        if helps {
            sql.push("(");
        }
        match part.or(whole.first().filter(|_| whole.len() == 1)) {
            // What waits is found by its state, wherever it lies.
            _ if inbox || self.is_rare() => self.scope.push(sql, HIDDEN),
            // In this form it has an index in the order of the list.
            Some(Part::Within(_, town)) if town.len() == TOWN && !self.is_open() => {
                sql.push("SUBSTR(area, 1, 9) = ").bind(*town);
            }
            Some(part) => part.push(sql),
            None => self.scope.push(sql, SCOPE),
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
        self.push_part(sql, None);
    }

    /// The conditions within one part of the scope.
    pub(super) fn push_part(&self, sql: &mut Sql, part: Option<&Part<'_>>) {
        self.push_without_words(sql, part);
        if let Some(words) = self.text().filter(|it| !looks_like_number(it)) {
            let like = format!("%{}%", words.to_lowercase().replace(['%', '_'], ""));
            sql.push(" AND (LOWER(description) LIKE ").bind(like.as_str());
            sql.push(" OR LOWER(place) LIKE ").bind(like).push(")");
        }
    }

    /// All conditions but the words.
    pub(super) fn push_without_words(&self, sql: &mut Sql, part: Option<&Part<'_>>) {
        sql.push(" WHERE ");
        if self.query.helping == Some(true) {
            // Whoever helps may read the case wherever it lies.
            sql.push("id IN (SELECT case_id FROM cases_assist WHERE done_at IS NULL AND body IN ")
                .list(&self.bodies)
                .push(")");
        } else {
            self.push_scope(sql, part);
        }
        if self.query.inbox == Some(true) {
            // What has ended waits for nobody; said so that the indexes of open cases are taken. No `FALSE OR` to begin
            // with: then each part can be looked up by an index of its own.
            sql.push(OPEN);
            let mut before = " AND (";
            for it in &self.inbox {
                sql.push(std::mem::replace(&mut before, " OR "));
                if it.states.is_empty() {
                    sql.push("(asked IS NOT NULL AND ");
                } else {
                    sql.push("(state IN ").list(it.states.iter().copied()).push(" AND ");
                }
                match &it.desks {
                    Some(desks) if it.states.is_empty() => {
                        sql.push("(desk || '') IN ").list(desks);
                    }
                    Some(desks) => {
                        sql.push("desk IN ").list(desks);
                    }
                    // A body's own have an index by state; other parts would each be gone through to their end.
                    None if it.scope.bodies().next().is_some() => it.scope.push(sql, SCOPE),
                    None => it.scope.push(sql, HIDDEN),
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
        if self.is_open() {
            sql.push(OPEN);
        }
        if !self.sources.is_empty() {
            sql.push(" AND source IN ").list(self.sources.iter().copied());
        }
        // What one user or one grid has to do with is little: no index of another condition is to be taken instead.
        let little = match part {
            Some(Part::Is(column, _)) => SCOPE.own.contains(column),
            Some(Part::Within(_, code)) => code.len() > TOWN,
            _ => false,
        };
        if let Some(class) = &self.query.class {
            match (little, class.len() == MAJOR) {
                (true, _) => sql.push(" AND ").within("(class || '')", class),
                (false, true) => sql.and("SUBSTR(class, 1, 8) =", class),
                (false, false) => sql.push(" AND ").within("class", class),
            };
        }
        if let Some(area) = &self.query.area {
            match (little, area.len() == TOWN) {
                (true, _) => sql.push(" AND ").within("(area || '')", area),
                (false, true) => sql.and("SUBSTR(area, 1, 9) =", area),
                (false, false) => sql.push(" AND ").within("area", area),
            };
        }
        if let Some(component) = &self.query.component {
            sql.and("component =", component);
        }
        if let Some(body) = &self.query.body {
            sql.and(if little { "(body || '') =" } else { "body =" }, body);
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
