//! What tests of the window share: a machine with a screen, a keychain and a bus of its
//! own, the built `usher-app` in it, and the `usher` command beside it. A test clicks and
//! types by what a person reads, then asks the command and the sandbox what was done.

#![allow(clippy::unwrap_used, clippy::expect_used)]

pub mod accounts;
mod album;
mod axe;
mod dialog;
mod machine;
mod notices;
mod page;
mod screen;
pub mod states;
mod tray;
mod trouble;
mod window;

pub use album::Album;
pub use axe::violations;
pub use machine::{Machine, Scheme, program_of};
pub use notices::{Notice, Notices};
pub use screen::Screen;
pub use support::{Config, Remote, state_at};
pub use tray::Tray;
pub use window::Window;
