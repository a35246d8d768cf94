//! Who joined, left and stayed between an audience's last two snapshots, by key.
//!
//! This is the one place that knows how. It compares the stored key columns itself,
//! and is to become one call once Usher answers that.

use super::home::{AUDIENCE, Home};
use crate::told::{Counts, Failure};
use usher_matching::KeyKind;
use usher_model::{Audience, Snapshot};
use usher_store::Reader;
use usher_store::table::snapshots;

/// Counts of distinct valid keys.
pub(super) async fn counts(home: &Home) -> Result<Counts, Failure> {
    let audience: Audience = home.usher.find(AUDIENCE)?;
    let reader = home.stores.1.reader()?;
    let newest = snapshots::of_audience(&reader, &audience.id)?;
    let [after, before, ..] = newest.as_slice() else {
        return Err("there is no snapshot before this one".into());
    };
    let (before, after) = (keys(&reader, before)?, keys(&reader, after)?);
    let stayed = before
        .iter()
        .filter(|key| after.binary_search(key).is_ok())
        .count();
    Ok(Counts::from([
        ("joined".into(), (after.len() - stayed) as u64),
        ("left".into(), (before.len() - stayed) as u64),
        ("stayed".into(), stayed as u64),
    ]))
}

/// The valid keys of a snapshot, each once, in order.
fn keys(reader: &Reader<'_>, snapshot: &Snapshot) -> Result<Vec<u128>, Failure> {
    let column = snapshot.columns.iter().position(|name| name == "email");
    let column = column.ok_or("the audience has no column `email`")?;
    let kind = KeyKind::Email.as_str();
    let mut all = Vec::new();
    for (first_row, _) in snapshots::blocks(reader, &snapshot.id)? {
        let block = snapshots::column(reader, &snapshot.id, column, kind, first_row)?;
        let block = block.ok_or("the keys of a block are not kept")?;
        let (keys, _) = block.as_chunks::<16>();
        let keys = keys.iter().map(|key| u128::from_be_bytes(*key));
        all.extend(keys.filter(|key| *key > 1));
    }
    all.sort_unstable();
    all.dedup();
    Ok(all)
}
