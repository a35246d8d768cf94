//! One kill from its beginning to the comparison of its end, and the kills there are.

use crate::after;
use crate::kill::{Fell, When};
use crate::world::{Edition, World};
use serde_json::{Value, json};
use support::Desk;
use support::Random;

/// The ways by which people are read and sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    /// Lookups and calls.
    Calls,
    /// Exports and files.
    Files,
}

impl By {
    /// The arguments of the command that sends.
    pub(crate) fn run(self) -> &'static [&'static str] {
        match self {
            Self::Calls => &["sync", "run", "Go", "--write-by", "batch"],
            Self::Files => &[
                "sync",
                "run",
                "Go",
                "--read-by",
                "extract",
                "--write-by",
                "bulk",
            ],
        }
    }
}

/// What is killed, and how it is gone on with.
#[derive(Clone, Debug)]
pub(crate) struct Story {
    pub(crate) edition: Edition,
    pub(crate) doing: Doing,
    pub(crate) by: By,
    pub(crate) when: When,
    /// A second kill, while it is gone on with.
    pub(crate) second: Option<When>,
    /// By `run resume` or, otherwise, by running the sync again.
    pub(crate) resumes: bool,
}

/// What is being done when the kill comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Doing {
    /// A run.
    Run,
    /// A run's second go, after a first kill in the middle of a write.
    Resume,
    /// A new run, after such a kill.
    RunAgain,
    /// A run whose audience is another one when it is gone on with.
    RunOfCrowd,
    /// The next import of the audience.
    Import,
    /// The import of a new audience.
    ImportNew,
}

/// What came of it.
pub(crate) struct Told {
    /// A line for people.
    pub(crate) line: String,
    /// Whether it fell between the first byte written and the last reply.
    pub(crate) is_inside: bool,
}

impl Story {
    /// The story of a named point: `name` or `name:n`.
    pub(crate) fn named(wish: &str) -> Self {
        let name = wish.split(':').next().unwrap_or(wish);
        let doing = match name {
            "import_begun" | "import_block_kept" | "import_named" => Doing::Import,
            "import_published" if wish.ends_with(":1") => Doing::ImportNew,
            "import_published" => Doing::Import,
            "run_reopened" => Doing::Resume,
            "earlier_reopened" | "earlier_settled" | "earlier_closed" => Doing::RunAgain,
            "people_block_written" if wish.ends_with(":2") => Doing::RunOfCrowd,
            _ => Doing::Run,
        };
        let edition = match (doing, name) {
            (Doing::Import | Doing::ImportNew, _) => Edition::Sent,
            (Doing::Run, "owner_ready" | "reading_published" | "plan_taken" | "end_written") => {
                Edition::Next
            }
            (Doing::Run, "after_receipts" | "before_doubt_read") => Edition::Next,
            _ => Edition::First,
        };
        let faults = match name {
            "batch_split" => vec![refused()],
            "doubt_written" => vec![unanswered("/v1/leads.json")],
            "before_doubt_read" | "doubt_settled" => vec![unanswered("/lists/")],
            _ => Vec::new(),
        };
        Self {
            edition,
            doing,
            by: match name {
                "export_kept" | "import_taken" | "import_answered" | "files_read_back" => By::Files,
                _ => By::Calls,
            },
            when: When::Halt(wish.to_owned(), faults),
            second: None,
            resumes: true,
        }
    }

    /// A story that is drawn.
    pub(crate) fn drawn(random: &mut Random, world: &World) -> Self {
        let edition = random.pick(&[Edition::First, Edition::Next]);
        let by = random.pick(&[By::Calls, By::Calls, By::Files]);
        let when = When::draw(random, world.clean(edition, by));
        Self {
            edition,
            doing: Doing::Run,
            by,
            when,
            second: random.percent(25).then(|| When::draw_second(random)),
            resumes: random.percent(70),
        }
    }

    /// Tells it; nothing when the command ended before the kill was due.
    pub(crate) fn play(&self, world: &World) -> Option<Told> {
        let desk = world.begin(self.edition);
        let fell = match self.doing {
            Doing::Run => self.when.strike(&desk, self.by.run())?,
            Doing::Resume => {
                let run = after_a_first_kill(&desk);
                self.when.strike(&desk, &["run", "resume", &run])?
            }
            Doing::RunAgain => {
                after_a_first_kill(&desk);
                self.when.strike(&desk, self.by.run())?
            }
            Doing::RunOfCrowd => {
                desk.import(&world.people.crowd);
                let fell = self.when.strike(&desk, self.by.run())?;
                desk.import(&world.people.first);
                fell
            }
            Doing::Import => self.import(&desk, world, "People")?,
            Doing::ImportNew => self.import(&desk, world, "New")?,
        };
        let place = world.opener.place(&desk.data_dir());
        let mut line = format!(
            "{}, by {:?}, {}: {place}; {fell}",
            self.edition.name(),
            self.by,
            self.when
        );
        after::go_on(&desk, world, self, &mut line);
        after::compare(&desk, world, self.edition, &fell);
        let all = world.clean(self.edition, self.by).writes;
        let is_inside = fell.writes.0 > 0 && fell.writes.1 < all;
        line += if is_inside { "; inside" } else { "; outside" };
        Some(Told { line, is_inside })
    }

    /// An import is whole or not there, and the next one counts.
    fn import(&self, desk: &Desk, world: &World, name: &str) -> Option<Fell> {
        let file = desk.file("next.csv", &world.people.next);
        let arguments = ["audience", "import", &file, "--name", name];
        let rows = |text: &str| text.lines().count() as u64 - 1;
        let fell = self.when.strike(desk, &arguments)?;
        let all = desk.usher(&["audience", "list"]).ok().json();
        for one in all.as_array().unwrap() {
            let shown = desk
                .usher(&["audience", "show", one["name"].as_str().unwrap()])
                .ok()
                .json();
            let whole = [rows(&world.people.first), rows(&world.people.next)];
            assert!(whole.contains(&shown["rows"].as_u64().unwrap()), "{shown}");
        }
        let again = desk.usher(&arguments).ok().json();
        assert_eq!(again["rows"], rows(&world.people.next));
        if name != "People" {
            let all = desk.usher(&["audience", "list"]).ok().json();
            assert_eq!(all.as_array().unwrap().len(), 2, "{all}");
            desk.import(&world.people.next);
        }
        Some(fell)
    }
}

/// Kills a run in the middle of a creation; the run.
fn after_a_first_kill(desk: &Desk) -> String {
    let when = When::Halt("after_reply".into(), Vec::new());
    when.strike(desk, By::Calls.run()).unwrap();
    let runs = desk.usher(&["run", "list"]).ok().json();
    assert_eq!(runs[0]["state"], "interrupted");
    runs[0]["run_id"].as_str().unwrap().to_owned()
}

/// The first batch is refused as a whole.
fn refused() -> Value {
    json!({
        "on": { "write_only": true, "path_contains": "/v1/leads.json", "nth": 1 },
        "do": { "code": "1003", "message": "One of them is wrong" },
    })
}

/// The first change of this is done and not answered.
fn unanswered(path: &str) -> Value {
    json!({
        "on": { "write_only": true, "path_contains": path, "nth": 1 },
        "at": "after_commit",
        "do": { "drop": true },
    })
}
