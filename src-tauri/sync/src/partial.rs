//! Files that Usher writes: whole or not at all.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use usher_model::{Code, Problem};

/// A file under a name of its own beside its place until it is finished; gone if it
/// never is. It takes the place of a file that is there.
pub(crate) struct Partial {
    file: fs::File,
    partial: PathBuf,
    output: PathBuf,
    finished: bool,
}

impl Partial {
    pub(crate) fn create(output: &Path) -> Result<Self, Problem> {
        let mut partial = output.as_os_str().to_owned();
        partial.push(".partial");
        let partial = PathBuf::from(partial);
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options
            .open(&partial)
            .map_err(|error| unwritable(output, &error))?;
        Ok(Self {
            file,
            partial,
            output: output.to_owned(),
            finished: false,
        })
    }

    /// Puts the file in its place, safe from a crash.
    pub(crate) fn finish(&mut self) -> Result<(), Problem> {
        let done = self
            .file
            .sync_all()
            .and_then(|()| fs::rename(&self.partial, &self.output));
        self.finished = done.is_ok();
        done.map_err(self.unwritable())
    }

    /// Puts into words why it cannot be written.
    pub(crate) fn unwritable(&self) -> impl Fn(io::Error) -> Problem + use<> {
        let output = self.output.clone();
        move |error| unwritable(&output, &error)
    }
}

impl Write for Partial {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        if !self.finished {
            drop(fs::remove_file(&self.partial));
        }
    }
}

fn unwritable(output: &Path, error: &io::Error) -> Problem {
    Problem::new(
        Code::FileUnreadable,
        format!(
            "The file `{}` cannot be written: {}.",
            output.display(),
            error.kind()
        ),
        "Choose another place, or make room; nothing was left there.",
    )
}
