//! Connections. A secret comes in and goes to the keychain; none ever goes out.

use crate::shell::In;
use crate::wire::{Answer, ConnectionLine, SecretIn};
use usher_model::{Connection, ServiceDescription};
use usher_sync::owner::Command;
use usher_sync::{ConnectionChange, ConnectionTest, ConnectionUsage, NewConnection};

/// All connections.
#[tauri::command]
pub(crate) async fn list_connections(inside: In<'_>) -> Answer<Vec<ConnectionLine>> {
    let all = inside.0.read(|usher| usher.all::<Connection>()).await?;
    Ok(all.into_iter().map(ConnectionLine::from).collect())
}

/// Keeps a new one.
#[tauri::command]
pub(crate) async fn add_connection(
    inside: In<'_>,
    new: NewConnection,
    secret: SecretIn,
) -> Answer<Connection> {
    inside.0.refuse_public(new.base_url.as_deref())?;
    let command = Command::AddConnection(new);
    inside.0.perform(command, Some(secret.0)).await
}

/// Changes one; where it leads elsewhere then, with the secret of that instance.
#[tauri::command]
pub(crate) async fn edit_connection(
    inside: In<'_>,
    connection: String,
    change: ConnectionChange,
    secret: Option<SecretIn>,
) -> Answer<Connection> {
    if change.base_url.is_some() {
        inside.0.refuse_public(change.base_url.as_deref())?;
    }
    let secret = secret.map(|secret| secret.0);
    let command = Command::EditConnection { connection, change };
    inside.0.perform(command, secret).await
}

/// Replaces a secret.
#[tauri::command]
pub(crate) async fn replace_secret(
    inside: In<'_>,
    connection: String,
    secret: SecretIn,
) -> Answer<Connection> {
    let command = Command::SetSecret { connection };
    inside.0.perform(command, Some(secret.0)).await
}

/// Whether the keychain has a secret for it.
#[tauri::command]
pub(crate) async fn has_secret(inside: In<'_>, connection: String) -> Answer<bool> {
    inside
        .0
        .read(move |usher| usher.has_secret(&connection))
        .await
}

/// Tries everything a sync needs.
#[tauri::command]
pub(crate) async fn test_connection(
    inside: In<'_>,
    task: String,
    connection: String,
) -> Answer<ConnectionTest> {
    let command = Command::TestConnection { connection };
    inside.0.perform_task(&task, command).await
}

/// How much of the day's calls is used, by Usher and by others.
#[tauri::command]
pub(crate) async fn connection_usage(
    inside: In<'_>,
    connection: String,
) -> Answer<ConnectionUsage> {
    let command = Command::Usage { connection };
    inside.0.perform(command, None).await
}

/// What its service said last of its fields and partitions; nothing if it was never asked.
#[tauri::command]
pub(crate) async fn connection_description(
    inside: In<'_>,
    connection: String,
) -> Answer<Option<ServiceDescription>> {
    let read = move |usher: &usher_sync::Usher| usher.said_last(&connection);
    inside.0.read(read).await
}

/// What its service says of them now.
#[tauri::command]
pub(crate) async fn describe_connection(
    inside: In<'_>,
    task: String,
    connection: String,
) -> Answer<ServiceDescription> {
    let command = Command::Describe { connection };
    inside.0.perform_task(&task, command).await
}

/// Removes one that nothing uses, and its secret.
#[tauri::command]
pub(crate) async fn remove_connection(inside: In<'_>, connection: String) -> Answer<Connection> {
    let command = Command::RemoveConnection { connection };
    inside.0.perform(command, None).await
}
