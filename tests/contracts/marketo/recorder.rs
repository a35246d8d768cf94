//! What the client talks to: a hop that chooses the right Prism and keeps a record.
//! The client's own network is used, so its requests are the real ones.

use super::{FILES, prism};
use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, Method, StatusCode, Uri, header},
};
use reqwest::Client;
use std::{
    net::Ipv4Addr,
    sync::{Arc, Mutex},
};
use tokio::net::TcpListener;

/// One request, its reply, and what Prism found in either.
#[derive(Clone, Debug)]
pub(super) struct Exchange {
    /// The place of the description in [`FILES`].
    pub(super) file: usize,
    pub(super) method: Method,
    pub(super) uri: Uri,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    pub(super) reply: (StatusCode, HeaderMap, Bytes),
    pub(super) violations: Vec<String>,
}

impl Exchange {
    /// A finding with the request it belongs to; lists and leads without number.
    pub(super) fn says(&self, what: &str) -> String {
        let parts: Vec<&str> = self
            .uri
            .path()
            .split('/')
            .map(|part| match part.trim_end_matches(".json").parse::<u64>() {
                Ok(_) => "{id}",
                Err(_) => part,
            })
            .collect();
        format!("{} {}: {what}", self.method, parts.join("/"))
    }
}

/// A running hop.
#[derive(Clone)]
pub(super) struct Recorder {
    ports: [u16; FILES.len()],
    client: Client,
    exchanges: Arc<Mutex<Vec<Exchange>>>,
}

impl Recorder {
    /// Its address. `ports` are those of the three Prisms.
    pub(super) async fn start(ports: [u16; FILES.len()]) -> (Self, String) {
        let client = Client::builder().no_proxy().build().unwrap();
        let recorder = Self {
            ports,
            client,
            exchanges: Arc::default(),
        };
        let app = Router::new().fallback(pass).with_state(recorder.clone());
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await });
        (recorder, address)
    }

    pub(super) fn take(&self) -> Vec<Exchange> {
        std::mem::take(&mut *self.exchanges.lock().unwrap())
    }
}

/// A failure in here ends the connection, which the caller cannot overlook.
async fn pass(
    State(recorder): State<Recorder>,
    method: Method,
    uri: Uri,
    mut headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, HeaderMap, Bytes) {
    let query = uri.query().unwrap_or_default();
    let covers = |(name, start): &(&str, &str)| {
        let (_, only) = name.split_once('#').unwrap_or_default();
        uri.path().starts_with(start) && query.contains(only)
    };
    let file = FILES.iter().position(covers).unwrap();
    // These belong to one connection, not to the request.
    for name in [
        header::HOST,
        header::CONTENT_LENGTH,
        header::ACCEPT_ENCODING,
    ] {
        headers.remove(name);
    }
    let port = recorder.ports[file];
    let response = send(&recorder.client, port, &method, &uri, &headers, &body).await;
    let status = response.status();
    let mut answered = response.headers().clone();
    let findings = answered.remove("sl-violations");
    let findings = findings.as_ref().map(|value| value.to_str().unwrap());
    let violations = prism::violations(findings);
    for name in [
        header::CONTENT_LENGTH,
        header::TRANSFER_ENCODING,
        header::CONNECTION,
    ] {
        answered.remove(name);
    }
    let reply = (status, answered, response.bytes().await.unwrap());
    recorder.exchanges.lock().unwrap().push(Exchange {
        file,
        method,
        uri,
        headers,
        body,
        reply: reply.clone(),
        violations,
    });
    reply
}

/// The same request to another port.
pub(super) async fn send(
    client: &Client,
    port: u16,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    body: &Bytes,
) -> reqwest::Response {
    client
        .request(method.clone(), format!("http://127.0.0.1:{port}{uri}"))
        .headers(headers.clone())
        .body(body.clone())
        .send()
        .await
        .unwrap()
}
