//! Scopes: how far a permission reaches, and the one place where that becomes SQL.

use super::UserId;
use crate::db::Sql;

/// How far one grant reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// The whole district.
    All,
    /// An area and everything below it, by code.
    Area(String),
    /// A body, by code.
    Body(String),
    /// Records that are one's own.
    Own,
}

impl Reach {
    /// From its two columns.
    pub(crate) fn parse(kind: &str, code: &str) -> Option<Self> {
        match kind {
            "all" => Some(Self::All),
            "area" => Some(Self::Area(code.to_owned())),
            "body" => Some(Self::Body(code.to_owned())),
            "own" => Some(Self::Own),
            _ => None,
        }
    }

    /// Its two columns.
    pub(crate) fn columns(&self) -> (&'static str, &str) {
        match self {
            Self::All => ("all", ""),
            Self::Area(code) => ("area", code),
            Self::Body(code) => ("body", code),
            Self::Own => ("own", ""),
        }
    }
}

/// The columns of a table that scopes look at; an empty name means that the table has none.
#[derive(Clone, Copy, Debug)]
pub struct Columns {
    /// The area's code.
    pub area: &'static str,
    /// The body's code.
    pub body: &'static str,
    /// Columns that name a user whose record this is.
    pub own: &'static [&'static str],
}

/// How far a permission reaches for a user: the union of its grants.
#[derive(Clone, Debug)]
pub struct Scope {
    user: UserId,
    reaches: Vec<Reach>,
}

impl Scope {
    pub(crate) fn new(user: UserId, reaches: impl Iterator<Item = Reach>) -> Self {
        let mut reaches: Vec<_> = reaches.collect();
        if reaches.contains(&Reach::All) {
            reaches = vec![Reach::All];
        }
        Self { user, reaches }
    }

    /// Whether nothing at all is in reach.
    pub fn is_empty(&self) -> bool {
        self.reaches.is_empty()
    }

    /// Whether everything is in reach.
    pub fn is_all(&self) -> bool {
        self.reaches.contains(&Reach::All)
    }

    /// Whether one's own records are in reach, wherever they lie.
    pub fn reaches_own(&self) -> bool {
        self.reaches.contains(&Reach::Own)
    }

    /// The areas in reach, if the permission was given for areas.
    pub fn areas(&self) -> impl Iterator<Item = &str> {
        self.reaches.iter().filter_map(|it| {
            if let Reach::Area(code) = it {
                Some(code.as_str())
            } else {
                None
            }
        })
    }

    /// The bodies in reach, if the permission was given for bodies.
    pub fn bodies(&self) -> impl Iterator<Item = &str> {
        self.reaches.iter().filter_map(|it| {
            if let Reach::Body(code) = it {
                Some(code.as_str())
            } else {
                None
            }
        })
    }

    /// Whether a record is in reach.
    pub fn holds(&self, area: Option<&str>, body: Option<&str>, owners: &[Option<UserId>]) -> bool {
        self.reaches.iter().any(|reach| match reach {
            Reach::All => true,
            Reach::Area(code) => area.is_some_and(|it| it.starts_with(code.as_str())),
            Reach::Body(code) => body == Some(code.as_str()),
            Reach::Own => owners.contains(&Some(self.user)),
        })
    }

    /// The conditions that make the scope together, each of which is enough.
    pub fn parts(&self, columns: Columns) -> Vec<Part<'_>> {
        if self.is_all() {
            return vec![Part::All];
        }
        let areas = self.areas().filter(|_| !columns.area.is_empty());
        let bodies = self.bodies().filter(|_| !columns.body.is_empty());
        let own = if self.reaches_own() { columns.own } else { &[] };
        areas
            .map(|code| Part::Within(columns.area, code))
            .chain(bodies.map(|code| Part::Is(columns.body, code.to_owned())))
            .chain(own.iter().map(|column| Part::Is(column, self.user.to_string())))
            .collect()
    }

    /// Adds the scope as a condition, in brackets: `(area >= … OR body = … )`.
    pub fn push(&self, sql: &mut Sql, columns: Columns) {
        // One part stands alone and equality is written as such: a planner sees through neither `FALSE OR` nor a list.
        let parts = self.parts(columns);
        match parts.as_slice() {
            [] => {
                sql.push("FALSE");
            }
            [Part::All] => {
                sql.push("TRUE");
            }
            parts => {
                for (n, part) in parts.iter().enumerate() {
                    sql.push(if n == 0 { "(" } else { " OR " });
                    part.push(sql);
                }
                sql.push(")");
            }
        }
    }
}

/// One condition of a scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part<'a> {
    /// Everything.
    All,
    /// A column holds this code or one below it.
    Within(&'static str, &'a str),
    /// A column holds this.
    Is(&'static str, String),
}

impl Part<'_> {
    /// Adds it.
    pub fn push(&self, sql: &mut Sql) {
        match self {
            Self::All => sql.push("TRUE"),
            Self::Within(column, code) => sql.within(column, code),
            Self::Is(column, value) => sql.push(column).push(" = ").bind(value.as_str()),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(reaches: &[Reach]) -> Scope {
        Scope::new(UserId(uuid::Uuid::nil()), reaches.iter().cloned())
    }

    #[test]
    fn a_record_is_in_reach_as_the_sql_says() {
        let columns = Columns {
            area: "area",
            body: "body",
            own: &["reporter"],
        };
        let mut sql = Sql::new("");
        scope(&[Reach::Area("320999".into()), Reach::Body("D01".into()), Reach::Own]).push(&mut sql, columns);
        assert_eq!(sql.text(), "((area >= $1 AND area < $2) OR body = $3 OR reporter = $4)");
        let mut sql = Sql::new("");
        scope(&[]).push(&mut sql, columns);
        assert_eq!(sql.text(), "FALSE");

        let town = scope(&[Reach::Area("320999101".into())]);
        assert!(town.holds(Some("320999101203001"), None, &[]));
        assert!(!town.holds(Some("320999102203001"), None, &[]));
        assert!(!town.holds(None, Some("D01"), &[]));
        assert!(scope(&[Reach::Own]).holds(None, None, &[None, Some(UserId(uuid::Uuid::nil()))]));
        assert!(!scope(&[Reach::Own]).holds(None, None, &[None]));
        assert!(scope(&[Reach::Own, Reach::All]).holds(None, None, &[]));
    }
}
