//! `usher-app`: Usher's window.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use mimalloc::MiMalloc;
use std::process::ExitCode;

/// The window stays open for days: what plans and previews took goes back to the system,
/// where the system's own allocator keeps a part of it for each thread that worked. The
/// second generation of this one, since the third holds on to a plan's memory for longer.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    usher_app::run()
}
