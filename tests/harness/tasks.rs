//! Calls to the tasks of a member, and what every answer to one must look like.

use futures_util::future::join_all;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{Call, Member, Reply, Server, client::assert_timestamp};

/// For tests that make very many calls: how many are under way together.
const AT_ONCE: usize = 20;

/// A page with a cursor always leads on; more pages than this lead in a circle.
const MOST_PAGES: usize = 2_000;

const TASK_FIELDS: [&str; 12] = [
    "completed",
    "completed_at",
    "created_at",
    "description",
    "due_date",
    "id",
    "priority",
    "tags",
    "title",
    "updated_at",
    "user_id",
    "version",
];

/// A member with one task; its path follows `/api/{user_id}/tasks`.
pub async fn with_a_task() -> (Server, Member, String) {
    let server = Server::start().await;
    let member = server.sign_up("a@example.com").await;
    let reply = server.create_task(&member, &json!({"title": "Milk"})).await;
    let task = format!("/{}", reply.task_id());
    (server, member, task)
}

impl Server {
    /// `rest` is what follows `/api/{user_id}/tasks`.
    pub fn tasks(&self, member: &Member, method: &str, rest: &str) -> Call {
        self.call(method, &format!("/api/{}/tasks{rest}", member.id))
            .bearer(&member.token)
    }

    pub async fn create_task(&self, member: &Member, body: &Value) -> Reply {
        let reply = self.tasks(member, "POST", "").json(body).send().await;
        reply.assert_task(201, 1);
        reply
    }

    /// The ids, in the order of the bodies.
    pub async fn create_tasks(&self, member: &Member, bodies: &[Value]) -> Vec<String> {
        let mut ids = Vec::new();
        for bodies in bodies.chunks(AT_ONCE) {
            let calls = bodies.iter().map(|body| self.create_task(member, body));
            ids.extend(join_all(calls).await.iter().map(Reply::task_id));
        }
        ids
    }

    pub async fn read_task(&self, member: &Member, id: &str) -> Reply {
        self.tasks(member, "GET", &format!("/{id}")).send().await
    }

    /// `query` stands without its question mark.
    pub async fn list_tasks(&self, member: &Member, query: &str) -> Reply {
        let reply = self.ask_for_tasks(member, query).await;
        assert_eq!(reply.status, 200, "{query}: {}", reply.text);
        reply.assert_common_headers();
        let fields = reply.body.as_object().unwrap();
        assert_eq!(fields.len(), 2, "{}", reply.text);
        assert!(fields["items"].is_array(), "{}", reply.text);
        let cursor = &fields["next_cursor"];
        assert!(cursor.is_null() || cursor.is_string(), "{cursor}");
        reply
    }

    pub async fn ask_for_tasks(&self, member: &Member, query: &str) -> Reply {
        let mark = if query.is_empty() { "" } else { "?" };
        let rest = format!("{mark}{query}");
        self.tasks(member, "GET", &rest).send().await
    }

    /// The items of each page, by the cursors, to the end.
    pub async fn task_pages(&self, member: &Member, query: &str) -> Vec<Vec<Value>> {
        let mut pages = Vec::new();
        let mut place = query.to_owned();
        loop {
            let reply = self.list_tasks(member, &place).await;
            pages.push(reply.body["items"].as_array().unwrap().clone());
            assert!(pages.len() <= MOST_PAGES, "the cursors lead in a circle");
            match reply.next_cursor() {
                Some(cursor) => place = and(query, &format!("cursor={}", encoded(cursor))),
                None => return pages,
            }
        }
    }

    /// The titles of all the pages.
    pub async fn task_titles(&self, member: &Member, query: &str) -> Vec<String> {
        let pages = self.task_pages(member, query).await;
        let title = |item: &Value| item["title"].as_str().unwrap().to_owned();
        pages.iter().flatten().map(title).collect()
    }

    /// The sort keys of what is in the table of one user and begins so.
    pub async fn sort_keys(&self, user_id: &str, prefix: &str) -> Vec<String> {
        let of_user = format!("USER#{user_id} ");
        let keys = self.keys().await;
        let sort_keys = keys.iter().filter_map(|key| key.strip_prefix(&of_user));
        sort_keys
            .filter(|key| key.starts_with(prefix))
            .map(str::to_owned)
            .collect()
    }
}

impl Reply {
    pub fn task_id(&self) -> String {
        self.body["id"].as_str().unwrap().to_owned()
    }

    pub fn next_cursor(&self) -> Option<&str> {
        self.body["next_cursor"].as_str()
    }

    /// A task, whole: its fields and no other, its `ETag`, the headers of every answer.
    #[track_caller]
    pub fn assert_task(&self, status: u16, version: u64) {
        assert_eq!(self.status, status, "{}", self.text);
        self.assert_common_headers();
        assert!(self.cookie().is_none());
        let mut names: Vec<&String> = self.body.as_object().unwrap().keys().collect();
        names.sort();
        assert_eq!(names, TASK_FIELDS);
        assert_eq!(self.body["version"], version, "{}", self.text);
        let etag = format!("\"{version}\"");
        assert_eq!(self.header("etag"), Some(etag.as_str()));
        assert_timestamp(&self.body["created_at"]);
        assert_timestamp(&self.body["updated_at"]);
        let is_completed = self.body["completed"].as_bool().unwrap();
        assert_eq!(self.body["completed_at"].is_string(), is_completed);
    }

    /// 204 or 304: no body, so nothing that speaks of one, and otherwise the headers of all.
    #[track_caller]
    pub fn assert_without_body(&self, status: u16) {
        assert_eq!((self.status, self.text.as_str()), (status, ""));
        for (name, value) in [
            ("content-type", None),
            ("cache-control", Some("no-store")),
            ("x-content-type-options", Some("nosniff")),
            ("referrer-policy", Some("no-referrer")),
        ] {
            assert_eq!(self.header(name), value, "{name}");
        }
        assert!(self.header("strict-transport-security").is_some());
        assert!(self.header("content-security-policy").is_some());
        assert!(self.header("x-request-id").is_some_and(|id| !id.is_empty()));
    }

    /// All that a caller sees but what differs from call to call.
    pub fn without_its_moment(&self) -> (u16, Vec<(String, String)>, Value) {
        let of_the_call = ["x-request-id", "apigw-requestid", "date"];
        let mut headers: Vec<(String, String)> = self
            .headers
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .filter(|(name, _)| !of_the_call.contains(&name.as_str()))
            .collect();
        headers.sort();
        let mut body = self.body.clone();
        if let Some(fields) = body.as_object_mut() {
            fields.remove("request_id");
            fields.remove("timestamp");
        }
        (self.status, headers, body)
    }
}

pub fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// Two parts of a query, either of which may be empty.
pub fn and(query: &str, more: &str) -> String {
    let parts = [query, more].into_iter().filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("&")
}

/// The moment that a due date means, in nanoseconds.
pub fn instant(due_date: &Value) -> Option<i128> {
    let text = due_date.as_str()?;
    let whole = if text.len() == "2026-11-20".len() {
        format!("{text}T00:00:00Z")
    } else {
        text.to_owned()
    };
    let moment = OffsetDateTime::parse(&whole, &Rfc3339).unwrap();
    Some(moment.unix_timestamp_nanos())
}
