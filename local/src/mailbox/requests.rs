//! The mailbox's paths on the local server.

use std::future::pending;
use std::net::IpAddr;

use http::{Method, StatusCode, header};
use percent_encoding::percent_decode_str;
use serde_json::json;

use super::{Mailbox, SendFault, lock, page, ses};
use crate::response::{HttpResponse, gateway_error, json_response};

const SEND: &str = "/v2/email/outbound-emails";
const PAGE: &str = "/__mail";
const JSON: &str = "/__mail.json";

impl Mailbox {
    /// Whether a path belongs to the mailbox, and not to the product.
    #[must_use]
    pub fn serves(path: &str) -> bool {
        [SEND, PAGE, JSON].contains(&path)
    }

    /// Whether a path shows what has been sent.
    #[must_use]
    pub fn shows(path: &str) -> bool {
        [PAGE, JSON].contains(&path)
    }

    pub async fn respond(&self, head: &http::request::Parts, body: &[u8]) -> HttpResponse {
        match (head.uri.path(), &head.method) {
            // A page that is open in the browser of this machine could write a mail.
            (SEND, &Method::POST) if head.headers.contains_key(header::ORIGIN) => {
                gateway_error(StatusCode::FORBIDDEN, "Mails come from the mailer alone")
            }
            (SEND, &Method::POST) => self.send(body).await,
            (PAGE | JSON, &Method::GET | &Method::HEAD) if !names_this_machine(head) => {
                gateway_error(StatusCode::FORBIDDEN, "Use the address of this machine")
            }
            (PAGE, &Method::GET | &Method::HEAD) => page::response(&self.mails(None)),
            (JSON, &Method::GET | &Method::HEAD) => {
                let to = wanted_address(head.uri.query().unwrap_or_default());
                json_response(StatusCode::OK, &json!(self.mails(to.as_deref())))
            }
            _ => gateway_error(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed"),
        }
    }

    async fn send(&self, body: &[u8]) -> HttpResponse {
        let response = self.answer(body);
        self.attempts.send_modify(|attempts| *attempts += 1);
        match response {
            Some(response) => response,
            None => pending().await,
        }
    }

    /// None for a request that is never answered.
    fn answer(&self, body: &[u8]) -> Option<HttpResponse> {
        let fault = *lock(&self.fault);
        match fault {
            Some(SendFault::Refusal) => {
                let reason = "Email address is not verified.";
                return Some(ses::error(
                    StatusCode::BAD_REQUEST,
                    "MessageRejected",
                    reason,
                ));
            }
            Some(SendFault::Throttling) => {
                let code = "TooManyRequestsException";
                let reason = "Maximum sending rate exceeded.";
                return Some(ses::error(StatusCode::TOO_MANY_REQUESTS, code, reason));
            }
            Some(SendFault::Outage) => {
                let code = "InternalServiceErrorException";
                return Some(ses::error(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    code,
                    "Try again.",
                ));
            }
            Some(SendFault::Silence) => return None,
            Some(SendFault::LostAnswer) | None => {}
        }
        match ses::read(body) {
            Ok(mail) => {
                let response = ses::accepted(&mail.id);
                self.keep(mail);
                (fault != Some(SendFault::LostAnswer)).then_some(response)
            }
            Err(reason) => Some(ses::error(
                StatusCode::BAD_REQUEST,
                "BadRequestException",
                &reason,
            )),
        }
    }
}

/// A plus sign is part of an address here, and no blank.
fn wanted_address(query: &str) -> Option<String> {
    let to = query.split('&').find_map(|pair| pair.strip_prefix("to="))?;
    Some(percent_decode_str(to).decode_utf8_lossy().into_owned())
}

/// A page of another site reaches this server by a name of its own (DNS rebinding), and must read no
/// mail.
fn names_this_machine(head: &http::request::Parts) -> bool {
    let host = head.headers.get(header::HOST);
    let host = host.and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let name = name.trim_matches(['[', ']']);
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt;
    use serde_json::Value;

    fn request() -> Value {
        json!({
            "FromEmailAddress": "\"Latchkey\" <no-reply@latchkey.example>",
            "Destination": {"ToAddresses": ["ada@example.com"]},
            "Content": {"Simple": {
                "Subject": {"Data": "<b>Hello</b>"},
                "Body": {
                    "Text": {"Data": "https://a.example/?token=t <script>"},
                    "Html": {"Data": "<p title=\"'\">&amp;</p></iframe><script>x</script>"},
                },
            }},
            "EmailTags": [{"Name": "kind", "Value": "verify-email"}],
        })
    }

    async fn ask(mailbox: &Mailbox, method: &str, path: &str, host: &str, body: &str) -> String {
        let request = http::Request::builder()
            .method(method)
            .uri(path)
            .header("host", host);
        let (head, ()) = request.body(()).unwrap().into_parts();
        let (head, body) = mailbox.respond(&head, body.as_bytes()).await.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let code = head.headers.get("x-amzn-errortype");
        let code = code.map(|code| code.to_str().unwrap()).unwrap_or_default();
        let body = String::from_utf8(body.to_vec()).unwrap();
        format!("{} {code} {body}", head.status.as_u16())
    }

    async fn send(mailbox: &Mailbox, body: &str) -> String {
        ask(mailbox, "POST", SEND, "localhost", body).await
    }

    #[tokio::test]
    async fn requests_that_ses_would_refuse_are_refused_in_its_form_and_not_kept() {
        let mailbox = Mailbox::default();
        let with = |pointer: &str, value: Value| {
            let mut body = request();
            *body.pointer_mut(pointer).unwrap() = value;
            body.to_string()
        };
        for body in [
            String::new(),
            "{".to_owned(),
            "[]".to_owned(),
            "{}".to_owned(),
            with("/Destination/ToAddresses", json!([])),
            with("/Destination/ToAddresses/0", json!("ada@bücher.example")),
            with("/Destination/ToAddresses/0", json!("a@b.c\r\nBcc: e@f.g")),
            with("/Destination/ToAddresses/0", json!("a@b.c,e@f.g")),
            with("/Content/Simple/Subject/Data", json!("a\r\nBcc: e@f.g")),
            with("/Content/Simple/Body", json!({})),
            with("/EmailTags/0/Value", json!("a b")),
        ] {
            let answer = send(&mailbox, &body).await;
            assert!(
                answer.starts_with("400 BadRequestException {\"message\":"),
                "{body}: {answer}"
            );
        }
        assert!(mailbox.mails(None).is_empty());
        let answer = send(&mailbox, &request().to_string()).await;
        let id = &mailbox.mails(None)[0].id;
        assert_eq!(answer, format!("200  {{\"MessageId\":\"{id}\"}}"));
    }

    #[tokio::test]
    async fn the_faults_of_ses_can_be_chosen() {
        let mailbox = Mailbox::default();
        let body = request().to_string();
        for (fault, start) in [
            (SendFault::Refusal, "400 MessageRejected "),
            (SendFault::Throttling, "429 TooManyRequestsException "),
            (SendFault::Outage, "500 InternalServiceErrorException "),
        ] {
            mailbox.fail_with(fault);
            let answer = send(&mailbox, &body).await;
            assert!(answer.starts_with(start), "{answer}");
        }
        for (fault, kept) in [(SendFault::Silence, 0), (SendFault::LostAnswer, 1)] {
            mailbox.fail_with(fault);
            let wait = std::time::Duration::from_millis(50);
            assert!(
                tokio::time::timeout(wait, send(&mailbox, &body))
                    .await
                    .is_err()
            );
            assert_eq!(mailbox.mails(None).len(), kept);
        }
        mailbox.fail_with(None);
        assert!(send(&mailbox, &body).await.starts_with("200 "));
        assert_eq!(mailbox.attempts(), 6);
    }

    #[tokio::test]
    async fn the_page_escapes_every_mail_and_other_sites_read_none() {
        let mailbox = Mailbox::default();
        send(&mailbox, &request().to_string()).await;
        let page = ask(&mailbox, "GET", PAGE, "127.0.0.1:9000", "").await;
        assert!(
            page.contains("<strong>&lt;b&gt;Hello&lt;/b&gt;</strong>"),
            "{page}"
        );
        assert!(!page.contains("<script"), "{page}");
        assert_eq!(page.matches("</iframe>").count(), 1, "{page}");
        for path in [PAGE, JSON] {
            let answer = ask(&mailbox, "GET", path, "evil.example:9000", "").await;
            assert!(answer.starts_with("403 "), "{answer}");
            let answer = ask(&mailbox, "GET", path, "[::1]:9000", "").await;
            assert!(answer.starts_with("200 "), "{answer}");
        }
        assert!(
            ask(&mailbox, "DELETE", JSON, "localhost", "")
                .await
                .starts_with("405 ")
        );
    }

    #[tokio::test]
    async fn a_page_of_a_browser_writes_no_mail() {
        let mailbox = Mailbox::default();
        let head = http::Request::post(SEND)
            .header(header::ORIGIN, "https://evil.example")
            .body(())
            .unwrap();
        let (head, ()) = head.into_parts();
        let body = request().to_string();
        let answer = mailbox.respond(&head, body.as_bytes()).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN);
        assert!(mailbox.mails(None).is_empty());
    }
}
