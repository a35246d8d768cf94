//! Pages of a run's people. Its lines are gone through as far as somebody has
//! scrolled, and it is kept which of them were wanted.

use crate::memo::Last;
use crate::plan::PlannedPerson;
use crate::run::RunRecord;
use crate::run::people::{OutcomeFilter, Sought, Told};
use crate::usher::Usher;
use serde::Serialize;
use std::sync::{Mutex, PoisonError};
use ts_rs::TS;
use usher_model::{PersonOutcome, Problem, RunId, Timestamp};
use usher_store::Reader;
use usher_store::table::purges::Purge;
use usher_store::table::runs;

/// The most people of a page.
const LARGEST: usize = 200;

/// The run that was looked into last, as it stands, and who was wanted.
pub(crate) type PagedRun = Last<Asked, Mutex<Scan>>;

/// A run that nothing more happens to, as it was then, and a filter.
#[derive(PartialEq)]
pub(crate) struct Asked {
    run: RunId,
    finished_at: Option<Timestamp>,
    purge: Purge,
    filter: OutcomeFilter,
}

/// How far a run's lines were gone through.
pub(crate) struct Scan {
    run: RunRecord,
    told: Told,
    blocks: Vec<i64>,
    sought: Option<Sought>,
    next: usize,
    /// The wanted ones: block and line.
    found: Vec<(u32, u32)>,
}

/// Some people of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct OutcomePage {
    /// All who are wanted, once the last of them is known.
    pub total: Option<u64>,
    /// Those of the page.
    pub people: Vec<PersonOutcome>,
}

impl Usher {
    /// A page of the people of a run that has ended, at most 200. Of a run that was
    /// held back nobody was sent: its people are the plan's.
    pub fn outcome_page(
        &self,
        id: &str,
        filter: &OutcomeFilter,
        offset: u64,
        limit: u64,
    ) -> Result<OutcomePage, Problem> {
        let run = self.run(id)?;
        let asked = Asked {
            run: run.run_id.clone(),
            finished_at: run.finished_at,
            purge: self.purge_of(&run)?,
            filter: filter.clone(),
        };
        let scan = self.paged_run.or_make(asked, || {
            let blocks = runs::people_blocks(&*self.journal.reader()?, &run.run_id)?;
            Ok::<_, Problem>(Mutex::new(Scan {
                told: self.told(&run)?,
                sought: self.sought(&run, filter)?,
                run,
                blocks,
                next: 0,
                found: Vec::new(),
            }))
        })?;
        let mut scan = scan.lock().unwrap_or_else(PoisonError::into_inner);
        let reader = self.journal.reader()?;
        let offset = usize::try_from(offset).unwrap_or(usize::MAX);
        let limit = usize::try_from(limit).unwrap_or(usize::MAX).min(LARGEST);
        // Everyone is wanted where a search is on, since only that says how many.
        let enough = match filter.search {
            Some(_) => usize::MAX,
            None => offset.saturating_add(limit),
        };
        while scan.found.len() < enough && scan.next < scan.blocks.len() {
            scan.step(&reader, filter)?;
        }
        let page = scan.found.iter().skip(offset).take(limit);
        let page: Vec<(u32, u32)> = page.copied().collect();
        Ok(OutcomePage {
            total: (scan.next == scan.blocks.len()).then_some(scan.found.len() as u64),
            people: scan.people(&reader, &page)?,
        })
    }
}

impl Scan {
    /// Goes through one more block.
    fn step(&mut self, reader: &Reader<'_>, filter: &OutcomeFilter) -> Result<(), Problem> {
        let at = self.next;
        let people: Vec<PlannedPerson> =
            runs::people_block(reader, &self.run.run_id, self.blocks[at])?;
        for (line, planned) in people.into_iter().enumerate() {
            let person = self.told.outcome(&self.run, planned.person);
            if filter.wants(&person, self.sought.as_ref()) {
                let place = (u32::try_from(at).ok(), u32::try_from(line).ok());
                self.found.extend(place.0.zip(place.1));
            }
        }
        self.next += 1;
        Ok(())
    }

    /// The people of these places, which are in order.
    fn people(
        &self,
        reader: &Reader<'_>,
        places: &[(u32, u32)],
    ) -> Result<Vec<PersonOutcome>, Problem> {
        let mut all = Vec::with_capacity(places.len());
        for places in places.chunk_by(|one, next| one.0 == next.0) {
            let seq = self.blocks[places[0].0 as usize];
            let people: Vec<PlannedPerson> = runs::people_block(reader, &self.run.run_id, seq)?;
            let mut places = places.iter().map(|(_, line)| *line as usize).peekable();
            for (line, planned) in people.into_iter().enumerate() {
                if places.next_if(|wanted| *wanted == line).is_some() {
                    all.push(self.told.outcome(&self.run, planned.person));
                }
            }
        }
        Ok(all)
    }
}
