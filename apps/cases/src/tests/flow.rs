//! The table of moves: every move and every forbidden one, and the diagram in the README.

use kernel::auth::Reach;
use kernel::flow::Move;
use kernel::testing::{Store, db_test};
use serde_json::{Value, json};

use super::{GRID, OTHER_GRID, city, people, report, standard_id};
use crate::flow::FLOW;
use crate::model::{Action, State};
use crate::permissions::{GRANTS, ROLES};

/// What a move is given when it asks for it.
fn given(action: Action, field: &str, user: &Value) -> Value {
    match field {
        // Another body than the one that has it.
        "body" if matches!(action, Action::Transfer | Action::CallIn) => json!("C01"),
        "note" => json!("说明"),
        "standard" => json!(standard_id()),
        "body" => json!("D01"),
        "user" => user.clone(),
        "truth" | "passed" => json!(true),
        "satisfaction" => json!("dissatisfied"),
        "reasons" => json!(["too_slow"]),
        "justified" => json!(false),
        "until" => json!("2027-01-01T00:00:00Z"),
        other => panic!("a field that this test does not know: {other}"),
    }
}

/// The shortest way of moves to a state.
fn way_to(state: State) -> Vec<Action> {
    let mut ways = vec![(State::Reported, Vec::new())];
    let mut at = 0;
    while let Some((from, way)) = ways.get(at).cloned() {
        if from == state {
            return way;
        }
        // Settling on the spot leaves out what most of the later moves speak of.
        let usual = |it: &&Move<State, Action>| it.from.contains(&from) && it.action != Action::Settle;
        for step in FLOW.moves.iter().filter(usual) {
            if let Some(to) = step.to.filter(|to| ways.iter().all(|it| it.0 != *to)) {
                ways.push((to, way.iter().copied().chain([step.action]).collect()));
            }
        }
        at += 1;
    }
    panic!("no way leads to {state}");
}

/// What must have happened in the same state before a move can succeed.
fn first(action: Action, state: State) -> &'static [Action] {
    match action {
        Action::Refuse if !matches!(state, State::Dispatched | State::Handling) => &[Action::Appeal],
        Action::Extend | Action::Refuse => &[Action::AskExtension],
        Action::Suspend => &[Action::AskSuspension],
        Action::AcceptAppeal => &[Action::Appeal],
        Action::Assist => &[Action::CallIn],
        Action::Review => &[Action::Evaluate],
        Action::SendUp => &[Action::SendDown],
        _ => &[],
    }
}

#[test]
fn every_state_can_be_reached_and_left_unless_it_is_an_end() {
    for state in State::ALL {
        let _ = way_to(*state);
        // An end is left by opening the case again, and by nothing else.
        let leaves = FLOW
            .moves
            .iter()
            .any(|it| it.from.contains(state) && it.to.is_some() && it.action != Action::Reopen);
        assert_eq!(leaves, !state.is_end(), "{state}");
    }
}

#[test]
fn a_state_and_an_action_name_one_move() {
    for (n, step) in FLOW.moves.iter().enumerate() {
        for other in &FLOW.moves[n + 1..] {
            let twins = step.action == other.action && step.from.iter().any(|it| other.from.contains(it));
            assert!(!twins, "{} from {:?} and {:?}", step.action, step.from, other.from);
        }
    }
}

/// Every state with every action: what stands in the table is made by a role that holds its permission, refused to each
/// role that does not, and refused without what it needs; everything else is refused to all.
#[db_test]
async fn every_move_is_made_and_every_forbidden_one_is_refused(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    let mut roles = Vec::new();
    for role in ROLES {
        let reach = if role.code.starts_with("body_") {
            Reach::Body("D01".into())
        } else {
            Reach::All
        };
        roles.push((role.code, city.user(role.code, reach).await));
    }
    let everything: Vec<_> = ROLES.iter().map(|it| (it.code, Reach::All)).collect();
    let anybody = city.user_with(&everything).await;
    let user = json!(p.clerk.id);
    let full = |action: Action, from: State, version: i64| {
        let mut body = json!({ "version": version, "action": action });
        if let Some(step) = FLOW.find(from, action) {
            for ask in step.asks.iter().filter(|it| it.field != "photos") {
                body[ask.field] = given(action, ask.field, &user);
            }
        }
        body
    };
    for state in State::ALL.iter().copied() {
        for action in Action::ALL.iter().copied() {
            // A case of its own in that state.
            let case = anybody.post("/api/cases", report()).await.ok()["id"]
                .as_str()
                .expect("an id")
                .to_owned();
            let path = format!("/api/cases/{case}/moves");
            let (mut at, mut version) = (State::Reported, 1);
            for step in way_to(state) {
                for step in first(step, at).iter().copied().chain([step]) {
                    let receipt = anybody.post(&path, full(step, at, version)).await.ok();
                    at = receipt["state"]
                        .as_str()
                        .and_then(|it| it.parse().ok())
                        .expect("a state");
                    version += 1;
                }
            }
            if FLOW.find(state, action).is_some() {
                for step in first(action, state) {
                    anybody.post(&path, full(*step, at, version)).await.ok();
                    version += 1;
                }
            }
            let Some(step) = FLOW.find(state, action) else {
                let body = json!({ "version": version, "action": action });
                anybody.post(&path, body).await.refused(409, "cases.move_not_open");
                continue;
            };
            for ask in step.asks.iter().filter(|it| it.required) {
                let mut body = full(action, state, version);
                body.as_object_mut().expect("an object").remove(ask.field);
                let problem = anybody.post(&path, body).await.refused(422, "kernel.invalid");
                assert_eq!(problem["fields"][0]["field"], ask.field, "{state} {action}");
            }
            for (role, who) in &roles {
                let holds = GRANTS.iter().any(|it| {
                    (it.role == "*" || it.role == *role) && it.permissions.iter().any(|it| it.code == step.needs.code)
                });
                if !holds {
                    let reply = who.post(&path, full(action, state, version)).await;
                    assert!(
                        [403, 404].contains(&reply.status),
                        "{role} {state} {action}: {}",
                        reply.body
                    );
                }
            }
            if action == Action::FinishStage {
                // The standard of this city has no stages; tests/clocks.rs has one that does.
                let reply = anybody.post(&path, full(action, state, version)).await;
                reply.refused(409, "cases.last_stage");
                continue;
            }
            let receipt = anybody.post(&path, full(action, state, version)).await.ok();
            assert_eq!(
                receipt["state"].as_str(),
                Some(step.to.unwrap_or(state).as_str()),
                "{state} {action}"
            );
        }
    }
}

#[db_test]
async fn a_move_outside_the_scope_looks_as_if_there_were_no_case(store: Store) {
    let city = city(store).await;
    let p = people(&city).await;
    let elsewhere = city.user("worker", Reach::Area(OTHER_GRID.into())).await;
    let case = p.worker.post("/api/cases", report()).await.ok()["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let path = format!("/api/cases/{case}/moves");
    let note = json!({ "version": 1, "action": "note", "note": "看一看" });
    elsewhere
        .post(&path, note.clone())
        .await
        .refused(404, "kernel.not_found");
    p.water.post(&path, note.clone()).await.refused(404, "kernel.not_found");
    p.worker.post(&path, note).await.ok();
    let list = elsewhere.get(&format!("/api/cases?area={GRID}")).await.ok();
    assert_eq!(list["items"], json!([]));
}

#[test]
fn the_diagram_in_the_readme_is_the_table() {
    let readme = include_str!("../../README.md");
    let drawn = readme
        .split("<!-- flow:begin -->")
        .nth(1)
        .and_then(|it| it.split("<!-- flow:end -->").next());
    let expected = format!("\n```mermaid\n{}```\n", FLOW.mermaid(State::zh, Action::zh));
    assert_eq!(drawn, Some(expected.as_str()), "run `cargo xtask gen` to draw it anew");
}
