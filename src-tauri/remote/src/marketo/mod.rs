//! The REST API of Marketo Engage: lead database, lists, folders.
//!
//! Every method makes exactly one call, apart from a token when there is none,
//! and tries nothing twice. A reply is believed only when all of it makes
//! sense; anything else is [`Failure::Unknown`].

mod activities;
mod check;
mod envelope;
mod extract;
mod fields;
mod folders;
mod form;
mod import;
mod json;
mod leads;
mod lists;
mod members;
mod records;
#[cfg(test)]
mod tests;
mod token;
mod usage;
mod write;

pub use activities::{Activity, ActivityPage, Happened};
pub use check::Check;
pub use extract::{ExtractFilter, ExtractJob, JobState};
pub use folders::{FolderInfo, FolderPage, GROUP_LISTS};
pub use import::{Import, ImportJob, MAX_IMPORT, Side, ToldRow};
pub use leads::{Lead, LeadPage, LeadQuery, MAX_VALUES};
pub use lists::{ListInfo, ListPage};
pub use members::Membership;
pub use records::RecordResult;
pub use usage::Usage;
pub use write::{
    ENVELOPE_LEN, LeadWrite, MAX_BODY, MAX_RECORDS, WriteAction, body_len, record_len,
};

use crate::{
    clock::Clock,
    failure::Failure,
    http::{Body, Http, Method, Reply, Request, Transport},
};
use envelope::Envelope;
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use token::Tokens;
use usher_model::{Secret, Timestamp, is_loopback, parse_endpoint};

/// What the service gives itself for Sync Leads (Marketo docs: leads, timeouts).
pub const SERVER_SYNC_LEADS: Duration = Duration::from_secs(90);
/// The same for leads by filter and by list.
pub const SERVER_READ_LEADS: Duration = Duration::from_secs(60);
/// The same for other calls of the lead database.
pub const SERVER_OTHER: Duration = Duration::from_secs(30);
/// The same for assets (Marketo docs: assets, timeouts).
pub const SERVER_ASSETS: Duration = Duration::from_secs(300);

/// The longest wait for a reply: more than the service gives itself, since
/// hanging up earlier would make unknown outcomes. Asset reads are the
/// exception, for nothing is lost with one.
const SYNC_LEADS: Duration = Duration::from_secs(120);
const READ_LEADS: Duration = Duration::from_secs(90);
const OTHER: Duration = Duration::from_secs(45);
const CREATE_ASSET: Duration = Duration::from_secs(315);
const SANDBOX_MARGIN: Duration = Duration::from_secs(2);

/// The most bytes of a page of 300 leads, and of any other reply.
const LEADS_REPLY: usize = 16 << 20;
const OTHER_REPLY: usize = 4 << 20;

/// One instance, as one custom service of it. Share it behind an `Arc`, so that
/// all calls share a token.
pub struct Marketo {
    http: Arc<dyn Http>,
    clock: Arc<dyn Clock>,
    /// `None` when the endpoint is not one that a secret may be sent to.
    base: Option<String>,
    tokens: Tokens,
    sandbox: Mutex<SandboxHeaders>,
    /// What the service's own clock said last.
    service_time: Mutex<Option<Timestamp>>,
}

/// What the last replies of a loopback service said of its times.
#[derive(Clone, Copy)]
struct SandboxHeaders {
    timeout: Option<Duration>,
    scale: u32,
}

/// One call, as far as it differs from others.
struct Ask {
    method: Method,
    /// From the host on, with any query.
    path: String,
    body: Body,
    range: Option<(u64, u64)>,
    wait: Duration,
    max_reply: usize,
}

impl Ask {
    fn get(path: String) -> Self {
        Self {
            method: Method::Get,
            path,
            body: Body::None,
            range: None,
            wait: OTHER,
            max_reply: OTHER_REPLY,
        }
    }

    fn post(path: String, body: Body) -> Self {
        Self {
            method: Method::Post,
            body,
            ..Self::get(path)
        }
    }

    fn waiting(self, wait: Duration) -> Self {
        Self { wait, ..self }
    }
}

impl Marketo {
    /// Every call of an `endpoint` that is neither loopback nor one of the
    /// service's hosts fails without sending anything.
    pub fn new(
        http: Arc<dyn Http>,
        clock: Arc<dyn Clock>,
        endpoint: &str,
        client_id: String,
        secret: Secret,
    ) -> Self {
        Self {
            http,
            clock,
            base: parse_endpoint(endpoint).ok(),
            tokens: Tokens::new(client_id, secret),
            sandbox: Mutex::new(SandboxHeaders {
                timeout: None,
                scale: 1,
            }),
            service_time: Mutex::new(None),
        }
    }

    /// Makes sure that there is a token with more than 60 s to live, or all the
    /// service gives it. Callers at the same time share one request, and its
    /// failure. Token requests do not count as calls (Marketo docs: identity).
    pub async fn ensure_token(&self) -> Result<(), Failure> {
        self.tokens.ensure(self).await.map(|_| ())
    }

    /// Forgets the token that calls failed with ([`Failure::Token`]), unless
    /// another has replaced it meanwhile. The service may give the same one
    /// again; so repeat a call once, not until it works.
    pub fn token_refused(&self) {
        self.tokens.forget_refused();
    }

    /// The last `X-Sandbox-Timeout`; `None` unless the service is on loopback.
    pub fn sandbox_timeout(&self) -> Option<Duration> {
        self.sandbox().timeout
    }

    /// The last `X-Sandbox-Time-Scale`; 1 unless the service is on loopback.
    pub fn time_scale(&self) -> u32 {
        self.sandbox().scale
    }

    /// What the service's own clock said with its last good reply, to the second: the
    /// time of activities, which the computer's clock may be far from.
    pub fn service_time(&self) -> Option<Timestamp> {
        *self
            .service_time
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// A token, the call, and what its reply means.
    async fn call(&self, ask: Ask) -> Result<Envelope, Failure> {
        self.opened(ask, |reply| envelope::open(reply)).await
    }

    /// The same for a file or a piece of one, which comes as it is.
    async fn file(&self, ask: Ask) -> Result<Vec<u8>, Failure> {
        self.opened(ask, |reply| match reply.status {
            200 | 206 if !envelope::is_json(reply) => Ok(std::mem::take(&mut reply.body)),
            // As plain text: it is not there, or not yet (Marketo docs: bulk extract).
            404 => Err(Failure::Busy { code: "404".into() }),
            _ => match envelope::open(reply) {
                Ok(_) => Err(Failure::unknown("something else than a file")),
                Err(failure) => Err(failure),
            },
        })
        .await
    }

    async fn opened<T>(
        &self,
        ask: Ask,
        open: impl FnOnce(&mut Reply) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let token = self.tokens.ensure(self).await?;
        let permission = check::permission(ask.method, &ask.path);
        let mut reply = self.send(ask, Some(token.text)).await?;
        let opened = open(&mut reply).map_err(|failure| failure.for_want_of(permission));
        if matches!(opened, Err(Failure::Token)) {
            self.tokens.note_refused(token.serial);
        }
        opened
    }

    async fn send(&self, ask: Ask, bearer: Option<Secret>) -> Result<Reply, Failure> {
        let Some(base) = &self.base else {
            return Err(Failure::unsendable(
                "the endpoint does not belong to the service",
            ));
        };
        let timeout = self
            .sandbox()
            .timeout
            .map_or(ask.wait, |theirs| theirs + SANDBOX_MARGIN);
        let request = Request {
            method: ask.method,
            url: format!("{base}{}", ask.path),
            bearer,
            body: ask.body,
            range: ask.range,
            timeout,
            max_reply: ask.max_reply,
        };
        let reply = self
            .http
            .send(request)
            .await
            .map_err(|transport| match transport {
                Transport::NotSent(why) => Failure::NotSent(why.to_owned()),
                Transport::Lost(what) => Failure::unknown(what),
                Transport::TooLarge => Failure::unknown("the reply is larger than any real one"),
            })?;
        if let (200, Some(date)) = (reply.status, reply.date) {
            let last = self.service_time.lock();
            *last.unwrap_or_else(PoisonError::into_inner) = Some(date);
        }
        if is_loopback(base) {
            let mut sandbox = self.sandbox.lock().unwrap_or_else(PoisonError::into_inner);
            sandbox.timeout = reply.sandbox_timeout.or(sandbox.timeout);
            sandbox.scale = reply.time_scale.unwrap_or(sandbox.scale).max(1);
        }
        Ok(reply)
    }

    fn sandbox(&self) -> SandboxHeaders {
        *self.sandbox.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
