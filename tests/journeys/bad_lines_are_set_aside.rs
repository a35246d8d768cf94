//! Lines that cannot be rows are set aside, named by where they start, and
//! everything else is kept.

use serde_json::Value;
use support::Desk;

fn lines(quarantined: &Value) -> Vec<u64> {
    let first = quarantined["first"].as_array().unwrap();
    let named = first.iter().inspect(|one| {
        assert!(!one["problem"].as_str().unwrap().is_empty(), "{one}");
    });
    named.map(|one| one["line"].as_u64().unwrap()).collect()
}

#[test]
fn a_line_is_set_aside_where_it_starts_and_the_others_are_kept() {
    let desk = Desk::default();
    let mut file = Vec::new();
    file.extend(b"email,first,last\n"); // 1
    file.extend(b"ann@x.example,\"An\nn\",A\n"); // 2 and 3
    file.extend(b"few@x.example,Few\n"); // 4: too few fields
    file.extend(b"\n"); // 5: blank
    file.extend(b"bad@x.example,\xff\xfe,B\n"); // 6: no UTF-8
    file.extend(b"nul@x.example,N\0l,N\n"); // 7: a NUL
    file.extend(b"many@x.example,M,any,more\n"); // 8: too many fields
    file.extend(b"bob@x.example,\"B\r\no\r\nb\",B\n"); // 9 to 11
    file.extend(b"big@x.example,"); // 12: a field over 1 MiB
    file.extend(vec![b'x'; (1 << 20) + 1]);
    file.extend(b",B\n");
    file.extend(b"fit@x.example,"); // 13: a field of just 1 MiB
    file.extend(vec![b'y'; 1 << 20]);
    file.extend(b",F\n");
    file.extend(b"\"two\nlines\",few\n"); // 14 and 15: too few fields, from 14
    file.extend(b"last@x.example,La,st"); // 16: no line end
    let path = desk.file("odd.csv", &file);
    let import = ["audience", "import", &path, "--name", "Odd"];
    let imported = desk.usher(&import).ok().json();
    assert_eq!(imported["rows"], 4);
    assert_eq!(imported["quarantined"]["count"], 6);
    assert_eq!(lines(&imported["quarantined"]), [4, 6, 7, 8, 12, 14]);

    let members = desk.usher(&["audience", "members", "Odd"]).ok().lines();
    let keys: Vec<&str> = members
        .iter()
        .map(|member| member["values"]["email"].as_str().unwrap())
        .collect();
    assert_eq!(
        keys,
        [
            "ann@x.example",
            "bob@x.example",
            "fit@x.example",
            "last@x.example"
        ]
    );
    let rows: Vec<u64> = members
        .iter()
        .map(|member| member["row"].as_u64().unwrap())
        .collect();
    assert_eq!(rows, [1, 2, 3, 4], "lines that are set aside are no rows");
    assert_eq!(members[1]["values"]["first"], "B\r\no\r\nb");
    assert_eq!(
        members[2]["values"]["first"].as_str().unwrap().len(),
        1 << 20
    );

    let told = desk.usher(&["audience", "quarantined", "Odd"]).ok().json();
    assert_eq!(told, imported["quarantined"]);
    let shown = desk.usher(&["audience", "show", "Odd"]).ok().json();
    assert_eq!(
        shown, imported,
        "showing an audience tells what importing it told"
    );
    for one in told["first"].as_array().unwrap() {
        assert!(
            !one.to_string().contains("x.example"),
            "a person's data: {one}"
        );
    }
}

#[test]
fn of_many_bad_lines_the_first_hundred_are_named_and_all_are_counted() {
    let desk = Desk::default();
    let mut file = "email,first,last\n".to_owned();
    for number in 0..250 {
        file += &format!("p{number}@x.example,P,{number}\nbroken{number}\n");
    }
    let imported = desk.import(&file);
    assert_eq!(imported["rows"], 250);
    assert_eq!(imported["quarantined"]["count"], 250);
    let expected: Vec<u64> = (0..100).map(|number| 3 + 2 * number).collect();
    assert_eq!(lines(&imported["quarantined"]), expected);
}

#[test]
fn a_record_whose_quote_never_ends_is_named_by_where_it_starts() {
    let desk = Desk::default();
    let imported = desk.import("email,first,last\nann@x.example,A,N\nbob@x.example,\"B\nc,d\n");
    assert_eq!(imported["rows"], 1);
    assert_eq!(lines(&imported["quarantined"]), [3]);
}
