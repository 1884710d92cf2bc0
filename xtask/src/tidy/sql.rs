//! Tables are private: the SQL of a room (an app or the kernel), in its code and in its migrations, names only tables
//! with the room's own prefix.
//!
//! SQL keywords are written in capitals, which is how SQL is told from prose here (and is easier to read anyway).

use super::rust::Rust;
use super::{File, Finding, Tree};

/// Text literals in the room's `src`: what follows FROM, JOIN, INTO, UPDATE is a table of this room, or a name that a
/// WITH of the same file defines. `kernel/src/db` is left out: the dialects live there, with the databases' own tables.
pub(super) fn queries_keep_to_their_tables(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for (app, folder) in tree.rooms() {
        let folder = format!("{folder}/src");
        let checked = |file: &&File| file.has_ending(&["rs"]) && !file.path.starts_with("kernel/src/db/");
        for file in tree.below(&folder).filter(checked) {
            let literals = Rust::parse(&file.text).literals;
            let defined: Vec<String> = literals
                .iter()
                .flat_map(|(_, text)| with_names(&tokens(text)))
                .collect();
            for (line, text) in &literals {
                if is_small_sql(text) {
                    found.push(Finding::new(&file.path, *line, "write SQL keywords in capitals"));
                }
                for table in tables_of_query(&tokens(text)) {
                    if !is_own(app, &table) && !defined.contains(&table) {
                        found.push(Finding::new(&file.path, *line, foreign(app, &table)));
                    }
                }
            }
        }
    }
    found
}

/// The room's `migrations`: numbered files, which make, change and fill only tables of this room.
pub(super) fn migrations_keep_to_their_tables(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for (app, folder) in tree.rooms() {
        let folder = format!("{folder}/migrations");
        for file in tree.below(&folder) {
            let name = file.path.rsplit('/').next().unwrap_or_default();
            let number = name.split('_').next().unwrap_or_default();
            if number.len() != 4 || !number.bytes().all(|b| b.is_ascii_digit()) || !name.ends_with(".sql") {
                found.push(Finding::new(&file.path, 0, "a migration is named like 0001_what.sql"));
            }
            // Comments go before the statements are joined, so that a line keeps its number.
            let mut statement: Vec<(usize, String)> = Vec::new();
            for (line, text) in file.lines() {
                let code = text.split("--").next().unwrap_or_default();
                statement.extend(tokens(code).into_iter().map(|token| (line, token)));
            }
            for (line, table) in tables_of_migration(&statement) {
                if !is_own(app, &table) {
                    found.push(Finding::new(&file.path, line, foreign(app, &table)));
                }
            }
        }
    }
    found
}

fn foreign(app: &str, table: &str) -> String {
    match table {
        "{" => "a table's name is put together at run time: write it out, so that it can be checked".to_owned(),
        table => format!("{table} is not a table of {app}: those start with {app}_"),
    }
}

fn is_own(app: &str, name: &str) -> bool {
    name.strip_prefix(app).is_some_and(|rest| rest.starts_with('_'))
}

/// Names, words and single signs; what stands in '…' is left out, as are the quotes around names.
fn tokens(sql: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut quoted = false;
    for c in sql.chars() {
        if c == '\'' {
            quoted = !quoted;
        } else if quoted {
            continue;
        } else if c.is_alphanumeric() || c == '_' || c == '$' {
            word.push(c);
            continue;
        }
        if !word.is_empty() {
            found.push(std::mem::take(&mut word));
        }
        if !c.is_whitespace() && !['"', '\'', '`'].contains(&c) {
            found.push(c.to_string());
        }
    }
    found.extend((!word.is_empty()).then_some(word));
    found
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_lowercase() || c == '_')
}

/// The names that WITH gives to parts of a query: `name AS (`, `name (columns) AS (`.
fn with_names(tokens: &[String]) -> Vec<String> {
    let mut names = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let mut after = at + 1;
        let starts = at == 0 || matches!(tokens[at - 1].as_str(), "WITH" | "RECURSIVE" | ",");
        if !starts || !is_name(token) {
            continue;
        }
        if tokens.get(after).is_some_and(|t| t == "(") {
            after += tokens[after..]
                .iter()
                .position(|t| t == ")")
                .map_or(tokens.len(), |close| close + 1);
        }
        let rest: Vec<&str> = tokens
            .get(after..)
            .unwrap_or_default()
            .iter()
            .take(3)
            .map(String::as_str)
            .collect();
        if matches!(rest.as_slice(), ["AS", "(", ..] | ["AS", "MATERIALIZED" | "NOT", ..]) {
            names.push(token.clone());
        }
    }
    names
}

/// The tables that a query names.
fn tables_of_query(tokens: &[String]) -> Vec<String> {
    let mut tables = Vec::new();
    let get = |at: usize| tokens.get(at).map_or("", String::as_str);
    for at in 0..tokens.len() {
        let before = if at == 0 { "" } else { get(at - 1) };
        let (next, then) = (get(at + 1), get(at + 2));
        match get(at) {
            "UPDATE" | "INTO" if before != "FOR" && (is_name(next) || next == "{") => tables.push(next.to_owned()),
            // A name with a parenthesis is a function that gives rows.
            "FROM" | "JOIN" if before != "DISTINCT" && (next == "{" || is_name(next) && then != "(") => {
                tables.push(next.to_owned());
                tables.extend(after_commas(&tokens[at + 2..]));
            }
            _ => {}
        }
    }
    tables
}

/// `FROM a, b AS x, c`: the tables after the first.
fn after_commas(mut tokens: &[String]) -> Vec<String> {
    let mut tables = Vec::new();
    loop {
        if let Some((first, rest)) = tokens.split_first()
            && first == "AS"
        {
            tokens = rest;
        }
        if let Some((alias, rest)) = tokens.split_first()
            && is_name(alias)
        {
            tokens = rest;
        }
        match tokens {
            [comma, table, rest @ ..] if comma == "," && is_name(table) && rest.first().is_none_or(|t| t != "(") => {
                // `, name AS (` after a parenthesised query would be the next part of a WITH, not a table.
                tables.push(table.clone());
                tokens = rest;
            }
            _ => return tables,
        }
    }
}

/// The tables, indexes and views that a migration names, in whatever case its keywords are.
fn tables_of_migration(tokens: &[(usize, String)]) -> Vec<(usize, String)> {
    let upper: Vec<String> = tokens.iter().map(|(_, token)| token.to_uppercase()).collect();
    let mut found = Vec::new();
    for at in 0..tokens.len() {
        let before = if at == 0 { "" } else { upper[at - 1].as_str() };
        let names = match upper[at].as_str() {
            "TABLE" | "INDEX" | "VIEW" | "TRIGGER" | "SEQUENCE" => {
                matches!(before, "CREATE" | "ALTER" | "DROP" | "UNIQUE" | "VIRTUAL")
            }
            "INTO" | "JOIN" | "REFERENCES" => true,
            "FROM" => before != "DISTINCT",
            "UPDATE" => matches!(before, "" | ";"),
            // The table of an index: CREATE INDEX name ON table.
            "ON" => (2..=6).any(|back| at >= back && upper[at - back] == "INDEX") && before != "(",
            _ => false,
        };
        if !names {
            continue;
        }
        let skip = upper[at + 1..]
            .iter()
            .take_while(|t| ["IF", "NOT", "EXISTS", "ONLY"].contains(&t.as_str()))
            .count();
        match tokens.get(at + 1 + skip) {
            Some((line, name))
                if name.starts_with(|c: char| c.is_alphabetic() || c == '_') && upper[at + 1 + skip] != "ON" =>
            {
                found.push((*line, name.clone()));
            }
            _ => {}
        }
    }
    found
}

/// SQL whose keywords are small, so that the checks above would not see it.
fn is_small_sql(text: &str) -> bool {
    let text = text.trim_start();
    (text.starts_with("select ") && text.contains(" from "))
        || text.starts_with("insert into ")
        || text.starts_with("delete from ")
        || (text.starts_with("update ") && text.contains(" set "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queries(sql: &str) -> Vec<String> {
        let source = format!("//! Store.\n\nconst Q: &str = r#\"{sql}\"#;\n");
        let tree = Tree::sample(&[("apps/cases/Cargo.toml", ""), ("apps/cases/src/store.rs", &source)]);
        queries_keep_to_their_tables(&tree)
            .iter()
            .map(|f| format!("{}: {}", f.line, f.message))
            .collect()
    }

    fn migrations(sql: &str) -> Vec<usize> {
        let tree = Tree::sample(&[
            ("apps/cases/Cargo.toml", ""),
            ("apps/cases/migrations/0001_cases.sql", sql),
        ]);
        migrations_keep_to_their_tables(&tree).iter().map(|f| f.line).collect()
    }

    #[test]
    fn queries_on_own_tables_pass() {
        for sql in [
            "SELECT a, b FROM cases_case c JOIN cases_entry AS e ON e.id = c.id WHERE x = $1 ORDER BY a, b",
            "INSERT INTO cases_case (id) VALUES ($1) ON CONFLICT (id) DO UPDATE SET a = excluded.a RETURNING id",
            "WITH due AS (SELECT id FROM cases_case), late (id) AS (SELECT id FROM due) SELECT * FROM due, late WHERE a IS DISTINCT FROM b",
            "UPDATE cases_case SET a = 1 WHERE id IN (SELECT id FROM cases_entry LIMIT 5) FOR UPDATE",
            "SELECT value FROM json_each($1)",
            "SELECT 'FROM hub_link' FROM \"cases_case\"",
            "select a district from the list above",
            "Cases that come FROM A WIDE AREA",
            "DELETE FROM cases_case WHERE id = $1",
        ] {
            let found = queries(sql);
            let prose = sql.starts_with("select");
            assert!(found.is_empty() || prose, "{sql}: {found:?}");
        }
    }

    #[test]
    fn queries_on_others_tables_are_found() {
        for (sql, table) in [
            ("SELECT 1 FROM grid_area", "grid_area"),
            ("SELECT 1 FROM cases_case c LEFT JOIN grid_area g ON TRUE", "grid_area"),
            ("SELECT 1 FROM cases_case AS c, kernel_user u", "kernel_user"),
            ("INSERT INTO hub_link (id) SELECT id FROM cases_case", "hub_link"),
            ("UPDATE kernel_user SET a = 1", "kernel_user"),
            ("DELETE FROM casesx_case", "casesx_case"),
            ("AND EXISTS (SELECT 1 FROM grid_area)", "grid_area"),
        ] {
            let found = queries(sql);
            assert_eq!(found.len(), 1, "{sql}: {found:?}");
            assert!(found[0].starts_with(&format!("3: {table} ")), "{sql}: {found:?}");
        }
        assert!(queries("SELECT 1 FROM {table}")[0].contains("put together"));
        assert!(queries("delete from cases_case")[0].contains("capitals"));
    }

    #[test]
    fn migrations_make_only_their_own() {
        let good = "-- FROM grid_area\nCREATE TABLE cases_case (id TEXT PRIMARY KEY, p TEXT REFERENCES cases_case (id) ON DELETE CASCADE);\n\
                    CREATE UNIQUE INDEX IF NOT EXISTS cases_case_no ON cases_case (number);\n\
                    INSERT INTO cases_no SELECT a FROM cases_case;\nALTER TABLE cases_case ADD COLUMN x TEXT;\n";
        assert!(migrations(good).is_empty());
        let bad = "CREATE TABLE entry (\n  id TEXT REFERENCES grid_area (code)\n);\nCREATE INDEX cases_i\n  ON grid_area (x);\n\
                   create index i on cases_case (x);\nUPDATE kernel_user SET a = 1;\n";
        assert_eq!(migrations(bad), [1, 2, 5, 6, 7]);
        let tree = Tree::sample(&[("apps/cases/Cargo.toml", ""), ("apps/cases/migrations/first.sql", "")]);
        assert_eq!(migrations_keep_to_their_tables(&tree).len(), 1);
    }
}
