//! `usher sync …`

use crate::args::{
    Alerts, List, Missed as MissedArg, Mode as ModeArg, OnDrift as DriftArg,
    Schedule as ScheduleArgs, Sync as Args, SyncRun,
};
use crate::desk::Desk;
use crate::print::{self, document, facts, table};
use crate::{input, preview, run};
use serde_json::{Value, json};
use usher_model::{
    Audience, Consent, Destination, GuardrailName, ListChoice, ListRef, Missed, Mode, OnDrift,
    Person, PlanSummary, Problem, ReasonCode, RunReport, Schedule, Sync, Verdict,
};
use usher_sync::owner::Command;
use usher_sync::{
    ListWish, Look, NewSync, PeopleFilter, RunRequest, SyncChange, WhatIf, WhatIfDocument,
};

pub(crate) async fn perform(desk: &Desk, args: Args) -> Result<u8, Problem> {
    match args {
        Args::Create {
            name,
            audience,
            destination,
            list,
            mode,
            on_drift,
            consent,
            max_creations,
            schedule,
            alerts,
        } => {
            let new = NewSync {
                name,
                audience,
                destination,
                list: wish(list)?,
                mode: mode_of(mode),
                on_drift: drift_of(on_drift),
                consent: consent.as_deref().map(consent_of).transpose()?,
                max_creations,
                missed: schedule.missed.map(missed_of).unwrap_or_default(),
                schedule: schedule_of(schedule),
                alerts: alerts.alert,
            };
            let made: Sync = desk.perform(Command::CreateSync(new), None).await?;
            show(desk, &made)
        }
        Args::Edit {
            sync,
            name,
            list,
            mode,
            on_drift,
            consent,
            max_creations,
            schedule,
            no_schedule,
            alerts: Alerts { alert },
            no_alerts,
        } => {
            let wished =
                list.list.is_some() || list.list_folder.is_some() || list.list_id.is_some();
            let change = SyncChange {
                name,
                mode: mode.map(mode_of),
                on_drift: on_drift.map(drift_of),
                consent: consent
                    .map(|text| {
                        if text.is_empty() {
                            Ok(None)
                        } else {
                            consent_of(&text).map(Some)
                        }
                    })
                    .transpose()?,
                max_creations: max_creations.as_deref().map(limit_of).transpose()?,
                list: if wished { Some(wish(list)?) } else { None },
                paused: None,
                missed: schedule.missed.map(missed_of),
                schedule: match schedule_of(schedule) {
                    Some(schedule) => Some(Some(schedule)),
                    None => no_schedule.then_some(None),
                },
                alerts: (no_alerts || !alert.is_empty()).then_some(alert),
            };
            let changed: Sync = desk
                .perform(Command::EditSync { sync, change }, None)
                .await?;
            show(desk, &changed)
        }
        Args::Preview {
            name,
            refresh,
            offline,
            people,
            verdict,
            reason,
            routes,
        } => {
            let look = match (refresh, offline) {
                (true, _) => Look::Refresh,
                (_, true) => Look::Offline,
                _ => Look::WhereStale,
            };
            let plan: PlanSummary = desk
                .perform(
                    Command::Preview {
                        sync: name.clone(),
                        look,
                        routes: routes.wish(),
                    },
                    None,
                )
                .await?;
            if !people {
                document(&plan, desk.json, preview::planned)?;
                return Ok(0);
            }
            let verdict = verdict.map(|verdict| {
                serde_json::from_value::<Verdict>(json!(verdict))
                    .map_err(|_| Problem::usage(format!("`{verdict}` is not a verdict.")))
            });
            if let Some(reason) = &reason {
                serde_json::from_value::<ReasonCode>(json!(reason)).map_err(|_| {
                    Problem::usage(format!("`{reason}` is not a reason of a plan."))
                })?;
            }
            preview::list_people(
                desk,
                &name,
                &plan.digest,
                &PeopleFilter {
                    verdict: verdict.transpose()?,
                    reason,
                    ..PeopleFilter::default()
                },
            )?;
            Ok(0)
        }
        Args::WhatIf {
            name,
            sync_type,
            person_action,
            mode,
            on_drift,
            dedupe,
        } => {
            let key = dedupe.as_deref().map(|rule| {
                let (column, field) = rule.split_once('=').ok_or_else(|| {
                    Problem::usage("`--dedupe` takes a column and a field: COLUMN=FIELD.")
                })?;
                Ok::<_, Problem>((field.to_owned(), column.to_owned()))
            });
            let wish = WhatIf {
                sync_type: sync_type.map(crate::destination::kind),
                person_action: person_action.map(crate::destination::action),
                mode: mode.map(mode_of),
                on_drift: on_drift.map(drift_of),
                key: key.transpose()?,
            };
            let command = Command::WhatIf { sync: name, wish };
            let tried: WhatIfDocument = desk.perform(command, None).await?;
            document(&tried, desk.json, preview::tried)?;
            Ok(0)
        }
        Args::Explain { name, key } => {
            let mut found: Vec<Person> = Vec::new();
            for key in input::keys(key)? {
                let sync = name.clone();
                let explain = Command::Explain { sync, key };
                found.extend(desk.perform::<Vec<Person>>(explain, None).await?);
            }
            if desk.json {
                // One person is one document; rows that share a key are a line each.
                found
                    .iter()
                    .try_for_each(|person| document(person, true, |_| String::new()))?;
            } else {
                let told: Vec<String> = found.iter().map(preview::explained).collect();
                print::text_line(&told.join("\n\n"))?;
            }
            Ok(0)
        }
        Args::Run(run) => {
            let command = Command::Run(request(&run)?);
            let report: RunReport = desk.perform(command, None).await?;
            run::ended(desk, &report)
        }
        Args::List => {
            let all = desk.usher().all::<Sync>()?;
            let all: Vec<Value> = all
                .iter()
                .map(|sync| shown(desk, sync))
                .collect::<Result<_, _>>()?;
            document(&all, desk.json, |all| {
                let row = |one: &Value| {
                    ["name", "audience", "destination", "mode", "state"]
                        .map(|key| print::cell(&one[key]))
                        .to_vec()
                };
                table(
                    &["NAME", "AUDIENCE", "DESTINATION", "MODE", ""],
                    &all.iter().map(row).collect::<Vec<_>>(),
                )
            })?;
            Ok(0)
        }
        Args::Show { name } => {
            let sync = desk.usher().find(&name)?;
            show(desk, &sync)
        }
        Args::Pause { name } => hold(desk, name, true).await,
        Args::Resume { name } => hold(desk, name, false).await,
        Args::Remove { name } => {
            let gone: Sync = desk
                .perform(Command::RemoveSync { sync: name }, None)
                .await?;
            document(&json!({ "removed": gone.name }), desk.json, |_| {
                format!(
                    "Removed the sync `{}`. Nothing changed at the destination.",
                    gone.name
                )
            })?;
            Ok(0)
        }
    }
}

/// What `sync run` asks for.
pub(crate) fn request(args: &SyncRun) -> Result<RunRequest, Problem> {
    let allow = args.allow.iter().map(|name| guardrail(name));
    Ok(RunRequest {
        allow: allow.collect::<Result<_, _>>()?,
        sync: args.name.clone(),
        plan: args.plan.clone(),
        limit: args.limit,
        no_wait: args.no_wait,
        unattended: args.detach,
        routes: args.routes.wish(),
        due_at: None,
    })
}

async fn hold(desk: &Desk, sync: String, paused: bool) -> Result<u8, Problem> {
    let change = SyncChange {
        paused: Some(paused),
        ..SyncChange::default()
    };
    let changed: Sync = desk
        .perform(Command::EditSync { sync, change }, None)
        .await?;
    show(desk, &changed)
}

fn mode_of(given: ModeArg) -> Mode {
    match given {
        ModeArg::Mirror => Mode::Mirror,
        ModeArg::AddOnly => Mode::AddOnly,
    }
}

fn drift_of(given: DriftArg) -> OnDrift {
    match given {
        DriftArg::Leave => OnDrift::Leave,
        DriftArg::Overwrite => OnDrift::Overwrite,
    }
}

fn missed_of(given: MissedArg) -> Missed {
    match given {
        MissedArg::Once => Missed::Once,
        MissedArg::Skip => Missed::Skip,
        MissedArg::All => Missed::All,
    }
}

fn schedule_of(given: ScheduleArgs) -> Option<Schedule> {
    let every = given.every.map(Schedule::Every);
    let daily = given.daily_at.map(Schedule::DailyAt);
    every.or(daily).or(given.cron.map(Schedule::Cron))
}

fn wish(list: List) -> Result<ListWish, Problem> {
    let folder = list.list_folder.as_deref().map(|text| {
        let parts = text
            .split_once(':')
            .and_then(|(kind, id)| Some((kind, id.parse().ok()?)));
        let kind = |kind: &str| {
            ["Folder", "Program"]
                .into_iter()
                .find(|known| known.eq_ignore_ascii_case(kind))
        };
        match parts.and_then(|(name, id)| Some((kind(name)?, id))) {
            Some((kind, id)) => Ok(ListRef {
                kind: kind.to_owned(),
                id,
            }),
            None => Err(Problem::usage(format!(
                "`{text}` is not Folder:ID or Program:ID."
            ))),
        }
    });
    Ok(ListWish {
        name: list.list,
        folder: folder.transpose()?,
        id: list.list_id,
    })
}

fn consent_of(text: &str) -> Result<Consent, Problem> {
    let parts = text
        .split_once('=')
        .filter(|(column, value)| !column.is_empty() && !value.trim().is_empty());
    let (column, value) =
        parts.ok_or_else(|| Problem::usage(format!("`{text}` is not COLUMN=VALUE.")))?;
    Ok(Consent {
        column: column.to_owned(),
        value: value.to_owned(),
    })
}

fn limit_of(text: &str) -> Result<Option<u64>, Problem> {
    if text == "none" {
        return Ok(None);
    }
    text.parse()
        .map(Some)
        .map_err(|_| Problem::usage(format!("`{text}` is not a number.")))
}

fn guardrail(name: &str) -> Result<GuardrailName, Problem> {
    GuardrailName::ALL
        .into_iter()
        .find(|guardrail| guardrail.as_str() == name)
        .ok_or_else(|| {
            let known = GuardrailName::ALL.map(GuardrailName::as_str).join(", ");
            Problem::usage(format!("`{name}` is not a guardrail; there are: {known}."))
        })
}

fn shown(desk: &Desk, sync: &Sync) -> Result<Value, Problem> {
    let audience: Audience = desk.usher().find(sync.audience.as_str())?;
    let destination: Destination = desk.usher().find(sync.destination.as_str())?;
    let list = match &sync.list {
        ListChoice::None => Value::Null,
        ListChoice::Id(id) => json!({ "id": id }),
        ListChoice::Named { name, folder } => json!({ "name": name, "folder": folder }),
    };
    Ok(json!({
        "id": sync.id,
        "name": sync.name,
        "audience": audience.name,
        "destination": destination.name,
        "list": list,
        "mode": sync.mode,
        "on_drift": sync.on_drift,
        "consent": sync.consent,
        "max_creations": sync.max_creations,
        "schedule": sync.schedule,
        "missed": sync.missed,
        "next_run_at": desk.usher().next_run_at(sync)?,
        "alerts": sync.alerts,
        "state": if sync.paused { "paused" } else { "ready" },
    }))
}

fn show(desk: &Desk, sync: &Sync) -> Result<u8, Problem> {
    document(&shown(desk, sync)?, desk.json, |value| {
        let list = match &sync.list {
            ListChoice::None => "none".to_owned(),
            ListChoice::Id(id) => format!("number {id}"),
            ListChoice::Named { name, .. } => name.clone(),
        };
        let consent = sync
            .consent
            .as_ref()
            .map(|consent| format!("only where {} is {}", consent.column, consent.value));
        facts(&[
            ("Sync", sync.name.clone()),
            ("From", print::cell(&value["audience"])),
            ("To", print::cell(&value["destination"])),
            ("List", list),
            ("Mode", print::word(sync.mode)),
            ("Drift", print::word(sync.on_drift)),
            ("Consent", consent.unwrap_or_else(|| "not asked for".into())),
            ("Schedule", by_itself(sync, &value["next_run_at"])),
            ("Alerts", alerts_of(sync)),
            ("State", print::cell(&value["state"])),
        ])
    })?;
    Ok(0)
}

fn alerts_of(sync: &Sync) -> String {
    let all: Vec<String> = sync.alerts.iter().map(ToString::to_string).collect();
    match all.is_empty() {
        true => "none".to_owned(),
        false => all.join(", "),
    }
}

fn by_itself(sync: &Sync, next: &Value) -> String {
    let when = match &sync.schedule {
        None => return "by hand only".to_owned(),
        Some(Schedule::Every(text)) => format!("every {text}"),
        Some(Schedule::DailyAt(text)) => format!("daily at {text}"),
        Some(Schedule::Cron(text)) => format!("by `{text}`"),
    };
    match next.as_str() {
        Some(next) => format!("{when}, next {next}; missed: {}", print::word(sync.missed)),
        None => when,
    }
}
