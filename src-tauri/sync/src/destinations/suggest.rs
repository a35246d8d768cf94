//! Which column fills which field, by their names alone: a proposal that a person
//! looks through, never a decision.

use crate::usher::Usher;
use serde::Serialize;
use std::collections::HashSet;
use ts_rs::TS;
use usher_model::{Connection, Field, Problem};
use usher_store::table::definitions;

/// Words that are left out of names, since some write them and some do not.
const FILLER: [&str; 3] = ["address", "number", "the"];

/// Names that mean the same as a field's own: as people write them, squeezed, and the field.
const ALSO: [(&str, &str); 22] = [
    ("mail", "email"),
    ("emailid", "email"),
    ("givenname", "firstname"),
    ("forename", "firstname"),
    ("first", "firstname"),
    ("vorname", "firstname"),
    ("fname", "firstname"),
    ("surname", "lastname"),
    ("familyname", "lastname"),
    ("last", "lastname"),
    ("nachname", "lastname"),
    ("lname", "lastname"),
    ("telephone", "phone"),
    ("tel", "phone"),
    ("mobile", "mobilephone"),
    ("cell", "mobilephone"),
    ("zip", "postalcode"),
    ("zipcode", "postalcode"),
    ("postcode", "postalcode"),
    ("province", "state"),
    ("birthday", "dateofbirth"),
    ("jobtitle", "title"),
];

/// A column that seems to fill a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Suggestion {
    /// The column.
    pub source: String,
    /// The field.
    pub target: String,
}

impl Usher {
    /// Pairs an audience's columns with the fields of a connection's service, as it
    /// described them last. Each column and each field is named at most once.
    pub fn suggest_mapping(
        &self,
        audience: &str,
        connection: &str,
    ) -> Result<Vec<Suggestion>, Problem> {
        let (_, snapshot) = self.audience(audience)?;
        let connection: Connection = self.find(connection)?;
        let said = definitions::description(&*self.journal.reader()?, &connection.id)?;
        let fields = said.map(|said| said.fields).unwrap_or_default();
        Ok(suggest(&snapshot.columns, &fields))
    }
}

fn suggest(columns: &[String], fields: &[Field]) -> Vec<Suggestion> {
    let writable: Vec<&Field> = fields.iter().filter(|field| field.writable).collect();
    let mut taken = HashSet::new();
    let mut all = Vec::new();
    for column in columns {
        let name = squeezed(column);
        let also = ALSO.iter().find(|(said, _)| *said == name);
        let meant = also.map_or(name.as_str(), |(_, field)| field);
        let is_it = |field: &&&Field| {
            [&field.name, &field.display_name]
                .into_iter()
                .any(|said| squeezed(said) == name || squeezed(said) == meant)
        };
        if let Some(field) = writable.iter().find(is_it)
            && taken.insert(field.name.as_str())
        {
            all.push(Suggestion {
                source: column.clone(),
                target: field.name.clone(),
            });
        }
    }
    all
}

/// A name without case, spaces, marks and filler: `E-Mail Address` becomes `email`.
fn squeezed(name: &str) -> String {
    let letters = name.chars().filter(|c| c.is_alphanumeric());
    let mut text: String = letters.flat_map(char::to_lowercase).collect();
    for filler in FILLER {
        if text.len() > filler.len() {
            text = text.replace(filler, "");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{squeezed, suggest};
    use usher_model::{DataType, Field};

    fn field(name: &str, display_name: &str) -> Field {
        Field {
            name: name.into(),
            display_name: display_name.into(),
            data_type: DataType::String,
            length: None,
            writable: name != "ecids",
            searchable: true,
            company: false,
        }
    }

    #[test]
    fn names_are_paired_however_they_are_written() {
        let fields = [
            field("email", "Email Address"),
            field("firstName", "First Name"),
            field("mktoPersonScore", "Loyalty Tier"),
            field("ecids", "ECIDs"),
        ];
        let columns = [
            "E-MAIL",
            "mail",
            "Vorname",
            "loyalty_tier",
            "ecids",
            "shoe size",
        ];
        let pairs: Vec<(String, String)> = suggest(&columns.map(str::to_owned), &fields)
            .into_iter()
            .map(|pair| (pair.source, pair.target))
            .collect();
        let expected = [
            ("E-MAIL", "email"),
            ("Vorname", "firstName"),
            ("loyalty_tier", "mktoPersonScore"),
        ];
        assert_eq!(
            pairs,
            expected.map(|(from, to)| (from.to_owned(), to.to_owned()))
        );
    }

    #[test]
    fn a_name_of_filler_alone_stays() {
        assert_eq!(squeezed("Number"), "number");
        assert_eq!(squeezed("Phone Number"), "phone");
    }
}
