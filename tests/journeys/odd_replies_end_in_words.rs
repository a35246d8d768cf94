//! Whatever a server answers, the command ends soon and in words, and none of
//! what it answered is repeated.

use crate::stand_in::{StandIn, reply, token};
use serde_json::Value;
use support::Desk;

const CANARY: &str = "canary-of-the-page";

fn test_against(server: &StandIn) -> Value {
    let desk = Desk::default();
    let url = server.url();
    let add = [
        "connection",
        "add",
        "marketo",
        "--name",
        "Odd",
        "--base-url",
        &url,
        "--munchkin-id",
        "000-AAA-000",
        "--client-id",
        "client",
        "--secret-stdin",
    ];
    desk.usher_given(&add, "secret\n").ok();
    let ran = desk.usher(&["connection", "test", "Odd"]).exits(1);
    for said in [&ran.stdout, &ran.stderr] {
        assert!(!said.contains(CANARY), "{said}");
        assert!(!said.contains("panicked"), "{said}");
    }
    ran.json()
}

fn json_reply(body: &[u8]) -> Vec<u8> {
    reply("200 OK", &["Content-Type: application/json"], body)
}

/// As token and as answer to calls.
#[track_caller]
fn is_survived(what: &str, odd: Vec<u8>) {
    let document = test_against(&StandIn::always(odd.clone()));
    let first = &document["checks"][0];
    assert_eq!(
        (&first["name"], &first["ok"]),
        (&"credentials".into(), &false.into()),
        "{what}"
    );

    let behind = StandIn::start("127.0.0.1", move |request| {
        if request.contains("/identity/") {
            token()
        } else {
            odd.clone()
        }
    });
    let document = test_against(&behind);
    let checks = document["checks"].as_array().unwrap();
    assert_eq!(checks[0]["ok"], true, "{what}");
    assert!(checks.len() > 1, "{what}");
    assert!(
        checks[1..].iter().all(|check| check["ok"] == false),
        "{what}: {document}"
    );
}

#[test]
fn pages_and_broken_documents_are_no_replies() {
    let page = format!("<html><body>{CANARY}</body></html>");
    is_survived(
        "a page",
        reply("200 OK", &["Content-Type: text/html"], page.as_bytes()),
    );
    is_survived(
        "a gateway's page",
        reply("502 Bad Gateway", &[], page.as_bytes()),
    );
    is_survived("nothing", json_reply(b""));
    is_survived(
        "half a document",
        json_reply(br#"{"success":true,"result":[{"id":1"#),
    );
    is_survived("another document", json_reply(br#"["canary-of-the-page"]"#));
    is_survived("no text", json_reply(b"\xff\xfe\0\x01"));
}

#[test]
fn lines_that_are_cut_are_no_replies() {
    let mut cut = json_reply(br#"{"success":true,"result":[]}"#);
    cut.truncate(cut.len() - 5);
    is_survived("a cut body", cut);
    is_survived("a cut head", b"HTTP/1.1 200 OK\r\nContent-".to_vec());
    is_survived("no http", b"canary-of-the-page\r\n\r\n".to_vec());
    is_survived("silence", Vec::new());
}

#[test]
fn replies_without_end_are_not_read_to_it() {
    let huge = format!(r#"{{"success":true,"result":["{}"#, "x".repeat(80 << 20));
    is_survived("80 MiB", json_reply(huge.as_bytes()));
    let deep = "[".repeat(200_000);
    is_survived("a deep document", json_reply(deep.as_bytes()));
}

#[test]
#[cfg(unix)]
fn a_small_reply_that_unpacks_without_end_is_not_unpacked_to_it() {
    use std::process::Command;
    let pack = "(printf '{\"success\":true,\"result\":[\"'; head -c 1000M /dev/zero | tr '\\0' x) | gzip -1";
    let packed = Command::new("sh")
        .args(["-c", pack])
        .output()
        .unwrap()
        .stdout;
    assert!(
        (1 << 20..20 << 20).contains(&packed.len()),
        "{}",
        packed.len()
    );
    let headers = ["Content-Type: application/json", "Content-Encoding: gzip"];
    is_survived("1 GB in a few MB", reply("200 OK", &headers, &packed));
}
