//! Properties of the engine: what holds for every audience and every reading of
//! a destination, and that a slow obvious planner says the same.

#![allow(clippy::unwrap_used)]
#![allow(missing_docs, reason = "modules of a test are read beside it")]

mod accepted;
mod after_a_run;
mod against_slow;
mod coverage;
mod draw;
mod engine;
mod laws;
mod meeting;
mod mended;
mod pools;
mod seed_table;
mod slow;
mod world;
mod worth;
