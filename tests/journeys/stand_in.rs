//! A server that is no service: it answers every request with the same bytes,
//! and counts who comes.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// Runs for as long as the test's process.
pub(crate) struct StandIn {
    port: u16,
    heard: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl StandIn {
    /// What answers a request, given its head and body.
    pub(crate) fn start(
        address: &str,
        answer: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind((address, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let hearing = heard.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let request = read(&stream);
                hearing.lock().unwrap().push(request.clone());
                let text = String::from_utf8_lossy(&request).into_owned();
                let mut stream = &stream;
                // A client that has read enough may be gone.
                drop(
                    stream
                        .write_all(&answer(&text))
                        .and_then(|()| stream.flush()),
                );
            }
        });
        Self { port, heard }
    }

    /// On loopback, with one answer to everything.
    pub(crate) fn always(answer: Vec<u8>) -> Self {
        Self::start("127.0.0.1", move |_| answer.clone())
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The bytes of every request so far.
    pub(crate) fn heard(&self) -> Vec<Vec<u8>> {
        self.heard.lock().unwrap().clone()
    }
}

/// A reply with this status line, these header lines and this body.
pub(crate) fn reply(status: &str, headers: &[&str], body: &[u8]) -> Vec<u8> {
    let length = format!("Content-Length: {}", body.len());
    let lines: Vec<&str> = [status]
        .iter()
        .chain(headers)
        .copied()
        .chain([&*length])
        .collect();
    let head = format!(
        "HTTP/1.1 {}\r\nConnection: close\r\n\r\n",
        lines.join("\r\n")
    );
    [head.as_bytes(), body].concat()
}

/// A token that is good for an hour.
pub(crate) fn token() -> Vec<u8> {
    let body =
        br#"{"access_token":"t-1","token_type":"bearer","expires_in":3599,"scope":"x@x.example"}"#;
    reply("200 OK", &["Content-Type: application/json"], body)
}

/// The head and as much of the body as it announces.
fn read(mut stream: &TcpStream) -> Vec<u8> {
    let (mut request, mut byte) = (Vec::new(), [0]);
    while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read > 0) {
        request.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&request).to_ascii_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok())
        .unwrap_or(0);
    let mut body = vec![0; length];
    drop(stream.read_exact(&mut body));
    [request, body].concat()
}
