//! The one request of Amazon SES that the mailer makes, and SES's answers to it.
//! <https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html>

use http::{HeaderValue, StatusCode};
use serde::Deserialize;
use serde_json::json;
use shared::Clock;
use uuid::Uuid;

use super::mail::{ReceivedMail, token_link};
use crate::response::{HttpResponse, json_response};

const MAX_RECIPIENTS: usize = 50;
const LONGEST_SUBJECT: usize = 998;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SendEmail {
    from_email_address: String,
    destination: Destination,
    content: Content,
    #[serde(default)]
    email_tags: Vec<Tag>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Destination {
    #[serde(default)]
    to_addresses: Vec<String>,
}

/// SES has three forms of a content. The mailer uses this one.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Content {
    simple: Simple,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Simple {
    subject: Text,
    body: Body,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Body {
    text: Option<Text>,
    html: Option<Text>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Text {
    data: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tag {
    name: String,
    value: String,
}

/// The mail, or SES's words against it.
pub fn read(body: &[u8]) -> Result<ReceivedMail, String> {
    let request: SendEmail =
        serde_json::from_slice(body).map_err(|error| format!("Invalid request: {error}"))?;
    let [to] = <[String; 1]>::try_from(request.destination.to_addresses).map_err(|addresses| {
        format!(
            "{} recipients: SES takes 1 to {MAX_RECIPIENTS}, and this mailbox one",
            addresses.len()
        )
    })?;
    for address in [&to, &request.from_email_address] {
        check_address(address)?;
    }
    let Simple { subject, body } = request.content.simple;
    let subject = subject.data;
    if subject.contains(|c: char| c.is_control()) || subject.len() > LONGEST_SUBJECT {
        return Err("Invalid header value: Subject".to_owned());
    }
    if body.text.is_none() && body.html.is_none() {
        return Err("Missing body".to_owned());
    }
    for Tag { name, value } in &request.email_tags {
        check_tag(name)?;
        check_tag(value)?;
    }
    let kind = request
        .email_tags
        .into_iter()
        .find(|tag| tag.name == "kind");
    let text = body.text.map(|text| text.data);
    let (link, token) = text.as_deref().and_then(token_link).unzip();
    Ok(ReceivedMail {
        id: format!("{}-000000", Uuid::new_v4()),
        kind: kind.map(|tag| tag.value),
        to,
        subject,
        text,
        html: body.html.map(|html| html.data),
        link,
        token,
        sent_at: Clock::system().now(),
    })
}

/// SES takes ASCII alone: an international domain in its ASCII form.
fn check_address(address: &str) -> Result<(), String> {
    if !address.is_ascii() || address.contains(|c: char| c.is_control()) {
        return Err("Local address or domain contains a control or non-ASCII character".to_owned());
    }
    if address.contains(',') || !address.contains('@') {
        return Err("Missing final '@domain', or more than one address".to_owned());
    }
    Ok(())
}

fn check_tag(text: &str) -> Result<(), String> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "_-.@".contains(c);
    if (1..=256).contains(&text.len()) && text.chars().all(allowed) {
        Ok(())
    } else {
        Err(format!("Invalid message tag: {text}"))
    }
}

pub fn accepted(id: &str) -> HttpResponse {
    json_response(StatusCode::OK, &json!({"MessageId": id}))
}

pub fn error(status: StatusCode, code: &'static str, message: &str) -> HttpResponse {
    let mut response = json_response(status, &json!({"message": message}));
    let code = HeaderValue::from_static(code);
    response.headers_mut().insert("x-amzn-errortype", code);
    response
}
