//! `usher suppression …` and `usher forget`

use crate::args::Suppression as Args;
use crate::desk::Desk;
use crate::input;
use crate::print::{self, count, document, table};
use usher_model::{Code, Problem};
use usher_sync::owner::Command;
use usher_sync::{Forgotten, SuppressionChange};

pub(crate) async fn perform(desk: &Desk, args: Args) -> Result<u8, Problem> {
    match args {
        Args::Add {
            file,
            keys,
            namespace,
        } => {
            let values = match file {
                Some(file) => lines(&file)?,
                None => input::values(keys)?,
            };
            let change: SuppressionChange = desk
                .perform(Command::Suppress { namespace, values }, None)
                .await?;
            document(&change, desk.json, |change| {
                changed("suppressed", "were so already", change)
            })?;
            refuse_all_invalid(&change, desk.json)
        }
        Args::Remove { keys, namespace } => {
            let values = input::values(keys)?;
            let change: SuppressionChange = desk
                .perform(Command::Unsuppress { namespace, values }, None)
                .await?;
            document(&change, desk.json, |change| {
                changed("no longer suppressed", "were not suppressed", change)
            })?;
            refuse_all_invalid(&change, desk.json)
        }
        Args::List => {
            let all = desk.usher().list_suppressions()?;
            document(&all, desk.json, |all| {
                let rows: Vec<Vec<String>> = all
                    .iter()
                    .map(|one| {
                        let shown = match (&one.key, one.erased) {
                            (Some(key), _) => key.clone(),
                            (None, true) => format!("(erased) {}", one.hash),
                            (None, false) => format!("(hash) {}", one.hash),
                        };
                        vec![one.namespace.clone(), shown, one.added_at.to_string()]
                    })
                    .collect();
                table(&["NAMESPACE", "VALUE", "SINCE"], &rows)
            })?;
            Ok(0)
        }
    }
}

pub(crate) async fn forget(desk: &Desk, key: String) -> Result<u8, Problem> {
    let mut gone = Forgotten::default();
    for key in input::keys(key)? {
        let one: Forgotten = desk.perform(Command::Forget { key }, None).await?;
        gone.rows += one.rows;
        gone.leads += one.leads;
        gone.lines += one.lines;
        gone.plans += one.plans;
        gone.entries += one.entries;
        gone.pending += one.pending;
    }
    document(&gone, desk.json, |gone| {
        let until = match gone.pending {
            0 => " for good.".to_owned(),
            some => format!(
                ". Not erased yet: {}, which a run, a reading or an import that is not over still holds. \
                 Run `usher forget` again once it is over.",
                count(some)
            ),
        };
        format!(
            "Erased here from {} audience rows, {} leads that were read and {} lines of runs, and suppressed{until}",
            count(gone.rows),
            count(gone.leads),
            count(gone.lines)
        )
    })?;
    Ok(0)
}

fn lines(file: &std::path::Path) -> Result<Vec<String>, Problem> {
    let text = std::fs::read_to_string(file).map_err(|error| {
        Problem::new(
            Code::FileUnreadable,
            format!(
                "The file `{}` cannot be read: {}.",
                file.display(),
                error.kind()
            ),
            "It should be a text file with one value a line.",
        )
    })?;
    Ok(text
        .trim_start_matches('\u{feff}')
        .lines()
        .map(str::to_owned)
        .collect())
}

fn changed(done: &str, already: &str, change: &SuppressionChange) -> String {
    let invalid = match change.invalid {
        0 => String::new(),
        some => format!("; {} are no values of that namespace", count(some)),
    };
    format!(
        "{} {done}, {} {already}{invalid}.",
        count(change.changed),
        count(change.unchanged)
    )
}

fn refuse_all_invalid(change: &SuppressionChange, as_json: bool) -> Result<u8, Problem> {
    if change.invalid > 0 && change.changed + change.unchanged == 0 {
        let problem = Problem::new(
            Code::Usage,
            "None of the values can be one of that namespace.",
            "Give e-mail addresses, or name another namespace.",
        );
        print::say(&problem, as_json);
        return Ok(print::exit_code(&problem));
    }
    Ok(0)
}
