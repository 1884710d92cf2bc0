//! Figures are the same before and after they have been added up, and in between.

use kernel::auth::Reach;
use kernel::testing::{Store, TestCity, db_test};
use serde_json::{Value, json};

use super::{GRID, city, dispatched, go, id_of, people, report};
use crate::jobs;

/// Everything that a leader of the district, one of a town and the body's head see, however it is grouped.
async fn all_figures(city: &TestCity) -> Vec<Value> {
    let mut all = Vec::new();
    for reach in [
        Reach::All,
        Reach::Area(GRID[..9].into()),
        Reach::Area("320999102".into()),
        Reach::Body("D01".into()),
    ] {
        let who = city.user("leader", reach).await;
        for by in ["town", "village", "body", "class", "month"] {
            for rest in [
                "",
                "&under=320999101",
                "&under=320999101201",
                "&from=2026-01-02",
                "&to=2099-03-04",
            ] {
                all.push(who.get(&format!("/api/cases/figures?by={by}{rest}")).await.ok());
            }
        }
    }
    all
}

#[db_test]
async fn figures_do_not_depend_on_when_they_are_added_up(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    dispatched(&p).await;
    let case = id_of(&p.worker.post("/api/cases", report()).await.ok());
    let open = all_figures(&city).await;
    assert_eq!(open[0]["total"]["reported"], json!(2), "{}", open[0]);
    jobs::add_up(city.kernel.clone()).await.expect("adds up");
    assert_eq!(all_figures(&city).await, open);

    // What comes later is added to what is there.
    go(&p.acceptor, &case, "accept", json!({})).await;
    let open = all_figures(&city).await;
    assert_eq!(open[0]["total"]["accepted"], json!(2));
    jobs::add_up(city.kernel.clone()).await.expect("adds up");
    assert_eq!(all_figures(&city).await, open);
    let nothing = jobs::add_up(city.kernel.clone()).await.expect("adds up");
    assert_eq!(nothing, "0 rows");
}
