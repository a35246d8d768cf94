//! Pictures of the window, each looked at by axe.

use crate::machine::Scheme;
use crate::{Window, violations};
use serde_json::Value;
use std::path::PathBuf;

/// Where pictures go, and what is wrong with them.
pub struct Album {
    folder: PathBuf,
    scheme: Scheme,
    /// How many were taken.
    pub taken: usize,
    /// What axe found, by the name of the picture.
    pub faults: Vec<(String, Value)>,
}

impl Album {
    /// An empty one, for a desktop of these colours.
    pub fn new(folder: impl Into<PathBuf>, scheme: Scheme) -> Self {
        Self {
            folder: folder.into(),
            scheme,
            taken: 0,
            faults: Vec::new(),
        }
    }

    /// Takes a picture of what the window shows once it is quiet.
    pub(crate) fn take(&mut self, window: &Window, name: &str) {
        window.settle();
        self.catch(window, name);
    }

    /// The same of something that moves, as it is at this moment.
    pub(crate) fn catch(&mut self, window: &Window, name: &str) {
        window.hush();
        self.snap(window, name);
        let found = violations(window).into_iter();
        self.faults
            .extend(found.map(|fault| (name.to_owned(), fault)));
    }

    /// Takes a picture of what is over too soon to be looked at for faults.
    pub(crate) fn snatch(&mut self, window: &Window, name: &str) {
        self.snap(window, name);
    }

    fn snap(&mut self, window: &Window, name: &str) {
        let scheme = match self.scheme {
            Scheme::Light => "light",
            Scheme::Dark => "dark",
        };
        window.picture(&self.folder.join(format!("{name}-{scheme}.png")));
        self.taken += 1;
    }
}
