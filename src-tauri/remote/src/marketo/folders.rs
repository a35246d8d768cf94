//! Folders: where lists are, and which workspaces there are.

use super::{
    Ask, Marketo,
    envelope::{id_of, or_nothing, text_of},
    form,
};
use crate::failure::Failure;
use serde_json::Value;
use usher_model::ListRef;

/// The system folder in which a workspace keeps its lists.
pub const GROUP_LISTS: &str = "Group Lists";
/// The workspace of an instance that has no other.
const DEFAULT_WORKSPACE: &str = "Default";
/// Assets on one page (Marketo docs: assets, paging).
pub(super) const PAGE: usize = 200;

/// A folder or program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderInfo {
    /// Its number, with the number space it is from.
    pub folder: ListRef,
    /// Its name; several folders may share it.
    pub name: String,
    /// Where it is, as the service shows it.
    pub path: Option<String>,
    /// Whether the service made it.
    pub system: bool,
    /// Its workspace, where the service names one.
    pub workspace: Option<String>,
}

/// Some of the folders.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FolderPage {
    /// In the service's order.
    pub folders: Vec<FolderInfo>,
    /// Where the next page starts; `None` after the last.
    pub next: Option<usize>,
}

impl FolderInfo {
    /// The system folder of a workspace among those of one name. With none
    /// named: the only one there is, or else that of the Default workspace.
    pub fn default_of<'a>(folders: &'a [Self], workspace: Option<&str>) -> Option<&'a Self> {
        let system: Vec<&Self> = folders.iter().filter(|folder| folder.system).collect();
        let within = |name: &str| {
            system
                .iter()
                .copied()
                .find(|folder| folder.workspace.as_deref() == Some(name))
        };
        match (workspace, system.as_slice()) {
            // Asked for by workspace, the service may leave its name out.
            (Some(_), [only]) if only.workspace.is_none() => Some(only),
            (Some(name), _) => within(name),
            (None, [only]) => Some(only),
            (None, _) => within(DEFAULT_WORKSPACE),
        }
    }
}

impl Marketo {
    /// All folders of exactly this name. Permission: Read-Only Assets.
    pub async fn folder_by_name(
        &self,
        name: &str,
        workspace: Option<&str>,
    ) -> Result<Vec<FolderInfo>, Failure> {
        let mut pairs = vec![("name", name), ("type", "Folder")];
        pairs.extend(workspace.map(|workspace| ("workSpace", workspace)));
        let mut folders = self.folders_at("folder/byName.json", &pairs).await?;
        folders.retain(|folder| folder.name == name);
        Ok(folders)
    }

    /// One page of all folders down to three levels, starting at `offset`.
    pub async fn folders(&self, offset: usize) -> Result<FolderPage, Failure> {
        let (start, size) = (offset.to_string(), PAGE.to_string());
        let pairs = [("maxDepth", "3"), ("maxReturn", &size), ("offset", &start)];
        let folders = self.folders_at("folders.json", &pairs).await?;
        let next = next_offset(offset, folders.len());
        Ok(FolderPage { folders, next })
    }

    async fn folders_at(
        &self,
        call: &str,
        pairs: &[(&str, &str)],
    ) -> Result<Vec<FolderInfo>, Failure> {
        let ask = Ask::get(format!("/rest/asset/v1/{call}?{}", form::encode(pairs)));
        let records = or_nothing(self.call(ask).await, &["702"])?.found()?;
        let folders: Option<Vec<FolderInfo>> = records.iter().map(folder).collect();
        folders.ok_or_else(|| Failure::unknown("a folder without id and name"))
    }
}

/// Assets have no page tokens: a page that is not full is the last.
pub(super) fn next_offset(offset: usize, got: usize) -> Option<usize> {
    (got >= PAGE).then_some(offset + got)
}

/// `{"id":12,"type":"FOLDER"}`; replies spell the type in two ways.
pub(super) fn reference(value: &Value) -> Option<ListRef> {
    let kind = value.get("type")?.as_str()?;
    let kind = ["Folder", "Program"]
        .into_iter()
        .find(|known| known.eq_ignore_ascii_case(kind))?;
    Some(ListRef {
        kind: kind.into(),
        id: id_of(value)?,
    })
}

fn folder(record: &Value) -> Option<FolderInfo> {
    let plain = || {
        Some(ListRef {
            kind: "Folder".into(),
            id: id_of(record)?,
        })
    };
    Some(FolderInfo {
        folder: record.get("folderId").and_then(reference).or_else(plain)?,
        name: text_of(record, "name")?,
        path: text_of(record, "path"),
        system: record
            .get("isSystem")
            .and_then(Value::as_bool)
            .unwrap_or(false),
        workspace: text_of(record, "workspace"),
    })
}
