//! Readings in a row: how far those of changes carry on the ones before them, and whether
//! another can be laid over them.
//!
//! Nothing is concluded from a chain with a hole: a reading of changes carries an older one
//! on only if it asks back to before the time as of which that one stands. All of these
//! times are the service's own, so a computer whose clock is wrong misses nothing.

use std::time::Duration;
use usher_model::Timestamp;
use usher_store::table::readings::Reading;

/// How much earlier changes are asked for than the last reading began: an activity may be
/// told somewhat late, and a reply is dated when it ends.
pub(crate) const OVERLAP: Duration = Duration::from_secs(10 * 60);
/// How long people are known by changes alone. What activities do not tell of, such as a
/// move between partitions, is found after that time.
const KNOWN_BY_CHANGES: Duration = Duration::from_secs(7 * 24 * 3600);
/// Deletions of more than 14 days ago may be gone (Marketo docs: activities); a day less.
const TOLD_FOR: Duration = Duration::from_secs(13 * 24 * 3600);
/// Readings of changes in a row: then everyone is read again.
const MOST_LINKS: usize = 100;

/// Of each of these readings, the oldest first, the place of the one as of which it stands:
/// its own, or the last that carries it on.
pub(crate) fn carried(readings: &[(i64, Reading)]) -> Vec<usize> {
    let carried = |at: usize| {
        let mut stands = at;
        for (next, (_, later)) in readings.iter().enumerate().skip(at + 1) {
            let Some(since) = later.changes_since else {
                // Of what is not known to be newer, nothing behind it says.
                match later.there_at {
                    Some(_) => continue,
                    None if later.told_by.is_some() => continue,
                    None => break,
                }
            };
            let there_at = readings[stands].1.there_at;
            if there_at.is_some_and(|at| since.after(OVERLAP) <= at) {
                stands = next;
            }
        }
        stands
    };
    (0..readings.len()).map(carried).collect()
}

/// The first of these readings from which on changes can be laid over all: what is in
/// those before it, and in none behind, has to be looked up. Nobody tells of people whom
/// the user did not see and sees now, so the partitions have to be the same.
pub(crate) fn first_usable(
    readings: &[(i64, Reading)],
    now: Timestamp,
    partitions: &[i64],
) -> usize {
    let is_usable = |reading: &Reading| {
        let is_young = now.since(reading.when.started_at) < KNOWN_BY_CHANGES;
        let sees_as_much = reading.partitions == partitions;
        let is_known = is_young && sees_as_much && reading.there_at.is_some();
        reading.when.says_its_age(now) && (reading.is_laid_over() || is_known)
    };
    let last = readings
        .iter()
        .rposition(|(_, reading)| !is_usable(reading));
    last.map_or(0, |last| last + 1)
}

/// Since when changes are to be asked for, by the service's clock, so that all of these
/// readings that speak for a key are carried on; nothing where that cannot be, or where
/// the changes so far are as many as the leads that reading anew would find.
pub(crate) fn since(
    readings: &[(i64, Reading)],
    speaks: impl Fn(usize) -> bool,
    keys: u64,
) -> Option<Timestamp> {
    let carried = carried(readings);
    let is_base = |at: &usize| !readings[*at].1.is_laid_over() && speaks(*at);
    let bases: Vec<usize> = (0..readings.len()).filter(is_base).collect();
    let links = readings.iter().skip(*bases.first()?);
    let links = links.filter(|(_, reading)| reading.is_of_changes());
    let (mut count, mut leads) = (0, 0);
    links.for_each(|(_, reading)| {
        count += 1;
        leads += reading.keys;
    });
    if count >= MOST_LINKS || leads > keys {
        return None;
    }
    let there_at = bases.iter().map(|at| readings[carried[*at]].1.there_at);
    let oldest = there_at.collect::<Option<Vec<_>>>()?.into_iter().min()?;
    Some(oldest.before(OVERLAP))
}

/// Whether all that happened since a time is still told of, both by the service's clock.
pub(crate) fn is_told(since: Timestamp, now: Timestamp) -> bool {
    now.since(since) < TOLD_FOR
}

#[cfg(test)]
mod tests {
    use super::{OVERLAP, carried, first_usable, is_told, since};
    use std::time::Duration;
    use usher_model::{RunId, Timestamp};
    use usher_store::table::When;
    use usher_store::table::readings::Reading;

    type Numbered = (i64, Reading);

    const MINUTE: i64 = 60_000;
    const DAY: i64 = 24 * 60 * MINUTE;

    fn at(minutes: i64) -> Timestamp {
        Timestamp(minutes * MINUTE)
    }

    /// A reading that began at this minute, here and there.
    fn base(minutes: i64) -> (i64, Reading) {
        let reading = Reading {
            fields: Vec::new(),
            when: When::new(at(minutes), at(minutes + 1)),
            calls: 1,
            keys: 10,
            whole: false,
            blocks: 0,
            there_at: Some(at(minutes)),
            partitions: Vec::new(),
            changes_since: None,
            told_by: None,
            exports: None,
        };
        (minutes, reading)
    }

    fn changes(minutes: i64, since: i64) -> (i64, Reading) {
        let (id, reading) = base(minutes);
        let changes_since = Some(at(since).before(OVERLAP));
        let reading = Reading {
            changes_since,
            keys: 2,
            ..reading
        };
        (id, reading)
    }

    /// One whose time at the service is not known.
    fn undated(minutes: i64) -> (i64, Reading) {
        let (id, reading) = base(minutes);
        let there_at = None;
        (
            id,
            Reading {
                there_at,
                ..reading
            },
        )
    }

    #[test]
    fn a_chain_ends_at_its_first_hole() {
        let cases: [(&[Numbered], &[usize]); 7] = [
            (&[base(0), changes(60, 0), changes(90, 60)], &[2, 2, 2]),
            // The one between them was lost.
            (&[base(0), changes(90, 60)], &[0, 1]),
            // It asks back far enough to close the gap.
            (&[base(0), changes(90, -5)], &[1, 1]),
            (&[base(0), base(30), changes(60, 30)], &[0, 2, 2]),
            (&[base(0), changes(60, 0), base(70)], &[1, 1, 2]),
            // A minute short of the overlap.
            (&[base(0), changes(60, 1)], &[0, 1]),
            // Nobody knows how old what a file says is.
            (&[base(0), undated(30), changes(60, 0)], &[0, 1, 2]),
        ];
        for (readings, expected) in cases {
            assert_eq!(carried(readings), expected, "{readings:?}");
        }
    }

    #[test]
    fn what_a_run_was_told_holds_no_chain_up() {
        let (id, told) = undated(30);
        let told_by = Some(RunId("run_1".into()));
        let told = (id, Reading { told_by, ..told });
        let row = [base(0), told, changes(60, 0)];
        assert_eq!(carried(&row), [2, 1, 2]);
        assert_eq!(first_usable(&row, at(61), &[]), 0);
        let since = since(&row, |at| at == 0, 10);
        assert_eq!(since, Some(at(60).before(OVERLAP)));
    }

    #[test]
    fn changes_are_asked_for_since_the_oldest_that_counts_began() {
        let since_of = |readings: &[(i64, Reading)], speaks: &[usize]| {
            since(readings, |at| speaks.contains(&at), 10)
        };
        let ask = |minutes| Some(at(minutes).before(OVERLAP));
        let row = [base(0), changes(60, 0), base(70), changes(80, 60)];
        assert_eq!(since_of(&row, &[0, 2]), ask(80));
        assert_eq!(since_of(&row[..3], &[0, 2]), ask(60));
        assert_eq!(since_of(&row[..3], &[2]), ask(70));
        assert_eq!(since_of(&row, &[]), None, "nothing was read");
        assert_eq!(since_of(&[undated(0)], &[0]), None);
        // As many changes as people.
        let mut row = vec![base(0)];
        row.extend((0..5).map(|nth| changes(60 + nth, 0)));
        assert_eq!(since_of(&row, &[0]), ask(64));
        row.push(changes(70, 0));
        assert_eq!(since_of(&row, &[0]), None);
        // Too many in a row, however few people they are of.
        let mut row = vec![base(0)];
        row.extend((0..99).map(|nth| changes(60 + nth, 0)));
        assert_eq!(since(&row, |at| at == 0, 1_000), ask(158));
        row.push(changes(200, 0));
        assert_eq!(since(&row, |at| at == 0, 1_000), None);
    }

    #[test]
    fn what_is_old_or_of_no_known_time_is_looked_up() {
        let now = Timestamp(20 * DAY);
        let old = 20 * 24 * 60 - 8 * 24 * 60;
        let young = old + 2 * 24 * 60;
        assert_eq!(first_usable(&[base(old), base(young)], now, &[]), 1);
        assert_eq!(
            first_usable(&[base(old), changes(old + 1, old)], now, &[]),
            1
        );
        assert_eq!(first_usable(&[base(young), undated(young)], now, &[]), 2);
        assert_eq!(
            first_usable(&[base(young), changes(young + 9, young)], now, &[]),
            0
        );
        assert_eq!(first_usable(&[], now, &[]), 0);
        // The user sees another partition since.
        assert_eq!(first_usable(&[base(young)], now, &[7]), 1);
        assert!(is_told(now.before(Duration::from_secs(12 * 86_400)), now));
        assert!(!is_told(now.before(Duration::from_secs(14 * 86_400)), now));
    }
}
