//! Which addresses there are, and what each takes.

use super::Route;
use crate::bulk::imports::Left;
use crate::envelope::Failure;
use crate::lists::membership::Operation;

/// What an address takes, by method.
type Routes = Vec<(&'static str, Route)>;

/// Unknown addresses are 610, known ones with another method 605. Marketo docs: bulk
/// addresses do not begin with `/rest`.
pub(crate) fn find(method: &str, path: &str) -> Result<Route, Failure> {
    let path = path.strip_suffix(".json").unwrap_or("");
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    let routes = match parts.split_first() {
        Some((&"rest", parts)) => rest(parts),
        Some((&"bulk", parts)) => bulk(parts),
        _ => None,
    };
    let routes = routes.ok_or_else(|| Failure::new(610, "Requested resource not found"))?;
    let found = routes.into_iter().find(|(known, _)| *known == method);
    found
        .map(|(_, route)| route)
        .ok_or_else(|| Failure::new(605, "HTTP Method not supported"))
}

fn bulk(parts: &[&str]) -> Option<Routes> {
    use Route::*;
    Some(match parts {
        ["v1", "leads"] => vec![("POST", Import)],
        ["v1", "leads", "batch", id] => vec![("GET", ImportStatus(id.to_string()))],
        ["v1", "leads", "batch", id, "failures"] => {
            vec![("GET", ImportFile(id.to_string(), Left::Failures))]
        }
        ["v1", "leads", "batch", id, "warnings"] => {
            vec![("GET", ImportFile(id.to_string(), Left::Warnings))]
        }
        ["v1", "leads", "export"] => vec![("GET", Exports)],
        ["v1", "leads", "export", "create"] => vec![("POST", CreateExport)],
        ["v1", "leads", "export", id, what] => {
            let id = id.to_string();
            vec![match *what {
                "enqueue" => ("POST", QueueExport(id)),
                "cancel" => ("POST", CancelExport(id)),
                "status" => ("GET", ExportStatus(id)),
                "file" => ("GET", ExportFile(id)),
                _ => return None,
            }]
        }
        _ => return None,
    })
}

fn rest(parts: &[&str]) -> Option<Routes> {
    use Route::*;
    Some(match parts {
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
        ["v1", "activities", "pagingtoken"] => vec![("GET", PagingToken)],
        ["v1", "activities", "leadchanges"] => vec![("GET", LeadChanges)],
        ["v1", "activities", "deletedleads"] => vec![("GET", DeletedLeads)],
        ["v1", "activities", "types"] => vec![("GET", ActivityTypes)],
        ["v1", "stats", "usage"] => vec![("GET", Usage { whole_week: false })],
        ["v1", "stats", "usage", "last7days"] => vec![("GET", Usage { whole_week: true })],
        ["v1", "stats", "errors"] => vec![("GET", Errors { whole_week: false })],
        ["v1", "stats", "errors", "last7days"] => vec![("GET", Errors { whole_week: true })],
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
        _ => return None,
    })
}
