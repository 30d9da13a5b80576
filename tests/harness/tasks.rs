//! Task calls of a user, and checks that hold for every response to them.

use futures_util::future::join_all;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{Call, Reply, Server, User, client::assert_timestamp};

/// The number of concurrent calls in tests that create many tasks.
const CONCURRENT_CALLS: usize = 20;

/// More pages than this mean that the cursors form a loop.
const MAX_PAGES: usize = 2_000;

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

/// A user with one task. The last value is the path of the task after `/api/{user_id}/tasks`.
pub async fn server_with_task() -> (Server, User, String) {
    let server = Server::start().await;
    let user = server.sign_up("a@example.com").await;
    let reply = server.create_task(&user, &json!({"title": "Milk"})).await;
    let task = format!("/{}", reply.task_id());
    (server, user, task)
}

impl Server {
    /// `suffix` is the part of the path after `/api/{user_id}/tasks`.
    pub fn tasks(&self, user: &User, method: &str, suffix: &str) -> Call {
        self.call(method, &format!("/api/{}/tasks{suffix}", user.id))
            .bearer(&user.token)
    }

    pub async fn create_task(&self, user: &User, body: &Value) -> Reply {
        let reply = self.tasks(user, "POST", "").json(body).send().await;
        reply.assert_task(201, 1);
        reply
    }

    /// Returns the ids in the order of the bodies.
    pub async fn create_tasks(&self, user: &User, bodies: &[Value]) -> Vec<String> {
        let mut ids = Vec::new();
        for bodies in bodies.chunks(CONCURRENT_CALLS) {
            let calls = bodies.iter().map(|body| self.create_task(user, body));
            ids.extend(join_all(calls).await.iter().map(Reply::task_id));
        }
        ids
    }

    pub async fn read_task(&self, user: &User, id: &str) -> Reply {
        self.tasks(user, "GET", &format!("/{id}")).send().await
    }

    /// `query` has no question mark.
    pub async fn list_tasks(&self, user: &User, query: &str) -> Reply {
        let reply = self.request_tasks(user, query).await;
        assert_eq!(reply.status, 200, "{query}: {}", reply.text);
        reply.assert_common_headers();
        let fields = reply.body.as_object().unwrap();
        assert_eq!(fields.len(), 2, "{}", reply.text);
        assert!(fields["items"].is_array(), "{}", reply.text);
        let cursor = &fields["next_cursor"];
        assert!(cursor.is_null() || cursor.is_string(), "{cursor}");
        reply
    }

    pub async fn request_tasks(&self, user: &User, query: &str) -> Reply {
        let mark = if query.is_empty() { "" } else { "?" };
        let suffix = format!("{mark}{query}");
        self.tasks(user, "GET", &suffix).send().await
    }

    /// Follows the cursors to the last page and returns the items of each page.
    pub async fn task_pages(&self, user: &User, query: &str) -> Vec<Vec<Value>> {
        let mut pages = Vec::new();
        let mut next = query.to_owned();
        loop {
            let reply = self.list_tasks(user, &next).await;
            pages.push(reply.body["items"].as_array().unwrap().clone());
            assert!(pages.len() <= MAX_PAGES, "the cursors form a loop");
            match reply.next_cursor() {
                Some(cursor) => {
                    let cursor = percent_encoded(cursor);
                    next = join_query(query, &format!("cursor={cursor}"));
                }
                None => return pages,
            }
        }
    }

    /// The titles of all pages.
    pub async fn task_titles(&self, user: &User, query: &str) -> Vec<String> {
        let pages = self.task_pages(user, query).await;
        let title = |item: &Value| item["title"].as_str().unwrap().to_owned();
        pages.iter().flatten().map(title).collect()
    }

    /// The sort keys of one user, those with the tasks included, that begin with `prefix`.
    pub async fn sort_keys(&self, user_id: &str, prefix: &str) -> Vec<String> {
        let partitions = ["USER", "TASKS"].map(|kind| format!("{kind}#{user_id} "));
        let keys = self.keys().await;
        let sort_keys = keys.iter().filter_map(|key| {
            let mut partitions = partitions.iter();
            partitions.find_map(|partition| key.strip_prefix(partition))
        });
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

    /// Checks a whole task response: its fields and no others, its `ETag`, and the common headers.
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

    /// Checks a 204 or 304: no body, no `content-type`, and the other common headers.
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

    /// The response without the values that differ from call to call.
    pub fn without_per_call_values(&self) -> (u16, Vec<(String, String)>, Value) {
        let per_call = ["x-request-id", "apigw-requestid", "date"];
        let mut headers: Vec<(String, String)> = self
            .headers
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .filter(|(name, _)| !per_call.contains(&name.as_str()))
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

pub fn percent_encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// Joins two parts of a query. Either may be empty.
pub fn join_query(query: &str, more: &str) -> String {
    let parts = [query, more].into_iter().filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("&")
}

/// The instant of a due date in nanoseconds since 1970.
pub fn due_instant(due_date: &Value) -> Option<i128> {
    let text = due_date.as_str()?;
    let date_time = if text.len() == "2026-11-20".len() {
        format!("{text}T00:00:00Z")
    } else {
        text.to_owned()
    };
    let moment = OffsetDateTime::parse(&date_time, &Rfc3339).unwrap();
    Some(moment.unix_timestamp_nanos())
}
