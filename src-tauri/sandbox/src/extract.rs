//! Everyone of a destination in one file, as a bulk extract gives it, made from a seed.
//!
//! The people follow the formulae of the generated database, so that an audience
//! and an extract of the same size know a good part of each other.

use std::io::{self, Write};

use crate::audience::write_row;
use crate::clock::lead_time;
use crate::people::{COMPANIES, COUNTRIES, FIRST, LAST, NEW_YEAR, dirty, email};
use crate::random::Random;

const HEAD: [&str; 9] = [
    "id",
    "email",
    "firstName",
    "lastName",
    "company",
    "country",
    "updatedAt",
    "partitionId",
    "crmId",
];

/// Writes an extract of exactly `people` leads, numbered from 1 on, under the
/// names of the service's fields. The same number and seed give the same bytes;
/// no row is kept, so that millions need no memory.
pub fn write_extract(out: &mut dyn Write, people: u64, seed: u64) -> io::Result<()> {
    let mut random = Random::new(seed, "extract");
    let mut line = String::new();
    write_row(out, &mut line, &HEAD)?;
    for k in 0..people {
        let i = if random.unit() < 0.9 {
            random.below(people * 8 / 5)
        } else {
            k.saturating_sub(1)
        };
        let blank = random.unit() < 0.01;
        let email = if blank {
            String::new()
        } else {
            dirty(&mut random, email(i))
        };
        let names = [random.pick(&FIRST), random.pick(&LAST)];
        let (company, country) = (random.pick(&COMPANIES), random.pick(&COUNTRIES));
        let updated = lead_time(NEW_YEAR + random.below(25_000_000) as i64);
        let partition = (1 + random.below(3)).to_string();
        let crm = if random.unit() < 0.6 {
            format!("C{i:09}")
        } else {
            String::new()
        };
        let id = (k + 1).to_string();
        let cells = [
            &id, &email, names[0], names[1], company, country, &updated, &partition, &crm,
        ];
        write_row(out, &mut line, &cells)?;
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::audience::write_audience;
    use std::collections::HashMap;

    fn made(people: u64, seed: u64) -> String {
        let mut out = Vec::new();
        write_extract(&mut out, people, seed).unwrap();
        String::from_utf8(out).unwrap()
    }

    /// The cells before the company, none of which can need quotes.
    fn address(line: &str) -> String {
        let email = line.split(',').nth(1).unwrap();
        email.trim().to_ascii_lowercase()
    }

    #[test]
    fn the_same_seed_makes_the_same_bytes() {
        assert_eq!(made(500, 1), made(500, 1));
        assert_ne!(made(500, 1), made(500, 2));
        for people in [0, 1, 500] {
            assert_eq!(made(people, 3).lines().count() as u64, people + 1);
        }
    }

    #[test]
    fn addresses_repeat_and_meet_an_audience() {
        const LEADS: u64 = 15_000;
        let extract = made(LEADS, 7);
        let mut leads: HashMap<String, u64> = HashMap::new();
        for line in extract.lines().skip(1) {
            *leads.entry(address(line)).or_default() += 1;
        }
        let blank = leads.remove("").unwrap();
        assert!((100..200).contains(&blank), "{blank} have no address");
        let repeated = leads.values().filter(|count| **count > 1).count();
        let share = repeated as f64 / leads.len() as f64;
        assert!((0.2..0.5).contains(&share), "{share}");

        let mut audience = Vec::new();
        write_audience(&mut audience, 20_000, 7).unwrap();
        let audience = String::from_utf8(audience).unwrap();
        let met = audience
            .lines()
            .skip(1)
            .filter(|line| leads.contains_key(&address(line)))
            .count();
        assert!((7_000..12_000).contains(&met), "{met} of 20000");
    }

    #[test]
    fn lines_are_those_of_a_file() {
        let extract = made(3, 7);
        let lines: Vec<&str> = extract.split("\r\n").collect();
        assert_eq!(lines[0], HEAD.join(","));
        assert!(lines[1].starts_with("1,") && lines[3].starts_with("3,"));
        assert!(lines[1].contains(",2026-"), "{}", lines[1]);
        assert_eq!(lines[4], "");
    }
}
