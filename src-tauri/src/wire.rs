//! What crosses to the page beside the documents that the command line has too.
//! `ui/src/backend/types.ts` is made from these and from those.

use serde::{Deserialize, Serialize};
use ts_rs::{TS, TypeVisitor};
use usher_model::{
    Connection, Destination, PlanSummary, Problem, RunReport, Secret, ServiceDescription, Sync,
};
use usher_sync::{
    AlertChange, AlertChannels, AlertLine, AlertTest, AudienceDocument, AudienceProfile,
    ConnectionChange, ConnectionTest, ConnectionUsage, DestinationChange, DestinationCheck, Event,
    FileLook, Freshness, Look, MemberPage, MemberQuery, NewConnection, NewDestination, NewSync,
    OutcomeFilter, OutcomePage, PeopleFilter, PeoplePage, RetryRequest, RunDetail, RunPage,
    RunRequest, SettingsChange, SettingsDocument, Suggestion, SyncChange, WhatIf, WhatIfDocument,
};

/// What a command answers: a document or a problem, told apart by its code.
pub(crate) type Answer<T> = Result<T, Problem>;

/// Whether there is a data folder to work in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum StartState {
    /// It is being opened.
    Opening,
    /// It opens by a passphrase, which the person has to give.
    NeedsPassphrase {
        /// Whether the folder is yet to be made, so that it is chosen now.
        is_new: bool,
        /// What was wrong with the one that was given.
        problem: Option<Problem>,
    },
    /// It cannot be opened.
    Failed {
        /// Why.
        problem: Problem,
        /// Whether a passphrase would do, for want of a keychain.
        or_passphrase: bool,
    },
    /// It is open.
    Open {
        /// Where it is.
        folder: String,
        /// Whether this process is its owner; another one is, else, and has what is
        /// wanted done.
        owner: bool,
        /// Whether the sample is in it.
        sample: bool,
        /// Why the sample's stand-in does not run, if it should.
        sample_problem: Option<Problem>,
        /// Where a new secret goes.
        secrets: SecretPlace,
    },
}

/// Where secrets of connections are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SecretPlace {
    /// The system's keychain.
    Keychain,
    /// The data folder, under its passphrase.
    Folder,
    /// The demo's folder, where none but the stand-in's is kept.
    Nowhere,
}

/// How far a task is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct TaskEvent {
    /// As the page named it.
    pub task: String,
    /// How far.
    pub event: Event,
}

/// A connection as it is shown. Its secret is not here, nor anywhere the page reaches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct ConnectionLine {
    /// The connection.
    #[serde(flatten)]
    pub connection: Connection,
    /// Whether it leads to this machine.
    pub sandbox: bool,
}

impl From<Connection> for ConnectionLine {
    fn from(connection: Connection) -> Self {
        Self {
            sandbox: connection.is_sandbox(),
            connection,
        }
    }
}

/// A file that the person chose, dropped, or opened with Usher. The page knows its
/// name and a handle, never where it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct OfferedFile {
    /// Stands for the file.
    pub handle: String,
    /// Its name, without folders.
    pub name: String,
    /// Its size in bytes.
    pub bytes: u64,
}

/// How a file that was given is to be read.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct FileRequest {
    /// The file's handle.
    pub handle: String,
    /// The audience's name.
    pub name: String,
    /// The name of an encoding, if it is not what the file seems to be in.
    pub encoding: Option<String>,
    /// The delimiter, if it is not the one that was found.
    pub delimiter: Option<char>,
    /// The sheet of a workbook, if several have rows.
    pub sheet: Option<String>,
}

/// Where something was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Written {
    /// The file.
    pub file: String,
    /// Lines in it, the headings left out.
    pub rows: u64,
}

/// A secret on its way in: from the page to the keychain, and never back.
pub(crate) struct SecretIn(pub(crate) Secret);

impl<'de> Deserialize<'de> for SecretIn {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from).map(|text| Self(Secret::new(text)))
    }
}

/// Shows every type that crosses to the page to `visitor`: what commands take and
/// answer, and what events carry.
pub fn visit(visitor: &mut impl TypeVisitor) {
    visitor.visit::<AlertChange>();
    visitor.visit::<AlertChannels>();
    visitor.visit::<AlertLine>();
    visitor.visit::<AlertTest>();
    visitor.visit::<AudienceDocument>();
    visitor.visit::<AudienceProfile>();
    visitor.visit::<ConnectionChange>();
    visitor.visit::<ConnectionLine>();
    visitor.visit::<ConnectionTest>();
    visitor.visit::<ConnectionUsage>();
    visitor.visit::<Destination>();
    visitor.visit::<DestinationChange>();
    visitor.visit::<DestinationCheck>();
    visitor.visit::<FileLook>();
    visitor.visit::<FileRequest>();
    visitor.visit::<Look>();
    visitor.visit::<MemberPage>();
    visitor.visit::<MemberQuery>();
    visitor.visit::<NewConnection>();
    visitor.visit::<NewDestination>();
    visitor.visit::<NewSync>();
    visitor.visit::<OfferedFile>();
    visitor.visit::<OutcomeFilter>();
    visitor.visit::<OutcomePage>();
    visitor.visit::<PeopleFilter>();
    visitor.visit::<PeoplePage>();
    visitor.visit::<PlanSummary>();
    visitor.visit::<Problem>();
    visitor.visit::<RunDetail>();
    visitor.visit::<RunPage>();
    visitor.visit::<RunReport>();
    visitor.visit::<RetryRequest>();
    visitor.visit::<RunRequest>();
    visitor.visit::<ServiceDescription>();
    visitor.visit::<Freshness>();
    visitor.visit::<SettingsChange>();
    visitor.visit::<SettingsDocument>();
    visitor.visit::<StartState>();
    visitor.visit::<Suggestion>();
    visitor.visit::<Sync>();
    visitor.visit::<SyncChange>();
    visitor.visit::<TaskEvent>();
    visitor.visit::<WhatIf>();
    visitor.visit::<WhatIfDocument>();
    visitor.visit::<Written>();
}
