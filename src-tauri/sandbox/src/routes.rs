//! From an address to a handler, with what each endpoint needs.

use std::time::Duration;

use crate::assets::{folder_calls, static_lists};
use crate::envelope::{Answer, Failure, Family};
use crate::fields;
use crate::leads::{filter, maintain, sync, sync_plan};
use crate::lists::browse;
use crate::lists::membership::{self, Operation};
use crate::partitions;
use crate::permissions::Need;
use crate::request::Call;
use crate::state::State;

/// One endpoint; the text is the id of its path.
#[derive(Debug, Clone)]
pub(crate) enum Route {
    Describe,
    Describe2,
    Partitions,
    MoveLeads,
    LeadsByFilter,
    SyncLeads,
    LeadById(String),
    DeleteLeads,
    MergeLeads(String),
    ListsOfLead(String),
    Lists,
    List(String),
    Members(String),
    Membership(String, Operation),
    StaticLists,
    CreateStaticList,
    StaticListByName,
    StaticList(String),
    UpdateStaticList(String),
    DeleteStaticList(String),
    FolderByName,
    Folders,
    Folder(String),
    FolderContent(String),
}

/// Which envelope an address answers in, also when it does not exist.
pub(crate) fn family(path: &str) -> Family {
    if path.starts_with("/rest/asset/") {
        Family::Assets
    } else {
        Family::Leads
    }
}

/// Unknown addresses are 610, known ones with another method 605.
pub(crate) fn find(method: &str, path: &str) -> Result<Route, Failure> {
    use Route::*;
    let unknown = || Failure::new(610, "Requested resource not found");
    let rest = path
        .strip_prefix("/rest/")
        .and_then(|path| path.strip_suffix(".json"));
    let parts: Vec<&str> = rest.ok_or_else(unknown)?.split('/').collect();
    let routes: Vec<(&str, Route)> = match parts.as_slice() {
        ["v1", "leads", "describe"] => vec![("GET", Describe)],
        ["v1", "leads", "describe2"] => vec![("GET", Describe2)],
        ["v1", "leads", "partitions"] => vec![("GET", Partitions), ("POST", MoveLeads)],
        ["v1", "leads"] => vec![
            ("GET", LeadsByFilter),
            ("POST", SyncLeads),
            ("DELETE", DeleteLeads),
        ],
        ["v1", "leads", "delete"] => vec![("POST", DeleteLeads)],
        ["v1", "lead", id] => vec![("GET", LeadById(id.to_string()))],
        ["v1", "leads", id, "merge"] => vec![("POST", MergeLeads(id.to_string()))],
        ["v1", "leads", id, "listMembership"] => vec![("GET", ListsOfLead(id.to_string()))],
        ["v1", "lists"] => vec![("GET", Lists)],
        ["v1", "lists", id] => vec![("GET", List(id.to_string()))],
        ["v1", "list", id, "leads"] => vec![("GET", Members(id.to_string()))],
        ["v1", "lists", id, "leads"] => vec![
            ("GET", Members(id.to_string())),
            ("POST", Membership(id.to_string(), Operation::Add)),
            ("DELETE", Membership(id.to_string(), Operation::Remove)),
        ],
        ["v1", "lists", id, "leads", "ismember"] => {
            vec![("GET", Membership(id.to_string(), Operation::Ask))]
        }
        ["asset", "v1", "staticLists"] => vec![("GET", StaticLists), ("POST", CreateStaticList)],
        ["asset", "v1", "staticList", "byName"] => vec![("GET", StaticListByName)],
        ["asset", "v1", "staticList", id] => {
            vec![
                ("GET", StaticList(id.to_string())),
                ("POST", UpdateStaticList(id.to_string())),
            ]
        }
        ["asset", "v1", "staticList", id, "delete"] => {
            vec![("POST", DeleteStaticList(id.to_string()))]
        }
        ["asset", "v1", "folder", "byName"] => vec![("GET", FolderByName)],
        ["asset", "v1", "folders"] => vec![("GET", Folders)],
        ["asset", "v1", "folder", id] => vec![("GET", Folder(id.to_string()))],
        ["asset", "v1", "folder", id, "content"] => vec![("GET", FolderContent(id.to_string()))],
        _ => return Err(unknown()),
    };
    let found = routes.into_iter().find(|(known, _)| *known == method);
    found
        .map(|(_, route)| route)
        .ok_or_else(|| Failure::new(605, "HTTP Method not supported"))
}

/// A call between its two halves.
pub(crate) enum Prepared {
    Sync(sync_plan::Plan),
    Whole,
}

impl Route {
    /// Marketo docs: endpoint reference. Asking for membership needs only reading here; the
    /// published description says writing.
    fn need(&self) -> Need {
        use Route::*;
        match self {
            SyncLeads | DeleteLeads | MergeLeads(_) | MoveLeads => Need::WriteLeads,
            Membership(_, Operation::Add | Operation::Remove) => Need::WriteLeads,
            Describe | Describe2 | Partitions | LeadsByFilter | LeadById(_) => Need::ReadLeads,
            Lists | List(_) | Members(_) | Membership(_, Operation::Ask) => Need::ReadLeads,
            CreateStaticList | UpdateStaticList(_) | DeleteStaticList(_) => Need::WriteAssets,
            ListsOfLead(_) | StaticLists | StaticListByName | StaticList(_) => Need::ReadAssets,
            FolderByName | Folders | Folder(_) | FolderContent(_) => Need::ReadAssets,
        }
    }

    fn changes_lists(&self) -> bool {
        use Route::*;
        matches!(
            self,
            CreateStaticList
                | UpdateStaticList(_)
                | DeleteStaticList(_)
                | Membership(_, Operation::Add | Operation::Remove)
        )
    }

    /// For faults that strike writes only.
    pub(crate) fn writes(&self) -> bool {
        self.changes_lists() || self.need() == Need::WriteLeads
    }

    /// The documented server time-out.
    pub(crate) fn time_limit(&self) -> Duration {
        use Route::*;
        Duration::from_secs(match self {
            SyncLeads => 90,
            MergeLeads(_) => 180,
            LeadsByFilter | Members(_) | MoveLeads => 60,
            _ if matches!(self.need(), Need::ReadAssets | Need::WriteAssets) => 300,
            _ => 30,
        })
    }

    /// 603 when the role lacks the permission.
    pub(crate) fn permit(&self, state: &State) -> Result<(), Failure> {
        let allowed =
            state.permissions.allow(self.need()) && (state.lists_writable || !self.changes_lists());
        if allowed {
            Ok(())
        } else {
            Err(Failure::new(603, "Access denied"))
        }
    }

    /// What a call looks at before it takes its time.
    pub(crate) fn prepare(&self, state: &mut State, call: &Call) -> Result<Prepared, Failure> {
        match self {
            Self::SyncLeads => Ok(Prepared::Sync(sync_plan::plan(state, call)?)),
            _ => Ok(Prepared::Whole),
        }
    }

    /// What a call does at its end.
    pub(crate) fn finish(
        &self,
        state: &mut State,
        call: &Call,
        prepared: Prepared,
    ) -> Result<Answer, Failure> {
        use Route::*;
        if let Prepared::Sync(plan) = prepared {
            return Ok(sync::apply(state, plan));
        }
        match self {
            SyncLeads => Err(Failure::new(611, "System error")),
            Describe => Ok(Answer::of(fields::describe())),
            Describe2 => Ok(Answer::of(vec![fields::describe2()])),
            Partitions => Ok(partitions::all(state)),
            MoveLeads => maintain::move_leads(state, call),
            LeadsByFilter => filter::by_filter(state, call),
            LeadById(id) => filter::by_id(state, call, id),
            DeleteLeads => maintain::delete(state, call),
            MergeLeads(id) => maintain::merge(state, call, id),
            ListsOfLead(id) => browse::of_lead(state, call, id),
            Lists => browse::lists(state, call),
            List(id) => browse::one(state, id),
            Members(id) => browse::members(state, call, id),
            Membership(id, what) => membership::run(state, call, id, *what),
            StaticLists => static_lists::all(state, call),
            CreateStaticList => static_lists::create(state, call),
            StaticListByName => static_lists::by_name(state, call),
            StaticList(id) => Ok(static_lists::by_id(state, id)),
            UpdateStaticList(id) => static_lists::update(state, call, id),
            DeleteStaticList(id) => static_lists::delete(state, id),
            FolderByName => folder_calls::by_name(call),
            Folders => folder_calls::tree(call),
            Folder(id) => folder_calls::by_id(call, id),
            FolderContent(id) => folder_calls::content(state, call, id),
        }
    }
}
