//! The part of a request that goes on when its sender has hung up.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{IDENTITY, dropped, log, pause};
use crate::envelope::{Answer, Failure, request_id, wrap};
use crate::faults::{Act, Armed, At};
use crate::limits::{Ticket, is_free};
use crate::log::Entry;
use crate::reply::Reply;
use crate::request::Call;
use crate::routes::{self, Route};
use crate::state::Shared;

/// Everything a call needs to be carried out.
pub(super) struct Work {
    pub(super) shared: Arc<Shared>,
    pub(super) call: Call,
    pub(super) armed: Armed,
    pub(super) entry: Entry,
    pub(super) route: Result<Route, Failure>,
    /// Set when 604 has been answered meanwhile.
    pub(super) late: Arc<AtomicBool>,
}

/// The reply, and what is to happen to its connection.
#[derive(Default)]
pub(super) struct Finished {
    pub(super) reply: Reply,
    pub(super) drop: bool,
    pub(super) hang: bool,
    pub(super) cut_after: Option<usize>,
    in_flight: Option<InFlight>,
}

/// Keeps a call counted as in flight until its reply goes out.
struct InFlight {
    shared: Arc<Shared>,
    ticket: Ticket,
    code: String,
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.shared.lock().limits.leave(self.ticket, &self.code);
    }
}

impl Work {
    /// From admission to the finished reply, faults included.
    pub(super) async fn run(mut self) -> Finished {
        let mut finished = Finished::default();
        if self.call.path == IDENTITY {
            self.identity(&mut finished).await;
        } else {
            self.call(&mut finished).await;
        }
        self.after_commit(&mut finished).await;
        if self.late.load(Ordering::Relaxed) {
            finished.reply.code = "604".to_owned();
        }
        let counted = match &mut finished.in_flight {
            Some(guard) => {
                guard.code.clone_from(&finished.reply.code);
                !is_free(&guard.code)
            }
            None => false,
        };
        let gone = finished.drop || finished.hang;
        let shown = if gone {
            // How much was done before the line was cut stays on record.
            let records = finished.reply.records;
            Reply {
                records,
                ..dropped()
            }
        } else {
            finished.reply.clone()
        };
        log(&self.shared, self.entry, &shown, counted);
        finished
    }

    /// Token calls skip admission: they cost nothing and need no token.
    async fn identity(&mut self, finished: &mut Finished) {
        if !self.after_receipt(finished).await {
            return;
        }
        let mut state = self.shared.lock();
        let state = &mut *state;
        let (status, body) = state.identity.answer(&self.call, &state.clock);
        finished.reply = Reply::json(status, &body);
    }

    /// Looks, waits, then acts: two overlapping creations both look before either acts.
    async fn call(&mut self, finished: &mut Finished) {
        let outcome = self.admit(finished);
        let route = match outcome {
            Ok(route) => route,
            Err(failure) => return finished.reply = self.wrapped(Err(failure)),
        };
        let prepared = {
            let mut state = self.shared.lock();
            route.permit(&state).and_then(|()| {
                // A call that a fault keeps from being done must not use up others.
                let skip = self.armed.at(At::AfterReceipt).is_some_and(stops);
                if skip {
                    Ok(None)
                } else {
                    route.prepare(&mut state, &self.call).map(Some)
                }
            })
        };
        let latency = self.shared.lock().latency_ms;
        pause(&self.shared, latency).await;
        if !self.after_receipt(finished).await {
            return;
        }
        let outcome = prepared.and_then(|prepared| match prepared {
            Some(prepared) => route.finish(&mut self.shared.lock(), &self.call, prepared),
            None => Ok(Answer::done()),
        });
        finished.reply = self.wrapped(outcome);
    }

    /// Token, limits and route. A refused token costs nothing.
    fn admit(&mut self, finished: &mut Finished) -> Result<Route, Failure> {
        let mut state = self.shared.lock();
        let state = &mut *state;
        state.identity.check(&self.call, &state.clock)?;
        let (ticket, verdict) = state.limits.enter(&state.clock);
        self.entry.in_flight = state.limits.in_flight();
        finished.in_flight = Some(InFlight {
            shared: Arc::clone(&self.shared),
            ticket,
            code: String::new(),
        });
        verdict?;
        self.route.clone()
    }

    /// A file goes out as it is, everything else in the envelope.
    fn wrapped(&self, outcome: Result<Answer, Failure>) -> Reply {
        let outcome = match outcome {
            Ok(Answer {
                file: Some(file), ..
            }) => return file,
            outcome => outcome,
        };
        let id = request_id(&mut self.shared.lock().ids);
        Reply::json(200, &wrap(routes::family(&self.call.path), id, outcome))
    }

    /// Whether the call goes on.
    async fn after_receipt(&self, finished: &mut Finished) -> bool {
        let Some(act) = self.armed.at(At::AfterReceipt) else {
            return true;
        };
        pause(&self.shared, act.delay_ms.unwrap_or(0)).await;
        self.replace(act, finished);
        !stops(act)
    }

    async fn after_commit(&self, finished: &mut Finished) {
        if let Some(act) = self.armed.at(At::AfterCommit) {
            pause(&self.shared, act.delay_ms.unwrap_or(0)).await;
            self.replace(act, finished);
            shorten(act, &mut finished.reply);
            if let Some(bytes) = act.truncate_bytes {
                finished.reply.body.truncate(bytes);
            }
        }
        if let Some(act) = self.armed.at(At::MidReply) {
            self.replace(act, finished);
            finished.drop = false;
            if act.drop || act.truncate_bytes.is_some() {
                let half = finished.reply.body.len() / 2;
                finished.cut_after = Some(act.truncate_bytes.unwrap_or(half));
            }
        }
    }

    /// Puts a fault's own reply in the place of the real one.
    fn replace(&self, act: &Act, finished: &mut Finished) {
        finished.drop |= act.drop;
        finished.hang |= act.hang;
        let id = request_id(&mut self.shared.lock().ids);
        if let Some(reply) = act.reply(routes::family(&self.call.path), id) {
            finished.reply = reply;
        }
    }
}

/// Whether a fault after receipt keeps the call from being done.
fn stops(act: &Act) -> bool {
    act.drop
        || act.hang
        || act.html
        || act.code.is_some()
        || act.status.is_some()
        || act.body.is_some()
}

fn shorten(act: &Act, reply: &mut Reply) {
    let Some(most) = act.short_result else {
        return;
    };
    if let Ok(mut body) = serde_json::from_slice::<serde_json::Value>(&reply.body) {
        if let Some(result) = body
            .get_mut("result")
            .and_then(serde_json::Value::as_array_mut)
        {
            result.truncate(most);
        }
        *reply = Reply::json(reply.status, &body);
    }
}
