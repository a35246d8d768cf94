//! Lists, members, assets and folders.

#![allow(clippy::unwrap_used)]

mod common;

use common::{Api, code, empty, outcomes, with};
use serde_json::{Value, json};
use usher_sandbox::Config;

async fn new_list(api: &Api, name: &str, folder: &str) -> Value {
    api.form(
        "/rest/asset/v1/staticLists.json",
        &[("name", name), ("folder", folder)],
    )
    .await
}

async fn membership(api: &Api, method: &str, path: &str) -> Value {
    api.request(method, path)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap()
}

const GROUP_LISTS: &str = r#"{"id":12,"type":"Folder"}"#;

#[tokio::test]
async fn creating_renaming_and_deleting() {
    let api = empty().await;
    let made = new_list(&api, "Mine", GROUP_LISTS).await;
    let list = &made["result"][0];
    let id = list["id"].as_u64().unwrap();
    assert_eq!(list["workspace"], "Default");
    assert_eq!(list["folder"], json!({"id": 12, "type": "Folder"}));
    assert!(list["createdAt"].as_str().unwrap().ends_with("Z+0000"));
    assert!(
        list["computedUrl"]
            .as_str()
            .unwrap()
            .contains(&format!("#ST{id}A1"))
    );
    let twice = new_list(&api, "Mine", GROUP_LISTS).await;
    assert_eq!(code(&twice), "709");
    assert_eq!(
        twice["errors"][0]["message"],
        "Static List with the same name already exists"
    );
    let elsewhere = new_list(&api, "Mine", r#"{"id":1034,"type":"Program"}"#).await;
    assert_eq!(elsewhere["result"][0]["folder"]["type"], "Program");
    assert_eq!(
        code(&new_list(&api, "Mine", r#"{"id":999,"type":"Folder"}"#).await),
        "710"
    );
    assert_eq!(
        code(&new_list(&api, "Mine", r#"{"id":1034,"type":"Folder"}"#).await),
        "711"
    );
    assert_eq!(code(&new_list(&api, " ", GROUP_LISTS).await), "701");
    let body = json!({"name": "Json", "folder": {"id": 12, "type": "Folder"}});
    assert_eq!(
        code(&api.post("/rest/asset/v1/staticLists.json", &body).await),
        "612"
    );

    let named = api
        .get("/rest/asset/v1/staticList/byName.json?name=Mine")
        .await;
    assert_eq!(named["result"].as_array().unwrap().len(), 2);
    let folder = "%7B%22id%22%3A12%2C%22type%22%3A%22FOLDER%22%7D";
    let named = api
        .get(&format!(
            "/rest/asset/v1/staticList/byName.json?name=Mine&folder={folder}"
        ))
        .await;
    assert_eq!(named["result"].as_array().unwrap().len(), 1);
    let renamed = api
        .form(
            &format!("/rest/asset/v1/staticList/{id}.json"),
            &[("name", "Yours")],
        )
        .await;
    assert_eq!(renamed["result"][0]["name"], "Yours");
    let lead_side = api.get(&format!("/rest/v1/lists/{id}.json")).await;
    assert_eq!(lead_side["result"][0]["workspaceName"], "Default");
    assert!(
        !lead_side["result"][0]["createdAt"]
            .as_str()
            .unwrap()
            .contains('+')
    );
    let gone = api
        .request(
            "POST",
            &format!("/rest/asset/v1/staticList/{id}/delete.json"),
        )
        .send()
        .await
        .unwrap();
    assert_eq!(
        gone.json::<Value>().await.unwrap()["result"],
        json!([{"id": id}])
    );
    assert_eq!(
        code(&api.get(&format!("/rest/v1/lists/{id}.json")).await),
        "1013"
    );
    let none = api
        .get(&format!("/rest/asset/v1/staticList/{id}.json"))
        .await;
    assert!(none.get("result").is_none() && none["success"] == true);
}

#[tokio::test]
async fn members() {
    let api = empty().await;
    let ids = api
        .people(json!([{"email": "a@example.com"}, {"email": "b@example.com"}, {}]))
        .await;
    let list = new_list(&api, "Mine", GROUP_LISTS).await["result"][0]["id"].clone();
    let path = format!("/rest/v1/lists/{list}/leads.json");
    let input = json!({"input": [{"id": ids[0]}, {"id": ids[1]}, {"id": 77}]});
    for _ in 0..2 {
        let added = api.post(&path, &input).await;
        let result = added["result"].as_array().unwrap();
        assert_eq!(outcomes(result), ["added", "added", "1004"]);
        assert_eq!(
            (&result[0]["id"], &result[2]["id"]),
            (&json!(ids[0]), &json!(77))
        );
    }
    let query = format!("{path}?id={}&id={}", ids[1], ids[2]);
    let removed = membership(&api, "DELETE", &query).await;
    let result = removed["result"].as_array().unwrap();
    assert_eq!(outcomes(result), ["removed", "1015"]);
    assert_eq!(result[1]["reasons"][0]["message"], "Lead not in list");
    let asked = format!(
        "/rest/v1/lists/{list}/leads/ismember.json?id={},{},77",
        ids[0], ids[1]
    );
    let asked = api.get(&asked).await;
    assert_eq!(
        outcomes(asked["result"].as_array().unwrap()),
        ["memberof", "notmemberof", "1004"]
    );
    let form = [("id", ids[0].to_string())];
    let posted = format!("/rest/v1/lists/{list}/leads/ismember.json?_method=GET");
    let posted: Value = api
        .request("POST", &posted)
        .form(&form)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(posted["result"][0]["status"], "memberof");
    let by_query = membership(&api, "POST", &format!("{path}?id={},{}", ids[1], ids[2])).await;
    assert_eq!(
        outcomes(by_query["result"].as_array().unwrap()),
        ["added", "added"]
    );

    assert_eq!(
        code(&api.post("/rest/v1/lists/5/leads.json", &input).await),
        "1013"
    );
    let many: Vec<Value> = (0..301).map(|id| json!({"id": id})).collect();
    assert_eq!(
        code(&api.post(&path, &json!({"input": many})).await),
        "1003"
    );
    let of = api
        .get(&format!("/rest/v1/leads/{}/listMembership.json", ids[0]))
        .await;
    assert_eq!(of["result"][0]["listId"], list);
    api.config(json!({"hidden_partitions": ["Default"]})).await;
    assert_eq!(
        outcomes(api.post(&path, &input).await["result"].as_array().unwrap()),
        ["1004"; 3]
    );
    assert_eq!(api.get(&path).await["result"], json!([]));
}

#[tokio::test]
async fn member_pages() {
    let api = empty().await;
    let people: Vec<Value> = (0..650)
        .map(|i| json!({"email": format!("a{i}@example.com")}))
        .collect();
    let ids = api.people(json!(people)).await;
    let list = api
        .private("POST", "lists", json!({"name": "L", "members": ids}))
        .await["id"]
        .clone();
    for alias in ["lists", "list"] {
        let (mut seen, mut pages, mut token) = (Vec::new(), 0, None::<String>);
        loop {
            let mut path = format!("/rest/v1/{alias}/{list}/leads.json?fields=id&batchSize=300");
            if let Some(token) = &token {
                path = format!("{path}&nextPageToken={}", token.replace('=', "%3D"));
            }
            let page = api.get(&path).await;
            assert!(page.get("moreResult").is_none());
            let result = page["result"].as_array().unwrap();
            assert_eq!(result[0].as_object().unwrap().len(), 1);
            seen.extend(result.iter().map(|lead| lead["id"].as_u64().unwrap()));
            pages += 1;
            token = page["nextPageToken"].as_str().map(str::to_owned);
            if token.is_none() {
                break;
            }
        }
        assert_eq!((pages, &seen), (3, &ids));
    }
}

#[tokio::test]
async fn folders() {
    let api = with(Config {
        people: 50,
        ..Config::default()
    })
    .await;
    let found = api
        .get("/rest/asset/v1/folder/byName.json?name=Group%20Lists&type=Folder")
        .await;
    let system: Vec<&Value> = found["result"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|folder| folder["isSystem"] == true)
        .collect();
    assert_eq!(system.len(), 2);
    assert_eq!(system[0]["path"], "/Lead Database/Default/Group Lists");
    assert_eq!(system[0]["folderId"], json!({"id": 12, "type": "Folder"}));
    let emea = api
        .get("/rest/asset/v1/folder/byName.json?name=Group%20Lists&workSpace=EMEA")
        .await;
    assert_eq!(emea["result"][0]["id"], 14);
    let tree = api.get("/rest/asset/v1/folders.json?maxDepth=1").await;
    let names: Vec<&Value> = tree["result"]
        .as_array()
        .unwrap()
        .iter()
        .map(|folder| &folder["name"])
        .collect();
    assert_eq!(
        names,
        ["Marketing Activities", "Design Studio", "Lead Database"]
    );
    let folder = api.get("/rest/asset/v1/folder/1034.json?type=Folder").await;
    let program = api
        .get("/rest/asset/v1/folder/1034.json?type=Program")
        .await;
    assert_ne!(folder["result"][0]["name"], program["result"][0]["name"]);
    assert_eq!(
        code(&api.get("/rest/asset/v1/folder/12.json").await),
        "1002"
    );
    let content = api
        .get("/rest/asset/v1/folder/31/content.json?type=Folder")
        .await;
    assert_eq!(content["result"].as_array().unwrap().len(), 2);

    let lists = api.get("/rest/v1/lists.json?name=Newsletter").await;
    assert_eq!(lists["result"].as_array().unwrap().len(), 2);
    let lists = api
        .get("/rest/v1/lists.json?name=Newsletter&workspaceName=EMEA")
        .await;
    assert_eq!(lists["result"].as_array().unwrap().len(), 1);
    let lists = api
        .get("/rest/v1/lists.json?programName=Autumn%20Webinar")
        .await;
    assert_eq!(lists["result"][0]["programName"], "Autumn Webinar");
    let page = api
        .get("/rest/asset/v1/staticLists.json?offset=1&maxReturn=2")
        .await;
    assert_eq!(page["result"].as_array().unwrap().len(), 2);
}
