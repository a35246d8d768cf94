//! Reading only what changed, held against looking everybody up: whatever happened in
//! between, both come to the same plan.
//!
//! `USHER_SIMULATE_CHANGES` (20) says how many histories.

use crate::people::Wanted;
use crate::story::{AUDIENCE, SYNC, Scene, Setup, Story};
use crate::{alone, from_env, runtime, say};
use serde_json::{Value, json};
use std::time::Duration;
use support::Random;
use tokio::time::sleep;
use usher_model::{GuardrailName, Limits, PlanSummary, ReadRoute, RunState, Schedule};
use usher_sync::owner::Command;
use usher_sync::{ImportRequest, Look, RouteWish, RunRequest};

/// Histories in continuous integration.
const HISTORIES: u64 = 20;
/// Comparisons in each.
const ROUNDS: u64 = 5;

#[test]
fn changes_come_to_the_plan_that_lookups_come_to() {
    let _alone = alone();
    let histories = from_env("USHER_SIMULATE_CHANGES").unwrap_or(HISTORIES);
    let first = from_env("USHER_SIMULATE_FIRST").unwrap_or(1);
    let (mut asked, mut plans) = (0, 0);
    for seed in first..first + histories {
        let runtime = runtime();
        let told = runtime.block_on(history(seed));
        runtime.shutdown_background();
        asked += told.0;
        plans += told.1;
    }
    say(&format!(
        "changes: {histories} histories from seed {first}, {plans} plans by changes, {asked} of them asked the service what changed"
    ));
    assert!(asked * 2 > plans, "{asked} of {plans} asked what changed");
}

/// How many readings asked for changes, and how many could have.
async fn history(seed: u64) -> (u64, u64) {
    let talks = std::env::var_os("USHER_SIMULATE_TALKS").is_some();
    let mut story = Story::of(seed, talks);
    let setup = &mut story.setup;
    setup.people = 20 + setup.people % 300;
    setup.quota = 50_000;
    setup.limits = Limits::default();
    // Nothing runs by itself.
    setup.schedule = Schedule::Cron("0 0 1 1 *".into());
    let mut scene = Scene::begin(story.setup.clone(), seed, talks).await;
    let mut random = Random::new(seed, 5);
    let (mut asked, mut plans) = (0, 0);
    plan(&mut scene, ReadRoute::Lookup).await;
    for _ in 0..ROUNDS {
        for _ in 0..random.to(4) {
            for _ in 0..random.below(4) {
                happen(&mut scene, &mut random).await;
            }
            // Often within the overlap, and seldom so long that all is read anew.
            let most = random.pick(&[120, 4 * 3600, 2 * 86_400]);
            sleep(Duration::from_secs(random.to(most))).await;
            plan(&mut scene, ReadRoute::Changes).await;
            plans += 1;
            asked += u64::from(asks_for_changes(&scene));
        }
        let told = plan(&mut scene, ReadRoute::Changes).await;
        let looked_up = plan(&mut scene, ReadRoute::Lookup).await;
        assert_eq!(told.people, looked_up.people, "seed {seed}");
        assert_eq!(told.ambiguous_keys, looked_up.ambiguous_keys, "seed {seed}");
        assert_eq!(told.digest, looked_up.digest, "seed {seed}");
    }
    scene.desk.close().await;
    (asked, plans)
}

/// A preview that reads by this route.
async fn plan(scene: &mut Scene, route: ReadRoute) -> PlanSummary {
    scene.tell(&format!("a preview by {route:?}"));
    let routes = RouteWish {
        read: Some(route),
        write: None,
    };
    look(scene, Look::Refresh, routes).await
}

async fn look(scene: &mut Scene, look: Look, routes: RouteWish) -> PlanSummary {
    scene.others.private("DELETE", "log", &Value::Null);
    let sync = SYNC.into();
    let preview = Command::Preview { sync, look, routes };
    let done = scene.desk.ask(preview, None).await;
    serde_json::from_value(done.expect("nobody kills it").unwrap()).unwrap()
}

/// Whether the last preview asked for them.
fn asks_for_changes(scene: &Scene) -> bool {
    let asked = calls(scene);
    asked
        .iter()
        .any(|path| path.ends_with("/deletedleads.json"))
}

/// The calls of the last preview, by their paths.
fn calls(scene: &Scene) -> Vec<String> {
    let log = scene.others.private("GET", "log", &Value::Null);
    let calls = log["log"].as_array().unwrap().iter();
    let path = |call: &Value| call["path"].as_str().unwrap().to_owned();
    calls.map(path).collect()
}

/// Something happens, here or there.
async fn happen(scene: &mut Scene, random: &mut Random) {
    let what = random.below(15);
    scene.tell(&format!("happening {what}"));
    match what {
        0 => {
            scene.people.pass_time();
            drop(scene.import().await);
        }
        1 => {
            let request = RunRequest {
                sync: SYNC.into(),
                allow: GuardrailName::ALL.to_vec(),
                ..RunRequest::default()
            };
            drop(scene.desk.ask(Command::Run(request), None).await);
        }
        2 => {
            let by = random.to(6 * 3_600_000).cast_signed();
            let by = if random.percent(50) { by } else { -by };
            scene.tell(&format!("the clock is set by {} s", by / 1_000));
            scene.desk.machine.set_clock(by);
        }
        3 => {
            let suppress = Command::Suppress {
                namespace: "email".into(),
                values: vec![somebody(scene, random).email],
            };
            drop(scene.desk.ask(suppress, None).await);
        }
        4 => {
            let said = scene.others.act(random, AUDIENCE);
            scene.tell(&said);
        }
        5 | 6 => {
            let someone = somebody(scene, random);
            let lead = json!({ "email": someone.email, "lastName": someone.last });
            scene
                .others
                .private("POST", "leads", &json!({ "leads": [lead] }));
        }
        number => change(scene, random, number),
    }
}

/// Somebody else changes a lead: a value, the key, or what nobody follows; or it goes.
fn change(scene: &mut Scene, random: &mut Random, number: u64) {
    let leads = scene.others.leads();
    let ids: Vec<i64> = leads.iter().map(|lead| lead.id).collect();
    if ids.is_empty() {
        return;
    }
    let (lead, other) = (random.pick(&ids), random.pick(&ids));
    let change = match number {
        12 | 13 => {
            let path = format!("lead/{lead}");
            return drop(scene.others.private("DELETE", &path, &Value::Null));
        }
        14 if lead != other => {
            let merge = json!({ "winner": lead, "losers": [other] });
            return drop(scene.others.private("POST", "merge", &merge));
        }
        7 => json!({ "email": somebody(scene, random).email }),
        8 => json!({ "email": somebody(scene, random).email.to_uppercase() }),
        9 => json!({ "email": null }),
        10 => json!({ "phone": format!("{}", random.below(1_000)) }),
        _ => json!({ "company": "Theirs", "lastName": null }),
    };
    let path = format!("lead/{lead}");
    scene.others.private("PATCH", &path, &change);
}

fn somebody(scene: &Scene, random: &mut Random) -> Wanted {
    let mut wanted = scene.people.wanted();
    let place = random.below(wanted.len() as u64) as usize;
    wanted.swap_remove(place)
}

/// A run's answers were dated by a clock that was set back behind them since. Whoever reads while
/// it comes to that time again reads later, and plans by what is there.
#[test]
fn what_is_read_is_newer_than_what_was_told_by_a_clock_ahead() {
    let _alone = alone();
    let (mut wait, mut took) = (Duration::ZERO, Duration::MAX);
    while wait < took {
        let runtime = runtime();
        took = runtime.block_on(reads_at_the_same_time_again(wait));
        runtime.shutdown_background();
        wait += Duration::from_millis(500);
    }
}

/// It reads so long behind the time at which the first run began; how long that took.
async fn reads_at_the_same_time_again(wait: Duration) -> Duration {
    let setup = Setup {
        latency_ms: 800,
        ..seldom()
    };
    let mut scene = Scene::begin(setup, 7, false).await;
    let began = scene.desk.machine.world_ms();
    run_all(&mut scene).await;
    let back = 3 * 3_600_000;
    let took = scene.desk.machine.world_ms() - began;
    scene.people.pass_time();
    scene.import().await.unwrap().unwrap();
    scene.desk.machine.set_clock(-back);
    run_all(&mut scene).await;
    // As it was at first, and so as the first run was told that it is.
    let first = scene.desk.path("people1.csv").display().to_string();
    let import = Command::Import(ImportRequest::of_file(AUDIENCE, &first));
    scene.must(import, None).await;
    let left = began + back - scene.desk.machine.world_ms();
    sleep(Duration::from_millis(left.unsigned_abs()) + wait).await;
    let plan = plan(&mut scene, ReadRoute::Lookup).await;
    assert_eq!(plan.people.update, 19, "{wait:?} behind");
    scene.desk.close().await;
    Duration::from_millis(took.unsigned_abs())
}

async fn run_all(scene: &mut Scene) {
    let run = scene.run();
    scene.must(run, None).await;
}

/// Whenever in a run a clock is set back that was ahead: what the run did is known afterwards,
/// also when it comes to that time again.
#[test]
fn what_a_run_does_while_its_clock_is_set_back_is_known() {
    let _alone = alone();
    // Several calls between two looks at the clock, and several looks in one call.
    for latency_ms in [800, 12_000] {
        let (mut wait, mut is_over) = (Duration::ZERO, false);
        while !is_over {
            let runtime = runtime();
            is_over = runtime.block_on(runs_while_the_clock_is_set_back(latency_ms, wait));
            runtime.shutdown_background();
            wait += Duration::from_millis(latency_ms * 7 / 8);
        }
    }
}

/// The clock is set back so long after the run began; whether that was over by then.
async fn runs_while_the_clock_is_set_back(latency_ms: u64, wait: Duration) -> bool {
    let setup = Setup {
        latency_ms,
        ..seldom()
    };
    let mut scene = Scene::begin(setup, 7, false).await;
    let run = scene.run();
    scene.desk.ask_aside(run).await;
    sleep(wait).await;
    let is_over = state_of_the_run(&scene) == Some(RunState::Completed);
    scene.desk.machine.set_clock(-2 * 3_600_000);
    while state_of_the_run(&scene) != Some(RunState::Completed) {
        sleep(Duration::from_secs(1)).await;
    }
    for later in [0, 10, 2 * 3600] {
        sleep(Duration::from_secs(later)).await;
        let plan = look(&mut scene, Look::Offline, RouteWish::default()).await;
        let left = plan.people.create + plan.people.update;
        assert_eq!(left, 0, "{later} s later, set {wait:?} behind the start");
    }
    scene.desk.close().await;
    is_over
}

fn state_of_the_run(scene: &Scene) -> Option<RunState> {
    let runs = scene.desk.usher().run_reports(None).ok()?;
    runs.first().map(|run| run.state)
}

/// By how much a clock was ahead nobody knows once it was set back, and so not how long ago
/// people were read, or a plan was made: not so lately that these would still do.
#[test]
fn what_was_read_by_a_clock_ahead_is_no_fresher_for_it() {
    let _alone = alone();
    let runtime = runtime();
    runtime.block_on(async {
        let mut scene = Scene::begin(seldom(), 7, false).await;
        run_all(&mut scene).await;
        sleep(Duration::from_secs(30 * 60)).await;
        scene.desk.machine.set_clock(2 * 3_600_000);
        let ahead = look(&mut scene, Look::Refresh, RouteWish::default()).await;
        look(&mut scene, Look::WhereStale, RouteWish::default()).await;
        assert_eq!(calls(&scene), [""; 0], "it was just read");
        scene.desk.machine.set_clock(-2 * 3_600_000);
        let request = RunRequest {
            sync: SYNC.into(),
            plan: Some(ahead.digest),
            ..RunRequest::default()
        };
        let held = scene.must(Command::Run(request), None).await;
        assert_eq!(held["state"], "held");
        look(&mut scene, Look::Offline, RouteWish::default()).await;
        look(&mut scene, Look::WhereStale, RouteWish::default()).await;
        assert_ne!(calls(&scene), [""; 0], "it may have been half an hour ago");
        look(&mut scene, Look::WhereStale, RouteWish::default()).await;
        assert_eq!(calls(&scene), [""; 0], "it was just read");
        scene.desk.close().await;
    });
    runtime.shutdown_background();
}

/// A clock that was ahead dated what a run was told, and then that others had deleted all of it: once
/// it was set back nobody goes by the former, also where only changes are asked for.
#[test]
fn what_others_changed_is_known_whatever_a_clock_ahead_said() {
    let _alone = alone();
    let runtime = runtime();
    runtime.block_on(async {
        let mut scene = Scene::begin(seldom(), 7, false).await;
        scene.desk.machine.set_clock(2 * 3_600_000);
        run_all(&mut scene).await;
        sleep(Duration::from_secs(30 * 60)).await;
        for lead in scene.others.leads() {
            let path = format!("lead/{}", lead.id);
            scene.others.private("DELETE", &path, &Value::Null);
        }
        sleep(Duration::from_secs(30 * 60)).await;
        let ahead = plan(&mut scene, ReadRoute::Lookup).await;
        assert!(ahead.people.create > 0);
        scene.desk.machine.set_clock(-2 * 3_600_000);
        sleep(Duration::from_secs(30 * 60)).await;
        let by_changes = plan(&mut scene, ReadRoute::Changes).await;
        assert_eq!(by_changes.digest, ahead.digest);
        scene.desk.close().await;
    });
    runtime.shutdown_background();
}

/// Where the disk was full as the clock was set back, it is dated when there is room again.
#[test]
fn what_a_clock_ahead_dated_is_dated_back_once_there_is_room() {
    let _alone = alone();
    let runtime = runtime();
    runtime.block_on(async {
        let mut scene = Scene::begin(seldom(), 7, false).await;
        scene.desk.machine.set_clock(2 * 3_600_000);
        look(&mut scene, Look::Refresh, RouteWish::default()).await;
        scene.desk.machine.fill_disk(true);
        scene.desk.machine.set_clock(-2 * 3_600_000);
        sleep(Duration::from_secs(60)).await;
        scene.desk.machine.fill_disk(false);
        sleep(Duration::from_secs(2 * 3600)).await;
        look(&mut scene, Look::WhereStale, RouteWish::default()).await;
        assert_ne!(calls(&scene), [""; 0], "it was two hours ago");
        scene.desk.close().await;
    });
    runtime.shutdown_background();
}

/// Nothing runs by itself.
fn seldom() -> Setup {
    Setup {
        schedule: Schedule::Cron("0 0 1 1 *".into()),
        ..Setup::usual(300)
    }
}
