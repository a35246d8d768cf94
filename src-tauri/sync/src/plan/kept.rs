//! A plan's rows as they are kept: a few small columns a block, in the blocks of
//! the snapshot that they are of. The numbers are on disk for good.

use arrow_array::cast::AsArray;
use arrow_array::types::{Int64Type, UInt8Type};
use arrow_array::{Array, ArrayRef, Int64Array, RecordBatch, StringArray, UInt8Array};
use std::sync::Arc;
use usher_matching::{Decided, Decision, FieldSets, NOBODY};
use usher_model::{Code, ListAct, Problem, ReasonCode, Verdict};
use usher_store::block;

const VERDICTS: [Verdict; 4] = [
    Verdict::Create,
    Verdict::Update,
    Verdict::Leave,
    Verdict::Skip,
];
const ACTS: [ListAct; 4] = [ListAct::None, ListAct::Add, ListAct::Keep, ListAct::Remove];
const REASONS: [Option<ReasonCode>; 11] = [
    None,
    Some(ReasonCode::NoKey),
    Some(ReasonCode::InvalidKey),
    Some(ReasonCode::CaseDiffers),
    Some(ReasonCode::DuplicateInAudience),
    Some(ReasonCode::Suppressed),
    Some(ReasonCode::NoConsent),
    Some(ReasonCode::NotInDestination),
    Some(ReasonCode::MissingRequired),
    Some(ReasonCode::InvalidValue),
    Some(ReasonCode::Drifted),
];

/// The column of the leads that are meant.
const LEAD: &str = "lead";
/// The column of the leads that hold the places; not there where these are none.
const LIST_LEAD: &str = "list_lead";

/// A block of decided rows as it is stored.
pub(super) fn packed(decided: &Decided) -> Result<Vec<u8>, Problem> {
    Ok(block::encode(&columns(decided)?)?)
}

fn columns(decided: &Decided) -> Result<RecordBatch, Problem> {
    let ids = |leads: &[i64]| {
        let known = leads.iter().map(|lead| *lead != NOBODY);
        Int64Array::new(leads.to_vec().into(), Some(known.collect()))
    };
    let mut named: Vec<(String, ArrayRef, bool)> = vec![
        (
            "verdict".into(),
            Arc::new(numbers(&VERDICTS, &decided.verdicts)?),
            false,
        ),
        (
            "reason".into(),
            Arc::new(numbers(&REASONS, &decided.reasons)?),
            false,
        ),
        (
            "list".into(),
            Arc::new(numbers(&ACTS, &decided.list)?),
            false,
        ),
        (LEAD.into(), Arc::new(ids(&decided.leads)), true),
    ];
    if decided.list_leads.iter().any(|lead| *lead != NOBODY) {
        named.push((LIST_LEAD.into(), Arc::new(ids(&decided.list_leads)), true));
    }
    for (name, sets) in [("writes", &decided.writes), ("seen", &decided.seen_equal)] {
        for (at, column) in sets.bytes().into_iter().enumerate() {
            let column = Arc::new(UInt8Array::from(column));
            named.push((format!("{name}:{at}"), column, false));
        }
    }
    RecordBatch::try_from_iter_with_nullable(named).map_err(|_| unreadable())
}

/// The decisions of a block that [`packed`] made, by mapped fields in so many.
pub(super) struct Rows {
    batch: RecordBatch,
    writes: FieldSets,
    seen: FieldSets,
}

impl Rows {
    pub(super) fn of(batch: RecordBatch, fields: usize) -> Result<Self, Problem> {
        let sets = |name: &str| {
            let column = |at: usize| {
                let column = batch.column_by_name(&format!("{name}:{at}"))?;
                Some(column.as_primitive_opt::<UInt8Type>()?.values().as_ref())
            };
            let columns: Option<Vec<&[u8]>> = (0..fields.div_ceil(8)).map(column).collect();
            Ok::<_, Problem>(FieldSets::from_bytes(&columns.ok_or_else(unreadable)?))
        };
        let (writes, seen) = (sets("writes")?, sets("seen")?);
        Ok(Self {
            batch,
            writes,
            seen,
        })
    }

    pub(super) fn len(&self) -> usize {
        self.batch.num_rows()
    }

    /// Of a row, what people are looked for by.
    pub(super) fn verdict_of(
        &self,
        row: usize,
    ) -> Result<(Verdict, Option<ReasonCode>, ListAct), Problem> {
        Ok((
            self.word(0, row, &VERDICTS)?,
            self.word(1, row, &REASONS)?,
            self.word(2, row, &ACTS)?,
        ))
    }

    pub(super) fn decision(&self, row: usize) -> Result<Decision, Problem> {
        let lead = |column: &ArrayRef| {
            let ids = column.as_primitive_opt::<Int64Type>();
            let ids = ids.ok_or_else(unreadable)?;
            Ok::<_, Problem>(ids.is_valid(row).then(|| ids.value(row)))
        };
        let list_lead = match self.batch.column_by_name(LIST_LEAD) {
            Some(column) => lead(column)?,
            None => None,
        };
        Ok(Decision {
            verdict: self.word(0, row, &VERDICTS)?,
            reason: self.word(1, row, &REASONS)?,
            list: self.word(2, row, &ACTS)?,
            lead: lead(self.batch.column_by_name(LEAD).ok_or_else(unreadable)?)?,
            list_lead,
            writes: self.writes.fields(row).collect(),
            seen_equal: self.seen.fields(row).collect(),
        })
    }

    fn word<T: Copy>(&self, column: usize, row: usize, words: &[T]) -> Result<T, Problem> {
        let numbers = self.batch.column(column).as_primitive_opt::<UInt8Type>();
        let number = numbers.ok_or_else(unreadable)?.value(row);
        words
            .get(usize::from(number))
            .copied()
            .ok_or_else(unreadable)
    }
}

/// Those who leave the list: lead, and the key under which Usher added it.
pub(super) fn leavers(leavers: &[(i64, String)]) -> Result<RecordBatch, Problem> {
    let leads: Int64Array = leavers.iter().map(|(lead, _)| *lead).collect();
    let keys = StringArray::from_iter_values(leavers.iter().map(|(_, key)| key));
    let named: [(&str, ArrayRef); 2] = [("lead", Arc::new(leads)), ("key", Arc::new(keys))];
    RecordBatch::try_from_iter(named).map_err(|_| unreadable())
}

/// What [`leavers`] made.
pub(super) fn read_leavers(batch: &RecordBatch) -> Result<Vec<(i64, String)>, Problem> {
    let leads = batch
        .column(0)
        .as_primitive_opt::<Int64Type>()
        .ok_or_else(unreadable)?;
    let keys = batch
        .column(1)
        .as_string_opt::<i32>()
        .ok_or_else(unreadable)?;
    let leaver = |row| (leads.value(row), keys.value(row).to_owned());
    Ok((0..batch.num_rows()).map(leaver).collect())
}

fn numbers<T: PartialEq>(words: &[T], column: &[T]) -> Result<UInt8Array, Problem> {
    let number = |word: &T| words.iter().position(|known| known == word);
    let numbers = column
        .iter()
        .map(|word| number(word).and_then(|at| u8::try_from(at).ok()));
    let numbers: Option<Vec<u8>> = numbers.collect();
    Ok(UInt8Array::from(numbers.ok_or_else(unreadable)?))
}

fn unreadable() -> Problem {
    Problem::new(
        Code::StoreDamaged,
        "A block of a plan does not read back.",
        "Preview the sync again.",
    )
}
