//! Everyone from the service's own exports: all people, by when they were made, a month
//! of them in a file.

use crate::points;
use crate::progress::{Progress, Stopper};
use crate::reading::everyone::{Everyone, broke_off};
use crate::reading::export::{Exporter, unusable};
use crate::reading::people::{fields_asked, planned_columns};
use crate::route::windows;
use crate::service::{CallError, Service};
use crate::usher::Usher;
use std::sync::Arc;
use tokio::task::JoinSet;
use usher_matching::Settings;
use usher_model::{Code, Problem, ServiceDescription};
use usher_remote::file;
use usher_remote::marketo::ExtractFilter;

/// Exports under way: those that the service works on, and as many that wait, so that it
/// is never idle while nobody looks. Its queue has ten places for all applications.
const AT_ONCE: usize = 4;

impl Usher {
    /// Exports everyone and keeps the answer. One export that fails is a reading that
    /// never was.
    pub(crate) async fn read_everyone(
        self: &Arc<Self>,
        service: &Arc<Service>,
        settings: &Settings,
        said: &ServiceDescription,
        progress: &Progress,
    ) -> Result<(), CallError> {
        let before = service.counted().0;
        let (connection, columns) = (&service.connection().id, planned_columns(settings));
        let begun = self.now();
        let everyone = Everyone::begin(self, connection, Some(said), columns, begun);
        let everyone = Arc::new(everyone.map_err(CallError::Local)?);
        let (progress, others) = progress.part();
        let exporter = Exporter {
            service: service.clone(),
            fields: fields_asked(&settings.fields_to_read()),
            progress,
        };
        let kept = self.keep_exports(&everyone, &exporter, &others).await;
        let everyone = Arc::into_inner(everyone).ok_or_else(broke_off);
        let everyone = everyone.map_err(CallError::Local)?;
        let ended = match &kept {
            Ok(()) => everyone.publish(
                exporter.fields,
                service.counted().0 - before,
                service.began_there(),
                self.now(),
            ),
            Err(_) => everyone.discard(),
        };
        ended.map_err(CallError::Local)?;
        kept
    }

    async fn keep_exports(
        &self,
        everyone: &Arc<Everyone>,
        exporter: &Exporter,
        others: &Stopper,
    ) -> Result<(), CallError> {
        // By the service's clock: with one that is behind, the newest would be left out.
        let until = exporter
            .service
            .now_there()
            .unwrap_or_default()
            .max(self.now());
        let mut waiting = windows(exporter.service.connection().people_since(), until);
        let total = waiting.len() as u64;
        waiting.reverse();
        let mut tasks = JoinSet::new();
        let mut done = 0;
        loop {
            while tasks.len() < AT_ONCE
                && let Some((from, to)) = waiting.pop()
            {
                let exporter = exporter.clone();
                tasks.spawn(async move { exporter.file(ExtractFilter::Created(from, to)).await });
            }
            let Some(fetched) = tasks.join_next().await else {
                return Ok(());
            };
            let fetched = fetched.unwrap_or_else(|_| Err(CallError::Local(broke_off())));
            let kept = match fetched {
                Ok(bytes) => keep(everyone, bytes, &exporter.progress).await,
                Err(error) => Err(error),
            };
            if let Err(error) = kept {
                // Those under way take themselves back.
                others.stop();
                while tasks.join_next().await.is_some() {}
                return Err(error);
            }
            done += 1;
            points::pass("export_kept");
            exporter
                .progress
                .step("exporting people, months", done, Some(total))
                .map_err(CallError::Local)?;
        }
    }
}

/// Parses a file off the threads that wait for replies.
async fn keep(
    everyone: &Arc<Everyone>,
    bytes: Vec<u8>,
    progress: &Progress,
) -> Result<(), CallError> {
    if bytes.is_empty() {
        return Ok(());
    }
    let (everyone, progress) = (everyone.clone(), progress.clone());
    let work = move || -> Result<(), Problem> {
        let mut rows = file::sent(bytes, "the export").map_err(|error| error.problem())?;
        everyone.keep(rows.as_mut(), &progress).map(drop)
    };
    let kept = tokio::task::spawn_blocking(work).await;
    let kept = kept.unwrap_or_else(|_| Err(broke_off()));
    kept.map_err(|problem| match problem.code {
        Code::FileUnreadable => unusable("an export that cannot be read"),
        _ => CallError::Local(problem),
    })
}
