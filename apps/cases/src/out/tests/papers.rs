//! Documents as PDF. Without a Chinese font on the machine the tests say so and pass.

use kernel::auth::{Reach, user_by_id};
use kernel::error::Lang;
use kernel::testing::{Reply, Store, db_test};
use serde_json::json;

use crate::out::bulletin::{Month, bulletin};
use crate::out::case_paper::case_paper;
use crate::tests::{OTHER_GRID, city, dispatched, go, people, report};

fn is_pdf(reply: &Reply) -> bool {
    if reply.status == 503 && reply.body["code"] == "cases.no_font" {
        eprintln!("skipped: this machine has no Chinese font");
        return false;
    }
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert!(reply.bytes.starts_with(b"%PDF-"));
    true
}

#[db_test]
async fn a_case_on_paper_is_for_who_may_read_it(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    let case = dispatched(&p).await;
    let path = format!("/api/cases/{case}/pdf");
    if !is_pdf(&p.leader.get(&path).await) {
        return;
    }
    assert!(is_pdf(&p.clerk.get(&path).await), "the body that has it");
    assert_eq!(p.water.get(&path).await.status, 404, "another body");
    assert_eq!(city.nobody().get(&path).await.status, 401);
    let auditor = city.user("audit_admin", Reach::All).await;
    let page = auditor.get("/api/audit?action=cases.printed").await.ok();
    assert_eq!(page["items"].as_array().map(Vec::len), Some(2));
}

#[db_test]
async fn a_paper_says_what_the_desk_says_in_the_language_asked_for(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    let mut one = report();
    one["source"] = json!("hotline");
    one["description"] = json!("井盖 #破损* _一处_ $x$");
    one["contact"] = json!({ "name": "王小明", "phone": "13812345678" });
    let receipt = p.acceptor.post("/api/cases", one).await.ok();
    let id: crate::model::CaseId = receipt["id"].as_str().expect("an id").parse().expect("one of ours");
    go(&p.acceptor, &id.to_string(), "accept", json!({})).await;
    let user = user_by_id(&city.kernel, p.leader.id)
        .await
        .expect("reads")
        .expect("is there");
    let in_chinese = case_paper(&city.kernel, &user, Lang::Zh, id).await;
    let Ok((number, paper)) = in_chinese else {
        eprintln!("skipped: this machine has no Chinese font");
        return;
    };
    let text = paper.text.replace('\n', "");
    assert_eq!(receipt["number"], number);
    for part in [
        number.as_str(),
        "井盖 #破损* _一处_ $x$",
        "锦绣路 12 号",
        "受理",
        "待立案",
        "138****5678",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("13812345678") && !text.contains("王小明"));
    let (_, paper) = case_paper(&city.kernel, &user, Lang::En, id).await.expect("prints");
    assert!(paper.text.replace('\n', "").contains("Timeline"), "{}", paper.text);

    let today = jiff::civil::date(2026, 11, 24);
    let paper = bulletin(&city.kernel, &user, Lang::Zh, Month::of(today), today)
        .await
        .expect("prints");
    let text = paper.text.replace('\n', "");
    for part in ["2026年11月", "本月共上报 1 件", "东镇", "试验区"] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[db_test]
async fn a_bulletin_is_made_of_any_month_that_has_begun(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    dispatched(&p).await;
    let mut other = report();
    other["area"] = json!(OTHER_GRID);
    other["class"] = json!(null);
    p.acceptor.post("/api/cases", other).await;
    if !is_pdf(&p.leader.get("/api/cases/bulletin/2026-11").await) {
        return;
    }
    assert!(
        is_pdf(&p.leader.get("/api/cases/bulletin/2020-02").await),
        "nothing happened"
    );
    let head = city.user("body_head", Reach::Body("D01".into())).await;
    assert!(is_pdf(&head.get("/api/cases/bulletin/2026-11").await));
    assert_eq!(p.leader.get("/api/cases/bulletin/2027-01").await.status, 422);
    assert_eq!(p.leader.get("/api/cases/bulletin/november").await.status, 422);
    assert_eq!(p.acceptor.get("/api/cases/bulletin/2026-11").await.status, 403);
    assert_eq!(city.nobody().get("/api/cases/bulletin/2026-11").await.status, 401);
}
