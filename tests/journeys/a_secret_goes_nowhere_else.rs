//! A secret goes to the service it belongs to and to nobody else.

use crate::stand_in::{StandIn, reply, token};
use serde_json::json;
use support::{Desk, Ran};

const SECRET: &str = "canary-client-secret";

fn add(desk: &Desk, base: &str, more: &[&str]) -> Ran {
    let mut add = vec![
        "connection",
        "add",
        "marketo",
        "--name",
        "Marketo",
        "--base-url",
        base,
        "--munchkin-id",
        "000-AAA-000",
        "--client-id",
        "client",
        "--secret-stdin",
    ];
    add.extend(more);
    desk.usher_given(&add, &format!("{SECRET}\n"))
}

#[test]
fn addresses_that_are_not_the_services_are_refused_before_anything_is_sent() {
    let desk = Desk::default();
    let listener = StandIn::start("0.0.0.0", |_| token());
    let port = listener.port();
    let bad = [
        format!("http://0.0.0.0:{port}"),
        format!("https://0.0.0.0:{port}"),
        format!("http://127.0.0.1.x.example:{port}"),
        format!("http://localhost.x.example:{port}"),
        format!("http://user@127.0.0.1:{port}"),
        format!("http://x.example:80@127.0.0.1:{port}"),
        format!("ftp://127.0.0.1:{port}"),
        format!("127.0.0.1:{port}"),
        format!("http://127.0.0.1:{port}/?to=x.example"),
        format!("http://127.0.0.1:{port}/#x"),
        "http://000-aaa-000.mktorest.com".into(),
        "https://x.example".into(),
        "https://x.example/000-AAA-000.mktorest.com".into(),
        "https://000-aaa-000.mktorest.com.x.example".into(),
        "https://xmktorest.com".into(),
        "https://mktorest.com@x.example".into(),
        String::new(),
    ];
    for base in bad {
        let refused = add(&desk, &base, &[]).exits(1);
        assert_eq!(refused.error(), "endpoint_refused", "{base}");
        assert!(!refused.stderr.contains(SECRET) && refused.stdout.is_empty());
    }
    assert_eq!(desk.usher(&["connection", "list"]).ok().json(), json!([]));
    assert!(listener.heard().is_empty(), "somebody was called");
}

#[test]
fn the_services_own_addresses_are_taken_as_its_screen_shows_them() {
    let desk = Desk::default();
    let good = [
        (
            "https://000-AAA-000.mktorest.com/rest",
            "https://000-aaa-000.mktorest.com",
            json!(null),
        ),
        (
            "http://127.0.0.1:9/identity",
            "http://127.0.0.1:9",
            json!("Sandbox"),
        ),
        (
            "http://localhost:9/",
            "http://localhost:9",
            json!("Sandbox"),
        ),
        ("http://[::1]:9", "http://[::1]:9", json!("Sandbox")),
    ];
    for (pasted, base, label) in good {
        let shown = add(&desk, pasted, &[]).ok().json();
        assert_eq!(
            (&shown["base_url"], &shown["label"]),
            (&json!(base), &label)
        );
        desk.usher(&["connection", "remove", "Marketo"]).ok();
    }
    let wide = ["--calls-per-20s", "101", "--concurrency", "11"];
    add(&desk, "https://000-aaa-000.mktorest.com", &wide[..2]).exits(2);
    add(&desk, "https://000-aaa-000.mktorest.com", &wide[2..]).exits(2);
    add(&desk, "http://127.0.0.1:9", &wide).ok();
}

#[test]
fn redirects_are_not_followed() {
    let desk = Desk::default();
    let thief = StandIn::start("127.0.0.1", |_| token());
    let to = format!("Location: {}/identity/oauth/token", thief.url());
    for status in ["302 Found", "307 Temporary", "308 Permanent"] {
        let turned = reply(status, &[&to], b"");
        let at_token = StandIn::always(turned.clone());
        let at_calls = StandIn::start("127.0.0.1", move |request| {
            if request.contains("/identity/") {
                token()
            } else {
                turned.clone()
            }
        });
        for server in [at_token, at_calls] {
            add(&desk, &server.url(), &[]).ok();
            desk.usher(&["connection", "test", "Marketo"]).exits(1);
            desk.usher(&["connection", "remove", "Marketo"]).ok();
            assert!(!server.heard().is_empty(), "{status}: nobody was asked");
        }
    }
    assert!(thief.heard().is_empty(), "a redirect was followed");
}

#[test]
fn the_secret_stands_in_no_address() {
    let desk = Desk::default();
    let server = StandIn::always(token());
    add(&desk, &server.url(), &[]).ok();
    desk.usher(&["connection", "test", "Marketo"]).exits(1);
    let heard = server.heard();
    assert!(heard.len() > 1);
    for request in heard {
        let text = String::from_utf8_lossy(&request).into_owned();
        let first = text.lines().next().unwrap();
        assert!(!first.contains(SECRET) && !first.contains("t-1"), "{first}");
    }
}
