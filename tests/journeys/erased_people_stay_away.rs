//! Who was erased stands in no file and no cell any more, and the file that
//! still has them does not bring them back.
#![cfg(unix)]

use crate::nothing_is_kept_in_clear::scan;
use serde_json::{Value, json};
use std::process::{Command, Stdio};
use std::sync::Arc;
use support::{Desk, PASSPHRASE, binary};
use usher_model::Secret;
use usher_store::{Database, MemoryKeychain, Stores, Unlock, block, open_folder};

const GONE: &str = "canary.gone@x.example";
const FILE: &str = "email,first,last,other\nada@x.example,Ada,Byron,\ncanary.gone@x.example,Cannie,Gone,\nbob@x.example,Bob,Roe,Canary.Gone@X.example\ncid@x.example,Cid,Poe,\n";

/// How many cells of both databases hold the address, behind their encryption
/// and compression.
fn cells(desk: &Desk) -> usize {
    let keychain = Arc::new(MemoryKeychain::default());
    let unlock = Unlock {
        kind: None,
        passphrase: Some(Secret::new(PASSPHRASE.to_owned())),
        keychain: keychain.clone(),
    };
    let (folder, key) = open_folder(&desk.data_dir(), &unlock).unwrap();
    let stores = Stores::open(&folder, &key, keychain).unwrap();
    cells_of(&stores.journal) + cells_of(&stores.cache)
}

fn cells_of(database: &Database) -> usize {
    let reader = database.reader().unwrap();
    let sql = "SELECT tables.name, columns.name FROM sqlite_schema tables, pragma_table_info(tables.name) columns WHERE tables.type = 'table'";
    let mut query = reader.prepare(sql).unwrap();
    let columns = query.query_map([], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
    });
    let columns: Vec<_> = columns.unwrap().map(|column| column.unwrap()).collect();
    let in_column = |(table, column): (String, String)| {
        let sql = format!("SELECT CAST(COALESCE({column}, '') AS BLOB) FROM {table}");
        let mut query = reader.prepare(&sql).unwrap();
        let cells = query.query_map([], |row| row.get::<_, Vec<u8>>(0)).unwrap();
        cells.filter(|cell| names(cell.as_ref().unwrap())).count()
    };
    columns.into_iter().map(in_column).sum()
}

fn names(cell: &[u8]) -> bool {
    let mut bytes = cell.to_vec();
    bytes.extend(block::decode_bytes(cell).unwrap_or_default());
    if let Ok(batch) = block::decode(cell) {
        bytes.extend(format!("{batch:?}").into_bytes());
    }
    let text = String::from_utf8_lossy(&bytes).to_lowercase();
    text.contains(GONE)
}

fn rows(desk: &Desk) -> Vec<Value> {
    desk.usher(&["audience", "members", "People"]).ok().lines()
}

/// What `forget` says to a person, in words.
fn forget_in_words(desk: &Desk) -> String {
    let mut command = Command::new(binary());
    command
        .args(["--keychain", "passphrase", "--passphrase-stdin"])
        .arg("--data-dir")
        .arg(desk.data_dir())
        .args(["forget", GONE])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let ended = desk.start_given(command, "").wait_with_output().unwrap();
    support::Ran::from(ended).ok().stdout
}

#[test]
fn an_erased_person_is_nowhere_and_the_same_file_does_not_bring_them_back() {
    let desk = Desk::default();
    desk.connect();
    desk.import(FILE);
    desk.destination("audience-and-profile", "update-and-create", &[]);
    desk.sync(&[]);
    let first = desk.run(0);
    let lead = desk.remote.leads_of(GONE)[0]["id"].as_i64().unwrap();
    assert!(desk.remote.members("People").unwrap().contains(&lead));
    let before = rows(&desk);
    assert!(cells(&desk) >= 3, "the person stands where it is looked");

    assert_eq!(desk.usher(&["forget", GONE]).ok().json()["rows"], 2);

    assert_eq!(cells(&desk), 0);
    assert!(scan(&desk.data_dir(), &[GONE, "Cannie"]) >= 3);
    let run = first["run_id"].as_str().unwrap();
    let report = desk.usher(&["run", "show", run]).ok().json();
    assert_eq!(report["people"], first["people"]);
    assert_eq!(report["list"], first["list"]);
    let blank = rows(&desk);
    assert_eq!(blank.len(), before.len(), "rows keep their numbers");
    assert!(before.contains(&blank[0]) && before.contains(&blank[3]));

    let again = desk.import(FILE);
    assert_eq!(again["rows"], 4);
    assert_eq!(rows(&desk), blank, "the import blanked the same rows");
    assert_eq!(cells(&desk), 0);
    assert!(scan(&desk.data_dir(), &[GONE, "Cannie"]) >= 3);
    let plan = desk.preview();
    assert_eq!(plan["people"]["skip"]["no_key"], 2, "{plan}");
    assert_eq!(plan["people"]["create"], 0);
    let writes = desk.remote.leads_of(GONE);
    let after = desk.run(0);
    assert_eq!(after["people"]["invalid"]["no_key"], 2, "{after}");
    assert_eq!(desk.remote.leads_of(GONE), writes, "nothing was sent");
    let members = desk.remote.members("People").unwrap();
    assert!(!members.contains(&lead), "the mirror took them off");
    assert_eq!(cells(&desk), 0, "nor did reading bring them back");

    let list = desk.usher(&["suppression", "list"]).ok().json();
    let entry = &list.as_array().unwrap()[0];
    assert_eq!(
        (&entry["key"], &entry["erased"]),
        (&json!(null), &json!(true))
    );
    desk.usher(&["suppression", "add", GONE]).ok();
    assert_eq!(desk.usher(&["suppression", "list"]).ok().json(), list);
    desk.usher(&["suppression", "remove", GONE]).ok();
    desk.import(FILE);
    assert_eq!(rows(&desk), before, "who is let back in comes back");
}

#[test]
fn what_a_doubt_still_needs_is_said_to_be_pending() {
    let desk = Desk::default();
    desk.connect();
    desk.import(FILE);
    desk.destination("audience-and-profile", "update-and-create", &[]);
    desk.sync(&[]);
    desk.killed_at(&["sync", "run", "Go"], "after_reply");

    let said = forget_in_words(&desk);
    assert!(!said.contains("for good"), "{said}");
    assert!(said.contains("Run `usher forget` again"), "{said}");
    assert!(!said.to_lowercase().contains("canary"), "{said}");
    assert!(cells(&desk) > 0, "the doubt is not settled");

    let run = desk.usher(&["run", "list"]).ok().json()[0]["run_id"].clone();
    desk.usher(&["run", "resume", run.as_str().unwrap()]);
    let said = forget_in_words(&desk);
    assert!(said.contains("for good"), "{said}");
    assert_eq!(cells(&desk), 0);
}
