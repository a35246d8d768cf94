//! How a story ends: all trouble is over, and everything has to come right by itself in
//! bounded time (reliability: I1, I5, I6, I10).

use crate::network::Weather;
use crate::others::THEIRS;
use crate::story::{AUDIENCE, SYNC, Scene};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tokio::time::sleep;
use usher_model::{Code, Mode, OnDrift, PersonAction, RunReport, RunState};
use usher_sync::SyncChange;
use usher_sync::owner::Command;

/// How long what is under way may take once nothing stands in its way: a wait for the next
/// day's calls is among it.
const COMES_RIGHT: Duration = Duration::from_secs(30 * 3600);
/// How often it is looked at meanwhile.
const LOOK: Duration = Duration::from_secs(300);

/// Ends the trouble and sees whether everybody is seated.
pub(crate) async fn come_to(scene: &mut Scene) -> Result<(), String> {
    end_trouble(scene).await;
    until_quiet(scene).await?;
    let taken = scene.import().await.ok_or("nobody kills it")?;
    taken.map_err(|problem| format!("I10: the last snapshot was not taken: {problem:?}"))?;
    let mut last = Value::Null;
    for _ in 0..2 {
        last = run(scene).await?;
        scene.hold()?;
    }
    let last: RunReport = serde_json::from_value(last).unwrap();
    is_at_rest(&last)?;
    for run in scene.desk.usher().run_reports(None).unwrap() {
        adds_up(&run)?;
    }
    let Err((email, why)) = is_seated(scene) else {
        return Ok(());
    };
    let explain = Command::Explain {
        sync: SYNC.into(),
        key: email,
    };
    let said = scene.desk.ask(explain, None).await;
    Err(format!("{why}; it says: {said:?}"))
}

async fn end_trouble(scene: &mut Scene) {
    scene.tell("all trouble is over");
    let desk = &mut scene.desk;
    desk.machine.spare();
    desk.machine.open_lid();
    desk.machine.mend_clock();
    desk.machine.fill_disk(false);
    desk.keychain.set_fault(None);
    desk.network.set(Weather::default());
    scene.others.private("DELETE", "faults", &Value::Null);
    let config = json!({ "other_apps_calls_per_window": 0, "daily_quota": 50_000 });
    scene.others.private("POST", "config", &config);
    scene.desk.ensure().await;
    // From here on nothing begins by itself, and what is held goes on.
    let released = SyncChange {
        schedule: Some(None),
        paused: Some(false),
        ..SyncChange::default()
    };
    scene.edit_sync(released).await;
}

/// A run from its begin to its end; one that is under way is waited for.
async fn run(scene: &mut Scene) -> Result<Value, String> {
    let mut waited = Duration::ZERO;
    loop {
        let run = scene.run();
        let done = scene.desk.ask(run, None).await.ok_or("nobody kills it")?;
        match done {
            Ok(done) => return Ok(done),
            Err(problem) if problem.code == Code::AlreadyRunning && waited < COMES_RIGHT => {
                sleep(LOOK).await;
                waited += LOOK;
            }
            Err(problem) => return Err(format!("I10: the last run failed: {problem:?}")),
        }
    }
}

/// Until nothing is under way.
async fn until_quiet(scene: &mut Scene) -> Result<(), String> {
    let mut waited = Duration::ZERO;
    loop {
        let runs = scene.desk.usher().run_reports(None).unwrap();
        let open: Vec<&RunReport> = runs.iter().filter(|run| !run.state.is_final()).collect();
        let Some(first) = open.first() else {
            return Ok(());
        };
        if waited > COMES_RIGHT {
            return Err(format!("I10: {} is still {:?}", first.run_id, first.state));
        }
        sleep(LOOK).await;
        waited += LOOK;
        scene.hold()?;
    }
}

/// Nothing is left to do, and nobody is in doubt.
fn is_at_rest(run: &RunReport) -> Result<(), String> {
    let people = &run.people;
    let list = run.list.clone().unwrap_or_default();
    let moved = people.created + people.updated + people.unconfirmed;
    let moved = moved + list.added + list.removed + list.unconfirmed + list.not_sent;
    match run.state {
        RunState::Completed if moved == 0 && people.rejected.is_empty() => Ok(()),
        state => Err(format!(
            "I10: the last run is {state:?} and moved {moved}: {run:?}"
        )),
    }
}

/// Whoever was planned is counted once, and a run that says it is complete sent everybody.
fn adds_up(run: &RunReport) -> Result<(), String> {
    let planned = run.digest.is_some() && run.state != RunState::Held;
    if planned && run.people.total() != run.rows {
        return Err(format!(
            "I6: {} of {} rows: {run:?}",
            run.people.total(),
            run.rows
        ));
    }
    let not_sent = run.people.skipped.get("not_sent").copied().unwrap_or(0);
    let not_placed = run.list.as_ref().map_or(0, |list| list.not_sent);
    if run.state == RunState::Completed && not_sent + not_placed > 0 {
        return Err(format!(
            "I5: it is complete and sent not everybody: {run:?}"
        ));
    }
    Ok(())
}

/// Everybody who is to be there is, once, with their values and on the list; nobody is on
/// the list because of Usher who is not in the audience.
fn is_seated(scene: &Scene) -> Result<(), (String, String)> {
    let setup = &scene.setup;
    let leads = scene.others.leads();
    let by_email: BTreeMap<&str, _> = leads
        .iter()
        .map(|lead| (lead.email.as_str(), lead))
        .collect();
    let (members, lists) = scene.others.members(AUDIENCE);
    if lists > 1 {
        let why = format!("I2: there are {lists} lists of one name");
        return Err((String::new(), why));
    }
    for person in scene.people.wanted() {
        let whose = |why: String| (person.email.clone(), format!("I1: {} {why}", person.email));
        let Some(lead) = by_email.get(person.email.as_str()) else {
            if setup.person_action == PersonAction::UpdateAndCreate {
                return Err(whose("is not there".into()));
            }
            continue;
        };
        // Whom others took off the list is not put there again.
        let left_alone = scene.others.meddled.contains(&person.email);
        let joins = setup.sync_type.fills_list() && !left_alone;
        if joins && !members.contains(&lead.id) {
            return Err(whose("is not on the list".into()));
        }
        // What others changed is left to them, where it is not to be overwritten; only they
        // say so.
        let overwrites = setup.on_drift == OnDrift::Overwrite;
        let last = &lead.fields["lastName"];
        let same = (*last == person.last.as_str() || (!overwrites && *last == THEIRS))
            && lead.fields["company"] == person.company.as_str();
        let ours = setup.sync_type.writes_profiles() && (overwrites || !left_alone);
        if ours && !same {
            return Err(whose(format!("has other values: {}", lead.fields)));
        }
    }
    if setup.mode != Mode::Mirror || !setup.sync_type.fills_list() {
        return Ok(());
    }
    let stay: BTreeSet<String> = scene.people.emails();
    for lead in leads.iter().filter(|lead| members.contains(&lead.id)) {
        let left = scene.people.ever.contains(&lead.email) && !stay.contains(&lead.email);
        if left && !scene.others.meddled.contains(&lead.email) {
            let why = format!("I1: {} left and is on the list still", lead.email);
            return Err((lead.email.clone(), why));
        }
    }
    Ok(())
}
