//! The life of a request, from its first byte to its reply.
//!
//! Order: faults before receipt, address length (414), body size (413), then in a task
//! of its own token (601 to 603), limits (606, 607, 615), route (605, 610), permission
//! (603), the work. The task outlives a caller who hangs up and the server's own
//! time-out (604), so a write that was not answered may well have happened.

mod work;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State as Held};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, DATE, PRAGMA};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;

use crate::clock::http_date;
use crate::connection::Switch;
use crate::envelope::{Failure, request_id, wrap};
use crate::faults::{Act, Armed, At};
use crate::log::Entry;
use crate::private;
use crate::reply::Reply;
use crate::request::Call;
use crate::routes::{self, Route};
use crate::state::Shared;
use work::{Finished, Work};

const LONGEST_ADDRESS: usize = 8 * 1024;
const LARGEST_BODY: usize = 1024 * 1024;
const LARGEST_IMPORT: usize = 10 * 1024 * 1024;
/// Read in full before it is refused, so that the refusal reaches the sender.
const DRAINED_BODY: usize = 64 * 1024 * 1024;
const IDENTITY: &str = "/identity/oauth/token";

/// Takes every request. The body is read first, so that a refusal never meets a sender
/// who is still writing.
pub(crate) async fn handle(
    Held(shared): Held<Arc<Shared>>,
    ConnectInfo(switch): ConnectInfo<Switch>,
    request: Request,
) -> Response {
    let (head, body) = request.into_parts();
    let method = head.method.as_str().to_owned();
    let path = head.uri.path().to_owned();
    let query = head.uri.query().unwrap_or_default().to_owned();
    if let Some(rest) = path.strip_prefix("/_sandbox/marketo/") {
        let body = to_bytes(body, DRAINED_BODY).await.unwrap_or_default();
        let (status, value) = private::answer(&shared, &method, rest, &query, &body);
        return respond(&shared, &path, Reply::json(status, &value));
    }
    let Ok(body) = to_bytes(body, DRAINED_BODY).await else {
        switch.drop_now();
        return respond(&shared, &path, dropped());
    };
    let size = body.len();
    let call = Call::new(&method, &path, &query, &head.headers, body);
    let route = routes::find(call.meant(), &path);
    let too_large = match route {
        Ok(Route::Import) => size > LARGEST_IMPORT,
        _ => size > LARGEST_BODY,
    };
    let write = route.is_ok_and(|route| route.writes());
    let (entry, armed) = received(&shared, &method, &path, write);

    let mut early = match armed.at(At::BeforeReceipt) {
        Some(act) => before_receipt(&shared, act, &switch, &path).await,
        None => None,
    };
    let address = head
        .uri
        .path_and_query()
        .map_or(0, |address| address.as_str().len());
    if early.is_none() && address > LONGEST_ADDRESS {
        early = Some(Reply::html(414, "Request-URI Too Large"));
    } else if early.is_none() && too_large {
        early = Some(Reply::html(413, "Request Entity Too Large"));
    }
    let reply = match early {
        Some(reply) => {
            log(&shared, entry, &reply, false);
            reply
        }
        None => run(&shared, &switch, call, armed, entry).await,
    };
    respond(&shared, &path, reply)
}

/// Numbers a request and decides what will go wrong with it, in one step, so that `nth`
/// counts in the order of the log.
fn received(shared: &Shared, method: &str, path: &str, write: bool) -> (Entry, Armed) {
    let mut state = shared.lock();
    state.counters.calls += 1;
    let armed = state.faults.arm(method, path, write);
    let entry = Entry {
        seq: state.counters.calls,
        ms: state.clock.elapsed_ms(),
        took_ms: 0,
        method: method.to_owned(),
        path: path.to_owned(),
        status: 0,
        code: String::new(),
        records: 0,
        in_flight: state.limits.in_flight(),
        counted: false,
        fault: armed.label(),
    };
    (entry, armed)
}

fn log(shared: &Shared, mut entry: Entry, reply: &Reply, counted: bool) {
    let mut state = shared.lock();
    entry.took_ms = state.clock.elapsed_ms() - entry.ms;
    entry.status = reply.status;
    entry.code.clone_from(&reply.code);
    entry.records = reply.records;
    entry.counted = counted;
    state.log.add(entry);
}

/// `None` when the request goes on after all.
async fn before_receipt(shared: &Shared, act: &Act, switch: &Switch, path: &str) -> Option<Reply> {
    if let Some(ms) = act.delay_ms {
        pause(shared, ms).await;
    }
    if act.hang {
        shared.stopped().await;
    }
    if act.hang || act.drop {
        switch.drop_now();
        return Some(dropped());
    }
    let id = request_id(&mut shared.lock().ids);
    act.reply(routes::family(path), id)
}

/// Stands in a log for a reply that nobody gets.
fn dropped() -> Reply {
    Reply {
        code: "dropped".to_owned(),
        ..Reply::html(500, "")
    }
}

/// Waits, but not longer than the server lives.
async fn pause(shared: &Shared, ms: u64) {
    if ms > 0 {
        let _ = tokio::time::timeout(Duration::from_millis(ms), shared.stopped()).await;
    }
}

/// Carries a call out under the server's time-out.
async fn run(
    shared: &Arc<Shared>,
    switch: &Switch,
    call: Call,
    armed: Armed,
    entry: Entry,
) -> Reply {
    let path = call.path.clone();
    let route = routes::find(call.meant(), &path);
    let limit = match shared.config.server_timeout {
        Some(seconds) => Duration::from_secs(seconds),
        None => route
            .as_ref()
            .map_or(Duration::from_secs(30), Route::time_limit),
    };
    let late = Arc::new(AtomicBool::new(false));
    let work = Work {
        shared: Arc::clone(shared),
        call,
        armed,
        entry,
        route,
        late: Arc::clone(&late),
    };
    let mut task = tokio::spawn(work.run());
    match tokio::time::timeout(limit, &mut task).await {
        Ok(Ok(finished)) => send(shared, switch, finished).await,
        Ok(Err(_)) => failed(shared, &path, Failure::new(611, "System error")),
        Err(_) => {
            late.store(true, Ordering::Relaxed);
            failed(shared, &path, Failure::new(604, "Request timed out"))
        }
    }
}

fn failed(shared: &Shared, path: &str, failure: Failure) -> Reply {
    let id = request_id(&mut shared.lock().ids);
    Reply::json(200, &wrap(routes::family(path), id, Err(failure)))
}

/// Prepares the connection for what is to happen to the reply.
async fn send(shared: &Shared, switch: &Switch, finished: Finished) -> Reply {
    if finished.hang {
        // The call stays in flight until its sender gives up.
        shared.stopped().await;
        switch.drop_now();
    } else if let Some(bytes) = finished.cut_after {
        switch.drop_after_body_bytes(bytes);
    } else if finished.drop {
        switch.drop_now();
    }
    finished.reply
}

/// The reply as it goes out, with what loopback services announce about themselves.
fn respond(shared: &Shared, path: &str, reply: Reply) -> Response {
    let mut response = Response::new(Body::from(reply.body));
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::OK);
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&reply.content_type) {
        headers.insert(CONTENT_TYPE, value);
    }
    let now = http_date(shared.lock().clock.now_s());
    if let Ok(value) = HeaderValue::from_str(&now) {
        headers.insert(DATE, value);
    }
    for (name, value) in reply.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
    if path == IDENTITY {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(PRAGMA, HeaderValue::from_static("no-cache"));
    }
    if let Some(seconds) = shared.config.server_timeout {
        headers.insert("x-sandbox-timeout", HeaderValue::from(seconds));
    }
    if shared.config.time_scale > 1 {
        headers.insert(
            "x-sandbox-time-scale",
            HeaderValue::from(shared.config.time_scale),
        );
    }
    response
}
