//! Everyone of the destination, from a file into the store.

use super::home::{Home, JOB};
use crate::data::Data;
use crate::told::Failure;
use usher_sync::Progress;

/// Keeps the destination's people of the file; they serve every plan.
pub(super) async fn read(home: &Home, data: &Data) -> Result<(), Failure> {
    let progress = Progress::unwatched();
    home.usher
        .read_extract(JOB.name, &data.leads(), &progress)
        .await?;
    Ok(())
}
