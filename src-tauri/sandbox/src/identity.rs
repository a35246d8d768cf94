//! Credentials and access tokens.
//!
//! Marketo docs: authentication. Asking again before expiry gives the same token with
//! less life left; the first use after expiry is 602, every later one 601.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::clock::Clock;
use crate::envelope::Failure;
use crate::random::Random;
use crate::request::Call;

/// The user whose calls these are.
pub(crate) const API_USER: &str = "usher-sandbox@api.example.com";

/// Secrets of the one custom service, and the tokens given out.
#[derive(Debug)]
pub(crate) struct Identity {
    pub(crate) munchkin_id: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    pub(crate) token_life_ms: i64,
    random: Random,
    current: Option<String>,
    tokens: HashMap<String, Token>,
}

#[derive(Debug)]
struct Token {
    expires_at_ms: i64,
    expiry_told: bool,
}

impl Identity {
    /// The same seed gives the same credentials, also after a restart.
    pub(crate) fn new(seed: u64, token_life_ms: i64) -> Self {
        let mut random = Random::new(seed, "credentials");
        let munchkin_id = format!(
            "{}-{}-{}",
            random.text(b"123456789", 3),
            random.text(b"ABCDEFGHJKLMNPQRSTUVWXYZ", 3),
            random.text(b"0123456789", 3)
        );
        let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        let client_id = random.uuid();
        let client_secret = random.text(letters, 32);
        let random = Random::new(seed, "tokens");
        Self {
            munchkin_id,
            client_id,
            client_secret,
            token_life_ms,
            random,
            current: None,
            tokens: HashMap::new(),
        }
    }

    /// The token endpoint: status and body, outside of the usual envelope.
    pub(crate) fn answer(&mut self, call: &Call, clock: &Clock) -> (u16, Value) {
        if !matches!(call.method.as_str(), "GET" | "POST") {
            return (405, error("invalid_request", "Method not allowed"));
        }
        match call.param("grant_type") {
            Some("client_credentials") => {}
            Some(other) => {
                return (
                    400,
                    error(
                        "unsupported_grant_type",
                        &format!("Unsupported grant type: {other}"),
                    ),
                );
            }
            None => return (400, error("invalid_request", "Missing grant type")),
        }
        let known = call.param("client_id") == Some(self.client_id.as_str());
        if !known {
            return (401, error("invalid_client", "No client with requested id"));
        }
        if call.param("client_secret") != Some(self.client_secret.as_str()) {
            return (401, error("unauthorized", "Bad client credentials"));
        }
        let now = clock.now_ms();
        let (token, expires_at_ms) = self.token(now);
        let body = json!({
            "access_token": token,
            "token_type": "bearer",
            "expires_in": (expires_at_ms - now - 1).div_euclid(1_000).max(0),
            "scope": API_USER,
        });
        (200, body)
    }

    /// The living token, or a new one when there is none.
    fn token(&mut self, now: i64) -> (String, i64) {
        if let Some(current) = &self.current
            && let Some(token) = self.tokens.get(current)
            && token.expires_at_ms > now
        {
            return (current.clone(), token.expires_at_ms);
        }
        let text = format!("{}:int", self.random.uuid());
        let expires_at_ms = now + self.token_life_ms;
        self.tokens.insert(
            text.clone(),
            Token {
                expires_at_ms,
                expiry_told: false,
            },
        );
        self.current = Some(text.clone());
        (text, expires_at_ms)
    }

    /// Whether a call carries a living token; a token in the parameters is refused.
    pub(crate) fn check(&mut self, call: &Call, clock: &Clock) -> Result<(), Failure> {
        let token = match call.bearer() {
            Some(token) if !call.token_in_parameters() => token,
            _ => return Err(Failure::new(603, "Access denied")),
        };
        match self.tokens.get_mut(token) {
            Some(known) if known.expires_at_ms > clock.now_ms() => Ok(()),
            Some(known) if !known.expiry_told => {
                known.expiry_told = true;
                Err(Failure::new(602, "Access token expired"))
            }
            _ => Err(Failure::new(601, "Access token invalid")),
        }
    }

    /// Ends every token now; each still says 602 once.
    pub(crate) fn expire_all(&mut self, clock: &Clock) {
        for token in self.tokens.values_mut() {
            token.expires_at_ms = token.expires_at_ms.min(clock.now_ms());
        }
    }
}

/// The documentation shows no body for a refusal; this is the usual OAuth one.
fn error(error: &str, description: &str) -> Value {
    json!({"error": error, "error_description": description})
}
