//! What was made last, kept for who asks for the same again: somebody who scrolls
//! asks for page after page of one thing.

use std::sync::{Arc, Mutex, PoisonError};

/// One value under the key it was made for.
pub(crate) struct Last<K, V>(Mutex<Option<(K, Arc<V>)>>);

impl<K, V> Default for Last<K, V> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<K: PartialEq, V> Last<K, V> {
    /// The value of this key: the last one, or made now and kept in its place.
    /// Others who ask meanwhile wait for it.
    pub(crate) fn or_make<E>(
        &self,
        key: K,
        make: impl FnOnce() -> Result<V, E>,
    ) -> Result<Arc<V>, E> {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, value)) = last.as_ref()
            && *of == key
        {
            return Ok(value.clone());
        }
        // What is not asked for any more is gone before there is more in memory.
        *last = None;
        let value = Arc::new(make()?);
        *last = Some((key, value.clone()));
        Ok(value)
    }

    /// Forgets it.
    pub(crate) fn forget(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}
