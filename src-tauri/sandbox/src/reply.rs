//! A reply as it goes out, whatever is in it.

use axum::body::Bytes;
use axum::http::HeaderName;
use serde_json::Value;

/// A reply as bytes. They are shared: large files are sent and logged without a copy.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    /// Besides the content type.
    pub(crate) headers: Vec<(HeaderName, String)>,
    pub(crate) body: Bytes,
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
        let records = body.get("result").and_then(Value::as_array);
        Self {
            status,
            content_type: "application/json;charset=UTF-8".to_owned(),
            body: body.to_string().into(),
            code: code.unwrap_or_else(|| code_of(status)),
            records: records.map_or(0, Vec::len),
            ..Self::default()
        }
    }

    /// The page of a web server in front of the service.
    pub(crate) fn html(status: u16, title: &str) -> Self {
        let page = format!(
            "<html>\r\n<head><title>{status} {title}</title></head>\r\n<body>\r\n<center><h1>{status} \
             {title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
        );
        Self::of(status, "text/html", page)
    }

    /// Marketo docs: bulk extract. A file that is not there is told in plain text.
    pub(crate) fn text(status: u16, text: &'static str) -> Self {
        Self::of(status, "text/plain;charset=UTF-8", text)
    }

    /// Any other body.
    pub(crate) fn of(status: u16, content_type: &str, body: impl Into<Bytes>) -> Self {
        Self {
            status,
            content_type: content_type.to_owned(),
            body: body.into(),
            code: code_of(status),
            ..Self::default()
        }
    }
}

fn code_of(status: u16) -> String {
    if status < 400 {
        String::new()
    } else {
        status.to_string()
    }
}
