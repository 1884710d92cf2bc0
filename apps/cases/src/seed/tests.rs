//! The demo's cases keep what they promise: legal moves in order, the right numbers, believable shares, the same again.

use std::collections::{HashMap, HashSet};

use standards::{Kind, class};

use super::catalogue::STANDARDS;
use super::history::CLOSED;
use super::history::{Fate, history_of};
use super::seasons::DAY;
use super::{CASES, DemoActor, DemoCase, DemoDuty, DemoPlace, history, standards};

/// A summer morning of 2026, a working day.
const NOW: i64 = 1_784_000_000_000;

/// Square grids side by side, city in the west, country in the east.
fn places() -> Vec<DemoPlace> {
    (0..40_u32)
        .map(|i| {
            let (x, y) = (119.8 + f64::from(i) * 0.01, 32.4);
            let village = 1 + i / 4;
            DemoPlace {
                grid: format!("321099001{village:03}{:03}", i % 4 + 1),
                village: format!("{village}号社区"),
                urban: 1.0 - f64::from(i) / 40.0,
                population: 800,
                dedicated: i == 3,
                ring: vec![(x, y), (x + 0.01, y), (x + 0.01, y + 0.01), (x, y + 0.01)],
                workers: vec![format!("w{i:05}"), format!("w{:05}", i + 100)],
            }
        })
        .collect()
}

/// The table of moves: action, from, to.
const MOVES: &[(&str, &[&str], &str)] = &[
    ("accept", &["reported"], "accepted"),
    ("decline", &["reported"], "declined"),
    ("send_verify", &["reported", "accepted"], "verifying"),
    ("verify", &["verifying"], "accepted"),
    ("file", &["accepted"], "filed"),
    ("dispatch", &["filed"], "dispatched"),
    ("receive", &["dispatched"], "handling"),
    ("assign", &["handling"], "handling"),
    ("handle", &["handling"], "handled"),
    ("return", &["dispatched", "handling"], "filed"),
    ("send_check", &["handled"], "checking"),
    ("check", &["checking"], "checked"),
    ("close", &["checked"], "closed"),
    ("rework", &["checked"], "dispatched"),
    (
        "void",
        &[
            "accepted",
            "filed",
            "dispatched",
            "handling",
            "handled",
            "checking",
            "checked",
        ],
        "voided",
    ),
    ("evaluate", &["closed"], "closed"),
];

fn assert_legal(case: &DemoCase, now: i64) {
    let first = &case.steps[0];
    assert_eq!(
        (first.action, first.from, first.to, first.at),
        ("report", None, "reported", case.reported_at)
    );
    let (mut state, mut at) = (first.to, first.at);
    for step in &case.steps[1..] {
        let (_, from, to) = MOVES.iter().find(|(action, _, _)| *action == step.action).unwrap();
        assert!(
            step.from == Some(state) && from.contains(&state) && step.to == *to,
            "{state} {step:?}"
        );
        assert!(step.at > at && step.at <= now, "{case:#?}");
        let needs_note = ["decline", "void", "return", "rework", "handle"].contains(&step.action);
        assert!(!needs_note || step.note.is_some(), "{step:?}");
        assert_eq!(step.body.is_some(), step.action == "dispatch");
        assert_eq!(step.outcome.is_some(), ["verify", "check"].contains(&step.action));
        assert_eq!(step.rating.is_some(), step.action == "evaluate");
        (state, at) = (step.to, step.at);
    }
    let count = |action: &str| case.steps.iter().filter(|s| s.action == action).count();
    assert_eq!(state, case.state);
    assert_eq!(i64::try_from(count("rework")).unwrap(), case.rework_count);
    assert_eq!(i64::try_from(count("return")).unwrap(), case.return_count);
    assert_eq!(case.standard.is_some(), count("file") > 0);
    assert_eq!(case.body.is_some(), count("dispatch") > 0);
    assert_eq!(
        case.ended_at.is_some(),
        ["closed", "declined", "voided"].contains(&case.state)
    );
    assert!(
        !case.description.contains('{') && case.description.contains(&case.place),
        "{}",
        case.description
    );
}

#[test]
fn the_list_covers_every_class_and_names_known_bodies() {
    let list = standards();
    assert_eq!(list.len(), STANDARDS);
    let codes: HashSet<&str> = list.iter().map(|s| s.code.as_str()).collect();
    assert_eq!(codes.len(), list.len());
    let mut classes: HashMap<(Kind, &str), usize> = HashMap::new();
    for standard in &list {
        assert!(class(standard.kind, standard.class).is_some());
        *classes.entry((standard.kind, standard.class)).or_default() += 1;
        let texts = [&standard.condition, &standard.condition_en, &standard.closing];
        assert!(
            texts.iter().all(|text| !text.is_empty() && !text.contains('{')),
            "{standard:?}"
        );
        for code in [standard.supervisor].into_iter().chain(match standard.duty {
            DemoDuty::Body(code) => Some(code),
            DemoDuty::Town | DemoDuty::Village => None,
        }) {
            let number: u32 = code[1..].parse().unwrap();
            assert!(matches!((&code[..1], number), ("D", 1..=28) | ("C", 1..=11)), "{code}");
        }
    }
    assert_eq!(classes.len(), 153 + 250);
    assert!(classes.values().all(|n| (2..=4).contains(n)), "{classes:?}");
}

#[test]
fn a_year_of_cases_is_legal_and_believable() {
    let (places, list) = (places(), standards());
    let workers: HashSet<String> = places.iter().flat_map(|p| p.workers.clone()).collect();
    let by_grid: HashMap<String, DemoPlace> = places.iter().map(|p| (p.grid.clone(), p.clone())).collect();
    let mut tally: HashMap<&str, usize> = HashMap::new();
    let mut before = 0;
    let ended = [(Fate::Closed, 12_000), (Fate::Declined, 120), (Fate::Voided, 70)];
    let year = history_of(1, NOW, places, list.clone(), &ended, 1);
    let all = year.len() as f64;
    for case in year {
        assert_legal(&case, NOW);
        assert!(case.reported_at >= before && case.reported_at > NOW - 367 * DAY);
        before = case.reported_at;
        let ring = &by_grid[&case.area].ring;
        assert!(case.lng >= ring[0].0 && case.lng <= ring[2].0 && case.lat >= ring[0].1 && case.lat <= ring[2].1);
        if let Some(standard) = case.standard.map(|i| &list[i]) {
            assert_eq!((standard.kind, standard.class), (case.kind, case.class));
        }
        for step in &case.steps {
            if let DemoActor::Worker(login) = &step.actor {
                assert!(workers.contains(login));
            }
        }
        for key in [case.state, case.source] {
            *tally.entry(key).or_default() += 1;
        }
        if case.state == "closed" {
            *tally.entry("late").or_default() += usize::from(case.handle_late);
            *tally.entry("reworked").or_default() += usize::from(case.rework_count > 0);
            *tally.entry("returned").or_default() += usize::from(case.return_count > 0);
        }
    }
    assert_eq!((tally["closed"], tally["declined"], tally["voided"]), (12_000, 120, 70));
    for state in [
        "reported",
        "verifying",
        "accepted",
        "filed",
        "dispatched",
        "handling",
        "handled",
        "checking",
        "checked",
    ] {
        assert!(tally[state] > 0, "none {state}");
    }
    let near = |key: &str, percent: f64| {
        let found = tally[key] as f64 / all * 100.0;
        assert!(
            (found - percent).abs() < 0.15 * percent + 0.3,
            "{key}: {found:.1} %, not {percent} %"
        );
    };
    for (key, percent) in [
        ("worker", 78.0),
        ("resident", 10.0),
        ("hotline", 8.0),
        ("department", 4.0),
        ("late", 6.0),
        ("reworked", 3.0),
        ("returned", 4.0),
    ] {
        near(key, percent);
    }
}

#[test]
fn the_year_has_its_number_of_cases() {
    assert_eq!(history(1, NOW, places(), standards(), 1).len(), CASES);
    const { assert!(CLOSED < CASES) };
}

#[test]
fn any_hour_of_any_day_can_be_now() {
    // Night, Spring Festival, a Sunday morning, the first of January, and years without a calendar.
    for now in [
        NOW + 11 * 3_600_000,
        1_771_300_000_000,
        1_782_000_000_000,
        1_767_200_400_000,
        2_000_000_000_000,
    ] {
        for case in history_of(
            2,
            now,
            places(),
            standards(),
            &[(Fate::Closed, 400), (Fate::Voided, 20)],
            1,
        ) {
            assert_legal(&case, now);
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_year() {
    let some = |seed| history_of(seed, NOW, places(), standards(), &[(Fate::Closed, 300)], 1).collect::<Vec<_>>();
    assert_eq!(some(5), some(5));
    assert_ne!(some(5), some(6));
}
