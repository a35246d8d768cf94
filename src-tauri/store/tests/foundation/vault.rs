use crate::{FIRST, World};
use std::sync::Arc;
use usher_model::Secret;
use usher_store::{
    Database, Keychain as _, KeychainKind, Settings, StoreError, Vault, keychain::Fault,
};

fn vault(world: &World, kind: KeychainKind) -> Vault {
    let (folder, key) = world.open_as(Some(kind), Some("correct horse")).unwrap();
    let journal = Database::open(&folder.journal(), &key, Settings::JOURNAL, &FIRST).unwrap();
    Vault::new(&folder, world.keychain.clone(), Arc::new(journal))
}

#[test]
fn secrets_are_kept_replaced_and_forgotten_wherever_they_are() {
    for kind in [KeychainKind::Os, KeychainKind::Passphrase] {
        let world = World::new();
        if kind == KeychainKind::Passphrase {
            world.keychain.set_fault(Some(Fault::Absent));
        }
        let shown = |vault: &Vault| {
            let secret = vault.secret("connection/7").unwrap();
            secret.map(|secret| secret.expose().to_owned())
        };
        let first = vault(&world, kind);
        assert_eq!(shown(&first), None);
        first
            .put_secret("connection/7", &Secret::new("one".into()))
            .unwrap();
        first
            .put_secret("connection/7", &Secret::new("zwei ü".into()))
            .unwrap();
        drop(first);
        let again = vault(&world, kind);
        assert_eq!(shown(&again).as_deref(), Some("zwei ü"));
        again.forget_secret("connection/7").unwrap();
        again.forget_secret("connection/7").unwrap();
        assert_eq!(shown(&again), None);
    }
}

#[test]
fn copies_do_not_see_each_others_secrets() {
    let one = World::new();
    let two = World {
        keychain: Arc::clone(&one.keychain),
        ..World::new()
    };
    let (a, b) = (vault(&one, KeychainKind::Os), vault(&two, KeychainKind::Os));
    a.put_secret("connection/7", &Secret::new("of one".into()))
        .unwrap();
    assert!(b.secret("connection/7").unwrap().is_none());
    b.forget_secret("connection/7").unwrap();
    assert!(
        a.secret("connection/7").unwrap().is_some(),
        "another copy's secret was forgotten"
    );
}

#[test]
fn a_keychain_that_does_not_keep_it_is_found_out() {
    let world = World::new();
    let vault = vault(&world, KeychainKind::Os);
    world.keychain.set_fault(Some(Fault::Forgetful));
    let kept = vault.put_secret("connection/7", &Secret::new("x".into()));
    assert!(matches!(kept, Err(StoreError::KeychainUnreliable(_))));
    world.keychain.set_fault(Some(Fault::Locked));
    assert!(matches!(
        vault.secret("connection/7"),
        Err(StoreError::KeychainLocked(_))
    ));
    assert!(world.keychain.get("x").is_err());
}
