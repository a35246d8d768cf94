//! Who sees every request arrive at the service, and what must be true of each
//! (reliability: invariants I2, I4, I7, I8, I9).

use serde_json::Value;
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use tokio::time::Instant;
use usher_model::{BatchKind, BatchState, RunId};
use usher_sandbox::{Answered, Asked, Stepped};
use usher_store::table::{batches, runs};
use usher_store::{Database, StoreError};

/// The window of the service's rate limit.
const WINDOW: Duration = Duration::from_secs(20);
/// A creation whose end nobody heard of can be under way for so long.
const CREATING: Duration = Duration::from_secs(90);
/// Runs that are looked at for what is being sent: no more are under way.
const RUNS: u32 = 8;
/// The longest that a request is on its way to the service.
const ON_ITS_WAY: Duration = Duration::from_secs(1);

/// What holds for a story, whatever happens in it.
pub(crate) struct Rules {
    /// The user's share of the service's rate.
    pub(crate) calls_per_20s: usize,
    /// Fields that may be written.
    pub(crate) fields: BTreeSet<String>,
}

/// The witness.
pub(crate) struct Witness {
    began: Instant,
    service: Arc<Stepped>,
    rules: Rules,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    calls: u64,
    writes: u64,
    trace: DefaultHasher,
    recent: VecDeque<Instant>,
    busiest: usize,
    creating: HashMap<String, (u64, Instant)>,
    /// E-mails of people who must not be written to, and since when.
    suppressed: HashMap<String, Instant>,
    journal: Option<Arc<Database>>,
    broken: Vec<String>,
}

/// What a request writes.
struct Write {
    kind: BatchKind,
    /// Normalised e-mails of who is made, numbers of all others.
    whom: BTreeSet<String>,
    fields: BTreeSet<String>,
}

impl Witness {
    /// In front of this service.
    pub(crate) fn new(service: Arc<Stepped>, rules: Rules) -> Arc<Self> {
        Arc::new(Self {
            began: Instant::now(),
            service,
            rules,
            seen: Mutex::default(),
        })
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap()
    }

    /// From here on these people must not be written to.
    pub(crate) fn suppress(&self, emails: impl IntoIterator<Item = String>) {
        let now = Instant::now();
        let since = emails.into_iter().map(|email| (email, now));
        self.seen().suppressed.extend(since);
    }

    /// From here on nothing is looked up in a journal.
    pub(crate) fn reads_no_more(&self) {
        self.seen().journal = None;
    }

    /// Reads from this journal what was written down before a request left.
    pub(crate) fn reads(&self, journal: Arc<Database>) {
        self.seen().journal = Some(journal);
    }

    /// What was found broken so far.
    pub(crate) fn broken(&self) -> Vec<String> {
        self.seen().broken.clone()
    }

    /// Calls, writes among them, and the most calls in a window.
    pub(crate) fn counted(&self) -> (u64, u64, usize) {
        let seen = self.seen();
        (seen.calls, seen.writes, seen.busiest)
    }

    /// A number for everything that went over the wire, and when.
    pub(crate) fn trace(&self) -> u64 {
        self.seen().trace.finish()
    }

    /// A request arrives; its number.
    pub(crate) fn received(&self, asked: &Asked) -> u64 {
        let now = Instant::now();
        let path = asked.path_and_query.as_str();
        let mut seen = self.seen();
        seen.calls += 1;
        let call = seen.calls;
        let at = now.duration_since(self.began);
        (at, &asked.method, path, asked.body.len()).hash(&mut seen.trace);
        if path.starts_with("/identity/") {
            return call;
        }
        self.hold_rate(&mut seen, now);
        if let Some(write) = written(asked) {
            seen.writes += 1;
            self.hold_write(&mut seen, call, now, &write);
        }
        call
    }

    /// The service is done with a request.
    pub(crate) fn answered(&self, call: u64, answered: &Answered) {
        let mut seen = self.seen();
        let Answered::Reply { status, body, .. } = answered else {
            (call, "cut").hash(&mut seen.trace);
            return;
        };
        (call, status, body.len()).hash(&mut seen.trace);
        // The service itself does not know yet what becomes of it.
        let code = code_of(body);
        if !matches!(code.as_deref(), Some("604" | "611")) {
            seen.creating.retain(|_, (by, _)| *by != call);
        }
    }

    fn hold_rate(&self, seen: &mut Seen, now: Instant) {
        while seen
            .recent
            .front()
            .is_some_and(|at| now.duration_since(*at) >= WINDOW)
        {
            seen.recent.pop_front();
        }
        seen.recent.push_back(now);
        seen.busiest = seen.busiest.max(seen.recent.len());
        if seen.recent.len() > self.rules.calls_per_20s {
            let (calls, share) = (seen.recent.len(), self.rules.calls_per_20s);
            let said = format!("I9: {calls} calls in 20 s, where {share} are allowed");
            seen.broken.push(said);
        }
    }

    fn hold_write(&self, seen: &mut Seen, call: u64, now: Instant, write: &Write) {
        let strange: Vec<&String> = write.fields.difference(&self.rules.fields).collect();
        if !strange.is_empty() {
            let said = format!("I8: fields that are not mapped are written: {strange:?}");
            seen.broken.push(said);
        }
        if let Some(email) = self.suppressed_of(&seen.suppressed, now, write) {
            seen.broken
                .push(format!("I7: {email} is suppressed and written to"));
        }
        if write.kind == BatchKind::Create {
            for key in &write.whom {
                let before = seen.creating.insert(key.clone(), (call, now));
                if before.is_some_and(|(_, since)| now.duration_since(since) < CREATING) {
                    seen.broken.push(format!("I2: {key} is made twice at once"));
                }
            }
        }
        if let Some(journal) = seen.journal.clone()
            && !is_written_down(&journal, write).expect("the journal can be read")
        {
            let (kind, people) = (write.kind, write.whom.len());
            seen.broken.push(format!(
                "I4: {kind:?} of {people} people left without being written down"
            ));
        }
    }

    fn suppressed_of(
        &self,
        suppressed: &HashMap<String, Instant>,
        now: Instant,
        write: &Write,
    ) -> Option<String> {
        if write.kind == BatchKind::Remove {
            return None;
        }
        write.whom.iter().find_map(|who| {
            let email = match write.kind {
                BatchKind::Create => who.clone(),
                _ => {
                    let lead = format!("lead/{who}");
                    let (_, lead) = self.service.private("GET", &lead, &Value::Null);
                    normal(lead["email"].as_str().unwrap_or_default())
                }
            };
            let since = suppressed.get(&email)?;
            (now.duration_since(*since) > ON_ITS_WAY).then_some(email)
        })
    }
}

/// Whether a batch that is being sent says all that a request does.
fn is_written_down(journal: &Database, write: &Write) -> Result<bool, StoreError> {
    let reader = journal.reader()?;
    for run in runs::first::<Value>(&reader, None, RUNS)? {
        let run = RunId(run["run_id"].as_str().unwrap_or_default().to_owned());
        for open in batches::open(&reader, &run)? {
            if open.state != BatchState::Sending {
                continue;
            }
            let joins = open.file.is_some_and(|file| file.joins);
            let same = open.kind == write.kind || (joins && write.kind != BatchKind::Remove);
            if !same {
                continue;
            }
            let batch = batches::get(&reader, &run, open.seq)?;
            let items = batch.items.iter().map(|item| match item.lead {
                Some(lead) if open.kind != BatchKind::Create => lead.to_string(),
                _ => normal(&item.key),
            });
            if write.whom.is_subset(&items.collect()) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

fn written(asked: &Asked) -> Option<Write> {
    let path = asked.path_and_query.split('?').next().unwrap_or_default();
    match (asked.method.as_str(), path) {
        ("POST", "/rest/v1/leads.json") => synced(&asked.body),
        ("POST", "/bulk/v1/leads.json") => imported(asked),
        (method, path) if path.starts_with("/rest/v1/lists/") && path.ends_with("/leads.json") => {
            let kind = match method {
                "POST" => BatchKind::Add,
                "DELETE" => BatchKind::Remove,
                _ => return None,
            };
            let body: Value = serde_json::from_slice(&asked.body).unwrap_or_default();
            let input = body["input"].as_array().cloned().unwrap_or_default();
            let mut whom: BTreeSet<String> =
                input.iter().map(|one| one["id"].to_string()).collect();
            let query = asked
                .path_and_query
                .split_once('?')
                .map_or("", |(_, query)| query);
            let ids = query.split('&').filter_map(|pair| pair.strip_prefix("id="));
            whom.extend(ids.flat_map(|ids| ids.split(',').map(str::to_owned)));
            Some(Write {
                kind,
                whom,
                fields: BTreeSet::new(),
            })
        }
        _ => None,
    }
}

fn synced(body: &[u8]) -> Option<Write> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let kind = match body["action"].as_str()? {
        "createOnly" => BatchKind::Create,
        _ => BatchKind::Update,
    };
    let input = body["input"].as_array()?;
    let fields = input.iter().filter_map(Value::as_object);
    let fields = fields.flat_map(|one| one.keys().cloned());
    Some(Write {
        kind,
        whom: input
            .iter()
            .map(|one| match kind {
                BatchKind::Create => normal(one["email"].as_str().unwrap_or_default()),
                _ => one["id"].to_string(),
            })
            .collect(),
        fields: fields.filter(|name| name != "id").collect(),
    })
}

/// The file between the head and the tail of its part.
fn imported(asked: &Asked) -> Option<Write> {
    let text = String::from_utf8_lossy(&asked.body);
    let (_, file) = text.split_once("\r\n\r\n")?;
    let (file, _) = file.rsplit_once("\r\n--")?;
    let mut lines = file.lines().map(|line| line.split("\",\"").map(unquoted));
    let head: Vec<String> = lines.next()?.collect();
    let kind = match head.first()?.as_str() {
        "id" => BatchKind::Update,
        _ => BatchKind::Create,
    };
    let whom = lines.filter_map(|mut line| line.next());
    Some(Write {
        kind,
        whom: whom.map(|who| normal(&who)).collect(),
        fields: head.into_iter().filter(|name| name != "id").collect(),
    })
}

fn unquoted(cell: &str) -> String {
    cell.trim_matches('"').to_owned()
}

fn normal(email: &str) -> String {
    email.trim().to_ascii_lowercase()
}

fn code_of(body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    Some(body["errors"][0]["code"].as_str()?.to_owned())
}
