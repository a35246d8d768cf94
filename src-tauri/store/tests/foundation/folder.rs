use crate::{World, names, wrong_key};
use std::{fs, sync::Arc};
use usher_model::Secret;
use usher_store::{Folder, Keychain as _, KeychainKind, StoreError, keychain::Fault};

#[test]
fn a_new_folder_is_private_and_opens_again_with_its_key() {
    let world = World::new();
    let (folder, key) = world.open().unwrap();
    assert_eq!(folder.kind(), KeychainKind::Os);
    assert_eq!(names(&world.path()), ["folder.json"]);
    assert_eq!(
        world.keychain.accounts(),
        [format!("{}/database-key", folder.id())]
    );
    #[cfg(unix)]
    assert_eq!(crate::mode(&world.path()), 0o700);
    let (again, same) = world.open().unwrap();
    assert_eq!((again.id(), same), (folder.id(), key.clone()));
    let found = Folder::existing(&world.path()).unwrap().unwrap();
    assert!(found.recognises(&key) && !found.recognises(&wrong_key()));
}

#[test]
fn two_folders_share_nothing_in_one_keychain() {
    let one = World::new();
    let two = World {
        keychain: Arc::clone(&one.keychain),
        ..World::new()
    };
    let ((a, key_a), (b, key_b)) = (one.open().unwrap(), two.open().unwrap());
    assert_ne!(a.id(), b.id());
    assert_ne!(key_a, key_b);
    assert_eq!(one.keychain.accounts().len(), 2);
    assert_eq!(
        one.open().unwrap().1,
        key_a,
        "the second folder took the first one's key"
    );
}

#[test]
fn every_keychain_failure_is_told_apart_and_makes_nothing() {
    let code = |error: StoreError| match error {
        StoreError::KeychainLocked(_) => "locked",
        StoreError::KeychainAbsent(_) => "absent",
        StoreError::KeychainDenied(_) => "denied",
        StoreError::KeychainUnreliable(_) => "unreliable",
        other => panic!("{other:?}"),
    };
    let matrix = [
        (Fault::Locked, "locked", Some("locked")),
        (Fault::LockedAndSilent, "locked", Some("locked")),
        (Fault::Absent, "absent", Some("absent")),
        (Fault::Denied, "denied", Some("denied")),
        (Fault::Forgetful, "unreliable", None),
    ];
    for (fault, when_new, when_existing) in matrix {
        let world = World::new();
        world.keychain.set_fault(Some(fault));
        assert_eq!(
            code(world.open().unwrap_err()),
            when_new,
            "{fault:?}, new folder"
        );
        assert!(
            names(&world.path()).is_empty(),
            "{fault:?} left a folder without a key"
        );
        world.keychain.set_fault(None);
        let (_, key) = world.open().unwrap();
        world.keychain.set_fault(Some(fault));
        match when_existing {
            Some(word) => assert_eq!(code(world.open().unwrap_err()), word, "{fault:?}, existing"),
            None => assert_eq!(world.open().unwrap().1, key),
        }
    }
}

#[test]
fn no_new_key_is_ever_made_beside_data() {
    let world = World::new();
    let (folder, _) = world.open().unwrap();
    let account = format!("{}/database-key", folder.id());
    world.keychain.delete(&account).unwrap();
    assert!(matches!(world.open(), Err(StoreError::KeyMissing(_))));
    assert!(
        world.keychain.accounts().is_empty(),
        "a key was made for an existing folder"
    );
    for database in [
        "journal.db",
        "cache.db",
        "journal.db-wal",
        "journal.db.before-2",
    ] {
        let world = World::new();
        fs::create_dir(world.path()).unwrap();
        fs::write(world.path().join(database), "data").unwrap();
        assert!(
            matches!(world.open(), Err(StoreError::KeyMissing(_))),
            "{database}"
        );
        assert!(
            world.keychain.accounts().is_empty(),
            "a key was made beside {database}"
        );
        assert_eq!(names(&world.path()), [database]);
    }
}

#[test]
fn a_crash_while_a_folder_is_made_leaves_one_to_begin_anew_or_to_use() {
    // After the key was kept, before the folder says so: begun anew.
    let world = World::new();
    let (first, _) = world.open().unwrap();
    fs::remove_file(world.path().join("folder.json")).unwrap();
    fs::write(world.path().join(".tmpAbC123"), "{\"format\":").unwrap();
    let (second, key) = world.open().unwrap();
    assert_ne!(first.id(), second.id());
    // After the folder says so, before a database is made: used.
    let (third, same) = world.open().unwrap();
    assert_eq!((third.id(), same), (second.id(), key));
}

#[test]
fn folders_made_at_once_by_several_agree_on_one_key() {
    let world = World::new();
    let keys: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| world.open().unwrap().1))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    assert!(
        keys.iter().all(|key| *key == keys[0]),
        "two processes have two keys"
    );
    assert_eq!(
        world.keychain.accounts().len(),
        1,
        "keys that nobody uses were left behind"
    );
}

#[test]
fn a_changed_key_in_the_keychain_is_wrong_and_not_damage() {
    let world = World::new();
    let (folder, _) = world.open().unwrap();
    let account = format!("{}/database-key", folder.id());
    for text in ["rubbish".to_owned(), wrong_key().to_hex().to_string()] {
        world.keychain.set(&account, &Secret::new(text)).unwrap();
        assert!(matches!(world.open(), Err(StoreError::KeyWrong(_))));
    }
}

#[test]
fn a_passphrase_folder_needs_its_passphrase_and_no_keychain() {
    let world = World::new();
    world.keychain.set_fault(Some(Fault::Absent));
    let kind = Some(KeychainKind::Passphrase);
    for none in [None, Some(" ")] {
        assert!(matches!(
            world.open_as(kind, none),
            Err(StoreError::PassphraseNeeded(_))
        ));
        assert!(
            names(&world.path()).is_empty(),
            "a folder was made without a passphrase"
        );
    }
    let (_, key) = world.open_as(kind, Some("correct horse")).unwrap();
    assert_eq!(world.open_as(None, Some("correct horse")).unwrap().1, key);
    assert!(matches!(world.open(), Err(StoreError::PassphraseNeeded(_))));
    assert!(matches!(
        world.open_as(None, Some("battery staple")),
        Err(StoreError::PassphraseWrong(_))
    ));
}

#[test]
fn the_kind_is_fixed_when_the_folder_is_made() {
    let world = World::new();
    world.open_as(Some(KeychainKind::Os), None).unwrap();
    world.open_as(Some(KeychainKind::Os), None).unwrap();
    assert!(matches!(
        world.open_as(Some(KeychainKind::Passphrase), Some("p")),
        Err(StoreError::KeychainFixed(_))
    ));
}

#[test]
fn a_folder_of_a_newer_version_is_refused_and_left_alone() {
    let world = World::new();
    fs::create_dir(world.path()).unwrap();
    let file = world.path().join("folder.json");
    fs::write(&file, r#"{"format":7}"#).unwrap();
    assert!(matches!(world.open(), Err(StoreError::Newer(_))));
    assert_eq!(fs::read_to_string(file).unwrap(), r#"{"format":7}"#);
    assert!(world.keychain.accounts().is_empty());
}
