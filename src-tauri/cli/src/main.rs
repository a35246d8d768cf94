//! The `usher` command: a thin face of the rooms behind it. What may be typed
//! is in `args`, what is printed in `show`; each noun has a file of its own.

mod alert;
mod args;
mod audience;
mod connection;
mod daemon;
mod demo;
mod desk;
mod destination;
mod doctor;
mod input;
mod later;
mod preview;
mod print;
mod run;
mod sandbox;
mod settings;
mod suppression;
mod sync;
mod usage;
mod watch;

use args::{Cli, Command};
use clap::{CommandFactory, Parser};
use desk::Desk;
use std::process::ExitCode;
use usher_model::{Code, Problem};

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage::told(&error),
    };
    if let Ok(point) = std::env::var("USHER_HALT_AT") {
        usher_sync::announce_points(&point);
    }
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_max_level(log_level())
        .init();
    let json = cli.json;
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            let problem = Problem::new(
                Code::Internal,
                format!("Usher cannot start: {error}."),
                "Free some memory and try again.",
            );
            return print::problem(&problem, json);
        }
    };
    match runtime.block_on(perform(cli)) {
        Ok(code) => ExitCode::from(code),
        Err(problem) => print::problem(&problem, json),
    }
}

/// Nothing is logged unless it is wished; what is logged names no person.
fn log_level() -> tracing_subscriber::filter::LevelFilter {
    let wished = std::env::var("USHER_LOG").unwrap_or_default();
    wished
        .parse()
        .unwrap_or(tracing_subscriber::filter::LevelFilter::ERROR)
}

async fn perform(cli: Cli) -> Result<u8, Problem> {
    later::refuse(&cli.command)?;
    match cli.command {
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "usher", &mut script);
            print::text_line(String::from_utf8_lossy(&script).trim_end())?;
            Ok(0)
        }
        Command::Sandbox(command) => sandbox::perform(command).await,
        Command::Demo(demo) => {
            demo::perform(
                demo,
                cli.data_dir,
                cli.keychain,
                cli.passphrase_stdin,
                cli.json,
            )
            .await
        }
        Command::Doctor => {
            doctor::perform(Desk::ready(
                cli.data_dir,
                cli.keychain,
                cli.passphrase_stdin,
                cli.json,
            )?)
            .await
        }
        Command::Daemon { until_idle } => {
            let ready = Desk::ready(cli.data_dir, cli.keychain, cli.passphrase_stdin, cli.json)?;
            daemon::perform(ready, until_idle).await
        }
        command => {
            let ready = Desk::ready(cli.data_dir, cli.keychain, cli.passphrase_stdin, cli.json)?;
            if let Some(run) = detached(&command) {
                return daemon::detach(ready, run).await;
            }
            let again = ready.clone();
            let desk = Desk::at(ready.opening, ready.json).await?;
            let stays = matches!(command, Command::Audience(args::Audience::Watch { .. }));
            let done = at_desk(&desk, command).await;
            if let Err(problem) = &done {
                desk.heed(problem);
            }
            let closed = desk.close().await;
            let code = done?;
            closed?;
            match stays {
                true => daemon::watch(again).await,
                false => Ok(code),
            }
        }
    }
}

/// A run that is to be left to the background.
fn detached(command: &Command) -> Option<&args::SyncRun> {
    match command {
        Command::Sync(sync) => match &**sync {
            args::Sync::Run(run) if run.detach => Some(run),
            _ => None,
        },
        _ => None,
    }
}

async fn at_desk(desk: &Desk, command: Command) -> Result<u8, Problem> {
    match command {
        Command::Connection(command) => connection::perform(desk, command).await,
        Command::Audience(command) => audience::perform(desk, command).await,
        Command::Destination(command) => destination::perform(desk, command).await,
        Command::Sync(command) => sync::perform(desk, *command).await,
        Command::Run(command) => run::perform(desk, command).await,
        Command::Suppression(command) => suppression::perform(desk, command).await,
        Command::Alert(command) => alert::perform(desk, command).await,
        Command::Settings(command) => settings::perform(desk, command).await,
        Command::Forget { key } => suppression::forget(desk, key).await,
        _ => Ok(0),
    }
}
