//! Syncs, and looking at what one would do.

use crate::shell::In;
use crate::wire::Answer;
use usher_model::{PlanSummary, Sync};
use usher_sync::owner::Command;
use usher_sync::{
    Freshness, Look, NewSync, PeopleFilter, PeoplePage, RouteWish, SyncChange, Usher, WhatIf,
    WhatIfDocument,
};

/// All syncs.
#[tauri::command]
pub(crate) async fn list_syncs(inside: In<'_>) -> Answer<Vec<Sync>> {
    inside.0.read(|usher| usher.all()).await
}

/// How old what each would be decided from is.
#[tauri::command]
pub(crate) async fn freshness(inside: In<'_>) -> Answer<Vec<Freshness>> {
    inside.0.read(|usher| usher.freshness()).await
}

/// Keeps a new one.
#[tauri::command]
pub(crate) async fn create_sync(inside: In<'_>, new: NewSync) -> Answer<Sync> {
    inside.0.perform(Command::CreateSync(new), None).await
}

/// Changes one.
#[tauri::command]
pub(crate) async fn edit_sync(inside: In<'_>, sync: String, change: SyncChange) -> Answer<Sync> {
    inside
        .0
        .perform(Command::EditSync { sync, change }, None)
        .await
}

/// Removes one with its runs and with what it delivered.
#[tauri::command]
pub(crate) async fn remove_sync(inside: In<'_>, sync: String) -> Answer<Sync> {
    inside.0.perform(Command::RemoveSync { sync }, None).await
}

/// Plans one without sending anything.
#[tauri::command]
pub(crate) async fn preview(
    inside: In<'_>,
    task: String,
    sync: String,
    look: Look,
    routes: RouteWish,
) -> Answer<PlanSummary> {
    let command = Command::Preview { sync, look, routes };
    inside.0.perform_task(&task, command).await
}

/// What other settings would come to, offline.
#[tauri::command]
pub(crate) async fn what_if(inside: In<'_>, sync: String, wish: WhatIf) -> Answer<WhatIfDocument> {
    inside.0.perform(Command::WhatIf { sync, wish }, None).await
}

/// Some of the people of a plan.
#[tauri::command]
pub(crate) async fn people_page(
    inside: In<'_>,
    sync: String,
    digest: String,
    filter: PeopleFilter,
    offset: u64,
    limit: u64,
) -> Answer<PeoplePage> {
    let read = move |usher: &Usher| usher.people_page(&sync, &digest, &filter, offset, limit);
    inside.0.read(read).await
}
