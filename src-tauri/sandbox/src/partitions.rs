//! Partitions of the lead database.
//!
//! Marketo docs: lead partitions. Id 1 is "Default". What the API user does not see
//! can neither be listed, searched nor written to.

use serde_json::json;

use crate::envelope::Answer;
use crate::state::State;

/// One partition; its id is its place in [`PARTITIONS`] plus one.
#[derive(Debug)]
pub(crate) struct Partition {
    pub(crate) name: &'static str,
    pub(crate) description: &'static str,
}

pub(crate) static PARTITIONS: [Partition; 3] = [
    Partition {
        name: "Default",
        description: "Initial system lead partition",
    },
    Partition {
        name: "EMEA",
        description: "Europe, Middle East and Africa",
    },
    Partition {
        name: "APAC",
        description: "Asia and Pacific",
    },
];

/// Empty for an id that does not exist.
pub(crate) fn name(id: u8) -> &'static str {
    PARTITIONS
        .get(usize::from(id).wrapping_sub(1))
        .map_or("", |partition| partition.name)
}

/// By exact name, seen or not.
pub(crate) fn id(name: &str) -> Option<u8> {
    PARTITIONS
        .iter()
        .zip(1..)
        .find(|(partition, _)| partition.name == name)
        .map(|(_, id)| id)
}

/// The partitions that the API user sees.
pub(crate) fn all(state: &State) -> Answer {
    let seen = PARTITIONS
        .iter()
        .zip(1u8..)
        .filter(|(_, id)| !state.hidden.contains(id));
    Answer::of(
        seen.map(|(partition, id)| {
            json!({"id": id, "name": partition.name, "description": partition.description})
        })
        .collect(),
    )
}
