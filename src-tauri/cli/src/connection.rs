//! `usher connection …`

use crate::args::Connection as Args;
use crate::desk::Desk;
use crate::input;
use crate::print::{self, document, facts, table};
use serde_json::{Value, json};
use usher_model::{Connection, Limits, Problem, ServiceDescription};
use usher_sync::owner::Command;
use usher_sync::{ConnectionTest, ConnectionUsage, NewConnection};

pub(crate) async fn perform(desk: &Desk, args: Args) -> Result<u8, Problem> {
    match args {
        Args::Add(add) => {
            if add.kind != "marketo" {
                return Err(Problem::usage(format!(
                    "`{}` is not a service this version speaks to; marketo is.",
                    add.kind
                )));
            }
            let secret = input::secret(add.secret_stdin, "Client secret")?;
            let new = NewConnection {
                name: add.name,
                description: add.description,
                base_url: add.base_url,
                munchkin_id: add.munchkin_id,
                client_id: add.client_id,
                limits: Limits {
                    daily_quota: add.daily_quota,
                    calls_per_20s: add.calls_per_20s,
                    concurrency: add.concurrency,
                },
                hipaa_ready: add.hipaa_ready,
                people_since: add.people_since,
            };
            let connection: Connection = desk
                .perform(Command::AddConnection(new), Some(secret))
                .await?;
            show(desk, &connection)
        }
        Args::List => {
            let all: Vec<Value> = desk
                .usher()
                .all::<Connection>()?
                .iter()
                .map(shown)
                .collect();
            document(&all, desk.json, |all| {
                let rows = all.iter().map(|one| {
                    ["name", "kind", "base_url", "label"]
                        .map(|key| print::cell(&one[key]))
                        .to_vec()
                });
                table(
                    &["NAME", "SERVICE", "ADDRESS", ""],
                    &rows.collect::<Vec<_>>(),
                )
            })?;
            Ok(0)
        }
        Args::Show { name } => {
            let connection = desk.usher().find(&name)?;
            show(desk, &connection)
        }
        Args::Test { name } => {
            let test: ConnectionTest = desk
                .perform(Command::TestConnection { connection: name }, None)
                .await?;
            document(&test, desk.json, tested)?;
            Ok(u8::from(!test.ok))
        }
        Args::Fields { name, company } => {
            let said: ServiceDescription = desk
                .perform(Command::Describe { connection: name }, None)
                .await?;
            let fields: Vec<_> = said
                .fields
                .into_iter()
                .filter(|field| field.writable && (company || !field.company))
                .collect();
            document(&fields, desk.json, |fields| {
                let rows: Vec<Vec<String>> = fields
                    .iter()
                    .map(|field| {
                        let searchable = if field.searchable {
                            "can be the dedupe field"
                        } else {
                            ""
                        };
                        let length = field
                            .length
                            .map_or(String::new(), |length| length.to_string());
                        vec![
                            field.name.clone(),
                            field.display_name.clone(),
                            print::word(field.data_type),
                            length,
                            searchable.to_owned(),
                        ]
                    })
                    .collect();
                table(&["FIELD", "SHOWN AS", "TYPE", "LENGTH", ""], &rows)
            })?;
            Ok(0)
        }
        Args::SetSecret { name, secret_stdin } => {
            let secret = input::secret(secret_stdin, "Client secret")?;
            let connection: Connection = desk
                .perform(Command::SetSecret { connection: name }, Some(secret))
                .await?;
            show(desk, &connection)
        }
        Args::Remove { name } => {
            let gone: Connection = desk
                .perform(Command::RemoveConnection { connection: name }, None)
                .await?;
            document(&json!({ "removed": gone.name }), desk.json, |_| {
                format!("Removed the connection `{}` and its secret.", gone.name)
            })?;
            Ok(0)
        }
        Args::Usage { name } => {
            let usage: ConnectionUsage = desk
                .perform(Command::Usage { connection: name }, None)
                .await?;
            document(&usage, desk.json, used)?;
            Ok(0)
        }
    }
}

/// A connection as a document. Its secret is in the keychain and not in it.
fn shown(connection: &Connection) -> Value {
    json!({
        "id": connection.id,
        "name": connection.name,
        "description": connection.description,
        "kind": connection.kind,
        "base_url": connection.base_url,
        "munchkin_id": connection.munchkin_id,
        "client_id": connection.client_id,
        "daily_quota": connection.limits.daily_quota,
        "calls_per_20s": connection.limits.calls_per_20s,
        "concurrency": connection.limits.concurrency,
        "hipaa_ready": connection.hipaa_ready,
        "people_since": connection.people_since,
        "label": connection.is_sandbox().then_some("Sandbox"),
    })
}

fn show(desk: &Desk, connection: &Connection) -> Result<u8, Problem> {
    document(&shown(connection), desk.json, |_| {
        let label = if connection.is_sandbox() {
            " (Sandbox)"
        } else {
            ""
        };
        let limits = connection.limits;
        facts(&[
            ("Connection", format!("{}{label}", connection.name)),
            ("Service", connection.kind.clone()),
            ("Address", connection.base_url.clone()),
            ("Munchkin id", connection.munchkin_id.clone()),
            ("Client id", connection.client_id.clone()),
            ("Client secret", "in the keychain".into()),
            (
                "Limits",
                format!(
                    "{} calls in 20 s, {} at once, {} a day",
                    limits.calls_per_20s,
                    limits.concurrency,
                    print::count(limits.daily_quota.into())
                ),
            ),
        ])
    })?;
    Ok(0)
}

fn tested(test: &ConnectionTest) -> String {
    let rows: Vec<Vec<String>> = test
        .checks
        .iter()
        .map(|check| {
            vec![
                match (check.ok, check.optional) {
                    (true, _) => "ok",
                    (false, true) => "missing",
                    (false, false) => "FAILED",
                }
                .to_owned(),
                check.name.to_string(),
                check.detail.clone(),
            ]
        })
        .collect();
    table(&["", "CHECK", "FOUND"], &rows)
}

fn used(usage: &ConnectionUsage) -> String {
    let mut lines = vec![
        (
            "Today",
            format!("since midnight US Central, until {}", usage.resets_at),
        ),
        ("By Usher", print::count(usage.ours)),
        ("By others", print::count(usage.others)),
        (
            "Left",
            format!(
                "{} of {} calls",
                print::count(usage.left),
                print::count(usage.quota)
            ),
        ),
    ];
    let users = usage.users.iter();
    lines.extend(users.map(|one| {
        (
            "  user",
            format!("{}: {}", one.user, print::count(one.calls)),
        )
    }));
    facts(&lines)
}
