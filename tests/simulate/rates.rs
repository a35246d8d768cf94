//! What first syncs take, by each way, in virtual time against the service's documented
//! limits: calls beside the fewest that the way needs, hours, and the share of the day.
//!
//! `USHER_RATES` names other audiences than the one that is always measured.

use crate::story::{Scene, Setup};
use crate::{alone, runtime, say};
use serde_json::Value;
use std::time::Duration;
use tokio::time::Instant;
use usher_model::{Limits, PlanSummary, ReadRoute, RunReport, RunState, WriteRoute};
use usher_sync::owner::Command;
use usher_sync::{Look, RouteWish, RunRequest};

/// Large enough for what each run takes once not to count.
const PEOPLE: &str = "100000";
/// How many calls more than the fewest a first sync in calls may take, from so many people
/// on, and how much of its share of the rate it must use: a minute's wait for the export
/// that reads the list back counts less the more there are.
const MOST_CALLS: (u64, f64) = (100_000, 1.05);
const LEAST_RATE: [(u64, f64); 2] = [(100_000, 0.85), (1_000_000, 0.95)];
/// As many as can be looked at one by one for doubles.
const SMALL: u64 = 100_000;
/// People in a call.
const CALL: u64 = 300;

/// One first sync.
struct First {
    people: u64,
    by: WriteRoute,
    report: RunReport,
    fewest: u64,
    took: Duration,
    limits: Limits,
}

#[test]
fn first_syncs_take_what_they_must() {
    let _alone = alone();
    let wished = std::env::var("USHER_RATES").unwrap_or_else(|_| PEOPLE.to_owned());
    say("people     by     calls   fewest  calls/fewest  hours  share of rate  share of day");
    for people in wished.split(',') {
        let people = people.parse().expect("a number of people");
        for by in [WriteRoute::Batch, WriteRoute::Bulk] {
            let runtime = runtime();
            let first = runtime.block_on(First::measured(people, by));
            runtime.shutdown_background();
            first.told();
        }
    }
}

impl First {
    async fn measured(people: u64, by: WriteRoute) -> Self {
        let setup = Setup::usual(people);
        let limits = setup.limits;
        let mut scene = Scene::begin(setup, 1, false).await;
        scene.hold_schedule().await;
        // It looks through all batches at each write: stories are for that.
        scene.desk.network.witness.reads_no_more();
        let routes = RouteWish {
            read: Some(match by {
                WriteRoute::Batch => ReadRoute::Lookup,
                WriteRoute::Bulk => ReadRoute::Extract,
            }),
            write: Some(by),
        };
        let began = Instant::now();
        let run = Command::Run(RunRequest {
            routes,
            ..scene.run_request()
        });
        let report = asked(&mut scene, run).await;
        let report: RunReport = serde_json::from_value(report).unwrap();
        let took = began.elapsed();
        let offline = Command::Preview {
            sync: crate::story::SYNC.into(),
            look: Look::Offline,
            routes,
        };
        let plan: PlanSummary = serde_json::from_value(asked(&mut scene, offline).await).unwrap();
        let broken = scene.desk.network.witness.broken();
        assert!(broken.is_empty(), "{broken:?}");
        if people <= SMALL {
            scene.hold().unwrap();
        }
        scene.desk.close().await;
        Self {
            people,
            by,
            fewest: fewest(&report, &plan),
            report,
            took,
            limits,
        }
    }

    fn told(&self) {
        assert_eq!(self.report.state, RunState::Completed, "{:?}", self.report);
        let calls = self.report.calls as f64;
        let more = calls / self.fewest as f64;
        let allowed = f64::from(self.limits.calls_per_20s) / 20.0;
        let rate = calls / self.took.as_secs_f64() / allowed;
        let day = calls / f64::from(self.limits.daily_quota) * 100.0;
        let hours = self.took.as_secs_f64() / 3600.0;
        let in_calls = self.by == WriteRoute::Batch;
        let (name, fewest, more_told) = match in_calls {
            true => ("calls", self.fewest.to_string(), format!("{more:.3}")),
            false => ("files", "-".to_owned(), "-".to_owned()),
        };
        say(&format!(
            "{:>9}  {name}  {:>6}  {fewest:>7}  {more_told:>12}  {hours:>5.2}  {:>11.1} %  {day:>10.1} %",
            self.people,
            self.report.calls,
            rate * 100.0,
        ));
        if in_calls && self.people >= MOST_CALLS.0 {
            assert!(more <= MOST_CALLS.1, "{more} times the fewest calls");
        }
        for (people, least) in LEAST_RATE {
            let is_enough = !in_calls || self.people < people || rate >= least;
            assert!(is_enough, "{rate} of the rate that is allowed");
        }
    }
}

async fn asked(scene: &mut Scene, command: Command) -> Value {
    let done = scene.desk.ask(command, None).await;
    done.expect("nobody kills it").unwrap()
}

/// The fewest calls in which all keys can be looked up, and what was done can be done.
fn fewest(report: &RunReport, plan: &PlanSummary) -> u64 {
    let skip = &plan.people.skip;
    let keys = plan.people.rows - skip.no_key - skip.invalid_key - skip.duplicate_in_audience;
    let list = report.list.clone().unwrap_or_default();
    let people = [
        keys,
        report.people.created,
        report.people.updated,
        list.added,
    ];
    people.iter().map(|people| people.div_ceil(CALL)).sum()
}
