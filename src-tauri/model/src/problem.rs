//! What a person reads when something cannot be done, and the code a program reads.
//!
//! The list is closed: the window and scripts switch on a code, never on words.
//! Add a code only when someone must tell it apart; delete it when nobody does.

use serde::{Deserialize, Serialize};
use std::fmt;
use ts_rs::TS;

/// The closed list of codes, shared by the command line and the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// No thing of that name or id.
    NotFound,
    /// The name is taken.
    NameTaken,
    /// Something else uses it, so it cannot be removed.
    InUse,
    /// The call itself is wrong: a flag, a value, a combination.
    Usage,
    /// The command belongs to a part that this version does not have.
    NotAvailable,
    /// A run of this sync is under way in a living process.
    AlreadyRunning,
    /// Nobody is at that run.
    NotRunning,
    /// The plan was sent before.
    PlanUsed,
    /// A guardrail holds the plan back.
    HeldBack,
    /// The sync is paused.
    Paused,
    /// The destination was never completely read for what is asked.
    DestinationNotRead,
    /// A field that the destination does not have.
    UnknownField,
    /// A field that cannot be written.
    FieldReadOnly,
    /// Creating people needs fields that are not mapped.
    MappingIncomplete,
    /// The dedupe field cannot be searched, or may not be one.
    DedupeField,
    /// Several leads of one key are more than the service lists.
    DedupeFieldNotUnique,
    /// The partition is not one that this user can see.
    UnknownPartition,
    /// The workspace is not one that this user can see.
    UnknownWorkspace,
    /// Several lists have that name.
    ListAmbiguous,
    /// The list does not exist.
    ListNotFound,
    /// The list may not be changed or created here.
    ListRefused,
    /// The file cannot be opened or read.
    FileUnreadable,
    /// There is nothing in the file.
    FileEmpty,
    /// The file changed while it was read.
    FileChanged,
    /// The file is broken or cut short.
    FileDamaged,
    /// The file takes more memory than a file may.
    FileTooLarge,
    /// Several sheets of the file have rows.
    SheetAmbiguous,
    /// Two columns of one name.
    DuplicateColumn,
    /// A column without a name.
    UnnamedColumn,
    /// More columns than can be kept.
    TooManyColumns,
    /// A column of which no text can be made.
    ColumnUnsupported,
    /// The audience has no such column.
    UnknownColumn,
    /// The name of an encoding that is not known.
    UnknownEncoding,
    /// The address is not one that this service may have.
    EndpointRefused,
    /// The secret is missing or blank.
    SecretMissing,
    /// The service does not accept the client id and secret.
    CredentialsRefused,
    /// The service's user lacks a permission, or this address is not allowed.
    PermissionMissing,
    /// The service cannot be reached.
    ServiceUnreachable,
    /// The service answered something that cannot be understood.
    ServiceReply,
    /// The service refuses the request.
    ServiceRefused,
    /// The service is busy and stayed so.
    ServiceBusy,
    /// The day's calls are used up.
    QuotaSpent,
    /// A webhook does not take an alert.
    WebhookFailed,
    /// A mail server does not take an alert.
    MailFailed,
    /// The keychain is locked.
    KeychainLocked,
    /// There is no keychain here.
    KeychainAbsent,
    /// The keychain has no key for this folder, but there is data in it.
    KeyMissing,
    /// The key does not open the data.
    KeyWrong,
    /// The passphrase is wrong.
    PassphraseWrong,
    /// A passphrase is needed and none was given.
    PassphraseNeeded,
    /// The data is from a newer version of Usher.
    StoreNewer,
    /// The data on disk is damaged.
    StoreDamaged,
    /// Damage took rows of an audience: its file has to be imported again.
    AudienceLost,
    /// The disk is full or refuses to write.
    StoreUnwritable,
    /// The computer does not let Usher be started at login.
    LoginRefused,
    /// The people of that run are no longer kept.
    PeopleNotKept,
    /// The owner process does not answer.
    OwnerSilent,
    /// The owner process is of another version.
    OwnerVersion,
    /// The person asked to stop.
    Stopped,
    /// A fault of Usher's own.
    Internal,
}

/// One thing that could not be done, in words a marketer can act on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Problem {
    /// What it is, for programs.
    pub code: Code,
    /// What happened and what it means.
    pub message: String,
    /// What to do.
    pub hint: String,
    /// Whether the same call can succeed later without a change.
    pub retryable: bool,
}

impl Problem {
    /// A problem that trying again does not cure.
    pub fn new(code: Code, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            hint: hint.into(),
            retryable: false,
        }
    }

    /// The same, for one that may pass by itself.
    pub fn passing(code: Code, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            retryable: true,
            ..Self::new(code, message, hint)
        }
    }

    /// Nothing of that kind has this name or id.
    pub fn not_found(kind: &str, name: &str) -> Self {
        Self::new(
            Code::NotFound,
            format!("There is no {kind} `{name}`."),
            format!("`usher {kind} list` shows those there are."),
        )
    }

    /// The call itself is wrong.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(
            Code::Usage,
            message,
            "`--help` shows what the command takes.",
        )
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.message, self.hint)
    }
}

impl std::error::Error for Problem {}
