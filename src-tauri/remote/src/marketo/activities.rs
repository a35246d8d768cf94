//! What happened to people since a time: who is new, whose values changed, who is gone
//! (Marketo docs: activities, paging tokens).
//!
//! A page may be short, or empty, and not the last one. The `id` of an activity may be
//! missing and one activity may be told twice, so nothing here depends on either.

use super::{
    Ask, LEADS_REPLY, Marketo,
    envelope::{Envelope, number, text_of},
    form,
};
use crate::failure::Failure;
use serde_json::Value;
use std::time::Duration;
use usher_model::Timestamp;

/// Activities on one page (Marketo docs: activities).
const PAGE: &str = "300";
/// Longer than the service gives itself for a paging token (Marketo docs: activities,
/// timeouts: 300 s).
const PAGING_TOKEN: Duration = Duration::from_secs(315);
/// The number of "Change Data Value" (Marketo docs: activities).
const CHANGED_VALUE: i64 = 13;

/// One thing that happened to a lead; values are not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activity {
    /// The lead.
    pub lead: i64,
    /// What happened.
    pub what: Happened,
}

/// What happened to a lead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happened {
    /// It was made, or nothing is known but that something happened.
    New,
    /// Values of these fields changed. There may be fields among them that were not
    /// asked for.
    Changed(Vec<String>),
    /// It was deleted, or lost to another in a merge.
    Deleted,
}

/// Some of what happened; all of it, as of now, once `next` is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActivityPage {
    /// In the service's order.
    pub activities: Vec<Activity>,
    /// The token of the next page.
    pub next: Option<String>,
}

impl Marketo {
    /// The token of what happened at and after a time of the service's own clock. It
    /// serves both kinds of pages. Without Read-Only Activity: [`Failure::Denied`].
    pub async fn paging_token(&self, since: Timestamp) -> Result<String, Failure> {
        let since = since.to_string();
        let query = form::encode(&[("sinceDatetime", &since)]);
        let path = format!("/rest/v1/activities/pagingtoken.json?{query}");
        let opened = self.call(Ask::get(path).waiting(PAGING_TOKEN)).await?;
        opened
            .next
            .ok_or_else(|| Failure::unknown("no paging token where one was asked for"))
    }

    /// One page of new leads and of changes of these fields. A token that is too old, or
    /// not known any more, is refused with 1003. Never by list: lists of 10,000 members
    /// and more are refused (Marketo docs: activities).
    pub async fn lead_changes(
        &self,
        token: &str,
        fields: &[String],
    ) -> Result<ActivityPage, Failure> {
        if fields.is_empty() {
            return Err(Failure::unsendable(
                "changes of no field cannot be asked for",
            ));
        }
        let fields = fields.join(",");
        let pairs = [
            ("nextPageToken", token),
            ("fields", &fields),
            ("batchSize", PAGE),
        ];
        self.activities("leadchanges", &pairs, change).await
    }

    /// One page of deletions; those of more than 14 days ago may be gone.
    pub async fn deleted_leads(&self, token: &str) -> Result<ActivityPage, Failure> {
        let pairs = [("nextPageToken", token), ("batchSize", PAGE)];
        self.activities("deletedleads", &pairs, |_| Happened::Deleted)
            .await
    }

    async fn activities(
        &self,
        kind: &str,
        pairs: &[(&str, &str)],
        what: fn(&Value) -> Happened,
    ) -> Result<ActivityPage, Failure> {
        let path = format!("/rest/v1/activities/{kind}.json?{}", form::encode(pairs));
        let call = Ask {
            max_reply: LEADS_REPLY,
            ..Ask::get(path)
        };
        page(self.call(call).await?, pairs[0].1, what)
    }
}

/// A page whose end is not said could be taken for the last one, so it is none.
fn page(
    mut opened: Envelope,
    asked: &str,
    what: fn(&Value) -> Happened,
) -> Result<ActivityPage, Failure> {
    if opened.more.is_none() {
        return Err(Failure::unknown("activities without an end"));
    }
    let next = opened.next_page(Some(asked))?;
    // Nothing happened: there may be no list at all.
    let records = opened.result.unwrap_or_default();
    let activities: Option<Vec<Activity>> = records
        .iter()
        .map(|record| {
            let lead = record.get("leadId").and_then(number);
            let lead = lead.filter(|lead| *lead > 0)?;
            let what = what(record);
            Some(Activity { lead, what })
        })
        .collect();
    let activities = activities.ok_or_else(|| Failure::unknown("an activity without a lead"))?;
    Ok(ActivityPage { activities, next })
}

/// What is not plainly a change of named fields may be anything.
fn change(record: &Value) -> Happened {
    let kind = record.get("activityTypeId").and_then(number);
    let fields = record.get("fields").and_then(Value::as_array);
    let named = |fields: &Vec<Value>| -> Option<Vec<String>> {
        fields.iter().map(|field| text_of(field, "name")).collect()
    };
    match (kind, fields.and_then(named)) {
        (Some(CHANGED_VALUE), Some(fields)) if !fields.is_empty() => Happened::Changed(fields),
        _ => Happened::New,
    }
}
