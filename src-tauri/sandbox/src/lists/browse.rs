//! Finding lists, reading their members, and the lists of one lead.
//!
//! Marketo docs: static lists, list membership. Member pages go by lead id, so a list
//! that changes while it is read neither repeats nor skips the members that stay; the
//! documentation does not promise that.

use serde_json::{Value, json};

use super::store::List;
use crate::assets::folders;
use crate::clock::lead_time;
use crate::envelope::{Answer, Failure};
use crate::leads::filter::columns;
use crate::paging;
use crate::request::Call;
use crate::state::State;

/// One item of the lead database's own list calls; assets show the same list differently.
fn shown(id: u32, list: &List) -> Value {
    let mut item = json!({"id": id, "name": list.name});
    if !list.description.is_empty() {
        item["description"] = list.description.as_str().into();
    }
    if list.place.program
        && let Some(program) = folders::find(list.place)
    {
        item["programName"] = program.name.into();
    }
    item["workspaceName"] = list.workspace().into();
    item["createdAt"] = lead_time(list.created).into();
    item["updatedAt"] = lead_time(list.updated).into();
    item
}

/// Lists by id, name, program and workspace; several values of one kind are alternatives.
pub(crate) fn lists(state: &State, call: &Call) -> Result<Answer, Failure> {
    let (ids, names) = (call.list("id"), call.list("name"));
    let (programs, workspaces) = (call.list("programName"), call.list("workspaceName"));
    let size = paging::batch_size(call)?;
    let scope = call.scope();
    let after = paging::position(call, &scope)?;
    let among =
        |wanted: &[String], value: &str| wanted.is_empty() || wanted.iter().any(|w| w == value);
    let program = |list: &List| match folders::find(list.place) {
        Some(folder) if list.place.program => folder.name,
        _ => "",
    };
    let mut found: Vec<(u32, Value)> = state
        .lists
        .iter()
        .filter(|(id, list)| {
            u64::from(*id) > after
                && among(&ids, &id.to_string())
                && among(&names, &list.name)
                && among(&programs, program(list))
                && among(&workspaces, list.workspace())
        })
        .take(size + 1)
        .map(|(id, list)| (id, shown(id, list)))
        .collect();
    let more = found.len() > size;
    found.truncate(size);
    let last = found.last().map(|(id, _)| u64::from(*id));
    let next_page = last
        .filter(|_| more)
        .map(|last| paging::token(&scope, last));
    Ok(Answer {
        next_page,
        shows_more: true,
        ..Answer::of(found.into_iter().map(|(_, item)| item).collect())
    })
}

/// The list of a path, or 1013.
pub(crate) fn list_id(state: &State, text: &str) -> Result<u32, Failure> {
    let id = text
        .parse()
        .ok()
        .filter(|&id| state.lists.get(id).is_some());
    id.ok_or_else(|| Failure::new(1013, "Object not found"))
}

/// One list by id.
pub(crate) fn one(state: &State, id: &str) -> Result<Answer, Failure> {
    let id = list_id(state, id)?;
    Ok(Answer::of(
        state
            .lists
            .get(id)
            .map(|list| shown(id, list))
            .into_iter()
            .collect(),
    ))
}

/// A page of members whom the API user sees. `moreResult` is not shown here, as in the
/// documentation's example.
pub(crate) fn members(state: &State, call: &Call, id: &str) -> Result<Answer, Failure> {
    let id = list_id(state, id)?;
    let columns = columns(call)?;
    let size = paging::batch_size(call)?;
    let scope = format!("list {id}");
    let after = paging::position(call, &scope)?;
    let from = u32::try_from(after).unwrap_or(u32::MAX).saturating_add(1);
    let members = state
        .lists
        .get(id)
        .into_iter()
        .flat_map(|list| list.members.range(from..));
    let mut page: Vec<u32> = members
        .map(|(&lead, _)| lead)
        .filter(|&lead| state.sees(lead))
        .take(size + 1)
        .collect();
    let more = page.len() > size;
    page.truncate(size);
    let last = page.last().copied().filter(|_| more);
    let next_page = last.map(|last| paging::token(&scope, last.into()));
    let found = page
        .into_iter()
        .filter_map(|lead| state.leads.shown(lead, &columns))
        .collect();
    Ok(Answer {
        next_page,
        ..Answer::of(found)
    })
}

/// The lists that a lead is on.
pub(crate) fn of_lead(state: &State, call: &Call, lead: &str) -> Result<Answer, Failure> {
    let lead = lead.parse().ok().filter(|&id| state.sees(id));
    let lead: u32 = lead.ok_or_else(|| Failure::new(1004, "Lead not found"))?;
    let size = paging::batch_size(call)?;
    let scope = format!("lists of {lead}");
    let after = paging::position(call, &scope)?;
    let on = state
        .lists
        .iter()
        .filter(|(id, list)| u64::from(*id) > after && list.members.contains_key(&lead));
    let mut found: Vec<(u32, &List)> = on.take(size + 1).collect();
    let more = found.len() > size;
    found.truncate(size);
    let last = found.last().map(|(id, _)| u64::from(*id)).filter(|_| more);
    let next_page = last.map(|last| paging::token(&scope, last));
    let item = |(id, list): (u32, &List)| json!({"listId": id, "createdAt": lead_time(list.created), "updatedAt": lead_time(list.updated)});
    Ok(Answer {
        next_page,
        shows_more: true,
        ..Answer::of(found.into_iter().map(item).collect())
    })
}
