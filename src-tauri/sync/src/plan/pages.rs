//! Pages of a plan's people, for a table of millions of rows: who belongs on a page
//! is read off the plan's columns, and only they are put in words.

use crate::audience::contains;
use crate::memo::Last;
use crate::plan::explain::{PeopleFilter, no_such_plan};
use crate::plan::opened::OpenedPlan;
use crate::usher::Usher;
use serde::Serialize;
use ts_rs::TS;
use usher_model::{Person, PlanId, Problem, Sync};
use usher_store::table::plans;

/// The most people of a page.
const LARGEST: usize = 200;

/// The plan that was looked into last, and which of its rows.
#[derive(Default)]
pub(crate) struct PagedPlan {
    opened: Last<PlanId, OpenedPlan>,
    wanted: Last<(PlanId, PeopleFilter), Wanted>,
}

impl PagedPlan {
    /// Lets go of it: another plan is being made.
    pub(crate) fn forget(&self) {
        self.opened.forget();
        self.wanted.forget();
    }
}

/// Who is wanted: rows of the audience from 0, and then those who leave the list.
struct Wanted {
    rows: Vec<u32>,
    leavers: Vec<Person>,
}

/// Some people of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct PeoplePage {
    /// All who are wanted.
    pub total: u64,
    /// Those of the page.
    pub people: Vec<Person>,
}

impl Usher {
    /// A page of the people of a sync's plan with this digest, at most 200.
    pub fn people_page(
        &self,
        sync: &str,
        digest: &str,
        filter: &PeopleFilter,
        offset: u64,
        limit: u64,
    ) -> Result<PeoplePage, Problem> {
        let sync: Sync = self.find(sync)?;
        let found: Option<(PlanId, serde_json::Value)> =
            plans::find(&*self.cache.reader()?, &sync.id, digest)?;
        let (plan, _) = found.ok_or_else(|| no_such_plan(digest))?;
        let paged = &self.paged_plan;
        let opened = paged
            .opened
            .or_make(plan.clone(), || self.open_plan(&plan))?;
        let wanted = paged
            .wanted
            .or_make((plan, filter.clone()), || self.wanted_of(&opened, filter))?;
        let offset = usize::try_from(offset).unwrap_or(usize::MAX);
        let limit = usize::try_from(limit).unwrap_or(usize::MAX).min(LARGEST);
        let rows = wanted.rows.iter().skip(offset).take(limit);
        let rows: Vec<usize> = rows.map(|row| *row as usize).collect();
        let mut people = self.people_at(&opened, &rows)?;
        let beyond = offset.saturating_sub(wanted.rows.len());
        let leavers = wanted.leavers.iter().skip(beyond);
        people.extend(leavers.take(limit - rows.len()).cloned());
        Ok(PeoplePage {
            total: (wanted.rows.len() + wanted.leavers.len()) as u64,
            people,
        })
    }

    fn wanted_of(&self, opened: &OpenedPlan, filter: &PeopleFilter) -> Result<Wanted, Problem> {
        let reader = self.cache.reader()?;
        let needle = filter.search.as_deref().map(str::to_lowercase);
        let needle = needle.as_deref().filter(|needle| !needle.is_empty());
        let key = opened.stored.settings.key.column;
        let mut rows = Vec::new();
        for block in opened.blocks(&reader)? {
            let decided = block.rows(&reader)?;
            let keys = needle.map(|_| block.keys(&reader)).transpose()?;
            for row in 0..decided.len() {
                let named = match (&keys, needle) {
                    (Some(keys), Some(needle)) => contains(keys.cell(key, row), needle),
                    _ => true,
                };
                if named && filter.wants(decided.verdict_of(row)?) {
                    rows.push(u32::try_from(block.place(row)).unwrap_or(u32::MAX));
                }
            }
        }
        let leavers = opened.leavers(&reader)?.into_iter();
        let leavers = leavers.map(|planned| planned.person);
        let is_named = |person: &Person| {
            let key = person.key.as_deref().unwrap_or_default();
            needle.is_none_or(|needle| contains(key, needle))
        };
        Ok(Wanted {
            rows,
            leavers: leavers
                .filter(|person| filter.wants_person(person) && is_named(person))
                .collect(),
        })
    }

    /// The people of these rows, from 0 and in order.
    fn people_at(&self, opened: &OpenedPlan, rows: &[usize]) -> Result<Vec<Person>, Problem> {
        let reader = self.cache.reader()?;
        let mut words = opened.words(self);
        let mut people = Vec::with_capacity(rows.len());
        let mut left = rows;
        for block in opened.blocks(&reader)? {
            let end = block.place(usize::try_from(block.count).unwrap_or(usize::MAX));
            let (now, later) = left.split_at(left.partition_point(|row| *row < end));
            left = later;
            if now.is_empty() {
                continue;
            }
            let decided = block.rows(&reader)?;
            let columns = block.columns(&reader)?;
            let mut cells = Vec::new();
            for place in now {
                let row = place - block.place(0);
                columns.row(row, &mut cells);
                let person = words.person(*place, &cells, &decided.decision(row)?)?;
                people.push(person.person);
            }
        }
        Ok(people)
    }
}
