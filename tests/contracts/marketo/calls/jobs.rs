//! Bulk jobs and activities as the service's documentation shows them, in every state: for
//! the sake of the sandbox's replies, also where the client asks otherwise or not at all.

use super::Stage;
use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};

const EXPORTS: &str = "/bulk/v1/leads/export";
const ACTIVITIES: &str = "/rest/v1/activities";

pub(super) async fn drive(stage: &Stage) {
    let jobs = Jobs {
        stage,
        token: token(stage).await,
    };
    jobs.activities().await;
    jobs.extract().await;
    jobs.import().await;
}

async fn token(stage: &Stage) -> String {
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", stage.client_id.as_str()),
        ("client_secret", stage.sandbox.client_secret()),
    ];
    let url = format!("{}/identity/oauth/token", stage.address);
    let reply = stage.http.post(url).form(&form).send().await.unwrap();
    let reply: Value = reply.json().await.unwrap();
    reply["access_token"].as_str().unwrap().to_owned()
}

struct Jobs<'a> {
    stage: &'a Stage,
    token: String,
}

impl Jobs<'_> {
    fn request(&self, method: &str, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.stage.address);
        let request = self.stage.http.request(method.parse().unwrap(), url);
        request.bearer_auth(&self.token)
    }

    async fn get(&self, path: &str) -> Value {
        let reply = self.request("GET", path).send().await.unwrap();
        reply.json().await.unwrap()
    }

    async fn post(&self, path: &str, body: &Value) -> Value {
        let reply = self.request("POST", path).json(body).send().await.unwrap();
        reply.json().await.unwrap()
    }

    /// `enqueue` or `cancel`.
    async fn act(&self, id: &str, what: &str) {
        let path = format!("{EXPORTS}/{id}/{what}.json");
        let reply = self.request("POST", &path).send().await.unwrap();
        assert_eq!(reply.status(), StatusCode::OK);
    }

    async fn wait(&self, seconds: u32) {
        let body = json!({ "advance_seconds": seconds });
        self.stage.private("clock", body).await;
    }

    /// Of every type, with each kind of value before and after.
    async fn activities(&self) {
        self.get(&format!("{ACTIVITIES}/types.json")).await;
        let dates = format!("{ACTIVITIES}/pagingtoken.json?sinceDatetime");
        let since = self
            .stage
            .private("clock", json!({ "advance_seconds": 1 }))
            .await;
        let first = self
            .get(&format!("{dates}={}", since["now"].as_str().unwrap()))
            .await;
        let first = first["nextPageToken"].as_str().unwrap();
        let lead = json!({
            "email": "happens@contract.example", "leadScore": 1, "unsubscribed": true,
            "averageBasket": 1.5, "firstName": "Ada",
        });
        let people = json!([lead, {"firstName": "Gone"}]);
        let ids = self.stage.people(people).await;
        let other = json!({
            "id": ids[0], "leadScore": 2, "unsubscribed": false, "averageBasket": null, "firstName": "Eve",
        });
        let update = json!({"action": "updateOnly", "lookupField": "id", "input": [other]});
        self.post("/rest/v1/leads.json", &update).await;
        let merge = json!({"winner": ids[0], "losers": [ids[1]]});
        self.stage.private("merge", merge).await;
        let fields = "fields=leadScore,unsubscribed,averageBasket,firstName";
        let mut token = first.to_owned();
        for _ in 0..6 {
            let path =
                format!("{ACTIVITIES}/leadchanges.json?nextPageToken={token}&{fields}&batchSize=3");
            let page = self.get(&path).await;
            page["nextPageToken"]
                .as_str()
                .unwrap()
                .clone_into(&mut token);
        }
        let path = format!("{ACTIVITIES}/deletedleads.json?nextPageToken");
        let gone = self.get(&format!("{path}={first}")).await;
        assert_eq!(gone["result"].as_array().unwrap().len(), 1);
        self.get(&format!("{path}=UNKNOWN=")).await;
    }

    /// A job in each of its states.
    async fn extract(&self) {
        let list = self
            .stage
            .private("lists", json!({"name": "Extracted"}))
            .await;
        let order = json!({
            "fields": ["id", "email"],
            "format": "CSV",
            "columnHeaderNames": {"email": "Email Address"},
            "filter": {"staticListId": list["id"]},
        });
        let mut ids = Vec::new();
        for _ in 0..3 {
            let made = self.post(&format!("{EXPORTS}/create.json"), &order).await;
            ids.push(made["result"][0]["exportId"].as_str().unwrap().to_owned());
        }
        let file = format!("{EXPORTS}/{}/file.json", ids[0]);
        self.download(&file, None, 404).await;
        for id in &ids[..2] {
            self.act(id, "enqueue").await;
        }
        // Already queued.
        self.act(&ids[0], "enqueue").await;
        self.act(&ids[2], "cancel").await;
        self.stage
            .private("config", json!({"failing_exports": 1}))
            .await;
        self.wait(60).await;
        for id in &ids {
            self.get(&format!("{EXPORTS}/{id}/status.json")).await;
        }
        self.get(&format!("{EXPORTS}.json?batchSize=1")).await;
        let file = format!("{EXPORTS}/{}/file.json", ids[1]);
        self.download(&file, None, 200).await;
        self.download(&file, Some("bytes=0-3"), 206).await;
        self.download(&file, Some("bytes=1000-"), 416).await;
    }

    async fn download(&self, path: &str, range: Option<&str>, status: u16) {
        let mut request = self.request("GET", path);
        if let Some(range) = range {
            request = request.header("range", range);
        }
        let reply = request.send().await.unwrap();
        let expected = StatusCode::from_u16(status).unwrap();
        assert_eq!(reply.status(), expected, "{path} {range:?}");
    }

    /// A job with failures and without warnings.
    async fn import(&self) {
        let file = "email,firstName\r\nimported@contract.example,Ada\r\nbad,Bad\r\n";
        let body = format!(
            "--Parts\r\nContent-Disposition: form-data; name=\"file\"; filename=\"leads.csv\"\r\n\
             Content-Type: text/csv\r\n\r\n{file}\r\n--Parts--\r\n"
        );
        let request = self.request("POST", "/bulk/v1/leads.json?format=csv&lookupField=email");
        let request = request.header("content-type", "multipart/form-data; boundary=Parts");
        let reply: Value = request
            .body(body)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        let batch = format!("/bulk/v1/leads/batch/{}", reply["result"][0]["batchId"]);
        self.get(&format!("{batch}.json")).await;
        self.wait(60).await;
        let done = self.get(&format!("{batch}.json")).await;
        assert_eq!(done["result"][0]["numOfRowsFailed"], 1, "{done}");
        self.download(&format!("{batch}/failures.json"), None, 200)
            .await;
        self.download(&format!("{batch}/warnings.json"), None, 404)
            .await;
    }
}
