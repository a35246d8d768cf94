//! `usher doctor`

use crate::desk::Ready;
use crate::print::{self, document, table};
use usher_model::Problem;
use usher_sync::examine;

pub(crate) async fn perform(ready: Ready) -> Result<u8, Problem> {
    let (report, problem) = examine(ready.opening).await;
    document(&report, ready.json, |report| {
        let rows: Vec<Vec<String>> = report
            .checks
            .iter()
            .map(|check| {
                vec![
                    if check.ok { "ok" } else { "FAILED" }.to_owned(),
                    check.name.clone(),
                    check.detail.clone(),
                ]
            })
            .collect();
        format!(
            "Usher {} on {}\n{}",
            report.version,
            report.system,
            table(&["", "CHECK", "FOUND"], &rows)
        )
    })?;
    if let Some(problem) = &problem {
        print::say(problem, ready.json);
    }
    Ok(problem
        .as_ref()
        .map_or(u8::from(!report.ok), print::exit_code))
}
