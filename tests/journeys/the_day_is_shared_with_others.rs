//! `connection usage`: what is used of the day's calls, by us and by others; what others
//! use counts when a plan is held against the day.

use serde_json::json;
use support::Desk;

#[test]
fn usage_says_what_we_used_and_what_others_used() {
    let desk = Desk::default();
    desk.connect();
    desk.remote
        .private("POST", "config", json!({ "other_apps_calls_today": 1200 }));
    desk.usher(&["connection", "fields", "Marketo"]).ok();
    let before = desk.remote.calls().len();
    let usage = desk.usher(&["connection", "usage", "Marketo"]).ok().json();
    assert_eq!(usage["others"], 1200, "{usage}");
    assert_eq!(usage["ours"], before + 1, "this call with them: {usage}");
    assert_eq!(usage["quota"], 50_000);
    let used = usage["ours"].as_u64().unwrap() + 1200;
    assert_eq!(usage["left"], 50_000 - used);
    assert_eq!(usage["users"].as_array().unwrap().len(), 2, "{usage}");
}

#[test]
fn what_others_used_holds_a_plan_back() {
    let desk = Desk::default();
    desk.connect();
    desk.import("email,first,last\nnew1@x.example,New,One\n");
    desk.destination("audience-and-profile", "update-and-create", &[]);
    desk.sync(&[]);
    assert_eq!(desk.preview()["guardrails"], json!([]));
    desk.remote.private(
        "POST",
        "config",
        json!({ "other_apps_calls_today": 45_000 }),
    );
    let plan = desk
        .usher(&["sync", "preview", "Go", "--refresh"])
        .ok()
        .json();
    assert_eq!(plan["guardrails"][0]["name"], "quota", "{plan}");
    assert!(
        plan["guardrails"][0]["found"].as_u64().unwrap() > 45_000,
        "{plan}"
    );
    assert_eq!(desk.run(4)["state"], "held");
    desk.usher(&["sync", "run", "Go", "--allow", "quota"]).ok();
}
