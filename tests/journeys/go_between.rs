//! Somebody between Usher and the sandbox, who hears every request and answers
//! some of them in the sandbox's place.

use crate::stand_in::StandIn;
use std::io::{Read, Write};
use std::net::TcpStream;
use support::Desk;

/// Adds the connection `Marketo` to a go-between, which answers what `instead`
/// gives and otherwise what the sandbox says.
pub(crate) fn connect_through(
    desk: &Desk,
    instead: impl Fn(&str) -> Option<Vec<u8>> + Send + Sync + 'static,
) -> StandIn {
    let sandbox = desk.remote.sandbox();
    let address = sandbox.base_url().replace("http://", "");
    let between = StandIn::start("127.0.0.1", move |request| {
        instead(request).unwrap_or_else(|| forward(&address, request))
    });
    let url = between.url();
    let add = [
        "connection",
        "add",
        "marketo",
        "--name",
        "Marketo",
        "--base-url",
        &url,
        "--munchkin-id",
        sandbox.munchkin_id(),
        "--client-id",
        sandbox.client_id(),
        "--calls-per-20s",
        "100000",
        "--secret-stdin",
    ];
    desk.usher_given(&add, &format!("{}\n", sandbox.client_secret()))
        .ok();
    between
}

/// The requests that a go-between heard, as text.
pub(crate) fn heard(between: &StandIn) -> Vec<String> {
    let all = between.heard().into_iter();
    all.map(|request| String::from_utf8(request).unwrap())
        .collect()
}

/// Asks the sandbox, which closes the line behind its answer.
pub(crate) fn forward(address: &str, request: &str) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).unwrap();
    let request = request.replacen("\r\n", "\r\nConnection: close\r\n", 1);
    let mut answer = Vec::new();
    stream
        .write_all(request.as_bytes())
        .and_then(|()| stream.read_to_end(&mut answer))
        .unwrap();
    answer
}
