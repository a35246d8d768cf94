//! Following a command: a progress bar where somebody looks, and Ctrl-C, which
//! stops in an orderly way the first time and at once the second.

use indicatif::{HumanCount, HumanDuration, ProgressBar, ProgressState, ProgressStyle};
use serde_json::Value;
use std::io::{IsTerminal, stderr};
use std::time::Duration;
use tokio::task::JoinHandle;
use usher_model::{Code, Problem, Secret};
use usher_sync::owner::{Command, Session, Watch};
use usher_sync::{Event, Progress, Stopper};

/// How a process ends that is interrupted a second time.
const INTERRUPTED: i32 = 7;

/// Has a command done, watched.
pub(crate) async fn perform(
    session: &Session,
    command: Command,
    secret: Option<Secret>,
) -> Result<Value, Problem> {
    let bar = stderr().is_terminal().then(bar);
    let told = bar.clone();
    let queued = move || match &told {
        Some(bar) => bar.set_message("queued: waiting for another Usher to finish"),
        None => eprintln!("Queued: waiting for another Usher in this data folder to finish."),
    };
    let (watch, stopper) = Watch::new(shown_on(&bar), |_| {}, queued);
    let _watched = Watched::new(bar, stopper);
    session.perform(command, secret, watch).await
}

/// Has something long read, watched likewise.
pub(crate) async fn read<T: Send + 'static>(
    read: impl FnOnce(&Progress) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let bar = stderr().is_terminal().then(bar);
    let (progress, stopper) = Progress::new(shown_on(&bar));
    let _watched = Watched::new(bar, stopper);
    let done = tokio::task::spawn_blocking(move || read(&progress)).await;
    done.unwrap_or_else(|_| {
        let hint = "Nothing was changed; try again.";
        Err(Problem::new(Code::Internal, "Reading broke off.", hint))
    })
}

/// Somebody watches, and may interrupt, for as long as this is held.
struct Watched {
    bar: Option<ProgressBar>,
    interrupts: JoinHandle<()>,
}

impl Watched {
    fn new(bar: Option<ProgressBar>, stopper: Stopper) -> Self {
        let interrupts = tokio::spawn(async move {
            if interrupted().await {
                stopper.stop();
                eprintln!("Stopping in an orderly way; interrupt again to stop at once.");
                interrupted().await;
                std::process::exit(INTERRUPTED);
            }
        });
        Self { bar, interrupts }
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.interrupts.abort();
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn shown_on(bar: &Option<ProgressBar>) -> impl Fn(Event) + Send + Sync + 'static {
    let bar = bar.clone();
    move |event| {
        if let Some(bar) = &bar {
            show(bar, &event);
        }
    }
}

/// Returns when the user or the system asks this process to end.
pub(crate) async fn until_interrupted() {
    if !interrupted().await {
        std::future::pending::<()>().await;
    }
}

async fn interrupted() -> bool {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminated) = signal(SignalKind::terminate()) else {
            return tokio::signal::ctrl_c().await.is_ok();
        };
        tokio::select! {
            pressed = tokio::signal::ctrl_c() => pressed.is_ok(),
            _ = terminated.recv() => true,
        }
    }
    #[cfg(not(unix))]
    {
        tokio::signal::ctrl_c().await.is_ok()
    }
}

fn bar() -> ProgressBar {
    let bar = ProgressBar::no_length();
    bar.enable_steady_tick(Duration::from_millis(200));
    bar.set_style(known(false));
    bar
}

fn show(bar: &ProgressBar, event: &Event) {
    if let Some(what) = &event.waiting_for {
        bar.set_message(format!("waiting for {what}"));
        return;
    }
    if bar.prefix() != event.stage {
        bar.reset();
        bar.set_prefix(event.stage.clone());
    }
    bar.set_style(known(event.total.is_some()));
    bar.set_length(event.total.unwrap_or_default());
    bar.set_position(event.done);
    bar.set_message("");
}

/// Counts, rate and time left where the whole is known; a count otherwise.
fn known(total: bool) -> ProgressStyle {
    let template = if total {
        "{prefix:>18} {wide_bar} {done} of {all}  {rate}/s  {left} left {msg}"
    } else {
        "{spinner} {prefix} {done} {msg}"
    };
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .with_key(
            "done",
            |state: &ProgressState, out: &mut dyn std::fmt::Write| {
                write!(out, "{}", HumanCount(state.pos())).unwrap_or_default()
            },
        )
        .with_key(
            "all",
            |state: &ProgressState, out: &mut dyn std::fmt::Write| {
                write!(out, "{}", HumanCount(state.len().unwrap_or_default())).unwrap_or_default();
            },
        )
        .with_key(
            "rate",
            |state: &ProgressState, out: &mut dyn std::fmt::Write| {
                write!(out, "{:.0}", state.per_sec()).unwrap_or_default()
            },
        )
        .with_key(
            "left",
            |state: &ProgressState, out: &mut dyn std::fmt::Write| {
                write!(out, "{:#}", HumanDuration(state.eta())).unwrap_or_default()
            },
        )
}
