//! Browsing folders: by name, by id, as a tree, and what is in one.

use serde_json::{Value, json};

use super::folders::{self, FOLDERS, Folder, Place};
use super::page;
use crate::clock::asset_time;
use crate::envelope::{Answer, Failure};
use crate::leads::filter::required;
use crate::request::Call;
use crate::state::State;

/// Folders date from the making of the instance.
const MADE: i64 = 1_577_836_800;

/// One item of a folder reply. Areas have the invisible root 1 as their parent, since the
/// published description requires one.
fn shown(folder: &Folder) -> Value {
    let letters = if folder.place.program { "PG" } else { "MF" };
    json!({
        "name": folder.name,
        "description": "",
        "createdAt": asset_time(MADE),
        "updatedAt": asset_time(MADE),
        "url": format!("https://app-sandbox.marketo.com/#{letters}{}A1", folder.place.id),
        "folderId": folder.place.json(),
        "folderType": folder.kind,
        "parent": Place::folder(folder.parent).json(),
        "path": folder.path(),
        "isArchive": false,
        "isSystem": folder.system,
        "accessZoneId": folder.zone,
        "workspace": folder.workspace,
        "id": folder.place.id,
    })
}

/// `workSpace` narrows by name; an unknown name finds nothing.
fn in_workspace(folder: &Folder, call: &Call) -> bool {
    call.param("workSpace")
        .is_none_or(|wanted| wanted.is_empty() || wanted == folder.workspace)
}

fn root(call: &Call) -> Result<Place, Failure> {
    match call.param("root") {
        None | Some("") => Ok(Place::folder(1)),
        Some(text) => Place::parse(text),
    }
}

/// All exact matches, so that callers have to tell them apart by path and `isSystem`.
pub(crate) fn by_name(call: &Call) -> Result<Answer, Failure> {
    let name = required(call, "name")?;
    let root = root(call)?;
    let kind = call.param("type").unwrap_or_default();
    let found = FOLDERS.iter().filter(|folder| {
        folder.name == name
            && (kind.is_empty() || kind.eq_ignore_ascii_case(folder.place.kind()))
            && (folder.place == root || folder.depth_below(root).is_some())
            && in_workspace(folder, call)
    });
    Ok(Answer::assets(found.map(shown).collect()))
}

/// Folders below `root`, by default two levels deep; the root itself is not among
/// them, which the documentation leaves open.
pub(crate) fn tree(call: &Call) -> Result<Answer, Failure> {
    let root = root(call)?;
    let (offset, most) = page(call)?;
    let depth = match call.param("maxDepth") {
        None | Some("") => 2,
        Some(text) => text.parse().map_err(|_| {
            Failure::new(
                1001,
                format!("Invalid value '{text}'. Required of type 'Integer'"),
            )
        })?,
    };
    let found = FOLDERS.iter().filter(|folder| {
        folder.depth_below(root).is_some_and(|below| below <= depth) && in_workspace(folder, call)
    });
    Ok(Answer::assets(
        found.skip(offset).take(most).map(shown).collect(),
    ))
}

fn place(call: &Call, id: &str) -> Result<Place, Failure> {
    let kind = required(call, "type")?;
    let id = id.parse().unwrap_or(0);
    match kind.to_ascii_lowercase().as_str() {
        "folder" => Ok(Place::folder(id)),
        "program" => Ok(Place::program(id)),
        _ => Err(Failure::new(
            1001,
            format!("Invalid value '{kind}'. Required of type 'FolderType'"),
        )),
    }
}

/// One folder or program. Marketo docs: `type` is required, because the number spaces
/// of the two overlap.
pub(crate) fn by_id(call: &Call, id: &str) -> Result<Answer, Failure> {
    let place = place(call, id)?;
    Ok(Answer::assets(
        folders::find(place).map(shown).into_iter().collect(),
    ))
}

/// What lies directly in a folder or program: folders first, then lists.
pub(crate) fn content(state: &State, call: &Call, id: &str) -> Result<Answer, Failure> {
    let place = place(call, id)?;
    let (offset, most) = page(call)?;
    let below = FOLDERS
        .iter()
        .filter(|folder| folder.depth_below(place) == Some(1));
    let lists = state.lists.iter().filter(|(_, list)| list.place == place);
    let found = below
        .map(|folder| folder.place.json())
        .chain(lists.map(|(id, _)| json!({"id": id, "type": "Static List"})));
    Ok(Answer::assets(found.skip(offset).take(most).collect()))
}
