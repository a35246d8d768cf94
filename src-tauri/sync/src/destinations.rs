//! Destinations: settings and mapping, checked against the live service.

use crate::connections::{named, refuse_in_use};
use crate::progress::Progress;
use crate::service::{Patience, Service};
use crate::usher::Usher;
use serde::{Deserialize, Serialize};
use usher_model::{
    Code, Connection, Destination, DestinationId, Field, FieldRule, Mapping, PersonAction, Problem,
    ServiceDescription, Sync, SyncType,
};
use usher_remote::marketo::{FolderInfo, GROUP_LISTS};
use usher_store::table::definitions;

/// The target of the rule that names the dedupe column (seed 001, "Supported identities").
const DEDUPE_TARGET: &str = "DedupeField";

/// What a new destination is made of.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NewDestination {
    /// Its name.
    pub name: String,
    /// The user's own note.
    pub description: String,
    /// The connection's id or name.
    pub connection: String,
    /// What of a person goes.
    pub sync_type: SyncType,
    /// What happens to people who are not there.
    pub person_action: PersonAction,
    /// The field that identifies a person.
    pub dedupe_field: String,
    /// Where new people go.
    pub partition: Option<String>,
    /// Where new lists go.
    pub workspace: Option<String>,
    /// `SOURCE=TARGET[,blank=clear]`, one a field.
    pub map: Vec<String>,
}

/// What `destination edit` may change; what is not given stays.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[allow(
    missing_docs,
    reason = "each is the field of that name in `NewDestination`"
)]
pub struct DestinationChange {
    pub name: Option<String>,
    pub description: Option<String>,
    pub sync_type: Option<SyncType>,
    pub person_action: Option<PersonAction>,
    pub dedupe_field: Option<String>,
    pub partition: Option<Option<String>>,
    pub workspace: Option<Option<String>>,
    pub map: Vec<String>,
}

impl Usher {
    /// Keeps a new destination, after asking the service for its fields and partitions.
    pub async fn create_destination(
        &self,
        new: NewDestination,
        progress: &Progress,
    ) -> Result<Destination, Problem> {
        let connection: Connection = self.find(&new.connection)?;
        let destination = Destination {
            id: DestinationId(self.world.entropy.id("dst")),
            name: named(&new.name)?,
            description: new.description,
            connection: connection.id.clone(),
            sync_type: new.sync_type,
            person_action: new.person_action,
            dedupe_field: new.dedupe_field,
            partition: new.partition,
            workspace: new.workspace,
            mapping: parse_mapping(&new.map)?,
        };
        refuse_shape(&destination)?;
        let service = self.service(&connection)?;
        let said = self.describe(&service, progress).await?;
        check_workspace(&destination, &service, progress).await?;
        check(&destination, &said)?;
        self.insert(&destination).await?;
        Ok(destination)
    }

    /// Changes a destination, after asking the service again.
    pub async fn edit_destination(
        &self,
        id_or_name: &str,
        change: DestinationChange,
        progress: &Progress,
    ) -> Result<Destination, Problem> {
        let old: Destination = self.find(id_or_name)?;
        let connection: Connection = self.find(old.connection.as_str())?;
        let destination = Destination {
            name: change
                .name
                .map_or(Ok(old.name.clone()), |name| named(&name))?,
            description: change.description.unwrap_or(old.description),
            sync_type: change.sync_type.unwrap_or(old.sync_type),
            person_action: change.person_action.unwrap_or(old.person_action),
            dedupe_field: change.dedupe_field.unwrap_or(old.dedupe_field),
            partition: change.partition.unwrap_or(old.partition),
            workspace: change.workspace.unwrap_or(old.workspace),
            mapping: if change.map.is_empty() {
                old.mapping
            } else {
                parse_mapping(&change.map)?
            },
            id: old.id,
            connection: old.connection,
        };
        refuse_shape(&destination)?;
        let service = self.service(&connection)?;
        let said = self.describe(&service, progress).await?;
        check_workspace(&destination, &service, progress).await?;
        check(&destination, &said)?;
        self.replace(&destination).await?;
        Ok(destination)
    }

    /// Company fields that a destination's mapping writes: a write may reach
    /// everyone of the company.
    pub fn company_fields(&self, destination: &Destination) -> Result<Vec<String>, Problem> {
        let said = definitions::description(&*self.journal.reader()?, &destination.connection)?;
        let targets = destination.mapping.fields.iter().map(|rule| &rule.target);
        let company = |target: &&String| {
            said.as_ref()
                .and_then(|said| said.field(target))
                .is_some_and(|field| field.company)
        };
        Ok(targets.filter(company).cloned().collect())
    }

    /// Removes a destination that no sync uses.
    pub async fn remove_destination(&self, id_or_name: &str) -> Result<Destination, Problem> {
        let destination: Destination = self.find(id_or_name)?;
        let syncs = self.all::<Sync>()?.into_iter();
        let users: Vec<String> = syncs
            .filter(|sync| sync.destination == destination.id)
            .map(|sync| sync.name)
            .collect();
        refuse_in_use("destination", &destination.name, "sync", &users)?;
        let gone = destination.clone();
        self.journal
            .write(move |tx| definitions::remove(tx, &gone))
            .await?;
        Ok(destination)
    }
}

/// Reads `SOURCE=TARGET[,blank=clear]`. The last `=` outside the option parts
/// them, since field names have none and column names may.
fn parse_mapping(rules: &[String]) -> Result<Mapping, Problem> {
    let mut key_column = None;
    let mut fields: Vec<FieldRule> = Vec::new();
    for rule in rules {
        let (rule, clear_when_blank) = match rule.strip_suffix(",blank=clear") {
            Some(rule) => (rule, true),
            None => (rule.as_str(), false),
        };
        let parts = rule
            .rsplit_once('=')
            .filter(|(source, target)| !source.is_empty() && !target.trim().is_empty());
        let Some((source, target)) = parts else {
            return Err(Problem::usage(format!("`{rule}` is not SOURCE=TARGET.")));
        };
        let target = target.trim();
        if target == DEDUPE_TARGET {
            if clear_when_blank || key_column.replace(source.to_owned()).is_some() {
                return Err(Problem::usage(
                    "Exactly one column is mapped to DedupeField, and a blank one clears nothing.",
                ));
            }
        } else if fields.iter().any(|field| field.target == target) {
            return Err(Problem::usage(format!(
                "Two columns are mapped to `{target}`."
            )));
        } else {
            fields.push(FieldRule {
                source: source.to_owned(),
                target: target.to_owned(),
                clear_when_blank,
            });
        }
    }
    let key_column = key_column.ok_or_else(|| {
        Problem::usage("One column must be mapped to DedupeField: `--map COLUMN=DedupeField`.")
    })?;
    Ok(Mapping { key_column, fields })
}

/// What is wrong whatever the service says.
fn refuse_shape(destination: &Destination) -> Result<(), Problem> {
    if destination.partition.is_some() && !destination.sync_type.writes_profiles() {
        return Err(Problem::usage(
            "A partition can be chosen with profile-only and audience-and-profile only; with audience-only, new people go to the Default partition.",
        ));
    }
    let field = destination.dedupe_field.as_str();
    if ["id", "leadid", "lead id", "ecid", "ecids"].contains(&field.to_ascii_lowercase().as_str()) {
        return Err(Problem::new(
            Code::DedupeField,
            format!(
                "`{field}` cannot be the dedupe field: Lead ID and ECID are not supported for that."
            ),
            "Choose a field that is filled and unique for everyone, such as `email` or a customer number.",
        ));
    }
    if destination.person_action == PersonAction::UpdateAndCreate {
        let missing: Vec<&str> = Destination::REQUIRED_TO_CREATE
            .into_iter()
            .filter(|name| *name != field && destination.mapping.rule_for(name).is_none())
            .collect();
        if !missing.is_empty() {
            return Err(Problem::new(
                Code::MappingIncomplete,
                format!(
                    "To create people, the service needs first name, last name and e-mail; not mapped: {}.",
                    missing.join(", ")
                ),
                "Map a column to each, or choose `--person-action update-existing`.",
            ));
        }
    }
    Ok(())
}

/// What is wrong by what the service says of itself.
fn check(destination: &Destination, said: &ServiceDescription) -> Result<(), Problem> {
    let dedupe = known_field(said, &destination.dedupe_field)?;
    if !dedupe.searchable {
        return Err(Problem::new(
            Code::DedupeField,
            format!("People cannot be looked up by `{}`.", dedupe.name),
            "Mark the field as searchable in Marketo, or choose another dedupe field.",
        ));
    }
    for rule in &destination.mapping.fields {
        let field = known_field(said, &rule.target)?;
        if !field.writable {
            return Err(Problem::new(
                Code::FieldReadOnly,
                format!("The field `{}` cannot be written.", field.name),
                "Leave it out of the mapping.",
            ));
        }
    }
    if let Some(partition) = &destination.partition
        && !said.partitions.iter().any(|(_, name)| name == partition)
    {
        let seen = said
            .partitions
            .iter()
            .map(|(_, name)| name.as_str())
            .collect::<Vec<_>>()
            .join(", ");
        return Err(Problem::new(
            Code::UnknownPartition,
            format!("This user cannot see a partition `{partition}`; it sees: {seen}."),
            "Choose one of them, or give the user access to that partition's workspace.",
        ));
    }
    Ok(())
}

/// The workspace that was named must have a folder for lists that this user sees.
async fn check_workspace(
    destination: &Destination,
    service: &Service,
    progress: &Progress,
) -> Result<(), Problem> {
    let Some(workspace) = destination.workspace.as_deref() else {
        return Ok(());
    };
    let folders = service
        .call(Patience::READ, progress, |marketo| async move {
            marketo.folder_by_name(GROUP_LISTS, Some(workspace)).await
        })
        .await?;
    if FolderInfo::default_of(&folders, Some(workspace)).is_some() {
        return Ok(());
    }
    Err(Problem::new(
        Code::UnknownWorkspace,
        format!("This user cannot see a workspace `{workspace}`."),
        "Check its name in Marketo, or give the user access to it.",
    ))
}

fn known_field<'a>(said: &'a ServiceDescription, name: &str) -> Result<&'a Field, Problem> {
    said.field(name).ok_or_else(|| {
        let near = said.fields.iter().find(|field| {
            field.name.eq_ignore_ascii_case(name) || field.display_name.eq_ignore_ascii_case(name)
        });
        let hint = match near {
            Some(field) => format!("Did you mean `{}`?", field.name),
            None => "`usher connection fields NAME` lists the fields there are.".to_owned(),
        };
        Problem::new(
            Code::UnknownField,
            format!("The destination has no field `{name}`."),
            hint,
        )
    })
}
