//! From a file to a list, and again without writing anything.

use serde_json::json;
use support::Desk;

#[test]
fn people_reach_the_list_and_are_all_accounted_for() {
    let desk = Desk::default();
    let there = desk.remote.add_people(json!([
        { "email": "ada@x.example", "firstName": "Ada", "lastName": "Byron" },
    ]));
    desk.connect();
    desk.import("email,first,last\nada@x.example,Ada,Lovelace\ngrace@x.example,Grace,Hopper\nnobody,No,Body\n");
    desk.destination("audience-and-profile", "update-and-create", &[]);
    desk.sync(&[]);

    let plan = desk.preview();
    assert_eq!(plan["people"]["create"], 1);
    assert_eq!(plan["people"]["update"], 1);
    assert_eq!(plan["people"]["skip"]["invalid_key"], 1);
    assert_eq!(plan["list"]["exists"], false);
    assert_eq!(plan["list"]["add"], 2);
    assert!(
        desk.remote.members("People").is_none(),
        "a preview makes nothing"
    );

    let run = desk
        .usher(&[
            "sync",
            "run",
            "Go",
            "--plan",
            plan["digest"].as_str().unwrap(),
        ])
        .ok()
        .json();
    assert_eq!(run["state"], "completed");
    assert_eq!(
        run["calls"], plan["cost"]["calls"],
        "the plan told how many calls it takes"
    );
    assert_eq!(run["people"]["created"], 1);
    assert_eq!(run["people"]["updated"], 1);
    assert_eq!(run["people"]["invalid"]["invalid_key"], 1);
    let members = desk.remote.members("People").unwrap();
    assert_eq!(members.len(), 2);
    assert!(members.contains(&there[0]));
    assert_eq!(
        desk.remote.leads_of("ada@x.example")[0]["lastName"],
        "Lovelace"
    );

    let again = desk.run(0);
    assert_eq!(again["people"]["unchanged"], 2);
    assert_eq!(again["list"]["kept"], 2);
    assert_eq!(again["list"]["added"], 0);
}
