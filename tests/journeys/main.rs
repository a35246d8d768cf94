//! Journeys: each file is one story, told with the shipped command against the
//! sandbox, named as a fact. A test belongs here when it needs both; what can be
//! shown on values alone belongs to the room it is about, or to `properties`.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod a_connection_says_what_is_wrong;
mod a_damaged_cache_is_salvaged;
mod a_forgotten_person_does_not_come_back;
mod a_partial_reading_concludes_nothing;
mod a_passphrase_opens_its_folder;
mod a_run_is_paused;
mod a_run_that_ends_early_is_resumed;
mod a_secret_goes_nowhere_else;
mod a_service_that_is_gone_loses_nothing;
mod an_unfinished_import_leaves_nothing;
mod audiences_follow_files;
mod bad_lines_are_set_aside;
mod commands_work_beside_a_run;
mod equal_values_are_not_written;
mod erased_people_stay_away;
mod everyone_is_read_from_a_file;
mod files_of_any_make_are_read;
mod first_sync;
mod folders_are_private;
mod formats_keep_every_value;
mod go_between;
mod keys_of_text_and_numbers_meet;
mod lost_replies;
mod many_start_at_once;
mod members_are_found;
mod nothing_is_kept_in_clear;
mod odd_replies_end_in_words;
mod partitions_are_kept_apart;
mod people_are_read_by_exports;
mod people_are_sent_in_files;
mod people_leave_a_run_two_ways;
mod plans_are_sent_as_shown;
mod refusals_are_told;
mod several_leads_of_a_key;
mod stand_in;
mod suppressed_people_are_not_sent;
mod syncs_run_by_themselves;
mod the_command_line_keeps_its_word;
mod the_day_is_shared_with_others;
mod the_keychain_opens_its_folder;
mod the_list_is_the_one_that_was_named;
mod the_rate_window_outlives_a_crash;
mod the_six_rows;
mod unusable_files_are_refused;
mod values_survive;
mod wait;
mod waits_are_kept;
mod what_others_changed_stays;
mod what_was_confirmed_is_read_back;
mod who_failed_is_tried_again;
mod who_leaves_the_list;
