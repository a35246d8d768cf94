//! Where every kill begins: a data folder and a service, made once with typed
//! commands and laid out again for each kill, on the same port.

use crate::journal::{Opener, Remembered, copy_folder};
use crate::people::People;
use crate::story::By;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};
use support::{Config, Desk};
use tempfile::TempDir;

/// Below the ports that systems give to outgoing connections, so that nobody
/// takes one between two kills.
static NEXT_PORT: AtomicU16 = AtomicU16::new(21_000);

/// Which beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Edition {
    /// Nothing was sent yet; the list does not exist.
    First,
    /// The first snapshot was sent, nothing happened since.
    Sent,
    /// The same, with the next snapshot imported.
    Next,
}

impl Edition {
    /// In words.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Sent => "sent",
            Self::Next => "next",
        }
    }
}

/// What a run comes to when nobody kills it.
pub(crate) struct Clean {
    /// Its report.
    pub(crate) report: Value,
    /// Calls that change something.
    pub(crate) writes: u64,
    /// All calls, those for a token included.
    pub(crate) calls: u64,
    /// From its start to its end.
    pub(crate) took: Duration,
    /// What it leaves behind.
    pub(crate) end: End,
}

/// Everything that must be the same in the end, whatever happened on the way.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct End {
    /// Leads by e-mail, each with its fields but without ids and times.
    pub(crate) leads: BTreeMap<String, Vec<String>>,
    /// E-mails of the members by list.
    pub(crate) lists: BTreeMap<String, Vec<String>>,
    /// What the ledger holds, by e-mail.
    pub(crate) ledger: Vec<(String, Remembered)>,
}

/// A desk at a beginning, and everything to begin there again.
pub(crate) struct World {
    pub(crate) people: People,
    pub(crate) opener: Opener,
    /// By [`Edition::First`] and the later ones, each by calls and by files.
    cleans: [[Clean; 2]; 2],
    seed: u64,
    port: u16,
    kept: TempDir,
}

impl World {
    /// Makes the beginnings of a seed.
    pub(crate) fn of(seed: u64) -> Self {
        let people = People::of(seed);
        let (port, kept) = (free_port(), TempDir::new().unwrap());
        let desk = desk(seed, port, kept.path());
        desk.remote.add_people(people.there.clone());
        desk.connect_with(&[
            "--calls-per-20s",
            "100000",
            "--concurrency",
            "4",
            "--people-since",
            "2025-01-01",
        ]);
        desk.import(&people.first);
        let suppressed = desk.file("suppressed.txt", &people.suppressed);
        desk.usher(&["suppression", "add", "--file", &suppressed])
            .ok();
        desk.destination("audience-and-profile", "update-and-create", &[]);
        desk.sync(&["--consent", "consent=y"]);
        let opener = Opener::of(&desk.data_dir());
        keep(desk, kept.path(), Edition::First);

        let begin = |edition| lay_out(seed, port, kept.path(), edition);
        let desk = begin(Edition::First);
        let first = clean(&desk, &opener, By::Calls);
        let stranger = desk.remote.leads_of("stranger7@elsewhere.example")[0]["id"].clone();
        let state = desk.remote.private("GET", "state", Value::Null);
        let lists = state["lists"].as_array().unwrap();
        let ours = lists.iter().find(|list| list["name"] == "People").unwrap();
        desk.remote.private(
            "POST",
            &format!("lists/{}/members", ours["id"]),
            json!({ "ids": [stranger] }),
        );
        keep(desk, kept.path(), Edition::Sent);
        let desk = begin(Edition::Sent);
        desk.import(&people.next);
        keep(desk, kept.path(), Edition::Next);
        let next = clean(&begin(Edition::Next), &opener, By::Calls);
        let in_files = |edition| clean(&begin(edition), &opener, By::Files);
        let cleans = [
            [first, in_files(Edition::First)],
            [next, in_files(Edition::Next)],
        ];
        for [calls, files] in &cleans {
            assert_eq!(files.end, calls.end, "every way comes to the same end");
        }
        Self {
            people,
            opener,
            cleans,
            seed,
            port,
            kept,
        }
    }

    /// A fresh desk at a beginning. There is one at a time, as there is one port.
    pub(crate) fn begin(&self, edition: Edition) -> Desk {
        lay_out(self.seed, self.port, self.kept.path(), edition)
    }

    /// What a run from there comes to; for [`Edition::Sent`], once the next
    /// snapshot is imported.
    pub(crate) fn clean(&self, edition: Edition, by: By) -> &Clean {
        let ways = match edition {
            Edition::First => &self.cleans[0],
            Edition::Sent | Edition::Next => &self.cleans[1],
        };
        match by {
            By::Calls => &ways[0],
            By::Files => &ways[1],
        }
    }
}

impl End {
    /// As it is now.
    pub(crate) fn of(desk: &Desk, opener: &Opener) -> Self {
        let state = desk.remote.private("GET", "state", Value::Null);
        let (mut emails, mut leads) = (BTreeMap::new(), BTreeMap::<String, Vec<String>>::new());
        for lead in state["leads"].as_array().unwrap() {
            let email = lead["email"].as_str().unwrap_or_default();
            let email = email.trim().to_ascii_lowercase();
            let fields: BTreeMap<&str, &Value> = lead
                .as_object()
                .unwrap()
                .iter()
                .filter(|(name, _)| !matches!(name.as_str(), "id" | "createdAt" | "updatedAt"))
                .map(|(name, value)| (name.as_str(), value))
                .collect();
            emails.insert(lead["id"].as_i64().unwrap(), email.clone());
            leads
                .entry(email)
                .or_default()
                .push(serde_json::to_string(&fields).unwrap());
        }
        leads.values_mut().for_each(|same| same.sort());
        let mut lists = BTreeMap::new();
        for list in state["lists"].as_array().unwrap() {
            let members = list["members"].as_array().unwrap();
            let mut members: Vec<String> = members
                .iter()
                .map(|id| emails[&id.as_i64().unwrap()].clone())
                .collect();
            members.sort();
            let name = format!("{} in {}", list["name"], list["folder"]);
            let one_name = lists.insert(name.clone(), members);
            assert!(one_name.is_none(), "the list {name} was made twice");
        }
        let ledger = opener.ledger(&desk.data_dir()).into_iter();
        let mut ledger: Vec<(String, Remembered)> = ledger
            .map(|(lead, known)| (emails[&lead].clone(), known))
            .collect();
        ledger.sort_by(|a, b| (&a.0, &a.1.place).cmp(&(&b.0, &b.1.place)));
        Self {
            leads,
            lists,
            ledger,
        }
    }
}

fn clean(desk: &Desk, opener: &Opener, by: By) -> Clean {
    desk.remote.private("DELETE", "log", Value::Null);
    desk.remote
        .faults(json!([{ "on": { "write_only": true } }]));
    let started = Instant::now();
    let report = desk.usher(by.run()).ok().json();
    let took = started.elapsed();
    let calls = desk.remote.log().len() as u64;
    let writes = desk.remote.private("GET", "faults", Value::Null)["faults"][0]["seen"]
        .as_u64()
        .unwrap();
    let again = desk.run(0);
    assert_eq!(again["people"]["updated"], 0, "a clean run leaves nothing");
    Clean {
        report,
        writes,
        calls,
        took,
        end: End::of(desk, opener),
    }
}

/// Keeps a beginning. The service writes its state when it ends.
fn keep(desk: Desk, kept: &Path, edition: Edition) {
    copy_folder(&desk.data_dir(), &kept.join(edition.name()));
    drop(desk);
    std::fs::copy(state_now(kept), state_of(kept, edition)).unwrap();
}

fn lay_out(seed: u64, port: u16, kept: &Path, edition: Edition) -> Desk {
    std::fs::copy(state_of(kept, edition), state_now(kept)).unwrap();
    let desk = desk(seed, port, kept);
    copy_folder(&kept.join(edition.name()), &desk.data_dir());
    desk
}

fn desk(seed: u64, port: u16, kept: &Path) -> Desk {
    until("the port is free again", || can_listen(port));
    Desk::with(Config {
        port,
        seed,
        people: 0,
        time_scale: 600,
        state_file: Some(state_now(kept)),
        ..Desk::quick()
    })
}

fn state_now(kept: &Path) -> PathBuf {
    kept.join("now.state")
}

fn state_of(kept: &Path, edition: Edition) -> PathBuf {
    kept.join(format!("{}.state", edition.name()))
}

fn can_listen(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

fn free_port() -> u16 {
    let next = || NEXT_PORT.fetch_add(1, Ordering::Relaxed);
    std::iter::repeat_with(next)
        .take(5_000)
        .find(|port| can_listen(*port))
        .unwrap()
}

/// Waits for what must come soon.
#[track_caller]
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !is_so() {
        assert!(Instant::now() < deadline, "waited a minute until {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}
