//! What sending a plan in files takes: who shares a file, counted before there is any.
//! Sending gathers by the same rules (`run/file.rs`); how often a file is asked about,
//! only the service knows.

use crate::plan::cost::{add_batches, cost_of, read_back};
use crate::plan::rows::RowBlock;
use crate::route;
use std::collections::HashMap;
use std::time::Duration;
use usher_matching::Decided;
use usher_model::{Cost, Limits, ListAct, ReadRoute, Verdict};
use usher_remote::marketo::{MAX_IMPORT, MAX_RECORDS};

/// Calls of a file: sent, and asked about once.
const CALLS_A_FILE: u64 = 2;
/// How long a file takes at least, with the looks at it.
const A_FILE: Duration = Duration::from_secs(30);
/// An export that says what became of all of them.
const READ_BACK: u64 = 4;

/// Grows block by block.
#[derive(Default)]
pub(crate) struct FileMeter {
    /// By [`Kind`], then by the fields that are sent: who can share a file.
    groups: [HashMap<Vec<u64>, Heap>; 4],
    /// Who cannot go in a file, those to be made last.
    in_calls: [u64; 2],
}

/// Lookups of 300 that tell what became of people of files, where no export does.
#[derive(Clone, Copy, Debug, Default)]
struct Looks {
    joining: u64,
    made: u64,
    updated: u64,
}

#[derive(Clone, Copy, Debug, Default)]
struct Heap {
    people: u64,
    bytes: u64,
}

/// What a file does with its people.
#[derive(Clone, Copy, Debug)]
struct Kind {
    creates: bool,
    joins: bool,
}

impl Kind {
    const ALL: [Self; 4] = [
        Self::of(false, false),
        Self::of(false, true),
        Self::of(true, false),
        Self::of(true, true),
    ];

    const fn of(creates: bool, joins: bool) -> Self {
        Self { creates, joins }
    }

    fn number(self) -> usize {
        usize::from(self.creates) * 2 + usize::from(self.joins)
    }
}

impl FileMeter {
    /// What a block of rows adds, on the thread that decided it.
    pub(crate) fn of(rows: &RowBlock, decided: &Decided) -> Self {
        let mut meter = Self::default();
        for row in 0..decided.rows() {
            let creates = match decided.verdicts[row] {
                Verdict::Create => true,
                Verdict::Update => false,
                Verdict::Leave | Verdict::Skip => continue,
            };
            let (mut bytes, mut fits) = (u64::from(rows.key_length(row)) + 1, true);
            for field in decided.writes.fields(row) {
                let length = u64::from(rows.length(field, row));
                fits &= length > 0;
                bytes += length + 1;
            }
            if !fits {
                meter.in_calls[usize::from(creates)] += 1;
                continue;
            }
            let kind = Kind::of(creates, decided.list[row] == ListAct::Add);
            let (groups, fields) = (&mut meter.groups[kind.number()], decided.writes.of_row(row));
            let heap = match groups.get_mut(fields) {
                Some(heap) => heap,
                None => groups.entry(fields.to_vec()).or_default(),
            };
            heap.people += 1;
            heap.bytes += bytes;
        }
        meter
    }

    /// Adds what another block added.
    pub(crate) fn add(&mut self, block: Self) {
        for (groups, more) in self.groups.iter_mut().zip(block.groups) {
            for (fields, more) in more {
                let heap = groups.entry(fields).or_default();
                heap.people += more.people;
                heap.bytes += more.bytes;
            }
        }
        for (people, more) in self.in_calls.iter_mut().zip(block.in_calls) {
            *people += more;
        }
    }

    /// What it takes in all, given who joins and leaves the list, and how many are on it
    /// afterwards.
    pub(crate) fn finish(
        self,
        fewest: u64,
        [adds, removes, members]: [u64; 3],
        creates_list: bool,
        reading_calls: u64,
        limits: &Limits,
    ) -> Cost {
        let (mut files, mut joining, mut made) = (0, 0, 0);
        let mut looks = Looks::default();
        let mut in_calls = self.in_calls;
        for kind in Kind::ALL {
            for heap in self.groups[kind.number()].values() {
                if heap.people < fewest {
                    in_calls[usize::from(kind.creates)] += heap.people;
                    continue;
                }
                files += heap.bytes.div_ceil(MAX_IMPORT as u64).max(1);
                let parts = heap.people.div_ceil(MAX_RECORDS as u64);
                match (kind.joins, kind.creates) {
                    (true, _) => {
                        joining += heap.people;
                        looks.joining += 2 * parts;
                    }
                    (false, true) => {
                        made += heap.people;
                        looks.made += parts;
                    }
                    (false, false) => looks.updated += parts,
                }
            }
        }
        let later = adds.saturating_sub(joining);
        let (later_by_file, later_by_call) = match later >= fewest {
            true => (later, 0),
            false => (0, later),
        };
        files += u64::from(later_by_file > 0);
        // People of a file that joins the list are read back twice: themselves, and as members.
        let later_parts = later_by_file.div_ceil(MAX_RECORDS as u64);
        let back = [
            (joining, 2, looks.joining),
            (made, 1, looks.made),
            (later_by_file, 2, later_parts),
        ];
        let (mut exports, mut looked_up) = (0, looks.updated);
        for (people, looks, calls) in back.into_iter().filter(|(people, ..)| *people > 0) {
            match route::reading_back(people, looks, limits) {
                ReadRoute::Extract => exports += 1,
                _ => looked_up += calls,
            }
        }
        let [updates, creations] = in_calls.map(add_batches);
        let changed = later_by_call + removes;
        let [people_back, list_back] = read_back(in_calls.iter().sum(), changed, members);
        let by_endpoint = [
            ("import_files", files * CALLS_A_FILE),
            ("create_people", creations),
            ("update_people", updates),
            ("create_list", u64::from(creates_list)),
            ("add_to_list", add_batches(later_by_call)),
            ("remove_from_list", add_batches(removes)),
            ("export_people", exports * READ_BACK),
            ("look_up_people_of_files", looked_up),
            people_back,
            list_back,
        ];
        let rounds = u32::try_from(files).unwrap_or(u32::MAX);
        let looks = u32::try_from(exports).unwrap_or(u32::MAX);
        let waits = A_FILE * rounds + route::POLL * looks;
        cost_of(&by_endpoint, waits, reading_calls, limits)
    }
}
