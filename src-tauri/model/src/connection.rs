//! A named, tested way to reach a service, and the addresses it may have.

use crate::{ConnectionId, Timestamp};
use serde::{Deserialize, Serialize};
use std::fmt;
use ts_rs::TS;

/// A way to reach one Marketo instance. Its secret is in the keychain only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Connection {
    /// Opaque.
    pub id: ConnectionId,
    /// As the user named it; unique.
    pub name: String,
    /// The user's own note.
    pub description: String,
    /// Which service: `marketo`.
    pub kind: String,
    /// Scheme, host and port; no path, no trailing slash.
    pub base_url: String,
    /// The instance's Munchkin id, `000-AAA-000`.
    pub munchkin_id: String,
    /// The custom service's client id.
    pub client_id: String,
    /// What of the instance's limits this user grants Usher.
    pub limits: Limits,
    /// A HIPAA-ready instance: Experience Cloud audiences may not reach it (seed 000).
    pub hipaa_ready: bool,
    /// Since when the instance has people, where the user said so: exports begin there.
    #[serde(default)]
    pub people_since: Option<Timestamp>,
}

/// 2006-01-01: before there was the service.
const EARLIEST: Timestamp = Timestamp(1_136_073_600_000);

impl Connection {
    /// Before this there was nobody.
    pub fn people_since(&self) -> Timestamp {
        self.people_since.unwrap_or(EARLIEST)
    }

    /// Whether it leads to this machine; shown as Sandbox everywhere.
    pub fn is_sandbox(&self) -> bool {
        is_loopback(&self.base_url)
    }
}

/// The user's share of an instance's limits (Marketo: 100 calls in 20 s, 10 at
/// once, 50,000 a day, for all applications together).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Limits {
    /// Calls a day.
    pub daily_quota: u32,
    /// Calls in any 20 seconds.
    pub calls_per_20s: u32,
    /// Calls at once.
    pub concurrency: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            daily_quota: 50_000,
            calls_per_20s: 40,
            concurrency: 3,
        }
    }
}

/// Why an address is not accepted; never holds the address itself, which may
/// carry something that was pasted by mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndpointError {
    /// Not `http` or `https`, or no host.
    NotAnAddress,
    /// It carries a user, a query or a fragment.
    Decorated,
    /// Plain `http` to somewhere that is not this machine.
    PlainHttp,
    /// The host is not one of the service's.
    ForeignHost,
}

impl fmt::Display for EndpointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAnAddress => "It is not a web address.",
            Self::Decorated => "It carries more than a host: a user, a query or a fragment.",
            Self::PlainHttp => "Plain http would show the secret to everyone on the way.",
            Self::ForeignHost => "That host does not belong to the service.",
        })
    }
}

/// Brings what a user pasted to `scheme://host[:port]`: a trailing `/rest` or
/// `/identity` is dropped (the service's own screen shows it with one).
/// Everything else that is not plainly the service's host is refused, so that
/// a secret is never sent anywhere else.
pub fn parse_endpoint(pasted: &str) -> Result<String, EndpointError> {
    let text = pasted.trim();
    let (scheme, rest) = text.split_once("://").ok_or(EndpointError::NotAnAddress)?;
    let scheme = scheme.to_ascii_lowercase();
    let rest = rest.trim_end_matches('/');
    let rest = rest
        .strip_suffix("/rest")
        .or_else(|| rest.strip_suffix("/identity"))
        .unwrap_or(rest);
    if rest.chars().any(|c| matches!(c, '@' | '?' | '#' | '\\')) {
        return Err(EndpointError::Decorated);
    }
    if rest.is_empty()
        || rest.contains('/')
        || rest.chars().any(|c| c.is_whitespace() || c.is_control())
    {
        return Err(EndpointError::NotAnAddress);
    }
    let host = rest.to_ascii_lowercase();
    let endpoint = format!("{scheme}://{host}");
    match scheme.as_str() {
        "http" | "https" if is_loopback(&endpoint) => Ok(endpoint),
        "http" => Err(EndpointError::PlainHttp),
        "https" if is_service_host(&host) => Ok(endpoint),
        "https" => Err(EndpointError::ForeignHost),
        _ => Err(EndpointError::NotAnAddress),
    }
}

/// `000-AAA-000.mktorest.com`, the shape of every documented host; no port.
fn is_service_host(host: &str) -> bool {
    let Some(munchkin) = host.strip_suffix(".mktorest.com") else {
        return false;
    };
    let groups: Vec<&str> = munchkin.split('-').collect();
    groups.len() == 3
        && groups
            .iter()
            .all(|group| group.len() == 3 && group.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// Whether an endpoint made by [`parse_endpoint`] is on this machine:
/// `127.0.0.1`, `[::1]` or `localhost`, with or without a port.
pub fn is_loopback(endpoint: &str) -> bool {
    let Some((_, host)) = endpoint.split_once("://") else {
        return false;
    };
    ["127.0.0.1", "[::1]", "localhost"].iter().any(|local| {
        host.strip_prefix(local).is_some_and(|port| {
            port.is_empty()
                || port
                    .strip_prefix(':')
                    .is_some_and(|digits| digits.parse::<u16>().is_ok_and(|p| p > 0))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::{EndpointError, parse_endpoint};

    #[test]
    fn what_the_service_shows_is_accepted() {
        for pasted in [
            "https://123-ABC-456.mktorest.com/rest",
            " https://123-abc-456.mktorest.com/identity/",
        ] {
            assert_eq!(
                parse_endpoint(pasted).as_deref(),
                Ok("https://123-abc-456.mktorest.com")
            );
        }
        for local in [
            "http://127.0.0.1:8080",
            "http://localhost:1",
            "http://[::1]:9",
            "https://localhost",
        ] {
            assert_eq!(parse_endpoint(local).as_deref(), Ok(local));
        }
    }

    #[test]
    fn a_secret_never_goes_to_another_host() {
        let refused = [
            ("http://123-ABC-456.mktorest.com", EndpointError::PlainHttp),
            ("http://127.0.0.1.evil.example", EndpointError::PlainHttp),
            ("http://localhost:80@evil.example", EndpointError::Decorated),
            (
                "https://user@123-abc-456.mktorest.com",
                EndpointError::Decorated,
            ),
            (
                "https://123-abc-456.mktorest.com.evil.example",
                EndpointError::ForeignHost,
            ),
            (
                "https://evil.example/123-abc-456.mktorest.com",
                EndpointError::NotAnAddress,
            ),
            (
                "https://123-abc-456.mktorest.com.",
                EndpointError::ForeignHost,
            ),
            (
                "https://123-abc-456.mktorest.com:8443",
                EndpointError::ForeignHost,
            ),
            ("https://169.254.169.254", EndpointError::ForeignHost),
            ("http://2130706433", EndpointError::PlainHttp),
            ("http://127.1", EndpointError::PlainHttp),
            (
                "https://12\u{0435}-abc-456.mktorest.com",
                EndpointError::ForeignHost,
            ),
            ("ftp://localhost", EndpointError::NotAnAddress),
            ("localhost:8080", EndpointError::NotAnAddress),
            (
                "https://123-abc-456.mktorest.com/%2e%2e/x",
                EndpointError::NotAnAddress,
            ),
            (
                "https://123-abc-456.mktorest.com\n.evil.example",
                EndpointError::NotAnAddress,
            ),
        ];
        for (pasted, error) in refused {
            assert_eq!(parse_endpoint(pasted), Err(error), "{pasted}");
        }
    }
}
