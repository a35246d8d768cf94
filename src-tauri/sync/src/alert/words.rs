//! Alerts in words: the name of a sync, a number or two, and where to look. What a service
//! said is left out, since it may name somebody.

use crate::alert::AlertLine;
use crate::alert::decide::Word;
use usher_model::{AlertKind, Code, RunReport, RunState, grouped};

/// What stands above an alert.
pub(super) fn title(kind: AlertKind, sync: &str) -> String {
    let what = match kind {
        AlertKind::Started => "has begun",
        AlertKind::Succeeded => "has run",
        AlertKind::Problems => "completed with problems",
        AlertKind::Failed => "failed",
        AlertKind::SkipRate => "left many out",
        AlertKind::Size => "audience size",
        AlertKind::Delay => "is late",
    };
    format!("{sync}: {what}")
}

/// What it says.
pub(super) fn message(word: &Word, sync: &str, report: Option<&RunReport>) -> String {
    let counts = report.map(counted).unwrap_or_default();
    match word {
        Word::Started => format!("The sync `{sync}` has begun to run."),
        Word::Succeeded => format!("The sync `{sync}` has run: {counts}."),
        Word::Problems => format!(
            "The sync `{sync}` is done, and not everyone arrived: {counts}. Look at who was rejected or is unconfirmed."
        ),
        Word::Failed(code) => match (report.map(|report| report.state), code) {
            (Some(RunState::Held), _) => format!(
                "The sync `{sync}` is held back by a guardrail; nothing was sent. Preview it to see which."
            ),
            (_, None) => format!(
                "A run of the sync `{sync}` was cut off: its process is gone. Resume it to go on."
            ),
            (_, Some(code)) => format!(
                "A run of the sync `{sync}` ended early: {}. What was sent is known; resume it to go on.",
                why(*code)
            ),
        },
        Word::NotBegun(code) => format!(
            "The sync `{sync}` was due and could not begin: {}. It is tried again at its next time.",
            why(*code)
        ),
        Word::SkipRate {
            limit,
            left_out,
            rows,
        } => format!(
            "The last run of the sync `{sync}` left out {left_out} of {rows} people, more than {limit}."
        ),
        Word::Size {
            limit,
            before,
            rows,
        } => format!(
            "The audience of the sync `{sync}` has {rows} rows; {before} were sent last. That is a change of more than {limit}."
        ),
        Word::Delay {
            limit,
            due_at,
            begun,
        } => {
            let limit = usher_model::Alert::Delay(*limit).to_string();
            let limit = limit.trim_start_matches("delay=");
            match begun {
                true => format!(
                    "The run of the sync `{sync}` that was due at {due_at} is not over {limit} later."
                ),
                false => format!(
                    "The sync `{sync}` was due at {due_at} and has not begun {limit} later."
                ),
            }
        }
    }
}

fn counted(report: &RunReport) -> String {
    let people = &report.people;
    let sum = |counts: &std::collections::BTreeMap<String, u64>| counts.values().sum::<u64>();
    let (invalid, rejected) = (sum(&people.invalid), sum(&people.rejected));
    format!(
        "{} created, {} updated, {} unchanged, {} left out, {} rejected, {} unconfirmed",
        grouped(people.created),
        grouped(people.updated),
        grouped(people.unchanged),
        grouped(sum(&people.skipped) + invalid),
        grouped(rejected),
        grouped(people.unconfirmed)
    )
}

/// A code as half a sentence.
fn why(code: Code) -> String {
    let words = match code {
        Code::ServiceUnreachable => "the service cannot be reached",
        Code::ServiceBusy => "the service is busy and stayed so",
        Code::CredentialsRefused => "the service does not accept the client ID and secret",
        Code::PermissionMissing => "a permission is missing at the service",
        Code::SecretMissing => "its connection's secret is missing",
        Code::QuotaSpent => "the day's calls are used up",
        Code::KeychainLocked => "the keychain is locked",
        Code::KeychainAbsent => "there is no keychain",
        Code::StoreUnwritable => "the disk is full or refuses to write",
        Code::AudienceLost => "rows of its audience were lost",
        Code::HeldBack => "a guardrail holds it back",
        _ => {
            let word = serde_json::to_value(code).unwrap_or_default();
            return format!("the reason is `{}`", word.as_str().unwrap_or("internal"));
        }
    };
    words.to_owned()
}

/// An alert as a mail.
pub(super) fn letter(line: &AlertLine) -> String {
    let mut text = format!("{}\n\nSync   {}\n", line.message, line.sync);
    if let Some(run) = &line.run_id {
        text += &format!("Run    {run}\n");
    }
    if let Some(counts) = &line.counts {
        text += &format!(
            "People {} rows: {} created, {} updated, {} unchanged, {} skipped, {} invalid, {} rejected, {} unconfirmed\n",
            counts.rows,
            counts.created,
            counts.updated,
            counts.unchanged,
            counts.skipped,
            counts.invalid,
            counts.rejected,
            counts.unconfirmed
        );
    }
    text + &format!("At     {}\n", line.at)
}
