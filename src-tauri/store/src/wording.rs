//! The store's failures in the words of whoever has to act on them.

use crate::StoreError;
use usher_model::{Code, Problem};

const UNLOCK: &str = "Unlock it (on Linux: sign in to the desktop or open its password manager) \
                      and try again.";
const NO_KEYCHAIN: &str = "On a machine without a keychain, choose a new folder with `--data-dir` \
                           and `--keychain passphrase`; otherwise start the system's keychain and \
                           try again.";
const NO_NEW_KEY: &str = "Nothing was changed, and no new key was made, because it could never \
                          open what is there.";

/// What happened, what it means, what to do. The code is for programs; the
/// texts say a path where it helps, and never a secret.
pub(crate) fn problem(error: &StoreError) -> Problem {
    match error {
        StoreError::KeychainLocked(_)
        | StoreError::KeychainAbsent(_)
        | StoreError::KeychainDenied(_)
        | StoreError::KeychainUnreliable(_) => keychain(error),
        StoreError::KeyMissing(_)
        | StoreError::KeyWrong(_)
        | StoreError::PassphraseWrong(_)
        | StoreError::PassphraseNeeded(_)
        | StoreError::KeychainFixed(_) => key(error),
        StoreError::NotFound { kind, name } => Problem::not_found(kind, name),
        StoreError::NameTaken { kind, name } => Problem::new(
            Code::NameTaken,
            format!("There is already a {kind} named `{name}`."),
            "Choose another name, or remove that one first.",
        ),
        StoreError::InUse { kind, name, by } => Problem::new(
            Code::InUse,
            format!("The {kind} `{name}` was not removed: {by} still uses it."),
            "Remove or change what uses it first.",
        ),
        other => files(other),
    }
}

fn keychain(error: &StoreError) -> Problem {
    let means = "so Usher cannot open its data";
    match error {
        StoreError::KeychainLocked(why) => Problem::passing(
            Code::KeychainLocked,
            format!("The keychain is locked, {means} ({why})."),
            UNLOCK,
        ),
        StoreError::KeychainDenied(why) => Problem::passing(
            Code::KeychainLocked,
            format!("The keychain refused to give Usher its key, {means} ({why})."),
            "Try again and allow the access when the system asks.",
        ),
        StoreError::KeychainUnreliable(why) => Problem::new(
            Code::KeychainAbsent,
            format!("The keychain did not keep what Usher gave it, {means} ({why})."),
            NO_KEYCHAIN,
        ),
        other => Problem::new(
            Code::KeychainAbsent,
            format!("{}, {means}.", capital(&other.to_string())),
            NO_KEYCHAIN,
        ),
    }
}

fn key(error: &StoreError) -> Problem {
    match error {
        StoreError::KeyMissing(path) => Problem::new(
            Code::KeyMissing,
            format!(
                "There is data in {}, but the key that opens it is not in the keychain. {NO_NEW_KEY}",
                path.display()
            ),
            "Sign in as the user who made this folder, restore the keychain or the file \
             folder.json from a backup, or choose another folder with `--data-dir`.",
        ),
        StoreError::KeyWrong(path) => Problem::new(
            Code::KeyWrong,
            format!(
                "The key does not open {}. It belongs to another copy of the data, or the start \
                 of the file was overwritten. Nothing was changed.",
                path.display()
            ),
            "Restore the folder and the keychain from the same backup, or choose another folder \
             with `--data-dir`.",
        ),
        StoreError::PassphraseWrong(path) => Problem::new(
            Code::PassphraseWrong,
            format!(
                "The passphrase does not open {}. Nothing was changed.",
                path.display()
            ),
            "Try again. A lost passphrase cannot be recovered.",
        ),
        StoreError::KeychainFixed(path) => Problem::new(
            Code::Usage,
            format!(
                "{} keeps its key another way than `--keychain` asks for, and that is fixed when \
                 a folder is made.",
                path.display()
            ),
            "Leave `--keychain` out, or choose another folder with `--data-dir`.",
        ),
        other => Problem::new(
            Code::PassphraseNeeded,
            format!("The data folder {other}, and none was given."),
            "Give it on the terminal or with `--passphrase-stdin`.",
        ),
    }
}

fn files(error: &StoreError) -> Problem {
    match error {
        StoreError::Newer(path) => Problem::new(
            Code::StoreNewer,
            format!(
                "{} was written by a newer version of Usher, which this one cannot read. Nothing \
                 was changed.",
                path.display()
            ),
            "Install the newer version, or choose another folder with `--data-dir`.",
        ),
        StoreError::Older(path) => Problem::passing(
            Code::OwnerVersion,
            format!(
                "{} was written by an older version of Usher.",
                path.display()
            ),
            "Close every other Usher; the next command brings the data up to date.",
        ),
        StoreError::Damaged(what) => Problem::new(
            Code::StoreDamaged,
            format!("Part of what Usher stored on this machine is damaged ({what})."),
            "Nothing was deleted. Try again: what still reads of audiences and readings is then \
             kept, and what is lost is named. If it stays so, check the disk and restore the \
             folder from a backup.",
        ),
        StoreError::Unwritable(what) => Problem::passing(
            Code::StoreUnwritable,
            format!(
                "Usher cannot write to its data folder ({what}). The last step was not saved; \
                 everything before it was."
            ),
            "Free some space, or make the folder writable, and try again.",
        ),
        StoreError::Busy => Problem::passing(
            Code::StoreUnwritable,
            "Another process holds Usher's data for longer than Usher waits.",
            "Close what may be copying or scanning the folder, and try again.",
        ),
        other => Problem::new(
            Code::Internal,
            format!("Something in Usher itself went wrong: {other}."),
            "Try again; if it happens again, send the output of `usher doctor`.",
        ),
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

#[cfg(test)]
mod tests {
    use crate::StoreError;
    use usher_model::Code;

    #[test]
    fn every_failure_has_its_code_and_something_to_do() {
        let path = || std::path::PathBuf::from("/data/usher");
        let why = || "why".to_owned();
        let cases = [
            (StoreError::KeychainLocked(why()), Code::KeychainLocked),
            (StoreError::KeychainAbsent(why()), Code::KeychainAbsent),
            (StoreError::KeychainDenied(why()), Code::KeychainLocked),
            (StoreError::KeychainUnreliable(why()), Code::KeychainAbsent),
            (StoreError::KeyMissing(path()), Code::KeyMissing),
            (StoreError::KeyWrong(path()), Code::KeyWrong),
            (StoreError::PassphraseWrong(path()), Code::PassphraseWrong),
            (StoreError::PassphraseNeeded(path()), Code::PassphraseNeeded),
            (StoreError::KeychainFixed(path()), Code::Usage),
            (StoreError::Newer(path()), Code::StoreNewer),
            (StoreError::Older(path()), Code::OwnerVersion),
            (StoreError::Damaged(why()), Code::StoreDamaged),
            (StoreError::Unwritable(why()), Code::StoreUnwritable),
            (StoreError::Busy, Code::StoreUnwritable),
            (StoreError::internal("x"), Code::Internal),
        ];
        for (error, code) in cases {
            let problem = error.problem();
            assert_eq!(problem.code, code, "{error:?}");
            assert!(
                problem.message.ends_with('.'),
                "no sentence: {}",
                problem.message
            );
            assert!(!problem.hint.is_empty(), "nothing to do about {error:?}");
            assert!(!problem.message.contains(".."), "{}", problem.message);
        }
    }
}
