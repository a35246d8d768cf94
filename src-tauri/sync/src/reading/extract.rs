//! Everyone from the service's own exports: all people, by when they were made, a month
//! of them in a file.

use crate::points;
use crate::progress::{Progress, Stopper};
use crate::reading::everyone::{Everyone, broke_off, of_everyone};
use crate::reading::export::{Exporter, unusable};
use crate::reading::people::{fields_asked, planned_columns};
use crate::service::{CallError, Service};
use crate::usher::Usher;
use std::sync::Arc;
use tokio::task::JoinSet;
use usher_matching::Settings;
use usher_model::{Code, Problem, ServiceDescription, Timestamp};
use usher_remote::file;
use usher_remote::marketo::ExtractFilter;
use usher_store::table::readings::{Exports, Reading};

/// Who began a reading of everyone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    /// Whoever ended it.
    Ours,
    /// Somebody before, who did not come to its end.
    Others,
}

/// Exports under way: those that the service works on, and as many that wait, so that it
/// is never idle while nobody looks. Its queue has ten places for all applications.
const AT_ONCE: usize = 4;

impl Usher {
    /// Exports everyone and keeps the answer; says who began it. One that ends before all
    /// months are there can be gone on with.
    pub(crate) async fn read_everyone(
        self: &Arc<Self>,
        service: &Arc<Service>,
        settings: &Settings,
        said: &ServiceDescription,
        progress: &Progress,
    ) -> Result<Whose, CallError> {
        let before = service.counted().0;
        let (connection, columns) = (&service.connection().id, planned_columns(settings));
        let fields = fields_asked(&settings.fields_to_read());
        let begun = self.now();
        // By the service's clock: with one that is behind, the newest would be left out.
        let until = service.now_there().unwrap_or_default().max(begun);
        let wanted = Reading {
            fields: fields.clone(),
            exports: Some(Exports {
                since: service.connection().people_since(),
                until,
                kept: Vec::new(),
                kept_at: begun,
            }),
            ..of_everyone(Some(said), begun)
        };
        let everyone = Everyone::go_on_or_begin(self, connection, columns, wanted);
        let everyone = Arc::new(everyone.map_err(CallError::Local)?);
        let (total, months) = everyone.months();
        let whose = match months.len() as u64 == total {
            true => Whose::Ours,
            false => Whose::Others,
        };
        let (progress, others) = progress.part();
        let exporter = Exporter {
            service: service.clone(),
            fields,
            progress,
        };
        let kept = keep_exports(&everyone, &exporter, &others, (total, months), before).await;
        let everyone = Arc::into_inner(everyone).ok_or_else(broke_off);
        let everyone = everyone.map_err(CallError::Local)?;
        let when = everyone.when(&everyone.reading());
        let ended = match &kept {
            Ok(()) => everyone.publish(
                exporter.fields,
                service.counted().0 - before,
                service.began_there(),
                when,
            ),
            Err(_) => everyone.leave(),
        };
        ended.map_err(CallError::Local)?;
        kept.map(|()| whose)
    }
}

/// Exports the months that are not kept yet; `before`: calls that had been made by then.
async fn keep_exports(
    everyone: &Arc<Everyone>,
    exporter: &Exporter,
    others: &Stopper,
    (total, mut waiting): (u64, Vec<(Timestamp, Timestamp)>),
    before: u64,
) -> Result<(), CallError> {
    waiting.reverse();
    let mut tasks = JoinSet::new();
    let mut done = total - waiting.len() as u64;
    loop {
        while tasks.len() < AT_ONCE
            && let Some((from, to)) = waiting.pop()
        {
            let exporter = exporter.clone();
            tasks.spawn(async move {
                let file = exporter.file(ExtractFilter::Created(from, to)).await;
                file.map(|bytes| (from, bytes))
            });
        }
        let Some(fetched) = tasks.join_next().await else {
            return Ok(());
        };
        let fetched = fetched.unwrap_or_else(|_| Err(CallError::Local(broke_off())));
        let kept = match fetched {
            Ok((from, bytes)) => {
                let kept = keep(everyone, bytes, &exporter.progress).await;
                let (service, calls) = (&exporter.service, exporter.service.counted().0 - before);
                kept.and_then(|()| {
                    let noted = everyone.note_month(from, calls, service.began_there());
                    noted.map_err(CallError::Local)
                })
            }
            Err(error) => Err(error),
        };
        done += 1;
        let told = kept.and_then(|()| {
            points::pass("export_kept");
            let progress = &exporter.progress;
            let told = progress.step("exporting people, months", done, Some(total));
            told.map_err(CallError::Local)
        });
        if let Err(error) = told {
            // Those under way take themselves back.
            others.stop();
            while tasks.join_next().await.is_some() {}
            return Err(error);
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
