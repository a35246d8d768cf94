//! What a person waits for at a screen: pages, searches, and other settings tried.

use super::home::{AUDIENCE, Home, JOB};
use super::summary::tried;
use crate::told::{Failure, Told};
use std::time::Instant;
use usher_model::{PersonAction, SyncType};
use usher_sync::{MemberQuery, Progress, Usher, WhatIf};

/// The rows of a page.
const PAGE: u64 = 100;
/// Hits that a search shows first.
const HITS: u64 = 50;
/// Places in the audience at which a page is looked at, first and last included.
const PAGES: u64 = 21;

/// Notes the slowest page, the slowest search and the slowest change of settings,
/// and each search and change by itself.
pub(super) async fn look(home: &Home, told: &mut Told) -> Result<(), Failure> {
    let rows = home.usher.audience_document(AUDIENCE)?.rows;
    let mut slowest = 0.0;
    for place in 0..PAGES {
        let offset = rows.saturating_sub(PAGE) * place / (PAGES - 1);
        let begun = Instant::now();
        let found = members(&home.usher, None, offset, PAGE)?;
        slowest = f64::max(slowest, begun.elapsed().as_secs_f64());
        if found.len() as u64 != PAGE.min(rows) {
            return Err(format!("the page at {offset} has {} rows", found.len()).into());
        }
    }
    told.seconds.insert("page".into(), slowest);
    search(&home.usher, rows, told)?;
    what_if(home, told).await
}

/// A text of one person, texts that nobody has (long, short, not ASCII), and one
/// that everybody has.
fn search(usher: &Usher, rows: u64, told: &mut Told) -> Result<(), Failure> {
    let last = members(usher, None, rows.saturating_sub(1), 1)?;
    let rare = last.first().and_then(|cells| cells.first().cloned());
    let rare = rare.ok_or("the audience is empty")?;
    let mut slowest = 0.0;
    for (name, text) in [
        ("rare", rare.as_str()),
        ("absent", "nobody-has-this-text"),
        ("absent_short", "qzx"),
        ("absent_foreign", "Ωμέγα"),
        ("common", "example"),
    ] {
        let begun = Instant::now();
        let found = members(usher, Some(text), 0, HITS)?;
        let took = begun.elapsed().as_secs_f64();
        slowest = f64::max(slowest, took);
        told.seconds.insert(format!("search_{name}"), took);
        let hits = told.counts.entry("search".into()).or_default();
        hits.insert(name.into(), found.len() as u64);
    }
    told.seconds.insert("search".into(), slowest);
    Ok(())
}

fn members(
    usher: &Usher,
    search: Option<&str>,
    offset: u64,
    limit: u64,
) -> Result<Vec<Vec<String>>, Failure> {
    let query = MemberQuery {
        search: search.map(str::to_owned),
        offset,
        limit,
    };
    let mut found = Vec::new();
    usher.members(AUDIENCE, &query, |member| {
        let cells = member.values.values();
        found.push(
            cells
                .filter_map(|cell| cell.as_str().map(str::to_owned))
                .collect(),
        );
        Ok(())
    })?;
    Ok(found)
}

/// The plan is looked at in a process that begins; then the same snapshots under
/// another sync type, person action and key, as somebody tries them who looks at it.
/// A key is tried twice: the first time its columns are made.
async fn what_if(home: &Home, told: &mut Told) -> Result<(), Failure> {
    let another_key = WhatIf {
        key: Some(("crmId".into(), "crm_id".into())),
        ..WhatIf::default()
    };
    let tries = [
        ("look", WhatIf::default()),
        (
            "what_if_sync_type",
            WhatIf {
                sync_type: Some(SyncType::AudienceOnly),
                ..WhatIf::default()
            },
        ),
        (
            "what_if_person_action",
            WhatIf {
                person_action: Some(PersonAction::UpdateExisting),
                ..WhatIf::default()
            },
        ),
        ("what_if_key_first", another_key.clone()),
        ("what_if_key", another_key),
        ("what_if_back", WhatIf::default()),
    ];
    let mut slowest = 0.0;
    for (name, wish) in tries {
        let progress = Progress::unwatched();
        let asked = async { Ok(home.usher.what_if(JOB.name, &wish, &progress).await?) };
        let made = told.step(name, asked).await?;
        told.counts.insert(name.into(), tried(&made));
        if !matches!(name, "look" | "what_if_key_first") {
            slowest = f64::max(slowest, told.seconds[name]);
        }
    }
    told.seconds.insert("what_if".into(), slowest);
    Ok(())
}
