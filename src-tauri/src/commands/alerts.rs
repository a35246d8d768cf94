//! Where alerts go, and which there were. A password comes in and goes to the keychain.

use crate::shell::In;
use crate::wire::{Answer, SecretIn};
use usher_sync::owner::Command;
use usher_sync::{AlertChange, AlertChannels, AlertLine, AlertTest, Channel};

/// The alerts of all syncs or of one, newest first.
#[tauri::command]
pub(crate) async fn list_alerts(inside: In<'_>, sync: Option<String>) -> Answer<Vec<AlertLine>> {
    let read = move |usher: &usher_sync::Usher| usher.alerts(sync.as_deref());
    inside.0.read(read).await
}

/// Where they go beside the desktop.
#[tauri::command]
pub(crate) async fn alert_channels(inside: In<'_>) -> Answer<AlertChannels> {
    inside.0.read(|usher| usher.alert_channels()).await
}

/// Sets what is given.
#[tauri::command]
pub(crate) async fn set_alerts(
    inside: In<'_>,
    change: AlertChange,
    secret: Option<SecretIn>,
) -> Answer<AlertChannels> {
    if secret.is_some() {
        inside.0.refuse_public(None)?;
    }
    let secret = secret.map(|secret| secret.0);
    inside.0.perform(Command::SetAlerts(change), secret).await
}

/// Takes one way away.
#[tauri::command]
pub(crate) async fn clear_alerts(inside: In<'_>, channel: Channel) -> Answer<AlertChannels> {
    inside
        .0
        .perform(Command::ClearAlerts { channel }, None)
        .await
}

/// Sends a word by each way that is set.
#[tauri::command]
pub(crate) async fn test_alerts(inside: In<'_>) -> Answer<AlertTest> {
    inside.0.perform(Command::TestAlerts, None).await
}
