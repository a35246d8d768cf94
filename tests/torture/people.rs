//! Who is in the audience, in its next snapshot, and at the service already:
//! small, dirty, and the same for the same seed.

use serde_json::{Value, json};
use std::fmt::Write;
use support::Random;

/// Rows of the first snapshot: enough for several batches of every kind.
const ROWS: u64 = 1_500;
/// Rows of the next snapshot who are new.
const JOINING: u64 = 150;

/// All that a kill begins with.
pub(crate) struct People {
    /// The first snapshot, as CSV.
    pub(crate) first: String,
    /// The next one: some have left, some have joined, some have changed.
    pub(crate) next: String,
    /// One with far more people, who are never sent.
    pub(crate) crowd: String,
    /// E-mails that are suppressed, a line each.
    pub(crate) suppressed: String,
    /// Who is at the service before anything is sent.
    pub(crate) there: Value,
}

/// What one person's row says.
struct Row {
    email: String,
    first: &'static str,
    last: String,
    consent: &'static str,
}

impl People {
    /// The people of a seed.
    pub(crate) fn of(seed: u64) -> Self {
        let head = "email,first,last,consent\r\n";
        let (mut first, mut next) = (head.to_owned(), head.to_owned());
        let mut suppressed = String::new();
        let mut there = Vec::new();
        for i in 0..ROWS + JOINING {
            let mut random = Random::new(seed, i + 1);
            let row = Row::draw(&mut random, i);
            let readable = row.email.contains('@');
            let (leaves, changes) = (random.percent(22), random.percent(40));
            if i < ROWS {
                row.write(&mut first);
            }
            // More rows that cannot be read than before would hold the mirror back.
            let is_next = if i < ROWS {
                !leaves || !readable
            } else {
                readable
            };
            if is_next {
                let last = if changes { "Changed" } else { &row.last };
                Row {
                    last: last.to_owned(),
                    ..row
                }
                .write(&mut next);
            }
            if random.percent(3) {
                writeln!(suppressed, "{}", address(i)).unwrap();
            }
            if random.percent(45) {
                there.push(lead(&mut random, i, "2026-02-01T00:00:00Z"));
            }
            if random.percent(2) {
                there.push(lead(&mut random, i, "2026-03-01T00:00:00Z"));
            }
        }
        for i in 0..50 {
            let email = format!("stranger{i}@elsewhere.example");
            there.push(json!({ "email": email, "firstName": "Not", "lastName": "Ours" }));
        }
        let mut crowd = first.clone();
        for i in 0..4_000 {
            writeln!(crowd, "crowd{i}@crowd.example,In,Crowd,y\r").unwrap();
        }
        Self {
            first,
            next,
            crowd,
            suppressed,
            there: there.into(),
        }
    }
}

impl Row {
    fn draw(random: &mut Random, i: u64) -> Self {
        // Now and then somebody who was there before.
        let who = if i > 0 && random.percent(3) {
            random.below(i.min(ROWS))
        } else {
            i
        };
        let email = match random.below(100) {
            0..2 => String::new(),
            2 => "not-an-email".to_owned(),
            3..7 => address(who).to_uppercase(),
            7..10 => format!(" {} ", address(who)),
            _ => address(who),
        };
        Self {
            email,
            first: random.pick(&["Ada", "Grace", "José", "\"Wee, Al\"", "李"]),
            last: random.pick(&["Byron", "Hopper", "O'Brien", ""]).to_owned(),
            consent: if random.percent(4) { "n" } else { "y" },
        }
    }

    fn write(&self, out: &mut String) {
        let Self {
            email,
            first,
            last,
            consent,
        } = self;
        write!(out, "{email},{first},{last},{consent}\r\n").unwrap();
    }
}

fn address(i: u64) -> String {
    format!("person{i}@audience.example")
}

/// About half of them are as the audience has them, at least in one field.
fn lead(random: &mut Random, i: u64, updated_at: &str) -> Value {
    json!({
        "email": address(i),
        "firstName": random.pick(&["Ada", "Grace", "Older"]),
        "lastName": random.pick(&["Byron", "Hopper", "Maiden"]),
        "updatedAt": updated_at,
    })
}
