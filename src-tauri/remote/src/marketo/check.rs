//! A connection test's lines: each turns the result of one call, made by
//! somebody else, into what it proves.

use super::{FolderInfo, ListPage, RecordResult, Usage};
use crate::failure::Failure;
use crate::http::Method;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use ts_rs::TS;
use usher_model::{Code, Field, Problem};

const READ_PEOPLE: &str = "Read-Only Lead (shown as Read-Only Person) or Read-Write Lead";
const WRITE_PEOPLE: &str = "Read-Write Lead (shown as Read-Write Person)";
const READ_ASSETS: &str = "Read-Only Assets";
const READ_ACTIVITIES: &str = "Read-Only Activity";
const WRITE_ASSETS: &str = "Read-Write Assets";

/// The permission that a call stands on, in the service's own words (Marketo docs: custom
/// services, endpoint reference).
pub(super) fn permission(method: Method, path: &str) -> &'static str {
    let is_get = method == Method::Get;
    let is_read = is_get || path.contains("_method=GET") || path.contains("/export");
    match () {
        () if path.contains("/activities") || path.contains("/deletedleads") => READ_ACTIVITIES,
        () if path.starts_with("/rest/asset/") && is_get => READ_ASSETS,
        () if path.starts_with("/rest/asset/") => WRITE_ASSETS,
        () if is_read => READ_PEOPLE,
        () => WRITE_PEOPLE,
    }
}

/// One line of a connection test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Check {
    /// What is tested, for programs.
    pub name: Cow<'static, str>,
    /// Whether it works.
    pub ok: bool,
    /// What was found, or why it does not work.
    pub detail: String,
    /// Why it does not work; none where it works.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub problem: Option<Problem>,
    /// The permission it stands on, in the service's own words.
    pub permission: Option<Cow<'static, str>>,
    /// Whether a sync does its work without it too, with more calls.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(as = "Option<bool>", optional)]
    pub optional: bool,
}

impl Check {
    /// From [`super::Marketo::ensure_token`].
    pub fn credentials(result: &Result<(), Failure>) -> Self {
        Self::of("credentials", None, result, |()| {
            "The client ID and secret are accepted.".into()
        })
    }

    /// From [`super::Marketo::usage`].
    pub fn usage(result: &Result<Option<Usage>, Failure>) -> Self {
        Self::of("usage", None, result, |usage| match usage {
            Some(day) => format!("{} calls today, by all applications.", day.total),
            None => "No calls today so far.".into(),
        })
    }

    /// From [`super::Marketo::describe`].
    pub fn read_people(result: &Result<Vec<Field>, Failure>) -> Self {
        Self::of("read_people", Some(READ_PEOPLE), result, |fields| {
            let writable = fields.iter().filter(|field| field.writable).count();
            format!("{} fields, {writable} of them writable.", fields.len())
        })
    }

    /// From [`super::Marketo::probe_write`]; says no more than that proves.
    pub fn write_people(result: &Result<Vec<RecordResult>, Failure>) -> Self {
        Self::of("write_people", Some(WRITE_PEOPLE), result, |_| {
            "Updating people is allowed; nobody was changed.".into()
        })
    }

    /// From [`super::Marketo::partitions`].
    pub fn partitions(result: &Result<Vec<(i64, String)>, Failure>) -> Self {
        Self::of("partitions", Some(READ_PEOPLE), result, |partitions| {
            let names: Vec<&str> = partitions.iter().map(|(_, name)| name.as_str()).collect();
            counted("partition", &names)
        })
    }

    /// From [`super::Marketo::lists_in`].
    pub fn read_lists(result: &Result<ListPage, Failure>) -> Self {
        Self::of("read_lists", Some(READ_ASSETS), result, |page| {
            let more = if page.next.is_some() { " or more" } else { "" };
            format!("{}{more} static lists.", page.lists.len())
        })
    }

    /// From [`super::Marketo::folder_by_name`] with [`super::GROUP_LISTS`].
    /// Without that folder, a list's folder has to be named each time.
    pub fn folders(result: &Result<Vec<FolderInfo>, Failure>) -> Self {
        Self::of("folders", Some(READ_ASSETS), result, |folders| {
            let system = folders.iter().filter(|folder| folder.system);
            let names: Vec<&str> = system
                .map(|folder| folder.workspace.as_deref().unwrap_or("Default"))
                .collect();
            if names.is_empty() {
                return "No 'Group Lists' folder in sight: name a folder for new lists.".into();
            }
            format!("'Group Lists' in {}", counted("workspace", &names))
        })
    }

    /// From [`super::Marketo::paging_token`]. Without it everyone is looked up each time.
    pub fn read_activities(result: &Result<String, Failure>) -> Self {
        let found = |_: &String| "Only what changed is read again.".into();
        Self {
            optional: true,
            ..Self::of("read_activities", Some(READ_ACTIVITIES), result, found)
        }
    }

    fn of<T>(
        name: &'static str,
        permission: Option<&'static str>,
        result: &Result<T, Failure>,
        found: impl FnOnce(&T) -> String,
    ) -> Self {
        let (name, shown) = (Cow::Borrowed(name), permission.map(Cow::Borrowed));
        match result {
            Ok(value) => Self {
                name,
                ok: true,
                detail: found(value),
                problem: None,
                permission: shown,
                optional: false,
            },
            Err(failure) => {
                let problem = failure.problem();
                let lacks = permission.filter(|_| problem.code == Code::PermissionMissing);
                Self {
                    name,
                    ok: false,
                    detail: match lacks {
                        Some(it) => format!("{} It needs {it}. {}", problem.message, problem.hint),
                        None => problem.to_string(),
                    },
                    problem: Some(problem),
                    permission: shown,
                    optional: false,
                }
            }
        }
    }
}

/// "3 partitions: Default, EMEA, APAC."
fn counted(noun: &str, names: &[&str]) -> String {
    let (n, plural) = (names.len(), if names.len() == 1 { "" } else { "s" });
    if n == 0 {
        format!("No {noun}s.")
    } else {
        format!("{n} {noun}{plural}: {}.", names.join(", "))
    }
}
