//! `usher audience …`

use crate::args::Audience as Args;
use crate::desk::Desk;
use crate::print::{self, count, document, facts, table};
use crate::watch;
use serde_json::json;
use std::path::Path;
use usher_model::{Audience, Problem};
use usher_sync::owner::Command;
use usher_sync::{AudienceDocument, ChangesDocument, ExportFormat, ImportRequest, MemberQuery};

pub(crate) async fn perform(desk: &Desk, args: Args) -> Result<u8, Problem> {
    match args {
        Args::Import {
            file,
            name,
            format,
            encoding,
            delimiter,
            sheet,
        } => {
            let file = std::path::absolute(&file).unwrap_or(file);
            let request = ImportRequest {
                file,
                name,
                format,
                encoding,
                delimiter,
                sheet,
            };
            let imported: AudienceDocument = desk.perform(Command::Import(request), None).await?;
            document(&imported, desk.json, shown)?;
        }
        Args::List => {
            let all = desk.usher().audience_documents()?;
            document(&all, desk.json, |all| {
                let rows: Vec<Vec<String>> = all
                    .iter()
                    .map(|one| {
                        vec![
                            one.name.clone(),
                            count(one.rows),
                            one.columns.len().to_string(),
                            count(one.quarantined.count),
                            match one.lost {
                                Some(_) => format!("lost: import {} again", one.source),
                                None => one.snapshot_at.to_string(),
                            },
                        ]
                    })
                    .collect();
                table(&["NAME", "ROWS", "COLUMNS", "QUARANTINED", "AS OF"], &rows)
            })?;
        }
        Args::Show { name } => document(&desk.usher().audience_document(&name)?, desk.json, shown)?,
        Args::Quarantined { name } => {
            let quarantined = desk.usher().audience_document(&name)?.quarantined;
            document(&quarantined, desk.json, |quarantined| {
                let rows: Vec<Vec<String>> = quarantined
                    .first
                    .iter()
                    .map(|line| vec![line.line.to_string(), line.problem.clone()])
                    .collect();
                let more = quarantined.count - rows.len() as u64;
                let tail = if more > 0 {
                    format!("\n… and {} more", count(more))
                } else {
                    String::new()
                };
                format!("{}{tail}", table(&["LINE", "PROBLEM"], &rows))
            })?;
        }
        Args::Remove { name } => {
            let gone: Audience = desk
                .perform(Command::RemoveAudience { audience: name }, None)
                .await?;
            document(&json!({ "removed": gone.name }), desk.json, |_| {
                format!("Removed the audience `{}`.", gone.name)
            })?;
        }
        Args::Changes { name, by } => {
            let changes = desk.usher().audience_changes(&name, by.as_deref())?;
            document(&changes, desk.json, changed)?;
        }
        Args::Members {
            name,
            search,
            offset,
            limit,
        } => members(
            desk,
            &name,
            &MemberQuery {
                search,
                offset,
                limit,
            },
        )?,
        Args::Export {
            name,
            output,
            format,
        } => {
            let format = export_format(format.as_deref(), &output)?;
            let (usher, file) = (desk.usher(), output.clone());
            let rows =
                watch::read(move |progress| usher.export_audience(&name, &file, format, progress))
                    .await?;
            document(
                &json!({ "rows": rows, "output": output }),
                desk.json,
                |_| format!("Wrote {} rows to {}.", count(rows), output.display()),
            )?;
        }
        Args::Watch { name, path } => {
            let command = Command::WatchAudience {
                audience: name,
                path,
            };
            let audience: AudienceDocument = desk.perform(command, None).await?;
            document(&audience, desk.json, shown)?;
        }
        Args::Unwatch { name } => {
            let command = Command::UnwatchAudience { audience: name };
            let audience: AudienceDocument = desk.perform(command, None).await?;
            document(&audience, desk.json, shown)?;
        }
    }
    Ok(0)
}

fn members(desk: &Desk, name: &str, query: &MemberQuery) -> Result<(), Problem> {
    if desk.json {
        return desk.usher().members(name, query, |member| {
            document(&member, true, |_| String::new())
        });
    }
    let mut rows = Vec::new();
    desk.usher().members(name, query, |member| {
        let cells = member.values.values().map(print::cell);
        rows.push(
            std::iter::once(member.row.to_string())
                .chain(cells)
                .collect(),
        );
        Ok(())
    })?;
    let columns = desk.usher().audience_document(name)?.columns;
    let headings: Vec<&str> = std::iter::once("ROW")
        .chain(columns.iter().map(String::as_str))
        .collect();
    print::text_line(&table(&headings, &rows))
}

fn changed(changes: &ChangesDocument) -> String {
    let without = match changes.without_key {
        0 => String::new(),
        rows => format!(
            " {} rows have no usable key and count nowhere.",
            count(rows)
        ),
    };
    format!(
        "{} joined, {} left, {} stayed in `{}`, by `{}`, from {} to {}.{without}",
        count(changes.joined),
        count(changes.left),
        count(changes.stayed),
        changes.audience,
        changes.by,
        changes.before_at,
        changes.now_at
    )
}

fn shown(audience: &AudienceDocument) -> String {
    let quarantined = match audience.quarantined.count {
        0 => "none".to_owned(),
        some => format!(
            "{} lines; `usher audience quarantined {}` names them",
            count(some),
            audience.name
        ),
    };
    let mut lines = vec![
        ("Audience", audience.name.clone()),
        ("Rows", count(audience.rows)),
        ("Columns", audience.columns.join(", ")),
        ("As of", audience.snapshot_at.to_string()),
        ("From", audience.source.clone()),
        ("Quarantined", quarantined),
    ];
    if let Some(watched) = &audience.watched {
        lines.push(("Follows", watched.path.clone()));
        if let Some(problem) = &watched.problem {
            let file = watched.taken.as_ref().map(|taken| taken.file.as_str());
            let file = file.unwrap_or("its newest file");
            lines.push(("NOT TAKEN", format!("{file}: {}", problem.message)));
        }
    }
    facts(&lines)
}

/// The format that was asked for, else what the file's name says.
pub(crate) fn export_format(asked: Option<&str>, output: &Path) -> Result<ExportFormat, Problem> {
    if output.as_os_str() == "-" {
        return Err(Problem::usage(
            "An export goes to a file, and not to standard output: name one with `--output`.",
        ));
    }
    let end = output.extension().map(|end| end.to_ascii_lowercase());
    match asked {
        None if end
            .as_ref()
            .is_none_or(|end| end == "csv" || end == "parquet") =>
        {
            Ok(ExportFormat::of(output))
        }
        None => Err(Problem::usage(format!(
            "`{}` does not say which format is meant: end it with .csv or .parquet, or give `--format`.",
            output.display()
        ))),
        Some("csv") => Ok(ExportFormat::Csv),
        Some("parquet") => Ok(ExportFormat::Parquet),
        Some(other) => Err(Problem::usage(format!(
            "`{other}` is not a format; csv and parquet are."
        ))),
    }
}
