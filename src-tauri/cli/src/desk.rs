//! Where a command works: the data folder, opened as its owner or beside one,
//! and how its answers are wanted.

use crate::args::Keychain;
use crate::{input, watch};
use serde::de::DeserializeOwned;
use std::path::PathBuf;
use std::sync::Arc;
use usher_model::{Code, Problem, Secret};
use usher_sync::Usher;
use usher_sync::owner::{Command, KeychainKind, Opening, Session};

/// A command at work.
pub(crate) struct Desk {
    session: Session,
    pub(crate) json: bool,
}

/// A data folder that is not opened yet.
#[derive(Clone)]
pub(crate) struct Ready {
    pub(crate) opening: Opening,
    pub(crate) json: bool,
}

impl Desk {
    /// Makes everything ready to open the folder.
    pub(crate) fn ready(
        data_dir: Option<PathBuf>,
        keychain: Option<Keychain>,
        passphrase_stdin: bool,
        json: bool,
    ) -> Result<Ready, Problem> {
        let folder = match data_dir {
            Some(folder) => folder,
            None => default_folder()?,
        };
        let kind = keychain.map(|keychain| match keychain {
            Keychain::Os => KeychainKind::Os,
            Keychain::Passphrase => KeychainKind::Passphrase,
        });
        // A folder that cannot be read says so when it is opened, to doctor too.
        let wanted =
            passphrase_stdin || Opening::needs_passphrase(&folder, kind).unwrap_or_default();
        let passphrase = if wanted {
            input::passphrase(passphrase_stdin)?
        } else {
            None
        };
        Ok(Ready {
            opening: Opening::system(folder, kind, passphrase)?,
            json,
        })
    }

    /// Opens the folder.
    pub(crate) async fn at(opening: Opening, json: bool) -> Result<Self, Problem> {
        Ok(Self {
            session: Session::open(opening).await?,
            json,
        })
    }

    /// To read from.
    pub(crate) fn usher(&self) -> Arc<Usher> {
        self.session.usher()
    }

    /// Has a command done, its progress shown, and reads its answer.
    pub(crate) async fn perform<T: DeserializeOwned>(
        &self,
        command: Command,
        secret: Option<Secret>,
    ) -> Result<T, Problem> {
        let document = watch::perform(&self.session, command, secret).await?;
        serde_json::from_value(document).map_err(|_| {
            Problem::new(
                Code::Internal,
                "The answer cannot be read.",
                "What was asked for is done.",
            )
        })
    }

    /// Takes notice of why a command did not do what it was to do.
    pub(crate) fn heed(&self, problem: &Problem) {
        // It is being told all the same.
        drop(self.session.heed(problem));
    }

    pub(crate) async fn close(self) -> Result<(), Problem> {
        self.session.close().await
    }
}

/// The platform's place for an application's data.
pub(crate) fn default_folder() -> Result<PathBuf, Problem> {
    dirs::data_local_dir()
        .map(|folder| folder.join("usher"))
        .ok_or_else(|| {
            Problem::usage(
                "This user has no folder for application data; name one with `--data-dir`.",
            )
        })
}
