//! `usher destination …`

use crate::args::{Destination as Args, PersonAction as Action, SyncType as Type};
use crate::desk::Desk;
use crate::print::{self, count, document, facts, table};
use serde_json::{Value, json};
use usher_model::{Connection, Destination, Mapping, PersonAction, Problem, SyncType};
use usher_sync::owner::Command;
use usher_sync::{DestinationChange, NewDestination, ReadDocument};

pub(crate) async fn perform(desk: &Desk, args: Args) -> Result<u8, Problem> {
    match args {
        Args::Create {
            name,
            description,
            connection,
            sync_type,
            person_action,
            dedupe_field,
            partition,
            workspace,
            map,
        } => {
            let new = NewDestination {
                name,
                description,
                connection,
                sync_type: kind(sync_type),
                person_action: action(person_action),
                dedupe_field,
                partition,
                workspace,
                mapping: Mapping::parse(&map)?,
            };
            let made: Destination = desk.perform(Command::CreateDestination(new), None).await?;
            show(desk, &made)?;
        }
        Args::Edit {
            destination,
            name,
            description,
            sync_type,
            person_action,
            dedupe_field,
            partition,
            workspace,
            map,
        } => {
            let or_none = |text: String| (!text.is_empty()).then_some(text);
            let change = DestinationChange {
                name,
                description,
                sync_type: sync_type.map(kind),
                person_action: person_action.map(action),
                dedupe_field,
                partition: partition.map(or_none),
                workspace: workspace.map(or_none),
                mapping: (!map.is_empty())
                    .then(|| Mapping::parse(&map))
                    .transpose()?,
            };
            let changed: Destination = desk
                .perform(
                    Command::EditDestination {
                        destination,
                        change,
                    },
                    None,
                )
                .await?;
            show(desk, &changed)?;
        }
        Args::List => {
            let all = desk.usher().all::<Destination>()?;
            let all: Vec<Value> = all
                .iter()
                .map(|one| shown(desk, one))
                .collect::<Result<_, _>>()?;
            document(&all, desk.json, |all| {
                let rows: Vec<Vec<String>> = all
                    .iter()
                    .map(|one| {
                        [
                            "name",
                            "connection",
                            "sync_type",
                            "person_action",
                            "dedupe_field",
                        ]
                        .map(|key| print::cell(&one[key]))
                        .to_vec()
                    })
                    .collect();
                table(
                    &[
                        "NAME",
                        "CONNECTION",
                        "SYNC TYPE",
                        "PERSON ACTION",
                        "DEDUPE FIELD",
                    ],
                    &rows,
                )
            })?;
        }
        Args::Show { name } => {
            let destination = desk.usher().find(&name)?;
            show(desk, &destination)?;
        }
        Args::Remove { name } => {
            let gone: Destination = desk
                .perform(Command::RemoveDestination { destination: name }, None)
                .await?;
            document(&json!({ "removed": gone.name }), desk.json, |_| {
                format!("Removed the destination `{}`.", gone.name)
            })?;
        }
        Args::Read {
            name,
            audience,
            file,
        } => {
            let command = Command::ReadDestination {
                destination: name,
                audience,
                file: file.map(|file| std::path::absolute(&file).unwrap_or(file)),
            };
            let read: ReadDocument = desk.perform(command, None).await?;
            document(&read, desk.json, |read| match read.audience {
                Some(_) => format!(
                    "Looked up {} keys in {} calls, as of {}.",
                    count(read.keys),
                    count(read.calls),
                    read.as_of
                ),
                None => format!("Read {} people, as of {}.", count(read.keys), read.as_of),
            })?;
        }
    }
    Ok(0)
}

pub(crate) fn kind(given: Type) -> SyncType {
    match given {
        Type::ProfileOnly => SyncType::ProfileOnly,
        Type::AudienceOnly => SyncType::AudienceOnly,
        Type::AudienceAndProfile => SyncType::AudienceAndProfile,
    }
}

pub(crate) fn action(given: Action) -> PersonAction {
    match given {
        Action::UpdateExisting => PersonAction::UpdateExisting,
        Action::UpdateAndCreate => PersonAction::UpdateAndCreate,
    }
}

fn shown(desk: &Desk, destination: &Destination) -> Result<Value, Problem> {
    let connection: Connection = desk.usher().find(destination.connection.as_str())?;
    let mapping = &destination.mapping;
    let key = json!({ "source": mapping.key_column, "target": "DedupeField", "blank": "ignore" });
    let fields = mapping.fields.iter().map(|rule| {
        json!({ "source": rule.source, "target": rule.target, "blank": if rule.clear_when_blank { "clear" } else { "ignore" } })
    });
    Ok(json!({
        "id": destination.id,
        "name": destination.name,
        "description": destination.description,
        "connection": connection.name,
        "sync_type": destination.sync_type,
        "person_action": destination.person_action,
        "dedupe_field": destination.dedupe_field,
        "partition": destination.partition,
        "workspace": destination.workspace,
        "map": std::iter::once(key).chain(fields).collect::<Vec<_>>(),
        "company_fields": desk.usher().company_fields(destination)?,
    }))
}

fn show(desk: &Desk, destination: &Destination) -> Result<(), Problem> {
    let value = shown(desk, destination)?;
    document(&value, desk.json, |value| {
        let mut lines = vec![
            ("Destination", destination.name.clone()),
            ("Connection", print::cell(&value["connection"])),
            ("Sync type", print::word(destination.sync_type)),
            ("Person action", print::word(destination.person_action)),
            (
                "Dedupe field",
                format!(
                    "{} from `{}`",
                    destination.dedupe_field, destination.mapping.key_column
                ),
            ),
            (
                "New people go to",
                destination
                    .partition
                    .clone()
                    .unwrap_or_else(|| "the Default partition".into()),
            ),
        ];
        for rule in &destination.mapping.fields {
            let blank = if rule.clear_when_blank {
                ", a blank clears it"
            } else {
                ""
            };
            lines.push((
                "Field",
                format!("{} from `{}`{blank}", rule.target, rule.source),
            ));
        }
        let company = value["company_fields"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        if !company.is_empty() {
            let named = company
                .iter()
                .map(print::cell)
                .collect::<Vec<_>>()
                .join(", ");
            lines.push((
                "Mind",
                format!(
                    "{named}: a company's field; writing it may reach everyone of that company"
                ),
            ));
        }
        facts(&lines)
    })
}
