//! How many calls were made today, by all applications and by each user.

use super::{
    Ask, Marketo,
    envelope::{number, or_nothing, text_of},
};
use crate::failure::Failure;
use serde_json::Value;

/// The calls of one day; its quota is not told (Marketo docs: usage).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// `YYYY-MM-DD`, in US Central time.
    pub date: String,
    /// All calls of the instance.
    pub total: u64,
    /// The same by API user: id and calls.
    pub users: Vec<(String, u64)>,
}

impl Marketo {
    /// Today's calls so far; `None` before the first is counted. Needs no
    /// permission.
    pub async fn usage(&self) -> Result<Option<Usage>, Failure> {
        let opened = self
            .call(Ask::get("/rest/v1/stats/usage.json".into()))
            .await;
        let records = or_nothing(opened, &["702"])?.found()?;
        let Some(day) = records.first() else {
            return Ok(None);
        };
        usage(day)
            .map(Some)
            .ok_or_else(|| Failure::unknown("a day without its calls"))
    }
}

fn usage(day: &Value) -> Option<Usage> {
    let users = day
        .get("users")
        .and_then(Value::as_array)
        .map_or(&[][..], Vec::as_slice);
    let user = |user: &Value| Some((text_of(user, "userId")?, count(user, "count")?));
    Some(Usage {
        // The description calls it a date with a time; the examples have the date alone.
        date: text_of(day, "date")?.get(..10)?.to_owned(),
        total: count(day, "total")?,
        users: users.iter().map(user).collect::<Option<_>>()?,
    })
}

fn count(value: &Value, key: &str) -> Option<u64> {
    u64::try_from(number(value.get(key)?)?).ok()
}
