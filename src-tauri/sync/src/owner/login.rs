//! Starting with the computer: an entry with the system that opens Usher on a data folder,
//! without its window, when its user logs in.

use auto_launch::{AutoLaunch, AutoLaunchBuilder};
use std::path::{Path, PathBuf};
use usher_model::{Code, Problem};

/// Whatever starts programs as a user logs in: the system, or a note in a test.
pub trait Login: Send + Sync {
    /// Whether Usher is started for this folder.
    fn is_on(&self, folder: &Path) -> Result<bool, Problem>;
    /// Has it started, or no longer.
    fn set(&self, folder: &Path, on: bool) -> Result<(), Problem>;
}

/// The system's own entries.
pub struct SystemLogin;

impl Login for SystemLogin {
    fn is_on(&self, folder: &Path) -> Result<bool, Problem> {
        entry(folder)?.is_enabled().map_err(|_| refused())
    }

    fn set(&self, folder: &Path, on: bool) -> Result<(), Problem> {
        let entry = entry(folder)?;
        let done = match (on, entry.is_enabled()) {
            (false, Ok(false)) => Ok(()),
            (false, _) => entry.disable(),
            (true, _) => entry.enable(),
        };
        done.map_err(|_| refused())
    }
}

/// For a process whose computer is made up.
pub struct NoLogin;

impl Login for NoLogin {
    fn is_on(&self, _: &Path) -> Result<bool, Problem> {
        Ok(false)
    }

    fn set(&self, _: &Path, _: bool) -> Result<(), Problem> {
        Err(refused())
    }
}

/// The entry of a folder; another folder's is another one.
fn entry(folder: &Path) -> Result<AutoLaunch, Problem> {
    let (program, ends_with) = program().ok_or_else(refused)?;
    let folder = folder.to_str().ok_or_else(refused)?;
    let hash = blake3::hash(folder.as_bytes()).to_hex();
    let program = program.to_str().ok_or_else(refused)?;
    let mut arguments = vec!["--data-dir".to_owned(), in_entry(folder)];
    arguments.push(ends_with.to_owned());
    AutoLaunchBuilder::new()
        .set_app_name(&format!("Usher-{}", &hash[..8]))
        .set_app_path(&in_entry(program))
        .set_args(&arguments)
        .build()
        .map_err(|_| refused())
}

/// The window, where it lies beside this program, or else this program as a daemon; with
/// the last of its arguments.
fn program() -> Option<(PathBuf, &'static str)> {
    let this = std::env::current_exe().ok()?;
    let window = this.with_file_name(format!("usher-app{}", std::env::consts::EXE_SUFFIX));
    match window.is_file() {
        true => Some((window, "--hidden")),
        false => Some((this, "daemon")),
    }
}

/// A word of a command as an entry takes it (Desktop Entry Specification, "The Exec key");
/// elsewhere words are kept apart by the library.
fn in_entry(word: &str) -> String {
    if !cfg!(target_os = "linux") {
        return word.to_owned();
    }
    let mut quoted = String::from("\"");
    for letter in word.chars() {
        match letter {
            // Escaped once for the command and once for the entry's text.
            '"' | '`' | '$' => quoted.extend(["\\\\", letter.encode_utf8(&mut [0; 4])]),
            '\\' => quoted.push_str("\\\\\\\\"),
            '%' => quoted.push_str("%%"),
            _ => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

fn refused() -> Problem {
    Problem::new(
        Code::LoginRefused,
        "This computer does not let Usher change what is started at login.",
        "Start Usher by hand, or add it to the programs that your desktop starts at login.",
    )
}
