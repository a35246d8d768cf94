//! People sent by bulk import: nobody counts as delivered before they were read back.

use serde_json::{Value, json};
use support::{Config, Desk};

const PEOPLE: usize = 40;

fn audience() -> String {
    let mut text = "email,first,last,city\n".to_owned();
    for n in 0..PEOPLE {
        // Two sets of fields: not everybody has a city.
        let city = if n % 10 == 1 { "" } else { "\"Paris, France\"" };
        text.push_str(&format!(
            "p{n}@x.example,First{n},\"Last \"\"{n}\",{city}\n"
        ));
    }
    text
}

fn ready() -> Desk {
    let desk = Desk::with(Config {
        people: 0,
        time_scale: 600,
        ..Desk::quick()
    });
    desk.remote.add_people(json!([
        { "email": "p2@x.example", "firstName": "Was" },
        { "email": "p3@x.example", "firstName": "First3", "lastName": "Last \"3", "billingCity": "Paris, France" },
        { "email": "P4@x.example", "firstName": "First4", "lastName": "Other" },
        { "email": "p5@x.example", "firstName": "Twin", "updatedAt": "2020-01-01T00:00:00Z" },
        { "email": "p5@x.example", "firstName": "Twin" },
    ]));
    desk.connect();
    desk.import(&audience());
    let city = ["--map", "city=billingCity"];
    desk.destination("audience-and-profile", "update-and-create", &city);
    desk.sync(&[]);
    desk
}

fn run(desk: &Desk, more: &[&str], code: i32) -> Value {
    let words = [&["sync", "run", "Go", "--write-by", "bulk"], more].concat();
    desk.usher(&words).exits(code).json()
}

fn imports(desk: &Desk) -> usize {
    let log = desk.remote.log();
    let is = |one: &&Value| one["method"] == "POST" && one["path"] == "/bulk/v1/leads.json";
    log.iter().filter(is).count()
}

/// The same people by the other route.
fn by_calls() -> Value {
    let desk = ready();
    desk.usher(&["sync", "run", "Go", "--write-by", "batch"])
        .ok();
    leads(&desk)
}

/// What is there, without numbers and times.
fn leads(desk: &Desk) -> Value {
    let state = desk.remote.private("GET", "state", Value::Null);
    let mut leads: Vec<Value> = state["leads"].as_array().unwrap().clone();
    for lead in &mut leads {
        let lead = lead.as_object_mut().unwrap();
        for field in ["id", "createdAt", "updatedAt"] {
            lead.remove(field);
        }
    }
    leads.sort_by_key(Value::to_string);
    json!(leads)
}

#[test]
fn files_leave_the_same_people_as_calls() {
    let desk = ready();
    let run = run(&desk, &[], 0);
    assert_eq!(run["state"], "completed", "{run}");
    assert_eq!(run["people"]["created"], PEOPLE - 4, "{run}");
    assert_eq!(run["people"]["updated"], 3, "{run}");
    assert_eq!(run["people"]["unchanged"], 1, "{run}");
    assert_eq!(run["list"]["added"], PEOPLE, "{run}");
    assert_eq!(leads(&desk), by_calls());
    // Creations with two sets of fields, updates with two, and who only joins.
    assert_eq!(imports(&desk), 5);
    let again = self::run(&desk, &[], 0);
    assert_eq!(again["people"]["unchanged"], PEOPLE, "{again}");
    assert_eq!(imports(&desk), 5, "nothing is sent twice");
}

#[test]
fn the_plan_says_the_way_and_sends_by_it() {
    let desk = ready();
    let plan = desk
        .usher(&["sync", "preview", "Go", "--write-by", "bulk"])
        .ok()
        .json();
    let write = &plan["routes"]["write"];
    assert_eq!(
        (&write["route"], &write["why"]),
        (&json!("bulk"), &json!("wished"))
    );
    let calls = plan["cost"]["calls_by_endpoint"]["import_files"].as_u64();
    assert!(calls.is_some_and(|calls| calls >= 5), "{plan}");
    let batch = desk
        .usher(&["sync", "preview", "Go", "--offline"])
        .ok()
        .json();
    assert_eq!(
        batch["digest"], plan["digest"],
        "a way is no part of what is sent"
    );
    assert_eq!(batch["routes"]["write"]["route"], "batch");
    desk.usher(&["sync", "preview", "Go", "--offline", "--write-by", "bulk"])
        .ok();
    let digest = plan["digest"].as_str().unwrap();
    desk.usher(&["sync", "run", "Go", "--plan", digest]).ok();
    assert_eq!(imports(&desk), 5);
}

#[test]
fn who_is_refused_in_a_file_is_told_and_everybody_else_arrives() {
    let desk = ready();
    desk.remote.faults(json!([
        { "reject": { "field": "email", "value_contains": "p7@", "code": "1003", "message": "Invalid value" } },
    ]));
    let run = run(&desk, &[], 3);
    assert_eq!(run["people"]["rejected"], json!({ "1003": 1 }), "{run}");
    assert_eq!(run["people"]["created"], PEOPLE - 5, "{run}");
    assert_eq!(run["list"]["added"], PEOPLE - 1, "{run}");
    let people = desk.people(&run);
    assert_eq!(people[7]["outcome"], "rejected");
    assert_eq!(people[7]["reason"]["code"], "1003", "{}", people[7]);
}

#[test]
fn who_is_taken_with_a_warning_is_told_of() {
    let desk = ready();
    desk.remote.faults(json!([
        { "only_warns": true, "reject": { "field": "email", "value_contains": "p7@", "code": "0", "message": "Name looks odd" } },
    ]));
    let run = run(&desk, &[], 0);
    assert_eq!(run["warned"], 1, "{run}");
    assert_eq!(run["people"]["created"], PEOPLE - 4, "{run}");
    let id = run["run_id"].as_str().unwrap();
    let warned = ["run", "people", id, "--search", "looks odd"];
    let people = desk.usher(&warned).ok().lines();
    assert_eq!(people.len(), 1, "{people:?}");
    assert_eq!(people[0]["outcome"], "created");
    assert_eq!(people[0]["key"], "p7@x.example");
    assert_eq!(people[0]["reason"]["code"], "taken_with_warning");
}

#[test]
fn a_file_whose_reply_was_lost_makes_nobody_twice() {
    for at in ["after_commit", "before_receipt"] {
        let desk = ready();
        desk.remote.faults(json!([
            { "on": { "method": "POST", "path_contains": "/bulk/v1/leads.json", "nth": 1 }, "at": at, "do": { "drop": true } },
        ]));
        let run = run(&desk, &[], 0);
        assert_eq!(run["people"]["created"], PEOPLE - 4, "{at}: {run}");
        assert_eq!(run["list"]["added"], PEOPLE, "{at}: {run}");
        assert_eq!(leads(&desk), by_calls(), "{at}");
    }
}

#[test]
fn an_import_that_fails_as_a_whole_is_made_up_for_by_calls() {
    let desk = ready();
    desk.remote
        .private("POST", "config", json!({ "failing_imports": 2 }));
    let run = run(&desk, &[], 0);
    assert_eq!(run["people"]["created"], PEOPLE - 4, "{run}");
    assert_eq!(leads(&desk), by_calls());
}

#[test]
fn a_full_queue_and_a_busy_list_are_waited_for() {
    let desk = ready();
    desk.remote.faults(json!([
        { "on": { "method": "POST", "path_contains": "/bulk/v1/leads.json", "nth": 1 }, "do": { "code": 1016, "message": "Too many imports queued" } },
        { "on": { "method": "POST", "path_contains": "/bulk/v1/leads.json", "nth": 2 }, "do": { "code": 1019, "message": "Import in progress" } },
    ]));
    assert_eq!(run(&desk, &[], 0)["people"]["created"], PEOPLE - 4);
}

#[test]
fn who_may_only_be_updated_goes_in_no_file() {
    let desk = ready();
    let destination = desk.usher(&["destination", "list"]).ok().json();
    let name = destination[0]["name"].as_str().unwrap().to_owned();
    desk.usher(&[
        "destination",
        "edit",
        &name,
        "--person-action",
        "update-existing",
    ])
    .ok();
    let refused = desk
        .usher(&["sync", "preview", "Go", "--write-by", "bulk"])
        .exits(2);
    assert_eq!(refused.error(), "usage");
    let plan = desk.preview();
    assert_eq!(plan["routes"]["write"]["why"], "only_one");
}

/// Kills a run once the service was done with its files, changes a lead, and goes on.
fn changed_before_it_was_read(desk: &Desk, email: &str, fields: Value) -> Value {
    let words = ["sync", "run", "Go", "--write-by", "bulk"];
    desk.killed_at(&words, "files_read_back");
    let id = desk.remote.leads_of(email)[0]["id"].clone();
    desk.remote.private("PATCH", &format!("lead/{id}"), fields);
    let runs = desk.usher(&["run", "list"]).ok().json();
    let run = runs[0]["run_id"].as_str().unwrap().to_owned();
    desk.usher(&["run", "resume", &run]).ok().json()
}

#[test]
fn who_was_made_by_a_file_is_ours_whatever_others_changed_since() {
    let desk = ready();
    let run = changed_before_it_was_read(&desk, "p9@x.example", json!({ "lastName": "Human" }));
    assert_eq!(run["state"], "completed", "{run}");
    assert_eq!(run["people"]["created"], PEOPLE - 4, "{run}");
    assert_eq!(run["list"]["added"], PEOPLE, "{run}");
    let there = || desk.remote.leads_of("p9@x.example")[0].clone();
    assert_eq!(there()["lastName"], "Human", "it is left to them");
    let again = self::run(&desk, &[], 0);
    assert_eq!(again["people"]["updated"], 0, "{again}");
    assert_eq!(there()["lastName"], "Human");
    // They leave the list with the audience: Usher knows that it added them.
    let rest: String = audience()
        .lines()
        .filter(|line| !line.starts_with("p9@"))
        .map(|line| format!("{line}\n"))
        .collect();
    desk.import(&rest);
    let left = self::run(&desk, &[], 0);
    assert_eq!(left["list"]["removed"], 1, "{left}");
}

#[test]
fn what_others_changed_since_an_update_by_a_file_is_left_to_them() {
    let desk = ready();
    let run = changed_before_it_was_read(&desk, "p2@x.example", json!({ "firstName": "Human" }));
    assert_eq!(run["state"], "completed", "{run}");
    let lead = &desk.remote.leads_of("p2@x.example")[0];
    assert_eq!(lead["firstName"], "Human", "{lead}");
    assert_eq!(lead["billingCity"], "Paris, France", "{lead}");
}

#[test]
fn a_plan_in_files_says_the_calls_that_it_takes() {
    for people in [700, 1_500] {
        let desk = Desk::with(Config {
            people: 0,
            time_scale: 600,
            ..Desk::quick()
        });
        desk.connect();
        let mut text = "email,first,last\n".to_owned();
        for n in 0..people {
            text.push_str(&format!("p{n}@x.example,F{n},L{n}\n"));
        }
        desk.import(&text);
        desk.destination("audience-and-profile", "update-and-create", &[]);
        desk.sync(&[]);
        let words = ["sync", "preview", "Go", "--write-by", "bulk"];
        let plan = desk.usher(&words).ok().json();
        let digest = plan["digest"].as_str().unwrap();
        let run = desk
            .usher(&["sync", "run", "Go", "--plan", digest])
            .ok()
            .json();
        assert_eq!(run["calls"], plan["cost"]["calls"], "{people}: {plan}");
        let seen = &run["verification"];
        assert_eq!(seen["list_members"], seen["list_expected"], "{run}");
    }
}
