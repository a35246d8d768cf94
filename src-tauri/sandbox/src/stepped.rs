//! A sandbox without a socket: whoever holds it hands requests to it.
//!
//! Its time is tokio's, so that a test that has stopped the clock owns this one too, and
//! the same requests at the same times get the same replies.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State as Held};
use serde_json::Value;

use crate::config::Config;
use crate::connection::Switch;
use crate::gateway;
use crate::people;
use crate::private;
use crate::state::{Shared, State};

/// A sandbox in this process. Dropping it ends what hangs in it.
#[derive(Debug)]
pub struct Stepped {
    shared: Arc<Shared>,
}

/// A request as it comes over the wire.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// `GET`, `POST` or `DELETE`.
    pub method: String,
    /// From the first slash on.
    pub path_and_query: String,
    /// Names and values.
    pub headers: Vec<(&'static str, String)>,
    /// All of it.
    pub body: Vec<u8>,
}

/// What comes back over the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answered {
    /// A whole reply.
    Reply {
        /// The HTTP status.
        status: u16,
        /// The `Content-Type`, where there is one.
        content_type: Option<String>,
        /// The body.
        body: Vec<u8>,
    },
    /// The line was cut before the end of one.
    Cut,
}

impl Stepped {
    /// Generates the people; state files are not for this. Needs a tokio runtime.
    #[must_use]
    pub fn new(config: Config) -> Self {
        let mut state = State::new(&config);
        people::generate(&mut state, config.people, config.seed);
        let shared = Arc::new(Shared::new(state, config));
        Self { shared }
    }

    /// Three groups, like `123-ABC-456`.
    #[must_use]
    pub fn munchkin_id(&self) -> String {
        self.shared.lock().identity.munchkin_id.clone()
    }

    /// The custom service's client id and its secret.
    #[must_use]
    pub fn credentials(&self) -> (String, String) {
        let identity = &self.shared.lock().identity;
        (identity.client_id.clone(), identity.client_secret.clone())
    }

    /// One request, from its receipt to its reply. Dropping the future is hanging up.
    pub async fn answer(&self, asked: Asked) -> Answered {
        let mut request = Request::builder()
            .method(asked.method.as_str())
            .uri(asked.path_and_query);
        for (name, value) in asked.headers {
            request = request.header(name, value);
        }
        let Ok(request) = request.body(Body::from(asked.body)) else {
            return Answered::Cut;
        };
        let switch = Switch::default();
        let held = (Held(Arc::clone(&self.shared)), ConnectInfo(switch.clone()));
        let response = gateway::handle(held.0, held.1, request).await;
        let (head, body) = response.into_parts();
        let content_type = head.headers.get("content-type");
        let content_type = content_type.and_then(|value| value.to_str().ok());
        match to_bytes(body, usize::MAX).await {
            Ok(body) if switch.lets_through(body.len()) => Answered::Reply {
                status: head.status.as_u16(),
                content_type: content_type.map(str::to_owned),
                body: body.into(),
            },
            _ => Answered::Cut,
        }
    }

    /// A call to the private endpoints, `path` being what follows `/_sandbox/marketo/`;
    /// the HTTP status and what it says.
    pub fn private(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let body = match body {
            Value::Null => Vec::new(),
            body => body.to_string().into_bytes(),
        };
        private::answer(&self.shared, method, path, query, &body)
    }
}

impl Drop for Stepped {
    fn drop(&mut self) {
        self.shared.stop();
    }
}
