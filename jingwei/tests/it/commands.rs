//! Commands on the database, as an operator types them.

use kernel::testing::{Store, db_test};

use crate::program::{jingwei, run};

const MAP: &str = r#"
title = "Trial"
origin = "trial"
time_zone = "Asia/Shanghai"
create = ["areas", "bodies", "classes"]
[district]
code = "320999"
name = "试验区"
[fields]
id = "no"
reported_at = "at"
town = "town"
minor = "class"
body = "body"
description = "text"
[fields.state]
column = "state"
[fields.state.values]
"办结" = "closed"
"#;

const CASES: &str = "no,at,town,class,body,text,state\n\
    1,2026-03-01 09:00,东镇,井盖,水务局,井盖破损,办结\n\
    2,2026-03-02 10:00,西镇,垃圾,城管局,垃圾满溢,办结\n\
    3,never,西镇,垃圾,城管局,没有时间,办结\n";

#[db_test]
async fn every_row_of_an_import_is_accounted_for(store: Store) {
    let folder = store.folder();
    std::fs::write(folder.join("map.toml"), MAP).expect("writes");
    std::fs::write(folder.join("cases.csv"), CASES).expect("writes");
    let import = |more: &[&str]| {
        let words = [
            "import",
            "cases",
            "cases.csv",
            "--map",
            "map.toml",
            "--report",
            "report.csv",
        ];
        run(jingwei(&store).args(words).args(more))
    };
    let (content, said) = import(&["--dry-run"]);
    assert!(
        !content && said.contains("3 rows = 2 added + 0 already there + 1 refused"),
        "{said}"
    );
    assert!(said.contains("nothing was stored"), "{said}");
    let (content, said) = import(&[]);
    assert!(
        !content && said.contains("3 rows = 2 added + 0 already there + 1 refused"),
        "{said}"
    );
    assert!(
        said.contains("areas 3 · 单位 bodies 2"),
        "the district, two towns: {said}"
    );
    let report = std::fs::read_to_string(folder.join("report.csv")).expect("a report");
    let refused: Vec<&str> = report.lines().filter(|it| it.starts_with("error,")).collect();
    assert!(
        refused.len() == 1 && refused[0].contains(",cases.csv,4,reported_at,"),
        "the third row, on line 4, and only that: {report}"
    );
    let (content, said) = import(&[]);
    assert!(
        !content && said.contains("3 rows = 0 added + 2 already there + 1 refused"),
        "{said}"
    );
}

#[db_test]
async fn areas_come_in_all_or_nothing(store: Store) {
    let file = |name: &str, text: &str| std::fs::write(store.folder().join(name), text).expect("writes");
    file("towns.csv", "code,name\n320999101,东镇\n320999102,西镇\n");
    file("villages.csv", "code,name\n320999101201,东村\n320999103201,孤村\n");
    let import = |more: &[&str]| {
        let words = ["import", "divisions", "towns.csv", "--district-name", "试验区"];
        run(jingwei(&store).args(words).args(more))
    };
    let (content, said) = import(&["villages.csv"]);
    assert!(
        !content && said.contains("320999103201") && said.contains("nothing was stored"),
        "{said}"
    );
    let (content, said) = import(&[]);
    assert!(
        content && said.contains("areas 3 = 3 new + 0 changed + 0 as before"),
        "{said}"
    );
    let (content, said) = import(&[]);
    assert!(
        content && said.contains("areas 3 = 0 new + 0 changed + 3 as before"),
        "{said}"
    );
}

#[db_test]
async fn the_doctor_finds_what_is_wrong(store: Store) {
    let doctor = || run(jingwei(&store).arg("doctor"));
    assert!(run(jingwei(&store).args(["user", "init"])).0);
    let (well, said) = doctor();
    assert!(well && said.contains("0 failures"), "{said}");

    let key = store.folder().join("vault.key");
    std::fs::rename(&key, store.folder().join("elsewhere")).expect("moves");
    let (well, said) = doctor();
    assert!(!well && said.contains("bring it back"), "{said}");
    std::fs::rename(store.folder().join("elsewhere"), &key).expect("moves back");

    let config = store.folder().join("jingwei.toml");
    std::fs::write(&config, "[database]\nconections = 8\n").expect("writes");
    let (well, said) = run(jingwei(&store).arg("doctor").arg("--config").arg(&config));
    assert!(
        !well && said.contains("conections"),
        "an unknown key is an error: {said}"
    );
    let (served, said) = run(jingwei(&store).arg("serve").arg("--config").arg(&config));
    assert!(!served && said.contains("conections"), "{said}");

    let (well, said) = run(jingwei(&store)
        .arg("doctor")
        .env("JINGWEI_DATABASE__URL", "postgres://nobody@127.0.0.1:1/none"));
    assert!(!well && said.contains("check database.url"), "{said}");
}
