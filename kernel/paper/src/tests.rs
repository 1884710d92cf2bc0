//! What a press promises; without a Chinese font on the machine the tests say so and pass.

use super::{Error, Job, Press};

fn press() -> Option<Press> {
    let press = Press::new(None);
    match press.fonts() {
        Ok(_) => Some(press),
        Err(error) => {
            eprintln!("skipped: {error}");
            None
        }
    }
}

fn job<'a>(template: &'a str, data: &'a str) -> Job<'a> {
    Job {
        template,
        data,
        pictures: Vec::new(),
    }
}

#[test]
fn data_goes_onto_paper_in_chinese_and_is_never_taken_for_the_template_s_language() {
    let Some(press) = press() else { return };
    let template =
        "#import \"/base.typ\": *\n#show: page-of.with(title: \"月报\", lang: \"zh\")\n#json(\"/data.json\").what";
    let paper = press
        .print(job(template, r##"{ "what": "井盖 #panic(1) *破损* $x$" }"##))
        .expect("prints");
    assert!(paper.pdf.starts_with(b"%PDF-"));
    assert_eq!(paper.pages, 1);
    assert!(
        paper.text.replace('\n', "").contains("井盖 #panic(1) *破损* $x$"),
        "{}",
        paper.text
    );
}

#[test]
fn charts_take_any_figures_none_at_all_included() {
    let Some(press) = press() else { return };
    let template = "#import \"/base.typ\": *\n#import \"/charts.typ\": *\n#show: page-of.with(title: \"t\", lang: \"en\")\n\
                    #let d = json(\"/data.json\")\n#bars(d.bars, series: (\"a\", \"b\"))\n#lines(d.lines, series: (\"a\", \"b\"))";
    let figures = |rows: &str| format!(r#"{{ "bars": {rows}, "lines": {rows} }}"#);
    for rows in [
        "[]",
        r#"[{ "label": "一", "values": [0, 0] }]"#,
        r#"[{ "label": "一", "values": [12345678, null] }, { "label": "二", "values": [3, 1] }]"#,
    ] {
        let paper = press.print(job(template, &figures(rows))).expect("prints");
        assert!(paper.pages >= 1, "{rows}");
    }
}

#[test]
fn a_template_reads_nothing_but_what_it_was_given() {
    let Some(press) = press() else { return };
    for template in [
        "#read(\"/etc/hostname\")",
        "#import \"@preview/cetz:0.3.0\"",
        "#datetime.today().display()",
    ] {
        let refused = press.print(job(template, "{}")).err();
        assert!(matches!(refused, Some(Error::Template(_))), "{template}");
    }
}

#[test]
fn facts_leave_out_what_is_empty_and_a_wide_one_has_its_own_line() {
    let Some(press) = press() else { return };
    let template =
        "#import \"/base.typ\": *\n#show: page-of.with(title: \"t\", lang: \"en\")\n#facts(json(\"/data.json\"))";
    let data = r#"[{ "label": "a", "text": "one" }, { "label": "b", "text": null }, { "label": "c", "text": "two", "wide": true }, { "label": "d", "text": "three" }]"#;
    let paper = press.print(job(template, data)).expect("prints");
    assert_eq!(
        paper.text.lines().take(6).collect::<Vec<_>>(),
        ["a", "one", "c", "two", "d", "three"]
    );
}
