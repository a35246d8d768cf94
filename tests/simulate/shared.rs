//! Several syncs of one service instance: they share its rate, and none waits for another
//! to be through.

use crate::story::{DESTINATION, SYNC, Scene, Setup};
use crate::{alone, runtime, say};
use std::fmt::Write;
use std::time::Duration;
use tokio::time::sleep;
use usher_model::{RunReport, RunState, Sync};
use usher_sync::owner::Command;
use usher_sync::{ImportRequest, ListWish, NewSync, RunRequest};

/// Two large syncs of the same work that began together, and a small one that came later.
const PEOPLE: u64 = 15_000;
const FEW: u64 = 600;

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
    another(&mut scene, "Ones", PEOPLE).await;
    another(&mut scene, "Others", PEOPLE).await;
    another(&mut scene, "Few", FEW).await;
    let run = |sync: &str| {
        Command::Run(RunRequest {
            sync: sync.to_owned(),
            ..scene.run_request()
        })
    };
    let (first, second, small) = (run("Ones"), run("Others"), run("Few"));
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

/// Another audience of people who are not there, and its sync.
async fn another(scene: &mut Scene, name: &str, people: u64) {
    let mut text = "email,first,last,company,consent\n".to_owned();
    for n in 0..people {
        writeln!(text, "{}{n}@y.example,F{n},L{n},C,y", name.to_lowercase()).unwrap();
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
