//! The files that everyone works on, made from a seed and kept between runs.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use usher_sandbox::{write_audience, write_extract, write_next_audience};

/// How much data, and which.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::Args)]
pub(crate) struct Size {
    /// Rows of the audience
    #[arg(long, default_value_t = 2_000_000)]
    pub(crate) people: u64,
    /// People of the destination
    #[arg(long, default_value_t = 1_500_000)]
    pub(crate) leads: u64,
    /// What they are drawn from
    #[arg(long, default_value_t = 7)]
    pub(crate) seed: u64,
}

impl Size {
    /// A folder's name that tells it from other sizes.
    pub(crate) fn name(self) -> String {
        let Self {
            people,
            leads,
            seed,
        } = self;
        format!("{people}-people-{leads}-leads-seed-{seed}")
    }
}

/// Which files are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Files {
    /// The audience, its next snapshot, and the destination's people.
    All,
    /// Without the next snapshot.
    First,
}

/// The files of one size.
#[derive(Clone, Debug)]
pub(crate) struct Data {
    folder: PathBuf,
}

impl Data {
    /// The files that [`Data::make`] left in a folder.
    pub(crate) fn of(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
        }
    }

    /// Makes what is not there yet. A file that is there is whole: it gets its name
    /// when it is.
    pub(crate) fn make(folder: &Path, size: Size, files: Files) -> io::Result<Self> {
        let Size {
            people,
            leads,
            seed,
        } = size;
        let rows = usize::try_from(people).map_err(io::Error::other)?;
        fs::create_dir_all(folder)?;
        let data = Self::of(folder);
        once(&data.profiles(), |out| {
            write_audience(out, rows, seed).map(drop)
        })?;
        if files == Files::All {
            once(&data.next(), |out| {
                write_next_audience(out, rows, seed).map(drop)
            })?;
        }
        once(&data.leads(), |out| write_extract(out, leads, seed))?;
        Ok(data)
    }

    /// Where they lie.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The audience.
    pub(crate) fn profiles(&self) -> PathBuf {
        self.folder.join("profiles_v1.csv")
    }

    /// The audience some time later: 3 % left, 3 % joined, 2 % changed.
    pub(crate) fn next(&self) -> PathBuf {
        self.folder.join("profiles_v2.csv")
    }

    /// Everyone of the destination.
    pub(crate) fn leads(&self) -> PathBuf {
        self.folder.join("leads.csv")
    }
}

fn once(file: &Path, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    if file.is_file() {
        return Ok(());
    }
    let unfinished = file.with_extension("unfinished");
    let mut out = BufWriter::with_capacity(1 << 20, File::create(&unfinished)?);
    fill(&mut out)?;
    out.into_inner().map_err(|error| error.into_error())?;
    fs::rename(unfinished, file)
}
