//! What holds for every file as a text, whatever it is about.

use super::{Finding, Tree};

const SOURCES: [&str; 4] = ["rs", "ts", "vue", "css"];

/// Rust, TypeScript and Vue files open with a comment that says what they are for.
pub(super) fn files_open_with_a_comment(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in tree.files.iter().filter(|file| file.has_ending(&["rs", "ts", "vue"])) {
        let mut lines = file.text.lines().map(str::trim).filter(|line| !line.is_empty());
        let mut first = lines.next().unwrap_or_default();
        // In a Vue file the comment may stand at the top of the script.
        if first.starts_with("<script") {
            first = lines.next().unwrap_or_default();
        }
        if !["//", "/*", "<!--", "#![doc"]
            .iter()
            .any(|start| first.starts_with(start))
        {
            found.push(Finding::new(
                &file.path,
                1,
                "open with a comment that says what the file is for",
            ));
        }
    }
    found
}

/// Past 600 lines a file becomes a folder of the same name; what a generator writes may be longer.
pub(super) fn files_are_short(tree: &Tree) -> Vec<Finding> {
    let sources = tree
        .files
        .iter()
        .filter(|file| file.has_ending(&SOURCES) && !file.is_generated());
    let long = sources
        .map(|file| (file, file.text.lines().count()))
        .filter(|(_, lines)| *lines > 600);
    long.map(|(file, lines)| {
        Finding::new(
            &file.path,
            601,
            format!("{lines} lines: make it a folder of the same name"),
        )
    })
    .collect()
}

/// No marks of unfinished work, no tests switched off, no checks switched off, no space at the end of a line.
pub(super) fn lines_are_clean(tree: &Tree) -> Vec<Finding> {
    // Put together here, so that this file does not find itself.
    const MARKS: [&str; 3] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];
    const SWITCHED_OFF: [(&str, &str, &str); 11] = [
        ("rs", concat!("#[", "ignore"), "a test that does not run is no test"),
        ("rs", concat!("#[", "allow("), "use #[expect(…, reason = \"…\")]"),
        ("rs", concat!("#![", "allow("), "use #![expect(…, reason = \"…\")]"),
        ("ts", concat!(".sk", "ip("), "a test that does not run is no test"),
        ("ts", concat!(".on", "ly("), "this switches all other tests off"),
        ("ts", concat!("as ", "any"), "give it a type"),
        ("ts", concat!("@ts-", "ignore"), "give it a type"),
        ("ts", concat!("@ts-", "nocheck"), "give it a type"),
        ("vue", concat!("as ", "any"), "give it a type"),
        ("vue", concat!("@ts-", "ignore"), "give it a type"),
        ("vue", concat!("@ts-", "expect-error"), "give it a type"),
    ];
    const CHECKED: [&str; 11] = [
        "rs", "ts", "vue", "css", "sql", "toml", "md", "html", "mjs", "yml", "sh",
    ];
    let mut found = Vec::new();
    for file in tree
        .files
        .iter()
        .filter(|file| file.has_ending(&CHECKED) && !file.is_generated())
    {
        for (line, text) in file.lines() {
            let mut note = |message: String| found.push(Finding::new(&file.path, line, message));
            if text.trim_end_matches('\r').ends_with([' ', '\t']) {
                note("space at the end of the line".to_owned());
            }
            for mark in MARKS
                .iter()
                .filter(|mark| text.split(|c: char| !c.is_alphanumeric()).any(|word| word == **mark))
            {
                note(format!("{mark}: finish it, or file an issue"));
            }
            for (ending, pattern, why) in SWITCHED_OFF {
                if file.has_ending(&[ending]) && contains_apart(text, pattern) {
                    note(format!("{pattern}: {why}"));
                }
            }
        }
        if !file.text.is_empty() && !file.text.ends_with('\n') {
            found.push(Finding::new(
                &file.path,
                file.text.lines().count(),
                "the last line does not end",
            ));
        }
    }
    found
}

/// No path of the machine that it was written on, and no host of a package registry: both are different elsewhere.
pub(super) fn no_local_addresses(tree: &Tree) -> Vec<Finding> {
    const PATHS: [&str; 3] = [concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/")];
    const HOSTS: [&str; 9] = [
        concat!("crates", ".io"),
        concat!("npm", "js."),
        concat!("npm", "mirror."),
        concat!("pypi", ".org"),
        concat!("python", "hosted."),
        concat!("deb.", "debian."),
        concat!("archive.", "ubuntu."),
        concat!("proxy.", "golang."),
        concat!("unpkg", ".com"),
    ];
    let mut found = Vec::new();
    // Cargo names its registry in its lock file and nowhere else.
    for file in tree.files.iter().filter(|file| file.path != "Cargo.lock") {
        for (line, text) in file.lines() {
            for host in HOSTS.iter().filter(|host| text.contains(**host)) {
                found.push(Finding::new(
                    &file.path,
                    line,
                    format!("{host} is a registry's host: say which package, not where from"),
                ));
            }
            for path in PATHS.iter().filter(|path| starts_a_path(text, path)) {
                found.push(Finding::new(
                    &file.path,
                    line,
                    format!("{path} is a place on one machine"),
                ));
            }
        }
    }
    found
}

/// `as any` but not `has anything`.
fn contains_apart(text: &str, pattern: &str) -> bool {
    let inside = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let (first, last) = (
        pattern.starts_with(char::is_alphanumeric),
        pattern.ends_with(char::is_alphanumeric),
    );
    text.match_indices(pattern).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + pattern.len()..].chars().next();
        !(first && inside(before) || last && inside(after))
    })
}

/// Whether the text has this as the start of an absolute path, not as a part of a longer one or of an address.
fn starts_a_path(text: &str, path: &str) -> bool {
    text.match_indices(path).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        before.is_none_or(|c| !c.is_alphanumeric() && !['.', '-', '_', '/', '}', ')', '*'].contains(&c))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(check: fn(&Tree) -> Vec<Finding>, path: &str, text: &str) -> Vec<usize> {
        check(&Tree::sample(&[(path, text)]))
            .into_iter()
            .map(|f| f.line)
            .collect()
    }

    #[test]
    fn a_file_that_does_not_say_what_it_is_for_is_found() {
        for (path, text) in [
            ("a.rs", "//! It.\n"),
            ("a.rs", "#![doc = include_str!(\"../README.md\")]\n"),
            ("a.ts", "\n/* It. */\n"),
            ("a.vue", "<!-- It. -->\n"),
            ("a.vue", "<script setup lang=\"ts\">\n// It.\n"),
            ("a.sql", "SELECT 1;\n"),
        ] {
            assert!(lines(files_open_with_a_comment, path, text).is_empty(), "{path} {text}");
        }
        for (path, text) in [("a.rs", "use std;\n"), ("a.ts", ""), ("a.vue", "<script>\nimport x\n")] {
            assert_eq!(lines(files_open_with_a_comment, path, text), [1], "{path} {text}");
        }
    }

    #[test]
    fn a_long_file_is_found_unless_generated() {
        let long = "let x = 1;\n".repeat(601);
        assert_eq!(lines(files_are_short, "a.rs", &long), [601]);
        assert!(lines(files_are_short, "a.rs", &long[11..]).is_empty());
        assert!(lines(files_are_short, "a.csv", &long).is_empty());
        let generated = format!("// Generated from openapi.json. Do not edit.\n{long}");
        assert!(lines(files_are_short, "a.ts", &generated).is_empty());
    }

    #[test]
    fn unclean_lines_are_found() {
        let good = "// Todo lists and XXXL.\nlet x = [1].iter().skip(1);\n";
        assert!(lines(lines_are_clean, "a.rs", good).is_empty());
        assert!(lines(lines_are_clean, "a.ts", "const has anything = 1\n").is_empty());
        let bad = [
            "x \n",
            "\ty\t\n",
            concat!("// TO", "DO: it\n"),
            concat!("#[", "ignore]\n"),
            concat!("#[", "allow(dead_code)]\n"),
            "end",
        ];
        assert_eq!(lines(lines_are_clean, "a.rs", &bad.concat()), [1, 2, 3, 4, 5, 6]);
        assert_eq!(
            lines(
                lines_are_clean,
                "a.ts",
                concat!("it.sk", "ip('x')\nlet y = x as ", "any\n")
            ),
            [1, 2]
        );
    }

    #[test]
    fn addresses_of_this_machine_are_found() {
        let good = "see ./work/x, https://x.example/root/y and apps/home/z\n";
        assert!(lines(no_local_addresses, "a.md", good).is_empty());
        let bad = concat!(
            "cd /wo",
            "rk/main\n\"resolved\": \"https://registry.npm",
            "js.org/x\"\nin `/ro",
            "ot/x`\n"
        );
        assert_eq!(lines(no_local_addresses, "package-lock.json", bad), [1, 2, 3]);
        assert!(lines(no_local_addresses, "Cargo.lock", bad).is_empty());
    }
}
