//! The client, the sandbox, and Adobe's published descriptions between them.
//!
//! Prism, whose reading of a description is not ours, stands between the two as a
//! proxy and reports what breaks the description, in either direction; what it says
//! is collected while the traffic passes on. Where a description is known to be wrong
//! about the wire, `departures.json` edits a copy of it and says why.

mod calls;
mod departures;
mod names;
mod prism;
mod recorder;
mod replay;

use departures::{Departure, Descriptions};
use recorder::Exchange;
use std::{
    collections::BTreeSet,
    path::Path,
    sync::{Mutex, OnceLock},
};

/// Each description, and the addresses that it covers. What stands behind `#` makes it
/// a copy of its own, for requests with this in their query.
const FILES: [(&str, &str); 4] = [
    ("swagger-identity.json", "/identity/"),
    ("swagger-mapi.json#_method=GET", "/rest/v1/"),
    ("swagger-asset.json", "/rest/asset/"),
    // The rest, bulk jobs included.
    ("swagger-mapi.json", "/"),
];

type Test = fn(&Path);

pub(crate) const TESTS: &[(&str, Test)] = &[
    ("marketo::every_exchange_is_as_described", as_described),
    ("marketo::every_call_of_the_client_is_made", all_made),
    ("marketo::every_departure_is_needed", all_needed),
];

/// What one run brought; all three tests look at the same.
struct Run {
    corrected: Descriptions,
    exchanges: Vec<Exchange>,
}

fn run(folder: &Path) -> &'static Run {
    static RUN: OnceLock<Run> = OnceLock::new();
    // Once for all, also when it fails.
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().expect("the traffic failed in another test");
    RUN.get_or_init(|| {
        let corrected = Descriptions::read(folder).with(&Departure::all());
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let exchanges = runtime.block_on(calls::through(&corrected));
        Run {
            corrected,
            exchanges,
        }
    })
}

/// Prism finds nothing, and no name is sent that the description does not know: of
/// those Prism says nothing.
fn as_described(folder: &Path) {
    let run = run(folder);
    let mut wrong = BTreeSet::new();
    for exchange in &run.exchanges {
        wrong.extend(exchange.violations.iter().map(|what| exchange.says(what)));
        let unknown = names::unknown(&run.corrected, exchange);
        wrong.extend(unknown.iter().map(|what| exchange.says(what)));
    }
    let wrong: Vec<String> = wrong.into_iter().collect();
    assert!(
        wrong.is_empty(),
        "{} findings:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

fn all_made(folder: &Path) {
    let run = run(folder);
    let made: BTreeSet<(&str, &str)> = run
        .exchanges
        .iter()
        .filter_map(|exchange| names::operation(&run.corrected, exchange))
        .map(|operation| (operation.method, operation.path))
        .collect();
    assert_eq!(made, BTreeSet::from(calls::OPERATIONS));
    for method in calls::methods_of_the_client() {
        assert!(calls::drives(&method), "Marketo::{method} is not called");
    }
}

/// With all departures but one, Prism finds something again.
fn all_needed(folder: &Path) {
    let run = run(folder);
    let all = Departure::all();
    let published = Descriptions::read(folder);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let unused = runtime.block_on(replay::unused(&published, &all, &run.exchanges));
    assert!(
        unused.is_empty(),
        "departures without which everything is as described, too:\n{}",
        unused.join("\n")
    );
}
