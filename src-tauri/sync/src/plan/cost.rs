//! What sending a plan takes: the batches it falls into, counted before there
//! is any of them. Sending cuts by the same rules.

use crate::plan::rows::RowBlock;
use crate::route;
use std::time::Duration;
use usher_matching::{Decided, Settings};
use usher_model::{Cost, Limits, UsedToday, Verdict};
use usher_remote::marketo::{ENVELOPE_LEN, MAX_BODY, MAX_RECORDS};

/// Cuts records into batches: at most 300, and at most a body's bytes. Gives
/// the end of each batch.
pub(crate) fn lead_batches(lengths: impl Iterator<Item = usize>) -> Vec<usize> {
    let mut meter = BatchMeter::default();
    let mut ends = Vec::new();
    let mut count = 0;
    for length in lengths {
        if meter.add(length) && count > 0 {
            ends.push(count);
        }
        count += 1;
    }
    if count > 0 {
        ends.push(count);
    }
    ends
}

/// How many calls change the places of that many leads.
pub(crate) fn add_batches(leads: u64) -> u64 {
    leads.div_ceil(MAX_RECORDS as u64)
}

/// Counts batches as records come.
#[derive(Default)]
struct BatchMeter {
    batches: u64,
    records: usize,
    bytes: usize,
}

impl BatchMeter {
    /// Adds a record; says whether it begins a batch.
    fn add(&mut self, length: usize) -> bool {
        let begins = self.batches == 0
            || self.records == MAX_RECORDS
            || self.bytes + length > MAX_BODY - ENVELOPE_LEN;
        if begins {
            self.batches += 1;
            self.records = 0;
            self.bytes = 0;
        }
        self.records += 1;
        self.bytes += length;
        begins
    }
}

/// Grows person by person, in the order in which they are sent.
#[derive(Default)]
pub(crate) struct CostMeter {
    creations: BatchMeter,
    updates: BatchMeter,
    people: u64,
    adds: u64,
    removes: u64,
}

/// How long the records of a block of rows are, in the order in which they are sent.
pub(crate) struct Lengths {
    creations: Vec<usize>,
    updates: Vec<usize>,
}

impl Lengths {
    /// From the lengths of what each row sends, as `record_len` of the record
    /// itself would say.
    pub(crate) fn of(settings: &Settings, rows: &RowBlock, decided: &Decided) -> Self {
        let named = |name: &str| json_len(name) + ":,".len();
        let fields = settings.fields.iter();
        let names: Vec<usize> = fields.map(|mapped| named(&mapped.field.name)).collect();
        let key = &settings.key.field.name;
        let (key_name, id_name) = (named(key), named("id"));
        let is_key: Vec<bool> = settings
            .fields
            .iter()
            .map(|mapped| mapped.field.name == *key)
            .collect();
        let (mut creations, mut updates) = (Vec::new(), Vec::new());
        for row in 0..decided.rows() {
            let sent = |field: usize| match rows.length(field, row) as usize {
                // A blank that clears sends null.
                0 => names[field] + "null".len(),
                length => names[field] + length,
            };
            let fields = decided.writes.fields(row);
            match decided.verdicts[row] {
                Verdict::Create => {
                    // The key is sent once, also where it is mapped a second time.
                    let others: usize = fields.filter(|field| !is_key[*field]).map(sent).sum();
                    creations.push(braces(others + key_name + rows.key_length(row) as usize));
                }
                Verdict::Update => {
                    let digits = decided.leads[row].checked_ilog10();
                    let digits = digits.map_or(1, |log| log as usize + 1);
                    updates.push(braces(id_name + digits + fields.map(sent).sum::<usize>()));
                }
                _ => {}
            }
        }
        Self { creations, updates }
    }
}

impl CostMeter {
    /// Adds a block of rows: the next in order.
    pub(crate) fn add(&mut self, lengths: &Lengths, decided: &Decided) {
        for length in &lengths.creations {
            self.creations.add(*length);
        }
        for length in &lengths.updates {
            self.updates.add(*length);
        }
        self.people += (lengths.creations.len() + lengths.updates.len()) as u64;
        self.adds += decided.counts.list_add;
    }

    /// Adds those who leave the list.
    pub(crate) fn add_leavers(&mut self, leavers: u64) {
        self.removes += leavers;
    }

    /// What it takes in all, given how many are on the list afterwards.
    pub(crate) fn finish(
        self,
        limits: &Limits,
        creates_list: bool,
        members: u64,
        reading_calls: u64,
    ) -> Cost {
        let [people, places] = read_back(self.people, self.adds + self.removes, members);
        let by_endpoint = [
            ("create_people", self.creations.batches),
            ("update_people", self.updates.batches),
            ("create_list", u64::from(creates_list)),
            ("add_to_list", add_batches(self.adds)),
            ("remove_from_list", add_batches(self.removes)),
            people,
            places,
        ];
        cost_of(&by_endpoint, Duration::ZERO, reading_calls, limits)
    }
}

/// The calls that read back what was done to people and places in calls.
pub(super) fn read_back(people: u64, places: u64, members: u64) -> [(&'static str, u64); 2] {
    [
        ("read_people_back", route::people_read_back(people)),
        (
            "read_list_back",
            route::places_read_back(places, members).calls(),
        ),
    ]
}

/// What these calls take, and what the service is waited for.
pub(super) fn cost_of(
    by_endpoint: &[(&str, u64)],
    waits: Duration,
    reading_calls: u64,
    limits: &Limits,
) -> Cost {
    let calls = by_endpoint.iter().map(|(_, calls)| calls).sum();
    let taken = route::cost((), calls, waits, limits);
    let some = by_endpoint.iter().filter(|(_, calls)| *calls > 0);
    Cost {
        calls,
        reading_calls,
        seconds: taken.seconds,
        quota_percent: taken.quota_percent,
        calls_by_endpoint: some
            .map(|(name, calls)| ((*name).to_owned(), *calls))
            .collect(),
        used_today: UsedToday::default(),
    }
}

/// The length of a record whose fields, each with a comma, have this length; a
/// comma parts it from the next.
fn braces(fields: usize) -> usize {
    "{}".len() + fields - ",".len() + ",".len()
}

/// The length of a name in JSON. Names of fields need no escapes.
fn json_len(name: &str) -> usize {
    name.len() + 2
}

#[cfg(test)]
mod tests {
    use super::{add_batches, lead_batches};

    #[test]
    fn batches_hold_300_records_and_a_body() {
        assert_eq!(lead_batches(std::iter::repeat_n(10, 601)), [300, 600, 601]);
        assert_eq!(lead_batches(std::iter::repeat_n(400_000, 5)), [2, 4, 5]);
        assert!(lead_batches(std::iter::empty()).is_empty());
        assert_eq!([0, 1, 300, 301].map(add_batches), [0, 1, 1, 2]);
    }
}
