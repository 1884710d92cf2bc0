//! Just enough of Rust's lexical rules to tell code, comments and text literals apart.

/// A source file, taken apart.
pub(super) struct Rust {
    /// The code, with everything inside comments and literals blanked; lines stay where they are.
    pub(super) code: String,
    /// The text literals, each with the line it starts on.
    pub(super) literals: Vec<(usize, String)>,
}

impl Rust {
    pub(super) fn parse(text: &str) -> Self {
        let mut lexer = Lexer {
            rest: text,
            line: 1,
            code: String::with_capacity(text.len()),
            literals: Vec::new(),
        };
        while let Some(next) = lexer.rest.chars().next() {
            lexer.step(next);
        }
        Self {
            code: lexer.code,
            literals: lexer.literals,
        }
    }

    /// Its code line by line, numbered from 1.
    pub(super) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.code.split('\n').enumerate().map(|(at, line)| (at + 1, line))
    }
}

/// Whether a line of code contains this word: not as a part of a longer name.
pub(super) fn has_word(line: &str, word: &str) -> bool {
    words(line).any(|found| found == word)
}

/// The names and keywords of a line of code.
pub(super) fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
}

struct Lexer<'a> {
    rest: &'a str,
    line: usize,
    code: String,
    literals: Vec<(usize, String)>,
}

impl Lexer<'_> {
    fn step(&mut self, next: char) {
        let after_name = self.code.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        if self.rest.starts_with("//") {
            self.blank(self.rest.find('\n').unwrap_or(self.rest.len()));
        } else if self.rest.starts_with("/*") {
            self.blank(block_comment(self.rest));
        } else if let (false, Some((open, close))) = (after_name, raw_literal(self.rest)) {
            let body = &self.rest[open..];
            let len = body.find(&close).unwrap_or(body.len());
            self.literal(open, len, close.len(), str::to_owned);
        } else if next == '"' {
            self.literal(1, closing(&self.rest[1..], '"'), 1, unescape);
        } else if next == '\'' && !is_lifetime(self.rest) {
            self.blank(1 + closing(&self.rest[1..], '\'') + 1);
        } else {
            self.keep(next.len_utf8());
        }
    }

    fn keep(&mut self, len: usize) {
        let (head, rest) = self.rest.split_at(len);
        self.line += head.matches('\n').count();
        self.code.push_str(head);
        self.rest = rest;
    }

    fn blank(&mut self, len: usize) {
        let (head, rest) = self.rest.split_at(len.min(self.rest.len()));
        self.line += head.matches('\n').count();
        self.code
            .extend(head.chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
        self.rest = rest;
    }

    fn literal(&mut self, open: usize, len: usize, close: usize, read: fn(&str) -> String) {
        self.literals.push((self.line, read(&self.rest[open..open + len])));
        self.blank(open + len + close);
    }
}

/// The length of a block comment, which may hold others.
fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < text.len() {
        if text[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if text[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    at
}

/// If a raw literal starts here: the length of its opening and the text that closes it.
fn raw_literal(text: &str) -> Option<(usize, String)> {
    let after = ["br", "cr", "r"].iter().find_map(|start| text.strip_prefix(start))?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    after[hashes..].starts_with('"').then(|| {
        (
            text.len() - after.len() + hashes + 1,
            format!("\"{}", "#".repeat(hashes)),
        )
    })
}

/// How far it is to the quote that closes a literal, past escaped ones.
fn closing(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        if escaped {
            escaped = false;
        } else if c == '\\' {
            escaped = true;
        } else if c == quote {
            return at;
        }
    }
    text.len()
}

/// `'a` and `'static`, but not `'a'`.
fn is_lifetime(text: &str) -> bool {
    let mut chars = text.chars().skip(1);
    matches!((chars.next(), chars.next()), (Some(first), second) if (first.is_alphabetic() || first == '_') && second != Some('\''))
}

/// A literal's text: a `\` at the end of a line joins lines, other escapes become a space.
fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('\n') => while chars.next_if(|c| c.is_whitespace()).is_some() {},
            Some('"') => out.push('"'),
            _ => out.push(' '),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_comments_and_literals_are_told_apart() {
        let source = concat!(
            "// use axum;\n",
            "let a = \"FROM \\\"x\\\" \\\n      WHERE\"; /* tokio /* nested */ still */ let b = r#\"raw \"quoted\" text\"#;\n",
            "fn f<'a>(x: &'a str) -> char { '\"' }\n",
            "let c = '\\''; let d = b\"bytes\"; let bar = \"after a name\";\n",
        );
        let rust = Rust::parse(source);
        let texts: Vec<_> = rust
            .literals
            .iter()
            .map(|(line, text)| (*line, text.as_str()))
            .collect();
        assert_eq!(
            texts,
            [
                (2, "FROM \"x\" WHERE"),
                (3, "raw \"quoted\" text"),
                (5, "bytes"),
                (5, "after a name")
            ]
        );
        assert_eq!(rust.code.lines().count(), source.lines().count());
        assert!(!rust.code.contains("axum") && !rust.code.contains("tokio") && !rust.code.contains("raw"));
        assert!(rust.code.contains("fn f<'a>(x: &'a str)"));
    }

    #[test]
    fn broken_source_does_not_hang_or_crash() {
        for source in ["\"open", "/* open", "r#\"open", "'", "'\\", "\"\\", "r#", "'字", "r"] {
            Rust::parse(source);
        }
    }

    #[test]
    fn a_word_is_a_whole_word() {
        assert!(has_word("use sqlx::FromRow;", "sqlx"));
        assert!(!has_word("let sqlx_like = 1;", "sqlx"));
    }
}
