//! Plans and people in words.

use crate::desk::Desk;
use crate::print::{self, count, document, facts, table};
use usher_model::{
    PeopleCounts, Person, PlanSummary, Problem, ReadRoute, RouteChoice, RouteReason, WriteRoute,
};
use usher_sync::{PeopleFilter, WhatIfDocument};

/// The people of a plan, a line each.
pub(crate) fn list_people(
    desk: &Desk,
    sync: &str,
    digest: &str,
    filter: &PeopleFilter,
) -> Result<(), Problem> {
    if desk.json {
        return desk.usher().people_of_plan(sync, digest, filter, |person| {
            document(&person, true, |_| String::new())
        });
    }
    let mut rows = Vec::new();
    desk.usher()
        .people_of_plan(sync, digest, filter, |person| {
            let told = person
                .reason
                .as_ref()
                .map(|reason| reason.message.clone())
                .unwrap_or_default();
            rows.push(vec![
                person.row.map_or(String::new(), |row| row.to_string()),
                person.key.clone().unwrap_or_default(),
                person.verdict.map_or(String::new(), print::word),
                print::word(person.list),
                person
                    .lead_id
                    .map_or(String::new(), |lead| lead.to_string()),
                told,
            ]);
            Ok(())
        })?;
    print::text_line(&table(
        &["ROW", "KEY", "VERDICT", "LIST", "PERSON", "REASON"],
        &rows,
    ))
}

/// Verdicts and what is left out, a line each.
fn verdicts(people: &PeopleCounts) -> [(&'static str, String); 4] {
    let skip = serde_json::to_value(&people.skip).unwrap_or_default();
    let reasons = skip
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(name, number)| {
            let number = number.as_u64().filter(|number| *number > 0)?;
            Some(format!("{} {}", count(number), name.replace('_', " ")))
        });
    let reasons = reasons.collect::<Vec<_>>().join(", ");
    let skipped = match reasons.is_empty() {
        true => "0".into(),
        false => format!("{} ({reasons})", count(people.skip.total())),
    };
    [
        ("  create", count(people.create)),
        ("  update", count(people.update)),
        ("  leave", count(people.leave)),
        ("  skip", skipped),
    ]
}

/// What other settings would come to, for people.
pub(crate) fn tried(tried: &WhatIfDocument) -> String {
    let mut lines = verdicts(&tried.people).to_vec();
    if let Some(list) = &tried.list {
        let effect = format!(
            "{} join, {} stay, {} leave, {} others",
            count(list.add),
            count(list.keep),
            count(list.remove),
            count(list.others)
        );
        lines.push(("List", effect));
    }
    lines.push((
        "Several people",
        format!("{} keys", count(tried.ambiguous_keys)),
    ));
    lines.push(("Drifted", count(tried.drifted)));
    lines.push(("Calls", count(tried.calls)));
    facts(&lines)
}

/// A plan in words.
pub(crate) fn planned(plan: &PlanSummary) -> String {
    let people = &plan.people;
    let as_of = plan
        .destination_as_of
        .map_or("never read".to_owned(), |at| at.to_string());
    let mut lines = vec![
        ("Plan", plan.digest.clone()),
        (
            "Audience",
            format!(
                "`{}`, {} rows, as of {}",
                plan.audience.name,
                count(plan.audience.rows),
                plan.audience.snapshot_at
            ),
        ),
        (
            "Destination",
            format!(
                "as of {as_of}; partitions searched: {}",
                plan.partitions.join(", ")
            ),
        ),
    ];
    lines.extend(verdicts(people));
    if let Some(list) = &plan.list {
        let exists = if list.exists {
            ""
        } else {
            ", which will be made"
        };
        lines.push((
            "List",
            format!(
                "`{}`{exists}: {} join, {} stay, {} leave, {} others",
                list.name,
                count(list.add),
                count(list.keep),
                count(list.remove),
                count(list.others)
            ),
        ));
        if list.add > 0 {
            lines.push((
                "Mind",
                format!(
                    "{} people join the list: campaigns that listen to it may start for them",
                    count(list.add)
                ),
            ));
        }
    }
    if plan.ambiguous_keys > 0 {
        lines.push((
            "Several people",
            format!(
                "{} keys have more than one person; the most recently updated counts",
                count(plan.ambiguous_keys)
            ),
        ));
    }
    if plan.drifted > 0 {
        lines.push((
            "Drifted",
            format!(
                "{} people were changed by somebody else since they were delivered",
                count(plan.drifted)
            ),
        ));
    }
    let cost = &plan.cost;
    let read = plan.routes.as_ref().map(|routes| routes.read.route);
    let reads_by_changes = read == Some(ReadRoute::Changes);
    lines.push((
        "Cost",
        format!(
            "{} calls, about {} s, {} % of the day's; reading again takes {}{} more",
            count(cost.calls),
            count(cost.seconds),
            cost.quota_percent,
            at_least(reads_by_changes),
            count(cost.reading_calls)
        ),
    ));
    let used = &cost.used_today;
    lines.push((
        "Used today",
        format!(
            "{} calls by Usher, {} by other applications; {} are left",
            count(used.ours),
            count(used.others),
            count(used.left)
        ),
    ));
    if let Some(routes) = &plan.routes {
        lines.push(("Read by", route(&routes.read, read_words)));
        lines.push(("Sent by", route(&routes.write, write_words)));
    }
    for held in &plan.guardrails {
        lines.push((
            "HELD BACK",
            format!(
                "{}: limit {}, found {}; `--allow {}` overrides it",
                held.name.as_str(),
                count(held.limit),
                count(held.found),
                held.name.as_str()
            ),
        ));
    }
    facts(&lines)
}

fn read_words(route: ReadRoute) -> &'static str {
    match route {
        ReadRoute::Lookup => "lookups of 300 keys",
        ReadRoute::Extract => "exports of everyone",
        ReadRoute::Changes => "what changed since the last reading",
    }
}

fn write_words(route: WriteRoute) -> &'static str {
    match route {
        WriteRoute::Batch => "calls of 300 people",
        WriteRoute::Bulk => "files that the service imports",
    }
}

/// How many of what changes there are is not known before they are read.
fn at_least(is_least: bool) -> &'static str {
    if is_least { "at least " } else { "" }
}

/// A route in words: which, why, and what others would take.
fn route<R: PartialEq + Copy>(choice: &RouteChoice<R>, words: fn(R) -> &'static str) -> String {
    let why = match choice.why {
        RouteReason::Wished => ", as wished",
        RouteReason::OnlyOne => "",
        RouteReason::Soonest => ", done first",
        RouteReason::FewestCalls => ", the fewest calls",
        RouteReason::ActivitiesDenied => {
            ", as the user lacks Read-Only Activity to read only what changed"
        }
    };
    let others = choice
        .options
        .iter()
        .filter(|one| one.route != choice.route);
    let others = others.map(|one| {
        format!(
            "; {} would take {}{} calls, {}, {} % of the day's",
            words(one.route),
            at_least(one.at_least),
            count(one.calls),
            print::duration(one.seconds),
            one.quota_percent
        )
    });
    let others: String = others.collect();
    format!("{}{why}{others}", words(choice.route))
}

/// One person in words.
pub(crate) fn explained(person: &Person) -> String {
    let explain = &person.explain;
    let mut lines = vec![
        (
            "Row",
            person.row.map_or("none".into(), |row| row.to_string()),
        ),
        ("Given", explain.raw.clone().unwrap_or_default()),
        ("Key", explain.normalized.clone().unwrap_or_default()),
        (
            "Verdict",
            person.verdict.map_or("leaves the list".into(), print::word),
        ),
        ("List", print::word(person.list)),
    ];
    if !explain.rule.is_empty() {
        lines.push(("Rule", explain.rule.clone()));
    }
    for candidate in &explain.candidates {
        let partition = candidate
            .partition
            .as_deref()
            .unwrap_or("a partition that is not named");
        let updated = candidate.updated_at.as_deref().unwrap_or("never");
        lines.push((
            "Found",
            format!(
                "person {} in {partition}, updated {updated}",
                candidate.lead_id
            ),
        ));
    }
    for (field, pair) in &explain.changes {
        let shown = |at: usize| {
            pair.get(at)
                .map(print::cell)
                .filter(|text| !text.is_empty())
                .unwrap_or_else(|| "nothing".into())
        };
        lines.push((
            "Change",
            format!("{field}: {} becomes {}", shown(0), shown(1)),
        ));
    }
    if let Some(reason) = &person.reason {
        lines.push(("Why", reason.message.clone()));
        lines.push(("Fix", reason.fix.clone()));
    }
    facts(&lines)
}
