//! The operating system's keychain: Keychain Services, Credential Manager or Secret Service.

use super::Keychain;
use crate::StoreError;
use keyring::{Entry, Error};
use usher_model::Secret;

/// One name for all of Usher; the accounts under it begin with a folder's id.
const SERVICE: &str = "usher";

/// The real one. Every call runs on a thread of its own and is waited for, since
/// the bus library must not block inside an async runtime. A keychain that was
/// absent at the first call stays absent for this process: the library looks once.
#[derive(Clone, Copy, Debug, Default)]
pub struct OsKeychain;

impl Keychain for OsKeychain {
    fn get(&self, account: &str) -> Result<Option<Secret>, StoreError> {
        match on_own_thread(account, |entry| entry.get_password()) {
            Ok(text) => Ok(Some(Secret::new(text))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(sorted(error)),
        }
    }

    fn set(&self, account: &str, secret: &Secret) -> Result<(), StoreError> {
        on_own_thread(account, |entry| entry.set_password(secret.expose())).map_err(sorted)
    }

    fn delete(&self, account: &str) -> Result<(), StoreError> {
        match on_own_thread(account, |entry| entry.delete_credential()) {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(sorted(error)),
        }
    }
}

fn on_own_thread<T: Send>(
    account: &str,
    call: impl FnOnce(Entry) -> keyring::Result<T> + Send,
) -> keyring::Result<T> {
    std::thread::scope(|scope| {
        let work = scope.spawn(|| Entry::new(SERVICE, account).and_then(call));
        // The library panics when its own lock is poisoned; to us it is then gone.
        work.join().unwrap_or(Err(Error::NoDefaultStore))
    })
}

/// Sorts the library's errors by what a person can do. Systems report a closed
/// or refused keychain in different places, so the cause's text is looked at
/// too; texts that could carry stored bytes are not passed on.
fn sorted(error: Error) -> StoreError {
    match error {
        Error::NoStorageAccess(cause) => by_cause(&*cause, StoreError::KeychainLocked),
        Error::PlatformFailure(cause) => by_cause(&*cause, StoreError::KeychainAbsent),
        Error::NoDefaultStore => match Entry::store_status() {
            Err(Error::PlatformFailure(cause) | Error::NoStorageAccess(cause)) => {
                by_cause(&**cause, StoreError::KeychainAbsent)
            }
            _ => StoreError::KeychainAbsent("none on this system".into()),
        },
        Error::Ambiguous(_) => unreliable("it holds several entries of one name"),
        Error::BadEncoding(_) | Error::BadDataFormat(..) => {
            unreliable("its entry was changed by another program")
        }
        Error::TooLong(..) => unreliable("the secret is longer than it takes"),
        _ => StoreError::KeychainAbsent("it does not do what Usher needs".into()),
    }
}

fn unreliable(why: &str) -> StoreError {
    StoreError::KeychainUnreliable(why.into())
}

/// Each row: what the cause says, in any spelling of any system; what it means; and that
/// in a person's words, which a bus's own are not.
type Meaning = (
    &'static [&'static str],
    fn(String) -> StoreError,
    &'static str,
);
const MEANINGS: [Meaning; 3] = [
    (
        &["NoResult", "ServiceUnknown", "NotFound", "Unavailable"],
        StoreError::KeychainAbsent,
        "no keyring was ever made on this desktop, or nothing offers one",
    ),
    // macOS: cancelled, wrong password; Windows: 5; the bus: AccessDenied.
    (
        &["AccessDenied", "-128", "-25293", "Access is denied"],
        StoreError::KeychainDenied,
        "the access was not allowed",
    ),
    // A prompt that was dismissed or could not be shown; macOS: no interaction allowed.
    (
        &["Prompt", "Locked", "IsLocked", "-25308"],
        StoreError::KeychainLocked,
        "its question was not answered, or could not be asked",
    ),
];

fn by_cause(
    cause: &(dyn std::error::Error + Send + Sync),
    otherwise: fn(String) -> StoreError,
) -> StoreError {
    let words = format!("{cause:?}");
    let is_said = |signs: &[&str]| signs.iter().any(|sign| words.contains(sign));
    match MEANINGS.iter().find(|(signs, ..)| is_said(signs)) {
        Some((_, kind, meaning)) => kind((*meaning).to_owned()),
        None => otherwise(format!("the system says: {cause}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keychain::{keep, probe};

    #[derive(Debug)]
    #[allow(dead_code)] // read through Debug only, as the real causes are
    enum Cause {
        Prompt,
        NoResult,
        Zbus(&'static str),
    }
    impl std::fmt::Display for Cause {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("as the system says it")
        }
    }
    impl std::error::Error for Cause {}

    #[test]
    fn the_systems_errors_are_told_apart() {
        let access = |cause| sorted(Error::NoStorageAccess(Box::new(cause)));
        let platform = |cause| sorted(Error::PlatformFailure(Box::new(cause)));
        assert!(matches!(
            access(Cause::Prompt),
            StoreError::KeychainLocked(_)
        ));
        assert!(matches!(
            access(Cause::NoResult),
            StoreError::KeychainAbsent(_)
        ));
        assert!(matches!(
            platform(Cause::Zbus("ServiceUnknown")),
            StoreError::KeychainAbsent(_)
        ));
        assert!(matches!(
            platform(Cause::Zbus("AccessDenied")),
            StoreError::KeychainDenied(_)
        ));
        assert!(matches!(
            platform(Cause::Zbus("IsLocked")),
            StoreError::KeychainLocked(_)
        ));
        assert!(matches!(
            platform(Cause::Zbus("?")),
            StoreError::KeychainAbsent(_)
        ));
        let odd = sorted(Error::BadEncoding(b"s3cret".to_vec()));
        assert!(matches!(odd, StoreError::KeychainUnreliable(_)));
        assert!(
            !format!("{odd:?}").contains("s3cret"),
            "stored bytes were passed on"
        );
    }

    /// Needs a session with an unlocked keychain, so it runs where that is said.
    #[test]
    fn the_real_keychain_keeps_and_forgets() {
        if std::env::var_os("USHER_TEST_KEYCHAIN").is_none_or(|value| value != "1") {
            println!("skipped: set USHER_TEST_KEYCHAIN=1 where a keychain is unlocked");
            return;
        }
        let account = format!("test-{}/connection/1", std::process::id());
        let secret = Secret::new("pässwörd-日本".into());
        let everything = || {
            probe(&OsKeychain, &account)?;
            keep(&OsKeychain, &account, &secret)?;
            OsKeychain.delete(&account)?;
            OsKeychain.delete(&account)?;
            OsKeychain.get(&account)
        };
        let left = everything().unwrap();
        assert!(left.is_none(), "a deleted secret is still there");
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let inside = runtime.block_on(async { everything() }).unwrap();
        assert!(inside.is_none(), "a deleted secret is still there");
    }
}
