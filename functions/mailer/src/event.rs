//! The two kinds of events.

use std::fmt;

use serde::Deserialize;
use shared::stream::StreamEvent;
use uuid::Uuid;

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Event {
    Stream(StreamEvent),
    Feedback(Feedback),
}

/// An event of SES about a mail that was sent:
/// <https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html>.
#[derive(Debug, Deserialize)]
pub struct Feedback {
    pub detail: Detail,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Detail {
    pub event_type: String,
    pub mail: SentMail,
    pub bounce: Option<Bounce>,
    pub complaint: Option<Complaint>,
}

#[derive(Deserialize)]
pub struct SentMail {
    /// The address that the mail was sent to. Our mails have one.
    pub destination: Vec<String>,
    #[serde(default)]
    pub tags: Tags,
}

/// A tag has one value. SES reports it as a list.
#[derive(Debug, Default, Deserialize)]
pub struct Tags {
    #[serde(default)]
    user_id: Vec<String>,
    #[serde(default)]
    mail_id: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Bounce {
    pub bounce_type: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Complaint {
    #[serde(rename = "complaintFeedbackType")]
    pub feedback_type: Option<String>,
}

impl Tags {
    pub fn user_id(&self) -> Option<Uuid> {
        first_id(&self.user_id)
    }

    pub fn mail_id(&self) -> Option<Uuid> {
        first_id(&self.mail_id)
    }
}

fn first_id(values: &[String]) -> Option<Uuid> {
    Uuid::try_parse(values.first()?).ok()
}

/// Without the address.
impl fmt::Debug for SentMail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SentMail")
            .field("tags", &self.tags)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn both_kinds_of_events_are_told_apart() {
        let stream = json!({"Records": []});
        let stream = serde_json::from_value(stream).unwrap();
        assert!(matches!(stream, Event::Stream(_)));

        let user_id = Uuid::from_u128(7);
        let complaint = json!({
            "version": "0",
            "source": "aws.ses",
            "detail-type": "Email Complaint Received",
            "detail": {
                "eventType": "Complaint",
                "complaint": {"complainedRecipients": [{"emailAddress": "ada@example.com"}]},
                "mail": {
                    "messageId": "0100",
                    "destination": ["ada@example.com"],
                    "tags": {"user_id": [user_id], "ses:configuration-set": ["set"]},
                },
            },
        });
        let Event::Feedback(feedback) = serde_json::from_value(complaint).unwrap() else {
            panic!("not taken for feedback");
        };
        assert_eq!(feedback.detail.event_type, "Complaint");
        assert_eq!(feedback.detail.mail.tags.user_id(), Some(user_id));
        assert_eq!(feedback.detail.mail.tags.mail_id(), None);
        assert!(!format!("{feedback:?}").contains("ada"));

        for other in [json!({}), json!({"detail": {}}), json!(null)] {
            assert!(serde_json::from_value::<Event>(other).is_err());
        }
    }
}
