//! How a change says that something is to be taken away, which is not the same as
//! leaving it as it is.

use serde::{Deserialize, Deserializer};

/// A field that was given: `null` takes the value away. One that is not given at all
/// stays as it is, by `#[serde(default)]` beside this.
pub(crate) fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(from).map(Some)
}

#[cfg(test)]
mod tests {
    use crate::{DestinationChange, SyncChange};

    #[test]
    fn taking_away_and_leaving_survive_the_way_to_the_owner() {
        let change = SyncChange {
            consent: Some(None),
            ..SyncChange::default()
        };
        let handed: SyncChange =
            serde_json::from_str(&serde_json::to_string(&change).unwrap()).unwrap();
        assert_eq!(handed.consent, Some(None));
        assert_eq!(handed.max_creations, None);
        let change: DestinationChange = serde_json::from_str(r#"{"partition":null}"#).unwrap();
        assert_eq!((change.partition, change.workspace), (Some(None), None));
    }
}
