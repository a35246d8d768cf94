//! Rows and leads meet as nested loops would let them, whatever the readings say
//! and however the work is cut.

use proptest::collection::vec;
use proptest::prelude::*;
use usher_matching::{At, KeyHash, Meeting, ReadingEnd, Says, Side, Sides};

/// A lead: its key, when it was updated, and whether a later reading has it anew.
type Lead = (u8, i64, bool);

/// A reading: its leads, the keys that were asked for, and what it says.
#[derive(Clone, Debug)]
struct Reading {
    leads: Vec<Lead>,
    asked: Vec<u8>,
    says: Says,
}

/// Keys of 0 and 1 are blank and invalid; of four neighbours one folded form is the same.
fn exact(key: u8) -> KeyHash {
    match key {
        0 => KeyHash::BLANK,
        1 => KeyHash::INVALID,
        key => KeyHash::of(&key.to_string()),
    }
}

fn folded(key: u8) -> KeyHash {
    match key {
        0 | 1 => exact(key),
        key => KeyHash::of(&format!("folded {}", key / 4)),
    }
}

fn keys() -> impl Strategy<Value = u8> {
    prop_oneof![1 => 0..2u8, 12 => 2..26u8]
}

fn readings() -> impl Strategy<Value = Vec<Reading>> {
    let lead = || (keys(), 0..4i64, prop::bool::weighted(0.1));
    let says = prop_oneof![6 => Just(Says::Asked), 1 => Just(Says::All)];
    let read = (vec(lead(), 0..12), vec(2..26u8, 0..12), says);
    let told = (vec(lead(), 0..4), 0..5u32);
    (vec(read, 0..4), vec(told, 0..3)).prop_map(|(read, told)| {
        let read = read
            .into_iter()
            .map(|(leads, asked, says)| Reading { leads, asked, says });
        let told = told.into_iter().map(|(leads, beats)| Reading {
            leads,
            asked: Vec::new(),
            says: Says::Told(beats),
        });
        read.chain(told).collect()
    })
}

/// Where a row stands, and the leads that it meets, in order.
fn slowly(
    rows: &[u8],
    row: usize,
    readings: &[Reading],
    folds: bool,
) -> (&'static str, Vec<usize>) {
    let key = rows[row];
    let same_join = |one: u8, other: u8| match folds {
        true => folded(one) == folded(other),
        false => one == other,
    };
    match key {
        0 => return ("blank", Vec::new()),
        1 => return ("invalid", Vec::new()),
        _ if rows[..row].contains(&key) => return ("duplicate", Vec::new()),
        _ => {}
    }
    let newest = |asks: &dyn Fn(u8) -> bool| {
        readings.iter().rposition(|reading| {
            reading.says == Says::All || reading.asked.iter().any(|asked| asks(*asked))
        })
    };
    let for_key =
        |key: u8| newest(&|asked| asked == key).or(newest(&|asked| same_join(asked, key)));
    if newest(&|asked| asked == key).is_none() {
        return ("unread", Vec::new());
    }
    let mut all = Vec::new();
    let mut at = 0;
    for (of, reading) in readings.iter().enumerate() {
        for (own, updated, void) in &reading.leads {
            let speaks = for_key(*own);
            let counts = match reading.says {
                Says::Told(beats) => speaks.is_some_and(|newest| newest < beats as usize),
                _ => speaks == Some(of),
            };
            if counts && !void && *own > 1 {
                all.push((*own, *updated, at));
            }
            at += 1;
        }
    }
    let found = |meets: &dyn Fn(u8) -> bool| {
        let mut found: Vec<_> = all.iter().filter(|lead| meets(lead.0)).collect();
        found.sort_by_key(|(_, updated, at)| std::cmp::Reverse((*updated, *at)));
        found.into_iter().map(|lead| lead.2).collect::<Vec<_>>()
    };
    let (same, nearly) = (found(&|own| own == key), found(&|own| same_join(own, key)));
    match (same.is_empty(), nearly.is_empty()) {
        (false, _) => ("leads", same),
        (true, false) => ("nearly", nearly),
        (true, true) => ("nobody", Vec::new()),
    }
}

fn quickly(rows: &[u8], readings: &[Reading], folds: bool, threads: usize) -> Meeting {
    let column =
        |keys: &[u8], by: fn(u8) -> KeyHash| keys.iter().map(|key| by(*key)).collect::<Vec<_>>();
    let leads: Vec<Lead> = readings
        .iter()
        .flat_map(|reading| reading.leads.clone())
        .collect();
    let lead_keys: Vec<u8> = leads.iter().map(|lead| lead.0).collect();
    let void: Vec<bool> = leads.iter().map(|lead| lead.2).collect();
    let asked: Vec<u8> = readings
        .iter()
        .flat_map(|reading| reading.asked.clone())
        .collect();
    let (mut lead_end, mut asked_end) = (0, 0);
    let ends: Vec<ReadingEnd> = readings
        .iter()
        .map(|reading| {
            lead_end += u32::try_from(reading.leads.len()).unwrap();
            asked_end += u32::try_from(reading.asked.len()).unwrap();
            ReadingEnd {
                leads: lead_end,
                asked: asked_end,
                says: reading.says,
            }
        })
        .collect();
    let joins =
        [rows, &lead_keys, &asked].map(|keys| column(keys, if folds { folded } else { exact }));
    let exacts = [rows, &lead_keys, &asked].map(|keys| column(keys, exact));
    let side = |at: usize| Side {
        join: &joins[at],
        exact: folds.then_some(&exacts[at] as _),
    };
    let sides = Sides {
        rows: side(0),
        leads: side(1),
        asked: side(2),
        readings: &ends,
        void: &void,
        age: &|lead| (leads[lead as usize].1, lead.into()),
    };
    match Meeting::of(&sides, threads) {
        Ok(meeting) => meeting,
        Err(never) => match never {},
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn they_meet_as_nested_loops_would_let_them(
        rows in vec(keys(), 0..24), readings in readings(), folds in any::<bool>(), threads in 1usize..4,
    ) {
        let meeting = quickly(&rows, &readings, folds, threads);
        prop_assert_eq!(meeting.rows(), rows.len());
        for row in 0..rows.len() {
            let at = meeting.at(row);
            let word = match at {
                At::Blank => "blank",
                At::Invalid => "invalid",
                At::Duplicate => "duplicate",
                At::Unread => "unread",
                At::Nobody => "nobody",
                At::Leads(_) => "leads",
                At::Nearly(_) => "nearly",
            };
            let leads: Vec<usize> = meeting.leads(&at).iter().map(|lead| *lead as usize).collect();
            prop_assert_eq!((word, leads), slowly(&rows, row, &readings, folds), "row {}", row);
        }
    }
}
