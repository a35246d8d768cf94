//! Before anything else: the data folder, the sample, and tasks of any screen.

use crate::shell::In;
use crate::tray;
use crate::wire::{Answer, SecretIn, StartState};
use tauri::AppHandle;

/// Whether there is a folder to work in.
#[tauri::command]
pub(crate) fn start_state(inside: In<'_>) -> StartState {
    inside.0.start_state()
}

/// Opens the folder by a passphrase.
#[tauri::command]
pub(crate) async fn unlock(inside: In<'_>, passphrase: SecretIn) -> Answer<StartState> {
    inside.0.open(Some(passphrase.0)).await;
    Ok(inside.0.start_state())
}

/// Tries once more to open the folder.
#[tauri::command]
pub(crate) async fn open_again(inside: In<'_>) -> Answer<StartState> {
    inside.0.open(None).await;
    Ok(inside.0.start_state())
}

/// The page has painted: there is something to look at, for who wants to see it.
#[tauri::command]
pub(crate) fn painted(app: AppHandle, inside: In<'_>) {
    if !inside.0.speaker.is_hidden() {
        tray::show_window(&app);
    }
}

/// Stops a task.
#[tauri::command]
pub(crate) fn stop_task(inside: In<'_>, task: String) {
    inside.0.tasks.stop(&task);
}

/// Makes the sample workspace.
#[tauri::command]
pub(crate) async fn make_sample(inside: In<'_>, task: String) -> Answer<()> {
    inside.0.make_sample(&task).await
}

/// Takes the sample workspace away.
#[tauri::command]
pub(crate) async fn remove_sample(inside: In<'_>) -> Answer<()> {
    inside.0.remove_sample().await
}
