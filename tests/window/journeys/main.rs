//! What a person does in the window, from the first start to the report, each story read
//! afterwards from the command line and from the sandbox.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod first_start;
