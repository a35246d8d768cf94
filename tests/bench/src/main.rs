//! How fast Usher is, beside others who do the same job and beside the machine.

mod child;
mod compare;
mod data;
mod instructions;
mod limits;
mod ours;
mod row;
mod told;

use clap::{Parser, Subcommand};
use data::{Data, Files, Size};
use ours::Until;
use std::path::PathBuf;
use std::process::ExitCode;
use told::Failure;

#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Make the files that everyone works on
    Data {
        #[arg(long)]
        out: PathBuf,
        #[command(flatten)]
        size: Size,
    },
    /// Do Usher's side of the job and print what it took as one line of JSON
    Ours {
        /// Where the files are
        #[arg(long)]
        data: PathBuf,
        /// An empty folder for the store
        #[arg(long)]
        work: PathBuf,
        #[arg(long, default_value = "all")]
        until: Until,
    },
    /// Do the job here and at the peers', in turns, and show how they compare
    Compare(compare::Wish),
    /// Count the instructions a person takes
    Instructions {
        /// Where files are made and kept
        #[arg(long)]
        folder: PathBuf,
        /// Keep the counts in place of those that are kept
        #[arg(long)]
        keep: bool,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<(), Failure> {
    match task {
        Task::Data { out, size } => Data::make(&out, size, Files::All).map(drop)?,
        Task::Ours { data, work, until } => {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()?;
            let told = runtime.block_on(ours::run(&Data::of(&data), &work, until))?;
            println!("{}", serde_json::to_string(&told)?);
        }
        Task::Compare(wish) => compare::run(&wish)?,
        Task::Instructions { folder, keep } => instructions::run(&folder, keep)?,
    }
    Ok(())
}
