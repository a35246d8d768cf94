//! Values compare by the type of their field: another spelling of what is there
//! is no change, and is not written.

use serde_json::json;
use support::Desk;

const HEAD: &str = "email,news,basket,score,bought,seen,discount,worth,other\n";

fn ready(first: &str) -> Desk {
    let desk = Desk::default();
    desk.remote.add_people(json!([{
        "email": "ada@x.example", "newsletter": true, "averageBasket": 5, "behaviourScore": 7,
        "lastPurchaseAt": "2026-03-05T10:00:00Z", "lastSeen": "2026-03-05", "discount": 10,
        "lifetimeValue": 1234.5, "secondaryEmail": "Ada@Home.example",
    }]));
    desk.connect();
    desk.import(&format!("{HEAD}{first}"));
    desk.usher(&[
        "destination",
        "create",
        "--name",
        "Leads",
        "--connection",
        "Marketo",
        "--sync-type",
        "profile-only",
        "--person-action",
        "update-existing",
        "--dedupe-field",
        "email",
        "--map",
        "email=DedupeField",
        "--map",
        "news=newsletter",
        "--map",
        "basket=averageBasket",
        "--map",
        "score=behaviourScore",
        "--map",
        "bought=lastPurchaseAt",
        "--map",
        "seen=lastSeen",
        "--map",
        "discount=discount",
        "--map",
        "worth=lifetimeValue",
        "--map",
        "other=secondaryEmail",
    ])
    .ok();
    desk.sync(&[]);
    desk
}

#[test]
fn another_spelling_is_the_same_value() {
    let spellings = [
        "1,5.0,7.0,2026-03-05T11:00:00+01:00,2026-03-05,10,1234.50,ada@home.example",
        "true,5,007,2026-03-05T10:00:00.750Z,2026-03-05,10.0,1234.5,ADA@HOME.EXAMPLE",
        "Yes,+5,7,2026-03-05T10:00:00+0000,2026-03-05,010,01234.5,Ada@Home.example",
    ];
    let desk = ready(&format!("ada@x.example,{}\n", spellings[0]));
    for spelling in spellings {
        desk.import(&format!("{HEAD}ada@x.example,{spelling}\n"));
        let plan = desk.preview();
        let people = desk
            .usher(&["sync", "preview", "Go", "--people"])
            .ok()
            .lines();
        assert_eq!(people[0]["explain"]["changes"], json!({}), "{spelling}");
        assert_eq!(
            (
                &plan["people"]["leave"],
                &plan["people"]["update"],
                &plan["cost"]["calls"]
            ),
            (&json!(1), &json!(0), &json!(0)),
            "{spelling}"
        );
        let run = desk.run(0);
        assert_eq!(run["people"]["unchanged"], 1, "{spelling}");
    }
    let counters = desk.remote.private("GET", "state", json!(null))["counters"].clone();
    assert_eq!(
        counters["updated"], 0,
        "nothing was ever written: {counters}"
    );
}

#[test]
fn one_real_change_among_equal_values_is_all_that_is_written() {
    let row = "ada@x.example,0,5.0,7.0,2026-03-05T11:00:00+01:00,2026-03-05,10,1234.50,ada@home.example\n";
    let desk = ready(row);
    desk.preview();
    let people = desk
        .usher(&["sync", "preview", "Go", "--people"])
        .ok()
        .lines();
    assert_eq!(
        people[0]["explain"]["changes"],
        json!({ "newsletter": [true, false] })
    );
    assert_eq!(desk.run(0)["people"]["updated"], 1);
    let ada = &desk.remote.leads_of("ada@x.example")[0];
    assert!(
        ada["newsletter"] == false || ada.get("newsletter").is_none(),
        "{ada}"
    );
    assert_eq!(
        ada["secondaryEmail"], "Ada@Home.example",
        "as somebody spelled it"
    );

    // Delivered as true, spelled as 1: not a change of the audience's either.
    desk.import(&format!(
        "{HEAD}ada@x.example,no,5,7,2026-03-05T10:00:00Z,2026-03-05,10,1234.5,ada@home.example\n"
    ));
    assert_eq!(desk.preview()["people"]["leave"], 1);
    // Somebody sets it back: theirs stays, since the audience's value is the same as delivered.
    let id = desk.remote.leads_of("ada@x.example")[0]["id"].clone();
    desk.remote.private(
        "PATCH",
        &format!("lead/{id}"),
        json!({ "newsletter": true }),
    );
    let plan = desk.preview();
    assert_eq!(
        (&plan["people"]["leave"], &plan["drifted"]),
        (&json!(1), &json!(1))
    );
}
