//! Several leads of one key: the most recently updated counts, and who holds a
//! place on the list keeps it.

use serde_json::{Value, json};
use support::Desk;

#[test]
fn the_most_recently_updated_counts_in_any_partition() {
    let desk = Desk::default();
    let ids = desk.remote.add_people(json!([
        { "email": "ada@x.example", "firstName": "Old", "lastName": "L", "updatedAt": "2026-01-01T00:00:00Z" },
        { "email": "ADA@x.example", "firstName": "New", "lastName": "L", "updatedAt": "2026-03-01T00:00:00Z", "partition": "EMEA" },
        { "email": "bob@x.example", "firstName": "Bob", "lastName": "B", "updatedAt": "2026-02-01T00:00:00Z" },
        { "email": "bob@x.example", "firstName": "Bob", "lastName": "B", "updatedAt": "2026-02-01T00:00:00Z" },
    ]));
    desk.connect();
    desk.import("email,first,last\nada@x.example,Ada,Lovelace\nbob@x.example,Bobby,B\n Ada@X.example ,Second,Row\n");
    desk.destination("audience-and-profile", "update-and-create", &[]);
    desk.sync(&[]);
    let plan = desk.preview();
    assert_eq!(plan["ambiguous_keys"], 2);
    assert_eq!(plan["people"]["update"], 2);
    assert_eq!(
        plan["people"]["skip"]["duplicate_in_audience"], 1,
        "the first row of a key counts"
    );
    let people = desk
        .usher(&["sync", "preview", "Go", "--people"])
        .ok()
        .lines();
    assert_eq!(
        people[0]["lead_id"], ids[1],
        "the newest, in another partition"
    );
    assert_eq!(
        people[0]["explain"]["candidates"].as_array().unwrap().len(),
        2
    );
    assert_eq!(people[1]["lead_id"], ids[3], "a tie goes to the higher id");
    let run = desk.run(0);
    assert_eq!(run["list"]["added"], 2);
    assert_eq!(desk.remote.members("People").unwrap(), [ids[1], ids[3]]);
}

#[test]
fn nobody_is_moved_to_and_fro() {
    let desk = Desk::default();
    let ids = desk.remote.add_people(json!([
        { "email": "ada@x.example", "firstName": "Ada", "lastName": "L", "updatedAt": "2026-03-01T00:00:00Z" },
        { "email": "ada@x.example", "firstName": "Ada", "lastName": "L", "updatedAt": "2026-01-01T00:00:00Z" },
    ]));
    desk.connect();
    desk.import("email,first,last\nada@x.example,Ada,Lovelace\n");
    desk.destination("audience-only", "update-existing", &[]);
    desk.sync(&[]);
    desk.run(0);
    assert_eq!(desk.remote.members("People").unwrap(), [ids[0]]);
    desk.remote.private(
        "PATCH",
        &format!("lead/{}", ids[1]),
        json!({ "title": "Countess", "updatedAt": "2026-10-01T00:00:00Z" }),
    );
    let plan = desk.preview();
    assert_eq!(
        (&plan["list"]["keep"], &plan["list"]["add"]),
        (&json!(1), &json!(0))
    );
    let person: Value = desk
        .usher(&["sync", "preview", "Go", "--people"])
        .ok()
        .lines()
        .remove(0);
    assert_eq!(
        person["lead_id"], ids[1],
        "the profile that is meant is the newest"
    );
    assert_eq!(
        person["list_lead_id"], ids[0],
        "the place stays with the one Usher added"
    );
    let run = desk.run(0);
    assert_eq!(run["list"]["kept"], 1);
    assert_eq!(desk.remote.members("People").unwrap(), [ids[0]]);
}
