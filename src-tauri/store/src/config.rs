//! `folder.json`: the little that must be known before the key is there. Nothing in it is secret.

use crate::{StoreError, passphrase::Wrapped};
use serde::{Deserialize, Serialize};
use std::{
    fs,
    io::{ErrorKind, Write as _},
    path::{Path, PathBuf},
};

/// Where a folder's key and its connections' secrets are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeychainKind {
    /// The operating system's keychain.
    Os,
    /// The key is wrapped with a passphrase, for machines without a keychain.
    Passphrase,
}

/// The format this version writes; a higher one is refused.
const FORMAT: u32 = 1;
const NAME: &str = "folder.json";

/// What the file holds. It is written once, after the key is safe, and never changed.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Config {
    format: u32,
    /// Random; names the folder in the keychain, so that copies never meet there.
    pub(crate) id: String,
    pub(crate) keychain: KeychainKind,
    /// [`crate::Key::mark`] of the right key.
    pub(crate) key_mark: String,
    /// The key under the passphrase; absent with the system's keychain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) wrapped: Option<Wrapped>,
}

/// The part that every format has, read first.
#[derive(Deserialize)]
struct Format {
    format: u32,
}

impl Config {
    pub(crate) fn new(id: String, key_mark: String, wrapped: Option<Wrapped>) -> Self {
        let keychain = if wrapped.is_some() {
            KeychainKind::Passphrase
        } else {
            KeychainKind::Os
        };
        Self {
            format: FORMAT,
            id,
            keychain,
            key_mark,
            wrapped,
        }
    }

    /// Reads the file; nothing when the folder has none.
    ///
    /// # Errors
    /// `Newer` for a later format, `Damaged` for anything that is not ours,
    /// `Unwritable` when the file cannot be read at all.
    pub(crate) fn read(dir: &Path) -> Result<Option<Self>, StoreError> {
        let path = file(dir);
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(StoreError::io(&path, &error)),
        };
        let damaged = |detail: &str| StoreError::Damaged(detail.into()).about(&path);
        let Format { format } =
            serde_json::from_slice(&text).map_err(|_| damaged("not what Usher writes"))?;
        if format > FORMAT {
            return Err(StoreError::Newer(path));
        }
        let config: Self =
            serde_json::from_slice(&text).map_err(|_| damaged("not what Usher writes"))?;
        // The id becomes part of names in the keychain: only our own spelling will do.
        if config.id.len() != 32 || !config.id.bytes().all(|c| c.is_ascii_hexdigit()) {
            return Err(damaged("its id is not one of ours"));
        }
        if config.wrapped.is_some() != (config.keychain == KeychainKind::Passphrase) {
            return Err(damaged("its key is not where it says"));
        }
        Ok(Some(config))
    }

    /// Writes the file whole or not at all, readable by this user only, and says
    /// whether it did: `false` means another process had made one in the meantime.
    pub(crate) fn write(&self, dir: &Path) -> Result<bool, StoreError> {
        let path = file(dir);
        let failed = |error: std::io::Error| StoreError::io(&path, &error);
        let mut draft = tempfile::NamedTempFile::new_in(dir).map_err(failed)?;
        let text = serde_json::to_vec_pretty(self)
            .map_err(|_| StoreError::internal("folder.json cannot be put into words"))?;
        draft
            .write_all(&text)
            .and_then(|()| draft.as_file().sync_all())
            .map_err(failed)?;
        match draft.persist_noclobber(&path) {
            Ok(_) => {}
            Err(error) if error.error.kind() == ErrorKind::AlreadyExists => return Ok(false),
            Err(error) => return Err(failed(error.error)),
        }
        // The name itself must survive a power cut. Windows has no such call.
        #[cfg(unix)]
        fs::File::open(dir)
            .and_then(|dir| dir.sync_all())
            .map_err(failed)?;
        Ok(true)
    }
}

fn file(dir: &Path) -> PathBuf {
    dir.join(NAME)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> StoreError {
        let dir = tempfile::tempdir().unwrap();
        fs::write(file(dir.path()), text).unwrap();
        Config::read(dir.path()).expect_err("accepted")
    }

    #[test]
    fn a_newer_format_is_refused_whatever_else_is_in_it() {
        assert!(matches!(
            refused(r#"{"format":2,"all":"new"}"#),
            StoreError::Newer(_)
        ));
    }

    #[test]
    fn what_is_not_ours_is_damaged() {
        let id = "0123456789abcdef0123456789abcdef";
        for text in [
            String::new(),
            "[]".into(),
            r#"{"format":1}"#.into(),
            r#"{"format":1,"id":"../x","keychain":"os","key_mark":""}"#.into(),
            format!(r#"{{"format":1,"id":"{id}","keychain":"passphrase","key_mark":""}}"#),
        ] {
            assert!(matches!(refused(&text), StoreError::Damaged(_)), "{text}");
        }
    }

    #[test]
    fn the_second_writer_loses_and_the_file_is_private() {
        let dir = tempfile::tempdir().unwrap();
        let config = |c: char| Config::new(c.to_string().repeat(32), String::new(), None);
        assert!(config('a').write(dir.path()).unwrap());
        assert!(!config('b').write(dir.path()).unwrap());
        let read = Config::read(dir.path()).unwrap().unwrap();
        assert_eq!(
            read.id,
            "a".repeat(32),
            "the first one's file was overwritten"
        );
        assert_eq!(
            fs::read_dir(dir.path()).unwrap().count(),
            1,
            "a draft was left behind"
        );
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(file(dir.path())).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }
}
