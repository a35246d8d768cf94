//! What a lead of this instance consists of, and the partitions it may be in.

use super::{
    Ask, Marketo,
    envelope::{id_of, number, or_nothing, text_of},
};
use crate::failure::Failure;
use serde_json::Value;
use std::collections::HashSet;
use usher_model::{DataType, Field};

/// Fields that belong to a lead's company (Marketo docs: standard fields;
/// companies). Writing one reaches everybody of that company; writing
/// `externalCompanyId` moves the lead to another, so it is not among them.
const OF_COMPANY: [&str; 15] = [
    "annualRevenue",
    "billingCity",
    "billingCountry",
    "billingPostalCode",
    "billingState",
    "billingStreet",
    "company",
    "companyNotes",
    "industry",
    "mainPhone",
    "mktoCompanyNotes",
    "numberOfEmployees",
    "sicCode",
    "site",
    "website",
];

/// Fields that the description may call updateable, but that the service keeps
/// for itself (recorded description of a plain instance).
const NEVER_WRITTEN: [&str; 11] = [
    "contactCompany",
    "cookies",
    "createdAt",
    "ecids",
    "id",
    "isAnonymous",
    "leadPartitionId",
    "leadPerson",
    "mktoName",
    "personPrimaryLeadInterest",
    "updatedAt",
];

impl Marketo {
    /// The lead's fields (describe2). Permission: Read-Only Lead.
    pub async fn describe(&self) -> Result<Vec<Field>, Failure> {
        let opened = self
            .call(Ask::get("/rest/v1/leads/describe2.json".into()))
            .await?;
        let records = opened.records()?;
        let lead = match records.as_slice() {
            [lead] => lead,
            _ => return Err(Failure::unknown("a description of something else")),
        };
        let searchable = searchable(lead);
        let fields = lead.get("fields").and_then(Value::as_array);
        let fields: Option<Vec<Field>> = fields.and_then(|fields| {
            fields
                .iter()
                .map(|field| self::field(field, &searchable))
                .collect()
        });
        match fields {
            Some(fields) if !fields.is_empty() => Ok(fields),
            _ => Err(Failure::unknown("a description without readable fields")),
        }
    }

    /// Id and name of the partitions that this user sees. Permission: Read-Only
    /// Lead.
    pub async fn partitions(&self) -> Result<Vec<(i64, String)>, Failure> {
        let opened = self
            .call(Ask::get("/rest/v1/leads/partitions.json".into()))
            .await;
        let records = or_nothing(opened, &["702"])?.found()?;
        let known = records
            .iter()
            .map(|one| Some((id_of(one)?, text_of(one, "name")?)))
            .collect();
        Option::ok_or(known, Failure::unknown("a partition without id and name"))
    }
}

/// Fields that alone suffice to find leads; an entry of several is a compound.
fn searchable(lead: &Value) -> HashSet<&str> {
    let entries = lead.get("searchableFields").and_then(Value::as_array);
    entries
        .into_iter()
        .flatten()
        .filter_map(|entry| match entry.as_array().map(Vec::as_slice) {
            Some([name]) => name.as_str(),
            _ => None,
        })
        .collect()
}

fn field(field: &Value, searchable: &HashSet<&str>) -> Option<Field> {
    let name = text_of(field, "name").filter(|name| !name.is_empty())?;
    let updateable = field
        .get("updateable")
        .and_then(Value::as_bool)
        .unwrap_or(false);
    Some(Field {
        display_name: text_of(field, "displayName").unwrap_or_else(|| name.clone()),
        data_type: DataType::named(field.get("dataType").and_then(Value::as_str)?),
        length: field
            .get("length")
            .and_then(number)
            .and_then(|length| u32::try_from(length).ok()),
        writable: updateable && !NEVER_WRITTEN.contains(&name.as_str()),
        searchable: searchable.contains(name.as_str()),
        company: OF_COMPANY.contains(&name.as_str()),
        name,
    })
}
