//! The access token: asked for once, shared by all calls.

use super::{Ask, Marketo, envelope, form};
use crate::{failure::Failure, http::Body};
use serde_json::Value;
use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use usher_model::Secret;

/// A token is replaced this long before it ends.
const EARLY: Duration = Duration::from_secs(60);
/// What a fresh token lives, at most (Marketo docs: authentication).
const LONGEST: u64 = 3_600;

/// The token of one custom service.
pub(super) struct Tokens {
    client_id: String,
    secret: Secret,
    state: Mutex<State>,
    /// Held while a token is asked for.
    flight: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct State {
    token: Option<Token>,
    /// When to ask again, on the monotonic clock.
    renew_at: Duration,
    /// The highest serial a call was refused with.
    refused: u64,
    /// Requests that ended, and what the last one failed with.
    asked: u64,
    failure: Option<Failure>,
}

/// A token, numbered, since the service may give the same text twice.
#[derive(Clone)]
pub(super) struct Token {
    pub(super) text: Secret,
    pub(super) serial: u64,
}

impl Tokens {
    pub(super) fn new(client_id: String, secret: Secret) -> Self {
        Self {
            client_id,
            secret,
            state: Mutex::default(),
            flight: tokio::sync::Mutex::new(()),
        }
    }

    /// One that cannot be had leaves no doubt about the call itself: it was not sent.
    pub(super) async fn ensure(&self, marketo: &Marketo) -> Result<Token, Failure> {
        let seen = {
            let state = self.state();
            if let Some(token) = state.ready(marketo.clock.elapsed()) {
                return Ok(token);
            }
            state.asked
        };
        let _flight = self.flight.lock().await;
        // Whoever waited for somebody else's request takes what it brought.
        let asked_at = marketo.clock.elapsed();
        {
            let state = self.state();
            if let Some(token) = state.ready(asked_at) {
                return Ok(token);
            }
            if let Some(failure) = state.failure.as_ref().filter(|_| state.asked != seen) {
                return Err(failure.clone());
            }
        }
        let fetched = self.fetch(marketo).await.map_err(|failure| match failure {
            Failure::Unknown { what, .. } => {
                Failure::NotSent(format!("there is no access token: {what}"))
            }
            other => other,
        });
        let mut state = self.state();
        state.asked += 1;
        state.failure = fetched.as_ref().err().cloned();
        let (text, lives) = fetched?;
        let token = Token {
            text,
            serial: state.asked,
        };
        // Asking early returns the same token with less to live, so a token
        // that is nearly over is used to its end. The second keeps one that is
        // over already from being asked for in every call.
        let use_for = lives
            .checked_sub(EARLY)
            .filter(|rest| !rest.is_zero())
            .unwrap_or(lives);
        state.renew_at = asked_at + use_for.max(Duration::from_secs(1));
        state.token = Some(token.clone());
        Ok(token)
    }

    pub(super) fn note_refused(&self, serial: u64) {
        let mut state = self.state();
        state.refused = state.refused.max(serial);
    }

    pub(super) fn forget_refused(&self) {
        let mut state = self.state();
        let refused = state.refused;
        state.token.take_if(|token| token.serial <= refused);
    }

    /// The secret goes in the body, where no log of addresses sees it.
    async fn fetch(&self, marketo: &Marketo) -> Result<(Secret, Duration), Failure> {
        let body = form::encode(&[
            ("grant_type", "client_credentials"),
            ("client_id", &self.client_id),
            ("client_secret", self.secret.expose()),
        ]);
        let ask = Ask::post(
            "/identity/oauth/token".into(),
            Body::Form(body.into_bytes()),
        );
        let reply = marketo.send(ask, None).await?;
        let document = match reply.status {
            200 => envelope::document(&reply)?,
            401 => return Err(Failure::Credentials),
            status => return Err(envelope::odd_status(status)),
        };
        let text = document
            .get("access_token")
            .and_then(Value::as_str)
            .unwrap_or_default();
        if text.is_empty() || text.len() > 2_000 || !text.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(Failure::unknown("the identity service gave no token"));
        }
        let lives = document
            .get("expires_in")
            .and_then(envelope::number)
            .unwrap_or(0);
        let lives = u64::try_from(lives).unwrap_or(0).min(LONGEST);
        Ok((Secret::new(text.to_owned()), Duration::from_secs(lives)))
    }

    /// Keeps everybody waiting who needs a token.
    #[cfg(test)]
    pub(super) async fn hold(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.flight.lock().await
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn ready(&self, now: Duration) -> Option<Token> {
        self.token.clone().filter(|_| now < self.renew_at)
    }
}
