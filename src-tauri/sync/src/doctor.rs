//! Whether everything Usher stands on is in order; safe to show to anyone.

use crate::owner::{Opening, Session};
use crate::usher::Usher;
use serde::{Deserialize, Serialize};
use usher_model::{Code, Problem};
use usher_store::Database;

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthCheck {
    /// What.
    pub name: String,
    /// Whether it is in order.
    pub ok: bool,
    /// What was found.
    pub detail: String,
}

/// The document of `doctor`. It names no person, no secret and no address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthReport {
    /// Whether everything is in order.
    pub ok: bool,
    /// Usher's version.
    pub version: String,
    /// The system it runs on.
    pub system: String,
    /// What was looked at.
    pub checks: Vec<HealthCheck>,
}

/// Opens the folder and looks at what is in it. The problem that kept it from
/// being opened comes beside the report, since it decides how a command ends.
pub async fn examine(opening: Opening) -> (HealthReport, Option<Problem>) {
    let mut checks = Vec::new();
    let mut problem = None;
    match Session::open(opening).await {
        Ok(session) => {
            checks.push(check("key", true, "The key opens the data folder."));
            let usher = session.usher();
            checks.push(database("journal", &usher.journal));
            let mut cache = database("cache", &usher.cache);
            if !cache.ok {
                let seen = Problem::new(Code::StoreDamaged, &cache.detail, "");
                drop(session.heed(&seen));
                cache.detail += " The next command keeps what still reads, and names what is lost.";
            }
            checks.push(cache);
            checks.push(audiences(&usher));
            checks.push(match usher.run_reports(None) {
                Ok(runs) => check(
                    "runs",
                    true,
                    &format!("{} runs are remembered.", runs.len()),
                ),
                Err(told) => check("runs", false, &told.message),
            });
            if let Err(told) = session.close().await {
                checks.push(check("close", false, &told.message));
            }
        }
        Err(told) => {
            checks.push(check("key", false, &told.to_string()));
            problem = Some(told);
        }
    }
    let report = HealthReport {
        ok: checks.iter().all(|check| check.ok),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        checks,
    };
    (report, problem)
}

fn audiences(usher: &Usher) -> HealthCheck {
    let all = match usher.audience_documents() {
        Ok(all) => all,
        Err(told) => return check("audiences", false, &told.message),
    };
    match all.iter().filter(|one| one.lost.is_some()).count() {
        0 => check("audiences", true, "None of them has lost rows."),
        lost => check(
            "audiences",
            false,
            &format!(
                "{lost} of {} have lost rows: `usher audience list` names them, importing their files again makes up for it.",
                all.len()
            ),
        ),
    }
}

fn database(name: &str, database: &Database) -> HealthCheck {
    match database.check() {
        Ok(health) if health.faults.is_empty() => check(
            name,
            true,
            &format!(
                "Every page is as it was written (SQLite {}, SQLCipher {}).",
                health.sqlite, health.cipher
            ),
        ),
        Ok(health) => check(
            name,
            false,
            &format!("Damaged: {}.", health.faults.join("; ")),
        ),
        Err(error) => check(name, false, &error.problem().message),
    }
}

fn check(name: &str, ok: bool, detail: &str) -> HealthCheck {
    HealthCheck {
        name: name.to_owned(),
        ok,
        detail: detail.to_owned(),
    }
}
