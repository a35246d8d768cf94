//! Who was rejected is tried again from the report, by reason, one and all.

use driver::accounts::{connect, destination_and_sync, people, remote};
use driver::{Machine, Window};
use serde_json::{Value, json};

#[test]
fn by_reason_one_and_all() {
    let remote = remote(0);
    let refused = |text: &str, code: &str| json!({ "reject": { "field": "lastName", "value_contains": text, "code": code, "message": "No" } });
    remote.faults(json!([refused("Last1", "1003"), refused("Last2", "1006")]));
    let mut machine = Machine::default();
    let file = people(&machine, "all.csv", 14);
    machine.usher(&["audience", "import", &file, "--name", "All"]);
    let window = Window::open(&mut machine);
    connect(&window, &remote, remote.sandbox().client_secret());
    destination_and_sync(&machine);
    let run = machine.usher(&["sync", "run", "Everyone"]);
    assert_eq!(
        run["people"]["rejected"],
        json!({ "1003": 5, "1006": 1 }),
        "{run}"
    );
    remote.mend();

    let address = format!("/runs/{}", run["run_id"].as_str().unwrap());
    window.address(&address);
    window.see("Marketo rejected 6 people.");
    window.choose("Outcome", "Rejected (6)");
    window.choose("Reason", "Field not found (Marketo 1006) (1)");
    window.press("Try these again");
    window.see_in_time("They add up to the 1 person tried again.");
    assert_eq!(newest(&machine)["retry_of"], run["run_id"]);

    window.address(&address);
    window.press("Try again");
    window.see_in_time("They add up to the 5 people tried again.");
    let again = newest(&machine);
    assert_eq!(again["people"]["created"], json!(5), "{again}");
    assert_eq!(remote.leads().len(), 14, "everyone is there, once");
    window.address(&address);
    window.see("Marketo rejected 6 people.");
    assert!(!window.has("button", "Try again"), "nobody is left");
}

fn newest(machine: &Machine) -> Value {
    machine.usher(&["run", "list"])[0].clone()
}
