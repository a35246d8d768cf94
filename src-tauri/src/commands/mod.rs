//! What the page may ask for. A command reads, or has something done, and nothing
//! more; the file is named after the screen that needs it most.
//!
//! A command that is written here must be named in `capabilities/main.json`; a test
//! holds the two lists against each other.

mod alerts;
mod audiences;
mod connections;
mod destinations;
mod runs;
mod settings;
mod start;
mod syncs;

use tauri::Wry;

/// Adds all commands.
pub(crate) fn handled(builder: tauri::Builder<Wry>) -> tauri::Builder<Wry> {
    builder.invoke_handler(tauri::generate_handler![
        alerts::alert_channels,
        alerts::clear_alerts,
        alerts::list_alerts,
        alerts::set_alerts,
        alerts::test_alerts,
        audiences::audience,
        audiences::audience_profile,
        audiences::choose_file,
        audiences::export_audience,
        audiences::import_file,
        audiences::list_audiences,
        audiences::look_at_file,
        audiences::member_page,
        audiences::follow_file,
        audiences::look_over,
        audiences::remove_audience,
        audiences::waiting_file,
        connections::add_connection,
        connections::connection_description,
        connections::describe_connection,
        connections::edit_connection,
        connections::has_secret,
        connections::list_connections,
        connections::remove_connection,
        connections::replace_secret,
        connections::test_connection,
        connections::connection_usage,
        destinations::check_destination,
        destinations::create_destination,
        destinations::edit_destination,
        destinations::list_destinations,
        destinations::remove_destination,
        destinations::suggest_mapping,
        runs::export_run,
        runs::list_runs,
        runs::current_runs,
        runs::outcome_page,
        runs::resume_run,
        runs::retry_run,
        runs::run_detail,
        runs::start_run,
        runs::hold_run,
        runs::stop_run,
        settings::set_settings,
        settings::settings,
        start::make_sample,
        start::open_again,
        start::painted,
        start::remove_sample,
        start::start_state,
        start::stop_task,
        start::unlock,
        syncs::create_sync,
        syncs::edit_sync,
        syncs::list_syncs,
        syncs::freshness,
        syncs::people_page,
        syncs::preview,
        syncs::remove_sync,
        syncs::what_if,
    ])
}
