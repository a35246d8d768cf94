//! Destinations: settings and mapping, checked against the live service.

mod check;
mod suggest;

pub use check::{DestinationCheck, Fault, FaultPlace};
pub use suggest::Suggestion;

use crate::change::given;
use crate::connections::{named, refuse_in_use};
use crate::progress::Progress;
use crate::service::{Patience, Service};
use crate::usher::Usher;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use usher_model::{
    Code, Connection, Destination, DestinationId, Mapping, PersonAction, Problem, Sync, SyncType,
};
use usher_remote::marketo::{FolderInfo, GROUP_LISTS};
use usher_store::table::definitions;

/// What a new destination is made of.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
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
    /// What fills what.
    pub mapping: Mapping,
}

/// What `destination edit` may change; what is not given stays.
#[derive(Clone, Debug, Default, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
#[ts(optional_fields = nullable)]
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
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "given"
    )]
    pub partition: Option<Option<String>>,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "given"
    )]
    pub workspace: Option<Option<String>>,
    pub mapping: Option<Mapping>,
}

impl Usher {
    /// Keeps a new destination, after asking the service for its fields and partitions.
    pub async fn create_destination(
        &self,
        new: NewDestination,
        progress: &Progress,
    ) -> Result<Destination, Problem> {
        let destination = self.drafted(new)?;
        self.check_live(&destination, progress).await?;
        self.insert(&destination).await?;
        Ok(destination)
    }

    /// What a destination would be, before anything is checked.
    fn drafted(&self, new: NewDestination) -> Result<Destination, Problem> {
        let connection: Connection = self.find(&new.connection)?;
        Ok(Destination {
            id: DestinationId(self.world.entropy.id("dst")),
            name: named(&new.name)?,
            description: new.description,
            connection: connection.id,
            sync_type: new.sync_type,
            person_action: new.person_action,
            dedupe_field: new.dedupe_field,
            partition: new.partition,
            workspace: new.workspace,
            mapping: new.mapping,
        })
    }

    /// The first that is wrong with a destination, by what the service says now.
    async fn check_live(
        &self,
        destination: &Destination,
        progress: &Progress,
    ) -> Result<(), Problem> {
        check::first(destination, None)?;
        let connection: Connection = self.find(destination.connection.as_str())?;
        let service = self.service(&connection)?;
        let said = self.describe(&service, progress).await?;
        check_workspace(destination, &service, progress).await?;
        check::first(destination, Some(&said))
    }

    /// Changes a destination, after asking the service again.
    pub async fn edit_destination(
        &self,
        id_or_name: &str,
        change: DestinationChange,
        progress: &Progress,
    ) -> Result<Destination, Problem> {
        let old: Destination = self.find(id_or_name)?;
        let destination = Destination {
            name: change
                .name
                .map_or(Ok(old.name.clone()), |name| named(&name))?,
            description: change
                .description
                .unwrap_or_else(|| old.description.clone()),
            sync_type: change.sync_type.unwrap_or(old.sync_type),
            person_action: change.person_action.unwrap_or(old.person_action),
            dedupe_field: change
                .dedupe_field
                .unwrap_or_else(|| old.dedupe_field.clone()),
            partition: change.partition.unwrap_or_else(|| old.partition.clone()),
            workspace: change.workspace.unwrap_or_else(|| old.workspace.clone()),
            mapping: change.mapping.unwrap_or_else(|| old.mapping.clone()),
            ..old.clone()
        };
        // What it is called is nobody's concern there.
        let as_before = Destination {
            name: old.name.clone(),
            description: old.description.clone(),
            ..destination.clone()
        };
        if as_before != old {
            self.check_live(&destination, progress).await?;
        }
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
