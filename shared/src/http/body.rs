//! Reads a body as a JSON object. The checks come in the order 413, 415, 400, 422.

use http::{HeaderMap, header};
use mime::Mime;
use serde_json::{Map, Value};

use crate::{Error, strict_json};

const LARGEST_BODY: usize = 64 * 1024;

pub(super) fn fields(headers: &HeaderMap, body: &[u8]) -> Result<Map<String, Value>, Error> {
    if body.len() > LARGEST_BODY {
        return Err(Error::PayloadTooLarge);
    }
    if !is_plain_json(headers) {
        return Err(Error::UnsupportedMediaType);
    }
    match strict_json::parse(body) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) => Err(Error::field("body", "Send a JSON object.")),
        Err(strict_json::NotStrictJson) => Err(Error::MalformedJson(
            "The body must be one JSON text in UTF-8, with no key there twice.",
        )),
    }
}

fn is_plain_json(headers: &HeaderMap) -> bool {
    !headers.contains_key(header::CONTENT_ENCODING)
        && headers
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .and_then(|text| text.parse::<Mime>().ok())
            .is_some_and(|kind| {
                kind.essence_str().eq_ignore_ascii_case("application/json")
                    && kind.params().all(|(name, value)| {
                        name == mime::CHARSET && value.as_str().eq_ignore_ascii_case("utf-8")
                    })
            })
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn code(content_type: Option<&str>, encoding: Option<&str>, body: &[u8]) -> u16 {
        let mut headers = HeaderMap::new();
        if let Some(value) = content_type {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_str(value).unwrap());
        }
        if let Some(value) = encoding {
            headers.insert(
                header::CONTENT_ENCODING,
                HeaderValue::from_str(value).unwrap(),
            );
        }
        fields(&headers, body).map_or_else(
            |error| crate::native::status(error.code()).as_u16(),
            |_| 200,
        )
    }

    #[test]
    fn only_plain_json_in_utf8_is_read() {
        for good in [
            "application/json",
            "Application/JSON",
            "application/json; charset=utf-8",
            "application/json;charset=UTF-8",
            "application/json; charset=\"utf-8\"",
        ] {
            assert_eq!(code(Some(good), None, b"{}"), 200, "{good}");
        }
        for bad in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "application/merge-patch+json",
            "application/json; charset=latin1",
            "application/json; boundary=x",
            "application/json,application/json",
            "json",
            "",
        ] {
            assert_eq!(code(Some(bad), None, b"{}"), 415, "{bad}");
        }
        assert_eq!(code(None, None, b"{}"), 415);
        assert_eq!(code(Some("application/json"), Some("gzip"), b"{}"), 415);
        assert_eq!(code(Some("application/json"), Some("identity"), b"{}"), 415);
    }

    #[test]
    fn size_comes_before_type_and_type_before_form() {
        let large = vec![b' '; LARGEST_BODY + 1];
        assert_eq!(code(None, None, &large), 413);
        assert_eq!(code(None, None, b"{"), 415);
        assert_eq!(code(Some("application/json"), None, b"{"), 400);
        assert_eq!(code(Some("application/json"), None, b""), 400);
        assert_eq!(code(Some("application/json"), None, b"[]"), 422);
        let mut largest = vec![b' '; LARGEST_BODY - 2];
        largest.extend_from_slice(b"{}");
        assert_eq!(code(Some("application/json"), None, &largest), 200);
    }

    proptest! {
        #[test]
        fn any_body_of_any_type_is_read_or_refused(
            content_type in proptest::option::of("(application/json)?[a-zA-Z0-9/;=\"' -]{0,12}"),
            body in proptest::collection::vec(any::<u8>(), 0..40),
        ) {
            let status = code(content_type.as_deref(), None, &body);
            prop_assert!([200, 400, 415, 422].contains(&status));
            // The type alone decides whether the body is looked at.
            let is_read = code(content_type.as_deref(), None, b"{}") == 200;
            prop_assert_eq!(status == 415, !is_read);
        }

        #[test]
        fn parameters_other_than_utf8_are_refused(name in "charset|[a-z]{1,8}", value in "utf-8|[a-z0-9-]{1,8}") {
            let kind = format!("application/json; {name}={value}");
            let is_utf8 = name == "charset" && value == "utf-8";
            prop_assert_eq!(code(Some(&kind), None, b"{}") == 200, is_utf8);
        }
    }
}
