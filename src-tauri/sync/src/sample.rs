//! The sample: everything that a first sync needs, made of commands like any other and
//! taken away by them.

use crate::connections::refuse_in_use;
use crate::owner::Command;
use crate::usher::Usher;
use crate::{ConnectionChange, ImportRequest, ListWish, NewConnection, NewDestination, NewSync};
use std::path::{Path, PathBuf};
use usher_model::{
    Audience, Code, Connection, Consent, Destination, Limits, Mapping, Missed, Mode, OnDrift,
    PersonAction, Problem, Sync, SyncType,
};

/// What the sample's audience and sync are called, and the list with them.
pub const SAMPLE: &str = "Sample";
/// What its connection is called.
const CONNECTION: &str = "Sandbox";
/// What its destination is called.
const DESTINATION: &str = "Sandbox people";

/// The file of the sample's people.
pub const SAMPLE_FILE: &str = "sample-audience.csv";

/// How the sample's connection is described, by which it is known again.
const STAND_IN: &str = "The built-in sandbox";

/// Its people are made up, so a folder that holds nothing else needs no keychain: it
/// opens by a passphrase that everybody may know.
pub const SAMPLE_PASSPHRASE: &str = "made-up people";

/// The stand-in that the sample syncs to; another port at each start.
#[derive(Clone, Debug)]
pub struct SampleService {
    /// Where it is.
    pub base_url: String,
    /// Its Munchkin id.
    pub munchkin_id: String,
    /// Its client id.
    pub client_id: String,
}

/// What there is of the sample. A thing that has its name and is not of it is the user's
/// own, and stays as it is.
#[derive(Default)]
struct Found {
    connection: Option<Connection>,
    destination: Option<Destination>,
    sync: Option<Sync>,
    audience: Option<Audience>,
}

impl Usher {
    /// Whether the sample, or some of it, is here.
    pub fn has_sample(&self) -> bool {
        let Found {
            connection,
            destination,
            sync,
            audience,
        } = self.found();
        connection.is_some() || destination.is_some() || sync.is_some() || audience.is_some()
    }

    /// What leads to a stand-in on this machine, and the sample's sync and destination that
    /// hang on it, whatever they are called by now or were by an earlier version; of
    /// audiences the one that the sample's file filled.
    fn found(&self) -> Found {
        let connections = self.all::<Connection>().unwrap_or_default();
        let mut stand_ins = connections
            .into_iter()
            .filter(|one| one.is_sandbox() && one.description == STAND_IN);
        let connection = stand_ins.next();
        let there = |name: &str| {
            let found = self.find::<Destination>(name).ok();
            found.filter(|one| Some(&one.connection) == connection.as_ref().map(|one| &one.id))
        };
        let sync = self.find::<Sync>(SAMPLE).ok();
        let sync = sync.filter(|one| there(one.destination.as_str()).is_some());
        let its = sync
            .as_ref()
            .and_then(|one| there(one.destination.as_str()));
        let destination = its.or_else(|| there(DESTINATION));
        let audience = self.find::<Audience>(SAMPLE).ok();
        let audience = audience.filter(|one| {
            let file = Path::new(&one.source).file_name();
            file.is_some_and(|name| name == SAMPLE_FILE)
        });
        Found {
            connection,
            destination,
            sync,
            audience,
        }
    }

    /// The commands that make what is missing of the sample, or bring it to where the
    /// stand-in is now. The one that adds the connection takes the stand-in's secret. An
    /// error where a name that it needs is somebody's own.
    pub fn sample_steps(
        &self,
        service: &SampleService,
        file: Option<PathBuf>,
    ) -> Result<Vec<Command>, Problem> {
        let found = self.found();
        let taken = [
            (
                found.connection.is_none() && self.find::<Connection>(CONNECTION).is_ok(),
                CONNECTION,
            ),
            (
                found.destination.is_none() && self.find::<Destination>(DESTINATION).is_ok(),
                DESTINATION,
            ),
            (
                found.sync.is_none() && self.find::<Sync>(SAMPLE).is_ok(),
                SAMPLE,
            ),
            (
                found.audience.is_none() && self.find::<Audience>(SAMPLE).is_ok(),
                SAMPLE,
            ),
        ];
        if let Some((_, name)) = taken.iter().find(|(is_taken, _)| *is_taken) {
            return Err(Problem::new(
                Code::NameTaken,
                format!(
                    "Something of your own is called `{name}`, and the sample needs that name."
                ),
                "Rename it, or remove it, before you make the sample.",
            ));
        }
        let mut steps = Vec::new();
        steps.extend(file.map(|file| {
            Command::Import(ImportRequest {
                file,
                name: SAMPLE.into(),
                format: None,
                encoding: None,
                delimiter: None,
                sheet: None,
            })
        }));
        let connection_name = name_of(found.connection.as_ref().map(|one| &one.name), CONNECTION);
        let destination_name =
            name_of(found.destination.as_ref().map(|one| &one.name), DESTINATION);
        steps.push(match found.connection {
            Some(_) => Command::EditConnection {
                connection: connection_name.clone(),
                change: ConnectionChange {
                    base_url: Some(service.base_url.clone()),
                    ..ConnectionChange::default()
                },
            },
            None => Command::AddConnection(connection(service)),
        });
        if found.destination.is_none() {
            steps.push(Command::CreateDestination(destination(connection_name)));
        }
        if found.sync.is_none() {
            steps.push(Command::CreateSync(sync(destination_name)));
        }
        Ok(steps)
    }

    /// The commands that take the sample away, whatever of it is left. An error, and
    /// nothing is taken away, where something of the user's own hangs on it.
    pub fn sample_removal(&self) -> Result<Vec<Command>, Problem> {
        let found = self.found();
        let (sync, destination) = (found.sync.as_ref(), found.destination.as_ref());
        let of = |id: &str, kept: Option<&str>| Some(id) == kept;
        let mut users = Vec::new();
        for one in self.all::<Sync>()? {
            let is_own = sync.is_none_or(|sync| sync.id != one.id);
            let uses = of(one.destination.as_str(), destination.map(|d| d.id.as_str()))
                || of(
                    one.audience.as_str(),
                    found.audience.as_ref().map(|a| a.id.as_str()),
                );
            users.extend((is_own && uses).then_some(one.name));
        }
        refuse_in_use("sample", SAMPLE, "sync", &users)?;
        let connection = found.connection.as_ref().map(|one| one.id.clone());
        let others = self.all::<Destination>()?.into_iter().filter(|one| {
            Some(&one.connection) == connection.as_ref()
                && destination.is_none_or(|destination| destination.id != one.id)
        });
        let users: Vec<String> = others.map(|one| one.name).collect();
        refuse_in_use("sample", SAMPLE, "destination", &users)?;
        let sync = found.sync.map(|one| Command::RemoveSync { sync: one.name });
        let destination = found.destination.map(|one| Command::RemoveDestination {
            destination: one.name,
        });
        let connection = found.connection.map(|one| Command::RemoveConnection {
            connection: one.name,
        });
        let audience = found
            .audience
            .map(|one| Command::RemoveAudience { audience: one.name });
        let all = [sync, destination, connection, audience];
        Ok(all.into_iter().flatten().collect())
    }
}

/// It has the whole limit of the stand-in: nobody else uses that one.
fn connection(service: &SampleService) -> NewConnection {
    NewConnection {
        name: CONNECTION.into(),
        description: STAND_IN.into(),
        base_url: Some(service.base_url.clone()),
        munchkin_id: service.munchkin_id.clone(),
        client_id: service.client_id.clone(),
        limits: Limits {
            daily_quota: 50_000,
            calls_per_20s: 100,
            concurrency: 10,
        },
        hipaa_ready: false,
        people_since: None,
    }
}

/// What there is of it is called, or what it is to be called.
fn name_of(found: Option<&String>, otherwise: &str) -> String {
    found.cloned().unwrap_or_else(|| otherwise.to_owned())
}

fn destination(connection: String) -> NewDestination {
    let rule = |(source, target): (&str, &str)| usher_model::FieldRule {
        source: source.into(),
        target: target.into(),
        clear_when_blank: false,
    };
    let fields = [
        ("first_name", "firstName"),
        ("last_name", "lastName"),
        ("country", "country"),
        ("phone", "phone"),
    ];
    NewDestination {
        name: DESTINATION.into(),
        description: "Fills a static list of the sandbox and keeps its people up to date".into(),
        connection,
        sync_type: SyncType::AudienceAndProfile,
        person_action: PersonAction::UpdateAndCreate,
        dedupe_field: "email".into(),
        partition: None,
        workspace: None,
        mapping: Mapping {
            key_column: "email".into(),
            fields: fields.map(rule).to_vec(),
        },
    }
}

fn sync(destination: String) -> NewSync {
    NewSync {
        name: SAMPLE.into(),
        audience: SAMPLE.into(),
        destination,
        list: ListWish::default(),
        mode: Mode::Mirror,
        on_drift: OnDrift::Leave,
        consent: Some(Consent {
            column: "email_consent".into(),
            value: "y".into(),
        }),
        max_creations: None,
        schedule: None,
        missed: Missed::default(),
        alerts: Vec::new(),
    }
}
