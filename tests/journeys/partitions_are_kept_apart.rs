//! Partitions: new people go where it was said, nobody is moved, and what the
//! user cannot see is not taken for absent.

use crate::go_between::{connect_through, heard};
use serde_json::{Value, json};
use support::Desk;

fn hide(desk: &Desk, names: &[&str]) {
    desk.remote
        .private("POST", "config", json!({ "hidden_partitions": names }));
}

fn partition_of(desk: &Desk, email: &str) -> Vec<Value> {
    let leads = desk.remote.leads_of(email).into_iter();
    leads.map(|lead| lead["partition"].clone()).collect()
}

#[test]
fn creations_name_the_partition_and_updates_do_not() {
    let desk = Desk::default();
    desk.remote.add_people(json!([
        { "email": "ada@x.example", "firstName": "Ada", "lastName": "Byron" },
        { "email": "grace@x.example", "firstName": "Grace", "lastName": "M", "partition": "APAC" },
    ]));
    let between = connect_through(&desk, |_| None);
    desk.import("email,first,last\nada@x.example,Ada,Lovelace\ngrace@x.example,Grace,Hopper\nbob@x.example,Bob,Builder\n");
    desk.destination(
        "audience-and-profile",
        "update-and-create",
        &["--partition", "EMEA"],
    );
    desk.sync(&[]);
    let plan = desk.preview();
    assert_eq!(plan["partitions"], json!(["Default", "EMEA", "APAC"]));
    let run = desk.run(0);
    assert_eq!(
        (&run["people"]["created"], &run["people"]["updated"]),
        (&json!(1), &json!(2))
    );
    assert_eq!(partition_of(&desk, "bob@x.example"), ["EMEA"]);
    assert_eq!(partition_of(&desk, "ada@x.example"), ["Default"]);
    assert_eq!(partition_of(&desk, "grace@x.example"), ["APAC"]);
    let written = heard(&between).into_iter();
    let written: Vec<String> = written
        .filter(|request| request.contains("\"action\""))
        .collect();
    let of = |action: &str| -> Vec<&String> {
        let all = written.iter();
        all.filter(|request| request.contains(&format!("\"action\":\"{action}\"")))
            .collect()
    };
    let (made, changed) = (of("createOnly"), of("updateOnly"));
    assert_eq!((made.len(), changed.len(), written.len()), (1, 1, 2));
    assert!(made[0].contains("\"partitionName\":\"EMEA\""), "{made:?}");
    assert!(!changed[0].contains("partition"), "{changed:?}");
}

#[test]
fn a_partition_that_cannot_be_seen_is_refused_by_name() {
    let desk = Desk::default();
    desk.connect();
    hide(&desk, &["APAC"]);
    let create = |more: &[&str]| {
        let arguments = [
            "destination",
            "create",
            "--name",
            "Leads",
            "--connection",
            "Marketo",
            "--person-action",
            "update-existing",
            "--dedupe-field",
            "email",
            "--map",
            "email=DedupeField",
        ];
        desk.usher(&[&arguments[..], more].concat())
    };
    for name in ["APAC", "Nowhere", "emea"] {
        let refused = create(&["--sync-type", "profile-only", "--partition", name]).exits(1);
        assert_eq!(refused.error(), "unknown_partition", "{name}");
        assert!(
            refused.stderr.contains("Default, EMEA"),
            "{}",
            refused.stderr
        );
    }
    let refused = create(&["--sync-type", "audience-only", "--partition", "EMEA"]).exits(2);
    assert_eq!(refused.error(), "usage", "without profiles nobody chooses");
    let none = desk.usher(&["destination", "list"]).ok().json();
    assert_eq!(none, json!([]));
}

#[test]
fn people_whose_partition_went_out_of_sight_are_not_taken_for_gone() {
    let desk = Desk::default();
    desk.remote.add_people(json!([
        { "email": "ada@x.example", "firstName": "Ada", "lastName": "L", "partition": "EMEA" },
    ]));
    desk.connect();
    desk.import("email,first,last\nada@x.example,Ada,L\nbob@x.example,Bob,B\n");
    desk.destination("audience-and-profile", "update-and-create", &[]);
    desk.sync(&[]);
    desk.run(0);
    hide(&desk, &["EMEA"]);
    let plan = desk.preview();
    assert_eq!(
        plan["guardrails"],
        json!([{ "name": "unseen_partitions", "limit": 3, "found": 2 }])
    );
    let held = desk.usher(&["sync", "run", "Go"]).exits(4);
    assert_eq!(held.json()["state"], "held");
    assert_eq!(
        partition_of(&desk, "ada@x.example"),
        ["EMEA"],
        "nothing was sent"
    );

    // Overridden, it is the service that refuses to make them twice.
    let allowed = ["sync", "run", "Go", "--allow", "unseen_partitions"];
    let run = desk.usher(&allowed).exits(3).json();
    let overridden = &run["overridden"][0];
    assert_eq!(overridden["name"], "unseen_partitions", "{run}");
    assert!(overridden["found"].is_u64() && overridden["limit"].is_u64());
    assert_eq!(run["people"]["rejected"], json!({ "1008": 1 }), "{run}");
    assert_eq!(partition_of(&desk, "ada@x.example"), ["EMEA"]);
    hide(&desk, &[]);
    let run = desk.run(0);
    assert_eq!(
        (&run["people"]["unchanged"], &run["list"]["kept"]),
        (&json!(2), &json!(2))
    );
}

#[test]
fn a_partition_that_is_no_longer_allowed_refuses_people_one_by_one() {
    let desk = Desk::default();
    desk.remote.add_people(json!([
        { "email": "ada@x.example", "firstName": "Ada", "lastName": "Byron" },
    ]));
    desk.connect();
    desk.import(
        "email,first,last\nada@x.example,Ada,Lovelace\nbob@x.example,Bob,B\ncy@x.example,Cy,C\n",
    );
    desk.destination(
        "audience-and-profile",
        "update-and-create",
        &["--partition", "APAC"],
    );
    desk.sync(&[]);
    hide(&desk, &["APAC"]);
    let run = desk.run(3);
    assert_eq!(run["state"], "completed_with_problems");
    assert_eq!(run["people"]["rejected"], json!({ "1008": 2 }));
    assert_eq!(
        (&run["people"]["updated"], &run["list"]["added"]),
        (&json!(1), &json!(1)),
        "who is there is sent all the same"
    );
    let bob = &desk.people(&run)[1];
    assert_eq!(
        (&bob["outcome"], &bob["list"]),
        (&json!("rejected"), &json!("none"))
    );
    assert_eq!(bob["reason"]["code"], "1008");
    assert!(bob["reason"]["fix"].as_str().unwrap().contains("partition"));
    assert!(desk.remote.leads_of("bob@x.example").is_empty());
}
