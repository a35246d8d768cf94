//! Erasing one person here, for good: out of every table, and suppressed by a
//! hash so that they do not come back.
//!
//! What others count on stays: rows keep their numbers, runs their counts, and
//! the ledger the place on a list, so that a mirror can still take the person
//! off it. What a run still needs to settle a doubt stays until it is settled.

mod cached;
mod runs;
#[cfg(test)]
mod tests;
mod traces;
mod whom;

use crate::run::RunRecord;
use crate::usher::Usher;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;
use traces::Traces;
use usher_model::{Code, Destination, Problem, Sync};
use usher_store::Tx;
use usher_store::table::{ledger, plans, runs as run_table, suppressions};
use whom::Whom;

/// The document of `forget`: where the person was found and erased. It never
/// repeats the key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forgotten {
    /// Rows of audiences.
    pub rows: u64,
    /// Leads of readings.
    pub leads: u64,
    /// Lines of runs.
    pub lines: u64,
    /// Stored plans: all of them, since they can be made again.
    pub plans: u64,
    /// Entries of the ledger.
    pub entries: u64,
    /// What could not be looked into or is still needed: people of runs that
    /// are under way or unsettled; imports, readings and runs that are only
    /// being made. Not 0: forget again once they are over.
    pub pending: u64,
}

impl Usher {
    /// Erases everyone with this key: an e-mail address, wherever it stands, or
    /// any other text where a destination takes it for a key, by the name of
    /// its column or of its dedupe field. Suppressed first, nobody is sent who
    /// is not erased yet; asked again after a crash, it goes on.
    ///
    /// An import that begins later leaves their rows blank, until
    /// [`Usher::unsuppress`] lets them back in.
    pub async fn forget(&self, key: &str) -> Result<Forgotten, Problem> {
        let destinations = self.all::<Destination>()?;
        let whom = Arc::new(Whom::new(key, &destinations)?);
        let _nothing_is_kept_anew = self.erasing.lock().await;
        self.suppress_erased(&whom, destinations).await?;
        let traces = Arc::new(self.traces(&whom).await?);
        let mut forgotten = Forgotten::default();
        self.erase_rows(&whom, &mut forgotten).await?;
        self.erase_leads(&whom, &traces, &mut forgotten).await?;
        forgotten.plans = self.cache.write(|tx| plans::remove_all(tx)).await?;
        self.remembered.forget();
        self.found_rows.forget();
        self.paged_plan.forget();
        self.erase_lines(&whom, &traces, &mut forgotten).await?;
        self.paged_run.forget();
        self.erase_entries(&whom, &traces, &mut forgotten).await?;
        self.journal.compact().await?;
        self.cache.compact().await?;
        Ok(forgotten)
    }

    /// Suppresses the person wherever a key of theirs is looked at: as an
    /// address, and in every field that identifies. No text stays with it.
    async fn suppress_erased(
        &self,
        whom: &Arc<Whom>,
        destinations: Vec<Destination>,
    ) -> Result<(), Problem> {
        let namespaces: BTreeSet<String> = destinations
            .into_iter()
            .map(|destination| destination.dedupe_field)
            .chain(["email".to_owned()])
            .collect();
        let (whom, now) = (whom.clone(), self.now().0);
        let write = move |tx: &Tx<'_>| {
            for namespace in &namespaces {
                suppressions::erase(tx, namespace, whom.hash().0, now)?;
            }
            for known in suppressions::all(tx)? {
                if known.value.is_some_and(|text| whom.names_suppressed(&text)) {
                    suppressions::erase(tx, &known.namespace, known.hash, now)?;
                }
            }
            Ok(())
        };
        Ok(self.journal.write(write).await?)
    }

    /// Who the person is elsewhere: found before anything is erased, off the
    /// async threads, since all runs are read through.
    async fn traces(&self, whom: &Arc<Whom>) -> Result<Traces, Problem> {
        let syncs = self.connections_of_syncs()?;
        let (journal, cache, whom) = (self.journal.clone(), self.cache.clone(), whom.clone());
        let found = tokio::task::spawn_blocking(move || {
            Traces::find(&*journal.reader()?, &*cache.reader()?, &syncs, &whom)
        });
        Ok(found.await.map_err(|_| broke_off())??)
    }

    /// Runs, a transaction each.
    async fn erase_lines(
        &self,
        whom: &Arc<Whom>,
        traces: &Arc<Traces>,
        forgotten: &mut Forgotten,
    ) -> Result<(), Problem> {
        let all: Vec<RunRecord> = run_table::all(&*self.journal.reader()?, None)?;
        for run in all {
            let (whom, traces, now) = (whom.clone(), traces.clone(), self.now().0);
            let erased = self
                .journal
                .write(move |tx| runs::erase(tx, &run.run_id, &whom, &traces, now))
                .await?;
            forgotten.lines += erased.lines;
            forgotten.pending += erased.pending;
        }
        Ok(())
    }

    async fn erase_entries(
        &self,
        whom: &Arc<Whom>,
        traces: &Arc<Traces>,
        forgotten: &mut Forgotten,
    ) -> Result<(), Problem> {
        let syncs = self.connections_of_syncs()?;
        let (whom, traces) = (whom.clone(), traces.clone());
        let write = move |tx: &Tx<'_>| {
            let mut entries = 0;
            for (sync, connection) in &syncs {
                entries += ledger::erase(tx, &sync.id, |entry| {
                    traces.has_lead(connection, entry.lead)
                        || entry.place.iter().flatten().any(|key| whom.names(key))
                })?;
            }
            Ok(entries)
        };
        forgotten.entries = self.journal.write(write).await?;
        Ok(())
    }

    /// Every sync with its connection's id: a lead's number means nothing
    /// without it.
    fn connections_of_syncs(&self) -> Result<Vec<(Sync, String)>, Problem> {
        let destinations = self.all::<Destination>()?;
        let syncs = self.all::<Sync>()?.into_iter();
        Ok(syncs
            .filter_map(|sync| {
                let destination = destinations.iter().find(|one| one.id == sync.destination)?;
                let connection = destination.connection.to_string();
                Some((sync, connection))
            })
            .collect())
    }
}

fn broke_off() -> Problem {
    Problem::new(
        Code::Internal,
        "Forgetting broke off.",
        "The person is suppressed; forget them again to erase the rest.",
    )
}
