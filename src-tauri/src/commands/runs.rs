//! Runs: begun, followed, stopped, and their reports.

use crate::files::{choose_output, name_of};
use crate::shell::In;
use crate::wire::{Answer, Written};
use tauri::AppHandle;
use usher_model::{RunReport, SyncId};
use usher_sync::owner::Command;
use usher_sync::{
    ExportFormat, OutcomeFilter, OutcomePage, Progress, RetryRequest, RunDetail, RunPage,
    RunRequest, Usher,
};

/// The reports of the newest of all runs, or of a sync's by its id, `most` at most.
#[tauri::command]
pub(crate) async fn list_runs(inside: In<'_>, sync: Option<SyncId>, most: u32) -> Answer<RunPage> {
    let read = move |usher: &Usher| usher.run_page(sync.as_ref(), most);
    inside.0.read(read).await
}

/// The reports of each sync's newest run, and of what is under way.
#[tauri::command]
pub(crate) async fn current_runs(inside: In<'_>) -> Answer<Vec<RunReport>> {
    inside.0.read(Usher::current_runs).await
}

/// One run, with what was planned for it.
#[tauri::command]
pub(crate) async fn run_detail(inside: In<'_>, run: String) -> Answer<RunDetail> {
    inside.0.read(move |usher| usher.run_detail(&run)).await
}

/// Some of its people.
#[tauri::command]
pub(crate) async fn outcome_page(
    inside: In<'_>,
    run: String,
    filter: OutcomeFilter,
    offset: u64,
    limit: u64,
) -> Answer<OutcomePage> {
    let read = move |usher: &Usher| usher.outcome_page(&run, &filter, offset, limit);
    inside.0.read(read).await
}

/// Begins a run; its id.
#[tauri::command]
pub(crate) async fn start_run(inside: In<'_>, request: RunRequest) -> Answer<String> {
    inside.0.begin_run(Command::Run(request)).await
}

/// Goes on with one; its id.
#[tauri::command]
pub(crate) async fn resume_run(inside: In<'_>, run: String) -> Answer<String> {
    inside.0.begin_run(Command::Resume { run }).await
}

/// Tries again who was refused or is unconfirmed, in a run of its own; its id.
#[tauri::command]
pub(crate) async fn retry_run(inside: In<'_>, request: RetryRequest) -> Answer<String> {
    inside.0.begin_run(Command::Retry(request)).await
}

/// Lets one hold on before its next batch, or go on.
#[tauri::command]
pub(crate) async fn hold_run(inside: In<'_>, run: String, holds: bool) -> Answer<RunReport> {
    let command = Command::HoldRun { run, holds };
    inside.0.perform(command, None).await
}

/// Stops one in an orderly way.
#[tauri::command]
pub(crate) async fn stop_run(inside: In<'_>, run: String) -> Answer<RunReport> {
    inside.0.perform(Command::StopRun { run }, None).await
}

/// Writes its people to a file that the person chooses; nothing when they choose none.
#[tauri::command]
pub(crate) async fn export_run(
    app: AppHandle,
    inside: In<'_>,
    task: String,
    run: String,
    filter: OutcomeFilter,
) -> Answer<Option<Written>> {
    let id = run.clone();
    let report = inside.0.read(move |usher| usher.run_report(&id)).await?;
    let date = report.started_at.to_string();
    let name = format!("{} {}", report.sync, date.get(..10).unwrap_or(&date));
    let Some(path) = choose_output(&app, &name, &["csv", "parquet"]).await else {
        return Ok(None);
    };
    let write = move |usher: &Usher, progress: &Progress| {
        let rows = usher.export_run(&run, &path, ExportFormat::of(&path), &filter, progress)?;
        let file = name_of(&path);
        Ok(Some(Written { file, rows }))
    };
    inside.0.read_task(&task, write).await
}
