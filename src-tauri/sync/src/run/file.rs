//! People gathered into files for bulk import (Marketo docs: bulk lead import).
//!
//! A file has a column a field and says nothing of a field for one person alone: what a
//! blank cell does is not documented. So people who are sent the same fields share a
//! file, and who is to have a field emptied is sent in a call. So is everybody of a small
//! group: a file takes three calls at least.

use serde_json::Value;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use usher_model::{Batch, BatchKind, Item, ListAct, Person, Problem, SentFile};
use usher_remote::marketo::MAX_IMPORT;

use crate::run::cut::unsent;

/// The name of the lookup field that makes nobody.
const ID: &str = "id";

/// Files that are being filled.
pub(super) struct Files {
    dedupe_field: String,
    /// Groups with fewer people go in calls.
    fewest: usize,
    groups: BTreeMap<Group, Sheet>,
}

/// What became of a person who was to go in a file.
pub(super) enum Put {
    /// They are in one that is not full yet.
    There,
    /// The same, and this one was full before.
    Full(Batch),
    /// They cannot go in a file.
    Back(Item),
}

/// Who can share a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Group {
    kind: BatchKind,
    joins: bool,
    columns: Vec<String>,
}

#[derive(Default)]
struct Sheet {
    items: Vec<Item>,
    bytes: usize,
    /// Whether a file of this group is full already.
    is_more: bool,
}

impl Files {
    /// For people who are recognised by this field.
    pub(super) fn new(dedupe_field: &str, fewest: usize) -> Self {
        Self {
            dedupe_field: dedupe_field.to_owned(),
            fewest,
            groups: BTreeMap::new(),
        }
    }

    /// Adds a person.
    pub(super) fn add(&mut self, kind: BatchKind, person: &Person, item: Item) -> Put {
        let joins = person.list == ListAct::Add
            && (kind == BatchKind::Create || person.member() == item.lead);
        self.push(kind, joins, item)
    }

    /// The same for who is on no list yet and is sent nothing else.
    pub(super) fn join(&mut self, item: Item) -> Put {
        self.push(BatchKind::Add, true, item)
    }

    fn push(&mut self, kind: BatchKind, joins: bool, item: Item) -> Put {
        let columns = columns(kind, &self.dedupe_field, &item);
        let group = Group {
            kind,
            joins,
            columns: columns.iter().map(|&name| name.to_owned()).collect(),
        };
        let Some(length) = line_len(kind, &columns, &item) else {
            return Put::Back(item);
        };
        let title: usize = columns.iter().map(|name| name.len() + 3).sum();
        let sheet = self.groups.entry(group.clone()).or_default();
        let full = title + sheet.bytes + length > MAX_IMPORT && !sheet.items.is_empty();
        let before = full.then(|| std::mem::take(&mut sheet.items));
        if full {
            (sheet.bytes, sheet.is_more) = (0, true);
        }
        sheet.bytes += length;
        sheet.items.push(item);
        before.map_or(Put::There, |items| Put::Full(group.batch(items)))
    }

    /// The files that are not full, and who is better sent in calls.
    pub(super) fn finish(self) -> (Vec<Batch>, Vec<(BatchKind, Item)>) {
        let (mut files, mut few) = (Vec::new(), Vec::new());
        for (group, sheet) in self.groups {
            match sheet.is_more || sheet.items.len() >= self.fewest {
                true => files.push(group.batch(sheet.items)),
                false => few.extend(sheet.items.into_iter().map(|item| (group.kind, item))),
            }
        }
        (files, few)
    }
}

impl Group {
    fn batch(&self, items: Vec<Item>) -> Batch {
        Batch {
            file: Some(SentFile {
                joins: self.joins,
                ..SentFile::default()
            }),
            ..unsent(self.kind, items)
        }
    }
}

/// The field by which the service finds the people of a batch.
pub(super) fn lookup_field(kind: BatchKind, dedupe_field: &str) -> &str {
    match kind {
        BatchKind::Create => dedupe_field,
        _ => ID,
    }
}

/// The columns of an item's file: the lookup field first, the others by name.
fn columns<'a>(kind: BatchKind, dedupe_field: &'a str, item: &'a Item) -> Vec<&'a str> {
    let lookup = lookup_field(kind, dedupe_field);
    let fields: BTreeSet<&str> = item.changes.keys().map(String::as_str).collect();
    let others = fields.into_iter().filter(|name| *name != lookup);
    std::iter::once(lookup).chain(others).collect()
}

/// The text of a column; nothing where a file cannot say it.
fn cell<'a>(kind: BatchKind, column: &str, item: &'a Item) -> Option<Cow<'a, str>> {
    if kind != BatchKind::Create && column == ID {
        return Some(item.lead?.to_string().into());
    }
    let text: Cow<'_, str> = match item.changes.get(column)?.get(1)? {
        Value::String(text) => text.as_str().into(),
        Value::Bool(_) | Value::Number(_) => item.changes[column][1].to_string().into(),
        _ => return None,
    };
    // What the word does in an import is not documented either.
    (!text.trim().is_empty() && !text.trim().eq_ignore_ascii_case("null")).then_some(text)
}

/// The bytes of an item's line.
fn line_len(kind: BatchKind, columns: &[&str], item: &Item) -> Option<usize> {
    let mut length = 0;
    for column in columns {
        let text = cell(kind, column, item)?;
        length += text.len() + text.matches('"').count() + "\"\",".len();
    }
    Some(length)
}

/// A batch's file, every cell quoted, and what the service is told of each of its people
/// in the first column.
pub(super) fn written(
    kind: BatchKind,
    dedupe_field: &str,
    items: &[&Item],
) -> Result<(Vec<u8>, Vec<String>), Problem> {
    let Some(first) = items.first() else {
        return Ok((Vec::new(), Vec::new()));
    };
    let columns = columns(kind, dedupe_field, first);
    let mut file = csv::WriterBuilder::new()
        .quote_style(csv::QuoteStyle::Always)
        .from_writer(Vec::new());
    let mut names = Vec::with_capacity(items.len());
    let failed = |_| unwritable();
    file.write_record(&columns).map_err(failed)?;
    for item in items {
        let cells: Option<Vec<Cow<'_, str>>> = columns
            .iter()
            .map(|column| cell(kind, column, item))
            .collect();
        let cells = cells.ok_or_else(unwritable)?;
        let line = cells.iter().map(|cell| cell.as_bytes());
        file.write_record(line).map_err(failed)?;
        names.extend(cells.into_iter().next().map(Cow::into_owned));
    }
    let file = file.into_inner().map_err(|_| unwritable())?;
    Ok((file, names))
}

fn unwritable() -> Problem {
    Problem::new(
        usher_model::Code::Internal,
        "A file of people cannot be written.",
        "Resume the run.",
    )
}

#[cfg(test)]
mod tests {
    use super::{Files, Put, written};
    use serde_json::{Map, Value, json};
    use usher_model::{Batch, BatchKind, Item};

    fn person(key: &str, changes: Value) -> Item {
        let with_before = |(field, after): (String, Value)| (field, json!([null, after]));
        let changes: Map<String, Value> = match changes {
            Value::Object(all) => all.into_iter().map(with_before).collect(),
            _ => Map::new(),
        };
        Item {
            row: Some(1),
            key: key.to_owned(),
            lead: None,
            changes,
            emails: Vec::new(),
            warning: None,
        }
    }

    fn text(batch: &Batch) -> String {
        let items: Vec<&Item> = batch.items.iter().collect();
        String::from_utf8(written(batch.kind, "email", &items).unwrap().0).unwrap()
    }

    #[test]
    fn who_is_sent_the_same_fields_shares_a_file() {
        let mut files = Files::new("email", 1);
        let all = [
            json!({"email": "a@x.example", "firstName": "O'B, \"Ann\""}),
            json!({"email": "b@x.example", "firstName": "Bo", "age": 5}),
            json!({"email": "c@x.example", "firstName": "=1+1"}),
        ];
        for changes in all {
            let item = person("k", changes);
            assert!(matches!(
                files.push(BatchKind::Create, true, item),
                Put::There
            ));
        }
        let (batches, few) = files.finish();
        assert!(few.is_empty());
        let texts: Vec<String> = batches.iter().map(text).collect();
        assert_eq!(
            texts,
            [
                "\"email\",\"age\",\"firstName\"\n\"b@x.example\",\"5\",\"Bo\"\n",
                "\"email\",\"firstName\"\n\"a@x.example\",\"O'B, \"\"Ann\"\"\"\n\"c@x.example\",\"=1+1\"\n"
            ]
        );
    }

    #[test]
    fn what_a_file_cannot_say_comes_back() {
        let mut files = Files::new("email", 1);
        for value in [json!(null), json!(" "), json!("NULL")] {
            let item = person("k", json!({"email": "a@x.example", "city": value}));
            assert!(matches!(
                files.push(BatchKind::Create, false, item),
                Put::Back(_)
            ));
        }
        let (batches, few) = files.finish();
        assert!(batches.is_empty() && few.is_empty());
    }

    #[test]
    fn a_file_is_never_larger_than_the_service_takes() {
        let mut files = Files::new("email", 1);
        let long = "x".repeat(2_000_000);
        let mut full = Vec::new();
        for _ in 0..9 {
            let item = person("k", json!({"email": "a@x.example", "notes": long}));
            match files.push(BatchKind::Create, false, item) {
                Put::Full(batch) => full.push(batch),
                Put::There => {}
                Put::Back(_) => panic!("a file can say it"),
            }
        }
        let (rest, few) = files.finish();
        full.extend(rest);
        assert!(few.is_empty());
        let sizes: Vec<usize> = full.iter().map(|batch| batch.items.len()).collect();
        assert_eq!(sizes, [4, 4, 1]);
        assert!(
            full.iter()
                .all(|batch| text(batch).len() <= super::MAX_IMPORT)
        );
    }

    #[test]
    fn a_small_group_goes_in_calls() {
        let mut files = Files::new("email", 2);
        let item = person("k", json!({"email": "a@x.example"}));
        assert!(matches!(
            files.push(BatchKind::Create, true, item),
            Put::There
        ));
        let (batches, few) = files.finish();
        assert_eq!((batches.len(), few.len()), (0, 1));
    }
}
