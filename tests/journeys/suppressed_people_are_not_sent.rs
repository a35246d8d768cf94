//! Suppression always wins: by address, by its hash, by another column, and
//! between the plan and the batch.

use serde_json::json;
use support::Desk;

/// SHA-256 of `bob@x.example`, as somebody who shares only hashes gives it.
const BOB: &str = "7832d9309020e043e851f1b7936f0934e57fccc68f62a661a414880191f9311e";

#[test]
fn by_address_by_hash_and_by_the_leads_own_address() {
    let desk = Desk::default();
    desk.remote.add_people(
        json!([{ "crmId": "C3", "email": "cy@x.example", "firstName": "Cy", "lastName": "C" }]),
    );
    desk.connect();
    desk.import("crm,email,first,last\nC1,ada@x.example,Ada,L\nC2,bob@x.example,Bob,B\nC3,new@x.example,Cy,C\n");
    let map = ["--map", "email=email"];
    let mut arguments = vec![
        "destination",
        "create",
        "--name",
        "Leads",
        "--connection",
        "Marketo",
    ];
    arguments.extend([
        "--sync-type",
        "audience-and-profile",
        "--person-action",
        "update-and-create",
        "--dedupe-field",
        "crmId",
    ]);
    arguments.extend([
        "--map",
        "crm=DedupeField",
        "--map",
        "first=firstName",
        "--map",
        "last=lastName",
    ]);
    arguments.extend(map);
    desk.usher(&arguments).ok();
    desk.sync(&[]);
    desk.usher(&["suppression", "add", " ADA@x.example", "cy@x.example"])
        .ok();
    let plan = desk.preview();
    assert_eq!(
        plan["people"]["skip"]["suppressed"], 2,
        "by a mapped column, and by the lead's own address: {plan}"
    );
    let listed = desk.usher(&["suppression", "list"]).ok().json();
    assert_eq!(listed.as_array().unwrap().len(), 2);
    desk.usher(&["suppression", "add", BOB]).ok();
    assert_eq!(
        desk.preview()["people"]["skip"]["suppressed"],
        3,
        "a hash stands for its address"
    );
    desk.usher(&["suppression", "remove", BOB]).ok();
    assert_eq!(desk.run(0)["people"]["created"], 1);
}

#[test]
fn a_suppression_holds_under_a_plan_that_was_approved_before() {
    let desk = Desk::default();
    desk.connect();
    desk.import("email,first,last\nada@x.example,Ada,L\nbob@x.example,Bob,B\n");
    desk.destination("audience-and-profile", "update-and-create", &[]);
    desk.sync(&[]);
    let digest = desk.preview()["digest"].as_str().unwrap().to_owned();
    desk.usher_given(&["suppression", "add", "-"], "bob@x.example\n")
        .ok();
    let run = desk
        .usher(&["sync", "run", "Go", "--plan", &digest])
        .ok()
        .json();
    assert_eq!(
        (
            &run["people"]["created"],
            &run["people"]["skipped"]["suppressed"]
        ),
        (&json!(1), &json!(1))
    );
    assert!(desk.remote.leads_of("bob@x.example").is_empty());
    assert_eq!(desk.remote.members("People").unwrap().len(), 1);
}
