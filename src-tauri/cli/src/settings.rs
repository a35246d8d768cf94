//! `usher settings …`

use crate::args::{KeepPeople, SetSettings, Settings as Args, Switch};
use crate::desk::Desk;
use crate::print::{document, facts};
use usher_model::Problem;
use usher_sync::owner::Command;
use usher_sync::{SettingsChange, SettingsDocument};

pub(crate) async fn perform(desk: &Desk, args: Args) -> Result<u8, Problem> {
    let settings: SettingsDocument = match args {
        Args::Show => desk.usher().settings()?,
        Args::Set(set) => {
            let command = Command::SetSettings(change(set));
            desk.perform(command, None).await?
        }
    };
    document(&settings, desk.json, shown)?;
    Ok(0)
}

fn change(set: SetSettings) -> SettingsChange {
    SettingsChange {
        keep_values_days: set.keep_values,
        keep_people_days: set.keep_people.map(|KeepPeople(days)| days),
        guardrails: set.guardrail,
        start_at_login: set.start_at_login.map(|switch| switch == Switch::On),
    }
}

fn shown(document: &SettingsDocument) -> String {
    let settings = &document.settings;
    let limits = &settings.guardrails;
    let people = match settings.keep_people_days {
        Some(days) => format!("what became of each person for {days} days after a run's end"),
        None => "what became of each person as long as the sync is there".to_owned(),
    };
    let login = match document.starts_at_login {
        Some(true) => "on: Usher starts without its window when you log in",
        Some(false) => "off",
        None => "cannot be told on this computer",
    };
    let creations = match limits.creations {
        Some(most) => format!("more than {most} people"),
        None => "any number, unless the sync says how many".to_owned(),
    };
    facts(&[
        (
            "Values",
            format!(
                "kept for {} days after a run's end",
                settings.keep_values_days
            ),
        ),
        ("People", people),
        ("At login", login.to_owned()),
        ("Held back", "a plan, by".to_owned()),
        (
            "  empty_audience",
            format!("an audience of fewer than {} rows", limits.empty_audience),
        ),
        (
            "  audience_shrunk",
            format!("less than {} of what was sent last", limits.audience_shrunk),
        ),
        (
            "  unreadable_rows",
            format!(
                "more than {} lines or keys unreadable beyond those before, and removals",
                limits.unreadable_rows
            ),
        ),
        (
            "  removals",
            format!(
                "more than {} people and {} of the list",
                limits.removals, limits.removals_percent
            ),
        ),
        ("  creations", creations),
        (
            "  quota",
            format!("more than {} of the day's calls", limits.quota),
        ),
        (
            "  plan_expired",
            format!("an age of {} minutes", limits.plan_expired_minutes),
        ),
        (
            "  unseen_partitions",
            format!(
                "more than {} partitions seen no longer",
                limits.unseen_partitions
            ),
        ),
    ])
}
