//! From profiles to the list: who joins and who leaves, once it is known who
//! was created.

use crate::plan::PlannedPerson;
use crate::points;
use crate::progress::Progress;
use crate::run::cut::{item, unsent};
use crate::run::file::Put;
use crate::run::{RunRecord, Stage};
use crate::service::{CallError, Patience, Service};
use crate::usher::Usher;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use usher_model::{
    Batch, BatchKind, Code, Item, ListAct, ListChoice, Problem, Receipt, RunState, Sync,
};
use usher_remote::failure::Failure;
use usher_remote::marketo::MAX_RECORDS;
use usher_store::table::{batches, runs};

/// How often the making of a list is tried whose outcome stays unknown.
const TRIES: u32 = 3;

impl Usher {
    /// Writes down the list changes that are not written down yet, making the
    /// list first where somebody joins one that does not exist.
    pub(crate) async fn write_list_batches(
        self: &Arc<Self>,
        run: &mut RunRecord,
        service: &Arc<Service>,
        progress: &Progress,
    ) -> Result<(), Problem> {
        let planned = self.list_changes(run)?;
        let adds = planned.iter().any(|batch| batch.kind == BatchKind::Add);
        if adds && run.list.as_ref().is_some_and(|list| list.id.is_none()) {
            self.make_list(run, service, progress).await?;
        }
        run.stage = Stage::List;
        let kept = run.clone();
        self.journal
            .write(move |tx| {
                for batch in &planned {
                    batches::plan(tx, &kept.run_id, batch)?;
                }
                runs::replace(tx, &kept.run_id, &kept)
            })
            .await?;
        points::pass("list_batches_written");
        Ok(())
    }

    /// Makes the list before people go in files that put them there.
    pub(crate) async fn make_list_for_files(
        self: &Arc<Self>,
        run: &mut RunRecord,
        service: &Arc<Service>,
        progress: &Progress,
    ) -> Result<(), Problem> {
        let open = batches::open(&*self.journal.reader()?, &run.run_id)?;
        let joins = open
            .iter()
            .any(|open| open.file.is_some_and(|file| file.joins));
        match run.list.as_ref().is_some_and(|list| list.id.is_none()) && joins {
            true => self.make_list(run, service, progress).await,
            false => Ok(()),
        }
    }

    /// Everyone who joins or leaves and is in no batch yet. A matched person
    /// joins whether or not the profile write succeeded; a creation that was not
    /// confirmed joins nothing.
    fn list_changes(&self, run: &RunRecord) -> Result<Vec<Batch>, Problem> {
        if run.list.is_none() {
            return Ok(Vec::new());
        }
        let reader = self.journal.reader()?;
        let mut created: HashMap<u64, i64> = HashMap::new();
        let mut withheld: HashSet<u64> = HashSet::new();
        let mut written: HashSet<i64> = HashSet::new();
        batches::each::<Problem>(&reader, &run.run_id, |batch| {
            let changes_list = matches!(batch.kind, BatchKind::Add | BatchKind::Remove);
            if changes_list {
                written.extend(batch.items.iter().filter_map(|item| item.lead));
            }
            for (item, receipt) in batch.items.iter().zip(&batch.receipts) {
                match (item.row, receipt) {
                    (Some(row), Receipt::Done { lead }) if batch.kind == BatchKind::Create => {
                        created.insert(row, *lead);
                    }
                    (Some(row), Receipt::Withheld(_)) => {
                        withheld.insert(row);
                    }
                    _ => {}
                }
            }
            Ok(())
        })?;
        let (mut joining, mut leaving): (Vec<Item>, Vec<Item>) = (Vec::new(), Vec::new());
        runs::each_block::<PlannedPerson, Problem>(&reader, &run.run_id, |people| {
            for planned in people {
                let person = &planned.person;
                let done = |lead: i64| written.contains(&lead);
                if run.is_beyond_limit(person.row)
                    || person.row.is_some_and(|row| withheld.contains(&row))
                {
                    continue;
                }
                match person.list {
                    ListAct::Add => {
                        let lead = person
                            .member()
                            .or_else(|| created.get(&person.row?).copied());
                        joining.extend(lead.filter(|lead| !done(*lead)).map(|lead| Item {
                            lead: Some(lead),
                            ..item(&planned, BatchKind::Add)
                        }));
                    }
                    ListAct::Remove => leaving.extend(
                        Some(item(&planned, BatchKind::Remove))
                            .filter(|item| item.lead.is_some_and(|lead| !done(lead))),
                    ),
                    ListAct::Keep | ListAct::None => {}
                }
            }
            Ok(())
        })?;
        let mut all = Vec::new();
        let mut joining_by_call = Vec::new();
        match run.files() {
            Some(mut files) => {
                for item in joining {
                    match files.join(item) {
                        Put::There => {}
                        Put::Full(batch) => all.push(batch),
                        Put::Back(item) => joining_by_call.push(item),
                    }
                }
                let (files, few) = files.finish();
                all.extend(files);
                joining_by_call.extend(few.into_iter().map(|(_, item)| item));
            }
            None => joining_by_call = joining,
        }
        all.extend(cut(BatchKind::Add, joining_by_call));
        all.extend(cut(BatchKind::Remove, leaving));
        Ok(all)
    }

    /// Makes the run's list. Found there afterwards, it is the one: a lost reply
    /// or somebody else's list of the name makes no second.
    async fn make_list(
        self: &Arc<Self>,
        run: &mut RunRecord,
        service: &Arc<Service>,
        progress: &Progress,
    ) -> Result<(), Problem> {
        let Some(list) = run.list.clone() else {
            return Ok(());
        };
        let Some(folder) = list.folder.clone() else {
            return Ok(());
        };
        let patience = Patience {
            tries: 8,
            repeat_unknown: false,
        };
        let (name, folder) = (list.name.as_str(), &folder);
        let mut tries = 0;
        let made = loop {
            tries += 1;
            points::pass("before_list_creation");
            let answer = service
                .call(patience, progress, |marketo| async move {
                    marketo
                        .create_list(name, folder, Some("Filled by Usher"))
                        .await
                })
                .await;
            points::pass("after_list_creation");
            match answer {
                Ok(made) => break Ok(made.id),
                Err(CallError::Service(Failure::Unknown { .. })) if tries <= TRIES => {}
                Err(CallError::Service(Failure::Refused { code, .. }))
                    if code == "709" && tries == 1 => {}
                Err(CallError::Service(
                    Failure::Refused { code, .. } | Failure::Denied { code, .. },
                )) => break Err(code),
                Err(error) => return Err(error.into()),
            }
            if let Some(id) = self.list_made_meanwhile(run, service, progress).await? {
                break Ok(id);
            }
        };
        if let Some(list) = run.list.as_mut() {
            match made {
                Ok(id) => list.id = Some(id),
                Err(code) => list.refused = Some(code),
            }
        }
        self.keep_run(run).await?;
        points::pass("list_kept");
        Ok(())
    }

    async fn list_made_meanwhile(
        &self,
        run: &RunRecord,
        service: &Arc<Service>,
        progress: &Progress,
    ) -> Result<Option<i64>, Problem> {
        service.count_retry();
        let sync: Sync = self.find(run.sync_id.as_str())?;
        let destination: usher_model::Destination = self.find(run.destination.as_str())?;
        let choice = match (&sync.list, &run.list) {
            (_, Some(list)) => ListChoice::Named {
                name: list.name.clone(),
                folder: list.folder.clone(),
            },
            (choice, None) => choice.clone(),
        };
        crate::reading::list_there(service, &choice, destination.workspace.as_deref(), progress)
            .await
    }

    /// How a run that sent everything ended.
    pub(crate) fn end_state(&self, run: &RunRecord) -> Result<RunState, Problem> {
        let report = self.report_of(run)?;
        let list_problem = report
            .list
            .as_ref()
            .is_some_and(|list| !list.rejected.is_empty() || list.unconfirmed > 0);
        let problem =
            !report.people.rejected.is_empty() || report.people.unconfirmed > 0 || list_problem;
        Ok(if problem {
            RunState::CompletedWithProblems
        } else {
            RunState::Completed
        })
    }
}

/// Changes of the list, as many together as a call takes.
fn cut(kind: BatchKind, items: Vec<Item>) -> impl Iterator<Item = Batch> {
    let chunks: Vec<Vec<Item>> = items.chunks(MAX_RECORDS).map(<[Item]>::to_vec).collect();
    chunks.into_iter().map(move |items| unsent(kind, items))
}

/// The error of a run that cannot be gone on with.
pub(crate) fn closed(run: &RunRecord) -> Problem {
    Problem::new(
        Code::PlanUsed,
        format!(
            "The run {} is over: a later run of the sync took its place.",
            run.run_id
        ),
        "Run the sync again.",
    )
}
