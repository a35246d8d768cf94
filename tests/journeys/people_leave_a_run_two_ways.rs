//! Everybody leaves a run by one of two ways, delivered or not deliverable, as files that
//! other programs read back.

use serde_json::{Value, json};
use support::Desk;

fn ready() -> (Desk, Value) {
    let desk = Desk::default();
    desk.remote
        .add_people(json!([{ "email": "same@x.example", "firstName": "S", "lastName": "S" }]));
    desk.connect();
    desk.import(
        "email,first,last\n\
         new@x.example,New,One\n\
         same@x.example,S,S\n\
         refused@x.example,=1+1,R\n\
         ,No,Key\n",
    );
    desk.destination("audience-and-profile", "update-and-create", &[]);
    desk.sync(&[]);
    desk.remote.faults(json!([
        { "reject": { "field": "email", "value_contains": "refused@", "code": "1003", "message": "Invalid, \"value\"" } },
    ]));
    let run = desk.run(3);
    (desk, run)
}

fn keys(desk: &Desk, run: &str, way: &str) -> Vec<Value> {
    let people = desk
        .usher(&["run", "people", run, "--transition", way])
        .ok();
    people
        .lines()
        .iter()
        .map(|one| one["key"].clone())
        .collect()
}

#[test]
fn everybody_leaves_by_one_of_them() {
    let (desk, run) = ready();
    let run = run["run_id"].as_str().unwrap();
    assert_eq!(
        keys(&desk, run, "delivered"),
        [json!("new@x.example"), json!("same@x.example")]
    );
    assert_eq!(
        keys(&desk, run, "not-deliverable"),
        [json!("refused@x.example"), Value::Null]
    );
}

#[test]
fn a_file_of_columns_is_an_audience_again_with_every_cell_as_it_was() {
    let (desk, run) = ready();
    let run = run["run_id"].as_str().unwrap();
    let file = desk.path().join("left.parquet");
    let file = file.to_str().unwrap();
    let written = desk
        .usher(&[
            "run",
            "export",
            run,
            "--output",
            file,
            "--transition",
            "not-deliverable",
        ])
        .ok()
        .json();
    assert_eq!(written["lines"], 2);
    let imported = desk
        .usher(&["audience", "import", file, "--name", "Left"])
        .ok()
        .json();
    assert_eq!(imported["rows"], 2, "{imported}");
    let members = desk.usher(&["audience", "members", "Left"]).ok().lines();
    let values = &members[0]["values"];
    assert_eq!(
        (&values["key"], &values["outcome"], &values["reason"]),
        (
            &json!("refused@x.example"),
            &json!("rejected"),
            &json!("1003")
        )
    );
    assert_eq!(values["message"], "Invalid, \"value\"");
    let csv = desk.path().join("left.csv");
    desk.usher(&[
        "run",
        "export",
        run,
        "--output",
        csv.to_str().unwrap(),
        "--format",
        "csv",
    ])
    .ok();
    assert_eq!(std::fs::read_to_string(csv).unwrap().lines().count(), 5);
    let refused = desk.usher(&["run", "export", run, "--output", "x", "--format", "xlsx"]);
    assert_eq!(refused.exits(2).error(), "usage");
}

#[test]
fn people_are_found_by_any_value_that_was_sent() {
    let (desk, run) = ready();
    let run = run["run_id"].as_str().unwrap();
    let found = desk.usher(&["run", "people", run, "--search", "=1+1"]).ok();
    assert_eq!(found.lines().len(), 1);
}

#[test]
fn people_are_found_by_any_field_of_their_row_and_by_their_lead() {
    let (desk, run) = ready();
    let id = run["run_id"].as_str().unwrap();
    let lead = desk.remote.leads_of("same@x.example")[0]["id"].to_string();
    for (text, key) in [
        ("New", "new@x.example"),
        ("SAME@", "same@x.example"),
        (&lead, "same@x.example"),
        ("=1+", "refused@x.example"),
        ("Invalid", "refused@x.example"),
    ] {
        let found = desk.usher(&["run", "people", id, "--search", text]).ok();
        let keys: Vec<Value> = found.lines().iter().map(|one| one["key"].clone()).collect();
        assert_eq!(keys, [json!(key)], "{text}");
    }
    // Somebody without a key, by a cell that no field is filled with.
    let found = desk.usher(&["run", "people", id, "--search", "Key"]).ok();
    assert!(
        found.lines().iter().any(|one| one["row"] == 4),
        "{:?}",
        found.lines()
    );
}
