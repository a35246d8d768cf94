//! What Usher keeps is encrypted: neither a secret nor a person stands in any
//! file of the data folder, in any common spelling, and nothing that is not
//! about people prints one.
#![cfg(unix)]

use serde_json::json;
use std::path::Path;
use support::{Desk, PASSPHRASE, Ran};

const SECRET: &str = "CanarySecret4711";
const PEOPLE: [&str; 4] = [
    "canary.new@x.example",
    "canary.there@x.example",
    "canary.refused@x.example",
    "canary.broken@x.example",
];

/// A text as it could stand in a file.
fn spellings(text: &str) -> Vec<Vec<u8>> {
    let bytes = text.as_bytes();
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let utf16 = |order: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(order).collect();
    let mut all = vec![
        bytes.to_vec(),
        text.to_uppercase().into_bytes(),
        text.to_lowercase().into_bytes(),
        utf16(u16::to_le_bytes),
        utf16(u16::to_be_bytes),
        hex.to_uppercase().into_bytes(),
        hex.into_bytes(),
    ];
    // Base64 of a text inside another begins at one of three places.
    all.extend((0..3).map(|skip| base64(&bytes[skip..bytes.len() - (bytes.len() - skip) % 3])));
    all
}

fn base64(bytes: &[u8]) -> Vec<u8> {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let letters = |three: &[u8]| {
        let number = three
            .iter()
            .fold(0, |number, byte| number << 8 | usize::from(*byte));
        [18, 12, 6, 0].map(|bits| LETTERS[number >> bits & 63])
    };
    bytes.chunks_exact(3).flat_map(letters).collect()
}

fn holds(haystack: &[u8], needle: &[u8]) -> bool {
    haystack
        .windows(needle.len())
        .any(|window| window == needle)
}

/// Looks into every file below a folder; how many there are.
pub(crate) fn scan(folder: &Path, canaries: &[&str]) -> usize {
    let mut files = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files += scan(&path, canaries);
        } else if path.is_file() {
            files += 1;
            let content = std::fs::read(&path).unwrap();
            for canary in canaries {
                let found = spellings(canary)
                    .iter()
                    .any(|spelling| holds(&content, spelling));
                assert!(!found, "{canary} stands in {}", path.display());
            }
        }
    }
    files
}

fn says_nothing(ran: &Ran, canaries: &[&str]) {
    for canary in canaries {
        let quiet = !ran.stdout.contains(canary) && !ran.stderr.contains(canary);
        assert!(quiet, "{canary} was printed: {} {}", ran.stdout, ran.stderr);
    }
}

#[test]
fn the_scan_finds_what_it_looks_for() {
    for shift in 0..3 {
        let text = format!("{}{SECRET}{}", "x".repeat(shift), "y".repeat(5));
        let whole = text.len() - text.len() % 3;
        let packed = base64(&text.as_bytes()[..whole]);
        assert!(
            spellings(SECRET)
                .iter()
                .any(|spelling| holds(&packed, spelling))
        );
    }
}

#[test]
fn neither_a_secret_nor_a_person_stands_in_any_file() {
    let desk = Desk::default();
    let temporary = desk.path().join("tmp");
    std::fs::create_dir(&temporary).unwrap();
    let logged = |arguments: &[&str], input: &str| -> Ran {
        let mut command = desk.command(arguments);
        command.env("TMPDIR", &temporary).env("USHER_LOG", "trace");
        desk.start_given(command, input)
            .wait_with_output()
            .unwrap()
            .into()
    };
    desk.remote
        .add_people(json!([{ "email": PEOPLE[1], "firstName": "Old" }]));
    desk.remote.faults(json!([
        { "reject": { "field": "email", "value_contains": "refused", "code": "1003",
            "message": format!("Invalid value for field 'email' and value '{}'", PEOPLE[2]) } },
    ]));
    desk.connect();
    let mut file = "email,first,last\n".to_owned();
    for person in &PEOPLE[..3] {
        file += &format!("{person},Can,Ary\n");
    }
    file += &format!("{},too,many,fields\n", PEOPLE[3]);
    let outside = desk.file("people.csv", file);
    let imported = logged(&["audience", "import", &outside, "--name", "People"], "").ok();
    std::fs::remove_file(outside).unwrap();
    desk.destination("audience-and-profile", "update-and-create", &[]);
    desk.sync(&[]);
    let ran = logged(&["sync", "run", "Go"], "").exits(3);
    logged(&["suppression", "add", PEOPLE[0]], "").ok();
    let quiet = [
        imported,
        ran,
        logged(&["audience", "quarantined", "People"], "").ok(),
        logged(&["sync", "preview", "Go", "--refresh"], "").ok(),
        logged(&["run", "list"], "").ok(),
        logged(&["doctor"], "").ok(),
    ];
    for said in &quiet {
        says_nothing(said, &PEOPLE);
    }
    let set = ["connection", "set-secret", "Marketo", "--secret-stdin"];
    let mut told = vec![logged(&set, &format!("{SECRET}\n")).ok()];
    told.push(logged(&["connection", "test", "Marketo"], "").exits(1));
    told.push(logged(&["sync", "preview", "Go", "--refresh"], "").exits(1));
    told.push(logged(&["connection", "show", "Marketo"], "").ok());
    told.push(logged(&["connection", "list"], "").ok());
    told.push(logged(&["doctor"], "").ok());
    for said in &told {
        says_nothing(said, &[SECRET, PASSPHRASE]);
    }
    let [new, there, refused, broken] = PEOPLE;
    let canaries = [SECRET, PASSPHRASE, new, there, refused, broken];
    assert!(
        scan(&desk.data_dir(), &canaries) >= 3,
        "nothing was looked into"
    );
    scan(&temporary, &canaries);
}

#[test]
fn a_run_that_is_killed_leaves_nobody_in_clear() {
    let desk = Desk::default();
    desk.connect();
    desk.import(&format!("email,first,last\n{},C,A\n", PEOPLE[0]));
    desk.destination("audience-and-profile", "update-and-create", &[]);
    desk.sync(&[]);
    desk.killed_at(&["sync", "run", "Go"], "after_reply");
    assert!(scan(&desk.data_dir(), &[PEOPLE[0], PASSPHRASE]) >= 3);
}
