//! One request as the handlers see it: parameters decoded, body whole.

use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, RANGE};
use serde_json::Value;

use crate::envelope::Failure;

/// A received call.
#[derive(Debug, Default)]
pub(crate) struct Call {
    pub(crate) method: String,
    pub(crate) path: String,
    /// From the query first, then from a form body; repeated names are kept.
    params: Vec<(String, String)>,
    content_type: String,
    authorization: Option<String>,
    /// Part of a file, as it was asked for.
    pub(crate) range: Option<String>,
    /// Between the parts of a multipart body.
    pub(crate) boundary: Option<String>,
    pub(crate) body: Bytes,
}

impl Call {
    /// Decodes the address and, for a form, the body.
    pub(crate) fn new(
        method: &str,
        path: &str,
        query: &str,
        headers: &HeaderMap,
        body: Bytes,
    ) -> Self {
        let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let sent = header(CONTENT_TYPE).unwrap_or_default();
        let content_type = sent.to_ascii_lowercase();
        let mut params = pairs(query.as_bytes());
        if content_type.starts_with("application/x-www-form-urlencoded") {
            params.extend(pairs(&body));
        }
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            params,
            content_type,
            authorization: header(AUTHORIZATION).map(str::to_owned),
            range: header(RANGE).map(str::to_owned),
            boundary: boundary(sent),
            body,
        }
    }

    /// The first value of a parameter.
    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        self.params
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// Every value of a parameter, repeated or comma-separated.
    pub(crate) fn list(&self, name: &str) -> Vec<String> {
        let values = self.params.iter().filter(|(known, _)| known == name);
        values
            .flat_map(|(_, value)| value.split(','))
            .filter(|value| !value.is_empty())
            .map(str::to_owned)
            .collect()
    }

    /// The method meant: `POST` with `_method` stands for another one.
    pub(crate) fn meant(&self) -> &str {
        match (self.method.as_str(), self.param("_method")) {
            ("POST", Some(meant)) => meant,
            (method, _) => method,
        }
    }

    /// Whether parameters may stand in the body.
    pub(crate) fn is_form(&self) -> bool {
        self.content_type
            .starts_with("application/x-www-form-urlencoded")
    }

    /// Whether the body has parts.
    pub(crate) fn is_multipart(&self) -> bool {
        self.content_type.starts_with("multipart/form-data")
    }

    /// The token of the `Authorization` header.
    pub(crate) fn bearer(&self) -> Option<&str> {
        let (scheme, token) = self.authorization.as_deref()?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    }

    /// Whether the retired `access_token` parameter was sent.
    pub(crate) fn token_in_parameters(&self) -> bool {
        self.param("access_token").is_some()
    }

    /// Parameters without the ones that make no difference to a query, for page tokens.
    pub(crate) fn scope(&self) -> String {
        let mut kept: Vec<_> = self
            .params
            .iter()
            .filter(|(name, _)| {
                !matches!(
                    name.as_str(),
                    "nextPageToken" | "batchSize" | "_method" | "fields"
                )
            })
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        kept.sort();
        kept.join("&")
    }

    /// The JSON body: 612 for another content type, 609 when it does not parse.
    pub(crate) fn json(&self) -> Result<Value, Failure> {
        if !self.content_type.starts_with("application/json") {
            return Err(Failure::new(612, "Invalid Content Type"));
        }
        serde_json::from_slice(&self.body).map_err(|_| Failure::new(609, "Invalid JSON"))
    }
}

/// Of a multipart body's content type; case makes a difference.
fn boundary(content_type: &str) -> Option<String> {
    let parameters = content_type.split(';').skip(1);
    let boundary = parameters.filter_map(|parameter| parameter.trim().split_once('='));
    boundary
        .filter(|(name, _)| name.eq_ignore_ascii_case("boundary"))
        .map(|(_, value)| value.trim_matches('"').to_owned())
        .find(|value| !value.is_empty())
}

/// Splits `a=1&b=2`; `+` is a space, also in the address.
fn pairs(text: &[u8]) -> Vec<(String, String)> {
    text.split(|&byte| byte == b'&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let cut = pair
                .iter()
                .position(|&byte| byte == b'=')
                .unwrap_or(pair.len());
            (
                decode(&pair[..cut]),
                decode(pair.get(cut + 1..).unwrap_or_default()),
            )
        })
        .collect()
}

/// A `%` without two digits stands for itself.
fn decode(text: &[u8]) -> String {
    let hex = |at: usize| text.get(at).and_then(|&byte| char::from(byte).to_digit(16));
    let (mut bytes, mut at) = (Vec::with_capacity(text.len()), 0);
    while let Some(&byte) = text.get(at) {
        at += 1;
        match (byte, hex(at), hex(at + 1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push((high * 16 + low) as u8);
                at += 2;
            }
            (b'+', ..) => bytes.push(b' '),
            _ => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_decoded_and_lists_joined() {
        let call = Call::new(
            "GET",
            "/",
            "id=1&id=2%2C3&name=a+b%20c%C3%A9&bad=%zz",
            &HeaderMap::new(),
            Bytes::new(),
        );
        assert_eq!(call.list("id"), ["1", "2", "3"]);
        assert_eq!(call.param("name"), Some("a b cé"));
        assert_eq!(call.param("bad"), Some("%zz"));
    }
}
