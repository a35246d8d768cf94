//! Connections: added, tested, given a secret, removed.

use crate::progress::Progress;
use crate::service::{CallError, Patience, Service};
use crate::usher::{Usher, secret_account};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use usher_model::{
    Code, Connection, ConnectionId, Destination, Field, Limits, Problem, Secret,
    ServiceDescription, Timestamp, is_loopback, parse_endpoint,
};
use usher_remote::failure::Failure;
use usher_remote::marketo::{Check, GROUP_LISTS};
use usher_store::table::definitions;

/// The longest name of anything, in characters.
const LONGEST_NAME: usize = 200;

/// What a new connection is made of.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct NewConnection {
    /// Its name.
    pub name: String,
    /// The user's own note.
    pub description: String,
    /// Where the service is; the instance's own host when nothing is given.
    pub base_url: Option<String>,
    /// The instance's Munchkin id.
    pub munchkin_id: String,
    /// The custom service's client id.
    pub client_id: String,
    /// What of the limits is granted.
    pub limits: Limits,
    /// A HIPAA-ready instance.
    pub hipaa_ready: bool,
    /// Since when it has people; exports of everyone begin there.
    #[serde(default)]
    pub people_since: Option<Timestamp>,
}

/// What of a connection changes; what is not given stays.
#[derive(Clone, Debug, Default, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
#[ts(optional_fields = nullable)]
#[allow(
    missing_docs,
    reason = "each is the field of that name in `NewConnection`"
)]
pub struct ConnectionChange {
    pub name: Option<String>,
    pub description: Option<String>,
    pub base_url: Option<String>,
    pub munchkin_id: Option<String>,
    pub client_id: Option<String>,
    pub limits: Option<Limits>,
    pub hipaa_ready: Option<bool>,
    pub people_since: Option<Timestamp>,
}

/// The document of `connection test`.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct ConnectionTest {
    /// Whether every check passed.
    pub ok: bool,
    /// Which service.
    pub service: String,
    /// What was checked.
    pub checks: Vec<Check>,
}

impl Usher {
    /// Keeps a new connection, its secret in the keychain. Nothing is sent.
    pub async fn add_connection(
        &self,
        new: NewConnection,
        secret: Secret,
    ) -> Result<Connection, Problem> {
        if secret.is_blank() {
            return Err(Problem::new(
                Code::SecretMissing,
                "The client secret is blank.",
                "Give it on standard input with `--secret-stdin`.",
            ));
        }
        let name = named(&new.name)?;
        let own_host = format!(
            "https://{}.mktorest.com",
            new.munchkin_id.trim().to_ascii_lowercase()
        );
        let base_url = endpoint(new.base_url.as_deref().unwrap_or(&own_host))?;
        check_limits(&new.limits, &base_url)?;
        let connection = Connection {
            id: ConnectionId(self.world.entropy.id("con")),
            name,
            description: new.description,
            kind: "marketo".into(),
            base_url,
            munchkin_id: new.munchkin_id,
            client_id: new.client_id,
            limits: new.limits,
            hipaa_ready: new.hipaa_ready,
            people_since: new.people_since,
        };
        if self.find::<Connection>(&connection.name).is_ok() {
            return Err(usher_store::StoreError::NameTaken {
                kind: "connection",
                name: connection.name,
            }
            .into());
        }
        self.vault
            .put_secret(&secret_account(&connection), &secret)?;
        if let Err(problem) = self.insert(&connection).await {
            // Somebody took the name meanwhile: nobody will ask for this secret.
            drop(self.vault.forget_secret(&secret_account(&connection)));
            return Err(problem);
        }
        Ok(connection)
    }

    /// Replaces a connection's secret.
    pub fn set_secret(&self, id_or_name: &str, secret: &Secret) -> Result<Connection, Problem> {
        let connection: Connection = self.find(id_or_name)?;
        self.vault
            .put_secret(&secret_account(&connection), secret)?;
        self.forget_service(&connection);
        Ok(connection)
    }

    /// Changes a connection. Nothing is sent. One that leads elsewhere afterwards takes
    /// a secret with it, since a stored one is sent nowhere else; and it may not be in
    /// use, since what is known of its people is known of the instance it led to. A
    /// stand-in on this machine may move: it has another port at each start.
    pub async fn edit_connection(
        &self,
        id_or_name: &str,
        change: ConnectionChange,
        secret: Option<Secret>,
    ) -> Result<Connection, Problem> {
        let mut connection: Connection = self.find(id_or_name)?;
        let before = connection.clone();
        if let Some(name) = change.name {
            connection.name = named(&name)?;
        }
        if let Some(base_url) = change.base_url {
            connection.base_url = endpoint(&base_url)?;
        }
        connection.description = change.description.unwrap_or(connection.description);
        connection.munchkin_id = change.munchkin_id.unwrap_or(connection.munchkin_id);
        connection.client_id = change.client_id.unwrap_or(connection.client_id);
        connection.limits = change.limits.unwrap_or(connection.limits);
        connection.hipaa_ready = change.hipaa_ready.unwrap_or(connection.hipaa_ready);
        connection.people_since = change.people_since.or(connection.people_since);
        check_limits(&connection.limits, &connection.base_url)?;
        let led = |one: &Connection| (one.base_url.clone(), one.munchkin_id.clone());
        let stays_here = before.is_sandbox() && connection.is_sandbox();
        if led(&before) != led(&connection) && !stays_here {
            self.refuse_used_connection(&before)?;
            if secret.as_ref().is_none_or(Secret::is_blank) {
                return Err(Problem::new(
                    Code::SecretMissing,
                    "The connection would lead to another instance, and the stored secret is sent nowhere else.",
                    "Give the client secret of that instance with the change.",
                ));
            }
        }
        if let Some(secret) = secret.filter(|secret| !secret.is_blank()) {
            self.vault
                .put_secret(&secret_account(&connection), &secret)?;
        }
        self.replace(&connection).await?;
        self.forget_service(&connection);
        Ok(connection)
    }

    /// Whether the keychain has a connection's secret.
    pub fn has_secret(&self, id_or_name: &str) -> Result<bool, Problem> {
        let connection: Connection = self.find(id_or_name)?;
        Ok(self.vault.secret(&secret_account(&connection))?.is_some())
    }

    /// Removes a connection that no destination uses, and its secret.
    pub async fn remove_connection(&self, id_or_name: &str) -> Result<Connection, Problem> {
        let connection: Connection = self.find(id_or_name)?;
        self.refuse_used_connection(&connection)?;
        let gone = connection.clone();
        self.journal
            .write(move |tx| definitions::remove(tx, &gone))
            .await?;
        self.vault.forget_secret(&secret_account(&connection))?;
        self.forget_service(&connection);
        Ok(connection)
    }

    /// An error that names the destinations which use a connection, if any does.
    fn refuse_used_connection(&self, connection: &Connection) -> Result<(), Problem> {
        let users: Vec<String> = self
            .all::<Destination>()?
            .into_iter()
            .filter(|destination| destination.connection == connection.id)
            .map(|destination| destination.name)
            .collect();
        refuse_in_use("connection", &connection.name, "destination", &users)
    }

    /// What a connection's service said last of its fields and partitions.
    pub fn said_last(&self, id_or_name: &str) -> Result<Option<ServiceDescription>, Problem> {
        let connection: Connection = self.find(id_or_name)?;
        let reader = self.journal.reader()?;
        Ok(definitions::description(&reader, &connection.id)?)
    }

    /// What a connection's service says of its fields and partitions, asked now and kept.
    pub async fn describe_connection(
        &self,
        id_or_name: &str,
        progress: &Progress,
    ) -> Result<ServiceDescription, Problem> {
        let connection: Connection = self.find(id_or_name)?;
        self.describe(&*self.service(&connection)?, progress).await
    }

    /// The same for a service that is at hand, whose calls it counts among.
    pub(crate) async fn describe(
        &self,
        service: &Service,
        progress: &Progress,
    ) -> Result<ServiceDescription, Problem> {
        let read = Patience::READ;
        let fields: Vec<Field> = service
            .call(
                read,
                progress,
                |marketo| async move { marketo.describe().await },
            )
            .await?;
        let partitions = service
            .call(read, progress, |marketo| async move {
                marketo.partitions().await
            })
            .await?;
        let id = service.connection().id.clone();
        let known = definitions::description(&*self.journal.reader()?, &id)?;
        let denied_at = known.as_ref().and_then(|said| said.activities_denied_at);
        let workspaces = known.map(|said| said.workspaces).unwrap_or_default();
        let said = ServiceDescription {
            read_at: self.now(),
            fields,
            partitions,
            workspaces,
            activities_denied_at: denied_at,
        };
        let kept = said.clone();
        self.journal
            .write(move |tx| definitions::describe(tx, &id, &kept))
            .await?;
        Ok(said)
    }

    /// Notes whether the service refused to tell what changed, and when.
    pub(crate) async fn note_activities(
        &self,
        service: &Service,
        denied_at: Option<Timestamp>,
    ) -> Result<(), Problem> {
        let id = service.connection().id.clone();
        let note = move |tx: &usher_store::Tx<'_>| match definitions::description(tx, &id)? {
            Some(mut said) => {
                said.activities_denied_at = denied_at;
                definitions::describe(tx, &id, &said)
            }
            None => Ok(()),
        };
        Ok(self.journal.write(note).await?)
    }

    /// Tries everything a sync needs, one check after another, without a trace
    /// at the service. A check that cannot be made because an earlier one
    /// failed is left out.
    pub async fn test_connection(
        &self,
        id_or_name: &str,
        progress: &Progress,
    ) -> Result<ConnectionTest, Problem> {
        let connection: Connection = self.find(id_or_name)?;
        let service = match self.service(&connection) {
            Err(problem) if problem.code == Code::SecretMissing => {
                return Ok(without_secret(connection, &problem));
            }
            service => service?,
        };
        let once = Patience::ONCE;
        let token = remote(
            service
                .call(once, progress, |marketo| async move {
                    marketo.ensure_token().await
                })
                .await,
        )?;
        let mut checks = vec![Check::credentials(&token)];
        if token.is_ok() {
            let partitions = remote(
                service
                    .call(once, progress, |marketo| async move {
                        marketo.partitions().await
                    })
                    .await,
            )?;
            checks.push(Check::partitions(&partitions));
            let fields = remote(
                service
                    .call(
                        once,
                        progress,
                        |marketo| async move { marketo.describe().await },
                    )
                    .await,
            )?;
            checks.push(Check::read_people(&fields));
            let writes = remote(
                service
                    .call(once, progress, |marketo| async move {
                        marketo.probe_write().await
                    })
                    .await,
            )?;
            checks.push(Check::write_people(&writes));
            let lists = remote(
                service
                    .call(once, progress, |marketo| async move {
                        marketo.lists_in(None, 0).await
                    })
                    .await,
            )?;
            checks.push(Check::read_lists(&lists));
            let folders = remote(
                service
                    .call(once, progress, |marketo| async move {
                        marketo.folder_by_name(GROUP_LISTS, None).await
                    })
                    .await,
            )?;
            checks.push(Check::folders(&folders));
            let now = self.now();
            let activities = remote(
                service
                    .call(once, progress, |marketo| async move {
                        marketo.paging_token(now).await
                    })
                    .await,
            )?;
            checks.push(Check::read_activities(&activities));
            let is_denied = matches!(activities, Err(Failure::Denied { .. }));
            if let (Ok(fields), Ok(partitions)) = (fields, partitions) {
                let workspaces = folders
                    .into_iter()
                    .flatten()
                    .filter_map(|folder| folder.workspace)
                    .collect();
                let said = ServiceDescription {
                    read_at: self.now(),
                    fields,
                    partitions,
                    workspaces,
                    activities_denied_at: is_denied.then_some(now),
                };
                let id = connection.id.clone();
                self.journal
                    .write(move |tx| definitions::describe(tx, &id, &said))
                    .await?;
            }
        }
        Ok(ConnectionTest {
            ok: checks.iter().all(|check| check.ok || check.optional),
            service: connection.kind,
            checks,
        })
    }
}

/// The test of a connection whose secret is gone: nobody needs to be asked.
fn without_secret(connection: Connection, problem: &Problem) -> ConnectionTest {
    ConnectionTest {
        ok: false,
        service: connection.kind,
        checks: vec![Check {
            name: "credentials".into(),
            ok: false,
            detail: problem.message.clone(),
            problem: Some(problem.clone()),
            permission: None,
            optional: false,
        }],
    }
}

/// The service's part of a call's answer; a fault of this machine ends the test.
fn remote<T>(answer: Result<T, CallError>) -> Result<Result<T, Failure>, Problem> {
    match answer {
        Ok(value) => Ok(Ok(value)),
        Err(CallError::Service(failure)) => Ok(Err(failure)),
        Err(error) => Err(error.into()),
    }
}

fn endpoint(pasted: &str) -> Result<String, Problem> {
    parse_endpoint(pasted).map_err(|error| {
        Problem::new(
            Code::EndpointRefused,
            format!("Usher does not send a secret to that address. {error}"),
            "Paste the Endpoint of Admin > Web Services: https://000-AAA-000.mktorest.com/rest. Plain http is for 127.0.0.1, [::1] and localhost only.",
        )
    })
}

fn check_limits(limits: &Limits, base_url: &str) -> Result<(), Problem> {
    if limits.calls_per_20s == 0 || limits.concurrency == 0 || limits.daily_quota == 0 {
        return Err(Problem::usage(
            "A limit of 0 calls would never let anything through.",
        ));
    }
    if !is_loopback(base_url) && (limits.calls_per_20s > 100 || limits.concurrency > 10) {
        return Err(Problem::usage(
            "The service takes at most 100 calls in 20 seconds and 10 at once, for all applications together.",
        ));
    }
    Ok(())
}

/// A name as a user gives it: trimmed, not blank, of one line.
pub(crate) fn named(name: &str) -> Result<String, Problem> {
    let name = name.trim();
    if name.chars().count() > LONGEST_NAME {
        return Err(Problem::usage("A name has at most 200 characters."));
    }
    if name.is_empty() || name.chars().any(char::is_control) {
        return Err(Problem::usage(
            "A name needs at least one character, and none that cannot be shown.",
        ));
    }
    Ok(name.to_owned())
}

/// Refuses to remove what others use, and names them.
pub(crate) fn refuse_in_use(
    kind: &str,
    name: &str,
    by: &str,
    users: &[String],
) -> Result<(), Problem> {
    if users.is_empty() {
        return Ok(());
    }
    let named = users
        .iter()
        .map(|user| format!("`{user}`"))
        .collect::<Vec<_>>()
        .join(", ");
    Err(Problem::new(
        Code::InUse,
        format!("The {kind} `{name}` is used by the {by} {named}."),
        format!("Remove the {by} first."),
    ))
}
