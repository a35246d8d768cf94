//! `usher run …`

use crate::args::{Out, Run as Args};
use crate::audience::export_format;
use crate::desk::Desk;
use crate::print::{self, count, document, facts, table};
use crate::watch;
use serde_json::json;
use std::collections::BTreeMap;
use std::time::Duration;
use usher_model::{
    Guardrail, ListReport, Outcome, PersonOutcome, Problem, RunReport, RunState, Timestamp,
    Verification,
};
use usher_sync::owner::Command;
use usher_sync::{OutcomeFilter, RetryRequest};

pub(crate) async fn perform(desk: &Desk, args: Args) -> Result<u8, Problem> {
    match args {
        Args::List { sync } => {
            let all = desk.usher().run_reports(sync.as_deref())?;
            document(&all, desk.json, |all| {
                let rows: Vec<Vec<String>> = all
                    .iter()
                    .map(|run| {
                        let people = &run.people;
                        let done = [people.created, people.updated, people.unchanged].map(count);
                        let mut row = vec![
                            run.run_id.to_string(),
                            run.sync.clone(),
                            print::word(run.state),
                            count(run.rows),
                        ];
                        row.extend(done);
                        row.push(run.started_at.to_string());
                        row
                    })
                    .collect();
                table(
                    &[
                        "RUN",
                        "SYNC",
                        "STATE",
                        "ROWS",
                        "CREATED",
                        "UPDATED",
                        "UNCHANGED",
                        "STARTED",
                    ],
                    &rows,
                )
            })?;
        }
        Args::Show { run } => document(&desk.usher().run_report(&run)?, desk.json, shown)?,
        Args::Stop { run } => {
            let report: RunReport = desk.perform(Command::StopRun { run }, None).await?;
            document(&report, desk.json, |report| {
                format!(
                    "The run {} is asked to stop; it is {}.",
                    report.run_id,
                    print::word(report.state)
                )
            })?;
        }
        Args::Pause { run } => {
            let report: RunReport = desk
                .perform(Command::HoldRun { run, holds: true }, None)
                .await?;
            document(&report, desk.json, |report| {
                format!(
                    "The run {} holds on before its next batch; `usher run resume` lets it go on.",
                    report.run_id
                )
            })?;
        }
        Args::Resume { run } if is_held(desk, &run)? => {
            let hold = Command::HoldRun {
                run: run.clone(),
                holds: false,
            };
            let _: RunReport = desk.perform(hold, None).await?;
            return ended(desk, &until_over(desk, &run).await?);
        }
        Args::Resume { run } => {
            let report: RunReport = desk.perform(Command::Resume { run }, None).await?;
            return ended(desk, &report);
        }
        Args::People {
            run,
            outcome,
            search,
            transition,
        } => {
            let outcome = outcome.map(|outcome| {
                serde_json::from_value::<Outcome>(json!(outcome))
                    .map_err(|_| Problem::usage(format!("`{outcome}` is not an outcome.")))
            });
            people(
                desk,
                &run,
                &OutcomeFilter {
                    outcome: outcome.transpose()?,
                    search,
                    transition: transition.map(Out::transition),
                    ..OutcomeFilter::default()
                },
            )?;
        }
        Args::Retry { run, reason, key } => {
            let retry = Command::Retry(RetryRequest { run, reason, key });
            let report: RunReport = desk.perform(retry, None).await?;
            return ended(desk, &report);
        }
        Args::Export {
            run,
            output,
            format,
            transition,
        } => {
            let format = export_format(format.as_deref(), &output)?;
            let filter = OutcomeFilter {
                transition: transition.map(Out::transition),
                ..OutcomeFilter::default()
            };
            let (usher, file) = (desk.usher(), output.clone());
            let lines = watch::read(move |progress| {
                usher.export_run(&run, &file, format, &filter, progress)
            })
            .await?;
            document(
                &json!({ "lines": lines, "output": output }),
                desk.json,
                |_| format!("Wrote {} people to {}.", count(lines), output.display()),
            )?;
        }
    }
    Ok(0)
}

/// How often a run is looked at that another process is at.
const LOOK_AGAIN: Duration = Duration::from_millis(200);

/// Whether a living run waits to be let go on.
fn is_held(desk: &Desk, run: &str) -> Result<bool, Problem> {
    Ok(desk.usher().run_report(run)?.state == RunState::Paused)
}

/// The report of a run that goes on elsewhere, once it is over.
async fn until_over(desk: &Desk, run: &str) -> Result<RunReport, Problem> {
    loop {
        let report = desk.usher().run_report(run)?;
        if report.state.is_final() {
            return Ok(report);
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

/// Prints the report of a run that has ended, and gives its exit code.
pub(crate) fn ended(desk: &Desk, report: &RunReport) -> Result<u8, Problem> {
    let why = desk.usher().run_problem(report.run_id.as_str())?;
    document(report, desk.json, shown)?;
    if let Some(problem) = &why {
        desk.heed(problem);
        print::say(problem, desk.json);
    }
    Ok(print::run_code(report, why.as_ref()))
}

fn people(desk: &Desk, run: &str, filter: &OutcomeFilter) -> Result<(), Problem> {
    if desk.json {
        return desk.usher().people_of_run(run, filter, |person| {
            document(&person, true, |_| String::new())
        });
    }
    let mut rows = Vec::new();
    let mut purged = None;
    desk.usher().people_of_run(run, filter, |person| {
        purged = person.values_purged_at;
        rows.push(row(&person));
        Ok(())
    })?;
    print::text_line(&table(
        &["ROW", "KEY", "OUTCOME", "LIST", "PERSON", "REASON"],
        &rows,
    ))?;
    match purged {
        Some(at) => print::text_line(&format!("Values are {}.", no_longer_kept(at))),
        None => Ok(()),
    }
}

fn row(person: &PersonOutcome) -> Vec<String> {
    let told = person
        .reason
        .as_ref()
        .map(|reason| format!("{}: {}", reason.code, reason.message));
    vec![
        person.row.map_or(String::new(), |row| row.to_string()),
        person.key.clone().unwrap_or_default(),
        person.outcome.map_or(String::new(), print::word),
        print::word(person.list),
        person
            .lead_id
            .map_or(String::new(), |lead| lead.to_string()),
        told.unwrap_or_default(),
    ]
}

/// A report in words: what became of people and of the list, adding up.
pub(crate) fn shown(report: &RunReport) -> String {
    let people = &report.people;
    let mut lines = vec![
        (
            "Run",
            format!(
                "{} of `{}`: {}",
                report.run_id,
                report.sync,
                print::word(report.state).replace('_', " ")
            ),
        ),
        (
            "People",
            match &report.retry_of {
                None => format!("{} rows", count(report.rows)),
                Some(run) => format!("{} tried again, of {run}", count(report.rows)),
            },
        ),
        ("  created", count(people.created)),
        ("  updated", count(people.updated)),
        ("  unchanged", count(people.unchanged)),
    ];
    let groups: [(&str, &BTreeMap<String, u64>); 3] = [
        ("  left out", &people.skipped),
        ("  invalid", &people.invalid),
        ("  rejected", &people.rejected),
    ];
    for (name, reasons) in groups {
        if !reasons.is_empty() {
            lines.push((name, by_reason(reasons)));
        }
    }
    if people.unconfirmed > 0 {
        lines.push(("  unconfirmed", count(people.unconfirmed)));
    }
    if report.warned > 0 {
        lines.push((
            "Warnings",
            format!("{} people, taken all the same", count(report.warned)),
        ));
    }
    if let Some(list) = &report.list {
        lines.push(("List", list_line(list)));
    }
    for Guardrail { name, limit, found } in &report.overridden {
        let (name, limit, found) = (name.as_str(), count(*limit), count(*found));
        lines.push((
            "Overridden",
            format!("{name}: limit {limit}, found {found}, allowed for this run"),
        ));
    }
    if let Some(verification) = &report.verification {
        lines.push(("Read back", read_back(verification)));
    }
    lines.push((
        "Calls",
        format!(
            "{}, {} of them repeats",
            count(report.calls),
            count(report.retries)
        ),
    ));
    if let Some(at) = report.people_purged_at {
        lines.push(("Kept", format!("only counts, since {at}")));
    } else if let Some(at) = report.values_purged_at {
        lines.push(("Values", no_longer_kept(at)));
    }
    facts(&lines)
}

fn no_longer_kept(at: Timestamp) -> String {
    format!("no longer kept since {at}; keys are given as SHA-256")
}

fn read_back(verification: &Verification) -> String {
    let mut parts = vec![
        format!("{} people", count(verification.people)),
        format!("{} places on the list", count(verification.places)),
    ];
    parts.extend(verification.list_members.map(|members| {
        let expected = verification.list_expected.filter(|all| *all != members);
        let expected = expected.map(|all| format!(" ({} expected)", count(all)));
        format!(
            "which has {}{}",
            count(members),
            expected.unwrap_or_default()
        )
    }));
    parts.push(match verification.reopened {
        0 => "all as confirmed".to_owned(),
        again => format!("{} not as confirmed and sent again", count(again)),
    });
    if verification.changed_meanwhile > 0 {
        let changed = count(verification.changed_meanwhile);
        parts.push(format!("{changed} changed by others meanwhile"));
    }
    if let Some(code) = verification.given_up {
        parts = vec![format!(
            "not done ({})",
            print::word(code).replace('_', " ")
        )];
    }
    parts.join(", ")
}

fn by_reason(reasons: &BTreeMap<String, u64>) -> String {
    let total: u64 = reasons.values().sum();
    let each = reasons
        .iter()
        .map(|(reason, number)| format!("{} {}", count(*number), reason.replace('_', " ")));
    format!("{} ({})", count(total), each.collect::<Vec<_>>().join(", "))
}

fn list_line(list: &ListReport) -> String {
    let mut parts = vec![format!(
        "`{}`: {} joined, {} stayed, {} left",
        list.name,
        count(list.added),
        count(list.kept),
        count(list.removed)
    )];
    if !list.rejected.is_empty() {
        parts.push(format!("rejected {}", by_reason(&list.rejected)));
    }
    if list.unconfirmed > 0 {
        parts.push(format!("{} unconfirmed", count(list.unconfirmed)));
    }
    if list.not_sent > 0 {
        parts.push(format!("{} not sent", count(list.not_sent)));
    }
    parts.join(", ")
}
