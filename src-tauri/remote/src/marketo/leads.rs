//! Reading people by the values of one field.

use super::{
    Ask, LEADS_REPLY, Marketo, READ_LEADS,
    envelope::{Envelope, id_of, or_nothing},
    form,
};
use crate::{failure::Failure, http::Body};
use serde_json::{Map, Value};
use std::fmt;

/// Values in one question (Marketo docs: leads).
pub const MAX_VALUES: usize = 300;
/// Leads on one page; also the service's own default.
const PAGE: &str = "300";

/// A question: who has one of these values in this field? Its `Debug` shows no
/// value.
#[derive(Clone, PartialEq, Eq)]
pub struct LeadQuery {
    /// A searchable field.
    pub field: String,
    /// At most [`MAX_VALUES`], none blank, none with a comma: the service
    /// separates values with commas and knows no way to quote one.
    pub values: Vec<String>,
    /// What to tell of each lead; `id` is always told.
    pub fields: Vec<String>,
    /// The page after the one that gave this token, everything else the same.
    pub page_token: Option<String>,
}

/// Some of the answer; all of it once `next` is `None`. A page may be empty
/// without being the last.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LeadPage {
    /// In the service's order, each lead once a page.
    pub leads: Vec<Lead>,
    /// The token of the next page.
    pub next: Option<String>,
}

/// A lead as read. Its `Debug` shows no value.
#[derive(Clone, PartialEq)]
pub struct Lead {
    /// The service's number.
    pub id: i64,
    /// Everything the service told, under the fields' names, the id included;
    /// a field that was asked for and is missing is null.
    pub values: Map<String, Value>,
}

impl fmt::Debug for LeadQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LeadQuery({}, {} values)", self.field, self.values.len())
    }
}

impl fmt::Debug for Lead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Lead({}, {} values)", self.id, self.values.len())
    }
}

impl Marketo {
    /// One page of an answer. The question travels as a form, since 300 e-mail
    /// addresses are longer than an address may be (Marketo docs: lead database,
    /// `_method=GET`). More than 1,000 leads in all is [`Failure::TooMany`].
    pub async fn leads_by(&self, ask: &LeadQuery) -> Result<LeadPage, Failure> {
        if ask.values.is_empty() || ask.values.len() > MAX_VALUES {
            return Err(Failure::unsendable("a lookup holds 1 to 300 values"));
        }
        if ask
            .values
            .iter()
            .any(|value| value.contains(',') || value.trim().is_empty())
        {
            return Err(Failure::unsendable(
                "a lookup value is blank or has a comma",
            ));
        }
        let (values, fields) = (ask.values.join(","), ask.fields.join(","));
        let mut pairs = vec![
            ("filterType", ask.field.as_str()),
            ("filterValues", &values),
        ];
        pairs.extend(optional("fields", &fields));
        pairs.push(("batchSize", PAGE));
        pairs.extend(
            ask.page_token
                .iter()
                .map(|token| ("nextPageToken", token.as_str())),
        );
        let body = Body::Form(form::encode(&pairs).into_bytes());
        let call = Ask {
            max_reply: LEADS_REPLY,
            ..Ask::post("/rest/v1/leads.json?_method=GET".into(), body).waiting(READ_LEADS)
        };
        let opened = or_nothing(self.call(call).await, &["702"])?;
        page(opened, ask.page_token.as_deref())
    }

    /// One page of a list's members. How a page is cut while the list changes
    /// is not documented: read again what must be certain.
    pub async fn list_members(
        &self,
        list: i64,
        fields: &[String],
        page_token: Option<&str>,
    ) -> Result<LeadPage, Failure> {
        let fields = fields.join(",");
        let mut pairs = vec![("batchSize", PAGE)];
        pairs.extend(optional("fields", &fields));
        pairs.extend(page_token.map(|token| ("nextPageToken", token)));
        let path = format!("/rest/v1/lists/{list}/leads.json?{}", form::encode(&pairs));
        let call = Ask {
            max_reply: LEADS_REPLY,
            ..Ask::get(path).waiting(READ_LEADS)
        };
        page(self.call(call).await?, page_token)
    }
}

fn optional<'a>(name: &'a str, value: &'a str) -> Option<(&'a str, &'a str)> {
    (!value.is_empty()).then_some((name, value))
}

fn page(mut opened: Envelope, asked: Option<&str>) -> Result<LeadPage, Failure> {
    let next = opened.next_page(asked)?;
    let leads: Option<Vec<Lead>> = opened.records()?.into_iter().map(lead).collect();
    let leads = leads.ok_or_else(|| Failure::unknown("a lead without an id"))?;
    Ok(LeadPage { leads, next })
}

fn lead(record: Value) -> Option<Lead> {
    let id = id_of(&record)?;
    match record {
        Value::Object(values) => Some(Lead { id, values }),
        _ => None,
    }
}
