//! Who joined, left and stayed between an audience's last two snapshots.

use super::home::{AUDIENCE, Home};
use crate::told::{Counts, Failure};

/// Counts of distinct valid keys.
pub(super) async fn counts(home: &Home) -> Result<Counts, Failure> {
    let changes = home.usher.audience_changes(AUDIENCE, Some("email"))?;
    Ok(Counts::from([
        ("joined".into(), changes.joined),
        ("left".into(), changes.left),
        ("stayed".into(), changes.stayed),
    ]))
}
