//! The way from the computer to the service, with its weather.

use crate::machine::Life;
use crate::witness::Witness;
use std::future::pending;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use support::Random;
use tokio::time::{Instant, sleep, timeout};
use usher_model::Timestamp;
use usher_remote::clock::BoxFuture;
use usher_remote::http::{Body, Http, Method, Reply, Request, Transport};
use usher_sandbox::{Answered, Asked, Stepped};

/// The parts of a file that goes out.
const BOUNDARY: &str = "a-boundary-that-no-file-has";

/// Of a hundred requests, how many fare ill, and how.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Weather {
    /// No connection.
    pub(crate) not_sent: u64,
    /// Gone on the way there.
    pub(crate) lost_before: u64,
    /// Done, and the reply gone on the way back.
    pub(crate) lost_after: u64,
    /// Under way longer than anybody waits.
    pub(crate) slow: u64,
}

/// The network of one computer.
pub(crate) struct Network {
    pub(crate) service: Arc<Stepped>,
    pub(crate) witness: Arc<Witness>,
    random: Mutex<Random>,
    weather: Mutex<Weather>,
}

/// What becomes of one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    NotSent,
    LostBefore,
    LostAfter,
    Slow,
    Fine,
}

impl Network {
    /// In fine weather.
    pub(crate) fn new(service: Arc<Stepped>, witness: Arc<Witness>, random: Random) -> Arc<Self> {
        Arc::new(Self {
            service,
            witness,
            random: Mutex::new(random),
            weather: Mutex::default(),
        })
    }

    /// Changes the weather.
    pub(crate) fn set(&self, weather: Weather) {
        *self.weather.lock().unwrap() = weather;
    }

    fn draw(&self) -> (Fate, Duration, Duration) {
        let weather = *self.weather.lock().unwrap();
        let mut random = self.random.lock().unwrap();
        let mut way = || Duration::from_millis(10 + random.below(250));
        let (there, back) = (way(), way());
        let mut number = random.below(100);
        let fates = [
            (weather.not_sent, Fate::NotSent),
            (weather.lost_before, Fate::LostBefore),
            (weather.lost_after, Fate::LostAfter),
            (weather.slow, Fate::Slow),
        ];
        for (cases, fate) in fates {
            if number < cases {
                return (fate, there, back);
            }
            number -= cases;
        }
        (Fate::Fine, there, back)
    }
}

/// The network as one life has it.
pub(crate) struct Line {
    pub(crate) life: Life,
    pub(crate) network: Arc<Network>,
}

impl Http for Line {
    fn send<'a>(&'a self, request: Request) -> BoxFuture<'a, Result<Reply, Transport>> {
        Box::pin(self.exchange(request))
    }
}

impl Line {
    async fn exchange(&self, request: Request) -> Result<Reply, Transport> {
        self.life.step().await;
        let slept = self.life.slept();
        let (fate, there, back) = self.network.draw();
        if fate == Fate::NotSent {
            sleep(there).await;
            self.life.awake().await;
            return Err(Transport::NotSent("no connection, or no secure one"));
        }
        let patience = request.timeout;
        let most = request.max_reply;
        let begun = Instant::now();
        let answered = timeout(patience, self.carried(request, fate, there, back)).await;
        self.life.step().await;
        // A connection does not outlive a sleep.
        if self.life.slept() != slept {
            return Err(Transport::Lost("the connection broke before a reply"));
        }
        match answered {
            Err(_) => Err(Transport::Lost("no reply in time")),
            Ok(Ok(reply)) if reply.body.len() > most => Err(Transport::TooLarge),
            Ok(answered) => {
                debug_assert!(begun.elapsed() <= patience);
                answered
            }
        }
    }

    async fn carried(
        &self,
        request: Request,
        fate: Fate,
        there: Duration,
        back: Duration,
    ) -> Result<Reply, Transport> {
        let lost = Err(Transport::Lost("the connection broke before a reply"));
        sleep(there).await;
        if fate == Fate::LostBefore {
            return lost;
        }
        let asked = asked(&request);
        let call = self.network.witness.received(&asked);
        // The service works on it, whoever still waits for that; what it never answers it
        // holds open until its sender hangs up.
        let (service, witness) = (self.network.service.clone(), self.network.witness.clone());
        let patience = request.timeout;
        let working = tokio::spawn(async move {
            let answered = timeout(patience, service.answer(asked)).await;
            let answered = answered.unwrap_or(Answered::Cut);
            witness.answered(call, &answered);
            answered
        });
        if fate == Fate::Slow {
            pending::<()>().await;
        }
        let answered = working.await.expect("the service does not break");
        sleep(back).await;
        match answered {
            Answered::Reply {
                status,
                content_type,
                body,
            } if fate != Fate::LostAfter => Ok(Reply {
                status,
                content_type,
                body,
                date: Some(Timestamp(self.life.world_ms())),
                sandbox_timeout: None,
                time_scale: None,
            }),
            _ => lost,
        }
    }
}

fn asked(request: &Request) -> Asked {
    let mut headers = Vec::new();
    if let Some(token) = &request.bearer {
        headers.push(("authorization", format!("Bearer {}", token.expose())));
    }
    if let Some((first, last)) = request.range {
        headers.push(("range", format!("bytes={first}-{last}")));
    }
    let (content_type, body) = match &request.body {
        Body::None => (None, Vec::new()),
        Body::Json(bytes) => (Some("application/json".to_owned()), bytes.clone()),
        Body::Form(bytes) => (
            Some("application/x-www-form-urlencoded".to_owned()),
            bytes.clone(),
        ),
        Body::File(bytes) => (
            Some(format!("multipart/form-data; boundary={BOUNDARY}")),
            multipart(bytes),
        ),
    };
    headers.extend(content_type.map(|value| ("content-type", value)));
    Asked {
        method: name_of(request.method).to_owned(),
        path_and_query: path_of(&request.url).to_owned(),
        headers,
        body,
    }
}

fn multipart(file: &[u8]) -> Vec<u8> {
    let head = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"people.csv\"\r\nContent-Type: text/csv\r\n\r\n"
    );
    let tail = format!("\r\n--{BOUNDARY}--\r\n");
    [head.as_bytes(), file, tail.as_bytes()].concat()
}

fn name_of(method: Method) -> &'static str {
    match method {
        Method::Get => "GET",
        Method::Post => "POST",
        Method::Delete => "DELETE",
    }
}

fn path_of(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at + 3);
    url[host..].find('/').map_or("/", |at| &url[host + at..])
}
