//! The published descriptions, and how the wire differs from them.

use super::FILES;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::{fs, path::Path};

/// One way in which a description is wrong about the wire.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Departure {
    /// The description, with or without a `#`; without one, all copies of it.
    pub(super) file: String,
    /// What the wire does instead.
    pub(super) why: String,
    /// Who says so.
    source: String,
    edits: Vec<Edit>,
}

/// Puts a value into the description, over what is there.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Edit {
    /// A JSON pointer; a part that ends in `*` stands for all keys that begin so.
    at: String,
    is: Value,
}

impl Departure {
    pub(super) fn all() -> Vec<Self> {
        let all: Vec<Self> = serde_json::from_str(include_str!("../departures.json")).unwrap();
        for one in &all {
            assert!(!one.why.is_empty() && !one.source.is_empty(), "{one:?}");
            assert!(FILES.iter().any(|(file, _)| *file == one.file), "{one:?}");
        }
        all
    }

    pub(super) fn is_about(&self, name: &str) -> bool {
        name.strip_prefix(&self.file)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('#'))
    }

    fn edit(&self, description: &mut Value) {
        for Edit { at, is } in &self.edits {
            let parts: Vec<&str> = at.split('/').skip(1).collect();
            let changed = set(description, &parts, is);
            assert!(changed > 0, "{at} changes nothing: {}", self.why);
        }
    }
}

/// A copy of all descriptions.
#[derive(Clone)]
pub(super) struct Descriptions(pub(super) Vec<(&'static str, Value)>);

impl Descriptions {
    /// As published, except that objects are closed: what they do not mention may not
    /// be there, or a misspelt name would pass for one more.
    pub(super) fn read(folder: &Path) -> Self {
        let read = |file: &'static str| {
            let path = folder.join(file.split('#').next().unwrap());
            let text = fs::read(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
            let mut description: Value = serde_json::from_slice(&text).unwrap();
            close(&mut description["definitions"]);
            (file, description)
        };
        Self(FILES.iter().map(|(file, _)| read(file)).collect())
    }

    pub(super) fn with(mut self, departures: &[Departure]) -> Self {
        for departure in departures {
            for (name, description) in &mut self.0 {
                if departure.is_about(name) {
                    departure.edit(description);
                }
            }
        }
        self
    }
}

fn close(schema: &mut Value) {
    if let Some(items) = schema.as_array_mut() {
        items.iter_mut().for_each(close);
    }
    let Some(object) = schema.as_object_mut() else {
        return;
    };
    let mentions = object.get("properties").is_some_and(Value::is_object);
    if mentions && !object.contains_key("allOf") {
        object.entry("additionalProperties").or_insert(json!(false));
    }
    object.values_mut().for_each(close);
}

/// How many places it changed.
fn set(value: &mut Value, parts: &[&str], is: &Value) -> usize {
    let Some((part, rest)) = parts.split_first() else {
        let changes = value != is;
        *value = is.clone();
        return usize::from(changes);
    };
    let part = part.replace("~1", "/").replace("~0", "~");
    match value {
        Value::Object(object) => {
            let keys = keys(object, &part, rest.is_empty());
            let inner = |key| set(object.entry(key).or_insert(Value::Null), rest, is);
            keys.into_iter().map(inner).sum()
        }
        Value::Array(items) => items
            .get_mut(part.parse::<usize>().unwrap_or(usize::MAX))
            .map_or(0, |inner| set(inner, rest, is)),
        _ => 0,
    }
}

/// The keys that a part of a pointer stands for; only the last may be a new one.
fn keys(object: &Map<String, Value>, part: &str, last: bool) -> Vec<String> {
    let known = |key: &&String| match part.strip_suffix('*') {
        Some(start) => key.starts_with(start),
        None => *key == part,
    };
    let found: Vec<String> = object.keys().filter(known).cloned().collect();
    if found.is_empty() && last && !part.ends_with('*') {
        return vec![part.to_owned()];
    }
    found
}
