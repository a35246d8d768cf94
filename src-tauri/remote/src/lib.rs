//! Each service's dialect, and files.
//!
//! This room speaks and listens: it builds requests, reads replies and says
//! what a failure means. It never repeats a call, waits between two, counts
//! them against a limit or decides about people; that is the room `sync`. The
//! network and the time come in from outside, as [`http::Http`], [`mail::Mail`]
//! and [`clock::Clock`].

#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod clock;
pub mod failure;
pub mod file;
pub mod http;
pub mod mail;
pub mod marketo;
pub mod rows;
