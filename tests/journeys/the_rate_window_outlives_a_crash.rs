//! The window of calls is kept on disk: who comes after a crash waits for what
//! the dead process had used of it.

use serde_json::json;
use support::{Config, Desk};

const CALLS: usize = 8;
/// Milliseconds.
const WINDOW: u64 = 20_000;

#[test]
fn no_window_holds_more_calls_than_the_users_share() {
    // The service would refuse a ninth, with 606 in its log.
    let desk = Desk::with(Config {
        people: 0,
        calls_per_window: CALLS as u32,
        ..Desk::quick()
    });
    desk.connect_with(&["--calls-per-20s", "8", "--concurrency", "2"]);
    desk.import("email,first,last\na@x.example,A,A\nb@x.example,B,B\n");
    desk.destination("audience-and-profile", "update-and-create", &[]);
    desk.sync(&[]);
    desk.killed_at(&["sync", "run", "Go"], "after_receipts");
    let before = desk.remote.calls().len();
    assert!(before >= CALLS - 1, "the window was all but full: {before}");

    let runs = desk.usher(&["run", "list"]).ok().json();
    assert_eq!(runs[0]["state"], "interrupted");
    let id = runs[0]["run_id"].as_str().unwrap();
    let run = desk.usher(&["run", "resume", id]).ok().json();
    assert_eq!(
        (&run["people"]["created"], &run["list"]["added"]),
        (&json!(2), &json!(2))
    );
    let calls = desk.remote.calls();
    assert!(
        calls.len() > CALLS,
        "one more than a window holds: {}",
        calls.len()
    );
    assert!(calls.iter().all(|call| call["code"] != "606"), "{calls:?}");
    let starts: Vec<u64> = calls
        .iter()
        .map(|call| call["ms"].as_u64().unwrap())
        .collect();
    for (first, next) in starts.iter().zip(&starts[CALLS..]) {
        assert!(next - first >= WINDOW, "{starts:?}");
    }
}
