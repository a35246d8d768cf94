//! The sample: everything that a first sync needs, called by one name, made of
//! commands like any other and taken away by them.

use crate::owner::Command;
use crate::usher::Usher;
use crate::{ConnectionChange, ImportRequest, ListWish, NewConnection, NewDestination, NewSync};
use std::path::PathBuf;
use usher_model::{
    Audience, Connection, Consent, Destination, Limits, Mapping, Mode, OnDrift, PersonAction, Sync,
    SyncType,
};

/// What everything of the sample is called.
pub const SAMPLE: &str = "Sample";

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

impl Usher {
    /// Whether the sample is here.
    pub fn has_sample(&self) -> bool {
        self.find::<Sync>(SAMPLE).is_ok()
    }

    /// The commands that make the sample, or bring it to where the stand-in is now.
    /// The one that adds the connection takes the stand-in's secret.
    pub fn sample_steps(&self, service: &SampleService, file: Option<PathBuf>) -> Vec<Command> {
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
        if self.find::<Connection>(SAMPLE).is_ok() {
            steps.push(Command::EditConnection {
                connection: SAMPLE.into(),
                change: ConnectionChange {
                    base_url: Some(service.base_url.clone()),
                    ..ConnectionChange::default()
                },
            });
        } else {
            steps.push(Command::AddConnection(connection(service)));
        }
        if self.find::<Destination>(SAMPLE).is_err() {
            steps.push(Command::CreateDestination(destination()));
        }
        if self.find::<Sync>(SAMPLE).is_err() {
            steps.push(Command::CreateSync(sync()));
        }
        steps
    }

    /// The commands that take the sample away, whatever of it is left.
    pub fn sample_removal(&self) -> Vec<Command> {
        let name = || SAMPLE.to_owned();
        let mut steps = Vec::new();
        if self.find::<Sync>(SAMPLE).is_ok() {
            steps.push(Command::RemoveSync { sync: name() });
        }
        if self.find::<Destination>(SAMPLE).is_ok() {
            steps.push(Command::RemoveDestination {
                destination: name(),
            });
        }
        if self.find::<Connection>(SAMPLE).is_ok() {
            steps.push(Command::RemoveConnection { connection: name() });
        }
        if self.find::<Audience>(SAMPLE).is_ok() {
            steps.push(Command::RemoveAudience { audience: name() });
        }
        steps
    }
}

/// It has the whole limit of the stand-in: nobody else uses that one.
fn connection(service: &SampleService) -> NewConnection {
    NewConnection {
        name: SAMPLE.into(),
        description: "The built-in sandbox".into(),
        base_url: Some(service.base_url.clone()),
        munchkin_id: service.munchkin_id.clone(),
        client_id: service.client_id.clone(),
        limits: Limits {
            daily_quota: 50_000,
            calls_per_20s: 100,
            concurrency: 10,
        },
        hipaa_ready: false,
    }
}

fn destination() -> NewDestination {
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
        name: SAMPLE.into(),
        description: "Fills a static list of the sandbox and keeps its people up to date".into(),
        connection: SAMPLE.into(),
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

fn sync() -> NewSync {
    NewSync {
        name: SAMPLE.into(),
        audience: SAMPLE.into(),
        destination: SAMPLE.into(),
        list: ListWish::default(),
        mode: Mode::Mirror,
        on_drift: OnDrift::Leave,
        consent: Some(Consent {
            column: "email_consent".into(),
            value: "y".into(),
        }),
        max_creations: None,
    }
}
