//! `cargo xtask gallery`: a picture of every screen and state, light and dark, of the built
//! window over a real store. What axe finds wrong with a picture is printed beside it.
//!
//! Usage: gallery FOLDER

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod states;

use driver::{Machine, Scheme, Window, violations};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Where pictures go, and what was wrong with them.
pub(crate) struct Album {
    folder: PathBuf,
    scheme: Scheme,
    taken: usize,
    faults: usize,
}

impl Album {
    /// Takes a picture of what the window shows once it is quiet.
    pub(crate) fn take(&mut self, window: &Window, name: &str) {
        window.settle();
        self.snap(window, name);
        for fault in violations(window) {
            self.faults += 1;
            println!("{name} {:?}: {fault:#}", self.scheme);
        }
    }

    /// The same of something that moves, unchecked.
    pub(crate) fn snap(&mut self, window: &Window, name: &str) {
        let scheme = match self.scheme {
            Scheme::Light => "light",
            Scheme::Dark => "dark",
        };
        window.picture(&self.folder.join(format!("{name}-{scheme}.png")));
        self.taken += 1;
    }
}

fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1) else {
        eprintln!("Usage: gallery FOLDER");
        return ExitCode::from(2);
    };
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder).unwrap();
    let (mut taken, mut faults) = (0, 0);
    for scheme in [Scheme::Light, Scheme::Dark] {
        let mut album = Album {
            folder: folder.to_owned(),
            scheme,
            taken: 0,
            faults: 0,
        };
        states::all(&mut album, || Machine::with(scheme));
        taken += album.taken;
        faults += album.faults;
    }
    println!("{taken} pictures in {}, {faults} faults by axe", folder.display());
    if faults == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
