//! What was approved under a digest is sent, once, and nothing else.

use serde_json::{Value, json};
use support::Desk;

fn ready(people: &str) -> Desk {
    let desk = Desk::default();
    desk.connect();
    desk.import(&format!("email,first,last\n{people}"));
    desk.destination("audience-and-profile", "update-and-create", &[]);
    desk.sync(&[]);
    desk
}

#[test]
fn a_digest_names_one_plan_that_is_sent_once() {
    let desk = ready("ada@x.example,Ada,L\nbob@x.example,Bob,B\n");
    let digest = |plan: Value| plan["digest"].as_str().unwrap().to_owned();
    let first = digest(desk.preview());
    assert_eq!(
        first,
        digest(desk.preview()),
        "the same state has the same digest"
    );
    desk.usher(&["destination", "edit", "Leads", "--partition", "EMEA"])
        .ok();
    assert_ne!(
        first,
        digest(desk.preview()),
        "another setting, another plan"
    );
    assert_eq!(
        desk.usher(&["sync", "run", "Go", "--plan", "0000"])
            .exits(1)
            .error(),
        "not_found"
    );
    let run = desk
        .usher(&["sync", "run", "Go", "--plan", &first])
        .ok()
        .json();
    assert_eq!(run["digest"], first.as_str());
    assert_eq!(
        desk.remote.leads_of("ada@x.example")[0]["partition"],
        "Default",
        "as it was approved"
    );
    assert_eq!(
        desk.usher(&["sync", "run", "Go", "--plan", &first])
            .exits(1)
            .error(),
        "plan_used"
    );
    let offline = desk
        .usher(&["sync", "preview", "Go", "--offline"])
        .ok()
        .json();
    assert_eq!(
        offline["people"]["leave"], 2,
        "what was delivered is known without a network"
    );
    assert_eq!(offline["list"]["keep"], 2);
}

#[test]
fn nothing_is_concluded_from_what_was_never_read() {
    let desk = ready("ada@x.example,Ada,L\n");
    assert_eq!(
        desk.usher(&["sync", "preview", "Go", "--offline"])
            .exits(1)
            .error(),
        "destination_not_read"
    );
    desk.preview();
    desk.usher(&["sync", "preview", "Go", "--offline"]).ok();
    desk.import("email,first,last\nada@x.example,Ada,L\nnew@x.example,New,N\n");
    let refused = desk.usher(&["sync", "preview", "Go", "--offline"]).exits(1);
    assert_eq!(refused.error(), "destination_not_read");
    assert!(
        refused.stderr.contains("1 key"),
        "it says how many: {}",
        refused.stderr
    );
}

#[test]
fn a_pilot_sends_the_first_rows_and_removes_nobody() {
    let desk = ready("a@x.example,A,A\nb@x.example,B,B\nc@x.example,C,C\n");
    let run = desk
        .usher(&["sync", "run", "Go", "--limit", "2"])
        .ok()
        .json();
    assert_eq!(run["state"], "completed");
    assert_eq!(
        (
            &run["people"]["created"],
            &run["people"]["skipped"]["not_sent"]
        ),
        (&json!(2), &json!(1))
    );
    assert_eq!(
        (&run["list"]["added"], &run["list"]["not_sent"]),
        (&json!(2), &json!(1))
    );
    assert!(desk.remote.leads_of("c@x.example").is_empty());
    let people = desk.people(&run);
    assert_eq!(people[2]["reason"]["code"], "not_sent");
    assert_eq!(people.len(), 3);
    assert_eq!(desk.run(0)["people"]["created"], 1, "the rest follows");
}

#[test]
fn every_person_is_explained_and_the_parts_add_up() {
    let desk = ready(
        "ada@x.example,Ada,L\n,No,Key\nnot an address,Bad,Key\nADA@x.example,Twice,Here\nnew@x.example,,Blank\n",
    );
    let plan = desk.preview();
    let skip: u64 = plan["people"]["skip"]
        .as_object()
        .unwrap()
        .values()
        .map(|n| n.as_u64().unwrap())
        .sum();
    let parts: u64 = ["create", "update", "leave"]
        .map(|part| plan["people"][part].as_u64().unwrap())
        .iter()
        .sum();
    assert_eq!(parts + skip, 5);
    for reason in [
        "no_key",
        "invalid_key",
        "duplicate_in_audience",
        "missing_required",
    ] {
        assert_eq!(plan["people"]["skip"][reason], 1, "{reason}");
        let told = desk
            .usher(&["sync", "preview", "Go", "--people", "--reason", reason])
            .ok()
            .lines();
        assert_eq!(told.len(), 1, "{reason}");
        assert!(!told[0]["reason"]["message"].as_str().unwrap().is_empty());
    }
    let ada = desk
        .usher(&["sync", "explain", "Go", "Ada@x.example"])
        .ok()
        .lines();
    assert_eq!(ada[0]["explain"]["normalized"], "ada@x.example");
    assert_eq!(
        ada[0]["explain"]["changes"]["firstName"],
        json!([null, "Ada"])
    );
    assert_eq!(
        desk.usher(&["sync", "explain", "Go", "who@x.example"])
            .exits(1)
            .error(),
        "not_found"
    );
}
