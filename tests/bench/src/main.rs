//! How fast Usher is, beside others who do the same job and beside the machine.

mod data;

use clap::{Parser, Subcommand};
use data::{Data, Size};
use std::path::PathBuf;

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
}

fn main() -> std::io::Result<()> {
    match Arguments::parse().task {
        Task::Data { out, size } => Data::make(&out, size).map(drop),
    }
}
