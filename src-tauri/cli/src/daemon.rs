//! `usher daemon`, and leaving a run to it.

use crate::args::SyncRun;
use crate::desk::{Desk, Ready};
use crate::print::{self, document};
use crate::{run, sync, watch};
use serde_json::json;
use std::io::Write;
use std::process::{Command as Process, Stdio};
use std::sync::Arc;
use std::time::Duration;
use usher_model::{Code, Problem, RunReport, Sync};
use usher_sync::SystemDesktop;
use usher_sync::owner::{Command, News, Opening, Session};

/// How long nothing may be done here before a daemon that ends when idle does: who started
/// it still has to hand over what it is for.
const QUIET: Duration = Duration::from_secs(10);

/// Runs syncs at their times, and for others, until it is interrupted.
pub(crate) async fn perform(ready: Ready, until_idle: bool) -> Result<u8, Problem> {
    let (folder, json) = (ready.opening.folder.clone(), ready.json);
    let begun = move |session: &Session| {
        let scheduled = session.usher().all::<Sync>()?;
        let scheduled = scheduled
            .iter()
            .filter(|sync| sync.schedule.is_some())
            .count();
        let said = json!({ "pid": std::process::id(), "folder": folder, "scheduled": scheduled });
        document(&said, json, |_| {
            format!(
                "Running {scheduled} scheduled syncs of {}; Ctrl-C ends.",
                folder.display()
            )
        })
    };
    stay(ready, until_idle, begun).await
}

/// Follows files, as the daemon does, for who just asked for it.
pub(crate) async fn watch(ready: Ready) -> Result<u8, Problem> {
    let json = ready.json;
    let begun = move |_: &Session| match json {
        true => Ok(()),
        false => print::text_line("Following it; Ctrl-C ends."),
    };
    stay(ready, false, begun).await
}

async fn stay(
    ready: Ready,
    until_idle: bool,
    begun: impl FnOnce(&Session) -> Result<(), Problem>,
) -> Result<u8, Problem> {
    let Ready { opening, json } = ready;
    let told = move |news: News| match news {
        // Whoever read it may be gone; schedules go on.
        News::RunEnded { run_id } if !json => {
            drop(print::text_line(&format!("Run {run_id} has ended.")));
        }
        _ => {}
    };
    let mut opening = opening.staying(Arc::new(told));
    opening.world.desktop = Arc::new(SystemDesktop);
    let session = Session::open(opening).await?;
    let work = async {
        if !session.is_owner() {
            eprintln!(
                "Another Usher works in this data folder; its work is done here once it ends."
            );
            session.take_over().await?;
        }
        begun(&session)?;
        if until_idle {
            session.until_idle(QUIET).await;
        } else {
            std::future::pending::<()>().await;
        }
        Ok::<_, Problem>(())
    };
    let worked = tokio::select! {
        worked = work => worked,
        () = watch::until_interrupted() => Ok(()),
    };
    session.stop_all();
    let closed = session.close().await;
    worked?;
    closed?;
    Ok(0)
}

/// `sync run --detach`: has the owner that stays do it, starting one where there is none,
/// and says under which id.
pub(crate) async fn detach(ready: Ready, args: &SyncRun) -> Result<u8, Problem> {
    let request = sync::request(args)?;
    let Ready { opening, json } = ready;
    // What is wrong with the folder, the passphrase or the name is said here.
    let desk = Desk::at(opening.clone(), json).await?;
    let found = desk.usher().find::<Sync>(&request.sync).map(drop);
    desk.close().await?;
    found?;
    let run = opening
        .hand_off(&Command::Run(request), || start(&opening))
        .await?;
    let desk = Desk::at(opening, json).await?;
    let report: Result<RunReport, Problem> = desk.usher().run_report(&run);
    desk.close().await?;
    document(&report?, json, |report| {
        format!(
            "{}\n\nIt goes on by itself; `usher run show {}` tells how far it is.",
            run::shown(report),
            report.run_id
        )
    })?;
    Ok(0)
}

/// Starts a daemon that ends when it is idle, apart from this terminal.
fn start(opening: &Opening) -> Result<(), Problem> {
    let failed = |error: std::io::Error| {
        Problem::new(
            Code::Internal,
            format!(
                "Usher cannot be started in the background: {}.",
                error.kind()
            ),
            "Run the sync without `--detach`.",
        )
    };
    let mut process = Process::new(std::env::current_exe().map_err(failed)?);
    process.arg("--data-dir").arg(&opening.folder);
    let passphrase = opening.unlock.passphrase.as_ref();
    if passphrase.is_some() {
        process.arg("--passphrase-stdin");
    }
    process.args(["daemon", "--until-idle"]);
    process
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut process, 0);
    let mut child = process.spawn().map_err(failed)?;
    match (child.stdin.take(), passphrase) {
        (Some(mut pipe), Some(passphrase)) => {
            writeln!(pipe, "{}", passphrase.expose()).map_err(failed)
        }
        _ => Ok(()),
    }
}
