//! Once the destination's people were read, only what changed is read again, and the plan
//! is the one that a look at everybody makes.

use serde_json::{Value, json};
use support::Desk;

/// Enough people for lookups to take longer than asking what changed.
const ROWS: usize = 4_200;

fn email(row: usize) -> String {
    format!("p{row}@x.example")
}

fn audience(rows: usize) -> String {
    let lines = (0..rows).map(|row| format!("{},First{row},Last{row}\n", email(row)));
    format!("email,first,last\n{}", lines.collect::<String>())
}

/// Every second of so many is there; their ids by row.
fn ready(rows: usize) -> (Desk, Vec<i64>) {
    let desk = Desk::default();
    let lead =
        |row| json!({ "email": email(row), "firstName": "Was", "lastName": format!("Last{row}") });
    let leads: Vec<Value> = (0..rows).step_by(2).map(lead).collect();
    let ids = desk.remote.add_people(json!(leads));
    an_hour_passes(&desk);
    desk.connect();
    desk.import(&audience(rows));
    desk.destination("audience-and-profile", "update-existing", &[]);
    desk.sync(&[]);
    (desk, ids)
}

/// At the service: what happened before is told no more, but for some minutes' overlap.
fn an_hour_passes(desk: &Desk) {
    let hour = json!({ "advance_seconds": 3_600 });
    desk.remote.private("POST", "clock", hour);
}

/// A preview that reads again, as wished, and the calls to these ends of addresses.
fn preview(desk: &Desk, words: &[&str]) -> (Value, Calls) {
    desk.remote.private("DELETE", "log", Value::Null);
    let all = [&["sync", "preview", "Go", "--refresh"], words].concat();
    let plan = desk.usher(&all).ok().json();
    (plan, Calls::of(desk))
}

#[derive(Debug, PartialEq, Eq)]
struct Calls {
    tokens: usize,
    changes: usize,
    deletions: usize,
    lookups: usize,
}

impl Calls {
    fn of(desk: &Desk) -> Self {
        let log = desk.remote.calls();
        let to = |end: &str| {
            let is_it = |one: &&Value| one["path"].as_str().unwrap().ends_with(end);
            log.iter().filter(is_it).count()
        };
        Self {
            tokens: to("pagingtoken.json"),
            changes: to("leadchanges.json"),
            deletions: to("deletedleads.json"),
            lookups: to("/v1/leads.json"),
        }
    }

    fn of_activities(&self) -> usize {
        self.tokens + self.changes + self.deletions
    }
}

fn patch(desk: &Desk, lead: i64, change: Value) {
    desk.remote
        .private("PATCH", &format!("lead/{lead}"), change);
}

/// What somebody else does to people, one thing of each kind.
fn others_are_busy(desk: &Desk, ids: &[i64]) {
    patch(desk, ids[0], json!({ "firstName": "Theirs" }));
    patch(desk, ids[1], json!({ "phone": "not mapped" }));
    desk.remote
        .private("DELETE", &format!("lead/{}", ids[2]), Value::Null);
    let merge = json!({ "winner": ids[3], "losers": [ids[4], ids[5]] });
    desk.remote.private("POST", "merge", merge);
    // To the key of a row that nobody had, to one that somebody has, and to none at all.
    patch(desk, ids[6], json!({ "email": email(1) }));
    patch(desk, ids[7], json!({ "email": email(20) }));
    patch(desk, ids[8], json!({ "email": null }));
    desk.remote.add_people(json!([
        { "email": email(3), "firstName": "Made", "lastName": "There" },
        { "email": "stranger@elsewhere.example" },
    ]));
}

#[test]
fn a_second_look_asks_what_changed_and_comes_to_the_same_plan() {
    let (desk, ids) = ready(ROWS);
    let (first, calls) = preview(&desk, &[]);
    assert_eq!((calls.lookups, calls.of_activities()), (14, 0));
    assert_eq!(first["people"]["update"], ROWS / 2);
    let read = &first["routes"]["read"];
    assert_eq!(
        (&read["route"], &read["why"]),
        (&json!("changes"), &json!("soonest"))
    );
    let options = read["options"].as_array().unwrap();
    let changes = options
        .iter()
        .find(|one| one["route"] == "changes")
        .unwrap();
    assert_eq!(
        (&changes["calls"], &changes["at_least"]),
        (&json!(3), &json!(true))
    );

    others_are_busy(&desk, &ids);
    let (plan, calls) = preview(&desk, &[]);
    // Who changed, and then the key that two people have now.
    assert_eq!(calls.lookups, 2, "{calls:?}");
    assert_eq!(calls.tokens, 1);
    assert!(calls.of_activities() <= 5, "{calls:?}");
    assert_ne!(plan["digest"], first["digest"]);
    assert_eq!(plan["ambiguous_keys"], 1);
    assert!(plan["destination_as_of"].as_str() > first["destination_as_of"].as_str());
    let offline = desk
        .usher(&["sync", "preview", "Go", "--offline"])
        .ok()
        .json();
    assert_eq!(offline["digest"], plan["digest"]);
    assert_eq!(offline["destination_as_of"], plan["destination_as_of"]);

    let (looked_up, calls) = preview(&desk, &["--read-by", "lookup"]);
    assert_eq!((calls.lookups, calls.of_activities()), (14, 0));
    assert_eq!(looked_up["people"], plan["people"]);
    assert_eq!(looked_up["digest"], plan["digest"]);
}

#[test]
fn runs_read_what_changed_since_and_know_their_own_deliveries() {
    let (desk, ids) = ready(ROWS);
    let first = desk.run(0);
    assert_eq!(first["people"]["updated"], ROWS / 2);
    an_hour_passes(&desk);
    desk.remote.private("DELETE", "log", Value::Null);
    // What Usher itself wrote is all that changed: more than lookups would take.
    let second = desk.run(0);
    assert_eq!(second["people"]["unchanged"], ROWS / 2);
    assert_eq!(Calls::of(&desk).lookups, 14);
    an_hour_passes(&desk);
    patch(&desk, ids[9], json!({ "lastName": "Theirs" }));
    desk.remote.private("DELETE", "log", Value::Null);
    let third = desk.run(0);
    assert_eq!(
        third["people"]["unchanged"],
        ROWS / 2,
        "left, as it drifted: {third}"
    );
    assert_eq!(Calls::of(&desk).lookups, 1);
    assert!(
        third["calls"].as_u64() < second["calls"].as_u64(),
        "{} calls and then {}",
        second["calls"],
        third["calls"]
    );
    patch(&desk, ids[9], json!({ "lastName": "Last18" }));
    desk.run(0);
    let (plan, _) = preview(&desk, &[]);
    let (looked_up, _) = preview(&desk, &["--read-by", "lookup"]);
    assert_eq!(plan["digest"], looked_up["digest"]);
}

#[test]
fn keys_that_are_new_are_looked_up_in_the_same_go() {
    let (desk, ids) = ready(40);
    preview(&desk, &[]);
    desk.import(&audience(43));
    desk.remote
        .add_people(json!([{ "email": email(41), "firstName": "There" }]));
    patch(&desk, ids[0], json!({ "firstName": "Theirs" }));
    let (plan, calls) = preview(&desk, &["--read-by", "changes"]);
    assert_eq!(
        calls.lookups, 2,
        "who changed, and who was never read: {calls:?}"
    );
    assert_eq!(plan["routes"]["read"]["why"], "wished");
    assert_eq!(plan["people"]["update"], 21);
    // Once read, they are followed as well.
    patch(&desk, ids[1], json!({ "email": email(42) }));
    let (plan, calls) = preview(&desk, &["--read-by", "changes"]);
    assert_eq!(calls.lookups, 1, "{calls:?}");
    let (looked_up, _) = preview(&desk, &["--read-by", "lookup"]);
    assert_eq!(plan["digest"], looked_up["digest"]);
}

#[test]
fn a_chain_of_changes_stays_whole() {
    let (desk, ids) = ready(40);
    preview(&desk, &[]);
    for (step, id) in ids.iter().enumerate().take(4) {
        patch(&desk, *id, json!({ "firstName": format!("Step{step}") }));
        // An hour later: what one reading saw, the next does not see again.
        an_hour_passes(&desk);
        let (_, calls) = preview(&desk, &["--read-by", "changes"]);
        assert_eq!((calls.tokens, calls.lookups), (1, 1), "{calls:?}");
    }
    let (plan, _) = preview(&desk, &["--read-by", "changes"]);
    let (looked_up, _) = preview(&desk, &["--read-by", "lookup"]);
    assert_eq!(plan["digest"], looked_up["digest"]);
    let gone = desk.usher(&["forget", &email(0)]).ok().json();
    assert!(
        gone["leads"].as_u64() > Some(1),
        "also where only changes have them: {gone}"
    );
}

#[test]
fn what_is_not_told_any_more_is_read_anew() {
    let (desk, ids) = ready(ROWS);
    preview(&desk, &[]);
    desk.remote
        .private("DELETE", &format!("lead/{}", ids[0]), Value::Null);
    let days = 15 * 86_400;
    desk.remote
        .private("POST", "clock", json!({ "advance_seconds": days }));
    let (plan, calls) = preview(&desk, &[]);
    assert_eq!((calls.changes, calls.deletions, calls.lookups), (0, 0, 14));
    assert_eq!(plan["people"]["update"], ROWS / 2 - 1);
}

#[test]
fn where_more_changed_than_lookups_take_everyone_is_looked_up() {
    let (desk, ids) = ready(ROWS);
    preview(&desk, &[]);
    for id in ids.iter().take(1_800) {
        patch(&desk, *id, json!({ "firstName": "Theirs" }));
    }
    let (plan, calls) = preview(&desk, &[]);
    assert_eq!(calls.lookups, 14, "{calls:?}");
    assert!(calls.of_activities() <= 8, "{calls:?}");
    let (looked_up, _) = preview(&desk, &["--read-by", "lookup"]);
    assert_eq!(plan["digest"], looked_up["digest"]);
}

#[test]
fn without_the_permission_people_are_looked_up_and_the_plan_says_why() {
    let (desk, ids) = ready(ROWS);
    let permissions = json!({ "permissions": { "read_only_activity": false } });
    desk.remote.private("POST", "config", permissions);
    preview(&desk, &[]);
    patch(&desk, ids[0], json!({ "firstName": "Theirs" }));
    for (tokens, words) in [(1, &[][..]), (0, &[]), (0, &["--read-by", "changes"])] {
        let (plan, calls) = preview(&desk, words);
        assert_eq!((calls.tokens, calls.lookups), (tokens, 14), "{calls:?}");
        let read = &plan["routes"]["read"];
        let expected = (&json!("lookup"), &json!("activities_denied"));
        assert_eq!((&read["route"], &read["why"]), expected);
    }

    let test = desk.usher(&["connection", "test", "Marketo"]).ok().json();
    let checks = test["checks"].as_array().unwrap();
    let check = checks
        .iter()
        .find(|one| one["name"] == "read_activities")
        .unwrap();
    assert_eq!(
        (&check["ok"], &check["optional"]),
        (&json!(false), &json!(true))
    );
    assert_eq!(check["permission"], "Read-Only Activity");
    let granted = json!({ "permissions": {} });
    desk.remote.private("POST", "config", granted);
    let (_, calls) = preview(&desk, &[]);
    assert_eq!(calls.tokens, 0, "it is not asked for again and again");
    desk.usher(&["connection", "test", "Marketo"]).ok();
    let (plan, calls) = preview(&desk, &[]);
    assert_eq!((calls.tokens, calls.lookups), (1, 1), "{calls:?}");
    assert_eq!(plan["routes"]["read"]["route"], "changes");
}

#[test]
fn a_mapping_with_more_fields_is_read_anew() {
    let (desk, _) = ready(40);
    preview(&desk, &[]);
    let map = [
        "destination",
        "edit",
        "Leads",
        "--map",
        "email=DedupeField",
        "--map",
        "first=title",
    ];
    desk.usher(&map).ok();
    let (_, calls) = preview(&desk, &["--read-by", "changes"]);
    assert_eq!((calls.of_activities(), calls.lookups), (0, 1), "{calls:?}");
    let (_, calls) = preview(&desk, &["--read-by", "changes"]);
    assert_eq!((calls.tokens, calls.lookups), (1, 0), "{calls:?}");
}
