//! Which requests a fault strikes.

use serde::{Deserialize, Serialize};

use super::act::{Act, number_or_text};
use crate::random::Random;

/// A point in a request's life.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum At {
    /// Nothing has been looked at; not counted against any limit.
    BeforeReceipt,
    /// Token and limits passed; nothing has been done.
    #[default]
    AfterReceipt,
    /// Done, and not yet answered.
    AfterCommit,
    /// Part of the answer is on its way.
    MidReply,
}

/// The requests meant; everything left out matches.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct On {
    method: Option<String>,
    path_contains: Option<String>,
    /// Only the n-th matching request, from 1.
    nth: Option<u64>,
    /// Only after this many matching requests.
    after: Option<u64>,
    /// At most so often.
    times: Option<u64>,
    /// Only calls that change something.
    write_only: bool,
    probability: Option<f64>,
}

/// Records to refuse.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reject {
    field: String,
    #[serde(default)]
    value_contains: Option<String>,
    /// Of the records meant so far, every n-th.
    #[serde(default)]
    every_nth: Option<u64>,
    #[serde(deserialize_with = "number_or_text")]
    code: Option<String>,
    message: String,
}

/// One fault, as the private endpoint takes and shows it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    #[serde(default)]
    on: On,
    #[serde(default)]
    pub(crate) at: At,
    #[serde(default, rename = "do")]
    act: Act,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reject: Option<Reject>,
    /// Whether such a row of an import is taken, with a warning in these words.
    #[serde(default)]
    only_warns: bool,
    #[serde(default)]
    seen: u64,
    #[serde(default)]
    struck: u64,
}

impl Rule {
    /// Counts a request and says what happens to it. A rule that rejects records never
    /// strikes a whole request.
    pub(super) fn strike(
        &mut self,
        method: &str,
        path: &str,
        write: bool,
        random: &mut Random,
    ) -> Option<Act> {
        let on = &self.on;
        let meant = self.reject.is_none()
            && on
                .method
                .as_ref()
                .is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
            && on
                .path_contains
                .as_ref()
                .is_none_or(|part| path.contains(part.as_str()))
            && (write || !on.write_only);
        (meant && self.due(|probability| random.unit() < probability)).then(|| self.act.clone())
    }

    /// Whether this is one of the occasions meant. Only occasions that match are counted,
    /// so `nth` and `after` do not depend on other traffic.
    fn due(&mut self, mut lucky: impl FnMut(f64) -> bool) -> bool {
        self.seen += 1;
        let on = &self.on;
        let due = on.nth.is_none_or(|nth| self.seen == nth)
            && on.after.is_none_or(|after| self.seen > after)
            && on.times.is_none_or(|times| self.struck < times)
            && on.probability.is_none_or(&mut lucky);
        self.struck += u64::from(due);
        due
    }

    /// The field by which records are chosen, for a rule that rejects records.
    pub(super) fn rejected_field(&self) -> Option<&str> {
        let reject = self.reject.as_ref().filter(|_| !self.only_warns);
        reject.map(|reject| reject.field.as_str())
    }

    /// The same for a rule that lets rows be taken with a warning.
    pub(super) fn warned_field(&self) -> Option<&str> {
        let reject = self.reject.as_ref().filter(|_| self.only_warns);
        reject.map(|reject| reject.field.as_str())
    }

    /// The code and text for a record with this value, when it is its turn.
    pub(super) fn reject(&mut self, value: &str) -> Option<(String, String)> {
        let reject = self.reject.clone()?;
        let part = reject.value_contains.unwrap_or_default().to_lowercase();
        if !value.to_lowercase().contains(&part) {
            return None;
        }
        // Passed-over records count as seen, and not as struck.
        let turn = self.seen + 1;
        if reject
            .every_nth
            .is_some_and(|nth| !turn.is_multiple_of(nth.max(1)))
        {
            self.seen = turn;
            return None;
        }
        let code = reject.code.unwrap_or_else(|| "1003".to_owned());
        self.due(|_| true).then_some((code, reject.message))
    }
}
