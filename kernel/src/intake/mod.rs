//! Taking in what others send: files of unknown encoding, and the list of what was wrong with them.
//!
//! Every import of the house (areas, shapes, the responsibility list, past cases) reads bytes into typed records and a
//! list of [`Problem`]s. A problem says where it is, has a stable code, and carries its text in both languages from
//! the moment its [`Kind`] is declared: a kind without a translation cannot be written.

mod text;

pub use text::{Decoded, decode, delimiter, is_utf8_prefix, tidy};

use std::fmt;

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; nothing is lost.
    Note,
    /// Taken over, but somebody should look at it.
    Warning,
    /// Not taken over; an import that is all or nothing stops here.
    Error,
}

impl Severity {
    /// The word used on the wire.
    pub fn code(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// A kind of problem, declared once as a constant next to the code that finds it.
///
/// `{name}` in a text is replaced by the argument of that name.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Kind {
    /// Stable code, `app.what`.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// Text in Chinese.
    pub zh: &'static str,
    /// Text in English.
    pub en: &'static str,
}

impl Kind {
    /// A kind whose rows are refused.
    pub const fn error(code: &'static str, zh: &'static str, en: &'static str) -> Self {
        Self {
            code,
            severity: Severity::Error,
            zh,
            en,
        }
    }

    /// A kind whose rows are taken over all the same.
    pub const fn warning(code: &'static str, zh: &'static str, en: &'static str) -> Self {
        Self {
            code,
            severity: Severity::Warning,
            zh,
            en,
        }
    }

    /// A kind that only informs.
    pub const fn note(code: &'static str, zh: &'static str, en: &'static str) -> Self {
        Self {
            code,
            severity: Severity::Note,
            zh,
            en,
        }
    }
}

/// One thing that was not understood or not right in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What kind of problem.
    pub kind: &'static Kind,
    /// The file's name as the sender gave it.
    pub file: String,
    /// Line, sheet row or number of the feature, from 1; none when the whole file is meant.
    pub line: Option<u64>,
    /// Column header or field.
    pub column: Option<String>,
    /// What fills the text.
    pub args: Vec<(&'static str, String)>,
}

impl Problem {
    /// A problem of the file as a whole.
    pub fn new(kind: &'static Kind, file: impl Into<String>) -> Self {
        Self {
            kind,
            file: file.into(),
            line: None,
            column: None,
            args: Vec::new(),
        }
    }

    /// Says where, for a problem that was found before its place was known.
    #[must_use]
    pub fn at(mut self, file: &str, line: u64) -> Self {
        file.clone_into(&mut self.file);
        self.line = Some(line);
        self
    }

    /// Says in which line, row or feature (from 1).
    #[must_use]
    pub fn line(mut self, line: u64) -> Self {
        self.line = Some(line);
        self
    }

    /// Says in which column.
    #[must_use]
    pub fn column(mut self, column: impl Into<String>) -> Self {
        self.column = Some(column.into());
        self
    }

    /// Adds an argument of the text. Values from a file can be of any length, so they are cut to what a line can show.
    #[must_use]
    pub fn arg(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.args.push((name, shorten(&value.to_string())));
        self
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.kind.code
    }

    /// How bad it is.
    pub fn severity(&self) -> Severity {
        self.kind.severity
    }

    /// Whether it stops an import that is all or nothing.
    pub fn is_error(&self) -> bool {
        self.kind.severity == Severity::Error
    }

    /// The value of an argument.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.args.iter().find(|(n, _)| *n == name).map(|(_, v)| v.as_str())
    }

    /// The text in a language given by its tag; anything but English is answered in Chinese.
    pub fn text(&self, lang: &str) -> String {
        let template = if lang.starts_with("en") {
            self.kind.en
        } else {
            self.kind.zh
        };
        // Filled in one pass over the template, so that braces inside a value stay what they are.
        let mut out = String::with_capacity(template.len() + 16);
        let mut rest = template;
        while let Some(open) = rest.find('{') {
            out.push_str(&rest[..open]);
            let after = &rest[open + 1..];
            let Some(close) = after.find('}') else {
                rest = &rest[open..];
                break;
            };
            out.push_str(self.get(&after[..close]).unwrap_or(""));
            rest = &after[close + 1..];
        }
        out.push_str(rest);
        out
    }
}

/// One line as a log or a terminal shows it: file, place, code, English text.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if let Some(column) = &self.column {
            write!(f, " [{column}]")?;
        }
        write!(f, ": {} ({})", self.text("en"), self.code())
    }
}

fn shorten(value: &str) -> String {
    const LONGEST: usize = 120;
    match value.char_indices().nth(LONGEST) {
        Some((cut, _)) => format!("{}…", &value[..cut]),
        None => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIND: Kind = Kind::warning(
        "test.kind",
        "“{value}”不对（{missing}）",
        "“{value}” is wrong ({missing})",
    );

    #[test]
    fn the_text_is_filled_once_and_in_the_language_asked_for() {
        let problem = Problem::new(&KIND, "a.csv")
            .line(3)
            .column("name")
            .arg("value", "{missing}");
        assert_eq!(problem.text("zh-CN"), "“{missing}”不对（）");
        assert_eq!(problem.text("en-GB"), "“{missing}” is wrong ()");
        assert_eq!(
            problem.to_string(),
            "a.csv:3 [name]: “{missing}” is wrong () (test.kind)"
        );
    }

    #[test]
    fn long_values_are_cut_between_characters() {
        let problem = Problem::new(&KIND, "a.csv").arg("value", "字".repeat(500));
        assert_eq!(problem.get("value").map(|v| v.chars().count()), Some(121));
    }
}
