//! `me/sessions`: where a user is logged in, and the end of sessions from elsewhere.

mod atomicity;
mod end_one;
mod end_others;
mod ended;
mod hostile;
mod list;
mod races;
mod without_record;

use serde_json::{Value, json};

use crate::harness::{PASSWORD, Reply, Server, User};

const PATH: &str = "/api/auth/me/sessions";

async fn list(server: &Server, token: &str) -> Reply {
    server.get(PATH).bearer(token).send().await
}

/// The list, of which every entry has exactly its fields, and exactly one is the caller's.
async fn listed(server: &Server, token: &str) -> Vec<Value> {
    let reply = list(server, token).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.assert_common_headers();
    assert_eq!(reply.cookie(), None);
    assert!(!reply.text.contains("eyJ"), "a token: {}", reply.text);
    assert_eq!(reply.body.as_object().unwrap().len(), 1);
    let items = reply.body["items"].as_array().unwrap().clone();
    for item in &items {
        let mut names: Vec<&String> = item.as_object().unwrap().keys().collect();
        names.sort();
        let expected = [
            "created_at",
            "current",
            "expires_at",
            "id",
            "ip",
            "last_used_at",
            "user_agent",
        ];
        assert_eq!(names, expected);
    }
    let current = items.iter().filter(|item| item["current"] == true);
    assert_eq!(current.count(), 1, "{}", reply.text);
    items
}

async fn ids(server: &Server, token: &str) -> Vec<String> {
    let items = listed(server, token).await;
    items.iter().map(|item| text(&item["id"])).collect()
}

async fn end(server: &Server, token: &str, id: &str) -> Reply {
    let call = server.call("DELETE", &format!("{PATH}/{id}"));
    call.bearer(token).send().await
}

async fn end_others(server: &Server, token: &str) -> Reply {
    server.call("DELETE", PATH).bearer(token).send().await
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn success() -> Value {
    json!({"status": 200, "success": true})
}

/// One more session: its id and its token.
#[derive(Debug)]
struct Session {
    id: String,
    token: String,
}

impl Session {
    async fn open(server: &Server, user: &User) -> Self {
        let reply = server.log_in(&user.email, PASSWORD).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        Self::of(&reply)
    }

    fn of(reply: &Reply) -> Self {
        Self {
            id: text(&reply.body["session"]["id"]),
            token: reply.token().to_owned(),
        }
    }

    async fn assert_alive(&self, server: &Server) {
        let me = server.me(&self.token).await;
        assert_eq!(me.status, 200, "{}", me.text);
    }

    /// At its next call and at its refresh.
    async fn assert_dead(&self, server: &Server) {
        let me = server.me(&self.token).await;
        me.assert_refused(401, "TokenRevoked");
        let refresh = server.refresh(&self.token).await;
        refresh.assert_refused(401, "TokenRevoked");
    }
}
