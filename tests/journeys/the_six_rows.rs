//! The six rows of the seed's table: three sync types, two person actions.

use serde_json::{Value, json};
use support::Desk;

/// Row by row: sync type, person action, then whether leads are updated, people
/// created, and how many join the list (`None` for no list).
const TABLE: [(&str, &str, bool, bool, Option<u64>); 6] = [
    ("profile-only", "update-and-create", true, true, None),
    ("profile-only", "update-existing", true, false, None),
    ("audience-only", "update-and-create", false, true, Some(2)),
    ("audience-only", "update-existing", false, false, Some(1)),
    (
        "audience-and-profile",
        "update-and-create",
        true,
        true,
        Some(2),
    ),
    (
        "audience-and-profile",
        "update-existing",
        true,
        false,
        Some(1),
    ),
];

#[test]
fn each_row_does_what_the_table_says() {
    for (sync_type, action, updates, creates, joins) in TABLE {
        let desk = Desk::default();
        desk.remote.add_people(
            json!([{ "email": "ada@x.example", "firstName": "Ada", "lastName": "Byron" }]),
        );
        desk.connect();
        desk.import("email,first,last\nada@x.example,Ada,Lovelace\ngrace@x.example,Grace,Hopper\n");
        desk.destination(sync_type, action, &[]);
        desk.sync(&[]);
        let plan = desk.preview();
        let row = format!("{sync_type}, {action}: {plan}");
        assert_eq!(plan["people"]["update"], u64::from(updates), "{row}");
        assert_eq!(plan["people"]["leave"], u64::from(!updates), "{row}");
        assert_eq!(plan["people"]["create"], u64::from(creates), "{row}");
        assert_eq!(
            plan["people"]["skip"]["not_in_destination"],
            u64::from(!creates),
            "{row}"
        );
        assert_eq!(plan["list"]["add"].as_u64(), joins, "{row}");

        let run = desk.run(0);
        assert_eq!(run["people"]["created"], u64::from(creates), "{row}");
        assert_eq!(run["people"]["updated"], u64::from(updates), "{row}");
        assert_eq!(run["list"]["added"].as_u64(), joins, "{row}");
        let ada = &desk.remote.leads_of("ada@x.example")[0];
        assert_eq!(
            ada["lastName"],
            if updates { "Lovelace" } else { "Byron" },
            "{row}"
        );
        assert_eq!(
            desk.remote.leads_of("grace@x.example").len(),
            usize::from(creates),
            "{row}"
        );
        let members = desk
            .remote
            .members("People")
            .map(|members| members.len() as u64);
        assert_eq!(members, joins, "{row}");

        let again = desk.run(0);
        let writes = |run: &Value| {
            [&run["people"]["created"], &run["people"]["updated"]].map(|n| n.as_u64())
        };
        assert_eq!(
            writes(&again),
            [Some(0), Some(0)],
            "a second run writes nothing: {row}"
        );
    }
}
