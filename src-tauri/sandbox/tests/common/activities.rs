//! Reading what happened to leads.

use serde_json::Value;

use super::Api;

const ACTIVITIES: &str = "/rest/v1/activities";

pub async fn token(api: &Api, since: &str) -> String {
    let path = format!("{ACTIVITIES}/pagingtoken.json?sinceDatetime={since}");
    let reply = api.get(&path).await;
    assert!(reply.get("moreResult").is_none(), "{reply}");
    reply["nextPageToken"].as_str().unwrap().to_owned()
}

/// A token from before anything happened.
pub async fn start(api: &Api) -> String {
    let now = api.private("POST", "clock", serde_json::json!({"advance_seconds": 0}));
    let now = now.await["now"].as_str().unwrap().to_owned();
    token(api, &now).await
}

/// `leadchanges` or `deletedleads`; `query` goes behind the token.
pub async fn page(api: &Api, what: &str, token: &str, query: &str) -> Value {
    let path = format!("{ACTIVITIES}/{what}.json?nextPageToken={token}{query}");
    api.get(&path).await
}

/// All that there is, the size of each page, and the token for later.
pub async fn all(
    api: &Api,
    what: &str,
    token: &str,
    query: &str,
) -> (Vec<Value>, Vec<usize>, String) {
    let (mut found, mut sizes, mut token) = (Vec::new(), Vec::new(), token.to_owned());
    loop {
        let reply = page(api, what, &token, query).await;
        assert_eq!(reply["success"], true, "{reply}");
        let result = reply["result"].as_array().unwrap();
        sizes.push(result.len());
        found.extend(result.iter().cloned());
        reply["nextPageToken"]
            .as_str()
            .unwrap()
            .clone_into(&mut token);
        if reply["moreResult"] == false {
            return (found, sizes, token);
        }
    }
}

/// Type, lead and, of a changed value, its field with the old and the new value.
pub fn told(items: &[Value]) -> Vec<(u64, u64, String)> {
    let told = items.iter().map(|item| {
        let field = &item["fields"][0];
        let change = match item["activityTypeId"].as_u64().unwrap() {
            13 => format!(
                "{} {}>{}",
                field["name"].as_str().unwrap(),
                field["oldValue"],
                field["newValue"]
            ),
            _ => String::new(),
        };
        (
            item["activityTypeId"].as_u64().unwrap(),
            item["leadId"].as_u64().unwrap(),
            change,
        )
    });
    told.collect()
}
