//! Which operation of a description a request is, and the names that it may use.
//! Prism passes over names that it does not know.

use super::{departures::Descriptions, recorder::Exchange};
use axum::http::header::CONTENT_TYPE;
use serde_json::{Map, Value};

/// One operation of a description.
pub(super) struct Operation<'a> {
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    entry: &'a Value,
}

/// The one a request belongs to; a path without placeholders goes first.
pub(super) fn operation<'a>(
    descriptions: &'a Descriptions,
    exchange: &Exchange,
) -> Option<Operation<'a>> {
    let (_, description) = &descriptions.0[exchange.file];
    let mut paths: Vec<(&String, &Map<String, Value>)> = description["paths"]
        .as_object()?
        .iter()
        .filter_map(|(path, methods)| Some((path, methods.as_object()?)))
        .filter(|(path, _)| fits(path, exchange.uri.path()))
        .collect();
    paths.sort_by_key(|(path, _)| path.contains('{'));
    let (path, methods) = paths.first()?;
    let (method, entry) = methods
        .iter()
        .find(|(method, _)| method.eq_ignore_ascii_case(exchange.method.as_str()))?;
    Some(Operation {
        method,
        path,
        entry,
    })
}

fn fits(path: &str, asked: &str) -> bool {
    let part = |known: &str, asked: &str| match known.split_once('{') {
        Some((before, rest)) => {
            let after = rest.split_once('}').map_or("", |(_, after)| after);
            asked.starts_with(before) && asked.ends_with(after)
        }
        None => known == asked,
    };
    path.split('/').count() == asked.split('/').count()
        && path
            .split('/')
            .zip(asked.split('/'))
            .all(|(known, asked)| part(known, asked))
}

/// Findings in the words of Prism's. What stands in a body with a schema, Prism looks
/// at itself.
pub(super) fn unknown(descriptions: &Descriptions, exchange: &Exchange) -> Vec<String> {
    let Some(operation) = operation(descriptions, exchange) else {
        return vec!["request: there is no such operation".to_owned()];
    };
    let query = exchange.uri.query().unwrap_or_default();
    let mut all = operation.passes_over("query", query);
    let kind = exchange.headers.get(CONTENT_TYPE);
    let in_parts = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/"));
    if !in_parts && operation.names("formData").next().is_some() {
        let form = String::from_utf8_lossy(&exchange.body);
        all.extend(operation.passes_over("formData", &form));
    }
    all
}

impl Operation<'_> {
    /// The parameters in that place.
    fn names(&self, place: &str) -> impl Iterator<Item = &str> {
        let parameters = self.entry["parameters"].as_array().into_iter().flatten();
        parameters
            .filter(move |parameter| parameter["in"] == place)
            .filter_map(|parameter| parameter["name"].as_str())
    }

    /// `a=b&c=d` may have no other names.
    fn passes_over(&self, place: &str, pairs: &str) -> Vec<String> {
        pairs
            .split('&')
            .filter_map(|pair| pair.split('=').next())
            .filter(|name| !name.is_empty() && !self.names(place).any(|known| known == *name))
            .map(|name| format!("request.{place}: {name} is not mentioned"))
            .collect()
    }
}
