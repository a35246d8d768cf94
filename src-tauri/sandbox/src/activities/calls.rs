//! The endpoints of activities.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::cursor::Cursor;
use super::{HORIZON_S, Record, Ring, What, value};
use crate::clock::{lead_time, parse_time};
use crate::envelope::{Answer, Failure};
use crate::fields::{self, FieldNo};
use crate::leads::filter::required;
use crate::leads::store::Change;
use crate::lists::browse::list_id;
use crate::paging::{self, PAGE};
use crate::random;
use crate::request::Call;
use crate::state::State;

const NEW_LEAD: u32 = 12;
const CHANGED_VALUE: u32 = 13;
const DELETED: u32 = 37;
/// Marketo docs: activities. Larger lists cannot be asked about.
const LARGEST_LIST: usize = 10_000;
const MOST_LEADS: usize = 30;

/// Marketo docs: paging tokens. The activities at and after a time.
pub(crate) fn paging_token(call: &Call) -> Result<Answer, Failure> {
    let since = required(call, "sinceDatetime")?;
    let at = parse_time(since)
        .ok_or_else(|| Failure::new(704, format!("Invalid date format '{since}'")))?;
    let cursor = Cursor {
        seq: 0,
        at,
        page: 0,
    };
    Ok(Answer {
        next_page: Some(cursor.token()),
        ..Answer::done()
    })
}

/// New leads, and changes of the fields asked for.
pub(crate) fn lead_changes(state: &State, call: &Call) -> Result<Answer, Failure> {
    let fields = fields(call)?;
    let leads = leads(state, call)?;
    let shown = |record: &Record| {
        let meant = leads.iter().all(|leads| leads.contains(&record.lead));
        let asked = match &record.what {
            What::Changed(change) => state.leak_other_fields || fields.contains(&change.no),
            _ => true,
        };
        (meant && asked).then(|| item(record))
    };
    page(state, call, &state.activities.changes, shown)
}

/// Deletions, those of leads that a merge took away included.
pub(crate) fn deleted_leads(state: &State, call: &Call) -> Result<Answer, Failure> {
    page(state, call, &state.activities.deletions, |record| {
        Some(item(record))
    })
}

/// One page. As reported in the field, a call looks at so many activities, whatever they are,
/// and returns those that are meant: a page may be short or empty and not the last one. So
/// that it is also with few activities, every third page looks at half and every fifth at none.
fn page(
    state: &State,
    call: &Call,
    ring: &Ring,
    shown: impl Fn(&Record) -> Option<Value>,
) -> Result<Answer, Failure> {
    let token = required(call, "nextPageToken")?;
    let size = paging::batch_size(call)?;
    let now = state.clock.now_s();
    let from = Cursor::read(token).filter(|from| now - from.at <= HORIZON_S);
    let from = from.ok_or_else(|| Failure::new(1003, "Invalid nextPageToken"))?;
    let start = ring.place(&from, now);
    let start = start.ok_or_else(|| Failure::new(1003, "Invalid nextPageToken"))?;

    let page = from.page.wrapping_add(1);
    let (looked_at, most) = match (page.is_multiple_of(5), page.is_multiple_of(3)) {
        (true, _) => (0, 0),
        (_, true) => (PAGE / 2, size.div_ceil(2)),
        _ => (PAGE, size),
    };
    let mut result = Vec::new();
    let mut next = start;
    for record in ring.records.range(start..).take(looked_at) {
        if result.len() == most {
            break;
        }
        next += 1;
        if sees(state, record) {
            result.extend(shown(record));
        }
    }
    let next = ring.records.get(next);
    let cursor = match next {
        Some(record) => Cursor::at_record(record, page),
        None => Cursor {
            seq: state.activities.next_seq,
            at: now.max(from.at),
            page,
        },
    };
    Ok(Answer {
        next_page: Some(cursor.token()),
        shows_more: true,
        at_end: next.is_none(),
        ..Answer::of(result)
    })
}

/// By where the lead is, or was when it was deleted.
fn sees(state: &State, record: &Record) -> bool {
    let lead = state.leads.get(record.lead);
    let partition = lead.map_or(record.partition, |lead| lead.partition);
    !state.hidden.contains(&partition)
}

fn fields(call: &Call) -> Result<Vec<FieldNo>, Failure> {
    required(call, "fields")?;
    let names = call.list("fields");
    let known = names.iter().map(|name| {
        let name = name.trim();
        let known = fields::by_name(name).map(|(no, _)| no);
        known.ok_or_else(|| Failure::new(1006, format!("Field '{name}' not found")))
    });
    known.collect()
}

/// The leads asked about, by list and by id; nothing for everyone.
fn leads(state: &State, call: &Call) -> Result<Vec<BTreeSet<u32>>, Failure> {
    let mut sets = Vec::new();
    if let Some(list) = call.param("listId") {
        let list = state.lists.get(list_id(state, list)?);
        if list.is_some_and(|list| list.members.len() >= LARGEST_LIST) {
            let text = format!("The list has {LARGEST_LIST} or more leads");
            return Err(Failure::new(1003, text));
        }
        let members = list.into_iter().flat_map(|list| list.members.keys());
        sets.push(members.copied().collect());
    }
    let ids = call.list("leadIds");
    if ids.len() > MOST_LEADS {
        let text = format!("Too many lead ids; the maximum is {MOST_LEADS}");
        return Err(Failure::new(1003, text));
    }
    if !ids.is_empty() {
        let ids = ids.iter().map(|text| {
            text.trim().parse().map_err(|_| {
                let text = format!("Invalid value '{text}'. Required of type 'Integer'");
                Failure::new(1001, text)
            })
        });
        sets.push(ids.collect::<Result<_, _>>()?);
    }
    Ok(sets)
}

/// Marketo docs: activities. The `id` is on its way out and is missing in some.
fn item(record: &Record) -> Value {
    let mut item = json!({});
    if !record.seq.is_multiple_of(4) {
        item["id"] = record.seq.into();
    }
    let hash = random::hash(&record.seq.to_be_bytes());
    item["marketoGUID"] = format!("{:016x}{hash:016x}", record.seq).into();
    item["leadId"] = record.lead.into();
    item["activityDate"] = lead_time(record.at).into();
    let (kind, attributes) = match &record.what {
        What::Created => {
            item["fields"] = json!([]);
            let made = json!({"name": "Created Date", "value": &lead_time(record.at)[..10]});
            (NEW_LEAD, json!([made]))
        }
        What::Changed(change) => {
            item["fields"] = json!([field(change)]);
            let by = |name| json!({"name": name, "value": "Web service API"});
            let lead = json!({"name": "Lead ID", "value": record.lead});
            (CHANGED_VALUE, json!([by("Reason"), by("Source"), lead]))
        }
        What::Deleted(name) => {
            item["primaryAttributeValueId"] = record.lead.into();
            item["primaryAttributeValue"] = name.as_str().into();
            (DELETED, json!([]))
        }
    };
    item["activityTypeId"] = kind.into();
    item["attributes"] = attributes;
    item
}

fn field(change: &Change) -> Value {
    let field = fields::by_no(change.no);
    // As the published description has it: always a new value, and perhaps an old one.
    let mut item = json!({
        "id": field.id,
        "name": field.name,
        "newValue": value(change, change.new.as_ref()).unwrap_or_default(),
    });
    if let Some(old) = value(change, change.old.as_ref()) {
        item["oldValue"] = old.into();
    }
    item
}

/// The types that are recorded here.
pub(crate) fn types() -> Answer {
    let attribute = |(name, kind): &(&str, &str)| json!({"name": name, "dataType": kind});
    let kind = |id: u32, name: &str, what: &str, primary: (&str, &str), others: &[(&str, &str)]| {
        let others: Vec<Value> = others.iter().map(attribute).collect();
        json!({
            "id": id,
            "name": name,
            "description": what,
            "primaryAttribute": attribute(&primary),
            "attributes": others,
        })
    };
    Answer::of(vec![
        kind(
            NEW_LEAD,
            "New Lead",
            "New person is added to the lead database",
            ("Lead ID", "integer"),
            &[("Created Date", "date")],
        ),
        kind(
            CHANGED_VALUE,
            "Change Data Value",
            "An attribute of a person's record has changed",
            ("Attribute Name", "integer"),
            &[
                ("New Value", "string"),
                ("Old Value", "string"),
                ("Reason", "string"),
                ("Source", "string"),
            ],
        ),
        kind(
            DELETED,
            "Delete Lead",
            "A person is removed from the lead database",
            ("Lead ID", "integer"),
            &[],
        ),
    ])
}
