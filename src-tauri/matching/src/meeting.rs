//! Where the rows of an audience meet the leads of a destination: by the hash of
//! their keys alone, without a look at any text.
//!
//! Keys are hashes, so their first bits cut both sides into even parts. A part is
//! small enough to stay in a processor's cache; there both sides are sorted, and
//! meeting is one walk along both. Parts know nothing of each other, so as many
//! threads as wished take one after another, and what comes out is the same.

mod part;
mod scatter;

use crate::key::KeyHash;
use part::{Part, Rules};
use scatter::{Parts, scatter};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// Hashes that can be walked more than once, a run of them at a time.
pub trait KeyColumn: Sync {
    /// What may go wrong while they are fetched.
    type Error;

    /// How many there are.
    fn len(&self) -> usize;

    /// Whether there is none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Gives all of them to `take`, in order.
    ///
    /// # Errors
    /// When they cannot be fetched.
    fn walk(&self, take: &mut dyn FnMut(&[KeyHash])) -> Result<(), Self::Error>;
}

/// The keys of one side. Texts meet by their folded form; which of those who
/// meet are equal, and which differ by case alone, their exact form tells.
pub struct Side<'a, E> {
    /// What they meet by.
    pub join: &'a dyn KeyColumn<Error = E>,
    /// Their exact form, where that is another one.
    pub exact: Option<&'a dyn KeyColumn<Error = E>>,
}

impl<E> Clone for Side<'_, E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E> Copy for Side<'_, E> {}

/// One reading: where its leads and the keys that were asked for end, counted
/// over all readings in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadingEnd {
    /// The end of its leads.
    pub leads: u32,
    /// The end of the keys that it is complete for.
    pub asked: u32,
    /// What it says beyond the keys that were asked for.
    pub says: Says,
}

/// For which keys a reading speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    /// For those that were asked for.
    Asked,
    /// For every key: it is of all people.
    All,
    /// For no key: these leads are what they are known to have become later, as runs
    /// were told or a reading of changes found. They are there as far as what speaks
    /// for their key is one of the first so many readings, which began before.
    Told(u32),
}

/// Everything that meets. Readings are in order, the oldest first; of two that
/// speak for one key the later counts.
pub struct Sides<'a, E> {
    /// The audience's rows.
    pub rows: Side<'a, E>,
    /// The leads of all readings.
    pub leads: Side<'a, E>,
    /// The keys that were asked for.
    pub asked: Side<'a, E>,
    /// Where each reading ends.
    pub readings: &'a [ReadingEnd],
    /// Leads that a later reading has anew.
    pub void: &'a [bool],
    /// When a lead was last updated, and its id: of several with one key the first is
    /// the most recently updated, ties by the higher id (seed 001, "Duplicate handling").
    pub age: &'a (dyn Fn(u32) -> (i64, i64) + Sync),
}

/// Where a row stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// Its key is blank.
    Blank,
    /// Its key cannot be one.
    Invalid,
    /// An earlier row has its key.
    Duplicate,
    /// No reading speaks for its key.
    Unread,
    /// Nobody has its key.
    Nobody,
    /// Leads have its key: see [`Meeting::leads`].
    Leads(Found),
    /// Nobody has it, but for upper and lower case these leads do.
    Nearly(Found),
}

/// The leads of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// One, by its position over all readings: most keys have no more, and are
    /// found without a look anywhere else.
    One(u32),
    /// Several, listed from this place on.
    Several(u32),
}

/// Every row's place, and the leads of every key that a row has.
pub struct Meeting {
    at: Vec<u32>,
    /// For each key of a row that several leads have: how many, then these.
    order: Vec<u32>,
    speaks: Vec<bool>,
}

/// Keys that are held at once: more are met in several turns.
const AT_ONCE: usize = 24 << 20;
/// Keys in a part, about.
const PART: usize = 8 << 10;

impl Meeting {
    /// Lets both sides meet, on that many threads.
    ///
    /// # Errors
    /// When keys cannot be fetched.
    pub fn of<E: Send>(sides: &Sides<'_, E>, threads: usize) -> Result<Self, E> {
        let rules = Rules::new(sides)?;
        let keys = sides.rows.join.len() + sides.leads.join.len() + sides.asked.join.len();
        let bits = (keys / PART).max(1).ilog2();
        let turns = keys.div_ceil(AT_ONCE).next_power_of_two().min(1 << bits);
        let at: Vec<AtomicU32> = (0..sides.rows.join.len())
            .map(|_| AtomicU32::new(0))
            .collect();
        // What no key needs of it is never touched.
        let mut order = vec![0; rules.room(sides.leads.join.len())];
        let mut begins = 0;
        let speaks: Vec<AtomicBool> = sides
            .readings
            .iter()
            .map(|_| AtomicBool::new(false))
            .collect();
        for turn in 0..turns {
            let parts = Parts { bits, turn, turns };
            let void = |lead: u32| sides.void.get(lead as usize).is_some_and(|void| *void);
            let special = |row: u32, hash: KeyHash| {
                at[row as usize].store(At::special(hash).code(), Ordering::Relaxed);
            };
            let (rows, leads, asked) = std::thread::scope(|scope| {
                let rows = scope.spawn(|| scatter(sides.rows.join, parts, |_| false, special));
                let leads = scatter(sides.leads.join, parts, void, |_, _| {});
                let asked = scatter(sides.asked.join, parts, |_| false, |_, _| {});
                (rows.join(), leads, asked)
            });
            let rows = rows.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
            let (leads, asked) = (leads?, asked?);
            let mut free = &mut order[begins..];
            let mut jobs = Vec::with_capacity(rows.len());
            for ((rows, leads), asked) in rows.into_iter().zip(leads).zip(asked) {
                let room = rules.room(leads.len());
                let (own, rest) = free.split_at_mut(room);
                free = rest;
                let begin = u32::try_from(begins).unwrap_or(u32::MAX);
                jobs.push(Part {
                    rows,
                    leads,
                    asked,
                    begin,
                    order: own,
                });
                begins += room;
            }
            let jobs = Mutex::new(jobs.into_iter());
            let work = || {
                loop {
                    let job = jobs.lock().unwrap_or_else(|gone| gone.into_inner()).next();
                    let Some(job) = job else { break };
                    job.meet(&rules, &|row, newest: Option<usize>, place: At| {
                        at[row as usize].store(place.code(), Ordering::Relaxed);
                        if let Some(newest) = newest {
                            speaks[newest].store(true, Ordering::Relaxed);
                        }
                    });
                }
            };
            std::thread::scope(|scope| {
                (1..threads).for_each(|_| drop(scope.spawn(work)));
                work();
            });
        }
        Ok(Self {
            at: at.into_iter().map(AtomicU32::into_inner).collect(),
            order,
            speaks: speaks.into_iter().map(AtomicBool::into_inner).collect(),
        })
    }

    /// Whether a reading speaks for the key of any row.
    pub fn speaks(&self, reading: usize) -> bool {
        self.speaks[reading]
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.at.len()
    }

    /// Where a row (0-based) stands.
    pub fn at(&self, row: usize) -> At {
        At::of(self.at[row])
    }

    /// The leads of a place, by their position over all readings; none for a place
    /// that has none.
    pub fn leads<'a>(&'a self, at: &'a At) -> &'a [u32] {
        match at {
            At::Leads(Found::One(lead)) | At::Nearly(Found::One(lead)) => {
                std::slice::from_ref(lead)
            }
            At::Leads(Found::Several(place)) | At::Nearly(Found::Several(place)) => {
                let place = *place as usize;
                let count = self.order[place] as usize;
                &self.order[place + 1..place + 1 + count]
            }
            _ => &[],
        }
    }
}

impl At {
    fn special(hash: KeyHash) -> Self {
        if hash == KeyHash::BLANK {
            Self::Blank
        } else {
            Self::Invalid
        }
    }

    fn code(self) -> u32 {
        match self {
            Self::Blank => 0,
            Self::Invalid => 1,
            Self::Duplicate => 2,
            Self::Unread => 3,
            Self::Nobody => 4,
            Self::Leads(Found::One(lead)) => 5 + 4 * lead,
            Self::Leads(Found::Several(place)) => 6 + 4 * place,
            Self::Nearly(Found::One(lead)) => 7 + 4 * lead,
            Self::Nearly(Found::Several(place)) => 8 + 4 * place,
        }
    }

    fn of(code: u32) -> Self {
        match code {
            0 => Self::Blank,
            1 => Self::Invalid,
            2 => Self::Duplicate,
            3 => Self::Unread,
            4 => Self::Nobody,
            code => {
                let at = (code - 5) / 4;
                match (code - 5) % 4 {
                    0 => Self::Leads(Found::One(at)),
                    1 => Self::Leads(Found::Several(at)),
                    2 => Self::Nearly(Found::One(at)),
                    _ => Self::Nearly(Found::Several(at)),
                }
            }
        }
    }
}

impl KeyColumn for Vec<KeyHash> {
    type Error = std::convert::Infallible;

    fn len(&self) -> usize {
        Self::len(self)
    }

    fn walk(&self, take: &mut dyn FnMut(&[KeyHash])) -> Result<(), Self::Error> {
        take(self);
        Ok(())
    }
}
