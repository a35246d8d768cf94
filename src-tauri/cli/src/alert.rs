//! `usher alert …`

use crate::args::{Alert as Args, AlertChannel, SetAlerts};
use crate::desk::Desk;
use crate::input;
use crate::print::{document, facts, table, word};
use std::io::{IsTerminal, stdin};
use usher_model::{Problem, Secret};
use usher_sync::owner::Command;
use usher_sync::{
    AlertChange, AlertChannels, AlertLine, AlertTest, Channel, Delivery, DeliveryState,
};

pub(crate) async fn perform(desk: &Desk, args: Args) -> Result<u8, Problem> {
    match args {
        Args::Show => show(desk, &desk.usher().alert_channels()?),
        Args::Set(set) => {
            let (change, secret) = change(set)?;
            let set: AlertChannels = desk.perform(Command::SetAlerts(change), secret).await?;
            show(desk, &set)
        }
        Args::Clear { channel } => {
            let channel = match channel {
                AlertChannel::Webhook => Channel::Webhook,
                AlertChannel::Email => Channel::Email,
            };
            let command = Command::ClearAlerts { channel };
            let left: AlertChannels = desk.perform(command, None).await?;
            show(desk, &left)
        }
        Args::Test => {
            let test: AlertTest = desk.perform(Command::TestAlerts, None).await?;
            document(&test, desk.json, tested)?;
            Ok(u8::from(!test.ok))
        }
        Args::List { sync } => {
            let all = desk.usher().alerts(sync.as_deref())?;
            document(&all, desk.json, |all| listed(all))?;
            Ok(0)
        }
    }
}

/// What is to be set; the password is asked for where somebody sits at the terminal.
fn change(set: SetAlerts) -> Result<(AlertChange, Option<Secret>), Problem> {
    let names_user = set.smtp_user.as_ref().is_some_and(|user| !user.is_empty());
    let is_asked = set.secret_stdin || (names_user && stdin().is_terminal());
    let secret = match is_asked {
        true => Some(input::secret(
            set.secret_stdin,
            "Password of the mail server",
        )?),
        false => None,
    };
    let webhook = match set.webhook.as_deref() {
        Some("-") => Some(input::line()?.unwrap_or_default()),
        _ => set.webhook,
    };
    let change = AlertChange {
        webhook,
        smtp: set.smtp,
        from: set.smtp_from,
        to: Some(set.smtp_to).filter(|to| !to.is_empty()),
        user: set.smtp_user,
    };
    Ok((change, secret))
}

fn show(desk: &Desk, channels: &AlertChannels) -> Result<u8, Problem> {
    document(channels, desk.json, |channels| {
        let webhook = channels.webhook.as_ref();
        let mut lines = vec![
            ("Desktop", "of an open window or `usher daemon`".to_owned()),
            (
                "Webhook",
                webhook.map_or("none".into(), |one| format!("{}/…", one.address)),
            ),
        ];
        match &channels.email {
            None => lines.push(("Mail", "none".into())),
            Some(mail) => {
                let login = match &mail.user {
                    Some(user) => format!("as {user}, with the password in the keychain"),
                    None => "without logging in".into(),
                };
                lines.extend([
                    ("Mail", format!("by {}, {login}", mail.smtp)),
                    ("From", mail.from.clone()),
                    ("To", mail.to.join(", ")),
                ]);
            }
        }
        facts(&lines)
    })?;
    Ok(0)
}

fn tested(test: &AlertTest) -> String {
    let rows = test.channels.iter().map(|one| {
        let (ok, why) = match &one.problem {
            None => ("ok", String::new()),
            Some(problem) => ("FAILED", problem.to_string()),
        };
        vec![ok.to_owned(), one.channel.as_str().to_owned(), why]
    });
    table(&["", "CHANNEL", "FOUND"], &rows.collect::<Vec<_>>())
}

fn listed(all: &[AlertLine]) -> String {
    let rows = all.iter().map(|line| {
        let ways: Vec<String> = line.channels.iter().map(way).collect();
        vec![
            line.at.to_string(),
            line.sync.clone(),
            line.alert.as_str().to_owned(),
            ways.join(", "),
            line.message.clone(),
        ]
    });
    table(
        &["AT", "SYNC", "ALERT", "TOLD", ""],
        &rows.collect::<Vec<_>>(),
    )
}

/// How far it is on one way.
fn way(delivery: &Delivery) -> String {
    let tries = match delivery.state {
        DeliveryState::Pending if delivery.tries > 0 => format!(" after {} tries", delivery.tries),
        _ => String::new(),
    };
    format!(
        "{} {}{tries}",
        delivery.channel.as_str(),
        word(delivery.state)
    )
}
