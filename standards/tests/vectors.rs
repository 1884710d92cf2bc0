//! The vectors of other implementations: identity numbers, social credit codes, coordinates, division codes, classes.
//!
//! They lie in `../shared/data`, beside the project. Where they are absent, a test says so and passes.

use std::path::Path;

use jiff::civil::date;
use standards::{AreaCode, CodeError, Crs, Kind, Level, Point, ResidentId, Sex, Uscc, class, classes};

/// The rows of a shared file, after its headings.
#[expect(clippy::print_stdout, reason = "a test that is skipped must say so")]
fn rows(file: &str) -> Vec<Vec<String>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../shared/data")
        .join(file);
    let Ok(bytes) = std::fs::read(&path) else {
        println!("skipped: no {file} in ../shared/data");
        return Vec::new();
    };
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let rows = reader
        .records()
        .map(|record| record.expect(file).iter().map(str::to_owned).collect());
    let rows: Vec<Vec<String>> = rows.collect();
    assert!(!rows.is_empty(), "{file} is empty");
    rows
}

/// What must hold of a parsed code, by the column `expect`.
fn holds<T>(typed: &str, expect: &str, why: &str, read: &Result<T, CodeError>, text: impl Fn(&T) -> String) {
    match expect {
        "valid" => assert_eq!(read.as_ref().map(text), Ok(typed.to_owned()), "{why}"),
        "valid-after-normalising" => assert_ne!(read.as_ref().map(text).expect(typed), typed, "{why}"),
        "invalid" => assert!(read.is_err(), "{typed}: {why}"),
        other => panic!("unknown expectation {other}"),
    }
}

#[test]
fn resident_numbers() {
    for row in rows("ids/synthetic-resident-id.csv") {
        let [number, expect, why, birth, sex, ..] = row.as_slice() else {
            panic!("{row:?}")
        };
        let read = ResidentId::parse(number, date(2026, 7, 1));
        if let (Ok(id), false) = (&read, birth.is_empty()) {
            assert_eq!(&id.birth().strftime("%Y%m%d").to_string(), birth);
            assert_eq!(id.sex(), if sex == "F" { Sex::Female } else { Sex::Male });
        }
        holds(number, expect, why, &read, |id| id.as_str().to_owned());
    }
}

#[test]
fn social_credit_codes() {
    for row in rows("ids/synthetic-uscc.csv") {
        let [code, expect, why, ..] = row.as_slice() else {
            panic!("{row:?}")
        };
        holds(code, expect, why, &Uscc::parse(code), Uscc::to_string);
    }
}

#[test]
fn coordinates() {
    for row in rows("coords/gcoord-664.csv") {
        let number = |index: usize| row[index].parse::<f64>().expect("a number");
        let place = |index| Point::new(number(index), number(index + 1)).expect("a place");
        let points = [(Crs::Wgs84, place(3)), (Crs::Gcj02, place(5)), (Crs::Bd09, place(7))];
        for (from, point) in points {
            for (to, expected) in points {
                let found = point.convert(from, to);
                let off = (found.lng - expected.lng).abs().max((found.lat - expected.lat).abs());
                // The file rounds to 1e-7 on both sides; see the module on what the services add to GCJ-02.
                let allowed = if [from, to].contains(&Crs::Wgs84) { 1e-6 } else { 2e-7 };
                assert!(
                    off < allowed,
                    "{from} to {to}: {point:?} gives {found:?}, not {expected:?}"
                );
            }
        }
    }
}

#[test]
fn division_codes() {
    for (file, level) in [
        ("divisions/321012-jiangdu-streets.csv", Level::Town),
        ("divisions/321012-jiangdu-villages.csv", Level::Village),
    ] {
        for row in rows(file) {
            let code = AreaCode::parse(&row[0]).expect(file);
            assert_eq!(code.level(), level);
            assert_eq!(code.parent().map(String::from).as_deref(), Some(row[2].as_str()));
            assert!(code.town_kind().is_some());
        }
    }
}

#[test]
fn class_tables() {
    for (file, kind) in [
        ("standards/components.csv", Kind::Component),
        ("standards/matters.csv", Kind::Matter),
    ] {
        let rows = rows(file);
        for row in &rows {
            let [major, major_name, minor, name] = row.as_slice() else {
                panic!("{row:?}")
            };
            let found = class(kind, &format!("{major}{minor}")).expect(name);
            assert_eq!((found.major_name, found.name), (major_name.as_str(), name.as_str()));
        }
        assert!(rows.is_empty() || rows.len() == classes(kind).len());
    }
}
