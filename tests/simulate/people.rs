//! Who is in the audience from day to day, and who is at the service before.

use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Write;
use support::Random;

/// One person as the audience has them.
#[derive(Clone, Debug)]
struct Person {
    number: u64,
    last: String,
    company: String,
    consents: bool,
}

/// The audience as it is now.
pub(crate) struct People {
    random: Random,
    now: Vec<Person>,
    next: u64,
    /// Who was ever in it.
    pub(crate) ever: BTreeSet<String>,
    pub(crate) suppressed: BTreeSet<String>,
    /// Who was ever written in capitals: another spelling than the service's is told of,
    /// and not followed.
    shouted: BTreeSet<u64>,
}

/// What must be at the service for somebody who is to be there.
pub(crate) struct Wanted {
    pub(crate) email: String,
    pub(crate) last: String,
    pub(crate) company: String,
}

impl People {
    /// An audience of so many.
    pub(crate) fn new(mut random: Random, people: u64) -> Self {
        let now: Vec<Person> = (0..people)
            .map(|number| Person::draw(&mut random, number))
            .collect();
        let suppressed = (0..people).filter(|_| random.percent(2));
        Self {
            suppressed: suppressed.map(email).collect(),
            ever: now.iter().map(|person| email(person.number)).collect(),
            shouted: BTreeSet::new(),
            random,
            now,
            next: people,
        }
    }

    /// About half of it, and strangers, for the service.
    pub(crate) fn there(&mut self) -> Value {
        let random = &mut self.random;
        let half: Vec<&Person> = self.now.iter().filter(|_| random.percent(45)).collect();
        let mut leads: Vec<Value> = half
            .into_iter()
            .map(|person| {
                json!({
                    "email": email(person.number),
                    "firstName": "Known",
                    "lastName": if self.random.percent(50) { person.last.as_str() } else { "Before" },
                    "company": "Before & Co",
                    "createdAt": "2026-01-10T00:00:00Z",
                })
            })
            .collect();
        leads.extend((0..20).map(|stranger| {
            json!({
                "email": format!("stranger{stranger}@elsewhere.example"),
                "lastName": "Stranger",
                "createdAt": "2026-01-10T00:00:00Z",
            })
        }));
        json!({ "leads": leads })
    }

    /// Some leave, some join, some change.
    pub(crate) fn pass_time(&mut self) {
        let random = &mut self.random;
        self.now.retain(|_| !random.percent(3));
        for person in &mut self.now {
            if random.percent(6) {
                person.company = company(random);
            }
            if random.percent(2) {
                person.last = format!("Renamed{}", random.below(1_000));
            }
            if random.percent(1) {
                person.consents = !person.consents;
            }
        }
        for _ in 0..random.below(40) {
            self.now.push(Person::draw(random, self.next));
            self.ever.insert(email(self.next));
            self.next += 1;
        }
    }

    /// Some of these who must not be written to any more.
    pub(crate) fn suppress(&mut self, random: &mut Random) -> Vec<String> {
        let few = random.to(1 + self.now.len() as u64 / 8);
        let some = |_| {
            let person = &self.now[random.below(self.now.len() as u64) as usize];
            email(person.number)
        };
        let emails: Vec<String> = (0..few).map(some).collect();
        self.suppressed.extend(emails.iter().cloned());
        emails
    }

    /// As a file, with what files have: somebody twice, somebody without an address.
    pub(crate) fn file(&mut self) -> String {
        let mut file = "email,first,last,company,plan,consent\r\n".to_owned();
        for person in &self.now {
            let address = match self.random.below(60) {
                0 => {
                    self.shouted.insert(person.number);
                    email(person.number).to_uppercase()
                }
                1 => format!("  {} ", email(person.number)),
                _ => email(person.number),
            };
            let consent = if person.consents { "y" } else { "n" };
            let mut line = |address: &str| {
                let (last, company) = (&person.last, &person.company);
                let plan = self.random.below(1_000);
                writeln!(
                    file,
                    "{address},Ada,{last},\"{company}\",{plan},{consent}\r"
                )
                .unwrap();
            };
            line(&address);
            match person.number % 41 {
                0 => line(&address),
                1 => line("not an address"),
                2 => line(""),
                _ => {}
            }
        }
        file
    }

    /// Who has to be there, and how.
    pub(crate) fn wanted(&self) -> Vec<Wanted> {
        let is_sent = |person: &&Person| person.consents && !self.shouted.contains(&person.number);
        let all = self.now.iter().filter(is_sent);
        let all = all.map(|person| Wanted {
            email: email(person.number),
            last: person.last.clone(),
            company: person.company.clone(),
        });
        all.filter(|wanted| !self.suppressed.contains(&wanted.email))
            .collect()
    }

    /// The e-mails of all rows, whoever may be sent.
    pub(crate) fn emails(&self) -> BTreeSet<String> {
        self.now.iter().map(|person| email(person.number)).collect()
    }
}

impl Person {
    fn draw(random: &mut Random, number: u64) -> Self {
        Self {
            number,
            last: format!("Last{}", random.below(5_000)),
            company: company(random),
            consents: random.percent(95),
        }
    }
}

fn company(random: &mut Random) -> String {
    format!(
        "{} & Sons, Ltd",
        random.pick(&["Ash", "Birch", "Cedar", "Ölmühle", "楓"])
    )
}

fn email(number: u64) -> String {
    format!("p{number}@people{}.example", number % 17)
}
