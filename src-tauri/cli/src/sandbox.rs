//! `usher sandbox …`

use crate::args::Sandbox as Args;
use crate::print;
use std::path::Path;
use usher_model::{Code, Problem};
use usher_sandbox::{Config, Sandbox, SandboxError, write_audience};

pub(crate) async fn perform(args: Args) -> Result<u8, Problem> {
    let config = match args {
        Args::Audience { file, people, seed } => {
            write_sample(&file, people, seed)?;
            return Ok(0);
        }
        Args::Serve {
            port,
            people,
            seed,
            server_timeout,
            time_scale,
        } => Config {
            port,
            people,
            seed,
            server_timeout,
            time_scale: time_scale.max(1),
            ..Config::default()
        },
    };
    let sandbox = Sandbox::start(config).await.map_err(failed)?;
    print::text_line(&sandbox.services().to_string())?;
    crate::watch::until_interrupted().await;
    sandbox.shutdown().await.map_err(failed)?;
    Ok(0)
}

pub(crate) fn failed(error: SandboxError) -> Problem {
    Problem::new(
        Code::ServiceUnreachable,
        format!("{error}."),
        "Choose another port, or none for any free one.",
    )
}

/// Writes made-up people to a file.
pub(crate) fn write_sample(file: &Path, people: usize, seed: u64) -> Result<(), Problem> {
    let write = || -> std::io::Result<()> {
        let mut out = std::io::BufWriter::new(std::fs::File::create(file)?);
        write_audience(&mut out, people, seed)?;
        std::io::Write::flush(&mut out)
    };
    write().map_err(|error| {
        let (file, kind) = (file.display(), error.kind());
        Problem::new(
            Code::FileUnreadable,
            format!("The sample cannot be written to `{file}`: {kind}."),
            "Choose another place.",
        )
    })
}
