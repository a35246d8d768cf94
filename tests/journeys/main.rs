//! Journeys: each file is one story, told with the shipped command against the
//! sandbox, named as a fact. A test belongs here when it needs both; what can be
//! shown on values alone belongs to the room it is about, or to `properties`.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod first_sync;
