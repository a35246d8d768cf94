use crate::{FIRST, TABLE, World, add};
use std::{fs, sync::Arc};
use usher_model::Secret;
use usher_store::{Database, KeychainKind, Migration, Settings, Vault};

/// Where in the folder one of these texts is, in any file.
fn leaks(world: &World, texts: &[&[u8]]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(world.path()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        for text in texts {
            if bytes.windows(text.len()).any(|window| window == *text) {
                found.push(format!(
                    "{} in {}",
                    String::from_utf8_lossy(text),
                    path.display()
                ));
            }
        }
    }
    found
}

#[test]
fn no_data_secret_or_key_is_readable_in_any_file() {
    const CANARY: &str = "canary-jane.doe@example.com";
    for kind in [KeychainKind::Os, KeychainKind::Passphrase] {
        let world = World::new();
        let (folder, key) = world.open_as(Some(kind), Some("correct horse")).unwrap();
        let raw: Vec<u8> = (0..32)
            .map(|at| u8::from_str_radix(&key.to_hex()[at * 2..at * 2 + 2], 16).unwrap())
            .collect();
        let hex = key.to_hex();
        let texts: [&[u8]; 5] = [
            CANARY.as_bytes(),
            b"correct horse",
            hex.as_bytes(),
            &raw,
            b"CREATE TABLE",
        ];
        for (path, settings) in [
            (folder.journal(), Settings::JOURNAL),
            (folder.cache(), Settings::CACHE),
        ] {
            let database = Arc::new(Database::open(&path, &key, settings, &FIRST).unwrap());
            for n in 0..50 {
                add(&database, &format!("{CANARY} {n}")).unwrap();
            }
            if settings.page_size == 4096 {
                let vault = Vault::new(&folder, world.keychain.clone(), Arc::clone(&database));
                vault
                    .put_secret("connection/7", &Secret::new(CANARY.into()))
                    .unwrap();
            }
            assert_eq!(leaks(&world, &texts), [""; 0], "with the log in use");
            database.close().unwrap();
        }
        let more = Migration {
            number: 3,
            sql: "CREATE TABLE more (id INTEGER) STRICT;",
        };
        let steps = [
            FIRST[0],
            Migration {
                number: 2,
                sql: TABLE,
            },
            more,
        ];
        Database::open(&folder.journal(), &key, Settings::JOURNAL, &steps).unwrap();
        assert!(folder.path().join("journal.db.before-3").exists());
        assert_eq!(leaks(&world, &texts), [""; 0], "with a backup");
    }
}
