//! What a task is, as its owner sees it.

use http::header;
use serde::{Deserialize, Serialize};
use shared::{
    Error, Timestamp,
    http::{Answer, Request, StatusCode},
};
use uuid::Uuid;

use crate::etag;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Priority {
    Low,
    #[default]
    Medium,
    High,
}

impl Priority {
    pub(crate) const ALL: [Self; 3] = [Self::Low, Self::Medium, Self::High];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Task {
    pub(crate) id: Uuid,
    pub(crate) user_id: Uuid,
    pub(crate) title: String,
    pub(crate) description: Option<String>,
    pub(crate) completed: bool,
    pub(crate) priority: Priority,
    /// As it was given.
    pub(crate) due_date: Option<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    #[serde(default)]
    pub(crate) completed_at: Option<Timestamp>,
    pub(crate) version: u64,
}

impl Task {
    pub(crate) fn answer(&self, status: StatusCode) -> Result<Answer, Error> {
        let answer = Answer::of(status, self)?;
        Ok(answer.with_header(header::ETAG, etag::of(self.version)))
    }
}

/// The task that the path names. What is no id of a task is the id of none.
pub(crate) fn id_of(request: &Request) -> Result<Uuid, Error> {
    request
        .parameter("id")
        .and_then(|id| {
            Uuid::try_parse(id)
                .ok()
                .filter(|uuid| uuid.to_string() == id)
        })
        .ok_or(Error::NotFound)
}
