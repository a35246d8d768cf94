//! Everything that changes something or reaches a service, as a value: it can
//! be done here or handed to the owner, and its answer is a document either way.

use crate::owner::doing::Doing;
use crate::progress::Progress;
use crate::usher::Usher;
use crate::{
    AlertChange, Channel, ConnectionChange, DestinationChange, ImportRequest, Look, NewConnection,
    NewDestination, NewSync, RetryRequest, RouteWish, RunRequest, SettingsChange, SyncChange,
    WhatIf,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::path::PathBuf;
use std::sync::Arc;
use usher_model::{Code, Problem, Secret};

/// A command. Things are named by id or name.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(
    missing_docs,
    reason = "each is the command line's command of that name"
)]
pub enum Command {
    AddConnection(NewConnection),
    SetSecret {
        connection: String,
    },
    EditConnection {
        connection: String,
        change: ConnectionChange,
    },
    RemoveConnection {
        connection: String,
    },
    TestConnection {
        connection: String,
    },
    Describe {
        connection: String,
    },
    Usage {
        connection: String,
    },
    Import(ImportRequest),
    WatchAudience {
        audience: String,
        path: PathBuf,
    },
    UnwatchAudience {
        audience: String,
    },
    LookOver {
        audience: String,
    },
    RemoveAudience {
        audience: String,
    },
    CreateDestination(NewDestination),
    EditDestination {
        destination: String,
        change: DestinationChange,
    },
    RemoveDestination {
        destination: String,
    },
    ReadDestination {
        destination: String,
        audience: Option<String>,
        file: Option<PathBuf>,
    },
    CreateSync(NewSync),
    EditSync {
        sync: String,
        change: SyncChange,
    },
    RemoveSync {
        sync: String,
    },
    Preview {
        sync: String,
        look: Look,
        /// By which ways; chosen where nothing is said.
        #[serde(default)]
        routes: RouteWish,
    },
    WhatIf {
        sync: String,
        wish: WhatIf,
    },
    Explain {
        sync: String,
        key: String,
    },
    Run(RunRequest),
    Resume {
        run: String,
    },
    Retry(RetryRequest),
    StopRun {
        run: String,
    },
    /// Lets a run hold on before the next batch, or go on.
    HoldRun {
        run: String,
        holds: bool,
    },
    Suppress {
        namespace: String,
        values: Vec<String>,
    },
    Unsuppress {
        namespace: String,
        values: Vec<String>,
    },
    Forget {
        key: String,
    },
    SetAlerts(AlertChange),
    ClearAlerts {
        channel: Channel,
    },
    TestAlerts,
    SetSettings(SettingsChange),
}

impl Command {
    /// Whether it sends people: only an owner that stays does that for others.
    pub(super) fn is_run(&self) -> bool {
        matches!(self, Self::Run(_) | Self::Resume { .. } | Self::Retry(_))
    }

    /// Whether it changes anything that others look at.
    pub(super) fn changes(&self) -> bool {
        match self {
            Self::WhatIf { .. } | Self::Explain { .. } | Self::TestAlerts => false,
            Self::Preview { look, .. } => *look != Look::Offline,
            _ => true,
        }
    }

    /// Does it here, as the owner. `started` hears a run's id.
    pub(super) async fn perform(
        self,
        usher: &Arc<Usher>,
        doing: &Doing,
        secret: Option<Secret>,
        progress: &Progress,
        started: impl FnOnce(&str) + Send,
    ) -> Result<Value, Problem> {
        let needed = || {
            secret.clone().ok_or_else(|| {
                Problem::new(
                    Code::SecretMissing,
                    "The secret is missing.",
                    "Give it on standard input with `--secret-stdin`.",
                )
            })
        };
        match self {
            Self::AddConnection(new) => document(usher.add_connection(new, needed()?).await?),
            Self::SetSecret { connection } => document(usher.set_secret(&connection, &needed()?)?),
            Self::EditConnection { connection, change } => {
                document(usher.edit_connection(&connection, change, secret).await?)
            }
            Self::RemoveConnection { connection } => {
                document(usher.remove_connection(&connection).await?)
            }
            Self::TestConnection { connection } => {
                document(usher.test_connection(&connection, progress).await?)
            }
            Self::Describe { connection } => {
                document(usher.describe_connection(&connection, progress).await?)
            }
            Self::Usage { connection } => {
                document(usher.connection_usage(&connection, progress).await?)
            }
            Self::Import(request) => document(usher.import(request, progress).await?),
            Self::WatchAudience { audience, path } => {
                document(usher.watch_audience(&audience, &path, progress).await?)
            }
            Self::UnwatchAudience { audience } => {
                document(usher.unwatch_audience(&audience).await?)
            }
            Self::LookOver { audience } => document(usher.look_over(&audience).await?),
            Self::RemoveAudience { audience } => document(usher.remove_audience(&audience).await?),
            Self::CreateDestination(new) => {
                document(usher.create_destination(new, progress).await?)
            }
            Self::EditDestination {
                destination,
                change,
            } => document(
                usher
                    .edit_destination(&destination, change, progress)
                    .await?,
            ),
            Self::RemoveDestination { destination } => {
                document(usher.remove_destination(&destination).await?)
            }
            Self::ReadDestination {
                destination,
                audience,
                file,
            } => document(match file {
                Some(file) => usher.read_extract(&destination, &file, progress).await?,
                None => {
                    let audience = audience.unwrap_or_default();
                    usher
                        .read_destination(&destination, &audience, progress)
                        .await?
                }
            }),
            Self::CreateSync(new) => document(usher.create_sync(new).await?),
            Self::EditSync { sync, change } => {
                let holds = change.paused;
                let edited = usher.edit_sync(&sync, change).await?;
                if let Some(holds) = holds {
                    doing.hold_sync(&edited.id, holds);
                }
                document(edited)
            }
            Self::RemoveSync { sync } => {
                doing.refuse_running(&usher.find(&sync)?)?;
                document(usher.remove_sync(&sync).await?)
            }
            Self::Preview { sync, look, routes } => {
                document(usher.preview(&sync, look, routes, progress).await?)
            }
            Self::WhatIf { sync, wish } => document(usher.what_if(&sync, &wish, progress).await?),
            Self::Explain { sync, key } => document(usher.explain(&sync, &key, progress).await?),
            Self::Run(request) => {
                let _running = doing.begin(&usher.find(&request.sync)?)?;
                document(
                    usher
                        .run_sync(&request, progress, |run| {
                            doing.named(run);
                            started(run)
                        })
                        .await?,
                )
            }
            Self::Resume { run } => {
                let _running = doing.begin(&usher.sync_of_run(&run)?)?;
                doing.named(&run);
                started(&run);
                document(usher.resume_run(&run, progress).await?)
            }
            Self::Retry(request) => {
                let _running = doing.begin(&usher.sync_of_run(&request.run)?)?;
                let named = |id: &str| {
                    doing.named(id);
                    started(id)
                };
                document(usher.retry_run(request, progress, named).await?)
            }
            Self::StopRun { run } => {
                if !doing.stop(&run) {
                    usher.stop_idle_run(&run).await?;
                }
                document(usher.run_report(&run)?)
            }
            Self::HoldRun { run, holds } => {
                if !doing.hold(&run, holds) {
                    return Err(not_running(&run));
                }
                usher.note_hold(&run, holds).await?;
                document(usher.run_report(&run)?)
            }
            Self::Suppress { namespace, values } => {
                document(usher.suppress(&namespace, values).await?)
            }
            Self::Unsuppress { namespace, values } => {
                document(usher.unsuppress(&namespace, values).await?)
            }
            Self::Forget { key } => document(usher.forget(&key).await?),
            Self::SetSettings(change) => document(usher.set_settings(change).await?),
            Self::SetAlerts(change) => document(usher.set_alert_channels(change, secret).await?),
            Self::ClearAlerts { channel } => document(usher.clear_alert_channel(channel).await?),
            Self::TestAlerts => document(usher.test_alerts().await?),
        }
    }
}

/// The error of holding a run that nobody is at.
fn not_running(run: &str) -> Problem {
    Problem::new(
        Code::NotRunning,
        format!("The run {run} is not being run."),
        "See where it is with `usher run show`; what ended early is gone on with by `usher run resume`.",
    )
}

fn document<T: Serialize>(value: T) -> Result<Value, Problem> {
    serde_json::to_value(value).map_err(|_| {
        Problem::new(
            Code::Internal,
            "The answer could not be written down.",
            "What was asked for is done.",
        )
    })
}
