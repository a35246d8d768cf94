//! What a person does in the window, from the first start to the report, each story read
//! afterwards from the command line and from the sandbox.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod a_schedule_runs_in_the_window;
mod an_allowed_guardrail;
mod another_way;
mod beside_the_command_line;
mod by_keyboard_alone;
mod closed_to_the_tray;
mod dropped;
mod every_screen_is_accessible;
mod first_start;
mod import;
mod mapping;
mod nothing_leaves_the_window;
mod quit_while_running;
mod settings_are_set;
mod stop_and_resume;
mod who_failed_is_tried_again;
mod without_a_keychain;
mod words_on_the_desktop;
mod written_to_files;
mod wrong_secret;
