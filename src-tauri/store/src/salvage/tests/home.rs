//! A folder with something in every table of its cache, and ways to harm it.

use crate::table::plans::Part;
use crate::table::{When, lists, plans, readings, snapshots};
use crate::{
    Folder, Key, KeychainKind, MemoryKeychain, Reader, StoreError, Stores, Tx, Unlock, block,
    open_folder,
};
use arrow_array::{ArrayRef, RecordBatch, StringArray};
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;
use usher_model::{AudienceId, PlanId, Quarantine, Snapshot, SnapshotId, SyncId, Timestamp};

/// Bytes a page of the cache.
pub(super) const PAGE: usize = 16384;
const ROWS: u64 = 40;

/// The same numbers again for the same seed (SplitMix64).
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(super) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }
}

/// A block of one row with this text.
fn text_block(text: &str) -> Vec<u8> {
    let column: ArrayRef = Arc::new(StringArray::from(vec![text]));
    block::encode(&RecordBatch::try_from_iter([("text", column)]).unwrap()).unwrap()
}

/// A folder as it was before anything happened to it.
pub(super) struct Home {
    dir: TempDir,
    keychain: Arc<MemoryKeychain>,
    pub(super) stores: Stores,
}

impl Home {
    fn open(dir: TempDir, keychain: Arc<MemoryKeychain>) -> Result<Self, StoreError> {
        let (folder, key) = unlock(dir.path(), &keychain);
        let stores = Stores::open(&folder, &key, keychain.clone())?;
        Ok(Self {
            dir,
            keychain,
            stores,
        })
    }

    /// Two audiences, the first with an older snapshot; readings, a list, plans.
    pub(super) fn furnished() -> Self {
        let home = Self::open(TempDir::new().unwrap(), Arc::default()).unwrap();
        let mut random = Random(7);
        for (id, audience, blocks) in [("s1", "a", 12), ("s2", "a", 30), ("s3", "b", 4)] {
            home.import(id, audience, blocks, &mut random);
        }
        let write = move |tx: &Tx<'_>| {
            let reading = readings::Reading {
                fields: vec!["email".into()],
                when: When::new(Timestamp(1), Timestamp(2)),
                calls: 3,
                keys: 60,
                whole: false,
                blocks: 60,
                there_at: None,
                partitions: Vec::new(),
                changes_since: None,
                told_by: None,
                exports: None,
            };
            let number = readings::begin(tx, "c/email", &reading)?;
            for at in 0..60_u32 {
                let text: String = (0..400).map(|_| format!("{:x}", random.next())).collect();
                let leads = readings::Leads {
                    count: 1,
                    asked: 1,
                    block: text_block(&text),
                    columns: vec![("asked".into(), block::encode_bytes(&at.to_be_bytes()))],
                };
                readings::put_block(tx, number, at.into(), &leads)?;
            }
            readings::publish(tx, number, &reading)?;
            let list = lists::ReadList {
                id: Some(5),
                name: "L".into(),
                folder: None,
                when: When::new(Timestamp(1), Timestamp(2)),
                calls: 1,
                told_by: Vec::new(),
            };
            lists::put(tx, "c", &list, &[1, 2, 3])?;
            let (plan, sync) = (PlanId("p".into()), SyncId("s".into()));
            plans::begin(tx, &plan, &sync, &SnapshotId("s2".into()), &[number])?;
            for seq in 0..20 {
                let text: String = (0..400).map(|_| format!("{:x}", random.next())).collect();
                plans::add_block(tx, &plan, Part::Rows, seq, &text_block(&text))?;
            }
            plans::publish(tx, &plan, "digest", "content", &"document")
        };
        home.stores.cache.write_blocking(write).unwrap();
        home
    }

    pub(super) fn import(&self, id: &str, audience: &str, blocks: u64, random: &mut Random) {
        let snapshot = Snapshot {
            id: SnapshotId(id.into()),
            audience: AudienceId(audience.into()),
            rows: blocks * ROWS,
            columns: vec!["email".into()],
            taken_at: Timestamp(0),
            content: String::new(),
            quarantine: Quarantine::default(),
        };
        let encoded: Vec<Vec<u8>> = (0..blocks)
            .map(|_| {
                let width = 1 + random.below(120);
                let cells: StringArray = (0..ROWS)
                    .map(|_| {
                        Some(
                            (0..width)
                                .map(|_| format!("{:x}", random.next()))
                                .collect::<String>(),
                        )
                    })
                    .collect();
                let column: ArrayRef = Arc::new(cells);
                block::encode(&RecordBatch::try_from_iter([("email", column)]).unwrap()).unwrap()
            })
            .collect();
        let write = move |tx: &Tx<'_>| {
            snapshots::begin(tx, &snapshot.id, &snapshot.audience)?;
            for (first_row, block) in (0..).step_by(40).zip(&encoded) {
                snapshots::add_block(tx, &snapshot.id, first_row, ROWS, block)?;
                let keys = block::encode_bytes(&[9; 640]);
                snapshots::put_column(tx, &snapshot.id, 0, "email", first_row, &keys)?;
            }
            snapshots::publish(tx, &snapshot)
        };
        self.stores.cache.write_blocking(write).unwrap();
    }

    /// A copy of all files, in which `harm` was done.
    pub(super) fn copy(&self, harm: impl FnOnce(&Folder)) -> Result<Self, StoreError> {
        self.stores.journal.close().unwrap();
        self.stores.cache.close().unwrap();
        let dir = TempDir::new().unwrap();
        for entry in std::fs::read_dir(self.dir.path()).unwrap() {
            let entry = entry.unwrap();
            std::fs::copy(entry.path(), dir.path().join(entry.file_name())).unwrap();
        }
        harm(&unlock(dir.path(), &self.keychain).0);
        Self::open(dir, self.keychain.clone())
    }

    pub(super) fn cache(&self) -> Reader<'_> {
        self.stores.cache.reader().unwrap()
    }
}

fn unlock(dir: &Path, keychain: &Arc<MemoryKeychain>) -> (Folder, Key) {
    let unlock = Unlock {
        kind: Some(KeychainKind::Os),
        passphrase: None,
        keychain: keychain.clone(),
    };
    open_folder(dir, &unlock).unwrap()
}

/// Overwrites a few bytes of a page.
pub(super) fn harm(file: &Path, page: usize, random: &mut Random) {
    let mut bytes = std::fs::read(file).unwrap();
    let at = page * PAGE + random.below(PAGE - 64);
    bytes[at..at + 1 + random.below(64)].fill_with(|| random.next() as u8);
    std::fs::write(file, bytes).unwrap();
}
