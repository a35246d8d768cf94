//! Who is on a static list.
//!
//! Adding somebody who is there answers `added` again, so an answer never tells
//! whether a person is new; removing somebody who is not there is skipped with
//! 1015 (recorded replies).

use super::{
    Ask, MAX_RECORDS, Marketo, RecordResult,
    form::with_ids,
    records::{self, pair},
};
use crate::{
    failure::Failure,
    http::{Body, Method},
};
use serde_json::{Value, json};

/// Whether a lead is on a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Membership {
    /// It is.
    Member,
    /// It is not.
    NotMember,
    /// There is no such lead within this user's reach (1004, 1008).
    Gone,
}

impl Marketo {
    /// Puts leads on a list: `added`, or skipped (1004).
    pub async fn add_to_list(&self, list: i64, ids: &[i64]) -> Result<Vec<RecordResult>, Failure> {
        let input: Vec<Value> = ids.iter().map(|id| json!({ "id": id })).collect();
        let body = Body::Json(json!({ "input": input }).to_string().into_bytes());
        self.change(Ask::post(path(list, "leads"), body), ids, "added")
            .await
    }

    /// Takes leads off a list: `removed`, or skipped (1015, 1004). The ids stand
    /// in the address and the body is empty, as in recorded calls; a body in a
    /// DELETE does not survive every proxy.
    pub async fn remove_from_list(
        &self,
        list: i64,
        ids: &[i64],
    ) -> Result<Vec<RecordResult>, Failure> {
        let ask = Ask {
            method: Method::Delete,
            body: Body::Json(Vec::new()),
            ..Ask::get(with_ids(&path(list, "leads"), ids))
        };
        self.change(ask, ids, "removed").await
    }

    /// Whether leads are on a list, in the order they were asked for.
    pub async fn members_of(
        &self,
        list: i64,
        ids: &[i64],
    ) -> Result<Vec<(i64, Membership)>, Failure> {
        check(ids)?;
        let ask = Ask::get(with_ids(&path(list, "leads/ismember"), ids));
        let results = self.call(ask).await?.records()?;
        let sent: Vec<Option<i64>> = ids.iter().copied().map(Some).collect();
        let told = pair(&results, &sent, &["memberof", "notmemberof"])?;
        told.into_iter()
            .zip(ids)
            .map(|(result, id)| Ok((*id, membership(result)?)))
            .collect()
    }

    async fn change(
        &self,
        ask: Ask,
        ids: &[i64],
        done: &str,
    ) -> Result<Vec<RecordResult>, Failure> {
        check(ids)?;
        let results = self.call(ask).await?.records()?;
        let sent: Vec<Option<i64>> = ids.iter().copied().map(Some).collect();
        records::pair(&results, &sent, &[done])
    }
}

fn path(list: i64, what: &str) -> String {
    format!("/rest/v1/lists/{list}/{what}.json")
}

fn check(ids: &[i64]) -> Result<(), Failure> {
    if ids.is_empty() || ids.len() > MAX_RECORDS {
        return Err(Failure::unsendable("a list call holds 1 to 300 leads"));
    }
    Ok(())
}

fn membership(result: RecordResult) -> Result<Membership, Failure> {
    match result {
        RecordResult::Done { status, .. } if status == "memberof" => Ok(Membership::Member),
        RecordResult::Done { .. } => Ok(Membership::NotMember),
        RecordResult::Skipped { code, .. } if code == "1004" || code == "1008" => {
            Ok(Membership::Gone)
        }
        RecordResult::Skipped { code, .. } => Err(Failure::Unknown {
            what: "whether somebody is on the list".into(),
            code: Some(code),
        }),
    }
}
