//! An audience is looked at a page at a time, or searched, and is always its
//! newest snapshot.

use serde_json::Value;
use support::Desk;

fn rows(desk: &Desk, flags: &[&str]) -> Vec<u64> {
    let mut members = vec!["audience", "members", "People"];
    members.extend(flags);
    let lines = desk.usher(&members).ok().lines();
    lines
        .iter()
        .map(|member| member["row"].as_u64().unwrap())
        .collect()
}

#[test]
fn members_come_in_row_order_a_page_at_a_time_or_by_any_text_in_them() {
    let desk = Desk::default();
    let mut file = "email,first,last\n".to_owned();
    for number in 1..=40_000 {
        file += &format!("p{number}@x.example,First{number},Last\n");
    }
    file += "ZOE@X.example,Zoë,Straße\n";
    desk.import(&file);

    assert_eq!(rows(&desk, &["--limit", "3"]), [1, 2, 3]);
    assert_eq!(
        rows(&desk, &["--offset", "20000", "--limit", "2"]),
        [20_001, 20_002]
    );
    assert_eq!(
        rows(&desk, &["--offset", "40000", "--limit", "9"]),
        [40_001]
    );
    assert!(rows(&desk, &["--offset", "40001"]).is_empty());
    assert!(rows(&desk, &["--limit", "0"]).is_empty());

    assert_eq!(rows(&desk, &["--search", "P39999@X"]), [39_999]);
    assert_eq!(
        rows(&desk, &["--search", "first3999", "--limit", "2"]),
        [3_999, 39_990]
    );
    assert_eq!(
        rows(
            &desk,
            &["--search", "first3999", "--offset", "2", "--limit", "2"]
        ),
        [39_991, 39_992]
    );
    assert_eq!(rows(&desk, &["--search", "zOË"]), [40_001]);
    assert_eq!(rows(&desk, &["--search", "STRASSE"]), Vec::<u64>::new());
    assert_eq!(rows(&desk, &["--search", "straß"]), [40_001]);
    assert!(rows(&desk, &["--search", "nobody is called that"]).is_empty());
}

#[test]
fn importing_under_an_existing_name_makes_its_next_snapshot() {
    let desk = Desk::default();
    let first = desk.import("email,first\nann@x.example,A\nbob@x.example,B\n");
    let next = desk.import("email,city\ncid@x.example,C\n");
    assert_eq!(next["id"], first["id"], "it is the same audience");
    assert_eq!(next["rows"], 1);
    assert!(next["snapshot_at"].as_str() > first["snapshot_at"].as_str());
    let list = desk.usher(&["audience", "list"]).ok().json();
    assert_eq!(list.as_array().unwrap().len(), 1);
    assert_eq!(list[0], next);
    let by_id = next["id"].as_str().unwrap();
    assert_eq!(desk.usher(&["audience", "show", by_id]).ok().json(), next);
    assert_eq!(rows(&desk, &["--search", "ann@"]), Vec::<u64>::new());
    let lines = desk.usher(&["audience", "members", by_id]).ok().lines();
    let cities: Vec<&Value> = lines.iter().map(|one| &one["values"]["city"]).collect();
    assert_eq!(cities, ["C"]);
}

#[test]
fn a_next_file_says_who_joined_and_who_left() {
    let desk = Desk::default();
    let changes = ["audience", "changes", "People"];
    desk.import("id,email\n1,ann@x.example\n2,BOB@x.example\n2,bob@x.example\n3,\n4,odd\n");
    let refused = desk.usher(&changes).exits(1);
    assert_eq!(
        refused.error(),
        "not_found",
        "there is nothing to compare with"
    );
    desk.import("email,id\nbob@x.example,9\ncid@x.example,3\n,4\ndan@x.example,5\n");
    let counted = |flags: &[&str]| {
        let said = desk.usher(&[&changes, flags].concat()).ok().json();
        ["by", "joined", "left", "stayed", "without_key"].map(|name| said[name].clone())
    };
    assert_eq!(
        counted(&[]),
        ["email".into(), 2.into(), 1.into(), 1.into(), Value::from(1)],
        "people are different valid addresses, whatever their case"
    );
    assert_eq!(
        counted(&["--by", "id"]),
        ["id".into(), 2.into(), 2.into(), 2.into(), Value::from(0)]
    );
    let unknown = desk.usher(&[&changes[..], &["--by", "phone"]].concat());
    assert_eq!(unknown.exits(1).error(), "unknown_column");
}
