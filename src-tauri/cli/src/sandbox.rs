//! `usher sandbox serve`

use crate::args::Sandbox as Args;
use crate::print;
use usher_model::{Code, Problem};
use usher_sandbox::{Config, Sandbox, SandboxError};

pub(crate) async fn perform(args: Args) -> Result<u8, Problem> {
    let Args::Serve {
        port,
        people,
        seed,
        server_timeout,
        time_scale,
    } = args;
    let config = Config {
        port,
        people,
        seed,
        server_timeout,
        time_scale: time_scale.max(1),
        ..Config::default()
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
