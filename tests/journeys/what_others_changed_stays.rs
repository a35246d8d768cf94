//! Drift: what somebody else changed since Usher's delivery is left, unless the
//! audience's value changes or the user wants it overwritten.

use serde_json::{Value, json};
use support::Desk;

fn delivered() -> (Desk, i64) {
    let desk = Desk::default();
    let id = desk
        .remote
        .add_people(json!([{ "email": "ada@x.example", "firstName": "A", "lastName": "B" }]))[0];
    desk.connect();
    desk.import("email,first,last\nada@x.example,Ada,Lovelace\n");
    desk.destination("audience-and-profile", "update-existing", &[]);
    desk.sync(&[]);
    desk.run(0);
    (desk, id)
}

fn last_name(desk: &Desk) -> Value {
    desk.remote.leads_of("ada@x.example")[0]["lastName"].clone()
}

#[test]
fn a_field_that_others_changed_is_left_until_the_audience_changes() {
    let (desk, id) = delivered();
    assert_eq!(last_name(&desk), "Lovelace");
    desk.remote.private(
        "PATCH",
        &format!("lead/{id}"),
        json!({ "lastName": "Byron-King" }),
    );
    let plan = desk.preview();
    assert_eq!(
        (&plan["drifted"], &plan["people"]["leave"]),
        (&json!(1), &json!(1))
    );
    desk.run(0);
    assert_eq!(last_name(&desk), "Byron-King");
    desk.import("email,first,last\nada@x.example,Ada,King\n");
    assert_eq!(
        desk.run(0)["people"]["updated"],
        1,
        "the audience's value changed"
    );
    assert_eq!(last_name(&desk), "King");
}

#[test]
fn it_is_overwritten_where_the_user_wants_it() {
    let (desk, id) = delivered();
    desk.remote.private(
        "PATCH",
        &format!("lead/{id}"),
        json!({ "lastName": "Byron-King" }),
    );
    desk.usher(&["sync", "edit", "Go", "--on-drift", "overwrite"])
        .ok();
    assert_eq!(desk.run(0)["people"]["updated"], 1);
    assert_eq!(last_name(&desk), "Lovelace");
}

#[test]
fn who_was_removed_by_others_is_not_added_again() {
    let (desk, id) = delivered();
    let list = desk.preview()["list"]["id"].as_i64().unwrap();
    desk.remote.private(
        "DELETE",
        &format!("lists/{list}/members"),
        json!({ "ids": [id] }),
    );
    desk.usher(&["sync", "edit", "Go", "--on-drift", "overwrite"])
        .ok();
    let plan = desk.preview();
    assert_eq!(
        (&plan["list"]["add"], &plan["drifted"]),
        (&json!(0), &json!(1)),
        "membership is always left"
    );
    desk.run(0);
    assert!(desk.remote.members("People").unwrap().is_empty());
}

#[test]
fn an_opt_out_is_never_taken_back() {
    let desk = Desk::default();
    desk.remote.add_people(
        json!([{ "email": "ada@x.example", "unsubscribed": true, "unsubscribedReason": "asked" }]),
    );
    desk.connect();
    desk.import("email,first,last,out,why\nada@x.example,Ada,Lovelace,false,\n");
    desk.destination(
        "profile-only",
        "update-existing",
        &[
            "--map",
            "out=unsubscribed",
            "--map",
            "why=unsubscribedReason,blank=clear",
        ],
    );
    desk.sync(&[]);
    desk.run(0);
    let ada = &desk.remote.leads_of("ada@x.example")[0];
    assert_eq!(ada["lastName"], "Lovelace");
    assert_eq!(
        (&ada["unsubscribed"], &ada["unsubscribedReason"]),
        (&json!(true), &json!("asked"))
    );
}

#[test]
fn what_a_run_for_another_destination_changed_is_read_before_a_preview() {
    let desk = Desk::default();
    desk.connect();
    desk.import("email,first,last\nada@x.example,Ada,Lovelace\n");
    desk.destination("audience-and-profile", "update-and-create", &[]);
    desk.sync(&[]);
    let another = ["destination", "create", "--name", "Others"];
    let settings = [
        "--connection",
        "Marketo",
        "--sync-type",
        "audience-and-profile",
    ];
    let key = [
        "--person-action",
        "update-and-create",
        "--dedupe-field",
        "email",
    ];
    let map = [
        "--map",
        "email=DedupeField",
        "--map",
        "first=firstName",
        "--map",
        "last=lastName",
    ];
    desk.usher(&[&another[..], &settings, &key, &map].concat())
        .ok();
    let words = ["sync", "create", "--name", "Beside", "--audience", "People"];
    desk.usher(&[&words[..], &["--destination", "Others"]].concat())
        .ok();
    let beside = |more: &[&str]| {
        desk.usher(&[&["sync", "preview", "Beside"], more].concat())
            .ok()
            .json()
    };
    assert_eq!(beside(&[])["people"]["create"], 1);
    desk.run(0);
    let plan = beside(&[]);
    assert_eq!(plan["people"]["create"], 0, "{plan}");
    assert_eq!(plan["people"]["leave"], 1, "{plan}");
    assert_eq!(plan["list"]["exists"], true, "{plan}");
}
