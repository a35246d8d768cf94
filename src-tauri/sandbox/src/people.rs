//! People generated from the seed.
//!
//! E-mail addresses and names follow the same formulae as the sample audiences, so
//! that most of an audience finds itself here: `email(i)` is a pure function of `i`,
//! nine in ten people take an `i` below 1.6 times their number, the others repeat the
//! person before. Case and spaces are dirty now and then, some addresses are blank,
//! and the same address turns up in several partitions.

use std::borrow::Cow;

use crate::assets::folders::Place;
use crate::fields::{self, FieldNo};
use crate::leads::record::Lead;
use crate::random::Random;
use crate::state::State;
use crate::values::Datum;

pub(crate) const FIRST: [&str; 20] = [
    "Ada",
    "Grace",
    "Alan",
    "Edsger",
    "Barbara",
    "Donald",
    "Tony",
    "Leslie",
    "Niklaus",
    "Frances",
    "José",
    "Zoë",
    "Łukasz",
    "Søren",
    "Nguyễn",
    "李",
    "Олена",
    "Aarav",
    "Fatima",
    "Noor",
];
pub(crate) const LAST: [&str; 20] = [
    "Lovelace",
    "Hopper",
    "Turing",
    "Dijkstra",
    "Liskov",
    "Knuth",
    "Hoare",
    "Lamport",
    "Wirth",
    "Allen",
    "García",
    "Müller",
    "Wójcik",
    "Øberg",
    "Trần",
    "王",
    "Шевченко",
    "Patel",
    "Hassan",
    "O'Brien",
];
pub(crate) const COUNTRIES: [&str; 10] =
    ["DE", "US", "FR", "GB", "JP", "BR", "IN", "PL", "SE", "CA"];
pub(crate) const COMPANIES: [&str; 10] = [
    "Acme GmbH",
    "Globex, Inc.",
    "Initech \"West\"",
    "Umbrella",
    "Hooli",
    "Stark & Co",
    "Wayne",
    "Wonka",
    "Tyrell",
    "Soylent",
];
const HOSTS: [&str; 4] = [
    "example.com",
    "mail.example",
    "corp.example",
    "beispiel.example",
];
/// 2026-01-01T00:00:00Z
pub(crate) const NEW_YEAR: i64 = 1_767_225_600;

/// The address of person `i`, the same wherever it is made.
pub(crate) fn email(i: u64) -> String {
    let first = FIRST[(i % 8) as usize].to_ascii_lowercase();
    let last = LAST[((i / 8) % 8) as usize].to_ascii_lowercase();
    format!("{first}.{last}{i}@{}", HOSTS[(i % 4) as usize])
}

/// Some addresses come in capitals, some between spaces.
pub(crate) fn dirty(random: &mut Random, mut email: String) -> String {
    let x = random.unit();
    if x < 0.05 {
        email.make_ascii_uppercase();
    } else if x < 0.08 {
        return format!(" {email} ");
    } else if x < 0.10
        && let Some(first) = email.get_mut(..1)
    {
        first.make_ascii_uppercase();
    }
    email
}

/// Where each generated value goes.
struct Columns {
    email: FieldNo,
    first: FieldNo,
    last: FieldNo,
    company: FieldNo,
    country: FieldNo,
    phone: FieldNo,
    unsubscribed: FieldNo,
    reason: FieldNo,
    ecids: FieldNo,
    crm: FieldNo,
    number: FieldNo,
}

/// Fills an empty database with `people` leads and a few lists.
pub(crate) fn generate(state: &mut State, people: usize, seed: u64) {
    let mut random = Random::new(seed, "people");
    let columns = Columns {
        email: fields::known("email"),
        first: fields::known("firstName"),
        last: fields::known("lastName"),
        company: fields::known("company"),
        country: fields::known("country"),
        phone: fields::known("phone"),
        unsubscribed: fields::known("unsubscribed"),
        reason: fields::known("unsubscribedReason"),
        ecids: fields::known("ecids"),
        crm: fields::known("crmId"),
        number: fields::known("customerNumber"),
    };
    state.leads.reserve(people);
    let range = people as u64 * 8 / 5;
    for k in 0..people as u64 {
        let i = if random.unit() < 0.9 {
            random.below(range)
        } else {
            k.saturating_sub(1)
        };
        let lead = person(&mut random, &columns, i);
        state.leads.insert(lead);
    }
    lists(state, seed);
}

/// One lead for person `i`; names and companies are drawn anew, so that repeated people
/// differ between their leads.
fn person(random: &mut Random, columns: &Columns, i: u64) -> Lead {
    let updated = NEW_YEAR + random.below(25_000_000) as i64;
    let created = updated - random.below(60_000_000) as i64;
    let partition = 1 + random.below(3) as u8;
    let mut lead = Lead::new(partition, created, updated, 8);
    let mut set = |no, datum| lead.set(no, Some(datum));
    let fixed = |text: &'static str| Datum::Text(Cow::Borrowed(text));
    let made = |text: String| Datum::Text(Cow::Owned(text));
    if random.unit() >= 0.01 {
        set(columns.email, made(dirty(random, email(i))));
    }
    set(columns.company, fixed(random.pick(&COMPANIES)));
    set(columns.first, fixed(random.pick(&FIRST)));
    set(columns.last, fixed(random.pick(&LAST)));
    set(columns.country, fixed(random.pick(&COUNTRIES)));
    if random.unit() < 0.3 {
        set(
            columns.phone,
            made(format!("+49{:09}", random.below(1_000_000_000))),
        );
    }
    if random.unit() < 0.02 {
        set(columns.unsubscribed, Datum::Bool(true));
        set(columns.reason, fixed("Unsubscribed by the footer link"));
    }
    if random.unit() < 0.3 {
        set(columns.ecids, made(ecid(i)));
    }
    if random.unit() < 0.6 {
        set(columns.crm, made(format!("C{i:09}")));
    }
    if random.unit() < 0.2 {
        set(columns.number, Datum::Int(i as i64));
    }
    lead
}

/// The Experience Cloud id of person `i`, 38 digits with their leading zeros.
pub(crate) fn ecid(i: u64) -> String {
    let number = u128::from(i) * 1_000_003 * 7_919 + 12_345_678_901_234_567_890_123_456_789;
    format!("{:038}", number % 10u128.pow(38))
}

/// One list in a user folder, one in a program, and one name that two workspaces share.
fn lists(state: &mut State, seed: u64) {
    let mut random = Random::new(seed, "lists");
    for (name, place, share) in [
        ("Newsletter", Place::folder(12), 0.05),
        ("Newsletter", Place::folder(14), 0.02),
        ("Autumn Campaign", Place::folder(31), 0.1),
        ("Webinar Invitees", Place::program(1034), 0.02),
    ] {
        let Ok(id) = state.lists.create(name, "", place, NEW_YEAR) else {
            continue;
        };
        let leads = state.leads.iter().map(|(lead, _)| lead).take(20_000);
        let members = leads
            .filter(|_| random.unit() < share)
            .map(|lead| (lead, NEW_YEAR))
            .collect();
        if let Some(list) = state.lists.get_mut(id) {
            list.members = members;
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn addresses_follow_the_shared_formula() {
        assert_eq!(email(0), "ada.lovelace0@example.com");
        assert_eq!(email(9), "grace.hopper9@mail.example");
        assert_eq!(email(1_234_567), "leslie.lovelace1234567@beispiel.example");
        assert_eq!(ecid(0), "00000000012345678901234567890123456789");
    }

    #[test]
    fn the_same_seed_makes_the_same_people() {
        let make = |seed| {
            let mut state = State::new(&Config::default());
            generate(&mut state, 2_000, seed);
            let no = fields::known("email");
            state
                .leads
                .iter()
                .map(|(id, lead)| (id, lead.get(no).cloned()))
                .collect::<Vec<_>>()
        };
        assert_eq!(make(1), make(1));
        assert_ne!(make(1), make(2));
        assert_eq!(make(1).len(), 2_000);
    }
}
