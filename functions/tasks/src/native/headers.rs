//! Reads the request headers of task calls. A bad header is named together with the bad fields.

use http::header;
use shared::http::{Form, Request};

use crate::{
    etag::{self, IfMatch},
    idempotency::IdempotencyKey,
};

/// Without the header any version matches.
pub(super) fn if_match(request: &Request, form: &mut Form) -> Option<IfMatch> {
    let Some(value) = request.headers().get(header::IF_MATCH) else {
        return Some(IfMatch::Any);
    };
    let if_match = value.to_str().ok().and_then(IfMatch::parse);
    if if_match.is_none() {
        form.refuse(
            "If-Match",
            "Give the ETag of the task, at most 90 of them, or *.",
        );
    }
    if_match
}

/// `If-None-Match`. A value that cannot be read matches nothing: the header only saves a download.
pub(super) fn has_current_version(request: &Request, version: u64) -> bool {
    let value = request.headers().get(header::IF_NONE_MATCH);
    value
        .and_then(|value| value.to_str().ok())
        .is_some_and(|list| etag::is_in(list, version))
}

/// None without the header.
pub(super) fn idempotency_key(request: &Request, form: &mut Form) -> Option<IdempotencyKey> {
    let value = request.headers().get("idempotency-key")?;
    let key = value
        .to_str()
        .ok()
        .and_then(|key| IdempotencyKey::new(key, request.body()));
    if key.is_none() {
        form.refuse("Idempotency-Key", "Give 1 to 255 visible ASCII characters.");
    }
    key
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;
    use shared::http::{Response, StatusCode};

    use super::*;
    use crate::test_support::TestRequest;

    /// The key as it is stored.
    fn stored_key(key: Option<&str>, body: &str) -> (u16, serde_json::Value) {
        let headers = key
            .map(|key| ("idempotency-key", key))
            .into_iter()
            .collect();
        let request = TestRequest {
            headers,
            body: body.to_owned(),
            ..TestRequest::default()
        };
        request.send(|_, request| {
            Box::pin(async {
                let mut form = request.form()?;
                let key = idempotency_key(request, &mut form);
                form.finish(Some(()))?;
                let key = key.map(|key| format!("{key:?}"));
                Response::json(StatusCode::OK, &key)
            })
        })
    }

    proptest! {
        #[test]
        fn a_key_is_1_to_255_visible_characters(key in "[!-~]{1,60}|[!-~]{250,260}|[ -~\\t\u{e9}]{0,6}") {
            let is_good = (1..=255).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
            let (status, body) = stored_key(Some(&key), "{}");
            prop_assert_eq!(status, if is_good { 200 } else { 422 });
            prop_assert_eq!(body["detail"]["fields"]["Idempotency-Key"].is_string(), !is_good);
        }

        #[test]
        fn a_repeat_has_the_same_key_and_every_byte_of_the_body(
            keys in proptest::array::uniform2("[a-b]{1,3}"),
            blanks in proptest::array::uniform2("[ \\t\\n]{0,2}"),
        ) {
            let [one, other] = [0, 1].map(|n| stored_key(Some(&keys[n]), &format!("{}{{}}", blanks[n])).1);
            prop_assert!(one.is_string());
            prop_assert_eq!(one == other, keys[0] == keys[1] && blanks[0] == blanks[1]);
        }
    }

    #[test]
    fn without_the_header_nothing_is_recorded() {
        assert_eq!(stored_key(None, "{}"), (200, json!(null)));
    }
}
