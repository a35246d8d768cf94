//! An audience and the people of a run are written to files that the person names in the
//! desktop's own dialog.

use driver::accounts::{people, remote, window_with_sync};
use driver::{Machine, Screen};
use serde_json::json;

#[test]
fn an_audience_and_the_people_of_a_run() {
    let remote = remote(0);
    let refused = json!({ "reject": { "field": "lastName", "value_contains": "Last2", "code": "1003", "message": "No" } });
    remote.faults(json!([refused]));
    let mut machine = Machine::default();
    let window = window_with_sync(&mut machine, &remote, 12);
    let screen = Screen::of(&machine);
    let run = machine.usher(&["sync", "run", "Everyone"]);
    assert_eq!(run["people"]["rejected"]["1003"], json!(1), "{run}");

    window.address("/audiences/All");
    window.press("Export");
    let file = machine.home().join("again.csv");
    screen.save_as(&file);
    window.see("12 rows written to again.csv.");
    let kept = people(&machine, "as it was.csv", 12);
    let (kept, written) = (std::fs::read_to_string(kept), std::fs::read_to_string(file));
    let plain = |text: std::io::Result<String>| text.unwrap().replace('\r', "");
    assert_eq!(plain(written), plain(kept));

    window.address(&format!("/runs/{}", run["run_id"].as_str().unwrap()));
    window.press("Export people");
    window.click("option", "Not deliverable");
    let file = machine.home().join("not.parquet");
    screen.save_as(&file);
    window.see("1 person written to not.parquet.");
    machine.usher(&[
        "audience",
        "import",
        file.to_str().unwrap(),
        "--name",
        "Left",
    ]);
    let left = machine.usher_lines(&["audience", "members", "Left"]);
    assert_eq!(left[0]["values"]["reason"], json!("1003"), "{left:?}");
    assert_eq!(left[0]["values"]["outcome"], json!("rejected"));
    window.close();
}
