//! From an address to a handler, with what each endpoint needs.

mod table;

use std::time::Duration;

use crate::activities::calls as activities;
use crate::assets::{folder_calls, static_lists};
use crate::bulk::exports::calls as exports;
use crate::bulk::imports::{Left, calls as imports};
use crate::envelope::{Answer, Failure, Family};
use crate::fields;
use crate::leads::{filter, maintain, sync, sync_plan};
use crate::lists::browse;
use crate::lists::membership::{self, Operation};
use crate::partitions;
use crate::permissions::Need;
use crate::request::Call;
use crate::state::State;
use crate::stats;

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
    Import,
    ImportStatus(String),
    /// Rows that failed, or those with a warning.
    ImportFile(String, Left),
    CreateExport,
    QueueExport(String),
    CancelExport(String),
    ExportStatus(String),
    ExportFile(String),
    Exports,
    PagingToken,
    LeadChanges,
    DeletedLeads,
    ActivityTypes,
    /// Of today, or of a week.
    Usage {
        whole_week: bool,
    },
    Errors {
        whole_week: bool,
    },
}

pub(crate) use table::find;

/// Which envelope an address answers in, also when it does not exist.
pub(crate) fn family(path: &str) -> Family {
    if path.starts_with("/rest/asset/") {
        Family::Assets
    } else {
        Family::Leads
    }
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
            Import | ImportStatus(_) | ImportFile(..) => Need::WriteLeads,
            Describe | Describe2 | Partitions | LeadsByFilter | LeadById(_) => Need::ReadLeads,
            Lists | List(_) | Members(_) | Membership(_, Operation::Ask) => Need::ReadLeads,
            CreateExport | QueueExport(_) | CancelExport(_) => Need::ReadLeads,
            ExportStatus(_) | ExportFile(_) | Exports => Need::ReadLeads,
            CreateStaticList | UpdateStaticList(_) | DeleteStaticList(_) => Need::WriteAssets,
            ListsOfLead(_) | StaticLists | StaticListByName | StaticList(_) => Need::ReadAssets,
            FolderByName | Folders | Folder(_) | FolderContent(_) => Need::ReadAssets,
            PagingToken | LeadChanges | DeletedLeads | ActivityTypes => Need::ReadActivities,
            Usage { .. } | Errors { .. } => Need::Nothing,
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

    /// For faults that strike writes only: what changes people or lists.
    pub(crate) fn writes(&self) -> bool {
        use Route::*;
        match self {
            ImportStatus(_) | ImportFile(..) => false,
            _ => self.changes_lists() || self.need() == Need::WriteLeads,
        }
    }

    /// The documented server time-out.
    pub(crate) fn time_limit(&self) -> Duration {
        use Route::*;
        Duration::from_secs(match self {
            SyncLeads => 90,
            MergeLeads(_) => 180,
            PagingToken => 300,
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
            Import => imports::create(state, call),
            ImportStatus(id) => imports::status(state, id),
            ImportFile(id, which) => Ok(imports::download(state, id, *which)),
            CreateExport => exports::create(state, call),
            QueueExport(id) => exports::enqueue(state, id),
            CancelExport(id) => exports::cancel(state, id),
            ExportStatus(id) => exports::status(state, id),
            ExportFile(id) => Ok(exports::download(state, call, id)),
            Exports => exports::list(state, call),
            PagingToken => activities::paging_token(call),
            LeadChanges => activities::lead_changes(state, call),
            DeletedLeads => activities::deleted_leads(state, call),
            ActivityTypes => Ok(activities::types()),
            Usage { whole_week } => Ok(stats::usage(state, *whole_week)),
            Errors { whole_week } => Ok(stats::errors(state, *whole_week)),
        }
    }
}
