//! The promises of the evaluation: the rules alone, then through HTTP on both databases against a second, plain count.

use std::collections::BTreeMap;

use kernel::auth::Reach;
use kernel::testing::{Store, db_test};
use kernel::{Time, args};
use serde_json::{Value, json};
use uuid::Uuid;

use super::keep::keep;
use super::model::{Counts, Kind, Measure};
use super::period::Period;
use super::scheme::{Scores, Terms};
use crate::tests::{GRID, city, dispatched, go, id_of, people, report};

fn counts(all: &[(Measure, i64)]) -> Counts {
    all.iter().copied().collect()
}

fn score(kind: Kind, all: &[(Measure, i64)]) -> Scores {
    Terms::shipped().expect("reads").score(kind, &counts(all), Some(1), 30)
}

fn value(scores: &Scores, code: &str) -> f64 {
    let item = scores.items.iter().find(|it| it.item.code == code).expect("the item");
    item.value.expect("a value")
}

fn near(a: f64, b: f64) {
    assert!((a - b).abs() < 1e-9, "{a} is not {b}");
}

#[test]
fn the_seven_known_mistakes_of_others_are_not_made() {
    use Measure::{
        CheckDue, CheckedOnTime, Closed, Due, Filed, FiledAccurately, FiledOnTime, Handled, HandledOnTime, Missed,
        Reported, Reworked, Valid, VerifiedOnTime, VerifyDue,
    };
    let worker = score(
        Kind::Worker,
        &[
            (Reported, 10),
            (Valid, 9),
            (Missed, 1),
            (VerifyDue, 4),
            (VerifiedOnTime, 1),
            (CheckDue, 4),
            (CheckedOnTime, 3),
        ],
    );
    // The missed rate is inverted: one of ten missed is nine tenths.
    near(value(&worker, "missed"), 0.9);
    // No rate is used twice: verification and check each have their own.
    near(value(&worker, "verified_on_time"), 0.25);
    near(value(&worker, "checked_on_time"), 0.75);
    near(worker.score.expect("a score"), 36.0 + 18.0 + 5.0 + 15.0);

    // The filing rates are made of filings, not of closings.
    let lead = score(
        Kind::ShiftLead,
        &[
            (Filed, 10),
            (FiledOnTime, 8),
            (FiledAccurately, 9),
            (Closed, 2),
            (Measure::ClosedOnTime, 1),
        ],
    );
    near(value(&lead, "filed_on_time"), 0.8);
    near(value(&lead, "filed_accurately"), 0.9);
    near(value(&lead, "closed_on_time"), 0.5);

    let body = score(
        Kind::Body,
        &[
            (Filed, 51),
            (Due, 8),
            (Closed, 2),
            (Handled, 3),
            (HandledOnTime, 1),
            (Reworked, 1),
        ],
    );
    // The closing rate is what is closed of what is due, and not the other way round, nor what is left.
    near(value(&body, "closing"), 0.25);
    // What is due counts also what was not handled.
    near(value(&body, "handling_on_time"), 0.125);
    // A count is no score: 51 cases are 90 points of the band.
    near(value(&body, "filed_band"), 0.9);
    // Nothing is rounded before it is weighted: 1 − 1/3 stays two thirds.
    near(body.score.expect("a score"), 9.0 + 7.5 + 3.75 + 20.0);
}

#[test]
fn bands_change_at_their_edges_and_levels_too() {
    let terms = Terms::shipped().expect("reads");
    for (band, edges) in [
        (
            "area.1",
            &[
                (0, 100.0),
                (1, 90.0),
                (2, 90.0),
                (3, 75.0),
                (6, 60.0),
                (7, 40.0),
                (8, 40.0),
                (9, 0.0),
            ][..],
        ),
        ("area.2", &[(3, 90.0), (4, 75.0), (9, 40.0), (10, 0.0)]),
        (
            "body",
            &[
                (50, 100.0),
                (51, 90.0),
                (100, 90.0),
                (101, 75.0),
                (1000, 40.0),
                (1001, 0.0),
            ],
        ),
        (
            "work",
            &[
                (100, 0.0),
                (101, 40.0),
                (300, 40.0),
                (301, 60.0),
                (1201, 90.0),
                (2000, 90.0),
                (2001, 100.0),
            ],
        ),
    ] {
        for (count, points) in edges {
            near(terms.bands[band].score(*count, 30), *points);
        }
    }
    let level = |on_time| {
        let all = [
            (Measure::Dispatched, 2001),
            (Measure::DispatchedOnTime, on_time),
            (Measure::DispatchedAccurately, 2001),
        ];
        score(Kind::Dispatcher, &all).level
    };
    assert_eq!(level(2001).as_deref(), Some("A"));
    assert_eq!(level(0).as_deref(), Some("C"));
    // With nothing to measure by there is no level, and no perfect one by accident.
    assert_eq!(score(Kind::Worker, &[]).level, None);
}

#[test]
fn periods_are_cut_into_months_and_days_without_gap() {
    let it = Period::parse("2026-01-30", "2026-04-02").expect("a period");
    let text = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    assert_eq!(
        it.cut(),
        (
            Some(text("2026-02", "2026-03")),
            vec![text("2026-01-30", "2026-01-31"), text("2026-04-01", "2026-04-02")]
        )
    );
    let inside = Period::parse("2026-01-05", "2026-01-09").expect("a period");
    assert_eq!(inside.cut(), (None, vec![text("2026-01-05", "2026-01-09")]));
    let march = Period::parse("2026-03-01", "2026-03-31").expect("a period");
    assert_eq!(
        march.before(),
        Period::parse("2026-02-01", "2026-02-28").expect("a period")
    );
    let february = Period::parse("2024-02-01", "2024-02-29").expect("a period");
    assert_eq!(
        february.year_before(),
        Period::parse("2023-02-01", "2023-02-28").expect("a period")
    );
}

const YEAR: &str = "from=2026-01-01&to=2026-12-31";

/// The same numbers for the bodies, counted plainly from the rows of the timelines.
async fn plain_bodies(city: &kernel::testing::TestCity) -> BTreeMap<(String, &'static str), i64> {
    let mut tx = city.kernel.read().await.expect("reads");
    let sql = "SELECT case_id, at, action, from_state, detail FROM cases_entry ORDER BY case_id, n";
    let rows: Vec<(String, Time, String, String, String)> = tx.all(sql, args![]).await.expect("rows");
    let mut cases: BTreeMap<String, Vec<(Time, String, String, Value)>> = BTreeMap::new();
    for (case, at, action, from, detail) in rows {
        let detail = serde_json::from_str(&detail).expect("JSON");
        cases.entry(case).or_default().push((at, action, from, detail));
    }
    let mut sums = BTreeMap::new();
    for lines in cases.values() {
        let bodies: std::collections::BTreeSet<_> = lines
            .iter()
            .filter(|it| it.1 == "dispatch" || it.1 == "transfer")
            .filter_map(|it| it.3["body"]["code"].as_str())
            .collect();
        for body in bodies {
            let (mut has, mut due, mut late, mut handled, mut closed, mut rework) =
                (false, None, false, false, false, false);
            for (at, action, from, detail) in lines {
                let with = from == "dispatched" || from == "handling";
                late |= has && with && due.is_some_and(|it: i64| at.millis() > it);
                match action.as_str() {
                    "dispatch" | "transfer" => has = detail["body"]["code"] == body,
                    "handle" => handled |= has,
                    "rework" => rework |= has,
                    "close" => closed = has,
                    _ => {}
                }
                if let Some(it) = detail["due_at"].as_str() {
                    due = Some(it.parse::<jiff::Timestamp>().expect("a time").as_millisecond());
                }
            }
            let open = lines
                .last()
                .is_some_and(|it| ["receive", "dispatch", "transfer", "rework"].contains(&it.1.as_str()));
            late |= has && open && due.is_some_and(|it| city.kernel.now().millis() > it);
            for (name, n) in [
                ("filed", true),
                ("due", handled || closed || late),
                ("handled", handled),
                ("handled_on_time", handled && !late),
                ("handled_late", handled && late),
                ("closed", closed),
                ("closed_on_time", closed && !late),
                ("reworked", rework),
            ] {
                if n {
                    *sums.entry((body.to_owned(), name)).or_default() += 1;
                }
            }
        }
    }
    sums
}

#[db_test]
async fn the_figures_are_those_of_a_plain_count_and_an_objection_takes_a_case_out(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    let head = city.user("body_head", Reach::Body("D01".into())).await;
    // One goes through, one is reworked, one comes to another body, one is left until it is late.
    let good = dispatched(&p).await;
    let again = dispatched(&p).await;
    let moved = dispatched(&p).await;
    dispatched(&p).await;
    p.worker.post("/api/cases", report()).await.ok();
    go(
        &p.dispatcher,
        &moved,
        "transfer",
        json!({ "body": "C01", "note": "属供水管网" }),
    )
    .await;
    for case in [&good, &again] {
        go(&p.clerk, case, "receive", json!({})).await;
        go(&p.clerk, case, "handle", json!({ "note": "已修好" })).await;
        go(&p.acceptor, case, "send_check", json!({})).await;
    }
    go(&p.checker, &good, "check", json!({ "passed": true })).await;
    go(&p.shift_lead, &good, "close", json!({})).await;
    go(&p.checker, &again, "check", json!({ "passed": false })).await;
    go(&p.shift_lead, &again, "rework", json!({ "note": "未处理到位" })).await;
    // Until everything was looked at once, the figures say that they are a part.
    let bodies = format!("/api/evaluation?kind=body&{YEAR}");
    assert_eq!(p.leader.get(&bodies).await.ok()["counting"], true);
    keep(&city.kernel).await.expect("counts");
    assert_eq!(p.leader.get(&bodies).await.ok()["counting"], false);
    let mut work = city.kernel.system_work().await.expect("begins");
    crate::evaluation::go_round(&mut work).await.expect("notes");
    work.commit().await.expect("commits");
    assert_eq!(p.leader.get(&bodies).await.ok()["counting"], true);
    // The limits of the others run out without a move.
    city.turn(9 * 24 * 3600);
    keep(&city.kernel).await.expect("counts");
    assert_eq!(
        keep(&city.kernel).await.expect("counts"),
        0,
        "there is nothing left to count"
    );
    assert_eq!(p.leader.get(&bodies).await.ok()["counting"], false);

    let plain = plain_bodies(&city).await;
    for body in ["D01", "C01"] {
        let sheet = p.leader.get(&format!("/api/evaluation/body/{body}?{YEAR}")).await.ok();
        for name in [
            "filed",
            "due",
            "handled",
            "handled_on_time",
            "handled_late",
            "closed",
            "closed_on_time",
            "reworked",
        ] {
            let n = sheet["counts"]
                .as_array()
                .expect("counts")
                .iter()
                .find(|it| it["measure"] == name);
            let n = n.map_or(0, |it| it["n"].as_i64().expect("a number"));
            assert_eq!(
                n,
                plain.get(&(body.to_owned(), name)).copied().unwrap_or(0),
                "{body} {name}"
            );
            let behind = p
                .leader
                .get(&format!("/api/evaluation/body/{body}/cases?{YEAR}&measure={name}"))
                .await
                .ok();
            assert_eq!(
                behind["items"].as_array().map(Vec::len),
                usize::try_from(n).ok(),
                "{body} {name}"
            );
        }
    }
    let dispatchers = p
        .leader
        .get(&format!("/api/evaluation?kind=dispatcher&{YEAR}"))
        .await
        .ok();
    let accurate = &dispatchers["rows"][0]["items"][2];
    assert_eq!((accurate["n"].as_i64(), accurate["of"].as_i64()), (Some(3), Some(4)));
    let towns = p.leader.get(&format!("/api/evaluation?kind=area&{YEAR}")).await.ok();
    assert_eq!(towns["rows"][0]["subject"]["code"], GRID[..9]);
    assert_eq!(towns["rows"][0]["items"][0]["of"], 5);

    // Who is scored sees their own sheet and nobody else's; a body's head no persons.
    let mine = p.worker.get(&format!("/api/evaluation/mine?{YEAR}")).await.ok();
    assert_eq!(mine[0]["kind"], "worker");
    let me = mine[0]["subject"]["code"].as_str().expect("a code");
    p.worker.get(&format!("/api/evaluation/worker/{me}?{YEAR}")).await.ok();
    p.clerk
        .get(&format!("/api/evaluation/worker/{me}?{YEAR}"))
        .await
        .refused(404, "kernel.not_found");
    head.get(&format!("/api/evaluation?kind=worker&{YEAR}"))
        .await
        .refused(403, "kernel.forbidden");
    head.get(&format!("/api/evaluation/body/C01?{YEAR}"))
        .await
        .refused(404, "kernel.not_found");

    let objection = json!({ "id": Uuid::from_u128(9), "kind": "body", "subject": "D01", "case": again, "reason": "返工原因是复核照片误传" });
    p.leader
        .post("/api/evaluation/objections", objection.clone())
        .await
        .refused(403, "kernel.forbidden");
    let made = head.post("/api/evaluation/objections", objection.clone()).await.ok();
    head.post("/api/evaluation/objections", objection.clone()).await.ok();
    let mut second = objection;
    second["id"] = json!(Uuid::from_u128(10));
    head.post("/api/evaluation/objections", second)
        .await
        .refused(409, "cases.objection_before");
    let decision = json!({ "version": 1, "granted": true, "answer": "情况属实" });
    let path = format!("/api/evaluation/objections/{}/decision", id_of(&made));
    head.post(&path, decision.clone())
        .await
        .refused(403, "kernel.forbidden");
    p.shift_lead.post(&path, decision.clone()).await.ok();
    p.leader.post(&path, decision).await.refused(409, "kernel.stale");
    let sheet = p.leader.get(&format!("/api/evaluation/body/D01?{YEAR}")).await.ok();
    let rework = sheet["items"]
        .as_array()
        .expect("items")
        .iter()
        .find(|it| it["code"] == "rework");
    assert_eq!(
        rework.map(|it| (it["n"].as_i64(), it["of"].as_i64())),
        Some((Some(0), Some(1)))
    );
    let behind = p
        .leader
        .get(&format!("/api/evaluation/body/D01/cases?{YEAR}&measure=reworked"))
        .await
        .ok();
    assert_eq!(behind["items"][0]["taken"], true, "the facts stay to be seen");
}

#[db_test]
async fn a_new_version_of_the_scheme_holds_from_its_day_on(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    let shipped = p.leader.get("/api/evaluation/schemes").await.ok();
    let mut terms = shipped["items"][0]["terms"].clone();
    terms["composites"]["area"][3]["weight"] = json!(10);
    let input = json!({ "version": 0, "valid_from": "2026-07-01", "reason": "按本区考核办法", "terms": terms });
    p.leader
        .post("/api/evaluation/schemes", input.clone())
        .await
        .refused(403, "kernel.forbidden");
    p.shift_lead.post("/api/evaluation/schemes", input.clone()).await.ok();
    p.shift_lead
        .post("/api/evaluation/schemes", input.clone())
        .await
        .refused(409, "kernel.stale");
    let mut broken = input;
    broken["version"] = json!(1);
    broken["terms"]["bands"]["body"]["steps"] = json!([[50, 100], [20, 90]]);
    p.shift_lead
        .post("/api/evaluation/schemes", broken)
        .await
        .refused(422, "kernel.invalid");
    for (period, version) in [
        ("from=2026-06-01&to=2026-06-30", 0),
        ("from=2026-07-01&to=2026-07-31", 1),
    ] {
        let list = p.leader.get(&format!("/api/evaluation?kind=area&{period}")).await.ok();
        assert_eq!(list["scheme"], version);
    }
}
