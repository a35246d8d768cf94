//! Who is forgotten is nowhere here any more, leaves the list, and is not sent
//! again when the file still has them.

use serde_json::json;
use support::Desk;

const ANN: &str = "ann@x.example";
const FILE: &str =
    "email,first,last\nann@x.example,Annabel,Lee\nbob@x.example,Bob,Roe\ncid@x.example,Cid,Poe\n";

#[test]
fn a_forgotten_person_is_nowhere_and_does_not_come_back() {
    let desk = Desk::default();
    desk.connect();
    desk.import(FILE);
    desk.destination("audience-and-profile", "update-and-create", &[]);
    desk.sync(&[]);
    let first = desk.run(0);
    let run = first["run_id"].as_str().unwrap();
    let lead = desk.remote.leads_of(ANN)[0]["id"].as_i64().unwrap();
    assert!(desk.remote.members("People").unwrap().contains(&lead));

    let gone = desk.usher(&["forget", " Ann@X.example"]).ok();
    assert_eq!(gone.json()["pending"], 0, "{}", gone.stdout);
    assert!(gone.json()["rows"].as_u64().unwrap() > 0);
    assert!(
        !gone.stdout.to_lowercase().contains("ann"),
        "{}",
        gone.stdout
    );

    let out = desk.path().join("out.csv");
    let out = out.to_str().unwrap();
    let told = desk.path().join("run.csv");
    let told = told.to_str().unwrap();
    desk.usher(&["audience", "export", "People", "--output", out])
        .ok();
    desk.usher(&["run", "export", run, "--output", told]).ok();
    let mut said = vec![
        std::fs::read_to_string(out).unwrap(),
        std::fs::read_to_string(told).unwrap(),
    ];
    for command in [
        &["audience", "members", "People"][..],
        &["run", "people", run],
        &["run", "show", run],
        &["run", "list"],
        &["suppression", "list"],
        &["sync", "preview", "Go", "--people"],
    ] {
        said.push(desk.usher(command).ok().stdout);
    }
    for text in said {
        let text = text.to_lowercase();
        assert!(
            !text.contains("ann@") && !text.contains("annabel"),
            "{text}"
        );
    }
    let shown = desk.usher(&["run", "show", run]).ok().json();
    assert_eq!(
        shown["people"], first["people"],
        "what was done still adds up"
    );
    let people = desk.usher(&["run", "people", run]).ok().lines();
    let rows = people
        .iter()
        .filter(|person| person["row"].is_u64())
        .count();
    assert_eq!(rows, 3, "rows keep their numbers");

    desk.import(FILE);
    let plan = desk.preview();
    assert_eq!(plan["people"]["skip"]["no_key"], 1);
    assert_eq!(plan["list"]["remove"], 1);
    let after = desk.run(0);
    assert_eq!(after["people"]["invalid"]["no_key"], 1);
    assert!(!desk.remote.members("People").unwrap().contains(&lead));
    assert_eq!(desk.remote.members("People").unwrap().len(), 2);
}

#[test]
fn nobody_has_to_be_here_to_be_kept_out_and_many_may_be_named() {
    let desk = Desk::default();
    let keys = "ann@x.example\n\nbob@x.example\n";
    let gone = desk.usher_given(&["forget", "-"], keys).ok().json();
    assert_eq!((&gone["rows"], &gone["pending"]), (&json!(0), &json!(0)));
    desk.usher(&["forget", ANN]).ok();
    let list = desk.usher(&["suppression", "list"]).ok().json();
    let erased: Vec<_> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["key"].clone())
        .collect();
    assert!(erased.iter().all(|key| key.is_null()), "{list}");
    desk.connect();
    desk.import(FILE);
    desk.destination("audience-and-profile", "update-and-create", &[]);
    desk.sync(&[]);
    let run = desk.run(0);
    assert_eq!(run["people"]["invalid"]["no_key"], 2);
    assert_eq!(run["people"]["created"], 1);
    assert!(desk.remote.leads_of(ANN).is_empty());
    assert_eq!(desk.usher(&["forget", "  "]).exits(2).error(), "usage");
}
