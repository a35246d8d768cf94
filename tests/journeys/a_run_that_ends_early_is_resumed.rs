//! A run that was killed or stopped: told as such, and gone on with.

use crate::wait::until;
use serde_json::json;
use support::Desk;

fn ready() -> Desk {
    let desk = Desk::default();
    desk.remote
        .add_people(json!([{ "email": "old1@x.example", "firstName": "O", "lastName": "1" }]));
    desk.connect();
    desk.import("email,first,last\nnew1@x.example,New,One\nnew2@x.example,New,Two\nold1@x.example,Old,One\n");
    desk.destination("audience-and-profile", "update-and-create", &[]);
    desk.sync(&[]);
    desk
}

#[test]
fn a_killed_run_is_interrupted_and_ends_like_a_clean_one() {
    for place in [
        "people_written",
        "after_sending_mark",
        "after_reply",
        "after_receipts:2",
        "after_list_creation",
        "list_batches_written",
    ] {
        let desk = ready();
        desk.killed_at(&["sync", "run", "Go"], place);
        let runs = desk.usher(&["run", "list"]).ok().json();
        assert_eq!(runs[0]["state"], "interrupted", "{place}");
        let run = desk
            .usher(&["run", "resume", runs[0]["run_id"].as_str().unwrap()])
            .ok()
            .json();
        assert_eq!(run["state"], "completed", "{place}: {run}");
        assert_eq!(
            (&run["people"]["created"], &run["people"]["updated"]),
            (&json!(2), &json!(1)),
            "{place}"
        );
        assert_eq!(run["list"]["added"], 3, "{place}");
        assert_eq!(
            desk.remote.leads_of("new1@x.example").len(),
            1,
            "{place}: nobody is made twice"
        );
        assert_eq!(desk.remote.members("People").unwrap().len(), 3, "{place}");
    }
}

#[test]
fn a_new_run_settles_and_closes_the_earlier_one() {
    let desk = ready();
    desk.killed_at(&["sync", "run", "Go"], "after_reply");
    let run = desk.run(0);
    assert_eq!(
        run["people"]["unchanged"].as_u64().unwrap()
            + run["people"]["created"].as_u64().unwrap()
            + run["people"]["updated"].as_u64().unwrap(),
        3
    );
    let runs = desk.usher(&["run", "list"]).ok().json();
    assert_eq!(
        (&runs[0]["state"], &runs[1]["state"]),
        (&json!("completed"), &json!("stopped"))
    );
    assert_eq!(desk.remote.leads_of("new1@x.example").len(), 1);
    assert_eq!(desk.remote.members("People").unwrap().len(), 3);
}

#[cfg(unix)]
#[test]
fn an_interrupt_stops_in_an_orderly_way() {
    let desk = ready();
    desk.remote
        .private("POST", "config", json!({ "latency_ms": 400 }));
    let child = desk.start(&["sync", "run", "Go"]);
    until("a write is under way", || {
        desk.remote
            .calls()
            .iter()
            .any(|call| call["path"] == "/rest/v1/leads.json" && call["records"].as_u64() > Some(0))
    });
    let id = child.id().to_string();
    std::process::Command::new("kill")
        .args(["-INT", &id])
        .status()
        .unwrap();
    let ran: support::Ran = child.wait_with_output().unwrap().into();
    let ran = ran.exits(7);
    assert_eq!(ran.json()["state"], "stopped");
    desk.remote
        .private("POST", "config", json!({ "latency_ms": 0 }));
    let run = desk
        .usher(&["run", "resume", ran.json()["run_id"].as_str().unwrap()])
        .ok()
        .json();
    assert_eq!(
        (&run["state"], &run["list"]["added"]),
        (&json!("completed"), &json!(3))
    );
    assert_eq!(desk.remote.leads_of("new1@x.example").len(), 1);
}
