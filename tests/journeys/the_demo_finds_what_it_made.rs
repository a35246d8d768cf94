//! A demo goes on with what an earlier one made, whatever that is called by now.

use support::Desk;

#[test]
fn a_second_demo_finds_what_was_renamed() {
    let desk = Desk::default();
    let demo = ["demo", "--people", "300"];
    let first = desk.usher(&demo).ok().json();
    assert_eq!(first["run"]["state"], "completed", "{first}");
    let rename = ["edit", "Sandbox people", "--name", "Mine"];
    desk.usher(&[&["destination"][..], &rename[..]].concat())
        .ok();
    let again = desk.usher(&demo).ok().json();
    let (run, before) = (&again["run"], &first["run"]["people"]);
    assert_eq!(run["state"], "completed", "{again}");
    assert_eq!(
        run["people"]["unchanged"],
        before["created"].as_u64().unwrap() + before["updated"].as_u64().unwrap()
    );
    let destinations = desk.usher(&["destination", "list"]).ok().json();
    assert_eq!(destinations.as_array().unwrap().len(), 1, "{destinations}");
}
