//! Several syncs of one service instance: they share its rate, none waits for another to be
//! through, and nobody is made by two of them.

use crate::network::Weather;
use crate::story::{DESTINATION, SYNC, Scene, Setup};
use crate::{alone, runtime, say};
use serde_json::json;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::time::Duration;
use tokio::time::sleep;
use usher_model::{RunReport, RunState, Sync};
use usher_sync::owner::Command;
use usher_sync::{ImportRequest, ListWish, NewSync, RunRequest};

/// Two large syncs of the same work that began together, and a small one that came later.
const PEOPLE: u64 = 15_000;
const FEW: u64 = 600;
/// People whom two syncs make.
const BOTH: u64 = 1_500;
/// Of a hundred requests, so many fare ill while two syncs make the same people.
const ROUGH: Weather = Weather {
    not_sent: 5,
    lost_before: 10,
    lost_after: 10,
    slow: 10,
};

#[test]
fn syncs_share_what_one_service_allows() {
    let _alone = alone();
    let runtime = runtime();
    runtime.block_on(shared());
    runtime.shutdown_background();
}

async fn shared() {
    let mut scene = Scene::begin(Setup::usual(20), 7, false).await;
    scene.hold_schedule().await;
    another(&mut scene, "Ones", "ones", PEOPLE).await;
    another(&mut scene, "Others", "others", PEOPLE).await;
    another(&mut scene, "Few", "few", FEW).await;
    let [first, second, small] = ["Ones", "Others", "Few"].map(|sync| run(&scene, sync));
    scene.desk.ask_aside(first).await;
    scene.desk.ask_aside(second).await;
    sleep(Duration::from_secs(60)).await;
    scene.desk.ask_aside(small).await;
    let (mut small_took, mut far, mut waited) = (None, (0, 0), 0);
    loop {
        sleep(Duration::from_secs(1)).await;
        waited += 1;
        assert!(waited < 24 * 3600, "it never ends");
        scene.hold().unwrap();
        let few = report(&scene, "Few");
        if small_took.is_none() && few.is_some_and(|few| few.state == RunState::Completed) {
            small_took = Some(waited);
        }
        let [Some(one), Some(other)] = ["Ones", "Others"].map(|sync| report(&scene, sync)) else {
            continue;
        };
        if one.state.is_final() || other.state.is_final() {
            break;
        }
        let sends = |run: &RunReport| run.state == RunState::Sending;
        if sends(&one) && sends(&other) {
            far = (one.calls.min(other.calls), one.calls.max(other.calls));
        }
    }
    let small_took = small_took.expect("the small one does not wait for the large ones");
    let (less, more) = far;
    say(&format!(
        "shared: two syncs of {PEOPLE} people side by side had made {less} and {more} calls when one of them had sent all; one of {FEW} that came later took {small_took} s beside them"
    ));
    assert!(less > 50 && less * 10 >= more * 9, "{less} of {more} calls");
    // Without turns it took 23 s.
    assert!(small_took <= 15, "{small_took} s");
    let (_, _, busiest) = scene.desk.network.witness.counted();
    assert!(busiest <= scene.setup.limits.calls_per_20s as usize);
    scene.desk.close().await;
}

#[test]
fn nobody_is_made_by_two_syncs_at_once() {
    let _alone = alone();
    for seed in 1..=2 {
        made_once(seed).expect("everybody is made once");
    }
}

/// What finds nothing where runs do not look at each other proves nothing.
#[cfg(debug_assertions)]
#[test]
fn syncs_that_do_not_look_at_each_other_are_caught() {
    use usher_sync::{Planted, plant};
    let _alone = alone();
    plant(Some(Planted::MakersUnaware));
    let told = (1..=4).find_map(|seed| made_once(seed).err());
    plant(None);
    let why = told.expect("somebody is made twice at once");
    assert!(why.contains("made twice at once"), "{why}");
}

/// Two syncs of the same people who are not there begin together in rough weather.
fn made_once(seed: u64) -> Result<(), String> {
    let runtime = runtime();
    let made = runtime.block_on(async {
        let mut scene = Scene::begin(Setup::usual(20), seed, false).await;
        scene.hold_schedule().await;
        let names = ["Left", "Right"];
        for name in names {
            another(&mut scene, name, "both", BOTH).await;
        }
        scene.desk.network.set(ROUGH);
        let faults = json!({ "faults": [{
            "on": { "write_only": true, "probability": 0.2 },
            "at": "after_commit",
            "do": { "code": 611, "message": "System error" },
        }] });
        scene.others.private("POST", "faults", &faults);
        for name in names {
            let run = run(&scene, name);
            scene.desk.ask_aside(run).await;
        }
        let mut waited = 0;
        let all_over = |scene: &Scene| {
            let both = names.map(|name| report(scene, name));
            both.iter()
                .flatten()
                .filter(|run| run.state.is_final())
                .count()
                == names.len()
        };
        while !all_over(&scene) {
            sleep(Duration::from_secs(1)).await;
            waited += 1;
            assert!(waited < 24 * 3600, "it never ends");
            scene.hold()?;
        }
        let leads = scene.others.leads();
        let made = leads.iter().map(|lead| lead.email.as_str());
        let made: Vec<&str> = made.filter(|email| email.starts_with("both")).collect();
        let once: BTreeSet<&str> = made.iter().copied().collect();
        assert_eq!((made.len(), once.len()), (BOTH as usize, BOTH as usize));
        let ends = names.map(|name| report(&scene, name).expect("it ran"));
        let told = ends.map(|run| (run.people.created, run.people.rejected));
        say(&format!(
            "shared {seed}: both syncs were over after {waited} s, {told:?}"
        ));
        scene.desk.close().await;
        Ok(())
    });
    runtime.shutdown_background();
    made
}

fn run(scene: &Scene, sync: &str) -> Command {
    Command::Run(RunRequest {
        sync: sync.to_owned(),
        ..scene.run_request()
    })
}

/// Another audience of people who are not there, named after `whom`, and its sync.
async fn another(scene: &mut Scene, name: &str, whom: &str, people: u64) {
    let mut text = "email,first,last,company,consent\n".to_owned();
    for n in 0..people {
        writeln!(text, "{whom}{n}@y.example,F{n},L{n},C,y").unwrap();
    }
    let file = scene.desk.path(&format!("{name}.csv"));
    std::fs::write(&file, text).unwrap();
    let request = ImportRequest::of_file(name, &file.display().to_string());
    scene.must(Command::Import(request), None).await;
    let like: Sync = scene.desk.usher().find(SYNC).unwrap();
    let sync = NewSync {
        name: name.to_owned(),
        audience: name.to_owned(),
        destination: DESTINATION.to_owned(),
        list: ListWish::default(),
        mode: like.mode,
        on_drift: like.on_drift,
        consent: like.consent,
        max_creations: None,
        schedule: None,
        missed: like.missed,
        alerts: Vec::new(),
    };
    scene.must(Command::CreateSync(sync), None).await;
}

fn report(scene: &Scene, sync: &str) -> Option<RunReport> {
    let mut all = scene.desk.usher().run_reports(Some(sync)).unwrap();
    (!all.is_empty()).then(|| all.remove(0))
}
