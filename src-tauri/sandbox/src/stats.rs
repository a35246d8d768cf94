//! How many calls and errors there were, by day. Marketo docs: usage. No permission is
//! needed; the quota itself is not told.

use std::collections::{BTreeMap, VecDeque};

use serde_json::{Value, json};

use crate::clock::central_date;
use crate::envelope::Answer;
use crate::identity::API_USER;
use crate::state::State;

/// How far back the week goes, today included.
const WEEK: usize = 7;
/// Who the calls of other applications are counted for.
const OTHERS: &str = "another-application@api.example.com";

/// One day, by US Central time.
#[derive(Debug, Default)]
pub(crate) struct Day {
    pub(crate) ours: u32,
    pub(crate) others: u32,
    /// Bytes of extracted files.
    pub(crate) exported: u64,
    /// By code.
    pub(crate) errors: BTreeMap<String, u32>,
}

/// Today, and the days before it, newest first.
#[derive(Debug, Default)]
pub(crate) struct Days {
    pub(crate) today: Day,
    past: VecDeque<(String, Day)>,
}

impl Days {
    /// Ends the day of which this is the date.
    pub(crate) fn end(&mut self, date: String) {
        self.past
            .push_front((date, std::mem::take(&mut self.today)));
        self.past.truncate(WEEK - 1);
    }

    fn week(&self, today: String) -> impl Iterator<Item = (String, &Day)> {
        let past = self.past.iter();
        std::iter::once((today, &self.today)).chain(past.map(|(date, day)| (date.clone(), day)))
    }
}

/// Calls by user: of today, or of each day of a week.
pub(crate) fn usage(state: &State, whole_week: bool) -> Answer {
    each(state, whole_week, |date, day| {
        let users = [(API_USER, day.ours), (OTHERS, day.others)];
        let users: Vec<Value> = users
            .into_iter()
            .filter(|(_, count)| *count > 0)
            .map(|(user, count)| json!({"userId": user, "count": count}))
            .collect();
        json!({"date": date, "total": day.ours + day.others, "users": users})
    })
}

/// Errors by code, likewise.
pub(crate) fn errors(state: &State, whole_week: bool) -> Answer {
    each(state, whole_week, |date, day| {
        let total: u32 = day.errors.values().sum();
        let errors: Vec<Value> = day
            .errors
            .iter()
            .map(|(code, count)| json!({"errorCode": code, "count": count}))
            .collect();
        json!({"date": date, "total": total, "errors": errors})
    })
}

fn each(state: &State, whole_week: bool, shown: impl Fn(String, &Day) -> Value) -> Answer {
    let days = state.limits.days();
    let today = central_date(state.clock.now_ms());
    let most = if whole_week { WEEK } else { 1 };
    let all = days.week(today).take(most);
    Answer::of(all.map(|(date, day)| shown(date, day)).collect())
}
