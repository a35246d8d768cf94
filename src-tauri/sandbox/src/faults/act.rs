//! What a fault does to a request.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::envelope::{self, Failure, Family};
use crate::reply::Reply;

/// One or several things to do; those that do not exclude each other combine.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Act {
    /// Cut the connection without a reply (in the middle of it at `mid_reply`).
    pub(crate) drop: bool,
    /// Never reply.
    pub(crate) hang: bool,
    pub(crate) delay_ms: Option<u64>,
    pub(crate) status: Option<u16>,
    pub(crate) body: Option<String>,
    pub(crate) content_type: Option<String>,
    /// A 502 with an HTML page (or `status` with one).
    pub(crate) html: bool,
    #[serde(deserialize_with = "number_or_text")]
    pub(crate) code: Option<String>,
    pub(crate) message: Option<String>,
    /// Send only the first bytes: a whole but broken reply, or a cut one at `mid_reply`.
    pub(crate) truncate_bytes: Option<usize>,
    /// Leave out results beyond the first n.
    pub(crate) short_result: Option<usize>,
}

/// Codes may be written as numbers.
pub(super) fn number_or_text<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<String>, D::Error> {
    let value = Option::<Value>::deserialize(from)?;
    Ok(value.map(|value| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    }))
}

impl Act {
    /// The reply that stands in for the real one, if there is to be one.
    pub(crate) fn reply(&self, family: Family, request_id: String) -> Option<Reply> {
        if self.html {
            return Some(Reply::html(self.status.unwrap_or(502), "Bad Gateway"));
        }
        if let Some(code) = &self.code {
            let message = self
                .message
                .clone()
                .unwrap_or_else(|| "Injected failure".to_owned());
            let failure = Failure {
                code: code.clone(),
                message,
            };
            let body = envelope::wrap(family, request_id, Err(failure));
            return Some(Reply::json(self.status.unwrap_or(200), &body));
        }
        let status = self.status.or_else(|| self.body.as_ref().map(|_| 200))?;
        Some(Reply {
            status,
            content_type: self
                .content_type
                .clone()
                .unwrap_or_else(|| "application/json".to_owned()),
            body: self.body.clone().unwrap_or_default().into(),
            code: status.to_string(),
            ..Reply::default()
        })
    }

    /// The strongest part of the act, for the log.
    pub(crate) fn label(&self) -> &'static str {
        match self {
            Self { hang: true, .. } => "hang",
            Self { drop: true, .. } => "drop",
            Self { html: true, .. } => "html",
            Self { code: Some(_), .. } => "code",
            Self {
                status: Some(_), ..
            }
            | Self { body: Some(_), .. } => "status",
            Self {
                truncate_bytes: Some(_),
                ..
            } => "truncate",
            Self {
                short_result: Some(_),
                ..
            } => "short_result",
            Self {
                delay_ms: Some(_), ..
            } => "delay",
            _ => "nothing",
        }
    }
}
