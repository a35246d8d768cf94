//! The list: found by its exact name or number, and read whole.

use crate::points;
use crate::progress::Progress;
use crate::reading::export::Exporter;
use crate::route;
use crate::service::{CallError, Patience, Service};
use crate::usher::Usher;
use std::sync::Arc;
use usher_model::{Code, ListChoice, ListRef, Problem};
use usher_remote::marketo::{ExtractFilter, FolderInfo, GROUP_LISTS, ListInfo};
use usher_store::table::lists::{self, ReadList};

impl Usher {
    /// Finds the list and reads all its members; a list that does not exist yet
    /// has none. Keeps the answer.
    pub(crate) async fn read_list(
        &self,
        service: &Arc<Service>,
        choice: &ListChoice,
        workspace: Option<&str>,
        progress: &Progress,
    ) -> Result<(), Problem> {
        let Some(scope) = list_scope(service, choice, workspace) else {
            return Ok(());
        };
        let before = service.counted().0;
        let began = self.begins();
        let Some(Found {
            id: found,
            name,
            folder,
        }) = find_choice(service, choice, workspace, progress).await?
        else {
            return Ok(());
        };
        let mut members = match found {
            Some(id) => {
                let before = lists::get(&*self.cache.reader()?, &scope)?;
                let before = before.map(|(_, members)| members.len());
                members_of(service, id, before, progress).await?
            }
            None => Vec::new(),
        };
        members.sort_unstable();
        members.dedup();
        let calls = service.counted().0 - before;
        let read = ReadList {
            id: found,
            name,
            folder,
            when: self.since(&began),
            calls,
            told_by: Vec::new(),
        };
        self.cache
            .write(move |tx| lists::put(tx, &scope, &read, &members))
            .await?;
        points::pass("list_read");
        Ok(())
    }

    /// The last whole reading of a list, and who was on it.
    pub(crate) fn list_as_read(
        &self,
        service: &Service,
        choice: &ListChoice,
        workspace: Option<&str>,
    ) -> Result<Option<(ReadList, Vec<i64>)>, Problem> {
        let Some(scope) = list_scope(service, choice, workspace) else {
            return Ok(None);
        };
        Ok(lists::get(&*self.cache.reader()?, &scope)?)
    }
}

/// Everyone on a list, page by page; one that is known to be long, or turns out to be, is
/// exported.
pub(crate) async fn members_of(
    service: &Arc<Service>,
    list: i64,
    before: Option<usize>,
    progress: &Progress,
) -> Result<Vec<i64>, CallError> {
    let is_long = |members: usize| route::is_exported(members as u64);
    if before.is_some_and(is_long)
        && let Some(members) = exported(service, list, progress).await?
    {
        return Ok(members);
    }
    let (mut members, mut page, mut tried) =
        (Vec::new(), None::<String>, before.is_some_and(is_long));
    let id_only = &["id".to_owned()];
    loop {
        let step = progress.step("reading the list", members.len() as u64, None);
        step.map_err(|_| CallError::Stopped)?;
        let token = page.as_deref();
        let got = service
            .call(Patience::READ, progress, |marketo| async move {
                marketo.list_members(list, id_only, token).await
            })
            .await?;
        members.extend(got.leads.iter().map(|lead| lead.id));
        page = got.next;
        if page.is_none() {
            return Ok(members);
        }
        if !tried && is_long(members.len()) {
            tried = true;
            if let Some(members) = exported(service, list, progress).await? {
                return Ok(members);
            }
        }
    }
}

/// The same by an export; nothing where the service does not give one.
async fn exported(
    service: &Arc<Service>,
    list: i64,
    progress: &Progress,
) -> Result<Option<Vec<i64>>, CallError> {
    let exporter = Exporter {
        service: service.clone(),
        fields: vec!["id".to_owned()],
        progress: progress.clone(),
    };
    match exporter.file(ExtractFilter::List(list)).await {
        Ok(file) => Ok(ids(&file)),
        Err(CallError::Service(failure)) => {
            tracing::warn!(code = ?failure.code(), "exports fail; the list is paged through");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// The numbers of a file whose one column they are; nothing where it is another.
fn ids(file: &[u8]) -> Option<Vec<i64>> {
    let text = std::str::from_utf8(file).ok()?;
    let mut lines = text.lines().map(|line| line.trim().trim_matches('"'));
    if file.is_empty() {
        return Some(Vec::new());
    }
    lines.next().filter(|title| *title == "id")?;
    let ids = lines.filter(|line| !line.is_empty());
    ids.map(|id| id.parse().ok()).collect()
}

/// A list that is meant: it may not exist yet.
struct Found {
    id: Option<i64>,
    name: String,
    folder: Option<ListRef>,
}

async fn find_choice(
    service: &Service,
    choice: &ListChoice,
    workspace: Option<&str>,
    progress: &Progress,
) -> Result<Option<Found>, Problem> {
    Ok(match choice {
        ListChoice::None => None,
        ListChoice::Id(id) => {
            let found = service
                .call(Patience::READ, progress, |marketo| async move {
                    marketo.list_by_id(*id).await
                })
                .await?;
            let list = found.ok_or_else(|| no_such_list(*id))?;
            Some(Found {
                id: Some(list.id),
                name: list.name,
                folder: list.folder,
            })
        }
        ListChoice::Named { name, folder } => {
            let folder = match folder {
                Some(folder) => folder.clone(),
                None => default_folder(service, workspace, progress).await?,
            };
            let found = find_list(service, name, &folder, progress).await?;
            Some(Found {
                id: found.map(|list| list.id),
                name: name.clone(),
                folder: Some(folder),
            })
        }
    })
}

/// Names the reading of a list: one service user's view of one choice.
pub(crate) fn list_scope(
    service: &Service,
    choice: &ListChoice,
    workspace: Option<&str>,
) -> Option<String> {
    let named = serde_json::to_string(choice).unwrap_or_default();
    (*choice != ListChoice::None).then(|| {
        format!(
            "{}/{}/{named}",
            service.connection().id,
            workspace.unwrap_or_default()
        )
    })
}

/// The workspace's 'Group Lists' folder.
async fn default_folder(
    service: &Service,
    workspace: Option<&str>,
    progress: &Progress,
) -> Result<ListRef, Problem> {
    let folders = service
        .call(Patience::READ, progress, |marketo| async move {
            marketo.folder_by_name(GROUP_LISTS, workspace).await
        })
        .await?;
    match FolderInfo::default_of(&folders, workspace) {
        Some(folder) => Ok(folder.folder.clone()),
        None => Err(Problem::new(
            Code::ListNotFound,
            "There is no folder 'Group Lists' that this user can see, so it is not clear where the list belongs.",
            "Name the folder with `--list-folder Folder:ID`, or a workspace at the destination.",
        )),
    }
}

/// The number of the list that is meant, if it is there.
pub(crate) async fn list_there(
    service: &Service,
    choice: &ListChoice,
    workspace: Option<&str>,
    progress: &Progress,
) -> Result<Option<i64>, Problem> {
    Ok(find_choice(service, choice, workspace, progress)
        .await?
        .and_then(|found| found.id))
}

/// The list of exactly this name in exactly this folder.
async fn find_list(
    service: &Service,
    name: &str,
    folder: &ListRef,
    progress: &Progress,
) -> Result<Option<ListInfo>, Problem> {
    let named = service
        .call(Patience::READ, progress, |marketo| async move {
            marketo.lists_named(name).await
        })
        .await?;
    let mut here: Vec<ListInfo> = in_folder(&named, name, folder);
    if here.is_empty() && !named.is_empty() {
        let mut offset = Some(0);
        while let Some(start) = offset {
            let page = service
                .call(Patience::READ, progress, |marketo| async move {
                    marketo.lists_in(Some(folder), start).await
                })
                .await?;
            here.extend(in_folder(&page.lists, name, folder));
            offset = page.next;
        }
    }
    if here.len() > 1 {
        let ids = here
            .iter()
            .map(|list| list.id.to_string())
            .collect::<Vec<_>>()
            .join(", ");
        return Err(Problem::new(
            Code::ListAmbiguous,
            format!(
                "There are {} lists of the name `{name}` there: {ids}.",
                here.len()
            ),
            "Name one by its number with `--list-id`.",
        ));
    }
    Ok(here.pop())
}

fn in_folder(lists: &[ListInfo], name: &str, folder: &ListRef) -> Vec<ListInfo> {
    let fits = |list: &&ListInfo| list.name == name && list.folder.as_ref() == Some(folder);
    lists.iter().filter(fits).cloned().collect()
}

fn no_such_list(id: i64) -> Problem {
    Problem::new(
        Code::ListNotFound,
        format!("There is no list {id} that this user can see."),
        "Check the number in the list's address: the digits behind ST.",
    )
}
