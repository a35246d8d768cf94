//! The folder tree. Marketo docs: folders.
//!
//! Folders and programs are separate number spaces: a place is always an id with its
//! type (folder 1034 and program 1034 both exist here, on purpose).

use serde_json::{Value, json};

use crate::envelope::Failure;

/// An id together with its type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    pub(crate) id: u32,
    pub(crate) program: bool,
}

impl Place {
    /// A place in the folders' number space.
    pub(crate) const fn folder(id: u32) -> Self {
        Self { id, program: false }
    }

    /// A place in the programs' number space.
    pub(crate) const fn program(id: u32) -> Self {
        Self { id, program: true }
    }

    /// The type as replies spell it.
    pub(crate) fn kind(self) -> &'static str {
        if self.program { "Program" } else { "Folder" }
    }

    /// How a place is shown, and how a `folder` parameter is written.
    pub(crate) fn json(self) -> Value {
        json!({"id": self.id, "type": self.kind()})
    }

    /// Reads `{"id":12,"type":"Folder"}`; the type compares without case, and a bare
    /// number means a folder.
    pub(crate) fn parse(text: &str) -> Result<Self, Failure> {
        let wrong = || {
            Failure::new(
                1001,
                format!("Invalid value '{text}'. Required of type 'Folder'"),
            )
        };
        let value: Value = serde_json::from_str(text).map_err(|_| wrong())?;
        Self::of(&value).ok_or_else(wrong)
    }

    /// The same as [`parse`](Self::parse) for a value that is JSON already.
    pub(crate) fn of(value: &Value) -> Option<Self> {
        let number = |value: &Value| {
            let number = value.as_u64().or_else(|| value.as_str()?.parse().ok())?;
            u32::try_from(number).ok()
        };
        if let Some(id) = number(value) {
            return Some(Self::folder(id));
        }
        let id = number(value.get("id")?)?;
        match value.get("type")?.as_str()?.to_ascii_lowercase().as_str() {
            "folder" => Some(Self::folder(id)),
            "program" => Some(Self::program(id)),
            _ => None,
        }
    }
}

/// One folder or program.
#[derive(Debug)]
pub(crate) struct Folder {
    pub(crate) place: Place,
    pub(crate) parent: u32,
    pub(crate) name: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) system: bool,
    /// Whether a static list may live here.
    pub(crate) holds_lists: bool,
    pub(crate) workspace: &'static str,
    pub(crate) zone: u32,
}

const fn area(id: u32, name: &'static str) -> Folder {
    let place = Place::folder(id);
    Folder {
        place,
        parent: 1,
        name,
        kind: "Zone",
        system: true,
        holds_lists: false,
        workspace: "",
        zone: 0,
    }
}

const fn in_default(
    id: u32,
    parent: u32,
    name: &'static str,
    kind: &'static str,
    system: bool,
) -> Folder {
    let place = Place::folder(id);
    Folder {
        place,
        parent,
        name,
        kind,
        system,
        holds_lists: false,
        workspace: "Default",
        zone: 1,
    }
}

const fn in_emea(
    id: u32,
    parent: u32,
    name: &'static str,
    kind: &'static str,
    system: bool,
) -> Folder {
    Folder {
        workspace: "EMEA",
        zone: 2,
        ..in_default(id, parent, name, kind, system)
    }
}

const fn for_lists(folder: Folder) -> Folder {
    Folder {
        holds_lists: true,
        ..folder
    }
}

const fn program(folder: Folder) -> Folder {
    Folder {
        place: Place::program(folder.place.id),
        holds_lists: true,
        ..folder
    }
}

/// Parents stand before their children. 1 is the root above the three areas and is
/// not shown itself.
pub(crate) static FOLDERS: [Folder; 19] = [
    area(2, "Marketing Activities"),
    area(3, "Design Studio"),
    area(4, "Lead Database"),
    in_default(5, 2, "Default", "Zone", true),
    in_default(6, 3, "Default", "Zone", true),
    in_default(7, 4, "Default", "Zone", true),
    in_emea(8, 2, "EMEA", "Zone", true),
    in_emea(9, 4, "EMEA", "Zone", true),
    for_lists(in_default(12, 7, "Group Lists", "Marketing Folder", true)),
    in_default(13, 7, "Group Smart Lists", "Marketing Folder", true),
    for_lists(in_emea(14, 9, "Group Lists", "Marketing Folder", true)),
    for_lists(in_default(
        31,
        12,
        "Campaign Audiences",
        "Marketing Folder",
        false,
    )),
    for_lists(in_default(32, 31, "2026", "Marketing Folder", false)),
    for_lists(in_default(33, 12, "Group Lists", "Marketing Folder", false)),
    in_default(40, 5, "Webinars", "Marketing Folder", false),
    in_default(1034, 6, "Images", "Image", false),
    for_lists(in_emea(
        50,
        14,
        "Campaign Audiences",
        "Marketing Folder",
        false,
    )),
    program(in_default(
        1034,
        40,
        "Autumn Webinar",
        "Marketing Event",
        false,
    )),
    program(in_emea(
        1035,
        8,
        "EMEA Newsletter",
        "Marketing Program",
        false,
    )),
];

/// Looks a place up with its type; an id alone would be ambiguous.
pub(crate) fn find(place: Place) -> Option<&'static Folder> {
    FOLDERS.iter().find(|folder| folder.place == place)
}

impl Folder {
    /// From the area down, like `/Lead Database/Default/Group Lists`.
    pub(crate) fn path(&self) -> String {
        match find(Place::folder(self.parent)) {
            Some(parent) => format!("{}/{}", parent.path(), self.name),
            None => format!("/{}", self.name),
        }
    }

    /// Levels below `root`; `None` outside of it.
    pub(crate) fn depth_below(&self, root: Place) -> Option<usize> {
        if root.program {
            return None;
        }
        if self.parent == root.id {
            return Some(1);
        }
        find(Place::folder(self.parent))?
            .depth_below(root)
            .map(|depth| depth + 1)
    }
}

/// Where a list may be created: 710 for no such place, 711 for the wrong kind.
pub(crate) fn for_new_list(place: Place) -> Result<&'static Folder, Failure> {
    let folder = find(place).ok_or_else(|| Failure::new(710, "Parent folder was not found"))?;
    if folder.holds_lists {
        Ok(folder)
    } else {
        Err(Failure::new(711, "Incompatible folder type"))
    }
}
