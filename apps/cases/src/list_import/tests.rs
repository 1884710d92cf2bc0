//! Lists as dirty as real ones: titles, merged cells, headers of two rows, codes as numbers and as text, limits in all
//! spellings, notes at the end; and the way out and back in again.

use rust_xlsxwriter::{Format, Formula, Workbook, Worksheet};
use standards::Unit;

use super::*;

/// Problems as `row code`, those that many rows share with their number.
fn told(read: &ListImport) -> Vec<String> {
    let told = |problem: &Problem| {
        assert!(
            !problem.text("zh").contains(['{', '}']) && !problem.text("en").contains(['{', '}']),
            "{problem:?}"
        );
        let code = problem.code().trim_start_matches("cases.list_");
        let count = problem
            .get("count")
            .map(|count| format!(" ×{count}"))
            .unwrap_or_default();
        format!("{} {code}{count}", problem.line.unwrap_or(0))
    };
    read.problems.iter().map(told).collect()
}

fn text(sheet: &mut Worksheet, row: u32, cells: &[&str]) {
    for (column, cell) in (0u16..).zip(cells) {
        if !cell.is_empty() {
            sheet.write_string(row, column, *cell).expect("cell");
        }
    }
}

fn merge(sheet: &mut Worksheet, from: (u32, u16), to: (u32, u16), text: &str) {
    sheet
        .merge_range(from.0, from.1, to.0, to.1, text, &Format::new())
        .expect("merge");
}

fn limit(amount: f64, unit: Unit) -> Option<Limit> {
    Limit::new(amount, unit).ok()
}

/// A city's list of components: a title over all columns, a header of two rows, classes merged downwards.
pub(crate) fn city() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("部件").expect("name");
    merge(sheet, (0, 0), (0, 9), "某市城市管理部件立案、处置和结案责任清单");
    text(sheet, 1, &["编制单位：某市城市运行管理中心"]);
    merge(sheet, (2, 0), (3, 0), "序号");
    merge(sheet, (2, 1), (2, 2), "大类");
    merge(sheet, (2, 3), (2, 4), "小类");
    merge(sheet, (2, 5), (3, 5), "立案条件");
    merge(sheet, (2, 6), (2, 7), "核查结案阶段");
    merge(sheet, (2, 8), (3, 8), "责任主体");
    merge(sheet, (2, 9), (3, 9), "监督\n部门");
    text(
        sheet,
        3,
        &["", "代码", "名称", "代码", "名称", "", "处置时限", "结案标准"],
    );
    // Rows 5–8: one major class, two minor classes of two standards each; codes as number, text, full-width.
    sheet.write_number(4, 0, 1).expect("cell");
    sheet.merge_range(4, 1, 7, 1, "", &Format::new()).expect("merge");
    sheet.write_number(4, 1, 1).expect("cell");
    merge(sheet, (4, 2), (7, 2), "公用设施");
    merge(sheet, (4, 3), (5, 3), "０１");
    merge(sheet, (4, 4), (5, 4), "供水井盖");
    text(
        sheet,
        4,
        &[
            "",
            "",
            "",
            "",
            "",
            "井盖破损、移位",
            "2个工作时",
            "恢复原状",
            "区水务局、自来水公司（市政管网部）",
        ],
    );
    text(
        sheet,
        5,
        &[
            "",
            "",
            "",
            "",
            "",
            "井盖缺失，\n危及安全",
            "紧急工作时2",
            "补齐",
            "区水务局",
        ],
    );
    merge(sheet, (4, 9), (7, 9), "区城管局");
    sheet.write_number(6, 3, 2).expect("cell");
    text(
        sheet,
        6,
        &[
            "",
            "",
            "",
            "",
            "污水井盖",
            "破损",
            "一类区域2小时/二类4小时",
            "修复",
            "区水务局",
        ],
    );
    text(
        sheet,
        7,
        &[
            "",
            "",
            "",
            "03",
            "雨水井盖",
            "破损",
            "停工：4个工作时；拆除：20个工作日",
            "",
            "",
        ],
    );
    // The header again, as printed on the next page.
    text(
        sheet,
        8,
        &[
            "序号",
            "大类",
            "",
            "小类",
            "",
            "立案条件",
            "处置时限",
            "结案标准",
            "责任主体",
            "监督部门",
        ],
    );
    text(
        sheet,
        9,
        &[
            "",
            "04",
            "园林绿化",
            "99",
            "古树铭牌",
            "缺失",
            "24小时",
            "补设",
            "区园林局",
        ],
    );
    text(
        sheet,
        10,
        &["", "", "", "98", "花箱", "破损", "24小时", "修复", "区园林局"],
    );
    text(sheet, 11, &["", "", "", "97", "没有内容的一类"]);
    text(
        sheet,
        12,
        &["", "", "", "98", "花箱", "破损", "3天", "修复", "区园林局"],
    );
    sheet
        .write_formula(13, 5, Formula::new("=1/0").set_result("#DIV/0!"))
        .expect("cell");
    text(sheet, 14, &["合计", "", "", "6类"]);
    merge(
        sheet,
        (16, 0),
        (16, 9),
        "注：1.本清单所列时限自派遣之时起算。2.未尽事宜由市城管委解释。",
    );
    let other = book.add_worksheet();
    other.set_name("事件").expect("name");
    text(
        other,
        0,
        &["大类", "小类代码", "小类名称", "立案条件", "处置时限", "责任单位"],
    );
    book.save_to_buffer().expect("workbook")
}

#[test]
fn a_citys_workbook_is_read_and_every_row_is_told() {
    let read = read("清单.xlsx", &city(), &Options::default());
    assert_eq!((read.sheet.as_str(), read.header_row), ("部件", 4));
    assert_eq!(read.sheets, ["部件", "事件"]);
    let columns: Vec<(&str, Option<&str>)> = read
        .columns
        .iter()
        .map(|c| (c.letter.as_str(), c.meaning.map(Meaning::as_str)))
        .collect();
    assert_eq!(
        columns,
        [
            ("A", Some("sequence")),
            ("B", Some("major_code")),
            ("C", Some("major")),
            ("D", Some("minor_code")),
            ("E", Some("minor")),
            ("F", Some("condition")),
            ("G", Some("limit")),
            ("H", Some("closing_condition")),
            ("I", Some("body")),
            ("J", Some("supervisor")),
        ]
    );
    assert_eq!(
        told(&read),
        [
            "0 other_sheet",
            "0 edition",
            "7 assumed ×1",
            "7 by_area ×1",
            "8 bad_limit",
            "8 no_body",
            "9 header_again",
            "10 local_class",
            "10 assumed ×2",
            "11 local_class",
            "11 carried ×3",
            "12 nothing_said",
            "13 duplicate",
            "13 assumed ×1",
            "14 cell_error",
            "15 note_row",
            "17 note_row",
        ]
        .map(str::to_owned)
    );
    assert_eq!((read.rows_understood, read.rows_skipped), (6, 5));
    assert_eq!(read.edition, Some(Edition::E2013));

    let first = &read.items[0];
    assert_eq!(first.row, 5);
    assert_eq!(
        (first.kind, first.edition),
        (Some(Kind::Component), Some(Edition::E2013))
    );
    assert_eq!(
        (first.class.as_deref(), first.class_2026.as_deref()),
        (Some("0101"), Some("01001"))
    );
    assert_eq!(
        (first.major_code.as_deref(), first.major.as_deref()),
        (Some("01"), Some("公用设施"))
    );
    assert_eq!(first.limit, limit(2.0, Unit::WorkingHour));
    assert_eq!(first.bodies, ["区水务局", "自来水公司（市政管网部）"]);
    assert_eq!(first.supervisors, ["区城管局"]);
    assert_eq!(read.items[1].condition, "井盖缺失，\n危及安全");
    assert_eq!(read.items[1].limit, limit(2.0, Unit::UrgentHour));
    assert_eq!(
        (read.items[1].class.as_deref(), read.items[1].minor.as_deref()),
        (Some("0101"), Some("供水井盖"))
    );
    assert_eq!(
        read.items[2]
            .by_area
            .iter()
            .map(|(class, _)| *class)
            .collect::<Vec<_>>(),
        [1, 2]
    );
    assert_eq!(
        (read.items[3].limit, read.items[3].limit_text.as_str()),
        (None, "停工：4个工作时；拆除：20个工作日")
    );
    assert_eq!(
        (read.items[5].class.as_deref(), read.items[5].class_2026.as_deref()),
        (Some("0498"), None)
    );
    assert_eq!(
        read.items[5].major.as_deref(),
        Some("园林绿化"),
        "a blank takes the major class from above"
    );
}

#[test]
fn what_is_decided_by_the_sender_is_not_asked_again() {
    let options = Options {
        hour: Some(Unit::WorkingHour),
        day: Some(Unit::WorkingDay),
        ..Options::default()
    };
    let read = read("清单.xlsx", &city(), &options);
    assert!(!told(&read).iter().any(|t| t.contains("assumed")));
    assert_eq!(read.items[4].limit, limit(24.0, Unit::WorkingHour));
}

#[test]
fn a_csv_without_merged_cells_and_with_headings_is_read() {
    let list = "\
        城市管理事件责任清单,,,,,\n\
        编码,名称,立案标准,时限（工作日）,责任单位,监督部门\n\
        二、宣传广告类,,,,,\n\
        07001,乱贴广告,随意张贴,1,区城管局,区城管局\n\
        07002,某种没有的名称,随意涂写,3,各镇（街道）,\n\
        ,,第二种情形,0.5,各镇（街道）,\n\
        三、其他,,,,,\n\
        备注：以上时限不含节假日。,,,,,\n";
    let (bytes, ..) = encoding_rs::GB18030.encode(list);
    let read = read("清单.csv", &bytes, &Options::default());
    let table = standards::class(Kind::Matter, "07001").expect("a class of the table");
    let first_told = if code::same_name(table.name, "乱贴广告") {
        vec![]
    } else {
        vec!["4 other_name"]
    };
    let mut expected = vec!["0 edition", "3 section"];
    expected.extend(first_told);
    expected.extend([
        "5 other_name",
        "6 other_name",
        "6 carried ×1",
        "7 section",
        "8 note_row",
    ]);
    assert_eq!(told(&read), expected);
    assert_eq!((read.header_row, read.edition), (2, Some(Edition::E2026)));
    assert_eq!(read.items.len(), 3);
    assert!(
        read.items.iter().all(|item| item.kind == Some(Kind::Matter)),
        "the title says so"
    );
    let last = &read.items[2];
    assert_eq!(
        (last.row, last.class.as_deref(), last.minor.as_deref()),
        (6, Some("07002"), Some("某种没有的名称"))
    );
    assert_eq!(last.limit, limit(0.5, Unit::WorkingDay));
    assert_eq!(last.major.as_deref(), Some("宣传广告类"));
    assert_eq!(last.bodies, ["各镇（街道）"]);
}

#[test]
fn names_stand_in_for_codes_and_what_is_open_stays_open() {
    let list = "大类,小类,立案条件,处置时限,责任主体\n\
                市政公用设施,供水井盖,破损,2工作时,水务局\n\
                市政公用设施,从未见过,破损,2工作时,水务局\n";
    let read = read("a.csv", list.as_bytes(), &Options::default());
    assert_eq!(told(&read), ["2 code_by_name", "3 no_code", "3 no_kind ×1"]);
    assert_eq!(read.items[0].class.as_deref(), Some("01001"));
    assert_eq!((read.items[1].class.as_deref(), read.items[1].kind), (None, None));

    // 1 and 5 fit 2013 and 2026 alike by their digits; the names decide, and where they don't, nobody does.
    let coded =
        |name: &str| format!("大类,小类代码,小类名称,立案条件,处置时限,责任主体\n1,1,{name},破损,2工作时,水务局\n");
    let read_coded = |name: &str| super::read("部件.csv", coded(name).as_bytes(), &Options::default());
    let unknown = read_coded("从未见过");
    assert_eq!(told(&unknown), ["2 no_edition ×1"]);
    assert_eq!(unknown.items[0].class.as_deref(), Some("011"));
    let options = Options {
        edition: Some(Edition::E2026),
        ..Options::default()
    };
    let known = super::read("部件.csv", coded("供水井盖").as_bytes(), &options);
    assert_eq!(told(&known), Vec::<String>::new());
    assert_eq!(known.items[0].class_2026.as_deref(), Some("01001"));
}

#[test]
fn limits_in_columns_by_class_of_area_and_units_of_their_own_are_read() {
    let list = "小类名称,立案条件,处置时限,,,责任主体\n,,一类区域,二类区域,三类区域,\n供水井盖,破损,2工作时,4工作时,8工作时,水务局\n";
    let read_list = |list: &str| read("部件.csv", list.as_bytes(), &Options::default());
    let read = read_list(list);
    assert_eq!(told(&read), ["3 code_by_name", "3 by_area ×1"]);
    let by_area: Vec<(u8, f64)> = read.items[0]
        .by_area
        .iter()
        .map(|(class, limit)| (*class, limit.amount()))
        .collect();
    assert_eq!(by_area, [(1, 2.0), (2, 4.0), (3, 8.0)]);

    let read = read_list(
        "小类名称,立案条件,处置时限,时限单位,主管部门\n供水井盖,破损,2,工作日,水务局\n污水井盖,破损,3,小时,水务局\n",
    );
    assert_eq!(told(&read), ["2 code_by_name", "3 code_by_name", "3 assumed ×1"]);
    assert_eq!(read.items[0].limit, limit(2.0, Unit::WorkingDay));
    assert_eq!(read.items[1].limit, limit(3.0, Unit::UrgentHour));
    assert_eq!(
        read.items[0].bodies,
        ["水务局"],
        "who is in charge is responsible where nobody else is named"
    );
}

#[test]
fn files_that_are_no_list_are_told() {
    let told_of = |name: &str, bytes: &[u8]| told(&read(name, bytes, &Options::default()));
    assert_eq!(told_of("a.csv", b"a,b\n1,2\n"), ["0 no_header"]);
    assert_eq!(told_of("a.xls", &[0xd0, 0xcf, 0x11, 0xe0, 0xa1]), ["0 old_workbook"]);
    assert_eq!(told_of("a.xlsx", b"PK\x03\x04 and no more"), ["0 unreadable"]);
    assert_eq!(told_of("a.png", b"\x89PNG\0"), ["0 unreadable"]);
    let options = Options {
        sheet: Some("没有".into()),
        ..Options::default()
    };
    assert_eq!(
        told(&read("清单.xlsx", &city(), &options)),
        ["0 no_sheet", "14 cell_error"]
    );
}

#[test]
fn a_stray_cell_in_the_last_corner_is_told_and_does_no_harm() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    text(sheet, 0, &["小类名称", "立案条件", "处置时限", "责任主体"]);
    text(sheet, 1, &["供水井盖", "破损", "2工作时", "水务局"]);
    sheet.write_string(1_048_575, 16_383, "x").expect("cell");
    let read = read("a.xlsx", &book.save_to_buffer().expect("workbook"), &Options::default());
    assert_eq!(
        told(&read),
        ["0 too_large", "2 code_by_name", "2 no_kind ×1"].map(str::to_owned)[..told(&read).len()]
    );
    assert_eq!(read.items.len(), 1);
}

#[test]
fn an_exported_list_reads_back_as_it_was() {
    let mut items = read("清单.xlsx", &city(), &Options::default()).items;
    let list = "种类,小类代码,小类名称,标准编号,标准名称,立案条件,处置时限,责任主体,备注\n\
                事件,07001,乱贴广告,S-1,第一种,随意张贴,1.25工作日,各镇（街道）,见附件\n\
                事件,,自家的类别,,,其他情形,15自然日,,\n";
    items.extend(read("b.csv", list.as_bytes(), &Options::default()).items);
    // A city's own class.
    let mut local = items[0].clone();
    (local.edition, local.class, local.class_2026) = (None, Some("L17".into()), None);
    (local.minor, local.condition) = (Some("本地小类".into()), "本地情形".into());
    for (edition, class) in [(None, "0177"), (Some(Edition::E2013), "0177")] {
        let (mut item, class) = (local.clone(), Some(class.to_owned()));
        (item.edition, item.class) = (edition, class);
        item.condition = format!("{edition:?}");
        items.push(item);
    }
    items[0].condition = "=1+1".into();
    for english in [false, true] {
        let workbook = export::workbook(&items, english).expect("workbook");
        let csv = export::csv(&items, english).expect("text");
        for (file, bytes) in [("export.xlsx", workbook), ("export.csv", csv)] {
            let again = read(file, &bytes, &Options::default());
            assert_eq!(again.items.len(), items.len(), "{:?}", told(&again));
            for (item, again) in items.iter().zip(&again.items) {
                let bare = |it: &ListItem| ListItem {
                    row: 0,
                    limit_text: String::new(),
                    ..it.clone()
                };
                assert_eq!(bare(item), bare(again), "{file}");
            }
            assert_eq!(again.rows_skipped, 0);
        }
    }
}

proptest::proptest! {
    #[test]
    fn no_table_panics(cells in proptest::collection::vec("[大小类代码名称立案条件处置时限责任主体一二（）、：0-9０-９,;\n\" a-z%注合计]{0,12}", 0..40)) {
        let rows: Vec<String> = cells.chunks(6).map(|row| row.join(",")).collect();
        let list = format!("{}\n大类代码,小类代码,小类名称,立案条件,处置时限,责任主体\n{}", cells.join(","), rows.join("\n"));
        let read = read("a.csv", list.as_bytes(), &Options::default());
        proptest::prop_assert_eq!(read.rows_understood, read.items.len() as u64);
        told(&read);
    }
}
