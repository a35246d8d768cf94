//! Static lists as assets: browsing, creating, renaming, deleting.
//!
//! Marketo docs: static lists. Creating takes a urlencoded form although the published
//! definition models a JSON body. An item's `url` is required there and absent in
//! recordings; it is left out here.

use serde_json::{Value, json};

use super::folders::{self, Place};
use super::page;
use crate::clock::{self, asset_time};
use crate::envelope::{Answer, Failure};
use crate::leads::filter::required;
use crate::lists::store::List;
use crate::request::Call;
use crate::state::State;

/// One asset item. `computedUrl` carries the id that a user sees in the address bar,
/// as `#ST<id>A1`.
fn shown(id: u32, list: &List) -> Value {
    json!({
        "id": id,
        "name": list.name,
        "description": list.description,
        "createdAt": asset_time(list.created),
        "updatedAt": asset_time(list.updated),
        "folder": list.place.json(),
        "workspace": list.workspace(),
        "computedUrl": format!("https://app-sandbox.marketo.com/#ST{id}A1"),
    })
}

fn one(state: &State, id: u32) -> Answer {
    Answer::assets(
        state
            .lists
            .get(id)
            .map(|list| shown(id, list))
            .into_iter()
            .collect(),
    )
}

fn folder(call: &Call) -> Result<Option<Place>, Failure> {
    call.param("folder")
        .filter(|text| !text.is_empty())
        .map(Place::parse)
        .transpose()
}

fn bound(call: &Call, name: &str) -> Result<Option<i64>, Failure> {
    match call.param(name) {
        None | Some("") => Ok(None),
        Some(text) => clock::parse_time(text)
            .map(Some)
            .ok_or_else(|| Failure::new(704, format!("Invalid date format '{text}'"))),
    }
}

/// Browses lists by folder and time of change; an offset past the end reads like an
/// empty search, with a warning.
pub(crate) fn all(state: &State, call: &Call) -> Result<Answer, Failure> {
    let folder = folder(call)?;
    let (earliest, latest) = (
        bound(call, "earliestUpdatedAt")?,
        bound(call, "latestUpdatedAt")?,
    );
    let (offset, most) = page(call)?;
    let found = state.lists.iter().filter(|(_, list)| {
        folder.is_none_or(|place| list.place == place)
            && earliest.is_none_or(|from| list.updated >= from)
            && latest.is_none_or(|to| list.updated <= to)
    });
    Ok(Answer::assets(
        found
            .skip(offset)
            .take(most)
            .map(|(id, list)| shown(id, list))
            .collect(),
    ))
}

/// Exact name; the same name in several folders gives several.
pub(crate) fn by_name(state: &State, call: &Call) -> Result<Answer, Failure> {
    let name = required(call, "name")?;
    let folder = folder(call)?;
    let found = state
        .lists
        .iter()
        .filter(|(_, list)| list.name == name && folder.is_none_or(|place| list.place == place));
    Ok(Answer::assets(
        found.map(|(id, list)| shown(id, list)).collect(),
    ))
}

/// One list; an unknown id is a warning and no error, as for every asset search.
pub(crate) fn by_id(state: &State, id: &str) -> Answer {
    one(state, id.parse().unwrap_or(0))
}

/// Assets are written by urlencoded forms; a JSON body is 612.
fn form(call: &Call) -> Result<(), Failure> {
    if call.is_form() || call.body.is_empty() {
        Ok(())
    } else {
        Err(Failure::new(612, "Invalid Content Type"))
    }
}

/// Marketo docs: 701 blank name, 709 name taken, 710 no such folder, 711 a folder that
/// cannot hold lists.
pub(crate) fn create(state: &mut State, call: &Call) -> Result<Answer, Failure> {
    form(call)?;
    let name = call.param("name").unwrap_or_default();
    let place = folder(call)?.ok_or_else(|| Failure::new(701, "folder cannot be blank"))?;
    folders::for_new_list(place)?;
    let description = call.param("description").unwrap_or_default();
    let now = state.clock.now_s();
    let id = state.lists.create(name, description, place, now)?;
    state.counters.lists_created += 1;
    Ok(one(state, id))
}

/// Unlike a search, a change of an unknown list is an error (702).
fn existing(state: &State, id: &str) -> Result<u32, Failure> {
    let known = id.parse().ok().filter(|&id| state.lists.get(id).is_some());
    known.ok_or_else(|| Failure::new(702, format!("Static List with id '{id}' not found")))
}

/// Renames or describes; what is not sent stays.
pub(crate) fn update(state: &mut State, call: &Call, id: &str) -> Result<Answer, Failure> {
    form(call)?;
    let id = existing(state, id)?;
    let now = state.clock.now_s();
    if let Some(name) = call.param("name")
        && let Some(list) = state.lists.get(id)
    {
        state.lists.check_name(name, list.place, Some(id))?;
    }
    if let Some(list) = state.lists.get_mut(id) {
        if let Some(name) = call.param("name") {
            list.name = name.trim().to_owned();
        }
        if let Some(description) = call.param("description") {
            list.description = description.to_owned();
        }
        list.updated = now;
    }
    Ok(one(state, id))
}

/// Deletes a list with its memberships; the leads stay.
pub(crate) fn delete(state: &mut State, id: &str) -> Result<Answer, Failure> {
    let id = existing(state, id)?;
    state.lists.remove(id);
    Ok(Answer::of(vec![json!({"id": id})]))
}
