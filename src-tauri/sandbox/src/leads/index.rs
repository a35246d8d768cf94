//! Hash indexes over the searchable fields.
//!
//! Invariant: every stored value of a searchable field is in its index. An index may
//! answer with too many ids (hashes collide), never with too few.

use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use crate::random;
use crate::values::Datum;

/// The keys are hashes already.
#[derive(Debug, Default)]
pub(crate) struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = random::hash(bytes);
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}

/// Most values belong to one lead, so that case takes no allocation.
#[derive(Debug)]
enum Ids {
    One(u32),
    Many(Vec<u32>),
}

/// From a value to the leads that hold it.
#[derive(Debug, Default)]
pub(crate) struct Index(HashMap<u64, Ids, BuildHasherDefault<Hashed>>);

impl Index {
    pub(crate) fn reserve(&mut self, more: usize) {
        self.0.reserve(more);
    }

    /// Adds a lead under a value's key.
    pub(crate) fn add(&mut self, key: u64, id: u32) {
        match self.0.entry(key) {
            std::collections::hash_map::Entry::Vacant(place) => {
                place.insert(Ids::One(id));
            }
            std::collections::hash_map::Entry::Occupied(mut place) => match place.get_mut() {
                Ids::One(first) => {
                    let first = *first;
                    place.insert(Ids::Many(vec![first, id]));
                }
                Ids::Many(ids) => ids.push(id),
            },
        }
    }

    /// Takes a lead off; a key without leads disappears.
    pub(crate) fn remove(&mut self, key: u64, id: u32) {
        let empty = match self.0.get_mut(&key) {
            None => false,
            Some(Ids::One(only)) => *only == id,
            Some(Ids::Many(ids)) => {
                ids.retain(|&known| known != id);
                ids.is_empty()
            }
        };
        if empty {
            self.0.remove(&key);
        }
    }

    /// Candidates, in no order; the caller compares the values themselves.
    pub(crate) fn ids(&self, key: u64) -> &[u32] {
        match self.0.get(&key) {
            None => &[],
            Some(Ids::One(id)) => std::slice::from_ref(id),
            Some(Ids::Many(ids)) => ids,
        }
    }
}

/// How lookups compare: trimmed and without case, numbers as numbers. The
/// documentation does not say; this is the reading that finds most.
pub(crate) fn normal(datum: &Datum) -> Cow<'_, str> {
    match datum {
        Datum::Text(text) => normal_text(text),
        Datum::Int(number) => number.to_string().into(),
        Datum::Real(number) => number.to_string().into(),
        Datum::Bool(yes) => yes.to_string().into(),
    }
}

/// The same for text that comes from a request.
pub(crate) fn normal_text(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    if text.chars().any(char::is_uppercase) {
        text.to_lowercase().into()
    } else {
        text.into()
    }
}

pub(crate) fn key(normal: &str) -> u64 {
    random::hash(normal.as_bytes())
}
