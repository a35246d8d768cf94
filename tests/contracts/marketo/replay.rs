//! Which departures are needed, found out by leaving each of them out.
//!
//! The recorded requests are sent once more to a Prism that reads the description
//! without that one departure; behind it, the recorded replies are given.

use super::{
    departures::{Departure, Descriptions},
    prism::Prism,
    recorder::{self, Exchange},
};
use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use reqwest::Client;
use std::{net::Ipv4Addr, sync::Arc};
use tokio::{net::TcpListener, sync::Semaphore, task::JoinSet};

/// Tells the replies apart.
const NUMBER: &str = "x-exchange";
/// Each takes a core while it starts.
const AT_ONCE: usize = 2;

type Exchanges = Arc<Vec<Exchange>>;

/// Why the departures without effect were thought to be needed.
pub(super) async fn unused(
    published: &Descriptions,
    all: &[Departure],
    exchanges: &[Exchange],
) -> Vec<String> {
    let exchanges: Exchanges = Arc::new(exchanges.to_vec());
    let upstream = serve(Arc::clone(&exchanges)).await;
    let turns = Arc::new(Semaphore::new(AT_ONCE));
    let mut tries = JoinSet::new();
    for left_out in 0..all.len() {
        let mut others = all.to_vec();
        let departure = others.remove(left_out);
        let descriptions = published.clone().with(&others);
        let (exchanges, upstream) = (Arc::clone(&exchanges), upstream.clone());
        let turns = Arc::clone(&turns);
        tries.spawn(async move {
            let _turn = turns.acquire().await.unwrap();
            let found = finds(&descriptions, &departure, &upstream, &exchanges).await;
            (!found).then_some(departure.why)
        });
    }
    tries.join_all().await.into_iter().flatten().collect()
}

/// Whether Prism finds anything in the exchanges that a departure is about.
async fn finds(
    descriptions: &Descriptions,
    departure: &Departure,
    upstream: &str,
    exchanges: &Exchanges,
) -> bool {
    let client = Client::builder().no_proxy().build().unwrap();
    for (file, (name, description)) in descriptions.0.iter().enumerate() {
        if !departure.is_about(name) {
            continue;
        }
        let prism = Prism::start(description, upstream).await;
        for (number, exchange) in exchanges.iter().enumerate() {
            if exchange.file == file && again(&client, &prism, number, exchange).await {
                return true;
            }
        }
    }
    false
}

/// Sends a request once more, and says whether Prism finds anything.
async fn again(client: &Client, prism: &Prism, number: usize, exchange: &Exchange) -> bool {
    let Exchange {
        method, uri, body, ..
    } = exchange;
    let mut headers = exchange.headers.clone();
    headers.insert(NUMBER, number.into());
    let response = recorder::send(client, prism.port, method, uri, &headers, body).await;
    response.headers().contains_key("sl-violations")
}

async fn serve(exchanges: Exchanges) -> String {
    let app = Router::new().fallback(answer).with_state(exchanges);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

async fn answer(
    State(exchanges): State<Exchanges>,
    headers: HeaderMap,
) -> (StatusCode, HeaderMap, Bytes) {
    let number = headers[NUMBER].to_str().unwrap();
    let number: usize = number.parse().unwrap();
    exchanges[number].reply.clone()
}
