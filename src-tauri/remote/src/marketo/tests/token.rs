use super::{LOOPBACK, against, at, error, ok, query, reply, token};
use crate::{failure::Failure, http::Transport};
use serde_json::json;
use std::{sync::Arc, time::Duration};

fn tick(clock: &super::Still, seconds: u64) {
    *clock.0.lock().unwrap() += Duration::from_secs(seconds);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callers_at_the_same_time_share_one_request_and_its_failure() {
    for (answer, expected) in [
        (reply(200, &token("t1", 3_600)), Ok(())),
        (reply(401, ""), Err(Failure::Credentials)),
    ] {
        let (marketo, script) = against([]);
        script.tokens.lock().unwrap().push_back(answer);
        let marketo = Arc::new(marketo);
        // All wait behind the one that is in flight.
        let flight = marketo.tokens.hold().await;
        let callers: Vec<_> = (0..20)
            .map(|_| {
                let marketo = marketo.clone();
                tokio::spawn(async move { marketo.ensure_token().await })
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(50)).await;
        drop(flight);
        for caller in callers {
            assert_eq!(caller.await.unwrap(), expected);
        }
        assert_eq!(script.token_requests(), 1, "one flight, {expected:?}");
    }
}

#[tokio::test]
async fn a_token_is_asked_for_when_it_has_a_minute_left_and_then_used_up() {
    let (marketo, script, clock) = at(LOOPBACK, []);
    script.tokens.lock().unwrap().extend([
        reply(200, &token("t1", 3_600)),
        reply(200, &token("t1", 60)),
        reply(200, &token("t2", 3_600)),
    ]);
    for (later, requests) in [
        (0, 1),
        (3_539, 1),
        (1, 2),
        (1, 2),
        (58, 2),
        (1, 3),
        (3_000, 3),
    ] {
        tick(&clock, later);
        marketo.ensure_token().await.unwrap();
        assert_eq!(script.token_requests(), requests, "{later} s later");
    }
}

#[tokio::test]
async fn a_token_that_is_over_at_once_is_not_asked_for_in_every_call() {
    for lives in ["0", "-5", "\"12\"", "1e40", "99999999999999999999", "null"] {
        let (marketo, script, _) = at(LOOPBACK, []);
        let body = format!(r#"{{"access_token":"t","expires_in":{lives}}}"#);
        script.tokens.lock().unwrap().push_back(reply(200, &body));
        for _ in 0..50 {
            marketo.ensure_token().await.unwrap();
        }
        assert_eq!(script.token_requests(), 1, "expires_in {lives}");
    }
}

#[tokio::test]
async fn a_refused_token_goes_and_its_successor_stays() {
    let found = || ok(json!({ "result": [] }));
    let (marketo, script) = against([error("602", ""), error("601", ""), found(), found()]);
    assert_eq!(marketo.leads_by(&query()).await, Err(Failure::Token));
    assert_eq!(
        marketo.leads_by(&query()).await,
        Err(Failure::Token),
        "nothing is repeated here"
    );
    assert_eq!(script.token_requests(), 1, "nothing is forgotten unasked");
    marketo.token_refused();
    marketo.leads_by(&query()).await.unwrap();
    // Another call of the old token fails late.
    marketo.token_refused();
    marketo.leads_by(&query()).await.unwrap();
    assert_eq!(script.token_requests(), 2);
}

#[tokio::test]
async fn without_a_token_nothing_is_sent() {
    let answers = [
        (
            reply(401, r#"{"error":"unauthorized"}"#),
            Failure::Credentials,
        ),
        (Err(Transport::NotSent("no")), Failure::NotSent("no".into())),
        (
            Err(Transport::Lost("late")),
            Failure::NotSent("there is no access token: late".into()),
        ),
        (
            reply(503, "<html>"),
            Failure::NotSent("there is no access token: HTTP status 503".into()),
        ),
        (
            reply(200, "<html>Welcome to our hotel</html>"),
            Failure::NotSent("there is no access token: an unreadable reply".into()),
        ),
    ];
    for (answer, expected) in answers {
        // The script has no call to answer: one would be a panic.
        let (marketo, script) = against([]);
        script.tokens.lock().unwrap().push_back(answer);
        assert_eq!(marketo.sync_leads(&super::write()).await, Err(expected));
    }
    for text in ["", "a b", "a\\n", "é", &"x".repeat(2_001)] {
        let (marketo, script) = against([]);
        script
            .tokens
            .lock()
            .unwrap()
            .push_back(reply(200, &format!(r#"{{"access_token":"{text}"}}"#)));
        assert!(marketo.ensure_token().await.is_err(), "{text}");
    }
}

#[tokio::test]
async fn the_secret_goes_to_the_service_in_a_body_or_nowhere() {
    let (marketo, script) = against([]);
    marketo.ensure_token().await.unwrap();
    let (line, kind, body, _) = script.seen.lock().unwrap().remove(0);
    assert_eq!(
        (line.as_str(), kind),
        ("POST http://localhost:8080/identity/oauth/token", "form")
    );
    assert_eq!(
        body,
        "grant_type=client_credentials&client_id=client&client_secret=hunter2%26"
    );
    for endpoint in [
        "https://evil.example",
        "http://123-abc-456.mktorest.com",
        "",
        "localhost",
    ] {
        let (marketo, script, _) = at(endpoint, []);
        assert!(marketo.ensure_token().await.is_err(), "{endpoint}");
        assert_eq!(script.token_requests(), 0, "{endpoint}");
    }
}
