//! A plan that was asked for stays the plan, whatever kills its run.

use crate::kill::When;
use support::Desk;

#[test]
fn a_run_of_a_plan_sends_that_plan_after_a_kill() {
    for point in ["run_written", "people_written", "plan_taken"] {
        let desk = Desk::default();
        desk.connect();
        desk.import("email,first,last\nada@x.example,Ada,Lovelace\n");
        desk.destination("audience-and-profile", "update-and-create", &[]);
        desk.sync(&[]);
        let plan = desk.preview();
        let digest = plan["digest"].as_str().unwrap();
        let when = When::Halt(point.to_owned(), Vec::new());
        when.strike(&desk, &["sync", "run", "Go", "--plan", digest])
            .unwrap();
        desk.import("email,first,last\ngrace@x.example,Grace,Hopper\n");
        let runs = desk.usher(&["run", "list"]).ok().json();
        let run = runs[0]["run_id"].as_str().unwrap();
        let report = desk.usher(&["run", "resume", run]).ok().json();
        assert_eq!(report["digest"], plan["digest"], "{point}");
        assert_eq!(report["people"]["created"], 1, "{point}");
        let emails: Vec<String> = desk
            .remote
            .leads()
            .iter()
            .map(|lead| lead["email"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(
            emails,
            ["ada@x.example"],
            "{point}: what was planned, and no more"
        );
    }
}
