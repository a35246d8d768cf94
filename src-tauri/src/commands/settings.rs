//! What is set for the data folder as a whole.

use crate::shell::In;
use crate::wire::Answer;
use usher_sync::owner::Command;
use usher_sync::{SettingsChange, SettingsDocument};

/// What is set.
#[tauri::command]
pub(crate) async fn settings(inside: In<'_>) -> Answer<SettingsDocument> {
    inside.0.read(|usher| usher.settings()).await
}

/// Sets what is given.
#[tauri::command]
pub(crate) async fn set_settings(
    inside: In<'_>,
    change: SettingsChange,
) -> Answer<SettingsDocument> {
    inside.0.perform(Command::SetSettings(change), None).await
}
