//! A realistic, dirty audience export, made from a seed.
//!
//! Demos, benchmarks and tests need files that look like what marketing tools
//! really export: blank and broken addresses, stray spaces and capitals, people
//! who appear twice, commas and quotes in values, numbers that must stay text.
//! Addresses follow the formula of the generated people, so that an audience
//! and a sandbox of the same size know a good part of each other.

use std::io::{self, Write};

use crate::people::{COMPANIES, COUNTRIES, FIRST, LAST, dirty, ecid, email};
use crate::random::Random;

const HEAD: [&str; 10] = [
    "crm_id",
    "email",
    "ecid",
    "first_name",
    "last_name",
    "company",
    "country",
    "phone",
    "last_seen",
    "email_consent",
];

/// What an export holds, so that a test can hold a report against it. Rates
/// overlap: one row may be a repeat with a blank e-mail.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AudienceCounts {
    /// Data rows, the header not counted.
    pub rows: u64,
    /// Rows with an empty e-mail.
    pub blank_emails: u64,
    /// Rows whose e-mail is no address.
    pub not_emails: u64,
    /// Rows made from the number of an earlier person instead of one of their own.
    pub repeats: u64,
    /// Rows that say no to e-mail.
    pub without_consent: u64,
}

/// Writes an export of exactly `people` rows. The same number and seed give
/// the same bytes; no row is kept, so that millions need no memory.
pub fn write_audience(out: &mut dyn Write, people: usize, seed: u64) -> io::Result<AudienceCounts> {
    write(out, people, seed, Edition::First)
}

/// Writes the export as it looks some time after [`write_audience`] of the
/// same number and seed: 3 % of the people have left, 3 % have joined, and 2 %
/// have another company. It has about as many rows, not exactly.
pub fn write_next_audience(
    out: &mut dyn Write,
    people: usize,
    seed: u64,
) -> io::Result<AudienceCounts> {
    write(out, people, seed, Edition::Next)
}

#[derive(Clone, Copy, PartialEq)]
enum Edition {
    First,
    Next,
}

/// Draws the same people for both editions and writes those who are in this
/// one, until the first edition would have its rows.
fn write(
    out: &mut dyn Write,
    people: usize,
    seed: u64,
    edition: Edition,
) -> io::Result<AudienceCounts> {
    let mut random = Random::new(seed, "audience");
    let mut counts = AudienceCounts::default();
    let mut line = String::new();
    write_row(out, &mut line, &HEAD)?;
    let (mut k, mut in_first) = (0, 0);
    while in_first < people {
        let repeats = k > 0 && random.unit() < 0.03;
        let i = if repeats { random.below(k) } else { k };
        k += 1;
        let mut row = Row::draw(&mut random, i);
        let fate = random.unit();
        let (leaves, joins, changes) = (fate < 0.03, fate < 0.06, fate < 0.08);
        let (in_this, is_changed) = match edition {
            Edition::First => (leaves || !joins, false),
            Edition::Next => (!leaves, changes && !joins),
        };
        in_first += usize::from(leaves || !joins);
        if !in_this {
            continue;
        }
        if is_changed {
            row.company = "Changed Ltd";
        }
        counts.rows += 1;
        counts.blank_emails += u64::from(row.email.is_empty());
        counts.not_emails += u64::from(row.email == NOT_AN_EMAIL);
        counts.repeats += u64::from(repeats);
        counts.without_consent += u64::from(row.consent == "n");
        write_row(out, &mut line, &row.cells())?;
    }
    Ok(counts)
}

const NOT_AN_EMAIL: &str = "not-an-email";

/// One person's cells. Only the e-mail's host and number and the two ids are
/// the same for a repeated person; the rest is drawn anew, as two systems that
/// feed one export would disagree.
struct Row {
    crm_id: String,
    email: String,
    ecid: String,
    first: &'static str,
    last: &'static str,
    company: &'static str,
    country: &'static str,
    phone: String,
    last_seen: String,
    consent: &'static str,
}

impl Row {
    fn draw(random: &mut Random, i: u64) -> Self {
        let x = random.unit();
        let email = if x < 0.02 {
            String::new()
        } else if x < 0.03 {
            NOT_AN_EMAIL.to_owned()
        } else {
            dirty(random, email(i))
        };
        let ecid = if random.unit() < 0.35 {
            String::new()
        } else {
            ecid(i)
        };
        Self {
            crm_id: format!("C{i:09}"),
            email,
            ecid,
            first: random.pick(&FIRST),
            last: random.pick(&LAST),
            company: random.pick(&COMPANIES),
            country: random.pick(&COUNTRIES),
            phone: format!("+49{:09}", random.below(1_000_000_000)),
            last_seen: format!(
                "2026-{:02}-{:02}",
                1 + random.below(11),
                1 + random.below(27)
            ),
            consent: if random.unit() < 0.04 { "n" } else { "y" },
        }
    }

    fn cells(&self) -> [&str; HEAD.len()] {
        [
            &self.crm_id,
            &self.email,
            &self.ecid,
            self.first,
            self.last,
            self.company,
            self.country,
            &self.phone,
            &self.last_seen,
            self.consent,
        ]
    }
}

/// One record as RFC 4180 has it: quotes only where a value needs them.
pub(crate) fn write_row(out: &mut dyn Write, line: &mut String, cells: &[&str]) -> io::Result<()> {
    line.clear();
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            line.push(',');
        }
        if cell.contains([',', '"', '\r', '\n']) {
            line.push('"');
            line.push_str(&cell.replace('"', "\"\""));
            line.push('"');
        } else {
            line.push_str(cell);
        }
    }
    line.push_str("\r\n");
    out.write_all(line.as_bytes())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
#[path = "audience_tests.rs"]
mod tests;
