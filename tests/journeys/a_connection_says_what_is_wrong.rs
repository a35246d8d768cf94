//! A connection that does not work says which part of it does not, and what
//! would repair it.

use serde_json::{Value, json};
use support::Desk;

fn test(desk: &Desk, code: i32) -> Value {
    let ran = desk.usher(&["connection", "test", "Marketo"]).exits(code);
    let document = ran.json();
    assert_eq!(document["ok"], code == 0);
    assert_eq!(document["service"], "marketo");
    for check in document["checks"].as_array().unwrap() {
        assert!(check["ok"].is_boolean(), "{check}");
        assert!(!check["detail"].as_str().unwrap().is_empty(), "{check}");
        assert!(check.get("permission").is_some(), "{check}");
    }
    document
}

fn failed(document: &Value) -> Vec<&str> {
    let checks = document["checks"].as_array().unwrap().iter();
    checks
        .filter(|check| check["ok"] == false)
        .map(|check| check["name"].as_str().unwrap())
        .collect()
}

fn check<'a>(document: &'a Value, name: &str) -> &'a Value {
    let mut checks = document["checks"].as_array().unwrap().iter();
    checks.find(|check| check["name"] == name).unwrap()
}

#[test]
fn what_is_there_is_read_back() {
    let desk = Desk::with(support::Config {
        people: 10,
        ..Desk::quick()
    });
    desk.connect();
    let before = desk.remote.private("GET", "state?summary=1", Value::Null);
    let document = test(&desk, 0);
    let after = desk.remote.private("GET", "state?summary=1", Value::Null);
    assert_eq!(before["digest"], after["digest"], "a test leaves no trace");
    let partitions = check(&document, "partitions")["detail"].as_str().unwrap();
    assert!(partitions.contains("Default"), "{partitions}");
    let folders = check(&document, "folders")["detail"].as_str().unwrap();
    assert!(folders.contains("Default"), "{folders}");
    assert!(check(&document, "read_lists")["detail"].is_string());

    let shown = desk.usher(&["connection", "show", "Marketo"]).ok().json();
    assert_eq!(shown["label"], "Sandbox");
    let list = desk.usher(&["connection", "list"]).ok().json();
    assert_eq!(list, json!([shown]));
    let plain = desk.command(&["connection", "list"]);
    let arguments: Vec<_> = plain.get_args().filter(|word| *word != "--json").collect();
    let mut plain = std::process::Command::new(support::binary());
    plain.args(arguments);
    plain
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped());
    let table = desk.start_given(plain, "").wait_with_output().unwrap();
    assert!(String::from_utf8(table.stdout).unwrap().contains("Sandbox"));
}

#[test]
fn a_missing_permission_is_named_and_nothing_else_is_blamed() {
    let desk = Desk::default();
    desk.connect();
    let cases: [(Value, &[&str], &str); 3] = [
        (
            json!({ "read_write_lead": false }),
            &["write_people"],
            "Read-Write Lead",
        ),
        (
            json!({ "read_only_assets": false, "read_write_assets": false }),
            &["read_lists", "folders"],
            "Read-Only Assets",
        ),
        (
            json!({ "read_write_lead": false, "read_only_lead": false }),
            &["partitions", "read_people", "write_people"],
            "Lead",
        ),
    ];
    for (permissions, names, permission) in cases {
        desk.remote
            .private("POST", "config", json!({ "permissions": permissions }));
        let document = test(&desk, 1);
        assert_eq!(failed(&document), names);
        for name in names {
            let check = check(&document, name);
            let told = check["permission"].as_str().unwrap();
            assert!(told.contains(permission), "{check}");
            assert!(check["detail"].as_str().unwrap().contains(told), "{check}");
        }
    }
    desk.remote
        .private("POST", "config", json!({ "permissions": {} }));
    test(&desk, 0);
}

#[test]
fn a_wrong_secret_is_told_and_the_right_one_repairs_it() {
    let desk = Desk::default();
    desk.connect();
    let wrong = desk.usher_given(
        &["connection", "set-secret", "Marketo", "--secret-stdin"],
        "a-wrong-secret\n",
    );
    wrong.ok();
    let document = test(&desk, 1);
    assert_eq!(failed(&document), ["credentials"]);
    assert_eq!(document["checks"].as_array().unwrap().len(), 1);
    let asked = desk.usher(&["connection", "fields", "Marketo"]).exits(1);
    assert_eq!(asked.error(), "credentials_refused");
    assert!(!asked.stderr.contains("a-wrong-secret"));

    let secret = format!("{}\n", desk.remote.sandbox().client_secret());
    let repair = ["connection", "set-secret", "Marketo", "--secret-stdin"];
    desk.usher_given(&repair, &secret).ok();
    test(&desk, 0);
    assert_eq!(
        desk.usher_given(&repair, "").exits(1).error(),
        "secret_missing"
    );
    assert_eq!(
        desk.usher_given(&repair, "  \n").exits(1).error(),
        "secret_missing"
    );
    test(&desk, 0);
}

#[test]
fn a_closed_port_is_a_service_that_cannot_be_reached() {
    let desk = Desk::default();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let add = [
        "connection",
        "add",
        "marketo",
        "--name",
        "Marketo",
        "--base-url",
        &base,
        "--munchkin-id",
        "000-AAA-000",
        "--client-id",
        "c",
        "--secret-stdin",
    ];
    desk.usher_given(&add, "s\n").ok();
    let document = test(&desk, 1);
    assert_eq!(failed(&document), ["credentials"]);
    let detail = check(&document, "credentials")["detail"].as_str().unwrap();
    assert!(detail.contains("could not be reached"), "{detail}");
    assert_eq!(desk.usher_given(&add, "s\n").exits(1).error(), "name_taken");
}

#[test]
fn what_is_in_use_stays_and_its_users_are_named() {
    let desk = Desk::default();
    desk.connect();
    desk.import("email,first,last\nann@x.example,A,N\n");
    desk.destination("audience-and-profile", "update-and-create", &[]);
    desk.sync(&[]);
    desk.run(0);
    let chain = [
        ("connection", "Marketo", "Leads"),
        ("destination", "Leads", "Go"),
        ("audience", "People", "Go"),
    ];
    for (kind, name, user) in chain {
        let refused = desk.usher(&[kind, "remove", name]).exits(1);
        assert_eq!(refused.error(), "in_use");
        assert!(refused.stderr.contains(user), "{}", refused.stderr);
        desk.usher(&[kind, "show", name]).ok();
    }
    desk.usher(&["sync", "remove", "Go"]).ok();
    for (kind, name, _) in chain.into_iter().rev() {
        desk.usher(&[kind, "remove", name]).ok();
        assert_eq!(
            desk.usher(&[kind, "show", name]).exits(1).error(),
            "not_found"
        );
    }
    assert_eq!(
        desk.remote.members("People").unwrap().len(),
        1,
        "nothing changed there"
    );
}
