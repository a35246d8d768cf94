//! The window: a thin face of the rooms that the command line is the other face of.
//!
//! What the page may do is a command of three lines in `commands`; what happens is
//! told to it by `news`, as ids and counts. There is no loop over people here, no
//! rule about them, and nothing that is remembered.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod commands;
mod files;
mod navigation;
mod news;
mod pace;
mod sample;
mod shell;
mod start;
mod tasks;
mod tray;
pub mod wire;

pub use start::run;
