//! Which way is taken where a service has several, by what each would take.

use std::time::Duration;
use usher_matching::Settings;
use usher_model::{
    Limits, PersonAction, ReadRoute, RouteChoice, RouteCost, RouteReason, Timestamp, WriteRoute,
};
use usher_remote::marketo::MAX_VALUES;

/// How often what a job says of itself is new (Marketo docs: bulk extract).
pub(crate) const POLL: Duration = Duration::from_secs(60);
/// The longest time that one export may span (Marketo docs: bulk lead extract).
pub(crate) const WINDOW: Duration = Duration::from_secs(31 * 24 * 3600);
/// Jobs that the service works on at the same time.
pub(crate) const JOBS_AT_ONCE: u64 = 2;
/// Calls of an export: made, put in the queue, asked about, fetched.
const CALLS_AN_EXPORT: u64 = 4;
/// The part of the day's calls up to which time counts for more than calls, as a divisor.
const SMALL_PART: u64 = 10;

/// People who share a file where that is not wished for: fewer are sent sooner in calls.
const FEWEST_IN_FILE: u64 = 900;

/// The fewest people that share a file, where people go in files.
pub(crate) fn fewest_in_file(write: &RouteChoice<WriteRoute>) -> Option<u64> {
    match (write.route, write.why) {
        (WriteRoute::Batch, _) => None,
        (WriteRoute::Bulk, RouteReason::Wished) => Some(1),
        (WriteRoute::Bulk, _) => Some(FEWEST_IN_FILE),
    }
}

/// The same before it is chosen.
pub(crate) fn fewest_if(wished: Option<WriteRoute>) -> u64 {
    match wished {
        Some(WriteRoute::Bulk) => 1,
        _ => FEWEST_IN_FILE,
    }
}

/// Whether people can go in files: an import makes whoever is not there (Marketo docs:
/// bulk lead import), so it is not for those who may only be updated.
pub(crate) fn takes_files(settings: &Settings) -> bool {
    settings.sync_type.writes_profiles() && settings.person_action == PersonAction::UpdateAndCreate
}

/// Pages of a list that take longer than an export of it, at the usual share of the rate.
const MANY_PAGES: u64 = 120;
/// Members of a list in one call (Marketo docs: lists).
const PAGE: u64 = 300;

/// Whether a list of that many members is exported, and not paged through.
pub(crate) fn is_exported(members: u64) -> bool {
    members > MANY_PAGES * PAGE
}

/// The calls that reading a list of that many members takes.
pub(crate) fn listing(members: u64) -> u64 {
    match is_exported(members) {
        true => CALLS_AN_EXPORT,
        false => members.div_ceil(PAGE).max(1),
    }
}

/// One person of so many is read back of those who were sent in calls.
const SAMPLED: u64 = 50;

/// The calls that reading people back takes at the end of a run: a sample, in whole calls.
pub(crate) fn people_read_back(people: u64) -> u64 {
    people.div_ceil(SAMPLED * PAGE)
}

/// How the places that a run changed are read back, and the calls that takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Places {
    /// The whole list, which says how many are on it, too.
    List { calls: u64 },
    /// Whoever joined or left, where the list is long beside them.
    Asked { calls: u64 },
}

impl Places {
    /// The calls.
    pub(crate) fn calls(self) -> u64 {
        match self {
            Self::List { calls } | Self::Asked { calls } => calls,
        }
    }
}

/// The cheaper way, of a list that should have so many members by then.
pub(crate) fn places_read_back(changed: u64, members: u64) -> Places {
    let (whole, asked) = (listing(members), changed.div_ceil(PAGE));
    match whole <= asked {
        true => Places::List { calls: whole },
        false => Places::Asked { calls: asked },
    }
}

/// What a route takes, at a user's share of the limits. `waits` is what the service is
/// waited for.
pub(crate) fn cost<R>(route: R, calls: u64, waits: Duration, limits: &Limits) -> RouteCost<R> {
    let tenths_of_percent = calls as f64 * 1000.0 / f64::from(limits.daily_quota.max(1));
    RouteCost {
        route,
        calls,
        seconds: seconds(calls, limits).max(waits.as_secs()),
        quota_percent: tenths_of_percent.round() / 10.0,
        at_least: false,
    }
}

/// How long that many calls take, a second each where nothing else holds them up.
pub(crate) fn seconds(calls: u64, limits: &Limits) -> u64 {
    let rate = u64::from(limits.calls_per_20s.max(1));
    let windows = calls.saturating_sub(1) / rate;
    let within = calls - windows * rate;
    windows * 20 + within.div_ceil(u64::from(limits.concurrency.max(1)))
}

/// Takes the route that was wished for; else the one that is done first among those that
/// take a small part of the day's calls; else the one with the fewest calls. Of equals
/// the first, which is the usual one and can always be taken.
pub(crate) fn choose<R: Copy + PartialEq>(
    options: Vec<RouteCost<R>>,
    wished: Option<R>,
    limits: &Limits,
) -> RouteChoice<R> {
    let is_small = |one: &&RouteCost<R>| one.calls <= u64::from(limits.daily_quota) / SMALL_PART;
    let soonest = options
        .iter()
        .filter(is_small)
        .min_by_key(|one| one.seconds);
    let fewest = options.iter().min_by_key(|one| one.calls);
    let wished = options.iter().find(|one| Some(one.route) == wished);
    let (taken, why) = match (wished, &options[..], soonest) {
        (Some(wished), _, _) => (wished, RouteReason::Wished),
        (None, [only], _) => (only, RouteReason::OnlyOne),
        (None, _, Some(soonest)) => (soonest, RouteReason::Soonest),
        (None, all, None) => (fewest.unwrap_or(&all[0]), RouteReason::FewestCalls),
    };
    RouteChoice {
        route: taken.route,
        why,
        options,
    }
}

/// What reading changes takes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Changes {
    /// The calls at the least.
    pub(crate) least: u64,
    /// Whether the user may not read them.
    pub(crate) denied: bool,
}

/// How the people of that many keys are read.
pub(crate) fn reading(
    keys: u64,
    since: Timestamp,
    now: Timestamp,
    limits: &Limits,
    changes: Option<Changes>,
    wished: Option<ReadRoute>,
) -> RouteChoice<ReadRoute> {
    let lookups = keys.div_ceil(MAX_VALUES as u64);
    let exports = windows(since, now).len() as u64;
    let rounds = u32::try_from(exports.div_ceil(JOBS_AT_ONCE)).unwrap_or(u32::MAX);
    let lookups = cost(ReadRoute::Lookup, lookups, Duration::ZERO, limits);
    let calls = exports * CALLS_AN_EXPORT;
    let exports = cost(ReadRoute::Extract, calls, POLL * rounds, limits);
    let anew = vec![lookups, exports];
    let Some(changes) = changes else {
        return choose(anew, wished, limits);
    };
    // One page leads to the next, so they are asked for one after another.
    let in_turn = Duration::from_secs(changes.least);
    let of_changes = RouteCost {
        at_least: true,
        ..cost(ReadRoute::Changes, changes.least, in_turn, limits)
    };
    let options = anew.iter().cloned().chain([of_changes]).collect();
    let choice = choose(options, wished, limits);
    match (changes.denied, choice.route) {
        (true, ReadRoute::Changes) => RouteChoice {
            why: RouteReason::ActivitiesDenied,
            ..choose(anew, None, limits)
        },
        (true, _) => choose(anew, wished, limits),
        (false, _) => choice,
    }
}

/// How that many people who went in files are read back, where looking one up takes so
/// many calls of 300.
pub(crate) fn reading_back(people: u64, looks: u64, limits: &Limits) -> ReadRoute {
    let lookups = people.div_ceil(MAX_VALUES as u64) * looks;
    let lookups = cost(ReadRoute::Lookup, lookups, Duration::ZERO, limits);
    let export = cost(ReadRoute::Extract, CALLS_AN_EXPORT, POLL, limits);
    choose(vec![lookups, export], None, limits).route
}

/// A time in pieces that an export may span, to the second, both ends included: none of
/// them overlap.
pub(crate) fn windows(since: Timestamp, until: Timestamp) -> Vec<(Timestamp, Timestamp)> {
    let second = Duration::from_secs(1);
    let mut from = Timestamp(since.0.div_euclid(1000) * 1000);
    let mut all = Vec::new();
    while from <= until {
        let to = from.after(WINDOW - second).min(until);
        all.push((from, to));
        from = Timestamp(to.0.div_euclid(1000) * 1000).after(second);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::{Changes, cost, reading, windows};
    use crate::route::choose;
    use std::time::Duration;
    use usher_model::{Limits, ReadRoute, RouteReason, Timestamp, WriteRoute};

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    #[test]
    fn windows_leave_no_gap_and_are_never_longer_than_31_days() {
        let (since, until) = (at("2024-01-01T00:00:00Z"), at("2024-03-05T10:00:00.700Z"));
        let all = windows(since, until);
        assert_eq!(all.len(), 3);
        assert_eq!((all[0].0, all[2].1), (since, until));
        for (from, to) in &all {
            assert!(to.since(*from) <= Duration::from_secs(31 * 86_400) && from <= to);
        }
        for pair in all.windows(2) {
            assert_eq!(pair[1].0.since(pair[0].1), Duration::from_secs(1));
        }
        assert_eq!(windows(until, until).len(), 1);
        assert!(windows(until, since).is_empty());
    }

    #[test]
    fn time_counts_while_the_calls_are_a_small_part_of_the_day() {
        let limits = Limits::default();
        let (since, now) = (at("2006-01-01T00:00:00Z"), at("2026-11-24T00:00:00Z"));
        let by = |keys, wished| {
            let choice = reading(keys, since, now, &limits, None, wished);
            (choice.route, choice.why)
        };
        assert_eq!(
            by(1_000_000, None),
            (ReadRoute::Lookup, RouteReason::Soonest)
        );
        assert_eq!(
            by(5_000_000, None),
            (ReadRoute::Extract, RouteReason::Soonest)
        );
        let wished = Some(ReadRoute::Extract);
        assert_eq!(by(1, wished), (ReadRoute::Extract, RouteReason::Wished));
        let young = at("2026-11-01T00:00:00Z");
        let choice = reading(100_000, young, now, &limits, None, None);
        assert_eq!(choice.route, ReadRoute::Extract, "{choice:?}");
    }

    #[test]
    fn changes_are_read_where_that_is_done_first() {
        let limits = Limits::default();
        let (since, now) = (at("2006-01-01T00:00:00Z"), at("2026-11-24T00:00:00Z"));
        let by = |keys, denied, wished| {
            let changes = Some(Changes { least: 3, denied });
            let choice = reading(keys, since, now, &limits, changes, wished);
            let least: Vec<_> = choice.options.iter().map(|one| one.at_least).collect();
            assert_eq!(least, [false, false, true][..if denied { 2 } else { 3 }]);
            (choice.route, choice.why)
        };
        let soonest = RouteReason::Soonest;
        assert_eq!(by(100_000, false, None), (ReadRoute::Changes, soonest));
        assert_eq!(by(600, false, None), (ReadRoute::Lookup, soonest));
        let denied = RouteReason::ActivitiesDenied;
        assert_eq!(by(100_000, true, None), (ReadRoute::Lookup, denied));
        assert_eq!(by(600, true, None), (ReadRoute::Lookup, soonest));
        let wished = RouteReason::Wished;
        let changes = Some(ReadRoute::Changes);
        assert_eq!(by(600, false, changes), (ReadRoute::Changes, wished));
        assert_eq!(by(600, true, changes), (ReadRoute::Lookup, denied));
        // Nothing was read over which changes could be laid.
        let never = reading(600, since, now, &limits, None, changes);
        assert_eq!((never.route, never.why), (ReadRoute::Lookup, soonest));
    }

    #[test]
    fn calls_count_where_every_route_takes_a_large_part_of_the_day() {
        let limits = Limits {
            daily_quota: 1_000,
            ..Limits::default()
        };
        let batch = cost(WriteRoute::Batch, 900, Duration::ZERO, &limits);
        let bulk = cost(WriteRoute::Bulk, 300, Duration::from_secs(9_000), &limits);
        let choice = choose(vec![batch.clone(), bulk], None, &limits);
        assert_eq!(
            (choice.route, choice.why),
            (WriteRoute::Bulk, RouteReason::FewestCalls)
        );
        let only = choose(vec![batch], None, &limits);
        assert_eq!(
            (only.route, only.why),
            (WriteRoute::Batch, RouteReason::OnlyOne)
        );
    }
}
