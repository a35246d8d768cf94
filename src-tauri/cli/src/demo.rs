//! `usher demo`: a sample audience from a file, through a preview and a sync,
//! into the built-in sandbox, and the report. A second demo finds what the
//! first one left, and writes nothing twice.

use crate::args::{Demo, Keychain};
use crate::desk::{Desk, Ready, default_folder};
use crate::{preview, print, run, sandbox};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use usher_model::{
    GuardrailName, ListAct, ListOutcome, Outcome, PersonOutcome, PlanSummary, Problem, RunReport,
    RunState, Secret,
};
use usher_sandbox::{Config, Sandbox};
use usher_sync::owner::{Command, KeychainKind, Opening};
use usher_sync::{
    Look, OutcomeFilter, RouteWish, RunRequest, SAMPLE, SAMPLE_FILE, SAMPLE_PASSPHRASE,
    SampleService,
};

/// Decides the sample's people.
const SEED: u64 = 7;

pub(crate) async fn perform(
    demo: Demo,
    data_dir: Option<PathBuf>,
    keychain: Option<Keychain>,
    passphrase_stdin: bool,
    as_json: bool,
) -> Result<u8, Problem> {
    let folder = match data_dir {
        Some(folder) => folder,
        None => default_folder()?.with_file_name("usher-demo"),
    };
    let ready = if keychain.is_some() || passphrase_stdin {
        let kind = keychain.or(Some(Keychain::Passphrase));
        Desk::ready(Some(folder.clone()), kind, passphrase_stdin, as_json)?
    } else {
        let built_in = Opening::needs_passphrase(&folder, Some(KeychainKind::Passphrase))?;
        let kind = built_in.then_some(KeychainKind::Passphrase);
        let passphrase = built_in.then(|| Secret::new(SAMPLE_PASSPHRASE.into()));
        let opening = Opening::system(folder.clone(), kind, passphrase)?;
        Ready {
            opening,
            json: as_json,
        }
    };
    let desk = Desk::at(ready.opening, as_json).await?;
    let config = Config {
        people: demo.people * 3 / 4,
        seed: SEED,
        state_file: Some(folder.join("sandbox.json")),
        ..Config::default()
    };
    say(as_json, "Starting a stand-in for Marketo on this machine …");
    let sandbox = Sandbox::start(config).await.map_err(sandbox::failed)?;
    let shown = show(&desk, &demo, &folder, &sandbox).await;
    let stopped = sandbox.shutdown().await.map_err(sandbox::failed);
    let closed = desk.close().await;
    let code = shown?;
    stopped?;
    closed?;
    Ok(code)
}

async fn show(desk: &Desk, demo: &Demo, folder: &Path, sandbox: &Sandbox) -> Result<u8, Problem> {
    let as_json = desk.json;
    let file = folder.join(SAMPLE_FILE);
    sandbox::write_sample(&file, demo.people, SEED)?;
    say(
        as_json,
        &format!(
            "Importing {} made-up people from {} …",
            print::count(demo.people as u64),
            file.display()
        ),
    );
    let service = SampleService {
        base_url: sandbox.base_url(),
        munchkin_id: sandbox.munchkin_id().to_owned(),
        client_id: sandbox.client_id().to_owned(),
    };
    for step in desk.usher().sample_steps(&service, Some(file))? {
        let needs_secret = matches!(step, Command::AddConnection(_));
        let secret = needs_secret.then(|| Secret::new(sandbox.client_secret().to_owned()));
        let _: Value = desk.perform(step, secret).await?;
    }
    say(
        as_json,
        "The demo takes the sandbox's whole limit: 100 calls in 20 seconds. A real connection takes 40 by default.",
    );
    let plan: PlanSummary = desk
        .perform(
            Command::Preview {
                sync: SAMPLE.into(),
                look: Look::Refresh,
                routes: RouteWish::default(),
            },
            None,
        )
        .await?;
    if !as_json {
        print::text_line(&format!(
            "\nPREVIEW — nothing is sent yet\n{}",
            preview::planned(&plan)
        ))?;
    }
    say(as_json, "\nSending …");
    let request = RunRequest {
        sync: SAMPLE.into(),
        plan: Some(plan.digest.clone()),
        // A demo of fewer people than the one before is no accident.
        allow: vec![
            GuardrailName::EmptyAudience,
            GuardrailName::AudienceShrunk,
            GuardrailName::UnreadableRows,
            GuardrailName::Removals,
        ],
        ..RunRequest::default()
    };
    let report: RunReport = desk.perform(Command::Run(request), None).await?;
    let why = desk.usher().run_problem(report.run_id.as_str())?;
    if as_json {
        print::text_line(
            &json!({ "route": demo.route, "preview": plan, "run": report }).to_string(),
        )?;
    } else {
        print::text_line(&format!("\nREPORT\n{}", run::shown(&report)))?;
        explain_three(desk, &report)?;
        print::text_line(&format!(
            "Look around with `usher --data-dir {} …`; where it asks, the passphrase is: {SAMPLE_PASSPHRASE}",
            folder.display()
        ))?;
    }
    if let Some(problem) = &why {
        print::say(problem, as_json);
    }
    Ok(match report.state {
        RunState::CompletedWithProblems => 0,
        _ => print::run_code(&report, why.as_ref()),
    })
}

/// Three people whose stories differ, told one by one.
fn explain_three(desk: &Desk, report: &RunReport) -> Result<(), Problem> {
    let mut told: Vec<PersonOutcome> = Vec::new();
    let wanted: [&dyn Fn(&PersonOutcome) -> bool; 3] = [
        &|person| matches!(person.outcome, Some(Outcome::Created)),
        &|person| person.explain.candidates.len() > 1,
        &|person| {
            matches!(person.outcome, Some(Outcome::Invalid))
                && person
                    .explain
                    .raw
                    .as_deref()
                    .is_some_and(|raw| !raw.is_empty())
        },
    ];
    let mut found: [Option<PersonOutcome>; 3] = [None, None, None];
    desk.usher().people_of_run(
        report.run_id.as_str(),
        &OutcomeFilter::default(),
        |person| {
            for (place, wants) in found.iter_mut().zip(wanted) {
                if place.is_none() && wants(&person) {
                    *place = Some(person.clone());
                }
            }
            Ok(())
        },
    )?;
    told.extend(found.into_iter().flatten());
    print::text_line("\nTHREE PEOPLE EXPLAINED")?;
    for person in told {
        let outcome = person.outcome.map_or(String::new(), print::word);
        let plan = usher_model::Person {
            row: person.row,
            key: person.key,
            verdict: person.verdict,
            list: intended(person.list),
            lead_id: person.lead_id,
            list_lead_id: person.list_lead_id,
            reason: person.reason,
            explain: person.explain,
        };
        print::text_line(&format!(
            "{}\nOutcome  {outcome}, list: {}\n",
            preview::explained(&plan),
            print::word(person.list)
        ))?;
    }
    Ok(())
}

/// What was intended for a place on the list, by what became of it.
fn intended(outcome: ListOutcome) -> ListAct {
    match outcome {
        ListOutcome::Kept => ListAct::Keep,
        ListOutcome::Removed => ListAct::Remove,
        ListOutcome::None => ListAct::None,
        _ => ListAct::Add,
    }
}

fn say(as_json: bool, text: &str) {
    if !as_json {
        eprintln!("{text}");
    }
}
