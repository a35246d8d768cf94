//! A process that closes brings to its end what is done in it, also what begins at that moment;
//! one that was asked to stop does neither.

#![allow(clippy::unwrap_used)]

use serde_json::Value;
use std::sync::Arc;
use usher_model::{Code, Problem};
use usher_store::{KeychainKind, MemoryKeychain};
use usher_sync::ImportRequest;
use usher_sync::owner::{Command, Opening, Session, Watch};

async fn opened(dir: &tempfile::TempDir) -> Session {
    drop(rustls::crypto::ring::default_provider().install_default());
    let folder = dir.path().join("data");
    let mut opening = Opening::system(folder, Some(KeychainKind::Os), None).unwrap();
    opening.unlock.keychain = Arc::<MemoryKeychain>::default();
    Session::open(opening).await.unwrap()
}

async fn import(session: &Session, dir: &tempfile::TempDir, name: &str) -> Result<Value, Problem> {
    let file = dir.path().join(name);
    std::fs::write(&file, "email\nann@x.example\n").unwrap();
    let request = ImportRequest {
        file,
        name: name.into(),
        format: None,
        encoding: None,
        delimiter: None,
        sheet: None,
    };
    let (watch, _) = Watch::new(|_| {}, |_| {}, || {});
    session.perform(Command::Import(request), None, watch).await
}

/// Begins a piece of work, which does not end at once.
macro_rules! begun {
    ($work:expr) => {
        tokio::select! {
            biased;
            _ = $work => panic!("it ended at once"),
            () = std::future::ready(()) => {}
        }
    };
}

#[tokio::test]
async fn what_begins_as_a_process_closes_is_brought_to_its_end() {
    let dir = tempfile::tempdir().unwrap();
    let session = opened(&dir).await;
    let mut first = Box::pin(import(&session, &dir, "first"));
    begun!(&mut first);
    let mut close = Box::pin(session.close());
    begun!(&mut close);
    import(&session, &dir, "second").await.unwrap();
    first.await.unwrap();
    close.await.unwrap();
}

#[tokio::test]
async fn what_begins_as_all_is_asked_to_stop_is_stopped() {
    let dir = tempfile::tempdir().unwrap();
    let session = opened(&dir).await;
    session.stop_all();
    let stopped = import(&session, &dir, "late").await.unwrap_err();
    assert_eq!(stopped.code, Code::Stopped);
    session.close().await.unwrap();
}
