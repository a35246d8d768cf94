//! The destination's people from the service's own exports, in place of lookups.

use crate::go_between::{connect_through, forward};
use serde_json::{Value, json};
use support::{Config, Desk};

const AUDIENCE: &str = "email,first,last\n\
    here@x.example,Here,Now\n\
    same@x.example,Same,Same\n\
    new@x.example,New,One\n\
    twice@x.example,Twice,T\n\
    quoted@x.example,\"Ann, \"\"B\"\"\",Q\n";

/// A stand-in a thousand times as fast as the service, with people of many years.
fn ready() -> Desk {
    let desk = Desk::with(Config {
        people: 0,
        time_scale: 600,
        ..Desk::quick()
    });
    desk.remote.add_people(json!([
        { "email": "here@x.example", "firstName": "Was", "createdAt": "2019-03-31T23:59:59Z" },
        { "email": "same@x.example", "firstName": "Same", "lastName": "Same", "createdAt": "2021-07-01T00:00:00Z" },
        { "email": "twice@x.example", "firstName": "One", "createdAt": "2019-02-01T00:00:00Z", "updatedAt": "2019-02-01T00:00:00Z" },
        { "email": "twice@x.example", "firstName": "Two", "createdAt": "2024-02-29T12:00:00Z", "updatedAt": "2024-02-29T12:00:00Z" },
        { "email": "quoted@x.example", "firstName": "Ann, \"B\"", "lastName": "Q" },
        { "email": "nobody@x.example", "firstName": "null" },
    ]));
    desk.connect_with(&[
        "--calls-per-20s",
        "100000",
        "--concurrency",
        "4",
        "--people-since",
        "2019-01-01",
    ]);
    desk.import(AUDIENCE);
    desk.destination("audience-and-profile", "update-and-create", &[]);
    desk.sync(&[]);
    desk
}

fn preview(desk: &Desk, by: &str) -> Value {
    let words = ["sync", "preview", "Go", "--refresh", "--read-by", by];
    desk.usher(&words).ok().json()
}

fn people(desk: &Desk) -> Vec<Value> {
    desk.usher(&["sync", "preview", "Go", "--offline", "--people"])
        .ok()
        .lines()
}

fn calls(desk: &Desk, part: &str) -> usize {
    let log = desk.remote.log();
    let to = |one: &&Value| one["path"].as_str().unwrap().contains(part);
    log.iter().filter(to).count()
}

#[test]
fn an_export_and_lookups_come_to_the_same_plan() {
    let desk = ready();
    let looked_up = preview(&desk, "lookup");
    assert_eq!(calls(&desk, "/bulk/"), 0);
    let people_then = people(&desk);
    let exported = preview(&desk, "extract");
    assert_eq!(exported["digest"], looked_up["digest"], "{exported}");
    assert_eq!(people(&desk), people_then);
    assert_eq!(exported["people"], looked_up["people"]);
    assert_eq!(exported["ambiguous_keys"], 1);
    let read = &exported["routes"]["read"];
    assert_eq!(
        (&read["route"], &read["why"]),
        (&json!("extract"), &json!("wished"))
    );
    // Seven years and eleven months, none of them longer than 31 days.
    let months = calls(&desk, "/export/create.json");
    assert!((90..120).contains(&months), "{months}");
}

#[test]
fn the_way_is_chosen_and_told() {
    let desk = ready();
    let plan = desk.preview();
    let read = &plan["routes"]["read"];
    assert_eq!(
        (&read["route"], &read["why"]),
        (&json!("lookup"), &json!("soonest"))
    );
    let routes: Vec<&Value> = read["options"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["route"])
        .collect();
    let all = ["lookup", "extract", "changes"].map(|route| json!(route));
    assert_eq!(routes, all.each_ref(), "what was read once can be followed");
    assert_eq!(calls(&desk, "/bulk/"), 0);
}

#[test]
fn a_broken_download_is_gone_on_with() {
    let desk = ready();
    desk.remote.faults(json!([
        { "on": { "path_contains": "/file.json", "nth": 2 }, "at": "mid_reply", "do": { "drop": true } },
    ]));
    assert_eq!(preview(&desk, "extract")["people"]["create"], 1);
}

#[test]
fn a_file_that_is_not_what_was_exported_is_not_believed() {
    let desk = Desk::with(Config {
        people: 0,
        time_scale: 600,
        ..Desk::quick()
    });
    desk.remote
        .add_people(json!([{ "email": "here@x.example", "firstName": "Was" }]));
    let address = desk.remote.sandbox().base_url().replace("http://", "");
    let _between = connect_through(&desk, move |request| {
        let is_file = request.lines().next()?.contains("/file.json");
        let reply = is_file.then(|| String::from_utf8(forward(&address, request)).unwrap())?;
        Some(
            reply
                .replace("here@x.example", "gone@x.example")
                .into_bytes(),
        )
    });
    desk.import(AUDIENCE);
    desk.destination("audience-and-profile", "update-and-create", &[]);
    desk.sync(&[]);
    let words = ["sync", "preview", "Go", "--refresh", "--read-by", "extract"];
    assert_eq!(desk.usher(&words).exits(1).error(), "service_reply");
    let offline = desk.usher(&["sync", "preview", "Go", "--offline"]);
    assert_eq!(offline.exits(1).error(), "destination_not_read");
}

#[test]
fn where_exports_fail_people_are_looked_up_unless_exports_were_wished_for() {
    let desk = ready();
    desk.remote.faults(json!([
        { "on": { "path_contains": "/export/create.json" }, "do": { "code": 1029, "message": "Export daily quota exceeded" } },
    ]));
    let words = ["sync", "preview", "Go", "--refresh", "--read-by", "extract"];
    assert_eq!(desk.usher(&words).exits(1).error(), "quota_spent");
    assert_eq!(desk.preview()["people"]["create"], 1, "by lookups");
}

const BY_EXPORTS: [&str; 6] = ["sync", "preview", "Go", "--refresh", "--read-by", "extract"];
/// Exports that are under way at once.
const AT_ONCE: usize = 4;

/// The sum of what was exported in two goes, when the first ended at the fortieth month.
fn goes_on(desk: &Desk) {
    let at_first = calls(desk, "/export/create.json");
    assert!((40..=40 + AT_ONCE).contains(&at_first), "{at_first}");
    // Of a month that is kept, and of one that is not.
    let here = desk.remote.leads_of("here@x.example")[0]["id"].clone();
    let change = json!({ "lastName": "Since" });
    desk.remote
        .private("PATCH", &format!("lead/{here}"), change);
    let exported = desk.usher(&BY_EXPORTS).ok().json();
    let months = calls(desk, "/export/create.json");
    assert!(
        (90..120 + AT_ONCE).contains(&months),
        "no month twice, but those under way: {months}"
    );
    let people_now = people(desk);
    let looked_up = preview(desk, "lookup");
    assert_eq!(exported["digest"], looked_up["digest"], "{exported}");
    assert_eq!(people_now, people(desk));
    // What is finished is not gone on with.
    preview(desk, "extract");
    assert!(calls(desk, "/export/create.json") > months + 80);
}

#[test]
fn a_process_that_is_killed_leaves_its_months_to_the_next() {
    let desk = ready();
    desk.killed_at(&BY_EXPORTS, "export_kept:40");
    goes_on(&desk);
}

#[test]
fn months_are_kept_where_the_service_fails_in_the_middle() {
    let desk = ready();
    desk.remote.faults(json!([
        { "on": { "path_contains": "/export/create.json", "after": 41 }, "do": { "code": 1029, "message": "Export daily quota exceeded" } },
    ]));
    assert_eq!(desk.usher(&BY_EXPORTS).exits(1).error(), "quota_spent");
    desk.remote.mend();
    goes_on(&desk);
}

#[test]
fn another_question_is_asked_anew() {
    let desk = ready();
    desk.killed_at(&BY_EXPORTS, "export_kept:40");
    let at_first = calls(&desk, "/export/create.json");
    let mut edit = vec!["destination", "edit", "Leads"];
    let rules = ["email=DedupeField", "first=firstName", "last=lastName"];
    for rule in rules.into_iter().chain(["first=title"]) {
        edit.extend(["--map", rule]);
    }
    desk.usher(&edit).ok();
    desk.usher(&BY_EXPORTS).ok();
    let months = calls(&desk, "/export/create.json") - at_first;
    assert!((90..120).contains(&months), "{months}");
}
