//! What changed since people were last read: the service tells who, and they are read
//! again by their ids. The answer is kept as a reading of its own, laid over older ones.
//!
//! What activities do not tell of is not seen until everyone is read again: a lead that
//! moved between partitions, or changed in a way that is no change of a value.

use crate::points;
use crate::progress::Progress;
use crate::reading::ahead::Began;
use crate::reading::block::{LeadBlock, ReadLead};
use crate::reading::chain;
use crate::reading::lookup::{Lookups, Question};
use crate::reading::people::{GATHERED, fields_asked, planned_columns, scope};
use crate::service::{CallError, Patience, Service};
use crate::usher::Usher;
use serde_json::Map;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use usher_matching::Settings;
use usher_model::{Problem, ServiceDescription, Timestamp};
use usher_remote::marketo::{Activity, ActivityPage, Happened, MAX_VALUES};
use usher_store::table::When;
use usher_store::table::readings::{self, Reading};

/// Calls that asking for changes takes at the least: a token, and a page of each kind.
const LEAST_CALLS: u64 = 3;

/// What may be asked, where it may.
pub(crate) struct ChangesAsk {
    /// Since when, by the service's clock.
    pub(crate) since: Timestamp,
    /// The calls it takes at the least.
    pub(crate) least: u64,
    /// The readings over which the changes are laid.
    pub(crate) readings: Vec<(i64, Reading)>,
}

/// The calls that changes take at the least, where so many keys are looked up besides.
pub(crate) fn least_calls(keys: u64) -> u64 {
    LEAST_CALLS + keys.div_ceil(MAX_VALUES as u64)
}

/// Which activities matter: those of leads that are known, and those by which a lead may
/// have come to one of the keys.
struct Meant<'a> {
    settings: &'a Settings,
    said: &'a ServiceDescription,
    asked: Vec<String>,
    /// The ids of the leads that are known, in order.
    known: Vec<i64>,
}

impl Meant<'_> {
    fn is_meant(&self, activity: &Activity) -> bool {
        let is_known = self.known.binary_search(&activity.lead).is_ok();
        let key = &self.settings.key.field.name;
        match &activity.what {
            Happened::New => true,
            Happened::Deleted => is_known,
            Happened::Changed(fields) => fields.iter().any(|field| {
                // Fields are told that nobody asked for (reported in the field). One of a
                // name that the service did not describe may be any.
                let is_strange = self.said.field(field).is_none();
                field == key || is_strange || (is_known && self.asked.contains(field))
            }),
        }
    }
}

/// Asking who changed, page by page.
struct Asking<'a> {
    service: &'a Service,
    progress: &'a Progress,
    meant: Meant<'a>,
    touched: BTreeSet<i64>,
    pages: u64,
    /// The calls that all of it may take.
    most: u64,
}

impl Asking<'_> {
    /// Notes who is on a page; whether there is no reason to stop asking.
    fn note(&mut self, page: &ActivityPage) -> Result<bool, CallError> {
        let meant = page.activities.iter();
        let meant = meant.filter(|activity| self.meant.is_meant(activity));
        self.touched.extend(meant.map(|activity| activity.lead));
        self.pages += 1;
        self.progress
            .step("reading changes", self.pages, None)
            .map_err(CallError::Local)?;
        let again = self.touched.len().div_ceil(MAX_VALUES) as u64;
        Ok(self.pages + again <= self.most)
    }

    /// Who changed; nothing where that takes too many calls.
    async fn touched(mut self, token: &str) -> Result<Option<BTreeSet<i64>>, CallError> {
        let fields = &self.meant.asked.clone();
        let mut next = Some(token.to_owned());
        while let Some(token) = &next {
            let ask = |marketo: Arc<usher_remote::marketo::Marketo>| async move {
                marketo.lead_changes(token, fields).await
            };
            let page = self
                .service
                .call(Patience::READ, self.progress, ask)
                .await?;
            if !self.note(&page)? {
                return Ok(None);
            }
            next = page.next;
        }
        let mut next = Some(token.to_owned());
        while let Some(token) = &next {
            let ask = |marketo: Arc<usher_remote::marketo::Marketo>| async move {
                marketo.deleted_leads(token).await
            };
            let page = self
                .service
                .call(Patience::READ, self.progress, ask)
                .await?;
            if !self.note(&page)? {
                return Ok(None);
            }
            next = page.next;
        }
        Ok(Some(self.touched))
    }
}

impl Usher {
    /// Asks for what changed, reads those people again and keeps the answer; whether it
    /// did. It does not where that takes more than `most` calls, or where the service
    /// does not tell any more of all that happened since.
    pub(crate) async fn read_changes(
        &self,
        service: &Arc<Service>,
        settings: &Settings,
        said: &ServiceDescription,
        ask: &ChangesAsk,
        most: u64,
        progress: &Progress,
    ) -> Result<bool, CallError> {
        let (before, since) = (service.counted().0, ask.since);
        let (began, now) = (self.begins(), self.now());
        let asking = Asking {
            service,
            progress,
            meant: Meant {
                settings,
                said,
                asked: settings.fields_to_read(),
                known: self.lead_ids(&ask.readings).map_err(CallError::Local)?,
            },
            touched: BTreeSet::new(),
            pages: 1,
            most,
        };
        let token = service
            .call(Patience::READ, progress, |marketo| async move {
                marketo.paging_token(since).await
            })
            .await?;
        let Some(there_at) = service.now_there() else {
            return Ok(false);
        };
        if !chain::is_told(since, there_at) {
            tracing::info!("the last reading is too old for changes to be told");
            return Ok(false);
        }
        let Some(touched) = asking.touched(&token).await? else {
            tracing::info!("more changed than reading anew takes");
            return Ok(false);
        };
        let reading = Reading {
            fields: settings.fields_to_read(),
            when: When::new(now, now),
            calls: before,
            keys: touched.len() as u64,
            whole: false,
            blocks: 0,
            there_at: Some(there_at),
            partitions: said.partition_numbers(),
            changes_since: Some(since),
            told_by: None,
            exports: None,
        };
        self.read_touched(service, settings, touched, (reading, &began), progress)
            .await?;
        Ok(true)
    }

    /// Reads these leads and keeps them as the reading; `calls` of it is how many the
    /// service had counted before.
    async fn read_touched(
        &self,
        service: &Arc<Service>,
        settings: &Settings,
        touched: BTreeSet<i64>,
        (mut reading, began): (Reading, &Began),
        progress: &Progress,
    ) -> Result<(), CallError> {
        let scope = scope(&service.connection().id, &settings.key.field.name);
        let first = reading.clone();
        let begin = move |tx: &usher_store::Tx<'_>| readings::begin(tx, &scope, &first);
        let id = self.cache.write(begin).await.map_err(local)?;
        points::pass("reading_begun");
        let question = Question {
            service: service.clone(),
            field: "id".to_owned(),
            fields: settings.fields_to_read(),
            progress: progress.clone(),
        };
        let total = touched.len() as u64;
        let touched: Vec<i64> = touched.into_iter().collect();
        let mut lookups = Lookups::of(question, &touched, i64::to_string);
        let (mut gathered, mut done) = (Vec::new(), 0);
        while let Some(answer) = lookups.next().await {
            let (asked, leads) = answer?;
            done += asked.len() as u64;
            progress
                .step("reading people", done, Some(total))
                .map_err(CallError::Local)?;
            gathered.extend(present_or_gone(&asked, leads));
            if gathered.len() >= GATHERED || done == total {
                reading.blocks += 1;
                self.keep_touched(id, reading.blocks, settings, &gathered)
                    .await
                    .map_err(CallError::Local)?;
                gathered.clear();
                points::pass("reading_block_kept");
            }
        }
        reading.when = self.since(began);
        reading.calls = service.counted().0 - reading.calls;
        let publish = move |tx: &usher_store::Tx<'_>| readings::publish(tx, id, &reading);
        self.cache.write(publish).await.map_err(local)?;
        points::pass("reading_published");
        Ok(())
    }

    async fn keep_touched(
        &self,
        id: i64,
        seq: u64,
        settings: &Settings,
        leads: &[ReadLead],
    ) -> Result<(), Problem> {
        let fields = fields_asked(&settings.fields_to_read());
        let block = LeadBlock::of(&fields, leads)?;
        let block = block.stored(&planned_columns(settings), &[])?;
        let keep = move |tx: &usher_store::Tx<'_>| readings::put_block(tx, id, seq, &block);
        Ok(self.cache.write(keep).await?)
    }
}

/// All who were asked for: as they are, or without any value where the service finds them
/// no more. So they have no key, and what an older reading has of them counts no more.
fn present_or_gone(asked: &[i64], leads: Vec<ReadLead>) -> impl Iterator<Item = ReadLead> {
    let mut found: HashMap<i64, _> = leads.into_iter().collect();
    asked
        .iter()
        .map(move |id| (*id, found.remove(id).unwrap_or_else(Map::new)))
}

fn local(error: usher_store::StoreError) -> CallError {
    CallError::Local(error.into())
}

#[cfg(test)]
mod tests {
    use super::{Meant, least_calls, present_or_gone};
    use serde_json::{Map, json};
    use usher_matching::{MappedField, Settings};
    use usher_model::{
        DataType, Field, Mode, OnDrift, PersonAction, ServiceDescription, SyncType, Timestamp,
    };
    use usher_remote::marketo::{Activity, Happened};

    fn field(name: &str) -> Field {
        Field {
            name: name.to_owned(),
            display_name: name.to_owned(),
            data_type: DataType::String,
            length: None,
            writable: true,
            searchable: true,
            company: false,
        }
    }

    #[test]
    fn who_cannot_have_come_to_a_key_is_not_read_again() {
        let mapped = |column, name| MappedField {
            column,
            field: field(name),
            clear_when_blank: false,
        };
        let settings = Settings {
            sync_type: SyncType::ProfileOnly,
            person_action: PersonAction::UpdateExisting,
            mode: Mode::Mirror,
            on_drift: OnDrift::Leave,
            partition: None,
            key: mapped(0, "number"),
            fields: vec![mapped(1, "title")],
            consent: None,
        };
        let names = ["number", "title", "email", "phone"];
        let said = ServiceDescription {
            read_at: Timestamp(0),
            fields: names.map(field).to_vec(),
            partitions: Vec::new(),
            workspaces: Vec::new(),
            activities_denied_at: None,
        };
        let meant = Meant {
            settings: &settings,
            said: &said,
            asked: settings.fields_to_read(),
            known: vec![3, 5],
        };
        let changed = |names: &[&str]| {
            Happened::Changed(names.iter().map(|name| (*name).to_owned()).collect())
        };
        let cases = [
            (9, Happened::New, true),
            (9, Happened::Deleted, false),
            (5, Happened::Deleted, true),
            (5, changed(&["title"]), true),
            (5, changed(&["email"]), true),
            (9, changed(&["title"]), false),
            // It may have one of our keys now.
            (9, changed(&["phone", "number"]), true),
            // Nobody asked for that field.
            (5, changed(&["phone"]), false),
            // A field under a name that is not known here.
            (9, changed(&["Some Label"]), true),
        ];
        for (lead, what, expected) in cases {
            let activity = Activity { lead, what };
            assert_eq!(meant.is_meant(&activity), expected, "{activity:?}");
        }
    }

    #[test]
    fn whoever_is_not_found_is_gone() {
        let values = json!({ "email": "a@x.example" });
        let values = values.as_object().unwrap();
        let all: Vec<_> = present_or_gone(&[1, 2], vec![(2, values.clone())]).collect();
        assert_eq!(all, [(1, Map::new()), (2, values.clone())]);
    }

    #[test]
    fn the_least_is_a_token_and_two_pages() {
        assert_eq!([0, 1, 300, 301].map(least_calls), [3, 4, 4, 5]);
    }
}
