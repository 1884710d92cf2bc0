//! Imports of areas: every kind of problem once, and the real files of a district.

use std::path::PathBuf;

use super::*;

fn code(text: &str) -> AreaCode {
    text.parse().expect("a code")
}

fn import(files: &[(&str, &str)], existing: &[&str], options: &Options) -> AreaImport {
    let files: Vec<SourceFile<'_>> = files
        .iter()
        .map(|(name, text)| SourceFile {
            name,
            bytes: text.as_bytes(),
        })
        .collect();
    read(&files, &existing.iter().map(|c| code(c)).collect(), options)
}

/// Problems as `file:line code`.
fn told(import: &AreaImport) -> Vec<String> {
    let told = |p: &Problem| {
        assert!(!p.text("zh").contains('{') && !p.text("en").contains('{'), "{p:?}");
        format!(
            "{}:{} {}",
            p.file,
            p.line.unwrap_or(0),
            p.code().trim_start_matches("grid.import_")
        )
    };
    import.problems.iter().map(told).collect()
}

fn feature(properties: &str, rings: &str) -> String {
    format!(r#"{{"type":"Feature","properties":{properties},"geometry":{{"type":"Polygon","coordinates":{rings}}}}}"#)
}

fn collection(features: &[String]) -> String {
    format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","))
}

fn ring(points: &[(f64, f64)]) -> String {
    let points: Vec<String> = points.iter().map(|(x, y)| format!("[{x},{y}]")).collect();
    format!("[[{}]]", points.join(","))
}

fn square(west: f64, south: f64, size: f64) -> String {
    let (east, north) = (west + size, south + size);
    ring(&[
        (west, south),
        (east, south),
        (east, north),
        (west, north),
        (west, south),
    ])
}

#[test]
fn a_clean_list_becomes_a_tree() {
    let read = import(
        &[
            (
                "villages.csv",
                "\u{feff}code,name,streetCode,provinceCode\r\n321012100001,东苑社区居委会,321012100,32\r\n",
            ),
            (
                "towns.csv",
                "区划代码;名称;人口（人）;户数\n３２１０１２１００;仙女镇;12000;4000\n",
            ),
        ],
        &[],
        &Options {
            district_name: Some("江都区".into()),
            ..Options::default()
        },
    );
    assert_eq!(told(&read), Vec::<String>::new());
    let rows: Vec<(&str, &str, Option<String>)> = read
        .areas
        .iter()
        .map(|a| (a.code.as_str(), a.name.as_str(), a.code.parent().map(Into::into)))
        .collect();
    assert_eq!(
        rows,
        [
            ("321012", "江都区", None),
            ("321012100", "仙女镇", Some("321012".into())),
            ("321012100001", "东苑社区居委会", Some("321012100".into())),
        ]
    );
    assert_eq!(read.areas[1].households, Some(4000));
}

#[test]
fn official_lists_with_filled_codes_and_upper_levels_are_read() {
    let list = "统计用区划代码\t城乡分类代码\t名称\n320000000000\t\t江苏省\n321000000000\t\t扬州市\n\
                321012000000\t\t江都区\n321012100000\t\t仙女镇\n321012100001\t111\t东苑社区\n";
    let read = import(&[("list.txt", list)], &[], &Options::default());
    assert_eq!(told(&read), ["list.txt:2 above_district", "list.txt:3 above_district"]);
    assert!(!read.has_errors());
    assert_eq!(
        read.areas.iter().map(|a| a.code.as_str()).collect::<Vec<_>>(),
        ["321012", "321012100", "321012100001"]
    );
}

#[test]
fn gb18030_and_headless_files_are_read() {
    let text = "321012,江都区\n321012100,仙女镇\n";
    let bytes = [
        0x33, 0x32, 0x31, 0x30, 0x31, 0x32, 0x2c, 0xbd, 0xad, 0xb6, 0xbc, 0xc7, 0xf8,
    ]; // 321012,江都区
    for bytes in [text.as_bytes(), &bytes] {
        let read = read(
            &[SourceFile { name: "a.csv", bytes }],
            &HashSet::new(),
            &Options::default(),
        );
        assert_eq!((told(&read), read.areas[0].name.as_str()), (vec![], "江都区"));
    }
}

#[test]
fn every_fault_of_a_list_is_told_with_its_line() {
    let long = "长".repeat(101);
    let list = format!(
        "code,name,areaCode,population\n\
         321012,江都区,,\n\
         32101,短,,\n\
         3.21012E+11,圆整,,\n\
         321012100,仙女镇,321012,\n\
         321012100,仙女镇,321012,\n\
         321012100,小纪镇,321012,\n\
         321012101,,321012,\n\
         321012101001,村,321012,\n\
         321012102,{long},,\n\
         321012103,武坚镇,321013,\n\
         321012104001,孤村,321012,\n\
         321012105,邵伯镇,321012,many\n\
         ,,,\n"
    );
    let read = import(&[("a.csv", &list)], &[], &Options::default());
    assert_eq!(
        told(&read),
        [
            "a.csv:3 bad_code",
            "a.csv:4 rounded_code",
            "a.csv:6 duplicate",
            "a.csv:7 two_names",
            "a.csv:8 empty_name",
            // Line 9 is no orphan: its town stands in line 8, which is the one to mend.
            "a.csv:10 bad_name",
            "a.csv:11 parent_differs",
            "a.csv:12 orphan",
            "a.csv:13 bad_number",
        ]
    );
    assert_eq!(read.problems[2].text("zh"), "代码321012100重复，首次出现在a.csv:5");
    assert_eq!(
        read.problems[0].text("en"),
        "“32101” is not an area code: 5 characters, but the code has 6, 9, 12, 14 or 15"
    );
    assert!(read.has_errors());
}

#[test]
fn parents_may_be_known_already_and_levels_may_be_announced() {
    let village = "code,name\n321012100001,东苑社区\n";
    assert_eq!(
        told(&import(&[("a.csv", village)], &["321012100"], &Options::default())),
        Vec::<String>::new()
    );
    let towns = Options {
        level: Some(Level::Town),
        ..Options::default()
    };
    let read = import(&[("a.csv", village)], &["321012100"], &towns);
    assert_eq!(told(&read), ["a.csv:2 wrong_level"]);
    assert_eq!(
        read.problems[0].text("zh"),
        "321012100001 东苑社区的层级是村社区，而本次导入的层级是镇街"
    );
}

#[test]
fn files_that_are_no_lists_are_told() {
    let files: [(&str, &[u8]); 4] = [
        ("a.csv", b"x,y\n1,2\n"),
        ("b.csv", b""),
        ("c.png", b"\x89PNG\0\0"),
        ("d.json", b"{\"type\":"),
    ];
    let files = files.map(|(name, bytes)| SourceFile { name, bytes });
    let read = read(&files, &HashSet::new(), &Options::default());
    assert_eq!(
        told(&read),
        [
            "a.csv:1 unknown_layout",
            "b.csv:1 unknown_layout",
            "c.png:0 not_text",
            "d.json:1 not_geojson"
        ]
    );
}

#[test]
fn shapes_are_checked_one_by_one() {
    let at = |code: &str| format!(r#"{{"code":"{code}","name":"某"}}"#);
    let features = [
        feature(&at("321012"), &square(119.0, 32.0, 1.0)),
        feature(&at("321012101"), "[[[119,32],[119.1,32],[119.1,32.1],[119,32.1]]]"),
        feature(&at("321012102"), "[[[119,32],[119.1,32],[119,32]]]"),
        feature(
            &at("321012103"),
            &ring(&[
                (119.0, 32.0),
                (119.2, 32.2),
                (119.2, 32.0),
                (119.0, 32.2),
                (119.0, 32.0),
            ]),
        ),
        feature(
            &at("321012104"),
            &ring(&[(32.0, 119.0), (32.1, 119.0), (32.1, 119.1), (32.0, 119.0)]),
        ),
        feature(
            &at("321012105"),
            &ring(&[
                (500_000.0, 3_600_000.0),
                (500_100.0, 3_600_000.0),
                (500_100.0, 3_600_100.0),
                (500_000.0, 3_600_000.0),
            ]),
        ),
        feature(&at("321012106"), "[]"),
        feature(&at("321012107"), r#"[[["a",1]]]"#),
        r#"{"type":"Feature","properties":{"code":321012108},"geometry":{"type":"Point","coordinates":[119,32]}}"#
            .into(),
        r#"{"type":"Feature","id":"321012109","properties":null,"geometry":null}"#.into(),
        feature(r#"{"name":"某"}"#, &square(119.0, 32.0, 0.1)),
        feature(r#"{"code":"9"}"#, &square(119.0, 32.0, 0.1)),
        feature(r#"{"code":"321012110"}"#, &square(119.0, 32.0, 0.1)),
        feature(&at("321012"), &square(119.0, 32.0, 1.0)),
        feature(
            &at("321012111"),
            "[[[119,32],[119.5,32],[119.5,32.5],[119,32.5],[119,32]],[[119.6,32],[119.7,32],[119.7,32.1],[119.6,32]]]",
        ),
        // Out and back on the same line.
        feature(
            &at("321012112"),
            &ring(&[
                (119.0, 32.0),
                (119.2, 32.0),
                (119.4, 32.0),
                (119.2, 32.0),
                (119.2, 32.2),
                (119.0, 32.0),
            ]),
        ),
        feature(
            &at("321012113"),
            &ring(&[(119.0, 32.0), (119.1, 32.1), (119.2, 32.2), (119.0, 32.0)]),
        ),
        "7".into(),
    ];
    let read = import(&[("s.json", &collection(&features))], &[], &Options::default());
    let expected = [
        "2 not_closed",
        "3 too_few_points",
        "4 self_intersection",
        "5 swapped",
        "6 out_of_range",
        "7 shape_empty",
        "8 shape_unreadable",
        "9 not_polygon",
        "10 shape_empty",
        "11 no_code",
        "12 bad_code",
        "13 unknown_code",
        "14 duplicate",
        "15 invalid_shape",
        "16 self_intersection",
        "17 flat",
        "18 not_geojson",
    ];
    assert_eq!(told(&read), expected.map(|e| format!("s.json:{e}")));
    assert_eq!(read.problems[2].text("zh"), "321012103的外环在[119.1, 32.1]附近自相交");
    assert_eq!(read.shapes.len(), 1);
    assert_eq!(read.areas.len(), 1, "the district's row comes from its shape");
}

#[test]
fn a_good_shape_is_converted_turned_and_encoded() {
    let clockwise =
        "[[[119,32],[119,33],[120,33],[120,32],[119,32]],[[119.4,32.4],[119.6,32.4],[119.6,32.6],[119.4,32.4]]]";
    let options = Options {
        crs: Crs::Gcj02,
        ..Options::default()
    };
    let read = import(
        &[("s.json", &feature(r#"{"adcode":321012,"name":"江都区"}"#, clockwise))],
        &[],
        &options,
    );
    assert_eq!(told(&read), Vec::<String>::new());
    let row = &read.shapes[0];
    assert_eq!(row.source, Crs::Gcj02);
    // The shift is some hundred metres to the south-east, so WGS 84 lies to the north-west of what the file says.
    assert!(row.bbox[0] < 119.0 && row.bbox[0] > 118.98, "{:?}", row.bbox);
    assert_eq!(wkb::decode(&row.wkb).as_ref(), Ok(&row.shape));
    assert_eq!(row.shape.0[0].interiors().len(), 1, "holes are kept");
    let signed: f64 = geo::Area::signed_area(&row.shape);
    assert!(signed > 0.0, "outer rings run counter-clockwise");
}

use crate::wkb;

#[test]
fn shapes_are_compared_with_their_neighbours_and_parents() {
    let features = [
        feature(r#"{"code":"321012","name":"江都区"}"#, &square(119.0, 32.0, 1.0)),
        feature(r#"{"code":"321012100","name":"甲镇"}"#, &square(119.0, 32.0, 0.5)),
        // Shares a border with the first: no overlap.
        feature(r#"{"code":"321012101","name":"乙镇"}"#, &square(119.5, 32.0, 0.5)),
        feature(r#"{"code":"321012102","name":"丙镇"}"#, &square(119.4, 32.4, 0.3)),
        feature(r#"{"code":"321012103","name":"丁镇"}"#, &square(121.0, 32.0, 0.5)),
    ];
    let read = import(&[("s.json", &collection(&features))], &[], &Options::default());
    assert_eq!(
        told(&read),
        ["s.json:2 overlap", "s.json:3 overlap", "s.json:5 outside_parent"],
    );
    assert!(!read.has_errors(), "these are warnings");
    assert_eq!(read.problems[0].get("other"), Some("321012102"));
}

#[test]
fn names_of_lists_win_over_names_of_shapes() {
    let shape = feature(r#"{"code":"321012","name":"江都"}"#, &square(119.0, 32.0, 1.0));
    let read = import(
        &[("s.json", &shape), ("a.csv", "code,name\n321012,江都区\n")],
        &[],
        &Options::default(),
    );
    assert_eq!(told(&read), ["s.json:1 shape_name"]);
    assert_eq!(read.areas[0].name, "江都区");
}

#[test]
fn other_projections_are_refused() {
    let text = collection(&[feature(r#"{"code":"321012"}"#, &square(119.0, 32.0, 1.0))]);
    let declare = |name: &str| {
        text.replacen(
            '{',
            &format!(r#"{{"crs":{{"type":"name","properties":{{"name":"{name}"}}}},"#),
            1,
        )
    };
    let read = import(
        &[("s.json", &declare("urn:ogc:def:crs:EPSG::4528"))],
        &["321012"],
        &Options::default(),
    );
    assert_eq!(told(&read), ["s.json:0 other_crs"]);
    let read = import(
        &[("s.json", &declare("urn:ogc:def:crs:EPSG::4490"))],
        &["321012"],
        &Options::default(),
    );
    assert_eq!((told(&read), read.shapes.len()), (vec![], 1));
}

#[test]
fn the_real_district_is_read_whole() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/divisions");
    let names = [
        "321012-jiangdu-villages.csv",
        "321012-jiangdu-streets.csv",
        "321012.wgs84.geojson",
    ];
    let contents: Vec<Vec<u8>> = names
        .iter()
        .filter_map(|name| std::fs::read(folder.join(name)).ok())
        .collect();
    if contents.len() < names.len() {
        println!("skipped: no {}", folder.display());
        return;
    }
    let files: Vec<SourceFile<'_>> = names
        .iter()
        .zip(&contents)
        .map(|(name, bytes)| SourceFile { name, bytes })
        .collect();
    let read = read(&files, &HashSet::new(), &Options::default());
    assert_eq!(told(&read), Vec::<String>::new());
    let count = |level| read.areas.iter().filter(|a| a.code.level() == level).count();
    assert_eq!([Level::District, Level::Town, Level::Village].map(count), [1, 14, 337]);
    assert_eq!(read.shapes.len(), 1);
    assert_eq!(read.areas[0].name, "江都区");
}
