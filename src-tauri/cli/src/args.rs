//! What can be typed. Parsing only: nothing is looked up or opened here.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;
use usher_model::{Alert as Subscription, GuardrailLimits, ReadRoute, Timestamp, WriteRoute};
use usher_sync::{RouteWish, Transition};

/// Seats every person of an audience at its destination, and says what happened.
#[derive(Debug, Parser)]
#[command(name = "usher", version, propagate_version = true)]
pub(crate) struct Cli {
    /// Folder for everything this copy of Usher remembers
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// Print one JSON document on standard output
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Where the database key of a new folder is kept
    #[arg(long, global = true, value_enum)]
    pub(crate) keychain: Option<Keychain>,
    /// Read the passphrase from the first line of standard input
    #[arg(long, global = true)]
    pub(crate) passphrase_stdin: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Keychain {
    /// The system's keychain
    Os,
    /// Wrapped with a passphrase, for machines without a keychain
    Passphrase,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show a sample audience on its way into the built-in sandbox
    Demo(Demo),
    /// Stand-ins for the remote services
    #[command(subcommand)]
    Sandbox(Sandbox),
    /// Named ways to reach a service
    #[command(subcommand)]
    Connection(Connection),
    /// Named sets of people
    #[command(subcommand)]
    Audience(Audience),
    /// Where people go, with settings and mapping
    #[command(subcommand)]
    Destination(Destination),
    /// Which audience goes to which destination
    #[command(subcommand)]
    Sync(Box<Sync>),
    /// Executions of a sync
    #[command(subcommand)]
    Run(Run),
    /// People who must not be sent
    #[command(subcommand)]
    Suppression(Suppression),
    /// Where alerts of syncs go, and which there were
    #[command(subcommand)]
    Alert(Alert),
    /// How long people are kept, what guardrails allow, starting at login
    #[command(subcommand)]
    Settings(Settings),
    /// Erase one person here and keep them from coming back
    Forget {
        /// The person's key; `-` reads keys from standard input, one a line
        key: String,
    },
    /// Run schedules without a window
    Daemon {
        /// End when nothing is left to do
        #[arg(long)]
        until_idle: bool,
    },
    /// Check keychain, store, integrity and versions
    Doctor,
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Which way people go
    #[arg(long, default_value = "file-to-marketo")]
    pub(crate) route: String,
    /// How many people the sample audience has
    #[arg(long, default_value_t = 20_000)]
    pub(crate) people: usize,
    /// Stay in the terminal
    #[arg(long)]
    pub(crate) headless: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Sandbox {
    /// Serve stand-ins on this machine until interrupted
    Serve {
        /// Port; any free one by default
        #[arg(long, default_value_t = 0)]
        port: u16,
        /// How many people are there already
        #[arg(long, default_value_t = 1_000)]
        people: usize,
        /// Decides people and credentials
        #[arg(long, default_value_t = 7)]
        seed: u64,
        /// Stands for the service's documented time-outs
        #[arg(long, value_name = "SECONDS")]
        server_timeout: Option<u64>,
        /// Divides the service's other documented waits
        #[arg(long, default_value_t = 1, value_name = "N")]
        time_scale: u32,
    },
    /// Write a sample audience to a CSV file: made-up people, as dirty as real ones
    Audience {
        file: PathBuf,
        /// How many rows
        #[arg(long, default_value_t = 20_000)]
        people: usize,
        /// Decides the people; a sandbox of the same seed knows many of them
        #[arg(long, default_value_t = 7)]
        seed: u64,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Connection {
    /// Keep a new connection; its secret goes to the keychain
    Add(Box<AddConnection>),
    /// Show all connections
    List,
    /// Show one connection
    Show {
        /// Name or id
        name: String,
    },
    /// Try everything a sync needs, without leaving a trace
    Test {
        /// Name or id
        name: String,
    },
    /// List the fields a mapping can use
    Fields {
        /// Name or id
        name: String,
        /// Company fields too: writing one may reach everyone of the company
        #[arg(long)]
        company: bool,
    },
    /// Replace the secret
    SetSecret {
        /// Name or id
        name: String,
        /// Read the secret from standard input
        #[arg(long)]
        secret_stdin: bool,
    },
    /// Remove a connection that no destination uses
    Remove {
        /// Name or id
        name: String,
    },
    /// Calls and quota used today
    Usage {
        /// Name or id
        name: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct AddConnection {
    /// The service: marketo
    pub(crate) kind: String,
    #[arg(long)]
    pub(crate) name: String,
    #[arg(long, default_value = "")]
    pub(crate) description: String,
    /// Endpoint, as Admin > Web Services shows it
    #[arg(long, value_name = "URL")]
    pub(crate) base_url: Option<String>,
    /// The instance's Munchkin id, 000-AAA-000
    #[arg(long)]
    pub(crate) munchkin_id: String,
    /// Client id of the custom service
    #[arg(long)]
    pub(crate) client_id: String,
    /// The instance's calls a day
    #[arg(long, default_value_t = 50_000)]
    pub(crate) daily_quota: u32,
    /// Usher's share of the instance's 100 calls in 20 seconds
    #[arg(long, default_value_t = 40)]
    pub(crate) calls_per_20s: u32,
    /// Usher's share of the instance's 10 calls at once
    #[arg(long, default_value_t = 3)]
    pub(crate) concurrency: u32,
    /// The instance is HIPAA-ready
    #[arg(long)]
    pub(crate) hipaa_ready: bool,
    /// Nobody in the instance was made before this day (UTC): exports of everyone begin
    /// there instead of in 2006
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    pub(crate) people_since: Option<Timestamp>,
    /// Read the client secret from standard input
    #[arg(long)]
    pub(crate) secret_stdin: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Audience {
    /// Import a file as the audience's next snapshot
    Import {
        file: PathBuf,
        #[arg(long)]
        name: String,
        /// csv, tsv, parquet or xlsx; by the file's content and name. Text may be packed
        /// with gzip or Zstandard
        #[arg(long)]
        format: Option<String>,
        /// Encoding of text; by the byte order mark, else UTF-8
        #[arg(long)]
        encoding: Option<String>,
        /// Delimiter of text; detected by default
        #[arg(long, value_name = "C")]
        delimiter: Option<char>,
        /// Sheet of a workbook; needed if several that are not hidden have rows
        #[arg(long, value_name = "NAME")]
        sheet: Option<String>,
    },
    /// Show all audiences
    List,
    /// Show one audience
    Show { name: String },
    /// Show the lines that were set aside
    Quarantined { name: String },
    /// Remove an audience that no sync uses
    Remove { name: String },
    /// Show how many joined and left with the last file
    Changes {
        name: String,
        /// Column that says who somebody is; the first of e-mail addresses by default
        #[arg(long, value_name = "COLUMN")]
        by: Option<String>,
    },
    /// Show members, a page at a time
    Members {
        name: String,
        /// Text in any column, whatever the case
        #[arg(long)]
        search: Option<String>,
        #[arg(long, default_value_t = 0)]
        offset: u64,
        #[arg(long, default_value_t = 100)]
        limit: u64,
    },
    /// Write all members to a file
    Export {
        name: String,
        #[arg(long, value_name = "FILE")]
        output: PathBuf,
        /// csv or parquet; by the file's name
        #[arg(long)]
        format: Option<String>,
    },
    /// Import a file, or a folder's newest, whenever it changes; the audience's syncs follow.
    /// Stays until it is interrupted; an open window or `usher daemon` goes on with it
    Watch { name: String, path: PathBuf },
    /// Follow no file for an audience any more
    Unwatch { name: String },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Destination {
    /// Keep a new destination
    Create {
        #[arg(long)]
        name: String,
        #[arg(long, default_value = "")]
        description: String,
        /// The connection's name or id
        #[arg(long)]
        connection: String,
        #[arg(long, value_enum)]
        sync_type: SyncType,
        #[arg(long, value_enum)]
        person_action: PersonAction,
        /// The field that identifies a person, such as email
        #[arg(long, value_name = "FIELD")]
        dedupe_field: String,
        /// Where new people go; Default when none is named
        #[arg(long)]
        partition: Option<String>,
        /// Where new lists go
        #[arg(long)]
        workspace: Option<String>,
        /// Column and field; one column is mapped to DedupeField
        #[arg(long, value_name = "SOURCE=TARGET[,blank=clear]", required = true)]
        map: Vec<String>,
    },
    /// Change a destination; what is not given stays
    Edit {
        destination: String,
        #[arg(long)]
        name: Option<String>,
        #[arg(long)]
        description: Option<String>,
        #[arg(long, value_enum)]
        sync_type: Option<SyncType>,
        #[arg(long, value_enum)]
        person_action: Option<PersonAction>,
        #[arg(long, value_name = "FIELD")]
        dedupe_field: Option<String>,
        /// An empty text takes the partition away
        #[arg(long)]
        partition: Option<String>,
        /// An empty text takes the workspace away
        #[arg(long)]
        workspace: Option<String>,
        /// A whole new mapping
        #[arg(long, value_name = "SOURCE=TARGET[,blank=clear]")]
        map: Vec<String>,
    },
    /// Show all destinations
    List,
    /// Show one destination
    Show { name: String },
    /// Remove a destination that no sync uses
    Remove { name: String },
    /// Look up an audience's people at the destination, or take a file of all its people
    Read {
        name: String,
        /// Look up this audience's keys
        #[arg(long, required_unless_present = "file")]
        audience: Option<String>,
        /// A CSV file of everyone there, with `id`, `updatedAt` and a column a field
        #[arg(long, value_name = "FILE", conflicts_with = "audience")]
        file: Option<PathBuf>,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum SyncType {
    /// Keep profiles up to date; no list
    ProfileOnly,
    /// Fill a list; profiles stay as they are
    AudienceOnly,
    /// Both
    AudienceAndProfile,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum PersonAction {
    /// Only people who are there
    UpdateExisting,
    /// People who are not there are created
    UpdateAndCreate,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Mode {
    /// Who left the audience leaves the list
    Mirror,
    /// Nobody is ever removed
    AddOnly,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum OnDrift {
    /// A field that somebody else changed stays
    Leave,
    /// It is written again
    Overwrite,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Sync {
    /// Keep a new sync
    Create {
        #[arg(long)]
        name: String,
        #[arg(long)]
        audience: String,
        #[arg(long)]
        destination: String,
        #[command(flatten)]
        list: List,
        #[arg(long, value_enum, default_value = "mirror")]
        mode: Mode,
        #[arg(long, value_enum, default_value = "leave")]
        on_drift: OnDrift,
        /// Only rows in which the column has the value
        #[arg(long, value_name = "COLUMN=VALUE")]
        consent: Option<String>,
        /// Hold back a plan that creates more people
        #[arg(long, value_name = "N")]
        max_creations: Option<u64>,
        #[command(flatten)]
        schedule: Schedule,
        #[command(flatten)]
        alerts: Alerts,
    },
    /// Change a sync; what is not given stays
    Edit {
        sync: String,
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        list: List,
        #[arg(long, value_enum)]
        mode: Option<Mode>,
        #[arg(long, value_enum)]
        on_drift: Option<OnDrift>,
        /// An empty text takes the rule away
        #[arg(long, value_name = "COLUMN=VALUE")]
        consent: Option<String>,
        /// `none` takes the limit away
        #[arg(long, value_name = "N")]
        max_creations: Option<String>,
        #[command(flatten)]
        schedule: Schedule,
        /// Run it by hand only
        #[arg(long, conflicts_with = "schedule")]
        no_schedule: bool,
        #[command(flatten)]
        alerts: Alerts,
        /// Tell nothing of it any more
        #[arg(long, conflicts_with = "alert")]
        no_alerts: bool,
    },
    /// Show what a run would do, person by person
    Preview {
        name: String,
        /// Read the destination again
        #[arg(long, conflicts_with = "offline")]
        refresh: bool,
        /// Use what is stored
        #[arg(long)]
        offline: bool,
        #[command(flatten)]
        routes: Routes,
        /// A line a person
        #[arg(long)]
        people: bool,
        /// create, update, leave or skip
        #[arg(long, requires = "people")]
        verdict: Option<String>,
        #[arg(long, requires = "people")]
        reason: Option<String>,
    },
    /// Say what other settings would come to, on what is known; nothing is read or sent
    WhatIf {
        name: String,
        #[arg(long, value_enum)]
        sync_type: Option<SyncType>,
        #[arg(long, value_enum)]
        person_action: Option<PersonAction>,
        #[arg(long, value_enum)]
        mode: Option<Mode>,
        #[arg(long, value_enum)]
        on_drift: Option<OnDrift>,
        /// Another dedupe field, and the column that fills it
        #[arg(long, value_name = "COLUMN=FIELD")]
        dedupe: Option<String>,
    },
    /// Say why one person gets what they get
    Explain {
        name: String,
        /// The person's key; `-` reads keys from standard input, one a line
        key: String,
    },
    /// Send
    Run(SyncRun),
    /// Show all syncs
    List,
    /// Show one sync
    Show { name: String },
    /// Hold a sync until it is resumed
    Pause { name: String },
    /// Let a held sync run again
    Resume { name: String },
    /// Remove a sync; nothing changes at the destination
    Remove { name: String },
}

#[derive(Debug, Args)]
pub(crate) struct SyncRun {
    pub(crate) name: String,
    /// Exactly this previewed plan
    #[arg(long, value_name = "DIGEST")]
    pub(crate) plan: Option<String>,
    /// The first N rows that have something to do
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<u64>,
    /// Override a guardrail for this run
    #[arg(long, value_name = "GUARDRAIL")]
    pub(crate) allow: Vec<String>,
    /// Leave it to the background
    #[arg(long)]
    pub(crate) detach: bool,
    /// End when the day's quota is spent
    #[arg(long)]
    pub(crate) no_wait: bool,
    #[command(flatten)]
    pub(crate) routes: Routes,
}

#[derive(Debug, Args)]
pub(crate) struct List {
    /// The list's name; the audience's by default
    #[arg(long, value_name = "NAME")]
    pub(crate) list: Option<String>,
    /// Where the list is looked for and made
    #[arg(long, value_name = "TYPE:ID")]
    pub(crate) list_folder: Option<String>,
    /// An existing list
    #[arg(long, value_name = "ID")]
    pub(crate) list_id: Option<i64>,
}

/// When a sync runs by itself, in the window's process or in `usher daemon`.
#[derive(Debug, Args)]
pub(crate) struct Schedule {
    /// Run it again and again: 15m, 2h, 1d
    #[arg(long, value_name = "TIME", group = "schedule")]
    pub(crate) every: Option<String>,
    /// Run it each day at this local time
    #[arg(long, value_name = "HH:MM", group = "schedule")]
    pub(crate) daily_at: Option<String>,
    /// Run it by a crontab expression of five fields, in local time
    #[arg(long, value_name = "EXPR", group = "schedule")]
    pub(crate) cron: Option<String>,
    /// What happens about times that went by while the computer slept
    #[arg(long, value_enum)]
    pub(crate) missed: Option<Missed>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Missed {
    /// Run once for all of them
    Once,
    /// Wait for the next time
    Skip,
    /// Run once for each of them
    All,
}

/// What is told of a sync to somebody who is not there.
#[derive(Debug, Args)]
pub(crate) struct Alerts {
    /// Tell when a run: started, succeeded, ended with problems, failed, left more people out
    /// than skip-rate=5%, is of an audience that grew or shrank by more than size=20%, is not
    /// over after delay=1h. Given again for each; with `edit` they are all there are
    #[arg(long, value_name = "KIND[=LIMIT]", value_parser = Subscription::parse)]
    pub(crate) alert: Vec<Subscription>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Alert {
    /// Show where alerts go beside the desktop
    Show,
    /// Set a webhook or a mail server; what is not given stays
    Set(SetAlerts),
    /// Take one away
    Clear {
        #[arg(value_enum)]
        channel: AlertChannel,
    },
    /// Send a word by each that is set
    Test,
    /// Show alerts, newest first, and how far each is on each way
    List {
        #[arg(long)]
        sync: Option<String>,
    },
}

#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub(crate) struct SetAlerts {
    /// Where alerts are posted as JSON: https, or http on this machine; `-` reads it from
    /// standard input
    #[arg(long, value_name = "URL")]
    pub(crate) webhook: Option<String>,
    /// The mail server; port 587 with STARTTLS by default, 465 with TLS
    #[arg(long, value_name = "HOST[:PORT]")]
    pub(crate) smtp: Option<String>,
    /// Who writes
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) smtp_from: Option<String>,
    /// To whom; given again for each
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) smtp_to: Vec<String>,
    /// As whom to log in; an empty text for nobody
    #[arg(long, value_name = "USER")]
    pub(crate) smtp_user: Option<String>,
    /// Read that user's password from standard input
    #[arg(long)]
    pub(crate) secret_stdin: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum AlertChannel {
    Webhook,
    Email,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Settings {
    /// Show what is set for this data folder
    Show,
    /// Set some of it; what is not given stays
    Set(SetSettings),
}

#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub(crate) struct SetSettings {
    /// For how many days after its end a run keeps its people's values (30)
    #[arg(long, value_name = "DAYS", value_parser = days)]
    pub(crate) keep_values: Option<u32>,
    /// For how many days it keeps what became of each person; `forever`: as long as its sync
    /// is there
    #[arg(long, value_name = "DAYS", value_parser = days_or_forever)]
    pub(crate) keep_people: Option<KeepPeople>,
    /// What a guardrail allows: empty_audience=1, audience_shrunk=50%, unreadable_rows=0,
    /// removals=500, removals=5%, creations=none, quota=80%, plan_expired=15m,
    /// unseen_partitions=0; `default` takes a number back. Given again for each
    #[arg(long, value_name = "NAME=LIMIT", value_parser = guardrail)]
    pub(crate) guardrail: Vec<String>,
    /// Start Usher, without its window, when you log in to this computer
    #[arg(long, value_name = "on|off", value_enum)]
    pub(crate) start_at_login: Option<Switch>,
}

/// For how many days; none without an end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KeepPeople(pub(crate) Option<u32>);

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Switch {
    On,
    Off,
}

fn days(text: &str) -> Result<u32, String> {
    let days = text.strip_suffix('d').unwrap_or(text);
    days.parse()
        .map_err(|_| format!("`{text}` is no number of days."))
}

fn days_or_forever(text: &str) -> Result<KeepPeople, String> {
    match text {
        "forever" => Ok(KeepPeople(None)),
        text => days(text).map(|days| KeepPeople(Some(days))),
    }
}

fn guardrail(word: &str) -> Result<String, String> {
    GuardrailLimits::default().set(word)?;
    Ok(word.to_owned())
}

#[derive(Debug, Subcommand)]
pub(crate) enum Run {
    /// Show all runs, newest first
    List {
        #[arg(long)]
        sync: Option<String>,
    },
    /// Show one run
    Show { run: String },
    /// Stop a run in an orderly way
    Stop { run: String },
    /// Let a run hold on before its next batch
    Pause { run: String },
    /// Go on with a run that was paused or ended early
    Resume { run: String },
    /// Show what became of each person
    People {
        run: String,
        /// created, updated, unchanged, skipped, invalid, rejected or unconfirmed
        #[arg(long)]
        outcome: Option<String>,
        /// Text in key, reason or values, whatever the case
        #[arg(long)]
        search: Option<String>,
        /// Only those who leave by this way out
        #[arg(long, value_enum)]
        transition: Option<Out>,
    },
    /// Try rejected and unconfirmed people again
    Retry {
        run: String,
        /// Only those with this reason, as `run show` counts them
        #[arg(long)]
        reason: Option<String>,
        /// Only the person with this key
        #[arg(long)]
        key: Option<String>,
    },
    /// Write what became of each person to a file
    Export {
        run: String,
        #[arg(long, value_name = "FILE")]
        output: PathBuf,
        /// csv or parquet; by the file's name
        #[arg(long)]
        format: Option<String>,
        /// Only those who leave by this way out
        #[arg(long, value_enum)]
        transition: Option<Out>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Suppression {
    /// Suppress people
    Add {
        /// A file with one value a line
        #[arg(long, conflicts_with = "keys")]
        file: Option<PathBuf>,
        /// Values; `-` reads lines from standard input
        #[arg(required_unless_present = "file")]
        keys: Vec<String>,
        /// email, or the name of a field
        #[arg(long, default_value = "email")]
        namespace: String,
    },
    /// Show everyone who is suppressed
    List,
    /// Lift suppressions
    Remove {
        /// Values; `-` reads lines from standard input
        #[arg(required = true)]
        keys: Vec<String>,
        #[arg(long, default_value = "email")]
        namespace: String,
    },
}

/// The ways out of a run.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Out {
    /// At the destination as planned
    Delivered,
    /// Refused, left out, or unknown
    NotDeliverable,
}

impl Out {
    pub(crate) fn transition(self) -> Transition {
        match self {
            Self::Delivered => Transition::Delivered,
            Self::NotDeliverable => Transition::NotDeliverable,
        }
    }
}

/// The ways of the service, where they are not left to Usher.
#[derive(Debug, Args)]
pub(crate) struct Routes {
    /// How the destination's people are read; by default the way that is done first, or the
    /// one with the fewest calls where all take a large part of the day's
    #[arg(long, value_enum)]
    read_by: Option<ReadBy>,
    /// How people are sent; chosen likewise
    #[arg(long, value_enum)]
    write_by: Option<WriteBy>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ReadBy {
    /// The audience's keys, 300 in a call
    Lookup,
    /// Exports of everyone
    Extract,
    /// Only what changed since they were last read; as chosen where that cannot be
    Changes,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum WriteBy {
    /// 300 people in a call
    Batch,
    /// Files that the service works on by itself
    Bulk,
}

impl Routes {
    pub(crate) fn wish(&self) -> RouteWish {
        RouteWish {
            read: self.read_by.map(|by| match by {
                ReadBy::Lookup => ReadRoute::Lookup,
                ReadBy::Extract => ReadRoute::Extract,
                ReadBy::Changes => ReadRoute::Changes,
            }),
            write: self.write_by.map(|by| match by {
                WriteBy::Batch => WriteRoute::Batch,
                WriteBy::Bulk => WriteRoute::Bulk,
            }),
        }
    }
}

/// A day, as its first moment.
fn day(text: &str) -> Result<Timestamp, String> {
    let at = Timestamp::parse(&format!("{text}T00:00:00Z"));
    at.ok_or_else(|| "a day is written as 2019-03-01".into())
}
