//! Bulk lead import: what becomes of the rows.

#![allow(clippy::unwrap_used)]

mod common;

use common::imports::{batch, done, import, left, list};
use common::patient;
use serde_json::{Value, json};

#[tokio::test]
async fn rows_create_update_and_join() {
    let api = patient().await;
    let known = json!([{"email": "Known@example.com", "firstName": "Old", "lastName": "Kept"}]);
    let known = api.people(known).await;
    let list = list(&api, "L").await;
    let members = format!("lists/{list}/members");
    api.private("POST", &members, json!({"ids": known})).await;
    let file = "email,firstName,lastName,newsletter,averageBasket\r\n\
        known@example.com,\"New, \"\"N\"\"\",,yes,1.5\r\n\
        two@example.com,Two,T,,\r\n\
        two@example.com,Twice,,,\r\n";
    let query = format!("format=csv&listId={list}");
    let no = import(&api, &query, file).await;
    assert_eq!(batch(&api, no).await["status"], "Importing");
    api.wait(10).await;
    let shown = batch(&api, no).await;
    assert_eq!(shown["status"], "Complete");
    assert_eq!(shown["numOfLeadsProcessed"], 3);
    assert_eq!(shown["numOfRowsFailed"], 0);
    assert_eq!(
        shown["message"],
        "Import succeeded, 3 records imported (3 members)"
    );
    let leads = api.leads().await;
    assert_eq!(leads.len(), 2, "a key that stands twice is one lead");
    assert_eq!(leads[0]["firstName"], "New, \"N\"");
    assert_eq!(
        leads[0]["lastName"], "Kept",
        "a blank cell leaves its field"
    );
    assert_eq!(
        (&leads[0]["newsletter"], &leads[0]["averageBasket"]),
        (&json!(true), &json!(1.5))
    );
    assert_eq!(
        (&leads[1]["firstName"], &leads[1]["lastName"]),
        (&json!("Twice"), &json!("T"))
    );
    let state = api.private("GET", "state", json!({})).await;
    assert_eq!(
        state["lists"][4]["members"],
        json!([leads[0]["id"], leads[1]["id"]])
    );
    let counters = &state["counters"];
    assert_eq!(
        (
            &counters["created"],
            &counters["updated"],
            &counters["list_added"]
        ),
        (&json!(1), &json!(2), &json!(1))
    );
    for what in ["failures", "warnings"] {
        assert_eq!(left(&api, no, what).await.0, 404);
    }

    api.config(json!({"blank_import_cells_clear": true})).await;
    done(&api, "format=csv", "email,lastName\nknown@example.com,\n").await;
    assert!(api.leads().await[0].get("lastName").is_none());
}

#[tokio::test]
async fn rows_that_fail_come_back_with_their_reason() {
    let api = patient().await;
    api.people(json!([
        {"email": "twin@example.com"}, {"email": "twin@example.com"},
        {"email": "far@example.com", "partition": "EMEA"},
    ]))
    .await;
    api.config(json!({"hidden_partitions": ["EMEA"]})).await;
    api.fault(json!({"reject": {"field": "email", "value_contains": "corp", "code": 1018, "message": "Native CRM"}})).await;
    let list = list(&api, "L").await;
    let file = "email\tloyaltyId\tcustomerNumber\n\
        good@example.com\tG\t1\n\
        twin@example.com\tT\t2\n\
        bademail\t\t3\n\
        num@example.com\t\t14.1\n\
        \"a\"\"@example.com\"\t\t\n\
        \tnokey\t\n\
        far@example.com\t\t\n\
        a@corp.example.com\t\t\n\
        short@example.com\t\n";
    let long = format!("{file}long@example.com\t{}\t1\n", "x".repeat(65));
    let query = format!("format=tsv&listId={list}");
    let no = import(&api, &query, &long).await;
    assert_eq!(left(&api, no, "failures").await.0, 404);
    api.wait(10).await;
    let shown = batch(&api, no).await;
    assert_eq!(shown["status"], "Complete");
    assert_eq!(
        (&shown["numOfLeadsProcessed"], &shown["numOfRowsFailed"]),
        (&json!(2), &json!(8))
    );
    assert_eq!(
        shown["message"],
        "Import completed with errors, 2 records imported (2 members), 8 failed"
    );
    let (status, text) = left(&api, no, "failures").await;
    assert_eq!(status, 200);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[0],
        "email\tloyaltyId\tcustomerNumber\tImport Failure Reason"
    );
    assert_eq!(
        lines[1],
        "twin@example.com\tT\t2\t1007 Multiple lead match lookup criteria"
    );
    assert_eq!(
        lines[2],
        "bademail\t\t3\t1003 Invalid value for field 'email' and value 'bademail'"
    );
    assert!(lines[3].ends_with("1003 Invalid value for field 'customerNumber' and value '14.1'"));
    assert_eq!(
        lines[4],
        "\tnokey\t\t1002 Missing value for required parameter 'email'"
    );
    assert_eq!(
        lines[5],
        "far@example.com\t\t\t1008 Access denied to partition 'EMEA'"
    );
    assert_eq!(lines[6], "a@corp.example.com\t\t\t1018 Native CRM");
    assert_eq!(
        lines[7],
        "short@example.com\t\t1003 The row has 2 columns and the header 3"
    );
    assert!(lines[8].contains("1003 Invalid value for field 'loyaltyId'"));
    assert_eq!(lines.len(), 9);
    assert_eq!(api.leads().await.len(), 5);
}

#[tokio::test]
async fn other_keys_than_the_email() {
    let api = patient().await;
    let ids = api
        .people(json!([{"email": "a@example.com", "loyaltyId": "L1"}]))
        .await;
    let shown = done(
        &api,
        "format=csv&lookupField=loyaltyId",
        "loyaltyId,firstName\nl1,Found\nL2,New\n",
    )
    .await;
    assert_eq!(shown["numOfLeadsProcessed"], 2);
    assert_eq!(
        shown["message"],
        "Import succeeded, 2 records imported (0 members)"
    );
    let leads = api.leads().await;
    assert_eq!((leads.len(), &leads[0]["firstName"]), (2, &json!("Found")));
    // Only updates by id.
    let file = format!("id,firstName\n{},ById\n999,Nobody\n", ids[0]);
    let no = import(&api, "format=csv&lookupField=id", &file).await;
    api.wait(10).await;
    assert_eq!(api.leads().await[0]["firstName"], "ById");
    assert_eq!(api.leads().await.len(), 2);
    let (_, text) = left(&api, no, "failures").await;
    assert_eq!(
        text,
        "id,firstName,Import Failure Reason\n999,Nobody,1004 Lead not found\n"
    );
    // A new lead goes to the partition that was asked for, a known one stays in its own.
    let file = "email\nnew@example.com\na@example.com\n";
    let shown = done(&api, "format=csv&partitionName=APAC", file).await;
    assert_eq!(shown["numOfRowsFailed"], 1);
    let leads = api.leads().await;
    assert_eq!(
        (&leads[0]["partition"], &leads[2]["partition"]),
        (&json!("Default"), &json!("APAC"))
    );
}

#[tokio::test]
async fn spaces_around_an_email_are_a_warning() {
    let api = patient().await;
    let no = import(
        &api,
        "format=csv",
        "email,firstName\n\" a@example.com \",A\nb@example.com,B\n",
    )
    .await;
    api.wait(10).await;
    let shown = batch(&api, no).await;
    assert_eq!(
        (
            &shown["numOfRowsWithWarning"],
            &shown["numOfLeadsProcessed"]
        ),
        (&json!(1), &json!(2))
    );
    assert_eq!(api.leads().await[0]["email"], "a@example.com");
    let (status, text) = left(&api, no, "warnings").await;
    let expected = "email,firstName,Import Warning Reason\n a@example.com ,A,Email was trimmed\n";
    assert_eq!((status, text.as_str()), (200, expected));
    assert_eq!(left(&api, no, "failures").await.0, 404);
}

#[tokio::test]
async fn files_that_fail_as_a_whole() {
    let api = patient().await;
    for (file, why) in [
        ("", "the file is empty"),
        (
            "email,nickname\na@example.com,A\n",
            "field 'nickname' not found",
        ),
        ("email,Email\na@example.com,A\n", "field 'Email' not found"),
        (
            "email,createdAt\na@example.com,\n",
            "field 'createdAt' is not updateable",
        ),
        (
            "email,id\na@example.com,1\n",
            "field 'id' is not updateable",
        ),
        (
            "email,email\na@example.com,a@example.com\n",
            "column 'email' stands twice",
        ),
    ] {
        let shown = done(&api, "format=csv", file).await;
        assert_eq!(shown["status"], "Failed", "{shown}");
        assert_eq!(shown["message"], format!("Import failed: {why}"));
        assert_eq!(shown["numOfLeadsProcessed"], 0);
    }
    assert!(api.leads().await.is_empty());
    // A header alone is no mistake, and neither is a mark before it.
    assert_eq!(
        done(&api, "format=csv", "email\n").await["status"],
        "Complete"
    );
    assert_eq!(
        done(&api, "format=csv", "\u{feff}email\nb@example.com\n").await["numOfLeadsProcessed"],
        1
    );
    // Half of the rows, then no more.
    api.config(json!({"failing_imports": 1})).await;
    let rows: String = (0..10).map(|i| format!("h{i}@example.com\n")).collect();
    let shown = done(&api, "format=csv", &format!("email\n{rows}")).await;
    assert_eq!(
        (&shown["status"], &shown["message"]),
        (&json!("Failed"), &json!("Import failed: system error"))
    );
    assert_eq!(api.leads().await.len(), 6);
    assert_eq!(
        done(&api, "format=csv", &format!("email\n{rows}")).await["status"],
        "Complete"
    );
}

#[tokio::test]
async fn the_file_appears_bit_by_bit() {
    let api = patient().await;
    api.config(json!({"import_seconds": 1_000, "import_rows_per_second": 1}))
        .await;
    let list = list(&api, "L").await;
    let rows: String = (0..1_000).map(|i| format!("p{i}@example.com\n")).collect();
    let no = import(
        &api,
        &format!("format=csv&listId={list}"),
        &format!("email\n{rows}"),
    )
    .await;
    api.wait(1_000).await;
    let shown = batch(&api, no).await;
    assert_eq!(
        (&shown["status"], &shown["numOfLeadsProcessed"]),
        (&json!("Importing"), &json!(500))
    );
    assert!(shown.get("message").is_none(), "{shown}");
    let state = api.private("GET", "state?summary=1", json!({})).await;
    assert_eq!(
        (&state["leads"], &state["lists"][4]["members"]),
        (&json!(500), &json!(500))
    );
    let jobs = api.private("GET", "bulk", json!({})).await;
    let expected = json!({"kind": "import", "id": no, "state": "Importing", "rows": 1_000, "done": 500, "list": list});
    assert_eq!(jobs["jobs"], json!([expected]));
    api.wait(1_000).await;
    assert_eq!(batch(&api, no).await["numOfLeadsProcessed"], 1_000);
}

#[tokio::test]
async fn overlapping_writers_create_twice() {
    let api = patient().await;
    api.config(json!({"import_seconds": 1_000})).await;
    let file = "email\nsame@example.com\n";
    import(&api, "format=csv", file).await;
    import(&api, "format=csv", file).await;
    api.sync(json!({"input": [{"email": "same@example.com"}]}))
        .await;
    api.wait(1_100).await;
    assert_eq!(api.leads().await.len(), 3);
    // One after the other they would find each other.
    let other = "email\nother@example.com\n";
    done(&api, "format=csv", other).await;
    api.wait(1_000).await;
    done(&api, "format=csv", other).await;
    api.wait(1_000).await;
    let leads = api.leads().await;
    let others = leads
        .iter()
        .filter(|lead| lead["email"] == "other@example.com");
    assert_eq!(others.collect::<Vec<&Value>>().len(), 1);
}
