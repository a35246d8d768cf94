//! Torture: the shipped command is killed from outside, again and again, and
//! nobody may be lost or made twice.
//!
//! Every named point comes first, then as many random kills as are wished for:
//! `USHER_TORTURE_KILLS` (60), drawn from `USHER_TORTURE_SEED` (printed).
//! `USHER_TORTURE_ONLY=N` tells the story of one number again. Lost replies are
//! in `lost.rs`, what else a machine does to a program in `machine.rs`.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod after;
mod journal;
mod kill;
mod lost;
mod machine;
mod people;
mod plan;
mod story;
mod world;

use crate::story::{Story, Told};
use crate::world::World;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;
use support::Random;

/// Worlds at once: a killed run mostly waits, so there are more than cores.
const WORKERS: usize = 3;
/// What kills are drawn from.
const SEED: u64 = 20_261_123;
/// Random kills in continuous integration.
const KILLS: u64 = 60;
/// How often a kill is drawn anew whose command ended before.
const DRAWS: u64 = 20;
/// Points that are passed several times, and their later passings; of an
/// import, the first passing is tried with a new audience too.
const LATER: [&str; 9] = [
    "import_published:1",
    "people_block_written:2",
    "before_sending_mark:2",
    "after_sending_mark:2",
    "after_sending_mark:5",
    "after_reply:2",
    "after_reply:6",
    "after_receipts:2",
    "after_receipts:4",
];

#[derive(Default)]
struct Tally {
    named: usize,
    random: usize,
    inside: usize,
    failed: Vec<String>,
}

#[test]
fn whoever_is_killed_loses_nobody_and_makes_nobody_twice() {
    let seed = from_env("USHER_TORTURE_SEED").unwrap_or(SEED);
    let kills = from_env("USHER_TORTURE_KILLS").unwrap_or(KILLS);
    let only = from_env("USHER_TORTURE_ONLY");
    let named: Vec<&str> = usher_sync::POINTS.into_iter().chain(LATER).collect();
    let total = named.len() + kills as usize;
    let started = Instant::now();
    say(&format!(
        "torture: {} named kills, {kills} random ones, USHER_TORTURE_SEED={seed}",
        named.len()
    ));
    let (next, tally) = (AtomicUsize::new(0), Mutex::new(Tally::default()));
    std::thread::scope(|scope| {
        for _ in 0..only.map_or(WORKERS, |_| 1) {
            scope.spawn(|| {
                let world = World::of(seed);
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    if at >= total {
                        break;
                    }
                    if only.is_some_and(|only| only != at as u64 + 1) {
                        continue;
                    }
                    let wish = named.get(at).copied();
                    let told = catch_unwind(AssertUnwindSafe(|| tell(&world, seed, at, wish)));
                    let mut tally = tally.lock().unwrap();
                    match told {
                        Ok(told) if wish.is_some() => {
                            tally.named += 1;
                            say(&format!("kill {}, named, {}", at + 1, told.line));
                        }
                        Ok(told) => {
                            tally.random += 1;
                            tally.inside += usize::from(told.is_inside);
                            say(&format!("kill {}, random, {}", at + 1, told.line));
                        }
                        Err(_) => {
                            let name = wish.map_or_else(|| "random".to_owned(), str::to_owned);
                            tally.failed.push(format!("{} ({name})", at + 1));
                        }
                    }
                }
            });
        }
    });
    let tally = tally.into_inner().unwrap();
    say(&format!(
        "torture: {} named and {} random kills in {} s, {} of the random ones between the first byte written and the last reply; {} failed",
        tally.named,
        tally.random,
        started.elapsed().as_secs(),
        tally.inside,
        tally.failed.len(),
    ));
    assert!(
        tally.failed.is_empty(),
        "kills that did harm, seed {seed}: {}",
        tally.failed.join(", ")
    );
    assert!(
        only.is_some() || tally.inside * 2 >= tally.random,
        "too few kills fell where it matters"
    );
}

/// The story of a number. One that came too late is drawn anew.
fn tell(world: &World, seed: u64, at: usize, wish: Option<&str>) -> Told {
    if let Some(wish) = wish {
        let told = Story::named(wish).play(world);
        return told.expect("the point is passed");
    }
    for draw in 0..DRAWS {
        let occasion = (at as u64 + 1) * 1_000_000 + draw;
        let mut random = Random::new(seed, occasion);
        let story = Story::drawn(&mut random, world);
        let told = catch_unwind(AssertUnwindSafe(|| story.play(world)));
        match told {
            Ok(Some(told)) => return told,
            Ok(None) => {}
            Err(broken) => {
                say(&format!("kill {} did harm: {story:?}", at + 1));
                std::panic::resume_unwind(broken);
            }
        }
    }
    panic!("{DRAWS} kills in a row came too late");
}

fn from_env(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name}={text}")))
}

/// Past the test harness, which keeps what passing tests print.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").unwrap();
}
