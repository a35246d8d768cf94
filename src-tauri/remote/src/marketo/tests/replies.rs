use super::{Answer, against, error, folder, ok, query, record, reply, write};
use crate::{
    failure::Failure,
    marketo::{Check, FolderInfo, LeadWrite, ListInfo, Membership, RecordResult, WriteAction},
};
use serde_json::json;
use usher_model::{DataType, ListRef};

fn result(records: serde_json::Value) -> Answer {
    ok(json!({ "result": records }))
}

fn nothing() -> Answer {
    let warnings = ["No assets found for the given search criteria."];
    ok(json!({ "errors": [], "warnings": warnings }))
}

#[tokio::test]
async fn a_description_becomes_fields() {
    let field = |name: &str, kind: &str, updateable: bool| {
        json!({ "name": name, "displayName": name.to_uppercase(), "dataType": kind,
                "length": 255, "updateable": updateable, "crmManaged": false })
    };
    let fields = json!([
        field("email", "email", true),
        field("id", "integer", true),
        field("company", "string", true),
        field("ecids", "hologram", true),
        field("createdAt", "datetime", false),
    ]);
    let searchable = json!([["email"], ["id"], ["company", "ecids"]]);
    let lead = json!([{ "name": "API Lead", "searchableFields": searchable, "fields": fields }]);
    let (marketo, _) = against([result(lead)]);
    let fields = marketo.describe().await.unwrap();
    let told: Vec<_> = fields
        .iter()
        .map(|f| (&*f.name, f.writable, f.searchable, f.company))
        .collect();
    let expected = [
        ("email", true, true, false),
        ("id", false, true, false),
        ("company", true, false, true),
        ("ecids", false, false, false),
        ("createdAt", false, false, false),
    ];
    assert_eq!(told, expected);
    assert_eq!(
        (fields[0].length, fields[3].data_type),
        (Some(255), DataType::Unknown)
    );
}

#[tokio::test]
async fn pages_end_where_the_service_says_or_stops() {
    // moreResult, token, records -> whether there is another page
    let cases = [
        (None, None, 1, false),
        (None, Some("B"), 1, true),
        (None, Some("B"), 0, false),
        (None, Some(""), 1, false),
        (Some(true), Some("B"), 1, true),
        (Some(true), Some("B"), 0, true),
        (Some(false), Some("B"), 1, false),
        (Some(false), None, 0, false),
    ];
    for (more, token, records, expected) in cases {
        let mut body = json!({ "result": vec![json!({ "id": "7", "email": null }); records] });
        body["moreResult"] = more.into();
        body["nextPageToken"] = token.into();
        let (marketo, _) = against([ok(body.clone()), ok(body)]);
        let page = marketo.leads_by(&query()).await.unwrap();
        assert_eq!(
            (page.next.is_some(), page.leads.len()),
            (expected, records),
            "{more:?} {token:?}"
        );
        assert!(
            page.leads.iter().all(|lead| lead.id == 7),
            "a number spelled as text is one"
        );
        assert_eq!(marketo.list_members(1, &[], None).await, Ok(page));
    }
}

#[tokio::test]
async fn endless_pages_are_noticed() {
    let same = json!({ "result": [{ "id": 1 }], "nextPageToken": "A" });
    let lost = json!({ "result": [{ "id": 1 }], "moreResult": true });
    let (marketo, _) = against([ok(same), ok(lost)]);
    for _ in 0..2 {
        let page = marketo.list_members(1, &[], Some("A")).await;
        assert!(matches!(page, Err(Failure::Unknown { .. })), "{page:?}");
    }
}

#[tokio::test]
async fn each_record_of_a_batch_has_its_own_result() {
    let reasons = json!([{ "code": "1005", "message": "Lead already exists" }]);
    let reason = json!({ "code": 1003, "message": "Invalid\u{7} value 'x@y'" });
    let (marketo, _) = against([
        result(
            json!([{ "id": 5, "status": "created" }, { "status": "skipped", "reasons": reasons }]),
        ),
        result(json!([{ "status": "skipped", "reason": reason }, { "status": "skipped" }])),
        result(
            json!([{ "id": 1, "status": "removed" }, { "id": 2, "status": "skipped", "reasons": reasons }]),
        ),
    ]);
    let skipped = |id, code: &str, message: &str| RecordResult::Skipped {
        id,
        code: code.into(),
        message: message.into(),
    };
    let done = |id, status: &str| RecordResult::Done {
        id: Some(id),
        status: status.into(),
    };
    let told = marketo.sync_leads(&write()).await.unwrap();
    assert_eq!(
        told,
        [
            done(5, "created"),
            skipped(None, "1005", "Lead already exists")
        ]
    );
    let told = marketo.sync_leads(&write()).await.unwrap();
    assert_eq!(
        told,
        [
            skipped(None, "1003", "Invalid value 'x@y'"),
            skipped(None, "skipped", "")
        ]
    );
    let told = marketo.remove_from_list(7, &[1, 2]).await.unwrap();
    assert_eq!(
        told,
        [
            done(1, "removed"),
            skipped(Some(2), "1005", "Lead already exists")
        ]
    );
    assert!(
        !format!("{told:?}").contains("already"),
        "the service's words stay out of logs"
    );
}

#[tokio::test]
async fn an_update_by_id_knows_whom_it_meant() {
    let by_id = LeadWrite {
        action: WriteAction::UpdateOnly,
        lookup_field: "id".into(),
        partition: None,
        input: vec![record(json!({ "id": 1 })), record(json!({ "id": 2 }))],
    };
    let swapped = json!([{ "id": 2, "status": "updated" }, { "id": 1, "status": "updated" }]);
    let (marketo, _) = against([result(swapped)]);
    assert!(matches!(
        marketo.sync_leads(&by_id).await,
        Err(Failure::Unknown { .. })
    ));
}

#[tokio::test]
async fn membership_is_told_by_id() {
    let gone = json!([{ "code": "1004", "message": "Lead not found" }]);
    let told = json!([{ "id": 3, "status": "memberof" }, { "id": 1, "status": "notmemberof" },
                      { "id": 2, "status": "skipped", "reasons": gone }]);
    let (marketo, _) = against([result(told)]);
    let expected = [
        (3, Membership::Member),
        (1, Membership::NotMember),
        (2, Membership::Gone),
    ];
    assert_eq!(marketo.members_of(7, &[3, 1, 2]).await.unwrap(), expected);
}

#[tokio::test]
async fn nothing_found_is_an_answer() {
    let none = || [nothing(), error("702", "No data found")];
    let (marketo, _) = against(none().into_iter().chain(none()).chain(none()).chain(none()));
    for _ in 0..2 {
        assert_eq!(marketo.lists_named("x").await, Ok(Vec::new()));
        assert_eq!(marketo.list_by_id(1).await, Ok(None));
        assert_eq!(
            marketo.lists_in(None, 0).await.map(|page| page.next),
            Ok(None)
        );
        assert_eq!(marketo.folder_by_name("x", None).await, Ok(Vec::new()));
    }
    let (marketo, _) = against([error("702", ""), error("1013", "gone"), result(json!([]))]);
    assert!(marketo.leads_by(&query()).await.unwrap().leads.is_empty());
    assert_eq!(marketo.list_by_id(1).await, Ok(None));
    assert!(marketo.leads_by(&query()).await.unwrap().leads.is_empty());
}

#[tokio::test]
async fn lists_are_found_by_their_exact_name_and_made_in_their_folder() {
    let list = |id: i64, name: &str| {
        json!({ "id": id, "name": name, "createdAt": "2021-11-23T22:57:24Z+0000",
                "folder": { "id": 12, "type": "FOLDER" }, "workspace": "Default" })
    };
    let found = json!([list(1, "Ann"), list(2, "ann"), list(3, "Ann")]);
    let full = json!(vec![list(1, "x"); 200]);
    let calls = [
        result(found),
        result(full),
        result(json!([list(9, "New")])),
        error("709", "taken"),
    ];
    let (marketo, _) = against(calls);
    let ids: Vec<i64> = marketo
        .lists_named("Ann")
        .await
        .unwrap()
        .iter()
        .map(|l| l.id)
        .collect();
    assert_eq!(ids, [1, 3]);
    assert_eq!(
        marketo.lists_in(Some(&folder()), 200).await.unwrap().next,
        Some(400)
    );
    let workspace = Some("Default".to_owned());
    let made = ListInfo {
        id: 9,
        name: "New".into(),
        folder: Some(folder()),
        workspace,
    };
    assert_eq!(marketo.create_list("New", &folder(), None).await, Ok(made));
    let taken = marketo.create_list("New", &folder(), None).await;
    assert_eq!(taken.unwrap_err().code(), Some("709"));
}

#[test]
fn the_default_folder_is_the_workspaces_own() {
    let folder = |id: i64, system: bool, workspace: Option<&str>| FolderInfo {
        folder: ListRef {
            kind: "Folder".into(),
            id,
        },
        name: "Group Lists".into(),
        path: None,
        system,
        workspace: workspace.map(str::to_owned),
    };
    let id = |folders: &[FolderInfo], workspace| {
        FolderInfo::default_of(folders, workspace).map(|folder| folder.folder.id)
    };
    let several = [
        folder(1, false, Some("Default")),
        folder(2, true, Some("EMEA")),
        folder(3, true, Some("Default")),
    ];
    assert_eq!(id(&several, None), Some(3));
    assert_eq!(id(&several, Some("EMEA")), Some(2));
    assert_eq!(id(&several, Some("APAC")), None);
    assert_eq!(id(&several[..2], None), Some(2));
    assert_eq!(id(&[folder(4, true, None)], Some("EMEA")), Some(4));
    assert_eq!(id(&several[..1], None), None);
}

#[tokio::test]
async fn failures_of_a_whole_call_keep_their_class() {
    let cases = [
        (
            error("606", "Max rate limit"),
            Failure::Throttled { code: "606".into() },
        ),
        (
            error("1003", "Too many results match the filter"),
            Failure::TooMany,
        ),
        (error("607", ""), Failure::QuotaSpent),
        (reply(413, "<html>"), Failure::TooLarge),
        (reply(414, ""), Failure::TooLarge),
        (
            reply(403, r#"{"success":false,"errors":[{"code":"602"}]}"#),
            Failure::Token,
        ),
        (
            reply(500, r#"{"success":false,"errors":[{"code":"602"}]}"#),
            Failure::unknown("HTTP status 500"),
        ),
        (reply(302, ""), Failure::unknown("HTTP status 302")),
        (
            reply(
                200,
                r#"{"success":false,"errors":[{"code":"601"},{"code":"611"}]}"#,
            ),
            Failure::of("611", ""),
        ),
    ];
    for (answer, expected) in cases {
        let (marketo, _) = against([answer]);
        assert_eq!(marketo.leads_by(&query()).await, Err(expected));
    }
}

#[tokio::test]
async fn a_connection_test_says_what_it_found_or_what_is_missing() {
    let partitions = json!([{ "id": 1, "name": "Default" }, { "id": 2, "name": "EMEA" }]);
    let usage =
        json!([{ "date": "2026-11-23", "total": 12, "users": [{ "userId": "a", "count": 12 }] }]);
    let (marketo, _) = against([
        result(partitions),
        result(usage),
        error("603", "Access denied"),
    ]);
    let check = Check::partitions(&marketo.partitions().await);
    assert_eq!(
        (check.ok, check.detail.as_str()),
        (true, "2 partitions: Default, EMEA.")
    );
    let check = Check::usage(&marketo.usage().await);
    assert_eq!(check.detail, "12 calls today, by all applications.");
    let check = Check::write_people(&marketo.probe_write().await);
    assert!(
        !check.ok && check.detail.contains("Read-Write Lead"),
        "{check:?}"
    );
}
