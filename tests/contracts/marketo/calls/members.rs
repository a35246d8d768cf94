//! Who is on a list.

use super::{Stage, people::outcomes};
use serde_json::json;
use usher_remote::marketo::Membership::{self, Gone, Member, NotMember};

/// A number without a lead, and without a list.
const NOBODY: i64 = 2_000_000_000;

pub(super) async fn drive(stage: &Stage, list: i64) {
    let everybody = (0..301).map(|n| json!({"email": format!("{n}@many.example")}));
    let ids = stage.people(everybody.collect()).await;
    change(stage, list, [ids[0], ids[1], NOBODY]).await;
    read(stage, list, &ids).await;
    unknown(stage, &ids[..2]).await;
}

async fn change(stage: &Stage, list: i64, ids: [i64; 3]) {
    let marketo = &stage.marketo;
    let empty = marketo.list_members(list, &[], None).await.unwrap();
    assert!(empty.leads.is_empty());

    let added = marketo.add_to_list(list, &[ids[0], ids[0], ids[2]]).await;
    assert_eq!(outcomes(&added.unwrap()), ["added", "added", "1004"]);
    let told = marketo.members_of(list, &ids).await.unwrap();
    let told: Vec<Membership> = told.into_iter().map(|(_, what)| what).collect();
    assert_eq!(told, [Member, NotMember, Gone]);
    let removed = marketo.remove_from_list(list, &ids).await;
    assert_eq!(outcomes(&removed.unwrap()), ["removed", "1015", "1004"]);
}

/// Two pages, of everything and of some fields.
async fn read(stage: &Stage, list: i64, ids: &[i64]) {
    let marketo = &stage.marketo;
    for part in ids.chunks(300) {
        marketo.add_to_list(list, part).await.unwrap();
    }
    let some = ["id", "email", "leadScore"].map(str::to_owned);
    for fields in [&[][..], &some] {
        let first = marketo.list_members(list, fields, None).await.unwrap();
        let next = first.next.as_deref();
        let second = marketo.list_members(list, fields, next).await.unwrap();
        assert_eq!((first.leads.len(), second.leads.len()), (300, 1));
        assert_eq!(second.next, None);
    }
}

async fn unknown(stage: &Stage, ids: &[i64]) {
    let marketo = &stage.marketo;
    for failure in [
        marketo.add_to_list(NOBODY, ids).await.err(),
        marketo.remove_from_list(NOBODY, ids).await.err(),
        marketo.members_of(NOBODY, ids).await.err(),
        marketo.list_members(NOBODY, &[], None).await.err(),
    ] {
        assert_eq!(failure.unwrap().code(), Some("1013"));
    }
}
