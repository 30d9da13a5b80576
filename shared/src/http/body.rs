//! From the bytes of a body to the fields of a JSON object, by the order of checks 413, 415, 400,
//! 422.

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
        fields(&headers, body).map_or_else(|error| error.code().status().as_u16(), |_| 200)
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
}
