//! The state file: leads, lists, members and the next ids, as JSON Lines.
//!
//! Invariant: the file is replaced whole (written beside it, then renamed), so that it
//! is never half of a state. Tokens, limits, faults and the log are not kept.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::assets::folders::Place;
use crate::fields;
use crate::leads::record::Lead;
use crate::lists::store::List;
use crate::state::State;
use crate::values;

/// One line of the file; leads by rising id, `Next` last.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    Next {
        lead: u32,
        list: u32,
    },
    Lead {
        id: u32,
        partition: u8,
        created: i64,
        updated: i64,
        /// The last change of any field, where that is another time.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        changed: Option<i64>,
        fields: Map<String, Value>,
    },
    List {
        id: u32,
        name: String,
        description: String,
        folder: Value,
        created: i64,
        updated: i64,
        members: Vec<(u32, i64)>,
    },
}

/// Writes the file anew; the old one stays until the new one is complete.
pub(crate) fn save(state: &State, path: &Path) -> io::Result<()> {
    let beside = path.with_extension("writing");
    let mut file = BufWriter::new(File::create(&beside)?);
    let mut put = |line: &Line| -> io::Result<()> {
        serde_json::to_writer(&mut file, line)?;
        file.write_all(b"\n")
    };
    for (id, lead) in state.leads.iter() {
        let (partition, created, updated) = (lead.partition, lead.created, lead.updated());
        put(&Line::Lead {
            id,
            partition,
            created,
            updated,
            changed: (lead.changed() != updated).then(|| lead.changed()),
            fields: lead.stored(),
        })?;
    }
    for (id, list) in state.lists.iter() {
        put(&Line::List {
            id,
            name: list.name.clone(),
            description: list.description.clone(),
            folder: list.place.json(),
            created: list.created,
            updated: list.updated,
            members: list
                .members
                .iter()
                .map(|(&lead, &joined)| (lead, joined))
                .collect(),
        })?;
    }
    put(&Line::Next {
        lead: state.leads.next_id(),
        list: state.lists.next_id(),
    })?;
    let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.sync_all()?;
    fs::rename(&beside, path)
}

/// Fills an empty database.
pub(crate) fn load(state: &mut State, path: &Path) -> io::Result<()> {
    for line in BufReader::new(File::open(path)?).lines() {
        match serde_json::from_str(&line?)? {
            Line::Next { lead, list } => {
                state.leads.skip_to(lead);
                state.lists.skip_to(list);
            }
            Line::Lead {
                id,
                partition,
                created,
                updated,
                changed,
                fields,
            } => {
                state.leads.skip_to(id);
                let mut lead = lead(partition, created, updated, &fields);
                if let Some(changed) = changed {
                    lead.change_at(changed);
                }
                state.leads.insert(lead);
            }
            Line::List {
                id,
                name,
                description,
                folder,
                created,
                updated,
                members,
            } => {
                let place = Place::of(&folder).unwrap_or(Place::folder(12));
                let members: BTreeMap<u32, i64> = members.into_iter().collect();
                state.lists.put(
                    id,
                    List {
                        name,
                        description,
                        place,
                        created,
                        updated,
                        members,
                    },
                );
            }
        }
    }
    Ok(())
}

fn lead(partition: u8, created: i64, updated: i64, stored: &Map<String, Value>) -> Lead {
    let mut lead = Lead::new(partition, created, updated, stored.len());
    for (name, value) in stored {
        if let Some((no, field)) = fields::by_name(name)
            && let Ok(datum) = values::check(field, value)
        {
            lead.set(no, datum);
        }
    }
    lead
}
