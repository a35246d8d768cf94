//! Audiences, and the files they come from.

use crate::files::{choose_input, choose_output, name_of};
use crate::shell::{In, Shell};
use crate::wire::{Answer, FileRequest, OfferedFile, Written};
use std::path::Path;
use tauri::AppHandle;
use usher_model::{Audience, Problem};
use usher_sync::owner::Command;
use usher_sync::{
    AudienceDocument, AudienceProfile, ExportFormat, FileLook, ImportRequest, MemberPage,
    MemberQuery, Progress,
};

fn import_request(request: FileRequest, shell: &Shell) -> Answer<ImportRequest> {
    Ok(ImportRequest {
        file: shell.files.path(&request.handle)?,
        name: request.name,
        format: None,
        encoding: request.encoding,
        delimiter: request.delimiter,
        sheet: request.sheet,
    })
}

/// The page knows the file an audience came from by its name alone.
fn without_folders(document: AudienceDocument) -> AudienceDocument {
    AudienceDocument {
        source: name_of(Path::new(&document.source)),
        ..document
    }
}

/// What is wrong with a file, told by its name: where it is stays here.
fn named_by_file(problem: Problem, path: &Path) -> Problem {
    let message = problem
        .message
        .replace(&path.display().to_string(), &name_of(path));
    Problem { message, ..problem }
}

/// All audiences.
#[tauri::command]
pub(crate) async fn list_audiences(inside: In<'_>) -> Answer<Vec<AudienceDocument>> {
    let all = inside.0.read(|usher| usher.audience_documents()).await?;
    Ok(all.into_iter().map(without_folders).collect())
}

/// One audience.
#[tauri::command]
pub(crate) async fn audience(inside: In<'_>, audience: String) -> Answer<AudienceDocument> {
    let read = move |usher: &usher_sync::Usher| usher.audience_document(&audience);
    Ok(without_folders(inside.0.read(read).await?))
}

/// One audience, summed up.
#[tauri::command]
pub(crate) async fn audience_profile(inside: In<'_>, audience: String) -> Answer<AudienceProfile> {
    inside
        .0
        .read(move |usher| usher.audience_profile(&audience))
        .await
}

/// Some of its members.
#[tauri::command]
pub(crate) async fn member_page(
    inside: In<'_>,
    audience: String,
    query: MemberQuery,
) -> Answer<MemberPage> {
    inside
        .0
        .read(move |usher| usher.member_page(&audience, &query))
        .await
}

/// Asks the person for a file of people; nothing when they choose none.
#[tauri::command]
pub(crate) async fn choose_file(app: AppHandle, inside: In<'_>) -> Answer<Option<OfferedFile>> {
    let path = choose_input(&app).await;
    path.map(|path| inside.0.files.offer(&path)).transpose()
}

/// The next file that was dropped, or that Usher was opened with, once.
#[tauri::command]
pub(crate) fn waiting_file(inside: In<'_>) -> Answer<Option<OfferedFile>> {
    inside.0.files.take_waiting().transpose()
}

/// What is in a file, read as an import would read it.
#[tauri::command]
pub(crate) async fn look_at_file(
    inside: In<'_>,
    task: String,
    request: FileRequest,
) -> Answer<FileLook> {
    let request = import_request(request, &inside.0)?;
    let path = request.file.clone();
    let looked = inside.0.look_at_file(&task, request).await;
    looked.map_err(|problem| named_by_file(problem, &path))
}

/// Imports a file.
#[tauri::command]
pub(crate) async fn import_file(
    inside: In<'_>,
    task: String,
    request: FileRequest,
) -> Answer<AudienceDocument> {
    let request = import_request(request, &inside.0)?;
    let path = request.file.clone();
    let kept = inside.0.perform_task(&task, Command::Import(request)).await;
    kept.map_err(|problem| named_by_file(problem, &path))
}

/// Removes an audience that no sync uses.
#[tauri::command]
pub(crate) async fn remove_audience(inside: In<'_>, audience: String) -> Answer<Audience> {
    let command = Command::RemoveAudience { audience };
    inside.0.perform(command, None).await
}

/// Notes that somebody looks at the lines of an audience that were set aside.
#[tauri::command]
pub(crate) async fn look_over(inside: In<'_>, audience: String) -> Answer<AudienceDocument> {
    inside.0.perform(Command::LookOver { audience }, None).await
}

/// Follows the file that an audience was imported from, or no longer.
#[tauri::command]
pub(crate) async fn follow_file(
    inside: In<'_>,
    audience: String,
    follows: bool,
) -> Answer<AudienceDocument> {
    let name = audience.clone();
    let known = inside.0.read(move |usher| usher.audience_document(&name));
    let path = known.await?.source.into();
    let command = match follows {
        true => Command::WatchAudience { audience, path },
        false => Command::UnwatchAudience { audience },
    };
    inside.0.perform(command, None).await
}

/// Writes an audience to a file that the person chooses; nothing when they choose none.
#[tauri::command]
pub(crate) async fn export_audience(
    app: AppHandle,
    inside: In<'_>,
    task: String,
    audience: String,
) -> Answer<Option<Written>> {
    let Some(path) = choose_output(&app, &audience, &["csv", "parquet"]).await else {
        return Ok(None);
    };
    let write = move |usher: &usher_sync::Usher, progress: &Progress| {
        let rows = usher.export_audience(&audience, &path, ExportFormat::of(&path), progress)?;
        let file = name_of(&path);
        Ok(Some(Written { file, rows }))
    };
    inside.0.read_task(&task, write).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use usher_model::Code;

    #[test]
    fn what_is_wrong_with_a_file_does_not_say_where_it_is() {
        let path = Path::new("/home/ada/Q3/people.csv");
        let told = format!("`{}` is damaged.", path.display());
        let problem = Problem::new(Code::FileDamaged, told, "Export it again.");
        assert_eq!(
            named_by_file(problem, path).message,
            "`people.csv` is damaged."
        );
    }
}
