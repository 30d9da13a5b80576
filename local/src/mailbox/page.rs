//! The mailbox as a page for people. It has no script, and each mail's HTML is in a frame that can do
//! nothing but open links.

use std::fmt::Write;

use http::{HeaderValue, Response, header};
use http_body_util::Full;

use super::ReceivedMail;
use crate::response::HttpResponse;

/// Each has a frame.
const SHOWN: usize = 50;

/// A frame with `srcdoc` is under the policy of its page, so the styles of mails must be allowed here.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; \
                      base-uri 'none'; frame-ancestors 'none'";

const HEAD: &str = "<!doctype html>
<html lang=\"en\">
<meta charset=\"utf-8\">
<meta name=\"viewport\" content=\"width=device-width\">
<meta name=\"color-scheme\" content=\"light dark\">
<title>Mailbox</title>
<style>
:root { color-scheme: light dark }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 76rem; margin: 2rem auto; padding: 0 1rem }
details { border: 1px solid GrayText; border-radius: .4rem; margin: 1rem 0; padding: .5rem 1rem }
summary { cursor: pointer; overflow-wrap: anywhere }
article { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(22rem, 100%), 1fr)); gap: 0 1rem }
pre { margin: 1rem 0; white-space: pre-wrap; overflow-wrap: anywhere }
iframe { box-sizing: border-box; width: 100%; height: 38rem; margin: 1rem 0; border: 1px solid GrayText;
  background: Canvas; resize: vertical }
code { user-select: all; word-break: break-all }
time { opacity: .7; white-space: nowrap }
</style>
<h1>Mailbox</h1>
";

pub fn response(mails: &[ReceivedMail]) -> HttpResponse {
    let mut response = Response::new(Full::from(page(mails)));
    for (name, value) in [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        let value = HeaderValue::from_static(value);
        response.headers_mut().insert(name, value);
    }
    response
}

fn page(mails: &[ReceivedMail]) -> String {
    let mut page = HEAD.to_owned();
    let count = match mails.len() {
        0 => "No mail yet. Sign up, and load this page again.".to_owned(),
        1 => "One mail.".to_owned(),
        count if count > SHOWN => format!("{count} mails, of which the last {SHOWN} are here."),
        count => format!("{count} mails, newest first."),
    };
    page += "<p>";
    page += &count;
    page += " As data: <a href=\"/__mail.json\">/__mail.json</a></p>\n";
    for (place, mail) in mails.iter().rev().take(SHOWN).enumerate() {
        add(&mut page, mail, place == 0);
    }
    page
}

fn add(page: &mut String, mail: &ReceivedMail, is_open: bool) {
    let mut part = |before: &str, text: &str, after: &str| {
        // Writing to a string does not fail.
        let _ = writeln!(page, "{before}{}{after}", escaped(text));
    };
    part(
        if is_open {
            "<details open>"
        } else {
            "<details>"
        },
        "",
        "",
    );
    part("<summary><strong>", &mail.subject, "</strong><br>");
    part("to ", &mail.to, "");
    part("(", mail.kind.as_deref().unwrap_or("no kind"), ")");
    part("<time>", &mail.sent_at.to_string(), "</time></summary>");
    if let Some(token) = &mail.token {
        part("<p>Token of the link: <code>", token, "</code></p>");
    }
    part("<article>", "", "");
    if let Some(text) = &mail.text {
        part("<pre>", text, "</pre>");
    }
    if let Some(html) = &mail.html {
        // Links of the mail open outside of the frame.
        let html = format!("<base target=\"_blank\">{html}");
        let before = "<iframe title=\"HTML of the mail\" loading=\"lazy\" \
                      sandbox=\"allow-popups allow-popups-to-escape-sandbox\" srcdoc=\"";
        part(before, &html, "\"></iframe>");
    }
    part("</article></details>", "", "");
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}
