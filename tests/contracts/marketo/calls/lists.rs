//! Folders and static lists; their members are in `members`.

use super::{Stage, members};
use usher_model::ListRef;
use usher_remote::marketo::{FolderInfo, GROUP_LISTS};

const NAME: &str = "Contract & Söhne \"2026\"";
const NOWHERE: i64 = 2_000_000_000;

pub(super) async fn drive(stage: &Stage) {
    let folder = folders(stage).await;
    let list = create(stage, &folder).await;
    find(stage, &folder, list).await;
    members::drive(stage, list).await;
}

/// The folder for new lists.
async fn folders(stage: &Stage) -> ListRef {
    let marketo = &stage.marketo;
    let found = marketo.folder_by_name(GROUP_LISTS, None).await.unwrap();
    let emea = marketo.folder_by_name(GROUP_LISTS, Some("EMEA")).await;
    let none = marketo.folder_by_name("None such", None).await;
    assert_eq!((emea.unwrap().len(), none.unwrap().len()), (1, 0));

    let all = marketo.folders(0).await.unwrap();
    let past_the_end = marketo.folders(200).await.unwrap();
    assert!(all.folders.len() > 10 && past_the_end.folders.is_empty());
    FolderInfo::default_of(&found, None).unwrap().folder.clone()
}

async fn create(stage: &Stage, folder: &ListRef) -> i64 {
    let marketo = &stage.marketo;
    let made = marketo.create_list(NAME, folder, Some("Made by a test"));
    let made = made.await.unwrap();
    let event = place("Program", 1_034);
    let in_event = marketo.create_list(NAME, &event, None).await.unwrap();
    assert_eq!(in_event.folder, Some(event));

    let (missing, smart_lists) = (place("Folder", 999_999), place("Folder", 13));
    for (folder, code) in [(folder, "709"), (&missing, "710"), (&smart_lists, "711")] {
        let refused = marketo.create_list(NAME, folder, None).await;
        assert_eq!(refused.unwrap_err().code(), Some(code));
    }
    made.id
}

async fn find(stage: &Stage, folder: &ListRef, list: i64) {
    let marketo = &stage.marketo;
    let known = marketo.list_by_id(list).await.unwrap().unwrap();
    let unknown = marketo.list_by_id(NOWHERE).await.unwrap();
    assert_eq!(unknown, None);

    let named = marketo.lists_named(NAME).await.unwrap();
    let none = marketo.lists_named("None such").await.unwrap();
    assert!(named.contains(&known) && none.is_empty());

    let all = marketo.lists_in(None, 0).await.unwrap();
    let here = marketo.lists_in(Some(folder), 0).await.unwrap();
    let past_the_end = marketo.lists_in(Some(folder), 200).await.unwrap();
    assert!(all.lists.contains(&known) && here.lists.contains(&known));
    assert!(past_the_end.lists.is_empty());
}

fn place(kind: &str, id: i64) -> ListRef {
    let kind = kind.to_owned();
    ListRef { kind, id }
}
