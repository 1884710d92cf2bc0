//! News: who hears of a case, and until when.

use std::time::Duration;

use futures_util::StreamExt;
use kernel::testing::{Store, db_test};

use super::{city, people, report};

/// What comes until there is a case in it or the stream ends.
async fn heard(stream: &mut axum::body::BodyDataStream) -> String {
    let mut text = String::new();
    let wait = async {
        while !text.contains("cases.changed") {
            let Some(piece) = stream.next().await else { break };
            text.push_str(&String::from_utf8_lossy(&piece.expect("a piece")));
        }
    };
    tokio::time::timeout(Duration::from_secs(20), wait)
        .await
        .expect("something in time");
    text
}

#[db_test]
async fn news_comes_until_the_session_ends(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    let background = tokio::spawn(city.kernel.start_background());
    let mut leader = p.leader.open("/api/events").await;
    p.worker.post("/api/cases", report()).await.ok();
    assert!(heard(&mut leader).await.contains("\"action\":\"report\""));

    p.leader.delete("/api/session").await;
    city.turn(31);
    p.worker.post("/api/cases", report()).await.ok();
    assert!(
        !heard(&mut leader).await.contains("cases.changed"),
        "logged out, nothing more is heard"
    );

    city.kernel.close().await;
    background.await.expect("ends");
}
