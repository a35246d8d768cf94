//! Destinations: settings and mapping.

use crate::shell::In;
use crate::wire::Answer;
use usher_model::Destination;
use usher_sync::owner::Command;
use usher_sync::{DestinationChange, DestinationCheck, NewDestination, Suggestion};

/// All destinations.
#[tauri::command]
pub(crate) async fn list_destinations(inside: In<'_>) -> Answer<Vec<Destination>> {
    inside.0.read(|usher| usher.all()).await
}

/// What is wrong with one that is not kept yet.
#[tauri::command]
pub(crate) async fn check_destination(
    inside: In<'_>,
    new: NewDestination,
    audience: Option<String>,
) -> Answer<DestinationCheck> {
    let check = move |usher: &usher_sync::Usher| usher.check_destination(new, audience.as_deref());
    inside.0.read(check).await
}

/// Which columns seem to fill which fields.
#[tauri::command]
pub(crate) async fn suggest_mapping(
    inside: In<'_>,
    audience: String,
    connection: String,
) -> Answer<Vec<Suggestion>> {
    inside
        .0
        .read(move |usher| usher.suggest_mapping(&audience, &connection))
        .await
}

/// Keeps a new one, after asking its service.
#[tauri::command]
pub(crate) async fn create_destination(
    inside: In<'_>,
    task: String,
    new: NewDestination,
) -> Answer<Destination> {
    let command = Command::CreateDestination(new);
    inside.0.perform_task(&task, command).await
}

/// Changes one, after asking its service.
#[tauri::command]
pub(crate) async fn edit_destination(
    inside: In<'_>,
    task: String,
    destination: String,
    change: DestinationChange,
) -> Answer<Destination> {
    let command = Command::EditDestination {
        destination,
        change,
    };
    inside.0.perform_task(&task, command).await
}

/// Removes one that no sync uses.
#[tauri::command]
pub(crate) async fn remove_destination(inside: In<'_>, destination: String) -> Answer<Destination> {
    let command = Command::RemoveDestination { destination };
    inside.0.perform(command, None).await
}
