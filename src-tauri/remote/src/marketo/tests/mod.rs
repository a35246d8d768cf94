//! A scripted service, and what the client makes of it.

mod activities;
mod jobs;
mod malformed;
mod replies;
mod requests;
mod token;

use super::{LeadQuery, LeadWrite, Marketo, WriteAction};
use crate::{
    clock::{BoxFuture, Clock},
    http::{Body, Http, Method, Reply, Request, Transport},
};
use serde_json::{Map, Value, json};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};
use usher_model::{ListRef, Secret, Timestamp};

type Answer = Result<Reply, Transport>;

/// Answers calls in turn, token requests from a queue of their own.
#[derive(Default)]
struct Script {
    calls: Mutex<VecDeque<Answer>>,
    tokens: Mutex<VecDeque<Answer>>,
    /// Every request, as `METHOD url`, content type and body.
    seen: Mutex<Vec<(String, &'static str, String, Duration)>>,
}

impl Http for Script {
    fn send<'a>(&'a self, request: Request) -> BoxFuture<'a, Answer> {
        Box::pin(async move {
            // Lets others run, as a real network does.
            tokio::task::yield_now().await;
            let (kind, body) = match request.body {
                Body::None => ("", Vec::new()),
                Body::Json(body) => ("json", body),
                Body::Form(body) => ("form", body),
                Body::File(body) => ("file", body),
            };
            let method = match request.method {
                Method::Get => "GET",
                Method::Post => "POST",
                Method::Delete => "DELETE",
            };
            let is_token = request.url.ends_with("/identity/oauth/token");
            assert_eq!(
                is_token,
                request.bearer.is_none(),
                "every call but the token's has a token"
            );
            let line = format!("{method} {}", request.url);
            let body = String::from_utf8(body).unwrap();
            self.seen
                .lock()
                .unwrap()
                .push((line, kind, body, request.timeout));
            if is_token {
                let next = self.tokens.lock().unwrap().pop_front();
                return next.unwrap_or_else(|| reply(200, &token("t1", 3_600)));
            }
            self.calls
                .lock()
                .unwrap()
                .pop_front()
                .expect("a call that is not in the script")
        })
    }
}

impl Script {
    fn token_requests(&self) -> usize {
        let seen = self.seen.lock().unwrap();
        seen.iter()
            .filter(|(line, ..)| line.ends_with("/identity/oauth/token"))
            .count()
    }
}

/// A clock that stands still until it is moved.
#[derive(Default)]
struct Still(Mutex<Duration>);

impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp(0)
    }

    fn elapsed(&self) -> Duration {
        *self.0.lock().unwrap()
    }

    fn sleep<'a>(&'a self, _: Duration) -> BoxFuture<'a, ()> {
        panic!("this room never waits");
    }
}

const LOOPBACK: &str = "http://localhost:8080";

fn against(calls: impl IntoIterator<Item = Answer>) -> (Marketo, Arc<Script>) {
    let (marketo, script, _) = at(LOOPBACK, calls);
    (marketo, script)
}

fn at(
    endpoint: &str,
    calls: impl IntoIterator<Item = Answer>,
) -> (Marketo, Arc<Script>, Arc<Still>) {
    let script = Arc::new(Script {
        calls: Mutex::new(calls.into_iter().collect()),
        ..Script::default()
    });
    let clock = Arc::new(Still::default());
    let secret = Secret::new("hunter2&".into());
    let marketo = Marketo::new(
        script.clone(),
        clock.clone(),
        endpoint,
        "client".into(),
        secret,
    );
    (marketo, script, clock)
}

fn reply(status: u16, body: &str) -> Answer {
    let content_type = Some("application/json;charset=UTF-8".into());
    Ok(Reply {
        status,
        content_type,
        body: body.into(),
        ..Reply::default()
    })
}

fn ok(rest: Value) -> Answer {
    let mut all = json!({ "requestId": "a1#1", "success": true });
    all.as_object_mut()
        .unwrap()
        .extend(rest.as_object().unwrap().clone());
    reply(200, &all.to_string())
}

fn error(code: &str, message: &str) -> Answer {
    let errors = json!([{ "code": code, "message": message }]);
    reply(
        200,
        &json!({ "requestId": "a1#1", "success": false, "errors": errors }).to_string(),
    )
}

fn token(text: &str, lives: u64) -> String {
    json!({ "access_token": text, "token_type": "bearer", "expires_in": lives, "scope": "x" })
        .to_string()
}

fn query() -> LeadQuery {
    LeadQuery {
        field: "email".into(),
        values: vec!["ann+1@example.com".into(), "bo@example.com".into()],
        fields: vec!["id".into(), "email".into()],
        page_token: None,
    }
}

fn record(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

/// Two records, by e-mail.
fn write() -> LeadWrite {
    LeadWrite {
        action: WriteAction::CreateOnly,
        lookup_field: "email".into(),
        partition: Some("EMEA".into()),
        input: vec![
            record(json!({ "email": "a@x.io" })),
            record(json!({ "email": "é@x.io" })),
        ],
    }
}

fn folder() -> ListRef {
    ListRef {
        kind: "Folder".into(),
        id: 12,
    }
}
