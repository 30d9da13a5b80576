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

    pub async fn respond(&self, head: &http::request::Parts, body: &[u8]) -> HttpResponse {
        match (head.uri.path(), &head.method) {
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
