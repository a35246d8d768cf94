//! Usher's side of the job, in this process and in its real encrypted store.

mod chosen;
mod diff;
mod home;
mod leads;
mod screens;
mod summary;

use crate::data::Data;
use crate::told::{Failure, Told, peak_bytes};
use home::{Home, JOB, KEYS, Plan};
use std::path::Path;
use usher_sync::{Look, Progress, RouteWish};

/// How far the job is done; each stage includes those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub(crate) enum Until {
    /// A folder with a connection, destinations and syncs.
    SetUp,
    /// The audience is stored.
    Import,
    /// The destination's people are stored.
    Leads,
    /// The first plan is made.
    Plan,
    /// Everything, the screens included.
    All,
}

/// Does the job in a new folder inside `work`.
pub(crate) async fn run(data: &Data, work: &Path, until: Until) -> Result<Told, Failure> {
    let mut home = Home::set_up(work).await?;
    let mut told = Told {
        engine: format!("Usher {}", env!("CARGO_PKG_VERSION")),
        ..Told::default()
    };
    let mut digest = String::new();
    if until >= Until::Import {
        let (step, file) = ("import_profiles", data.profiles());
        told.step(step, home.import(&file)).await?;
    }
    if until >= Until::Leads {
        told.step("import_leads", leads::read(&home, data)).await?;
    }
    if until >= Until::Plan {
        plan(&home, &mut told, "plan", &JOB).await?;
    }
    if until >= Until::All {
        plan(&home, &mut told, "plan_again", &JOB).await?;
        told.step("import_next", home.import(&data.next())).await?;
        let counts = told.step("diff", diff::counts(&home)).await?;
        told.counts.insert("diff".into(), counts);
        digest = plan(&home, &mut told, "plan_next", &JOB).await?;
    }
    told.peak_bytes = peak_bytes();
    told.stored_bytes = home.close_and_open()?;
    if until >= Until::All {
        plan(&home, &mut told, "plan_keys", &KEYS).await?;
        screens::look(&home, &mut told).await?;
        chosen::note(&home, &mut told, &digest)?;
    }
    home.leave().await?;
    Ok(told)
}

/// Plans, notes what that took and what it counts, and gives the plan's digest.
async fn plan(home: &Home, told: &mut Told, step: &str, plan: &Plan) -> Result<String, Failure> {
    let progress = Progress::unwatched();
    let asked = async {
        Ok(home
            .usher
            .preview(plan.name, Look::Offline, RouteWish::default(), &progress)
            .await?)
    };
    let made = told.step(step, asked).await?;
    told.counts.insert(step.into(), summary::counts(&made));
    Ok(made.digest)
}
