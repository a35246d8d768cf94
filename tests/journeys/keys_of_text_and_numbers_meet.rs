//! Dedupe fields that are no addresses: text compares exactly, numbers as
//! numbers, and nobody is made who is there in another spelling.

use serde_json::{Value, json};
use support::Desk;

/// A desk whose destination identifies people by this field.
fn by(field: &str, content: &str) -> Desk {
    let desk = Desk::default();
    desk.connect();
    desk.import(content);
    desk.usher(&[
        "destination",
        "create",
        "--name",
        "Leads",
        "--connection",
        "Marketo",
        "--sync-type",
        "audience-and-profile",
        "--person-action",
        "update-and-create",
        "--dedupe-field",
        field,
        "--map",
        "key=DedupeField",
        "--map",
        "email=email",
        "--map",
        "first=firstName",
        "--map",
        "last=lastName",
    ])
    .ok();
    desk.sync(&[]);
    desk
}

/// A file of these keys, everything else different in each row.
fn keys(keys: &[&str]) -> String {
    let rows = keys.iter().zip(1..);
    let rows = rows.map(|(key, row)| format!("\"{key}\",p{row}@x.example,P,{row}\n"));
    format!("key,email,first,last\n{}", rows.collect::<String>())
}

fn previewed(desk: &Desk) -> Vec<(Value, Value)> {
    desk.preview();
    let people = desk.usher(&["sync", "preview", "Go", "--people"]).ok();
    let lines = people.lines().into_iter();
    lines
        .map(|one| {
            let said = match one["reason"]["code"].clone() {
                Value::Null => one["verdict"].clone(),
                code => code,
            };
            (one["key"].clone(), said)
        })
        .collect()
}

fn told(people: &[(&str, &str)]) -> Vec<(Value, Value)> {
    let people = people.iter();
    people
        .map(|(key, said)| (json!(key), json!(said)))
        .collect()
}

#[test]
fn text_compares_exactly_and_another_case_makes_nobody() {
    let file = keys(&["AbC-1", " AbC-2 ", "abc-3", "007", "7", "AbC-1"]);
    let desk = by("crmId", &file);
    desk.remote.add_people(json!([
        { "crmId": "AbC-1", "email": "one@x.example" },
        { "crmId": "AbC-2", "email": "two@x.example" },
        { "crmId": "ABC-3", "email": "three@x.example" },
        { "crmId": "7", "email": "seven@x.example" },
    ]));
    assert_eq!(
        previewed(&desk),
        told(&[
            ("AbC-1", "update"),
            ("AbC-2", "update"),
            ("abc-3", "case_differs"),
            ("007", "create"),
            ("7", "update"),
            ("AbC-1", "duplicate_in_audience"),
        ]),
        "leading zeros are part of a text"
    );
    let run = desk.run(0);
    assert_eq!(run["people"]["invalid"], json!({ "case_differs": 1 }));
    assert_eq!(run["people"]["created"], 1);
    let there: Vec<Value> = desk
        .remote
        .leads()
        .iter()
        .map(|lead| lead["crmId"].clone())
        .collect();
    assert_eq!(
        there,
        ["AbC-1", "AbC-2", "ABC-3", "7", "007"],
        "the key itself is never written"
    );
    assert_eq!(desk.remote.members("People").unwrap().len(), 4);
}

#[test]
fn an_exact_match_counts_before_one_in_another_case() {
    let desk = by("loyaltyId", &keys(&["gold", "GOLD", "Gold"]));
    let ids = desk.remote.add_people(json!([
        { "loyaltyId": "gold", "email": "g1@x.example", "updatedAt": "2026-01-01T00:00:00Z" },
        { "loyaltyId": "GOLD", "email": "g2@x.example", "updatedAt": "2026-03-01T00:00:00Z" },
    ]));
    assert_eq!(
        previewed(&desk),
        told(&[
            ("gold", "update"),
            ("GOLD", "update"),
            ("Gold", "case_differs")
        ])
    );
    let run = desk.run(0);
    let leads: Vec<Value> = desk
        .people(&run)
        .iter()
        .map(|one| one["lead_id"].clone())
        .collect();
    assert_eq!(leads, [json!(ids[0]), json!(ids[1]), Value::Null]);
}

#[test]
fn numbers_compare_as_numbers() {
    let file = keys(&["5.0", "007", "+8", "5", "9.50", "x7", "1e3", ""]);
    let desk = by("customerNumber", &file);
    desk.remote.add_people(json!([
        { "customerNumber": 5, "email": "five@x.example" },
        { "customerNumber": 7, "email": "seven@x.example" },
    ]));
    let people = previewed(&desk);
    let mut expected = told(&[
        ("5", "update"),
        ("7", "update"),
        ("8", "create"),
        ("5", "duplicate_in_audience"),
        ("9.5", "invalid_value"),
        ("", "invalid_key"),
        ("", "invalid_key"),
        ("", "no_key"),
    ]);
    for nobody in &mut expected[5..] {
        nobody.0 = Value::Null;
    }
    assert_eq!(people, expected);
    let run = desk.run(0);
    assert_eq!(
        (&run["people"]["created"], &run["people"]["updated"]),
        (&json!(1), &json!(2))
    );
    let there: Vec<Value> = desk
        .remote
        .leads()
        .iter()
        .map(|lead| lead["customerNumber"].clone())
        .collect();
    assert_eq!(there, [5, 7, 8]);

    desk.import(&keys(&["05", "7.00", "8", "x7"]));
    let again = desk.run(0);
    assert_eq!(
        (
            &again["people"]["created"],
            &again["list"]["kept"],
            &again["list"]["removed"]
        ),
        (&json!(0), &json!(3), &json!(0)),
        "in another spelling nobody is new, and nobody has left: {again}"
    );
}
