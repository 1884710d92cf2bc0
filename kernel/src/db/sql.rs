//! A statement in the making: fixed pieces of text and bound values, so that each filter of a list uses its own index.

use super::Value;

/// A statement built piece by piece. Pieces are `&'static str`; whatever comes from outside is bound.
///
/// ```
/// # use kernel::db::Sql;
/// let mut sql = Sql::new("SELECT id FROM demo WHERE TRUE");
/// sql.and("state =", "open").and("due_at <", 5_i64).push(" ORDER BY id LIMIT ").bind(20_i64);
/// assert_eq!(sql.text(), "SELECT id FROM demo WHERE TRUE AND state = $1 AND due_at < $2 ORDER BY id LIMIT $3");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Sql {
    text: String,
    args: Vec<Value>,
    unnumbered: bool,
}

impl Sql {
    /// Begins with a fixed piece.
    pub fn new(text: &'static str) -> Self {
        Self {
            text: text.to_owned(),
            args: Vec::new(),
            unnumbered: false,
        }
    }

    /// Begins a statement whose place-holders are a bare `?`, which SQLite takes in the order in which they stand.
    pub(super) fn unnumbered(text: &'static str) -> Self {
        Self {
            unnumbered: true,
            ..Self::new(text)
        }
    }

    /// Adds a fixed piece.
    pub fn push(&mut self, text: &'static str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Adds a place-holder and its value.
    pub fn bind(&mut self, value: impl Into<Value>) -> &mut Self {
        self.args.push(value.into());
        if self.unnumbered {
            self.text.push('?');
        } else {
            self.text.push('$');
            self.text.push_str(&self.args.len().to_string());
        }
        self
    }

    /// Adds ` AND <condition> $n`.
    pub fn and(&mut self, condition: &'static str, value: impl Into<Value>) -> &mut Self {
        self.push(" AND ").push(condition).push(" ").bind(value)
    }

    /// Adds `($n, $n+1, …)`; an empty list becomes `(NULL)`, which matches nothing.
    pub fn list<V: Into<Value>>(&mut self, values: impl IntoIterator<Item = V>) -> &mut Self {
        self.push("(");
        let mut first = true;
        for value in values {
            if !first {
                self.push(", ");
            }
            first = false;
            self.bind(value);
        }
        if first {
            self.push("NULL");
        }
        self.push(")")
    }

    /// Adds a subtree of areas as a range: `column >= code AND column < code + "zzzzzzzzzz"`.
    ///
    /// Codes are digits and capital letters and at most ten characters longer than their prefix, so ten times `z`
    /// sorts after each continuation in every collation that PostgreSQL may have been set up with, and in SQLite.
    pub fn within(&mut self, column: &'static str, prefix: &str) -> &mut Self {
        self.push("(").push(column).push(" >= ").bind(prefix);
        self.push(" AND ")
            .push(column)
            .push(" < ")
            .bind(format!("{prefix}zzzzzzzzzz"))
            .push(")")
    }

    /// The text so far.
    pub fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn into_parts(self) -> (String, Vec<Value>) {
        (self.text, self.args)
    }
}
