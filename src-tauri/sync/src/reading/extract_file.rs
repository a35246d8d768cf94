//! Everyone from a file that somebody exported. What it says is as of when the file was
//! written.

use crate::plan::ReadDocument;
use crate::progress::Progress;
use crate::reading::block::LeadColumn;
use crate::reading::everyone::{Everyone, broke_off, of_everyone};
use crate::reading::people::key_columns;
use crate::usher::Usher;
use std::path::Path;
use std::sync::Arc;
use usher_model::{Connection, Destination, Problem, ServiceDescription, Timestamp};
use usher_remote::file::{self, Options};
use usher_store::table::{When, definitions};

impl Usher {
    /// Takes a file of all people of a destination for its reading.
    pub async fn read_extract(
        self: &Arc<Self>,
        destination: &str,
        file: &Path,
        progress: &Progress,
    ) -> Result<ReadDocument, Problem> {
        let destination: Destination = self.find(destination)?;
        let connection: Connection = self.find(destination.connection.as_str())?;
        let said = definitions::description(&*self.journal.reader()?, &connection.id)?;
        let (usher, file, progress) = (self.clone(), file.to_owned(), progress.clone());
        let read = move || usher.extract_file(&destination, said.as_ref(), &file, &progress);
        let read = tokio::task::spawn_blocking(read).await;
        read.unwrap_or_else(|_| Err(broke_off()))
    }

    fn extract_file(
        self: &Arc<Self>,
        destination: &Destination,
        said: Option<&ServiceDescription>,
        file: &Path,
        progress: &Progress,
    ) -> Result<ReadDocument, Problem> {
        let fields = |name: &String| said.and_then(|said| said.field(name)).cloned();
        let key = fields(&destination.dedupe_field);
        let mapped = destination.mapping.fields.iter();
        let mapped = mapped.filter_map(|rule| fields(&rule.target));
        let mut columns: Vec<LeadColumn> = key.iter().flat_map(key_columns).collect();
        columns.extend(mapped.map(|field| LeadColumn::Value(Box::new(field))));

        let mut rows = file::open(file, &Options::default()).map_err(|error| error.problem())?;
        let at = written_at(file).unwrap_or_else(|| self.now());
        let everyone = Everyone::begin(
            self,
            &destination.connection,
            columns,
            of_everyone(said, at),
        )?;
        let (people, fields) = match everyone.keep(rows.as_mut(), progress) {
            Ok(kept) => kept,
            Err(problem) => {
                everyone.discard()?;
                return Err(problem);
            }
        };
        let mut when = When::new(at, at);
        // By a clock that is ahead of this one.
        when.date_back(self.now(), everyone.when(&everyone.reading()).started_at);
        everyone.publish(fields, 0, None, when)?;
        Ok(ReadDocument {
            destination: destination.name.clone(),
            audience: None,
            keys: people,
            calls: 0,
            as_of: when.as_of(),
        })
    }
}

/// When a file was last written.
fn written_at(file: &Path) -> Option<Timestamp> {
    let written = std::fs::metadata(file)
        .and_then(|meta| meta.modified())
        .ok()?;
    let since = written.duration_since(std::time::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_millis()).ok().map(Timestamp)
}
