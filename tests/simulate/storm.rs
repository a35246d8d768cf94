//! A day on which the service refuses three of ten replies: the user's share of the rate is
//! kept all the same, runs come to their ends, and once it is over, nothing waits for long.

use crate::story::{AUDIENCE, Scene, Setup};
use crate::{alone, runtime, say};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::{Instant, sleep};
use usher_model::{RunReport, RunState, Schedule};

const DAY: Duration = Duration::from_secs(24 * 3600);
/// The next snapshot comes so often; the sync runs four times meanwhile.
const NEXT: Duration = Duration::from_secs(3600);
/// How soon everything has to go on once the trouble is over: what is left takes that long
/// without any.
const RECOVERS: Duration = Duration::from_secs(60);

#[test]
fn a_service_that_refuses_is_not_run_down() {
    let _alone = alone();
    for seed in 1..=3 {
        let runtime = runtime();
        runtime.block_on(day(seed));
        runtime.shutdown_background();
    }
}

async fn day(seed: u64) {
    let setup = Setup {
        schedule: Schedule::Every("15m".into()),
        ..Setup::usual(300)
    };
    let mut scene = Scene::begin(setup, seed, false).await;
    scene.others.private("POST", "faults", &refusals());
    let began = Instant::now();
    while began.elapsed() < DAY {
        sleep(NEXT).await;
        scene.people.pass_time();
        scene.import().await.unwrap().unwrap();
        scene.hold().unwrap();
    }
    // One is under way as it ends.
    scene.people.pass_time();
    scene.import().await.unwrap().unwrap();
    let run = scene.run();
    scene.desk.ask_aside(run).await;
    sleep(Duration::from_secs(5)).await;
    scene.others.private("DELETE", "faults", &Value::Null);
    let over = Instant::now();
    while underway(&scene) {
        sleep(Duration::from_secs(1)).await;
    }
    let recovered = over.elapsed();
    let runs = scene.desk.usher().run_reports(None).unwrap();
    let (calls, retries) = runs.iter().fold((0, 0), |(calls, retries), run| {
        (calls + run.calls, retries + run.retries)
    });
    // What the user's share would have let through while runs were under way.
    let allowed: u64 = runs.iter().filter_map(allowed_of(&scene)).sum();
    let count = |state| {
        runs.iter()
            .filter(|run: &&RunReport| run.state == state)
            .count()
    };
    let (made, _, busiest) = scene.desk.network.witness.counted();
    say(&format!(
        "storm {seed}: {made} calls, {} of 100 of runs' calls are repeats, {} of 100 of what the rate allowed; {busiest} calls in the busiest 20 s of {} allowed; {} runs, {} complete, {} failed; the last ended {} s after the storm",
        retries * 100 / calls.max(1),
        retries * 100 / allowed.max(1),
        scene.setup.limits.calls_per_20s,
        runs.len(),
        count(RunState::Completed),
        count(RunState::Failed),
        recovered.as_secs(),
    ));
    scene.hold().unwrap();
    assert!(retries * 5 > calls, "it stormed: {retries} of {calls}");
    assert!(
        retries * 10 <= allowed,
        "{retries} repeats of {allowed} calls"
    );
    assert!(recovered <= RECOVERS, "{recovered:?}");
    assert!(busiest <= scene.setup.limits.calls_per_20s as usize);
    let (members, lists) = scene.others.members(AUDIENCE);
    assert!(lists == 1 && !members.is_empty());
    scene.desk.close().await;
}

/// The calls that the rate allowed while a run was under way.
fn allowed_of(scene: &Scene) -> impl Fn(&RunReport) -> Option<u64> {
    let share = u64::from(scene.setup.limits.calls_per_20s);
    move |run| {
        let took = run.finished_at?.since(run.started_at);
        Some(share * (took.as_secs() + 20) / 20)
    }
}

fn underway(scene: &Scene) -> bool {
    let runs = scene.desk.usher().run_reports(None).unwrap();
    runs.iter().any(|run| !run.state.is_final())
}

/// Three of ten replies, before anything is done: two kinds of refusal, and a gateway's page.
fn refusals() -> Value {
    let of_the_rest = |probability: f64| json!({ "probability": probability });
    // One after another: each looks at what the one before let through.
    json!({ "faults": [
        { "on": of_the_rest(0.1), "at": "before_receipt", "do": { "code": 606, "message": "Max rate" } },
        { "on": of_the_rest(0.111), "at": "before_receipt", "do": { "code": 615, "message": "Concurrent" } },
        { "on": of_the_rest(0.125), "at": "before_receipt", "do": { "html": true, "status": 502 } },
    ] })
}
