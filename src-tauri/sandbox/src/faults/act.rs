//! What a fault does to a request.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::envelope::{self, Failure, Family};

/// A reply as bytes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) body: Vec<u8>,
    /// The service's code, or the HTTP status of a failure, for the log.
    pub(crate) code: String,
    pub(crate) records: usize,
}

impl Reply {
    /// A JSON body; the code and the number of records are read back from it for the log.
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        let code = body
            .pointer("/errors/0/code")
            .and_then(Value::as_str)
            .map(str::to_owned);
        let code = code.unwrap_or_else(|| {
            if status < 400 {
                String::new()
            } else {
                status.to_string()
            }
        });
        Self {
            status,
            content_type: "application/json;charset=UTF-8".to_owned(),
            body: body.to_string().into_bytes(),
            code,
            records: body
                .get("result")
                .and_then(Value::as_array)
                .map_or(0, Vec::len),
        }
    }

    /// The page of a web server in front of the service.
    pub(crate) fn html(status: u16, title: &str) -> Self {
        let page = format!(
            "<html>\r\n<head><title>{status} {title}</title></head>\r\n<body>\r\n<center><h1>{status} \
             {title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
        );
        Self {
            status,
            content_type: "text/html".to_owned(),
            body: page.into_bytes(),
            code: status.to_string(),
            records: 0,
        }
    }
}

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
            body: self.body.clone().unwrap_or_default().into_bytes(),
            code: status.to_string(),
            records: 0,
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
