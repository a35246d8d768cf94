//! Everything a plan is made from, brought together from the stores.

use crate::plan::RouteWish;
use crate::service::Service;
use crate::usher::Usher;
use std::sync::Arc;
use usher_matching::{MappedField, Settings, Suppressions};
use usher_model::{
    Audience, Code, Connection, Destination, DestinationId, Field, ListChoice, Problem,
    ServiceDescription, Snapshot, Sync,
};
use usher_store::table::definitions;
use usher_store::table::readings::Reading;

/// A sync with all that it refers to.
pub(crate) struct Inputs {
    pub(crate) sync: Sync,
    pub(crate) audience: Audience,
    pub(crate) destination: Destination,
    pub(crate) said: ServiceDescription,
    pub(crate) service: Arc<Service>,
    pub(crate) ground: Ground,
    pub(crate) routes: RouteWish,
}

/// Who is matched, and by which rules: all that it takes to let an audience meet
/// what was read of a destination.
pub(crate) struct Ground {
    pub(crate) snapshot: Snapshot,
    pub(crate) destination: DestinationId,
    pub(crate) settings: Settings,
    pub(crate) suppressions: Suppressions,
}

impl Usher {
    /// The readings that may say something of whom these inputs mean, the oldest first.
    pub(crate) fn readings_of(&self, inputs: &Inputs) -> Result<Vec<(i64, Reading)>, Problem> {
        let ground = &inputs.ground;
        self.readings_for(&inputs.service, &ground.destination, &ground.settings)
    }

    /// Brings together what a sync's plan is made from, the destination's
    /// people left out. The sync need not be kept.
    pub(crate) fn inputs_of(
        &self,
        mut sync: Sync,
        service: Arc<Service>,
    ) -> Result<Inputs, Problem> {
        let destination: Destination = self.find(sync.destination.as_str())?;
        let connection = service.connection();
        let (audience, snapshot) = self.audience(sync.audience.as_str())?;
        let said = definitions::description(&*self.journal.reader()?, &connection.id)?
            .ok_or_else(|| undescribed(connection))?;
        let settings = settings_for(&sync, &destination, &snapshot, &said)?;
        let suppressions = self.suppressions()?;
        sync.list = list_now(sync.list, &audience, &destination);
        Ok(Inputs {
            ground: Ground {
                snapshot,
                destination: destination.id.clone(),
                settings,
                suppressions,
            },
            sync,
            audience,
            destination,
            said,
            service,
            routes: RouteWish::default(),
        })
    }
}

/// The list as the destination's sync type has it now, which may have been
/// edited since the sync was made.
fn list_now(list: ListChoice, audience: &Audience, destination: &Destination) -> ListChoice {
    match (destination.sync_type.fills_list(), list) {
        (false, _) => ListChoice::None,
        (true, ListChoice::None) if !audience.name.contains(',') => ListChoice::Named {
            name: audience.name.clone(),
            folder: None,
        },
        (true, list) => list,
    }
}

/// Resolves a sync to the columns of a snapshot and the fields of a service.
pub(crate) fn settings_for(
    sync: &Sync,
    destination: &Destination,
    snapshot: &Snapshot,
    said: &ServiceDescription,
) -> Result<Settings, Problem> {
    let column = |name: &str| {
        snapshot
            .columns
            .iter()
            .position(|column| column == name)
            .ok_or_else(|| unknown_column(name, snapshot))
    };
    let field = |name: &str| -> Result<Field, Problem> {
        said.field(name).cloned().ok_or_else(|| {
            Problem::new(
                Code::UnknownField,
                format!("The destination no longer has the field `{name}`."),
                "Edit the destination's mapping.",
            )
        })
    };
    let mapping = &destination.mapping;
    let rules = mapping.fields.iter();
    Ok(Settings {
        sync_type: destination.sync_type,
        person_action: destination.person_action,
        mode: sync.mode,
        on_drift: sync.on_drift,
        partition: destination.partition.clone(),
        key: MappedField {
            column: column(&mapping.key_column)?,
            field: field(&destination.dedupe_field)?,
            clear_when_blank: false,
        },
        fields: rules
            .map(|rule| {
                Ok(MappedField {
                    column: column(&rule.source)?,
                    field: field(&rule.target)?,
                    clear_when_blank: rule.clear_when_blank,
                })
            })
            .collect::<Result<_, Problem>>()?,
        consent: sync
            .consent
            .as_ref()
            .map(|consent| {
                Ok::<_, Problem>((column(&consent.column)?, consent.value.trim().to_owned()))
            })
            .transpose()?,
    })
}

fn unknown_column(name: &str, snapshot: &Snapshot) -> Problem {
    Problem::new(
        Code::UnknownColumn,
        format!(
            "The audience has no column `{name}`; it has: {}.",
            snapshot.columns.join(", ")
        ),
        "Correct the mapping, or import a file that has the column.",
    )
}

fn undescribed(connection: &Connection) -> Problem {
    Problem::new(
        Code::DestinationNotRead,
        format!(
            "What fields the connection `{}` has was never read.",
            connection.name
        ),
        format!("Run `usher connection test {}`.", connection.name),
    )
}
