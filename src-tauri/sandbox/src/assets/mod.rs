//! The asset half of the API: folders, and static lists as assets.

pub(crate) mod folder_calls;
pub(crate) mod folders;
pub(crate) mod static_lists;

use crate::envelope::Failure;
use crate::request::Call;

/// `offset` and `maxReturn`, the paging of assets (default 20, at most 200).
pub(crate) fn page(call: &Call) -> Result<(usize, usize), Failure> {
    let number = |name: &str, default: usize| match call.param(name) {
        None | Some("") => Ok(default),
        Some(text) => text.parse::<usize>().map_err(|_| {
            Failure::new(
                1001,
                format!("Invalid value '{text}'. Required of type 'Integer'"),
            )
        }),
    };
    let (offset, most) = (number("offset", 0)?, number("maxReturn", 20)?);
    if !(1..=200).contains(&most) {
        return Err(Failure::new(701, "maxReturn must be between 1 and 200"));
    }
    Ok((offset, most))
}
