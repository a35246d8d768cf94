//! The engine in virtual time: days of schedules, faults, crashes and other people's work
//! are lived through in a second, from a seed, and what must always be true is looked at
//! after every step.
//!
//! It is the shipped engine with its encrypted stores; only clock, randomness, network and
//! disk are this program's, and the service at the other end is the sandbox without its
//! socket. `USHER_SIMULATE_SEEDS` (200) says how many stories, `USHER_SIMULATE_FIRST` (1)
//! which is the first, `USHER_SIMULATE_SECONDS` after how long no new one is begun.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod changes;
mod desk;
mod end;
mod machine;
mod network;
mod others;
mod people;
mod rates;
mod shared;
mod storm;
mod story;
mod witness;

use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use story::{Story, Told};

/// Stories at once.
const WORKERS: usize = 2;
/// Stories in continuous integration.
const SEEDS: u64 = 200;
/// The longest that a story of a second or two may take.
const LONGEST: Duration = Duration::from_secs(180);
/// Stories in which a planted fault has to be caught.
#[cfg(debug_assertions)]
const PLANTED_SEEDS: u64 = 100;

#[derive(Default)]
struct Tally {
    told: u64,
    hours: u64,
    runs: u64,
    lives: u64,
    calls: u64,
    writes: u64,
    failed: Vec<u64>,
}

/// One test at a time: a planted fault is in the whole process.
static ALONE: Mutex<()> = Mutex::new(());

#[test]
fn whatever_happens_the_invariants_hold() {
    let _alone = alone();
    let first = from_env("USHER_SIMULATE_FIRST").unwrap_or(1);
    let seeds = from_env("USHER_SIMULATE_SEEDS").unwrap_or(SEEDS);
    let seconds = from_env("USHER_SIMULATE_SECONDS").map(Duration::from_secs);
    let talks = std::env::var_os("USHER_SIMULATE_TALKS").is_some();
    let started = Instant::now();
    let (next, tally) = (AtomicU64::new(first), Mutex::new(Tally::default()));
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    let late = seconds.is_some_and(|seconds| started.elapsed() > seconds);
                    if seed >= first + seeds || late {
                        break;
                    }
                    let told = tell(seed, talks);
                    if let Err(why) = &told {
                        say(&format!("seed {seed}: {why}"));
                    }
                    tally.lock().unwrap().add(seed, told);
                }
            });
        }
    });
    let tally = tally.into_inner().unwrap();
    say(&format!(
        "simulate: {} stories from seed {first} in {} s: {} hours lived, {} runs, {} lives, {} calls, {} of them writes; {} failed",
        tally.told,
        started.elapsed().as_secs(),
        tally.hours,
        tally.runs,
        tally.lives,
        tally.calls,
        tally.writes,
        tally.failed.len(),
    ));
    assert!(
        tally.failed.is_empty(),
        "seeds that broke something: {:?}",
        tally.failed
    );
}

#[test]
fn a_story_is_the_same_each_time_it_is_told() {
    let _alone = alone();
    for seed in 9_001..9_004 {
        let (once, again) = (tell(seed, false), tell(seed, false));
        let trace = |told: Result<Told, String>| told.expect("it holds").trace;
        assert_eq!(trace(once), trace(again), "seed {seed}");
    }
}

fn tell(seed: u64, talks: bool) -> Result<Told, String> {
    let _over = watched(seed);
    let told = catch_unwind(AssertUnwindSafe(|| {
        let runtime = runtime();
        let told = runtime.block_on(Story::of(seed, talks).play());
        runtime.shutdown_background();
        told
    }));
    told.unwrap_or_else(|_| Err("it panicked".to_owned()))
}

/// Ends the program where a story is never told to its end: work that is tried again at once
/// and for ever lets no time pass. It is told to its end once what this returns is dropped.
fn watched(seed: u64) -> Sender<()> {
    let (over, until_over) = mpsc::channel();
    std::thread::spawn(move || {
        if until_over.recv_timeout(LONGEST) == Err(RecvTimeoutError::Timeout) {
            say(&format!("seed {seed}: it does not end"));
            std::process::exit(1);
        }
    });
    over
}

/// Faults are planted in the shipped lines, one after another, and each has to break an
/// invariant: what finds nothing proves nothing.
#[cfg(debug_assertions)]
#[test]
fn planted_faults_are_caught() {
    use usher_sync::{Planted, plant};
    let _alone = alone();
    let mut missed = Vec::new();
    for fault in Planted::ALL {
        plant(Some(fault));
        let caught = first_caught();
        plant(None);
        match caught {
            Some((seed, why)) => say(&format!(
                "planted {fault:?}: caught by seed {seed}: {}",
                short(&why)
            )),
            None => missed.push(fault),
        }
    }
    assert!(missed.is_empty(), "nobody noticed {missed:?}");
}

/// One thread, and a clock that jumps to where something happens next.
fn runtime() -> tokio::runtime::Runtime {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let builder = builder.enable_all().start_paused(true);
    builder.max_blocking_threads(1).build().unwrap()
}

/// The first story that something breaks in, and what.
#[cfg(debug_assertions)]
fn first_caught() -> Option<(u64, String)> {
    let (next, caught) = (AtomicU64::new(1), Mutex::new(None::<(u64, String)>));
    let is_caught = || caught.lock().unwrap().is_some();
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed > PLANTED_SEEDS || is_caught() {
                        break;
                    }
                    if let Err(why) = tell(seed, false) {
                        let mut caught = caught.lock().unwrap();
                        let is_first = caught.as_ref().is_none_or(|(other, _)| seed < *other);
                        *caught = Some((seed, why)).filter(|_| is_first).or(caught.take());
                    }
                }
            });
        }
    });
    caught.into_inner().unwrap()
}

/// Enough of what was broken to know it by.
#[cfg(debug_assertions)]
fn short(why: &str) -> String {
    why.chars().take(90).collect()
}

fn alone() -> std::sync::MutexGuard<'static, ()> {
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Tally {
    fn add(&mut self, seed: u64, told: Result<Told, String>) {
        self.told += 1;
        match told {
            Ok(told) => {
                self.hours += told.hours;
                self.runs += told.runs;
                self.lives += told.lives;
                self.calls += told.calls;
                self.writes += told.writes;
            }
            Err(_) => self.failed.push(seed),
        }
    }
}

/// Said at once, also where tests' output is kept back.
fn say(line: &str) {
    drop(writeln!(std::io::stderr(), "{line}"));
}

fn from_env(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name}={text}")))
}
