//! What holds a plan back, each with its limit and what was found.

use crate::audience::{RowColumn, StoredKeys};
use crate::plan::inputs::Inputs;
use crate::run::RunRecord;
use crate::usher::Usher;
use std::ops::ControlFlow;
use usher_matching::{Counts, KeyColumn, KeyHash};
use usher_model::{Guardrail, GuardrailLimits, GuardrailName, Limits, Problem, Sync};
use usher_store::table::{runs, snapshots};

/// The numbers that guardrails look at.
pub(crate) struct Found {
    pub(crate) rows: u64,
    pub(crate) last_sent_rows: Option<u64>,
    pub(crate) unreadable: (u64, u64),
    pub(crate) unreadable_before: Option<(u64, u64)>,
    pub(crate) removals: u64,
    pub(crate) list_size: u64,
    pub(crate) creations: u64,
    pub(crate) calls_today: u64,
    pub(crate) partitions_seen: u64,
    pub(crate) partitions_before: Option<u64>,
}

/// The guardrails that hold a plan back, in their fixed order: `allowed` for the data
/// folder, the creations of the sync itself where it says how many, of the service's `limits`.
pub(crate) fn guardrails(
    found: &Found,
    allowed: &GuardrailLimits,
    max_creations: Option<u64>,
    limits: &Limits,
) -> Vec<Guardrail> {
    let mut held = Vec::new();
    let mut hold = |name, limit, found| held.push(Guardrail { name, limit, found });
    if found.rows < allowed.empty_audience {
        hold(
            GuardrailName::EmptyAudience,
            allowed.empty_audience,
            found.rows,
        );
    }
    if let Some(before) = found.last_sent_rows
        && !allowed.audience_shrunk.is_reached(found.rows, before)
    {
        hold(
            GuardrailName::AudienceShrunk,
            allowed.audience_shrunk.least(before),
            found.rows,
        );
    }
    let more = allowed.unreadable_rows;
    if let Some((quarantined, invalid)) = found.unreadable_before
        && found.removals > 0
        && (found.unreadable.0 > quarantined + more || found.unreadable.1 > invalid + more)
    {
        hold(
            GuardrailName::UnreadableRows,
            quarantined + invalid + more,
            found.unreadable.0 + found.unreadable.1,
        );
    }
    let most_removals = allowed
        .removals
        .max(allowed.removals_percent.of(found.list_size));
    if found.removals > most_removals {
        hold(GuardrailName::Removals, most_removals, found.removals);
    }
    if let Some(most) = max_creations.or(allowed.creations)
        && found.creations > most
    {
        hold(GuardrailName::Creations, most, found.creations);
    }
    let most_calls = allowed.quota.of(u64::from(limits.daily_quota));
    if found.calls_today > most_calls {
        hold(GuardrailName::Quota, most_calls, found.calls_today);
    }
    if let Some(before) = found.partitions_before
        && found.partitions_seen + allowed.unseen_partitions < before
    {
        hold(
            GuardrailName::UnseenPartitions,
            before,
            found.partitions_seen,
        );
    }
    held
}

impl Usher {
    /// The last run of a sync that sent anything of a plan of everyone.
    fn last_sent(&self, sync: &Sync) -> Result<Option<RunRecord>, Problem> {
        let reader = self.journal.reader()?;
        let sent = runs::newest_first(&reader, &sync.id, |run: RunRecord| {
            match run.was_sent() && run.retry.is_none() {
                true => ControlFlow::Break(run),
                false => ControlFlow::Continue(()),
            }
        });
        Ok(sent?)
    }

    /// The rows of the last snapshot that a run of this sync sent.
    pub(crate) fn last_sent_rows(&self, sync: &Sync) -> Result<Option<u64>, Problem> {
        Ok(self.last_sent(sync)?.map(|run| run.rows))
    }

    /// How many partitions that run could see.
    pub(crate) fn partitions_before(&self, sync: &Sync) -> Result<Option<u64>, Problem> {
        Ok(self.last_sent(sync)?.map(|run| run.partitions))
    }

    /// Quarantined lines and invalid keys of the planned snapshot.
    pub(crate) fn unreadable(
        &self,
        inputs: &Inputs,
        counts: &Counts,
    ) -> Result<(u64, u64), Problem> {
        Ok((
            inputs.ground.snapshot.quarantine.count,
            counts.people.skip.invalid_key,
        ))
    }

    /// The same of the snapshot before it, if there was one with that column.
    pub(crate) fn unreadable_before(&self, inputs: &Inputs) -> Result<Option<(u64, u64)>, Problem> {
        let reader = self.cache.reader()?;
        let all = snapshots::of_audience(&reader, &inputs.audience.id)?;
        let older = all
            .into_iter()
            .skip_while(|snapshot| snapshot.id != inputs.ground.snapshot.id)
            .nth(1);
        let Some(before) = older else { return Ok(None) };
        let key_column = &inputs.destination.mapping.key_column;
        let Some(column) = before.columns.iter().position(|name| name == key_column) else {
            return Ok(None);
        };
        let kind = inputs.ground.settings.key_kind();
        let keys = StoredKeys {
            usher: self,
            snapshot: &before,
            column: RowColumn::key(column, kind),
        };
        let mut invalid = 0;
        keys.walk(&mut |keys| {
            invalid += keys.iter().filter(|key| **key == KeyHash::INVALID).count() as u64;
        })?;
        Ok(Some((before.quarantine.count, invalid)))
    }
}

#[cfg(test)]
mod tests {
    use super::{Found, guardrails};
    use usher_model::{GuardrailLimits, GuardrailName as Name, Limits};

    fn calm() -> Found {
        Found {
            rows: 100,
            last_sent_rows: Some(100),
            unreadable: (1, 1),
            unreadable_before: Some((1, 1)),
            removals: 10,
            list_size: 100,
            creations: 10,
            calls_today: 10,
            partitions_seen: 3,
            partitions_before: Some(3),
        }
    }

    fn names(found: &Found, max_creations: Option<u64>) -> Vec<Name> {
        held_by(found, &GuardrailLimits::default(), max_creations)
    }

    fn held_by(found: &Found, allowed: &GuardrailLimits, max_creations: Option<u64>) -> Vec<Name> {
        let held = guardrails(found, allowed, max_creations, &Limits::default());
        held.into_iter().map(|held| held.name).collect()
    }

    #[test]
    fn each_guardrail_holds_at_its_limit_and_not_before() {
        assert!(names(&calm(), Some(10)).is_empty());
        let cases: [(Found, Option<u64>, Name); 7] = [
            (
                Found {
                    rows: 0,
                    last_sent_rows: None,
                    removals: 0,
                    ..calm()
                },
                None,
                Name::EmptyAudience,
            ),
            (Found { rows: 49, ..calm() }, None, Name::AudienceShrunk),
            (
                Found {
                    unreadable: (2, 1),
                    ..calm()
                },
                None,
                Name::UnreadableRows,
            ),
            (
                Found {
                    removals: 501,
                    ..calm()
                },
                None,
                Name::Removals,
            ),
            (calm(), Some(9), Name::Creations),
            (
                Found {
                    calls_today: 40_001,
                    ..calm()
                },
                None,
                Name::Quota,
            ),
            (
                Found {
                    partitions_seen: 2,
                    ..calm()
                },
                None,
                Name::UnseenPartitions,
            ),
        ];
        for (found, max_creations, name) in cases {
            assert_eq!(names(&found, max_creations), [name]);
        }
        assert!(
            names(
                &Found {
                    rows: 50,
                    removals: 500,
                    calls_today: 40_000,
                    ..calm()
                },
                None
            )
            .is_empty()
        );
        assert!(
            names(
                &Found {
                    removals: 600,
                    list_size: 12_000,
                    ..calm()
                },
                None
            )
            .is_empty(),
            "5 % of a long list"
        );
        assert!(
            names(
                &Found {
                    unreadable: (9, 9),
                    removals: 0,
                    ..calm()
                },
                None
            )
            .is_empty(),
            "nobody would be removed"
        );
    }

    #[test]
    fn a_number_that_was_set_counts() {
        let nobody = Found {
            rows: 9,
            last_sent_rows: Some(10),
            unreadable: (2, 1),
            removals: 3,
            list_size: 100,
            creations: 2,
            calls_today: 5_001,
            partitions_seen: 2,
            ..calm()
        };
        let strict = |words: &[&str]| {
            let mut allowed = GuardrailLimits::default();
            words.iter().for_each(|word| allowed.set(word).unwrap());
            allowed
        };
        let lenient = strict(&["unreadable_rows=1", "unseen_partitions=1"]);
        assert!(held_by(&nobody, &lenient, None).is_empty());
        let words = [
            ("empty_audience=10", Name::EmptyAudience),
            ("audience_shrunk=91%", Name::AudienceShrunk),
            ("creations=1", Name::Creations),
            ("quota=10%", Name::Quota),
        ];
        for (word, name) in words {
            let mut allowed = lenient.clone();
            allowed.set(word).unwrap();
            assert_eq!(held_by(&nobody, &allowed, None), [name], "{word}");
        }
        let mut few = lenient.clone();
        few.set("removals=1").unwrap();
        few.set("removals=2%").unwrap();
        assert_eq!(held_by(&nobody, &few, None), [Name::Removals]);
        few.set("removals=3%").unwrap();
        assert!(held_by(&nobody, &few, None).is_empty(), "3 of 100");
        let mut few = lenient;
        few.set("creations=1").unwrap();
        assert!(
            held_by(&nobody, &few, Some(2)).is_empty(),
            "the sync says itself"
        );
    }
}
