//! Static lists themselves; their members are in `members` and `leads`.

use super::{
    Ask, CREATE_ASSET, Marketo,
    envelope::{id_of, or_nothing, text_of},
    folders::{PAGE, next_offset, reference},
    form,
};
use crate::{failure::Failure, http::Body};
use serde_json::{Value, json};
use usher_model::ListRef;

/// A static list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListInfo {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Where it is; the kind is `Folder` or `Program`.
    pub folder: Option<ListRef>,
    /// Its workspace.
    pub workspace: Option<String>,
}

/// Some of the lists of a folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListPage {
    /// In the service's order.
    pub lists: Vec<ListInfo>,
    /// Where the next page starts; `None` after the last.
    pub next: Option<usize>,
}

impl Marketo {
    /// The lists of exactly this name, wherever they are: one call, which
    /// settles the matter when one of them is in the folder that is meant. As
    /// the service promises "the matching record" only, an answer from other
    /// folders alone does not prove that the folder has none: browse it with
    /// [`Marketo::lists_in`]. No answer at all does.
    pub async fn lists_named(&self, name: &str) -> Result<Vec<ListInfo>, Failure> {
        let query = form::encode(&[("name", name)]);
        let path = format!("/rest/asset/v1/staticList/byName.json?{query}");
        let mut lists = self.lists_at(path).await?;
        lists.retain(|list| list.name == name);
        Ok(lists)
    }

    /// One page of the lists of a folder, or of all there are.
    pub async fn lists_in(
        &self,
        folder: Option<&ListRef>,
        offset: usize,
    ) -> Result<ListPage, Failure> {
        let (start, size) = (offset.to_string(), PAGE.to_string());
        let parent = folder.map(folder_json);
        let mut pairs = vec![("offset", start.as_str()), ("maxReturn", &size)];
        pairs.extend(parent.iter().map(|parent| ("folder", parent.as_str())));
        let path = format!("/rest/asset/v1/staticLists.json?{}", form::encode(&pairs));
        let lists = self.lists_at(path).await?;
        let next = next_offset(offset, lists.len());
        Ok(ListPage { lists, next })
    }

    /// A list by its number; `None` when there is none that this user sees.
    pub async fn list_by_id(&self, id: i64) -> Result<Option<ListInfo>, Failure> {
        let lists = self
            .lists_at(format!("/rest/asset/v1/staticList/{id}.json"))
            .await?;
        match lists.as_slice() {
            [] => Ok(None),
            [list] if list.id == id => Ok(Some(list.clone())),
            _ => Err(Failure::unknown("another list than the one asked for")),
        }
    }

    /// Makes a list. 709: the name is taken. 710, 711: the folder is missing or
    /// of the wrong kind. A name with a comma could not be found again, so it
    /// is not sent.
    pub async fn create_list(
        &self,
        name: &str,
        folder: &ListRef,
        description: Option<&str>,
    ) -> Result<ListInfo, Failure> {
        if name.trim().is_empty() || name.contains(',') || name.chars().any(char::is_control) {
            return Err(Failure::unsendable("a list name is blank or has a comma"));
        }
        let parent = folder_json(folder);
        let mut pairs = vec![("name", name), ("folder", parent.as_str())];
        pairs.extend(description.map(|text| ("description", text)));
        let body = Body::Form(form::encode(&pairs).into_bytes());
        let ask = Ask::post("/rest/asset/v1/staticLists.json".into(), body).waiting(CREATE_ASSET);
        let records = self.call(ask).await?.records()?;
        match records
            .iter()
            .map(list)
            .collect::<Option<Vec<_>>>()
            .as_deref()
        {
            Some([made]) if made.name == name => Ok(made.clone()),
            _ => Err(Failure::unknown("another list than the one to be made")),
        }
    }

    /// Permission: Read-Only Assets.
    async fn lists_at(&self, path: String) -> Result<Vec<ListInfo>, Failure> {
        let records = or_nothing(self.call(Ask::get(path)).await, &["702", "1013"])?.found()?;
        let lists: Option<Vec<ListInfo>> = records.iter().map(list).collect();
        lists.ok_or_else(|| Failure::unknown("a list without id and name"))
    }
}

fn folder_json(folder: &ListRef) -> String {
    json!({ "id": folder.id, "type": folder.kind }).to_string()
}

fn list(record: &Value) -> Option<ListInfo> {
    Some(ListInfo {
        id: id_of(record)?,
        name: text_of(record, "name")?,
        folder: record.get("folder").and_then(reference),
        workspace: text_of(record, "workspace"),
    })
}
