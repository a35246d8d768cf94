//! Usher and its peers, in turns, until there is a median; and whether they agree.

use crate::child::{CORES, Engine};
use crate::data::{Data, Files, Size};
use crate::limits;
use crate::row::{Goal, Row, Table, Unit};
use crate::told::{Counts, Failure, Told};
use std::path::{Path, PathBuf};

/// What is to be compared.
#[derive(Debug, clap::Args)]
pub(crate) struct Wish {
    /// Where files are made and kept
    #[arg(long)]
    folder: PathBuf,
    /// A Python that has duckdb and polars
    #[arg(long)]
    python: PathBuf,
    #[command(flatten)]
    size: Size,
    /// How often everything is done
    #[arg(long, default_value_t = 5)]
    turns: usize,
    /// Also do ten times as much, once
    #[arg(long)]
    scale: bool,
    /// Print the figures as one line of JSON, last
    #[arg(long)]
    json: bool,
}

/// Compares and prints. It fails when the counts of a verdict differ, never on a time.
pub(crate) fn run(wish: &Wish) -> Result<(), Failure> {
    eprintln!("==> data");
    let data = Data::make(&wish.folder.join(wish.size.name()), wish.size, Files::All)?;
    let mut turns = Vec::new();
    for turn in 1..=wish.turns {
        eprintln!("==> turn {turn} of {}", wish.turns);
        turns.push(Turn::take(&data, &wish.python)?);
    }
    let mut rows = rows(&turns);
    eprintln!("==> limits of the machine");
    rows.extend(limits::rows(&data, wish.turns)?);
    if wish.scale {
        eprintln!("==> ten times as many");
        rows.extend(scale(&wish.folder, wish.size)?);
    }
    // Memory is not told on every system.
    rows.retain(|row| row.pairs.iter().all(|pair| pair.0 > 0.0 && pair.1 > 0.0));
    print!("{}", Table(&rows));
    let quarrels: Vec<String> = turns.iter().flat_map(Turn::quarrels).collect();
    println!(
        "\n{} people against {} leads; medians of {} turns, in each of which everyone does the \
         job once; {CORES} cores and threads; every file is read once before each job, for all \
         alike; {}",
        wish.size.people,
        wish.size.leads,
        wish.turns,
        if quarrels.is_empty() {
            "all count the same of every verdict and mean the same leads".to_owned()
        } else {
            format!("THE COUNTS DIFFER:\n{}", quarrels.join("\n"))
        }
    );
    if wish.json {
        let rows: Vec<_> = rows.iter().map(Row::json).collect();
        println!("{}", serde_json::json!({ "rows": rows }));
    }
    if quarrels.is_empty() {
        Ok(())
    } else {
        Err("the counts of the verdicts are not equal".into())
    }
}

/// Steps whose counts everyone must tell.
const COUNTED: [&str; 6] = [
    "plan",
    "plan_again",
    "plan_next",
    "plan_keys",
    "diff",
    "chosen_leads",
];

/// What one repetition gave.
pub(crate) struct Turn {
    pub(crate) ours: Told,
    pub(crate) duckdb: Told,
    pub(crate) polars: Told,
}

impl Turn {
    /// Everyone once, one after the other: a machine that slows down slows all.
    pub(crate) fn take(data: &Data, python: &Path) -> Result<Self, Failure> {
        let peer = |script| Engine::Peer {
            script,
            python: python.to_owned(),
        };
        Ok(Self {
            ours: Engine::Ours.run(data, "all")?,
            duckdb: peer("duckdb_job").run(data, "all")?,
            polars: peer("polars_job").run(data, "all")?,
        })
    }

    /// Everything on which the three do not agree.
    pub(crate) fn quarrels(&self) -> Vec<String> {
        let mut quarrels = Vec::new();
        for step in COUNTED {
            let of = |told: &Told| told.counts.get(step).map(present);
            let ours = of(&self.ours);
            for peer in [&self.duckdb, &self.polars] {
                if ours.is_none() || of(peer) != ours {
                    quarrels.push(format!(
                        "{step}: {} says {:?}, {} says {:?}",
                        self.ours.engine,
                        ours.clone().unwrap_or_default(),
                        peer.engine,
                        of(peer).unwrap_or_default(),
                    ));
                }
            }
        }
        quarrels
    }
}

/// A kind of which there is none may be told or not.
fn present(counts: &Counts) -> Counts {
    let there = counts.iter().filter(|(_, count)| **count > 0);
    there.map(|(kind, count)| (kind.clone(), *count)).collect()
}

const COLD: [&str; 3] = ["import_profiles", "import_leads", "plan"];
const NEXT: [&str; 3] = ["import_next", "diff", "plan_next"];

/// The lines on which the three stand beside each other.
pub(crate) fn rows(turns: &[Turn]) -> Vec<Row> {
    let duckdb = |turn: &Turn| turn.duckdb.clone();
    let polars = |turn: &Turn| turn.polars.clone();
    let cold = "cold: two files to stored snapshots with key columns, then a plan";
    let next = "next snapshot (3 % joined, 3 % left, 2 % changed): import, diff, plan";
    let keys = "a plan by keys alone, no fields compared (warm store)";
    vec![
        time(turns, cold, duckdb, &COLD, Some((0.20, 0.10))),
        time(turns, cold, polars, &COLD, Some((0.40, 0.20))),
        time(
            turns,
            "plan again (warm store)",
            duckdb,
            &["plan_again"],
            Some((0.05, 0.01)),
        ),
        time(
            turns,
            "plan again (warm store)",
            polars,
            &["plan_again"],
            None,
        ),
        time(turns, next, duckdb, &NEXT, Some((0.20, 0.10))),
        time(turns, next, polars, &NEXT, None),
        time(turns, keys, duckdb, &["plan_keys"], None),
        time(turns, keys, polars, &["plan_keys"], None),
        size(
            turns,
            "peak memory of the whole",
            duckdb,
            |told| told.peak_bytes,
            Some((0.20, 0.10)),
        ),
        size(
            turns,
            "peak memory of the whole",
            polars,
            |told| told.peak_bytes,
            None,
        ),
        size(
            turns,
            "store on disk",
            duckdb,
            |told| told.stored_bytes,
            Some((0.40, 0.35)),
        ),
        size(
            turns,
            "store on disk",
            polars,
            |told| told.stored_bytes,
            None,
        ),
        screen(
            turns,
            "what-if: another sync type, person action or key",
            "what_if",
            0.1,
            0.02,
        ),
        screen(
            turns,
            "what-if: a key that is tried for the first time",
            "what_if_key_first",
            0.1,
            0.02,
        ),
        screen(turns, "any page of 100 members", "page", 0.01, 0.005),
        screen(
            turns,
            "text search, first 50 hits, rare and absent text too",
            "search",
            0.2,
            0.02,
        ),
    ]
}

fn time(turns: &[Turn], work: &str, peer: fn(&Turn) -> Told, steps: &[&str], goal: Goal) -> Row {
    let seconds = |told: &Told| told.together(steps).unwrap_or(f64::NAN);
    beside(turns, work, peer, Unit::Time, goal, seconds)
}

fn size(
    turns: &[Turn],
    work: &str,
    peer: fn(&Turn) -> Told,
    of: fn(&Told) -> u64,
    goal: Goal,
) -> Row {
    beside(turns, work, peer, Unit::Size, goal, |told| of(told) as f64)
}

fn beside(
    turns: &[Turn],
    work: &str,
    peer: fn(&Turn) -> Told,
    unit: Unit,
    goal: Goal,
    figure: impl Fn(&Told) -> f64,
) -> Row {
    let pair = |turn: &Turn| (figure(&turn.ours), figure(&peer(turn)));
    Row {
        work: work.into(),
        peer: turns
            .first()
            .map(|turn| peer(turn).engine)
            .unwrap_or_default(),
        unit,
        goal,
        pairs: turns.iter().map(pair).collect(),
    }
}

/// The slowest of its kind, beside what a person at a screen does not notice.
fn screen(turns: &[Turn], work: &str, step: &str, most: f64, stretch: f64) -> Row {
    let pair = |turn: &Turn| (turn.ours.together(&[step]).unwrap_or(f64::NAN), most);
    Row {
        work: work.into(),
        peer: "a screen".into(),
        unit: Unit::Time,
        goal: Some((1.0, stretch / most)),
        pairs: turns.iter().map(pair).collect(),
    }
}

/// Ten times the people in ten times the time, and in a gigabyte.
pub(crate) fn scale(folder: &Path, size: Size) -> Result<Vec<Row>, Failure> {
    let ten = Size {
        people: size.people * 10,
        leads: size.leads * 10,
        seed: size.seed,
    };
    let once = Data::make(&folder.join(size.name()), size, Files::First)?;
    let tenfold = Data::make(&folder.join(ten.name()), ten, Files::First)?;
    let small = Engine::Ours.run(&once, "plan")?;
    let large = Engine::Ours.run(&tenfold, "plan")?;
    let work = format!("{} people against {} leads, cold", ten.people, ten.leads);
    let seconds = |told: &Told| told.together(&COLD).unwrap_or(f64::NAN);
    Ok(vec![
        Row {
            work: format!("{work}: time"),
            peer: format!("itself at {}", size.people),
            unit: Unit::Time,
            goal: Some((10.0, 10.0)),
            pairs: vec![(seconds(&large), seconds(&small))],
        },
        Row {
            work: format!("{work}: peak memory"),
            peer: "1 GB".into(),
            unit: Unit::Size,
            goal: Some((1.0, 1.0)),
            pairs: vec![(large.peak_bytes as f64, 1e9)],
        },
    ])
}

#[cfg(test)]
mod tests {
    use super::{COUNTED, Turn};
    use crate::told::{Counts, Told};

    fn told(creates: u64) -> Told {
        let counts = Counts::from([("create".into(), creates), ("leave".into(), 0)]);
        Told {
            counts: COUNTED.map(|step| (step.into(), counts.clone())).into(),
            ..Told::default()
        }
    }

    #[test]
    fn whoever_counts_otherwise_is_named_and_who_counts_nothing_too() {
        let turn = |ours: Told| Turn {
            ours,
            duckdb: told(3),
            polars: told(3),
        };
        assert!(turn(told(3)).quarrels().is_empty());
        assert_eq!(turn(told(4)).quarrels().len(), 2 * COUNTED.len());
        assert_eq!(turn(Told::default()).quarrels().len(), 2 * COUNTED.len());
        let mut without_zeros = told(3);
        for counts in without_zeros.counts.values_mut() {
            counts.remove("leave");
        }
        assert!(turn(without_zeros).quarrels().is_empty());
    }
}
