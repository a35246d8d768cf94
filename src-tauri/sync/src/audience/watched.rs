//! Files that audiences follow: which of a folder counts, and what was made of it.

use crate::audience::{AudienceDocument, ImportRequest};
use crate::progress::Progress;
use crate::usher::Usher;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;
use usher_model::{
    Audience, AudienceId, Code, FileMark, Problem, Sync, SyncId, Timestamp, Watched,
};
use usher_store::Tx;
use usher_store::table::{definitions, schedules};

/// What files of a folder end in that can be audiences.
const ENDS: [&str; 7] = ["csv", "tsv", "txt", "parquet", "xlsx", "gz", "zst"];

impl Usher {
    /// Imports a file, or a folder's newest, and follows it from then on.
    pub async fn watch_audience(
        self: &Arc<Self>,
        name: &str,
        path: &Path,
        progress: &Progress,
    ) -> Result<AudienceDocument, Problem> {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let mark = newest(&path).await?.ok_or_else(|| nothing_in(&path))?;
        let request = ImportRequest::of_file(name, &mark.file);
        let imported = self.import(request, progress).await?;
        let mut audience: Audience = self.find(&imported.id)?;
        audience.watched = Some(Watched {
            path: path.display().to_string(),
            taken: Some(mark),
            problem: None,
            content: Some(self.audience(&imported.id)?.1.content),
        });
        self.replace(&audience).await?;
        self.audience_document(&imported.id)
    }

    /// Follows nothing for an audience any more; what was imported stays.
    pub async fn unwatch_audience(&self, id_or_name: &str) -> Result<AudienceDocument, Problem> {
        let mut audience: Audience = self.find(id_or_name)?;
        audience.watched = None;
        self.replace(&audience).await?;
        self.audience_document(audience.id.as_str())
    }

    /// Notes what became of a file that an audience follows and, where the audience changed
    /// by it, that its syncs have to run; one that follows nothing any more is left.
    pub(crate) async fn note_taken(
        &self,
        id: &AudienceId,
        mark: FileMark,
        problem: Option<Problem>,
    ) -> Result<(), Problem> {
        let mut audience: Audience = self.find(id.as_str())?;
        // One whose rows were lost has none until a file is imported again.
        let content = self
            .audience(id.as_str())
            .ok()
            .map(|(_, found)| found.content);
        let Some(watched) = audience.watched.as_mut() else {
            return Ok(());
        };
        watched.taken = Some(mark);
        watched.problem = problem;
        let mut owed = Vec::new();
        if content.is_some() && watched.content != content {
            watched.content = content;
            owed = self.all::<Sync>()?;
            owed.retain(|sync| sync.audience == *id);
        }
        let noted = move |tx: &Tx<'_>| {
            definitions::replace(tx, &audience)?;
            let mut owed = owed.iter();
            owed.try_for_each(|sync| schedules::owe(tx, &sync.id))
        };
        Ok(self.journal.write(noted).await?)
    }

    /// The syncs that have to run, for their audiences changed.
    pub(crate) fn owed(&self) -> Result<Vec<SyncId>, Problem> {
        Ok(schedules::owed(&*self.journal.reader()?)?)
    }

    /// Notes that there is no run to begin for what changed.
    pub(crate) async fn owe_no_more(&self, sync: &SyncId) -> Result<(), Problem> {
        let sync = sync.clone();
        let noted = move |tx: &Tx<'_>| schedules::owe_no_more(tx, &sync);
        Ok(self.journal.write(noted).await?)
    }
}

impl ImportRequest {
    /// A file whose form is found out.
    pub fn of_file(name: &str, file: &str) -> Self {
        Self {
            file: PathBuf::from(file),
            name: name.to_owned(),
            format: None,
            encoding: None,
            delimiter: None,
            sheet: None,
        }
    }
}

/// The file at this place, or the one of this folder that was written last; nothing in a
/// folder that has none.
pub(crate) async fn newest(path: &Path) -> Result<Option<FileMark>, Problem> {
    let path = path.to_owned();
    let looked = tokio::task::spawn_blocking(move || {
        let about = std::fs::metadata(&path)?;
        if !about.is_dir() {
            return Ok(Some(mark(&path, &about)));
        }
        let mut newest: Option<FileMark> = None;
        for entry in std::fs::read_dir(&path)? {
            let file = entry?.path();
            // It may be gone meanwhile.
            let Some(about) = std::fs::metadata(&file)
                .ok()
                .filter(|about| about.is_file())
            else {
                continue;
            };
            if can_be_audience(&file) {
                let one = mark(&file, &about);
                let age = |mark: &FileMark| (mark.modified, mark.file.clone());
                newest = newest
                    .filter(|newest| age(newest) >= age(&one))
                    .or(Some(one));
            }
        }
        Ok(newest)
    });
    match looked.await {
        Ok(looked) => looked.map_err(|error: std::io::Error| unreadable(&error)),
        Err(_) => Err(unreadable(&std::io::ErrorKind::Other.into())),
    }
}

fn can_be_audience(file: &Path) -> bool {
    let name = file.file_name().and_then(|name| name.to_str());
    let end = file.extension().and_then(|end| end.to_str());
    name.is_some_and(|name| !name.starts_with(['.', '~']))
        && end.is_some_and(|end| ENDS.iter().any(|known| end.eq_ignore_ascii_case(known)))
}

fn mark(file: &Path, about: &std::fs::Metadata) -> FileMark {
    let since = about
        .modified()
        .ok()
        .and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    FileMark {
        file: file.display().to_string(),
        len: about.len(),
        modified: Timestamp(since.map_or(0, |since| {
            i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
        })),
    }
}

fn nothing_in(path: &Path) -> Problem {
    Problem::new(
        Code::FileUnreadable,
        format!("There is no file of people in {}.", path.display()),
        "Put one there: CSV, TSV, Parquet or XLSX.",
    )
}

fn unreadable(error: &std::io::Error) -> Problem {
    Problem::passing(
        Code::FileUnreadable,
        format!("What is to be followed cannot be read: {}.", error.kind()),
        "Check that the file or folder is there and may be read.",
    )
}
