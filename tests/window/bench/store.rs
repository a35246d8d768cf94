//! A store as somebody has it after a year: many large audiences, a sync that was read, and more
//! runs than a list shows at first.

use driver::Machine;
use std::fs::{self, File};
use std::io::{BufWriter, Write};

/// Audiences of a million.
const AUDIENCES: u64 = 20;
const MILLION: u64 = 1_000_000;
/// Runs of a small sync.
const RUNS: u64 = 60;

/// The names of the audience whose members are scrolled, and of the sync that is tried out.
pub(crate) const LARGEST: &str = "Everyone";
pub(crate) const SYNC: &str = "Newsletter";

/// Fills the machine's data folder by the command line, before a window is open.
pub(crate) fn fill(machine: &Machine) {
    let file = |name: &str| machine.home().join(name).to_str().unwrap().to_owned();
    let million = file("million.csv");
    let two = file("two.csv");
    let leads = file("leads.csv");
    for (file, people) in [(&million, MILLION), (&two, 2 * MILLION)] {
        let mut out = BufWriter::new(File::create(file).unwrap());
        usher_sandbox::write_audience(&mut out, people as usize, 7).unwrap();
        out.flush().unwrap();
    }
    let mut out = BufWriter::new(File::create(&leads).unwrap());
    usher_sandbox::write_extract(&mut out, MILLION * 3 / 4, 7).unwrap();
    out.flush().unwrap();
    for n in 0..AUDIENCES {
        machine.usher(&[
            "audience",
            "import",
            &million,
            "--name",
            &format!("Audience {n}"),
        ]);
    }
    machine.usher(&["audience", "import", &two, "--name", LARGEST]);
    for used in [&million, &two] {
        fs::remove_file(used).unwrap();
    }
    // Of the large sync only the fields are asked of a service; its people come from a file of
    // all of them.
    let sandbox = driver::Remote::start(driver::Config {
        people: 0,
        time_scale: 1000,
        ..driver::Config::default()
    });
    let service = sandbox.sandbox();
    machine.usher_given(
        &[
            "connection",
            "add",
            "marketo",
            "--name",
            "Sandbox",
            "--base-url",
            &service.base_url(),
            "--munchkin-id",
            service.munchkin_id(),
            "--client-id",
            service.client_id(),
            "--secret-stdin",
        ],
        service.client_secret(),
    );
    machine.usher(&[
        "destination",
        "create",
        "--name",
        SYNC,
        "--connection",
        "Sandbox",
        "--sync-type",
        "profile-only",
        "--person-action",
        "update-and-create",
        "--dedupe-field",
        "email",
        "--map",
        "email=DedupeField",
        "--map",
        "first_name=firstName",
        "--map",
        "last_name=lastName",
        "--map",
        "country=country",
    ]);
    machine.usher(&["destination", "read", SYNC, "--file", &leads]);
    machine.usher(&[
        "sync",
        "create",
        "--name",
        SYNC,
        "--audience",
        "Audience 0",
        "--destination",
        SYNC,
    ]);
    let plan = machine.usher(&["sync", "preview", SYNC, "--offline"]);
    assert_eq!(plan["people"]["rows"], serde_json::json!(MILLION), "{plan}");
    run_often(machine, &file("few.csv"));
    // Nobody's disk is still busy with a year of imports.
    machine.command("sync").status().unwrap();
}

/// A small sync that ran again and again.
fn run_often(machine: &Machine, few: &str) {
    let name = "Daily";
    fs::write(
        few,
        "email,first,last\nann@x.example,Ann,A\nbob@x.example,Bob,B\n",
    )
    .unwrap();
    machine.usher(&["audience", "import", few, "--name", name]);
    let create = "--sync-type profile-only --person-action update-and-create --dedupe-field email \
                  --map email=DedupeField --map first=firstName --map last=lastName \
                  --connection Sandbox";
    let destination: Vec<&str> = ["destination", "create", "--name", name]
        .into_iter()
        .chain(create.split_whitespace())
        .collect();
    machine.usher(&destination);
    machine.usher(&[
        "sync",
        "create",
        "--name",
        name,
        "--audience",
        name,
        "--destination",
        name,
    ]);
    for _ in 0..RUNS {
        machine.usher(&["sync", "run", name]);
    }
}
