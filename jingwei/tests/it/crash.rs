//! `kill -9` in the middle of the work: what was acknowledged is there after the restart, and nothing is half made.

use std::process::Command;

use kernel::testing::{Store, db_test};

use crate::program::{Service, jingwei, lines, run, wait};

/// Enough for the kill to hit moves of every kind.
const CASES: &str = "60";

fn demo(store: &Store, port: &str) -> Command {
    let mut command = jingwei(store);
    command.args(["demo", "--cases", "600", "--port", port]);
    command.args(["--data", &store.folder().to_string_lossy(), "--database", store.url()]);
    command
}

#[db_test]
async fn acknowledged_moves_outlive_the_program(store: Store) {
    // A demo that was killed while it was made is made again.
    let mut half = demo(&store, "0").spawn().expect("starts");
    std::thread::sleep(std::time::Duration::from_secs(2));
    half.kill().expect("a child of ours");
    half.wait().expect("a child of ours");

    let mut service = Service::start(&mut demo(&store, "0"));
    let port = service.address.port().to_string();
    let journal = store.folder().join("journal.csv");
    let url = service.url();
    let replay = |more: &[&str]| {
        let mut command = jingwei(&store);
        command.args(["replay", "--server", &url]).args(more);
        command
    };
    let path = journal.to_string_lossy();
    let mut playing = replay(&["--limit", CASES, "--workers", "4", "--journal", &path])
        .spawn()
        .expect("starts");
    for moves in [100, 350] {
        wait("moves to be acknowledged", || (lines(&journal) >= moves).then_some(()));
        service.kill();
        service = Service::start(&mut demo(&store, &port));
    }
    let status = wait("the replay to end", || playing.try_wait().expect("a child of ours"));
    assert!(
        status.success(),
        "every case ended closed, whatever happened to the server"
    );
    let (whole, said) = run(&mut replay(&["--check", &path]));
    assert!(
        whole && said.contains(&format!("moves of {CASES} cases: all there, none half")),
        "{said}"
    );

    // A move that nobody made is noticed: the check has teeth.
    let text = std::fs::read_to_string(&journal).expect("reads");
    std::fs::write(&journal, text.replacen(",accept,", ",decline,", 1)).expect("writes");
    let (whole, said) = run(&mut replay(&["--check", &path]));
    assert!(!whole && said.contains("not there as acknowledged"), "{said}");
    assert!(service.stop());
}
