//! The job written down once more, for reading rather than for speed, from the
//! contract of the command line and not from the code.

use crate::file::Record;
use std::collections::{BTreeMap, BTreeSet};

pub(crate) type Counts = BTreeMap<&'static str, u64>;

/// Columns of the audience and the fields they fill, beside the key.
const MAPPED: [(&str, &str); 3] = [
    ("first_name", "firstName"),
    ("last_name", "lastName"),
    ("company", "company"),
];

/// What is planned by.
#[derive(Clone, Copy)]
pub(crate) struct Rule {
    /// By customer number, with the e-mail mapped like any field, instead of by e-mail.
    pub(crate) by_number: bool,
    /// Profiles are written, so values count.
    pub(crate) compares: bool,
    /// Who is not there is made.
    pub(crate) creates: bool,
}

impl Default for Rule {
    fn default() -> Self {
        Self {
            by_number: false,
            compares: true,
            creates: true,
        }
    }
}

/// What a plan comes to.
pub(crate) struct Plan {
    /// Every verdict and reason, counted; nothing for those of which there is none.
    pub(crate) counts: Counts,
    /// The numbers of the leads of those who are there, summed up.
    pub(crate) chosen: u64,
    /// The fields that are written to them.
    pub(crate) written: u64,
}

pub(crate) struct World {
    people: Vec<Record>,
    leads: Vec<Record>,
}

enum Key {
    Blank,
    Invalid,
    Valid(String),
}

impl Rule {
    fn key_of_person(&self, person: &Record) -> Key {
        if self.by_number {
            number(&person["crm_id"])
        } else {
            email(&person["email"])
        }
    }

    fn key_of_lead(&self, lead: &Record) -> Key {
        if self.by_number {
            number(&lead["crmId"])
        } else {
            email(&lead["email"])
        }
    }

    fn mapped(&self) -> Vec<(&'static str, &'static str)> {
        let email = self.by_number.then_some(("email", "email"));
        email.into_iter().chain(MAPPED).collect()
    }
}

impl World {
    pub(crate) fn new(people: Vec<Record>, leads: Vec<Record>) -> Self {
        Self { people, leads }
    }

    /// What becomes of everyone.
    pub(crate) fn plan(&self, rule: &Rule) -> Plan {
        let mut leads: BTreeMap<String, Vec<&Record>> = BTreeMap::new();
        for lead in &self.leads {
            if let Key::Valid(key) = rule.key_of_lead(lead) {
                leads.entry(key).or_default().push(lead);
            }
        }
        let mut counts = Counts::new();
        let (mut chosen, mut written) = (0, 0);
        let mut seen = BTreeSet::new();
        for person in &self.people {
            let verdict = match rule.key_of_person(person) {
                Key::Blank => "no_key",
                Key::Invalid => "invalid_key",
                Key::Valid(key) if !seen.insert(key.clone()) => "duplicate_in_audience",
                Key::Valid(key) => {
                    let candidates = leads.get(&key).map(Vec::as_slice).unwrap_or_default();
                    if candidates.len() > 1 {
                        *counts.entry("ambiguous_keys").or_default() += 1;
                    }
                    let lead = newest(candidates);
                    let verdict = verdict(rule, person, lead);
                    if let (Some(lead), "update" | "leave") = (lead, verdict) {
                        chosen += number_of(lead);
                        written += changes(rule, person, lead);
                    }
                    verdict
                }
            };
            *counts.entry(verdict).or_default() += 1;
        }
        Plan {
            counts,
            chosen,
            written,
        }
    }

    /// Who joined, left and stayed until another edition, by e-mail.
    pub(crate) fn diff(&self, after: &Self) -> Counts {
        let keys = |world: &Self| -> BTreeSet<String> {
            let valid = |person: &Record| match email(&person["email"]) {
                Key::Valid(key) => Some(key),
                _ => None,
            };
            world.people.iter().filter_map(valid).collect()
        };
        let (before, after) = (keys(self), keys(after));
        Counts::from([
            ("joined", after.difference(&before).count() as u64),
            ("left", before.difference(&after).count() as u64),
            ("stayed", after.intersection(&before).count() as u64),
        ])
    }

    /// The hits among the first fifty of each text that is searched for.
    pub(crate) fn searches(&self) -> Counts {
        let hits = |text: &str| {
            let text = text.to_lowercase();
            let has = |person: &&Record| {
                let mut cells = person.values();
                cells.any(|cell| cell.to_lowercase().contains(&text))
            };
            self.people.iter().filter(has).take(50).count() as u64
        };
        let last = &self.people.last().unwrap()["crm_id"];
        Counts::from([
            ("rare", hits(last)),
            ("absent", hits("nobody-has-this-text")),
            ("absent_short", hits("qzx")),
            ("absent_foreign", hits("Ωμέγα")),
            ("common", hits("example")),
        ])
    }
}

/// The most recently updated, of several the one of the highest number. The times
/// are all spelled alike, so they compare as texts.
fn newest<'a>(candidates: &[&'a Record]) -> Option<&'a Record> {
    let best = candidates
        .iter()
        .max_by_key(|lead| (lead["updatedAt"].clone(), number_of(lead)));
    best.copied()
}

fn number_of(lead: &Record) -> u64 {
    lead["id"].parse().unwrap()
}

fn verdict(rule: &Rule, person: &Record, lead: Option<&Record>) -> &'static str {
    let mapped = rule.mapped();
    let blank = |column: &str| person[column].trim().is_empty();
    let invalid = || {
        let mut cells = mapped.iter().filter(|(_, field)| *field == "email");
        cells.any(|(column, _)| matches!(email(&person[*column]), Key::Invalid))
    };
    match lead {
        None if !rule.creates => "not_in_destination",
        None if mapped
            .iter()
            .any(|(column, field)| *field != "company" && blank(column)) =>
        {
            "missing_required"
        }
        None if invalid() => "invalid_value",
        None => "create",
        Some(_) if !rule.compares => "leave",
        Some(_) if invalid() => "invalid_value",
        Some(lead) if changes(rule, person, lead) > 0 => "update",
        Some(_) => "leave",
    }
}

/// How many filled cells differ from what is there.
fn changes(rule: &Rule, person: &Record, lead: &Record) -> u64 {
    let differs = |(column, field): &(&str, &str)| {
        let (sent, there) = (person[*column].trim(), lead[*field].trim());
        if *field == "email" {
            sent.to_lowercase() != there.to_lowercase()
        } else {
            sent != there
        }
    };
    let mapped = rule.mapped().into_iter();
    let filled = mapped.filter(|(column, _)| !person[*column].trim().is_empty());
    filled.filter(differs).count() as u64
}

fn number(cell: &str) -> Key {
    match cell.trim() {
        "" => Key::Blank,
        text if text.contains(',') => Key::Invalid,
        text => Key::Valid(text.to_owned()),
    }
}

/// `local@domain`, both of parts between dots that are not empty.
fn email(cell: &str) -> Key {
    let text = cell.trim();
    if text.is_empty() {
        return Key::Blank;
    }
    let parts: Vec<&str> = text.split('@').collect();
    let [local, domain] = parts[..] else {
        return Key::Invalid;
    };
    let labels: Vec<&str> = domain.split('.').collect();
    let is_valid =
        local.split('.').all(is_atom) && labels.len() > 1 && labels.into_iter().all(is_label);
    if is_valid {
        Key::Valid(text.to_ascii_lowercase())
    } else {
        Key::Invalid
    }
}

fn is_atom(part: &str) -> bool {
    let fits = |one: char| one.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(one);
    !part.is_empty() && part.chars().all(fits)
}

fn is_label(part: &str) -> bool {
    let fits = |one: char| one.is_ascii_alphanumeric() || "-_".contains(one);
    !part.is_empty() && part.chars().all(fits) && !part.starts_with('-') && !part.ends_with('-')
}
