//! The reader on rows made to be awkward, and on two real files with the mappings that the documentation ships.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use grid::api::BodyKind;
use kernel::intake::Severity;
use standards::Crs;

use super::record::BodyName;
use super::*;
use crate::model::{Satisfaction, Source, State};

const SMALL: &str = r#"
origin = "test"
time_zone = "Asia/Shanghai"
within = [100.0, 20.0, 120.0, 40.0]
none = ["-"]
keep = ["more"]
district = { code = "321012", name = "江都区" }
bodies = [{ match = "*公司", kind = "company" }, { match = "*村", kind = "village" }]

[fields]
id = "id"
reported_at = "at"
closed_at = "closed"
due_at = "due"
area = "code"
town = "town"
village = "village"
lng = "x"
lat = "y"
major = { column = "major", values = { 1 = "市容" } }
body = "body"
source = { column = "from", values = { "热线" = "hotline" }, default = "department" }
state = { column = "state", values = { "办结" = "closed", "在办" = "handling" } }
address = { columns = ["town", "village", "place"], join = "，" }
satisfaction = { column = "said", values = { "满意" = "satisfied" } }
"#;
const HEADER: &str = "id,at,closed,due,code,town,village,x,y,major,body,from,state,place,said,more";

fn mapping(text: &str) -> Mapping {
    Mapping::parse("map.toml", text).unwrap_or_else(|problems| panic!("{problems:?}"))
}

fn open(bytes: impl AsRef<[u8]>, mapping: Mapping) -> CaseReader<Cursor<Vec<u8>>> {
    CaseReader::open(Cursor::new(bytes.as_ref().to_vec()), "f.csv", mapping)
        .unwrap_or_else(|problems| panic!("{problems:?}"))
}

fn rows(bytes: impl AsRef<[u8]>, mapping: Mapping) -> Vec<Row> {
    let mut reader = open(bytes, mapping);
    std::iter::from_fn(|| reader.next_row().expect("readable")).collect()
}

/// How many problems of a code there were.
fn of(tally: &Tally, code: &str) -> u64 {
    tally
        .lines()
        .iter()
        .filter(|it| it.first.code() == code)
        .map(|it| it.count)
        .sum()
}

/// The only row of a file of one row.
fn one(cells: &str) -> Outcome {
    let mut rows = rows(format!("{HEADER}\n{cells}\n"), mapping(SMALL));
    assert_eq!(rows.len(), 1);
    rows.remove(0).outcome
}

fn case(cells: &str) -> (CaseRecord, Vec<&'static str>) {
    match one(cells) {
        Outcome::Case(case, problems) => (*case, problems.iter().map(|p| short(p)).collect()),
        Outcome::Skipped(problem) => panic!("{problem}"),
    }
}

fn short(problem: &Problem) -> &'static str {
    assert!(!problem.text("zh").contains('{') && !problem.text("en").contains('{'));
    problem.code().trim_start_matches("cases.import_")
}

fn skipped(cells: &str) -> &'static str {
    match one(cells) {
        Outcome::Skipped(problem) => short(&problem),
        Outcome::Case(case, _) => panic!("{case:?}"),
    }
}

#[test]
fn a_full_row_becomes_a_case() {
    let (case, problems) = case(
        "7,2018-02-08 09:30:00,2018-02-09,2018/2/10,321012100001,仙女镇,东苑,119.5,32.4,1,水务公司,热线,办结,路口,满意,注",
    );
    assert_eq!(problems, Vec::<&str>::new());
    assert_eq!(case.id, "7");
    assert_eq!(case.reported_at.to_string(), "2018-02-08T01:30:00Z");
    assert!(!case.reported_day_only);
    assert_eq!(
        case.closed_at.map(|t| t.to_string()).as_deref(),
        Some("2018-02-08T16:00:00Z")
    );
    assert_eq!((case.state, case.on_time), (State::Closed, Some(true)));
    assert_eq!(case.area.code.map(|c| c.to_string()).as_deref(), Some("321012100001"));
    assert_eq!(
        case.body,
        Some(BodyName {
            name: "水务公司".into(),
            kind: BodyKind::Company
        })
    );
    assert_eq!(case.source, Some(Source::Hotline));
    assert_eq!(case.class.major.as_deref(), Some("市容"));
    assert_eq!(case.description, "市容", "the class stands in for a text");
    assert_eq!(case.address.as_deref(), Some("仙女镇，东苑，路口"));
    assert_eq!(case.satisfaction, Some(Satisfaction::Satisfied));
    assert_eq!(case.kept, [("more".to_owned(), "注".to_owned())]);
    assert_eq!(
        (case.point_source, case.point.map(|p| (p.lng, p.lat))),
        (Crs::Wgs84, Some((119.5, 32.4)))
    );
}

#[test]
fn what_is_doubtful_is_told_and_the_case_is_kept() {
    let told = |cells| case(cells).1;
    assert_eq!(told("7,2018-02-08,,,,镇,村,0.0,0,,,,办结,,,"), Vec::<&str>::new());
    assert_eq!(told("7,2018-02-08,soon,,,镇,,,,,,,办结,,,"), ["bad_time"]);
    assert_eq!(told("7,2018-02-08,2018-02-07,,,镇,,,,,,,办结,,,"), ["closed_first"]);
    assert_eq!(told("7,2018-02-08,2018-02-09,,,镇,,,,,,,在办,,,"), ["not_closed"]);
    assert_eq!(told("7,2018-02-08,,,321013,镇,,,,,,,办结,,,"), ["bad_area"]);
    assert_eq!(told("7,2018-02-08,,,,-,-,,,,,,办结,,,"), ["at_district"]);
    assert_eq!(told("7,2018-02-08,,,,,村,,,,,,办结,,,"), ["no_town"]);
    assert_eq!(told("7,2018-02-08,,,,镇,,119.5,,,,,办结,,,"), ["bad_point"]);
    assert_eq!(told("7,2018-02-08,,,,镇,,32.4,119.5,,,,办结,,,"), ["bad_point"]);
    assert_eq!(told("7,2018-02-08,,,,镇,,10.5,32.4,,,,办结,,,"), ["far_point"]);
    assert_eq!(
        told("7,2018-02-08,,,,镇,,,,,,微博,办结,,难说,"),
        ["unknown_value", "unknown_value"]
    );
    let (case, _) = case("7,2018-02-08,,,,镇,,,,,,微博,办结,,,");
    assert_eq!(case.source, Some(Source::Department), "the default is taken");
}

#[test]
fn what_cannot_be_a_case_is_skipped_with_a_reason() {
    assert_eq!(skipped("-,2018-02-08,,,,镇,,,,,,,办结,,,"), "no_id");
    assert_eq!(skipped("7,yesterday,,,,镇,,,,,,,办结,,,"), "no_time");
    assert_eq!(skipped("7,2018-02-30,,,,镇,,,,,,,办结,,,"), "no_time");
    assert_eq!(skipped("7,2018-02-08,,,,镇,,,,,,,在途,,,"), "no_state");
    assert_eq!(skipped("7,2018-02-08,,,,镇,,,,,,办结,,"), "ragged");
    assert_eq!(skipped("7,2018-02-08,,,,镇,,,,,,,办结,,,,one more"), "ragged");
    let (case, _) = case("7,2018-02-08,,,,镇,,,,,,,办结,,,,, ");
    assert_eq!(case.id, "7", "empty cells past the end are no harm");
}

#[test]
fn a_day_without_time_is_closed_on_the_same_day() {
    let (case, problems) = case("7,2018-02-08 09:30:00,2018-02-08,,,镇,,,,,,,办结,,,");
    assert_eq!((problems, case.closed_at), (vec![], Some(case.reported_at)));
}

#[test]
fn changes_of_clocks_do_not_lose_a_row() {
    let text = SMALL.replace("Asia/Shanghai", "America/New_York");
    for (local, utc) in [
        ("2019-03-10 02:30:00", "2019-03-10T07:30:00Z"),
        ("2018-11-04 01:30:00", "2018-11-04T05:30:00Z"),
    ] {
        let read = rows(format!("{HEADER}\n7,{local},,,,镇,,,,,,,办结,,,\n"), mapping(&text));
        match &read[0].outcome {
            Outcome::Case(case, _) => assert_eq!(case.reported_at.to_string(), utc),
            Outcome::Skipped(problem) => panic!("{problem}"),
        }
    }
}

#[test]
fn gb18030_and_bad_bytes() {
    let line = "7,2018-02-08,,,,仙女镇,东苑社区,,,,,热线,办结,,,\n";
    let (bytes, ..) = encoding_rs::GB18030.encode(line);
    let mut file = format!("{HEADER}\n").into_bytes();
    file.extend(bytes.iter());
    match &rows(&file, mapping(SMALL))[0].outcome {
        Outcome::Case(case, _) => assert_eq!(case.area.town.as_deref(), Some("仙女镇")),
        Outcome::Skipped(problem) => panic!("{problem}"),
    }
    let utf8 = format!("encoding = \"utf-8\"\n{SMALL}");
    match &rows(&file, mapping(&utf8))[0].outcome {
        Outcome::Skipped(problem) => assert_eq!(short(problem), "not_text"),
        Outcome::Case(case, _) => panic!("{case:?}"),
    }
}

#[test]
fn a_file_that_does_not_fit_is_refused_at_once() {
    let open = |bytes: &[u8]| match CaseReader::open(Cursor::new(bytes.to_vec()), "f.csv", mapping(SMALL)) {
        Ok(_) => Vec::new(),
        Err(problems) => problems.iter().map(|p| (short(p), p.column.clone())).collect(),
    };
    let header = HEADER.replace("town", "street").replace("more", "id");
    let expected = [("two_columns", "id"), ("no_column", "town"), ("no_column", "more")];
    assert_eq!(
        open(header.as_bytes()),
        expected.map(|(code, column)| (code, Some(column.to_owned())))
    );
    assert_eq!(open(b"\xff\xfea\0"), [("utf16", None)]);
}

#[test]
fn json_comes_in_arrays_or_lines_and_nested() {
    let text = format!("format = \"json\"\n{SMALL}").replace("body = \"body\"", "body = \"unit.name\"");
    let object = r#"{"id": 7, "at": "2018-02-08", "town": "a \"} {镇", "state": "办结", "unit": {"name": "水务公司"}, "x": null}"#;
    let broken = r#"{"id": 8, "at": }"#;
    for file in [
        format!("\u{feff}[{object},\n {broken} ,{object}]"),
        format!("{object}\n{broken}\n\n{object}\n"),
        format!("{object}{broken}{object}"),
    ] {
        let read = rows(&file, mapping(&text));
        assert_eq!(read.iter().map(|r| r.number).collect::<Vec<_>>(), [1, 2, 3], "{file}");
        match (&read[0].outcome, &read[1].outcome, &read[2].outcome) {
            (Outcome::Case(first, _), Outcome::Skipped(problem), Outcome::Case(_, _)) => {
                assert_eq!(first.id, "7");
                assert_eq!(first.area.town.as_deref(), Some("a \"} {镇"));
                assert_eq!(first.body.as_ref().map(|b| b.kind), Some(BodyKind::Company));
                assert_eq!(short(problem), "bad_json");
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(
        rows(format!("[{object}, {{\"id\":"), mapping(&text)).len(),
        2,
        "what is cut off is told"
    );
}

#[test]
fn reading_goes_on_where_it_was_broken_off() {
    let csv: String = (1..=50)
        .map(|i| format!("{i},2018-02-08,,,,\"镇\n{i}\",,,,,,,办结,,,\n"))
        .collect();
    let csv = format!("\u{feff}{HEADER}\n{csv}");
    let json: String = (1..=50)
        .map(|i| format!("{{\"id\":{i},\"at\":\"2018-02-08\",\n\"state\":\"办结\"}},"))
        .collect();
    for (file, map) in [
        (csv, SMALL.to_owned()),
        (format!("[{json}"), format!("format = \"json\"\n{SMALL}")),
    ] {
        let all = rows(&file, mapping(&map));
        assert_eq!(all.len(), 50);
        for broken_off in [0, 1, 25, 49, 50] {
            let mut reader = open(&file, mapping(&map));
            let start = if broken_off == 0 {
                reader.place()
            } else {
                all[broken_off - 1].end
            };
            reader.seek(start).expect("seek");
            let rest: Vec<Row> = std::iter::from_fn(|| reader.next_row().expect("readable")).collect();
            assert_eq!(rest, all[broken_off..]);
        }
    }
}

#[test]
fn mappings_are_checked_before_any_row() {
    let faults = |text: &str| match Mapping::parse("map.toml", text) {
        Ok(_) => Vec::new(),
        Err(problems) => problems
            .iter()
            .map(|p| p.column.clone().unwrap_or_else(|| p.to_string()))
            .collect::<Vec<_>>(),
    };
    assert_eq!(faults(&SMALL.replace("Asia/Shanghai", "Asia/Nowhere")), ["time_zone"]);
    assert_eq!(
        faults(&SMALL.replace("\"closed\", \"在办\"", "\"done\", \"在办\"")),
        ["fields.state"]
    );
    assert_eq!(faults(&SMALL.replace("id = \"id\"", "")), ["fields.id"]);
    assert_eq!(
        faults(&SMALL.replace(
            "reported_at = \"at\"",
            "reported_at = { column = \"at\", formats = [\"%!\"] }"
        )),
        ["fields.reported_at"]
    );
    assert_eq!(
        faults(&SMALL.replace("lng = \"x\"", "lng = { column = \"x\", value = \"1\" }")),
        ["fields.lng"]
    );
    assert_eq!(
        faults(&SMALL.replace("lng = \"x\"", "lng = { none = [\"1\"] }")),
        ["fields.lng"]
    );
    assert_eq!(
        faults(&SMALL.replace("[100.0, 20.0, 120.0, 40.0]", "[120.0, 20.0, 100.0, 40.0]")),
        ["within"]
    );
    assert!(faults(&SMALL.replace("lng =", "lgn ="))[0].contains("unknown field `lgn`"));
    assert!(faults("origin = ")[0].starts_with("map.toml:1"));
}

#[test]
fn patterns_match_whole_names() {
    for (pattern, text, fit) in [
        ("坪山", "坪山", true),
        ("坪山", "坪山区", false),
        ("*公司*", "水务有限公司（一部）", true),
        ("*社区", "六联社区", true),
        ("*社区", "六联社区（街道）", false),
        ("a*b*c", "a-b-c", true),
        ("a*a", "a", false),
        ("*", "", true),
    ] {
        assert_eq!(mapping::fits(pattern, text), fit, "{pattern} {text}");
    }
}

fn shared(file: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data/cases")
        .join(file);
    if !path.exists() {
        println!("skipped: no {}", path.display());
        return None;
    }
    Some(path)
}

fn shipped(map: &str) -> Mapping {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs/import")
        .join(map);
    mapping(&std::fs::read_to_string(path).expect("the mapping is in the repository"))
}

/// All rows of a real file by its shipped mapping, with their sum.
fn real(file: &str, map: &str) -> Option<(Vec<CaseRecord>, Tally)> {
    let path = shared(file)?;
    let input = std::fs::File::open(path).expect("readable");
    let mut reader = CaseReader::open(input, file, shipped(map)).unwrap_or_else(|problems| panic!("{problems:?}"));
    let (mut cases, mut tally) = (Vec::new(), Tally::default());
    while let Some(row) = reader.next_row().expect("readable") {
        tally.count(&row);
        if let Outcome::Case(case, _) = row.outcome {
            cases.push(*case);
        }
    }
    for line in tally.lines() {
        println!(
            "{:6} {:8} {}",
            line.count,
            line.first.severity().code(),
            line.text("zh")
        );
    }
    assert_eq!(tally.rows, tally.cases + tally.skipped, "every row is accounted for");
    Some((cases, tally))
}

fn counts<T: Ord>(items: impl Iterator<Item = T>) -> BTreeMap<T, usize> {
    items.fold(BTreeMap::new(), |mut counts, item| {
        *counts.entry(item).or_default() += 1;
        counts
    })
}

#[test]
fn the_shipped_mappings_are_sound() {
    assert!(shipped("district-cases-2018.toml").creates(Create::Areas));
    assert_eq!(shipped("nyc311.toml").origin, "nyc311");
}

#[test]
fn the_districts_year_is_read_whole() {
    let Some((cases, tally)) = real("district-cases-2018.csv", "district-cases-2018.toml") else {
        return;
    };
    assert_eq!((tally.rows, tally.cases, tally.skipped), (5000, 5000, 0));
    assert_eq!(cases.iter().filter(|c| c.on_time == Some(false)).count(), 470);
    assert!(
        cases
            .iter()
            .all(|c| c.state == State::Closed && c.reported_day_only && c.source.is_some())
    );
    assert_eq!(of(&tally, "cases.import_at_district"), 5);
    assert_eq!(of(&tally, "cases.import_far_point"), 183);
    assert_eq!(of(&tally, "cases.import_unknown_value"), 0);
    assert_eq!(cases.iter().filter(|c| c.point.is_some()).count(), 566);
    assert_eq!(
        counts(cases.iter().map(|c| c.area.town.clone())).len(),
        7,
        "six towns and none"
    );
    assert_eq!(cases.iter().filter(|c| c.body.is_none()).count(), 8);
    let kinds = counts(
        cases
            .iter()
            .filter_map(|c| c.body.as_ref())
            .map(|b| (b.kind, b.name.clone())),
    );
    let kinds = counts(kinds.keys().map(|(kind, _)| *kind));
    assert_eq!(kinds.values().sum::<usize>(), 136);
    assert!(
        kinds[&BodyKind::Village] > 20 && kinds[&BodyKind::Company] > 5,
        "{kinds:?}"
    );
}

#[test]
fn new_yorks_requests_are_read_whole() {
    let Some((cases, tally)) = real("nyc311.csv", "nyc311.toml") else {
        return;
    };
    assert_eq!((tally.rows, tally.cases, tally.skipped), (1000, 1000, 0));
    let states = counts(cases.iter().map(|c| c.state.as_str()));
    assert_eq!(
        states,
        BTreeMap::from([
            ("closed", 969),
            ("dispatched", 4),
            ("filed", 7),
            ("handled", 1),
            ("handling", 19)
        ])
    );
    assert_eq!(of(&tally, "cases.import_closed_first"), 0);
    assert_eq!(of(&tally, "cases.import_not_closed"), 17);
    assert_eq!(of(&tally, "cases.import_at_district"), 27);
    assert_eq!(counts(cases.iter().filter_map(|c| c.area.town.clone())).len(), 5);
    assert_eq!(cases.iter().filter(|c| c.point.is_some()).count(), 893);
    assert_eq!(cases[0].reported_at.to_string(), "2018-06-26T14:58:54Z");
    assert_eq!(cases[0].address.as_deref(), Some("91-33 97 STREET, WOODHAVEN, 11421"));
    assert_eq!(cases[0].on_time, Some(true));
    assert!(tally.lines().iter().all(|line| line.first.severity() < Severity::Error));
}
