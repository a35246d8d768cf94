//! What others do at the service meanwhile.

use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use support::Random;
use usher_sandbox::Stepped;

/// The last name that others give.
pub(crate) const THEIRS: &str = "Theirs";

/// The service from behind.
pub(crate) struct Others {
    pub(crate) service: Arc<Stepped>,
    /// E-mails of people whose place on a list, or whose lead, is not Usher's doing any
    /// more.
    pub(crate) meddled: BTreeSet<String>,
}

/// A lead as it is there.
pub(crate) struct Lead {
    pub(crate) id: i64,
    pub(crate) email: String,
    pub(crate) fields: Value,
}

impl Others {
    pub(crate) fn new(service: Arc<Stepped>) -> Self {
        Self {
            service,
            meddled: BTreeSet::new(),
        }
    }

    /// A call to the private endpoints, which cannot fail.
    #[track_caller]
    pub(crate) fn private(&self, method: &str, path: &str, body: &Value) -> Value {
        let (status, said) = self.service.private(method, path, body);
        assert_eq!(status, 200, "{method} {path}: {said}");
        said
    }

    /// Everybody there.
    pub(crate) fn leads(&self) -> Vec<Lead> {
        let state = self.private("GET", "state", &Value::Null);
        let leads = state["leads"].as_array().unwrap();
        leads
            .iter()
            .map(|lead| Lead {
                id: lead["id"].as_i64().unwrap(),
                email: lead["email"]
                    .as_str()
                    .unwrap_or_default()
                    .trim()
                    .to_ascii_lowercase(),
                fields: lead.clone(),
            })
            .collect()
    }

    /// The members of all lists of a name, and how many lists there are.
    pub(crate) fn members(&self, name: &str) -> (BTreeSet<i64>, usize) {
        let state = self.private("GET", "state", &Value::Null);
        let lists = state["lists"].as_array().unwrap();
        let ours: Vec<&Value> = lists.iter().filter(|list| list["name"] == name).collect();
        let members = ours
            .iter()
            .flat_map(|list| list["members"].as_array().unwrap());
        (members.map(|id| id.as_i64().unwrap()).collect(), ours.len())
    }

    /// One of them does something.
    pub(crate) fn act(&mut self, random: &mut Random, list: &str) -> String {
        let leads = self.leads();
        let mut some = |most: u64| -> Vec<&Lead> {
            let count = random.to(most).min(leads.len() as u64);
            (0..count)
                .map(|_| &leads[random.below(leads.len() as u64) as usize])
                .collect()
        };
        match self.seven(&mut some, list) {
            Some(said) => said,
            None => "others do nothing".to_owned(),
        }
    }

    fn seven<'a>(
        &mut self,
        some: &mut impl FnMut(u64) -> Vec<&'a Lead>,
        list: &str,
    ) -> Option<String> {
        let picked = some(30);
        let chosen = picked.first()?;
        match chosen.id.rem_euclid(7) {
            0 => {
                let few: Vec<&Lead> = picked.into_iter().take(5).collect();
                let mut gone = BTreeSet::new();
                for lead in &few {
                    if gone.insert(lead.id) {
                        self.private("DELETE", &format!("lead/{}", lead.id), &Value::Null);
                    }
                }
                Some(format!("others delete {}", gone.len()))
            }
            1 => {
                let loser = picked.get(1).filter(|lead| lead.id != chosen.id)?;
                let body = json!({ "winner": chosen.id, "losers": [loser.id] });
                self.private("POST", "merge", &body);
                self.meddled.insert(chosen.email.clone());
                self.meddled.insert(loser.email.clone());
                Some("others merge two".to_owned())
            }
            2 | 3 => {
                for lead in &picked {
                    let body = json!({ "lastName": THEIRS, "title": "Boss" });
                    self.private("PATCH", &format!("lead/{}", lead.id), &body);
                }
                Some(format!("others change {}", picked.len()))
            }
            number => {
                let state = self.private("GET", "state", &Value::Null);
                let lists = state["lists"].as_array().unwrap();
                let ours = lists.iter().find(|one| one["name"] == list)?;
                let ids: Vec<i64> = picked.iter().map(|lead| lead.id).collect();
                let method = if number == 4 { "DELETE" } else { "POST" };
                let path = format!("lists/{}/members", ours["id"]);
                self.private(method, &path, &json!({ "ids": ids }));
                self.meddled
                    .extend(picked.iter().map(|lead| lead.email.clone()));
                Some(format!("others: {method} of {} members", ids.len()))
            }
        }
    }
}
