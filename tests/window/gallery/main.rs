//! `cargo xtask gallery`: a picture of every screen and state, light and dark, of the built
//! window over a real store. What axe finds wrong with a picture is printed.
//!
//! Usage: gallery FOLDER

#![allow(clippy::unwrap_used, clippy::expect_used)]

use driver::{Album, Scheme, states};
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1) else {
        eprintln!("Usage: gallery FOLDER");
        return ExitCode::from(2);
    };
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder).unwrap();
    let (mut taken, mut faults) = (0, 0);
    for scheme in [Scheme::Light, Scheme::Dark] {
        let mut album = Album::new(folder, scheme);
        states::all(&mut album, scheme);
        taken += album.taken;
        faults += album.faults.len();
        for (name, fault) in album.faults {
            println!("{name} {scheme:?}: {fault:#}");
        }
    }
    println!(
        "{taken} pictures in {}, {faults} faults by axe",
        folder.display()
    );
    if faults == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
