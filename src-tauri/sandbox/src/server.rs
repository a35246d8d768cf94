//! Starting and stopping.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::config::{Config, SandboxError};
use crate::connection::{Door, Switch};
use crate::gateway;
use crate::people;
use crate::snapshot;
use crate::state::{Shared, State};

/// How long shutting down waits for replies that are on their way.
const GRACE: Duration = Duration::from_secs(2);

/// A running sandbox; dropping it stops it without saving.
#[derive(Debug)]
pub struct Sandbox {
    shared: Arc<Shared>,
    address: SocketAddr,
    munchkin_id: String,
    client_id: String,
    client_secret: String,
    server: JoinHandle<()>,
}

impl Sandbox {
    /// Generates or loads the people and starts listening on 127.0.0.1.
    ///
    /// # Errors
    /// When the port is taken, or the state file cannot be read.
    pub async fn start(config: Config) -> Result<Self, SandboxError> {
        let port = config.port;
        let listening = |source| SandboxError::Listen { port, source };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .await
            .map_err(listening)?;
        let address = listener.local_addr().map_err(listening)?;

        let mut state = State::new(&config);
        match config.state_file.as_ref().filter(|path| path.exists()) {
            Some(path) => {
                snapshot::load(&mut state, path).map_err(|source| SandboxError::StateFile {
                    path: path.clone(),
                    source,
                })?
            }
            None => people::generate(&mut state, config.people, config.seed),
        }
        let identity = &state.identity;
        let (munchkin_id, client_id) = (identity.munchkin_id.clone(), identity.client_id.clone());
        let client_secret = identity.client_secret.clone();

        let shared = Arc::new(Shared::new(state, config));
        let app = Router::new()
            .fallback(gateway::handle)
            .with_state(Arc::clone(&shared));
        let service = app.into_make_service_with_connect_info::<Switch>();
        let until = Arc::clone(&shared);
        let server = tokio::spawn(async move {
            let serving = axum::serve(Door(listener), service);
            // It cannot end otherwise; accepting goes on through errors.
            let _ = serving
                .with_graceful_shutdown(async move { until.stopped().await })
                .await;
        });
        Ok(Self {
            shared,
            address,
            munchkin_id,
            client_id,
            client_secret,
            server,
        })
    }

    /// What `usher sandbox serve` prints: where each stand-in is, and its credentials.
    pub fn services(&self) -> Value {
        json!({"services": {"marketo": {
            "base_url": self.base_url(),
            "munchkin_id": self.munchkin_id,
            "client_id": self.client_id,
            "client_secret": self.client_secret,
        }}})
    }

    /// `http://127.0.0.1:PORT`, without a slash at its end.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Three groups, like `123-ABC-456`.
    pub fn munchkin_id(&self) -> &str {
        &self.munchkin_id
    }

    /// The custom service's client id.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// The custom service's client secret.
    pub fn client_secret(&self) -> &str {
        &self.client_secret
    }

    /// Stops serving, then writes the state file when there is one.
    ///
    /// # Errors
    /// When the state file cannot be written.
    pub async fn shutdown(mut self) -> Result<(), SandboxError> {
        self.shared.stop();
        if tokio::time::timeout(GRACE, &mut self.server).await.is_err() {
            self.server.abort();
        }
        let Some(path) = &self.shared.config.state_file else {
            return Ok(());
        };
        let state = self.shared.lock();
        snapshot::save(&state, path).map_err(|source| SandboxError::StateFile {
            path: path.clone(),
            source,
        })
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.shared.stop();
    }
}
