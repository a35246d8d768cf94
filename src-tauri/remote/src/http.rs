//! One request and its reply, and the network behind a trait.
//!
//! The one thing a caller must be able to tell is whether a byte may have left
//! this machine: [`Transport::NotSent`] says it has not.

use crate::clock::BoxFuture;
use reqwest::{Client, ClientBuilder, header, multipart, redirect, retry, tls};
use std::{
    fmt,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};
use usher_model::{Secret, Timestamp, is_loopback};

/// The verbs the services use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Writes, and reads whose question is too long for an address.
    Post,
    /// Removes.
    Delete,
}

/// What a request carries; the variant decides the content type.
#[derive(Clone, PartialEq, Eq)]
pub enum Body {
    /// Nothing, and no content type.
    None,
    /// JSON; empty sends the content type alone.
    Json(Vec<u8>),
    /// `application/x-www-form-urlencoded`.
    Form(Vec<u8>),
    /// `multipart/form-data` with one part `file` of CSV.
    File(Vec<u8>),
}

/// One request. Its `Debug` shows neither token nor body.
#[derive(Clone, Debug)]
pub struct Request {
    /// The verb.
    pub method: Method,
    /// The whole address.
    pub url: String,
    /// The token of the `Authorization` header.
    pub bearer: Option<Secret>,
    /// What it carries.
    pub body: Body,
    /// The first and the last byte that are wanted of a file.
    pub range: Option<(u64, u64)>,
    /// From the first byte to the last of the reply.
    pub timeout: Duration,
    /// The most bytes the reply may have once it is unpacked.
    pub max_reply: usize,
}

/// A complete reply, whatever its status.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The `Content-Type`, where there is one.
    pub content_type: Option<String>,
    /// The body, unpacked.
    pub body: Vec<u8>,
    /// `Date`: the server's own clock, to the second (RFC 9110).
    pub date: Option<Timestamp>,
    /// `X-Sandbox-Timeout`, in seconds on the wire.
    pub sandbox_timeout: Option<Duration>,
    /// `X-Sandbox-Time-Scale`.
    pub time_scale: Option<u32>,
}

/// Why there is no reply; the words never hold an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// No byte of the request left.
    NotSent(&'static str),
    /// The request may have arrived; the reply did not.
    Lost(&'static str),
    /// The reply is larger than the request allowed.
    TooLarge,
}

/// Whatever carries requests: the network, or a script in a test.
pub trait Http: Send + Sync {
    /// Sends one request, once.
    fn send<'a>(&'a self, request: Request) -> BoxFuture<'a, Result<Reply, Transport>>;
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("None"),
            Self::Json(bytes) => write!(f, "Json({} bytes)", bytes.len()),
            Self::Form(bytes) => write!(f, "Form({} bytes)", bytes.len()),
            Self::File(bytes) => write!(f, "File({} bytes)", bytes.len()),
        }
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reply({}, {} bytes)", self.status, self.body.len())
    }
}

/// The network. Addresses on this machine go through a client of their own,
/// which knows no proxy and never asks a name server what `localhost` is; all
/// others must be https. Neither follows a redirect or repeats a request.
#[derive(Clone, Debug)]
pub struct NetHttp {
    remote: Client,
    local: Client,
}

const CONNECT: Duration = Duration::from_secs(10);
/// Shorter than servers keep idle connections, so that a write seldom meets
/// one that is just being closed, which would leave its outcome unknown.
const IDLE: Duration = Duration::from_secs(10);

impl NetHttp {
    /// Needs the operating system's trust store.
    pub fn new() -> Result<Self, Transport> {
        // Refused when a provider is there already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let localhost = [
            SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            SocketAddr::from((Ipv6Addr::LOCALHOST, 0)),
        ];
        let remote = builder().https_only(true);
        let local = builder()
            .no_proxy()
            .resolve_to_addrs("localhost", &localhost);
        let build = |builder: ClientBuilder| {
            builder
                .build()
                .map_err(|_| Transport::NotSent("secure connections cannot be set up here"))
        };
        Ok(Self {
            remote: build(remote)?,
            local: build(local)?,
        })
    }

    async fn exchange(&self, request: Request) -> Result<Reply, Transport> {
        let client = if on_this_machine(&request.url) {
            &self.local
        } else {
            &self.remote
        };
        let mut call = match request.method {
            Method::Get => client.get(&request.url),
            Method::Post => client.post(&request.url),
            Method::Delete => client.delete(&request.url),
        };
        call = call.timeout(request.timeout);
        call = match request.range {
            None => call.header(header::ACCEPT, "application/json"),
            // A file, as it is kept: packed anew, its places would be others.
            Some((first, last)) => call
                .header(header::ACCEPT, "*/*")
                .header(header::ACCEPT_ENCODING, "identity")
                .header(header::RANGE, format!("bytes={first}-{last}")),
        };
        if let Some(token) = &request.bearer {
            call = call.bearer_auth(token.expose());
        }
        call = match request.body {
            Body::None => call,
            Body::Json(bytes) => call
                .header(header::CONTENT_TYPE, "application/json")
                .body(bytes),
            Body::Form(bytes) => call
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(bytes),
            Body::File(bytes) => call.multipart(file_form(bytes)?),
        };
        let mut response = call.send().await.map_err(|error| not_answered(&error))?;
        let mut reply = Reply {
            status: response.status().as_u16(),
            content_type: text(&response, "content-type").map(str::to_owned),
            body: Vec::new(),
            date: text(&response, "date").and_then(date),
            sandbox_timeout: text(&response, "x-sandbox-timeout").and_then(seconds),
            time_scale: text(&response, "x-sandbox-time-scale").and_then(|n| n.parse().ok()),
        };
        // Counted after unpacking, piece by piece: a small body can unpack to a huge one.
        while let Some(piece) = response.chunk().await.map_err(|error| broken_off(&error))? {
            if reply.body.len() + piece.len() > request.max_reply {
                return Err(Transport::TooLarge);
            }
            reply.body.extend_from_slice(&piece);
        }
        Ok(reply)
    }
}

impl Http for NetHttp {
    fn send<'a>(&'a self, request: Request) -> BoxFuture<'a, Result<Reply, Transport>> {
        Box::pin(self.exchange(request))
    }
}

fn file_form(bytes: Vec<u8>) -> Result<multipart::Form, Transport> {
    let part = multipart::Part::bytes(bytes).file_name("people.csv");
    let part = part.mime_str("text/csv");
    let part = part.map_err(|_| Transport::NotSent("the file cannot be wrapped"))?;
    Ok(multipart::Form::new().part("file", part))
}

fn builder() -> ClientBuilder {
    Client::builder()
        .user_agent(concat!("Usher/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .referer(false)
        .tls_version_min(tls::Version::TLS_1_2)
        .connect_timeout(CONNECT)
        .pool_idle_timeout(IDLE)
}

fn on_this_machine(url: &str) -> bool {
    let host = url.find("://").map_or(0, |at| at + 3);
    let end = url[host..].find('/').map_or(url.len(), |at| host + at);
    is_loopback(&url[..end])
}

fn text<'a>(response: &'a reqwest::Response, name: &str) -> Option<&'a str> {
    response.headers().get(name)?.to_str().ok()
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`, and the older spellings of mail.
fn date(text: &str) -> Option<Timestamp> {
    let at = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text.trim());
    Some(Timestamp(at.ok()?.as_millisecond()))
}

fn seconds(text: &str) -> Option<Duration> {
    let seconds: f64 = text.trim().parse().ok()?;
    Duration::try_from_secs_f64(seconds)
        .ok()
        .filter(|wait| *wait <= Duration::from_secs(86_400))
}

fn not_answered(error: &reqwest::Error) -> Transport {
    if error.is_builder() {
        Transport::NotSent("the address cannot be used")
    } else if error.is_dns() {
        Transport::NotSent("its name is not known to the network")
    } else if error.is_connect() && error.is_timeout() {
        Transport::NotSent("no connection in time")
    } else if error.is_connect() {
        Transport::NotSent("no connection, or no secure one")
    } else if error.is_timeout() {
        Transport::Lost("no reply in time")
    } else {
        Transport::Lost("the connection broke before a reply")
    }
}

fn broken_off(error: &reqwest::Error) -> Transport {
    Transport::Lost(if error.is_timeout() {
        "no complete reply in time"
    } else {
        "the reply broke off"
    })
}

#[cfg(test)]
mod tests {
    use super::{Body, Http, Method, NetHttp, Reply, Request, Transport, on_this_machine, seconds};
    use std::time::Duration;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };
    use usher_model::Secret;

    fn to(url: String) -> Request {
        Request {
            method: Method::Get,
            url,
            bearer: Some(Secret::new("hunter2".into())),
            body: Body::Form(b"client_secret=hunter2".to_vec()),
            range: None,
            timeout: Duration::from_millis(500),
            max_reply: 1_000,
        }
    }

    /// One connection to a server that answers these bytes, then closes it.
    async fn against(answer: Vec<u8>, stall: bool) -> Result<Reply, Transport> {
        let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = server.local_addr().unwrap().port();
        let serve = tokio::spawn(async move {
            let (mut peer, _) = server.accept().await.unwrap();
            let mut asked = [0; 4_096];
            let _ = peer.read(&mut asked).await;
            let _ = peer.write_all(&answer).await;
            if stall {
                tokio::time::sleep(Duration::from_secs(5)).await;
            }
        });
        let reply = NetHttp::new()
            .unwrap()
            .send(to(format!("http://localhost:{port}/x")))
            .await;
        serve.abort();
        reply
    }

    fn ok(head: &str, body: &[u8]) -> Vec<u8> {
        [
            format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n").as_bytes(),
            body,
        ]
        .concat()
    }

    #[tokio::test]
    async fn what_the_wire_does_has_a_name() {
        let zip = ok("Content-Encoding: gzip\r\nConnection: close", &bomb());
        let moved =
            b"HTTP/1.1 307 Moved\r\nLocation: http://localhost:1/\r\nContent-Length: 0\r\n\r\n";
        let cases: [(Vec<u8>, bool, Result<u16, Transport>); 7] = [
            (ok("Content-Length: 2", b"{}"), false, Ok(200)),
            (moved.to_vec(), false, Ok(307)),
            (
                ok("Content-Length: 9", b"{}"),
                false,
                Err(Transport::Lost("the reply broke off")),
            ),
            (
                ok("Content-Length: 9", b"{}"),
                true,
                Err(Transport::Lost("no complete reply in time")),
            ),
            (
                Vec::new(),
                false,
                Err(Transport::Lost("the connection broke before a reply")),
            ),
            (Vec::new(), true, Err(Transport::Lost("no reply in time"))),
            (zip, false, Err(Transport::TooLarge)),
        ];
        for (answer, stall, expected) in cases {
            assert_eq!(
                against(answer, stall).await.map(|reply| reply.status),
                expected
            );
        }
    }

    #[tokio::test]
    async fn headers_are_read() {
        let head = "Content-Type: text/html\r\nX-Sandbox-Timeout: 1.5\r\nX-Sandbox-Time-Scale: 60\r\nContent-Length: 0";
        let reply = against(ok(head, b""), false).await.unwrap();
        assert_eq!(reply.sandbox_timeout, Some(Duration::from_millis(1_500)));
        assert_eq!(
            (reply.time_scale, reply.content_type.as_deref()),
            (Some(60), Some("text/html"))
        );
        assert_eq!(
            (seconds("-1"), seconds("NaN"), seconds("1e99")),
            (None, None, None)
        );
    }

    #[tokio::test]
    async fn nothing_leaves_for_a_closed_port_or_in_the_clear() {
        let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = server.local_addr().unwrap().port();
        drop(server);
        let net = NetHttp::new().unwrap();
        for url in [
            format!("http://127.0.0.1:{port}/"),
            "http://example.com/".into(),
            "nonsense".into(),
        ] {
            let sent = net.send(to(url.clone())).await;
            assert!(
                matches!(sent, Err(Transport::NotSent(_))),
                "{url}: {sent:?}"
            );
        }
        assert!(on_this_machine("http://[::1]:8080/rest") && on_this_machine("https://localhost"));
        assert!(
            !on_this_machine("http://localhost.evil.example/") && !on_this_machine("localhost")
        );
    }

    #[test]
    fn debug_shows_no_secret() {
        let shown = format!("{:?}", to("http://localhost/".into()));
        assert!(!shown.contains("hunter2"), "{shown}");
    }

    /// 200,000 zero bytes, as gzip: 229 bytes, most of them zero as well.
    fn bomb() -> Vec<u8> {
        let head =
            b"\x1f\x8b\x08\0\0\0\0\0\x02\x03\xed\xc1\x31\x01\0\0\0\xc2\xa0\xf5\x4f\x6d\x06\x7f\xa0";
        let tail = b"\x80\xd7\0\x7b\x58\xe0\x5c\x40\x0d\x03\0";
        let middle = vec![0; 229 - head.len() - tail.len()];
        [head.as_slice(), &middle, tail].concat()
    }
}
